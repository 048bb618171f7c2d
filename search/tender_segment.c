
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_writer.h"


static int tender_segment_counts(tender_segment_t *segment,
    tender_str_t head, uint32_t *blocks);
static int tender_segment_numbers(tender_segment_t *segment,
    const u_char **p, const u_char *end);
static int tender_segment_blocks(tender_segment_t *segment, const u_char *p,
    const u_char *end, uint32_t len);
static unsigned tender_segment_upper(const tender_segment_t *segment,
    tender_str_t term);


int
tender_segment_read(tender_mem_t *mem, tender_str_t head,
    tender_segment_t *segment)
{
    size_t         n;
    uint32_t       len;
    const u_char  *p, *end;

    if (tender_segment_counts(segment, head, &len) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    p = head.data + TENDER_HEAD_LEN;
    end = head.data + head.len;

    if (tender_segment_numbers(segment, &p, end) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    n = segment->nblocks;

    if (n > (size_t) (end - p) / TENDER_HEAD_BLOCK) {
        return TENDER_DECLINED;
    }

    segment->terms = tender_alloc(mem, n * sizeof(tender_str_t));
    segment->offsets = tender_alloc(mem, (n + 1) * sizeof(uint32_t));

    if (segment->terms == NULL || segment->offsets == NULL) {
        return TENDER_ERROR;
    }

    return tender_segment_blocks(segment, p, end, len);
}


uint32_t
tender_segment_number(const tender_segment_t *segment, unsigned doc)
{
    return segment->dense ? segment->low + doc
                          : tender_get32(segment->numbers + 4 * doc);
}


int
tender_segment_doc(const tender_segment_t *segment, uint32_t number)
{
    uint32_t  found;
    unsigned  from, to, middle;

    if (segment->ndocs == 0
        || number < segment->low || number > segment->high)
    {
        return -1;
    }

    if (segment->dense) {
        return (int) (number - segment->low);
    }

    from = 0;
    to = segment->ndocs;

    while (from < to) {
        middle = (from + to) / 2;
        found = tender_segment_number(segment, middle);

        if (found == number) {
            return (int) middle;
        }

        if (found < number) {
            from = middle + 1;

        } else {
            to = middle;
        }
    }

    return -1;
}


void
tender_segment_find(const tender_segment_t *segment, tender_str_t term,
    unsigned prefix, unsigned *from, unsigned *to)
{
    unsigned             low, high, middle;
    const tender_str_t  *t;

    low = tender_segment_upper(segment, term);

    *from = low != 0 ? low - 1 : 0;
    *to = low;

    if (!prefix) {
        return;
    }

    /* blocks behind it that begin with the prefix stand side by side */

    high = segment->nblocks;

    while (low < high) {
        middle = (low + high) / 2;
        t = &segment->terms[middle];

        if (t->len >= term.len
            && (term.len == 0 || memcmp(t->data, term.data, term.len) == 0))
        {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    *to = low;
}


int
tender_term_compare(tender_str_t a, tender_str_t b)
{
    int     n;
    size_t  len;

    len = a.len < b.len ? a.len : b.len;
    n = len != 0 ? memcmp(a.data, b.data, len) : 0;

    return n != 0 ? n : (a.len > b.len) - (a.len < b.len);
}


static int
tender_segment_counts(tender_segment_t *segment, tender_str_t head,
    uint32_t *blocks)
{
    const u_char  *p;

    if (head.len < TENDER_HEAD_LEN
        || memcmp(head.data, TENDER_HEAD_MAGIC, 4) != 0)
    {
        return TENDER_DECLINED;
    }

    p = head.data + 4;

    if (p[0] != TENDER_HEAD_VERSION || p[1] > 1 || p[2] != 0 || p[3] != 0) {
        return TENDER_DECLINED;
    }

    segment->dense = p[1];
    segment->ndocs = tender_get32(p + 4);
    segment->low = tender_get32(p + 8);
    segment->high = tender_get32(p + 12);
    segment->nblocks = tender_get32(p + 16);
    segment->nterms = tender_get64(p + 20);
    *blocks = tender_get32(p + 28);
    segment->data = tender_get32(p + 32);

    if (segment->ndocs > TENDER_SOURCE_DOCS
        || segment->nterms < segment->nblocks
        || (segment->nblocks == 0 && segment->nterms != 0))
    {
        return TENDER_DECLINED;
    }

    return TENDER_OK;
}


static int
tender_segment_numbers(tender_segment_t *segment, const u_char **p,
    const u_char *end)
{
    unsigned  i;

    segment->numbers = NULL;

    if (segment->ndocs == 0) {
        return segment->dense && segment->low == 0 && segment->high == 0
               && segment->nblocks == 0 ? TENDER_OK : TENDER_DECLINED;
    }

    if (segment->high < segment->low) {
        return TENDER_DECLINED;
    }

    if (segment->dense) {
        return segment->high - segment->low == segment->ndocs - 1
               ? TENDER_OK : TENDER_DECLINED;
    }

    if ((size_t) (end - *p) < 4 * (size_t) segment->ndocs) {
        return TENDER_DECLINED;
    }

    segment->numbers = *p;
    *p += 4 * (size_t) segment->ndocs;

    for (i = 1; i < segment->ndocs; i++) {

        if (tender_segment_number(segment, i)
            <= tender_segment_number(segment, i - 1))
        {
            return TENDER_DECLINED;
        }
    }

    return tender_segment_number(segment, 0) == segment->low
           && tender_segment_number(segment, i - 1) == segment->high
           ? TENDER_OK : TENDER_DECLINED;
}


/* for each block: where it begins, the length of its first term, the term */

static int
tender_segment_blocks(tender_segment_t *segment, const u_char *p,
    const u_char *end, uint32_t len)
{
    unsigned       i;
    uint32_t      *offsets;
    tender_str_t  *term;

    offsets = segment->offsets;

    for (i = 0; i < segment->nblocks; i++) {

        if ((size_t) (end - p) < TENDER_HEAD_BLOCK) {
            return TENDER_DECLINED;
        }

        term = &segment->terms[i];

        offsets[i] = tender_get32(p);
        term->len = p[4];
        term->data = (u_char *) p + 5;
        p += 5;

        if (term->len == 0 || term->len > TENDER_TERM_MAX
            || term->len > (size_t) (end - p)
            || (i != 0 && tender_term_compare(term[-1], term[0]) >= 0))
        {
            return TENDER_DECLINED;
        }

        p += term->len;
    }

    offsets[i] = len;

    if (p != end || offsets[0] != 0) {
        return TENDER_DECLINED;
    }

    for (i = 0; i < segment->nblocks; i++) {

        if (offsets[i + 1] <= offsets[i]
            || offsets[i + 1] - offsets[i] > TENDER_SEGMENT_BLOCK)
        {
            return TENDER_DECLINED;
        }
    }

    return TENDER_OK;
}


/* the first block that begins behind the term */

static unsigned
tender_segment_upper(const tender_segment_t *segment, tender_str_t term)
{
    unsigned  low, high, middle;

    low = 0;
    high = segment->nblocks;

    while (low < high) {
        middle = (low + high) / 2;

        if (tender_term_compare(segment->terms[middle], term) <= 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    return low;
}
