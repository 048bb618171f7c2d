
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"

#include <sys/random.h>


/* when a worker looks after the index, and how a job begins and ends */

#define NGX_HTTP_TENDER_COMPACT_EVERY    64             /* entries */
#define NGX_HTTP_TENDER_COMPACT_BYTES    (128 * 1024)
#define NGX_HTTP_TENDER_COMPACT_HEADER   120            /* of an entry */
#define NGX_HTTP_TENDER_COMPACT_RETRY    1000


static ngx_http_tender_compact_t *ngx_http_tender_compact_job(
    ngx_http_tender_main_conf_t *tmcf);
static ngx_int_t ngx_http_tender_compact_init(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_marked(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_take(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_taken(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_log(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_looked(ngx_http_tender_compact_t *job);
static ngx_uint_t ngx_http_tender_compact_long(
    ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_held(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_surely(ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_wrote(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket, size_t bytes)
{
    size_t                             average;
    ngx_http_tender_compact_t         *job;
    ngx_http_tender_compact_bucket_t  *b;

    if (!tmcf->indexing) {
        return;
    }

    job = ngx_http_tender_compact_job(tmcf);
    if (job == NULL) {
        return;
    }

    b = &job->buckets[bucket];

    b->entries++;
    b->bytes += NGX_HTTP_TENDER_COMPACT_HEADER + bytes;

    if (b->entries < NGX_HTTP_TENDER_COMPACT_EVERY
        && b->bytes < NGX_HTTP_TENDER_COMPACT_BYTES)
    {
        return;
    }

    average = b->bytes / b->entries;

    b->average = b->average ? (3 * b->average + average) / 4 : average;
    b->entries = 0;
    b->bytes = 0;
    b->pending = 1;

    ngx_http_tender_compact_start(job);
}


void
ngx_http_tender_compact(ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket)
{
    ngx_http_tender_compact_t  *job;

    job = ngx_http_tender_compact_job(tmcf);

    if (job == NULL || (job->busy && job->bucket == bucket)) {
        return;
    }

    job->buckets[bucket].pending = 1;
    job->buckets[bucket].asked = 1;

    ngx_http_tender_compact_start(job);
}


void
ngx_http_tender_compact_anew(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket)
{
    ngx_http_tender_compact_t  *job;

    job = ngx_http_tender_compact_job(tmcf);

    if (job) {
        job->buckets[bucket].checked = 0;
        ngx_http_tender_compact(tmcf, bucket);
    }
}


void
ngx_http_tender_compact_healed(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket)
{
    ngx_http_tender_compact_t  *job;

    job = tmcf->compaction;

    if (job) {
        job->buckets[bucket].damaged = 0;
    }
}


ngx_uint_t
ngx_http_tender_compact_stuck(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket)
{
    ngx_http_tender_compact_t  *job;

    job = tmcf->compaction;

    return job && job->buckets[bucket].damaged;
}


static ngx_http_tender_compact_t *
ngx_http_tender_compact_job(ngx_http_tender_main_conf_t *tmcf)
{
    ngx_cycle_t                *cycle;
    ngx_http_tender_compact_t  *job;

    if (tmcf->compaction || ngx_exiting) {
        return ngx_exiting ? NULL : tmcf->compaction;
    }

    cycle = (ngx_cycle_t *) ngx_cycle;

    job = ngx_pcalloc(cycle->pool, sizeof(ngx_http_tender_compact_t));
    if (job == NULL) {
        return NULL;
    }

    job->buckets = ngx_pcalloc(cycle->pool, tmcf->buckets
                                    * sizeof(ngx_http_tender_compact_bucket_t));
    if (job->buckets == NULL) {
        return NULL;
    }

    job->main = tmcf;
    job->log = cycle->log;

    ngx_http_tender_compact_events(job);

    tmcf->compaction = job;

    return job;
}


/* the next bucket that waits has its turn */

void
ngx_http_tender_compact_begin(ngx_http_tender_compact_t *job)
{
    ngx_uint_t                         i;
    ngx_http_tender_compact_bucket_t  *b;

    for (i = 0; i < job->main->buckets && !ngx_exiting; i++) {
        b = &job->buckets[i];

        if (!b->pending) {
            continue;
        }

        b->pending = 0;
        job->asked = b->asked;
        b->asked = 0;

        if (b->damaged
            && ngx_current_msec - b->tried < NGX_HTTP_TENDER_COMPACT_RETRY)
        {
            continue;
        }

        job->bucket = i;

        if (ngx_http_tender_compact_init(job) != NGX_OK) {
            ngx_http_tender_compact_end(job);

        } else if (b->damaged) {
            ngx_http_tender_compact_range(job, &job->manifest_key, 0,
                                          NGX_HTTP_TENDER_COMPACT_MARK,
                                          ngx_http_tender_compact_marked);
        } else {
            ngx_http_tender_compact_take(job);
        }

        return;
    }

    job->busy = 0;
}


static ngx_int_t
ngx_http_tender_compact_init(ngx_http_tender_compact_t *job)
{
    u_char  *p, bytes[16];

    job->pool = ngx_create_pool(1024, job->log);

    if (job->pool == NULL
        || ngx_http_tender_index_key(job->pool, job->main, job->bucket,
                                     "lock", &job->lock)
           != NGX_OK
        || ngx_http_tender_index_key(job->pool, job->main, job->bucket, "log",
                                     &job->log_key)
           != NGX_OK
        || ngx_http_tender_index_key(job->pool, job->main, job->bucket,
                                     "manifest", &job->manifest_key)
           != NGX_OK
        || ngx_http_tender_index_numbers_key(job->pool, job->main,
                                             job->bucket, &job->numbers_key)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(job->pool, 2 * sizeof(bytes));

    if (p == NULL || getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
        return NGX_ERROR;
    }

    job->holder.data = p;
    job->holder.len = tender_hex_write(p, bytes, sizeof(bytes)) - p;

    return NGX_OK;
}


/* it was damaged: is it another one by now? */

static void
ngx_http_tender_compact_marked(ngx_http_tender_compact_t *job)
{
    ngx_str_t                         *text;
    ngx_http_tender_compact_bucket_t  *b;

    b = &job->buckets[job->bucket];
    b->tried = ngx_current_msec;

    text = ngx_http_tender_compact_string(job);

    if (text == NULL
        || (text->len == b->nmark
            && ngx_memcmp(text->data, b->mark, b->nmark) == 0))
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    b->damaged = 0;

    ngx_http_tender_compact_take(job);
}


static void
ngx_http_tender_compact_take(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *argv;

    argv = ngx_http_tender_compact_ask(job, 6);
    if (argv == NULL) {
        return;
    }

    ngx_str_set(&argv[0], "SET");
    argv[1] = job->lock;
    argv[2] = job->holder;
    ngx_str_set(&argv[3], "NX");
    ngx_str_set(&argv[4], "PX");

    if (ngx_http_tender_compact_number(job, NGX_HTTP_TENDER_COMPACT_HOLD,
                                       &argv[5])
        != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    job->call.write = 1;
    job->held = ngx_current_msec;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_taken);
}


static void
ngx_http_tender_compact_taken(ngx_http_tender_compact_t *job)
{
    if (job->call.reply->type != NGX_HTTP_TENDER_REDIS_STATUS) {
        ngx_http_tender_compact_end(job);
        return;
    }

    job->locked = 1;

    ngx_http_tender_compact_look(job);
}


void
ngx_http_tender_compact_look(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *argv;

    if (ngx_http_tender_compact_round(job) != NGX_OK) {
        ngx_http_tender_compact_end(job);
        return;
    }

    argv = ngx_http_tender_compact_ask(job, 2);
    if (argv == NULL) {
        return;
    }

    ngx_str_set(&argv[0], "STRLEN");
    argv[1] = job->log_key;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_log);
}


static void
ngx_http_tender_compact_log(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *argv;

    job->length = (job->call.reply->type == NGX_HTTP_TENDER_REDIS_INTEGER)
                  ? (size_t) job->call.reply->integer : 0;

    argv = ngx_http_tender_compact_ask(job, 2);
    if (argv == NULL) {
        return;
    }

    ngx_str_set(&argv[0], "GET");
    argv[1] = job->manifest_key;

    job->call.pool = job->round;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_looked);
}


static void
ngx_http_tender_compact_looked(ngx_http_tender_compact_t *job)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    ngx_str_null(&text);

    if (job->call.reply->type == NGX_HTTP_TENDER_REDIS_STRING) {
        text = job->call.reply->str;
    }

    job->mark.data = text.data;
    job->mark.len = ngx_min(text.len, NGX_HTTP_TENDER_COMPACT_MARK);

    rc = ngx_http_tender_manifest_read(job->round, &text, &job->manifest);

    if (rc == NGX_DECLINED) {
        ngx_http_tender_compact_damaged(job, "its manifest");

    } else if (rc != NGX_OK) {
        ngx_http_tender_compact_unlock(job);

    } else if (ngx_http_tender_compact_long(job)) {
        ngx_http_tender_compact_seal(job);

    } else {
        ngx_http_tender_compact_choose(job);
    }
}


/* it may have as many entries as a segment should have */

static ngx_uint_t
ngx_http_tender_compact_long(ngx_http_tender_compact_t *job)
{
    size_t  average;

    if (job->length >= NGX_HTTP_TENDER_INDEX_LOG) {
        return 1;
    }

    average = job->buckets[job->bucket].average;

    if (job->asked || average == 0) {
        average = NGX_HTTP_TENDER_COMPACT_LINE;
    }

    return job->length / average >= NGX_HTTP_TENDER_INDEX_SEAL;
}


void
ngx_http_tender_compact_hold(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    ngx_str_t  *argv;

    if (ngx_current_msec - job->held < NGX_HTTP_TENDER_COMPACT_RENEW) {
        next(job);
        return;
    }

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_HOLD_LUA, 1,
                                            2);
    if (argv == NULL) {
        return;
    }

    argv[0] = job->lock;
    job->then = next;

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_held);
}


static void
ngx_http_tender_compact_held(ngx_http_tender_compact_t *job)
{
    if (!ngx_http_tender_compact_done(job)) {
        ngx_http_tender_compact_end(job);
        return;
    }

    job->then(job);
}


void
ngx_http_tender_compact_unlock(ngx_http_tender_compact_t *job)
{
    ngx_str_t  *argv;

    job->locked = 0;

    argv = ngx_http_tender_compact_ask_held(job, NGX_HTTP_TENDER_HOLD_LUA, 1,
                                            2);
    if (argv == NULL) {
        return;
    }

    argv[0] = job->lock;
    ngx_str_set(&argv[2], "0");

    ngx_http_tender_compact_send(job, ngx_http_tender_compact_end);
}


void
ngx_http_tender_compact_damaged(ngx_http_tender_compact_t *job,
    const char *what)
{
    job->damage = what;

    ngx_http_tender_compact_range(job, &job->manifest_key, 0,
                                  NGX_HTTP_TENDER_COMPACT_MARK,
                                  ngx_http_tender_compact_surely);
}


static void
ngx_http_tender_compact_surely(ngx_http_tender_compact_t *job)
{
    ngx_str_t                         *text;
    ngx_http_tender_compact_bucket_t  *b;

    text = ngx_http_tender_compact_string(job);

    if (text
        && text->len == job->mark.len
        && ngx_memcmp(text->data, job->mark.data, text->len) == 0)
    {
        b = &job->buckets[job->bucket];

        b->damaged = 1;
        b->tried = ngx_current_msec;
        b->nmark = text->len;
        ngx_memcpy(b->mark, text->data, text->len);

        ngx_log_error(NGX_LOG_CRIT, job->log, 0,
                      "tender: the index of bucket %ui is damaged: %s; "
                      "POST to index/reindex?reset=1 of \"tender_admin\"",
                      job->bucket, job->damage);
    }

    ngx_http_tender_compact_unlock(job);
}
