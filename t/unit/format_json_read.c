
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * The JSON reader against RFC 8259's grammar: what must be read and how it
 * is written again, what must be refused, with which words and where.
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"

#include "t/unit/format_json_cases.h"


typedef struct {
    const char  *text;
    size_t       len;
    const char  *shown;
} place_t;


static int read_copy(const char *text, size_t len, tender_value_t **value);
static void test_good(const good_t *c);
static void test_prefixes(const good_t *c);
static void test_bad(const bad_t *c);
static void test_places(void);
static void test_depth(void);
static size_t make_members(char *text, unsigned n, const char *last);
static void test_members(void);
static void test_members_max(void);
static void test_values_max(void);
static void test_members_prefix(void);
static void test_spans(void);
static void test_number_edges(void);
static void test_long_strings(void);
static void test_memory(void);
static void *refuse_alloc(void *data, size_t size);


static const place_t  places[] = {
    { T("{\"data\": }"), "Expecting object: line 1 column 10 (char 9)" },
    { T("{"), "Expecting property name enclosed in double quotes: "
      "line 1 column 2 (char 1)" },
    { T("x"), "No JSON object could be decoded" },
    { T(""), "No JSON object could be decoded" },
    { T("{\"data\":{}} x"),
      "Extra data: line 1 column 13 - line 1 column 14 (char 12 - 13)" },
    { T("1\n2\n3"),
      "Extra data: line 2 column 1 - line 3 column 2 (char 2 - 5)" },
    { T("{\n    \"a\": 1,\n    \"b\": ?\n}"),
      "Expecting object: line 3 column 10 (char 23)" },
    { T("{\"a\": 1\n\"b\": 2}"),
      "Expecting , delimiter: line 2 column 1 (char 8)" },
    { T("[\n\n\n"), "Expecting object: line 4 column 1 (char 4)" },
    { T("[\r\n1 1]"), "Expecting , delimiter: line 2 column 3 (char 5)" },
    { T("\n \"abc"),
      "Unterminated string starting at: line 2 column 2 (char 2)" },
    { T("[\"\n\"]"),
      "Invalid control character at: line 1 column 3 (char 2)" },
    { T("[\"Київ\", x]"), "Expecting object: line 1 column 14 (char 13)" },
    { T("{\"a\":1,\n\"a\":2}"),
      "Duplicate member: line 2 column 1 (char 8)" },
    { T("\xef\xbb\xbf{}"), "Byte order mark: line 1 column 1 (char 0)" },
    { T("[\"\\q\"]"), "Invalid \\escape: line 1 column 3 (char 2)" }
};


static tender_arena_t       *arena;
static tender_json_error_t   err;


int
main(void)
{
    size_t  i;

    arena = tender_arena_create();

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        test_good(&good[i]);
    }

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        test_prefixes(&good[i]);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_bad(&bad[i]);
    }

    test_places();
    test_depth();
    test_members();
    test_members_max();
    test_values_max();
    test_members_prefix();
    test_spans();
    test_number_edges();
    test_long_strings();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


/*
 * From a block of the very size, so that a sanitizer sees a byte too far.
 * The block lives as long as the arena.
 */

static int
read_copy(const char *text, size_t len, tender_value_t **value)
{
    u_char        *copy;
    tender_mem_t   mem;

    copy = tender_arena_alloc(arena, len);
    memcpy(copy, text, len);

    tender_mem_init(&mem, tender_arena_alloc, arena);

    *value = NULL;
    memset(&err, 0xff, sizeof(tender_json_error_t));

    return tender_json_read(&mem, copy, len, value, &err);
}


static void
test_good(const good_t *c)
{
    int              rc;
    tender_mem_t     mem;
    tender_str_t     text;
    tender_value_t  *v;

    rc = read_copy(c->text, c->len, &v);

    if (!is_int(rc, TENDER_OK, "%s is read", c->name)) {
        diag("%s at %zu", err.text, err.offset);
        tender_arena_reset(arena);
        return;
    }

    tender_mem_init(&mem, tender_arena_alloc, arena);

    (void) tender_json_text(&mem, v, 0, &text);
    is_str(text, c->written ? c->written : c->text, "%s is written",
           c->name);

    tender_arena_reset(arena);
}


/* a text that is cut short is refused, except where it is a number */

static void
test_prefixes(const good_t *c)
{
    size_t           len;
    unsigned         refused, read;
    tender_value_t  *v;

    refused = 0;
    read = 0;

    for (len = 0; len < c->len; len++) {

        if (read_copy(c->text, len, &v) == TENDER_DECLINED) {
            refused++;

        } else if (v != NULL && (v->type == TENDER_NUMBER
                                 || c->text[c->len - 1] <= ' '))
        {
            read++;
        }
    }

    is_int(refused + read, (int64_t) c->len, "%s cut short", c->name);

    tender_arena_reset(arena);
}


static void
test_bad(const bad_t *c)
{
    int              rc;
    tender_value_t  *v;

    rc = read_copy(c->text, c->len, &v);

    if (is_int(rc, TENDER_DECLINED, "%s is refused", c->name)) {
        ok(strcmp(err.text, c->why) == 0 && err.offset == c->offset,
           "%s: %s at %zu", c->name, c->why, c->offset);

        if (strcmp(err.text, c->why) != 0 || err.offset != c->offset) {
            diag("got %s at %zu", err.text, err.offset);
        }
    }

    tender_arena_reset(arena);
}


static void
test_places(void)
{
    size_t           i, size;
    u_char           buf[160];
    tender_str_t     text;
    tender_value_t  *v;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        (void) read_copy(places[i].text, places[i].len, &v);

        text.data = buf;
        text.len = tender_json_error_text(&err, buf, sizeof(buf));

        is_str(text, places[i].shown, "place %zu", i);
        tender_arena_reset(arena);
    }

    (void) read_copy("[1 2]", 5, &v);

    text.data = buf;

    for (size = 0; size < 48; size++) {
        memset(buf, '#', sizeof(buf));
        text.len = tender_json_error_text(&err, buf, size);

        if (text.len != (size < 47 ? size : 47) || buf[text.len] != '#') {
            break;
        }
    }

    is_int((int64_t) size, 48, "an error text is cut to any size");

    tender_arena_reset(arena);
}


static void
test_depth(void)
{
    int              rc;
    char             text[6 * (TENDER_JSON_MAX_DEPTH + 1)];
    size_t           i, n;
    tender_value_t  *v;

    for (n = TENDER_JSON_MAX_DEPTH; n < TENDER_JSON_MAX_DEPTH + 2; n++) {
        memset(text, '[', n);
        memset(text + n, ']', n);

        rc = read_copy(text, 2 * n, &v);

        is_int(rc, n == TENDER_JSON_MAX_DEPTH ? TENDER_OK : TENDER_DECLINED,
               "%zu arrays in each other", n);
    }

    is_int((int64_t) err.offset, TENDER_JSON_MAX_DEPTH,
           "the array too many is the place");
    ok(strcmp(err.text, "Nesting too deep") == 0, "and depth the reason");

    for (n = TENDER_JSON_MAX_DEPTH; n < TENDER_JSON_MAX_DEPTH + 2; n++) {

        for (i = 0; i < n; i++) {
            memcpy(text + i * 5, "{\"a\":", 5);
        }

        text[n * 5 - 1] = '}';
        text[n * 5 - 4] = '}';
        memset(text + n * 5 - 4, '}', n);

        rc = read_copy(text, n * 5 - 4 + n, &v);

        is_int(rc, n == TENDER_JSON_MAX_DEPTH ? TENDER_OK : TENDER_DECLINED,
               "%zu objects in each other", n);
    }

    is_int((int64_t) err.offset, 5 * TENDER_JSON_MAX_DEPTH,
           "the object too many is the place");

    memset(text, '[', sizeof(text));
    rc = read_copy(text, sizeof(text), &v);
    is_int(rc, TENDER_DECLINED, "arrays that are never closed");

    n = 0;
    text[n++] = '[';

    for (i = 0; i < 100; i++) {
        text[n++] = '[';
        text[n++] = ']';
        text[n++] = ',';
    }

    text[n - 1] = ']';

    is_int(read_copy(text, n, &v), TENDER_OK,
           "depth counts what is open, not what was");

    tender_arena_reset(arena);
}


/* an object with members k0, k1, ..., the last one named last */

static size_t
make_members(char *text, unsigned n, const char *last)
{
    char      *p;
    unsigned   i;

    p = text;
    *p++ = '{';

    for (i = 0; i < n - 1; i++) {
        p += sprintf(p, "\"k%u\":%u,", i, i);
    }

    p += sprintf(p, "\"%s\":0}", last);

    return (size_t) (p - text);
}


static void
test_members(void)
{
    int              rc;
    size_t           i, len;
    unsigned         n;
    tender_value_t  *v;

    static char            text[32768];
    static const unsigned  sizes[] = { 2, 15, 16, 17, 18, 33, 100, 1000 };

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        n = sizes[i];

        len = make_members(text, n, "last");
        rc = read_copy(text, len, &v);

        is_int(rc, TENDER_OK, "%u members", n);
        is_int(v ? v->nelts : 0, n, "and all of them are there");

        len = make_members(text, n, "k0");
        is_int(read_copy(text, len, &v), TENDER_DECLINED,
               "%u members, the last is the first", n);
        ok(strcmp(err.text, DUPLICATE) == 0, "%s", DUPLICATE);

        len = make_members(text, n, "\\u006b0");
        is_int(read_copy(text, len, &v), TENDER_DECLINED,
               "%u members, the last is the first, escaped", n);

        len = make_members(text, n, "k");
        is_int(read_copy(text, len, &v), TENDER_OK,
               "%u members, the last begins like the others", n);

        if (n > 2) {
            len = make_members(text, n, "k1");
            is_int(read_copy(text, len, &v), TENDER_DECLINED,
                   "%u members, the last is the second", n);

            len = make_members(text, n, "");
            is_int(read_copy(text, len, &v), TENDER_OK,
                   "%u members, the last has no name", n);
        }

        tender_arena_reset(arena);
    }
}


static void
test_members_max(void)
{
    int              rc;
    char             last[16];
    size_t           len;
    unsigned         n;
    tender_str_t     name;
    tender_value_t  *v;

    static char  text[32768];

    /* each of 1000 names once more */

    rc = 0;

    for (n = 0; n < 999; n++) {
        sprintf(last, "k%u", n);
        len = make_members(text, 1000, last);
        rc += (read_copy(text, len, &v) == TENDER_DECLINED);
        tender_arena_reset(arena);
    }

    is_int(rc, 999, "each of 999 names is found again");

    len = make_members(text, 1001, "last");
    is_int(read_copy(text, len, &v), TENDER_DECLINED, "1001 members");
    ok(strcmp(err.text, "Too many members") == 0, "are too many");
    is_int((int64_t) err.offset, (int64_t) len - 9, "the last is the place");

    len = make_members(text, 1000, "last");
    (void) read_copy(text, len, &v);

    name = tap_str("k500");
    ok(v != NULL && tender_value_get(v, &name) != NULL
       && tender_value_get(v, &name)->u.text.len == 3, "k500 is found");

    tender_arena_reset(arena);
}


static void
test_values_max(void)
{
    size_t           len;
    unsigned         n;
    tender_value_t  *v;

    static char  text[2 * TENDER_JSON_MAX_VALUES + 2];

    /* the array counts, too */

    len = 0;
    text[len++] = '[';

    for (n = 1; n < TENDER_JSON_MAX_VALUES; n++) {
        text[len++] = '0';
        text[len++] = ',';
    }

    text[len - 1] = ']';

    is_int(read_copy(text, len, &v), TENDER_OK, "as many values as may be");
    tender_arena_reset(arena);

    text[len - 1] = ',';
    text[len++] = '0';
    text[len++] = ']';

    is_int(read_copy(text, len, &v), TENDER_DECLINED, "one value more");
    ok(strcmp(err.text, "Too many values") == 0, "is too many");
    is_int((int64_t) err.offset, (int64_t) len - 2, "it is the place");

    tender_arena_reset(arena);
}


static void
test_members_prefix(void)
{
    size_t           len;
    unsigned         n;
    tender_value_t  *v;

    static char  text[32768];

    /* names that are all prefixes of the next: the deepest tree */

    text[0] = '{';

    for (n = 0, len = 1; n < 200; n++) {
        text[len++] = '"';
        memset(text + len, 'a', n);
        len += n;
        memcpy(text + len, "\":0,", 4);
        len += 4;
    }

    text[len - 1] = '}';

    is_int(read_copy(text, len, &v), TENDER_OK, "200 names in each other");

    memcpy(text + len - 1, ",\"aaaaaaa\":0}", 13);

    is_int(read_copy(text, len + 12, &v), TENDER_DECLINED,
           "one of them again");

    tender_arena_reset(arena);
}


static void
test_spans(void)
{
    tender_mem_t     mem;
    tender_value_t  *v, *m;

    static const u_char  text[] =
        "{\"a\":\"plain\",\"\\u0062\":\"\\u0061\",\"c\":1.50,\"d\":[]}";

    tender_mem_init(&mem, tender_arena_alloc, arena);

    is_int(tender_json_read(&mem, NULL, 0, &v, &err), TENDER_DECLINED,
           "no text at all");
    is_int((int64_t) err.offset, 0, "at its start");

    is_int(tender_json_read(&mem, text, sizeof(text) - 1, &v, &err),
           TENDER_OK, "a text for spans");

    m = v->u.list.first;
    ok(m->u.text.data == text + 6, "a string is a span of the text");
    ok(m->name.data == text + 2, "so is its name");
    ok(m->plain && m->name_plain, "both are known to be plain");

    m = m->next;
    is_str(m->name, "b", "an escaped name is decoded");
    is_str(m->u.text, "a", "so is an escaped string");
    ok(!m->plain && !m->name_plain, "neither is known to be plain");

    m = m->next;
    is_str(m->u.text, "1.50", "a number keeps its text");
    ok(m->type == TENDER_NUMBER && m->u.text.data == text + 35,
       "as a span");

    m = m->next;
    ok(m->type == TENDER_ARRAY && m->nelts == 0 && m->u.list.first == NULL
       && m->u.list.last == NULL, "an empty array");
    ok(m->next == NULL && v->u.list.last == m, "the last of four");
    is_int(v->nelts, 4, "four");
    ok(v->next == NULL && v->name.len == 0, "the root has no name");

    tender_arena_reset(arena);
}


/* the borders of 15 digits and of a double, beside strtod() */

static void
test_number_edges(void)
{
    int              rc, exponent;
    char             text[64], *end;
    double           d;
    size_t           n;
    unsigned         i, wrong;
    tender_value_t  *v;

    static const char  *lead[] = {
        "1", "9", "1.79769313486231", "1.79769313486232", "2.4703282292062",
        "2.47032822920623", "2.47032822920624", "0.000012345", "99999",
        "0.999999999999999", "999999999999999", "1000000"
    };

    wrong = 0;

    for (i = 0; i < sizeof(lead) / sizeof(lead[0]); i++) {

        for (exponent = -345; exponent <= 320; exponent++) {
            n = (size_t) sprintf(text, "%se%d", lead[i], exponent);
            d = strtod(text, &end);

            rc = (d > 0 && d <= 1.7976931348623157e308) ? TENDER_OK
                                                        : TENDER_DECLINED;

            if (read_copy(text, n, &v) != rc) {
                diag("%s", text);
                wrong++;
            }
        }

        tender_arena_reset(arena);
    }

    is_int(wrong, 0, "the range is that of a double, at %u exponents",
           i * 666);

    /* 1 with 30 to 400 zeros, on either side of the point */

    wrong = 0;

    for (n = 30; n < 400; n++) {
        char  digits[512];

        memset(digits, '0', sizeof(digits));
        digits[0] = '1';
        wrong += read_copy(digits, n, &v)
                 != (n <= 309 ? TENDER_OK : TENDER_DECLINED);

        memset(digits, '0', sizeof(digits));
        digits[1] = '.';
        digits[n] = '1';
        wrong += read_copy(digits, n + 1, &v)
                 != (n <= 324 ? TENDER_OK : TENDER_DECLINED);

        tender_arena_reset(arena);
    }

    is_int(wrong, 0, "one and many zeros");
}


/* each kind of stop at each place of the eight bytes looked at together */

static void
test_long_strings(void)
{
    char             text[96];
    size_t           at, len;
    unsigned         i, wrong;
    tender_value_t  *v;

    static const struct {
        const char  *piece;
        size_t       len;
        const char  *why;
    } pieces[] = {
        { T("\\n"), NULL },
        { T("\x7f"), NULL },
        { T("\xd0\x96"), NULL },
        { T("\xd0\x96\xd1\x96\xd0\x96\xd1\x96\xd0\x96"), NULL },
        { T("\xe2\x82\xac"), NULL },
        { T("\xf0\x9d\x84\x9e"), NULL },
        { T("\x1f"), CONTROL },
        { T("\n"), CONTROL },
        { T("\0"), CONTROL },
        { T("\x80"), UTF8 },
        { T("\xff"), UTF8 },
        { T("\xd0"), UTF8 },
        { T("\xe2\x82"), UTF8 },
        { T("\\!"), ESCAPE }
    };

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        wrong = 0;

        for (len = 1; len < 40; len++) {

            for (at = 0; at <= len; at++) {
                memset(text, '!', sizeof(text));
                text[0] = '"';
                memcpy(text + 1 + at, pieces[i].piece, pieces[i].len);
                text[1 + len + pieces[i].len] = '"';

                if (read_copy(text, len + pieces[i].len + 2, &v)
                    != (pieces[i].why ? TENDER_DECLINED : TENDER_OK))
                {
                    wrong++;

                } else if (pieces[i].why
                           && (strcmp(err.text, pieces[i].why) != 0
                               || err.offset != at + 1))
                {
                    wrong++;
                }
            }

            tender_arena_reset(arena);
        }

        is_int(wrong, 0, "piece %u at each place of a string", i);
    }
}


/* gives as many blocks as *data says */

static void *
refuse_alloc(void *data, size_t size)
{
    unsigned  *left;

    left = data;

    if (*left == 0) {
        return NULL;
    }

    (*left)--;

    return tender_arena_alloc(arena, size);
}


static void
test_memory(void)
{
    int              rc;
    size_t           len;
    unsigned         n, left, errors;
    tender_mem_t     mem;
    tender_value_t  *v;

    static char  text[32768];

    len = make_members(text, 1000, "\\u0061");

    errors = 0;

    for (n = 0; n < 10000; n++) {
        left = n;
        tender_mem_init(&mem, refuse_alloc, &left);

        rc = tender_json_read(&mem, (u_char *) text, len, &v, &err);
        tender_arena_reset(arena);

        if (rc == TENDER_OK) {
            break;
        }

        errors += (rc == TENDER_ERROR);
    }

    is_int(rc, TENDER_OK, "with enough blocks it is read");
    ok(errors > 10 && errors == n, "with fewer it is an error, each time");
}
