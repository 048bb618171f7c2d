
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _VOCABULARY_H_INCLUDED_
#define _VOCABULARY_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>


/*
 * What made-up tenders are written with: words of four languages, those that
 * are used most first; a catalogue of what is bought, codes with descriptions
 * in each language; buyers.  All of it follows from nothing but the CPV file,
 * if there is one.
 */

#define VOCABULARY_WORDS      12500      /* of a language */
#define VOCABULARY_CATALOGUE  4000
#define VOCABULARY_BUYERS     2000       /* of a language */


typedef enum {
    VOCABULARY_UK = 0,
    VOCABULARY_EN,
    VOCABULARY_FR,
    VOCABULARY_PL,
    VOCABULARY_LANGUAGES
} vocabulary_language_e;


typedef struct {
    char           code[16];      /* "30192000-1" */
    char          *text[VOCABULARY_LANGUAGES];
} vocabulary_entry_t;


typedef struct {
    char          *name;
    char           uid[16];
    const char    *city;
    unsigned       post;
} vocabulary_buyer_t;


typedef struct {
    const char           *country;
    const char           *currency;
    const char           *scheme;
    char                 *words[VOCABULARY_WORDS];
    vocabulary_buyer_t    buyers[VOCABULARY_BUYERS];
} vocabulary_t;


extern vocabulary_t        vocabulary[VOCABULARY_LANGUAGES];
extern vocabulary_entry_t  vocabulary_catalogue[VOCABULARY_CATALOGUE];


/*
 * cpv: lines of tab-separated code, parent, category, descriptions in English,
 * French, Polish below a header; or NULL
 */
void vocabulary_init(const char *cpv);

/* a random number that follows from state alone, and one below n */
uint64_t vocabulary_random(uint64_t *state);
unsigned vocabulary_below(uint64_t *state, unsigned n);

/* below n: 0 is the most frequent, i is 1 / (i + 1) as frequent */
unsigned vocabulary_zipf(uint64_t *state, unsigned n);


#endif /* _VOCABULARY_H_INCLUDED_ */
