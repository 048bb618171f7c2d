
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_RECENT_H_INCLUDED_
#define _TENDER_RECENT_H_INCLUDED_


#include "tender_entry.h"


/*
 * What tender_recent_t is made of, for its own files.  Terms stand in pieces
 * that are never moved, their first bytes side by side for prefixes; a table
 * finds a term by its hash.
 */

#define TENDER_RECENT_PIECE  256         /* terms */


typedef struct {
    const u_char                *positions;
    uint32_t                     len;
    uint16_t                     doc;
} tender_recent_posting_t;

typedef struct tender_recent_more_s  tender_recent_more_t;

struct tender_recent_more_s {
    tender_recent_more_t        *next;
    uint16_t                     n;
    uint16_t                     max;
    tender_recent_posting_t      postings[];
};

typedef struct {
    const u_char                *data;
    size_t                       bytes;     /* of all positions */
    tender_recent_more_t        *more;
    tender_recent_more_t        *last;
    tender_recent_posting_t      first;
    uint16_t                     n;         /* documents */
    uint8_t                      len;
} tender_recent_term_t;

typedef struct {
    uint64_t                     keys[TENDER_RECENT_PIECE];
    tender_recent_term_t         terms[TENDER_RECENT_PIECE];
} tender_recent_piece_t;

typedef struct {
    uint32_t                     hash;
    uint32_t                     term;      /* index + 1; 0: it is free */
} tender_recent_slot_t;


struct tender_recent_s {
    tender_mem_t                *mem;
    uint64_t                     seed;

    uint32_t                    *numbers;   /* of the documents */
    uint32_t                    *names;     /* their terms of tenderID */
    uint16_t                    *slots;     /* documents by number */
    unsigned                     ndocs;
    unsigned                     max;

    tender_recent_piece_t      **pieces;
    uint32_t                     max_pieces;
    uint32_t                     nterms;
    tender_recent_slot_t        *table;
    uint32_t                     size;      /* of table, a power of 2 */

    uint64_t                     dead[tender_set_words(TENDER_SOURCE_DOCS)];
};


/* an empty table */
int tender_recent_begin(tender_recent_t *recent);

/* the index of a term, which is made if need be; its bytes must stay */
int tender_recent_put(tender_recent_t *recent, tender_str_t term,
    uint32_t *index);

/* the last document has a term; once is enough */
int tender_recent_post(tender_recent_t *recent, uint32_t index, unsigned doc,
    tender_str_t positions);


static inline tender_recent_term_t *
tender_recent_at(const tender_recent_t *recent, uint32_t index)
{
    return &recent->pieces[index / TENDER_RECENT_PIECE]
                  ->terms[index % TENDER_RECENT_PIECE];
}


static inline uint64_t
tender_recent_mix(uint64_t n)
{
    unsigned __int128  wide;

    wide = (unsigned __int128) (n ^ 0x9e3779b97f4a7c15) * 0xd6e8feb86659fd93;

    return (uint64_t) wide ^ (uint64_t) (wide >> 64);
}


#endif /* _TENDER_RECENT_H_INCLUDED_ */
