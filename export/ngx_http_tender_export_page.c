
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


static ngx_int_t ngx_http_tender_export_page_show(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_records(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *records);
static ngx_int_t ngx_http_tender_export_page_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *records);
static ngx_int_t ngx_http_tender_export_next(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_page_write(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_export_t *export,
    ngx_http_tender_record_t *records);


ngx_int_t
ngx_http_tender_export_page(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_export_find(ctx, export);
    if (rc != NGX_OK) {
        return rc;
    }

    export->step = ngx_http_tender_export_page_show;

    return ngx_http_tender_search_read(ctx, export->search.hits,
                                       export->search.nhits,
                                       ctx->request->pool);
}


static ngx_int_t
ngx_http_tender_export_page_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_record_t  *records;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    /* a cursor says how deep it is, but that is the client's word */

    if (export->search.after && !export->plan->all
        && export->search.before + export->search.nhits > export->plan->depth)
    {
        return ngx_http_tender_export_too_deep(ctx);
    }

    records = ngx_pcalloc(ctx->request->pool,
                          (export->search.nhits + 1)
                          * sizeof(ngx_http_tender_record_t));
    if (records == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_export_records(ctx, export, records);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_export_headers(ctx, export, export->search.total)
        != NGX_OK
        || ngx_http_tender_export_next(ctx, export) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_export_page_tag(ctx, export, records);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_export_page_write(ctx, export, records);
}


/* one that is gone has no id */

static ngx_int_t
ngx_http_tender_export_records(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *records)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    for (i = 0; i < export->search.nhits; i++) {
        rc = ngx_http_tender_search_record(ctx, export->search.hits, i,
                                           &records[i]);

        if (rc == NGX_DECLINED) {
            records[i].id.len = 0;

        } else if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_page_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *records)
{
    u_char      *data, *p;
    int64_t      newest;
    ngx_uint_t   i;

    newest = 0;

    data = ngx_pnalloc(ctx->request->pool, 16 + 16 * export->search.nhits);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(data, &export->search.total, 8);

    for (i = 0; i < export->search.nhits; i++) {

        if (records[i].id.len == 0) {
            continue;
        }

        p = ngx_cpymem(p, &export->search.hits[i].number, 8);
        p = ngx_cpymem(p, &records[i].modified, 8);

        newest = ngx_max(newest, records[i].modified);
    }

    if (newest) {
        ctx->request->headers_out.last_modified_time = newest / 1000000;
    }

    return ngx_http_tender_export_tag(ctx, export, data, p - data);
}


/* where the next page begins, if this caller may ask for it */

static ngx_int_t
ngx_http_tender_export_next(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_str_t                  cursor;
    ngx_http_tender_search_t  *search;

    search = &export->search;

    if (!search->more || search->nhits == 0 || export->preview) {
        return NGX_OK;
    }

    if (!export->plan->all
        && export->seen + search->offset + search->nhits + search->limit
           > export->plan->depth)
    {
        return NGX_OK;
    }

    if (ngx_http_tender_export_cursor_write(ctx, export,
                                            &search->hits[search->nhits - 1],
                                            &cursor)
        != NGX_OK
        || ngx_http_tender_header(ctx->request, "X-Tender-Cursor", &cursor)
           == NULL)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_export_link(ctx, export, &cursor);
}


static ngx_int_t
ngx_http_tender_export_page_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *records)
{
    ngx_int_t                      rc;
    ngx_uint_t                     i;
    tender_value_t                *object;
    ngx_http_tender_export_out_t   out;

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = ctx->request->pool;

    if (ngx_http_tender_export_begins(export, &out, export->search.total)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < export->search.nhits; i++) {

        if (records[i].id.len == 0) {
            continue;
        }

        rc = ngx_http_tender_export_item(ctx, export, &records[i],
                                         export->search.hits[i].number, NULL,
                                         &object);
        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_http_tender_export_object(export, &out, &export->scratch,
                                          object)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_export_ends(export, &out) != NGX_OK
        || ngx_http_tender_put(ctx, out.start, out.last - out.start)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}
