
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json_names.h"
#include "tender_json_number.h"
#include "tender_json_read.h"


#define TENDER_JSON_SPACES  0x2020202020202020ULL


static int tender_json_value(tender_json_reader_t *r, tender_value_t *v);
static int tender_json_object(tender_json_reader_t *r, tender_value_t *v);
static int tender_json_member(tender_json_reader_t *r,
    tender_json_names_t *names, tender_value_t *object);
static int tender_json_array(tender_json_reader_t *r, tender_value_t *v);
static int tender_json_enter(tender_json_reader_t *r, tender_value_t *v,
    tender_type_e type);
static int tender_json_literal(tender_json_reader_t *r, tender_value_t *v,
    tender_type_e type, const char *text, size_t len);
static int tender_json_number(tender_json_reader_t *r, tender_value_t *v);
static int tender_json_no_value(tender_json_reader_t *r);


static inline void
tender_json_space(tender_json_reader_t *r)
{
    uint64_t       w;
    const u_char  *p;

    p = r->p;

    while (p < r->end && *p <= ' ') {

        if (r->end - p >= 8) {
            memcpy(&w, p, 8);

            if (w == TENDER_JSON_SPACES) {
                p += 8;
                continue;
            }
        }

        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') {
            break;
        }

        p++;
    }

    r->p = p;
}


static inline tender_value_t *
tender_json_node(tender_json_reader_t *r)
{
    tender_value_t  *v;

    v = tender_alloc(r->mem, sizeof(tender_value_t));

    if (v != NULL) {
        memset(v, 0, sizeof(tender_value_t));
    }

    return v;
}


static inline void
tender_json_append(tender_value_t *list, tender_value_t *v)
{
    if (list->u.list.last != NULL) {
        list->u.list.last->next = v;

    } else {
        list->u.list.first = v;
    }

    list->u.list.last = v;
    list->nelts++;
}


int
tender_json_read(tender_mem_t *mem, const u_char *data, size_t len,
    tender_value_t **value, tender_json_error_t *err)
{
    int                   rc;
    tender_value_t       *v;
    tender_json_reader_t  r;

    if (len == 0) {
        data = (const u_char *) "";
    }

    r.start = data;
    r.p = data;
    r.end = data + len;
    r.mem = mem;
    r.err = err;
    r.depth = 0;
    r.nvalues = 0;

    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        return tender_json_fail(&r, "Byte order mark", data);
    }

    v = tender_json_node(&r);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    tender_json_space(&r);

    rc = tender_json_value(&r, v);
    if (rc != TENDER_OK) {
        return rc;
    }

    tender_json_space(&r);

    if (r.p != r.end) {
        return tender_json_fail(&r, tender_json_extra_data, r.p);
    }

    *value = v;

    return TENDER_OK;
}


static int
tender_json_value(tender_json_reader_t *r, tender_value_t *v)
{
    int       rc;
    unsigned  plain;

    if (r->nvalues++ == TENDER_JSON_MAX_VALUES) {
        return tender_json_fail(r, "Too many values", r->p);
    }

    if (r->p == r->end) {
        return tender_json_no_value(r);
    }

    switch (*r->p) {

    case '"':
        rc = tender_json_string(r, &v->u.text, &plain);
        v->type = TENDER_STRING;
        v->plain = plain & 1;
        return rc;

    case '{':
        return tender_json_object(r, v);

    case '[':
        return tender_json_array(r, v);

    case 't':
        return tender_json_literal(r, v, TENDER_TRUE, "true", 4);

    case 'f':
        return tender_json_literal(r, v, TENDER_FALSE, "false", 5);

    case 'n':
        return tender_json_literal(r, v, TENDER_NULL, "null", 4);

    default:
        return tender_json_number(r, v);
    }
}


static int
tender_json_object(tender_json_reader_t *r, tender_value_t *v)
{
    int                  rc;
    tender_json_names_t  names;

    if (tender_json_enter(r, v, TENDER_OBJECT) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    if (r->p < r->end && *r->p == '}') {
        r->p++;
        r->depth--;
        return TENDER_OK;
    }

    tender_json_names_init(&names);

    for ( ;; ) {
        rc = tender_json_member(r, &names, v);
        if (rc != TENDER_OK) {
            return rc;
        }

        tender_json_space(r);

        if (r->p == r->end || (*r->p != ',' && *r->p != '}')) {
            return tender_json_fail(r, "Expecting , delimiter", r->p);
        }

        if (*r->p++ == '}') {
            r->depth--;
            return TENDER_OK;
        }

        tender_json_space(r);
    }
}


static int
tender_json_member(tender_json_reader_t *r, tender_json_names_t *names,
    tender_value_t *object)
{
    int              rc;
    unsigned         plain;
    const u_char    *at;
    tender_value_t  *v;

    at = r->p;

    if (at == r->end || *at != '"') {
        return tender_json_fail(r, "Expecting property name enclosed in "
                                "double quotes", at);
    }

    if (object->nelts == TENDER_JSON_MAX_MEMBERS) {
        return tender_json_fail(r, "Too many members", at);
    }

    v = tender_json_node(r);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    rc = tender_json_string(r, &v->name, &plain);
    if (rc != TENDER_OK) {
        return rc;
    }

    v->name_plain = plain & 1;

    rc = tender_json_names_add(r->mem, names, object, v);
    if (rc != TENDER_OK) {
        return (rc == TENDER_ERROR)
               ? rc : tender_json_fail(r, "Duplicate member", at);
    }

    tender_json_space(r);

    if (r->p == r->end || *r->p != ':') {
        return tender_json_fail(r, "Expecting : delimiter", r->p);
    }

    r->p++;
    tender_json_space(r);
    tender_json_append(object, v);

    return tender_json_value(r, v);
}


static int
tender_json_array(tender_json_reader_t *r, tender_value_t *v)
{
    int              rc;
    tender_value_t  *item;

    if (tender_json_enter(r, v, TENDER_ARRAY) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    if (r->p < r->end && *r->p == ']') {
        r->p++;
        r->depth--;
        return TENDER_OK;
    }

    for ( ;; ) {
        item = tender_json_node(r);
        if (item == NULL) {
            return TENDER_ERROR;
        }

        rc = tender_json_value(r, item);
        if (rc != TENDER_OK) {
            return rc;
        }

        tender_json_append(v, item);
        tender_json_space(r);

        if (r->p == r->end || (*r->p != ',' && *r->p != ']')) {
            return tender_json_fail(r, "Expecting , delimiter", r->p);
        }

        if (*r->p++ == ']') {
            r->depth--;
            return TENDER_OK;
        }

        tender_json_space(r);
    }
}


static int
tender_json_enter(tender_json_reader_t *r, tender_value_t *v,
    tender_type_e type)
{
    if (r->depth == TENDER_JSON_MAX_DEPTH) {
        return tender_json_fail(r, "Nesting too deep", r->p);
    }

    v->type = (uint8_t) type;
    r->depth++;
    r->p++;

    tender_json_space(r);

    return TENDER_OK;
}


static int
tender_json_literal(tender_json_reader_t *r, tender_value_t *v,
    tender_type_e type, const char *text, size_t len)
{
    if ((size_t) (r->end - r->p) < len || memcmp(r->p, text, len) != 0) {
        return tender_json_no_value(r);
    }

    v->type = (uint8_t) type;
    r->p += len;

    return TENDER_OK;
}


static int
tender_json_number(tender_json_reader_t *r, tender_value_t *v)
{
    size_t       len;
    const char  *why;

    len = tender_json_number_scan(r->p, r->end, &why);

    if (len == 0) {
        return tender_json_no_value(r);
    }

    if (why != NULL) {
        return tender_json_fail(r, why, r->p);
    }

    v->type = TENDER_NUMBER;
    v->u.text.len = len;
    v->u.text.data = (u_char *) r->p;
    r->p += len;

    return TENDER_OK;
}


static int
tender_json_no_value(tender_json_reader_t *r)
{
    return tender_json_fail(r, r->depth ? "Expecting object"
                                        : tender_json_no_object, r->p);
}
