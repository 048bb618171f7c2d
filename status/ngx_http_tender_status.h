
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_STATUS_H_INCLUDED_
#define _NGX_HTTP_TENDER_STATUS_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/* tender_status: the health of the store, as JSON */
extern const ngx_http_tender_dialect_t  ngx_http_tender_status_dialect;


#endif /* _NGX_HTTP_TENDER_STATUS_H_INCLUDED_ */
