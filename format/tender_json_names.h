
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JSON_NAMES_H_INCLUDED_
#define _TENDER_JSON_NAMES_H_INCLUDED_


#include "tender_value.h"


/*
 * The names of an object that is being read.  A bit filter says of nearly
 * each name that it is new; otherwise the names are compared one by one.
 * Where that happens too often, a crit-bit tree takes over: its cost is
 * bounded by the length of a name, whatever names are sent.
 */

typedef struct tender_json_crit_s  tender_json_crit_t;

typedef union {
    tender_json_crit_t    *node;
    const tender_value_t  *leaf;
} tender_json_child_t;

struct tender_json_crit_s {
    tender_json_child_t    child[2];
    uint32_t               byte;      /* where the names below differ first */
    uint8_t                bit;       /* a mask, the highest that differs */
    uint8_t                leaf[2];
};

typedef struct {
    tender_json_crit_t    *root;
    uint64_t              *filter;    /* NULL: few is the filter */
    uint64_t               few;
    unsigned               bits;      /* the filter has 2 ^ bits bits */
    unsigned               misses;    /* names that it could not tell */
} tender_json_names_t;


static inline void
tender_json_names_init(tender_json_names_t *names)
{
    names->root = NULL;
    names->filter = NULL;
    names->few = 0;
    names->bits = 6;
    names->misses = 0;
}


/*
 * Called before v is appended to object.  TENDER_DECLINED: there is a member
 * of this name.  Names must not contain a zero byte.
 */
int tender_json_names_add(tender_mem_t *mem, tender_json_names_t *names,
    const tender_value_t *object, const tender_value_t *v);


#endif /* _TENDER_JSON_NAMES_H_INCLUDED_ */
