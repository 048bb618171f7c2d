
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MULTIPART_FEED_H_INCLUDED_
#define _TENDER_MULTIPART_FEED_H_INCLUDED_


/*
 * A multipart body in pieces, and what the parser says of it, as text:
 *
 *     <name;filename;type>data</>    a part; "-" for no filename
 *     .                              the closing delimiter
 *     !why                           a refusal, or what is missing at the end
 */


#include <stdlib.h>

#include "format/tender_multipart.h"


typedef struct {
    size_t    len;
    size_t    size;
    u_char   *data;
    size_t    bytes;      /* of all parts */
    int       rc;         /* of tender_multipart_finish() */
} feed_t;


static void feed_body(feed_t *feed, tender_mem_t *mem, tender_str_t boundary,
    tender_str_t body, size_t max, uint64_t seed);
static tender_multipart_e feed_piece(feed_t *feed, tender_multipart_t *mp,
    const u_char *data, size_t len);
static void feed_event(feed_t *feed, tender_multipart_t *mp,
    tender_multipart_e event, tender_str_t data);
static void feed_text(feed_t *feed, const void *text, size_t len);
static void feed_str(feed_t *feed, tender_str_t text);


/* pieces of 1 to max bytes as the seed says; max 0: all at once */

static void
feed_body(feed_t *feed, tender_mem_t *mem, tender_str_t boundary,
    tender_str_t body, size_t max, uint64_t seed)
{
    size_t              len, pos;
    tender_multipart_t  mp;
    tender_multipart_e  event;

    feed->len = 0;
    feed->bytes = 0;

    feed->rc = tender_multipart_init(&mp, mem, boundary);
    if (feed->rc != TENDER_OK) {
        return;
    }

    event = TENDER_MULTIPART_MORE;

    for (pos = 0; pos < body.len; pos += len) {

        len = body.len - pos;

        if (max != 0) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;

            if (len > 1 + (seed >> 33) % max) {
                len = 1 + (seed >> 33) % max;
            }
        }

        event = feed_piece(feed, &mp, body.data + pos, len);

        if (event != TENDER_MULTIPART_MORE) {
            break;
        }
    }

    feed->rc = tender_multipart_finish(&mp);

    if (feed->rc == TENDER_DECLINED && event != TENDER_MULTIPART_BAD) {
        feed_event(feed, &mp, TENDER_MULTIPART_BAD, body);
    }
}


/* a piece is a block of its own, so that a sanitizer sees its borders */

static tender_multipart_e
feed_piece(feed_t *feed, tender_multipart_t *mp, const u_char *data,
    size_t len)
{
    u_char              *piece, *p;
    tender_str_t         text;
    tender_multipart_e   event;

    piece = malloc(len);
    memcpy(piece, data, len);
    p = piece;

    for ( ;; ) {
        event = tender_multipart_next(mp, &p, piece + len, &text);

        if (event == TENDER_MULTIPART_MORE) {

            if (p != piece + len) {
                abort();
            }

            break;
        }

        feed_event(feed, mp, event, text);

        if (event == TENDER_MULTIPART_BAD
            || event == TENDER_MULTIPART_NO_MEMORY)
        {
            /* it stays so */

            if (tender_multipart_next(mp, &p, p, &text) != event) {
                abort();
            }

            break;
        }
    }

    free(piece);

    return event;
}


static void
feed_event(feed_t *feed, tender_multipart_t *mp, tender_multipart_e event,
    tender_str_t data)
{
    switch (event) {

    case TENDER_MULTIPART_PART:
        feed_text(feed, "<", 1);
        feed_str(feed, mp->part.name);
        feed_text(feed, ";", 1);

        if (mp->part.has_file) {
            feed_str(feed, mp->part.filename);

        } else {
            feed_text(feed, "-", 1);
        }

        feed_text(feed, ";", 1);
        feed_str(feed, mp->part.type);
        feed_text(feed, ">", 1);
        break;

    case TENDER_MULTIPART_DATA:
        if (data.len == 0) {
            abort();
        }

        feed->bytes += data.len;
        feed_str(feed, data);
        break;

    case TENDER_MULTIPART_PART_END:
        feed_text(feed, "</>", 3);
        break;

    case TENDER_MULTIPART_END:
        feed_text(feed, ".", 1);
        break;

    case TENDER_MULTIPART_BAD:
        feed_text(feed, "!", 1);
        feed_text(feed, mp->why, strlen(mp->why));
        break;

    default:
        feed_text(feed, "?", 1);
    }
}


static void
feed_text(feed_t *feed, const void *text, size_t len)
{
    if (len > feed->size - feed->len) {
        feed->size = 2 * (feed->len + len);
        feed->data = realloc(feed->data, feed->size);
    }

    if (len != 0) {
        memcpy(feed->data + feed->len, text, len);
        feed->len += len;
    }
}


static void
feed_str(feed_t *feed, tender_str_t text)
{
    feed_text(feed, text.data, text.len);
}


#endif /* _TENDER_MULTIPART_FEED_H_INCLUDED_ */
