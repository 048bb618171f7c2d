
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


static ngx_int_t ngx_http_tender_no_route(ngx_http_tender_ctx_t *ctx,
    tender_str_t *segments, ngx_int_t n);
static ngx_int_t ngx_http_tender_path(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_args(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_match(ngx_http_tender_ctx_t *ctx,
    const char *pattern, tender_str_t *segments, ngx_int_t n);
static ngx_int_t ngx_http_tender_match_id(const char *p, size_t len,
    tender_str_t *segment, tender_str_t *id);
static ngx_int_t ngx_http_tender_allow(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t methods);


typedef struct {
    ngx_uint_t   method;
    ngx_str_t    name;
} ngx_http_tender_method_t;


static ngx_http_tender_method_t  ngx_http_tender_methods[] = {
    { NGX_HTTP_GET, ngx_string("GET, HEAD") },
    { NGX_HTTP_POST, ngx_string("POST") },
    { NGX_HTTP_PUT, ngx_string("PUT") },
    { NGX_HTTP_PATCH, ngx_string("PATCH") },
    { NGX_HTTP_DELETE, ngx_string("DELETE") },
    { 0, ngx_null_string }
};


ngx_int_t
ngx_http_tender_router(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       n;
    ngx_uint_t                      method;
    tender_str_t                    segments[TENDER_MAX_SEGMENTS];
    ngx_http_request_t             *r;
    const ngx_http_tender_route_t  *route;

    if (ctx->routed) {
        return ctx->route ? NGX_OK : (ngx_int_t) ctx->status;
    }

    ctx->routed = 1;
    r = ctx->request;

    if (r->http_version < NGX_HTTP_VERSION_10) {
        ctx->status = NGX_HTTP_BAD_REQUEST;
        return ctx->status;
    }

    ctx->status = NGX_HTTP_NOT_FOUND;

    if (ngx_http_tender_path(ctx) != NGX_OK) {
        return ctx->status;
    }

    n = 0;

    if (ctx->path.len) {
        n = tender_path_split(&ctx->mem, ngx_http_tender_str(&ctx->path),
                              segments, TENDER_MAX_SEGMENTS);
        if (n < 0) {
            return ctx->status;
        }
    }

    method = (r->method == NGX_HTTP_HEAD) ? NGX_HTTP_GET : r->method;

    for (route = ctx->conf->dialect->routes; route->method; route++) {

        if (route->method == method
            && ngx_http_tender_match(ctx, route->path, segments, n) == NGX_OK)
        {
            if (ngx_http_tender_args(ctx) != NGX_OK) {
                return ctx->status;
            }

            ctx->route = route;

            return NGX_OK;
        }
    }

    return ngx_http_tender_no_route(ctx, segments, n);
}


/* 404, or 405 if another method would be served */

static ngx_int_t
ngx_http_tender_no_route(ngx_http_tender_ctx_t *ctx, tender_str_t *segments,
    ngx_int_t n)
{
    ngx_uint_t                      methods;
    const ngx_http_tender_route_t  *route;

    methods = 0;

    for (route = ctx->conf->dialect->routes; route->method; route++) {
        if (ngx_http_tender_match(ctx, route->path, segments, n) == NGX_OK) {
            methods |= route->method;
        }
    }

    if (methods) {
        ctx->status = NGX_HTTP_NOT_ALLOWED;

        if (ngx_http_tender_allow(ctx, methods) != NGX_OK) {
            ctx->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ctx->status;
}


/*
 * The raw path decides, so that %2F is no slash; one that a rewrite has made
 * was decoded by nginx.
 */

static ngx_int_t
ngx_http_tender_path(ngx_http_tender_ctx_t *ctx)
{
    u_char              *p, *last;
    ngx_str_t           *prefix;
    ngx_http_request_t  *r;

    r = ctx->request;
    prefix = &ctx->conf->prefix;

    if (r->internal) {
        p = r->uri.data;
        last = p + r->uri.len;

    } else {
        p = r->unparsed_uri.data;
        last = ngx_strlchr(p, p + r->unparsed_uri.len, '?');

        if (last == NULL) {
            last = p + r->unparsed_uri.len;
        }
    }

    if ((size_t) (last - p) < prefix->len
        || ngx_memcmp(p, prefix->data, prefix->len) != 0)
    {
        return NGX_DECLINED;
    }

    p += prefix->len;

    if (p < last && *p++ != '/') {
        return NGX_DECLINED;
    }

    ctx->path.data = p;
    ctx->path.len = last - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_args(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t       rc;
    const char     *why;
    tender_str_t    name;
    tender_value_t *text;

    if (ctx->request->args.len == 0) {
        return NGX_OK;
    }

    rc = tender_query_parse_last(&ctx->mem,
                                 ngx_http_tender_str(&ctx->request->args),
                                 ctx->conf->dialect->once, &ctx->query, &why,
                                 &name);
    if (rc == TENDER_OK) {
        return NGX_OK;
    }

    ctx->status = NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (rc == TENDER_DECLINED) {

        if (name.len == 0) {
            tender_str_set(&name, "query");
        }

        text = tender_value_cstring(&ctx->mem, why);

        if (text) {
            ctx->status = NGX_HTTP_BAD_REQUEST;
            (void) ngx_http_tender_error_value(ctx, ctx->status, "url", name,
                                               text);
        }
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_match(ngx_http_tender_ctx_t *ctx, const char *pattern,
    tender_str_t *segments, ngx_int_t n)
{
    size_t         len;
    const char    *p;
    ngx_int_t      i;
    ngx_uint_t     nids;
    tender_str_t   ids[NGX_HTTP_TENDER_IDS];

    p = pattern;
    nids = 0;

    for (i = 0; i < n; i++) {

        if (*p == '\0') {
            return NGX_DECLINED;
        }

        for (len = 0; p[len] != '\0' && p[len] != '/'; len++) { /* void */ }

        if (*p == ':') {
            if (nids == NGX_HTTP_TENDER_IDS
                || ngx_http_tender_match_id(p, len, &segments[i], &ids[nids++])
                   != NGX_OK)
            {
                return NGX_DECLINED;
            }

        } else if (segments[i].len != len
                   || ngx_memcmp(segments[i].data, p, len) != 0)
        {
            return NGX_DECLINED;
        }

        p += len;

        if (*p == '/') {
            p++;
        }
    }

    if (*p != '\0') {
        return NGX_DECLINED;
    }

    ngx_memcpy(ctx->ids, ids, nids * sizeof(tender_str_t));
    ctx->nids = nids;

    if (nids) {
        ctx->id = ids[0];
    }

    return NGX_OK;
}


/* ":id" is any segment, ":id.html" one that ends so: the rest is the id */

static ngx_int_t
ngx_http_tender_match_id(const char *p, size_t len, tender_str_t *segment,
    tender_str_t *id)
{
    size_t       rest;
    const char  *tail;

    tail = memchr(p, '.', len);
    rest = tail ? (size_t) (p + len - tail) : 0;

    if (segment->len <= rest
        || (rest && ngx_memcmp(segment->data + segment->len - rest, tail, rest)
                    != 0))
    {
        return NGX_DECLINED;
    }

    id->data = segment->data;
    id->len = segment->len - rest;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_allow(ngx_http_tender_ctx_t *ctx, ngx_uint_t methods)
{
    u_char                    *p, buf[64];
    ngx_str_t                  value;
    ngx_http_tender_method_t  *m;

    p = buf;

    for (m = ngx_http_tender_methods; m->method; m++) {
        if (methods & m->method) {
            if (p > buf) {
                *p++ = ',';
                *p++ = ' ';
            }

            p = ngx_cpymem(p, m->name.data, m->name.len);
        }
    }

    value.data = buf;
    value.len = p - buf;

    if (ngx_http_tender_header(ctx->request, "Allow", &value) == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}
