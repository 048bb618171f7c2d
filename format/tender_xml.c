
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_xml.h"
#include "tender_text.h"


static unsigned tender_xml_char(const u_char *p, const u_char *end,
    tender_str_t *as);


static const tender_str_t  tender_xml_amp = tender_string("&amp;");
static const tender_str_t  tender_xml_lt = tender_string("&lt;");
static const tender_str_t  tender_xml_gt = tender_string("&gt;");
static const tender_str_t  tender_xml_cr = tender_string("&#13;");
static const tender_str_t  tender_xml_none = tender_string("\xef\xbf\xbd");


size_t
tender_xml_length(tender_str_t text)
{
    size_t         len;
    tender_str_t   as;
    const u_char  *p, *end;

    if (text.len == 0) {
        return 0;
    }

    len = 0;
    end = text.data + text.len;

    for (p = text.data; p != end; /* void */) {
        p += tender_xml_char(p, end, &as);
        len += as.len;
    }

    return len;
}


u_char *
tender_xml_write(u_char *p, tender_str_t text)
{
    tender_str_t   as;
    const u_char  *q, *end;

    if (text.len == 0) {
        return p;
    }

    end = text.data + text.len;

    for (q = text.data; q != end; /* void */) {
        q += tender_xml_char(q, end, &as);

        memcpy(p, as.data, as.len);
        p += as.len;
    }

    return p;
}


/* the length of the character at p, and as what it is written */

static unsigned
tender_xml_char(const u_char *p, const u_char *end, tender_str_t *as)
{
    unsigned  n;
    uint32_t  code;

    n = tender_utf8_char(p, end, &code);

    if (n == 0) {
        *as = tender_xml_none;
        return 1;
    }

    as->data = (u_char *) p;
    as->len = n;

    switch (code) {

    case '&':
        *as = tender_xml_amp;
        break;

    case '<':
        *as = tender_xml_lt;
        break;

    case '>':
        *as = tender_xml_gt;
        break;

    case '\r':
        *as = tender_xml_cr;
        break;

    case '\t':
    case '\n':
        break;

    default:

        if (code < 0x20 || code == 0xfffe || code == 0xffff) {
            *as = tender_xml_none;
        }
    }

    return n;
}
