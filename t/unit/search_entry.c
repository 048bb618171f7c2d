
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_stage.h"
#include "search/tender_entry.h"
#include "model_test.h"


#define DEADLINE  INT64_C(1415268000000000)


typedef struct {
    const char  *doc;
    const char  *terms;
    const char  *about;
} terms_case_t;

typedef struct {
    const char  *value;
    const char  *price;
} price_case_t;


static void test_terms(void);
static void test_prices(void);
static void test_deadline(void);
static void test_cut(void);
static void test_words_limit(void);
static void test_bytes_limit(void);
static void test_codes_limit(void);
static void test_order(void);
static void test_concerns(void);
static void test_entries(void);
static void test_read_refused(void);
static void test_read_prefixes(void);
static void test_term_refused(void);
static void test_memory(void);
static tender_str_t tap_of(const char *text);
static tender_str_t entry_of(const char *doc, int64_t deadline);
static tender_str_t terms_of(tender_str_t entry);
static const char *shown(tender_str_t terms);
static unsigned count_terms(tender_str_t terms);


static const char  seed[] =
    "{\"procuringEntity\":{\"id\":{\"name\":\"Державне управління "
    "справами\",\"scheme\":\"https://ns.openprocurement.org/ua/edrpou\","
    "\"uid\":\"00037256\"},\"address\":{\"countryName\":\"Україна\","
    "\"locality\":\"м. Київ\"}},\"totalValue\":{\"amount\":500,"
    "\"currency\":\"UAH\"},\"itemsToBeProcured\":[{\"description\":"
    "\"футляри до державних нагород\",\"primaryClassification\":{\"scheme\":"
    "\"CPV\",\"id\":\"44617100-9\",\"description\":\"Cartons\"},"
    "\"additionalClassification\":[{\"scheme\":\"ДКПП\",\"id\":\"17.21.1\","
    "\"description\":\"папір і картон\"}],\"quantity\":5}]}";


static const terms_case_t  cases[] = {

    { "{}", "", "nothing" },

    { seed,
      "bдержавне=1 bсправами=3 bуправління=2 c44617100 icartons=40 "
      "iдержавних=22 iдо=21 iкартон=59 iнагород=23 iпапір=57 iфутляри=20 "
      "iі=58 lУкраїна uUAH wcartons=40 wдержавне=1 wдержавних=22 wдо=21 "
      "wкартон=59 wнагород=23 wпапір=57 wсправами=3 wуправління=2 "
      "wфутляри=20 wі=58 ",
      "the seed's tender" },

    { "{\"title\":\"The cat and THE dog\",\"description\":\"cat\"}",
      "tand=3 tcat=2 tdog=5 tthe=1,4 wand=3 wcat=2,22 wdog=5 wthe=1,4 ",
      "a word twice, and in two texts" },

    { "{\"title\":\"Chaises pour élèves de l'école\"}",
      "tchaises=1 tde=4 tecole=6 televes=3 tl=5 tpour=2 "
      "wchaises=1 wde=4 wecole=6 weleves=3 wl=5 wpour=2 ", "French" },

    { "{\"title\":\"Łóżka i materace\"}",
      "ti=2 tlozka=1 tmaterace=3 wi=2 wlozka=1 wmaterace=3 ", "Polish" },

    { "{\"title\":\"Ещё ёлки\"}",
      "tелки=2 tеще=1 wелки=2 wеще=1 ", "Russian" },

    { "{\"title\":\"a\",\"procuringEntity\":{\"id\":{\"name\":\"b\"}},"
      "\"description\":\"c\",\"itemsToBeProcured\":[{\"description\":\"d\"},"
      "{},{\"description\":\"- !\"},{\"description\":\"e\"}]}",
      "bb=18 id=52 ie=69 ta=1 wa=1 wb=18 wc=35 wd=52 we=69 ",
      "a gap behind each text that has words" },

    { "{\"itemsToBeProcured\":[{\"primaryClassification\":{\"scheme\":"
      "\"cPv\",\"id\":\"4461\"}},{\"primaryClassification\":{\"scheme\":"
      "\"CPV\",\"id\":\"44617100-9\"}},{\"additionalClassification\":["
      "{\"scheme\":\"ДК\",\"id\":\"30190000-7\"},{\"id\":\"30190000\"},"
      "{\"scheme\":\"CPVS\",\"id\":\"50000000\"},"
      "{\"scheme\":\"x\",\"id\":\"301900007\"},"
      "{\"scheme\":\"x\",\"id\":\"3019000\"},"
      "{\"scheme\":\"x\",\"id\":\"30190001-\"},"
      "{\"scheme\":\"x\",\"id\":\"30190001-77\"},"
      "{\"scheme\":\"x\",\"id\":\"30190001-a\"},"
      "{\"scheme\":\"x\",\"id\":\"30190001.7\"},"
      "{\"scheme\":\"CPV\",\"id\":\"none\"},{\"scheme\":\"CPV\"}]}]}",
      "c30190000 c4461 c44617100 c50000000 ", "codes" },

    { "{\"title\":5,\"description\":null,\"procuringEntity\":[1],"
      "\"totalValue\":\"x\",\"itemsToBeProcured\":[7,[],"
      "{\"description\":{},\"primaryClassification\":[],"
      "\"additionalClassification\":{}},{\"additionalClassification\":[5]}]}",
      "", "nothing is what it should be" },

    { "{\"itemsToBeProcured\":{\"description\":\"a\"},"
      "\"procuringEntity\":{\"id\":\"b\",\"address\":\"c\"}}",
      "", "nor here" },

    { "{\"totalValue\":{\"currency\":\"\"},\"procuringEntity\":{\"address\":"
      "{\"countryName\":\"\"}},\"title\":\"\"}", "", "empty texts" },

    { "{\"title\":\"uah\",\"totalValue\":{\"currency\":\"uah\"}}",
      "tuah=1 uuah wuah=1 ", "a word that is two things" },

    { "{\"title\":\"abcdefgh abcdefgz abcdefghi abcdefgh abcdefg "
      "abcdefghia abcdefghib\"}",
      "tabcdefg=5 tabcdefgh=1,4 tabcdefghi=3 tabcdefghia=6 tabcdefghib=7 "
      "tabcdefgz=2 wabcdefg=5 wabcdefgh=1,4 wabcdefghi=3 wabcdefghia=6 "
      "wabcdefghib=7 wabcdefgz=2 ", "words that begin with the same bytes" }
};


static const price_case_t  prices[] = {
    { "{\"amount\":500}", "5000000" },
    { "{\"amount\":0}", "0" },
    { "{\"amount\":485.50}", "4855000" },
    { "{\"amount\":0.0001}", "1" },
    { "{\"amount\":0.00019}", "1" },
    { "{\"amount\":0.00009}", "0" },
    { "{\"amount\":1.23456789}", "12345" },
    { "{\"amount\":5e3}", "50000000" },
    { "{\"amount\":922337203685477}", "9223372036854770000" },
    { "{\"amount\":922337203685478}", "-" },
    { "{\"amount\":999999999999999}", "-" },
    { "{\"amount\":99999999999999.9}", "999999999999999000" },
    { "{\"amount\":-2.5}", "-25000" },
    { "{\"amount\":-922337203685478}", "-" },
    { "{\"amount\":1e15}", "-" },
    { "{\"amount\":\"5\"}", "-" },
    { "{}", "-" },
    { "[5]", "-" }
};


static const char  stored[] =
    "7 0123456789abcdef0123456789abcdef 1414397218158000 1414397218158001 "
    "active.tendering UA-2014-DUS-156 1415268000000000 5000000 9\n"
    "\2wa\1\1" "\2wb\0"
    "8 x = 5 cancelled = = = =\n"
    "4294967295 y -1 6 active.enquiries = 0 - 0\n"
    "9 z 0 7 complete - -5 -10000 4\n\1w\1\5";


int
main(void)
{
    test_begin();

    is_int(tender_words_init(), TENDER_OK, "words");

    test_terms();
    test_prices();
    test_deadline();
    test_cut();
    test_words_limit();
    test_bytes_limit();
    test_codes_limit();
    test_order();
    test_concerns();
    test_entries();
    test_read_refused();
    test_read_prefixes();
    test_term_refused();
    test_memory();

    return test_end();
}


static void
test_terms(void)
{
    size_t  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_str(tap_of(shown(terms_of(entry_of(cases[i].doc, 0)))),
               cases[i].terms, "%s", cases[i].about);
    }
}


static void
test_prices(void)
{
    char    doc[256], line[256];
    size_t  i;

    for (i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
        snprintf(doc, sizeof(doc), "{\"totalValue\":%s}", prices[i].value);
        snprintf(line, sizeof(line), "0 %s 0\n", prices[i].price);

        is_str(entry_of(doc, 0), line, "the price of %s", prices[i].value);
    }

    is_str(entry_of("5", 0), "0 - 0\n", "of what is no object");
}


static void
test_deadline(void)
{
    is_str(entry_of("{}", DEADLINE), "1415268000000000 - 0\n", "a deadline");
    is_str(entry_of("{}", -5), "-5 - 0\n", "one before 1970");
    is_str(entry_of("{}", INT64_MIN), "-9223372036854775808 - 0\n",
           "the lowest");
    is_str(entry_of("{\"title\":\"a\"}", 0), "0 - 10\n\2ta\1\1\2wa\1\1",
           "an entry, byte by byte");
}


static void
test_cut(void)
{
    const char  *text;

    text = shown(terms_of(entry_of("{\"procuringEntity\":{\"address\":{"
        "\"countryName\":\"xУкраїнаУкраїнаУкраїнаУкраїнаУкраїнаУкраїна\"}}}",
        0)));

    is_int((int64_t) strlen(text), 1 + 63 + 1, "a country is cut");
    is_str(tap_of(text), "lxУкраїнаУкраїнаУкраїнаУкраїнаУкр ",
           "at a character");
}


/* words of their own, so that none is twice */

static void
test_words_limit(void)
{
    char          *doc, *p;
    unsigned       i;
    tender_str_t   terms, term, positions;
    const u_char  *at, *end;

    doc = malloc(TENDER_ENTRY_WORDS * 16);
    p = doc + sprintf(doc, "{\"description\":\"");

    for (i = 0; i < TENDER_ENTRY_WORDS + 100; i++) {
        p += sprintf(p, "x%u ", i);
    }

    p += sprintf(p, "\",\"itemsToBeProcured\":[{\"description\":\"y\"}],"
                    "\"title\":\"z\",\"totalValue\":{\"currency\":\"EUR\"}}");

    terms = terms_of(entry_of(doc, 0));

    is_int(count_terms(terms), TENDER_ENTRY_WORDS + 1,
           "so many words, and the one of the title twice");

    at = terms.data;
    end = at + terms.len;
    i = 0;

    while (tender_entry_term(&at, end, &term, &positions) == TENDER_OK) {
        i += tender_str_is(&term, "tz") + tender_str_is(&term, "uEUR")
             + tender_str_is(&term, "wx0") + tender_str_is(&term, "wx19997")
             + 100 * tender_str_is(&term, "wx19998")
             + 100 * tender_str_is(&term, "wy");
    }

    is_int(i, 4, "the first ones");

    free(doc);
}


/* long words, twice each: less than half of them fits */

static void
test_bytes_limit(void)
{
    char          *doc, *p;
    unsigned       i, n, last;
    tender_str_t   terms, term, positions;
    const u_char  *at, *end;

    doc = malloc(TENDER_ENTRY_WORDS * 80);
    p = doc + sprintf(doc, "{\"title\":\"");

    for (i = 0; i < TENDER_ENTRY_WORDS / 2; i++) {
        p += sprintf(p, "%05u%055u ", i, 0);
    }

    sprintf(p, "\",\"procuringEntity\":{\"address\":{\"countryName\":\"PL\"}"
               "}}");

    terms = terms_of(entry_of(doc, 0));

    ok(terms.len <= TENDER_ENTRY_MAX, "no more bytes than there may be");
    ok(terms.len >= TENDER_ENTRY_MAX / 10 * 8, "but about as many");

    at = terms.data;
    end = at + terms.len;
    n = 0;
    last = 0;

    while (tender_entry_term(&at, end, &term, &positions) == TENDER_OK) {

        if (term.data[0] == 'w') {
            n++;

            for (i = 1, last = 0; i <= 5; i++) {
                last = last * 10 + (unsigned) (term.data[i] - '0');
            }
        }
    }

    ok(n > 1000, "many words are there");
    is_int(last, n - 1, "which are the first ones");
    is_int(count_terms(terms), 2 * n + 1, "in both fields; and the country");

    free(doc);
}


/* many codes in one place */

static void
test_codes_limit(void)
{
    char          *doc, *p;
    unsigned       i;
    tender_str_t   terms;

    doc = malloc(TENDER_ENTRY_WORDS * 128);
    p = doc + sprintf(doc, "{\"itemsToBeProcured\":[{\"additional"
                           "Classification\":[");

    for (i = 0; i < TENDER_ENTRY_WORDS + 10; i++) {
        p += sprintf(p, "%s{\"scheme\":\"CPV\",\"id\":\"%05u%055u\"}",
                     i ? "," : "", i, 0);
    }

    sprintf(p, "]}]}");

    terms = terms_of(entry_of(doc, 0));

    ok(terms.len <= TENDER_ENTRY_MAX
       && terms.len >= TENDER_ENTRY_MAX / 10 * 8, "codes are bounded, too");
    is_int((int64_t) terms.len, 63 * (int64_t) count_terms(terms),
           "each is there once");

    free(doc);
}


/* whatever the words are: sorted, each term once, positions ascending */

static void
test_order(void)
{
    int            good;
    char           doc[16384], *p;
    uint32_t       n, step, total;
    uint64_t       state;
    unsigned       round, i, k, words;
    tender_str_t   terms, term, positions, last;
    const u_char  *at, *end, *q;

    state = 1;
    good = 1;

    for (round = 0; round < 300; round++) {
        p = doc + sprintf(doc, "{\"title\":\"");
        words = round % 100;

        for (i = 0; i < words; i++) {

            for (k = 0; k == 0 || state >> 40 & 7; k++) {
                state = state * 6364136223846793005 + 1442695040888963407;
                *p++ = "abcde"[(state >> 33) % (2 + round % 4)];

                if (k == 20) {
                    break;
                }
            }

            *p++ = ' ';
        }

        sprintf(p, "\"}");

        terms = terms_of(entry_of(doc, 0));
        at = terms.data;
        end = at + terms.len;
        last.len = 0;
        last.data = NULL;
        total = 0;

        while (tender_entry_term(&at, end, &term, &positions) == TENDER_OK) {
            i = last.len < term.len ? last.len : term.len;
            good &= last.len == 0
                    || memcmp(last.data, term.data, i) < 0
                    || (memcmp(last.data, term.data, i) == 0
                        && last.len < term.len);
            last = term;

            q = positions.data;
            q = tender_leb_read(q, end, &n);
            good &= n != 0;

            for (total += n; n != 0; n--) {
                q = tender_leb_read(q, end, &step);
                good &= step != 0;
            }
        }

        good &= at == end && total == 2 * words;
    }

    ok(good, "terms are sorted, and all of them are there");
}


static void
test_concerns(void)
{
    size_t        i;
    tender_str_t  name;

    static const char  *const names[] = {
        "title", "description", "procuringEntity", "itemsToBeProcured",
        "totalValue", "tenderPeriod"
    };

    static const char  *const others[] = {
        "", "titles", "status", "bids", "awards", "documents", "modified",
        "tenderID", "minimalStep", "auctionPeriod", "Title"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        name = tap_of(names[i]);
        ok(tender_entry_concerns(&name), "%s is of the entry", names[i]);
    }

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        name = tap_of(others[i]);
        ok(!tender_entry_concerns(&name), "\"%s\" is not", others[i]);
    }
}


static void
test_entries(void)
{
    tender_entry_t   entry;
    const u_char    *p, *end;

    p = (const u_char *) stored;
    end = p + sizeof(stored) - 1;

    is_int(tender_entry_read(&p, end, &entry), TENDER_OK, "an entry");
    is_int(entry.number, 7, "its number");
    is_str(entry.id, "0123456789abcdef0123456789abcdef", "id");
    ok(entry.has_created && entry.created == INT64_C(1414397218158000),
       "created");
    is_int(entry.modified, INT64_C(1414397218158001), "modified");
    is_int(entry.status, TENDER_TENDERING, "status");
    is_str(entry.tender_id, "UA-2014-DUS-156", "tenderID");
    ok(entry.has_deadline && entry.deadline == DEADLINE, "deadline");
    ok(entry.has_price && entry.price == 5000000, "price");
    ok(entry.has_terms, "it has words");
    is_str(tap_of(shown(entry.terms)), "wa=1 wb ", "which are these");

    is_int(tender_entry_read(&p, end, &entry), TENDER_OK, "the next one");
    ok(entry.number == 8 && entry.modified == 5
       && entry.status == TENDER_CANCELLED, "what it has");
    ok(!entry.has_created && !entry.has_deadline && !entry.has_price
       && !entry.has_terms && entry.tender_id.len == 0
       && entry.terms.len == 0, "and what is as it was");

    is_int(tender_entry_read(&p, end, &entry), TENDER_OK, "one of no word");
    ok(entry.number == UINT32_MAX && entry.has_created && entry.created == -1
       && entry.has_deadline && entry.deadline == 0 && entry.has_price
       && entry.price == TENDER_NO_PRICE && entry.has_terms
       && entry.terms.len == 0, "without deadline and price");

    is_int(tender_entry_read(&p, end, &entry), TENDER_OK, "the last one");
    ok(entry.deadline == -5 && entry.price == -10000
       && entry.status == TENDER_COMPLETE && entry.terms.len == 4,
       "what it has");
    is_str(entry.tender_id, "-", "a dash is a tenderID");

    is_int(tender_entry_read(&p, end, &entry), TENDER_DONE, "the end");
    ok(p == end, "all was read");
}


static void
test_read_refused(void)
{
    size_t           i;
    tender_entry_t   entry;
    const u_char    *p;

    static const char  *const lines[] = {
        "\n",
        "0 a 1 1 complete A 0 0 0\n",
        "4294967296 a 1 1 complete A 0 0 0\n",
        "01 a 1 1 complete A 0 0 0\n",
        "-1 a 1 1 complete A 0 0 0\n",
        "= a 1 1 complete A 0 0 0\n",
        "x a 1 1 complete A 0 0 0\n",
        "1  1 1 complete A 0 0 0\n",
        "1 a 1x 1 complete A 0 0 0\n",
        "1 a - 1 complete A 0 0 0\n",
        "1 a -0 1 complete A 0 0 0\n",
        "1 a 9223372036854775808 1 complete A 0 0 0\n",
        "1 a 1 = complete A 0 0 0\n",
        "1 a 1 1 = A 0 0 0\n",
        "1 a 1 1 5 A 0 0 0\n",
        "1 a 1 1 active A 0 0 0\n",
        "1 a 1 1 complete  0 0 0\n",
        "1 a 1 1 complete A - 0 0\n",
        "1 a 1 1 complete A 0 - -\n",
        "1 a 1 1 complete A 0 -- 0\n",
        "1 a 1 1 complete A 0 1.5 0\n",
        "1 a 1 1 complete A 0 0 -1\n",
        "1 a 1 1 complete A 0 0 1\n",
        "1 a 1 1 complete A 0 0 524289\n",
        "1 a 1 1 complete A 0 0 18446744073709551615\n",
        "1 a 1 1 complete A 0 0 0 \n",
        "1 a 1 1 complete A 0 0 \n",
        "1 a 1 1 complete A 0 0\n",
        "1 a 1 1 complete A 0 0 0",
        "1 a 1 1 complete A 0\n0 0",
        "1\na 1 1 complete A 0 0 0\n"
    };

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        p = (const u_char *) lines[i];

        is_int(tender_entry_read(&p, p + strlen(lines[i]), &entry),
               TENDER_DECLINED, "refused: line %u", (unsigned) i);
        ok(p == (const u_char *) lines[i], "nothing was read");
    }
}


/* cut off anywhere, in memory of that very size */

static void
test_read_prefixes(void)
{
    int              rc, good;
    size_t           len;
    u_char          *copy;
    unsigned         n, sum;
    tender_entry_t   entry;
    const u_char    *p;

    good = 1;
    sum = 0;

    for (len = 0; len < sizeof(stored); len++) {
        copy = malloc(len ? len : 1);
        memcpy(copy, stored, len);
        p = copy;
        n = 0;

        while ((rc = tender_entry_read(&p, copy + len, &entry)) == TENDER_OK)
        {
            n++;
        }

        good &= (rc == TENDER_DONE) == (p == copy + len);
        sum += (rc == TENDER_DONE);

        good &= n <= 4;
        free(copy);
    }

    ok(good, "a log that is cut off is damaged");
    is_int(sum, 5, "unless it is cut between two entries");
}


static void
test_term_refused(void)
{
    size_t         i;
    u_char         longest[128];
    tender_str_t   term, positions;
    const u_char  *p;

    static const tender_str_t  bytes[] = {
        tender_string("\0\0"),
        tender_string("\1"),
        tender_string("\1w"),
        tender_string("\2w"),
        tender_string("\1w\1"),
        tender_string("\1w\2\1"),
        tender_string("\1w\x80"),
        tender_string("\1w\1\x80"),
        tender_string("\1w\1\xff\xff\xff\xff\x1f"),
        tender_string("\1w\xff\xff\xff\xff\xff\0"),
        tender_string("\1w\xff\xff\xff\xff\x0f\1"),
        tender_string("\377w")
    };

    for (i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        p = bytes[i].data;

        is_int(tender_entry_term(&p, p + bytes[i].len, &term, &positions),
               TENDER_DECLINED, "a damaged term: %u", (unsigned) i);
        ok(p == bytes[i].data, "nothing was read");
    }

    memset(longest, 0, sizeof(longest));
    longest[0] = TENDER_TERM_MAX;
    p = longest;
    is_int(tender_entry_term(&p, longest + sizeof(longest), &term,
                             &positions),
           TENDER_OK, "the longest term");
    is_int((int64_t) term.len, TENDER_TERM_MAX, "its length");
    is_int(p - longest, TENDER_TERM_MAX + 2, "all of it is read");

    longest[0] = TENDER_TERM_MAX + 1;
    p = longest;
    is_int(tender_entry_term(&p, longest + sizeof(longest), &term,
                             &positions),
           TENDER_DECLINED, "one that is longer");

    p = longest;
    is_int(tender_entry_term(&p, longest, &term, &positions), TENDER_DONE,
           "no more");
}


static void
test_memory(void)
{
    int              rc;
    char             doc[4096], *p;
    size_t           size;
    u_char          *block;
    unsigned         i, failed;
    tender_str_t     out;
    tender_mem_t     mem, rest;
    tender_value_t  *v;

    p = doc + sprintf(doc, "{\"title\":\"");

    for (i = 0; i < 200; i++) {
        p += sprintf(p, "word%u ", i);
    }

    sprintf(p, "\"}");

    v = test_read(doc);
    block = malloc(65536);
    failed = 0;
    rc = TENDER_ERROR;

    for (size = 0; size < 65536 && rc != TENDER_OK; size += 200) {
        test_limited(&mem, &rest, block, size);
        rc = tender_entry_write(&mem, v, 0, &out);
        failed += (rc == TENDER_ERROR);
    }

    is_int(rc, TENDER_OK, "memory enough");
    ok(failed > 10, "and less of it is told");
    is_int(count_terms(terms_of(out)), 400, "the words");

    free(block);
}


static tender_str_t
tap_of(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static tender_str_t
entry_of(const char *doc, int64_t deadline)
{
    tender_str_t  out;

    if (tender_entry_write(&test_mem, test_read(doc), deadline, &out)
        != TENDER_OK)
    {
        out.len = 0;
        out.data = NULL;
    }

    return out;
}


/* what an entry says of its terms' length is what it has */

static tender_str_t
terms_of(tender_str_t entry)
{
    u_char        *p;
    unsigned       n;
    tender_str_t   terms;

    p = memchr(entry.data, '\n', entry.len);

    terms.data = p + 1;
    terms.len = entry.len - (size_t) (p + 1 - entry.data);

    while (p[-1] != ' ') {
        p--;
    }

    n = (unsigned) strtoul((char *) p, NULL, 10);

    if (n != terms.len) {
        is_int((int64_t) terms.len, n, "the length of the terms");
    }

    return terms;
}


/* "wword=1,5 ccode " */

static const char *
shown(tender_str_t terms)
{
    int                rc;
    char              *out;
    uint32_t           i, n, step, position;
    tender_str_t       term, positions;
    const u_char      *p, *q;
    static char        text[8192];

    p = terms.data;
    out = text;

    while ((rc = tender_entry_term(&p, terms.data + terms.len, &term,
                                   &positions))
           == TENDER_OK)
    {
        memcpy(out, term.data, term.len);
        out += term.len;

        q = tender_leb_read(positions.data, p, &n);
        position = 0;

        for (i = 0; i < n; i++) {
            q = tender_leb_read(q, p, &step);
            position += step;
            out += sprintf(out, "%c%u", i ? ',' : '=', position);
        }

        *out++ = ' ';
    }

    *out = '\0';

    return rc == TENDER_DONE ? text : "damaged";
}


static unsigned
count_terms(tender_str_t terms)
{
    unsigned       n;
    tender_str_t   term, positions;
    const u_char  *p;

    p = terms.data;
    n = 0;

    while (tender_entry_term(&p, terms.data + terms.len, &term, &positions)
           == TENDER_OK)
    {
        n++;
    }

    return n;
}
