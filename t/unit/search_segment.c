
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"
#include "t/unit/segment_test.h"


#define MAX_TERMS  600


typedef struct {
    unsigned         left;
    tender_arena_t  *arena;
} test_limited_t;


static void test_empty(void);
static void test_round_trip(void);
static void test_borders(void);
static void test_form(void);
static void test_prefixes(void);
static unsigned test_prefix(const test_segment_t *bytes,
    const tender_segment_t *segment, tender_str_t prefix);
static void test_writer_refuses(void);
static void test_writer_full(void);
static void test_head_damaged(void);
static void test_head_refused(void);
static void test_block_refused(void);
static void test_block_damaged(void);
static void test_build(void);
static unsigned test_build_round(uint64_t seed, unsigned n, unsigned updates);
static int test_add(tender_recent_t *recent, uint64_t seed,
    const test_doc_t *doc);
static void test_build_terms(void);
static void test_build_none(void);
static void test_build_memory(void);
static void *test_limited(void *data, size_t size);
static test_doc_t *test_docs(unsigned n, unsigned step);
static void test_reset(void);


static tender_mem_t     mem;
static tender_arena_t  *arena;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_empty();
    test_round_trip();
    test_borders();
    test_form();
    test_prefixes();
    test_writer_refuses();
    test_writer_full();
    test_head_damaged();
    test_head_refused();
    test_block_refused();
    test_block_damaged();
    test_build();
    test_build_terms();
    test_build_none();
    test_build_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_empty(void)
{
    unsigned          from, to;
    test_segment_t    bytes;
    tender_segment_t  segment;

    memset(&bytes, 0, sizeof(test_segment_t));

    is_int(test_write(&mem, 0, NULL, 0, 10, &bytes), TENDER_OK,
           "no documents");
    is_int(bytes.parts[TENDER_SEGMENT_HEAD].len, TENDER_HEAD_LEN,
           "its head is short");
    is_int(bytes.parts[TENDER_SEGMENT_BLOCKS].len, 0, "no blocks");
    is_int(bytes.parts[TENDER_SEGMENT_DATA].len, 0, "no data");
    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "it is read");
    is_int(segment.ndocs, 0, "no documents");
    is_int(tender_segment_doc(&segment, 0), -1, "none has the number 0");
    is_int(tender_segment_doc(&segment, 1), -1, "or 1");

    tender_segment_find(&segment, tap_str("a"), 0, &from, &to);
    ok(from == to, "no block for a term");
    tender_segment_find(&segment, tap_str(""), 1, &from, &to);
    ok(from == to, "no block for any");

    test_free(&bytes);
}


static void
test_round_trip(void)
{
    unsigned         i, wrong, step;
    test_doc_t      *docs;
    test_segment_t   bytes;

    static const unsigned  sizes[] = {
        1, 2, 15, 16, 17, 63, 64, 65, 128, 511, 512, 3000, TENDER_SOURCE_DOCS
    };

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        wrong = 0;

        for (step = 1; step < 3; step++) {
            docs = test_docs(sizes[i], step);
            memset(&bytes, 0, sizeof(test_segment_t));

            wrong += test_write(&mem, i, docs, sizes[i],
                                sizes[i] > 3000 ? 40 : MAX_TERMS, &bytes)
                     != TENDER_OK;
            wrong += test_wrong(&mem, i, docs, sizes[i],
                                sizes[i] > 3000 ? 40 : MAX_TERMS, &bytes);

            test_free(&bytes);
            test_reset();
        }

        is_int(wrong, 0, "%u documents, side by side and not", sizes[i]);
    }
}


/* numbers that are not there, in front, between, behind */

static void
test_borders(void)
{
    unsigned          i, wrong;
    test_doc_t       *docs;
    test_segment_t    bytes;
    tender_segment_t  segment;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(1000, 3);
    docs[999].number = UINT32_MAX;
    wrong = 0;

    is_int(test_write(&mem, 1, docs, 1000, 10, &bytes), TENDER_OK,
           "a segment with gaps");
    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "its head");
    is_int(segment.dense, 0, "it is not dense");
    is_int(segment.low, docs[0].number, "the lowest number");
    is_int(segment.high, UINT32_MAX, "the highest one");

    for (i = 0; i < 1000; i++) {
        wrong += tender_segment_doc(&segment, docs[i].number) != (int) i;
        wrong += tender_segment_doc(&segment, docs[i].number - 1) != -1;
        wrong += tender_segment_doc(&segment, docs[i].number + 1) != -1;
    }

    is_int(wrong, 0, "each number, and what is beside it");
    test_free(&bytes);

    docs = test_docs(70, 1);
    is_int(test_write(&mem, 1, docs, 70, 10, &bytes), TENDER_OK,
           "one without");
    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "its head");
    is_int(segment.dense, 1, "it is dense");
    is_int(tender_segment_doc(&segment, docs[0].number - 1), -1, "in front");
    is_int(tender_segment_doc(&segment, docs[0].number), 0, "the first one");
    is_int(tender_segment_doc(&segment, docs[69].number), 69, "the last one");
    is_int(tender_segment_doc(&segment, docs[69].number + 1), -1, "behind");

    test_free(&bytes);
    test_reset();
}


/* where bytes are: in the block up to 64 of them, else in data */

static void
test_form(void)
{
    uint16_t             docs[TENDER_SOURCE_DOCS];
    uint32_t             numbers[1000];
    unsigned             i;
    tender_str_t         positions;
    test_segment_t       bytes;
    tender_writer_t     *writer;
    tender_segment_t     segment;
    tender_postings_t    postings;

    static u_char  buf[100000];

    memset(&bytes, 0, sizeof(test_segment_t));
    positions.data = buf;

    for (i = 0; i < 1000; i++) {
        numbers[i] = i + 1;
        docs[i] = (uint16_t) i;
    }

    writer = tender_writer_new(&mem, numbers, 1000, test_sink, &bytes);

    positions.len = 60;
    is_int(tender_writer_term(writer, tap_str("a"), docs, 2, positions),
           TENDER_OK, "64 bytes");
    is_int(bytes.parts[TENDER_SEGMENT_DATA].len, 0, "stay in the block");

    positions.len = 61;
    is_int(tender_writer_term(writer, tap_str("b"), docs, 2, positions),
           TENDER_OK, "65 bytes");
    is_int(bytes.parts[TENDER_SEGMENT_DATA].len, 65, "go to the data");

    positions.len = 0;
    is_int(tender_writer_term(writer, tap_str("c"), docs, 64, positions),
           TENDER_OK, "64 documents of 1000");
    is_int(bytes.parts[TENDER_SEGMENT_DATA].len, 65 + 128, "are an array");

    is_int(tender_writer_term(writer, tap_str("d"), docs, 65, positions),
           TENDER_OK, "65 documents");
    is_int(bytes.parts[TENDER_SEGMENT_DATA].len, 65 + 128 + 128,
           "are a bitmap");

    positions.len = 100000;
    is_int(tender_writer_term(writer, tap_str("e"), docs, 1000, positions),
           TENDER_OK, "positions that are longer than many blocks");
    is_int(bytes.parts[TENDER_SEGMENT_BLOCKS].len, 0,
           "the first block is not full");
    is_int(tender_writer_end(writer), TENDER_OK, "the end");

    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "the segment");
    is_int(segment.nblocks, 1, "it has one block");
    is_int(segment.nterms, 5, "and five terms");

    is_int(test_find(&bytes, &segment, tap_str("d"), &postings), TENDER_OK,
           "the fourth one");
    is_int(postings.kind, TENDER_POSTINGS_BITMAP, "is a bitmap");
    is_int(postings.n, 65, "of 65 documents");
    is_int(postings.docs.len, 128, "16 words");
    is_int(postings.positions.len, 0, "no positions");

    is_int(test_find(&bytes, &segment, tap_str("e"), &postings), TENDER_OK,
           "the last one");
    is_int(postings.positions.len, 100000, "all positions");

    test_free(&bytes);
    test_reset();
}


static void
test_prefixes(void)
{
    size_t            len;
    u_char            buf[TENDER_TERM_MAX];
    unsigned          i, wrong, n;
    test_doc_t       *docs;
    tender_str_t      term;
    test_segment_t    bytes;
    tender_segment_t  segment;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(600, 1);

    if (test_write(&mem, 4, docs, 600, 2000, &bytes) != TENDER_OK
        || tender_segment_read(&mem, bytes.parts[0], &segment) != TENDER_OK)
    {
        exit(1);
    }

    ok(segment.nblocks > 8, "%u blocks", segment.nblocks);

    wrong = 0;
    n = 0;

    for (i = 0; i < 2000; i++) {
        term = test_term(i, buf);

        for (len = term.len; len > 0; len -= len > 8 ? 7 : 1) {
            term.len = len;
            wrong += test_prefix(&bytes, &segment, term);
            n++;
        }
    }

    for (i = 0; i < segment.nblocks; i++) {
        term = segment.terms[i];
        memcpy(buf, term.data, term.len);
        term.data = buf;

        for (len = term.len; len > 0; len--) {
            term.len = len;
            wrong += test_prefix(&bytes, &segment, term);
            buf[len - 1]++;
            wrong += test_prefix(&bytes, &segment, term);
            buf[len - 1] -= 2;
            wrong += test_prefix(&bytes, &segment, term);
            n += 3;
        }
    }

    wrong += test_prefix(&bytes, &segment, tap_str(""));
    wrong += test_prefix(&bytes, &segment, tap_str("\1"));
    wrong += test_prefix(&bytes, &segment, tap_str("\377\377"));

    is_int(wrong, 0, "the blocks of %u terms and prefixes", n + 3);

    test_free(&bytes);
    test_reset();
}


/* at most one block is named in vain, and none is left out */

static unsigned
test_prefix(const test_segment_t *bytes, const tender_segment_t *segment,
    tender_str_t prefix)
{
    unsigned        i, from, to, first, last, has;
    tender_str_t    part, term;
    tender_block_t  block;

    first = segment->nblocks;
    last = 0;
    has = 0;

    for (i = 0; i < segment->nblocks; i++) {
        part.data = bytes->parts[TENDER_SEGMENT_BLOCKS].data
                    + segment->offsets[i];
        part.len = segment->offsets[i + 1] - segment->offsets[i];

        if (tender_term_compare(segment->terms[i], prefix) > 0
            && memcmp(segment->terms[i].data, prefix.data,
                      prefix.len < segment->terms[i].len
                      ? prefix.len : segment->terms[i].len) != 0)
        {
            break;
        }

        tender_block_begin(&block, part, segment->ndocs);

        while (tender_block_next(&block) == TENDER_OK) {
            term.data = block.term;
            term.len = block.len;

            has |= tender_str_eq(&term, &prefix);

            if (block.len >= prefix.len
                && memcmp(block.term, prefix.data, prefix.len) == 0)
            {
                first = i < first ? i : first;
                last = i + 1;
            }
        }
    }

    tender_segment_find(segment, prefix, 1, &from, &to);

    if (last == 0 ? to - from > 1
                  : from > first || from + 1 < first || to != last)
    {
        return 1;
    }

    tender_segment_find(segment, prefix, 0, &from, &to);

    return to - from > 1 || (has && (from != first || to != first + 1));
}


static void
test_writer_refuses(void)
{
    u_char            name[TENDER_TERM_MAX + 1];
    uint32_t          numbers[] = { 5, 6, 9 };
    tender_str_t      none, term;
    test_segment_t    bytes;
    tender_writer_t  *writer;

    static const uint16_t  two[] = { 0, 2 };
    static const uint16_t  twice[] = { 1, 1 };
    static const uint16_t  back[] = { 2, 1 };
    static const uint16_t  beyond[] = { 0, 3 };
    static const uint16_t  four[] = { 0, 1, 2, 3 };

    memset(&bytes, 0, sizeof(test_segment_t));
    memset(name, 'x', sizeof(name));
    tender_str_set(&none, "");

    writer = tender_writer_new(&mem, numbers, 3, test_sink, &bytes);

    is_int(tender_writer_term(writer, none, two, 2, none), TENDER_DECLINED,
           "a term without bytes");

    term.data = name;
    term.len = TENDER_TERM_MAX + 1;
    is_int(tender_writer_term(writer, term, two, 2, none), TENDER_DECLINED,
           "a term that is too long");

    is_int(tender_writer_term(writer, tap_str("b"), two, 0, none),
           TENDER_DECLINED, "no documents");
    is_int(tender_writer_term(writer, tap_str("b"), four, 4, none),
           TENDER_DECLINED, "more than there are");
    is_int(tender_writer_term(writer, tap_str("b"), twice, 2, none),
           TENDER_DECLINED, "one of them twice");
    is_int(tender_writer_term(writer, tap_str("b"), back, 2, none),
           TENDER_DECLINED, "not in order");
    is_int(tender_writer_term(writer, tap_str("b"), beyond, 2, none),
           TENDER_DECLINED, "one that is not there");

    is_int(tender_writer_term(writer, tap_str("b"), two, 2, none), TENDER_OK,
           "two of them");
    is_int(tender_writer_term(writer, tap_str("b"), two, 2, none),
           TENDER_DECLINED, "the same term");
    is_int(tender_writer_term(writer, tap_str("aa"), two, 2, none),
           TENDER_DECLINED, "one in front of it");

    term.len = TENDER_TERM_MAX;
    is_int(tender_writer_term(writer, term, two, 2, none), TENDER_OK,
           "the longest term");

    test_free(&bytes);
    test_reset();
}


static void
test_writer_full(void)
{
    int              rc;
    unsigned         limit, calls, wrong;
    test_doc_t      *docs;
    test_segment_t   bytes;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(700, 2);
    wrong = 0;

    for (limit = 1; limit < 10000; limit++) {
        bytes.limit = limit;
        rc = test_write(&mem, 1, docs, 700, 100, &bytes);
        calls = bytes.calls;
        test_free(&bytes);

        if (calls <= limit) {
            is_int(rc, TENDER_OK, "all is written");
            break;
        }

        wrong += rc != TEST_FULL || calls != limit + 1;
    }

    is_int(wrong, 0, "what the sink says is told, at each of %u calls", limit);
    ok(limit > 20, "there are so many");

    test_reset();
}


/* cut off anywhere, or another byte anywhere */

static void
test_head_damaged(void)
{
    u_char           *copy;
    size_t            i, len;
    unsigned          step, from, to, cut, longer, odd;
    test_doc_t       *docs;
    tender_str_t      head;
    test_segment_t    bytes;
    tender_segment_t  segment;

    memset(&bytes, 0, sizeof(test_segment_t));
    cut = 0;
    longer = 0;
    odd = 0;

    for (step = 1; step < 3; step++) {
        docs = test_docs(200, step);

        if (test_write(&mem, 2, docs, 200, 400, &bytes) != TENDER_OK) {
            exit(1);
        }

        len = bytes.parts[0].len;

        for (i = 0; i < len; i++) {
            head.data = copy = malloc(i + 1);
            head.len = i;
            memcpy(copy, bytes.parts[0].data, i);
            cut += tender_segment_read(&mem, head, &segment)
                   != TENDER_DECLINED;
            free(copy);
        }

        copy = malloc(len + 1);
        memcpy(copy, bytes.parts[0].data, len);
        copy[len] = 0;
        head.data = copy;
        head.len = len + 1;
        longer += tender_segment_read(&mem, head, &segment)
                  != TENDER_DECLINED;
        head.len = len;

        for (i = 0; i < len; i++) {
            copy[i] ^= i % 3 ? 0xff : 1;

            if (tender_segment_read(&mem, head, &segment) == TENDER_OK) {
                (void) tender_segment_doc(&segment, 77);
                tender_segment_find(&segment, tap_str("a"), 1, &from, &to);
                odd += to < from || to > segment.nblocks;
            }

            copy[i] ^= i % 3 ? 0xff : 1;
        }

        free(copy);
        test_free(&bytes);
    }

    is_int(cut, 0, "a head that is cut off");
    is_int(longer, 0, "a head that has a byte more");
    is_int(odd, 0, "a byte that is another");

    test_reset();
}


static void
test_head_refused(void)
{
    size_t            i;
    u_char           *p;
    test_doc_t       *docs;
    test_segment_t    bytes;
    tender_segment_t  segment;

    /* 3 documents, 2, 4 and 6; one block of the terms from a0000 on */

    static const struct {
        size_t       at;
        uint32_t     value;
        const char  *about;
    } cases[] = {
        { 0, 0x47455355, "another magic" },
        { 4, 0x00000002, "another version" },
        { 4, 0x00000101, "dense, but numbers are there" },
        { 4, 0x00000201, "an unknown flag" },
        { 4, 0x00010001, "a zero that is none" },
        { 4, 0x01000001, "the other one" },
        { 8, 0, "no documents" },
        { 8, 2, "fewer documents" },
        { 8, 4, "more documents" },
        { 8, TENDER_SOURCE_DOCS + 1, "too many documents" },
        { 8, 0x40000003, "far too many" },
        { 12, 1, "another lowest number" },
        { 12, 7, "a lowest number above the highest" },
        { 16, 7, "another highest number" },
        { 20, 0, "no blocks, but terms" },
        { 20, 2, "more blocks" },
        { 20, 0xffffffff, "far too many blocks" },
        { 24, 0, "fewer terms than blocks" },
        { 32, 0, "a block without bytes" },
        { 32, TENDER_SEGMENT_BLOCK + 1, "a block that is too long" },
        { 40, 5, "numbers that descend" },
        { 40, 4, "a number twice" },
        { 48, 8, "another last number" },
        { 52, 1, "a first block that does not begin at 0" },
        { 56, 0x30613000, "a term without bytes" },
        { 56, 0x30613006, "a term that is cut off" },
        { 56, 0x30613004, "a byte behind it" },
        { 56, 0x306130ff, "a term that is too long" }
    };

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(3, 2);

    for (i = 0; i < 3; i++) {
        docs[i].number = 2 * (uint32_t) i + 2;
    }

    if (test_write(&mem, 2, docs, 3, 8, &bytes) != TENDER_OK) {
        exit(1);
    }

    is_int(bytes.parts[0].len, 40 + 3 * 4 + 5 + 5, "a small head");
    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "it is good");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        p = malloc(bytes.parts[0].len);
        memcpy(p, bytes.parts[0].data, bytes.parts[0].len);
        (void) tender_put32(p + cases[i].at, cases[i].value);

        is_int(tender_segment_read(&mem,
                                   (tender_str_t) { bytes.parts[0].len, p },
                                   &segment),
               TENDER_DECLINED, "%s", cases[i].about);
        free(p);
    }

    test_free(&bytes);
    test_reset();
}


/* of a segment of 20 documents */

static void
test_block_refused(void)
{
    int             rc;
    size_t          i;
    u_char         *p;
    unsigned        good;
    tender_str_t    bytes;
    tender_block_t  block;

#define LONG    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define AB      "\0\2ab\1\0\0\0"      /* "ab", document 0 */

    static const struct {
        tender_str_t   bytes;
        unsigned       good;         /* terms */
        int            rc;
        const char    *about;
    } cases[] = {
        { tender_string(""), 0, TENDER_DONE, "nothing" },
        { tender_string(AB), 1, TENDER_DONE, "a term" },
        { tender_string(AB "\1\1c\1\0\1\0"), 2, TENDER_DONE, "two terms" },
        { tender_string(AB "\2\1c\1\0\1\0"), 2, TENDER_DONE, "a longer one" },
        { tender_string(AB "\0\1b\1\0\1\0"), 2, TENDER_DONE, "nothing shared" },
        { tender_string(AB "\0\1b\1\2\1\0\1\3"), 2, TENDER_DONE,
          "with a position" },
        { tender_string(AB "\0\1b\1\1\1\0\1\3"), 2, TENDER_DECLINED,
          "bytes that are no term" },
        { tender_string("\1\2ab\1\0\0\0"), 0, TENDER_DECLINED,
          "shared with nothing" },
        { tender_string(AB "\3\1c\1\0\1\0"), 1, TENDER_DECLINED,
          "more is shared than there is" },
        { tender_string(AB "\2\0\1\0\1\0"), 1, TENDER_DECLINED,
          "the same term" },
        { tender_string(AB "\1\1b\1\0\1\0"), 1, TENDER_DECLINED,
          "the same, written" },
        { tender_string(AB "\1\1a\1\0\1\0"), 1, TENDER_DECLINED,
          "one in front" },
        { tender_string(AB "\0\2ac\1\0\1\0"), 1, TENDER_DECLINED,
          "less is shared than could be" },
        { tender_string("\0\1a\0\0"), 0, TENDER_DECLINED, "no documents" },
        { tender_string("\0\1a\25\0\0\0\0\0\0\0\0\0"), 0, TENDER_DECLINED,
          "more documents than there are" },
        { tender_string("\0\1a\24\0\0\0\0\0\0\0\0\0"), 1, TENDER_DONE,
          "all of them, a bitmap" },
        { tender_string("\0\1a\24\0\0\0\0\0\0\0\0"), 0, TENDER_DECLINED,
          "a bitmap that is cut off" },
        { tender_string("\0\1a\4\0\0\0\0\0\0\0\0\0"), 1, TENDER_DONE,
          "an array of 4" },
        { tender_string("\0\1a\5\0\0\0\0\0\0\0\0\0"), 1, TENDER_DONE,
          "a bitmap of 5" },
        { tender_string("\0\1a\200"), 0, TENDER_DECLINED,
          "a number that is cut off" },
        { tender_string("\0\1a\200\200\200\200\200\1"), 0, TENDER_DECLINED,
          "a number that is too long" },
        { tender_string("\0\1a\1\200"), 0, TENDER_DECLINED,
          "no length of positions" },
        { tender_string("\0\1a\1\77\5"), 1, TENDER_DONE, "an offset" },
        { tender_string("\0\1a\1\77"), 0, TENDER_DECLINED, "no offset" },
        { tender_string("\0\1a\1\377\377\377\377\17\377\377\377\377\17"), 1,
          TENDER_DONE, "the greatest length and offset" },
        { tender_string("\0\101a"), 0, TENDER_DECLINED, "a term cut off" },
        { tender_string("\0\102" LONG "c\1\0\0\0"), 0, TENDER_DECLINED,
          "a term that is too long" },
        { tender_string("\0\101" LONG "\1\0\0\0"), 1, TENDER_DONE,
          "the longest one" },
        { tender_string("\0"), 0, TENDER_DECLINED, "one byte" },
        { tender_string("\0\1"), 0, TENDER_DECLINED, "two bytes" },
        { tender_string("\0\1a"), 0, TENDER_DECLINED, "three bytes" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bytes = cases[i].bytes;

        p = malloc(bytes.len + 1);
        memcpy(p, bytes.data, bytes.len);
        bytes.data = p;

        tender_block_begin(&block, bytes, 20);

        for (good = 0; /* void */ ; good++) {
            rc = tender_block_next(&block);

            if (rc != TENDER_OK) {
                break;
            }
        }

        is_int(rc, cases[i].rc, "%s", cases[i].about);
        is_int(good, cases[i].good, "after so many terms");
        is_int(tender_block_next(&block), rc, "it stays so");
        free(p);
    }
}


static void
test_block_damaged(void)
{
    int               rc;
    u_char           *p, last[TENDER_TERM_MAX];
    size_t            i, len;
    unsigned          wrong, seen;
    test_doc_t       *docs;
    tender_str_t      part, before, term;
    tender_block_t    block;
    test_segment_t    bytes;
    tender_segment_t  segment;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(100, 1);
    wrong = 0;
    seen = 0;

    if (test_write(&mem, 6, docs, 100, 400, &bytes) != TENDER_OK
        || tender_segment_read(&mem, bytes.parts[0], &segment) != TENDER_OK)
    {
        exit(1);
    }

    len = segment.offsets[1];
    ok(len > TENDER_SEGMENT_BLOCK - 200 && len <= TENDER_SEGMENT_BLOCK,
       "a block of %u bytes", (unsigned) len);

    p = malloc(len);
    memcpy(p, bytes.parts[TENDER_SEGMENT_BLOCKS].data, len);
    part.data = p;
    part.len = len;

    for (i = 0; i < 8 * len; i++) {
        p[i / 8] ^= (u_char) (1 << i % 8);
        before.data = last;
        before.len = 0;

        tender_block_begin(&block, part, 100);

        while ((rc = tender_block_next(&block)) == TENDER_OK) {
            term.data = block.term;
            term.len = block.len;

            wrong += tender_term_compare(before, term) >= 0;
            wrong += block.postings.n == 0 || block.postings.n > 100;
            wrong += block.postings.docs.data != NULL
                     && block.postings.docs.len
                        + block.postings.positions.len
                        > TENDER_SEGMENT_INLINE;
            memcpy(last, block.term, block.len);
            before.len = block.len;
        }

        seen += rc == TENDER_DECLINED;
        wrong += rc != TENDER_DECLINED && rc != TENDER_DONE;

        p[i / 8] ^= (u_char) (1 << i % 8);
    }

    is_int(wrong, 0, "each bit of it is another");
    ok(seen > len, "%u are seen", seen);

    free(p);
    test_free(&bytes);
    test_reset();
}


static void
test_build(void)
{
    unsigned  i, wrong;

    static const unsigned  sizes[] = { 1, 2, 40, 64, 65, 200, 512 };

    wrong = 0;

    for (i = 0; i < 28; i++) {
        wrong += test_build_round(i, sizes[i / 4], i % 4);
    }

    is_int(wrong, 0, "28 segments of what is recent");
}


/*
 * updates: 0: no tender stands there twice, they are in order; 1: some stand
 * there twice; 2: they are not in order; 3: both
 */

static unsigned
test_build_round(uint64_t seed, unsigned n, unsigned updates)
{
    unsigned           i, j, wrong;
    test_doc_t        *docs, doc;
    test_segment_t     bytes;
    tender_recent_t   *recent;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(n, updates % 2 + 1);
    recent = tender_recent_new(&mem);
    wrong = 0;

    for (i = 0; i < n; i++) {
        j = updates & 2 ? (i * 7 + 3) % n : i;

        if (updates & 1 && test_mix(seed, j) % 3 == 0) {
            wrong += test_add(recent, seed, &docs[j]) != TENDER_OK;
            docs[j].version++;
        }

        wrong += test_add(recent, seed, &docs[j]) != TENDER_OK;
    }

    for (j = 0; updates & 1 && j < n; j++) {

        if (test_mix(seed, j) % 5 == 0) {
            docs[j].version = 9;
            wrong += test_add(recent, seed, &docs[j]) != TENDER_OK;
        }
    }

    wrong += tender_segment_build(&mem, recent, test_sink, &bytes)
             != TENDER_OK;
    wrong += test_wrong(&mem, seed, docs, n, MAX_TERMS, &bytes);

    /* a document that has no term is there all the same */

    test_free(&bytes);

    doc.number = 1000000;
    doc.version = 99;
    wrong += test_add(recent, seed, &doc) != TENDER_OK;

    wrong += tender_segment_build(&mem, recent, test_sink, &bytes)
             != TENDER_OK;
    wrong += bytes.parts[0].len < TENDER_HEAD_LEN
             || tender_get32(bytes.parts[0].data + 8) != n + 1;

    test_free(&bytes);
    test_reset();

    return wrong;
}


/* version 99 has no terms */

static int
test_add(tender_recent_t *recent, uint64_t seed, const test_doc_t *doc)
{
    u_char          *p, positions[TEST_POSITIONS], name[TENDER_TERM_MAX];
    size_t           len;
    unsigned         i;
    tender_str_t     term;
    tender_entry_t   entry;

    static u_char  buf[MAX_TERMS * (1 + TENDER_TERM_MAX + TEST_POSITIONS)];

    memset(&entry, 0, sizeof(tender_entry_t));
    p = buf;

    for (i = 0; i < MAX_TERMS && doc->version != 99; i++) {
        len = test_positions(seed, doc, i, positions);

        if (len != 0) {
            term = test_term(i, name);
            *p++ = (u_char) term.len;
            memcpy(p, term.data, term.len);
            p += term.len;
            memcpy(p, positions, len);
            p += len;
        }
    }

    entry.number = doc->number;
    entry.has_terms = 1;
    entry.terms.data = buf;
    entry.terms.len = (size_t) (p - buf);

    return tender_recent_add(recent, &entry);
}


/* long ones that begin alike, and come in no order */

static void
test_build_terms(void)
{
    u_char             buf[100];
    unsigned           i, n;
    tender_str_t       part, term;
    tender_entry_t     entry;
    tender_block_t     block;
    test_segment_t     bytes;
    tender_recent_t   *recent;
    tender_segment_t   segment;

    static const char *const  names[] = {
        "wabcdefghz", "wabcdefgh", "wabcdefg", "wabcdefgha", "w",
        "wabcdefghzz", "wabcdefghaz", "b"
    };

    static const char *const  sorted[] = {
        "b", "w", "wabcdefg", "wabcdefgh", "wabcdefgha", "wabcdefghaz",
        "wabcdefghz", "wabcdefghzz"
    };

    memset(&bytes, 0, sizeof(test_segment_t));
    memset(&entry, 0, sizeof(tender_entry_t));

    recent = tender_recent_new(&mem);
    entry.has_terms = 1;
    entry.terms.data = buf;

    for (i = 0; i < 8; i++) {
        n = (unsigned) strlen(names[i]);

        buf[0] = (u_char) n;
        memcpy(buf + 1, names[i], n);
        buf[n + 1] = 0;

        entry.number = 100 - i;
        entry.terms.len = n + 2;

        if (tender_recent_add(recent, &entry) != TENDER_OK) {
            exit(1);
        }
    }

    is_int(tender_segment_build(&mem, recent, test_sink, &bytes), TENDER_OK,
           "terms that begin alike");
    is_int(tender_segment_read(&mem, bytes.parts[0], &segment), TENDER_OK,
           "the segment");
    is_int(segment.low, 93, "its lowest number");

    part = bytes.parts[TENDER_SEGMENT_BLOCKS];
    tender_block_begin(&block, part, segment.ndocs);

    for (i = 0; tender_block_next(&block) == TENDER_OK && i < 8; i++) {
        term.data = block.term;
        term.len = block.len;

        is_str(term, sorted[i], "a term");
        is_int(block.postings.n, 1, "one document");
        is_int(block.postings.positions.len, 0, "it does not matter where");

        for (n = 0; strcmp(names[n], sorted[i]) != 0; n++) {
            /* void */
        }

        is_int(tender_get16(block.postings.docs.data), 7 - n, "that one");
    }

    is_int(i, 8, "all of them");

    test_free(&bytes);
    test_reset();
}


static void
test_build_none(void)
{
    test_segment_t    bytes;
    tender_recent_t  *recent;

    memset(&bytes, 0, sizeof(test_segment_t));
    recent = tender_recent_new(&mem);

    is_int(tender_segment_build(&mem, recent, test_sink, &bytes), TENDER_OK,
           "nothing is recent");
    is_int(test_wrong(&mem, 0, NULL, 0, MAX_TERMS, &bytes), 0,
           "so is the segment");

    test_free(&bytes);
    test_reset();
}


static void
test_build_memory(void)
{
    int               rc;
    unsigned          n, i, wrong;
    test_doc_t       *docs;
    tender_mem_t      few;
    test_limited_t    limited;
    test_segment_t    bytes;
    tender_segment_t  segment;
    tender_recent_t  *recent;

    memset(&bytes, 0, sizeof(test_segment_t));
    docs = test_docs(80, 2);
    recent = tender_recent_new(&mem);
    wrong = 0;

    for (i = 0; i < 80; i++) {

        if (test_add(recent, 3, &docs[79 - i]) != TENDER_OK) {
            exit(1);
        }
    }

    limited.arena = tender_arena_create();

    for (n = 0; n < 10000; n++) {
        limited.left = n;
        tender_mem_init(&few, test_limited, &limited);
        test_free(&bytes);

        rc = tender_segment_build(&few, recent, test_sink, &bytes);
        wrong += rc != TENDER_ERROR;
        tender_arena_reset(limited.arena);

        if (rc == TENDER_OK) {
            break;
        }
    }

    is_int(wrong, 1, "out of memory at each of %u pieces", n);
    ok(n > 5, "there are so many");

    limited.left = 0;
    tender_mem_init(&few, test_limited, &limited);
    is_int(tender_segment_read(&few, bytes.parts[0], &segment), TENDER_ERROR,
           "out of memory at a head");

    test_free(&bytes);
    tender_arena_free(limited.arena);
    test_reset();
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


static test_doc_t *
test_docs(unsigned n, unsigned step)
{
    unsigned     i;
    test_doc_t  *docs;

    docs = tender_alloc(&mem, n * sizeof(test_doc_t));

    for (i = 0; i < n; i++) {
        docs[i].number = 1000 + i * step;
        docs[i].version = 0;
    }

    return docs;
}


static void
test_reset(void)
{
    tender_arena_reset(arena);
    tender_mem_init(&mem, tender_arena_alloc, arena);
}
