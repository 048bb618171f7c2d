
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_match.h"


/* a word of a phrase: its documents, and in the one it is at, where */

typedef struct {
    tender_docs_t    docs;
    int              doc;         /* -1: there are no more */
    const u_char    *p;           /* of that document: what is not read */
    const u_char    *end;
    const u_char    *at;          /* in a candidate */
    uint32_t         left;
    uint64_t         position;
} tender_match_word_t;


static int tender_match_candidate(tender_match_word_t *words, unsigned n,
    unsigned doc);
static int tender_match_seek(tender_match_word_t *word, unsigned doc);
static const u_char *tender_match_skip(const u_char *p, const u_char *end,
    uint32_t n);
static int tender_match_adjacent(tender_match_word_t *words, unsigned n);
static int tender_match_reach(tender_match_word_t *word, uint64_t position);


int
tender_match_phrase(tender_mem_t *mem, const tender_node_t *phrase,
    const tender_postings_t *leaves, unsigned ndocs, uint64_t *set)
{
    int                       rc;
    uint64_t                  bits;
    unsigned                  i, n, doc;
    tender_match_word_t      *words;
    const tender_node_t      *node;
    const tender_postings_t  *postings;

    n = 0;

    for (node = phrase->first; node != NULL; node = node->next) {
        n++;
    }

    words = tender_alloc(mem, n * sizeof(tender_match_word_t));
    if (words == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0, node = phrase->first; node != NULL; i++, node = node->next) {
        postings = &leaves[node->leaf];

        tender_postings_begin(&words[i].docs, postings, ndocs);
        words[i].doc = tender_postings_next(&words[i].docs);
        words[i].p = postings->positions.data;
        words[i].end = words[i].p + postings->positions.len;
    }

    for (i = 0; i < tender_set_words(ndocs); i++) {

        for (bits = set[i]; bits != 0; bits &= bits - 1) {
            doc = i * 64 + (unsigned) __builtin_ctzll(bits);

            rc = tender_match_candidate(words, n, doc);

            if (rc == TENDER_DECLINED) {
                memset(set, 0, tender_set_words(ndocs) * sizeof(uint64_t));
                return TENDER_OK;
            }

            if (rc == TENDER_DONE) {
                tender_set_remove(set, doc);
            }
        }
    }

    return TENDER_OK;
}


/* TENDER_OK: the phrase is there; TENDER_DONE: it is not */

static int
tender_match_candidate(tender_match_word_t *words, unsigned n, unsigned doc)
{
    unsigned  i;

    for (i = 0; i < n; i++) {

        if (tender_match_seek(&words[i], doc) != TENDER_OK) {
            return TENDER_DECLINED;
        }
    }

    return tender_match_adjacent(words, n);
}


/* the documents before are passed over */

static int
tender_match_seek(tender_match_word_t *word, unsigned doc)
{
    uint32_t       n;
    const u_char  *p;

    for ( ;; ) {

        if (word->doc == -1) {
            return TENDER_DECLINED;
        }

        p = tender_leb_read(word->p, word->end, &n);
        if (p == NULL) {
            return TENDER_DECLINED;
        }

        if ((unsigned) word->doc == doc) {
            break;
        }

        word->p = tender_match_skip(p, word->end, n);
        if (word->p == NULL) {
            return TENDER_DECLINED;
        }

        word->doc = tender_postings_next(&word->docs);
    }

    word->at = p;
    word->left = n;
    word->position = 0;

    return TENDER_OK;
}


/* each number ends with a byte below 0x80: eight bytes at a time */

static const u_char *
tender_match_skip(const u_char *p, const u_char *end, uint32_t n)
{
    uint32_t  count;
    uint64_t  ends;

    while (n != 0 && end - p >= 8) {
        ends = ~tender_get64(p) & 0x8080808080808080;
        count = (uint32_t) ((ends >> 7) * 0x0101010101010101 >> 56);

        if (count < n) {
            n -= count;
            p += 8;
            continue;
        }

        while (--n != 0) {
            ends &= ends - 1;
        }

        return p + __builtin_ctzll(ends) / 8 + 1;
    }

    for ( /* void */ ; n != 0; p++) {

        if (p == end) {
            return NULL;
        }

        n -= (*p < 0x80);
    }

    return p;
}


/* each word is moved to where the one before asks for it, until all stand */

static int
tender_match_adjacent(tender_match_word_t *words, unsigned n)
{
    int       rc;
    uint64_t  first;
    unsigned  i;

    first = 1;
    i = 0;

    while (i < n) {
        rc = tender_match_reach(&words[i], first + i);

        if (rc != TENDER_OK) {
            return rc;
        }

        if (words[i].position == first + i) {
            i++;
            continue;
        }

        first = words[i].position - i;
        i = 0;
    }

    return TENDER_OK;
}


/* the first position that is not before the one asked for */

static int
tender_match_reach(tender_match_word_t *word, uint64_t position)
{
    uint32_t  step;

    while (word->position < position) {

        if (word->left == 0) {
            return TENDER_DONE;
        }

        word->at = tender_leb_read(word->at, word->end, &step);
        if (word->at == NULL) {
            return TENDER_DECLINED;
        }

        word->position += step;
        word->left--;
    }

    return TENDER_OK;
}
