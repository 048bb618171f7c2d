
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_writer.h"


#define TENDER_GATHER_BUFFER  4096


static int tender_gather_array(tender_gather_t *gather,
    const tender_postings_t *postings, unsigned ndocs, const uint16_t *map);
static int tender_gather_bitmap(tender_gather_t *gather,
    const tender_postings_t *postings, unsigned ndocs, const uint16_t *map);
static int tender_gather_doc(tender_gather_t *gather, unsigned doc,
    const u_char **p, const u_char *end);
static const u_char *tender_gather_skip(const u_char *p, const u_char *end);
static int tender_gather_sort(tender_gather_t *gather);
static unsigned tender_gather_run(const tender_gather_item_t *items,
    unsigned i, unsigned n);
static int tender_gather_positions(tender_gather_t *gather,
    tender_str_t *positions);


/* of a document where a word has no known position: how many times */

static const u_char  tender_gather_none[] = { 0 };


int
tender_gather_init(tender_gather_t *gather, tender_mem_t *mem, unsigned max)
{
    memset(gather, 0, sizeof(tender_gather_t));

    gather->mem = mem;
    gather->max = max;
    gather->items = tender_alloc(mem, max * sizeof(tender_gather_item_t));
    gather->docs = tender_alloc(mem, max * sizeof(uint16_t));

    return gather->items != NULL && gather->docs != NULL ? TENDER_OK
                                                         : TENDER_ERROR;
}


int
tender_gather_add(tender_gather_t *gather, const tender_postings_t *postings,
    unsigned ndocs, const uint16_t *map)
{
    switch (postings->kind) {

    case TENDER_POSTINGS_ARRAY:
        return tender_gather_array(gather, postings, ndocs, map);

    case TENDER_POSTINGS_BITMAP:
        return tender_gather_bitmap(gather, postings, ndocs, map);

    default:
        return TENDER_OK;
    }
}


int
tender_gather_write(tender_gather_t *gather, tender_writer_t *writer,
    tender_str_t term)
{
    int            rc;
    unsigned       i, n;
    tender_str_t   positions;

    n = gather->n;

    if (n == 0) {
        return TENDER_OK;
    }

    if (gather->mixed && tender_gather_sort(gather) != TENDER_OK) {
        return TENDER_ERROR;
    }

    for (i = 0; i < n; i++) {
        gather->docs[i] = gather->items[i].doc;
    }

    positions.len = 0;
    positions.data = NULL;

    if (gather->known) {

        rc = tender_gather_positions(gather, &positions);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    gather->n = 0;
    gather->mixed = 0;
    gather->known = 0;

    return tender_writer_term(writer, term, gather->docs, n, positions);
}


int
tender_buffer_grow(tender_mem_t *mem, u_char **buf, size_t *have, size_t size)
{
    size_t   len;
    u_char  *p;

    if (size <= *have) {
        return TENDER_OK;
    }

    len = *have != 0 ? *have : TENDER_GATHER_BUFFER;

    while (len < size) {
        len *= 2;
    }

    p = tender_alloc(mem, len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    *buf = p;
    *have = len;

    return TENDER_OK;
}


static int
tender_gather_array(tender_gather_t *gather,
    const tender_postings_t *postings, unsigned ndocs, const uint16_t *map)
{
    unsigned       i, doc, next;
    const u_char  *p, *end;

    if (postings->docs.len != 2 * (size_t) postings->n) {
        return TENDER_DECLINED;
    }

    p = postings->positions.len != 0 ? postings->positions.data : NULL;
    end = p != NULL ? p + postings->positions.len : NULL;
    next = 0;

    for (i = 0; i < postings->n; i++) {
        doc = tender_get16(postings->docs.data + 2 * i);

        if (doc < next || doc >= ndocs
            || tender_gather_doc(gather, map[doc], &p, end) != TENDER_OK)
        {
            return TENDER_DECLINED;
        }

        next = doc + 1;
    }

    return p == end ? TENDER_OK : TENDER_DECLINED;
}


static int
tender_gather_bitmap(tender_gather_t *gather,
    const tender_postings_t *postings, unsigned ndocs, const uint16_t *map)
{
    uint64_t       word;
    unsigned       i, n, doc;
    const u_char  *p, *end;

    if (postings->docs.len != 8 * (size_t) tender_set_words(ndocs)) {
        return TENDER_DECLINED;
    }

    p = postings->positions.len != 0 ? postings->positions.data : NULL;
    end = p != NULL ? p + postings->positions.len : NULL;
    n = 0;

    for (i = 0; i < tender_set_words(ndocs); i++) {

        for (word = tender_get64(postings->docs.data + 8 * i);
             word != 0;
             word &= word - 1)
        {
            doc = 64 * i + (unsigned) __builtin_ctzll(word);
            n++;

            if (doc >= ndocs
                || tender_gather_doc(gather, map[doc], &p, end) != TENDER_OK)
            {
                return TENDER_DECLINED;
            }
        }
    }

    return p == end && n == postings->n ? TENDER_OK : TENDER_DECLINED;
}


/* doc is that of the result; *p moves behind its positions */

static int
tender_gather_doc(tender_gather_t *gather, unsigned doc, const u_char **p,
    const u_char *end)
{
    const u_char          *positions;
    tender_gather_item_t  *item;

    positions = *p;

    if (positions != NULL) {
        *p = tender_gather_skip(positions, end);

        if (*p == NULL) {
            return TENDER_DECLINED;
        }
    }

    if (doc == TENDER_GATHER_DROP) {
        return TENDER_OK;
    }

    if (gather->n == gather->max) {
        return TENDER_DECLINED;
    }

    item = &gather->items[gather->n];
    item->doc = (uint16_t) doc;

    if (positions != NULL) {
        item->positions = positions;
        item->len = (uint32_t) (*p - positions);
        gather->known |= *positions != 0;

    } else {
        item->positions = tender_gather_none;
        item->len = 1;
    }

    gather->mixed |= gather->n != 0 && item[-1].doc >= doc;
    gather->n++;

    return TENDER_OK;
}


static const u_char *
tender_gather_skip(const u_char *p, const u_char *end)
{
    uint32_t  n;

    if (p != end && *p < 0x80) {
        n = *p++;

    } else {
        p = tender_leb_read(p, end, &n);
        if (p == NULL) {
            return NULL;
        }
    }

    while (n != 0) {

        if (p == end) {
            return NULL;
        }

        n -= *p++ < 0x80;
    }

    return p;
}


/* joins runs that are sorted, two at a time: there are as many as sources */

static int
tender_gather_sort(tender_gather_t *gather)
{
    unsigned               n, to, left, right, middle, end, runs;
    tender_gather_item_t  *items, *out;

    if (gather->spare == NULL) {
        gather->spare = tender_alloc(gather->mem, gather->max
                                     * sizeof(tender_gather_item_t));
        if (gather->spare == NULL) {
            return TENDER_ERROR;
        }
    }

    n = gather->n;

    do {
        items = gather->items;
        out = gather->spare;
        runs = 0;

        for (to = 0; to < n; /* void */ ) {
            left = to;
            middle = tender_gather_run(items, left, n);
            end = tender_gather_run(items, middle, n);
            right = middle;

            while (to < end) {

                if (right == end
                    || (left < middle && items[left].doc < items[right].doc))
                {
                    out[to++] = items[left++];

                } else {
                    out[to++] = items[right++];
                }
            }

            runs++;
        }

        gather->items = out;
        gather->spare = items;

    } while (runs > 1);

    return TENDER_OK;
}


/* where the run that begins at i ends */

static unsigned
tender_gather_run(const tender_gather_item_t *items, unsigned i, unsigned n)
{
    if (i == n) {
        return n;
    }

    do {
        i++;
    } while (i < n && items[i - 1].doc < items[i].doc);

    return i;
}


static int
tender_gather_positions(tender_gather_t *gather, tender_str_t *positions)
{
    size_t                       len;
    u_char                      *p;
    unsigned                     i, j;
    const tender_gather_item_t  *items;

    items = gather->items;
    len = 0;

    for (i = 0; i < gather->n; i++) {
        len += items[i].len;
    }

    if (tender_buffer_grow(gather->mem, &gather->positions, &gather->size,
                           len)
        != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    p = gather->positions;

    for (i = 0; i < gather->n; i = j) {
        len = items[i].len;

        /* most of them stand side by side already */

        for (j = i + 1;
             j < gather->n && items[j].positions == items[i].positions + len;
             j++)
        {
            len += items[j].len;
        }

        memcpy(p, items[i].positions, len);
        p += len;
    }

    positions->data = gather->positions;
    positions->len = (size_t) (p - gather->positions);

    return TENDER_OK;
}
