
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_words_letter.h"


typedef struct {
    u_char       *start;
    u_char       *p;
    u_char       *limit;
    unsigned      kind;           /* of the last letter */
    unsigned      full;           /* the last letter did not fit */
} tender_word_t;


static const u_char *tender_words_skip(const u_char *p, const u_char *end);
static const u_char *tender_word_read(tender_word_t *word, const u_char *p,
    const u_char *end, const u_char **last);
static const u_char *tender_word_ascii(tender_word_t *word, const u_char *p,
    const u_char *end);
static int tender_word_apostrophe(unsigned kind, const u_char *p,
    const u_char *end);
static void tender_word_put(tender_word_t *word, const u_char *p, size_t len);
static void tender_word_mark(tender_word_t *word,
    const tender_letter_t *letter);
static int tender_word_compose(tender_word_t *word, uint32_t mark);


void
tender_words_begin(tender_words_t *words, tender_str_t text)
{
    words->p = text.data;
    words->end = text.len ? text.data + text.len : text.data;
    words->source.len = 0;
    words->source.data = NULL;
    words->word.len = 0;
    words->word.data = words->buf;
    words->alone = 0;
}


int
tender_words_next(tender_words_t *words)
{
    tender_word_t  word;
    const u_char  *p, *last;

    p = tender_words_skip(words->p, words->end);

    if (p == words->end) {
        words->p = p;
        return TENDER_DONE;
    }

    word.start = words->buf;
    word.p = words->buf;
    word.limit = words->buf + TENDER_WORD_MAX;
    word.kind = TENDER_LETTER_NONE;
    word.full = 0;

    words->p = tender_word_read(&word, p, words->end, &last);

    words->source.data = (u_char *) p;
    words->source.len = (size_t) (last - p);
    words->word.data = words->buf;
    words->word.len = (size_t) (word.p - word.start);
    words->alone = word.kind == TENDER_LETTER_ALONE;

    return TENDER_OK;
}


static const u_char *
tender_words_skip(const u_char *p, const u_char *end)
{
    tender_letter_t  letter;

    while (p < end) {

        if (*p < 0x80) {
            if (tender_letter_ascii[*p]) {
                break;
            }

            p++;
            continue;
        }

        tender_letter(p, end, &letter);

        if (letter.kind >= TENDER_LETTER_PLAIN) {
            break;
        }

        p += letter.size;
    }

    return p;
}


/* the end of the word's last character goes to last */

static const u_char *
tender_word_read(tender_word_t *word, const u_char *p, const u_char *end,
    const u_char **last)
{
    tender_letter_t  letter;

    *last = p;

    while (p < end) {

        if (tender_letter_ascii[*p]) {
            if (word->kind == TENDER_LETTER_ALONE) {
                return p;
            }

            p = tender_word_ascii(word, p, end);
            *last = p;
            continue;
        }

        tender_letter(p, end, &letter);

        switch (letter.kind) {

        case TENDER_LETTER_NONE:
            return p;

        case TENDER_LETTER_APOSTROPHE:
            if (!tender_word_apostrophe(word->kind, p + letter.size, end)) {
                return p;
            }

            /* fall through */

        case TENDER_LETTER_JOINER:
            p += letter.size;
            continue;

        case TENDER_LETTER_MARK:
            tender_word_mark(word, &letter);
            break;

        default:
            if (word->kind == TENDER_LETTER_ALONE
                || (letter.kind == TENDER_LETTER_ALONE
                    && word->kind != TENDER_LETTER_NONE))
            {
                return p;
            }

            tender_word_put(word, letter.out, letter.len);
            word->kind = letter.kind;
        }

        p += letter.size;
        *last = p;
    }

    return p;
}


static const u_char *
tender_word_ascii(tender_word_t *word, const u_char *p, const u_char *end)
{
    u_char  c, *dst, *limit;

    dst = word->p;
    limit = word->full ? dst : word->limit;

    while (p < end) {
        c = tender_letter_ascii[*p];

        if (c == 0) {
            break;
        }

        if (dst < limit) {
            *dst++ = c;
        }

        p++;
    }

    word->p = dst;
    word->kind = TENDER_LETTER_PLAIN;

    return p;
}


/* whether an apostrophe stands between letters that it joins */

static int
tender_word_apostrophe(unsigned kind, const u_char *p, const u_char *end)
{
    tender_letter_t  letter;

    if (kind != TENDER_LETTER_CYRILLIC) {
        return 0;
    }

    while (p < end && *p >= 0x80) {
        tender_letter(p, end, &letter);

        if (letter.kind != TENDER_LETTER_JOINER) {
            return letter.kind == TENDER_LETTER_CYRILLIC;
        }

        p += letter.size;
    }

    return 0;
}


static void
tender_word_put(tender_word_t *word, const u_char *p, size_t len)
{
    size_t  left;

    left = word->full ? 0 : (size_t) (word->limit - word->p);

    if (len > left) {
        word->full = 1;

        while (left != 0 && (p[left] & 0xc0) == 0x80) {
            left--;
        }

        len = left;
    }

    memcpy(word->p, p, len);
    word->p += len;
}


static void
tender_word_mark(tender_word_t *word, const tender_letter_t *letter)
{
    uint32_t       code;
    unsigned       n;
    const u_char  *p, *end;

    if (word->kind < TENDER_LETTER_CYRILLIC) {
        return;
    }

    p = letter->out;
    end = p + letter->len;

    while (p < end) {
        n = tender_utf8_char(p, end, &code);

        if (!tender_word_compose(word, code)
            && word->kind != TENDER_LETTER_CYRILLIC)
        {
            tender_word_put(word, p, n);
        }

        p += n;
    }
}


static int
tender_word_compose(tender_word_t *word, uint32_t mark)
{
    u_char    *p, *end, buf[4];
    uint32_t   base;

    if (word->full || word->p == word->start) {
        return 0;
    }

    p = word->p - 1;

    while (p > word->start && (*p & 0xc0) == 0x80) {
        p--;
    }

    if (tender_utf8_char(p, word->p, &base) == 0) {
        return 0;
    }

    base = tender_letter_compose(base, mark);

    if (base == 0) {
        return 0;
    }

    end = tender_utf8_write(buf, base);

    if (word->limit - p < end - buf) {
        return 0;
    }

    word->p = p;
    tender_word_put(word, buf, (size_t) (end - buf));

    return 1;
}


u_char *
tender_words_fold(u_char *p, tender_str_t text)
{
    tender_word_t    word;
    const u_char    *src, *end;
    tender_letter_t  letter;

    src = text.data;
    end = text.len ? src + text.len : src;

    word.start = p;
    word.p = p;
    word.limit = p + 3 * text.len;
    word.kind = TENDER_LETTER_NONE;
    word.full = 0;

    while (src < end) {

        if (tender_letter_ascii[*src]) {
            src = tender_word_ascii(&word, src, end);
            continue;
        }

        tender_letter(src, end, &letter);
        src += letter.size;

        if (letter.kind == TENDER_LETTER_MARK
            && word.kind >= TENDER_LETTER_PLAIN)
        {
            tender_word_mark(&word, &letter);
            continue;
        }

        if (letter.kind == TENDER_LETTER_JOINER
            || (letter.kind == TENDER_LETTER_APOSTROPHE
                && tender_word_apostrophe(word.kind, src, end)))
        {
            continue;
        }

        tender_word_put(&word, letter.out, letter.len);

        /* a mark that stands alone is what it is */

        word.kind = letter.kind == TENDER_LETTER_MARK ? TENDER_LETTER_NONE
                                                      : letter.kind;
    }

    return word.p;
}


size_t
tender_words_cut(tender_str_t word)
{
    size_t  len;

    if (word.len <= TENDER_WORD_MAX) {
        return word.len;
    }

    len = TENDER_WORD_MAX;

    while (len != 0 && (word.data[len] & 0xc0) == 0x80) {
        len--;
    }

    return len;
}
