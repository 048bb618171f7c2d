
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


static const ngx_http_tender_route_t  ngx_http_tender_api_routes[] = {

    /* the one that is asked for most is found first */

    { NGX_HTTP_GET, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_READ, 0,
      "Tender Read",
      { ngx_http_tender_api_tag_read,
        ngx_http_tender_api_not_modified,
        ngx_http_tender_api_shown } },

    { NGX_HTTP_GET, "tenders", ngx_string("collection_tender"),
      NGX_HTTP_TENDER_READ, 0,
      "Tenders List",
      { ngx_http_tender_api_list,
        ngx_http_tender_api_page,
        ngx_http_tender_api_window,
        ngx_http_tender_api_collect,
        ngx_http_tender_api_listed } },

    { NGX_HTTP_POST, "tenders", ngx_string("collection_tender"),
      NGX_HTTP_TENDER_CREATE, 1,
      "Creating new Tender",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_create,
        ngx_http_tender_api_store,
        ngx_http_tender_api_created } },

    { NGX_HTTP_PUT, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_UPDATE, 1,
      "Tender Edit (full)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_change,
        ngx_http_tender_api_read,
        ngx_http_tender_api_found,
        ngx_http_tender_api_merge,
        ngx_http_tender_api_changed } },

    { NGX_HTTP_PATCH, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_UPDATE, 1,
      "Tender Edit (partial)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_change,
        ngx_http_tender_api_read,
        ngx_http_tender_api_found,
        ngx_http_tender_api_merge,
        ngx_http_tender_api_changed } },

    { NGX_HTTP_GET, "spore", ngx_string("spore"),
      NGX_HTTP_TENDER_READ, 0,
      "Spore",
      { ngx_http_tender_api_spore } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_api = {
    ngx_string("api"),
    ngx_string("0.1"),
    ngx_http_tender_api_routes,
    ngx_http_tender_api_refuse,
    ngx_http_tender_api_accept,
    0
};
