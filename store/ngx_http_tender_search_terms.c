
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_search_state.h"


#define NGX_HTTP_TENDER_TERMS_SLOTS  4096


typedef struct ngx_http_tender_terms_slot_s  ngx_http_tender_terms_slot_t;

struct ngx_http_tender_terms_slot_s {
    ngx_http_tender_term_t              term;
    uint32_t                            hash;
    ngx_http_tender_terms_slot_t       *next;
};


/* terms of all sources, each with the tenders that have it */

typedef struct {
    ngx_http_tender_ctx_t              *ctx;
    ngx_http_tender_search_state_t     *st;
    ngx_http_tender_reader_bucket_t    *b;
    ngx_http_tender_segment_t          *segment;
    ngx_http_tender_terms_slot_t       *slots[NGX_HTTP_TENDER_TERMS_SLOTS];
    ngx_uint_t                          n;
} ngx_http_tender_terms_t;


static ngx_int_t ngx_http_tender_terms_run(
    ngx_http_tender_terms_t *terms, u_char field);
static ngx_int_t ngx_http_tender_terms_block(void *data,
    tender_block_t *block);
static int ngx_http_tender_terms_recent(void *data, tender_str_t term,
    unsigned n);
static ngx_int_t ngx_http_tender_terms_alive(ngx_http_tender_terms_t *terms,
    tender_postings_t *postings, const uint64_t *dead, ngx_uint_t ndocs,
    uint64_t *n);
static ngx_int_t ngx_http_tender_terms_add(ngx_http_tender_terms_t *terms,
    tender_str_t term, uint64_t n);
static ngx_int_t ngx_http_tender_terms_list(ngx_http_tender_terms_t *terms,
    ngx_uint_t max, ngx_http_tender_term_t **list, ngx_uint_t *n);
static int ngx_libc_cdecl ngx_http_tender_terms_compare(const void *one,
    const void *two);


ngx_int_t
ngx_http_tender_search_terms(ngx_http_tender_ctx_t *ctx, u_char field,
    ngx_uint_t max, ngx_http_tender_term_t **list, ngx_uint_t *n,
    void **state)
{
    ngx_int_t                        rc;
    const char                      *why;
    ngx_http_tender_terms_t         *terms;
    ngx_http_tender_search_state_t  *st;

    st = ngx_http_tender_search_state(ctx, state);
    if (st == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_search_ready(ctx, st, NGX_MAX_UINT32_VALUE);

    if (rc != NGX_OK) {
        return ngx_http_tender_search_again(ctx, rc);
    }

    if (ngx_http_tender_search_begin(ctx, st) != NGX_OK) {
        return NGX_ERROR;
    }

    terms = ngx_pcalloc(st->tmp, sizeof(ngx_http_tender_terms_t));
    if (terms == NULL) {
        return NGX_ERROR;
    }

    terms->ctx = ctx;
    terms->st = st;

    rc = ngx_http_tender_terms_run(terms, field);

    if (rc == NGX_AGAIN) {
        rc = ngx_http_tender_search_fetch(ctx, st, &why);
        return ngx_http_tender_search_again(ctx, rc);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_terms_list(terms, max, list, n);
    }

    ngx_http_tender_search_end(st);

    return rc;
}


static ngx_int_t
ngx_http_tender_terms_run(ngx_http_tender_terms_t *terms, u_char field)
{
    ngx_int_t                         rc, result;
    ngx_uint_t                        i, k;
    tender_str_t                      prefix;
    ngx_http_tender_reader_bucket_t  *b;

    prefix.data = &field;
    prefix.len = 1;

    result = NGX_OK;

    for (i = 0; i < terms->ctx->main->buckets; i++) {
        b = &terms->ctx->main->index->buckets[i];
        terms->b = b;

        rc = ngx_http_tender_search_heads(terms->ctx, terms->st, b);

        for (k = 0; k < b->nsegments && rc == NGX_OK; k++) {
            terms->segment = b->segments[k];

            rc = ngx_http_tender_search_walk(terms->ctx, terms->st, b,
                                             b->segments[k], prefix,
                                             ngx_http_tender_terms_block,
                                             terms);
            if (rc == NGX_AGAIN) {
                result = NGX_AGAIN;
                rc = NGX_OK;
            }
        }

        if (rc == NGX_AGAIN) {
            result = NGX_AGAIN;
            continue;
        }

        if (rc == NGX_OK && b->recent
            && tender_recent_terms(b->recent, prefix,
                                   ngx_http_tender_terms_recent, terms)
               != TENDER_OK)
        {
            rc = NGX_ERROR;
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return result;
}


static ngx_int_t
ngx_http_tender_terms_block(void *data, tender_block_t *block)
{
    ngx_http_tender_terms_t *terms = data;

    uint64_t                    n;
    ngx_int_t                   rc;
    tender_str_t                term;
    tender_postings_t           postings;
    ngx_http_tender_segment_t  *segment;

    segment = terms->segment;

    n = block->postings.n;

    if (segment->ndead) {
        rc = ngx_http_tender_search_postings(terms->ctx, terms->st, terms->b,
                                             segment, block, 0, &postings);
        if (rc == NGX_OK) {
            rc = ngx_http_tender_terms_alive(terms, &postings, segment->dead,
                                             segment->head.ndocs, &n);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    term.data = block->term;
    term.len = block->len;

    return ngx_http_tender_terms_add(terms, term, n);
}


static int
ngx_http_tender_terms_recent(void *data, tender_str_t term, unsigned n)
{
    ngx_http_tender_terms_t *terms = data;

    uint64_t            alive;
    tender_postings_t   postings;

    (void) n;

    if (tender_recent_term(terms->b->recent, &terms->st->mem, term, 0,
                           &postings)
        != TENDER_OK
        || ngx_http_tender_terms_alive(terms, &postings,
                                       tender_recent_dead(terms->b->recent),
                                       tender_recent_docs(terms->b->recent),
                                       &alive)
           != NGX_OK
        || ngx_http_tender_terms_add(terms, term, alive) != NGX_OK)
    {
        return TENDER_ERROR;
    }

    return TENDER_OK;
}


static ngx_int_t
ngx_http_tender_terms_alive(ngx_http_tender_terms_t *terms,
    tender_postings_t *postings, const uint64_t *dead, ngx_uint_t ndocs,
    uint64_t *n)
{
    int             doc;
    tender_docs_t   docs;

    (void) terms;

    *n = 0;

    tender_postings_begin(&docs, postings, ndocs);

    while ((doc = tender_postings_next(&docs)) >= 0) {
        if ((ngx_uint_t) doc < ndocs
            && !tender_set_has(dead, (unsigned) doc))
        {
            (*n)++;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_terms_add(ngx_http_tender_terms_t *terms, tender_str_t term,
    uint64_t n)
{
    u_char                         *p;
    uint32_t                        hash;
    ngx_http_tender_terms_slot_t  **slot, *s;

    if (n == 0) {
        return NGX_OK;
    }

    hash = ngx_crc32_short(term.data, term.len);
    slot = &terms->slots[hash % NGX_HTTP_TENDER_TERMS_SLOTS];

    /* the byte of the field is none of its text */

    for (s = *slot; s; s = s->next) {
        if (s->hash == hash && s->term.term.len == term.len - 1
            && ngx_memcmp(s->term.term.data, term.data + 1, term.len - 1) == 0)
        {
            s->term.n += n;
            return NGX_OK;
        }
    }

    s = ngx_palloc(terms->st->tmp, sizeof(ngx_http_tender_terms_slot_t));
    p = ngx_pnalloc(terms->ctx->request->pool, term.len);

    if (s == NULL || p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, term.data + 1, term.len - 1);

    s->term.term.data = p;
    s->term.term.len = term.len - 1;
    s->term.n = n;
    s->hash = hash;
    s->next = *slot;

    *slot = s;
    terms->n++;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_terms_list(ngx_http_tender_terms_t *terms, ngx_uint_t max,
    ngx_http_tender_term_t **list, ngx_uint_t *n)
{
    ngx_uint_t                     i, k;
    ngx_http_tender_term_t        *all;
    ngx_http_tender_terms_slot_t  *s;

    all = ngx_palloc(terms->ctx->request->pool,
                     (terms->n + 1) * sizeof(ngx_http_tender_term_t));
    if (all == NULL) {
        return NGX_ERROR;
    }

    k = 0;

    for (i = 0; i < NGX_HTTP_TENDER_TERMS_SLOTS; i++) {
        for (s = terms->slots[i]; s; s = s->next) {
            all[k++] = s->term;
        }
    }

    ngx_qsort(all, k, sizeof(ngx_http_tender_term_t),
              ngx_http_tender_terms_compare);

    *list = all;
    *n = ngx_min(k, max);

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_tender_terms_compare(const void *one, const void *two)
{
    int                            diff;
    const ngx_http_tender_term_t  *a, *b;

    a = one;
    b = two;

    if (a->n != b->n) {
        return (a->n > b->n) ? -1 : 1;
    }

    diff = ngx_memcmp(a->term.data, b->term.data,
                      ngx_min(a->term.len, b->term.len));

    return diff ? diff : (int) a->term.len - (int) b->term.len;
}
