
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_file.h"
#include "tender_header.h"
#include "tender_text.h"


#define TENDER_DISPOSITION_START  "attachment; filename=\""
#define TENDER_DISPOSITION_UTF8   "\"; filename*=UTF-8''"


static int tender_disposition_extended(tender_mem_t *mem, tender_str_t value,
    tender_str_t *filename);
static int tender_disposition_decode(tender_mem_t *mem, tender_str_t text,
    tender_str_t *filename);
static int tender_disposition_hex(u_char c);
static u_char *tender_disposition_text(u_char *p, tender_str_t filename,
    int *differs);
static u_char *tender_disposition_escape(u_char *p, tender_str_t filename);


/* attr-char of RFC 8187 */

static const u_char  tender_disposition_attr[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['&'] = 1, ['+'] = 1, ['-'] = 1,
    ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,
    ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
};


int
tender_disposition_read(tender_mem_t *mem, tender_str_t text,
    tender_str_t *filename)
{
    int                  rc;
    tender_header_t      header;
    const tender_str_t  *value;

    rc = tender_header_read(mem, text, 0, &header);
    if (rc != TENDER_OK) {
        return rc;
    }

    if (!tender_header_token(header.word)) {
        return TENDER_DECLINED;
    }

    value = tender_header_get(&header, "filename*");
    if (value != NULL) {
        return tender_disposition_extended(mem, *value, filename);
    }

    value = tender_header_get(&header, "filename");

    if (value != NULL) {
        *filename = *value;

    } else {
        filename->len = 0;
        filename->data = NULL;
    }

    return TENDER_OK;
}


/* charset "'" [ language ] "'" escaped text; the charset is UTF-8 */

static int
tender_disposition_extended(tender_mem_t *mem, tender_str_t value,
    tender_str_t *filename)
{
    u_char        *p, *end;
    tender_str_t   charset;

    if (value.len == 0) {
        return TENDER_DECLINED;
    }

    end = value.data + value.len;

    p = memchr(value.data, '\'', value.len);
    if (p == NULL) {
        return TENDER_DECLINED;
    }

    charset.data = value.data;
    charset.len = (size_t) (p - value.data);

    if (!tender_header_word(charset, "utf-8")) {
        return TENDER_DECLINED;
    }

    for (p++; p < end && *p != '\''; p++) {
        if (*p != '-' && (*p < '0' || *p > '9')
            && ((*p | 0x20) < 'a' || (*p | 0x20) > 'z'))
        {
            return TENDER_DECLINED;
        }
    }

    if (p == end) {
        return TENDER_DECLINED;
    }

    value.data = p + 1;
    value.len = (size_t) (end - value.data);

    return tender_disposition_decode(mem, value, filename);
}


static int
tender_disposition_decode(tender_mem_t *mem, tender_str_t text,
    tender_str_t *filename)
{
    int      high, low;
    u_char  *d, *p, *end;

    d = tender_alloc(mem, text.len);
    if (d == NULL) {
        return TENDER_ERROR;
    }

    filename->data = d;

    for (p = text.data, end = p + text.len; p < end; p++) {

        if (*p != '%') {

            if (!tender_disposition_attr[*p]) {
                return TENDER_DECLINED;
            }

            *d++ = *p;
            continue;
        }

        if (end - p < 3) {
            return TENDER_DECLINED;
        }

        high = tender_disposition_hex(p[1]);
        low = tender_disposition_hex(p[2]);

        if (high < 0 || low < 0) {
            return TENDER_DECLINED;
        }

        *d++ = (u_char) (high << 4 | low);
        p += 2;
    }

    filename->len = (size_t) (d - filename->data);

    return tender_utf8_valid(filename->data, filename->len)
           ? TENDER_OK : TENDER_DECLINED;
}


static int
tender_disposition_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


int
tender_disposition_write(tender_mem_t *mem, tender_str_t filename,
    tender_str_t *header)
{
    int      differs;
    size_t   len;
    u_char  *p;

    if (!tender_utf8_valid(filename.data, filename.len)) {
        return TENDER_DECLINED;
    }

    len = sizeof(TENDER_DISPOSITION_START) + sizeof(TENDER_DISPOSITION_UTF8);

    if (filename.len > (SIZE_MAX - len) / 4) {
        return TENDER_DECLINED;
    }

    /* a byte once in the fallback, three times in filename* */

    p = tender_alloc(mem, len + 4 * filename.len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    header->data = p;

    len = sizeof(TENDER_DISPOSITION_START) - 1;
    memcpy(p, TENDER_DISPOSITION_START, len);

    p = tender_disposition_text(p + len, filename, &differs);

    if (differs) {
        len = sizeof(TENDER_DISPOSITION_UTF8) - 1;
        memcpy(p, TENDER_DISPOSITION_UTF8, len);

        p = tender_disposition_escape(p + len, filename);

    } else {
        *p++ = '"';
    }

    header->len = (size_t) (p - header->data);

    return TENDER_OK;
}


/* '%' too: there are clients that undo it where nobody escaped */

static u_char *
tender_disposition_text(u_char *p, tender_str_t filename, int *differs)
{
    size_t  i;
    u_char  c;

    *differs = 0;

    for (i = 0; i < filename.len; i++) {
        c = filename.data[i];

        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%') {
            *p++ = c;
            continue;
        }

        *differs = 1;

        /* one for a character */

        if ((c & 0xc0) != 0x80) {
            *p++ = '_';
        }
    }

    return p;
}


static u_char *
tender_disposition_escape(u_char *p, tender_str_t filename)
{
    size_t  i;
    u_char  c;

    static const u_char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < filename.len; i++) {
        c = filename.data[i];

        if (tender_disposition_attr[c]) {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    return p;
}
