
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"


static ngx_int_t ngx_http_tender_oauth_accept(ngx_http_tender_ctx_t *ctx);
static void ngx_http_tender_oauth_allow(ngx_http_request_t *r);
static ngx_str_t *ngx_http_tender_oauth_allowed(ngx_http_request_t *r);
static ngx_int_t ngx_http_tender_oauth_no_store(ngx_http_request_t *r);
static const char *ngx_http_tender_oauth_code(ngx_uint_t status);
static void ngx_http_tender_oauth_clean(tender_str_t *text);


/* where an error of ours is from; others describe theirs in their own way */
#define NGX_HTTP_TENDER_OAUTH_LOCATION  "oauth"


static ngx_str_t  ngx_http_tender_oauth_type =
    ngx_string("application/json;charset=UTF-8");


#define ngx_http_tender_oauth_token_route(method, body)                       \
    { method, "token", ngx_string("oauth token"), 0, body,                    \
      "Token",                                                                \
      { ngx_http_tender_oauth_params,                                         \
        ngx_http_tender_oauth_asked,                                          \
        ngx_http_tender_oauth_client,                                         \
        ngx_http_tender_oauth_secret,                                         \
        ngx_http_tender_oauth_refused,                                        \
        ngx_http_tender_oauth_begin,                                          \
        ngx_http_tender_oauth_check,                                          \
        ngx_http_tender_oauth_note,                                           \
        ngx_http_tender_oauth_whose,                                          \
        ngx_http_tender_oauth_grant,                                          \
        ngx_http_tender_oauth_granted } }


static const ngx_http_tender_route_t  ngx_http_tender_oauth_routes[] = {

    ngx_http_tender_oauth_token_route(NGX_HTTP_POST, NGX_HTTP_TENDER_BODY),

    /* with tender_oauth_get */

    ngx_http_tender_oauth_token_route(NGX_HTTP_GET, NGX_HTTP_TENDER_NO_BODY),

    { NGX_HTTP_POST, "revoke", ngx_string("oauth revoke"), 0,
      NGX_HTTP_TENDER_BODY,
      "Revocation",
      { ngx_http_tender_oauth_params,
        ngx_http_tender_oauth_shown,
        ngx_http_tender_oauth_client,
        ngx_http_tender_oauth_secret,
        ngx_http_tender_oauth_refused,
        ngx_http_tender_oauth_revoke,
        ngx_http_tender_oauth_revoked } },

    { NGX_HTTP_POST, "introspect", ngx_string("oauth introspect"), 0,
      NGX_HTTP_TENDER_BODY,
      "Introspection",
      { ngx_http_tender_oauth_params,
        ngx_http_tender_oauth_shown,
        ngx_http_tender_oauth_client,
        ngx_http_tender_oauth_secret,
        ngx_http_tender_oauth_refused,
        ngx_http_tender_oauth_ask,
        ngx_http_tender_oauth_told } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_oauth_dialect = {
    ngx_string("oauth"),
    ngx_null_string,
    ngx_http_tender_oauth_routes,
    ngx_http_tender_oauth_refuse,
    ngx_http_tender_oauth_accept,
    1,
    0,
    0,
    NGX_HTTP_TENDER_PASSWORDS_GRANT,
    NULL
};


/* before a body is read */

static ngx_int_t
ngx_http_tender_oauth_accept(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t            get = ngx_string("GET, HEAD, POST");
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->route->method != NGX_HTTP_GET
        || (r->method == NGX_HTTP_GET && ctx->conf->oauth_get))
    {
        return NGX_OK;
    }

    if (ngx_http_tender_header(r, "Allow", &get) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_NOT_ALLOWED,
               "invalid_request",
               "Tokens are asked for by POST; GET, whose address is kept by "
               "proxies and browsers, works where the server's configuration "
               "says tender_oauth_get on");
}


/* the GET of the routes is there for those who switch it on, without HEAD */

static void
ngx_http_tender_oauth_allow(ngx_http_request_t *r)
{
    ngx_str_t                   *value;
    ngx_http_tender_loc_conf_t  *tlcf;

    value = ngx_http_tender_oauth_allowed(r);

    if (value == NULL || value->len != sizeof("GET, HEAD, POST") - 1) {
        return;
    }

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (tlcf->oauth_get) {
        ngx_str_set(value, "GET, POST");

    } else {
        ngx_str_set(value, "POST");
    }
}


static ngx_str_t *
ngx_http_tender_oauth_allowed(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == sizeof("Allow") - 1
                && ngx_strncmp(h[i].key.data, "Allow", h[i].key.len) == 0)
            {
                return &h[i].value;
            }
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_tender_oauth_error(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    const char *error, const char *text)
{
    return ngx_http_tender_error(ctx, status, NGX_HTTP_TENDER_OAUTH_LOCATION,
                                 error, text);
}


ngx_int_t
ngx_http_tender_oauth_wrong(ngx_http_tender_ctx_t *ctx, const char *text,
    const tender_str_t *name)
{
    u_char          *p;
    tender_str_t     str, error = tender_string("invalid_request");
    tender_value_t  *v;

    str.len = ngx_strlen(text) + 2 + name->len;

    p = tender_alloc(&ctx->mem, str.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    str.data = p;

    p = ngx_cpymem(p, text, ngx_strlen(text));
    p = ngx_cpymem(p, ": ", 2);
    ngx_memcpy(p, name->data, name->len);

    v = tender_value_string(&ctx->mem, str);
    if (v == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST,
                                       NGX_HTTP_TENDER_OAUTH_LOCATION, error,
                                       v);
}


ngx_int_t
ngx_http_tender_oauth_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    const char             *text;
    tender_str_t            str, code;
    tender_value_t         *object, *error, *description;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_tender_ctx(r);

    if (ctx == NULL || ngx_http_tender_oauth_no_store(r) != NGX_OK) {
        return NGX_ERROR;
    }

    if (status == NGX_HTTP_NOT_ALLOWED) {
        ngx_http_tender_oauth_allow(r);
    }

    text = ngx_http_tender_oauth_code(status);
    code.data = (u_char *) text;
    code.len = ngx_strlen(text);

    if (errors
        && ngx_strcmp(errors->location, NGX_HTTP_TENDER_OAUTH_LOCATION) == 0)
    {
        code = errors->name;
    }

    text = ngx_http_tender_status_text(status);
    str.data = (u_char *) text;
    str.len = ngx_strlen(text);

    if (errors && errors->description->type == TENDER_STRING) {
        str = errors->description->u.text;
    }

    ngx_http_tender_oauth_clean(&str);

    object = tender_value_new(&ctx->mem, TENDER_OBJECT);
    error = tender_value_string(&ctx->mem, code);
    description = tender_value_string(&ctx->mem, str);

    if (object == NULL
        || ngx_http_tender_oauth_add(object, "error", error) != NGX_OK
        || ngx_http_tender_oauth_add(object, "error_description", description)
           != NGX_OK
        || tender_json_text(&ctx->mem, object, 0, &str) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    body->data = str.data;
    body->len = str.len;
    *type = ngx_http_tender_oauth_type;

    return NGX_OK;
}


/* nobody is to keep an answer; what had a secret in its address says so */

static ngx_int_t
ngx_http_tender_oauth_no_store(ngx_http_request_t *r)
{
    ngx_str_t               no_store = ngx_string("no-store");
    ngx_str_t               no_cache = ngx_string("no-cache");
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tender_module);

    if (ngx_http_tender_header(r, "Pragma", &no_cache) == NULL
        || (!ctx->secret
            && ngx_http_tender_header(r, "Cache-Control", &no_store) == NULL))
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the code of what others have refused */

static const char *
ngx_http_tender_oauth_code(ngx_uint_t status)
{
    switch (status) {

    case NGX_HTTP_UNAUTHORIZED:
        return "invalid_client";

    case NGX_HTTP_FORBIDDEN:
        return "access_denied";

    case NGX_HTTP_BAD_GATEWAY:
    case NGX_HTTP_SERVICE_UNAVAILABLE:
    case NGX_HTTP_GATEWAY_TIME_OUT:
        return "temporarily_unavailable";
    }

    return (status < NGX_HTTP_INTERNAL_SERVER_ERROR) ? "invalid_request"
                                                     : "server_error";
}


/* up to the first character that a description must not have */

static void
ngx_http_tender_oauth_clean(tender_str_t *text)
{
    size_t  i;
    u_char  ch;

    for (i = 0; i < text->len; i++) {
        ch = text->data[i];

        if (ch < 0x20 || ch > 0x7e || ch == '"' || ch == '\\') {
            text->len = i;
            return;
        }
    }
}


ngx_int_t
ngx_http_tender_oauth_answer(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object)
{
    tender_str_t  text;

    if (tender_json_text(&ctx->mem, object, 0, &text) != TENDER_OK
        || ngx_http_tender_put(ctx, text.data, text.len) != NGX_OK
        || ngx_http_tender_oauth_no_store(ctx->request) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->type = ngx_http_tender_oauth_type;

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_oauth_add(tender_value_t *object, const char *name,
    tender_value_t *v)
{
    tender_str_t  str;

    if (v == NULL) {
        return NGX_ERROR;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    tender_value_add(object, str, v);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_text(ngx_http_tender_ctx_t *ctx, tender_value_t *object,
    const char *name, ngx_str_t *text)
{
    return ngx_http_tender_oauth_add(object, name,
                 tender_value_string(&ctx->mem, ngx_http_tender_str(text)));
}
