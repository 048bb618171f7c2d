
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_pages.inc"
#include "../auth/ngx_http_tender_identify.h"
#include "../format/tender_language.h"


/* the texts of the pages: templates, messages, style and script */

#define NGX_HTTP_TENDER_LANGUAGE_COOKIE  "tender_lang"

#define NGX_HTTP_TENDER_PAGE_QUERY  "?v=" NGX_HTTP_TENDER_PAGE_VERSION


static tender_str_t ngx_http_tender_page_message(void *page,
    tender_str_t key);
static ngx_int_t ngx_http_tender_page_keep(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t language);
static ngx_int_t ngx_http_tender_page_file(ngx_http_tender_ctx_t *ctx,
    const u_char *data, size_t len, const char *type);


const tender_str_t  ngx_http_tender_languages[] = {
    tender_string("en"),
    tender_string("fr"),
    tender_string("pl"),
    tender_string("ru"),
    tender_string("uk")
};

/* blanks that do not break; a narrow one in French */

const tender_display_t  ngx_http_tender_displays[] = {
    { tender_string(","), tender_string("."), '-' },
    { tender_string("\xe2\x80\xaf"), tender_string(","), '/' },
    { tender_string("\xc2\xa0"), tender_string(","), '.' },
    { tender_string("\xc2\xa0"), tender_string(","), '.' },
    { tender_string("\xc2\xa0"), tender_string(","), '.' }
};

static const tender_str_t  ngx_http_tender_page_assets[] = {
    tender_string("/assets/tender.css" NGX_HTTP_TENDER_PAGE_QUERY),
    tender_string("/assets/tender.js" NGX_HTTP_TENDER_PAGE_QUERY)
};


ngx_int_t
ngx_http_tender_page_language(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t *language)
{
    ngx_str_t            cookie, *accept;
    tender_str_t        *asked;
    ngx_http_request_t  *r;

    r = ctx->request;

    asked = ctx->query.nparams ? tender_query_value(&ctx->query, "lang")
                               : NULL;
    if (asked) {
        *language = tender_language_index(*asked, ngx_http_tender_languages,
                                          NGX_HTTP_TENDER_LANGUAGES);

        if (*language < NGX_HTTP_TENDER_LANGUAGES) {
            return ngx_http_tender_page_keep(ctx, *language);
        }
    }

    if (ngx_http_tender_cookie(r, NGX_HTTP_TENDER_LANGUAGE_COOKIE, &cookie)
        == NGX_OK)
    {
        *language = tender_language_index(ngx_http_tender_str(&cookie),
                                          ngx_http_tender_languages,
                                          NGX_HTTP_TENDER_LANGUAGES);

        if (*language < NGX_HTTP_TENDER_LANGUAGES) {
            return NGX_OK;
        }
    }

    accept = ngx_http_tender_header_in(r, "accept-language");
    *language = NGX_HTTP_TENDER_LANGUAGES;

    if (accept) {
        *language = tender_language(ngx_http_tender_str(accept),
                                    ngx_http_tender_languages,
                                    NGX_HTTP_TENDER_LANGUAGES);
    }

    if (*language == NGX_HTTP_TENDER_LANGUAGES) {
        *language = 0;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_page_keep(ngx_http_tender_ctx_t *ctx, ngx_uint_t language)
{
    u_char     *p, buf[sizeof(NGX_HTTP_TENDER_LANGUAGE_COOKIE
                              "=en; Path=/; Max-Age=31536000; HttpOnly; "
                              "SameSite=Lax; Secure")];
    ngx_str_t   value;

    p = ngx_sprintf(buf, NGX_HTTP_TENDER_LANGUAGE_COOKIE "=%*s; Path=/; "
                    "Max-Age=31536000; HttpOnly; SameSite=Lax%s",
                    ngx_http_tender_languages[language].len,
                    ngx_http_tender_languages[language].data,
                    ctx->conf->session_secure ? "; Secure" : "");

    value.data = buf;
    value.len = p - buf;

    return ngx_http_tender_header(ctx->request, "Set-Cookie", &value)
           ? NGX_OK : NGX_ERROR;
}


void
ngx_http_tender_page_asset(ngx_http_tender_page_t *page, const char *name,
    ngx_uint_t what)
{
    tender_str_t         prefix;
    const tender_str_t  *parts[3];

    prefix = ngx_http_tender_str(&page->ctx->conf->prefix);

    parts[0] = &prefix;
    parts[1] = &ngx_http_tender_page_assets[what];
    parts[2] = NULL;

    ngx_http_tender_page_add(page, page->top, name,
                             ngx_http_tender_page_join(page, parts));
}


ngx_int_t
ngx_http_tender_page_render(ngx_http_tender_page_t *page, const char *name,
    ngx_str_t *html)
{
    ngx_int_t           rc;
    tender_str_t        str, text;
    tender_templates_t  templates;

    if (page->failed) {
        return NGX_ERROR;
    }

    templates.mem = &page->ctx->mem;
    templates.list = ngx_http_tender_page_list_of;
    templates.message = ngx_http_tender_page_message;
    templates.data = page;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    rc = tender_template(&templates, str, page->top, &text);

    if (rc == TENDER_DECLINED) {
        ngx_log_error(NGX_LOG_ALERT, page->ctx->request->connection->log, 0,
                      "tender: the template \"%s\" makes no page", name);
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    html->data = text.data;
    html->len = text.len;

    return NGX_OK;
}


/* they are sorted by the bytes of their keys */

static tender_str_t
ngx_http_tender_page_message(void *data, tender_str_t key)
{
    ngx_http_tender_page_t *page = data;

    size_t                            len;
    ngx_int_t                         rc;
    ngx_uint_t                        low, high, i;
    tender_str_t                      none = tender_null_string;
    const ngx_http_tender_message_t  *message;

    low = 0;
    high = sizeof(ngx_http_tender_page_messages)
           / sizeof(ngx_http_tender_page_messages[0]);

    while (low < high) {
        i = (low + high) / 2;
        message = &ngx_http_tender_page_messages[i];

        len = ngx_min(key.len, message->key.len);
        rc = ngx_memcmp(key.data, message->key.data, len);

        if (rc == 0 && key.len == message->key.len) {
            return message->texts[page->language];
        }

        if (rc < 0 || (rc == 0 && key.len < message->key.len)) {
            high = i;

        } else {
            low = i + 1;
        }
    }

    return none;
}


ngx_int_t
ngx_http_tender_page_style(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_page_file(ctx, ngx_http_tender_page_css,
                                     sizeof(ngx_http_tender_page_css) - 1,
                                     "text/css; charset=UTF-8");
}


ngx_int_t
ngx_http_tender_page_script(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_page_file(ctx, ngx_http_tender_page_js,
                                     sizeof(ngx_http_tender_page_js) - 1,
                                     "text/javascript; charset=UTF-8");
}


/* the address that pages have for it names its version */

static ngx_int_t
ngx_http_tender_page_file(ngx_http_tender_ctx_t *ctx, const u_char *data,
    size_t len, const char *type)
{
    ngx_str_t      cache;
    tender_str_t  *version;

    ngx_str_set(&cache, "public, max-age=31536000, immutable");

    version = ctx->query.nparams ? tender_query_value(&ctx->query, "v")
                                 : NULL;

    if (version == NULL
        || !tender_str_is(version, NGX_HTTP_TENDER_PAGE_VERSION))
    {
        ngx_str_set(&cache, "no-cache");
    }

    ctx->type.data = (u_char *) type;
    ctx->type.len = ngx_strlen(type);

    if (ngx_http_tender_header(ctx->request, "Cache-Control", &cache) == NULL
        || ngx_http_tender_put(ctx, (u_char *) data, len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}
