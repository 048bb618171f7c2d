
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_CRITERIA_H_INCLUDED_
#define _NGX_HTTP_TENDER_CRITERIA_H_INCLUDED_


#include "ngx_http_tender_search.h"
#include "../model/tender_model.h"


/*
 * What is searched for, as parameters of an address or members of a saved
 * search: tender_model_query (model/tender_tables_search.c) describes them.
 */

/* names of parameters, with a blank between, or empty */

typedef struct {
    ngx_str_t     ignored;      /* not known, or with no meaning here */
} ngx_http_tender_criteria_t;


/*
 * Makes an object of the parameters of a query that the model knows, laid
 * over a saved one (or NULL); checks it.  strict: what is not known is
 * refused.  NGX_OK, or a 400 that is described (location "url").
 */
ngx_int_t ngx_http_tender_criteria_read(ngx_http_tender_ctx_t *ctx,
    tender_query_t *query, tender_value_t *saved, ngx_uint_t strict,
    tender_value_t **object, ngx_http_tender_criteria_t *criteria);

/* 1 if a parameter of an address has this name */
ngx_uint_t ngx_http_tender_criteria_known(const tender_str_t *name);

/*
 * Names a parameter that has no meaning where it was sent; strict: 400,
 * described.
 */
ngx_int_t ngx_http_tender_criteria_ignore(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_criteria_t *criteria, const tender_str_t *name,
    ngx_uint_t strict);

/* the search that a checked object means; page and size are the caller's */
ngx_int_t ngx_http_tender_criteria_search(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_uint_t strict,
    ngx_http_tender_search_t *search);

/* a member that is a text or a number, as it stands; empty: there is none */
tender_str_t ngx_http_tender_criteria_text(tender_value_t *object,
    const tender_str_t *name);

#define ngx_http_tender_criteria_get(object, text)                            \
    ngx_http_tender_criteria_text(object,                                     \
                                  &(tender_str_t) tender_string(text))

/* "kwords=...&dtype=..." of an object, percent-encoded, without "?" */
ngx_int_t ngx_http_tender_criteria_write(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_str_t *text);

/* the public number of a record that was read as OWN; 0: it has none */
uint64_t ngx_http_tender_record_number(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record);


#endif /* _NGX_HTTP_TENDER_CRITERIA_H_INCLUDED_ */
