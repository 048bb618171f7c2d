
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"
#include "ngx_http_tender_reader.h"


/*
 * Numbers of a bucket that a rebuild has met.  reindex.lua keeps them in
 * Redis, too, so that who goes on with it knows them.
 */

#define NGX_HTTP_TENDER_REINDEX_GROW  4096      /* bytes */


static ngx_int_t ngx_http_tender_reindex_room(ngx_http_tender_reindex_t *walk,
    size_t size);
static void ngx_http_tender_reindex_recalled(ngx_http_tender_reindex_t *walk);


ngx_int_t
ngx_http_tender_reindex_meet(ngx_http_tender_reindex_t *walk,
    ngx_str_t *number)
{
    int64_t  n;

    if (ngx_http_tender_store_time(number, &n) != NGX_OK
        || n < 0 || n > NGX_HTTP_TENDER_READER_NUMBERS
        || ngx_http_tender_reindex_room(walk, (size_t) n / 8 + 1) != NGX_OK)
    {
        return NGX_ERROR;
    }

    walk->met[n / 8] |= 0x80 >> n % 8;

    return NGX_OK;
}


ngx_uint_t
ngx_http_tender_reindex_met(ngx_http_tender_reindex_t *walk,
    ngx_str_t *number)
{
    int64_t  n;

    return ngx_http_tender_store_time(number, &n) == NGX_OK
           && n >= 0 && (uint64_t) n / 8 < walk->nmet
           && (walk->met[n / 8] & (0x80 >> n % 8));
}


static ngx_int_t
ngx_http_tender_reindex_room(ngx_http_tender_reindex_t *walk, size_t size)
{
    u_char  *grown;

    if (size <= walk->nmet) {
        return NGX_OK;
    }

    size = ngx_max(2 * walk->nmet, size + NGX_HTTP_TENDER_REINDEX_GROW);

    grown = ngx_calloc(size, walk->log);
    if (grown == NULL) {
        return NGX_ERROR;
    }

    if (walk->met) {
        ngx_memcpy(grown, walk->met, walk->nmet);
        ngx_free(walk->met);
    }

    walk->met = grown;
    walk->nmet = size;

    return NGX_OK;
}


void
ngx_http_tender_reindex_ask_met(ngx_http_tender_reindex_t *walk,
    ngx_str_t *command, ngx_http_tender_reindex_pt next)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, 1, 2);

    if (call == NULL
        || ngx_http_tender_index_key(walk->ask, walk->main, walk->bucket,
                                     "met", &call->argv[1])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    call->argv[0] = *command;

    ngx_http_tender_reindex_send(walk, next);
}


void
ngx_http_tender_reindex_recall(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t  command;

    ngx_str_set(&command, "GET");

    ngx_http_tender_reindex_ask_met(walk, &command,
                                    ngx_http_tender_reindex_recalled);
}


/* without them it is only slower: reindex.lua knows */

static void
ngx_http_tender_reindex_recalled(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_reply_t  *reply;

    reply = walk->calls[0].reply;

    if (reply->type == NGX_HTTP_TENDER_REDIS_STRING
        && reply->str.len <= NGX_HTTP_TENDER_READER_NUMBERS / 8 + 1
        && ngx_http_tender_reindex_room(walk, reply->str.len) == NGX_OK)
    {
        ngx_memcpy(walk->met, reply->str.data, reply->str.len);
    }

    ngx_http_tender_reindex_walk(walk);
}
