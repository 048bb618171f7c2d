
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/* an answer in pieces: none is made before the last one has left */


ngx_int_t
ngx_http_tender_send_begin(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    off_t length)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->status = status;
    ctx->length = length;

    ctx->sent = ngx_http_tender_send_head(ctx);

    if (ctx->sent == NGX_ERROR || ctx->sent > NGX_OK || r->header_only) {
        return NGX_DONE;
    }

    if (length == 0) {
        ctx->sent = ngx_http_send_special(r, NGX_HTTP_LAST);
        return NGX_DONE;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_send_piece(ngx_http_tender_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t last)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    /* a filter may still look at the one before */

    b = ctx->piece;

    if (b == NULL || b->pos != b->last) {
        b = ngx_calloc_buf(ctx->request->pool);
        if (b == NULL) {
            return NGX_ERROR;
        }

        ctx->piece = b;
    }

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->start = data;
    b->pos = data;
    b->last = data + len;
    b->end = b->last;
    b->temporary = 1;

    b->flush = !last;
    b->last_buf = last;
    b->last_in_chain = last;

    out.buf = b;
    out.next = NULL;

    ctx->sent = ngx_http_output_filter(ctx->request, &out);

    if (last || ctx->sent == NGX_ERROR) {
        return NGX_DONE;
    }

    return ngx_http_tender_send_rest(ctx);
}


ngx_int_t
ngx_http_tender_send_rest(ngx_http_tender_ctx_t *ctx)
{
    ngx_event_t               *wev;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = ctx->request;
    c = r->connection;
    wev = c->write;

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, c->log, NGX_ETIMEDOUT,
                      "client timed out");
        c->timedout = 1;
        ctx->sent = NGX_HTTP_REQUEST_TIME_OUT;
        return NGX_DONE;
    }

    if (!wev->delayed && (r->buffered || c->buffered)) {
        ctx->sent = ngx_http_output_filter(r, NULL);

        if (ctx->sent == NGX_ERROR) {
            return NGX_DONE;
        }
    }

    if (r->buffered || c->buffered) {
        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

        if (!wev->delayed) {
            ngx_add_timer(wev, clcf->send_timeout);
        }

        if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
            ctx->sent = NGX_ERROR;
            return NGX_DONE;
        }

        return NGX_AGAIN;
    }

    if (wev->timer_set && !wev->delayed) {
        ngx_del_timer(wev);
    }

    return NGX_OK;
}
