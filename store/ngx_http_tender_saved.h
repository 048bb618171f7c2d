
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SAVED_H_INCLUDED_
#define _NGX_HTTP_TENDER_SAVED_H_INCLUDED_


#include "ngx_http_tender_registry.h"


/*
 * Saved searches: entries of the registry that belong to an account,
 * {"name": "...", "query": {...}}, as tender_model_search describes them.
 */

#define NGX_HTTP_TENDER_SAVED_MAX   100      /* of an account */


/*
 * One of the caller's account.  The first: NGX_AGAIN or a status; or
 * NGX_DECLINED, nothing was asked: the caller has no account, or this is no
 * id.  The second: NGX_OK, query is the object of its parameters;
 * NGX_DECLINED, there is none, or it is another account's; or a status.
 */
ngx_int_t ngx_http_tender_saved_ask(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id);
ngx_int_t ngx_http_tender_saved_found(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t **query);

/* all of the caller's account, in the order in which they were made */
ngx_int_t ngx_http_tender_saved_list(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_saved_listed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entries_t *entries);

/*
 * Checks what is to be saved, {"name", "query"}, converting it in place:
 * NGX_OK, or 422, described (location "body").
 */
ngx_int_t ngx_http_tender_saved_check(ngx_http_tender_ctx_t *ctx,
    tender_value_t *data);

/*
 * Writes what was checked: op is "create", "change" or "delete", entry the
 * one that was read, NULL of a new one; data is NULL of one that is deleted.
 * change is the caller's, for the second.
 */
ngx_int_t ngx_http_tender_saved_write(ngx_http_tender_ctx_t *ctx,
    const char *op, ngx_http_tender_entry_t *entry, tender_value_t *data,
    ngx_http_tender_change_t *change);

/*
 * NGX_OK, and change->entry; NGX_DECLINED: another change came first, begin
 * anew; 404 or 422, described; or a status.
 */
ngx_int_t ngx_http_tender_saved_written(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change);


#endif /* _NGX_HTTP_TENDER_SAVED_H_INCLUDED_ */
