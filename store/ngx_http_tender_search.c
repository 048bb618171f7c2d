
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


static ngx_int_t ngx_http_tender_search_run(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_http_tender_search_state_t *st);
static ngx_int_t ngx_http_tender_search_result(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_int_t rc, const char **why);
static ngx_int_t ngx_http_tender_search_next(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_http_tender_search_state_t *st,
    ngx_uint_t n);
static uint64_t ngx_http_tender_search_step(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, uint64_t number);
static ngx_uint_t ngx_http_tender_search_blank(u_char *id);


void
ngx_http_tender_search_init(ngx_http_tender_search_t *search)
{
    ngx_memzero(search, sizeof(ngx_http_tender_search_t));

    search->price_from = INT64_MIN;
    search->price_to = INT64_MAX;
    search->date_from = INT64_MIN;
    search->date_to = INT64_MAX;
    search->deadline_from = INT64_MIN;
    search->deadline_to = INT64_MAX;
    search->modified_from = INT64_MIN;
    search->descending = 1;
    search->limit = 10;
}


ngx_int_t
ngx_http_tender_search(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search)
{
    ngx_int_t                        rc;
    ngx_http_tender_search_state_t  *st;

    st = ngx_http_tender_search_state(ctx, &search->state);
    if (st == NULL) {
        return NGX_ERROR;
    }

    if (search->offset + search->limit > NGX_HTTP_TENDER_SEARCH_DEPTH) {
        search->why = "Pages end here: go on with a cursor";
        return NGX_HTTP_BAD_REQUEST;
    }

    rc = ngx_http_tender_search_ready(ctx, st, NGX_MAX_UINT32_VALUE);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_search_run(ctx, search, st);
        rc = ngx_http_tender_search_result(ctx, st, rc, &search->why);
    }

    return ngx_http_tender_search_again(ctx, rc);
}


static ngx_int_t
ngx_http_tender_search_run(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_http_tender_search_state_t *st)
{
    ngx_int_t         rc;
    tender_kwords_t   none, *words;

    if (ngx_http_tender_search_begin(ctx, st) != NGX_OK) {
        return NGX_ERROR;
    }

    words = search->words;

    if (words == NULL) {
        ngx_memzero(&none, sizeof(tender_kwords_t));
        words = &none;
    }

    rc = ngx_http_tender_search_gather(ctx, st, words,
                             search->sort == NGX_HTTP_TENDER_BY_RELEVANCE);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_search_match(ctx, st, search, words);
}


/* what a run has come to: what is missing is asked for */

static ngx_int_t
ngx_http_tender_search_result(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_int_t rc, const char **why)
{
    switch (rc) {

    case NGX_AGAIN:
        return ngx_http_tender_search_fetch(ctx, st, why);

    case NGX_DECLINED:
        *why = "Too many words begin like that";
        rc = NGX_HTTP_BAD_REQUEST;
        break;

    default:
        break;
    }

    ngx_http_tender_search_end(st);

    return rc;
}


ngx_int_t
ngx_http_tender_search_more(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_uint_t n)
{
    ngx_int_t                        rc;
    ngx_http_tender_search_state_t  *st;

    st = search->state;

    /* of a store that may be another one it goes on with what is there now */

    if (st->forgotten != ctx->main->index->forgotten && !st->stale) {
        st->phase = NGX_HTTP_TENDER_SEARCH_FOLLOW;
        st->follows = 0;
        st->stale = 1;
    }

    rc = ngx_http_tender_search_ready(ctx, st, NGX_MAX_UINT32_VALUE);

    if (rc == NGX_OK) {

        if (st->stale) {
            rc = ngx_http_tender_search_run(ctx, search, st);
        }

        if (rc == NGX_OK) {
            rc = ngx_http_tender_search_next(ctx, search, st, n);
        }

        rc = ngx_http_tender_search_result(ctx, st, rc, &search->why);
    }

    return ngx_http_tender_search_again(ctx, rc);
}


static ngx_int_t
ngx_http_tender_search_next(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_http_tender_search_state_t *st,
    ngx_uint_t n)
{
    u_char                 *p, *id;
    uint64_t                number, next;
    ngx_int_t               rc;
    ngx_http_tender_hit_t  *hit;

    if (ngx_http_tender_search_begin(ctx, st) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the memory of a batch is used for the next one */

    if (search->hits == NULL) {
        search->hits = ngx_palloc(ctx->request->pool,
                                  n * (sizeof(ngx_http_tender_hit_t)
                                       + NGX_HTTP_TENDER_ID_LEN));
        if (search->hits == NULL) {
            return NGX_ERROR;
        }
    }

    p = (u_char *) (search->hits + n);
    next = st->next;
    rc = NGX_OK;

    if (search->after && next <= search->after_number) {
        next = search->after_number + 1;
    }

    search->nhits = 0;

    while (search->nhits < n) {
        number = ngx_http_tender_search_step(ctx, st, next);
        if (number == 0) {
            break;
        }

        next = number + 1;

        id = ngx_http_tender_search_cell(ctx, st,
                 &ctx->main->index->buckets[number % ctx->main->buckets],
                 NGX_HTTP_TENDER_COLUMN_ID,
                 (uint32_t) (number / ctx->main->buckets), &rc);

        hit = &search->hits[search->nhits++];

        hit->number = number;
        hit->key = 0;
        hit->id.data = p;
        hit->id.len = NGX_HTTP_TENDER_ID_LEN;

        if (id) {
            p = tender_hex_write(p, id, NGX_HTTP_TENDER_ID_LEN / 2);
        }
    }

    if (rc != NGX_OK) {
        return rc;
    }

    st->next = next;
    st->rounds = 0;

    return search->nhits ? NGX_OK : NGX_DONE;
}


/* the first one that matches from a public number on, or 0 */

static uint64_t
ngx_http_tender_search_step(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, uint64_t number)
{
    uint32_t    n, top;
    uint64_t    word, rest;
    ngx_uint_t  i, buckets;

    buckets = ctx->main->buckets;
    top = 0;

    for (i = 0; i < buckets; i++) {
        top = ngx_max(top, st->tops[i]);
    }

    number = ngx_max(number, buckets);

    while (number / buckets <= top) {
        n = (uint32_t) (number / buckets);
        i = (ngx_uint_t) (number % buckets);

        if (buckets == 1) {
            word = st->sets[0][n / 64] >> (n % 64);

            if (word == 0) {
                number += 64 - n % 64;
                continue;
            }

            return number + __builtin_ctzll(word);
        }

        rest = (n <= st->tops[i]) ? st->sets[i][n / 64] : 0;

        if (rest >> (n % 64) & 1) {
            return number;
        }

        number++;
    }

    return 0;
}


ngx_int_t
ngx_http_tender_search_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hit_t *hits, ngx_uint_t n, ngx_pool_t *pool)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_call_t  *calls;

    if (n == 0) {
        ctx->ncalls = 0;
        return NGX_OK;
    }

    calls = ngx_pcalloc(pool, n * sizeof(ngx_http_tender_redis_call_t));
    if (calls == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        calls[i].pool = pool;

        if (ngx_http_tender_store_ask(ctx, &hits[i].id,
                                      NGX_HTTP_TENDER_READ_OWN, &calls[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_call(ctx, calls, n);
}


ngx_int_t
ngx_http_tender_search_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hit_t *hits, ngx_uint_t i,
    ngx_http_tender_record_t *record)
{
    ngx_http_tender_redis_reply_t  *reply;

    if (ctx->calls[i].outcome != NGX_HTTP_TENDER_REDIS_OK) {
        return ngx_http_tender_error_redis(ctx, &ctx->calls[i]);
    }

    reply = ctx->calls[i].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 4) {
        return ngx_http_tender_store_broken(ctx);
    }

    record->room = ctx->calls[i].room;

    return ngx_http_tender_store_fields(ctx, reply->elts, reply->nelts,
                                        &hits[i].id, record);
}


ngx_int_t
ngx_http_tender_search_number(ngx_http_tender_ctx_t *ctx, uint64_t number,
    ngx_http_tender_hit_t *hit, void **state)
{
    u_char                           *p, *id;
    ngx_int_t                         rc;
    const char                       *why;
    ngx_uint_t                        bucket;
    ngx_http_tender_search_state_t   *st;
    ngx_http_tender_reader_bucket_t  *b;

    st = ngx_http_tender_search_state(ctx, state);
    if (st == NULL) {
        return NGX_ERROR;
    }

    bucket = (ngx_uint_t) (number % ctx->main->buckets);
    b = &ctx->main->index->buckets[bucket];

    rc = ngx_http_tender_search_ready(ctx, st, bucket);

    if (rc != NGX_OK) {
        return ngx_http_tender_search_again(ctx, rc);
    }

    if (number / ctx->main->buckets == 0
        || number / ctx->main->buckets > b->top)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_tender_search_begin(ctx, st) != NGX_OK) {
        return NGX_ERROR;
    }

    id = ngx_http_tender_search_cell(ctx, st, b, NGX_HTTP_TENDER_COLUMN_ID,
                                     (uint32_t) (number / ctx->main->buckets),
                                     &rc);
    if (id == NULL) {
        rc = (rc == NGX_AGAIN) ? ngx_http_tender_search_fetch(ctx, st, &why)
                               : NGX_ERROR;

        if (rc == NGX_HTTP_BAD_REQUEST) {
            return ngx_http_tender_error(ctx, rc, "url", "id", why);
        }

        return ngx_http_tender_search_again(ctx, rc);
    }

    if (ngx_http_tender_search_blank(id)) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_ID_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) tender_hex_write(p, id, NGX_HTTP_TENDER_ID_LEN / 2);

    hit->id.data = p;
    hit->id.len = NGX_HTTP_TENDER_ID_LEN;
    hit->number = number;
    hit->key = 0;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_search_blank(u_char *id)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_TENDER_ID_LEN / 2; i++) {
        if (id[i]) {
            return 0;
        }
    }

    return 1;
}
