
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_private.h"

#include <sys/random.h>


/* so many are microseconds in 63 bits, too */

#define NGX_HTTP_TENDER_SECONDS_MAX  (INT64_MAX / 1000000 - 1)


static ngx_int_t ngx_http_tender_registry_hget(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *id,
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_registry_value(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call, ngx_http_tender_entry_t *entry);
static ngx_int_t ngx_http_tender_registry_now(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *now);


static ngx_str_t  ngx_http_tender_none = ngx_null_string;
static ngx_str_t  ngx_http_tender_hget = ngx_string("HGET");
static ngx_str_t  ngx_http_tender_time = ngx_string("TIME");

static const char *const  ngx_http_tender_kind_keys[] = {
    "accounts", "users", "clients", "codes", "keys", "searches"
};


ngx_int_t
ngx_http_tender_global_key(ngx_http_tender_ctx_t *ctx, const char *what,
    ngx_str_t *a, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, ctx->main->prefix.len
                                        + sizeof("{g}:") - 1
                                        + ngx_strlen(what) + a->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, ctx->main->prefix.data, ctx->main->prefix.len);
    p = ngx_cpymem(p, "{g}:", sizeof("{g}:") - 1);
    p = ngx_cpymem(p, what, ngx_strlen(what));
    p = ngx_cpymem(p, a->data, a->len);

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_registry_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *key)
{
    return ngx_http_tender_global_key(ctx, ngx_http_tender_kind_keys[kind],
                                      &ngx_http_tender_none, key);
}


ngx_int_t
ngx_http_tender_registry_of(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *owner, ngx_str_t *key)
{
    static const char *const  of[] = {
        "accounts:of:", "users:of:", "clients:of:", "codes:of:", "keys:of:",
        "searches:of:"
    };

    static const char *const  all[] = {
        "accounts:all", "users:all", "clients:all", "codes:all", "keys:all",
        "searches:all"
    };

    return ngx_http_tender_global_key(ctx, owner->len ? of[kind] : all[kind],
                                      owner, key);
}


/* "<version> <created> <modified> <owner>", and its JSON in the next line */

ngx_int_t
ngx_http_tender_registry_parse(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_str_t *value, ngx_http_tender_entry_t *entry)
{
    u_char               *p, *last, *line;
    int64_t               n;
    ngx_int_t             rc;
    ngx_str_t             words[4];
    ngx_uint_t            i;
    tender_json_error_t   err;

    p = value->data;
    last = p + value->len;

    line = value->len ? memchr(p, LF, value->len) : NULL;

    if (line == NULL || id->len == 0) {
        return ngx_http_tender_store_broken(ctx);
    }

    for (i = 0; i < 4; i++) {
        p = ngx_http_tender_store_word(p, line, &words[i]);

        if (p == NULL) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    if (p != line || line[-1] == ' '
        || ngx_http_tender_store_time(&words[0], &n) != NGX_OK
        || ngx_http_tender_store_time(&words[1], &entry->created) != NGX_OK
        || ngx_http_tender_store_time(&words[2], &entry->modified) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    entry->id = *id;
    entry->version = words[0];
    entry->owner = words[3];
    entry->json.data = line + 1;
    entry->json.len = last - entry->json.data;

    rc = tender_json_read(&ctx->mem, entry->json.data, entry->json.len,
                          &entry->data, &err);

    if (rc == TENDER_ERROR) {
        return NGX_ERROR;
    }

    if (rc != TENDER_OK || entry->data->type != TENDER_OBJECT) {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_registry_hget(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *id,
    ngx_http_tender_redis_call_t *call)
{
    ngx_str_t  *argv;

    argv = ngx_palloc(ctx->request->pool, 3 * sizeof(ngx_str_t));

    if (argv == NULL
        || ngx_http_tender_registry_key(ctx, kind, &argv[1]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[0] = ngx_http_tender_hget;
    argv[2] = *id;

    call->argv = argv;
    call->argc = 3;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_registry_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *account, ngx_str_t *id)
{
    ngx_uint_t                     n;
    ngx_http_tender_redis_call_t  *calls;

    calls = ngx_pcalloc(ctx->request->pool,
                        3 * sizeof(ngx_http_tender_redis_call_t));

    if (calls == NULL
        || ngx_http_tender_registry_hget(ctx, kind, id, &calls[0]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    n = 1;

    if (kind != NGX_HTTP_TENDER_ACCOUNT) {
        if (ngx_http_tender_registry_hget(ctx, NGX_HTTP_TENDER_ACCOUNT,
                                          account, &calls[n++])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    calls[n].argv = &ngx_http_tender_time;
    calls[n++].argc = 1;

    return ngx_http_tender_call(ctx, calls, n);
}


static ngx_int_t
ngx_http_tender_registry_value(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call, ngx_http_tender_entry_t *entry)
{
    if (call->reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    if (call->reply->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return ngx_http_tender_store_broken(ctx);
    }

    return ngx_http_tender_registry_parse(ctx, &call->argv[2],
                                          &call->reply->str, entry);
}


ngx_int_t
ngx_http_tender_registry_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_http_tender_entry_t *account,
    ngx_http_tender_entry_t *entry, int64_t *now)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_call_t   *calls;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    calls = ctx->calls;

    rc = ngx_http_tender_registry_now(ctx, calls[ctx->ncalls - 1].reply, now);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_tender_registry_value(ctx, &calls[0], entry);
    if (rc != NGX_OK) {
        return rc;
    }

    if (kind == NGX_HTTP_TENDER_ACCOUNT) {
        if (account) {
            *account = *entry;
        }

        return NGX_OK;
    }

    rc = ngx_http_tender_registry_value(ctx, &calls[1], account);
    if (rc != NGX_OK) {
        return rc;
    }

    if (entry->owner.len != account->id.len
        || ngx_memcmp(entry->owner.data, account->id.data, account->id.len)
           != 0)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* seconds, and microseconds of the next one */

static ngx_int_t
ngx_http_tender_registry_now(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *now)
{
    int64_t                         part[2];
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *elts;

    elts = reply->elts;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 2) {
        return ngx_http_tender_store_broken(ctx);
    }

    for (i = 0; i < 2; i++) {
        if (elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || ngx_http_tender_store_time(&elts[i].str, &part[i]) != NGX_OK)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    if (part[0] > NGX_HTTP_TENDER_SECONDS_MAX || part[1] >= 1000000) {
        return ngx_http_tender_store_broken(ctx);
    }

    *now = part[0] * 1000000 + part[1];

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_registry_named(ngx_http_tender_ctx_t *ctx, ngx_str_t *name)
{
    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[3];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_global_key(ctx, "names", &ngx_http_tender_none,
                                      &ask->argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask->argv[0] = ngx_http_tender_hget;
    ask->argv[2] = *name;

    ask->call.argv = ask->argv;
    ask->call.argc = 3;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_registry_name_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    return (reply->type == NGX_HTTP_TENDER_REDIS_NIL) ? NGX_DECLINED : NGX_OK;
}


ngx_uint_t
ngx_http_tender_tenant_over(ngx_str_t *tenant, ngx_str_t *other)
{
    if (tenant->len == sizeof(NGX_HTTP_TENDER_ALL_TENANTS) - 1
        && ngx_memcmp(tenant->data, NGX_HTTP_TENDER_ALL_TENANTS, tenant->len)
           == 0)
    {
        return 1;
    }

    return other->len && tenant->len == other->len
           && ngx_memcmp(tenant->data, other->data, tenant->len) == 0;
}


ngx_int_t
ngx_http_tender_registry_list(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *owner, ngx_str_t *after,
    ngx_uint_t max)
{
    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[4];
        u_char                        number[NGX_INT64_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_registry_of(ctx, kind, owner, &ask->argv[0])
           != NGX_OK
        || ngx_http_tender_registry_key(ctx, kind, &ask->argv[1]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (after->len) {
        ask->argv[2] = *after;

    } else {
        ngx_str_set(&ask->argv[2], "0");
    }

    (void) ngx_http_tender_store_number(ask->number, max, &ask->argv[3]);

    ask->call.argv = ask->argv;
    ask->call.argc = 4;
    ask->call.nkeys = 2;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_ENTRIES_LUA];

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_registry_listed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entries_t *entries)
{
    int64_t                         place;
    ngx_int_t                       rc;
    ngx_uint_t                      i, n;
    ngx_http_tender_redis_reply_t  *reply, *elts;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    /* the place behind which there is more, or "", then three of each */

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts % 3 != 1) {
        return ngx_http_tender_store_broken(ctx);
    }

    for (i = 0; i < reply->nelts; i++) {
        if (reply->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    elts = reply->elts;
    entries->next = elts[0].str;
    n = reply->nelts / 3;

    if (ngx_http_tender_store_time(&entries->next, &place) != NGX_OK) {
        return ngx_http_tender_store_broken(ctx);
    }

    entries->nelts = n;
    entries->elts = ngx_pcalloc(ctx->request->pool,
                                (n + 1) * sizeof(ngx_http_tender_entry_t));
    if (entries->elts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (ngx_http_tender_registry_parse(ctx, &elts[3 * i + 2].str,
                                           &elts[3 * i + 3].str,
                                           &entries->elts[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_registry_secret(ngx_http_tender_ctx_t *ctx, const char *prefix,
    ngx_uint_t n, ngx_str_t *secret, ngx_str_t *hash)
{
    size_t       i, len;
    u_char      *p, *end, bytes[64];

    static const u_char  letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    len = ngx_strlen(prefix);

    secret->len = len + n;
    secret->data = ngx_pnalloc(ctx->request->pool,
                               secret->len + NGX_HTTP_TENDER_HASH_LEN);
    if (secret->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(secret->data, prefix, len);
    end = p + n;

    while (p < end) {

        if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
            ngx_log_error(NGX_LOG_CRIT, ctx->request->connection->log,
                          ngx_errno, "tender: getrandom() failed");
            return NGX_ERROR;
        }

        /* 248 is 4 * 62: each of them is as likely as any other */

        for (i = 0; i < sizeof(bytes) && p < end; i++) {
            if (bytes[i] < 248) {
                *p++ = letters[bytes[i] % 62];
            }
        }
    }

    hash->data = end;
    hash->len = NGX_HTTP_TENDER_HASH_LEN;

    ngx_http_tender_store_hash(end, secret->data, secret->len);

    return NGX_OK;
}
