
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_uri.h"


#define DECLINED  NULL

#define ESCAPE    "Invalid percent escape"
#define UTF8      "Invalid UTF-8"
#define CONTROL   "Invalid control character"
#define MANY      "Too many parameters"
#define TWICE     "Duplicate parameter"


typedef struct {
    tender_str_t   path;
    const char    *segments;    /* with '|' between them */
} path_t;

typedef struct {
    tender_str_t   raw;
    const char    *why;         /* or NULL */
    const char    *pairs;       /* "name=value|", decoded; what is twice */
} query_t;

typedef struct {
    const char    *raw;
    const char    *masked;
} secret_t;


static void test_path(const path_t *c);
static void test_path_max(void);
static void test_path_bytes(void);
static void test_path_span(void);
static void test_query(const query_t *c);
static void test_query_many(void);
static void test_query_get(void);
static void test_query_last(void);
static void test_secret(const secret_t *c);
static void test_escape(void);
static void test_memory(void);
static tender_str_t exact(tender_str_t text);
static void *no_alloc(void *data, size_t size);


static const path_t  paths[] = {
    { tender_string(""), "" },
    { tender_string("tenders"), "tenders" },
    { tender_string("tenders/4879d3f8ee2443169b5fbbc9f89fa607/auction"),
      "tenders|4879d3f8ee2443169b5fbbc9f89fa607|auction" },
    { tender_string("a/b/c/d/e/f/g/h"), "a|b|c|d|e|f|g|h" },
    { tender_string("a/b/c/d/e/f/g/h/i"), DECLINED },
    { tender_string("/"), DECLINED },
    { tender_string("//"), DECLINED },
    { tender_string("/tenders"), DECLINED },
    { tender_string("tenders/"), DECLINED },
    { tender_string("tenders//auction"), DECLINED },
    { tender_string("a/b/c/d/e/f/g/h/"), DECLINED },
    { tender_string("."), DECLINED },
    { tender_string(".."), DECLINED },
    { tender_string("..."), DECLINED },
    { tender_string("tenders/.."), DECLINED },
    { tender_string("./tenders"), DECLINED },
    { tender_string("tenders/%2e%2E"), DECLINED },
    { tender_string("tenders/.%2e/x"), DECLINED },
    { tender_string("spec.json"), "spec.json" },
    { tender_string(".well-known"), ".well-known" },
    { tender_string("..a"), "..a" },
    { tender_string("a%2Fb"), DECLINED },
    { tender_string("a%2fb"), DECLINED },
    { tender_string("a%5cb"), DECLINED },
    { tender_string("a\\b"), DECLINED },
    { tender_string("a%25b"), DECLINED },
    { tender_string("a%252Fb"), DECLINED },
    { tender_string("a%00"), DECLINED },
    { tender_string("a%0d%0ab"), DECLINED },
    { tender_string("a%1f"), DECLINED },
    { tender_string("a%7F"), DECLINED },
    { tender_string("a\x7f"), DECLINED },
    { tender_string("a\tb"), DECLINED },
    { tender_string("a\0b"), DECLINED },
    { tender_string("a%"), DECLINED },
    { tender_string("a%2"), DECLINED },
    { tender_string("a%2/b"), DECLINED },
    { tender_string("%"), DECLINED },
    { tender_string("a%zz"), DECLINED },
    { tender_string("a%2g"), DECLINED },
    { tender_string("a%g2"), DECLINED },
    { tender_string("a%u0041"), DECLINED },
    { tender_string("a%-1"), DECLINED },
    { tender_string("%61%62/%63"), "ab|c" },
    { tender_string("%D0%9A%d0%b8%D1%97%D0%B2"), "Київ" },
    { tender_string("Київ/x"), "Київ|x" },
    { tender_string("\xd0%9a"), "К" },
    { tender_string("%D0"), DECLINED },
    { tender_string("%ff"), DECLINED },
    { tender_string("\xff"), DECLINED },
    { tender_string("%c0%af"), DECLINED },
    { tender_string("%C0%AE%C0%AE"), DECLINED },
    { tender_string("%ed%a0%80"), DECLINED },
    { tender_string("%D0/%9A"), DECLINED },
    { tender_string("a+b"), "a+b" },
    { tender_string("a%2Bb"), "a+b" },
    { tender_string("a%20b"), "a b" },
    { tender_string("a;b=c,d"), "a;b=c,d" },
    { tender_string("a%3fb%23"), "a?b#" }
};


static const query_t  queries[] = {
    { tender_string(""), NULL, "" },
    { tender_string("a=1"), NULL, "a=1|" },
    { tender_string("a=1&b=2"), NULL, "a=1|b=2|" },
    { tender_string("a"), NULL, "a=|" },
    { tender_string("a="), NULL, "a=|" },
    { tender_string("=1"), NULL, "=1|" },
    { tender_string("="), NULL, "=|" },
    { tender_string("&"), NULL, "" },
    { tender_string("&&a=1&&&b=2&"), NULL, "a=1|b=2|" },
    { tender_string("a=b=c"), NULL, "a=b=c|" },
    { tender_string("a=1;b=2"), NULL, "a=1;b=2|" },
    { tender_string("a=1?b=2"), NULL, "a=1?b=2|" },
    { tender_string("a+b=c+d+"), NULL, "a b=c d |" },
    { tender_string("a=%2B"), NULL, "a=+|" },
    { tender_string("a=%20%26%3d"), NULL, "a= &=|" },
    { tender_string("%61=%62"), NULL, "a=b|" },
    { tender_string("a=%2561"), NULL, "a=%61|" },
    { tender_string("kwords=%D0%9A%D0%B8%D1%97%D0%B2"), NULL,
      "kwords=Київ|" },
    { tender_string("kwords=Київ"), NULL, "kwords=Київ|" },
    { tender_string("a=1&A=2"), NULL, "a=1|A=2|" },
    { tender_string("a=%EF%BF%BF"), NULL, "a=\xef\xbf\xbf|" },
    { tender_string("a=%"), ESCAPE, "" },
    { tender_string("a=%4"), ESCAPE, "" },
    { tender_string("a=%4&b=1"), ESCAPE, "" },
    { tender_string("a=%&b=1"), ESCAPE, "" },
    { tender_string("a=%zz"), ESCAPE, "" },
    { tender_string("%=1"), ESCAPE, "" },
    { tender_string("a%4=1"), ESCAPE, "" },
    { tender_string("a=%+1"), ESCAPE, "" },
    { tender_string("a=100%"), ESCAPE, "" },
    { tender_string("a=%u0041"), ESCAPE, "" },
    { tender_string("a=%ff"), UTF8, "" },
    { tender_string("a=\xff"), UTF8, "" },
    { tender_string("a=%C0%80"), UTF8, "" },
    { tender_string("a=%D0&b=%9A"), UTF8, "" },
    { tender_string("%e9=1"), UTF8, "" },
    { tender_string("a=%ed%a0%80"), UTF8, "" },
    { tender_string("a=%00"), CONTROL, "" },
    { tender_string("a%00=1"), CONTROL, "" },
    { tender_string("a=1%0d%0aSet-Cookie:x"), CONTROL, "" },
    { tender_string("a=%7f"), CONTROL, "" },
    { tender_string("a=%09"), CONTROL, "" },
    { tender_string("a=\x01"), CONTROL, "" },
    { tender_string("a=1&a=2"), TWICE, "a" },
    { tender_string("a=1&a=1"), TWICE, "a" },
    { tender_string("a=1&b=2&a"), TWICE, "a" },
    { tender_string("a=1&%61=2"), TWICE, "a" },
    { tender_string("=1&=2"), TWICE, "" },
    { tender_string("a+b=1&a%20b=2"), TWICE, "a b" },
    { tender_string("a=1&a=%ff"), UTF8, "" },
    { tender_string("%D0\x9a=1&\xd0%9a=2"), TWICE, "К" }
};


static const secret_t  secrets[] = {
    { "", "" },
    { "a=1", "a=1" },
    { "api_code=SECRET", "api_code=******" },
    { "a=1&api_code=SECRET", "a=1&api_code=******" },
    { "api_code=SECRET&a=1", "api_code=******&a=1" },
    { "a=1&api_code=SECRET&b=2", "a=1&api_code=******&b=2" },
    { "api_code=X&token=Y&api_code=Z", "api_code=*&token=*&api_code=*" },
    { "API_CODE=SECRET", "API_CODE=******" },
    { "Api_Code=SECRET", "Api_Code=******" },
    { "%61pi_code=SECRET", "%61pi_code=******" },
    { "%41PI%5fCODE=SECRET", "%41PI%5fCODE=******" },
    { "api%5Fcode=SECRET", "api%5Fcode=******" },
    { "%61%70%69%5f%63%6f%64%65=S", "%61%70%69%5f%63%6f%64%65=*" },
    { "pass+word=SECRET", "pass+word=******" },
    { "pass%20word=SECRET", "pass%20word=******" },
    { "pass word=SECRET", "pass word=******" },
    { "api_code=a+b%20c%zz", "api_code=**********" },
    { "api_code=a=b==", "api_code=*****" },
    { "api_code=a;token=b", "api_code=*********" },
    { "a=1;api_code=VISIBLE", "a=1;api_code=VISIBLE" },
    { "a=1%26api_code=VISIBLE", "a=1%26api_code=VISIBLE" },
    { "a=api_code", "a=api_code" },
    { "api_code", "api_code" },
    { "api_code=", "api_code=" },
    { "api_code=&token=X", "api_code=&token=*" },
    { "api_code&token=X", "api_code&token=*" },
    { "api_codes=1", "api_codes=1" },
    { "api_cod=1", "api_cod=1" },
    { "xapi_code=1", "xapi_code=1" },
    { "+api_code=1", "+api_code=1" },
    { "api_code+=1", "api_code+=1" },
    { "=api_code", "=api_code" },
    { "=X", "=X" },
    { "&&token=X&&", "&&token=*&&" },
    { "%=1&token=X", "%=1&token=*" },
    { "%t=1&%tok&%=%&token=X", "%t=1&%tok&%=%&token=*" },
    { "tok%en=1", "tok%en=1" },
    { "token%=1", "token%=1" },
    { "token%0=1", "token%0=1" },
    { "%2574oken=1", "%2574oken=1" },
    { "token=X\xff\xfe&b=1", "token=***&b=1" },
    { "to\xc4\xb1ken=X", "to\xc4\xb1ken=X" }
};


static const tender_str_t  secret_names[] = {
    tender_string("api_code"),
    tender_string("token"),
    tender_string("pass word"),
    tender_null_string
};


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    size_t  i;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        test_path(&paths[i]);
    }

    test_path_max();
    test_path_bytes();
    test_path_span();

    for (i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        test_query(&queries[i]);
    }

    test_query_many();
    test_query_get();
    test_query_last();

    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        test_secret(&secrets[i]);
    }

    test_escape();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


/* in a block of the very size */

static tender_str_t
exact(tender_str_t text)
{
    u_char  *copy;

    copy = tender_arena_alloc(arena, text.len);
    memcpy(copy, text.data, text.len);

    text.data = copy;

    return text;
}


static void
test_path(const path_t *c)
{
    int           i, n;
    char          joined[128], *p;
    tender_str_t  segments[TENDER_MAX_SEGMENTS], text;

    n = tender_path_split(&mem, exact(c->path), segments,
                          TENDER_MAX_SEGMENTS);

    if (c->segments == DECLINED) {
        is_int(n, TENDER_DECLINED, "path \"%s\" is refused", c->path.data);
        return;
    }

    p = joined;

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s%.*s", i ? "|" : "", (int) segments[i].len,
                     segments[i].data);
    }

    text.data = (u_char *) joined;
    text.len = (size_t) (p - joined);

    ok(n >= 0, "path \"%s\" is taken", c->path.data);
    is_str(text, c->segments, "its segments");
}


static void
test_path_max(void)
{
    tender_str_t  segments[3];

    is_int(tender_path_split(&mem, tap_str("a/b/c"), segments, 3), 3,
           "three segments of three");
    is_int(tender_path_split(&mem, tap_str("a/b/c"), segments, 2),
           TENDER_DECLINED, "three segments of two");
    is_int(tender_path_split(&mem, tap_str("a"), segments, 0),
           TENDER_DECLINED, "one segment of none");
    is_int(tender_path_split(&mem, (tender_str_t) tender_null_string,
                             segments, 3), 0, "no path at all");
}


/* each byte, as it is and escaped, decodes alike or is refused alike */

static void
test_path_bytes(void)
{
    int           plain, escaped;
    char          text[16];
    u_char        c;
    unsigned      n, wrong;
    tender_str_t  one[1], two[1], path;

    wrong = 0;

    for (n = 0; n < 256; n++) {
        c = (u_char) n;

        path.data = (u_char *) text;
        path.len = (size_t) sprintf(text, "a%%%02x", n);
        escaped = tender_path_split(&mem, path, one, 1);

        plain = (c >= 0x20 && c < 0x7f && c != '/' && c != '\\' && c != '%');

        wrong += escaped != (plain ? 1 : TENDER_DECLINED);

        if (!plain) {
            continue;
        }

        wrong += one[0].len != 2 || one[0].data[1] != c;

        text[1] = (char) c;
        path.len = 2;
        wrong += tender_path_split(&mem, path, two, 1) != 1
                 || !tender_str_eq(&one[0], &two[0]);
    }

    is_int(wrong, 0, "each byte in a path");
}


static void
test_path_span(void)
{
    tender_str_t  segments[2], path;

    path = tap_str("ab/%63d");

    is_int(tender_path_split(&mem, path, segments, 2), 2, "two segments");
    ok(segments[0].data == path.data, "one is a span of the path");
    ok(segments[1].data < path.data || segments[1].data > path.data + 7,
       "one is decoded elsewhere");
    is_str(segments[1], "cd", "rightly");
    is_str(path, "ab/%63d", "and the path is as it was");
}


static void
test_query(const query_t *c)
{
    int              rc;
    char             joined[256], *p;
    unsigned         i;
    const char      *why;
    tender_str_t     name, text;
    tender_query_t   query;

    rc = tender_query_parse(&mem, exact(c->raw), &query, &why, &name);

    if (c->why != NULL) {
        is_int(rc, TENDER_DECLINED, "query \"%s\" is refused", c->raw.data);
        ok(why != NULL && strcmp(why, c->why) == 0, "%s", c->why);
        is_str(name, c->pairs, "the name that is twice, if any");
        return;
    }

    p = joined;

    for (i = 0; i < query.nparams; i++) {
        p += sprintf(p, "%.*s=%.*s|", (int) query.params[i].name.len,
                     query.params[i].name.data,
                     (int) query.params[i].value.len,
                     query.params[i].value.data);
    }

    text.data = (u_char *) joined;
    text.len = (size_t) (p - joined);

    is_int(rc, TENDER_OK, "query \"%s\" is taken", c->raw.data);
    is_str(text, c->pairs, "its pairs");
}


static void
test_query_many(void)
{
    int              rc;
    char             text[1024], *p;
    unsigned         n, i;
    const char      *why;
    tender_str_t     raw, name;
    tender_query_t   query;

    for (n = TENDER_MAX_PARAMETERS; n <= TENDER_MAX_PARAMETERS + 1; n++) {
        p = text;

        for (i = 0; i < n; i++) {
            p += sprintf(p, "%sp%u=%u", i ? "&" : "", i, i);
        }

        raw.data = (u_char *) text;
        raw.len = (size_t) (p - text);

        rc = tender_query_parse(&mem, raw, &query, &why, &name);

        is_int(rc, n == TENDER_MAX_PARAMETERS ? TENDER_OK : TENDER_DECLINED,
               "%u parameters", n);
    }

    ok(strcmp(why, MANY) == 0, "%s", MANY);

    memset(text, '&', 1000);
    memcpy(text + 1000, "a=1", 3);
    raw.len = 1003;

    rc = tender_query_parse(&mem, raw, &query, &why, &name);
    is_int(rc, TENDER_OK, "1000 empty pairs do not count");
    is_int(query.nparams, 1, "one does");
}


/* the last value counts, but those of a list have to be the same */

static void
test_query_last(void)
{
    int              rc;
    char             raw[8 * TENDER_MAX_PARAMETERS], *p;
    unsigned         i;
    const char      *why;
    tender_str_t     name, text;
    tender_query_t   query;

    static const tender_str_t  once[] = {
        tender_string("code"), tender_string("key"), tender_null_string
    };

    rc = tender_query_parse_last(&mem, tap_str("a=1&b=2&a=3&a=4&code=x&"
                                               "%61=5&code=x"), once, &query,
                                 &why, &name);
    is_int(rc, TENDER_OK, "names that come again");
    is_int(query.nparams, 3, "are one each");
    is_str(*tender_query_value(&query, "a"), "5", "the last one counts");
    is_str(*tender_query_value(&query, "b"), "2", "of one, that");
    is_str(*tender_query_value(&query, "code"), "x", "the same twice");

    rc = tender_query_parse_last(&mem, tap_str("key=x&a=1&key=y"), once,
                                 &query, &why, &name);
    is_int(rc, TENDER_DECLINED, "two values of one that has to have one");
    is_str(name, "key", "which");
    ok(why != NULL && strcmp(why, TWICE) == 0, TWICE);

    rc = tender_query_parse_last(&mem, tap_str("a=1&a=1"), NULL, &query, &why,
                                 &name);
    is_int(rc, TENDER_DECLINED, "without a list none may come again");

    /* as often as it likes, and others with it, up to the limit */

    p = raw;

    for (i = 0; i < TENDER_MAX_PARAMETERS; i++) {
        p += sprintf(p, "x=%u&", i);
    }

    text.data = (u_char *) raw;
    text.len = (size_t) (p - raw) - 1;

    is_int(tender_query_parse_last(&mem, text, once, &query, &why, &name),
           TENDER_OK, "many times");
    is_int(query.nparams, 1, "one name");
    is_str(*tender_query_value(&query, "x"), "63", "the last of many");
}


static void
test_query_get(void)
{
    const char      *why;
    tender_str_t     name, none, *value;
    tender_query_t   query;

    (void) tender_query_parse(&mem, tap_str("limit=5&offset=&opt%5Fx"),
                              &query, &why, &name);

    value = tender_query_value(&query, "limit");
    is_str(value ? *value : tap_str("none"), "5", "a parameter");

    value = tender_query_value(&query, "offset");
    is_str(value ? *value : tap_str("none"), "", "one without a value");

    value = tender_query_value(&query, "opt_x");
    is_str(value ? *value : tap_str("none"), "", "one without a sign");

    ok(tender_query_value(&query, "Limit") == NULL, "not in another case");
    ok(tender_query_value(&query, "lim") == NULL, "not by its beginning");
    ok(tender_query_value(&query, "") == NULL, "not without a name");

    none.len = 0;
    none.data = NULL;

    is_int(tender_query_parse(&mem, none, &query, &why, &name), TENDER_OK,
           "no query at all");
    ok(tender_query_value(&query, "limit") == NULL, "has no parameters");
}


static void
test_secret(const secret_t *c)
{
    size_t        pos;
    unsigned      n;
    tender_str_t  raw, value;

    raw.data = (u_char *) c->raw;
    raw.len = strlen(c->raw);
    raw = exact(raw);

    pos = 0;

    for (n = 0; n < 10; n++) {

        if (!tender_query_secret(raw, &pos, secret_names, &value)) {
            break;
        }

        if (value.len != 0) {
            memset(value.data, '*', value.len);
        }
    }

    is_str(raw, c->masked, "%s", c->raw);
    ok(n < 10, "and the search ends");
}


static void
test_escape(void)
{
    u_char         all[256], buf[768];
    unsigned       n, wrong;
    const char    *why;
    tender_str_t   text, name, raw;
    tender_query_t query;

    text = tap_str("AZaz09-._~");
    is_int((int64_t) tender_uri_escaped_length(text), 10,
           "unreserved characters keep their length");

    text.len = (size_t) (tender_uri_escape(buf, text) - buf);
    text.data = buf;
    is_str(text, "AZaz09-._~", "and stay");

    text = tap_str("2014-10-27T08:06:58+02:00 \"Київ\"/%&=?#");
    is_int((int64_t) tender_uri_escaped_length(text), 84,
           "others take three");

    text.len = (size_t) (tender_uri_escape(buf, text) - buf);
    text.data = buf;
    is_str(text, "2014-10-27T08%3A06%3A58%2B02%3A00%20%22%D0%9A%D0%B8%D1%97"
           "%D0%B2%22%2F%25%26%3D%3F%23", "an escaped text");

    is_int((int64_t) tender_uri_escaped_length(tap_str("")), 0, "no text");

    for (n = 0; n < 256; n++) {
        all[n] = (u_char) n;
    }

    text.data = all;
    text.len = 256;

    wrong = tender_uri_escape(buf, text) - buf
            != (ssize_t) tender_uri_escaped_length(text);
    is_int((int64_t) tender_uri_escaped_length(text), 66 + 190 * 3,
           "66 of 256 bytes are unreserved");
    is_int(wrong, 0, "the length is that of the text");

    /* and a query brings them back, where they are text */

    text.data = all + 0x20;
    text.len = 0x5f;
    memcpy(buf, "v=", 2);

    raw.data = buf;
    raw.len = (size_t) (tender_uri_escape(buf + 2, text) - buf);

    is_int(tender_query_parse(&mem, raw, &query, &why, &name), TENDER_OK,
           "what was escaped is parsed");
    ok(tender_str_eq(tender_query_value(&query, "v"), &text),
       "and is what it was");
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}


static void
test_memory(void)
{
    const char      *why;
    tender_mem_t     none;
    tender_str_t     segments[1], name;
    tender_query_t   query;

    tender_mem_init(&none, no_alloc, NULL);

    is_int(tender_path_split(&none, tap_str("abc"), segments, 1), 1,
           "a path without escapes takes no memory");
    is_int(tender_path_split(&none, tap_str("%61"), segments, 1),
           TENDER_ERROR, "one with escapes does");
    is_int(tender_query_parse(&none, tap_str("a=1"), &query, &why, &name),
           TENDER_ERROR, "so does a query");
    is_int(tender_query_parse(&none, tap_str(""), &query, &why, &name),
           TENDER_OK, "unless it is empty");
}
