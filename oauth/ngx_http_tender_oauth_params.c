
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"
#include "../format/tender_header.h"


static ngx_int_t ngx_http_tender_oauth_query(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_body(ngx_http_tender_ctx_t *ctx,
    tender_query_t *params);
static ngx_int_t ngx_http_tender_oauth_form(ngx_http_tender_ctx_t *ctx,
    tender_query_t *params);
static ngx_int_t ngx_http_tender_oauth_json(ngx_http_tender_ctx_t *ctx,
    tender_query_t *params);
static ngx_int_t ngx_http_tender_oauth_both(ngx_http_tender_ctx_t *ctx,
    tender_query_t *params);
static ngx_int_t ngx_http_tender_oauth_media(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_again(ngx_http_tender_ctx_t *ctx,
    const char *text, const tender_str_t *name);
static const tender_str_t *ngx_http_tender_oauth_known(
    const tender_str_t *name);


#define NGX_HTTP_TENDER_OAUTH_FORM   0
#define NGX_HTTP_TENDER_OAUTH_JSON   1
#define NGX_HTTP_TENDER_OAUTH_OTHER  2


/* those that a refusal may name: nothing else that was sent is repeated */

static const tender_str_t  ngx_http_tender_oauth_names[] = {
    tender_string("grant_type"),
    tender_string("client_id"),
    tender_string("username"),
    tender_string("scope"),
    tender_string("token_type_hint"),

    /* what an address must not show */

    tender_string("client_secret"),
    tender_string("password"),
    tender_string("refresh_token"),
    tender_string("access_token"),
    tender_string("token"),
    tender_null_string
};

#define NGX_HTTP_TENDER_OAUTH_SECRETS  5


tender_str_t *
ngx_http_tender_oauth_param(ngx_http_tender_ctx_t *ctx, const char *name)
{
    tender_str_t              key, *value;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    key.data = (u_char *) name;
    key.len = ngx_strlen(name);

    value = tender_query_get(&oauth->params, &key);

    return (value && value->len) ? value : NULL;
}


ngx_int_t
ngx_http_tender_oauth_params(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_oauth_t));
    if (oauth == NULL) {
        return NGX_ERROR;
    }

    ctx->data = oauth;

    rc = ngx_http_tender_oauth_query(ctx);

    if (rc != NGX_OK && rc != NGX_DECLINED) {
        return rc;
    }

    if (rc == NGX_OK) {
        oauth->params = ctx->query;
    }

    if (ctx->body.len == 0) {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED || ctx->query.nparams == 0) {
        return ngx_http_tender_oauth_body(ctx, &oauth->params);
    }

    return ngx_http_tender_oauth_both(ctx, &oauth->params);
}


/* NGX_OK: parameters are taken from the address, too; NGX_DECLINED: none */

static ngx_int_t
ngx_http_tender_oauth_query(ngx_http_tender_ctx_t *ctx)
{
    const tender_str_t  *name;

    if (ctx->conf->oauth_query || ctx->route->method == NGX_HTTP_GET) {
        return NGX_OK;
    }

    name = &ngx_http_tender_oauth_names[NGX_HTTP_TENDER_OAUTH_SECRETS];

    for ( /* void */ ; name->len; name++) {
        if (tender_query_get(&ctx->query, name)) {
            return ngx_http_tender_oauth_wrong(ctx,
                       "Secrets belong into the body: addresses are kept in "
                       "logs; they are taken from there where the server's "
                       "configuration says tender_oauth_query_credentials on",
                       name);
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_tender_oauth_body(ngx_http_tender_ctx_t *ctx, tender_query_t *params)
{
    switch (ngx_http_tender_oauth_media(ctx)) {

    case NGX_HTTP_TENDER_OAUTH_FORM:
        return ngx_http_tender_oauth_form(ctx, params);

    case NGX_HTTP_TENDER_OAUTH_JSON:
        return ngx_http_tender_oauth_json(ctx, params);
    }

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                                       "invalid_request",
                                       "Content-Type should be "
                                       "application/x-www-form-urlencoded or "
                                       "application/json");
}


static ngx_int_t
ngx_http_tender_oauth_form(ngx_http_tender_ctx_t *ctx, tender_query_t *params)
{
    int           rc;
    const char   *why;
    tender_str_t  name;

    rc = tender_query_parse(&ctx->mem, ctx->body, params, &why, &name);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_oauth_again(ctx, why, &name);
    }

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


/* an object of strings */

static ngx_int_t
ngx_http_tender_oauth_json(ngx_http_tender_ctx_t *ctx, tender_query_t *params)
{
    int                   rc;
    size_t                i;
    tender_param_t       *param;
    tender_value_t       *value, *v;
    tender_json_error_t   err;

    rc = tender_json_read(&ctx->mem, ctx->body.data, ctx->body.len, &value,
                          &err);

    if (rc == TENDER_ERROR) {
        return NGX_ERROR;
    }

    if (rc != TENDER_OK || value->type != TENDER_OBJECT
        || value->nelts > TENDER_MAX_PARAMETERS)
    {
        return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                   "invalid_request",
                   "The body should be a JSON object of strings, each name "
                   "once");
    }

    param = tender_alloc(&ctx->mem, (value->nelts + 1)
                                    * sizeof(tender_param_t));
    if (param == NULL) {
        return NGX_ERROR;
    }

    params->params = param;
    params->nparams = value->nelts;

    for (v = value->u.list.first; v; v = v->next, param++) {

        if (v->type != TENDER_STRING) {
            return ngx_http_tender_oauth_again(ctx, "Expecting a string",
                                               &v->name);
        }

        for (i = 0; i < v->u.text.len; i++) {
            if (v->u.text.data[i] < 0x20 || v->u.text.data[i] == 0x7f) {
                return ngx_http_tender_oauth_again(ctx,
                                                   "Invalid control character",
                                                   &v->name);
            }
        }

        param->name = v->name;
        param->value = v->u.text;
    }

    return NGX_OK;
}


/* what is in the address and in the body is there twice */

static ngx_int_t
ngx_http_tender_oauth_both(ngx_http_tender_ctx_t *ctx, tender_query_t *params)
{
    unsigned         i, n;
    ngx_int_t        rc;
    tender_param_t  *all;
    tender_query_t   body;

    rc = ngx_http_tender_oauth_body(ctx, &body);
    if (rc != NGX_OK) {
        return rc;
    }

    n = ctx->query.nparams;

    all = tender_alloc(&ctx->mem, (n + body.nparams) * sizeof(tender_param_t));
    if (all == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(all, ctx->query.params, n * sizeof(tender_param_t));

    for (i = 0; i < body.nparams; i++) {
        if (tender_query_get(&ctx->query, &body.params[i].name)) {
            return ngx_http_tender_oauth_again(ctx, "Duplicate parameter",
                                               &body.params[i].name);
        }

        all[n++] = body.params[i];
    }

    params->params = all;
    params->nparams = n;

    return NGX_OK;
}


/* clients of the original send a type without "application/" */

static ngx_int_t
ngx_http_tender_oauth_media(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t  type;

    type = ngx_http_tender_body_type(ctx->request);

    if (type.data == NULL
        || tender_header_word(type, "application/x-www-form-urlencoded")
        || tender_header_word(type, "x-www-form-urlencoded"))
    {
        return NGX_HTTP_TENDER_OAUTH_FORM;
    }

    if (tender_header_word(type, "application/json")) {
        return NGX_HTTP_TENDER_OAUTH_JSON;
    }

    return NGX_HTTP_TENDER_OAUTH_OTHER;
}


/* what is wrong with a parameter, which is named if it is one of ours */

static ngx_int_t
ngx_http_tender_oauth_again(ngx_http_tender_ctx_t *ctx, const char *text,
    const tender_str_t *name)
{
    const tender_str_t  *known;

    known = ngx_http_tender_oauth_known(name);

    if (known) {
        return ngx_http_tender_oauth_wrong(ctx, text, known);
    }

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                                       "invalid_request", text);
}


static const tender_str_t *
ngx_http_tender_oauth_known(const tender_str_t *name)
{
    const tender_str_t  *known;

    for (known = ngx_http_tender_oauth_names; known->len; known++) {
        if (tender_str_eq(known, name)) {
            return known;
        }
    }

    return NULL;
}
