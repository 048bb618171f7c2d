
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_money.h"


#define TENDER_MONEY_MAX_DIGITS  15
#define TENDER_MONEY_HUGE        INT64_C(100000000000000000)


typedef struct {
    u_char      code[3];
    u_char      scale;
} tender_currency_t;


static int tender_money_parse(tender_str_t text, tender_money_t *money,
    unsigned *ndigits, int64_t *exponent);
static const u_char *tender_money_mantissa(const u_char *p, const u_char *end,
    tender_money_t *money, unsigned *ndigits, int64_t *exponent);
static void tender_money_digit(tender_money_t *money, unsigned *ndigits,
    int digit);
static const u_char *tender_money_exponent(const u_char *p, const u_char *end,
    int64_t *exponent);
static int tender_money_normalise(tender_money_t *money,
    int64_t exponent);


/* the currencies of ISO 4217 whose decimal places are not two */

static const tender_currency_t  tender_currencies[] = {
    { { 'B', 'H', 'D' }, 3 },
    { { 'B', 'I', 'F' }, 0 },
    { { 'C', 'L', 'F' }, 4 },
    { { 'C', 'L', 'P' }, 0 },
    { { 'D', 'J', 'F' }, 0 },
    { { 'G', 'N', 'F' }, 0 },
    { { 'I', 'Q', 'D' }, 3 },
    { { 'I', 'S', 'K' }, 0 },
    { { 'J', 'O', 'D' }, 3 },
    { { 'J', 'P', 'Y' }, 0 },
    { { 'K', 'M', 'F' }, 0 },
    { { 'K', 'R', 'W' }, 0 },
    { { 'K', 'W', 'D' }, 3 },
    { { 'L', 'Y', 'D' }, 3 },
    { { 'O', 'M', 'R' }, 3 },
    { { 'P', 'Y', 'G' }, 0 },
    { { 'R', 'W', 'F' }, 0 },
    { { 'T', 'N', 'D' }, 3 },
    { { 'U', 'G', 'X' }, 0 },
    { { 'U', 'Y', 'I' }, 0 },
    { { 'U', 'Y', 'W' }, 4 },
    { { 'V', 'N', 'D' }, 0 },
    { { 'V', 'U', 'V' }, 0 },
    { { 'X', 'A', 'F' }, 0 },
    { { 'X', 'O', 'F' }, 0 },
    { { 'X', 'P', 'F' }, 0 }
};


int
tender_money_read(tender_str_t text, tender_money_t *money)
{
    int64_t   exponent;
    unsigned  ndigits;

    if (tender_money_parse(text, money, &ndigits, &exponent) != TENDER_OK
        || ndigits > TENDER_MONEY_MAX_DIGITS
        || tender_money_normalise(money, exponent) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    if (text.data[0] == '-') {
        money->digits = -money->digits;
    }

    return TENDER_OK;
}


int
tender_money_form(tender_str_t text)
{
    int64_t         exponent;
    unsigned        ndigits;
    tender_money_t  money;

    return tender_money_parse(text, &money, &ndigits, &exponent) == TENDER_OK;
}


int
tender_money_compare(const tender_money_t *a, const tender_money_t *b)
{
    unsigned  i;
    __int128  x, y;

    x = a->digits;
    y = b->digits;

    for (i = a->scale; i < b->scale; i++) {
        x *= 10;
    }

    for (i = b->scale; i < a->scale; i++) {
        y *= 10;
    }

    return (x > y) - (x < y);
}


unsigned
tender_currency_scale(tender_str_t currency)
{
    int       cmp;
    unsigned  low, high, middle;

    if (currency.len != 3) {
        return 2;
    }

    low = 0;
    high = sizeof(tender_currencies) / sizeof(tender_currencies[0]);

    while (low < high) {
        middle = (low + high) / 2;
        cmp = memcmp(currency.data, tender_currencies[middle].code, 3);

        if (cmp == 0) {
            return tender_currencies[middle].scale;
        }

        if (cmp < 0) {
            high = middle;

        } else {
            low = middle + 1;
        }
    }

    return 2;
}


/* digits * 10^exponent without the sign, if ndigits are not too many */

static int
tender_money_parse(tender_str_t text, tender_money_t *money,
    unsigned *ndigits, int64_t *exponent)
{
    const u_char  *p, *end;

    money->digits = 0;
    money->scale = 0;
    *ndigits = 0;
    *exponent = 0;

    if (text.len == 0) {
        return TENDER_DECLINED;
    }

    p = text.data;
    end = p + text.len;

    p = tender_money_mantissa(*p == '-' ? p + 1 : p, end, money, ndigits,
                              exponent);
    if (p == NULL) {
        return TENDER_DECLINED;
    }

    p = tender_money_exponent(p, end, exponent);

    return p == end ? TENDER_OK : TENDER_DECLINED;
}


static const u_char *
tender_money_mantissa(const u_char *p, const u_char *end,
    tender_money_t *money, unsigned *ndigits, int64_t *exponent)
{
    size_t         zeros;
    const u_char  *start, *point;

    start = p;
    point = NULL;
    zeros = 0;

    for ( /* void */ ; p < end; p++) {

        if (*p == '.' && point == NULL && p != start) {
            point = p;
            continue;
        }

        if (*p < '0' || *p > '9') {
            break;
        }

        if (point == NULL && p == start + 1 && *start == '0') {
            return NULL;
        }

        if (*p == '0') {
            zeros += (*ndigits != 0);
            continue;
        }

        /* zeros count when another digit follows them */

        for ( /* void */ ; zeros > 0; zeros--) {
            tender_money_digit(money, ndigits, 0);
        }

        tender_money_digit(money, ndigits, *p - '0');
    }

    if (p == start || p - 1 == point) {
        return NULL;
    }

    *exponent = (int64_t) zeros - (point != NULL ? p - point - 1 : 0);

    return p;
}


static void
tender_money_digit(tender_money_t *money, unsigned *ndigits, int digit)
{
    if (*ndigits < TENDER_MONEY_MAX_DIGITS) {
        money->digits = money->digits * 10 + digit;
    }

    if (*ndigits <= TENDER_MONEY_MAX_DIGITS) {
        (*ndigits)++;
    }
}


static const u_char *
tender_money_exponent(const u_char *p, const u_char *end, int64_t *exponent)
{
    int            negative;
    int64_t        n;
    const u_char  *start;

    if (p == end || (*p | 0x20) != 'e') {
        return p;
    }

    p++;
    negative = 0;

    if (p < end && (*p == '+' || *p == '-')) {
        negative = (*p++ == '-');
    }

    start = p;

    for (n = 0; p < end && *p >= '0' && *p <= '9'; p++) {

        if (n < TENDER_MONEY_HUGE) {
            n = n * 10 + (*p - '0');
        }
    }

    if (p == start) {
        return NULL;
    }

    *exponent += negative ? -n : n;

    return p;
}


static int
tender_money_normalise(tender_money_t *money,
    int64_t exponent)
{
    if (money->digits == 0) {
        return TENDER_OK;
    }

    for ( /* void */ ; exponent > 0; exponent--) {
        money->digits *= 10;

        if (money->digits >= INT64_C(1000000000000000)) {
            return TENDER_DECLINED;
        }
    }

    if (exponent < -TENDER_MONEY_MAX_SCALE) {
        return TENDER_DECLINED;
    }

    money->scale = (unsigned) -exponent;

    return TENDER_OK;
}
