
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_private.h"


/* a change of the registry: see registry.lua */

#define NGX_HTTP_TENDER_CHANGE_KEYS  14
#define NGX_HTTP_TENDER_CHANGE_ARGS  (10 + 4 * NGX_HTTP_TENDER_NAMES)


static ngx_int_t ngx_http_tender_change_keys(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, ngx_str_t *argv, ngx_uint_t *n);
static ngx_uint_t ngx_http_tender_change_args(
    ngx_http_tender_change_t *change, ngx_str_t *argv, u_char *numbers);
static ngx_int_t ngx_http_tender_change_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_change_t *change);


static ngx_str_t  ngx_http_tender_none = ngx_null_string;

static ngx_str_t  ngx_http_tender_kind_words[] = {
    ngx_string("account"),
    ngx_string("user"),
    ngx_string("client"),
    ngx_string("code"),
    ngx_string("key"),
    ngx_string("search")
};


ngx_int_t
ngx_http_tender_registry_change(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change)
{
    ngx_uint_t  nkeys;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[NGX_HTTP_TENDER_CHANGE_KEYS
                                           + NGX_HTTP_TENDER_CHANGE_ARGS];
        u_char                        numbers[2 * NGX_INT64_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_change_keys(ctx, change, ask->argv, &nkeys)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask->call.argv = ask->argv;
    ask->call.argc = nkeys + ngx_http_tender_change_args(change,
                                                         &ask->argv[nkeys],
                                                         ask->numbers);
    ask->call.nkeys = nkeys;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_REGISTRY_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


static ngx_int_t
ngx_http_tender_change_keys(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, ngx_str_t *argv, ngx_uint_t *n)
{
    ngx_uint_t  i;

    if (ngx_http_tender_registry_key(ctx, change->kind, &argv[0]) != NGX_OK
        || ngx_http_tender_global_key(ctx, "names", &ngx_http_tender_none,
                                      &argv[1])
           != NGX_OK
        || ngx_http_tender_global_key(ctx, "numbers", &ngx_http_tender_none,
                                      &argv[2])
           != NGX_OK
        || ngx_http_tender_registry_of(ctx, change->kind,
                                       &ngx_http_tender_none, &argv[3])
           != NGX_OK
        || ngx_http_tender_registry_of(ctx, change->kind, &change->owner,
                                       &argv[4])
           != NGX_OK
        || ngx_http_tender_global_key(ctx, "audit", &ngx_http_tender_none,
                                      &argv[5])
           != NGX_OK
        || ngx_http_tender_registry_key(ctx, NGX_HTTP_TENDER_ACCOUNT, &argv[6])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    *n = 7;

    if (change->kind != NGX_HTTP_TENDER_ACCOUNT || change->op[0] != 'd') {
        return NGX_OK;
    }

    /* what goes with an account that is removed */

    if (ngx_http_tender_registry_key(ctx, NGX_HTTP_TENDER_SEARCH,
                                     &argv[(*n)++])
        != NGX_OK
        || ngx_http_tender_registry_of(ctx, NGX_HTTP_TENDER_SEARCH,
                                       &ngx_http_tender_none, &argv[(*n)++])
           != NGX_OK
        || ngx_http_tender_registry_of(ctx, NGX_HTTP_TENDER_SEARCH,
                                       &change->id, &argv[(*n)++])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* what it may not own any more */

    for (i = NGX_HTTP_TENDER_USER; i < NGX_HTTP_TENDER_SEARCH; i++) {
        if (ngx_http_tender_registry_of(ctx, i, &change->id, &argv[(*n)++])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_change_args(ngx_http_tender_change_t *change, ngx_str_t *argv,
    u_char *numbers)
{
    u_char      *p;
    ngx_uint_t   i, n;

    argv[0].data = (u_char *) change->op;
    argv[0].len = ngx_strlen(change->op);
    argv[1] = ngx_http_tender_kind_words[change->kind];
    argv[2] = change->id;
    argv[3] = change->version;
    argv[4] = change->owner;
    argv[5] = change->json;
    argv[6] = change->who;
    argv[7] = change->what;

    p = numbers;

    if (change->max) {
        p = ngx_http_tender_store_number(p, change->max, &argv[8]);
    }

    (void) ngx_http_tender_store_number(p, change->ntake, &argv[9]);

    n = 10;

    for (i = 0; i < change->ntake; i++) {
        argv[n++] = change->take[i].name;
        argv[n++] = change->take[i].mark;
        argv[n++] = change->take[i].until;
    }

    for (i = 0; i < change->ndrop; i++) {
        argv[n++] = change->drop[i];
    }

    return n;
}


ngx_int_t
ngx_http_tender_registry_changed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, ngx_http_tender_change_e *outcome)
{
    ngx_int_t                       rc, said;
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *reply, *elts;

    static const char *const  words[] = {
        "MISSING", "CONFLICT", "TAKEN", "HELD", "FULL", NULL
    };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_store_broken(ctx);
    }

    elts = reply->elts;

    for (i = 0; i < reply->nelts; i++) {
        if (elts[i].type != NGX_HTTP_TENDER_REDIS_STRING) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said >= 0) {
        *outcome = NGX_HTTP_TENDER_CHANGE_MISSING + said;

        if (*outcome == NGX_HTTP_TENDER_CHANGE_TAKEN) {

            if (reply->nelts != 2) {
                return ngx_http_tender_store_broken(ctx);
            }

            change->taken = elts[1].str;
        }

        return NGX_OK;
    }

    *outcome = NGX_HTTP_TENDER_CHANGE_OK;

    return ngx_http_tender_change_entry(ctx, reply, change);
}


/* id, version, created, modified */

static ngx_int_t
ngx_http_tender_change_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_change_t *change)
{
    int64_t                         n;
    ngx_http_tender_entry_t        *entry;
    ngx_http_tender_redis_reply_t  *elts;

    elts = reply->elts;
    entry = &change->entry;

    if (reply->nelts != 4
        || elts[0].str.len == 0
        || elts[1].str.len == 0
        || ngx_http_tender_store_time(&elts[1].str, &n) != NGX_OK
        || ngx_http_tender_store_time(&elts[2].str, &entry->created) != NGX_OK
        || ngx_http_tender_store_time(&elts[3].str, &entry->modified)
           != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    entry->id = elts[0].str;
    entry->version = elts[1].str;
    entry->owner = change->owner;

    return NGX_OK;
}
