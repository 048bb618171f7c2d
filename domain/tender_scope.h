
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_SCOPE_H_INCLUDED_
#define _TENDER_SCOPE_H_INCLUDED_


#include "../format/tender_core.h"


/*
 * Scopes: what a caller may do.  "read", "create", "update", "delete" (seed
 * 002), "auction", "admin"; "write" stands for create, update and delete.  A
 * module's name in front narrows one of the first four (and write) to that
 * module: "Account:read".
 */

#define TENDER_SCOPE_READ     0x01
#define TENDER_SCOPE_CREATE   0x02
#define TENDER_SCOPE_UPDATE   0x04
#define TENDER_SCOPE_DELETE   0x08
#define TENDER_SCOPE_AUCTION  0x10
#define TENDER_SCOPE_ADMIN    0x20

#define TENDER_SCOPE_WRITE                                                    \
    (TENDER_SCOPE_CREATE|TENDER_SCOPE_UPDATE|TENDER_SCOPE_DELETE)
#define TENDER_SCOPE_ALL      0x3f

#define TENDER_SCOPE_MODULES     32      /* of one set */
#define TENDER_SCOPE_MODULE_MAX  32      /* letters and digits of a name */


typedef struct {
    tender_str_t          name;          /* "Account" */
    unsigned              bits;
} tender_scope_module_t;


typedef struct {
    unsigned               bits;         /* of all modules */
    unsigned               nmodules;
    tender_scope_module_t  modules[TENDER_SCOPE_MODULES];
} tender_scopes_t;


/*
 * Reads words between spaces or commas into a set; the names are spans of
 * text.  An empty text is the empty set.  TENDER_DECLINED: a word that is no
 * scope (*bad is it), or too many modules; the set is empty then.
 */
int tender_scopes_read(tender_str_t text, tender_scopes_t *scopes,
    tender_str_t *bad);

/* adds one word; as above */
int tender_scopes_add(tender_scopes_t *scopes, tender_str_t word);

/*
 * The set as words between spaces, in one order: bits as listed above, then
 * modules as they were first named; what bits hold for all modules is not
 * repeated for one.  TENDER_ERROR: out of memory.
 */
int tender_scopes_write(tender_mem_t *mem, const tender_scopes_t *scopes,
    tender_str_t *text);

/*
 * to becomes what both allow; of more modules than a set holds the last ones
 * are left out.  Names may be spans of by's text then.
 */
void tender_scopes_limit(tender_scopes_t *to, const tender_scopes_t *by);

/* 1: a allows all that b does */
int tender_scopes_cover(const tender_scopes_t *a, const tender_scopes_t *b);

/* 1: nothing is allowed */
int tender_scopes_empty(const tender_scopes_t *scopes);

/* what is allowed in a module; an empty name: in all of them */
unsigned tender_scopes_of(const tender_scopes_t *scopes, tender_str_t module);


#endif /* _TENDER_SCOPE_H_INCLUDED_ */
