
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


typedef struct {
    const char  *json;
    const char  *expected;     /* '=' and the object, or '!' and its errors */
} model_case_t;

typedef struct {
    const char  *tender;
    const char  *bid;
    const char  *expected;
} check_case_t;


static void run(const char *title, const tender_model_t *model, unsigned by,
    unsigned partial, const model_case_t *cases);
static void test_sides(void);
static void test_is_award(void);
static void test_check(unsigned gated, const check_case_t *cases);
static void test_bounds(void);
static void test_memory(void);


#define OWNER    TENDER_BY_OWNER
#define BIDDER   TENDER_BY_BIDDER
#define AUCTION  TENDER_BY_AUCTION
#define SERVER   TENDER_BY_SERVER
#define IMPORT   (TENDER_BY_OWNER|TENDER_BY_IMPORT)

#define ID  "\"64e93250be76435397e8c992ed4214d1\""


/* the bid of the API's own example, as a bidder sends it */

#define ORGANIZATION                                                          \
    "{\"id\":{\"name\":\"Державне управління справами\","                     \
    "\"scheme\":\"https://ns.openprocurement.org/ua/edrpou\","                \
    "\"uid\":\"00037256\",\"uri\":\"http://www.dus.gov.ua/\"},"               \
    "\"address\":{\"countryName\":\"Україна\",\"postalCode\":\"01220\","      \
    "\"region\":\"м. Київ\",\"locality\":\"м. Київ\","                        \
    "\"streetAddress\":\"вул. Банкова, 11, корпус 1\"}}"

#define PRICE                                                                 \
    "{\"amount\":489,\"currency\":\"UAH\",\"valueAddedTaxIncluded\":true}"

#define BID                                                                   \
    "{\"bidders\":[" ORGANIZATION "],\"totalValue\":" PRICE "}"

#define AWARD                                                                 \
    "{\"awardStatus\":\"active\",\"suppliers\":[" ORGANIZATION "],"           \
    "\"awardValue\":" PRICE "}"

#define ROGUE  "\"Rogue field: this is an award, send it to /awards\""


static const model_case_t  bidder[] = {
    { BID, "=" BID },
    { "{}", "={}" },
    { "{\"id\":" ID ",\"date\":\"x\",\"status\":\"validBid\","
      "\"documents\":5}", "={}" },
    { "{\"totalValue\":{\"amount\":\"489\"}}",
      "={\"totalValue\":{\"amount\":489}}" },
    { "{\"totalValue\":{\"amount\":-1}}", "!{\"totalValue\":{\"amount\":"
      "[\"Float value should be greater than 0.\"]}}" },
    { "{\"totalValue\":{\"amount\":4.895,\"currency\":\"UAH\"}}",
      "!{\"totalValue\":{\"amount\":"
      "[\"Amount has more than 2 decimal places.\"]}}" },
    { "{\"totalValue\":489}", "!{\"totalValue\":[\"Please use a mapping for "
      "this field or Value instance instead of int.\"]}" },
    { "{\"bidders\":[{}]}",
      "!{\"bidders\":{\"id\":[\"This field is required.\"]}}" },
    { "{\"parameters\":[{\"code\":\"q\",\"value\":\"0.1\"}]}",
      "={\"parameters\":[{\"code\":\"q\",\"value\":0.1}]}" },
    { "{\"parameters\":[{}]}", "!{\"parameters\":{\"code\":"
      "[\"This field is required.\"],\"value\":"
      "[\"This field is required.\"]}}" },
    { "{\"parameters\":[{\"code\":\"a\",\"value\":0},{\"code\":\"b\","
      "\"value\":-0.1}]}", "!{\"parameters\":[{},{\"value\":"
      "[\"Float value should be greater than 0.\"]}]}" },
    { "{\"parameters\":[{\"code\":\"a\",\"value\":1e-16}]}",
      "!{\"parameters\":[{\"value\":[\"Float value should be less than "
      "1000000000000000 and have at most 15 digits.\"]}]}" },
    { "{\"parameters\":[{\"code\":\"a\",\"value\":true}]}",
      "!{\"parameters\":{\"value\":[\"Value is not float\"]}}" },
    { "{\"receipt\":{}}", "!{\"receipt\":\"Rogue field\"}" },

    /* an award that was sent where bids are taken */

    { AWARD, "!{\"awardStatus\":" ROGUE ",\"suppliers\":" ROGUE
      ",\"awardValue\":" ROGUE "}" },
    { "{\"awardID\":null,\"bid_id\":5,\"x\":1,\"awardDate\":1}",
      "!{\"awardID\":" ROGUE ",\"bid_id\":" ROGUE ",\"x\":\"Rogue field\","
      "\"awardDate\":\"Rogue field\"}" },
    { "{\"totalValue\":{\"awardID\":1}}",
      "!{\"totalValue\":{\"awardID\":\"Rogue field\"}}" },
    { "{\"\":1}", "!{\"\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  bid_owner[] = {
    { BID, "={}" },
    { "{\"status\":\"validBid\"}", "={\"status\":\"validBid\"}" },
    { "{\"status\":\"valid\"}", "!{\"status\":[\"Value must be one of "
      "['registration', 'validBid', 'invalidBid'].\"]}" },
    { NULL, NULL }
};


static const model_case_t  bid_server[] = {
    { "{\"id\":" ID ",\"status\":\"registration\","
      "\"date\":\"2014-10-28T11:44:17.947Z\",\"documents\":[{\"id\":" ID
      ",\"format\":\"application/pdf\",\"size\":5,\"previousVersions\":"
      "[{\"size\":4}]}]}",
      "={\"id\":" ID ",\"status\":\"registration\","
      "\"date\":\"2014-10-28T11:44:17.947Z\",\"documents\":[{\"id\":" ID
      ",\"format\":\"application/pdf\",\"size\":5,\"previousVersions\":"
      "[{\"size\":4}]}]}" },
    { "{\"id\":\"1\"}", "!{\"id\":[\"Hash value is wrong length.\"]}" },
    { NULL, NULL }
};


static const model_case_t  award[] = {
    { AWARD, "=" AWARD },
    { "{}", "={}" },
    { "{\"awardID\":" ID ",\"awardDate\":5,\"documents\":[5],\"bid_id\":" ID
      "}", "={\"bid_id\":" ID "}" },
    { "{\"bid_id\":\"x\"}", "!{\"bid_id\":[\"Hash value is wrong length.\"]}" },
    { "{\"awardStatus\":\"won\"}", "!{\"awardStatus\":[\"Value must be one "
      "of ['pending', 'active', 'unsuccessful', 'cancelled'].\"]}" },
    { "{\"title\":\"t\",\"description\":\"d\",\"notice\":{\"id\":\"1\"},"
      "\"itemsAwarded\":[{\"quantity\":5}]}",
      "={\"title\":\"t\",\"description\":\"d\",\"notice\":{\"id\":\"1\"},"
      "\"itemsAwarded\":[{\"quantity\":5}]}" },
    { "{\"awardValue\":{\"amount\":1}}",
      "={\"awardValue\":{\"amount\":1,\"valueAddedTaxIncluded\":true}}" },
    { "{\"bidders\":[]}", "!{\"bidders\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  document[] = {
    { "{\"title\":\"a.pdf\",\"description\":\"d\",\"language\":\"uk\","
      "\"documentType\":\"notice\",\"documentOf\":\"lot\","
      "\"relatedItem\":\"1\"}",
      "={\"title\":\"a.pdf\",\"description\":\"d\",\"language\":\"uk\","
      "\"documentType\":\"notice\",\"documentOf\":\"lot\","
      "\"relatedItem\":\"1\"}" },
    { "{\"id\":1,\"url\":[],\"hash\":5,\"size\":\"x\",\"format\":{},"
      "\"datePublished\":\"x\",\"dateModified\":\"x\","
      "\"previousVersions\":5}", "={}" },
    { "{\"documentOf\":\"bid\"}", "!{\"documentOf\":[\"Value must be one of "
      "['tender', 'item', 'lot'].\"]}" },
    { "{\"file\":\"x\"}", "!{\"file\":\"Rogue field\"}" },
    { NULL, NULL }
};


/* the report of the API's own example, and its other forms */

static const model_case_t  auction[] = {
    { "{\"modified\":\"2014-10-27T08:06:58.158Z\",\"bids\":["
      "{\"amount\":400,\"currency\":\"UAH\"},"
      "{\"amount\":385,\"currency\":\"UAH\"}]}",
      "={\"bids\":[{\"amount\":400,\"currency\":\"UAH\"},"
      "{\"amount\":385,\"currency\":\"UAH\"}]}" },
    { "{\"bids\":[{\"id\":" ID ",\"date\":\"x\",\"totalValue\":"
      "{\"amount\":\"400\"},\"parameters\":5}],\"minimalStep\":5,"
      "\"period\":[]}",
      "={\"bids\":[{\"id\":" ID ",\"totalValue\":{\"amount\":400}}]}" },
    { "{\"bids\":[{\"amount\":1,\"valueAddedTaxIncluded\":true,"
      "\"participationUrl\":\"http://a.org/1\"}]}",
      "={\"bids\":[{\"amount\":1,\"valueAddedTaxIncluded\":true,"
      "\"participationUrl\":\"http://a.org/1\"}]}" },
    { "{\"bids\":[{\"id\":null,\"amount\":null}]}",
      "={\"bids\":[{\"id\":null,\"amount\":null}]}" },
    { "{\"bids\":[{\"amount\":1},{\"amount\":-1}]}",
      "!{\"bids\":[{},{\"amount\":"
      "[\"Float value should be greater than 0.\"]}]}" },
    { "{\"bids\":[{\"amount\":1.005,\"currency\":\"UAH\"}]}",
      "!{\"bids\":[{\"amount\":"
      "[\"Amount has more than 2 decimal places.\"]}]}" },
    { "{\"bids\":[{\"id\":\"x\"}]}",
      "!{\"bids\":[{\"id\":[\"Hash value is wrong length.\"]}]}" },
    { "{\"bids\":[{\"bidders\":[]}]}",
      "!{\"bids\":{\"bidders\":\"Rogue field\"}}" },
    { "{\"bids\":[{\"participationUrl\":\"x\"}]}",
      "!{\"bids\":[{\"participationUrl\":[\"Not a well formed URL.\"]}]}" },
    { "{\"status\":\"complete\"}", "={}" },
    { "{\"tenderID\":\"1\"}", "!{\"tenderID\":\"Rogue field\"}" },
    { NULL, NULL }
};


#define VALUE(amount, more)                                                   \
    "{\"totalValue\":{\"amount\":" amount ",\"currency\":\"UAH\","            \
    "\"valueAddedTaxIncluded\":" more "}}"
#define UAH     VALUE("500", "true")
#define NO_VAT  VALUE("500", "false")

#define FEATURES                                                              \
    "{\"features\":[{\"code\":\"a\",\"enum\":[{\"value\":0.05},"              \
    "{\"value\":0.10}]},{\"code\":\"b\",\"enum\":[{\"value\":0}]}]}"

#define WRONG_CURRENCY                                                        \
    "\"currency of bid should be identical to currency of value of tender\""
#define WRONG_VAT                                                             \
    "\"valueAddedTaxIncluded of bid should be identical to "                  \
    "valueAddedTaxIncluded of value of tender\""
#define REQUIRED  "[\"This field is required.\"]"
#define NO_CODE   "{\"code\":[\"code should be one of feature code.\"]}"
#define NO_VALUE  "{\"value\":[\"value should be one of feature value.\"]}"
#define TWICE     "[\"Parameter code should be uniq for all parameters\"]"
#define MISSING   "[\"All features parameters is required.\"]"

#define P1(a)                                                                 \
    "{\"parameters\":[" a "]}"
#define P2(a, b)                                                              \
    "{\"parameters\":[" a "," b "]}"
#define P(code, value)                                                        \
    "{\"code\":\"" code "\",\"value\":" value "}"


/* without a time gate */

static const check_case_t  open_bids[] = {
    { "{}", "{}", "={}" },
    { UAH, "{}", "={}" },
    { UAH, "{\"totalValue\":{}}", "={\"totalValue\":{\"currency\":\"UAH\","
      "\"valueAddedTaxIncluded\":true}}" },
    { "{}", "{\"totalValue\":{\"amount\":5.005}}",
      "={\"totalValue\":{\"amount\":5.005,"
      "\"valueAddedTaxIncluded\":true}}" },
    { "{\"totalValue\":{}}", VALUE("5", "false"), "=" VALUE("5", "false") },

    /* what is left out is the tender's */

    { UAH, "{\"totalValue\":{\"amount\":489}}", "=" VALUE("489", "true") },
    { NO_VAT, "{\"totalValue\":{\"amount\":489}}",
      "=" VALUE("489", "false") },
    { UAH, "{\"totalValue\":{\"amount\":489.005}}", "!{\"totalValue\":"
      "{\"amount\":[\"Amount has more than 2 decimal places.\"]}}" },

    /* what is given must be the tender's */

    { UAH, VALUE("600", "true"), "=" VALUE("600", "true") },
    { UAH, "{\"totalValue\":{\"currency\":\"EUR\"}}",
      "!{\"totalValue\":[" WRONG_CURRENCY "]}" },
    { UAH, VALUE("489", "false"), "!{\"totalValue\":[" WRONG_VAT "]}" },
    { NO_VAT, VALUE("489", "true"), "!{\"totalValue\":[" WRONG_VAT "]}" },
    { NO_VAT, "{\"totalValue\":{\"amount\":1.001,\"currency\":\"EUR\","
      "\"valueAddedTaxIncluded\":true}}",
      "!{\"totalValue\":[" WRONG_CURRENCY "," WRONG_VAT "]}" },

    /* parameters */

    { FEATURES, P2(P("a", "0.1"), P("b", "0")),
      "=" P2(P("a", "0.1"), P("b", "0")) },
    { FEATURES, P2(P("b", "0.0"), P("a", "5e-2")),
      "=" P2(P("b", "0.0"), P("a", "5e-2")) },
    { FEATURES, "{}", "!{\"parameters\":" MISSING "}" },
    { FEATURES, "{\"parameters\":[]}", "!{\"parameters\":" MISSING "}" },
    { FEATURES, P1(P("a", "0.1")), "!{\"parameters\":" MISSING "}" },
    { FEATURES, P2(P("a", "0.1"), P("a", "0.05")),
      "!{\"parameters\":" TWICE "}" },
    { FEATURES, P2(P("a", "0.1") "," P("b", "0"), P("a", "0.1")),
      "!{\"parameters\":" TWICE "}" },
    { FEATURES, P2(P("a", "0.1"), P("c", "0")),
      "!{\"parameters\":[{}," NO_CODE "]}" },
    { FEATURES, P2(P("A", "0.1") "," P("b", "0"), P("a", "0.2")),
      "!{\"parameters\":[" NO_CODE ",{}," NO_VALUE "]}" },
    { FEATURES, P2(P("a", "0.2"), P("b", "0")),
      "!{\"parameters\":[" NO_VALUE "]}" },
    { FEATURES, P2(P("a", "0.1"), P("b", "1")),
      "!{\"parameters\":[{}," NO_VALUE "]}" },
    { "{}", P1(P("a", "0.1")), "!{\"parameters\":[" NO_CODE "]}" },
    { "{\"features\":[]}", P1(P("a", "0.1")),
      "!{\"parameters\":[" NO_CODE "]}" },
    { "{\"features\":[]}", "{\"parameters\":[]}", "={\"parameters\":[]}" },
    { "{\"features\":[{\"code\":\"a\"}]}", P1(P("a", "0.1")),
      "!{\"parameters\":[" NO_VALUE "]}" },

    /* of both at once */

    { "{\"totalValue\":{\"currency\":\"UAH\"},\"features\":[]}",
      "{\"parameters\":[" P("a", "0") "],\"totalValue\":"
      "{\"currency\":\"EUR\"}}",
      "!{\"totalValue\":[" WRONG_CURRENCY "],\"parameters\":[" NO_CODE "]}" },
    { NULL, NULL, NULL }
};


static const check_case_t  gated_bids[] = {
    { UAH, BID, "=" BID },
    { "{}", "{\"totalValue\":{\"amount\":0}}",
      "={\"totalValue\":{\"amount\":0,\"valueAddedTaxIncluded\":true}}" },
    { UAH, "{}", "!{\"totalValue\":" REQUIRED "}" },
    { UAH, "{\"totalValue\":{}}",
      "!{\"totalValue\":{\"amount\":" REQUIRED "}}" },
    { UAH, "{\"totalValue\":{\"currency\":\"EUR\"}}",
      "!{\"totalValue\":{\"amount\":" REQUIRED "}}" },
    { UAH, "{\"totalValue\":{\"amount\":1,\"currency\":\"EUR\"}}",
      "!{\"totalValue\":[" WRONG_CURRENCY "]}" },
    { FEATURES, "{}", "!{\"totalValue\":" REQUIRED ",\"parameters\":" MISSING
      "}" },
    { NULL, NULL, NULL }
};


int
main(void)
{
    test_begin();

    run("bid by a bidder", &tender_model_bid, BIDDER, 0, bidder);
    run("bid by the owner", &tender_model_bid, OWNER, 0, bid_owner);
    run("bid by the server", &tender_model_bid, SERVER, 0, bid_server);
    run("award", &tender_model_award, OWNER, 0, award);
    run("document", &tender_model_document, BIDDER, 0, document);
    run("auction", &tender_model_auction, AUCTION, 1, auction);

    test_sides();
    test_is_award();
    test_check(0, open_bids);
    test_check(1, gated_bids);
    test_bounds();
    test_memory();

    return test_end();
}


static void
run(const char *title, const tender_model_t *model, unsigned by,
    unsigned partial, const model_case_t *cases)
{
    for ( /* void */ ; cases->json != NULL; cases++) {
        is_str(test_validate(model, by, partial, cases->json),
               cases->expected, "%s: %.60s", title, cases->json);
    }
}


/* who may set what, the fields by their names */

static void
test_sides(void)
{
    size_t                 i;
    const tender_field_t  *field;

    static const struct {
        const tender_model_t  *model;
        tender_str_t           name;
        unsigned               by;
    } sides[] = {
        { &tender_model_bid, tender_string("id"), TENDER_BY_IMPORT },
        { &tender_model_bid, tender_string("date"), TENDER_BY_IMPORT },
        { &tender_model_bid, tender_string("status"),
          OWNER|TENDER_BY_ADMIN|TENDER_BY_IMPORT },
        { &tender_model_bid, tender_string("bidders"),
          BIDDER|TENDER_BY_ADMIN|TENDER_BY_IMPORT },
        { &tender_model_bid, tender_string("totalValue"),
          BIDDER|AUCTION|TENDER_BY_ADMIN|TENDER_BY_IMPORT },
        { &tender_model_bid, tender_string("documents"), 0 },
        { &tender_model_award, tender_string("awardID"), TENDER_BY_IMPORT },
        { &tender_model_award, tender_string("awardDate"),
          TENDER_BY_IMPORT },
        { &tender_model_award, tender_string("awardStatus"),
          OWNER|TENDER_BY_ADMIN|TENDER_BY_IMPORT },
        { &tender_model_document, tender_string("format"), 0 },
        { &tender_model_document, tender_string("hash"), 0 },
        { &tender_model_auction, tender_string("bids"), AUCTION },
        { &tender_model_tender, tender_string("bids"), TENDER_BY_IMPORT },
        { &tender_model_tender, tender_string("awards"), TENDER_BY_IMPORT },
        { &tender_model_tender, tender_string("documents"), 0 },
        { &tender_model_tender, tender_string("bidHashes"), 0 },
        { &tender_model_tender, tender_string("auctionPeriod"),
          OWNER|TENDER_BY_ADMIN|AUCTION },
        { &tender_model_tender, tender_string("features"),
          OWNER|TENDER_BY_ADMIN }
    };

    for (i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        field = tender_model_field(sides[i].model, &sides[i].name);

        is_int(field->set_by, sides[i].by, "who sets %s of %s",
               (char *) sides[i].name.data, sides[i].model->name);
    }
}


static void
test_is_award(void)
{
    size_t  i;

    static const char *const  yes[] = {
        AWARD, "{\"awardStatus\":null}", "{\"awardValue\":1}",
        "{\"x\":1,\"awardID\":\"\"}", "{\"suppliers\":[],\"bidders\":[]}"
    };

    static const char *const  no[] = {
        BID, "{}", "{\"bid_id\":" ID "}", "{\"awardDate\":1}",
        "{\"x\":{\"awardID\":1}}", "[]", "\"awardID\""
    };

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        is_int(tender_bid_is_award(test_read(yes[i])), 1, "an award: %.40s",
               yes[i]);
    }

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        is_int(tender_bid_is_award(test_read(no[i])), 0, "none: %.40s",
               no[i]);
    }
}


static void
test_check(unsigned gated, const check_case_t *cases)
{
    int              rc;
    tender_check_t   ck;
    tender_value_t  *tender, *bid;

    for ( /* void */ ; cases->bid != NULL; cases++) {
        memset(&ck, 0, sizeof(tender_check_t));
        ck.mem = &test_mem;
        ck.by = BIDDER;
        ck.errors = &(tender_value_t) { .type = TENDER_NULL };

        tender = test_read(cases->tender);
        bid = test_read(cases->bid);

        rc = tender_bid_check(&ck, tender, bid, gated);

        is_int(rc, cases->expected[0] == '=' ? TENDER_OK : TENDER_DECLINED,
               "%s bid: %.60s", gated ? "gated" : "open", cases->bid);
        ok((ck.errors == NULL) == (rc == TENDER_OK), "errors or none");
        is_str(test_text(rc == TENDER_OK ? bid : ck.errors),
               cases->expected + 1, "of %.60s", cases->tender);
        is_str(test_text(tender), cases->tender, "the tender is as it was");
    }
}


static void
test_bounds(void)
{
    char      *text, *p;
    unsigned   i, n;

    text = malloc(128 * 1024);

    for (n = 100; n <= 101; n++) {
        p = text + sprintf(text, "{\"parameters\":[");

        for (i = 0; i < n; i++) {
            p += sprintf(p, "%s{\"code\":\"%u\",\"value\":0}", i ? "," : "",
                         i);
        }

        sprintf(p, "]}");

        if (n == 100) {
            ok(test_validate(&tender_model_bid, BIDDER, 0, text).data[0]
               == '=', "100 parameters");

        } else {
            is_str(test_validate(&tender_model_bid, BIDDER, 0, text),
                   "!{\"parameters\":"
                   "[\"Please provide no more than 100 items.\"]}",
                   "101 are too many");
        }
    }

    for (n = 1000; n <= 1001; n++) {
        p = text + sprintf(text, "{\"bids\":[");

        for (i = 0; i < n; i++) {
            p += sprintf(p, "%s{\"amount\":1}", i ? "," : "");
        }

        sprintf(p, "]}");

        ok(test_validate(&tender_model_auction, AUCTION, 1, text).data[0]
           == (n == 1000 ? '=' : '!'), "%u results", n);
    }

    free(text);
}


static void
test_memory(void)
{
    int              rc;
    size_t           i, size, failed;
    u_char          *block;
    tender_mem_t     mem, rest;
    tender_check_t   ck;
    tender_value_t  *tender, *bid;

    static const struct {
        const char  *tender;
        const char  *bid;
        int          rc;
    } cases[] = {
        { UAH, "{\"totalValue\":{\"amount\":1}}", TENDER_OK },
        { FEATURES, P2(P("a", "0.1"), P("c", "0")), TENDER_DECLINED },
        { FEATURES, P2(P("a", "0.1"), P("a", "0.1")), TENDER_DECLINED },
        { FEATURES, "{\"totalValue\":{}}", TENDER_DECLINED },
        { NO_VAT, "{\"totalValue\":{\"amount\":1,\"currency\":\"EUR\","
          "\"valueAddedTaxIncluded\":true}}", TENDER_DECLINED },
        { UAH, "{\"totalValue\":{\"amount\":1.001}}", TENDER_DECLINED }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tender = test_read(cases[i].tender);
        failed = 0;

        for (size = 0; size < 16 * 1024; size += 8) {
            bid = test_read(cases[i].bid);

            block = malloc(size + (size == 0));
            test_limited(&mem, &rest, block, size);

            memset(&ck, 0, sizeof(tender_check_t));
            ck.mem = &mem;

            rc = tender_bid_check(&ck, tender, bid, 1);

            free(block);

            if (rc != TENDER_ERROR) {
                break;
            }

            failed++;
        }

        is_int(rc, cases[i].rc, "with enough memory it is what it is");
        ok(failed > 5, "with less it is an error: %zu times", failed);
    }
}
