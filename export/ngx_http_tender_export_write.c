
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"
#include "../format/tender_csv.h"
#include "../format/tender_xml.h"


#define NGX_HTTP_TENDER_EXPORT_OUT  (32 * 1024)


static u_char *ngx_http_tender_export_put(u_char *p, tender_str_t text);
static ngx_int_t ngx_http_tender_export_header(
    ngx_http_tender_export_t *export, ngx_http_tender_export_out_t *out);
static ngx_int_t ngx_http_tender_export_row(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, tender_mem_t *mem,
    tender_value_t *object);
static unsigned ngx_http_tender_export_cell_flags(
    ngx_http_tender_export_t *export, ngx_uint_t *field);


ngx_str_t  ngx_http_tender_export_types[] = {
    ngx_string("application/xml; charset=utf-8"),
    ngx_string("application/json; charset=utf-8"),
    ngx_string("text/csv; charset=utf-8; header=present"),
    ngx_string("application/x-ndjson; charset=utf-8")
};


static const tender_str_t  ngx_http_tender_export_item_name =
    tender_string("Item");


#define ngx_http_tender_export_puts(p, text)                                  \
    ngx_cpymem(p, text, sizeof(text) - 1)


ngx_int_t
ngx_http_tender_export_room(ngx_http_tender_export_out_t *out, size_t n)
{
    u_char  *p;
    size_t   used, size;

    if ((size_t) (out->end - out->last) >= n) {
        return NGX_OK;
    }

    used = out->last - out->start;
    size = ngx_max(NGX_HTTP_TENDER_EXPORT_OUT, 2 * used);

    if (size - used < n) {
        size = used + n;
    }

    p = ngx_pnalloc(out->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (out->start) {
        ngx_memcpy(p, out->start, used);
        (void) ngx_pfree(out->pool, out->start);
    }

    out->start = p;
    out->last = p + used;
    out->end = p + size;

    return NGX_OK;
}


static u_char *
ngx_http_tender_export_put(u_char *p, tender_str_t text)
{
    return ngx_cpymem(p, text.data, text.len);
}


ngx_int_t
ngx_http_tender_export_begins(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, uint64_t total)
{
    u_char        *p, buf[20];
    tender_str_t   n;

    n.data = buf;
    n.len = export->total ? tender_uint_write(buf, total) - buf : 0;

    switch (export->format) {

    case NGX_HTTP_TENDER_EXPORT_JSON:

        if (ngx_http_tender_export_room(out,
                                        sizeof("[{\"Total\":\"\"}") + n.len)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        p = ngx_http_tender_export_puts(out->last, "[{\"Total\":\"");
        p = ngx_http_tender_export_put(p, n);
        out->last = ngx_http_tender_export_puts(p, "\"}");

        return NGX_OK;

    case NGX_HTTP_TENDER_EXPORT_XML:

        if (ngx_http_tender_export_room(out,
                              sizeof(TENDER_XML_DECLARATION
                                     "\n<Items><Total></Total>") + n.len)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        p = ngx_http_tender_export_puts(out->last,
                                        TENDER_XML_DECLARATION
                                        "\n<Items><Total>");
        p = ngx_http_tender_export_put(p, n);
        out->last = ngx_http_tender_export_puts(p, "</Total>");

        return NGX_OK;

    case NGX_HTTP_TENDER_EXPORT_CSV:
        return export->fields ? ngx_http_tender_export_header(export, out)
                              : NGX_OK;

    default: /* NGX_HTTP_TENDER_EXPORT_NDJSON */
        return NGX_OK;
    }
}


static ngx_int_t
ngx_http_tender_export_header(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out)
{
    ngx_uint_t    i, n;
    tender_str_t  names[64];

    n = 0;

    for (i = 0; i < tender_item_nfields; i++) {
        if (export->fields >> i & 1) {
            names[n++] = tender_item_fields[i].name;
        }
    }

    return ngx_http_tender_export_columns(export, out, names, n);
}


ngx_int_t
ngx_http_tender_export_columns(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, const tender_str_t *names,
    ngx_uint_t n)
{
    u_char      *p;
    size_t       len;
    ngx_uint_t   i;

    if (export->format != NGX_HTTP_TENDER_EXPORT_CSV) {
        return NGX_OK;
    }

    len = sizeof(TENDER_CSV_BOM) + sizeof(TENDER_CSV_END);

    for (i = 0; i < n; i++) {
        len += names[i].len + 1;
    }

    if (ngx_http_tender_export_room(out, len) != NGX_OK) {
        return NGX_ERROR;
    }

    p = out->last;

    if (export->bom) {
        p = ngx_http_tender_export_puts(p, TENDER_CSV_BOM);
    }

    for (i = 0; i < n; i++) {

        if (i) {
            *p++ = (u_char) export->comma;
        }

        p = ngx_http_tender_export_put(p, names[i]);
    }

    out->last = ngx_http_tender_export_puts(p, TENDER_CSV_END);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_export_object(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, tender_mem_t *mem,
    tender_value_t *object)
{
    size_t  len;

    switch (export->format) {

    case NGX_HTTP_TENDER_EXPORT_CSV:
        return ngx_http_tender_export_row(export, out, mem, object);

    case NGX_HTTP_TENDER_EXPORT_XML:
        len = tender_xml_element_length(ngx_http_tender_export_item_name,
                                        object);
        break;

    default:
        len = tender_json_length(object, 0) + 1;
    }

    if (ngx_http_tender_export_room(out, len) != NGX_OK) {
        return NGX_ERROR;
    }

    switch (export->format) {

    case NGX_HTTP_TENDER_EXPORT_XML:
        out->last = tender_xml_element(out->last,
                                       ngx_http_tender_export_item_name,
                                       object);
        break;

    case NGX_HTTP_TENDER_EXPORT_JSON:
        *out->last++ = ',';
        out->last = tender_json_write(out->last, object, 0);
        break;

    default: /* NGX_HTTP_TENDER_EXPORT_NDJSON */
        out->last = tender_json_write(out->last, object, 0);
        *out->last++ = '\n';
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_row(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, tender_mem_t *mem,
    tender_value_t *object)
{
    unsigned         flags;
    ngx_uint_t       field;
    tender_str_t     text;
    tender_value_t  *v;

    field = 0;

    for (v = object->u.list.first; v; v = v->next) {
        flags = ngx_http_tender_export_cell_flags(export, &field);

        if (tender_csv_join(mem, v, &text) != TENDER_OK
            || ngx_http_tender_export_room(out, 2 * text.len
                                                + sizeof(",'\"\"\r\n"))
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (v != object->u.list.first) {
            *out->last++ = (u_char) export->comma;
        }

        out->last = tender_csv_write(out->last, text, flags);
    }

    /* there is room for it behind each cell */

    out->last = ngx_http_tender_export_puts(out->last, TENDER_CSV_END);

    return NGX_OK;
}


static unsigned
ngx_http_tender_export_cell_flags(ngx_http_tender_export_t *export,
    ngx_uint_t *field)
{
    unsigned  flags;

    flags = export->comma;

    while (*field < tender_item_nfields
           && (export->fields >> *field & 1) == 0)
    {
        (*field)++;
    }

    if (*field < tender_item_nfields
        && (tender_item_fields[*field].flags & TENDER_ITEM_NUMERIC))
    {
        (*field)++;
        return flags;
    }

    (*field)++;

    return flags | TENDER_CSV_TEXT;
}


ngx_int_t
ngx_http_tender_export_ends(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out)
{
    if (ngx_http_tender_export_room(out, sizeof("</Items>\n")) != NGX_OK) {
        return NGX_ERROR;
    }

    switch (export->format) {

    case NGX_HTTP_TENDER_EXPORT_JSON:
        *out->last++ = ']';
        break;

    case NGX_HTTP_TENDER_EXPORT_XML:
        out->last = ngx_http_tender_export_puts(out->last, "</Items>\n");
        break;

    default:
        break;
    }

    return NGX_OK;
}
