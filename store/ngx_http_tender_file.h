
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_FILE_H_INCLUDED_
#define _NGX_HTTP_TENDER_FILE_H_INCLUDED_


#include "ngx_http_tender_store.h"


/*
 * Files in chunks, and the documents that they are versions of.  A file that
 * belongs to no document goes away by itself.
 */

/* with what Redis and the seal add, a chunk fits a piece of 256 KiB */

#define NGX_HTTP_TENDER_CHUNK      (256 * 1024 - 64)
#define NGX_HTTP_TENDER_KEY_LEN    32


/* where documents are kept: at a tender, or at one of its bids or awards */

typedef enum {
    NGX_HTTP_TENDER_AT_TENDER = 0,
    NGX_HTTP_TENDER_AT_BID,
    NGX_HTTP_TENDER_AT_AWARD
} ngx_http_tender_at_e;


typedef struct {
    ngx_http_tender_at_e       at;
    ngx_str_t                  id;           /* of the tender */
    ngx_str_t                  part;         /* of the bid or award */
} ngx_http_tender_place_t;


/* 1 of the part of a document that no newer one has replaced */

#define ngx_http_tender_document_current(part)                                \
    ((part)->status.len && (part)->status.data[0] == 'c')


/* a file on its way into the store */

typedef struct {
    ngx_str_t                  id;           /* of the tender */
    ngx_str_t                  key;          /* of its own, random */
    ngx_str_t                  hash;         /* of all of it, once it ended */
    off_t                      size;
    ngx_uint_t                 chunks;       /* that were sent */

    ngx_str_t                  name;         /* in the store */
    u_char                    *buf;
    size_t                     len;          /* that is in it */
    void                      *digest;
    ngx_pool_t                *pool;         /* of the chunk under way */
    unsigned                   seal:1;       /* nobody is to read it yet */
    unsigned                   settled:1;    /* what becomes of it is not */
                                             /* for its end to decide */
    ngx_http_tender_main_conf_t  *main;
    ngx_log_t                 *log;
} ngx_http_tender_file_t;


/* a file on its way out: chunk after chunk, each in memory of its own */

typedef struct {
    ngx_str_t                  id;
    ngx_str_t                  key;
    off_t                      size;
    off_t                      from;         /* the next byte asked for */
    off_t                      to;           /* the one behind the last */
    ngx_str_t                  name;
    ngx_pool_t                *pool;
} ngx_http_tender_outfile_t;


/* a version of a document: its part, whose link names its file */

typedef struct {
    ngx_http_tender_part_t     part;
    ngx_str_t                  key;
    off_t                      size;
    ngx_uint_t                 chunks;
    ngx_uint_t                 version;      /* from 1 on */
} ngx_http_tender_document_t;


typedef struct {
    ngx_http_tender_document_t  *elts;       /* in the order of their changes */
    ngx_uint_t                   nelts;
} ngx_http_tender_documents_t;


typedef enum {
    NGX_HTTP_TENDER_DOCUMENT_ADD = 0,
    NGX_HTTP_TENDER_DOCUMENT_VERSION,        /* a new file for it */
    NGX_HTTP_TENDER_DOCUMENT_CHANGE          /* of what is said about it */
} ngx_http_tender_document_op_e;


/*
 * What is written about a document: front and tail are its JSON, cut where
 * the dates belong.  gated and open are the stages at which it may be, with
 * a time gate and without: words with a blank around each.
 */

typedef struct {
    ngx_http_tender_document_op_e  op;
    ngx_http_tender_place_t       *place;
    ngx_str_t                      id;
    ngx_str_t                      changed;  /* as it was read */
    ngx_uint_t                     max;
    ngx_uint_t                     version;
    ngx_str_t                      key;      /* of its file */
    off_t                          size;
    ngx_uint_t                     chunks;
    ngx_str_t                      author;
    ngx_str_t                      front;
    ngx_str_t                      tail;
    ngx_str_t                      gated;
    ngx_str_t                      open;
    ngx_uint_t                     seal;     /* nobody is to read it yet: */
                                             /* front has the id alone */

    /* set by the store: */

    int64_t                        date;
    int64_t                        moment;
    ngx_str_t                      stage;
} ngx_http_tender_deposit_t;


typedef enum {
    NGX_HTTP_TENDER_DOCUMENT_OK = 0,
    NGX_HTTP_TENDER_DOCUMENT_MISSING,        /* no such tender */
    NGX_HTTP_TENDER_DOCUMENT_ORPHAN,         /* no such bid or award */
    NGX_HTTP_TENDER_DOCUMENT_STAGE,          /* stage: "closed" after the end */
    NGX_HTTP_TENDER_DOCUMENT_JUDGED,         /* the bid has no pending award */
    NGX_HTTP_TENDER_DOCUMENT_TAKEN,          /* the id is */
    NGX_HTTP_TENDER_DOCUMENT_GONE,           /* no such document */
    NGX_HTTP_TENDER_DOCUMENT_STALE,          /* it has changed */
    NGX_HTTP_TENDER_DOCUMENT_FULL,
    NGX_HTTP_TENDER_DOCUMENT_LOST            /* its file is not complete */
} ngx_http_tender_document_e;


/* ngx_http_tender_file.c */

/* a new one, for the tender with file->id */
ngx_int_t ngx_http_tender_file_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file);

/*
 * Takes bytes, *p moves.  NGX_OK: all of them; NGX_AGAIN: a chunk is full,
 * it is to be sent before more is taken.
 */
ngx_int_t ngx_http_tender_file_take(ngx_http_tender_file_t *file, u_char **p,
    u_char *last);

/* sends what was taken; its last one may be smaller than others */
ngx_int_t ngx_http_tender_file_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file);
ngx_int_t ngx_http_tender_file_sent(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file);

/* all bytes were taken: sets file->hash */
ngx_int_t ngx_http_tender_file_end(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file);

/* files of documents that are gone, a list of their links: nobody waits */
void ngx_http_tender_files_drop(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_redis_reply_t *links);

/* asks the store to forget it; the answer says nothing */
ngx_int_t ngx_http_tender_file_drop(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file);

/*
 * The bytes from out->from to out->to: a chunk is read, and then what is
 * asked for of it handed out, which is valid until the next one is read.
 */
ngx_int_t ngx_http_tender_outfile_open(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out);
ngx_int_t ngx_http_tender_outfile_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out);
ngx_int_t ngx_http_tender_outfile_chunk(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out, ngx_str_t *data);

/* ngx_http_tender_document.c */

/* of the hash that holds the documents of a place */
ngx_int_t ngx_http_tender_documents_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *key);

/*
 * The tender (without its document), its part if the place is one, and the
 * newest version of the document, none if its id is empty, all versions of
 * all of them if it is NULL.
 * From the second, NGX_DECLINED: no such tender; part->id.len 0: no such
 * part.
 */
ngx_int_t ngx_http_tender_store_read_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *id);
ngx_int_t ngx_http_tender_store_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_record_t *record,
    ngx_http_tender_part_t *part, ngx_http_tender_documents_t *documents);

/* the versions before that one, if there are any */
ngx_int_t ngx_http_tender_store_read_versions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_document_t *document);
ngx_int_t ngx_http_tender_store_versions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_documents_t *documents);

/* what stands behind a document's part; NGX_ERROR: not one of ours */
ngx_int_t ngx_http_tender_store_document(ngx_http_tender_part_t *part,
    ngx_http_tender_document_t *document);

ngx_int_t ngx_http_tender_store_deposit(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit);
ngx_int_t ngx_http_tender_store_deposited(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit, ngx_http_tender_document_e *outcome);


#endif /* _NGX_HTTP_TENDER_FILE_H_INCLUDED_ */
