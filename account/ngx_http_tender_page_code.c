
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_page_api.h"
#include "../auth/ngx_http_tender_code.h"
#include "../auth/ngx_http_tender_identify.h"


/* POST api/codes, api/codes/:id: a key is made, replaced, revoked */

#define NGX_HTTP_TENDER_PAGE_CODE_MAX   10       /* of an account */
#define NGX_HTTP_TENDER_PAGE_CODE_NAME  200      /* characters */
#define NGX_HTTP_TENDER_PAGE_TRIES      20


static ngx_int_t ngx_http_tender_page_code_data(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *name, tender_value_t **data);
static ngx_int_t ngx_http_tender_page_code_limits(
    ngx_http_tender_ctx_t *ctx, tender_value_t *data);
static ngx_int_t ngx_http_tender_page_code_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_api_t *api, tender_value_t *data);
static ngx_int_t ngx_http_tender_page_code_fault(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, const char *name, const char *text);


ngx_int_t
ngx_http_tender_page_code_new(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                    name;
    tender_value_t              *data;
    ngx_http_tender_account_t   *account;
    ngx_http_tender_page_api_t  *api;

    static const tender_str_t  field = tender_string("name");

    account = ctx->data;

    api = ngx_http_tender_page_api_state(ctx);
    if (api == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_account_field(&account->form, &field, &name);

    if (tender_utf8_length(ngx_http_tender_str(&name))
        > NGX_HTTP_TENDER_PAGE_CODE_NAME)
    {
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_BAD_REQUEST,
                                               "name", "200 characters at "
                                               "most are expected");
    }

    api->change.op = "create";
    api->change.max = NGX_HTTP_TENDER_PAGE_CODE_MAX;
    ngx_str_set(&api->change.what, "name");

    if (ngx_http_tender_page_code_data(ctx, &name, &data) != NGX_OK
        || ngx_http_tender_code_make(ctx, data, &api->change, &api->code,
                                     &api->refresh)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_page_code_send(ctx, api, data);
}


static ngx_int_t
ngx_http_tender_page_code_data(ngx_http_tender_ctx_t *ctx, ngx_str_t *name,
    tender_value_t **data)
{
    tender_str_t     str;
    tender_value_t  *v;

    *data = tender_value_new(&ctx->mem, TENDER_OBJECT);
    v = tender_value_bool(&ctx->mem, 1);

    if (*data == NULL || v == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&str, "enabled");
    tender_value_add(*data, str, v);

    if (name->len) {
        v = tender_value_string(&ctx->mem, ngx_http_tender_str(name));
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_str_set(&str, "name");
        tender_value_add(*data, str, v);
    }

    return ngx_http_tender_page_code_limits(ctx, *data);
}


/* it may do no more than who makes it, and no longer */

static ngx_int_t
ngx_http_tender_page_code_limits(ngx_http_tender_ctx_t *ctx,
    tender_value_t *data)
{
    u_char                     *p;
    tender_str_t                str, text;
    tender_value_t             *v;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    if (tender_value_member(account->found->user.data, "scopes")) {
        v = ngx_http_tender_account_words(ctx, &ctx->principal->scopes);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_str_set(&str, "scopes");
        tender_value_add(data, str, v);
    }

    if (ctx->principal->expires) {
        p = tender_alloc(&ctx->mem, TENDER_DATE_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        text.data = p;
        text.len = tender_date_write(p, ctx->principal->expires) - p;

        v = tender_value_string(&ctx->mem, text);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_str_set(&str, "expires");
        tender_value_add(data, str, v);
    }

    return NGX_OK;
}


/* also the step that a change begins with anew */

ngx_int_t
ngx_http_tender_page_code_read(ngx_http_tender_ctx_t *ctx)
{
    uint64_t                     n;
    ngx_str_t                    what, once;
    ngx_http_tender_account_t   *account;
    ngx_http_tender_page_api_t  *api;

    static const tender_str_t  names[] = {
        tender_string("do"), tender_string("at_once")
    };

    account = ctx->data;

    api = ngx_http_tender_page_api_state(ctx);
    if (api == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_account_field(&account->form, &names[0], &what);
    ngx_http_tender_account_field(&account->form, &names[1], &once);

    api->revoke = (what.len == sizeof("revoke") - 1
                   && ngx_strncmp(what.data, "revoke", what.len) == 0);
    api->at_once = (once.len != 0);

    if (!api->revoke
        && (what.len != sizeof("rotate") - 1
            || ngx_strncmp(what.data, "rotate", what.len) != 0))
    {
        return NGX_HTTP_BAD_REQUEST;
    }

    if (tender_uint_read(ctx->id, INT64_MAX, &n) != TENDER_OK) {
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_NOT_FOUND,
                                               "codes", "Not Found");
    }

    api->id.data = ctx->id.data;
    api->id.len = ctx->id.len;

    return ngx_http_tender_registry_read(ctx, NGX_HTTP_TENDER_CODE,
                                         &ctx->principal->account, &api->id);
}


ngx_int_t
ngx_http_tender_page_code_write(ngx_http_tender_ctx_t *ctx)
{
    int64_t                      now;
    ngx_int_t                    rc;
    ngx_http_tender_entry_t      account;
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);

    rc = ngx_http_tender_registry_entry(ctx, NGX_HTTP_TENDER_CODE, &account,
                                        &api->entry, &now);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_NOT_FOUND,
                                               "codes", "Not Found");
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (!ngx_http_tender_code_covered(ctx, &account, &api->entry)) {
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_FORBIDDEN,
                                               "codes", "This key may do "
                                               "more than you may: ask your "
                                               "administrator");
    }

    ngx_memzero(&api->change, sizeof(ngx_http_tender_change_t));

    api->change.id = api->entry.id;
    api->change.version = api->entry.version;

    if (api->revoke) {
        api->change.op = "delete";

        if (ngx_http_tender_code_drop(ctx, &api->entry, &api->change)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_tender_page_code_send(ctx, api, NULL);
    }

    api->change.op = "change";
    ngx_str_set(&api->change.what, "rotate");

    rc = ngx_http_tender_code_turn(ctx, &api->entry, now,
                                   api->at_once ? 0
                                   : NGX_HTTP_TENDER_CODE_OVERLAP,
                                   &api->change, &api->code, &api->refresh);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? ngx_http_tender_store_broken(ctx) : rc;
    }

    return ngx_http_tender_page_code_send(ctx, api, api->entry.data);
}


static ngx_int_t
ngx_http_tender_page_code_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_api_t *api, tender_value_t *data)
{
    tender_str_t               text;
    ngx_http_tender_change_t  *change;

    change = &api->change;

    change->kind = NGX_HTTP_TENDER_CODE;
    change->owner = ctx->principal->account;
    change->who = ctx->principal->id;

    if (data) {
        if (tender_json_text(&ctx->mem, data, 0, &text) != TENDER_OK) {
            return NGX_ERROR;
        }

        change->json.data = text.data;
        change->json.len = text.len;
    }

    return ngx_http_tender_registry_change(ctx, change);
}


ngx_int_t
ngx_http_tender_page_code_written(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_str_t                    path;
    ngx_http_tender_page_api_t  *api;
    ngx_http_tender_change_e     outcome;

    api = ngx_http_tender_page_api_state(ctx);

    rc = ngx_http_tender_registry_changed(ctx, &api->change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_CHANGE_OK:
        break;

    case NGX_HTTP_TENDER_CHANGE_MISSING:
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_NOT_FOUND,
                                               "codes", "Not Found");

    case NGX_HTTP_TENDER_CHANGE_FULL:
        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_CONFLICT,
                                               "codes", "An account has ten "
                                               "keys at most: revoke one "
                                               "first");

    case NGX_HTTP_TENDER_CHANGE_CONFLICT:

        if (++api->tries < NGX_HTTP_TENDER_PAGE_TRIES) {
            ngx_http_tender_go(ctx, ngx_http_tender_page_code_read);
            return NGX_OK;
        }

        return ngx_http_tender_page_code_fault(ctx, NGX_HTTP_CONFLICT,
                                               "codes", "Conflict");

    default:
        return NGX_ERROR;
    }

    /* what is shown once is the answer to the form itself */

    if (!api->revoke) {
        return NGX_OK;
    }

    if (ngx_http_tender_account_path(ctx, "api?done=revoked", &path)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_see(ctx, &path);
}


/* shown on the page, which says how things are now */

static ngx_int_t
ngx_http_tender_page_code_fault(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, const char *name, const char *text)
{
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);

    ngx_str_null(&api->code);

    api->status = status;

    if (ngx_http_tender_error(ctx, status, "body", name, text)
        != (ngx_int_t) status)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_go(ctx, ngx_http_tender_page_quota);

    return NGX_OK;
}
