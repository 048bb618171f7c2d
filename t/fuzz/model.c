
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdlib.h>

#include "format/tender_json.h"
#include "model/tender_model.h"


/*
 * A byte of flags, then one or two JSON texts with a zero between them.  A
 * tender that is good is good, and the same, when it is written, read and
 * validated again.  The second text is a fragment that is merged into the
 * first: once is the same as twice.
 */

#define FUZZ_PARTIAL  0x01

static tender_value_t *read_object(tender_mem_t *mem, tender_str_t text);
static int validate(tender_mem_t *mem, unsigned by, unsigned partial,
    tender_value_t *v);
static void check_again(tender_mem_t *mem, unsigned by, unsigned partial,
    const tender_value_t *v);
static void check_merge(tender_mem_t *mem, tender_value_t *target,
    const tender_value_t *patch);
static void check_others(tender_mem_t *mem, unsigned by,
    const tender_value_t *target, const tender_value_t *v,
    tender_str_t fields);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned         by, partial;
    tender_str_t     a, b;
    tender_mem_t     mem;
    const uint8_t   *p;
    tender_value_t  *v, *patch;
    tender_arena_t  *arena;

    if (size < 2) {
        return 0;
    }

    partial = data[0] & FUZZ_PARTIAL;
    by = (data[0] >> 1) & (TENDER_BY_SERVER * 2 - 1);
    data++;
    size--;

    p = memchr(data, 0, size);

    a.data = (u_char *) data;
    a.len = p != NULL ? (size_t) (p - data) : size;
    b.data = p != NULL ? (u_char *) p + 1 : NULL;
    b.len = p != NULL ? size - a.len - 1 : 0;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    v = read_object(&mem, a);

    if (v != NULL) {

        if (validate(&mem, by, partial, v)) {
            check_again(&mem, by, partial, v);
        }

        patch = b.len != 0 ? read_object(&mem, b) : NULL;

        if (patch != NULL) {
            (void) validate(&mem, by, 1, patch);
            check_others(&mem, by, v, patch, a);
            check_merge(&mem, v, patch);
        }
    }

    tender_arena_free(arena);

    return 0;
}


/* NULL: not JSON, or no object */

static tender_value_t *
read_object(tender_mem_t *mem, tender_str_t text)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(mem, text.data, text.len, &v, &err) != TENDER_OK
        || v->type != TENDER_OBJECT)
    {
        return NULL;
    }

    return v;
}


static int
validate(tender_mem_t *mem, unsigned by, unsigned partial, tender_value_t *v)
{
    int             rc;
    tender_str_t    text;
    tender_check_t  ck;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = mem;
    ck.by = by;
    ck.partial = partial & 1;

    rc = tender_model_validate(&ck, &tender_model_tender, v);

    if (rc == TENDER_OK && ck.errors == NULL) {
        return 1;
    }

    if (rc != TENDER_DECLINED || ck.errors == NULL || ck.errors->nelts == 0
        || tender_json_text(mem, ck.errors, 0, &text) != TENDER_OK
        || read_object(mem, text) == NULL)
    {
        abort();
    }

    return 0;
}


static void
check_again(tender_mem_t *mem, unsigned by, unsigned partial,
    const tender_value_t *v)
{
    tender_str_t     text;
    tender_value_t  *again;

    if (tender_json_text(mem, v, 0, &text) != TENDER_OK) {
        abort();
    }

    again = read_object(mem, text);

    if (again == NULL || !tender_value_equal(v, again)
        || !validate(mem, by, partial, again)
        || !tender_value_equal(v, again))
    {
        abort();
    }
}


static void
check_merge(tender_mem_t *mem, tender_value_t *target,
    const tender_value_t *patch)
{
    tender_value_t  *before, *once;

    before = tender_value_copy(mem, patch);

    if (before == NULL
        || tender_model_merge(mem, &tender_model_tender, target, patch)
           != TENDER_OK)
    {
        abort();
    }

    once = tender_value_copy(mem, target);

    if (once == NULL
        || tender_model_merge(mem, &tender_model_tender, target, patch)
           != TENDER_OK
        || !tender_value_equal(target, once)
        || !tender_value_equal(patch, before))
    {
        abort();
    }

    (void) validate(mem, TENDER_BY_SERVER, 0, target);
}


static void
check_others(tender_mem_t *mem, unsigned by, const tender_value_t *target,
    const tender_value_t *v, tender_str_t fields)
{
    tender_check_t   ck;
    tender_value_t  *object, *view;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = mem;
    ck.by = by;

    object = tender_value_copy(mem, v);

    if (object == NULL
        || tender_model_keep(&ck, &tender_model_tender, object, target)
           != TENDER_OK)
    {
        abort();
    }

    view = tender_model_project(mem, &tender_model_tender, object, fields);

    if (view == NULL || view->nelts > object->nelts) {
        abort();
    }
}
