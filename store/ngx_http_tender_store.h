
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
#define NGX_HTTP_TENDER_TOKEN_LEN    32
#define NGX_HTTP_TENDER_HASH_LEN     64
#define NGX_HTTP_TENDER_MAX_PARTS    1000
#define NGX_HTTP_TENDER_BID_MAX      (32 * 1024)
#define NGX_HTTP_TENDER_BIDS_MAX     (4 * 1024 * 1024)
#define NGX_HTTP_TENDER_AWARD_MAX    (256 * 1024)


/*
 * The domain's records in Redis; the layout is in docs/architecture.md.  A
 * function that asks is called by one step and returns what the step returns
 * (NGX_AGAIN, or a status); the function that reads the answer is called by
 * the next step.  Times are µs since 1970.
 */


/* when the periods of a tender end and begin; 0: not given */

typedef struct {
    int64_t       enquiries;
    int64_t       start;
    int64_t       finish;
} ngx_http_tender_deadlines_t;


/*
 * A tender as it is stored.  What bids, awards and documents have changed
 * since has no part in the document or its revision.
 */

typedef struct {
    ngx_str_t                    id;
    ngx_str_t                    head;       /* as it is stored: what follows */
    ngx_str_t                    revision;   /* decimal text, from 1 on */
    int64_t                      modified;
    ngx_str_t                    status;
    ngx_str_t                    number;     /* its tenderID */
    ngx_str_t                    doc;        /* JSON, an object: what clients */
                                             /* may set */
    size_t                       room;       /* free bytes in front of doc; */
                                             /* if there are any, one is free */
                                             /* behind it, too */

    /* its parts; version is the text of a count of their changes */

    ngx_str_t                    version;
    ngx_uint_t                   bids;
    ngx_uint_t                   awards;
    ngx_uint_t                   documents;
    unsigned                     open:1;     /* bids may be seen */
    unsigned                     hashed:1;   /* their hashes are published */

    /* if it was read with NGX_HTTP_TENDER_READ_OWN */

    ngx_http_tender_deadlines_t  deadlines;  /* finish 0: no time gate */
    ngx_str_t                    token;      /* hash of the owner's */
    ngx_str_t                    author;     /* the principal that made it */
    ngx_str_t                    place;      /* its number in the index of */
                                             /* its bucket, or empty */
    int64_t                      created;
} ngx_http_tender_record_t;


#define NGX_HTTP_TENDER_VIEW_OPEN     0  /* if all may see them */
#define NGX_HTTP_TENDER_VIEW_SEALED   1  /* in any case */
#define NGX_HTTP_TENDER_VIEW_NO_BIDS  2

#define NGX_HTTP_TENDER_READ_DOC  0      /* all but what is the owner's */
#define NGX_HTTP_TENDER_READ_TAG  1      /* the head alone */
#define NGX_HTTP_TENDER_READ_OWN  2      /* all */


/*
 * A bid, an award or a document: its JSON, and what is not shown.  link is
 * the bid of an award, else "-"; token the hash of its owner's, or "-".
 */

typedef struct {
    ngx_str_t     id;
    int64_t       date;
    int64_t       changed;
    ngx_str_t     changed_text;
    ngx_str_t     status;
    ngx_str_t     author;
    ngx_str_t     link;
    ngx_str_t     token;
    ngx_str_t     json;
} ngx_http_tender_part_t;


typedef struct {
    ngx_http_tender_part_t  *elts;       /* in the order of their dates */
    ngx_uint_t               nelts;
} ngx_http_tender_parts_t;


/* all of a tender at one moment */

typedef struct {
    ngx_http_tender_record_t   record;
    ngx_str_t                  hashes;   /* JSON; empty: not published */
    ngx_http_tender_parts_t    bids;
    ngx_http_tender_parts_t    awards;
    ngx_http_tender_parts_t    documents;
} ngx_http_tender_view_t;


typedef enum {
    NGX_HTTP_TENDER_BID_ADD = 0,
    NGX_HTTP_TENDER_BID_CHANGE,
    NGX_HTTP_TENDER_BID_REMOVE
} ngx_http_tender_bid_op_e;


/* front and tail are its JSON, cut where its date belongs */

typedef struct {
    ngx_http_tender_bid_op_e   op;
    ngx_str_t                  id;           /* of the tender */
    ngx_str_t                  revision;     /* it was checked against */
    ngx_str_t                  bid;
    ngx_uint_t                 max;
    ngx_str_t                  front;
    ngx_str_t                  tail;
    ngx_str_t                  status;
    ngx_str_t                  author;
    ngx_str_t                  token;        /* its hash, or "-" */
    ngx_str_t                  changed;      /* as read; empty: a new one */
    ngx_uint_t                 redate;       /* it gets a new date */
    ngx_uint_t                 seal;         /* nobody is to read it yet */

    /* set by the store: */

    int64_t                    date;
    int64_t                    received;
    ngx_str_t                  stage;
} ngx_http_tender_bid_t;


typedef enum {
    NGX_HTTP_TENDER_BID_OK = 0,
    NGX_HTTP_TENDER_BID_MISSING,         /* no such tender */
    NGX_HTTP_TENDER_BID_CONFLICT,        /* the tender has changed */
    NGX_HTTP_TENDER_BID_FULL,
    NGX_HTTP_TENDER_BID_TAKEN,           /* the id is */
    NGX_HTTP_TENDER_BID_GONE,            /* no such bid */
    NGX_HTTP_TENDER_BID_STALE,           /* the bid has changed */
    NGX_HTTP_TENDER_BID_AWARDED,
    NGX_HTTP_TENDER_BID_STAGE,           /* stage: "closed" after the end */
    NGX_HTTP_TENDER_BID_LARGE            /* all bids together would be */
} ngx_http_tender_bid_e;


/* a part that a decision writes */

typedef struct {
    const char                *kind;         /* "bid" or "award" */
    ngx_str_t                  id;
    int64_t                    date;         /* 0: now */
    ngx_str_t                  status;
    ngx_str_t                  author;
    ngx_str_t                  link;
    ngx_str_t                  token;
    ngx_str_t                  front;
    ngx_str_t                  tail;
} ngx_http_tender_write_t;


/* what is decided about a tender, from one view of it */

typedef struct {
    ngx_http_tender_record_t  *from;
    ngx_str_t                  status;       /* that it gets */
    ngx_str_t                  event;
    ngx_str_t                  part;         /* that it is about */
    ngx_http_tender_write_t   *writes;
    ngx_uint_t                 nwrites;
    int64_t                    at;           /* set by the store */
} ngx_http_tender_settle_t;


typedef struct {
    ngx_str_t                      id;
    ngx_str_t                      doc;
    ngx_str_t                      initials;
    ngx_str_t                      token;     /* hash of the owner's */
    ngx_http_tender_deadlines_t    deadlines;
    ngx_str_t                      entry;     /* tender_entry_write(), or */
                                              /* empty: not indexed */

    /* an import's, and the status that they give it */

    ngx_http_tender_write_t       *parts;
    ngx_uint_t                     nparts;
    ngx_str_t                      status;
} ngx_http_tender_create_t;


typedef enum {
    NGX_HTTP_TENDER_CREATE_OK = 0,
    NGX_HTTP_TENDER_CREATE_TAKEN,             /* the id is */
    NGX_HTTP_TENDER_CREATE_GATED,             /* parts, and a time gate */
    NGX_HTTP_TENDER_CREATE_NEVER              /* no time for bids */
} ngx_http_tender_create_e;


typedef struct {
    ngx_http_tender_record_t      *from;      /* what was read */
    ngx_str_t                      match;     /* If-Match; see commit.lua */
    ngx_str_t                      doc;
    ngx_str_t                      back;      /* RFC 6902 patch */
    ngx_str_t                      entry;     /* as with create */
    ngx_http_tender_deadlines_t   *deadlines; /* NULL: they did not change */
    ngx_str_t                      status;    /* that it gets; empty: as is */
    ngx_uint_t                     changed;   /* 1: the document does */
    ngx_uint_t                     extends;   /* 1: the end of tendering */
                                              /* comes later, no more */
    ngx_uint_t                     terms;     /* 1: what bids are checked */
                                              /* against does */
    ngx_str_t                      stage;     /* set by the store */
} ngx_http_tender_commit_t;


typedef enum {
    NGX_HTTP_TENDER_COMMIT_OK = 0,
    NGX_HTTP_TENDER_COMMIT_MISSING,
    NGX_HTTP_TENDER_COMMIT_PRECONDITION,
    NGX_HTTP_TENDER_COMMIT_STAGE,             /* the clock has moved it on */
    NGX_HTTP_TENDER_COMMIT_OPEN,              /* open bids would be sealed */
    NGX_HTTP_TENDER_COMMIT_NEVER,             /* no time for bids */
    NGX_HTTP_TENDER_COMMIT_BOUND,             /* bids were checked against */
                                              /* its terms */
    NGX_HTTP_TENDER_COMMIT_CONFLICT           /* the record is the new one */
} ngx_http_tender_commit_e;


typedef struct {
    ngx_str_t     id;
    ngx_str_t     modified;      /* as it is shown */
    ngx_str_t     order;         /* sorts as the times do */
    ngx_uint_t    bucket;
} ngx_http_tender_item_t;


/*
 * A page of the feed.  A position is a time per bucket: a page goes on
 * after it (before it, if descending), exactly.
 */

typedef struct {
    ngx_uint_t                 limit;
    ngx_uint_t                 descending;
    const tender_str_t        *status;    /* only these; NULL: all */
    int64_t                   *from;      /* NULL: from the end */

    ngx_http_tender_item_t    *entries;
    ngx_uint_t                 nentries;
    int64_t                   *newest;    /* of each bucket; 0: it is empty */
    int64_t                   *next;      /* where the next page goes on */
    int64_t                   *turn;      /* where the one backwards does */
} ngx_http_tender_feed_t;


/* the directives tender_redis, tender_prefix, tender_id_prefix and */
/* tender_minimal_step */

char *ngx_http_tender_set_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_id_prefix(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_http_tender_set_step(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a step that is not set is the one of the level above, at last 7% */
void ngx_http_tender_merge_step(tender_step_t *step, tender_step_t *prev);

/* when the configuration is read: the scripts, the stamp of the store */
ngx_int_t ngx_http_tender_store_init(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);


/* a new id from the system's generator */
ngx_int_t ngx_http_tender_store_id(ngx_http_tender_ctx_t *ctx, ngx_str_t *id);

/* a new token, and the hash of it that is stored; both from the pool */
ngx_int_t ngx_http_tender_store_token(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *token, ngx_str_t *hash);

/* SHA-256 as NGX_HTTP_TENDER_HASH_LEN hexadecimal digits at p */
void ngx_http_tender_store_hash(u_char *p, u_char *data, size_t len);

/*
 * Reads a tender: how is NGX_HTTP_TENDER_READ_*.  NGX_DECLINED from the
 * second: there is none.
 */
ngx_int_t ngx_http_tender_store_read(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_uint_t how);
ngx_int_t ngx_http_tender_store_record(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_http_tender_record_t *record);

/* The same with its parts, all of one moment; bids as NGX_HTTP_TENDER_VIEW_* */
ngx_int_t ngx_http_tender_store_view(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_uint_t bids);
ngx_int_t ngx_http_tender_store_viewed(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_http_tender_view_t *view);

/*
 * A tender with READ_OWN and one of its bids or awards (kind "bid",
 * "award").  The second: NGX_DECLINED, no such tender; part->id.len 0: no
 * such part.
 */
ngx_int_t ngx_http_tender_store_read_part(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, const char *kind, ngx_str_t *part_id);
ngx_int_t ngx_http_tender_store_part(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_http_tender_record_t *record,
    ngx_http_tender_part_t *part);

/* a bid that may be read: its JSON may be sealed until then */
ngx_int_t ngx_http_tender_store_open(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_http_tender_part_t *part);

/* the bid as it was at the end of tendering: NGX_DECLINED: as it is now */
ngx_int_t ngx_http_tender_store_read_sealed(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_str_t *bid);
ngx_int_t ngx_http_tender_store_sealed(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_str_t *bid, ngx_str_t *json);

/*
 * The JSON of a bid or an award (kind "bid", "award"), whose other members
 * are given, cut where its date belongs.
 */
ngx_int_t ngx_http_tender_store_text(tender_mem_t *mem, const char *kind,
    ngx_str_t *id, tender_value_t *members, ngx_str_t *front,
    ngx_str_t *tail);

/* a value of a hash of parts; NGX_ERROR: not one of ours */
ngx_int_t ngx_http_tender_store_part_read(ngx_str_t *value,
    ngx_http_tender_part_t *part);

ngx_int_t ngx_http_tender_store_bid(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_t *bid);
ngx_int_t ngx_http_tender_store_bid_stored(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_t *bid, ngx_http_tender_bid_e *outcome);

/* NGX_DECLINED from the second: the tender is not what it was */
ngx_int_t ngx_http_tender_store_settle(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_settle_t *settle);
ngx_int_t ngx_http_tender_store_settled(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_settle_t *settle, ngx_http_tender_record_t *record);

ngx_int_t ngx_http_tender_store_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create);
ngx_int_t ngx_http_tender_store_created(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create, ngx_http_tender_record_t *record,
    ngx_http_tender_create_e *outcome);

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
    ngx_http_tender_item_t *entry, ngx_uint_t i,
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

/* logs that a reply is not what a script of ours makes: NGX_ERROR */
ngx_int_t ngx_http_tender_store_broken(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_STORE_H_INCLUDED_ */
