
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_jwk.h"
#include "../format/tender_base64.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>


#define NGX_HTTP_TENDER_JWK_RSA       1024     /* bytes of a modulus */
#define NGX_HTTP_TENDER_JWK_EXPONENT  8
#define NGX_HTTP_TENDER_JWK_POINT     48       /* of a coordinate */


typedef EVP_PKEY *(*ngx_http_tender_jwk_pt)(tender_mem_t *mem,
    tender_value_t *jwk, const char **why);

typedef struct {
    const char              *kty;
    ngx_http_tender_jwk_pt   read;        /* NULL: a secret */
} ngx_http_tender_jwk_kty_t;


typedef struct {
    const char  *name;
    const char  *group;
    int          id;
    size_t       size;                     /* of a coordinate, of a key */
} ngx_http_tender_jwk_curve_t;


static ngx_int_t ngx_http_tender_jwk_use(tender_value_t *jwk,
    const char **why);
static ngx_int_t ngx_http_tender_jwk_names(ngx_pool_t *pool,
    tender_value_t *jwk, ngx_http_tender_jwt_key_t *key, const char **why);
static const ngx_http_tender_jwk_kty_t *ngx_http_tender_jwk_kty(
    tender_value_t *jwk, const char **why);
static ngx_int_t ngx_http_tender_jwk_secret(ngx_pool_t *pool,
    tender_mem_t *mem, tender_value_t *jwk, ngx_http_tender_jwt_key_t *key,
    const char **why);
static ngx_int_t ngx_http_tender_jwk_public(tender_mem_t *mem,
    tender_value_t *jwk, ngx_http_tender_jwk_pt read,
    ngx_http_tender_jwt_key_t *key, const char **why);
static EVP_PKEY *ngx_http_tender_jwk_rsa(tender_mem_t *mem,
    tender_value_t *jwk, const char **why);
static EVP_PKEY *ngx_http_tender_jwk_ec(tender_mem_t *mem,
    tender_value_t *jwk, const char **why);
static EVP_PKEY *ngx_http_tender_jwk_okp(tender_mem_t *mem,
    tender_value_t *jwk, const char **why);
static const ngx_http_tender_jwk_curve_t *ngx_http_tender_jwk_curve(
    const ngx_http_tender_jwk_curve_t *curve, tender_value_t *jwk);
static ngx_uint_t ngx_http_tender_jwk_native(tender_str_t *number,
    u_char *to, size_t size);
static EVP_PKEY *ngx_http_tender_jwk_build(const char *type,
    OSSL_PARAM *params);
static ngx_uint_t ngx_http_tender_jwk_bytes(tender_mem_t *mem,
    tender_value_t *jwk, const char *name, tender_str_t *bytes);
static ngx_uint_t ngx_http_tender_jwk_is(tender_value_t *v, const char *text);
static tender_value_t *ngx_http_tender_jwk_get(tender_value_t *jwk,
    const char *name);


static const ngx_http_tender_jwk_kty_t  ngx_http_tender_jwk_types[] = {
    { "oct", NULL },
    { "RSA", ngx_http_tender_jwk_rsa },
    { "EC", ngx_http_tender_jwk_ec },
    { "OKP", ngx_http_tender_jwk_okp },
    { NULL, NULL }
};


static const ngx_http_tender_jwk_curve_t  ngx_http_tender_jwk_ec_curves[] = {
    { "P-256", "prime256v1", 0, 32 },
    { "P-384", "secp384r1", 0, 48 },
    { NULL, NULL, 0, 0 }
};


static const ngx_http_tender_jwk_curve_t  ngx_http_tender_jwk_okp_curves[] = {
    { "Ed25519", NULL, EVP_PKEY_ED25519, 32 },
    { "Ed448", NULL, EVP_PKEY_ED448, 57 },
    { NULL, NULL, 0, 0 }
};


/* what a key may well have that is of no use here */

static const char  ngx_http_tender_jwk_crv[] =
    "its \"crv\" is none of P-256, P-384, Ed25519, Ed448";


ngx_int_t
ngx_http_tender_jwk(ngx_pool_t *pool, tender_mem_t *mem, tender_value_t *jwk,
    ngx_http_tender_jwt_key_t *key, const char **why)
{
    ngx_int_t                         rc;
    const ngx_http_tender_jwk_kty_t  *type;

    if (jwk->type != TENDER_OBJECT) {
        *why = "it is not a JSON object";
        return NGX_ERROR;
    }

    type = ngx_http_tender_jwk_kty(jwk, why);
    if (type == NULL) {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_jwk_use(jwk, why);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_jwk_names(pool, jwk, key, why);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (type->read == NULL) {
        return ngx_http_tender_jwk_secret(pool, mem, jwk, key, why);
    }

    return ngx_http_tender_jwk_public(mem, jwk, type->read, key, why);
}


static const ngx_http_tender_jwk_kty_t *
ngx_http_tender_jwk_kty(tender_value_t *jwk, const char **why)
{
    tender_value_t                   *kty;
    const ngx_http_tender_jwk_kty_t  *type;

    kty = ngx_http_tender_jwk_get(jwk, "kty");

    for (type = ngx_http_tender_jwk_types; type->kty; type++) {
        if (ngx_http_tender_jwk_is(kty, type->kty)) {
            return type;
        }
    }

    *why = "its \"kty\" is none of oct, RSA, EC, OKP";

    return NULL;
}


static ngx_int_t
ngx_http_tender_jwk_use(tender_value_t *jwk, const char **why)
{
    tender_value_t  *use, *ops, *op;

    use = ngx_http_tender_jwk_get(jwk, "use");
    ops = ngx_http_tender_jwk_get(jwk, "key_ops");

    if (use && !ngx_http_tender_jwk_is(use, "sig")) {
        *why = "its \"use\" is not \"sig\"";
        return NGX_DECLINED;
    }

    if (ops == NULL) {
        return NGX_OK;
    }

    if (ops->type == TENDER_ARRAY) {
        for (op = ops->u.list.first; op; op = op->next) {
            if (ngx_http_tender_jwk_is(op, "verify")) {
                return NGX_OK;
            }
        }
    }

    *why = "its \"key_ops\" do not have \"verify\"";

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_jwk_names(ngx_pool_t *pool, tender_value_t *jwk,
    ngx_http_tender_jwt_key_t *key, const char **why)
{
    tender_value_t  *alg, *kid;

    alg = ngx_http_tender_jwk_get(jwk, "alg");
    kid = ngx_http_tender_jwk_get(jwk, "kid");

    key->alg = (alg && alg->type == TENDER_STRING)
               ? tender_jwt_alg(alg->u.text) : TENDER_JWT_NONE;

    if (alg && key->alg == TENDER_JWT_NONE) {
        *why = "its \"alg\" is not an algorithm of tokens that is known here";
        return NGX_DECLINED;
    }

    if (kid == NULL) {
        return NGX_OK;
    }

    if (kid->type != TENDER_STRING || !tender_jwt_kid_valid(kid->u.text)) {
        *why = "its \"kid\" is not 1 to 64 of \"A-Z a-z 0-9 . _ -\"";
        return NGX_DECLINED;
    }

    key->kid.len = kid->u.text.len;
    key->kid.data = ngx_pnalloc(pool, key->kid.len);

    if (key->kid.data == NULL) {
        *why = NULL;
        return NGX_ERROR;
    }

    ngx_memcpy(key->kid.data, kid->u.text.data, key->kid.len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_jwk_secret(ngx_pool_t *pool, tender_mem_t *mem,
    tender_value_t *jwk, ngx_http_tender_jwt_key_t *key, const char **why)
{
    size_t        min;
    tender_str_t  secret;

    min = ngx_http_tender_jwt_secret_min(key->alg);

    if (min == 0) {
        *why = "a secret needs an \"alg\": HS256, HS384 or HS512";
        return NGX_ERROR;
    }

    if (!ngx_http_tender_jwk_bytes(mem, jwk, "k", &secret)) {
        *why = "its \"k\" is not base64url";
        return NGX_ERROR;
    }

    *why = NULL;

    if (secret.len >= min) {
        key->secret.data = ngx_pnalloc(pool, secret.len);

        if (key->secret.data) {
            ngx_memcpy(key->secret.data, secret.data, secret.len);
            key->secret.len = secret.len;
        }

    } else {
        *why = "a secret must have 32 bytes for HS256, 48 for HS384, 64 for "
               "HS512";
    }

    ngx_explicit_memzero(secret.data, secret.len);

    return key->secret.len ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_jwk_public(tender_mem_t *mem, tender_value_t *jwk,
    ngx_http_tender_jwk_pt read, ngx_http_tender_jwt_key_t *key,
    const char **why)
{
    if (ngx_http_tender_jwk_get(jwk, "d")) {
        *why = "it is a private key: the public one is enough here";
        return NGX_ERROR;
    }

    *why = "it is not a key that OpenSSL can use";

    key->pkey = read(mem, jwk, why);

    ERR_clear_error();

    if (key->pkey == NULL) {
        return (*why == ngx_http_tender_jwk_crv) ? NGX_DECLINED : NGX_ERROR;
    }

    if (key->alg == TENDER_JWT_NONE) {
        key->alg = ngx_http_tender_jwt_usual(key->pkey);
    }

    if (!ngx_http_tender_jwt_fits(key->alg, key->pkey, why)) {
        EVP_PKEY_free(key->pkey);
        key->pkey = NULL;

        return NGX_ERROR;
    }

    return NGX_OK;
}


static EVP_PKEY *
ngx_http_tender_jwk_rsa(tender_mem_t *mem, tender_value_t *jwk,
    const char **why)
{
    u_char        modulus[NGX_HTTP_TENDER_JWK_RSA];
    u_char        exponent[NGX_HTTP_TENDER_JWK_EXPONENT];
    OSSL_PARAM    params[3];
    tender_str_t  n, e;

    if (!ngx_http_tender_jwk_bytes(mem, jwk, "n", &n)
        || !ngx_http_tender_jwk_bytes(mem, jwk, "e", &e))
    {
        *why = "its \"n\" and \"e\" are not base64url";
        return NULL;
    }

    if (!ngx_http_tender_jwk_native(&n, modulus, sizeof(modulus))) {
        *why = "an RSA key must have 2048 to 8192 bits";
        return NULL;
    }

    if (!ngx_http_tender_jwk_native(&e, exponent, sizeof(exponent))) {
        *why = "the exponent of an RSA key must be odd, 3 to 2^64";
        return NULL;
    }

    params[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus,
                                        sizeof(modulus));
    params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent,
                                        sizeof(exponent));
    params[2] = OSSL_PARAM_construct_end();

    return ngx_http_tender_jwk_build("RSA", params);
}


/* a point that is not on its curve is refused by OpenSSL */

static EVP_PKEY *
ngx_http_tender_jwk_ec(tender_mem_t *mem, tender_value_t *jwk,
    const char **why)
{
    char                                group[32];
    u_char                             *p, point[1 + 2
                                                 * NGX_HTTP_TENDER_JWK_POINT];
    OSSL_PARAM                          params[3];
    tender_str_t                        x, y;
    const ngx_http_tender_jwk_curve_t  *curve;

    curve = ngx_http_tender_jwk_curve(ngx_http_tender_jwk_ec_curves, jwk);

    if (curve == NULL) {
        *why = ngx_http_tender_jwk_crv;
        return NULL;
    }

    if (!ngx_http_tender_jwk_bytes(mem, jwk, "x", &x)
        || !ngx_http_tender_jwk_bytes(mem, jwk, "y", &y)
        || x.len != curve->size || y.len != curve->size)
    {
        *why = "its \"x\" and \"y\" are not base64url of its curve's size";
        return NULL;
    }

    p = point;
    *p++ = 0x04;                               /* both coordinates follow */
    p = ngx_cpymem(p, x.data, x.len);
    p = ngx_cpymem(p, y.data, y.len);

    (void) ngx_cpystrn((u_char *) group, (u_char *) curve->group,
                       sizeof(group));

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  point, p - point);
    params[2] = OSSL_PARAM_construct_end();

    return ngx_http_tender_jwk_build("EC", params);
}


static EVP_PKEY *
ngx_http_tender_jwk_okp(tender_mem_t *mem, tender_value_t *jwk,
    const char **why)
{
    tender_str_t                        x;
    const ngx_http_tender_jwk_curve_t  *curve;

    curve = ngx_http_tender_jwk_curve(ngx_http_tender_jwk_okp_curves, jwk);

    if (curve == NULL) {
        *why = ngx_http_tender_jwk_crv;
        return NULL;
    }

    if (!ngx_http_tender_jwk_bytes(mem, jwk, "x", &x)
        || x.len != curve->size)
    {
        *why = "its \"x\" is not base64url of its curve's size";
        return NULL;
    }

    return EVP_PKEY_new_raw_public_key(curve->id, NULL, x.data, x.len);
}


static const ngx_http_tender_jwk_curve_t *
ngx_http_tender_jwk_curve(const ngx_http_tender_jwk_curve_t *curve,
    tender_value_t *jwk)
{
    tender_value_t  *crv;

    crv = ngx_http_tender_jwk_get(jwk, "crv");

    for ( /* void */ ; curve->name; curve++) {
        if (ngx_http_tender_jwk_is(crv, curve->name)) {
            return curve;
        }
    }

    return NULL;
}


/* bytes in the order of this machine; 0: they are too many */

static ngx_uint_t
ngx_http_tender_jwk_native(tender_str_t *number, u_char *to, size_t size)
{
    int      n;
    BIGNUM  *bn;

    bn = BN_bin2bn(number->data, (int) number->len, NULL);
    if (bn == NULL) {
        return 0;
    }

    n = BN_bn2nativepad(bn, to, (int) size);

    BN_free(bn);

    return n > 0;
}


static EVP_PKEY *
ngx_http_tender_jwk_build(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY      *pkey;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;

    ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx == NULL) {
        return NULL;
    }

    if (EVP_PKEY_fromdata_init(ctx) != 1
        || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    {
        pkey = NULL;
    }

    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


/* 1: the member is there, is base64url, and not empty */

static ngx_uint_t
ngx_http_tender_jwk_bytes(tender_mem_t *mem, tender_value_t *jwk,
    const char *name, tender_str_t *bytes)
{
    tender_value_t  *v;

    v = ngx_http_tender_jwk_get(jwk, name);

    if (v == NULL || v->type != TENDER_STRING || v->u.text.len == 0) {
        return 0;
    }

    bytes->data = tender_alloc(mem,
                               tender_base64_decoded_length(v->u.text.len));

    return bytes->data
           && tender_base64url_read(v->u.text, bytes->data, &bytes->len)
              == TENDER_OK;
}


static ngx_uint_t
ngx_http_tender_jwk_is(tender_value_t *v, const char *text)
{
    return v && v->type == TENDER_STRING
           && v->u.text.len == ngx_strlen(text)
           && ngx_strncmp(v->u.text.data, text, v->u.text.len) == 0;
}


static tender_value_t *
ngx_http_tender_jwk_get(tender_value_t *jwk, const char *name)
{
    tender_str_t  text;

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    return tender_value_get(jwk, &text);
}
