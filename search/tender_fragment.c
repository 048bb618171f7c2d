
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_fragment_match.h"
#include "tender_words_letter.h"


#define TENDER_FRAGMENT_BEFORE  40     /* characters, about */
#define TENDER_FRAGMENT_TAIL    64     /* bytes behind the last word */

#define TENDER_FRAGMENT_CUT     "..."


/* a piece of a text: from start to end, and those spans that are in it */

typedef struct {
    const u_char           *start;
    const u_char           *end;
    const tender_span_t    *span;
    const tender_span_t    *last;
    unsigned                cut_before;
    unsigned                cut_after;
} tender_piece_t;


static const u_char *tender_piece_start(const u_char *from,
    const u_char *word, const u_char *end);
static const u_char *tender_piece_end(const u_char *start,
    const u_char *word, const u_char *end);
static tender_str_t tender_piece_write(tender_mem_t *mem,
    const tender_piece_t *piece);
static u_char *tender_piece_copy(u_char *dst, u_char *first,
    const u_char *p, const u_char *end, unsigned *blank);


int
tender_fragments(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned max, tender_value_t *list)
{
    u_char          *from, *end;
    tender_str_t     out;
    tender_spans_t   spans;
    tender_piece_t   piece;
    tender_span_t   *last;
    tender_value_t  *value;

    if (list->nelts >= max) {
        return TENDER_OK;
    }

    text = tender_kwords_trim(text);

    if (tender_spans_find(mem, kwords, text, field, max - list->nelts, &spans)
        != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    if (spans.nelts == 0) {
        return TENDER_OK;
    }

    from = text.data;
    end = text.data + text.len;
    piece.span = spans.elts;
    last = spans.elts + spans.nelts;

    while (list->nelts < max && piece.span < last) {
        piece.start = tender_piece_start(from, piece.span->start, end);
        piece.end = tender_piece_end(piece.start, piece.span->end, end);
        piece.last = piece.span;

        while (piece.last < last && piece.last->start < piece.end) {

            if (piece.last->end > piece.end) {
                piece.end = piece.last->end;
            }

            piece.last++;
        }

        piece.cut_before = piece.start != text.data;
        piece.cut_after = piece.end != end;

        out = tender_piece_write(mem, &piece);
        if (out.data == NULL) {
            return TENDER_ERROR;
        }

        value = tender_value_string(mem, out);
        if (value == NULL) {
            return TENDER_ERROR;
        }

        tender_value_push(list, value);

        from = (u_char *) piece.end;
        piece.span = piece.last;
    }

    return TENDER_OK;
}


tender_str_t
tender_marked(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field)
{
    tender_str_t    out;
    tender_spans_t  spans;
    tender_piece_t  piece;

    text = tender_kwords_trim(text);

    if (tender_spans_find(mem, kwords, text, field, 0, &spans) != TENDER_OK) {
        out.len = 0;
        out.data = NULL;
        return out;
    }

    piece.start = text.data;
    piece.end = text.len ? text.data + text.len : text.data;
    piece.span = spans.elts;
    piece.last = spans.nelts ? spans.elts + spans.nelts : NULL;
    piece.cut_before = 0;
    piece.cut_after = 0;

    return tender_piece_write(mem, &piece);
}


/* where a piece around the word begins: not before from */

static const u_char *
tender_piece_start(const u_char *from, const u_char *word, const u_char *end)
{
    unsigned        n;
    const u_char   *p;
    tender_str_t    before;
    tender_words_t  words;

    p = word;
    n = 0;

    while (p > from && n < TENDER_FRAGMENT_BEFORE) {
        p--;
        n += (*p & 0xc0) != 0x80;
    }

    if (p == from) {
        return p;
    }

    /* the first one may have begun earlier */

    before.data = (u_char *) p;
    before.len = (size_t) (end - p);

    tender_words_begin(&words, before);
    (void) tender_words_next(&words);

    while (tender_words_next(&words) == TENDER_OK) {

        if (words.source.data >= word) {
            break;
        }

        return words.source.data;
    }

    return word;
}


/* where it ends: not before word, the end of the one it is made for */

static const u_char *
tender_piece_end(const u_char *start, const u_char *word, const u_char *end)
{
    unsigned        n;
    const u_char   *p, *last;
    tender_str_t    after;
    tender_words_t  words;

    p = start;
    n = 0;

    while (p < end) {
        n += (*p & 0xc0) != 0x80;

        if (n > TENDER_FRAGMENT_LEN) {
            break;
        }

        p++;
    }

    if (p == end) {
        return end;
    }

    after.data = (u_char *) word;
    after.len = (size_t) (end - word);
    last = word;

    tender_words_begin(&words, after);

    while (tender_words_next(&words) == TENDER_OK) {

        if (words.source.data + words.source.len > p) {
            return last;
        }

        last = words.source.data + words.source.len;
    }

    return end - last <= TENDER_FRAGMENT_TAIL ? end : last;
}


static tender_str_t
tender_piece_write(tender_mem_t *mem, const tender_piece_t *piece)
{
    size_t                len;
    u_char               *p, *first;
    unsigned              blank;
    const u_char         *from;
    tender_str_t          out;
    const tender_span_t  *span;

    len = (size_t) (piece->end - piece->start)
          + (size_t) (piece->last - piece->span)
            * (sizeof(TENDER_MARK_OPEN TENDER_MARK_CLOSE) - 1)
          + 2 * (sizeof(TENDER_FRAGMENT_CUT) - 1);

    out.len = 0;
    out.data = tender_alloc(mem, len ? len : 1);

    if (out.data == NULL) {
        return out;
    }

    p = out.data;

    if (piece->cut_before) {
        memcpy(p, TENDER_FRAGMENT_CUT, sizeof(TENDER_FRAGMENT_CUT) - 1);
        p += sizeof(TENDER_FRAGMENT_CUT) - 1;
    }

    first = p;
    from = piece->start;
    blank = 0;

    for (span = piece->span; span < piece->last; span++) {
        p = tender_piece_copy(p, first, from, span->start, &blank);

        if (blank && p != first) {
            *p++ = ' ';
        }

        blank = 0;

        memcpy(p, TENDER_MARK_OPEN, sizeof(TENDER_MARK_OPEN) - 1);
        p += sizeof(TENDER_MARK_OPEN) - 1;

        p = tender_piece_copy(p, first, span->start, span->end, &blank);

        memcpy(p, TENDER_MARK_CLOSE, sizeof(TENDER_MARK_CLOSE) - 1);
        p += sizeof(TENDER_MARK_CLOSE) - 1;

        from = span->end;
    }

    p = tender_piece_copy(p, first, from, piece->end, &blank);

    if (piece->cut_after) {
        memcpy(p, TENDER_FRAGMENT_CUT, sizeof(TENDER_FRAGMENT_CUT) - 1);
        p += sizeof(TENDER_FRAGMENT_CUT) - 1;
    }

    out.len = (size_t) (p - out.data);

    return out;
}


/* white space and control characters become a blank, if something follows */

static u_char *
tender_piece_copy(u_char *dst, u_char *first, const u_char *p,
    const u_char *end, unsigned *blank)
{
    tender_letter_t  letter;

    while (p < end) {
        letter.size = 1;

        if (*p <= ' ' || *p >= 0x7f) {
            tender_letter(p, end, &letter);

            if (letter.kind == TENDER_LETTER_NONE && letter.len == 1
                && letter.out[0] == ' ')
            {
                *blank = 1;
                p += letter.size;
                continue;
            }
        }

        if (*blank && dst != first) {
            *dst++ = ' ';
        }

        *blank = 0;

        memcpy(dst, p, letter.size);
        dst += letter.size;
        p += letter.size;
    }

    return dst;
}
