
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_stage.h"
#include "search/tender_entry.h"
#include "model_test.h"


#define WORDS  300         /* different ones */
#define DOCS   700


/* what a document has, by hand */

typedef struct {
    uint32_t         number;
    uint8_t          counts[WORDS];
} doc_t;


static void test_simple(void);
static void test_names(void);
static void test_prefixes(void);
static void test_refused(void);
static void test_brute(void);
static void check_brute(tender_recent_t *recent, const doc_t *docs,
    unsigned ndocs);
static int check_word(tender_recent_t *recent, const doc_t *docs,
    unsigned ndocs, unsigned word);
static void test_full(void);
static void test_memory(void);
static tender_entry_t entry_of(uint32_t number, const char *name,
    const char *words);
static const char *docs_of(tender_recent_t *recent, const char *term);
static const char *dead_of(tender_recent_t *recent);
static int collect(void *data, tender_str_t term, unsigned n);
static unsigned name_of(char *p, unsigned word);
static tender_str_t tap_of(const char *text);
static unsigned next_random(void);


static uint64_t  state = 1;


int
main(void)
{
    test_begin();

    is_int(tender_words_init(), TENDER_OK, "words");

    test_simple();
    test_names();
    test_prefixes();
    test_refused();
    test_brute();
    test_full();
    test_memory();

    return test_end();
}


static void
test_simple(void)
{
    tender_entry_t      entry;
    tender_recent_t    *recent;
    tender_postings_t   postings;

    recent = tender_recent_new(&test_mem);

    is_int(tender_recent_docs(recent), 0, "nothing yet");
    is_str(tap_of(docs_of(recent, "wa")), "none", "no word");
    is_int(tender_recent_doc(recent, 5), -1, "no number");

    entry = entry_of(5, "UA-1", "wa wb");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "a document");
    entry = entry_of(3, "UA-2", "wb wc");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "another one");

    is_int(tender_recent_docs(recent), 2, "two of them");
    is_int(tender_recent_numbers(recent)[0], 5, "the first one's number");
    is_int(tender_recent_numbers(recent)[1], 3, "the second one's");
    is_str(tap_of(docs_of(recent, "wa")), "0:7", "a word of the first one");
    is_str(tap_of(docs_of(recent, "wb")), "0:7 1:7", "of both");
    is_str(tap_of(docs_of(recent, "wc")), "1:7", "of the second one");
    is_str(tap_of(docs_of(recent, "w")), "none", "a part of a word");
    is_str(tap_of(docs_of(recent, "wbb")), "none", "more than a word");
    is_str(tap_of(docs_of(recent, "")), "none", "no bytes");
    is_str(tap_of(dead_of(recent)), "", "both live");

    entry = entry_of(5, "UA-1", "wc");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "new words");
    is_str(tap_of(docs_of(recent, "wc")), "1:7 2:7", "are found");
    is_str(tap_of(docs_of(recent, "wa")), "0:7", "and so are old ones");
    is_str(tap_of(dead_of(recent)), "0", "but that one is dead");
    is_int(tender_recent_doc(recent, 5), 2, "which one lives");
    is_int(tender_recent_doc(recent, 3), 1, "and for the other number");
    is_int(tender_recent_doc(recent, 4), -1, "there is no such number");

    entry = entry_of(5, "UA-1", "");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "no words at all");
    is_str(tap_of(dead_of(recent)), "0 2", "the one before is dead");
    is_int(tender_recent_docs(recent), 4, "four of them");

    (void) tender_recent_term(recent, &test_mem, tap_of("wb"), 0, &postings);
    is_int((int64_t) postings.positions.len, 0, "not asked for positions");
    is_int((int64_t) postings.docs.len, 4, "but documents");
}


static void
test_names(void)
{
    char              name[512];
    unsigned          i;
    tender_entry_t    entry;
    tender_recent_t  *recent;

    recent = tender_recent_new(&test_mem);

    entry = entry_of(1, "UA-2014-ДУС-1", "wa");
    (void) tender_recent_add(recent, &entry);

    is_str(tap_of(docs_of(recent, "nua-2014-дус-1")), "0",
           "a tenderID is folded, and has no positions");
    is_str(tap_of(docs_of(recent, "nUA-2014-ДУС-1")), "none",
           "and only folded");

    entry = entry_of(1, "", "wb");
    (void) tender_recent_add(recent, &entry);
    is_str(tap_of(docs_of(recent, "nua-2014-дус-1")), "0 1",
           "it stays if nothing is said");

    entry = entry_of(1, "", "wb");
    (void) tender_recent_add(recent, &entry);
    is_str(tap_of(docs_of(recent, "nua-2014-дус-1")), "0 1 2",
           "and stays again");

    entry = entry_of(1, "UA-2", "wb");
    (void) tender_recent_add(recent, &entry);
    is_str(tap_of(docs_of(recent, "nua-2014-дус-1")), "0 1 2",
           "unless it is another one");
    is_str(tap_of(docs_of(recent, "nua-2")), "3", "which is found");

    entry = entry_of(2, "", "wb");
    (void) tender_recent_add(recent, &entry);
    entry = entry_of(3, "\xff", "wb");
    (void) tender_recent_add(recent, &entry);
    is_str(tap_of(docs_of(recent, "wb")), "1:7 2:7 3:7 4:7 5:7",
           "without one, or with a damaged one, words are found");
    is_str(tap_of(docs_of(recent, "n")), "none", "no empty number");

    /* ї has two bytes */

    name[0] = 'x';

    for (i = 0; i < 200; i++) {
        memcpy(name + 1 + 2 * i, "\xd1\x97", 2);
    }

    name[1 + 2 * i] = '\0';
    entry = entry_of(4, name, "");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "a long one");

    name[0] = 'n';
    name[1] = 'x';

    for (i = 0; i < 31; i++) {
        memcpy(name + 2 + 2 * i, "\xd1\x97", 2);
    }

    name[2 + 2 * i] = '\0';
    is_str(tap_of(docs_of(recent, name)), "6", "is cut at a character");
}


static void
test_prefixes(void)
{
    char              seen[1024];
    size_t            i;
    uint64_t          set[1];
    tender_entry_t    entry;
    tender_recent_t  *recent;

    static const struct {
        const char   *prefix;
        int           n;
        uint64_t      set;
    } prefixes[] = {
        { "wab", 3, 7 },
        { "wabcdefgh", 2, 5 },
        { "wabcdefg", 2, 5 },
        { "wabcdefghijk", 1, 4 },
        { "wabcdefghijkl", 0, 0 },
        { "wabcdefghz", 0, 0 },
        { "wabcdefgx", 0, 0 },
        { "wabx", 0, 0 },
        { "wx", 1, 2 },
        { "t", 1, 8 },
        { "c44", 2, 9 },
        { "c4461", 1, 1 },
        { "", 9, 15 },
        { "z", 0, 0 }
    };

    recent = tender_recent_new(&test_mem);

    entry = entry_of(1, "A", "c44617100 wabcdefgh wq");
    (void) tender_recent_add(recent, &entry);
    entry = entry_of(2, "A", "wabc wx");
    (void) tender_recent_add(recent, &entry);
    entry = entry_of(3, "A", "wabcdefghijk");
    (void) tender_recent_add(recent, &entry);
    entry = entry_of(4, "A", "c44000000 tabc");
    (void) tender_recent_add(recent, &entry);

    for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        set[0] = 0;

        is_int(tender_recent_prefix(recent, tap_of(prefixes[i].prefix), 100,
                                    set),
               prefixes[i].n, "terms of \"%s\"", prefixes[i].prefix);
        is_int((int64_t) set[0], (int64_t) prefixes[i].set, "documents");
    }

    is_int(tender_recent_prefix(recent, tap_of("wab"), 3, set), 3,
           "as many as there may be");
    is_int(tender_recent_prefix(recent, tap_of("wab"), 2, set),
           TENDER_DECLINED, "more");
    is_int(tender_recent_prefix(recent, tap_of("wz"), 0, set), 0,
           "none of none");

    set[0] = 16;
    (void) tender_recent_prefix(recent, tap_of("wx"), 3, set);
    is_int((int64_t) set[0], 18, "a set is joined to");

    seen[0] = '\0';
    is_int(tender_recent_terms(recent, tap_of("wabc"), collect, seen),
           TENDER_OK, "each term");
    ok(strlen(seen) == strlen("wabc=1 wabcdefgh=1 wabcdefghijk=1 ")
       && strstr(seen, "wabc=1 ") && strstr(seen, "wabcdefgh=1 ")
       && strstr(seen, "wabcdefghijk=1 "), "once: %s", seen);

    seen[0] = '\0';
    is_int(tender_recent_terms(recent, tap_of("na"), collect, seen),
           TENDER_OK, "a term of all");
    is_str(tap_of(seen), "na=4 ", "with its documents");

    seen[0] = '\0';
    is_int(tender_recent_terms(recent, tap_of("wx"), collect, NULL), -77,
           "what the handler says");
}


static void
test_refused(void)
{
    tender_entry_t    entry;
    tender_recent_t  *recent;

    recent = tender_recent_new(&test_mem);

    entry = entry_of(1, "A", "wa");
    entry.has_terms = 0;
    is_int(tender_recent_add(recent, &entry), TENDER_DECLINED, "no terms");

    entry = entry_of(1, "A", "wa wb");
    entry.terms.len--;
    is_int(tender_recent_add(recent, &entry), TENDER_DECLINED,
           "damaged terms");

    is_int(tender_recent_docs(recent), 0, "nothing was added");
    is_str(tap_of(docs_of(recent, "wa")), "none", "no word either");

    entry = entry_of(1, "A", "wb wa wb");
    is_int(tender_recent_add(recent, &entry), TENDER_OK, "a word twice");
    is_str(tap_of(docs_of(recent, "wb")), "0:7", "is there once");
}


/* random documents, some of them again with other words */

static void
test_brute(void)
{
    char              text[WORDS * 8], *p;
    doc_t            *docs;
    unsigned          i, k, n, word;
    tender_entry_t    entry;
    tender_recent_t  *recent;

    docs = calloc(DOCS, sizeof(doc_t));
    recent = tender_recent_new(&test_mem);

    for (i = 0; i < DOCS; i++) {
        docs[i].number = 1 + next_random() % (DOCS / 2);
        n = next_random() % 40;

        for (k = 0; k < n; k++) {
            word = next_random() % (1 + next_random() % WORDS);
            docs[i].counts[word] = 1;
        }

        p = text;

        for (word = 0; word < WORDS; word++) {

            if (docs[i].counts[word]) {
                p += name_of(p, word);
                *p++ = ' ';
            }
        }

        *p = '\0';

        entry = entry_of(docs[i].number, "A", text);

        if (tender_recent_add(recent, &entry) != TENDER_OK) {
            break;
        }

        if (i % 100 == 99) {
            check_brute(recent, docs, i + 1);
        }
    }

    is_int(i, DOCS, "all were taken");

    free(docs);
}


static void
check_brute(tender_recent_t *recent, const doc_t *docs, unsigned ndocs)
{
    int              good;
    unsigned         i, k, word;
    const uint64_t  *dead;

    good = 1;

    for (word = 0; word < WORDS; word++) {
        good &= check_word(recent, docs, ndocs, word);
    }

    ok(good, "words of %u documents", ndocs);

    good = 1;
    dead = tender_recent_dead(recent);

    for (i = 0; i < ndocs; i++) {

        for (k = i + 1; k < ndocs && docs[k].number != docs[i].number; k++) {
            /* void */
        }

        good &= (tender_set_has(dead, i) == (k < ndocs));
        good &= (tender_recent_numbers(recent)[i] == docs[i].number);

        if (k == ndocs) {
            good &= (tender_recent_doc(recent, docs[i].number) == (int) i);
        }
    }

    ok(good, "and which of them live");
}


static int
check_word(tender_recent_t *recent, const doc_t *docs, unsigned ndocs,
    unsigned word)
{
    char                name[16];
    unsigned            i, n;
    tender_postings_t   postings;

    name[name_of(name, word)] = '\0';

    if (tender_recent_term(recent, &test_mem, tap_of(name), 1, &postings)
        != TENDER_OK)
    {
        return 0;
    }

    for (i = 0, n = 0; i < ndocs; i++) {

        if (!docs[i].counts[word]) {
            continue;
        }

        if (postings.kind != TENDER_POSTINGS_ARRAY || n == postings.n
            || tender_get16(postings.docs.data + 2 * n) != i
            || memcmp(postings.positions.data + 2 * n, "\1\7", 2) != 0)
        {
            return 0;
        }

        n++;
    }

    return n == postings.n && postings.docs.len == 2 * n
           && postings.positions.len == 2 * n
           && (n != 0) == (postings.kind == TENDER_POSTINGS_ARRAY);
}


static void
test_full(void)
{
    unsigned            i;
    tender_entry_t      entry;
    tender_recent_t    *recent;
    tender_postings_t   postings;

    recent = tender_recent_new(&test_mem);

    for (i = 0; i < TENDER_SOURCE_DOCS; i++) {
        entry = entry_of(i + 1, "A", i % 2 ? "wa" : "wa wb");

        if (tender_recent_add(recent, &entry) != TENDER_OK) {
            break;
        }
    }

    is_int(i, TENDER_SOURCE_DOCS, "so many are taken");
    is_int(tender_recent_add(recent, &entry), TENDER_DECLINED, "and no more");
    is_int(tender_recent_docs(recent), TENDER_SOURCE_DOCS, "how many");
    is_int(tender_recent_doc(recent, 32768), 32767, "the last one");

    (void) tender_recent_term(recent, &test_mem, tap_of("wa"), 1, &postings);
    is_int(postings.n, TENDER_SOURCE_DOCS, "a word of all");
    is_int(tender_get16(postings.docs.data + 65534), 32767, "of the last one");

    (void) tender_recent_term(recent, &test_mem, tap_of("wb"), 1, &postings);
    is_int(postings.n, TENDER_SOURCE_DOCS / 2, "of each second one");
}


/* memory ends anywhere: what is there then is whole */

static void
test_memory(void)
{
    int                 rc, good;
    char                text[4096], *p;
    size_t              size;
    u_char             *block;
    unsigned            i, failed;
    tender_mem_t        mem, rest;
    tender_entry_t      entry;
    tender_recent_t    *recent;

    block = malloc(1 << 20);
    failed = 0;
    good = 1;

    for (size = 0; size < 1 << 20; size += 3001) {
        test_limited(&mem, &rest, block, size);

        recent = tender_recent_new(&mem);

        if (recent == NULL) {
            failed++;
            continue;
        }

        for (i = 0, rc = TENDER_OK; i < 600 && rc == TENDER_OK; i++) {
            p = text + sprintf(text, "wall wlonely%u", i);
            sprintf(p, " wother%u", i / 2);

            entry = entry_of(i / 3, "A", text);
            rc = tender_recent_add(recent, &entry);
        }

        if (rc == TENDER_OK) {
            break;
        }

        failed++;
        good &= (rc == TENDER_ERROR);

        /* all that is living has the word */

        i = tender_recent_docs(recent);

        if (i != 0 && tender_recent_doc(recent, (i - 1) / 3) == -1) {
            good &= tender_set_has(tender_recent_dead(recent), i - 1);
        }

        entry = entry_of(1, "A", "");
        (void) tender_recent_add(recent, &entry);
        good &= (strcmp(docs_of(recent, "wnone"), "none") == 0);
    }

    ok(good, "memory that ends");
    ok(failed > 20 && size < 1 << 20, "it ended, and was enough at last");

    free(block);
}


/* words parted by blanks, each at position 7 */

static tender_entry_t
entry_of(uint32_t number, const char *name, const char *words)
{
    size_t           len;
    u_char          *p;
    tender_entry_t   entry;
    static u_char    terms[16384];

    memset(&entry, 0, sizeof(tender_entry_t));

    p = terms;

    while (*words) {
        len = strcspn(words, " ");
        *p++ = (u_char) len;
        memcpy(p, words, len);
        p += len;
        *p++ = 1;
        *p++ = 7;
        words += len + (words[len] == ' ');
    }

    entry.number = number;
    entry.tender_id = tap_of(name);
    entry.has_terms = 1;
    entry.terms.data = terms;
    entry.terms.len = (size_t) (p - terms);

    return entry;
}


/* "doc:position ..." */

static const char *
docs_of(tender_recent_t *recent, const char *term)
{
    char               *out;
    uint32_t            count, step;
    unsigned            i;
    const u_char       *p, *end;
    static char         text[4096];
    tender_postings_t   postings;

    if (tender_recent_term(recent, &test_mem, tap_of(term), 1, &postings)
        != TENDER_OK)
    {
        return "no memory";
    }

    if (postings.kind == TENDER_POSTINGS_NONE) {
        return postings.n == 0 && postings.docs.len == 0 ? "none" : "what";
    }

    p = postings.positions.data;
    end = p + postings.positions.len;
    out = text;
    *out = '\0';

    for (i = 0; i < postings.n; i++) {
        out += sprintf(out, "%s%u", i ? " " : "",
                       tender_get16(postings.docs.data + 2 * i));

        p = tender_leb_read(p, end, &count);

        for ( /* void */ ; count != 0; count--) {
            p = tender_leb_read(p, end, &step);
            out += sprintf(out, ":%u", step);
        }
    }

    return p == end ? text : "positions";
}


static const char *
dead_of(tender_recent_t *recent)
{
    char            *out;
    unsigned         i;
    static char      text[4096];
    const uint64_t  *dead;

    dead = tender_recent_dead(recent);
    out = text;
    *out = '\0';

    for (i = 0; i < TENDER_SOURCE_DOCS; i++) {

        if (tender_set_has(dead, i)) {
            out += sprintf(out, "%s%u", out != text ? " " : "", i);
        }
    }

    return text;
}


static int
collect(void *data, tender_str_t term, unsigned n)
{
    char  *p;

    if (data == NULL) {
        return -77;
    }

    p = data;
    sprintf(p + strlen(p), "%.*s=%u ", (int) term.len, (char *) term.data, n);

    return TENDER_OK;
}


static unsigned
name_of(char *p, unsigned word)
{
    return (unsigned) sprintf(p, "w%x", word * 7919);
}


static tender_str_t
tap_of(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static unsigned
next_random(void)
{
    state = state * 6364136223846793005 + 1442695040888963407;

    return (unsigned) (state >> 33);
}
