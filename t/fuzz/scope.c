
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Two texts with a zero between them.  What is read is written, and read
 * again as the same; what both allow is no more than either and, where it
 * fits, no less; to limit it again changes nothing.
 */


#include <stdlib.h>

#include "domain/tender_scope.h"


static tender_str_t fuzz_copy(tender_mem_t *mem, const uint8_t *data,
    size_t size);
static int fuzz_read(tender_mem_t *mem, tender_str_t text,
    tender_scopes_t *scopes);
static tender_str_t fuzz_write(tender_mem_t *mem,
    const tender_scopes_t *scopes);
static void fuzz_same(const tender_scopes_t *a, const tender_scopes_t *b);
static void fuzz_limit(tender_mem_t *mem, const tender_scopes_t *a,
    const tender_scopes_t *b);
static void fuzz_both(const tender_scopes_t *c, const tender_scopes_t *a,
    const tender_scopes_t *b, tender_str_t module);
static void fuzz_check(int good);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            len;
    tender_mem_t      mem;
    tender_str_t      one, two;
    const uint8_t    *zero;
    tender_arena_t   *arena;
    tender_scopes_t   a, b;

    zero = size != 0 ? memchr(data, 0, size) : NULL;
    len = zero != NULL ? (size_t) (zero - data) : size;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    one = fuzz_copy(&mem, data, len);
    two = fuzz_copy(&mem, zero != NULL ? zero + 1 : data,
                    zero != NULL ? size - len - 1 : 0);

    if (fuzz_read(&mem, one, &a) && fuzz_read(&mem, two, &b)) {
        fuzz_limit(&mem, &a, &b);
        fuzz_limit(&mem, &b, &a);
    }

    tender_arena_free(arena);

    return 0;
}


/* in a block of the very size: a byte too far is seen */

static tender_str_t
fuzz_copy(tender_mem_t *mem, const uint8_t *data, size_t size)
{
    tender_str_t  text;

    text.len = size;
    text.data = tender_alloc(mem, size);

    if (size != 0) {
        memcpy(text.data, data, size);
    }

    return text;
}


static int
fuzz_read(tender_mem_t *mem, tender_str_t text, tender_scopes_t *scopes)
{
    int              rc;
    tender_str_t     bad, once, twice;
    tender_scopes_t  again;

    rc = tender_scopes_read(text, scopes, &bad);

    if (rc != TENDER_OK) {
        fuzz_check(rc == TENDER_DECLINED && bad.len != 0
                   && bad.data >= text.data
                   && bad.data + bad.len <= text.data + text.len);
        fuzz_check(tender_scopes_empty(scopes));

        return 0;
    }

    once = fuzz_write(mem, scopes);

    fuzz_check(tender_scopes_read(once, &again, &bad) == TENDER_OK);
    fuzz_same(scopes, &again);

    twice = fuzz_write(mem, &again);

    fuzz_check(tender_str_eq(&once, &twice));
    fuzz_check((once.len == 0) == tender_scopes_empty(scopes));

    return 1;
}


static tender_str_t
fuzz_write(tender_mem_t *mem, const tender_scopes_t *scopes)
{
    tender_str_t  text;

    fuzz_check(tender_scopes_write(mem, scopes, &text) == TENDER_OK);

    return text;
}


static void
fuzz_same(const tender_scopes_t *a, const tender_scopes_t *b)
{
    fuzz_check(tender_scopes_cover(a, b) && tender_scopes_cover(b, a));
}


static void
fuzz_limit(tender_mem_t *mem, const tender_scopes_t *a,
    const tender_scopes_t *b)
{
    unsigned         i;
    tender_str_t     once, twice;
    tender_scopes_t  c, d, self;

    c = *a;
    tender_scopes_limit(&c, b);

    fuzz_check(tender_scopes_cover(a, &c) && tender_scopes_cover(b, &c));
    fuzz_check(c.nmodules <= TENDER_SCOPE_MODULES);

    /* again, by either */

    once = fuzz_write(mem, &c);

    d = c;
    tender_scopes_limit(&d, b);
    tender_scopes_limit(&d, a);
    twice = fuzz_write(mem, &d);

    fuzz_check(tender_str_eq(&once, &twice));

    self = *a;
    tender_scopes_limit(&self, a);
    fuzz_same(&self, a);

    if (tender_scopes_cover(b, a)) {
        fuzz_same(&c, a);
    }

    if (a->nmodules + b->nmodules > TENDER_SCOPE_MODULES) {
        return;
    }

    fuzz_both(&c, a, b, (tender_str_t) tender_null_string);

    for (i = 0; i < a->nmodules; i++) {
        fuzz_both(&c, a, b, a->modules[i].name);
    }

    for (i = 0; i < b->nmodules; i++) {
        fuzz_both(&c, a, b, b->modules[i].name);
    }
}


static void
fuzz_both(const tender_scopes_t *c, const tender_scopes_t *a,
    const tender_scopes_t *b, tender_str_t module)
{
    fuzz_check(tender_scopes_of(c, module)
               == (tender_scopes_of(a, module)
                   & tender_scopes_of(b, module)));
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}
