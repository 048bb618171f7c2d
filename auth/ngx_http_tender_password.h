
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PASSWORD_H_INCLUDED_
#define _NGX_HTTP_TENDER_PASSWORD_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Passwords are hashed and checked by the threads that
 * tender_password_threads names, never on the event loop: argon2id with 19
 * MiB, 2 passes, 1 lane; what was imported with yescrypt or bcrypt ($y$,
 * $2b$) is checked, too.
 */

#define NGX_HTTP_TENDER_PASSWORD_MAX  256     /* bytes */
#define NGX_HTTP_TENDER_PHC_MAX       256     /* of its hash */


typedef struct {
    ngx_str_t     hash;        /* a new one: made, or instead of a weak one */
    unsigned      good:1;      /* the password is right */
    unsigned      failed:1;    /* it could not be found out */
} ngx_http_tender_password_t;


/*
 * Both return what the step returns: NGX_AGAIN, the next step finds the
 * result; or 503 with Retry-After, described: too many are waiting.  stored
 * empty: a hash of nobody is checked, which takes as long.  A good password
 * whose stored hash is weaker than a new one gets result->hash.
 */
ngx_int_t ngx_http_tender_password_check(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *password, ngx_str_t *stored,
    ngx_http_tender_password_t *result);
ngx_int_t ngx_http_tender_password_make(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *password, ngx_http_tender_password_t *result);

/* the next step's half: NGX_OK; or 503, described: no memory for it */
ngx_int_t ngx_http_tender_password_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_password_t *result);

/* 1: a hash that can be checked */
ngx_uint_t ngx_http_tender_password_known(ngx_str_t *hash);

/* with the configuration: are there such threads?  logs what to do */
ngx_int_t ngx_http_tender_password_init(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);


#endif /* _NGX_HTTP_TENDER_PASSWORD_H_INCLUDED_ */
