
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


static ngx_str_t  ngx_http_tender_empty = ngx_null_string;
static ngx_str_t  ngx_http_tender_enquiries = ngx_string("active.enquiries");
static ngx_str_t  ngx_http_tender_tendering = ngx_string("active.tendering");


ngx_uint_t
ngx_http_tender_bucket(ngx_http_tender_main_conf_t *tmcf, ngx_str_t *id)
{
    ngx_int_t  n;

    if (tmcf->buckets == 1) {
        return 0;
    }

    /* an id is random: a part of it is as good as a hash */

    n = ngx_hextoi(id->data, 7);

    return (ngx_uint_t) n % tmcf->buckets;
}


ngx_int_t
ngx_http_tender_key(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    const char *what, ngx_str_t *a, const char *b, ngx_str_t *key)
{
    u_char     *p;
    size_t      what_len, b_len;
    ngx_str_t  *prefix;

    prefix = &ctx->main->prefix;
    what_len = ngx_strlen(what);
    b_len = ngx_strlen(b);

    p = ngx_pnalloc(ctx->request->pool,
                    prefix->len + sizeof("{b}:") - 1 + NGX_INT_T_LEN
                    + what_len + a->len + b_len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = '{';
    *p++ = 'b';
    p = tender_uint_write(p, bucket);
    *p++ = '}';
    *p++ = ':';
    p = ngx_cpymem(p, what, what_len);
    p = ngx_cpymem(p, a->data, a->len);
    p = ngx_cpymem(p, b, b_len);

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_keys(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_str_t *keys)
{
    if (ngx_http_tender_key(ctx, bucket, "feed", &ngx_http_tender_empty, "",
                            &keys[0])
        != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "clock", &ngx_http_tender_empty,
                               "", &keys[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_key(ctx, bucket, "events", &ngx_http_tender_empty,
                               "", &keys[2]);
}


ngx_int_t
ngx_http_tender_store_index_keys(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_str_t *keys)
{
    if (ngx_http_tender_key(ctx, bucket, "idx:status:",
                            &ngx_http_tender_enquiries, "", &keys[0])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_key(ctx, bucket, "idx:status:",
                               &ngx_http_tender_tendering, "", &keys[1]);
}


u_char *
ngx_http_tender_store_number(u_char *p, int64_t n, ngx_str_t *text)
{
    text->data = p;

    if (n < 0) {
        *p++ = '-';
        n = -n;
    }

    p = tender_uint_write(p, n);

    text->len = p - text->data;

    return p;
}


u_char *
ngx_http_tender_store_deadlines(u_char *p,
    ngx_http_tender_deadlines_t *deadlines, ngx_str_t *texts)
{
    p = ngx_http_tender_store_number(p, deadlines->enquiries, &texts[0]);
    p = ngx_http_tender_store_number(p, deadlines->start, &texts[1]);

    return ngx_http_tender_store_number(p, deadlines->finish, &texts[2]);
}
