
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account.h"
#include "../auth/ngx_http_tender_session.h"

#include <openssl/crypto.h>


/* POST login: a form of ours, or JSON */

static ngx_int_t ngx_http_tender_account_read_form(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account);
static ngx_int_t ngx_http_tender_account_read_json(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account);
static ngx_int_t ngx_http_tender_account_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *body, const char *name, ngx_str_t *text);
static ngx_int_t ngx_http_tender_account_wrong(ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_account_local(ngx_str_t *path);


ngx_int_t
ngx_http_tender_account_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    if (account->json) {
        rc = ngx_http_tender_account_read_json(ctx, account);

    } else {
        rc = ngx_http_tender_account_read_form(ctx, account);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_login_begin(ctx, &account->login);
}


static ngx_int_t
ngx_http_tender_account_read_form(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account)
{
    ngx_int_t        rc;
    tender_query_t  *form;

    static const tender_str_t  names[] = {
        tender_string("username"), tender_string("password"),
        tender_string("next"), tender_string("csrf")
    };

    rc = ngx_http_tender_account_form(ctx, account);
    if (rc != NGX_OK) {
        return rc;
    }

    form = &account->form;

    ngx_http_tender_account_field(form, &names[0], &account->login.login);
    ngx_http_tender_account_field(form, &names[1], &account->login.password);
    ngx_http_tender_account_field(form, &names[2], &account->next);
    ngx_http_tender_account_field(form, &names[3], &account->csrf);

    if (ngx_http_tender_account_ours(ctx, &account->csrf)) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "csrf",
                                 "The page was too old: try again");
}


static ngx_int_t
ngx_http_tender_account_read_json(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account)
{
    ngx_int_t             rc;
    tender_value_t       *body;
    tender_json_error_t   err;

    if (ctx->body.len > NGX_HTTP_TENDER_ACCOUNT_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    rc = tender_json_read(&ctx->mem, ctx->body.data, ctx->body.len, &body,
                          &err);

    if (rc == TENDER_ERROR) {
        return NGX_ERROR;
    }

    if (rc != TENDER_OK || body->type != TENDER_OBJECT) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "body", "data",
                                     "Expected {\"username\": \"...\", "
                                     "\"password\": \"...\"}");
    }

    rc = ngx_http_tender_account_text(ctx, body, "username",
                                      &account->login.login);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_account_text(ctx, body, "password",
                                        &account->login.password);
}


static ngx_int_t
ngx_http_tender_account_text(ngx_http_tender_ctx_t *ctx, tender_value_t *body,
    const char *name, ngx_str_t *text)
{
    tender_str_t     key;
    tender_value_t  *v;

    key.data = (u_char *) name;
    key.len = ngx_strlen(name);

    v = tender_value_get(body, &key);

    if (v == NULL || v->type != TENDER_STRING) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "body", name,
                                     "Expected a string");
    }

    text->data = v->u.text.data;
    text->len = v->u.text.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_account_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_tender_login_t    *login;
    ngx_http_tender_account_t  *account;

    account = ctx->data;
    login = &account->login;

    rc = ngx_http_tender_login_check(ctx, login);

    /* the thread has a copy, the request needs it no more */

    if (login->password.len) {
        OPENSSL_cleanse(login->password.data, login->password.len);
        login->password.len = 0;
    }

    return rc;
}


ngx_int_t
ngx_http_tender_account_note(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    rc = ngx_http_tender_login_note(ctx, &account->login);

    return (rc == NGX_DECLINED) ? ngx_http_tender_account_wrong(ctx) : rc;
}


ngx_int_t
ngx_http_tender_account_begin(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    rc = ngx_http_tender_login_done(ctx, &account->login,
                                    NGX_HTTP_TENDER_AUTH_SESSION,
                                    &ctx->principal);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_account_wrong(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_session_begin(ctx, ctx->principal);
}


/* one text, whatever it was */

static ngx_int_t
ngx_http_tender_account_wrong(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_account_unknown(ctx, "username",
                                           "The name or the password is "
                                           "wrong");
}


ngx_int_t
ngx_http_tender_account_begun(ngx_http_tender_ctx_t *ctx)
{
    int64_t                     expires;
    ngx_int_t                   rc;
    ngx_str_t                   cookie, path;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    rc = ngx_http_tender_session_begun(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    if (account->json) {
        ngx_http_tender_session_cookie(ctx, &cookie);

        expires = account->login.found.now
                  + (int64_t) ctx->conf->session_ttl * 1000000;

        return ngx_http_tender_account_who(ctx, ctx->principal, expires,
                                           &cookie);
    }

    if (ngx_http_tender_account_local(&account->next)) {
        return ngx_http_tender_account_see(ctx, &account->next);
    }

    if (ngx_http_tender_account_path(ctx, "api", &path) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_see(ctx, &path);
}


/* what no browser takes for another server */

static ngx_uint_t
ngx_http_tender_account_local(ngx_str_t *path)
{
    size_t  i;
    u_char  ch;

    if (path->len == 0 || path->len > 1024 || path->data[0] != '/'
        || (path->len > 1 && path->data[1] == '/'))
    {
        return 0;
    }

    for (i = 0; i < path->len; i++) {
        ch = path->data[i];

        if (ch <= 0x20 || ch >= 0x7f || ch == '\\') {
            return 0;
        }
    }

    return 1;
}
