
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


#define NGX_HTTP_TENDER_EXPORT_BLOCK  (64 * 1024)


static void *ngx_http_tender_export_alloc(void *data, size_t size);
static void ngx_http_tender_export_free(void *data);


/*
 * Records are shown one after the other, and each is made in the same memory;
 * what a large one needs more is given back behind it.
 */

ngx_int_t
ngx_http_tender_export_scratch(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(ctx->request->pool, 0);
    export->block = ngx_palloc(ctx->request->pool,
                               NGX_HTTP_TENDER_EXPORT_BLOCK);

    if (cln == NULL || export->block == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_tender_export_free;
    cln->data = export;

    tender_mem_init(&export->scratch, ngx_http_tender_export_alloc, export);

    return NGX_OK;
}


static void *
ngx_http_tender_export_alloc(void *data, size_t size)
{
    ngx_http_tender_export_t *export = data;

    if (export->overflow == NULL) {
        export->overflow = ngx_create_pool(NGX_HTTP_TENDER_EXPORT_BLOCK,
                                           ngx_cycle->log);
        if (export->overflow == NULL) {
            return NULL;
        }
    }

    return ngx_palloc(export->overflow, size);
}


static void
ngx_http_tender_export_free(void *data)
{
    ngx_http_tender_export_t *export = data;

    if (export->overflow) {
        ngx_destroy_pool(export->overflow);
        export->overflow = NULL;
    }

    if (export->batch) {
        ngx_destroy_pool(export->batch);
        export->batch = NULL;
    }
}


ngx_int_t
ngx_http_tender_export_item(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *record,
    uint64_t number, const tender_value_t *documents, tender_value_t **object)
{
    tender_item_t         item;
    tender_value_t       *doc;
    tender_json_error_t   err;

    if (export->overflow) {
        ngx_destroy_pool(export->overflow);
        export->overflow = NULL;
    }

    export->scratch.last = export->block;
    export->scratch.end = export->block + NGX_HTTP_TENDER_EXPORT_BLOCK;

    if (tender_json_read(&export->scratch, record->doc.data, record->doc.len,
                         &doc, &err)
        != TENDER_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    ngx_memzero(&item, sizeof(tender_item_t));

    item.number = number;
    item.id = ngx_http_tender_str(&record->id);
    item.tender_id = ngx_http_tender_str(&record->number);
    item.status = ngx_http_tender_str(&record->status);
    item.created = record->created;
    item.modified = record->modified;
    item.doc = doc;
    item.documents = documents;
    item.words = export->card ? NULL : export->search.words;
    item.zone = &ctx->main->zone;
    item.site = ngx_http_tender_str(&export->site);
    item.export = ngx_http_tender_str(&ctx->conf->prefix);
    item.preview = export->preview;

    *object = tender_item_object(&export->scratch, &item, export->fields);

    return *object ? NGX_OK : NGX_ERROR;
}
