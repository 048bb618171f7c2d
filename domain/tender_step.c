
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../format/tender_text.h"
#include "tender_rank.h"


static int tender_step_budget(const tender_value_t *total,
    tender_money_t *budget);
static unsigned tender_step_places(const tender_value_t *total);
static void tender_step_part(const tender_money_t *budget,
    const tender_money_t *percent, unsigned places, tender_money_t *part);
static tender_value_t *tender_step_number(tender_mem_t *mem,
    const tender_money_t *money);
static int tender_step_value(tender_mem_t *mem, tender_value_t *amount,
    const tender_value_t *source, tender_value_t **value);


static const tender_str_t  tender_step_amount_name = tender_string("amount");
static const tender_str_t  tender_step_currency_name =
    tender_string("currency");

static const tender_money_t  tender_step_all = { 100, 0 };


int
tender_minimal_step(tender_mem_t *mem, const tender_value_t *tender,
    const tender_step_t *step, tender_value_t **value)
{
    tender_money_t         budget, part;
    tender_value_t        *amount;
    const tender_value_t  *own, *total, *text;

    *value = NULL;

    total = tender_value_member(tender, "totalValue");
    own = tender_value_member(tender, "minimalStep");
    text = own != NULL ? tender_value_member(own, "amount") : NULL;

    if (text != NULL && text->type == TENDER_NUMBER) {
        amount = tender_value_number(mem, text->u.text);

        if (tender_value_member(own, "currency") == NULL) {
            own = total;
        }

    } else {
        own = total;

        if (total == NULL || total->type != TENDER_OBJECT) {
            return TENDER_OK;
        }

        part = step->amount;

        if (step->percent) {

            if (tender_step_budget(total, &budget) != TENDER_OK) {
                return TENDER_OK;
            }

            tender_step_part(&budget, &step->amount,
                             tender_step_places(total), &part);
        }

        amount = tender_step_number(mem, &part);
    }

    return tender_step_value(mem, amount, own, value);
}


int
tender_step_read(tender_str_t text, tender_step_t *step)
{
    step->percent = 0;

    if (text.len != 0 && text.data[text.len - 1] == '%') {
        step->percent = 1;
        text.len--;
    }

    if (tender_money_read(text, &step->amount) != TENDER_OK
        || step->amount.digits < 0
        || (step->percent
            && tender_money_compare(&step->amount, &tender_step_all) > 0))
    {
        return TENDER_DECLINED;
    }

    return TENDER_OK;
}


static int
tender_step_budget(const tender_value_t *total, tender_money_t *budget)
{
    const tender_value_t  *amount;

    amount = tender_value_member(total, "amount");

    if (amount == NULL || amount->type != TENDER_NUMBER
        || tender_money_read(amount->u.text, budget) != TENDER_OK
        || budget->digits < 0)
    {
        return TENDER_DECLINED;
    }

    return TENDER_OK;
}


static unsigned
tender_step_places(const tender_value_t *total)
{
    const tender_value_t  *currency;

    currency = tender_value_member(total, "currency");

    return currency != NULL && currency->type == TENDER_STRING
           ? tender_currency_scale(currency->u.text) : 2;
}


/* a product of 10^30 and powers of ten up to 10^32: all within 128 bits */

static void
tender_step_part(const tender_money_t *budget, const tender_money_t *percent,
    unsigned places, tender_money_t *part)
{
    unsigned           i, scale;
    unsigned __int128  product, power, n;

    product = (unsigned __int128) budget->digits
              * (unsigned __int128) percent->digits;
    scale = budget->scale + percent->scale + 2;

    for ( ;; ) {
        n = product;
        power = 1;

        for (i = scale; i < places; i++) {
            n *= 10;
        }

        for (i = places; i < scale; i++) {
            power *= 10;
        }

        n = (n + power / 2) / power;

        if (n < TENDER_WEIGHT_ONE || places == 0) {
            break;
        }

        places--;
    }

    part->digits = (int64_t) n;
    part->scale = places;

    while (part->scale > 0 && part->digits % 10 == 0) {
        part->digits /= 10;
        part->scale--;
    }
}


static tender_value_t *
tender_step_number(tender_mem_t *mem, const tender_money_t *money)
{
    size_t        n, places;
    u_char       *p, digits[20];
    tender_str_t  text;

    n = (size_t) (tender_uint_write(digits, (uint64_t) money->digits)
                  - digits);
    places = money->scale;

    p = tender_alloc(mem, 2 + n + places);
    if (p == NULL) {
        return NULL;
    }

    text.data = p;

    if (n > places) {
        memcpy(p, digits, n - places);
        p += n - places;

    } else {
        *p++ = '0';
    }

    if (places > 0) {
        *p++ = '.';

        for ( /* void */ ; places > n; places--) {
            *p++ = '0';
        }

        memcpy(p, digits + n - places, places);
        p += places;
    }

    text.len = (size_t) (p - text.data);

    return tender_value_number(mem, text);
}


/* source has the currency, if it is known */

static int
tender_step_value(tender_mem_t *mem, tender_value_t *amount,
    const tender_value_t *source, tender_value_t **value)
{
    tender_value_t        *object, *v;
    const tender_value_t  *currency;

    object = tender_value_new(mem, TENDER_OBJECT);

    if (object == NULL || amount == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(object, tender_step_amount_name, amount);

    currency = source != NULL ? tender_value_member(source, "currency")
                              : NULL;

    if (currency != NULL && currency->type == TENDER_STRING) {
        v = tender_value_string(mem, currency->u.text);
        if (v == NULL) {
            return TENDER_ERROR;
        }

        tender_value_add(object, tender_step_currency_name, v);
    }

    *value = object;

    return TENDER_OK;
}
