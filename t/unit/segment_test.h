
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_SEGMENT_TEST_H_INCLUDED_
#define _TENDER_SEGMENT_TEST_H_INCLUDED_


#include <stdio.h>
#include <stdlib.h>

#include "search/tender_writer.h"


/*
 * Documents and terms that are made of numbers, so that what a segment ought
 * to hold can be told at any time: a document has a number and a version, and
 * these and a seed decide which terms it has, and where.
 */


#define TEST_UNUSED     __attribute__((unused))
#define TEST_POSITIONS  32     /* bytes of one document, at most */


typedef struct {
    uint32_t       number;
    unsigned       version;
} test_doc_t;


/* what a sink took; after so many calls it takes no more */

typedef struct {
    tender_str_t   parts[TENDER_SEGMENT_PARTS];
    size_t         size[TENDER_SEGMENT_PARTS];
    unsigned       calls;
    unsigned       limit;
} test_segment_t;


#define TEST_FULL  -77     /* what it says then */


static uint64_t test_mix(uint64_t a, uint64_t b);
static tender_str_t test_term(unsigned i, u_char *buf);
static size_t test_positions(uint64_t seed, const test_doc_t *doc,
    unsigned term, u_char *buf);
static int test_sink(void *data, unsigned part, const u_char *p, size_t len);
static void test_free(test_segment_t *segment);
static int test_write(tender_mem_t *mem, uint64_t seed,
    const test_doc_t *docs, unsigned n, unsigned nterms,
    test_segment_t *segment);
static unsigned test_wrong(tender_mem_t *mem, uint64_t seed,
    const test_doc_t *docs, unsigned n, unsigned nterms,
    const test_segment_t *segment);
static int test_find(const test_segment_t *bytes,
    const tender_segment_t *segment, tender_str_t term,
    tender_postings_t *postings);
static unsigned test_wrong_term(uint64_t seed, const test_doc_t *docs,
    unsigned n, unsigned i, const test_segment_t *bytes,
    const tender_segment_t *segment, unsigned *found);


static TEST_UNUSED uint64_t
test_mix(uint64_t a, uint64_t b)
{
    uint64_t  x;

    x = a + b * UINT64_C(0x9e3779b97f4a7c15) + 1;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);

    return x ^ (x >> 31);
}


/* ascending: some begin with the one before, some are as long as can be */

static TEST_UNUSED tender_str_t
test_term(unsigned i, u_char *buf)
{
    tender_str_t  term;

    static const char *const  tails[] = { "", "m", "mz" };

    term.data = buf;
    term.len = (size_t) sprintf((char *) buf, "%c%04u%s", 'a' + i / 1000,
                                i / 3, tails[i % 3]);

    if (i % 33 == 2) {
        memset(buf + term.len, 0xfe, TENDER_TERM_MAX - term.len);
        term.len = TENDER_TERM_MAX;
    }

    return term;
}


/* 0: the document has not the term; a byte of zero: it does not matter where */

static TEST_UNUSED size_t
test_positions(uint64_t seed, const test_doc_t *doc, unsigned term,
    u_char *buf)
{
    u_char    *p;
    uint64_t   h;
    unsigned   i, n;

    static const unsigned  often[] = {
        1, 2, 3, 9, 17, 70, 300, 300, 1000, 1000, 1000, 5000, 5000, 5000,
        5000, 5000
    };

    h = test_mix(test_mix(seed, term), doc->number * 64ULL + doc->version);

    if (h % often[term % 16] != 0) {
        return 0;
    }

    h /= 5000;
    n = term % 7 == 3 ? 0 : (unsigned) (h % 4);
    p = tender_leb_write(buf, n);

    for (i = 0; i < n; i++) {
        h = test_mix(h, i);
        p = tender_leb_write(p, (uint32_t) (h >> (i == 2 ? 36 : 56)));
    }

    return (size_t) (p - buf);
}


static TEST_UNUSED int
test_sink(void *data, unsigned part, const u_char *p, size_t len)
{
    tender_str_t    *bytes;
    test_segment_t  *segment;

    segment = data;

    if (segment->calls++ == segment->limit && segment->limit != 0) {
        return TEST_FULL;
    }

    bytes = &segment->parts[part];

    while (bytes->len + len > segment->size[part]) {
        segment->size[part] = 2 * segment->size[part] + 1000;
        bytes->data = realloc(bytes->data, segment->size[part]);
    }

    memcpy(bytes->data + bytes->len, p, len);
    bytes->len += len;

    return TENDER_OK;
}


static TEST_UNUSED void
test_free(test_segment_t *segment)
{
    unsigned  i;

    for (i = 0; i < TENDER_SEGMENT_PARTS; i++) {
        free(segment->parts[i].data);
    }

    memset(segment, 0, sizeof(test_segment_t));
}


/* a segment of documents, whose numbers ascend */

static TEST_UNUSED int
test_write(tender_mem_t *mem, uint64_t seed, const test_doc_t *docs,
    unsigned n, unsigned nterms, test_segment_t *segment)
{
    int               rc;
    size_t            len;
    u_char            name[TENDER_TERM_MAX], *positions;
    uint16_t         *has;
    uint32_t         *numbers;
    unsigned          i, t, nhas, known;
    tender_str_t      bytes;
    tender_writer_t  *writer;

    numbers = tender_alloc(mem, n * sizeof(uint32_t));
    has = tender_alloc(mem, n * sizeof(uint16_t));
    positions = tender_alloc(mem, n * TEST_POSITIONS);

    for (i = 0; i < n; i++) {
        numbers[i] = docs[i].number;
    }

    writer = tender_writer_new(mem, numbers, n, test_sink, segment);
    rc = TENDER_OK;

    for (t = 0; t < nterms && rc == TENDER_OK; t++) {
        bytes.data = positions;
        bytes.len = 0;
        nhas = 0;
        known = 0;

        for (i = 0; i < n; i++) {
            len = test_positions(seed, &docs[i], t, positions + bytes.len);

            if (len != 0) {
                has[nhas++] = (uint16_t) i;
                known |= positions[bytes.len];
                bytes.len += len;
            }
        }

        if (nhas != 0) {
            bytes.len = known ? bytes.len : 0;
            rc = tender_writer_term(writer, test_term(t, name), has, nhas,
                                    bytes);
        }
    }

    return rc == TENDER_OK ? tender_writer_end(writer) : rc;
}


/* in how many ways a segment is not what it should be */

static TEST_UNUSED unsigned
test_wrong(tender_mem_t *mem, uint64_t seed, const test_doc_t *docs,
    unsigned n, unsigned nterms, const test_segment_t *bytes)
{
    unsigned          i, wrong, found;
    tender_segment_t  segment;

    if (tender_segment_read(mem, bytes->parts[TENDER_SEGMENT_HEAD], &segment)
        != TENDER_OK)
    {
        return 1;
    }

    wrong = segment.ndocs != n;
    found = 0;

    for (i = 0; i < n && !wrong; i++) {
        wrong += tender_segment_number(&segment, i) != docs[i].number;
        wrong += tender_segment_doc(&segment, docs[i].number) != (int) i;
    }

    for (i = 0; i < nterms && !wrong; i++) {
        wrong += test_wrong_term(seed, docs, n, i, bytes, &segment, &found);
    }

    return wrong + (segment.nterms != found)
           + (segment.data != bytes->parts[TENDER_SEGMENT_DATA].len)
           + (segment.nblocks != 0
              && segment.offsets[segment.nblocks]
                 != bytes->parts[TENDER_SEGMENT_BLOCKS].len);
}


static TEST_UNUSED int
test_find(const test_segment_t *bytes, const tender_segment_t *segment,
    tender_str_t term, tender_postings_t *postings)
{
    int             rc;
    unsigned        from, to;
    tender_str_t    part;
    tender_block_t  block;

    tender_segment_find(segment, term, 0, &from, &to);

    if (from == to) {
        return TENDER_DONE;
    }

    part.data = bytes->parts[TENDER_SEGMENT_BLOCKS].data
                + segment->offsets[from];
    part.len = segment->offsets[to] - segment->offsets[from];

    tender_block_begin(&block, part, segment->ndocs);
    rc = tender_block_find(&block, term);

    if (rc != TENDER_OK) {
        return rc;
    }

    *postings = block.postings;

    if (postings->docs.data == NULL) {

        if (block.offset + postings->docs.len + postings->positions.len
            > bytes->parts[TENDER_SEGMENT_DATA].len)
        {
            return TENDER_DECLINED;
        }

        postings->docs.data = bytes->parts[TENDER_SEGMENT_DATA].data
                              + block.offset;
        postings->positions.data = postings->docs.data + postings->docs.len;
    }

    return TENDER_OK;
}


static TEST_UNUSED unsigned
test_wrong_term(uint64_t seed, const test_doc_t *docs, unsigned n,
    unsigned i, const test_segment_t *bytes, const tender_segment_t *segment,
    unsigned *found)
{
    int                 rc;
    size_t              len;
    u_char             *p, name[TENDER_TERM_MAX], buf[TEST_POSITIONS];
    unsigned            doc, has, nhas, known, wrong;
    tender_postings_t   postings;

    memset(&postings, 0, sizeof(tender_postings_t));

    rc = test_find(bytes, segment, test_term(i, name), &postings);

    p = postings.positions.len != 0 ? postings.positions.data : NULL;
    known = 0;
    wrong = 0;
    nhas = 0;

    for (doc = 0; doc < n; doc++) {
        len = test_positions(seed, &docs[doc], i, buf);

        if (postings.kind == TENDER_POSTINGS_BITMAP) {
            has = postings.docs.data[doc / 8] >> (doc % 8) & 1;

        } else {
            has = nhas < postings.n
                  && tender_get16(postings.docs.data + 2 * nhas) == doc;
        }

        nhas += has;
        wrong += has != (len != 0);
        known |= len != 0 ? buf[0] : 0;

        if (!wrong && p != NULL && len != 0) {
            wrong += memcmp(p, buf, len) != 0;
            p += len;
        }
    }

    *found += nhas != 0;

    wrong += nhas != postings.n;
    wrong += rc != (nhas != 0 ? TENDER_OK : TENDER_DONE);
    wrong += (known != 0) != (p != NULL);
    wrong += p != NULL
             && p != postings.positions.data + postings.positions.len;

    return wrong;
}


#endif /* _TENDER_SEGMENT_TEST_H_INCLUDED_ */
