
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_STORE_H_INCLUDED_
#define _NGX_HTTP_TENDER_STORE_H_INCLUDED_


#include "../http/ngx_http_tender.h"


#define NGX_HTTP_TENDER_MAX_BUCKETS  256
#define NGX_HTTP_TENDER_ID_LEN       32
#define NGX_HTTP_TENDER_DOC_MAX      (1024 * 1024)
#define NGX_HTTP_TENDER_ROOM         256


/*
 * The domain's records in Redis; the layout is in docs/architecture.md.  A
 * function that asks is called by one step and returns what the step returns
 * (NGX_AGAIN, or a status); the function that reads the answer is called by
 * the next step.  Times are µs since 1970.
 */


/* a tender as it is stored */

typedef struct {
    ngx_str_t     id;
    ngx_str_t     head;          /* as it is stored: what follows */
    ngx_str_t     revision;      /* decimal text, from 1 on */
    int64_t       modified;
    ngx_str_t     status;
    ngx_str_t     number;        /* its tenderID */
    ngx_str_t     doc;           /* JSON, an object: what clients may set */
    size_t        room;          /* free bytes in front of doc; if there are */
                                 /* any, one is free behind it, too */
} ngx_http_tender_record_t;


/* when the periods of a tender end and begin; 0: not given */

typedef struct {
    int64_t       enquiries;
    int64_t       start;
    int64_t       finish;
} ngx_http_tender_deadlines_t;


typedef struct {
    ngx_str_t                      id;
    ngx_str_t                      doc;
    ngx_str_t                      initials;
    ngx_http_tender_deadlines_t    deadlines;
} ngx_http_tender_create_t;


typedef struct {
    ngx_http_tender_record_t      *from;      /* what was read */
    ngx_str_t                      match;     /* If-Match; see commit.lua */
    ngx_str_t                      doc;
    ngx_str_t                      back;      /* RFC 6902 patch */
    ngx_http_tender_deadlines_t   *deadlines; /* NULL: they did not change */
} ngx_http_tender_commit_t;


typedef enum {
    NGX_HTTP_TENDER_COMMIT_OK = 0,
    NGX_HTTP_TENDER_COMMIT_MISSING,
    NGX_HTTP_TENDER_COMMIT_PRECONDITION,
    NGX_HTTP_TENDER_COMMIT_CONFLICT           /* the record is the new one */
} ngx_http_tender_commit_e;


typedef struct {
    ngx_str_t     id;
    ngx_str_t     modified;      /* as it is shown */
    ngx_str_t     order;         /* sorts as the times do */
    ngx_uint_t    bucket;
} ngx_http_tender_entry_t;


/*
 * A page of the feed.  A position is a time per bucket: a page goes on
 * after it (before it, if descending), exactly.
 */

typedef struct {
    ngx_uint_t                 limit;
    ngx_uint_t                 descending;
    const tender_str_t        *status;    /* only these; NULL: all */
    int64_t                   *from;      /* NULL: from the end */

    ngx_http_tender_entry_t   *entries;
    ngx_uint_t                 nentries;
    int64_t                   *newest;    /* of each bucket; 0: it is empty */
    int64_t                   *next;      /* where the next page goes on */
    int64_t                   *turn;      /* where the one backwards does */
} ngx_http_tender_feed_t;


/* the directives tender_prefix and tender_id_prefix */
char *ngx_http_tender_set_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_id_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* when the configuration is read: the scripts, the stamp of the store */
ngx_int_t ngx_http_tender_store_init(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);


/* a new id from the system's generator */
ngx_int_t ngx_http_tender_store_id(ngx_http_tender_ctx_t *ctx, ngx_str_t *id);

/*
 * Reads a tender; with tag set all but its document.  NGX_DECLINED from
 * the second: there is none.
 */
ngx_int_t ngx_http_tender_store_read(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_uint_t tag);
ngx_int_t ngx_http_tender_store_record(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_http_tender_record_t *record);

/* NGX_DECLINED from the second: the id is taken */
ngx_int_t ngx_http_tender_store_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create);
ngx_int_t ngx_http_tender_store_created(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create, ngx_http_tender_record_t *record);

ngx_int_t ngx_http_tender_store_commit(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_commit_t *commit);
ngx_int_t ngx_http_tender_store_committed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_commit_t *commit, ngx_http_tender_record_t *record,
    ngx_http_tender_commit_e *outcome);

ngx_int_t ngx_http_tender_store_feed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed);
ngx_int_t ngx_http_tender_store_page(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed);

/*
 * The records of the n entries of a page from first on, read into pool.
 * From the second, for the i-th of them, NGX_DECLINED: it is gone.
 */
ngx_int_t ngx_http_tender_store_read_page(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t first, ngx_uint_t n,
    ngx_pool_t *pool);
ngx_int_t ngx_http_tender_store_page_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, ngx_uint_t i,
    ngx_http_tender_record_t *record);

/* ends a page after n entries: what follows is the next one's */
void ngx_http_tender_store_cut(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t n);

/*
 * Positions as text that clients hand back: opaque, with a check sum.
 * NGX_DECLINED: not one of this store.
 */
ngx_int_t ngx_http_tender_offset_read(ngx_http_tender_ctx_t *ctx,
    tender_str_t *text, int64_t **positions);
ngx_int_t ngx_http_tender_offset_write(ngx_http_tender_ctx_t *ctx,
    int64_t *positions, ngx_str_t *text);

/* one that asks the server for its role, for /health */
ngx_int_t ngx_http_tender_store_role(ngx_http_tender_ctx_t *ctx);

/* NGX_OK if all calls of the last question were answered, else a status */
ngx_int_t ngx_http_tender_store_answered(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_STORE_H_INCLUDED_ */
