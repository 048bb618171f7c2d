
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JSON_READ_H_INCLUDED_
#define _TENDER_JSON_READ_H_INCLUDED_


#include "tender_json.h"
#include "tender_json_error.h"


typedef struct {
    const u_char         *p;
    const u_char         *end;
    tender_mem_t         *mem;
    unsigned              depth;
    unsigned              nvalues;
    const u_char         *start;
    tender_json_error_t  *err;
} tender_json_reader_t;


/* the string whose quote is at r->p; *plain: it has no escape */
int tender_json_string(tender_json_reader_t *r, tender_str_t *text,
    unsigned *plain);


static inline int
tender_json_fail(tender_json_reader_t *r, const char *text, const u_char *at)
{
    tender_json_error_set(r->err, text, r->start, at, r->end);

    return TENDER_DECLINED;
}


#endif /* _TENDER_JSON_READ_H_INCLUDED_ */
