
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_REINDEX_H_INCLUDED_
#define _NGX_HTTP_TENDER_REINDEX_H_INCLUDED_


#include "ngx_http_tender_store.h"


/*
 * The index is built anew from the tenders, while all goes on: one worker of
 * the store walks through them.  How far it is stands in Redis; if it dies,
 * another one goes on from there.
 */


/* in a worker, after its client of Redis was opened: looks for one to go on */
/* with; before it is closed */
ngx_int_t ngx_http_tender_reindex_watch(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf);
void ngx_http_tender_reindex_exit(void);


/*
 * Begins one in this worker; reset: the index is dropped first.  From the
 * second: NGX_OK; NGX_DECLINED: one is under way; or a status.
 */
ngx_int_t ngx_http_tender_reindex_start(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t reset);
ngx_int_t ngx_http_tender_reindex_started(ngx_http_tender_ctx_t *ctx);


/* what there is of the index of a bucket */

typedef struct {
    ngx_str_t      manifest;
    int64_t        log;           /* bytes */
    int64_t        numbered;      /* tenders that have a number in it */
    int64_t        tenders;       /* that there are */
} ngx_http_tender_reindex_bucket_t;


/*
 * All buckets, and how far a rebuild is: names and values of its hash.  The
 * second: NGX_OK or a status.
 */
ngx_int_t ngx_http_tender_reindex_look(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_reindex_seen(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_reindex_bucket_t **buckets,
    ngx_http_tender_redis_reply_t **progress);


#endif /* _NGX_HTTP_TENDER_REINDEX_H_INCLUDED_ */
