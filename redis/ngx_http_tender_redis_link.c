
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


static void ngx_http_tender_redis_retry_handler(ngx_event_t *ev);
static ngx_msec_t ngx_http_tender_redis_backoff(
    ngx_http_tender_redis_link_t *link, ngx_msec_t delay);
static void ngx_http_tender_redis_drop(ngx_queue_t *queue);


ngx_int_t
ngx_http_tender_redis_link_init(ngx_http_tender_redis_link_t *link)
{
    ngx_log_t  *log;

    log = link->redis->log;

    ngx_queue_init(&link->greeting);
    ngx_queue_init(&link->queued);
    ngx_queue_init(&link->sent);

    link->ident.fd = (ngx_socket_t) -1;
    link->ident.data = link;

    link->timer.handler = ngx_http_tender_redis_timer_handler;
    link->timer.data = &link->ident;
    link->timer.log = log;
    link->timer.cancelable = 1;

    link->retry.handler = ngx_http_tender_redis_retry_handler;
    link->retry.data = &link->ident;
    link->retry.log = log;
    link->retry.cancelable = 1;

    /* a connection that fails is reported here, not by the core */

    link->quiet_log = *log;
    link->quiet_log.log_level = NGX_LOG_EMERG;
    link->quiet_log.next = NULL;

    link->in = ngx_alloc(NGX_HTTP_TENDER_REDIS_READ_SIZE, log);
    link->out.start = ngx_alloc(NGX_HTTP_TENDER_REDIS_OUT_SIZE, log);

    if (link->in == NULL || link->out.start == NULL) {
        return NGX_ERROR;
    }

    link->out.pos = link->out.start;
    link->out.last = link->out.start;
    link->out.end = link->out.start + NGX_HTTP_TENDER_REDIS_OUT_SIZE;

    return NGX_OK;
}


void
ngx_http_tender_redis_link_open(ngx_http_tender_redis_link_t *link)
{
    ngx_url_t  *url;

    url = &link->redis->conf->url;

    if (url->naddrs == 0) {
        ngx_http_tender_redis_resolve(link);
        return;
    }

    link->socklen = url->addrs[0].socklen;
    ngx_memcpy(&link->sockaddr, url->addrs[0].sockaddr, link->socklen);

    ngx_http_tender_redis_connect(link);
}


void
ngx_http_tender_redis_link_established(ngx_http_tender_redis_link_t *link)
{
    link->state = NGX_HTTP_TENDER_LINK_GREETING;

    link->reader = ngx_http_tender_redis_reader(link);

    if (link->reader == NULL
        || ngx_http_tender_redis_greet(link) != NGX_OK)
    {
        ngx_http_tender_redis_link_close(link, "has no memory left for it");
        return;
    }

    ngx_http_tender_redis_link_write(link);
}


/*
 * What was sent is lost; what was not waits for one more attempt if the
 * link had been working.
 */

void
ngx_http_tender_redis_link_close(ngx_http_tender_redis_link_t *link,
    const char *reason)
{
    ngx_err_t          err;
    ngx_uint_t         ready;
    ngx_pool_t        *pool;
    ngx_connection_t  *c;

    err = link->err;
    ready = (link->state == NGX_HTTP_TENDER_LINK_READY);

    c = link->peer.connection;
    pool = c->pool;

#if (NGX_HTTP_SSL)
    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;
        (void) ngx_ssl_shutdown(c);
    }
#endif

    ngx_close_connection(c);
    link->peer.connection = NULL;

    if (link->reader) {
        redisReaderFree(link->reader);
        link->reader = NULL;
    }

    link->err = 0;
    link->out.pos = link->out.start;
    link->out.last = link->out.start;

    ngx_http_tender_redis_drop(&link->greeting);
    ngx_http_tender_redis_drop(&link->sent);

    if (pool) {
        ngx_destroy_pool(pool);
    }

    if (link->redis->closing) {
        return;
    }

    if (!ready) {
        ngx_http_tender_redis_link_down(link, err, reason);
        return;
    }

    if (!ngx_exiting) {
        ngx_log_error(NGX_LOG_ERR, link->redis->log, 0,
                      "tender: redis at \"%V\" %s, connecting again",
                      &link->redis->conf->url.url, reason);
    }

    link->state = NGX_HTTP_TENDER_LINK_CONNECTING;

    /* at once, unless the server welcomes and closes, again and again */

    if (!link->served) {
        link->pause = ngx_http_tender_redis_backoff(link, link->pause);
    }

    ngx_add_timer(&link->retry, link->served ? 1 : link->pause);
}


static ngx_msec_t
ngx_http_tender_redis_backoff(ngx_http_tender_redis_link_t *link,
    ngx_msec_t delay)
{
    ngx_http_tender_redis_backoff_t  *backoff;

    backoff = &link->redis->conf->backoff;

    delay = delay ? delay * backoff->factor : backoff->min;

    return ngx_min(delay, backoff->max);
}


static void
ngx_http_tender_redis_drop(ngx_queue_t *queue)
{
    ngx_queue_t                 *q;
    ngx_http_tender_redis_op_t  *op;

    while (!ngx_queue_empty(queue)) {
        q = ngx_queue_head(queue);
        op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);

        ngx_http_tender_redis_fail(op);

        if (op->sent) {
            ngx_http_tender_redis_complete(op, NGX_HTTP_TENDER_REDIS_LATE,
                                           NULL);
        }
    }
}


/* an attempt has failed: those who hoped for it are told, the next is later */

void
ngx_http_tender_redis_link_down(ngx_http_tender_redis_link_t *link,
    ngx_err_t err, const char *reason)
{
    ngx_msec_t                delay;
    ngx_http_tender_redis_t  *redis;

    redis = link->redis;

    link->state = NGX_HTTP_TENDER_LINK_DOWN;

    if (ngx_current_msec - redis->down_logged
        >= NGX_HTTP_TENDER_REDIS_QUIET
        || link->delay == 0)
    {
        redis->down_logged = ngx_current_msec;

        ngx_log_error(NGX_LOG_ERR, redis->log, err,
                      "tender: redis at \"%V\" %s, trying again",
                      &redis->conf->url.url, reason);
    }

    link->delay = ngx_http_tender_redis_backoff(link, link->delay);

    ngx_http_tender_redis_drop(&link->queued);

    if (ngx_exiting) {
        return;
    }

    /* a quarter less or more, so that workers do not march in step */

    delay = link->delay - link->delay / 4
            + ngx_random() % (link->delay / 2 + 1);

    ngx_add_timer(&link->retry, ngx_max(delay, 1));
}


static void
ngx_http_tender_redis_retry_handler(ngx_event_t *ev)
{
    ngx_connection_t              *ident;
    ngx_http_tender_redis_link_t  *link;

    ident = ev->data;
    link = ident->data;

    if (ngx_exiting && link->pending == 0) {
        link->state = NGX_HTTP_TENDER_LINK_DOWN;
        link->delay = link->redis->conf->backoff.max;
        return;
    }

    ngx_http_tender_redis_link_open(link);
}


void
ngx_http_tender_redis_link_free(ngx_http_tender_redis_link_t *link)
{
    if (link->resolving) {
        ngx_resolve_name_done(link->resolving);
        link->resolving = NULL;
    }

    if (link->peer.connection) {
        ngx_http_tender_redis_link_close(link, "is not needed any more");
    }

    ngx_http_tender_redis_drop(&link->queued);

    if (link->timer.timer_set) {
        ngx_del_timer(&link->timer);
    }

    if (link->retry.timer_set) {
        ngx_del_timer(&link->retry);
    }

    if (link->in) {
        ngx_free(link->in);
    }

    if (link->out.start) {
        ngx_free(link->out.start);
    }
}
