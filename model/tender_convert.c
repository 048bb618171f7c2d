
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_money.h"
#include "../format/tender_text.h"
#include "tender_check.h"


#define TENDER_FAULT_QUOTE_MAX  100      /* bytes of a value in a sentence */


static int tender_convert_text(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_convert_int(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_convert_money(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_convert_bool(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_convert_date(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static tender_str_t tender_convert_quote(const tender_value_t *v);


int
tender_convert_scalar(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    switch (field->type) {

    case TENDER_FIELD_INT:
        return tender_convert_int(ck, v, fault);

    case TENDER_FIELD_MONEY:
        return tender_convert_money(ck, v, fault);

    case TENDER_FIELD_BOOL:
        return tender_convert_bool(ck, v, fault);

    case TENDER_FIELD_DATE:
        return tender_convert_date(ck, v, fault);

    default:
        return tender_convert_text(ck, v, fault);
    }
}


static int
tender_convert_text(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    if (v->type == TENDER_STRING) {
        return TENDER_OK;
    }

    if (v->type != TENDER_NUMBER) {
        return tender_fault(ck, fault, "Couldn't interpret value as string.");
    }

    v->type = TENDER_STRING;
    v->plain = 1;

    return TENDER_OK;
}


static int
tender_convert_int(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    u_char          *p;
    size_t           i;
    tender_money_t   n;

    if ((v->type != TENDER_NUMBER && v->type != TENDER_STRING)
        || tender_money_read(v->u.text, &n) != TENDER_OK
        || n.scale != 0)
    {
        return tender_fault(ck, fault, "Value is not int");
    }

    v->type = TENDER_NUMBER;

    i = (v->u.text.data[0] == '-' && n.digits != 0);

    while (i < v->u.text.len
           && v->u.text.data[i] >= '0' && v->u.text.data[i] <= '9')
    {
        i++;
    }

    if (i == v->u.text.len) {
        return TENDER_OK;
    }

    /* 5.0, 5e0 and -0 are integers, too, but not for every reader */

    p = tender_alloc(ck->mem, 1 + 20);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    v->u.text.data = p;

    if (n.digits < 0) {
        *p++ = '-';
        n.digits = -n.digits;
    }

    p = tender_uint_write(p, (uint64_t) n.digits);
    v->u.text.len = (size_t) (p - v->u.text.data);

    return TENDER_OK;
}


static int
tender_convert_money(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    if (v->type == TENDER_NUMBER) {
        return TENDER_OK;
    }

    if (v->type != TENDER_STRING || !tender_money_form(v->u.text)) {
        return tender_fault(ck, fault, "Value is not float");
    }

    v->type = TENDER_NUMBER;

    return TENDER_OK;
}


static int
tender_convert_bool(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    tender_str_t  *text;

    if (v->type == TENDER_TRUE || v->type == TENDER_FALSE) {
        return TENDER_OK;
    }

    text = &v->u.text;

    if (v->type == TENDER_NUMBER || v->type == TENDER_STRING) {

        if (tender_str_is(text, "1")
            || (v->type == TENDER_STRING
                && (tender_str_is(text, "true")
                    || tender_str_is(text, "True"))))
        {
            v->type = TENDER_TRUE;
            return TENDER_OK;
        }

        if (tender_str_is(text, "0")
            || (v->type == TENDER_STRING
                && (tender_str_is(text, "false")
                    || tender_str_is(text, "False"))))
        {
            v->type = TENDER_FALSE;
            return TENDER_OK;
        }
    }

    return tender_fault(ck, fault, "Must be either true or false.");
}


static int
tender_convert_date(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    int64_t       us;
    tender_str_t  parts[4];

    if (v->type == TENDER_STRING) {

        if (tender_date_read(v->u.text, ck->zone, &us) == TENDER_OK) {
            return TENDER_OK;
        }

        if (tender_date_form(v->u.text)) {
            return tender_fault(ck, fault, "date value out of range");
        }
    }

    tender_str_set(&parts[0], "Could not parse ");
    parts[1] = tender_convert_quote(v);
    tender_str_set(&parts[2], ". Should be ISO8601.");
    tender_str_set(&parts[3], "");

    return tender_fault_join(ck, parts, fault);
}


static tender_str_t
tender_convert_quote(const tender_value_t *v)
{
    tender_str_t  text;

    switch (v->type) {

    case TENDER_NULL:
        tender_str_set(&text, "None");
        break;

    case TENDER_FALSE:
        tender_str_set(&text, "False");
        break;

    case TENDER_TRUE:
        tender_str_set(&text, "True");
        break;

    case TENDER_ARRAY:
        tender_str_set(&text, "list");
        break;

    case TENDER_OBJECT:
        tender_str_set(&text, "dict");
        break;

    default:
        text = v->u.text;

        if (text.len > TENDER_FAULT_QUOTE_MAX) {
            text.len = TENDER_FAULT_QUOTE_MAX;

            while (text.len > 0 && (text.data[text.len] & 0xc0) == 0x80) {
                text.len--;
            }
        }
    }

    return text;
}


tender_value_t *
tender_fault_new(tender_check_t *ck, tender_str_t text)
{
    tender_value_t  *list, *sentence;

    list = tender_value_new(ck->mem, TENDER_ARRAY);
    sentence = tender_value_string(ck->mem, text);

    if (list == NULL || sentence == NULL) {
        return NULL;
    }

    tender_value_push(list, sentence);

    return list;
}


int
tender_fault_join(tender_check_t *ck, const tender_str_t *parts,
    tender_value_t **fault)
{
    u_char        *p;
    unsigned       i;
    tender_str_t   text;

    text.len = 0;

    for (i = 0; i < 4; i++) {
        text.len += parts[i].len;
    }

    text.data = tender_alloc(ck->mem, text.len);
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    p = text.data;

    for (i = 0; i < 4; i++) {

        if (parts[i].len != 0) {
            memcpy(p, parts[i].data, parts[i].len);
            p += parts[i].len;
        }
    }

    *fault = tender_fault_new(ck, text);

    return *fault == NULL ? TENDER_ERROR : TENDER_OK;
}
