
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account_searches.h"


static ngx_int_t ngx_http_tender_account_search_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, ngx_str_t *text);
static ngx_int_t ngx_http_tender_account_search_date(
    ngx_http_tender_ctx_t *ctx, tender_value_t *object, const char *name,
    int64_t us);


static ngx_str_t  ngx_http_tender_searches_type =
    ngx_string("application/json; charset=UTF-8");


ngx_int_t
ngx_http_tender_account_search_url(ngx_http_tender_ctx_t *ctx,
    const char *before, ngx_str_t *id, const char *after, ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   base;

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool, base.len + ngx_strlen(before)
                                        + id->len + ngx_strlen(after));
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = ngx_cpymem(p, base.data, base.len);
    p = ngx_cpymem(p, before, ngx_strlen(before));
    p = ngx_cpymem(p, id->data, id->len);
    p = ngx_cpymem(p, after, ngx_strlen(after));

    url->len = p - url->data;

    return NGX_OK;
}


tender_value_t *
ngx_http_tender_account_search_view(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t *data)
{
    ngx_str_t        url, atom;
    tender_value_t  *view, *v, *next;

    view = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (view == NULL
        || ngx_http_tender_account_search_add(ctx, view, "id", &entry->id)
           != NGX_OK
        || ngx_http_tender_account_search_add(ctx, view, "account",
                                              &entry->owner)
           != NGX_OK
        || ngx_http_tender_account_search_url(ctx, "/api/export?search_id=",
                                              &entry->id, "", &url)
           != NGX_OK
        || ngx_http_tender_account_search_url(ctx, "/api/searches/",
                                              &entry->id, ".atom", &atom)
           != NGX_OK)
    {
        return NULL;
    }

    for (v = data->u.list.first; v; v = next) {
        next = v->next;
        tender_value_add(view, v->name, v);
    }

    if (ngx_http_tender_account_search_date(ctx, view, "created",
                                            entry->created)
        != NGX_OK
        || ngx_http_tender_account_search_date(ctx, view, "modified",
                                               entry->modified)
           != NGX_OK
        || ngx_http_tender_account_search_add(ctx, view, "url", &url) != NGX_OK
        || ngx_http_tender_account_search_add(ctx, view, "atom", &atom)
           != NGX_OK)
    {
        return NULL;
    }

    return view;
}


static ngx_int_t
ngx_http_tender_account_search_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, ngx_str_t *text)
{
    tender_str_t     str;
    tender_value_t  *v;

    v = tender_value_string(&ctx->mem, ngx_http_tender_str(text));
    if (v == NULL) {
        return NGX_ERROR;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    tender_value_add(object, str, v);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_account_search_date(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, int64_t us)
{
    ngx_str_t  date;

    date.len = TENDER_DATE_LEN;
    date.data = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

    if (date.data == NULL) {
        return NGX_ERROR;
    }

    (void) tender_date_write(date.data, us);

    return ngx_http_tender_account_search_add(ctx, object, name, &date);
}


ngx_int_t
ngx_http_tender_account_search_send(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, ngx_uint_t status)
{
    tender_str_t     name, text;
    tender_value_t  *body;

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (body == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, value);

    if (tender_json_text(&ctx->mem, body, 0, &text) != TENDER_OK
        || ngx_http_tender_put(ctx, text.data, text.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* it is the account's own: nobody keeps it on the way */

    ctx->secret = 1;
    ctx->type = ngx_http_tender_searches_type;

    return ngx_http_tender_answer(ctx, status);
}
