
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Two 16-bit lengths, then a head, blocks and data, whatever their bytes are.
 * What is read holds to the rules; what can be merged is a segment again, and
 * as good as the first one.
 */


#include "t/unit/segment_test.h"


static void fuzz_check(int good);
static tender_str_t fuzz_cut(tender_mem_t *mem, const uint8_t **data,
    size_t *size, size_t len);
static void fuzz_numbers(const tender_segment_t *segment);
static void fuzz_blocks(const tender_segment_t *segment, tender_str_t blocks);
static void fuzz_block(tender_str_t bytes, unsigned ndocs,
    const tender_segment_t *segment, unsigned i);
static int fuzz_merge(tender_mem_t *mem, const tender_str_t *parts,
    test_segment_t *out);
static void fuzz_again(tender_mem_t *mem, test_segment_t *once);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t             head, blocks;
    tender_mem_t       mem;
    tender_str_t       parts[TENDER_SEGMENT_PARTS];
    test_segment_t     out;
    tender_arena_t    *arena;
    tender_segment_t   segment;

    if (size < 4) {
        return 0;
    }

    head = tender_get16(data);
    blocks = tender_get16(data + 2);
    data += 4;
    size -= 4;

    memset(&out, 0, sizeof(test_segment_t));

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    parts[TENDER_SEGMENT_HEAD] = fuzz_cut(&mem, &data, &size, head);
    parts[TENDER_SEGMENT_BLOCKS] = fuzz_cut(&mem, &data, &size, blocks);
    parts[TENDER_SEGMENT_DATA] = fuzz_cut(&mem, &data, &size, size);

    fuzz_block(parts[TENDER_SEGMENT_BLOCKS], 100, NULL, 0);

    if (tender_segment_read(&mem, parts[TENDER_SEGMENT_HEAD], &segment)
        == TENDER_OK)
    {
        fuzz_numbers(&segment);
        fuzz_blocks(&segment, parts[TENDER_SEGMENT_BLOCKS]);

        if (fuzz_merge(&mem, parts, &out) == TENDER_DONE) {
            fuzz_again(&mem, &out);
        }
    }

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


/* in a block of the very size: a byte too far is seen */

static tender_str_t
fuzz_cut(tender_mem_t *mem, const uint8_t **data, size_t *size, size_t len)
{
    tender_str_t  text;

    text.len = len < *size ? len : *size;
    text.data = tender_alloc(mem, text.len);
    memcpy(text.data, *data, text.len);

    *data += text.len;
    *size -= text.len;

    return text;
}


static void
fuzz_numbers(const tender_segment_t *segment)
{
    unsigned  i;
    uint32_t  number;

    fuzz_check(segment->ndocs <= TENDER_SOURCE_DOCS);

    for (i = 0; i < segment->ndocs; i++) {
        number = tender_segment_number(segment, i);

        fuzz_check(number >= segment->low && number <= segment->high);
        fuzz_check(tender_segment_doc(segment, number) == (int) i);
    }
}


static void
fuzz_blocks(const tender_segment_t *segment, tender_str_t blocks)
{
    size_t         from, to;
    unsigned       i, first, last;
    tender_str_t   part, term;

    for (i = 0; i < segment->nblocks; i++) {
        term = segment->terms[i];

        tender_segment_find(segment, term, 0, &first, &last);
        fuzz_check(first == i && last == i + 1);

        tender_segment_find(segment, term, 1, &first, &last);
        fuzz_check(first == i && last > i && last <= segment->nblocks);

        term.len--;
        tender_segment_find(segment, term, 1, &first, &last);
        fuzz_check(first <= i && last > i && last <= segment->nblocks);

        from = segment->offsets[i];
        to = segment->offsets[i + 1];

        if (to > blocks.len) {
            return;
        }

        part.len = to - from;
        part.data = blocks.data + from;

        fuzz_block(part, segment->ndocs, segment, i);
    }
}


/* its terms ascend, and each is found */

static void
fuzz_block(tender_str_t bytes, unsigned ndocs,
    const tender_segment_t *segment, unsigned i)
{
    int                  rc;
    u_char               last[TENDER_TERM_MAX];
    unsigned             from, to;
    tender_str_t         before, term;
    tender_block_t       block, other;
    tender_postings_t   *postings;

    before.data = last;
    before.len = 0;

    tender_block_begin(&block, bytes, ndocs);

    while ((rc = tender_block_next(&block)) == TENDER_OK) {
        term.data = block.term;
        term.len = block.len;
        postings = &block.postings;

        fuzz_check(term.len <= TENDER_TERM_MAX);
        fuzz_check(tender_term_compare(before, term) < 0);
        fuzz_check(postings->n != 0 && postings->n <= ndocs);
        fuzz_check(postings->docs.data == NULL
                   || (postings->docs.data > bytes.data
                       && postings->positions.data + postings->positions.len
                          <= bytes.data + bytes.len));

        memcpy(last, term.data, term.len);
        before.len = term.len;

        tender_block_begin(&other, bytes, ndocs);
        fuzz_check(tender_block_find(&other, before) == TENDER_OK);
        fuzz_check(other.offset == block.offset && other.p == block.p);

        if (segment != NULL
            && tender_term_compare(segment->terms[i], before) <= 0)
        {
            tender_segment_find(segment, before, 0, &from, &to);
            fuzz_check(from >= i && to == from + 1);
        }
    }

    fuzz_check(rc == TENDER_DONE || rc == TENDER_DECLINED);
    fuzz_check(tender_block_next(&block) == rc);
}


/* with nothing else; pieces are small */

static int
fuzz_merge(tender_mem_t *mem, const tender_str_t *parts, test_segment_t *out)
{
    int                rc;
    size_t             piece;
    unsigned           input, part;
    uint32_t           offset;
    tender_str_t       bytes;
    tender_merge_t    *merge;
    tender_segment_t   segment;

    if (tender_segment_read(mem, parts[TENDER_SEGMENT_HEAD], &segment)
        != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    rc = tender_merge_new(mem, &segment, NULL, 1, test_sink, out, &merge);
    fuzz_check(rc == TENDER_OK);
    fuzz_check(tender_merge_docs(merge) == segment.ndocs);

    piece = 1 + parts[TENDER_SEGMENT_HEAD].len % 50;

    for ( ;; ) {
        rc = tender_merge_run(merge, 3, &input, &part, &offset);

        if (rc == TENDER_OK) {
            continue;
        }

        if (rc != TENDER_AGAIN) {
            fuzz_check(rc == TENDER_DONE || rc == TENDER_DECLINED);
            return rc;
        }

        fuzz_check(input == 0 && offset <= parts[part].len);

        bytes.data = offset != 0 ? parts[part].data + offset
                                 : parts[part].data;
        bytes.len = parts[part].len - offset;
        bytes.len = bytes.len < piece ? bytes.len : piece;

        rc = tender_merge_feed(merge, 0, part, bytes);

        if (rc != TENDER_OK) {

            /* more than the head says */

            fuzz_check(rc == TENDER_DECLINED);
            return rc;
        }
    }
}


/* what was written once is written as the same again */

static void
fuzz_again(tender_mem_t *mem, test_segment_t *once)
{
    unsigned        i;
    test_segment_t  twice;

    memset(&twice, 0, sizeof(test_segment_t));

    fuzz_check(fuzz_merge(mem, once->parts, &twice) == TENDER_DONE);

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        fuzz_check(tender_str_eq(&once->parts[i], &twice.parts[i]));
    }

    test_free(&twice);
}
