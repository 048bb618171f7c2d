
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_kwords_token.h"


static int tender_node_leaf(tender_kwords_t *kwords, tender_node_t *node);


tender_node_t *
tender_node_new(tender_mem_t *mem, tender_node_e type)
{
    tender_node_t  *node;

    node = tender_alloc(mem, sizeof(tender_node_t));

    if (node != NULL) {
        memset(node, 0, sizeof(tender_node_t));
        node->type = type;
    }

    return node;
}


int
tender_node_term(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_node_e type, u_char field, tender_str_t word, tender_node_t **node)
{
    size_t          len;
    u_char         *p;
    tender_node_t  *term;

    term = tender_node_new(mem, type);

    if (term == NULL) {
        return TENDER_ERROR;
    }

    len = tender_words_cut(word);

    p = tender_alloc(mem, 1 + len);

    if (p == NULL) {
        return TENDER_ERROR;
    }

    p[0] = field;

    if (len != 0) {
        memcpy(p + 1, word.data, len);
    }

    term->term.data = p;
    term->term.len = 1 + len;
    *node = term;

    return tender_node_leaf(kwords, term);
}


/* equal terms have one leaf */

static int
tender_node_leaf(tender_kwords_t *kwords, tender_node_t *node)
{
    unsigned        i;
    tender_node_t  *leaf;

    for (i = 0; i < kwords->nleaves; i++) {
        leaf = kwords->leaves[i];

        if (leaf->type == node->type && tender_str_eq(&leaf->term,
                                                      &node->term))
        {
            node->leaf = i;
            return TENDER_OK;
        }
    }

    if (i == 3 * TENDER_KWORDS_TERMS) {
        return TENDER_DECLINED;
    }

    node->leaf = i;
    kwords->leaves[i] = node;
    kwords->nleaves++;

    return TENDER_OK;
}


void
tender_node_push(tender_node_t *list, tender_node_t *node)
{
    tender_node_t  **last;

    for (last = &list->first; *last != NULL; last = &(*last)->next) {
        /* void */
    }

    *last = node->type == list->type ? node->first : node;
}
