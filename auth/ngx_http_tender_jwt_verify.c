
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_jwt.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>


/* bytes of r and of s */

#define NGX_HTTP_TENDER_JWT_P256  32
#define NGX_HTTP_TENDER_JWT_P384  48


static const EVP_MD *ngx_http_tender_jwt_digest(tender_jwt_alg_e alg);
static ngx_uint_t ngx_http_tender_jwt_mac(ngx_http_tender_jwt_key_t *key,
    tender_jwt_t *jwt);
static ngx_uint_t ngx_http_tender_jwt_rsa(ngx_http_tender_jwt_key_t *key,
    tender_jwt_t *jwt, ngx_uint_t pss);
static ngx_uint_t ngx_http_tender_jwt_ecdsa(ngx_http_tender_jwt_key_t *key,
    tender_jwt_t *jwt, size_t half);
static u_char *ngx_http_tender_jwt_der(u_char *raw, size_t half, int *len);
static ngx_uint_t ngx_http_tender_jwt_public_key(
    ngx_http_tender_jwt_key_t *key, tender_jwt_t *jwt, u_char *signature,
    size_t len, ngx_uint_t pss);


ngx_uint_t
ngx_http_tender_jwt_verify(ngx_http_tender_jwt_key_t *key, tender_jwt_t *jwt)
{
    ngx_uint_t  good;

    if (jwt->alg != key->alg) {
        return 0;
    }

    switch (key->alg) {

    case TENDER_JWT_HS256:
    case TENDER_JWT_HS384:
    case TENDER_JWT_HS512:
        good = ngx_http_tender_jwt_mac(key, jwt);
        break;

    case TENDER_JWT_RS256:
    case TENDER_JWT_RS384:
    case TENDER_JWT_RS512:
        good = ngx_http_tender_jwt_rsa(key, jwt, 0);
        break;

    case TENDER_JWT_PS256:
    case TENDER_JWT_PS384:
    case TENDER_JWT_PS512:
        good = ngx_http_tender_jwt_rsa(key, jwt, 1);
        break;

    case TENDER_JWT_ES256:
        good = ngx_http_tender_jwt_ecdsa(key, jwt, NGX_HTTP_TENDER_JWT_P256);
        break;

    case TENDER_JWT_ES384:
        good = ngx_http_tender_jwt_ecdsa(key, jwt, NGX_HTTP_TENDER_JWT_P384);
        break;

    case TENDER_JWT_EDDSA:
        good = ngx_http_tender_jwt_public_key(key, jwt, jwt->signature.data,
                                              jwt->signature.len, 0);
        break;

    default:
        return 0;
    }

    /* nginx would take what is left for an error of a connection */

    ERR_clear_error();

    return good;
}


/* EdDSA has its own */

static const EVP_MD *
ngx_http_tender_jwt_digest(tender_jwt_alg_e alg)
{
    switch (alg) {

    case TENDER_JWT_HS256:
    case TENDER_JWT_RS256:
    case TENDER_JWT_PS256:
    case TENDER_JWT_ES256:
        return EVP_sha256();

    case TENDER_JWT_HS384:
    case TENDER_JWT_RS384:
    case TENDER_JWT_PS384:
    case TENDER_JWT_ES384:
        return EVP_sha384();

    case TENDER_JWT_HS512:
    case TENDER_JWT_RS512:
    case TENDER_JWT_PS512:
        return EVP_sha512();

    default:
        return NULL;
    }
}


static ngx_uint_t
ngx_http_tender_jwt_mac(ngx_http_tender_jwt_key_t *key, tender_jwt_t *jwt)
{
    u_char    mac[EVP_MAX_MD_SIZE];
    unsigned  len;

    if (key->secret.len < ngx_http_tender_jwt_secret_min(key->alg)
        || HMAC(ngx_http_tender_jwt_digest(key->alg), key->secret.data,
                (int) key->secret.len, jwt->input.data, jwt->input.len, mac,
                &len)
           == NULL)
    {
        return 0;
    }

    return jwt->signature.len == len
           && CRYPTO_memcmp(mac, jwt->signature.data, len) == 0;
}


static ngx_uint_t
ngx_http_tender_jwt_rsa(ngx_http_tender_jwt_key_t *key, tender_jwt_t *jwt,
    ngx_uint_t pss)
{
    if (jwt->signature.len != (size_t) EVP_PKEY_get_size(key->pkey)) {
        return 0;
    }

    return ngx_http_tender_jwt_public_key(key, jwt, jwt->signature.data,
                                          jwt->signature.len, pss);
}


/* a token has the two numbers as they are, OpenSSL takes them as DER */

static ngx_uint_t
ngx_http_tender_jwt_ecdsa(ngx_http_tender_jwt_key_t *key, tender_jwt_t *jwt,
    size_t half)
{
    int          len;
    u_char      *der;
    ngx_uint_t   good;

    if (jwt->signature.len != 2 * half) {
        return 0;
    }

    der = ngx_http_tender_jwt_der(jwt->signature.data, half, &len);
    if (der == NULL) {
        return 0;
    }

    good = ngx_http_tender_jwt_public_key(key, jwt, der, len, 0);

    OPENSSL_free(der);

    return good;
}


/* NULL: one of the numbers is 0, or there is no memory */

static u_char *
ngx_http_tender_jwt_der(u_char *raw, size_t half, int *len)
{
    u_char     *der;
    BIGNUM     *r, *s;
    ECDSA_SIG  *sig;

    der = NULL;
    *len = 0;

    sig = ECDSA_SIG_new();
    r = BN_bin2bn(raw, (int) half, NULL);
    s = BN_bin2bn(raw + half, (int) half, NULL);

    if (sig == NULL || r == NULL || s == NULL || BN_is_zero(r)
        || BN_is_zero(s) || ECDSA_SIG_set0(sig, r, s) != 1)
    {
        BN_free(r);
        BN_free(s);

    } else {
        *len = i2d_ECDSA_SIG(sig, &der);
    }

    ECDSA_SIG_free(sig);

    return der;
}


static ngx_uint_t
ngx_http_tender_jwt_public_key(ngx_http_tender_jwt_key_t *key,
    tender_jwt_t *jwt, u_char *signature, size_t len, ngx_uint_t pss)
{
    ngx_uint_t     good;
    EVP_MD_CTX    *md;
    EVP_PKEY_CTX  *pkey;

    md = EVP_MD_CTX_new();
    if (md == NULL) {
        return 0;
    }

    good = EVP_DigestVerifyInit(md, &pkey,
                                ngx_http_tender_jwt_digest(key->alg), NULL,
                                key->pkey)
           == 1
           && (!pss
               || (EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING)
                   == 1
                   && EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey,
                                                       RSA_PSS_SALTLEN_DIGEST)
                      == 1))
           && EVP_DigestVerify(md, signature, len, jwt->input.data,
                               jwt->input.len)
              == 1;

    EVP_MD_CTX_free(md);

    return good;
}
