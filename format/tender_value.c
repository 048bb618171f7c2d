
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_text.h"
#include "tender_value.h"


static void tender_value_append(tender_value_t *list, tender_value_t *v);
static int tender_value_equal_lists(const tender_value_t *a,
    const tender_value_t *b);


tender_value_t *
tender_value_new(tender_mem_t *mem, tender_type_e type)
{
    tender_value_t  *v;

    v = tender_alloc(mem, sizeof(tender_value_t));
    if (v == NULL) {
        return NULL;
    }

    memset(v, 0, sizeof(tender_value_t));
    v->type = (uint8_t) type;

    return v;
}


tender_value_t *
tender_value_string(tender_mem_t *mem, tender_str_t text)
{
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_STRING);
    if (v == NULL) {
        return NULL;
    }

    v->u.text = text;

    return v;
}


tender_value_t *
tender_value_cstring(tender_mem_t *mem, const char *text)
{
    tender_str_t  s;

    s.data = (u_char *) text;
    s.len = strlen(text);

    return tender_value_string(mem, s);
}


tender_value_t *
tender_value_number(tender_mem_t *mem, tender_str_t text)
{
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_NUMBER);
    if (v == NULL) {
        return NULL;
    }

    v->u.text = text;

    return v;
}


tender_value_t *
tender_value_int(tender_mem_t *mem, int64_t n)
{
    u_char        *p;
    tender_str_t   text;

    text.data = tender_alloc(mem, sizeof("-9223372036854775808") - 1);
    if (text.data == NULL) {
        return NULL;
    }

    p = text.data;

    if (n < 0) {
        *p++ = '-';
        p = tender_uint_write(p, 0 - (uint64_t) n);

    } else {
        p = tender_uint_write(p, (uint64_t) n);
    }

    text.len = (size_t) (p - text.data);

    return tender_value_number(mem, text);
}


tender_value_t *
tender_value_bool(tender_mem_t *mem, int on)
{
    return tender_value_new(mem, on ? TENDER_TRUE : TENDER_FALSE);
}


tender_value_t *
tender_value_copy(tender_mem_t *mem, const tender_value_t *v)
{
    tender_value_t  *copy, *item, *child;

    copy = tender_alloc(mem, sizeof(tender_value_t));
    if (copy == NULL) {
        return NULL;
    }

    *copy = *v;
    copy->next = NULL;

    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return copy;
    }

    copy->u.list.first = NULL;
    copy->u.list.last = NULL;
    copy->nelts = 0;

    for (item = v->u.list.first; item != NULL; item = item->next) {
        child = tender_value_copy(mem, item);
        if (child == NULL) {
            return NULL;
        }

        tender_value_append(copy, child);
    }

    return copy;
}


void
tender_value_push(tender_value_t *array, tender_value_t *v)
{
    v->name.len = 0;
    v->name.data = NULL;
    v->name_plain = 0;

    tender_value_append(array, v);
}


void
tender_value_add(tender_value_t *object, tender_str_t name, tender_value_t *v)
{
    v->name = name;
    v->name_plain = 0;

    tender_value_append(object, v);
}


static void
tender_value_append(tender_value_t *list, tender_value_t *v)
{
    v->next = NULL;

    if (list->u.list.last != NULL) {
        list->u.list.last->next = v;

    } else {
        list->u.list.first = v;
    }

    list->u.list.last = v;
    list->nelts++;
}


tender_value_t *
tender_value_get(const tender_value_t *object, const tender_str_t *name)
{
    tender_value_t  *v;

    if (object->type != TENDER_OBJECT) {
        return NULL;
    }

    for (v = object->u.list.first; v != NULL; v = v->next) {
        if (tender_str_eq(&v->name, name)) {
            return v;
        }
    }

    return NULL;
}


tender_value_t *
tender_value_at(const tender_value_t *array, uint32_t i)
{
    tender_value_t  *v;

    if (array->type != TENDER_ARRAY || i >= array->nelts) {
        return NULL;
    }

    for (v = array->u.list.first; i != 0; i--) {
        v = v->next;
    }

    return v;
}


tender_value_t *
tender_value_cut(tender_value_t *list, tender_value_t *prev)
{
    tender_value_t  *v;

    v = (prev != NULL) ? prev->next : list->u.list.first;
    if (v == NULL) {
        return NULL;
    }

    if (prev != NULL) {
        prev->next = v->next;

    } else {
        list->u.list.first = v->next;
    }

    if (v->next == NULL) {
        list->u.list.last = prev;
    }

    list->nelts--;
    v->next = NULL;

    return v;
}


void
tender_value_replace(tender_value_t *list, tender_value_t *prev,
    tender_value_t *v)
{
    tender_value_t  *old;

    old = (prev != NULL) ? prev->next : list->u.list.first;

    v->next = old->next;
    v->name = old->name;
    v->name_plain = old->name_plain;

    if (prev != NULL) {
        prev->next = v;

    } else {
        list->u.list.first = v;
    }

    if (v->next == NULL) {
        list->u.list.last = v;
    }
}


int
tender_value_equal(const tender_value_t *a, const tender_value_t *b)
{
    if (a->type != b->type) {
        return 0;
    }

    switch (a->type) {

    case TENDER_NUMBER:
    case TENDER_STRING:
        return tender_str_eq(&a->u.text, &b->u.text);

    case TENDER_ARRAY:
    case TENDER_OBJECT:
        return a->nelts == b->nelts && tender_value_equal_lists(a, b);

    default:
        return 1;
    }
}


static int
tender_value_equal_lists(const tender_value_t *a, const tender_value_t *b)
{
    const tender_value_t  *x, *y, *next;

    /* members mostly come in the same order: look at the next one first */

    next = b->u.list.first;

    for (x = a->u.list.first; x != NULL; x = x->next) {
        y = next;

        if (a->type == TENDER_OBJECT
            && (y == NULL || !tender_str_eq(&x->name, &y->name)))
        {
            y = tender_value_get(b, &x->name);
        }

        if (y == NULL || !tender_value_equal(x, y)) {
            return 0;
        }

        next = y->next;
    }

    return 1;
}
