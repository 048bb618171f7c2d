
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"


/* a bucket is begun: its index is dropped, if that is wanted */

#define NGX_HTTP_TENDER_REINDEX_LINES  4096     /* segments of a manifest */
#define NGX_HTTP_TENDER_RESET_KEYS     (4 + NGX_HTTP_TENDER_COLUMNS)


static void ngx_http_tender_reindex_begun(ngx_http_tender_reindex_t *walk);
static void ngx_http_tender_reindex_drop(ngx_http_tender_reindex_t *walk);
static ngx_uint_t ngx_http_tender_reindex_old(ngx_str_t *text, uint64_t *ids,
    ngx_uint_t max);
static ngx_int_t ngx_http_tender_reindex_drop_keys(
    ngx_http_tender_reindex_t *walk, ngx_str_t *keys, uint64_t *ids,
    ngx_uint_t n);
static void ngx_http_tender_reindex_dropped(ngx_http_tender_reindex_t *walk);


void
ngx_http_tender_reindex_begin(ngx_http_tender_reindex_t *walk)
{
    ngx_str_t                      command;
    ngx_http_tender_redis_call_t  *call;

    if (!walk->reset) {
        ngx_str_set(&command, "UNLINK");

        ngx_http_tender_reindex_ask_met(walk, &command,
                                        ngx_http_tender_reindex_begun);
        return;
    }

    call = ngx_http_tender_reindex_ask(walk, 1, 2);

    if (call == NULL
        || ngx_http_tender_reindex_key(walk, walk->bucket, "idx:manifest",
                                       NULL, &call->argv[1])
           != NGX_OK)
    {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ngx_str_set(&call->argv[0], "GET");

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_drop);
}


static void
ngx_http_tender_reindex_begun(ngx_http_tender_reindex_t *walk)
{
    (void) ngx_http_tender_reindex_at(walk, NGX_HTTP_TENDER_REINDEX_EVENTS,
                                      NULL);

    ngx_http_tender_reindex_report(walk);
}


static void
ngx_http_tender_reindex_drop(ngx_http_tender_reindex_t *walk)
{
    uint64_t                      *ids;
    ngx_str_t                      text;
    ngx_uint_t                     n, nkeys;
    ngx_pool_t                    *pool;
    ngx_http_tender_redis_call_t  *call;

    ngx_str_null(&text);

    if (walk->calls[0].reply->type == NGX_HTTP_TENDER_REDIS_STRING) {
        text = walk->calls[0].reply->str;
    }

    pool = ngx_create_pool(4096, walk->log);
    if (pool == NULL) {
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ids = ngx_palloc(pool, NGX_HTTP_TENDER_REINDEX_LINES * sizeof(uint64_t));
    if (ids == NULL) {
        ngx_destroy_pool(pool);
        ngx_http_tender_reindex_later(walk);
        return;
    }

    n = ngx_http_tender_reindex_old(&text, ids, NGX_HTTP_TENDER_REINDEX_LINES);

    nkeys = NGX_HTTP_TENDER_RESET_KEYS + n * TENDER_SEGMENT_PARTS;
    call = ngx_http_tender_reindex_ask(walk, 1, nkeys + 1);

    if (call == NULL
        || ngx_http_tender_reindex_drop_keys(walk, call->argv, ids, n)
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        ngx_http_tender_reindex_later(walk);
        return;
    }

    ngx_destroy_pool(pool);

    ngx_str_set(&call->argv[nkeys], NGX_HTTP_TENDER_COMPACT_LINGER);

    call->nkeys = nkeys;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_RESET_LUA];
    call->write = 1;

    ngx_http_tender_reindex_send(walk, ngx_http_tender_reindex_dropped);
}


/*
 * The segments of a manifest, which may be damaged: of each line but the
 * first, the number that it begins with.
 */

static ngx_uint_t
ngx_http_tender_reindex_old(ngx_str_t *text, uint64_t *ids, ngx_uint_t max)
{
    u_char        *p, *last, *end;
    uint64_t       id;
    ngx_uint_t     n;
    tender_str_t   word;

    n = 0;
    p = text->data;
    last = p + text->len;

    while (n < max) {
        p = (p < last) ? ngx_strlchr(p, last, LF) : NULL;

        if (p == NULL || ++p == last) {
            break;
        }

        end = ngx_strlchr(p, last, ' ');

        if (end == NULL) {
            break;
        }

        word.data = p;
        word.len = end - p;

        if (tender_uint_read(word, 999999999999999999, &id) == TENDER_OK) {
            ids[n++] = id;
        }
    }

    return n;
}


static ngx_int_t
ngx_http_tender_reindex_drop_keys(ngx_http_tender_reindex_t *walk,
    ngx_str_t *keys, uint64_t *ids, ngx_uint_t n)
{
    ngx_uint_t  i, k;

    static const char *const  common[] = { "manifest", "log", "lock" };

    for (i = 0; i < 3; i++) {
        if (ngx_http_tender_index_key(walk->ask, walk->main, walk->bucket,
                                      common[i], keys++)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (ngx_http_tender_index_column_key(walk->ask, walk->main,
                                             walk->bucket, i, keys++)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_index_key(walk->ask, walk->main, walk->bucket, "met",
                                  keys++)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        for (k = 0; k < TENDER_SEGMENT_PARTS; k++) {
            if (ngx_http_tender_index_segment_key(walk->ask, walk->main,
                                                  walk->bucket, ids[i], k,
                                                  keys++)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static void
ngx_http_tender_reindex_dropped(ngx_http_tender_reindex_t *walk)
{
    ngx_http_tender_compact_healed(walk->main, walk->bucket);

    ngx_http_tender_reindex_begun(walk);
}
