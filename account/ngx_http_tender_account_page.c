
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../http/ngx_http_tender_errors.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_session.h"
#include "../store/ngx_http_tender_store.h"


/* the page to log in, and that of a refusal */

#define NGX_HTTP_TENDER_LOGIN_COOKIE  "tender_login"
#define NGX_HTTP_TENDER_LOGIN_LEN     64


static ngx_int_t ngx_http_tender_account_put_form(ngx_http_tender_ctx_t *ctx,
    tender_str_t message, ngx_uint_t alert, ngx_str_t *html);
static ngx_int_t ngx_http_tender_account_cookie(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie);
static ngx_int_t ngx_http_tender_account_shown(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie);
static ngx_uint_t ngx_http_tender_account_browser(ngx_http_request_t *r);


ngx_int_t
ngx_http_tender_account_page(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t     html;
    tender_str_t  message = tender_string("login.intro");

    if (ngx_http_tender_account_put_form(ctx, message, 0, &html) != NGX_OK
        || ngx_http_tender_put(ctx, html.data, html.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->type = ngx_http_tender_page_type;

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static ngx_int_t
ngx_http_tender_account_put_form(ngx_http_tender_ctx_t *ctx,
    tender_str_t message, ngx_uint_t alert, ngx_str_t *html)
{
    u_char                      csrf[NGX_HTTP_TENDER_CSRF_LEN];
    ngx_str_t                   cookie, path;
    ngx_http_tender_page_t      page;
    ngx_http_tender_account_t  *account;

    account = ctx->data;
    ctx->secret = 1;

    if (ngx_http_tender_account_cookie(ctx, &cookie) != NGX_OK
        || ngx_http_tender_account_path(ctx, "login", &path) != NGX_OK
        || ngx_http_tender_page_begin(ctx, &page, "login.title") != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_session_csrf(csrf, &cookie);

    ngx_http_tender_page_copy(&page, page.top, "csrf", csrf,
                              NGX_HTTP_TENDER_CSRF_LEN);
    ngx_http_tender_page_add(&page, page.top, "message", message);
    ngx_http_tender_page_add(&page, page.top, "action",
                             ngx_http_tender_str(&path));
    ngx_http_tender_page_add(&page, page.top, "username",
                             ngx_http_tender_str(&account->login.login));
    ngx_http_tender_page_add(&page, page.top, "next",
                             ngx_http_tender_str(&account->next));
    ngx_http_tender_page_flag(&page, page.top, "at_login");

    if (alert) {
        ngx_http_tender_page_flag(&page, page.top, "alert");
    }

    return ngx_http_tender_page_make(&page, "login", html);
}


/* the browser's, or a new one; a session of the browser, for the form alone */

static ngx_int_t
ngx_http_tender_account_cookie(ngx_http_tender_ctx_t *ctx, ngx_str_t *cookie)
{
    u_char     *p;
    ngx_str_t   first, second, path, value;

    if (ngx_http_tender_account_shown(ctx, cookie) == NGX_OK) {
        return NGX_OK;
    }

    if (ngx_http_tender_store_id(ctx, &first) != NGX_OK
        || ngx_http_tender_store_id(ctx, &second) != NGX_OK
        || ngx_http_tender_account_path(ctx, "login", &path) != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool,
                    sizeof(NGX_HTTP_TENDER_LOGIN_COOKIE "=; Path=; HttpOnly; "
                           "SameSite=Strict; Secure")
                    + NGX_HTTP_TENDER_LOGIN_LEN + path.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    p = ngx_sprintf(p, NGX_HTTP_TENDER_LOGIN_COOKIE "=%V%V; Path=%V; "
                    "HttpOnly; SameSite=Strict%s", &first, &second, &path,
                    ctx->conf->session_secure ? "; Secure" : "");

    value.len = p - value.data;

    cookie->data = value.data + sizeof(NGX_HTTP_TENDER_LOGIN_COOKIE);
    cookie->len = NGX_HTTP_TENDER_LOGIN_LEN;

    return ngx_http_tender_header(ctx->request, "Set-Cookie", &value)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_account_shown(ngx_http_tender_ctx_t *ctx, ngx_str_t *cookie)
{
    if (ngx_http_tender_cookie(ctx->request, NGX_HTTP_TENDER_LOGIN_COOKIE,
                               cookie)
        == NGX_OK
        && cookie->len == NGX_HTTP_TENDER_LOGIN_LEN
        && tender_hex_valid(ngx_http_tender_str(cookie)))
    {
        return NGX_OK;
    }

    return NGX_DECLINED;
}


ngx_uint_t
ngx_http_tender_account_ours(ngx_http_tender_ctx_t *ctx, ngx_str_t *csrf)
{
    ngx_str_t  cookie;

    return ngx_http_tender_account_shown(ctx, &cookie) == NGX_OK
           && ngx_http_tender_session_csrf_good(&cookie, csrf);
}


ngx_int_t
ngx_http_tender_account_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    tender_str_t             message, text;
    ngx_http_tender_ctx_t   *ctx;
    ngx_http_tender_page_t   page;

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->secret = 1;

    if (!ngx_http_tender_account_browser(r)) {
        return ngx_http_tender_errors_refuse(r, status, errors, type, body);
    }

    text.data = (u_char *) ngx_http_tender_status_text(status);
    text.len = ngx_strlen(text.data);

    message = text;

    if (errors && errors->description->type == TENDER_STRING) {
        message = errors->description->u.text;
    }

    *type = ngx_http_tender_page_type;

    if (ctx->data && ctx->route
        && ctx->route->steps[0] == ngx_http_tender_account_read)
    {
        return ngx_http_tender_account_put_form(ctx, message, 1, body);
    }

    if (ngx_http_tender_page_begin(ctx, &page, (char *) text.data) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_page_add(&page, page.top, "status", text);

    if (message.data != text.data) {
        ngx_http_tender_page_add(&page, page.top, "message", message);
    }

    return ngx_http_tender_page_make(&page, "refusal", body);
}


/* a client that names HTML is one that people look at */

static ngx_uint_t
ngx_http_tender_account_browser(ngx_http_request_t *r)
{
    ngx_str_t  *accept;

    accept = ngx_http_tender_header_in(r, "accept");

    return accept
           && ngx_strlcasestrn(accept->data, accept->data + accept->len,
                               (u_char *) "text/html",
                               sizeof("text/html") - 2)
              != NULL;
}
