
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_compact.h"
#include "ngx_http_tender_reindex.h"


/* a job's calls of Redis, its slices, its memory */

#define NGX_HTTP_TENDER_COMPACT_PAUSE  1    /* ms, between two slices */


static void ngx_http_tender_compact_handler(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_compact_go_on(ngx_event_t *ev);
static void ngx_http_tender_compact_timer(ngx_event_t *ev);
static void ngx_http_tender_compact_step(ngx_http_tender_compact_t *job);
static void ngx_http_tender_compact_clean(ngx_http_tender_compact_t *job);


void
ngx_http_tender_compact_events(ngx_http_tender_compact_t *job)
{
    job->ident.fd = (ngx_socket_t) -1;
    job->ident.data = job;

    job->event.handler = ngx_http_tender_compact_go_on;
    job->event.data = job;
    job->event.log = job->log;

    /* a worker that leaves waits for a slice, and gives the lock back */

    job->timer.handler = ngx_http_tender_compact_timer;
    job->timer.data = &job->ident;
    job->timer.log = job->log;
}


void
ngx_http_tender_compact_start(ngx_http_tender_compact_t *job)
{
    if (job->busy) {
        return;
    }

    job->busy = 1;
    job->answered = 0;
    job->bucket = job->main->buckets;

    ngx_post_event(&job->event, &ngx_posted_events);
}


void
ngx_http_tender_compact_exit(ngx_http_tender_main_conf_t *tmcf)
{
    ngx_http_tender_compact_t  *job;

    ngx_http_tender_reindex_exit();

    job = tmcf->compaction;

    if (job == NULL) {
        return;
    }

    tmcf->compaction = NULL;

    if (job->event.posted) {
        ngx_delete_posted_event(&job->event);
    }

    if (job->timer.timer_set) {
        ngx_del_timer(&job->timer);
    }

    ngx_http_tender_compact_clean(job);

    if (job->pool) {
        ngx_destroy_pool(job->pool);
    }
}


void
ngx_http_tender_compact_end(ngx_http_tender_compact_t *job)
{
    ngx_uint_t  i;

    ngx_http_tender_compact_clean(job);

    if (job->pool) {
        ngx_destroy_pool(job->pool);
        job->pool = NULL;
    }

    job->busy = 0;
    job->locked = 0;

    for (i = 0; i < job->main->buckets && !ngx_exiting; i++) {
        if (job->buckets[i].pending) {
            ngx_http_tender_compact_start(job);
            return;
        }
    }
}


/* what belongs to a round, and to a call */

static void
ngx_http_tender_compact_clean(ngx_http_tender_compact_t *job)
{
    ngx_uint_t                       i;
    ngx_http_tender_compact_part_t  *part;

    (void) ngx_http_tender_redis_cancel(&job->call);

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        part = &job->parts[i];

        if (part->data) {
            ngx_free(part->data);
        }

        ngx_memzero(part, sizeof(ngx_http_tender_compact_part_t));
    }

    if (job->ask) {
        ngx_destroy_pool(job->ask);
        job->ask = NULL;
    }

    if (job->heap) {
        ngx_destroy_pool(job->heap);
        job->heap = NULL;
    }

    if (job->round) {
        ngx_destroy_pool(job->round);
        job->round = NULL;
    }
}


ngx_int_t
ngx_http_tender_compact_round(ngx_http_tender_compact_t *job)
{
    ngx_http_tender_compact_clean(job);

    job->round = ngx_create_pool(16384, job->log);
    if (job->round == NULL) {
        return NGX_ERROR;
    }

    tender_mem_init(&job->mem, ngx_http_tender_compact_alloc, job->round);

    job->cut = 0;
    job->nentries = 0;
    job->first = 0;
    job->nlines = 0;
    job->only = 0;
    job->dead = NULL;
    job->merge = NULL;
    job->minis = NULL;
    job->ninputs = 0;
    job->nruns = 0;
    ngx_memzero(&job->line, sizeof(ngx_http_tender_manifest_line_t));

    return NGX_OK;
}


ngx_str_t *
ngx_http_tender_compact_ask(ngx_http_tender_compact_t *job, ngx_uint_t n)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    if (job->ask) {
        ngx_destroy_pool(job->ask);
    }

    argv = NULL;
    job->ask = ngx_create_pool(1024, job->log);

    if (job->ask) {
        argv = ngx_pcalloc(job->ask, n * sizeof(ngx_str_t));
    }

    if (argv == NULL) {
        ngx_http_tender_compact_end(job);
        return NULL;
    }

    call = &job->call;

    ngx_memzero(call, sizeof(ngx_http_tender_redis_call_t));

    call->argv = argv;
    call->argc = n;
    call->pool = job->ask;
    call->handler = ngx_http_tender_compact_handler;
    call->data = job;

    return argv;
}


ngx_str_t *
ngx_http_tender_compact_ask_held(ngx_http_tender_compact_t *job,
    ngx_uint_t script, ngx_uint_t nkeys, ngx_uint_t nargs)
{
    ngx_str_t  *argv, *args;

    argv = ngx_http_tender_compact_ask(job, nkeys + nargs);
    if (argv == NULL) {
        return NULL;
    }

    args = argv + nkeys;
    args[0] = job->holder;

    if (ngx_http_tender_compact_number(job, NGX_HTTP_TENDER_COMPACT_HOLD,
                                       &args[1])
        != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return NULL;
    }

    job->call.nkeys = nkeys;
    job->call.script = &ngx_http_tender_scripts[script];
    job->call.write = 1;

    job->held = ngx_current_msec;

    return argv;
}


void
ngx_http_tender_compact_send(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    job->next = next;

    if (ngx_http_tender_redis_call(job->main->client, &job->call)
        != NGX_AGAIN)
    {
        ngx_http_tender_compact_end(job);
    }
}


ngx_int_t
ngx_http_tender_compact_number(ngx_http_tender_compact_t *job, int64_t n,
    ngx_str_t *arg)
{
    u_char  *p;

    p = ngx_pnalloc(job->ask, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_store_number(p, n, arg);

    return NGX_OK;
}


void
ngx_http_tender_compact_range(ngx_http_tender_compact_t *job, ngx_str_t *key,
    size_t offset, size_t len, ngx_http_tender_compact_pt next)
{
    ngx_str_t  *argv;

    argv = ngx_http_tender_compact_ask(job, 4);
    if (argv == NULL) {
        return;
    }

    ngx_str_set(&argv[0], "GETRANGE");
    argv[1] = *key;

    if (ngx_http_tender_compact_number(job, offset, &argv[2]) != NGX_OK
        || ngx_http_tender_compact_number(job, (int64_t) (offset + len) - 1,
                                          &argv[3])
           != NGX_OK)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    ngx_http_tender_compact_send(job, next);
}


ngx_str_t *
ngx_http_tender_compact_string(ngx_http_tender_compact_t *job)
{
    return (job->call.reply->type == NGX_HTTP_TENDER_REDIS_STRING)
           ? &job->call.reply->str : NULL;
}


ngx_uint_t
ngx_http_tender_compact_done(ngx_http_tender_compact_t *job)
{
    return job->call.reply->type == NGX_HTTP_TENDER_REDIS_INTEGER
           && job->call.reply->integer == 1;
}


void
ngx_http_tender_compact_yield(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next)
{
    job->next = next;

    ngx_add_timer(&job->timer, NGX_HTTP_TENDER_COMPACT_PAUSE);
}


/* nothing is done on the stack of the client */

static void
ngx_http_tender_compact_handler(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_compact_t  *job;

    job = call->data;
    job->answered = 1;

    ngx_post_event(&job->event, &ngx_posted_events);
}


static void
ngx_http_tender_compact_go_on(ngx_event_t *ev)
{
    ngx_http_tender_compact_t  *job;

    job = ev->data;

    if (!job->answered) {
        ngx_http_tender_compact_begin(job);
        return;
    }

    job->answered = 0;

    /* Redis is away, or has refused it: another time */

    if (job->call.outcome != NGX_HTTP_TENDER_REDIS_OK
        || job->call.reply == NULL)
    {
        ngx_http_tender_compact_end(job);
        return;
    }

    ngx_http_tender_compact_step(job);
}


static void
ngx_http_tender_compact_step(ngx_http_tender_compact_t *job)
{
    if (ngx_exiting && job->locked) {
        ngx_http_tender_compact_unlock(job);
        return;
    }

    job->next(job);
}


static void
ngx_http_tender_compact_timer(ngx_event_t *ev)
{
    ngx_connection_t           *ident;
    ngx_http_tender_compact_t  *job;

    ident = ev->data;
    job = ident->data;

    ngx_http_tender_compact_step(job);
}


void *
ngx_http_tender_compact_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}
