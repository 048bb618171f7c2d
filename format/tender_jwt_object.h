
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JWT_OBJECT_H_INCLUDED_
#define _TENDER_JWT_OBJECT_H_INCLUDED_


#include "tender_jwt.h"


/* TENDER_DECLINED: text is not a JSON object, or deeper than depth */
int tender_jwt_object(tender_mem_t *mem, tender_str_t text, unsigned depth,
    tender_value_t **object);


#endif /* _TENDER_JWT_OBJECT_H_INCLUDED_ */
