
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_CORE_H_INCLUDED_
#define _TENDER_CORE_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>


/*
 * What the pure C layers (format, domain, model) share.  They include no
 * nginx and no Redis header, keep no state outside their arguments, and
 * take all memory from the caller's tender_mem_t.
 */

#define TENDER_OK         0
#define TENDER_ERROR     -1      /* out of memory: a 500 */
#define TENDER_AGAIN     -2      /* there is more to come */
#define TENDER_DONE      -4      /* there is no more */
#define TENDER_DECLINED  -5      /* the input is at fault: a 4xx */


/* the layout of ngx_str_t; no terminating zero is promised */

typedef struct {
    size_t       len;
    u_char      *data;
} tender_str_t;


#define tender_string(str)  { sizeof(str) - 1, (u_char *) str }
#define tender_null_string  { 0, NULL }

#define tender_str_set(str, text)                                             \
    (str)->len = sizeof(text) - 1; (str)->data = (u_char *) text

#define tender_str_eq(a, b)                                                   \
    ((a)->len == (b)->len                                                     \
     && ((a)->len == 0 || memcmp((a)->data, (b)->data, (b)->len) == 0))

#define tender_str_is(str, text)                                              \
    ((str)->len == sizeof(text) - 1                                           \
     && ((str)->len == 0                                                      \
         || memcmp((str)->data, text, sizeof(text) - 1) == 0))


/*
 * Memory: small pieces are cut from a block, blocks come from alloc(data,
 * size), which returns NULL when there is none left.  Nothing is freed here:
 * the owner of the blocks (a request pool, an arena of a test) frees them
 * together.  With TENDER_DEBUG_ALLOC each piece is a block of its own, so
 * that a sanitizer sees each border.
 */

typedef void *(*tender_alloc_pt)(void *data, size_t size);

typedef struct {
    u_char          *last;
    u_char          *end;
    tender_alloc_pt  alloc;
    void            *data;
} tender_mem_t;


void tender_mem_init(tender_mem_t *mem, tender_alloc_pt alloc, void *data);

/* a block of the size asked for, or the next one; see tender_alloc() */
void *tender_alloc_block(tender_mem_t *mem, size_t size);

/* a malloc() arena for tests and tools; tender_arena_free() frees it all */
typedef struct tender_arena_s  tender_arena_t;

tender_arena_t *tender_arena_create(void);
void *tender_arena_alloc(void *arena, size_t size);
void tender_arena_reset(tender_arena_t *arena);
void tender_arena_free(tender_arena_t *arena);


/* size bytes, aligned to 8, not cleared; NULL: out of memory */

static inline void *
tender_alloc(tender_mem_t *mem, size_t size)
{
#if !(TENDER_DEBUG_ALLOC)
    u_char  *p;

    size = (size + 7) & ~(size_t) 7;

    if ((size_t) (mem->end - mem->last) >= size) {
        p = mem->last;
        mem->last = p + size;
        return p;
    }
#endif

    return tender_alloc_block(mem, size);
}


#endif /* _TENDER_CORE_H_INCLUDED_ */
