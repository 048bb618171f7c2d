
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_display.h"
#include "../format/tender_text.h"


#define TENDER_DISPLAY_DATE  sizeof("22.11.2026 10:30")

#define TENDER_DISPLAY_MIN   (-62135596800000000)      /* 0001-01-01 */
#define TENDER_DISPLAY_MAX   253402300799999999        /* 9999-12-31 */


static size_t tender_display_digits(tender_str_t text);


int
tender_display_number(tender_mem_t *mem, const tender_display_t *how,
    tender_str_t text, tender_str_t *out)
{
    u_char  *p;
    size_t   i, whole;

    whole = tender_display_digits(text);

    if (whole == 0) {
        *out = text;
        return TENDER_OK;
    }

    p = tender_alloc(mem, text.len + (whole / 3) * how->group.len
                          + how->point.len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    out->data = p;

    for (i = 0; i < whole; i++) {

        if (i && (whole - i) % 3 == 0) {
            memcpy(p, how->group.data, how->group.len);
            p += how->group.len;
        }

        *p++ = text.data[i];
    }

    if (whole < text.len) {
        memcpy(p, how->point.data, how->point.len);
        p += how->point.len;

        memcpy(p, text.data + whole + 1, text.len - whole - 1);
        p += text.len - whole - 1;
    }

    out->len = p - out->data;

    return TENDER_OK;
}


int
tender_display_amount(tender_mem_t *mem, const tender_display_t *how,
    tender_str_t text, tender_str_t *out)
{
    u_char  *p;
    size_t   whole;

    whole = tender_display_digits(text);

    if (whole == 0 || whole + 2 != text.len) {
        return tender_display_number(mem, how, text, out);
    }

    p = tender_alloc(mem, text.len + 1);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    memcpy(p, text.data, text.len);
    p[text.len] = '0';

    text.data = p;
    text.len++;

    return tender_display_number(mem, how, text, out);
}


/* how many there are in front of the point; 0: it is not of that form */

static size_t
tender_display_digits(tender_str_t text)
{
    size_t  i, whole;

    whole = text.len;

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '.' && whole == text.len && i) {
            whole = i;

        } else if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }
    }

    return whole;
}


int
tender_display_date(tender_mem_t *mem, const tender_display_t *how,
    const tender_zone_t *zone, int64_t us, unsigned time, tender_str_t *out)
{
    u_char   *p, iso[TENDER_DATE_LEN];
    int64_t   second;

    /* within a day of these a zone may not be able to show it */

    if (us < TENDER_DISPLAY_MIN + 86400000000
        || us > TENDER_DISPLAY_MAX - 86400000000)
    {
        out->len = 0;
        return TENDER_OK;
    }

    second = us / 1000000 - (us % 1000000 < 0);

    (void) tender_date_write(iso, us + 1000000
                                  * (int64_t) tender_zone_offset(zone, second));

    p = tender_alloc(mem, TENDER_DISPLAY_DATE);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    out->data = p;

    if (how->dash == '-') {
        memcpy(p, iso, 10);

    } else {
        memcpy(p, iso + 8, 2);
        p[2] = how->dash;
        memcpy(p + 3, iso + 5, 2);
        p[5] = how->dash;
        memcpy(p + 6, iso, 4);
    }

    p += 10;

    if (time) {
        *p++ = ' ';
        memcpy(p, iso + 11, 5);
        p += 5;
    }

    out->len = p - out->data;

    return TENDER_OK;
}


int
tender_display_size(tender_mem_t *mem, const tender_display_t *how,
    uint64_t bytes, tender_str_t *out)
{
    u_char        *p, digits[24];
    unsigned       i, tenth;
    tender_str_t   text, number;

    static const char  units[][3] = { "B", "kB", "MB", "GB", "TB", "PB" };

    tenth = 0;

    for (i = 0; bytes >= 1000 && i < 5; i++) {
        tenth = bytes % 1000 / 100;
        bytes /= 1000;
    }

    text.data = digits;
    p = tender_uint_write(digits, bytes);

    if (tenth && bytes < 10) {
        *p++ = '.';
        *p++ = '0' + tenth;
    }

    text.len = p - digits;

    if (tender_display_number(mem, how, text, &number) != TENDER_OK) {
        return TENDER_ERROR;
    }

    p = tender_alloc(mem, number.len + 5);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    out->data = p;

    memcpy(p, number.data, number.len);
    p += number.len;

    *p++ = 0xc2;       /* a blank that does not break */
    *p++ = 0xa0;
    *p++ = units[i][0];

    if (units[i][1]) {
        *p++ = units[i][1];
    }

    out->len = p - out->data;

    return TENDER_OK;
}
