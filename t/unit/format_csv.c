
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_csv.h"
#include "format/tender_json.h"


#define MAX  4096


static void test_cells(void);
static void test_numbers(void);
static void test_each(void);
static void test_delimiters(void);
static void test_join(void);
static void test_memory(void);
static tender_value_t *value(const char *json);
static void *no_alloc(void *data, size_t size);
static tender_str_t cell(tender_str_t text, unsigned flags);
static size_t unquoted(tender_str_t text, u_char *p);


static u_char           buf[MAX];
static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_cells();
    test_numbers();
    test_each();
    test_delimiters();
    test_join();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_cells(void)
{
    unsigned  i;

    static const struct {
        tender_str_t  text;
        const char   *cell;
    } cells[] = {
        { tender_string(""), "" },
        { tender_string("plain"), "plain" },
        { tender_string("two words"), "two words" },
        { tender_string("a,b"), "\"a,b\"" },
        { tender_string("a;b"), "\"a;b\"" },
        { tender_string("a\"b"), "\"a\"\"b\"" },
        { tender_string("\""), "\"\"\"\"" },
        { tender_string("a\nb"), "\"a\nb\"" },
        { tender_string("a\r\nb"), "\"a\r\nb\"" },
        { tender_string("a\tb"), "a\tb" },
        { tender_string(" a"), "\" a\"" },
        { tender_string("a "), "\"a \"" },
        { tender_string("a\t"), "\"a\t\"" },
        { tender_string(" "), "\" \"" },
        { tender_string("\xd1\x96"), "\xd1\x96" },
        { tender_string("=1+1"), "'=1+1" },
        { tender_string("+380"), "'+380" },
        { tender_string("-5"), "'-5" },
        { tender_string("@SUM(1)"), "'@SUM(1)" },
        { tender_string("\t=1"), "\"'\t=1\"" },
        { tender_string("\r=1"), "\"'\r=1\"" },
        { tender_string("\n=1"), "\"'\n=1\"" },
        { tender_string("  =1"), "\"'  =1\"" },
        { tender_string("\"=1\""), "\"'\"\"=1\"\"\"" },
        { tender_string("'=1"), "''=1" },
        { tender_string("=HYPERLINK(\"x\",1)"),
          "\"'=HYPERLINK(\"\"x\"\",1)\"" },
        { tender_string("\xef\xbc\x9d" "1"), "'\xef\xbc\x9d" "1" },
        { tender_string("\xef\xbc\x8b" "1"), "'\xef\xbc\x8b" "1" },
        { tender_string("\xef\xbc\x8d" "1"), "'\xef\xbc\x8d" "1" },
        { tender_string("\xef\xbc\xa0" "1"), "'\xef\xbc\xa0" "1" },
        { tender_string("\xef\xbc\x8c" "1"), "\xef\xbc\x8c" "1" },
        { tender_string("\xef\xbc"), "\xef\xbc" },
        { tender_string("a=1"), "a=1" },
        { tender_string("a-b"), "a-b" }
    };

    for (i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        is_str(cell(cells[i].text, TENDER_CSV_TEXT), cells[i].cell,
               "cell %u", i);
    }
}


static void
test_numbers(void)
{
    is_str(cell(tap_str("-5.10"), 0), "-5.10", "a number stays one");
    is_str(cell(tap_str("-5,10"), 0), "\"-5,10\"", "but is quoted");
    is_str(cell((tender_str_t) tender_null_string, 0), "", "none at all");
}


/* what parts cells is quoted in them */

static void
test_delimiters(void)
{
    is_str(cell(tap_str("a|b"), TENDER_CSV_TEXT), "a|b", "a bar");
    is_str(cell(tap_str("a|b"), TENDER_CSV_TEXT | '|'), "\"a|b\"",
           "a bar that parts");
    is_str(cell(tap_str("a\tb"), TENDER_CSV_TEXT | '\t'), "\"a\tb\"",
           "a tab that parts");
    is_str(cell(tap_str("a,b;c"), TENDER_CSV_TEXT | '|'), "\"a,b;c\"",
           "others are quoted, too");
    is_str(cell(tap_str("-5|1"), '|'), "\"-5|1\"", "in a number");
    is_str(cell(tap_str("ab"), TENDER_CSV_TEXT | '|'), "ab", "none");
    is_str(cell((tender_str_t) tender_null_string, '|'), "", "no text");
    is_str(cell(tap_str("=|"), TENDER_CSV_TEXT | '|'), "\"'=|\"",
           "a formula");
}


static void
test_join(void)
{
    unsigned      i;
    tender_str_t  text;

    static const struct {
        const char  *json;
        const char  *text;
    } joins[] = {
        { "\"text\"", "text" },
        { "\"\"", "" },
        { "5.50", "5.50" },
        { "null", "" },
        { "true", "" },
        { "[]", "" },
        { "{}", "" },
        { "[\"a\"]", "a" },
        { "[\"a\",\"b\",5]", "a | b | 5" },
        { "[\"\",\"b\",\"\"]", "b" },
        { "{\"x\":\"a\",\"y\":\"\",\"z\":\"c\"}", "a, c" },
        { "{\"list\":[{\"n\":\"a\",\"m\":\"b\"},{},{\"n\":\"c\"}]}",
          "a, b | c" },
        { "[[\"a\"],[\"b\",\"c\"]]", "a | b | c" },
        { "[null,{\"a\":null},[[]]]", "" }
    };

    for (i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
        is_int(tender_csv_join(&mem, value(joins[i].json), &text), TENDER_OK,
               "join %s", joins[i].json);
        is_str(text, joins[i].text, "of %s", joins[i].json);
    }
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
    tender_mem_t   none;
    tender_str_t   text;

    tender_mem_init(&none, no_alloc, NULL);

    is_int(tender_csv_join(&none, value("[\"a\"]"), &text), TENDER_ERROR,
           "no memory");
    is_int(tender_csv_join(&none, value("\"a\""), &text), TENDER_OK,
           "a text needs none");
    is_int(tender_csv_join(&none, value("[]"), &text), TENDER_OK,
           "nothing needs none");
}


static tender_value_t *
value(const char *json)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(&mem, (const u_char *) json, strlen(json), &v, &err)
        != TENDER_OK)
    {
        abort();
    }

    return v;
}


/* all texts of up to three of these: what is quoted is read as it was */

static void
test_each(void)
{
    u_char        text[4], back[16];
    size_t        len, n;
    unsigned      i, j, wrong, lost;
    tender_str_t  got, given;

    static const u_char  chars[] = "a,;\"\r\n\t =-'\xef\xbc\x9d";

    wrong = 0;
    lost = 0;

    for (len = 1; len <= 3; len++) {
        for (i = 0; i < 14 * 14 * 14; i++) {

            text[0] = chars[i % 14];
            text[1] = chars[i / 14 % 14];
            text[2] = chars[i / 196];

            given.data = text;
            given.len = len;

            for (j = 0; j < 2; j++) {
                got = cell(given, j ? TENDER_CSV_TEXT : 0);
                n = unquoted(got, back);

                wrong += n == 0;

                if (j && n == len + 1) {
                    lost += back[0] != '\''
                            || memcmp(back + 1, text, len) != 0;

                } else {
                    lost += n != len || memcmp(back, text, len) != 0;
                }
            }
        }
    }

    is_int(wrong, 0, "each is one cell");
    is_int(lost, 0, "with what was given");
}


/* in memory of just that length, for a sanitizer to see */

static tender_str_t
cell(tender_str_t text, unsigned flags)
{
    u_char        *p;
    tender_str_t   result;

    result.len = tender_csv_length(text, flags);
    p = malloc(result.len ? result.len : 1);

    if (p == NULL || result.len > MAX) {
        abort();
    }

    if ((size_t) (tender_csv_write(p, text, flags) - p) != result.len) {
        ok(0, "the length of \"%.*s\"", (int) text.len, text.data);
    }

    memcpy(buf, p, result.len);
    free(p);

    result.data = buf;

    return result;
}


/* a reader of one cell; 0: it is none */

static size_t
unquoted(tender_str_t text, u_char *p)
{
    size_t   i;
    u_char  *start;

    start = p;

    if (text.len == 0 || text.data[0] != '"') {

        for (i = 0; i < text.len; i++) {
            if (strchr("\",;\r\n", text.data[i])) {
                return 0;
            }

            *p++ = text.data[i];
        }

        return (size_t) (p - start);
    }

    for (i = 1; i < text.len - 1; i++) {

        if (text.data[i] == '"' && text.data[++i] != '"') {
            return 0;
        }

        *p++ = text.data[i];
    }

    return text.len > 1 && i == text.len - 1 && text.data[i] == '"'
           ? (size_t) (p - start) : 0;
}
