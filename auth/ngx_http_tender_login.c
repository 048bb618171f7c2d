
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"
#include "ngx_http_tender_login.h"
#include "../store/ngx_http_tender_store.h"


static ngx_int_t ngx_http_tender_login_name(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_uint_t *good);
static ngx_int_t ngx_http_tender_login_fails(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_int_t rc);
static tender_value_t *ngx_http_tender_login_hash(
    ngx_http_tender_login_t *login);
static ngx_int_t ngx_http_tender_login_rehash(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, tender_value_t *hash);


ngx_int_t
ngx_http_tender_login_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login)
{
    ngx_str_t                      nobody = ngx_null_string;
    ngx_uint_t                     good;
    ngx_http_tender_redis_call_t  *calls;

    calls = ngx_pcalloc(ctx->request->pool,
                        2 * sizeof(ngx_http_tender_redis_call_t));

    if (calls == NULL
        || ngx_http_tender_login_name(ctx, login, &good) != NGX_OK
        || ngx_http_tender_tries_counters(ctx, "l:", &login->name,
                                          login->counters)
           != NGX_OK
        || ngx_http_tender_store_try(ctx, login->counters,
                                     NGX_HTTP_TENDER_TRIES_TIME, &calls[0])
           != NGX_OK
        || ngx_http_tender_registry_ask_call(ctx, NGX_HTTP_TENDER_BY_LOGIN,
                                             good ? &login->name : &nobody,
                                             &calls[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, calls, 2);
}


/*
 * "login@tenant" in lower case; without a tenant it is that of the host.
 * What no user can have is counted and checked like the rest.
 */

static ngx_int_t
ngx_http_tender_login_name(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_uint_t *good)
{
    u_char     *p, *at, *last;
    ngx_str_t   tenant, shown;

    tenant.len = 0;
    ngx_http_tender_host_tenant(ctx, &tenant);

    shown = login->login;

    if (shown.len > NGX_HTTP_TENDER_LOGIN_MAX) {
        shown.len = NGX_HTTP_TENDER_LOGIN_MAX;
    }

    last = shown.data + shown.len;

    for (at = last; at > shown.data && at[-1] != '@'; at--) { /* void */ }

    *good = (shown.len == login->login.len && shown.len != 0);

    if (at > shown.data) {

        /* "@tenant" follows; "@*" is one of all of them */

        if (tenant.len
            && !(last - at == 1 && *at == '*')
            && (tenant.len != (size_t) (last - at)
                || ngx_strncasecmp(tenant.data, at, tenant.len) != 0))
        {
            *good = 0;
        }

        tenant.len = 0;

    } else if (tenant.len == 0) {
        ngx_str_set(&tenant, "default");
    }

    p = ngx_pnalloc(ctx->request->pool, shown.len + 1 + tenant.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    login->name.data = p;

    ngx_strlow(p, shown.data, shown.len);
    p += shown.len;

    if (tenant.len) {
        *p++ = '@';
        ngx_strlow(p, tenant.data, tenant.len);
        p += tenant.len;
    }

    login->name.len = p - login->name.data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_login_check(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login)
{
    ngx_int_t        rc;
    ngx_str_t        stored;
    tender_value_t  *hash;

    rc = ngx_http_tender_store_answered(ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_tries_said(ctx, ctx->calls[0].reply);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_tender_registry_told(ctx, ctx->calls[1].reply,
                                       &login->found);

    if (rc != NGX_OK && rc != NGX_DECLINED) {
        return rc;
    }

    stored.len = 0;
    stored.data = NULL;

    hash = (rc == NGX_OK) ? ngx_http_tender_login_hash(login) : NULL;

    if (hash) {
        login->known = 1;
        stored.len = hash->u.text.len;
        stored.data = hash->u.text.data;
    }

    rc = ngx_http_tender_password_check(ctx, &login->password, &stored,
                                        &login->result);

    return ngx_http_tender_login_fails(ctx, login, rc);
}


/* a password that nobody has looked at was no try */

static ngx_int_t
ngx_http_tender_login_fails(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_int_t rc)
{
    if (rc == NGX_HTTP_SERVICE_UNAVAILABLE) {
        ngx_http_tender_store_forgive_later(ctx, login->counters, 0);
    }

    return rc;
}


/* the member of the user's secret; NULL: he has no password */

static tender_value_t *
ngx_http_tender_login_hash(ngx_http_tender_login_t *login)
{
    tender_value_t  *secret, *hash;

    if (login->found.user.id.len == 0) {
        return NULL;
    }

    secret = tender_value_member(login->found.user.data, "secret");

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return NULL;
    }

    hash = tender_value_member(secret, "hash");

    return (hash && hash->type == TENDER_STRING) ? hash : NULL;
}


ngx_int_t
ngx_http_tender_login_note(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login)
{
    ngx_int_t                      rc;
    tender_value_t                *hash;
    ngx_http_tender_redis_call_t  *call;

    rc = ngx_http_tender_password_done(ctx, &login->result);

    if (rc != NGX_OK) {
        return ngx_http_tender_login_fails(ctx, login, rc);
    }

    if (!login->known || !login->result.good) {
        return NGX_DECLINED;
    }

    if (login->result.hash.len) {
        hash = ngx_http_tender_login_hash(login);

        ngx_http_tender_store_forgive_later(ctx, login->counters, 1);

        return ngx_http_tender_login_rehash(ctx, login, hash);
    }

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));

    if (call == NULL
        || ngx_http_tender_store_forgive(ctx, login->counters, 1, call)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


/* what came of it nobody asks: the next login does it again */

static ngx_int_t
ngx_http_tender_login_rehash(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, tender_value_t *hash)
{
    tender_str_t               json;
    ngx_http_tender_entry_t   *user;
    ngx_http_tender_change_t  *change;

    user = &login->found.user;

    hash->u.text = ngx_http_tender_str(&login->result.hash);
    hash->plain = 1;

    change = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_change_t));

    if (change == NULL
        || ngx_http_tender_principal_id(ctx->request->pool,
                                        &login->found.account.id, &user->id,
                                        &login->found.account.owner,
                                        &change->who)
           != NGX_OK
        || tender_json_text(&ctx->mem, user->data, 0, &json) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    change->kind = NGX_HTTP_TENDER_USER;
    change->op = "change";
    change->id = user->id;
    change->version = user->version;
    change->owner = user->owner;
    change->json.data = json.data;
    change->json.len = json.len;

    ngx_str_set(&change->what, "hash");

    return ngx_http_tender_registry_change(ctx, change);
}


ngx_int_t
ngx_http_tender_login_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_uint_t method,
    ngx_http_tender_principal_t **principal)
{
    return ngx_http_tender_principal(ctx, &login->found, method, NULL,
                                     principal);
}
