
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_xml.h"
#include "tender_text.h"


#define TENDER_XML_ONES  0x0101010101010101ULL
#define TENDER_XML_HIGH  0x8080808080808080ULL


static const u_char *tender_xml_plain(const u_char *p, const u_char *end);
static unsigned tender_xml_char(const u_char *p, const u_char *end,
    tender_str_t *as);
static tender_str_t tender_xml_text(const tender_value_t *v);
static u_char *tender_xml_tag(u_char *p, tender_str_t name);


static const tender_str_t  tender_xml_amp = tender_string("&amp;");
static const tender_str_t  tender_xml_lt = tender_string("&lt;");
static const tender_str_t  tender_xml_gt = tender_string("&gt;");
static const tender_str_t  tender_xml_cr = tender_string("&#13;");
static const tender_str_t  tender_xml_none = tender_string("\xef\xbf\xbd");


/* 1 if eight bytes are ASCII and are written as they are */

static inline int
tender_xml_clean(const u_char *p)
{
    uint64_t  w, m;

    memcpy(&w, p, 8);

    if (w & TENDER_XML_HIGH) {
        return 0;
    }

    /* a bit stays set in each byte that is not below, or not one of them */

    m = (w | TENDER_XML_HIGH) - TENDER_XML_ONES * 0x20;
    m &= ((w ^ TENDER_XML_ONES * '&') | TENDER_XML_HIGH) - TENDER_XML_ONES;
    m &= ((w ^ TENDER_XML_ONES * '<') | TENDER_XML_HIGH) - TENDER_XML_ONES;
    m &= ((w ^ TENDER_XML_ONES * '>') | TENDER_XML_HIGH) - TENDER_XML_ONES;

    return (m & TENDER_XML_HIGH) == TENDER_XML_HIGH;
}


size_t
tender_xml_length(tender_str_t text)
{
    size_t         len;
    tender_str_t   as;
    const u_char  *p, *q, *end;

    if (text.len == 0) {
        return 0;
    }

    len = 0;
    p = text.data;
    end = p + text.len;

    for ( ;; ) {
        q = tender_xml_plain(p, end);
        len += (size_t) (q - p);

        if (q == end) {
            return len;
        }

        p = q + tender_xml_char(q, end, &as);
        len += as.len;
    }
}


u_char *
tender_xml_write(u_char *p, tender_str_t text)
{
    tender_str_t   as;
    const u_char  *q, *from, *end;

    if (text.len == 0) {
        return p;
    }

    from = text.data;
    end = from + text.len;

    for ( ;; ) {
        q = tender_xml_plain(from, end);

        memcpy(p, from, (size_t) (q - from));
        p += q - from;

        if (q == end) {
            return p;
        }

        from = q + tender_xml_char(q, end, &as);

        memcpy(p, as.data, as.len);
        p += as.len;
    }
}


/* the end of what is written as it is */

static const u_char *
tender_xml_plain(const u_char *p, const u_char *end)
{
    unsigned      n;
    tender_str_t  as;

    while (p < end) {

        if (end - p >= 8 && tender_xml_clean(p)) {
            p += 8;
            continue;
        }

        if (*p >= 0x20 && *p < 0x80) {

            if (*p == '&' || *p == '<' || *p == '>') {
                return p;
            }

            p++;
            continue;
        }

        if (*p >= 0xc2 && *p < 0xe0 && end - p >= 2
            && (p[1] & 0xc0) == 0x80)
        {
            p += 2;
            continue;
        }

        n = tender_xml_char(p, end, &as);

        if (as.data != p) {
            return p;
        }

        p += n;
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


size_t
tender_xml_element_length(tender_str_t name, const tender_value_t *v)
{
    size_t                 len;
    tender_str_t           text;
    const tender_value_t  *item;

    len = 0;

    if (v->type == TENDER_ARRAY) {

        for (item = v->u.list.first; item != NULL; item = item->next) {
            len += tender_xml_element_length(name, item);
        }

        return len;
    }

    if (v->type == TENDER_OBJECT) {

        for (item = v->u.list.first; item != NULL; item = item->next) {
            len += tender_xml_element_length(item->name, item);
        }

    } else {
        text = tender_xml_text(v);
        len = tender_xml_length(text);
    }

    return len ? 2 * name.len + sizeof("<></>") - 1 + len
               : name.len + sizeof("</>") - 1;
}


u_char *
tender_xml_element(u_char *p, tender_str_t name, const tender_value_t *v)
{
    u_char                *start;
    const tender_value_t  *item;

    if (v->type == TENDER_ARRAY) {

        for (item = v->u.list.first; item != NULL; item = item->next) {
            p = tender_xml_element(p, name, item);
        }

        return p;
    }

    *p++ = '<';
    p = tender_xml_tag(p, name);
    start = p;

    if (v->type == TENDER_OBJECT) {

        for (item = v->u.list.first; item != NULL; item = item->next) {
            p = tender_xml_element(p, item->name, item);
        }

    } else {
        p = tender_xml_write(p, tender_xml_text(v));
    }

    if (p == start) {
        p[-1] = '/';
        *p++ = '>';

        return p;
    }

    *p++ = '<';
    *p++ = '/';

    return tender_xml_tag(p, name);
}


static tender_str_t
tender_xml_text(const tender_value_t *v)
{
    static const tender_str_t  yes = tender_string("true");
    static const tender_str_t  no = tender_string("false");
    static const tender_str_t  none = tender_null_string;

    switch (v->type) {

    case TENDER_STRING:
    case TENDER_NUMBER:
        return v->u.text;

    case TENDER_TRUE:
        return yes;

    case TENDER_FALSE:
        return no;

    default: /* TENDER_NULL */
        return none;
    }
}


static u_char *
tender_xml_tag(u_char *p, tender_str_t name)
{
    memcpy(p, name.data, name.len);
    p += name.len;
    *p++ = '>';

    return p;
}
