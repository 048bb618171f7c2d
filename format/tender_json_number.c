
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"
#include "tender_json_number.h"


/*
 * The limits of a double, as the first 15 digits and the decimal exponent of
 * the first of them: the largest that is not infinite, the largest that is
 * zero.  Exact, because no number has more digits.
 */

#define TENDER_JSON_MAX_EXPONENT   308
#define TENDER_JSON_MAX_LEAD       179769313486231LL
#define TENDER_JSON_MIN_EXPONENT  -324
#define TENDER_JSON_MIN_LEAD       247032822920623LL

#define TENDER_JSON_HUGE           100000000000000000LL


typedef struct {
    int64_t   lead;       /* the first 15 digits from the first non-zero */
    int64_t   exponent;   /* of the first of them */
    int64_t   digits;     /* the significant ones */
} tender_json_decimal_t;


static const char *tender_json_number_check(const u_char *p,
    const u_char *end);
static const u_char *tender_json_mantissa(const u_char *p, const u_char *end,
    tender_json_decimal_t *d);
static int64_t tender_json_exponent(const u_char *p, const u_char *end);


static inline const u_char *
tender_json_digits(const u_char *p, const u_char *end)
{
    while (p < end && *p >= '0' && *p <= '9') {
        p++;
    }

    return p;
}


size_t
tender_json_number_scan(const u_char *p, const u_char *end, const char **why)
{
    const u_char  *start, *first, *q;

    *why = NULL;
    start = p;

    if (p < end && *p == '-') {
        p++;
    }

    first = p;

    if (p < end && *p == '0') {
        p++;

    } else {
        p = tender_json_digits(p, end);
    }

    if (p == first) {
        return 0;
    }

    if (p < end && *p == '.') {
        q = tender_json_digits(p + 1, end);

        if (q > p + 1) {
            p = q;
        }
    }

    /* too short to have too many digits, even with a point */

    if ((p == end || (*p | 0x20) != 'e')
        && p - first <= TENDER_JSON_MAX_DIGITS)
    {
        return (size_t) (p - start);
    }

    if (p < end && (*p | 0x20) == 'e') {
        q = p + 1;

        if (q < end && (*q == '+' || *q == '-')) {
            q++;
        }

        if (q < end && *q >= '0' && *q <= '9') {
            p = tender_json_digits(q, end);
        }
    }

    *why = tender_json_number_check(first, p);

    return (size_t) (p - start);
}


static const char *
tender_json_number_check(const u_char *p, const u_char *end)
{
    tender_json_decimal_t  d;

    p = tender_json_mantissa(p, end, &d);

    if (d.digits == 0) {
        return NULL;
    }

    if (d.digits > TENDER_JSON_MAX_DIGITS) {
        return "Number has more than 15 significant digits";
    }

    d.exponent += tender_json_exponent(p, end);

    if (d.exponent > TENDER_JSON_MAX_EXPONENT
        || (d.exponent == TENDER_JSON_MAX_EXPONENT
            && d.lead > TENDER_JSON_MAX_LEAD)
        || d.exponent < TENDER_JSON_MIN_EXPONENT
        || (d.exponent == TENDER_JSON_MIN_EXPONENT
            && d.lead <= TENDER_JSON_MIN_LEAD))
    {
        return "Number out of range";
    }

    return NULL;
}


static const u_char *
tender_json_mantissa(const u_char *p, const u_char *end,
    tender_json_decimal_t *d)
{
    int      point;
    int64_t  n;

    d->lead = 0;
    d->exponent = -1;
    d->digits = 0;

    n = 0;
    point = 0;

    for ( /* void */ ; p < end && (*p | 0x20) != 'e'; p++) {

        if (*p == '.') {
            point = 1;
            continue;
        }

        if (n == 0 && *p == '0') {
            d->exponent -= point;
            continue;
        }

        d->exponent += !point;

        if (n++ < TENDER_JSON_MAX_DIGITS) {
            d->lead = d->lead * 10 + (*p - '0');
        }

        if (*p != '0') {
            d->digits = n;
        }
    }

    for ( /* void */ ; n < TENDER_JSON_MAX_DIGITS; n++) {
        d->lead *= 10;
    }

    return p;
}


static int64_t
tender_json_exponent(const u_char *p, const u_char *end)
{
    int      negative;
    int64_t  n;

    if (p == end) {
        return 0;
    }

    p++;
    negative = (*p == '-');

    if (*p == '-' || *p == '+') {
        p++;
    }

    for (n = 0; p < end; p++) {
        if (n < TENDER_JSON_HUGE) {
            n = n * 10 + (*p - '0');
        }
    }

    return negative ? -n : n;
}
