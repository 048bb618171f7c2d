
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_WORDS_LETTER_H_INCLUDED_
#define _TENDER_WORDS_LETTER_H_INCLUDED_


#include "tender_words.h"


/*
 * What a character is in a word, and what it is folded to.  Those below
 * TENDER_LETTERS are in a table, the others are asked of ICU one by one.
 */

#define TENDER_LETTERS     0x2100
#define TENDER_LETTER_MAX  48

/* entries of the table are no longer */

#define TENDER_LETTER_SHORT  6


typedef enum {
    TENDER_LETTER_NONE = 0,       /* parts words */
    TENDER_LETTER_APOSTROPHE,
    TENDER_LETTER_JOINER,         /* is not there at all */
    TENDER_LETTER_MARK,           /* belongs to the letter before it */
    TENDER_LETTER_LONG,           /* in the table alone: ask ICU */

    /* letters and digits */

    TENDER_LETTER_PLAIN,          /* its marks are dropped */
    TENDER_LETTER_CYRILLIC,       /* so are those that make no letter of it */
    TENDER_LETTER_MARKED,         /* keeps its marks */
    TENDER_LETTER_ALONE           /* the same, and is a word of its own */
} tender_letter_e;


typedef struct {
    u_char           kind;        /* tender_letter_e */
    u_char           len;
    u_char           out[TENDER_LETTER_SHORT];
} tender_letter_entry_t;


typedef struct {
    unsigned         kind;        /* tender_letter_e */
    unsigned         size;        /* of the character in the text */
    unsigned         len;
    const u_char    *out;         /* what it is folded to */
    u_char           buf[TENDER_LETTER_MAX];
} tender_letter_t;


/* a letter or a digit, folded, or 0: also for bytes that are not ASCII */
extern u_char  tender_letter_ascii[256];

extern tender_letter_entry_t  tender_letter_table[TENDER_LETTERS];


/* the character at p, which is before end; a bad byte is one that parts */
void tender_letter_read(const u_char *p, const u_char *end,
    tender_letter_t *letter);

/* the letter that both are together, folded, or 0 */
uint32_t tender_letter_compose(uint32_t base, uint32_t mark);


static inline void
tender_letter(const u_char *p, const u_char *end, tender_letter_t *letter)
{
    const tender_letter_entry_t  *entry;

    if (p[0] >= 0xc2 && p[0] < 0xe0 && end - p >= 2
        && (p[1] & 0xc0) == 0x80)
    {
        entry = &tender_letter_table[(p[0] & 0x1f) << 6 | (p[1] & 0x3f)];

        if (entry->kind != TENDER_LETTER_LONG) {
            letter->kind = entry->kind;
            letter->size = 2;
            letter->len = entry->len;
            letter->out = entry->out;
            return;
        }
    }

    tender_letter_read(p, end, letter);
}


#endif /* _TENDER_WORDS_LETTER_H_INCLUDED_ */
