
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MODEL_TEST_H_INCLUDED_
#define _TENDER_MODEL_TEST_H_INCLUDED_


#include "format/tender_json.h"
#include "model/tender_model.h"
#include "tap.h"


/* one arena for all that a test program reads and writes */

static tender_arena_t  *test_arena;
static tender_mem_t     test_mem;


static TAP_UNUSED void
test_begin(void)
{
    test_arena = tender_arena_create();
    tender_mem_init(&test_mem, tender_arena_alloc, test_arena);
}


static TAP_UNUSED int
test_end(void)
{
    tender_arena_free(test_arena);

    return done_testing();
}


/* memory of size bytes from a block, and no more */

static TAP_UNUSED void *
test_limited_alloc(void *data, size_t size)
{
    u_char        *p;
    tender_mem_t  *rest;

    rest = data;
    size = (size + 7) & ~(size_t) 7;

    if ((size_t) (rest->end - rest->last) < size) {
        return NULL;
    }

    p = rest->last;
    rest->last += size;

    return p;
}


static TAP_UNUSED void
test_limited(tender_mem_t *mem, tender_mem_t *rest, u_char *block,
    size_t size)
{
    rest->last = block;
    rest->end = block + size;

    mem->alloc = test_limited_alloc;
    mem->data = rest;

#if (TENDER_DEBUG_ALLOC)

    mem->last = block;
    mem->end = block;

#else

    mem->last = rest->last;
    mem->end = rest->end;
    rest->last = rest->end;

#endif
}


/* JSON text to a tree in mem */

static TAP_UNUSED tender_value_t *
test_read_in(tender_mem_t *mem, tender_str_t text)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(mem, text.data, text.len, &v, &err) != TENDER_OK) {
        diag("the test's own JSON is wrong: %s", err.text);
        exit(1);
    }

    return v;
}


static TAP_UNUSED tender_value_t *
test_read(const char *text)
{
    return test_read_in(&test_mem,
                        (tender_str_t) { strlen(text), (u_char *) text });
}


static TAP_UNUSED tender_str_t
test_text(const tender_value_t *v)
{
    tender_str_t  text;

    if (tender_json_text(&test_mem, v, 0, &text) != TENDER_OK) {
        exit(1);
    }

    return text;
}


/*
 * What an object becomes, or its errors; the first character says which:
 * '=' or '!'.
 */

static TAP_UNUSED tender_str_t
test_validate(const tender_model_t *model, unsigned by, unsigned partial,
    const char *json)
{
    int              rc;
    tender_str_t     text, result;
    tender_check_t   ck;
    tender_value_t  *v;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &test_mem;
    ck.by = by;
    ck.partial = partial & 1;

    v = test_read(json);
    rc = tender_model_validate(&ck, model, v);

    if ((rc == TENDER_OK) != (ck.errors == NULL)
        || (rc != TENDER_OK && rc != TENDER_DECLINED))
    {
        diag("%d was returned for %s", rc, json);
        exit(1);
    }

    text = test_text(rc == TENDER_OK ? v : ck.errors);

    result.len = text.len + 1;
    result.data = tender_alloc(&test_mem, result.len);
    result.data[0] = (rc == TENDER_OK) ? '=' : '!';
    memcpy(result.data + 1, text.data, text.len);

    return result;
}


#endif /* _TENDER_MODEL_TEST_H_INCLUDED_ */
