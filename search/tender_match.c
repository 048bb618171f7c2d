
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_match.h"


/*
 * A set is narrowed by one node after the other: each takes away what it
 * does not match.
 */

typedef struct tender_match_spare_s  tender_match_spare_t;

struct tender_match_spare_s {
    tender_match_spare_t      *next;
};

typedef struct {
    tender_mem_t              *mem;
    const tender_postings_t   *leaves;
    unsigned                   ndocs;
    unsigned                   nwords;
    tender_match_spare_t      *spare;     /* sets that are not in use */
} tender_match_t;

typedef struct {
    const tender_postings_t   *leaves;
    const float               *weights;
    unsigned                   ndocs;
    const uint64_t            *set;
    float                     *scores;
} tender_score_t;


/* the order in which an AND narrows: what is cheap, or takes much, first */

enum {
    TENDER_MATCH_FEW = 0,
    TENDER_MATCH_MANY,
    TENDER_MATCH_TREE,
    TENDER_MATCH_NOT,
    TENDER_MATCH_PHRASE,
    TENDER_MATCH_RANKS
};


static int tender_match_narrow(tender_match_t *match,
    const tender_node_t *node, uint64_t *set);
static int tender_match_and(tender_match_t *match, const tender_node_t *node,
    uint64_t *set);
static int tender_match_or(tender_match_t *match, const tender_node_t *node,
    uint64_t *set);
static int tender_match_not(tender_match_t *match, const tender_node_t *node,
    uint64_t *set);
static int tender_match_words(tender_match_t *match,
    const tender_node_t *node, uint64_t *set);
static unsigned tender_match_rank(const tender_match_t *match,
    const tender_node_t *node);
static int tender_match_leaf(const tender_node_t *node);
static int tender_match_empty(const tender_match_t *match,
    const uint64_t *set);
static void tender_match_clear(const tender_match_t *match, uint64_t *set);
static uint64_t *tender_match_set(tender_match_t *match);
static void tender_match_free(tender_match_t *match, uint64_t *set);
static void tender_score_node(const tender_score_t *score,
    const tender_node_t *node);
static void tender_score_leaf(const tender_score_t *score, unsigned leaf);


int
tender_match(tender_mem_t *mem, const tender_kwords_t *kwords,
    const tender_postings_t *leaves, unsigned ndocs, uint64_t *out)
{
    tender_match_t  match;

    match.mem = mem;
    match.leaves = leaves;
    match.ndocs = ndocs;
    match.nwords = tender_set_words(ndocs);
    match.spare = NULL;

    memset(out, 0xff, match.nwords * sizeof(uint64_t));

    if (ndocs % 64 != 0) {
        out[match.nwords - 1] = ((uint64_t) 1 << ndocs % 64) - 1;
    }

    if (kwords->root == NULL) {
        return TENDER_OK;
    }

    return tender_match_narrow(&match, kwords->root, out);
}


int
tender_score(tender_mem_t *mem, const tender_kwords_t *kwords,
    const tender_postings_t *leaves, const float *weights, unsigned ndocs,
    const uint64_t *set, float *scores)
{
    tender_score_t  score;

    (void) mem;

    score.leaves = leaves;
    score.weights = weights;
    score.ndocs = ndocs;
    score.set = set;
    score.scores = scores;

    if (kwords->root != NULL) {
        tender_score_node(&score, kwords->root);
    }

    return TENDER_OK;
}


static int
tender_match_narrow(tender_match_t *match, const tender_node_t *node,
    uint64_t *set)
{
    switch (node->type) {

    case TENDER_NODE_TERM:
    case TENDER_NODE_PREFIX:
        tender_set_meet(set, &match->leaves[node->leaf], match->ndocs);
        return TENDER_OK;

    case TENDER_NODE_PHRASE:
        return tender_match_words(match, node, set);

    case TENDER_NODE_AND:
        return tender_match_and(match, node, set);

    case TENDER_NODE_OR:
        return tender_match_or(match, node, set);

    case TENDER_NODE_NOT:
        return tender_match_not(match, node, set);

    default: /* TENDER_NODE_NONE */
        tender_match_clear(match, set);
        return TENDER_OK;
    }
}


static int
tender_match_and(tender_match_t *match, const tender_node_t *node,
    uint64_t *set)
{
    unsigned              rank;
    const tender_node_t  *child;

    for (rank = 0; rank < TENDER_MATCH_RANKS; rank++) {

        for (child = node->first; child != NULL; child = child->next) {

            if (tender_match_rank(match, child) != rank) {
                continue;
            }

            if (tender_match_narrow(match, child, set) != TENDER_OK) {
                return TENDER_ERROR;
            }

            if (tender_match_empty(match, set)) {
                return TENDER_OK;
            }
        }
    }

    return TENDER_OK;
}


static int
tender_match_or(tender_match_t *match, const tender_node_t *node,
    uint64_t *set)
{
    uint64_t             *sum, *part;
    unsigned              i;
    const tender_node_t  *child;

    sum = tender_match_set(match);
    part = tender_match_set(match);

    if (sum == NULL || part == NULL) {
        return TENDER_ERROR;
    }

    tender_match_clear(match, sum);

    for (child = node->first; child != NULL; child = child->next) {

        if (tender_match_leaf(child)) {
            tender_set_join(sum, &match->leaves[child->leaf], match->ndocs);
            continue;
        }

        memcpy(part, set, match->nwords * sizeof(uint64_t));

        if (tender_match_narrow(match, child, part) != TENDER_OK) {
            return TENDER_ERROR;
        }

        for (i = 0; i < match->nwords; i++) {
            sum[i] |= part[i];
        }
    }

    for (i = 0; i < match->nwords; i++) {
        set[i] &= sum[i];
    }

    tender_match_free(match, sum);
    tender_match_free(match, part);

    return TENDER_OK;
}


static int
tender_match_not(tender_match_t *match, const tender_node_t *node,
    uint64_t *set)
{
    uint64_t             *part;
    unsigned              i;
    const tender_node_t  *child;

    child = node->first;

    if (tender_match_leaf(child)) {
        tender_set_part(set, &match->leaves[child->leaf], match->ndocs);
        return TENDER_OK;
    }

    part = tender_match_set(match);
    if (part == NULL) {
        return TENDER_ERROR;
    }

    memcpy(part, set, match->nwords * sizeof(uint64_t));

    if (tender_match_narrow(match, child, part) != TENDER_OK) {
        return TENDER_ERROR;
    }

    for (i = 0; i < match->nwords; i++) {
        set[i] &= ~part[i];
    }

    tender_match_free(match, part);

    return TENDER_OK;
}


/* a phrase: documents with all of its words first, then where these stand */

static int
tender_match_words(tender_match_t *match, const tender_node_t *node,
    uint64_t *set)
{
    if (node->first == NULL) {
        tender_match_clear(match, set);
        return TENDER_OK;
    }

    if (tender_match_and(match, node, set) != TENDER_OK) {
        return TENDER_ERROR;
    }

    if (node->first->next == NULL || tender_match_empty(match, set)) {
        return TENDER_OK;
    }

    return tender_match_phrase(match->mem, node, match->leaves, match->ndocs,
                               set);
}


static unsigned
tender_match_rank(const tender_match_t *match, const tender_node_t *node)
{
    switch (node->type) {

    case TENDER_NODE_NONE:
        return TENDER_MATCH_FEW;

    case TENDER_NODE_TERM:
    case TENDER_NODE_PREFIX:
        return match->leaves[node->leaf].kind == TENDER_POSTINGS_BITMAP
               ? TENDER_MATCH_MANY : TENDER_MATCH_FEW;

    case TENDER_NODE_NOT:
        return TENDER_MATCH_NOT;

    case TENDER_NODE_PHRASE:
        return TENDER_MATCH_PHRASE;

    default: /* TENDER_NODE_AND, TENDER_NODE_OR */
        return TENDER_MATCH_TREE;
    }
}


static int
tender_match_leaf(const tender_node_t *node)
{
    return node->type == TENDER_NODE_TERM || node->type == TENDER_NODE_PREFIX;
}


static int
tender_match_empty(const tender_match_t *match, const uint64_t *set)
{
    unsigned  i;

    for (i = 0; i < match->nwords; i++) {

        if (set[i] != 0) {
            return 0;
        }
    }

    return 1;
}


static void
tender_match_clear(const tender_match_t *match, uint64_t *set)
{
    memset(set, 0, match->nwords * sizeof(uint64_t));
}


static uint64_t *
tender_match_set(tender_match_t *match)
{
    tender_match_spare_t  *spare;

    spare = match->spare;

    if (spare != NULL) {
        match->spare = spare->next;
        return (uint64_t *) spare;
    }

    return tender_alloc(match->mem, (match->nwords + 1) * sizeof(uint64_t));
}


static void
tender_match_free(tender_match_t *match, uint64_t *set)
{
    tender_match_spare_t  *spare;

    spare = (tender_match_spare_t *) set;
    spare->next = match->spare;
    match->spare = spare;
}


/* what is excluded counts for nothing, and a phrase as its words */

static void
tender_score_node(const tender_score_t *score, const tender_node_t *node)
{
    const tender_node_t  *child;

    if (node->type == TENDER_NODE_NOT) {
        return;
    }

    if (tender_match_leaf(node)) {
        tender_score_leaf(score, node->leaf);
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        tender_score_node(score, child);
    }
}


static void
tender_score_leaf(const tender_score_t *score, unsigned leaf)
{
    int            doc;
    tender_docs_t  docs;

    tender_postings_begin(&docs, &score->leaves[leaf], score->ndocs);

    while ((doc = tender_postings_next(&docs)) != -1) {

        if ((unsigned) doc < score->ndocs
            && tender_set_has(score->set, (unsigned) doc))
        {
            score->scores[doc] += score->weights[leaf];
        }
    }
}
