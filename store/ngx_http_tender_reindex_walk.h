
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_REINDEX_WALK_H_INCLUDED_
#define _NGX_HTTP_TENDER_REINDEX_WALK_H_INCLUDED_


#include "ngx_http_tender_compact.h"
#include "ngx_http_tender_reindex.h"


/*
 * The walk of a worker: bucket by bucket, first the events of publication in
 * their order, then those tenders of the feed that had none.  A page of them
 * is read at a time, and written in batches, with pauses.
 */

#define NGX_HTTP_TENDER_REINDEX_BATCH    8
#define NGX_HTTP_TENDER_REINDEX_RUNNER   32
#define NGX_HTTP_TENDER_REINDEX_PLACE    48        /* of a position */


typedef struct ngx_http_tender_reindex_s  ngx_http_tender_reindex_t;

typedef void (*ngx_http_tender_reindex_pt)(ngx_http_tender_reindex_t *walk);


typedef enum {
    NGX_HTTP_TENDER_REINDEX_BEGIN = 0,
    NGX_HTTP_TENDER_REINDEX_EVENTS,
    NGX_HTTP_TENDER_REINDEX_FEED,
    NGX_HTTP_TENDER_REINDEX_PHASES
} ngx_http_tender_reindex_e;

extern ngx_str_t  ngx_http_tender_reindex_phases[];


typedef struct {
    ngx_str_t                      id;
    ngx_str_t                      revision;
    ngx_str_t                      entry;
    ngx_uint_t                     left;       /* out: there is no need */
} ngx_http_tender_reindex_item_t;


struct ngx_http_tender_reindex_s {
    ngx_http_tender_main_conf_t   *main;
    ngx_log_t                     *log;
    ngx_event_t                    event;
    ngx_event_t                    timer;      /* looks, pauses */
    ngx_connection_t               ident;

    unsigned                       busy:1;
    unsigned                       reset:1;
    unsigned                       told:1;     /* of a bad record */
    u_char                         runner[NGX_HTTP_TENDER_REINDEX_RUNNER];
    ngx_uint_t                     bucket;
    ngx_http_tender_reindex_e      phase;
    ngx_str_t                      position;   /* of the last page */
    u_char                         place[NGX_HTTP_TENDER_REINDEX_PLACE];
    uint64_t                       done;
    uint64_t                       counted;    /* done, of whole pages */
    uint64_t                       total;

    /* when it was reported, and what comes then */

    ngx_msec_t                     reported;
    ngx_http_tender_reindex_pt     then;

    /* numbers of this bucket that were met, a bit each */

    u_char                        *met;
    size_t                         nmet;       /* bytes */

    /* a page, and where it ends */

    ngx_pool_t                    *page;
    ngx_str_t                     *ids;
    ngx_uint_t                     nids;
    ngx_uint_t                     next_id;
    ngx_uint_t                     last;       /* 1: the last of the phase */
    ngx_str_t                      end;

    /* a batch of it */

    ngx_http_tender_reindex_item_t items[NGX_HTTP_TENDER_REINDEX_BATCH];
    ngx_uint_t                     nitems;
    ngx_uint_t                     tries;
    size_t                         length;     /* of the log */

    /* calls under way */

    ngx_pool_t                    *ask;
    ngx_http_tender_redis_call_t  *calls;
    ngx_uint_t                     ncalls;
    ngx_uint_t                     pending;
    ngx_http_tender_reindex_pt     next;
};


/* ngx_http_tender_reindex_call.c */

/*
 * n calls of up to argc arguments each, from a pool of their own, argc is set
 * for all; NULL: out of memory.  The answers to those before are gone.
 */
ngx_http_tender_redis_call_t *ngx_http_tender_reindex_ask(
    ngx_http_tender_reindex_t *walk, ngx_uint_t n, ngx_uint_t argc);
void ngx_http_tender_reindex_send(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next);
void ngx_http_tender_reindex_pause(ngx_http_tender_reindex_t *walk,
    ngx_msec_t delay, ngx_http_tender_reindex_pt next);
ngx_int_t ngx_http_tender_reindex_number(ngx_http_tender_reindex_t *walk,
    int64_t n, ngx_str_t *arg);

/* "<prefix>{bN}:<what><id>", of the bucket it is at; of all */
ngx_int_t ngx_http_tender_reindex_key(ngx_http_tender_reindex_t *walk,
    ngx_uint_t bucket, const char *what, ngx_str_t *id, ngx_str_t *key);
ngx_int_t ngx_http_tender_reindex_global(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, const char *what, ngx_str_t *key);

/* gives up what is under way and its memory; the worker's again later */
void ngx_http_tender_reindex_clean(ngx_http_tender_reindex_t *walk);

/* 1: it was silent for long, and tells first */
ngx_uint_t ngx_http_tender_reindex_silent(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next);

/* out of memory, or Redis is away: it goes on from the last page, later */
void ngx_http_tender_reindex_later(ngx_http_tender_reindex_t *walk);


/* ngx_http_tender_reindex.c */

extern ngx_http_tender_reindex_t  *ngx_http_tender_reindex;

/* tells how far it is, and goes on if it is still ours: from there, or */
/* with next */
void ngx_http_tender_reindex_report(ngx_http_tender_reindex_t *walk);
void ngx_http_tender_reindex_tell(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next);

/* all of it is done; or why it is not */
void ngx_http_tender_reindex_finish(ngx_http_tender_reindex_t *walk,
    const char *why);


/* ngx_http_tender_reindex_walk.c */

/* goes on from its bucket, phase and position */
void ngx_http_tender_reindex_walk(ngx_http_tender_reindex_t *walk);

/* of the next page, from here on */
ngx_int_t ngx_http_tender_reindex_at(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_e phase, ngx_str_t *position);

/* a page is done */
void ngx_http_tender_reindex_next(ngx_http_tender_reindex_t *walk);


/* ngx_http_tender_reindex_begin.c */

/* a bucket: what there is of it goes first, if that is wanted */
void ngx_http_tender_reindex_begin(ngx_http_tender_reindex_t *walk);


/* ngx_http_tender_reindex_met.c */

/* a number of the index is met; NGX_ERROR: it is none, or no memory */
ngx_int_t ngx_http_tender_reindex_meet(ngx_http_tender_reindex_t *walk,
    ngx_str_t *number);

/* 1: it was */
ngx_uint_t ngx_http_tender_reindex_met(ngx_http_tender_reindex_t *walk,
    ngx_str_t *number);

/* a command for what Redis knows of them */
void ngx_http_tender_reindex_ask_met(ngx_http_tender_reindex_t *walk,
    ngx_str_t *command, ngx_http_tender_reindex_pt next);

/* reads those that another one has met, and goes on */
void ngx_http_tender_reindex_recall(ngx_http_tender_reindex_t *walk);


/* ngx_http_tender_reindex_batch.c */

/* the next tenders of a page */
void ngx_http_tender_reindex_batch(ngx_http_tender_reindex_t *walk);


#endif /* _NGX_HTTP_TENDER_REINDEX_WALK_H_INCLUDED_ */
