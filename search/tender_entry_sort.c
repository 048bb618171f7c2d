
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_entry_sort.h"


#define TENDER_ENTRY_RUN  8        /* sorted by insertion */


static void tender_entry_insert(tender_entry_word_t *words, uint32_t n);
static void tender_entry_merge(tender_entry_word_t *out,
    const tender_entry_word_t *words, uint32_t middle, uint32_t n);
static inline int tender_entry_compare(const tender_entry_word_t *a,
    const tender_entry_word_t *b);


void
tender_entry_word(tender_entry_word_t *word, const u_char *data, size_t len)
{
    size_t    i;
    uint64_t  key;

    key = 0;

    for (i = 0; i < len && i < 8; i++) {
        key |= (uint64_t) data[i] << (56 - 8 * i);
    }

    word->key = key;
    word->data = data;
    word->len = (uint8_t) len;
    word->same = 0;
}


int
tender_entry_sort(tender_mem_t *mem, tender_entry_word_t *words, uint32_t n)
{
    uint32_t              i, run, part;
    tender_entry_word_t  *from, *to, *swap;

    to = NULL;

    if (n > TENDER_ENTRY_RUN) {
        to = tender_alloc(mem, n * sizeof(tender_entry_word_t));
        if (to == NULL) {
            return TENDER_ERROR;
        }
    }

    for (i = 0; i < n; i += TENDER_ENTRY_RUN) {
        tender_entry_insert(words + i, n - i < TENDER_ENTRY_RUN
                                       ? n - i : TENDER_ENTRY_RUN);
    }

    from = words;

    for (run = TENDER_ENTRY_RUN; run < n; run *= 2) {

        for (i = 0; i < n; i += part) {
            part = n - i < 2 * run ? n - i : 2 * run;

            tender_entry_merge(to + i, from + i, part < run ? part : run,
                               part);
        }

        swap = from;
        from = to;
        to = swap;
    }

    if (from != words) {
        memcpy(words, from, n * sizeof(tender_entry_word_t));
    }

    for (i = 1; i < n; i++) {
        words[i].same = (tender_entry_compare(&words[i - 1], &words[i]) == 0);
    }

    return TENDER_OK;
}


static void
tender_entry_insert(tender_entry_word_t *words, uint32_t n)
{
    uint32_t             i, k;
    tender_entry_word_t  word;

    for (i = 1; i < n; i++) {
        word = words[i];

        for (k = i; k > 0; k--) {

            if (tender_entry_compare(&words[k - 1], &word) <= 0) {
                break;
            }

            words[k] = words[k - 1];
        }

        words[k] = word;
    }
}


/* the words up to middle, and the others */

static void
tender_entry_merge(tender_entry_word_t *out, const tender_entry_word_t *words,
    uint32_t middle, uint32_t n)
{
    uint32_t  i, k;

    i = 0;
    k = middle;

    while (i < middle && k < n) {

        if (tender_entry_compare(&words[i], &words[k]) <= 0) {
            *out++ = words[i++];

        } else {
            *out++ = words[k++];
        }
    }

    if (i < middle) {
        memcpy(out, words + i, (middle - i) * sizeof(tender_entry_word_t));
        out += middle - i;
    }

    if (k < n) {
        memcpy(out, words + k, (n - k) * sizeof(tender_entry_word_t));
    }
}


static inline int
tender_entry_compare(const tender_entry_word_t *a,
    const tender_entry_word_t *b)
{
    int     cmp;
    size_t  len;

    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }

    len = a->len < b->len ? a->len : b->len;

    if (len > 8) {
        cmp = memcmp(a->data + 8, b->data + 8, len - 8);

        if (cmp != 0) {
            return cmp;
        }
    }

    return (int) a->len - (int) b->len;
}
