
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_CHRONOGRAPH_H_INCLUDED_
#define _NGX_HTTP_TENDER_CHRONOGRAPH_H_INCLUDED_


#include "ngx_http_tender_store.h"


/*
 * The chronograph: in each worker, a timer that looks for tenders whose time
 * has come and moves them on.  The script that does it decides by Redis's
 * clock whether it is time, and that it happens once.
 */


/* the directive tender_chronograph */
char *ngx_http_tender_set_chronograph(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* in a worker, after its client of Redis was opened; before it is closed */
ngx_int_t ngx_http_tender_chronograph_start(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf);
void ngx_http_tender_chronograph_stop(void);


/*
 * One tender that is moved on.  The chronograph begins it with an id of the
 * bucket's list; when its call is answered, it is told and goes on with the
 * next step, until it is over and busy is 0 again.
 */

typedef struct ngx_http_tender_turn_s  ngx_http_tender_turn_t;

typedef void (*ngx_http_tender_turn_pt)(ngx_http_tender_turn_t *turn);

typedef enum {
    NGX_HTTP_TENDER_TURN_OVER = 0,       /* it is not due any more */
    NGX_HTTP_TENDER_TURN_FAULT,          /* it is tried again later */
    NGX_HTTP_TENDER_TURN_AWAY,           /* Redis is */
    NGX_HTTP_TENDER_TURN_DAMAGED,        /* a record cannot be read */
    NGX_HTTP_TENDER_TURN_STRAY           /* it was no tender of the bucket */
} ngx_http_tender_turn_e;


struct ngx_http_tender_turn_s {
    ngx_http_tender_main_conf_t         *main;
    ngx_log_t                           *log;
    ngx_http_tender_redis_handler_pt     handler;   /* of its call */
    void                                *data;

    ngx_pool_t                          *pool;
    ngx_pool_t                          *batch;     /* of some bids */
    ngx_http_tender_redis_call_t         call;
    ngx_http_tender_turn_pt              next;
    ngx_str_t                            id;
    ngx_str_t                           *argv;
    ngx_uint_t                           tries;

    /* what its bids say */

    ngx_str_t                            version;
    ngx_http_tender_redis_reply_t       *bids;      /* their ids */
    ngx_uint_t                           nbids;
    ngx_uint_t                           nread;
    u_char                              *hashes;
    ngx_uint_t                           noffers;
    ngx_str_t                            bid;       /* of the first offer */
    ngx_str_t                            json;

    ngx_http_tender_turn_e               outcome;
    unsigned                             busy:1;
    unsigned                             answered:1;
};


/* id lives until the turn is over; due is the list that it was found in */
void ngx_http_tender_turn_begin(ngx_http_tender_turn_t *turn, ngx_str_t *id,
    ngx_uint_t bucket, ngx_str_t *due);
void ngx_http_tender_turn_answered(ngx_http_tender_turn_t *turn);

/* the worker exits */
void ngx_http_tender_turn_drop(ngx_http_tender_turn_t *turn);


/* what turn.lua is told of the bids */

typedef struct {
    ngx_str_t      version;
    ngx_str_t      status;
    ngx_str_t      hashes;
    ngx_str_t      award;
    ngx_str_t      bid;
    ngx_str_t      front;
    ngx_str_t      tail;
} ngx_http_tender_turn_args_t;


/* asks it; version is '' the first time, '-' again */
void ngx_http_tender_turn_ask(ngx_http_tender_turn_t *turn,
    const char *version);
void ngx_http_tender_turn_tell(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_args_t *args);

/* its answer was {'BIDS', version, id, id ...} */
void ngx_http_tender_opening(ngx_http_tender_turn_t *turn,
    ngx_http_tender_redis_reply_t *reply);

void ngx_http_tender_turn_call(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_pt next);
void ngx_http_tender_turn_end(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_e outcome);


#endif /* _NGX_HTTP_TENDER_CHRONOGRAPH_H_INCLUDED_ */
