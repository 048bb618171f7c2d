
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_API_DOCUMENT_H_INCLUDED_
#define _NGX_HTTP_TENDER_API_DOCUMENT_H_INCLUDED_


#include "ngx_http_tender_api.h"
#include "../format/tender_file.h"
#include "../format/tender_multipart.h"
#include "../store/ngx_http_tender_file.h"


/*
 * Documents of a tender, of a bid, of an award; the steps are in the order
 * in which they run.
 */

typedef struct ngx_http_tender_api_document_s  ngx_http_tender_api_document_t;

struct ngx_http_tender_api_document_s {
    ngx_http_tender_place_t        place;
    ngx_str_t                      id;         /* empty: of none in the path */
    ngx_http_tender_documents_t    found;      /* as they were read */
    ngx_http_tender_documents_t    versions;
    tender_str_t                  *key;        /* of ?download= */
    unsigned                       asked:1;    /* for older versions */
    unsigned                       secret:1;   /* of a bid that is sealed */

    /* of an upload */

    ngx_http_tender_deposit_t      deposit;
    ngx_http_tender_file_t         file;
    tender_multipart_t             mp;
    tender_str_t                   piece;      /* of the body, what is left */
    tender_str_t                   data;       /* of the file, what is left */
    tender_str_t                   title;
    tender_str_t                   format;
    ngx_int_t                      refused;    /* after its file was dropped */
    unsigned                       multipart:1;
    unsigned                       inside:1;   /* in the part with the file */
    unsigned                       taken:1;    /* the file was there */
    unsigned                       ended:1;    /* and all of the body */

    /* of a download */

    ngx_http_tender_outfile_t      out;
    unsigned                       sending:1;
};


#define ngx_http_tender_api_document(ctx)                                     \
    (ngx_http_tender_api_state(ctx)->document)


/* ngx_http_tender_api_document.c */

ngx_int_t ngx_http_tender_api_document_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_documents_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_versions(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_shown(ngx_http_tender_ctx_t *ctx);

/*
 * The documents of the tender of the path as they are shown: of each the
 * newest version, the last changed at the end, with its url.
 */
ngx_int_t ngx_http_tender_api_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_parts_t *parts);

/* the JSON of a version with its url */
ngx_int_t ngx_http_tender_api_document_json(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *key, ngx_str_t *id,
    ngx_str_t *json);

/* the address of a document, with the key if it is not NULL */
ngx_int_t ngx_http_tender_api_document_url(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *id, ngx_str_t *key,
    ngx_str_t *url);

/* ngx_http_tender_api_document_rights.c */

ngx_int_t ngx_http_tender_api_document_rights(ngx_http_tender_ctx_t *ctx);

/* 1: it is of a bid that nobody is to read yet */
ngx_uint_t ngx_http_tender_api_document_seals(ngx_http_tender_ctx_t *ctx);

/* what the store said against it */
ngx_int_t ngx_http_tender_api_document_refused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_document_e outcome);

/* ngx_http_tender_api_document_write.c */

ngx_int_t ngx_http_tender_api_document_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_merge(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_deposit(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_stored(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_document_dropped(ngx_http_tender_ctx_t *ctx);

/* after a call that failed */
ngx_int_t ngx_http_tender_api_document_failed(ngx_http_tender_ctx_t *ctx,
    ngx_int_t rc);

/* refuses after what is stored of the file was dropped; the last step is */
/* ngx_http_tender_api_document_dropped() then */
ngx_int_t ngx_http_tender_api_document_drop(ngx_http_tender_ctx_t *ctx,
    ngx_int_t status);

/* ngx_http_tender_api_upload.c */

ngx_int_t ngx_http_tender_api_upload_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_upload_take(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_upload_sent(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_download.c */

/* prepares the headers for that version, or answers without the file */
ngx_int_t ngx_http_tender_api_download(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_document_t *document);

ngx_int_t ngx_http_tender_api_download_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_download_send(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_API_DOCUMENT_H_INCLUDED_ */
