
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"


#define ROUNDS  4000


static void test_forms(void);
static void test_random(void);
static u_char *put_value(u_char *p, unsigned depth);
static u_char *put_string(u_char *p);
static u_char *put(u_char *p, const char *text);
static unsigned draw(unsigned n);
static void test_not_json(void);
static void test_memory(void);
static int same(const char *text, size_t len);
static int indent(const u_char *data, size_t len, tender_str_t *text);
static void *no_alloc(void *data, size_t size);


/* how they are written by the tree's writer is tested with that */

static const char  *texts[] = {
    "{}", "[]", "\"\"", "0", "null", "true", "false", "-485.50", "\"x\"",
    "{\"a\":1}", "[1]", "[1,2,3]", "{\"a\":1,\"b\":2}", "[[]]", "[{}]",
    "{\"a\":{}}", "{\"a\":[]}", "{\"a\":[],\"b\":{}}", "[[],[],{},{}]",
    "[[[[[[[[]]]]]]]]", "[[[[[[[[1]]]]]]]]", "[[1],[2],{\"a\":[3]}]",
    "{\"a\":{\"b\":{\"c\":{\"d\":null}}}}",
    "{\"data\":{\"id\":\"x\",\"bids\":[{\"id\":\"y\"},{\"id\":\"z\"}]}}",
    "[true,false,null,1.00,1e5]",

    /* what looks like structure is text */
    "\"{\"", "\"[1,2]\"", "\"a:b,c\"", "{\"{\":\"}\"}", "{\":\":\",\"}",
    "[\"]\",\"[\"]", "[\"\\\"\"]", "[\"\\\\\"]", "[\"\\\\\\\"\",1]",
    "{\"\\\"\":\"\\\\\"}", "[\"\\\"{\\\"\",{}]", "[\"a\\\\\",[\"b\"]]",
    "[\"\\n\\t\\u0001\",\"\\b\\f\\r\"]", "[\" \",\"  a  b  \"]",

    /* UTF-8 stays as it is */
    "[\"\xd0\xa3\xd0\xb0\",\"\xf0\x9f\x98\x80\",\"\xe2\x82\xac\"]",
    "{\"\xd1\x96\":\"\xd1\x96\"}"
};


static tender_arena_t  *arena;
static tender_mem_t     mem;
static uint32_t         seed = 20141106;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_forms();
    test_random();
    test_not_json();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_forms(void)
{
    size_t        i;
    tender_str_t  text;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ok(same(texts[i], strlen(texts[i])), "as the tree: %s", texts[i]);
    }

    is_int(indent((const u_char *) "{\"a\":[1,{}],\"b\":\"c\"}", 20,
                  &text), TENDER_OK, "it is indented");
    is_str(text, "{\n    \"a\": [\n        1,\n        {}\n    ],\n"
                 "    \"b\": \"c\"\n}", "by four spaces");
}


static void
test_random(void)
{
    size_t        len;
    u_char       *buf;
    unsigned      i, good;

    buf = malloc(1 << 20);
    good = 0;

    for (i = 0; i < ROUNDS; i++) {
        len = (size_t) (put_value(buf, 0) - buf);

        if (!same((char *) buf, len)) {
            diag("round %u: %.*s", i, (int) len, buf);
            break;
        }

        good++;
    }

    free(buf);

    is_int(good, ROUNDS, "random texts");
}


/* a compact text; at most 4 members, 6 deep */

static u_char *
put_value(u_char *p, unsigned depth)
{
    unsigned  i, n, object;

    static const char *const  plain[] = {
        "0", "-1", "485.50", "1e3", "true", "false", "null"
    };

    n = draw(depth < 6 ? 10 : 5);

    if (n < 3) {
        return put(p, plain[draw(7)]);
    }

    if (n < 5) {
        return put_string(p);
    }

    object = n & 1;
    n = draw(5);

    *p++ = object ? '{' : '[';

    for (i = 0; i < n; i++) {
        if (i) {
            *p++ = ',';
        }

        if (object) {
            *p++ = '"';
            *p++ = (u_char) ('a' + i);
            p = put(p, "\\\"{:,[\":");
        }

        p = put_value(p, depth + 1);
    }

    *p++ = object ? '}' : ']';

    return p;
}


static u_char *
put_string(u_char *p)
{
    unsigned  n;

    static const char *const  pieces[] = {
        "a", " ", "\\\"", "\\\\", "{", "}", "[", "]", ":", ",", "\\n",
        "\xc3\xa9", "\\u0001"
    };

    *p++ = '"';

    for (n = draw(8); n; n--) {
        p = put(p, pieces[draw(13)]);
    }

    *p++ = '"';

    return p;
}


static u_char *
put(u_char *p, const char *text)
{
    size_t  len;

    len = strlen(text);
    memcpy(p, text, len);

    return p + len;
}


static unsigned
draw(unsigned n)
{
    seed = seed * 1664525 + 1013904223;

    return (seed >> 16) % n;
}


/* what nobody wrote: the end of the text is respected all the same */

static void
test_not_json(void)
{
    size_t        i, n, len;
    tender_str_t  text;

    static const char *const  bad[] = {
        "", "\"", "\"a", "\"a\\", "\"\\\"", "{", "[", "{\"a\"", "{\"a\":",
        "}", "]]]]", "}{", "{]", "[1,", ",", ":", "{\"a\":\"b", "[\"\\"
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        len = strlen(bad[i]);

        if (indent((const u_char *) bad[i], len, &text) != TENDER_OK) {
            ok(0, "not JSON: %s", bad[i]);
            continue;
        }

        for (n = 0; text.len; text.len--, text.data++) {
            n += (*text.data != ' ' && *text.data != '\n');
        }

        is_int((int64_t) n, (int64_t) len, "not JSON, all of it: %s", bad[i]);
    }

    /* and any beginning of what is JSON */

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (n = 0; n < strlen(texts[i]); n++) {

            if (indent((const u_char *) texts[i], n, &text) != TENDER_OK
                || text.len < n)
            {
                ok(0, "%zu bytes of %s", n, texts[i]);
            }
        }
    }
}


static void
test_memory(void)
{
    tender_mem_t  none;
    tender_str_t  compact, text;

    tender_mem_init(&none, no_alloc, NULL);
    tender_str_set(&compact, "{\"a\":1}");

    is_int(tender_json_indent(&none, compact, &text), TENDER_ERROR,
           "out of memory");
}


/* the indented text is what the writer makes of the tree */

static int
same(const char *text, size_t len)
{
    tender_str_t          pretty, compact, got;
    tender_value_t       *tree;
    tender_json_error_t   err;

    if (tender_json_read(&mem, (const u_char *) text, len, &tree, &err)
        != TENDER_OK
        || tender_json_text(&mem, tree, 0, &compact) != TENDER_OK
        || tender_json_text(&mem, tree, TENDER_JSON_PRETTY, &pretty)
           != TENDER_OK)
    {
        return 0;
    }

    if (compact.len != len || memcmp(compact.data, text, len) != 0) {
        diag("not compact");
        return 0;
    }

    return indent(compact.data, compact.len, &got) == TENDER_OK
           && got.len == pretty.len
           && memcmp(got.data, pretty.data, got.len) == 0;
}


/* from a block of the very length, so that a sanitizer sees a byte too far */

static int
indent(const u_char *data, size_t len, tender_str_t *text)
{
    int           rc;
    tender_str_t  compact;

    compact.data = malloc(len);
    compact.len = len;

    if (len) {
        memcpy(compact.data, data, len);
    }

    rc = tender_json_indent(&mem, compact, text);

    free(compact.data);

    return rc;
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}
