
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PAGE_API_H_INCLUDED_
#define _NGX_HTTP_TENDER_PAGE_API_H_INCLUDED_


#include "../store/ngx_http_tender_plan.h"
#include "../store/ngx_http_tender_saved.h"


/* what the steps of the page "api" and of its forms hand on */

typedef struct {
    ngx_http_tender_plan_t      *plan;
    ngx_http_tender_quota_t      quota;
    ngx_http_tender_entries_t    codes;
    ngx_http_tender_entries_t    searches;

    /* a key that is made or changed */

    ngx_str_t                    id;
    ngx_http_tender_entry_t      entry;
    ngx_http_tender_change_t     change;
    ngx_uint_t                   tries;
    ngx_uint_t                   status;     /* of the page; 0: 200 */
    ngx_str_t                    code;       /* shown once */
    ngx_str_t                    refresh;
    unsigned                     revoke:1;
    unsigned                     at_once:1;
} ngx_http_tender_page_api_t;


/* ctx->data->page, made by the first step that asks; NULL: out of memory */
ngx_http_tender_page_api_t *ngx_http_tender_page_api_state(
    ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_page_lists.c */

void ngx_http_tender_page_put_codes(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api);
ngx_int_t ngx_http_tender_page_put_searches(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api, tender_str_t site);


#endif /* _NGX_HTTP_TENDER_PAGE_API_H_INCLUDED_ */
