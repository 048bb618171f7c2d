
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"


/* which tenders there are */

#define NGX_HTTP_TENDER_REINDEX_PAGE   100


static void ngx_http_tender_reindex_total(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_counted(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_page(ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_ask_events(
    ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_ask_feed(
    ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_paged(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_event(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_redis_reply_t *event);
static void ngx_http_tender_reindex_add(ngx_http_tender_reindex_t *walk,
    ngx_str_t *id);
static void ngx_http_tender_reindex_through(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_forgot(ngx_http_tender_reindex_t *walk);


void
ngx_http_tender_reindex_walk(ngx_http_tender_reindex_t *walk)
{
    if (walk->bucket == walk->main->buckets) {
        ngx_http_tender_reindex_finish(walk, NULL);
        return;
    }

    if (walk->phase != NGX_HTTP_TENDER_REINDEX_BEGIN) {
        ngx_http_tender_reindex_page(walk);
        return;
    }

    if (walk->met) {
        ngx_memzero(walk->met, walk->nmet);
    }

    if (walk->bucket == 0) {
        ngx_http_tender_reindex_total(walk);
        return;
    }

    ngx_http_tender_reindex_begin(walk);
}


ngx_int_t
ngx_http_tender_reindex_at(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_e phase, ngx_str_t *position)
{
    walk->phase = phase;
    walk->position.data = walk->place;

    if (position == NULL) {
        walk->place[0] = '-';
        walk->position.len = 1;
        return NGX_OK;
    }

    if (position->len > NGX_HTTP_TENDER_REINDEX_PLACE || position->len == 0) {
        return NGX_ERROR;
    }

    ngx_memcpy(walk->place, position->data, position->len);
    walk->position.len = position->len;

    return NGX_OK;
}


static void
ngx_http_tender_reindex_total(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, walk->main->buckets, 2);
    if (call == NULL) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    for (i = 0; i < walk->main->buckets; i++) {
        ngx_str_set(&call[i].argv[0], "ZCARD");

        if (ngx_http_tender_reindex_key(walk, i, "feed", NULL,
                                        &call[i].argv[1])
            != NGX_OK)
        {
            ngx_http_tender_reindex_later(walk);
            return;
        }
    }

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_counted);
}


static void
ngx_http_tender_reindex_counted(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t  i;

    walk->total = 0;

    for (i = 0; i < walk->ncalls; i++) {
        if (walk->calls[i].reply->type == NGX_HTTP_TENDER_REDIS_INTEGER) {
            walk->total += walk->calls[i].reply->integer;
        }
    }

    ngx_http_tender_reindex_begin(walk);
}


static void
ngx_http_tender_reindex_page(ngx_http_tender_reindex_t *walk)
{
    ngx_int_t  rc;

    if (walk->page) {
        ngx_destroy_pool(walk->page);
        walk->page = NULL;
    }

    walk->page = ngx_create_pool(4096, walk->log);

    if (walk->page == NULL) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    walk->ids = ngx_palloc(walk->page, NGX_HTTP_TENDER_REINDEX_PAGE
                                       * sizeof(ngx_str_t));
    walk->nids = 0;
    walk->next_id = 0;

    rc = (walk->phase == NGX_HTTP_TENDER_REINDEX_EVENTS)
         ? ngx_http_tender_reindex_ask_events(walk)
         : ngx_http_tender_reindex_ask_feed(walk);

    if (walk->ids == NULL || rc != NGX_OK) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    walk->calls[0].pool = walk->page;

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_paged);
}


/* those that come behind the position: "-", or an event's id */

static ngx_int_t
ngx_http_tender_reindex_ask_events(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, 1, 6);

    if (call == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "events", NULL,
                                       &call->argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv = call->argv;

    ngx_str_set(&argv[0], "XRANGE");
    argv[2] = walk->position;
    ngx_str_set(&argv[3], "+");
    ngx_str_set(&argv[4], "COUNT");

    return ngx_http_tender_reindex_number(walk, NGX_HTTP_TENDER_REINDEX_PAGE,
                                          &argv[5]);
}


/* the same: "-", or a score */

static ngx_int_t
ngx_http_tender_reindex_ask_feed(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, 1, 9);

    if (call == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "feed", NULL,
                                       &call->argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv = call->argv;

    ngx_str_set(&argv[0], "ZRANGE");
    argv[2] = walk->position;
    ngx_str_set(&argv[3], "+inf");
    ngx_str_set(&argv[4], "BYSCORE");
    ngx_str_set(&argv[5], "LIMIT");
    ngx_str_set(&argv[6], "0");
    ngx_str_set(&argv[8], "WITHSCORES");

    if (walk->position.len == 1) {
        ngx_str_set(&argv[2], "-inf");
    }

    return ngx_http_tender_reindex_number(walk, NGX_HTTP_TENDER_REINDEX_PAGE,
                                          &argv[7]);
}


static void
ngx_http_tender_reindex_paged(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t                       id;
    ngx_uint_t                      i, n;
    ngx_http_tender_redis_reply_t  *reply, *elts;

    reply = walk->calls[0].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        ngx_http_tender_reindex_finish(walk, "a list is of another type");
        return;
    }

    elts = reply->elts;
    n = reply->nelts;

    if (walk->phase == NGX_HTTP_TENDER_REINDEX_EVENTS) {

        for (i = 0; i < n; i++) {
            ngx_http_tender_reindex_event(walk, &elts[i]);
        }

    } else {

        for (i = 0; i + 1 < n; i += 2) {
            id = elts[i].str;
            id.len = ngx_min(id.len, NGX_HTTP_TENDER_ID_LEN);

            ngx_http_tender_reindex_add(walk, &id);
            walk->end = elts[i + 1].str;
        }

        n /= 2;
    }

    walk->last = (n < NGX_HTTP_TENDER_REINDEX_PAGE);

    ngx_http_tender_reindex_batch(walk);
}


/* {id, {name, value ...}} */

static void
ngx_http_tender_reindex_event(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_redis_reply_t *event)
{
    ngx_str_t                       op, id;
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *fields;

    if (event->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || event->nelts != 2
        || event->elts[1].type != NGX_HTTP_TENDER_REDIS_ARRAY)
    {
        return;
    }

    walk->end = event->elts[0].str;

    ngx_str_null(&op);
    ngx_str_null(&id);

    fields = event->elts[1].elts;

    for (i = 0; i + 1 < event->elts[1].nelts; i += 2) {

        if (fields[i].str.len != 2) {
            continue;
        }

        if (ngx_strncmp(fields[i].str.data, "op", 2) == 0) {
            op = fields[i + 1].str;

        } else if (ngx_strncmp(fields[i].str.data, "id", 2) == 0) {
            id = fields[i + 1].str;
        }
    }

    if (op.len == 6 && ngx_strncmp(op.data, "create", 6) == 0) {
        ngx_http_tender_reindex_add(walk, &id);
    }
}


static void
ngx_http_tender_reindex_add(ngx_http_tender_reindex_t *walk, ngx_str_t *id)
{
    if (walk->nids < NGX_HTTP_TENDER_REINDEX_PAGE
        && id->len == NGX_HTTP_TENDER_ID_LEN
        && tender_hex_valid(ngx_http_tender_str(id))
        && ngx_http_tender_bucket(walk->main, id) == walk->bucket)
    {
        walk->ids[walk->nids++] = *id;
    }
}


/* a page is done: where the next one goes on */

void
ngx_http_tender_reindex_next(ngx_http_tender_reindex_t *walk)
{
    u_char     *p;
    ngx_str_t   position;

    walk->counted = walk->done;

    if (!walk->last) {
        p = ngx_pnalloc(walk->page, walk->end.len + 1);
        if (p == NULL) {
            ngx_http_tender_reindex_later(walk);
            return;
        }

        position.data = p;
        position.len = walk->end.len + 1;

        *p++ = '(';
        (void) ngx_cpymem(p, walk->end.data, walk->end.len);

        if (ngx_http_tender_reindex_at(walk, walk->phase, &position)
            != NGX_OK)
        {
            ngx_http_tender_reindex_finish(walk, "a list is out of order");
            return;
        }

    } else if (walk->phase == NGX_HTTP_TENDER_REINDEX_EVENTS) {
        (void) ngx_http_tender_reindex_at(walk, NGX_HTTP_TENDER_REINDEX_FEED,
                                          NULL);
    } else {
        ngx_http_tender_reindex_through(walk);
        return;
    }

    ngx_http_tender_reindex_report(walk);
}


/* a bucket is done */

static void
ngx_http_tender_reindex_through(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t  command;

    if (ngx_http_tender_compact_stuck(walk->main, walk->bucket)) {
        ngx_http_tender_reindex_finish(walk, "it is damaged, and needs "
                                             "reset=1");
        return;
    }

    ngx_http_tender_compact_anew(walk->main, walk->bucket);

    ngx_str_set(&command, "UNLINK");

    ngx_http_tender_reindex_ask_met(walk, &command,
                                    ngx_http_tender_reindex_forgot);
}


static void
ngx_http_tender_reindex_forgot(ngx_http_tender_reindex_t *walk)
{
    walk->bucket++;

    (void) ngx_http_tender_reindex_at(walk, NGX_HTTP_TENDER_REINDEX_BEGIN,
                                      NULL);

    if (walk->bucket == walk->main->buckets) {
        ngx_http_tender_reindex_walk(walk);
        return;
    }

    ngx_http_tender_reindex_report(walk);
}
