
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_reader.h"


/* the segments of a bucket, and which of their documents are dead */


ngx_uint_t
ngx_http_tender_reader_other(ngx_http_tender_reader_bucket_t *b,
    ngx_http_tender_manifest_t *manifest)
{
    ngx_uint_t                        i, k;
    ngx_http_tender_manifest_line_t  *one, *two;

    if (manifest->generation < b->generation || manifest->base < b->base) {
        return 1;
    }

    for (i = 0; i < manifest->nlines; i++) {
        one = &manifest->lines[i];

        for (k = 0; k < b->nsegments; k++) {
            two = &b->segments[k]->line;

            if (one->id == two->id
                && (one->docs != two->docs
                    || one->low != two->low
                    || one->high != two->high
                    || ngx_memcmp(one->parts, two->parts, sizeof(one->parts))
                       != 0))
            {
                return 1;
            }
        }
    }

    return 0;
}


ngx_int_t
ngx_http_tender_reader_segments(ngx_http_tender_index_t *index,
    ngx_http_tender_reader_bucket_t *b, ngx_http_tender_manifest_t *manifest)
{
    uint32_t                      high;
    ngx_uint_t                    i, k;
    ngx_http_tender_segment_t   **segments;

    for (i = 0; i < manifest->nlines; i++) {
        if (manifest->lines[i].high > NGX_HTTP_TENDER_READER_NUMBERS) {
            return NGX_DECLINED;
        }
    }

    segments = ngx_calloc((manifest->nlines + 1) * sizeof(void *), index->log);
    if (segments == NULL) {
        return NGX_ERROR;
    }

    high = 0;

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

        high = ngx_max(high, manifest->lines[i].high);
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

    b->high = high;

    return ngx_http_tender_reader_room(index, b, ngx_max(b->top, high));
}


void
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
            || segment->head.high != segment->line.high
            || segment->head.data != segment->line.parts[TENDER_SEGMENT_DATA]
            || segment->head.offsets[segment->head.nblocks]
               != segment->line.parts[TENDER_SEGMENT_BLOCKS]))
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
