
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_reader.h"


static void ngx_http_tender_reader_reset(
    ngx_http_tender_reader_bucket_t *b);
static ngx_int_t ngx_http_tender_reader_begin(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    ngx_str_t *manifest);
static ngx_int_t ngx_http_tender_reader_segments(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_manifest_t *manifest);
static void ngx_http_tender_segment_free(ngx_http_tender_index_t *index,
    ngx_http_tender_segment_t *segment);
static ngx_int_t ngx_http_tender_reader_log(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *bytes);
static ngx_int_t ngx_http_tender_reader_entry(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    tender_entry_t *entry);
static ngx_http_tender_fact_t *ngx_http_tender_reader_fact(
    ngx_http_tender_reader_bucket_t *b);
static ngx_int_t ngx_http_tender_reader_room(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    uint32_t number);
static void ngx_http_tender_reader_bury(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, uint32_t number);
static void ngx_http_tender_reader_lay(ngx_http_tender_piece_t *piece,
    ngx_http_tender_fact_t *fact);
static void *ngx_http_tender_reader_alloc(void *pool, size_t size);


ngx_http_tender_index_t *
ngx_http_tender_reader_open(ngx_cycle_t *cycle,
    ngx_http_tender_main_conf_t *tmcf)
{
    ngx_uint_t                i;
    ngx_http_tender_index_t  *index;

    index = ngx_pcalloc(cycle->pool, sizeof(ngx_http_tender_index_t));
    if (index == NULL) {
        return NULL;
    }

    index->buckets = ngx_pcalloc(cycle->pool, tmcf->buckets
                                     * sizeof(ngx_http_tender_reader_bucket_t));
    if (index->buckets == NULL) {
        return NULL;
    }

    index->main = tmcf;
    index->log = cycle->log;
    index->max = tmcf->search_cache;

    ngx_rbtree_init(&index->rbtree, &index->sentinel,
                    ngx_http_tender_piece_insert);
    ngx_queue_init(&index->queue);

    for (i = 0; i < tmcf->buckets; i++) {
        index->buckets[i].bucket = i;
    }

    return index;
}


void
ngx_http_tender_reader_close(ngx_http_tender_index_t *index)
{
    ngx_uint_t  i;

    for (i = 0; i < index->main->buckets; i++) {
        ngx_http_tender_reader_forget(index, &index->buckets[i]);
    }
}


void
ngx_http_tender_reader_check(ngx_http_tender_index_t *index)
{
    ngx_uint_t                    i;
    ngx_http_tender_redis_stat_t  stat;

    ngx_http_tender_redis_stat(index->main->client, &stat);

    if (stat.greeted == index->epoch) {
        return;
    }

    index->epoch = stat.greeted;

    for (i = 0; i < index->main->buckets; i++) {
        ngx_http_tender_reader_forget(index, &index->buckets[i]);
    }
}


void
ngx_http_tender_reader_forget(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b)
{
    ngx_uint_t  i;

    ngx_http_tender_piece_drop_all(index, b->bucket, 0);

    for (i = 0; i < b->nsegments; i++) {
        ngx_http_tender_segment_free(index, b->segments[i]);
    }

    if (b->segments) {
        ngx_free(b->segments);
        b->segments = NULL;
    }

    b->nsegments = 0;

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (b->columns[i]) {
            ngx_free(b->columns[i]);
            b->columns[i] = NULL;
        }
    }

    b->ncolumns = 0;
    b->top = 0;
    b->valid = 0;
    b->damaged = 0;

    ngx_http_tender_reader_reset(b);
}


/* what the log has said */

static void
ngx_http_tender_reader_reset(ngx_http_tender_reader_bucket_t *b)
{
    if (b->pool) {
        ngx_destroy_pool(b->pool);
        b->pool = NULL;
    }

    b->recent = NULL;
    b->facts = NULL;
    b->nfacts = 0;
    b->sfacts = 0;
    b->known = 0;
}


ngx_int_t
ngx_http_tender_reader_damaged(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, const char *what)
{
    if (!b->damaged) {
        ngx_log_error(NGX_LOG_CRIT, index->log, 0,
                      "tender: the index of bucket %ui is damaged: %s; "
                      "POST to index/reindex?reset=1 of \"tender_admin\"",
                      b->bucket, what);
    }

    ngx_http_tender_reader_forget(index, b);

    b->damaged = 1;

    return NGX_ERROR;
}


ngx_int_t
ngx_http_tender_reader_follow(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call)
{
    u_char                           *p;
    ngx_str_t                        *argv;
    ngx_pool_t                       *pool;
    ngx_http_tender_reader_bucket_t  *b;

    pool = ctx->request->pool;
    b = &ctx->main->index->buckets[bucket];

    argv = ngx_palloc(pool, 4 * sizeof(ngx_str_t) + 2 * NGX_INT64_LEN);

    if (argv == NULL
        || ngx_http_tender_index_key(pool, ctx->main, bucket, "manifest",
                                     &argv[0])
           != NGX_OK
        || ngx_http_tender_index_key(pool, ctx->main, bucket, "log", &argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (b->valid) {
        p = (u_char *) (argv + 4);
        p = ngx_http_tender_store_number(p, b->generation, &argv[2]);
        (void) ngx_http_tender_store_number(p, b->known, &argv[3]);

    } else {
        ngx_str_set(&argv[2], "-");
        ngx_str_set(&argv[3], "0");
    }

    call->argv = argv;
    call->argc = 4;
    call->nkeys = 2;
    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_FOLLOW_LUA];

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_reader_followed(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    ngx_http_tender_redis_call_t *call)
{
    int64_t                           generation, known;
    ngx_http_tender_index_t          *index;
    ngx_http_tender_redis_reply_t    *reply, *elts;
    ngx_http_tender_reader_bucket_t  *b;

    index = ctx->main->index;
    b = &index->buckets[bucket];

    reply = call->reply;
    elts = reply->elts;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0
        || reply->nelts > 2
        || elts[0].type != NGX_HTTP_TENDER_REDIS_STRING
        || elts[reply->nelts - 1].type != NGX_HTTP_TENDER_REDIS_STRING)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    if (reply->nelts == 2) {
        if (ngx_http_tender_reader_begin(index, b, &elts[1].str) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_reader_log(index, b, &elts[0].str);
    }

    /* others may have followed it meanwhile: are these bytes the next ones? */

    if (!b->valid
        || ngx_http_tender_store_time(&call->argv[2], &generation) != NGX_OK
        || ngx_http_tender_store_time(&call->argv[3], &known) != NGX_OK
        || (uint64_t) generation != b->generation
        || (size_t) known > b->known)
    {
        return NGX_DECLINED;
    }

    if ((size_t) known + elts[0].str.len <= b->known) {
        return NGX_OK;
    }

    elts[0].str.data += b->known - (size_t) known;
    elts[0].str.len -= b->known - (size_t) known;

    return ngx_http_tender_reader_log(index, b, &elts[0].str);
}


/* another manifest: what it shares with the one before is kept */

static ngx_int_t
ngx_http_tender_reader_begin(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *text)
{
    ngx_int_t                    rc;
    uint64_t                     seen;
    ngx_pool_t                  *pool;
    ngx_http_tender_manifest_t   manifest;

    pool = ngx_create_pool(4096, index->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_manifest_read(pool, text, &manifest);

    if (rc == NGX_OK && b->valid && manifest.generation < b->generation) {

        /* a store that has lost something, or another one */

        ngx_http_tender_reader_forget(index, b);
    }

    seen = b->valid ? b->base + b->known : 0;

    if (rc == NGX_OK) {

        if (manifest.base > seen) {

            /* what it has missed is in the columns */

            ngx_http_tender_piece_drop_all(index, b->bucket, 1);
        }

        rc = ngx_http_tender_reader_segments(index, b, &manifest);
    }

    if (rc == NGX_OK) {
        ngx_http_tender_reader_reset(b);

        b->generation = manifest.generation;
        b->base = manifest.base;
        b->masked = 0;
        b->valid = 1;
    }

    ngx_destroy_pool(pool);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_reader_damaged(index, b, "its manifest");
    }

    return rc;
}


static ngx_int_t
ngx_http_tender_reader_segments(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_manifest_t *manifest)
{
    ngx_uint_t                    i, k;
    ngx_http_tender_segment_t   **segments;

    segments = ngx_calloc((manifest->nlines + 1) * sizeof(void *), index->log);
    if (segments == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < manifest->nlines; i++) {

        for (k = 0; k < b->nsegments; k++) {
            if (b->segments[k]
                && b->segments[k]->line.id == manifest->lines[i].id)
            {
                segments[i] = b->segments[k];
                b->segments[k] = NULL;
                break;
            }
        }

        if (segments[i] == NULL) {
            segments[i] = ngx_calloc(sizeof(ngx_http_tender_segment_t),
                                     index->log);
            if (segments[i] == NULL) {
                break;
            }

            segments[i]->line = manifest->lines[i];
        }

        b->top = ngx_max(b->top, manifest->lines[i].high);
    }

    for (k = 0; k < b->nsegments; k++) {
        if (b->segments[k]) {
            ngx_http_tender_segment_free(index, b->segments[k]);
        }
    }

    if (b->segments) {
        ngx_free(b->segments);
    }

    b->segments = segments;
    b->nsegments = i;

    if (i < manifest->nlines) {
        ngx_http_tender_reader_forget(index, b);
        return NGX_ERROR;
    }

    return ngx_http_tender_reader_room(index, b, b->top);
}


static void
ngx_http_tender_segment_free(ngx_http_tender_index_t *index,
    ngx_http_tender_segment_t *segment)
{
    if (segment->piece) {
        ngx_http_tender_piece_drop(index, segment->piece);
        ngx_http_tender_piece_unpin(index, segment->piece);
    }

    if (segment->pool) {
        ngx_destroy_pool(segment->pool);
    }

    if (segment->dead) {
        ngx_free(segment->dead);
    }

    ngx_free(segment);
}


ngx_int_t
ngx_http_tender_reader_head(ngx_http_tender_index_t *index,
    ngx_http_tender_segment_t *segment, ngx_http_tender_piece_t *piece)
{
    int           rc;
    tender_mem_t  mem;
    tender_str_t  bytes;

    segment->pool = ngx_create_pool(16384, index->log);
    if (segment->pool == NULL) {
        return NGX_ERROR;
    }

    tender_mem_init(&mem, ngx_http_tender_reader_alloc, segment->pool);

    bytes.data = piece->data;
    bytes.len = piece->key.len;

    rc = tender_segment_read(&mem, bytes, &segment->head);

    if (rc == TENDER_OK
        && (segment->head.ndocs != segment->line.docs
            || segment->head.low != segment->line.low
            || segment->head.high != segment->line.high))
    {
        rc = TENDER_DECLINED;
    }

    if (rc != TENDER_OK) {
        ngx_destroy_pool(segment->pool);
        segment->pool = NULL;

        return (rc == TENDER_DECLINED) ? NGX_DECLINED : NGX_ERROR;
    }

    segment->piece = piece;
    ngx_http_tender_piece_pin(index, piece);

    return NGX_OK;
}


/*
 * A document of a segment is dead if a younger one has its number; those
 * of the log have been buried as they came, or are now.
 */

ngx_int_t
ngx_http_tender_reader_mask(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b)
{
    uint32_t                    number, low;
    uint64_t                   *seen;
    ngx_uint_t                  i, k, n, overlap;
    const uint32_t             *numbers;
    ngx_http_tender_segment_t  *s;

    overlap = 0;
    low = NGX_MAX_UINT32_VALUE;

    for (i = b->nsegments; i-- > 0; /* void */ ) {
        overlap |= (b->segments[i]->line.high >= low);
        low = ngx_min(low, b->segments[i]->line.low);
    }

    seen = NULL;

    if (overlap) {
        seen = ngx_calloc(tender_set_words((size_t) b->top + 1)
                          * sizeof(uint64_t), index->log);
        if (seen == NULL) {
            return NGX_ERROR;
        }
    }

    for (i = b->nsegments; i-- > 0 && seen; /* void */ ) {
        s = b->segments[i];

        for (k = 0; k < s->head.ndocs; k++) {
            number = tender_segment_number(&s->head, k);

            if (!tender_set_has(seen, number)) {
                tender_set_add(seen, number);
                continue;
            }

            if (s->dead == NULL) {
                s->dead = ngx_calloc(tender_set_words(s->head.ndocs)
                                     * sizeof(uint64_t), index->log);
                if (s->dead == NULL) {
                    ngx_free(seen);
                    return NGX_ERROR;
                }
            }

            tender_set_add(s->dead, k);
        }
    }

    if (seen) {
        ngx_free(seen);
    }

    b->masked = 1;

    if (b->recent) {
        numbers = tender_recent_numbers(b->recent);
        n = tender_recent_docs(b->recent);

        for (i = 0; i < n; i++) {
            ngx_http_tender_reader_bury(index, b, numbers[i]);
        }
    }

    for (i = 0; i < b->nsegments; i++) {
        s = b->segments[i];
        s->ndead = s->dead ? tender_set_count(s->dead, s->head.ndocs) : 0;
    }

    return b->masked ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_reader_log(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *bytes)
{
    int               rc;
    const u_char     *p, *last;
    tender_entry_t    entry;

    p = bytes->data;
    last = p + bytes->len;

    if (b->pool == NULL) {
        b->pool = ngx_create_pool(16384, index->log);
        if (b->pool == NULL) {
            return NGX_ERROR;
        }

        tender_mem_init(&b->mem, ngx_http_tender_reader_alloc, b->pool);

        b->recent = tender_recent_new(&b->mem);
        if (b->recent == NULL) {
            return NGX_ERROR;
        }
    }

    for ( ;; ) {
        rc = p < last ? tender_entry_read(&p, last, &entry) : TENDER_DONE;

        if (rc == TENDER_DONE) {
            b->known += bytes->len;
            break;
        }

        if (rc != TENDER_OK) {
            return ngx_http_tender_reader_damaged(index, b, "its log");
        }

        rc = ngx_http_tender_reader_entry(index, b, &entry);

        if (rc != NGX_OK) {
            ngx_http_tender_reader_forget(index, b);
            return rc;
        }
    }

    if (b->known >= NGX_HTTP_TENDER_INDEX_LOG
        || b->nfacts >= NGX_HTTP_TENDER_INDEX_SEAL)
    {
        ngx_http_tender_compact(index->main, b->bucket);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_reader_entry(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, tender_entry_t *entry)
{
    ngx_uint_t               i, n;
    ngx_http_tender_fact_t  *fact;

    if (entry->number == 0
        || ngx_http_tender_reader_room(index, b, entry->number) != NGX_OK)
    {
        return NGX_ERROR;
    }

    fact = ngx_http_tender_reader_fact(b);
    if (fact == NULL) {
        return NGX_ERROR;
    }

    fact->entry = *entry;

    for (i = 0; i < sizeof(fact->id); i++) {
        n = (ngx_uint_t) ngx_hextoi(entry->id.data + 2 * i, 2);
        fact->id[i] = (u_char) n;
    }

    n = entry->number / NGX_HTTP_TENDER_READER_CHUNK;

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        if (b->columns[i][n]) {
            ngx_http_tender_reader_lay(b->columns[i][n], fact);
        }
    }

    if (!entry->has_terms) {
        return NGX_OK;
    }

    switch (tender_recent_add(b->recent, entry)) {

    case TENDER_OK:
        break;

    case TENDER_DECLINED:
        return ngx_http_tender_reader_damaged(index, b, "words of its log");

    default:
        return NGX_ERROR;
    }

    if (b->masked) {
        ngx_http_tender_reader_bury(index, b, entry->number);
        return b->masked ? NGX_OK : NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_http_tender_fact_t *
ngx_http_tender_reader_fact(ngx_http_tender_reader_bucket_t *b)
{
    ngx_uint_t               n;
    ngx_http_tender_fact_t  *facts;

    if (b->nfacts == b->sfacts) {
        n = b->sfacts ? 2 * b->sfacts : 64;

        facts = ngx_palloc(b->pool, n * sizeof(ngx_http_tender_fact_t));
        if (facts == NULL) {
            return NULL;
        }

        if (b->nfacts) {
            ngx_memcpy(facts, b->facts,
                       b->nfacts * sizeof(ngx_http_tender_fact_t));
            (void) ngx_pfree(b->pool, b->facts);
        }

        b->facts = facts;
        b->sfacts = n;
    }

    return &b->facts[b->nfacts++];
}


/* columns reach up to this number */

static ngx_int_t
ngx_http_tender_reader_room(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, uint32_t number)
{
    ngx_uint_t                 i, n;
    ngx_http_tender_piece_t  **pieces;

    b->top = ngx_max(b->top, number);

    n = b->top / NGX_HTTP_TENDER_READER_CHUNK + 1;

    if (n <= b->ncolumns) {
        return NGX_OK;
    }

    n = ngx_max(n, 2 * b->ncolumns);

    for (i = 0; i < NGX_HTTP_TENDER_COLUMNS; i++) {
        pieces = ngx_calloc(n * sizeof(void *), index->log);
        if (pieces == NULL) {
            return NGX_ERROR;
        }

        if (b->columns[i]) {
            ngx_memcpy(pieces, b->columns[i], b->ncolumns * sizeof(void *));
            ngx_free(b->columns[i]);
        }

        b->columns[i] = pieces;
    }

    b->ncolumns = n;

    return NGX_OK;
}


/* a tender's words are in the log now */

static void
ngx_http_tender_reader_bury(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, uint32_t number)
{
    int                         doc;
    ngx_uint_t                  i;
    ngx_http_tender_segment_t  *s;

    for (i = 0; i < b->nsegments; i++) {
        s = b->segments[i];

        if (number < s->line.low || number > s->line.high) {
            continue;
        }

        doc = tender_segment_doc(&s->head, number);
        if (doc < 0) {
            continue;
        }

        if (s->dead == NULL) {
            s->dead = ngx_calloc(tender_set_words(s->head.ndocs)
                                 * sizeof(uint64_t), index->log);
            if (s->dead == NULL) {
                b->masked = 0;
                return;
            }
        }

        if (!tender_set_has(s->dead, (unsigned) doc)) {
            tender_set_add(s->dead, (unsigned) doc);
            s->ndead++;
        }
    }
}


void
ngx_http_tender_reader_overlay(ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_piece_t *piece)
{
    ngx_uint_t  i;

    for (i = 0; i < b->nfacts; i++) {
        if (b->facts[i].entry.number / NGX_HTTP_TENDER_READER_CHUNK
            == piece->key.place)
        {
            ngx_http_tender_reader_lay(piece, &b->facts[i]);
        }
    }
}


static void
ngx_http_tender_reader_lay(ngx_http_tender_piece_t *piece,
    ngx_http_tender_fact_t *fact)
{
    size_t           width;
    u_char          *p;
    tender_entry_t  *e;

    e = &fact->entry;

    width = ngx_http_tender_columns[piece->key.segment].width;
    p = piece->data + e->number % NGX_HTTP_TENDER_READER_CHUNK * width;

    switch (piece->key.segment) {

    case NGX_HTTP_TENDER_COLUMN_ID:
        ngx_memcpy(p, fact->id, sizeof(fact->id));
        break;

    case NGX_HTTP_TENDER_COLUMN_CREATED:
        if (e->has_created) {
            (void) tender_put64(p, (uint64_t) e->created);
        }

        break;

    case NGX_HTTP_TENDER_COLUMN_MODIFIED:
        (void) tender_put64(p, (uint64_t) e->modified);
        break;

    case NGX_HTTP_TENDER_COLUMN_DEADLINE:
        if (e->has_deadline) {
            (void) tender_put64(p, (uint64_t) e->deadline);
        }

        break;

    case NGX_HTTP_TENDER_COLUMN_PRICE:
        if (e->has_price) {
            (void) tender_put64(p, (uint64_t) e->price);
        }

        break;

    default: /* NGX_HTTP_TENDER_COLUMN_STATUS */
        *p = (u_char) e->status;
        break;
    }
}


static void *
ngx_http_tender_reader_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}
