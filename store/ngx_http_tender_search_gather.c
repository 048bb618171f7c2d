
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


typedef struct {
    ngx_http_tender_ctx_t              *ctx;
    ngx_http_tender_search_state_t     *st;
    ngx_http_tender_source_t           *source;
    uint64_t                           *set;
    ngx_uint_t                          n;
} ngx_http_tender_prefix_t;


static ngx_int_t ngx_http_tender_search_sources(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st);
static ngx_int_t ngx_http_tender_search_source(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_kwords_t *words, ngx_uint_t titles);
static ngx_int_t ngx_http_tender_search_term(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_str_t term, ngx_uint_t positions, tender_postings_t *postings);
static ngx_int_t ngx_http_tender_search_title(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_node_t *leaf, tender_postings_t *postings);
static ngx_int_t ngx_http_tender_search_prefix(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_str_t prefix, tender_postings_t *postings);
static ngx_int_t ngx_http_tender_search_join(void *data,
    tender_block_t *block);
static ngx_http_tender_piece_t *ngx_http_tender_search_block(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_search_state_t *st,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_segment_t *segment,
    ngx_uint_t n, ngx_int_t *rc);


ngx_int_t
ngx_http_tender_search_heads(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b)
{
    ngx_int_t                     rc, read;
    ngx_uint_t                    i;
    ngx_http_tender_piece_t      *piece;
    ngx_http_tender_segment_t    *segment;
    ngx_http_tender_piece_key_t   key;

    rc = NGX_OK;

    for (i = 0; i < b->nsegments; i++) {
        segment = b->segments[i];

        if (segment->piece) {
            continue;
        }

        ngx_memzero(&key, sizeof(ngx_http_tender_piece_key_t));

        key.bucket = b->bucket;
        key.kind = NGX_HTTP_TENDER_PIECE_HEAD;
        key.segment = segment->line.id;
        key.len = segment->line.parts[TENDER_SEGMENT_HEAD];

        piece = ngx_http_tender_search_piece(ctx, st, &key, &rc);

        if (piece == NULL) {
            continue;
        }

        read = ngx_http_tender_reader_head(ctx->main->index, segment, piece);

        if (read == NGX_DECLINED) {
            return ngx_http_tender_reader_damaged(ctx->main->index, b,
                                                  "the head of a segment");
        }

        if (read != NGX_OK) {
            return read;
        }
    }

    if (rc == NGX_OK && !b->masked) {
        return ngx_http_tender_reader_mask(ctx->main->index, b);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_search_gather(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, tender_kwords_t *words,
    ngx_uint_t titles)
{
    ngx_int_t   rc, result;
    ngx_uint_t  i;

    result = NGX_OK;

    for (i = 0; i < ctx->main->buckets; i++) {
        rc = ngx_http_tender_search_heads(ctx, st,
                                          &ctx->main->index->buckets[i]);

        if (rc == NGX_AGAIN) {
            result = NGX_AGAIN;

        } else if (rc != NGX_OK) {
            return rc;
        }
    }

    if (result != NGX_OK) {
        return result;
    }

    if (ngx_http_tender_search_sources(ctx, st) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < st->nsources; i++) {
        rc = ngx_http_tender_search_source(ctx, st, &st->sources[i], words,
                                           titles);

        if (rc == NGX_AGAIN) {
            result = NGX_AGAIN;

        } else if (rc != NGX_OK) {
            return rc;
        }
    }

    return result;
}


/* of each bucket the latest one first */

static ngx_int_t
ngx_http_tender_search_sources(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st)
{
    ngx_uint_t                        i, k, n;
    ngx_http_tender_source_t         *source;
    ngx_http_tender_reader_bucket_t  *b;

    n = 0;

    for (i = 0; i < ctx->main->buckets; i++) {
        n += ctx->main->index->buckets[i].nsegments + 1;
    }

    st->sources = ngx_pcalloc(st->tmp, n * sizeof(ngx_http_tender_source_t));
    if (st->sources == NULL) {
        return NGX_ERROR;
    }

    source = st->sources;

    for (i = 0; i < ctx->main->buckets; i++) {
        b = &ctx->main->index->buckets[i];

        if (b->recent && tender_recent_docs(b->recent)) {
            source->b = b;
            source->ndocs = tender_recent_docs(b->recent);
            source++;
        }

        for (k = b->nsegments; k; k--) {
            source->b = b;
            source->segment = b->segments[k - 1];
            source->ndocs = b->segments[k - 1]->head.ndocs;
            source++;
        }
    }

    st->nsources = source - st->sources;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_search_source(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_kwords_t *words, ngx_uint_t titles)
{
    ngx_int_t       rc, result;
    ngx_uint_t      i;
    tender_node_t  *leaf;

    source->leaves = ngx_pcalloc(st->tmp, (words->nleaves + 1)
                                          * sizeof(tender_postings_t));
    if (source->leaves == NULL) {
        return NGX_ERROR;
    }

    if (titles) {
        source->titles = ngx_pcalloc(st->tmp, (words->nleaves + 1)
                                              * sizeof(tender_postings_t));
        if (source->titles == NULL) {
            return NGX_ERROR;
        }
    }

    result = NGX_OK;

    for (i = 0; i < words->nleaves; i++) {
        leaf = words->leaves[i];

        if (leaf->type == TENDER_NODE_PREFIX) {
            rc = ngx_http_tender_search_prefix(ctx, st, source, leaf->term,
                                               &source->leaves[i]);

        } else {
            rc = ngx_http_tender_search_term(ctx, st, source, leaf->term,
                                             leaf->positions,
                                             &source->leaves[i]);
        }

        if (rc == NGX_OK && titles) {
            rc = ngx_http_tender_search_title(ctx, st, source, leaf,
                                              &source->titles[i]);
        }

        if (rc == NGX_AGAIN) {
            result = NGX_AGAIN;

        } else if (rc != NGX_OK) {
            return rc;
        }
    }

    return result;
}


static ngx_int_t
ngx_http_tender_search_term(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_str_t term, ngx_uint_t positions, tender_postings_t *postings)
{
    int                         found;
    unsigned                    from, to;
    ngx_int_t                   rc;
    tender_str_t                bytes;
    tender_block_t              block;
    ngx_http_tender_piece_t    *piece;
    ngx_http_tender_segment_t  *segment;

    segment = source->segment;

    if (segment == NULL) {
        return tender_recent_term(source->b->recent, &st->mem, term, positions,
                                  postings)
               == TENDER_OK ? NGX_OK : NGX_ERROR;
    }

    tender_segment_find(&segment->head, term, 0, &from, &to);

    if (from >= to) {
        return NGX_OK;
    }

    rc = NGX_OK;

    piece = ngx_http_tender_search_block(ctx, st, source->b, segment, from,
                                         &rc);
    if (piece == NULL) {
        return rc;
    }

    bytes.data = piece->data;
    bytes.len = piece->key.len;

    tender_block_begin(&block, bytes, source->ndocs);

    found = tender_block_find(&block, term);

    if (found == TENDER_DONE) {
        return NGX_OK;
    }

    if (found != TENDER_OK) {
        return ngx_http_tender_reader_damaged(ctx->main->index, source->b,
                                              "the terms of a segment");
    }

    return ngx_http_tender_search_postings(ctx, st, source->b, segment, &block,
                                           positions, postings);
}


/* the same word in titles, by which what matches is ranked */

static ngx_int_t
ngx_http_tender_search_title(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_node_t *leaf, tender_postings_t *postings)
{
    u_char        text[TENDER_TERM_MAX];
    tender_str_t  term;

    if (leaf->type != TENDER_NODE_TERM
        || leaf->term.data[0] != TENDER_TERM_TEXT
        || leaf->term.len > sizeof(text))
    {
        return NGX_OK;
    }

    ngx_memcpy(text, leaf->term.data, leaf->term.len);

    text[0] = TENDER_TERM_TITLE;

    term.data = text;
    term.len = leaf->term.len;

    return ngx_http_tender_search_term(ctx, st, source, term, 0, postings);
}


static ngx_int_t
ngx_http_tender_search_prefix(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    tender_str_t prefix, tender_postings_t *postings)
{
    size_t                     i, words;
    ngx_int_t                  rc;
    ngx_http_tender_prefix_t   join;

    words = tender_set_words(source->ndocs);

    join.ctx = ctx;
    join.st = st;
    join.source = source;
    join.n = 0;
    join.set = ngx_pcalloc(st->tmp, words * sizeof(uint64_t));

    if (join.set == NULL) {
        return NGX_ERROR;
    }

    if (source->segment == NULL) {
        rc = tender_recent_prefix(source->b->recent, prefix,
                                  NGX_HTTP_TENDER_SEARCH_PREFIX, join.set);

        if (rc < 0) {
            return (rc == TENDER_DECLINED) ? NGX_DECLINED : NGX_ERROR;
        }

    } else {
        rc = ngx_http_tender_search_walk(ctx, st, source->b, source->segment,
                                         prefix, ngx_http_tender_search_join,
                                         &join);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    postings->n = tender_set_count(join.set, source->ndocs);

    for (i = 0; i < words; i++) {
        (void) tender_put64((u_char *) &join.set[i], join.set[i]);
    }

    if (postings->n) {
        postings->kind = TENDER_POSTINGS_BITMAP;
        postings->docs.data = (u_char *) join.set;
        postings->docs.len = words * sizeof(uint64_t);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_search_join(void *data, tender_block_t *block)
{
    ngx_http_tender_prefix_t *join = data;

    ngx_int_t          rc;
    tender_postings_t  postings;

    if (++join->n > NGX_HTTP_TENDER_SEARCH_PREFIX
        || ++join->st->joined > NGX_HTTP_TENDER_SEARCH_TERMS)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_search_postings(join->ctx, join->st, join->source->b,
                                         join->source->segment, block, 0,
                                         &postings);
    if (rc == NGX_OK) {
        tender_set_join(join->set, &postings, join->source->ndocs);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_search_walk(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_segment_t *segment, tender_str_t prefix,
    ngx_http_tender_block_pt handler, void *data)
{
    int                       next, diff;
    size_t                    len;
    unsigned                  i, from, to;
    ngx_int_t                 rc, result;
    tender_str_t              bytes;
    tender_block_t            block;
    ngx_http_tender_piece_t  *piece;

    tender_segment_find(&segment->head, prefix, 1, &from, &to);

    result = NGX_OK;

    for (i = from; i < to; i++) {
        piece = ngx_http_tender_search_block(ctx, st, b, segment, i, &result);

        if (piece == NULL) {
            if (result == NGX_ERROR) {
                return NGX_ERROR;
            }

            continue;
        }

        bytes.data = piece->data;
        bytes.len = piece->key.len;

        tender_block_begin(&block, bytes, segment->head.ndocs);

        while ((next = tender_block_next(&block)) == TENDER_OK) {
            len = ngx_min(block.len, prefix.len);
            diff = ngx_memcmp(block.term, prefix.data, len);

            if (diff < 0 || (diff == 0 && block.len < prefix.len)) {
                continue;
            }

            if (diff > 0) {
                break;
            }

            rc = handler(data, &block);

            if (rc == NGX_AGAIN) {
                result = NGX_AGAIN;

            } else if (rc != NGX_OK) {
                return rc;
            }
        }

        if (next == TENDER_DECLINED) {
            return ngx_http_tender_reader_damaged(ctx->main->index, b,
                                                  "the terms of a segment");
        }
    }

    return result;
}


static ngx_http_tender_piece_t *
ngx_http_tender_search_block(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_segment_t *segment, ngx_uint_t n, ngx_int_t *rc)
{
    ngx_http_tender_piece_key_t  key;

    ngx_memzero(&key, sizeof(ngx_http_tender_piece_key_t));

    key.bucket = b->bucket;
    key.kind = NGX_HTTP_TENDER_PIECE_BLOCK;
    key.segment = segment->line.id;
    key.place = segment->head.offsets[n];
    key.len = segment->head.offsets[n + 1] - key.place;

    return ngx_http_tender_search_piece(ctx, st, &key, rc);
}


ngx_int_t
ngx_http_tender_search_postings(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_segment_t *segment, tender_block_t *block,
    ngx_uint_t positions, tender_postings_t *postings)
{
    size_t                        len;
    ngx_int_t                     rc;
    ngx_http_tender_piece_t      *piece;
    ngx_http_tender_piece_key_t   key;

    *postings = block->postings;

    if (postings->docs.data) {
        return NGX_OK;
    }

    len = postings->docs.len + (positions ? postings->positions.len : 0);

    if (block->offset + len > segment->line.parts[TENDER_SEGMENT_DATA]) {
        return ngx_http_tender_reader_damaged(ctx->main->index, b,
                                              "the terms of a segment");
    }

    ngx_memzero(&key, sizeof(ngx_http_tender_piece_key_t));

    key.bucket = b->bucket;
    key.kind = NGX_HTTP_TENDER_PIECE_DATA;
    key.segment = segment->line.id;
    key.place = block->offset;
    key.len = len;

    rc = NGX_OK;

    piece = ngx_http_tender_search_piece(ctx, st, &key, &rc);
    if (piece == NULL) {
        return rc;
    }

    postings->docs.data = piece->data;
    postings->positions.data = piece->data + postings->docs.len;

    if (!positions) {
        postings->positions.len = 0;
        postings->positions.data = NULL;
    }

    return NGX_OK;
}
