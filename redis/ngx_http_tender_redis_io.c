
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


static ngx_int_t ngx_http_tender_redis_feed(
    ngx_http_tender_redis_link_t *link, u_char *data, size_t len);
static ngx_int_t ngx_http_tender_redis_answer(
    ngx_http_tender_redis_link_t *link, ngx_http_tender_redis_reply_t *reply);
static void ngx_http_tender_redis_drained(ngx_http_tender_redis_link_t *link);
static void ngx_http_tender_redis_fill(ngx_http_tender_redis_link_t *link,
    ngx_queue_t *queue);
static ngx_msec_int_t ngx_http_tender_redis_expire(
    ngx_http_tender_redis_link_t *link, ngx_queue_t *queue);


void
ngx_http_tender_redis_read_handler(ngx_event_t *rev)
{
    ssize_t                        n;
    ngx_connection_t              *c;
    ngx_http_tender_redis_link_t  *link;

    c = rev->data;
    link = c->data;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, c->log, 0, "tender redis read");

    for ( ;; ) {
        n = c->recv(c, link->in, NGX_HTTP_TENDER_REDIS_READ_SIZE);

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == 0) {
            ngx_http_tender_redis_link_close(link, "closed the connection");
            return;
        }

        if (n == NGX_ERROR) {
            ngx_http_tender_redis_link_close(link, "broke the connection");
            return;
        }

        if (ngx_http_tender_redis_feed(link, link->in, n) != NGX_OK) {
            return;
        }

        if (n < NGX_HTTP_TENDER_REDIS_READ_SIZE && !rev->ready) {
            break;
        }
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_http_tender_redis_link_close(link, "cannot be watched");
    }
}


/*
 * The reader moves what is left of its buffer to the front after each large
 * reply, so it is fed small pieces.
 */

static ngx_int_t
ngx_http_tender_redis_feed(ngx_http_tender_redis_link_t *link, u_char *data,
    size_t len)
{
    void    *obj;
    size_t   size;

    while (len) {
        size = ngx_min(len, NGX_HTTP_TENDER_REDIS_FEED_SIZE);

        if (redisReaderFeed(link->reader, (char *) data, size) != REDIS_OK) {
            ngx_http_tender_redis_link_close(link, "cannot be read");
            return NGX_ERROR;
        }

        data += size;
        len -= size;

        for ( ;; ) {
            obj = NULL;

            if (redisReaderGetReply(link->reader, &obj) != REDIS_OK) {
                ngx_http_tender_redis_link_close(link,
                                                 "sent what is not RESP2");
                return NGX_ERROR;
            }

            if (obj == NULL) {
                break;
            }

            if (ngx_http_tender_redis_answer(link, obj) != NGX_OK) {
                return NGX_ERROR;
            }
        }

        if (link->reader->len > NGX_HTTP_TENDER_REDIS_REPLY_MAX) {
            ngx_http_tender_redis_link_close(link, "sent too long a reply");
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_redis_answer(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_reply_t *reply)
{
    ngx_queue_t                      *q;
    ngx_http_tender_redis_op_t       *op;
    ngx_http_tender_redis_call_t     *call;
    ngx_http_tender_redis_outcome_e   outcome;

    if (ngx_queue_empty(&link->sent)) {
        ngx_http_tender_redis_link_close(link, "sent what nobody asked for");
        return NGX_ERROR;
    }

    q = ngx_queue_head(&link->sent);
    op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);
    call = op->call;

    if (call == NULL) {
        ngx_http_tender_redis_complete(op, NGX_HTTP_TENDER_REDIS_OK, NULL);
        return NGX_OK;
    }

    if (reply->type == NGX_HTTP_TENDER_REDIS_ERROR
        && call->script
        && !call->whole
        && reply->str.len >= sizeof("NOSCRIPT") - 1
        && ngx_strncmp(reply->str.data, "NOSCRIPT", sizeof("NOSCRIPT") - 1)
           == 0)
    {
        /* it was not run: once more, with the text */

        call->whole = 1;
        op->sent = 0;
        link->resent = 1;

        ngx_queue_remove(&op->queue);
        ngx_queue_insert_head(&link->queued, &op->queue);

        ngx_post_event(link->peer.connection->write, &ngx_posted_events);

        return NGX_OK;
    }

    if (op->greeting) {
        outcome = NGX_HTTP_TENDER_REDIS_OK;

    } else {
        outcome = ngx_http_tender_redis_judge(link->redis, call, reply);

        link->served = 1;
        link->pause = 0;
    }

    /* the last answer of a greeting may close the link */

    ngx_http_tender_redis_complete(op, outcome, reply);

    return (link->peer.connection == NULL) ? NGX_ERROR : NGX_OK;
}


void
ngx_http_tender_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t              *c;
    ngx_http_tender_redis_link_t  *link;

    c = wev->data;
    link = c->data;

    if (wev->timedout) {
        wev->timedout = 0;
        ngx_http_tender_redis_link_close(link, "was not ready in time");
        return;
    }

    ngx_http_tender_redis_link_write(link);
}


void
ngx_http_tender_redis_link_write(ngx_http_tender_redis_link_t *link)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = link->peer.connection;

    for ( ;; ) {
        ngx_http_tender_redis_fill(link, &link->greeting);

        if (link->state == NGX_HTTP_TENDER_LINK_READY) {
            ngx_http_tender_redis_fill(link, &link->queued);
        }

        if (link->out.pos == link->out.last) {
            ngx_http_tender_redis_drained(link);
            break;
        }

        n = c->send(c, link->out.pos, link->out.last - link->out.pos);

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == NGX_ERROR || n == 0) {
            ngx_http_tender_redis_link_close(link, "broke the connection");
            return;
        }

        link->out.pos += n;
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_http_tender_redis_link_close(link, "cannot be watched");
    }
}


/* the buffer is kept, one that has grown for large commands is not */

static void
ngx_http_tender_redis_drained(ngx_http_tender_redis_link_t *link)
{
    u_char  *p;

    if (link->out.end - link->out.start > NGX_HTTP_TENDER_REDIS_OUT_KEEP) {
        p = ngx_alloc(NGX_HTTP_TENDER_REDIS_OUT_SIZE, link->redis->log);

        if (p) {
            ngx_free(link->out.start);

            link->out.start = p;
            link->out.end = p + NGX_HTTP_TENDER_REDIS_OUT_SIZE;
        }
    }

    link->out.pos = link->out.start;
    link->out.last = link->out.start;
}


static void
ngx_http_tender_redis_fill(ngx_http_tender_redis_link_t *link,
    ngx_queue_t *queue)
{
    ngx_queue_t                 *q;
    ngx_http_tender_redis_op_t  *op;

    while (!ngx_queue_empty(queue)
           && link->out.last - link->out.pos < NGX_HTTP_TENDER_REDIS_OUT_MAX)
    {
        q = ngx_queue_head(queue);
        op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);

        if (ngx_http_tender_redis_format(link, op->call) != NGX_OK) {
            ngx_http_tender_redis_complete(op, NGX_HTTP_TENDER_REDIS_AWAY,
                                           NULL);
            continue;
        }

        op->sent = 1;

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&link->sent, q);
    }
}


void
ngx_http_tender_redis_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t              *ident;
    ngx_msec_int_t                 left, next;
    ngx_http_tender_redis_link_t  *link;

    ident = ev->data;
    link = ident->data;

    left = ngx_http_tender_redis_expire(link, &link->sent);

    if (left < 0) {
        ngx_http_tender_redis_link_close(link, "does not answer");
        left = 0;
    }

    next = ngx_http_tender_redis_expire(link, &link->queued);

    if (left == 0 || (next != 0 && next < left)) {
        left = next;
    }

    if (left > 0) {
        ngx_add_timer(&link->timer, left);
    }
}


/*
 * Fails what is late.  Returns the ms until the next operation will be, 0
 * if there is none; -1 if the oldest one was due a whole timeout ago, so
 * that no answer to anything can be hoped for.
 */

static ngx_msec_int_t
ngx_http_tender_redis_expire(ngx_http_tender_redis_link_t *link,
    ngx_queue_t *queue)
{
    ngx_msec_t                   timeout;
    ngx_queue_t                 *q, *next;
    ngx_msec_int_t               left, first;
    ngx_http_tender_redis_op_t  *op;

    first = 0;
    timeout = link->redis->conf->timeout;

    if (ngx_queue_empty(queue)) {
        link->resent = (queue == &link->sent) ? 0 : link->resent;
    }

    for (q = ngx_queue_head(queue);
         q != ngx_queue_sentinel(queue);
         q = next)
    {
        next = ngx_queue_next(q);

        op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);
        left = (ngx_msec_int_t) (op->deadline - ngx_current_msec);

        if (left > 0) {
            if (first == 0 || left < first) {
                first = left;
            }

            if (!link->resent) {
                break;
            }

            continue;
        }

        if (op->sent) {
            left += timeout;

            if (left <= 0) {
                return -1;
            }

            if (first == 0 || left < first) {
                first = left;
            }
        }

        ngx_http_tender_redis_fail(op);
    }

    return first;
}
