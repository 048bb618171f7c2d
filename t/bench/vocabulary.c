
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vocabulary.h"


#define VOCABULARY_SYLLABLES  30
#define VOCABULARY_SPREAD     7919       /* a prime: neighbours differ */
#define VOCABULARY_LINE       4096


typedef struct {
    const char    *common;        /* the most frequent words */
    const char    *consonants;    /* letters, with a blank between */
    const char    *vowels;
    const char    *endings;
    const char    *offices;
    const char    *cities;
} vocabulary_source_t;


static void vocabulary_make_words(vocabulary_t *v,
    const vocabulary_source_t *source);
static char *vocabulary_invent(const vocabulary_source_t *source, unsigned i);
static void vocabulary_make_catalogue(void);
static unsigned vocabulary_read_catalogue(const char *path);
static void vocabulary_take(char *text, const char *from);
static void vocabulary_make_buyers(vocabulary_t *v,
    const vocabulary_source_t *source);
static unsigned vocabulary_count(const char *list);
static const char *vocabulary_pick(const char *list, unsigned i, int *len);
static char *vocabulary_keep(const char *text);


vocabulary_t        vocabulary[VOCABULARY_LANGUAGES] = {
    { .country = "Україна", .currency = "UAH",
      .scheme = "https://ns.openprocurement.org/ua/edrpou" },
    { .country = "United Kingdom", .currency = "GBP",
      .scheme = "https://register.example.org/uk" },
    { .country = "France", .currency = "EUR",
      .scheme = "https://register.example.org/fr" },
    { .country = "Polska", .currency = "PLN",
      .scheme = "https://register.example.org/pl" }
};

vocabulary_entry_t  vocabulary_catalogue[VOCABULARY_CATALOGUE];


static const vocabulary_source_t  vocabulary_sources[] = {

    { "та для на послуги роботи до закупівля поставка обладнання ремонт і з у "
      "обслуговування технічне товари виробництва матеріали папір продукти "
      "комплект засоби будівництво паливо меблі медичні лікарські кабель "
      "одяг харчування приміщень системи комп'ютери програмне забезпечення",
      "б в г д ж з к л м н п р с т ф х ц ч ш щ",
      "а е и і о у є ї ю я",
      "ння ти ого ами ський ка ість ення ова ник",
      "міністерство управління департамент лікарня школа університет інститут "
      "комітет",
      "Київ Львів Харків Одеса Дніпро Полтава Суми Рівне Луцьк Чернігів" },

    { "the of and for to services supply works in with equipment maintenance "
      "delivery products goods materials system repair construction paper "
      "medical supplies fuel furniture software computers vehicles food "
      "clothing installation building road school hospital cleaning",
      "b c d f g h k l m n p r s t v w th ch sh st",
      "a e i o u ea ou ai",
      "ing tion ment er ers al ed ness ity ance",
      "ministry council department hospital school university institute agency",
      "London Leeds Bristol Cardiff Glasgow Belfast York Exeter Derby Oxford" },

    { "de et la des les pour du travaux services fourniture en à produits "
      "équipement entretien matériel livraison réparation construction papier "
      "médical fournitures carburant mobilier logiciels ordinateurs véhicules "
      "alimentation vêtements installation bâtiment route école hôpital "
      "nettoyage énergie",
      "b c d f g h j l m n p r s t v ch gr br pl tr",
      "a é i o u è ê ou eau",
      "tion ment eur ité age ière ance elle iste oire",
      "ministère mairie département hôpital lycée université institut agence",
      "Paris Lyon Nantes Lille Rennes Dijon Nancy Tours Amiens Nîmes" },

    { "na do dla usługi oraz dostawa roboty sprzęt budowa remont i w z o "
      "materiały produkty wyposażenie papier medyczne paliwo meble komputery "
      "oprogramowanie pojazdy żywność odzież instalacja budynek droga szkoła "
      "szpital sprzątanie energia artykuły urządzenia systemy części",
      "b c d g h k l ł m n p r s t w z ż ś cz sz",
      "a e i o u y ą ę ó",
      "nie ość owy ami ego ski arka cja enie ów",
      "ministerstwo urząd zarząd szpital szkoła uniwersytet instytut agencja",
      "Warszawa Kraków Łódź Wrocław Poznań Gdańsk Lublin Rzeszów Opole Kielce" }
};


void
vocabulary_init(const char *cpv)
{
    unsigned  i, n;

    for (i = 0; i < VOCABULARY_LANGUAGES; i++) {
        vocabulary_make_words(&vocabulary[i], &vocabulary_sources[i]);
    }

    vocabulary_make_catalogue();

    if (cpv != NULL) {
        n = vocabulary_read_catalogue(cpv);

        if (n < VOCABULARY_CATALOGUE) {
            fprintf(stderr, "%s: %u codes, %u are needed\n", cpv, n,
                    VOCABULARY_CATALOGUE);
            exit(1);
        }
    }

    for (i = 0; i < VOCABULARY_LANGUAGES; i++) {
        vocabulary_make_buyers(&vocabulary[i], &vocabulary_sources[i]);
    }
}


static void
vocabulary_make_words(vocabulary_t *v, const vocabulary_source_t *source)
{
    int          len;
    char         word[64];
    unsigned     i, n;
    const char  *p;

    n = vocabulary_count(source->common);

    for (i = 0; i < VOCABULARY_WORDS; i++) {

        if (i < n) {
            p = vocabulary_pick(source->common, i, &len);
            snprintf(word, sizeof(word), "%.*s", len, p);
            v->words[i] = vocabulary_keep(word);

        } else {
            v->words[i] = vocabulary_invent(source, i);
        }
    }
}


/* two or three syllables and an ending */

static char *
vocabulary_invent(const vocabulary_source_t *source, unsigned i)
{
    int          len;
    char         word[64];
    size_t       used;
    unsigned     n, pair, syllables, consonants, vowels;
    const char  *p;

    consonants = vocabulary_count(source->consonants);
    vowels = vocabulary_count(source->vowels);

    n = i * VOCABULARY_SPREAD % (consonants * vowels * consonants * vowels);
    syllables = 2 + i % 2;
    used = 0;

    while (syllables--) {
        pair = n % (consonants * vowels);
        n = n / (consonants * vowels) + i;

        p = vocabulary_pick(source->consonants, pair % consonants, &len);
        used += snprintf(word + used, sizeof(word) - used, "%.*s", len, p);
        p = vocabulary_pick(source->vowels, pair / consonants, &len);
        used += snprintf(word + used, sizeof(word) - used, "%.*s", len, p);
    }

    p = vocabulary_pick(source->endings,
                        i / 3 % vocabulary_count(source->endings), &len);
    snprintf(word + used, sizeof(word) - used, "%.*s", len, p);

    return vocabulary_keep(word);
}


/* codes and names of their own, two to five words each */

static void
vocabulary_make_catalogue(void)
{
    char                 text[256];
    size_t               used;
    unsigned             i, j, k, words, number;
    uint64_t             state;
    vocabulary_entry_t  *entry;

    state = 1;

    for (i = 0; i < VOCABULARY_CATALOGUE; i++) {
        entry = &vocabulary_catalogue[i];
        number = 3000000 + i * 24000 + vocabulary_below(&state, 24000);

        snprintf(entry->code, sizeof(entry->code), "%08u-%u", number,
                 number % 9);

        for (j = 0; j < VOCABULARY_LANGUAGES; j++) {
            words = 2 + vocabulary_below(&state, 4);
            used = 0;

            for (k = 0; k < words; k++) {
                used += snprintf(text + used, sizeof(text) - used, "%s%s",
                                 k ? " " : "",
                                 vocabulary[j].words[
                                     vocabulary_zipf(&state,
                                                     VOCABULARY_WORDS / 2)]);
            }

            entry->text[j] = vocabulary_keep(text);
        }
    }
}


/* every second line, so that all kinds of goods are there */

static unsigned
vocabulary_read_catalogue(const char *path)
{
    char                 line[VOCABULARY_LINE], text[VOCABULARY_LINE];
    char                *columns[6], *p;
    FILE                *file;
    unsigned             n, i, lines;
    vocabulary_entry_t  *entry;

    file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }

    n = 0;
    lines = 0;

    while (n < VOCABULARY_CATALOGUE && fgets(line, sizeof(line), file)) {
        p = line;

        for (i = 0; i < 6 && p != NULL; i++) {
            columns[i] = strsep(&p, "\t\n");
        }

        if (i < 6 || strlen(columns[0]) != 10 || lines++ % 2) {
            continue;
        }

        entry = &vocabulary_catalogue[n++];
        memcpy(entry->code, columns[0], 11);

        for (i = 3; i < 6; i++) {
            vocabulary_take(text, columns[i]);
            entry->text[VOCABULARY_EN + i - 3] = vocabulary_keep(text);
        }
    }

    fclose(file);

    return n;
}


/* without what would have to be escaped */

static void
vocabulary_take(char *text, const char *from)
{
    for ( /* void */ ; *from; from++) {

        if (from[0] == '\\' && from[1] == '_') {
            *text++ = ' ';
            from++;

        } else if (*from != '"' && *from != '\\' && *from != '\r') {
            *text++ = *from;
        }
    }

    *text = '\0';
}


static void
vocabulary_make_buyers(vocabulary_t *v, const vocabulary_source_t *source)
{
    int                  len, office_len;
    char                 text[256], city[64];
    unsigned             i, offices, cities;
    uint64_t             state;
    const char          *p, *office;
    vocabulary_buyer_t  *buyer;

    state = 2;
    offices = vocabulary_count(source->offices);
    cities = vocabulary_count(source->cities);

    for (i = 0; i < VOCABULARY_BUYERS; i++) {
        buyer = &v->buyers[i];

        office = vocabulary_pick(source->offices, i % offices, &office_len);
        p = vocabulary_pick(source->cities, vocabulary_below(&state, cities),
                            &len);
        snprintf(city, sizeof(city), "%.*s", len, p);

        snprintf(text, sizeof(text), "%.*s %s %s %s", office_len, office,
                 v->words[vocabulary_zipf(&state, VOCABULARY_WORDS)],
                 v->words[vocabulary_below(&state, VOCABULARY_WORDS)], city);

        buyer->name = vocabulary_keep(text);
        buyer->city = vocabulary_keep(city);
        buyer->post = 10000 + vocabulary_below(&state, 89999);
        snprintf(buyer->uid, sizeof(buyer->uid), "%08u",
                 vocabulary_below(&state, 99999999));
    }
}


static unsigned
vocabulary_count(const char *list)
{
    unsigned  n;

    for (n = 1; (list = strchr(list, ' ')) != NULL; n++) {
        list++;
    }

    return n;
}


static const char *
vocabulary_pick(const char *list, unsigned i, int *len)
{
    while (i--) {
        list = strchr(list, ' ') + 1;
    }

    *len = (int) strcspn(list, " ");

    return list;
}


static char *
vocabulary_keep(const char *text)
{
    char  *copy;

    copy = strdup(text);
    if (copy == NULL) {
        perror("vocabulary");
        exit(1);
    }

    return copy;
}


/* splitmix64 */

uint64_t
vocabulary_random(uint64_t *state)
{
    uint64_t  z;

    z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

    return z ^ (z >> 31);
}


unsigned
vocabulary_below(uint64_t *state, unsigned n)
{
    return (unsigned) ((vocabulary_random(state) >> 32) * n >> 32);
}


unsigned
vocabulary_zipf(uint64_t *state, unsigned n)
{
    double    share;
    unsigned  i;

    share = (double) (vocabulary_random(state) >> 11) / 9007199254740992.0;

    /* the inverse of log(1 + x) / log(1 + n) */
    i = (unsigned) (exp(share * log1p(n)) - 1.0);

    return i < n ? i : n - 1;
}
