
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_KWORDS_H_INCLUDED_
#define _TENDER_KWORDS_H_INCLUDED_


#include "tender_words.h"


/*
 * What is searched for: a tree over terms.  A term is a byte that says where
 * (below) and a folded word behind it.
 *
 *     query := or ; or := and { ( "|" | "OR" ) and }
 *     and   := unary { unary } ; unary := [ "-" | "NOT" ] atom
 *     atom  := word [ "*" ] | '"' words '"' | "(" or ")"
 *
 * An atom that holds several words (full-text, 12/2014) is a phrase.  With a
 * "*" behind it, these are joined by AND, the last one as a prefix; of a
 * number it is a prefix of the whole.  NOT stands right under AND, always.
 */

#define TENDER_TERM_TEXT      'w'    /* title, description, items, buyer */
#define TENDER_TERM_TITLE     't'
#define TENDER_TERM_ITEM      'i'
#define TENDER_TERM_BUYER     'b'
#define TENDER_TERM_NUMBER    'n'    /* the whole tenderID, folded */
#define TENDER_TERM_CPV       'c'    /* digits, without the check digit */
#define TENDER_TERM_CURRENCY  'u'    /* as it stands in the value: "UAH" */
#define TENDER_TERM_COUNTRY   'l'    /* as it stands in the address */

#define TENDER_TERM_MAX       (1 + TENDER_WORD_MAX)

#define TENDER_KWORDS_MIN     2      /* characters */
#define TENDER_KWORDS_MAX     256
#define TENDER_KWORDS_TERMS   32
#define TENDER_KWORDS_DEPTH   16     /* of brackets */
#define TENDER_KWORDS_PREFIX  2      /* characters in front of "*" */


typedef enum {
    TENDER_NODE_TERM = 0,
    TENDER_NODE_PREFIX,           /* any term that begins with it */
    TENDER_NODE_PHRASE,           /* children: terms, one after the other */
    TENDER_NODE_AND,
    TENDER_NODE_OR,
    TENDER_NODE_NOT,              /* one child */
    TENDER_NODE_NONE              /* matches nothing */
} tender_node_e;


typedef struct tender_node_s  tender_node_t;

struct tender_node_s {
    tender_node_e     type;
    tender_str_t      term;       /* of TERM, PREFIX */
    unsigned          leaf;       /* of TERM, PREFIX: its index in leaves */
    unsigned          positions;  /* of TERM: it is part of a phrase */
    tender_node_t    *first;      /* child */
    tender_node_t    *next;       /* sibling */
};


typedef struct {
    tender_node_t    *root;       /* NULL: everything matches */
    tender_node_t    *leaves[3 * TENDER_KWORDS_TERMS];
    unsigned          nleaves;
    unsigned          nterms;     /* counted against TENDER_KWORDS_TERMS */
} tender_kwords_t;


/*
 * Reads text, valid UTF-8, and joins it to what is there already by AND;
 * field is where to look.  With TENDER_TERM_TEXT a word that may be a
 * tenderID is looked for among these, too; with TENDER_TERM_NUMBER words are
 * whole numbers ("UA-2014-*" is a prefix).  Text of blanks adds nothing.
 *
 * strict: a "-" alone, an unbalanced quote or bracket, an empty phrase are
 * refused; else they are taken as text.  TENDER_DECLINED: why is a sentence.
 */
int tender_kwords_read(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned strict, const char **why);

/*
 * Adds what must not be there: words and "phrases" parted by commas or
 * blanks.
 */
int tender_kwords_minus(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_str_t text, u_char field, const char **why);

/* adds one term, or all terms that begin with it, joined by AND */
int tender_kwords_add(tender_mem_t *mem, tender_kwords_t *kwords,
    u_char field, tender_str_t word, unsigned prefix);


#endif /* _TENDER_KWORDS_H_INCLUDED_ */
