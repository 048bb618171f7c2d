
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


static void test_seed(void);
static void test_tables(void);
static char *long_text(const char *before, const char *part, size_t n,
    const char *after);
static void check_size(size_t n, const char *before, const char *part,
    const char *after, const char *fault, const char *about);
static void test_bounds(void);
static void test_zone(void);
static void test_memory(void);
static void test_repeated(void);


#define OWNER  TENDER_BY_OWNER


static const char  seed[] =
    "{\"procuringEntity\":{\"id\":{\"name\":\"Державне управління справами\","
    "\"scheme\":\"https://ns.openprocurement.org/ua/edrpou\","
    "\"uid\":\"00037256\",\"uri\":\"http://www.dus.gov.ua/\"},"
    "\"address\":{\"countryName\":\"Україна\",\"postalCode\":\"01220\","
    "\"region\":\"м. Київ\",\"locality\":\"м. Київ\","
    "\"streetAddress\":\"вул. Банкова, 11, корпус 1\"}},"
    "\"totalValue\":{\"amount\":500,\"currency\":\"UAH\","
    "\"valueAddedTaxIncluded\":true},"
    "\"itemsToBeProcured\":[{"
    "\"description\":\"футляри до державних нагород\","
    "\"primaryClassification\":{\"scheme\":\"CPV\",\"id\":\"44617100-9\","
    "\"description\":\"Cartons\"},"
    "\"additionalClassification\":[{\"scheme\":\"ДКПП\","
    "\"id\":\"17.21.1\",\"description\":\"папір і картон гофровані, "
    "паперова й картонна тара\"}],"
    "\"unitOfMeasure\":\"item\",\"quantity\":5}],"
    "\"clarificationPeriod\":{\"endDate\":\"2014-10-31T00:00:00\"},"
    "\"tenderPeriod\":{\"endDate\":\"2014-11-06T10:00:00\"},"
    "\"awardPeriod\":{\"endDate\":\"2014-11-13T00:00:00\"}}";


int
main(void)
{
    test_begin();

    test_seed();
    test_tables();
    test_bounds();
    test_zone();
    test_memory();
    test_repeated();

    return test_end();
}


static void
test_seed(void)
{
    char  expected[sizeof(seed) + 1];

    snprintf(expected, sizeof(expected), "=%s", seed);

    is_str(test_validate(&tender_model_tender, OWNER, 0, seed), expected,
           "a tender as it is printed in the API is kept as it is");
    is_str(test_validate(&tender_model_tender, TENDER_BY_ADMIN, 0, seed),
           expected, "an administrator may write it, too");
}


/* what the engine and the formats count on in each table */

static void
test_tables(void)
{
    unsigned                      i, j, bad;
    const tender_field_t         *field;
    const tender_model_t *const  *model;

    bad = 0;

    for (model = tender_models; *model != NULL; model++) {

        ok((*model)->nfields >= 1 && (*model)->nfields <= 64,
           "%s has 1 to 64 fields", (*model)->name);

        for (i = 0; i < (*model)->nfields; i++) {
            field = &(*model)->fields[i];

            bad += field->about == NULL || field->name.len == 0
                   || (field->type == TENDER_FIELD_OBJECT)
                      != (field->model != NULL)
                   || (field->type == TENDER_FIELD_ENUM)
                      != (field->choices != NULL)
                   || (field->set_by & TENDER_BY_SERVER)
                   || field->set_by >= TENDER_BY_IMPORT * 2
                   || tender_model_field(*model, &field->name) != field;

            for (j = 0; j < i; j++) {
                bad += tender_str_eq(&(*model)->fields[j].name, &field->name);
            }
        }
    }

    is_int(bad, 0, "each field is whole and found by its name");
    ok(tender_model_field(&tender_model_tender, &tap_str("nope")) == NULL,
       "a name that is none is not found");
    ok(tender_model_field(&tender_model_tender, &tap_str("")) == NULL,
       "nor is the empty one");
}


static char *
long_text(const char *before, const char *part, size_t n, const char *after)
{
    char    *text, *p;
    size_t   i, len;

    len = strlen(part);
    text = malloc(strlen(before) + n * len + strlen(after) + 1);
    p = text + sprintf(text, "%s", before);

    for (i = 0; i < n; i++) {
        memcpy(p, part, len);
        p += len;
    }

    strcpy(p, after);

    return text;
}


static void
check_size(size_t n, const char *before, const char *part, const char *after,
    const char *fault, const char *about)
{
    char          *text;
    tender_str_t   got;

    text = long_text(before, part, n, after);
    got = test_validate(&tender_model_tender, OWNER, 1, text);

    if (fault != NULL) {
        is_str(got, fault, "%s", about);

    } else {
        ok(got.data[0] == '=', "%s", about);
    }

    free(text);
}


static void
test_bounds(void)
{
    check_size(100000, "{\"methodJustification\":\"", "ж", "\"}", NULL,
               "a text of 100000 characters");
    check_size(100001, "{\"methodJustification\":\"", "ж", "\"}",
               "!{\"methodJustification\":[\"String value is too long.\"]}",
               "one of 100001 is too long");
    check_size(2000, "{\"notice\":{\"uri\":\"http://a.org/", "x", "\"}}",
               NULL, "a long URL");
    check_size(2048, "{\"notice\":{\"uri\":\"http://a.org/", "x", "\"}}",
               "!{\"notice\":{\"uri\":[\"String value is too long.\"]}}",
               "a URL that is too long");
    check_size(999, "{\"itemsToBeProcured\":[{}", ",{}", "]}", NULL,
               "1000 items");
    check_size(1000, "{\"itemsToBeProcured\":[{}", ",{}", "]}",
               "!{\"itemsToBeProcured\":"
               "[\"Please provide no more than 1000 items.\"]}",
               "1001 are too many");
    check_size(1000, "{\"itemsToBeProcured\":[{\"quantity\":-1}",
               ",{\"quantity\":-1}", "]}",
               "!{\"itemsToBeProcured\":"
               "[\"Please provide no more than 1000 items.\"]}",
               "and are not looked at then");
}


static void
test_zone(void)
{
    tender_zone_t    zone;
    tender_check_t   ck;
    tender_value_t  *v;

    static const char  json[] =
        "{\"startDate\":\"2014-07-01T01:00:00\","
        "\"endDate\":\"2014-06-30T23:00:00Z\"}";

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &test_mem;
    ck.by = OWNER;

    v = test_read(json);
    is_int(tender_model_validate(&ck, &tender_model_period, v),
           TENDER_DECLINED, "a local date counts as UTC without a zone");

    if (tender_zone_open(&test_mem, "Europe/Kyiv", &zone) != TENDER_OK) {
        exit(1);
    }

    ck.zone = &zone;
    v = test_read(json);
    is_int(tender_model_validate(&ck, &tender_model_period, v), TENDER_OK,
           "and as time of the zone with one");
    ok(ck.errors == NULL, "errors are cleared");
}


/* a run with memory for each number of bytes up to what is needed */

static void
test_memory(void)
{
    int              rc;
    u_char          *block;
    size_t           i, size, failed;
    tender_mem_t     mem, rest;
    tender_check_t   ck;
    tender_value_t  *v;

    static const char *const  texts[] = {
        "{\"totalValue\":{\"amount\":\"5\"},\"itemsToBeProcured\":"
        "[{\"quantity\":5.0}]}",
        "{\"x\":1,\"totalValue\":[],\"attachments\":[{\"y\":1}],"
        "\"deliveryDate\":5,\"clarifications\":5,\"procuringEntity\":{}}",
        "{\"method\":\"x\",\"notice\":{\"uri\":\"x\"},"
        "\"attachments\":[{},{},{\"uri\":\"x\"}],"
        "\"tenderPeriod\":{\"startDate\":\"2015-01-01\","
        "\"endDate\":\"2014-01-01\"},"
        "\"minimalStep\":{\"amount\":1.234,\"currency\":\"UAH\"},"
        "\"itemsToBeProcured\":[{\"quantity\":-1}]}",
    };

    static const int  expected[] = {
        TENDER_OK, TENDER_DECLINED, TENDER_DECLINED
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {

        failed = 0;

        for (size = 0; size < 64 * 1024; size += 8) {
            v = test_read(texts[i]);

            block = malloc(size + (size == 0));
            test_limited(&mem, &rest, block, size);

            memset(&ck, 0, sizeof(tender_check_t));
            ck.mem = &mem;
            ck.by = OWNER;

            rc = tender_model_validate(&ck, &tender_model_tender, v);

            free(block);

            if (rc != TENDER_ERROR) {
                break;
            }

            failed++;
        }

        is_int(rc, expected[i], "with enough memory it is what it is");
        ok(failed > 5, "with less it is an error: %zu times", failed);
    }
}


/* what came out of it comes out of it again */

static void
test_repeated(void)
{
    char          json[512], expected[512];
    tender_str_t  first;

    static const char  text[] =
        "{\"totalValue\":{\"amount\":\"5.50\"},\"methodJustification\":5.0,"
        "\"itemsToBeProcured\":[{\"quantity\":\"5.0\",\"description\":7}],"
        "\"clarifications\":\"True\"}";

    first = test_validate(&tender_model_tender, OWNER, 0, text);

    is_str(first, "={\"totalValue\":{\"amount\":5.50,"
           "\"valueAddedTaxIncluded\":true},\"methodJustification\":\"5.0\","
           "\"itemsToBeProcured\":[{\"quantity\":5,\"description\":\"7\"}],"
           "\"clarifications\":true}", "all is converted");

    snprintf(expected, sizeof(expected), "%.*s", (int) first.len,
             (char *) first.data);
    snprintf(json, sizeof(json), "%s", expected + 1);

    is_str(test_validate(&tender_model_tender, OWNER, 0, json), expected,
           "and is not converted twice");
}
