
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


static u_char *ngx_http_tender_key_write(u_char *p,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, const char *what,
    ngx_str_t *a, const char *b, ngx_str_t *key);


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
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool,
                    ctx->main->prefix.len + sizeof("{b}:") - 1 + NGX_INT_T_LEN
                    + ngx_strlen(what) + a->len + ngx_strlen(b));
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_key_write(p, ctx->main, bucket, what, a, b, key);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_record_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_str_t *id, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_pnalloc(pool, tmcf->prefix.len + sizeof("{b}:tender:") - 1
                          + NGX_INT_T_LEN + id->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_key_write(p, tmcf,
                                     ngx_http_tender_bucket(tmcf, id),
                                     "tender:", id, "", key);

    return NGX_OK;
}


static u_char *
ngx_http_tender_key_write(u_char *p, ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket, const char *what, ngx_str_t *a, const char *b,
    ngx_str_t *key)
{
    key->data = p;

    p = ngx_cpymem(p, tmcf->prefix.data, tmcf->prefix.len);
    *p++ = '{';
    *p++ = 'b';
    p = tender_uint_write(p, bucket);
    *p++ = '}';
    *p++ = ':';
    p = ngx_cpymem(p, what, ngx_strlen(what));
    p = ngx_cpymem(p, a->data, a->len);
    p = ngx_cpymem(p, b, ngx_strlen(b));

    key->len = p - key->data;

    return p;
}


/* in the order of record.lua */

ngx_int_t
ngx_http_tender_life_keys(ngx_pool_t *pool, ngx_http_tender_main_conf_t *tmcf,
    ngx_str_t *id, ngx_str_t *keys)
{
    u_char      *p;
    size_t       len;
    ngx_str_t    status;
    ngx_uint_t   i, bucket;

    static const char *const  common[] = { "feed", "clock", "events", "due" };

    static const char *const  own[] = {
        ":bids", ":awards", ":sealed", ":journal", ":documents"
    };

    bucket = ngx_http_tender_bucket(tmcf, id);

    len = tmcf->prefix.len + sizeof("{b}:idx:status:active.qualification")
          + NGX_INT_T_LEN + NGX_HTTP_TENDER_ID_LEN;

    p = ngx_pnalloc(pool, NGX_HTTP_TENDER_LIFE_KEYS * len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_tender_key_write(p, tmcf, bucket, "tender:", id, "", keys++);

    for (i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        p = ngx_http_tender_key_write(p, tmcf, bucket, common[i],
                                      &ngx_http_tender_empty, "", keys++);
    }

    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        p = ngx_http_tender_key_write(p, tmcf, bucket, "tender:", id, own[i],
                                      keys++);
    }

    for (i = 0; i < TENDER_STAGES; i++) {
        status.data = tender_stages[i].data;
        status.len = tender_stages[i].len;

        p = ngx_http_tender_key_write(p, tmcf, bucket, "idx:status:", &status,
                                      "", keys++);
    }

    (void) ngx_http_tender_key_write(p, tmcf, bucket, "idx:log",
                                     &ngx_http_tender_empty, "", keys);

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
