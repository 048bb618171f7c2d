
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdlib.h>

#include "domain/tender_date.h"


/*
 * Two texts with a zero between them, each read as UTC and in a zone: what
 * is written of a date is read as the same ms, and texts that are written
 * are in the order of their dates.
 */

static void check_one(tender_str_t text, const tender_zone_t *zone,
    int64_t *us, u_char *written);
static void check_two(tender_str_t a, tender_str_t b,
    const tender_zone_t *zone);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tender_mem_t           mem;
    tender_str_t           a, b;
    const uint8_t         *p;
    static tender_zone_t   zone;
    static tender_arena_t *arena;

    if (arena == NULL) {
        arena = tender_arena_create();
        tender_mem_init(&mem, tender_arena_alloc, arena);

        if (tender_zone_open(&mem, "Europe/Kyiv", &zone) != TENDER_OK) {
            abort();
        }
    }

    p = size != 0 ? memchr(data, 0, size) : NULL;

    a.data = (u_char *) data;
    a.len = p != NULL ? (size_t) (p - data) : size;
    b.data = p != NULL ? (u_char *) p + 1 : NULL;
    b.len = p != NULL ? size - a.len - 1 : 0;

    check_two(a, b, NULL);
    check_two(a, b, &zone);

    return 0;
}


static void
check_two(tender_str_t a, tender_str_t b, const tender_zone_t *zone)
{
    int      order;
    u_char   one[TENDER_DATE_LEN], two[TENDER_DATE_LEN];
    int64_t  x, y;

    check_one(a, zone, &x, one);
    check_one(b, zone, &y, two);

    if (x == INT64_MIN || y == INT64_MIN) {
        return;
    }

    order = memcmp(one, two, TENDER_DATE_LEN);

    if ((x < y && order > 0) || (x > y && order < 0)
        || (x == y && order != 0))
    {
        abort();
    }
}


/* *us is INT64_MIN for what is no date */

static void
check_one(tender_str_t text, const tender_zone_t *zone, int64_t *us,
    u_char *written)
{
    int64_t       ms;
    tender_str_t  again;

    if (tender_date_read(text, zone, us) != TENDER_OK) {
        *us = INT64_MIN;
        return;
    }

    if (!tender_date_form(text)
        || tender_date_write(written, *us) != written + TENDER_DATE_LEN)
    {
        abort();
    }

    again.data = written;
    again.len = TENDER_DATE_LEN;

    if (tender_date_read(again, zone, &ms) != TENDER_OK
        || ms % 1000 != 0 || *us - ms < 0 || *us - ms > 999)
    {
        abort();
    }
}
