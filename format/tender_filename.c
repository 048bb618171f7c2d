
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "tender_file.h"
#include "tender_text.h"


#define TENDER_FILENAME_EXTENSION  16     /* bytes behind the dot */
#define TENDER_FILENAME_MARKS      30     /* UAX #15, stream-safe text */
#define TENDER_FILENAME_INPUT_MAX  (1024 * 1024)


static tender_str_t tender_filename_base(tender_str_t name);
static void tender_filename_filter(tender_str_t *name);
static int tender_filename_drop(uint32_t code);
static int tender_filename_ascii(tender_str_t name);
static int tender_filename_compose(tender_mem_t *mem, tender_str_t *name);
static UChar *tender_filename_utf16(UChar *d, tender_str_t name);
static int tender_filename_utf8(tender_mem_t *mem, const UChar *text,
    int32_t len, tender_str_t *name);
static void tender_filename_trim(tender_str_t *name);
static void tender_filename_cut(tender_str_t *name);
static size_t tender_filename_border(tender_str_t name, size_t len);


int
tender_filename_clean(tender_mem_t *mem, tender_str_t name,
    tender_str_t *clean)
{
    int      rc;
    u_char  *p;

    if (name.len > TENDER_FILENAME_INPUT_MAX
        || !tender_utf8_valid(name.data, name.len))
    {
        return TENDER_DECLINED;
    }

    name = tender_filename_base(name);

    p = tender_alloc(mem, name.len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    if (name.len != 0) {
        memcpy(p, name.data, name.len);
    }

    name.data = p;

    tender_filename_filter(&name);

    if (!tender_filename_ascii(name)) {

        rc = tender_filename_compose(mem, &name);
        if (rc != TENDER_OK) {
            return rc;
        }

        /* characters may have become several marks */

        tender_filename_filter(&name);
    }

    tender_filename_trim(&name);
    tender_filename_cut(&name);

    if (name.len == 0) {
        tender_str_set(&name, "file");
    }

    *clean = name;

    return TENDER_OK;
}


static tender_str_t
tender_filename_base(tender_str_t name)
{
    size_t  i;

    for (i = name.len; i > 0; i--) {
        if (name.data[i - 1] == '/' || name.data[i - 1] == '\\') {
            name.data += i;
            name.len -= i;
            break;
        }
    }

    return name;
}


/* in place: one space for white space, without what is not wanted */

static void
tender_filename_filter(tender_str_t *name)
{
    u_char    *d, *s, *end;
    uint32_t   code;
    unsigned   n, marks;

    d = name->data;
    marks = 0;

    for (s = name->data, end = s + name->len; s < end; s += n) {

        n = tender_utf8_char(s, end, &code);

        if (u_isUWhiteSpace((UChar32) code)) {

            if (d == name->data || d[-1] != ' ') {
                *d++ = ' ';
            }

            marks = 0;
            continue;
        }

        if (tender_filename_drop(code)) {
            continue;
        }

        if (u_getCombiningClass((UChar32) code) == 0) {
            marks = 0;

        } else if (++marks > TENDER_FILENAME_MARKS) {
            continue;
        }

        memmove(d, s, n);
        d += n;
    }

    name->len = (size_t) (d - name->data);
}


static int
tender_filename_drop(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        return 1;
    }

    /* interlinear annotations are drawn nowhere, but not ignorable */

    if (code >= 0xfff9 && code <= 0xfffb) {
        return 1;
    }

    return U_IS_UNICODE_NONCHAR((UChar32) code)
           || u_hasBinaryProperty((UChar32) code,
                                  UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}


static int
tender_filename_ascii(tender_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (name.data[i] >= 0x80) {
            return 0;
        }
    }

    return 1;
}


static int
tender_filename_compose(tender_mem_t *mem, tender_str_t *name)
{
    UChar               *text, *composed;
    size_t               len, size;
    int32_t              n;
    UErrorCode           status;
    const UNormalizer2  *nfc;

    status = U_ZERO_ERROR;

    nfc = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) {
        return TENDER_ERROR;
    }

    text = tender_alloc(mem, name->len * sizeof(UChar));
    if (text == NULL) {
        return TENDER_ERROR;
    }

    len = (size_t) (tender_filename_utf16(text, *name) - text);

    /* NFC makes at most three units of one */

    size = 3 * len;

    composed = tender_alloc(mem, size * sizeof(UChar));
    if (composed == NULL) {
        return TENDER_ERROR;
    }

    n = unorm2_normalize(nfc, text, (int32_t) len, composed, (int32_t) size,
                         &status);
    if (U_FAILURE(status)) {
        return TENDER_ERROR;
    }

    return tender_filename_utf8(mem, composed, n, name);
}


static UChar *
tender_filename_utf16(UChar *d, tender_str_t name)
{
    u_char    *s, *end;
    uint32_t   code;

    for (s = name.data, end = s + name.len; s < end; /* void */) {
        s += tender_utf8_char(s, end, &code);

        if (code < 0x10000) {
            *d++ = (UChar) code;

        } else {
            *d++ = U16_LEAD(code);
            *d++ = U16_TRAIL(code);
        }
    }

    return d;
}


static int
tender_filename_utf8(tender_mem_t *mem, const UChar *text, int32_t len,
    tender_str_t *name)
{
    u_char   *p;
    int32_t   i;
    uint32_t  code;

    /* a unit is at most three bytes, a pair is four */

    p = tender_alloc(mem, 3 * (size_t) len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    name->data = p;

    for (i = 0; i < len; /* void */) {
        U16_NEXT_UNSAFE(text, i, code);
        p = tender_utf8_write(p, code);
    }

    name->len = (size_t) (p - name->data);

    return TENDER_OK;
}


static void
tender_filename_trim(tender_str_t *name)
{
    u_char  *p, *end;

    p = name->data;
    end = p + name->len;

    while (p < end && (*p == '.' || *p == ' ')) {
        p++;
    }

    while (end > p && (end[-1] == '.' || end[-1] == ' ')) {
        end--;
    }

    name->data = p;
    name->len = (size_t) (end - p);
}


static void
tender_filename_cut(tender_str_t *name)
{
    size_t         stem, dot, rest;
    const u_char  *p;

    if (name->len <= TENDER_FILENAME_MAX) {
        return;
    }

    for (p = name->data + name->len - 1; *p != '.' && p > name->data; p--) {
        /* void */
    }

    /* the name begins with no dot */

    dot = (size_t) (p - name->data);
    rest = name->len - dot;

    if (dot == 0 || rest - 1 > TENDER_FILENAME_EXTENSION) {
        name->len = tender_filename_border(*name, TENDER_FILENAME_MAX);
        tender_filename_trim(name);
        return;
    }

    stem = tender_filename_border(*name, TENDER_FILENAME_MAX - rest);

    memmove(name->data + stem, p, rest);
    name->len = stem + rest;
}


/* the border between two characters at len or in front of it */

static size_t
tender_filename_border(tender_str_t name, size_t len)
{
    while ((name.data[len] & 0xc0) == 0x80) {
        len--;
    }

    return len;
}
