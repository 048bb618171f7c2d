
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account.h"
#include "ngx_http_tender_pages.inc"
#include "../http/ngx_http_tender_errors.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_session.h"
#include "../store/ngx_http_tender_store.h"


/*
 * Pages are made of a text with {{names}} in it.  They need no script and no
 * style, and say so to the browser.
 */

#define NGX_HTTP_TENDER_LOGIN_COOKIE  "tender_login"
#define NGX_HTTP_TENDER_LOGIN_LEN     64


typedef struct {
    const char  *name;
    ngx_str_t    value;
} ngx_http_tender_slot_t;


static ngx_int_t ngx_http_tender_account_put_form(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *message, ngx_str_t *page);
static ngx_int_t ngx_http_tender_account_cookie(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie);
static ngx_int_t ngx_http_tender_account_shown(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *cookie);
static ngx_int_t ngx_http_tender_account_headers(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_account_fill(ngx_http_tender_ctx_t *ctx,
    const char *html, size_t len, ngx_http_tender_slot_t *slots,
    ngx_str_t *page);
static const char *ngx_http_tender_account_slot(const char *p,
    const char *last, ngx_http_tender_slot_t *slots,
    ngx_http_tender_slot_t **slot);
static ngx_uint_t ngx_http_tender_account_browser(ngx_http_request_t *r);


static ngx_str_t  ngx_http_tender_html_type =
    ngx_string("text/html; charset=UTF-8");


ngx_int_t
ngx_http_tender_account_page(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  page;
    ngx_str_t  message = ngx_string("With what you were given.");

    if (ngx_http_tender_account_put_form(ctx, &message, &page) != NGX_OK
        || ngx_http_tender_put(ctx, page.data, page.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->type = ngx_http_tender_html_type;

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static ngx_int_t
ngx_http_tender_account_put_form(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *message, ngx_str_t *page)
{
    u_char                      csrf[NGX_HTTP_TENDER_CSRF_LEN];
    ngx_str_t                   cookie;
    ngx_http_tender_slot_t      slots[6];
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    if (ngx_http_tender_account_cookie(ctx, &cookie) != NGX_OK) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_session_csrf(csrf, &cookie);

    slots[0].name = "message";
    slots[0].value = *message;

    slots[1].name = "username";
    slots[1].value = account->login.login;

    slots[2].name = "csrf";
    slots[2].value.data = csrf;
    slots[2].value.len = NGX_HTTP_TENDER_CSRF_LEN;

    slots[3].name = "next";
    slots[3].value = account->next;

    slots[4].name = "action";

    slots[5].name = NULL;

    if (ngx_http_tender_account_path(ctx, "login", &slots[4].value) != NGX_OK
        || ngx_http_tender_account_headers(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_fill(ctx, ngx_http_tender_login_html,
                                        sizeof(ngx_http_tender_login_html) - 1,
                                        slots, page);
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


static ngx_int_t
ngx_http_tender_account_headers(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  policy = ngx_string("default-src 'none'; style-src 'self'; "
                                   "form-action 'self'; "
                                   "frame-ancestors 'none'; base-uri 'none'");

    ctx->secret = 1;

    return ngx_http_tender_header(ctx->request, "Content-Security-Policy",
                                  &policy)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_account_fill(ngx_http_tender_ctx_t *ctx, const char *html,
    size_t len, ngx_http_tender_slot_t *slots, ngx_str_t *page)
{
    u_char                  *p;
    size_t                   size;
    const char              *from, *to, *last;
    ngx_http_tender_slot_t  *slot;

    size = len;

    for (slot = slots; slot->name; slot++) {
        size += 2 * (slot->value.len
                     + ngx_escape_html(NULL, slot->value.data,
                                       slot->value.len));
    }

    p = ngx_pnalloc(ctx->request->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    page->data = p;
    last = html + len;

    for (from = html; from < last; from = to) {

        if (last - from > 2 && from[0] == '{' && from[1] == '{') {
            to = ngx_http_tender_account_slot(from + 2, last, slots, &slot);

            p = (u_char *) ngx_escape_html(p, slot->value.data,
                                           slot->value.len);
            continue;
        }

        for (to = from + 1; to < last && *to != '{'; to++) { /* void */ }

        p = ngx_cpymem(p, from, to - from);
    }

    page->len = p - page->data;

    return NGX_OK;
}


/* each name of a page has its slot, and no more than two places */

static const char *
ngx_http_tender_account_slot(const char *p, const char *last,
    ngx_http_tender_slot_t *slots, ngx_http_tender_slot_t **slot)
{
    size_t                   len;
    ngx_http_tender_slot_t  *s;

    for (len = 0; p + len < last && p[len] != '}'; len++) { /* void */ }

    *slot = slots;

    for (s = slots; s->name; s++) {
        if (ngx_strlen(s->name) == len && ngx_memcmp(s->name, p, len) == 0) {
            *slot = s;
            break;
        }
    }

    return p + len + 2;
}


ngx_int_t
ngx_http_tender_account_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    ngx_str_t                message, path;
    ngx_http_tender_ctx_t   *ctx;
    ngx_http_tender_slot_t   slots[4];

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->secret = 1;

    if (!ngx_http_tender_account_browser(r)) {
        return ngx_http_tender_errors_refuse(r, status, errors, type, body);
    }

    slots[0].name = "title";
    slots[0].value.data = (u_char *) ngx_http_tender_status_text(status);
    slots[0].value.len = ngx_strlen(slots[0].value.data);

    message = slots[0].value;

    if (errors && errors->description->type == TENDER_STRING) {
        message.data = errors->description->u.text.data;
        message.len = errors->description->u.text.len;
    }

    *type = ngx_http_tender_html_type;

    if (ctx->data && ctx->route
        && ctx->route->steps[0] == ngx_http_tender_account_read)
    {
        return ngx_http_tender_account_put_form(ctx, &message, body);
    }

    if (ngx_http_tender_account_path(ctx, "login", &path) != NGX_OK
        || ngx_http_tender_account_headers(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    slots[1].name = "message";
    slots[1].value = message;
    slots[2].name = "action";
    slots[2].value = path;
    slots[3].name = NULL;

    return ngx_http_tender_account_fill(ctx, ngx_http_tender_refusal_html,
                                      sizeof(ngx_http_tender_refusal_html) - 1,
                                      slots, body);
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
