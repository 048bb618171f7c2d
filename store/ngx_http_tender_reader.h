
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_READER_H_INCLUDED_
#define _NGX_HTTP_TENDER_READER_H_INCLUDED_


#include "ngx_http_tender_index.h"


/*
 * What a worker knows of the index: it follows the log of each bucket, and
 * keeps pieces of segments and columns, up to tender_search_cache.  Nobody
 * keeps a pointer to any of it while waiting, but for pieces that are pinned.
 */

#define NGX_HTTP_TENDER_READER_CHUNK    4096      /* numbers of a column */
#define NGX_HTTP_TENDER_READER_NUMBERS  33554431  /* of a bucket; no more */
#define NGX_HTTP_TENDER_READER_MARK     80        /* of the last entry */


typedef enum {
    NGX_HTTP_TENDER_PIECE_HEAD = 0,            /* of a segment, whole */
    NGX_HTTP_TENDER_PIECE_BLOCK,               /* place: where it begins */
    NGX_HTTP_TENDER_PIECE_DATA,                /* place: where it begins */
    NGX_HTTP_TENDER_PIECE_COLUMN               /* place: number / CHUNK */
} ngx_http_tender_piece_e;


/* what of; all of it is compared */

typedef struct {
    uint32_t                            bucket;
    uint32_t                            kind;      /* of the enum above */
    uint64_t                            segment;   /* or column */
    uint32_t                            place;
    uint32_t                            len;       /* bytes */
} ngx_http_tender_piece_key_t;


/* the bytes follow it in the same piece of memory */

typedef struct {
    ngx_rbtree_node_t                   node;      /* key: a hash */
    ngx_queue_t                         queue;
    ngx_http_tender_piece_key_t         key;
    ngx_uint_t                          pins;
    ngx_uint_t                          dropped;   /* 1: with its last pin */
    ngx_msec_t                          touched;
    u_char                             *data;
} ngx_http_tender_piece_t;


typedef struct {
    ngx_http_tender_manifest_line_t     line;
    ngx_http_tender_piece_t            *piece;     /* of its head; pinned */
    tender_segment_t                    head;
    ngx_pool_t                         *pool;      /* what head needs */
    uint64_t                           *dead;      /* NULL: none is */
    ngx_uint_t                          ndead;
} ngx_http_tender_segment_t;


/* what an entry of the log says beside words */

typedef struct {
    tender_entry_t                      entry;     /* without texts */
    u_char                              id[16];
} ngx_http_tender_fact_t;


typedef struct {
    ngx_uint_t                          bucket;
    ngx_uint_t                          valid;     /* 1: it was followed */
    ngx_uint_t                          masked;    /* 1: dead sets are made */
    ngx_uint_t                          damaged;   /* 1: and told */
    uint64_t                            told;      /* of that generation */
    ngx_uint_t                          version;   /* of what is known */
    uint64_t                            generation;
    uint64_t                            base;
    size_t                              known;     /* bytes of the log */
    ngx_uint_t                          mixed;     /* 1: numbers do not */
                                                   /* follow dates */
    uint32_t                            top;       /* highest number seen */
    uint32_t                            high;      /* that of segments */

    /* how its last entry begins, which no other log has at this place */

    size_t                              mark_at;
    size_t                              mark_len;
    u_char                              mark[NGX_HTTP_TENDER_READER_MARK];

    ngx_http_tender_segment_t         **segments;  /* the oldest first */
    ngx_uint_t                          nsegments;

    ngx_pool_t                         *pool;      /* what the log says */
    tender_mem_t                        mem;
    tender_recent_t                    *recent;
    ngx_http_tender_fact_t             *facts;
    ngx_uint_t                          nfacts;
    ngx_uint_t                          sfacts;

    /* the pieces of each column */

    ngx_http_tender_piece_t           **columns[NGX_HTTP_TENDER_COLUMNS];
    ngx_uint_t                          ncolumns;
} ngx_http_tender_reader_bucket_t;


struct ngx_http_tender_index_s {
    ngx_http_tender_main_conf_t        *main;
    ngx_log_t                          *log;
    ngx_rbtree_t                        rbtree;
    ngx_rbtree_node_t                   sentinel;
    ngx_queue_t                         queue;     /* the latest comes first */
    size_t                              used;
    size_t                              max;
    ngx_uint_t                          epoch;     /* of the links */
    ngx_uint_t                          forgotten; /* how many times */
    ngx_http_tender_reader_bucket_t    *buckets;
};


/* ngx_http_tender_reader.c */

ngx_http_tender_index_t *ngx_http_tender_reader_open(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf);
void ngx_http_tender_reader_close(ngx_http_tender_index_t *index);

/* the call that asks what is new in a bucket */
ngx_int_t ngx_http_tender_reader_follow(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_http_tender_redis_call_t *call);

/* what it says: NGX_OK; NGX_DECLINED: follow again; NGX_ERROR, told */
ngx_int_t ngx_http_tender_reader_followed(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_http_tender_redis_call_t *call);

/* the server may be another one, with less: all is forgotten */
void ngx_http_tender_reader_check(ngx_http_tender_index_t *index);

/* forgets what it knows of a bucket */
void ngx_http_tender_reader_forget(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b);

/* tells once that a bucket's index cannot be read; NGX_ERROR */
ngx_int_t ngx_http_tender_reader_damaged(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, const char *what);

void *ngx_http_tender_reader_alloc(void *pool, size_t size);


/* ngx_http_tender_reader_segments.c */

/* 1: it is of a store that has lost something, or of another one */
ngx_uint_t ngx_http_tender_reader_other(ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_manifest_t *manifest);

/* takes them as a manifest names them; NGX_DECLINED: it is damaged */
ngx_int_t ngx_http_tender_reader_segments(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_manifest_t *manifest);

void ngx_http_tender_segment_free(ngx_http_tender_index_t *index,
    ngx_http_tender_segment_t *segment);

/*
 * Takes the head of a segment; NGX_DECLINED: it is damaged.  When all heads
 * are there, which documents are dead.
 */
ngx_int_t ngx_http_tender_reader_head(ngx_http_tender_index_t *index,
    ngx_http_tender_segment_t *segment, ngx_http_tender_piece_t *piece);
ngx_int_t ngx_http_tender_reader_mask(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b);


/* ngx_http_tender_reader_log.c */

/* takes what the log says since: NGX_OK; NGX_ERROR, it is forgotten */
ngx_int_t ngx_http_tender_reader_log(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *bytes);

/* columns reach up to this number */
ngx_int_t ngx_http_tender_reader_room(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, uint32_t number);

/* a tender's words are in the log now */
void ngx_http_tender_reader_bury(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, uint32_t number);

/* lays what the log says over a piece of a column */
void ngx_http_tender_reader_overlay(ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_piece_t *piece);


/* ngx_http_tender_reader_cache.c */

void ngx_http_tender_piece_insert(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);

ngx_http_tender_piece_t *ngx_http_tender_piece_find(
    ngx_http_tender_index_t *index, ngx_http_tender_piece_key_t *key);

/*
 * Keeps bytes: fewer than key->len are filled up with zeros.  Returns what
 * is there already; NULL: out of memory.  Pieces that are not pinned make
 * room.
 */
ngx_http_tender_piece_t *ngx_http_tender_piece_add(
    ngx_http_tender_index_t *index, ngx_http_tender_piece_key_t *key,
    ngx_str_t *bytes);

/* it is in use */
void ngx_http_tender_piece_touch(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece);

void ngx_http_tender_piece_pin(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece);
void ngx_http_tender_piece_unpin(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece);

/* forgets it, once nobody has pinned it */
void ngx_http_tender_piece_drop(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece);

/* the same of all pieces of a bucket */
void ngx_http_tender_piece_drop_all(ngx_http_tender_index_t *index,
    ngx_uint_t bucket, ngx_uint_t columns_only);


#endif /* _NGX_HTTP_TENDER_READER_H_INCLUDED_ */
