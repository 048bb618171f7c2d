
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"


/* a new segment is written, and takes its place */

#define NGX_HTTP_TENDER_SWAP_KEYS   6       /* and 3 of each old segment */
#define NGX_HTTP_TENDER_SWAP_ARGS   10
#define NGX_HTTP_TENDER_SWAP_TAIL   64


static void ngx_http_tender_compact_created(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_sent(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_rest(ngx_http_tender_compact_t *job);
static ngx_int_t ngx_http_tender_compact_append(
    ngx_http_tender_compact_t *job, ngx_uint_t n);
static ngx_int_t ngx_http_tender_compact_swap_keys(
    ngx_http_tender_compact_t *job, ngx_str_t *keys);
static ngx_int_t ngx_http_tender_compact_swap_args(
    ngx_http_tender_compact_t *job, ngx_str_t *args);
static ngx_int_t ngx_http_tender_compact_after(ngx_http_tender_compact_t *job,
    ngx_str_t *text);
static void ngx_http_tender_compact_swapped(ngx_http_tender_compact_t *job);


int
ngx_http_tender_compact_sink(void *data, unsigned n, const u_char *p,
    size_t len)
{
    size_t                           size;
    u_char                          *grown;
    ngx_http_tender_compact_t       *job;
    ngx_http_tender_compact_part_t  *part;

    job = data;
    part = &job->parts[n];

    if (len > part->size - part->len) {
        size = ngx_max(2 * part->size, part->len + len);
        size = ngx_max(size, NGX_HTTP_TENDER_COMPACT_WINDOW);

        grown = ngx_alloc(size, job->log);
        if (grown == NULL) {
            return TENDER_ERROR;
        }

        if (part->data) {
            ngx_memcpy(grown, part->data, part->len);
            ngx_free(part->data);
        }

        part->data = grown;
        part->size = size;
    }

    ngx_memcpy(part->data + part->len, p, len);
    part->len += len;

    return TENDER_OK;
}


/* its keys are nobody else's */

void
ngx_http_tender_compact_create(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    ngx_str_t  *argv;

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_DRAW_LUA, 2,
                                            3);
    if (argv == NULL) {
        return;
    }

    argv[0] = job->lock;
    argv[1] = job->numbers_key;

    if (ngx_http_tender_compact_number(job, job->manifest.next, &argv[4])
        != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    job->flushed = next;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_created);
}


static void
ngx_http_tender_compact_created(ngx_http_tender_compact_t *job)
{
    int64_t     id;
    ngx_str_t  *text;

    text = ngx_http_tender_compact_string(job);

    if (text == NULL
        || ngx_http_tender_store_time(text, &id) != NGX_OK
        || id <= 0)
    {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->line.id = id;

    job->flushed(job);
}


/* parts that have grown large enough */

void
ngx_http_tender_compact_flush(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    ngx_uint_t  i;

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {

        if (job->parts[i].len >= NGX_HTTP_TENDER_COMPACT_PIECE) {
            job->flushed = next;
            (void) ngx_http_tender_compact_append(job, i);
            return;
        }
    }

    next(job);
}


/* the rest of all parts, then it takes its place */

void
ngx_http_tender_compact_finish(ngx_http_tender_compact_t *job)
{
    job->flushed = ngx_http_tender_compact_rest;

    ngx_http_tender_compact_rest(job);
}


static void
ngx_http_tender_compact_rest(ngx_http_tender_compact_t *job)
{
    ngx_uint_t  i;

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {

        if (job->parts[i].len) {
            (void) ngx_http_tender_compact_append(job, i);
            return;
        }
    }

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        job->line.parts[i] = job->parts[i].sent;
    }

    ngx_http_tender_compact_columns(job);
}


static ngx_int_t
ngx_http_tender_compact_append(ngx_http_tender_compact_t *job,
    ngx_uint_t n)
{
    ngx_str_t                       *argv;
    ngx_http_tender_compact_part_t  *part;

    part = &job->parts[n];

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_PIECE_LUA, 2,
                                            5);
    if (argv == NULL) {
        return NGX_ERROR;
    }

    argv[0] = job->lock;

    argv[5].data = part->data;
    argv[5].len = ngx_min(part->len, NGX_HTTP_TENDER_COMPACT_PIECE);

    if (ngx_http_tender_index_segment_key(job->ask, job->main, job->bucket,
                                          job->line.id, n, &argv[1])
        != NGX_OK
        || ngx_http_tender_compact_number(job, part->sent, &argv[4]) != NGX_OK
        || ngx_http_tender_compact_number(job, NGX_HTTP_TENDER_COMPACT_KEEP,
                                          &argv[6])
           != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return NGX_ERROR;
    }

    job->part = n;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_sent);

    return NGX_OK;
}


static void
ngx_http_tender_compact_sent(ngx_http_tender_compact_t *job)
{
    size_t                           len;
    ngx_http_tender_compact_part_t  *part;

    if (!ngx_http_tender_compact_done(job)) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    part = &job->parts[job->part];
    len = job->call.argv[5].len;

    part->sent += len;
    part->len -= len;

    ngx_memmove(part->data, part->data + len, part->len);

    job->flushed(job);
}


void
ngx_http_tender_compact_swap(ngx_http_tender_compact_t *job)
{
    ngx_str_t   *argv;
    ngx_uint_t   nkeys;

    nkeys = NGX_HTTP_TENDER_SWAP_KEYS + TENDER_SEGMENT_PARTS * job->nlines;

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_SWAP_LUA,
                                            nkeys, NGX_HTTP_TENDER_SWAP_ARGS);
    if (argv == NULL) {
        return;
    }

    if (ngx_http_tender_compact_swap_keys(job, argv) != NGX_OK
        || ngx_http_tender_compact_swap_args(job, argv + nkeys) != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_swapped);
}


static ngx_int_t
ngx_http_tender_compact_swap_keys(ngx_http_tender_compact_t *job,
    ngx_str_t *keys)
{
    uint64_t    id;
    ngx_uint_t  i, k;

    keys[0] = job->manifest_key;
    keys[1] = job->log_key;
    keys[2] = job->lock;

    keys += 3;

    /* the new segment, if any, then those whose place it takes */

    for (i = 0; i <= job->nlines; i++) {
        id = i ? job->manifest.lines[job->first + i - 1].id : job->line.id;

        for (k = 0; k < TENDER_SEGMENT_PARTS; k++) {
            if (ngx_http_tender_index_segment_key(job->ask, job->main,
                                                  job->bucket, id, k, keys++)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_compact_swap_args(ngx_http_tender_compact_t *job,
    ngx_str_t *args)
{
    ngx_uint_t  i;

    if (ngx_http_tender_compact_number(job, job->manifest.generation,
                                       &args[2])
        != NGX_OK
        || ngx_http_tender_compact_number(job, job->cut, &args[3]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    args[4].len = ngx_min(job->cut, NGX_HTTP_TENDER_SWAP_TAIL);
    args[4].data = job->bytes.data + job->cut - args[4].len;

    for (i = 0; i < TENDER_SEGMENT_PARTS && job->line.docs; i++) {
        if (ngx_http_tender_compact_number(job, job->line.parts[i],
                                           &args[5 + i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_str_set(&args[9], NGX_HTTP_TENDER_COMPACT_LINGER);

    return ngx_http_tender_compact_after(job, &args[8]);
}


/* the manifest as it will be */

static ngx_int_t
ngx_http_tender_compact_after(ngx_http_tender_compact_t *job, ngx_str_t *text)
{
    ngx_uint_t                        n;
    ngx_http_tender_manifest_t       *was, after;
    ngx_http_tender_manifest_line_t  *line;

    was = &job->manifest;

    line = ngx_palloc(job->ask, (was->nlines + 1)
                                * sizeof(ngx_http_tender_manifest_line_t));
    if (line == NULL) {
        return NGX_ERROR;
    }

    after.generation = was->generation + 1;
    after.base = was->base + job->cut;
    after.next = was->next;
    after.lines = line;

    for (n = 0; n < job->first; n++) {
        *line++ = was->lines[n];
    }

    if (job->line.docs) {
        after.next = job->line.id + 1;
        *line++ = job->line;
    }

    for (n = job->first + job->nlines; n < was->nlines; n++) {
        *line++ = was->lines[n];
    }

    after.nlines = line - after.lines;

    return ngx_http_tender_manifest_write(job->ask, &after, text);
}


/* if anything was not what it was made from, it is done another time */

static void
ngx_http_tender_compact_swapped(ngx_http_tender_compact_t *job)
{
    static const char *const  words[] = { "OK", NULL };

    if (ngx_http_tender_store_says(job->call.reply, words) != 0) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, job->log, 0,
                   "tender: bucket %ui compacted: %ui entries, %ui segments",
                   job->bucket, job->nentries, job->nlines);

    ngx_http_tender_compact_look(job);
}
