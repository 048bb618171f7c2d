
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_date.h"
#include "tap.h"


#define DAY  INT64_C(86400000000)


typedef struct {
    const char  *text;
    const char  *utc;        /* NULL: refused */
    int          form;
} date_case_t;


static tender_str_t cstr(const char *text);
static tender_str_t written(int64_t us);
static void test_cases(void);
static void test_fraction(void);
static void test_write(void);
static void test_cut(void);
static void test_calendar(void);
static void test_zone(void);


static const date_case_t  cases[] = {

    /* the forms */

    { "2014-10-27T08:06:58.158Z", "2014-10-27T08:06:58.158Z", 1 },
    { "2014-10-27", "2014-10-27T00:00:00.000Z", 1 },
    { "2014-10-27T08:06", "2014-10-27T08:06:00.000Z", 1 },
    { "2014-10-27T08:06Z", "2014-10-27T08:06:00.000Z", 1 },
    { "2014-10-27T08:06:58", "2014-10-27T08:06:58.000Z", 1 },
    { "2014-10-27T08:06:58+02:00", "2014-10-27T06:06:58.000Z", 1 },
    { "2014-10-27T08:06:58+0200", "2014-10-27T06:06:58.000Z", 1 },
    { "2014-10-27T08:06:58+02", "2014-10-27T06:06:58.000Z", 1 },
    { "2014-10-27T08:06-05:30", "2014-10-27T13:36:00.000Z", 1 },
    { "2014-10-27T08:06:58-00:00", "2014-10-27T08:06:58.000Z", 1 },
    { "2014-10-27T01:06:58+02:00", "2014-10-26T23:06:58.000Z", 1 },
    { "2014-12-31T23:30:00-01:00", "2015-01-01T00:30:00.000Z", 1 },
    { "2014-10-27T08:06:58.5+23:59", "2014-10-26T08:07:58.500Z", 1 },

    /* the calendar */

    { "2016-02-29", "2016-02-29T00:00:00.000Z", 1 },
    { "2000-02-29", "2000-02-29T00:00:00.000Z", 1 },
    { "1970-01-01", "1970-01-01T00:00:00.000Z", 1 },
    { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", 1 },
    { "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", 1 },
    { "2014-02-29", NULL, 1 },
    { "1900-02-29", NULL, 1 },
    { "2014-02-30", NULL, 1 },
    { "2014-04-31", NULL, 1 },
    { "2014-13-01", NULL, 1 },
    { "2014-00-01", NULL, 1 },
    { "2014-01-00", NULL, 1 },
    { "2014-01-32", NULL, 1 },
    { "0000-01-01", NULL, 1 },
    { "2014-10-27T24:00:00", NULL, 1 },
    { "2014-10-27T25:00", NULL, 1 },
    { "2014-10-27T08:60", NULL, 1 },
    { "2014-10-27T08:06:60", NULL, 1 },
    { "2014-10-27T08:06:58+24:00", NULL, 1 },
    { "2014-10-27T08:06:58+02:60", NULL, 1 },
    { "0001-01-01T00:00:00+00:01", NULL, 1 },
    { "9999-12-31T23:59:59-00:01", NULL, 1 },

    /* what is no date */

    { "", NULL, 0 },
    { "2", NULL, 0 },
    { "2014", NULL, 0 },
    { "2014-10", NULL, 0 },
    { "2014-10-", NULL, 0 },
    { "2014-10-2", NULL, 0 },
    { "20141027", NULL, 0 },
    { "2014-10-27Z", NULL, 0 },
    { "2014-10-27T", NULL, 0 },
    { "2014-10-27T08", NULL, 0 },
    { "2014-10-27T08Z", NULL, 0 },
    { "2014-10-27T0806", NULL, 0 },
    { "2014-10-27T08:", NULL, 0 },
    { "2014-10-27T08:6", NULL, 0 },
    { "2014-10-27T08:06:", NULL, 0 },
    { "2014-10-27T08:06:5", NULL, 0 },
    { "2014-10-27T08:06.5", NULL, 0 },
    { "2014-10-27T08:06:58.", NULL, 0 },
    { "2014-10-27T08:06:58.Z", NULL, 0 },
    { "2014-10-27T08:06:58,5", NULL, 0 },
    { "2014-10-27T08:06:58ZZ", NULL, 0 },
    { "2014-10-27T08:06:58 ", NULL, 0 },
    { " 2014-10-27", NULL, 0 },
    { "2014-10-27 08:06:58", NULL, 0 },
    { "2014-10-27t08:06:58", NULL, 0 },
    { "2014-10-27T08:06:58z", NULL, 0 },
    { "2014-10-27T08:06:58+", NULL, 0 },
    { "2014-10-27T08:06:58+2", NULL, 0 },
    { "2014-10-27T08:06:58+02:", NULL, 0 },
    { "2014-10-27T08:06:58+02:0", NULL, 0 },
    { "2014-10-27T08:06:58+020", NULL, 0 },
    { "2014-10-27T08:06:58+02:00Z", NULL, 0 },
    { "2014/10/27", NULL, 0 },
    { "2014-W44-1", NULL, 0 },
    { "2014-300", NULL, 0 },
    { "-2014-10-27", NULL, 0 },
    { "+2014-10-27", NULL, 0 },
    { "12014-10-27", NULL, 0 },
    { "20l4-10-27", NULL, 0 },
    { "2014-1o-27", NULL, 0 },
    { "2014-10-2o", NULL, 0 },
    { "2014-10-27T08:06:5o", NULL, 0 },
    { "tomorrow", NULL, 0 },
};


int
main(void)
{
    test_cases();
    test_fraction();
    test_write();
    test_cut();
    test_calendar();
    test_zone();

    return done_testing();
}


static tender_str_t
cstr(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static tender_str_t
written(int64_t us)
{
    tender_str_t   text;
    static u_char  buf[TENDER_DATE_LEN + 1];

    text.data = buf;
    text.len = (size_t) (tender_date_write(buf, us) - buf);

    return text;
}


static void
test_cases(void)
{
    int       rc;
    size_t    i;
    int64_t   us;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        us = 0;
        rc = tender_date_read(cstr(cases[i].text), NULL, &us);

        if (cases[i].utc == NULL) {
            is_int(rc, TENDER_DECLINED, "\"%s\" is refused", cases[i].text);

        } else if (is_int(rc, TENDER_OK, "\"%s\" is read", cases[i].text)) {
            is_str(written(us), cases[i].utc, "as %s", cases[i].utc);
        }

        is_int(tender_date_form(cstr(cases[i].text)), cases[i].form,
               "and has %s form", cases[i].form ? "the" : "no such");
    }

    is_int(tender_date_read((tender_str_t) tender_null_string, NULL, &us),
           TENDER_DECLINED, "no text at all is refused");
}


static void
test_fraction(void)
{
    int64_t  us;

    us = 0;
    (void) tender_date_read(cstr("1970-01-01T00:00:00.123456Z"), NULL, &us);
    is_int(us, 123456, "a fraction is kept to the us");

    (void) tender_date_read(cstr("1970-01-01T00:00:01.1Z"), NULL, &us);
    is_int(us, 1100000, "a short one is not taken for us");

    (void) tender_date_read(cstr("1970-01-01T00:00:00.99999999999999999Z"),
                            NULL, &us);
    is_int(us, 999999, "what is below a us is cut, not rounded");

    (void) tender_date_read(cstr("1969-12-31T23:59:59.999999Z"), NULL, &us);
    is_int(us, -1, "the us before 1970 is -1");
}


static void
test_write(void)
{
    is_int(TENDER_DATE_LEN, 24, "a written date has 24 characters");
    is_str(written(0), "1970-01-01T00:00:00.000Z", "0 is 1970");
    is_str(written(999), "1970-01-01T00:00:00.000Z", "us are cut");
    is_str(written(1000), "1970-01-01T00:00:00.001Z", "a ms is shown");
    is_str(written(-1), "1969-12-31T23:59:59.999Z",
           "before 1970 they are cut downwards, too");
    is_str(written(INT64_C(1414397218158000)), "2014-10-27T08:06:58.158Z",
           "the seed's date");
    is_str(written(INT64_C(-62135596800000000)), "0001-01-01T00:00:00.000Z",
           "the first moment");
    is_str(written(INT64_C(253402300799999999)), "9999-12-31T23:59:59.999Z",
           "the last moment");
}


/* each text is a block of its own: a sanitizer sees any step beyond it */

static void
test_cut(void)
{
    int          refused;
    u_char      *p;
    size_t       len;
    int64_t      us;
    const char  *text;

    text = "2014-10-27T08:06:58.158+02:00";
    refused = 0;

    for (len = 0; len < strlen(text); len++) {
        p = malloc(len + (len == 0));
        memcpy(p, text, len);

        refused += tender_date_read((tender_str_t) { len, p }, NULL, &us)
                   != TENDER_OK;
        free(p);
    }

    /* a date, hh:mm, :ss, .1, .15, .158 and +hh are whole */

    is_int(refused, (int) len - 7, "only whole dates are read when cut");
}


static void
test_calendar(void)
{
    char      text[32];
    int64_t   us, expected;
    unsigned  y, m, d, days, bad;

    static const unsigned  months[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    bad = 0;
    expected = INT64_C(-719162) * DAY;

    for (y = 1; y <= 9999; y++) {
        for (m = 1; m <= 12; m++) {

            days = months[m - 1];

            if (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0)) {
                days++;
            }

            for (d = 1; d <= days; d++) {

                if (d == 1 || d == days || y % 100 == 0) {
                    snprintf(text, sizeof(text), "%04u-%02u-%02uT00:00:00.000Z",
                             y, m, d);

                    bad += tender_date_read(cstr(text), NULL, &us) != TENDER_OK
                           || us != expected
                           || memcmp(written(us).data, text, 24) != 0;
                }

                expected += DAY;
            }

            snprintf(text, sizeof(text), "%04u-%02u-%02u", y, m, days + 1);
            bad += tender_date_read(cstr(text), NULL, &us) != TENDER_DECLINED;
        }
    }

    is_int(bad, 0, "each month of 9999 years begins and ends where it does");
    is_int(expected, INT64_C(253402300800) * 1000000, "and they add up");
}


static void
test_zone(void)
{
    int64_t        us;
    tender_zone_t  zone;

    static tender_zone_rule_t  rules[] = {
        { INT64_MIN, 7200 }, { 1000000, 10800 }, { 2000000, 7200 }
    };

    zone.rules = rules;
    zone.nrules = 3;

    (void) tender_date_read(cstr("1970-01-02T00:00:00"), &zone, &us);
    is_int(us, DAY - INT64_C(7200000000), "local time is shifted");

    (void) tender_date_read(cstr("1970-01-02T00:00:00Z"), &zone, &us);
    is_int(us, DAY, "but not with a zone of its own");

    (void) tender_date_read(cstr("1970-01-02T00:00:00-01:00"), &zone, &us);
    is_int(us, DAY + INT64_C(3600000000), "nor with an offset");

    is_int(tender_date_read(cstr("0001-01-01T00:00:00"), &zone, &us),
           TENDER_DECLINED, "local time that UTC counts to year 0 is refused");

    zone.nrules = 0;
    (void) tender_date_read(cstr("1970-01-02T00:00:00"), &zone, &us);
    is_int(us, DAY, "a zone without rules is UTC");
}
