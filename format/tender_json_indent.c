
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"


/*
 * The indented form of a compact text, as tender_json_write() makes it of
 * the same value: nothing is read into a tree.
 */

static size_t tender_json_indented(u_char *p, const u_char *data, size_t len);
static size_t tender_json_line(u_char *p, size_t n, size_t depth);
static const u_char *tender_json_skip_string(const u_char *data,
    const u_char *last);


int
tender_json_indent(tender_mem_t *mem, tender_str_t compact, tender_str_t *text)
{
    text->len = tender_json_indented(NULL, compact.data, compact.len);
    text->data = tender_alloc(mem, text->len);

    if (text->data == NULL) {
        return TENDER_ERROR;
    }

    (void) tender_json_indented(text->data, compact.data, compact.len);

    return TENDER_OK;
}


#define tender_json_out(c)                                                    \
    if (p) { p[n] = c; }                                                      \
    n++


/* its length; written to p unless that is NULL */

static size_t
tender_json_indented(u_char *p, const u_char *data, size_t len)
{
    u_char         ch;
    size_t         n, depth;
    const u_char  *last, *end;

    n = 0;
    depth = 0;
    last = data + len;

    while (data < last) {

        ch = *data;

        switch (ch) {

        case '"':
            end = tender_json_skip_string(data, last);

            if (p) {
                memcpy(p + n, data, (size_t) (end - data));
            }

            n += (size_t) (end - data);
            data = end;
            continue;

        case '{':
        case '[':
            tender_json_out(ch);
            data++;

            if (data < last && (*data == '}' || *data == ']')) {
                tender_json_out(*data);
                data++;
                continue;
            }

            n = tender_json_line(p, n, ++depth);
            break;

        case '}':
        case ']':
            depth -= (depth > 0);
            n = tender_json_line(p, n, depth);
            tender_json_out(ch);
            data++;
            break;

        case ',':
            tender_json_out(ch);
            data++;
            n = tender_json_line(p, n, depth);
            break;

        case ':':
            tender_json_out(ch);
            tender_json_out(' ');
            data++;
            break;

        default:
            tender_json_out(ch);
            data++;
            break;
        }
    }

    return n;
}


static size_t
tender_json_line(u_char *p, size_t n, size_t depth)
{
    if (p) {
        p[n] = '\n';
        memset(p + n + 1, ' ', 4 * depth);
    }

    return n + 1 + 4 * depth;
}


/* behind the closing quote */

static const u_char *
tender_json_skip_string(const u_char *data, const u_char *last)
{
    for (data++; data < last; data++) {

        if (*data == '\\') {
            data++;
            continue;
        }

        if (*data == '"') {
            return data + 1;
        }
    }

    return last;
}
