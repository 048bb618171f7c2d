
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"
#include "format/tender_text.h"
#include "format/tender_xml.h"


#define MAX   64
#define NONE  "\xef\xbf\xbd"


static void test_texts(void);
static void test_each(void);
static void test_places(void);
static void test_elements(void);
static tender_str_t xml(tender_str_t text);


static u_char  buf[MAX];


int
main(void)
{
    test_texts();
    test_each();
    test_places();
    test_elements();

    return done_testing();
}


static void
test_texts(void)
{
    unsigned  i;

    static const struct {
        tender_str_t  text;
        const char   *xml;
    } texts[] = {
        { tender_string(""), "" },
        { tender_string("plain"), "plain" },
        { tender_string("<b>&amp;</b>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;" },
        { tender_string("]]>"), "]]&gt;" },
        { tender_string("\"it's\""), "\"it's\"" },
        { tender_string("a\tb\nc"), "a\tb\nc" },
        { tender_string("a\r\n"), "a&#13;\n" },
        { tender_string("\xd1\x96\xe2\x82\xac\xf0\x9f\x98\x80"),
          "\xd1\x96\xe2\x82\xac\xf0\x9f\x98\x80" },
        { tender_string("a\0b"), "a" NONE "b" },
        { tender_string("\x1f\x7f"), NONE "\x7f" },
        { tender_string("\xef\xbf\xbe\xef\xbf\xbf"), NONE NONE },
        { tender_string("\xc3("), NONE "(" },
        { tender_string("\xed\xa0\x80"), NONE NONE NONE },
        { tender_string("\xc0\xaf"), NONE NONE },
        { tender_string("\xe2\x82"), NONE NONE },
        { tender_string("\xf4\x90\x80\x80"), NONE NONE NONE NONE }
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        is_str(xml(texts[i].text), texts[i].xml, "text %u", i);
    }
}


/* each character is itself, an escape, or none that XML can carry */

static void
test_each(void)
{
    u_char        p[4];
    unsigned      wrong;
    uint32_t      code;
    tender_str_t  text, got;

    wrong = 0;
    text.data = p;

    for (code = 0; code <= 0x10ffff; code++) {

        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }

        text.len = (size_t) (tender_utf8_write(p, code) - p);
        got.data = buf;
        got.len = (size_t) (tender_xml_write(buf, text) - buf);

        wrong += got.len != tender_xml_length(text);

        if (!tender_text_valid(text)) {
            wrong += !tender_str_is(&got, NONE);

        } else if (code == '&' || code == '<' || code == '>'
                   || code == '\r')
        {
            wrong += got.data[0] != '&' || got.data[got.len - 1] != ';';

        } else {
            wrong += !tender_str_eq(&got, &text);
        }
    }

    is_int(wrong, 0, "each character");

    text.data = NULL;
    text.len = 0;

    is_str(xml(text), "", "none at all");
}


/* each character that is not itself, at each place among others */

static void
test_places(void)
{
    size_t        len, got;
    u_char        in[64], out[256], again[256], *p;
    unsigned      i, k, n, wrong;
    tender_str_t  text, one;

    static const tender_str_t  chars[] = {
        tender_string("&"), tender_string("<"), tender_string(">"),
        tender_string("\r"), tender_string("\x01"), tender_string("\x1f"),
        tender_string("\xef\xbf\xbe"), tender_string("\xff"),
        tender_string("\xd1"), tender_string("\xe2\x82"),
        tender_string("\xc1\x81"), tender_string("\x7f"),
        tender_string("\xd1\x96"), tender_string("\t"),
        tender_string("\xf0\x9f\x98\x80")
    };

    wrong = 0;

    for (k = 0; k < sizeof(chars) / sizeof(chars[0]); k++) {
        for (n = 0; n <= 20; n++) {
            for (i = 0; i <= n; i++) {
                memset(in, 'x', i);
                memcpy(in + i, chars[k].data, chars[k].len);
                memset(in + i + chars[k].len, 'y', n - i);

                text.data = in;
                text.len = n + chars[k].len;
                len = tender_xml_length(text);
                got = (size_t) (tender_xml_write(out, text) - out);

                one = chars[k];
                p = again;
                memset(p, 'x', i);
                p = tender_xml_write(p + i, one);
                memset(p, 'y', n - i);
                p += n - i;

                wrong += got != len || got != (size_t) (p - again)
                         || memcmp(out, again, got) != 0;
            }
        }
    }

    is_int(wrong, 0, "at each place");
}


static void
test_elements(void)
{
    size_t                len;
    u_char               *p;
    unsigned              i;
    tender_str_t          text;
    tender_mem_t          mem;
    tender_value_t       *v;
    tender_arena_t       *arena;
    tender_json_error_t   err;

    static const struct {
        const char  *json;
        const char  *xml;
    } elements[] = {
        { "\"a<b\"", "<e>a&lt;b</e>" },
        { "\"\"", "<e/>" },
        { "null", "<e/>" },
        { "5.50", "<e>5.50</e>" },
        { "true", "<e>true</e>" },
        { "false", "<e>false</e>" },
        { "{}", "<e/>" },
        { "[]", "" },
        { "[\"a\"]", "<e>a</e>" },
        { "[\"a\",\"\",{}]", "<e>a</e><e/><e/>" },
        { "[[\"a\"],[],[\"b\"]]", "<e>a</e><e>b</e>" },
        { "{\"x\":\"1\",\"y\":null}", "<e><x>1</x><y/></e>" },
        { "{\"x\":[]}", "<e/>" },
        { "{\"x\":[{\"y\":[\"1\",\"2\"]},{}]}",
          "<e><x><y>1</y><y>2</y></x><x/></e>" }
    };

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {

        if (tender_json_read(&mem, (const u_char *) elements[i].json,
                             strlen(elements[i].json), &v, &err)
            != TENDER_OK)
        {
            abort();
        }

        len = tender_xml_element_length(tap_str("e"), v);
        p = malloc(len ? len : 1);

        text.data = p;
        text.len = (size_t) (tender_xml_element(p, tap_str("e"), v) - p);

        is_int(len, text.len, "the length of %s", elements[i].json);
        is_str(text, elements[i].xml, "element %s", elements[i].json);
        free(p);
    }

    tender_arena_free(arena);
}


/* in memory of just that length, for a sanitizer to see */

static tender_str_t
xml(tender_str_t text)
{
    u_char        *p;
    tender_str_t   result;

    result.len = tender_xml_length(text);
    p = malloc(result.len ? result.len : 1);

    if (p == NULL || result.len > MAX) {
        abort();
    }

    if ((size_t) (tender_xml_write(p, text) - p) != result.len) {
        ok(0, "the length of \"%.*s\"", (int) text.len, text.data);
    }

    memcpy(buf, p, result.len);
    free(p);

    result.data = buf;

    return result;
}
