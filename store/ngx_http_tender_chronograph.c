
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_chronograph.h"


#define NGX_HTTP_TENDER_CHRONOGRAPH_PAGE   16     /* tenders of a bucket */
#define NGX_HTTP_TENDER_TURNS              16     /* at a time */
#define NGX_HTTP_TENDER_CHRONOGRAPH_MIN    10     /* ms */
#define NGX_HTTP_TENDER_CHRONOGRAPH_PAUSE  5
#define NGX_HTTP_TENDER_CHRONOGRAPH_QUIET  10000


/* a bucket, and what it was asked */

typedef struct {
    ngx_http_tender_redis_call_t   call;
    ngx_str_t                      argv[2];    /* its key of due, a number */
    int64_t                        wait;       /* until its next one; -1 */
    ngx_uint_t                     ndue;
    ngx_uint_t                     next;       /* of them */
    unsigned                       asked:1;
} ngx_http_tender_due_t;


/*
 * A tick is some rounds.  A round asks the buckets what is due, then moves
 * it on; another one follows for those that had anything.
 */

typedef struct {
    ngx_http_tender_main_conf_t   *main;
    ngx_log_t                     *log;
    ngx_event_t                    timer;
    ngx_event_t                    event;      /* something was answered */
    ngx_connection_t               ident;      /* what timers' debug shows */

    ngx_http_tender_due_t         *dues;       /* of each bucket */
    ngx_uint_t                     pending;    /* of their calls */
    ngx_uint_t                     bucket;     /* whose tenders are begun */
    ngx_pool_t                    *round;

    ngx_http_tender_turn_t         turns[NGX_HTTP_TENDER_TURNS];
    ngx_uint_t                     busy;
    ngx_uint_t                     moved;      /* in this round */
    ngx_msec_t                     logged;
    unsigned                       away:1;     /* Redis is, in this tick */
} ngx_http_tender_chronograph_t;


static ngx_int_t ngx_http_tender_chronograph_buckets(ngx_cycle_t *cycle,
    ngx_http_tender_chronograph_t *chronograph);
static void ngx_http_tender_chronograph_tick(ngx_event_t *ev);
static void ngx_http_tender_chronograph_round(
    ngx_http_tender_chronograph_t *chronograph);
static void ngx_http_tender_chronograph_asked(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_chronograph_turned(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_chronograph_go_on(ngx_event_t *ev);
static void ngx_http_tender_chronograph_due(
    ngx_http_tender_chronograph_t *chronograph);
static ngx_http_tender_due_t *ngx_http_tender_chronograph_next(
    ngx_http_tender_chronograph_t *chronograph);
static void ngx_http_tender_chronograph_over(
    ngx_http_tender_chronograph_t *chronograph, ngx_http_tender_turn_t *turn);
static void ngx_http_tender_chronograph_end_round(
    ngx_http_tender_chronograph_t *chronograph);
static void ngx_http_tender_chronograph_arm(
    ngx_http_tender_chronograph_t *chronograph);


/* of this worker */

static ngx_http_tender_chronograph_t  *ngx_http_tender_chronograph;

static ngx_str_t  ngx_http_tender_chronograph_page = ngx_string("16");


char *
ngx_http_tender_set_chronograph(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    ngx_int_t   period;
    ngx_str_t  *value;

    (void) cmd;

    if (tmcf->chronograph != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        tmcf->chronograph = 0;
        return NGX_CONF_OK;
    }

    period = ngx_parse_time(&value[1], 0);

    if (period < NGX_HTTP_TENDER_CHRONOGRAPH_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_chronograph\" is a time from %dms on, as "
                           "in \"1s\", or \"off\"",
                           NGX_HTTP_TENDER_CHRONOGRAPH_MIN);
        return NGX_CONF_ERROR;
    }

    tmcf->chronograph = (ngx_msec_t) period;

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_tender_chronograph_start(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf)
{
    ngx_uint_t                      i;
    ngx_http_tender_chronograph_t  *chronograph;

    if (tmcf->chronograph == 0) {
        return NGX_OK;
    }

    chronograph = ngx_pcalloc(cycle->pool,
                              sizeof(ngx_http_tender_chronograph_t));
    if (chronograph == NULL) {
        return NGX_ERROR;
    }

    chronograph->main = tmcf;
    chronograph->log = cycle->log;
    chronograph->logged = ngx_current_msec
                          - NGX_HTTP_TENDER_CHRONOGRAPH_QUIET;

    if (ngx_http_tender_chronograph_buckets(cycle, chronograph) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_TENDER_TURNS; i++) {
        chronograph->turns[i].main = tmcf;
        chronograph->turns[i].log = cycle->log;
        chronograph->turns[i].handler = ngx_http_tender_chronograph_turned;
        chronograph->turns[i].data = chronograph;
    }

    chronograph->ident.fd = (ngx_socket_t) -1;
    chronograph->ident.data = chronograph;

    /* a worker that leaves does not wait for it */

    chronograph->timer.handler = ngx_http_tender_chronograph_tick;
    chronograph->timer.data = &chronograph->ident;
    chronograph->timer.log = cycle->log;
    chronograph->timer.cancelable = 1;

    chronograph->event.handler = ngx_http_tender_chronograph_go_on;
    chronograph->event.data = chronograph;
    chronograph->event.log = cycle->log;

    /* a part of the period, so that the workers do not march in step */

    ngx_add_timer(&chronograph->timer,
                  1 + (ngx_msec_t) ngx_random() % tmcf->chronograph);

    ngx_http_tender_chronograph = chronograph;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_chronograph_buckets(ngx_cycle_t *cycle,
    ngx_http_tender_chronograph_t *chronograph)
{
    u_char                       *p;
    ngx_uint_t                    i;
    ngx_http_tender_due_t        *due;
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = chronograph->main;

    chronograph->dues = ngx_pcalloc(cycle->pool,
                              tmcf->buckets * sizeof(ngx_http_tender_due_t));
    if (chronograph->dues == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < tmcf->buckets; i++) {
        due = &chronograph->dues[i];

        p = ngx_pnalloc(cycle->pool, tmcf->prefix.len + sizeof("{b}:due") - 1
                                     + NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        due->argv[0].data = p;
        due->argv[0].len = ngx_sprintf(p, "%V{b%ui}:due", &tmcf->prefix, i)
                           - p;
        due->argv[1] = ngx_http_tender_chronograph_page;
    }

    return NGX_OK;
}


void
ngx_http_tender_chronograph_stop(void)
{
    ngx_uint_t                      i;
    ngx_http_tender_chronograph_t  *chronograph;

    chronograph = ngx_http_tender_chronograph;

    if (chronograph == NULL) {
        return;
    }

    ngx_http_tender_chronograph = NULL;

    if (chronograph->timer.timer_set) {
        ngx_del_timer(&chronograph->timer);
    }

    if (chronograph->event.posted) {
        ngx_delete_posted_event(&chronograph->event);
    }

    for (i = 0; i < chronograph->main->buckets; i++) {
        (void) ngx_http_tender_redis_cancel(&chronograph->dues[i].call);
    }

    for (i = 0; i < NGX_HTTP_TENDER_TURNS; i++) {
        if (chronograph->turns[i].busy) {
            ngx_http_tender_turn_drop(&chronograph->turns[i]);
        }
    }

    if (chronograph->round) {
        ngx_destroy_pool(chronograph->round);
    }
}


static void
ngx_http_tender_chronograph_tick(ngx_event_t *ev)
{
    ngx_uint_t                      i;
    ngx_connection_t               *ident;
    ngx_http_tender_chronograph_t  *chronograph;

    if (ngx_exiting) {
        return;
    }

    ident = ev->data;
    chronograph = ident->data;
    chronograph->away = 0;

    for (i = 0; i < chronograph->main->buckets; i++) {
        chronograph->dues[i].asked = 1;
        chronograph->dues[i].wait = -1;
    }

    ngx_http_tender_chronograph_round(chronograph);
}


static void
ngx_http_tender_chronograph_round(ngx_http_tender_chronograph_t *chronograph)
{
    ngx_uint_t              i;
    ngx_http_tender_due_t  *due;

    chronograph->moved = 0;
    chronograph->bucket = 0;

    chronograph->round = ngx_create_pool(4096, chronograph->log);
    if (chronograph->round == NULL) {
        ngx_http_tender_chronograph_arm(chronograph);
        return;
    }

    for (i = 0; i < chronograph->main->buckets; i++) {
        due = &chronograph->dues[i];
        due->ndue = 0;

        if (!due->asked) {
            continue;
        }

        ngx_memzero(&due->call, sizeof(ngx_http_tender_redis_call_t));

        due->call.argv = due->argv;
        due->call.argc = 2;
        due->call.nkeys = 1;
        due->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_DUE_LUA];
        due->call.handler = ngx_http_tender_chronograph_asked;
        due->call.data = chronograph;
        due->call.pool = chronograph->round;
        due->call.background = 1;

        if (ngx_http_tender_redis_call(chronograph->main->client, &due->call)
            != NGX_AGAIN)
        {
            chronograph->away = 1;
            break;
        }

        chronograph->pending++;
    }

    if (chronograph->pending == 0) {
        ngx_http_tender_chronograph_end_round(chronograph);
    }
}


/* nothing is done on the stack of the client */

static void
ngx_http_tender_chronograph_asked(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_chronograph_t  *chronograph;

    chronograph = call->data;

    if (--chronograph->pending == 0) {
        ngx_post_event(&chronograph->event, &ngx_posted_events);
    }
}


static void
ngx_http_tender_chronograph_turned(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_turn_t         *turn;
    ngx_http_tender_chronograph_t  *chronograph;

    turn = call->data;
    turn->answered = 1;

    chronograph = turn->data;

    ngx_post_event(&chronograph->event, &ngx_posted_events);
}


static void
ngx_http_tender_chronograph_go_on(ngx_event_t *ev)
{
    ngx_uint_t                      i;
    ngx_http_tender_due_t          *due;
    ngx_http_tender_turn_t         *turn;
    ngx_http_tender_chronograph_t  *chronograph;

    chronograph = ev->data;

    if (chronograph->busy == 0) {
        ngx_http_tender_chronograph_due(chronograph);
    }

    for (i = 0; i < NGX_HTTP_TENDER_TURNS; i++) {
        turn = &chronograph->turns[i];

        if (turn->answered) {
            ngx_http_tender_turn_answered(turn);

            if (!turn->busy) {
                ngx_http_tender_chronograph_over(chronograph, turn);
            }
        }

        while (!turn->busy) {
            due = ngx_http_tender_chronograph_next(chronograph);
            if (due == NULL) {
                break;
            }

            chronograph->busy++;

            ngx_http_tender_turn_begin(turn,
                           &due->call.reply->elts[due->next++].str,
                           chronograph->bucket, &due->argv[0]);

            if (!turn->busy) {
                ngx_http_tender_chronograph_over(chronograph, turn);
            }
        }
    }

    if (chronograph->busy == 0) {
        ngx_http_tender_chronograph_end_round(chronograph);
    }
}


/* what the buckets have answered: {wait, id, id ...} */

static void
ngx_http_tender_chronograph_due(ngx_http_tender_chronograph_t *chronograph)
{
    ngx_uint_t                      i;
    ngx_http_tender_due_t          *due;
    ngx_http_tender_redis_reply_t  *reply;

    for (i = 0; i < chronograph->main->buckets; i++) {
        due = &chronograph->dues[i];

        if (!due->asked) {
            continue;
        }

        reply = due->call.reply;

        if (due->call.outcome != NGX_HTTP_TENDER_REDIS_OK || reply == NULL) {
            if (due->call.outcome != NGX_HTTP_TENDER_REDIS_FAULT) {
                chronograph->away = 1;
            }

            continue;
        }

        if (reply->type == NGX_HTTP_TENDER_REDIS_ARRAY && reply->nelts) {
            due->wait = reply->elts[0].integer;
            due->ndue = reply->nelts - 1;
            due->next = 1;
        }
    }
}


/* a bucket that has a tender to begin, or NULL */

static ngx_http_tender_due_t *
ngx_http_tender_chronograph_next(ngx_http_tender_chronograph_t *chronograph)
{
    ngx_http_tender_due_t  *due;

    if (chronograph->away || ngx_exiting) {
        return NULL;
    }

    while (chronograph->bucket < chronograph->main->buckets) {
        due = &chronograph->dues[chronograph->bucket];

        if (due->ndue && due->next <= due->ndue) {
            return due;
        }

        chronograph->bucket++;
    }

    return NULL;
}


static void
ngx_http_tender_chronograph_over(ngx_http_tender_chronograph_t *chronograph,
    ngx_http_tender_turn_t *turn)
{
    chronograph->busy--;

    if (turn->outcome == NGX_HTTP_TENDER_TURN_AWAY) {
        chronograph->away = 1;
        return;
    }

    if (turn->outcome == NGX_HTTP_TENDER_TURN_FAULT) {
        return;
    }

    chronograph->moved = 1;

    if (turn->outcome == NGX_HTTP_TENDER_TURN_OVER
        || ngx_current_msec - chronograph->logged
           < NGX_HTTP_TENDER_CHRONOGRAPH_QUIET)
    {
        return;
    }

    chronograph->logged = ngx_current_msec;

    if (turn->outcome == NGX_HTTP_TENDER_TURN_STRAY) {
        ngx_log_error(NGX_LOG_ALERT, chronograph->log, 0,
                      "tender: a list of deadlines held what is no tender of "
                      "its bucket");
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, chronograph->log, 0,
                  "tender: the time of tender \"%V\" has come, but the store "
                  "holds a record of it that this module did not write",
                  &turn->id);
}


static void
ngx_http_tender_chronograph_end_round(
    ngx_http_tender_chronograph_t *chronograph)
{
    ngx_uint_t              i, more;
    ngx_http_tender_due_t  *due;

    ngx_destroy_pool(chronograph->round);
    chronograph->round = NULL;

    more = 0;

    for (i = 0; i < chronograph->main->buckets; i++) {
        due = &chronograph->dues[i];

        due->call.reply = NULL;
        due->asked = (due->ndue != 0);
        more |= due->asked;
    }

    if (ngx_exiting) {
        return;
    }

    if (more && chronograph->moved && !chronograph->away) {
        ngx_http_tender_chronograph_round(chronograph);
        return;
    }

    ngx_http_tender_chronograph_arm(chronograph);
}


static void
ngx_http_tender_chronograph_arm(ngx_http_tender_chronograph_t *chronograph)
{
    int64_t     wait;
    ngx_uint_t  i;
    ngx_msec_t  delay;

    delay = chronograph->main->chronograph;

    for (i = 0; i < chronograph->main->buckets && !chronograph->away; i++) {
        wait = chronograph->dues[i].wait;

        if (wait >= 0 && (uint64_t) wait < delay) {
            delay = (ngx_msec_t) wait;
        }
    }

    ngx_add_timer(&chronograph->timer,
                  ngx_max(delay, NGX_HTTP_TENDER_CHRONOGRAPH_PAUSE));
}
