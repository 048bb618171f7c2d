
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <unicode/uchar.h>
#include <unicode/utrans.h>

#include "../format/tender_text.h"
#include "tender_number.h"


#define TENDER_LETTERS_LOW     0x530     /* ASCII to Cyrillic Supplement */
#define TENDER_LETTERS_EXTRA   0x1e00    /* Latin Extended Additional */
#define TENDER_LETTERS_TOP     0x1f00

#define TENDER_LETTERS_SIZE                                                   \
    (TENDER_LETTERS_LOW + TENDER_LETTERS_TOP - TENDER_LETTERS_EXTRA)

#define TENDER_LETTERS_ASK_MAX  32       /* questions to ICU for one name */


/* what a character is to a word: one of these or its letter, 'A' to 'Z' */

#define TENDER_LETTER_BREAK    0
#define TENDER_LETTER_PART     1         /* an apostrophe, a mark */
#define TENDER_LETTER_DIGIT    2
#define TENDER_LETTER_ASK      3


typedef enum {
    TENDER_CYRILLIC_UKRAINIAN = 0,
    TENDER_CYRILLIC_RUSSIAN
} tender_cyrillic_e;


static UTransliterator *tender_letter_open(const char *id);
static void tender_letter_fill(u_char *table, UTransliterator *cyrillic);
static u_char tender_letter_kind(uint32_t code);
static u_char tender_letter_ask(UTransliterator *trans, uint32_t code);
static tender_cyrillic_e tender_cyrillic(tender_str_t name,
    tender_str_t country);
static u_char tender_letter(const u_char *table, uint32_t code,
    unsigned *asked);


/* written by tender_number_init() alone */

static u_char            tender_letters[2][TENDER_LETTERS_SIZE];
static UTransliterator  *tender_letters_any;


int
tender_number_init(void)
{
    int               rc;
    UTransliterator  *uk, *ru;

    if (tender_letters_any != NULL) {
        return TENDER_OK;
    }

    rc = TENDER_ERROR;

    uk = tender_letter_open("uk-uk_Latn/BGN");
    ru = tender_letter_open("ru-ru_Latn/BGN");
    tender_letters_any = tender_letter_open("Any-Latin; Latin-ASCII");

    if (uk != NULL && ru != NULL && tender_letters_any != NULL) {
        tender_letter_fill(tender_letters[TENDER_CYRILLIC_UKRAINIAN], uk);
        tender_letter_fill(tender_letters[TENDER_CYRILLIC_RUSSIAN], ru);
        rc = TENDER_OK;

    } else {
        utrans_close(tender_letters_any);
        tender_letters_any = NULL;
    }

    utrans_close(uk);
    utrans_close(ru);

    return rc;
}


size_t
tender_initials(tender_str_t name, tender_str_t country, u_char *p)
{
    u_char         kind;
    size_t         n;
    uint32_t       code;
    unsigned       len, asked, done;
    const u_char  *s, *end, *table;

    if (name.len == 0) {
        return 0;
    }

    table = tender_letters[tender_cyrillic(name, country)];

    n = 0;
    done = 0;
    asked = 0;

    for (s = name.data, end = s + name.len; s < end; s += len) {

        len = tender_utf8_char(s, end, &code);
        if (len == 0) {
            break;
        }

        kind = tender_letter(table, code, done ? NULL : &asked);

        switch (kind) {

        case TENDER_LETTER_BREAK:
            done = 0;
            break;

        case TENDER_LETTER_PART:
            break;

        case TENDER_LETTER_DIGIT:
            done = 1;
            break;

        default:
            if (done) {
                break;
            }

            p[n++] = kind;

            if (n == TENDER_INITIALS_MAX) {
                return n;
            }

            done = 1;
        }
    }

    return n;
}


static UTransliterator *
tender_letter_open(const char *id)
{
    UChar             uid[32];
    int32_t           len;
    UErrorCode        status;
    UTransliterator  *trans;

    for (len = 0; id[len] != '\0'; len++) {
        uid[len] = (UChar) id[len];
    }

    status = U_ZERO_ERROR;

    trans = utrans_openU(uid, len, UTRANS_FORWARD, NULL, 0, NULL, &status);

    return U_SUCCESS(status) ? trans : NULL;
}


static void
tender_letter_fill(u_char *table, UTransliterator *cyrillic)
{
    u_char    kind;
    uint32_t  i, code;

    for (i = 0; i < TENDER_LETTERS_SIZE; i++) {

        code = i < TENDER_LETTERS_LOW
               ? i : i - TENDER_LETTERS_LOW + TENDER_LETTERS_EXTRA;

        kind = tender_letter_kind(code);

        if (kind == TENDER_LETTER_ASK) {
            kind = TENDER_LETTER_PART;

            if (code >= 0x400 && code < TENDER_LETTERS_LOW) {
                kind = tender_letter_ask(cyrillic, code);
            }

            if (kind == TENDER_LETTER_PART) {
                kind = tender_letter_ask(tender_letters_any, code);
            }
        }

        table[i] = kind;
    }
}


static u_char
tender_letter_kind(uint32_t code)
{
    /* ' and its typographic forms */

    if (code == 0x27 || code == 0x2bc || code == 0x2019) {
        return TENDER_LETTER_PART;
    }

    if (u_isalpha((UChar32) code)) {
        return TENDER_LETTER_ASK;
    }

    if (u_isdigit((UChar32) code)) {
        return TENDER_LETTER_DIGIT;
    }

    if (U_GET_GC_MASK((UChar32) code) & U_GC_M_MASK) {
        return TENDER_LETTER_PART;
    }

    return TENDER_LETTER_BREAK;
}


/*
 * The first Latin letter, or TENDER_LETTER_PART if there is none.  Of a small
 * letter: ICU's rules give the capital Ё alone another one.
 */

static u_char
tender_letter_ask(UTransliterator *trans, uint32_t code)
{
    UChar       text[64];
    int32_t     i, len, limit;
    UErrorCode  status;

    len = 0;
    U16_APPEND_UNSAFE(text, len, u_tolower((UChar32) code));

    limit = len;
    status = U_ZERO_ERROR;

    utrans_transUChars(trans, text, &len, 64, 0, &limit, &status);

    if (U_FAILURE(status)) {
        return TENDER_LETTER_PART;
    }

    for (i = 0; i < len; i++) {

        if (text[i] >= 'A' && text[i] <= 'Z') {
            return (u_char) text[i];
        }

        if (text[i] >= 'a' && text[i] <= 'z') {
            return (u_char) (text[i] - 'a' + 'A');
        }
    }

    return TENDER_LETTER_PART;
}


static tender_cyrillic_e
tender_cyrillic(tender_str_t name, tender_str_t country)
{
    int            ukrainian;
    const u_char  *p, *end;

    ukrainian = 0;

    for (p = name.data, end = p + name.len; p + 1 < end; p++) {

        /* a pair of bytes is one character: the first one only leads */

        if (p[0] == 0xd0) {

            switch (p[1]) {
            case 0x81: case 0xaa: case 0xab: case 0xad:    /* Ё Ъ Ы Э */
                return TENDER_CYRILLIC_RUSSIAN;
            case 0x84: case 0x86: case 0x87:               /* Є І Ї */
                ukrainian = 1;
            }

        } else if (p[0] == 0xd1) {

            switch (p[1]) {
            case 0x91: case 0x8a: case 0x8b: case 0x8d:    /* ё ъ ы э */
                return TENDER_CYRILLIC_RUSSIAN;
            case 0x94: case 0x96: case 0x97:               /* є і ї */
                ukrainian = 1;
            }

        } else if (p[0] == 0xd2 && (p[1] == 0x90 || p[1] == 0x91)) {
            ukrainian = 1;                                 /* Ґ ґ */
        }
    }

    if (ukrainian) {
        return TENDER_CYRILLIC_UKRAINIAN;
    }

    return tender_str_is(&country, "RU") || tender_str_is(&country, "BY")
           || tender_str_is(&country, "KZ") || tender_str_is(&country, "KG")
           ? TENDER_CYRILLIC_RUSSIAN : TENDER_CYRILLIC_UKRAINIAN;
}


/* with asked NULL the word has its letter: which one does not matter */

static u_char
tender_letter(const u_char *table, uint32_t code, unsigned *asked)
{
    u_char  kind;

    if (code < TENDER_LETTERS_LOW) {
        return table[code];
    }

    if (code >= TENDER_LETTERS_EXTRA && code < TENDER_LETTERS_TOP) {
        return table[code - TENDER_LETTERS_EXTRA + TENDER_LETTERS_LOW];
    }

    kind = tender_letter_kind(code);

    if (kind != TENDER_LETTER_ASK) {
        return kind;
    }

    if (asked == NULL || tender_letters_any == NULL
        || (*asked)++ >= TENDER_LETTERS_ASK_MAX)
    {
        return TENDER_LETTER_PART;
    }

    return tender_letter_ask(tender_letters_any, code);
}
