
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_seal.h"
#include "../http/ngx_http_tender_conf_file.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>


/* a mark that no JSON has, the key's name, the nonce; behind it the tag */

#define NGX_HTTP_TENDER_SEAL_MARK   0x01
#define NGX_HTTP_TENDER_SEAL_NONCE  12
#define NGX_HTTP_TENDER_SEAL_TAG    16
#define NGX_HTTP_TENDER_SEAL_HEAD                                             \
    (1 + NGX_HTTP_TENDER_SEAL_NAME + NGX_HTTP_TENDER_SEAL_NONCE)

#define NGX_HTTP_TENDER_SEAL_FILE   4096


static ngx_int_t ngx_http_tender_seal_line(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf, u_char *line, size_t len);
static ngx_http_tender_seal_key_t *ngx_http_tender_seal_find(
    ngx_http_tender_main_conf_t *tmcf, u_char *name);
static ngx_int_t ngx_http_tender_seal_derive(ngx_http_tender_seal_key_t *key,
    ngx_str_t *tender, u_char *derived);
static ngx_int_t ngx_http_tender_seal_open(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_str_t *tender, ngx_str_t *about,
    size_t skip, ngx_str_t *text);
static ngx_int_t ngx_http_tender_seal_run(ngx_uint_t seal, u_char *key,
    u_char *nonce, ngx_str_t *about, ngx_str_t *from, u_char *to,
    u_char *tag);


char *
ngx_http_tender_set_seal_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    u_char     *p, *line, *last, buf[NGX_HTTP_TENDER_SEAL_FILE];
    size_t      n;
    ngx_int_t   rc;
    ngx_str_t  *value;

    (void) cmd;

    if (tmcf->nseal_keys) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = sizeof(buf);

    if (ngx_http_tender_conf_file(cf, &value[1], buf, &n) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rc = (n < sizeof(buf)) ? NGX_OK : NGX_DECLINED;
    last = buf + n;

    for (line = buf; line < last && rc == NGX_OK; line = p + 1) {
        p = ngx_strlchr(line, last, LF);
        if (p == NULL) {
            p = last;
        }

        if (p > line) {
            rc = ngx_http_tender_seal_line(cf, tmcf, line, p - line);
        }
    }

    ngx_explicit_memzero(buf, sizeof(buf));

    if (rc != NGX_OK || tmcf->nseal_keys == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must hold 1 to %d lines, each a key of 64 "
                           "hexadecimal digits, as \"openssl rand -hex 32\" "
                           "makes it", &value[1],
                           NGX_HTTP_TENDER_SEAL_KEYS);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_tender_seal_line(ngx_conf_t *cf, ngx_http_tender_main_conf_t *tmcf,
    u_char *line, size_t len)
{
    u_char                       digest[EVP_MAX_MD_SIZE];
    size_t                       i;
    unsigned                     n;
    ngx_int_t                    byte;
    ngx_http_tender_seal_key_t  *key;

    if (line[len - 1] == CR) {
        len--;
    }

    if (len != 2 * NGX_HTTP_TENDER_SEAL_KEY
        || tmcf->nseal_keys == NGX_HTTP_TENDER_SEAL_KEYS)
    {
        return NGX_DECLINED;
    }

    if (tmcf->seal_keys == NULL) {
        tmcf->seal_keys = ngx_pcalloc(cf->pool,
                                      NGX_HTTP_TENDER_SEAL_KEYS
                                      * sizeof(ngx_http_tender_seal_key_t));
        if (tmcf->seal_keys == NULL) {
            return NGX_DECLINED;
        }
    }

    key = &tmcf->seal_keys[tmcf->nseal_keys];

    for (i = 0; i < NGX_HTTP_TENDER_SEAL_KEY; i++) {
        byte = ngx_hextoi(line + 2 * i, 2);

        if (byte == NGX_ERROR) {
            return NGX_DECLINED;
        }

        key->key[i] = (u_char) byte;
    }

    /* by this name a bid says which key it was sealed with */

    if (EVP_Digest(key->key, NGX_HTTP_TENDER_SEAL_KEY, digest, &n,
                   EVP_sha256(), NULL)
        != 1)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(key->name, digest, NGX_HTTP_TENDER_SEAL_NAME);

    tmcf->nseal_keys++;

    return NGX_OK;
}


static ngx_http_tender_seal_key_t *
ngx_http_tender_seal_find(ngx_http_tender_main_conf_t *tmcf, u_char *name)
{
    ngx_uint_t  i;

    for (i = 0; i < tmcf->nseal_keys; i++) {
        if (ngx_memcmp(tmcf->seal_keys[i].name, name,
                       NGX_HTTP_TENDER_SEAL_NAME)
            == 0)
        {
            return &tmcf->seal_keys[i];
        }
    }

    return NULL;
}


/* each tender has a key of its own */

static ngx_int_t
ngx_http_tender_seal_derive(ngx_http_tender_seal_key_t *key,
    ngx_str_t *tender, u_char *derived)
{
    unsigned  n;

    if (HMAC(EVP_sha256(), key->key, NGX_HTTP_TENDER_SEAL_KEY, tender->data,
             tender->len, derived, &n)
        == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_seal_run(ngx_uint_t seal, u_char *key, u_char *nonce,
    ngx_str_t *about, ngx_str_t *from, u_char *to, u_char *tag)
{
    int              n, last;
    ngx_int_t        rc;
    EVP_CIPHER_CTX  *cipher;

    cipher = EVP_CIPHER_CTX_new();
    if (cipher == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_DECLINED;

    if (EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce,
                          (int) seal)
        == 1
        && EVP_CipherUpdate(cipher, NULL, &n, about->data, (int) about->len)
           == 1
        && EVP_CipherUpdate(cipher, to, &n, from->data, (int) from->len) == 1
        && (seal
            || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG,
                                   NGX_HTTP_TENDER_SEAL_TAG, tag)
               == 1)
        && EVP_CipherFinal_ex(cipher, to + n, &last) == 1
        && (!seal
            || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG,
                                   NGX_HTTP_TENDER_SEAL_TAG, tag)
               == 1))
    {
        rc = NGX_OK;
    }

    EVP_CIPHER_CTX_free(cipher);

    return rc;
}


ngx_int_t
ngx_http_tender_seal(ngx_pool_t *pool, ngx_http_tender_main_conf_t *tmcf,
    ngx_str_t *tender, ngx_str_t *about, ngx_str_t *text)
{
    u_char                      *p, *nonce, key[EVP_MAX_MD_SIZE];
    ngx_int_t                    rc;
    ngx_str_t                    plain;
    ngx_http_tender_seal_key_t  *first;

    if (tmcf->nseal_keys == 0) {
        return NGX_OK;
    }

    first = &tmcf->seal_keys[0];
    plain = *text;

    text->len = NGX_HTTP_TENDER_SEAL_HEAD + plain.len
                + NGX_HTTP_TENDER_SEAL_TAG;
    text->data = ngx_pnalloc(pool, text->len);

    if (text->data == NULL) {
        return NGX_ERROR;
    }

    p = text->data;

    *p++ = NGX_HTTP_TENDER_SEAL_MARK;
    p = ngx_cpymem(p, first->name, NGX_HTTP_TENDER_SEAL_NAME);
    nonce = p;
    p += NGX_HTTP_TENDER_SEAL_NONCE;

    if (getrandom(nonce, NGX_HTTP_TENDER_SEAL_NONCE, 0)
        != NGX_HTTP_TENDER_SEAL_NONCE
        || ngx_http_tender_seal_derive(first, tender, key) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_seal_run(1, key, nonce, about, &plain, p,
                                  p + plain.len);

    ngx_explicit_memzero(key, sizeof(key));

    return (rc == NGX_OK) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_unseal(ngx_pool_t *pool, ngx_http_tender_main_conf_t *tmcf,
    ngx_log_t *log, ngx_str_t *tender, ngx_str_t *about, size_t skip,
    ngx_str_t *text)
{
    ngx_int_t  rc;

    if (text->len <= skip || text->data[skip] != NGX_HTTP_TENDER_SEAL_MARK) {
        return NGX_OK;
    }

    rc = ngx_http_tender_seal_open(pool, tmcf, tender, about, skip, text);

    if (rc == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "tender: what is sealed of \"%V\" cannot be opened: none "
                      "of the keys of \"tender_seal_key_file\" fits, or it "
                      "was tampered with", tender);
    }

    return rc;
}


static ngx_int_t
ngx_http_tender_seal_open(ngx_pool_t *pool, ngx_http_tender_main_conf_t *tmcf,
    ngx_str_t *tender, ngx_str_t *about, size_t skip, ngx_str_t *text)
{
    u_char                      *p, *plain, *end, key[EVP_MAX_MD_SIZE];
    ngx_int_t                    rc;
    ngx_str_t                    sealed;
    ngx_http_tender_seal_key_t  *found;

    p = text->data + skip + 1;
    end = text->data + text->len;

    if (end - p < NGX_HTTP_TENDER_SEAL_HEAD - 1 + NGX_HTTP_TENDER_SEAL_TAG) {
        return NGX_DECLINED;
    }

    found = ngx_http_tender_seal_find(tmcf, p);
    if (found == NULL) {
        return NGX_DECLINED;
    }

    p += NGX_HTTP_TENDER_SEAL_NAME;

    sealed.data = p + NGX_HTTP_TENDER_SEAL_NONCE;
    sealed.len = end - sealed.data - NGX_HTTP_TENDER_SEAL_TAG;

    plain = ngx_pnalloc(pool, skip + sealed.len + 1);
    if (plain == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(plain, text->data, skip);

    if (ngx_http_tender_seal_derive(found, tender, key) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_seal_run(0, key, p, about, &sealed, plain + skip,
                                  sealed.data + sealed.len);

    ngx_explicit_memzero(key, sizeof(key));

    if (rc != NGX_OK) {
        return rc;
    }

    text->data = plain;
    text->len = skip + sealed.len;

    return NGX_OK;
}
