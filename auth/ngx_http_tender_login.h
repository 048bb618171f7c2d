
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_LOGIN_H_INCLUDED_
#define _NGX_HTTP_TENDER_LOGIN_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../store/ngx_http_tender_registry.h"
#include "../store/ngx_http_tender_tries.h"
#include "ngx_http_tender_password.h"


/*
 * A login with a password, whoever asks for it: HTTP Basic, the token
 * endpoint, a form.  Four steps of the caller call these in their order.
 * Tries are counted before a password is looked at, per login and per
 * address (/24 or /64); a success takes its own back.
 */

#define NGX_HTTP_TENDER_LOGIN_MAX     256     /* bytes, "login@tenant" */
#define NGX_HTTP_TENDER_LOGIN_TRIES   10      /* of one login */
#define NGX_HTTP_TENDER_ADDR_TRIES    100     /* of one network */
#define NGX_HTTP_TENDER_TRIES_TIME    900     /* seconds in which they count */


typedef struct {
    ngx_str_t                    login;       /* as it was sent */
    ngx_str_t                    password;

    ngx_str_t                    name;        /* "login@tenant" */
    ngx_http_tender_identity_t   found;
    ngx_http_tender_password_t   result;
    ngx_http_tender_counter_t    counters[2];
    unsigned                     known:1;
} ngx_http_tender_login_t;


/* counts the try and asks for the user: NGX_AGAIN, or a status */
ngx_int_t ngx_http_tender_login_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login);

/*
 * NGX_AGAIN: the password is being checked, whether there is such a user or
 * not; or a status: 429 with Retry-After, 503, described.
 */
ngx_int_t ngx_http_tender_login_check(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login);

/* NGX_AGAIN: it is right, which is being noted; NGX_DECLINED: it is not */
ngx_int_t ngx_http_tender_login_note(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login);

/*
 * NGX_OK and the principal; NGX_DECLINED: switched off, expired, another
 * tenant; or a status
 */
ngx_int_t ngx_http_tender_login_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_login_t *login, ngx_uint_t method,
    ngx_http_tender_principal_t **principal);

/*
 * The same count for another secret that is guessed (a client's, a refresh
 * code): what is hashed into the name of its counter.  begin and allowed are
 * two steps' halves; allowed returns NGX_OK or 429, described.  forgive
 * takes the try back, and nobody waits for that.
 */
ngx_int_t ngx_http_tender_tries_begin(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *what);
ngx_int_t ngx_http_tender_tries_allowed(ngx_http_tender_ctx_t *ctx);
void ngx_http_tender_tries_forgive(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *what);

/* the counters of kind and what, and of the network of the client */
ngx_int_t ngx_http_tender_tries_counters(ngx_http_tender_ctx_t *ctx,
    const char *kind, ngx_str_t *what, ngx_http_tender_counter_t *counters);

/* NGX_OK; or 429 with Retry-After, described, for a reply to a try */
ngx_int_t ngx_http_tender_tries_said(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply);


#endif /* _NGX_HTTP_TENDER_LOGIN_H_INCLUDED_ */
