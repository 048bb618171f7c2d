
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account.h"
#include "ngx_http_tender_account_searches.h"
#include "../auth/ngx_http_tender_access.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_session.h"
#include "../format/tender_header.h"
#include "../http/ngx_http_tender_errors.h"


/* saved searches of the caller's account, as JSON */

#define NGX_HTTP_TENDER_SEARCHES_TRIES  20


static ngx_int_t ngx_http_tender_account_caller_session(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_account_caller_scope(
    ngx_http_tender_ctx_t *ctx);
static void ngx_http_tender_account_search_ours(tender_value_t *data);
static ngx_int_t ngx_http_tender_account_search_merge(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_searches_t *state);
static ngx_int_t ngx_http_tender_account_search_done(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_searches_t *state);
static ngx_int_t ngx_http_tender_account_search_location(
    ngx_http_tender_ctx_t *ctx, ngx_str_t *id);
static ngx_int_t ngx_http_tender_account_search_missing(
    ngx_http_tender_ctx_t *ctx);


/* before a body is read */

ngx_int_t
ngx_http_tender_account_searches_accept(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t          *r;
    ngx_http_tender_searches_t  *state;

    r = ctx->request;

    state = ngx_pcalloc(r->pool, sizeof(ngx_http_tender_searches_t));
    if (state == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->data = state;

    if (ctx->nids) {
        state->id.data = ctx->id.data;
        state->id.len = ctx->id.len;
        state->one = 1;
    }

    if (ctx->route->body == NGX_HTTP_TENDER_NO_BODY) {
        return NGX_OK;
    }

    if (r->headers_in.content_length_n > NGX_HTTP_TENDER_ACCOUNT_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    if (tender_header_word(ngx_http_tender_body_type(r), "application/json")) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                 "header", "Content-Type",
                                 "Content-Type header should be one of "
                                 "['application/json']");
}


/* also where anybody may read: searches belong to an account */

ngx_int_t
ngx_http_tender_account_caller(ngx_http_tender_ctx_t *ctx)
{
    if (ctx->principal == NULL) {

        if (ngx_http_tender_challenge(ctx, NULL, NULL) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "url",
                                     "permission",
                                     "Credentials are needed here");
    }

    if (ctx->request->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return NGX_OK;
    }

    if (ctx->principal->method == NGX_HTTP_TENDER_AUTH_SESSION) {
        return ngx_http_tender_account_caller_session(ctx);
    }

    return ngx_http_tender_account_caller_scope(ctx);
}


/* a cookie comes with whatever another site makes a browser send */

static ngx_int_t
ngx_http_tender_account_caller_session(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  cookie, *token;

    token = ngx_http_tender_header_in(ctx->request, "x-csrf-token");

    if (token
        && ngx_http_tender_session_shown(ctx->request, &cookie) == NGX_OK
        && ngx_http_tender_session_csrf_good(&cookie, token))
    {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "header",
                                 "X-CSRF-Token", "Missing or wrong");
}


/*
 * Who is logged in keeps his searches with the right to read; a program
 * needs the right to what it does.
 */

static ngx_int_t
ngx_http_tender_account_caller_scope(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t   needed;
    ngx_uint_t  scope;

    switch (ctx->request->method) {

    case NGX_HTTP_POST:
        scope = NGX_HTTP_TENDER_CREATE;
        ngx_str_set(&needed, "create");
        break;

    case NGX_HTTP_DELETE:
        scope = NGX_HTTP_TENDER_DELETE;
        ngx_str_set(&needed, "delete");
        break;

    default:
        scope = NGX_HTTP_TENDER_UPDATE;
        ngx_str_set(&needed, "update");
    }

    if (ctx->scope & scope) {
        return NGX_OK;
    }

    if (ngx_http_tender_challenge(ctx, "insufficient_scope", &needed)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url", "permission",
                                 "Forbidden");
}


ngx_int_t
ngx_http_tender_account_searches(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_saved_list(ctx);
}


ngx_int_t
ngx_http_tender_account_searches_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    tender_value_t            *list, *view;
    ngx_http_tender_entries_t  entries;

    rc = ngx_http_tender_saved_listed(ctx, &entries);
    if (rc != NGX_OK) {
        return rc;
    }

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < entries.nelts; i++) {
        view = ngx_http_tender_account_search_view(ctx, &entries.elts[i],
                                                   entries.elts[i].data);
        if (view == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, view);
    }

    return ngx_http_tender_account_search_send(ctx, list, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_account_search_body(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    tender_value_t              *body;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    if (ctx->body.len > NGX_HTTP_TENDER_ACCOUNT_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    rc = ngx_http_tender_errors_body(ctx, &body, &state->data);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_account_search_ours(state->data);

    if (ctx->request->method == NGX_HTTP_PATCH) {
        return NGX_OK;
    }

    state->after = state->data;

    return ngx_http_tender_saved_check(ctx, state->after);
}


/* what is shown beside a search may be sent back with it */

static void
ngx_http_tender_account_search_ours(tender_value_t *data)
{
    ngx_uint_t       i;
    tender_value_t  *v, *next, *prev;

    static const tender_str_t  ours[] = {
        tender_string("id"), tender_string("account"),
        tender_string("created"), tender_string("modified"),
        tender_string("url"), tender_string("atom"),
        tender_null_string
    };

    prev = NULL;

    for (v = data->u.list.first; v; v = next) {
        next = v->next;

        for (i = 0; ours[i].len; i++) {
            if (tender_str_eq(&v->name, &ours[i])) {
                break;
            }
        }

        if (ours[i].len) {
            (void) tender_value_cut(data, prev);

        } else {
            prev = v;
        }
    }
}


ngx_int_t
ngx_http_tender_account_search_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    rc = ngx_http_tender_saved_ask(ctx, &state->id);

    return (rc == NGX_DECLINED) ? ngx_http_tender_account_search_missing(ctx)
                                : rc;
}


ngx_int_t
ngx_http_tender_account_search_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    rc = ngx_http_tender_saved_found(ctx, &state->entry, &state->query);

    return (rc == NGX_DECLINED) ? ngx_http_tender_account_search_missing(ctx)
                                : rc;
}


static ngx_int_t
ngx_http_tender_account_search_missing(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url", "id",
                                 "Not Found");
}


ngx_int_t
ngx_http_tender_account_search_show(ngx_http_tender_ctx_t *ctx)
{
    tender_value_t              *view;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    view = ngx_http_tender_account_search_view(ctx, &state->entry,
                                               state->entry.data);

    return view ? ngx_http_tender_account_search_send(ctx, view, NGX_HTTP_OK)
                : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_account_search_write(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    if (!state->one) {
        return ngx_http_tender_saved_write(ctx, "create", NULL, state->after,
                                           &state->change);
    }

    if (ctx->request->method == NGX_HTTP_DELETE) {
        return ngx_http_tender_saved_write(ctx, "delete", &state->entry, NULL,
                                           &state->change);
    }

    if (ctx->request->method == NGX_HTTP_PATCH) {
        rc = ngx_http_tender_account_search_merge(ctx, state);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_tender_saved_write(ctx, "change", &state->entry,
                                       state->after, &state->change);
}


/* there may be another try, which begins with the same data */

static ngx_int_t
ngx_http_tender_account_search_merge(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state)
{
    tender_value_t  *data;

    data = tender_value_copy(&ctx->mem, state->data);
    state->after = tender_value_copy(&ctx->mem, state->entry.data);

    if (data == NULL || state->after == NULL
        || tender_model_merge(&ctx->mem, &tender_model_search, state->after,
                              data)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_saved_check(ctx, state->after);
}


ngx_int_t
ngx_http_tender_account_search_written(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    rc = ngx_http_tender_saved_written(ctx, &state->change);

    if (rc == NGX_OK) {
        return ngx_http_tender_account_search_done(ctx, state);
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (++state->tries == NGX_HTTP_TENDER_SEARCHES_TRIES) {
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url", "id",
                                     "Others change it all the time: try "
                                     "again later");
    }

    ngx_http_tender_go(ctx, ngx_http_tender_account_search_read);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_account_search_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state)
{
    tender_value_t  *view;

    /* what was removed is shown as it was */

    if (state->after == NULL) {
        return ngx_http_tender_account_search_show(ctx);
    }

    view = ngx_http_tender_account_search_view(ctx, &state->change.entry,
                                               state->after);
    if (view == NULL) {
        return NGX_ERROR;
    }

    if (state->one) {
        return ngx_http_tender_account_search_send(ctx, view, NGX_HTTP_OK);
    }

    if (ngx_http_tender_account_search_location(ctx, &state->change.entry.id)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_search_send(ctx, view, NGX_HTTP_CREATED);
}


static ngx_int_t
ngx_http_tender_account_search_location(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id)
{
    ngx_str_t         value;
    ngx_table_elt_t  *h;

    if (ngx_http_tender_account_search_url(ctx, "/api/searches/", id, "",
                                           &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_http_tender_header(ctx->request, "Location", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ctx->request->headers_out.location = h;

    return NGX_OK;
}
