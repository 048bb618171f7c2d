
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_jwk.h"
#include "../http/ngx_http_tender_conf_file.h"


#define NGX_HTTP_TENDER_JWT_KEYS       64
#define NGX_HTTP_TENDER_JWT_KEY_FILE   16384
#define NGX_HTTP_TENDER_JWT_JWKS_FILE  262144


static ngx_int_t ngx_http_tender_jwt_parameters(ngx_conf_t *cf,
    ngx_http_tender_jwt_key_t *key, ngx_uint_t set);
static ngx_uint_t ngx_http_tender_jwt_parameter(ngx_str_t *value,
    ngx_http_tender_jwt_key_t *key, ngx_uint_t set);
static ngx_int_t ngx_http_tender_jwt_file(ngx_conf_t *cf, ngx_str_t *name,
    size_t max, ngx_str_t *text);
static ngx_int_t ngx_http_tender_jwt_secret_file(ngx_conf_t *cf,
    ngx_str_t *text, ngx_http_tender_jwt_key_t *key, const char **why);
static ngx_int_t ngx_http_tender_jwt_pem_file(ngx_str_t *text,
    ngx_http_tender_jwt_key_t *key, const char **why);
static ngx_int_t ngx_http_tender_jwt_set(ngx_conf_t *cf, tender_mem_t *mem,
    tender_value_t *set, ngx_http_tender_jwt_key_t *common);
static tender_value_t *ngx_http_tender_jwt_set_read(ngx_conf_t *cf,
    tender_mem_t *mem, ngx_str_t *text);
static ngx_int_t ngx_http_tender_jwt_add(ngx_conf_t *cf,
    ngx_http_tender_jwt_key_t *key, const char **why);
static void ngx_http_tender_jwt_cleanup(void *data);
static void *ngx_http_tender_jwt_alloc(void *pool, size_t size);


char *
ngx_http_tender_set_jwt_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                   rc;
    ngx_str_t                  *value, text;
    const char                 *why;
    ngx_http_tender_jwt_key_t   key;

    (void) cmd;
    (void) conf;

    value = cf->args->elts;
    why = NULL;

    if (ngx_http_tender_jwt_parameters(cf, &key, 0) != NGX_OK
        || ngx_http_tender_jwt_file(cf, &value[1],
                                    NGX_HTTP_TENDER_JWT_KEY_FILE, &text)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_tender_jwt_secret_min(key.alg)) {
        rc = ngx_http_tender_jwt_secret_file(cf, &text, &key, &why);

    } else {
        rc = ngx_http_tender_jwt_pem_file(&text, &key, &why);
    }

    ngx_explicit_memzero(text.data, text.len);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_jwt_add(cf, &key, &why);
    }

    if (rc != NGX_OK && why) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" cannot verify tokens: %s", &value[1], why);
    }

    return (rc == NGX_OK) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_tender_set_jwt_jwks(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_int_t                   rc;
    ngx_str_t                  *value, text;
    tender_mem_t                mem;
    tender_value_t             *set;
    ngx_http_tender_jwt_key_t   common;

    (void) cmd;
    (void) conf;

    value = cf->args->elts;

    if (ngx_http_tender_jwt_parameters(cf, &common, 1) != NGX_OK
        || ngx_http_tender_jwt_file(cf, &value[1],
                                    NGX_HTTP_TENDER_JWT_JWKS_FILE, &text)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    tender_mem_init(&mem, ngx_http_tender_jwt_alloc, cf->temp_pool);

    set = ngx_http_tender_jwt_set_read(cf, &mem, &text);

    rc = set ? ngx_http_tender_jwt_set(cf, &mem, set, &common) : NGX_ERROR;

    ngx_explicit_memzero(text.data, text.len);

    return (rc == NGX_OK) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_tender_jwt_parameters(ngx_conf_t *cf, ngx_http_tender_jwt_key_t *key,
    ngx_uint_t set)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    ngx_memzero(key, sizeof(ngx_http_tender_jwt_key_t));

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        if (!ngx_http_tender_jwt_parameter(&value[i], key, set)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"%V\": it takes "
                               "%s, each once", &value[i], &value[0],
                               set ? "iss= and aud="
                                   : "alg=HS256 to alg=EdDSA, kid= with 1 to "
                                     "64 of \"A-Z a-z 0-9 . _ -\", iss= and "
                                     "aud=");
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_jwt_parameter(ngx_str_t *value,
    ngx_http_tender_jwt_key_t *key, ngx_uint_t set)
{
    u_char     *last;
    ngx_str_t   text;

    last = value->data + value->len;

    text.data = ngx_strlchr(value->data, last, '=');

    if (text.data == NULL || text.data - value->data != 3) {
        return 0;
    }

    text.data++;
    text.len = last - text.data;

    if (text.len == 0 || text.len > TENDER_JWT_TEXT_MAX) {
        return 0;
    }

    if (ngx_strncmp(value->data, "iss=", 4) == 0 && key->iss.len == 0) {
        key->iss = text;
        return 1;
    }

    if (ngx_strncmp(value->data, "aud=", 4) == 0 && key->aud.len == 0) {
        key->aud = text;
        return 1;
    }

    if (ngx_strncmp(value->data, "kid=", 4) == 0 && key->kid.len == 0
        && !set && tender_jwt_kid_valid(ngx_http_tender_str(&text)))
    {
        key->kid = text;
        return 1;
    }

    if (ngx_strncmp(value->data, "alg=", 4) == 0
        && key->alg == TENDER_JWT_NONE && !set)
    {
        key->alg = tender_jwt_alg(ngx_http_tender_str(&text));
        return key->alg != TENDER_JWT_NONE;
    }

    return 0;
}


/* all of a file, which the master reads with its own rights */

static ngx_int_t
ngx_http_tender_jwt_file(ngx_conf_t *cf, ngx_str_t *name, size_t max,
    ngx_str_t *text)
{
    text->len = max + 1;
    text->data = ngx_pnalloc(cf->temp_pool, text->len);

    if (text->data == NULL
        || ngx_http_tender_conf_file(cf, name, text->data, &text->len)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (text->len == 0 || text->len > max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must hold 1 to %uz bytes", name, max);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_jwt_secret_file(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_jwt_key_t *key, const char **why)
{
    size_t  len;

    len = text->len - (text->data[text->len - 1] == LF);

    if (len < ngx_http_tender_jwt_secret_min(key->alg)) {
        *why = "a secret must have 32 bytes for HS256, 48 for HS384, 64 for "
               "HS512";
        return NGX_ERROR;
    }

    /* what is public must never be taken for a secret */

    if (len >= 11 && ngx_strncmp(text->data, "-----BEGIN ", 11) == 0) {
        *why = "a key in PEM is not a secret";
        return NGX_ERROR;
    }

    key->secret.len = len;
    key->secret.data = ngx_pnalloc(cf->pool, len);

    if (key->secret.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(key->secret.data, text->data, len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_jwt_pem_file(ngx_str_t *text, ngx_http_tender_jwt_key_t *key,
    const char **why)
{
    if (key->alg == TENDER_JWT_NONE
        && (text->len < 11 || ngx_strncmp(text->data, "-----BEGIN ", 11) != 0))
    {
        *why = "it is not in PEM, and a secret needs alg=HS256, alg=HS384 or "
               "alg=HS512";
        return NGX_ERROR;
    }

    key->pkey = ngx_http_tender_jwt_pem(text, why);

    if (key->pkey == NULL) {
        return NGX_ERROR;
    }

    if (key->alg == TENDER_JWT_NONE) {
        key->alg = ngx_http_tender_jwt_usual(key->pkey);
    }

    if (!ngx_http_tender_jwt_fits(key->alg, key->pkey, why)) {
        EVP_PKEY_free(key->pkey);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static tender_value_t *
ngx_http_tender_jwt_set_read(ngx_conf_t *cf, tender_mem_t *mem,
    ngx_str_t *text)
{
    u_char               buf[128];
    size_t               n;
    ngx_str_t           *value;
    tender_value_t      *set;
    tender_json_error_t  err;

    value = cf->args->elts;

    switch (tender_json_read(mem, text->data, text->len, &set, &err)) {

    case TENDER_OK:
        break;

    case TENDER_DECLINED:
        n = tender_json_error_text(&err, buf, sizeof(buf));
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" is not JSON: %*s",
                           &value[1], n, buf);
        return NULL;

    default:
        return NULL;
    }

    set = (set->type == TENDER_OBJECT) ? tender_value_member(set, "keys")
                                       : NULL;

    if (set == NULL || set->type != TENDER_ARRAY) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is not a set of keys: {\"keys\": [...]}",
                           &value[1]);
        return NULL;
    }

    return set;
}


static ngx_int_t
ngx_http_tender_jwt_set(ngx_conf_t *cf, tender_mem_t *mem,
    tender_value_t *set, ngx_http_tender_jwt_key_t *common)
{
    ngx_int_t                   rc;
    ngx_str_t                  *value;
    ngx_uint_t                  i, n;
    const char                 *why;
    tender_value_t             *jwk;
    ngx_http_tender_jwt_key_t   key;

    value = cf->args->elts;
    n = 0;

    for (jwk = set->u.list.first, i = 1; jwk; jwk = jwk->next, i++) {
        key = *common;

        rc = ngx_http_tender_jwk(cf->pool, mem, jwk, &key, &why);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "key %ui of \"%V\" is left out: %s", i,
                               &value[1], why);
            continue;
        }

        if (rc == NGX_OK) {
            rc = ngx_http_tender_jwt_add(cf, &key, &why);
        }

        if (rc != NGX_OK) {
            if (why) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "key %ui of \"%V\" cannot verify tokens: "
                                   "%s", i, &value[1], why);
            }

            return NGX_ERROR;
        }

        n++;
    }

    if (n == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has no key that can verify tokens",
                           &value[1]);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* what the key holds goes with the configuration, also if this fails */

static ngx_int_t
ngx_http_tender_jwt_add(ngx_conf_t *cf, ngx_http_tender_jwt_key_t *key,
    const char **why)
{
    ngx_uint_t                    i;
    ngx_pool_cleanup_t           *cln;
    ngx_http_tender_jwt_key_t    *keys;
    ngx_http_tender_main_conf_t  *tmcf;

    *why = NULL;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_tender_jwt_key_t));
    if (cln == NULL) {
        EVP_PKEY_free(key->pkey);
        return NGX_ERROR;
    }

    ngx_memcpy(cln->data, key, sizeof(ngx_http_tender_jwt_key_t));
    cln->handler = ngx_http_tender_jwt_cleanup;

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);

    if (tmcf->jwt_keys == NULL) {
        tmcf->jwt_keys = ngx_array_create(cf->pool, 4,
                                          sizeof(ngx_http_tender_jwt_key_t));
        if (tmcf->jwt_keys == NULL) {
            return NGX_ERROR;
        }
    }

    keys = tmcf->jwt_keys->elts;

    if (tmcf->jwt_keys->nelts == NGX_HTTP_TENDER_JWT_KEYS) {
        *why = "there are 64 keys already";
        return NGX_ERROR;
    }

    /* without a kid there may be an old one and a new one */

    for (i = 0; key->kid.len && i < tmcf->jwt_keys->nelts; i++) {

        if (keys[i].alg == key->alg && keys[i].kid.len == key->kid.len
            && ngx_memcmp(keys[i].kid.data, key->kid.data, key->kid.len) == 0)
        {
            *why = "another key has the same kid and algorithm";
            return NGX_ERROR;
        }
    }

    keys = ngx_array_push(tmcf->jwt_keys);
    if (keys == NULL) {
        return NGX_ERROR;
    }

    *keys = *key;

    return NGX_OK;
}


static void
ngx_http_tender_jwt_cleanup(void *data)
{
    ngx_http_tender_jwt_key_t *key = data;

    if (key->secret.len) {
        ngx_explicit_memzero(key->secret.data, key->secret.len);
    }

    EVP_PKEY_free(key->pkey);
}


static void *
ngx_http_tender_jwt_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}
