
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_kwords_token.h"


/* a word or a phrase of the text, taken apart */

typedef struct {
    tender_str_t      words[TENDER_KWORDS_TERMS];
    unsigned          nwords;
    tender_str_t      whole;      /* from the first word on, folded */
    unsigned          prefix;     /* "*" is behind the last word */
    unsigned          open;       /* "*" is behind the whole */
} tender_atom_t;


static int tender_atom_read(tender_kwords_parser_t *parser,
    tender_str_t text, unsigned phrase, tender_atom_t *atom);
static int tender_atom_words(tender_kwords_parser_t *parser,
    tender_str_t text, tender_atom_t *atom, tender_str_t *between,
    unsigned *alone);
static int tender_atom_fold(tender_kwords_parser_t *parser, tender_str_t text,
    tender_str_t *out);
static int tender_atom_is_number(const tender_atom_t *atom);
static int tender_atom_whole(tender_kwords_parser_t *parser,
    tender_atom_t *atom, tender_node_t **node);
static int tender_atom_text(tender_kwords_parser_t *parser,
    tender_atom_t *atom, tender_node_t **node);
static int tender_atom_term(tender_kwords_parser_t *parser, unsigned prefix,
    u_char field, tender_str_t word, tender_node_t **node);


int
tender_kwords_atom(tender_kwords_parser_t *parser,
    const tender_token_t *token, tender_node_t **node)
{
    int             rc;
    tender_atom_t   atom;
    tender_node_t  *both, *whole, *text;

    *node = NULL;

    rc = tender_atom_read(parser, token->text,
                          token->type == TENDER_TOKEN_PHRASE, &atom);

    if (rc != TENDER_OK || atom.nwords == 0) {
        return rc;
    }

    if (parser->field == TENDER_TERM_NUMBER) {
        return tender_atom_whole(parser, &atom, node);
    }

    if (parser->field != TENDER_TERM_TEXT || !tender_atom_is_number(&atom)) {
        return tender_atom_text(parser, &atom, node);
    }

    rc = tender_atom_whole(parser, &atom, &whole);

    if (rc != TENDER_OK) {
        return rc;
    }

    if (atom.prefix
        && tender_utf8_length(atom.words[atom.nwords - 1])
           < TENDER_KWORDS_PREFIX)
    {
        /* UA-2014-1*: as a number only */

        *node = whole;
        return TENDER_OK;
    }

    rc = tender_atom_text(parser, &atom, &text);

    if (rc != TENDER_OK) {
        return rc;
    }

    both = tender_node_new(parser->mem, TENDER_NODE_OR);

    if (both == NULL) {
        return TENDER_ERROR;
    }

    tender_node_push(both, whole);
    tender_node_push(both, text);
    *node = both;

    return TENDER_OK;
}


static int
tender_atom_read(tender_kwords_parser_t *parser, tender_str_t text,
    unsigned phrase, tender_atom_t *atom)
{
    int           rc;
    size_t        stars;
    unsigned      alone, ends;
    tender_str_t  between;

    stars = 0;

    while (!phrase && text.len != 0 && text.data[text.len - 1] == '*') {
        text.len--;
        stars++;
    }

    rc = tender_atom_words(parser, text, atom, &between, &alone);
    if (rc != TENDER_OK) {
        return rc;
    }

    if (atom->nwords == 0) {
        if (parser->strict) {
            parser->why = phrase ? "A phrase has no words"
                                 : "A sign stands alone";
            return TENDER_DECLINED;
        }

        return TENDER_OK;
    }

    ends = between.data + between.len == text.data + text.len;
    atom->prefix = stars != 0 && ends && !alone;

    /* the signs in front of "*" belong to the whole */

    atom->open = stars != 0;

    if (stars != 0) {
        between.len = (size_t) (text.data + text.len - between.data);
    }

    if (parser->field == TENDER_TERM_NUMBER) {
        between = tender_kwords_trim(text);
    }

    if (tender_atom_fold(parser, between, &atom->whole) != TENDER_OK) {
        return TENDER_ERROR;
    }

    if (parser->strict
        && (stars > 1
            || (text.len != 0 && memchr(text.data, '*', text.len) != NULL)
            || (stars != 0 && !ends
                && parser->field != TENDER_TERM_NUMBER
                && !(parser->field == TENDER_TERM_TEXT
                     && tender_atom_is_number(atom)))))
    {
        parser->why = "\"*\" is not at the end of a word";
        return TENDER_DECLINED;
    }

    return TENDER_OK;
}


/* between: from the first word to the last */

static int
tender_atom_words(tender_kwords_parser_t *parser, tender_str_t text,
    tender_atom_t *atom, tender_str_t *between, unsigned *alone)
{
    u_char          *p;
    tender_str_t    *word;
    tender_words_t   words;

    atom->nwords = 0;
    *between = text;
    *alone = 0;

    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {

        if (parser->field == TENDER_TERM_NUMBER && atom->nwords != 0) {
            break;
        }

        if (parser->kwords->nterms == TENDER_KWORDS_TERMS) {
            parser->why = "There are more than 32 words";
            return TENDER_DECLINED;
        }

        parser->kwords->nterms++;

        if (atom->nwords == 0) {
            between->data = words.source.data;
        }

        between->len = (size_t) (words.source.data + words.source.len
                                 - between->data);
        *alone = words.alone;

        p = tender_alloc(parser->mem, words.word.len);
        if (p == NULL) {
            return TENDER_ERROR;
        }

        memcpy(p, words.word.data, words.word.len);

        word = &atom->words[atom->nwords++];
        word->data = p;
        word->len = words.word.len;
    }

    return TENDER_OK;
}


static int
tender_atom_fold(tender_kwords_parser_t *parser, tender_str_t text,
    tender_str_t *out)
{
    out->data = tender_alloc(parser->mem, 3 * text.len);

    if (out->data == NULL) {
        return TENDER_ERROR;
    }

    out->len = (size_t) (tender_words_fold(out->data, text) - out->data);

    return TENDER_OK;
}


static int
tender_atom_is_number(const tender_atom_t *atom)
{
    u_char    c;
    size_t    i;
    unsigned  digit, sign;

    digit = 0;
    sign = 0;

    for (i = 0; i < atom->whole.len; i++) {
        c = atom->whole.data[i];

        if (c == ' ') {
            return 0;
        }

        digit |= c >= '0' && c <= '9';
        sign |= c == '-' || c == '/' || c == '.' || c == '_';
    }

    return digit && sign;
}


static int
tender_atom_whole(tender_kwords_parser_t *parser, tender_atom_t *atom,
    tender_node_t **node)
{
    return tender_atom_term(parser, atom->open, TENDER_TERM_NUMBER,
                            atom->whole, node);
}


static int
tender_atom_text(tender_kwords_parser_t *parser, tender_atom_t *atom,
    tender_node_t **node)
{
    int             rc;
    unsigned        i;
    tender_node_t  *list, *term;

    if (atom->nwords == 1) {
        return tender_atom_term(parser, atom->prefix, parser->field,
                                atom->words[0], node);
    }

    list = tender_node_new(parser->mem, atom->prefix ? TENDER_NODE_AND
                                                     : TENDER_NODE_PHRASE);
    if (list == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0; i < atom->nwords; i++) {
        rc = tender_atom_term(parser, atom->prefix && i == atom->nwords - 1,
                              parser->field, atom->words[i], &term);
        if (rc != TENDER_OK) {
            return rc;
        }

        if (!atom->prefix) {
            term->positions = 1;
            parser->kwords->leaves[term->leaf]->positions = 1;
        }

        tender_node_push(list, term);
    }

    *node = list;

    return TENDER_OK;
}


static int
tender_atom_term(tender_kwords_parser_t *parser, unsigned prefix,
    u_char field, tender_str_t word, tender_node_t **node)
{
    int  rc;

    if (prefix && tender_utf8_length(word) < TENDER_KWORDS_PREFIX) {
        parser->why = "There are less than 2 characters in front of \"*\"";
        return TENDER_DECLINED;
    }

    rc = tender_node_term(parser->mem, parser->kwords,
                          prefix ? TENDER_NODE_PREFIX : TENDER_NODE_TERM,
                          field, word, node);

    if (rc == TENDER_DECLINED) {
        parser->why = "There are more than 32 words";
    }

    return rc;
}
