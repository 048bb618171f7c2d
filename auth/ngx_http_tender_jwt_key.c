
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_jwk.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>


#define NGX_HTTP_TENDER_JWT_RSA_MIN  2048     /* bits */
#define NGX_HTTP_TENDER_JWT_RSA_MAX  8192


static EVP_PKEY *ngx_http_tender_jwt_pem_read(ngx_str_t *pem);
static int ngx_http_tender_jwt_pem_password(char *buf, int size, int rwflag,
    void *data);
static ngx_uint_t ngx_http_tender_jwt_has(ngx_str_t *text, const char *what);
static ngx_uint_t ngx_http_tender_jwt_fits_rsa(tender_jwt_alg_e alg,
    EVP_PKEY *pkey, const char **why);
static ngx_uint_t ngx_http_tender_jwt_exponent(EVP_PKEY *pkey);


static const char  ngx_http_tender_jwt_other[] =
    "it is of another kind than its algorithm takes";


size_t
ngx_http_tender_jwt_secret_min(tender_jwt_alg_e alg)
{
    switch (alg) {

    case TENDER_JWT_HS256:
        return 32;

    case TENDER_JWT_HS384:
        return 48;

    case TENDER_JWT_HS512:
        return 64;

    default:
        return 0;
    }
}


EVP_PKEY *
ngx_http_tender_jwt_public(tender_jwt_alg_e alg, ngx_str_t *pem,
    const char **why)
{
    EVP_PKEY  *pkey;

    pkey = ngx_http_tender_jwt_pem(pem, why);

    if (pkey && !ngx_http_tender_jwt_fits(alg, pkey, why)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }

    return pkey;
}


EVP_PKEY *
ngx_http_tender_jwt_pem(ngx_str_t *pem, const char **why)
{
    EVP_PKEY    *pkey;
    ngx_uint_t   n;

    n = ngx_http_tender_jwt_has(pem, "-----BEGIN ");

    if (n == 0) {
        *why = "it is not in PEM, which begins with \"-----BEGIN PUBLIC "
               "KEY-----\"";
        return NULL;
    }

    if (ngx_http_tender_jwt_has(pem, "PRIVATE KEY-----")) {
        *why = "it is a private key: the public one is enough here, \"openssl "
               "pkey -pubout\" makes it";
        return NULL;
    }

    if (n > 1) {
        *why = "it is more than one key";
        return NULL;
    }

    if (ngx_http_tender_jwt_has(pem, "-----BEGIN CERTIFICATE-----")) {
        *why = "it is a certificate: \"openssl x509 -noout -pubkey\" shows "
               "its public key";
        return NULL;
    }

    pkey = ngx_http_tender_jwt_pem_read(pem);

    if (pkey == NULL) {
        *why = "it is not a public key that OpenSSL can read";
    }

    return pkey;
}


static EVP_PKEY *
ngx_http_tender_jwt_pem_read(ngx_str_t *pem)
{
    BIO       *bio;
    EVP_PKEY  *pkey;

    bio = BIO_new_mem_buf(pem->data, (int) pem->len);
    if (bio == NULL) {
        ERR_clear_error();
        return NULL;
    }

    pkey = PEM_read_bio_PUBKEY(bio, NULL, ngx_http_tender_jwt_pem_password,
                               NULL);
    BIO_free(bio);

    ERR_clear_error();

    return pkey;
}


/* without this OpenSSL would ask at the terminal */

static int
ngx_http_tender_jwt_pem_password(char *buf, int size, int rwflag, void *data)
{
    (void) buf;
    (void) size;
    (void) rwflag;
    (void) data;

    return -1;
}


/* how many times */

static ngx_uint_t
ngx_http_tender_jwt_has(ngx_str_t *text, const char *what)
{
    size_t       i, len;
    ngx_uint_t   n;

    n = 0;
    len = ngx_strlen(what);

    for (i = 0; i + len <= text->len; i++) {
        n += (ngx_memcmp(text->data + i, what, len) == 0);
    }

    return n;
}


tender_jwt_alg_e
ngx_http_tender_jwt_usual(EVP_PKEY *pkey)
{
    const char  *why;

    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_RSA) {
        return TENDER_JWT_RS256;
    }

    if (ngx_http_tender_jwt_fits(TENDER_JWT_ES256, pkey, &why)) {
        return TENDER_JWT_ES256;
    }

    if (ngx_http_tender_jwt_fits(TENDER_JWT_ES384, pkey, &why)) {
        return TENDER_JWT_ES384;
    }

    return ngx_http_tender_jwt_fits(TENDER_JWT_EDDSA, pkey, &why)
           ? TENDER_JWT_EDDSA : TENDER_JWT_NONE;
}


ngx_uint_t
ngx_http_tender_jwt_fits(tender_jwt_alg_e alg, EVP_PKEY *pkey,
    const char **why)
{
    char         name[32];
    size_t       len;
    const char  *curve;

    *why = ngx_http_tender_jwt_other;

    switch (EVP_PKEY_get_base_id(pkey)) {

    case EVP_PKEY_RSA:
        return ngx_http_tender_jwt_fits_rsa(alg, pkey, why);

    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return alg == TENDER_JWT_EDDSA;

    case EVP_PKEY_EC:
        break;

    default:
        return 0;
    }

    if (alg == TENDER_JWT_ES256) {
        curve = "prime256v1";

    } else if (alg == TENDER_JWT_ES384) {
        curve = "secp384r1";

    } else {
        return 0;
    }

    if (EVP_PKEY_get_group_name(pkey, name, sizeof(name), &len) == 1
        && ngx_strcmp(name, curve) == 0)
    {
        return 1;
    }

    ERR_clear_error();

    *why = "its curve must be P-256 with ES256, P-384 with ES384";

    return 0;
}


static ngx_uint_t
ngx_http_tender_jwt_fits_rsa(tender_jwt_alg_e alg, EVP_PKEY *pkey,
    const char **why)
{
    int  bits;

    switch (alg) {

    case TENDER_JWT_RS256:
    case TENDER_JWT_RS384:
    case TENDER_JWT_RS512:
    case TENDER_JWT_PS256:
    case TENDER_JWT_PS384:
    case TENDER_JWT_PS512:
        break;

    default:
        return 0;
    }

    bits = EVP_PKEY_get_bits(pkey);

    if (bits < NGX_HTTP_TENDER_JWT_RSA_MIN
        || bits > NGX_HTTP_TENDER_JWT_RSA_MAX)
    {
        *why = "an RSA key must have 2048 to 8192 bits";
        return 0;
    }

    if (!ngx_http_tender_jwt_exponent(pkey)) {
        *why = "the exponent of an RSA key must be odd, 3 to 2^64";
        return 0;
    }

    return 1;
}


/* with an exponent of 1 anybody could sign */

static ngx_uint_t
ngx_http_tender_jwt_exponent(EVP_PKEY *pkey)
{
    BIGNUM      *e;
    ngx_uint_t   good;

    e = NULL;

    good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1
           && BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 64;

    BN_free(e);
    ERR_clear_error();

    return good;
}
