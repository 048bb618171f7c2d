
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_access.h"
#include "ngx_http_tender_identify.h"
#include "ngx_http_tender_session.h"
#include "../format/tender_base64.h"
#include "../format/tender_jwt.h"


#define NGX_HTTP_TENDER_CREDENTIAL_MAX  TENDER_JWT_MAX
#define NGX_HTTP_TENDER_BASIC_MAX       1024

#define NGX_HTTP_TENDER_OPAQUE                                                \
    (NGX_HTTP_TENDER_AUTH_API_CODE|NGX_HTTP_TENDER_AUTH_OAUTH2                 \
     |NGX_HTTP_TENDER_AUTH_BEARER)


static ngx_int_t ngx_http_tender_from_headers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t *n);
static ngx_int_t ngx_http_tender_from_query(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t *n);
static ngx_int_t ngx_http_tender_authorization(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_str_t *value);
static void ngx_http_tender_skip_spaces(ngx_str_t *text);
static ngx_int_t ngx_http_tender_opaque(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t kinds, ngx_str_t *value);
static ngx_int_t ngx_http_tender_malformed(ngx_http_tender_ctx_t *ctx,
    const char *text);


ngx_int_t
ngx_http_tender_credential(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c)
{
    ngx_int_t   rc;
    ngx_str_t   cookie;
    ngx_uint_t  n, kinds;

    n = 0;
    kinds = ngx_http_tender_kinds(ctx->conf);

    ngx_memzero(c, sizeof(ngx_http_tender_credential_t));

    if (kinds == NGX_HTTP_TENDER_AUTH_OFF) {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_from_headers(ctx, c, &n);

    if (rc == NGX_OK && ctx->request->args.len) {
        rc = ngx_http_tender_from_query(ctx, c, &n);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (kinds & NGX_HTTP_TENDER_AUTH_SESSION) {
        rc = ngx_http_tender_cookie(ctx->request,
                                    NGX_HTTP_TENDER_SESSION_COOKIE,
                                    n ? &c->login : &c->value);

        if (rc == NGX_ERROR) {
            return ngx_http_tender_malformed(ctx, "Two session cookies");
        }

        /* others are no sessions; what they are hashed to is asked of nobody */

        if (rc == NGX_OK
            && ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK)
        {
            return ngx_http_tender_bad_credential(ctx);
        }

        if (rc == NGX_OK && n++ == 0) {
            c->kinds = NGX_HTTP_TENDER_AUTH_SESSION;
        }
    }

    if (n > 1) {
        return ngx_http_tender_malformed(ctx, "More than one credential");
    }

    if (n == 0) {
        return NGX_DECLINED;
    }

    /* it is there, but this location does not take it: not anonymous */

    c->kinds &= kinds;

    return c->kinds ? NGX_OK : ngx_http_tender_bad_credential(ctx);
}


static ngx_int_t
ngx_http_tender_from_headers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t *n)
{
    ngx_int_t         rc;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &ctx->request->headers_in.headers.part;

    for ( /* void */ ; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len == sizeof("Authorization") - 1
                && ngx_strncmp(h[i].lowcase_key, "authorization",
                               h[i].key.len)
                   == 0)
            {
                rc = ngx_http_tender_authorization(ctx, c, &h[i].value);

            } else if (h[i].key.len == sizeof("X-Api-Code") - 1
                       && ngx_strncmp(h[i].lowcase_key, "x-api-code",
                                      h[i].key.len)
                          == 0)
            {
                rc = ngx_http_tender_opaque(ctx, c,
                                            NGX_HTTP_TENDER_AUTH_API_CODE,
                                            &h[i].value);
            } else {
                continue;
            }

            if (rc == NGX_DECLINED) {
                continue;
            }

            if (rc != NGX_OK) {
                return rc;
            }

            (*n)++;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_from_query(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t *n)
{
    u_char         *dst, *src;
    size_t          pos;
    ngx_int_t       rc;
    ngx_str_t       text;
    ngx_uint_t      i;
    tender_str_t    value, args;

    static const tender_str_t  names[2][2] = {
        { tender_string("api_code"), tender_null_string },
        { tender_string("access_token"), tender_null_string }
    };

    static const ngx_uint_t  kinds[2] = {
        NGX_HTTP_TENDER_AUTH_API_CODE,
        NGX_HTTP_TENDER_AUTH_BEARER|NGX_HTTP_TENDER_AUTH_OAUTH2
    };

    args = ngx_http_tender_str(&ctx->request->args);

    for (i = 0; i < 2; i++) {
        pos = 0;

        while (tender_query_secret(args, &pos, names[i], &value)) {

            text.data = ngx_pnalloc(ctx->request->pool, value.len + 1);
            if (text.data == NULL) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            dst = text.data;
            src = value.data;

            ngx_unescape_uri(&dst, &src, value.len, 0);

            text.len = dst - text.data;
            ctx->secret = 1;

            rc = ngx_http_tender_opaque(ctx, c, kinds[i], &text);
            if (rc != NGX_OK) {
                return rc;
            }

            (*n)++;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_authorization(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_str_t *value)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    text = *value;

    if (text.len > sizeof("Bearer ") - 1
        && ngx_strncasecmp(text.data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           == 0)
    {
        text.data += sizeof("Bearer ") - 1;
        text.len -= sizeof("Bearer ") - 1;

        ngx_http_tender_skip_spaces(&text);

        return ngx_http_tender_opaque(ctx, c, NGX_HTTP_TENDER_OPAQUE, &text);
    }

    if (text.len > sizeof("Basic ") - 1
        && ngx_strncasecmp(text.data, (u_char *) "Basic ",
                           sizeof("Basic ") - 1)
           == 0)
    {
        text.data += sizeof("Basic ") - 1;
        text.len -= sizeof("Basic ") - 1;

        ngx_http_tender_skip_spaces(&text);

        rc = ngx_http_tender_basic(ctx, &text, &c->login, &c->password);

        if (rc == NGX_DECLINED) {
            return ngx_http_tender_malformed(ctx, "Malformed credentials");
        }

        if (rc != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (c->password.len == 0) {

            /* logs have $remote_user, which an api_code must not be */

            ngx_str_set(&ctx->request->headers_in.user, "");

            return ngx_http_tender_opaque(ctx, c,
                                          NGX_HTTP_TENDER_AUTH_API_CODE,
                                          &c->login);
        }

        /* without tender_auth it is what auth_basic has asked for */

        if (ctx->conf->auth == 0
            && !(ngx_http_tender_kinds(ctx->conf)
                 & NGX_HTTP_TENDER_AUTH_BASIC))
        {
            return NGX_DECLINED;
        }

        c->kinds = NGX_HTTP_TENDER_AUTH_BASIC;
        c->value = text;

        return NGX_OK;
    }

    /* a scheme that nobody takes here, or none */

    return ngx_http_tender_bad_credential(ctx);
}


/* RFC 9110 section 11.4 has one and more of them behind the scheme */

static void
ngx_http_tender_skip_spaces(ngx_str_t *text)
{
    while (text->len && *text->data == ' ') {
        text->data++;
        text->len--;
    }
}


/* one text, whose form tells what it is */

static ngx_int_t
ngx_http_tender_opaque(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, ngx_uint_t kinds, ngx_str_t *value)
{
    u_char        *p;
    tender_str_t   text;

    text = ngx_http_tender_str(value);

    if (value->len == 0 || value->len > NGX_HTTP_TENDER_CREDENTIAL_MAX) {
        return ngx_http_tender_malformed(ctx, "Malformed credentials");
    }

    for (p = value->data; p < value->data + value->len; p++) {
        if (*p <= 0x20 || *p >= 0x7f) {
            return ngx_http_tender_malformed(ctx, "Malformed credentials");
        }
    }

    if (tender_jwt_looks(text)) {
        kinds &= NGX_HTTP_TENDER_AUTH_BEARER;

    } else if (value->len > 5 && ngx_strncmp(value->data, "tnda_", 5) == 0) {
        kinds &= NGX_HTTP_TENDER_AUTH_OAUTH2;

    } else {
        kinds &= NGX_HTTP_TENDER_AUTH_API_CODE;
    }

    c->kinds = kinds;
    c->value = *value;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_basic(ngx_http_tender_ctx_t *ctx, ngx_str_t *text,
    ngx_str_t *login, ngx_str_t *password)
{
    u_char  *p, *colon;
    size_t   len;

    if (text->len > NGX_HTTP_TENDER_BASIC_MAX) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(ctx->request->pool,
                    tender_base64_decoded_length(text->len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (tender_base64_read(ngx_http_tender_str(text), p, &len) != TENDER_OK) {
        return NGX_DECLINED;
    }

    colon = ngx_strlchr(p, p + len, ':');

    if (colon == NULL || colon == p) {
        return NGX_DECLINED;
    }

    login->data = p;
    login->len = colon - p;

    password->data = colon + 1;
    password->len = p + len - password->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_cookie(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    u_char           *p, *last, *end;
    size_t            len;
    ngx_uint_t        i, found;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    found = 0;
    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len != sizeof("Cookie") - 1
                || ngx_strncmp(h[i].lowcase_key, "cookie", h[i].key.len) != 0)
            {
                continue;
            }

            p = h[i].value.data;
            last = p + h[i].value.len;

            for ( /* void */ ; p < last; p = end + 1) {

                while (p < last && *p == ' ') {
                    p++;
                }

                end = ngx_strlchr(p, last, ';');
                if (end == NULL) {
                    end = last;
                }

                if ((size_t) (end - p) <= len || p[len] != '='
                    || ngx_strncmp(p, name, len) != 0)
                {
                    continue;
                }

                if (found++) {
                    return NGX_ERROR;
                }

                value->data = p + len + 1;
                value->len = end - value->data;
            }
        }
    }

    return found ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_malformed(ngx_http_tender_ctx_t *ctx, const char *text)
{
    ctx->errors = NULL;

    if (ngx_http_tender_challenge(ctx, "invalid_request", NULL) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "header",
                                 "credential", text);
}
