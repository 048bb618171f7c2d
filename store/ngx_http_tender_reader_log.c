
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_reader.h"


/* what the log of a bucket says, entry by entry */

static ngx_int_t ngx_http_tender_reader_entries(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    ngx_str_t *bytes);
static ngx_int_t ngx_http_tender_reader_entry(
    ngx_http_tender_index_t *index, ngx_http_tender_reader_bucket_t *b,
    tender_entry_t *entry);
static ngx_http_tender_fact_t *ngx_http_tender_reader_fact(
    ngx_http_tender_reader_bucket_t *b);
static void ngx_http_tender_reader_lay(ngx_http_tender_piece_t *piece,
    ngx_http_tender_fact_t *fact);


ngx_int_t
ngx_http_tender_reader_log(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *bytes)
{
    ngx_int_t  rc;

    if (bytes->len == 0 && b->recent) {
        return NGX_OK;
    }

    rc = ngx_http_tender_reader_entries(index, b, bytes);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_reader_damaged(index, b, "its log");
    }

    if (rc != NGX_OK) {
        ngx_http_tender_reader_forget(index, b);
        return rc;
    }

    if (b->known >= NGX_HTTP_TENDER_INDEX_LOG
        || b->nfacts >= NGX_HTTP_TENDER_INDEX_SEAL)
    {
        ngx_http_tender_compact(index->main, b->bucket);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_reader_entries(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_str_t *bytes)
{
    int              done;
    ngx_int_t        rc;
    const u_char    *p, *last, *begin;
    tender_entry_t   entry;

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

    p = bytes->data;
    last = bytes->len ? p + bytes->len : p;

    while (p < last) {
        begin = p;

        done = tender_entry_read(&p, last, &entry);
        if (done != TENDER_OK) {
            return NGX_DECLINED;
        }

        rc = ngx_http_tender_reader_entry(index, b, &entry);
        if (rc != NGX_OK) {
            return rc;
        }

        b->mark_at = b->known;
        b->mark_len = ngx_min((size_t) (p - begin),
                              NGX_HTTP_TENDER_READER_MARK);
        ngx_memcpy(b->mark, begin, b->mark_len);

        b->known += p - begin;
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
        || entry->number > NGX_HTTP_TENDER_READER_NUMBERS
        || entry->id.len != NGX_HTTP_TENDER_ID_LEN
        || !tender_hex_valid(entry->id))
    {
        return NGX_DECLINED;
    }

    if (ngx_http_tender_reader_room(index, b, entry->number) != NGX_OK) {
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
        return NGX_DECLINED;

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


ngx_int_t
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


void
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
