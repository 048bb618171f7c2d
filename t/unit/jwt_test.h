
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JWT_TEST_H_INCLUDED_
#define _TENDER_JWT_TEST_H_INCLUDED_


#include "t/unit/tap.h"

#include "format/tender_jwt.h"


/* one arena for all that a test program reads */

static tender_arena_t  *arena;
static tender_mem_t     mem;


static TAP_UNUSED void
jwt_begin(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);
}


static TAP_UNUSED int
jwt_end(void)
{
    tender_arena_free(arena);

    return done_testing();
}


static TAP_UNUSED tender_str_t
text_of(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


/* in a block of the very size, so that a sanitizer sees its border */

static TAP_UNUSED tender_str_t
copy(tender_str_t text)
{
    u_char  *p;

    p = tender_arena_alloc(arena, text.len);
    memcpy(p, text.data, text.len);
    text.data = p;

    return text;
}


static TAP_UNUSED const char *
repeat(const char *before, const char *part, unsigned n, const char *after)
{
    char      *text, *p;
    unsigned   i;

    text = tender_alloc(&mem, strlen(before) + n * strlen(part)
                              + strlen(after) + 1);
    p = text + sprintf(text, "%s", before);

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s", part);
    }

    strcpy(p, after);

    return text;
}


/* a number of blocks, then none */

static TAP_UNUSED void *
alloc_some(void *data, size_t size)
{
    int  *left;

    left = data;

    return (*left)-- > 0 ? tender_arena_alloc(arena, size) : NULL;
}


#endif /* _TENDER_JWT_TEST_H_INCLUDED_ */
