
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Lines of any bytes: the first byte of each says how it is read.  It is
 * read or refused with a reason, and what it becomes is a sound tree.
 */


#include <stdlib.h>

#include "search/tender_kwords.h"


/* joined by AND at the top, then brackets: or, and, not, and a number */

#define FUZZ_DEPTH  (1 + 3 * (TENDER_KWORDS_DEPTH + 1) + 2)


static void fuzz_check(int good);
static int fuzz_line(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_str_t line);
static void fuzz_tree(const tender_kwords_t *kwords,
    const tender_node_t *node, unsigned type, unsigned depth);
static void fuzz_term(const tender_kwords_t *kwords,
    const tender_node_t *node, unsigned phrase);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char           *copy;
    unsigned          i;
    const u_char     *p, *end, *next;
    tender_mem_t      mem;
    tender_str_t      line;
    tender_arena_t   *arena;
    tender_kwords_t   kwords;

    fuzz_check(tender_words_init() == TENDER_OK);

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);
    memset(&kwords, 0, sizeof(tender_kwords_t));

    end = data + size;

    for (p = data; p < end; p = next + 1) {
        next = memchr(p, '\n', (size_t) (end - p));
        next = next ? next : end;

        line.len = (size_t) (next - p);
        copy = malloc(line.len ? line.len : 1);
        memcpy(copy, p, line.len);
        line.data = copy;

        i = line.len == 0 || fuzz_line(&mem, &kwords, line);

        free(copy);

        if (!i) {
            break;
        }
    }

    for (i = 0; i < kwords.nleaves; i++) {
        fuzz_check(kwords.leaves[i]->leaf == i);
    }

    fuzz_check(kwords.nleaves <= 3 * TENDER_KWORDS_TERMS);
    fuzz_check(kwords.nterms <= TENDER_KWORDS_TERMS);

    if (kwords.root != NULL) {
        fuzz_tree(&kwords, kwords.root, TENDER_NODE_AND, 0);
    }

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


/* 0: it was refused */

static int
fuzz_line(tender_mem_t *mem, tender_kwords_t *kwords, tender_str_t line)
{
    int          rc;
    u_char       how, field;
    const char  *why;

    how = line.data[0];
    field = (u_char) "wtibncul"[how & 7];

    line.data++;
    line.len--;

    why = NULL;

    switch (how >> 3 & 7) {

    case 1:
        rc = tender_kwords_minus(mem, kwords, line, field, &why);
        break;

    case 2:
        return tender_kwords_add(mem, kwords, field, line, how >> 6 & 1)
               == TENDER_OK;

    default:
        rc = tender_kwords_read(mem, kwords, line, field, how >> 6 & 1, &why);
    }

    fuzz_check(rc == TENDER_OK || (rc == TENDER_DECLINED && why != NULL));

    return rc == TENDER_OK;
}


static void
fuzz_tree(const tender_kwords_t *kwords, const tender_node_t *node,
    unsigned type, unsigned depth)
{
    unsigned              n;
    const tender_node_t  *child;

    fuzz_check(depth <= FUZZ_DEPTH);

    if (node->type == TENDER_NODE_TERM || node->type == TENDER_NODE_PREFIX) {
        fuzz_term(kwords, node, type == TENDER_NODE_PHRASE);
        return;
    }

    n = 0;

    for (child = node->first; child != NULL; child = child->next) {
        fuzz_check(child->type != TENDER_NODE_PHRASE || child->first != NULL);
        fuzz_tree(kwords, child, node->type, depth + 1);
        n++;
    }

    switch (node->type) {

    case TENDER_NODE_NONE:
        fuzz_check(n == 0);
        break;

    case TENDER_NODE_NOT:
        fuzz_check(n == 1 && type == TENDER_NODE_AND);
        break;

    case TENDER_NODE_AND:
        fuzz_check(n > 1 || node->first->type == TENDER_NODE_NOT);
        fuzz_check(depth == 0 || type != TENDER_NODE_AND);
        break;

    case TENDER_NODE_OR:
        fuzz_check(n > 1 && type != TENDER_NODE_OR);
        break;

    default:
        fuzz_check(node->type == TENDER_NODE_PHRASE && n > 1);
    }

    fuzz_check(type != TENDER_NODE_PHRASE);
}


static void
fuzz_term(const tender_kwords_t *kwords, const tender_node_t *node,
    unsigned phrase)
{
    const tender_node_t  *leaf;

    fuzz_check(node->leaf < kwords->nleaves);

    leaf = kwords->leaves[node->leaf];

    fuzz_check(leaf->type == node->type);
    fuzz_check(tender_str_eq(&leaf->term, &node->term));
    fuzz_check(!phrase || node->positions);
    fuzz_check(!phrase || node->type == TENDER_NODE_TERM);
    fuzz_check(leaf->positions || !node->positions);

    fuzz_check(node->term.len != 0 && node->term.len <= TENDER_TERM_MAX);
    fuzz_check(memchr("wtibncul", node->term.data[0], 8) != NULL);
}
