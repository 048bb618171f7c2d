
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../store/ngx_http_tender_store.h"


/* GET tenders/:id.html: what is public of a tender */

static void ngx_http_tender_card_head(ngx_http_tender_page_t *page,
    ngx_http_tender_view_t *view, const tender_value_t *doc);
static void ngx_http_tender_card_buyer(ngx_http_tender_page_t *page,
    const tender_value_t *doc);
static void ngx_http_tender_card_address(ngx_http_tender_page_t *page,
    tender_value_t *buyer, const tender_value_t *address);
static void ngx_http_tender_card_periods(ngx_http_tender_page_t *page,
    const tender_value_t *doc);
static void ngx_http_tender_card_items(ngx_http_tender_page_t *page,
    const tender_value_t *doc);
static void ngx_http_tender_card_formats(ngx_http_tender_page_t *page,
    ngx_http_tender_record_t *record);


ngx_int_t
ngx_http_tender_page_tender(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    if (id.len != NGX_HTTP_TENDER_ID_LEN || !tender_hex_valid(ctx->id)) {
        return NGX_HTTP_NOT_FOUND;
    }

    return ngx_http_tender_store_view(ctx, &id, NGX_HTTP_TENDER_VIEW_NO_BIDS);
}


ngx_int_t
ngx_http_tender_page_card(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                id;
    tender_value_t          *doc;
    tender_json_error_t      err;
    ngx_http_tender_page_t   page;
    ngx_http_tender_view_t   view;

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    rc = ngx_http_tender_store_viewed(ctx, &id, &view);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_HTTP_NOT_FOUND : rc;
    }

    rc = tender_json_read(&ctx->mem, view.record.doc.data,
                          view.record.doc.len, &doc, &err);

    if (rc != TENDER_OK) {
        return (rc == TENDER_ERROR) ? NGX_ERROR
                                    : ngx_http_tender_store_broken(ctx);
    }

    if (ngx_http_tender_page_begin(ctx, &page, "item.untitled") != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_card_head(&page, &view, doc);
    ngx_http_tender_card_periods(&page, doc);
    ngx_http_tender_card_items(&page, doc);

    if (ngx_http_tender_page_awards(&page, &view.awards) != NGX_OK) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (ngx_http_tender_page_full(ctx)) {
        ngx_http_tender_card_buyer(&page, doc);
        ngx_http_tender_card_formats(&page, &view.record);

        if (ngx_http_tender_page_documents(&page, &view, doc) != NGX_OK) {
            return ngx_http_tender_store_broken(ctx);
        }

    } else {
        ngx_http_tender_page_flag(&page, page.top, "preview");
    }

    return ngx_http_tender_page_send(&page, "card", NGX_HTTP_OK);
}


static void
ngx_http_tender_card_head(ngx_http_tender_page_t *page,
    ngx_http_tender_view_t *view, const tender_value_t *doc)
{
    tender_value_t            *top, *price;
    const tender_value_t      *v, *vat;
    ngx_http_tender_record_t  *record;

    top = page->top;
    record = &view->record;

    ngx_http_tender_page_status(page, top, &record->status);
    ngx_http_tender_page_add(page, top, "number",
                             ngx_http_tender_str(&record->number));

    ngx_http_tender_page_take(page, top, "title", doc, "title");
    ngx_http_tender_page_take(page, top, "description", doc, "description");
    ngx_http_tender_page_take(page, top, "method", doc, "method");
    ngx_http_tender_page_take(page, top, "criteria", doc,
                              "selectionCriteria");
    ngx_http_tender_page_take(page, top, "submission", doc,
                              "submissionMethod");

    v = ngx_http_tender_page_member(doc, "totalValue", TENDER_OBJECT);
    price = ngx_http_tender_page_price(page, top, "price", v);

    if (price) {
        vat = tender_value_member(v, "valueAddedTaxIncluded");

        if (vat) {
            ngx_http_tender_page_literal(page, price, "vat",
                                         (vat->type == TENDER_TRUE)
                                         ? "card.vat" : "card.no_vat");
        }
    }

    v = ngx_http_tender_page_member(doc, "minimalStep", TENDER_OBJECT);
    (void) ngx_http_tender_page_price(page, top, "step", v);

    /* how many there are is said once it may be known */

    if (view->hashes.len || (record->open && record->bids)) {
        ngx_http_tender_page_number(page, top, "bids", record->bids);
    }

    ngx_http_tender_page_date(page, top, "changed", record->modified, 1);

    v = ngx_http_tender_page_member(doc, "deliveryDate", TENDER_STRING);
    ngx_http_tender_page_date_text(page, top, "delivery", v);
}


static void
ngx_http_tender_card_buyer(ngx_http_tender_page_t *page,
    const tender_value_t *doc)
{
    tender_value_t        *buyer;
    const tender_value_t  *entity, *id, *v;

    entity = ngx_http_tender_page_member(doc, "procuringEntity",
                                         TENDER_OBJECT);
    id = ngx_http_tender_page_member(entity, "id", TENDER_OBJECT);

    if (id == NULL) {
        return;
    }

    buyer = ngx_http_tender_page_object(page, page->top, "buyer");

    ngx_http_tender_page_take(page, buyer, "name", id, "name");
    ngx_http_tender_page_take(page, buyer, "uid", id, "uid");

    v = ngx_http_tender_page_member(id, "uri", TENDER_STRING);

    if (v && ngx_http_tender_page_link(v->u.text)) {
        ngx_http_tender_page_add(page, buyer, "href", v->u.text);
    }

    v = ngx_http_tender_page_member(entity, "address", TENDER_OBJECT);

    if (v) {
        ngx_http_tender_card_address(page, buyer, v);
    }
}


/* one line, with commas between */

static void
ngx_http_tender_card_address(ngx_http_tender_page_t *page,
    tender_value_t *buyer, const tender_value_t *address)
{
    ngx_uint_t             i, n;
    tender_str_t           name, texts[5];
    const tender_str_t    *parts[10];
    const tender_value_t  *v;

    static const char *const   names[] = {
        "streetAddress", "postalCode", "locality", "region", "countryName"
    };

    static const tender_str_t  comma = tender_string(", ");

    n = 0;

    for (i = 0; i < 5; i++) {
        name.data = (u_char *) names[i];
        name.len = ngx_strlen(names[i]);

        v = ngx_http_tender_page_get(address, names[i], name.len,
                                     TENDER_STRING);

        if (v == NULL || v->u.text.len == 0) {
            continue;
        }

        /* a town that is a region of its own is named once */

        if (i && n && tender_str_eq(parts[n - 1], &v->u.text)) {
            continue;
        }

        if (n) {
            parts[n++] = &comma;
        }

        texts[i] = v->u.text;
        parts[n++] = &texts[i];
    }

    parts[n] = NULL;

    if (n) {
        ngx_http_tender_page_add(page, buyer, "address",
                                 ngx_http_tender_page_join(page, parts));
    }
}


static void
ngx_http_tender_card_periods(ngx_http_tender_page_t *page,
    const tender_value_t *doc)
{
    ngx_uint_t             i;
    tender_value_t        *periods, *rows, *row;
    const tender_value_t  *period, *v;

    static const char *const  names[] = {
        "clarificationPeriod", "tenderPeriod", "auctionPeriod", "awardPeriod"
    };

    rows = NULL;

    for (i = 0; i < 4; i++) {
        period = ngx_http_tender_page_get(doc, names[i],
                                          ngx_strlen(names[i]),
                                          TENDER_OBJECT);

        if (period == NULL || period->nelts == 0) {
            continue;
        }

        if (rows == NULL) {
            periods = ngx_http_tender_page_object(page, page->top, "periods");
            rows = ngx_http_tender_page_list(page, periods, "rows");
        }

        row = ngx_http_tender_page_element(page, rows);

        ngx_http_tender_page_literal(page, row, "name", names[i]);

        v = ngx_http_tender_page_member(period, "startDate", TENDER_STRING);
        ngx_http_tender_page_date_text(page, row, "start", v);

        v = ngx_http_tender_page_member(period, "endDate", TENDER_STRING);
        ngx_http_tender_page_date_text(page, row, "end", v);
    }
}


static void
ngx_http_tender_card_items(ngx_http_tender_page_t *page,
    const tender_value_t *doc)
{
    tender_str_t           text;
    tender_value_t        *items, *rows, *row;
    const tender_value_t  *list, *item, *v;

    list = ngx_http_tender_page_member(doc, "itemsToBeProcured",
                                       TENDER_ARRAY);

    if (list == NULL || list->nelts == 0) {
        return;
    }

    items = ngx_http_tender_page_object(page, page->top, "items");
    rows = ngx_http_tender_page_list(page, items, "rows");

    for (item = list->u.list.first; item; item = item->next) {
        row = ngx_http_tender_page_element(page, rows);

        ngx_http_tender_page_take(page, row, "description", item,
                                  "description");
        ngx_http_tender_page_take(page, row, "unit", item, "unitOfMeasure");

        v = ngx_http_tender_page_member(item, "quantity", TENDER_NUMBER);

        if (v) {
            if (tender_display_number(&page->ctx->mem,
                            &ngx_http_tender_displays[page->language],
                            v->u.text, &text)
                != TENDER_OK)
            {
                page->failed = 1;
                return;
            }

            ngx_http_tender_page_add(page, row, "quantity", text);
        }

        v = ngx_http_tender_page_member(item, "primaryClassification",
                                        TENDER_OBJECT);

        ngx_http_tender_page_take(page, row, "scheme", v, "scheme");
        ngx_http_tender_page_take(page, row, "code", v, "id");
        ngx_http_tender_page_take(page, row, "meaning", v, "description");

        v = ngx_http_tender_page_member(item, "valuePerUnit", TENDER_OBJECT);
        (void) ngx_http_tender_page_price(page, row, "price", v);
    }
}


/* the same from the API, if this server has one */

static void
ngx_http_tender_card_formats(ngx_http_tender_page_t *page,
    ngx_http_tender_record_t *record)
{
    tender_str_t         id, api;
    tender_value_t      *exports, *list, *e;
    const tender_str_t  *parts[4];

    static const tender_str_t  path = tender_string("/tenders/");

    api = ngx_http_tender_str(&page->ctx->main->api);

    if (api.len == 0) {
        return;
    }

    exports = ngx_http_tender_page_object(page, page->top, "exports");
    list = ngx_http_tender_page_list(page, exports, "list");

    id = ngx_http_tender_str(&record->id);

    parts[0] = &api;
    parts[1] = &path;
    parts[2] = &id;
    parts[3] = NULL;

    e = ngx_http_tender_page_element(page, list);

    ngx_http_tender_page_literal(page, e, "name", "JSON");
    ngx_http_tender_page_add(page, e, "href",
                             ngx_http_tender_page_join(page, parts));
}
