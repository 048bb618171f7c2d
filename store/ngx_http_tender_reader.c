
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_reader.h"


static void ngx_http_tender_reader_reset(
    ngx_http_tender_reader_bucket_t *b);
static ngx_int_t ngx_http_tender_reader_whole(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *log, ngx_str_t *text,
    ngx_uint_t first);
static ngx_int_t ngx_http_tender_reader_merged(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_manifest_t *manifest);
static ngx_int_t ngx_http_tender_reader_begin(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_manifest_t *manifest);


static ngx_str_t  ngx_http_tender_reader_none = ngx_null_string;


ngx_http_tender_index_t *
ngx_http_tender_reader_open(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf)
{
    ngx_uint_t                i;
    ngx_http_tender_index_t  *index;

    index = ngx_pcalloc(cycle->pool, sizeof(ngx_http_tender_index_t));
    if (index == NULL) {
        return NULL;
    }

    index->buckets = ngx_pcalloc(cycle->pool, tmcf->buckets
                                     * sizeof(ngx_http_tender_reader_bucket_t));
    if (index->buckets == NULL) {
        return NULL;
    }

    index->main = tmcf;
    index->log = cycle->log;
    index->max = tmcf->search_cache;

    ngx_rbtree_init(&index->rbtree, &index->sentinel,
                    ngx_http_tender_piece_insert);
    ngx_queue_init(&index->queue);

    for (i = 0; i < tmcf->buckets; i++) {
        index->buckets[i].bucket = i;
    }

    return index;
}


void
ngx_http_tender_reader_close(ngx_http_tender_index_t *index)
{
    ngx_uint_t  i;

    for (i = 0; i < index->main->buckets; i++) {
        ngx_http_tender_reader_forget(index, &index->buckets[i]);
    }
}


void
ngx_http_tender_reader_check(ngx_http_tender_index_t *index)
{
    ngx_uint_t                    i;
    ngx_http_tender_redis_stat_t  stat;

    ngx_http_tender_redis_stat(index->main->client, &stat);

    if (stat.greeted == index->epoch) {
        return;
    }

    index->epoch = stat.greeted;

    for (i = 0; i < index->main->buckets; i++) {
        ngx_http_tender_reader_forget(index, &index->buckets[i]);
        index->buckets[i].damaged = 0;
    }
}


void
ngx_http_tender_reader_forget(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b)
{
    ngx_uint_t  i;

    ngx_http_tender_piece_drop_all(index, b->bucket, 0);

    for (i = 0; i < b->nsegments; i++) {
        ngx_http_tender_segment_free(index, b->segments[i]);
    }

    if (b->segments) {
        ngx_free(b->segments);
        b->segments = NULL;
    }

    b->nsegments = 0;

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (b->columns[i]) {
            ngx_free(b->columns[i]);
            b->columns[i] = NULL;
        }
    }

    b->ncolumns = 0;
    b->generation = 0;
    b->base = 0;
    b->top = 0;
    b->mixed = 0;
    b->valid = 0;
    b->version++;

    index->forgotten++;

    ngx_http_tender_reader_reset(b);
}


/* what the log has said */

static void
ngx_http_tender_reader_reset(ngx_http_tender_reader_bucket_t *b)
{
    if (b->pool) {
        ngx_destroy_pool(b->pool);
        b->pool = NULL;
    }

    b->recent = NULL;
    b->facts = NULL;
    b->nfacts = 0;
    b->sfacts = 0;
    b->known = 0;
    b->mark_len = 0;
}


ngx_int_t
ngx_http_tender_reader_damaged(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, const char *what)
{
    if (!b->damaged || b->told != b->generation) {
        ngx_log_error(NGX_LOG_CRIT, index->log, 0,
                      "tender: the index of bucket %ui is damaged: %s; "
                      "POST to index/reindex?reset=1 of \"tender_admin\"",
                      b->bucket, what);
    }

    b->damaged = 1;
    b->told = b->generation;

    ngx_http_tender_reader_forget(index, b);

    return NGX_ERROR;
}


ngx_int_t
ngx_http_tender_reader_follow(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call)
{
    u_char                           *p;
    ngx_str_t                        *argv;
    ngx_pool_t                       *pool;
    ngx_http_tender_reader_bucket_t  *b;

    pool = ctx->request->pool;
    b = &ctx->main->index->buckets[bucket];

    argv = ngx_palloc(pool, 8 * sizeof(ngx_str_t) + 3 * NGX_INT64_LEN
                            + NGX_HTTP_TENDER_READER_MARK);

    if (argv == NULL
        || ngx_http_tender_index_key(pool, ctx->main, bucket, "manifest",
                                     &argv[0])
           != NGX_OK
        || ngx_http_tender_index_key(pool, ctx->main, bucket, "log", &argv[1])
           != NGX_OK
        || ngx_http_tender_index_column_key(pool, ctx->main, bucket,
                                            NGX_HTTP_TENDER_COLUMN_ID,
                                            &argv[2])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "numbers",
                               &ngx_http_tender_reader_none, "", &argv[3])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* who knows nothing of it asks for all there is */

    if (b->valid && (b->known || b->generation)) {
        p = (u_char *) (argv + 8);
        p = ngx_http_tender_store_number(p, b->generation, &argv[4]);
        p = ngx_http_tender_store_number(p, b->known, &argv[5]);
        p = ngx_http_tender_store_number(p, b->mark_at, &argv[6]);

        argv[7].data = p;
        argv[7].len = b->mark_len;
        ngx_memcpy(p, b->mark, b->mark_len);

    } else {
        ngx_str_set(&argv[4], "-");
        ngx_str_set(&argv[5], "0");
        ngx_str_set(&argv[6], "0");
        ngx_str_null(&argv[7]);
    }

    call->argv = argv;
    call->argc = 8;
    call->nkeys = 4;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_FOLLOW_LUA];

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_reader_followed(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call)
{
    int64_t                           generation, known;
    ngx_int_t                         rc;
    ngx_uint_t                        mixed;
    ngx_http_tender_index_t          *index;
    ngx_http_tender_redis_reply_t    *reply, *elts;
    ngx_http_tender_reader_bucket_t  *b;

    index = ctx->main->index;
    b = &index->buckets[bucket];

    reply = call->reply;
    elts = reply->elts;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts < 2
        || reply->nelts > 3
        || elts[0].type != NGX_HTTP_TENDER_REDIS_STRING
        || elts[1].type != NGX_HTTP_TENDER_REDIS_STRING
        || elts[reply->nelts - 1].type != NGX_HTTP_TENDER_REDIS_STRING)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    mixed = (elts[0].str.len == 1 && elts[0].str.data[0] == '1');

    if (reply->nelts == 3) {
        rc = ngx_http_tender_reader_whole(index, b, &elts[1].str,
                                          &elts[2].str,
                                          call->argv[4].data[0] == '-');
        b->mixed |= mixed;

        return rc;
    }

    b->mixed |= mixed;

    /* others may have followed it meanwhile: are these bytes the next ones? */

    if (!b->valid
        || ngx_http_tender_store_time(&call->argv[4], &generation) != NGX_OK
        || ngx_http_tender_store_time(&call->argv[5], &known) != NGX_OK
        || (uint64_t) generation != b->generation
        || (size_t) known > b->known)
    {
        return NGX_DECLINED;
    }

    if ((size_t) known + elts[1].str.len <= b->known) {
        return NGX_OK;
    }

    elts[1].str.data += b->known - (size_t) known;
    elts[1].str.len -= b->known - (size_t) known;

    return ngx_http_tender_reader_log(index, b, &elts[1].str);
}


/* all that there is; it may be what others have read meanwhile */

static ngx_int_t
ngx_http_tender_reader_whole(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *log, ngx_str_t *text,
    ngx_uint_t first)
{
    ngx_int_t                    rc;
    ngx_pool_t                  *pool;
    ngx_http_tender_manifest_t   manifest;

    pool = ngx_create_pool(4096, index->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_manifest_read(pool, text, &manifest);

    if (rc == NGX_OK && first && b->valid
        && manifest.generation < b->generation)
    {
        /* links keep no order: others have read a later one meanwhile */

        ngx_destroy_pool(pool);
        return NGX_DECLINED;
    }

    if (rc == NGX_OK) {

        if (b->valid
            && manifest.generation >= b->generation
            && manifest.base == b->base
            && log->len >= b->known
            && ngx_memcmp(log->data + b->mark_at, b->mark, b->mark_len) == 0
            && !ngx_http_tender_reader_other(b, &manifest))
        {
            log->data += b->known;
            log->len -= b->known;

            if (manifest.generation != b->generation) {
                rc = ngx_http_tender_reader_merged(index, b, &manifest);
            }

        } else {
            rc = ngx_http_tender_reader_begin(index, b, &manifest);
        }
    }

    ngx_destroy_pool(pool);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_reader_damaged(index, b, "its manifest");
    }

    return (rc == NGX_OK) ? ngx_http_tender_reader_log(index, b, log) : rc;
}


/* other segments of the same: the log is the one it was */

static ngx_int_t
ngx_http_tender_reader_merged(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_manifest_t *manifest)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_reader_segments(index, b, manifest);

    if (rc == NGX_OK) {
        b->generation = manifest->generation;
        b->masked = 0;
        b->version++;
    }

    return rc;
}


/* another manifest: what it shares with the one before is kept */

static ngx_int_t
ngx_http_tender_reader_begin(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_manifest_t *manifest)
{
    uint64_t   seen;
    ngx_int_t  rc;

    /* of one generation there is one log */

    if ((b->valid && manifest->generation == b->generation)
        || ngx_http_tender_reader_other(b, manifest))
    {
        ngx_http_tender_reader_forget(index, b);
    }

    seen = b->valid ? b->base + b->known : 0;

    if (manifest->base > seen) {

        /* what it has missed is in the columns */

        ngx_http_tender_piece_drop_all(index, b->bucket, 1);
    }

    rc = ngx_http_tender_reader_segments(index, b, manifest);

    if (rc == NGX_OK) {
        ngx_http_tender_reader_reset(b);

        b->generation = manifest->generation;
        b->base = manifest->base;
        b->masked = 0;
        b->valid = 1;
        b->version++;
    }

    return rc;
}


void *
ngx_http_tender_reader_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}
