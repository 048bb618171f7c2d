
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


/*
 * A version, a 64-bit time per bucket, big endian, and a check sum, in
 * base32: what was cut or typed wrong is seen.
 */

#define NGX_HTTP_TENDER_OFFSET_VERSION  1


ngx_int_t
ngx_http_tender_offset_write(ngx_http_tender_ctx_t *ctx, int64_t *positions,
    ngx_str_t *text)
{
    u_char      *raw, *p;
    size_t       len;
    uint32_t     crc;
    ngx_int_t    shift;
    ngx_uint_t   i;

    len = 1 + 8 * ctx->main->buckets + 2;

    raw = ngx_pnalloc(ctx->request->pool, len + (len * 8 + 4) / 5);
    if (raw == NULL) {
        return NGX_ERROR;
    }

    p = raw;
    *p++ = NGX_HTTP_TENDER_OFFSET_VERSION;

    for (i = 0; i < ctx->main->buckets; i++) {
        for (shift = 56; shift >= 0; shift -= 8) {
            *p++ = (u_char) ((uint64_t) positions[i] >> shift);
        }
    }

    crc = ngx_crc32_short(raw, p - raw);
    *p++ = (u_char) (crc >> 8);
    *p++ = (u_char) crc;

    text->data = p;
    text->len = tender_base32_write(p, raw, len) - p;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_offset_read(ngx_http_tender_ctx_t *ctx, tender_str_t *text,
    int64_t **positions)
{
    u_char      *raw, *p;
    size_t       len;
    int64_t     *pos;
    uint32_t     crc;
    uint64_t     n;
    ngx_uint_t   i, k;

    len = 1 + 8 * ctx->main->buckets + 2;

    if (text->len != (len * 8 + 4) / 5) {
        return NGX_DECLINED;
    }

    raw = ngx_pnalloc(ctx->request->pool, len);
    pos = ngx_palloc(ctx->request->pool, ctx->main->buckets * sizeof(int64_t));

    if (raw == NULL || pos == NULL) {
        return NGX_ERROR;
    }

    if (tender_base32_read(raw, *text) != (int) len
        || raw[0] != NGX_HTTP_TENDER_OFFSET_VERSION)
    {
        return NGX_DECLINED;
    }

    crc = ngx_crc32_short(raw, len - 2);

    if (raw[len - 2] != (u_char) (crc >> 8) || raw[len - 1] != (u_char) crc) {
        return NGX_DECLINED;
    }

    p = raw + 1;

    for (i = 0; i < ctx->main->buckets; i++) {
        n = 0;

        for (k = 0; k < 8; k++) {
            n = (n << 8) | *p++;
        }

        if (n > ((uint64_t) 1 << 53)) {
            return NGX_DECLINED;
        }

        pos[i] = n;
    }

    *positions = pos;

    return NGX_OK;
}
