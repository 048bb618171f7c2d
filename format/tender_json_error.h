
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JSON_ERROR_H_INCLUDED_
#define _TENDER_JSON_ERROR_H_INCLUDED_


#include "tender_json.h"


/* the texts that are shown in their own way */

extern const char  tender_json_no_object[];
extern const char  tender_json_extra_data[];


void tender_json_error_set(tender_json_error_t *err, const char *text,
    const u_char *start, const u_char *at, const u_char *end);


#endif /* _TENDER_JSON_ERROR_H_INCLUDED_ */
