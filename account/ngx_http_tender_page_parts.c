
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../store/ngx_http_tender_file.h"


/* awards and documents of a tender's page */

static ngx_int_t ngx_http_tender_parts_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **json);
static void ngx_http_tender_parts_award(ngx_http_tender_page_t *page,
    ngx_http_tender_part_t *part, const tender_value_t *json,
    tender_value_t *row);
static ngx_int_t ngx_http_tender_parts_document(ngx_http_tender_page_t *page,
    ngx_str_t *id, ngx_http_tender_part_t *part, tender_value_t *row);
static void ngx_http_tender_parts_attachment(ngx_http_tender_page_t *page,
    const tender_value_t *attachment, tender_value_t *row);


ngx_int_t
ngx_http_tender_page_awards(ngx_http_tender_page_t *page,
    ngx_http_tender_parts_t *parts)
{
    ngx_uint_t       i;
    tender_value_t  *awards, *rows, *json;

    if (parts->nelts == 0) {
        return NGX_OK;
    }

    awards = ngx_http_tender_page_object(page, page->top, "awards");
    rows = ngx_http_tender_page_list(page, awards, "rows");

    for (i = 0; i < parts->nelts; i++) {

        if (ngx_http_tender_parts_read(page->ctx, &parts->elts[i], &json)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        ngx_http_tender_parts_award(page, &parts->elts[i], json,
                                  ngx_http_tender_page_element(page, rows));
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_parts_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **json)
{
    tender_json_error_t  err;

    return (tender_json_read(&ctx->mem, part->json.data, part->json.len, json,
                             &err)
            == TENDER_OK
            && (*json)->type == TENDER_OBJECT)
           ? NGX_OK : NGX_ERROR;
}


static void
ngx_http_tender_parts_award(ngx_http_tender_page_t *page,
    ngx_http_tender_part_t *part, const tender_value_t *json,
    tender_value_t *row)
{
    tender_value_t        *suppliers;
    const tender_value_t  *v, *supplier;

    ngx_http_tender_page_take(page, row, "status", json, "awardStatus");
    ngx_http_tender_page_date(page, row, "date", part->date, 0);

    v = ngx_http_tender_page_member(json, "awardValue", TENDER_OBJECT);
    (void) ngx_http_tender_page_price(page, row, "price", v);

    suppliers = ngx_http_tender_page_list(page, row, "suppliers");

    v = ngx_http_tender_page_member(json, "suppliers", TENDER_ARRAY);

    for (supplier = v ? v->u.list.first : NULL; supplier;
         supplier = supplier->next)
    {
        v = ngx_http_tender_page_member(supplier, "id", TENDER_OBJECT);
        v = ngx_http_tender_page_member(v, "name", TENDER_STRING);

        if (v) {
            ngx_http_tender_page_push(page, suppliers, v->u.text);
        }
    }
}


ngx_int_t
ngx_http_tender_page_documents(ngx_http_tender_page_t *page,
    ngx_http_tender_view_t *view, const tender_value_t *doc)
{
    ngx_uint_t               i;
    tender_value_t          *documents, *rows;
    const tender_value_t    *list, *v;
    ngx_http_tender_part_t  *part;

    list = ngx_http_tender_page_member(doc, "attachments", TENDER_ARRAY);

    if (view->documents.nelts == 0 && (list == NULL || list->nelts == 0)) {
        return NGX_OK;
    }

    documents = ngx_http_tender_page_object(page, page->top, "documents");
    rows = ngx_http_tender_page_list(page, documents, "rows");

    for (i = 0; i < view->documents.nelts; i++) {
        part = &view->documents.elts[i];

        /* older versions are reached from the newest one */

        if (part->status.len && part->status.data[0] == 'c'
            && ngx_http_tender_parts_document(page, &view->record.id, part,
                                   ngx_http_tender_page_element(page, rows))
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (v = list ? list->u.list.first : NULL; v; v = v->next) {
        ngx_http_tender_parts_attachment(page, v,
                                  ngx_http_tender_page_element(page, rows));
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_parts_document(ngx_http_tender_page_t *page, ngx_str_t *id,
    ngx_http_tender_part_t *part, tender_value_t *row)
{
    tender_str_t                 texts[4], size;
    tender_value_t              *json;
    const tender_str_t          *parts[8];
    ngx_http_tender_document_t   document;

    static const tender_str_t  words[] = {
        tender_string("/tenders/"), tender_string("/documents/"),
        tender_string("?download=")
    };

    if (ngx_http_tender_parts_read(page->ctx, part, &json) != NGX_OK
        || ngx_http_tender_store_document(part, &document) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_page_take(page, row, "name", json, "title");
    ngx_http_tender_page_date(page, row, "date", part->date, 0);

    if (tender_display_size(&page->ctx->mem,
                            &ngx_http_tender_displays[page->language],
                            document.size, &size)
        != TENDER_OK)
    {
        page->failed = 1;
        return NGX_OK;
    }

    ngx_http_tender_page_add(page, row, "size", size);

    texts[0] = ngx_http_tender_str(&page->ctx->main->api);
    texts[1] = ngx_http_tender_str(id);
    texts[2] = ngx_http_tender_str(&part->id);
    texts[3] = ngx_http_tender_str(&document.key);

    if (texts[0].len == 0) {
        return NGX_OK;
    }

    parts[0] = &texts[0];
    parts[1] = &words[0];
    parts[2] = &texts[1];
    parts[3] = &words[1];
    parts[4] = &texts[2];
    parts[5] = &words[2];
    parts[6] = &texts[3];
    parts[7] = NULL;

    ngx_http_tender_page_add(page, row, "href",
                             ngx_http_tender_page_join(page, parts));

    return NGX_OK;
}


/* one that is kept elsewhere is named by what it is, or where */

static void
ngx_http_tender_parts_attachment(ngx_http_tender_page_t *page,
    const tender_value_t *attachment, tender_value_t *row)
{
    const tender_value_t  *uri, *name, *v;

    uri = ngx_http_tender_page_member(attachment, "uri", TENDER_STRING);
    name = ngx_http_tender_page_member(attachment, "description",
                                       TENDER_STRING);

    ngx_http_tender_page_taken(page, row, "name",
                               (name && name->u.text.len) ? name : uri);

    if (uri && ngx_http_tender_page_link(uri->u.text)) {
        ngx_http_tender_page_add(page, row, "href", uri->u.text);
    }

    v = ngx_http_tender_page_member(attachment, "lastModified",
                                    TENDER_STRING);
    ngx_http_tender_page_date_text(page, row, "date", v);
}
