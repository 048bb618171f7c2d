
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"
#include "format/tender_template.h"


static tender_str_t message(void *data, tender_str_t key);
static int fill(const char *text, const char *json, tender_str_t *page);
static void test_pages(void);
static void test_malformed(void);
static void test_bounds(void);


static tender_arena_t  *arena;
static tender_mem_t     mem;


static const struct {
    const char  *text;
    const char  *json;
    const char  *page;
} pages[] = {

    /* slots */

    { "", "{}", "" },
    { "plain { text } }} {", "{}", "plain { text } }} {" },
    { "a {{b}} c", "{\"b\":\"B\"}", "a B c" },
    { "{{b}}{{b}}", "{\"b\":\"x\"}", "xx" },
    { "{{b}}", "{}", "" },
    { "{{b}}", "{\"b\":null}", "" },
    { "{{b}}", "{\"b\":true}", "" },
    { "{{b}}", "{\"b\":[1]}", "" },
    { "{{b}}", "{\"b\":{\"b\":1}}", "" },
    { "{{b}}", "{\"b\":485.50}", "485.50" },
    { "{{b}}", "{\"b\":\"<a href=\\\"x\\\" id='y'>&amp;\"}",
      "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;" },
    { "{{b}}", "{\"b\":\"{{c}}\",\"c\":1}", "{{c}}" },
    { "{{b}}", "{\"b\":\"\xd2\x90\"}", "\xd2\x90" },
    { "{{%b}}", "{\"b\":\"a b&c=\xd2\x90'\\\"/\"}",
      "a%20b%26c%3D%D2%90%27%22%2F" },
    { "{{%b}}", "{\"b\":\"\"}", "" },

    /* marks */

    { "{{*b}}", "{\"b\":\"a [B]b[/B] c\"}", "a <mark>b</mark> c" },
    { "{{*b}}", "{\"b\":\"[B]<b>[/B][B]&[/B]\"}",
      "<mark>&lt;b&gt;</mark><mark>&amp;</mark>" },
    { "{{*b}}", "{\"b\":\"[B]a\"}", "<mark>a</mark>" },
    { "{{*b}}", "{\"b\":\"a[/B]\"}", "a[/B]" },
    { "{{*b}}", "{\"b\":\"[B]a[B]b[/B]c[/B]\"}",
      "<mark>a[B]b</mark>c[/B]" },
    { "{{*b}}", "{\"b\":\"[B\"}", "[B" },
    { "{{*b}}", "{\"b\":\"[B]\"}", "<mark></mark>" },
    { "{{*b}}", "{}", "" },
    { "{{b}}", "{\"b\":\"[B]a[/B]\"}", "[B]a[/B]" },

    /* sections */

    { "{{#b}}x{{/b}}", "{}", "" },
    { "{{#b}}x{{/b}}", "{\"b\":null}", "" },
    { "{{#b}}x{{/b}}", "{\"b\":false}", "" },
    { "{{#b}}x{{/b}}", "{\"b\":\"\"}", "" },
    { "{{#b}}x{{/b}}", "{\"b\":[]}", "" },
    { "{{#b}}x{{/b}}", "{\"b\":true}", "x" },
    { "{{#b}}x{{/b}}", "{\"b\":0}", "x" },
    { "{{#b}}{{b}}{{/b}}", "{\"b\":\"y\"}", "y" },
    { "{{#b}}x{{/b}}", "{\"b\":{}}", "x" },
    { "{{#b}}{{c}}{{/b}}", "{\"b\":{\"c\":1},\"c\":2}", "1" },
    { "{{#b}}{{.}},{{/b}}", "{\"b\":[1,\"<\",3]}", "1,&lt;,3," },
    { "{{#b}}{{c}}{{d}},{{/b}}", "{\"b\":[{\"c\":1},{\"c\":2}],\"d\":9}",
      "19,29," },
    { "{{#b}}{{.c}}{{.d}},{{/b}}", "{\"b\":[{\"c\":1},{}],\"d\":9,\"c\":8}",
      "1,," },
    { "{{#b}}{{.c}}{{/b}}", "{\"b\":[1]}", "" },
    { "{{#b}}{{.}}{{c}}{{.c}}{{/b}}", "{\"b\":\"y\",\"c\":1}", "y11" },
    { "{{#b}}{{#c}}{{.}}{{.c}}{{.d}}{{/c}}{{/b}}",
      "{\"b\":[{\"c\":1}],\"d\":9}", "11" },
    { "{{#b}}{{.}}{{c}}{{/b}}", "{\"b\":true,\"c\":1}", "1" },
    { "{{#b}}{{#.c}}x{{/.c}}{{^.c}}y{{/.c}}{{/b}}",
      "{\"b\":[{\"c\":1},{}],\"c\":1}", "xy" },
    { "{{#b}}{{#b}}{{.}}{{/b}};{{/b}}",
      "{\"b\":[{\"b\":[1,2]},{\"b\":[3]}]}", "12;3;" },
    { "{{#b}}[{{#c}}{{/c}}{{^c}}{{/c}}]{{/b}}", "{\"b\":1}", "[]" },
    { "{{^b}}x{{/b}}", "{}", "x" },
    { "{{^b}}x{{/b}}", "{\"b\":[]}", "x" },
    { "{{^b}}x{{/b}}", "{\"b\":\"a\"}", "" },
    { "{{^b}}{{c}}{{/b}}", "{\"c\":3}", "3" },

    /* lines */

    { "a\n{{#b}}\nx\n{{/b}}\nc\n", "{\"b\":[1,2]}", "a\nx\nx\nc\n" },
    { "{{^b}}\nx\n{{/b}}\n", "{}", "x\n" },
    { "a {{#b}}\nx{{/b}}\n", "{\"b\":1}", "a \nx\n" },
    { "a\n{{b}}\nc", "{\"b\":1}", "a\n1\nc" },
    { "a\n{{>part}}\nc", "{\"b\":1}", "a\n<p>1</p>\nc" },

    /* messages */

    { "{{_hello}}", "{}", "Hello &amp; welcome" },
    { "{{_found}}", "{\"total\":\"<7>\"}", "Found: &lt;7&gt; of them" },
    { "{{_found}}", "{}", "Found:  of them" },
    { "{{_none}}", "{}", "none" },
    { "{{_status.@s}}", "{\"s\":\"open\"}", "It is open" },
    { "{{_status.@s}}", "{\"s\":\"<odd>\"}", "&lt;odd&gt;" },
    { "{{_status.@s}}", "{}", "" },
    { "{{_@s}}", "{\"s\":\"hello\"}", "Hello &amp; welcome" },
    { "{{_@s}}", "{\"s\":\"total is {total}\",\"total\":1}",
      "total is {total}" },
    { "{{#b}}{{_@.}},{{/b}}", "{\"b\":[\"hello\",\"x\"]}",
      "Hello &amp; welcome,x," },

    /* templates in templates */

    { "{{#b}}{{>part}}{{/b}}", "{\"b\":[{\"b\":1},{\"b\":2}]}",
      "<p>1</p>\n<p>2</p>\n" }
};


static const char  *malformed[] = {
    "{{", "{{a", "{{a}", "{{}}", "{{#}}", "{{#a}}", "{{#a}}{{/b}}",
    "{{/a}}", "{{#a}}{{#b}}{{/a}}{{/b}}", "{{a{b}}", "{{a\nb}}", "{{>none}}",
    "{{^a}}", "{{>loop}}", "{{_}}", "{{_broken}}", "{{#b}}{{/b}}{{/b}}"
};


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_pages();
    test_malformed();
    test_bounds();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_pages(void)
{
    int           rc;
    unsigned      i;
    tender_str_t  page;

    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        rc = fill(pages[i].text, pages[i].json, &page);

        is_int(rc, TENDER_OK, "page %u", i);
        is_str(page, pages[i].page, "page %u: its text", i);
    }
}


static void
test_malformed(void)
{
    unsigned      i;
    tender_str_t  page;

    for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        is_int(fill(malformed[i], "{\"a\":1,\"b\":1}", &page),
               TENDER_DECLINED, "malformed %u", i);
    }
}


static void
test_bounds(void)
{
    int           i;
    char          text[4096], *p;
    tender_str_t  page;

    p = text;

    for (i = 0; i < TENDER_TEMPLATE_DEPTH - 1; i++) {
        p += sprintf(p, "{{#b}}");
    }

    *p++ = 'x';

    for (i = 0; i < TENDER_TEMPLATE_DEPTH - 1; i++) {
        p += sprintf(p, "{{/b}}");
    }

    *p = '\0';

    is_int(fill(text, "{\"b\":true}", &page), TENDER_OK, "many sections");
    is_str(page, "x", "their page");

    memmove(text + 6, text, p - text + 1);
    memcpy(text, "{{#b}}", 6);
    strcat(text, "{{/b}}");

    is_int(fill(text, "{\"b\":true}", &page), TENDER_DECLINED,
           "too many of them");

    is_int(fill("{{#b}}{{#b}}{{#b}}{{#b}}{{#b}}{{#b}}x{{/b}}{{/b}}{{/b}}"
                "{{/b}}{{/b}}{{/b}}", "{\"b\":[1,2,3,4,5,6,7,8,9]}", &page),
           TENDER_DECLINED, "too many turns");
}


static int
fill(const char *text, const char *json, tender_str_t *page)
{
    int                  rc;
    tender_str_t         name;
    tender_value_t      *object;
    tender_template_t    list[4];
    tender_json_error_t  err;
    tender_templates_t   templates;

    rc = tender_json_read(&mem, (u_char *) json, strlen(json), &object, &err);
    if (rc != TENDER_OK) {
        return rc;
    }

    list[0].name = tap_str("part");
    list[0].text = tap_str("<p>{{b}}</p>\n");
    list[1].name = tap_str("loop");
    list[1].text = tap_str("{{>loop}}");
    list[2].name = tap_str("top");
    list[2].text.data = (u_char *) text;
    list[2].text.len = strlen(text);
    list[3].name = tap_str("");

    templates.mem = &mem;
    templates.list = list;
    templates.message = message;
    templates.data = NULL;

    tender_str_set(&name, "top");

    return tender_template(&templates, name, object, page);
}


static tender_str_t
message(void *data, tender_str_t key)
{
    tender_str_t  none = tender_null_string;

    (void) data;

    if (tender_str_is(&key, "hello")) {
        return tap_str("Hello & welcome");
    }

    if (tender_str_is(&key, "found")) {
        return tap_str("Found: {total} of them");
    }

    if (tender_str_is(&key, "status.open")) {
        return tap_str("It is open");
    }

    if (tender_str_is(&key, "broken")) {
        return tap_str("Found: {total");
    }

    return none;
}
