
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SEARCH_H_INCLUDED_
#define _NGX_HTTP_TENDER_SEARCH_H_INCLUDED_


#include "ngx_http_tender_store.h"
#include "../search/tender_entry.h"


/*
 * Searches all tenders of the store.  Times are us since 1970, prices are in
 * 1/10000 of a unit of whatever currency.  The number of a tender in its
 * bucket and the bucket make its public number:
 * number * buckets + bucket.
 */

typedef enum {
    NGX_HTTP_TENDER_BY_DATE = 0,     /* of publication */
    NGX_HTTP_TENDER_BY_DEADLINE,     /* those without one come last */
    NGX_HTTP_TENDER_BY_PRICE,        /* those without one come last */
    NGX_HTTP_TENDER_BY_RELEVANCE,    /* then by date */
    NGX_HTTP_TENDER_BY_MODIFIED,
    NGX_HTTP_TENDER_BY_NUMBER        /* the public one */
} ngx_http_tender_sort_e;


typedef struct {
    ngx_str_t                 id;
    uint64_t                  number;      /* the public one */
    int64_t                   key;         /* what it is sorted by */
} ngx_http_tender_hit_t;


/* the greatest offset + limit: deeper pages need a cursor */
#define NGX_HTTP_TENDER_SEARCH_DEPTH   10000

/* the most terms that a prefix stands for in a segment, and all of a search */
/* in all of them */
#define NGX_HTTP_TENDER_SEARCH_PREFIX  2000
#define NGX_HTTP_TENDER_SEARCH_TERMS   65536


typedef struct {

    /* what is asked; bounds are inclusive */

    tender_kwords_t          *words;       /* NULL: any */
    ngx_uint_t                statuses;    /* bits by tender_stage_e; 0: any */
    ngx_uint_t                open;        /* 1: those that still take bids */
    int64_t                   price_from;  /* INT64_MIN: no bound */
    int64_t                   price_to;    /* INT64_MAX: no bound */
    ngx_uint_t                unpriced;    /* 1: those without a price pass */
    int64_t                   date_from;   /* INT64_MIN ... INT64_MAX */
    int64_t                   date_to;
    int64_t                   deadline_from;
    int64_t                   deadline_to;
    int64_t                   modified_from;
    ngx_http_tender_sort_e    sort;
    ngx_uint_t                descending;
    ngx_uint_t                offset;
    ngx_uint_t                limit;       /* 0: none, all matches are kept */
                                           /* for ngx_http_tender_search_more */
    ngx_uint_t                after;       /* 1: only what comes behind */
    int64_t                   after_key;   /* a hit with this key */
    uint64_t                  after_number; /* and this number */

    /* what is found */

    ngx_http_tender_hit_t    *hits;
    ngx_uint_t                nhits;
    uint64_t                  total;       /* without offset, limit, after */
    uint64_t                  before;      /* those that after leaves out */
    ngx_uint_t                more;        /* there are hits behind these */
    const char               *why;         /* of a 400: a sentence */

    void                     *state;
} ngx_http_tender_search_t;


/* no bounds, by date, newest first, ten */
void ngx_http_tender_search_init(ngx_http_tender_search_t *search);

/*
 * NGX_OK: hits are set; NGX_AGAIN: the step returns it, and is run again;
 * NGX_HTTP_BAD_REQUEST: it would take too much, why says what; else a status
 * that is described.
 */
ngx_int_t ngx_http_tender_search(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search);

/*
 * The next n hits of a search with limit 0, sorted by number (ascending),
 * in hits, which are overwritten: NGX_OK, NGX_DONE if there are none, or
 * NGX_AGAIN and a status as above.
 */
ngx_int_t ngx_http_tender_search_more(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_search_t *search, ngx_uint_t n);

/*
 * The records of n hits, with NGX_HTTP_TENDER_READ_OWN, read into pool
 * (NGX_AGAIN, or a status).  From the second, for the i-th of them,
 * NGX_DECLINED: it is gone.
 */
ngx_int_t ngx_http_tender_search_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hit_t *hits, ngx_uint_t n, ngx_pool_t *pool);
ngx_int_t ngx_http_tender_search_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hit_t *hits, ngx_uint_t i,
    ngx_http_tender_record_t *record);

/*
 * The hit of a public number: NGX_OK, NGX_DECLINED: there is none, else as
 * ngx_http_tender_search().
 */
ngx_int_t ngx_http_tender_search_number(ngx_http_tender_ctx_t *ctx,
    uint64_t number, ngx_http_tender_hit_t *hit, void **state);

/*
 * The terms of a field (TENDER_TERM_*: of CPV, CURRENCY, COUNTRY) with how
 * many tenders have each, most frequent first, at most max; as
 * ngx_http_tender_search().
 */
typedef struct {
    tender_str_t    term;
    uint64_t        n;
} ngx_http_tender_term_t;

ngx_int_t ngx_http_tender_search_terms(ngx_http_tender_ctx_t *ctx,
    u_char field, ngx_uint_t max, ngx_http_tender_term_t **terms,
    ngx_uint_t *n, void **state);


#endif /* _NGX_HTTP_TENDER_SEARCH_H_INCLUDED_ */
