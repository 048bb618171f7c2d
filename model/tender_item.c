
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_item.h"


static tender_value_t *tender_item_hidden(tender_mem_t *mem,
    const tender_item_t *item, const tender_item_field_t *field);


#define tender_item_field(n, f, v, text)                                      \
    { .name = tender_string(n), .flags = f, .value = v, .about = text }


const tender_item_field_t  tender_item_fields[] = {
    tender_item_field("ID", TENDER_ITEM_NUMERIC, tender_item_number,
        "The number of the tender on this server."),
    tender_item_field("Date", 0, tender_item_date,
        "The day of publication, `dd-mm-yyyy`."),
    tender_item_field("EndTime", 0, tender_item_end_time,
        "The day of the deadline, `dd-mm-yyyy`."),
    tender_item_field("TenderName", 0, tender_item_name,
        "The title; of a tender without one, what its first item is."),
    tender_item_field("Category", 0, tender_item_category,
        "The classification of the first item, in words."),
    tender_item_field("Region", 0, tender_item_region,
        "The buyer's region, or else his town."),
    tender_item_field("Etp", TENDER_ITEM_HIDDEN, tender_item_host,
        "The platform: this server's host."),
    tender_item_field("Fz", 0, tender_item_method,
        "The regime: the method of the tender."),
    tender_item_field("Customer", TENDER_ITEM_HIDDEN, tender_item_customer,
        "The buyer."),
    tender_item_field("CustomerINN", TENDER_ITEM_HIDDEN,
        tender_item_customer_uid,
        "The buyer's number in his register."),
    tender_item_field("Price", TENDER_ITEM_NUMERIC, tender_item_price,
        "The budget, in the digits in which it came."),
    tender_item_field("Currency", 0, tender_item_currency,
        "Its currency."),
    tender_item_field("TenderNumOuter", 0, tender_item_outer,
        "The public number: `tenderID`."),
    tender_item_field("TenderLink", 0, tender_item_link,
        "The page of the tender."),
    tender_item_field("TenderLinkInner", 0, tender_item_link,
        "The same."),
    tender_item_field("ApiTenderInfo", 0, tender_item_info_link,
        "The card of the tender at this address."),
    tender_item_field("EisLink", 0, tender_item_notice,
        "The notice in a gazette or on a portal."),
    tender_item_field("TenderType", TENDER_ITEM_CARD, tender_item_type,
        "How bids are handed in."),
    tender_item_field("Info", TENDER_ITEM_CARD, tender_item_info,
        "The description, as plain text."),
    tender_item_field("ObPrice", TENDER_ITEM_CARD, tender_item_none,
        "Security of bids; not known here."),
    tender_item_field("docsXML", TENDER_ITEM_CARD|TENDER_ITEM_HIDDEN,
        tender_item_documents,
        "`document[]`: `name`, `link`."),
    tender_item_field("productsXML", TENDER_ITEM_CARD, tender_item_products,
        "`product[]`: `ProductName`, `ProductCode`, `Izm` (unit), `Kolvo` "
        "(quantity), `edPrice` (of a unit), `ProductPrice` (not known "
        "here)."),
    tender_item_field("contactName", TENDER_ITEM_CARD|TENDER_ITEM_HIDDEN,
        tender_item_none, "Not known here."),
    tender_item_field("contactPhone", TENDER_ITEM_CARD|TENDER_ITEM_HIDDEN,
        tender_item_none, "Not known here."),
    tender_item_field("contactEmail", TENDER_ITEM_CARD|TENDER_ITEM_HIDDEN,
        tender_item_none, "Not known here."),
    tender_item_field("deliveryPlace", TENDER_ITEM_CARD, tender_item_none,
        "Not known here."),
    tender_item_field("delivery_term", TENDER_ITEM_CARD,
        tender_item_delivery,
        "The day of delivery, `dd-mm-yyyy`."),
    tender_item_field("biddingDate", TENDER_ITEM_CARD, tender_item_auction,
        "The day of the auction."),
    tender_item_field("request_receiving_date", TENDER_ITEM_CARD,
        tender_item_begins,
        "The day from which bids are taken."),
    tender_item_field("request_receiving_end_date", TENDER_ITEM_CARD,
        tender_item_end_time,
        "The day until which they are."),
    tender_item_field("request_examination_date", TENDER_ITEM_CARD,
        tender_item_examined,
        "The day from which the award is decided."),
    tender_item_field("searchFragmentXML", TENDER_ITEM_LIST,
        tender_item_fragments,
        "`fragment[]`: what was found, words between `[B]` and `[/B]`."),
    tender_item_field("Status", 0, tender_item_status,
        "The stage that the tender has reached."),
    tender_item_field("Modified", 0, tender_item_modified,
        "When it last changed, ISO 8601."),
    tender_item_field("Cpv", 0, tender_item_cpv,
        "A list: the CPV codes of its items."),
    tender_item_field("Lots", TENDER_ITEM_NUMERIC, tender_item_lots,
        "How many items there are.")
};

const unsigned  tender_item_nfields =
    sizeof(tender_item_fields) / sizeof(tender_item_fields[0]);


uint64_t
tender_item_all(unsigned card)
{
    uint64_t  fields;
    unsigned  i, other;

    fields = 0;
    other = card ? TENDER_ITEM_LIST : TENDER_ITEM_CARD;

    for (i = 0; i < tender_item_nfields; i++) {

        if ((tender_item_fields[i].flags & other) == 0) {
            fields |= (uint64_t) 1 << i;
        }
    }

    return fields;
}


int
tender_item_select(tender_str_t list, uint64_t *fields, tender_str_t *name)
{
    u_char    *p, *end;
    unsigned   i;

    *fields = 0;

    p = list.data;
    end = list.len ? p + list.len : p;

    while (p < end) {

        if (*p == ',' || *p == ' ') {
            p++;
            continue;
        }

        name->data = p;

        while (p < end && *p != ',' && *p != ' ') {
            p++;
        }

        name->len = (size_t) (p - name->data);

        for (i = 0; i < tender_item_nfields; i++) {
            if (tender_str_eq(name, &tender_item_fields[i].name)) {
                break;
            }
        }

        if (i == tender_item_nfields) {
            return TENDER_DECLINED;
        }

        *fields |= (uint64_t) 1 << i;
    }

    return TENDER_OK;
}


tender_value_t *
tender_item_object(tender_mem_t *mem, const tender_item_t *item,
    uint64_t fields)
{
    unsigned                    i;
    tender_value_t             *object, *v;
    const tender_item_field_t  *field;

    object = tender_value_new(mem, TENDER_OBJECT);
    if (object == NULL) {
        return NULL;
    }

    for (i = 0; i < tender_item_nfields; i++) {

        if ((fields >> i & 1) == 0) {
            continue;
        }

        field = &tender_item_fields[i];

        v = (item->preview && (field->flags & TENDER_ITEM_HIDDEN))
            ? tender_item_hidden(mem, item, field) : field->value(mem, item);

        if (v == NULL) {
            return NULL;
        }

        tender_value_add(object, field->name, v);
        v->name_plain = 1;
    }

    return object;
}


/* nothing, in the same form */

static tender_value_t *
tender_item_hidden(tender_mem_t *mem, const tender_item_t *item,
    const tender_item_field_t *field)
{
    tender_value_t  doc;
    tender_item_t   nothing;

    if (field->value != tender_item_documents) {
        return tender_item_none(mem, item);
    }

    memset(&doc, 0, sizeof(tender_value_t));
    doc.type = TENDER_OBJECT;

    nothing = *item;
    nothing.doc = &doc;
    nothing.documents = NULL;

    return field->value(mem, &nothing);
}
