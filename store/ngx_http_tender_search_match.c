
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


#define NGX_HTTP_TENDER_SEARCH_TESTS  6


/* values of a column that pass; one that stands for none passes or does not */

typedef struct {
    ngx_http_tender_column_e            column;
    size_t                              width;
    int64_t                             from;
    int64_t                             to;
    int64_t                             none;
    ngx_uint_t                          unknown;
    ngx_uint_t                          stages;    /* bits, of a status */
} ngx_http_tender_test_t;


static ngx_int_t ngx_http_tender_search_sets(
    ngx_http_tender_search_state_t *st, tender_kwords_t *words);
static ngx_uint_t ngx_http_tender_search_tests(
    ngx_http_tender_search_t *search, ngx_http_tender_test_t *tests);
static ngx_http_tender_test_t *ngx_http_tender_search_between(
    ngx_http_tender_test_t *test, ngx_http_tender_column_e column,
    int64_t from, int64_t to);
static ngx_uint_t ngx_http_tender_search_stages(
    ngx_http_tender_search_t *search);
static int64_t ngx_http_tender_search_now(void);
static ngx_int_t ngx_http_tender_search_test(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    ngx_http_tender_test_t *test);
static ngx_uint_t ngx_http_tender_search_passes(ngx_http_tender_test_t *test,
    u_char *p);
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
    ngx_int_t               rc, result;
    ngx_uint_t              i, k, n;
    ngx_http_tender_test_t  tests[NGX_HTTP_TENDER_SEARCH_TESTS];

    if (ngx_http_tender_search_sets(st, words) != NGX_OK) {
        return NGX_ERROR;
    }

    result = NGX_OK;
    n = ngx_http_tender_search_tests(search, tests);

    for (i = 0; i < st->nsources; i++) {

        for (k = 0; k < n; k++) {
            rc = ngx_http_tender_search_test(ctx, st, &st->sources[i],
                                             &tests[k]);

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


/* bounds that a column decides */

static ngx_uint_t
ngx_http_tender_search_tests(ngx_http_tender_search_t *search,
    ngx_http_tender_test_t *tests)
{
    ngx_http_tender_test_t  *test;

    test = tests;

    if (search->statuses || search->open) {
        ngx_memzero(test, sizeof(ngx_http_tender_test_t));

        test->column = NGX_HTTP_TENDER_COLUMN_STATUS;
        test->width = ngx_http_tender_columns[test->column].width;
        test->stages = ngx_http_tender_search_stages(search);
        test++;
    }

    test = ngx_http_tender_search_between(test, NGX_HTTP_TENDER_COLUMN_CREATED,
                                          search->date_from, search->date_to);
    test = ngx_http_tender_search_between(test, NGX_HTTP_TENDER_COLUMN_MODIFIED,
                                          search->modified_from, INT64_MAX);

    /* who has no deadline has none within bounds, and takes bids */

    test = ngx_http_tender_search_between(test, NGX_HTTP_TENDER_COLUMN_DEADLINE,
                                          search->deadline_from,
                                          search->deadline_to);
    if (search->open) {
        test = ngx_http_tender_search_between(test,
                                          NGX_HTTP_TENDER_COLUMN_DEADLINE,
                                          ngx_http_tender_search_now() + 1,
                                          INT64_MAX);
        test[-1].unknown = 1;
    }

    test = ngx_http_tender_search_between(test, NGX_HTTP_TENDER_COLUMN_PRICE,
                                          search->price_from,
                                          search->price_to);

    if (test != tests && test[-1].column == NGX_HTTP_TENDER_COLUMN_PRICE) {
        test[-1].unknown = search->unpriced;
    }

    return test - tests;
}


/* the place of the next one */

static ngx_http_tender_test_t *
ngx_http_tender_search_between(ngx_http_tender_test_t *test,
    ngx_http_tender_column_e column, int64_t from, int64_t to)
{
    if (from == INT64_MIN && to == INT64_MAX) {
        return test;
    }

    ngx_memzero(test, sizeof(ngx_http_tender_test_t));

    test->column = column;
    test->width = ngx_http_tender_columns[column].width;
    test->from = from;
    test->to = to;
    test->none = (column == NGX_HTTP_TENDER_COLUMN_DEADLINE) ? 0
                                                             : TENDER_NO_PRICE;

    return test + 1;
}


/* open: bids are taken, as far as dates and the stage tell */

static ngx_uint_t
ngx_http_tender_search_stages(ngx_http_tender_search_t *search)
{
    ngx_uint_t  stages;

    stages = search->statuses ? search->statuses : (1U << TENDER_STAGES) - 1;

    if (search->open) {
        stages &= (1U << TENDER_ENQUIRIES) | (1U << TENDER_TENDERING);
    }

    return stages;
}


static int64_t
ngx_http_tender_search_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000000 + (int64_t) tp->msec * 1000;
}


static ngx_int_t
ngx_http_tender_search_test(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_source_t *source,
    ngx_http_tender_test_t *test)
{
    size_t       k, n;
    u_char      *cells;
    uint32_t     number, first;
    uint64_t     word;
    ngx_int_t    rc;
    ngx_uint_t   doc;

    rc = NGX_OK;
    cells = NULL;
    first = 1;
    n = tender_set_words(source->ndocs);

    for (k = 0; k < n; k++) {

        for (word = source->set[k]; word; word &= word - 1) {
            doc = 64 * k + __builtin_ctzll(word);
            number = ngx_http_tender_source_number(source, doc);

            /* a piece of the column is looked up once */

            if (number - number % NGX_HTTP_TENDER_READER_CHUNK != first) {
                first = number - number % NGX_HTTP_TENDER_READER_CHUNK;
                cells = ngx_http_tender_search_cell(ctx, st, source->b,
                                                    test->column, first, &rc);
            }

            if (cells == NULL
                || !ngx_http_tender_search_passes(test,
                                    cells + (number - first) * test->width))
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


static ngx_uint_t
ngx_http_tender_search_passes(ngx_http_tender_test_t *test, u_char *p)
{
    int64_t  v;

    if (test->width == 1) {
        return *p < TENDER_STAGES && (test->stages >> *p & 1);
    }

    v = (int64_t) tender_get64(p);

    return (v == test->none) ? test->unknown
                             : (v >= test->from && v <= test->to);
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
