
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_index.h"


/* the manifest of a bucket's index, and the keys that it is kept under */

#define NGX_HTTP_TENDER_MANIFEST_WORDS  (4 + TENDER_SEGMENT_PARTS)
#define NGX_HTTP_TENDER_MANIFEST_LINE                                         \
    (NGX_HTTP_TENDER_MANIFEST_WORDS * (NGX_INT64_LEN + 1))


static ngx_int_t ngx_http_tender_manifest_line(ngx_str_t *text,
    uint64_t *numbers, ngx_uint_t n);
static ngx_int_t ngx_http_tender_manifest_segment(
    ngx_http_tender_manifest_t *manifest,
    ngx_http_tender_manifest_line_t *line, uint64_t *numbers);
static u_char *ngx_http_tender_index_key_start(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, const char *what,
    size_t len, ngx_str_t *key);


ngx_http_tender_column_t  ngx_http_tender_columns[] = {
    { ngx_string("id"), 16 },
    { ngx_string("created"), 8 },
    { ngx_string("modified"), 8 },
    { ngx_string("deadline"), 8 },
    { ngx_string("price"), 8 },
    { ngx_string("status"), 1 },
    { ngx_null_string, 0 }
};


ngx_int_t
ngx_http_tender_manifest_first(ngx_str_t *text,
    ngx_http_tender_manifest_t *manifest)
{
    uint64_t   numbers[3];
    ngx_str_t  rest;

    manifest->lines = NULL;
    manifest->nlines = 0;

    if (text->len == 0) {
        manifest->generation = 0;
        manifest->base = 0;
        manifest->next = 1;
        return NGX_OK;
    }

    rest = *text;

    if (ngx_http_tender_manifest_line(&rest, numbers, 3) != NGX_OK
        || numbers[2] == 0)
    {
        return NGX_DECLINED;
    }

    manifest->generation = numbers[0];
    manifest->base = numbers[1];
    manifest->next = numbers[2];

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_manifest_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_tender_manifest_t *manifest)
{
    size_t      i;
    uint64_t    numbers[NGX_HTTP_TENDER_MANIFEST_WORDS];
    ngx_str_t   rest;
    ngx_uint_t  n;

    if (ngx_http_tender_manifest_first(text, manifest) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (text->len == 0) {
        return NGX_OK;
    }

    n = 0;

    for (i = 0; i < text->len; i++) {
        n += (text->data[i] == LF);
    }

    manifest->lines = ngx_palloc(pool,
                               n * sizeof(ngx_http_tender_manifest_line_t));
    if (manifest->lines == NULL) {
        return NGX_ERROR;
    }

    rest = *text;

    (void) ngx_http_tender_manifest_line(&rest, numbers, 3);

    while (rest.len) {
        if (ngx_http_tender_manifest_line(&rest, numbers,
                                          NGX_HTTP_TENDER_MANIFEST_WORDS)
            != NGX_OK
            || ngx_http_tender_manifest_segment(manifest,
                                       &manifest->lines[manifest->nlines],
                                       numbers)
               != NGX_OK)
        {
            return NGX_DECLINED;
        }

        manifest->nlines++;
    }

    return NGX_OK;
}


/* n numbers, a blank between, and the end of the line; moves behind it */

static ngx_int_t
ngx_http_tender_manifest_line(ngx_str_t *text, uint64_t *numbers,
    ngx_uint_t n)
{
    u_char      *p, *last;
    uint64_t     number;
    ngx_uint_t   i, digits;

    p = text->data;
    last = p + text->len;

    for (i = 0; i < n; i++) {
        number = 0;

        for (digits = 0; p < last && *p >= '0' && *p <= '9'; digits++) {
            number = number * 10 + (*p++ - '0');
        }

        if (digits == 0 || digits > 18
            || p == last
            || *p++ != ((i == n - 1) ? LF : ' '))
        {
            return NGX_DECLINED;
        }

        numbers[i] = number;
    }

    text->data = p;
    text->len = last - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_manifest_segment(ngx_http_tender_manifest_t *manifest,
    ngx_http_tender_manifest_line_t *line, uint64_t *numbers)
{
    ngx_uint_t  i;

    if (numbers[0] == 0
        || numbers[0] >= manifest->next
        || numbers[1] == 0
        || numbers[1] > TENDER_SOURCE_DOCS
        || numbers[2] == 0
        || numbers[2] > numbers[3]
        || numbers[3] > UINT32_MAX
        || numbers[1] > numbers[3] - numbers[2] + 1
        || numbers[4] == 0)
    {
        return NGX_DECLINED;
    }

    line->id = numbers[0];
    line->docs = numbers[1];
    line->low = numbers[2];
    line->high = numbers[3];

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        if (numbers[4 + i] > UINT32_MAX) {
            return NGX_DECLINED;
        }

        line->parts[i] = numbers[4 + i];
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_manifest_write(ngx_pool_t *pool,
    ngx_http_tender_manifest_t *manifest, ngx_str_t *text)
{
    u_char                           *p;
    ngx_uint_t                        i, k;
    ngx_http_tender_manifest_line_t  *line;

    p = ngx_pnalloc(pool, (manifest->nlines + 1)
                          * NGX_HTTP_TENDER_MANIFEST_LINE);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = tender_uint_write(p, manifest->generation);
    *p++ = ' ';
    p = tender_uint_write(p, manifest->base);
    *p++ = ' ';
    p = tender_uint_write(p, manifest->next);
    *p++ = LF;

    for (i = 0; i < manifest->nlines; i++) {
        line = &manifest->lines[i];

        p = tender_uint_write(p, line->id);
        *p++ = ' ';
        p = tender_uint_write(p, line->docs);
        *p++ = ' ';
        p = tender_uint_write(p, line->low);
        *p++ = ' ';
        p = tender_uint_write(p, line->high);

        for (k = 0; k < TENDER_SEGMENT_PARTS; k++) {
            *p++ = ' ';
            p = tender_uint_write(p, line->parts[k]);
        }

        *p++ = LF;
    }

    text->len = p - text->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_index_key(ngx_pool_t *pool, ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket, const char *what, ngx_str_t *key)
{
    u_char  *p;
    size_t   len;

    len = ngx_strlen(what);

    p = ngx_http_tender_index_key_start(pool, tmcf, bucket, "idx:", len,
                                        key);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(p, what, len);

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_index_segment_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, uint64_t segment,
    ngx_uint_t part, ngx_str_t *key)
{
    u_char  *p;

    static const char *const  parts[] = { ":head", ":blocks", ":data" };

    p = ngx_http_tender_index_key_start(pool, tmcf, bucket, "idx:",
                                        sizeof("segment:") - 1 + NGX_INT64_LEN
                                        + sizeof(":blocks") - 1, key);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(p, "segment:", sizeof("segment:") - 1);
    p = tender_uint_write(p, segment);
    p = ngx_cpymem(p, parts[part], ngx_strlen(parts[part]));

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_index_column_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket,
    ngx_http_tender_column_e column, ngx_str_t *key)
{
    u_char     *p;
    ngx_str_t  *name;

    name = &ngx_http_tender_columns[column].name;

    p = ngx_http_tender_index_key_start(pool, tmcf, bucket, "idx:",
                                        sizeof("column:") - 1 + name->len,
                                        key);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(p, "column:", sizeof("column:") - 1);
    p = ngx_cpymem(p, name->data, name->len);

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_index_numbers_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_http_tender_index_key_start(pool, tmcf, bucket, "numbers", 0,
                                        key);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->len = p - key->data;

    return NGX_OK;
}


/* "<prefix>{bN}:<what>", and room for len bytes */

static u_char *
ngx_http_tender_index_key_start(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, const char *what,
    size_t len, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_pnalloc(pool, tmcf->prefix.len + sizeof("{b}:") - 1
                          + NGX_INT64_LEN + ngx_strlen(what) + len);
    if (p == NULL) {
        return NULL;
    }

    key->data = p;

    p = ngx_cpymem(p, tmcf->prefix.data, tmcf->prefix.len);
    *p++ = '{';
    *p++ = 'b';
    p = tender_uint_write(p, bucket);

    *p++ = '}';
    *p++ = ':';

    return ngx_cpymem(p, what, ngx_strlen(what));
}
