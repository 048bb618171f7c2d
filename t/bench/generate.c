
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Made-up tenders of about 2 KB, the same ones for the same seed:
 *
 *     generate [-s seed] [-v cpv.tsv] count [first]     a line of JSON each
 *     generate [-s seed] [-v cpv.tsv] -q kind count     what to search for
 *
 * A line of what to search for is words; of kind "price" two bounds are in
 * front of it.
 */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vocabulary.h"


#define GENERATE_SEED       20260101
#define GENERATE_COMMON     10       /* words that are called common, of */
                                     /* two letters at least */
#define GENERATE_ITEMS      4        /* of a tender, at most */
#define GENERATE_TITLE      4        /* words beside what is bought */
#define GENERATE_SENTENCES  5


typedef struct {
    uint64_t               random;
    vocabulary_t          *v;
    vocabulary_language_e  language;
} generate_t;


typedef void (*generate_query_pt)(generate_t *g);

typedef struct {
    const char            *kind;
    generate_query_pt      query;
} generate_kind_t;


static void generate_begin(generate_t *g, uint64_t seed, unsigned number);
static void generate_tender(generate_t *g);
static void generate_title(generate_t *g, vocabulary_entry_t *entry);
static void generate_description(generate_t *g);
static void generate_buyer(generate_t *g);
static void generate_values(generate_t *g);
static void generate_items(generate_t *g, vocabulary_entry_t *entry);
static void generate_periods(generate_t *g);
static vocabulary_entry_t *generate_entry(generate_t *g);
static double generate_price(generate_t *g);
static const char *generate_word(generate_t *g);
static void generate_rare(generate_t *g);
static void generate_common(generate_t *g);
static void generate_priced(generate_t *g);
static void generate_phrase(generate_t *g);
static void generate_prefix(generate_t *g);
static void generate_one_common(generate_t *g);
static unsigned generate_number(const char *text);
static void generate_usage(void);


static const generate_kind_t  generate_kinds[] = {
    { "rare", generate_rare },
    { "common", generate_common },
    { "price", generate_priced },
    { "phrase", generate_phrase },
    { "prefix", generate_prefix },
    { "one", generate_one_common },
    { NULL, NULL }
};


int
main(int argc, char *argv[])
{
    int                     c;
    char                   *cpv, *kind;
    unsigned                i, n, first;
    uint64_t                seed;
    generate_t              g;
    const generate_kind_t  *k;

    seed = GENERATE_SEED;
    cpv = NULL;
    kind = NULL;

    while ((c = getopt(argc, argv, "s:v:q:")) != -1) {

        switch (c) {

        case 's':
            seed = generate_number(optarg);
            break;

        case 'v':
            cpv = optarg;
            break;

        case 'q':
            kind = optarg;
            break;

        default:
            generate_usage();
        }
    }

    if (optind >= argc) {
        generate_usage();
    }

    n = generate_number(argv[optind]);
    first = optind + 1 < argc ? generate_number(argv[optind + 1]) : 1;

    vocabulary_init(cpv);

    if (kind == NULL) {
        for (i = first; i < first + n; i++) {
            generate_begin(&g, seed, i);
            generate_tender(&g);
        }

        return fflush(stdout) == 0 ? 0 : 1;
    }

    for (k = generate_kinds; k->kind && strcmp(k->kind, kind) != 0; k++) {
        /* void */
    }

    if (k->kind == NULL) {
        generate_usage();
    }

    for (i = first; i < first + n; i++) {
        generate_begin(&g, seed + 1, i);
        k->query(&g);
        putchar('\n');
    }

    return fflush(stdout) == 0 ? 0 : 1;
}


static void
generate_begin(generate_t *g, uint64_t seed, unsigned number)
{
    static const unsigned char  shares[] = {
        VOCABULARY_UK, VOCABULARY_UK, VOCABULARY_EN, VOCABULARY_FR,
        VOCABULARY_PL
    };

    g->random = seed * 0x2545f4914f6cdd1d + number;
    (void) vocabulary_random(&g->random);

    g->language = shares[vocabulary_below(&g->random, sizeof(shares))];
    g->v = &vocabulary[g->language];
}


static void
generate_tender(generate_t *g)
{
    vocabulary_entry_t  *entry;

    entry = generate_entry(g);

    printf("{\"data\":{");
    generate_title(g, entry);
    generate_description(g);
    generate_buyer(g);
    generate_values(g);
    generate_items(g, entry);
    generate_periods(g);

    printf("\"method\":\"Open\",\"selectionCriteria\":\"Lowest Cost\","
           "\"submissionMethod\":\"Electronic Auction\","
           "\"clarifications\":%s}}\n",
           vocabulary_below(&g->random, 2) ? "true" : "false");
}


static void
generate_title(generate_t *g, vocabulary_entry_t *entry)
{
    unsigned  i, n;

    n = 1 + vocabulary_below(&g->random, GENERATE_TITLE);

    printf("\"title\":\"%s", entry->text[g->language]);

    for (i = 0; i < n; i++) {
        printf(" %s", generate_word(g));
    }

    printf("\",");
}


static void
generate_description(generate_t *g)
{
    unsigned  i, j, n, sentences;

    sentences = 2 + vocabulary_below(&g->random, GENERATE_SENTENCES);

    printf("\"description\":\"");

    for (i = 0; i < sentences; i++) {
        n = 6 + vocabulary_below(&g->random, 12);

        for (j = 0; j < n; j++) {
            printf("%s%s", j ? j == n / 2 ? ", " : " " : "",
                   generate_word(g));
        }

        printf("%s", i + 1 < sentences ? ". " : ".");
    }

    printf("\",");
}


static void
generate_buyer(generate_t *g)
{
    vocabulary_buyer_t  *buyer;

    buyer = &g->v->buyers[vocabulary_zipf(&g->random, VOCABULARY_BUYERS)];

    printf("\"procuringEntity\":{\"id\":{\"name\":\"%s\",\"scheme\":\"%s\","
           "\"uid\":\"%s\"},\"address\":{\"countryName\":\"%s\","
           "\"postalCode\":\"%u\",\"region\":\"%s\",\"locality\":\"%s\","
           "\"streetAddress\":\"%s %u\"}},",
           buyer->name, g->v->scheme, buyer->uid, g->v->country, buyer->post,
           buyer->city, buyer->city, generate_word(g),
           1 + vocabulary_below(&g->random, 200));
}


static void
generate_values(generate_t *g)
{
    double  price;

    price = generate_price(g);

    printf("\"totalValue\":{\"amount\":%.2f,\"currency\":\"%s\","
           "\"valueAddedTaxIncluded\":true},\"minimalStep\":{"
           "\"amount\":%.2f,\"currency\":\"%s\","
           "\"valueAddedTaxIncluded\":true},",
           price, g->v->currency, price / 100 + 0.01, g->v->currency);
}


static void
generate_items(generate_t *g, vocabulary_entry_t *entry)
{
    unsigned  i, n;

    n = 1 + vocabulary_below(&g->random, GENERATE_ITEMS);

    printf("\"itemsToBeProcured\":[");

    for (i = 0; i < n; i++) {

        if (i > 0) {
            entry = generate_entry(g);
        }

        printf("%s{\"description\":\"%s %s %s\",\"primaryClassification\":{"
               "\"scheme\":\"CPV\",\"id\":\"%s\",\"description\":\"%s\"},"
               "\"unitOfMeasure\":\"item\",\"quantity\":%u}",
               i ? "," : "", entry->text[g->language], generate_word(g),
               generate_word(g), entry->code, entry->text[VOCABULARY_EN],
               1 + vocabulary_below(&g->random, 500));
    }

    printf("],");
}


/* three of ten still take bids, and will when this is read */

static void
generate_periods(generate_t *g)
{
    unsigned  year, month, day;

    year = vocabulary_below(&g->random, 10) < 3 ? 2090 : 2014;
    year += vocabulary_below(&g->random, 8);
    month = 1 + vocabulary_below(&g->random, 11);
    day = 1 + vocabulary_below(&g->random, 28);

    printf("\"tenderPeriod\":{\"startDate\":\"2014-01-01T00:00:00Z\","
           "\"endDate\":\"%04u-%02u-%02uT10:00:00Z\"},"
           "\"awardPeriod\":{\"endDate\":\"%04u-%02u-%02uT00:00:00Z\"},",
           year, month, day, year, month + 1, day);
}


static vocabulary_entry_t *
generate_entry(generate_t *g)
{
    unsigned  i;

    i = vocabulary_zipf(&g->random, VOCABULARY_CATALOGUE);

    /* frequent ones are not neighbours */
    return &vocabulary_catalogue[i * 1009 % VOCABULARY_CATALOGUE];
}


/* half of them between 5 000 and 120 000 */

static double
generate_price(generate_t *g)
{
    double    sum;
    unsigned  i;

    sum = -6.0;

    for (i = 0; i < 12; i++) {
        sum += (double) vocabulary_below(&g->random, 1000000) / 1000000;
    }

    return floor(exp(10.1 + 2.3 * sum) * 100 + 1) / 100;
}


static const char *
generate_word(generate_t *g)
{
    return g->v->words[vocabulary_zipf(&g->random, VOCABULARY_WORDS)];
}


/* ------------------------------------------------------------ to search for */


static void
generate_rare(generate_t *g)
{
    unsigned  i;

    i = VOCABULARY_WORDS - 1 - vocabulary_below(&g->random,
                                                VOCABULARY_WORDS / 5);
    printf("%s", g->v->words[i]);
}


static void
generate_common(generate_t *g)
{
    unsigned  i, j;

    i = vocabulary_below(&g->random, GENERATE_COMMON);
    j = (i + 1 + vocabulary_below(&g->random, GENERATE_COMMON - 1))
        % GENERATE_COMMON;

    printf("%s %s", g->v->words[i], g->v->words[j]);
}


static void
generate_priced(generate_t *g)
{
    unsigned  from;

    from = 2000 + vocabulary_below(&g->random, 20000);

    printf("%u %u ", from, from * 8);
    generate_one_common(g);
}


/* the first words of something that is bought now and then */

static void
generate_phrase(generate_t *g)
{
    int          words;
    const char  *text, *p;

    do {
        text = generate_entry(g)->text[g->language];
        p = text;

        for (words = 0; words < 3 && *p; words++) {
            p += strcspn(p, " ");
            p += (*p && words < 2);
        }

    } while (strcspn(text, ",.;:()'/-&") < (size_t) (p - text) || words < 2);

    printf("%.*s", (int) (p - text), text);
}


/* four letters of a word in between */

static void
generate_prefix(generate_t *g)
{
    unsigned     letters;
    const char  *word, *p;

    word = g->v->words[100 + vocabulary_below(&g->random, 2000)];
    letters = 0;

    for (p = word; *p; p++) {

        if ((*p & 0xc0) != 0x80 && letters++ == 4) {
            break;
        }
    }

    printf("%.*s", (int) (p - word), word);
}


static void
generate_one_common(generate_t *g)
{
    printf("%s", g->v->words[vocabulary_below(&g->random, GENERATE_COMMON)]);
}


static unsigned
generate_number(const char *text)
{
    char           *end;
    unsigned long   n;

    n = strtoul(text, &end, 10);

    if (end == text || *end || n == 0 || n > 100000000) {
        generate_usage();
    }

    return (unsigned) n;
}


static void
generate_usage(void)
{
    fprintf(stderr, "usage: generate [-s seed] [-v cpv.tsv] count [first]\n"
                    "       generate [-s seed] [-v cpv.tsv] -q "
                    "rare|common|price|phrase|prefix|one count\n");
    exit(1);
}
