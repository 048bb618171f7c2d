
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


/*
 * Secrets in the query of a request, or of its referrer: the module reads
 * them from a copy, the lines that logs repeat are overwritten with
 * asterisks.
 */

static ngx_uint_t ngx_http_tender_has_secret(ngx_http_request_t *r);
static ngx_uint_t ngx_http_tender_line_has_secret(ngx_str_t *line);
static void ngx_http_tender_mask(ngx_str_t *line);
static void ngx_http_tender_mask_user(ngx_http_request_t *r);


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


ngx_uint_t
ngx_http_tender_secret_name(const tender_str_t *name)
{
    size_t               i;
    const tender_str_t  *secret;

    for (secret = ngx_http_tender_secrets; secret->len; secret++) {

        if (secret->len != name->len) {
            continue;
        }

        for (i = 0; i < name->len; i++) {
            if (ngx_tolower(name->data[i]) != secret->data[i]) {
                break;
            }
        }

        if (i == name->len) {
            return 1;
        }
    }

    return 0;
}


/*
 * In POST_READ, before anything of the request is logged.  $request_uri and
 * what a proxy passes on are another span, they stay as they were sent until
 * the location is known.
 */

ngx_int_t
ngx_http_tender_mask_handler(ngx_http_request_t *r)
{
    u_char                       *args, *uri;
    ngx_http_tender_ctx_t        *ctx;
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_tender_module);

    if (!tmcf->used || r != r->main || r->internal) {
        return NGX_DECLINED;
    }

    ngx_http_tender_mask_user(r);

    if (!ngx_http_tender_has_secret(r)) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    args = ngx_pstrdup(r->pool, &r->args);
    uri = ngx_pstrdup(r->pool, &r->unparsed_uri);

    if (args == NULL || uri == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->headers_in.referer) {
        ctx->referer.data = ngx_pstrdup(r->pool,
                                        &r->headers_in.referer->value);
        if (ctx->referer.data == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ctx->referer.len = r->headers_in.referer->value.len;
        ngx_http_tender_mask(&r->headers_in.referer->value);
    }

    ngx_http_tender_mask(&r->unparsed_uri);
    ngx_http_tender_mask(&r->request_line);

    ctx->uri = r->unparsed_uri;
    ctx->secret = 1;

    r->args.data = args;
    r->unparsed_uri.data = uri;

    return NGX_DECLINED;
}


/* $remote_user, in which logs would have an api_code that came by Basic */

static void
ngx_http_tender_mask_user(ngx_http_request_t *r)
{
    ngx_str_t  *user;

    user = &r->headers_in.user;

    if (r->headers_in.authorization
        && ngx_http_auth_basic_user(r) == NGX_OK
        && user->len >= sizeof("tndk") - 1
        && ngx_strncmp(user->data, "tndk", sizeof("tndk") - 1) == 0)
    {
        /* empty, and known to be so */
        ngx_str_set(user, "");
    }
}


/*
 * In REWRITE: a location of ours shows nothing of the secret at all, another
 * one gets back what it may pass on.
 */

ngx_int_t
ngx_http_tender_unmask_handler(ngx_http_request_t *r)
{
    ngx_http_tender_ctx_t       *ctx;
    ngx_http_tender_loc_conf_t  *tlcf;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ctx == NULL || !ctx->secret) {
        return NGX_DECLINED;
    }

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (tlcf->dialect) {
        ngx_http_tender_conceal(ctx);

    } else if (ctx->referer.len && !ngx_http_tender_guarded(tlcf)) {
        ngx_memcpy(r->headers_in.referer->value.data, ctx->referer.data,
                   ctx->referer.len);
    }

    return NGX_DECLINED;
}


void
ngx_http_tender_conceal(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    if (!ctx->secret) {
        return;
    }

    r = ctx->request;

    if (ctx->uri.len) {
        r->unparsed_uri = ctx->uri;
    }

    if (ctx->referer.len) {
        ngx_http_tender_mask(&r->headers_in.referer->value);
    }
}


static ngx_uint_t
ngx_http_tender_has_secret(ngx_http_request_t *r)
{
    return ngx_http_tender_line_has_secret(&r->unparsed_uri)
           || (r->headers_in.referer
               && ngx_http_tender_line_has_secret(
                                             &r->headers_in.referer->value));
}


static ngx_uint_t
ngx_http_tender_line_has_secret(ngx_str_t *line)
{
    u_char        *p;
    size_t         pos;
    tender_str_t   args, value;

    p = ngx_strlchr(line->data, line->data + line->len, '?');
    if (p == NULL) {
        return 0;
    }

    pos = 0;
    args.data = p + 1;
    args.len = line->data + line->len - args.data;

    return tender_query_secret(args, &pos, ngx_http_tender_secrets, &value);
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
