
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_FRAGMENT_MATCH_H_INCLUDED_
#define _TENDER_FRAGMENT_MATCH_H_INCLUDED_


#include "tender_fragment.h"
#include "tender_kwords_token.h"


/* what of a text a query matches: in order, none touches another */

typedef struct {
    const u_char     *start;
    const u_char     *end;
} tender_span_t;


typedef struct {
    tender_span_t    *elts;
    size_t            nelts;
    size_t            nalloc;
} tender_spans_t;


/*
 * With max, a number of pieces, it stops when there are enough for these,
 * and a span is no longer than some pieces; 0: all of them.
 */
int tender_spans_find(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned max, tender_spans_t *spans);


#endif /* _TENDER_FRAGMENT_MATCH_H_INCLUDED_ */
