
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


/*
 * A version, the sort, how many hits came before, the key and the number of
 * the last one, big endian, and a check sum, in base32.
 */

#define NGX_HTTP_TENDER_CURSOR_VERSION  1
#define NGX_HTTP_TENDER_CURSOR_LEN      (1 + 1 + 4 + 8 + 8 + 2)
#define NGX_HTTP_TENDER_CURSOR_TEXT     39

/* of the address in Link: a longer one is more than clients take */

#define NGX_HTTP_TENDER_LINK_MAX        4096


static u_char *ngx_http_tender_cursor_put(u_char *p, uint64_t n,
    ngx_int_t bytes);
static uint64_t ngx_http_tender_cursor_get(u_char *p, ngx_int_t bytes);
static ngx_uint_t ngx_http_tender_cursor_sort(
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_cursor_decode(
    ngx_http_tender_export_t *export, tender_str_t *text);
static ngx_uint_t ngx_http_tender_link_repeats(tender_param_t *param);


/* parameters that the next page does not have, or that are secret */

static const tender_str_t  ngx_http_tender_link_without[] = {
    tender_string("access_token"),
    tender_string("api_code"),
    tender_string("cursor"),
    tender_string("page"),
    tender_string("refresh_code"),
    tender_null_string
};


static u_char *
ngx_http_tender_cursor_put(u_char *p, uint64_t n, ngx_int_t bytes)
{
    while (bytes--) {
        *p++ = (u_char) (n >> (8 * bytes));
    }

    return p;
}


static uint64_t
ngx_http_tender_cursor_get(u_char *p, ngx_int_t bytes)
{
    uint64_t  n;

    for (n = 0; bytes; bytes--) {
        n = n << 8 | *p++;
    }

    return n;
}


static ngx_uint_t
ngx_http_tender_cursor_sort(ngx_http_tender_export_t *export)
{
    return export->search.sort << 1 | export->search.descending;
}


ngx_int_t
ngx_http_tender_export_cursor_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_hit_t *hit,
    ngx_str_t *text)
{
    u_char      *raw, *p;
    ngx_uint_t   seen;

    raw = ngx_pnalloc(ctx->request->pool,
                      NGX_HTTP_TENDER_CURSOR_LEN
                      + NGX_HTTP_TENDER_CURSOR_TEXT);
    if (raw == NULL) {
        return NGX_ERROR;
    }

    seen = export->seen + export->search.offset + export->search.nhits;

    p = raw;
    *p++ = NGX_HTTP_TENDER_CURSOR_VERSION;
    *p++ = (u_char) ngx_http_tender_cursor_sort(export);
    p = ngx_http_tender_cursor_put(p, ngx_min(seen, NGX_MAX_INT32_VALUE), 4);
    p = ngx_http_tender_cursor_put(p, (uint64_t) hit->key, 8);
    p = ngx_http_tender_cursor_put(p, hit->number, 8);
    p = ngx_http_tender_cursor_put(p, ngx_crc32_short(raw, p - raw) & 0xffff,
                                   2);

    text->data = p;
    text->len = tender_base32_write(p, raw, NGX_HTTP_TENDER_CURSOR_LEN) - p;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_export_cursor_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_str_t *text)
{
    uint64_t  number;

    if (!export->all) {

        if (ngx_http_tender_cursor_decode(export, text) == NGX_OK) {
            return NGX_OK;
        }

        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url",
                                     "cursor",
                                     "Expected what was given with a page in "
                                     "the same order");
    }

    /* all of them come in the order of their numbers */

    if (tender_uint_read(*text, INT64_MAX, &number) != TENDER_OK) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url",
                                     "cursor",
                                     "Expected the ID of the last record");
    }

    export->search.after = 1;
    export->search.after_number = number;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_cursor_decode(ngx_http_tender_export_t *export,
    tender_str_t *text)
{
    u_char  raw[NGX_HTTP_TENDER_CURSOR_LEN];

    if (text->len != NGX_HTTP_TENDER_CURSOR_TEXT
        || tender_base32_read(raw, *text) != NGX_HTTP_TENDER_CURSOR_LEN
        || ngx_http_tender_cursor_get(raw + NGX_HTTP_TENDER_CURSOR_LEN - 2, 2)
           != (ngx_crc32_short(raw, NGX_HTTP_TENDER_CURSOR_LEN - 2) & 0xffff)
        || raw[0] != NGX_HTTP_TENDER_CURSOR_VERSION
        || raw[1] != ngx_http_tender_cursor_sort(export))
    {
        return NGX_DECLINED;
    }

    export->seen = (ngx_uint_t) ngx_http_tender_cursor_get(raw + 2, 4);

    export->search.after = 1;
    export->search.after_key = (int64_t) ngx_http_tender_cursor_get(raw + 6,
                                                                    8);
    export->search.after_number = ngx_http_tender_cursor_get(raw + 14, 8);

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_link_repeats(tender_param_t *param)
{
    const tender_str_t  *name;

    for (name = ngx_http_tender_link_without; name->len; name++) {
        if (tender_str_eq(&param->name, name)) {
            return 0;
        }
    }

    return param->value.len && ngx_http_tender_criteria_known(&param->name);
}


ngx_int_t
ngx_http_tender_export_link(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_str_t *cursor)
{
    u_char          *p;
    size_t           len;
    ngx_str_t        link;
    ngx_uint_t       i;
    tender_param_t  *param;

    len = export->base.len + sizeof("<?cursor=>; rel=\"next\"") + cursor->len;

    for (i = 0; i < ctx->query.nparams; i++) {
        param = &ctx->query.params[i];

        if (ngx_http_tender_link_repeats(param)) {
            len += 2 + param->name.len
                   + tender_uri_escaped_length(param->value);
        }
    }

    if (len > NGX_HTTP_TENDER_LINK_MAX) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    link.data = p;

    *p++ = '<';
    p = ngx_cpymem(p, export->base.data, export->base.len);
    *p++ = '?';

    for (i = 0; i < ctx->query.nparams; i++) {
        param = &ctx->query.params[i];

        if (!ngx_http_tender_link_repeats(param)) {
            continue;
        }

        p = ngx_cpymem(p, param->name.data, param->name.len);
        *p++ = '=';
        p = tender_uri_escape(p, param->value);
        *p++ = '&';
    }

    p = ngx_cpymem(p, "cursor=", sizeof("cursor=") - 1);
    p = ngx_cpymem(p, cursor->data, cursor->len);
    p = ngx_cpymem(p, ">; rel=\"next\"", sizeof(">; rel=\"next\"") - 1);

    link.len = p - link.data;

    return ngx_http_tender_header(ctx->request, "Link", &link) ? NGX_OK
                                                               : NGX_ERROR;
}
