
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "domain/tender_stage.h"


typedef struct {
    tender_act_e  act;
    const char   *words;
    const char   *gated;    /* a letter for each stage that lets it happen */
    const char   *open;
} act_case_t;


static void test_names(void);
static void test_acts(void);
static void test_refusal(void);
static void *no_alloc(void *data, size_t size);


/* Enquiries Tendering Auction Qualification aWarded Complete Unsuccessful X */

static const char  letters[] = "ETAQWCUX";

static const act_case_t  cases[] = {
    { TENDER_UPDATE, "update tender", "E", "ET" },
    { TENDER_CANCEL, "cancel tender", "ETAQW", "ETAQW" },
    { TENDER_CLOSE, "complete tender", "W", "W" },
    { TENDER_ADD_BID, "add bid", "T", "T" },
    { TENDER_UPDATE_BID, "update bid", "T", "T" },
    { TENDER_DELETE_BID, "delete bid", "T", "T" },
    { TENDER_JUDGE_BID, "update bid", "Q", "TQ" },
    { TENDER_ADD_AWARD, "create award", "Q", "TQ" },
    { TENDER_UPDATE_AWARD, "update award", "Q", "TQ" },
    { TENDER_GET_AUCTION, "get auction info", "A", "ETAQWCUX" },
    { TENDER_REPORT_AUCTION, "report auction results", "A", "T" },
    { TENDER_ADD_DOCUMENT, "add document", "E", "ETQW" },
    { TENDER_UPDATE_DOCUMENT, "update document", "E", "ETQW" },
    { TENDER_ADD_BID_DOCUMENT, "add document", "TQ", "TQ" },
    { TENDER_UPDATE_BID_DOCUMENT, "update document", "TQ", "TQ" },
    { TENDER_ADD_AWARD_DOCUMENT, "add document", "Q", "TQW" },
    { TENDER_UPDATE_AWARD_DOCUMENT, "update document", "Q", "TQW" },
    { TENDER_ADD_AUCTION_DOCUMENT, "add document", "AQ", "ETQW" },
    { TENDER_VIEW_BIDS, "view bids", "", "" },
    { TENDER_VIEW_BID, "view bid", "", "" },
    { TENDER_VIEW_BID_DOCUMENTS, "view bid documents", "", "" }
};

static const char  *names[] = {
    "active.enquiries", "active.tendering", "active.auction",
    "active.qualification", "active.awarded", "complete", "unsuccessful",
    "cancelled"
};


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_names();
    test_acts();
    test_refusal();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_names(void)
{
    size_t        n;
    unsigned      i;
    tender_str_t  name;

    static const char *const  none[] = {
        "", "active", "active.", "active.enquirie", "active.enquiriesx",
        "Active.tendering", "active.tendering ", "CANCELLED", "closed", "-"
    };

    is_int(TENDER_STAGES, 8, "eight stages");
    is_str(tender_stages[TENDER_STAGES], "", "the list of names has an end");

    for (i = 0; i < 8; i++) {
        is_str(tender_stages[i], names[i], "stage %u", i);

        name.data = (u_char *) names[i];
        name.len = strlen(names[i]);
        is_int(tender_stage_read(name), (int64_t) i, "its name: %s",
               names[i]);

        for (n = 0; n < strlen(names[i]); n++) {
            name.len = n;

            if (tender_stage_read(name) != -1) {
                ok(0, "the first %zu of %s", n, names[i]);
            }
        }
    }

    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        name.data = (u_char *) none[i];
        name.len = strlen(none[i]);
        is_int(tender_stage_read(name), -1, "no stage: \"%s\"", none[i]);
    }
}


static void
test_acts(void)
{
    int                gated, stage;
    size_t             i;
    const char        *lets;
    const act_case_t  *c;

    is_int(sizeof(cases) / sizeof(cases[0]), TENDER_VIEW_BID_DOCUMENTS + 1,
           "every act");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];

        is_int(c->act, (int64_t) i, "%s: in order", c->words);

        for (gated = 0; gated < 2; gated++) {
            lets = gated ? c->gated : c->open;

            is_int(tender_stage_lets(c->act, -1, gated), 0,
                   "%s: not in a stage that is none", c->words);

            for (stage = 0; stage < TENDER_STAGES; stage++) {
                is_int(tender_stage_lets(c->act, stage, gated),
                       strchr(lets, letters[stage]) != NULL,
                       "%s: %s, %s", c->words, names[stage],
                       gated ? "gated" : "open");
            }
        }
    }
}


static void
test_refusal(void)
{
    char          expected[128];
    size_t        i, stage;
    tender_mem_t  none;
    tender_str_t  text;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (stage = 0; stage < 8; stage++) {
            (void) snprintf(expected, sizeof(expected),
                            "Can't %s in current (%s) tender status",
                            cases[i].words, names[stage]);

            text = tender_stage_refusal(&mem, cases[i].act,
                                        tender_stages[stage]);

            is_str(text, expected, "%s in %s", cases[i].words, names[stage]);
        }
    }

    tender_mem_init(&none, no_alloc, NULL);

    text = tender_stage_refusal(&none, TENDER_ADD_BID, tender_stages[0]);

    ok(text.data == NULL, "out of memory");
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}
