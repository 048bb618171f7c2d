
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/jwt_test.h"

#include "format/tender_base64.h"


/* the token of the API's own example */

#define SEED_HEADER     "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
#define SEED_PAYLOAD                                                          \
    "eyJzdWIiOjIyLCJleHAiOjI1MjQ2MDgwMDAsImlzcyI6IklqSXlYMHhRTnpWZk1Ua2kifQ"
#define SEED_SIGNATURE  "QBSb0ySvAz5YhcEPA_5IwonGDx4lcGpUaGE55Sm55GE"
#define SEED            SEED_HEADER "." SEED_PAYLOAD "." SEED_SIGNATURE

/* the claims of RFC 7515, appendix A.1 to A.3 */

#define JOE                                                                   \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmN" \
    "vbS9pc19yb290Ijp0cnVlfQ"

#define A1  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JOE                   \
            ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

#define A2  "eyJhbGciOiJSUzI1NiJ9." JOE                                       \
            ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZm" \
            "h7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBY" \
            "NX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07" \
            "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7n" \
            "oOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywl" \
            "VmtVrBp0igcN_IoypGlUPQGe77Rw"

#define A3  "eyJhbGciOiJFUzI1NiJ9." JOE                                       \
            ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISl" \
            "SApmWQxfKTUJqPP3-Kg6NU1Q"

#define E1  "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5" \
            "ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydW" \
            "UNCn0.RkFJTA."

/* RFC 8037, appendix A.4 */

#define ED  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."       \
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5" \
            "BhVsPt9g7sVvpAr_MuM0KAg"


typedef struct {
    const char        *token;
    tender_jwt_alg_e   alg;
    size_t             payload;      /* bytes */
    size_t             signature;
    const char        *about;
} token_case_t;

typedef struct {
    const char        *json;
    tender_jwt_alg_e   alg;          /* TENDER_JWT_NONE: refused */
    const char        *kid;
} header_case_t;


static void test_algs(void);
static void test_kids(void);
static void test_looks(void);
static void test_tokens(void);
static void test_seed(void);
static void test_bad_tokens(void);
static void test_token_length(void);
static void test_headers(void);
static void test_kid_lengths(void);
static void test_memory(void);
static tender_str_t part(const char *json);
static tender_str_t token_of(const char *header, const char *payload);
static int read_token(tender_str_t token, tender_jwt_t *jwt);


static const char *const  algs[] = {
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
    "PS512", "ES256", "ES384", "EdDSA"
};


static const token_case_t  tokens[] = {
    { SEED, TENDER_JWT_HS256, 52, 32, "the example of the API" },
    { A1, TENDER_JWT_HS256, 70, 32, "RFC 7515, A.1" },
    { A2, TENDER_JWT_RS256, 70, 256, "RFC 7515, A.2" },
    { A3, TENDER_JWT_ES256, 70, 64, "RFC 7515, A.3" },
    { ED, TENDER_JWT_EDDSA, 26, 64, "RFC 8037, A.4" },
};


static const char *const  bad_tokens[] = {

    /* not three parts with something in each */

    "", ".", "..", "...", "a", "a.b",
    SEED_HEADER, SEED_HEADER "." SEED_PAYLOAD,
    SEED_HEADER "." SEED_PAYLOAD ".",
    SEED_HEADER ".." SEED_SIGNATURE,
    "." SEED_PAYLOAD "." SEED_SIGNATURE,
    SEED ".", SEED "." SEED_SIGNATURE, "." SEED,
    SEED_HEADER "." SEED_PAYLOAD ".." SEED_SIGNATURE,
    SEED_HEADER "." SEED_PAYLOAD "." SEED_SIGNATURE ".." SEED_SIGNATURE,

    /* white space, padding, another alphabet */

    " " SEED, SEED " ", SEED "\n", "\t" SEED,
    SEED_HEADER " ." SEED_PAYLOAD "." SEED_SIGNATURE,
    SEED_HEADER ". " SEED_PAYLOAD "." SEED_SIGNATURE,
    SEED_HEADER "." SEED_PAYLOAD "==." SEED_SIGNATURE,
    SEED "=",
    SEED_HEADER "." SEED_PAYLOAD
        ".QBSb0ySvAz5YhcEPA/5IwonGDx4lcGpUaGE55Sm55GE",
    SEED_HEADER "." SEED_PAYLOAD
        ".QBSb0ySvAz5YhcEPA+5IwonGDx4lcGpUaGE55Sm55GE",
    SEED_HEADER "." SEED_PAYLOAD "%3D." SEED_SIGNATURE,

    /* a part that is not whole, bits that are not used */

    SEED_HEADER "." SEED_PAYLOAD "." SEED_SIGNATURE "AA",
    SEED_HEADER "." SEED_PAYLOAD ".A",
    SEED_HEADER "." SEED_PAYLOAD
        ".QBSb0ySvAz5YhcEPA_5IwonGDx4lcGpUaGE55Sm55GF",
    SEED_HEADER
        ".eyJzdWIiOjIyLCJleHAiOjI1MjQ2MDgwMDAsImlzcyI6IklqSXlYMHhRTnpWZk1U"
        "a2kifR." SEED_SIGNATURE,
    "eyJhbGciOiJIUzI1NiJ9A." SEED_PAYLOAD "." SEED_SIGNATURE,

    /* RFC 7515, A.4 (ES512 is none of ours), A.5, E */

    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA." SEED_SIGNATURE,
    "eyJhbGciOiJub25lIn0." JOE ".",
    "eyJhbGciOiJub25lIn0." JOE "." SEED_SIGNATURE,
    E1, E1 "AA",

    /* a schema in front, two tokens */

    "Bearer " SEED, SEED "," SEED, "JWT." SEED_PAYLOAD "." SEED_SIGNATURE
};


static const header_case_t  headers[] = {
    { "{\"alg\":\"HS256\"}", TENDER_JWT_HS256, "" },
    { " {\r\n\t\"alg\" : \"HS256\" } ", TENDER_JWT_HS256, "" },
    { "{\"\\u0061lg\":\"H\\u0053256\"}", TENDER_JWT_HS256, "" },

    /* not an object, not JSON */

    { "", TENDER_JWT_NONE, NULL },
    { "null", TENDER_JWT_NONE, NULL },
    { "\"HS256\"", TENDER_JWT_NONE, NULL },
    { "[\"alg\",\"HS256\"]", TENDER_JWT_NONE, NULL },
    { "[{\"alg\":\"HS256\"}]", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\"", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\"}}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\"}{}", TENDER_JWT_NONE, NULL },
    { "{'alg':'HS256'}", TENDER_JWT_NONE, NULL },
    { "{alg:\"HS256\"}", TENDER_JWT_NONE, NULL },
    { "\xef\xbb\xbf{\"alg\":\"HS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"x\":\"\xff\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"x\":\"\\ud800\"}", TENDER_JWT_NONE, NULL },

    /* a name twice */

    { "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"none\",\"alg\":\"HS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"\\u0061lg\":\"RS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"a\",\"kid\":\"b\"}", TENDER_JWT_NONE,
      NULL },
    { "{\"alg\":\"HS256\",\"x\":{\"a\":1,\"a\":1}}", TENDER_JWT_NONE, NULL },

    /* alg */

    { "{}", TENDER_JWT_NONE, NULL },
    { "{\"typ\":\"JWT\"}", TENDER_JWT_NONE, NULL },
    { "{\"Alg\":\"HS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"none\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"None\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"NONE\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"nOnE\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"hs256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256 \"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\" HS256\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS2567\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS25\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\\n\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS1\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"ES512\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"ES256K\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"A128KW\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"RSA-OAEP\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"dir\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":null}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":true}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":256}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":[\"HS256\"]}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":{\"alg\":\"HS256\"}}", TENDER_JWT_NONE, NULL },
    { "{\"x\":{\"alg\":\"HS256\"}}", TENDER_JWT_NONE, NULL },

    /* typ */

    { "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"jwt\"}", TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"jWt\"}", TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"AT+JWT\"}", TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"application/jwt\"}", TENDER_JWT_HS256,
      "" },
    { "{\"alg\":\"HS256\",\"typ\":\"application/at+jwt\"}",
      TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"Application/At+JWT\"}",
      TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"typ\":\"\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"application/\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"refresh+jwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"dpop+jwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"JWS\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"KWT\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"rt+jwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"Bpplication/JWT\"}", TENDER_JWT_NONE,
      NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"JOSE\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"JWT \"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"xJWT\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"at\\u000bjwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"JW\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"text/jwt\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":\"application/application/jwt\"}",
      TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":null}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"typ\":1}", TENDER_JWT_NONE, NULL },

    /* kid */

    { "{\"alg\":\"RS256\",\"kid\":\"2026-11.a_B\"}", TENDER_JWT_RS256,
      "2026-11.a_B" },
    { "{\"kid\":\"\\u0041\",\"alg\":\"ES384\"}", TENDER_JWT_ES384, "A" },
    { "{\"alg\":\"HS256\",\"kid\":\"\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"a b\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}", TENDER_JWT_NONE,
      NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"a\\u000ab\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"x' OR '1\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"{b0}:key\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":\"\xc3\xa4\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":1}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":null}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"kid\":[\"a\"]}", TENDER_JWT_NONE, NULL },

    /* what would change the meaning of the rest */

    { "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"crit\":[]}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"crit\":null}", TENDER_JWT_NONE, NULL },
    { "{\"crit\":[\"b64\"],\"b64\":false,\"alg\":\"HS256\"}",
      TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"b64\":true}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"b64\":false}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"zip\":\"DEF\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"enc\":\"A128GCM\"}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"HS256\",\"\\u0063rit\":[]}", TENDER_JWT_NONE, NULL },

    /* what is not looked at */

    { "{\"alg\":\"HS256\",\"jku\":\"http://127.0.0.1/\"}", TENDER_JWT_HS256,
      "" },
    { "{\"alg\":\"HS256\",\"x5u\":5,\"x5c\":[\"MII\"],\"jwk\":{\"k\":\"a\"}}",
      TENDER_JWT_HS256, "" },
    { "{\"alg\":\"HS256\",\"cty\":\"JWT\",\"CRIT\":1,\"\":null}",
      TENDER_JWT_HS256, "" },

    /* four levels */

    { "{\"alg\":\"PS256\",\"x\":{\"y\":{\"z\":{}}}}", TENDER_JWT_PS256, "" },
    { "{\"alg\":\"PS256\",\"x\":[[[1,\"a\",null,true]],[]]}",
      TENDER_JWT_PS256, "" },
    { "{\"alg\":\"PS256\",\"x\":{\"y\":{\"z\":{\"a\":[]}}}}",
      TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"PS256\",\"x\":[1,[],[[],[[]]]]}", TENDER_JWT_NONE, NULL },
    { "{\"alg\":\"PS256\",\"jwk\":[[[[[]]]]]}", TENDER_JWT_NONE, NULL },
};


int
main(void)
{
    jwt_begin();

    test_algs();
    test_kids();
    test_looks();
    test_tokens();
    test_seed();
    test_bad_tokens();
    test_token_length();
    test_headers();
    test_kid_lengths();
    test_memory();

    return jwt_end();
}


static void
test_algs(void)
{
    char          header[64];
    unsigned      i;
    tender_jwt_t  jwt;

    for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {

        is_int(tender_jwt_alg(text_of(algs[i])), i + 1, "%s is known",
               algs[i]);
        is_str(tender_jwt_alg_name((tender_jwt_alg_e) (i + 1)), algs[i],
               "%s has its name", algs[i]);

        snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", algs[i]);

        ok(read_token(token_of(header, "{}"), &jwt) == TENDER_OK
           && jwt.alg == (tender_jwt_alg_e) (i + 1), "a token says %s",
           algs[i]);
    }

    is_int(i, TENDER_JWT_EDDSA, "these are all");
    is_str(tender_jwt_alg_name(TENDER_JWT_NONE), "", "none has no name");
    is_str(tender_jwt_alg_name((tender_jwt_alg_e) 13), "",
           "nor has what is not known");
    is_int(tender_jwt_alg(text_of("")), TENDER_JWT_NONE,
           "no name, no algorithm");
    is_int(tender_jwt_alg(text_of("eddsa")), TENDER_JWT_NONE,
           "case matters");
    is_int(tender_jwt_alg(text_of("none")), TENDER_JWT_NONE,
           "none is none of ours");
}


static void
test_kids(void)
{
    u_char        c[3];
    unsigned      i, good, wrong;
    tender_str_t  kid;

    good = 0;
    wrong = 0;

    for (i = 0; i < 256; i++) {
        memset(c, 'a', 3);
        kid.data = c;
        kid.len = 3;

        c[1] = (u_char) i;
        good += (unsigned) tender_jwt_kid_valid(kid);

        kid.data = c + 1;
        kid.len = 1;
        wrong += tender_jwt_kid_valid(kid)
                 != (i != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                      "abcdefghijklmnopqrstuvwxyz._-",
                                      (int) i) != NULL);
    }

    is_int(good, 65, "65 characters make a kid");
    is_int(wrong, 0, "and they are the right ones");
    ok(!tender_jwt_kid_valid(text_of("")), "an empty one is none");
    ok(tender_jwt_kid_valid(text_of(repeat("", "k", 64, ""))),
       "64 characters are a kid");
    ok(!tender_jwt_kid_valid(text_of(repeat("", "k", 65, ""))),
       "65 are none");
}


static void
test_looks(void)
{
    ok(tender_jwt_looks(text_of(SEED)), "the example looks like a token");
    ok(tender_jwt_looks(text_of("a.b.c")), "so do three letters");
    ok(tender_jwt_looks(text_of("eyJhbGciOiJub25lIn0.e30.")),
       "so does one without a signature, which is refused then");
    ok(tender_jwt_looks(text_of("..")), "and two dots alone");
    ok(!tender_jwt_looks(text_of("")), "nothing does not");
    ok(!tender_jwt_looks(text_of("a")), "nor one part");
    ok(!tender_jwt_looks(text_of("a.b")), "nor two");
    ok(!tender_jwt_looks(text_of("a.b.c.d")), "nor four");
    ok(!tender_jwt_looks(text_of("a.b.c.d.e")), "nor what is encrypted");
    ok(!tender_jwt_looks((tender_str_t) tender_null_string),
       "nor nothing at all");
}


static void
test_tokens(void)
{
    size_t               len;
    u_char              *p;
    unsigned             i;
    tender_str_t         token;
    tender_jwt_t         jwt;
    const token_case_t  *c;

    for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        c = &tokens[i];
        token = text_of(c->token);

        if (!ok(tender_jwt_read(&mem, token, &jwt) == TENDER_OK, "%s",
                c->about))
        {
            continue;
        }

        is_int(jwt.alg, c->alg, "its algorithm");
        is_int((int64_t) jwt.payload.len, (int64_t) c->payload,
               "the length of its payload");
        is_int((int64_t) jwt.signature.len, (int64_t) c->signature,
               "and of its signature");
        is_int((int64_t) jwt.kid.len, 0, "it names no key");

        len = strlen(c->token);
        ok(jwt.input.data == token.data
           && strrchr(c->token, '.') == c->token + jwt.input.len,
           "what was signed is the text before the second dot");

        /* the rest is the signature's text */

        p = tender_alloc(&mem, tender_base64_encoded_length(c->signature) + 1);
        *tender_base64url_write(p, jwt.signature.data, jwt.signature.len)
            = '\0';
        is_str((tender_str_t) { len - jwt.input.len - 1,
                                token.data + jwt.input.len + 1 },
               (char *) p, "the signature has this text");
    }
}


static void
test_seed(void)
{
    tender_str_t          partner;
    tender_jwt_t          jwt;
    tender_jwt_claims_t   claims;

    if (read_token(text_of(SEED), &jwt) != TENDER_OK
        || tender_jwt_claims(&mem, jwt.payload, &claims) != TENDER_OK
        || tender_jwt_partner(&mem, claims.iss, &partner) != TENDER_OK)
    {
        ok(0, "the example of the API is read");
        return;
    }

    is_str(claims.sub, "22", "the example is of account 22");
    is_int(claims.exp, 2524608000, "it ends with 2049");
    is_str(partner, "22_LP75_19", "it has a partner's key");
    ok(!claims.has_nbf && !claims.has_iat && !claims.has_scope
       && claims.naud == 0 && claims.jti.len == 0, "and nothing else");
    ok(tender_jwt_timely(&claims, 1400000000, 0, 0), "it is good now");
    ok(!tender_jwt_timely(&claims, 2524608000, 0, 0), "but not for ever");

    ok(tender_jwt_read(&mem, text_of(A1), &jwt) == TENDER_OK
       && tender_jwt_claims(&mem, jwt.payload, &claims) == TENDER_OK,
       "RFC 7515, A.1 has claims");
    is_str(claims.iss, "joe", "its issuer");
    is_int(claims.exp, 1300819380, "its end");

    ok(tender_jwt_read(&mem, text_of(ED), &jwt) == TENDER_OK
       && tender_jwt_claims(&mem, jwt.payload, &claims) == TENDER_DECLINED,
       "RFC 8037, A.4 has none");
    is_str(jwt.payload, "Example of Ed25519 signing", "but a text");
}


static void
test_bad_tokens(void)
{
    unsigned      i;
    tender_jwt_t  jwt;

    for (i = 0; i < sizeof(bad_tokens) / sizeof(bad_tokens[0]); i++) {
        is_int(read_token(text_of(bad_tokens[i]), &jwt), TENDER_DECLINED,
               "refused: number %u, %.60s", i, bad_tokens[i][0] == ' '
               || strpbrk(bad_tokens[i], "\n\t") ? "with white space"
                                                 : bad_tokens[i]);
    }

    is_int(tender_jwt_read(&mem, (tender_str_t) tender_null_string, &jwt),
           TENDER_DECLINED, "refused: nothing at all");
    is_int(tender_jwt_read(&mem, (tender_str_t) tender_string(SEED "\0"),
                           &jwt),
           TENDER_DECLINED, "refused: a zero behind");
}


static void
test_token_length(void)
{
    u_char        *p;
    size_t         len;
    tender_str_t   token;
    tender_jwt_t   jwt;

    p = tender_alloc(&mem, TENDER_JWT_MAX + 2);
    len = sizeof(SEED_HEADER ".");

    /* as long as may be, and the next length that base64url has */

    memset(p, 'A', TENDER_JWT_MAX + 2);
    memcpy(p, SEED_HEADER ".", len - 1);

    token.data = p;
    p[TENDER_JWT_MAX - 5] = '.';

    token.len = TENDER_JWT_MAX;
    is_int(read_token(token, &jwt), TENDER_OK, "4096 bytes are read");
    token.len++;
    p[TENDER_JWT_MAX - 5] = 'A';
    p[TENDER_JWT_MAX - 6] = '.';
    is_int(read_token(token, &jwt), TENDER_DECLINED, "4097 are not");
    token.len = TENDER_JWT_MAX - 4;
    p[TENDER_JWT_MAX - 6] = 'A';
    p[len + 1] = '.';
    is_int(read_token(token, &jwt), TENDER_OK,
           "4092 are, most of it a signature");
}


static void
test_headers(void)
{
    unsigned              i;
    tender_str_t          token;
    tender_jwt_t          jwt;
    const header_case_t  *c;

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        c = &headers[i];
        token = token_of(c->json, "{\"exp\":1}");

        if (c->kid == NULL) {
            is_int(read_token(token, &jwt), TENDER_DECLINED,
                   "refused: header %u, %s", i,
                   strpbrk(c->json, "\r\n\t\xef\xff") ? "" : c->json);
            continue;
        }

        ok(read_token(token, &jwt) == TENDER_OK && jwt.alg == c->alg,
           "header %u, %s", i, strpbrk(c->json, "\r\n\t") ? "" : c->json);
        is_str(jwt.kid, c->kid, "its key");
        is_str(jwt.payload, "{\"exp\":1}", "its payload");
        is_str(jwt.signature, "signature", "its signature");
    }
}


static void
test_kid_lengths(void)
{
    tender_jwt_t  jwt;

    is_int(read_token(token_of(repeat("{\"alg\":\"HS256\",\"kid\":\"", "k",
                                      64, "\"}"), "{}"), &jwt),
           TENDER_OK, "a kid of 64 characters is taken");
    is_int((int64_t) jwt.kid.len, 64, "whole");
    is_int(read_token(token_of(repeat("{\"alg\":\"HS256\",\"kid\":\"", "k",
                                      65, "\"}"), "{}"), &jwt),
           TENDER_DECLINED, "one of 65 is not");
}


/* after some blocks there are no more */

static void
test_memory(void)
{
    int           rc, left, allowed, wrong;
    tender_mem_t  poor;
    tender_jwt_t  jwt;

    wrong = 0;
    rc = TENDER_ERROR;

    for (allowed = 0; allowed < 100 && rc != TENDER_OK; allowed++) {
        left = allowed;
        tender_mem_init(&poor, alloc_some, &left);
        rc = tender_jwt_read(&poor, text_of(SEED), &jwt);
        wrong += rc != TENDER_OK && rc != TENDER_ERROR;
    }

    ok(rc == TENDER_OK && wrong == 0 && allowed > 1,
       "a token without memory");
    is_int(jwt.alg, TENDER_JWT_HS256, "it is the right one in the end");
}


static tender_str_t
part(const char *json)
{
    u_char        *p;
    tender_str_t   text;

    text.data = tender_alloc(&mem,
                             tender_base64_encoded_length(strlen(json)));
    p = tender_base64url_write(text.data, (u_char *) json, strlen(json));
    text.len = (size_t) (p - text.data);

    return text;
}


static tender_str_t
token_of(const char *header, const char *payload)
{
    u_char        *p;
    tender_str_t   a, b, c, token;

    a = part(header);
    b = part(payload);
    c = part("signature");

    token.len = a.len + 1 + b.len + 1 + c.len;
    token.data = tender_alloc(&mem, token.len);

    p = token.data;
    memcpy(p, a.data, a.len);
    p += a.len;
    *p++ = '.';
    memcpy(p, b.data, b.len);
    p += b.len;
    *p++ = '.';
    memcpy(p, c.data, c.len);

    return token;
}


static int
read_token(tender_str_t token, tender_jwt_t *jwt)
{
    return tender_jwt_read(&mem, copy(token), jwt);
}
