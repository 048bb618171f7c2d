
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_JWK_H_INCLUDED_
#define _NGX_HTTP_TENDER_JWK_H_INCLUDED_


#include "ngx_http_tender_jwt.h"


/* a public key of any kind; NULL and *why, a literal */
EVP_PKEY *ngx_http_tender_jwt_pem(ngx_str_t *pem, const char **why);

/* the algorithm of a key that names none; TENDER_JWT_NONE: there is none */
tender_jwt_alg_e ngx_http_tender_jwt_usual(EVP_PKEY *pkey);

/* 1: this key can be used with this algorithm; 0 and *why, a literal */
ngx_uint_t ngx_http_tender_jwt_fits(tender_jwt_alg_e alg, EVP_PKEY *pkey,
    const char **why);

/*
 * Sets alg, kid, and secret or pkey from a JSON Web Key (RFC 7517); what they
 * hold is in pool, the caller frees pkey.  NGX_DECLINED: a good key may be so,
 * but not for tokens of ours, *why says why; NGX_ERROR: it is wrong, *why; or
 * *why is NULL: out of memory.
 */
ngx_int_t ngx_http_tender_jwk(ngx_pool_t *pool, tender_mem_t *mem,
    tender_value_t *jwk, ngx_http_tender_jwt_key_t *key, const char **why);


#endif /* _NGX_HTTP_TENDER_JWK_H_INCLUDED_ */
