
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_session_store.h"
#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_store.h"


static ngx_int_t ngx_http_tender_session_call(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *command, ngx_str_t *cookie, ngx_uint_t argc,
    ngx_http_tender_redis_call_t *call);


static ngx_str_t  ngx_http_tender_set = ngx_string("SET");
static ngx_str_t  ngx_http_tender_px = ngx_string("PX");
static ngx_str_t  ngx_http_tender_del = ngx_string("DEL");
static ngx_str_t  ngx_http_tender_pttl = ngx_string("PTTL");


ngx_int_t
ngx_http_tender_store_session(ngx_http_tender_ctx_t *ctx, ngx_str_t *cookie,
    ngx_str_t *login, ngx_str_t *account, time_t ttl,
    ngx_http_tender_redis_call_t *call)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool,
                    login->len + 1 + account->len + NGX_INT64_LEN);

    if (p == NULL
        || ngx_http_tender_session_call(ctx, &ngx_http_tender_set, cookie, 5,
                                        call)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->argv[2].data = p;
    p = ngx_sprintf(p, "%V %V", login, account);
    call->argv[2].len = p - call->argv[2].data;

    call->argv[3] = ngx_http_tender_px;

    call->argv[4].data = p;
    p = tender_uint_write(p, (uint64_t) ttl * 1000);
    call->argv[4].len = p - call->argv[4].data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_session_end(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, ngx_http_tender_redis_call_t *call)
{
    return ngx_http_tender_session_call(ctx, &ngx_http_tender_del, cookie, 2,
                                        call);
}


ngx_int_t
ngx_http_tender_store_session_left(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, ngx_http_tender_redis_call_t *call)
{
    return ngx_http_tender_session_call(ctx, &ngx_http_tender_pttl, cookie, 2,
                                        call);
}


/* the arguments behind the key are the caller's to fill */

static ngx_int_t
ngx_http_tender_session_call(ngx_http_tender_ctx_t *ctx, ngx_str_t *command,
    ngx_str_t *cookie, ngx_uint_t argc, ngx_http_tender_redis_call_t *call)
{
    u_char      buf[NGX_HTTP_TENDER_HASH_LEN];
    ngx_str_t  *argv, hash;

    argv = ngx_palloc(ctx->request->pool, argc * sizeof(ngx_str_t));
    if (argv == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(buf, cookie->data, cookie->len);

    hash.data = buf;
    hash.len = NGX_HTTP_TENDER_HASH_LEN;

    argv[0] = *command;

    if (ngx_http_tender_global_key(ctx, "session:", &hash, &argv[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->argv = argv;
    call->argc = argc;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_session_lasts(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *left)
{
    if (reply->type != NGX_HTTP_TENDER_REDIS_INTEGER) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (reply->integer <= 0) {
        return NGX_DECLINED;
    }

    *left = reply->integer * 1000;

    return NGX_OK;
}
