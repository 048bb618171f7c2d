
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


static ngx_int_t ngx_http_tender_variable_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_id(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_calls(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_principal(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_method(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_tender_variable_set(ngx_http_variable_value_t *v,
    u_char *data, size_t len);


static ngx_http_variable_t  ngx_http_tender_vars[] = {

    { ngx_string("tender_route"), NULL, ngx_http_tender_variable_route,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_id"), NULL, ngx_http_tender_variable_id,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_error"), NULL, ngx_http_tender_variable_error,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_redis_time"), NULL, ngx_http_tender_variable_time,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_redis_calls"), NULL, ngx_http_tender_variable_calls,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_request"), NULL, ngx_http_tender_variable_request,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_principal"), NULL, ngx_http_tender_variable_principal,
      offsetof(ngx_http_tender_principal_t, id),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_account"), NULL, ngx_http_tender_variable_principal,
      offsetof(ngx_http_tender_principal_t, account),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_client"), NULL, ngx_http_tender_variable_principal,
      offsetof(ngx_http_tender_principal_t, client),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_scopes"), NULL, ngx_http_tender_variable_principal,
      offsetof(ngx_http_tender_principal_t, scopes),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_tenant"), NULL, ngx_http_tender_variable_principal,
      offsetof(ngx_http_tender_principal_t, tenant),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("tender_auth_method"), NULL, ngx_http_tender_variable_method,
      0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_tender_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_tender_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_variable_set(ngx_http_variable_value_t *v, u_char *data,
    size_t len)
{
    if (len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = data;
    v->len = len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_variable_route(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_tender_ctx_t  *ctx;

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx == NULL || ctx->route == NULL) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    return ngx_http_tender_variable_set(v, ctx->route->name.data,
                                        ctx->route->name.len);
}


static ngx_int_t
ngx_http_tender_variable_id(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_tender_ctx_t  *ctx;

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    /* only what can be an id, so that nothing else reaches a log */

    if (ctx == NULL || ctx->id.len != 32 || !tender_hex_valid(ctx->id)) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    return ngx_http_tender_variable_set(v, ctx->id.data, ctx->id.len);
}


/* "body/data": where the first fault was found, never what it was */

static ngx_int_t
ngx_http_tender_variable_error(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    size_t                    len;
    u_char                   *p;
    ngx_http_tender_ctx_t    *ctx;
    ngx_http_tender_error_t  *error;

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx == NULL || ctx->errors == NULL) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    error = ctx->errors;
    len = ngx_strlen(error->location) + 1 + error->name.len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(p, "%s/%*s", error->location, error->name.len,
                       error->name.data);

    return ngx_http_tender_variable_set(v, p, len);
}


static ngx_int_t
ngx_http_tender_variable_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                 *p;
    ngx_http_tender_ctx_t  *ctx;

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx == NULL || ctx->redis_calls == 0) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_variable_set(v, p,
                            ngx_sprintf(p, "%T.%03M",
                                        (time_t) (ctx->redis_time / 1000),
                                        ctx->redis_time % 1000)
                            - p);
}


static ngx_int_t
ngx_http_tender_variable_calls(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                 *p;
    ngx_http_tender_ctx_t  *ctx;

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx == NULL) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_variable_set(v, p,
                            ngx_sprintf(p, "%ui", ctx->redis_calls) - p);
}


static ngx_int_t
ngx_http_tender_variable_request(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t  line;

    (void) data;

    if (ngx_http_tender_masked_line(r, &line) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_variable_set(v, line.data, line.len);
}


/* a member of who is calling; not found: anonymous, or not asked yet */

static ngx_int_t
ngx_http_tender_variable_principal(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t              *text;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx == NULL || ctx->principal == NULL) {
        return ngx_http_tender_variable_set(v, NULL, 0);
    }

    text = (ngx_str_t *) ((u_char *) ctx->principal + data);

    return ngx_http_tender_variable_set(v, text->data, text->len);
}


static ngx_int_t
ngx_http_tender_variable_method(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_uint_t              i;
    ngx_http_tender_ctx_t  *ctx;

    static const ngx_str_t  names[] = {
        ngx_string("api_code"), ngx_string("bearer"), ngx_string("oauth2"),
        ngx_string("basic"), ngx_string("session")
    };

    (void) data;

    ctx = ngx_http_tender_find_ctx(r);

    if (ctx && ctx->principal) {
        for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (ctx->principal->method == ((ngx_uint_t) 1 << i)) {
                return ngx_http_tender_variable_set(v, names[i].data,
                                                    names[i].len);
            }
        }
    }

    return ngx_http_tender_variable_set(v, NULL, 0);
}
