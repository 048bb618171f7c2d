
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


static void *ngx_http_tender_alloc(void *pool, size_t size);
static void ngx_http_tender_find_cleanup(void *data);
static void ngx_http_tender_cleanup(void *data);
static void ngx_http_tender_body_handler(ngx_http_request_t *r);
static void ngx_http_tender_start(ngx_http_tender_ctx_t *ctx);
static void ngx_http_tender_run(ngx_http_tender_ctx_t *ctx);
static void ngx_http_tender_watch_client(ngx_http_request_t *r);
static void ngx_http_tender_resume(ngx_http_request_t *r);
static void ngx_http_tender_call_handler(ngx_http_tender_redis_call_t *call);


ngx_int_t
ngx_http_tender_handler(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_tender_router(ctx);

    /* nobody has looked at what was shown: it cannot be */

    if (rc == NGX_OK && ctx->later) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "tender: a login was left for a phase that did not "
                      "come");
        rc = NGX_HTTP_FORBIDDEN;
    }

    /* what an access module has said before another one let the client in */

    if (rc == NGX_OK) {
        ctx->errors = NULL;
    }

    if (rc == NGX_OK && ctx->conf->dialect->accept) {
        rc = ctx->conf->dialect->accept(ctx);
    }

    if (rc != NGX_OK) {
        return ngx_http_tender_refuse(ctx, (rc == NGX_ERROR)
                                           ? NGX_HTTP_INTERNAL_SERVER_ERROR
                                           : rc);
    }

    ctx->steps = ctx->route->steps;
    ctx->step = ctx->steps;
    ctx->run = ngx_http_tender_run;

    if (ctx->route->body == NGX_HTTP_TENDER_BODY) {

        if (r->headers_in.content_length_n > NGX_HTTP_TENDER_BODY_MAX) {
            r->expect_tested = 1;
            return ngx_http_tender_refuse(ctx,
                                          NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
        }

        rc = ngx_http_read_client_request_body(r,
                                               ngx_http_tender_body_handler);

        return (rc >= NGX_HTTP_SPECIAL_RESPONSE) ? rc : NGX_DONE;
    }

    if (ctx->route->body == NGX_HTTP_TENDER_NO_BODY) {
        rc = ngx_http_discard_request_body(r);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    r->main->count++;

    ngx_http_tender_start(ctx);

    return NGX_DONE;
}


ngx_http_tender_ctx_t *
ngx_http_tender_ctx(ngx_http_request_t *r)
{
    ngx_http_cleanup_t     *cln;
    ngx_pool_cleanup_t     *pcln;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx) {

        /* it may have been made before the location was found */

        if (!ctx->routed) {
            ctx->conf = ngx_http_get_module_loc_conf(r,
                                                     ngx_http_tender_module);
        }

        return ctx;
    }

    /* what is found there after an internal redirect serves logs only */

    pcln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_tender_ctx_t));
    cln = ngx_http_cleanup_add(r, 0);

    if (pcln == NULL || cln == NULL) {
        return NULL;
    }

    ctx = pcln->data;
    ngx_memzero(ctx, sizeof(ngx_http_tender_ctx_t));

    pcln->handler = ngx_http_tender_find_cleanup;

    cln->handler = ngx_http_tender_cleanup;
    cln->data = ctx;

    ctx->request = r;
    ctx->main = ngx_http_get_module_main_conf(r, ngx_http_tender_module);
    ctx->conf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    ngx_str_set(&ctx->author, "anonymous");

    tender_mem_init(&ctx->mem, ngx_http_tender_alloc, r->pool);

    ngx_http_set_ctx(r, ctx, ngx_http_tender_module);

    return ctx;
}


static void *
ngx_http_tender_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}


ngx_http_tender_ctx_t *
ngx_http_tender_find_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t     *cln;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_tender_find_cleanup) {
            ctx = cln->data;

            if (ctx->request == r) {
                return ctx;
            }
        }
    }

    return NULL;
}


static void
ngx_http_tender_find_cleanup(void *data)
{
    (void) data;
}


/* the request ends while commands of it are under way */

static void
ngx_http_tender_cleanup(void *data)
{
    ngx_http_tender_ctx_t  *ctx = data;

    ngx_uint_t  i, unknown;

    if (ctx->pending == 0) {
        return;
    }

    unknown = 0;

    for (i = 0; i < ctx->ncalls; i++) {
        if (ngx_http_tender_redis_cancel(&ctx->calls[i]) == NGX_AGAIN
            && ctx->calls[i].write)
        {
            unknown = 1;
        }
    }

    ctx->pending = 0;

    if (unknown) {
        ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                      "tender: the client has left while a write was under "
                      "way, it may be applied");
    }
}


static void
ngx_http_tender_body_handler(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    rc = ngx_http_tender_body(ctx);

    if (rc == NGX_OK) {
        ngx_http_tender_start(ctx);
        return;
    }

    ngx_http_finalize_request(r, ngx_http_tender_refuse(ctx,
                                  (rc == NGX_DECLINED)
                                  ? NGX_HTTP_REQUEST_ENTITY_TOO_LARGE
                                  : NGX_HTTP_INTERNAL_SERVER_ERROR));
}


static void
ngx_http_tender_start(ngx_http_tender_ctx_t *ctx)
{
    ctx->request->write_event_handler = ngx_http_tender_resume;

    ngx_http_tender_run(ctx);
}


ngx_int_t
ngx_http_tender_run_steps(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_request_t       *r;
    ngx_http_tender_step_pt   step;

    r = ctx->request;

    do {
        step = *ctx->step++;
        rc = step(ctx);

    } while (rc == NGX_OK);

    if (rc == NGX_AGAIN) {
        ctx->waiting = 1;
        r->write_event_handler = ngx_http_tender_resume;

        if (!ctx->reading) {
            ngx_http_tender_watch_client(r);

        } else if (ctx->streamed) {
            r->read_event_handler = ngx_http_tender_resume;
        }
    }

    return rc;
}


/* the steps of a route, until one waits or the request is answered */

static void
ngx_http_tender_run(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_run_steps(ctx);

    if (rc == NGX_AGAIN) {
        return;
    }

    if (ctx->route->body == NGX_HTTP_TENDER_BODY_STREAM && rc != NGX_DONE) {
        ngx_http_tender_stream_refuse(ctx);
    }

    if (ctx->failed) {
        rc = ctx->failed;

    } else if (rc == NGX_DONE) {
        rc = ctx->answered ? ctx->sent : ngx_http_tender_send(ctx);

    } else if (rc >= NGX_HTTP_BAD_REQUEST) {
        rc = ngx_http_tender_refuse(ctx, rc);

    } else {
        rc = ngx_http_tender_refuse(ctx, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }

    ngx_http_finalize_request(ctx->request, rc);
}


/* a client that leaves while the request waits is noticed */

static void
ngx_http_tender_watch_client(ngx_http_request_t *r)
{
    ngx_event_t  *rev;

    rev = r->connection->read;

    r->read_event_handler = ngx_http_test_reading;

#if (NGX_HTTP_V2)
    if (r->stream) {
        return;
    }
#endif

    /* a body that nobody wants may be long, and in the way of the answer */

    if (r->discard_body) {
        r->read_event_handler = ngx_http_discarded_request_body_handler;
        ngx_post_event(rev, &ngx_posted_events);
        return;
    }

    if (rev->ready) {
#if (NGX_HAVE_EPOLLRDHUP)
        if ((ngx_event_flags & NGX_USE_EPOLL_EVENT)
            && ngx_use_epoll_rdhup && !rev->pending_eof)
        {
            return;
        }
#endif
        ngx_post_event(rev, &ngx_posted_events);
        return;
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_post_event(rev, &ngx_posted_events);
    }
}


static void
ngx_http_tender_resume(ngx_http_request_t *r)
{
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx) {
        ngx_http_tender_wake(ctx);
    }
}


void
ngx_http_tender_wake(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    r->write_event_handler = ngx_http_tender_resume;

    if (!ctx->waiting || ctx->pending) {
        return;
    }

    ctx->waiting = 0;
    ctx->reading = 0;

    r->read_event_handler = ngx_http_block_reading;

    ctx->run(ctx);
}


void
ngx_http_tender_go(ngx_http_tender_ctx_t *ctx, ngx_http_tender_step_pt step)
{
    const ngx_http_tender_step_pt  *s;

    for (s = ctx->steps; *s; s++) {
        if (*s == step) {
            ctx->step = s;
            return;
        }
    }
}


ngx_int_t
ngx_http_tender_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *calls, ngx_uint_t n)
{
    ngx_uint_t  i;

    ctx->calls = calls;
    ctx->ncalls = 0;
    ctx->started = ngx_current_msec;

    for (i = 0; i < n; i++) {
        calls[i].handler = ngx_http_tender_call_handler;
        calls[i].data = ctx;

        if (calls[i].pool == NULL) {
            calls[i].pool = ctx->request->pool;
        }

        if (ngx_http_tender_redis_call(ctx->main->client, &calls[i])
            != NGX_AGAIN)
        {
            ngx_http_tender_cleanup(ctx);
            return ngx_http_tender_error_redis(ctx, &calls[i]);
        }

        ctx->ncalls++;
        ctx->pending++;
        ctx->redis_calls++;
    }

    return NGX_AGAIN;
}


/* request code never runs on the stack of the Redis client */

static void
ngx_http_tender_call_handler(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_ctx_t  *ctx;

    ctx = call->data;

    if (--ctx->pending) {
        return;
    }

    ctx->redis_time += ngx_current_msec - ctx->started;

    ngx_http_tender_post(ctx);
}


void
ngx_http_tender_post(ngx_http_tender_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    if (c->data != r) {
        (void) ngx_http_post_request(r, NULL);
    }

    ngx_post_event(c->write, &ngx_posted_events);
}
