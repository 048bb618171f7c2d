
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_SEGMENT_H_INCLUDED_
#define _TENDER_SEGMENT_H_INCLUDED_


#include "tender_entry.h"


/*
 * A segment: the terms of up to TENDER_SOURCE_DOCS documents, written once
 * and never changed.  It is three strings, so that a reader takes what it
 * needs:
 *
 *     head     the numbers of its documents, ascending; the first term of
 *              each block, and where it begins
 *     blocks   the terms, sorted by their bytes, each with its postings or
 *              with where these are; a block is about 2 KB, its terms are
 *              written as what differs from the one before
 *     data     postings and positions that are longer than
 *              TENDER_SEGMENT_INLINE bytes together
 *
 * Postings are a bitmap where that is shorter than an array.
 */

#define TENDER_SEGMENT_BLOCK   2048
#define TENDER_SEGMENT_INLINE  64

#define TENDER_SEGMENT_HEAD    0
#define TENDER_SEGMENT_BLOCKS  1
#define TENDER_SEGMENT_DATA    2
#define TENDER_SEGMENT_PARTS   3


typedef struct {
    unsigned         ndocs;
    uint32_t         low;          /* its lowest number, and highest */
    uint32_t         high;
    unsigned         dense;        /* each number between them is there */
    const u_char    *numbers;      /* 32-bit, unless it is dense */
    unsigned         nblocks;
    uint64_t         nterms;
    tender_str_t    *terms;        /* the first one of each block */
    uint32_t        *offsets;      /* of each block, and the end */
    uint32_t         data;         /* bytes in data */
} tender_segment_t;


/*
 * Reads a head, which must stay.  TENDER_DECLINED: it is damaged (whatever
 * its bytes are, nothing beyond them is touched).
 */
int tender_segment_read(tender_mem_t *mem, tender_str_t head,
    tender_segment_t *segment);

uint32_t tender_segment_number(const tender_segment_t *segment, unsigned doc);

/* the document with this number, or -1 */
int tender_segment_doc(const tender_segment_t *segment, uint32_t number);

/* the blocks where a term, or terms that begin with it, may be: [*from, *to) */
void tender_segment_find(const tender_segment_t *segment, tender_str_t term,
    unsigned prefix, unsigned *from, unsigned *to);


/* a block, term by term */

typedef struct {
    const u_char        *p;
    const u_char        *end;
    unsigned             ndocs;       /* of the segment */
    u_char               term[TENDER_TERM_MAX + 1];
    unsigned             len;         /* of term */
    tender_postings_t    postings;    /* data NULL: they are in data */
    uint32_t             offset;      /* there; positions follow docs */
} tender_block_t;


void tender_block_begin(tender_block_t *block, tender_str_t bytes,
    unsigned ndocs);

/* TENDER_OK; TENDER_DONE: there are no more; TENDER_DECLINED: damaged */
int tender_block_next(tender_block_t *block);

/*
 * Sets block to a term.  TENDER_DONE: it is not there.  If its postings are
 * in data, docs.len and positions.len say how many bytes there are at offset.
 */
int tender_block_find(tender_block_t *block, tender_str_t term);


/*
 * Takes what a segment is written as: a piece of a part, behind those that
 * came before it; the head is the last one.
 */

typedef int (*tender_sink_pt)(void *data, unsigned part, const u_char *p,
    size_t len);

typedef struct tender_writer_s  tender_writer_t;


/*
 * numbers, ascending, must stay.  Terms are added in the order of their
 * bytes; the head is written at the end.  What sink returns that is not
 * TENDER_OK is returned.
 */
tender_writer_t *tender_writer_new(tender_mem_t *mem, const uint32_t *numbers,
    unsigned n, tender_sink_pt sink, void *data);
int tender_writer_term(tender_writer_t *writer, tender_str_t term,
    const uint16_t *docs, unsigned n, tender_str_t positions);
int tender_writer_end(tender_writer_t *writer);

/* the living documents of what is recent, as a segment */
int tender_segment_build(tender_mem_t *mem, const tender_recent_t *recent,
    tender_sink_pt sink, void *data);


/*
 * Joins segments, the oldest first: of a document that is in several the
 * last one counts, and those in dead[i] (may be NULL) are left out.  The
 * inputs are read from begin to end, as they come.
 */

typedef struct tender_merge_s  tender_merge_t;


/* TENDER_DECLINED from the first: more than TENDER_SOURCE_DOCS documents */
int tender_merge_new(tender_mem_t *mem, const tender_segment_t *inputs,
    const uint64_t *const *dead, unsigned n, tender_sink_pt sink, void *data,
    tender_merge_t **merge);

/*
 * Goes on for about so many terms: TENDER_OK: there is more to do;
 * TENDER_DONE: all is written; TENDER_AGAIN: *part of *input is needed from
 * *offset on, hand it over with tender_merge_feed(); TENDER_DECLINED: an
 * input is damaged.
 */
int tender_merge_run(tender_merge_t *merge, unsigned terms, unsigned *input,
    unsigned *part, uint32_t *offset);

/* the next bytes, copied; none: the part ends there */
int tender_merge_feed(tender_merge_t *merge, unsigned input, unsigned part,
    tender_str_t bytes);

/* what the result has */
unsigned tender_merge_docs(const tender_merge_t *merge);


#endif /* _TENDER_SEGMENT_H_INCLUDED_ */
