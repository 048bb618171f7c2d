
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_writer.h"


/* what is sorted: by key, then by what is behind its bytes in term */

typedef struct {
    uint64_t               key;
    tender_str_t           term;
} tender_build_item_t;


typedef struct {
    tender_mem_t          *mem;
    const tender_recent_t *recent;

    unsigned               ndocs;        /* of what is recent */
    unsigned               living;
    uint16_t              *map;
    uint32_t              *numbers;

    tender_build_item_t   *terms;
    size_t                 nterms;
    size_t                 max;

    tender_gather_t        gather;
    tender_writer_t       *writer;
} tender_build_t;


static int tender_build_docs(tender_build_t *build);
static int tender_build_count(void *data, tender_str_t term, unsigned n);
static int tender_build_add(void *data, tender_str_t term, unsigned n);
static int tender_build_terms(tender_build_t *build);
static int tender_build_term(tender_build_t *build, tender_str_t term);
static uint64_t tender_build_key(tender_str_t term);
static int tender_build_compare(const tender_build_item_t *a,
    const tender_build_item_t *b);
static tender_build_item_t *tender_build_sort(tender_mem_t *mem,
    tender_build_item_t *items, size_t n);
static void tender_build_join(const tender_build_item_t *items,
    size_t left, size_t middle, size_t end, tender_build_item_t *out);


int
tender_segment_build(tender_mem_t *mem, const tender_recent_t *recent,
    tender_sink_pt sink, void *data)
{
    int             rc;
    size_t          i;
    tender_build_t  build;

    memset(&build, 0, sizeof(tender_build_t));

    build.mem = mem;
    build.recent = recent;

    if (tender_build_docs(&build) != TENDER_OK
        || tender_gather_init(&build.gather, mem, build.living) != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    build.writer = tender_writer_new(mem, build.numbers, build.living, sink,
                                     data);
    if (build.writer == NULL) {
        return TENDER_ERROR;
    }

    rc = tender_build_terms(&build);
    if (rc != TENDER_OK) {
        return rc;
    }

    for (i = 0; i < build.nterms; i++) {

        rc = tender_build_term(&build, build.terms[i].term);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return tender_writer_end(build.writer);
}


/* the living ones in the order of their numbers */

static int
tender_build_docs(tender_build_t *build)
{
    unsigned              i, n, doc;
    const uint32_t       *numbers;
    const uint64_t       *dead;
    tender_build_item_t  *items;

    n = tender_recent_docs(build->recent);
    numbers = tender_recent_numbers(build->recent);
    dead = tender_recent_dead(build->recent);

    build->ndocs = n;
    build->map = tender_alloc(build->mem, n * sizeof(uint16_t));
    build->numbers = tender_alloc(build->mem, n * sizeof(uint32_t));
    items = tender_alloc(build->mem, n * sizeof(tender_build_item_t));

    if (build->map == NULL || build->numbers == NULL || items == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0; i < n; i++) {
        build->map[i] = TENDER_GATHER_DROP;

        if (!tender_set_has(dead, i)) {
            memset(&items[build->living], 0, sizeof(tender_build_item_t));
            items[build->living++].key = (uint64_t) numbers[i] << 16 | i;
        }
    }

    items = tender_build_sort(build->mem, items, build->living);
    if (items == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0; i < build->living; i++) {
        doc = items[i].key & 0xffff;
        build->map[doc] = (uint16_t) i;
        build->numbers[i] = numbers[doc];
    }

    return TENDER_OK;
}


static int
tender_build_count(void *data, tender_str_t term, unsigned n)
{
    tender_build_t  *build;

    (void) term;
    (void) n;

    build = data;
    build->max++;

    return TENDER_OK;
}


static int
tender_build_add(void *data, tender_str_t term, unsigned n)
{
    tender_build_t       *build;
    tender_build_item_t  *item;

    (void) n;

    build = data;

    if (build->nterms == build->max) {
        return TENDER_ERROR;
    }

    item = &build->terms[build->nterms++];
    item->key = tender_build_key(term);
    item->term = term;

    return TENDER_OK;
}


static int
tender_build_terms(tender_build_t *build)
{
    int           rc;
    tender_str_t  all;

    all.len = 0;
    all.data = (u_char *) "";

    rc = tender_recent_terms(build->recent, all, tender_build_count, build);
    if (rc != TENDER_OK) {
        return rc;
    }

    build->terms = tender_alloc(build->mem,
                                build->max * sizeof(tender_build_item_t));
    if (build->terms == NULL) {
        return TENDER_ERROR;
    }

    rc = tender_recent_terms(build->recent, all, tender_build_add, build);
    if (rc != TENDER_OK) {
        return rc;
    }

    build->terms = tender_build_sort(build->mem, build->terms, build->nterms);

    return build->terms != NULL ? TENDER_OK : TENDER_ERROR;
}


static int
tender_build_term(tender_build_t *build, tender_str_t term)
{
    int                rc;
    tender_postings_t  postings;

    rc = tender_recent_term(build->recent, build->mem, term, 1, &postings);
    if (rc != TENDER_OK) {
        return rc;
    }

    rc = tender_gather_add(&build->gather, &postings, build->ndocs,
                           build->map);
    if (rc != TENDER_OK) {
        return rc;
    }

    return tender_gather_write(&build->gather, build->writer, term);
}


/* its first 8 bytes as a number */

static uint64_t
tender_build_key(tender_str_t term)
{
    size_t    i;
    uint64_t  key;

    key = 0;

    for (i = 0; i < 8; i++) {
        key = key << 8 | (i < term.len ? term.data[i] : 0);
    }

    return key;
}


static int
tender_build_compare(const tender_build_item_t *a,
    const tender_build_item_t *b)
{
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }

    return tender_term_compare(a->term, b->term);
}


/* returns items or a copy of them, sorted; NULL: out of memory */

static tender_build_item_t *
tender_build_sort(tender_mem_t *mem, tender_build_item_t *items, size_t n)
{
    size_t                i, width, middle, end;
    tender_build_item_t  *spare, *swap;

    spare = tender_alloc(mem, n * sizeof(tender_build_item_t));
    if (spare == NULL) {
        return NULL;
    }

    for (width = 1; width < n; width *= 2) {

        for (i = 0; i < n; i = end) {
            middle = n - i > width ? i + width : n;
            end = n - middle > width ? middle + width : n;

            tender_build_join(items, i, middle, end, spare);
        }

        swap = items;
        items = spare;
        spare = swap;
    }

    return items;
}


static void
tender_build_join(const tender_build_item_t *items, size_t left,
    size_t middle, size_t end, tender_build_item_t *out)
{
    size_t  to, right;

    right = middle;

    if (middle == end
        || tender_build_compare(&items[middle - 1], &items[middle]) <= 0)
    {
        memcpy(&out[left], &items[left],
               (end - left) * sizeof(tender_build_item_t));
        return;
    }

    for (to = left; to < end; to++) {

        if (right == end
            || (left < middle
                && tender_build_compare(&items[left], &items[right]) <= 0))
        {
            out[to] = items[left++];

        } else {
            out[to] = items[right++];
        }
    }
}
