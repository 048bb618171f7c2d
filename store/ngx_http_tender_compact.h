
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_COMPACT_H_INCLUDED_
#define _NGX_HTTP_TENDER_COMPACT_H_INCLUDED_


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_index.h"


/*
 * A worker looks after one bucket at a time.  A job holds the lock of the
 * bucket, seals its log as long as it is worth it, merges segments, and gives
 * the lock back.  Each step asks Redis one thing, and goes on from the event
 * loop when it is answered; what takes long is done in slices.
 */

#define NGX_HTTP_TENDER_COMPACT_HOLD     15000          /* ms, of the lock */
#define NGX_HTTP_TENDER_COMPACT_RENEW    5000
#define NGX_HTTP_TENDER_COMPACT_KEEP     3600000        /* of what is new */
#define NGX_HTTP_TENDER_COMPACT_LINGER   "60000"        /* of what is old */
#define NGX_HTTP_TENDER_COMPACT_PIECE    (256 * 1024)
#define NGX_HTTP_TENDER_COMPACT_WINDOW   (64 * 1024)
#define NGX_HTTP_TENDER_COMPACT_LOG      (2 * 1024 * 1024)
#define NGX_HTTP_TENDER_COMPACT_ENTRIES  1024           /* of a round */
#define NGX_HTTP_TENDER_COMPACT_LINE     80             /* least of an entry */
#define NGX_HTTP_TENDER_COMPACT_MARK     64


typedef struct ngx_http_tender_compact_s  ngx_http_tender_compact_t;

typedef void (*ngx_http_tender_compact_pt)(ngx_http_tender_compact_t *job);


/* what a worker knows of a bucket between jobs */

typedef struct {
    ngx_uint_t                        entries;  /* written by this worker */
    size_t                            bytes;    /* since it looked */
    size_t                            average;  /* of an entry; 0: not known */
    uint64_t                          checked;  /* the manifest's next, when */
                                                /* large segments were */
                                                /* looked at */
    ngx_msec_t                        tried;    /* when it was damaged */
    size_t                            nmark;
    u_char                            mark[NGX_HTTP_TENDER_COMPACT_MARK];
    unsigned                          pending:1;
    unsigned                          asked:1;
    unsigned                          damaged:1;  /* as long as its */
                                                  /* manifest is mark */
} ngx_http_tender_compact_bucket_t;


/* a part of a new segment, on its way to Redis */

typedef struct {
    u_char                           *data;
    size_t                            len;
    size_t                            size;
    size_t                            sent;
} ngx_http_tender_compact_part_t;


/* a segment of a few entries, in memory */

typedef struct {
    ngx_str_t                         parts[TENDER_SEGMENT_PARTS];
} ngx_http_tender_compact_mini_t;


/* a piece of a column that is written */

typedef struct {
    ngx_uint_t                        column;
    uint64_t                          offset;
    ngx_str_t                         bytes;
} ngx_http_tender_compact_run_t;


struct ngx_http_tender_compact_s {
    ngx_http_tender_main_conf_t      *main;
    ngx_log_t                        *log;
    ngx_event_t                       event;
    ngx_event_t                       timer;
    ngx_connection_t                  ident;
    ngx_http_tender_compact_bucket_t *buckets;

    /* the job */

    unsigned                          busy:1;
    unsigned                          answered:1;
    unsigned                          asked:1;
    unsigned                          locked:1;
    ngx_uint_t                        bucket;
    ngx_pool_t                       *pool;
    ngx_str_t                         lock;     /* keys */
    ngx_str_t                         log_key;
    ngx_str_t                         manifest_key;
    ngx_str_t                         numbers_key;
    ngx_str_t                         holder;   /* value of the lock */
    ngx_msec_t                        held;

    ngx_pool_t                       *ask;      /* of a call */
    ngx_http_tender_redis_call_t      call;
    ngx_http_tender_compact_pt        next;
    ngx_http_tender_compact_pt        then;     /* when the lock is held */

    /* a round: a log is sealed, or segments are merged */

    ngx_pool_t                       *round;
    tender_mem_t                      mem;
    ngx_http_tender_manifest_t        manifest;
    ngx_str_t                         mark;     /* how it begins */
    size_t                            length;   /* of the log */
    const char                       *damage;

    ngx_str_t                         bytes;    /* of the log */
    size_t                            want;
    size_t                            cut;
    tender_entry_t                   *entries;
    ngx_uint_t                        nentries;
    ngx_uint_t                        count;    /* of them, taken */
    ngx_pool_t                       *heap;     /* a few of them, indexed */
    tender_mem_t                      heap_mem;
    tender_recent_t                  *recent;
    ngx_uint_t                        nrecent;
    size_t                            weight;
    ngx_http_tender_compact_mini_t   *minis;    /* NULL: segments of Redis */
                                                /* are merged */

    ngx_uint_t                        first;    /* lines that are merged */
    ngx_uint_t                        nlines;
    ngx_uint_t                        loaded;   /* of which the head is here */
    tender_segment_t                 *segments; /* of these, or of minis */
    ngx_uint_t                        ninputs;
    unsigned                          only:1;   /* one, without the dead */
    uint64_t                         *dead;
    ngx_uint_t                        ndead;
    ngx_uint_t                        doc;
    tender_merge_t                   *merge;
    unsigned                          input;    /* what it needs */
    unsigned                          part;
    uint32_t                          offset;

    /* what comes of it */

    ngx_http_tender_manifest_line_t   line;     /* docs 0: no segment */
    ngx_http_tender_compact_part_t    parts[TENDER_SEGMENT_PARTS];
    ngx_http_tender_compact_pt        flushed;
    ngx_http_tender_compact_run_t    *runs;     /* of columns */
    ngx_uint_t                        nruns;
    ngx_uint_t                        run;      /* the next one */
};


/* ngx_http_tender_compact.c */

/* the next bucket that waits, if there is one */
void ngx_http_tender_compact_begin(ngx_http_tender_compact_t *job);

/* looks what there is to do; gives the lock back */
void ngx_http_tender_compact_look(ngx_http_tender_compact_t *job);
void ngx_http_tender_compact_unlock(ngx_http_tender_compact_t *job);

/* holds the lock on, if it is time, and goes on */
void ngx_http_tender_compact_hold(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);

/*
 * The index is damaged, unless another one has changed it meanwhile.  Nothing
 * is done any more until it has another manifest.
 */
void ngx_http_tender_compact_damaged(ngx_http_tender_compact_t *job,
    const char *what);

/* much of it may be dead: it looks at large segments as well */
void ngx_http_tender_compact_anew(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket);

/* it has begun anew */
void ngx_http_tender_compact_healed(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket);

/* 1: this worker has found it damaged */
ngx_uint_t ngx_http_tender_compact_stuck(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket);


/* ngx_http_tender_compact_call.c */

void ngx_http_tender_compact_events(ngx_http_tender_compact_t *job);

/* begins on a stack of its own, if there is no job */
void ngx_http_tender_compact_start(ngx_http_tender_compact_t *job);

/* a round with memory of its own, the one before is gone */
ngx_int_t ngx_http_tender_compact_round(ngx_http_tender_compact_t *job);

/* of a tender_mem_t, from a pool */
void *ngx_http_tender_compact_alloc(void *pool, size_t size);

/* ends as it is */
void ngx_http_tender_compact_end(ngx_http_tender_compact_t *job);

/*
 * A call of n arguments, from a pool of its own; what the one before has
 * answered is gone.  NULL: out of memory, the job has ended.
 */
ngx_str_t *ngx_http_tender_compact_ask(ngx_http_tender_compact_t *job,
    ngx_uint_t n);
void ngx_http_tender_compact_send(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);

/* the same, for a script that wants the lock's value, and holds it on */
ngx_str_t *ngx_http_tender_compact_ask_held(ngx_http_tender_compact_t *job,
    ngx_uint_t script, ngx_uint_t nkeys, ngx_uint_t nargs);

/* a number as an argument */
ngx_int_t ngx_http_tender_compact_number(ngx_http_tender_compact_t *job,
    int64_t n, ngx_str_t *arg);

/* asks for so many bytes of a string from offset on */
void ngx_http_tender_compact_range(ngx_http_tender_compact_t *job,
    ngx_str_t *key, size_t offset, size_t len,
    ngx_http_tender_compact_pt next);

/* the string that was answered; NULL: it is something else */
ngx_str_t *ngx_http_tender_compact_string(ngx_http_tender_compact_t *job);

/* 1: a script has answered 1, it was done */
ngx_uint_t ngx_http_tender_compact_done(ngx_http_tender_compact_t *job);

/* goes on later, when others had their turn */
void ngx_http_tender_compact_yield(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);

/* ngx_http_tender_compact_seal.c */

void ngx_http_tender_compact_seal(ngx_http_tender_compact_t *job);

/* ngx_http_tender_compact_columns.c */

/* writes what the entries of a round say, if there are any, then swaps */
void ngx_http_tender_compact_columns(ngx_http_tender_compact_t *job);

/* ngx_http_tender_compact_write.c */

/* takes what a segment is written as, data is the job */
int ngx_http_tender_compact_sink(void *data, unsigned part, const u_char *p,
    size_t len);

/* an id for a new segment; sends what there is of it; all of it */
void ngx_http_tender_compact_create(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);
void ngx_http_tender_compact_flush(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);
void ngx_http_tender_compact_finish(ngx_http_tender_compact_t *job);

/* the new segment, if any, takes the place of entries and lines */
void ngx_http_tender_compact_swap(ngx_http_tender_compact_t *job);

/* ngx_http_tender_compact_choose.c */

/* what is worth merging is merged, or the lock is given back */
void ngx_http_tender_compact_choose(ngx_http_tender_compact_t *job);

/* ngx_http_tender_compact_merge.c */

/* the heads of lines from first on, then next */
void ngx_http_tender_compact_heads(ngx_http_tender_compact_t *job,
    ngx_http_tender_compact_pt next);

/* makes one of the first ninputs of segments */
void ngx_http_tender_compact_merge(ngx_http_tender_compact_t *job);


#endif /* _NGX_HTTP_TENDER_COMPACT_H_INCLUDED_ */
