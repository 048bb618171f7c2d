
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


typedef struct {
    ngx_http_tender_ctx_t              *ctx;
    ngx_http_tender_search_state_t     *st;
    ngx_http_tender_search_t           *search;
    ngx_http_tender_source_t           *source;
    float                              *scores;    /* or NULL */
    ngx_uint_t                          column;    /* or COLUMNS: none */
    ngx_uint_t                          ordered;   /* as the numbers are */
    uint32_t                            first;     /* number of cells */
    u_char                             *cells;     /* a piece of the column */
    ngx_int_t                           rc;
} ngx_http_tender_pick_t;


static ngx_int_t ngx_http_tender_pick_after(ngx_http_tender_pick_t *pick);
static ngx_int_t ngx_http_tender_pick_source(ngx_http_tender_pick_t *pick,
    tender_kwords_t *words);
static float *ngx_http_tender_pick_scores(ngx_http_tender_pick_t *pick,
    tender_kwords_t *words);
static void ngx_http_tender_pick_walk(ngx_http_tender_pick_t *pick);
static ngx_int_t ngx_http_tender_pick_doc(ngx_http_tender_pick_t *pick,
    ngx_uint_t doc);
static ngx_int_t ngx_http_tender_pick_key(ngx_http_tender_pick_t *pick,
    ngx_uint_t doc, uint32_t number, int64_t *key);
static ngx_int_t ngx_http_tender_hit_compare(ngx_uint_t descending,
    ngx_http_tender_hit_t *a, ngx_http_tender_hit_t *b);
static void ngx_http_tender_heap_up(ngx_http_tender_search_state_t *st,
    ngx_uint_t descending);
static void ngx_http_tender_heap_down(ngx_http_tender_search_state_t *st,
    ngx_uint_t descending, ngx_uint_t n);
static ngx_int_t ngx_http_tender_pick_hits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search);


ngx_int_t
ngx_http_tender_search_pick(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search,
    tender_kwords_t *words)
{
    ngx_uint_t              i;
    ngx_http_tender_pick_t  pick;

    static const ngx_uint_t  columns[] = {
        NGX_HTTP_TENDER_COLUMN_CREATED, NGX_HTTP_TENDER_COLUMN_DEADLINE,
        NGX_HTTP_TENDER_COLUMN_PRICE, NGX_HTTP_TENDER_COLUMNS,
        NGX_HTTP_TENDER_COLUMN_MODIFIED, NGX_HTTP_TENDER_COLUMNS
    };

    ngx_memzero(&pick, sizeof(ngx_http_tender_pick_t));

    pick.ctx = ctx;
    pick.st = st;
    pick.search = search;
    pick.column = columns[search->sort];
    pick.rc = NGX_OK;

    /*
     * in a bucket tenders are numbered as they are published, unless some
     * are older than the index
     */

    pick.ordered = (search->sort == NGX_HTTP_TENDER_BY_DATE
                    || search->sort == NGX_HTTP_TENDER_BY_NUMBER);

    for (i = 0; i < ctx->main->buckets; i++) {
        if (search->sort == NGX_HTTP_TENDER_BY_DATE
            && ctx->main->index->buckets[i].mixed)
        {
            pick.ordered = 0;
        }
    }

    if (pick.ordered && ctx->main->buckets == 1) {
        pick.column = NGX_HTTP_TENDER_COLUMNS;
    }

    if (ngx_http_tender_pick_after(&pick) == NGX_ERROR) {
        return NGX_ERROR;
    }

    st->room = search->offset + search->limit + 1;
    st->nheap = 0;
    search->before = 0;
    st->heap = ngx_palloc(st->tmp, st->room * sizeof(ngx_http_tender_hit_t));

    if (st->heap == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < st->nsources; i++) {
        pick.source = &st->sources[search->descending ? i
                                                      : st->nsources - 1 - i];

        if (ngx_http_tender_pick_source(&pick, words) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (pick.rc != NGX_OK) {
        return pick.rc;
    }

    return ngx_http_tender_pick_hits(ctx, st, search);
}


/* a cursor may be from before numbers were mixed, when it had no date */

static ngx_int_t
ngx_http_tender_pick_after(ngx_http_tender_pick_t *pick)
{
    u_char                           *p;
    uint64_t                          number;
    ngx_http_tender_search_t         *search;
    ngx_http_tender_reader_bucket_t  *b;

    search = pick->search;

    if (!search->after || search->sort != NGX_HTTP_TENDER_BY_DATE) {
        return NGX_OK;
    }

    if (pick->column == NGX_HTTP_TENDER_COLUMNS) {
        search->after_key = 0;
        return NGX_OK;
    }

    number = search->after_number / pick->ctx->main->buckets;
    b = &pick->ctx->main->index->buckets[search->after_number
                                         % pick->ctx->main->buckets];

    if (search->after_key || number > b->top) {
        return NGX_OK;
    }

    p = ngx_http_tender_search_cell(pick->ctx, pick->st, b, pick->column,
                                    (uint32_t) number, &pick->rc);
    if (p) {
        search->after_key = (int64_t) tender_get64(p);
    }

    return pick->rc;
}


static ngx_int_t
ngx_http_tender_pick_source(ngx_http_tender_pick_t *pick,
    tender_kwords_t *words)
{
    pick->scores = NULL;
    pick->cells = NULL;
    pick->first = 1;

    if (pick->search->sort == NGX_HTTP_TENDER_BY_RELEVANCE) {
        pick->scores = ngx_http_tender_pick_scores(pick, words);

        if (pick->scores == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_http_tender_pick_walk(pick);

    return (pick->rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


/* a word of the title counts three times */

static float *
ngx_http_tender_pick_scores(ngx_http_tender_pick_t *pick,
    tender_kwords_t *words)
{
    float                           *scores;
    ngx_http_tender_source_t        *source;
    ngx_http_tender_search_state_t  *st;

    st = pick->st;
    source = pick->source;

    scores = ngx_pcalloc(st->tmp, (source->ndocs + 1) * sizeof(float));
    if (scores == NULL) {
        return NULL;
    }

    if (tender_score(&st->mem, words, source->titles, st->weights,
                     source->ndocs, source->set, scores)
        != TENDER_OK
        || tender_score(&st->mem, words, source->titles, st->weights,
                        source->ndocs, source->set, scores)
           != TENDER_OK
        || tender_score(&st->mem, words, source->leaves, st->weights,
                        source->ndocs, source->set, scores)
           != TENDER_OK)
    {
        return NULL;
    }

    return scores;
}


/*
 * In the order of the numbers, those wanted first, so that a segment is left
 * as soon as nothing in it can be better.
 */

static void
ngx_http_tender_pick_walk(ngx_http_tender_pick_t *pick)
{
    size_t       k, n;
    uint64_t     word, *set;
    ngx_uint_t   bit, leave;

    set = pick->source->set;
    n = tender_set_words(pick->source->ndocs);

    leave = pick->ordered && pick->source->segment != NULL;

    for (k = 0; k < n; k++) {
        word = set[pick->search->descending ? n - 1 - k : k];

        while (word) {
            bit = pick->search->descending ? 63 - __builtin_clzll(word)
                                           : __builtin_ctzll(word);
            word &= ~((uint64_t) 1 << bit);

            bit += 64 * (pick->search->descending ? n - 1 - k : k);

            if (ngx_http_tender_pick_doc(pick, bit) == NGX_DONE && leave) {
                return;
            }

            if (pick->rc == NGX_ERROR) {
                return;
            }
        }
    }
}


/* NGX_DONE: it is worse than all there are, and there is no more room */

static ngx_int_t
ngx_http_tender_pick_doc(ngx_http_tender_pick_t *pick, ngx_uint_t doc)
{
    uint32_t                         number;
    ngx_uint_t                       descending;
    ngx_http_tender_hit_t            hit, after;
    ngx_http_tender_search_state_t  *st;

    st = pick->st;
    descending = pick->search->descending;
    number = ngx_http_tender_source_number(pick->source, doc);

    hit.id.len = 0;
    hit.number = (uint64_t) number * pick->ctx->main->buckets
                 + pick->source->b->bucket;

    if (ngx_http_tender_pick_key(pick, doc, number, &hit.key) != NGX_OK) {
        return NGX_OK;
    }

    if (pick->search->after) {
        after.key = pick->search->after_key;
        after.number = pick->search->after_number;

        if (ngx_http_tender_hit_compare(descending, &hit, &after) <= 0) {
            pick->search->before++;
            return NGX_OK;
        }
    }

    if (st->nheap < st->room) {
        st->heap[st->nheap++] = hit;
        ngx_http_tender_heap_up(st, descending);

        return NGX_OK;
    }

    if (ngx_http_tender_hit_compare(descending, &hit, &st->heap[0]) >= 0) {
        return NGX_DONE;
    }

    st->heap[0] = hit;
    ngx_http_tender_heap_down(st, descending, st->nheap);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_pick_key(ngx_http_tender_pick_t *pick, ngx_uint_t doc,
    uint32_t number, int64_t *key)
{
    uint32_t    first;
    ngx_uint_t  missing;

    if (pick->scores) {
        *key = (int64_t) (pick->scores[doc] * 1000);
        return NGX_OK;
    }

    if (pick->column == NGX_HTTP_TENDER_COLUMNS) {
        *key = 0;
        return NGX_OK;
    }

    first = number - number % NGX_HTTP_TENDER_READER_CHUNK;

    if (first != pick->first) {
        pick->first = first;
        pick->cells = ngx_http_tender_search_cell(pick->ctx, pick->st,
                                                  pick->source->b,
                                                  pick->column, first,
                                                  &pick->rc);
    }

    if (pick->cells == NULL) {
        return NGX_AGAIN;
    }

    *key = (int64_t) tender_get64(pick->cells
                                  + (number - first) * sizeof(uint64_t));

    missing = (pick->column == NGX_HTTP_TENDER_COLUMN_DEADLINE && *key == 0)
              || (pick->column == NGX_HTTP_TENDER_COLUMN_PRICE
                  && *key == TENDER_NO_PRICE);

    if (missing) {
        *key = pick->search->descending ? INT64_MIN : INT64_MAX;
    }

    return NGX_OK;
}


/* below 0: a comes first */

static ngx_int_t
ngx_http_tender_hit_compare(ngx_uint_t descending, ngx_http_tender_hit_t *a,
    ngx_http_tender_hit_t *b)
{
    ngx_int_t  diff;

    if (a->key != b->key) {
        diff = (a->key < b->key) ? -1 : 1;

    } else if (a->number != b->number) {
        diff = (a->number < b->number) ? -1 : 1;

    } else {
        return 0;
    }

    return descending ? -diff : diff;
}


static void
ngx_http_tender_heap_up(ngx_http_tender_search_state_t *st,
    ngx_uint_t descending)
{
    ngx_uint_t              i, parent;
    ngx_http_tender_hit_t   hit;

    for (i = st->nheap - 1; i; i = parent) {
        parent = (i - 1) / 2;

        if (ngx_http_tender_hit_compare(descending, &st->heap[i],
                                        &st->heap[parent])
            <= 0)
        {
            break;
        }

        hit = st->heap[i];
        st->heap[i] = st->heap[parent];
        st->heap[parent] = hit;
    }
}


static void
ngx_http_tender_heap_down(ngx_http_tender_search_state_t *st,
    ngx_uint_t descending, ngx_uint_t n)
{
    ngx_uint_t              i, child;
    ngx_http_tender_hit_t   hit;

    for (i = 0; 2 * i + 1 < n; i = child) {
        child = 2 * i + 1;

        if (child + 1 < n
            && ngx_http_tender_hit_compare(descending, &st->heap[child + 1],
                                           &st->heap[child])
               > 0)
        {
            child++;
        }

        if (ngx_http_tender_hit_compare(descending, &st->heap[child],
                                        &st->heap[i])
            <= 0)
        {
            break;
        }

        hit = st->heap[i];
        st->heap[i] = st->heap[child];
        st->heap[child] = hit;
    }
}


/* the heap in order, and the ids of what is wanted of it */

static ngx_int_t
ngx_http_tender_pick_hits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_state_t *st, ngx_http_tender_search_t *search)
{
    u_char                 *p, *id;
    uint64_t                number;
    ngx_int_t               rc;
    ngx_uint_t              i, n;
    ngx_http_tender_hit_t   hit;

    for (n = st->nheap; n > 1; n--) {
        hit = st->heap[0];
        st->heap[0] = st->heap[n - 1];
        st->heap[n - 1] = hit;

        ngx_http_tender_heap_down(st, search->descending, n - 1);
    }

    search->more = (st->nheap == st->room);

    n = st->nheap - search->more;
    n = (n > search->offset) ? n - search->offset : 0;

    search->hits = ngx_palloc(ctx->request->pool,
                              (n + 1) * (sizeof(ngx_http_tender_hit_t)
                                         + NGX_HTTP_TENDER_ID_LEN));
    if (search->hits == NULL) {
        return NGX_ERROR;
    }

    search->nhits = n;
    p = (u_char *) (search->hits + n + 1);
    rc = NGX_OK;

    for (i = 0; i < n; i++) {
        search->hits[i] = st->heap[search->offset + i];
        number = search->hits[i].number;

        id = ngx_http_tender_search_cell(ctx, st,
                 &ctx->main->index->buckets[number % ctx->main->buckets],
                 NGX_HTTP_TENDER_COLUMN_ID,
                 (uint32_t) (number / ctx->main->buckets), &rc);

        if (id == NULL) {
            continue;
        }

        search->hits[i].id.data = p;
        search->hits[i].id.len = NGX_HTTP_TENDER_ID_LEN;

        p = tender_hex_write(p, id, NGX_HTTP_TENDER_ID_LEN / 2);
    }

    return rc;
}
