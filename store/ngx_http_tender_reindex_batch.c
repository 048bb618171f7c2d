
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"
#include "ngx_http_tender_reader.h"


/* the tenders of a page are read, and their words written */

#define NGX_HTTP_TENDER_REINDEX_PAUSE  4        /* ms, between batches */
#define NGX_HTTP_TENDER_REINDEX_FULL   50       /* while the log is long */
#define NGX_HTTP_TENDER_REINDEX_TRIES  1000
#define NGX_HTTP_TENDER_REINDEX_LOG    (2 * NGX_HTTP_TENDER_INDEX_LOG)


static void ngx_http_tender_reindex_own(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_owned(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_read(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_have(ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_entry(
    ngx_http_tender_reindex_t *walk, tender_mem_t *mem,
    ngx_http_tender_redis_reply_t *elts,
    ngx_http_tender_reindex_item_t *item);
static int64_t ngx_http_tender_reindex_deadline(
    ngx_http_tender_reindex_t *walk, tender_value_t *doc);
static void ngx_http_tender_reindex_write(ngx_http_tender_reindex_t *walk);
static ngx_int_t ngx_http_tender_reindex_ask_write(
    ngx_http_tender_reindex_t *walk, ngx_http_tender_reindex_item_t *item,
    ngx_str_t *key, ngx_str_t *args);
static void ngx_http_tender_reindex_written(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_said(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_item_t *item,
    ngx_http_tender_redis_reply_t *reply);
static void ngx_http_tender_reindex_long(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_measured(
    ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_bad(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_item_t *item);
static ngx_uint_t ngx_http_tender_reindex_compress(
    ngx_http_tender_reindex_t *walk);
static void *ngx_http_tender_reindex_alloc(void *pool, size_t size);


void
ngx_http_tender_reindex_batch(ngx_http_tender_reindex_t *walk)
{
    if (ngx_http_tender_reindex_silent(walk, ngx_http_tender_reindex_batch)) {
        return;
    }

    walk->nitems = 0;
    walk->tries = 0;

    while (walk->nitems < NGX_HTTP_TENDER_REINDEX_BATCH
           && walk->next_id < walk->nids)
    {
        walk->items[walk->nitems].left = 0;
        walk->items[walk->nitems++].id = walk->ids[walk->next_id++];
    }

    if (walk->nitems == 0) {
        ngx_http_tender_reindex_next(walk);

    } else if (walk->phase == NGX_HTTP_TENDER_REINDEX_FEED) {
        ngx_http_tender_reindex_own(walk);

    } else {
        ngx_http_tender_reindex_read(walk);
    }
}


/* of the feed: which of them were not met among the events? */

static void
ngx_http_tender_reindex_own(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, walk->nitems, 3);

    for (i = 0; call && i < walk->nitems; i++) {
        ngx_str_set(&call[i].argv[0], "HGET");
        ngx_str_set(&call[i].argv[2], "own");

        if (ngx_http_tender_reindex_key(walk, walk->bucket, "tender:",
                                        &walk->items[i].id, &call[i].argv[1])
            != NGX_OK)
        {
            call = NULL;
        }
    }

    if (call == NULL) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_owned);
}


static void
ngx_http_tender_reindex_owned(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t                       i;
    ngx_http_tender_record_t         record;
    ngx_http_tender_reindex_item_t  *item;

    for (i = 0; i < walk->nitems; i++) {
        item = &walk->items[i];

        /* one that cannot be read is told of later */

        if (ngx_http_tender_store_own(walk->calls[i].reply, &record) == NGX_OK
            && record.place.len
            && ngx_http_tender_reindex_met(walk, &record.place))
        {
            item->left = 1;
        }
    }

    if (ngx_http_tender_reindex_compress(walk) == 0) {
        ngx_http_tender_reindex_batch(walk);
        return;
    }

    ngx_http_tender_reindex_read(walk);
}


/* drops those that are left out; how many there are */

static ngx_uint_t
ngx_http_tender_reindex_compress(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < walk->nitems; i++) {
        if (!walk->items[i].left) {
            walk->items[n++] = walk->items[i];
        }
    }

    walk->nitems = n;

    return n;
}


static void
ngx_http_tender_reindex_read(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_call_t  *call;

    call = ngx_http_tender_reindex_ask(walk, walk->nitems, 5);

    for (i = 0; call && i < walk->nitems; i++) {
        ngx_str_set(&call[i].argv[0], "HMGET");
        ngx_str_set(&call[i].argv[2], "head");
        ngx_str_set(&call[i].argv[3], "doc");
        ngx_str_set(&call[i].argv[4], "own");

        if (ngx_http_tender_reindex_key(walk, walk->bucket, "tender:",
                                        &walk->items[i].id, &call[i].argv[1])
            != NGX_OK)
        {
            call = NULL;
        }
    }

    if (call == NULL) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_have);
}


static void
ngx_http_tender_reindex_have(ngx_http_tender_reindex_t *walk)
{
    ngx_int_t                        rc;
    ngx_uint_t                       i;
    ngx_pool_t                      *pool;
    tender_mem_t                     mem;
    ngx_http_tender_redis_reply_t   *reply;
    ngx_http_tender_reindex_item_t  *item;

    /* the answers stay until the entries are written */

    pool = walk->ask;
    walk->ask = NULL;

    tender_mem_init(&mem, ngx_http_tender_reindex_alloc, pool);

    for (i = 0; i < walk->nitems; i++) {
        item = &walk->items[i];
        reply = walk->calls[i].reply;

        if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 3) {
            rc = NGX_DECLINED;

        } else if (reply->elts[0].type == NGX_HTTP_TENDER_REDIS_NIL) {
            item->left = 1;
            continue;

        } else {
            rc = ngx_http_tender_reindex_entry(walk, &mem, reply->elts, item);
        }

        if (rc == NGX_ERROR) {
            walk->calls = NULL;
            walk->ncalls = 0;
            ngx_destroy_pool(pool);
            ngx_http_tender_reindex_later(walk);
            return;
        }

        if (rc == NGX_DECLINED) {
            ngx_http_tender_reindex_bad(walk, item);
        }
    }

    walk->calls = NULL;
    walk->ncalls = 0;

    ngx_http_tender_reindex_write(walk);

    ngx_destroy_pool(pool);
}


/* head, doc, own; NGX_DECLINED: a record that is none of ours */

static ngx_int_t
ngx_http_tender_reindex_entry(ngx_http_tender_reindex_t *walk,
    tender_mem_t *mem, ngx_http_tender_redis_reply_t *elts,
    ngx_http_tender_reindex_item_t *item)
{
    tender_str_t               entry;
    tender_value_t            *doc;
    tender_json_error_t        error;
    ngx_http_tender_record_t   record;

    if (ngx_http_tender_store_head(&elts[0], &record) != NGX_OK
        || ngx_http_tender_store_own(&elts[2], &record) != NGX_OK
        || elts[1].type != NGX_HTTP_TENDER_REDIS_STRING)
    {
        return NGX_DECLINED;
    }

    switch (tender_json_read(mem, elts[1].str.data, elts[1].str.len, &doc,
                             &error))
    {

    case TENDER_OK:
        break;

    case TENDER_ERROR:
        return NGX_ERROR;

    default: /* TENDER_DECLINED */
        return NGX_DECLINED;
    }

    if (doc->type != TENDER_OBJECT) {
        return NGX_DECLINED;
    }

    if (tender_entry_write(mem, doc,
                           ngx_http_tender_reindex_deadline(walk, doc),
                           &entry)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    item->revision = record.revision;
    item->entry.data = entry.data;
    item->entry.len = entry.len;

    return NGX_OK;
}


static int64_t
ngx_http_tender_reindex_deadline(ngx_http_tender_reindex_t *walk,
    tender_value_t *doc)
{
    int64_t          us;
    tender_value_t  *v;

    v = tender_value_member(doc, "tenderPeriod");
    v = (v && v->type == TENDER_OBJECT) ? tender_value_member(v, "endDate")
                                        : NULL;

    if (v == NULL || v->type != TENDER_STRING
        || tender_date_read(v->u.text, &walk->main->zone, &us) != TENDER_OK
        || us < 0)
    {
        return 0;
    }

    return us;
}


static void
ngx_http_tender_reindex_write(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t                     i, n;
    ngx_http_tender_redis_call_t  *call;

    if (ngx_http_tender_reindex_compress(walk) == 0) {
        ngx_http_tender_reindex_pause(walk, NGX_HTTP_TENDER_REINDEX_PAUSE,
                                      ngx_http_tender_reindex_batch);
        return;
    }

    n = walk->nitems;
    call = ngx_http_tender_reindex_ask(walk, 1, 3 + n + 1 + 3 * n);

    if (call == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "idx:log", NULL,
                                       &call->argv[0])
           != NGX_OK
        || ngx_http_tender_index_numbers_key(walk->ask, walk->main,
                                             walk->bucket, &call->argv[1])
           != NGX_OK
        || ngx_http_tender_index_key(walk->ask, walk->main, walk->bucket,
                                     "met", &call->argv[2])
           != NGX_OK
        || ngx_http_tender_reindex_number(walk,
                                          NGX_HTTP_TENDER_READER_NUMBERS,
                                          &call->argv[3 + n])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    for (i = 0; i < n; i++) {
        if (ngx_http_tender_reindex_ask_write(walk, &walk->items[i],
                                              &call->argv[3 + i],
                                              &call->argv[4 + n + 3 * i])
            != NGX_OK)
        {
            ngx_http_tender_reindex_later(walk);
            return;
        }
    }

    call->nkeys = 3 + n;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_REINDEX_LUA];
    call->write = 1;

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_written);
}


/* copies: what was read goes now */

static ngx_int_t
ngx_http_tender_reindex_ask_write(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_item_t *item, ngx_str_t *key, ngx_str_t *args)
{
    u_char  *p;

    p = ngx_pnalloc(walk->ask, item->revision.len + item->entry.len);

    if (p == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "tender:",
                                       &item->id, key)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    args[0] = item->id;

    args[1].data = p;
    args[1].len = item->revision.len;
    p = ngx_cpymem(p, item->revision.data, item->revision.len);

    args[2].data = p;
    args[2].len = item->entry.len;
    (void) ngx_cpymem(p, item->entry.data, item->entry.len);

    return NGX_OK;
}


/* {bytes of the log, number or word ...} */

static void
ngx_http_tender_reindex_written(ngx_http_tender_reindex_t *walk)
{
    int64_t                         n;
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *reply;

    reply = walk->calls[0].reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || reply->nelts != 1 + walk->nitems
        || ngx_http_tender_store_time(&reply->elts[0].str, &n) != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    walk->length = (size_t) n;

    for (i = 0; i < walk->nitems; i++) {
        ngx_http_tender_reindex_said(walk, &walk->items[i],
                                     &reply->elts[1 + i]);
    }

    /* those that have changed meanwhile are read again */

    if (ngx_http_tender_reindex_compress(walk)) {

        if (++walk->tries < NGX_HTTP_TENDER_REINDEX_TRIES) {
            ngx_http_tender_reindex_read(walk);
            return;
        }

        ngx_http_tender_reindex_bad(walk, &walk->items[0]);
    }

    ngx_http_tender_reindex_pause(walk, NGX_HTTP_TENDER_REINDEX_PAUSE,
                                  (walk->length
                                   >= NGX_HTTP_TENDER_REINDEX_LOG)
                                  ? ngx_http_tender_reindex_long
                                  : ngx_http_tender_reindex_batch);
}


static void
ngx_http_tender_reindex_said(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_item_t *item, ngx_http_tender_redis_reply_t *reply)
{
    static const char *const  words[] = { "CHANGED", "GONE", NULL };

    switch (ngx_http_tender_store_says(reply, words)) {

    case 0:
        return;

    case 1:
        item->left = 1;
        return;
    }

    item->left = 1;

    if (ngx_http_tender_reindex_meet(walk, &reply->str) != NGX_OK) {
        ngx_http_tender_reindex_bad(walk, item);
        return;
    }

    walk->done++;

    ngx_http_tender_compact_wrote(walk->main, walk->bucket, item->entry.len);
}


/* the log waits to be sealed, and this waits for it */

static void
ngx_http_tender_reindex_long(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_call_t  *call;

    if (ngx_http_tender_reindex_silent(walk, ngx_http_tender_reindex_long)) {
        return;
    }

    if (ngx_http_tender_compact_stuck(walk->main, walk->bucket)) {
        ngx_http_tender_reindex_finish(walk, "it is damaged, and needs "
                                             "reset=1");
        return;
    }

    ngx_http_tender_compact(walk->main, walk->bucket);

    call = ngx_http_tender_reindex_ask(walk, 1, 2);

    if (call == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "idx:log", NULL,
                                       &call->argv[1])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ngx_str_set(&call->argv[0], "STRLEN");

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_measured);
}


static void
ngx_http_tender_reindex_measured(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_redis_reply_t  *reply;

    reply = walk->calls[0].reply;

    walk->length = (reply->type == NGX_HTTP_TENDER_REDIS_INTEGER)
                   ? (size_t) reply->integer : 0;

    if (walk->length < NGX_HTTP_TENDER_REINDEX_LOG) {
        ngx_http_tender_reindex_batch(walk);
        return;
    }

    ngx_http_tender_reindex_pause(walk, NGX_HTTP_TENDER_REINDEX_FULL,
                                  ngx_http_tender_reindex_long);
}


/* once in a rebuild */

static void
ngx_http_tender_reindex_bad(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_item_t *item)
{
    item->left = 1;

    if (walk->told) {
        return;
    }

    walk->told = 1;

    ngx_log_error(NGX_LOG_ALERT, walk->log, 0,
                  "tender: tender \"%V\" is left out of the index: the store "
                  "holds a record of it that this module did not write",
                  &item->id);
}


static void *
ngx_http_tender_reindex_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}
