
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_chronograph.h"


/* one tender is moved on by the clock */

#define NGX_HTTP_TENDER_TURN_ARGS   8
#define NGX_HTTP_TENDER_TURN_TRIES  5


static void ngx_http_tender_turn_unlist(ngx_http_tender_turn_t *turn,
    ngx_str_t *due);
static void ngx_http_tender_turn_unlisted(ngx_http_tender_turn_t *turn);
static void ngx_http_tender_turn_told(ngx_http_tender_turn_t *turn);


static ngx_str_t  ngx_http_tender_zrem = ngx_string("ZREM");


void
ngx_http_tender_turn_begin(ngx_http_tender_turn_t *turn, ngx_str_t *id,
    ngx_uint_t bucket, ngx_str_t *due)
{
    ngx_str_t  *argv;

    turn->busy = 1;
    turn->answered = 0;
    turn->tries = 0;
    turn->batch = NULL;
    turn->call.op = NULL;
    turn->id = *id;

    turn->pool = ngx_create_pool(4096, turn->log);
    if (turn->pool == NULL) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    argv = ngx_palloc(turn->pool, (NGX_HTTP_TENDER_LIFE_KEYS
                                   + NGX_HTTP_TENDER_TURN_ARGS)
                                  * sizeof(ngx_str_t));
    if (argv == NULL) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    turn->argv = argv;

    if (id->len != NGX_HTTP_TENDER_ID_LEN
        || !tender_hex_valid(ngx_http_tender_str(&turn->id))
        || ngx_http_tender_bucket(turn->main, &turn->id) != bucket)
    {
        ngx_http_tender_turn_unlist(turn, due);
        return;
    }

    if (ngx_http_tender_life_keys(turn->pool, turn->main, &turn->id, argv)
        != NGX_OK)
    {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    ngx_http_tender_turn_ask(turn, "");
}


/* what is no tender of this bucket would come up for ever */

static void
ngx_http_tender_turn_unlist(ngx_http_tender_turn_t *turn, ngx_str_t *due)
{
    ngx_http_tender_redis_call_t  *call;

    call = &turn->call;

    ngx_memzero(call, sizeof(ngx_http_tender_redis_call_t));

    turn->argv[0] = ngx_http_tender_zrem;
    turn->argv[1] = *due;
    turn->argv[2] = turn->id;

    call->argc = 3;
    call->write = 1;

    ngx_http_tender_turn_call(turn, ngx_http_tender_turn_unlisted);
}


static void
ngx_http_tender_turn_unlisted(ngx_http_tender_turn_t *turn)
{
    ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_STRAY);
}


void
ngx_http_tender_turn_ask(ngx_http_tender_turn_t *turn, const char *version)
{
    ngx_http_tender_turn_args_t  args;

    ngx_memzero(&args, sizeof(ngx_http_tender_turn_args_t));

    args.version.data = (u_char *) version;
    args.version.len = ngx_strlen(version);

    ngx_http_tender_turn_tell(turn, &args);
}


void
ngx_http_tender_turn_tell(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_args_t *args)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    if (turn->tries++ == NGX_HTTP_TENDER_TURN_TRIES) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    call = &turn->call;

    ngx_memzero(call, sizeof(ngx_http_tender_redis_call_t));

    argv = turn->argv + NGX_HTTP_TENDER_LIFE_KEYS;

    argv[0] = turn->id;
    argv[1] = args->version;
    argv[2] = args->status;
    argv[3] = args->hashes;
    argv[4] = args->award;
    argv[5] = args->bid;
    argv[6] = args->front;
    argv[7] = args->tail;

    call->argc = NGX_HTTP_TENDER_LIFE_KEYS + NGX_HTTP_TENDER_TURN_ARGS;
    call->nkeys = NGX_HTTP_TENDER_LIFE_KEYS;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_TURN_LUA];
    call->write = 1;

    ngx_http_tender_turn_call(turn, ngx_http_tender_turn_told);
}


static void
ngx_http_tender_turn_told(ngx_http_tender_turn_t *turn)
{
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  later[] = { "LATER", NULL };

    reply = turn->call.reply;

    if (reply->type == NGX_HTTP_TENDER_REDIS_ARRAY) {
        ngx_http_tender_opening(turn, reply);
        return;
    }

    ngx_http_tender_turn_end(turn, (ngx_http_tender_store_says(reply, later)
                                    == 0)
                                   ? NGX_HTTP_TENDER_TURN_DAMAGED
                                   : NGX_HTTP_TENDER_TURN_OVER);
}


void
ngx_http_tender_turn_call(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_pt next)
{
    ngx_http_tender_redis_call_t  *call;

    call = &turn->call;

    call->handler = turn->handler;
    call->data = turn;
    call->background = 1;

    if (call->argv == NULL) {
        call->argv = turn->argv;
    }

    if (call->pool == NULL) {
        call->pool = turn->pool;
    }

    turn->next = next;

    if (ngx_http_tender_redis_call(turn->main->client, call) != NGX_AGAIN) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_AWAY);
    }
}


void
ngx_http_tender_turn_answered(ngx_http_tender_turn_t *turn)
{
    turn->answered = 0;

    if (turn->call.outcome == NGX_HTTP_TENDER_REDIS_OK) {
        turn->next(turn);
        return;
    }

    ngx_http_tender_turn_end(turn,
                    (turn->call.outcome == NGX_HTTP_TENDER_REDIS_FAULT)
                    ? NGX_HTTP_TENDER_TURN_FAULT : NGX_HTTP_TENDER_TURN_AWAY);
}


void
ngx_http_tender_turn_end(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_e outcome)
{
    turn->outcome = outcome;

    ngx_http_tender_turn_drop(turn);
}


void
ngx_http_tender_turn_drop(ngx_http_tender_turn_t *turn)
{
    (void) ngx_http_tender_redis_cancel(&turn->call);

    if (turn->batch) {
        ngx_destroy_pool(turn->batch);
    }

    if (turn->pool) {
        ngx_destroy_pool(turn->pool);
    }

    turn->batch = NULL;
    turn->pool = NULL;
    turn->busy = 0;
    turn->answered = 0;
}
