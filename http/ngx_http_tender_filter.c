
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/*
 * Refusals of nginx itself (413, 400, 408, what access modules say) in a
 * location of ours: the header filter sees one, the page is replaced by the
 * dialect's.
 */

static ngx_int_t ngx_http_tender_guarded_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_tender_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_tender_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


void
ngx_http_tender_filter_init(void)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_tender_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_tender_body_filter;
}


/* what others answer to who is known is for him alone */

static ngx_int_t
ngx_http_tender_guarded_filter(ngx_http_request_t *r)
{
    ngx_uint_t              i;
    ngx_list_part_t        *part;
    ngx_table_elt_t        *h;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx == NULL || ctx->principal == NULL) {
        return ngx_http_next_header_filter(r);
    }

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].hash && h[i].key.len == sizeof("Cache-Control") - 1
                && ngx_strncasecmp(h[i].key.data, (u_char *) "Cache-Control",
                                   h[i].key.len)
                   == 0)
            {
                return ngx_http_next_header_filter(r);
            }
        }
    }

    return (ngx_http_tender_private(ctx) == NGX_OK)
           ? ngx_http_next_header_filter(r) : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_header_filter(ngx_http_request_t *r)
{
    ngx_str_t                    type, nosniff = ngx_string("nosniff");
    ngx_http_tender_ctx_t       *ctx;
    ngx_http_tender_loc_conf_t  *tlcf;

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (tlcf->dialect == NULL && tlcf->auth) {
        return ngx_http_tender_guarded_filter(r);
    }

    if (r->headers_out.status < NGX_HTTP_BAD_REQUEST) {
        return ngx_http_next_header_filter(r);
    }

    if (tlcf->dialect == NULL
        || (r->content_handler
            && r->content_handler != ngx_http_tender_handler))
    {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_conceal(ctx);

    /* our own refusals are complete; one of a filter's may follow */

    if (ctx->answered && !r->filter_finalize) {
        return ngx_http_next_header_filter(r);
    }

    if (tlcf->dialect->refuse(r, r->headers_out.status,
                              ctx->answered ? NULL : ctx->errors,
                              &type, &ctx->page)
        != NGX_OK
        || ngx_http_tender_header(r, "X-Content-Type-Options", &nosniff)
           == NULL
        || ngx_http_tender_private(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_content_type(r, &type);

    r->headers_out.charset.len = 0;
    r->headers_out.content_length_n = ctx->page.len;

    if (r->headers_out.content_length) {
        r->headers_out.content_length->hash = 0;
        r->headers_out.content_length = NULL;
    }

    return ngx_http_next_header_filter(r);
}


static ngx_int_t
ngx_http_tender_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t              *b;
    ngx_chain_t            *cl, out;
    ngx_http_tender_ctx_t  *ctx;

    if (in == NULL || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx == NULL || ctx->page.len == 0) {
        return ngx_http_next_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
        cl->buf->file_pos = cl->buf->file_last;

        if (!cl->buf->last_buf) {
            continue;
        }

        b = ngx_calloc_buf(r->pool);
        if (b == NULL) {
            return NGX_ERROR;
        }

        b->pos = ctx->page.data;
        b->last = b->pos + ctx->page.len;
        b->memory = 1;
        b->last_buf = 1;
        b->last_in_chain = 1;

        ctx->page.len = 0;

        out.buf = b;
        out.next = NULL;

        return ngx_http_next_body_filter(r, &out);
    }

    return NGX_OK;
}
