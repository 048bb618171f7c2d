
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MATCH_H_INCLUDED_
#define _TENDER_MATCH_H_INCLUDED_


#include "tender_postings.h"


/*
 * What tender_match() is made of.  Takes from set the documents where the
 * words of a phrase do not stand one after the other; set has none where one
 * of them is missing.
 */
int tender_match_phrase(tender_mem_t *mem, const tender_node_t *phrase,
    const tender_postings_t *leaves, unsigned ndocs, uint64_t *set);


#endif /* _TENDER_MATCH_H_INCLUDED_ */
