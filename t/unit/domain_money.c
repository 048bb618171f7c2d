
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_money.h"
#include "tap.h"


typedef struct {
    const char  *text;
    int64_t      digits;
    unsigned     scale;
} money_case_t;


static tender_str_t cstr(const char *text);
static void test_read(void);
static void test_refused(void);
static void test_compare(void);
static void test_currencies(void);


static const money_case_t  cases[] = {
    { "0", 0, 0 },
    { "-0", 0, 0 },
    { "0.00", 0, 0 },
    { "0e99999999999999999999", 0, 0 },
    { "0.0e-99999999999999999999", 0, 0 },
    { "500", 500, 0 },
    { "500.00", 500, 0 },
    { "485.50", 4855, 1 },
    { "485.05", 48505, 2 },
    { "4.35", 435, 2 },
    { "1.15", 115, 2 },
    { "0.1", 1, 1 },
    { "0.010", 1, 2 },
    { "-12.5", -125, 1 },
    { "5e2", 500, 0 },
    { "5E+2", 500, 0 },
    { "5e-2", 5, 2 },
    { "5.5e1", 55, 0 },
    { "5.55e1", 555, 1 },
    { "500e-2", 5, 0 },
    { "1e14", INT64_C(100000000000000), 0 },
    { "999999999999999", INT64_C(999999999999999), 0 },
    { "-999999999999999", INT64_C(-999999999999999), 0 },
    { "9999999999999.99", INT64_C(999999999999999), 2 },
    { "0.999999999999999", INT64_C(999999999999999), 15 },
    { "0.000000000000001", 1, 15 },
    { "1e-15", 1, 15 },
    { "100000000000000.000000", INT64_C(100000000000000), 0 },
    { "0.00000000000000000000000001e26", 1, 0 },
    { "1000000000000000000000e-20", 10, 0 },
    { "1.0000000000000000000000", 1, 0 },
    { "101.0000e00000000000000000000000002", 10100, 0 },
};


static const char  *const out_of_range[] = {
    "1e15", "1000000000000000", "-1e15", "1e-16", "0.0000000000000001",
    "1.0000000000000001", "1234567890123456", "1.000000000000005",
    "123456789012345.5", "1e400", "-1e400", "1e-400",
    "1e99999999999999999999999", "1e-99999999999999999999999"
};


static const char  *const malformed[] = {
    "", "-", "+1", "01", "-01", "00", "00.5", ".5", "-.5", "5.", "5.e1", "1e",
    "1e+", "1e-", "e1", "1e1.5", "1.2.3", "1..2", "0x10", "1,5", "1 ", " 1",
    "--1", "1-", "NaN", "Infinity", "-Infinity", "1e1e1", "1_000", "1'000",
    "\xd9\xa1", "5f", "five", "."
};


int
main(void)
{
    test_read();
    test_refused();
    test_compare();
    test_currencies();

    return done_testing();
}


static tender_str_t
cstr(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static void
test_read(void)
{
    size_t          i;
    tender_money_t  money;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        is_int(tender_money_read(cstr(cases[i].text), &money), TENDER_OK,
               "%s is read", cases[i].text);
        is_int(money.digits, cases[i].digits, "its digits");
        is_int(money.scale, cases[i].scale, "its scale");
        is_int(tender_money_form(cstr(cases[i].text)), 1, "its form");
    }
}


static void
test_refused(void)
{
    size_t          i;
    tender_money_t  money;

    for (i = 0; i < sizeof(out_of_range) / sizeof(out_of_range[0]); i++) {

        is_int(tender_money_read(cstr(out_of_range[i]), &money),
               TENDER_DECLINED, "%s is refused", out_of_range[i]);
        is_int(tender_money_form(cstr(out_of_range[i])), 1,
               "though it is a number");
    }

    for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {

        is_int(tender_money_read(cstr(malformed[i]), &money),
               TENDER_DECLINED, "\"%s\" is refused", malformed[i]);
        is_int(tender_money_form(cstr(malformed[i])), 0,
               "as it is no number");
    }

    is_int(tender_money_read((tender_str_t) tender_null_string, &money),
           TENDER_DECLINED, "no text at all is refused");
}


static void
test_compare(void)
{
    size_t          i, j, n;
    tender_money_t  a, b;

    /* in order; equal ones stand side by side */

    static const struct {
        const char  *text;
        int          same;
    } sorted[] = {
        { "-999999999999999", 0 }, { "-999999999999998", 0 }, { "-1", 0 },
        { "-0.999999999999999", 0 }, { "0", 0 }, { "-0.0", 1 },
        { "1e-15", 0 }, { "0.1", 0 }, { "0.10", 1 }, { "1e-1", 1 },
        { "0.100000000000001", 0 }, { "4.349", 0 }, { "4.35", 0 },
        { "4.350", 1 }, { "485", 0 }, { "485.00", 1 }, { "485.5", 0 },
        { "500", 0 }, { "5e2", 1 }, { "9999999999999.99", 0 },
        { "10000000000000", 0 }, { "999999999999999", 0 }
    };

    n = sizeof(sorted) / sizeof(sorted[0]);

    for (i = 0; i + 1 < n; i++) {
        (void) tender_money_read(cstr(sorted[i].text), &a);
        (void) tender_money_read(cstr(sorted[i + 1].text), &b);

        is_int(tender_money_compare(&a, &b), sorted[i + 1].same ? 0 : -1,
               "%s before %s", sorted[i].text, sorted[i + 1].text);
        is_int(tender_money_compare(&b, &a), sorted[i + 1].same ? 0 : 1,
               "and the other way round");
        is_int(a.digits == b.digits && a.scale == b.scale,
               sorted[i + 1].same, "members are equal if the amounts are");

        for (j = i + 2; j < n; j++) {
            (void) tender_money_read(cstr(sorted[j].text), &b);

            if (tender_money_compare(&a, &b) > 0) {
                ok(0, "%s before %s", sorted[i].text, sorted[j].text);
            }
        }
    }
}


static void
test_currencies(void)
{
    size_t  i;

    static const struct {
        const char  *code;
        unsigned     scale;
    } codes[] = {
        { "UAH", 2 }, { "EUR", 2 }, { "USD", 2 }, { "RUB", 2 }, { "PLN", 2 },
        { "JPY", 0 }, { "KRW", 0 }, { "XPF", 0 }, { "BIF", 0 }, { "VND", 0 },
        { "ISK", 0 }, { "HUF", 2 }, { "BHD", 3 }, { "KWD", 3 }, { "TND", 3 },
        { "IQD", 3 }, { "JOD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "CLP", 0 },
        { "CLF", 4 }, { "UYW", 4 }, { "UYI", 0 }, { "UYU", 2 }, { "AAA", 2 },
        { "ZZZ", 2 }, { "jpy", 2 }, { "JP", 2 }, { "JPYX", 2 }, { "", 2 },
        { "PYG", 0 }, { "RWF", 0 }, { "UGX", 0 }, { "VUV", 0 }, { "XAF", 0 },
        { "XOF", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "KMF", 0 }
    };

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        is_int(tender_currency_scale(cstr(codes[i].code)), codes[i].scale,
               "\"%s\" has %u decimal places", codes[i].code, codes[i].scale);
    }
}
