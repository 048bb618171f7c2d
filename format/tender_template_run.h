
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_TEMPLATE_RUN_H_INCLUDED_
#define _TENDER_TEMPLATE_RUN_H_INCLUDED_


#include "tender_template.h"


/* a page that is being made */

typedef struct {
    const tender_templates_t  *templates;
    const tender_value_t      *stack[TENDER_TEMPLATE_DEPTH];
    unsigned                   depth;      /* of the stack */
    unsigned                   nested;     /* templates, sections */
    unsigned                   turns;
    u_char                    *start;
    u_char                    *last;
    u_char                    *end;
} tender_template_run_t;


/* at the end of the page: as it is, escaped, with marks, percent-encoded */
int tender_template_put(tender_template_run_t *run, const u_char *data,
    size_t len);
int tender_template_escape(tender_template_run_t *run, tender_str_t text);
int tender_template_mark(tender_template_run_t *run, tender_str_t text);
int tender_template_percent(tender_template_run_t *run, tender_str_t text);


#endif /* _TENDER_TEMPLATE_RUN_H_INCLUDED_ */
