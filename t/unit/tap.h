
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_TAP_H_INCLUDED_
#define _TENDER_TAP_H_INCLUDED_


#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/tender_core.h"


/* TAP of one test program; each check returns whether it held */

static unsigned  tap_tests;
static unsigned  tap_failed;


#define TAP_UNUSED  __attribute__((unused))


/* a literal as a tender_str_t */

#define tap_str(text)  ((tender_str_t) tender_string(text))


static int tap_result(int good, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));
static int ok(int good, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static int is_int(int64_t got, int64_t expected, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static int is_str(tender_str_t got, const char *expected, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
static void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int done_testing(void);


static TAP_UNUSED int
tap_result(int good, const char *fmt, va_list args)
{
    printf("%sok %u - ", good ? "" : "not ", ++tap_tests);
    vprintf(fmt, args);
    putchar('\n');

    if (!good) {
        tap_failed++;
        fflush(stdout);
    }

    return good;
}


static TAP_UNUSED int
ok(int good, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    good = tap_result(good != 0, fmt, args);
    va_end(args);

    return good;
}


static TAP_UNUSED int
is_int(int64_t got, int64_t expected, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    tap_result(got == expected, fmt, args);
    va_end(args);

    if (got != expected) {
        diag("got %" PRId64 ", expected %" PRId64, got, expected);
    }

    return got == expected;
}


static TAP_UNUSED int
is_str(tender_str_t got, const char *expected, const char *fmt, ...)
{
    int      good;
    va_list  args;

    good = got.len == strlen(expected)
           && (got.len == 0 || memcmp(got.data, expected, got.len) == 0);

    va_start(args, fmt);
    tap_result(good, fmt, args);
    va_end(args);

    if (!good) {
        diag("got \"%.*s\", expected \"%s\"", (int) got.len,
             got.len ? (char *) got.data : "", expected);
    }

    return good;
}


static TAP_UNUSED void
diag(const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    fprintf(stderr, "# ");
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}


/* the exit code of main() */

static TAP_UNUSED int
done_testing(void)
{
    printf("1..%u\n", tap_tests);

    return tap_failed ? 1 : 0;
}


#endif /* _TENDER_TAP_H_INCLUDED_ */
