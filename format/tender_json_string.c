
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json_read.h"
#include "tender_text.h"


#define TENDER_JSON_ONES  0x0101010101010101ULL
#define TENDER_JSON_HIGH  0x8080808080808080ULL


static int tender_json_decode(tender_json_reader_t *r, const u_char *begin,
    const u_char *p, tender_str_t *text);
static int tender_json_escape(tender_json_reader_t *r, const u_char **pp,
    u_char **dst);
static int tender_json_unicode(tender_json_reader_t *r, const u_char **pp,
    u_char **dst);
static int32_t tender_json_hex4(const u_char *p, const u_char *end);
static int tender_json_bad_byte(tender_json_reader_t *r, const u_char *begin,
    const u_char *p);
static const u_char *tender_json_scan(const u_char *p, const u_char *end);
static const u_char *tender_json_scan_utf8(const u_char *p,
    const u_char *end);


int
tender_json_string(tender_json_reader_t *r, tender_str_t *text,
    unsigned *plain)
{
    const u_char  *begin, *p;

    begin = r->p + 1;
    p = tender_json_scan(begin, r->end);

    if (p < r->end && *p == '"') {
        text->len = (size_t) (p - begin);
        text->data = (u_char *) begin;
        *plain = 1;
        r->p = p + 1;

        return TENDER_OK;
    }

    *plain = 0;

    return tender_json_decode(r, begin, p, text);
}


static int
tender_json_decode(tender_json_reader_t *r, const u_char *begin,
    const u_char *p, tender_str_t *text)
{
    u_char        *dst;
    const u_char  *q;

    for (q = p; q < r->end && *q != '"'; q++) {
        if (*q == '\\' && q + 1 < r->end) {
            q++;
        }
    }

    dst = tender_alloc(r->mem, (size_t) (q - begin));
    if (dst == NULL) {
        return TENDER_ERROR;
    }

    text->data = dst;

    for (q = begin; p < r->end && *p != '"'; p = tender_json_scan(p, r->end)) {
        memcpy(dst, q, (size_t) (p - q));
        dst += p - q;

        if (*p != '\\') {
            return tender_json_bad_byte(r, begin, p);
        }

        if (r->end - p < 2) {
            break;
        }

        if (tender_json_escape(r, &p, &dst) != TENDER_OK) {
            return TENDER_DECLINED;
        }

        q = p;
    }

    if (p == r->end || *p != '"') {
        return tender_json_bad_byte(r, begin, r->end);
    }

    memcpy(dst, q, (size_t) (p - q));
    dst += p - q;

    text->len = (size_t) (dst - text->data);
    r->p = p + 1;

    return TENDER_OK;
}


static int
tender_json_escape(tender_json_reader_t *r, const u_char **pp, u_char **dst)
{
    u_char  c;

    switch ((*pp)[1]) {
    case '"':
    case '\\':
    case '/':
        c = (*pp)[1];
        break;

    case 'b':
        c = '\b';
        break;

    case 'f':
        c = '\f';
        break;

    case 'n':
        c = '\n';
        break;

    case 'r':
        c = '\r';
        break;

    case 't':
        c = '\t';
        break;

    case 'u':
        return tender_json_unicode(r, pp, dst);

    default:
        return tender_json_fail(r, "Invalid \\escape", *pp);
    }

    *(*dst)++ = c;
    *pp += 2;

    return TENDER_OK;
}


static int
tender_json_unicode(tender_json_reader_t *r, const u_char **pp, u_char **dst)
{
    int32_t        code, low;
    const u_char  *p;

    p = *pp;
    code = tender_json_hex4(p, r->end);

    if (code < 0) {
        return tender_json_fail(r, "Invalid \\uXXXX escape", p);
    }

    if (code == 0) {
        return tender_json_fail(r, "NUL character", p);
    }

    *pp = p + 6;

    if (code >= 0xd800 && code <= 0xdfff) {
        low = tender_json_hex4(p + 6, r->end);

        if (code >= 0xdc00 || low < 0xdc00 || low > 0xdfff) {
            return tender_json_fail(r, "Lone surrogate", p);
        }

        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        *pp = p + 12;
    }

    *dst = tender_utf8_write(*dst, (uint32_t) code);

    return TENDER_OK;
}


/* the code of \uXXXX at p, or -1 */

static int32_t
tender_json_hex4(const u_char *p, const u_char *end)
{
    u_char    c;
    int32_t   code;
    unsigned  i;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') {
        return -1;
    }

    code = 0;

    for (i = 2; i < 6; i++) {
        c = p[i];

        if (c >= '0' && c <= '9') {
            code = code * 16 + (c - '0');
            continue;
        }

        c |= 0x20;

        if (c < 'a' || c > 'f') {
            return -1;
        }

        code = code * 16 + (c - 'a' + 10);
    }

    return code;
}


static int
tender_json_bad_byte(tender_json_reader_t *r, const u_char *begin,
    const u_char *p)
{
    if (p == r->end) {
        return tender_json_fail(r, "Unterminated string starting at",
                                begin - 1);
    }

    if (*p < 0x20) {
        return tender_json_fail(r, "Invalid control character at", p);
    }

    return tender_json_fail(r, "Invalid UTF-8", p);
}


/*
 * The first byte of p that cannot stand in a string as it is: a quote, a
 * backslash, a control character, what is not UTF-8, or the end.
 */

static const u_char *
tender_json_scan(const u_char *p, const u_char *end)
{
    u_char    c;
    uint64_t  w, m;

    for ( ;; ) {
        while (end - p >= 8) {
            memcpy(&w, p, 8);

            m = w | (w - TENDER_JSON_ONES * 0x20);
            m |= (w ^ TENDER_JSON_ONES * '"') - TENDER_JSON_ONES;
            m |= (w ^ TENDER_JSON_ONES * '\\') - TENDER_JSON_ONES;
            m &= TENDER_JSON_HIGH;

            if (m != 0) {
#if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
                p += __builtin_ctzll(m) >> 3;
#endif
                break;
            }

            p += 8;
        }

        if (p == end) {
            return p;
        }

        c = *p;

        if (c >= 0x80) {
            p = tender_json_scan_utf8(p, end);

            if (p == end || *p >= 0x80) {
                return p;
            }

            continue;
        }

        if (c < 0x20 || c == '"' || c == '\\') {
            return p;
        }

        p++;
    }
}


/* the end of a run of valid non-ASCII characters */

static const u_char *
tender_json_scan_utf8(const u_char *p, const u_char *end)
{
    uint32_t  code;
    unsigned  n;

#if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

    uint64_t  w;

    /* four characters from U+0400 to U+07FF: Cyrillic and its neighbours */

    while (end - p >= 8) {
        memcpy(&w, p, 8);

        if ((w & 0xc0f0c0f0c0f0c0f0ULL) != 0x80d080d080d080d0ULL) {
            break;
        }

        p += 8;
    }

#endif

    while (p < end && *p >= 0x80) {

        if (*p >= 0xc2 && *p < 0xe0 && end - p >= 2
            && (p[1] & 0xc0) == 0x80)
        {
            p += 2;
            continue;
        }

        n = tender_utf8_char(p, end, &code);
        if (n == 0) {
            break;
        }

        p += n;
    }

    return p;
}
