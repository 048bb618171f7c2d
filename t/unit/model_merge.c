
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


typedef struct {
    const char  *target;
    const char  *patch;
    const char  *expected;
    const char  *about;
} merge_case_t;


static void test_merge(void);
static void test_twice(void);
static void test_flow(void);
static void test_keep(void);
static void keep(unsigned by, const char *object, const char *target,
    const char *expected, const char *about);
static void test_long(void);
static void test_memory(void);
static int merge_limited(size_t size, int keeps);


static const merge_case_t  cases[] = {

    { "{\"method\":\"Open\"}", "{}", "{\"method\":\"Open\"}",
      "nothing changes nothing" },
    { "{}", "{\"method\":\"Open\"}", "{\"method\":\"Open\"}",
      "a member is added" },
    { "{\"method\":\"Open\",\"clarifications\":true}",
      "{\"method\":\"Limited\"}",
      "{\"method\":\"Limited\",\"clarifications\":true}",
      "a member is replaced where it stands" },
    { "{\"method\":\"Open\"}", "{\"clarifications\":true,\"method\":null}",
      "{\"clarifications\":true}", "null removes" },
    { "{}", "{\"method\":null}", "{}", "what is not there, too" },
    { "{\"method\":\"Open\",\"id\":\"1\",\"status\":\"x\"}",
      "{\"status\":null}", "{\"method\":\"Open\",\"id\":\"1\"}",
      "the last member is removed" },
    { "{\"status\":\"x\"}", "{\"status\":null,\"method\":\"Open\"}",
      "{\"method\":\"Open\"}", "the only member makes room" },

    /* objects */

    { "{\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"}}",
      "{\"totalValue\":{\"amount\":600}}",
      "{\"totalValue\":{\"amount\":600,\"currency\":\"UAH\"}}",
      "an object is merged" },
    { "{\"procuringEntity\":{\"id\":{\"name\":\"a\",\"uid\":\"1\"}}}",
      "{\"procuringEntity\":{\"id\":{\"uid\":null,\"scheme\":\"s\"}}}",
      "{\"procuringEntity\":{\"id\":{\"name\":\"a\",\"scheme\":\"s\"}}}",
      "at any depth" },
    { "{}", "{\"totalValue\":{\"amount\":1,\"currency\":null}}",
      "{\"totalValue\":{\"amount\":1}}", "no null is left in a new object" },
    { "{}", "{\"procuringEntity\":{\"id\":{\"uid\":null}}}",
      "{\"procuringEntity\":{\"id\":{}}}", "at any depth, either" },
    { "{\"totalValue\":{\"amount\":1}}", "{\"totalValue\":{}}",
      "{\"totalValue\":{\"amount\":1}}", "{} changes nothing" },
    { "{\"totalValue\":{\"amount\":1}}", "{\"totalValue\":null}", "{}",
      "an object is removed" },
    { "{\"totalValue\":5}", "{\"totalValue\":{\"amount\":1}}",
      "{\"totalValue\":{\"amount\":1}}", "an object replaces what is none" },
    { "{\"totalValue\":{\"amount\":1}}", "{\"totalValue\":5}",
      "{\"totalValue\":5}", "and the other way round" },

    /* lists of objects */

    { "{\"itemsToBeProcured\":[{\"quantity\":5,\"description\":\"a\"}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":6}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":6,\"description\":\"a\"}]}",
      "an element is merged" },
    { "{\"itemsToBeProcured\":[{\"quantity\":1},{\"quantity\":2},"
      "{\"quantity\":3}]}",
      "{\"itemsToBeProcured\":[{},{\"quantity\":null},{}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":1},{},{\"quantity\":3}]}",
      "{} keeps an element" },
    { "{\"itemsToBeProcured\":[{\"quantity\":1}]}",
      "{\"itemsToBeProcured\":[{},{\"quantity\":2,\"description\":null},{}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":1},{\"quantity\":2},{}]}",
      "a longer list appends" },
    { "{\"itemsToBeProcured\":[{\"quantity\":1},{\"quantity\":2},"
      "{\"quantity\":3}],\"method\":\"Open\"}",
      "{\"itemsToBeProcured\":[{\"quantity\":4}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":4}],\"method\":\"Open\"}",
      "a shorter one truncates" },
    { "{\"itemsToBeProcured\":[{\"quantity\":1}]}",
      "{\"itemsToBeProcured\":[]}", "{\"itemsToBeProcured\":[]}",
      "an empty one empties" },
    { "{\"itemsToBeProcured\":[{\"quantity\":1}]}",
      "{\"itemsToBeProcured\":null}", "{}", "null removes a list" },
    { "{}", "{\"itemsToBeProcured\":[{\"quantity\":1}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":1}]}", "a list is added" },
    { "{\"itemsToBeProcured\":5}", "{\"itemsToBeProcured\":[{}]}",
      "{\"itemsToBeProcured\":[{}]}", "a list replaces what is none" },
    { "{\"itemsToBeProcured\":[{}]}", "{\"itemsToBeProcured\":5}",
      "{\"itemsToBeProcured\":5}", "and the other way round" },
    { "{\"itemsToBeProcured\":[5,{\"quantity\":1}]}",
      "{\"itemsToBeProcured\":[{\"quantity\":2},6,7]}",
      "{\"itemsToBeProcured\":[{\"quantity\":2},6,7]}",
      "elements of other types are replaced" },
    { "{\"itemsToBeProcured\":[{\"additionalClassification\":"
      "[{\"id\":\"1\"},{\"id\":\"2\"}]}]}",
      "{\"itemsToBeProcured\":[{\"additionalClassification\":"
      "[{},{\"scheme\":\"s\"},{\"id\":\"3\"}]}]}",
      "{\"itemsToBeProcured\":[{\"additionalClassification\":"
      "[{\"id\":\"1\"},{\"id\":\"2\",\"scheme\":\"s\"},{\"id\":\"3\"}]}]}",
      "lists in lists" },

    /* what no table knows */

    { "{\"x\":{\"a\":1,\"b\":2}}", "{\"x\":{\"a\":null,\"c\":[1]}}",
      "{\"x\":{\"b\":2,\"c\":[1]}}", "an unknown object is merged" },
    { "{\"x\":[{\"a\":1}]}", "{\"x\":[{\"b\":2}]}", "{\"x\":[{\"b\":2}]}",
      "an unknown list is replaced" },
};


int
main(void)
{
    test_begin();

    test_merge();
    test_twice();
    test_flow();
    test_keep();
    test_long();
    test_memory();

    return test_end();
}


static void
test_merge(void)
{
    size_t           i;
    tender_value_t  *target, *patch, *again;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        target = test_read(cases[i].target);
        patch = test_read(cases[i].patch);

        is_int(tender_model_merge(&test_mem, &tender_model_tender, target,
                                  patch),
               TENDER_OK, "merge: %s", cases[i].about);
        is_str(test_text(target), cases[i].expected, "the target");

        again = test_read(cases[i].patch);
        ok(tender_value_equal(patch, again), "the patch is as it was");

        (void) tender_model_merge(&test_mem, &tender_model_tender, target,
                                  again);
        is_str(test_text(target), cases[i].expected,
               "and a second time changes nothing");
    }
}


/* a patch that was merged into one target is not moved by another */

static void
test_twice(void)
{
    tender_value_t  *a, *b, *patch, *second;

    static const char  json[] =
        "{\"itemsToBeProcured\":[{\"quantity\":1}],"
        "\"totalValue\":{\"amount\":1},\"x\":[1]}";

    a = test_read("{}");
    b = test_read("{\"method\":\"Open\"}");
    patch = test_read(json);

    (void) tender_model_merge(&test_mem, &tender_model_tender, a, patch);
    (void) tender_model_merge(&test_mem, &tender_model_tender, b, patch);

    second = test_read("{\"itemsToBeProcured\":[{\"quantity\":2},{}],"
                       "\"totalValue\":{\"amount\":2,\"currency\":\"UAH\"},"
                       "\"x\":null}");

    (void) tender_model_merge(&test_mem, &tender_model_tender, a, second);

    is_str(test_text(patch), json, "one patch, two targets: the patch");
    is_str(test_text(b), "{\"method\":\"Open\","
           "\"itemsToBeProcured\":[{\"quantity\":1}],"
           "\"totalValue\":{\"amount\":1},\"x\":[1]}", "the other target");
    is_str(test_text(a), "{\"itemsToBeProcured\":[{\"quantity\":2},{}],"
           "\"totalValue\":{\"amount\":2,\"currency\":\"UAH\"}}",
           "the target that went on");
}


/* the way of a PATCH: a fragment, the merge, the whole */

static void
test_flow(void)
{
    tender_check_t   ck;
    tender_value_t  *target, *patch;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &test_mem;

    target = test_read("{\"status\":\"active.tendering\",\"totalValue\":"
                       "{\"amount\":500,\"currency\":\"UAH\","
                       "\"valueAddedTaxIncluded\":true}}");
    patch = test_read("{\"status\":\"complete\","
                      "\"totalValue\":{\"amount\":\"600.555\"}}");

    ck.by = TENDER_BY_OWNER;
    ck.partial = 1;

    is_int(tender_model_validate(&ck, &tender_model_tender, patch),
           TENDER_OK, "a fragment may be good by itself");
    is_int(tender_model_merge(&test_mem, &tender_model_tender, target, patch),
           TENDER_OK, "and is merged");

    ck.by = TENDER_BY_SERVER;
    ck.partial = 0;

    is_int(tender_model_validate(&ck, &tender_model_tender, target),
           TENDER_DECLINED, "but the whole may not be");
    is_str(test_text(ck.errors), "{\"totalValue\":{\"amount\":"
           "[\"Amount has more than 2 decimal places.\"]}}",
           "for the reason of the whole");

    patch = test_read("{\"totalValue\":{\"amount\":600.55}}");
    (void) tender_model_merge(&test_mem, &tender_model_tender, target, patch);

    is_int(tender_model_validate(&ck, &tender_model_tender, target),
           TENDER_OK, "a better fragment mends it");
    is_str(test_text(target), "{\"status\":\"active.tendering\","
           "\"totalValue\":{\"amount\":600.55,\"currency\":\"UAH\","
           "\"valueAddedTaxIncluded\":true}}",
           "and what the server has set is still there");
}


static void
keep(unsigned by, const char *object, const char *target,
    const char *expected, const char *about)
{
    tender_check_t   ck;
    tender_value_t  *o, *t;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &test_mem;
    ck.by = by;

    o = test_read(object);
    t = test_read(target);

    is_int(tender_model_keep(&ck, &tender_model_tender, o, t), TENDER_OK,
           "keep: %s", about);
    is_str(test_text(o), expected, "the object");
    ok(tender_value_equal(t, test_read(target)), "the target is as it was");
}


static void
test_keep(void)
{
    keep(TENDER_BY_OWNER, "{\"method\":\"Limited\"}",
         "{\"id\":\"1\",\"method\":\"Open\",\"status\":\"s\","
         "\"clarifications\":true,\"numberOfBids\":2}",
         "{\"id\":\"1\",\"status\":\"s\",\"numberOfBids\":2,"
         "\"method\":\"Limited\"}",
         "the server's members come first, the others are replaced");

    keep(TENDER_BY_OWNER, "{}", "{\"id\":\"1\",\"method\":\"Open\"}",
         "{\"id\":\"1\"}", "an empty object keeps what is not the owner's");
    keep(TENDER_BY_OWNER, "{\"method\":\"Open\"}", "{}",
         "{\"method\":\"Open\"}", "nothing is kept of nothing");
    keep(TENDER_BY_OWNER, "{}", "{}", "{}", "nothing of nothing at all");
    keep(TENDER_BY_OWNER, "{\"id\":\"2\",\"status\":\"x\",\"y\":1}",
         "{\"id\":\"1\",\"bids\":[1]}", "{\"id\":\"1\",\"bids\":[1]}",
         "what the client may not set is never the client's");
    keep(TENDER_BY_BIDDER, "{\"method\":\"Limited\"}",
         "{\"id\":\"1\",\"method\":\"Open\"}",
         "{\"id\":\"1\",\"method\":\"Open\"}", "a bidder may set none");
    keep(TENDER_BY_SERVER, "{\"id\":\"2\"}", "{\"id\":\"1\",\"status\":\"s\"}",
         "{\"id\":\"2\"}", "the server all of them");
    keep(TENDER_BY_OWNER, "{\"totalValue\":{\"amount\":1}}",
         "{\"totalValue\":{\"amount\":2,\"x\":5},\"id\":\"1\"}",
         "{\"id\":\"1\",\"totalValue\":{\"x\":5,\"amount\":1}}",
         "the members of an object in an object");
    keep(TENDER_BY_OWNER, "{\"totalValue\":{\"amount\":1},\"method\":\"Open\"}",
         "{\"totalValue\":5}",
         "{\"totalValue\":{\"amount\":1},\"method\":\"Open\"}",
         "an object in the place of a scalar");
}


/* time that grows with the square of the length would be seen */

static void
test_long(void)
{
    char            *text, *p;
    unsigned         i, n;
    tender_value_t  *target, *patch;

    n = 60000;
    text = malloc(64 + n * sizeof("{\"quantity\":1},"));

    p = text + sprintf(text, "{\"itemsToBeProcured\":[{}");

    for (i = 1; i < n; i++) {
        p += sprintf(p, ",{\"quantity\":1}");
    }

    strcpy(p, "]}");

    target = test_read("{}");
    patch = test_read(text);

    (void) tender_model_merge(&test_mem, &tender_model_tender, target, patch);
    (void) tender_model_merge(&test_mem, &tender_model_tender, target, patch);

    ok(tender_value_equal(target, patch), "60000 items are merged twice");

    patch = test_read("{\"itemsToBeProcured\":[{}]}");
    (void) tender_model_merge(&test_mem, &tender_model_tender, target, patch);

    is_str(test_text(target), "{\"itemsToBeProcured\":[{}]}",
           "and truncated");

    free(text);
}


static int
merge_limited(size_t size, int keeps)
{
    int              rc;
    u_char          *block;
    tender_mem_t     mem, rest;
    tender_check_t   ck;
    tender_value_t  *target, *patch;

    target = test_read("{\"id\":\"1\",\"itemsToBeProcured\":[{}],"
                       "\"totalValue\":{\"amount\":1,\"x\":1}}");
    patch = test_read("{\"itemsToBeProcured\":[{\"quantity\":1},{}],"
                      "\"attachments\":[{\"uri\":\"x\"}],"
                      "\"totalValue\":{\"amount\":2},"
                      "\"notice\":{\"amendment\":{\"amendedFields\":\"a\"}}}");

    block = malloc(size + (size == 0));
    test_limited(&mem, &rest, block, size);

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &mem;
    ck.by = TENDER_BY_OWNER;

    rc = keeps ? tender_model_keep(&ck, &tender_model_tender, patch, target)
               : tender_model_merge(&mem, &tender_model_tender, target, patch);

    free(block);

    return rc;
}


static void
test_memory(void)
{
    int     rc, keeps;
    size_t  size, failed;

    for (keeps = 0; keeps < 2; keeps++) {
        failed = 0;

        for (size = 0; size < 16 * 1024; size += 8) {

            rc = merge_limited(size, keeps);
            if (rc != TENDER_ERROR) {
                break;
            }

            failed++;
        }

        is_int(rc, TENDER_OK, "%s with enough memory",
               keeps ? "kept" : "merged");
        ok(failed > 5, "and an error with less: %zu times", failed);
    }
}
