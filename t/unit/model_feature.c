
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


/* features of a tender, and the bids and awards of an imported one */

typedef struct {
    const char  *json;
    const char  *expected;
} model_case_t;


static void run(const char *title, unsigned by, unsigned partial,
    const model_case_t *cases);
static void test_bounds(void);
static void test_sum(void);
static void test_import(void);
static void test_memory(void);
static char *many(const char *before, const char *item, unsigned n,
    const char *after);


#define OWNER   TENDER_BY_OWNER
#define IMPORT  (TENDER_BY_OWNER|TENDER_BY_IMPORT)

#define ID1  "\"64e93250be76435397e8c992ed4214d1\""
#define ID2  "\"64e93250be76435397e8c992ed4214d2\""

#define F(text)          "{\"features\":[" text "]}"
#define ERRORS(text)     "!{\"features\":" text "}"
#define ONE(code, list)                                                       \
    "{\"code\":\"" code "\",\"enum\":[" list "]}"
#define SET(code, list)                                                       \
    "{\"code\":\"" code "\",\"enum\":[" list "],\"featureOf\":\"tenderer\"}"
#define V(value)         "{\"value\":" value "}"

#define SUM                                                                   \
    "[\"Sum of max value of all features should be less then or equal to "    \
    "30%\"]"
#define REPEATED  "[\"Feature code should be uniq for all features\"]"
#define UNIQUE    "{\"enum\":[\"Feature value should be uniq for feature\"]}"


static const model_case_t  owner[] = {
    { F(""), "=" F("") },
    { F(ONE("a", V("0.1"))), "=" F(SET("a", V("0.1"))) },
    { "{\"title\":\"t\",\"description\":\"d\",\"auctionPeriod\":"
      "{\"startDate\":\"2014-11-06T12:00:00\"},\"features\":[{"
      "\"code\":\"OCDS-1\",\"title\":\"t\",\"description\":\"d\","
      "\"featureOf\":\"lot\",\"relatedItem\":\"1\",\"enum\":["
      "{\"value\":\"0.05\",\"title\":\"t\",\"description\":\"d\"}]}]}",
      "={\"title\":\"t\",\"description\":\"d\",\"auctionPeriod\":"
      "{\"startDate\":\"2014-11-06T12:00:00\"},\"features\":[{"
      "\"code\":\"OCDS-1\",\"title\":\"t\",\"description\":\"d\","
      "\"featureOf\":\"lot\",\"relatedItem\":\"1\",\"enum\":["
      "{\"value\":0.05,\"title\":\"t\",\"description\":\"d\"}]}]}" },

    { F("{}"), ERRORS("{\"code\":[\"This field is required.\"],"
                      "\"enum\":[\"This field is required.\"]}") },
    { F(ONE("a", "")),
      ERRORS("[{\"enum\":[\"Please provide at least 1 item.\"]}]") },
    { F(ONE("a", "{}")),
      ERRORS("{\"enum\":{\"value\":[\"This field is required.\"]}}") },
    { F(ONE("a", V("true"))),
      ERRORS("{\"enum\":{\"value\":[\"Value is not float\"]}}") },
    { F(ONE("a", V("-0.1"))), ERRORS("[{\"enum\":[{\"value\":"
      "[\"Float value should be greater than 0.\"]}]}]") },
    { F(ONE("a", V("0") "," V("1"))), ERRORS("[{\"enum\":[{},{\"value\":"
      "[\"Float value should be less than 1.\"]}]}]") },
    { F(ONE("a", V("500"))), ERRORS("[{\"enum\":[{\"value\":"
      "[\"Float value should be less than 1.\"]}]}]") },
    { F(ONE("a", V("1e-16"))), ERRORS("[{\"enum\":[{\"value\":"
      "[\"Float value should be less than 1000000000000000 and have at most "
      "15 digits.\"]}]}]") },
    { F("{\"code\":\"a\",\"featureOf\":\"x\",\"enum\":[" V("0") "]}"),
      ERRORS("[{\"featureOf\":[\"Value must be one of "
             "['tenderer', 'item', 'lot'].\"]}]") },
    { F(ONE("a", V("0") ",{\"value\":0,\"x\":1}")),
      ERRORS("{\"enum\":{\"x\":\"Rogue field\"}}") },

    /* rules of several */

    { F(ONE("a", V("0.1") "," V("0.10"))), ERRORS("[" UNIQUE "]") },
    { F(ONE("a", V("0")) "," ONE("b", V("0") "," V("0.1") "," V("1e-1"))),
      ERRORS("[{}," UNIQUE "]") },
    { F(ONE("a", V("0")) "," ONE("b", V("0.1")) "," ONE("a", V("0.1"))),
      ERRORS(REPEATED) },
    { F(ONE("a", V("0.9")) "," ONE("a", V("0.9"))), ERRORS(REPEATED) },
    { F(ONE("a", V("0.15") "," V("0")) "," ONE("A", V("0") "," V("0.15"))),
      "=" F(SET("a", V("0.15") "," V("0")) ","
            SET("A", V("0") "," V("0.15"))) },
    { F(ONE("a", V("0.300000000000001"))), ERRORS(SUM) },
    { F(ONE("a", V("0.15")) "," ONE("b", V("0.150000000000001"))),
      ERRORS(SUM) },
    { F(ONE("a", V("0.9")) "," ONE("b", V("0.9"))), ERRORS(SUM) },
    { NULL, NULL }
};


/* fragments: what they lack is not their fault */

static const model_case_t  fragment[] = {
    { F("{},{}"), "=" F("{},{}") },
    { F("{\"code\":null},{\"code\":\"a\"},{\"enum\":null}"),
      "=" F("{\"code\":null},{\"code\":\"a\"},{\"enum\":null}") },
    { F("{\"enum\":[{},{\"value\":null},{\"value\":0.1}]}"),
      "=" F("{\"enum\":[{},{\"value\":null},{\"value\":0.1}]}") },
    { F("{\"enum\":[{\"value\":0.1},{},{\"value\":0.1}]}"),
      ERRORS("[" UNIQUE "]") },
    { F("{\"code\":\"a\"},{},{\"code\":\"a\"}"), ERRORS(REPEATED) },
    { F("{\"enum\":[{\"value\":0.4}]}"), ERRORS(SUM) },
    { "{\"features\":null,\"bids\":[{}]}", "={\"features\":null}" },
    { NULL, NULL }
};


#define BID(id)    "{\"id\":" id "}"
#define AWARD(id, status, bid)                                                \
    "{\"awardID\":" id ",\"awardStatus\":\"" status "\",\"bid_id\":" bid "}"


static const model_case_t  import[] = {
    { "{\"bids\":[" BID(ID1) "," BID(ID2) "],\"awards\":["
      AWARD(ID1, "unsuccessful", ID2) "," AWARD(ID2, "active", ID1) "]}",
      "={\"bids\":[" BID(ID1) "," BID(ID2) "],\"awards\":["
      AWARD(ID1, "unsuccessful", ID2) "," AWARD(ID2, "active", ID1) "]}" },
    { "{\"bids\":[{},{}],\"awards\":[{},{}]}",
      "={\"bids\":[{},{}],\"awards\":[{},{}]}" },
    { "{\"bids\":[],\"awards\":[]}", "={\"bids\":[],\"awards\":[]}" },
    { "{\"bids\":[{\"bidders\":[{\"id\":{\"name\":\"n\"}}],\"date\":"
      "\"2014-10-28\",\"status\":\"validBid\",\"totalValue\":"
      "{\"amount\":1},\"documents\":[{}]}],\"documents\":[{}]}",
      "={\"bids\":[{\"bidders\":[{\"id\":{\"name\":\"n\"}}],\"date\":"
      "\"2014-10-28\",\"status\":\"validBid\",\"totalValue\":"
      "{\"amount\":1}}]}" },
    { "{\"bids\":[{},{\"id\":\"x\"}]}",
      "!{\"bids\":[{},{\"id\":[\"Hash value is wrong length.\"]}]}" },
    { "{\"bids\":[{},{\"suppliers\":[]}]}", "!{\"bids\":{\"suppliers\":"
      "\"Rogue field: this is an award, send it to /awards\"}}" },
    { "{\"bids\":[" BID(ID1) ",{}," BID(ID1) "]}",
      "!{\"bids\":[\"Bid id should be uniq for all bids\"]}" },
    { "{\"awards\":[{\"awardID\":" ID1 "},{\"awardID\":" ID1 "}]}",
      "!{\"awards\":[\"Award id should be uniq for all awards\"]}" },
    { "{\"bids\":[" BID(ID1) "," BID(ID1) "],\"awards\":[{\"awardID\":" ID1
      "},{\"awardID\":" ID1 "}],\"features\":[" ONE("a", V("0")) ","
      ONE("a", V("0")) "]}",
      "!{\"features\":" REPEATED ",\"bids\":[\"Bid id should be uniq for all "
      "bids\"],\"awards\":[\"Award id should be uniq for all awards\"]}" },
    { "{\"bids\":[" BID(ID1) "],\"awards\":[{\"bid_id\":" ID1 "},"
      "{\"bid_id\":" ID2 "}]}",
      "!{\"awards\":[\"bid_id should be one of bids\"]}" },
    { "{\"awards\":[{\"bid_id\":" ID2 "}]}",
      "!{\"awards\":[\"bid_id should be one of bids\"]}" },
    { "{\"bids\":[{}],\"awards\":[{\"bid_id\":" ID2 "}]}",
      "!{\"awards\":[\"bid_id should be one of bids\"]}" },
    { "{\"awards\":[{\"awardStatus\":\"active\"},{\"awardStatus\":"
      "\"cancelled\"},{\"awardStatus\":\"active\"}]}",
      "!{\"awards\":[\"Only one award should be active\"]}" },
    { NULL, NULL }
};


int
main(void)
{
    test_begin();

    run("owner", OWNER, 0, owner);
    run("fragment", OWNER, 1, fragment);
    run("import", IMPORT, 0, import);

    test_bounds();
    test_sum();
    test_import();
    test_memory();

    return test_end();
}


static void
run(const char *title, unsigned by, unsigned partial,
    const model_case_t *cases)
{
    for ( /* void */ ; cases->json != NULL; cases++) {
        is_str(test_validate(&tender_model_tender, by, partial, cases->json),
               cases->expected, "%s: %.60s", title, cases->json);
    }
}


/* each % in item is a number that grows */

static char *
many(const char *before, const char *item, unsigned n, const char *after)
{
    char        *text, *p;
    unsigned     i;
    const char  *c;

    text = malloc(strlen(before) + n * (strlen(item) + 16) + strlen(after)
                  + 1);
    p = text + sprintf(text, "%s", before);

    for (i = 1; i <= n; i++) {

        if (i > 1) {
            *p++ = ',';
        }

        for (c = item; *c != '\0'; c++) {

            if (*c == '%') {
                p += sprintf(p, "%u", i);

            } else {
                *p++ = *c;
            }
        }
    }

    strcpy(p, after);

    return text;
}


static void
test_bounds(void)
{
    size_t         i;
    char          *text;
    tender_str_t   got;

    static const struct {
        const char  *before;
        const char  *item;
        unsigned     n;
        const char  *after;
        const char  *fault;
    } cases[] = {
        { "{\"features\":[", ONE("%", V("0")), 100, "]}", NULL },
        { "{\"features\":[", ONE("%", V("0")), 101, "]}",
          ERRORS("[\"Please provide no more than 100 items.\"]") },
        { "{\"features\":[{\"code\":\"a\",\"enum\":[", V("%e-9"), 100, "]}]}",
          NULL },
        { "{\"features\":[{\"code\":\"a\",\"enum\":[", V("%e-9"), 101, "]}]}",
          ERRORS("[{\"enum\":[\"Please provide no more than 100 "
                 "items.\"]}]") },
        { "{\"bids\":[", "{}", 1000, "]}", NULL },
        { "{\"bids\":[", "{}", 1001, "]}",
          "!{\"bids\":[\"Please provide no more than 1000 items.\"]}" },
        { "{\"awards\":[", "{}", 1001, "]}",
          "!{\"awards\":[\"Please provide no more than 1000 items.\"]}" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text = many(cases[i].before, cases[i].item, cases[i].n,
                    cases[i].after);
        got = test_validate(&tender_model_tender, IMPORT, 0, text);

        if (cases[i].fault == NULL) {
            ok(got.data[0] == '=', "%u of %s", cases[i].n, cases[i].item);

        } else {
            is_str(got, cases[i].fault, "%u are too many", cases[i].n);
        }

        free(text);
    }
}


/* 100 features of 0.003 are 0.3, exactly */

static void
test_sum(void)
{
    char          *text;
    tender_str_t   got;

    text = many("{\"features\":[", ONE("%", V("0") "," V("0.003")), 100,
                "]}");
    got = test_validate(&tender_model_tender, OWNER, 0, text);
    ok(got.data[0] == '=', "100 times 0.003");
    free(text);

    text = many("{\"features\":[" ONE("a", V("3e-15")) ",",
                ONE("%", V("0.003030303030303")), 99, "]}");
    got = test_validate(&tender_model_tender, OWNER, 0, text);
    ok(got.data[0] == '=', "99 times 0.003030303030303 and what is left");
    free(text);

    text = many("{\"features\":[" ONE("a", V("4e-15")) ",",
                ONE("%", V("0.003030303030303")), 99, "]}");
    is_str(test_validate(&tender_model_tender, OWNER, 0, text), ERRORS(SUM),
           "and the least more");
    free(text);
}


/* bids and awards are the importer's, and nobody else's but the server's */

static void
test_import(void)
{
    size_t  i;

    static const char  json[] =
        "{\"bids\":[{\"id\":" ID1 "}],\"awards\":[{\"bid_id\":" ID1 "}]}";

    static const unsigned  others[] = {
        OWNER, TENDER_BY_BIDDER, TENDER_BY_AUCTION, TENDER_BY_ADMIN
    };

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        is_str(test_validate(&tender_model_tender, others[i], 0, json),
               "={}", "by %#x they are dropped", others[i]);
    }

    is_str(test_validate(&tender_model_tender, IMPORT, 0, json),
           "={\"bids\":[{\"id\":" ID1 "}],\"awards\":[{\"bid_id\":" ID1
           "}]}", "by an importer they are kept");
    is_str(test_validate(&tender_model_tender, TENDER_BY_SERVER, 0, json),
           "={\"bids\":[{\"id\":" ID1 "}],\"awards\":[{\"bid_id\":" ID1
           "}]}", "and by the server");
    is_str(test_validate(&tender_model_tender, TENDER_BY_SERVER, 0,
                         "{\"bidHashes\":[\"a\",\"b\"]}"),
           "={\"bidHashes\":[\"a\",\"b\"]}", "hashes by the server");
}


static void
test_memory(void)
{
    int              rc;
    size_t           size, failed;
    u_char          *block;
    tender_mem_t     mem, rest;
    tender_check_t   ck;
    tender_value_t  *v;

    static const char  text[] =
        "{\"bids\":[" BID(ID1) "," BID(ID2) "],\"awards\":["
        AWARD(ID1, "pending", ID2) "],\"features\":["
        "{\"code\":\"a\",\"enum\":[{\"value\":0.1}]}]}";

    failed = 0;

    for (size = 0; size < 16 * 1024; size += 8) {
        v = test_read(text);

        block = malloc(size + (size == 0));
        test_limited(&mem, &rest, block, size);

        memset(&ck, 0, sizeof(tender_check_t));
        ck.mem = &mem;
        ck.by = IMPORT;

        rc = tender_model_validate(&ck, &tender_model_tender, v);

        free(block);

        if (rc != TENDER_ERROR) {
            break;
        }

        failed++;
    }

    is_int(rc, TENDER_OK, "with enough memory it is taken");
    ok(failed > 5, "with less it is an error: %zu times", failed);
}
