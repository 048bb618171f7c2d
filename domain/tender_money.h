
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MONEY_H_INCLUDED_
#define _TENDER_MONEY_H_INCLUDED_


#include "../format/tender_core.h"


/*
 * An exact amount: digits * 10^-scale, normalised (no zero at the end of
 * digits unless scale is 0), so equal amounts have equal members.
 */

typedef struct {
    int64_t    digits;
    unsigned   scale;    /* decimal places, 0 to TENDER_MONEY_MAX_SCALE */
} tender_money_t;

#define TENDER_MONEY_MAX_SCALE  15


/*
 * Reads the text of a JSON number: at most 15 significant digits, below
 * 10^15, at most TENDER_MONEY_MAX_SCALE decimal places, exponents allowed.
 * TENDER_DECLINED: not one, or out of range.
 */
int tender_money_read(tender_str_t text, tender_money_t *money);

/*
 * 1 if the text has the form of a JSON number, in range or not: tells 1e20
 * from what is no number at all.
 */
int tender_money_form(tender_str_t text);

/* -1, 0, 1, exactly */
int tender_money_compare(const tender_money_t *a, const tender_money_t *b);

/* the decimal places of an ISO 4217 currency: 2 unless the standard differs */
unsigned tender_currency_scale(tender_str_t currency);


#endif /* _TENDER_MONEY_H_INCLUDED_ */
