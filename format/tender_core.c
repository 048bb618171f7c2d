
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdlib.h>

#include "tender_core.h"


#define TENDER_BLOCK_SIZE  4096
#define TENDER_PIECE_MAX   1024     /* larger pieces get their own block */


typedef struct tender_arena_block_s  tender_arena_block_t;

struct tender_arena_block_s {
    tender_arena_block_t  *next;
    void                  *align;
};


struct tender_arena_s {
    tender_arena_block_t  *blocks;
};


void
tender_mem_init(tender_mem_t *mem, tender_alloc_pt alloc, void *data)
{
    /* an address that is not NULL, so that no bytes at all can be had */

    mem->last = (u_char *) mem;
    mem->end = mem->last;
    mem->alloc = alloc;
    mem->data = data;
}


void *
tender_alloc_block(tender_mem_t *mem, size_t size)
{
#if (TENDER_DEBUG_ALLOC)

    return mem->alloc(mem->data, size != 0 ? size : 1);

#else

    u_char  *p;

    if (size > TENDER_PIECE_MAX) {
        return mem->alloc(mem->data, size);
    }

    p = mem->alloc(mem->data, TENDER_BLOCK_SIZE);
    if (p == NULL) {
        return NULL;
    }

    mem->last = p + ((size + 7) & ~(size_t) 7);
    mem->end = p + TENDER_BLOCK_SIZE;

    return p;

#endif
}


tender_arena_t *
tender_arena_create(void)
{
    return calloc(1, sizeof(tender_arena_t));
}


void *
tender_arena_alloc(void *arena, size_t size)
{
    tender_arena_t        *a;
    tender_arena_block_t  *block;

    a = arena;

    if (size > SIZE_MAX - sizeof(tender_arena_block_t)) {
        return NULL;
    }

    block = malloc(sizeof(tender_arena_block_t) + size);
    if (block == NULL) {
        return NULL;
    }

    block->next = a->blocks;
    a->blocks = block;

    return block + 1;
}


void
tender_arena_reset(tender_arena_t *arena)
{
    tender_arena_block_t  *block, *next;

    for (block = arena->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }

    arena->blocks = NULL;
}


void
tender_arena_free(tender_arena_t *arena)
{
    tender_arena_reset(arena);
    free(arena);
}
