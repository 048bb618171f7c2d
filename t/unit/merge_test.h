
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MERGE_TEST_H_INCLUDED_
#define _TENDER_MERGE_TEST_H_INCLUDED_


#include "t/unit/segment_test.h"


#define TEST_INPUTS  8


/* inputs of a merge, and the documents that its result ought to have */

typedef struct {
    unsigned           n;
    unsigned           nterms;
    uint64_t           seed;
    test_segment_t     bytes[TEST_INPUTS];
    tender_segment_t   segments[TEST_INPUTS];
    uint64_t          *dead[TEST_INPUTS];
    unsigned           ndocs;
    test_doc_t        *docs;
} test_inputs_t;


typedef struct {
    uint32_t           lowest;     /* numbers of documents */
    uint32_t           highest;
    unsigned           have;       /* of 256: how many of them an input has */
    unsigned           dead;       /* of 256: how many of these are dead */
} test_shape_t;


static void test_inputs(tender_mem_t *mem, test_inputs_t *inputs, unsigned n,
    const test_shape_t *shapes, unsigned nterms, uint64_t seed);
static void test_input(tender_mem_t *mem, test_inputs_t *inputs, unsigned i,
    const test_shape_t *shape, unsigned *last);
static void test_input_write(tender_mem_t *mem, test_inputs_t *inputs,
    unsigned i, const test_doc_t *docs, unsigned n);
static int test_merge(tender_mem_t *mem, const test_inputs_t *inputs,
    size_t piece, unsigned slice, test_segment_t *out);
static void test_inputs_free(test_inputs_t *inputs);


/* the version of a document is the input that it stands in */

static TEST_UNUSED void
test_inputs(tender_mem_t *mem, test_inputs_t *inputs, unsigned n,
    const test_shape_t *shapes, unsigned nterms, uint64_t seed)
{
    uint32_t   highest, number;
    unsigned   i, *last;

    memset(inputs, 0, sizeof(test_inputs_t));

    inputs->n = n;
    inputs->nterms = nterms;
    inputs->seed = seed;

    highest = 0;

    for (i = 0; i < n; i++) {
        highest = shapes[i].highest > highest ? shapes[i].highest : highest;
    }

    /* 0: there is none; 2 * version + 2: it lives; + 3: it is dead */

    last = tender_alloc(mem, (highest + 1) * sizeof(unsigned));
    memset(last, 0, (highest + 1) * sizeof(unsigned));

    for (i = 0; i < n; i++) {
        test_input(mem, inputs, i, &shapes[i], last);
    }

    inputs->docs = tender_alloc(mem, (highest + 1) * sizeof(test_doc_t));

    for (number = 0; number <= highest; number++) {

        if (last[number] != 0 && last[number] % 2 == 0) {
            inputs->docs[inputs->ndocs].number = number;
            inputs->docs[inputs->ndocs++].version = last[number] / 2 - 1;
        }
    }
}


static TEST_UNUSED void
test_input(tender_mem_t *mem, test_inputs_t *inputs, unsigned i,
    const test_shape_t *shape, unsigned *last)
{
    size_t       size;
    uint64_t     h;
    uint32_t     number;
    unsigned     n, killed;
    test_doc_t  *docs;

    docs = tender_alloc(mem, (shape->highest - shape->lowest + 1)
                             * sizeof(test_doc_t));
    size = 8 * tender_set_words(shape->highest - shape->lowest + 1);
    n = 0;

    if (shape->dead != 0) {
        inputs->dead[i] = tender_alloc(mem, size);
        memset(inputs->dead[i], 0, size);
    }

    for (number = shape->lowest; number <= shape->highest; number++) {
        h = test_mix(inputs->seed + i, number);

        if (h % 256 >= shape->have) {
            continue;
        }

        killed = h / 256 % 256 < shape->dead;

        if (killed) {
            tender_set_add(inputs->dead[i], n);
        }

        docs[n].number = number;
        docs[n++].version = i;
        last[number] = 2 * i + 2 + killed;
    }

    test_input_write(mem, inputs, i, docs, n);
}


static TEST_UNUSED void
test_input_write(tender_mem_t *mem, test_inputs_t *inputs, unsigned i,
    const test_doc_t *docs, unsigned n)
{
    if (test_write(mem, inputs->seed, docs, n, inputs->nterms,
                   &inputs->bytes[i])
        != TENDER_OK
        || tender_segment_read(mem,
                               inputs->bytes[i].parts[TENDER_SEGMENT_HEAD],
                               &inputs->segments[i])
           != TENDER_OK)
    {
        abort();
    }
}


/* handed over in pieces, of that size but for the last one of a part */

static TEST_UNUSED int
test_merge(tender_mem_t *mem, const test_inputs_t *inputs, size_t piece,
    unsigned slice, test_segment_t *out)
{
    int              rc;
    unsigned         input, part;
    uint32_t         offset;
    tender_str_t     bytes;
    tender_merge_t  *merge;

    rc = tender_merge_new(mem, inputs->segments,
                          (const uint64_t *const *) inputs->dead, inputs->n,
                          test_sink, out, &merge);

    while (rc == TENDER_OK) {
        rc = tender_merge_run(merge, slice, &input, &part, &offset);

        if (rc != TENDER_AGAIN) {
            continue;
        }

        bytes = inputs->bytes[input].parts[part];

        if (offset != 0) {
            bytes.data += offset;
            bytes.len -= offset;
        }

        bytes.len = bytes.len < piece ? bytes.len : piece;

        rc = tender_merge_feed(merge, input, part, bytes);
    }

    return rc;
}


static TEST_UNUSED void
test_inputs_free(test_inputs_t *inputs)
{
    unsigned  i;

    for (i = 0; i < TEST_INPUTS; i++) {
        test_free(&inputs->bytes[i]);
    }
}


#endif /* _TENDER_MERGE_TEST_H_INCLUDED_ */
