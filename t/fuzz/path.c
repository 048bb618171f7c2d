
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Segments are what they must be, and a path made of them, escaped, gives
 * the same ones.
 */


#include <stdlib.h>

#include "format/tender_text.h"
#include "format/tender_uri.h"


static void fuzz_check(int good);
static void fuzz_again(tender_mem_t *mem, tender_str_t *segments,
    unsigned n);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              n;
    tender_mem_t     mem;
    tender_str_t     path, segments[TENDER_MAX_SEGMENTS];
    tender_arena_t  *arena;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    path.len = size;
    path.data = malloc(size ? size : 1);
    memcpy(path.data, data, size);

    n = tender_path_split(&mem, path, segments, TENDER_MAX_SEGMENTS);

    if (n < 0) {
        fuzz_check(n == TENDER_DECLINED);

    } else {
        fuzz_check(n <= TENDER_MAX_SEGMENTS && (n == 0) == (size == 0));
        fuzz_again(&mem, segments, (unsigned) n);
    }

    fuzz_check(size == 0 || memcmp(path.data, data, size) == 0);

    free(path.data);
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
fuzz_again(tender_mem_t *mem, tender_str_t *segments, unsigned n)
{
    size_t        i, len, dots;
    u_char       *p, c;
    unsigned      k;
    tender_str_t  path, again[TENDER_MAX_SEGMENTS];

    len = 0;

    for (k = 0; k < n; k++) {
        fuzz_check(segments[k].len != 0);
        fuzz_check(tender_utf8_valid(segments[k].data, segments[k].len));

        dots = 0;

        for (i = 0; i < segments[k].len; i++) {
            c = segments[k].data[i];

            fuzz_check(c >= 0x20 && c != 0x7f);
            fuzz_check(c != '/' && c != '\\' && c != '%');

            dots += c == '.';
        }

        fuzz_check(dots != segments[k].len);

        len += 1 + tender_uri_escaped_length(segments[k]);
    }

    path.data = malloc(len ? len : 1);
    p = path.data;

    for (k = 0; k < n; k++) {

        if (k != 0) {
            *p++ = '/';
        }

        p = tender_uri_escape(p, segments[k]);
    }

    path.len = (size_t) (p - path.data);

    fuzz_check(tender_path_split(mem, path, again, n) == (int) n);

    for (k = 0; k < n; k++) {
        fuzz_check(tender_str_eq(&again[k], &segments[k]));
    }

    free(path.data);
}
