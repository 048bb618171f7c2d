
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "search/tender_fragment.h"


/* a query, a text, and the text with its marks */

typedef struct {
    const char  *query;
    const char  *text;
    const char  *marked;
} fragment_case_t;


static void test_marked(const fragment_case_t *c);
static void test_field(void);
static void test_pieces(void);
static void test_borders(void);
static void test_phrases(void);
static void test_max(void);
static void test_huge(void);
static void test_memory(void);
static const char *fragments(const char *query, tender_str_t text,
    unsigned max);
static void fragment_query(const char *query, u_char field);
static size_t fragment_plain(const char *text);
static tender_str_t fragment_str(const char *text);
static void *fragment_alloc(void *data, size_t size);


static tender_arena_t   *arena;
static tender_mem_t      mem;
static tender_kwords_t   kwords;
static unsigned          allocs;
static char              shown[16384];


static const fragment_case_t  fragment_cases[] = {

    { "kaspersky", "Kaspersky Lab", "[B]Kaspersky[/B] Lab" },
    { "lab", "by Kaspersky Lab.", "by Kaspersky [B]Lab[/B]." },
    { "none", "Kaspersky Lab", "Kaspersky Lab" },
    { "kaspersky", "", "" },
    { "***", "*** a", "*** a" },
    { "", "text", "text" },
    { "aa bb", "aa bb bb aa", "[B]aa[/B] [B]bb[/B] [B]bb[/B] [B]aa[/B]" },
    { "aa | bb", "bb aa", "[B]bb[/B] [B]aa[/B]" },
    { "aa -bb", "aa bb", "[B]aa[/B] bb" },
    { "-(aa | bb)", "aa bb", "aa bb" },

    /* as it stands */

    { "ете елка", "Été ЁЛКА", "Été [B]ЁЛКА[/B]" },
    { "ete", "L'Été!", "L'[B]Été[/B]!" },
    { "обєкт", "«об'єкт»", "«[B]об'єкт[/B]»" },
    { "ete", "e\xcc\x81te\xcc\x81.", "[B]e\xcc\x81te\xcc\x81[/B]." },
    { "softhyphen", "a soft\xc2\xadhyphen", "a [B]soft\xc2\xadhyphen[/B]" },
    { "网络", "安网络全", "安[B]网络[/B]全" },
    { "strasse", "STRAßE", "[B]STRAßE[/B]" },

    /* prefixes */

    { "anti*", "antivirus anti Antwerp", "[B]antivirus[/B] [B]anti[/B] "
      "Antwerp" },
    { "full-te*", "a full text, full test", "a [B]full[/B] [B]text[/B], "
      "[B]full[/B] [B]test[/B]" },

    /* phrases */

    { "\"supply of goods\"", "supply goods of supply of goods",
      "supply goods of [B]supply of goods[/B]" },
    { "\"a b\"", "a, - b a x b", "[B]a, - b[/B] a x b" },
    { "\"a a b\"", "a a a b", "a [B]a a b[/B]" },
    { "\"a b a b\"", "a b a b a b", "[B]a b a b a b[/B]" },
    { "\"a b\" \"b c\"", "a b c", "[B]a b c[/B]" },
    { "\"a b c\" | bb b", "a b c b", "[B]a b c[/B] [B]b[/B]" },
    { "\"a b\" c", "a b c", "[B]a b[/B] [B]c[/B]" },
    { "\"a b\"", "b a", "b a" },
    { "\"a b\" \"a c\"", "a b a c", "[B]a b[/B] [B]a c[/B]" },
    { "full-text", "Full\ntext", "[B]Full text[/B]" },

    /* numbers in a text are words */

    { "UA-2014-1", "no. UA 2014 1", "no. [B]UA 2014 1[/B]" },
    { "UA-2014-1*", "no. UA-2014-12", "no. UA-2014-12" },

    /* white space and control characters */

    { "bb", "  a \t\r\n bb\x01\xc2\x85\xe3\x80\x80" "c  ", "a [B]bb[/B] c" },
    { "\"a b\"", "x\na\n\nb\ny", "x [B]a b[/B] y" },
    { "aa", "\x7f" "aa\x7f", "[B]aa[/B]" },
    { "aa", "aa\xff" "b", "[B]aa[/B] b" },

    /* what looks like a mark is text */

    { "aa", "[B]aa[/B] b", "[B][B]aa[/B][/B] b" },
    { "aa", "<b>aa</b> &amp;", "<b>[B]aa[/B]</b> &amp;" },

    { NULL, NULL, NULL }
};


int
main(void)
{
    const fragment_case_t  *c;

    arena = tender_arena_create();

    is_int(tender_words_init(), TENDER_OK, "there is ICU");

    for (c = fragment_cases; c->query != NULL; c++) {
        test_marked(c);
    }

    test_field();
    test_pieces();
    test_borders();
    test_phrases();
    test_max();
    test_huge();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


/* a short text is one piece, if there is something to mark */

static void
test_marked(const fragment_case_t *c)
{
    unsigned  some;

    fragment_query(c->query, TENDER_TERM_TEXT);

    is_str(tender_marked(&mem, &kwords, fragment_str(c->text),
                         TENDER_TERM_TITLE),
           c->marked, "%s: %s", c->query, c->marked);

    some = strcmp(c->marked, c->text) != 0;

    is_str(fragment_str(fragments(c->query, fragment_str(c->text), 1)),
           some ? c->marked : "", "a piece of it");
}


static void
test_field(void)
{
    tender_str_t  text;

    text = tap_str("aa bb UA-1");

    fragment_query("aa", TENDER_TERM_TITLE);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_TITLE),
           "[B]aa[/B] bb UA-1", "a word of the title in a title");
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_ITEM),
           "aa bb UA-1", "not in an item");

    fragment_query("\"aa bb\"", TENDER_TERM_ITEM);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_TITLE),
           "aa bb UA-1", "a phrase of an item not in the title");
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_ITEM),
           "[B]aa bb[/B] UA-1", "but in an item");

    /* a number matches as a whole */

    text = tap_str(" UA-2014-12 ");

    fragment_query("ua-2014-12", TENDER_TERM_TEXT);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_NUMBER),
           "[B]UA-2014-12[/B]", "a number");

    fragment_query("ua-2014-*", TENDER_TERM_NUMBER);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_NUMBER),
           "[B]UA-2014-12[/B]", "that begins with it");

    fragment_query("ua-2014-1", TENDER_TERM_TEXT);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_NUMBER),
           "UA-2014-12", "another number");

    fragment_query("12", TENDER_TERM_TEXT);
    is_str(tender_marked(&mem, &kwords, text, TENDER_TERM_NUMBER),
           "UA-2014-12", "a part of one");

    fragment_query("aa", TENDER_TERM_TEXT);
    is_str(tender_marked(&mem, &kwords,
                         (tender_str_t) tender_null_string,
                         TENDER_TERM_TITLE), "", "no text at all");
}


/* words "w00 w01 ..." of three letters: 4 characters each */

static void
test_pieces(void)
{
    char      text[2048], *p;
    unsigned  i;

    p = text;

    for (i = 0; i < 100; i++) {
        p += sprintf(p, "w%02u%s", i, i == 99 ? "." : " ");
    }

    is_str(fragment_str(fragments("w00", fragment_str(text), 3)),
           "[B]w00[/B] w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 "
           "w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 "
           "w30 w31 w32 w33 w34 w35 w36 w37 w38 w39...",
           "a piece at the beginning");

    is_str(fragment_str(fragments("w50", fragment_str(text), 3)),
           "...w41 w42 w43 w44 w45 w46 w47 w48 w49 [B]w50[/B] w51 w52 w53 "
           "w54 w55 w56 w57 w58 w59 w60 w61 w62 w63 w64 w65 w66 w67 w68 w69 "
           "w70 w71 w72 w73 w74 w75 w76 w77 w78 w79 w80...",
           "a piece in the middle");

    is_str(fragment_str(fragments("w99", fragment_str(text), 3)),
           "...w90 w91 w92 w93 w94 w95 w96 w97 w98 [B]w99[/B].",
           "a piece at the end, with what stands behind it");

    is_str(fragment_str(fragments("w00 w39 w40 w90", fragment_str(text), 3)),
           "[B]w00[/B] w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 "
           "w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 "
           "w30 w31 w32 w33 w34 w35 w36 w37 w38 [B]w39[/B]...\n"
           "...[B]w40[/B] w41 w42 w43 w44 w45 w46 w47 w48 w49 w50 w51 w52 "
           "w53 w54 w55 w56 w57 w58 w59 w60 w61 w62 w63 w64 w65 w66 w67 w68 "
           "w69 w70 w71 w72 w73 w74 w75 w76 w77 w78 w79...\n"
           "...w81 w82 w83 w84 w85 w86 w87 w88 w89 [B]w90[/B] w91 w92 w93 "
           "w94 w95 w96 w97 w98 w99.",
           "pieces do not overlap");

    is_str(fragment_str(fragments("w00 w39 w40 w90", fragment_str(text), 1)),
           "[B]w00[/B] w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 "
           "w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 "
           "w30 w31 w32 w33 w34 w35 w36 w37 w38 [B]w39[/B]...",
           "there are no more than asked for");
}


/* where a piece may begin and end */

static void
test_borders(void)
{
    char         text[4096];
    size_t       i, n;
    unsigned     wrong;
    const char  *got, *start;

    /* characters count, not bytes */

    for (i = 0; i < 400; i++) {
        memcpy(text + 3 * i, "ж ", 3);
    }

    memcpy(text + 1200, "цц", 5);

    got = fragments("цц", fragment_str(text), 1);
    is_int(fragment_plain(got), 3 + 38 + 2, "38 characters before, 2 of it");

    memmove(text + 5, text, 1200);
    memcpy(text, "цц ", 5);
    text[5 + 1200] = '\0';

    got = fragments("цц", fragment_str(text), 1);
    is_int(fragment_plain(got), 160 + 3, "160 characters of a piece");

    /* a word is not cut, wherever it stands */

    wrong = 0;

    for (n = 0; n < 60; n++) {
        memset(text, 'a', 99);
        memcpy(text + 99, " об'єкт ", 13);
        memset(text + 112, 'x', n);
        memcpy(text + 112 + n, " bb cc ", 7);
        memset(text + 119 + n, 'd', 200);
        text[319 + n] = '\0';

        got = fragments("bb", fragment_str(text), 1);

        wrong += strstr(got, "[B]bb[/B] cc...") == NULL;
        start = n == 0 ? "...об'єкт [B]" : n < 31 ? "...об'єкт x"
                : n < 38 ? "...xx" : "...[B]";
        wrong += strncmp(got, start, strlen(start)) != 0;
    }

    is_int(wrong, 0, "a piece is cut between words");

    /* signs behind the last word, if they are not too many */

    memcpy(text, "aa ", 3);
    memset(text + 3, '.', 1000);
    text[1003] = '\0';

    is_str(fragment_str(fragments("aa", fragment_str(text), 1)),
           "[B]aa[/B]...", "a thousand dots are cut");

    memmove(text + 1000, "aa", 3);
    memset(text, '.', 1000);

    is_str(fragment_str(fragments("aa", fragment_str(text), 1)),
           "...[B]aa[/B]", "in front as well");

    /* a word of its own may begin anywhere */

    for (i = 0; i < 200; i++) {
        memcpy(text + 3 * i, "网", 3);
    }

    memcpy(text + 600, "安", 4);
    got = fragments("安!", fragment_str(text), 1);
    is_int(fragment_plain(got), 3 + 39 + 1, "ideographs");
}


/* a phrase is shown as a whole, also where a piece would end */

static void
test_phrases(void)
{
    char         text[1024], *p;
    unsigned     i, wrong, n;
    const char  *got;

    wrong = 0;

    for (n = 20; n < 45; n++) {
        p = text + sprintf(text, "aa");

        for (i = 0; i < n; i++) {
            p += sprintf(p, " x%02u", i);
        }

        p += sprintf(p, " bb cc dd ee");

        for (i = 0; i < 50; i++) {
            p += sprintf(p, " y%02u", i);
        }

        got = fragments("aa \"bb cc dd ee\"", fragment_str(text), 2);

        wrong += strstr(got, "[B]aa[/B] ") == NULL;
        wrong += strstr(got, "[B]bb cc dd ee[/B]") == NULL;
    }

    is_int(wrong, 0, "a phrase near the end of a piece");
}


static void
test_max(void)
{
    tender_str_t     text;
    tender_value_t  *list;

    text = tap_str("aa bb");

    fragment_query("aa", TENDER_TERM_TEXT);
    list = tender_value_new(&mem, TENDER_ARRAY);

    is_int(tender_fragments(&mem, &kwords, text, 't', 0, list), TENDER_OK,
           "no piece is asked for");
    is_int(list->nelts, 0, "none is there");

    (void) tender_fragments(&mem, &kwords, text, 't', 2, list);
    (void) tender_fragments(&mem, &kwords, text, 'i', 2, list);
    is_int(list->nelts, 2, "pieces of two texts");

    (void) tender_fragments(&mem, &kwords, text, 'b', 2, list);
    is_int(list->nelts, 2, "the list has enough");

    (void) tender_fragments(&mem, &kwords, tap_str("bb"), 'b', 9, list);
    is_int(list->nelts, 2, "a text that does not match");
}


/* texts that are long, words without an end */

static void
test_huge(void)
{
    char            *text;
    size_t           i, len;
    const char      *got;
    tender_str_t     out;

    len = 1024 * 1024;
    text = malloc(len);

    memset(text, 'a', len);
    got = fragments("aa*", (tender_str_t) { len, (u_char *) text }, 3);
    is_int(strlen(got), 640 + 7 + 3, "a word of 1 MB is shown in part");
    ok(strstr(got, "a[/B]...") != NULL, "as one that was cut");

    for (i = 0; i < len; i++) {
        text[i] = "ab "[i % 3];
    }

    got = fragments("ab", (tender_str_t) { len, (u_char *) text }, 3);
    is_int(fragment_plain(got), 3 * 158 + 2 + 3 + 6 + 6,
           "a text of one word: three pieces");

    out = tender_marked(&mem, &kwords,
                        (tender_str_t) { len, (u_char *) text }, 't');
    is_int(out.len, len + 7 * ((len + 1) / 3), "all of it, marked");

    memset(text, '.', len);
    memcpy(text + 100, " a ", 3);
    memcpy(text + len - 100, " b ", 3);

    got = fragments("\"a b\"", (tender_str_t) { len, (u_char *) text }, 3);
    ok(strlen(got) < 1000, "a phrase with 1 MB between its words");

    free(text);
}


static void
test_memory(void)
{
    int              rc;
    unsigned         n, wrong;
    tender_mem_t     short_of;
    tender_str_t     text, out;
    tender_value_t  *list;

    fragment_query("aa \"bb cc\" UA-1", TENDER_TERM_TEXT);

    text = tap_str("aa x aa x aa x aa bb cc aa x aa x aa x aa x aa x aa x aa "
                   "aa x aa x aa x aa bb cc aa x aa x aa x aa x aa x aa x aa "
                   "aa x aa x aa x aa bb cc aa x aa x aa x aa x aa x aa x aa");
    rc = TENDER_ERROR;
    wrong = 0;

    for (n = 0; n < 100 && rc != TENDER_OK; n++) {
        list = tender_value_new(&mem, TENDER_ARRAY);
        allocs = n;
        tender_mem_init(&short_of, fragment_alloc, arena);
        rc = tender_fragments(&short_of, &kwords, text, 't', 3, list);
        wrong += rc != TENDER_OK && rc != TENDER_ERROR;
    }

    is_int(rc, TENDER_OK, "with enough memory there are pieces");
    is_int(wrong, 0, "with less it is an error");
    ok(n > 1, "it was tried with less");

    out.data = NULL;

    for (n = 0; n < 100 && out.data == NULL; n++) {
        allocs = n;
        tender_mem_init(&short_of, fragment_alloc, arena);
        out = tender_marked(&short_of, &kwords, text, 't');
    }

    ok(out.data != NULL && n > 1, "so is a text with marks");

    allocs = 0;
    tender_mem_init(&short_of, fragment_alloc, arena);
    out = tender_marked(&short_of, &kwords, text, 'n');
    ok(out.data == NULL, "and a number");
}


/* the pieces, each on a line */

static const char *
fragments(const char *query, tender_str_t text, unsigned max)
{
    int                    rc;
    char                  *p;
    tender_value_t        *list;
    const tender_value_t  *v;

    fragment_query(query, TENDER_TERM_TEXT);

    list = tender_value_new(&mem, TENDER_ARRAY);
    rc = tender_fragments(&mem, &kwords, text, TENDER_TERM_TITLE, max, list);

    if (rc != TENDER_OK) {
        return "error";
    }

    p = shown;

    for (v = list->u.list.first; v != NULL; v = v->next) {
        p += sprintf(p, "%s%.*s", p == shown ? "" : "\n",
                     (int) v->u.text.len, (char *) v->u.text.data);
    }

    *p = '\0';

    return shown;
}


static void
fragment_query(const char *query, u_char field)
{
    const char  *why;

    tender_arena_reset(arena);
    tender_mem_init(&mem, tender_arena_alloc, arena);
    memset(&kwords, 0, sizeof(tender_kwords_t));

    if (tender_kwords_read(&mem, &kwords, fragment_str(query), field, 0, &why)
        != TENDER_OK)
    {
        ok(0, "a query: %s", query);
    }
}


/* characters without marks */

static size_t
fragment_plain(const char *text)
{
    size_t       n;
    const char  *p;

    n = tender_utf8_length(fragment_str(text));

    for (p = text; (p = strstr(p, TENDER_MARK_OPEN)) != NULL; p++) {
        n -= 7;
    }

    return n;
}


static tender_str_t
fragment_str(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static void *
fragment_alloc(void *data, size_t size)
{
    if (allocs == 0) {
        return NULL;
    }

    allocs--;

    return tender_arena_alloc(data, size);
}
