
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_login.h"
#include "../store/ngx_http_tender_store.h"


#define NGX_HTTP_TENDER_NETWORK_MAX  9       /* a letter, 64 bits */




ngx_int_t
ngx_http_tender_tries_begin(ngx_http_tender_ctx_t *ctx, ngx_str_t *what)
{
    ngx_http_tender_counter_t      counters[2];
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));

    if (call == NULL
        || ngx_http_tender_tries_counters(ctx, "s:", what, counters) != NGX_OK
        || ngx_http_tender_store_try(ctx, counters,
                                     NGX_HTTP_TENDER_TRIES_TIME, call)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_tries_allowed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_tries_said(ctx, ctx->calls[0].reply);
}


void
ngx_http_tender_tries_forgive(ngx_http_tender_ctx_t *ctx, ngx_str_t *what)
{
    ngx_http_tender_counter_t  counters[2];

    if (ngx_http_tender_tries_counters(ctx, "s:", what, counters) == NGX_OK) {
        ngx_http_tender_store_forgive_later(ctx, counters, 1);
    }
}


ngx_int_t
ngx_http_tender_tries_counters(ngx_http_tender_ctx_t *ctx, const char *kind,
    ngx_str_t *what, ngx_http_tender_counter_t *counters)
{
    u_char  *p, *hashes, network[NGX_HTTP_TENDER_NETWORK_MAX];
    size_t   len;

    len = ngx_strlen(kind) + what->len;

    hashes = ngx_pnalloc(ctx->request->pool, 2 * NGX_HTTP_TENDER_HASH_LEN);
    p = ngx_pnalloc(ctx->request->pool, len);

    if (hashes == NULL || p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ngx_cpymem(p, kind, ngx_strlen(kind)), what->data, what->len);

    counters[0].max = NGX_HTTP_TENDER_LOGIN_TRIES;
    counters[0].name.data = hashes;
    counters[0].name.len = NGX_HTTP_TENDER_HASH_LEN;

    ngx_http_tender_store_hash(hashes, p, len);

    /* it may have been a secret */

    ngx_explicit_memzero(p, len);

    hashes += NGX_HTTP_TENDER_HASH_LEN;
    len = ngx_http_tender_network(ctx->request->connection, 3, network);

    counters[1].max = NGX_HTTP_TENDER_ADDR_TRIES;
    counters[1].name.data = hashes;
    counters[1].name.len = NGX_HTTP_TENDER_HASH_LEN;

    ngx_http_tender_store_hash(hashes, network, len);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_tries_said(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply)
{
    u_char     buf[NGX_INT64_LEN];
    int64_t    wait;
    ngx_str_t  seconds;

    if (ngx_http_tender_store_tried(ctx, reply, &wait) != NGX_OK) {
        return NGX_ERROR;
    }

    if (wait == 0) {
        return NGX_OK;
    }

    seconds.data = buf;
    seconds.len = tender_uint_write(buf, (uint64_t) (wait + 999) / 1000) - buf;

    if (ngx_http_tender_header(ctx->request, "Retry-After", &seconds) == NULL)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_TOO_MANY_REQUESTS, "header",
                                 "retry", "Too many tries: come again later");
}
