
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "tender_words_letter.h"


#define TENDER_LETTER_UNITS  64   /* of UTF-16: more than any character has */


/* letters that Unicode takes for letters of their own */

typedef struct {
    uint32_t      code;
    const char   *text;
} tender_letter_plain_t;


static void tender_letter_fill(uint32_t code);
static void tender_letter_make(uint32_t code, tender_letter_t *letter);
static int tender_letter_parts(uint32_t code, int type,
    tender_letter_t *letter);
static void tender_letter_folded(uint32_t code, tender_letter_t *letter);
static int tender_letter_units(uint32_t code, UChar *out);
static int tender_letter_bare(const UChar *in, int n, UChar *out);
static int tender_letter_write(const UChar *in, int n,
    tender_letter_t *letter);
static u_char *tender_letter_one(u_char *p, uint32_t code);
static unsigned tender_letter_kind(uint32_t code);
static int tender_letter_is_mark(uint32_t code);
static int tender_letter_is_part(uint32_t code);
static void tender_letter_set(tender_letter_t *letter, unsigned kind,
    uint32_t code);


u_char  tender_letter_ascii[256];

tender_letter_entry_t  tender_letter_table[TENDER_LETTERS];


static const UNormalizer2  *tender_letter_nfc;
static const UNormalizer2  *tender_letter_nfkd;
static const UNormalizer2  *tender_letter_casefold;


static const tender_letter_plain_t  tender_letter_plain[] = {
    { 0x00e6, "ae" },             /* a with e */
    { 0x00f0, "d" },              /* eth */
    { 0x00f8, "o" },              /* o with stroke */
    { 0x00fe, "th" },             /* thorn */
    { 0x0111, "d" },              /* d with stroke */
    { 0x0127, "h" },              /* h with stroke */
    { 0x0131, "i" },              /* i without a dot */
    { 0x0138, "k" },              /* kra */
    { 0x013f, "l" },              /* L with a middle dot */
    { 0x0140, "l" },              /* l with a middle dot */
    { 0x0142, "l" },              /* l with stroke */
    { 0x0149, "n" },              /* n after an apostrophe */
    { 0x014b, "n" },              /* eng */
    { 0x0153, "oe" },             /* o with e */
    { 0x0167, "t" },              /* t with stroke */
    { 0x01b6, "z" },              /* z with stroke */
    { 0, NULL }
};


/* apostrophes, and what is typed for one */

static const uint32_t  tender_letter_apostrophes[] = {
    0x27, 0x60, 0xb4, 0x02bc, 0x1fef, 0x1ffd, 0x2018, 0x2019, 0xff07, 0xff40, 0
};


/* scripts that put no spaces between words */

static const UScriptCode  tender_letter_alone[] = {
    USCRIPT_HAN,
    USCRIPT_HIRAGANA,
    USCRIPT_KATAKANA,
    USCRIPT_THAI,
    USCRIPT_LAO,
    USCRIPT_KHMER,
    USCRIPT_MYANMAR,
    USCRIPT_INVALID_CODE
};


int
tender_words_init(void)
{
    uint32_t    code;
    UErrorCode  error;

    if (tender_letter_ascii['a'] != 0) {
        return TENDER_OK;
    }

    error = U_ZERO_ERROR;

    tender_letter_nfc = unorm2_getNFCInstance(&error);
    tender_letter_nfkd = unorm2_getNFKDInstance(&error);
    tender_letter_casefold = unorm2_getNFKCCasefoldInstance(&error);

    if (U_FAILURE(error)) {
        return TENDER_ERROR;
    }

    for (code = 0; code < TENDER_LETTERS; code++) {
        tender_letter_fill(code);
    }

    return TENDER_OK;
}


static void
tender_letter_fill(uint32_t code)
{
    tender_letter_t         letter;
    tender_letter_entry_t  *entry;

    tender_letter_make(code, &letter);

    entry = &tender_letter_table[code];

    if (letter.len > TENDER_LETTER_SHORT) {
        entry->kind = TENDER_LETTER_LONG;
        return;
    }

    entry->kind = (u_char) letter.kind;
    entry->len = (u_char) letter.len;
    memcpy(entry->out, letter.out, letter.len);

    if (code < 0x80 && letter.kind >= TENDER_LETTER_PLAIN) {
        tender_letter_ascii[code] = letter.out[0];
    }
}


void
tender_letter_read(const u_char *p, const u_char *end,
    tender_letter_t *letter)
{
    uint32_t                      code;
    unsigned                      n;
    const tender_letter_entry_t  *entry;

    n = tender_utf8_char(p, end, &code);

    if (n == 0) {
        tender_letter_set(letter, TENDER_LETTER_NONE, ' ');
        letter->size = 1;
        return;
    }

    letter->size = n;

    if (code < TENDER_LETTERS) {
        entry = &tender_letter_table[code];

        if (entry->kind != TENDER_LETTER_LONG) {
            letter->kind = entry->kind;
            letter->len = entry->len;
            letter->out = entry->out;
            return;
        }
    }

    /* ideographs, kana and syllables that are what they are */

    if ((code >= 0x4e00 && code <= 0x9fff)
        || (code >= 0x3400 && code <= 0x4dbf)
        || (code >= 0x3041 && code <= 0x3096)
        || (code >= 0x30a1 && code <= 0x30fa))
    {
        tender_letter_set(letter, TENDER_LETTER_ALONE, code);
        return;
    }

    if (code >= 0xac00 && code <= 0xd7a3) {
        tender_letter_set(letter, TENDER_LETTER_MARKED, code);
        return;
    }

    tender_letter_make(code, letter);
}


uint32_t
tender_letter_compose(uint32_t base, uint32_t mark)
{
    UChar32  both;

    both = unorm2_composePair(tender_letter_nfc, (UChar32) base,
                              (UChar32) mark);
    if (both < 0) {
        return 0;
    }

    /* io is ie */

    return both == 0x0451 ? 0x0435 : (uint32_t) both;
}


static void
tender_letter_make(uint32_t code, tender_letter_t *letter)
{
    int              type;
    const uint32_t  *apostrophe;

    for (apostrophe = tender_letter_apostrophes; *apostrophe; apostrophe++) {

        if (*apostrophe == code) {
            tender_letter_set(letter, TENDER_LETTER_APOSTROPHE, '\'');
            return;
        }
    }

    if (u_hasBinaryProperty((UChar32) code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)
        && code != 0x200b)
    {
        letter->kind = TENDER_LETTER_JOINER;
        letter->len = 0;
        letter->out = letter->buf;
        return;
    }

    type = u_charType((UChar32) code);

    if (tender_letter_parts(code, type, letter)) {
        return;
    }

    if (type == U_DECIMAL_DIGIT_NUMBER) {
        tender_letter_set(letter, TENDER_LETTER_PLAIN,
                          (uint32_t) ('0' + u_charDigitValue((UChar32) code)));
        return;
    }

    tender_letter_folded(code, letter);
}


/* 1 if it parts words: blanks and dashes are all the same then */

static int
tender_letter_parts(uint32_t code, int type, tender_letter_t *letter)
{
    if (tender_letter_is_part(code)) {
        return 0;
    }

    if (type == U_CONTROL_CHAR || code == 0x200b
        || u_isUWhiteSpace((UChar32) code))
    {
        code = ' ';

    } else if (type == U_DASH_PUNCTUATION || code == 0x2212) {
        code = '-';

    } else if (code >= 0xff01 && code <= 0xff5e) {
        code -= 0xff01 - '!';
    }

    tender_letter_set(letter, TENDER_LETTER_NONE, code);

    return 1;
}


static void
tender_letter_folded(uint32_t code, tender_letter_t *letter)
{
    int       n;
    UChar     units[TENDER_LETTER_UNITS], bare[TENDER_LETTER_UNITS];
    unsigned  kind;

    kind = tender_letter_kind(code);

    /* parts of a syllable: compatible ones stay what they are */

    if (code >= 0x3131 && code <= 0x318e) {
        tender_letter_set(letter, kind, code);
        return;
    }

    if (code == 0x013f || code == 0x0140 || code == 0x0149) {

        /* these would be made of a letter and a sign */

        letter->kind = kind;
        letter->out = letter->buf;
        letter->len = (unsigned) (tender_letter_one(letter->buf, code)
                                  - letter->buf);
        return;
    }

    n = tender_letter_units(code, units);

    if (tender_letter_is_mark(code)) {

        if (n == 0 || !tender_letter_write(units, n, letter)
            || letter->kind != TENDER_LETTER_MARK)
        {
            tender_letter_set(letter, TENDER_LETTER_MARK, code);
        }

        return;
    }

    n = tender_letter_bare(units, n, bare);

    if (n == 0 || !tender_letter_write(bare, n, letter)) {

        /* what is made of several words, of signs: (1), a half */

        if (kind == TENDER_LETTER_ALONE) {
            tender_letter_set(letter, kind, code);

        } else {
            tender_letter_set(letter, TENDER_LETTER_NONE, code);
        }
    }
}


/* what it is made of, 0 if that cannot be told */

static int
tender_letter_units(uint32_t code, UChar *out)
{
    int         n;
    UChar       in[2];
    UErrorCode  error;

    error = U_ZERO_ERROR;
    n = 0;

    U16_APPEND_UNSAFE(in, n, code);

    n = unorm2_normalize(tender_letter_nfkd, in, n, out, TENDER_LETTER_UNITS,
                         &error);

    return U_FAILURE(error) ? 0 : n;
}


/* without marks that its script does not keep, in lower case */

static int
tender_letter_bare(const UChar *in, int n, UChar *out)
{
    int         i, len;
    UChar       bare[TENDER_LETTER_UNITS];
    UChar32     code;
    unsigned    kind;
    UErrorCode  error;

    i = 0;
    len = 0;
    kind = TENDER_LETTER_MARKED;

    while (i < n) {
        U16_NEXT(in, i, n, code);

        if (!tender_letter_is_mark((uint32_t) code)) {
            kind = tender_letter_kind((uint32_t) code);

        } else if (kind == TENDER_LETTER_PLAIN) {
            continue;
        }

        U16_APPEND_UNSAFE(bare, len, code);
    }

    error = U_ZERO_ERROR;

    n = unorm2_normalize(tender_letter_casefold, bare, len, out,
                         TENDER_LETTER_UNITS, &error);

    return U_FAILURE(error) ? 0 : n;
}


/* 0 if it is not what a word can be made of, or would be several words */

static int
tender_letter_write(const UChar *in, int n, tender_letter_t *letter)
{
    int       i, letters, first;
    u_char   *p;
    UChar32   code;
    unsigned  kind;

    i = 0;
    letters = 0;
    first = -1;
    p = letter->buf;

    letter->kind = TENDER_LETTER_MARK;

    while (i < n) {
        U16_NEXT(in, i, n, code);

        if (!tender_letter_is_part((uint32_t) code)
            || p > letter->buf + TENDER_LETTER_MAX - 4)
        {
            return 0;
        }

        if (!tender_letter_is_mark((uint32_t) code)) {
            kind = tender_letter_kind((uint32_t) code);
            letter->kind = kind;

            if (first < 0) {
                first = p != letter->buf;
            }

            if (++letters > 1 && kind == TENDER_LETTER_ALONE) {
                return 0;
            }
        }

        p = tender_letter_one(p, (uint32_t) code);
    }

    letter->out = letter->buf;
    letter->len = (unsigned) (p - letter->buf);

    /* a mark in front of its letter */

    return first <= 0;
}


static u_char *
tender_letter_one(u_char *p, uint32_t code)
{
    size_t                        len;
    const tender_letter_plain_t  *plain;

    if (code == 0x0451) {
        code = 0x0435;
    }

    for (plain = tender_letter_plain; plain->text != NULL; plain++) {

        if (plain->code == code) {
            len = plain->text[1] == '\0' ? 1 : 2;
            memcpy(p, plain->text, len);
            return p + len;
        }
    }

    return tender_utf8_write(p, code);
}


static unsigned
tender_letter_kind(uint32_t code)
{
    UErrorCode          error;
    const UScriptCode  *script;

    for (script = tender_letter_alone;
         *script != USCRIPT_INVALID_CODE;
         script++)
    {
        if (uscript_hasScript((UChar32) code, *script)) {
            return TENDER_LETTER_ALONE;
        }
    }

    error = U_ZERO_ERROR;

    switch (uscript_getScript((UChar32) code, &error)) {

    case USCRIPT_CYRILLIC:
        return TENDER_LETTER_CYRILLIC;

    case USCRIPT_COMMON:
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
        return TENDER_LETTER_PLAIN;

    default:
        return TENDER_LETTER_MARKED;
    }
}


static int
tender_letter_is_mark(uint32_t code)
{
    /* vowels and last consonants of a syllable go with its first one */

    if (code >= 0x1161 && code <= 0x11c2
        && (code <= 0x1175 || code >= 0x11a8))
    {
        return 1;
    }

    return (U_GET_GC_MASK((UChar32) code) & U_GC_M_MASK) != 0;
}


static int
tender_letter_is_part(uint32_t code)
{
    return (U_GET_GC_MASK((UChar32) code)
            & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}


static void
tender_letter_set(tender_letter_t *letter, unsigned kind, uint32_t code)
{
    letter->kind = kind;
    letter->out = letter->buf;
    letter->len = (unsigned) (tender_utf8_write(letter->buf, code)
                              - letter->buf);
}
