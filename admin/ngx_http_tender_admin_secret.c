
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../auth/ngx_http_tender_code.h"
#include "../format/tender_base64.h"
#include "../store/ngx_http_tender_seal.h"


static ngx_int_t ngx_http_tender_admin_keep(ngx_http_tender_admin_t *admin,
    tender_value_t *secret);
static ngx_int_t ngx_http_tender_admin_mint(ngx_http_tender_ctx_t *ctx,
    tender_value_t *secret, const char *member, const char *prefix,
    ngx_uint_t n, ngx_str_t *text);
static tender_value_t *ngx_http_tender_admin_old(ngx_http_tender_admin_t *admin,
    const char *member);
static ngx_int_t ngx_http_tender_admin_until(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, ngx_str_t *until);
static ngx_int_t ngx_http_tender_admin_key_same(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, const char *member, const char *text);


static ngx_int_t
ngx_http_tender_admin_keep(ngx_http_tender_admin_t *admin,
    tender_value_t *secret)
{
    tender_str_t  name;

    if (secret && secret->nelts) {
        tender_str_set(&name, "secret");
        tender_value_add(admin->after, name, secret);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_admin_user_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t        hash, epoch;
    tender_value_t  *secret;

    if (admin->password == NULL && admin->hash == NULL) {
        return ngx_http_tender_admin_keep(admin, admin->kept);
    }

    /* null: there is no password any more */

    if (admin->hashed) {
        hash = admin->result.hash;

    } else if (admin->hash && admin->hash->type == TENDER_STRING) {
        hash.data = admin->hash->u.text.data;
        hash.len = admin->hash->u.text.len;

    } else {
        ngx_str_null(&hash);
    }

    secret = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (secret == NULL
        || (hash.len
            && ngx_http_tender_admin_add(ctx, secret, "hash", &hash)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    /* what was begun with another password ends: see principal.c */

    if (admin->one) {
        epoch = admin->entry.version;

        if (ngx_http_tender_admin_add(ctx, secret, "epoch", &epoch)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_admin_keep(admin, secret);
}


ngx_int_t
ngx_http_tender_admin_client_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t        until, hash;
    tender_value_t  *secret, *old;

    if (admin->one && !admin->rotate) {
        return ngx_http_tender_admin_keep(admin, admin->kept);
    }

    if (!admin->one
        && ngx_http_tender_store_id(ctx, &admin->change.id) != NGX_OK)
    {
        return NGX_ERROR;
    }

    secret = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (secret == NULL
        || ngx_http_tender_admin_mint(ctx, secret, "hash", "tndc", 40,
                                      &admin->secrets[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    admin->secrets[0] = admin->one ? admin->id : admin->change.id;

    ngx_str_set(&admin->shown[0], "client_id");
    ngx_str_set(&admin->shown[1], "client_secret");

    old = ngx_http_tender_admin_old(admin, "hash");

    if (old) {
        hash.data = old->u.text.data;
        hash.len = old->u.text.len;

        if (ngx_http_tender_admin_until(ctx, admin, &until) != NGX_OK
            || ngx_http_tender_admin_add(ctx, secret, "previous", &hash)
               != NGX_OK
            || ngx_http_tender_admin_add(ctx, secret, "until", &until)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_admin_keep(admin, secret);
}


/* the store knows by a name until when an api_code is good */

ngx_int_t
ngx_http_tender_admin_code_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t                hash, none;
    tender_value_t          *secret, *old;
    ngx_http_tender_name_t  *name;

    if (admin->one && !admin->rotate) {
        return ngx_http_tender_admin_keep(admin, admin->kept);
    }

    secret = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (secret == NULL
        || ngx_http_tender_admin_mint(ctx, secret, "code",
                                      NGX_HTTP_TENDER_CODE_PREFIX,
                                      NGX_HTTP_TENDER_CODE_RANDOM,
                                      &admin->secrets[0])
           != NGX_OK
        || ngx_http_tender_admin_mint(ctx, secret, "refresh",
                                      NGX_HTTP_TENDER_REFRESH_PREFIX,
                                      NGX_HTTP_TENDER_CODE_RANDOM,
                                      &admin->secrets[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&admin->shown[0], "api_code");
    ngx_str_set(&admin->shown[1], "refresh_code");

    old = ngx_http_tender_admin_old(admin, "code");

    if (old) {
        hash.data = old->u.text.data;
        hash.len = old->u.text.len;
        ngx_str_null(&none);

        name = &admin->change.take[admin->change.ntake++];

        if (ngx_http_tender_admin_add(ctx, secret, "previous", &hash)
            != NGX_OK
            || ngx_http_tender_admin_name(ctx, name, "c", "secret:", &hash,
                                          "", &none)
               != NGX_OK
            || ngx_http_tender_admin_until(ctx, admin, &name->until)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_admin_keep(admin, secret);
}


static ngx_int_t
ngx_http_tender_admin_mint(ngx_http_tender_ctx_t *ctx, tender_value_t *secret,
    const char *member, const char *prefix, ngx_uint_t n, ngx_str_t *text)
{
    ngx_str_t  hash;

    if (ngx_http_tender_registry_secret(ctx, prefix, n, text, &hash)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_add(ctx, secret, member, &hash);
}


/* the hash of the secret that stays good for a while; NULL: there is none */

static tender_value_t *
ngx_http_tender_admin_old(ngx_http_tender_admin_t *admin, const char *member)
{
    tender_str_t     name;
    tender_value_t  *old;

    if (admin->kept == NULL || admin->overlap == 0) {
        return NULL;
    }

    name.data = (u_char *) member;
    name.len = ngx_strlen(member);

    old = tender_value_get(admin->kept, &name);

    return (old && old->type == TENDER_STRING) ? old : NULL;
}


/* by Redis's clock; as text: it has more digits than a number may have */

static ngx_int_t
ngx_http_tender_admin_until(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, ngx_str_t *until)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    until->data = p;
    until->len = tender_uint_write(p, (uint64_t) (admin->now + admin->overlap))
                 - p;

    return NGX_OK;
}


/* a key keeps its name and its algorithm: its secret is sealed with both */

ngx_int_t
ngx_http_tender_admin_key_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    u_char          *p;
    ngx_str_t        text, kid, sealed;
    tender_value_t  *v, *secret;

    if (admin->one && admin->tries == 0) {
        v = tender_value_member(admin->entry.data, "alg");

        if (v == NULL || v->type != TENDER_STRING
            || ngx_http_tender_admin_key_same(ctx, admin, "kid",
                                              "A key keeps its kid.")
               != NGX_OK
            || ngx_http_tender_admin_key_same(ctx, admin, "alg",
                                              "A key keeps its algorithm.")
               != NGX_OK
            || ngx_http_tender_admin_key_fits(ctx, admin,
                                              tender_jwt_alg(v->u.text))
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (admin->faults->nelts) {
            return NGX_OK;
        }
    }

    if (admin->secret == NULL) {
        return ngx_http_tender_admin_keep(admin, admin->kept);
    }

    v = tender_value_member(admin->after, "kid");

    kid.data = v->u.text.data;
    kid.len = v->u.text.len;

    text.data = admin->secret->u.text.data;
    text.len = admin->secret->u.text.len;

    if (ngx_http_tender_seal(ctx->request->pool, ctx->main,
                             &admin->account.id, &kid, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool,
                    tender_base64_encoded_length(text.len));
    secret = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (p == NULL || secret == NULL) {
        return NGX_ERROR;
    }

    sealed.data = p;
    sealed.len = tender_base64url_write(p, text.data, text.len) - p;

    if (ngx_http_tender_admin_add(ctx, secret, "sealed", &sealed) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_keep(admin, secret);
}


static ngx_int_t
ngx_http_tender_admin_key_same(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, const char *member, const char *text)
{
    tender_str_t     name;
    tender_value_t  *sent, *has;

    name.data = (u_char *) member;
    name.len = ngx_strlen(member);

    sent = tender_value_get(admin->data, &name);
    has = tender_value_get(admin->entry.data, &name);

    if (sent == NULL || (has && tender_value_equal(sent, has))) {
        return NGX_OK;
    }

    return ngx_http_tender_admin_fault(ctx, member, text);
}
