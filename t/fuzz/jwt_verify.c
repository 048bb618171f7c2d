
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Signatures of tokens.  What an HS* key accepts is, signed again, the same
 * token; what a public key accepts is the one token that its lost private key
 * has signed; a key accepts no algorithm but its own.  An input that begins
 * with 's' is signed here, and its signature changed where the second byte is
 * not zero: it is accepted where it is zero.
 */


#include <stdlib.h>

#include "format/tender_base64.h"
#include "format/tender_jwt.h"


/* of nginx no more than verification needs */

#define _NGX_HTTP_TENDER_H_INCLUDED_
#define _NGX_HTTP_TENDER_REGISTRY_H_INCLUDED_

#define ngx_strlen(s)             strlen((const char *) s)
#define ngx_strcmp(s1, s2)        strcmp((const char *) s1, (const char *) s2)
#define ngx_memcmp                memcmp

typedef intptr_t    ngx_int_t;
typedef uintptr_t   ngx_uint_t;

typedef struct {
    size_t    len;
    u_char   *data;
} ngx_str_t;

typedef struct ngx_conf_s                   ngx_conf_t;
typedef struct ngx_pool_s                   ngx_pool_t;
typedef struct ngx_command_s                ngx_command_t;
typedef struct ngx_http_tender_ctx_s        ngx_http_tender_ctx_t;
typedef struct ngx_http_tender_jwt_key_s    ngx_http_tender_jwt_key_t;
typedef struct ngx_http_tender_principal_s  ngx_http_tender_principal_t;

#include "auth/ngx_http_tender_jwt_key.c"
#include "auth/ngx_http_tender_jwt_verify.c"

#include "jwt_verify_keys.h"


#define FUZZ_PUBLIC  (sizeof(fuzz_public) / sizeof(fuzz_public[0]))
#define FUZZ_SECRET  3
#define FUZZ_KEYS    (FUZZ_PUBLIC + FUZZ_SECRET)


static void fuzz_check(int good);
static void fuzz_keys(void);
static void fuzz_token(tender_str_t token);
static unsigned fuzz_accepted(tender_str_t token);
static void fuzz_signed(const uint8_t *data, size_t size);
static void fuzz_mac(ngx_http_tender_jwt_key_t *key, tender_str_t input,
    u_char *mac, size_t *len);


static ngx_http_tender_jwt_key_t  fuzz_key[FUZZ_KEYS];


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tender_str_t  token;

    if (fuzz_key[0].alg == TENDER_JWT_NONE) {
        fuzz_keys();
    }

    if (size > 2 && data[0] == 's') {
        fuzz_signed(data, size);
    }

    token.len = size;
    token.data = malloc(size ? size : 1);
    memcpy(token.data, data, size);

    fuzz_token(token);

    free(token.data);

    return 0;
}


static void
fuzz_keys(void)
{
    unsigned       i;
    ngx_str_t      pem;
    const char    *why;
    tender_str_t   name;

    static u_char  secret[64];

    static const tender_jwt_alg_e  algs[] = {
        TENDER_JWT_HS256, TENDER_JWT_HS384, TENDER_JWT_HS512
    };

    memset(secret, 'k', sizeof(secret));

    for (i = 0; i < FUZZ_SECRET; i++) {
        fuzz_key[i].alg = algs[i];
        fuzz_key[i].secret.data = secret;
        fuzz_key[i].secret.len = sizeof(secret);
    }

    for (i = 0; i < FUZZ_PUBLIC; i++) {
        name.data = (u_char *) fuzz_public[i].name;
        name.len = strlen(fuzz_public[i].name);
        pem.data = (u_char *) fuzz_public[i].pem;
        pem.len = strlen(fuzz_public[i].pem);

        fuzz_key[FUZZ_SECRET + i].alg = tender_jwt_alg(name);
        fuzz_key[FUZZ_SECRET + i].pkey = ngx_http_tender_jwt_public(
            tender_jwt_alg(name), &pem, &why);
        fuzz_check(fuzz_key[FUZZ_SECRET + i].pkey != NULL);

        name.data = (u_char *) fuzz_public[i].token;
        name.len = strlen(fuzz_public[i].token);
        fuzz_check(fuzz_accepted(name) == 1);
    }
}


static void
fuzz_token(tender_str_t token)
{
    fuzz_check(fuzz_accepted(token) <= 1);
}


/* how many keys accept it */

static unsigned
fuzz_accepted(tender_str_t token)
{
    size_t           len;
    u_char          *end, mac[EVP_MAX_MD_SIZE];
    u_char           text[tender_base64_encoded_length(EVP_MAX_MD_SIZE)];
    unsigned         i, n;
    tender_jwt_t     jwt;
    tender_mem_t     mem;
    tender_str_t     known;
    tender_arena_t  *arena;

    n = 0;
    arena = tender_arena_create();

    tender_mem_init(&mem, tender_arena_alloc, arena);

    if (tender_jwt_read(&mem, token, &jwt) == TENDER_OK) {

        for (i = 0; i < FUZZ_KEYS; i++) {

            if (fuzz_key[i].alg == TENDER_JWT_NONE
                || !ngx_http_tender_jwt_verify(&fuzz_key[i], &jwt))
            {
                continue;
            }

            n++;

            if (i >= FUZZ_SECRET) {
                known.data = (u_char *) fuzz_public[i - FUZZ_SECRET].token;
                known.len = strlen(fuzz_public[i - FUZZ_SECRET].token);
                fuzz_check(tender_str_eq(&known, &token));
                continue;
            }

            fuzz_mac(&fuzz_key[i], jwt.input, mac, &len);
            end = tender_base64url_write(text, mac, len);
            len = (size_t) (end - text);

            fuzz_check(token.len == jwt.input.len + 1 + len);
            fuzz_check(memcmp(token.data + jwt.input.len + 1, text, len)
                       == 0);
        }
    }

    fuzz_check(ERR_peek_error() == 0);

    tender_arena_free(arena);

    return n;
}


/* 's', what is changed, "<header>.<claims>" */

static void
fuzz_signed(const uint8_t *data, size_t size)
{
    size_t           len;
    u_char          *p, mac[EVP_MAX_MD_SIZE];
    unsigned         i, good;
    tender_jwt_t     jwt;
    tender_mem_t     mem;
    tender_str_t     input, token;
    tender_arena_t  *arena;

    input.data = (u_char *) data + 2;
    input.len = size - 2;

    arena = tender_arena_create();

    tender_mem_init(&mem, tender_arena_alloc, arena);

    token.data = malloc(input.len + 1
                        + tender_base64_encoded_length(EVP_MAX_MD_SIZE));
    memcpy(token.data, input.data, input.len);
    token.data[input.len] = '.';

    for (i = 0; i < FUZZ_SECRET; i++) {
        fuzz_mac(&fuzz_key[i], input, mac, &len);

        if (data[1]) {
            mac[data[1] % len] ^= data[1];
        }

        p = tender_base64url_write(token.data + input.len + 1, mac, len);
        token.len = (size_t) (p - token.data);

        good = tender_jwt_read(&mem, token, &jwt) == TENDER_OK
               && jwt.alg == fuzz_key[i].alg && data[1] == 0;

        fuzz_check(fuzz_accepted(token) == good);
    }

    free(token.data);
    tender_arena_free(arena);
}


/* another way than that of what is tested */

static void
fuzz_mac(ngx_http_tender_jwt_key_t *key, tender_str_t input, u_char *mac,
    size_t *len)
{
    EVP_PKEY    *pkey;
    EVP_MD_CTX  *md;

    md = EVP_MD_CTX_new();
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key->secret.data,
                                        key->secret.len);
    *len = EVP_MAX_MD_SIZE;

    fuzz_check(EVP_DigestSignInit(md, NULL, key->alg == TENDER_JWT_HS256
                                            ? EVP_sha256()
                                            : key->alg == TENDER_JWT_HS384
                                              ? EVP_sha384() : EVP_sha512(),
                                  NULL, pkey)
               == 1);
    fuzz_check(EVP_DigestSign(md, mac, len, input.data, input.len) == 1);

    EVP_PKEY_free(pkey);
    EVP_MD_CTX_free(md);
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}
