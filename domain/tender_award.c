
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_award.h"


static int tender_award_add(tender_value_t *award, const tender_str_t *name,
    tender_value_t *v);
static int tender_award_share(tender_mem_t *mem, const tender_value_t *v,
    const tender_str_t *name, tender_value_t *award);


static const tender_str_t  tender_award_statuses[] = {
    tender_string("pending"),
    tender_string("active"),
    tender_string("unsuccessful"),
    tender_string("cancelled")
};

static const tender_str_t  tender_award_name = tender_string("awardStatus");
static const tender_str_t  tender_award_bid = tender_string("bid_id");
static const tender_str_t  tender_award_suppliers = tender_string("suppliers");
static const tender_str_t  tender_award_value = tender_string("awardValue");


tender_award_e
tender_award_status(tender_str_t text)
{
    unsigned  i;

    if (text.len == 0) {
        return TENDER_AWARD_PENDING;
    }

    for (i = TENDER_AWARD_PENDING; i < TENDER_AWARD_UNKNOWN; i++) {

        if (tender_str_eq(&text, &tender_award_statuses[i])) {
            break;
        }
    }

    return (tender_award_e) i;
}


int
tender_award_make(tender_mem_t *mem, const tender_value_t *bid,
    tender_str_t bid_id, tender_value_t *award)
{
    tender_value_t  *v;

    if (tender_value_get(award, &tender_award_name) == NULL) {
        v = tender_value_string(mem,
                                tender_award_statuses[TENDER_AWARD_PENDING]);

        if (tender_award_add(award, &tender_award_name, v) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    if (tender_value_get(award, &tender_award_bid) == NULL) {
        v = tender_value_string(mem, bid_id);

        if (tender_award_add(award, &tender_award_bid, v) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    if (tender_award_share(mem, tender_value_member(bid, "bidders"),
                           &tender_award_suppliers, award)
        != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    return tender_award_share(mem, tender_value_member(bid, "totalValue"),
                              &tender_award_value, award);
}


int
tender_award_next(const tender_offer_t *offers, unsigned n,
    const tender_award_t *awards, unsigned nawards)
{
    unsigned  i, k;

    for (i = 0; i < n; i++) {

        for (k = 0; k < nawards; k++) {

            if (awards[k].status != TENDER_AWARD_CANCELLED
                && tender_str_eq(&awards[k].bid_id, &offers[i].id))
            {
                break;
            }
        }

        if (k == nawards) {
            return (int) i;
        }
    }

    return -1;
}


static int
tender_award_add(tender_value_t *award, const tender_str_t *name,
    tender_value_t *v)
{
    if (v == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(award, *name, v);
    v->name_plain = 1;

    return TENDER_OK;
}


/* v stands in the bid's list of members, so the award has its own head */

static int
tender_award_share(tender_mem_t *mem, const tender_value_t *v,
    const tender_str_t *name, tender_value_t *award)
{
    tender_value_t  *head;

    if (v == NULL || tender_value_get(award, name) != NULL) {
        return TENDER_OK;
    }

    head = tender_value_new(mem, (tender_type_e) v->type);

    if (head != NULL) {
        *head = *v;
    }

    return tender_award_add(award, name, head);
}
