
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdlib.h>

#include "domain/tender_number.h"


/*
 * Two bytes of country, then a name: its initials are few Latin capitals,
 * and the same ones each time.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t         i, n;
    u_char         initials[TENDER_INITIALS_MAX + 1];
    u_char         again[TENDER_INITIALS_MAX + 1];
    tender_str_t   name, country;
    static int     ready;

    if (!ready) {

        if (tender_number_init() != TENDER_OK) {
            abort();
        }

        ready = 1;
    }

    if (size < 2) {
        return 0;
    }

    country.data = (u_char *) data;
    country.len = 2;
    name.data = (u_char *) data + 2;
    name.len = size - 2;

    initials[TENDER_INITIALS_MAX] = '!';
    again[TENDER_INITIALS_MAX] = '!';

    n = tender_initials(name, country, initials);

    if (n > TENDER_INITIALS_MAX || initials[TENDER_INITIALS_MAX] != '!') {
        abort();
    }

    for (i = 0; i < n; i++) {

        if (initials[i] < 'A' || initials[i] > 'Z') {
            abort();
        }
    }

    if (tender_initials(name, country, again) != n
        || memcmp(initials, again, n) != 0)
    {
        abort();
    }

    return 0;
}
