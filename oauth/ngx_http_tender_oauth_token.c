
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"


/* the token endpoint, once the client is known; see RFC 6749 */

static ngx_int_t ngx_http_tender_oauth_missing(ngx_http_tender_ctx_t *ctx,
    const char *name);
static ngx_int_t ngx_http_tender_oauth_invalid(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_user(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t **principal);
static ngx_int_t ngx_http_tender_oauth_family(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t **principal);
static ngx_int_t ngx_http_tender_oauth_scope(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal);
static ngx_int_t ngx_http_tender_oauth_reused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_renew_e outcome);
static ngx_int_t ngx_http_tender_oauth_give(ngx_http_tender_ctx_t *ctx);


/* what is asked for, before anything is looked up */

ngx_int_t
ngx_http_tender_oauth_asked(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t                        *type, *token;
    ngx_http_tender_oauth_t             *oauth;
    const ngx_http_tender_grant_type_t  *t;

    oauth = ctx->data;

    type = ngx_http_tender_oauth_param(ctx, "grant_type");

    if (type == NULL) {
        return ngx_http_tender_oauth_missing(ctx, "grant_type");
    }

    for (t = ngx_http_tender_grant_types; t->type; t++) {
        if (type->len == t->name.len
            && ngx_memcmp(type->data, t->name.data, type->len) == 0)
        {
            oauth->type = t->type;
        }
    }

    switch (oauth->type) {

    case NGX_HTTP_TENDER_GRANT_PASSWORD:

        if (!ctx->conf->oauth_password) {
            break;
        }

        if (ngx_http_tender_oauth_param(ctx, "username") == NULL) {
            return ngx_http_tender_oauth_missing(ctx, "username");
        }

        if (ngx_http_tender_oauth_param(ctx, "password") == NULL) {
            return ngx_http_tender_oauth_missing(ctx, "password");
        }

        return NGX_OK;

    case NGX_HTTP_TENDER_GRANT_CLIENT:
        return NGX_OK;

    case NGX_HTTP_TENDER_GRANT_REFRESH:

        token = ngx_http_tender_oauth_param(ctx, "refresh_token");

        if (token == NULL) {
            return ngx_http_tender_oauth_missing(ctx, "refresh_token");
        }

        oauth->text.data = token->data;
        oauth->text.len = token->len;

        return NGX_OK;
    }

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                                       "unsupported_grant_type",
                                       "This server does not know that "
                                       "grant_type, or it is switched off");
}


static ngx_int_t
ngx_http_tender_oauth_missing(ngx_http_tender_ctx_t *ctx, const char *name)
{
    tender_str_t  str;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    return ngx_http_tender_oauth_wrong(ctx, "Missing parameter", &str);
}


/* one text for all that may be wrong with a user, or with a refresh token */

static ngx_int_t
ngx_http_tender_oauth_invalid(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
               "invalid_grant",
               oauth->type == NGX_HTTP_TENDER_GRANT_REFRESH
               ? "The refresh token is not one of this client, was used, was "
                 "revoked or has expired"
               : "There is no such user with that password for this client");
}


ngx_int_t
ngx_http_tender_oauth_begin(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t             *username, *password;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (!ngx_http_tender_oauth_may(&oauth->client.client, oauth->type)) {
        return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                                           "unauthorized_client",
                                           "This client may not use that "
                                           "grant_type");
    }

    switch (oauth->type) {

    case NGX_HTTP_TENDER_GRANT_PASSWORD:

        username = ngx_http_tender_oauth_param(ctx, "username");
        password = ngx_http_tender_oauth_param(ctx, "password");

        oauth->login.login.data = username->data;
        oauth->login.login.len = username->len;
        oauth->login.password.data = password->data;
        oauth->login.password.len = password->len;

        return ngx_http_tender_login_begin(ctx, &oauth->login);

    case NGX_HTTP_TENDER_GRANT_REFRESH:

        if (ngx_http_tender_token_family(&oauth->text,
                                         NGX_HTTP_TENDER_REFRESH_TOKEN,
                                         &oauth->grant.family)
            != NGX_OK)
        {
            return ngx_http_tender_oauth_invalid(ctx);
        }

        return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_FAMILY,
                                            &oauth->grant.family);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    return (oauth->type == NGX_HTTP_TENDER_GRANT_PASSWORD)
           ? ngx_http_tender_login_check(ctx, &oauth->login) : NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_note(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (oauth->type != NGX_HTTP_TENDER_GRANT_PASSWORD) {
        return NGX_OK;
    }

    rc = ngx_http_tender_login_note(ctx, &oauth->login);

    return (rc == NGX_DECLINED) ? ngx_http_tender_oauth_invalid(ctx) : rc;
}


/* whom the token is for, and what of what he may do it is for */

ngx_int_t
ngx_http_tender_oauth_whose(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_oauth_t      *oauth;
    ngx_http_tender_principal_t  *principal;

    oauth = ctx->data;
    principal = oauth->caller;

    rc = NGX_OK;

    if (oauth->type == NGX_HTTP_TENDER_GRANT_PASSWORD) {
        rc = ngx_http_tender_oauth_user(ctx, &principal);

    } else if (oauth->type == NGX_HTTP_TENDER_GRANT_REFRESH) {
        rc = ngx_http_tender_oauth_family(ctx, &principal);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_oauth_invalid(ctx);
    }

    if (rc != NGX_OK || principal == NULL) {
        return rc;
    }

    oauth->grant.client = oauth->client.client.id;
    oauth->grant.secret = oauth->secret;
    oauth->grant.account = principal->account;
    oauth->grant.user = principal->login;
    oauth->grant.access_ttl = ctx->conf->token_ttl;

    if (oauth->type == NGX_HTTP_TENDER_GRANT_PASSWORD
        && ngx_http_tender_oauth_may(&oauth->client.client,
                                     NGX_HTTP_TENDER_GRANT_REFRESH))
    {
        oauth->grant.refresh_ttl = ctx->conf->refresh_ttl;
    }

    return ngx_http_tender_oauth_scope(ctx, principal);
}


/* a user of the client's account */

static ngx_int_t
ngx_http_tender_oauth_user(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t **principal)
{
    ngx_int_t                    rc;
    ngx_str_t                   *account;
    ngx_http_tender_oauth_t     *oauth;
    ngx_http_tender_identity_t  *found;

    oauth = ctx->data;
    found = &oauth->found;

    rc = ngx_http_tender_login_done(ctx, &oauth->login,
                                    NGX_HTTP_TENDER_AUTH_OAUTH2, principal);
    if (rc != NGX_OK) {
        return rc;
    }

    account = &(*principal)->account;

    if (account->len != oauth->caller->account.len
        || ngx_memcmp(account->data, oauth->caller->account.data, account->len)
           != 0)
    {
        return NGX_DECLINED;
    }

    *found = oauth->login.found;
    found->client = oauth->client.client;

    return ngx_http_tender_principal(ctx, found, NGX_HTTP_TENDER_AUTH_OAUTH2,
                                     NULL, principal);
}


/*
 * What a refresh token was granted for, as far as it is allowed still.  One
 * that its family does not have is left to the script: it may be a used one.
 */

static ngx_int_t
ngx_http_tender_oauth_family(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t **principal)
{
    ngx_int_t                    rc;
    tender_scopes_t              limit;
    ngx_http_tender_oauth_t     *oauth;
    ngx_http_tender_identity_t  *found;

    oauth = ctx->data;
    found = &oauth->found;

    rc = ngx_http_tender_registry_found(ctx, found);
    if (rc != NGX_OK) {
        return rc;
    }

    if (found->client.id.len != oauth->client.client.id.len
        || ngx_memcmp(found->client.id.data, oauth->client.client.id.data,
                      found->client.id.len)
           != 0)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_token_good(&found->refresh, &oauth->text, found->now,
                                    &oauth->token);

    if (rc == NGX_DECLINED) {
        oauth->grant.client = found->client.id;
        *principal = NULL;

        return NGX_OK;
    }

    limit = oauth->token.scopes;

    return ngx_http_tender_principal(ctx, found, NGX_HTTP_TENDER_AUTH_OAUTH2,
                                     &limit, principal);
}


/* what is asked for must be allowed; nothing asks for all of it */

static ngx_int_t
ngx_http_tender_oauth_scope(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal)
{
    ngx_str_t                *granted;
    tender_str_t             *asked, text, bad;
    tender_scopes_t           allowed, scopes;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;
    granted = &oauth->grant.scopes;

    if (tender_scopes_read(ngx_http_tender_str(&principal->scopes), &allowed,
                           &bad)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    asked = ngx_http_tender_oauth_param(ctx, "scope");

    if (asked == NULL) {
        *granted = principal->scopes;

    } else {

        if (tender_scopes_read(*asked, &scopes, &bad) != TENDER_OK) {
            return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                       "invalid_scope",
                       "A scope should be some of read, create, update, "
                       "delete, write, auction, admin, or a module and one "
                       "of the first five, as Account:read");
        }

        if (!tender_scopes_cover(&allowed, &scopes)) {
            return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                       "invalid_scope", "More than is allowed");
        }

        if (tender_scopes_write(&ctx->mem, &scopes, &text) != TENDER_OK) {
            return NGX_ERROR;
        }

        granted->data = text.data;
        granted->len = text.len;
    }

    if (granted->len == 0) {
        return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                                           "invalid_scope",
                                           "Nothing is allowed");
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_grant(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    return (oauth->type == NGX_HTTP_TENDER_GRANT_REFRESH)
           ? ngx_http_tender_renew(ctx, &oauth->grant, &oauth->text)
           : ngx_http_tender_grant(ctx, &oauth->grant);
}


ngx_int_t
ngx_http_tender_oauth_granted(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_oauth_t  *oauth;
    ngx_http_tender_renew_e   outcome;

    oauth = ctx->data;

    if (oauth->type == NGX_HTTP_TENDER_GRANT_REFRESH) {
        rc = ngx_http_tender_renewed(ctx, &oauth->grant, &outcome);

        if (rc == NGX_OK && outcome != NGX_HTTP_TENDER_RENEW_OK) {
            return ngx_http_tender_oauth_reused(ctx, outcome);
        }

    } else {
        rc = ngx_http_tender_granted(ctx, &oauth->grant);

        if (rc == NGX_DECLINED) {
            ngx_http_tender_go(ctx, ngx_http_tender_oauth_grant);
            return NGX_OK;
        }
    }

    return (rc == NGX_OK) ? ngx_http_tender_oauth_give(ctx) : rc;
}


static ngx_int_t
ngx_http_tender_oauth_reused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_renew_e outcome)
{
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (outcome == NGX_HTTP_TENDER_RENEW_REUSED) {
        ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                      "tender: a refresh token of client %V was used again, "
                      "all tokens that came of it have ended",
                      &oauth->client.client.id);
    }

    return ngx_http_tender_oauth_invalid(ctx);
}


static ngx_int_t
ngx_http_tender_oauth_give(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                 bearer = ngx_string("bearer");
    tender_value_t           *object;
    ngx_http_tender_grant_t  *grant;

    grant = &((ngx_http_tender_oauth_t *) ctx->data)->grant;

    object = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (object == NULL
        || ngx_http_tender_oauth_text(ctx, object, "access_token",
                                      &grant->access)
           != NGX_OK
        || ngx_http_tender_oauth_text(ctx, object, "token_type", &bearer)
           != NGX_OK
        || (grant->refresh.len
            && ngx_http_tender_oauth_text(ctx, object, "refresh_token",
                                          &grant->refresh)
               != NGX_OK)
        || ngx_http_tender_oauth_add(object, "expires_in",
                                     tender_value_int(&ctx->mem, grant->left))
           != NGX_OK
        || ngx_http_tender_oauth_text(ctx, object, "scope", &grant->scopes)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_oauth_answer(ctx, object);
}
