
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../auth/ngx_http_tender_session.h"
#include "../store/ngx_http_tender_plan.h"


#define NGX_HTTP_TENDER_PAGE_TAG  16      /* characters of a hash */


static void ngx_http_tender_page_user(ngx_http_tender_page_t *page);
static void ngx_http_tender_page_menu(ngx_http_tender_page_t *page);
static tender_str_t ngx_http_tender_page_self(ngx_http_tender_page_t *page,
    tender_str_t path, ngx_uint_t language);
static ngx_int_t ngx_http_tender_page_headers(ngx_http_tender_page_t *page);
static ngx_int_t ngx_http_tender_page_fresh(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *html);


ngx_str_t  ngx_http_tender_page_type = ngx_string("text/html; charset=UTF-8");


static const struct {
    tender_str_t   name;
    tender_str_t   brief;
} ngx_http_tender_page_languages[] = {
    { tender_string("English"), tender_string("EN") },
    { tender_string("Fran\xc3\xa7" "ais"), tender_string("FR") },
    { tender_string("Polski"), tender_string("PL") },
    { tender_string("\xd0\xa0\xd1\x83\xd1\x81\xd1\x81\xd0\xba\xd0\xb8\xd0"
                    "\xb9"), tender_string("RU") },
    { tender_string("\xd0\xa3\xd0\xba\xd1\x80\xd0\xb0\xd1\x97\xd0\xbd\xd1"
                    "\x81\xd1\x8c\xd0\xba\xd0\xb0"), tender_string("UK") }
};


ngx_int_t
ngx_http_tender_page_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_t *page, const char *heading)
{
    tender_value_t  *top;

    ngx_memzero(page, sizeof(ngx_http_tender_page_t));

    page->ctx = ctx;

    top = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (top == NULL
        || ngx_http_tender_page_language(ctx, &page->language) != NGX_OK)
    {
        return NGX_ERROR;
    }

    page->top = top;

    ngx_http_tender_page_add(page, top, "lang",
                             ngx_http_tender_languages[page->language]);
    ngx_http_tender_page_literal(page, top, "heading", heading);
    ngx_http_tender_page_add(page, top, "base",
                             ngx_http_tender_str(&ctx->conf->prefix));
    ngx_http_tender_page_asset(page, "css", NGX_HTTP_TENDER_PAGE_CSS);
    ngx_http_tender_page_asset(page, "js", NGX_HTTP_TENDER_PAGE_JS);
    ngx_http_tender_page_add(page, top, "here",
                             ngx_http_tender_page_here(ctx));

    ngx_http_tender_page_user(page);
    ngx_http_tender_page_menu(page);

    return NGX_OK;
}


static void
ngx_http_tender_page_user(ngx_http_tender_page_t *page)
{
    u_char                      csrf[NGX_HTTP_TENDER_CSRF_LEN];
    ngx_str_t                   cookie;
    tender_value_t             *user;
    ngx_http_tender_ctx_t      *ctx;
    ngx_http_tender_account_t  *account;

    ctx = page->ctx;
    account = ctx->data;

    if (ctx->principal == NULL || account == NULL || !account->visited
        || ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK)
    {
        return;
    }

    user = ngx_http_tender_page_object(page, page->top, "user");

    ngx_http_tender_page_add(page, user, "name",
                             ngx_http_tender_str(account->name.len
                                                 ? &account->name
                                                 : &ctx->principal->account));

    (void) ngx_http_tender_session_csrf(csrf, &cookie);

    ngx_http_tender_page_copy(page, page->top, "session_csrf", csrf,
                              NGX_HTTP_TENDER_CSRF_LEN);
}


static void
ngx_http_tender_page_menu(ngx_http_tender_page_t *page)
{
    u_char              *last;
    ngx_uint_t           i;
    tender_str_t         path;
    tender_value_t      *list, *e;
    ngx_http_request_t  *r;

    r = page->ctx->request;

    path = (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           ? ngx_http_tender_str(&r->unparsed_uri)
           : ngx_http_tender_page_here(page->ctx);

    last = ngx_strlchr(path.data, path.data + path.len, '?');

    if (last) {
        path.len = last - path.data;
    }

    list = ngx_http_tender_page_list(page, page->top, "languages");

    for (i = 0; i < NGX_HTTP_TENDER_LANGUAGES; i++) {
        e = ngx_http_tender_page_element(page, list);

        ngx_http_tender_page_add(page, e, "code",
                                 ngx_http_tender_languages[i]);
        ngx_http_tender_page_add(page, e, "name",
                                 ngx_http_tender_page_languages[i].name);
        ngx_http_tender_page_add(page, e, "short",
                                 ngx_http_tender_page_languages[i].brief);
        ngx_http_tender_page_add(page, e, "href",
                                 ngx_http_tender_page_self(page, path, i));

        if (i == page->language) {
            ngx_http_tender_page_flag(page, e, "current");
        }
    }
}


/* the same page in another language */

static tender_str_t
ngx_http_tender_page_self(ngx_http_tender_page_t *page, tender_str_t path,
    ngx_uint_t language)
{
    u_char           *p;
    size_t            len;
    ngx_uint_t        i;
    tender_str_t      text;
    tender_param_t   *param;
    tender_query_t   *query;

    query = &page->ctx->query;
    len = path.len + sizeof("?lang=en") - 1;

    for (i = 0; i < query->nparams; i++) {
        param = &query->params[i];

        len += 2 + tender_uri_escaped_length(param->name)
               + tender_uri_escaped_length(param->value);
    }

    text.data = tender_alloc(&page->ctx->mem, len);

    if (text.data == NULL) {
        page->failed = 1;
        text.len = 0;

        return text;
    }

    p = ngx_cpymem(text.data, path.data, path.len);
    *p++ = '?';

    for (i = 0; i < query->nparams; i++) {
        param = &query->params[i];

        /* a secret that came in an address is in no other one */

        if (param->value.len == 0
            || tender_str_is(&param->name, "lang")
            || ngx_http_tender_secret_name(&param->name)
            || !(page->ctx->request->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)))
        {
            continue;
        }

        p = tender_uri_escape(p, param->name);
        *p++ = '=';
        p = tender_uri_escape(p, param->value);
        *p++ = '&';
    }

    p = ngx_cpymem(p, "lang=", sizeof("lang=") - 1);
    p = ngx_cpymem(p, ngx_http_tender_languages[language].data,
                   ngx_http_tender_languages[language].len);

    text.len = p - text.data;

    return text;
}


void
ngx_http_tender_page_faults(ngx_http_tender_page_t *page)
{
    tender_value_t           *faults, *list, *e, *text;
    ngx_http_tender_error_t  *error;

    if (page->ctx->errors == NULL) {
        return;
    }

    faults = ngx_http_tender_page_object(page, page->top, "faults");
    list = ngx_http_tender_page_list(page, faults, "list");

    for (error = page->ctx->errors; error; error = error->next) {
        text = error->description;

        /* of an object: its first member, whose name it is about */

        if (text->type == TENDER_OBJECT && text->nelts) {
            text = text->u.list.first;

            error->name = text->name;
        }

        if (text->type == TENDER_ARRAY && text->nelts) {
            text = text->u.list.first;
        }

        if (text->type != TENDER_STRING) {
            continue;
        }

        e = ngx_http_tender_page_element(page, list);

        if (ngx_strcmp(error->location, "header") != 0) {
            ngx_http_tender_page_add(page, e, "name", error->name);
        }

        ngx_http_tender_page_add(page, e, "text", text->u.text);
    }

    page->ctx->errors = NULL;
}


ngx_int_t
ngx_http_tender_page_make(ngx_http_tender_page_t *page, const char *name,
    ngx_str_t *html)
{
    if (ngx_http_tender_page_render(page, name, html) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_page_headers(page);
}


static ngx_int_t
ngx_http_tender_page_headers(ngx_http_tender_page_t *page)
{
    ngx_str_t            language;
    ngx_http_request_t  *r;

    ngx_str_t  policy = ngx_string("default-src 'none'; style-src 'self'; "
                                   "script-src 'self'; img-src 'self' data:; "
                                   "connect-src 'self'; form-action 'self'; "
                                   "frame-ancestors 'none'; base-uri 'none'");
    ngx_str_t  vary = ngx_string("Accept-Language, Cookie");
    ngx_str_t  referrer = ngx_string("same-origin");

    r = page->ctx->request;

    language.data = ngx_http_tender_languages[page->language].data;
    language.len = ngx_http_tender_languages[page->language].len;

    if (ngx_http_tender_header(r, "Content-Security-Policy", &policy) == NULL
        || ngx_http_tender_header(r, "Content-Language", &language) == NULL
        || ngx_http_tender_header(r, "Vary", &vary) == NULL
        || (!page->ctx->secret
            && ngx_http_tender_header(r, "Referrer-Policy", &referrer)
               == NULL))
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_page_send(ngx_http_tender_page_t *page, const char *name,
    ngx_uint_t status)
{
    ngx_str_t               html;
    ngx_http_tender_ctx_t  *ctx;

    ngx_str_t  cache = ngx_string("private, no-cache");

    ctx = page->ctx;

    if (ngx_http_tender_page_make(page, name, &html) != NGX_OK) {
        return NGX_ERROR;
    }

    /* a page of who is logged in has his CSRF token */

    if (!ctx->secret) {

        if (ngx_http_tender_header(ctx->request, "Cache-Control", &cache)
            == NULL)
        {
            return NGX_ERROR;
        }

        if (status == NGX_HTTP_OK) {

            switch (ngx_http_tender_page_fresh(ctx, &html)) {

            case NGX_OK:
                ngx_http_tender_quota_return(ctx);

                return ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED);

            case NGX_ERROR:
                return NGX_ERROR;
            }
        }
    }

    ctx->type = ngx_http_tender_page_type;

    if (ngx_http_tender_put(ctx, html.data, html.len) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, status);
}


/* sets the tag; NGX_OK: the browser has this page already */

static ngx_int_t
ngx_http_tender_page_fresh(ngx_http_tender_ctx_t *ctx, ngx_str_t *html)
{
    u_char               hash[NGX_HTTP_TENDER_HASH_LEN], *p;
    ngx_str_t           *list;
    ngx_http_request_t  *r;

    r = ctx->request;

    p = ngx_pnalloc(r->pool, NGX_HTTP_TENDER_PAGE_TAG + 3);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(hash, html->data, html->len);

    ctx->etag.data = p;
    ctx->etag.len = NGX_HTTP_TENDER_PAGE_TAG + 2;

    *p++ = '"';
    p = ngx_cpymem(p, hash, NGX_HTTP_TENDER_PAGE_TAG);
    *p++ = '"';
    *p = '\0';

    list = (r == r->main && r->headers_in.if_none_match)
           ? &r->headers_in.if_none_match->value : NULL;

    return (list && ngx_strnstr(list->data, (char *) ctx->etag.data,
                                list->len))
           ? NGX_OK : NGX_DECLINED;
}
