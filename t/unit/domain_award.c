
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_award.h"
#include "model_test.h"


typedef struct {
    const char  *bid;
    const char  *award;
    const char  *expected;
    const char  *about;
} award_case_t;

typedef struct {
    const char  *awards;    /* a bid and its award's status each: "aP bU" */
    int          next;
    const char  *about;
} next_case_t;


static void test_status(void);
static void test_make(void);
static void test_shared(void);
static void test_next(void);
static void test_memory(void);


#define BID                                                                   \
    "{\"id\":\"b1\",\"bidders\":[{\"id\":{\"name\":\"n\"}}],"                 \
    "\"totalValue\":{\"amount\":489.00,\"currency\":\"UAH\"}}"

#define SUPPLIERS  "\"suppliers\":[{\"id\":{\"name\":\"n\"}}]"
#define VALUE      "\"awardValue\":{\"amount\":489.00,\"currency\":\"UAH\"}"


static const award_case_t  cases[] = {
    { BID, "{}", "{\"awardStatus\":\"pending\",\"bid_id\":\"b1\","
      SUPPLIERS "," VALUE "}", "a bid makes an award" },
    { BID, "{\"awardID\":\"x\"}", "{\"awardID\":\"x\","
      "\"awardStatus\":\"pending\",\"bid_id\":\"b1\"," SUPPLIERS "," VALUE
      "}", "behind what there is" },
    { BID, "{\"awardStatus\":\"active\"," SUPPLIERS ",\"title\":\"t\"}",
      "{\"awardStatus\":\"active\"," SUPPLIERS ",\"title\":\"t\","
      "\"bid_id\":\"b1\"," VALUE "}", "what is given stays" },
    { BID, "{\"awardValue\":{\"amount\":1},\"suppliers\":[],"
      "\"bid_id\":\"b1\",\"awardStatus\":\"unsuccessful\"}",
      "{\"awardValue\":{\"amount\":1},\"suppliers\":[],\"bid_id\":\"b1\","
      "\"awardStatus\":\"unsuccessful\"}", "all of it" },
    { "{}", "{}", "{\"awardStatus\":\"pending\",\"bid_id\":\"b1\"}",
      "a bid without bidders and price" }
};


/* three offers, a, b and c */

static const next_case_t  nexts[] = {
    { "", 0, "no award" },
    { "aP", 1, "a pending one" },
    { "aA", 1, "an active one" },
    { "aU", 1, "an unsuccessful one" },
    { "aC", 0, "a cancelled one is as none" },
    { "aU aC", 1, "but not beside another" },
    { "aC aP", 1, "in either order" },
    { "bU", 0, "of the second offer" },
    { "bU aU", 2, "of two offers" },
    { "cU bC aU", 1, "of all, one cancelled" },
    { "cU bU aU", -1, "of all" },
    { "aU bU cA aU", -1, "one offer twice" },
    { "xU yP zA", 0, "of other bids" },
    { "a?", 1, "a status that is none" }
};


int
main(void)
{
    test_begin();

    test_status();
    test_make();
    test_shared();
    test_next();
    test_memory();

    return test_end();
}


/* the names are those of the model, in its order */

static void
test_status(void)
{
    unsigned               i;
    const tender_field_t  *field;

    field = tender_model_field(&tender_model_award, &tap_str("awardStatus"));

    for (i = 0; field->choices[i].len != 0; i++) {
        is_int(tender_award_status(field->choices[i]), i, "%.*s",
               (int) field->choices[i].len,
               (char *) field->choices[i].data);
    }

    is_int(i, TENDER_AWARD_UNKNOWN, "there are no more");
    is_int(tender_award_status((tender_str_t) tender_null_string),
           TENDER_AWARD_PENDING, "none is pending");
    is_int(tender_award_status(tap_str("Active")), TENDER_AWARD_UNKNOWN,
           "another name");
    is_int(tender_award_status(tap_str("activ")), TENDER_AWARD_UNKNOWN,
           "a part of one");
}


static void
test_make(void)
{
    size_t           i;
    tender_value_t  *bid, *award;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bid = test_read(cases[i].bid);
        award = test_read(cases[i].award);

        is_int(tender_award_make(&test_mem, bid, tap_str("b1"), award),
               TENDER_OK, "%s", cases[i].about);
        is_str(test_text(award), cases[i].expected, "the award");
        is_str(test_text(bid), cases[i].bid, "the bid is as it was");
    }
}


static void
test_shared(void)
{
    tender_value_t  *bid, *award;

    bid = test_read(BID);
    award = test_read("{}");

    (void) tender_award_make(&test_mem, bid, tap_str("b1"), award);

    ok(tender_value_member(award, "suppliers")->u.list.first
       == tender_value_member(bid, "bidders")->u.list.first
       && tender_value_member(award, "awardValue")->u.list.first
          == tender_value_member(bid, "totalValue")->u.list.first,
       "lists are shared");
    ok(tender_value_member(award, "suppliers")
       != tender_value_member(bid, "bidders"), "their heads are not");
}


static void
test_next(void)
{
    size_t           i;
    unsigned         n;
    const char      *p;
    tender_award_t   awards[8];
    tender_offer_t   offers[3];

    static const char  letters[] = "PAUC";

    memset(offers, 0, sizeof(offers));
    offers[0].id = tap_str("a");
    offers[1].id = tap_str("b");
    offers[2].id = tap_str("c");

    for (i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++) {
        n = 0;

        for (p = nexts[i].awards; *p != '\0'; p += p[2] == ' ' ? 3 : 2) {
            awards[n].bid_id.data = (u_char *) p;
            awards[n].bid_id.len = 1;
            awards[n].status = strchr(letters, p[1])
                               ? (tender_award_e) (strchr(letters, p[1])
                                                   - letters)
                               : TENDER_AWARD_UNKNOWN;
            n++;
        }

        is_int(tender_award_next(offers, 3, awards, n), nexts[i].next,
               "%s", nexts[i].about);
    }

    is_int(tender_award_next(NULL, 0, NULL, 0), -1, "no offer");
}


static void
test_memory(void)
{
    int              rc;
    size_t           size, failed;
    u_char          *block;
    tender_mem_t     mem, rest;
    tender_value_t  *bid, *award;

    bid = test_read(BID);
    failed = 0;

    for (size = 0; size < 4096; size += 8) {
        award = test_read("{}");

        block = malloc(size + (size == 0));
        test_limited(&mem, &rest, block, size);

        rc = tender_award_make(&mem, bid, tap_str("b1"), award);

        free(block);

        if (rc != TENDER_ERROR) {
            break;
        }

        failed++;
    }

    is_int(rc, TENDER_OK, "with enough memory there is an award");
    ok(failed > 5, "with less it is an error: %zu times", failed);
}
