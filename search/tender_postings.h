
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_POSTINGS_H_INCLUDED_
#define _TENDER_POSTINGS_H_INCLUDED_


#include "tender_kwords.h"


/*
 * Which documents of a source have a term.  A source is a segment, or what
 * is recent; its documents are counted from 0 on, at most
 * TENDER_SOURCE_DOCS, in the order of their numbers in a segment.
 *
 * Bytes come from a cache: nothing is aligned, all numbers are
 * little-endian.
 */

#define TENDER_SOURCE_DOCS  32768


typedef enum {
    TENDER_POSTINGS_NONE = 0,
    TENDER_POSTINGS_ARRAY,        /* n 16-bit numbers, ascending */
    TENDER_POSTINGS_BITMAP        /* a bit for each document of the source, */
                                  /* whole 64-bit words */
} tender_postings_e;


/*
 * positions: for each of the n documents, in their order, how many times it
 * has the word, then where: each as a difference to the one before (to 0),
 * all as LEB128.  Words side by side have positions that differ by 1;
 * between two fields of a tender there is a gap.
 */

typedef struct {
    tender_postings_e    kind;
    unsigned             n;
    tender_str_t         docs;
    tender_str_t         positions;   /* empty: not known */
} tender_postings_t;


/* a set of documents of a source of n documents, of 64-bit words */

#define tender_set_words(n)  (((n) + 63) / 64)

#define tender_set_has(set, i)  ((set)[(i) / 64] >> ((i) % 64) & 1)

#define tender_set_add(set, i)                                                \
    ((set)[(i) / 64] |= (uint64_t) 1 << ((i) % 64))

#define tender_set_remove(set, i)                                             \
    ((set)[(i) / 64] &= ~((uint64_t) 1 << ((i) % 64)))


unsigned tender_set_count(const uint64_t *set, unsigned ndocs);

/* set |= postings; elements beyond ndocs are ignored */
void tender_set_join(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs);

/* set &= postings, set &= ~postings */
void tender_set_meet(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs);
void tender_set_part(uint64_t *set, const tender_postings_t *postings,
    unsigned ndocs);


/* the documents of postings, one after the other */

typedef struct {
    const u_char    *p;
    uint64_t         word;
    unsigned         at;
    unsigned         n;
    unsigned         ndocs;
    unsigned         array;
} tender_docs_t;


void tender_postings_begin(tender_docs_t *docs,
    const tender_postings_t *postings, unsigned ndocs);

/* -1: there are no more; those of a damaged array may be ndocs or more */
int tender_postings_next(tender_docs_t *docs);


/*
 * Those documents of a source that match: leaves[i] belongs to
 * kwords->leaves[i] (all terms of a prefix are one list, joined by the
 * caller as a bitmap).  Out has tender_set_words(ndocs) words.  A positions
 * list that is damaged matches nothing.  TENDER_ERROR: out of memory.
 */
int tender_match(tender_mem_t *mem, const tender_kwords_t *kwords,
    const tender_postings_t *leaves, unsigned ndocs, uint64_t *out);

/*
 * Adds to scores[i], of each document i of set, a weight for each leaf that
 * is not excluded and that it has; weights[leaf] are the caller's.
 */
int tender_score(tender_mem_t *mem, const tender_kwords_t *kwords,
    const tender_postings_t *leaves, const float *weights, unsigned ndocs,
    const uint64_t *set, float *scores);


/* LEB128 of 32 bits: at most 5 bytes; NULL from the second: damaged */
u_char *tender_leb_write(u_char *p, uint32_t n);
const u_char *tender_leb_read_long(const u_char *p, const u_char *end,
    uint32_t *n);

u_char *tender_put16(u_char *p, uint16_t n);
u_char *tender_put32(u_char *p, uint32_t n);
u_char *tender_put64(u_char *p, uint64_t n);


static inline const u_char *
tender_leb_read(const u_char *p, const u_char *end, uint32_t *n)
{
    if (p < end && *p < 0x80) {
        *n = *p;
        return p + 1;
    }

    return tender_leb_read_long(p, end, n);
}


static inline uint16_t
tender_get16(const u_char *p)
{
    return (uint16_t) (p[0] | p[1] << 8);
}


static inline uint32_t
tender_get32(const u_char *p)
{
    return (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16
           | (uint32_t) p[3] << 24;
}


static inline uint64_t
tender_get64(const u_char *p)
{
    return (uint64_t) p[0] | (uint64_t) p[1] << 8 | (uint64_t) p[2] << 16
           | (uint64_t) p[3] << 24 | (uint64_t) p[4] << 32
           | (uint64_t) p[5] << 40 | (uint64_t) p[6] << 48
           | (uint64_t) p[7] << 56;
}


#endif /* _TENDER_POSTINGS_H_INCLUDED_ */
