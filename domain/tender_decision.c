
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_decision.h"
#include "tender_stage.h"


static int tender_decision_find(const tender_award_t *awards, unsigned n,
    tender_award_e status, unsigned except);
static void tender_decision_cancel(tender_award_t *awards, unsigned n,
    unsigned except);


tender_decision_e
tender_decision_may(const tender_award_t *awards, unsigned n,
    tender_award_e status, const tender_str_t *bid_id, unsigned gated,
    unsigned *which)
{
    int  i;

    i = tender_decision_find(awards, n, TENDER_AWARD_ACTIVE, n);

    if (i >= 0) {
        *which = (unsigned) i;
        return TENDER_DECISION_OVER;
    }

    if (gated) {
        i = tender_decision_find(awards, n, TENDER_AWARD_PENDING, n);

        if (i >= 0) {
            *which = (unsigned) i;
            return TENDER_DECISION_OPEN;
        }
    }

    i = tender_decision_about(awards, n, bid_id, -1);

    if (i < 0) {
        return TENDER_DECISION_MAY;
    }

    /* a pending one gives way to the winner, see tender_decision_made() */

    if (status == TENDER_AWARD_ACTIVE
        && awards[i].status == TENDER_AWARD_PENDING
        && tender_decision_about(awards, n, bid_id, i) < 0)
    {
        return TENDER_DECISION_MAY;
    }

    *which = (unsigned) i;

    return TENDER_DECISION_BID;
}


int
tender_decision_about(const tender_award_t *awards, unsigned n,
    const tender_str_t *bid_id, int except)
{
    unsigned  i;

    if (bid_id->len == 0) {
        return -1;
    }

    for (i = 0; i < n; i++) {

        if ((int) i != except
            && awards[i].status != TENDER_AWARD_CANCELLED
            && tender_str_eq(&awards[i].bid_id, bid_id))
        {
            return (int) i;
        }
    }

    return -1;
}


void
tender_decision_made(tender_award_t *awards, unsigned n, unsigned made,
    const tender_offer_t *offers, unsigned noffers, unsigned gated,
    tender_outcome_t *outcome)
{
    if (!gated && awards[made].status == TENDER_AWARD_UNSUCCESSFUL) {
        outcome->stage = -1;
        outcome->next = -1;

        return;
    }

    tender_decision_turned(awards, n, made, offers, noffers, outcome);
}


void
tender_decision_turned(tender_award_t *awards, unsigned n, unsigned made,
    const tender_offer_t *offers, unsigned noffers, tender_outcome_t *outcome)
{
    outcome->stage = -1;
    outcome->next = -1;

    if (awards[made].status == TENDER_AWARD_ACTIVE) {
        tender_decision_cancel(awards, n, made);
        outcome->stage = TENDER_AWARDED;

        return;
    }

    /* another one that is pending has its turn first; a winner is the end */

    if (awards[made].status == TENDER_AWARD_UNSUCCESSFUL
        && tender_decision_find(awards, n, TENDER_AWARD_PENDING, made) < 0
        && tender_decision_find(awards, n, TENDER_AWARD_ACTIVE, made) < 0)
    {
        outcome->next = tender_award_next(offers, noffers, awards, n);

        if (outcome->next < 0) {
            outcome->stage = TENDER_UNSUCCESSFUL;
        }
    }
}


void
tender_decision_auction(tender_award_t *awards, unsigned n,
    const tender_offer_t *offers, unsigned noffers, tender_outcome_t *outcome)
{
    tender_decision_cancel(awards, n, n);

    outcome->next = tender_award_next(offers, noffers, awards, n);
    outcome->stage = outcome->next < 0 ? TENDER_UNSUCCESSFUL
                                       : TENDER_QUALIFICATION;
}


static int
tender_decision_find(const tender_award_t *awards, unsigned n,
    tender_award_e status, unsigned except)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (i != except && awards[i].status == status) {
            return (int) i;
        }
    }

    return -1;
}


static void
tender_decision_cancel(tender_award_t *awards, unsigned n, unsigned except)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (i != except && awards[i].status == TENDER_AWARD_PENDING) {
            awards[i].status = TENDER_AWARD_CANCELLED;
        }
    }
}
