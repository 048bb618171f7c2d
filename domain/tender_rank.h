
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_RANK_H_INCLUDED_
#define _TENDER_RANK_H_INCLUDED_


#include "../format/tender_value.h"
#include "tender_money.h"


/*
 * Who wins: exact amounts, weighed by features where the tender has some; an
 * earlier date decides a tie, then the id.
 */

typedef struct {
    tender_str_t      id;
    int64_t           date;      /* µs */
    tender_money_t    amount;
    int64_t           weight;    /* (1 - sum of the features' greatest values
                                    + sum of the values chosen) * 10^15 */
    tender_value_t   *bid;       /* its record */
} tender_offer_t;


/* shares are counted in 10^-15 */

#define TENDER_WEIGHT_ONE    INT64_C(1000000000000000)

#define TENDER_MAX_FEATURES  100
#define TENDER_MAX_CHOICES   100     /* of a feature */

typedef struct {
    tender_str_t      code;
    int64_t           greatest;
} tender_feature_t;

typedef struct {
    unsigned          nfeatures;
    tender_feature_t  features[TENDER_MAX_FEATURES];
    int64_t           rest;      /* 1 - sum of the greatest values */
} tender_features_t;


/* TENDER_DECLINED: v is no number from 0 on and below 1 */
int tender_share_read(const tender_value_t *v, int64_t *share);

/*
 * What the features of a tender weigh, to be read once for all its bids;
 * returns the sum of the greatest values.  Features that leave no price to
 * compare, 1 or more, do not count.
 */
int64_t tender_features_read(const tender_value_t *tender,
    tender_features_t *features);


/*
 * bid is a bid's record (totalValue.amount, parameters).  With features an
 * offer's price is amount / k, k = 1 + chosen / (1 - greatest), so prices
 * compare as amount / weight.  TENDER_DECLINED: the bid takes no part: it
 * has no amount, or its status is invalidBid.
 */
int tender_offer_weigh(const tender_features_t *features,
    tender_value_t *bid, tender_str_t id, int64_t date,
    tender_offer_t *offer);

/* the same for a single bid of a tender, which is a tender's document */
int tender_offer_read(const tender_value_t *tender, tender_value_t *bid,
    tender_str_t id, int64_t date, tender_offer_t *offer);

/* 1: both bids offer the same; 5 and 5.00 are the same amount */
int tender_offer_same(const tender_value_t *a, const tender_value_t *b);

/* less than 0: a is the better offer, more than 0: b is; exactly */
int tender_offer_compare(const tender_offer_t *a, const tender_offer_t *b);

/* sorts, the best first */
void tender_offer_sort(tender_offer_t *offers, unsigned n);


/*
 * The least by which a bid is lowered: the tender's minimalStep, else the
 * configured one.  A percentage is of totalValue.amount, rounded half up to
 * the places of its currency (to fewer, if it had more than 15 digits); an
 * amount has the currency of totalValue.  *value is an object {amount,
 * currency}, without currency if none is known, or NULL: there is nothing to
 * take it from.
 */

typedef struct {
    tender_money_t    amount;
    unsigned          percent:1;   /* amount is a percentage of the budget */
} tender_step_t;

int tender_minimal_step(tender_mem_t *mem, const tender_value_t *tender,
    const tender_step_t *step, tender_value_t **value);

/* "7%", "12.5%", "100", "0.01"; TENDER_DECLINED: not one, or above 100% */
int tender_step_read(tender_str_t text, tender_step_t *step);


#endif /* _TENDER_RANK_H_INCLUDED_ */
