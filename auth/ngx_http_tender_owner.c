
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_owner.h"
#include "../store/ngx_http_tender_store.h"

#include <openssl/crypto.h>


#define NGX_HTTP_TENDER_TOKEN_MAX  128


static ngx_int_t ngx_http_tender_token_take(ngx_http_tender_ctx_t *ctx,
    tender_str_t *shown);


ngx_int_t
ngx_http_tender_token(ngx_http_tender_ctx_t *ctx, tender_str_t *in_body)
{
    ngx_uint_t        i;
    tender_str_t     *query, header;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (in_body) {
        return ngx_http_tender_token_take(ctx, in_body);
    }

    query = ctx->query.nparams
            ? tender_query_value(&ctx->query, "acc_token") : NULL;

    if (query && ngx_http_tender_token_take(ctx, query) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    part = &ctx->request->headers_in.headers.part;

    for ( /* void */ ; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len != sizeof("x-access-token") - 1
                || ngx_strncmp(h[i].lowcase_key, "x-access-token",
                               h[i].key.len)
                   != 0)
            {
                continue;
            }

            header = ngx_http_tender_str(&h[i].value);

            if (ngx_http_tender_token_take(ctx, &header) != NGX_OK) {
                return NGX_HTTP_BAD_REQUEST;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_token_take(ngx_http_tender_ctx_t *ctx, tender_str_t *shown)
{
    if (shown->len == 0) {
        return NGX_OK;
    }

    /* what was shown with it is for its holder alone */

    ctx->secret = 1;

    if (ctx->token.len && !tender_str_eq(&ctx->token, shown)) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url",
                                     "permission",
                                     "Two different access tokens");
    }

    ctx->token = *shown;

    return NGX_OK;
}


ngx_uint_t
ngx_http_tender_shows(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash)
{
    u_char  digest[NGX_HTTP_TENDER_HASH_LEN];

    if (ctx->token.len == 0 || ctx->token.len > NGX_HTTP_TENDER_TOKEN_MAX
        || hash->len != NGX_HTTP_TENDER_HASH_LEN)
    {
        return 0;
    }

    ngx_http_tender_store_hash(digest, ctx->token.data, ctx->token.len);

    return CRYPTO_memcmp(digest, hash->data, NGX_HTTP_TENDER_HASH_LEN) == 0;
}


ngx_uint_t
ngx_http_tender_owns(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash)
{
    if (!ctx->conf->ownership || (ctx->scope & NGX_HTTP_TENDER_ADMIN)) {
        return 1;
    }

    return ngx_http_tender_shows(ctx, hash);
}


ngx_uint_t
ngx_http_tender_auctioneer(ngx_http_tender_ctx_t *ctx)
{
    if (ctx->scope & (NGX_HTTP_TENDER_AUCTION|NGX_HTTP_TENDER_ADMIN)) {
        return 1;
    }

    return !ctx->conf->ownership && (ctx->scope & NGX_HTTP_TENDER_UPDATE);
}


ngx_int_t
ngx_http_tender_forbidden(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url", "permission",
                                 "Forbidden");
}
