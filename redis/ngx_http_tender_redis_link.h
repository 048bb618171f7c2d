
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_REDIS_LINK_H_INCLUDED_
#define _NGX_HTTP_TENDER_REDIS_LINK_H_INCLUDED_


#include "ngx_http_tender_redis.h"

#include <hiredis/hiredis.h>


/* private to redis/ */


#define NGX_HTTP_TENDER_REDIS_READ_SIZE     65536
#define NGX_HTTP_TENDER_REDIS_FEED_SIZE     4096
#define NGX_HTTP_TENDER_REDIS_OUT_SIZE      65536
#define NGX_HTTP_TENDER_REDIS_OUT_KEEP      (1024 * 1024)
#define NGX_HTTP_TENDER_REDIS_OUT_MAX       (4 * 1024 * 1024)
#define NGX_HTTP_TENDER_REDIS_REPLY_MAX     (64 * 1024 * 1024)
#define NGX_HTTP_TENDER_REDIS_ELEMENTS_MAX  100000
#define NGX_HTTP_TENDER_REDIS_GREETING      6
#define NGX_HTTP_TENDER_REDIS_QUIET         10000


/* kinds of faults, each logged once in a while: the errors of a reply first */

#define NGX_HTTP_TENDER_REDIS_STAMP         10
#define NGX_HTTP_TENDER_REDIS_CERTIFICATE   11
#define NGX_HTTP_TENDER_REDIS_FAULTS        12


typedef struct ngx_http_tender_redis_link_s  ngx_http_tender_redis_link_t;


typedef enum {
    NGX_HTTP_TENDER_LINK_DOWN = 0,    /* waits for its next attempt */
    NGX_HTTP_TENDER_LINK_RESOLVING,
    NGX_HTTP_TENDER_LINK_CONNECTING,
    NGX_HTTP_TENDER_LINK_GREETING,
    NGX_HTTP_TENDER_LINK_READY
} ngx_http_tender_link_state_e;


/*
 * What stands in a link's queues.  It lives longer than a request may: call
 * is NULL once nobody waits for the answer any more.
 */

struct ngx_http_tender_redis_op_s {
    ngx_queue_t                      queue;
    ngx_http_tender_redis_call_t    *call;
    ngx_http_tender_redis_link_t    *link;
    ngx_msec_t                       deadline;
    unsigned                         sent:1;
    unsigned                         greeting:1;
};


struct ngx_http_tender_redis_link_s {
    ngx_http_tender_redis_t         *redis;
    ngx_http_tender_link_state_e     state;

    ngx_peer_connection_t            peer;
    ngx_log_t                        quiet_log;
    ngx_resolver_ctx_t              *resolving;
    ngx_sockaddr_t                   sockaddr;
    socklen_t                        socklen;

    ngx_queue_t                      greeting;  /* commands of the greeting */
    ngx_queue_t                      queued;    /* not sent */
    ngx_queue_t                      sent;      /* in the order of answers */
    ngx_uint_t                       pending;   /* with a call */

    redisReader                     *reader;
    u_char                          *in;

    struct {
        u_char                      *start;
        u_char                      *pos;
        u_char                      *last;
        u_char                      *end;
    } out;

    ngx_event_t                      timer;     /* of the oldest operation */
    ngx_event_t                      retry;     /* of the next attempt */
    ngx_msec_t                       delay;     /* since attempts fail */
    ngx_msec_t                       pause;     /* since none was served */
    ngx_connection_t                 ident;     /* what timers' debug shows */

    ngx_err_t                        err;       /* of connect() */

    unsigned                         served:1;  /* since it is ready */
    unsigned                         resent:1;  /* deadlines in sent are not */
                                                /* in order */

    ngx_http_tender_redis_call_t     calls[NGX_HTTP_TENDER_REDIS_GREETING];
    ngx_uint_t                       ncalls;    /* not answered yet */
};


struct ngx_http_tender_redis_s {
    ngx_http_tender_redis_conf_t    *conf;
    ngx_log_t                       *log;
    ngx_pool_t                      *pool;

    ngx_http_tender_redis_link_t    *links;
    ngx_uint_t                       nlinks;
    ngx_uint_t                       next;

    ngx_queue_t                      free;      /* operations */
    ngx_uint_t                       pending;
    ngx_uint_t                       greeted;   /* links, since it is open */

    struct {
        ngx_msec_t                   logged;    /* when */
        ngx_uint_t                   suppressed;
    } faults[NGX_HTTP_TENDER_REDIS_FAULTS];
    ngx_msec_t                       down_logged;
    ngx_msec_t                       refusal_logged;

    unsigned                         closing:1;
};


/* ngx_http_tender_redis.c */

void ngx_http_tender_redis_complete(ngx_http_tender_redis_op_t *op,
    ngx_http_tender_redis_outcome_e outcome,
    ngx_http_tender_redis_reply_t *reply);
void ngx_http_tender_redis_fail(ngx_http_tender_redis_op_t *op);
ngx_int_t ngx_http_tender_redis_enqueue(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_call_t *call, ngx_uint_t greeting);
void ngx_http_tender_redis_fault(ngx_http_tender_redis_t *redis,
    ngx_uint_t kind, ngx_uint_t level, const char *what, ngx_str_t *text);

/* ngx_http_tender_redis_link.c */

ngx_int_t ngx_http_tender_redis_link_init(ngx_http_tender_redis_link_t *link);
void ngx_http_tender_redis_link_open(ngx_http_tender_redis_link_t *link);
void ngx_http_tender_redis_link_established(
    ngx_http_tender_redis_link_t *link);
void ngx_http_tender_redis_link_down(ngx_http_tender_redis_link_t *link,
    ngx_err_t err, const char *reason);
void ngx_http_tender_redis_link_close(ngx_http_tender_redis_link_t *link,
    const char *reason);
void ngx_http_tender_redis_link_free(ngx_http_tender_redis_link_t *link);

/* ngx_http_tender_redis_connect.c */

void ngx_http_tender_redis_resolve(ngx_http_tender_redis_link_t *link);
void ngx_http_tender_redis_connect(ngx_http_tender_redis_link_t *link);

/* ngx_http_tender_redis_tls.c */

#if (NGX_HTTP_SSL)
void ngx_http_tender_redis_tls_start(ngx_http_tender_redis_link_t *link);
#endif

/* ngx_http_tender_redis_io.c */

void ngx_http_tender_redis_link_write(ngx_http_tender_redis_link_t *link);
void ngx_http_tender_redis_read_handler(ngx_event_t *rev);
void ngx_http_tender_redis_write_handler(ngx_event_t *wev);
void ngx_http_tender_redis_timer_handler(ngx_event_t *ev);

/* ngx_http_tender_redis_greeting.c */

ngx_int_t ngx_http_tender_redis_greet(ngx_http_tender_redis_link_t *link);

/* ngx_http_tender_redis_reply.c */

redisReader *ngx_http_tender_redis_reader(ngx_http_tender_redis_link_t *link);
ngx_http_tender_redis_outcome_e ngx_http_tender_redis_judge(
    ngx_http_tender_redis_t *redis, ngx_http_tender_redis_call_t *call,
    ngx_http_tender_redis_reply_t *reply);

/* ngx_http_tender_redis_command.c */

ngx_int_t ngx_http_tender_redis_format(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_call_t *call);


#endif /* _NGX_HTTP_TENDER_REDIS_LINK_H_INCLUDED_ */
