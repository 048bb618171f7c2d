
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


/* tenders read at a time, bytes after which a page ends */

#define NGX_HTTP_TENDER_WINDOW       32
#define NGX_HTTP_TENDER_WINDOW_POOL  16384
#define NGX_HTTP_TENDER_PAGE_SIZE    (8 * 1024 * 1024)


static void ngx_http_tender_api_free_window(void *data);
static ngx_int_t ngx_http_tender_api_item(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_item_t *entry, ngx_uint_t i);


/*
 * With fields the tenders are read, some at a time, into memory that is freed
 * before the next ones are.
 */

ngx_int_t
ngx_http_tender_api_window(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t              n;
    ngx_pool_cleanup_t     *cln;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    n = api->u.feed.nentries - api->done;

    if (api->fields.len == 0 || n == 0) {
        return NGX_OK;
    }

    if (api->window == NULL) {
        cln = ngx_pool_cleanup_add(ctx->request->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }

        cln->handler = ngx_http_tender_api_free_window;
        cln->data = api;
    }

    ngx_http_tender_api_free_window(api);

    api->window = ngx_create_pool(NGX_HTTP_TENDER_WINDOW_POOL,
                                  ctx->request->connection->log);
    if (api->window == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_read_page(ctx, &api->u.feed, api->done,
                                           ngx_min(n, NGX_HTTP_TENDER_WINDOW),
                                           api->window);
}


static void
ngx_http_tender_api_free_window(void *data)
{
    ngx_http_tender_api_t *api = data;

    if (api->window) {
        ngx_destroy_pool(api->window);
        api->window = NULL;
    }
}


/* keeps the fields of what was read; a page that grows too large ends early */

ngx_int_t
ngx_http_tender_api_collect(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_uint_t               i;
    ngx_http_tender_api_t   *api;
    ngx_http_tender_feed_t  *feed;

    api = ngx_http_tender_api_state(ctx);
    feed = &api->u.feed;

    if (api->fields.len == 0 || api->done == feed->nentries) {
        return NGX_OK;
    }

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    for (i = 0; i < ctx->ncalls; i++) {
        rc = ngx_http_tender_api_item(ctx, &feed->entries[api->done], i);
        if (rc != NGX_OK) {
            return rc;
        }

        api->done++;

        if (api->size > NGX_HTTP_TENDER_PAGE_SIZE) {
            ngx_http_tender_store_cut(ctx, feed, api->done);
            return NGX_OK;
        }
    }

    if (api->done < feed->nentries) {
        ngx_http_tender_go(ctx, ngx_http_tender_api_window);
    }

    return NGX_OK;
}


/*
 * The tender as it is now: if it has changed since the page was read, its
 * later date says so, and it comes again.  One that is gone is left out.
 */

static ngx_int_t
ngx_http_tender_api_item(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_item_t *entry, ngx_uint_t i)
{
    ngx_int_t                  rc;
    tender_str_t               text;
    tender_mem_t               mem;
    tender_value_t            *item;
    tender_json_error_t        err;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_record_t   record;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_page_record(ctx, entry, i, &record);
    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    /* the tree lives in the window, the text of what is kept does not */

    mem = ctx->mem;
    tender_mem_init(&ctx->mem, ctx->mem.alloc, api->window);

    item = ngx_http_tender_api_head(ctx, &record, 1);

    if (item) {
        item = tender_model_project(&ctx->mem, &tender_model_tender, item,
                                    api->fields);
    }

    ctx->mem = mem;

    if (item == NULL
        || tender_json_text(&ctx->mem, item, 0, &text) != TENDER_OK
        || tender_json_read(&ctx->mem, text.data, text.len, &item, &err)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    tender_value_push(api->items, item);
    api->size += text.len;

    return NGX_OK;
}
