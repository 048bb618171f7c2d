
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_money.h"
#include "../format/tender_text.h"
#include "tender_item.h"


static tender_value_t *tender_item_text(tender_mem_t *mem,
    const tender_value_t *text);
static tender_value_t *tender_item_day(tender_mem_t *mem,
    const tender_item_t *item, int64_t us);
static tender_value_t *tender_item_day_of(tender_mem_t *mem,
    const tender_item_t *item, const tender_value_t *date);
static tender_value_t *tender_item_join(tender_mem_t *mem,
    const tender_str_t *parts, unsigned n);
static const tender_value_t *tender_item_first(const tender_item_t *item);
static const tender_value_t *tender_item_buyer(const tender_item_t *item);


#define TENDER_ITEM_DAY  (sizeof("31-10-2014") - 1)


const tender_value_t *
tender_item_get(const tender_value_t *object, const char *name, size_t len,
    tender_type_e type)
{
    tender_str_t           str;
    const tender_value_t  *v;

    if (object == NULL) {
        return NULL;
    }

    str.data = (u_char *) name;
    str.len = len;

    v = tender_value_get(object, &str);

    return v != NULL && v->type == type ? v : NULL;
}


static tender_value_t *
tender_item_text(tender_mem_t *mem, const tender_value_t *text)
{
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_STRING);

    if (v != NULL && text != NULL) {
        v->u.text = text->u.text;
        v->plain = text->plain;
    }

    return v;
}


tender_value_t *
tender_item_none(tender_mem_t *mem, const tender_item_t *item)
{
    (void) item;

    return tender_item_text(mem, NULL);
}


tender_value_t *
tender_item_number(tender_mem_t *mem, const tender_item_t *item)
{
    u_char        *p;
    tender_str_t   text;

    if (item->number == 0) {
        return tender_item_text(mem, NULL);
    }

    p = tender_alloc(mem, 20);
    if (p == NULL) {
        return NULL;
    }

    text.data = p;
    text.len = (size_t) (tender_uint_write(p, item->number) - p);

    return tender_item_join(mem, &text, 1);
}


/* "31-10-2014" of a moment, in the zone of the server */

static tender_value_t *
tender_item_day(tender_mem_t *mem, const tender_item_t *item, int64_t us)
{
    u_char          *p, iso[TENDER_DATE_LEN];
    int64_t          sec;
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_STRING);
    p = tender_alloc(mem, TENDER_ITEM_DAY);

    if (v == NULL || p == NULL) {
        return NULL;
    }

    sec = us / 1000000 - (us % 1000000 < 0);

    (void) tender_date_write(iso, (sec + tender_zone_offset(item->zone, sec))
                                  * 1000000);
    memcpy(p, iso + 8, 2);
    p[2] = '-';
    memcpy(p + 3, iso + 5, 2);
    p[5] = '-';
    memcpy(p + 6, iso, 4);

    v->u.text.data = p;
    v->u.text.len = TENDER_ITEM_DAY;
    v->plain = 1;

    return v;
}


static tender_value_t *
tender_item_day_of(tender_mem_t *mem, const tender_item_t *item,
    const tender_value_t *date)
{
    int64_t  us;

    if (date == NULL
        || tender_date_read(date->u.text, item->zone, &us) != TENDER_OK)
    {
        return tender_item_text(mem, NULL);
    }

    return tender_item_day(mem, item, us);
}


tender_value_t *
tender_item_date(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_day(mem, item, item->created);
}


tender_value_t *
tender_item_end_time(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *period;

    period = tender_item_member(item->doc, "tenderPeriod", TENDER_OBJECT);

    return tender_item_day_of(mem, item,
                   tender_item_member(period, "endDate", TENDER_STRING));
}


tender_value_t *
tender_item_begins(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *period;

    period = tender_item_member(item->doc, "tenderPeriod", TENDER_OBJECT);

    return tender_item_day_of(mem, item,
                   tender_item_member(period, "startDate", TENDER_STRING));
}


tender_value_t *
tender_item_auction(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *period;

    period = tender_item_member(item->doc, "auctionPeriod", TENDER_OBJECT);

    return tender_item_day_of(mem, item,
                   tender_item_member(period, "startDate", TENDER_STRING));
}


tender_value_t *
tender_item_examined(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *period;

    period = tender_item_member(item->doc, "awardPeriod", TENDER_OBJECT);

    return tender_item_day_of(mem, item,
                   tender_item_member(period, "startDate", TENDER_STRING));
}


tender_value_t *
tender_item_delivery(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_day_of(mem, item,
                   tender_item_member(item->doc, "deliveryDate",
                                      TENDER_STRING));
}


static const tender_value_t *
tender_item_first(const tender_item_t *item)
{
    const tender_value_t  *list;

    list = tender_item_member(item->doc, "itemsToBeProcured", TENDER_ARRAY);

    return list != NULL && list->nelts
           && list->u.list.first->type == TENDER_OBJECT
           ? list->u.list.first : NULL;
}


tender_value_t *
tender_item_name(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *v;

    v = tender_item_member(item->doc, "title", TENDER_STRING);

    if (v == NULL || v->u.text.len == 0) {
        v = tender_item_member(tender_item_first(item), "description",
                               TENDER_STRING);
    }

    return tender_item_text(mem, v);
}


tender_value_t *
tender_item_category(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *v;

    v = tender_item_member(tender_item_first(item), "primaryClassification",
                           TENDER_OBJECT);

    return tender_item_text(mem, tender_item_member(v, "description",
                                                    TENDER_STRING));
}


static const tender_value_t *
tender_item_buyer(const tender_item_t *item)
{
    return tender_item_member(item->doc, "procuringEntity", TENDER_OBJECT);
}


tender_value_t *
tender_item_region(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *address, *v;

    address = tender_item_member(tender_item_buyer(item), "address",
                                 TENDER_OBJECT);

    v = tender_item_member(address, "region", TENDER_STRING);

    if (v == NULL || v->u.text.len == 0) {
        v = tender_item_member(address, "locality", TENDER_STRING);
    }

    return tender_item_text(mem, v);
}


tender_value_t *
tender_item_customer(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *id;

    id = tender_item_member(tender_item_buyer(item), "id", TENDER_OBJECT);

    return tender_item_text(mem, tender_item_member(id, "name",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_customer_uid(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *id;

    id = tender_item_member(tender_item_buyer(item), "id", TENDER_OBJECT);

    return tender_item_text(mem, tender_item_member(id, "uid",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_host(tender_mem_t *mem, const tender_item_t *item)
{
    size_t        i;
    tender_str_t  host;

    host = item->site;

    for (i = 0; i + 3 <= host.len; i++) {

        if (memcmp(host.data + i, "://", 3) == 0) {
            host.data += i + 3;
            host.len -= i + 3;
            break;
        }
    }

    return tender_item_join(mem, &host, 1);
}


tender_value_t *
tender_item_method(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_text(mem, tender_item_member(item->doc, "method",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_type(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_text(mem, tender_item_member(item->doc,
                                                    "submissionMethod",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_info(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_text(mem, tender_item_member(item->doc, "description",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_price(tender_mem_t *mem, const tender_item_t *item)
{
    tender_str_t           text;
    const tender_value_t  *value, *amount;

    value = tender_item_member(item->doc, "totalValue", TENDER_OBJECT);
    amount = tender_item_member(value, "amount", TENDER_NUMBER);

    if (amount == NULL) {
        return tender_item_text(mem, NULL);
    }

    text = tender_item_decimal(mem, amount->u.text);

    return text.data ? tender_item_join(mem, &text, 1) : NULL;
}


tender_str_t
tender_item_decimal(tender_mem_t *mem, tender_str_t text)
{
    u_char          *p;
    unsigned         i, scale;
    uint64_t         unit;
    tender_money_t   money;

    for (i = 0; i < text.len; i++) {
        if (text.data[i] == 'e' || text.data[i] == 'E') {
            break;
        }
    }

    if (i == text.len || tender_money_read(text, &money) != TENDER_OK
        || money.digits < 0)
    {
        return text;
    }

    text.data = tender_alloc(mem, 20 + 1 + TENDER_MONEY_MAX_SCALE);
    if (text.data == NULL) {
        return text;
    }

    unit = 1;

    for (i = 0; i < money.scale; i++) {
        unit *= 10;
    }

    p = tender_uint_write(text.data, (uint64_t) money.digits / unit);
    scale = money.scale;

    if (scale) {
        *p++ = '.';
        unit = (uint64_t) money.digits % unit;

        for (i = scale; i; i--) {
            p[i - 1] = (u_char) ('0' + unit % 10);
            unit /= 10;
        }

        p += scale;
    }

    text.len = (size_t) (p - text.data);

    return text;
}


tender_value_t *
tender_item_currency(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *value;

    value = tender_item_member(item->doc, "totalValue", TENDER_OBJECT);

    return tender_item_text(mem, tender_item_member(value, "currency",
                                                    TENDER_STRING));
}


tender_value_t *
tender_item_outer(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_join(mem, &item->tender_id, 1);
}


tender_value_t *
tender_item_status(tender_mem_t *mem, const tender_item_t *item)
{
    return tender_item_join(mem, &item->status, 1);
}


tender_value_t *
tender_item_modified(tender_mem_t *mem, const tender_item_t *item)
{
    u_char        *p;
    tender_str_t   text;

    p = tender_alloc(mem, TENDER_DATE_LEN);
    if (p == NULL) {
        return NULL;
    }

    text.data = p;
    text.len = (size_t) (tender_date_write(p, item->modified) - p);

    return tender_item_join(mem, &text, 1);
}


tender_value_t *
tender_item_link(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_str_t  parts[4] = {
        item->site, tender_string("/tenders/"), item->id,
        tender_string(".html")
    };

    return tender_item_join(mem, parts, 4);
}


tender_value_t *
tender_item_info_link(tender_mem_t *mem, const tender_item_t *item)
{
    u_char        digits[20];
    tender_str_t  parts[4];

    parts[0] = item->site;
    parts[1] = item->export;
    parts[3] = item->id;

    tender_str_set(&parts[2], "?id=");

    if (item->number) {
        parts[3].data = digits;
        parts[3].len = (size_t) (tender_uint_write(digits, item->number)
                                 - digits);
    }

    return tender_item_join(mem, parts, 4);
}


tender_value_t *
tender_item_notice(tender_mem_t *mem, const tender_item_t *item)
{
    const tender_value_t  *notice;

    notice = tender_item_member(item->doc, "notice", TENDER_OBJECT);

    return tender_item_text(mem, tender_item_member(notice, "uri",
                                                    TENDER_STRING));
}


/* one part is not copied */

static tender_value_t *
tender_item_join(tender_mem_t *mem, const tender_str_t *parts, unsigned n)
{
    u_char          *p;
    size_t           len;
    unsigned         i;
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_STRING);

    if (v == NULL || n == 1) {
        if (v != NULL) {
            v->u.text = parts[0];
        }

        return v;
    }

    len = 0;

    for (i = 0; i < n; i++) {
        len += parts[i].len;
    }

    p = tender_alloc(mem, len);
    if (p == NULL) {
        return NULL;
    }

    v->u.text.data = p;
    v->u.text.len = len;

    for (i = 0; i < n; i++) {

        if (parts[i].len) {
            memcpy(p, parts[i].data, parts[i].len);
            p += parts[i].len;
        }
    }

    return v;
}
