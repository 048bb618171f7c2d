
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_STAGE_H_INCLUDED_
#define _TENDER_STAGE_H_INCLUDED_


#include "../format/tender_core.h"


/*
 * The stages of a tender, and what may be done in each.  A tender is gated
 * if the clock decides when it takes bids; one without a time gate is an
 * import or a historical one, moved on by what is done to it.
 */

typedef enum {
    TENDER_ENQUIRIES = 0,
    TENDER_TENDERING,
    TENDER_AUCTION,
    TENDER_QUALIFICATION,
    TENDER_AWARDED,
    TENDER_COMPLETE,
    TENDER_UNSUCCESSFUL,
    TENDER_CANCELLED,
    TENDER_STAGES
} tender_stage_e;


typedef enum {
    TENDER_UPDATE = 0,
    TENDER_CANCEL,
    TENDER_CLOSE,                /* to complete */
    TENDER_ADD_BID,
    TENDER_UPDATE_BID,
    TENDER_DELETE_BID,
    TENDER_JUDGE_BID,            /* valid or invalid, by the owner */
    TENDER_ADD_AWARD,
    TENDER_UPDATE_AWARD,
    TENDER_GET_AUCTION,
    TENDER_REPORT_AUCTION,
    TENDER_ADD_DOCUMENT,
    TENDER_UPDATE_DOCUMENT,
    TENDER_ADD_BID_DOCUMENT,
    TENDER_UPDATE_BID_DOCUMENT,
    TENDER_ADD_AWARD_DOCUMENT,
    TENDER_UPDATE_AWARD_DOCUMENT,
    TENDER_ADD_AUCTION_DOCUMENT, /* by the auction */
    TENDER_VIEW_BIDS,            /* these are never allowed by the table: */
    TENDER_VIEW_BID,             /* for their words */
    TENDER_VIEW_BID_DOCUMENTS
} tender_act_e;


/* "active.enquiries" ...; the last one is empty */
extern const tender_str_t  tender_stages[];

/* the stage with that name, or -1 */
int tender_stage_read(tender_str_t name);

/* what follows the end of tendering, if so many bids take part */
tender_stage_e tender_stage_after(unsigned noffers);

/* 1 if the table lets the act happen in that stage */
int tender_stage_lets(tender_act_e act, int stage, int gated);

/*
 * "Can't add bid in current (active.auction) tender status"; data NULL: out
 * of memory
 */
tender_str_t tender_stage_refusal(tender_mem_t *mem, tender_act_e act,
    tender_str_t stage);


#endif /* _TENDER_STAGE_H_INCLUDED_ */
