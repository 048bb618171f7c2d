
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_access.h"


ngx_conf_enum_t  ngx_http_tender_anonymous[] = {
    { ngx_string("none"), 0 },
    { ngx_string("read"), NGX_HTTP_TENDER_READ },
    { ngx_string("write"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_WRITE },
    { ngx_string("auction"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_AUCTION },
    { ngx_string("admin"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_WRITE
                           |NGX_HTTP_TENDER_AUCTION|NGX_HTTP_TENDER_ADMIN },
    { ngx_null_string, 0 }
};


ngx_int_t
ngx_http_tender_access_handler(ngx_http_request_t *r)
{
    ngx_str_t                    realm = ngx_string("Bearer realm=\"tender\"");
    ngx_http_tender_ctx_t       *ctx;
    ngx_http_tender_loc_conf_t  *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (tlcf->dialect == NULL || tlcf->dialect->open) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->scope = tlcf->anonymous;

    /* what has no route is refused as such */

    if (ngx_http_tender_router(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (ctx->scope & ctx->route->scope) {
        return NGX_OK;
    }

    r->headers_out.www_authenticate = ngx_http_tender_header(r,
                                                   "WWW-Authenticate", &realm);
    if (r->headers_out.www_authenticate == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->errors = NULL;

    return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "url",
                                 "permission",
                                 "Credentials are needed here");
}
