
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_date.h"
#include "tap.h"


typedef struct {
    const char  *local;
    const char  *utc;
    const char  *about;
} zone_case_t;


static void *no_memory(void *data, size_t size);
static int64_t at(const char *text);
static void test_names(tender_mem_t *mem);
static void test_offsets(tender_mem_t *mem);
static void test_local(tender_mem_t *mem, const char *name,
    const zone_case_t *cases);
static void test_order(tender_mem_t *mem);
static void test_memory(void);


static const zone_case_t  kyiv[] = {
    { "2014-11-06T10:00:00", "2014-11-06T08:00:00.000Z", "winter" },
    { "2014-07-06T10:00:00", "2014-07-06T07:00:00.000Z", "summer" },
    { "2014-03-30T02:59:59", "2014-03-30T00:59:59.000Z",
      "the last second before a skipped hour" },
    { "2014-03-30T03:00:00", "2014-03-30T01:00:00.000Z",
      "a skipped hour begins with the offset before it" },
    { "2014-03-30T03:59:59", "2014-03-30T01:59:59.000Z",
      "and ends with it" },
    { "2014-03-30T04:00:00", "2014-03-30T01:00:00.000Z",
      "after it summer begins" },
    { "2014-10-26T02:59:59", "2014-10-25T23:59:59.000Z",
      "the last second that happens once" },
    { "2014-10-26T03:00:00", "2014-10-26T00:00:00.000Z",
      "an hour that happens twice is the earlier one" },
    { "2014-10-26T03:59:59", "2014-10-26T00:59:59.000Z",
      "to its end" },
    { "2014-10-26T04:00:00", "2014-10-26T02:00:00.000Z",
      "after it winter begins" },
    { "1969-06-01T03:00:00", "1969-06-01T00:00:00.000Z",
      "before 1970 counts the offset of 1970" },
    { "2099-07-01T03:00:00", "2099-07-01T00:00:00.000Z",
      "rules go on to 2100" },
    { NULL, NULL, NULL }
};

static const zone_case_t  new_york[] = {
    { "2020-03-08T02:30:00", "2020-03-08T07:30:00.000Z", "skipped" },
    { "2020-11-01T01:30:00", "2020-11-01T05:30:00.000Z", "twice" },
    { NULL, NULL, NULL }
};

static const zone_case_t  apia[] = {
    { "2011-12-29T23:59:59", "2011-12-30T09:59:59.000Z",
      "the evening before a day that was skipped" },
    { "2011-12-30T12:00:00", "2011-12-30T22:00:00.000Z",
      "that day, with the offset before it" },
    { "2011-12-31T00:00:00", "2011-12-30T10:00:00.000Z",
      "the morning after it" },
    { NULL, NULL, NULL }
};

static const zone_case_t  utc[] = {
    { "2014-07-06T10:00:00", "2014-07-06T10:00:00.000Z", "as it is" },
    { NULL, NULL, NULL }
};


int
main(void)
{
    tender_mem_t     mem;
    tender_arena_t  *arena;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_names(&mem);
    test_offsets(&mem);
    test_local(&mem, "Europe/Kyiv", kyiv);
    test_local(&mem, "America/New_York", new_york);
    test_local(&mem, "Pacific/Apia", apia);
    test_local(&mem, "UTC", utc);
    test_order(&mem);
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void *
no_memory(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}


static int64_t
at(const char *text)
{
    int64_t  us;

    us = 0;
    (void) tender_date_read((tender_str_t) { strlen(text), (u_char *) text },
                            NULL, &us);

    return us / 1000000;
}


static void
test_names(tender_mem_t *mem)
{
    size_t         i;
    tender_zone_t  zone;

    static const char  *const good[] = {
        "UTC", "Europe/Kyiv", "Europe/Kiev", "Europe/Paris", "Asia/Almaty",
        "America/Argentina/ComodRivadavia", "Etc/GMT+3"
    };

    static const char  *const bad[] = {
        "", "Europe/Nowhere", "Mars", "GMT+3", "UTC+03:00", "europe kyiv",
        "Europe/Kyiv ", "Europe/Ky\xd1\x97v",
        "Europe/Europe/Europe/Europe/Europe/Europe/Europe/Europe/Europe/",
        "Europe/Europe/Europe/Europe/Europe/Europe/Europe/Europe/Europe/E"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        is_int(tender_zone_open(mem, good[i], &zone), TENDER_OK,
               "%s is a zone", good[i]);
        ok(zone.nrules >= 1 && zone.rules[0].start == INT64_MIN,
           "its rules begin with time itself");
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        is_int(tender_zone_open(mem, bad[i], &zone), TENDER_DECLINED,
               "\"%s\" is none", bad[i]);
    }
}


static void
test_offsets(tender_mem_t *mem)
{
    tender_zone_t  zone;

    (void) tender_zone_open(mem, "Europe/Kyiv", &zone);

    is_int(tender_zone_offset(&zone, at("2014-01-01")), 7200, "Kyiv, winter");
    is_int(tender_zone_offset(&zone, at("2014-07-01")), 10800,
           "Kyiv, summer");
    is_int(tender_zone_offset(&zone, at("2014-03-30T00:59:59Z")), 7200,
           "the second before summer");
    is_int(tender_zone_offset(&zone, at("2014-03-30T01:00:00Z")), 10800,
           "the second of summer");
    is_int(tender_zone_offset(&zone, INT64_MIN), 10800, "in the Big Bang");
    is_int(tender_zone_offset(&zone, INT64_MAX),
           zone.rules[zone.nrules - 1].offset, "at the end of time");

    (void) tender_zone_open(mem, "UTC", &zone);
    is_int((int) zone.nrules, 1, "UTC has one rule");
    is_int(tender_zone_offset(&zone, 0), 0, "of offset 0");

    zone.nrules = 0;
    is_int(tender_zone_offset(&zone, 0), 0, "a zone without rules is UTC");

    (void) tender_zone_open(mem, "Asia/Kathmandu", &zone);
    is_int(tender_zone_offset(&zone, at("2014-07-01")), 20700,
           "an offset of quarters of an hour");
}


static void
test_local(tender_mem_t *mem, const char *name, const zone_case_t *cases)
{
    u_char         buf[TENDER_DATE_LEN];
    int64_t        us;
    tender_str_t   text;
    tender_zone_t  zone;

    is_int(tender_zone_open(mem, name, &zone), TENDER_OK, "%s opens", name);

    for ( /* void */ ; cases->local != NULL; cases++) {
        text.data = (u_char *) cases->local;
        text.len = strlen(cases->local);

        us = 0;
        (void) tender_date_read(text, &zone, &us);

        (void) tender_date_write(buf, us);
        is_str((tender_str_t) { TENDER_DATE_LEN, buf }, cases->utc,
               "%s: %s", name, cases->about);
    }
}


/* each quarter of an hour of the two months in which the offset changes */

static void
test_order(tender_mem_t *mem)
{
    char           text[32];
    int64_t        us, last, local_us, back;
    unsigned       lost, disorder, month, i;
    tender_str_t   local;
    tender_zone_t  zone;

    (void) tender_zone_open(mem, "Europe/Kyiv", &zone);

    lost = 0;
    disorder = 0;

    for (month = 3; month <= 10; month += 7) {
        last = INT64_MIN;

        for (i = 0; i < 31 * 24 * 4; i++) {
            snprintf(text, sizeof(text), "2014-%02u-%02uT%02u:%02u", month,
                     i / 96 + 1, i / 4 % 24, i % 4 * 15);

            local.data = (u_char *) text;
            local.len = strlen(text);

            (void) tender_date_read(local, NULL, &local_us);
            (void) tender_date_read(local, &zone, &us);

            back = us / 1000000 + tender_zone_offset(&zone, us / 1000000);

            lost += (back != local_us / 1000000);
            disorder += (us <= last);
            last = us;
        }
    }

    is_int(lost, 4, "all but the skipped quarters come back as they were");
    is_int(disorder, 1, "and time goes back once, behind them");
}


static void
test_memory(void)
{
    tender_mem_t   mem;
    tender_zone_t  zone;

    tender_mem_init(&mem, no_memory, NULL);

    is_int(tender_zone_open(&mem, "Europe/Kyiv", &zone), TENDER_ERROR,
           "no memory is an error of its own");
    is_int(tender_zone_open(&mem, "Europe/Nowhere", &zone), TENDER_DECLINED,
           "but not for a zone that is none");
}
