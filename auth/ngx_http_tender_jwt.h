
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_JWT_H_INCLUDED_
#define _NGX_HTTP_TENDER_JWT_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../store/ngx_http_tender_registry.h"
#include "../format/tender_jwt.h"

#include <openssl/evp.h>


/*
 * Keys that verify JSON Web Tokens: of the configuration (tender_jwt_key,
 * tender_jwt_jwks), or of an account in the store.  A key has one algorithm,
 * a token never chooses it.
 */

struct ngx_http_tender_jwt_key_s {
    tender_jwt_alg_e   alg;
    ngx_str_t          kid;            /* empty: takes tokens without one */
    ngx_str_t          iss;            /* empty: any */
    ngx_str_t          aud;            /* empty: any */
    ngx_str_t          secret;         /* of HS* */
    EVP_PKEY          *pkey;           /* of the others */
};


/* the least length of a secret (RFC 7518 section 3.2), 0: not one of HS* */
size_t ngx_http_tender_jwt_secret_min(tender_jwt_alg_e alg);

/*
 * A public key in PEM that fits an algorithm (RSA of 2048 bits and more, P-256
 * with ES256, P-384 with ES384, Ed25519 or Ed448 with EdDSA), or NULL and
 * *why, a literal.  The caller frees it.
 */
EVP_PKEY *ngx_http_tender_jwt_public(tender_jwt_alg_e alg, ngx_str_t *pem,
    const char **why);

/* 1: the signature is good */
ngx_uint_t ngx_http_tender_jwt_verify(ngx_http_tender_jwt_key_t *key,
    tender_jwt_t *jwt);

/*
 * Steps of identification.  begin reads the token and asks the store for the
 * account that it names, and for that account's keys where no key of the
 * configuration fits: NGX_AGAIN; NGX_DECLINED, it is not good; or a status.
 * end makes the principal of it: NGX_OK; NGX_DECLINED; or a status.  *state
 * leads from one to the other.
 */
ngx_int_t ngx_http_tender_jwt_begin(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *token, void **state);
ngx_int_t ngx_http_tender_jwt_end(ngx_http_tender_ctx_t *ctx, void *state,
    ngx_http_tender_principal_t **principal);

/* tender_jwt_key <file> [alg=] [kid=] [iss=] [aud=] */
char *ngx_http_tender_set_jwt_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* tender_jwt_jwks <file> [iss=] [aud=] */
char *ngx_http_tender_set_jwt_jwks(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_TENDER_JWT_H_INCLUDED_ */
