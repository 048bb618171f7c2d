
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_
#define _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/* the values of tender_anonymous */
extern ngx_conf_enum_t  ngx_http_tender_anonymous[];

/*
 * The access phase of a location of ours: the scope of the route against
 * what the caller may do.  NGX_DECLINED: not our location; NGX_OK; or 401,
 * with WWW-Authenticate.
 */
ngx_int_t ngx_http_tender_access_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_ */
