
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "search/tender_kwords.h"


/*
 * A tree as text: (and a b), (or a b), (not a), none; "a b" is a phrase, a*
 * a prefix, w in front of a term is left out.
 */

typedef struct {
    const char  *text;
    const char  *tree;            /* "!" and a reason: it is refused */
    const char  *strict;          /* NULL: the same */
} kwords_case_t;


static void test_read(const kwords_case_t *c);
static void test_number(void);
static void test_fields(void);
static void test_length(void);
static void test_words(void);
static void test_depth(void);
static void test_leaves(void);
static void test_positions(void);
static void test_join(void);
static void test_minus(void);
static void test_add(void);
static void test_memory(void);
static const char *kwords_read(const char *text, u_char field,
    unsigned strict);
static const char *kwords_minus(const char *text);
static const char *kwords_show(int rc, const char *why);
static void kwords_clear(void);
static char *kwords_tree(char *p, const tender_node_t *node);
static char *kwords_list(char *p, const char *open, const char *close,
    const tender_node_t *node);
static tender_str_t kwords_str(const char *text);
static void *kwords_alloc(void *data, size_t size);


static tender_arena_t   *arena;
static tender_mem_t      mem;
static tender_kwords_t   kwords;
static char              shown[4096];
static unsigned          allocs;


#define REFUSED_SIGN    "!A sign stands alone"
#define REFUSED_STAR    "!\"*\" is not at the end of a word"
#define REFUSED_PREFIX  "!There are less than 2 characters in front of \"*\""
#define REFUSED_SIDE    "!An operator or a pair of brackets has nothing to "  \
                        "work on"
#define REFUSED_NOT     "!NOT excludes nothing"
#define REFUSED_QUOTE   "!A quote is not closed"
#define REFUSED_PHRASE  "!A phrase has no words"
#define REFUSED_PAIR    "!A bracket has no counterpart"
#define REFUSED_DEPTH   "!Brackets are nested too deep"
#define REFUSED_WORDS   "!There are more than 32 words"
#define REFUSED_LENGTH  "!The text of a search has 2 to 256 characters"


static const kwords_case_t  kwords_cases[] = {

    /* words */

    { "kaspersky", "kaspersky", NULL },
    { "  Kaspersky\t", "kaspersky", NULL },
    { "anti virus", "(and anti virus)", NULL },
    { "ab ab", "(and ab ab)", NULL },
    { "Закупівля ПОСЛУГ", "(and закупівля послуг)", NULL },
    { "Ёлка\xc2\xa0" "Łódź\xe3\x80\x80straße", "(and елка lodz strasse)",
      NULL },
    { "об'єкт об\xe2\x80\x99єкт", "(and обєкт обєкт)", NULL },
    { "a, b; c!", "(and a b c)", NULL },
    { "a AND b", "(and a and b)", NULL },
    { "网络", "\"网 络\"", NULL },
    { "", "", NULL },
    { " \t\r\n\xc2\xa0", "", NULL },

    /* words that are several */

    { "full-text", "\"full text\"", NULL },
    { "l'eau", "\"l eau\"", NULL },
    { "-l'eau", "(and (not \"l eau\"))", NULL },
    { "e.g.", "\"e g\"", NULL },

    /* prefixes */

    { "kasp*", "kasp*", NULL },
    { "KASP* x", "(and kasp* x)", NULL },
    { "é1*", "e1*", NULL },
    { "антив*", "антив*", NULL },
    { "full-te*", "(and full te*)", NULL },
    { "a*", REFUSED_PREFIX, NULL },
    { "é*", REFUSED_PREFIX, NULL },
    { "full-t*", REFUSED_PREFIX, NULL },
    { "ab**", "ab*", REFUSED_STAR },
    { "*ab", "ab", REFUSED_STAR },
    { "ab*cd", "\"ab cd\"", REFUSED_STAR },
    { "ab-*", "ab", REFUSED_STAR },
    { "ab *", "ab", REFUSED_SIGN },
    { "网络*", "\"网 络\"", NULL },
    { "ab网*", "\"ab 网\"", NULL },
    { "\"ab cd*\"", "\"ab cd\"", REFUSED_STAR },
    { "\"ab\"*", "ab", REFUSED_SIGN },

    /* phrases */

    { "\"supply of goods\"", "\"supply of goods\"", NULL },
    { "\"goods\"", "goods", NULL },
    { "\"a a\"", "\"a a\"", NULL },
    { "x\"a b\"y", "(and x \"a b\" y)", NULL },
    { "„a b“ “c d” «e f» »g h«", "(and \"a b\" \"c d\" \"e f\" \"g h\")",
      NULL },
    { "\"a OR (b | -c)\"", "\"a or b c\"", NULL },
    { "\"\"", "none", REFUSED_PHRASE },
    { "\"-\"", "none", REFUSED_PHRASE },
    { "ab \"\"", "ab", REFUSED_PHRASE },
    { "\"ab cd", "(and ab cd)", REFUSED_QUOTE },
    { "ab cd\"", "(and ab cd)", REFUSED_QUOTE },
    { "5\" lcd\" x\"", "(and 5 lcd x)", REFUSED_QUOTE },
    { "-\"ab cd", "(and ab cd)", REFUSED_QUOTE },

    /* exclusions */

    { "a -b", "(and a (not b))", NULL },
    { "a NOT b", "(and a (not b))", NULL },
    { "-a", "(and (not a))", NULL },
    { "-a -b", "(and (not a) (not b))", NULL },
    { "-\"a b\"", "(and (not \"a b\"))", NULL },
    { "-(a b)", "(and (not (and a b)))", NULL },
    { "NOT (a | b)", "(and (not (or a b)))", NULL },
    { "-(-a)", "(and (not (and (not a))))", NULL },
    { "-ab*", "(and (not ab*))", NULL },
    { "a not b", "(and a not b)", NULL },
    { "a-b", "\"a b\"", NULL },
    { "(-a)", "(and (not a))", NULL },
    { "- a", "a", REFUSED_SIGN },
    { "a -", "a", REFUSED_SIGN },
    { "a - b", "(and a b)", REFUSED_SIGN },
    { "--a", "(and (not a))", NULL },
    { "--", "none", REFUSED_SIGN },
    { "-***", "none", REFUSED_SIGN },
    { "NOT", "not", REFUSED_NOT },
    { "a NOT", "(and a not)", REFUSED_NOT },
    { "(a NOT)", "(and a not)", REFUSED_NOT },
    { "a NOT | b", "(or (and a not) b)", REFUSED_NOT },
    { "NOT NOT a", "(and (not not) a)", REFUSED_NOT },
    { "NOT OR a", "(and (not or) a)", REFUSED_NOT },
    { "NOT -a", "(and (not a))", REFUSED_NOT },
    { "-NOT -OR", "(and (not not) (not or))", NULL },
    { "\xe2\x80\x93" "ab", "ab", NULL },

    /* choices */

    { "a | b", "(or a b)", NULL },
    { "a|b|c", "(or a b c)", NULL },
    { "a OR b OR c", "(or a b c)", NULL },
    { "a or b", "(and a or b)", NULL },
    { "a b | c d", "(or (and a b) (and c d))", NULL },
    { "a -b | -c", "(or (and a (not b)) (and (not c)))", NULL },
    { "a || b", "(or a b)", REFUSED_SIDE },
    { "| a", "a", REFUSED_SIDE },
    { "a |", "a", REFUSED_SIDE },
    { "||", "none", REFUSED_SIDE },
    { "OR", "or", REFUSED_SIDE },
    { "OR a", "(and or a)", REFUSED_SIDE },
    { "a OR", "(and a or)", REFUSED_SIDE },
    { "a OR OR b", "(or a (and or b))", REFUSED_SIDE },
    { "(a OR) b", "(and a or b)", REFUSED_SIDE },
    { "a OR | b", "(or (and a or) b)", REFUSED_SIDE },
    { "a | ***", "a", REFUSED_SIGN },

    /* brackets */

    { "(a | b) c", "(and (or a b) c)", NULL },
    { "a (b c) d", "(and a b c d)", NULL },
    { "a | (b | c)", "(or a b c)", NULL },
    { "((a))", "a", NULL },
    { "a(b)c", "(and a b c)", NULL },
    { "()", "none", REFUSED_SIDE },
    { "a ()", "a", REFUSED_SIDE },
    { "(***)", "none", REFUSED_SIGN },
    { "(a | b", "(or a b)", REFUSED_PAIR },
    { "c (a | b", "(or (and c a) b)", REFUSED_PAIR },
    { "a | b) c", "(or a (and b c))", REFUSED_PAIR },
    { "((a | b) c", "(and (or a b) c)", REFUSED_PAIR },
    { "-(ab", "ab", REFUSED_PAIR },
    { ")(", "none", REFUSED_PAIR },

    /* signs */

    { "***", "none", REFUSED_SIGN },
    { "a *** b", "(and a b)", REFUSED_SIGN },
    { "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "none", REFUSED_SIGN },
    { "\xe2\x80\x8f" "ab\xe2\x80\x8e", "ab", NULL },

    /* what may be a number */

    { "UA-2014-12", "(or n:ua-2014-12 \"ua 2014 12\")", NULL },
    { "12/2014", "(or n:12/2014 \"12 2014\")", NULL },
    { "1.5", "(or n:1.5 \"1 5\")", NULL },
    { "a_1", "(or n:a_1 \"a 1\")", NULL },
    { "№12/A,", "(or n:12/a \"12 a\")", NULL },
    { "-UA-1", "(and (not (or n:ua-1 \"ua 1\")))", NULL },
    { "\"UA-1\"", "(or n:ua-1 \"ua 1\")", NULL },
    { "\"UA-1 x\"", "\"ua 1 x\"", NULL },
    { "UA2014", "ua2014", NULL },
    { "2014-", "2014", NULL },
    { "1,5", "\"1 5\"", NULL },
    { "UA-2014-12*", "(or n:ua-2014-12* (and ua 2014 12*))", NULL },
    { "UA-2014-1*", "n:ua-2014-1*", NULL },
    { "UA-2014-*", "(or n:ua-2014-* \"ua 2014\")", NULL },
    { "2014-*", "(or n:2014-* 2014)", NULL },
    { "UA-2014-12**", "(or n:ua-2014-12* (and ua 2014 12*))", REFUSED_STAR },

    { NULL, NULL, NULL }
};


int
main(void)
{
    const kwords_case_t  *c;

    arena = tender_arena_create();

    is_int(tender_words_init(), TENDER_OK, "there is ICU");

    for (c = kwords_cases; c->text != NULL; c++) {
        test_read(c);
    }

    test_number();
    test_fields();
    test_length();
    test_words();
    test_depth();
    test_leaves();
    test_positions();
    test_join();
    test_minus();
    test_add();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_read(const kwords_case_t *c)
{
    kwords_clear();
    is_str(kwords_str(kwords_read(c->text, TENDER_TERM_TEXT, 0)), c->tree,
           "read: %s", c->tree);

    kwords_clear();
    is_str(kwords_str(kwords_read(c->text, TENDER_TERM_TEXT, 1)),
           c->strict ? c->strict : c->tree, "strict: %s",
           c->strict ? c->strict : c->tree);
}


/* among numbers, each is one term */

static void
test_number(void)
{
    size_t                i;

    static const char  *cases[][2] = {
        { "UA-2014-12", "n:ua-2014-12" },
        { "UA-2014-*", "n:ua-2014-*" },
        { "UA-2014-1*", "n:ua-2014-1*" },
        { "UA12", "n:ua12" },
        { "12/A, -B-1", "(and n:12/a, (not n:b-1))" },
        { "\"N 12 / A\"", "n:n 12 / a" },
        { "\" N12 \"", "n:n12" },
        { "A-1 | B-2", "(or n:a-1 n:b-2)" },
        { "-*", "none" },
        { "1*", REFUSED_PREFIX },
        { NULL, NULL }
    };

    for (i = 0; cases[i][0] != NULL; i++) {
        kwords_clear();
        is_str(kwords_str(kwords_read(cases[i][0], TENDER_TERM_NUMBER, 0)),
               cases[i][1], "a number: %s", cases[i][0]);
    }

    kwords_clear();
    is_str(kwords_str(kwords_read("U*-1*", TENDER_TERM_NUMBER, 1)),
           REFUSED_STAR, "strict: a star inside a number");

    kwords_clear();
    is_str(kwords_str(kwords_read("UA-*", TENDER_TERM_NUMBER, 1)),
           "n:ua-*", "strict: one behind it");
}


static void
test_fields(void)
{
    kwords_clear();
    is_str(kwords_str(kwords_read("Fence-12 \"a b\" ab*", 't', 0)),
           "(and \"t:fence t:12\" \"t:a t:b\" t:ab*)", "in the title");

    kwords_clear();
    (void) kwords_read("Fence", 't', 0);
    is_str(kwords_str(kwords_read("City -hall", 'b', 0)),
           "(and t:fence b:city (not b:hall))", "and of this buyer");
}


static void
test_length(void)
{
    size_t  i;
    char    text[2048];

    kwords_clear();
    is_str(kwords_str(kwords_read("x", 'w', 0)), REFUSED_LENGTH,
           "one character");
    is_str(kwords_str(kwords_read("  网 ", 'w', 0)), REFUSED_LENGTH,
           "one of several bytes, with blanks around");

    for (i = 0; i < 256; i++) {
        memcpy(text + 2 * i, "ж", 2);
    }

    memcpy(text + 512, "   ", 4);

    is_int(strlen(kwords_read(text, 'w', 0)), 64,
           "256 characters of two bytes, blanks not counted");

    memcpy(text + 512, "ж", 3);

    is_str(kwords_str(kwords_read(text, 'w', 0)), REFUSED_LENGTH,
           "257 characters");

    /* a token of each character */

    for (i = 0; i < 256; i++) {
        text[i] = "()|\"*-a "[i % 7];
    }

    text[256] = '\0';

    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), REFUSED_WORDS,
           "signs of all kinds, with too many words");

    memset(text, '(', 256);

    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), "none",
           "256 brackets that nothing closes");

    for (i = 0; i < 256; i++) {
        text[i] = "|-"[i % 2];
    }

    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), "none", "256 operators");
}


static void
test_words(void)
{
    unsigned     i;
    char         text[256];
    const char  *got;

    for (i = 0; i < 32; i++) {
        text[2 * i] = (char) (i < 26 ? 'a' + i : '0' + i - 26);
        text[2 * i + 1] = ' ';
    }

    text[63] = '\0';
    kwords_clear();

    got = kwords_read(text, 'w', 0);
    ok(strncmp(got, "(and a b c", 10) == 0, "32 words");
    is_int(kwords.nterms, 32, "are counted");
    is_int(kwords.nleaves, 32, "and have 32 leaves");

    is_str(kwords_str(kwords_read("xx", 'b', 0)), REFUSED_WORDS,
           "another one in the same search");
    is_str(kwords_str(kwords_minus("xx")), REFUSED_WORDS,
           "one that is excluded");
    is_str(kwords_str(kwords_read("A-1", 'n', 0)), REFUSED_WORDS,
           "a number");

    text[63] = '-';
    memcpy(text + 64, "a", 2);
    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), REFUSED_WORDS, "33 words");

    memmove(text + 1, text, 66);
    text[0] = '"';
    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), REFUSED_WORDS,
           "33 words of a phrase that is none");

    memcpy(text + 64, "\"", 2);
    kwords_clear();
    ok(strncmp(kwords_read(text, 'w', 0), "\"a b c", 6) == 0,
       "32 words of a phrase");

    /* 31 words, then a number of several words, which is one */

    text[0] = ' ';
    text[62] = '\0';
    kwords_clear();
    (void) kwords_read(text, 'w', 0);
    is_int(kwords.nterms, 31, "31 words");
    ok(strstr(kwords_read("UA-2014-1", 'n', 0), "n:ua-2014-1") != NULL,
       "a number is one more");
    is_int(kwords.nterms, 32, "that makes 32");
}


static void
test_depth(void)
{
    char  text[64];

    memset(text, '(', 16);
    memcpy(text + 16, "ab", 2);
    memset(text + 18, ')', 16);
    text[34] = '\0';

    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 1)), "ab", "16 brackets");

    memset(text, '(', 17);
    memcpy(text + 17, "ab", 2);
    memset(text + 19, ')', 17);
    text[36] = '\0';

    kwords_clear();
    is_str(kwords_str(kwords_read(text, 'w', 0)), REFUSED_DEPTH,
           "17 brackets");

    kwords_clear();
    is_str(kwords_str(kwords_read("(a) (b) (c) (d) (e) (f) (g) (h) (i) (j) "
                                  "(k) (l) (m) (n) (o) (p) (q)", 'w', 0)),
           "(and a b c d e f g h i j k l m n o p q)",
           "17 pairs side by side");
}


static void
test_leaves(void)
{
    unsigned  i, wrong;

    kwords_clear();
    (void) kwords_read("foo bar foo fo* FOO fo* \"bar baz\"", 'w', 0);
    is_int(kwords.nleaves, 4, "equal terms have one leaf");
    is_int(kwords.nterms, 8, "but count as words");

    (void) kwords_read("foo", 't', 0);
    is_int(kwords.nleaves, 5, "of another field they are others");

    (void) kwords_minus("foo");
    is_int(kwords.nleaves, 5, "what is excluded shares them");

    wrong = 0;

    for (i = 0; i < kwords.nleaves; i++) {
        wrong += kwords.leaves[i]->leaf != i;
    }

    is_int(wrong, 0, "leaves know their index");
    is_str(kwords.leaves[2]->term, "wfo", "leaves come in order");
    is_int(kwords.leaves[2]->type, TENDER_NODE_PREFIX, "a prefix is another");
}


static void
test_positions(void)
{
    const tender_node_t  *phrase, *word;

    kwords_clear();
    (void) kwords_read("foo bar \"foo baz\"", 'w', 0);

    word = kwords.root->first;
    phrase = word->next->next;

    is_int(phrase->type, TENDER_NODE_PHRASE, "a phrase");
    is_int(phrase->first->positions, 1, "its words need positions");
    is_int(phrase->first->leaf, word->leaf, "one has the word's leaf");
    is_int(kwords.leaves[word->leaf]->positions, 1,
           "which needs positions now");
    is_int(kwords.leaves[word->next->leaf]->positions, 0,
           "what is in no phrase needs none");
    is_int(kwords.leaves[phrase->first->next->leaf]->positions, 1,
           "the phrase's other word does");

    kwords_clear();
    (void) kwords_read("\"foo\" full-te*", 'w', 0);
    is_int(kwords.leaves[0]->positions, 0, "a phrase of one word needs none");
    is_int(kwords.leaves[1]->positions, 0, "nor does a prefix of several");
}


static void
test_join(void)
{
    kwords_clear();
    (void) kwords_read("a | b", 'w', 0);
    (void) kwords_read("cc", 'w', 0);
    is_str(kwords_str(kwords_read("d e", 'w', 0)), "(and (or a b) cc d e)",
           "several texts are joined by AND");
    is_str(kwords_str(kwords_read("  ", 'w', 0)), "(and (or a b) cc d e)",
           "blanks add nothing");
    is_str(kwords_str(kwords_read("**", 'w', 0)),
           "(and (or a b) cc d e none)", "signs match nothing");

    kwords_clear();
    (void) kwords_read("**", 'w', 0);
    is_str(kwords_str(kwords_read("aa", 'w', 0)), "(and none aa)",
           "also in front");

    kwords_clear();
    (void) kwords_minus("a");
    is_str(kwords_str(kwords_read("bb", 'w', 0)), "(and (not a) bb)",
           "what is excluded first");
}


static void
test_minus(void)
{
    size_t                i;
    char                  text[600];

    static const char  *cases[][2] = {
        { "used", "(and (not used))" },
        { "x", "(and (not x))" },
        { " a b,c , d ", "(and (not (or a b c d)))" },
        { "\"second hand\", used", "(and (not (or \"second hand\" used)))" },
        { "«a b» c", "(and (not (or \"a b\" c)))" },
        { "full-text re*", "(and (not (or \"full text\" re*)))" },
        { "OR NOT", "(and (not (or or not)))" },
        { "-a", "(and (not a))" },
        { "(a|b)", "(and (not (or a b)))" },
        { "UA-1", "(and (not (or n:ua-1 \"ua 1\")))" },
        { "1,5", "(and (not (or 1 5)))" },
        { "\"1,5\"", "(and (not \"1 5\"))" },
        { "a \"b", "(and (not (or a b)))" },
        { ", \"\" *", "" },
        { "", "" },
        { "a*", REFUSED_PREFIX },
        { NULL, NULL }
    };

    for (i = 0; cases[i][0] != NULL; i++) {
        kwords_clear();
        is_str(kwords_str(kwords_minus(cases[i][0])), cases[i][1],
               "excluded: %s", cases[i][0]);
    }

    kwords_clear();
    (void) kwords_read("aa bb", 'w', 0);
    is_str(kwords_str(kwords_minus("c, d")), "(and aa bb (not (or c d)))",
           "from words");

    memset(text, 'x', 257);
    text[257] = '\0';
    is_str(kwords_str(kwords_minus(text)), REFUSED_LENGTH, "257 characters");

    memset(text, ',', 256);
    text[256] = '\0';
    kwords_clear();
    is_str(kwords_str(kwords_minus(text)), "", "256 commas");
}


static void
test_add(void)
{
    int       rc;
    char      text[80];
    unsigned  i;

    kwords_clear();
    rc = tender_kwords_add(&mem, &kwords, TENDER_TERM_CPV, tap_str("4461"), 1);
    is_str(kwords_str(kwords_show(rc, NULL)), "c:4461*", "a prefix of CPV");

    rc = tender_kwords_add(&mem, &kwords, TENDER_TERM_CURRENCY,
                           tap_str("UAH"), 0);
    is_str(kwords_str(kwords_show(rc, NULL)), "(and c:4461* u:UAH)",
           "a currency, as it stands");
    is_int(kwords.nterms, 0, "they are no words");

    (void) tender_kwords_add(&mem, &kwords, TENDER_TERM_CURRENCY,
                             tap_str("UAH"), 0);
    is_int(kwords.nleaves, 2, "they share leaves, too");

    memset(text, 'x', sizeof(text));
    kwords_clear();
    (void) tender_kwords_add(&mem, &kwords, TENDER_TERM_COUNTRY,
                             (tender_str_t) { 80, (u_char *) text }, 0);
    is_int(kwords.root->term.len, TENDER_TERM_MAX, "a long one is cut");

    (void) tender_kwords_add(&mem, &kwords, TENDER_TERM_COUNTRY,
                             (tender_str_t) tender_null_string, 1);
    is_str(kwords.leaves[1]->term, "l", "any country");

    kwords_clear();

    for (i = 0; i < 96; i++) {
        text[0] = (char) ('0' + i / 10);
        text[1] = (char) ('0' + i % 10);

        if (tender_kwords_add(&mem, &kwords, TENDER_TERM_CPV,
                              (tender_str_t) { 2, (u_char *) text }, 0)
            != TENDER_OK)
        {
            break;
        }
    }

    is_int(i, 96, "there is place for 96 of them");

    rc = tender_kwords_add(&mem, &kwords, TENDER_TERM_CPV, tap_str("x"), 0);
    is_int(rc, TENDER_DECLINED, "and not for more");
    is_str(kwords_str(kwords_read("ab", 'w', 0)), REFUSED_WORDS,
           "nor for words");

    rc = tender_kwords_add(&mem, &kwords, TENDER_TERM_CPV, tap_str("17"), 0);
    is_int(rc, TENDER_OK, "but for one that is there");
}


/* wherever memory ends, it is an error and nothing else */

static void
test_memory(void)
{
    int              rc;
    unsigned         i, n, wrong;
    const char      *why;
    tender_mem_t     short_of;
    tender_kwords_t  kw;

    wrong = 0;
    rc = TENDER_ERROR;

    for (n = 0; n < 1000 && rc != TENDER_OK; n++) {

        memset(&kw, 0, sizeof(tender_kwords_t));
        allocs = n;
        why = NULL;

        for (i = 0; i < 3; i++) {

            /* a block is not to last for the next one */

            tender_mem_init(&short_of, kwords_alloc, arena);

            rc = i == 0 ? tender_kwords_read(&short_of, &kw, kwords_str(
                              "(a | \"b c\") -d UA-2014-12* OR ef"), 'w', 1,
                              &why)
                 : i == 1 ? tender_kwords_minus(&short_of, &kw,
                                                tap_str("g, \"h i\""), 'w',
                                                &why)
                 : tender_kwords_add(&short_of, &kw, 'c', tap_str("4"), 1);

            if (rc != TENDER_OK) {
                wrong += rc != TENDER_ERROR;
                break;
            }
        }
    }

    is_int(rc, TENDER_OK, "with enough memory it is read");
    is_int(wrong, 0, "with less it is an error");
    ok(n > 1, "it was tried with less");
}


static const char *
kwords_read(const char *text, u_char field, unsigned strict)
{
    int           rc;
    u_char       *copy;
    const char   *why;
    tender_str_t  span;

    span.len = strlen(text);
    copy = malloc(span.len ? span.len : 1);
    memcpy(copy, text, span.len);
    span.data = copy;

    why = NULL;
    rc = tender_kwords_read(&mem, &kwords, span, field, strict, &why);

    /* nothing points into it */

    free(copy);

    return kwords_show(rc, why);
}


static const char *
kwords_minus(const char *text)
{
    int          rc;
    const char  *why;

    why = NULL;
    rc = tender_kwords_minus(&mem, &kwords, kwords_str(text), 'w', &why);

    return kwords_show(rc, why);
}


static const char *
kwords_show(int rc, const char *why)
{
    char  *p;

    p = shown;

    if (rc == TENDER_DECLINED && why != NULL) {
        p += sprintf(p, "!%s", why);

    } else if (rc != TENDER_OK) {
        p += sprintf(p, "rc %d", rc);

    } else if (kwords.root != NULL) {
        p = kwords_tree(p, kwords.root);
    }

    *p = '\0';

    return shown;
}


static void
kwords_clear(void)
{
    tender_arena_reset(arena);
    tender_mem_init(&mem, tender_arena_alloc, arena);
    memset(&kwords, 0, sizeof(tender_kwords_t));
}


static char *
kwords_tree(char *p, const tender_node_t *node)
{
    switch (node->type) {

    case TENDER_NODE_AND:
        return kwords_list(p, "(and ", ")", node);
    case TENDER_NODE_OR:
        return kwords_list(p, "(or ", ")", node);
    case TENDER_NODE_NOT:
        return kwords_list(p, "(not ", ")", node);
    case TENDER_NODE_PHRASE:
        return kwords_list(p, "\"", "\"", node);
    case TENDER_NODE_NONE:
        return p + sprintf(p, "none");
    default:
        break;
    }

    if (node->term.data[0] != 'w') {
        p += sprintf(p, "%c:", node->term.data[0]);
    }

    p += sprintf(p, "%.*s%s", (int) node->term.len - 1,
                 (char *) node->term.data + 1,
                 node->type == TENDER_NODE_PREFIX ? "*" : "");

    return p;
}


static char *
kwords_list(char *p, const char *open, const char *close,
    const tender_node_t *node)
{
    const tender_node_t  *child;

    p += sprintf(p, "%s", open);

    for (child = node->first; child != NULL; child = child->next) {
        p = kwords_tree(p, child);

        if (child->next != NULL) {
            *p++ = ' ';
        }
    }

    return p + sprintf(p, "%s", close);
}


static tender_str_t
kwords_str(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static void *
kwords_alloc(void *data, size_t size)
{
    if (allocs == 0) {
        return NULL;
    }

    allocs--;

    return tender_arena_alloc(data, size);
}
