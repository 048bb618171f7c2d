
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_decision.h"
#include "domain/tender_stage.h"
#include "tap.h"


#define MAX  6

/* the status of an award is its first letter, the bid follows: "pA u- cB" */

typedef struct {
    const char         *awards;
    char                status;
    const char         *bid;
    unsigned            gated;
    tender_decision_e   decision;
    unsigned            which;
} may_case_t;

typedef struct {
    const char         *awards;
    unsigned            made;
    const char         *after;
    int                 stage;
    int                 next;
} follow_case_t;


static unsigned read_awards(const char *text, tender_award_t *awards);
static tender_award_e read_status(char letter);
static tender_str_t read_bid(const char *text);
static void same_awards(tender_award_t *awards, unsigned n, const char *text,
    const char *about);
static void check(const follow_case_t *c, tender_award_t *awards, unsigned n,
    const tender_outcome_t *outcome, const char *what);
static void test_may(void);
static void test_about(void);
static void test_turned(void);
static void test_made(void);
static void test_auction(void);


static const char  statuses[] = "pauc";

/* the offers are A, B and C, in this order */

static const tender_offer_t  offers[] = {
    { .id = tender_string("A") },
    { .id = tender_string("B") },
    { .id = tender_string("C") }
};


static const may_case_t  may_cases[] = {
    { "", 'p', "A", 0, TENDER_DECISION_MAY, 0 },
    { "", 'p', "A", 1, TENDER_DECISION_MAY, 0 },
    { "", 'a', "-", 0, TENDER_DECISION_MAY, 0 },
    { "", 'u', "-", 1, TENDER_DECISION_MAY, 0 },

    /* one is active: nothing more */

    { "uA aB", 'a', "C", 0, TENDER_DECISION_OVER, 1 },
    { "uA aB", 'p', "C", 0, TENDER_DECISION_OVER, 1 },
    { "uA aB", 'u', "C", 1, TENDER_DECISION_OVER, 1 },
    { "a-", 'p', "-", 0, TENDER_DECISION_OVER, 0 },
    { "pA aB", 'a', "A", 1, TENDER_DECISION_OVER, 1 },

    /* one is pending: with a time gate it comes first */

    { "cA pB", 'a', "C", 1, TENDER_DECISION_OPEN, 1 },
    { "cA pB", 'p', "B", 1, TENDER_DECISION_OPEN, 1 },
    { "cA pB", 'u', "A", 1, TENDER_DECISION_OPEN, 1 },
    { "pA", 'p', "B", 0, TENDER_DECISION_MAY, 0 },
    { "pA", 'u', "B", 0, TENDER_DECISION_MAY, 0 },
    { "p-", 'p', "-", 0, TENDER_DECISION_MAY, 0 },

    /* a bid has one award that counts */

    { "uB pA", 'p', "A", 0, TENDER_DECISION_BID, 1 },
    { "pA", 'u', "A", 0, TENDER_DECISION_BID, 0 },
    { "pA", 'a', "A", 0, TENDER_DECISION_MAY, 0 },
    { "pA uA", 'a', "A", 0, TENDER_DECISION_BID, 0 },
    { "uA", 'a', "A", 0, TENDER_DECISION_BID, 0 },
    { "uA", 'p', "A", 1, TENDER_DECISION_BID, 0 },
    { "cA", 'a', "A", 0, TENDER_DECISION_MAY, 0 },
    { "cA", 'p', "A", 1, TENDER_DECISION_MAY, 0 },
    { "cA uA", 'p', "A", 1, TENDER_DECISION_BID, 1 },
};


static const follow_case_t  turned_cases[] = {

    /* pending: nothing follows */

    { "pA", 0, "pA", -1, -1 },

    /* active: the end, for the others as well */

    { "aA", 0, "aA", TENDER_AWARDED, -1 },
    { "uA aB", 1, "uA aB", TENDER_AWARDED, -1 },
    { "pA aB p- uC", 1, "cA aB c- uC", TENDER_AWARDED, -1 },

    /* unsuccessful: the next one, if nobody is pending */

    { "uA", 0, "uA", -1, 1 },
    { "uA uB", 1, "uA uB", -1, 2 },
    { "uC", 0, "uC", -1, 0 },
    { "cA uB", 1, "cA uB", -1, 0 },
    { "u-", 0, "u-", -1, 0 },
    { "uA pB", 0, "uA pB", -1, -1 },
    { "uA uB uC", 2, "uA uB uC", TENDER_UNSUCCESSFUL, -1 },
    { "uA uB pC", 1, "uA uB pC", -1, -1 },
    { "aA uB", 1, "aA uB", -1, -1 },
    { "a- uC uB", 2, "a- uC uB", -1, -1 },
};


static const follow_case_t  auction_cases[] = {
    { "", 0, "", TENDER_QUALIFICATION, 0 },
    { "uA", 0, "uA", TENDER_QUALIFICATION, 1 },
    { "pA", 0, "cA", TENDER_QUALIFICATION, 0 },
    { "uB pC p-", 0, "uB cC c-", TENDER_QUALIFICATION, 0 },
    { "uA uB uC", 0, "uA uB uC", TENDER_UNSUCCESSFUL, -1 },
};


int
main(void)
{
    test_may();
    test_about();
    test_turned();
    test_made();
    test_auction();

    return done_testing();
}


static unsigned
read_awards(const char *text, tender_award_t *awards)
{
    unsigned  n;

    for (n = 0; *text != '\0'; n++) {
        awards[n].status = read_status(text[0]);
        awards[n].bid_id = read_bid(text + 1);

        text += (text[2] == ' ') ? 3 : 2;
    }

    return n;
}


static tender_award_e
read_status(char letter)
{
    return (tender_award_e) (strchr(statuses, letter) - statuses);
}


static tender_str_t
read_bid(const char *text)
{
    tender_str_t  id;

    id.data = (u_char *) text;
    id.len = (*text != '-');

    return id;
}


static void
same_awards(tender_award_t *awards, unsigned n, const char *text,
    const char *about)
{
    char      got[3 * MAX + 1], *p;
    unsigned  i;

    p = got;

    for (i = 0; i < n; i++) {
        *p++ = statuses[awards[i].status];
        *p++ = awards[i].bid_id.len ? (char) awards[i].bid_id.data[0] : '-';
        *p++ = ' ';
    }

    if (p != got) {
        p--;
    }

    is_str((tender_str_t) { (size_t) (p - got), (u_char *) got }, text,
           "%s: the awards", about);
}


static void
check(const follow_case_t *c, tender_award_t *awards, unsigned n,
    const tender_outcome_t *outcome, const char *what)
{
    char  about[64];

    snprintf(about, sizeof(about), "%s \"%s\"", what, c->awards);

    same_awards(awards, n, c->after, about);
    is_int(outcome->stage, c->stage, "%s: the stage", about);
    is_int(outcome->next, c->next, "%s: the next one", about);
}


static void
test_may(void)
{
    unsigned           i, n, which;
    tender_str_t       bid;
    tender_award_t     awards[MAX];
    const may_case_t  *c;

    for (i = 0; i < sizeof(may_cases) / sizeof(may_cases[0]); i++) {
        c = &may_cases[i];
        n = read_awards(c->awards, awards);
        bid = read_bid(c->bid);
        which = 0;

        is_int(tender_decision_may(awards, n, read_status(c->status), &bid,
                                   c->gated, &which),
               c->decision, "\"%s\": %c%s, gated %u", c->awards, c->status,
               c->bid, c->gated);
        is_int(which, c->which, "\"%s\": what is in the way", c->awards);
    }
}


static void
test_about(void)
{
    unsigned        n;
    tender_str_t    bid;
    tender_award_t  awards[MAX];

    n = read_awards("cA uA pB p-", awards);

    bid = read_bid("A");
    is_int(tender_decision_about(awards, n, &bid, -1), 1, "about A");
    is_int(tender_decision_about(awards, n, &bid, 1), -1, "but for that");
    is_int(tender_decision_about(awards, n, &bid, 2), 1, "but for another");

    bid = read_bid("C");
    is_int(tender_decision_about(awards, n, &bid, -1), -1, "about C");

    bid = read_bid("-");
    is_int(tender_decision_about(awards, n, &bid, -1), -1, "about no bid");

    bid = read_bid("A");
    is_int(tender_decision_about(NULL, 0, &bid, -1), -1, "of no awards");
}


static void
test_turned(void)
{
    unsigned              i, n;
    tender_award_t        awards[MAX];
    tender_outcome_t      outcome;
    const follow_case_t  *c;

    for (i = 0; i < sizeof(turned_cases) / sizeof(turned_cases[0]); i++) {
        c = &turned_cases[i];
        n = read_awards(c->awards, awards);

        tender_decision_turned(awards, n, c->made, offers, 3, &outcome);
        check(c, awards, n, &outcome, "turned");
    }

    n = read_awards("u-", awards);
    tender_decision_turned(awards, n, 0, NULL, 0, &outcome);

    is_int(outcome.stage, TENDER_UNSUCCESSFUL, "no offers: the end");
    is_int(outcome.next, -1, "no offers: nobody is next");
}


static void
test_made(void)
{
    unsigned              i, n;
    tender_award_t        awards[MAX];
    tender_outcome_t      outcome;
    const follow_case_t  *c;

    for (i = 0; i < sizeof(turned_cases) / sizeof(turned_cases[0]); i++) {
        c = &turned_cases[i];
        n = read_awards(c->awards, awards);

        tender_decision_made(awards, n, c->made, offers, 3, 1, &outcome);
        check(c, awards, n, &outcome, "made, gated");

        n = read_awards(c->awards, awards);

        tender_decision_made(awards, n, c->made, offers, 3, 0, &outcome);

        if (awards[c->made].status != TENDER_AWARD_UNSUCCESSFUL) {
            check(c, awards, n, &outcome, "made");
            continue;
        }

        same_awards(awards, n, c->awards, "history");
        is_int(outcome.stage, -1, "history \"%s\": no stage", c->awards);
        is_int(outcome.next, -1, "history \"%s\": nobody", c->awards);
    }
}


static void
test_auction(void)
{
    unsigned              i, n;
    tender_award_t        awards[MAX];
    tender_outcome_t      outcome;
    const follow_case_t  *c;

    for (i = 0; i < sizeof(auction_cases) / sizeof(auction_cases[0]); i++) {
        c = &auction_cases[i];
        n = read_awards(c->awards, awards);

        tender_decision_auction(awards, n, offers, 3, &outcome);
        check(c, awards, n, &outcome, "auction");
    }

    tender_decision_auction(NULL, 0, NULL, 0, &outcome);

    is_int(outcome.stage, TENDER_UNSUCCESSFUL, "without offers: the end");
    is_int(outcome.next, -1, "without offers: nobody");
}
