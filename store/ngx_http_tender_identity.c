
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_private.h"


#define NGX_HTTP_TENDER_IDENTITY_ELTS  13


static ngx_int_t ngx_http_tender_registry_extra(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what, ngx_str_t *key);
static ngx_int_t ngx_http_tender_identity_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *elts, ngx_http_tender_entry_t *entry);


static ngx_str_t  ngx_http_tender_by_words[] = {
    ngx_string("code"),
    ngx_string("refresh"),
    ngx_string("login"),
    ngx_string("client"),
    ngx_string("family"),
    ngx_string("session"),
    ngx_string("account")
};


ngx_int_t
ngx_http_tender_registry_ask(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));

    if (call == NULL
        || ngx_http_tender_registry_ask_call(ctx, by, what, call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_registry_ask_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what,
    ngx_http_tender_redis_call_t *call)
{
    ngx_str_t   none, *argv;
    ngx_uint_t  i, n;

    ngx_str_null(&none);

    argv = ngx_palloc(ctx->request->pool, 9 * sizeof(ngx_str_t));

    if (argv == NULL
        || ngx_http_tender_global_key(ctx, "names", &none, &argv[0])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = 1;

    for (i = NGX_HTTP_TENDER_ACCOUNT; i <= NGX_HTTP_TENDER_KEY; i++) {
        if (ngx_http_tender_registry_key(ctx, i, &argv[n++]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (by >= NGX_HTTP_TENDER_BY_FAMILY
        && ngx_http_tender_registry_extra(ctx, by, what, &argv[n++])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->nkeys = n;

    argv[n++] = ngx_http_tender_by_words[by];
    argv[n++] = *what;

    call->argv = argv;
    call->argc = n;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_IDENTIFY_LUA];

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_registry_extra(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what, ngx_str_t *key)
{
    switch (by) {

    case NGX_HTTP_TENDER_BY_FAMILY:
        return ngx_http_tender_global_key(ctx, "family:", what, key);

    case NGX_HTTP_TENDER_BY_SESSION:
        return ngx_http_tender_global_key(ctx, "session:", what, key);

    default: /* NGX_HTTP_TENDER_BY_ACCOUNT */
        return ngx_http_tender_registry_of(ctx, NGX_HTTP_TENDER_KEY, what,
                                           key);
    }
}


ngx_int_t
ngx_http_tender_registry_found(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_registry_told(ctx, reply, found);
}


ngx_int_t
ngx_http_tender_registry_told(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_identity_t *found)
{
    ngx_uint_t                      i, n;
    ngx_http_tender_redis_reply_t  *elts;

    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    n = reply->nelts;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || n % 2 != 1
        || n < NGX_HTTP_TENDER_IDENTITY_ELTS
        || n > NGX_HTTP_TENDER_IDENTITY_ELTS
               + 2 * NGX_HTTP_TENDER_IDENTITY_KEYS)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    elts = reply->elts;

    for (i = 0; i < n; i++) {
        if (elts[i].type != NGX_HTTP_TENDER_REDIS_STRING) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    ngx_memzero(found, sizeof(ngx_http_tender_identity_t));

    if (ngx_http_tender_store_time(&elts[0].str, &found->now) != NGX_OK
        || found->now == 0
        || elts[1].str.len == 0)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    if (ngx_http_tender_identity_entry(ctx, &elts[1], &found->account)
        != NGX_OK
        || ngx_http_tender_identity_entry(ctx, &elts[3], &found->user)
           != NGX_OK
        || ngx_http_tender_identity_entry(ctx, &elts[5], &found->client)
           != NGX_OK
        || ngx_http_tender_identity_entry(ctx, &elts[7], &found->code)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    found->access = elts[9].str;
    found->refresh = elts[10].str;
    found->grant = elts[11].str;
    found->epoch = elts[12].str;

    for (i = NGX_HTTP_TENDER_IDENTITY_ELTS; i < n; i += 2) {
        if (elts[i].str.len == 0) {
            return ngx_http_tender_store_broken(ctx);
        }

        if (ngx_http_tender_identity_entry(ctx, &elts[i],
                                           &found->keys[found->nkeys++])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_identity_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *elts, ngx_http_tender_entry_t *entry)
{
    if (elts[0].str.len == 0 && elts[1].str.len == 0) {
        return NGX_OK;
    }

    return ngx_http_tender_registry_parse(ctx, &elts[0].str, &elts[1].str,
                                          entry);
}
