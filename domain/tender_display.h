
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_DISPLAY_H_INCLUDED_
#define _TENDER_DISPLAY_H_INCLUDED_


#include "tender_date.h"


/* how people write numbers and dates in a language */

typedef struct {
    tender_str_t   group;      /* between thousands */
    tender_str_t   point;
    u_char         dash;       /* of a date; '-': 2026-11-22, else the day */
                               /* comes first: 22.11.2026 */
} tender_display_t;


/*
 * "1 234 567,50" of "1234567.50"; what is not digits with one point at most
 * stays as it is.  These return TENDER_OK or TENDER_ERROR, out of memory.
 */
int tender_display_number(tender_mem_t *mem, const tender_display_t *how,
    tender_str_t text, tender_str_t *out);

/* the same of an amount of money: "1 234,50" of "1234.5" */
int tender_display_amount(tender_mem_t *mem, const tender_display_t *how,
    tender_str_t text, tender_str_t *out);

/* "22.11.2026", or with time "22.11.2026 10:30", in a zone */
int tender_display_date(tender_mem_t *mem, const tender_display_t *how,
    const tender_zone_t *zone, int64_t us, unsigned time, tender_str_t *out);

/* "12,5 MB" of a number of bytes */
int tender_display_size(tender_mem_t *mem, const tender_display_t *how,
    uint64_t bytes, tender_str_t *out);


#endif /* _TENDER_DISPLAY_H_INCLUDED_ */
