
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


static ngx_int_t ngx_http_tender_feed_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_feed_entry(
    ngx_http_tender_redis_reply_t *reply, ngx_uint_t bucket,
    ngx_http_tender_item_t *entry);
static int64_t ngx_http_tender_feed_time(ngx_http_tender_item_t *entry);
static ngx_int_t ngx_http_tender_feed_merge(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed);
static void ngx_http_tender_feed_positions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed);
static ngx_int_t ngx_http_tender_feed_newest(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, int64_t *us);


static ngx_str_t  ngx_http_tender_zrange = ngx_string("ZRANGE");
static ngx_str_t  ngx_http_tender_byscore = ngx_string("BYSCORE");
static ngx_str_t  ngx_http_tender_rev = ngx_string("REV");
static ngx_str_t  ngx_http_tender_limit = ngx_string("LIMIT");
static ngx_str_t  ngx_http_tender_zero = ngx_string("0");
static ngx_str_t  ngx_http_tender_low = ngx_string("-inf");
static ngx_str_t  ngx_http_tender_high = ngx_string("+inf");
static ngx_str_t  ngx_http_tender_hmget = ngx_string("HMGET");
static ngx_str_t  ngx_http_tender_head = ngx_string("head");
static ngx_str_t  ngx_http_tender_doc = ngx_string("doc");
static ngx_str_t  ngx_http_tender_none = ngx_null_string;


ngx_int_t
ngx_http_tender_store_feed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed)
{
    ngx_uint_t                     i, buckets;
    ngx_http_tender_redis_call_t  *calls;

    buckets = ctx->main->buckets;

    calls = ngx_pcalloc(ctx->request->pool,
                        buckets * sizeof(ngx_http_tender_redis_call_t));
    if (calls == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < buckets; i++) {
        if (ngx_http_tender_feed_call(ctx, feed, i, &calls[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_call(ctx, calls, buckets);
}


/* ZRANGE key (from +inf BYSCORE LIMIT 0 limit, or the same backwards */

static ngx_int_t
ngx_http_tender_feed_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call)
{
    u_char      *p;
    ngx_str_t    index, bound, *argv;
    ngx_uint_t   n;

    struct {
        ngx_str_t  argv[9];
        u_char     numbers[1 + 2 * NGX_INT64_LEN];
    } *ask;

    ask = ngx_palloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;
    p = ask->numbers;
    n = 0;

    index = ngx_http_tender_none;
    bound = feed->descending ? ngx_http_tender_high : ngx_http_tender_low;

    if (feed->status) {
        index.len = feed->status->len;
        index.data = feed->status->data;
    }

    if (feed->from) {
        bound.data = p;
        *p++ = '(';
        p = tender_uint_write(p, feed->from[bucket]);
        bound.len = p - bound.data;
    }

    argv[n++] = ngx_http_tender_zrange;

    if (ngx_http_tender_key(ctx, bucket,
                            feed->status ? "idx:status:" : "feed", &index, "",
                            &argv[n++])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[n++] = bound;
    argv[n++] = feed->descending ? ngx_http_tender_low : ngx_http_tender_high;
    argv[n++] = ngx_http_tender_byscore;

    if (feed->descending) {
        argv[n++] = ngx_http_tender_rev;
    }

    argv[n++] = ngx_http_tender_limit;
    argv[n++] = ngx_http_tender_zero;

    (void) ngx_http_tender_store_number(p, feed->limit, &argv[n++]);

    call->argv = argv;
    call->argc = n;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_page(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed)
{
    ngx_int_t   rc;
    ngx_uint_t  i;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    for (i = 0; i < ctx->ncalls; i++) {
        if (ctx->calls[i].reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    feed->newest = ngx_palloc(ctx->request->pool,
                              3 * ctx->ncalls * sizeof(int64_t));
    if (feed->newest == NULL) {
        return NGX_ERROR;
    }

    feed->next = feed->newest + ctx->ncalls;
    feed->turn = feed->next + ctx->ncalls;

    for (i = 0; i < ctx->ncalls; i++) {
        if (ngx_http_tender_feed_newest(ctx, i, &feed->newest[i]) != NGX_OK) {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    if (ngx_http_tender_feed_merge(ctx, feed) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_feed_positions(ctx, feed);

    return NGX_OK;
}


void
ngx_http_tender_store_cut(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t n)
{
    feed->nentries = n;

    ngx_http_tender_feed_positions(ctx, feed);
}


/* takes the next entry in order from the front of any bucket's answer */

static ngx_int_t
ngx_http_tender_feed_merge(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed)
{
    ngx_int_t                       diff;
    ngx_uint_t                      i, best, buckets, *taken;
    ngx_http_tender_item_t         *heads;
    ngx_http_tender_redis_reply_t  *reply;

    buckets = ctx->ncalls;

    feed->entries = ngx_palloc(ctx->request->pool,
                               feed->limit * sizeof(ngx_http_tender_item_t));
    heads = ngx_pcalloc(ctx->request->pool,
                        buckets * sizeof(ngx_http_tender_item_t));
    taken = ngx_pcalloc(ctx->request->pool, buckets * sizeof(ngx_uint_t));

    if (feed->entries == NULL || heads == NULL || taken == NULL) {
        return NGX_ERROR;
    }

    feed->nentries = 0;

    while (feed->nentries < feed->limit) {
        best = buckets;

        for (i = 0; i < buckets; i++) {
            reply = ctx->calls[i].reply;

            if (taken[i] == reply->nelts) {
                continue;
            }

            if (heads[i].id.data == NULL
                && ngx_http_tender_feed_entry(&reply->elts[taken[i]], i,
                                              &heads[i])
                   != NGX_OK)
            {
                return ngx_http_tender_store_broken(ctx);
            }

            if (best == buckets) {
                best = i;
                continue;
            }

            diff = ngx_memcmp(heads[i].order.data, heads[best].order.data,
                              heads[i].order.len);

            if (feed->descending ? diff > 0 : diff < 0) {
                best = i;
            }
        }

        if (best == buckets) {
            break;
        }

        feed->entries[feed->nentries++] = heads[best];

        heads[best].id.data = NULL;
        taken[best]++;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_feed_entry(ngx_http_tender_redis_reply_t *reply,
    ngx_uint_t bucket, ngx_http_tender_item_t *entry)
{
    u_char  *p;

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING
        || reply->str.len != NGX_HTTP_TENDER_MEMBER_LEN)
    {
        return NGX_ERROR;
    }

    p = reply->str.data;

    entry->bucket = bucket;

    entry->id.data = p;
    entry->id.len = NGX_HTTP_TENDER_ID_LEN;

    p += NGX_HTTP_TENDER_ID_LEN + 1;

    entry->modified.data = p;
    entry->modified.len = TENDER_DATE_LEN;

    entry->order.data = p;
    entry->order.len = TENDER_DATE_LEN + 3;

    return NGX_OK;
}


static int64_t
ngx_http_tender_feed_time(ngx_http_tender_item_t *entry)
{
    int64_t        us;
    u_char        *p;
    tender_zone_t  utc;

    ngx_memzero(&utc, sizeof(tender_zone_t));

    if (tender_date_read(ngx_http_tender_str(&entry->modified), &utc, &us)
        != TENDER_OK)
    {
        return 0;
    }

    p = entry->order.data + TENDER_DATE_LEN;

    return us + (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}


/*
 * Onwards: after the last entry shown of each bucket.  Backwards, as a
 * position of the other direction: before the first one shown; of a bucket
 * that shows none, before what the page began with.
 */

static void
ngx_http_tender_feed_positions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed)
{
    int64_t      us;
    ngx_uint_t   i, k;

    for (i = 0; i < ctx->main->buckets; i++) {

        for (k = feed->nentries; k; k--) {
            if (feed->entries[k - 1].bucket == i) {
                break;
            }
        }

        if (k) {
            feed->next[i] = ngx_http_tender_feed_time(&feed->entries[k - 1]);

            for (k = 0; feed->entries[k].bucket != i; k++) { /* void */ }

            feed->turn[i] = ngx_http_tender_feed_time(&feed->entries[k]);
            continue;
        }

        if (feed->from) {
            us = feed->from[i];

            feed->next[i] = us;
            feed->turn[i] = feed->descending ? (us ? us - 1 : 0) : us + 1;
            continue;
        }

        us = feed->newest[i];

        feed->turn[i] = us;
        feed->next[i] = feed->descending && us ? us + 1 : 0;
    }
}


/* the first entry of a bucket's answer; 0 if it is empty */

static ngx_int_t
ngx_http_tender_feed_newest(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    int64_t *us)
{
    ngx_http_tender_item_t          entry;
    ngx_http_tender_redis_reply_t  *reply;

    reply = ctx->calls[bucket].reply;

    *us = 0;

    if (reply->nelts == 0) {
        return NGX_OK;
    }

    if (ngx_http_tender_feed_entry(&reply->elts[0], bucket, &entry)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    *us = ngx_http_tender_feed_time(&entry);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_read_page(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_feed_t *feed, ngx_uint_t first, ngx_uint_t n,
    ngx_pool_t *pool)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     i;
    ngx_http_tender_item_t        *entry;
    ngx_http_tender_redis_call_t  *calls;

    argv = ngx_palloc(ctx->request->pool, n * 4 * sizeof(ngx_str_t));
    calls = ngx_pcalloc(ctx->request->pool,
                        n * sizeof(ngx_http_tender_redis_call_t));

    if (argv == NULL || calls == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        entry = &feed->entries[first + i];

        argv[0] = ngx_http_tender_hmget;
        argv[2] = ngx_http_tender_head;
        argv[3] = ngx_http_tender_doc;

        if (ngx_http_tender_key(ctx, entry->bucket, "tender:", &entry->id, "",
                                &argv[1])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        calls[i].argv = argv;
        calls[i].argc = 4;
        calls[i].pool = pool;

        argv += 4;
    }

    return ngx_http_tender_call(ctx, calls, n);
}


ngx_int_t
ngx_http_tender_store_page_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_item_t *entry, ngx_uint_t i,
    ngx_http_tender_record_t *record)
{
    ngx_http_tender_redis_reply_t  *reply;

    reply = ctx->calls[i].reply;
    record->room = 0;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0) {
        return ngx_http_tender_store_broken(ctx);
    }

    return ngx_http_tender_store_fields(ctx, reply->elts, reply->nelts,
                                        &entry->id, record);
}
