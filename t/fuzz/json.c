
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A text that is read is written again, in both forms, in the length that
 * was told; what was written is read as the same tree.
 */


#include <stdlib.h>

#include "format/tender_json.h"
#include "format/tender_text.h"


static void fuzz_check(int good);
static void fuzz_written(tender_mem_t *mem, const tender_value_t *v,
    unsigned flags);
static void fuzz_error(const tender_json_error_t *err, size_t size);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    u_char               *copy;
    tender_mem_t          mem;
    tender_arena_t       *arena;
    tender_value_t       *v;
    tender_json_error_t   err;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    /* a block of the very size: a byte too far is seen */

    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);

    rc = tender_json_read(&mem, copy, size, &v, &err);

    if (rc == TENDER_OK) {
        fuzz_check(tender_utf8_valid(copy, size));
        fuzz_written(&mem, v, 0);
        fuzz_written(&mem, v, TENDER_JSON_PRETTY);

    } else {
        fuzz_check(rc == TENDER_DECLINED);
        fuzz_error(&err, size);
    }

    fuzz_check(size == 0 || memcmp(copy, data, size) == 0);

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
fuzz_written(tender_mem_t *mem, const tender_value_t *v, unsigned flags)
{
    size_t                len;
    u_char               *text;
    tender_str_t          again;
    tender_value_t       *back;
    tender_json_error_t   err;

    len = tender_json_length(v, flags);
    text = malloc(len);

    fuzz_check(tender_json_write(text, v, flags) == text + len);
    fuzz_check(tender_json_read(mem, text, len, &back, &err) == TENDER_OK);
    fuzz_check(tender_value_equal(v, back) && tender_value_equal(back, v));

    fuzz_check(tender_json_text(mem, back, flags, &again) == TENDER_OK);
    fuzz_check(again.len == len && memcmp(again.data, text, len) == 0);

    free(text);
}


static void
fuzz_error(const tender_json_error_t *err, size_t size)
{
    u_char  buf[160];
    size_t  len;

    len = tender_json_error_text(err, buf, sizeof(buf));

    fuzz_check(len != 0 && len < sizeof(buf));
    fuzz_check(err->offset <= size && err->line != 0 && err->column != 0);
    fuzz_check(err->line - 1 + err->column - 1 <= err->offset);
}
