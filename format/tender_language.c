
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_language.h"
#include "tender_header.h"


static int tender_language_range(tender_str_t range, tender_str_t *name);
static int tender_language_quality(tender_str_t text);


unsigned
tender_language(tender_str_t accept, const tender_str_t *list, unsigned n)
{
    int            q, best;
    u_char        *p, *last, *comma;
    unsigned       i, found;
    tender_str_t   range, name;

    if (accept.len == 0) {
        return n;
    }

    found = n;
    best = 0;

    p = accept.data;
    last = p + accept.len;

    while (p < last) {
        comma = memchr(p, ',', last - p);

        if (comma == NULL) {
            comma = last;
        }

        range.data = p;
        range.len = comma - p;

        p = comma + 1;

        q = tender_language_range(range, &name);

        if (q <= best) {
            continue;
        }

        i = tender_str_is(&name, "*") ? 0
                                      : tender_language_index(name, list, n);
        if (i < n) {
            found = i;
            best = q;
        }
    }

    return found;
}


unsigned
tender_language_index(tender_str_t name, const tender_str_t *list, unsigned n)
{
    unsigned  i;

    if (name.len != 2) {
        return n;
    }

    for (i = 0; i < n; i++) {
        if ((name.data[0] | 0x20) == list[i].data[0]
            && (name.data[1] | 0x20) == list[i].data[1])
        {
            break;
        }
    }

    return i;
}


/* its q in 1/1000, and the language without a region */

static int
tender_language_range(tender_str_t range, tender_str_t *name)
{
    int            q;
    u_char        *p;
    tender_str_t   text;

    q = 1000;
    text = range;

    p = range.len ? memchr(range.data, ';', range.len) : NULL;

    if (p) {
        text.len = p - range.data;

        range.len -= text.len + 1;
        range.data = p + 1;

        q = tender_language_quality(tender_header_trim(range));
    }

    *name = tender_header_trim(text);

    p = name->len ? memchr(name->data, '-', name->len) : NULL;

    if (p) {
        name->len = p - name->data;
    }

    return q;
}


/* "q=0.75" in 1/1000; 0: not of that form */

static int
tender_language_quality(tender_str_t text)
{
    int     q, unit;
    size_t  i;

    if (text.len < 3 || (text.data[0] | 0x20) != 'q' || text.data[1] != '='
        || (text.data[2] != '0' && text.data[2] != '1')
        || (text.len > 3 && text.data[3] != '.') || text.len > 7)
    {
        return 0;
    }

    q = (text.data[2] - '0') * 1000;
    unit = 100;

    for (i = 4; i < text.len; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }

        q += (text.data[i] - '0') * unit;
        unit /= 10;
    }

    return (q > 1000) ? 0 : q;
}
