
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


static void ngx_http_tender_export_accepted(ngx_http_request_t *r,
    ngx_http_tender_export_format_e *format);
static u_char *ngx_http_tender_export_names_type(ngx_str_t *list,
    const char *type);
static ngx_int_t ngx_http_tender_export_accept(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);
static ngx_http_tender_export_format_e ngx_http_tender_export_form_of(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_message(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, ngx_http_tender_error_t *error, tender_str_t *text);
static const char *ngx_http_tender_export_code(ngx_uint_t status);


/* where an error is whose name is the code that is shown */

#define NGX_HTTP_TENDER_EXPORT_PLAN  "plan"


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
    ngx_string("xml"), ngx_string("json"), ngx_string("csv"),
    ngx_string("ndjson")
};


/* of which one value is enough; of other parameters the last one counts */

static const tender_str_t  ngx_http_tender_export_once[] = {
    tender_string("api_code"),
    tender_string("access_token"),
    tender_string("refresh_code"),
    tender_null_string
};


static const ngx_http_tender_route_t  ngx_http_tender_export_routes[] = {

    { NGX_HTTP_GET, "", ngx_string("export"),
      NGX_HTTP_TENDER_ANYBODY, 0,
      "Search, or an api_code for a refresh code",
      { ngx_http_tender_export_start,

        /* an api_code */
        ngx_http_tender_export_begin,
        ngx_http_tender_export_ask,
        ngx_http_tender_export_renew,
        ngx_http_tender_export_renewed,

        /* all else */
        ngx_http_tender_export_asked,
        ngx_http_tender_export_counted,
        ngx_http_tender_export_run } },

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
    0,
    ngx_http_tender_export_once
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

    for (i = NGX_HTTP_TENDER_EXPORT_XML; i <= NGX_HTTP_TENDER_EXPORT_NDJSON;
         i++)
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


void
ngx_http_tender_export_negotiate(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_uint_t       i;
    tender_str_t     saved;

    (void) ngx_http_tender_export_format(&ctx->query, &export->format);

    if (ctx->query.nparams && tender_query_value(&ctx->query, "dtype")) {
        return;
    }

    saved = ngx_http_tender_criteria_get(export->object, "dtype");

    for (i = NGX_HTTP_TENDER_EXPORT_XML; i <= NGX_HTTP_TENDER_EXPORT_NDJSON;
         i++)
    {
        if (saved.len == ngx_http_tender_export_formats[i].len
            && ngx_strncmp(saved.data, ngx_http_tender_export_formats[i].data,
                           saved.len)
               == 0)
        {
            export->format = i;
            return;
        }
    }

    export->negotiated = 1;

    ngx_http_tender_export_accepted(ctx->request, &export->format);
}


/* JSON or CSV for a client that names it, and neither XML nor anything */

static void
ngx_http_tender_export_accepted(ngx_http_request_t *r,
    ngx_http_tender_export_format_e *format)
{
    u_char     *csv, *json;
    ngx_str_t  *accept;

    accept = ngx_http_tender_header_in(r, "accept");

    if (accept == NULL
        || ngx_http_tender_export_names_type(accept, "*/*")
        || ngx_http_tender_export_names_type(accept, "xml"))
    {
        return;
    }

    csv = ngx_http_tender_export_names_type(accept, "text/csv");
    json = ngx_http_tender_export_names_type(accept, "application/json");

    if (json && (csv == NULL || json < csv)) {
        *format = NGX_HTTP_TENDER_EXPORT_JSON;

    } else if (csv) {
        *format = NGX_HTTP_TENDER_EXPORT_CSV;
    }
}


static u_char *
ngx_http_tender_export_names_type(ngx_str_t *list, const char *type)
{
    return ngx_strlcasestrn(list->data, list->data + list->len,
                            (u_char *) type, ngx_strlen(type) - 1);
}


ngx_int_t
ngx_http_tender_export_denied(ngx_http_tender_ctx_t *ctx, const char *code,
    const char *text)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN,
                                 NGX_HTTP_TENDER_EXPORT_PLAN, code, text);
}


static ngx_int_t
ngx_http_tender_export_accept(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                       renewal;
    ngx_http_tender_export_format_e  format;

    renewal = ctx->query.nparams
              && tender_query_value(&ctx->query, "get_api_code");

    if (ngx_http_tender_export_format(&ctx->query, &format) == NGX_OK
        && !(renewal && format == NGX_HTTP_TENDER_EXPORT_NDJSON))
    {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "dtype",
                                 renewal ? "Expected json, xml or csv"
                                         : "Expected json, xml, csv or "
                                           "ndjson");
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

    if (errors && ngx_strcmp(errors->location, NGX_HTTP_TENDER_EXPORT_PLAN)
                  == 0)
    {
        code = errors->name;
    }

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

    /* clients of the original know no other status */

    if (ctx->conf->legacy_status && status < NGX_HTTP_INTERNAL_SERVER_ERROR) {
        ctx->status = NGX_HTTP_OK;
        r->headers_out.status = NGX_HTTP_OK;
        r->headers_out.status_line.len = 0;
    }

    return ngx_http_tender_export_record(ctx,
                                         ngx_http_tender_export_form_of(ctx),
                                         record, 0, type, body);
}


/* also of a request that no route has looked at */

static ngx_http_tender_export_format_e
ngx_http_tender_export_form_of(ngx_http_tender_ctx_t *ctx)
{
    const char                       *why;
    tender_str_t                      name;
    tender_query_t                    query;
    ngx_http_request_t               *r;
    ngx_http_tender_export_format_e   format;

    r = ctx->request;
    query = ctx->query;

    if (query.nparams == 0 && r->args.len
        && tender_query_parse_last(&ctx->mem, ngx_http_tender_str(&r->args),
                                   ngx_http_tender_export_once, &query, &why,
                                   &name)
           != TENDER_OK)
    {
        return NGX_HTTP_TENDER_EXPORT_XML;
    }

    (void) ngx_http_tender_export_format(&query, &format);

    if (query.nparams == 0 || tender_query_value(&query, "dtype") == NULL) {
        ngx_http_tender_export_accepted(r, &format);
    }

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
