
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_CHECK_H_INCLUDED_
#define _TENDER_CHECK_H_INCLUDED_


#include "tender_model.h"


/* what the parts of the model engine share; not for others */


/*
 * Members mostly come in the table's order, so the search begins at *hint
 * (0 first) and leaves it behind the field that it found.
 */
const tender_field_t *tender_field_find(const tender_model_t *model,
    const tender_str_t *name, unsigned *hint);

#define tender_field_settable(field, by)                                      \
    (((field)->set_by | TENDER_BY_SERVER) & (by))


/* an object of errors lives on the stack until it has one */

void tender_errors_init(tender_value_t *errors);
tender_value_t *tender_errors_keep(tender_check_t *ck,
    const tender_value_t *errors);

/* n times {} at the end of a list of errors, for items without fault */
int tender_errors_clean(tender_check_t *ck, tender_value_t *list, unsigned n);

/* a list with one sentence; text is not copied */
tender_value_t *tender_fault_new(tender_check_t *ck, tender_str_t text);

/* *fault becomes the list with this literal */
#define tender_fault(ck, fault, literal)                                      \
    (*(fault) = tender_fault_new(ck, (tender_str_t) tender_string(literal)),  \
     *(fault) == NULL ? TENDER_ERROR : TENDER_OK)

/* a list with one sentence of four parts */
int tender_fault_join(tender_check_t *ck, const tender_str_t *parts,
    tender_value_t **fault);


/* phase 1 of one value that is no object */
int tender_convert_scalar(tender_check_t *ck, const tender_field_t *field,
    tender_value_t *v, tender_value_t **fault);

/* phase 2; errors is an object to which faults are added */
int tender_rules_object(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, tender_value_t *errors);

/*
 * "<before>n<after>" with a terminating zero that len does not count; data
 * is NULL if out of memory.
 */
tender_str_t tender_text_number(tender_mem_t *mem, const char *before,
    int64_t n, const char *after);


/*
 * http or https, a host name with a top-level domain, "localhost" or an
 * IPv4 address, a port, then nothing or a path or query without spaces.
 */
int tender_url_valid(tender_str_t text);

/* a dot-atom or a quoted string, '@', a host name */
int tender_email_valid(tender_str_t text);


#endif /* _TENDER_CHECK_H_INCLUDED_ */
