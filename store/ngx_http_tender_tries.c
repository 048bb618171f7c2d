
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_tries.h"


#define NGX_HTTP_TENDER_TRY_ARGS  5


static ngx_str_t *ngx_http_tender_tries_argv(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters);
static void ngx_http_tender_later_done(ngx_http_tender_redis_call_t *call);


static ngx_str_t  ngx_http_tender_right[] = {
    ngx_string("0"),
    ngx_string("1")
};


/* a try that is counted twice does no harm: none of these is a write */

ngx_int_t
ngx_http_tender_store_try(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, time_t seconds,
    ngx_http_tender_redis_call_t *call)
{
    u_char     *p;
    ngx_str_t  *argv;

    argv = ngx_http_tender_tries_argv(ctx, counters);
    p = ngx_pnalloc(ctx->request->pool, 3 * NGX_INT64_LEN);

    if (argv == NULL || p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_tender_store_number(p, counters[0].max, &argv[2]);
    p = ngx_http_tender_store_number(p, counters[1].max, &argv[3]);
    (void) ngx_http_tender_store_number(p, (int64_t) seconds * 1000, &argv[4]);

    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_ATTEMPT_LUA];
    call->nkeys = 2;
    call->argv = argv;
    call->argc = 5;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_tried(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *wait)
{
    if (reply->type != NGX_HTTP_TENDER_REDIS_INTEGER || reply->integer < 0) {
        return ngx_http_tender_store_broken(ctx);
    }

    *wait = reply->integer;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_forgive(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, ngx_uint_t right,
    ngx_http_tender_redis_call_t *call)
{
    ngx_str_t  *argv;

    argv = ngx_http_tender_tries_argv(ctx, counters);
    if (argv == NULL) {
        return NGX_ERROR;
    }

    argv[2] = ngx_http_tender_right[right];

    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_FORGIVE_LUA];
    call->nkeys = 2;
    call->argv = argv;
    call->argc = 3;

    return NGX_OK;
}


static ngx_str_t *
ngx_http_tender_tries_argv(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters)
{
    ngx_str_t   *argv;
    ngx_uint_t   i;

    argv = ngx_palloc(ctx->request->pool,
                      NGX_HTTP_TENDER_TRY_ARGS * sizeof(ngx_str_t));
    if (argv == NULL) {
        return NULL;
    }

    for (i = 0; i < 2; i++) {
        if (ngx_http_tender_global_key(ctx, "tries:", &counters[i].name,
                                       &argv[i])
            != NGX_OK)
        {
            return NULL;
        }
    }

    return argv;
}


void
ngx_http_tender_store_forgive_later(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, ngx_uint_t right)
{
    ngx_http_tender_redis_call_t  call;

    ngx_memzero(&call, sizeof(ngx_http_tender_redis_call_t));

    if (ngx_http_tender_store_forgive(ctx, counters, right, &call) == NGX_OK) {
        ngx_http_tender_store_later(ctx, &call);
    }
}


void
ngx_http_tender_store_later(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *from)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     i;
    ngx_pool_t                    *pool;
    ngx_http_tender_redis_call_t  *call;

    /* the request will not be there when it is answered */

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    call = ngx_pcalloc(pool, sizeof(ngx_http_tender_redis_call_t));
    argv = ngx_palloc(pool, from->argc * sizeof(ngx_str_t));

    if (call == NULL || argv == NULL) {
        goto failed;
    }

    for (i = 0; i < from->argc; i++) {
        argv[i].len = from->argv[i].len;
        argv[i].data = ngx_pstrdup(pool, &from->argv[i]);

        if (argv[i].data == NULL) {
            goto failed;
        }
    }

    call->script = from->script;
    call->nkeys = from->nkeys;
    call->argv = argv;
    call->argc = from->argc;
    call->background = 1;
    call->handler = ngx_http_tender_later_done;
    call->data = pool;
    call->pool = pool;

    if (ngx_http_tender_redis_call(ctx->main->client, call) == NGX_AGAIN) {
        return;
    }

failed:

    ngx_destroy_pool(pool);
}


static void
ngx_http_tender_later_done(ngx_http_tender_redis_call_t *call)
{
    ngx_destroy_pool(call->data);
}
