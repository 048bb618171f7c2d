
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


static void ngx_http_tender_search_cleanup(void *data);
static ngx_int_t ngx_http_tender_search_follow(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket);
static ngx_int_t ngx_http_tender_search_followed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket);
static ngx_uint_t ngx_http_tender_search_valid(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket);
static void *ngx_http_tender_search_alloc(void *data, size_t size);


ngx_http_tender_search_state_t *
ngx_http_tender_search_state(ngx_http_tender_ctx_t *ctx, void **state)
{
    ngx_pool_t                      *pool;
    ngx_pool_cleanup_t              *cln;
    ngx_http_tender_search_state_t  *st;

    if (*state) {
        return *state;
    }

    pool = ctx->request->pool;

    st = ngx_pcalloc(pool, sizeof(ngx_http_tender_search_state_t));
    cln = ngx_pool_cleanup_add(pool, 0);

    if (st == NULL || cln == NULL
        || ngx_array_init(&st->wants, pool, 16, sizeof(ngx_http_tender_want_t))
           != NGX_OK)
    {
        return NULL;
    }

    cln->handler = ngx_http_tender_search_cleanup;
    cln->data = st;

    *state = st;

    return st;
}


static void
ngx_http_tender_search_cleanup(void *data)
{
    ngx_http_tender_search_end(data);
}


ngx_int_t
ngx_http_tender_search_again(ngx_http_tender_ctx_t *ctx, ngx_int_t rc)
{
    if (rc == NGX_AGAIN) {
        ctx->step--;
    }

    return rc;
}


ngx_int_t
ngx_http_tender_search_ready(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket)
{
    ngx_int_t  rc;

    switch (st->phase) {

    case NGX_HTTP_TENDER_SEARCH_FOLLOW:
        return ngx_http_tender_search_follow(ctx, st, bucket);

    case NGX_HTTP_TENDER_SEARCH_FOLLOWED:
        rc = ngx_http_tender_search_followed(ctx, st, bucket);
        break;

    case NGX_HTTP_TENDER_SEARCH_LOADED:
        rc = ngx_http_tender_search_loaded(ctx, st);
        break;

    default: /* NGX_HTTP_TENDER_SEARCH_RUN */
        return NGX_OK;
    }

    if (rc == NGX_DECLINED
        || (rc == NGX_OK && !ngx_http_tender_search_valid(ctx, bucket)))
    {
        return ngx_http_tender_search_follow(ctx, st, bucket);
    }

    if (rc == NGX_OK) {
        st->phase = NGX_HTTP_TENDER_SEARCH_RUN;
    }

    return rc;
}


/* another request may have found that something is to be read anew */

static ngx_uint_t
ngx_http_tender_search_valid(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket)
{
    ngx_uint_t  i;

    for (i = 0; i < ctx->main->buckets; i++) {
        if ((bucket == NGX_MAX_UINT32_VALUE || bucket == i)
            && !ctx->main->index->buckets[i].valid)
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_tender_search_busy(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  second = ngx_string("1");

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  "tender: the index changes faster than it is read");

    if (ngx_http_tender_header(ctx->request, "Retry-After", &second) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_SERVICE_UNAVAILABLE, "request",
                                 "search", "The index is busy, try again");
}


static ngx_int_t
ngx_http_tender_search_follow(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket)
{
    ngx_uint_t                     i, n, first;
    ngx_http_tender_redis_call_t  *calls;

    if (st->follows++ > 8) {
        return ngx_http_tender_search_busy(ctx);
    }

    ngx_http_tender_reader_check(ctx->main->index);

    st->epoch = ctx->main->index->epoch;

    first = (bucket == NGX_MAX_UINT32_VALUE) ? 0 : bucket;
    n = (bucket == NGX_MAX_UINT32_VALUE) ? ctx->main->buckets : 1;

    calls = ngx_pcalloc(ctx->request->pool,
                        n * sizeof(ngx_http_tender_redis_call_t));
    if (calls == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (ngx_http_tender_reader_follow(ctx, first + i, &calls[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    st->phase = NGX_HTTP_TENDER_SEARCH_FOLLOWED;

    return ngx_http_tender_call(ctx, calls, n);
}


static ngx_int_t
ngx_http_tender_search_followed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket)
{
    ngx_int_t   rc, result;
    ngx_uint_t  i, first;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    /* a link was made anew meanwhile: the answer may be another server's */

    ngx_http_tender_reader_check(ctx->main->index);

    if (st->epoch != ctx->main->index->epoch) {
        return NGX_DECLINED;
    }

    first = (bucket == NGX_MAX_UINT32_VALUE) ? 0 : bucket;
    result = NGX_OK;

    for (i = 0; i < ctx->ncalls; i++) {
        rc = ngx_http_tender_reader_followed(ctx, first + i, &ctx->calls[i]);

        if (rc == NGX_DECLINED) {
            result = NGX_DECLINED;

        } else if (rc != NGX_OK) {
            return rc;
        }
    }

    return result;
}


ngx_int_t
ngx_http_tender_search_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st)
{
    ngx_uint_t                       i, k, buckets;
    ngx_http_tender_piece_t        **seen;
    ngx_http_tender_reader_bucket_t  *b;

    ngx_http_tender_search_end(st);

    st->tmp = ngx_create_pool(16384, ctx->request->connection->log);
    if (st->tmp == NULL) {
        return NGX_ERROR;
    }

    tender_mem_init(&st->mem, ngx_http_tender_search_alloc, st->tmp);

    buckets = ctx->main->buckets;

    st->seen = ngx_palloc(st->tmp, buckets * NGX_HTTP_TENDER_COLUMNS
                                   * sizeof(void *));
    if (st->seen == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < buckets; i++) {
        b = &ctx->main->index->buckets[i];

        for (k = 0; k < NGX_HTTP_TENDER_COLUMNS; k++) {
            seen = ngx_pcalloc(st->tmp, (b->ncolumns + 1) * sizeof(void *));
            if (seen == NULL) {
                return NGX_ERROR;
            }

            st->seen[i * NGX_HTTP_TENDER_COLUMNS + k] = seen;
        }
    }

    st->wanted = ngx_pcalloc(st->tmp, 2 * NGX_HTTP_TENDER_SEARCH_WANTS
                                      * sizeof(uint16_t));
    if (st->wanted == NULL) {
        return NGX_ERROR;
    }

    st->wants.nelts = 0;
    st->nsources = 0;
    st->nheap = 0;
    st->needed = 0;
    st->joined = 0;

    return NGX_OK;
}


void
ngx_http_tender_search_end(ngx_http_tender_search_state_t *st)
{
    if (st->tmp) {
        ngx_destroy_pool(st->tmp);
        st->tmp = NULL;
    }
}


ngx_http_tender_piece_t *
ngx_http_tender_search_piece(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_piece_key_t *key,
    ngx_int_t *rc)
{
    uint32_t                  slot;
    ngx_http_tender_want_t   *want, *wants;
    ngx_http_tender_piece_t  *piece;

    st->needed += key->len;

    piece = ngx_http_tender_piece_find(ctx->main->index, key);

    if (piece) {
        return piece;
    }

    if (*rc != NGX_ERROR) {
        *rc = NGX_AGAIN;
    }

    if (st->wants.nelts >= NGX_HTTP_TENDER_SEARCH_WANTS) {
        return NULL;
    }

    /* several leaves may need the same one */

    wants = st->wants.elts;
    slot = ngx_crc32_short((u_char *) key, sizeof(*key));

    for ( ;; ) {
        slot %= 2 * NGX_HTTP_TENDER_SEARCH_WANTS;

        if (st->wanted[slot] == 0) {
            break;
        }

        if (ngx_memcmp(&wants[st->wanted[slot] - 1].key, key, sizeof(*key))
            == 0)
        {
            return NULL;
        }

        slot++;
    }

    st->wanted[slot] = (uint16_t) (st->wants.nelts + 1);

    want = ngx_array_push(&st->wants);
    if (want == NULL) {
        *rc = NGX_ERROR;
        return NULL;
    }

    want->key = *key;
    want->version = ctx->main->index->buckets[key->bucket].version;

    return NULL;
}


u_char *
ngx_http_tender_search_cell(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_column_e column, uint32_t number, ngx_int_t *rc)
{
    size_t                         width;
    uint32_t                       chunk;
    ngx_http_tender_piece_t      **seen, *piece;
    ngx_http_tender_piece_key_t    key;

    static ngx_http_tender_piece_t  missing;

    width = ngx_http_tender_columns[column].width;
    chunk = number / NGX_HTTP_TENDER_READER_CHUNK;

    seen = &st->seen[b->bucket * NGX_HTTP_TENDER_COLUMNS + column][chunk];
    piece = *seen;

    if (piece == NULL) {
        piece = b->columns[column][chunk];

        if (piece) {
            st->needed += piece->key.len;
            ngx_http_tender_piece_touch(ctx->main->index, piece);

        } else {
            ngx_memzero(&key, sizeof(ngx_http_tender_piece_key_t));

            key.bucket = b->bucket;
            key.kind = NGX_HTTP_TENDER_PIECE_COLUMN;
            key.segment = column;
            key.place = chunk;
            key.len = NGX_HTTP_TENDER_READER_CHUNK * width;

            (void) ngx_http_tender_search_piece(ctx, st, &key, rc);

            piece = &missing;
        }

        *seen = piece;
    }

    if (piece == &missing) {
        if (*rc == NGX_OK) {
            *rc = NGX_AGAIN;
        }

        return NULL;
    }

    return piece->data + number % NGX_HTTP_TENDER_READER_CHUNK * width;
}


static void *
ngx_http_tender_search_alloc(void *data, size_t size)
{
    return ngx_palloc(data, size);
}
