
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Any bytes become text that is UTF-8, holds what XML 1.0 can carry, and is
 * read back as what was given, if that could be carried.  A tree of JSON
 * becomes elements that are closed in their order.
 */


#include <stdlib.h>

#include "format/tender_json.h"
#include "format/tender_text.h"
#include "format/tender_xml.h"


static void fuzz_check(int good);
static void fuzz_text(tender_str_t text);
static size_t fuzz_read(tender_str_t xml, u_char *to);
static void fuzz_element(const u_char *data, size_t size);
static void fuzz_rename(tender_value_t *v);
static void fuzz_nested(tender_str_t xml);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char        *copy;
    tender_str_t   text;

    /* a block of the very size: a byte too far is seen */

    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);

    text.data = copy;
    text.len = size;

    fuzz_text(text);
    fuzz_element(copy, size);

    free(copy);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


static void
fuzz_text(tender_str_t text)
{
    size_t         len;
    u_char        *back;
    tender_str_t   xml;

    xml.len = tender_xml_length(text);
    xml.data = malloc(xml.len ? xml.len : 1);

    fuzz_check(tender_xml_write(xml.data, text) == xml.data + xml.len);
    fuzz_check(tender_utf8_valid(xml.data, xml.len));
    fuzz_check(tender_text_valid(xml));

    back = malloc(xml.len ? xml.len : 1);
    len = fuzz_read(xml, back);

    if (tender_utf8_valid(text.data, text.len) && tender_text_valid(text)) {
        fuzz_check(len == text.len && memcmp(back, text.data, len) == 0);
    }

    free(back);
    free(xml.data);
}


/* text without its escapes; there is nothing else that begins with & or < */

static size_t
fuzz_read(tender_str_t xml, u_char *to)
{
    size_t    i, k, len;
    u_char   *p;

    static const struct {
        tender_str_t  escape;
        u_char        c;
    } escapes[] = {
        { tender_string("&amp;"), '&' },
        { tender_string("&lt;"), '<' },
        { tender_string("&gt;"), '>' },
        { tender_string("&#13;"), '\r' }
    };

    p = to;

    for (i = 0; i < xml.len; i += len) {
        len = 1;

        fuzz_check(xml.data[i] != '<' && xml.data[i] != '>'
                   && xml.data[i] != '\r');

        if (xml.data[i] != '&') {
            *p++ = xml.data[i];
            continue;
        }

        for (k = 0; k < 4; k++) {
            len = escapes[k].escape.len;

            if (xml.len - i >= len
                && memcmp(xml.data + i, escapes[k].escape.data, len) == 0)
            {
                break;
            }
        }

        fuzz_check(k < 4);
        *p++ = escapes[k].c;
    }

    return (size_t) (p - to);
}


static void
fuzz_element(const u_char *data, size_t size)
{
    tender_str_t          xml, name;
    tender_mem_t          mem;
    tender_arena_t       *arena;
    tender_value_t       *v;
    tender_json_error_t   err;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    if (tender_json_read(&mem, data, size, &v, &err) == TENDER_OK) {
        fuzz_rename(v);
        tender_str_set(&name, "e");

        xml.len = tender_xml_element_length(name, v);
        xml.data = malloc(xml.len ? xml.len : 1);

        fuzz_check(tender_xml_element(xml.data, name, v)
                   == xml.data + xml.len);
        fuzz_nested(xml);
        free(xml.data);
    }

    tender_arena_free(arena);
}


/* names are those of tables, never what somebody has sent */

static void
fuzz_rename(tender_value_t *v)
{
    unsigned         n;
    tender_value_t  *item;

    static const tender_str_t  names[4] = {
        tender_string("a"), tender_string("bc"), tender_string("Def"),
        tender_string("g_h")
    };

    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return;
    }

    n = 0;

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (v->type == TENDER_OBJECT) {
            item->name = names[n++ % 4];
        }

        fuzz_rename(item);
    }
}


/* each tag is closed by its own */

static void
fuzz_nested(tender_str_t xml)
{
    u_char        *p, *end, *close;
    unsigned       depth;
    tender_str_t   open[TENDER_JSON_MAX_DEPTH + 2], tag;

    depth = 0;
    p = xml.data;
    end = p + xml.len;

    while (p < end) {

        if (*p != '<') {
            fuzz_check(depth != 0 && *p != '>');
            p++;
            continue;
        }

        close = memchr(p, '>', (size_t) (end - p));
        fuzz_check(close != NULL);

        if (p[1] == '/') {
            tag.data = p + 2;
            tag.len = (size_t) (close - tag.data);

            fuzz_check(depth != 0 && tender_str_eq(&tag, &open[depth - 1]));
            depth--;

        } else if (close[-1] != '/') {
            fuzz_check(depth < TENDER_JSON_MAX_DEPTH + 2);

            open[depth].data = p + 1;
            open[depth++].len = (size_t) (close - p - 1);
        }

        p = close + 1;
    }

    fuzz_check(depth == 0);
}
