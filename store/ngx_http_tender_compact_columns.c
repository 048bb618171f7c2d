
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/* what entries say beside words: of each number the last one counts */

#define NGX_HTTP_TENDER_COMPACT_RUNS  128      /* pieces of a call */


typedef struct {
    uint32_t       number;
    uint32_t       order;        /* of its entry */
    unsigned       has[NGX_HTTP_TENDER_COLUMNS];
    u_char         values[NGX_HTTP_TENDER_COLUMNS][16];
} ngx_http_tender_compact_fact_t;


static ngx_int_t ngx_http_tender_compact_runs(
    ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_fact(tender_entry_t *entry,
    ngx_http_tender_compact_fact_t *fact);
static void ngx_http_tender_compact_set(ngx_http_tender_compact_fact_t *fact,
    ngx_uint_t column, int64_t value);
static int ngx_libc_cdecl ngx_http_tender_compact_order(const void *one,
    const void *two);
static ngx_uint_t ngx_http_tender_compact_fold(
    ngx_http_tender_compact_fact_t *facts, ngx_uint_t n);
static ngx_int_t ngx_http_tender_compact_column(
    ngx_http_tender_compact_t *job, ngx_http_tender_compact_fact_t *facts,
    ngx_uint_t n, ngx_uint_t column);
static void ngx_http_tender_compact_write(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_wrote_runs(
    ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_columns(ngx_http_tender_compact_t *job)
{
    if (ngx_http_tender_compact_runs(job) != NGX_OK) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_write(job);
}


static ngx_int_t
ngx_http_tender_compact_runs(ngx_http_tender_compact_t *job)
{
    ngx_uint_t                       i, n;
    ngx_http_tender_compact_fact_t  *facts;

    job->run = 0;
    job->nruns = 0;

    n = job->nentries;

    if (n == 0) {
        return NGX_OK;
    }

    facts = ngx_pcalloc(job->round,
                        n * sizeof(ngx_http_tender_compact_fact_t));
    job->runs = ngx_palloc(job->round, NGX_HTTP_TENDER_COLUMNS * n
                                       * sizeof(ngx_http_tender_compact_run_t));

    if (facts == NULL || job->runs == NULL) {
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
        if (ngx_http_tender_compact_column(job, facts, n, i) != NGX_OK) {
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


/* numbers side by side are one piece */

static ngx_int_t
ngx_http_tender_compact_column(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_fact_t *facts, ngx_uint_t n, ngx_uint_t column)
{
    size_t                          width;
    u_char                         *p;
    ngx_uint_t                      i;
    ngx_http_tender_compact_run_t  *run;

    width = ngx_http_tender_columns[column].width;

    p = ngx_pnalloc(job->round, n * width);
    if (p == NULL) {
        return NGX_ERROR;
    }

    run = NULL;

    for (i = 0; i < n; i++) {

        if (!facts[i].has[column]) {
            run = NULL;
            continue;
        }

        if (run == NULL || facts[i].number != facts[i - 1].number + 1) {
            run = &job->runs[job->nruns++];

            run->column = column;
            run->offset = (uint64_t) facts[i].number * width;
            run->bytes.data = p;
            run->bytes.len = 0;
        }

        p = ngx_cpymem(p, facts[i].values[column], width);
        run->bytes.len += width;
    }

    return NGX_OK;
}


/* some of them; Redis waits for nothing else meanwhile */

static void
ngx_http_tender_compact_write(ngx_http_tender_compact_t *job)
{
    ngx_str_t                      *argv, *args;
    ngx_uint_t                      i, n;
    ngx_http_tender_compact_run_t  *run;

    n = ngx_min(job->nruns - job->run, NGX_HTTP_TENDER_COMPACT_RUNS);

    if (n == 0) {
        ngx_http_tender_compact_swap(job);
        return;
    }

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_COLUMNS_LUA,
                                            2 + NGX_HTTP_TENDER_COLUMNS,
                                            3 + 3 * n);
    if (argv == NULL) {
        return;
    }

    argv[0] = job->manifest_key;
    argv[1] = job->lock;
    args = argv + 2;

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (ngx_http_tender_index_column_key(job->ask, job->main, job->bucket,
                                             i, args++)
            != NGX_OK)
        {
            ngx_http_tender_compact_end(job);
            return;
        }
    }

    if (ngx_http_tender_compact_number(job, job->manifest.generation,
                                       &args[2])
        != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    for (args += 3, i = 0; i < n; i++, args += 3) {
        run = &job->runs[job->run++];

        if (ngx_http_tender_compact_number(job, run->column + 1, &args[0])
            != NGX_OK
            || ngx_http_tender_compact_number(job, run->offset, &args[1])
               != NGX_OK)
        {
            ngx_http_tender_compact_end(job);
            return;
        }

        args[2] = run->bytes;
    }

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_wrote_runs);
}


static void
ngx_http_tender_compact_wrote_runs(ngx_http_tender_compact_t *job)
{
    if (!ngx_http_tender_compact_done(job)) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_write(job);
}
