
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_KWORDS_TOKEN_H_INCLUDED_
#define _TENDER_KWORDS_TOKEN_H_INCLUDED_


#include "tender_kwords.h"


/* what the text of a search is read into, before it becomes a tree */

typedef enum {
    TENDER_TOKEN_END = 0,
    TENDER_TOKEN_WORD,
    TENDER_TOKEN_PHRASE,          /* what is between quotes */
    TENDER_TOKEN_OPEN,
    TENDER_TOKEN_CLOSE,
    TENDER_TOKEN_BAR,
    TENDER_TOKEN_MINUS,           /* right in front of what it excludes */
    TENDER_TOKEN_OR,
    TENDER_TOKEN_NOT
} tender_token_e;


typedef struct {
    unsigned          type;       /* tender_token_e */
    tender_str_t      text;
} tender_token_t;


typedef struct {
    tender_mem_t     *mem;
    tender_kwords_t  *kwords;
    u_char            field;
    unsigned          strict;
    unsigned          depth;
    const char       *why;
    tender_token_t   *token;      /* the next one */
    tender_token_t    tokens[TENDER_KWORDS_MAX + 1];
} tender_kwords_parser_t;


/* without blanks at both ends */
tender_str_t tender_kwords_trim(tender_str_t text);

/*
 * Fills tokens from a text of at most TENDER_KWORDS_MAX characters.  list:
 * words and phrases alone, parted by commas, too.
 */
int tender_kwords_tokens(tender_kwords_parser_t *parser, tender_str_t text,
    unsigned list);

/* the node of a word or a phrase; NULL: there is nothing in it */
int tender_kwords_atom(tender_kwords_parser_t *parser,
    const tender_token_t *token, tender_node_t **node);


/* NULL: out of memory */
tender_node_t *tender_node_new(tender_mem_t *mem, tender_node_e type);

/* a term, with its leaf; TENDER_DECLINED: there are too many */
int tender_node_term(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_node_e type, u_char field, tender_str_t word, tender_node_t **node);

/* at the end of a list; of children of its own type it takes the children */
void tender_node_push(tender_node_t *list, tender_node_t *node);


#endif /* _TENDER_KWORDS_TOKEN_H_INCLUDED_ */
