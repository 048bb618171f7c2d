
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"
#include "t/unit/merge_test.h"


typedef struct {
    unsigned         left;
    tender_arena_t  *arena;
} test_limited_t;


static void test_random(void);
static unsigned test_round(uint64_t seed, unsigned nterms, size_t piece,
    unsigned slice);
static void test_large(void);
static void test_empty(void);
static void test_dead(void);
static void test_too_many(void);
static void test_small(test_inputs_t *inputs);
static void test_full(void);
static void *test_limited(void *data, size_t size);
static void test_memory(void);
static void test_damaged(void);
static u_char *test_offset(const test_segment_t *bytes,
    const tender_segment_t *segment);
static void test_short(void);
static void test_feed(void);
static void test_ended(void);


static tender_mem_t     mem;
static tender_arena_t  *arena;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_random();
    test_large();
    test_empty();
    test_dead();
    test_too_many();
    test_full();
    test_memory();
    test_damaged();
    test_short();
    test_feed();
    test_ended();

    tender_arena_free(arena);

    return done_testing();
}


/* small inputs, a different shape each time */

static void
test_random(void)
{
    unsigned  i, wrong;

    static const size_t    pieces[] = { 4096, 7, 1, 100000 };
    static const unsigned  slices[] = { 500, 1, 40 };

    wrong = 0;

    for (i = 0; i < 60; i++) {
        wrong += test_round(i, 150, pieces[i % 4], slices[i % 3]);
    }

    is_int(wrong, 0, "60 results are what their inputs are together");
}


static unsigned
test_round(uint64_t seed, unsigned nterms, size_t piece, unsigned slice)
{
    int             rc;
    uint64_t        h;
    unsigned        i, n, wrong;
    test_shape_t    shapes[TEST_INPUTS];
    test_inputs_t   inputs;
    test_segment_t  out;

    memset(&out, 0, sizeof(test_segment_t));

    n = (unsigned) (test_mix(seed, 99) % TEST_INPUTS) + 1;

    for (i = 0; i < n; i++) {
        h = test_mix(seed, i);

        shapes[i].lowest = (uint32_t) (h % 300) + 1;
        shapes[i].highest = shapes[i].lowest + (uint32_t) (h >> 20) % 300;
        shapes[i].have = h >> 40 & 1 ? 256 : (h >> 41) % 256;
        shapes[i].dead = h >> 50 & 1 ? (h >> 51) % 256 : 0;
    }

    test_inputs(&mem, &inputs, n, shapes, nterms, seed);

    rc = test_merge(&mem, &inputs, piece, slice, &out);

    wrong = rc != TENDER_DONE
            || test_wrong(&mem, seed, inputs.docs, inputs.ndocs, nterms,
                          &out);

    if (wrong) {
        diag("seed %u: %d", (unsigned) seed, rc);
    }

    test_inputs_free(&inputs);
    test_free(&out);
    tender_arena_reset(arena);
    tender_mem_init(&mem, tender_arena_alloc, arena);

    return wrong;
}


/* new ones, each with changes of those before it */

static void
test_large(void)
{
    unsigned        i;
    test_shape_t    shapes[TEST_INPUTS];
    test_inputs_t   inputs;
    test_segment_t  out;

    memset(&out, 0, sizeof(test_segment_t));

    for (i = 0; i < TEST_INPUTS; i++) {
        shapes[i].lowest = i % 2 ? 1 : 600 * i;
        shapes[i].highest = 600 * (i + 1);
        shapes[i].have = i % 2 ? 20 : 250;
        shapes[i].dead = i % 3 ? 3 : 0;
    }

    test_inputs(&mem, &inputs, TEST_INPUTS, shapes, 400, 5);

    is_int(test_merge(&mem, &inputs, 64 * 1024, 500, &out), TENDER_DONE,
           "8 inputs of %u documents", inputs.ndocs);
    is_int(test_wrong(&mem, 5, inputs.docs, inputs.ndocs, 400, &out), 0,
           "all terms of the result");
    ok(out.parts[TENDER_SEGMENT_DATA].len > 3 * 64 * 1024,
       "more data than what is held at a time");

    test_inputs_free(&inputs);
    test_free(&out);
}


static void
test_empty(void)
{
    test_inputs_t     inputs;
    test_segment_t    out;
    tender_segment_t  segment;

    static const test_shape_t  shapes[] = {
        { 1, 100, 256, 256 },
        { 50, 60, 0, 0 },
        { 50, 60, 256, 256 }
    };

    memset(&out, 0, sizeof(test_segment_t));
    test_inputs(&mem, &inputs, 3, shapes, 50, 1);

    is_int(inputs.ndocs, 0, "none of the documents lives");
    is_int(test_merge(&mem, &inputs, 10, 10, &out), TENDER_DONE, "the merge");
    is_int(test_wrong(&mem, 1, inputs.docs, 0, 50, &out), 0, "no term");
    is_int(tender_segment_read(&mem, out.parts[TENDER_SEGMENT_HEAD],
                               &segment),
           TENDER_OK, "its head");
    is_int(segment.ndocs, 0, "no document");
    is_int(segment.nblocks, 0, "no block");

    test_free(&out);
    inputs.n = 0;

    is_int(test_merge(&mem, &inputs, 10, 10, &out), TENDER_DONE, "no inputs");
    is_int(test_wrong(&mem, 1, inputs.docs, 0, 50, &out), 0, "are empty");

    test_inputs_free(&inputs);
    test_free(&out);
}


/* the last one of a number counts, alive or dead */

static void
test_dead(void)
{
    uint64_t        dead[2];
    test_inputs_t   inputs;
    test_segment_t  out;

    static const test_doc_t  first[] = {
        { 1, 0 }, { 2, 0 }, { 3, 0 }, { 4, 0 }, { 7, 0 }
    };

    static const test_doc_t  second[] = {
        { 2, 1 }, { 3, 1 }, { 5, 1 }, { 4000000000, 1 }
    };

    static const test_doc_t  result[] = {
        { 1, 0 }, { 2, 1 }, { 4, 0 }, { 5, 1 }, { 4000000000, 1 }
    };

    memset(&inputs, 0, sizeof(test_inputs_t));
    memset(&out, 0, sizeof(test_segment_t));

    inputs.n = 2;
    inputs.nterms = 300;

    test_input_write(&mem, &inputs, 0, first, 5);
    test_input_write(&mem, &inputs, 1, second, 4);

    dead[0] = 1 << 1 | 1 << 4;      /* 2, which is in the second, and 7 */
    dead[1] = 1 << 1;               /* 3 */
    inputs.dead[0] = &dead[0];
    inputs.dead[1] = &dead[1];

    is_int(test_merge(&mem, &inputs, 10, 10, &out), TENDER_DONE, "the merge");
    is_int(test_wrong(&mem, 0, result, 5, 300, &out), 0,
           "documents that are dead, and older ones, are left out");

    test_inputs_free(&inputs);
    test_free(&out);
}


static void
test_too_many(void)
{
    test_inputs_t    inputs;
    test_segment_t   out;
    tender_merge_t  *merge;

    static const test_shape_t  more[] = {
        { 1, 20000, 256, 0 },
        { 12770, 32769, 256, 0 }
    };

    static const test_shape_t  most[] = {
        { 1, 20000, 256, 0 },
        { 12769, 32768, 256, 0 }
    };

    memset(&out, 0, sizeof(test_segment_t));

    test_inputs(&mem, &inputs, 2, more, 2, 3);
    is_int(tender_merge_new(&mem, inputs.segments, NULL, 2, test_sink, &out,
                            &merge),
           TENDER_DECLINED, "32769 documents");
    test_inputs_free(&inputs);

    test_inputs(&mem, &inputs, 2, most, 2, 3);
    is_int(test_merge(&mem, &inputs, 64 * 1024, 500, &out), TENDER_DONE,
           "32768 documents");
    is_int(inputs.ndocs, TENDER_SOURCE_DOCS, "are what there may be");
    is_int(test_wrong(&mem, 3, inputs.docs, inputs.ndocs, 2, &out), 0,
           "all terms of the result");

    test_inputs_free(&inputs);
    test_free(&out);
}


/* a result of several blocks, with data, that can be made many times */

static void
test_small(test_inputs_t *inputs)
{
    static const test_shape_t  shapes[] = {
        { 1, 150, 256, 20 },
        { 100, 250, 100, 0 }
    };

    test_inputs(&mem, inputs, 2, shapes, 250, 11);
}


static void
test_full(void)
{
    int             rc;
    unsigned        limit, calls, wrong;
    test_inputs_t   inputs;
    test_segment_t  out;

    memset(&out, 0, sizeof(test_segment_t));
    test_small(&inputs);
    wrong = 0;

    for (limit = 1; limit < 10000; limit++) {
        out.limit = limit;

        rc = test_merge(&mem, &inputs, 4096, 50, &out);
        calls = out.calls;
        test_free(&out);

        if (calls <= limit) {
            is_int(rc, TENDER_DONE, "all is written");
            break;
        }

        wrong += rc != TEST_FULL || calls != limit + 1;
    }

    is_int(wrong, 0, "what the sink says is told, at each of %u calls",
           limit);
    ok(limit > 20, "there are so many calls");

    test_inputs_free(&inputs);
}


static void *
test_limited(void *data, size_t size)
{
    test_limited_t  *limited;

    limited = data;

    if (limited->left == 0) {
        return NULL;
    }

    limited->left--;

    return tender_arena_alloc(limited->arena, size);
}


static void
test_memory(void)
{
    int              rc;
    unsigned         n, wrong;
    tender_mem_t     few;
    test_inputs_t    inputs;
    test_segment_t   out;
    test_limited_t   limited;

    memset(&out, 0, sizeof(test_segment_t));
    test_small(&inputs);

    limited.arena = tender_arena_create();
    wrong = 0;

    for (n = 0; n < 1000; n++) {
        limited.left = n;
        tender_mem_init(&few, test_limited, &limited);

        rc = test_merge(&few, &inputs, 500, 50, &out);
        wrong += rc != TENDER_ERROR;

        tender_arena_reset(limited.arena);
        test_free(&out);

        if (rc == TENDER_DONE) {
            break;
        }
    }

    is_int(wrong, 1, "out of memory at each of %u pieces", n);
    ok(n > 5, "there are so many");

    tender_arena_free(limited.arena);
    test_inputs_free(&inputs);
}


/* a byte that is another: refused, or the result is a segment all the same */

static void
test_damaged(void)
{
    int               rc;
    u_char           *p;
    size_t            i;
    unsigned          wrong, refused;
    test_inputs_t     inputs;
    tender_segment_t  segment;
    test_segment_t    out;

    static const u_char  bits[] = { 1, 0x80, 0xff, 0x10 };

    memset(&out, 0, sizeof(test_segment_t));
    test_small(&inputs);

    refused = 0;
    wrong = 0;

    for (i = 0; i < inputs.bytes[1].parts[TENDER_SEGMENT_BLOCKS].len; i++) {
        p = &inputs.bytes[1].parts[TENDER_SEGMENT_BLOCKS].data[i];
        *p ^= bits[i % 4];

        rc = test_merge(&mem, &inputs, 4096, 500, &out);

        if (rc == TENDER_DECLINED) {
            refused++;

        } else {
            wrong += rc != TENDER_DONE
                     || tender_segment_read(&mem,
                                            out.parts[TENDER_SEGMENT_HEAD],
                                            &segment)
                        != TENDER_OK;
        }

        *p ^= bits[i % 4];
        test_free(&out);
    }

    is_int(wrong, 0, "%u bytes of blocks are another", (unsigned) i);
    ok(refused > i / 4, "%u are refused", refused);

    /* the head and the rest do not fit together */

    inputs.segments[0].nterms++;
    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DECLINED,
           "fewer terms than there should be");
    test_free(&out);
    inputs.segments[0].nterms--;

    inputs.segments[0].data++;
    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DECLINED,
           "less data than there should be");
    test_free(&out);
    inputs.segments[0].data -= 2;
    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DECLINED,
           "more data than there should be");
    test_free(&out);
    inputs.segments[0].data++;

    inputs.segments[0].terms[1].len--;
    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DECLINED,
           "another first term of a block");
    test_free(&out);
    inputs.segments[0].terms[1].len++;

    p = test_offset(&inputs.bytes[0], &inputs.segments[0]);

    *p ^= 1;
    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DECLINED,
           "another offset in data");
    test_free(&out);
    *p ^= 1;

    is_int(test_merge(&mem, &inputs, 4096, 500, &out), TENDER_DONE,
           "and as it was");

    test_inputs_free(&inputs);
    test_free(&out);
}


/* the byte of the first offset, which is 0 */

static u_char *
test_offset(const test_segment_t *bytes, const tender_segment_t *segment)
{
    tender_str_t    part;
    tender_block_t  block;

    part = bytes->parts[TENDER_SEGMENT_BLOCKS];
    part.len = segment->offsets[1];

    tender_block_begin(&block, part, segment->ndocs);

    do {
        if (tender_block_next(&block) != TENDER_OK) {
            exit(1);
        }
    } while (block.postings.docs.data != NULL);

    return (u_char *) block.p - 1;
}


/* a part ends before it should */

static void
test_short(void)
{
    unsigned        part;
    test_inputs_t   inputs;
    test_segment_t  out;

    memset(&out, 0, sizeof(test_segment_t));
    test_small(&inputs);

    for (part = TENDER_SEGMENT_BLOCKS; part <= TENDER_SEGMENT_DATA; part++) {
        inputs.bytes[1].parts[part].len--;
        is_int(test_merge(&mem, &inputs, 100, 500, &out), TENDER_DECLINED,
               "a byte is not there");
        inputs.bytes[1].parts[part].len++;
        test_free(&out);
    }

    test_inputs_free(&inputs);
}


/* more than what was asked for, and what cannot be */

static void
test_feed(void)
{
    unsigned         i, input, part;
    uint32_t         offset;
    tender_str_t     none;
    test_inputs_t    inputs;
    test_segment_t   out;
    tender_merge_t  *merge;

    memset(&out, 0, sizeof(test_segment_t));
    tender_str_set(&none, "");
    test_small(&inputs);

    if (tender_merge_new(&mem, inputs.segments,
                         (const uint64_t *const *) inputs.dead, 2, test_sink,
                         &out, &merge)
        != TENDER_OK)
    {
        exit(1);
    }

    is_int(tender_merge_docs(merge), inputs.ndocs, "documents of the result");
    is_int(tender_merge_feed(merge, 2, TENDER_SEGMENT_DATA, tap_str("a")),
           TENDER_DECLINED, "no such input");
    is_int(tender_merge_feed(merge, 0, TENDER_SEGMENT_HEAD, tap_str("a")),
           TENDER_DECLINED, "the head is not read again");
    is_int(tender_merge_feed(merge, 0, TENDER_SEGMENT_PARTS, tap_str("a")),
           TENDER_DECLINED, "no such part");

    is_int(tender_merge_run(merge, 10, &input, &part, &offset), TENDER_AGAIN,
           "the first thing it needs");
    is_int(input, 0, "of the first input");
    is_int(part, TENDER_SEGMENT_BLOCKS, "is its blocks");
    is_int(offset, 0, "from the beginning");

    for (i = 0; i < 2; i++) {

        for (part = TENDER_SEGMENT_BLOCKS;
             part <= TENDER_SEGMENT_DATA;
             part++)
        {
            is_int(tender_merge_feed(merge, i, part,
                                     inputs.bytes[i].parts[part]),
                   TENDER_OK, "all at once");
            is_int(tender_merge_feed(merge, i, part, tap_str("a")),
                   TENDER_DECLINED, "a byte too much");
            is_int(tender_merge_feed(merge, i, part, none), TENDER_OK,
                   "it ends");
            is_int(tender_merge_feed(merge, i, part, tap_str("a")),
                   TENDER_DECLINED, "it has ended");
        }
    }

    is_int(tender_merge_run(merge, 1000000, &input, &part, &offset),
           TENDER_DONE, "nothing more is needed");
    is_int(test_wrong(&mem, 11, inputs.docs, inputs.ndocs, 250, &out), 0,
           "all terms of the result");

    test_inputs_free(&inputs);
    test_free(&out);
}


/* what has ended stays so */

static void
test_ended(void)
{
    unsigned         calls, input, part;
    uint32_t         offset;
    tender_str_t     none;
    test_segment_t   out;
    test_inputs_t    inputs;
    tender_merge_t  *merge;

    memset(&out, 0, sizeof(test_segment_t));
    tender_str_set(&none, "");

    if (tender_merge_new(&mem, NULL, NULL, 0, test_sink, &out, &merge)
        != TENDER_OK)
    {
        exit(1);
    }

    is_int(tender_merge_run(merge, 1, &input, &part, &offset), TENDER_DONE,
           "all is written");
    calls = out.calls;
    is_int(tender_merge_run(merge, 1, &input, &part, &offset), TENDER_DONE,
           "it stays so");
    is_int(out.calls, calls, "and nothing more is written");
    test_free(&out);

    test_small(&inputs);

    if (tender_merge_new(&mem, inputs.segments, NULL, 2, test_sink, &out,
                         &merge)
        != TENDER_OK)
    {
        exit(1);
    }

    is_int(tender_merge_feed(merge, 0, TENDER_SEGMENT_BLOCKS, none),
           TENDER_OK, "a part without bytes");
    is_int(tender_merge_run(merge, 1, &input, &part, &offset),
           TENDER_DECLINED, "is refused");
    is_int(tender_merge_run(merge, 1, &input, &part, &offset),
           TENDER_DECLINED, "it stays so");

    test_inputs_free(&inputs);
    test_free(&out);
}
