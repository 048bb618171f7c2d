
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "t/unit/tap.h"

#include "search/tender_words.h"


/* words of a text, with "|" between them */

typedef struct {
    const char  *name;
    const char  *text;
    const char  *words;
} words_case_t;


static void test_words(const words_case_t *c);
static void test_source(void);
static void test_cut(void);
static void test_whole(void);
static void test_fold(void);
static void test_ends(void);
static void test_bad(void);
static void test_each(void);
static unsigned test_each_text(const u_char *text, size_t len);
static tender_str_t words_of(tender_str_t text, u_char *buf);
static tender_str_t words_source(tender_str_t text, u_char *buf);
static tender_str_t words_normal(const UNormalizer2 *form, tender_str_t text,
    u_char *buf);
static tender_str_t words_str(const char *text);


static const words_case_t  words_cases[] = {

    { "letters and digits",
      "Hello, World! x2 3.14", "hello|world|x2|3|14" },
    { "nothing", "", "" },
    { "signs alone", " -*_/.,;()[]\t\r\n\x01 ", "" },
    { "underscores and slashes part", "a_b c/d e\\f", "a|b|c|d|e|f" },
    { "a hyphen parts, of any kind",
      "full-text 12\xe2\x80\x93" "14", "full|text|12|14" },

    /* English, French, German */

    { "an apostrophe parts", "don't", "don|t" },
    { "also a round one", "l\xe2\x80\x99" "été l'eau", "l|ete|l|eau" },
    { "French", "Cœur ŒUVRE français où ç'a été Noël",
      "coeur|oeuvre|francais|ou|c|a|ete|noel" },
    { "German", "Straße STRASSE \xe1\xba\x9e Öl über", "strasse|strasse|ss|"
      "ol|uber" },
    { "Scandinavian", "Æble Ørsted Þór ðe Å", "aeble|orsted|thor|de|a" },
    { "Catalan", "co\xc5\x80" "lecció \xc4\xbf", "colleccio|l" },

    /* Polish, Czech, Maltese, Hungarian */

    { "Polish", "Łódź ŻÓŁĆ gęślą jaźń", "lodz|zolc|gesla|jazn" },
    { "others", "Đ đ ħ ŧ ŋ ő ž ƶ Ĳ ŉ", "d|d|h|t|n|o|z|z|ij|n" },

    /* all kinds of i are i: Turkish ones, too */

    { "Turkish", "I İ ı i DIYARBAKIR diyarbakır İstanbul",
      "i|i|i|i|diyarbakir|diyarbakir|istanbul" },
    { "i with a dot, decomposed", "I\xcc\x87stanbul", "istanbul" },

    /* Russian */

    { "Russian", "Ёлка ёж ЕЖ", "елка|еж|еж" },
    { "decomposed", "\xd0\x95\xcc\x88лка е\xcc\x88ж", "елка|еж" },
    { "stress is dropped", "за\xcc\x81мок", "замок" },
    { "й is not и", "край краи", "край|краи" },
    { "decomposed й", "кра\xd0\xb8\xcc\x86 КРА\xd0\x98\xcc\x86",
      "край|край" },
    { "stress, then a breve", "\xd0\xb8\xcc\x81\xcc\x86", "й" },

    /* Ukrainian, Belarusian */

    { "Ukrainian", "Закупівля ПОСЛУГ Її ґрунт Ґ Є",
      "закупівля|послуг|її|ґрунт|ґ|є" },
    { "decomposed ї", "\xd1\x96\xcc\x88\xd1\x97", "її" },
    { "ї is not і, ґ is not г", "ї і ґ г", "ї|і|ґ|г" },
    { "Belarusian", "Ў ў у\xcc\x86", "ў|ў|ў" },
    { "apostrophes of all kinds",
      "об'єкт об\xe2\x80\x99єкт об\xca\xbcєкт об`єкт об\xc2\xb4єкт "
      "об\xe2\x80\x98єкт об\xef\xbc\x87єкт обєкт ОБ'ЄКТ",
      "обєкт|обєкт|обєкт|обєкт|обєкт|обєкт|обєкт|обєкт|обєкт" },
    { "a quoted word", "'пам'ять' 'x'", "память|x" },
    { "an apostrophe and no letter", "об' 'єкт об'' '' б'1 1'б б'b b'б",
      "об|єкт|об|б|1|1|б|б|b|b|б" },
    { "two apostrophes part", "об''єкт", "об|єкт" },
    { "an apostrophe and what is not there", "об'\xc2\xad" "єкт об\xc2\xad'"
      "єкт об'\xcc\x81" "єкт", "обєкт|обєкт|об|єкт" },

    /* Greek */

    { "Greek", "Ὀδυσσεύς ΟΔΥΣΣΕΥΣ ΐ ᾳ", "οδυσσευσ|οδυσσευσ|ι|α" },

    /* composed and not */

    { "decomposed Latin", "e\xcc\x81t\xc3\xa9 E\xcc\x82\xcc\x81",
      "ete|e" },
    { "a mark alone", "\xcc\x81 a \xcc\x81" "b", "a|b" },

    /* compatible forms */

    { "full width", "\xef\xbc\xa6\xef\xbd\x95ll \xef\xbc\x91\xef\xbc\x92",
      "full|12" },
    { "ligatures", "\xef\xac\x81ne o\xef\xac\x83" "ce", "fine|office" },
    { "superscript", "м\xc2\xb2 x\xc2\xb9\xe2\x81\xb4", "м2|x14" },
    { "Roman numerals", "\xe2\x85\xa3 \xe2\x85\xb7", "iv|viii" },
    { "a half is no word", "x \xc2\xbd y", "x|y" },
    { "a number sign is no word", "\xe2\x84\x96 12 \xe2\x84\x96" "12",
      "12|12" },
    { "a trade mark is no word", "Kaspersky\xe2\x84\xa2 (R)",
      "kaspersky|r" },

    /* digits */

    { "Arabic digits", "\xd9\xa3\xd9\xa4 \xdb\xb5", "34|5" },
    { "Devanagari digits", "\xe0\xa5\xa7\xe0\xa5\xa8", "12" },
    { "a letter and digits", "UA-2014-12a", "ua|2014|12a" },

    /* what is not there */

    { "a soft hyphen", "soft\xc2\xadhyphen \xc2\xad", "softhyphen" },
    { "joiners", "a\xe2\x80\x8d" "b c\xe2\x80\x8c" "d", "ab|cd" },
    { "a space without width parts", "a\xe2\x80\x8b" "b", "a|b" },
    { "a byte order mark", "\xef\xbb\xbfword wo\xef\xbb\xbfrd",
      "word|word" },
    { "marks of direction", "\xe2\x80\x8f" "abc\xe2\x80\x8e "
      "a\xe2\x80\xae" "b\xe2\x80\xac" "c", "abc|abc" },
    { "variations", "a\xef\xb8\x8f" "b \xe2\x98\x83\xef\xb8\x8f", "ab" },
    { "keycaps", "1\xef\xb8\x8f\xe2\x83\xa3", "1" },
    { "pictures", "\xf0\x9f\x98\x80 x\xf0\x9f\x91\xa8\xe2\x80\x8d"
      "\xf0\x9f\x91\xa9y", "x|y" },

    /* without spaces */

    { "Chinese", "网络安全", "网|络|安|全" },
    { "with Latin", "3G网络x", "3g|网|络|x" },
    { "beyond the first plane", "\xf0\xa0\x80\x80\xf0\xa0\x80\x81",
      "\xf0\xa0\x80\x80|\xf0\xa0\x80\x81" },
    { "Japanese", "かカー漢々", "か|カ|ー|漢|々" },
    { "a mark belongs to it", "\xe3\x81\x8b\xe3\x82\x99が", "が|が" },
    { "half width", "\xef\xbd\xb6\xef\xbe\x9e\xef\xbd\xb6", "ガ|カ" },
    { "one made of two", "\xe3\x82\x9f", "\xe3\x82\x9f" },
    { "Thai", "\xe0\xb8\x99\xe0\xb9\x89\xe0\xb8\xb3",
      "\xe0\xb8\x99\xe0\xb9\x89|\xe0\xb8\xb3" },

    /* with spaces */

    { "Arabic, its vowels dropped", "\xd8\xa8\xd9\x90\xd8\xb3 \xd8\xa3",
      "\xd8\xa8\xd8\xb3|\xd8\xa7" },
    { "Hebrew", "שָׁלוֹם", "שלום" },
    { "Hindi keeps its marks", "हिन्दी क\xe0\xa4\xbc \xe0\xa5\x98",
      "हिन्दी|क\xe0\xa4\xbc|क\xe0\xa4\xbc" },
    { "Korean", "한국어 \xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
      "한국어|한" },
    { "Armenian, Georgian", "Հայ \xe1\xb2\x90 և", "հայ|ა|եւ" },

    { NULL, NULL, NULL }
};


int
main(void)
{
    const words_case_t  *c;

    is_int(tender_words_init(), TENDER_OK, "there is ICU");
    is_int(tender_words_init(), TENDER_OK, "once is enough");

    for (c = words_cases; c->name != NULL; c++) {
        test_words(c);
    }

    test_source();
    test_cut();
    test_whole();
    test_fold();
    test_ends();
    test_bad();
    test_each();

    return done_testing();
}


static void
test_words(const words_case_t *c)
{
    u_char  buf[1024];

    is_str(words_of(words_str(c->text), buf), c->words, "%s", c->name);
}


/* the words as they stand */

static void
test_source(void)
{
    u_char          buf[256];
    tender_str_t    text;
    tender_words_t  words;

    text = words_str("(L'Été), об'єкт! e\xcc\x81-x\xc2\xad. 网络");

    is_str(words_source(text, buf), "L|Été|об'єкт|e\xcc\x81|x|网|络",
           "words as they stand in the text, with their marks");

    text = words_str("a网か 1x");

    tender_words_begin(&words, text);
    (void) tender_words_next(&words);
    is_int(words.alone, 0, "a letter is not a word of its own");
    (void) tender_words_next(&words);
    is_int(words.alone, 1, "an ideograph is");
    (void) tender_words_next(&words);
    is_int(words.alone, 1, "so is a syllable");
    (void) tender_words_next(&words);
    is_int(words.alone, 0, "a digit is not");
    is_int(tender_words_next(&words), TENDER_DONE, "the end");
    is_int(tender_words_next(&words), TENDER_DONE, "it stays the end");
}


/* a word of more than TENDER_WORD_MAX bytes */

static void
test_cut(void)
{
    size_t          i;
    u_char          text[512];
    tender_words_t  words;

    memset(text, 'A', sizeof(text));
    text[300] = ' ';

    tender_words_begin(&words, (tender_str_t) { sizeof(text), text });

    is_int(tender_words_next(&words), TENDER_OK, "a word of 300 letters");
    is_int(words.word.len, 64, "is cut to 64");
    is_int(words.source.len, 300, "its source is all of it");
    is_int(tender_words_next(&words), TENDER_OK, "the next word");
    is_int(words.source.len, 211, "is the one behind it");
    is_int(tender_words_next(&words), TENDER_DONE, "and the last one");

    /* 63 bytes, then letters of two, then one of one */

    memset(text, 'a', 63);

    for (i = 63; i < 83; i += 2) {
        memcpy(text + i, "ж", 2);
    }

    text[83] = 'b';

    tender_words_begin(&words, (tender_str_t) { 84, text });

    is_int(tender_words_next(&words), TENDER_OK, "letters of two bytes");
    is_int(words.word.len, 63, "are cut between letters, for good");
    is_int(words.source.len, 84, "the rest is part of it");
    is_int(tender_words_next(&words), TENDER_DONE, "no other word");

    /* two letters that one is folded to */

    memset(text, 'a', 63);
    memcpy(text + 63, "ﬁ1", 4);

    tender_words_begin(&words, (tender_str_t) { 67, text });

    is_int(tender_words_next(&words), TENDER_OK, "a ligature at the limit");
    is_int(words.word.len, 64, "is cut, too");
    is_int(words.buf[63], 'f', "between its letters");

    /* 64 bytes that end with a letter and its mark */

    for (i = 0; i < 64; i += 2) {
        memcpy(text + i, "и", 2);
    }

    memcpy(text + 64, "\xcc\x86и\xcc\x86", 6);

    tender_words_begin(&words, (tender_str_t) { 70, text });

    is_int(tender_words_next(&words), TENDER_OK, "a mark at the limit");
    is_int(words.word.len, 64, "needs no place");
    ok(memcmp(words.buf + 62, "й", 2) == 0, "and becomes part of its letter");

    /* marks without an end */

    memcpy(text, "क", 3);

    for (i = 3; i < 303; i += 3) {
        memcpy(text + i, "\xe0\xa4\xbe", 3);
    }

    tender_words_begin(&words, (tender_str_t) { 303, text });

    is_int(tender_words_next(&words), TENDER_OK, "marks without an end");
    is_int(words.word.len, 63, "are cut");
    is_int(words.source.len, 303, "and belong to it");
}


static void
test_whole(void)
{
    char          text[80];
    unsigned      i;
    tender_str_t  word;

    is_int(tender_words_cut(tap_str("")), 0, "nothing is not cut");
    is_int(tender_words_cut(tap_str("ua-2014-1")), 9, "nor is what is short");

    memset(text, 'x', sizeof(text));
    word.data = (u_char *) text;
    word.len = 64;
    is_int(tender_words_cut(word), 64, "64 bytes are a term");
    word.len = 65;
    is_int(tender_words_cut(word), 64, "65 are cut");

    for (i = 0; i < 4; i++) {
        memset(text, 'x', sizeof(text));
        memcpy(text + 61 + i, "\xf0\xa0\x80\x80", 4);
        word.len = 70;
        is_int(tender_words_cut(word), 61 + i,
               "between characters (%u)", i);
    }
}


static void
test_fold(void)
{
    size_t                i;
    u_char                buf[256];
    tender_str_t          text, out;

    static const char  *cases[][2] = {
        { "", "" },
        { "UA-2014-12-000123", "ua-2014-12-000123" },
        { "  Ünïted \xc2\xa0 Łódź ", "  united   lodz " },
        { "Об'єкт № 5/ё", "обєкт № 5/е" },
        { "L\xe2\x80\x99" "été", "l'ete" },
        { "12\xe2\x80\x93" "14\xe2\x88\x92" "1", "12-14-1" },
        { "\xef\xbc\xb5\xef\xbc\xa1\xef\xbc\x8d\xef\xbc\x91\xef\xbc\x8e",
          "ua-1." },
        { "a\xe2\x80\x8d\xc2\xad" "b", "ab" },
        { "a\t\nb", "a  b" },
        { "\xd1\x96\xcc\x88 e\xcc\x81 -\xcc\x81", "ї e -\xcc\x81" },
        { "网络 一", "网络 一" },
        { "a\xff" "b\xd0", "a b " },
        { NULL, NULL }
    };

    for (i = 0; cases[i][0] != NULL; i++) {
        text = words_str(cases[i][0]);
        out.data = buf;
        out.len = (size_t) (tender_words_fold(buf, text) - buf);

        is_str(out, cases[i][1], "folded (%u)", (unsigned) i);
    }
}


/* nothing behind the end is read: the sanitizer sees it */

static void
test_ends(void)
{
    size_t        i, n;
    u_char       *text, buf[256];
    unsigned      words;
    tender_str_t  all, part;

    all = words_str("об'єкт\xcc\x81 l'é\xcc\x81 网\xe3\x82\x99 "
                    "\xf0\x9f\x98\x80 ﬁ");
    words = 0;

    for (i = 0; i <= all.len; i++) {
        n = all.len - i;
        text = malloc(n ? n : 1);
        memcpy(text, all.data, n);

        part.data = text;
        part.len = n;

        words += words_of(part, buf).len <= all.len;
        words += tender_words_fold(buf, part) <= buf + 3 * n;

        free(text);
    }

    is_int(words, 2 * (all.len + 1), "a text that ends anywhere");
}


/* what is no UTF-8 parts words, like a blank */

static void
test_bad(void)
{
    u_char  buf[256];

    is_str(words_of(words_str("a\xff" "b"), buf), "a|b", "a bad byte");
    is_str(words_of(words_str("\x80\x80"), buf), "", "bad bytes alone");
    is_str(words_of(words_str("a\xd0"), buf), "a", "a letter that is cut off");
    is_str(words_of(words_str("a\xc0\x81" "b"), buf), "a|b",
           "an overlong form");
    is_str(words_of(words_str("a\xed\xa0\x80" "b"), buf), "a|b",
           "half of a pair");
    is_str(words_of(words_str("б\xe2\x80'\xd0"), buf), "б",
           "behind an apostrophe");
    is_str(words_of((tender_str_t) tender_string("a\0b"), buf), "a|b",
           "a zero");
    is_str(words_of((tender_str_t) tender_null_string, buf), "",
           "no text at all");
}


/*
 * Each character alone, and between others: words that are folded again are
 * the same, composed or decomposed makes no difference, and folding has its
 * limit.
 */

static void
test_each(void)
{
    u_char    text[16], *p;
    uint32_t  code;
    unsigned  wrong, i;

    static const char  *around[][2] = {
        { "", "" },
        { "a", "" },
        { "б", "а" },
        { "क", "" },
        { "か", "" }
    };

    wrong = 0;

    for (code = 1; code <= 0x10ffff; code++) {

        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }

        /* planes of ideographs, private ones, and what is not used */

        if (code == 0x20100 || code == 0x2ff00 || code == 0x30100
            || code == 0xe1000)
        {
            code = code == 0x20100 ? 0x2f7f0 : code == 0x2ff00 ? 0x30000
                   : code == 0x30100 ? 0xe0000 : 0x10ff00;
        }

        for (i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
            p = text;
            memcpy(p, around[i][0], strlen(around[i][0]));
            p += strlen(around[i][0]);
            p = tender_utf8_write(p, code);
            memcpy(p, around[i][1], strlen(around[i][1]));
            p += strlen(around[i][1]);

            if (test_each_text(text, (size_t) (p - text)) != 0) {
                if (wrong++ < 10) {
                    diag("U+%04X behind \"%s\"", code, around[i][0]);
                }
            }
        }
    }

    is_int(wrong, 0, "each character of Unicode");
}


static unsigned
test_each_text(const u_char *data, size_t len)
{
    u_char                buf[512], again[512], folded[512], normal[512];
    unsigned              wrong;
    UErrorCode            error;
    tender_str_t          text, words, out;
    const UNormalizer2   *nfc, *nfd;

    error = U_ZERO_ERROR;
    nfc = unorm2_getNFCInstance(&error);
    nfd = unorm2_getNFDInstance(&error);

    text.data = (u_char *) data;
    text.len = len;

    words = words_of(text, buf);
    wrong = !tender_utf8_valid(words.data, words.len);

    out = words_of(words, again);
    wrong += !tender_str_eq(&out, &words);

    out = words_of(words_normal(nfc, text, normal), again);
    wrong += !tender_str_eq(&out, &words);

    out = words_of(words_normal(nfd, text, normal), again);
    wrong += !tender_str_eq(&out, &words);

    out.data = folded;
    out.len = (size_t) (tender_words_fold(folded, text) - folded);
    wrong += out.len > 3 * text.len || !tender_utf8_valid(folded, out.len);

    text = words_of(out, again);
    wrong += !tender_str_eq(&text, &words);

    text.data = again;
    text.len = (size_t) (tender_words_fold(again, out) - again);
    wrong += !tender_str_eq(&text, &out);

    return wrong;
}


static tender_str_t
words_of(tender_str_t text, u_char *buf)
{
    u_char          *p;
    tender_words_t   words;

    p = buf;
    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {

        if (p != buf) {
            *p++ = '|';
        }

        memcpy(p, words.word.data, words.word.len);
        p += words.word.len;
    }

    return (tender_str_t) { (size_t) (p - buf), buf };
}


static tender_str_t
words_source(tender_str_t text, u_char *buf)
{
    u_char          *p;
    tender_words_t   words;

    p = buf;
    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {

        if (p != buf) {
            *p++ = '|';
        }

        memcpy(p, words.source.data, words.source.len);
        p += words.source.len;
    }

    return (tender_str_t) { (size_t) (p - buf), buf };
}


static tender_str_t
words_normal(const UNormalizer2 *form, tender_str_t text, u_char *buf)
{
    int32_t     len;
    UChar       in[64], out[128];
    UErrorCode  error;

    error = U_ZERO_ERROR;

    u_strFromUTF8(in, 64, &len, (char *) text.data, (int32_t) text.len,
                  &error);
    len = unorm2_normalize(form, in, len, out, 128, &error);
    u_strToUTF8((char *) buf, 512, &len, out, len, &error);

    if (U_FAILURE(error)) {
        len = 0;
    }

    return (tender_str_t) { (size_t) len, buf };
}


static tender_str_t
words_str(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}
