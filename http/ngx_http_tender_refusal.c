
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


typedef struct {
    ngx_uint_t   status;
    const char  *text;
} ngx_http_tender_status_text_t;


static ngx_http_tender_status_text_t  ngx_http_tender_status_texts[] = {
    { NGX_HTTP_BAD_REQUEST, "Bad Request" },
    { NGX_HTTP_UNAUTHORIZED, "Unauthorized" },
    { NGX_HTTP_FORBIDDEN, "Forbidden" },
    { NGX_HTTP_NOT_FOUND, "Not Found" },
    { NGX_HTTP_NOT_ALLOWED, "Method Not Allowed" },
    { NGX_HTTP_REQUEST_TIME_OUT, "Request Timeout" },
    { NGX_HTTP_CONFLICT, "Conflict" },
    { NGX_HTTP_LENGTH_REQUIRED, "Length Required" },
    { NGX_HTTP_PRECONDITION_FAILED, "Precondition Failed" },
    { NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large" },
    { NGX_HTTP_REQUEST_URI_TOO_LARGE, "Request-URI Too Large" },
    { NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type" },
    { NGX_HTTP_RANGE_NOT_SATISFIABLE, "Requested Range Not Satisfiable" },
    { NGX_HTTP_UNPROCESSABLE_ENTITY, "Unprocessable Entity" },
    { NGX_HTTP_TOO_MANY_REQUESTS, "Too Many Requests" },
    { NGX_HTTP_REQUEST_HEADER_TOO_LARGE,
      "Request Header Or Cookie Too Large" },
    { NGX_HTTP_INTERNAL_SERVER_ERROR, "Internal Server Error" },
    { NGX_HTTP_NOT_IMPLEMENTED, "Not Implemented" },
    { NGX_HTTP_BAD_GATEWAY, "Bad Gateway" },
    { NGX_HTTP_SERVICE_UNAVAILABLE, "Service Unavailable" },
    { NGX_HTTP_GATEWAY_TIME_OUT, "Gateway Timeout" },
    { 0, "Error" }
};


const char *
ngx_http_tender_status_text(ngx_uint_t status)
{
    ngx_http_tender_status_text_t  *s;

    for (s = ngx_http_tender_status_texts; s->status; s++) {
        if (s->status == status) {
            break;
        }
    }

    return s->text;
}


ngx_int_t
ngx_http_tender_error(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    const char *location, const char *name, const char *text)
{
    tender_str_t     str;
    tender_value_t  *description;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    description = tender_value_cstring(&ctx->mem, text);
    if (description == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_error_value(ctx, status, location, str,
                                       description);
}


ngx_int_t
ngx_http_tender_error_value(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    const char *location, tender_str_t name, tender_value_t *description)
{
    ngx_http_tender_error_t  *error, **last;

    error = tender_alloc(&ctx->mem, sizeof(ngx_http_tender_error_t));
    if (error == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    error->location = location;
    error->name = name;
    error->description = description;
    error->next = NULL;

    for (last = &ctx->errors; *last; last = &(*last)->next) { /* void */ }

    *last = error;

    return status;
}


ngx_int_t
ngx_http_tender_error_redis(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call)
{
    ngx_str_t     second = ngx_string("1");
    ngx_uint_t    status;
    const char   *text;

    status = NGX_HTTP_SERVICE_UNAVAILABLE;

    switch (call->outcome) {

    case NGX_HTTP_TENDER_REDIS_AWAY:
        text = "The store is not available, nothing was changed: try again";
        break;

    case NGX_HTTP_TENDER_REDIS_BUSY:
        text = "Too many requests wait for the store, nothing was changed: "
               "try again";
        break;

    case NGX_HTTP_TENDER_REDIS_LATE:
        text = "The store did not answer in time: try again";
        break;

    case NGX_HTTP_TENDER_REDIS_UNKNOWN:
        status = NGX_HTTP_GATEWAY_TIME_OUT;
        text = "The store did not confirm the change, the outcome is "
               "unknown: look whether it was made before you repeat it";
        break;

    default:
        status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        text = "The store refused the operation, nothing was changed";
    }

    /*
     * A request whose command was sent has a line of its own; of those that
     * a server which is away refuses, one in a while has.
     */

    if (call->outcome == NGX_HTTP_TENDER_REDIS_LATE
        || call->outcome == NGX_HTTP_TENDER_REDIS_UNKNOWN
        || ngx_http_tender_redis_may_log(ctx->main->client))
    {
        ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                      "tender: %s", text);
    }

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ngx_http_tender_header(ctx->request, "Retry-After", &second) == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_tender_error(ctx, status, "header", "redis", text);
}


ngx_int_t
ngx_http_tender_refuse(ngx_http_tender_ctx_t *ctx, ngx_uint_t status)
{
    ngx_str_t            type, body;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->answered) {
        return NGX_ERROR;
    }

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }

    ctx->status = status;
    ctx->etag.len = 0;
    ctx->out = NULL;
    ctx->length = 0;

    if (ctx->conf->dialect->refuse(r, status, ctx->errors, &type, &body)
        != NGX_OK
        || ngx_http_tender_put(ctx, body.data, body.len) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->type = type;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "tender refuse: %ui \"%V\"", status, &body);

    return ngx_http_tender_send(ctx);
}
