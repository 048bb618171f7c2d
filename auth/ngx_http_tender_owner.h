
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_OWNER_H_INCLUDED_
#define _NGX_HTTP_TENDER_OWNER_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Who owns what: the holder of the token that was handed out when it was
 * created.  It is shown as ?acc_token=, as X-Access-Token, or as access.token
 * of a JSON body; the store keeps its SHA-256.
 */

/*
 * Makes ctx->token of what the request shows in its query and headers; with
 * in_body, of that.  NGX_OK, or 400, described, if two of them differ.
 */
ngx_int_t ngx_http_tender_token(ngx_http_tender_ctx_t *ctx,
    tender_str_t *in_body);

/* 1: the request shows the token that has this hash */
ngx_uint_t ngx_http_tender_shows(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash);

/*
 * 1: the request may change what belongs to the holder of that token; always
 * with "tender_ownership off", and with the scope of an administrator
 */
ngx_uint_t ngx_http_tender_owns(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash);

/* 1: it may run an auction */
ngx_uint_t ngx_http_tender_auctioneer(ngx_http_tender_ctx_t *ctx);

/* the refusal of who may not: 403, described */
ngx_int_t ngx_http_tender_forbidden(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_OWNER_H_INCLUDED_ */
