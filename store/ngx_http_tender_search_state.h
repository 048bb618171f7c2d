
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SEARCH_STATE_H_INCLUDED_
#define _NGX_HTTP_TENDER_SEARCH_STATE_H_INCLUDED_


#include "ngx_http_tender_reader.h"


/*
 * A search asks what is new, then runs: from the pieces that the worker has
 * to the hits, without waiting.  Where a piece is missing it is noted, and
 * once the missing ones have come the search runs again.
 */

#define NGX_HTTP_TENDER_SEARCH_ROUNDS  24      /* of pieces that are missing */
#define NGX_HTTP_TENDER_SEARCH_WANTS   1024    /* of them in a round */


typedef struct {
    ngx_http_tender_piece_key_t         key;
    ngx_uint_t                          version;
} ngx_http_tender_want_t;


typedef enum {
    NGX_HTTP_TENDER_SEARCH_FOLLOW = 0,
    NGX_HTTP_TENDER_SEARCH_FOLLOWED,
    NGX_HTTP_TENDER_SEARCH_LOADED,
    NGX_HTTP_TENDER_SEARCH_RUN
} ngx_http_tender_search_phase_e;


/* where a leaf of a query is in a source, and its word in titles */

typedef struct {
    ngx_http_tender_reader_bucket_t    *b;
    ngx_http_tender_segment_t          *segment;   /* NULL: what is recent */
    ngx_uint_t                          ndocs;
    tender_postings_t                  *leaves;
    tender_postings_t                  *titles;    /* or NULL */
    uint64_t                           *set;       /* what matches */
} ngx_http_tender_source_t;


typedef struct {
    ngx_http_tender_search_phase_e      phase;
    ngx_uint_t                          follows;
    ngx_uint_t                          rounds;
    ngx_uint_t                          epoch;     /* when it followed */
    size_t                              needed;    /* bytes, in a run */
    ngx_uint_t                          joined;    /* terms of prefixes */
    uint16_t                           *wanted;    /* slots: wants + 1 */
    ngx_array_t                         wants;     /* ngx_http_tender_want_t */

    /* of a run: all of it is in tmp */

    ngx_pool_t                         *tmp;
    tender_mem_t                        mem;
    ngx_http_tender_source_t           *sources;
    ngx_uint_t                          nsources;
    float                              *weights;
    ngx_http_tender_piece_t          ***seen;      /* by bucket and column */

    ngx_http_tender_hit_t              *heap;      /* the worst one first */
    ngx_uint_t                          nheap;
    ngx_uint_t                          room;

    /* of a search whose matches are kept: sets by number, of each bucket */

    uint64_t                          **sets;
    uint32_t                           *tops;
    uint64_t                            next;      /* public number */
    ngx_uint_t                          forgotten; /* when they were made */
    ngx_uint_t                          stale;     /* 1: they are others now */
} ngx_http_tender_search_state_t;


/* ngx_http_tender_search_load.c */

/* the state, made if need be; NULL: out of memory */
ngx_http_tender_search_state_t *ngx_http_tender_search_state(
    ngx_http_tender_ctx_t *ctx, void **state);

/* a step that has started calls is run again */
ngx_int_t ngx_http_tender_search_again(ngx_http_tender_ctx_t *ctx,
    ngx_int_t rc);

/*
 * Follows what is to be followed and takes what has come: NGX_OK, the search
 * may run; NGX_AGAIN, or a status.  bucket: one, or NGX_MAX_UINT32_VALUE for
 * all of them.
 */
ngx_int_t ngx_http_tender_search_ready(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_uint_t bucket);

/* 503: it did not come to an end */
ngx_int_t ngx_http_tender_search_busy(ngx_http_tender_ctx_t *ctx);

/* before and after each run */
ngx_int_t ngx_http_tender_search_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st);
void ngx_http_tender_search_end(ngx_http_tender_search_state_t *st);

/* ngx_http_tender_search_fetch.c */

/* takes what has come: NGX_OK; NGX_DECLINED: follow again; or a status */
ngx_int_t ngx_http_tender_search_loaded(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st);

/* asks for what is missing: NGX_AGAIN, or a status */
ngx_int_t ngx_http_tender_search_fetch(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, const char **why);

/* the piece, or NULL: it is noted as missing; *rc NGX_ERROR: no memory */
ngx_http_tender_piece_t *ngx_http_tender_search_piece(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_search_state_t *st,
    ngx_http_tender_piece_key_t *key, ngx_int_t *rc);

/* bytes of a number in a column, or NULL: missing */
u_char *ngx_http_tender_search_cell(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_column_e column, uint32_t number, ngx_int_t *rc);


/* ngx_http_tender_search_gather.c */

/*
 * Finds the postings of all leaves in all sources: NGX_OK; NGX_AGAIN, some
 * are missing; NGX_DECLINED, a prefix means too many; NGX_ERROR.
 */
ngx_int_t ngx_http_tender_search_gather(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, tender_kwords_t *words,
    ngx_uint_t titles);

/* the heads of a bucket's segments, and who is dead: NGX_OK or NGX_AGAIN */
ngx_int_t ngx_http_tender_search_heads(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b);

/* calls handler for each term of a segment that begins with prefix */

typedef ngx_int_t (*ngx_http_tender_block_pt)(void *data,
    tender_block_t *block);

ngx_int_t ngx_http_tender_search_walk(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_segment_t *segment, tender_str_t prefix,
    ngx_http_tender_block_pt handler, void *data);

/* the postings of a term of a block, with its bytes */
ngx_int_t ngx_http_tender_search_postings(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_segment_t *segment, tender_block_t *block,
    ngx_uint_t positions, tender_postings_t *postings);


/* ngx_http_tender_search_match.c */

/* from the postings to the hits: NGX_OK, NGX_AGAIN or NGX_ERROR */
ngx_int_t ngx_http_tender_search_match(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    tender_kwords_t *words);

/* ngx_http_tender_search_pick.c */

/* the best ones of what matches */
ngx_int_t ngx_http_tender_search_pick(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    tender_kwords_t *words);

uint32_t ngx_http_tender_source_number(ngx_http_tender_source_t *source,
    ngx_uint_t doc);


#endif /* _NGX_HTTP_TENDER_SEARCH_STATE_H_INCLUDED_ */
