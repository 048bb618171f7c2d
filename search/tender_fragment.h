
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_FRAGMENT_H_INCLUDED_
#define _TENDER_FRAGMENT_H_INCLUDED_


#include "../format/tender_value.h"
#include "tender_kwords.h"


/* matched words are shown between these, in a piece of the text around them */

#define TENDER_MARK_OPEN   "[B]"
#define TENDER_MARK_CLOSE  "[/B]"

#define TENDER_FRAGMENT_LEN  160     /* characters, about */


/*
 * Appends strings to list, an array: pieces of text around words that the
 * query's terms match (those that it does not exclude; those of field
 * TENDER_TERM_TEXT match in any text, of another one if field is that), until
 * the list has max elements.  A piece begins and ends between words, "..." is
 * where text was cut; white space is one blank.
 */
int tender_fragments(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned max, tender_value_t *list);

/* the whole text, with marks, blanks the same; NULL data: out of memory */
tender_str_t tender_marked(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field);


#endif /* _TENDER_FRAGMENT_H_INCLUDED_ */
