
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SESSION_STORE_H_INCLUDED_
#define _NGX_HTTP_TENDER_SESSION_STORE_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Sessions of browsers: the SHA-256 of a cookie names who has logged in, as
 * "<user>:<epoch> <account>", for as long as it lasts.  Each of these makes
 * a call, which the caller starts.
 */

ngx_int_t ngx_http_tender_store_session(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, ngx_str_t *login, ngx_str_t *account, time_t ttl,
    ngx_http_tender_redis_call_t *call);
ngx_int_t ngx_http_tender_store_session_end(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, ngx_http_tender_redis_call_t *call);
ngx_int_t ngx_http_tender_store_session_left(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie, ngx_http_tender_redis_call_t *call);

/* what the last one has answered, us; NGX_DECLINED: there is no such session */
ngx_int_t ngx_http_tender_store_session_lasts(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *left);


#endif /* _NGX_HTTP_TENDER_SESSION_STORE_H_INCLUDED_ */
