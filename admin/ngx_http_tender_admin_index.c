
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../store/ngx_http_tender_index.h"
#include "../store/ngx_http_tender_reindex.h"


/* the index of words: what there is of it, and that it is built anew */

#define NGX_HTTP_TENDER_ADMIN_NEVER  253402300799999    /* ms: year 9999 */


typedef struct {
    ngx_uint_t     segments;
    uint64_t       docs;
    uint64_t       bytes;
    int64_t        log;
    int64_t        numbered;
    int64_t        tenders;
} ngx_http_tender_admin_index_t;


/* how a text of Redis is shown */

typedef enum {
    NGX_HTTP_TENDER_ADMIN_TEXT = 0,
    NGX_HTTP_TENDER_ADMIN_NUMBER,
    NGX_HTTP_TENDER_ADMIN_FLAG,
    NGX_HTTP_TENDER_ADMIN_DATE         /* ms */
} ngx_http_tender_admin_how_e;


typedef struct {
    ngx_str_t                    name;
    ngx_http_tender_admin_how_e  how;
} ngx_http_tender_admin_member_t;


static tender_value_t *ngx_http_tender_admin_index_bucket(
    ngx_http_tender_ctx_t *ctx, ngx_uint_t n,
    ngx_http_tender_reindex_bucket_t *bucket,
    ngx_http_tender_admin_index_t *total);
static tender_value_t *ngx_http_tender_admin_index_segments(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_manifest_t *manifest,
    ngx_http_tender_admin_index_t *sum);
static tender_value_t *ngx_http_tender_admin_index_progress(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_redis_reply_t *progress);
static ngx_int_t ngx_http_tender_admin_index_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_str_t *name, ngx_str_t *text,
    ngx_http_tender_admin_how_e how);
static ngx_int_t ngx_http_tender_admin_index_sum(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_http_tender_admin_index_t *sum);
static ngx_int_t ngx_http_tender_admin_number(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, int64_t n);


/* it is everybody's: for administrators of all tenants */

ngx_int_t
ngx_http_tender_admin_index(ngx_http_tender_ctx_t *ctx)
{
    if (ngx_http_tender_admin_of_all(ctx)) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url", "index",
                                 "The index is for an administrator of all "
                                 "tenants");
}


ngx_int_t
ngx_http_tender_admin_index_look(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_reindex_look(ctx);
}


ngx_int_t
ngx_http_tender_admin_index_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                          rc;
    ngx_uint_t                         i;
    tender_str_t                       name;
    tender_value_t                    *body, *data, *list, *v;
    ngx_http_tender_admin_index_t      total;
    ngx_http_tender_redis_reply_t     *progress;
    ngx_http_tender_reindex_bucket_t  *buckets;

    rc = ngx_http_tender_reindex_seen(ctx, &buckets, &progress);
    if (rc != NGX_OK) {
        return rc;
    }

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    data = tender_value_new(&ctx->mem, TENDER_OBJECT);
    list = tender_value_new(&ctx->mem, TENDER_ARRAY);

    if (body == NULL || data == NULL || list == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&total, sizeof(ngx_http_tender_admin_index_t));

    for (i = 0; i < ctx->main->buckets; i++) {
        v = ngx_http_tender_admin_index_bucket(ctx, i, &buckets[i], &total);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, v);
    }

    if (ngx_http_tender_admin_index_sum(ctx, data, &total) != NGX_OK) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "buckets");
    tender_value_add(data, name, list);

    if (progress->nelts) {
        v = ngx_http_tender_admin_index_progress(ctx, progress);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_str_set(&name, "reindex");
        tender_value_add(data, name, v);
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, data);

    return ngx_http_tender_admin_send(ctx, body, NGX_HTTP_OK);
}


static tender_value_t *
ngx_http_tender_admin_index_bucket(ngx_http_tender_ctx_t *ctx, ngx_uint_t n,
    ngx_http_tender_reindex_bucket_t *bucket,
    ngx_http_tender_admin_index_t *total)
{
    ngx_int_t                       rc;
    tender_str_t                    name;
    tender_value_t                 *view, *v;
    ngx_http_tender_manifest_t      manifest;
    ngx_http_tender_admin_index_t   sum;

    ngx_memzero(&sum, sizeof(ngx_http_tender_admin_index_t));

    sum.log = bucket->log;
    sum.numbered = bucket->numbered;
    sum.tenders = bucket->tenders;

    rc = ngx_http_tender_manifest_read(ctx->request->pool, &bucket->manifest,
                                       &manifest);

    view = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (view == NULL || rc == NGX_ERROR
        || ngx_http_tender_admin_number(ctx, view, "bucket", n) != NGX_OK)
    {
        return NULL;
    }

    if (rc == NGX_DECLINED) {
        v = tender_value_bool(&ctx->mem, 1);
        tender_str_set(&name, "damaged");

    } else {
        if (ngx_http_tender_admin_number(ctx, view, "generation",
                                         manifest.generation)
            != NGX_OK)
        {
            return NULL;
        }

        v = ngx_http_tender_admin_index_segments(ctx, &manifest, &sum);
        tender_str_set(&name, "list");
    }

    if (v == NULL
        || ngx_http_tender_admin_index_sum(ctx, view, &sum) != NGX_OK)
    {
        return NULL;
    }

    tender_value_add(view, name, v);

    total->segments += sum.segments;
    total->docs += sum.docs;
    total->bytes += sum.bytes;
    total->log += sum.log;
    total->numbered += sum.numbered;
    total->tenders += sum.tenders;

    return view;
}


static tender_value_t *
ngx_http_tender_admin_index_segments(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_manifest_t *manifest, ngx_http_tender_admin_index_t *sum)
{
    uint64_t                          bytes;
    ngx_uint_t                        i, k;
    tender_value_t                   *list, *v;
    ngx_http_tender_manifest_line_t  *line;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NULL;
    }

    for (i = 0; i < manifest->nlines; i++) {
        line = &manifest->lines[i];
        bytes = 0;

        for (k = 0; k < TENDER_SEGMENT_PARTS; k++) {
            bytes += line->parts[k];
        }

        v = tender_value_new(&ctx->mem, TENDER_OBJECT);

        if (v == NULL
            || ngx_http_tender_admin_number(ctx, v, "id", line->id) != NGX_OK
            || ngx_http_tender_admin_number(ctx, v, "docs", line->docs)
               != NGX_OK
            || ngx_http_tender_admin_number(ctx, v, "low", line->low)
               != NGX_OK
            || ngx_http_tender_admin_number(ctx, v, "high", line->high)
               != NGX_OK
            || ngx_http_tender_admin_number(ctx, v, "bytes", bytes) != NGX_OK)
        {
            return NULL;
        }

        tender_value_push(list, v);

        sum->segments++;
        sum->docs += line->docs;
        sum->bytes += bytes;
    }

    return list;
}


/* the members of a hash that are shown, in an order of ours */

static tender_value_t *
ngx_http_tender_admin_index_progress(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *progress)
{
    ngx_str_t                             *name;
    ngx_uint_t                             k;
    tender_value_t                        *view;
    const ngx_http_tender_admin_member_t  *member;

    static const ngx_http_tender_admin_member_t  members[] = {
        { ngx_string("state"), NGX_HTTP_TENDER_ADMIN_TEXT },
        { ngx_string("why"), NGX_HTTP_TENDER_ADMIN_TEXT },
        { ngx_string("reset"), NGX_HTTP_TENDER_ADMIN_FLAG },
        { ngx_string("bucket"), NGX_HTTP_TENDER_ADMIN_NUMBER },
        { ngx_string("done"), NGX_HTTP_TENDER_ADMIN_NUMBER },
        { ngx_string("total"), NGX_HTTP_TENDER_ADMIN_NUMBER },
        { ngx_string("started"), NGX_HTTP_TENDER_ADMIN_DATE },
        { ngx_string("heartbeat"), NGX_HTTP_TENDER_ADMIN_DATE },
        { ngx_string("finished"), NGX_HTTP_TENDER_ADMIN_DATE },
        { ngx_null_string, NGX_HTTP_TENDER_ADMIN_TEXT }
    };

    view = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (view == NULL) {
        return NULL;
    }

    for (member = members; member->name.len; member++) {
        for (k = 0; k + 1 < progress->nelts; k += 2) {
            name = &progress->elts[k].str;

            if (name->len != member->name.len
                || ngx_strncmp(name->data, member->name.data, name->len) != 0
                || progress->elts[k + 1].str.len == 0)
            {
                continue;
            }

            if (ngx_http_tender_admin_index_text(ctx, view, name,
                                                 &progress->elts[k + 1].str,
                                                 member->how)
                != NGX_OK)
            {
                return NULL;
            }
        }
    }

    return view;
}


static ngx_int_t
ngx_http_tender_admin_index_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_str_t *name, ngx_str_t *text,
    ngx_http_tender_admin_how_e how)
{
    uint64_t         n;
    tender_str_t     date;
    tender_value_t  *v;

    if (how == NGX_HTTP_TENDER_ADMIN_TEXT
        || tender_uint_read(ngx_http_tender_str(text),
                            NGX_HTTP_TENDER_ADMIN_NEVER, &n)
           != TENDER_OK)
    {
        n = 0;
    }

    switch (how) {

    case NGX_HTTP_TENDER_ADMIN_NUMBER:
        v = tender_value_int(&ctx->mem, n);
        break;

    case NGX_HTTP_TENDER_ADMIN_FLAG:
        v = tender_value_bool(&ctx->mem, n != 0);
        break;

    case NGX_HTTP_TENDER_ADMIN_DATE:
        date.len = TENDER_DATE_LEN;
        date.data = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

        if (date.data == NULL) {
            return NGX_ERROR;
        }

        (void) tender_date_write(date.data,
                                 (int64_t) n * 1000);

        v = tender_value_string(&ctx->mem, date);
        break;

    default: /* NGX_HTTP_TENDER_ADMIN_TEXT */
        v = tender_value_string(&ctx->mem, ngx_http_tender_str(text));
    }

    if (v == NULL) {
        return NGX_ERROR;
    }

    tender_value_add(object, ngx_http_tender_str(name), v);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_admin_index_sum(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_http_tender_admin_index_t *sum)
{
    if (ngx_http_tender_admin_number(ctx, object, "tenders", sum->tenders)
        != NGX_OK
        || ngx_http_tender_admin_number(ctx, object, "numbered",
                                        sum->numbered)
           != NGX_OK
        || ngx_http_tender_admin_number(ctx, object, "log", sum->log)
           != NGX_OK
        || ngx_http_tender_admin_number(ctx, object, "segments",
                                        sum->segments)
           != NGX_OK
        || ngx_http_tender_admin_number(ctx, object, "docs", sum->docs)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_number(ctx, object, "bytes", sum->bytes);
}


static ngx_int_t
ngx_http_tender_admin_number(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, int64_t n)
{
    tender_str_t     member;
    tender_value_t  *v;

    v = tender_value_int(&ctx->mem, n);
    if (v == NULL) {
        return NGX_ERROR;
    }

    member.data = (u_char *) name;
    member.len = ngx_strlen(name);

    tender_value_add(object, member, v);

    return NGX_OK;
}


/* the body is not read, but has to be JSON: see docs/admin.md */

ngx_int_t
ngx_http_tender_admin_reindex(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t     reset;
    tender_str_t  *value;

    reset = 0;
    value = ctx->query.nparams ? tender_query_value(&ctx->query, "reset")
                               : NULL;

    if (value) {
        reset = tender_str_is(value, "1");

        if (!reset && !tender_str_is(value, "0")) {
            return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                         "reset", "reset should be 0 or 1");
        }
    }

    return ngx_http_tender_reindex_start(ctx, reset);
}


ngx_int_t
ngx_http_tender_admin_reindexed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_str_t         base, value, state;
    tender_str_t      name;
    tender_value_t   *body, *data;
    ngx_table_elt_t  *h;

    rc = ngx_http_tender_reindex_started(ctx);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url", "reindex",
                                     "The index is being built anew already");
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    value.data = ngx_pnalloc(ctx->request->pool,
                             base.len + sizeof("/index") - 1);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%V/index", &base) - value.data;

    h = ngx_http_tender_header(ctx->request, "Location", &value);
    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    data = tender_value_new(&ctx->mem, TENDER_OBJECT);

    ngx_str_set(&state, "running");

    if (h == NULL || body == NULL || data == NULL
        || ngx_http_tender_admin_add(ctx, data, "state", &state) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->request->headers_out.location = h;

    tender_str_set(&name, "data");
    tender_value_add(body, name, data);

    return ngx_http_tender_admin_send(ctx, body, NGX_HTTP_ACCEPTED);
}
