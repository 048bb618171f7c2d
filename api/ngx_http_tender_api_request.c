
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


static ngx_int_t ngx_http_tender_api_content_type(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_callback(ngx_http_tender_ctx_t *ctx);


/* before the body is read */

ngx_int_t
ngx_http_tender_api_accept(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t           *pretty;
    ngx_http_tender_api_t  *api;

    api = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_api_t));
    if (api == NULL) {
        return NGX_ERROR;
    }

    ctx->data = api;

    if (ctx->query.nparams) {
        pretty = tender_query_value(&ctx->query, "opt_pretty");
        api->pretty = (pretty && pretty->len) ? 1 : 0;

        if (ngx_http_tender_api_callback(ctx) != NGX_OK) {
            return NGX_HTTP_BAD_REQUEST;
        }
    }

    if (ngx_http_tender_token(ctx, NULL) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    if (ctx->route->body == NGX_HTTP_TENDER_BODY
        && ngx_http_tender_api_content_type(ctx) != NGX_OK)
    {
        return NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
    }

    /*
     * In the original a body that is wrong is told before a tender that is
     * missing; what has no such body is told at once.
     */

    return (ctx->route->body == NGX_HTTP_TENDER_BODY)
           ? NGX_OK : ngx_http_tender_api_ids(ctx);
}


/* a body without a type is JSON, as in the seed's examples */

static ngx_int_t
ngx_http_tender_api_content_type(ngx_http_tender_ctx_t *ctx)
{
    size_t            len;
    ngx_str_t         type, json = ngx_string("application/json");
    ngx_table_elt_t  *h;

    h = ctx->request->headers_in.content_type;

    if (h == NULL) {
        return NGX_OK;
    }

    type = h->value;

    for (len = 0; len < type.len; len++) {
        if (type.data[len] == ';' || type.data[len] == ' '
            || type.data[len] == '\t')
        {
            break;
        }
    }

    if (len == json.len && ngx_strncasecmp(type.data, json.data, len) == 0) {
        return NGX_OK;
    }

    (void) ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                 "header", "Content-Type",
                                 "Content-Type header should be one of "
                                 "['application/json']");
    return NGX_DECLINED;
}


/*
 * A script tag can send no body and no credential of its own, so JSONP is for
 * GET, and for what anybody may read.
 */

static ngx_int_t
ngx_http_tender_api_callback(ngx_http_tender_ctx_t *ctx)
{
    size_t         i;
    u_char         ch;
    ngx_uint_t     first;
    tender_str_t  *callback;

    callback = tender_query_value(&ctx->query, "opt_jsonp");

    if (callback == NULL) {
        return NGX_OK;
    }

    if (ctx->route->method != NGX_HTTP_GET
        || (ctx->conf->anonymous & NGX_HTTP_TENDER_READ) == 0)
    {
        (void) ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                     "opt_jsonp",
                                     "opt_jsonp is for GET of what anybody "
                                     "may read");
        return NGX_DECLINED;
    }

    first = 1;

    for (i = 0; i < callback->len; i++) {
        ch = callback->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || ch == '_' || ch == '$'
            || (!first && ((ch >= '0' && ch <= '9') || ch == '.')))
        {
            first = (ch == '.');
            continue;
        }

        break;
    }

    if (!first && callback->len <= 64 && i == callback->len) {
        return NGX_OK;
    }

    (void) ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                 "opt_jsonp",
                                 "opt_jsonp should be a JavaScript name of "
                                 "at most 64 characters");
    return NGX_DECLINED;
}


ngx_int_t
ngx_http_tender_api_body(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    tender_value_t         *body, *options, *pretty, *access;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_errors_body(ctx, &body, &api->data);
    if (rc != NGX_OK) {
        return rc;
    }

    options = tender_value_member(body, "options");
    access = tender_value_member(body, "access");

    if (access && access->type == TENDER_OBJECT) {
        access = tender_value_member(access, "token");

        if (access && access->type == TENDER_STRING
            && ngx_http_tender_token(ctx, &access->u.text) != NGX_OK)
        {
            return NGX_HTTP_BAD_REQUEST;
        }
    }

    if (options && options->type == TENDER_OBJECT) {
        pretty = tender_value_member(options, "pretty");

        if (pretty && pretty->type == TENDER_TRUE) {
            api->pretty = 1;
        }
    }

    return NGX_OK;
}
