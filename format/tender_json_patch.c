
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"
#include "tender_text.h"


/* a place: the first that a pointer has not read, and what is above it */

typedef struct {
    tender_value_t   *parent;    /* NULL: the place is the whole document */
    tender_value_t   *prev;      /* before the place, NULL: it is the first */
    tender_value_t   *value;     /* NULL: there is none yet */
    tender_str_t      name;      /* of a member */
} tender_json_place_t;


static int tender_json_patch_one(tender_mem_t *mem, tender_value_t **target,
    const tender_value_t *op);
static int tender_json_patch_put(tender_mem_t *mem, tender_value_t **target,
    tender_json_place_t *place, const tender_value_t *value, int add);
static int tender_json_patch_find(tender_mem_t *mem, tender_value_t *target,
    tender_str_t path, tender_json_place_t *place);
static int tender_json_patch_step(tender_json_place_t *place,
    tender_str_t token);
static int tender_json_patch_index(tender_json_place_t *place,
    tender_value_t *array, tender_str_t token);
static int tender_json_patch_token(tender_mem_t *mem, tender_str_t *path,
    tender_str_t *token);
static void tender_json_patch_insert(tender_value_t *list,
    tender_value_t *prev, tender_value_t *v);


int
tender_json_patch(tender_mem_t *mem, tender_value_t **target,
    const tender_value_t *patch)
{
    int              rc;
    tender_value_t  *op;

    if (patch->type != TENDER_ARRAY) {
        return TENDER_DECLINED;
    }

    for (op = patch->u.list.first; op != NULL; op = op->next) {
        rc = tender_json_patch_one(mem, target, op);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return TENDER_OK;
}


static int
tender_json_patch_one(tender_mem_t *mem, tender_value_t **target,
    const tender_value_t *op)
{
    int                   rc;
    tender_str_t         *verb;
    tender_value_t       *name, *path, *value;
    tender_json_place_t   place;

    name = tender_value_member(op, "op");
    path = tender_value_member(op, "path");
    value = tender_value_member(op, "value");

    if (name == NULL || name->type != TENDER_STRING
        || path == NULL || path->type != TENDER_STRING)
    {
        return TENDER_DECLINED;
    }

    rc = tender_json_patch_find(mem, *target, path->u.text, &place);
    if (rc != TENDER_OK) {
        return rc;
    }

    verb = &name->u.text;

    if (tender_str_is(verb, "add") && value != NULL) {
        return tender_json_patch_put(mem, target, &place, value, 1);
    }

    if (place.value == NULL) {
        return TENDER_DECLINED;
    }

    if (tender_str_is(verb, "replace") && value != NULL) {
        return tender_json_patch_put(mem, target, &place, value, 0);
    }

    if (tender_str_is(verb, "remove") && place.parent != NULL) {
        (void) tender_value_cut(place.parent, place.prev);
        return TENDER_OK;
    }

    if (tender_str_is(verb, "test") && value != NULL) {
        return tender_value_equal(place.value, value) ? TENDER_OK
                                                      : TENDER_DECLINED;
    }

    return TENDER_DECLINED;
}


static int
tender_json_patch_put(tender_mem_t *mem, tender_value_t **target,
    tender_json_place_t *place, const tender_value_t *value, int add)
{
    tender_value_t  *v;

    /* a later operation may change it: the patch keeps its own */

    v = tender_value_copy(mem, value);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    if (place->parent == NULL) {
        v->name.len = 0;
        v->name.data = NULL;
        v->name_plain = 0;
        *target = v;

        return TENDER_OK;
    }

    if (place->value != NULL
        && !(add && place->parent->type == TENDER_ARRAY))
    {
        tender_value_replace(place->parent, place->prev, v);
        return TENDER_OK;
    }

    v->name = place->name;
    v->name_plain = 0;

    tender_json_patch_insert(place->parent, place->prev, v);

    return TENDER_OK;
}


/*
 * TENDER_DECLINED: not a pointer, or it leads nowhere.  A place where a
 * member or a last element could be added is found, with no value.
 */

static int
tender_json_patch_find(tender_mem_t *mem, tender_value_t *target,
    tender_str_t path, tender_json_place_t *place)
{
    int           rc;
    tender_str_t  token;

    place->parent = NULL;
    place->prev = NULL;
    place->value = target;

    while (path.len != 0) {

        if (place->value == NULL || path.data[0] != '/') {
            return TENDER_DECLINED;
        }

        rc = tender_json_patch_token(mem, &path, &token);
        if (rc != TENDER_OK) {
            return rc;
        }

        if (tender_json_patch_step(place, token) != TENDER_OK) {
            return TENDER_DECLINED;
        }
    }

    return TENDER_OK;
}


static int
tender_json_patch_step(tender_json_place_t *place, tender_str_t token)
{
    tender_value_t  *list, *v;

    list = place->value;

    place->parent = list;
    place->prev = NULL;
    place->value = NULL;
    place->name.len = 0;
    place->name.data = NULL;

    if (list->type == TENDER_ARRAY) {
        return tender_json_patch_index(place, list, token);
    }

    if (list->type != TENDER_OBJECT) {
        return TENDER_DECLINED;
    }

    place->name = token;

    for (v = list->u.list.first; v != NULL; v = v->next) {

        if (tender_str_eq(&v->name, &token)) {
            place->value = v;
            return TENDER_OK;
        }

        place->prev = v;
    }

    return TENDER_OK;
}


static int
tender_json_patch_index(tender_json_place_t *place, tender_value_t *array,
    tender_str_t token)
{
    uint64_t         i;
    tender_value_t  *v;

    if (tender_str_is(&token, "-")) {
        i = array->nelts;

    } else if (tender_uint_read(token, array->nelts, &i) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    if (i == array->nelts) {
        place->prev = array->u.list.last;
        return TENDER_OK;
    }

    for (v = array->u.list.first; i != 0; i--) {
        place->prev = v;
        v = v->next;
    }

    place->value = v;

    return TENDER_OK;
}


/* takes "/token" off path; ~0 is '~', ~1 is '/' */

static int
tender_json_patch_token(tender_mem_t *mem, tender_str_t *path,
    tender_str_t *token)
{
    u_char  *p, *dst, *end;
    size_t   tildes;

    end = path->data + path->len;
    tildes = 0;

    for (p = path->data + 1; p < end && *p != '/'; p++) {
        tildes += (*p == '~');
    }

    token->data = path->data + 1;
    token->len = (size_t) (p - token->data);

    path->data = p;
    path->len = (size_t) (end - p);

    if (tildes == 0) {
        return TENDER_OK;
    }

    p = token->data;
    end = p + token->len;

    dst = tender_alloc(mem, token->len);
    if (dst == NULL) {
        return TENDER_ERROR;
    }

    token->data = dst;

    while (p < end) {

        if (*p != '~') {
            *dst++ = *p++;
            continue;
        }

        if (end - p < 2 || (p[1] != '0' && p[1] != '1')) {
            return TENDER_DECLINED;
        }

        *dst++ = (p[1] == '0') ? '~' : '/';
        p += 2;
    }

    token->len = (size_t) (dst - token->data);

    return TENDER_OK;
}


/* v after prev (at the front, if NULL); its name is set */

static void
tender_json_patch_insert(tender_value_t *list, tender_value_t *prev,
    tender_value_t *v)
{
    if (prev != NULL) {
        v->next = prev->next;
        prev->next = v;

    } else {
        v->next = list->u.list.first;
        list->u.list.first = v;
    }

    if (v->next == NULL) {
        list->u.list.last = v;
    }

    list->nelts++;
}
