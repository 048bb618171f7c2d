
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


static ngx_int_t ngx_http_tender_export_accept(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);
static ngx_http_tender_export_format_e ngx_http_tender_export_asked(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_message(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, ngx_http_tender_error_t *error, tender_str_t *text);
static const char *ngx_http_tender_export_code(ngx_uint_t status);


typedef struct {
    ngx_uint_t   status;
    const char  *code;
} ngx_http_tender_export_status_t;


static ngx_http_tender_export_status_t  ngx_http_tender_export_codes[] = {
    { NGX_HTTP_BAD_REQUEST, "bad_request" },
    { NGX_HTTP_UNAUTHORIZED, "unauthorized" },
    { NGX_HTTP_FORBIDDEN, "forbidden" },
    { NGX_HTTP_NOT_FOUND, "not_found" },
    { NGX_HTTP_NOT_ALLOWED, "method_not_allowed" },
    { NGX_HTTP_TOO_MANY_REQUESTS, "too_many_requests" },
    { NGX_HTTP_INTERNAL_SERVER_ERROR, "internal_error" },
    { NGX_HTTP_NOT_IMPLEMENTED, "not_implemented" },
    { NGX_HTTP_SERVICE_UNAVAILABLE, "unavailable" },
    { NGX_HTTP_GATEWAY_TIME_OUT, "unknown_outcome" },
    { 0, "refused" }
};


static ngx_str_t  ngx_http_tender_export_formats[] = {
    ngx_string("xml"), ngx_string("json"), ngx_string("csv")
};


static const ngx_http_tender_route_t  ngx_http_tender_export_routes[] = {

    { NGX_HTTP_GET, "", ngx_string("export"),
      0, 0,
      "Search, or an api_code for a refresh code",
      { ngx_http_tender_export_begin,
        ngx_http_tender_export_ask,
        ngx_http_tender_export_renew,
        ngx_http_tender_export_renewed } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_export_dialect = {
    ngx_string("export"),
    ngx_null_string,
    ngx_http_tender_export_routes,
    ngx_http_tender_export_refuse,
    ngx_http_tender_export_accept,
    0,
    NGX_HTTP_TENDER_AUTH_API_CODE|NGX_HTTP_TENDER_AUTH_SESSION
    |NGX_HTTP_TENDER_AUTH_BEARER|NGX_HTTP_TENDER_AUTH_OAUTH2,
    0,
    0
};


ngx_int_t
ngx_http_tender_export_format(tender_query_t *query,
    ngx_http_tender_export_format_e *format)
{
    ngx_uint_t     i;
    tender_str_t  *value;

    *format = NGX_HTTP_TENDER_EXPORT_XML;

    value = query->nparams ? tender_query_value(query, "dtype") : NULL;

    if (value == NULL || value->len == 0) {
        return NGX_OK;
    }

    for (i = NGX_HTTP_TENDER_EXPORT_XML; i <= NGX_HTTP_TENDER_EXPORT_CSV; i++)
    {
        if (value->len == ngx_http_tender_export_formats[i].len
            && ngx_strncasecmp(value->data,
                               ngx_http_tender_export_formats[i].data,
                               value->len)
               == 0)
        {
            *format = i;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_export_accept(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_export_format_e  format;

    if (ngx_http_tender_export_format(&ctx->query, &format) != NGX_OK) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url",
                                     "dtype", "Expected json, xml or csv");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    tender_str_t            code, text;
    tender_value_t         *record;
    ngx_http_tender_ctx_t  *ctx;

    tender_str_t  denied = tender_string("denied");

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    code.data = (u_char *) ngx_http_tender_export_code(status);
    code.len = ngx_strlen(code.data);

    record = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (record == NULL
        || ngx_http_tender_export_message(ctx, status, errors, &text)
           != NGX_OK
        || ngx_http_tender_export_add(ctx, record, "access", denied) != NGX_OK
        || ngx_http_tender_export_add(ctx, record, "code", code) != NGX_OK
        || ngx_http_tender_export_add(ctx, record, "message", text) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_export_record(ctx,
                                         ngx_http_tender_export_asked(ctx),
                                         record, 0, type, body);
}


/* also of a request that no route has looked at */

static ngx_http_tender_export_format_e
ngx_http_tender_export_asked(ngx_http_tender_ctx_t *ctx)
{
    const char                       *why;
    tender_str_t                      name;
    tender_query_t                    query;
    ngx_http_request_t               *r;
    ngx_http_tender_export_format_e   format;

    r = ctx->request;
    query = ctx->query;

    if (query.nparams == 0 && r->args.len
        && tender_query_parse(&ctx->mem, ngx_http_tender_str(&r->args),
                              &query, &why, &name)
           != TENDER_OK)
    {
        return NGX_HTTP_TENDER_EXPORT_XML;
    }

    (void) ngx_http_tender_export_format(&query, &format);

    return format;
}


/* one sentence; a parameter is named in front of it */

static ngx_int_t
ngx_http_tender_export_message(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    ngx_http_tender_error_t *error, tender_str_t *text)
{
    u_char        *p;
    tender_str_t  *description;

    if (error == NULL || error->description == NULL
        || error->description->type != TENDER_STRING)
    {
        text->data = (u_char *) ngx_http_tender_status_text(status);
        text->len = ngx_strlen(text->data);

        return NGX_OK;
    }

    description = &error->description->u.text;

    if (ngx_strcmp(error->location, "url") != 0) {
        *text = *description;
        return NGX_OK;
    }

    text->len = error->name.len + sizeof(": ") - 1 + description->len;

    text->data = tender_alloc(&ctx->mem, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text->data, error->name.data, error->name.len);
    *p++ = ':';
    *p++ = ' ';
    (void) ngx_cpymem(p, description->data, description->len);

    return NGX_OK;
}


static const char *
ngx_http_tender_export_code(ngx_uint_t status)
{
    ngx_http_tender_export_status_t  *s;

    for (s = ngx_http_tender_export_codes; s->status; s++) {
        if (s->status == status) {
            break;
        }
    }

    return s->code;
}
