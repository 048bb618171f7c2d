
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"


/* the fields of a search, as a form shows them */

static void ngx_http_tender_page_options(ngx_http_tender_page_t *page,
    const char *name, tender_str_t value, const tender_str_t *values,
    const tender_str_t *first);
static void ngx_http_tender_page_option(ngx_http_tender_page_t *page,
    tender_value_t *list, tender_str_t value, tender_str_t label,
    ngx_uint_t selected);
static void ngx_http_tender_page_day(ngx_http_tender_page_t *page,
    const char *name, tender_str_t value);
static ngx_uint_t ngx_http_tender_page_day_first(tender_str_t value);


static const char  *ngx_http_tender_page_texts[] = {
    "kwords", "kwords_minus", "buyer", "cpv", "price1", "price2", NULL
};

static const char  *ngx_http_tender_page_days[] = {
    "date_start", "date_end", "deadline_from", "deadline_to", NULL
};

static const tender_str_t  ngx_http_tender_page_places[] = {
    tender_string("0"), tender_string("1"), tender_string("2"),
    tender_string("3"), tender_null_string
};

static const tender_str_t  ngx_http_tender_page_sorts[] = {
    tender_string("by_date"), tender_string("by_date_end"),
    tender_string("by_price"), tender_string("by_relevance"),
    tender_string("by_modified"), tender_null_string
};

static const tender_str_t  ngx_http_tender_page_orders[] = {
    tender_string("desc"), tender_string("asc"), tender_null_string
};

static const tender_str_t  ngx_http_tender_page_statuses[] = {
    tender_string("active.enquiries"), tender_string("active.tendering"),
    tender_string("active.auction"), tender_string("active.qualification"),
    tender_string("active.awarded"), tender_string("complete"),
    tender_string("unsuccessful"), tender_string("cancelled"),
    tender_null_string
};


void
ngx_http_tender_page_fields(ngx_http_tender_page_t *page,
    ngx_http_tender_page_value_pt value, void *data)
{
    ngx_uint_t    filtered;
    const char  **name;
    tender_str_t  str, text;

    static const tender_str_t  any = tender_string("any");
    static const tender_str_t  usual = tender_string("usual");

    filtered = 0;

    for (name = ngx_http_tender_page_texts; *name; name++) {
        str.data = (u_char *) *name;
        str.len = ngx_strlen(*name);

        text = value(data, &str);
        filtered |= (text.len && name != ngx_http_tender_page_texts);

        ngx_http_tender_page_add(page, page->top, *name, text);
    }

    for (name = ngx_http_tender_page_days; *name; name++) {
        str.data = (u_char *) *name;
        str.len = ngx_strlen(*name);

        text = value(data, &str);
        filtered |= (text.len != 0);

        ngx_http_tender_page_day(page, *name, text);
    }

    tender_str_set(&str, "irazd");
    ngx_http_tender_page_options(page, "irazd_options", value(data, &str),
                                 ngx_http_tender_page_places, NULL);

    tender_str_set(&str, "status");
    text = value(data, &str);
    filtered |= (text.len != 0);
    ngx_http_tender_page_options(page, "status_options", text,
                                 ngx_http_tender_page_statuses, &any);

    tender_str_set(&str, "sort_by");
    ngx_http_tender_page_options(page, "sort_options", value(data, &str),
                                 ngx_http_tender_page_sorts, NULL);

    tender_str_set(&str, "sort_dest");
    ngx_http_tender_page_options(page, "dest_options", value(data, &str),
                                 ngx_http_tender_page_orders, &usual);

    tender_str_set(&str, "actual");
    text = value(data, &str);

    if (text.len && !tender_str_is(&text, "0")
        && !tender_str_is(&text, "false"))
    {
        filtered = 1;
        ngx_http_tender_page_flag(page, page->top, "actual");
    }

    if (filtered) {
        ngx_http_tender_page_flag(page, page->top, "filtered");
    }
}


/* first: the label of an empty value; a value that is none of them is kept */

static void
ngx_http_tender_page_options(ngx_http_tender_page_t *page, const char *name,
    tender_str_t value, const tender_str_t *values, const tender_str_t *first)
{
    ngx_uint_t       found, same;
    tender_str_t     empty = tender_string("");
    tender_value_t  *list;

    list = ngx_http_tender_page_list(page, page->top, name);
    found = (value.len == 0);

    if (first) {
        ngx_http_tender_page_option(page, list, empty, *first, found);
    }

    for ( /* void */ ; values->len; values++) {
        same = tender_str_eq(&value, values);
        found |= same;

        ngx_http_tender_page_option(page, list, *values, *values, same);
    }

    if (!found) {
        ngx_http_tender_page_option(page, list, value, value, 1);
    }
}


static void
ngx_http_tender_page_option(ngx_http_tender_page_t *page,
    tender_value_t *list, tender_str_t value, tender_str_t label,
    ngx_uint_t selected)
{
    tender_value_t  *e;

    e = ngx_http_tender_page_element(page, list);

    ngx_http_tender_page_add(page, e, "value", value);
    ngx_http_tender_page_add(page, e, "label", label);

    if (selected) {
        ngx_http_tender_page_flag(page, e, "selected");
    }
}


/* a browser's field of a date takes "2014-10-31" alone; others are texts */

static void
ngx_http_tender_page_day(ngx_http_tender_page_t *page, const char *name,
    tender_str_t value)
{
    u_char          *p, *q;
    int64_t          us;
    tender_value_t  *field;

    if (ngx_http_tender_page_day_first(value)) {
        p = tender_alloc(&page->ctx->mem, 10);

        if (p == NULL) {
            page->failed = 1;
            return;
        }

        q = value.data;
        value.data = p;

        p = ngx_cpymem(p, q + 6, 4);
        *p++ = '-';
        p = ngx_cpymem(p, q + 3, 2);
        *p++ = '-';
        (void) ngx_cpymem(p, q, 2);
    }

    field = ngx_http_tender_page_object(page, page->top, name);

    ngx_http_tender_page_add(page, field, "value", value);
    ngx_http_tender_page_literal(page, field, "type",
                                 (value.len == 0
                                  || (value.len == 10
                                      && tender_date_read(value,
                                             &page->ctx->main->zone, &us)
                                         == TENDER_OK))
                                 ? "date" : "text");
}


/* "31.10.2014", "31-10-2014" */

static ngx_uint_t
ngx_http_tender_page_day_first(tender_str_t value)
{
    ngx_uint_t  i;

    if (value.len != 10) {
        return 0;
    }

    for (i = 0; i < 10; i++) {

        if (i == 2 || i == 5) {
            if (value.data[i] != '.' && value.data[i] != '-') {
                return 0;
            }

        } else if (value.data[i] < '0' || value.data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


tender_str_t
ngx_http_tender_page_sent(void *data, const tender_str_t *name)
{
    tender_query_t *query = data;

    tender_str_t  none = tender_null_string, *value;

    value = query->nparams ? tender_query_get(query, name) : NULL;

    return value ? *value : none;
}


tender_str_t
ngx_http_tender_page_kept(void *data, const tender_str_t *name)
{
    tender_value_t *object = data;

    tender_str_t     none = tender_null_string;
    tender_str_t     yes = tender_string("1");
    tender_value_t  *v;

    v = tender_value_get(object, name);

    if (v == NULL) {
        return none;
    }

    if (v->type == TENDER_STRING || v->type == TENDER_NUMBER) {
        return v->u.text;
    }

    return (v->type == TENDER_TRUE) ? yes : none;
}


void
ngx_http_tender_page_exports(ngx_http_tender_page_t *page,
    tender_value_t *parent, ngx_str_t *query)
{
    ngx_uint_t           i;
    tender_str_t         prefix, text;
    tender_value_t      *list, *e;
    const tender_str_t  *parts[6];

    static const tender_str_t  path =
        tender_string(NGX_HTTP_TENDER_PAGE_EXPORT "?");
    static const tender_str_t  type[] = {
        tender_string("&dtype="), tender_string("dtype=")
    };
    static const tender_str_t  types[][2] = {
        { tender_string("JSON"), tender_string("json") },
        { tender_string("XML"), tender_string("xml") },
        { tender_string("CSV"), tender_string("csv") }
    };

    prefix = ngx_http_tender_str(&page->ctx->conf->prefix);
    text = ngx_http_tender_str(query);

    list = ngx_http_tender_page_list(page, parent, "exports");

    parts[0] = &prefix;
    parts[1] = &path;
    parts[2] = &text;
    parts[3] = &type[text.len == 0];
    parts[5] = NULL;

    for (i = 0; i < 3; i++) {
        parts[4] = &types[i][1];

        e = ngx_http_tender_page_element(page, list);

        ngx_http_tender_page_add(page, e, "name", types[i][0]);
        ngx_http_tender_page_add(page, e, "href",
                                 ngx_http_tender_page_join(page, parts));
    }
}
