
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_page_search.h"
#include "../search/tender_fragment.h"


/* GET search: what is found */

#define NGX_HTTP_TENDER_PAGE_FRAGMENTS  2


static ngx_int_t ngx_http_tender_page_found(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state);
static ngx_int_t ngx_http_tender_page_items(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, tender_value_t *found);
static ngx_int_t ngx_http_tender_page_item(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, ngx_http_tender_record_t *record,
    tender_value_t *item);
static void ngx_http_tender_page_buyer(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, const tender_value_t *doc,
    tender_value_t *item);
static void ngx_http_tender_page_fragments(ngx_http_tender_page_t *page,
    tender_kwords_t *words, const tender_value_t *doc, tender_value_t *item);
static void ngx_http_tender_page_marked(ngx_http_tender_page_t *page,
    tender_value_t *item, const char *name, tender_kwords_t *words,
    tender_str_t text, u_char field);
static void ngx_http_tender_page_turns(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, tender_value_t *found,
    ngx_str_t *query);
static void ngx_http_tender_page_turn(ngx_http_tender_page_t *page,
    tender_value_t *turns, const char *name, ngx_str_t *query, ngx_uint_t n);


ngx_int_t
ngx_http_tender_page_results(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_page_t          page;
    ngx_http_tender_account_t      *account;
    ngx_http_tender_page_search_t  *state;

    account = ctx->data;
    state = account->page;

    if (ngx_http_tender_page_begin(ctx, &page, "search.title") != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_page_flag(&page, page.top, "at_search");
    ngx_http_tender_page_fields(&page, ngx_http_tender_page_sent,
                                &ctx->query);

    rc = ngx_http_tender_page_found(&page, state);

    return (rc == NGX_OK) ? ngx_http_tender_page_send(&page, "search",
                                                      NGX_HTTP_OK)
                          : rc;
}


static ngx_int_t
ngx_http_tender_page_found(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state)
{
    ngx_str_t        query;
    tender_value_t  *found, *v, *prev;

    found = ngx_http_tender_page_object(page, page->top, "found");

    ngx_http_tender_page_number(page, found, "total", state->search.total);

    if (state->preview) {
        ngx_http_tender_page_flag(page, found, "preview");
    }

    /* the links name the format */

    prev = NULL;

    for (v = state->criteria->u.list.first; v; v = v->next) {
        if (tender_str_is(&v->name, "dtype")) {
            (void) tender_value_cut(state->criteria, prev);
            break;
        }

        prev = v;
    }

    if (ngx_http_tender_criteria_write(page->ctx, state->criteria, &query)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_page_add(page, found, "query",
                             ngx_http_tender_str(&query));
    ngx_http_tender_page_exports(page, found, &query);
    ngx_http_tender_page_turns(page, state, found, &query);

    return ngx_http_tender_page_items(page, state, found);
}


static ngx_int_t
ngx_http_tender_page_items(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, tender_value_t *found)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    tender_value_t           *list;
    ngx_http_tender_record_t  record;

    list = ngx_http_tender_page_list(page, found, "items");

    for (i = 0; i < state->search.nhits; i++) {
        rc = ngx_http_tender_search_record(page->ctx, state->search.hits, i,
                                           &record);

        if (rc == NGX_OK) {
            rc = ngx_http_tender_page_item(page, state, &record,
                                   ngx_http_tender_page_element(page, list));
        }

        if (rc != NGX_OK && rc != NGX_DECLINED) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_page_item(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, ngx_http_tender_record_t *record,
    tender_value_t *item)
{
    ngx_int_t              rc;
    tender_str_t           prefix, id;
    tender_value_t        *doc;
    tender_json_error_t    err;
    const tender_str_t    *parts[5];
    const tender_value_t  *v;

    static const tender_str_t  path = tender_string("/tenders/");
    static const tender_str_t  tail = tender_string(".html");

    rc = tender_json_read(&page->ctx->mem, record->doc.data, record->doc.len,
                          &doc, &err);

    if (rc != TENDER_OK) {
        return (rc == TENDER_ERROR) ? NGX_ERROR
                                    : ngx_http_tender_store_broken(page->ctx);
    }

    prefix = ngx_http_tender_str(&page->ctx->conf->prefix);
    id = ngx_http_tender_str(&record->id);

    parts[0] = &prefix;
    parts[1] = &path;
    parts[2] = &id;
    parts[3] = &tail;
    parts[4] = NULL;

    ngx_http_tender_page_add(page, item, "href",
                             ngx_http_tender_page_join(page, parts));
    ngx_http_tender_page_status(page, item, &record->status);
    ngx_http_tender_page_add(page, item, "number",
                             ngx_http_tender_str(&record->number));
    ngx_http_tender_page_date(page, item, "published", record->created, 0);
    ngx_http_tender_page_date(page, item, "deadline",
                              record->deadlines.finish, 1);
    (void) ngx_http_tender_page_price(page, item, "price",
                                      ngx_http_tender_page_member(doc,
                                          "totalValue", TENDER_OBJECT));

    v = ngx_http_tender_page_member(doc, "title", TENDER_STRING);

    if (v) {
        ngx_http_tender_page_marked(page, item, "title", state->search.words,
                                    v->u.text, TENDER_TERM_TITLE);
    }

    ngx_http_tender_page_buyer(page, state, doc, item);

    if (state->search.words) {
        ngx_http_tender_page_fragments(page, state->search.words, doc, item);
    }

    return NGX_OK;
}


static void
ngx_http_tender_page_buyer(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, const tender_value_t *doc,
    tender_value_t *item)
{
    const tender_value_t  *entity, *v;

    entity = ngx_http_tender_page_member(doc, "procuringEntity",
                                         TENDER_OBJECT);

    v = ngx_http_tender_page_member(entity, "address", TENDER_OBJECT);
    ngx_http_tender_page_take(page, item, "region", v, "region");

    if (state->preview) {
        return;
    }

    v = ngx_http_tender_page_member(entity, "id", TENDER_OBJECT);
    v = ngx_http_tender_page_member(v, "name", TENDER_STRING);

    if (v) {
        ngx_http_tender_page_marked(page, item, "buyer", state->search.words,
                                    v->u.text, TENDER_TERM_BUYER);
    }
}


static void
ngx_http_tender_page_fragments(ngx_http_tender_page_t *page,
    tender_kwords_t *words, const tender_value_t *doc, tender_value_t *item)
{
    tender_mem_t          *mem;
    tender_value_t        *list;
    const tender_value_t  *v, *text;

    mem = &page->ctx->mem;
    list = ngx_http_tender_page_list(page, item, "fragments");

    text = ngx_http_tender_page_member(doc, "description", TENDER_STRING);

    if (text
        && tender_fragments(mem, words, text->u.text, TENDER_TERM_TEXT,
                            NGX_HTTP_TENDER_PAGE_FRAGMENTS, list)
           != TENDER_OK)
    {
        page->failed = 1;
    }

    v = ngx_http_tender_page_member(doc, "itemsToBeProcured", TENDER_ARRAY);

    for (v = v ? v->u.list.first : NULL;
         v && list->nelts < NGX_HTTP_TENDER_PAGE_FRAGMENTS; v = v->next)
    {
        text = ngx_http_tender_page_member(v, "description", TENDER_STRING);

        if (text
            && tender_fragments(mem, words, text->u.text, TENDER_TERM_ITEM,
                                NGX_HTTP_TENDER_PAGE_FRAGMENTS, list)
               != TENDER_OK)
        {
            page->failed = 1;
        }
    }
}


static void
ngx_http_tender_page_marked(ngx_http_tender_page_t *page,
    tender_value_t *item, const char *name, tender_kwords_t *words,
    tender_str_t text, u_char field)
{
    if (words) {
        text = tender_marked(&page->ctx->mem, words, text, field);

        if (text.data == NULL) {
            page->failed = 1;
            return;
        }
    }

    ngx_http_tender_page_add(page, item, name, text);
}


static void
ngx_http_tender_page_turns(ngx_http_tender_page_t *page,
    ngx_http_tender_page_search_t *state, tender_value_t *found,
    ngx_str_t *query)
{
    uint64_t         n, last;
    tender_value_t  *turns;

    n = ngx_min(state->search.total, state->depth);
    last = (n + state->search.limit - 1) / state->search.limit;

    if (last * state->search.limit > state->depth) {
        last--;
    }

    if (last < 2 && state->page == 1) {
        return;
    }

    turns = ngx_http_tender_page_object(page, found, "pages");

    ngx_http_tender_page_number(page, turns, "page", state->page);
    ngx_http_tender_page_number(page, turns, "last", ngx_max(last, 1));

    if (state->page > 1) {
        ngx_http_tender_page_turn(page, turns, "previous", query,
                                  ngx_min(state->page - 1, ngx_max(last, 1)));
    }

    if (state->page < last) {
        ngx_http_tender_page_turn(page, turns, "next", query,
                                  state->page + 1);
    }
}


static void
ngx_http_tender_page_turn(ngx_http_tender_page_t *page,
    tender_value_t *turns, const char *name, ngx_str_t *query, ngx_uint_t n)
{
    u_char               buf[NGX_INT64_LEN];
    tender_str_t         prefix, text, number;
    const tender_str_t  *parts[6];

    static const tender_str_t  path = tender_string("/search?");
    static const tender_str_t  param[] = {
        tender_string("&page="), tender_string("page=")
    };

    prefix = ngx_http_tender_str(&page->ctx->conf->prefix);
    text = ngx_http_tender_str(query);

    number.data = buf;
    number.len = tender_uint_write(buf, n) - buf;

    parts[0] = &prefix;
    parts[1] = &path;
    parts[2] = &text;
    parts[3] = &param[text.len == 0];
    parts[4] = &number;
    parts[5] = NULL;

    ngx_http_tender_page_add(page, turns, name,
                             ngx_http_tender_page_join(page, parts));
}
