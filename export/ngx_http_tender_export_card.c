
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"
#include "../store/ngx_http_tender_file.h"


/* one tender, by its id, its number on this server, or its public number */

static ngx_int_t ngx_http_tender_export_card_find(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_card_number(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_card_show(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_card_write(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_card_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_value_t **list);
static ngx_int_t ngx_http_tender_export_document(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_part_t *part,
    tender_value_t *list);
static ngx_int_t ngx_http_tender_export_document_url(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_export_t *export,
    ngx_http_tender_part_t *part, tender_str_t *url);
static ngx_int_t ngx_http_tender_export_no_card(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_export_card_asked(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    tender_str_t  text, *id;

    id = ngx_http_tender_export_param(ctx, "id");
    text = ngx_http_tender_criteria_get(export->object, "tend_num");

    if (id == NULL && text.len == 0) {
        return NGX_OK;
    }

    export->card = 1;
    export->step = ngx_http_tender_export_card;

    if (id == NULL
        || (id->len == NGX_HTTP_TENDER_ID_LEN && tender_hex_valid(*id))
        || tender_uint_read(*id, INT64_MAX, &export->hit.number)
           == TENDER_OK)
    {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "id",
                                 "Expected a number or 32 hexadecimal "
                                 "digits");
}


ngx_int_t
ngx_http_tender_export_card(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    tender_str_t              *id, name;
    tender_value_t            *v, *object;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);
    id = ngx_http_tender_export_param(ctx, "id");

    if (id && id->len == NGX_HTTP_TENDER_ID_LEN && tender_hex_valid(*id)) {
        export->hit.id.data = id->data;
        export->hit.id.len = id->len;
        export->step = ngx_http_tender_export_card_show;

        return ngx_http_tender_store_view(ctx, &export->hit.id,
                                          NGX_HTTP_TENDER_VIEW_NO_BIDS);
    }

    if (id) {
        export->step = ngx_http_tender_export_card_number;
        return NGX_OK;
    }

    /* other criteria do not count */

    tender_str_set(&name, "tend_num");

    v = tender_value_string(&ctx->mem,
                            ngx_http_tender_criteria_text(export->object,
                                                          &name));
    object = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (v == NULL || object == NULL) {
        return NGX_ERROR;
    }

    tender_value_add(object, name, v);

    rc = ngx_http_tender_criteria_search(ctx, object, 1, &export->search);

    export->search.limit = 1;
    export->step = ngx_http_tender_export_card_find;

    return rc;
}


static ngx_int_t
ngx_http_tender_export_card_find(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_export_find(ctx, export);
    if (rc != NGX_OK) {
        return rc;
    }

    if (export->search.nhits == 0) {
        return ngx_http_tender_export_no_card(ctx);
    }

    export->hit = export->search.hits[0];
    export->step = ngx_http_tender_export_card_show;

    return ngx_http_tender_store_view(ctx, &export->hit.id,
                                      NGX_HTTP_TENDER_VIEW_NO_BIDS);
}


static ngx_int_t
ngx_http_tender_export_card_number(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_search_number(ctx, export->hit.number, &export->hit,
                                       &export->lookup);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_export_no_card(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    export->step = ngx_http_tender_export_card_show;

    return ngx_http_tender_store_view(ctx, &export->hit.id,
                                      NGX_HTTP_TENDER_VIEW_NO_BIDS);
}


static ngx_int_t
ngx_http_tender_export_no_card(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url",
                                 ngx_http_tender_export_param(ctx, "id")
                                 ? "id" : "tend_num",
                                 "There is no such tender");
}


static ngx_int_t
ngx_http_tender_export_card_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_store_viewed(ctx, &export->hit.id, &export->view);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_export_no_card(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_export_headers(ctx, export, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_export_card_tag(ctx, export);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_export_card_write(ctx, export);
}


static ngx_int_t
ngx_http_tender_export_card_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    u_char                    *data, *p;
    ngx_http_tender_record_t  *record;

    record = &export->view.record;

    /* not its version, which moves with bids that nobody is to know of */

    data = ngx_pnalloc(ctx->request->pool,
                       NGX_HTTP_TENDER_ID_LEN + 8 + record->revision.len);
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(data, record->id.data, record->id.len);
    p = ngx_cpymem(p, &record->modified, 8);
    p = ngx_cpymem(p, record->revision.data, record->revision.len);

    ctx->request->headers_out.last_modified_time = record->modified / 1000000;

    return ngx_http_tender_export_tag(ctx, export, data, p - data);
}


static ngx_int_t
ngx_http_tender_export_card_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t                      rc;
    tender_value_t                *documents, *object;
    ngx_http_tender_export_out_t   out;

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = ctx->request->pool;

    if (ngx_http_tender_export_documents(ctx, export, &documents) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_export_item(ctx, export, &export->view.record,
                 ngx_http_tender_record_number(ctx, &export->view.record),
                 documents, &object);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_export_begins(export, &out, 1) != NGX_OK
        || ngx_http_tender_export_object(export, &out, &export->scratch,
                                         object)
           != NGX_OK
        || ngx_http_tender_export_ends(export, &out) != NGX_OK
        || ngx_http_tender_put(ctx, out.start, out.last - out.start)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


/* title and url of what was uploaded */

static ngx_int_t
ngx_http_tender_export_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_value_t **list)
{
    ngx_uint_t                i;
    ngx_http_tender_parts_t  *parts;

    parts = &export->view.documents;

    *list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (*list == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < parts->nelts; i++) {

        if (!ngx_http_tender_document_current(&parts->elts[i])) {
            continue;
        }

        if (ngx_http_tender_export_document(ctx, export, &parts->elts[i],
                                            *list)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_document(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_part_t *part,
    tender_value_t *list)
{
    tender_str_t          url, name;
    tender_value_t       *json, *v;
    tender_json_error_t   err;

    if (tender_json_read(&ctx->mem, part->json.data, part->json.len, &json,
                         &err)
        != TENDER_OK
        || json->type != TENDER_OBJECT
        || ngx_http_tender_export_document_url(ctx, export, part, &url)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    v = tender_value_string(&ctx->mem, url);
    if (v == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "url");
    tender_value_add(json, name, v);
    tender_value_push(list, json);

    return NGX_OK;
}


/* at the procurement API of this server, if it has one */

static ngx_int_t
ngx_http_tender_export_document_url(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_part_t *part,
    tender_str_t *url)
{
    u_char     *p, *slash;
    size_t      len;
    ngx_str_t   key;

    key = part->link;
    slash = ngx_strlchr(key.data, key.data + key.len, '/');

    if (ctx->main->api.len == 0 || slash == NULL) {
        ngx_memzero(url, sizeof(tender_str_t));
        return NGX_OK;
    }

    key.len = slash - key.data;

    len = export->site.len + ctx->main->api.len + export->hit.id.len
          + part->id.len + key.len
          + sizeof("/tenders//documents/?download=") - 1;

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;
    url->len = ngx_sprintf(p, "%V%V/tenders/%V/documents/%V?download=%V",
                           &export->site, &ctx->main->api, &export->hit.id,
                           &part->id, &key)
               - p;

    return NGX_OK;
}
