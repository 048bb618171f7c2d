
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/*
 * Secrets in the query of a request: the module reads them from a copy, the
 * request line that logs repeat is overwritten with asterisks.
 */

static ngx_int_t ngx_http_tender_has_secret(ngx_str_t *args);
static void ngx_http_tender_mask(ngx_str_t *line);


static const tender_str_t  ngx_http_tender_secrets[] = {
    tender_string("api_code"),
    tender_string("refresh_code"),
    tender_string("acc_token"),
    tender_string("access_token"),
    tender_string("refresh_token"),
    tender_string("password"),
    tender_string("client_secret"),
    tender_string("token"),
    tender_string("code"),
    tender_string("download"),
    tender_null_string
};


/* in POST_READ, before anything of the request is logged */

ngx_int_t
ngx_http_tender_mask_handler(ngx_http_request_t *r)
{
    u_char                       *args;
    ngx_str_t                     raw;
    ngx_http_tender_ctx_t        *ctx;
    ngx_http_tender_main_conf_t  *tmcf;

    if (r->args.len == 0 || r != r->main || r->internal) {
        return NGX_DECLINED;
    }

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_tender_module);

    raw = r->args;

    if (!tmcf->used || ngx_http_tender_has_secret(&raw) != NGX_OK) {
        return NGX_DECLINED;
    }

    args = ngx_pnalloc(r->pool, raw.len);
    if (args == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memcpy(args, raw.data, raw.len);
    r->args.data = args;

    ngx_http_tender_mask(&r->unparsed_uri);
    ngx_http_tender_mask(&r->request_line);

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->masked = 1;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_has_secret(ngx_str_t *args)
{
    size_t        pos;
    tender_str_t  value;

    pos = 0;

    return tender_query_secret(ngx_http_tender_str(args), &pos,
                               ngx_http_tender_secrets, &value)
           ? NGX_OK : NGX_DECLINED;
}


/* of a request line, or of an address: what follows the question mark */

static void
ngx_http_tender_mask(ngx_str_t *line)
{
    u_char        *p, *last;
    size_t         pos;
    tender_str_t   args, value;

    last = line->data + line->len;

    p = ngx_strlchr(line->data, last, '?');
    if (p == NULL) {
        return;
    }

    args.data = p + 1;
    p = ngx_strlchr(args.data, last, ' ');
    args.len = (p ? p : last) - args.data;

    pos = 0;

    while (tender_query_secret(args, &pos, ngx_http_tender_secrets, &value)) {
        ngx_memset(value.data, '*', value.len);
    }
}


ngx_int_t
ngx_http_tender_masked_line(ngx_http_request_t *r, ngx_str_t *line)
{
    u_char  *p;

    *line = r->request_line;

    if (line->len == 0) {
        return NGX_OK;
    }

    p = ngx_pstrdup(r->pool, line);
    if (p == NULL) {
        return NGX_ERROR;
    }

    line->data = p;

    ngx_http_tender_mask(line);

    return NGX_OK;
}
