
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_CONF_FILE_H_INCLUDED_
#define _NGX_HTTP_TENDER_CONF_FILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Reads a small file that a directive names; the name, which ends with a
 * zero, becomes a full one.  *len is the size of buf, then how much of it was
 * read; all of it: there may be more.  NGX_ERROR is logged.
 */
ngx_int_t ngx_http_tender_conf_file(ngx_conf_t *cf, ngx_str_t *name,
    u_char *buf, size_t *len);


#endif /* _NGX_HTTP_TENDER_CONF_FILE_H_INCLUDED_ */
