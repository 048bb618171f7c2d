
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_rank.h"
#include "model_test.h"


#define ONE     TENDER_WEIGHT_ONE
#define DIGITS  64


/* decimal digits, the last one first */

typedef struct {
    uint8_t      digits[DIGITS];
} big_t;

typedef struct {
    const char  *text;
    int          rc;
    int64_t      share;
} share_case_t;

typedef struct {
    const char  *features;
    const char  *bid;
    int64_t      weight;
    const char  *about;
} weight_case_t;


static void test_share(void);
static void test_weight(void);
static void test_bounds(void);
static void test_refused(void);
static void test_spec(void);
static void test_ties(void);
static void test_extremes(void);
static void test_property(void);
static void test_sort(void);
static uint64_t random_next(uint64_t *state);
static tender_money_t random_money(uint64_t *state);
static void multiply(big_t *big, uint64_t n);
static int compare_big(const tender_offer_t *a, const tender_offer_t *b);
static tender_offer_t offer_of(const char *amount, int64_t weight);
static int sign(int n);


static const share_case_t  shares[] = {
    { "0", TENDER_OK, 0 },
    { "0.0", TENDER_OK, 0 },
    { "-0", TENDER_OK, 0 },
    { "0.1", TENDER_OK, ONE / 10 },
    { "0.10", TENDER_OK, ONE / 10 },
    { "1e-1", TENDER_OK, ONE / 10 },
    { "0.000000000000001", TENDER_OK, 1 },
    { "0.999999999999999", TENDER_OK, ONE - 1 },
    { "1", TENDER_DECLINED, 0 },
    { "1.0", TENDER_DECLINED, 0 },
    { "1.5", TENDER_DECLINED, 0 },
    { "12345678901234.5", TENDER_DECLINED, 0 },
    { "9.99999999999999", TENDER_DECLINED, 0 },
    { "-0.1", TENDER_DECLINED, 0 },
    { "1e-16", TENDER_DECLINED, 0 },
    { "\"0.1\"", TENDER_DECLINED, 0 },
    { "null", TENDER_DECLINED, 0 },
    { "{}", TENDER_DECLINED, 0 }
};


#define TWO                                                                   \
    "[{\"code\":\"a\",\"enum\":[{\"value\":0.05},{\"value\":0.15}]},"         \
    "{\"code\":\"b\",\"enum\":[{\"value\":0.15},{\"value\":0.1},"             \
    "{\"value\":0}]}]"

#define P(a, b)                                                               \
    "[{\"code\":\"a\",\"value\":" a "},{\"code\":\"b\",\"value\":" b "}]"


static const weight_case_t  weights[] = {
    { NULL, NULL, ONE, "no feature, no parameter" },
    { NULL, P("0.1", "0.1"), ONE, "parameters without features" },
    { "[]", "[]", ONE, "empty lists" },
    { TWO, NULL, ONE / 10 * 7, "features without parameters" },
    { TWO, "[]", ONE / 10 * 7, "features and an empty list" },
    { TWO, P("0.1", "0.1"), ONE / 10 * 9, "0.1 of each" },
    { TWO, P("0.15", "0.15"), ONE, "the greatest" },
    { TWO, P("0", "0"), ONE / 10 * 7, "nothing" },
    { TWO, P("0.05", "0.000000000000001"), ONE / 100 * 75 + 1,
      "the last place counts" },
    { TWO, "[{\"code\":\"b\",\"value\":0.1},{\"code\":\"a\",\"value\":0.05}]",
      ONE / 100 * 85, "in another order" },
    { TWO, "[{\"code\":\"b\",\"value\":0.1}]", ONE / 10 * 8, "one of two" },
    { TWO, "[{\"code\":\"x\",\"value\":0.1},{\"code\":\"a\",\"value\":0.1}]",
      ONE / 10 * 8, "a code that is none" },
    { TWO, "[{\"code\":\"a\",\"value\":0.1},{\"code\":\"a\",\"value\":0.05}]",
      ONE / 10 * 8, "a code twice: the first one counts" },
    { TWO, P("0.2", "0.99"), ONE, "more than the greatest is the greatest" },
    { TWO, P("1", "-1"), ONE / 10 * 7, "what is no share is nothing" },
    { TWO, P("\"0.1\"", "null"), ONE / 10 * 7, "nor is what is no number" },
    { TWO, "[{},{\"code\":5,\"value\":0.1},{\"value\":0.1},7,"
      "{\"code\":\"b\"}]", ONE / 10 * 7, "broken parameters" },
    { TWO, "{\"code\":\"a\",\"value\":0.1}", ONE / 10 * 7, "no list" },
    { "{}", P("0.1", "0.1"), ONE, "features that are no list" },
    { "[{\"code\":\"a\"},{\"code\":\"b\",\"enum\":5},7,"
      "{\"enum\":[{},5,{\"value\":\"x\"}]}]", P("0.1", "0.1"), ONE,
      "broken features" },
    { "[{\"code\":\"a\",\"enum\":[{\"value\":0.6}]},"
      "{\"code\":\"b\",\"enum\":[{\"value\":0.4}]}]", P("0.6", "0.4"), ONE,
      "features that leave no price" },
    { "[{\"code\":\"a\",\"enum\":[{\"value\":0.6}]},{\"code\":\"b\",\"enum\":"
      "[{\"value\":0.399999999999999}]}]", P("0", "0"), 1,
      "features that leave next to none" }
};


int
main(void)
{
    test_begin();

    test_share();
    test_weight();
    test_bounds();
    test_refused();
    test_spec();
    test_ties();
    test_extremes();
    test_property();
    test_sort();

    return test_end();
}


static void
test_share(void)
{
    size_t   i;
    int64_t  share;

    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        share = -7;

        is_int(tender_share_read(test_read(shares[i].text), &share),
               shares[i].rc, "a share: %s", shares[i].text);

        if (shares[i].rc == TENDER_OK) {
            is_int(share, shares[i].share, "what it is");
        }
    }

    is_int(tender_share_read(NULL, &share), TENDER_DECLINED, "none at all");
}


static void
test_weight(void)
{
    char             text[1024], other[1024];
    size_t           i;
    tender_offer_t   offer;
    tender_value_t  *tender, *bid;

    for (i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {

        snprintf(text, sizeof(text), "{%s%s}",
                 weights[i].features ? "\"features\":" : "",
                 weights[i].features ? weights[i].features : "");
        tender = test_read(text);

        snprintf(other, sizeof(other), "{\"totalValue\":{\"amount\":5}%s%s}",
                 weights[i].bid ? ",\"parameters\":" : "",
                 weights[i].bid ? weights[i].bid : "");
        bid = test_read(other);

        is_int(tender_offer_read(tender, bid, tap_str("1"), 7, &offer),
               TENDER_OK, "%s", weights[i].about);
        is_int(offer.weight, weights[i].weight, "its weight");
        ok(offer.bid == bid && offer.date == 7 && offer.amount.digits == 5
           && offer.amount.scale == 0 && tender_str_is(&offer.id, "1"),
           "and all else");
    }
}


/* more features than there may be */

static void
test_bounds(void)
{
    char               *text, *p;
    unsigned            i;
    tender_features_t   features;

    text = malloc(64 * 1024);
    p = text + sprintf(text, "{\"features\":[");

    for (i = 0; i < 300; i++) {
        p += sprintf(p, "%s{\"code\":\"%u\",\"enum\":[{\"value\":0.003}]}",
                     i ? "," : "", i);
    }

    sprintf(p, "]}");

    is_int(tender_features_read(test_read(text), &features), ONE / 10 * 3,
           "the sum of the first 100 features");
    is_int(features.nfeatures, TENDER_MAX_FEATURES, "which is the bound");
    is_int(features.rest, ONE / 10 * 7, "what they leave");
    is_str(features.features[99].code, "99", "the last one");

    is_int(tender_features_read(test_read("{\"features\":[{\"code\":\"a\","
                                          "\"enum\":[{\"value\":0.9}]},"
                                          "{\"code\":\"b\",\"enum\":"
                                          "[{\"value\":0.9}]}]}"), &features),
           ONE / 10 * 18, "a sum above 1 is told");
    is_int(features.nfeatures, 0, "and nothing counts");
    is_int(features.rest, ONE, "so the price alone does");

    free(text);
}


static void
test_refused(void)
{
    size_t          i;
    tender_offer_t  offer;

    static const char  *const bids[] = {
        "{}", "{\"totalValue\":{}}", "{\"totalValue\":5}",
        "{\"totalValue\":null}", "{\"totalValue\":{\"amount\":null}}",
        "{\"totalValue\":{\"amount\":\"5\"}}",
        "{\"totalValue\":{\"amount\":-5}}",
        "{\"totalValue\":{\"amount\":1e15}}",
        "{\"status\":\"invalidBid\",\"totalValue\":{\"amount\":5}}"
    };

    static const char  *const good[] = {
        "{\"status\":\"validBid\",\"totalValue\":{\"amount\":5}}",
        "{\"status\":\"registration\",\"totalValue\":{\"amount\":0}}",
        "{\"status\":null,\"totalValue\":{\"amount\":0.5}}"
    };

    for (i = 0; i < sizeof(bids) / sizeof(bids[0]); i++) {
        is_int(tender_offer_read(test_read("{}"), test_read(bids[i]),
                                 tap_str("1"), 0, &offer),
               TENDER_DECLINED, "no offer: %s", bids[i]);
    }

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        is_int(tender_offer_read(test_read("{}"), test_read(good[i]),
                                 tap_str("1"), 0, &offer),
               TENDER_OK, "an offer: %s", good[i]);
    }
}


/* k = 1 + (0.1 + 0.1) / (1 - 0.3) = 9/7, so 900 is as good as 700 */

static void
test_spec(void)
{
    tender_offer_t   a, b;
    tender_value_t  *tender;

    tender = test_read("{\"features\":" TWO "}");

    (void) tender_offer_read(tender,
                test_read("{\"totalValue\":{\"amount\":900},"
                          "\"parameters\":" P("0.1", "0.1") "}"),
                tap_str("1"), 0, &a);
    (void) tender_offer_read(tender,
                test_read("{\"totalValue\":{\"amount\":700},"
                          "\"parameters\":" P("0", "0") "}"),
                tap_str("1"), 0, &b);

    is_int(tender_offer_compare(&a, &b), 0, "900 of 9/7 is 700");

    (void) tender_money_read(tap_str("900.000000000001"), &a.amount);
    ok(tender_offer_compare(&a, &b) > 0, "the least more is worse");
    (void) tender_money_read(tap_str("899.999999999999"), &a.amount);
    ok(tender_offer_compare(&a, &b) < 0, "the least less is better");
    ok(tender_offer_compare(&b, &a) > 0, "from both sides");
}


static void
test_ties(void)
{
    tender_offer_t  a, b;

    a = offer_of("485.50", ONE);
    b = offer_of("485.5", ONE);

    is_int(tender_offer_compare(&a, &b), 0, "the same offer");

    a.date = 5;
    b.date = 6;
    ok(tender_offer_compare(&a, &b) < 0, "the earlier one");
    ok(tender_offer_compare(&b, &a) > 0, "the later one");

    a.date = INT64_MIN;
    b.date = INT64_MAX;
    ok(tender_offer_compare(&a, &b) < 0, "dates that are far apart");

    b = offer_of("485.49", ONE);
    ok(tender_offer_compare(&b, &a) < 0, "a better price beats any date");

    b = a;
    a.id = tap_str("a");
    b.id = tap_str("b");
    ok(tender_offer_compare(&a, &b) < 0, "the id decides at last");
    ok(tender_offer_compare(&b, &a) > 0, "from both sides");

    b.id = tap_str("ab");
    ok(tender_offer_compare(&a, &b) < 0, "the shorter id first");
    ok(tender_offer_compare(&b, &a) > 0, "from both sides");

    a.id = (tender_str_t) tender_null_string;
    ok(tender_offer_compare(&a, &b) < 0, "no id first");
}


static void
test_extremes(void)
{
    tender_offer_t  a, b;

    a = offer_of("999999999999999", ONE);
    b = offer_of("0.000000000000001", 1);
    ok(tender_offer_compare(&a, &b) > 0, "the greatest and the least");
    ok(tender_offer_compare(&b, &a) < 0, "from both sides");

    a = offer_of("999999999999999", ONE);
    b = offer_of("999999999999998", ONE - 1);
    ok(tender_offer_compare(&a, &b) > 0, "a price next to another");

    a = offer_of("0.999999999999999", ONE);
    b = offer_of("0.999999999999999", ONE);
    is_int(tender_offer_compare(&a, &b), 0, "15 places");

    a = offer_of("0", ONE);
    b = offer_of("0.0", 1);
    is_int(tender_offer_compare(&a, &b), 0, "nothing is nothing");

    b = offer_of("0.000000000000001", ONE);
    ok(tender_offer_compare(&a, &b) < 0, "and less than something");
}


/* against arithmetic by hand, near ties and exact ones among them */

static void
test_property(void)
{
    int             want;
    uint64_t        state, n;
    unsigned        i, wrong, ties, close;
    tender_offer_t  a, b;

    state = 20141027;
    wrong = 0;
    ties = 0;
    close = 0;

    a = offer_of("1", ONE);
    b = a;

    for (i = 0; i < 300000; i++) {

        a.weight = (int64_t) (random_next(&state) % (uint64_t) ONE) + 1;
        b.weight = (int64_t) (random_next(&state) % (uint64_t) ONE) + 1;
        a.amount = random_money(&state);
        b.amount = random_money(&state);

        if (i % 4 == 1) {

            /* the same price by construction, then perhaps the next one */

            n = random_next(&state) % 30000000 + 1;

            a.weight = (int64_t) (random_next(&state) % 30000000 + 1);
            b.weight = (int64_t) (random_next(&state) % 30000000 + 1);
            a.amount.digits = (int64_t) n * a.weight;
            b.amount.digits = (int64_t) n * b.weight
                              + (int64_t) (random_next(&state) % 3) - 1;
            a.amount.scale = b.amount.scale;
        }

        if (i % 4 == 2) {
            b.amount = a.amount;
            b.weight = a.weight + (a.weight < ONE);
        }

        want = compare_big(&a, &b);
        ties += want == 0;
        close += i % 4 == 1;

        wrong += sign(tender_offer_compare(&a, &b)) != want
                 || sign(tender_offer_compare(&b, &a)) != -want;
    }

    is_int(wrong, 0, "300000 pairs are in the order of their prices");
    ok(ties > 20000 && close == 75000, "%u ties among them", ties);
}


static void
test_sort(void)
{
    unsigned         i, n, round, wrong;
    uint64_t         state;
    tender_offer_t   offers[200];
    unsigned char    ids[200], seen[256];

    state = 7;
    wrong = 0;

    for (round = 0; round < 400; round++) {
        n = round % 200;

        for (i = 0; i < n; i++) {
            ids[i] = (unsigned char) i;

            offers[i] = offer_of("1", ONE / 10 * 7
                                 + (int64_t) (random_next(&state) % 3));
            offers[i].amount.digits = (int64_t) (random_next(&state) % 5);
            offers[i].date = (int64_t) (random_next(&state) % 3);
            offers[i].id.data = &ids[i];
            offers[i].id.len = 1;
        }

        tender_offer_sort(offers, n);
        memset(seen, 0, sizeof(seen));

        for (i = 0; i < n; i++) {
            wrong += seen[offers[i].id.data[0]]++;
            wrong += i != 0
                     && tender_offer_compare(&offers[i - 1], &offers[i]) >= 0;
        }
    }

    is_int(wrong, 0, "0 to 199 offers are sorted, and none is lost");
}


static uint64_t
random_next(uint64_t *state)
{
    uint64_t  x;

    *state += UINT64_C(0x9e3779b97f4a7c15);

    x = *state;
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);

    return x ^ (x >> 31);
}


/* all lengths are as likely */

static tender_money_t
random_money(uint64_t *state)
{
    uint64_t        limit;
    unsigned        i, n;
    tender_money_t  money;

    limit = 1;
    n = (unsigned) (random_next(state) % 16);

    for (i = 0; i < n; i++) {
        limit *= 10;
    }

    money.digits = (int64_t) (random_next(state) % limit);
    money.scale = (unsigned) (random_next(state)
                              % (TENDER_MONEY_MAX_SCALE + 1));

    return money;
}


static void
multiply(big_t *big, uint64_t n)
{
    uint64_t  carry;
    unsigned  i;

    carry = 0;

    for (i = 0; i < DIGITS; i++) {
        carry += big->digits[i] * n;
        big->digits[i] = (uint8_t) (carry % 10);
        carry /= 10;
    }

    if (carry != 0) {
        diag("the test's own number is too long");
        exit(1);
    }
}


static int
compare_big(const tender_offer_t *a, const tender_offer_t *b)
{
    big_t     x, y;
    unsigned  i;

    memset(&x, 0, sizeof(big_t));
    memset(&y, 0, sizeof(big_t));

    x.digits[0] = 1;
    y.digits[0] = 1;

    multiply(&x, (uint64_t) a->amount.digits);
    multiply(&x, (uint64_t) b->weight);
    multiply(&y, (uint64_t) b->amount.digits);
    multiply(&y, (uint64_t) a->weight);

    for (i = 0; i < b->amount.scale; i++) {
        multiply(&x, 10);
    }

    for (i = 0; i < a->amount.scale; i++) {
        multiply(&y, 10);
    }

    for (i = DIGITS; i > 0; i--) {

        if (x.digits[i - 1] != y.digits[i - 1]) {
            return x.digits[i - 1] < y.digits[i - 1] ? -1 : 1;
        }
    }

    return 0;
}


static tender_offer_t
offer_of(const char *amount, int64_t weight)
{
    tender_offer_t  offer;

    memset(&offer, 0, sizeof(tender_offer_t));

    offer.id = tap_str("1");
    offer.weight = weight;

    if (tender_money_read((tender_str_t) { strlen(amount),
                                           (u_char *) amount },
                          &offer.amount)
        != TENDER_OK)
    {
        exit(1);
    }

    return offer;
}


static int
sign(int n)
{
    return (n > 0) - (n < 0);
}
