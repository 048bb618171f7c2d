
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MERGE_H_INCLUDED_
#define _TENDER_MERGE_H_INCLUDED_


#include "tender_writer.h"


/* a part of an input as it comes: what is here begins at start */

typedef struct {
    u_char            *buf;
    size_t             size;
    size_t             start;
    size_t             end;
    uint32_t           offset;     /* of what comes next */
    uint32_t           total;
    unsigned           closed:1;
} tender_window_t;


typedef struct {
    tender_segment_t   segment;
    uint16_t          *map;        /* its documents in the result */
    tender_window_t    windows[TENDER_SEGMENT_PARTS];
    unsigned           next;       /* block */
    uint64_t           nterms;     /* read so far */
    uint32_t           data;       /* the same in data */
    unsigned           ready:1;    /* it stands at a term */
    unsigned           done:1;
    tender_block_t     block;
    tender_postings_t  postings;   /* of the term, when they are here */
    u_char             bytes[TENDER_SEGMENT_BLOCK];
} tender_merge_input_t;


int tender_merge_input_init(tender_mem_t *mem, tender_merge_input_t *input,
    const tender_segment_t *segment);

/*
 * Goes on to the next term.  TENDER_AGAIN: *part is needed; TENDER_DECLINED:
 * it is damaged.  Then done or ready is set.
 */
int tender_merge_input_next(tender_merge_input_t *input, unsigned *part);

/* the postings of the term are here: the same */
int tender_merge_input_load(tender_merge_input_t *input, unsigned *part);

/* leaves the term */
void tender_merge_input_pass(tender_merge_input_t *input);

int tender_window_feed(tender_mem_t *mem, tender_window_t *window,
    tender_str_t bytes);


#endif /* _TENDER_MERGE_H_INCLUDED_ */
