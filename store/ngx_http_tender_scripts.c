
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_scripts.inc"


ngx_http_tender_redis_script_t  ngx_http_tender_scripts[] = {

    { ngx_string("create"), ngx_string(NGX_HTTP_TENDER_SCRIPT_CREATE), "" },

    { ngx_string("commit"), ngx_string(NGX_HTTP_TENDER_SCRIPT_COMMIT), "" },

    { ngx_null_string, ngx_null_string, "" }
};
