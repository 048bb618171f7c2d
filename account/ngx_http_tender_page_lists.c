
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_page_api.h"
#include "../auth/ngx_http_tender_code.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../store/ngx_http_tender_criteria.h"


/* the keys and the saved searches of an account */

static ngx_int_t ngx_http_tender_page_put_search(
    ngx_http_tender_page_t *page, ngx_http_tender_entry_t *entry,
    tender_str_t site, tender_value_t *e);
static tender_str_t ngx_http_tender_page_around(ngx_http_tender_page_t *page,
    tender_str_t before, const char *text, ngx_str_t *id, const char *after);


void
ngx_http_tender_page_put_codes(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api)
{
    ngx_uint_t                  i;
    tender_value_t             *list, *e;
    const tender_value_t       *v;
    ngx_http_tender_entry_t    *entry;
    ngx_http_tender_account_t  *account;

    account = page->ctx->data;
    list = ngx_http_tender_page_list(page, page->top, "codes");

    for (i = 0; i < api->codes.nelts; i++) {
        entry = &api->codes.elts[i];
        e = ngx_http_tender_page_element(page, list);

        ngx_http_tender_page_add(page, e, "id",
                                 ngx_http_tender_str(&entry->id));
        ngx_http_tender_page_take(page, e, "name", entry->data, "name");
        ngx_http_tender_page_date(page, e, "created", entry->created, 0);

        v = ngx_http_tender_page_member(entry->data, "expires",
                                        TENDER_STRING);
        ngx_http_tender_page_date_text(page, e, "expires", v);

        if (!ngx_http_tender_entry_live(page->ctx, entry,
                                        account->found->now))
        {
            ngx_http_tender_page_flag(page, e, "off");
        }

        if (ngx_http_tender_code_covered(page->ctx, &account->found->account,
                                         entry))
        {
            ngx_http_tender_page_flag(page, e, "mine");
        }
    }
}


ngx_int_t
ngx_http_tender_page_put_searches(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api, tender_str_t site)
{
    ngx_uint_t       i;
    tender_value_t  *list;

    list = ngx_http_tender_page_list(page, page->top, "searches");

    for (i = 0; i < api->searches.nelts; i++) {

        if (ngx_http_tender_page_put_search(page, &api->searches.elts[i],
                                  site,
                                  ngx_http_tender_page_element(page, list))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_page_put_search(ngx_http_tender_page_t *page,
    ngx_http_tender_entry_t *entry, tender_str_t site, tender_value_t *e)
{
    u_char          *p;
    ngx_str_t        text;
    tender_str_t     prefix;
    tender_value_t  *query, *link;

    static const tender_str_t  param = tender_string("search_id=");

    ngx_http_tender_page_add(page, e, "id", ngx_http_tender_str(&entry->id));
    ngx_http_tender_page_take(page, e, "name", entry->data, "name");

    query = tender_value_member(entry->data, "query");

    if (query && query->type == TENDER_OBJECT) {

        if (ngx_http_tender_criteria_write(page->ctx, query, &text)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        ngx_http_tender_page_add(page, e, "query",
                                 ngx_http_tender_str(&text));
    }

    p = ngx_pnalloc(page->ctx->request->pool, param.len + entry->id.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;
    text.len = param.len + entry->id.len;

    p = ngx_cpymem(p, param.data, param.len);
    (void) ngx_cpymem(p, entry->id.data, entry->id.len);

    ngx_http_tender_page_exports(page, e, &text);

    prefix = ngx_http_tender_str(&page->ctx->conf->prefix);

    link = ngx_http_tender_page_element(page,
                                        tender_value_member(e, "exports"));

    ngx_http_tender_page_literal(page, link, "name", "Atom");
    ngx_http_tender_page_add(page, link, "href",
                             ngx_http_tender_page_around(page, prefix,
                                                         "/api/searches/",
                                                         &entry->id,
                                                         ".atom"));

    ngx_http_tender_page_add(page, e, "url",
                             ngx_http_tender_page_around(page, site,
                                        NGX_HTTP_TENDER_PAGE_EXPORT
                                        "?search_id=", &entry->id,
                                        "&dtype=json&api_code="
                                        "YOUR_API_CODE"));
    return NGX_OK;
}


static tender_str_t
ngx_http_tender_page_around(ngx_http_tender_page_t *page,
    tender_str_t before, const char *text, ngx_str_t *id, const char *after)
{
    tender_str_t         texts[3];
    const tender_str_t  *parts[5];

    texts[0].data = (u_char *) text;
    texts[0].len = ngx_strlen(text);
    texts[1] = ngx_http_tender_str(id);
    texts[2].data = (u_char *) after;
    texts[2].len = ngx_strlen(after);

    parts[0] = &before;
    parts[1] = &texts[0];
    parts[2] = &texts[1];
    parts[3] = &texts[2];
    parts[4] = NULL;

    return ngx_http_tender_page_join(page, parts);
}
