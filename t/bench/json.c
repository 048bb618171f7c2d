
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Reading and writing one tender, beside jansson.  Usage: json [-j] [rounds]
 */


#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format/tender_json.h"


#define BENCH_MAX_ROUNDS  101
#define BENCH_ROUNDS      15
#define BENCH_LOOPS       4000

#define BENCH_CASES       6


typedef int (*bench_run_pt)(unsigned loops);

typedef struct {
    const char     *name;
    bench_run_pt    run;
    double          us;        /* the median of a loop */
} bench_case_t;


static int bench_tender_read(unsigned loops);
static int bench_tender_write(unsigned loops);
static int bench_tender_both(unsigned loops);
static int bench_jansson_read(unsigned loops);
static int bench_jansson_write(unsigned loops);
static int bench_jansson_both(unsigned loops);
static int bench_same(void);
static int bench_all(unsigned rounds);
static int bench_compare(const void *one, const void *two);
static void bench_table(void);
static void bench_json(void);


static const char  bench_text[] =
    "{\"data\":{\"procuringEntity\":{\"id\":{\"name\":\"Державне управління "
    "справами\",\"scheme\":\"https://ns.openprocurement.org/ua/edrpou\","
    "\"uid\":\"00037256\",\"uri\":\"http://www.dus.gov.ua/\"},\"address\":{"
    "\"countryName\":\"Україна\",\"postalCode\":\"01220\",\"region\":"
    "\"м. Київ\",\"locality\":\"м. Київ\",\"streetAddress\":\"вул. Банкова, "
    "11, корпус 1\"}},\"totalValue\":{\"amount\":500,\"currency\":\"UAH\","
    "\"valueAddedTaxIncluded\":true},\"minimalStep\":{\"amount\":35.50,"
    "\"currency\":\"UAH\",\"valueAddedTaxIncluded\":true},"
    "\"itemsToBeProcured\":[{\"description\":\"футляри до державних "
    "нагород\",\"primaryClassification\":{\"scheme\":\"CPV\",\"id\":"
    "\"44617100-9\",\"description\":\"Cartons\"},"
    "\"additionalClassification\":[{\"scheme\":\"ДКПП\",\"id\":\"17.21.1\","
    "\"description\":\"папір і картон гофровані, паперова й картонна тара\"}"
    "],\"unitOfMeasure\":\"item\",\"quantity\":5},{\"description\":"
    "\"коробки для орденських \\\"стрічок\\\"\",\"primaryClassification\":{"
    "\"scheme\":\"CPV\",\"id\":\"44617000-8\",\"description\":\"Boxes\"},"
    "\"additionalClassification\":[{\"scheme\":\"ДКПП\",\"id\":\"17.21.13\","
    "\"description\":\"ящики та коробки з гофрованого паперу чи картону\"}],"
    "\"unitOfMeasure\":\"item\",\"quantity\":120},{\"description\":"
    "\"стрічки муарові, 24 × 150 мм\",\"primaryClassification\":{\"scheme\":"
    "\"CPV\",\"id\":\"19630000-9\",\"description\":\"Ribbons\"},"
    "\"additionalClassification\":[{\"scheme\":\"ДКПП\",\"id\":\"13.96.17\","
    "\"description\":\"стрічки вузькі ткані\"}],\"unitOfMeasure\":\"item\","
    "\"quantity\":120}],\"clarificationPeriod\":{"
    "\"startDate\":\"2014-10-24T00:00:00\",\"endDate\":"
    "\"2014-10-31T00:00:00\"},\"tenderPeriod\":{\"startDate\":"
    "\"2014-10-31T00:00:00\",\"endDate\":\"2014-11-06T10:00:00\"},"
    "\"awardPeriod\":{\"endDate\":\"2014-11-13T00:00:00\"},\"deliveryDate\":"
    "{\"endDate\":\"2014-11-20T00:00:00\"},\"procurementMethod\":\"Open\","
    "\"awardCriteria\":\"Lowest Cost\",\"submissionMethod\":"
    "\"Electronic Auction\",\"submissionMethodDetails\":null,"
    "\"numberOfBidders\":0,\"hasEnquiries\":false}}";


static bench_case_t  bench_cases[BENCH_CASES] = {
    { "read", bench_tender_read, 0 },
    { "write", bench_tender_write, 0 },
    { "read and write", bench_tender_both, 0 },
    { "jansson read", bench_jansson_read, 0 },
    { "jansson write", bench_jansson_write, 0 },
    { "jansson read and write", bench_jansson_both, 0 }
};


static tender_arena_t  *bench_arena;
static tender_value_t  *bench_tree;
static json_t          *bench_root;

static volatile size_t  bench_sink;


int
main(int argc, char **argv)
{
    int                   i, json;
    unsigned              rounds;
    tender_mem_t          mem;
    tender_arena_t       *arena;
    tender_json_error_t   err;

    json = 0;
    rounds = BENCH_ROUNDS;

    for (i = 1; i < argc; i++) {

        if (strcmp(argv[i], "-j") == 0) {
            json = 1;
            continue;
        }

        rounds = (unsigned) atoi(argv[i]);

        if (rounds == 0 || rounds > BENCH_MAX_ROUNDS) {
            fprintf(stderr, "usage: json [-j] [rounds]\n");
            return 2;
        }
    }

    arena = tender_arena_create();
    bench_arena = tender_arena_create();
    bench_root = json_loadb(bench_text, sizeof(bench_text) - 1,
                            JSON_REJECT_DUPLICATES, NULL);

    if (arena == NULL || bench_arena == NULL || bench_root == NULL) {
        return 1;
    }

    tender_mem_init(&mem, tender_arena_alloc, arena);

    if (tender_json_read(&mem, (const u_char *) bench_text,
                         sizeof(bench_text) - 1, &bench_tree, &err)
        != TENDER_OK)
    {
        return 1;
    }

    if (!bench_same() || !bench_all(rounds)) {
        fprintf(stderr, "json: the text was not read or not written\n");
        return 1;
    }

    if (json) {
        bench_json();

    } else {
        bench_table();
    }

    json_decref(bench_root);
    tender_arena_free(bench_arena);
    tender_arena_free(arena);

    return 0;
}


static int
bench_tender_read(unsigned loops)
{
    tender_mem_t          mem;
    tender_value_t       *tree;
    tender_json_error_t   err;

    while (loops--) {
        tender_mem_init(&mem, tender_arena_alloc, bench_arena);

        if (tender_json_read(&mem, (const u_char *) bench_text,
                             sizeof(bench_text) - 1, &tree, &err)
            != TENDER_OK)
        {
            return 0;
        }

        bench_sink += tree->nelts;
        tender_arena_reset(bench_arena);
    }

    return 1;
}


static int
bench_tender_write(unsigned loops)
{
    tender_mem_t  mem;
    tender_str_t  text;

    while (loops--) {
        tender_mem_init(&mem, tender_arena_alloc, bench_arena);

        if (tender_json_text(&mem, bench_tree, 0, &text) != TENDER_OK) {
            return 0;
        }

        bench_sink += text.data[text.len - 1];
        tender_arena_reset(bench_arena);
    }

    return 1;
}


static int
bench_tender_both(unsigned loops)
{
    tender_mem_t          mem;
    tender_str_t          text;
    tender_value_t       *tree;
    tender_json_error_t   err;

    while (loops--) {
        tender_mem_init(&mem, tender_arena_alloc, bench_arena);

        if (tender_json_read(&mem, (const u_char *) bench_text,
                             sizeof(bench_text) - 1, &tree, &err)
            != TENDER_OK
            || tender_json_text(&mem, tree, 0, &text) != TENDER_OK)
        {
            return 0;
        }

        bench_sink += text.data[text.len - 1];
        tender_arena_reset(bench_arena);
    }

    return 1;
}


static int
bench_jansson_read(unsigned loops)
{
    json_t  *root;

    while (loops--) {
        root = json_loadb(bench_text, sizeof(bench_text) - 1,
                          JSON_REJECT_DUPLICATES, NULL);
        if (root == NULL) {
            return 0;
        }

        bench_sink += json_object_size(root);
        json_decref(root);
    }

    return 1;
}


static int
bench_jansson_write(unsigned loops)
{
    char  *text;

    while (loops--) {
        text = json_dumps(bench_root, JSON_COMPACT);
        if (text == NULL) {
            return 0;
        }

        bench_sink += (size_t) text[0];
        free(text);
    }

    return 1;
}


static int
bench_jansson_both(unsigned loops)
{
    char    *text;
    json_t  *root;

    while (loops--) {
        root = json_loadb(bench_text, sizeof(bench_text) - 1,
                          JSON_REJECT_DUPLICATES, NULL);
        if (root == NULL) {
            return 0;
        }

        text = json_dumps(root, JSON_COMPACT);
        if (text == NULL) {
            return 0;
        }

        bench_sink += (size_t) text[0];
        free(text);
        json_decref(root);
    }

    return 1;
}


/* what is measured must be right: the text is compact, so it comes back */

static int
bench_same(void)
{
    int           same;
    tender_mem_t  mem;
    tender_str_t  text;

    tender_mem_init(&mem, tender_arena_alloc, bench_arena);

    same = tender_json_text(&mem, bench_tree, 0, &text) == TENDER_OK
           && text.len == sizeof(bench_text) - 1
           && memcmp(text.data, bench_text, text.len) == 0;

    tender_arena_reset(bench_arena);

    return same;
}


/* the cases take turns, so that a slow moment hits all of them */

static int
bench_all(unsigned rounds)
{
    unsigned         i, n;
    struct timespec  start, end;

    static double  us[BENCH_CASES][BENCH_MAX_ROUNDS];

    for (n = 0; n < rounds; n++) {

        for (i = 0; i < BENCH_CASES; i++) {
            clock_gettime(CLOCK_MONOTONIC, &start);

            if (!bench_cases[i].run(BENCH_LOOPS)) {
                return 0;
            }

            clock_gettime(CLOCK_MONOTONIC, &end);

            us[i][n] = ((double) (end.tv_sec - start.tv_sec) * 1e6
                        + (double) (end.tv_nsec - start.tv_nsec) / 1e3)
                       / BENCH_LOOPS;
        }
    }

    for (i = 0; i < BENCH_CASES; i++) {
        qsort(us[i], rounds, sizeof(double), bench_compare);
        bench_cases[i].us = us[i][rounds / 2];
    }

    return 1;
}


static int
bench_compare(const void *one, const void *two)
{
    double  a, b;

    a = *(const double *) one;
    b = *(const double *) two;

    return (a > b) - (a < b);
}


static void
bench_table(void)
{
    unsigned  i;

    printf("a tender of %zu bytes    this, us  jansson, us   ratio\n",
           sizeof(bench_text) - 1);

    for (i = 0; i < BENCH_CASES / 2; i++) {
        printf("%-25s %9.2f %12.2f %7.1f\n", bench_cases[i].name,
               bench_cases[i].us, bench_cases[i + BENCH_CASES / 2].us,
               bench_cases[i + BENCH_CASES / 2].us / bench_cases[i].us);
    }
}


static void
bench_json(void)
{
    unsigned  i;

    printf("{\"bench\":\"json\",\"bytes\":%zu", sizeof(bench_text) - 1);

    for (i = 0; i < BENCH_CASES; i++) {
        printf(",\"%s\":%.3f", bench_cases[i].name, bench_cases[i].us);
    }

    printf("}\n");
}
