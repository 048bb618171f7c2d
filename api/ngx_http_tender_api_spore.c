
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


/* a description of the routes for SPORE clients, from the route table */

static ngx_int_t ngx_http_tender_api_spore_method(ngx_http_tender_ctx_t *ctx,
    tender_value_t *methods, const ngx_http_tender_route_t *route,
    const char *method);
static ngx_int_t ngx_http_tender_api_spore_params(ngx_http_tender_ctx_t *ctx,
    tender_value_t *method, const char *path);
static ngx_int_t ngx_http_tender_api_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *key, u_char *data, size_t len);


typedef struct {
    ngx_uint_t     method;
    const char    *name;
} ngx_http_tender_api_method_t;


static ngx_http_tender_api_method_t  ngx_http_tender_api_methods[] = {
    { NGX_HTTP_GET, "GET" },
    { NGX_HTTP_GET, "HEAD" },
    { NGX_HTTP_POST, "POST" },
    { NGX_HTTP_PUT, "PUT" },
    { NGX_HTTP_PATCH, "PATCH" },
    { NGX_HTTP_DELETE, "DELETE" },
    { 0, NULL }
};


ngx_int_t
ngx_http_tender_api_spore(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                       base;
    tender_str_t                    name, text;
    tender_value_t                 *spore, *methods, *expected, *ok;
    const ngx_http_tender_route_t  *route;
    ngx_http_tender_api_method_t   *method;

    spore = tender_value_new(&ctx->mem, TENDER_OBJECT);
    methods = tender_value_new(&ctx->mem, TENDER_OBJECT);
    expected = tender_value_new(&ctx->mem, TENDER_ARRAY);
    ok = tender_value_int(&ctx->mem, NGX_HTTP_OK);

    if (spore == NULL || methods == NULL || expected == NULL || ok == NULL
        || ngx_http_tender_base(ctx, &base) != NGX_OK
        || ngx_http_tender_api_add(ctx, spore, "name",
                                   (u_char *) "tender", 6) != NGX_OK
        || ngx_http_tender_api_add(ctx, spore, "base_url", base.data,
                                   base.len) != NGX_OK
        || ngx_http_tender_api_add(ctx, spore, "version",
                                   ctx->conf->dialect->version.data,
                                   ctx->conf->dialect->version.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    tender_value_push(expected, ok);

    tender_str_set(&name, "expected_status");
    tender_value_add(spore, name, expected);

    tender_str_set(&name, "methods");
    tender_value_add(spore, name, methods);

    for (route = ctx->conf->dialect->routes; route->method; route++) {
        for (method = ngx_http_tender_api_methods; method->method; method++) {

            if (method->method == route->method
                && ngx_http_tender_api_spore_method(ctx, methods, route,
                                                    method->name)
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    if (tender_json_text(&ctx->mem, spore,
                         ngx_http_tender_api_state(ctx)->pretty
                         ? TENDER_JSON_PRETTY : 0, &text)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_text(ctx, text.data, text.len, NGX_HTTP_OK);
}


/* "get_collection_tender": {"path": "/tenders", "method": "GET", ...} */

static ngx_int_t
ngx_http_tender_api_spore_method(ngx_http_tender_ctx_t *ctx,
    tender_value_t *methods, const ngx_http_tender_route_t *route,
    const char *name)
{
    u_char          *p;
    size_t           len, path_len;
    tender_str_t     key;
    tender_value_t  *method, *formats, *json;

    len = ngx_strlen(name);
    path_len = ngx_strlen(route->path);

    method = tender_value_new(&ctx->mem, TENDER_OBJECT);
    formats = tender_value_new(&ctx->mem, TENDER_ARRAY);
    json = tender_value_cstring(&ctx->mem, "json");
    p = tender_alloc(&ctx->mem, len + 1 + route->name.len + 1 + path_len);

    if (method == NULL || formats == NULL || json == NULL || p == NULL) {
        return NGX_ERROR;
    }

    key.data = p;

    ngx_strlow(p, (u_char *) name, len);
    p += len;
    *p++ = '_';
    p = ngx_cpymem(p, route->name.data, route->name.len);

    key.len = p - key.data;

    *p = '/';
    ngx_memcpy(p + 1, route->path, path_len);

    if (ngx_http_tender_api_add(ctx, method, "path", p, path_len + 1)
        != NGX_OK
        || ngx_http_tender_api_add(ctx, method, "method", (u_char *) name,
                                   len) != NGX_OK
        || ngx_http_tender_api_add(ctx, method, "description",
                                   (u_char *) route->about,
                                   ngx_strlen(route->about)) != NGX_OK
        || ngx_http_tender_api_spore_params(ctx, method, route->path)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    tender_value_push(formats, json);
    tender_value_add(methods, key, method);

    tender_str_set(&key, "formats");
    tender_value_add(method, key, formats);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_spore_params(ngx_http_tender_ctx_t *ctx,
    tender_value_t *method, const char *path)
{
    size_t           len;
    const char      *p;
    tender_str_t     name;
    tender_value_t  *params, *param;

    params = NULL;

    for (p = strchr(path, ':'); p; p = strchr(p, ':')) {
        p++;
        len = strcspn(p, "/");

        name.data = (u_char *) p;
        name.len = len;

        param = tender_value_string(&ctx->mem, name);

        if (params == NULL) {
            params = tender_value_new(&ctx->mem, TENDER_ARRAY);
        }

        if (params == NULL || param == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(params, param);
    }

    if (params) {
        tender_str_set(&name, "required_params");
        tender_value_add(method, name, params);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_add(ngx_http_tender_ctx_t *ctx, tender_value_t *object,
    const char *key, u_char *data, size_t len)
{
    tender_str_t     name, text;
    tender_value_t  *v;

    text.data = data;
    text.len = len;

    v = tender_value_string(&ctx->mem, text);
    if (v == NULL) {
        return NGX_ERROR;
    }

    name.data = (u_char *) key;
    name.len = ngx_strlen(key);

    tender_value_add(object, name, v);

    return NGX_OK;
}
