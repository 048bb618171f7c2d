
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_auction.h"
#include "tender_money.h"


/* what a result says about the price */

typedef struct {
    const tender_value_t  *amount;
    const tender_value_t  *amount_too;      /* of totalValue */
    const tender_value_t  *currency;
    const tender_value_t  *currency_too;
} tender_result_t;


static const char *tender_auction_match(const tender_value_t *results,
    const tender_str_t *ids, unsigned n, const tender_value_t **order);
static const char *tender_auction_find(const tender_value_t *results,
    const tender_str_t *ids, unsigned n, const tender_value_t **order);
static void tender_auction_read(const tender_value_t *v,
    tender_result_t *result);
static const tender_value_t *tender_auction_member(const tender_value_t *v,
    const tender_str_t *name, tender_type_e type);
static const tender_value_t *tender_auction_currency(
    const tender_value_t *bid);
static int tender_auction_same(const tender_value_t *a,
    const tender_value_t *b);
static const char *tender_auction_check_currency(const tender_value_t *v,
    const tender_value_t *bid);
static const char *tender_auction_check_amount(const tender_value_t *v,
    const tender_value_t *bid);
static int tender_auction_set(tender_mem_t *mem, const tender_value_t *v,
    tender_value_t *bid, u_char *changed);
static void tender_auction_put(tender_value_t *object,
    const tender_str_t *name, tender_value_t *v);


static const tender_str_t  tender_auction_id = tender_string("id");
static const tender_str_t  tender_auction_amount = tender_string("amount");
static const tender_str_t  tender_auction_money = tender_string("currency");
static const tender_str_t  tender_auction_total = tender_string("totalValue");


int
tender_auction_apply(tender_mem_t *mem, const tender_value_t *results,
    tender_value_t **bids, const tender_str_t *ids, unsigned n,
    u_char *changed, const char **why)
{
    unsigned                i;
    const tender_value_t  **order;

    if (results->nelts != n) {
        *why = "Number of auction results did not match the number of tender "
               "bids";
        return TENDER_DECLINED;
    }

    if (n == 0) {
        return TENDER_OK;
    }

    order = tender_alloc(mem, n * sizeof(tender_value_t *));
    if (order == NULL) {
        return TENDER_ERROR;
    }

    *why = tender_auction_match(results, ids, n, order);

    for (i = 0; *why == NULL && i < n; i++) {
        *why = tender_auction_check_currency(order[i], bids[i]);
    }

    for (i = 0; *why == NULL && i < n; i++) {
        *why = tender_auction_check_amount(order[i], bids[i]);
    }

    if (*why != NULL) {
        return TENDER_DECLINED;
    }

    for (i = 0; i < n; i++) {

        if (tender_auction_set(mem, order[i], bids[i], &changed[i])
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


/* order[i] becomes the result of bid i */

static const char *
tender_auction_match(const tender_value_t *results, const tender_str_t *ids,
    unsigned n, const tender_value_t **order)
{
    unsigned               i, named;
    const tender_value_t  *v;

    i = 0;
    named = 0;

    for (v = results->u.list.first; v != NULL; v = v->next) {
        order[i++] = v;
        named += tender_auction_member(v, &tender_auction_id, TENDER_STRING)
                 != NULL;
    }

    if (named == 0) {
        return NULL;
    }

    if (named < n) {
        return "Results of auction bids should contains id of bid";
    }

    return tender_auction_find(results, ids, n, order);
}


/* results mostly come in the order of the bids */

static const char *
tender_auction_find(const tender_value_t *results, const tender_str_t *ids,
    unsigned n, const tender_value_t **order)
{
    unsigned               i, at, left;
    const tender_value_t  *v, *id;

    for (i = 0; i < n; i++) {
        order[i] = NULL;
    }

    at = 0;

    for (v = results->u.list.first; v != NULL; v = v->next) {
        id = tender_auction_member(v, &tender_auction_id, TENDER_STRING);

        for (left = n; left > 0; left--) {

            if (tender_str_eq(&ids[at], &id->u.text)) {
                break;
            }

            at = (at + 1) % n;
        }

        if (left == 0 || order[at] != NULL) {
            return "Auction bids should be identical to the tender bids";
        }

        order[at] = v;
        at = (at + 1) % n;
    }

    return NULL;
}


static void
tender_auction_read(const tender_value_t *v, tender_result_t *result)
{
    const tender_value_t  *total;

    result->amount = tender_auction_member(v, &tender_auction_amount,
                                           TENDER_NUMBER);
    result->currency = tender_auction_member(v, &tender_auction_money,
                                             TENDER_STRING);
    result->amount_too = NULL;
    result->currency_too = NULL;

    total = tender_auction_member(v, &tender_auction_total, TENDER_OBJECT);

    if (total != NULL) {
        result->amount_too = tender_auction_member(total,
                                     &tender_auction_amount, TENDER_NUMBER);
        result->currency_too = tender_auction_member(total,
                                      &tender_auction_money, TENDER_STRING);
    }

    if (result->amount == NULL) {
        result->amount = result->amount_too;
    }

    if (result->currency == NULL) {
        result->currency = result->currency_too;
    }
}


/* null counts as nothing, as in a PATCH elsewhere */

static const tender_value_t *
tender_auction_member(const tender_value_t *v, const tender_str_t *name,
    tender_type_e type)
{
    const tender_value_t  *member;

    member = tender_value_get(v, name);

    return member != NULL && member->type == type ? member : NULL;
}


static const tender_value_t *
tender_auction_currency(const tender_value_t *bid)
{
    const tender_value_t  *total;

    total = tender_auction_member(bid, &tender_auction_total, TENDER_OBJECT);

    return total == NULL ? NULL
           : tender_auction_member(total, &tender_auction_money,
                                   TENDER_STRING);
}


/* 1 if one is not given, or both are the same */

static int
tender_auction_same(const tender_value_t *a, const tender_value_t *b)
{
    return a == NULL || b == NULL || tender_str_eq(&a->u.text, &b->u.text);
}


static const char *
tender_auction_check_currency(const tender_value_t *v,
    const tender_value_t *bid)
{
    tender_result_t        result;
    const tender_value_t  *currency;

    tender_auction_read(v, &result);
    currency = tender_auction_currency(bid);

    if (tender_auction_same(result.currency, currency)
        && tender_auction_same(result.currency_too, currency)
        && tender_auction_same(result.currency, result.currency_too))
    {
        return NULL;
    }

    return "Auction results should have the currency of the tender bids";
}


static const char *
tender_auction_check_amount(const tender_value_t *v,
    const tender_value_t *bid)
{
    tender_money_t         amount, other;
    tender_result_t        result;
    const tender_value_t  *currency;

    tender_auction_read(v, &result);

    if (result.amount == NULL
        || tender_money_read(result.amount->u.text, &amount) != TENDER_OK)
    {
        return "Results of auction bids should contain an amount";
    }

    if (result.amount_too != NULL
        && (tender_money_read(result.amount_too->u.text, &other) != TENDER_OK
            || tender_money_compare(&amount, &other) != 0))
    {
        return "Results of auction bids should contain one amount, not two";
    }

    currency = tender_auction_currency(bid);

    if (currency == NULL) {
        currency = result.currency;
    }

    if (currency != NULL
        && amount.scale > tender_currency_scale(currency->u.text))
    {
        return "Auction results should not have more decimal places than "
               "their currency";
    }

    return NULL;
}


static int
tender_auction_set(tender_mem_t *mem, const tender_value_t *v,
    tender_value_t *bid, u_char *changed)
{
    tender_value_t        *total, *now;
    tender_result_t        result;
    const tender_value_t  *old;

    *changed = 0;
    tender_auction_read(v, &result);

    total = (tender_value_t *) tender_auction_member(bid,
                                     &tender_auction_total, TENDER_OBJECT);
    if (total == NULL) {
        total = tender_value_new(mem, TENDER_OBJECT);
        if (total == NULL) {
            return TENDER_ERROR;
        }

        tender_auction_put(bid, &tender_auction_total, total);
    }

    old = tender_auction_member(total, &tender_auction_amount, TENDER_NUMBER);

    if (old == NULL || !tender_auction_same(old, result.amount)) {
        now = tender_value_number(mem, result.amount->u.text);
        if (now == NULL) {
            return TENDER_ERROR;
        }

        tender_auction_put(total, &tender_auction_amount, now);
        *changed = 1;
    }

    if (result.currency != NULL && tender_auction_currency(bid) == NULL) {
        now = tender_value_string(mem, result.currency->u.text);
        if (now == NULL) {
            return TENDER_ERROR;
        }

        tender_auction_put(total, &tender_auction_money, now);
        *changed = 1;
    }

    return TENDER_OK;
}


static void
tender_auction_put(tender_value_t *object, const tender_str_t *name,
    tender_value_t *v)
{
    tender_value_t  *old, *prev;

    prev = NULL;

    for (old = object->u.list.first; old != NULL; old = old->next) {

        if (tender_str_eq(&old->name, name)) {
            tender_value_replace(object, prev, v);
            return;
        }

        prev = old;
    }

    tender_value_add(object, *name, v);
    v->name_plain = 1;
}
