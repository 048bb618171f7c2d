
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_rank.h"


/* 192 bits: high * 2^64 + low */

typedef struct {
    unsigned __int128  high;
    uint64_t           low;
} tender_wide_t;


static int64_t tender_feature_greatest(const tender_value_t *feature);
static int64_t tender_offer_chosen(const tender_features_t *features,
    const tender_value_t *bid);
static tender_wide_t tender_price_part(const tender_money_t *amount,
    int64_t weight, unsigned places);
static void tender_offer_sift(tender_offer_t *offers, unsigned i, unsigned n);


int
tender_share_read(const tender_value_t *v, int64_t *share)
{
    unsigned        i;
    tender_money_t  money;

    if (v == NULL || v->type != TENDER_NUMBER
        || tender_money_read(v->u.text, &money) != TENDER_OK
        || money.digits < 0
        || (money.scale == 0 && money.digits != 0))
    {
        return TENDER_DECLINED;
    }

    *share = money.digits;

    for (i = money.scale; i < TENDER_MONEY_MAX_SCALE; i++) {
        *share *= 10;

        if (*share >= TENDER_WEIGHT_ONE) {
            return TENDER_DECLINED;
        }
    }

    return TENDER_OK;
}


int64_t
tender_features_read(const tender_value_t *tender,
    tender_features_t *features)
{
    int64_t            sum;
    tender_value_t    *list, *v, *code;
    tender_feature_t  *feature;

    features->nfeatures = 0;
    features->rest = TENDER_WEIGHT_ONE;

    list = tender_value_member(tender, "features");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return 0;
    }

    sum = 0;

    for (v = list->u.list.first;
         v != NULL && features->nfeatures < TENDER_MAX_FEATURES;
         v = v->next)
    {
        feature = &features->features[features->nfeatures];
        feature->greatest = tender_feature_greatest(v);
        sum += feature->greatest;

        code = tender_value_member(v, "code");

        if (code != NULL && code->type == TENDER_STRING) {
            feature->code = code->u.text;
            features->nfeatures++;
        }
    }

    if (sum >= TENDER_WEIGHT_ONE) {
        features->nfeatures = 0;
        return sum;
    }

    features->rest -= sum;

    return sum;
}


int
tender_offer_weigh(const tender_features_t *features, tender_value_t *bid,
    tender_str_t id, int64_t date, tender_offer_t *offer)
{
    tender_value_t  *v;

    v = tender_value_member(bid, "status");

    if (v != NULL && v->type == TENDER_STRING
        && tender_str_is(&v->u.text, "invalidBid"))
    {
        return TENDER_DECLINED;
    }

    v = tender_value_member(bid, "totalValue");

    if (v != NULL) {
        v = tender_value_member(v, "amount");
    }

    if (v == NULL || v->type != TENDER_NUMBER
        || tender_money_read(v->u.text, &offer->amount) != TENDER_OK
        || offer->amount.digits < 0)
    {
        return TENDER_DECLINED;
    }

    offer->id = id;
    offer->date = date;
    offer->bid = bid;
    offer->weight = features->rest + tender_offer_chosen(features, bid);

    return TENDER_OK;
}


int
tender_offer_read(const tender_value_t *tender, tender_value_t *bid,
    tender_str_t id, int64_t date, tender_offer_t *offer)
{
    tender_features_t  features;

    (void) tender_features_read(tender, &features);

    return tender_offer_weigh(&features, bid, id, date, offer);
}


int
tender_offer_compare(const tender_offer_t *a, const tender_offer_t *b)
{
    int            cmp;
    size_t         len;
    unsigned       places;
    tender_wide_t  x, y;

    /* a.amount / a.weight and b.amount / b.weight, without a fraction */

    places = a->amount.scale > b->amount.scale ? a->amount.scale
                                               : b->amount.scale;

    x = tender_price_part(&a->amount, b->weight, places);
    y = tender_price_part(&b->amount, a->weight, places);

    if (x.high != y.high) {
        return x.high < y.high ? -1 : 1;
    }

    if (x.low != y.low) {
        return x.low < y.low ? -1 : 1;
    }

    if (a->date != b->date) {
        return a->date < b->date ? -1 : 1;
    }

    len = a->id.len < b->id.len ? a->id.len : b->id.len;
    cmp = len != 0 ? memcmp(a->id.data, b->id.data, len) : 0;

    return cmp != 0 ? cmp : (a->id.len > b->id.len) - (a->id.len < b->id.len);
}


/* a heap: no memory, and no order of bids is slow */

void
tender_offer_sort(tender_offer_t *offers, unsigned n)
{
    unsigned        i;
    tender_offer_t  offer;

    for (i = n / 2; i > 0; i--) {
        tender_offer_sift(offers, i - 1, n);
    }

    for (i = n; i > 1; i--) {
        offer = offers[0];
        offers[0] = offers[i - 1];
        offers[i - 1] = offer;

        tender_offer_sift(offers, 0, i - 1);
    }
}


static int64_t
tender_feature_greatest(const tender_value_t *feature)
{
    int64_t          share, greatest;
    tender_value_t  *list, *v;

    greatest = 0;
    list = tender_value_member(feature, "enum");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return 0;
    }

    for (v = list->u.list.first; v != NULL; v = v->next) {

        if (tender_share_read(tender_value_member(v, "value"), &share)
            == TENDER_OK
            && share > greatest)
        {
            greatest = share;
        }
    }

    return greatest;
}


static int64_t
tender_offer_chosen(const tender_features_t *features,
    const tender_value_t *bid)
{
    int64_t                share, sum;
    unsigned               i, k, n;
    tender_str_t           codes[TENDER_MAX_FEATURES];
    const tender_value_t  *list, *v, *code, *values[TENDER_MAX_FEATURES];

    list = tender_value_member(bid, "parameters");

    if (features->nfeatures == 0 || list == NULL
        || list->type != TENDER_ARRAY)
    {
        return 0;
    }

    n = 0;

    for (v = list->u.list.first; v != NULL && n < TENDER_MAX_FEATURES;
         v = v->next)
    {
        code = tender_value_member(v, "code");

        if (code != NULL && code->type == TENDER_STRING) {
            codes[n] = code->u.text;
            values[n++] = tender_value_member(v, "value");
        }
    }

    sum = 0;

    for (i = 0; i < features->nfeatures; i++) {

        for (k = 0; k < n; k++) {
            if (tender_str_eq(&codes[k], &features->features[i].code)) {
                break;
            }
        }

        if (k < n && tender_share_read(values[k], &share) == TENDER_OK) {
            sum += share < features->features[i].greatest
                   ? share : features->features[i].greatest;
        }
    }

    return sum;
}


/*
 * amount * weight * 10^places: below 10^15 * 10^15 * 10^15, so it takes 150
 * bits at most.
 */

static tender_wide_t
tender_price_part(const tender_money_t *amount, int64_t weight,
    unsigned places)
{
    unsigned           i;
    uint64_t           power;
    tender_wide_t      wide;
    unsigned __int128  part, low;

    power = 1;

    for (i = amount->scale; i < places; i++) {
        power *= 10;
    }

    part = (unsigned __int128) amount->digits * (uint64_t) weight;
    low = (unsigned __int128) (uint64_t) part * power;

    wide.high = (part >> 64) * power + (low >> 64);
    wide.low = (uint64_t) low;

    return wide;
}


/* the worst on top */

static void
tender_offer_sift(tender_offer_t *offers, unsigned i, unsigned n)
{
    unsigned        child;
    tender_offer_t  offer;

    offer = offers[i];

    for ( ;; ) {
        child = 2 * i + 1;

        if (child >= n) {
            break;
        }

        if (child + 1 < n
            && tender_offer_compare(&offers[child + 1], &offers[child]) > 0)
        {
            child++;
        }

        if (tender_offer_compare(&offers[child], &offer) <= 0) {
            break;
        }

        offers[i] = offers[child];
        i = child;
    }

    offers[i] = offer;
}


int
tender_offer_same(const tender_value_t *a, const tender_value_t *b)
{
    unsigned               i;
    tender_money_t         money[2];
    const tender_value_t  *v[2], *amount;

    v[0] = tender_value_member(a, "parameters");
    v[1] = tender_value_member(b, "parameters");

    if ((v[0] == NULL) != (v[1] == NULL)
        || (v[0] != NULL && !tender_value_equal(v[0], v[1])))
    {
        return 0;
    }

    v[0] = tender_value_member(a, "totalValue");
    v[1] = tender_value_member(b, "totalValue");

    if (v[0] == NULL || v[1] == NULL) {
        return v[0] == v[1];
    }

    for (i = 0; i < 2; i++) {
        amount = tender_value_member(v[i], "amount");

        if (amount == NULL || amount->type != TENDER_NUMBER
            || tender_money_read(amount->u.text, &money[i]) != TENDER_OK)
        {
            return tender_value_equal(v[0], v[1]);
        }
    }

    return tender_money_compare(&money[0], &money[1]) == 0;
}
