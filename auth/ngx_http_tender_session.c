
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"
#include "ngx_http_tender_session.h"
#include "../store/ngx_http_tender_session_store.h"
#include "../store/ngx_http_tender_store.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>


#define NGX_HTTP_TENDER_SESSION_PREFIX  "tnds"
#define NGX_HTTP_TENDER_SESSION_LEN                                           \
    (sizeof(NGX_HTTP_TENDER_SESSION_PREFIX) - 1 + 64)


/* the calls of one that begins; the first member, so that they lead to it */

typedef struct {
    ngx_http_tender_redis_call_t   calls[2];
    u_char                         cookie[NGX_HTTP_TENDER_SESSION_LEN];
} ngx_http_tender_begun_t;


static ngx_int_t ngx_http_tender_session_del(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_session_header(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, time_t age);


ngx_int_t
ngx_http_tender_session_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal)
{
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_str_t                 half, cookie;
    ngx_uint_t                i;
    ngx_http_tender_begun_t  *begun;

    begun = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_begun_t));
    if (begun == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(begun->cookie, NGX_HTTP_TENDER_SESSION_PREFIX,
                   sizeof(NGX_HTTP_TENDER_SESSION_PREFIX) - 1);

    for (i = 0; i < 2; i++) {
        if (ngx_http_tender_store_id(ctx, &half) != NGX_OK) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(p, half.data, half.len);
    }

    cookie.data = begun->cookie;
    cookie.len = NGX_HTTP_TENDER_SESSION_LEN;

    if (ngx_http_tender_store_session(ctx, &cookie, &principal->login,
                                      &principal->account,
                                      ctx->conf->session_ttl,
                                      &begun->calls[0])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_session_del(ctx, &begun->calls[1]);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, begun->calls, (rc == NGX_OK) ? 2 : 1);
}


ngx_int_t
ngx_http_tender_session_begun(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  cookie;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_session_cookie(ctx, &cookie);

    return ngx_http_tender_session_header(ctx, &cookie,
                                          ctx->conf->session_ttl);
}


void
ngx_http_tender_session_cookie(ngx_http_tender_ctx_t *ctx, ngx_str_t *cookie)
{
    ngx_http_tender_begun_t  *begun;

    begun = (ngx_http_tender_begun_t *) ctx->calls;

    cookie->data = begun->cookie;
    cookie->len = NGX_HTTP_TENDER_SESSION_LEN;
}


/* of the request's cookie; NGX_DECLINED: it has none */

static ngx_int_t
ngx_http_tender_session_del(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call)
{
    ngx_str_t  cookie;

    if (ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_tender_store_session_end(ctx, &cookie, call);
}


ngx_int_t
ngx_http_tender_session_end(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));
    if (call == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_session_del(ctx, call);

    if (rc == NGX_DECLINED) {
        ctx->ncalls = 0;
        return NGX_OK;
    }

    return (rc == NGX_OK) ? ngx_http_tender_call(ctx, call, 1) : rc;
}


ngx_int_t
ngx_http_tender_session_ended(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;
    ngx_str_t  none = ngx_null_string;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_session_header(ctx, &none, 0);
}


static ngx_int_t
ngx_http_tender_session_header(ngx_http_tender_ctx_t *ctx, ngx_str_t *cookie,
    time_t age)
{
    u_char     *p;
    ngx_str_t   value;

    p = ngx_pnalloc(ctx->request->pool,
                    sizeof(NGX_HTTP_TENDER_SESSION_COOKIE "=; Path=/; "
                           "Max-Age=; HttpOnly; SameSite=Lax; Secure")
                    + cookie->len + NGX_TIME_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_sprintf(p, NGX_HTTP_TENDER_SESSION_COOKIE "=%V; Path=/; "
                    "Max-Age=%T; HttpOnly; SameSite=Lax%s", cookie, age,
                    ctx->conf->session_secure ? "; Secure" : "");

    value.len = p - value.data;

    /* the answer is for this client alone */

    ctx->secret = 1;

    return ngx_http_tender_header(ctx->request, "Set-Cookie", &value)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_session_shown(ngx_http_request_t *r, ngx_str_t *cookie)
{
    tender_str_t  digits;

    if (ngx_http_tender_cookie(r, NGX_HTTP_TENDER_SESSION_COOKIE, cookie)
        != NGX_OK
        || cookie->len != NGX_HTTP_TENDER_SESSION_LEN
        || ngx_strncmp(cookie->data, NGX_HTTP_TENDER_SESSION_PREFIX,
                       sizeof(NGX_HTTP_TENDER_SESSION_PREFIX) - 1)
           != 0)
    {
        return NGX_DECLINED;
    }

    digits.data = cookie->data + sizeof(NGX_HTTP_TENDER_SESSION_PREFIX) - 1;
    digits.len = 64;

    return tender_hex_valid(digits) ? NGX_OK : NGX_DECLINED;
}


u_char *
ngx_http_tender_session_csrf(u_char *p, ngx_str_t *cookie)
{
    u_char    digest[EVP_MAX_MD_SIZE];
    unsigned  n;

    /* who knows the cookie knows the token, nobody the other way round */

    ngx_memzero(digest, sizeof(digest));

    (void) HMAC(EVP_sha256(), cookie->data, (int) cookie->len,
                (u_char *) "csrf", sizeof("csrf") - 1, digest, &n);

    return tender_hex_write(p, digest, NGX_HTTP_TENDER_CSRF_LEN / 2);
}


ngx_uint_t
ngx_http_tender_session_csrf_good(ngx_str_t *cookie, ngx_str_t *token)
{
    u_char  buf[NGX_HTTP_TENDER_CSRF_LEN];

    if (cookie->len == 0 || token->len != NGX_HTTP_TENDER_CSRF_LEN) {
        return 0;
    }

    (void) ngx_http_tender_session_csrf(buf, cookie);

    return CRYPTO_memcmp(buf, token->data, NGX_HTTP_TENDER_CSRF_LEN) == 0;
}
