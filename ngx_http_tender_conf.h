
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_CONF_H_INCLUDED_
#define _NGX_HTTP_TENDER_CONF_H_INCLUDED_


#include "http/ngx_http_tender.h"


/* the hooks of the module context: defaults and inheritance */

void *ngx_http_tender_create_main_conf(ngx_conf_t *cf);
char *ngx_http_tender_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_tender_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_tender_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


#endif /* _NGX_HTTP_TENDER_CONF_H_INCLUDED_ */
