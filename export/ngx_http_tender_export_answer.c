
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


static ngx_int_t ngx_http_tender_export_number(ngx_http_tender_ctx_t *ctx,
    const char *name, uint64_t n);
static ngx_int_t ngx_http_tender_export_ignored(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *names);
static ngx_int_t ngx_http_tender_export_keep(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_export_headers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, uint64_t total)
{
    ngx_str_t            preview = ngx_string("preview");
    ngx_str_t            accept = ngx_string("Accept");
    ngx_http_request_t  *r;

    r = ctx->request;
    ctx->type = ngx_http_tender_export_types[export->format];

    if (ngx_http_tender_export_number(ctx, "X-Total-Count", total) != NGX_OK
        || ngx_http_tender_export_keep(ctx) != NGX_OK
        || (export->preview
            && ngx_http_tender_header(r, "X-Tender-Access", &preview) == NULL)
        || (export->negotiated
            && ngx_http_tender_header(r, "Vary", &accept) == NULL))
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_export_ignored(ctx, &export->criteria.ignored);
}


static ngx_int_t
ngx_http_tender_export_number(ngx_http_tender_ctx_t *ctx, const char *name,
    uint64_t n)
{
    u_char     buf[20];
    ngx_str_t  value;

    value.data = buf;
    value.len = tender_uint_write(buf, n) - buf;

    return ngx_http_tender_header(ctx->request, name, &value) ? NGX_OK
                                                              : NGX_ERROR;
}


/* "a, b" of "a b" */

static ngx_int_t
ngx_http_tender_export_ignored(ngx_http_tender_ctx_t *ctx, ngx_str_t *names)
{
    u_char     *p;
    size_t      i;
    ngx_str_t   value;

    if (names->len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, 2 * names->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    for (i = 0; i < names->len; i++) {

        if (names->data[i] == ' ') {
            *p++ = ',';
        }

        *p++ = names->data[i];
    }

    value.len = p - value.data;

    return ngx_http_tender_header(ctx->request, "X-Tender-Ignored-Params",
                                  &value) ? NGX_OK : NGX_ERROR;
}


/*
 * What is shown to one caller is for him alone, and each time it is asked
 * whether it is still so.  An api_code in the address is shown to nobody that
 * a link leads to.
 */

static ngx_int_t
ngx_http_tender_export_keep(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t            own = ngx_string("private, no-cache");
    ngx_str_t            any = ngx_string("no-cache");
    ngx_str_t            no_referrer = ngx_string("no-referrer");
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->secret
        && ngx_http_tender_header(r, "Referrer-Policy", &no_referrer) == NULL)
    {
        return NGX_ERROR;
    }

    ctx->secret = 0;

    return ngx_http_tender_header(r, "Cache-Control",
                                  ctx->principal ? &own : &any)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_export_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, u_char *data, size_t len)
{
    u_char              *p, *tag;
    ngx_http_request_t  *r;

    r = ctx->request;

    p = ngx_pnalloc(r->pool, len + 256 + export->base.len
                             + export->saved.version.len);
    tag = ngx_pnalloc(r->pool, NGX_HTTP_TENDER_HASH_LEN + 2);

    if (p == NULL || tag == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, data, len);

    len = ngx_sprintf(p + len, " %ui %uL %ui %ui %ui %ui %V %V",
                      (ngx_uint_t) export->format, export->fields,
                      (ngx_uint_t) export->comma, (ngx_uint_t) export->bom,
                      (ngx_uint_t) export->total,
                      (ngx_uint_t) export->preview, &export->saved.version,
                      &export->base)
          - p;

    tag[0] = '"';
    ngx_http_tender_store_hash(tag + 1, p, len);
    tag[33] = '"';

    ctx->etag.data = tag;
    ctx->etag.len = 34;

    if (!ngx_http_tender_has_tag(ctx)) {
        return NGX_OK;
    }

    ngx_http_tender_quota_return(ctx);

    return ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED);
}
