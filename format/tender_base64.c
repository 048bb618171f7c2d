
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_base64.h"


static int tender_base64_decode(const u_char *values, tender_str_t text,
    u_char *out, size_t *len);
static u_char *tender_base64_encode(const u_char *digits, u_char *p,
    const u_char *data, size_t len);


/* a digit's value and one; 0: it is none */

#define TENDER_BASE64_VALUES                                                  \
    ['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,    \
            19, 20, 21, 22, 23, 24, 25, 26,                                   \
    ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,   \
            43, 44, 45, 46, 47, 48, 49, 50, 51, 52,                           \
    ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62

#define TENDER_BASE64_DIGITS                                                  \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const u_char  tender_base64url_values[256] = {
    TENDER_BASE64_VALUES, ['-'] = 63, ['_'] = 64
};

static const u_char  tender_base64_values[256] = {
    TENDER_BASE64_VALUES, ['+'] = 63, ['/'] = 64
};


int
tender_base64url_read(tender_str_t text, u_char *out, size_t *len)
{
    return tender_base64_decode(tender_base64url_values, text, out, len);
}


int
tender_base64_read(tender_str_t text, u_char *out, size_t *len)
{
    unsigned  i;

    if (text.len % 4 != 0) {
        return TENDER_DECLINED;
    }

    for (i = 0; i < 2 && text.len != 0; i++) {
        text.len -= (text.data[text.len - 1] == '=');
    }

    return tender_base64_decode(tender_base64_values, text, out, len);
}


static int
tender_base64_decode(const u_char *values, tender_str_t text, u_char *out,
    size_t *len)
{
    size_t         left;
    u_char        *start;
    uint32_t       a, b, c, d;
    const u_char  *p;

    p = text.data;
    start = out;

    for (left = text.len; left >= 4; left -= 4) {
        a = values[p[0]];
        b = values[p[1]];
        c = values[p[2]];
        d = values[p[3]];

        if (a == 0 || b == 0 || c == 0 || d == 0) {
            return TENDER_DECLINED;
        }

        a = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);

        *out++ = (u_char) (a >> 16);
        *out++ = (u_char) (a >> 8);
        *out++ = (u_char) a;

        p += 4;
    }

    if (left == 0) {
        *len = (size_t) (out - start);
        return TENDER_OK;
    }

    if (left == 1) {
        return TENDER_DECLINED;
    }

    a = values[p[0]];
    b = values[p[1]];
    c = (left == 3) ? values[p[2]] : 1;

    if (a == 0 || b == 0 || c == 0) {
        return TENDER_DECLINED;
    }

    a = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6;

    *out++ = (u_char) (a >> 16);

    if (left == 3) {
        *out++ = (u_char) (a >> 8);
        a <<= 8;
    }

    /* the bits that are not used */

    if (a & 0xffff) {
        return TENDER_DECLINED;
    }

    *len = (size_t) (out - start);

    return TENDER_OK;
}


u_char *
tender_base64url_write(u_char *p, const u_char *data, size_t len)
{
    static const u_char  digits[] = TENDER_BASE64_DIGITS "-_";

    return tender_base64_encode(digits, p, data, len);
}


u_char *
tender_base64_write(u_char *p, const u_char *data, size_t len)
{
    static const u_char  digits[] = TENDER_BASE64_DIGITS "+/";

    p = tender_base64_encode(digits, p, data, len);

    switch (len % 3) {

    case 1:
        *p++ = '=';
        /* fall through */

    case 2:
        *p++ = '=';
    }

    return p;
}


static u_char *
tender_base64_encode(const u_char *digits, u_char *p, const u_char *data,
    size_t len)
{
    uint32_t  n;

    for ( /* void */ ; len >= 3; len -= 3) {
        n = (uint32_t) data[0] << 16 | (uint32_t) data[1] << 8 | data[2];

        *p++ = digits[n >> 18];
        *p++ = digits[n >> 12 & 0x3f];
        *p++ = digits[n >> 6 & 0x3f];
        *p++ = digits[n & 0x3f];

        data += 3;
    }

    if (len == 0) {
        return p;
    }

    n = (uint32_t) data[0] << 16;

    if (len == 2) {
        n |= (uint32_t) data[1] << 8;
    }

    *p++ = digits[n >> 18];
    *p++ = digits[n >> 12 & 0x3f];

    if (len == 2) {
        *p++ = digits[n >> 6 & 0x3f];
    }

    return p;
}
