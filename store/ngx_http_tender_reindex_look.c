
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"


/* what there is of the index, and how far a rebuild is, for administrators */

#define NGX_HTTP_TENDER_LOOK_CALLS  4       /* of a bucket */


static ngx_int_t ngx_http_tender_reindex_look_bucket(
    ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_reindex_look_number(
    ngx_http_tender_redis_call_t *call, int64_t *n);


ngx_int_t
ngx_http_tender_reindex_look(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     i, n;
    ngx_http_tender_redis_call_t  *calls;

    n = NGX_HTTP_TENDER_LOOK_CALLS * ctx->main->buckets + 1;

    calls = ngx_pcalloc(ctx->request->pool,
                        n * sizeof(ngx_http_tender_redis_call_t));
    argv = ngx_pcalloc(ctx->request->pool, n * 3 * sizeof(ngx_str_t));

    if (calls == NULL || argv == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        calls[i].argv = argv + 3 * i;
        calls[i].argc = 2;
    }

    for (i = 0; i < ctx->main->buckets; i++) {
        if (ngx_http_tender_reindex_look_bucket(ctx, i,
                                   &calls[i * NGX_HTTP_TENDER_LOOK_CALLS])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_str_set(&calls[n - 1].argv[0], "HGETALL");

    if (ngx_http_tender_reindex_global(ctx->request->pool, ctx->main,
                                       "reindex", &calls[n - 1].argv[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, calls, n);
}


static ngx_int_t
ngx_http_tender_reindex_look_bucket(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_http_tender_redis_call_t *call)
{
    ngx_str_t    none;
    ngx_pool_t  *pool;

    ngx_str_null(&none);
    pool = ctx->request->pool;

    ngx_str_set(&call[0].argv[0], "GET");
    ngx_str_set(&call[1].argv[0], "STRLEN");
    ngx_str_set(&call[2].argv[0], "HGET");
    ngx_str_set(&call[3].argv[0], "ZCARD");

    ngx_str_set(&call[2].argv[2], "#");
    call[2].argc = 3;

    if (ngx_http_tender_index_key(pool, ctx->main, bucket, "manifest",
                                  &call[0].argv[1])
        != NGX_OK
        || ngx_http_tender_index_key(pool, ctx->main, bucket, "log",
                                     &call[1].argv[1])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "numbers", &none, "",
                               &call[2].argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_key(ctx, bucket, "feed", &none, "",
                               &call[3].argv[1]);
}


ngx_int_t
ngx_http_tender_reindex_seen(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_reindex_bucket_t **buckets,
    ngx_http_tender_redis_reply_t **progress)
{
    ngx_int_t                          rc;
    ngx_uint_t                         i;
    ngx_http_tender_redis_call_t      *call;
    ngx_http_tender_redis_reply_t     *reply;
    ngx_http_tender_reindex_bucket_t  *b;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    b = ngx_pcalloc(ctx->request->pool, ctx->main->buckets
                                   * sizeof(ngx_http_tender_reindex_bucket_t));
    if (b == NULL) {
        return NGX_ERROR;
    }

    *buckets = b;

    for (i = 0; i < ctx->main->buckets; i++, b++) {
        call = &ctx->calls[i * NGX_HTTP_TENDER_LOOK_CALLS];

        if (call[0].reply->type == NGX_HTTP_TENDER_REDIS_STRING) {
            b->manifest = call[0].reply->str;
        }

        if (ngx_http_tender_reindex_look_number(&call[1], &b->log) != NGX_OK
            || ngx_http_tender_reindex_look_number(&call[2], &b->numbered)
               != NGX_OK
            || ngx_http_tender_reindex_look_number(&call[3], &b->tenders)
               != NGX_OK)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    reply = ctx->calls[ctx->ncalls - 1].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_store_broken(ctx);
    }

    for (i = 0; i < reply->nelts; i++) {
        if (reply->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    *progress = reply;

    return NGX_OK;
}


/* an integer, a text that is one, or nothing */

static ngx_int_t
ngx_http_tender_reindex_look_number(ngx_http_tender_redis_call_t *call,
    int64_t *n)
{
    switch (call->reply->type) {

    case NGX_HTTP_TENDER_REDIS_INTEGER:
        *n = call->reply->integer;
        return NGX_OK;

    case NGX_HTTP_TENDER_REDIS_STRING:
        return ngx_http_tender_store_time(&call->reply->str, n);

    default:
        *n = 0;
        return NGX_OK;
    }
}
