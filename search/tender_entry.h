
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_ENTRY_H_INCLUDED_
#define _TENDER_ENTRY_H_INCLUDED_


#include "../format/tender_value.h"
#include "../domain/tender_stage.h"
#include "tender_postings.h"


/*
 * An entry of the index's log: a tender was published, or has changed.  A
 * script writes the line and takes the rest as it is:
 *
 *     <number> <id> <created> <modified> <status> <tenderID> <deadline>
 *     <price> <bytes>\n<terms>
 *
 * (one line).  "=" instead of created, tenderID, deadline or price: as it
 * was; bytes "=": its words are as they were.  Times are us, 0: none; price
 * is in 1/10000, "-": none.
 *
 * Terms, sorted by their bytes: for each its length (a byte), its bytes, and
 * how many times it stands where, as in tender_postings.h (0: no matter).
 */

#define TENDER_ENTRY_WORDS  20000          /* of a tender: no more */
#define TENDER_ENTRY_MAX    (512 * 1024)   /* bytes of terms */

#define TENDER_NO_PRICE     INT64_MIN

/* instead of what tender_entry_write() makes: only the line has changed */
#define TENDER_ENTRY_SAME   "= = =\n"


typedef struct {
    uint32_t        number;       /* of the tender, in its bucket */
    tender_str_t    id;
    int64_t         created;
    int64_t         modified;
    unsigned        status;       /* index in tender_stages */
    tender_str_t    tender_id;
    int64_t         deadline;
    int64_t         price;        /* or TENDER_NO_PRICE */
    tender_str_t    terms;
    unsigned        has_created:1;
    unsigned        has_deadline:1;
    unsigned        has_price:1;
    unsigned        has_terms:1;
} tender_entry_t;


/*
 * What a script is given of a document (a tender as it is stored, valid):
 * "<deadline> <price> <bytes>\n<terms>".  deadline is the end of tendering,
 * us.  TENDER_ERROR: out of memory.
 */
int tender_entry_write(tender_mem_t *mem, const tender_value_t *doc,
    int64_t deadline, tender_str_t *out);

/* 1 if a member of a document of this name has to do with its entry */
int tender_entry_concerns(const tender_str_t *name);

/*
 * The next entry of a log at *p, which moves behind it; its strings point
 * into the log: TENDER_OK; TENDER_DONE: the log ends here; TENDER_DECLINED:
 * it is damaged (cut off, too).
 */
int tender_entry_read(const u_char **p, const u_char *end,
    tender_entry_t *entry);

/* the next term of an entry at *p: the same; positions with their count */
int tender_entry_term(const u_char **p, const u_char *end,
    tender_str_t *term, tender_str_t *positions);


/*
 * What is recent: entries of a log, indexed in memory.  Its documents are
 * entries with terms; a tender that has a later one is dead there.
 */

typedef struct tender_recent_s  tender_recent_t;


/* NULL: out of memory; all of it is taken from mem, log bytes are copied */
tender_recent_t *tender_recent_new(tender_mem_t *mem);

/*
 * An entry with terms.  TENDER_DECLINED: it is full (TENDER_SOURCE_DOCS) or
 * the terms are damaged.  The tenderID is a term, too; if it is "=", it is
 * that of the document before with this number.
 */
int tender_recent_add(tender_recent_t *recent, const tender_entry_t *entry);

/* how many documents; their numbers; the set of the dead ones */
unsigned tender_recent_docs(const tender_recent_t *recent);
const uint32_t *tender_recent_numbers(const tender_recent_t *recent);
const uint64_t *tender_recent_dead(const tender_recent_t *recent);

/* the living document with this number, or -1 */
int tender_recent_doc(const tender_recent_t *recent, uint32_t number);

/* kind NONE: no document has it; its bytes are taken from mem */
int tender_recent_term(const tender_recent_t *recent, tender_mem_t *mem,
    tender_str_t term, unsigned positions, tender_postings_t *postings);

/*
 * Joins all terms that begin with prefix to set; returns how many, or
 * TENDER_DECLINED: more than max.
 */
int tender_recent_prefix(const tender_recent_t *recent, tender_str_t prefix,
    unsigned max, uint64_t *set);

/* for each term that begins with prefix, in no order */
typedef int (*tender_term_pt)(void *data, tender_str_t term, unsigned n);

int tender_recent_terms(const tender_recent_t *recent, tender_str_t prefix,
    tender_term_pt handler, void *data);


#endif /* _TENDER_ENTRY_H_INCLUDED_ */
