
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"
#include "ngx_http_tender_api_document.h"
#include "ngx_http_tender_api_award.h"


/* documents are the same wherever they are; also writes them as well */

#define ngx_http_tender_upload_steps                                          \
    { ngx_http_tender_api_document_read,                                      \
      ngx_http_tender_api_document_found,                                     \
      ngx_http_tender_api_document_rights,                                    \
      ngx_http_tender_api_upload_begin,                                       \
      ngx_http_tender_api_upload_take,                                        \
      ngx_http_tender_api_upload_sent,                                        \
      ngx_http_tender_api_document_deposit,                                   \
      ngx_http_tender_api_document_stored,                                    \
      ngx_http_tender_api_document_dropped }

#define ngx_http_tender_document_routes(path, service, title, also)           \
                                                                              \
    { NGX_HTTP_GET, path, ngx_string("collection_tender " service),           \
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,                          \
      "Tender " title "s List",                                               \
      { ngx_http_tender_api_document_read,                                    \
        ngx_http_tender_api_document_found,                                   \
        ngx_http_tender_api_documents_shown } },                              \
                                                                              \
    { NGX_HTTP_POST, path, ngx_string("collection_tender " service),          \
      NGX_HTTP_TENDER_CREATE|also, NGX_HTTP_TENDER_BODY_STREAM,               \
      "Tender " title " Upload",                                              \
      ngx_http_tender_upload_steps },                                         \
                                                                              \
    { NGX_HTTP_GET, path "/:id", ngx_string("tender " service),               \
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,                          \
      "Tender " title " Read",                                                \
      { ngx_http_tender_api_document_read,                                    \
        ngx_http_tender_api_document_found,                                   \
        ngx_http_tender_api_document_versions,                                \
        ngx_http_tender_api_document_shown,                                   \
        ngx_http_tender_api_download_read,                                    \
        ngx_http_tender_api_download_send } },                                \
                                                                              \
    { NGX_HTTP_PUT, path "/:id", ngx_string("tender " service),               \
      NGX_HTTP_TENDER_UPDATE|also, NGX_HTTP_TENDER_BODY_STREAM,               \
      "Tender " title " New Version",                                         \
      ngx_http_tender_upload_steps },                                         \
                                                                              \
    { NGX_HTTP_PATCH, path "/:id", ngx_string("tender " service),             \
      NGX_HTTP_TENDER_UPDATE|also, NGX_HTTP_TENDER_BODY,                      \
      "Tender " title " Edit (partial)",                                      \
      { ngx_http_tender_api_body,                                             \
        ngx_http_tender_api_document_check,                                   \
        ngx_http_tender_api_document_read,                                    \
        ngx_http_tender_api_document_found,                                   \
        ngx_http_tender_api_document_rights,                                  \
        ngx_http_tender_api_document_merge,                                   \
        ngx_http_tender_api_document_stored } }


static const ngx_http_tender_route_t  ngx_http_tender_api_routes[] = {

    /* the one that is asked for most is found first */

    { NGX_HTTP_GET, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_READ, 0,
      "Tender Read",
      { ngx_http_tender_api_tag_read,
        ngx_http_tender_api_not_modified,
        ngx_http_tender_api_shown,
        ngx_http_tender_api_viewed } },

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
        ngx_http_tender_api_created,
        ngx_http_tender_api_viewed } },

    { NGX_HTTP_PUT, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_UPDATE, 1,
      "Tender Edit (full)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_change,
        ngx_http_tender_api_read,
        ngx_http_tender_api_found,
        ngx_http_tender_api_merge,
        ngx_http_tender_api_changed,
        ngx_http_tender_api_viewed } },

    { NGX_HTTP_PATCH, "tenders/:tender_id", ngx_string("tender"),
      NGX_HTTP_TENDER_UPDATE, 1,
      "Tender Edit (partial)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_change,
        ngx_http_tender_api_read,
        ngx_http_tender_api_found,
        ngx_http_tender_api_merge,
        ngx_http_tender_api_changed,
        ngx_http_tender_api_viewed } },

    { NGX_HTTP_POST, "tenders/:tender_id/bidders",
      ngx_string("collection_tender bids"),
      NGX_HTTP_TENDER_CREATE, NGX_HTTP_TENDER_BODY,
      "Registration of new bid proposal",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_bid_check,
        ngx_http_tender_api_bid_tender,
        ngx_http_tender_api_bid_add,
        ngx_http_tender_api_bid_added } },

    { NGX_HTTP_GET, "tenders/:tender_id/bidders",
      ngx_string("collection_tender bids"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Bids List",
      { ngx_http_tender_api_bids_read,
        ngx_http_tender_api_bids_shown } },

    { NGX_HTTP_GET, "tenders/:tender_id/bidders/:id",
      ngx_string("tender bids"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Bid Read",
      { ngx_http_tender_api_bid_read,
        ngx_http_tender_api_bid_found,
        ngx_http_tender_api_bid_sealed } },

    { NGX_HTTP_PATCH, "tenders/:tender_id/bidders/:id",
      ngx_string("tender bids"),
      NGX_HTTP_TENDER_UPDATE, NGX_HTTP_TENDER_BODY,
      "Bid Edit (partial)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_bid_rights,
        ngx_http_tender_api_bid_read,
        ngx_http_tender_api_bid_merge,
        ngx_http_tender_api_bid_changed } },

    { NGX_HTTP_PUT, "tenders/:tender_id/bidders/:id",
      ngx_string("tender bids"),
      NGX_HTTP_TENDER_UPDATE, NGX_HTTP_TENDER_BODY,
      "Bid Edit (full)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_bid_rights,
        ngx_http_tender_api_bid_read,
        ngx_http_tender_api_bid_merge,
        ngx_http_tender_api_bid_changed } },

    { NGX_HTTP_DELETE, "tenders/:tender_id/bidders/:id",
      ngx_string("tender bids"),
      NGX_HTTP_TENDER_DELETE, NGX_HTTP_TENDER_NO_BODY,
      "Bid Withdrawal",
      { ngx_http_tender_api_bid_read,
        ngx_http_tender_api_bid_remove,
        ngx_http_tender_api_bid_changed } },

    { NGX_HTTP_POST, "tenders/:tender_id/awards",
      ngx_string("collection_tender awards"),
      NGX_HTTP_TENDER_CREATE, NGX_HTTP_TENDER_BODY,
      "Accept or reject bidder application",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_award_check,
        ngx_http_tender_api_awards_read,
        ngx_http_tender_api_award_add,
        ngx_http_tender_api_award_stored } },

    { NGX_HTTP_GET, "tenders/:tender_id/awards",
      ngx_string("collection_tender awards"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Awards List",
      { ngx_http_tender_api_awards_read,
        ngx_http_tender_api_awards_shown } },

    { NGX_HTTP_GET, "tenders/:tender_id/awards/:id",
      ngx_string("tender awards"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Award Read",
      { ngx_http_tender_api_award_read,
        ngx_http_tender_api_award_found } },

    { NGX_HTTP_PATCH, "tenders/:tender_id/awards/:id",
      ngx_string("tender awards"),
      NGX_HTTP_TENDER_UPDATE, NGX_HTTP_TENDER_BODY,
      "Award Edit (partial)",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_award_check,
        ngx_http_tender_api_awards_read,
        ngx_http_tender_api_award_change,
        ngx_http_tender_api_award_stored } },

    { NGX_HTTP_GET, "tenders/:tender_id/auction",
      ngx_string("tender auction"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Get auction info",
      { ngx_http_tender_api_auction_read,
        ngx_http_tender_api_auction_shown } },

    { NGX_HTTP_PATCH, "tenders/:tender_id/auction",
      ngx_string("tender auction"),
      NGX_HTTP_TENDER_UPDATE|NGX_HTTP_TENDER_AUCTION, NGX_HTTP_TENDER_BODY,
      "Report auction results",
      { ngx_http_tender_api_body,
        ngx_http_tender_api_auction_check,
        ngx_http_tender_api_auction_read,
        ngx_http_tender_api_auction_report,
        ngx_http_tender_api_auction_stored } },

    ngx_http_tender_document_routes("tenders/:tender_id/documents",
                                    "documents", "Document",
                                    NGX_HTTP_TENDER_AUCTION),

    ngx_http_tender_document_routes(
                              "tenders/:tender_id/bidders/:bid_id/documents",
                              "bid documents", "Bid Document", 0),

    ngx_http_tender_document_routes(
                             "tenders/:tender_id/awards/:award_id/documents",
                             "award documents", "Award Document", 0),

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
    ngx_http_tender_errors_refuse,
    ngx_http_tender_api_accept,
    0,
    NGX_HTTP_TENDER_AUTH_API_CODE|NGX_HTTP_TENDER_AUTH_BEARER
    |NGX_HTTP_TENDER_AUTH_OAUTH2,
    0,
    0,
    NULL
};
