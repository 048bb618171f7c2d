
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"
#include "../format/tender_header.h"


ngx_int_t
ngx_http_tender_body(ngx_http_tender_ctx_t *ctx)
{
    u_char              *p;
    size_t               len, size;
    ssize_t              n;
    ngx_buf_t           *b;
    ngx_chain_t         *cl;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    cl = r->request_body->bufs;

    if (cl->next == NULL && !cl->buf->in_file) {
        ctx->body.data = cl->buf->pos;
        ctx->body.len = cl->buf->last - cl->buf->pos;
        return NGX_OK;
    }

    len = 0;

    for ( /* void */ ; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);
    }

    if (len > NGX_HTTP_TENDER_BODY_MAX) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->body.data = p;
    ctx->body.len = len;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (!b->in_file) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        size = b->file_last - b->file_pos;

        n = ngx_read_file(b->file, p, size, b->file_pos);

        if (n == NGX_ERROR || (size_t) n != size) {
            return NGX_ERROR;
        }

        p += size;
    }

    return NGX_OK;
}


tender_str_t
ngx_http_tender_body_type(ngx_http_request_t *r)
{
    tender_str_t      type;
    ngx_table_elt_t  *h;

    h = r->headers_in.content_type;

    if (h == NULL) {
        ngx_memzero(&type, sizeof(tender_str_t));
        return type;
    }

    type.data = h->value.data;

    for (type.len = 0; type.len < h->value.len; type.len++) {
        if (type.data[type.len] == ';') {
            break;
        }
    }

    return tender_header_trim(type);
}
