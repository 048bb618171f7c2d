
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/* a weak tag is as good: nginx makes it so when it compresses */

ngx_uint_t
ngx_http_tender_has_tag(ngx_http_tender_ctx_t *ctx)
{
    u_char              *p, *last;
    ngx_str_t           *list;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (r != r->main || r->headers_in.if_none_match == NULL) {
        return 0;
    }

    list = &r->headers_in.if_none_match->value;

    p = list->data;
    last = p + list->len;

    if (list->len == 1 && *p == '*') {
        return 1;
    }

    for ( ;; ) {
        while (p < last && *p != '"') {
            p++;
        }

        if ((size_t) (last - p) < ctx->etag.len) {
            return 0;
        }

        if (ngx_memcmp(p, ctx->etag.data, ctx->etag.len) == 0) {
            return 1;
        }

        p = ngx_strlchr(p + 1, last, '"');
        if (p == NULL) {
            return 0;
        }

        p++;
    }
}
