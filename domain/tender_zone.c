
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <unicode/ucal.h>

#include "tender_date.h"


#define TENDER_ZONE_NAME_MAX  64

/* 1970-01-01 and 2100-01-01 in ms */

#define TENDER_ZONE_FIRST     0.0
#define TENDER_ZONE_LAST      4102444800000.0


static UCalendar *tender_zone_calendar(const char *name);
static unsigned tender_zone_rules(UCalendar *cal, tender_zone_rule_t *rules);
static int tender_zone_rule(UCalendar *cal, UDate ms,
    tender_zone_rule_t *rule);


int
tender_zone_open(tender_mem_t *mem, const char *name, tender_zone_t *zone)
{
    int         rc;
    unsigned    n;
    UCalendar  *cal;

    zone->rules = NULL;
    zone->nrules = 0;

    cal = tender_zone_calendar(name);
    if (cal == NULL) {
        return TENDER_DECLINED;
    }

    rc = TENDER_DECLINED;

    n = tender_zone_rules(cal, NULL);

    if (n != 0) {
        zone->rules = tender_alloc(mem, n * sizeof(tender_zone_rule_t));

        if (zone->rules == NULL) {
            rc = TENDER_ERROR;

        } else {
            zone->nrules = tender_zone_rules(cal, zone->rules);
            rc = TENDER_OK;
        }
    }

    ucal_close(cal);

    return rc;
}


int32_t
tender_zone_offset(const tender_zone_t *zone, int64_t utc)
{
    unsigned  low, high, middle;

    if (zone->nrules == 0) {
        return 0;
    }

    low = 0;
    high = zone->nrules;

    while (high - low > 1) {
        middle = (low + high) / 2;

        if (utc >= zone->rules[middle].start) {
            low = middle;

        } else {
            high = middle;
        }
    }

    return zone->rules[low].offset;
}


/* ICU takes an unknown name for GMT and "GMT+3" for a zone: both are not */

static UCalendar *
tender_zone_calendar(const char *name)
{
    UBool       known;
    UChar       id[TENDER_ZONE_NAME_MAX], canonical[TENDER_ZONE_NAME_MAX];
    int32_t     len;
    UCalendar  *cal;
    UErrorCode  status;

    for (len = 0; name[len] != '\0'; len++) {

        if (len == TENDER_ZONE_NAME_MAX || (u_char) name[len] > 0x7f) {
            return NULL;
        }

        id[len] = (UChar) name[len];
    }

    if (len == 0) {
        return NULL;
    }

    known = 0;
    status = U_ZERO_ERROR;

    (void) ucal_getCanonicalTimeZoneID(id, len, canonical,
                                       TENDER_ZONE_NAME_MAX, &known, &status);

    if (U_FAILURE(status) || !known) {
        return NULL;
    }

    status = U_ZERO_ERROR;

    cal = ucal_open(id, len, NULL, UCAL_GREGORIAN, &status);

    if (U_FAILURE(status)) {
        ucal_close(cal);
        return NULL;
    }

    return cal;
}


/* with rules NULL only counts them; 0: ICU failed */

static unsigned
tender_zone_rules(UCalendar *cal, tender_zone_rule_t *rules)
{
    UDate                ms;
    unsigned             n;
    UErrorCode           status;
    tender_zone_rule_t   rule, last;

    if (tender_zone_rule(cal, TENDER_ZONE_FIRST, &last) != TENDER_OK) {
        return 0;
    }

    last.start = INT64_MIN;

    if (rules != NULL) {
        rules[0] = last;
    }

    n = 1;

    for ( ;; ) {
        status = U_ZERO_ERROR;

        if (!ucal_getTimeZoneTransitionDate(cal, UCAL_TZ_TRANSITION_NEXT,
                                            &ms, &status)
            || ms >= TENDER_ZONE_LAST)
        {
            return U_FAILURE(status) ? 0 : n;
        }

        if (tender_zone_rule(cal, ms, &rule) != TENDER_OK) {
            return 0;
        }

        if (rule.offset == last.offset) {
            continue;
        }

        if (rules != NULL) {
            rules[n] = rule;
        }

        last = rule;
        n++;
    }
}


/* the rule that holds at a moment, which becomes the calendar's time */

static int
tender_zone_rule(UCalendar *cal, UDate ms, tender_zone_rule_t *rule)
{
    int32_t     offset;
    UErrorCode  status;

    status = U_ZERO_ERROR;

    ucal_setMillis(cal, ms, &status);

    offset = ucal_get(cal, UCAL_ZONE_OFFSET, &status)
             + ucal_get(cal, UCAL_DST_OFFSET, &status);

    if (U_FAILURE(status)) {
        return TENDER_ERROR;
    }

    rule->start = (int64_t) (ms / 1000);
    rule->offset = offset / 1000;

    return TENDER_OK;
}
