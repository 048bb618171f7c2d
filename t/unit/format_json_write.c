
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"


static tender_value_t *read_text(const char *text, size_t len);
static void is_written(const tender_value_t *v, unsigned flags,
    const char *expected, const char *what);
static void test_escapes(void);
static void test_lengths(void);
static void test_pretty(void);
static void test_built(void);
static void test_text_memory(void);
static void *no_alloc(void *data, size_t size);


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_escapes();
    test_lengths();
    test_pretty();
    test_built();
    test_text_memory();

    tender_arena_free(arena);

    return done_testing();
}


static tender_value_t *
read_text(const char *text, size_t len)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(&mem, (const u_char *) text, len, &v, &err)
        != TENDER_OK)
    {
        diag("%s at %zu: %s", err.text, err.offset, text);
        abort();
    }

    return v;
}


/* into a block of the very length, so that a sanitizer sees a byte too far */

static void
is_written(const tender_value_t *v, unsigned flags, const char *expected,
    const char *what)
{
    u_char        *end;
    tender_str_t   text;

    text.len = tender_json_length(v, flags);
    text.data = malloc(text.len);

    end = tender_json_write(text.data, v, flags);

    ok(end == text.data + text.len, "%s: the length is exact", what);
    is_str(text, expected, "%s", what);

    free(text.data);
}


static void
test_escapes(void)
{
    u_char           c, text[64];
    char             expected[64];
    size_t           at, len;
    unsigned         i, wrong;
    tender_str_t     out, in;
    tender_value_t  *v;

    static const char  shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";

    for (c = 1; c < 0x80; c++) {

        if (c >= 0x20 && c != '"' && c != '\\') {
            sprintf(expected, "\"%c\"", c);

        } else if (strchr("\b\f\n\r\t\"\\", c) != NULL) {
            for (i = 0; (u_char) shorts[i] != c; i += 2) { /* void */ }
            sprintf(expected, "\"\\%c\"", shorts[i + 1]);

        } else {
            sprintf(expected, "\"\\u%04x\"", c);
        }

        in.data = &c;
        in.len = 1;
        is_written(tender_value_string(&mem, in), 0, expected, "a character");
    }

    in = tap_str("\0");
    is_written(tender_value_string(&mem, in), 0, "\"\\u0000\"",
               "a zero byte, which no reader gives");

    in = tap_str("Київ \xf0\x9d\x84\x9e \x7f \xe2\x80\xa8");
    is_written(tender_value_string(&mem, in), 0,
               "\"Київ \xf0\x9d\x84\x9e \x7f \xe2\x80\xa8\"",
               "what is not ASCII is written as it is");

    in.data = NULL;
    in.len = 0;
    is_written(tender_value_string(&mem, in), 0, "\"\"", "no text at all");

    in = tap_str("</script>");
    is_written(tender_value_string(&mem, in), 0, "\"</script>\"",
               "a slash needs no escape");

    /* an escape at each place of the eight bytes looked at together */

    wrong = 0;

    for (len = 1; len < 40; len++) {

        for (at = 0; at < len; at++) {
            memset(text, 0xd0, len);
            text[at] = '\n';

            in.data = text;
            in.len = len;
            v = tender_value_string(&mem, in);
            (void) tender_json_text(&mem, v, 0, &out);

            wrong += out.len != len + 3
                     || memcmp(out.data + at + 1, "\\n", 2) != 0
                     || memcmp(out.data + 1, text, at) != 0
                     || memcmp(out.data + at + 3, text + at + 1,
                               len - at - 1) != 0;
        }
    }

    is_int(wrong, 0, "an escape at each place of a string");

    in = tap_str("a\nb");
    v = tender_value_new(&mem, TENDER_OBJECT);
    tender_value_add(v, in, tender_value_bool(&mem, 1));
    is_written(v, 0, "{\"a\\nb\":true}", "a name is escaped, too");
}


/* texts of all short lengths, as known to be plain and not */

static void
test_lengths(void)
{
    char             text[128];
    size_t           len;
    unsigned         wrong;
    tender_str_t     out;
    tender_value_t  *v;

    wrong = 0;

    for (len = 0; len < 100; len++) {
        text[0] = '"';
        memset(text + 1, 'x', len);
        text[len / 2 + 1] = 'y';
        text[len ? len : 1] = 'z';
        text[len + 1] = '"';

        v = read_text(text, len + 2);
        (void) tender_json_text(&mem, v, 0, &out);
        wrong += !v->plain || out.len != len + 2
                 || memcmp(out.data, text, out.len) != 0;

        v->plain = 0;
        (void) tender_json_text(&mem, v, 0, &out);
        wrong += out.len != len + 2 || memcmp(out.data, text, out.len) != 0;
    }

    is_int(wrong, 0, "strings of 0 to 99 characters");
}


static void
test_pretty(void)
{
    size_t           i;
    tender_value_t  *v;

    static const struct {
        const char  *text;
        const char  *compact;
        const char  *pretty;
    } cases[] = {
        { "[]", "[]", "[]" },
        { "{ }", "{}", "{}" },
        { "5", "5", "5" },
        { "\"\"", "\"\"", "\"\"" },
        { "[null]", "[null]", "[\n    null\n]" },
        { "[1,2]", "[1,2]", "[\n    1,\n    2\n]" },
        { "[[],{}]", "[[],{}]", "[\n    [],\n    {}\n]" },
        { "[[1]]", "[[1]]", "[\n    [\n        1\n    ]\n]" },
        { "{\"a\": 1}", "{\"a\":1}", "{\n    \"a\": 1\n}" },
        { "{\"a\":true,\"b\":false}", "{\"a\":true,\"b\":false}",
          "{\n    \"a\": true,\n    \"b\": false\n}" },
        { "{\"data\":{\"value\":{\"amount\":500.0},\"items\":[{},[\"x\"]]}}",
          "{\"data\":{\"value\":{\"amount\":500.0},\"items\":[{},[\"x\"]]}}",
          "{\n"
          "    \"data\": {\n"
          "        \"value\": {\n"
          "            \"amount\": 500.0\n"
          "        },\n"
          "        \"items\": [\n"
          "            {},\n"
          "            [\n"
          "                \"x\"\n"
          "            ]\n"
          "        ]\n"
          "    }\n"
          "}" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        v = read_text(cases[i].text, strlen(cases[i].text));

        is_written(v, 0, cases[i].compact, "compact");
        is_written(v, TENDER_JSON_PRETTY, cases[i].pretty, "pretty");
    }
}


static void
test_built(void)
{
    tender_value_t  *list, *v;

    v = tender_value_new(&mem, TENDER_OBJECT);
    list = tender_value_new(&mem, TENDER_ARRAY);

    tender_value_push(list, tender_value_int(&mem, INT64_MIN));
    tender_value_push(list, tender_value_int(&mem, INT64_MAX));
    tender_value_push(list, tender_value_int(&mem, 0));
    tender_value_push(list, tender_value_int(&mem, -7));
    tender_value_push(list, tender_value_number(&mem, tap_str("485.50")));
    tender_value_push(list, tender_value_new(&mem, TENDER_NULL));

    tender_value_add(v, tap_str("list"), list);
    tender_value_add(v, tap_str("text"), tender_value_cstring(&mem, "a\"b"));
    tender_value_add(v, tap_str(""), tender_value_bool(&mem, 0));

    is_written(v, 0, "{\"list\":[-9223372036854775808,9223372036854775807,"
               "0,-7,485.50,null],\"text\":\"a\\\"b\",\"\":false}",
               "a tree that was built");
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}


static void
test_text_memory(void)
{
    tender_mem_t     none;
    tender_str_t     text;
    tender_value_t  *v;

    v = read_text("[1]", 3);

    tender_mem_init(&none, no_alloc, NULL);

    is_int(tender_json_text(&none, v, 0, &text), TENDER_ERROR,
           "a text without memory");
    is_int(tender_json_text(&mem, v, 0, &text), TENDER_OK,
           "a text with memory");
    is_str(text, "[1]", "and it is right");
}
