
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_REDIS_H_INCLUDED_
#define _NGX_HTTP_TENDER_REDIS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * A Redis client on nginx's event loop: each worker keeps a few pipelined
 * links; all commands of one turn of the loop leave in one write.  It knows
 * nothing of tenders.
 */

typedef struct ngx_http_tender_redis_s         ngx_http_tender_redis_t;
typedef struct ngx_http_tender_redis_op_s      ngx_http_tender_redis_op_t;
typedef struct ngx_http_tender_redis_call_s    ngx_http_tender_redis_call_t;
typedef struct ngx_http_tender_redis_reply_s   ngx_http_tender_redis_reply_t;
typedef struct ngx_http_tender_redis_script_s  ngx_http_tender_redis_script_t;


typedef enum {
    NGX_HTTP_TENDER_REDIS_OK = 0,
    NGX_HTTP_TENDER_REDIS_AWAY,      /* not applied: no link, or refused by */
                                     /* a server that cannot serve now */
    NGX_HTTP_TENDER_REDIS_BUSY,      /* not applied: too much is pending */
    NGX_HTTP_TENDER_REDIS_LATE,      /* a read that was not answered */
    NGX_HTTP_TENDER_REDIS_UNKNOWN,   /* a write that was sent, no answer */
    NGX_HTTP_TENDER_REDIS_FAULT      /* not applied: set up wrongly, a bug */
} ngx_http_tender_redis_outcome_e;


typedef enum {
    NGX_HTTP_TENDER_REDIS_NIL = 0,
    NGX_HTTP_TENDER_REDIS_STRING,
    NGX_HTTP_TENDER_REDIS_STATUS,
    NGX_HTTP_TENDER_REDIS_ERROR,
    NGX_HTTP_TENDER_REDIS_INTEGER,
    NGX_HTTP_TENDER_REDIS_ARRAY
} ngx_http_tender_redis_type_e;


struct ngx_http_tender_redis_reply_s {
    ngx_http_tender_redis_type_e     type;
    ngx_str_t                        str;    /* string, status, error */
    int64_t                          integer;
    ngx_uint_t                       nelts;
    ngx_http_tender_redis_reply_t   *elts;   /* of an array */
};


/* a script: the text is Lua, its SHA1 is taken with the configuration */

struct ngx_http_tender_redis_script_s {
    ngx_str_t                        name;
    ngx_str_t                        text;
    u_char                           sha1[40];
};


typedef void (*ngx_http_tender_redis_handler_pt)(
    ngx_http_tender_redis_call_t *call);


/*
 * One command.  The caller owns it and all that it points to, until handler
 * was called or ngx_http_tender_redis_cancel() returned; both may come
 * before the command is answered.  The reply is made in pool.
 */

struct ngx_http_tender_redis_call_s {
    ngx_str_t                       *argv;    /* with a script: keys, args */
    ngx_uint_t                       argc;
    ngx_http_tender_redis_script_t  *script;  /* or NULL */
    ngx_uint_t                       nkeys;   /* of a script */
    size_t                           room;    /* left free in front of each */
                                              /* string of the reply; one */
                                              /* byte behind it is free, too */
    unsigned                         write:1; /* never sent twice */
    unsigned                         whole:1; /* send the script's text */
    unsigned                         background:1;  /* no client waits for */
                                              /* it, nor a worker that leaves */

    ngx_http_tender_redis_handler_pt handler;
    void                            *data;
    ngx_pool_t                      *pool;

    ngx_http_tender_redis_outcome_e  outcome;
    ngx_http_tender_redis_reply_t   *reply;   /* if outcome is OK */
    ngx_http_tender_redis_op_t      *op;      /* while it is under way */
};


typedef struct {
    ngx_msec_t                       min;
    ngx_msec_t                       max;
    ngx_uint_t                       factor;
} ngx_http_tender_redis_backoff_t;


typedef struct {
    ngx_url_t                        url;
    ngx_uint_t                       db;
    ngx_str_t                        user;
    ngx_str_t                        password;
    ngx_flag_t                       tls;
    ngx_str_t                        trusted_certificate;
    ngx_msec_t                       connect_timeout;
    ngx_msec_t                       timeout;
    ngx_http_tender_redis_backoff_t  backoff;
    ngx_uint_t                       connections;
    ngx_uint_t                       max_pending;

    ngx_http_core_loc_conf_t        *clcf;    /* holds the resolver */
    ngx_resolver_t                  *resolver;
#if (NGX_HTTP_SSL)
    ngx_ssl_t                       *ssl;
#endif

    /*
     * A key that must hold this value, or not exist yet: a link to a store
     * that holds another is not used.
     */
    ngx_str_t                        stamp_key;
    ngx_str_t                        stamp_value;
} ngx_http_tender_redis_conf_t;


typedef struct {
    ngx_uint_t                       links;      /* ready ones */
    ngx_uint_t                       pending;
    ngx_uint_t                       greeted;    /* that became ready, ever */
} ngx_http_tender_redis_stat_t;


/* configuration: see docs/directives.md */

void ngx_http_tender_redis_conf_init(ngx_http_tender_redis_conf_t *conf);
char *ngx_http_tender_redis_conf_merge(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf);
char *ngx_http_tender_redis_set_server(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf, ngx_str_t *address);
char *ngx_http_tender_redis_set_password_file(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
char *ngx_http_tender_redis_set_backoff(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* takes the SHA1 of each script of a list that ends with an empty name */
void ngx_http_tender_redis_scripts_init(
    ngx_http_tender_redis_script_t *scripts);

/*
 * The client of this worker; its links begin to connect at once.  NULL: out
 * of memory.  Closed in exit_process.
 */
ngx_http_tender_redis_t *ngx_http_tender_redis_open(ngx_cycle_t *cycle,
    ngx_http_tender_redis_conf_t *conf);
void ngx_http_tender_redis_close(ngx_http_tender_redis_t *redis);

/*
 * Queues a command; its handler is called later, exactly once, never from
 * inside of this function: NGX_AGAIN.  NGX_ERROR: it was not queued,
 * call->outcome says why, the handler is not called.
 */
ngx_int_t ngx_http_tender_redis_call(ngx_http_tender_redis_t *redis,
    ngx_http_tender_redis_call_t *call);

/*
 * The caller goes away: the handler will not be called.  A command that was
 * not sent is dropped (NGX_OK), one that was is still carried out by the
 * server (NGX_AGAIN).
 */
ngx_int_t ngx_http_tender_redis_cancel(ngx_http_tender_redis_call_t *call);

/*
 * 1 once in 10 seconds: for a line about what any number of requests may
 * meet.
 */
ngx_uint_t ngx_http_tender_redis_may_log(ngx_http_tender_redis_t *redis);

void ngx_http_tender_redis_stat(ngx_http_tender_redis_t *redis,
    ngx_http_tender_redis_stat_t *stat);


#endif /* _NGX_HTTP_TENDER_REDIS_H_INCLUDED_ */
