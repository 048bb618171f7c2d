
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A byte for the seed, the number of inputs, the size of the pieces and the
 * number of terms each; then five bytes for each input: the lowest number,
 * how many follow, how many of these it has, how many are dead, and what is
 * flipped in one of its bytes (mostly nothing).  If nothing is, the result
 * is what all of them are together.
 */


#include "t/unit/merge_test.h"


static void fuzz_check(int good);
static unsigned fuzz_flip(test_inputs_t *inputs, unsigned i, unsigned how);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                rc;
    size_t             piece;
    unsigned           i, n, nterms, flipped;
    tender_mem_t       mem;
    test_shape_t       shapes[TEST_INPUTS];
    test_inputs_t      inputs;
    test_segment_t     out;
    const uint8_t     *p;
    tender_arena_t    *arena;
    tender_segment_t   segment;

    if (size < 4 + 5) {
        return 0;
    }

    n = data[1] % TEST_INPUTS + 1;
    n = n < (size - 4) / 5 ? n : (unsigned) ((size - 4) / 5);
    piece = data[2] < 128 ? 1 + data[2] % 16 : (size_t) data[2] * 100;
    nterms = data[3];

    for (i = 0, p = data + 4; i < n; i++, p += 5) {
        shapes[i].lowest = p[0];
        shapes[i].highest = p[0] + p[1];
        shapes[i].have = p[2];
        shapes[i].dead = p[3];
    }

    memset(&out, 0, sizeof(test_segment_t));

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_inputs(&mem, &inputs, n, shapes, nterms, data[0]);

    flipped = 0;

    for (i = 0, p = data + 4; i < n; i++, p += 5) {
        flipped |= fuzz_flip(&inputs, i, p[4]);
    }

    rc = test_merge(&mem, &inputs, piece, 1 + data[0] * 2, &out);

    if (!flipped) {
        fuzz_check(rc == TENDER_DONE);
        fuzz_check(test_wrong(&mem, data[0], inputs.docs, inputs.ndocs,
                              nterms, &out) == 0);

    } else {
        fuzz_check(rc == TENDER_DONE || rc == TENDER_DECLINED);
    }

    if (rc == TENDER_DONE) {
        fuzz_check(tender_segment_read(&mem, out.parts[TENDER_SEGMENT_HEAD],
                                       &segment)
                   == TENDER_OK);
        fuzz_check(segment.ndocs == inputs.ndocs);
    }

    test_inputs_free(&inputs);
    test_free(&out);
    tender_arena_free(arena);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


/* returns 1 if a byte of blocks or data is another now */

static unsigned
fuzz_flip(test_inputs_t *inputs, unsigned i, unsigned how)
{
    tender_str_t  *part;

    part = &inputs->bytes[i].parts[TENDER_SEGMENT_BLOCKS + how % 2];

    if (how < 192 || part->len == 0) {
        return 0;
    }

    part->data[test_mix(how, inputs->seed) % part->len]
                                             ^= (u_char) (1 << how / 2 % 8);

    return 1;
}
