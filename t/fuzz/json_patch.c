
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Two texts with a zero byte between them: their difference, applied to the
 * first, gives the second, also after it was written and read.  The second
 * is applied to the first as a patch, too.
 */


#include <stdlib.h>

#include "format/tender_json.h"


static void fuzz_check(int good);
static void fuzz_pair(tender_mem_t *mem, const tender_value_t *from,
    const tender_value_t *to);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    size_t                len;
    u_char               *copy;
    tender_mem_t          mem;
    tender_str_t          text;
    const uint8_t        *zero;
    tender_arena_t       *arena;
    tender_value_t       *from, *to;
    tender_json_error_t   err;

    zero = size ? memchr(data, 0, size) : NULL;
    if (zero == NULL) {
        return 0;
    }

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    copy = malloc(size);
    memcpy(copy, data, size);

    len = (size_t) (zero - data);

    if (tender_json_read(&mem, copy, len, &from, &err) == TENDER_OK
        && tender_json_read(&mem, copy + len + 1, size - len - 1, &to, &err)
           == TENDER_OK)
    {
        fuzz_pair(&mem, from, to);
        fuzz_pair(&mem, to, from);

        rc = tender_json_patch(&mem, &from, to);
        fuzz_check(rc == TENDER_OK || rc == TENDER_DECLINED);

        /* whatever came of it is a tree that can be written */

        fuzz_check(tender_json_text(&mem, from, 0, &text) == TENDER_OK);
    }

    free(copy);
    tender_arena_free(arena);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


static void
fuzz_pair(tender_mem_t *mem, const tender_value_t *from,
    const tender_value_t *to)
{
    tender_str_t          text;
    tender_value_t       *patch, *read, *v;
    tender_json_error_t   err;

    patch = tender_json_diff(mem, from, to);
    fuzz_check(patch != NULL);
    fuzz_check((patch->nelts == 0) == tender_value_equal(from, to));

    v = tender_value_copy(mem, from);
    fuzz_check(tender_json_patch(mem, &v, patch) == TENDER_OK);
    fuzz_check(tender_value_equal(v, to));

    fuzz_check(tender_json_text(mem, patch, 0, &text) == TENDER_OK);

    /* values lie two levels deeper in a patch than in the document */

    if (tender_json_read(mem, text.data, text.len, &read, &err)
        != TENDER_OK)
    {
        fuzz_check(strcmp(err.text, "Nesting too deep") == 0);
        return;
    }

    fuzz_check(tender_value_equal(read, patch));

    v = tender_value_copy(mem, from);
    fuzz_check(tender_json_patch(mem, &v, read) == TENDER_OK);
    fuzz_check(tender_value_equal(v, to));
}
