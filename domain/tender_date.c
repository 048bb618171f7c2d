
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_date.h"


#define TENDER_DAY       86400

/* 0001-01-01T00:00:00Z and the second after 9999-12-31T23:59:59Z */

#define TENDER_DATE_MIN  INT64_C(-62135596800)
#define TENDER_DATE_MAX  INT64_C(253402300800)


typedef struct {
    unsigned    year;
    unsigned    month;
    unsigned    day;
    unsigned    hour;
    unsigned    minute;
    unsigned    second;
    unsigned    usec;
    unsigned    zone_hour;
    unsigned    zone_minute;
    unsigned    zoned:1;
    unsigned    west:1;
} tender_date_t;


static const u_char *tender_date_digits(const u_char *p, const u_char *end,
    unsigned n, unsigned *value);
static const u_char *tender_date_time(const u_char *p, const u_char *end,
    tender_date_t *date);
static const u_char *tender_date_fraction(const u_char *p, const u_char *end,
    tender_date_t *date);
static const u_char *tender_date_zone(const u_char *p, const u_char *end,
    tender_date_t *date);
static int tender_date_parse(tender_str_t text, tender_date_t *date);
static int tender_date_exists(const tender_date_t *date);
static int64_t tender_date_days(unsigned year, unsigned month, unsigned day);
static int64_t tender_date_local(const tender_zone_t *zone, int64_t local);
static u_char *tender_date_put(u_char *p, unsigned n, unsigned width);


int
tender_date_read(tender_str_t text, const tender_zone_t *zone, int64_t *us)
{
    int64_t        sec, shift;
    tender_date_t  date;

    if (tender_date_parse(text, &date) != TENDER_OK
        || !tender_date_exists(&date))
    {
        return TENDER_DECLINED;
    }

    sec = tender_date_days(date.year, date.month, date.day) * TENDER_DAY
          + (int64_t) date.hour * 3600 + date.minute * 60 + date.second;

    if (date.zoned) {
        shift = (int64_t) date.zone_hour * 3600 + date.zone_minute * 60;
        sec = date.west ? sec + shift : sec - shift;

    } else {
        sec = tender_date_local(zone, sec);
    }

    if (sec < TENDER_DATE_MIN || sec >= TENDER_DATE_MAX) {
        return TENDER_DECLINED;
    }

    *us = sec * 1000000 + date.usec;

    return TENDER_OK;
}


int
tender_date_form(tender_str_t text)
{
    tender_date_t  date;

    return tender_date_parse(text, &date) == TENDER_OK;
}


u_char *
tender_date_write(u_char *p, int64_t us)
{
    int64_t   days, era, sec;
    unsigned  day, year, month, ms, doe, doy, yoe, mp;

    sec = us / 1000000;
    us %= 1000000;

    if (us < 0) {
        us += 1000000;
        sec--;
    }

    days = sec / TENDER_DAY;
    sec %= TENDER_DAY;

    if (sec < 0) {
        sec += TENDER_DAY;
        days--;
    }

    ms = (unsigned) (us / 1000);

    /* the civil calendar in eras of 400 years that begin on 1 March */

    days += 719468;
    era = days / 146097;
    doe = (unsigned) (days - era * 146097);
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    day = doy - (153 * mp + 2) / 5 + 1;
    month = mp < 10 ? mp + 3 : mp - 9;
    year = (unsigned) ((int64_t) yoe + era * 400) + (month <= 2);

    p = tender_date_put(p, year, 4);
    *p++ = '-';
    p = tender_date_put(p, month, 2);
    *p++ = '-';
    p = tender_date_put(p, day, 2);
    *p++ = 'T';
    p = tender_date_put(p, (unsigned) (sec / 3600), 2);
    *p++ = ':';
    p = tender_date_put(p, (unsigned) (sec / 60 % 60), 2);
    *p++ = ':';
    p = tender_date_put(p, (unsigned) (sec % 60), 2);
    *p++ = '.';
    p = tender_date_put(p, ms, 3);
    *p++ = 'Z';

    return p;
}


static u_char *
tender_date_put(u_char *p, unsigned n, unsigned width)
{
    unsigned  i;

    for (i = width; i > 0; i--) {
        p[i - 1] = (u_char) ('0' + n % 10);
        n /= 10;
    }

    return p + width;
}


/* exactly n digits, or NULL */

static const u_char *
tender_date_digits(const u_char *p, const u_char *end, unsigned n,
    unsigned *value)
{
    unsigned  v;

    if ((size_t) (end - p) < n) {
        return NULL;
    }

    for (v = 0; n > 0; n--, p++) {

        if (*p < '0' || *p > '9') {
            return NULL;
        }

        v = v * 10 + (*p - '0');
    }

    *value = v;

    return p;
}


static int
tender_date_parse(tender_str_t text, tender_date_t *date)
{
    const u_char  *p, *end;

    memset(date, 0, sizeof(tender_date_t));

    if (text.len == 0) {
        return TENDER_DECLINED;
    }

    p = text.data;
    end = p + text.len;

    p = tender_date_digits(p, end, 4, &date->year);
    if (p == NULL || p == end || *p++ != '-') {
        return TENDER_DECLINED;
    }

    p = tender_date_digits(p, end, 2, &date->month);
    if (p == NULL || p == end || *p++ != '-') {
        return TENDER_DECLINED;
    }

    p = tender_date_digits(p, end, 2, &date->day);
    if (p == NULL) {
        return TENDER_DECLINED;
    }

    if (p != end) {

        if (*p++ != 'T') {
            return TENDER_DECLINED;
        }

        p = tender_date_time(p, end, date);
    }

    return p == end ? TENDER_OK : TENDER_DECLINED;
}


static const u_char *
tender_date_time(const u_char *p, const u_char *end, tender_date_t *date)
{
    p = tender_date_digits(p, end, 2, &date->hour);
    if (p == NULL || p == end || *p++ != ':') {
        return NULL;
    }

    p = tender_date_digits(p, end, 2, &date->minute);

    if (p != NULL && p != end && *p == ':') {
        p = tender_date_digits(p + 1, end, 2, &date->second);

        if (p != NULL && p != end && *p == '.') {
            p = tender_date_fraction(p + 1, end, date);
        }
    }

    return p == NULL ? NULL : tender_date_zone(p, end, date);
}


static const u_char *
tender_date_fraction(const u_char *p, const u_char *end, tender_date_t *date)
{
    unsigned       scale;
    const u_char  *start;

    start = p;

    for (scale = 100000; p < end && *p >= '0' && *p <= '9'; p++) {
        date->usec += scale * (*p - '0');
        scale /= 10;
    }

    return p == start ? NULL : p;
}


static const u_char *
tender_date_zone(const u_char *p, const u_char *end, tender_date_t *date)
{
    if (p == end) {
        return p;
    }

    date->zoned = 1;

    if (*p == 'Z') {
        return p + 1;
    }

    if (*p != '+' && *p != '-') {
        return NULL;
    }

    date->west = (*p++ == '-');

    p = tender_date_digits(p, end, 2, &date->zone_hour);

    if (p == NULL || p == end) {
        return p;
    }

    return tender_date_digits(*p == ':' ? p + 1 : p, end, 2,
                              &date->zone_minute);
}


static int
tender_date_exists(const tender_date_t *date)
{
    unsigned  days;

    static const unsigned  months[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    if (date->year < 1 || date->month < 1 || date->month > 12) {
        return 0;
    }

    days = months[date->month - 1];

    if (date->month == 2 && date->year % 4 == 0
        && (date->year % 100 != 0 || date->year % 400 == 0))
    {
        days++;
    }

    return date->day >= 1 && date->day <= days
           && date->hour <= 23 && date->minute <= 59 && date->second <= 59
           && date->zone_hour <= 23 && date->zone_minute <= 59;
}


/* days since 1970-01-01 */

static int64_t
tender_date_days(unsigned year, unsigned month, unsigned day)
{
    unsigned  y, era, yoe, doy;

    y = year - (month <= 2);
    era = y / 400;
    yoe = y % 400;
    doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return (int64_t) era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy
           - 719468;
}


/* the UTC seconds of a local time */

static int64_t
tender_date_local(const tender_zone_t *zone, int64_t local)
{
    int64_t                    begins;
    unsigned                   low, high, middle;
    const tender_zone_rule_t  *rule;

    if (zone == NULL || zone->nrules == 0) {
        return local;
    }

    /*
     * A rule begins at the later one of the two local times that its start
     * has: a local time that happens twice is the earlier one then, one
     * that is skipped belongs to the rule before.
     */

    low = 0;
    high = zone->nrules;

    while (high - low > 1) {
        middle = (low + high) / 2;
        rule = &zone->rules[middle];

        begins = rule->start + (rule->offset > rule[-1].offset
                                ? rule->offset : rule[-1].offset);

        if (local >= begins) {
            low = middle;

        } else {
            high = middle;
        }
    }

    return local - zone->rules[low].offset;
}
