
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"
#include "tender_text.h"


typedef struct tender_json_path_s  tender_json_path_t;

struct tender_json_path_s {
    const tender_json_path_t  *parent;
    const tender_str_t        *name;      /* NULL: an index */
    uint64_t                   index;
};


typedef struct {
    tender_mem_t    *mem;
    tender_value_t  *patch;
} tender_json_diff_t;


static int tender_json_diff_values(tender_json_diff_t *d,
    const tender_json_path_t *path, const tender_value_t *from,
    const tender_value_t *to);
static int tender_json_diff_arrays(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to);
static int tender_json_diff_objects(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to);
static int tender_json_diff_added(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to);
static const tender_value_t *tender_json_diff_peer(
    const tender_value_t *object, const tender_value_t *hint,
    const tender_str_t *name);
static int tender_json_diff_put(tender_json_diff_t *d,
    const tender_json_path_t *path, const char *verb,
    const tender_value_t *value);
static size_t tender_json_path_length(const tender_json_path_t *path);
static u_char *tender_json_path_write(u_char *p,
    const tender_json_path_t *path);


tender_value_t *
tender_json_diff(tender_mem_t *mem, const tender_value_t *from,
    const tender_value_t *to)
{
    tender_json_diff_t  d;

    d.mem = mem;

    d.patch = tender_value_new(mem, TENDER_ARRAY);
    if (d.patch == NULL) {
        return NULL;
    }

    if (tender_json_diff_values(&d, NULL, from, to) != TENDER_OK) {
        return NULL;
    }

    return d.patch;
}


static int
tender_json_diff_values(tender_json_diff_t *d, const tender_json_path_t *path,
    const tender_value_t *from, const tender_value_t *to)
{
    if (from->type == to->type) {

        switch (from->type) {

        case TENDER_ARRAY:
            return tender_json_diff_arrays(d, path, from, to);

        case TENDER_OBJECT:
            return tender_json_diff_objects(d, path, from, to);

        default:
            if (tender_value_equal(from, to)) {
                return TENDER_OK;
            }
        }
    }

    return tender_json_diff_put(d, path, "replace", to);
}


static int
tender_json_diff_arrays(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to)
{
    const tender_value_t  *a, *b;
    tender_json_path_t     path;

    path.parent = parent;
    path.name = NULL;
    path.index = 0;

    a = from->u.list.first;
    b = to->u.list.first;

    for ( /* void */ ; a != NULL && b != NULL; a = a->next, b = b->next) {

        if (tender_json_diff_values(d, &path, a, b) != TENDER_OK) {
            return TENDER_ERROR;
        }

        path.index++;
    }

    for ( /* void */ ; b != NULL; b = b->next) {

        if (tender_json_diff_put(d, &path, "add", b) != TENDER_OK) {
            return TENDER_ERROR;
        }

        path.index++;
    }

    /* from the end, so that no index moves */

    for (path.index = from->nelts; path.index > to->nelts; /* void */ ) {
        path.index--;

        if (tender_json_diff_put(d, &path, "remove", NULL) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


static int
tender_json_diff_objects(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to)
{
    int                    rc;
    const tender_value_t  *a, *b, *hint;
    tender_json_path_t     path;

    path.parent = parent;
    path.index = 0;

    hint = to->u.list.first;

    for (a = from->u.list.first; a != NULL; a = a->next) {
        path.name = &a->name;
        b = tender_json_diff_peer(to, hint, &a->name);

        if (b == NULL) {
            rc = tender_json_diff_put(d, &path, "remove", NULL);

        } else {
            rc = tender_json_diff_values(d, &path, a, b);
            hint = b->next;
        }

        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return tender_json_diff_added(d, parent, from, to);
}


static int
tender_json_diff_added(tender_json_diff_t *d,
    const tender_json_path_t *parent, const tender_value_t *from,
    const tender_value_t *to)
{
    const tender_value_t  *a, *b, *hint;
    tender_json_path_t     path;

    path.parent = parent;
    path.index = 0;

    hint = from->u.list.first;

    for (b = to->u.list.first; b != NULL; b = b->next) {
        a = tender_json_diff_peer(from, hint, &b->name);

        if (a != NULL) {
            hint = a->next;
            continue;
        }

        path.name = &b->name;

        if (tender_json_diff_put(d, &path, "add", b) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


/* the member of that name; hint is where it stands if the orders agree */

static const tender_value_t *
tender_json_diff_peer(const tender_value_t *object,
    const tender_value_t *hint, const tender_str_t *name)
{
    if (hint != NULL && tender_str_eq(&hint->name, name)) {
        return hint;
    }

    return tender_value_get(object, name);
}


static int
tender_json_diff_put(tender_json_diff_t *d, const tender_json_path_t *path,
    const char *verb, const tender_value_t *value)
{
    tender_str_t     text;
    tender_value_t  *op, *v;

    static const tender_str_t  op_name = tender_string("op");
    static const tender_str_t  path_name = tender_string("path");
    static const tender_str_t  value_name = tender_string("value");

    op = tender_value_new(d->mem, TENDER_OBJECT);
    if (op == NULL) {
        return TENDER_ERROR;
    }

    tender_value_push(d->patch, op);

    v = tender_value_cstring(d->mem, verb);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(op, op_name, v);

    text.len = tender_json_path_length(path);

    text.data = tender_alloc(d->mem, text.len);
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    (void) tender_json_path_write(text.data, path);

    v = tender_value_string(d->mem, text);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    tender_value_add(op, path_name, v);

    if (value == NULL) {
        return TENDER_OK;
    }

    /* a node of its own, what is below it is shared */

    v = tender_alloc(d->mem, sizeof(tender_value_t));
    if (v == NULL) {
        return TENDER_ERROR;
    }

    *v = *value;
    tender_value_add(op, value_name, v);

    return TENDER_OK;
}


static size_t
tender_json_path_length(const tender_json_path_t *path)
{
    size_t  i, n;
    u_char  digits[20];

    for (n = 0; path != NULL; path = path->parent) {
        n++;

        if (path->name == NULL) {
            n += (size_t) (tender_uint_write(digits, path->index) - digits);
            continue;
        }

        n += path->name->len;

        for (i = 0; i < path->name->len; i++) {
            n += path->name->data[i] == '~' || path->name->data[i] == '/';
        }
    }

    return n;
}


static u_char *
tender_json_path_write(u_char *p, const tender_json_path_t *path)
{
    size_t  i;
    u_char  c;

    if (path == NULL) {
        return p;
    }

    p = tender_json_path_write(p, path->parent);

    *p++ = '/';

    if (path->name == NULL) {
        return tender_uint_write(p, path->index);
    }

    for (i = 0; i < path->name->len; i++) {
        c = path->name->data[i];

        if (c == '~' || c == '/') {
            *p++ = '~';
            c = (c == '~') ? '0' : '1';
        }

        *p++ = c;
    }

    return p;
}
