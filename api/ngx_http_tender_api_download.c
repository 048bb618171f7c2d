
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_document.h"


/* the bytes of a version of a document, or a range of them */

static ngx_int_t ngx_http_tender_api_download_headers(
    ngx_http_tender_ctx_t *ctx, tender_value_t *json);
static ngx_int_t ngx_http_tender_api_download_tag(ngx_http_tender_ctx_t *ctx,
    tender_value_t *hash);
static ngx_int_t ngx_http_tender_api_download_match(
    ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_api_download_named(ngx_str_t *list,
    ngx_str_t *tag, ngx_uint_t weak);
static ngx_int_t ngx_http_tender_api_download_range(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_download_parse(ngx_str_t *range,
    off_t size, off_t *from, off_t *to);
static u_char *ngx_http_tender_api_download_number(u_char *p, u_char *last,
    off_t *n);
static ngx_int_t ngx_http_tender_api_download_content(
    ngx_http_tender_ctx_t *ctx, ngx_uint_t satisfied);


ngx_int_t
ngx_http_tender_api_download(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_document_t *document)
{
    ngx_int_t                        rc;
    tender_value_t                  *json;
    ngx_http_request_t              *r;
    ngx_http_tender_api_document_t  *state;

    r = ctx->request;
    state = ngx_http_tender_api_document(ctx);

    if (r != r->main) {
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_IMPLEMENTED, "url",
                                     "request",
                                     "Files are not sent to subrequests");
    }

    state->out.id = state->place.id;
    state->out.key = document->key;
    state->out.size = document->size;
    state->out.to = document->size;

    /* the key alone is no secret of what all may see */

    if (!state->secret && ctx->query.nparams == 1 && ctx->token.len == 0) {
        ctx->secret = 0;
    }

    if (ngx_http_tender_api_tree(ctx, &document->part.json, &json) != NGX_OK
        || ngx_http_tender_api_download_tag(ctx,
                                        tender_value_member(json, "hash"))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->status = NGX_HTTP_OK;

    rc = ngx_http_tender_api_download_match(ctx);

    if (rc == NGX_OK && r->method == NGX_HTTP_GET) {
        rc = ngx_http_tender_api_download_range(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_api_download_headers(ctx, json) != NGX_OK) {
        return NGX_ERROR;
    }

    if (r->method == NGX_HTTP_HEAD || document->size == 0) {
        return ngx_http_tender_send_begin(ctx, ctx->status,
                                          state->out.to - state->out.from);
    }

    return ngx_http_tender_outfile_open(ctx, &state->out);
}


static ngx_int_t
ngx_http_tender_api_download_headers(ngx_http_tender_ctx_t *ctx,
    tender_value_t *json)
{
    tender_str_t         title, type, header;
    tender_value_t      *v;
    ngx_http_request_t  *r;

    ngx_str_t            policy = ngx_string("sandbox; default-src 'none'");
    ngx_str_t            bytes = ngx_string("bytes");
    ngx_str_t            disposition;

    r = ctx->request;

    title.len = 0;
    type.len = 0;

    v = tender_value_member(json, "title");

    if (v && v->type == TENDER_STRING) {
        title = v->u.text;
    }

    v = tender_value_member(json, "format");

    if (v && v->type == TENDER_STRING) {
        type = v->u.text;
    }

    type = tender_media_safe(type);

    ctx->type.data = type.data;
    ctx->type.len = type.len;

    if (tender_filename_clean(&ctx->mem, title, &title) != TENDER_OK
        || tender_disposition_write(&ctx->mem, title, &header) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    disposition.data = header.data;
    disposition.len = header.len;

    if (ngx_http_tender_header(r, "Content-Disposition", &disposition) == NULL
        || ngx_http_tender_header(r, "Content-Security-Policy", &policy)
           == NULL
        || ngx_http_tender_header(r, "Accept-Ranges", &bytes) == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the same bytes have the same tag */

static ngx_int_t
ngx_http_tender_api_download_tag(ngx_http_tender_ctx_t *ctx,
    tender_value_t *hash)
{
    u_char  *p;

    if (hash == NULL || hash->type != TENDER_STRING
        || hash->u.text.len != NGX_HTTP_TENDER_HASH_LEN)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->etag.data = p;
    ctx->etag.len = NGX_HTTP_TENDER_HASH_LEN + 2;

    *p++ = '"';
    p = ngx_cpymem(p, hash->u.text.data, NGX_HTTP_TENDER_HASH_LEN);
    *p = '"';

    return NGX_OK;
}


/* If-Match and If-None-Match: NGX_OK, or what is answered */

static ngx_int_t
ngx_http_tender_api_download_match(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  *list;

    list = ngx_http_tender_api_if_match(ctx);

    if (list && !ngx_http_tender_api_download_named(list, &ctx->etag, 0)) {
        return ngx_http_tender_error(ctx, NGX_HTTP_PRECONDITION_FAILED,
                                     "header", "If-Match",
                                     "The file is another one");
    }

    list = ngx_http_tender_api_if_none_match(ctx);

    if (list && ngx_http_tender_api_download_named(list, &ctx->etag, 1)) {
        return ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_api_download_named(ngx_str_t *list, ngx_str_t *tag,
    ngx_uint_t weak)
{
    u_char      *p, *last;
    ngx_uint_t   is_weak;

    p = list->data;
    last = p + list->len;

    if (list->len == 1 && *p == '*') {
        return 1;
    }

    for ( ;; ) {
        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        is_weak = 0;

        if (last - p > 2 && p[0] == 'W' && p[1] == '/') {
            is_weak = 1;
            p += 2;
        }

        if ((size_t) (last - p) >= tag->len
            && ngx_memcmp(p, tag->data, tag->len) == 0
            && (weak || !is_weak))
        {
            return 1;
        }

        if (p == last || *p != '"') {
            return 0;
        }

        p = ngx_strlchr(p + 1, last, '"');
        if (p == NULL) {
            return 0;
        }

        p++;
    }
}


/* one range is served; several are no error, the answer is the whole file */

static ngx_int_t
ngx_http_tender_api_download_range(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_request_t              *r;
    ngx_http_tender_api_document_t  *state;

    r = ctx->request;
    state = ngx_http_tender_api_document(ctx);

    if (r->headers_in.range == NULL) {
        return NGX_OK;
    }

    if (r->headers_in.if_range
        && (r->headers_in.if_range->value.len != ctx->etag.len
            || ngx_memcmp(r->headers_in.if_range->value.data, ctx->etag.data,
                          ctx->etag.len)
               != 0))
    {
        return NGX_OK;
    }

    rc = ngx_http_tender_api_download_parse(&r->headers_in.range->value,
                                            state->out.size, &state->out.from,
                                            &state->out.to);

    if (rc == NGX_DECLINED) {
        return NGX_OK;
    }

    if (ngx_http_tender_api_download_content(ctx, rc == NGX_OK) != NGX_OK) {
        return NGX_ERROR;
    }

    if (rc != NGX_OK) {
        return ngx_http_tender_error(ctx, NGX_HTTP_RANGE_NOT_SATISFIABLE,
                                     "header", "Range",
                                     "The file has no such bytes");
    }

    ctx->status = NGX_HTTP_PARTIAL_CONTENT;

    return NGX_OK;
}


/*
 * "bytes=0-99", "bytes=100-", "bytes=-100".  NGX_DECLINED: it is not one
 * range; NGX_ERROR: the file has none of it.
 */

static ngx_int_t
ngx_http_tender_api_download_parse(ngx_str_t *range, off_t size, off_t *from,
    off_t *to)
{
    off_t    first, end;
    u_char  *p, *last;

    p = range->data;
    last = p + range->len;

    if (range->len < 6 || ngx_strncasecmp(p, (u_char *) "bytes=", 6) != 0) {
        return NGX_DECLINED;
    }

    p += 6;

    while (p < last && *p == ' ') {
        p++;
    }

    while (p < last && last[-1] == ' ') {
        last--;
    }

    p = ngx_http_tender_api_download_number(p, last, &first);

    if (p == last || *p++ != '-') {
        return NGX_DECLINED;
    }

    p = ngx_http_tender_api_download_number(p, last, &end);

    if (p != last || (first < 0 && end < 0)
        || (first >= 0 && end >= 0 && end < first))
    {
        return NGX_DECLINED;
    }

    if (first >= size || (first < 0 && (end == 0 || size == 0))) {
        return NGX_ERROR;
    }

    if (first < 0) {
        *from = size - ngx_min(end, size);
        return NGX_OK;
    }

    *from = first;

    if (end >= 0 && end < size) {
        *to = end + 1;
    }

    return NGX_OK;
}


/* -1: there is none; a large one is as good as any that is too large */

static u_char *
ngx_http_tender_api_download_number(u_char *p, u_char *last, off_t *n)
{
    *n = -1;

    for ( /* void */ ; p < last && *p >= '0' && *p <= '9'; p++) {

        if (*n < 0) {
            *n = 0;
        }

        if (*n < NGX_MAX_OFF_T_VALUE / 100) {
            *n = *n * 10 + (*p - '0');
        }
    }

    return p;
}


static ngx_int_t
ngx_http_tender_api_download_content(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t satisfied)
{
    u_char                     *p;
    ngx_str_t                   value;
    ngx_http_tender_outfile_t  *out;

    out = &ngx_http_tender_api_document(ctx)->out;

    p = ngx_pnalloc(ctx->request->pool,
                    sizeof("bytes -/") - 1 + 3 * NGX_OFF_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    if (satisfied) {
        p = ngx_sprintf(p, "bytes %O-%O/%O", out->from, out->to - 1,
                        out->size);
    } else {
        p = ngx_sprintf(p, "bytes */%O", out->size);
    }

    value.len = p - value.data;

    return (ngx_http_tender_header(ctx->request, "Content-Range", &value)
            == NULL) ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_http_tender_api_download_read(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_outfile_read(ctx,
                                  &ngx_http_tender_api_document(ctx)->out);
}


/* a chunk, once the one before has left; the headers with the first one */

ngx_int_t
ngx_http_tender_api_download_send(ngx_http_tender_ctx_t *ctx)
{
    off_t                            length;
    ngx_int_t                        rc;
    ngx_str_t                        data;
    ngx_http_tender_outfile_t       *out;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);
    out = &state->out;

    if (state->sending) {
        rc = ngx_http_tender_send_rest(ctx);

    } else {
        length = out->to - out->from;

        rc = ngx_http_tender_outfile_chunk(ctx, out, &data);

        if (rc == NGX_OK && !ctx->answered) {
            rc = ngx_http_tender_send_begin(ctx, ctx->status, length);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        rc = ngx_http_tender_send_piece(ctx, data.data, data.len,
                                        out->from == out->to);
    }

    state->sending = (rc == NGX_AGAIN);

    if (rc == NGX_AGAIN) {
        ngx_http_tender_go(ctx, ngx_http_tender_api_download_send);

    } else if (rc == NGX_OK) {
        ngx_http_tender_go(ctx, ngx_http_tender_api_download_read);
    }

    return rc;
}
