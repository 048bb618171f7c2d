
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_recent.h"


#define TENDER_RECENT_DOCS   256          /* to begin with */
#define TENDER_RECENT_NONE   UINT32_MAX
#define TENDER_RECENT_LONG   256          /* bytes of a number: no more */


static int tender_recent_valid(tender_str_t terms);
static int tender_recent_grow(tender_recent_t *recent);
static uint16_t *tender_recent_slot(const tender_recent_t *recent,
    uint32_t number);
static int tender_recent_index(tender_recent_t *recent, unsigned doc,
    tender_str_t terms);
static int tender_recent_name(tender_recent_t *recent, unsigned doc,
    tender_str_t name, unsigned before);
static size_t tender_recent_cut(tender_str_t text);


static const u_char  tender_recent_nowhere[1] = { 0 };


tender_recent_t *
tender_recent_new(tender_mem_t *mem)
{
    tender_recent_t  *recent;

    recent = tender_alloc(mem, sizeof(tender_recent_t));
    if (recent == NULL) {
        return NULL;
    }

    memset(recent, 0, sizeof(tender_recent_t));

    /* not to be foreseen by one who makes up words */

    recent->mem = mem;
    recent->seed = (uint64_t) (uintptr_t) recent;

    if (tender_recent_grow(recent) != TENDER_OK
        || tender_recent_begin(recent) != TENDER_OK)
    {
        return NULL;
    }

    return recent;
}


int
tender_recent_add(tender_recent_t *recent, const tender_entry_t *entry)
{
    unsigned       doc, before;
    uint16_t      *slot;
    tender_str_t   terms;

    if (recent->ndocs == TENDER_SOURCE_DOCS || !entry->has_terms
        || !tender_recent_valid(entry->terms))
    {
        return TENDER_DECLINED;
    }

    if (recent->ndocs == recent->max
        && tender_recent_grow(recent) != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    terms.len = entry->terms.len;
    terms.data = tender_alloc(recent->mem, terms.len);
    if (terms.data == NULL) {
        return TENDER_ERROR;
    }

    if (terms.len != 0) {
        memcpy(terms.data, entry->terms.data, terms.len);
    }

    /* dead, until all of it is there */

    doc = recent->ndocs++;
    recent->numbers[doc] = entry->number;
    recent->names[doc] = TENDER_RECENT_NONE;
    tender_set_add(recent->dead, doc);

    slot = tender_recent_slot(recent, entry->number);
    before = *slot;

    if (tender_recent_index(recent, doc, terms) != TENDER_OK
        || tender_recent_name(recent, doc, entry->tender_id, before)
           != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    if (before != 0) {
        tender_set_add(recent->dead, before - 1);
    }

    tender_set_remove(recent->dead, doc);
    *slot = (uint16_t) (doc + 1);

    return TENDER_OK;
}


unsigned
tender_recent_docs(const tender_recent_t *recent)
{
    return recent->ndocs;
}


const uint32_t *
tender_recent_numbers(const tender_recent_t *recent)
{
    return recent->numbers;
}


const uint64_t *
tender_recent_dead(const tender_recent_t *recent)
{
    return recent->dead;
}


int
tender_recent_doc(const tender_recent_t *recent, uint32_t number)
{
    return (int) *tender_recent_slot(recent, number) - 1;
}


static int
tender_recent_valid(tender_str_t terms)
{
    int            rc;
    tender_str_t   term, positions;
    const u_char  *p, *end;

    p = terms.data;
    end = p + terms.len;

    do {
        rc = tender_entry_term(&p, end, &term, &positions);
    } while (rc == TENDER_OK);

    return rc == TENDER_DONE;
}


/* room for twice as many documents; the table is half empty at least */

static int
tender_recent_grow(tender_recent_t *recent)
{
    unsigned   doc, max;
    uint16_t  *slots;
    uint32_t  *numbers, *names;

    max = recent->max != 0 ? recent->max * 2 : TENDER_RECENT_DOCS;

    numbers = tender_alloc(recent->mem, max * sizeof(uint32_t));
    names = tender_alloc(recent->mem, max * sizeof(uint32_t));
    slots = tender_alloc(recent->mem, 2 * max * sizeof(uint16_t));

    if (numbers == NULL || names == NULL || slots == NULL) {
        return TENDER_ERROR;
    }

    if (recent->ndocs != 0) {
        memcpy(numbers, recent->numbers, recent->ndocs * sizeof(uint32_t));
        memcpy(names, recent->names, recent->ndocs * sizeof(uint32_t));
    }

    memset(slots, 0, 2 * max * sizeof(uint16_t));

    recent->numbers = numbers;
    recent->names = names;
    recent->slots = slots;
    recent->max = max;

    for (doc = 0; doc < recent->ndocs; doc++) {

        if (!tender_set_has(recent->dead, doc)) {
            *tender_recent_slot(recent, numbers[doc]) = (uint16_t) (doc + 1);
        }
    }

    return TENDER_OK;
}


/* where the living document of a number is, or would be: its index + 1 */

static uint16_t *
tender_recent_slot(const tender_recent_t *recent, uint32_t number)
{
    unsigned  i, mask;

    mask = 2 * recent->max - 1;
    i = (unsigned) (tender_recent_mix(recent->seed ^ number) & mask);

    while (recent->slots[i] != 0
           && recent->numbers[recent->slots[i] - 1] != number)
    {
        i = (i + 1) & mask;
    }

    return &recent->slots[i];
}


static int
tender_recent_index(tender_recent_t *recent, unsigned doc, tender_str_t terms)
{
    uint32_t       i;
    tender_str_t   term, positions;
    const u_char  *p, *end;

    p = terms.data;
    end = p + terms.len;

    while (tender_entry_term(&p, end, &term, &positions) == TENDER_OK) {

        if (tender_recent_put(recent, term, &i) != TENDER_OK
            || tender_recent_post(recent, i, doc, positions) != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}


/* the tenderID; if it is as it was, the one of the document before */

static int
tender_recent_name(tender_recent_t *recent, unsigned doc, tender_str_t name,
    unsigned before)
{
    u_char        *p, buf[3 * TENDER_RECENT_LONG];
    tender_str_t   term, positions;

    if (name.len != 0) {
        name.len = tender_recent_cut(name);

        if (!tender_utf8_valid(name.data, name.len)) {
            return TENDER_OK;
        }

        term.data = buf;
        term.len = (size_t) (tender_words_fold(buf, name) - buf);

        if (term.len == 0) {
            return TENDER_OK;
        }

        term.len = 1 + tender_words_cut(term);

        p = tender_alloc(recent->mem, term.len);
        if (p == NULL) {
            return TENDER_ERROR;
        }

        p[0] = TENDER_TERM_NUMBER;
        memcpy(p + 1, buf, term.len - 1);
        term.data = p;

        if (tender_recent_put(recent, term, &recent->names[doc])
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }

    } else if (before != 0) {
        recent->names[doc] = recent->names[before - 1];
    }

    if (recent->names[doc] == TENDER_RECENT_NONE) {
        return TENDER_OK;
    }

    positions.data = (u_char *) tender_recent_nowhere;
    positions.len = 1;

    return tender_recent_post(recent, recent->names[doc], doc, positions);
}


/* at a character */

static size_t
tender_recent_cut(tender_str_t text)
{
    size_t  max;

    if (text.len <= TENDER_RECENT_LONG) {
        return text.len;
    }

    max = TENDER_RECENT_LONG;

    while (max != 0 && (text.data[max] & 0xc0) == 0x80) {
        max--;
    }

    return max;
}
