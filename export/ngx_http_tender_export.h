
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_
#define _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * The export dialect: one address, which answers in the format that dtype
 * names.  An api_code is renewed there with its refresh code.
 */

extern const ngx_http_tender_dialect_t  ngx_http_tender_export_dialect;


typedef enum {
    NGX_HTTP_TENDER_EXPORT_XML = 0,
    NGX_HTTP_TENDER_EXPORT_JSON,
    NGX_HTTP_TENDER_EXPORT_CSV
} ngx_http_tender_export_format_e;


/* ngx_http_tender_export.c */

/* of the query; NGX_DECLINED: dtype names none, it is XML then */
ngx_int_t ngx_http_tender_export_format(tender_query_t *query,
    ngx_http_tender_export_format_e *format);

/* ngx_http_tender_export_record.c */

/*
 * An object of strings and nulls as an answer of its own: a list of one
 * object; an element of each member, within <Items>, and within <Item> if it
 * is an item; a line of names and a line of values.
 */
ngx_int_t ngx_http_tender_export_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_format_e format, tender_value_t *record,
    ngx_uint_t item, ngx_str_t *type, ngx_str_t *body);

/* adds a string; a value without data is null; NGX_ERROR: out of memory */
ngx_int_t ngx_http_tender_export_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, const char *name, tender_str_t value);

/* ngx_http_tender_export_code.c, the steps of a renewal */

ngx_int_t ngx_http_tender_export_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_ask(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_renew(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_renewed(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_ */
