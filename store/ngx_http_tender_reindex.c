
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"

#include <sys/random.h>


/* who rebuilds the index, and how far that is: see progress.lua */

#define NGX_HTTP_TENDER_REINDEX_DEAD   "30000"    /* ms */
#define NGX_HTTP_TENDER_REINDEX_WATCH  15000

#define NGX_HTTP_TENDER_PROGRESS_ARGS  10         /* with its keys */


static ngx_http_tender_reindex_t *ngx_http_tender_reindex_get(
    ngx_http_tender_main_conf_t *tmcf);
static void ngx_http_tender_reindex_events(ngx_event_t *ev);
static void ngx_http_tender_reindex_timer(ngx_event_t *ev);
static void ngx_http_tender_reindex_wait(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_watched(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_resume(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_resumed(ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_restore(
    ngx_http_tender_reindex_t *walk, ngx_http_tender_redis_reply_t *elts);
static ngx_str_t *ngx_http_tender_reindex_progress(
    ngx_http_tender_reindex_t *walk, const char *op, ngx_uint_t n);
static void ngx_http_tender_reindex_reported(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_finished(ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_name(u_char *runner);


/* of this worker, or NULL */

ngx_http_tender_reindex_t  *ngx_http_tender_reindex;

ngx_str_t  ngx_http_tender_reindex_phases[] = {
    ngx_string("begin"),
    ngx_string("events"),
    ngx_string("feed"),
    ngx_null_string
};


static ngx_http_tender_reindex_t *
ngx_http_tender_reindex_get(ngx_http_tender_main_conf_t *tmcf)
{
    ngx_cycle_t                *cycle;
    ngx_http_tender_reindex_t  *walk;

    if (ngx_http_tender_reindex) {
        return ngx_http_tender_reindex;
    }

    cycle = (ngx_cycle_t *) ngx_cycle;

    walk = ngx_pcalloc(cycle->pool, sizeof(ngx_http_tender_reindex_t));
    if (walk == NULL) {
        return NULL;
    }

    walk->main = tmcf;
    walk->log = cycle->log;

    walk->ident.fd = (ngx_socket_t) -1;
    walk->ident.data = walk;

    walk->event.handler = ngx_http_tender_reindex_events;
    walk->event.data = walk;
    walk->event.log = walk->log;

    /* a worker that leaves does not wait for it */

    walk->timer.handler = ngx_http_tender_reindex_timer;
    walk->timer.data = &walk->ident;
    walk->timer.log = walk->log;
    walk->timer.cancelable = 1;

    ngx_http_tender_reindex = walk;

    return walk;
}


/* a node without a chronograph does nothing by itself */

ngx_int_t
ngx_http_tender_reindex_watch(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf)
{
    ngx_http_tender_reindex_t  *walk;

    (void) cycle;

    if (tmcf->chronograph == 0) {
        return NGX_OK;
    }

    walk = ngx_http_tender_reindex_get(tmcf);
    if (walk == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_reindex_wait(walk);

    return NGX_OK;
}


void
ngx_http_tender_reindex_exit(void)
{
    ngx_http_tender_reindex_t  *walk;

    walk = ngx_http_tender_reindex;

    if (walk) {
        ngx_http_tender_reindex_clean(walk);
        ngx_http_tender_reindex = NULL;
    }
}


static void
ngx_http_tender_reindex_events(ngx_event_t *ev)
{
    ngx_uint_t                  i;
    ngx_http_tender_reindex_t  *walk;

    walk = ev->data;

    for (i = 0; i < walk->ncalls; i++) {
        if (walk->calls[i].outcome == NGX_HTTP_TENDER_REDIS_OK
            && walk->calls[i].reply)
        {
            continue;
        }

        if (!walk->busy) {
            ngx_http_tender_reindex_wait(walk);

        } else {
            ngx_http_tender_reindex_later(walk);
        }

        return;
    }

    walk->next(walk);
}


static void
ngx_http_tender_reindex_timer(ngx_event_t *ev)
{
    ngx_connection_t           *ident;
    ngx_http_tender_reindex_t  *walk;

    ident = ev->data;
    walk = ident->data;

    walk->next(walk);
}


/* now and then: is there one whose worker has died? */

static void
ngx_http_tender_reindex_wait(ngx_http_tender_reindex_t *walk)
{
    if (walk->main->chronograph == 0) {
        return;
    }

    ngx_http_tender_reindex_pause(walk, NGX_HTTP_TENDER_REINDEX_WATCH / 3
                                  + (ngx_msec_t) ngx_random()
                                    % NGX_HTTP_TENDER_REINDEX_WATCH,
                                  ngx_http_tender_reindex_resume);
}


static void
ngx_http_tender_reindex_resume(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    if (ngx_exiting) {
        return;
    }

    call = ngx_http_tender_reindex_ask(walk, 1, 3);

    if (call == NULL
        || ngx_http_tender_reindex_global(walk->ask, walk->main, "reindex",
                                          &call->argv[1])
           != NGX_OK)
    {
        ngx_http_tender_reindex_wait(walk);
        return;
    }

    argv = call->argv;
    ngx_str_set(&argv[0], "HGET");
    ngx_str_set(&argv[2], "state");

    walk->next = ngx_http_tender_reindex_watched;
    walk->pending = 1;

    if (ngx_http_tender_redis_call(walk->main->client, call) != NGX_AGAIN) {
        ngx_http_tender_reindex_wait(walk);
    }
}


static void
ngx_http_tender_reindex_watched(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  running[] = { "running", NULL };

    reply = walk->calls[0].reply;

    if (ngx_exiting
        || ngx_http_tender_store_says(reply, running) < 0
        || ngx_http_tender_reindex_name(walk->runner) != NGX_OK
        || ngx_http_tender_reindex_progress(walk, "resume", 3) == NULL)
    {
        ngx_http_tender_reindex_wait(walk);
        return;
    }

    walk->next = ngx_http_tender_reindex_resumed;
    walk->pending = 1;

    if (ngx_http_tender_redis_call(walk->main->client, walk->calls)
        != NGX_AGAIN)
    {
        ngx_http_tender_reindex_wait(walk);
    }
}


static void
ngx_http_tender_reindex_resumed(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_reply_t  *reply;

    reply = walk->calls[0].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || reply->nelts != 6
        || ngx_http_tender_reindex_restore(walk, reply->elts) != NGX_OK)
    {
        ngx_http_tender_reindex_wait(walk);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, walk->log, 0,
                  "tender: goes on with the rebuild of the index from bucket "
                  "%ui", walk->bucket);

    walk->busy = 1;
    walk->told = 0;
    walk->reported = ngx_current_msec;

    ngx_http_tender_reindex_recall(walk);
}


/* reset, bucket, phase, position, done, total */

static ngx_int_t
ngx_http_tender_reindex_restore(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_redis_reply_t *elts)
{
    int64_t     n[6];
    ngx_uint_t  i, phase;

    static ngx_uint_t  numbers[] = { 0, 1, 4, 5 };

    for (i = 0; i < 6; i++) {
        if (elts[i].type != NGX_HTTP_TENDER_REDIS_STRING) {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < 4; i++) {
        if (ngx_http_tender_store_time(&elts[numbers[i]].str,
                                       &n[numbers[i]])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (phase = 0; phase < NGX_HTTP_TENDER_REINDEX_PHASES; phase++) {
        if (elts[2].str.len == ngx_http_tender_reindex_phases[phase].len
            && ngx_strncmp(elts[2].str.data,
                           ngx_http_tender_reindex_phases[phase].data,
                           elts[2].str.len)
               == 0)
        {
            break;
        }
    }

    if (phase == NGX_HTTP_TENDER_REINDEX_PHASES
        || (ngx_uint_t) n[1] >= walk->main->buckets)
    {
        return NGX_ERROR;
    }

    walk->reset = (n[0] != 0);
    walk->bucket = (ngx_uint_t) n[1];
    walk->done = n[4];
    walk->counted = n[4];
    walk->total = n[5];

    return ngx_http_tender_reindex_at(walk, phase, &elts[3].str);
}


/* a call of progress.lua with n arguments; NULL: out of memory */

static ngx_str_t *
ngx_http_tender_reindex_progress(ngx_http_tender_reindex_t *walk,
    const char *op, ngx_uint_t n)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, 1, 2 + n);

    if (call == NULL
        || ngx_http_tender_reindex_global(walk->ask, walk->main, "reindex",
                                          &call->argv[0])
           != NGX_OK
        || ngx_http_tender_reindex_global(walk->ask, walk->main, "audit",
                                          &call->argv[1])
           != NGX_OK)
    {
        return NULL;
    }

    argv = call->argv + 2;

    argv[0].data = (u_char *) op;
    argv[0].len = ngx_strlen(op);
    argv[1].data = walk->runner;
    argv[1].len = NGX_HTTP_TENDER_REINDEX_RUNNER;
    ngx_str_set(&argv[2], NGX_HTTP_TENDER_REINDEX_DEAD);

    call->nkeys = 2;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_PROGRESS_LUA];
    call->write = 1;

    return argv;
}


void
ngx_http_tender_reindex_report(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_reindex_tell(walk, ngx_http_tender_reindex_walk);
}


void
ngx_http_tender_reindex_tell(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next)
{
    ngx_str_t  *argv;

    walk->then = next;
    walk->reported = ngx_current_msec;

    argv = ngx_http_tender_reindex_progress(walk, "step", 8);

    if (argv == NULL
        || ngx_http_tender_reindex_number(walk, walk->bucket, &argv[3])
           != NGX_OK
        || ngx_http_tender_reindex_number(walk, walk->counted, &argv[6])
           != NGX_OK
        || ngx_http_tender_reindex_number(walk, walk->total, &argv[7])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    argv[4] = ngx_http_tender_reindex_phases[walk->phase];
    argv[5] = walk->position;

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_reported);
}


static void
ngx_http_tender_reindex_reported(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_reply_t  *reply;

    reply = walk->calls[0].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_INTEGER || reply->integer != 1) {

        /* another one has it now */

        ngx_http_tender_reindex_clean(walk);
        ngx_http_tender_reindex_wait(walk);
        return;
    }

    walk->then(walk);
}


void
ngx_http_tender_reindex_finish(ngx_http_tender_reindex_t *walk,
    const char *why)
{
    ngx_str_t  *argv;

    argv = ngx_http_tender_reindex_progress(walk, "end", 6);

    if (argv == NULL
        || ngx_http_tender_reindex_number(walk, walk->done, &argv[5])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    if (why == NULL) {
        ngx_log_error(NGX_LOG_NOTICE, walk->log, 0,
                      "tender: the index was built anew, of %uL tenders",
                      walk->done);

        ngx_str_set(&argv[3], "done");

    } else {
        ngx_log_error(NGX_LOG_ERR, walk->log, 0,
                      "tender: the index was not built anew: %s", why);

        ngx_str_set(&argv[3], "failed");
        argv[4].data = (u_char *) why;
        argv[4].len = ngx_strlen(why);
    }

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_finished);
}


static void
ngx_http_tender_reindex_finished(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_reindex_clean(walk);
    ngx_http_tender_reindex_wait(walk);
}


static ngx_int_t
ngx_http_tender_reindex_name(u_char *runner)
{
    u_char  bytes[NGX_HTTP_TENDER_REINDEX_RUNNER / 2];

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
        return NGX_ERROR;
    }

    (void) tender_hex_write(runner, bytes, sizeof(bytes));

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_reindex_start(ngx_http_tender_ctx_t *ctx, ngx_uint_t reset)
{
    ngx_str_t  *argv;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[NGX_HTTP_TENDER_PROGRESS_ARGS];
        u_char                        runner[NGX_HTTP_TENDER_REINDEX_RUNNER];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_reindex_get(ctx->main) == NULL
        || ngx_http_tender_reindex_name(ask->runner) != NGX_OK
        || ngx_http_tender_reindex_global(ctx->request->pool, ctx->main,
                                          "reindex", &ask->argv[0])
           != NGX_OK
        || ngx_http_tender_reindex_global(ctx->request->pool, ctx->main,
                                          "audit", &ask->argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv = ask->argv + 2;

    ngx_str_set(&argv[0], "start");
    argv[1].data = ask->runner;
    argv[1].len = NGX_HTTP_TENDER_REINDEX_RUNNER;
    ngx_str_set(&argv[2], NGX_HTTP_TENDER_REINDEX_DEAD);
    argv[3].data = (u_char *) (reset ? "1" : "0");
    argv[3].len = 1;

    if (ctx->principal) {
        argv[4] = ctx->principal->account;
        argv[5] = ctx->principal->tenant;

    } else {
        ngx_str_set(&argv[5], "*");
    }

    argv[6] = ctx->author;

    ask->call.argv = ask->argv;
    ask->call.argc = 9;
    ask->call.nkeys = 2;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_PROGRESS_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_reindex_started(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_str_t                      *argv;
    ngx_http_tender_reindex_t      *walk;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_INTEGER) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (reply->integer == 0) {
        return NGX_DECLINED;
    }

    argv = ctx->calls[0].argv + 2;
    walk = ngx_http_tender_reindex_get(ctx->main);

    if (walk == NULL) {
        return NGX_ERROR;
    }

    /* one that was under way here was taken for dead */

    ngx_http_tender_reindex_clean(walk);

    ngx_memcpy(walk->runner, argv[1].data, NGX_HTTP_TENDER_REINDEX_RUNNER);

    walk->busy = 1;
    walk->told = 0;
    walk->reset = (argv[3].data[0] == '1');
    walk->bucket = 0;
    walk->done = 0;
    walk->counted = 0;
    walk->total = 0;
    walk->reported = ngx_current_msec;

    (void) ngx_http_tender_reindex_at(walk, NGX_HTTP_TENDER_REINDEX_BEGIN,
                                      NULL);

    ngx_http_tender_reindex_pause(walk, 1, ngx_http_tender_reindex_walk);

    return NGX_OK;
}
