
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/* the front of a log becomes a segment, and what it says goes to columns */

#define NGX_HTTP_TENDER_COMPACT_SLICE    32         /* entries */
#define NGX_HTTP_TENDER_COMPACT_NUMBERS  33554431   /* of a bucket: columns */
                                                    /* are strings of up to */
                                                    /* 512 MB */


static void ngx_http_tender_compact_read(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_log_read(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_count(ngx_http_tender_compact_t *job);
static ngx_uint_t ngx_http_tender_compact_fits(tender_entry_t *entry);
static void ngx_http_tender_compact_gather(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_build(ngx_http_tender_compact_t *job);


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

    job->recent = tender_recent_new(&job->mem);
    if (job->recent == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->count = 0;

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_gather);
}


static ngx_uint_t
ngx_http_tender_compact_fits(tender_entry_t *entry)
{
    return entry->number <= NGX_HTTP_TENDER_COMPACT_NUMBERS
           && entry->id.len == NGX_HTTP_TENDER_ID_LEN
           && tender_hex_valid(entry->id);
}


static void
ngx_http_tender_compact_gather(ngx_http_tender_compact_t *job)
{
    int              rc;
    ngx_uint_t       n;
    tender_entry_t  *entry;

    for (n = 0; n < NGX_HTTP_TENDER_COMPACT_SLICE; n++) {

        if (job->count == job->nentries) {
            ngx_http_tender_compact_build(job);
            return;
        }

        entry = &job->entries[job->count++];

        if (!entry->has_terms) {
            continue;
        }

        rc = tender_recent_add(job->recent, entry);

        if (rc == TENDER_DECLINED) {
            ngx_http_tender_compact_damaged(job, "words in its log");
            return;
        }

        if (rc != TENDER_OK) {
            ngx_http_tender_compact_unlock(job);
            return;
        }
    }

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_gather);
}


/* entries that change no words make no segment */

static void
ngx_http_tender_compact_build(ngx_http_tender_compact_t *job)
{
    int               rc;
    tender_str_t      head;
    tender_segment_t  segment;

    job->first = job->manifest.nlines;

    if (tender_recent_docs(job->recent) == 0) {
        ngx_http_tender_compact_swap(job);
        return;
    }

    rc = tender_segment_build(&job->mem, job->recent,
                              ngx_http_tender_compact_sink, job);

    if (rc == TENDER_OK) {
        head.data = job->parts[TENDER_SEGMENT_HEAD].data;
        head.len = job->parts[TENDER_SEGMENT_HEAD].len;

        rc = tender_segment_read(&job->mem, head, &segment);
    }

    if (rc != TENDER_OK) {
        ngx_log_error(NGX_LOG_ALERT, job->log, 0,
                      "tender: a segment of the index could not be built");
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->line.docs = segment.ndocs;
    job->line.low = segment.low;
    job->line.high = segment.high;

    ngx_http_tender_compact_create(job, ngx_http_tender_compact_finish);
}
