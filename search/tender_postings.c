
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_postings.h"


static inline uint64_t tender_postings_tail(unsigned ndocs, unsigned word);
static unsigned tender_postings_docs(const tender_postings_t *postings);
static unsigned tender_postings_words(const tender_postings_t *postings,
    unsigned ndocs);


unsigned
tender_set_count(const uint64_t *set, unsigned ndocs)
{
    uint64_t  x, sum;
    unsigned  i, n;

    sum = 0;
    n = tender_set_words(ndocs);

    for (i = 0; i < n; i++) {
        x = set[i] & tender_postings_tail(ndocs, i);

        x = x - (x >> 1 & 0x5555555555555555);
        x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
        x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
        sum += x * 0x0101010101010101 >> 56;
    }

    return (unsigned) sum;
}


/* of an array: one that is too high, or far out of order, is passed over */

void
tender_set_join(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs)
{
    unsigned       i, n, at, doc;
    const u_char  *p;

    p = postings->docs.data;
    at = 0;

    if (postings->kind == TENDER_POSTINGS_ARRAY) {
        n = tender_postings_docs(postings);

        for (i = 0; i < n; i++, p += 2) {
            doc = tender_get16(p);

            if (doc < ndocs && doc / 64 >= at) {
                at = doc / 64;
                tender_set_add(set, doc);
            }
        }

        return;
    }

    n = tender_postings_words(postings, ndocs);

    for (i = 0; i < n; i++, p += 8) {
        set[i] |= tender_get64(p) & tender_postings_tail(ndocs, i);
    }
}


void
tender_set_meet(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs)
{
    uint64_t       word;
    unsigned       i, n, at, doc;
    const u_char  *p;

    p = postings->docs.data;
    at = 0;

    if (postings->kind == TENDER_POSTINGS_ARRAY) {
        n = tender_postings_docs(postings);
        word = 0;

        for (i = 0; i < n; i++, p += 2) {
            doc = tender_get16(p);

            if (doc >= ndocs || doc / 64 < at) {
                continue;
            }

            if (doc / 64 != at) {
                set[at] &= word;
                word = 0;

                for (at++; at < doc / 64; at++) {
                    set[at] = 0;
                }
            }

            word |= (uint64_t) 1 << (doc % 64);
        }

        if (ndocs != 0) {
            set[at++] &= word;
        }

    } else {
        n = tender_postings_words(postings, ndocs);

        for ( /* void */ ; at < n; at++, p += 8) {
            set[at] &= tender_get64(p);
        }
    }

    for ( /* void */ ; at < tender_set_words(ndocs); at++) {
        set[at] = 0;
    }
}


void
tender_set_part(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs)
{
    unsigned       i, n, at, doc;
    const u_char  *p;

    p = postings->docs.data;
    at = 0;

    if (postings->kind == TENDER_POSTINGS_ARRAY) {
        n = tender_postings_docs(postings);

        for (i = 0; i < n; i++, p += 2) {
            doc = tender_get16(p);

            if (doc < ndocs && doc / 64 >= at) {
                at = doc / 64;
                tender_set_remove(set, doc);
            }
        }

        return;
    }

    n = tender_postings_words(postings, ndocs);

    for (i = 0; i < n; i++, p += 8) {
        set[i] &= ~tender_get64(p);
    }
}


void
tender_postings_begin(tender_docs_t *docs, const tender_postings_t *postings,
    unsigned ndocs)
{
    docs->array = (postings->kind == TENDER_POSTINGS_ARRAY);
    docs->ndocs = ndocs;
    docs->word = 0;
    docs->at = 0;
    docs->p = postings->docs.data;
    docs->n = docs->array ? tender_postings_docs(postings)
                          : tender_postings_words(postings, ndocs);
}


int
tender_postings_next(tender_docs_t *docs)
{
    unsigned  doc;

    if (docs->array) {

        if (docs->at == docs->n) {
            return -1;
        }

        docs->at++;
        docs->p += 2;

        return tender_get16(docs->p - 2);
    }

    while (docs->word == 0) {

        if (docs->at == docs->n) {
            return -1;
        }

        docs->word = tender_get64(docs->p)
                     & tender_postings_tail(docs->ndocs, docs->at);
        docs->at++;
        docs->p += 8;
    }

    doc = (docs->at - 1) * 64 + (unsigned) __builtin_ctzll(docs->word);
    docs->word &= docs->word - 1;

    return (int) doc;
}


u_char *
tender_leb_write(u_char *p, uint32_t n)
{
    while (n >= 0x80) {
        *p++ = (u_char) (n | 0x80);
        n >>= 7;
    }

    *p++ = (u_char) n;

    return p;
}


const u_char *
tender_leb_read_long(const u_char *p, const u_char *end, uint32_t *n)
{
    uint32_t  value;
    unsigned  shift;

    value = 0;

    for (shift = 0; p < end && shift < 35; shift += 7) {

        if (shift == 28 && *p > 0x0f) {
            return NULL;
        }

        value |= (uint32_t) (*p & 0x7f) << shift;

        if (*p++ < 0x80) {
            *n = value;
            return p;
        }
    }

    return NULL;
}


u_char *
tender_put16(u_char *p, uint16_t n)
{
    *p++ = (u_char) n;
    *p++ = (u_char) (n >> 8);

    return p;
}


u_char *
tender_put32(u_char *p, uint32_t n)
{
    p = tender_put16(p, (uint16_t) n);

    return tender_put16(p, (uint16_t) (n >> 16));
}


u_char *
tender_put64(u_char *p, uint64_t n)
{
    p = tender_put32(p, (uint32_t) n);

    return tender_put32(p, (uint32_t) (n >> 32));
}


/* the bits of a word that are documents */

static inline uint64_t
tender_postings_tail(unsigned ndocs, unsigned word)
{
    return ndocs - word * 64 >= 64 ? UINT64_MAX
                                   : ((uint64_t) 1 << ndocs % 64) - 1;
}


/* of an array, whatever it says of itself */

static unsigned
tender_postings_docs(const tender_postings_t *postings)
{
    return postings->docs.len / 2 < postings->n
           ? (unsigned) (postings->docs.len / 2) : postings->n;
}


static unsigned
tender_postings_words(const tender_postings_t *postings, unsigned ndocs)
{
    size_t  n;

    if (postings->kind != TENDER_POSTINGS_BITMAP) {
        return 0;
    }

    n = postings->docs.len / 8;

    return n < tender_set_words(ndocs) ? (unsigned) n
                                       : tender_set_words(ndocs);
}
