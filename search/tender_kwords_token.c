
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_kwords_token.h"
#include "tender_words_letter.h"


typedef enum {
    TENDER_SIGN_END = 0,
    TENDER_SIGN_BLANK,
    TENDER_SIGN_QUOTE,
    TENDER_SIGN_OPEN,
    TENDER_SIGN_CLOSE,
    TENDER_SIGN_BAR,
    TENDER_SIGN_TEXT
} tender_sign_e;


static unsigned tender_kwords_sign(const u_char *p, const u_char *end,
    unsigned list, unsigned *size);
static const u_char *tender_kwords_quote(const u_char *p, const u_char *end,
    unsigned *size);
static const u_char *tender_kwords_word(const u_char *p, const u_char *end,
    unsigned list);
static int tender_kwords_minus_sign(const u_char *p, const u_char *end);
static void tender_kwords_push(tender_kwords_parser_t *parser, unsigned type,
    const u_char *p, const u_char *end);
static int tender_kwords_brackets(tender_kwords_parser_t *parser);
static unsigned tender_kwords_pairs(tender_token_t *tokens);


tender_str_t
tender_kwords_trim(tender_str_t text)
{
    unsigned       size;
    const u_char  *p, *end, *last;

    p = text.data;
    end = text.len ? p + text.len : p;

    while (p < end
           && tender_kwords_sign(p, end, 0, &size) == TENDER_SIGN_BLANK)
    {
        p += size;
    }

    while (end > p) {
        last = end - 1;

        while (last > p && end - last < 4 && (*last & 0xc0) == 0x80) {
            last--;
        }

        if (tender_kwords_sign(last, end, 0, &size) != TENDER_SIGN_BLANK) {
            break;
        }

        /* less than that is a bad byte, which is a blank */

        end = last + size == end ? last : end - 1;
    }

    text.data = (u_char *) p;
    text.len = (size_t) (end - p);

    return text;
}


int
tender_kwords_tokens(tender_kwords_parser_t *parser, tender_str_t text,
    unsigned list)
{
    unsigned       i, sign, size, excluded;
    const u_char  *p, *end, *last;

    p = text.data;
    end = p + text.len;
    excluded = 0;
    parser->token = parser->tokens;

    while ((sign = tender_kwords_sign(p, end, list, &size))
           != TENDER_SIGN_END)
    {
        if (sign == TENDER_SIGN_TEXT && *p == '-' && !list && !excluded
            && tender_kwords_minus_sign(p, end))
        {
            tender_kwords_push(parser, TENDER_TOKEN_MINUS, p, p + 1);
            excluded = 1;
            p++;
            continue;
        }

        excluded = 0;

        switch (sign) {

        case TENDER_SIGN_BLANK:
            p += size;
            continue;

        case TENDER_SIGN_QUOTE:
            p += size;
            last = tender_kwords_quote(p, end, &size);

            if (last != NULL) {
                tender_kwords_push(parser, TENDER_TOKEN_PHRASE, p, last);
                p = last + size;

            } else if (parser->strict) {
                parser->why = "A quote is not closed";
                return TENDER_DECLINED;
            }

            continue;

        case TENDER_SIGN_TEXT:
            last = tender_kwords_word(p, end, list);
            tender_kwords_push(parser, TENDER_TOKEN_WORD, p, last);
            break;

        default:
            last = p + size;
            tender_kwords_push(parser,
                               sign == TENDER_SIGN_OPEN ? TENDER_TOKEN_OPEN
                               : sign == TENDER_SIGN_CLOSE
                                 ? TENDER_TOKEN_CLOSE : TENDER_TOKEN_BAR,
                               p, last);
        }

        p = last;
    }

    if (list) {
        for (i = 0; &parser->tokens[i] < parser->token; i++) {

            if (parser->tokens[i].type != TENDER_TOKEN_PHRASE) {
                parser->tokens[i].type = TENDER_TOKEN_WORD;
            }
        }
    }

    tender_kwords_push(parser, TENDER_TOKEN_END, end, end);
    parser->token = parser->tokens;

    return tender_kwords_brackets(parser);
}


static unsigned
tender_kwords_sign(const u_char *p, const u_char *end, unsigned list,
    unsigned *size)
{
    tender_letter_t  letter;

    if (p == end) {
        return TENDER_SIGN_END;
    }

    *size = 1;

    switch (*p) {
    case '"':
        return TENDER_SIGN_QUOTE;
    case '(':
        return list ? TENDER_SIGN_BLANK : TENDER_SIGN_OPEN;
    case ')':
        return list ? TENDER_SIGN_BLANK : TENDER_SIGN_CLOSE;
    case '|':
        return list ? TENDER_SIGN_BLANK : TENDER_SIGN_BAR;
    case ',':
        return list ? TENDER_SIGN_BLANK : TENDER_SIGN_TEXT;
    }

    tender_letter(p, end, &letter);
    *size = letter.size;

    if (letter.kind != TENDER_LETTER_NONE) {
        return TENDER_SIGN_TEXT;
    }

    if (letter.len == 1 && letter.out[0] == ' ') {
        return TENDER_SIGN_BLANK;
    }

    /* U+00AB, U+00BB, U+201C, U+201D, U+201E */

    if ((letter.size == 2 && p[0] == 0xc2 && (p[1] == 0xab || p[1] == 0xbb))
        || (letter.size == 3 && p[0] == 0xe2 && p[1] == 0x80
            && p[2] >= 0x9c && p[2] <= 0x9e))
    {
        return TENDER_SIGN_QUOTE;
    }

    return TENDER_SIGN_TEXT;
}


/* the next quote, or NULL */

static const u_char *
tender_kwords_quote(const u_char *p, const u_char *end, unsigned *size)
{
    unsigned  sign;

    while ((sign = tender_kwords_sign(p, end, 0, size)) != TENDER_SIGN_END) {

        if (sign == TENDER_SIGN_QUOTE) {
            return p;
        }

        p += *size;
    }

    return NULL;
}


static const u_char *
tender_kwords_word(const u_char *p, const u_char *end, unsigned list)
{
    unsigned  size;

    while (tender_kwords_sign(p, end, list, &size) == TENDER_SIGN_TEXT) {
        p += size;
    }

    return p;
}


/* whether something stands right behind it */

static int
tender_kwords_minus_sign(const u_char *p, const u_char *end)
{
    unsigned  size;

    p++;

    switch (tender_kwords_sign(p, end, 0, &size)) {

    case TENDER_SIGN_QUOTE:
        return tender_kwords_quote(p + size, end, &size) != NULL;

    case TENDER_SIGN_OPEN:
    case TENDER_SIGN_TEXT:
        return 1;

    default:
        return 0;
    }
}


static void
tender_kwords_push(tender_kwords_parser_t *parser, unsigned type,
    const u_char *p, const u_char *end)
{
    tender_token_t  *token;

    token = parser->token++;

    token->text.data = (u_char *) p;
    token->text.len = (size_t) (end - p);

    if (type == TENDER_TOKEN_WORD) {

        if (tender_str_is(&token->text, "OR")) {
            type = TENDER_TOKEN_OR;

        } else if (tender_str_is(&token->text, "NOT")) {
            type = TENDER_TOKEN_NOT;
        }
    }

    token->type = type;
}


/* takes out brackets without a counterpart, with a minus before them */

static int
tender_kwords_brackets(tender_kwords_parser_t *parser)
{
    tender_token_t  *from, *to;

    if (tender_kwords_pairs(parser->tokens) == 0) {
        return TENDER_OK;
    }

    if (parser->strict) {
        parser->why = "A bracket has no counterpart";
        return TENDER_DECLINED;
    }

    to = parser->tokens;

    for (from = parser->tokens; from->type != TENDER_TOKEN_END; from++) {

        if (from->text.len != 0 || from->type == TENDER_TOKEN_PHRASE) {
            *to++ = *from;

        } else if (to > parser->tokens && to[-1].type == TENDER_TOKEN_MINUS) {
            to--;
        }
    }

    *to = *from;

    return TENDER_OK;
}


/* how many brackets have none: their text becomes empty */

static unsigned
tender_kwords_pairs(tender_token_t *tokens)
{
    unsigned          n, alone;
    tender_token_t   *token, *open[TENDER_KWORDS_MAX];

    n = 0;
    alone = 0;

    for (token = tokens; token->type != TENDER_TOKEN_END; token++) {

        if (token->type == TENDER_TOKEN_OPEN) {
            open[n++] = token;

        } else if (token->type == TENDER_TOKEN_CLOSE) {

            if (n != 0) {
                n--;
                continue;
            }

            token->text.len = 0;
            alone++;
        }
    }

    alone += n;

    while (n != 0) {
        open[--n]->text.len = 0;
    }

    return alone;
}
