
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_AUCTION_H_INCLUDED_
#define _TENDER_AUCTION_H_INCLUDED_


#include "../format/tender_value.h"


/*
 * Puts the results of an auction into the bids: results is a list that has
 * passed the model of the auction, bids are n records in the order in which
 * they are shown, ids their ids.  A result names its bid by id, all do, or
 * none does and they come in that order.  Its price is a flat {amount,
 * currency}, or a totalValue.  Of a bid, totalValue.amount becomes the
 * result's (currency, too, if the bid has none); the rest stays.  changed[i]
 * says whether bids[i] is not as it was: 400 and 400.00 differ.
 *
 * TENDER_DECLINED: *why is a sentence, no bid was touched.
 */
int tender_auction_apply(tender_mem_t *mem, const tender_value_t *results,
    tender_value_t **bids, const tender_str_t *ids, unsigned n,
    u_char *changed, const char **why);


#endif /* _TENDER_AUCTION_H_INCLUDED_ */
