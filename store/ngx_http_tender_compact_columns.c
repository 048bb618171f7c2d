
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/* what entries say beside words: of each number the last one counts */

typedef struct {
    uint32_t       number;
    uint32_t       order;        /* of its entry */
    unsigned       has[NGX_HTTP_TENDER_COLUMNS];
    u_char         values[NGX_HTTP_TENDER_COLUMNS][16];
} ngx_http_tender_compact_fact_t;


static void ngx_http_tender_compact_fact(tender_entry_t *entry,
    ngx_http_tender_compact_fact_t *fact);
static void ngx_http_tender_compact_set(ngx_http_tender_compact_fact_t *fact,
    ngx_uint_t column, int64_t value);
static int ngx_libc_cdecl ngx_http_tender_compact_order(const void *one,
    const void *two);
static ngx_uint_t ngx_http_tender_compact_fold(
    ngx_http_tender_compact_fact_t *facts, ngx_uint_t n);
static ngx_int_t ngx_http_tender_compact_column(ngx_pool_t *pool,
    ngx_http_tender_compact_fact_t *facts, ngx_uint_t n, ngx_uint_t column,
    ngx_str_t *args, ngx_uint_t *nargs);


ngx_int_t
ngx_http_tender_compact_columns(ngx_http_tender_compact_t *job,
    ngx_str_t *args, ngx_uint_t *nargs)
{
    ngx_uint_t                       i, n;
    ngx_http_tender_compact_fact_t  *facts;

    *nargs = 0;
    n = job->nentries;

    if (n == 0) {
        return NGX_OK;
    }

    facts = ngx_pcalloc(job->ask, n * sizeof(ngx_http_tender_compact_fact_t));
    if (facts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        facts[i].order = i;
        ngx_http_tender_compact_fact(&job->entries[i], &facts[i]);
    }

    ngx_qsort(facts, n, sizeof(ngx_http_tender_compact_fact_t),
              ngx_http_tender_compact_order);

    n = ngx_http_tender_compact_fold(facts, n);

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (ngx_http_tender_compact_column(job->ask, facts, n, i, args, nargs)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ngx_http_tender_compact_fact(tender_entry_t *entry,
    ngx_http_tender_compact_fact_t *fact)
{
    ngx_uint_t  i;

    fact->number = entry->number;

    fact->has[NGX_HTTP_TENDER_COLUMN_ID] = 1;

    for (i = 0; i < NGX_HTTP_TENDER_ID_LEN / 2; i++) {
        fact->values[NGX_HTTP_TENDER_COLUMN_ID][i]
                             = (u_char) ngx_hextoi(entry->id.data + 2 * i, 2);
    }

    fact->has[NGX_HTTP_TENDER_COLUMN_STATUS] = 1;
    fact->values[NGX_HTTP_TENDER_COLUMN_STATUS][0] = (u_char) entry->status;

    ngx_http_tender_compact_set(fact, NGX_HTTP_TENDER_COLUMN_MODIFIED,
                                entry->modified);

    if (entry->has_created) {
        ngx_http_tender_compact_set(fact, NGX_HTTP_TENDER_COLUMN_CREATED,
                                    entry->created);
    }

    if (entry->has_deadline) {
        ngx_http_tender_compact_set(fact, NGX_HTTP_TENDER_COLUMN_DEADLINE,
                                    entry->deadline);
    }

    if (entry->has_price) {
        ngx_http_tender_compact_set(fact, NGX_HTTP_TENDER_COLUMN_PRICE,
                                    entry->price);
    }
}


static void
ngx_http_tender_compact_set(ngx_http_tender_compact_fact_t *fact,
    ngx_uint_t column, int64_t value)
{
    fact->has[column] = 1;
    (void) tender_put64(fact->values[column], (uint64_t) value);
}


static int ngx_libc_cdecl
ngx_http_tender_compact_order(const void *one, const void *two)
{
    const ngx_http_tender_compact_fact_t  *a, *b;

    a = one;
    b = two;

    if (a->number != b->number) {
        return (a->number < b->number) ? -1 : 1;
    }

    return (a->order < b->order) ? -1 : 1;
}


/* one of each number; what a later one does not say, an earlier one does */

static ngx_uint_t
ngx_http_tender_compact_fold(ngx_http_tender_compact_fact_t *facts,
    ngx_uint_t n)
{
    ngx_uint_t                       i, k, last;
    ngx_http_tender_compact_fact_t  *fact;

    last = 0;

    for (i = 1; i < n; i++) {
        fact = &facts[last];

        if (facts[i].number != fact->number) {
            facts[++last] = facts[i];
            continue;
        }

        for (k = 0; k < NGX_HTTP_TENDER_COLUMNS; k++) {
            if (facts[i].has[k]) {
                fact->has[k] = 1;
                ngx_memcpy(fact->values[k], facts[i].values[k], 16);
            }
        }
    }

    return last + 1;
}


/* numbers side by side are one write */

static ngx_int_t
ngx_http_tender_compact_column(ngx_pool_t *pool,
    ngx_http_tender_compact_fact_t *facts, ngx_uint_t n, ngx_uint_t column,
    ngx_str_t *args, ngx_uint_t *nargs)
{
    size_t       width;
    u_char      *p, *text;
    ngx_str_t   *arg;
    ngx_uint_t   i;

    static ngx_str_t  which[] = {
        ngx_string("1"), ngx_string("2"), ngx_string("3"),
        ngx_string("4"), ngx_string("5"), ngx_string("6")
    };

    width = ngx_http_tender_columns[column].width;

    p = ngx_pnalloc(pool, n * (width + NGX_INT64_LEN));
    if (p == NULL) {
        return NGX_ERROR;
    }

    text = p + n * width;
    arg = NULL;

    for (i = 0; i < n; i++) {

        if (!facts[i].has[column]) {
            arg = NULL;
            continue;
        }

        if (arg == NULL || facts[i].number != facts[i - 1].number + 1) {
            arg = &args[*nargs];
            *nargs += 3;

            arg[0] = which[column];
            text = ngx_http_tender_store_number(text,
                                    (int64_t) facts[i].number * (int64_t) width,
                                    &arg[1]);
            arg[2].data = p;
            arg[2].len = 0;
        }

        p = ngx_cpymem(p, facts[i].values[column], width);
        arg[2].len += width;
    }

    return NGX_OK;
}
