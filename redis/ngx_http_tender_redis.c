
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


static ngx_http_tender_redis_link_t *ngx_http_tender_redis_pick(
    ngx_http_tender_redis_t *redis);
static ngx_http_tender_redis_op_t *ngx_http_tender_redis_op(
    ngx_http_tender_redis_t *redis);
static void ngx_http_tender_redis_forget(ngx_http_tender_redis_op_t *op);


ngx_http_tender_redis_t *
ngx_http_tender_redis_open(ngx_cycle_t *cycle,
    ngx_http_tender_redis_conf_t *conf)
{
    ngx_uint_t                i;
    ngx_pool_t               *pool;
    ngx_http_tender_redis_t  *redis;

    pool = ngx_create_pool(4096, cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    redis = ngx_pcalloc(pool, sizeof(ngx_http_tender_redis_t));
    if (redis == NULL) {
        goto failed;
    }

    redis->conf = conf;
    redis->pool = pool;
    redis->log = cycle->log;
    redis->down_logged = ngx_current_msec - NGX_HTTP_TENDER_REDIS_QUIET;
    redis->refusal_logged = redis->down_logged;

    for (i = 0; i < NGX_HTTP_TENDER_REDIS_FAULTS; i++) {
        redis->faults[i].logged = redis->down_logged;
    }

    ngx_queue_init(&redis->free);

    redis->links = ngx_pcalloc(pool, conf->connections
                                     * sizeof(ngx_http_tender_redis_link_t));
    if (redis->links == NULL) {
        goto failed;
    }

    for (i = 0; i < conf->connections; i++) {
        redis->links[i].redis = redis;
        redis->nlinks++;

        if (ngx_http_tender_redis_link_init(&redis->links[i]) != NGX_OK) {
            goto failed;
        }
    }

    for (i = 0; i < redis->nlinks; i++) {
        ngx_http_tender_redis_link_open(&redis->links[i]);
    }

    return redis;

failed:

    if (redis) {
        ngx_http_tender_redis_close(redis);

    } else {
        ngx_destroy_pool(pool);
    }

    return NULL;
}


void
ngx_http_tender_redis_close(ngx_http_tender_redis_t *redis)
{
    ngx_uint_t                   i;
    ngx_queue_t                 *q;
    ngx_http_tender_redis_op_t  *op;

    redis->closing = 1;

    for (i = 0; i < redis->nlinks; i++) {
        ngx_http_tender_redis_link_free(&redis->links[i]);
    }

    while (!ngx_queue_empty(&redis->free)) {
        q = ngx_queue_head(&redis->free);
        ngx_queue_remove(q);

        op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);
        ngx_free(op);
    }

    ngx_destroy_pool(redis->pool);
}


ngx_int_t
ngx_http_tender_redis_call(ngx_http_tender_redis_t *redis,
    ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_redis_link_t  *link;

    call->op = NULL;
    call->reply = NULL;

    if (redis->pending >= redis->conf->max_pending) {
        call->outcome = NGX_HTTP_TENDER_REDIS_BUSY;
        return NGX_ERROR;
    }

    link = ngx_http_tender_redis_pick(redis);
    if (link == NULL) {
        call->outcome = NGX_HTTP_TENDER_REDIS_AWAY;
        return NGX_ERROR;
    }

    if (ngx_http_tender_redis_enqueue(link, call, 0) != NGX_OK) {
        call->outcome = NGX_HTTP_TENDER_REDIS_BUSY;
        return NGX_ERROR;
    }

    if (link->state == NGX_HTTP_TENDER_LINK_READY) {
        ngx_post_event(link->peer.connection->write, &ngx_posted_events);
    }

    return NGX_AGAIN;
}


/*
 * A link that has failed to open takes no commands until it is ready: they
 * are refused at once.  The first attempt after a loss has the benefit of
 * the doubt.
 */

static ngx_http_tender_redis_link_t *
ngx_http_tender_redis_pick(ngx_http_tender_redis_t *redis)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_link_t  *link, *hope;

    hope = NULL;

    for (i = 0; i < redis->nlinks; i++) {
        link = &redis->links[redis->next];

        if (++redis->next == redis->nlinks) {
            redis->next = 0;
        }

        if (link->state == NGX_HTTP_TENDER_LINK_READY) {
            return link;
        }

        if (hope == NULL && link->delay == 0) {
            hope = link;
        }
    }

    return hope;
}


ngx_int_t
ngx_http_tender_redis_enqueue(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_call_t *call, ngx_uint_t greeting)
{
    ngx_msec_t                     timeout;
    ngx_http_tender_redis_op_t    *op;
    ngx_http_tender_redis_conf_t  *conf;

    op = ngx_http_tender_redis_op(link->redis);
    if (op == NULL) {
        return NGX_ERROR;
    }

    conf = link->redis->conf;

    op->call = call;
    op->link = link;
    op->sent = 0;
    op->greeting = greeting;

    call->op = op;

    /* nobody waits for a greeting: the timer of the connection ends it */

    if (greeting) {
        op->deadline = ngx_current_msec + 2 * conf->connect_timeout;
        ngx_queue_insert_tail(&link->greeting, &op->queue);
        return NGX_OK;
    }

    timeout = conf->timeout;

    op->deadline = ngx_current_msec + timeout;
    ngx_queue_insert_tail(&link->queued, &op->queue);

    if (!call->background) {
        link->pending++;
        link->redis->pending++;

        link->timer.cancelable = 0;
    }

    if (!link->timer.timer_set) {
        ngx_add_timer(&link->timer, timeout);
    }

    return NGX_OK;
}


static ngx_http_tender_redis_op_t *
ngx_http_tender_redis_op(ngx_http_tender_redis_t *redis)
{
    ngx_queue_t  *q;

    if (ngx_queue_empty(&redis->free)) {
        return ngx_alloc(sizeof(ngx_http_tender_redis_op_t), redis->log);
    }

    q = ngx_queue_head(&redis->free);
    ngx_queue_remove(q);

    return ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);
}


/* the operation leaves its queue; its caller, if any, learns the outcome */

void
ngx_http_tender_redis_complete(ngx_http_tender_redis_op_t *op,
    ngx_http_tender_redis_outcome_e outcome,
    ngx_http_tender_redis_reply_t *reply)
{
    ngx_http_tender_redis_t       *redis;
    ngx_http_tender_redis_call_t  *call;

    call = op->call;
    redis = op->link->redis;

    if (call) {
        ngx_http_tender_redis_forget(op);
    }

    ngx_queue_remove(&op->queue);
    ngx_queue_insert_head(&redis->free, &op->queue);

    if (call) {
        call->outcome = outcome;
        call->reply = reply;
        call->handler(call);
    }
}


/*
 * No answer in time, or never: an operation that was sent stays in its
 * queue as a tombstone, because its answer may still come.
 */

void
ngx_http_tender_redis_fail(ngx_http_tender_redis_op_t *op)
{
    ngx_http_tender_redis_call_t  *call;

    call = op->call;

    if (!op->sent) {
        ngx_http_tender_redis_complete(op, NGX_HTTP_TENDER_REDIS_AWAY, NULL);
        return;
    }

    if (call == NULL) {
        return;
    }

    ngx_http_tender_redis_forget(op);

    call->reply = NULL;
    call->outcome = call->write ? NGX_HTTP_TENDER_REDIS_UNKNOWN
                                : NGX_HTTP_TENDER_REDIS_LATE;
    call->handler(call);
}


ngx_int_t
ngx_http_tender_redis_cancel(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_redis_op_t  *op;

    op = call->op;

    if (op == NULL) {
        return NGX_DECLINED;
    }

    ngx_http_tender_redis_forget(op);

    if (op->sent) {
        return NGX_AGAIN;
    }

    ngx_queue_remove(&op->queue);
    ngx_queue_insert_head(&op->link->redis->free, &op->queue);

    return NGX_OK;
}


static void
ngx_http_tender_redis_forget(ngx_http_tender_redis_op_t *op)
{
    ngx_uint_t  background;

    background = op->call->background;

    op->call->op = NULL;
    op->call = NULL;

    if (op->greeting || background) {
        return;
    }

    op->link->pending--;
    op->link->redis->pending--;

    if (op->link->pending == 0) {
        op->link->timer.cancelable = 1;
    }
}


void
ngx_http_tender_redis_stat(ngx_http_tender_redis_t *redis,
    ngx_http_tender_redis_stat_t *stat)
{
    ngx_uint_t  i;

    stat->links = 0;
    stat->pending = redis->pending;
    stat->greeted = redis->greeted;

    for (i = 0; i < redis->nlinks; i++) {
        if (redis->links[i].state == NGX_HTTP_TENDER_LINK_READY) {
            stat->links++;
        }
    }
}


ngx_uint_t
ngx_http_tender_redis_may_log(ngx_http_tender_redis_t *redis)
{
    if (ngx_current_msec - redis->refusal_logged
        < NGX_HTTP_TENDER_REDIS_QUIET)
    {
        return 0;
    }

    redis->refusal_logged = ngx_current_msec;

    return 1;
}


/* one line each NGX_HTTP_TENDER_REDIS_QUIET ms, however many requests fail */

void
ngx_http_tender_redis_fault(ngx_http_tender_redis_t *redis, ngx_uint_t kind,
    ngx_uint_t level, const char *what, ngx_str_t *text)
{
    ngx_uint_t  suppressed;

    if (ngx_current_msec - redis->faults[kind].logged
        < NGX_HTTP_TENDER_REDIS_QUIET)
    {
        redis->faults[kind].suppressed++;
        return;
    }

    suppressed = redis->faults[kind].suppressed;

    redis->faults[kind].logged = ngx_current_msec;
    redis->faults[kind].suppressed = 0;

    if (suppressed) {
        ngx_log_error(level, redis->log, 0,
                      "tender: redis at \"%V\" %s: \"%V\", "
                      "%ui more such answers before this one",
                      &redis->conf->url.url, what, text, suppressed);
        return;
    }

    ngx_log_error(level, redis->log, 0, "tender: redis at \"%V\" %s: \"%V\"",
                  &redis->conf->url.url, what, text);
}
