
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_rank.h"
#include "model_test.h"


typedef struct {
    const char  *step;
    const char  *tender;
    const char  *expected;    /* NULL: there is none */
} step_case_t;


static void test_texts(void);
static void test_steps(void);
static void test_memory(void);
static tender_step_t step_of(const char *text);


#define UAH(amount)                                                           \
    "{\"totalValue\":{\"amount\":" amount ",\"currency\":\"UAH\"}}"
#define IN(currency, amount)                                                  \
    "{\"totalValue\":{\"amount\":" amount ",\"currency\":\"" currency "\"}}"
#define IS(currency, amount)                                                  \
    "{\"amount\":" amount ",\"currency\":\"" currency "\"}"


static const step_case_t  cases[] = {

    /* a percentage */

    { "7%", UAH("500"), IS("UAH", "35") },
    { "7%", UAH("500.00"), IS("UAH", "35") },
    { "7%", UAH("0"), IS("UAH", "0") },
    { "7%", UAH("1.15"), IS("UAH", "0.08") },
    { "7%", UAH("4.35"), IS("UAH", "0.3") },
    { "7%", UAH("0.5"), IS("UAH", "0.04") },
    { "7%", UAH("0.01"), IS("UAH", "0") },
    { "7%", UAH("0.08"), IS("UAH", "0.01") },
    { "50%", UAH("0.01"), IS("UAH", "0.01") },
    { "49.9999999999999%", UAH("0.01"), IS("UAH", "0") },
    { "50%", UAH("0.03"), IS("UAH", "0.02") },
    { "12.5%", UAH("0.2"), IS("UAH", "0.03") },
    { "100%", UAH("485.50"), IS("UAH", "485.5") },
    { "0%", UAH("500"), IS("UAH", "0") },
    { "0.000000000001%", UAH("999999999999999"), IS("UAH", "10") },
    { "0.000000000000001%", UAH("999999999999999"), IS("UAH", "0.01") },
    { "99.9999999999999%", UAH("0.999999999999999"), IS("UAH", "1") },
    { "7%", IN("JPY", "107"), IS("JPY", "7") },
    { "7%", IN("JPY", "108"), IS("JPY", "8") },
    { "7%", IN("KWD", "0.1"), IS("KWD", "0.007") },
    { "7%", IN("CLF", "0.01"), IS("CLF", "0.0007") },
    { "1%", IN("CLF", "1"), IS("CLF", "0.01") },
    { "1%", IN("CLF", "12345"), IS("CLF", "123.45") },
    { "7%", "{\"totalValue\":{\"amount\":500}}", "{\"amount\":35}" },
    { "7%", "{\"totalValue\":{\"amount\":0.5,\"currency\":null}}",
      "{\"amount\":0.04}" },

    /* no more digits than an amount may have */

    { "7%", UAH("999999999999999"), IS("UAH", "69999999999999.9") },
    { "7%", UAH("123456789012345"), IS("UAH", "8641975230864.15") },
    { "100%", UAH("99999999999999.9"), IS("UAH", "99999999999999.9") },
    { "99.9999999999999%", UAH("999999999999999"),
      IS("UAH", "999999999999998") },
    { "99.9999999999999%", UAH("99999999999999.9"),
      IS("UAH", "99999999999999.8") },

    /* nothing to take it from */

    { "7%", "{}", NULL },
    { "7%", "{\"totalValue\":null}", NULL },
    { "7%", "{\"totalValue\":{}}", NULL },
    { "7%", "{\"totalValue\":{\"currency\":\"UAH\"}}", NULL },
    { "7%", UAH("\"500\""), NULL },
    { "7%", UAH("-500"), NULL },
    { "7%", UAH("1e15"), NULL },
    { "100", "{}", NULL },

    /* an amount */

    { "100", UAH("500"), IS("UAH", "100") },
    { "0.01", UAH("500"), IS("UAH", "0.01") },
    { "100.50", "{\"totalValue\":{\"currency\":\"EUR\"}}",
      IS("EUR", "100.5") },
    { "0.000000000000001", UAH("1"), IS("UAH", "0.000000000000001") },
    { "999999999999999", "{\"totalValue\":{}}",
      "{\"amount\":999999999999999}" },

    /* the tender's own */

    { "7%", "{\"minimalStep\":{\"amount\":35.00,\"currency\":\"UAH\","
      "\"valueAddedTaxIncluded\":true}}", IS("UAH", "35.00") },
    { "100", "{\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"},"
      "\"minimalStep\":{\"amount\":1}}", IS("UAH", "1") },
    { "100", "{\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"},"
      "\"minimalStep\":{\"amount\":1,\"currency\":\"EUR\"}}",
      IS("EUR", "1") },
    { "100", "{\"minimalStep\":{\"amount\":1}}", "{\"amount\":1}" },
    { "7%", "{\"minimalStep\":{\"currency\":\"EUR\"},"
      "\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"}}",
      IS("UAH", "35") },
    { "7%", "{\"minimalStep\":{\"amount\":null},"
      "\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"}}",
      IS("UAH", "35") },
    { "7%", "{\"minimalStep\":5}", NULL }
};


int
main(void)
{
    test_begin();

    test_texts();
    test_steps();
    test_memory();

    return test_end();
}


static void
test_texts(void)
{
    size_t         i;
    tender_step_t  step;

    static const char *const  refused[] = {
        "", "%", "7%%", "-7%", "-1", "+7%", "7 %", " 7%", "x", "7x",
        "100.000000000001%", "101%", "1e3%", "%7", "1e15", "0.0000000000000001"
    };

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        is_int(tender_step_read((tender_str_t) { strlen(refused[i]),
                                                 (u_char *) refused[i] },
                                &step),
               TENDER_DECLINED, "refused: \"%s\"", refused[i]);
    }

    step = step_of("12.5%");
    ok(step.percent && step.amount.digits == 125 && step.amount.scale == 1,
       "12.5%%");

    step = step_of("100%");
    ok(step.percent && step.amount.digits == 100, "100%%");

    step = step_of("0.01");
    ok(!step.percent && step.amount.digits == 1 && step.amount.scale == 2,
       "0.01");

    step = step_of("101");
    ok(!step.percent && step.amount.digits == 101, "101");
}


static void
test_steps(void)
{
    int              rc;
    size_t           i;
    tender_step_t    step;
    tender_value_t  *value;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        step = step_of(cases[i].step);

        rc = tender_minimal_step(&test_mem, test_read(cases[i].tender),
                                 &step, &value);

        is_int(rc, TENDER_OK, "%s of %s", cases[i].step, cases[i].tender);

        if (cases[i].expected == NULL) {
            ok(value == NULL, "none");

        } else if (value == NULL) {
            ok(0, "%s: there is one", cases[i].expected);

        } else {
            is_str(test_text(value), cases[i].expected, "what it is");
        }
    }
}


static void
test_memory(void)
{
    int              rc;
    size_t           i, size, failed;
    u_char          *block;
    tender_mem_t     mem, rest;
    tender_step_t    step;
    tender_value_t  *tender, *value;

    static const char *const  tenders[] = {
        UAH("500"), "{\"minimalStep\":{\"amount\":1,\"currency\":\"EUR\"}}"
    };

    step = step_of("7%");

    for (i = 0; i < sizeof(tenders) / sizeof(tenders[0]); i++) {
        tender = test_read(tenders[i]);
        failed = 0;

        for (size = 0; size < 4096; size += 8) {
            block = malloc(size + (size == 0));
            test_limited(&mem, &rest, block, size);

            rc = tender_minimal_step(&mem, tender, &step, &value);

            free(block);

            if (rc != TENDER_ERROR) {
                break;
            }

            failed++;
        }

        is_int(rc, TENDER_OK, "with enough memory there is one");
        ok(failed > 5, "with less it is an error: %zu times", failed);
    }
}


static tender_step_t
step_of(const char *text)
{
    tender_step_t  step;

    if (tender_step_read((tender_str_t) { strlen(text), (u_char *) text },
                         &step)
        != TENDER_OK)
    {
        diag("the test's own step is wrong: %s", text);
        exit(1);
    }

    return step;
}
