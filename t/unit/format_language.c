
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_language.h"


#define N  5


static const tender_str_t  list[] = {
    tender_string("en"), tender_string("fr"), tender_string("pl"),
    tender_string("ru"), tender_string("uk")
};


static const struct {
    tender_str_t  accept;
    unsigned      index;
} cases[] = {
    { tender_null_string, N },
    { tender_string(""), N },
    { tender_string("fr"), 1 },
    { tender_string("FR"), 1 },
    { tender_string("fr-CA"), 1 },
    { tender_string("uk-UA,uk;q=0.9,en;q=0.8"), 4 },
    { tender_string("de,fr;q=0.5,pl;q=0.7"), 2 },
    { tender_string("de"), N },
    { tender_string("de,*"), 0 },
    { tender_string("ru;q=0.5,*;q=0.6"), 0 },
    { tender_string("ru;q=0.5,*;q=0.1"), 3 },
    { tender_string("pl;q=0.8,ru;q=0.8"), 2 },
    { tender_string("pl;q=0"), N },
    { tender_string("pl;q=0.000, fr;q=0.001"), 1 },
    { tender_string("pl;q=1.000"), 2 },
    { tender_string("pl;q=1.001,fr;q=0.1"), 1 },
    { tender_string("pl;q=2,fr;q=0.1"), 1 },
    { tender_string("pl;q=0.1234,fr;q=0.1"), 1 },
    { tender_string("pl;q=,fr;q=0.1"), 1 },
    { tender_string("pl;q=0,5,fr;q=0.1"), 1 },
    { tender_string("pl;Q=0.5"), 2 },
    { tender_string(" ,, \t pl ; q=0.5 "), 2 },
    { tender_string("pl;x=1"), N },
    { tender_string(";q=1,;,-,fr"), 1 },
    { tender_string("frx,f,fr_FR"), N },
    { tender_string("en-"), 0 }
};


int
main(void)
{
    unsigned  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(tender_language(cases[i].accept, list, N), cases[i].index,
               "\"%.*s\"", (int) cases[i].accept.len, cases[i].accept.data);
    }

    is_int(tender_language_index(tap_str("uk"), list, N), 4, "a name");
    is_int(tender_language_index(tap_str("UK"), list, N), 4, "in capitals");
    is_int(tender_language_index(tap_str("u"), list, N), N, "one letter");
    is_int(tender_language_index(tap_str("ukr"), list, N), N, "three");
    is_int(tender_language_index(tap_str(""), list, N), N, "none");

    return done_testing();
}
