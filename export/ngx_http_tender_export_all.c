
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


/*
 * All that is found, in pieces: a hundred records are read, shown and sent
 * before the next are read, so a slow client costs the memory of one piece.
 * If the store fails on the way, the connection is cut: no client takes a
 * part for the whole.
 */

static ngx_int_t ngx_http_tender_export_all_begin(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_all_more(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_all_read(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_all_show(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_all_text(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_export_out_t *out);
static ngx_int_t ngx_http_tender_export_all_rest(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_export_all(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_export_find(ctx, export);

    return (rc == NGX_OK) ? ngx_http_tender_export_all_begin(ctx, export)
                          : rc;
}


static ngx_int_t
ngx_http_tender_export_all_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t                     rc;
    ngx_http_tender_export_out_t  out;

    export->batch = ngx_create_pool(64 * 1024, ctx->request->connection->log);

    if (export->batch == NULL
        || ngx_http_tender_export_headers(ctx, export, export->search.total)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_send_begin(ctx, NGX_HTTP_OK, -1);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = ctx->request->pool;

    if (ngx_http_tender_export_begins(export, &out, export->search.total)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (out.last == out.start) {
        export->step = ngx_http_tender_export_all_more;
        return NGX_OK;
    }

    export->step = ngx_http_tender_export_all_rest;

    return ngx_http_tender_send_piece(ctx, out.start, out.last - out.start,
                                      0);
}


/* what was sent has left */

static ngx_int_t
ngx_http_tender_export_all_rest(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_send_rest(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_reset_pool(export->batch);
    export->step = ngx_http_tender_export_all_more;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_all_more(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_export_t     *export;
    ngx_http_tender_export_out_t  out;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_search_more(ctx, &export->search,
                                     NGX_HTTP_TENDER_EXPORT_BATCH);

    if (rc == NGX_OK) {
        export->step = ngx_http_tender_export_all_read;
        return NGX_OK;
    }

    if (rc != NGX_DONE) {
        return rc;
    }

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = export->batch;

    if (ngx_http_tender_export_ends(export, &out) != NGX_OK) {
        return NGX_ERROR;
    }

    if (out.last == out.start) {
        ctx->sent = ngx_http_send_special(ctx->request, NGX_HTTP_LAST);
        return NGX_DONE;
    }

    return ngx_http_tender_send_piece(ctx, out.start, out.last - out.start,
                                      1);
}


static ngx_int_t
ngx_http_tender_export_all_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);
    export->step = ngx_http_tender_export_all_show;

    return ngx_http_tender_search_read(ctx, export->search.hits,
                                       export->search.nhits, export->batch);
}


static ngx_int_t
ngx_http_tender_export_all_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_export_t     *export;
    ngx_http_tender_export_out_t  out;

    export = ngx_http_tender_export_state(ctx);

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = export->batch;

    rc = ngx_http_tender_export_all_text(ctx, export, &out);
    if (rc != NGX_OK) {
        return rc;
    }

    export->step = ngx_http_tender_export_all_rest;

    if (out.last == out.start) {
        return NGX_OK;
    }

    return ngx_http_tender_send_piece(ctx, out.start, out.last - out.start,
                                      0);
}


static ngx_int_t
ngx_http_tender_export_all_text(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_export_out_t *out)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    tender_value_t           *object;
    ngx_http_tender_record_t  record;

    for (i = 0; i < export->search.nhits; i++) {
        ngx_memzero(&record, sizeof(ngx_http_tender_record_t));

        rc = ngx_http_tender_search_record(ctx, export->search.hits, i,
                                           &record);

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        rc = ngx_http_tender_export_item(ctx, export, &record,
                                         export->search.hits[i].number, NULL,
                                         &object);
        if (rc != NGX_OK) {
            return rc;
        }

        if (ngx_http_tender_export_object(export, out, &export->scratch,
                                          object)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
