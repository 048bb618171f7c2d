
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_recent.h"


#define TENDER_RECENT_TABLE  1024        /* slots, to begin with */
#define TENDER_RECENT_FIRST  3           /* documents of a list's first part */
#define TENDER_RECENT_PART   1024        /* and at most */


typedef struct {
    tender_str_t    prefix;
    uint64_t        key;
    uint64_t        mask;
    uint32_t        next;
} tender_recent_walk_t;

typedef struct {
    const tender_recent_posting_t  *postings;
    const tender_recent_more_t     *more;
    unsigned                        n;
} tender_recent_part_t;


static int tender_recent_wider(tender_recent_t *recent);
static tender_recent_term_t *tender_recent_make(tender_recent_t *recent);
static tender_recent_slot_t *tender_recent_find(
    const tender_recent_t *recent, tender_str_t term, uint32_t hash);
static uint32_t tender_recent_hash(const tender_recent_t *recent,
    tender_str_t term);
static uint64_t tender_recent_key(tender_str_t term);
static void tender_recent_walk(tender_recent_walk_t *walk,
    tender_str_t prefix);
static const tender_recent_term_t *tender_recent_next(
    const tender_recent_t *recent, tender_recent_walk_t *walk);
static void tender_recent_first(tender_recent_part_t *part,
    const tender_recent_term_t *term);
static int tender_recent_part(tender_recent_part_t *part);


int
tender_recent_begin(tender_recent_t *recent)
{
    recent->size = TENDER_RECENT_TABLE / 2;

    return tender_recent_wider(recent);
}


int
tender_recent_put(tender_recent_t *recent, tender_str_t term, uint32_t *index)
{
    uint32_t               hash;
    tender_recent_term_t  *t;
    tender_recent_slot_t  *slot;

    hash = tender_recent_hash(recent, term);
    slot = tender_recent_find(recent, term, hash);

    if (slot->term != 0) {
        *index = slot->term - 1;
        return TENDER_OK;
    }

    if (recent->nterms >= recent->size / 2) {

        if (tender_recent_wider(recent) != TENDER_OK) {
            return TENDER_ERROR;
        }

        slot = tender_recent_find(recent, term, hash);
    }

    t = tender_recent_make(recent);
    if (t == NULL) {
        return TENDER_ERROR;
    }

    *index = recent->nterms++;

    memset(t, 0, sizeof(tender_recent_term_t));

    t->data = term.data;
    t->len = (uint8_t) term.len;

    recent->pieces[*index / TENDER_RECENT_PIECE]
          ->keys[*index % TENDER_RECENT_PIECE] = tender_recent_key(term);

    slot->hash = hash;
    slot->term = *index + 1;

    return TENDER_OK;
}


int
tender_recent_post(tender_recent_t *recent, uint32_t index, unsigned doc,
    tender_str_t positions)
{
    unsigned                  max;
    tender_recent_more_t     *more;
    tender_recent_term_t     *term;
    tender_recent_posting_t  *posting;

    term = tender_recent_at(recent, index);
    more = term->last;

    if (term->n == 0) {
        posting = &term->first;

    } else {
        posting = more != NULL ? &more->postings[more->n - 1] : &term->first;

        if (posting->doc == doc) {
            return TENDER_OK;
        }

        if (more == NULL || more->n == more->max) {
            max = more == NULL ? TENDER_RECENT_FIRST : more->max * 2;
            max = max < TENDER_RECENT_PART ? max : TENDER_RECENT_PART;

            more = tender_alloc(recent->mem,
                                sizeof(tender_recent_more_t)
                                + max * sizeof(tender_recent_posting_t));
            if (more == NULL) {
                return TENDER_ERROR;
            }

            more->next = NULL;
            more->n = 0;
            more->max = (uint16_t) max;

            *(term->last != NULL ? &term->last->next : &term->more) = more;
            term->last = more;
        }

        posting = &more->postings[more->n++];
    }

    posting->doc = (uint16_t) doc;
    posting->positions = positions.data;
    posting->len = (uint32_t) positions.len;

    term->n++;
    term->bytes += positions.len;

    return TENDER_OK;
}


int
tender_recent_term(const tender_recent_t *recent, tender_mem_t *mem,
    tender_str_t term, unsigned positions, tender_postings_t *postings)
{
    u_char                      *p, *q;
    unsigned                     i;
    tender_recent_part_t         part;
    const tender_recent_term_t  *t;
    const tender_recent_slot_t  *slot;

    memset(postings, 0, sizeof(tender_postings_t));

    slot = tender_recent_find(recent, term, tender_recent_hash(recent, term));

    if (slot->term == 0) {
        return TENDER_OK;
    }

    t = tender_recent_at(recent, slot->term - 1);

    if (t->n == 0) {
        return TENDER_OK;
    }

    p = tender_alloc(mem, t->n * sizeof(uint16_t));
    q = positions ? tender_alloc(mem, t->bytes) : p;

    if (p == NULL || q == NULL) {
        return TENDER_ERROR;
    }

    postings->kind = TENDER_POSTINGS_ARRAY;
    postings->n = t->n;
    postings->docs.data = p;
    postings->docs.len = t->n * sizeof(uint16_t);

    if (positions) {
        postings->positions.data = q;
        postings->positions.len = t->bytes;
    }

    tender_recent_first(&part, t);

    do {
        for (i = 0; i < part.n; i++) {
            p = tender_put16(p, part.postings[i].doc);

            if (positions) {
                memcpy(q, part.postings[i].positions, part.postings[i].len);
                q += part.postings[i].len;
            }
        }
    } while (tender_recent_part(&part));

    return TENDER_OK;
}


int
tender_recent_prefix(const tender_recent_t *recent, tender_str_t prefix,
    unsigned max, uint64_t *set)
{
    unsigned                     i, found;
    tender_recent_part_t         part;
    tender_recent_walk_t         walk;
    const tender_recent_term_t  *term;

    found = 0;
    tender_recent_walk(&walk, prefix);

    while ((term = tender_recent_next(recent, &walk)) != NULL) {

        if (found++ == max) {
            return TENDER_DECLINED;
        }

        tender_recent_first(&part, term);

        do {
            for (i = 0; i < part.n; i++) {
                tender_set_add(set, part.postings[i].doc);
            }
        } while (tender_recent_part(&part));
    }

    return (int) found;
}


int
tender_recent_terms(const tender_recent_t *recent, tender_str_t prefix,
    tender_term_pt handler, void *data)
{
    int                          rc;
    tender_str_t                 name;
    tender_recent_walk_t         walk;
    const tender_recent_term_t  *term;

    tender_recent_walk(&walk, prefix);

    while ((term = tender_recent_next(recent, &walk)) != NULL) {
        name.data = (u_char *) term->data;
        name.len = term->len;

        rc = handler(data, name, term->n);

        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return TENDER_OK;
}


static int
tender_recent_wider(tender_recent_t *recent)
{
    uint32_t               i, k, n, size;
    tender_recent_slot_t  *table, *slot;

    size = recent->size * 2;

    table = tender_alloc(recent->mem, size * sizeof(tender_recent_slot_t));
    if (table == NULL) {
        return TENDER_ERROR;
    }

    memset(table, 0, size * sizeof(tender_recent_slot_t));

    n = recent->table != NULL ? recent->size : 0;

    for (i = 0; i < n; i++) {
        slot = &recent->table[i];

        if (slot->term == 0) {
            continue;
        }

        for (k = slot->hash & (size - 1); table[k].term != 0;
             k = (k + 1) & (size - 1))
        {
            /* void */
        }

        table[k] = *slot;
    }

    recent->table = table;
    recent->size = size;

    return TENDER_OK;
}


/* the place of the next term */

static tender_recent_term_t *
tender_recent_make(tender_recent_t *recent)
{
    uint32_t                 n, max;
    tender_recent_piece_t  **pieces;

    n = recent->nterms / TENDER_RECENT_PIECE;

    if (recent->nterms % TENDER_RECENT_PIECE != 0) {
        return tender_recent_at(recent, recent->nterms);
    }

    if (n == recent->max_pieces) {
        max = n != 0 ? n * 2 : 8;

        pieces = tender_alloc(recent->mem, max * sizeof(*pieces));
        if (pieces == NULL) {
            return NULL;
        }

        if (n != 0) {
            memcpy(pieces, recent->pieces, n * sizeof(*pieces));
        }

        recent->pieces = pieces;
        recent->max_pieces = max;
    }

    recent->pieces[n] = tender_alloc(recent->mem,
                                     sizeof(tender_recent_piece_t));

    return recent->pieces[n] != NULL ? recent->pieces[n]->terms : NULL;
}


/* where a term is, or would be */

static tender_recent_slot_t *
tender_recent_find(const tender_recent_t *recent, tender_str_t term,
    uint32_t hash)
{
    uint32_t                     i;
    tender_recent_slot_t        *slot;
    const tender_recent_term_t  *t;

    for (i = hash & (recent->size - 1); ; i = (i + 1) & (recent->size - 1)) {
        slot = &recent->table[i];

        if (slot->term == 0) {
            return slot;
        }

        if (slot->hash != hash) {
            continue;
        }

        t = tender_recent_at(recent, slot->term - 1);

        if (t->len == term.len && memcmp(t->data, term.data, term.len) == 0) {
            return slot;
        }
    }
}


static uint32_t
tender_recent_hash(const tender_recent_t *recent, tender_str_t term)
{
    uint64_t  hash;

    hash = recent->seed ^ term.len;

    for ( /* void */ ; term.len > 8; term.len -= 8, term.data += 8) {
        hash = tender_recent_mix(hash ^ tender_get64(term.data));
    }

    return (uint32_t) tender_recent_mix(hash ^ tender_recent_key(term));
}


/* the first bytes, the first one on top */

static uint64_t
tender_recent_key(tender_str_t term)
{
    size_t    i;
    uint64_t  key;

    key = 0;

    for (i = 0; i < term.len && i < 8; i++) {
        key |= (uint64_t) term.data[i] << (56 - 8 * i);
    }

    return key;
}


static void
tender_recent_walk(tender_recent_walk_t *walk, tender_str_t prefix)
{
    walk->prefix = prefix;
    walk->key = tender_recent_key(prefix);
    walk->next = 0;

    if (prefix.len == 0) {
        walk->mask = 0;

    } else {
        walk->mask = prefix.len < 8 ? UINT64_MAX << (64 - 8 * prefix.len)
                                    : UINT64_MAX;
    }
}


static const tender_recent_term_t *
tender_recent_next(const tender_recent_t *recent, tender_recent_walk_t *walk)
{
    uint32_t                      i, n, first;
    const tender_recent_term_t   *term;
    const tender_recent_piece_t  *piece;

    while (walk->next < recent->nterms) {
        piece = recent->pieces[walk->next / TENDER_RECENT_PIECE];
        i = walk->next % TENDER_RECENT_PIECE;
        first = walk->next - i;
        n = recent->nterms - first;
        n = n < TENDER_RECENT_PIECE ? n : TENDER_RECENT_PIECE;

        for ( /* void */ ; i < n; i++) {

            if (((piece->keys[i] ^ walk->key) & walk->mask) != 0) {
                continue;
            }

            term = &piece->terms[i];

            if (term->n != 0 && term->len >= walk->prefix.len
                && (walk->prefix.len <= 8
                    || memcmp(term->data, walk->prefix.data, walk->prefix.len)
                       == 0))
            {
                walk->next = first + i + 1;
                return term;
            }
        }

        walk->next = first + n;
    }

    return NULL;
}


/* a list is the first document, and parts with the others */

static void
tender_recent_first(tender_recent_part_t *part,
    const tender_recent_term_t *term)
{
    part->postings = &term->first;
    part->n = 1;
    part->more = term->more;
}


static int
tender_recent_part(tender_recent_part_t *part)
{
    if (part->more == NULL) {
        return 0;
    }

    part->postings = part->more->postings;
    part->n = part->more->n;
    part->more = part->more->next;

    return 1;
}
