
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/jwt_test.h"


#define MAX  16384


typedef struct {
    const char  *json;
    const char  *expected;           /* NULL: refused */
} claims_case_t;

typedef struct {
    const char  *claims;
    int64_t      now;
    int64_t      leeway;
    int64_t      max;
    int          timely;
} time_case_t;

typedef struct {
    const char  *iss;
    const char  *partner;
} partner_case_t;


static void test_claims(void);
static void test_claim_lengths(void);
static void test_audiences(void);
static void test_times(void);
static void test_partner(void);
static void test_memory(void);
static int read_claims(const char *json, tender_jwt_claims_t *claims);
static tender_str_t claims_text(const tender_jwt_claims_t *claims);


/* what claims_text() makes of the claims */

static const claims_case_t  claims_cases[] = {
    { "{\"exp\":1}", "exp 1" },
    { " { \"exp\" : 1 } ", "exp 1" },
    { "{\"exp\":1,\"role\":\"admin\",\"scp\":[{}]}", "exp 1" },
    { "{\"sub\":22,\"exp\":2524608000,\"iss\":\"IjIyX0xQNzVfMTki\"}",
      "sub 22 iss IjIyX0xQNzVfMTki exp 2524608000" },
    { "{\"iss\":\"https://a/\",\"sub\":\"u\",\"aud\":\"tender\",\"exp\":5,"
      "\"nbf\":3,\"iat\":2,\"jti\":\"x1\",\"scope\":\"read write\"}",
      "sub u iss https://a/ aud tender scope 'read write' jti x1 exp 5 nbf 3 "
      "iat 2" },

    /* not an object, not JSON */

    { "", NULL },
    { "1", NULL },
    { "\"exp\"", NULL },
    { "null", NULL },
    { "[]", NULL },
    { "[{\"exp\":1}]", NULL },
    { "{\"exp\":1", NULL },
    { "{\"exp\":1}x", NULL },
    { "{\"exp\":1,\"sub\":\"\xc3\"}", NULL },
    { "{\"exp\":1,\"exp\":2}", NULL },
    { "{\"exp\":1,\"sub\":\"a\",\"\\u0073ub\":\"b\"}", NULL },
    { "{\"exp\":1,\"x\":[{\"a\":1,\"a\":2}]}", NULL },
    { "{\"exp\":1,\"x\":NaN}", NULL },

    /* eight levels */

    { "{\"exp\":1,\"x\":[[[[[[[1]]]]]]]}", "exp 1" },
    { "{\"exp\":1,\"x\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}",
      "exp 1" },
    { "{\"exp\":1,\"x\":[[[[[[[[]]]]]]]]}", NULL },
    { "{\"exp\":1,\"x\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":[[]]}}}}}}"
      "}", NULL },

    /* exp */

    { "{}", NULL },
    { "{\"Exp\":1}", NULL },
    { "{\"nbf\":1,\"iat\":1}", NULL },
    { "{\"exp\":null}", NULL },
    { "{\"exp\":\"1\"}", NULL },
    { "{\"exp\":\"2050-01-01T00:00:00Z\"}", NULL },
    { "{\"exp\":true}", NULL },
    { "{\"exp\":[1]}", NULL },
    { "{\"exp\":{}}", NULL },
    { "{\"exp\":-1}", NULL },
    { "{\"exp\":-0.1}", NULL },
    { "{\"exp\":-1e-9}", NULL },
    { "{\"exp\":-1e3}", NULL },
    { "{\"exp\":0}", "exp 0" },
    { "{\"exp\":-0}", "exp 0" },
    { "{\"exp\":-0.0e5}", "exp 0" },
    { "{\"exp\":0e999999999999999999999}", "exp 0" },
    { "{\"exp\":01}", NULL },
    { "{\"exp\":+1}", NULL },

    /* a fraction is cut off, an exponent counts */

    { "{\"exp\":1.9}", "exp 1" },
    { "{\"exp\":0.999}", "exp 0" },
    { "{\"exp\":2524608000.5}", "exp 2524608000" },
    { "{\"exp\":1300819380.00000000000000000}", "exp 1300819380" },
    { "{\"exp\":2.524608e9}", "exp 2524608000" },
    { "{\"exp\":2.524608E+9}", "exp 2524608000" },
    { "{\"exp\":25246080005e-1}", "exp 2524608000" },
    { "{\"exp\":2524608000e0}", "exp 2524608000" },
    { "{\"exp\":1234.5678e2}", "exp 123456" },
    { "{\"exp\":1e-300}", "exp 0" },
    { "{\"exp\":0.000000000000000000001e22}", "exp 10" },
    { "{\"exp\":100000000000000000000000e-20}", "exp 1000" },
    { "{\"exp\":123456789012345000000000.000e-15}", "exp 123456789" },

    /* below 2^53, which is 9007199254740992 */

    { "{\"exp\":999999999999999}", "exp 999999999999999" },
    { "{\"exp\":9007199254740990}", "exp 9007199254740990" },
    { "{\"exp\":9007199254740990.00}", "exp 9007199254740990" },
    { "{\"exp\":900719925474099e1}", "exp 9007199254740990" },
    { "{\"exp\":9007199254741000}", NULL },
    { "{\"exp\":9007199254740992}", NULL },
    { "{\"exp\":900719925474100e1}", NULL },
    { "{\"exp\":9.1e15}", NULL },
    { "{\"exp\":1e16}", NULL },
    { "{\"exp\":1e300}", NULL },
    { "{\"exp\":1e309}", NULL },
    { "{\"exp\":18446744073709551617}", NULL },
    { "{\"exp\":18446744073709600000}", NULL },
    { "{\"exp\":100000000000000000000000000000000000000}", NULL },
    { "{\"exp\":Infinity}", NULL },

    /* nbf and iat */

    { "{\"exp\":1,\"nbf\":0}", "exp 1 nbf 0" },
    { "{\"exp\":1,\"iat\":0}", "exp 1 iat 0" },
    { "{\"exp\":1,\"nbf\":7.7,\"iat\":8e1}", "exp 1 nbf 7 iat 80" },
    { "{\"exp\":1,\"nbf\":null}", NULL },
    { "{\"exp\":1,\"nbf\":\"0\"}", NULL },
    { "{\"exp\":1,\"nbf\":-1}", NULL },
    { "{\"exp\":1,\"nbf\":1e16}", NULL },
    { "{\"exp\":1,\"iat\":null}", NULL },
    { "{\"exp\":1,\"iat\":\"0\"}", NULL },
    { "{\"exp\":1,\"iat\":-5}", NULL },
    { "{\"exp\":1,\"iat\":1e300}", NULL },
    { "{\"exp\":1,\"iat\":false}", NULL },

    /* sub */

    { "{\"exp\":1,\"sub\":\"\"}", "exp 1" },
    { "{\"exp\":1,\"sub\":0}", "sub 0 exp 1" },
    { "{\"exp\":1,\"sub\":\"022\"}", "sub 022 exp 1" },
    { "{\"exp\":1,\"sub\":999999999999999}", "sub 999999999999999 exp 1" },
    { "{\"exp\":1,\"sub\":\"\\u0410\xd0\x91\"}", "sub \xd0\x90\xd0\x91 "
      "exp 1" },
    { "{\"exp\":1,\"sub\":-22}", NULL },
    { "{\"exp\":1,\"sub\":-0}", NULL },
    { "{\"exp\":1,\"sub\":22.0}", NULL },
    { "{\"exp\":1,\"sub\":2.2}", NULL },
    { "{\"exp\":1,\"sub\":22e0}", NULL },
    { "{\"exp\":1,\"sub\":2E1}", NULL },
    { "{\"exp\":1,\"sub\":null}", NULL },
    { "{\"exp\":1,\"sub\":true}", NULL },
    { "{\"exp\":1,\"sub\":[22]}", NULL },
    { "{\"exp\":1,\"sub\":{\"id\":22}}", NULL },
    { "{\"exp\":1,\"sub\":\"a\\nb\"}", NULL },

    /* iss, scope, jti: strings */

    { "{\"exp\":1,\"iss\":\"\"}", "exp 1" },
    { "{\"exp\":1,\"iss\":22}", NULL },
    { "{\"exp\":1,\"iss\":null}", NULL },
    { "{\"exp\":1,\"iss\":[\"a\"]}", NULL },
    { "{\"exp\":1,\"iss\":\"a\\u0000\"}", NULL },
    { "{\"exp\":1,\"iss\":\"a\\u001f\"}", NULL },
    { "{\"exp\":1,\"iss\":\"a\\u007f\"}", NULL },
    { "{\"exp\":1,\"iss\":\"\x7f\"}", NULL },
    { "{\"exp\":1,\"iss\":\"\\u0080\"}", NULL },
    { "{\"exp\":1,\"iss\":\"\xc2\x9f\"}", NULL },
    { "{\"exp\":1,\"iss\":\"\xc2\xa0\xc3\x80\"}", "iss \xc2\xa0\xc3\x80 "
      "exp 1" },
    { "{\"exp\":1,\"iss\":\"\\\"a\\\\ b\"}", "iss '\"a\\ b' exp 1" },
    { "{\"exp\":1,\"scope\":\"\"}", "scope '' exp 1" },
    { "{\"exp\":1,\"scope\":\"read\"}", "scope 'read' exp 1" },
    { "{\"exp\":1,\"scope\":[\"read\"]}", NULL },
    { "{\"exp\":1,\"scope\":null}", NULL },
    { "{\"exp\":1,\"scope\":1}", NULL },
    { "{\"exp\":1,\"scope\":\"read\\twrite\"}", NULL },
    { "{\"exp\":1,\"jti\":\"\"}", "exp 1" },
    { "{\"exp\":1,\"jti\":5}", NULL },
    { "{\"exp\":1,\"jti\":null}", NULL },
    { "{\"exp\":1,\"jti\":{}}", NULL },
    { "{\"exp\":1,\"jti\":\"a\\rb\"}", NULL },

    /* aud: a string or a list of them */

    { "{\"exp\":1,\"aud\":[]}", "exp 1" },
    { "{\"exp\":1,\"aud\":[\"a\"]}", "aud a exp 1" },
    { "{\"exp\":1,\"aud\":[\"a\",\"b\",\"\",\"a\"]}",
      "aud a aud b aud  aud a exp 1" },
    { "{\"exp\":1,\"aud\":\"\"}", "aud  exp 1" },
    { "{\"exp\":1,\"aud\":null}", NULL },
    { "{\"exp\":1,\"aud\":1}", NULL },
    { "{\"exp\":1,\"aud\":{\"a\":\"b\"}}", NULL },
    { "{\"exp\":1,\"aud\":[1]}", NULL },
    { "{\"exp\":1,\"aud\":[\"a\",null]}", NULL },
    { "{\"exp\":1,\"aud\":[[\"a\"]]}", NULL },
    { "{\"exp\":1,\"aud\":[\"a\",\"b\\u0001\"]}", NULL },
    { "{\"exp\":1,\"aud\":\"a\\nb\"}", NULL },
};


static const time_case_t  times[] = {

    /* exp is the first moment that is too late */

    { "{\"exp\":1000}", 0, 0, 0, 1 },
    { "{\"exp\":1000}", 999, 0, 0, 1 },
    { "{\"exp\":1000}", 1000, 0, 0, 0 },
    { "{\"exp\":1000}", 1001, 0, 0, 0 },
    { "{\"exp\":1000}", 1029, 30, 0, 1 },
    { "{\"exp\":1000}", 1030, 30, 0, 0 },
    { "{\"exp\":0}", 0, 0, 0, 0 },
    { "{\"exp\":9007199254740990}", 1700000000, 60, 0, 1 },

    /* nbf is the first that is not too early */

    { "{\"exp\":1000,\"nbf\":500}", 499, 0, 0, 0 },
    { "{\"exp\":1000,\"nbf\":500}", 500, 0, 0, 1 },
    { "{\"exp\":1000,\"nbf\":500}", 469, 30, 0, 0 },
    { "{\"exp\":1000,\"nbf\":500}", 470, 30, 0, 1 },
    { "{\"exp\":1000,\"nbf\":500}", 1000, 0, 0, 0 },
    { "{\"exp\":1000,\"nbf\":1000}", 1000, 0, 0, 0 },
    { "{\"exp\":1000,\"nbf\":0}", 0, 0, 0, 1 },

    /* iat is not in the future */

    { "{\"exp\":1000,\"iat\":500}", 500, 0, 0, 1 },
    { "{\"exp\":1000,\"iat\":501}", 500, 0, 0, 0 },
    { "{\"exp\":1000,\"iat\":530}", 500, 30, 0, 1 },
    { "{\"exp\":1000,\"iat\":531}", 500, 30, 0, 0 },
    { "{\"exp\":1000,\"iat\":0}", 500, 0, 0, 1 },

    /* the longest life */

    { "{\"exp\":1000,\"iat\":400}", 500, 0, 600, 1 },
    { "{\"exp\":1000,\"iat\":399}", 500, 0, 600, 0 },
    { "{\"exp\":1000,\"iat\":399}", 500, 60, 600, 0 },
    { "{\"exp\":1000,\"iat\":399}", 500, 0, 601, 1 },
    { "{\"exp\":1000,\"iat\":0}", 500, 0, 600, 0 },
    { "{\"exp\":1000,\"iat\":999}", 999, 0, 1, 1 },
    { "{\"exp\":1000,\"iat\":998}", 999, 0, 1, 0 },
    { "{\"exp\":1000}", 999, 0, 86400, 0 },
    { "{\"exp\":1000,\"nbf\":900}", 999, 0, 86400, 0 },
    { "{\"exp\":9007199254740990,\"iat\":0}", 5, 0, INT64_MAX, 1 },
};


static const partner_case_t  partners[] = {
    { "IjIyX0xQNzVfMTki", "22_LP75_19" },
    { "", "" },

    /* with padding, without, either alphabet */

    { "ImEi", "a" },
    { "ImFiIg==", "ab" },
    { "ImFiIg", "ab" },
    { "ImFiYyI=", "abc" },
    { "ImFiYyI", "abc" },
    { "Ij8/PyI=", "???" },
    { "Ij8_PyI", "???" },
    { "IlwiXHUwMDQxIg==", "\"A" },

    /* not the base64 of a JSON string */

    { "22_LP75_19", "22_LP75_19" },
    { "https://issuer.example/", "https://issuer.example/" },
    { "IjIyX0xQNzVfMTk", "IjIyX0xQNzVfMTk" },
    { "ImFiIg=", "ImFiIg=" },
    { "ImFiIh", "ImFiIh" },
    { "Ij8_PyI=", "Ij8_PyI=" },
    { "MjI=", "MjI=" },
    { "W10=", "W10=" },
    { "e30=", "e30=" },
    { "ICJhIg==", "ICJhIg==" },
    { "ImEiImIi", "ImEiImIi" },
    { "bnVsbA==", "bnVsbA==" },

    /* an empty one, a control character */

    { "IiI=", "IiI=" },
    { "ImFcbiI=", "ImFcbiI=" },
    { "Iv8i", "Iv8i" },
};


int
main(void)
{
    jwt_begin();

    test_claims();
    test_claim_lengths();
    test_audiences();
    test_times();
    test_partner();
    test_memory();

    return jwt_end();
}


static void
test_claims(void)
{
    int                   rc;
    unsigned              i;
    tender_jwt_claims_t   claims;
    const claims_case_t  *c;

    for (i = 0; i < sizeof(claims_cases) / sizeof(claims_cases[0]); i++) {
        c = &claims_cases[i];
        rc = read_claims(c->json, &claims);

        if (c->expected == NULL) {
            is_int(rc, TENDER_DECLINED, "refused: claims %u, %s", i, c->json);

        } else if (ok(rc == TENDER_OK, "claims %u, %s", i, c->json)) {
            is_str(claims_text(&claims), c->expected, "what they say");
        }
    }

    is_int(tender_jwt_claims(&mem, (tender_str_t) tender_null_string,
                             &claims),
           TENDER_DECLINED, "refused: nothing at all");
}


static void
test_claim_lengths(void)
{
    unsigned              i;
    const char           *name, *before;
    tender_jwt_claims_t   claims;

    static const char *const  names[] = { "sub", "iss", "jti", "aud" };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        name = names[i];
        before = repeat("{\"exp\":1,\"", name, 1, "\":\"");

        is_int(read_claims(repeat(before, "x", TENDER_JWT_TEXT_MAX, "\"}"),
                           &claims),
               TENDER_OK, "%s of 512 bytes", name);
        is_int(read_claims(repeat(before, "x", TENDER_JWT_TEXT_MAX + 1,
                                  "\"}"),
                           &claims),
               TENDER_DECLINED, "%s of 513", name);
        is_int(read_claims(repeat(before, "\\u0078", TENDER_JWT_TEXT_MAX,
                                  "\"}"),
                           &claims),
               TENDER_OK, "%s of 512, each escaped", name);
        is_int(read_claims(repeat(before, "\xd0\x96", 257, "\"}"), &claims),
               TENDER_DECLINED, "%s of 257 characters with two bytes", name);
    }

    is_int(read_claims(repeat("{\"exp\":1,\"aud\":[\"a\",\"", "x",
                              TENDER_JWT_TEXT_MAX + 1, "\"]}"), &claims),
           TENDER_DECLINED, "an audience of 513 bytes in a list");
    is_int(read_claims(repeat("{\"exp\":1,\"sub\":1", "0",
                              TENDER_JWT_TEXT_MAX, "}"), &claims),
           TENDER_DECLINED, "a number of 513 digits");
    is_int(read_claims(repeat("{\"exp\":1,\"sub\":1", "0", 309, "}"),
                       &claims),
           TENDER_DECLINED, "one of 310");
    is_int(read_claims(repeat("{\"exp\":1,\"sub\":1", "0", 308, "}"),
                       &claims),
           TENDER_OK, "but one of 309");
    is_int((int64_t) claims.sub.len, 309, "it is kept whole");
    is_int(read_claims(repeat("{\"exp\":1,\"scope\":\"", "Account:read ",
                              100, "\"}"), &claims),
           TENDER_OK, "many words of scope");
    is_int((int64_t) claims.scope.len, 1300, "they are kept");
}


static void
test_audiences(void)
{
    tender_jwt_claims_t  claims;

    is_int(read_claims(repeat("{\"exp\":1,\"aud\":[\"first\"", ",\"x\"",
                              TENDER_JWT_AUD_MAX - 1, "]}"), &claims),
           TENDER_OK, "16 audiences");
    is_int(claims.naud, TENDER_JWT_AUD_MAX, "all of them");
    ok(!tender_jwt_for(&claims, tap_str("last")), "none is another");
    is_int(read_claims(repeat("{\"exp\":1,\"aud\":[\"first\"", ",\"x\"",
                              TENDER_JWT_AUD_MAX, "]}"), &claims),
           TENDER_DECLINED, "17 are too many");

    (void) read_claims("{\"exp\":1,\"aud\":[\"a\",\"tender\",\"\"]}",
                       &claims);

    ok(tender_jwt_for(&claims, tap_str("a")), "for the first");
    ok(tender_jwt_for(&claims, tap_str("tender")), "for the second");
    ok(!tender_jwt_for(&claims, tap_str("Tender")), "case matters");
    ok(!tender_jwt_for(&claims, tap_str("tende")), "not for a part");
    ok(!tender_jwt_for(&claims, tap_str("tenders")), "nor for more");
    ok(!tender_jwt_for(&claims, tap_str("")), "an empty one is nobody's");

    (void) read_claims("{\"exp\":1,\"aud\":\"tender\"}", &claims);

    ok(tender_jwt_for(&claims, tap_str("tender")), "for one");
    ok(!tender_jwt_for(&claims, tap_str("other")), "not for another");

    (void) read_claims("{\"exp\":1}", &claims);

    ok(!tender_jwt_for(&claims, tap_str("tender")), "for nobody");
    ok(!tender_jwt_for(&claims, (tender_str_t) tender_null_string),
       "not even for nothing");
}


static void
test_times(void)
{
    unsigned              i;
    const time_case_t    *c;
    tender_jwt_claims_t   claims;

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        c = &times[i];

        if (read_claims(c->claims, &claims) != TENDER_OK) {
            ok(0, "%s", c->claims);
            continue;
        }

        is_int(tender_jwt_timely(&claims, c->now, c->leeway, c->max),
               c->timely, "%s at %" PRId64 ", leeway %" PRId64 ", at most %"
               PRId64, c->claims, c->now, c->leeway, c->max);
    }
}


static void
test_partner(void)
{
    unsigned      i;
    tender_str_t  partner;

    for (i = 0; i < sizeof(partners) / sizeof(partners[0]); i++) {

        is_int(tender_jwt_partner(&mem, copy(text_of(partners[i].iss)),
                                  &partner),
               TENDER_OK, "issuer \"%s\"", partners[i].iss);
        is_str(partner, partners[i].partner, "is this partner");
    }
}


/* after some blocks there are no more */

static void
test_memory(void)
{
    int                   rc, left, allowed, wrong;
    tender_mem_t          poor;
    tender_str_t          payload, partner;
    tender_jwt_claims_t   claims;

    wrong = 0;
    payload = text_of("{\"exp\":1,\"aud\":[\"\\u0061\",\"b\"]}");
    rc = TENDER_ERROR;

    for (allowed = 0; allowed < 100 && rc != TENDER_OK; allowed++) {
        left = allowed;
        tender_mem_init(&poor, alloc_some, &left);
        rc = tender_jwt_claims(&poor, payload, &claims);
        wrong += rc != TENDER_OK && rc != TENDER_ERROR;
    }

    ok(rc == TENDER_OK && wrong == 0 && allowed > 1, "claims without memory");

    rc = TENDER_ERROR;

    for (allowed = 0; allowed < 100 && rc != TENDER_OK; allowed++) {
        left = allowed;
        tender_mem_init(&poor, alloc_some, &left);
        rc = tender_jwt_partner(&poor, text_of("IjIyX0xQNzVfMTki"),
                                &partner);
        wrong += rc != TENDER_OK && rc != TENDER_ERROR;
    }

    ok(rc == TENDER_OK && wrong == 0 && allowed > 1,
       "a partner without memory");
    is_str(partner, "22_LP75_19", "it is the right one in the end");
}


static int
read_claims(const char *json, tender_jwt_claims_t *claims)
{
    return tender_jwt_claims(&mem, copy(text_of(json)), claims);
}


static tender_str_t
claims_text(const tender_jwt_claims_t *claims)
{
    char      *p, *text;
    unsigned   i;

    text = tender_alloc(&mem, MAX);
    p = text;

#define span(s)  (int) (s).len, (s).len ? (char *) (s).data : ""

    if (claims->sub.len != 0) {
        p += sprintf(p, "sub %.*s ", span(claims->sub));
    }

    if (claims->iss.len != 0) {
        p += sprintf(p, memchr(claims->iss.data, ' ', claims->iss.len)
                        ? "iss '%.*s' " : "iss %.*s ", span(claims->iss));
    }

    for (i = 0; i < claims->naud; i++) {
        p += sprintf(p, "aud %.*s ", span(claims->aud[i]));
    }

    if (claims->has_scope) {
        p += sprintf(p, "scope '%.*s' ", span(claims->scope));
    }

    if (claims->jti.len != 0) {
        p += sprintf(p, "jti %.*s ", span(claims->jti));
    }

    p += sprintf(p, "exp %" PRId64, claims->exp);

    if (claims->has_nbf) {
        p += sprintf(p, " nbf %" PRId64, claims->nbf);
    }

    if (claims->has_iat) {
        p += sprintf(p, " iat %" PRId64, claims->iat);
    }

    return (tender_str_t) { (size_t) (p - text), (u_char *) text };
}
