
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"
#include "../format/tender_csv.h"
#include "../format/tender_xml.h"


static ngx_int_t ngx_http_tender_export_json(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, tender_str_t *text);
static ngx_int_t ngx_http_tender_export_line(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, tender_str_t *text);
static ngx_int_t ngx_http_tender_export_xml(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, ngx_uint_t item, tender_str_t *text);
static ngx_int_t ngx_http_tender_export_csv(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, tender_str_t *text);
static tender_str_t ngx_http_tender_export_cell(tender_value_t *v);


#define NGX_HTTP_TENDER_EXPORT_HEAD    TENDER_XML_DECLARATION "\n<Items>"
#define NGX_HTTP_TENDER_EXPORT_TAIL    "</Items>\n"
#define NGX_HTTP_TENDER_EXPORT_BEGIN   "<Item>"
#define NGX_HTTP_TENDER_EXPORT_END     "</Item>"


ngx_int_t
ngx_http_tender_export_add(ngx_http_tender_ctx_t *ctx, tender_value_t *record,
    const char *name, tender_str_t value)
{
    tender_str_t     str;
    tender_value_t  *v;

    v = value.data ? tender_value_string(&ctx->mem, value)
                   : tender_value_new(&ctx->mem, TENDER_NULL);
    if (v == NULL) {
        return NGX_ERROR;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    tender_value_add(record, str, v);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_export_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_format_e format, tender_value_t *record,
    ngx_uint_t item, ngx_str_t *type, ngx_str_t *body)
{
    ngx_int_t     rc;
    tender_str_t  text;

    switch (format) {

    case NGX_HTTP_TENDER_EXPORT_JSON:
        rc = ngx_http_tender_export_json(ctx, record, &text);
        break;

    case NGX_HTTP_TENDER_EXPORT_NDJSON:
        rc = ngx_http_tender_export_line(ctx, record, &text);
        break;

    case NGX_HTTP_TENDER_EXPORT_CSV:
        rc = ngx_http_tender_export_csv(ctx, record, &text);
        break;

    default:
        rc = ngx_http_tender_export_xml(ctx, record, item, &text);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    *type = ngx_http_tender_export_types[format];
    body->data = text.data;
    body->len = text.len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_json(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, tender_str_t *text)
{
    tender_value_t  *list;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    tender_value_push(list, record);

    return tender_json_text(&ctx->mem, list, 0, text) == TENDER_OK
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_export_line(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, tender_str_t *text)
{
    u_char  *p;

    text->len = tender_json_length(record, 0) + 1;

    text->data = tender_alloc(&ctx->mem, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    p = tender_json_write(text->data, record, 0);
    *p = '\n';

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_xml(ngx_http_tender_ctx_t *ctx, tender_value_t *record,
    ngx_uint_t item, tender_str_t *text)
{
    size_t           len;
    u_char          *p;
    tender_value_t  *v;

    len = sizeof(NGX_HTTP_TENDER_EXPORT_HEAD NGX_HTTP_TENDER_EXPORT_BEGIN
                 NGX_HTTP_TENDER_EXPORT_END NGX_HTTP_TENDER_EXPORT_TAIL) - 1;

    for (v = record->u.list.first; v; v = v->next) {
        len += tender_xml_element_length(v->name, v);
    }

    p = tender_alloc(&ctx->mem, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    p = ngx_cpymem(p, NGX_HTTP_TENDER_EXPORT_HEAD,
                   sizeof(NGX_HTTP_TENDER_EXPORT_HEAD) - 1);

    if (item) {
        p = ngx_cpymem(p, NGX_HTTP_TENDER_EXPORT_BEGIN,
                       sizeof(NGX_HTTP_TENDER_EXPORT_BEGIN) - 1);
    }

    for (v = record->u.list.first; v; v = v->next) {
        p = tender_xml_element(p, v->name, v);
    }

    if (item) {
        p = ngx_cpymem(p, NGX_HTTP_TENDER_EXPORT_END,
                       sizeof(NGX_HTTP_TENDER_EXPORT_END) - 1);
    }

    p = ngx_cpymem(p, NGX_HTTP_TENDER_EXPORT_TAIL,
                   sizeof(NGX_HTTP_TENDER_EXPORT_TAIL) - 1);

    text->len = p - text->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_csv(ngx_http_tender_ctx_t *ctx, tender_value_t *record,
    tender_str_t *text)
{
    size_t           len;
    u_char          *p;
    tender_value_t  *v;

    len = 2 * (sizeof(TENDER_CSV_END) - 1);

    for (v = record->u.list.first; v; v = v->next) {
        len += v->name.len + 2
               + tender_csv_length(ngx_http_tender_export_cell(v),
                                   TENDER_CSV_TEXT);
    }

    p = tender_alloc(&ctx->mem, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (v = record->u.list.first; v; v = v->next) {
        p = ngx_cpymem(p, v->name.data, v->name.len);
        *p++ = ',';
    }

    p = ngx_cpymem(p - 1, TENDER_CSV_END, sizeof(TENDER_CSV_END) - 1);

    for (v = record->u.list.first; v; v = v->next) {
        p = tender_csv_write(p, ngx_http_tender_export_cell(v),
                             TENDER_CSV_TEXT);
        *p++ = ',';
    }

    p = ngx_cpymem(p - 1, TENDER_CSV_END, sizeof(TENDER_CSV_END) - 1);

    text->len = p - text->data;

    return NGX_OK;
}


static tender_str_t
ngx_http_tender_export_cell(tender_value_t *v)
{
    tender_str_t  none = tender_null_string;

    return v->type == TENDER_STRING ? v->u.text : none;
}
