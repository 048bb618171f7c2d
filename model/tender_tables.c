
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_tables.h"


static int tender_check_period(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors);


static const tender_field_t  tender_identifier_fields[] = {
    tender_field_needed("name", TENDER_BY_ANYONE, TENDER_LINE,
        "The registered name."),
    tender_field_link("scheme", TENDER_BY_ANYONE,
        "The register that gave `uid`, as a URL."),
    tender_field_text("uid", TENDER_BY_ANYONE, TENDER_WORD,
        "The number in that register."),
    tender_field_link("uri", TENDER_BY_ANYONE,
        "The organization's page.")
};

const tender_model_t  tender_model_identifier = {
    .name = "Identifier",
    .about = "What an organization is known by.",
    tender_fields(tender_identifier_fields)
};


static const tender_field_t  tender_address_fields[] = {
    tender_field_text("streetAddress", TENDER_BY_ANYONE, TENDER_LINE,
        "Street, house and office."),
    tender_field_text("locality", TENDER_BY_ANYONE, TENDER_LINE,
        "City, town or village."),
    tender_field_text("region", TENDER_BY_ANYONE, TENDER_LINE,
        "Region, or a city of that rank."),
    tender_field_text("postalCode", TENDER_BY_ANYONE, TENDER_WORD,
        "Postal code."),
    tender_field_text("countryName", TENDER_BY_ANYONE, TENDER_LINE,
        "Country, by its name.")
};

const tender_model_t  tender_model_address = {
    .name = "Address",
    .about = "A postal address.",
    tender_fields(tender_address_fields)
};


static const tender_field_t  tender_organization_fields[] = {
    { .name = tender_string("id"), .type = TENDER_FIELD_OBJECT,
      .flags = TENDER_FIELD_REQUIRED, .set_by = TENDER_BY_ANYONE,
      .model = &tender_model_identifier,
      .about = "Its name and its number in a register." },
    tender_field_object("address", TENDER_BY_ANYONE, tender_model_address,
        "Where it is.")
};

const tender_model_t  tender_model_organization = {
    .name = "Organization",
    .about = "A buyer, a bidder or a supplier.",
    tender_fields(tender_organization_fields)
};


static const tender_field_t  tender_value_fields[] = {
    tender_field_plain("amount", TENDER_FIELD_MONEY, TENDER_BY_ANYONE,
        "The amount, kept in the digits in which it came. No more decimal "
        "places than the currency has."),
    tender_field_plain("currency", TENDER_FIELD_CURRENCY, TENDER_BY_ANYONE,
        "ISO 4217 code, such as UAH."),
    { .name = tender_string("valueAddedTaxIncluded"),
      .type = TENDER_FIELD_BOOL, .set_by = TENDER_BY_ANYONE,
      .preset = tender_string("true"),
      .about = "Whether VAT is part of the amount." }
};

const tender_model_t  tender_model_value = {
    .name = "Value",
    .about = "An amount of money.",
    tender_fields(tender_value_fields),
    .check = tender_check_value
};

/* of a bid: what is left out is the tender's, so there is no default */

static const tender_field_t  tender_bid_value_fields[] = {
    tender_field_plain("amount", TENDER_FIELD_MONEY, TENDER_BY_ANYONE,
        "The amount."),
    tender_field_plain("currency", TENDER_FIELD_CURRENCY, TENDER_BY_ANYONE,
        "ISO 4217 code."),
    tender_field_plain("valueAddedTaxIncluded", TENDER_FIELD_BOOL,
        TENDER_BY_ANYONE,
        "Whether VAT is part of the amount.")
};

const tender_model_t  tender_model_bid_value = {
    .name = "Value",
    .about = "The price of a bid.",
    tender_fields(tender_bid_value_fields),
    .check = tender_check_value
};

/* a share of an amount: as many decimal places as it takes */

static const tender_model_t  tender_model_unit_value = {
    .name = "Value",
    .about = "The price of a unit.",
    tender_fields(tender_value_fields)
};


static const tender_field_t  tender_period_fields[] = {
    tender_field_plain("startDate", TENDER_FIELD_DATE, TENDER_BY_ANYONE,
        "When it begins; not after `endDate`."),
    tender_field_plain("endDate", TENDER_FIELD_DATE, TENDER_BY_ANYONE,
        "When it ends.")
};

const tender_model_t  tender_model_period = {
    .name = "Period",
    .about = "A span of time, open on the side that is not given.",
    tender_fields(tender_period_fields),
    .check = tender_check_period
};


static const tender_field_t  tender_classification_fields[] = {
    tender_field_needed("scheme", TENDER_BY_ANYONE, TENDER_WORD,
        "The scheme's name, such as CPV."),
    tender_field_needed("id", TENDER_BY_ANYONE, TENDER_WORD,
        "The code in that scheme."),
    tender_field_needed("description", TENDER_BY_ANYONE, TENDER_LINE,
        "What the code stands for."),
    tender_field_link("uri", TENDER_BY_ANYONE,
        "A page about the code.")
};

const tender_model_t  tender_model_classification = {
    .name = "Classification",
    .about = "A code of a classification scheme.",
    tender_fields(tender_classification_fields)
};


static const tender_field_t  tender_item_fields[] = {
    tender_field_text("description", TENDER_BY_ANYONE, TENDER_PROSE,
        "What is bought."),
    tender_field_object("primaryClassification", TENDER_BY_ANYONE,
        tender_model_classification,
        "The code by which the item is found."),
    tender_field_list("additionalClassification", TENDER_BY_ANYONE,
        tender_model_classification, 100,
        "Codes of further schemes."),
    tender_field_text("unitOfMeasure", TENDER_BY_ANYONE, TENDER_WORD,
        "The unit that `quantity` counts."),
    { .name = tender_string("quantity"), .type = TENDER_FIELD_INT,
      .set_by = TENDER_BY_ANYONE, .max = TENDER_QUANTITY,
      .about = "How many units." },
    tender_field_object("valuePerUnit", TENDER_BY_ANYONE,
        tender_model_unit_value,
        "The price of one unit; it may have more decimal places than the "
        "currency.")
};

const tender_model_t  tender_model_item = {
    .name = "Item",
    .about = "A good, a work or a service that is bought.",
    tender_fields(tender_item_fields)
};


static const tender_field_t  tender_amendment_fields[] = {
    tender_field_plain("amendmentDate", TENDER_FIELD_DATE, TENDER_BY_ANYONE,
        "When the notice was amended."),
    tender_field_text("amendedFields", TENDER_BY_ANYONE, TENDER_LINE,
        "What was changed."),
    tender_field_text("justification", TENDER_BY_ANYONE, TENDER_PROSE,
        "Why it was changed.")
};

const tender_model_t  tender_model_amendment = {
    .name = "Amendment",
    .about = "A change of a published notice.",
    tender_fields(tender_amendment_fields)
};


static const tender_field_t  tender_notice_fields[] = {
    tender_field_text("id", TENDER_BY_ANYONE, TENDER_WORD,
        "The number of the notice."),
    tender_field_link("uri", TENDER_BY_ANYONE,
        "Where it is published."),
    tender_field_plain("publishedDate", TENDER_FIELD_DATE, TENDER_BY_ANYONE,
        "When it was published."),
    tender_field_plain("isAmendment", TENDER_FIELD_BOOL, TENDER_BY_ANYONE,
        "Whether it amends an earlier notice."),
    tender_field_object("amendment", TENDER_BY_ANYONE,
        tender_model_amendment,
        "What it amends.")
};

const tender_model_t  tender_model_notice = {
    .name = "Notice",
    .about = "A publication in a gazette or on a portal.",
    tender_fields(tender_notice_fields)
};


static const tender_field_t  tender_attachment_fields[] = {
    tender_field_text("description", TENDER_BY_ANYONE, TENDER_PROSE,
        "What it is."),
    tender_field_link("uri", TENDER_BY_ANYONE,
        "Where it is found."),
    tender_field_plain("lastModified", TENDER_FIELD_DATE, TENDER_BY_ANYONE,
        "When it was last changed.")
};

const tender_model_t  tender_model_attachment = {
    .name = "Attachment",
    .about = "A document that is kept elsewhere.",
    tender_fields(tender_attachment_fields)
};


int
tender_check_value(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    unsigned         scale;
    tender_str_t     text;
    tender_money_t   money;
    tender_value_t  *amount, *currency;

    amount = tender_value_member(object, "amount");
    currency = tender_value_member(object, "currency");

    if (amount == NULL || amount->type != TENDER_NUMBER
        || currency == NULL || currency->type != TENDER_STRING
        || tender_money_read(amount->u.text, &money) != TENDER_OK)
    {
        return TENDER_OK;
    }

    scale = tender_currency_scale(currency->u.text);

    if (money.scale <= scale) {
        return TENDER_OK;
    }

    text = tender_text_number(ck->mem, "Amount has more than ", scale,
                              " decimal places.");
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    return tender_check_error(ck, errors, &amount->name,
                              (const char *) text.data);
}


static int
tender_check_period(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    int64_t          starts, ends;
    tender_value_t  *start, *end;

    start = tender_value_member(object, "startDate");
    end = tender_value_member(object, "endDate");

    if (start == NULL || start->type != TENDER_STRING
        || end == NULL || end->type != TENDER_STRING
        || tender_date_read(start->u.text, ck->zone, &starts) != TENDER_OK
        || tender_date_read(end->u.text, ck->zone, &ends) != TENDER_OK
        || starts <= ends)
    {
        return TENDER_OK;
    }

    return tender_check_error(ck, errors, &start->name,
                              "period should begin before its end");
}
