
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A log: entries that are read are written again as they stood; those with
 * words are indexed, and each word of each is found with its positions.
 */


#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/tender_entry.h"


static void fuzz_check(int good);
static void fuzz_written(const tender_entry_t *entry, const u_char *p,
    const u_char *end);
static void fuzz_int(char *text, unsigned has, int64_t n);
static void fuzz_add(tender_mem_t *mem, tender_recent_t *recent,
    const tender_entry_t *entry);
static unsigned fuzz_once(tender_str_t terms, tender_str_t term);
static void fuzz_term(tender_mem_t *mem, const tender_recent_t *recent,
    unsigned doc, tender_str_t term, tender_str_t positions, unsigned once);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int               rc;
    u_char           *copy;
    const u_char     *p, *start, *end;
    tender_mem_t      mem;
    tender_entry_t    entry;
    tender_arena_t   *arena;
    tender_recent_t  *recent;

    fuzz_check(tender_words_init() == TENDER_OK);

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    /* a block of the very size: a byte too far is seen */

    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);

    recent = tender_recent_new(&mem);
    p = copy;
    end = copy + size;

    for ( ;; ) {
        start = p;
        rc = tender_entry_read(&p, end, &entry);

        if (rc != TENDER_OK) {
            break;
        }

        fuzz_written(&entry, start, p);
        fuzz_add(&mem, recent, &entry);
    }

    fuzz_check(p == start);
    fuzz_check(rc == (p == end ? TENDER_DONE : TENDER_DECLINED));

    free(copy);
    tender_arena_free(arena);

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
fuzz_written(const tender_entry_t *entry, const u_char *p, const u_char *end)
{
    int   len, rest;
    char  created[32], deadline[32], price[32], bytes[32], tail[160];

    fuzz_int(created, entry->has_created, entry->created);
    fuzz_int(deadline, entry->has_deadline, entry->deadline);
    fuzz_int(price, entry->has_price, entry->price);
    fuzz_int(bytes, entry->has_terms, (int64_t) entry->terms.len);

    if (entry->has_price && entry->price == TENDER_NO_PRICE) {
        strcpy(price, "-");
    }

    len = snprintf(tail, sizeof(tail), "%" PRIu32 " ", entry->number);
    fuzz_check(end - p >= len && memcmp(p, tail, (size_t) len) == 0);
    p += len;

    fuzz_check(entry->id.data == p && entry->id.len != 0);
    p += entry->id.len;

    fuzz_check(entry->status < TENDER_STAGES);

    len = snprintf(tail, sizeof(tail), " %s %" PRId64 " %.*s ", created,
                   entry->modified,
                   (int) tender_stages[entry->status].len,
                   (char *) tender_stages[entry->status].data);
    fuzz_check(end - p >= len && memcmp(p, tail, (size_t) len) == 0);
    p += len;

    if (entry->tender_id.len != 0) {
        fuzz_check(entry->tender_id.data == p);
        p += entry->tender_id.len;

    } else {
        fuzz_check(*p++ == '=');
    }

    rest = snprintf(tail, sizeof(tail), " %s %s %s\n", deadline, price,
                    bytes);
    fuzz_check(end - p >= rest && memcmp(p, tail, (size_t) rest) == 0);
    p += rest;

    fuzz_check(p + entry->terms.len == end);
    fuzz_check(!entry->has_terms || entry->terms.data == p);
}


static void
fuzz_int(char *text, unsigned has, int64_t n)
{
    if (has) {
        snprintf(text, 32, "%" PRId64, n);

    } else {
        strcpy(text, "=");
    }
}


static void
fuzz_add(tender_mem_t *mem, tender_recent_t *recent,
    const tender_entry_t *entry)
{
    int            rc;
    unsigned       doc;
    tender_str_t   term, positions;
    const u_char  *p, *end;

    doc = tender_recent_docs(recent);
    rc = tender_recent_add(recent, entry);

    if (!entry->has_terms) {
        fuzz_check(rc == TENDER_DECLINED);
        return;
    }

    p = entry->terms.data;
    end = p + entry->terms.len;

    if (rc != TENDER_OK) {
        fuzz_check(rc == TENDER_DECLINED);
        fuzz_check(tender_recent_docs(recent) == doc);

        while (tender_entry_term(&p, end, &term, &positions) == TENDER_OK) {
            /* void */
        }

        fuzz_check(p != end);
        return;
    }

    fuzz_check(tender_recent_docs(recent) == doc + 1);
    fuzz_check(tender_recent_numbers(recent)[doc] == entry->number);
    fuzz_check(tender_recent_doc(recent, entry->number) == (int) doc);
    fuzz_check(!tender_set_has(tender_recent_dead(recent), doc));

    while (tender_entry_term(&p, end, &term, &positions) == TENDER_OK) {
        fuzz_term(mem, recent, doc, term, positions,
                  fuzz_once(entry->terms, term));
    }

    fuzz_check(p == end);
}


static unsigned
fuzz_once(tender_str_t terms, tender_str_t term)
{
    unsigned       n;
    tender_str_t   one, positions;
    const u_char  *p;

    n = 0;
    p = terms.data;

    while (tender_entry_term(&p, terms.data + terms.len, &one, &positions)
           == TENDER_OK)
    {
        n += tender_str_eq(&one, &term);
    }

    return n == 1 && term.data[0] != TENDER_TERM_NUMBER;
}


/* of a term that is there twice the first positions count: not looked at */

static void
fuzz_term(tender_mem_t *mem, const tender_recent_t *recent, unsigned doc,
    tender_str_t term, tender_str_t positions, unsigned once)
{
    int                 last, at;
    uint64_t           *set;
    tender_docs_t       docs;
    tender_postings_t   postings;

    fuzz_check(tender_recent_term(recent, mem, term, 1, &postings)
               == TENDER_OK);
    fuzz_check(postings.kind == TENDER_POSTINGS_ARRAY && postings.n != 0);

    last = -1;
    tender_postings_begin(&docs, &postings, doc + 1);

    while ((at = tender_postings_next(&docs)) != -1) {
        fuzz_check(at > last);
        last = at;
    }

    fuzz_check(last == (int) doc);
    fuzz_check(!once
               || (postings.positions.len >= positions.len
                   && memcmp(postings.positions.data + postings.positions.len
                             - positions.len, positions.data, positions.len)
                      == 0));

    set = tender_alloc(mem, tender_set_words(TENDER_SOURCE_DOCS) * 8);
    memset(set, 0, tender_set_words(TENDER_SOURCE_DOCS) * 8);

    fuzz_check(tender_recent_prefix(recent, term, 100000, set) >= 1);
    fuzz_check(tender_set_has(set, doc));
}
