
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_check.h"


static int tender_merge_member(tender_mem_t *mem, const tender_field_t *field,
    tender_value_t *old, const tender_value_t *v, tender_value_t **merged);
static int tender_merge_list(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *target, const tender_value_t *patch);
static int tender_merge_one(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *old, const tender_value_t *v, tender_value_t **merged);
static tender_value_t *tender_merge_find(const tender_value_t *object,
    const tender_str_t *name, tender_value_t **prev);
static tender_value_t *tender_merge_share(tender_mem_t *mem,
    const tender_value_t *v);
static int tender_keep_nested(tender_check_t *ck,
    const tender_model_t *model, tender_value_t *object,
    const tender_value_t *target);


int
tender_model_merge(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *target, const tender_value_t *patch)
{
    unsigned               hint;
    tender_value_t        *old, *prev, *merged;
    const tender_value_t  *v;
    const tender_field_t  *field;

    hint = 0;

    for (v = patch->u.list.first; v != NULL; v = v->next) {

        old = tender_merge_find(target, &v->name, &prev);

        if (v->type == TENDER_NULL) {

            if (old != NULL) {
                (void) tender_value_cut(target, prev);
            }

            continue;
        }

        field = NULL;

        if (model != NULL) {
            field = tender_field_find(model, &v->name, &hint);
        }

        if (tender_merge_member(mem, field, old, v, &merged) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (old == NULL) {
            tender_value_add(target, v->name, merged);
            merged->name_plain = v->name_plain;

        } else if (merged != old) {
            tender_value_replace(target, prev, merged);
        }
    }

    return TENDER_OK;
}


int
tender_model_keep(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, const tender_value_t *target)
{
    unsigned               hint;
    tender_value_t        *v, *prev, *next, kept;
    const tender_value_t  *old;
    const tender_field_t  *field;

    hint = 0;
    prev = NULL;

    for (v = object->u.list.first; v != NULL; v = next) {
        next = v->next;
        field = tender_field_find(model, &v->name, &hint);

        if (field == NULL || !tender_field_settable(field, ck->by)) {
            (void) tender_value_cut(object, prev);
            continue;
        }

        prev = v;
    }

    tender_errors_init(&kept);
    hint = 0;

    for (old = target->u.list.first; old != NULL; old = old->next) {
        field = tender_field_find(model, &old->name, &hint);

        if (field != NULL && tender_field_settable(field, ck->by)) {
            continue;
        }

        v = tender_merge_share(ck->mem, old);
        if (v == NULL) {
            return TENDER_ERROR;
        }

        tender_value_add(&kept, old->name, v);
        v->name_plain = old->name_plain;
    }

    if (kept.nelts != 0) {
        kept.u.list.last->next = object->u.list.first;
        object->u.list.first = kept.u.list.first;
        object->nelts += kept.nelts;

        if (object->u.list.last == NULL) {
            object->u.list.last = kept.u.list.last;
        }
    }

    return tender_keep_nested(ck, model, object, target);
}


tender_value_t *
tender_model_project(tender_mem_t *mem, const tender_model_t *model,
    const tender_value_t *object, tender_str_t fields)
{
    size_t                 i, start;
    uint64_t               seen, bit;
    unsigned               hint;
    tender_str_t           name;
    tender_value_t        *result, *v, *copy;
    const tender_field_t  *field;

    result = tender_value_new(mem, TENDER_OBJECT);
    if (result == NULL) {
        return NULL;
    }

    seen = 0;
    hint = 0;
    start = 0;

    for (i = 0; i <= fields.len; i++) {

        if (i < fields.len && fields.data[i] != ',') {
            continue;
        }

        name.len = i - start;
        name.data = name.len != 0 ? &fields.data[start] : NULL;
        start = i + 1;

        if (name.len == 0) {
            continue;
        }

        field = tender_field_find(model, &name, &hint);
        if (field == NULL) {
            continue;
        }

        bit = UINT64_C(1) << (field - model->fields);
        v = tender_value_get(object, &field->name);

        if (v == NULL || (seen & bit)) {
            continue;
        }

        seen |= bit;

        copy = tender_merge_share(mem, v);
        if (copy == NULL) {
            return NULL;
        }

        tender_value_add(result, v->name, copy);
        copy->name_plain = v->name_plain;
    }

    return result;
}


static int
tender_merge_member(tender_mem_t *mem, const tender_field_t *field,
    tender_value_t *old, const tender_value_t *v, tender_value_t **merged)
{
    if (field == NULL || field->type != TENDER_FIELD_OBJECT
        || !(field->flags & TENDER_FIELD_LIST) || v->type != TENDER_ARRAY)
    {
        return tender_merge_one(mem, field != NULL ? field->model : NULL, old,
                                v, merged);
    }

    if (old == NULL || old->type != TENDER_ARRAY) {
        old = tender_value_new(mem, TENDER_ARRAY);
        if (old == NULL) {
            return TENDER_ERROR;
        }
    }

    *merged = old;

    return tender_merge_list(mem, field->model, old, v);
}


static int
tender_merge_list(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *target, const tender_value_t *patch)
{
    tender_value_t        *old, *prev, *merged;
    const tender_value_t  *v;

    prev = NULL;
    old = target->u.list.first;

    for (v = patch->u.list.first; v != NULL; v = v->next) {

        if (tender_merge_one(mem, model, old, v, &merged) != TENDER_OK) {
            return TENDER_ERROR;
        }

        if (old == NULL) {
            tender_value_push(target, merged);
            continue;
        }

        if (merged != old) {
            tender_value_replace(target, prev, merged);
        }

        prev = merged;
        old = merged->next;
    }

    while (target->nelts > patch->nelts) {
        (void) tender_value_cut(target, prev);
    }

    return TENDER_OK;
}


/* an object is merged into the old one or into {}, so no null is left in it */

static int
tender_merge_one(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *old, const tender_value_t *v, tender_value_t **merged)
{
    if (v->type != TENDER_OBJECT) {
        *merged = tender_merge_share(mem, v);
        return *merged == NULL ? TENDER_ERROR : TENDER_OK;
    }

    if (old == NULL || old->type != TENDER_OBJECT) {
        old = tender_value_new(mem, TENDER_OBJECT);
        if (old == NULL) {
            return TENDER_ERROR;
        }
    }

    *merged = old;

    return tender_model_merge(mem, model, old, v);
}


static tender_value_t *
tender_merge_find(const tender_value_t *object, const tender_str_t *name,
    tender_value_t **prev)
{
    tender_value_t  *v;

    *prev = NULL;

    for (v = object->u.list.first; v != NULL; v = v->next) {

        if (tender_str_eq(&v->name, name)) {
            return v;
        }

        *prev = v;
    }

    return NULL;
}


/* a value that can stand in another list; what it holds is shared */

static tender_value_t *
tender_merge_share(tender_mem_t *mem, const tender_value_t *v)
{
    tender_value_t  *copy;

    copy = tender_value_new(mem, (tender_type_e) v->type);

    if (copy != NULL) {
        *copy = *v;
        copy->next = NULL;
    }

    return copy;
}


static int
tender_keep_nested(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, const tender_value_t *target)
{
    unsigned               hint;
    tender_value_t        *v, *old;
    const tender_field_t  *field;

    hint = 0;

    for (v = object->u.list.first; v != NULL; v = v->next) {
        field = tender_field_find(model, &v->name, &hint);

        if (v->type != TENDER_OBJECT || field == NULL
            || field->type != TENDER_FIELD_OBJECT
            || !tender_field_settable(field, ck->by))
        {
            continue;
        }

        old = tender_value_get(target, &v->name);

        if (old != NULL && old->type == TENDER_OBJECT
            && tender_model_keep(ck, field->model, v, old) != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}
