
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_WORDS_H_INCLUDED_
#define _TENDER_WORDS_H_INCLUDED_


#include "../format/tender_text.h"


/*
 * Words of a text as they are searched for: letters and digits, folded, so
 * that case and accents make no difference (Unicode, by ICU).  Marks are
 * taken off Latin and Greek letters; Cyrillic ones keep theirs, but for U+0451
 * which is U+0435; an apostrophe joins two Cyrillic letters and parts others;
 * a character of a script without spaces is a word of its own.
 */

#define TENDER_WORD_MAX  64       /* bytes of a folded word: more is cut */


typedef struct {
    const u_char   *p;            /* what is not read yet */
    const u_char   *end;
    tender_str_t    source;       /* the word as it stands in the text */
    tender_str_t    word;         /* folded, in buf */
    u_char          buf[TENDER_WORD_MAX + 16];
    unsigned        alone;        /* its script has no spaces */
} tender_words_t;


/* once in a process, before the others: TENDER_OK or TENDER_ERROR (no ICU) */
int tender_words_init(void);

/* begins with a text, which is valid UTF-8 and must stay */
void tender_words_begin(tender_words_t *words, tender_str_t text);

/* the next word: TENDER_OK, or TENDER_DONE: there is none */
int tender_words_next(tender_words_t *words);

/*
 * The folding without the cutting: at p, at most 3 * text.len bytes; returns
 * the end.  Blanks are kept, so are dots and dashes: for numbers and names
 * that are compared as a whole.
 */
u_char *tender_words_fold(u_char *p, tender_str_t text);

/* the bytes of what is folded that a term has: no more than a word's */
size_t tender_words_cut(tender_str_t word);


#endif /* _TENDER_WORDS_H_INCLUDED_ */
