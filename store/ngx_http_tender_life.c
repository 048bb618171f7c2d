
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_file.h"
#include "ngx_http_tender_seal.h"


/* what happens to a published tender: each is one script */

#define NGX_HTTP_TENDER_WRITE_ARGS  9


static ngx_int_t ngx_http_tender_life_time(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_uint_t i, int64_t *us);


static ngx_str_t  ngx_http_tender_bid_ops[] = {
    ngx_string("add"),
    ngx_string("change"),
    ngx_string("remove")
};


ngx_http_tender_redis_call_t *
ngx_http_tender_life_call(ngx_http_tender_ctx_t *ctx, ngx_uint_t script,
    ngx_str_t *id, ngx_uint_t n)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t)
                       + (NGX_HTTP_TENDER_LIFE_KEYS + n) * sizeof(ngx_str_t));
    if (call == NULL) {
        return NULL;
    }

    call->argv = (ngx_str_t *) (call + 1);
    call->argc = NGX_HTTP_TENDER_LIFE_KEYS + n;
    call->nkeys = NGX_HTTP_TENDER_LIFE_KEYS;
    call->script = &ngx_http_tender_scripts[script];
    call->write = 1;

    if (ngx_http_tender_life_keys(ctx->request->pool, ctx->main, id,
                                  call->argv)
        != NGX_OK)
    {
        return NULL;
    }

    return call;
}


ngx_int_t
ngx_http_tender_store_says(ngx_http_tender_redis_reply_t *reply,
    const char *const *words)
{
    ngx_int_t   i;
    ngx_str_t  *said;

    if (reply->type == NGX_HTTP_TENDER_REDIS_ARRAY && reply->nelts) {
        reply = &reply->elts[0];
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return -1;
    }

    said = &reply->str;

    for (i = 0; words[i]; i++) {
        if (said->len == ngx_strlen(words[i])
            && ngx_strncmp(said->data, words[i], said->len) == 0)
        {
            return i;
        }
    }

    return -1;
}


/* the i-th element of what a script answered, a moment */

static ngx_int_t
ngx_http_tender_life_time(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_uint_t i, int64_t *us)
{
    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts <= i
        || reply->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
        || ngx_http_tender_store_time(&reply->elts[i].str, us) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_bid(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_t *bid)
{
    u_char                        *p;
    ngx_str_t                     *argv;
    ngx_http_tender_place_t        place;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_life_call(ctx, NGX_HTTP_TENDER_BID_LUA, &bid->id,
                                     13);
    p = ngx_pnalloc(ctx->request->pool, 2 * NGX_INT64_LEN);

    if (call == NULL || p == NULL) {
        return NGX_ERROR;
    }

    argv = call->argv + NGX_HTTP_TENDER_LIFE_KEYS;

    argv[0] = bid->id;
    argv[1] = bid->revision;
    argv[2] = ngx_http_tender_bid_ops[bid->op];
    argv[3] = bid->bid;
    p = ngx_http_tender_store_number(p, bid->max, &argv[4]);
    argv[5] = bid->front;
    argv[6] = bid->tail;

    if (bid->seal
        && ngx_http_tender_seal(ctx->request->pool, ctx->main, &bid->id,
                                &bid->bid, &argv[6])
           != NGX_OK)
    {
        ngx_log_error(NGX_LOG_CRIT, ctx->request->connection->log, 0,
                      "tender: a bid could not be sealed");
        return NGX_ERROR;
    }

    argv[7] = bid->status;
    argv[8] = bid->author;
    argv[9] = bid->token;
    argv[10] = bid->changed;
    argv[11].data = (u_char *) (bid->redate ? "1" : "0");
    argv[11].len = 1;
    (void) ngx_http_tender_store_number(p, NGX_HTTP_TENDER_BIDS_MAX,
                                        &argv[12]);

    if (bid->op == NGX_HTTP_TENDER_BID_REMOVE) {
        place.at = NGX_HTTP_TENDER_AT_BID;
        place.id = bid->id;
        place.part = bid->bid;

        if (ngx_http_tender_documents_key(ctx, &place,
                                  &call->argv[NGX_HTTP_TENDER_KEY_DOCUMENTS])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_store_bid_stored(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_t *bid, ngx_http_tender_bid_e *outcome)
{
    ngx_int_t                       rc, said;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = {
        "MISSING", "CONFLICT", "FULL", "TAKEN", "GONE", "STALE", "AWARDED",
        "STATUS", "LARGE", NULL
    };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said >= 0) {
        *outcome = NGX_HTTP_TENDER_BID_MISSING + said;

        if (reply->nelts > 1) {
            bid->stage = reply->elts[1].str;
        }

        return NGX_OK;
    }

    *outcome = NGX_HTTP_TENDER_BID_OK;

    rc = ngx_http_tender_life_time(ctx, reply, 0, &bid->received);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_life_time(ctx, reply, 1, &bid->date);
    }

    if (rc == NGX_OK && bid->op == NGX_HTTP_TENDER_BID_REMOVE
        && reply->nelts > 3)
    {
        ngx_http_tender_files_drop(ctx, &bid->id, &reply->elts[3]);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_store_settle(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_settle_t *settle)
{
    u_char                        *p;
    ngx_str_t                     *argv;
    ngx_uint_t                     i;
    ngx_http_tender_write_t       *w;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_life_call(ctx, NGX_HTTP_TENDER_SETTLE_LUA,
                    &settle->from->id,
                    8 + settle->nwrites * NGX_HTTP_TENDER_WRITE_ARGS);
    p = ngx_pnalloc(ctx->request->pool,
                    (settle->nwrites + 1) * NGX_INT64_LEN);

    if (call == NULL || p == NULL) {
        return NGX_ERROR;
    }

    argv = call->argv + NGX_HTTP_TENDER_LIFE_KEYS;

    *argv++ = settle->from->id;
    *argv++ = settle->from->revision;
    *argv++ = settle->from->status;
    *argv++ = settle->from->version;
    *argv++ = settle->status;
    *argv++ = settle->event;
    *argv++ = settle->part;
    *argv++ = ctx->author;

    for (i = 0; i < settle->nwrites; i++) {
        w = &settle->writes[i];

        argv->data = (u_char *) w->kind;
        argv->len = ngx_strlen(w->kind);
        argv++;

        *argv++ = w->id;

        if (w->date) {
            p = ngx_http_tender_store_number(p, w->date, argv);
        }

        argv++;

        *argv++ = w->status;
        *argv++ = w->author;
        *argv++ = w->link;
        *argv++ = w->token;
        *argv++ = w->front;
        *argv++ = w->tail;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_store_settled(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_settle_t *settle, ngx_http_tender_record_t *record)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = { "MISSING", "CONFLICT", NULL };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_store_says(reply, words) >= 0) {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_life_time(ctx, reply, 0, &settle->at);
    if (rc != NGX_OK) {
        return rc;
    }

    *record = *settle->from;

    if (reply->nelts < 2
        || ngx_http_tender_store_head(&reply->elts[1], record) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}
