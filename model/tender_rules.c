
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_money.h"
#include "../format/tender_text.h"
#include "tender_check.h"


static int tender_rule_submodel(tender_check_t *ck,
    const tender_model_t *model, tender_value_t *v, tender_value_t **fault);
static int tender_rule_list(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_items(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_size(tender_check_t *ck, const char *before,
    unsigned n, tender_value_t **fault);
static int tender_rule_scalar(tender_check_t *ck,
    const tender_field_t *field, tender_value_t *v, tender_value_t **fault);
static int tender_rule_text(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_enum(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_int(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_money(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);
static int tender_rule_currency(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_rule_id(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault);
static int tender_rule_number(tender_check_t *ck, const char *before,
    int64_t n, const char *after, tender_value_t **fault);


int
tender_rules_object(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, tender_value_t *errors)
{
    int                    rc;
    unsigned               hint;
    tender_value_t        *v, *fault;
    const tender_field_t  *field;

    hint = 0;

    for (v = object->u.list.first; v != NULL; v = v->next) {

        if (v->type == TENDER_NULL) {
            continue;
        }

        fault = NULL;
        field = tender_field_find(model, &v->name, &hint);

        rc = (field->flags & TENDER_FIELD_LIST)
             ? tender_rule_list(ck, field, v, &fault)
             : field->type == TENDER_FIELD_OBJECT
               ? tender_rule_submodel(ck, field->model, v, &fault)
               : tender_rule_scalar(ck, field, v, &fault);

        if (rc != TENDER_OK) {
            return rc;
        }

        if (fault != NULL) {
            tender_value_add(errors, v->name, fault);
        }
    }

    /* what depends on several members asks for members that are good */

    if (errors->nelts == 0 && model->check != NULL) {
        return model->check(ck, object, errors);
    }

    return TENDER_OK;
}


tender_str_t
tender_text_number(tender_mem_t *mem, const char *before, int64_t n,
    const char *after)
{
    size_t        blen, alen;
    u_char       *p;
    uint64_t      u;
    tender_str_t  text;

    blen = strlen(before);
    alen = strlen(after);

    text.len = 0;
    text.data = tender_alloc(mem, blen + alen + sizeof("-9223372036854775808"));

    if (text.data == NULL) {
        return text;
    }

    memcpy(text.data, before, blen);
    p = text.data + blen;

    u = (uint64_t) n;

    if (n < 0) {
        *p++ = '-';
        u = 0 - u;
    }

    p = tender_uint_write(p, u);

    memcpy(p, after, alen);
    p += alen;
    *p = '\0';

    text.len = (size_t) (p - text.data);

    return text;
}


static int
tender_rule_submodel(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *v, tender_value_t **fault)
{
    tender_value_t  errors;

    tender_errors_init(&errors);

    if (tender_rules_object(ck, model, v, &errors) != TENDER_OK) {
        return TENDER_ERROR;
    }

    if (errors.nelts == 0) {
        return TENDER_OK;
    }

    *fault = tender_errors_keep(ck, &errors);

    return *fault == NULL ? TENDER_ERROR : TENDER_OK;
}


static int
tender_rule_list(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    tender_value_t  *item;

    if (v->nelts < field->min_items) {
        return tender_rule_size(ck, "Please provide at least ",
                                field->min_items, fault);
    }

    if (field->max_items != 0 && v->nelts > field->max_items) {
        return tender_rule_size(ck, "Please provide no more than ",
                                field->max_items, fault);
    }

    if (field->type == TENDER_FIELD_OBJECT) {
        return tender_rule_items(ck, field->model, v, fault);
    }

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (tender_rule_scalar(ck, field, item, fault) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (*fault != NULL) {
            break;
        }
    }

    return TENDER_OK;
}


/* {} for each item without fault before the last one that has any */

static int
tender_rule_items(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *v, tender_value_t **fault)
{
    unsigned         clean;
    tender_value_t  *item, *errors;

    clean = 0;

    for (item = v->u.list.first; item != NULL; item = item->next) {
        errors = NULL;

        if (tender_rule_submodel(ck, model, item, &errors) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (errors == NULL) {
            clean++;
            continue;
        }

        if (*fault == NULL) {
            *fault = tender_value_new(ck->mem, TENDER_ARRAY);
            if (*fault == NULL) {
                return TENDER_ERROR;
            }
        }

        if (tender_errors_clean(ck, *fault, clean) != TENDER_OK) {
            return TENDER_ERROR;
        }

        clean = 0;

        tender_value_push(*fault, errors);
    }

    return TENDER_OK;
}


int
tender_errors_clean(tender_check_t *ck, tender_value_t *list, unsigned n)
{
    tender_value_t  *empty;

    for ( /* void */ ; n > 0; n--) {
        empty = tender_value_new(ck->mem, TENDER_OBJECT);
        if (empty == NULL) {
            return TENDER_ERROR;
        }

        tender_value_push(list, empty);
    }

    return TENDER_OK;
}


static int
tender_rule_size(tender_check_t *ck, const char *before, unsigned n,
    tender_value_t **fault)
{
    return tender_rule_number(ck, before, n, n == 1 ? " item." : " items.",
                              fault);
}


static int
tender_rule_scalar(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    int  rc;

    switch (field->type) {

    case TENDER_FIELD_TEXT:
        return tender_rule_text(ck, field, v, fault);

    case TENDER_FIELD_ENUM:
        return tender_rule_enum(ck, field, v, fault);

    case TENDER_FIELD_INT:
        return tender_rule_int(ck, field, v, fault);

    case TENDER_FIELD_MONEY:
        return tender_rule_money(ck, field, v, fault);

    case TENDER_FIELD_CURRENCY:
        return tender_rule_currency(ck, v, fault);

    case TENDER_FIELD_ID:
        return tender_rule_id(ck, v, fault);

    case TENDER_FIELD_URL:
        rc = tender_rule_text(ck, field, v, fault);

        if (rc == TENDER_OK && *fault == NULL
            && !tender_url_valid(v->u.text))
        {
            return tender_fault(ck, fault, "Not a well formed URL.");
        }

        return rc;

    case TENDER_FIELD_EMAIL:
        rc = tender_rule_text(ck, field, v, fault);

        if (rc == TENDER_OK && *fault == NULL
            && !tender_email_valid(v->u.text))
        {
            return tender_fault(ck, fault,
                                "Not a well formed email address.");
        }

        return rc;

    default:    /* a bool, a date: all is said */
        return TENDER_OK;
    }
}


static int
tender_rule_text(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    size_t        len, min, max;
    tender_str_t  text;

    text = v->u.text;

    if (!(v->plain ? tender_text_plain_valid(text)
                   : tender_text_valid(text)))
    {
        return tender_fault(ck, fault,
                     "String value holds a character that XML cannot carry.");
    }

    min = (size_t) field->min;
    max = (size_t) field->max;

    /* bytes are enough to clear most: a character has one to four of them */

    if (text.len >= min * 4 && (max == 0 || text.len <= max)) {
        return TENDER_OK;
    }

    len = tender_utf8_length(text);

    if (len < min) {
        return tender_fault(ck, fault, "String value is too short.");
    }

    if (max != 0 && len > max) {
        return tender_fault(ck, fault, "String value is too long.");
    }

    return TENDER_OK;
}


static int
tender_rule_enum(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    tender_str_t  text;

    if (tender_field_choice(field, &v->u.text) != NULL) {
        return TENDER_OK;
    }

    text = tender_field_choices(ck->mem, field);
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    *fault = tender_fault_new(ck, text);

    return *fault == NULL ? TENDER_ERROR : TENDER_OK;
}


const tender_str_t *
tender_field_choice(const tender_field_t *field, const tender_str_t *text)
{
    const tender_str_t  *choice;

    for (choice = field->choices; choice->len != 0; choice++) {
        if (tender_str_eq(choice, text)) {
            return choice;
        }
    }

    return NULL;
}


tender_str_t
tender_field_choices(tender_mem_t *mem, const tender_field_t *field)
{
    size_t               len;
    u_char              *p;
    tender_str_t         text;
    const tender_str_t  *choice;

    static const char  before[] = "Value must be one of [";

    len = sizeof(before) - 1 + 2;

    for (choice = field->choices; choice->len != 0; choice++) {
        len += choice->len + 4;
    }

    text.len = 0;
    text.data = tender_alloc(mem, len);

    if (text.data == NULL) {
        return text;
    }

    p = text.data;

    memcpy(p, before, sizeof(before) - 1);
    p += sizeof(before) - 1;

    for (choice = field->choices; choice->len != 0; choice++) {

        if (choice != field->choices) {
            *p++ = ',';
            *p++ = ' ';
        }

        *p++ = '\'';
        memcpy(p, choice->data, choice->len);
        p += choice->len;
        *p++ = '\'';
    }

    *p++ = ']';
    *p++ = '.';

    text.len = (size_t) (p - text.data);

    return text;
}


static int
tender_rule_int(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    tender_money_t  n;

    if (tender_money_read(v->u.text, &n) != TENDER_OK) {
        return tender_fault(ck, fault, "Value is not int");
    }

    if (n.digits < field->min) {
        return tender_rule_number(ck, "Int value should be greater than ",
                                  field->min, ".", fault);
    }

    if (field->max != 0 && n.digits > field->max) {
        return tender_rule_number(ck, "Int value should be less than ",
                                  field->max, ".", fault);
    }

    return TENDER_OK;
}


static int
tender_rule_money(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    tender_money_t  money;

    if (tender_money_read(v->u.text, &money) != TENDER_OK) {
        return tender_fault(ck, fault, "Float value should be less than "
                            "1000000000000000 and have at most 15 digits.");
    }

    if (money.digits < 0) {
        return tender_fault(ck, fault,
                            "Float value should be greater than 0.");
    }

    if (field->max != 0 && money.scale > field->max) {
        return tender_rule_number(ck, "Amount has more than ", field->max,
                                  " decimal places.", fault);
    }

    return TENDER_OK;
}


static int
tender_rule_currency(tender_check_t *ck, tender_value_t *v,
    tender_value_t **fault)
{
    size_t        i, len;
    tender_str_t  text;

    text = v->u.text;
    len = tender_utf8_length(text);

    if (len < 3) {
        return tender_fault(ck, fault, "String value is too short.");
    }

    if (len > 3) {
        return tender_fault(ck, fault, "String value is too long.");
    }

    for (i = 0; i < text.len; i++) {

        if (text.data[i] < 'A' || text.data[i] > 'Z') {
            return tender_fault(ck, fault,
                              "String value did not match validation regex.");
        }
    }

    return TENDER_OK;
}


static int
tender_rule_id(tender_check_t *ck, tender_value_t *v, tender_value_t **fault)
{
    if (v->u.text.len != 32) {
        return tender_fault(ck, fault, "Hash value is wrong length.");
    }

    if (!tender_hex_valid(v->u.text)) {
        return tender_fault(ck, fault, "Hash value is not hexadecimal.");
    }

    return TENDER_OK;
}


static int
tender_rule_number(tender_check_t *ck, const char *before, int64_t n,
    const char *after, tender_value_t **fault)
{
    tender_str_t  text;

    text = tender_text_number(ck->mem, before, n, after);
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    *fault = tender_fault_new(ck, text);

    return *fault == NULL ? TENDER_ERROR : TENDER_OK;
}
