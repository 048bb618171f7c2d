
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_kwords_token.h"


static void tender_kwords_parser(tender_kwords_parser_t *parser,
    tender_mem_t *mem, tender_kwords_t *kwords, u_char field, unsigned strict);
static int tender_kwords_or(tender_kwords_parser_t *parser,
    tender_node_t **node);
static int tender_kwords_and(tender_kwords_parser_t *parser,
    tender_node_t **node);
static int tender_kwords_stops(const tender_kwords_parser_t *parser,
    const tender_token_t *first);
static int tender_kwords_unary(tender_kwords_parser_t *parser,
    tender_node_t **node);
static int tender_kwords_primary(tender_kwords_parser_t *parser,
    tender_node_t **node);
static int tender_kwords_nothing(tender_kwords_parser_t *parser,
    const char *why);
static int tender_kwords_not(tender_mem_t *mem, tender_node_t **node);
static int tender_kwords_join(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_node_t *node);


int
tender_kwords_read(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned strict, const char **why)
{
    int                     rc;
    size_t                  len;
    tender_node_t          *node;
    tender_kwords_parser_t  parser;

    text = tender_kwords_trim(text);

    if (text.len == 0) {
        return TENDER_OK;
    }

    len = tender_utf8_length(text);

    if (len < TENDER_KWORDS_MIN || len > TENDER_KWORDS_MAX) {
        *why = "The text of a search has 2 to 256 characters";
        return TENDER_DECLINED;
    }

    tender_kwords_parser(&parser, mem, kwords, field, strict);

    node = NULL;
    rc = tender_kwords_tokens(&parser, text, 0);

    if (rc == TENDER_OK) {
        rc = tender_kwords_or(&parser, &node);
    }

    if (rc != TENDER_OK) {
        *why = parser.why;
        return rc;
    }

    if (node == NULL) {
        node = tender_node_new(mem, TENDER_NODE_NONE);

        if (node == NULL) {
            return TENDER_ERROR;
        }
    }

    return tender_kwords_join(mem, kwords, node);
}


int
tender_kwords_minus(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_str_t text, u_char field, const char **why)
{
    int                     rc;
    tender_node_t          *list, *node;
    tender_kwords_parser_t  parser;

    text = tender_kwords_trim(text);

    if (text.len == 0) {
        return TENDER_OK;
    }

    if (tender_utf8_length(text) > TENDER_KWORDS_MAX) {
        *why = "The text of a search has 2 to 256 characters";
        return TENDER_DECLINED;
    }

    tender_kwords_parser(&parser, mem, kwords, field, 0);

    rc = tender_kwords_tokens(&parser, text, 1);

    list = tender_node_new(mem, TENDER_NODE_OR);

    if (rc != TENDER_OK || list == NULL) {
        return TENDER_ERROR;
    }

    for ( /* void */ ; parser.token->type != TENDER_TOKEN_END; parser.token++)
    {
        rc = tender_kwords_atom(&parser, parser.token, &node);

        if (rc != TENDER_OK) {
            *why = parser.why;
            return rc;
        }

        if (node != NULL) {
            tender_node_push(list, node);
        }
    }

    if (list->first == NULL) {
        return TENDER_OK;
    }

    node = list->first->next == NULL ? list->first : list;

    if (tender_kwords_not(mem, &node) != TENDER_OK) {
        return TENDER_ERROR;
    }

    return tender_kwords_join(mem, kwords, node);
}


int
tender_kwords_add(tender_mem_t *mem, tender_kwords_t *kwords, u_char field,
    tender_str_t word, unsigned prefix)
{
    int             rc;
    tender_node_t  *node;

    rc = tender_node_term(mem, kwords,
                          prefix ? TENDER_NODE_PREFIX : TENDER_NODE_TERM,
                          field, word, &node);
    if (rc != TENDER_OK) {
        return rc;
    }

    return tender_kwords_join(mem, kwords, node);
}


static void
tender_kwords_parser(tender_kwords_parser_t *parser, tender_mem_t *mem,
    tender_kwords_t *kwords, u_char field, unsigned strict)
{
    parser->mem = mem;
    parser->kwords = kwords;
    parser->field = field;
    parser->strict = strict;
    parser->depth = 0;
    parser->why = NULL;
}


static int
tender_kwords_or(tender_kwords_parser_t *parser, tender_node_t **node)
{
    int             rc;
    tender_node_t  *list, *next;

    list = tender_node_new(parser->mem, TENDER_NODE_OR);

    if (list == NULL) {
        return TENDER_ERROR;
    }

    for ( ;; ) {
        rc = tender_kwords_and(parser, &next);

        if (rc != TENDER_OK) {
            return rc;
        }

        if (next != NULL) {
            tender_node_push(list, next);

        } else if (parser->strict) {
            return tender_kwords_nothing(parser,
                                         "An operator or a pair of brackets "
                                         "has nothing to work on");
        }

        if (parser->token->type != TENDER_TOKEN_BAR
            && parser->token->type != TENDER_TOKEN_OR)
        {
            break;
        }

        parser->token++;
    }

    *node = list->first == NULL || list->first->next == NULL ? list->first
                                                             : list;
    return TENDER_OK;
}


static int
tender_kwords_and(tender_kwords_parser_t *parser, tender_node_t **node)
{
    int              rc;
    tender_node_t   *list, *next;
    tender_token_t  *first;

    list = tender_node_new(parser->mem, TENDER_NODE_AND);

    if (list == NULL) {
        return TENDER_ERROR;
    }

    first = parser->token;

    while (!tender_kwords_stops(parser, first)) {
        rc = tender_kwords_unary(parser, &next);

        if (rc != TENDER_OK) {
            return rc;
        }

        if (next != NULL) {
            tender_node_push(list, next);
        }
    }

    /* what is excluded is excluded from something, be it all there is */

    if (list->first == NULL
        || (list->first->next == NULL
            && list->first->type != TENDER_NODE_NOT))
    {
        *node = list->first;

    } else {
        *node = list;
    }

    return TENDER_OK;
}


/* an OR with a side that is missing is a word, if the text is not strict */

static int
tender_kwords_stops(const tender_kwords_parser_t *parser,
    const tender_token_t *first)
{
    unsigned  type;

    switch (parser->token->type) {

    case TENDER_TOKEN_END:
    case TENDER_TOKEN_CLOSE:
    case TENDER_TOKEN_BAR:
        return 1;

    case TENDER_TOKEN_OR:
        type = parser->token[1].type;

        return parser->strict
               || (parser->token != first && type != TENDER_TOKEN_END
                   && type != TENDER_TOKEN_CLOSE && type != TENDER_TOKEN_BAR);

    default:
        return 0;
    }
}


static int
tender_kwords_unary(tender_kwords_parser_t *parser, tender_node_t **node)
{
    int       rc;
    unsigned  type, not;

    type = parser->token->type;
    not = type == TENDER_TOKEN_MINUS;

    if (type == TENDER_TOKEN_NOT) {
        type = parser->token[1].type;

        not = type != TENDER_TOKEN_END && type != TENDER_TOKEN_CLOSE
              && type != TENDER_TOKEN_BAR;

        if (parser->strict && type != TENDER_TOKEN_WORD
            && type != TENDER_TOKEN_PHRASE && type != TENDER_TOKEN_OPEN)
        {
            return tender_kwords_nothing(parser, "NOT excludes nothing");
        }

        if (type == TENDER_TOKEN_MINUS) {
            parser->token++;
        }
    }

    parser->token += not;

    rc = tender_kwords_primary(parser, node);

    if (rc != TENDER_OK || *node == NULL || !not) {
        return rc;
    }

    return tender_kwords_not(parser->mem, node);
}


static int
tender_kwords_primary(tender_kwords_parser_t *parser, tender_node_t **node)
{
    int  rc;

    if (parser->token->type != TENDER_TOKEN_OPEN) {
        return tender_kwords_atom(parser, parser->token++, node);
    }

    if (parser->depth == TENDER_KWORDS_DEPTH) {
        return tender_kwords_nothing(parser, "Brackets are nested too deep");
    }

    parser->depth++;
    parser->token++;

    rc = tender_kwords_or(parser, node);

    parser->depth--;

    if (rc == TENDER_OK) {
        parser->token++;
    }

    return rc;
}


static int
tender_kwords_nothing(tender_kwords_parser_t *parser, const char *why)
{
    parser->why = why;

    return TENDER_DECLINED;
}


static int
tender_kwords_not(tender_mem_t *mem, tender_node_t **node)
{
    tender_node_t  *not;

    not = tender_node_new(mem, TENDER_NODE_NOT);

    if (not == NULL) {
        return TENDER_ERROR;
    }

    not->first = *node;
    *node = not;

    return TENDER_OK;
}


static int
tender_kwords_join(tender_mem_t *mem, tender_kwords_t *kwords,
    tender_node_t *node)
{
    tender_node_t  *list;

    list = kwords->root;

    if (list == NULL && node->type != TENDER_NODE_NOT) {
        kwords->root = node;
        return TENDER_OK;
    }

    if (list == NULL || list->type != TENDER_NODE_AND) {
        list = tender_node_new(mem, TENDER_NODE_AND);

        if (list == NULL) {
            return TENDER_ERROR;
        }

        if (kwords->root != NULL) {
            tender_node_push(list, kwords->root);
        }

        kwords->root = list;
    }

    tender_node_push(list, node);

    return TENDER_OK;
}
