
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_ENTRY_SORT_H_INCLUDED_
#define _TENDER_ENTRY_SORT_H_INCLUDED_


#include "tender_entry.h"


/* a word of a tender, once for each time it is there */

#define TENDER_ENTRY_B  0x01        /* terms that it makes */
#define TENDER_ENTRY_C  0x02
#define TENDER_ENTRY_I  0x04
#define TENDER_ENTRY_L  0x08
#define TENDER_ENTRY_T  0x10
#define TENDER_ENTRY_U  0x20
#define TENDER_ENTRY_W  0x40


typedef struct {
    uint64_t         key;           /* its first bytes, the first one on top */
    const u_char    *data;
    uint32_t         position;
    uint32_t         order;         /* 1, 2, 3 ... as they were read */
    uint8_t          len;
    uint8_t          fields;
    uint8_t          same;          /* as the one before, once sorted */
} tender_entry_word_t;


/* sets what is compared */
void tender_entry_word(tender_entry_word_t *word, const u_char *data,
    size_t len);

/*
 * By bytes; the same words stay in their order.  TENDER_ERROR: out of
 * memory.
 */
int tender_entry_sort(tender_mem_t *mem, tender_entry_word_t *words,
    uint32_t n);


#endif /* _TENDER_ENTRY_SORT_H_INCLUDED_ */
