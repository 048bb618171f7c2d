
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"


/* revocation (RFC 7009) and introspection (RFC 7662) */

static ngx_int_t ngx_http_tender_oauth_active(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal);
static ngx_uint_t ngx_http_tender_oauth_sees(ngx_http_tender_oauth_t *oauth);
static void ngx_http_tender_oauth_anywhere(ngx_http_tender_entry_t *client);
static ngx_int_t ngx_http_tender_oauth_username(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object);


/* the token that is shown; its own text tells what it is */

ngx_int_t
ngx_http_tender_oauth_shown(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t             *token, name = tender_string("token");
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    token = ngx_http_tender_oauth_param(ctx, "token");

    if (token == NULL) {
        return ngx_http_tender_oauth_wrong(ctx, "Missing parameter", &name);
    }

    oauth->text.data = token->data;
    oauth->text.len = token->len;

    if (ngx_http_tender_token_family(&oauth->text,
                                     NGX_HTTP_TENDER_ACCESS_TOKEN,
                                     &oauth->grant.family)
        == NGX_OK)
    {
        return NGX_OK;
    }

    oauth->refresh = 1;

    if (ngx_http_tender_token_family(&oauth->text,
                                     NGX_HTTP_TENDER_REFRESH_TOKEN,
                                     &oauth->grant.family)
        != NGX_OK)
    {
        oauth->grant.family.len = 0;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_revoke(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (oauth->grant.family.len == 0) {
        ctx->ncalls = 0;
        return NGX_OK;
    }

    return ngx_http_tender_revoke(ctx, &oauth->text, oauth->refresh,
                                  &oauth->client.client.id);
}


/* a token that there is not any more is as good as revoked */

ngx_int_t
ngx_http_tender_oauth_revoked(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t        rc;
    tender_value_t  *object;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    object = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (object == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_oauth_answer(ctx, object);
}


ngx_int_t
ngx_http_tender_oauth_ask(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (oauth->grant.family.len == 0) {
        return ngx_http_tender_oauth_active(ctx, NULL);
    }

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_FAMILY,
                                        &oauth->grant.family);
}


ngx_int_t
ngx_http_tender_oauth_told(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_oauth_t      *oauth;
    ngx_http_tender_identity_t   *found;
    ngx_http_tender_principal_t  *principal;

    oauth = ctx->data;
    found = &oauth->found;
    principal = NULL;

    rc = ngx_http_tender_registry_found(ctx, found);

    if (rc == NGX_OK && !ngx_http_tender_oauth_sees(oauth)) {
        rc = NGX_DECLINED;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_token_good(oauth->refresh ? &found->refresh
                                                       : &found->access,
                                        &oauth->text, found->now,
                                        &oauth->token);
    }

    if (rc == NGX_OK) {
        ngx_http_tender_oauth_anywhere(&found->client);

        rc = ngx_http_tender_principal(ctx, found, NGX_HTTP_TENDER_AUTH_OAUTH2,
                                       &oauth->token.scopes, &principal);
    }

    if (rc == NGX_DECLINED) {
        principal = NULL;

    } else if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_oauth_active(ctx, principal);
}


/* a client sees its own tokens, one with the scope admin its tenant's */

static ngx_uint_t
ngx_http_tender_oauth_sees(ngx_http_tender_oauth_t *oauth)
{
    ngx_str_t                    *tenant, *client;
    ngx_http_tender_principal_t  *caller;

    caller = oauth->caller;
    client = &oauth->found.client.id;
    tenant = &oauth->found.account.owner;

    if (client->len == caller->client.len
        && ngx_memcmp(client->data, caller->client.data, client->len) == 0)
    {
        return 1;
    }

    if ((caller->scope & NGX_HTTP_TENDER_ADMIN) == 0) {
        return 0;
    }

    return ngx_http_tender_tenant_over(&caller->tenant, tenant);
}


/* who asks is not the client, whose addresses are no matter here */

static void
ngx_http_tender_oauth_anywhere(ngx_http_tender_entry_t *client)
{
    tender_str_t     name = tender_string("addresses");
    tender_value_t  *v, *prev;

    if (client->data == NULL) {
        return;
    }

    prev = NULL;

    for (v = client->data->u.list.first; v; v = v->next) {
        if (tender_str_eq(&v->name, &name)) {
            (void) tender_value_cut(client->data, prev);
            return;
        }

        prev = v;
    }
}


/* {"active":false} tells nothing of what is not good, or not the caller's */

static ngx_int_t
ngx_http_tender_oauth_active(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal)
{
    ngx_str_t                 bearer = ngx_string("bearer");
    tender_value_t           *object;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    object = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (object == NULL
        || ngx_http_tender_oauth_add(object, "active",
                                     tender_value_bool(&ctx->mem,
                                                       principal != NULL))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (principal == NULL) {
        return ngx_http_tender_oauth_answer(ctx, object);
    }

    if (ngx_http_tender_oauth_text(ctx, object, "scope", &principal->scopes)
        != NGX_OK
        || ngx_http_tender_oauth_text(ctx, object, "client_id",
                                      &principal->client)
           != NGX_OK
        || ngx_http_tender_oauth_username(ctx, object) != NGX_OK
        || (!oauth->refresh
            && ngx_http_tender_oauth_text(ctx, object, "token_type", &bearer)
               != NGX_OK)
        || ngx_http_tender_oauth_add(object, "exp",
                                     tender_value_int(&ctx->mem,
                                            oauth->token.expires / 1000000))
           != NGX_OK
        || ngx_http_tender_oauth_text(ctx, object, "sub", &principal->id)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_oauth_answer(ctx, object);
}


/* login@tenant, as it is typed in */

static ngx_int_t
ngx_http_tender_oauth_username(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object)
{
    u_char                   *p;
    ngx_str_t                 name, *tenant;
    tender_value_t           *login;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (oauth->found.user.id.len == 0) {
        return NGX_OK;
    }

    login = tender_value_member(oauth->found.user.data, "login");

    if (login == NULL || login->type != TENDER_STRING) {
        return NGX_OK;
    }

    tenant = &oauth->found.account.owner;

    p = ngx_pnalloc(ctx->request->pool, login->u.text.len + 1 + tenant->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name.data = p;

    p = ngx_cpymem(p, login->u.text.data, login->u.text.len);
    *p++ = '@';
    p = ngx_cpymem(p, tenant->data, tenant->len);

    name.len = p - name.data;

    return ngx_http_tender_oauth_text(ctx, object, "username", &name);
}
