
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JSON_NUMBER_H_INCLUDED_
#define _TENDER_JSON_NUMBER_H_INCLUDED_


#include "tender_core.h"


/*
 * The length of the longest number at p, 0 if there is none.  *why is NULL,
 * or what is wrong with it: too many significant digits, out of range.
 */
size_t tender_json_number_scan(const u_char *p, const u_char *end,
    const char **why);


#endif /* _TENDER_JSON_NUMBER_H_INCLUDED_ */
