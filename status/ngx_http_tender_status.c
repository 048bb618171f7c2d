
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_status.h"
#include "../store/ngx_http_tender_store.h"


/* is the store there, is it a master, how long does it take to say so */

static ngx_int_t ngx_http_tender_status_ask(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_status_show(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_status_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);
static u_char *ngx_http_tender_status_text_of(ngx_http_request_t *r,
    u_char *p, const char *status, ngx_str_t *role, int64_t latency);


#define NGX_HTTP_TENDER_STATUS_LEN  256


static ngx_str_t  ngx_http_tender_status_type =
    ngx_string("application/json; charset=UTF-8");


static const ngx_http_tender_route_t  ngx_http_tender_status_routes[] = {

    { NGX_HTTP_GET, "", ngx_string("status"),
      NGX_HTTP_TENDER_READ, 0,
      "Health",
      { ngx_http_tender_status_ask,
        ngx_http_tender_status_show } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_status_dialect = {
    ngx_string("status"),
    ngx_null_string,
    ngx_http_tender_status_routes,
    ngx_http_tender_status_refuse,
    NULL,
    1,
    0,
    0,
    0,
    NULL
};


static ngx_int_t
ngx_http_tender_status_ask(ngx_http_tender_ctx_t *ctx)
{
    struct timeval  *asked;

    asked = ngx_palloc(ctx->request->pool, sizeof(struct timeval));
    if (asked == NULL) {
        return NGX_ERROR;
    }

    ngx_gettimeofday(asked);
    ctx->data = asked;

    return ngx_http_tender_store_role(ctx);
}


static ngx_int_t
ngx_http_tender_status_show(ngx_http_tender_ctx_t *ctx)
{
    u_char                         *p;
    int64_t                         us;
    ngx_int_t                       rc;
    ngx_str_t                       no_store = ngx_string("no-store");
    struct timeval                  now, *asked;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    reply = ctx->calls[0].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0
        || reply->elts[0].str.len > 16)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_STATUS_LEN);

    if (p == NULL
        || ngx_http_tender_header(ctx->request, "Cache-Control", &no_store)
           == NULL)
    {
        return NGX_ERROR;
    }

    ngx_gettimeofday(&now);

    asked = ctx->data;
    us = (int64_t) (now.tv_sec - asked->tv_sec) * 1000000
         + now.tv_usec - asked->tv_usec;

    ctx->type = ngx_http_tender_status_type;

    if (ngx_http_tender_put(ctx, p,
                            ngx_http_tender_status_text_of(ctx->request, p,
                                                           "ok",
                                                           &reply->elts[0].str,
                                                           ngx_max(us, 0))
                            - p)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static u_char *
ngx_http_tender_status_text_of(ngx_http_request_t *r, u_char *p,
    const char *status, ngx_str_t *role, int64_t latency)
{
    ngx_http_tender_main_conf_t   *tmcf;
    ngx_http_tender_redis_stat_t   stat;

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_tender_module);

    ngx_http_tender_redis_stat(tmcf->client, &stat);

    p = ngx_sprintf(p, "{\"status\":\"%s\",\"redis\":{", status);

    if (role) {
        p = ngx_sprintf(p, "\"role\":\"%V\",\"latency\":%L.%06L,", role,
                        latency / 1000000, latency % 1000000);
    }

    return ngx_sprintf(p, "\"connections\":%ui,\"pending\":%ui}}",
                       stat.links, stat.pending);
}


/* the reason of a 503 is in the log, a balancer wants the status */

static ngx_int_t
ngx_http_tender_status_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    u_char     *p;
    ngx_str_t   no_store = ngx_string("no-store");

    (void) errors;

    p = ngx_pnalloc(r->pool, NGX_HTTP_TENDER_STATUS_LEN);

    if (p == NULL
        || ngx_http_tender_header(r, "Cache-Control", &no_store) == NULL)
    {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = ngx_http_tender_status_text_of(r, p,
                                     status >= NGX_HTTP_INTERNAL_SERVER_ERROR
                                     ? "unavailable"
                                     : ngx_http_tender_status_text(status),
                                     NULL, 0)
                - p;

    *type = ngx_http_tender_status_type;

    return NGX_OK;
}
