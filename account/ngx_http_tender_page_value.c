
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"


/* what fills a page */

static tender_str_t ngx_http_tender_page_name(const char *name);
static void ngx_http_tender_page_set(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, tender_value_t *v);


static tender_str_t
ngx_http_tender_page_name(const char *name)
{
    tender_str_t  str;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    return str;
}


static void
ngx_http_tender_page_set(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, tender_value_t *v)
{
    if (v == NULL) {
        page->failed = 1;
        return;
    }

    tender_value_add(parent, ngx_http_tender_page_name(name), v);
}


/* out of memory it is the page itself, which will not be made */

tender_value_t *
ngx_http_tender_page_object(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name)
{
    tender_value_t  *v;

    v = tender_value_new(&page->ctx->mem, TENDER_OBJECT);

    ngx_http_tender_page_set(page, parent, name, v);

    return v ? v : page->top;
}


tender_value_t *
ngx_http_tender_page_list(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name)
{
    tender_value_t  *v;

    v = tender_value_new(&page->ctx->mem, TENDER_ARRAY);

    ngx_http_tender_page_set(page, parent, name, v);

    return v ? v : page->top;
}


tender_value_t *
ngx_http_tender_page_element(ngx_http_tender_page_t *page,
    tender_value_t *list)
{
    tender_value_t  *v;

    v = tender_value_new(&page->ctx->mem, TENDER_OBJECT);

    if (v == NULL) {
        page->failed = 1;
        return page->top;
    }

    tender_value_push(list, v);

    return v;
}


void
ngx_http_tender_page_add(ngx_http_tender_page_t *page, tender_value_t *parent,
    const char *name, tender_str_t text)
{
    if (text.data == NULL) {
        return;
    }

    ngx_http_tender_page_set(page, parent, name,
                             tender_value_string(&page->ctx->mem, text));
}


void
ngx_http_tender_page_copy(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, u_char *data, size_t len)
{
    tender_str_t  text;

    text.len = len;
    text.data = tender_alloc(&page->ctx->mem, len);

    if (text.data == NULL) {
        page->failed = 1;
        return;
    }

    ngx_memcpy(text.data, data, len);

    ngx_http_tender_page_add(page, parent, name, text);
}


void
ngx_http_tender_page_literal(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const char *text)
{
    ngx_http_tender_page_add(page, parent, name,
                             ngx_http_tender_page_name(text));
}


void
ngx_http_tender_page_push(ngx_http_tender_page_t *page, tender_value_t *list,
    tender_str_t text)
{
    tender_value_t  *v;

    v = tender_value_string(&page->ctx->mem, text);

    if (v == NULL) {
        page->failed = 1;
        return;
    }

    tender_value_push(list, v);
}


void
ngx_http_tender_page_flag(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name)
{
    ngx_http_tender_page_set(page, parent, name,
                             tender_value_bool(&page->ctx->mem, 1));
}


/* with blanks or commas, as the language has it */

void
ngx_http_tender_page_number(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, uint64_t n)
{
    u_char        *p;
    tender_str_t   text, shown;

    p = tender_alloc(&page->ctx->mem, NGX_INT64_LEN);

    if (p == NULL) {
        page->failed = 1;
        return;
    }

    text.data = p;
    text.len = tender_uint_write(p, n) - p;

    if (tender_display_number(&page->ctx->mem,
                              &ngx_http_tender_displays[page->language], text,
                              &shown)
        != TENDER_OK)
    {
        page->failed = 1;
        return;
    }

    ngx_http_tender_page_add(page, parent, name, shown);
}


void
ngx_http_tender_page_date(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, int64_t us, ngx_uint_t hour)
{
    u_char          *p;
    tender_str_t     text, iso;
    tender_value_t  *date;

    if (us == 0) {
        return;
    }

    if (tender_display_date(&page->ctx->mem,
                            &ngx_http_tender_displays[page->language],
                            &page->ctx->main->zone, us, hour, &text)
        != TENDER_OK)
    {
        page->failed = 1;
        return;
    }

    if (text.len == 0) {
        return;
    }

    p = tender_alloc(&page->ctx->mem, TENDER_DATE_LEN);

    if (p == NULL) {
        page->failed = 1;
        return;
    }

    iso.data = p;
    iso.len = tender_date_write(p, us) - p;

    date = ngx_http_tender_page_object(page, parent, name);

    ngx_http_tender_page_add(page, date, "iso", iso);
    ngx_http_tender_page_add(page, date, "text", text);
}


void
ngx_http_tender_page_date_text(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *date)
{
    int64_t  us;

    if (date
        && tender_date_read(date->u.text, &page->ctx->main->zone, &us)
           == TENDER_OK)
    {
        ngx_http_tender_page_date(page, parent, name, us,
                                  date->u.text.len > 10);
    }
}


tender_value_t *
ngx_http_tender_page_price(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *value)
{
    tender_str_t           text;
    tender_value_t        *price;
    const tender_value_t  *amount;

    amount = ngx_http_tender_page_member(value, "amount", TENDER_NUMBER);

    if (amount == NULL) {
        return NULL;
    }

    if (tender_display_amount(&page->ctx->mem,
                              &ngx_http_tender_displays[page->language],
                              amount->u.text, &text)
        != TENDER_OK)
    {
        page->failed = 1;
        return NULL;
    }

    price = ngx_http_tender_page_object(page, parent, name);

    ngx_http_tender_page_add(page, price, "text", text);
    ngx_http_tender_page_take(page, price, "currency", value, "currency");

    return price;
}


/* taking bids, about to be decided, over */

void
ngx_http_tender_page_status(ngx_http_tender_page_t *page,
    tender_value_t *parent, ngx_str_t *status)
{
    tender_str_t  text;

    text = ngx_http_tender_str(status);

    ngx_http_tender_page_add(page, parent, "status", text);
    ngx_http_tender_page_literal(page, parent, "tone",
                                 (tender_str_is(&text, "active.tendering")
                                  || tender_str_is(&text,
                                                   "active.enquiries"))
                                 ? "open"
                                 : (text.len > 7 && text.data[6] == '.')
                                   ? "busy" : "over");
}


tender_str_t
ngx_http_tender_page_join(ngx_http_tender_page_t *page,
    const tender_str_t **parts)
{
    u_char        *p;
    ngx_uint_t     i;
    tender_str_t   text;

    text.len = 0;

    for (i = 0; parts[i]; i++) {
        text.len += parts[i]->len;
    }

    text.data = tender_alloc(&page->ctx->mem, text.len + 1);

    if (text.data == NULL) {
        page->failed = 1;
        text.len = 0;

        return text;
    }

    p = text.data;

    for (i = 0; parts[i]; i++) {
        p = ngx_cpymem(p, parts[i]->data, parts[i]->len);
    }

    return text;
}


const tender_value_t *
ngx_http_tender_page_get(const tender_value_t *v, const char *name,
    size_t len, tender_type_e type)
{
    tender_str_t  str;

    if (v == NULL || v->type != TENDER_OBJECT) {
        return NULL;
    }

    str.data = (u_char *) name;
    str.len = len;

    v = tender_value_get(v, &str);

    return (v && v->type == type) ? v : NULL;
}


void
ngx_http_tender_page_taken(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *text)
{
    if (text) {
        ngx_http_tender_page_add(page, parent, name, text->u.text);
    }
}


ngx_uint_t
ngx_http_tender_page_link(tender_str_t text)
{
    return (text.len > sizeof("http://") - 1
            && ngx_strncasecmp(text.data, (u_char *) "http://",
                               sizeof("http://") - 1)
               == 0)
           || (text.len > sizeof("https://") - 1
               && ngx_strncasecmp(text.data, (u_char *) "https://",
                                  sizeof("https://") - 1)
                  == 0);
}
