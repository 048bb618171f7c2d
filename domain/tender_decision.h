
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_DECISION_H_INCLUDED_
#define _TENDER_DECISION_H_INCLUDED_


#include "tender_award.h"


/*
 * Which awards may be made, and what follows from one.  awards are all of a
 * tender, in any order; offers are sorted, the best first.
 */

typedef enum {
    TENDER_DECISION_MAY = 0,
    TENDER_DECISION_OVER,        /* an award is active */
    TENDER_DECISION_OPEN,        /* a pending one is decided first */
    TENDER_DECISION_BID          /* the bid has an award already */
} tender_decision_e;


/*
 * Whether an award of that status may be made about that bid (len 0: about
 * none).  With a time gate awards are decided one after the other; without
 * one a winner is named at once, whatever is pending.  *which is the award
 * that is in the way.
 */
tender_decision_e tender_decision_may(const tender_award_t *awards,
    unsigned n, tender_award_e status, const tender_str_t *bid_id,
    unsigned gated, unsigned *which);

/*
 * The index of an award, but for the one at except, that is about the bid
 * and was not cancelled; -1: there is none.
 */
int tender_decision_about(const tender_award_t *awards, unsigned n,
    const tender_str_t *bid_id, int except);


typedef struct {
    int    stage;                /* that the tender gets; -1: as it is */
    int    next;                 /* the offer that gets a pending award; */
                                 /* -1: none */
} tender_outcome_t;


/*
 * What follows from awards[made], a new one: what was pending is cancelled in
 * awards if it is active.  Without a time gate nothing follows from a bid
 * that is turned down: it is history.
 */
void tender_decision_made(tender_award_t *awards, unsigned n, unsigned made,
    const tender_offer_t *offers, unsigned noffers, unsigned gated,
    tender_outcome_t *outcome);

/* the same where awards[made] was pending before */
void tender_decision_turned(tender_award_t *awards, unsigned n,
    unsigned made, const tender_offer_t *offers, unsigned noffers,
    tender_outcome_t *outcome);

/* what follows from an auction: what was pending is cancelled in awards */
void tender_decision_auction(tender_award_t *awards, unsigned n,
    const tender_offer_t *offers, unsigned noffers,
    tender_outcome_t *outcome);


#endif /* _TENDER_DECISION_H_INCLUDED_ */
