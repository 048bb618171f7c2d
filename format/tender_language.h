
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_LANGUAGE_H_INCLUDED_
#define _TENDER_LANGUAGE_H_INCLUDED_


#include "tender_core.h"


/*
 * Which language of a list (of n; two small letters each) Accept-Language
 * asks for: by their q, of equal ones the first that is named; a region,
 * "uk-UA", is no matter, and "*" is the first of the list.  n: none of them.
 */
unsigned tender_language(tender_str_t accept, const tender_str_t *list,
    unsigned n);

/* the index of a language in a list, in any case of its letters; n: none */
unsigned tender_language_index(tender_str_t name, const tender_str_t *list,
    unsigned n);


#endif /* _TENDER_LANGUAGE_H_INCLUDED_ */
