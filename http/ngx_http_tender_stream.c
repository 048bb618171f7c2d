
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/*
 * A body as it comes.  It is asked for when the first piece is, so that a
 * request can be refused before; no more is read while a piece is in use.
 */

#define NGX_HTTP_TENDER_SLICE  16384


static ngx_int_t ngx_http_tender_stream_begin(ngx_http_tender_ctx_t *ctx);
static void ngx_http_tender_stream_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_tender_stream_piece(ngx_http_tender_ctx_t *ctx,
    tender_str_t *data);
static ngx_int_t ngx_http_tender_stream_kept(ngx_http_tender_ctx_t *ctx,
    tender_str_t *data);
static ngx_int_t ngx_http_tender_stream_slice(ngx_http_tender_ctx_t *ctx,
    ngx_buf_t *b, tender_str_t *data);
static ngx_int_t ngx_http_tender_stream_wait(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_stream(ngx_http_tender_ctx_t *ctx, tender_str_t *data)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (!ctx->streaming) {
        rc = ngx_http_tender_stream_begin(ctx);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (!ctx->streamed) {
        ctx->reading = 1;
        return NGX_AGAIN;
    }

    for ( ;; ) {
        rc = ctx->kept ? ngx_http_tender_stream_kept(ctx, data)
                       : ngx_http_tender_stream_piece(ctx, data);

        if (rc != NGX_DECLINED) {
            return rc;
        }

        if (!r->reading_body) {
            return NGX_DONE;
        }

        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            ctx->failed = rc;
            return rc;
        }

        if (rc == NGX_AGAIN && r->request_body->bufs == NULL) {
            return ngx_http_tender_stream_wait(ctx);
        }
    }
}


static ngx_int_t
ngx_http_tender_stream_begin(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->streaming = 1;

    if (r->request_body) {

        /* another module has read it, and may still need it */

        ctx->kept = 1;
        ctx->streamed = 1;
        ctx->next = r->request_body->bufs;

        return NGX_OK;
    }

    r->request_body_no_buffering = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_tender_stream_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        ctx->failed = rc;
        return rc;
    }

    /* the request is held already */

    r->main->count--;

    return NGX_OK;
}


/* HTTP/2 calls it later if the whole body had come before it was asked for */

static void
ngx_http_tender_stream_handler(ngx_http_request_t *r)
{
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    ctx->streamed = 1;

    ngx_http_tender_wake(ctx);
}


/* what nginx has read and nobody else will use */

static ngx_int_t
ngx_http_tender_stream_piece(ngx_http_tender_ctx_t *ctx, tender_str_t *data)
{
    ngx_buf_t            *b;
    ngx_chain_t          *cl;
    ngx_event_t          *rev;
    ngx_http_request_t   *r;

    r = ctx->request;

    if (ctx->piece) {
        ctx->piece->pos = ctx->piece->last;
        ctx->piece = NULL;
    }

    while (r->request_body && r->request_body->bufs) {
        cl = r->request_body->bufs;
        b = cl->buf;

        r->request_body->bufs = cl->next;
        ngx_free_chain(r->pool, cl);

        if (b->pos == b->last) {
            continue;
        }

        /* while it is in use the client need not hurry */

        rev = r->connection->read;

        if (rev->timer_set) {
            ngx_del_timer(rev);
        }

        ctx->piece = b;

        data->data = b->pos;
        data->len = b->last - b->pos;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_stream_kept(ngx_http_tender_ctx_t *ctx, tender_str_t *data)
{
    ngx_buf_t  *b;

    while (ctx->next) {
        b = ctx->next->buf;

        if (b->in_file && ctx->offset < b->file_last - b->file_pos) {
            return ngx_http_tender_stream_slice(ctx, b, data);
        }

        ctx->next = ctx->next->next;
        ctx->offset = 0;

        if (!b->in_file && b->last > b->pos) {
            data->data = b->pos;
            data->len = b->last - b->pos;

            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* the next bytes of one that was written to a file */

static ngx_int_t
ngx_http_tender_stream_slice(ngx_http_tender_ctx_t *ctx, ngx_buf_t *b,
    tender_str_t *data)
{
    off_t    rest;
    ssize_t  n;

    if (ctx->slice == NULL) {
        ctx->slice = ngx_palloc(ctx->request->pool, NGX_HTTP_TENDER_SLICE);
        if (ctx->slice == NULL) {
            return NGX_ERROR;
        }
    }

    rest = b->file_last - b->file_pos - ctx->offset;

    n = ngx_read_file(b->file, ctx->slice,
                      (size_t) ngx_min(rest, NGX_HTTP_TENDER_SLICE),
                      b->file_pos + ctx->offset);

    if (n <= 0) {
        return NGX_ERROR;
    }

    ctx->offset += n;

    data->data = ctx->slice;
    data->len = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_stream_wait(ngx_http_tender_ctx_t *ctx)
{
    ngx_event_t               *rev;
    ngx_http_core_loc_conf_t  *clcf;

    rev = ctx->request->connection->read;

    if (!rev->timer_set) {
        clcf = ngx_http_get_module_loc_conf(ctx->request,
                                            ngx_http_core_module);
        ngx_add_timer(rev, clcf->client_body_timeout);
    }

    ctx->reading = 1;

    return NGX_AGAIN;
}


void
ngx_http_tender_stream_refuse(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    /* one who waits to be asked for the body is not asked */

    if (!ctx->streaming) {
        r->expect_tested = 1;

    } else if (r->reading_body) {
        r->keepalive = 0;
    }
}
