
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_owner.h"
#include "../store/ngx_http_tender_registry.h"
#include "../store/ngx_http_tender_store.h"

#include <openssl/crypto.h>


#define NGX_HTTP_TENDER_TOKEN_MAX  128


static ngx_int_t ngx_http_tender_token_take(ngx_http_tender_ctx_t *ctx,
    tender_str_t *shown);
static ngx_uint_t ngx_http_tender_shows(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *hash);
static ngx_uint_t ngx_http_tender_same_account(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *author);


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


static ngx_uint_t
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


static ngx_uint_t
ngx_http_tender_same_account(ngx_http_tender_ctx_t *ctx, ngx_str_t *author)
{
    u_char     end;
    ngx_str_t  *account;

    if (ctx->principal == NULL) {
        return 0;
    }

    account = &ctx->principal->account;

    if (author->len <= account->len
        || ngx_strncmp(author->data, account->data, account->len) != 0)
    {
        return 0;
    }

    end = author->data[account->len];

    return end == '/' || end == '@';
}


ngx_uint_t
ngx_http_tender_holds(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash,
    ngx_str_t *author)
{
    return ngx_http_tender_same_account(ctx, author)
           || ngx_http_tender_shows(ctx, hash);
}


ngx_uint_t
ngx_http_tender_owns(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash,
    ngx_str_t *author)
{
    return !ctx->conf->ownership
           || ngx_http_tender_administers(ctx, author)
           || ngx_http_tender_holds(ctx, hash, author);
}


ngx_uint_t
ngx_http_tender_administers(ngx_http_tender_ctx_t *ctx, ngx_str_t *author)
{
    u_char     *p, *last;
    ngx_str_t   tenant;

    if ((ctx->scope & NGX_HTTP_TENDER_ADMIN) == 0) {
        return 0;
    }

    /* of "tender_anonymous admin", and who administers all tenants */

    if (ctx->principal == NULL) {
        return 1;
    }

    last = author->data + author->len;
    p = ngx_strlchr(author->data, last, '@');

    /* what nobody is known to have written is of no tenant: empty */

    tenant.data = p ? p + 1 : last;
    tenant.len = last - tenant.data;

    return ngx_http_tender_tenant_over(&ctx->principal->tenant, &tenant);
}


ngx_uint_t
ngx_http_tender_auctioneer(ngx_http_tender_ctx_t *ctx, ngx_str_t *author)
{
    if (ctx->scope & NGX_HTTP_TENDER_AUCTION) {
        return 1;
    }

    if ((ctx->scope & NGX_HTTP_TENDER_ADMIN)
        && (author == NULL || ngx_http_tender_administers(ctx, author)))
    {
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
