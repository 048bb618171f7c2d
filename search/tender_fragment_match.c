
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_fragment_match.h"


/* all terms of a query, those of phrases and those that were added */

#define TENDER_SLOTS_MAX   (4 * TENDER_KWORDS_TERMS)

#define TENDER_SPANS_MIN   16

/* bytes: what a piece may have, and how much of one word is shown */

#define TENDER_SPAN_REACH  (8 * TENDER_FRAGMENT_LEN)
#define TENDER_SPAN_MAX    (4 * TENDER_FRAGMENT_LEN)


/* a word that is looked for: of a phrase, each has a slot, side by side */

typedef struct {
    tender_str_t      word;
    const u_char     *start;      /* where what it completes has begun */
    unsigned          prefix:1;
    unsigned          first:1;
    unsigned          last:1;
} tender_slot_t;


typedef struct {
    unsigned          n;
    tender_slot_t     slots[TENDER_SLOTS_MAX];
} tender_slots_t;


static void tender_slots_collect(tender_slots_t *slots,
    const tender_node_t *node, u_char field);
static void tender_slots_phrase(tender_slots_t *slots,
    const tender_node_t *node, u_char field);
static int tender_slots_wants(const tender_node_t *node, u_char field);
static void tender_slots_add(tender_slots_t *slots,
    const tender_node_t *node, unsigned first, unsigned last);
static const u_char *tender_slots_match(tender_slots_t *slots,
    const tender_words_t *words);
static int tender_slot_matches(const tender_slot_t *slot,
    const tender_str_t *word);
static int tender_spans_number(tender_mem_t *mem, tender_slots_t *slots,
    tender_str_t text, tender_spans_t *spans);
static int tender_spans_add(tender_mem_t *mem, tender_spans_t *spans,
    const u_char *start, const u_char *end);
static const u_char *tender_span_cut(const u_char *start, const u_char *end);


int
tender_spans_find(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, u_char field, unsigned max, tender_spans_t *spans)
{
    unsigned         pieces;
    const u_char    *start, *end, *reach;
    tender_slots_t   slots;
    tender_words_t   words;

    memset(spans, 0, sizeof(tender_spans_t));

    slots.n = 0;
    tender_slots_collect(&slots, kwords->root, field);

    if (slots.n == 0 || text.len == 0) {
        return TENDER_OK;
    }

    if (field == TENDER_TERM_NUMBER) {
        return tender_spans_number(mem, &slots, text, spans);
    }

    pieces = 0;
    reach = text.data;

    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {
        start = tender_slots_match(&slots, &words);

        if (start == NULL) {
            continue;
        }

        end = words.source.data + words.source.len;

        if (max != 0) {

            if (start >= reach) {

                if (pieces++ == max) {
                    break;
                }

                reach = start + TENDER_SPAN_REACH;
            }

            end = tender_span_cut(start, end);
        }

        if (tender_spans_add(mem, spans, start, end) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


static void
tender_slots_collect(tender_slots_t *slots, const tender_node_t *node,
    u_char field)
{
    const tender_node_t  *child;

    if (node == NULL) {
        return;
    }

    switch (node->type) {

    case TENDER_NODE_TERM:
    case TENDER_NODE_PREFIX:

        if (tender_slots_wants(node, field)) {
            tender_slots_add(slots, node, 1, 1);
        }

        break;

    case TENDER_NODE_PHRASE:
        tender_slots_phrase(slots, node, field);
        break;

    case TENDER_NODE_AND:
    case TENDER_NODE_OR:

        for (child = node->first; child != NULL; child = child->next) {
            tender_slots_collect(slots, child, field);
        }

        break;

    default:
        break;
    }
}


static void
tender_slots_phrase(tender_slots_t *slots, const tender_node_t *node,
    u_char field)
{
    unsigned              n;
    const tender_node_t  *child;

    n = 0;

    for (child = node->first; child != NULL; child = child->next) {

        if (!tender_slots_wants(child, field)) {
            return;
        }

        n++;
    }

    if (slots->n + n > TENDER_SLOTS_MAX) {
        return;
    }

    for (child = node->first; child != NULL; child = child->next) {
        tender_slots_add(slots, child, child == node->first,
                         child->next == NULL);
    }
}


static int
tender_slots_wants(const tender_node_t *node, u_char field)
{
    u_char  where;

    where = node->term.data[0];

    return where == field
           || (where == TENDER_TERM_TEXT && field != TENDER_TERM_NUMBER);
}


static void
tender_slots_add(tender_slots_t *slots, const tender_node_t *node,
    unsigned first, unsigned last)
{
    tender_slot_t  *slot;

    if (slots->n == TENDER_SLOTS_MAX) {
        return;
    }

    slot = &slots->slots[slots->n++];

    slot->word.data = node->term.data + 1;
    slot->word.len = node->term.len - 1;
    slot->start = NULL;
    slot->prefix = node->type == TENDER_NODE_PREFIX;
    slot->first = first != 0;
    slot->last = last != 0;
}


/* where the longest match that ends with this word begins, or NULL */

static const u_char *
tender_slots_match(tender_slots_t *slots, const tender_words_t *words)
{
    unsigned        i;
    const u_char   *start, *longest;
    tender_slot_t  *slot;

    longest = NULL;

    /* from the last one on, since each needs what the one before had */

    for (i = slots->n; i != 0; i--) {
        slot = &slots->slots[i - 1];

        start = slot->first ? words->source.data : slots->slots[i - 2].start;

        if (start != NULL && !tender_slot_matches(slot, &words->word)) {
            start = NULL;
        }

        slot->start = start;

        if (slot->last && start != NULL
            && (longest == NULL || start < longest))
        {
            longest = start;
        }
    }

    return longest;
}


static int
tender_slot_matches(const tender_slot_t *slot, const tender_str_t *word)
{
    if (slot->prefix) {
        return word->len >= slot->word.len
               && memcmp(word->data, slot->word.data, slot->word.len) == 0;
    }

    return tender_str_eq(&slot->word, word);
}


/* a number is compared as a whole */

static int
tender_spans_number(tender_mem_t *mem, tender_slots_t *slots,
    tender_str_t text, tender_spans_t *spans)
{
    unsigned      i;
    tender_str_t  whole;

    whole.data = tender_alloc(mem, 3 * text.len);

    if (whole.data == NULL) {
        return TENDER_ERROR;
    }

    whole.len = (size_t) (tender_words_fold(whole.data, text) - whole.data);
    whole.len = tender_words_cut(whole);

    for (i = 0; i < slots->n; i++) {

        if (tender_slot_matches(&slots->slots[i], &whole)) {
            return tender_spans_add(mem, spans, text.data,
                                    text.data + text.len);
        }
    }

    return TENDER_OK;
}


static int
tender_spans_add(tender_mem_t *mem, tender_spans_t *spans,
    const u_char *start, const u_char *end)
{
    tender_span_t  *span;

    /* phrases may overlap: what they are together is one */

    while (spans->nelts != 0 && spans->elts[spans->nelts - 1].end > start) {
        span = &spans->elts[--spans->nelts];

        if (span->start < start) {
            start = span->start;
        }

        if (span->end > end) {
            end = span->end;
        }
    }

    if (spans->nelts == spans->nalloc) {
        span = tender_alloc(mem, (2 * spans->nalloc + TENDER_SPANS_MIN)
                                 * sizeof(tender_span_t));
        if (span == NULL) {
            return TENDER_ERROR;
        }

        if (spans->nelts != 0) {
            memcpy(span, spans->elts, spans->nelts * sizeof(tender_span_t));
        }

        spans->elts = span;
        spans->nalloc = 2 * spans->nalloc + TENDER_SPANS_MIN;
    }

    span = &spans->elts[spans->nelts++];
    span->start = start;
    span->end = end;

    return TENDER_OK;
}


/* a word without an end is shown in part */

static const u_char *
tender_span_cut(const u_char *start, const u_char *end)
{
    const u_char  *p;

    if (end - start <= TENDER_SPAN_MAX) {
        return end;
    }

    p = start + TENDER_SPAN_MAX;

    while (p > start && (*p & 0xc0) == 0x80) {
        p--;
    }

    return p;
}
