
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A query, and postings of any bytes: a tree as a prefix expression, then
 * the leaves.  What matches is inside the source, is the same again, and is
 * the opposite of what its NOT matches.
 */


#include <stdlib.h>

#include "search/tender_postings.h"


#define LEAVES  6
#define DEPTH   12
#define NODES   64


typedef struct {
    const uint8_t   *p;
    const uint8_t   *end;
    unsigned         nodes;
    tender_mem_t    *mem;
} fuzz_t;


static void fuzz_check(int good);
static unsigned fuzz_byte(fuzz_t *fuzz);
static tender_node_t *fuzz_tree(fuzz_t *fuzz, unsigned depth);
static tender_node_t *fuzz_node(fuzz_t *fuzz, tender_node_e type);
static tender_str_t fuzz_bytes(fuzz_t *fuzz);
static uint64_t *fuzz_match(fuzz_t *fuzz, tender_node_t *root,
    const tender_postings_t *leaves, unsigned ndocs);
static void fuzz_scores(fuzz_t *fuzz, tender_node_t *root,
    const tender_postings_t *leaves, unsigned ndocs, const uint64_t *set);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t              fuzz;
    uint64_t           *one, *two, *not;
    unsigned            i, n, ndocs;
    tender_mem_t        mem;
    tender_node_t      *root, *node;
    tender_arena_t     *arena;
    tender_postings_t   leaves[LEAVES];

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    fuzz.p = data;
    fuzz.end = data + size;
    fuzz.nodes = 0;
    fuzz.mem = &mem;

    ndocs = fuzz_byte(&fuzz);
    ndocs = ndocs < 250 ? ndocs : ndocs * 131 % (TENDER_SOURCE_DOCS + 1);
    root = fuzz_tree(&fuzz, 0);

    for (i = 0; i < LEAVES; i++) {
        leaves[i].kind = fuzz_byte(&fuzz) % 3;
        leaves[i].n = fuzz_byte(&fuzz);
        leaves[i].docs = fuzz_bytes(&fuzz);
        leaves[i].positions = fuzz_bytes(&fuzz);
    }

    node = fuzz_node(&fuzz, TENDER_NODE_NOT);
    node->first = root;

    one = fuzz_match(&fuzz, root, leaves, ndocs);
    two = fuzz_match(&fuzz, root, leaves, ndocs);
    not = fuzz_match(&fuzz, node, leaves, ndocs);

    n = tender_set_words(ndocs) * 64;

    for (i = 0; i < n; i++) {
        fuzz_check(i < ndocs || !tender_set_has(one, i));
        fuzz_check(tender_set_has(one, i) == tender_set_has(two, i));
        fuzz_check(tender_set_has(not, i)
                   == (i < ndocs && !tender_set_has(one, i)));
    }

    fuzz_check(tender_set_count(one, ndocs) + tender_set_count(not, ndocs)
               == ndocs);

    fuzz_scores(&fuzz, root, leaves, ndocs, one);

    for (i = 0; i < LEAVES; i++) {
        free(leaves[i].docs.data);
        free(leaves[i].positions.data);
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


static unsigned
fuzz_byte(fuzz_t *fuzz)
{
    return fuzz->p < fuzz->end ? *fuzz->p++ : 0;
}


/* a byte is a type and how many children, or a leaf's index */

static tender_node_t *
fuzz_tree(fuzz_t *fuzz, unsigned depth)
{
    unsigned        i, n, byte;
    tender_node_t  *node, *child;

    byte = fuzz_byte(fuzz);
    node = fuzz_node(fuzz, byte % (TENDER_NODE_NONE + 1));
    node->leaf = byte / 8 % LEAVES;

    switch (node->type) {

    case TENDER_NODE_TERM:
    case TENDER_NODE_PREFIX:
    case TENDER_NODE_NONE:
        return node;

    case TENDER_NODE_NOT:
        n = 1;
        break;

    default:
        n = byte / 8 % 5;
    }

    for (i = 0; i < n; i++) {

        if (node->type == TENDER_NODE_PHRASE || depth == DEPTH
            || ++fuzz->nodes > NODES)
        {
            child = fuzz_node(fuzz, TENDER_NODE_TERM);
            child->leaf = fuzz_byte(fuzz) % LEAVES;

        } else {
            child = fuzz_tree(fuzz, depth + 1);
        }

        child->next = node->first;
        node->first = child;
    }

    return node;
}


static tender_node_t *
fuzz_node(fuzz_t *fuzz, tender_node_e type)
{
    tender_node_t  *node;

    node = tender_alloc(fuzz->mem, sizeof(tender_node_t));

    memset(node, 0, sizeof(tender_node_t));
    node->type = type;

    return node;
}


/* a block of the very size: a byte too far is seen */

static tender_str_t
fuzz_bytes(fuzz_t *fuzz)
{
    size_t        len;
    tender_str_t  bytes;

    len = fuzz_byte(fuzz);

    bytes.len = (size_t) (fuzz->end - fuzz->p);
    bytes.len = bytes.len < len ? bytes.len : len;
    bytes.data = malloc(bytes.len ? bytes.len : 1);

    if (bytes.len != 0) {
        memcpy(bytes.data, fuzz->p, bytes.len);
        fuzz->p += bytes.len;
    }

    return bytes;
}


static uint64_t *
fuzz_match(fuzz_t *fuzz, tender_node_t *root, const tender_postings_t *leaves,
    unsigned ndocs)
{
    uint64_t         *out;
    tender_kwords_t   kwords;

    memset(&kwords, 0, sizeof(tender_kwords_t));
    kwords.root = root;

    out = tender_alloc(fuzz->mem, tender_set_words(ndocs) * sizeof(uint64_t));

    fuzz_check(tender_match(fuzz->mem, &kwords, leaves, ndocs, out)
               == TENDER_OK);

    return out;
}


static void
fuzz_scores(fuzz_t *fuzz, tender_node_t *root,
    const tender_postings_t *leaves, unsigned ndocs, const uint64_t *set)
{
    float            *scores;
    unsigned          i;
    tender_kwords_t   kwords;

    static const float  weights[LEAVES] = { 1, 1, 1, 1, 1, 1 };

    memset(&kwords, 0, sizeof(tender_kwords_t));
    kwords.root = root;

    scores = tender_alloc(fuzz->mem, ndocs * sizeof(float));
    memset(scores, 0, ndocs * sizeof(float));

    fuzz_check(tender_score(fuzz->mem, &kwords, leaves, weights, ndocs, set,
                            scores)
               == TENDER_OK);

    for (i = 0; i < ndocs; i++) {
        fuzz_check(scores[i] == 0 || tender_set_has(set, i));
    }
}
