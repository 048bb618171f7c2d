
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


#define NGX_HTTP_TENDER_TAG_LEN  14


static u_char *ngx_http_tender_api_next_tag(u_char *p, u_char *last,
    ngx_str_t *tag, ngx_uint_t *weak);


ngx_str_t *
ngx_http_tender_api_if_none_match(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    return (r == r->main && r->headers_in.if_none_match)
           ? &r->headers_in.if_none_match->value : NULL;
}


ngx_str_t *
ngx_http_tender_api_if_match(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    return (r == r->main && r->headers_in.if_match)
           ? &r->headers_in.if_match->value : NULL;
}


/*
 * The tag is the moment of the last change, which no two states of a tender
 * share: hexadecimal µs, and the form.
 */

ngx_int_t
ngx_http_tender_api_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record)
{
    u_char     *p;
    int64_t     us;
    ngx_int_t   shift;

    static const u_char  hex[] = "0123456789abcdef";

    if (ctx->query.nparams && tender_query_value(&ctx->query, "opt_jsonp")) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_TAG_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->etag.data = p;

    *p++ = '"';

    us = record->modified;

    for (shift = 4 * NGX_HTTP_TENDER_TAG_LEN - 4; shift >= 0; shift -= 4) {
        *p++ = hex[(us >> shift) & 0xf];
    }

    if (ngx_http_tender_api_state(ctx)->pretty) {
        *p++ = '-';
        *p++ = 'p';
    }

    *p++ = '"';

    ctx->etag.len = p - ctx->etag.data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_matches(ngx_http_tender_ctx_t *ctx, ngx_str_t *list,
    ngx_http_tender_record_t *record, ngx_uint_t weak)
{
    u_char      *p, *last;
    ngx_str_t    tag;
    ngx_uint_t   is_weak;

    if (ngx_http_tender_api_tag(ctx, record) != NGX_OK) {
        return NGX_ERROR;
    }

    p = list->data;
    last = p + list->len;

    if (list->len == 1 && *p == '*') {
        return NGX_OK;
    }

    while ((p = ngx_http_tender_api_next_tag(p, last, &tag, &is_weak))) {

        if ((weak || !is_weak)
            && tag.len == ctx->etag.len
            && ngx_memcmp(tag.data, ctx->etag.data, tag.len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* the tag of a part is the moment of its own last change */

ngx_int_t
ngx_http_tender_api_part_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part)
{
    ngx_http_tender_record_t  record;

    record.modified = part->changed;

    return ngx_http_tender_api_tag(ctx, &record);
}


/* with weak not set, it is If-Match: the tag of either form names its state */

ngx_int_t
ngx_http_tender_api_part_matches(ngx_http_tender_ctx_t *ctx, ngx_str_t *list,
    ngx_http_tender_part_t *part, ngx_uint_t weak)
{
    u_char                    text[NGX_INT64_LEN + 3];
    ngx_str_t                 match;
    ngx_http_tender_record_t  record;

    if (weak) {
        record.modified = part->changed;

        return ngx_http_tender_api_matches(ctx, list, &record, 1);
    }

    if (ngx_http_tender_api_match_list(ctx, list, &match) != NGX_OK) {
        return NGX_ERROR;
    }

    *ngx_sprintf(text, " %L ", part->changed) = '\0';

    return (match.len == 0
            || ngx_strnstr(match.data, (char *) text, match.len))
           ? NGX_OK : NGX_DECLINED;
}


/* in the order of RFC 9110, 13.2.2; NGX_DONE: 304 */

ngx_int_t
ngx_http_tender_api_part_fresh(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part)
{
    ngx_int_t   rc;
    ngx_str_t  *list;

    list = ngx_http_tender_api_if_match(ctx);

    if (list) {
        rc = ngx_http_tender_api_part_matches(ctx, list, part, 0);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED)
                   ? ngx_http_tender_api_precondition(ctx) : NGX_ERROR;
        }
    }

    if (ctx->request->method != NGX_HTTP_GET
        && ctx->request->method != NGX_HTTP_HEAD)
    {
        return NGX_OK;
    }

    list = ngx_http_tender_api_if_none_match(ctx);

    if (list) {
        rc = ngx_http_tender_api_part_matches(ctx, list, part, 1);

        if (rc != NGX_DECLINED) {
            return (rc == NGX_OK)
                   ? ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED)
                   : NGX_ERROR;
        }
    }

    return ngx_http_tender_api_part_tag(ctx, part);
}


/* the tag, with its quotes, or NULL at the end or at what is not one */

static u_char *
ngx_http_tender_api_next_tag(u_char *p, u_char *last, ngx_str_t *tag,
    ngx_uint_t *weak)
{
    while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
        p++;
    }

    *weak = 0;

    if (last - p > 2 && p[0] == 'W' && p[1] == '/') {
        *weak = 1;
        p += 2;
    }

    if (p == last || *p != '"') {
        return NULL;
    }

    tag->data = p++;

    p = ngx_strlchr(p, last, '"');
    if (p == NULL) {
        return NULL;
    }

    p++;
    tag->len = p - tag->data;

    return p;
}


/* both forms of a record have one state, so either tag names it */

ngx_int_t
ngx_http_tender_api_match_list(ngx_http_tender_ctx_t *ctx, ngx_str_t *list,
    ngx_str_t *match)
{
    u_char        *p, *last, *out;
    size_t         len;
    ngx_str_t      tag;
    ngx_uint_t     weak;
    tender_str_t   time;

    ngx_str_null(match);

    p = list->data;
    last = p + list->len;

    if (list->len == 1 && *p == '*') {
        return NGX_OK;
    }

    /* at least 3 characters of a tag become at most 20 */

    out = ngx_pnalloc(ctx->request->pool, 2 + list->len * 8);
    if (out == NULL) {
        return NGX_ERROR;
    }

    match->data = out;
    *out++ = ' ';

    while ((p = ngx_http_tender_api_next_tag(p, last, &tag, &weak))) {

        tag.data++;
        len = tag.len - 2;

        if (len > 2 && tag.data[len - 2] == '-' && tag.data[len - 1] == 'p') {
            len -= 2;
        }

        time.data = tag.data;
        time.len = len;

        if (!weak && len == NGX_HTTP_TENDER_TAG_LEN
            && tender_hex_valid(time))
        {
            out = tender_uint_write(out, ngx_hextoi(time.data, len));
            *out++ = ' ';
        }
    }

    *out++ = ' ';
    match->len = out - match->data;

    return NGX_OK;
}
