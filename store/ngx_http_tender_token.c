
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_token.h"

#include <openssl/crypto.h>


ngx_int_t
ngx_http_tender_token_family(ngx_str_t *text, const char *begins,
    ngx_str_t *family)
{
    tender_str_t  digits;

    if (text->len != NGX_HTTP_TENDER_TOKEN_TEXT_LEN
        || ngx_strncmp(text->data, begins, 5) != 0)
    {
        return NGX_DECLINED;
    }

    digits.data = text->data + 5;
    digits.len = text->len - 5;

    if (!tender_hex_valid(digits)) {
        return NGX_DECLINED;
    }

    family->data = digits.data;
    family->len = NGX_HTTP_TENDER_FAMILY_LEN;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_token_good(ngx_str_t *stored, ngx_str_t *text, int64_t now,
    ngx_http_tender_token_t *token)
{
    u_char        *p, *last, digest[NGX_HTTP_TENDER_HASH_LEN];
    ngx_str_t      hash, until;
    tender_str_t   bad;

    p = stored->data;
    last = p + stored->len;

    p = ngx_http_tender_store_word(p, last, &hash);

    if (p == NULL || hash.len != NGX_HTTP_TENDER_HASH_LEN) {
        return NGX_DECLINED;
    }

    p = ngx_http_tender_store_word(p, last, &until);

    if (p == NULL
        || ngx_http_tender_store_time(&until, &token->expires) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ngx_http_tender_store_hash(digest, text->data, text->len);

    if (CRYPTO_memcmp(digest, hash.data, NGX_HTTP_TENDER_HASH_LEN) != 0
        || token->expires <= now)
    {
        return NGX_DECLINED;
    }

    token->words.data = p;
    token->words.len = last - p;

    if (tender_scopes_read(ngx_http_tender_str(&token->words), &token->scopes,
                           &bad)
        != TENDER_OK)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
