
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "domain/tender_display.h"


static void test_numbers(void);
static void test_dates(void);
static void test_sizes(void);


static tender_arena_t  *arena;
static tender_mem_t     mem;

static const tender_display_t  plain = {
    tender_string(","), tender_string("."), '-'
};

static const tender_display_t  other = {
    tender_string("\xc2\xa0"), tender_string(","), '.'
};


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_numbers();
    test_dates();
    test_sizes();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_numbers(void)
{
    unsigned      i;
    tender_str_t  out;

    static const struct {
        tender_str_t  text;
        const char   *plain;
        const char   *other;
    } cases[] = {
        { tender_string("0"), "0", "0" },
        { tender_string("500"), "500", "500" },
        { tender_string("1000"), "1,000", "1\xc2\xa0" "000" },
        { tender_string("1234567.50"), "1,234,567.50",
          "1\xc2\xa0" "234\xc2\xa0" "567,50" },
        { tender_string("123456.0001"), "123,456.0001",
          "123\xc2\xa0" "456,0001" },
        { tender_string("1e6"), "1e6", "1e6" },
        { tender_string("-1000"), "-1000", "-1000" },
        { tender_string(".5"), ".5", ".5" },
        { tender_string("1.2.3"), "1.2.3", "1.2.3" },
        { tender_string("1000."), "1,000.", "1\xc2\xa0" "000," },
        { tender_string(""), "", "" },
        { tender_string("much"), "much", "much" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(tender_display_number(&mem, &plain, cases[i].text, &out),
               TENDER_OK, "number %u", i);
        is_str(out, cases[i].plain, "number %u with a point", i);

        is_int(tender_display_number(&mem, &other, cases[i].text, &out),
               TENDER_OK, "number %u", i);
        is_str(out, cases[i].other, "number %u with a comma", i);
    }

    (void) tender_display_amount(&mem, &plain, tap_str("1234.5"), &out);
    is_str(out, "1,234.50", "an amount");
    (void) tender_display_amount(&mem, &plain, tap_str("1234.505"), &out);
    is_str(out, "1,234.505", "one with more places");
    (void) tender_display_amount(&mem, &plain, tap_str("1234"), &out);
    is_str(out, "1,234", "one with none");
    (void) tender_display_amount(&mem, &plain, tap_str("1234."), &out);
    is_str(out, "1,234.", "a point alone");
    (void) tender_display_amount(&mem, &plain, tap_str("1e5"), &out);
    is_str(out, "1e5", "an exponent");
}


static void
test_dates(void)
{
    unsigned       i;
    tender_str_t   out;
    tender_zone_t  zone, utc;

    static const struct {
        int64_t      us;
        unsigned     time;
        unsigned     other;
        unsigned     local;
        const char  *text;
    } cases[] = {
        { 1414397218158295, 0, 0, 0, "2014-10-27" },
        { 1414397218158295, 1, 0, 0, "2014-10-27 08:06" },
        { 1414397218158295, 1, 1, 1, "27.10.2014 10:06" },
        { 1414447200000000, 0, 1, 1, "28.10.2014" },
        { 1414447199999999, 0, 1, 1, "27.10.2014" },
        { 0, 1, 0, 0, "1970-01-01 00:00" },
        { -1, 1, 0, 0, "1969-12-31 23:59" },
        { INT64_MAX, 1, 0, 0, "" },
        { INT64_MIN, 1, 0, 0, "" },
        { 253402300799999999, 0, 0, 1, "" },
        { -62135596800000000, 0, 0, 1, "" }
    };

    is_int(tender_zone_open(&mem, "Europe/Kyiv", &zone), TENDER_OK, "Kyiv");
    is_int(tender_zone_open(&mem, "UTC", &utc), TENDER_OK, "UTC");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(tender_display_date(&mem, cases[i].other ? &other : &plain,
                                   cases[i].local ? &zone : &utc,
                                   cases[i].us, cases[i].time, &out),
               TENDER_OK, "date %u", i);
        is_str(out, cases[i].text, "date %u: its text", i);
    }
}


static void
test_sizes(void)
{
    unsigned      i;
    tender_str_t  out;

    static const struct {
        uint64_t     bytes;
        const char  *text;
    } cases[] = {
        { 0, "0\xc2\xa0" "B" },
        { 999, "999\xc2\xa0" "B" },
        { 1000, "1\xc2\xa0kB" },
        { 1590, "1,5\xc2\xa0kB" },
        { 15900, "15\xc2\xa0kB" },
        { 999999, "999\xc2\xa0kB" },
        { 2500000, "2,5\xc2\xa0MB" },
        { 3000000000, "3\xc2\xa0GB" },
        { UINT64_MAX, "18\xc2\xa0" "446\xc2\xa0PB" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(tender_display_size(&mem, &other, cases[i].bytes, &out),
               TENDER_OK, "size %u", i);
        is_str(out, cases[i].text, "size %u: its text", i);
    }
}
