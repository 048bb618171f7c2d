
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"

#include "domain/tender_stage.h"


static void test_dates(void);
static void test_statuses(void);
static void test_cpv(void);
static void test_query(void);
static void test_search(void);
static const char *checked(const tender_model_t *model, const char *json);
static const char *codes(const char *text);


#define DAY  INT64_C(86400000000)


static tender_zone_rule_t  rules[] = { { INT64_MIN, 7200 } };
static tender_zone_t       zone = { rules, 1 };


int
main(void)
{
    test_begin();

    test_dates();
    test_statuses();
    test_cpv();
    test_query();
    test_search();

    return test_end();
}


static void
test_dates(void)
{
    int            rc;
    int64_t        us;
    unsigned       i;
    tender_str_t   text;

    static const struct {
        const char  *text;
        int64_t      from;
        int64_t      to;
    } days[] = {
        { "01.01.1970", INT64_C(-7200000000), DAY - INT64_C(7200000001) },
        { "01-01-1970", INT64_C(-7200000000), DAY - INT64_C(7200000001) },
        { "1970-01-01", INT64_C(-7200000000), DAY - INT64_C(7200000001) },
        { "29.02.2016", INT64_C(1456696800000000),
          INT64_C(1456783199999999) },
        { "1970-01-01T00:00:00Z", 0, 0 },
        { "1970-01-01T02:00", 0, 0 },
        { "1970-01-02T00:00:00.5Z", DAY + 500000, DAY + 500000 }
    };

    static const char *const  bad[] = {
        "", "x", "1.1.1970", "01.01.70", "01/01/1970", "32.01.1970",
        "29.02.2015", "01.13.1970", "00.01.1970", "01.01-1970", "01-01.1970",
        "1970.01.01", "1970-1-1", "aa.bb.cccc", "01.01.0000", "          ",
        "1970-01-01T", "1970-01-01T25:00", "01.01.1970T00:00", "01.01.1970 "
    };

    for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        text.data = (u_char *) days[i].text;
        text.len = strlen(days[i].text);

        rc = tender_query_date(text, &zone, 0, &us);
        is_int(rc, TENDER_OK, "%s", days[i].text);
        is_int(us, days[i].from, "%s begins", days[i].text);

        rc = tender_query_date(text, &zone, 1, &us);
        is_int(rc, TENDER_OK, "%s", days[i].text);
        is_int(us, days[i].to, "%s ends", days[i].text);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        text.data = (u_char *) bad[i];
        text.len = strlen(bad[i]);

        is_int(tender_query_date(text, &zone, 0, &us), TENDER_DECLINED,
               "no date: \"%s\"", bad[i]);
        is_int(tender_query_date(text, &zone, 1, &us), TENDER_DECLINED,
               "no day: \"%s\"", bad[i]);
    }
}


static void
test_statuses(void)
{
    unsigned      bits;
    tender_str_t  name;

    is_int(tender_query_statuses(tap_str("cancelled, active.tendering,"),
                                 &bits, &name), TENDER_OK, "two");
    is_int(bits, 1 << TENDER_CANCELLED | 1 << TENDER_TENDERING, "their bits");
    is_int(tender_query_statuses(tap_str(" , ,"), &bits, &name), TENDER_OK,
           "none");
    is_int(bits, 0, "no bits");
    is_int(tender_query_statuses((tender_str_t) tender_null_string, &bits,
                                 &name), TENDER_OK, "no text");
    is_int(tender_query_statuses(tap_str("complete,no such"), &bits, &name),
           TENDER_DECLINED, "one that is not");
    is_str(name, "no such", "which");
}


static void
test_cpv(void)
{
    unsigned  i;

    static const struct {
        const char  *text;
        const char  *codes;
    } lists[] = {
        { "44163000-0", "44163000;" },
        { "44163000", "44163000;" },
        { "44*", "44*;" },
        { "44163000*,45000000-7, 48*", "44163000*;45000000;48*;" },
        { ",, 44163000 ,,", "44163000;" },
        { "", "" },
        { " ", "" },
        { "4*", "!" },
        { "*", "!" },
        { "441630000*", "!" },
        { "4416300", "!" },
        { "441630000", "!" },
        { "44163000-", "!" },
        { "44163000-x", "!" },
        { "44163000-00", "!" },
        { "44163000 -0", "!" },
        { "44163000,x", "44163000;!" },
        { "44 163000", "!" }
    };

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        ok(strcmp(codes(lists[i].text), lists[i].codes) == 0, "codes \"%s\"",
           lists[i].text) || (diag("%s", codes(lists[i].text)), 0);
    }
}


static const char *
codes(const char *text)
{
    int           rc;
    char         *p;
    unsigned      prefix;
    tender_str_t  list, code;

    static char  buf[256];

    list.data = (u_char *) text;
    list.len = strlen(text);
    p = buf;

    for ( ;; ) {
        rc = tender_query_cpv(&list, &code, &prefix);

        if (rc != TENDER_OK) {
            break;
        }

        p += sprintf(p, "%.*s%s;", (int) code.len, code.data,
                     prefix ? "*" : "");
    }

    sprintf(p, "%s", rc == TENDER_DECLINED ? "!" : "");

    return buf;
}


/* what comes of an object, or "!" and the errors */

static const char *
checked(const tender_model_t *model, const char *json)
{
    int                   rc;
    tender_str_t          text;
    tender_check_t        ck;
    tender_value_t       *v;
    tender_json_error_t   err;

    static char  buf[2048];

    memset(&ck, 0, sizeof(tender_check_t));

    ck.mem = &test_mem;
    ck.zone = &zone;
    ck.by = TENDER_BY_OWNER;

    if (tender_json_read(&test_mem, (const u_char *) json, strlen(json), &v,
                         &err)
        != TENDER_OK)
    {
        abort();
    }

    rc = tender_model_validate(&ck, model, v);

    if (tender_json_text(&test_mem, rc == TENDER_OK ? v : ck.errors, 0, &text)
        != TENDER_OK || text.len > sizeof(buf) - 2)
    {
        abort();
    }

    sprintf(buf, "%s%.*s", rc == TENDER_OK ? "" : "!", (int) text.len,
            text.data);

    return buf;
}


static void
test_query(void)
{
    unsigned  i;

    static const struct {
        const char  *json;
        const char  *result;
    } cases[] = {
        { "{}", "{}" },
        { "{\"kwords\":\"a b\",\"irazd\":\"2\",\"noprice\":\"1\","
          "\"price1\":\"5.50\",\"tenpage\":\"1000\"}",
          "{\"kwords\":\"a b\",\"irazd\":2,\"noprice\":true,\"price1\":5.50,"
          "\"tenpage\":1000}" },
        { "{\"date_start\":\"31.10.2014\",\"date_end\":\"\","
          "\"status\":\"complete\",\"cpv\":\"44*\",\"fields\":\"ID\","
          "\"delimiter\":\"tab\",\"dtype\":\"ndjson\"}",
          "{\"date_start\":\"31.10.2014\",\"date_end\":\"\","
          "\"status\":\"complete\",\"cpv\":\"44*\",\"fields\":\"ID\","
          "\"delimiter\":\"tab\",\"dtype\":\"ndjson\"}" },
        { "{\"page\":1}", "!{\"page\":\"Rogue field\"}" },
        { "{\"kwords\":[]}",
          "!{\"kwords\":[\"Couldn't interpret value as string.\"]}" },
        { "{\"date_start\":\"31.02.2014\"}",
          "!{\"date_start\":[\"Expected a date: 31.10.2014, 31-10-2014 or "
          "2014-10-31\"]}" },
        { "{\"status\":\"complete,open\",\"fields\":\"ID,Nope\","
          "\"cpv\":\"44\"}",
          "!{\"status\":[\"There is no \\\"open\\\"\"],"
          "\"fields\":[\"There is no \\\"Nope\\\"\"],"
          "\"cpv\":[\"Expected CPV codes, 44617100-9 or 4461*\"]}" },
        { "{\"irazd\":4}",
          "!{\"irazd\":[\"Int value should be less than 3.\"]}" },
        { "{\"irazd\":-1}",
          "!{\"irazd\":[\"Int value should be greater than 0.\"]}" },
        { "{\"tenpage\":0}",
          "!{\"tenpage\":[\"Int value should be greater than 1.\"]}" },
        { "{\"tenpage\":1001}",
          "!{\"tenpage\":[\"Int value should be less than 1000.\"]}" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(strcmp(checked(&tender_model_query, cases[i].json),
                  cases[i].result) == 0, "query %s", cases[i].json)
            || (diag("%s", checked(&tender_model_query, cases[i].json)), 0);
    }
}


static void
test_search(void)
{
    unsigned  i;
    char      json[300];

    static const struct {
        const char  *json;
        const char  *result;
    } cases[] = {
        { "{\"name\":\"a\",\"query\":{}}", "{\"name\":\"a\",\"query\":{}}" },
        { "{\"name\":\"a\"}",
          "!{\"query\":[\"This field is required.\"]}" },
        { "{\"query\":{}}",
          "!{\"name\":[\"This field is required.\"]}" },
        { "{\"name\":\"\",\"query\":{}}",
          "!{\"name\":[\"String value is too short.\"]}" },
        { "{\"name\":\"a\",\"query\":{\"x\":1}}",
          "!{\"query\":{\"x\":\"Rogue field\"}}" },
        { "{\"name\":\"a\",\"query\":{\"cpv\":\"x\"}}",
          "!{\"query\":{\"cpv\":[\"Expected CPV codes, 44617100-9 or "
          "4461*\"]}}" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(strcmp(checked(&tender_model_search, cases[i].json),
                  cases[i].result) == 0, "search %s", cases[i].json)
            || (diag("%s", checked(&tender_model_search, cases[i].json)), 0);
    }

    sprintf(json, "{\"name\":\"%0200d\",\"query\":{}}", 0);
    ok(checked(&tender_model_search, json)[0] == '{', "a name of 200");
    sprintf(json, "{\"name\":\"%0201d\",\"query\":{}}", 0);
    ok(checked(&tender_model_search, json)[0] == '!', "a name of 201");
}
