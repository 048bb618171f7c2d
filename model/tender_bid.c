
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_tables.h"


static int tender_bid_value(tender_check_t *ck, const tender_value_t *tender,
    tender_value_t *bid, unsigned gated, tender_value_t *errors);
static int tender_bid_inherit(tender_check_t *ck,
    const tender_value_t *budget, tender_value_t *value);
static int tender_bid_same(tender_check_t *ck, const tender_value_t *budget,
    const tender_value_t *value, tender_value_t *errors);
static int tender_bid_parameters(tender_check_t *ck,
    const tender_value_t *tender, const tender_value_t *bid,
    tender_value_t *errors);
static int tender_bid_faults(tender_check_t *ck,
    const tender_value_t *features, const tender_value_t *parameters,
    tender_value_t **faults);
static int tender_bid_parameter(tender_check_t *ck,
    const tender_value_t *features, const tender_value_t *parameter,
    tender_value_t *errors);
static const tender_value_t *tender_bid_feature(
    const tender_value_t *features, const tender_value_t *code);
static int tender_bid_choice(const tender_value_t *feature,
    const tender_value_t *value);
static int tender_bid_repeated(const tender_value_t *parameters);
static const tender_value_t *tender_bid_list(const tender_value_t *object,
    const tender_str_t *name);


static const tender_str_t  tender_bid_total = tender_string("totalValue");
static const tender_str_t  tender_bid_amount = tender_string("amount");
static const tender_str_t  tender_bid_currency = tender_string("currency");
static const tender_str_t  tender_bid_vat =
                                      tender_string("valueAddedTaxIncluded");
static const tender_str_t  tender_bid_offers = tender_string("parameters");
static const tender_str_t  tender_bid_features = tender_string("features");
static const tender_str_t  tender_bid_code = tender_string("code");
static const tender_str_t  tender_bid_share = tender_string("value");


int
tender_bid_check(tender_check_t *ck, const tender_value_t *tender,
    tender_value_t *bid, unsigned gated)
{
    tender_value_t  errors;

    ck->errors = NULL;

    tender_errors_init(&errors);

    if (tender_bid_value(ck, tender, bid, gated, &errors) != TENDER_OK
        || tender_bid_parameters(ck, tender, bid, &errors) != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    if (errors.nelts == 0) {
        return TENDER_OK;
    }

    ck->errors = tender_errors_keep(ck, &errors);

    return ck->errors == NULL ? TENDER_ERROR : TENDER_DECLINED;
}


int
tender_bid_is_award(const tender_value_t *data)
{
    return tender_value_member(data, "awardStatus") != NULL
           || tender_value_member(data, "awardValue") != NULL
           || tender_value_member(data, "awardID") != NULL
           || tender_value_member(data, "suppliers") != NULL;
}


static int
tender_bid_value(tender_check_t *ck, const tender_value_t *tender,
    tender_value_t *bid, unsigned gated, tender_value_t *errors)
{
    tender_value_t        *value, *kept, nested;
    const tender_value_t  *budget;

    value = tender_value_get(bid, &tender_bid_total);
    budget = tender_value_get(tender, &tender_bid_total);

    if (value == NULL || value->type != TENDER_OBJECT) {
        return gated ? tender_check_error(ck, errors, &tender_bid_total,
                                          "This field is required.")
                     : TENDER_OK;
    }

    tender_errors_init(&nested);

    if (gated && tender_value_get(value, &tender_bid_amount) == NULL) {

        if (tender_check_error(ck, &nested, &tender_bid_amount,
                               "This field is required.")
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }

    } else {

        if (tender_bid_inherit(ck, budget, value) != TENDER_OK
            || tender_bid_same(ck, budget, value, errors) != TENDER_OK)
        {
            return TENDER_ERROR;
        }

        /* the currency that was left out has its places, too */

        if (errors->nelts == 0
            && tender_check_value(ck, value, &nested) != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    if (nested.nelts == 0) {
        return TENDER_OK;
    }

    kept = tender_errors_keep(ck, &nested);
    if (kept == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(errors, tender_bid_total, kept);

    return TENDER_OK;
}


static int
tender_bid_inherit(tender_check_t *ck, const tender_value_t *budget,
    tender_value_t *value)
{
    tender_value_t        *v;
    const tender_value_t  *currency, *vat;

    currency = NULL;
    vat = NULL;

    if (budget != NULL) {
        currency = tender_value_get(budget, &tender_bid_currency);
        vat = tender_value_get(budget, &tender_bid_vat);
    }

    if (currency != NULL
        && tender_value_get(value, &tender_bid_currency) == NULL)
    {
        v = tender_value_string(ck->mem, currency->u.text);
        if (v == NULL) {
            return TENDER_ERROR;
        }

        tender_value_add(value, tender_bid_currency, v);
        v->name_plain = 1;
    }

    if (tender_value_get(value, &tender_bid_vat) == NULL) {
        v = tender_value_bool(ck->mem,
                              vat == NULL || vat->type == TENDER_TRUE);
        if (v == NULL) {
            return TENDER_ERROR;
        }

        tender_value_add(value, tender_bid_vat, v);
        v->name_plain = 1;
    }

    return TENDER_OK;
}


static int
tender_bid_same(tender_check_t *ck, const tender_value_t *budget,
    const tender_value_t *value, tender_value_t *errors)
{
    const tender_value_t  *own, *other;

    if (budget == NULL) {
        return TENDER_OK;
    }

    own = tender_value_get(value, &tender_bid_currency);
    other = tender_value_get(budget, &tender_bid_currency);

    if (own != NULL && other != NULL && !tender_value_equal(own, other)
        && tender_check_error(ck, errors, &tender_bid_total,
                              "currency of bid should be identical to "
                              "currency of value of tender")
           != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    own = tender_value_get(value, &tender_bid_vat);
    other = tender_value_get(budget, &tender_bid_vat);

    if (other == NULL || tender_value_equal(own, other)) {
        return TENDER_OK;
    }

    return tender_check_error(ck, errors, &tender_bid_total,
                              "valueAddedTaxIncluded of bid should be "
                              "identical to valueAddedTaxIncluded of value "
                              "of tender");
}


static int
tender_bid_parameters(tender_check_t *ck, const tender_value_t *tender,
    const tender_value_t *bid, tender_value_t *errors)
{
    unsigned               n;
    tender_value_t        *faults;
    const tender_value_t  *features, *parameters;

    features = tender_bid_list(tender, &tender_bid_features);
    parameters = tender_bid_list(bid, &tender_bid_offers);

    n = 0;

    if (parameters != NULL) {

        if (tender_bid_faults(ck, features, parameters, &faults)
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }

        if (faults != NULL) {
            tender_value_add(errors, tender_bid_offers, faults);
            return TENDER_OK;
        }

        if (tender_bid_repeated(parameters)) {
            return tender_check_error(ck, errors, &tender_bid_offers,
                           "Parameter code should be uniq for all parameters");
        }

        n = parameters->nelts;
    }

    if (features != NULL && n < features->nelts) {
        return tender_check_error(ck, errors, &tender_bid_offers,
                                  "All features parameters is required.");
    }

    return TENDER_OK;
}


/* {} for each good parameter in front of one that is not */

static int
tender_bid_faults(tender_check_t *ck, const tender_value_t *features,
    const tender_value_t *parameters, tender_value_t **faults)
{
    unsigned               clean;
    tender_value_t         nested, *kept;
    const tender_value_t  *v;

    clean = 0;
    *faults = NULL;

    for (v = parameters->u.list.first; v != NULL; v = v->next) {
        tender_errors_init(&nested);

        if (tender_bid_parameter(ck, features, v, &nested) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (nested.nelts == 0) {
            clean++;
            continue;
        }

        if (*faults == NULL) {
            *faults = tender_value_new(ck->mem, TENDER_ARRAY);
            if (*faults == NULL) {
                return TENDER_ERROR;
            }
        }

        if (tender_errors_clean(ck, *faults, clean) != TENDER_OK) {
            return TENDER_ERROR;
        }

        clean = 0;

        kept = tender_errors_keep(ck, &nested);
        if (kept == NULL) {
            return TENDER_ERROR;
        }

        tender_value_push(*faults, kept);
    }

    return TENDER_OK;
}


static int
tender_bid_parameter(tender_check_t *ck, const tender_value_t *features,
    const tender_value_t *parameter, tender_value_t *errors)
{
    const tender_value_t  *feature;

    feature = tender_bid_feature(features,
                               tender_value_get(parameter, &tender_bid_code));

    if (feature == NULL) {
        return tender_check_error(ck, errors, &tender_bid_code,
                                  "code should be one of feature code.");
    }

    if (!tender_bid_choice(feature,
                           tender_value_get(parameter, &tender_bid_share)))
    {
        return tender_check_error(ck, errors, &tender_bid_share,
                                  "value should be one of feature value.");
    }

    return TENDER_OK;
}


static const tender_value_t *
tender_bid_feature(const tender_value_t *features, const tender_value_t *code)
{
    const tender_value_t  *feature, *own;

    if (features == NULL || code == NULL) {
        return NULL;
    }

    for (feature = features->u.list.first; feature != NULL;
         feature = feature->next)
    {
        own = tender_value_get(feature, &tender_bid_code);

        if (own != NULL && tender_value_equal(own, code)) {
            return feature;
        }
    }

    return NULL;
}


static int
tender_bid_choice(const tender_value_t *feature, const tender_value_t *value)
{
    int64_t                share, own;
    const tender_value_t  *list, *v;

    list = tender_value_member(feature, "enum");

    if (list == NULL || list->type != TENDER_ARRAY
        || tender_share_read(value, &share) != TENDER_OK)
    {
        return 0;
    }

    for (v = list->u.list.first; v != NULL; v = v->next) {

        if (tender_share_read(tender_value_get(v, &tender_bid_share), &own)
            == TENDER_OK
            && own == share)
        {
            return 1;
        }
    }

    return 0;
}


static int
tender_bid_repeated(const tender_value_t *parameters)
{
    const tender_value_t  *a, *b, *code;

    for (a = parameters->u.list.first; a != NULL; a = a->next) {
        code = tender_value_get(a, &tender_bid_code);

        for (b = a->next; b != NULL; b = b->next) {

            if (tender_value_equal(code,
                                   tender_value_get(b, &tender_bid_code)))
            {
                return 1;
            }
        }
    }

    return 0;
}


static const tender_value_t *
tender_bid_list(const tender_value_t *object, const tender_str_t *name)
{
    const tender_value_t  *list;

    list = tender_value_get(object, name);

    return list != NULL && list->type == TENDER_ARRAY ? list : NULL;
}
