
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


ngx_str_t
ngx_http_tender_api_path_id(ngx_http_tender_ctx_t *ctx, ngx_uint_t n)
{
    ngx_str_t  id;

    id.data = ctx->ids[n].data;
    id.len = ctx->ids[n].len;

    return id;
}


/* what is not an id names nothing, and becomes no part of a key */

ngx_int_t
ngx_http_tender_api_ids(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t  i;

    for (i = 0; i < ctx->nids; i++) {
        if (ctx->ids[i].len != NGX_HTTP_TENDER_ID_LEN
            || !tender_hex_valid(ctx->ids[i]))
        {
            return ngx_http_tender_api_not_found(ctx, i);
        }
    }

    return NGX_OK;
}


/* it is named as in the route's path; a tender of its own is "id" */

ngx_int_t
ngx_http_tender_api_not_found(ngx_http_tender_ctx_t *ctx, ngx_uint_t n)
{
    const char      *p;
    ngx_uint_t       i;
    tender_str_t     name;
    tender_value_t  *text;

    p = ctx->route->path;

    for (i = 0; i <= n; i++) {
        while (*p++ != ':') { /* void */ }
    }

    name.data = (u_char *) p;

    while (*p != '\0' && *p != '/') {
        p++;
    }

    name.len = (size_t) ((u_char *) p - name.data);

    if (n == 0 && *p == '\0') {
        tender_str_set(&name, "id");
    }

    text = tender_value_cstring(&ctx->mem, "Not Found");
    if (text == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error_value(ctx, NGX_HTTP_NOT_FOUND, "url", name,
                                       text);
}


ngx_int_t
ngx_http_tender_api_location(ngx_http_tender_ctx_t *ctx, const char *kind,
    ngx_str_t *id)
{
    u_char              *p;
    ngx_str_t            base, value;
    ngx_table_elt_t     *h;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, base.len + sizeof("/tenders//bidders/") - 1
                             + 2 * NGX_HTTP_TENDER_ID_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_cpymem(p, base.data, base.len);
    p = ngx_cpymem(p, "/tenders/", sizeof("/tenders/") - 1);

    if (kind) {
        p = ngx_cpymem(p, ctx->id.data, ctx->id.len);
        *p++ = '/';
        p = ngx_cpymem(p, kind, ngx_strlen(kind));
        *p++ = '/';
    }

    p = ngx_cpymem(p, id->data, id->len);

    value.len = p - value.data;

    h = ngx_http_tender_header(r, "Location", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.location = h;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_lets(ngx_http_tender_ctx_t *ctx, tender_act_e act,
    ngx_http_tender_record_t *record)
{
    int  stage;

    stage = tender_stage_read(ngx_http_tender_str(&record->status));

    if (tender_stage_lets(act, stage, record->deadlines.finish != 0)) {
        return NGX_OK;
    }

    return ngx_http_tender_api_not_now(ctx, act, &record->status);
}


ngx_int_t
ngx_http_tender_api_not_now(ngx_http_tender_ctx_t *ctx, tender_act_e act,
    ngx_str_t *stage)
{
    tender_str_t     name, text;
    tender_value_t  *description;

    text = tender_stage_refusal(&ctx->mem, act, ngx_http_tender_str(stage));
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    description = tender_value_string(&ctx->mem, text);
    if (description == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");

    return ngx_http_tender_error_value(ctx, NGX_HTTP_FORBIDDEN, "body", name,
                                       description);
}
