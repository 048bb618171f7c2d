
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/* segments, of Redis or in memory, become one, a piece at a time */

#define NGX_HTTP_TENDER_COMPACT_TERMS  300     /* of a slice */


static void ngx_http_tender_compact_head(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_head_read(ngx_http_tender_compact_t *job);
static ngx_uint_t ngx_http_tender_compact_agrees(
    ngx_http_tender_manifest_line_t *line, tender_segment_t *segment);
static void ngx_http_tender_compact_open(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_run_on(ngx_http_tender_compact_t *job);
static int ngx_http_tender_compact_feed(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_window(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_fed(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_merged(ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_heads(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    job->segments = ngx_pcalloc(job->round,
                                job->nlines * sizeof(tender_segment_t));
    if (job->segments == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->loaded = 0;
    job->ninputs = job->nlines;
    job->minis = NULL;
    job->bytes.data = NULL;
    job->flushed = next;

    ngx_http_tender_compact_head(job);
}


static void
ngx_http_tender_compact_head(ngx_http_tender_compact_t *job)
{
    size_t                            rest;
    ngx_str_t                         key;
    ngx_http_tender_manifest_line_t  *line;

    if (job->loaded == job->nlines) {
        job->flushed(job);
        return;
    }

    line = &job->manifest.lines[job->first + job->loaded];

    if (job->bytes.data == NULL) {
        job->want = line->parts[TENDER_SEGMENT_HEAD];
        job->bytes.len = 0;
        job->bytes.data = ngx_palloc(job->round, job->want);
    }

    if (job->bytes.data == NULL
        || ngx_http_tender_index_segment_key(job->round, job->main,
                                             job->bucket, line->id,
                                             TENDER_SEGMENT_HEAD, &key)
           != NGX_OK)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    rest = job->want - job->bytes.len;

    ngx_http_tender_compact_range(job, &key, job->bytes.len,
                              ngx_min(rest, NGX_HTTP_TENDER_COMPACT_PIECE),
                              ngx_http_tender_compact_head_read);
}


static void
ngx_http_tender_compact_head_read(ngx_http_tender_compact_t *job)
{
    int                               rc;
    ngx_str_t                        *piece;
    tender_segment_t                 *segment;
    ngx_http_tender_manifest_line_t  *line;

    piece = ngx_http_tender_compact_string(job);

    if (piece == NULL || piece->len == 0
        || piece->len > job->want - job->bytes.len)
    {
        ngx_http_tender_compact_damaged(job, "a segment is lost");
        return;
    }

    ngx_memcpy(job->bytes.data + job->bytes.len, piece->data, piece->len);
    job->bytes.len += piece->len;

    if (job->bytes.len < job->want) {
        ngx_http_tender_compact_head(job);
        return;
    }

    segment = &job->segments[job->loaded];
    line = &job->manifest.lines[job->first + job->loaded];

    rc = tender_segment_read(&job->mem, ngx_http_tender_str(&job->bytes),
                             segment);

    if (rc == TENDER_ERROR) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    if (rc != TENDER_OK || !ngx_http_tender_compact_agrees(line, segment)) {
        ngx_http_tender_compact_damaged(job, "the head of a segment");
        return;
    }

    job->loaded++;
    job->bytes.data = NULL;

    ngx_http_tender_compact_hold(job, ngx_http_tender_compact_head);
}


static ngx_uint_t
ngx_http_tender_compact_agrees(ngx_http_tender_manifest_line_t *line,
    tender_segment_t *segment)
{
    size_t  blocks;

    blocks = segment->nblocks ? segment->offsets[segment->nblocks] : 0;

    return segment->ndocs == line->docs
           && segment->low == line->low
           && segment->high == line->high
           && blocks == line->parts[TENDER_SEGMENT_BLOCKS]
           && segment->data == line->parts[TENDER_SEGMENT_DATA];
}


void
ngx_http_tender_compact_merge(ngx_http_tender_compact_t *job)
{
    ngx_http_tender_compact_create(job, ngx_http_tender_compact_open);
}


static void
ngx_http_tender_compact_open(ngx_http_tender_compact_t *job)
{
    ngx_uint_t         i;
    const uint64_t   **dead;
    tender_segment_t  *segment;

    dead = ngx_pcalloc(job->round, job->ninputs * sizeof(uint64_t *));

    if (dead == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    if (job->only) {
        dead[0] = job->dead;

    } else {
        job->line.low = job->segments[0].low;
        job->line.high = job->segments[0].high;

        for (i = 1; i < job->ninputs; i++) {
            segment = &job->segments[i];

            job->line.low = ngx_min(job->line.low, segment->low);
            job->line.high = ngx_max(job->line.high, segment->high);
        }
    }

    if (tender_merge_new(&job->mem, job->segments, dead, job->ninputs,
                         ngx_http_tender_compact_sink, job, &job->merge)
        != TENDER_OK)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->line.docs = tender_merge_docs(job->merge);

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_run_on);
}


static void
ngx_http_tender_compact_run_on(ngx_http_tender_compact_t *job)
{
    int  rc;

    for ( ;; ) {
        rc = tender_merge_run(job->merge, NGX_HTTP_TENDER_COMPACT_TERMS,
                              &job->input, &job->part, &job->offset);

        if (rc != TENDER_AGAIN || job->minis == NULL) {
            break;
        }

        /* what is in memory is there at once */

        rc = ngx_http_tender_compact_feed(job);

        if (rc != TENDER_OK) {
            break;
        }
    }

    switch (rc) {

    case TENDER_OK:
        ngx_http_tender_compact_flush(job, ngx_http_tender_compact_merged);
        break;

    case TENDER_AGAIN:
        ngx_http_tender_compact_hold(job, ngx_http_tender_compact_window);
        break;

    case TENDER_DONE:
        ngx_http_tender_compact_finish(job);
        break;

    case TENDER_DECLINED:
        ngx_http_tender_compact_damaged(job, "a segment");
        break;

    default: /* TENDER_ERROR */
        ngx_http_tender_compact_unlock(job);
    }
}


static int
ngx_http_tender_compact_feed(ngx_http_tender_compact_t *job)
{
    ngx_str_t     *bytes;
    tender_str_t   piece;

    bytes = &job->minis[job->input].parts[job->part];

    if (job->offset >= bytes->len) {
        return TENDER_DECLINED;
    }

    piece.data = bytes->data + job->offset;
    piece.len = ngx_min(bytes->len - job->offset,
                        NGX_HTTP_TENDER_COMPACT_WINDOW);

    return tender_merge_feed(job->merge, job->input, job->part, piece);
}


/* a slice is over, and what is large of the result is written */

static void
ngx_http_tender_compact_merged(ngx_http_tender_compact_t *job)
{
    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_run_on);
}


static void
ngx_http_tender_compact_window(ngx_http_tender_compact_t *job)
{
    size_t                            rest;
    ngx_str_t                         key;
    ngx_http_tender_manifest_line_t  *line;

    line = &job->manifest.lines[job->first + job->input];
    rest = line->parts[job->part] - job->offset;

    if (ngx_http_tender_index_segment_key(job->round, job->main, job->bucket,
                                          line->id, job->part, &key)
        != NGX_OK)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_range(job, &key, job->offset,
                              ngx_min(rest, NGX_HTTP_TENDER_COMPACT_WINDOW),
                              ngx_http_tender_compact_fed);
}


static void
ngx_http_tender_compact_fed(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *piece;

    piece = ngx_http_tender_compact_string(job);

    if (piece == NULL || piece->len == 0) {
        ngx_http_tender_compact_damaged(job, "a segment is lost");
        return;
    }

    if (tender_merge_feed(job->merge, job->input, job->part,
                          ngx_http_tender_str(piece))
        != TENDER_OK)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_http_tender_compact_run_on(job);
}
