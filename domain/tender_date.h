
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_DATE_H_INCLUDED_
#define _TENDER_DATE_H_INCLUDED_


#include "../format/tender_core.h"


#define TENDER_DATE_LEN  (sizeof("2014-10-27T08:06:58.158Z") - 1)


/*
 * A time zone as a table of offsets, so that a request never asks ICU:
 * opened once, when the configuration is read.
 */

typedef struct {
    int64_t       start;     /* UTC seconds from which the offset holds */
    int32_t       offset;    /* seconds to add to UTC */
} tender_zone_rule_t;

typedef struct {
    tender_zone_rule_t  *rules;
    unsigned             nrules;
} tender_zone_t;


/*
 * name is an IANA one ("Europe/Kyiv") or "UTC"; the rules of 1970 to 2100
 * are taken from ICU.  TENDER_DECLINED: no such zone.
 */
int tender_zone_open(tender_mem_t *mem, const char *name, tender_zone_t *zone);

/* the offset in seconds at a moment in UTC seconds */
int32_t tender_zone_offset(const tender_zone_t *zone, int64_t utc);


/*
 * Reads an ISO 8601 date in extended form: YYYY-MM-DD, then optionally
 * Thh:mm, :ss, a fraction of any length, and Z or +hh:mm, +hhmm, +hh (or -).
 * Without a zone it is local time of zone (a local time that happens twice
 * is the earlier one, one that is skipped counts with the offset before
 * it).  A date alone is its midnight.  *us is µs since 1970-01-01T00:00Z,
 * digits below a µs cut.  Years 0001 to 9999; seconds 00 to 59.
 * TENDER_DECLINED: not such a date, or in UTC not of those years.
 */
int tender_date_read(tender_str_t text, const tender_zone_t *zone,
    int64_t *us);

/*
 * 1 if the text has that form, whether or not there is such a day or hour:
 * tells 2014-02-30 from what is no date at all.
 */
int tender_date_form(tender_str_t text);

/*
 * TENDER_DATE_LEN characters, "2014-10-27T08:06:58.158Z", of a moment in the
 * years 0001 to 9999; returns the end.
 */
u_char *tender_date_write(u_char *p, int64_t us);


#endif /* _TENDER_DATE_H_INCLUDED_ */
