
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PAGE_SEARCH_H_INCLUDED_
#define _NGX_HTTP_TENDER_PAGE_SEARCH_H_INCLUDED_


#include "../store/ngx_http_tender_criteria.h"
#include "../store/ngx_http_tender_search.h"


/* what the steps of GET search hand on */

typedef struct {
    tender_value_t            *criteria;
    ngx_http_tender_search_t   search;
    ngx_uint_t                 page;         /* from 1 on */
    ngx_uint_t                 depth;        /* records by pages */
    unsigned                   preview:1;
} ngx_http_tender_page_search_t;


#endif /* _NGX_HTTP_TENDER_PAGE_SEARCH_H_INCLUDED_ */
