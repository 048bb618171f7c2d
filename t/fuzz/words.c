
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Words of any bytes are short, valid, and come in order from inside the
 * text; a word that is folded again is itself; the text folded as a whole
 * has the same words.
 */


#include <stdlib.h>

#include "search/tender_words.h"


static void fuzz_check(int good);
static void fuzz_word(const tender_words_t *words);
static void fuzz_fold(tender_str_t text);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char          *last;
    tender_str_t     text;
    tender_words_t   words;

    fuzz_check(tender_words_init() == TENDER_OK);

    text.len = size;
    text.data = malloc(size ? size : 1);
    memcpy(text.data, data, size);

    last = text.data;
    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {
        fuzz_check(words.source.len != 0 && words.source.data >= last);

        last = words.source.data + words.source.len;
        fuzz_check(last <= text.data + text.len);

        fuzz_word(&words);
    }

    fuzz_check(tender_words_next(&words) == TENDER_DONE);
    fuzz_fold(text);

    free(text.data);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


static void
fuzz_word(const tender_words_t *words)
{
    u_char          folded[3 * TENDER_WORD_MAX];
    tender_str_t    out;
    tender_words_t  again;

    fuzz_check(words->word.len != 0 && words->word.len <= TENDER_WORD_MAX);
    fuzz_check(tender_utf8_valid(words->word.data, words->word.len));

    tender_words_begin(&again, words->word);

    fuzz_check(tender_words_next(&again) == TENDER_OK);
    fuzz_check(tender_str_eq(&again.word, &words->word));
    fuzz_check(again.alone == words->alone);
    fuzz_check(tender_words_next(&again) == TENDER_DONE);

    out.data = folded;
    out.len = (size_t) (tender_words_fold(folded, words->word) - folded);
    fuzz_check(tender_str_eq(&out, &words->word));
}


static void
fuzz_fold(tender_str_t text)
{
    int             rc;
    tender_str_t    once, twice;
    tender_words_t  a, b;

    once.data = malloc(3 * text.len + 1);
    once.len = (size_t) (tender_words_fold(once.data, text) - once.data);

    fuzz_check(once.len <= 3 * text.len);
    fuzz_check(tender_utf8_valid(once.data, once.len));
    fuzz_check(tender_words_cut(once) <= TENDER_WORD_MAX);
    fuzz_check(tender_utf8_valid(once.data, tender_words_cut(once)));

    twice.data = malloc(3 * once.len + 1);
    twice.len = (size_t) (tender_words_fold(twice.data, once) - twice.data);

    fuzz_check(tender_str_eq(&once, &twice));

    tender_words_begin(&a, text);
    tender_words_begin(&b, once);

    do {
        rc = tender_words_next(&a);

        fuzz_check(tender_words_next(&b) == rc);
        fuzz_check(rc == TENDER_DONE || tender_str_eq(&a.word, &b.word));

    } while (rc == TENDER_OK);

    free(once.data);
    free(twice.data);
}
