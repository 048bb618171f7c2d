
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"

#include "format/tender_jwt.h"


typedef struct {
    const char  *json;
    const char  *expected;     /* '=' and the object, or '!' and its errors */
} model_case_t;

typedef struct {
    const tender_model_t  *model;
    const char            *field;
    const char            *others;   /* that are required, with a comma */
    unsigned               list;
    unsigned               min;
    unsigned               max;
} bound_case_t;


static void run(const tender_model_t *model, unsigned partial,
    const model_case_t *cases);
static void test_bounds(void);
static void test_items(void);
static void test_sides(void);
static void test_algs(void);
static const char *record(const bound_case_t *c, unsigned len);
static const char *items(const char *before, const char *item, unsigned n);


#define REQUIRED  "[\"This field is required.\"]"
#define SHORT     "[\"String value is too short.\"]"
#define LONG      "[\"String value is too long.\"]"


static const model_case_t  account[] = {
    { "{\"name\":\"City hall\"}",
      "={\"name\":\"City hall\",\"enabled\":true}" },
    { "{\"id\":22,\"name\":\"a\",\"tenant\":\"pl\",\"scopes\":[\"read\","
      "\"Account:write\"],\"enabled\":false,\"plan\":\"gold\",\"partnerKey\":"
      "\"22_LP75_19\",\"categories\":[1463,7214],\"expires\":\"2050-01-01\"}",
      "={\"id\":22,\"name\":\"a\",\"tenant\":\"pl\",\"scopes\":[\"read\","
      "\"Account:write\"],\"enabled\":false,\"plan\":\"gold\",\"partnerKey\":"
      "\"22_LP75_19\",\"categories\":[1463,7214],\"expires\":\"2050-01-01\"}"
    },
    { "{}", "!{\"name\":" REQUIRED "}" },
    { "{\"name\":null}", "!{\"name\":" REQUIRED "}" },
    { "{\"name\":\"\"}", "!{\"name\":" SHORT "}" },
    { "{\"name\":\"a\",\"id\":\"22\"}",
      "={\"name\":\"a\",\"id\":22,\"enabled\":true}" },
    { "{\"name\":\"a\",\"id\":0}",
      "!{\"id\":[\"Int value should be greater than 1.\"]}" },
    { "{\"name\":\"a\",\"id\":-1}",
      "!{\"id\":[\"Int value should be greater than 1.\"]}" },
    { "{\"name\":\"a\",\"id\":1.5}", "!{\"id\":[\"Value is not int\"]}" },
    { "{\"name\":\"a\",\"scopes\":\"read\"}",
      "!{\"scopes\":[\"Please provide a list of values for this field.\"]}" },
    { "{\"name\":\"a\",\"scopes\":[]}",
      "={\"name\":\"a\",\"scopes\":[],\"enabled\":true}" },
    { "{\"name\":\"a\",\"scopes\":[\"\"]}", "!{\"scopes\":" SHORT "}" },
    { "{\"name\":\"a\",\"scopes\":[null]}",
      "!{\"scopes\":[\"Couldn't interpret value as string.\"]}" },
    { "{\"name\":\"a\",\"enabled\":\"no\"}",
      "!{\"enabled\":[\"Must be either true or false.\"]}" },
    { "{\"name\":\"a\",\"categories\":[0]}",
      "!{\"categories\":[\"Int value should be greater than 1.\"]}" },
    { "{\"name\":\"a\",\"categories\":[\"x\"]}",
      "!{\"categories\":[\"Value is not int\"]}" },
    { "{\"name\":\"a\",\"expires\":\"tomorrow\"}", "!{\"expires\":"
      "[\"Could not parse tomorrow. Should be ISO8601.\"]}" },
    { "{\"name\":\"a\",\"role\":\"admin\",\"password\":\"12345678\"}",
      "!{\"role\":\"Rogue field\",\"password\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  account_part[] = {
    { "{}", "={}" },
    { "{\"plan\":\"gold\"}", "={\"plan\":\"gold\"}" },
    { "{\"expires\":null}", "={\"expires\":null}" },
    { "{\"name\":\"\"}", "!{\"name\":" SHORT "}" },
    { "{\"enabled\":0}", "={\"enabled\":false}" },
    { NULL, NULL }
};


static const model_case_t  user[] = {
    { "{\"login\":\"olena\",\"password\":\"correct horse\",\"name\":\"\","
      "\"email\":\"olena@example.com\"}",
      "={\"login\":\"olena\",\"password\":\"correct horse\",\"name\":\"\","
      "\"email\":\"olena@example.com\",\"enabled\":true}" },
    { "{\"password\":\"correct horse\"}", "!{\"login\":" REQUIRED "}" },
    { "{\"login\":\"a\",\"password\":\"1234567\"}",
      "!{\"password\":" SHORT "}" },
    { "{\"login\":\"a\",\"password\":\"\xd0\x96\xd0\x96\xd0\x96\xd0\x96\"}",
      "!{\"password\":" SHORT "}" },
    { "{\"login\":\"a\",\"passwordHash\":\"$2b$\"}",
      "!{\"passwordHash\":" SHORT "}" },
    { "{\"login\":\"a\",\"email\":\"olena\"}",
      "!{\"email\":[\"Not a well formed email address.\"]}" },
    { "{\"login\":\"a\",\"id\":5}", "!{\"id\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  client[] = {
    { "{\"name\":\"CRM\",\"grants\":[\"password\",\"client_credentials\","
      "\"refresh_token\"],\"addresses\":[\"10.0.0.0/8\",\"::1\"]}",
      "={\"name\":\"CRM\",\"grants\":[\"password\",\"client_credentials\","
      "\"refresh_token\"],\"addresses\":[\"10.0.0.0/8\",\"::1\"],"
      "\"enabled\":true}" },
    { "{\"grants\":[]}", "!{\"name\":" REQUIRED "}" },
    { "{\"name\":\"a\",\"grants\":[\"implicit\"]}",
      "!{\"grants\":[\"Value must be one of ['password', "
      "'client_credentials', 'refresh_token'].\"]}" },
    { "{\"name\":\"a\",\"grants\":[\"Password\"]}",
      "!{\"grants\":[\"Value must be one of ['password', "
      "'client_credentials', 'refresh_token'].\"]}" },
    { "{\"name\":\"a\",\"grants\":\"password\"}",
      "!{\"grants\":[\"Please provide a list of values for this field.\"]}" },
    { "{\"name\":\"a\",\"secret\":\"s\"}", "!{\"secret\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  code[] = {
    { "{}", "={\"enabled\":true}" },
    { "{\"name\":\"\",\"scopes\":[\"read\"],\"expires\":"
      "\"2050-01-01T00:00:00Z\",\"enabled\":false}",
      "={\"name\":\"\",\"scopes\":[\"read\"],\"expires\":"
      "\"2050-01-01T00:00:00Z\",\"enabled\":false}" },
    { "{\"code\":\"x\"}", "!{\"code\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  key[] = {
    { "{\"kid\":\"k1\",\"alg\":\"HS256\",\"secret\":\"AAAA\",\"iss\":\"i\","
      "\"aud\":\"a\"}",
      "={\"kid\":\"k1\",\"alg\":\"HS256\",\"secret\":\"AAAA\",\"iss\":\"i\","
      "\"aud\":\"a\",\"enabled\":true}" },
    { "{\"kid\":\"k1\",\"alg\":\"EdDSA\",\"publicKey\":"
      "\"-----BEGIN PUBLIC KEY-----\\nMCow\\n-----END PUBLIC KEY-----\\n\"}",
      "={\"kid\":\"k1\",\"alg\":\"EdDSA\",\"publicKey\":"
      "\"-----BEGIN PUBLIC KEY-----\\nMCow\\n-----END PUBLIC KEY-----\\n\","
      "\"enabled\":true}" },
    { "{}", "!{\"kid\":" REQUIRED ",\"alg\":" REQUIRED "}" },
    { "{\"kid\":\"\",\"alg\":\"HS256\"}", "!{\"kid\":" SHORT "}" },
    { "{\"kid\":\"k\",\"alg\":\"none\"}", "!{\"alg\":[\"Value must be one of "
      "['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', "
      "'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'].\"]}" },
    { "{\"kid\":\"k\",\"alg\":[\"HS256\"]}",
      "!{\"alg\":[\"Couldn't interpret value as string.\"]}" },
    { "{\"kid\":\"k\",\"alg\":\"HS256\",\"privateKey\":\"x\"}",
      "!{\"privateKey\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const bound_case_t  bounds[] = {
    { &tender_model_account, "name", "", 0, 1, 200 },
    { &tender_model_account, "tenant", "\"name\":\"a\",", 0, 1, 63 },
    { &tender_model_account, "scopes", "\"name\":\"a\",", 1, 1, 70 },
    { &tender_model_account, "plan", "\"name\":\"a\",", 0, 1, 64 },
    { &tender_model_account, "partnerKey", "\"name\":\"a\",", 0, 1, 200 },
    { &tender_model_user, "login", "", 0, 1, 190 },
    { &tender_model_user, "password", "\"login\":\"a\",", 0, 8, 256 },
    { &tender_model_user, "passwordHash", "\"login\":\"a\",", 0, 20, 256 },
    { &tender_model_user, "name", "\"login\":\"a\",", 0, 0, 200 },
    { &tender_model_user, "scopes", "\"login\":\"a\",", 1, 1, 70 },
    { &tender_model_client, "name", "", 0, 1, 200 },
    { &tender_model_client, "scopes", "\"name\":\"a\",", 1, 1, 70 },
    { &tender_model_client, "addresses", "\"name\":\"a\",", 1, 1, 64 },
    { &tender_model_code, "name", "", 0, 0, 200 },
    { &tender_model_code, "scopes", "", 1, 1, 70 },
    { &tender_model_key, "kid", "\"alg\":\"HS256\",", 0, 1, 64 },
    { &tender_model_key, "secret", "\"kid\":\"k\",\"alg\":\"HS256\",", 0, 0,
      1024 },
    { &tender_model_key, "publicKey", "\"kid\":\"k\",\"alg\":\"HS256\",", 0,
      0, 8192 },
    { &tender_model_key, "iss", "\"kid\":\"k\",\"alg\":\"HS256\",", 0, 0,
      512 },
    { &tender_model_key, "aud", "\"kid\":\"k\",\"alg\":\"HS256\",", 0, 0,
      512 },
};


int
main(void)
{
    test_begin();

    run(&tender_model_account, 0, account);
    run(&tender_model_account, 1, account_part);
    run(&tender_model_user, 0, user);
    run(&tender_model_client, 0, client);
    run(&tender_model_code, 0, code);
    run(&tender_model_key, 0, key);

    test_bounds();
    test_items();
    test_sides();
    test_algs();

    return test_end();
}


static void
run(const tender_model_t *model, unsigned partial, const model_case_t *cases)
{
    for ( /* void */ ; cases->json != NULL; cases++) {
        is_str(test_validate(model, TENDER_BY_ADMIN, partial, cases->json),
               cases->expected, "%s%s: %s", model->name,
               partial ? " in part" : "", cases->json);
    }
}


/* the length of each text, from the shortest to the longest */

static void
test_bounds(void)
{
    unsigned             i;
    tender_str_t         result;
    const bound_case_t  *c;

    for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        c = &bounds[i];

        result = test_validate(c->model, TENDER_BY_ADMIN, 0,
                               record(c, c->min));
        ok(result.data[0] == '=', "%s.%s of %u", c->model->name, c->field,
           c->min);

        result = test_validate(c->model, TENDER_BY_ADMIN, 0,
                               record(c, c->max));
        ok(result.data[0] == '=', "of %u", c->max);

        result = test_validate(c->model, TENDER_BY_ADMIN, 0,
                               record(c, c->max + 1));
        ok(result.data[0] == '!', "not of %u", c->max + 1);

        if (c->min != 0) {
            result = test_validate(c->model, TENDER_BY_ADMIN, 0,
                                   record(c, c->min - 1));
            ok(result.data[0] == '!', "not of %u", c->min - 1);
        }
    }
}


static void
test_items(void)
{
    unsigned      i;
    tender_str_t  result;

    static const struct {
        const tender_model_t  *model;
        const char            *before;
        const char            *item;
        unsigned               max;
    } lists[] = {
        { &tender_model_account, "{\"name\":\"a\",\"scopes\":[", "\"read\"",
          32 },
        { &tender_model_account, "{\"name\":\"a\",\"categories\":[", "1463",
          1000 },
        { &tender_model_user, "{\"login\":\"a\",\"scopes\":[", "\"read\"",
          32 },
        { &tender_model_client, "{\"name\":\"a\",\"scopes\":[", "\"read\"",
          32 },
        { &tender_model_client, "{\"name\":\"a\",\"grants\":[",
          "\"password\"", 3 },
        { &tender_model_client, "{\"name\":\"a\",\"addresses\":[", "\"::1\"",
          64 },
        { &tender_model_code, "{\"scopes\":[", "\"read\"", 32 },
    };

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        result = test_validate(lists[i].model, TENDER_BY_ADMIN, 0,
                               items(lists[i].before, lists[i].item,
                                     lists[i].max));
        ok(result.data[0] == '=', "%s%u items]}", lists[i].before,
           lists[i].max);

        result = test_validate(lists[i].model, TENDER_BY_ADMIN, 0,
                               items(lists[i].before, lists[i].item,
                                     lists[i].max + 1));
        ok(result.data[0] == '!', "not %u", lists[i].max + 1);
    }
}


/* nobody but an administrator sets anything */

static void
test_sides(void)
{
    unsigned               i, j, wrong;
    const tender_model_t  *model;

    static const tender_model_t *const  models[] = {
        &tender_model_account, &tender_model_user, &tender_model_client,
        &tender_model_code, &tender_model_key
    };

    wrong = 0;

    for (i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        model = models[i];

        for (j = 0; j < model->nfields; j++) {
            wrong += model->fields[j].set_by != TENDER_BY_ADMIN;
        }
    }

    is_int(wrong, 0, "all is set by administrators alone");
    is_str(test_validate(&tender_model_account,
                         TENDER_BY_OWNER|TENDER_BY_BIDDER|TENDER_BY_AUCTION,
                         0, "{\"name\":\"a\",\"scopes\":[\"admin\"]}"),
           "={}", "what others send is dropped");
}


/* the choices are the algorithms that tokens are read with */

static void
test_algs(void)
{
    unsigned               n;
    const tender_field_t  *field;

    field = tender_model_field(&tender_model_key, &tap_str("alg"));

    for (n = 0; field->choices[n].len != 0; n++) {
        is_int(tender_jwt_alg(field->choices[n]), n + 1, "%.*s is known",
               (int) field->choices[n].len, field->choices[n].data);
    }

    is_int(n, TENDER_JWT_EDDSA, "these are all");
}


static const char *
record(const bound_case_t *c, unsigned len)
{
    char  *text, *p;

    text = tender_alloc(&test_mem, strlen(c->others) + strlen(c->field)
                                   + len + 16);

    p = text + sprintf(text, "{%s\"%s\":%s\"", c->others, c->field,
                       c->list ? "[" : "");
    memset(p, 'x', len);
    strcpy(p + len, c->list ? "\"]}" : "\"}");

    return text;
}


static const char *
items(const char *before, const char *item, unsigned n)
{
    char      *text, *p;
    unsigned   i;

    text = tender_alloc(&test_mem, strlen(before) + n * (strlen(item) + 1)
                                   + 3);
    p = text + sprintf(text, "%s", before);

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s%s", i ? "," : "", item);
    }

    strcpy(p, "]}");

    return text;
}
