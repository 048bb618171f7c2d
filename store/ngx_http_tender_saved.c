
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_saved.h"
#include "ngx_http_tender_criteria.h"
#include "../http/ngx_http_tender_errors.h"


#define NGX_HTTP_TENDER_SAVED_ID  15      /* digits of an id, at most */


static ngx_int_t ngx_http_tender_saved_query(ngx_http_tender_ctx_t *ctx,
    tender_value_t *data, tender_value_t **query);
static ngx_int_t ngx_http_tender_saved_refuse(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_saved_ask(ngx_http_tender_ctx_t *ctx, ngx_str_t *id)
{
    uint64_t  n;

    if (ctx->principal == NULL || id->len > NGX_HTTP_TENDER_SAVED_ID
        || tender_uint_read(ngx_http_tender_str(id), INT64_MAX, &n)
           != TENDER_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_http_tender_registry_read(ctx, NGX_HTTP_TENDER_SEARCH,
                                         &ctx->principal->account, id);
}


ngx_int_t
ngx_http_tender_saved_found(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t **query)
{
    int64_t                  now;
    ngx_int_t                rc;
    ngx_http_tender_entry_t  account;

    rc = ngx_http_tender_registry_entry(ctx, NGX_HTTP_TENDER_SEARCH, &account,
                                        entry, &now);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_saved_query(ctx, entry->data, query);
}


/* one that asks for nothing matches all */

static ngx_int_t
ngx_http_tender_saved_query(ngx_http_tender_ctx_t *ctx, tender_value_t *data,
    tender_value_t **query)
{
    *query = tender_value_member(data, "query");

    if (*query == NULL) {
        *query = tender_value_new(&ctx->mem, TENDER_OBJECT);
    }

    return *query ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_saved_list(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  first;

    ngx_str_null(&first);

    return ngx_http_tender_registry_list(ctx, NGX_HTTP_TENDER_SEARCH,
                                         &ctx->principal->account, &first,
                                         NGX_HTTP_TENDER_SAVED_MAX);
}


ngx_int_t
ngx_http_tender_saved_listed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entries_t *entries)
{
    return ngx_http_tender_registry_listed(ctx, entries);
}


ngx_int_t
ngx_http_tender_saved_check(ngx_http_tender_ctx_t *ctx, tender_value_t *data)
{
    ngx_int_t                  rc;
    tender_value_t            *query;
    ngx_http_tender_search_t   search;

    rc = ngx_http_tender_errors_check(ctx, &tender_model_search, data,
                                      TENDER_BY_SERVER, 0);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_saved_query(ctx, data, &query) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_search_init(&search);

    rc = ngx_http_tender_criteria_search(ctx, query, 1, &search);

    return (rc == NGX_HTTP_BAD_REQUEST) ? ngx_http_tender_saved_refuse(ctx)
                                        : rc;
}


/* what is said of parameters of an address is said of members of "query" */

static ngx_int_t
ngx_http_tender_saved_refuse(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t              name;
    tender_value_t           *faults, *list;
    ngx_http_tender_error_t  *error;

    faults = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (faults == NULL) {
        return NGX_ERROR;
    }

    for (error = ctx->errors; error; error = error->next) {
        list = tender_value_new(&ctx->mem, TENDER_ARRAY);
        if (list == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, error->description);
        tender_value_add(faults, error->name, list);
    }

    ctx->errors = NULL;

    tender_str_set(&name, "query");

    return ngx_http_tender_error_value(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                       "body", name, faults);
}


ngx_int_t
ngx_http_tender_saved_write(ngx_http_tender_ctx_t *ctx, const char *op,
    ngx_http_tender_entry_t *entry, tender_value_t *data,
    ngx_http_tender_change_t *change)
{
    tender_str_t  text;

    ngx_memzero(change, sizeof(ngx_http_tender_change_t));

    change->kind = NGX_HTTP_TENDER_SEARCH;
    change->op = op;
    change->owner = ctx->principal->account;
    change->who = ctx->principal->id;
    change->max = NGX_HTTP_TENDER_SAVED_MAX;

    if (entry) {
        change->id = entry->id;
        change->version = entry->version;
    }

    if (data) {
        if (tender_json_text(&ctx->mem, data, 0, &text) != TENDER_OK) {
            return NGX_ERROR;
        }

        change->json.data = text.data;
        change->json.len = text.len;

        ngx_str_set(&change->what, "name,query");
    }

    return ngx_http_tender_registry_change(ctx, change);
}


ngx_int_t
ngx_http_tender_saved_written(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change)
{
    ngx_int_t                 rc;
    ngx_http_tender_change_e  outcome;

    rc = ngx_http_tender_registry_changed(ctx, change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_CHANGE_OK:
        return NGX_OK;

    case NGX_HTTP_TENDER_CHANGE_CONFLICT:
        return NGX_DECLINED;

    case NGX_HTTP_TENDER_CHANGE_MISSING:
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url", "id",
                                     "Not Found");

    case NGX_HTTP_TENDER_CHANGE_FULL:
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "An account keeps 100 searches: remove "
                                     "one first");

    default: /* a search has no names, and holds nothing */
        return NGX_ERROR;
    }
}
