
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_access.h"
#include "ngx_http_tender_identify.h"
#include "ngx_http_tender_session.h"


static ngx_uint_t ngx_http_tender_unguarded(ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_admits(ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_admits_anonymous(
    ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_has_scopes(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_not_admitted(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_needed(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *needed);
static ngx_uint_t ngx_http_tender_safe(ngx_http_request_t *r);


ngx_int_t
ngx_http_tender_access_handler(ngx_http_request_t *r)
{
    ngx_int_t                    rc;
    ngx_http_tender_ctx_t       *ctx;
    ngx_http_tender_loc_conf_t  *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (!ngx_http_tender_guarded(tlcf)) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_tender_identify_later(ctx);

    return (rc == NGX_DECLINED) ? ngx_http_tender_authorize(ctx) : rc;
}


ngx_int_t
ngx_http_tender_authorize(ngx_http_tender_ctx_t *ctx)
{
    /* what has no route is refused as such */

    if (ctx->conf->dialect && ngx_http_tender_router(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (!ngx_http_tender_admits(ctx)) {
        return ngx_http_tender_not_admitted(ctx);
    }

    /* a page for everybody is no reason to let in who "deny" keeps out */

    if (ctx->principal == NULL && ngx_http_tender_unguarded(ctx)) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* a route for anybody */

static ngx_uint_t
ngx_http_tender_unguarded(ngx_http_tender_ctx_t *ctx)
{
    return ctx->conf->dialect
           && (ctx->route->scope == 0
               || ctx->route->scope == NGX_HTTP_TENDER_ANYBODY);
}


static ngx_uint_t
ngx_http_tender_admits(ngx_http_tender_ctx_t *ctx)
{
    if (ngx_http_tender_unguarded(ctx)) {
        return 1;
    }

    if (ctx->conf->dialect) {
        if ((ctx->scope & ctx->route->scope) == 0) {
            return 0;
        }

    } else if (ctx->principal == NULL
               && !ngx_http_tender_admits_anonymous(ctx))
    {
        return 0;
    }

    return ctx->conf->scopes == NULL || ngx_http_tender_has_scopes(ctx);
}


/* a location of others has no routes that tell what a request does */

static ngx_uint_t
ngx_http_tender_admits_anonymous(ngx_http_tender_ctx_t *ctx)
{
    if (ngx_http_tender_safe(ctx->request)) {
        return (ctx->conf->anonymous & NGX_HTTP_TENDER_READ) != 0;
    }

    return (ctx->conf->anonymous & NGX_HTTP_TENDER_WRITE) != 0;
}


static ngx_uint_t
ngx_http_tender_has_scopes(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t     bad;
    tender_scopes_t  scopes;

    if (ctx->principal == NULL) {
        scopes.bits = ctx->scope;
        scopes.nmodules = 0;

    } else if (tender_scopes_read(ngx_http_tender_str(&ctx->principal->scopes),
                                  &scopes, &bad)
               != TENDER_OK)
    {
        return 0;
    }

    return tender_scopes_cover(&scopes, ctx->conf->scopes);
}


static ngx_int_t
ngx_http_tender_not_admitted(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  needed;

    ctx->errors = NULL;

    if (ctx->principal == NULL) {

        if (ngx_http_tender_challenge(ctx, NULL, NULL) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "url",
                                     "permission",
                                     "Credentials are needed here");
    }

    if (ngx_http_tender_needed(ctx, &needed) != NGX_OK
        || ngx_http_tender_challenge(ctx, "insufficient_scope", &needed)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url", "permission",
                                 "Forbidden");
}


static ngx_int_t
ngx_http_tender_needed(ngx_http_tender_ctx_t *ctx, ngx_str_t *needed)
{
    tender_str_t     text;
    tender_scopes_t  scopes;

    if (ctx->conf->scopes) {
        scopes = *ctx->conf->scopes;

    } else {
        ngx_memzero(&scopes, sizeof(tender_scopes_t));
    }

    if (ctx->route) {
        scopes.bits |= ctx->route->scope;
    }

    if (tender_scopes_write(&ctx->mem, &scopes, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    needed->data = text.data;
    needed->len = text.len;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_safe(ngx_http_request_t *r)
{
    return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS)) != 0;
}


/* a cookie comes with whatever another site makes a browser send */

ngx_int_t
ngx_http_tender_csrf(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  cookie, *token;

    if (ctx->principal == NULL
        || ctx->principal->method != NGX_HTTP_TENDER_AUTH_SESSION
        || ngx_http_tender_safe(ctx->request)
        || (ctx->conf->dialect && ctx->conf->dialect->forms))
    {
        return NGX_DECLINED;
    }

    token = ngx_http_tender_header_in(ctx->request, "x-csrf-token");

    if (token
        && ngx_http_tender_cookie(ctx->request, NGX_HTTP_TENDER_SESSION_COOKIE,
                                  &cookie)
           == NGX_OK
        && ngx_http_tender_session_csrf_good(&cookie, token))
    {
        return NGX_DECLINED;
    }

    ctx->errors = NULL;

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "header",
                                 "X-CSRF-Token",
                                 "A session needs its CSRF token to change "
                                 "something");
}


ngx_int_t
ngx_http_tender_challenge(ngx_http_tender_ctx_t *ctx, const char *error,
    ngx_str_t *scope)
{
    u_char               *p;
    size_t                len;
    ngx_str_t             value, *realm;
    ngx_uint_t            kinds;
    ngx_table_elt_t      *h;
    ngx_http_request_t   *r;

    r = ctx->request;
    realm = &ctx->conf->realm;
    kinds = ngx_http_tender_kinds(ctx->conf);

    len = sizeof("Bearer realm=\"\", error=\"\", scope=\"\", "
                 "Basic realm=\"\", charset=\"UTF-8\"")
          + 2 * realm->len + (error ? ngx_strlen(error) : 0)
          + (scope ? scope->len : 0);

    value.data = ngx_pnalloc(r->pool, len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = value.data;

    if (kinds == NGX_HTTP_TENDER_AUTH_SESSION) {
        p = ngx_sprintf(p, "Session realm=\"%V\"", realm);

    } else if (kinds & ~(NGX_HTTP_TENDER_AUTH_BASIC
                         |NGX_HTTP_TENDER_AUTH_SESSION))
    {
        p = ngx_sprintf(p, "Bearer realm=\"%V\"", realm);

        if (error) {
            p = ngx_sprintf(p, ", error=\"%s\"", error);
        }

        if (scope && scope->len) {
            p = ngx_sprintf(p, ", scope=\"%V\"", scope);
        }
    }

    if (kinds & NGX_HTTP_TENDER_AUTH_BASIC) {
        p = ngx_sprintf(p, "%sBasic realm=\"%V\", charset=\"UTF-8\"",
                        (p > value.data) ? ", " : "", realm);
    }

    value.len = p - value.data;

    h = ngx_http_tender_header(r, "WWW-Authenticate", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.www_authenticate = h;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_bad_credential(ngx_http_tender_ctx_t *ctx)
{
    ctx->errors = NULL;

    if (ngx_http_tender_challenge(ctx, "invalid_token", NULL) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "header",
                                 "credential",
                                 "The credential is unknown, has expired or "
                                 "is not taken here");
}
