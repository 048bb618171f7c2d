
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"
#include "ngx_http_tender_api_document.h"


/* a tender with its bids, awards and documents, spliced in as they are */

static ngx_int_t ngx_http_tender_api_unseen(ngx_http_tender_ctx_t *ctx,
    ngx_int_t rc);
static ngx_int_t ngx_http_tender_api_put_parts(ngx_http_tender_ctx_t *ctx,
    const char *name, ngx_http_tender_parts_t *parts);
static ngx_int_t ngx_http_tender_api_put_number(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_view_t *view);


ngx_uint_t
ngx_http_tender_api_has_parts(ngx_http_tender_record_t *record)
{
    return record->documents || record->awards || record->hashed
           || (record->open && record->bids);
}


ngx_int_t
ngx_http_tender_api_show_tender(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t status)
{
    ngx_int_t  rc;

    if (!ngx_http_tender_api_has_parts(record)) {

        if (ngx_http_tender_api_tag(ctx, record) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_api_record(ctx, record, status);
    }

    ctx->status = status;

    ngx_http_tender_go(ctx, ngx_http_tender_api_viewed);

    rc = ngx_http_tender_store_view(ctx, &record->id,
                                    NGX_HTTP_TENDER_VIEW_OPEN);

    return (rc == NGX_AGAIN) ? rc : ngx_http_tender_api_unseen(ctx, rc);
}


/*
 * The parts cannot be read.  If that was to show what a write has made, it
 * is shown without them: the write was applied.
 */

static ngx_int_t
ngx_http_tender_api_unseen(ngx_http_tender_ctx_t *ctx, ngx_int_t rc)
{
    ngx_http_tender_api_t  *api;

    if (ctx->route->method == NGX_HTTP_GET) {
        return rc;
    }

    api = ngx_http_tender_api_state(ctx);
    ctx->errors = NULL;

    if (ngx_http_tender_api_tag(ctx, &api->record) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_record(ctx, &api->record, ctx->status);
}


ngx_int_t
ngx_http_tender_api_viewed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                id;
    ngx_http_tender_view_t  *view;

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    view = &ngx_http_tender_api_state(ctx)->view;

    rc = ngx_http_tender_store_viewed(ctx, &id, view);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc != NGX_OK) {
        return ngx_http_tender_api_unseen(ctx, rc);
    }

    if (ngx_http_tender_api_tag(ctx, &view->record) != NGX_OK
        || ngx_http_tender_api_put_record(ctx, &view->record) != NGX_OK
        || ngx_http_tender_api_put_number(ctx, view) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (view->record.open
        && ngx_http_tender_api_put_parts(ctx, "bids", &view->bids) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_tender_api_put_parts(ctx, "awards", &view->awards) != NGX_OK
        || ngx_http_tender_api_documents(ctx, &view->documents) != NGX_OK
        || ngx_http_tender_api_put_parts(ctx, "documents", &view->documents)
           != NGX_OK
        || ngx_http_tender_puts(ctx, "}") != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_close(ctx, ctx->status);
}


static ngx_int_t
ngx_http_tender_api_put_number(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_view_t *view)
{
    u_char     *p, *last;
    ngx_str_t  *hashes;

    hashes = &view->hashes;

    if (hashes->len == 0 && (!view->record.open || view->bids.nelts == 0)) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool,
                    sizeof(",\"numberOfBids\":,\"bidHashes\":")
                    + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_sprintf(p, ",\"numberOfBids\":%ui", view->record.bids);

    if (hashes->len) {
        last = ngx_cpymem(last, ",\"bidHashes\":",
                          sizeof(",\"bidHashes\":") - 1);
    }

    if (ngx_http_tender_put(ctx, p, last - p) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_put(ctx, hashes->data, hashes->len);
}


/* "name":[...]; nothing if there are none; with name NULL the list alone */

static ngx_int_t
ngx_http_tender_api_put_parts(ngx_http_tender_ctx_t *ctx, const char *name,
    ngx_http_tender_parts_t *parts)
{
    u_char      *p, *last;
    size_t       len;
    ngx_uint_t   i;

    if (name && parts->nelts == 0) {
        return NGX_OK;
    }

    len = sizeof("[]") - 1;

    if (name) {
        len += ngx_strlen(name) + sizeof(",\"\":") - 1;
    }

    for (i = 0; i < parts->nelts; i++) {
        len += parts->elts[i].json.len + 1;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = p;

    if (name) {
        *last++ = ',';
        *last++ = '"';
        last = ngx_cpymem(last, name, ngx_strlen(name));
        *last++ = '"';
        *last++ = ':';
    }

    *last++ = '[';

    for (i = 0; i < parts->nelts; i++) {
        if (i) {
            *last++ = ',';
        }

        last = ngx_cpymem(last, parts->elts[i].json.data,
                          parts->elts[i].json.len);
    }

    *last++ = ']';

    return ngx_http_tender_put(ctx, p, last - p);
}


ngx_int_t
ngx_http_tender_api_list_parts(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_parts_t *parts)
{
    if (ngx_http_tender_puts(ctx, "{\"data\":") != NGX_OK
        || ngx_http_tender_api_put_parts(ctx, NULL, parts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_close(ctx, NGX_HTTP_OK);
}


/* what store_read_part() has asked for; part.id.len 0: there is none */

ngx_int_t
ngx_http_tender_api_part_load(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    id = ngx_http_tender_api_path_id(ctx, 0);

    rc = ngx_http_tender_store_part(ctx, &id, &api->record, &api->part);

    return (rc == NGX_DECLINED) ? ngx_http_tender_api_not_found(ctx, 0) : rc;
}


ngx_int_t
ngx_http_tender_api_tree(ngx_http_tender_ctx_t *ctx, ngx_str_t *json,
    tender_value_t **tree)
{
    tender_json_error_t  err;

    if (tender_json_read(&ctx->mem, json->data, json->len, tree, &err)
        != TENDER_OK
        || (*tree)->type != TENDER_OBJECT)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_written(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_write_t *w, ngx_str_t *json)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool,
                    w->front.len + TENDER_DATE_LEN + w->tail.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    json->data = p;

    p = ngx_cpymem(p, w->front.data, w->front.len);
    p = tender_date_write(p, w->date ? w->date
                          : ngx_http_tender_api_state(ctx)->u.settle.at);
    p = ngx_cpymem(p, w->tail.data, w->tail.len);

    json->len = p - json->data;

    return NGX_OK;
}
