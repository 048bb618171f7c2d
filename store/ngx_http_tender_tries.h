
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_TRIES_H_INCLUDED_
#define _NGX_HTTP_TENDER_TRIES_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/* counters of tries: of what is tried, and of the network it comes from */

typedef struct {
    ngx_str_t     name;              /* a hash */
    ngx_uint_t    max;
} ngx_http_tender_counter_t;


/* the call that counts a try, for counters that live so many seconds */
ngx_int_t ngx_http_tender_store_try(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, time_t seconds,
    ngx_http_tender_redis_call_t *call);

/* what it answers: in how many ms to come again, or 0 */
ngx_int_t ngx_http_tender_store_tried(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, int64_t *wait);

/* the call that takes it back; with right set, all tries of the secret */
ngx_int_t ngx_http_tender_store_forgive(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, ngx_uint_t right,
    ngx_http_tender_redis_call_t *call);

/* the same, and nobody waits for it */
void ngx_http_tender_store_forgive_later(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_counter_t *counters, ngx_uint_t right);


#endif /* _NGX_HTTP_TENDER_TRIES_H_INCLUDED_ */
