
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_check.h"


static int tender_convert_object(tender_check_t *ck,
    const tender_model_t *model, tender_value_t *object,
    tender_value_t *errors);
static tender_value_t *tender_convert_rogue(tender_check_t *ck,
    const tender_model_t *model, const tender_str_t *name);
static int tender_convert_absent(tender_check_t *ck,
    const tender_model_t *model, uint64_t seen, tender_value_t *object,
    tender_value_t *errors);
static int tender_convert_preset(tender_check_t *ck,
    const tender_field_t *field, tender_value_t *object);
static int tender_convert_list(tender_check_t *ck,
    const tender_field_t *field, tender_value_t *v, tender_value_t **fault);
static int tender_convert_one(tender_check_t *ck,
    const tender_field_t *field, tender_value_t *v, tender_value_t **fault);
static int tender_convert_submodel(tender_check_t *ck,
    const tender_model_t *model, tender_value_t *v, tender_value_t **fault);
static tender_str_t tender_convert_type(const tender_value_t *v);


int
tender_model_validate(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object)
{
    tender_value_t  errors;

    ck->errors = NULL;

    tender_errors_init(&errors);

    if (tender_convert_object(ck, model, object, &errors) != TENDER_OK) {
        return TENDER_ERROR;
    }

    if (errors.nelts == 0
        && tender_rules_object(ck, model, object, &errors) != TENDER_OK)
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
tender_check_error(tender_check_t *ck, tender_value_t *errors,
    const tender_str_t *field, const char *text)
{
    tender_value_t  *list, *sentence;

    list = tender_value_get(errors, field);

    if (list == NULL) {
        list = tender_value_new(ck->mem, TENDER_ARRAY);
        if (list == NULL) {
            return TENDER_ERROR;
        }

        tender_value_add(errors, *field, list);
    }

    sentence = tender_value_cstring(ck->mem, text);
    if (sentence == NULL) {
        return TENDER_ERROR;
    }

    tender_value_push(list, sentence);

    return TENDER_OK;
}


const tender_field_t *
tender_model_field(const tender_model_t *model, const tender_str_t *name)
{
    unsigned  hint;

    hint = 0;

    return tender_field_find(model, name, &hint);
}


const tender_field_t *
tender_field_find(const tender_model_t *model, const tender_str_t *name,
    unsigned *hint)
{
    unsigned               i, n;
    const tender_field_t  *field;

    i = *hint;

    for (n = model->nfields; n > 0; n--, i++) {

        if (i >= model->nfields) {
            i = 0;
        }

        field = &model->fields[i];

        if (field->name.len == name->len
            && field->name.data[0] == name->data[0]
            && memcmp(field->name.data, name->data, name->len) == 0)
        {
            *hint = i + 1;
            return field;
        }
    }

    return NULL;
}


void
tender_errors_init(tender_value_t *errors)
{
    memset(errors, 0, sizeof(tender_value_t));
    errors->type = TENDER_OBJECT;
}


tender_value_t *
tender_errors_keep(tender_check_t *ck, const tender_value_t *errors)
{
    tender_value_t  *v;

    v = tender_value_new(ck->mem, TENDER_OBJECT);

    if (v != NULL) {
        *v = *errors;
    }

    return v;
}


static int
tender_convert_object(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, tender_value_t *errors)
{
    int                    rc;
    uint64_t               seen;
    unsigned               hint;
    tender_value_t        *v, *prev, *next, *fault;
    const tender_field_t  *field;

    seen = 0;
    hint = 0;
    prev = NULL;

    for (v = object->u.list.first; v != NULL; v = next) {
        next = v->next;
        fault = NULL;

        field = tender_field_find(model, &v->name, &hint);

        if (field == NULL) {
            fault = tender_convert_rogue(ck, model, &v->name);
            rc = (fault == NULL) ? TENDER_ERROR : TENDER_OK;

        } else if (!tender_field_settable(field, ck->by)
                   || (v->type == TENDER_NULL && !ck->partial))
        {
            (void) tender_value_cut(object, prev);
            continue;

        } else {
            seen |= UINT64_C(1) << (field - model->fields);

            rc = (v->type == TENDER_NULL) ? TENDER_OK
                 : (field->flags & TENDER_FIELD_LIST)
                   ? tender_convert_list(ck, field, v, &fault)
                   : tender_convert_one(ck, field, v, &fault);
        }

        if (rc != TENDER_OK) {
            return rc;
        }

        if (fault != NULL) {
            tender_value_add(errors, v->name, fault);
        }

        prev = v;
    }

    return ck->partial ? TENDER_OK
                       : tender_convert_absent(ck, model, seen, object,
                                               errors);
}


static tender_value_t *
tender_convert_rogue(tender_check_t *ck, const tender_model_t *model,
    const tender_str_t *name)
{
    tender_str_t           text;
    const tender_rogue_t  *rogue;

    tender_str_set(&text, "Rogue field");

    if (model->rogues != NULL) {

        for (rogue = model->rogues; rogue->name.len != 0; rogue++) {

            if (tender_str_eq(&rogue->name, name)) {
                text = rogue->text;
                break;
            }
        }
    }

    return tender_value_string(ck->mem, text);
}


static int
tender_convert_absent(tender_check_t *ck, const tender_model_t *model,
    uint64_t seen, tender_value_t *object, tender_value_t *errors)
{
    unsigned               i;
    tender_value_t        *fault;
    const tender_field_t  *field;

    for (i = 0; i < model->nfields; i++) {
        field = &model->fields[i];

        if ((seen & (UINT64_C(1) << i))
            || !tender_field_settable(field, ck->by))
        {
            continue;
        }

        if (field->flags & TENDER_FIELD_REQUIRED) {

            if (tender_fault(ck, &fault, "This field is required.")
                != TENDER_OK)
            {
                return TENDER_ERROR;
            }

            tender_value_add(errors, field->name, fault);
            continue;
        }

        if (field->preset.len != 0
            && tender_convert_preset(ck, field, object) != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


static int
tender_convert_preset(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *object)
{
    tender_str_t     text;
    tender_value_t  *v;

    text = field->preset;

    if (text.data[0] == 't' || text.data[0] == 'f') {
        v = tender_value_bool(ck->mem, text.data[0] == 't');

    } else if (text.data[0] == '"') {
        text.data++;
        text.len -= 2;
        v = tender_value_string(ck->mem, text);

    } else {
        v = tender_value_number(ck->mem, text);
    }

    if (v == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(object, field->name, v);
    v->name_plain = 1;

    return TENDER_OK;
}


/* the fault of the first item that has one is the list's */

static int
tender_convert_list(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    tender_value_t  *item;

    if (v->type != TENDER_ARRAY) {
        return tender_fault(ck, fault,
                            "Please provide a list of values for this field.");
    }

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (tender_convert_one(ck, field, item, fault) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (*fault != NULL) {
            break;
        }
    }

    return TENDER_OK;
}


static int
tender_convert_one(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault)
{
    return field->type == TENDER_FIELD_OBJECT
           ? tender_convert_submodel(ck, field->model, v, fault)
           : tender_convert_scalar(ck, field, v, fault);
}


static int
tender_convert_submodel(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *v, tender_value_t **fault)
{
    tender_str_t    parts[4];
    tender_value_t  errors;

    if (v->type != TENDER_OBJECT) {
        tender_str_set(&parts[0], "Please use a mapping for this field or ");
        parts[1].data = (u_char *) model->name;
        parts[1].len = strlen(model->name);
        tender_str_set(&parts[2], " instance instead of ");
        parts[3] = tender_convert_type(v);

        return tender_fault_join(ck, parts, fault);
    }

    tender_errors_init(&errors);

    if (tender_convert_object(ck, model, v, &errors) != TENDER_OK) {
        return TENDER_ERROR;
    }

    if (errors.nelts != 0) {
        *fault = tender_errors_keep(ck, &errors);

        if (*fault == NULL) {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


/* the words of the original, which is written in Python 2 */

static tender_str_t
tender_convert_type(const tender_value_t *v)
{
    size_t        i;
    tender_str_t  type;

    switch (v->type) {

    case TENDER_NULL:
        tender_str_set(&type, "NoneType.");
        break;

    case TENDER_FALSE:
    case TENDER_TRUE:
        tender_str_set(&type, "bool.");
        break;

    case TENDER_NUMBER:
        tender_str_set(&type, "int.");

        for (i = 0; i < v->u.text.len; i++) {

            if (v->u.text.data[i] == '.' || (v->u.text.data[i] | 32) == 'e') {
                tender_str_set(&type, "float.");
                break;
            }
        }

        break;

    case TENDER_STRING:
        tender_str_set(&type, "unicode.");
        break;

    case TENDER_ARRAY:
        tender_str_set(&type, "list.");
        break;

    default:
        tender_str_set(&type, "dict.");
    }

    return type;
}
