
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


#define NGX_HTTP_TENDER_PAGE      100
#define NGX_HTTP_TENDER_PAGE_MAX  1000


static ngx_int_t ngx_http_tender_api_limit(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_offset(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_status(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_entries(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_plain_items(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_links(ngx_http_tender_ctx_t *ctx,
    tender_value_t *top);
static tender_value_t *ngx_http_tender_api_link(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *base, int64_t *positions, ngx_uint_t descending);
static ngx_int_t ngx_http_tender_api_query(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *offset, ngx_uint_t descending, ngx_str_t *query);


/* the parameters that the address of another page repeats */

static const tender_str_t  ngx_http_tender_echoed[] = {
    tender_string("limit"),
    tender_string("opt_fields"),
    tender_string("status"),
    tender_null_string
};


ngx_int_t
ngx_http_tender_api_list(ngx_http_tender_ctx_t *ctx)
{
    u_char                 *p;
    ngx_int_t               rc;
    tender_str_t           *value;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    api->u.feed.limit = NGX_HTTP_TENDER_PAGE;

    if (ctx->query.nparams == 0) {
        return ngx_http_tender_store_feed(ctx, &api->u.feed);
    }

    value = tender_query_value(&ctx->query, "descending");
    api->u.feed.descending = (value && value->len) ? 1 : 0;

    value = tender_query_value(&ctx->query, "opt_fields");

    if (value && value->len) {
        p = ngx_pnalloc(ctx->request->pool,
                        sizeof("id,modified,") - 1 + value->len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        api->fields.data = p;

        p = ngx_cpymem(p, "id,modified,", sizeof("id,modified,") - 1);
        p = ngx_cpymem(p, value->data, value->len);

        api->fields.len = p - api->fields.data;
    }

    rc = ngx_http_tender_api_limit(ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_offset(ctx);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_status(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_store_feed(ctx, &api->u.feed);
}


static ngx_int_t
ngx_http_tender_api_limit(ngx_http_tender_ctx_t *ctx)
{
    uint64_t       n;
    tender_str_t  *value;

    value = tender_query_value(&ctx->query, "limit");

    if (value == NULL) {
        return NGX_OK;
    }

    if (tender_uint_read(*value, NGX_HTTP_TENDER_PAGE_MAX, &n) != TENDER_OK
        || n == 0)
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                     "limit",
                                     "limit should be a number from 1 to "
                                     "1000");
    }

    ngx_http_tender_api_state(ctx)->u.feed.limit = n;

    return NGX_OK;
}


/* 404, on which clients of the original start again without it */

static ngx_int_t
ngx_http_tender_api_offset(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t       rc;
    tender_str_t   *value;

    value = tender_query_value(&ctx->query, "offset");

    if (value == NULL) {
        return NGX_OK;
    }

    rc = ngx_http_tender_offset_read(ctx, value,
                                 &ngx_http_tender_api_state(ctx)->u.feed.from);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "params",
                                     "offset", "Offset expired/invalid");
    }

    return rc;
}


static ngx_int_t
ngx_http_tender_api_status(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t            name, *value, text;
    tender_value_t         *description;
    const tender_field_t   *field;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    tender_str_set(&name, "status");
    value = tender_query_get(&ctx->query, &name);

    if (value == NULL) {
        return NGX_OK;
    }

    field = tender_model_field(&tender_model_tender, &name);

    api->u.feed.status = tender_field_choice(field, value);

    if (api->u.feed.status) {
        return NGX_OK;
    }

    text = tender_field_choices(&ctx->mem, field);
    description = tender_value_string(&ctx->mem, text);

    if (text.data == NULL || description == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                       name, description);
}


ngx_int_t
ngx_http_tender_api_page(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_page(ctx, &api->u.feed);
    if (rc != NGX_OK) {
        return rc;
    }

    if (api->fields.len == 0 && !api->pretty) {
        return NGX_OK;
    }

    api->items = tender_value_new(&ctx->mem, TENDER_ARRAY);

    return api->items ? NGX_OK : NGX_ERROR;
}


/* the plain list is written as it is read, one with more in it as a tree */

ngx_int_t
ngx_http_tender_api_listed(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t            name, text;
    tender_value_t         *top;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    top = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (top == NULL) {
        return NGX_ERROR;
    }

    if (api->fields.len == 0 && !api->pretty) {

        if (ngx_http_tender_api_entries(ctx) != NGX_OK
            || ngx_http_tender_api_links(ctx, top) != NGX_OK
            || tender_json_text(&ctx->mem, top, 0, &text) != TENDER_OK)
        {
            return NGX_ERROR;
        }

        text.data[0] = ',';

        return ngx_http_tender_api_text(ctx, text.data, text.len,
                                        NGX_HTTP_OK);
    }

    if (api->fields.len == 0
        && ngx_http_tender_api_plain_items(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(top, name, api->items);

    if (ngx_http_tender_api_links(ctx, top) != NGX_OK
        || tender_json_text(&ctx->mem, top,
                            api->pretty ? TENDER_JSON_PRETTY : 0, &text)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_text(ctx, text.data, text.len, NGX_HTTP_OK);
}


/* for the pretty form of the plain list */

static ngx_int_t
ngx_http_tender_api_plain_items(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                i, k;
    tender_value_t           *item, *v;
    ngx_http_tender_api_t    *api;
    ngx_http_tender_item_t   *entry;

    static const tender_str_t  names[] = {
        tender_string("id"), tender_string("modified")
    };

    api = ngx_http_tender_api_state(ctx);

    for (i = 0; i < api->u.feed.nentries; i++) {
        entry = &api->u.feed.entries[i];

        item = tender_value_new(&ctx->mem, TENDER_OBJECT);
        if (item == NULL) {
            return NGX_ERROR;
        }

        for (k = 0; k < 2; k++) {
            v = tender_value_string(&ctx->mem,
                        ngx_http_tender_str(k ? &entry->modified : &entry->id));
            if (v == NULL) {
                return NGX_ERROR;
            }

            tender_value_add(item, names[k], v);
        }

        tender_value_push(api->items, item);
    }

    return NGX_OK;
}


/* {"id":"...","modified":"..."} of each entry */

static ngx_int_t
ngx_http_tender_api_entries(ngx_http_tender_ctx_t *ctx)
{
    u_char                   *p, *data;
    ngx_uint_t                i;
    ngx_http_tender_feed_t   *feed;
    ngx_http_tender_item_t   *entry;

    feed = &ngx_http_tender_api_state(ctx)->u.feed;

    data = ngx_pnalloc(ctx->request->pool,
                       sizeof("{\"data\":[]") - 1 + feed->nentries
                       * (sizeof("{\"id\":\"\",\"modified\":\"\"},") - 1
                          + NGX_HTTP_TENDER_ID_LEN + TENDER_DATE_LEN));
    if (data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(data, "{\"data\":[", sizeof("{\"data\":[") - 1);

    for (i = 0; i < feed->nentries; i++) {
        entry = &feed->entries[i];

        if (i) {
            *p++ = ',';
        }

        p = ngx_cpymem(p, "{\"id\":\"", sizeof("{\"id\":\"") - 1);
        p = ngx_cpymem(p, entry->id.data, NGX_HTTP_TENDER_ID_LEN);
        p = ngx_cpymem(p, "\",\"modified\":\"",
                       sizeof("\",\"modified\":\"") - 1);
        p = ngx_cpymem(p, entry->modified.data, TENDER_DATE_LEN);
        *p++ = '"';
        *p++ = '}';
    }

    *p++ = ']';

    return ngx_http_tender_put(ctx, data, p - data);
}


/* next_page always, prev_page where there is one */

static ngx_int_t
ngx_http_tender_api_links(ngx_http_tender_ctx_t *ctx, tender_value_t *top)
{
    ngx_str_t                base;
    tender_str_t             name;
    tender_value_t          *link;
    ngx_http_tender_feed_t  *feed;

    feed = &ngx_http_tender_api_state(ctx)->u.feed;

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    link = ngx_http_tender_api_link(ctx, &base, feed->next, feed->descending);
    if (link == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "next_page");
    tender_value_add(top, name, link);

    if (feed->from == NULL && !feed->descending) {
        return NGX_OK;
    }

    link = ngx_http_tender_api_link(ctx, &base, feed->turn,
                                    !feed->descending);
    if (link == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "prev_page");
    tender_value_add(top, name, link);

    return NGX_OK;
}


static tender_value_t *
ngx_http_tender_api_link(ngx_http_tender_ctx_t *ctx, ngx_str_t *base,
    int64_t *positions, ngx_uint_t descending)
{
    u_char          *p;
    size_t           host;
    ngx_str_t        offset, query;
    ngx_uint_t       i;
    tender_str_t     values[3];
    tender_value_t  *link, *v;

    static const tender_str_t  names[] = {
        tender_string("offset"), tender_string("path"), tender_string("uri")
    };

    if (ngx_http_tender_offset_write(ctx, positions, &offset) != NGX_OK
        || ngx_http_tender_api_query(ctx, &offset, descending, &query)
           != NGX_OK)
    {
        return NULL;
    }

    link = tender_value_new(&ctx->mem, TENDER_OBJECT);

    p = ngx_pnalloc(ctx->request->pool,
                    base->len + sizeof("/tenders?") - 1 + query.len);

    if (link == NULL || p == NULL) {
        return NULL;
    }

    values[0] = ngx_http_tender_str(&offset);
    values[2].data = p;

    p = ngx_cpymem(p, base->data, base->len);
    p = ngx_cpymem(p, "/tenders?", sizeof("/tenders?") - 1);
    p = ngx_cpymem(p, query.data, query.len);

    values[2].len = p - values[2].data;

    host = base->len - ctx->conf->prefix.len;

    values[1].data = values[2].data + host;
    values[1].len = values[2].len - host;

    for (i = 0; i < 3; i++) {
        v = tender_value_string(&ctx->mem, values[i]);
        if (v == NULL) {
            return NULL;
        }

        tender_value_add(link, names[i], v);
    }

    return link;
}


static ngx_int_t
ngx_http_tender_api_query(ngx_http_tender_ctx_t *ctx, ngx_str_t *offset,
    ngx_uint_t descending, ngx_str_t *query)
{
    u_char              *p;
    size_t               len;
    tender_str_t        *value;
    const tender_str_t  *name;

    len = sizeof("offset=&descending=1") - 1 + offset->len;

    for (name = ngx_http_tender_echoed; name->len; name++) {
        value = tender_query_get(&ctx->query, name);

        if (value) {
            len += 2 + name->len + tender_uri_escaped_length(*value);
        }
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    query->data = p;

    p = ngx_cpymem(p, "offset=", sizeof("offset=") - 1);
    p = ngx_cpymem(p, offset->data, offset->len);

    if (descending) {
        p = ngx_cpymem(p, "&descending=1", sizeof("&descending=1") - 1);
    }

    for (name = ngx_http_tender_echoed; name->len; name++) {
        value = tender_query_get(&ctx->query, name);

        if (value == NULL) {
            continue;
        }

        *p++ = '&';
        p = ngx_cpymem(p, name->data, name->len);
        *p++ = '=';
        p = tender_uri_escape(p, *value);
    }

    query->len = p - query->data;

    return NGX_OK;
}
