
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_auction.h"
#include "domain/tender_money.h"
#include "model_test.h"


/* three bids; each changed one is a capital letter in "changed" */

typedef struct {
    const char  *results;
    const char  *changed;
    const char  *expected;
    const char  *about;
} auction_case_t;

typedef struct {
    const char  *results;
    const char  *why;
} refused_case_t;


static void test_results(void);
static void test_refused(void);
static void test_others(void);
static void test_many(void);
static void test_memory(void);
static int apply(const char *results, unsigned n, u_char *changed,
    const char **why);
static tender_str_t bids_text(unsigned n);


#define MAX  3

static const char *const  texts[MAX] = {
    ("{\"id\":\"aa\",\"bidders\":[{\"id\":{\"name\":\"n\"}}],\"totalValue\":"
     "{\"amount\":500,\"currency\":\"UAH\",\"valueAddedTaxIncluded\":false},"
     "\"parameters\":[{\"code\":\"q\",\"value\":0.1}]}"),
    ("{\"totalValue\":{\"currency\":\"UAH\",\"amount\":485.00},"
     "\"status\":\"validBid\"}"),
    "{\"x\":1,\"totalValue\":{\"amount\":470,\"currency\":\"UAH\"}}"
};

static tender_value_t      *bids[MAX];
static const tender_str_t   ids[MAX] = {
    tender_string("aa"), tender_string("bb"), tender_string("cc")
};


/* the three as one list, with these amounts */

#define ALL(a, b, c)                                                          \
    "[{\"id\":\"aa\",\"bidders\":[{\"id\":{\"name\":\"n\"}}],\"totalValue\":" \
    "{\"amount\":" a ",\"currency\":\"UAH\",\"valueAddedTaxIncluded\":false}" \
    ",\"parameters\":[{\"code\":\"q\",\"value\":0.1}]}"                       \
    ",{\"totalValue\":{\"currency\":\"UAH\",\"amount\":" b "},"               \
    "\"status\":\"validBid\"},{\"x\":1,\"totalValue\":{\"amount\":" c         \
    ",\"currency\":\"UAH\"}}]"


static const auction_case_t  cases[] = {

    /* as in the API's own example: no ids, by position */

    { "[{\"amount\":400,\"currency\":\"UAH\"},"
      "{\"amount\":385,\"currency\":\"UAH\"},"
      "{\"amount\":370,\"currency\":\"UAH\"}]", "ABC",
      ALL("400", "385", "370"), "by position" },
    { "[{\"amount\":400},{\"amount\":385},{\"amount\":370}]", "ABC",
      ALL("400", "385", "370"), "without currency" },
    { "[{\"totalValue\":{\"amount\":400}},{\"amount\":385},"
      "{\"totalValue\":{\"amount\":370,\"currency\":\"UAH\","
      "\"valueAddedTaxIncluded\":true}}]", "ABC", ALL("400", "385", "370"),
      "as totalValue" },
    { "[{\"amount\":400,\"totalValue\":{\"amount\":400.00,"
      "\"currency\":\"UAH\"}},{\"amount\":385,\"currency\":\"UAH\","
      "\"totalValue\":{\"currency\":\"UAH\"}},{\"currency\":\"UAH\","
      "\"totalValue\":{\"amount\":370}}]", "ABC",
      ALL("400", "385", "370"), "both ways at once" },
    { "[{\"id\":null,\"amount\":400,\"currency\":null},"
      "{\"amount\":385,\"totalValue\":null},"
      "{\"amount\":null,\"totalValue\":{\"amount\":370,"
      "\"currency\":null}}]", "ABC", ALL("400", "385", "370"),
      "null is nothing" },

    /* by id */

    { "[{\"id\":\"aa\",\"amount\":400},{\"id\":\"bb\",\"amount\":385},"
      "{\"id\":\"cc\",\"amount\":370}]", "ABC", ALL("400", "385", "370"),
      "by id" },
    { "[{\"id\":\"cc\",\"amount\":370},{\"id\":\"bb\",\"amount\":385},"
      "{\"id\":\"aa\",\"amount\":400}]", "ABC", ALL("400", "385", "370"),
      "by id, backwards" },
    { "[{\"id\":\"bb\",\"amount\":385},{\"id\":\"cc\",\"amount\":370},"
      "{\"id\":\"aa\",\"amount\":400}]", "ABC", ALL("400", "385", "370"),
      "by id, turned" },

    /* what stays as it was */

    { "[{\"amount\":500},{\"amount\":485.00},{\"amount\":470}]", "abc",
      ALL("500", "485.00", "470"), "nothing changes" },
    { "[{\"amount\":500},{\"amount\":485},{\"amount\":470.0}]", "aBC",
      ALL("500", "485", "470.0"), "the text counts" },
    { "[{\"id\":\"cc\",\"amount\":1},{\"id\":\"bb\",\"amount\":485.00},"
      "{\"id\":\"aa\",\"amount\":500}]", "abC", ALL("500", "485.00", "1"),
      "one of three" },
    { "[{\"amount\":500.01},{\"amount\":0},{\"amount\":1e3}]", "ABC",
      ALL("500.01", "0", "1e3"), "amounts that the auction may report" }
};


#define COUNT     "Number of auction results did not match the number of "    \
                  "tender bids"
#define NAMELESS  "Results of auction bids should contains id of bid"
#define OTHERS    "Auction bids should be identical to the tender bids"
#define CURRENCY  "Auction results should have the currency of the tender "   \
                  "bids"
#define AMOUNT    "Results of auction bids should contain an amount"
#define TWO       "Results of auction bids should contain one amount, not two"
#define PLACES    "Auction results should not have more decimal places than " \
                  "their currency"


static const refused_case_t  refused[] = {
    { "[]", COUNT },
    { "[{\"amount\":1},{\"amount\":1}]", COUNT },
    { "[{\"amount\":1},{\"amount\":1},{\"amount\":1},{\"amount\":1}]",
      COUNT },
    { "[{\"id\":\"zz\",\"currency\":\"EUR\"}]", COUNT },

    { "[{\"id\":\"aa\",\"amount\":1},{\"id\":\"bb\",\"amount\":1},"
      "{\"amount\":1}]", NAMELESS },
    { "[{\"amount\":1},{\"id\":\"zz\",\"currency\":\"EUR\"},{}]", NAMELESS },
    { "[{\"id\":\"aa\"},{\"id\":null},{\"id\":\"bb\"}]", NAMELESS },

    { "[{\"id\":\"aa\",\"amount\":1},{\"id\":\"bb\",\"amount\":1},"
      "{\"id\":\"dd\",\"amount\":1}]", OTHERS },
    { "[{\"id\":\"aa\",\"amount\":1},{\"id\":\"bb\",\"amount\":1},"
      "{\"id\":\"bb\",\"amount\":1}]", OTHERS },
    { "[{\"id\":\"aa\",\"amount\":1},{\"id\":\"aa\",\"amount\":1},"
      "{\"id\":\"aa\",\"amount\":1}]", OTHERS },
    { "[{\"id\":\"aa\",\"currency\":\"EUR\"},{\"id\":\"bb\"},"
      "{\"id\":\"\"}]", OTHERS },

    { "[{\"amount\":1,\"currency\":\"UAH\"},"
      "{\"amount\":1,\"currency\":\"EUR\"},{}]", CURRENCY },
    { "[{\"amount\":1},{\"amount\":1},{\"totalValue\":{\"amount\":1,"
      "\"currency\":\"EUR\"}}]", CURRENCY },
    { "[{},{\"amount\":1,\"currency\":\"UAH\",\"totalValue\":"
      "{\"currency\":\"EUR\"}},{}]", CURRENCY },

    { "[{},{\"amount\":1},{\"amount\":1}]", AMOUNT },
    { "[{\"amount\":1},{\"amount\":1},{\"currency\":\"UAH\"}]", AMOUNT },
    { "[{\"amount\":1},{\"amount\":1},{\"totalValue\":"
      "{\"currency\":\"UAH\"}}]", AMOUNT },
    { "[{\"amount\":null},{\"amount\":1},{\"amount\":1}]", AMOUNT },
    { "[{\"amount\":1e15},{\"amount\":1},{\"amount\":1}]", AMOUNT },

    { "[{\"amount\":1,\"totalValue\":{\"amount\":2}},{\"amount\":1},"
      "{\"amount\":1}]", TWO },
    { "[{\"amount\":1,\"totalValue\":{\"amount\":1e15}},{\"amount\":1},"
      "{\"amount\":1}]", TWO },

    { "[{\"amount\":1.005},{\"amount\":1},{\"amount\":1}]", PLACES },
    { "[{\"amount\":1},{\"amount\":1},{\"totalValue\":{\"amount\":1e-3}}]",
      PLACES }
};


int
main(void)
{
    test_begin();

    test_results();
    test_refused();
    test_others();
    test_many();
    test_memory();

    return test_end();
}


static void
test_results(void)
{
    size_t       i;
    u_char       changed[MAX];
    unsigned     k;
    const char  *why;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(changed, 7, sizeof(changed));

        is_int(apply(cases[i].results, MAX, changed, &why), TENDER_OK,
               "%s", cases[i].about);
        is_str(bids_text(MAX), cases[i].expected, "the bids");

        for (k = 0; k < MAX; k++) {
            is_int(changed[k], cases[i].changed[k] == 'A' + (int) k,
                   "bid %u: changed?", k);
        }
    }
}


static void
test_refused(void)
{
    size_t       i;
    u_char       changed[MAX];
    const char  *why;

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        why = "";

        is_int(apply(refused[i].results, MAX, changed, &why),
               TENDER_DECLINED, "refused: %s", refused[i].results);
        is_str((tender_str_t) { strlen(why), (u_char *) why },
               refused[i].why, "why");
        is_str(bids_text(MAX), ALL("500", "485.00", "470"),
               "the bids are as they were");
    }
}


/* bids that lack something, and none at all */

static void
test_others(void)
{
    u_char           changed[MAX];
    const char      *why;
    tender_value_t  *bid;

    static const struct {
        const char  *bid;
        const char  *result;
        const char  *expected;
    } lacking[] = {
        { "{\"id\":\"aa\"}", "[{\"amount\":4,\"currency\":\"UAH\"}]",
          "{\"id\":\"aa\",\"totalValue\":{\"amount\":4,"
          "\"currency\":\"UAH\"}}" },
        { "{\"totalValue\":null,\"id\":\"aa\"}", "[{\"amount\":4}]",
          "{\"totalValue\":{\"amount\":4},\"id\":\"aa\"}" },
        { "{\"totalValue\":{\"amount\":4}}",
          "[{\"totalValue\":{\"amount\":4,\"currency\":\"KWD\"}}]",
          "{\"totalValue\":{\"amount\":4,\"currency\":\"KWD\"}}" },
        { "{\"totalValue\":{\"currency\":\"UAH\"}}", "[{\"amount\":4.5}]",
          "{\"totalValue\":{\"currency\":\"UAH\",\"amount\":4.5}}" },
        { "{\"totalValue\":{\"amount\":null,\"currency\":null}}",
          "[{\"amount\":4.125,\"currency\":\"KWD\"}]",
          "{\"totalValue\":{\"amount\":4.125,\"currency\":\"KWD\"}}" },
        { "{\"totalValue\":{\"amount\":5}}", "[{\"amount\":0.0000001}]",
          "{\"totalValue\":{\"amount\":0.0000001}}" }
    };

    size_t  i;

    for (i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
        bid = test_read(lacking[i].bid);

        is_int(tender_auction_apply(&test_mem, test_read(lacking[i].result),
                                    &bid, ids, 1, changed, &why),
               TENDER_OK, "a bid that lacks something: %s", lacking[i].bid);
        is_str(test_text(bid), lacking[i].expected, "gets it");
        is_int(changed[0], 1, "and is changed");
    }

    bid = test_read("{\"totalValue\":{\"amount\":4}}");
    is_int(tender_auction_apply(&test_mem, test_read("[{\"amount\":4.005,"
                                "\"currency\":\"UAH\"}]"),
                                &bid, ids, 1, changed, &why),
           TENDER_DECLINED, "the currency that it would get has its places");
    is_int(tender_auction_apply(&test_mem, test_read("[{\"amount\":4,"
                                "\"currency\":\"UAH\",\"totalValue\":"
                                "{\"currency\":\"EUR\"}}]"),
                                &bid, ids, 1, changed, &why),
           TENDER_DECLINED, "it cannot get two currencies");

    is_int(tender_auction_apply(&test_mem, test_read("[]"), NULL, NULL, 0,
                                NULL, &why),
           TENDER_OK, "no bids, no results");
    is_int(tender_auction_apply(&test_mem, test_read("[{\"amount\":1}]"),
                                NULL, NULL, 0, NULL, &why),
           TENDER_DECLINED, "no bids, one result");
}


/* a thousand bids, their results in another order */

static void
test_many(void)
{
    char            *text, *p;
    u_char           changed[1000];
    unsigned         i, k, wrong;
    const char      *why;
    tender_str_t     names[1000];
    tender_money_t   money;
    tender_value_t  *records[1000], *v;

    text = malloc(1000 * 64);
    p = text + sprintf(text, "[");

    for (i = 0; i < 1000; i++) {
        k = (i * 383 + 7) % 1000;
        p += sprintf(p, "%s{\"id\":\"%032u\",\"amount\":%u}", i ? "," : "",
                     k, k);

        names[i].len = 32;
        names[i].data = malloc(33);
        sprintf((char *) names[i].data, "%032u", i);

        records[i] = test_read("{\"totalValue\":{\"amount\":5}}");
    }

    sprintf(p, "]");

    is_int(tender_auction_apply(&test_mem, test_read(text), records, names,
                                1000, changed, &why),
           TENDER_OK, "1000 results");

    wrong = 0;

    for (i = 0; i < 1000; i++) {
        v = tender_value_member(records[i], "totalValue");
        v = tender_value_member(v, "amount");

        wrong += tender_money_read(v->u.text, &money) != TENDER_OK
                 || money.digits != (int64_t) i || changed[i] != (i != 5);

        free(names[i].data);
    }

    is_int(wrong, 0, "each bid has its own");

    free(text);
}


static void
test_memory(void)
{
    int              rc;
    size_t           size, failed;
    u_char          *block, changed[1];
    const char      *why;
    tender_mem_t     mem, rest;
    tender_value_t  *bid, *results;

    failed = 0;
    results = test_read("[{\"id\":\"aa\",\"amount\":4,"
                        "\"currency\":\"UAH\"}]");

    for (size = 0; size < 4096; size += 8) {
        bid = test_read("{}");

        block = malloc(size + (size == 0));
        test_limited(&mem, &rest, block, size);

        rc = tender_auction_apply(&mem, results, &bid, ids, 1, changed,
                                  &why);

        free(block);

        if (rc != TENDER_ERROR) {
            break;
        }

        failed++;
    }

    is_int(rc, TENDER_OK, "with enough memory the bid has its result");
    ok(failed > 5, "with less it is an error: %zu times", failed);
}


static int
apply(const char *results, unsigned n, u_char *changed, const char **why)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        bids[i] = test_read(texts[i]);
    }

    return tender_auction_apply(&test_mem, test_read(results), bids, ids, n,
                                changed, why);
}


static tender_str_t
bids_text(unsigned n)
{
    unsigned         i;
    tender_value_t  *list;

    list = tender_value_new(&test_mem, TENDER_ARRAY);

    for (i = 0; i < n; i++) {
        tender_value_push(list, bids[i]);
    }

    return test_text(list);
}
