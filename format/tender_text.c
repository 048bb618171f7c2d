
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_text.h"


#define TENDER_ONES  0x0101010101010101ULL
#define TENDER_HIGH  0x8080808080808080ULL


static int tender_base32_digit(u_char c);


unsigned
tender_utf8_char(const u_char *p, const u_char *end, uint32_t *code)
{
    size_t    left;
    uint32_t  c;

    if (p >= end) {
        return 0;
    }

    left = (size_t) (end - p);
    c = p[0];

    if (c < 0x80) {
        *code = c;
        return 1;
    }

    if (c < 0xc2 || c > 0xf4) {
        return 0;
    }

    if (left < 2 || (p[1] & 0xc0) != 0x80) {
        return 0;
    }

    if (c < 0xe0) {
        *code = (c & 0x1f) << 6 | (p[1] & 0x3f);
        return 2;
    }

    if (left < 3 || (p[2] & 0xc0) != 0x80) {
        return 0;
    }

    if (c < 0xf0) {
        c = (c & 0x0f) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3f);

        if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff)) {
            return 0;
        }

        *code = c;
        return 3;
    }

    if (left < 4 || (p[3] & 0xc0) != 0x80) {
        return 0;
    }

    c = (c & 0x07) << 18 | (p[1] & 0x3fU) << 12 | (p[2] & 0x3fU) << 6
        | (p[3] & 0x3f);

    if (c < 0x10000 || c > 0x10ffff) {
        return 0;
    }

    *code = c;
    return 4;
}


u_char *
tender_utf8_write(u_char *p, uint32_t code)
{
    if (code < 0x80) {
        *p++ = (u_char) code;
        return p;
    }

    if (code < 0x800) {
        *p++ = (u_char) (0xc0 | code >> 6);
        *p++ = (u_char) (0x80 | (code & 0x3f));
        return p;
    }

    if (code < 0x10000) {
        *p++ = (u_char) (0xe0 | code >> 12);

    } else {
        *p++ = (u_char) (0xf0 | code >> 18);
        *p++ = (u_char) (0x80 | (code >> 12 & 0x3f));
    }

    *p++ = (u_char) (0x80 | (code >> 6 & 0x3f));
    *p++ = (u_char) (0x80 | (code & 0x3f));

    return p;
}


int
tender_utf8_valid(const u_char *data, size_t len)
{
    uint32_t       code;
    uint64_t       w;
    unsigned       n;
    const u_char  *p, *end;

    if (len == 0) {
        return 1;
    }

    p = data;
    end = data + len;

    while (p < end) {

        if (end - p >= 8) {
            memcpy(&w, p, 8);

            if ((w & TENDER_HIGH) == 0) {
                p += 8;
                continue;
            }
        }

        n = tender_utf8_char(p, end, &code);
        if (n == 0) {
            return 0;
        }

        p += n;
    }

    return 1;
}


size_t
tender_utf8_length(tender_str_t text)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < text.len; i++) {
        n += (text.data[i] & 0xc0) != 0x80;
    }

    return n;
}


int
tender_text_plain_valid(tender_str_t text)
{
    const u_char  *p, *end;

    if (text.len == 0) {
        return 1;
    }

    end = text.data + text.len;

    /* U+FFFE and U+FFFF are EF BF BE and EF BF BF */

    for (p = memchr(text.data, 0xef, text.len);
         p != NULL;
         p = memchr(p + 1, 0xef, (size_t) (end - p - 1)))
    {
        if (end - p >= 3 && p[1] == 0xbf && p[2] >= 0xbe) {
            return 0;
        }
    }

    return 1;
}


int
tender_text_valid(tender_str_t text)
{
    u_char         c;
    uint64_t       w;
    const u_char  *p, *end;

    if (text.len == 0) {
        return 1;
    }

    p = text.data;
    end = p + text.len;

    while (p < end) {

        if (end - p >= 8) {
            memcpy(&w, p, 8);

            /* eight bytes from 0x20 to 0x7f */

            if (((w | (w - TENDER_ONES * 0x20)) & TENDER_HIGH) == 0) {
                p += 8;
                continue;
            }
        }

        c = *p;

        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            return 0;
        }

        /* U+FFFE and U+FFFF are EF BF BE and EF BF BF */

        if (c == 0xef && end - p >= 3 && p[1] == 0xbf && p[2] >= 0xbe) {
            return 0;
        }

        p++;
    }

    return 1;
}


u_char *
tender_hex_write(u_char *p, const u_char *data, size_t len)
{
    size_t  i;

    static const u_char  hex[] = "0123456789abcdef";

    for (i = 0; i < len; i++) {
        *p++ = hex[data[i] >> 4];
        *p++ = hex[data[i] & 0xf];
    }

    return p;
}


int
tender_hex_valid(tender_str_t text)
{
    size_t  i;

    static const u_char  digits[256] = {
        ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        ['a'] = 1, 1, 1, 1, 1, 1
    };

    for (i = 0; i < text.len; i++) {
        if (!digits[text.data[i]]) {
            return 0;
        }
    }

    return 1;
}


u_char *
tender_base32_write(u_char *p, const u_char *data, size_t len)
{
    size_t    i;
    uint32_t  acc;
    unsigned  bits;

    static const u_char  digits[] = "0123456789abcdefghijklmnopqrstuv";

    acc = 0;
    bits = 0;

    for (i = 0; i < len; i++) {
        acc = (acc << 8 | data[i]) & 0xffff;
        bits += 8;

        while (bits >= 5) {
            bits -= 5;
            *p++ = digits[acc >> bits & 0x1f];
        }
    }

    if (bits != 0) {
        *p++ = digits[acc << (5 - bits) & 0x1f];
    }

    return p;
}


int
tender_base32_read(u_char *p, tender_str_t text)
{
    int       digit;
    u_char   *start;
    size_t    i;
    uint32_t  acc;
    unsigned  bits;

    /* the lengths of whole bytes, mod 8, are 0, 2, 4, 5 and 7 */

    switch (text.len & 7) {
    case 1:
    case 3:
    case 6:
        return TENDER_DECLINED;
    }

    start = p;
    acc = 0;
    bits = 0;

    for (i = 0; i < text.len; i++) {
        digit = tender_base32_digit(text.data[i]);
        if (digit < 0) {
            return TENDER_DECLINED;
        }

        acc = (acc << 5 | (uint32_t) digit) & 0xffff;
        bits += 5;

        if (bits >= 8) {
            bits -= 8;
            *p++ = (u_char) (acc >> bits);
        }
    }

    if (acc & ((1U << bits) - 1)) {
        return TENDER_DECLINED;
    }

    return (int) (p - start);
}


static int
tender_base32_digit(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'v') {
        return c - 'a' + 10;
    }

    return -1;
}


int
tender_uint_read(tender_str_t text, uint64_t max, uint64_t *n)
{
    size_t    i;
    u_char    c;
    uint64_t  value, digit;

    if (text.len == 0 || (text.len > 1 && text.data[0] == '0')) {
        return TENDER_DECLINED;
    }

    value = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c < '0' || c > '9') {
            return TENDER_DECLINED;
        }

        digit = (uint64_t) (c - '0');

        if (digit > max || value > (max - digit) / 10) {
            return TENDER_DECLINED;
        }

        value = value * 10 + digit;
    }

    *n = value;

    return TENDER_OK;
}


u_char *
tender_uint_write(u_char *p, uint64_t n)
{
    size_t  len;
    u_char  buf[20], *d;

    d = buf + sizeof(buf);

    do {
        *--d = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n != 0);

    len = (size_t) (buf + sizeof(buf) - d);
    memcpy(p, d, len);

    return p + len;
}
