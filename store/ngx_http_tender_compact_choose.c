
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/*
 * Which segments are worth merging.  Neighbours of about one size are joined,
 * so that there are few; a large one whose documents are mostly in younger
 * segments is written once more without these.
 */

#define NGX_HTTP_TENDER_COMPACT_SMALL   4096
#define NGX_HTTP_TENDER_COMPACT_MEDIUM  (TENDER_SOURCE_DOCS / 4 * 3)
#define NGX_HTTP_TENDER_COMPACT_INPUTS  (2 * NGX_HTTP_TENDER_INDEX_TIER)
#define NGX_HTTP_TENDER_COMPACT_BYTES   (128 * 1024 * 1024)
#define NGX_HTTP_TENDER_COMPACT_CHECK   8           /* new segments since */
#define NGX_HTTP_TENDER_COMPACT_LOOKS   20000       /* numbers of a slice */


static ngx_uint_t ngx_http_tender_compact_tier(
    ngx_http_tender_manifest_line_t *line);
static size_t ngx_http_tender_compact_bytes(
    ngx_http_tender_manifest_line_t *line);
static ngx_uint_t ngx_http_tender_compact_run(ngx_http_tender_compact_t *job,
    ngx_uint_t from, ngx_uint_t end);
static void ngx_http_tender_compact_large(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_old(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_bury(ngx_http_tender_compact_t *job);
static ngx_uint_t ngx_http_tender_compact_younger(
    ngx_http_tender_compact_t *job, uint32_t number);
static void ngx_http_tender_compact_buried(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_living(ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_choose(ngx_http_tender_compact_t *job)
{
    ngx_uint_t                        from, end, tier;
    ngx_http_tender_manifest_line_t  *lines;

    /* the log stays as it is */

    job->cut = 0;
    job->nentries = 0;

    lines = job->manifest.lines;

    /* the youngest run of one tier */

    for (end = job->manifest.nlines; end; end = from) {
        tier = ngx_http_tender_compact_tier(&lines[end - 1]);

        for (from = end - 1; from; from--) {
            if (ngx_http_tender_compact_tier(&lines[from - 1]) != tier) {
                break;
            }
        }

        if (tier < 2
            && end - from >= NGX_HTTP_TENDER_INDEX_TIER
            && ngx_http_tender_compact_run(job, from, end))
        {
            ngx_http_tender_compact_heads(job, ngx_http_tender_compact_merge);
            return;
        }
    }

    ngx_http_tender_compact_large(job);
}


static ngx_uint_t
ngx_http_tender_compact_tier(ngx_http_tender_manifest_line_t *line)
{
    if (line->docs < NGX_HTTP_TENDER_COMPACT_SMALL) {
        return 0;
    }

    return (line->docs < NGX_HTTP_TENDER_COMPACT_MEDIUM) ? 1 : 2;
}


static size_t
ngx_http_tender_compact_bytes(ngx_http_tender_manifest_line_t *line)
{
    size_t      bytes;
    ngx_uint_t  i;

    bytes = 0;

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        bytes += line->parts[i];
    }

    return bytes;
}


/* as many of them, from the oldest on, as make one segment */

static ngx_uint_t
ngx_http_tender_compact_run(ngx_http_tender_compact_t *job, ngx_uint_t from,
    ngx_uint_t end)
{
    size_t                            bytes;
    ngx_uint_t                        n, docs;
    ngx_http_tender_manifest_line_t  *lines;

    for ( /* void */ ; from + 1 < end; from++) {
        lines = &job->manifest.lines[from];
        docs = 0;
        bytes = 0;

        for (n = 0; from + n < end; n++) {
            docs += lines[n].docs;
            bytes += ngx_http_tender_compact_bytes(&lines[n]);

            if (n == NGX_HTTP_TENDER_COMPACT_INPUTS
                || docs > TENDER_SOURCE_DOCS
                || bytes > NGX_HTTP_TENDER_COMPACT_BYTES)
            {
                break;
            }
        }

        if (n > 1) {
            job->first = from;
            job->nlines = n;
            return 1;
        }
    }

    return 0;
}


/* now and then: from the first large one on, all heads are read */

static void
ngx_http_tender_compact_large(ngx_http_tender_compact_t *job)
{
    ngx_uint_t                         i;
    ngx_http_tender_compact_bucket_t  *b;

    b = &job->buckets[job->bucket];

    for (i = 0; i + 1 < job->manifest.nlines; i++) {
        if (ngx_http_tender_compact_tier(&job->manifest.lines[i])) {
            break;
        }
    }

    if (i + 1 >= job->manifest.nlines
        || (job->manifest.next >= b->checked
            && job->manifest.next - b->checked
               < NGX_HTTP_TENDER_COMPACT_CHECK))
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->first = i;
    job->nlines = job->manifest.nlines - i;

    ngx_http_tender_compact_heads(job, ngx_http_tender_compact_old);
}


/* the first of them, if it is large; else it stays as it is */

static void
ngx_http_tender_compact_old(ngx_http_tender_compact_t *job)
{
    size_t                            size;
    ngx_http_tender_manifest_line_t  *line;

    line = &job->manifest.lines[job->first];

    while (job->nlines > 1 && ngx_http_tender_compact_tier(line) == 0) {
        job->first++;
        job->nlines--;
        job->segments++;
        line++;
    }

    if (job->nlines < 2) {
        job->buckets[job->bucket].checked = job->manifest.next;
        ngx_http_tender_compact_unlock(job);
        return;
    }

    size = tender_set_words(job->segments[0].ndocs) * sizeof(uint64_t);

    job->dead = ngx_pcalloc(job->round, size);
    if (job->dead == NULL) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->ndead = 0;
    job->doc = 0;
    job->line.low = 0;

    ngx_http_tender_compact_bury(job);
}


static void
ngx_http_tender_compact_bury(ngx_http_tender_compact_t *job)
{
    uint32_t           number;
    ngx_uint_t         looks;
    tender_segment_t  *segment;

    segment = &job->segments[0];

    for (looks = 0; looks < NGX_HTTP_TENDER_COMPACT_LOOKS;
         looks += job->nlines)
    {
        if (job->doc == segment->ndocs) {
            ngx_http_tender_compact_buried(job);
            return;
        }

        number = tender_segment_number(segment, job->doc);

        if (ngx_http_tender_compact_younger(job, number)) {
            tender_set_add(job->dead, job->doc);
            job->ndead++;

        } else {
            if (job->line.low == 0) {
                job->line.low = number;
            }

            job->line.high = number;
        }

        job->doc++;
    }

    ngx_http_tender_compact_yield(job, ngx_http_tender_compact_bury);
}


static ngx_uint_t
ngx_http_tender_compact_younger(ngx_http_tender_compact_t *job,
    uint32_t number)
{
    ngx_uint_t         i;
    tender_segment_t  *segment;

    for (i = 1; i < job->nlines; i++) {
        segment = &job->segments[i];

        if (number >= segment->low && number <= segment->high
            && tender_segment_doc(segment, number) >= 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_tender_compact_buried(ngx_http_tender_compact_t *job)
{
    if (job->ndead * 2 <= job->segments[0].ndocs) {
        job->first++;
        job->nlines--;
        job->segments++;

        ngx_http_tender_compact_hold(job, ngx_http_tender_compact_old);
        return;
    }

    ngx_http_tender_compact_hold(job, ngx_http_tender_compact_living);
}


static void
ngx_http_tender_compact_living(ngx_http_tender_compact_t *job)
{
    job->only = 1;
    job->nlines = 1;
    job->ninputs = 1;

    if (job->ndead == job->segments[0].ndocs) {
        ngx_memzero(&job->line, sizeof(ngx_http_tender_manifest_line_t));
        ngx_http_tender_compact_swap(job);
        return;
    }

    ngx_http_tender_compact_merge(job);
}
