
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PLAN_H_INCLUDED_
#define _NGX_HTTP_TENDER_PLAN_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Plans: how much a caller may ask for.  An account has a plan by its name;
 * who has none, or one that is not configured, has "default"; who has no key
 * has "preview".
 */

typedef struct {
    ngx_str_t      name;
    ngx_uint_t     day;          /* requests; 0: any number */
    ngx_uint_t     minute;
    ngx_uint_t     page;         /* records of a page */
    ngx_uint_t     depth;        /* records by pages */
    ngx_uint_t     all;          /* 1: all=1 is allowed */
} ngx_http_tender_plan_t;


/* what is left, as it was counted; a limit of 0 is none */

typedef struct {
    ngx_uint_t     day_left;
    ngx_uint_t     minute_left;
    ngx_uint_t     day_reset;    /* seconds until it begins anew */
    ngx_uint_t     minute_reset;
} ngx_http_tender_quota_t;


/* tender_plan name [day=number] [minute=number] [page=number] ... */
char *ngx_http_tender_set_plan(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* "default" and "preview", unless they were configured */
ngx_int_t ngx_http_tender_plans_init(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);

/* of the caller of a request; never NULL */
ngx_http_tender_plan_t *ngx_http_tender_plan(ngx_http_tender_ctx_t *ctx);

/*
 * Counts a request against the plan (NGX_AGAIN, or a status); a plan without
 * limits asks nothing: NGX_OK.  The second: NGX_OK, and RateLimit headers;
 * NGX_HTTP_TOO_MANY_REQUESTS, described, with Retry-After.  By account; of
 * who has none, by a hash of his address.
 */
ngx_int_t ngx_http_tender_quota_take(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_quota_taken(ngx_http_tender_ctx_t *ctx);

/* it was a 304 after all: in the background */
void ngx_http_tender_quota_return(ngx_http_tender_ctx_t *ctx);

/* what an account has left, without counting: the page /api shows it */
ngx_int_t ngx_http_tender_quota_ask(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *account, ngx_http_tender_plan_t *plan);
ngx_int_t ngx_http_tender_quota_known(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota);


#endif /* _NGX_HTTP_TENDER_PLAN_H_INCLUDED_ */
