
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_VALUE_H_INCLUDED_
#define _TENDER_VALUE_H_INCLUDED_


#include "tender_core.h"


/*
 * The value tree: what every format reads into and writes from, and what
 * the models walk.  Scalars are spans of the text they were read from, or
 * of memory that lives as long as the tree's; a number keeps its text, so
 * 485.50 stays 485.50.
 */

typedef enum {
    TENDER_NULL = 0,
    TENDER_FALSE,
    TENDER_TRUE,
    TENDER_NUMBER,
    TENDER_STRING,
    TENDER_ARRAY,
    TENDER_OBJECT
} tender_type_e;


typedef struct tender_value_s  tender_value_t;

struct tender_value_s {
    tender_value_t          *next;      /* in its array or object */
    tender_str_t             name;      /* of a member, decoded UTF-8 */

    union {
        tender_str_t         text;      /* a string, decoded; a number */

        struct {
            tender_value_t  *first;
            tender_value_t  *last;
        } list;                         /* an array, an object */
    } u;

    uint32_t                 nelts;     /* of an array, an object */
    uint8_t                  type;      /* tender_type_e */

    /* known to need no JSON escape; 0 means "not known" */
    unsigned                 plain:1;
    unsigned                 name_plain:1;
};


/*
 * Constructors: NULL if out of memory.  Text and names are not copied and
 * must be valid UTF-8.
 */

tender_value_t *tender_value_new(tender_mem_t *mem, tender_type_e type);
tender_value_t *tender_value_string(tender_mem_t *mem, tender_str_t text);
tender_value_t *tender_value_cstring(tender_mem_t *mem, const char *text);
tender_value_t *tender_value_number(tender_mem_t *mem, tender_str_t text);
tender_value_t *tender_value_int(tender_mem_t *mem, int64_t n);
tender_value_t *tender_value_bool(tender_mem_t *mem, int on);

/* a deep copy; spans are shared */
tender_value_t *tender_value_copy(tender_mem_t *mem, const tender_value_t *v);

/* at the end of an array; v belongs to one list at most */
void tender_value_push(tender_value_t *array, tender_value_t *v);

/* at the end of an object; the name is set, its uniqueness is not checked */
void tender_value_add(tender_value_t *object, tender_str_t name,
    tender_value_t *v);

/* the member, or NULL */
tender_value_t *tender_value_get(const tender_value_t *object,
    const tender_str_t *name);

#define tender_value_member(object, text)                                     \
    tender_value_get(object, &(tender_str_t) tender_string(text))

/* the element with this index, or NULL */
tender_value_t *tender_value_at(const tender_value_t *array, uint32_t i);

/*
 * Takes the element or member after prev (the first if prev is NULL) out of
 * its list and returns it.
 */
tender_value_t *tender_value_cut(tender_value_t *list, tender_value_t *prev);

/* puts v where old (after prev) was, under old's name */
void tender_value_replace(tender_value_t *list, tender_value_t *prev,
    tender_value_t *v);

/*
 * 1 if both are the same JSON value: members in any order; numbers by their
 * text (5 and 5.0 differ: what was sent is what is kept).
 */
int tender_value_equal(const tender_value_t *a, const tender_value_t *b);


#endif /* _TENDER_VALUE_H_INCLUDED_ */
