
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ACCOUNT_SEARCHES_H_INCLUDED_
#define _NGX_HTTP_TENDER_ACCOUNT_SEARCHES_H_INCLUDED_


#include "ngx_http_tender_account.h"
#include "../model/tender_model.h"
#include "../store/ngx_http_tender_saved.h"
#include "../store/ngx_http_tender_search.h"


/* what the steps of a request for saved searches hand on */

typedef struct {
    ngx_http_tender_account_t   account;     /* first: ctx->data is this */
    ngx_str_t                   id;
    unsigned                    one:1;       /* the path names one */
    ngx_uint_t                  tries;
    tender_value_t             *data;        /* as it was sent */
    tender_value_t             *after;       /* to be stored */
    ngx_http_tender_entry_t     entry;
    tender_value_t             *query;       /* of it */
    ngx_http_tender_change_t    change;

    /* of a feed */

    ngx_http_tender_search_t    search;
    ngx_pool_t                 *pool;        /* of what is read now */
    ngx_uint_t                  done;        /* hits */
    ngx_array_t                 entries;     /* ngx_str_t */
    int64_t                     newest;
} ngx_http_tender_searches_t;


/* account_searches_view.c */

/* "<base><before><id><after>" */
ngx_int_t ngx_http_tender_account_search_url(ngx_http_tender_ctx_t *ctx,
    const char *before, ngx_str_t *id, const char *after, ngx_str_t *url);

/* an entry with its data, and where it leads to; NULL: out of memory */
tender_value_t *ngx_http_tender_account_search_view(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_entry_t *entry,
    tender_value_t *data);

/* {"data": value}: NGX_DONE */
ngx_int_t ngx_http_tender_account_search_send(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, ngx_uint_t status);


/* account_atom_entry.c: an entry of a feed as XML */

typedef struct {
    ngx_str_t                   id;          /* of the tender */
    tender_str_t                number;      /* its tenderID */
    int64_t                     created;
    int64_t                     modified;
    tender_value_t             *doc;
    const tender_kwords_t      *words;
    ngx_str_t                   link;
} ngx_http_tender_atom_t;


ngx_int_t ngx_http_tender_account_atom_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, ngx_str_t *text);

/*
 * XML is written twice, to count its bytes and to write them: p is NULL
 * first.
 */

typedef struct {
    u_char                     *p;
    size_t                      len;
} ngx_http_tender_xml_t;


void ngx_http_tender_xml_raw(ngx_http_tender_xml_t *xml, const char *text);
void ngx_http_tender_xml_text(ngx_http_tender_xml_t *xml, tender_str_t text);
void ngx_http_tender_xml_attr(ngx_http_tender_xml_t *xml, tender_str_t text);
void ngx_http_tender_xml_date(ngx_http_tender_xml_t *xml, int64_t us);

/* 32 hexadecimal digits as "urn:uuid:..." */
void ngx_http_tender_xml_uuid(ngx_http_tender_xml_t *xml, u_char *hex);


#endif /* _NGX_HTTP_TENDER_ACCOUNT_SEARCHES_H_INCLUDED_ */
