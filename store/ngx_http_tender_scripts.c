
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_scripts.inc"


/* in the order of NGX_HTTP_TENDER_*_LUA */

ngx_http_tender_redis_script_t  ngx_http_tender_scripts[] = {

    { ngx_string("create"), ngx_string(NGX_HTTP_TENDER_SCRIPT_CREATE), "" },

    { ngx_string("commit"), ngx_string(NGX_HTTP_TENDER_SCRIPT_COMMIT), "" },

    { ngx_string("bid"), ngx_string(NGX_HTTP_TENDER_SCRIPT_BID), "" },

    { ngx_string("settle"), ngx_string(NGX_HTTP_TENDER_SCRIPT_SETTLE), "" },

    { ngx_string("view"), ngx_string(NGX_HTTP_TENDER_SCRIPT_VIEW), "" },

    { ngx_string("turn"), ngx_string(NGX_HTTP_TENDER_SCRIPT_TURN), "" },

    { ngx_string("due"), ngx_string(NGX_HTTP_TENDER_SCRIPT_DUE), "" },

    { ngx_string("chunk"), ngx_string(NGX_HTTP_TENDER_SCRIPT_CHUNK), "" },

    { ngx_string("document"), ngx_string(NGX_HTTP_TENDER_SCRIPT_DOCUMENT),
      "" },

    { ngx_string("identify"), ngx_string(NGX_HTTP_TENDER_SCRIPT_IDENTIFY),
      "" },

    { ngx_string("registry"), ngx_string(NGX_HTTP_TENDER_SCRIPT_REGISTRY),
      "" },

    { ngx_string("entries"), ngx_string(NGX_HTTP_TENDER_SCRIPT_ENTRIES),
      "" },

    { ngx_string("attempt"), ngx_string(NGX_HTTP_TENDER_SCRIPT_ATTEMPT),
      "" },

    { ngx_string("forgive"), ngx_string(NGX_HTTP_TENDER_SCRIPT_FORGIVE),
      "" },

    { ngx_string("grant"), ngx_string(NGX_HTTP_TENDER_SCRIPT_GRANT),
      "" },

    { ngx_string("renew"), ngx_string(NGX_HTTP_TENDER_SCRIPT_RENEW),
      "" },

    { ngx_string("revoke"), ngx_string(NGX_HTTP_TENDER_SCRIPT_REVOKE),
      "" },

    { ngx_string("follow"), ngx_string(NGX_HTTP_TENDER_SCRIPT_FOLLOW),
      "" },

    { ngx_string("quota"), ngx_string(NGX_HTTP_TENDER_SCRIPT_QUOTA),
      "" },

    { ngx_string("swap"), ngx_string(NGX_HTTP_TENDER_SCRIPT_SWAP),
      "" },

    { ngx_string("hold"), ngx_string(NGX_HTTP_TENDER_SCRIPT_HOLD),
      "" },

    { ngx_string("reindex"), ngx_string(NGX_HTTP_TENDER_SCRIPT_REINDEX),
      "" },

    { ngx_string("reset"), ngx_string(NGX_HTTP_TENDER_SCRIPT_RESET),
      "" },

    { ngx_string("progress"), ngx_string(NGX_HTTP_TENDER_SCRIPT_PROGRESS),
      "" },

    { ngx_string("draw"), ngx_string(NGX_HTTP_TENDER_SCRIPT_DRAW),
      "" },

    { ngx_string("piece"), ngx_string(NGX_HTTP_TENDER_SCRIPT_PIECE),
      "" },

    { ngx_string("columns"), ngx_string(NGX_HTTP_TENDER_SCRIPT_COLUMNS),
      "" },

    { ngx_null_string, ngx_null_string, "" }
};
