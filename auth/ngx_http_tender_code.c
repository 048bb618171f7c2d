
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_code.h"
#include "ngx_http_tender_identify.h"


static ngx_int_t ngx_http_tender_code_mint(ngx_http_tender_ctx_t *ctx,
    tender_value_t *secret, const char *member, const char *prefix,
    const char *mark, ngx_http_tender_change_t *change, ngx_str_t *text);
static ngx_int_t ngx_http_tender_code_end(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, tender_value_t *hash, int64_t until);
static ngx_int_t ngx_http_tender_code_name(ngx_http_tender_ctx_t *ctx,
    u_char *hash, const char *mark, ngx_http_tender_name_t *name);
static tender_value_t *ngx_http_tender_code_take(tender_value_t *object,
    const char *name);
static ngx_int_t ngx_http_tender_code_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *secret, const char *name, tender_str_t text);


ngx_int_t
ngx_http_tender_code_make(ngx_http_tender_ctx_t *ctx, tender_value_t *data,
    ngx_http_tender_change_t *change, ngx_str_t *code, ngx_str_t *refresh)
{
    tender_str_t     name;
    tender_value_t  *secret;

    secret = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (secret == NULL
        || ngx_http_tender_code_mint(ctx, secret, "code",
                                     NGX_HTTP_TENDER_CODE_PREFIX, "c", change,
                                     code)
           != NGX_OK
        || ngx_http_tender_code_mint(ctx, secret, "refresh",
                                     NGX_HTTP_TENDER_REFRESH_PREFIX, "r",
                                     change, refresh)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    tender_str_set(&name, "secret");
    tender_value_add(data, name, secret);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_code_turn(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now, int64_t overlap,
    ngx_http_tender_change_t *change, ngx_str_t *code, ngx_str_t *refresh)
{
    tender_value_t  *secret, *old, *previous, *renewal;

    secret = tender_value_member(entry->data, "secret");

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return NGX_DECLINED;
    }

    old = ngx_http_tender_code_take(secret, "code");
    previous = ngx_http_tender_code_take(secret, "previous");

    if (ngx_http_tender_code_mint(ctx, secret, "code",
                                  NGX_HTTP_TENDER_CODE_PREFIX, "c", change,
                                  code)
        != NGX_OK
        || ngx_http_tender_code_end(ctx, change, previous, 0) != NGX_OK
        || ngx_http_tender_code_end(ctx, change, old,
                                    overlap ? now + overlap : 0)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (old && overlap
        && ngx_http_tender_code_add(ctx, secret, "previous", old->u.text)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (refresh == NULL) {
        return NGX_OK;
    }

    renewal = ngx_http_tender_code_take(secret, "refresh");

    if (ngx_http_tender_code_end(ctx, change, renewal, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_code_mint(ctx, secret, "refresh",
                                     NGX_HTTP_TENDER_REFRESH_PREFIX, "r",
                                     change, refresh);
}


ngx_int_t
ngx_http_tender_code_drop(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, ngx_http_tender_change_t *change)
{
    ngx_uint_t       i;
    tender_value_t  *secret;

    static const char  *members[] = { "code", "previous", "refresh" };

    secret = tender_value_member(entry->data, "secret");

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return NGX_OK;
    }

    for (i = 0; i < 3; i++) {
        if (ngx_http_tender_code_end(ctx, change,
                                     ngx_http_tender_code_take(secret,
                                                               members[i]),
                                     0)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_tender_code_covered(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *account, ngx_http_tender_entry_t *code)
{
    tender_str_t     bad;
    tender_scopes_t  own, given, limit;

    if (tender_scopes_read(ngx_http_tender_str(&ctx->principal->scopes), &own,
                           &bad)
        != TENDER_OK
        || ngx_http_tender_entry_scopes(ctx, account, &given) != NGX_OK)
    {
        return 0;
    }

    if (tender_value_member(code->data, "scopes")) {

        /* with bad ones it may do nothing */

        if (ngx_http_tender_entry_scopes(ctx, code, &limit) != NGX_OK) {
            return 1;
        }

        tender_scopes_limit(&given, &limit);
    }

    return tender_scopes_cover(&own, &given);
}


static ngx_int_t
ngx_http_tender_code_mint(ngx_http_tender_ctx_t *ctx, tender_value_t *secret,
    const char *member, const char *prefix, const char *mark,
    ngx_http_tender_change_t *change, ngx_str_t *text)
{
    ngx_str_t                hash;
    ngx_http_tender_name_t  *name;

    name = &change->take[change->ntake++];

    if (ngx_http_tender_registry_secret(ctx, prefix,
                                        NGX_HTTP_TENDER_CODE_RANDOM, text,
                                        &hash)
        != NGX_OK
        || ngx_http_tender_code_name(ctx, hash.data, mark, name) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_code_add(ctx, secret, member,
                                    ngx_http_tender_str(&hash));
}


/* what has this hash is good until then; 0: not any more */

static ngx_int_t
ngx_http_tender_code_end(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, tender_value_t *hash, int64_t until)
{
    u_char                  *p;
    ngx_http_tender_name_t   name;

    if (hash == NULL) {
        return NGX_OK;
    }

    if (ngx_http_tender_code_name(ctx, hash->u.text.data, "c", &name)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (until == 0) {
        change->drop[change->ndrop++] = name.name;
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name.until.data = p;
    name.until.len = ngx_sprintf(p, "%L", until) - p;

    change->take[change->ntake++] = name;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_code_name(ngx_http_tender_ctx_t *ctx, u_char *hash,
    const char *mark, ngx_http_tender_name_t *name)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, sizeof("secret:") - 1
                                        + NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name->name.data = p;

    p = ngx_cpymem(p, "secret:", sizeof("secret:") - 1);
    p = ngx_cpymem(p, hash, NGX_HTTP_TENDER_HASH_LEN);

    name->name.len = p - name->name.data;

    name->mark.data = (u_char *) mark;
    name->mark.len = 1;

    ngx_str_null(&name->until);

    return NGX_OK;
}


/* takes a hash out of an object; NULL: it has none of that name */

static tender_value_t *
ngx_http_tender_code_take(tender_value_t *object, const char *name)
{
    size_t           len;
    tender_value_t  *v, *prev;

    len = ngx_strlen(name);
    prev = NULL;

    for (v = object->u.list.first; v; v = v->next) {

        if (v->name.len == len && ngx_memcmp(v->name.data, name, len) == 0) {
            break;
        }

        prev = v;
    }

    if (v == NULL) {
        return NULL;
    }

    v = tender_value_cut(object, prev);

    return (v->type == TENDER_STRING
            && v->u.text.len == NGX_HTTP_TENDER_HASH_LEN)
           ? v : NULL;
}


static ngx_int_t
ngx_http_tender_code_add(ngx_http_tender_ctx_t *ctx, tender_value_t *secret,
    const char *name, tender_str_t text)
{
    tender_str_t     str;
    tender_value_t  *v;

    v = tender_value_string(&ctx->mem, text);
    if (v == NULL) {
        return NGX_ERROR;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    tender_value_add(secret, str, v);

    return NGX_OK;
}
