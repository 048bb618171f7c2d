
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


static ngx_int_t ngx_http_tender_search_load(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_want_t *want, ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_search_add(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_want_t *want,
    ngx_str_t *bytes);
static size_t ngx_http_tender_search_least(
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_piece_key_t *key);


ngx_int_t
ngx_http_tender_search_fetch(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, const char **why)
{
    ngx_uint_t                     i;
    ngx_http_tender_want_t        *wants;
    ngx_http_tender_redis_call_t  *calls;

    wants = st->wants.elts;

    if (st->needed > ctx->main->search_cache) {
        *why = "It has to look at too much: make it narrower, or raise "
               "tender_search_cache";
        return NGX_HTTP_BAD_REQUEST;
    }

    if (++st->rounds > NGX_HTTP_TENDER_SEARCH_ROUNDS) {
        return ngx_http_tender_search_busy(ctx);
    }

    calls = ngx_pcalloc(ctx->request->pool, st->wants.nelts
                                        * sizeof(ngx_http_tender_redis_call_t));
    if (calls == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < st->wants.nelts; i++) {
        if (ngx_http_tender_search_load(ctx, &wants[i], &calls[i]) != NGX_OK) {
            return NGX_ERROR;
        }

        calls[i].pool = st->tmp;
    }

    st->phase = NGX_HTTP_TENDER_SEARCH_LOADED;

    return ngx_http_tender_call(ctx, calls, st->wants.nelts);
}


static ngx_int_t
ngx_http_tender_search_load(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_want_t *want, ngx_http_tender_redis_call_t *call)
{
    u_char                       *p;
    size_t                        start;
    ngx_int_t                     rc;
    ngx_str_t                    *argv;
    ngx_pool_t                   *pool;
    ngx_http_tender_piece_key_t  *key;

    static const ngx_uint_t  parts[] = {
        TENDER_SEGMENT_HEAD, TENDER_SEGMENT_BLOCKS, TENDER_SEGMENT_DATA
    };

    key = &want->key;
    pool = ctx->request->pool;

    argv = ngx_palloc(pool, 4 * sizeof(ngx_str_t) + 2 * NGX_INT64_LEN);
    if (argv == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(&argv[0], "GETRANGE");

    if (key->kind == NGX_HTTP_TENDER_PIECE_COLUMN) {
        rc = ngx_http_tender_index_column_key(pool, ctx->main, key->bucket,
                                              key->segment, &argv[1]);
        start = (size_t) key->place * key->len;

    } else {
        rc = ngx_http_tender_index_segment_key(pool, ctx->main, key->bucket,
                                               key->segment, parts[key->kind],
                                               &argv[1]);
        start = key->place;
    }

    p = (u_char *) (argv + 4);
    p = ngx_http_tender_store_number(p, start, &argv[2]);
    (void) ngx_http_tender_store_number(p, start + key->len - 1, &argv[3]);

    call->argv = argv;
    call->argc = 4;

    return rc;
}


ngx_int_t
ngx_http_tender_search_loaded(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    ngx_http_tender_want_t  *wants;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    wants = st->wants.elts;

    for (i = 0; i < st->wants.nelts; i++) {

        if (ctx->calls[i].reply->type != NGX_HTTP_TENDER_REDIS_STRING) {
            return ngx_http_tender_store_broken(ctx);
        }

        rc = ngx_http_tender_search_add(ctx, st, &wants[i],
                                        &ctx->calls[i].reply->str);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_search_add(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_want_t *want,
    ngx_str_t *bytes)
{
    ngx_http_tender_index_t          *index;
    ngx_http_tender_piece_t          *piece;
    ngx_http_tender_reader_bucket_t  *b;

    index = ctx->main->index;
    b = &index->buckets[want->key.bucket];

    if (!b->valid || want->version != b->version) {
        return NGX_DECLINED;
    }

    if (bytes->len < ngx_http_tender_search_least(b, &want->key)) {

        /* it is merged into another one, or it is damaged */

        if (st->follows > 4) {
            return ngx_http_tender_reader_damaged(index, b,
                       want->key.kind == NGX_HTTP_TENDER_PIECE_COLUMN
                       ? "a column" : "a segment");
        }

        b->valid = 0;
        return NGX_DECLINED;
    }

    piece = ngx_http_tender_piece_add(index, &want->key, bytes);
    if (piece == NULL) {
        return NGX_ERROR;
    }

    if (piece->key.kind == NGX_HTTP_TENDER_PIECE_COLUMN) {
        ngx_http_tender_reader_overlay(b, piece);
    }

    return NGX_OK;
}


/*
 * The least that there is of a piece.  Columns have all numbers of segments;
 * but while the index is built anew, a date of publication may come later.
 */

static size_t
ngx_http_tender_search_least(ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_piece_key_t *key)
{
    uint32_t  first;

    if (key->kind != NGX_HTTP_TENDER_PIECE_COLUMN) {
        return key->len;
    }

    first = key->place * NGX_HTTP_TENDER_READER_CHUNK;

    if (b->nsegments == 0 || b->high < first
        || key->segment == NGX_HTTP_TENDER_COLUMN_CREATED)
    {
        return 0;
    }

    return ngx_min(b->high - first + 1, NGX_HTTP_TENDER_READER_CHUNK)
           * ngx_http_tender_columns[key->segment].width;
}
