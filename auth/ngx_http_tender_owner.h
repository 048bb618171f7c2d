
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_OWNER_H_INCLUDED_
#define _NGX_HTTP_TENDER_OWNER_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Who owns what: the account that created it, and the holder of the token
 * that was handed out then.  A token is shown as ?acc_token=, as
 * X-Access-Token, or as access.token of a JSON body; the store keeps its
 * SHA-256.  An author is a principal's id, "22/5@acme", or "anonymous", who
 * owns nothing.
 */

/*
 * Makes ctx->token of what the request shows in its query and headers; with
 * in_body, of that.  NGX_OK, or 400, described, if two of them differ.
 */
ngx_int_t ngx_http_tender_token(ngx_http_tender_ctx_t *ctx,
    tender_str_t *in_body);

/* 1: the caller is its owner, who also sees what is sealed */
ngx_uint_t ngx_http_tender_holds(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash,
    ngx_str_t *author);

/*
 * 1: the caller may change it: its owner, an administrator of its tenant,
 * and with "tender_ownership off" anybody
 */
ngx_uint_t ngx_http_tender_owns(ngx_http_tender_ctx_t *ctx, ngx_str_t *hash,
    ngx_str_t *author);

/* 1: the caller has the scope of an administrator where the author is */
ngx_uint_t ngx_http_tender_administers(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *author);

/* 1: it may run the auction of an author's tender; NULL: perhaps, of some */
ngx_uint_t ngx_http_tender_auctioneer(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *author);

/* the refusal of who may not: 403, described */
ngx_int_t ngx_http_tender_forbidden(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_OWNER_H_INCLUDED_ */
