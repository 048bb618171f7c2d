
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"
#include "ngx_http_tender_reader.h"


/*
 * The front of a log becomes a segment, and what it says goes to columns.
 * Some entries at a time make a small segment in memory, and these are
 * merged: so nothing takes long.
 */

#define NGX_HTTP_TENDER_COMPACT_SLICE    16             /* entries */
#define NGX_HTTP_TENDER_COMPACT_WEIGHT   (32 * 1024)    /* or bytes of words */
#define NGX_HTTP_TENDER_COMPACT_MINI     48             /* entries */
#define NGX_HTTP_TENDER_COMPACT_HEAVY    (96 * 1024)    /* or bytes */


static void ngx_http_tender_compact_read(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_log_read(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_count(ngx_http_tender_compact_t *job);
static ngx_uint_t ngx_http_tender_compact_fits(tender_entry_t *entry);
static void ngx_http_tender_compact_gather(ngx_http_tender_compact_t *job);
static ngx_int_t ngx_http_tender_compact_add(ngx_http_tender_compact_t *job,
    tender_entry_t *entry);
static void ngx_http_tender_compact_build(ngx_http_tender_compact_t *job);
static ngx_int_t ngx_http_tender_compact_mini(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_mini_t *mini);
static void ngx_http_tender_compact_join(ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_seal(ngx_http_tender_compact_t *job)
{
    job->want = ngx_min(job->length, NGX_HTTP_TENDER_COMPACT_LOG);
    job->bytes.len = 0;
    job->bytes.data = ngx_palloc(job->round, job->want);

    if (job->bytes.data == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_read(job);
}


static void
ngx_http_tender_compact_read(ngx_http_tender_compact_t *job)
{
    size_t  rest;

    rest = job->want - job->bytes.len;

    ngx_http_tender_compact_range(job, &job->log_key, job->bytes.len,
                              ngx_min(rest, NGX_HTTP_TENDER_COMPACT_PIECE),
                              ngx_http_tender_compact_log_read);
}


static void
ngx_http_tender_compact_log_read(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *piece;

    piece = ngx_http_tender_compact_string(job);

    /* a log that has become shorter is another one */

    if (piece == NULL || piece->len == 0
        || piece->len > job->want - job->bytes.len)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_memcpy(job->bytes.data + job->bytes.len, piece->data, piece->len);
    job->bytes.len += piece->len;

    if (job->bytes.len < job->want) {
        ngx_http_tender_compact_read(job);
        return;
    }

    ngx_http_tender_compact_count(job);
}


/* how many entries there are, and where they end; is it worth it? */

static void
ngx_http_tender_compact_count(ngx_http_tender_compact_t *job)
{
    int              rc;
    const u_char    *p, *end;
    tender_entry_t  *entries;

    entries = ngx_palloc(job->round, NGX_HTTP_TENDER_COMPACT_ENTRIES
                                     * sizeof(tender_entry_t));
    if (entries == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->entries = entries;

    p = job->bytes.data;
    end = p + job->bytes.len;
    rc = TENDER_OK;

    while (job->nentries < NGX_HTTP_TENDER_COMPACT_ENTRIES) {
        rc = tender_entry_read(&p, end, &entries[job->nentries]);

        if (rc == TENDER_OK
            && !ngx_http_tender_compact_fits(&entries[job->nentries]))
        {
            rc = TENDER_DECLINED;
            break;
        }

        if (rc != TENDER_OK) {
            break;
        }

        job->nentries++;
    }

    job->cut = p - job->bytes.data;

    /* of a log that is longer the last one may be cut off */

    if (rc == TENDER_DECLINED
        && (job->want == job->length || job->nentries == 0
            || end - p > TENDER_ENTRY_MAX + 1024))
    {
        ngx_http_tender_compact_damaged(job, "its log");
        return;
    }

    if (job->nentries < NGX_HTTP_TENDER_INDEX_SEAL
        && job->length < NGX_HTTP_TENDER_INDEX_LOG)
    {
        ngx_http_tender_compact_choose(job);
        return;
    }

    job->count = 0;
    job->nrecent = 0;
    job->segments = ngx_palloc(job->round,
                               job->nentries * sizeof(tender_segment_t));
    job->minis = ngx_palloc(job->round, job->nentries
                                    * sizeof(ngx_http_tender_compact_mini_t));

    if (job->segments == NULL || job->minis == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_gather);
}


static ngx_uint_t
ngx_http_tender_compact_fits(tender_entry_t *entry)
{
    return entry->number <= NGX_HTTP_TENDER_READER_NUMBERS
           && entry->id.len == NGX_HTTP_TENDER_ID_LEN
           && tender_hex_valid(entry->id);
}


static void
ngx_http_tender_compact_gather(ngx_http_tender_compact_t *job)
{
    size_t           weight;
    ngx_int_t        rc;
    ngx_uint_t       n;
    tender_entry_t  *entry;

    weight = 0;

    for (n = 0; n < NGX_HTTP_TENDER_COMPACT_SLICE; n++) {

        if (job->count == job->nentries
            || job->nrecent == NGX_HTTP_TENDER_COMPACT_MINI
            || job->weight >= NGX_HTTP_TENDER_COMPACT_HEAVY)
        {
            ngx_http_tender_compact_yield(job, ngx_http_tender_compact_build);
            return;
        }

        if (weight >= NGX_HTTP_TENDER_COMPACT_WEIGHT) {
            break;
        }

        entry = &job->entries[job->count++];

        if (!entry->has_terms) {
            continue;
        }

        weight += entry->terms.len;
        rc = ngx_http_tender_compact_add(job, entry);

        if (rc == NGX_DECLINED) {
            ngx_http_tender_compact_damaged(job, "words in its log");
            return;
        }

        if (rc != NGX_OK) {
            ngx_http_tender_compact_unlock(job);
            return;
        }
    }

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_gather);
}


static ngx_int_t
ngx_http_tender_compact_add(ngx_http_tender_compact_t *job,
    tender_entry_t *entry)
{
    if (job->nrecent == 0) {

        job->heap = ngx_create_pool(16384, job->log);
        if (job->heap == NULL) {
            return NGX_ERROR;
        }

        tender_mem_init(&job->heap_mem, ngx_http_tender_compact_alloc,
                        job->heap);

        job->weight = 0;
        job->recent = tender_recent_new(&job->heap_mem);

        if (job->recent == NULL) {
            return NGX_ERROR;
        }
    }

    job->nrecent++;
    job->weight += entry->terms.len;

    switch (tender_recent_add(job->recent, entry)) {

    case TENDER_OK:
        return NGX_OK;

    case TENDER_DECLINED:
        return NGX_DECLINED;

    default: /* TENDER_ERROR */
        return NGX_ERROR;
    }
}


static void
ngx_http_tender_compact_build(ngx_http_tender_compact_t *job)
{
    if (job->nrecent) {

        if (ngx_http_tender_compact_mini(job, &job->minis[job->ninputs])
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_ALERT, job->log, 0,
                          "tender: a segment of the index could not be built");
            ngx_http_tender_compact_unlock(job);
            return;
        }

        ngx_destroy_pool(job->heap);

        job->heap = NULL;
        job->nrecent = 0;
        job->weight = 0;
        job->ninputs++;
    }

    ngx_http_tender_compact_yield(job, (job->count == job->nentries)
                                       ? ngx_http_tender_compact_join
                                       : ngx_http_tender_compact_gather);
}


static ngx_int_t
ngx_http_tender_compact_mini(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_mini_t *mini)
{
    ngx_str_t                       *bytes;
    ngx_uint_t                       i;
    ngx_http_tender_compact_part_t  *part;

    if (tender_segment_build(&job->heap_mem, job->recent,
                             ngx_http_tender_compact_sink, job)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        part = &job->parts[i];
        bytes = &mini->parts[i];

        bytes->len = part->len;
        bytes->data = ngx_pnalloc(job->round, part->len + 1);

        if (bytes->data == NULL) {
            return NGX_ERROR;
        }

        (void) ngx_cpymem(bytes->data, part->data, part->len);
        part->len = 0;
    }

    return (tender_segment_read(&job->mem,
                     ngx_http_tender_str(&mini->parts[TENDER_SEGMENT_HEAD]),
                     &job->segments[job->ninputs])
            == TENDER_OK)
           ? NGX_OK : NGX_ERROR;
}


/* entries that change no words make no segment */

static void
ngx_http_tender_compact_join(ngx_http_tender_compact_t *job)
{
    job->first = job->manifest.nlines;

    if (job->ninputs == 0) {
        ngx_http_tender_compact_columns(job);
        return;
    }

    ngx_http_tender_compact_merge(job);
}
