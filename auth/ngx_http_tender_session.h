
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SESSION_H_INCLUDED_
#define _NGX_HTTP_TENDER_SESSION_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * A session is a cookie (HttpOnly, SameSite=Lax, Secure unless switched off)
 * with 256 random bits, and its SHA-256 in the store.  Its CSRF token is
 * HMAC-SHA256 of the cookie, so that it needs no place of its own: forms send
 * it as "csrf", scripts as X-CSRF-Token.
 */

#define NGX_HTTP_TENDER_SESSION_COOKIE  "tender_session"
#define NGX_HTTP_TENDER_CSRF_LEN        64


/* begins one for a principal that has logged in: NGX_AGAIN, or a status */
ngx_int_t ngx_http_tender_session_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal);

/*
 * The next step's half: sets the cookie; the one that came with the request
 * is of no use any more.  NGX_OK, or a status.
 */
ngx_int_t ngx_http_tender_session_begun(ngx_http_tender_ctx_t *ctx);

/* behind that: the value of the new cookie */
void ngx_http_tender_session_cookie(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie);

/* ends the session of the request's cookie; NGX_OK: there is none */
ngx_int_t ngx_http_tender_session_end(ngx_http_tender_ctx_t *ctx);

/* the next step's half: ends the cookie; NGX_OK, or a status */
ngx_int_t ngx_http_tender_session_ended(ngx_http_tender_ctx_t *ctx);

/* the request's cookie; NGX_DECLINED: it shows none that we have made */
ngx_int_t ngx_http_tender_session_shown(ngx_http_request_t *r,
    ngx_str_t *cookie);

/* 64 hexadecimal digits at p for a cookie's value; returns the end */
u_char *ngx_http_tender_session_csrf(u_char *p, ngx_str_t *cookie);

/* 1: this is the CSRF token of that cookie; takes the same time if not */
ngx_uint_t ngx_http_tender_session_csrf_good(ngx_str_t *cookie,
    ngx_str_t *token);


#endif /* _NGX_HTTP_TENDER_SESSION_H_INCLUDED_ */
