
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


static ngx_int_t ngx_http_tender_search_sets(
    ngx_http_tender_search_state_t *st, tender_kwords_t *words);
static ngx_uint_t ngx_http_tender_search_tested(
    ngx_http_tender_search_t *search);
static ngx_int_t ngx_http_tender_search_test(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_source_t *source);
static ngx_int_t ngx_http_tender_search_passes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_reader_bucket_t *b, uint32_t number, ngx_int_t *rc);
static ngx_int_t ngx_http_tender_search_priced(
    ngx_http_tender_search_t *search, int64_t price);
static ngx_int_t ngx_http_tender_search_stage(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_reader_bucket_t *b, uint32_t number, ngx_int_t *rc);
static ngx_int_t ngx_http_tender_search_weigh(
    ngx_http_tender_search_state_t *st, tender_kwords_t *words);
static float ngx_http_tender_search_rarity(uint64_t all, uint64_t n);
static ngx_int_t ngx_http_tender_search_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st);


ngx_int_t
ngx_http_tender_search_match(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    tender_kwords_t *words)
{
    ngx_int_t   rc, result;
    ngx_uint_t  i;

    if (ngx_http_tender_search_sets(st, words) != NGX_OK) {
        return NGX_ERROR;
    }

    result = NGX_OK;

    if (ngx_http_tender_search_tested(search)) {

        for (i = 0; i < st->nsources; i++) {
            rc = ngx_http_tender_search_test(ctx, st, search, &st->sources[i]);

            if (rc == NGX_AGAIN) {
                result = NGX_AGAIN;

            } else if (rc != NGX_OK) {
                return rc;
            }
        }
    }

    if (result != NGX_OK) {
        return result;
    }

    search->total = 0;

    for (i = 0; i < st->nsources; i++) {
        search->total += tender_set_count(st->sources[i].set,
                                          st->sources[i].ndocs);
    }

    if (search->limit == 0) {
        return ngx_http_tender_search_keep(ctx, st);
    }

    if (search->sort == NGX_HTTP_TENDER_BY_RELEVANCE
        && ngx_http_tender_search_weigh(st, words) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_search_pick(ctx, st, search, words);
}


/* the living documents that have the words */

static ngx_int_t
ngx_http_tender_search_sets(ngx_http_tender_search_state_t *st,
    tender_kwords_t *words)
{
    size_t                     k, n;
    ngx_uint_t                 i;
    const uint64_t            *dead;
    ngx_http_tender_source_t  *source;

    for (i = 0; i < st->nsources; i++) {
        source = &st->sources[i];
        n = tender_set_words(source->ndocs);

        source->set = ngx_palloc(st->tmp, n * sizeof(uint64_t));

        if (source->set == NULL
            || tender_match(&st->mem, words, source->leaves, source->ndocs,
                            source->set)
               != TENDER_OK)
        {
            return NGX_ERROR;
        }

        dead = source->segment ? source->segment->dead
                               : tender_recent_dead(source->b->recent);

        for (k = 0; dead && k < n; k++) {
            source->set[k] &= ~dead[k];
        }
    }

    return NGX_OK;
}


uint32_t
ngx_http_tender_source_number(ngx_http_tender_source_t *source,
    ngx_uint_t doc)
{
    return source->segment
           ? tender_segment_number(&source->segment->head, doc)
           : tender_recent_numbers(source->b->recent)[doc];
}


/* 1: there are bounds that a column decides */

static ngx_uint_t
ngx_http_tender_search_tested(ngx_http_tender_search_t *search)
{
    return search->statuses || search->open
           || search->price_from != INT64_MIN
           || search->price_to != INT64_MAX
           || search->date_from != INT64_MIN
           || search->date_to != INT64_MAX
           || search->deadline_from != INT64_MIN
           || search->deadline_to != INT64_MAX
           || search->modified_from != INT64_MIN;
}


static ngx_int_t
ngx_http_tender_search_test(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_source_t *source)
{
    size_t      k, n;
    uint64_t    word;
    ngx_int_t   rc;
    ngx_uint_t  doc;

    rc = NGX_OK;
    n = tender_set_words(source->ndocs);

    for (k = 0; k < n; k++) {

        for (word = source->set[k]; word; word &= word - 1) {
            doc = 64 * k + __builtin_ctzll(word);

            if (!ngx_http_tender_search_passes(ctx, st, search, source->b,
                                  ngx_http_tender_source_number(source, doc),
                                  &rc))
            {
                tender_set_remove(source->set, doc);
            }
        }

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_tender_search_passes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_reader_bucket_t *b, uint32_t number, ngx_int_t *rc)
{
    u_char      *p;
    int64_t      v;
    ngx_uint_t   i;

    struct {
        ngx_http_tender_column_e   column;
        int64_t                    from;
        int64_t                    to;
    } bounds[] = {
        { NGX_HTTP_TENDER_COLUMN_CREATED, search->date_from, search->date_to },
        { NGX_HTTP_TENDER_COLUMN_MODIFIED, search->modified_from, INT64_MAX },
        { NGX_HTTP_TENDER_COLUMN_DEADLINE, search->deadline_from,
          search->deadline_to }
    };

    if ((search->statuses || search->open)
        && !ngx_http_tender_search_stage(ctx, st, search, b, number, rc))
    {
        return 0;
    }

    for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {

        if (bounds[i].from == INT64_MIN && bounds[i].to == INT64_MAX) {
            continue;
        }

        p = ngx_http_tender_search_cell(ctx, st, b, bounds[i].column, number,
                                        rc);
        if (p == NULL) {
            return 0;
        }

        v = (int64_t) tender_get64(p);

        /* who has no deadline has none within bounds */

        if (v < bounds[i].from || v > bounds[i].to
            || (v == 0
                && bounds[i].column == NGX_HTTP_TENDER_COLUMN_DEADLINE))
        {
            return 0;
        }
    }

    if (search->price_from == INT64_MIN && search->price_to == INT64_MAX) {
        return 1;
    }

    p = ngx_http_tender_search_cell(ctx, st, b, NGX_HTTP_TENDER_COLUMN_PRICE,
                                    number, rc);

    return p && ngx_http_tender_search_priced(search,
                                              (int64_t) tender_get64(p));
}


static ngx_int_t
ngx_http_tender_search_priced(ngx_http_tender_search_t *search, int64_t price)
{
    if (price == TENDER_NO_PRICE) {
        return search->unpriced;
    }

    return price >= search->price_from && price <= search->price_to;
}


/* open: bids are taken, as far as dates and the stage tell */

static ngx_int_t
ngx_http_tender_search_stage(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    ngx_http_tender_reader_bucket_t *b, uint32_t number, ngx_int_t *rc)
{
    u_char      *p;
    int64_t      deadline, now;
    ngx_uint_t   stage;
    ngx_time_t  *tp;

    p = ngx_http_tender_search_cell(ctx, st, b, NGX_HTTP_TENDER_COLUMN_STATUS,
                                    number, rc);
    if (p == NULL) {
        return 0;
    }

    stage = *p;

    if (stage >= TENDER_STAGES
        || (search->statuses && !(search->statuses & (1U << stage))))
    {
        return 0;
    }

    if (!search->open) {
        return 1;
    }

    if (stage != TENDER_ENQUIRIES && stage != TENDER_TENDERING) {
        return 0;
    }

    p = ngx_http_tender_search_cell(ctx, st, b,
                                    NGX_HTTP_TENDER_COLUMN_DEADLINE, number,
                                    rc);
    if (p == NULL) {
        return 0;
    }

    deadline = (int64_t) tender_get64(p);

    tp = ngx_timeofday();
    now = (int64_t) tp->sec * 1000000 + (int64_t) tp->msec * 1000;

    return deadline == 0 || deadline > now;
}


/* the rarer a word is the more it says */

static ngx_int_t
ngx_http_tender_search_weigh(ngx_http_tender_search_state_t *st,
    tender_kwords_t *words)
{
    uint64_t    n, all;
    ngx_uint_t  i, k;

    st->weights = ngx_palloc(st->tmp, (words->nleaves + 1) * sizeof(float));
    if (st->weights == NULL) {
        return NGX_ERROR;
    }

    all = 1;

    for (i = 0; i < st->nsources; i++) {
        all += st->sources[i].ndocs;
    }

    for (k = 0; k < words->nleaves; k++) {
        n = 1;

        for (i = 0; i < st->nsources; i++) {
            n += st->sources[i].leaves[k].n;
        }

        st->weights[k] = ngx_http_tender_search_rarity(all, n);
    }

    return NGX_OK;
}


/* the logarithm to base 2 of 1 + all / n, straight between powers of 2 */

static float
ngx_http_tender_search_rarity(uint64_t all, uint64_t n)
{
    uint64_t    x;
    ngx_uint_t  bits;

    x = ((all + n) << 16) / n;
    bits = 63 - __builtin_clzll(x);

    return (float) bits - 16 + (float) (x - ((uint64_t) 1 << bits))
                               / (float) ((uint64_t) 1 << bits);
}


/* all matches, by their numbers */

static ngx_int_t
ngx_http_tender_search_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st)
{
    size_t                     k, n;
    uint64_t                   word, *set;
    ngx_pool_t                *pool;
    ngx_uint_t                 i;
    ngx_http_tender_source_t  *source;

    pool = ctx->request->pool;
    n = ctx->main->buckets;

    st->forgotten = ctx->main->index->forgotten;
    st->stale = 0;

    st->sets = ngx_pcalloc(pool, n * sizeof(uint64_t *));
    st->tops = ngx_pcalloc(pool, n * sizeof(uint32_t));

    if (st->sets == NULL || st->tops == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        st->tops[i] = ctx->main->index->buckets[i].top;

        st->sets[i] = ngx_pcalloc(pool,
                                  tender_set_words((size_t) st->tops[i] + 1)
                                  * sizeof(uint64_t));
        if (st->sets[i] == NULL) {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < st->nsources; i++) {
        source = &st->sources[i];
        set = st->sets[source->b->bucket];
        n = tender_set_words(source->ndocs);

        for (k = 0; k < n; k++) {

            for (word = source->set[k]; word; word &= word - 1) {
                tender_set_add(set, ngx_http_tender_source_number(source,
                                         64 * k + __builtin_ctzll(word)));
            }
        }
    }

    return NGX_OK;
}
