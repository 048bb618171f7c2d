
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_AWARD_H_INCLUDED_
#define _TENDER_AWARD_H_INCLUDED_


#include "tender_rank.h"


/* in the order in which the model of an award lists them */

typedef enum {
    TENDER_AWARD_PENDING = 0,
    TENDER_AWARD_ACTIVE,
    TENDER_AWARD_UNSUCCESSFUL,
    TENDER_AWARD_CANCELLED,
    TENDER_AWARD_UNKNOWN
} tender_award_e;

typedef struct {
    tender_str_t      bid_id;
    tender_award_e    status;
} tender_award_t;


/* the status of this name; none at all is pending */
tender_award_e tender_award_status(tender_str_t text);

/*
 * Completes an award from the bid it is about: adds awardStatus (pending),
 * bid_id, suppliers (the bidders) and awardValue (totalValue), each where
 * award does not have it and the bid does.  Values are shared with bid.
 */
int tender_award_make(tender_mem_t *mem, const tender_value_t *bid,
    tender_str_t bid_id, tender_value_t *award);

/*
 * The index of the best offer about which nothing was decided: no award that
 * was not cancelled is about it.  -1: there is none left.  offers are
 * sorted, the best first.
 */
int tender_award_next(const tender_offer_t *offers, unsigned n,
    const tender_award_t *awards, unsigned nawards);


#endif /* _TENDER_AWARD_H_INCLUDED_ */
