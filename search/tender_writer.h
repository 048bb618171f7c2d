
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_WRITER_H_INCLUDED_
#define _TENDER_WRITER_H_INCLUDED_


#include "tender_segment.h"


/*
 * A head: magic, version, 1 if it is dense, two zeros; then 32-bit: number of
 * documents, lowest and highest number, number of blocks; 64-bit: number of
 * terms; 32-bit: bytes of all blocks, bytes of data.  Behind these the
 * numbers, unless it is dense, and for each block its offset, the length of
 * its first term, that term.
 *
 * A term in a block: how many bytes it shares with the one before, how many
 * follow, these; LEB128: how many documents, bytes of positions.  Postings
 * and positions follow if they are short, else their offset in data.
 */

#define TENDER_HEAD_MAGIC    "TSEG"
#define TENDER_HEAD_VERSION  1
#define TENDER_HEAD_LEN      40
#define TENDER_HEAD_BLOCK    6         /* bytes of a block there, at least */

/* of a term: two LEB128, and inline bytes or an offset */
#define TENDER_BLOCK_TAIL    (10 + TENDER_SEGMENT_INLINE)

/* 1 if an array is what its documents are written as, not a bitmap */
#define tender_postings_array(n, ndocs)                                       \
    (2 * (n) <= 8 * tender_set_words(ndocs))


/* by bytes; what is shorter comes first */
int tender_term_compare(tender_str_t a, tender_str_t b);


/*
 * The documents of one term, from several sources, in the order in which
 * they are written.
 */

typedef struct {
    const u_char           *positions;   /* with their count */
    uint32_t                len;
    uint16_t                doc;
} tender_gather_item_t;


typedef struct {
    tender_mem_t           *mem;
    tender_gather_item_t   *items;
    tender_gather_item_t   *spare;
    uint16_t               *docs;
    unsigned                n;
    unsigned                max;
    unsigned                mixed:1;     /* not in the order of documents */
    unsigned                known:1;     /* positions, of some of them */
    u_char                 *positions;
    size_t                  size;
} tender_gather_t;


#define TENDER_GATHER_DROP  0xffff


/* for a result of max documents */
int tender_gather_init(tender_gather_t *gather, tender_mem_t *mem,
    unsigned max);

/*
 * map says what a document of the source is in the result, or
 * TENDER_GATHER_DROP; no two documents are the same.  The bytes of postings
 * must stay until all is written.  TENDER_DECLINED: they are damaged.
 */
int tender_gather_add(tender_gather_t *gather,
    const tender_postings_t *postings, unsigned ndocs, const uint16_t *map);

/* writes the term, if a document has it, and begins anew */
int tender_gather_write(tender_gather_t *gather, tender_writer_t *writer,
    tender_str_t term);


/* another buffer, unless there is room for size bytes; nothing is copied */
int tender_buffer_grow(tender_mem_t *mem, u_char **buf, size_t *have,
    size_t size);


#endif /* _TENDER_WRITER_H_INCLUDED_ */
