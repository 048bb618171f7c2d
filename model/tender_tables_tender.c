
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_stage.h"
#include "tender_tables.h"


/* a list whose items are told apart by one member */

typedef struct {
    tender_str_t   list;
    tender_str_t   name;
    const char    *repeated;
} tender_key_t;


static int tender_check_feature_value(tender_check_t *ck,
    tender_value_t *object, tender_value_t *errors);
static int tender_check_feature(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors);
static int tender_check_tender(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors);
static int tender_check_awards(tender_check_t *ck,
    const tender_value_t *object, const tender_str_t *ids, unsigned n,
    tender_value_t *errors);
static int tender_check_unique(tender_check_t *ck,
    const tender_value_t *object, const tender_key_t *key,
    tender_value_t *errors);
static int tender_check_collect(tender_check_t *ck,
    const tender_value_t *object, const tender_key_t *key,
    tender_str_t **texts, unsigned *n);
static const tender_value_t *tender_check_list(const tender_value_t *object,
    const tender_key_t *key);


static const tender_key_t  tender_features_key = {
    tender_string("features"), tender_string("code"),
    "Feature code should be uniq for all features"
};

static const tender_key_t  tender_bids_key = {
    tender_string("bids"), tender_string("id"),
    "Bid id should be uniq for all bids"
};

static const tender_key_t  tender_awards_key = {
    tender_string("awards"), tender_string("awardID"),
    "Award id should be uniq for all awards"
};


static const tender_str_t  tender_methods[] = {
    tender_string("Open"),
    tender_string("Selective"),
    tender_string("Limited"),
    tender_null_string
};

static const tender_str_t  tender_criteria[] = {
    tender_string("Lowest Cost"),
    tender_string("Best Proposal"),
    tender_string("Best Value to Government"),
    tender_string("Single bid only"),
    tender_null_string
};

static const tender_str_t  tender_submissions[] = {
    tender_string("Electronic Auction"),
    tender_string("Electronic Submission"),
    tender_string("Written"),
    tender_string("In Person"),
    tender_null_string
};

static const tender_str_t  tender_feature_subjects[] = {
    tender_string("tenderer"),
    tender_string("item"),
    tender_string("lot"),
    tender_null_string
};


static const tender_field_t  tender_feature_value_fields[] = {
    tender_field_number("value", TENDER_BY_BUYER,
        "What this choice is worth, as a share of 1: 0.05 is 5 %."),
    tender_field_text("title", TENDER_BY_BUYER, TENDER_LINE,
        "The choice, in words."),
    tender_field_text("description", TENDER_BY_BUYER, TENDER_PROSE,
        "More about the choice.")
};

const tender_model_t  tender_model_feature_value = {
    .name = "FeatureValue",
    .about = "A choice that a feature has.",
    tender_fields(tender_feature_value_fields),
    .check = tender_check_feature_value
};


static const tender_field_t  tender_feature_fields[] = {
    tender_field_needed("code", TENDER_BY_BUYER, TENDER_WORD,
        "What bids name the feature by; no two features have the same."),
    tender_field_text("title", TENDER_BY_BUYER, TENDER_LINE,
        "The feature, in words."),
    tender_field_text("description", TENDER_BY_BUYER, TENDER_PROSE,
        "More about the feature."),
    { .name = tender_string("featureOf"), .type = TENDER_FIELD_ENUM,
      .set_by = TENDER_BY_BUYER, .choices = tender_feature_subjects,
      .preset = tender_string("\"tenderer\""),
      .about = "What has the feature." },
    tender_field_text("relatedItem", TENDER_BY_BUYER, TENDER_WORD,
        "The item or lot that has it."),
    { .name = tender_string("enum"), .type = TENDER_FIELD_OBJECT,
      .flags = TENDER_FIELD_REQUIRED|TENDER_FIELD_LIST,
      .set_by = TENDER_BY_BUYER,
      .min_items = 1, .max_items = TENDER_MAX_CHOICES,
      .model = &tender_model_feature_value,
      .about = "The choices; no two have the same value." }
};

const tender_model_t  tender_model_feature = {
    .name = "Feature",
    .about = "What counts beside the price. A bid chooses one value of each "
             "feature.",
    tender_fields(tender_feature_fields),
    .check = tender_check_feature
};


static const tender_field_t  tender_tender_fields[] = {
    tender_field_plain("id", TENDER_FIELD_ID, 0,
        "The key of the tender in every path."),
    tender_field_text("tenderID", 0, TENDER_WORD,
        "The public number: country, year, initials of the procuring "
        "entity, count."),
    tender_field_plain("modified", TENDER_FIELD_DATE, 0,
        "When the tender last changed."),
    tender_field_enum("status", 0, tender_stages,
        "The stage that the tender has reached."),
    tender_field_text("title", TENDER_BY_BUYER, TENDER_LINE,
        "A short name for what is bought."),
    tender_field_text("description", TENDER_BY_BUYER, TENDER_PROSE,
        "What is bought, at length."),
    tender_field_object("notice", TENDER_BY_BUYER, tender_model_notice,
        "The notice that announced the tender."),
    tender_field_object("procuringEntity", TENDER_BY_BUYER,
        tender_model_organization,
        "Who buys."),
    tender_field_object("totalValue", TENDER_BY_BUYER, tender_model_value,
        "The budget: what all items may cost together."),
    tender_field_object("minimalStep", TENDER_BY_BUYER, tender_model_value,
        "The least by which a bid is lowered in the auction."),
    tender_field_list("itemsToBeProcured", TENDER_BY_BUYER,
        tender_model_item, 1000,
        "What is bought."),
    tender_field_enum("method", TENDER_BY_BUYER, tender_methods,
        "Who may bid."),
    tender_field_text("methodJustification", TENDER_BY_BUYER, TENDER_PROSE,
        "Why that method was chosen."),
    tender_field_enum("selectionCriteria", TENDER_BY_BUYER, tender_criteria,
        "What the winner is selected by."),
    tender_field_text("selectionDetails", TENDER_BY_BUYER, TENDER_PROSE,
        "More about the selection."),
    tender_field_enum("submissionMethod", TENDER_BY_BUYER,
        tender_submissions,
        "How bids are handed in."),
    tender_field_text("submissionDetails", TENDER_BY_BUYER, TENDER_PROSE,
        "More about handing in."),
    tender_field_object("clarificationPeriod", TENDER_BY_BUYER,
        tender_model_period,
        "When questions are taken."),
    tender_field_object("tenderPeriod", TENDER_BY_BUYER,
        tender_model_period,
        "When bids are taken."),
    tender_field_object("auctionPeriod",
        TENDER_BY_BUYER|TENDER_BY_AUCTION, tender_model_period,
        "When the auction is held."),
    tender_field_object("awardPeriod", TENDER_BY_BUYER, tender_model_period,
        "When the award is decided."),
    tender_field_plain("deliveryDate", TENDER_FIELD_DATE, TENDER_BY_BUYER,
        "When the delivery is due."),
    tender_field_plain("clarifications", TENDER_FIELD_BOOL, TENDER_BY_BUYER,
        "Whether there were questions."),
    tender_field_list("attachments", TENDER_BY_BUYER,
        tender_model_attachment, 1000,
        "Documents that are kept elsewhere."),
    tender_field_list("features", TENDER_BY_BUYER, tender_model_feature,
        TENDER_MAX_FEATURES,
        "What counts beside the price; the greatest values of all features "
        "add up to 0.3 at most."),
    tender_field_list("documents", 0, tender_model_document, 0,
        "Documents that were uploaded, each in its newest version."),
    tender_field_list("bids", TENDER_BY_IMPORT, tender_model_bid, 1000,
        "The bids, once they may be seen."),
    { .name = tender_string("bidHashes"), .type = TENDER_FIELD_TEXT,
      .flags = TENDER_FIELD_LIST, .max = 64,
      .about = "The receipts of all bids, sorted, published before any bid "
               "is shown." },
    tender_field_list("awards", TENDER_BY_IMPORT, tender_model_award, 1000,
        "The awards."),
    tender_field_plain("numberOfBidders", TENDER_FIELD_INT, 0,
        "How many organizations have bid."),
    tender_field_plain("numberOfBids", TENDER_FIELD_INT, 0,
        "How many bids there are.")
};

const tender_model_t  tender_model_tender = {
    .name = "Tender",
    .about = "A tender, from its publication to its award.",
    tender_fields(tender_tender_fields),
    .check = tender_check_tender
};


const tender_model_t *const  tender_models[] = {
    &tender_model_tender,
    &tender_model_bid,
    &tender_model_award,
    &tender_model_document,
    &tender_model_auction,
    &tender_model_auction_bid,
    &tender_model_feature,
    &tender_model_feature_value,
    &tender_model_parameter,
    &tender_model_organization,
    &tender_model_identifier,
    &tender_model_address,
    &tender_model_value,
    &tender_model_item,
    &tender_model_classification,
    &tender_model_period,
    &tender_model_notice,
    &tender_model_amendment,
    &tender_model_attachment,
    &tender_model_account,
    &tender_model_user,
    &tender_model_client,
    &tender_model_code,
    &tender_model_key,
    &tender_model_search,
    &tender_model_query,
    NULL
};


static int
tender_check_feature_value(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    int64_t          share;
    tender_value_t  *value;

    value = tender_value_member(object, "value");

    if (value == NULL || value->type != TENDER_NUMBER
        || tender_share_read(value, &share) == TENDER_OK)
    {
        return TENDER_OK;
    }

    return tender_check_error(ck, errors, &value->name,
                              "Float value should be less than 1.");
}


/* a fragment may lack members, and hold null */

static int
tender_check_feature(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    int64_t          shares[TENDER_MAX_CHOICES];
    unsigned         i, n;
    tender_value_t  *list, *v;

    list = tender_value_member(object, "enum");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return TENDER_OK;
    }

    n = 0;

    for (v = list->u.list.first; v != NULL; v = v->next) {

        if (tender_share_read(tender_value_member(v, "value"), &shares[n])
            != TENDER_OK)
        {
            continue;
        }

        for (i = 0; i < n; i++) {

            if (shares[i] == shares[n]) {
                return tender_check_error(ck, errors, &list->name,
                                 "Feature value should be uniq for feature");
            }
        }

        n++;
    }

    return TENDER_OK;
}


static int
tender_check_tender(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    unsigned            n;
    tender_str_t       *ids;
    tender_features_t   features;

    if (tender_check_unique(ck, object, &tender_features_key, errors)
        != TENDER_OK
        || tender_check_unique(ck, object, &tender_bids_key, errors)
           != TENDER_OK
        || tender_check_unique(ck, object, &tender_awards_key, errors)
           != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    if (errors->nelts != 0) {
        return TENDER_OK;
    }

    if (tender_features_read(object, &features)
        > TENDER_WEIGHT_ONE / 10 * 3)
    {
        return tender_check_error(ck, errors, &tender_features_key.list,
                              "Sum of max value of all features should be "
                              "less then or equal to 30%");
    }

    if (tender_check_list(object, &tender_awards_key) == NULL) {
        return TENDER_OK;
    }

    if (tender_check_collect(ck, object, &tender_bids_key, &ids, &n)
        != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    return tender_check_awards(ck, object, ids, n, errors);
}


/* an imported tender ends with one winner at most, as any other does */

static int
tender_check_awards(tender_check_t *ck, const tender_value_t *object,
    const tender_str_t *ids, unsigned n, tender_value_t *errors)
{
    unsigned               i, active;
    const tender_value_t  *award, *v;

    active = 0;
    award = tender_check_list(object, &tender_awards_key)->u.list.first;

    for ( /* void */ ; award != NULL; award = award->next) {
        v = tender_value_member(award, "awardStatus");

        if (v != NULL && v->type == TENDER_STRING
            && tender_str_is(&v->u.text, "active")
            && ++active == 2)
        {
            return tender_check_error(ck, errors, &tender_awards_key.list,
                                      "Only one award should be active");
        }

        v = tender_value_member(award, "bid_id");

        if (v == NULL || v->type != TENDER_STRING) {
            continue;
        }

        for (i = 0; i < n; i++) {
            if (tender_str_eq(&v->u.text, &ids[i])) {
                break;
            }
        }

        if (i == n) {
            return tender_check_error(ck, errors, &tender_awards_key.list,
                                      "bid_id should be one of bids");
        }
    }

    return TENDER_OK;
}


static int
tender_check_unique(tender_check_t *ck, const tender_value_t *object,
    const tender_key_t *key, tender_value_t *errors)
{
    unsigned       i, k, n;
    tender_str_t  *texts;

    if (tender_check_collect(ck, object, key, &texts, &n) != TENDER_OK) {
        return TENDER_ERROR;
    }

    for (i = 0; i < n; i++) {

        for (k = 0; k < i; k++) {

            if (tender_str_eq(&texts[i], &texts[k])) {
                return tender_check_error(ck, errors, &key->list,
                                          key->repeated);
            }
        }
    }

    return TENDER_OK;
}


/* the keys of a list's items; a fragment may lack some */

static int
tender_check_collect(tender_check_t *ck, const tender_value_t *object,
    const tender_key_t *key, tender_str_t **texts, unsigned *n)
{
    const tender_value_t  *list, *item, *v;

    *n = 0;
    *texts = NULL;

    list = tender_check_list(object, key);

    if (list == NULL || list->nelts == 0) {
        return TENDER_OK;
    }

    *texts = tender_alloc(ck->mem, list->nelts * sizeof(tender_str_t));
    if (*texts == NULL) {
        return TENDER_ERROR;
    }

    for (item = list->u.list.first; item != NULL; item = item->next) {
        v = tender_value_get(item, &key->name);

        if (v != NULL && v->type == TENDER_STRING) {
            (*texts)[(*n)++] = v->u.text;
        }
    }

    return TENDER_OK;
}


static const tender_value_t *
tender_check_list(const tender_value_t *object, const tender_key_t *key)
{
    const tender_value_t  *list;

    list = tender_value_get(object, &key->list);

    return list != NULL && list->type == TENDER_ARRAY ? list : NULL;
}
