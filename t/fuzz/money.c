
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdio.h>
#include <stdlib.h>

#include "domain/tender_money.h"


/*
 * Two texts with a zero between them: each that is an amount is written
 * plainly and read again; two are compared with units of 10^-15.
 */

static int check_one(tender_str_t text, __int128 *units);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             expected;
    __int128        x, y;
    tender_str_t    a, b;
    const uint8_t  *p;
    tender_money_t  one, two;

    p = size != 0 ? memchr(data, 0, size) : NULL;

    a.data = (u_char *) data;
    a.len = p != NULL ? (size_t) (p - data) : size;
    b.data = p != NULL ? (u_char *) p + 1 : NULL;
    b.len = p != NULL ? size - a.len - 1 : 0;

    (void) tender_currency_scale(b);

    if (!check_one(a, &x) || !check_one(b, &y)) {
        return 0;
    }

    (void) tender_money_read(a, &one);
    (void) tender_money_read(b, &two);

    expected = (x > y) - (x < y);

    if (tender_money_compare(&one, &two) != expected
        || tender_money_compare(&two, &one) != -expected
        || (expected == 0
            && (one.digits != two.digits || one.scale != two.scale)))
    {
        abort();
    }

    return 0;
}


static int
check_one(tender_str_t text, __int128 *units)
{
    int             n;
    char            buf[64];
    int64_t         whole, part;
    unsigned        i;
    tender_str_t    again;
    tender_money_t  money, same;

    if (tender_money_read(text, &money) != TENDER_OK) {
        return 0;
    }

    if (!tender_money_form(text) || money.scale > TENDER_MONEY_MAX_SCALE
        || llabs(money.digits) > 999999999999999
        || (money.scale != 0 && money.digits % 10 == 0))
    {
        abort();
    }

    whole = llabs(money.digits);
    part = 1;
    *units = money.digits;

    for (i = 0; i < TENDER_MONEY_MAX_SCALE; i++) {

        if (i < money.scale) {
            part *= 10;

        } else {
            *units *= 10;
        }
    }

    n = snprintf(buf, sizeof(buf), "%s%lld", money.digits < 0 ? "-" : "",
                 (long long) (whole / part));

    if (money.scale != 0) {
        n += snprintf(buf + n, sizeof(buf) - (size_t) n, ".%0*lld",
                      (int) money.scale, (long long) (whole % part));
    }

    again.data = (u_char *) buf;
    again.len = (size_t) n;

    if (tender_money_read(again, &same) != TENDER_OK
        || same.digits != money.digits || same.scale != money.scale)
    {
        abort();
    }

    return 1;
}
