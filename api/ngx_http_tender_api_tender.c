
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"
#include "../domain/tender_number.h"
#include "../search/tender_entry.h"


static ngx_int_t ngx_http_tender_api_initials(ngx_http_tender_ctx_t *ctx);


/* what the index is told of a tender whose words are as they were */

static ngx_str_t  ngx_http_tender_api_same = ngx_string(TENDER_ENTRY_SAME);


/* POST */

ngx_int_t
ngx_http_tender_api_create(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_errors_check(ctx, &tender_model_tender, api->data,
                                      TENDER_BY_OWNER|TENDER_BY_IMPORT, 0);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_import(ctx);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_doc(ctx, api->data, &api->u.create.doc);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_api_initials(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_api_deadlines(ctx, api->data, &api->u.create.deadlines);

    if (ngx_http_tender_api_entry(ctx, api->data,
                                  api->u.create.deadlines.finish,
                                  &api->u.create.entry)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_token(ctx, &api->token, &api->u.create.token);
}


ngx_int_t
ngx_http_tender_api_store(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (ngx_http_tender_store_id(ctx, &api->u.create.id) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_create(ctx, &api->u.create);
}


ngx_int_t
ngx_http_tender_api_created(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_create_e   outcome;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_created(ctx, &api->u.create, &api->record,
                                       &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_CREATE_TAKEN:
        return ngx_http_tender_api_again(ctx, ngx_http_tender_api_store);

    case NGX_HTTP_TENDER_CREATE_GATED:
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body",
                                     api->u.create.parts[0].kind[0] == 'b'
                                     ? "bids" : "awards",
                                     "A tender whose tenderPeriod.endDate is "
                                     "in the future starts without them");

    case NGX_HTTP_TENDER_CREATE_NEVER:
        return ngx_http_tender_api_no_time(ctx);

    default: /* NGX_HTTP_TENDER_CREATE_OK */
        break;
    }

    ctx->id = ngx_http_tender_str(&api->record.id);

    if (ngx_http_tender_api_location(ctx, NULL, &api->record.id) != NGX_OK) {
        return NGX_ERROR;
    }

    /* what came with it has been stored, too */

    api->record.open = 1;
    api->record.bids = api->u.create.nparts;

    return ngx_http_tender_api_show_tender(ctx, &api->record,
                                           NGX_HTTP_CREATED);
}


ngx_int_t
ngx_http_tender_api_no_time(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY, "body",
                                 "tenderPeriod",
                                 "tenderPeriod should end after it starts, "
                                 "and after clarificationPeriod if it has no "
                                 "startDate");
}


ngx_int_t
ngx_http_tender_api_doc(ngx_http_tender_ctx_t *ctx, tender_value_t *tender,
    ngx_str_t *doc)
{
    tender_str_t  text;

    if (tender_json_text(&ctx->mem, tender, 0, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    if (text.len > NGX_HTTP_TENDER_DOC_MAX) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "The tender would be larger than "
                                     "1048576 bytes");
    }

    doc->data = text.data;
    doc->len = text.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_entry(ngx_http_tender_ctx_t *ctx, tender_value_t *tender,
    int64_t deadline, ngx_str_t *entry)
{
    tender_str_t  text;

    ngx_str_null(entry);

    if (!ctx->main->indexing) {
        return NGX_OK;
    }

    if (tender_entry_write(&ctx->mem, tender, deadline, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    entry->data = text.data;
    entry->len = text.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_entry_change(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back, int64_t deadline, ngx_str_t *entry)
{
    size_t                  len;
    u_char                 *slash;
    tender_str_t            name;
    tender_value_t         *op, *path;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (!ctx->main->indexing || api->record.place.len == 0) {
        return ngx_http_tender_api_entry(ctx, api->after, deadline, entry);
    }

    for (op = back->u.list.first; op; op = op->next) {
        path = tender_value_member(op, "path");

        if (path == NULL || path->u.text.len < 2) {
            return ngx_http_tender_api_entry(ctx, api->after, deadline, entry);
        }

        name.data = path->u.text.data + 1;
        len = path->u.text.len - 1;

        slash = memchr(name.data, '/', len);
        name.len = slash ? (size_t) (slash - name.data) : len;

        if (tender_str_is(&name, "tenderPeriod")
            || tender_entry_concerns(&name))
        {
            return ngx_http_tender_api_entry(ctx, api->after, deadline, entry);
        }
    }

    *entry = ngx_http_tender_api_same;

    return NGX_OK;
}


/* of the procuring entity's name, for the tenderID */

static ngx_int_t
ngx_http_tender_api_initials(ngx_http_tender_ctx_t *ctx)
{
    u_char                 *p;
    tender_value_t         *v;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    v = tender_value_member(api->data, "procuringEntity");
    v = v ? tender_value_member(v, "id") : NULL;
    v = v ? tender_value_member(v, "name") : NULL;

    if (v == NULL) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, TENDER_INITIALS_MAX);
    if (p == NULL) {
        return NGX_ERROR;
    }

    api->u.create.initials.data = p;
    api->u.create.initials.len = tender_initials(v->u.text,
                               ngx_http_tender_str(&ctx->main->id_prefix), p);

    return NGX_OK;
}


/* the dates of the periods that decide about a tender's status */

void
ngx_http_tender_api_deadlines(ngx_http_tender_ctx_t *ctx,
    tender_value_t *tender, ngx_http_tender_deadlines_t *deadlines)
{
    ngx_uint_t       i;
    tender_value_t  *v;

    struct {
        tender_str_t   period;
        tender_str_t   date;
        int64_t       *us;
    } dates[] = {
        { tender_string("clarificationPeriod"), tender_string("endDate"),
          &deadlines->enquiries },
        { tender_string("tenderPeriod"), tender_string("startDate"),
          &deadlines->start },
        { tender_string("tenderPeriod"), tender_string("endDate"),
          &deadlines->finish }
    };

    for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        *dates[i].us = 0;

        v = tender_value_get(tender, &dates[i].period);
        v = v ? tender_value_get(v, &dates[i].date) : NULL;

        if (v == NULL
            || tender_date_read(v->u.text, &ctx->main->zone, dates[i].us)
               != TENDER_OK
            || *dates[i].us < 0)
        {
            *dates[i].us = 0;
        }
    }
}


/* GET: with If-None-Match the tag alone is asked for first */

ngx_int_t
ngx_http_tender_api_tag_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    return ngx_http_tender_store_read(ctx, &id,
                                      ngx_http_tender_api_if_none_match(ctx)
                                      ? NGX_HTTP_TENDER_READ_TAG
                                      : NGX_HTTP_TENDER_READ_DOC);
}


ngx_int_t
ngx_http_tender_api_not_modified(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id, *list;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    rc = ngx_http_tender_store_record(ctx, &id, &api->record);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    /* in the order of RFC 9110, 13.2.2 */

    list = ngx_http_tender_api_if_match(ctx);

    if (list) {
        rc = ngx_http_tender_api_matches(ctx, list, &api->record, 0);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED)
                   ? ngx_http_tender_api_precondition(ctx) : NGX_ERROR;
        }
    }

    list = ngx_http_tender_api_if_none_match(ctx);

    if (list == NULL) {
        return NGX_OK;
    }

    rc = ngx_http_tender_api_matches(ctx, list, &api->record, 1);

    if (rc == NGX_OK) {
        return ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED);
    }

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_read(ctx, &id, NGX_HTTP_TENDER_READ_DOC);
}


ngx_int_t
ngx_http_tender_api_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (api->record.doc.len == 0) {
        id = api->record.id;

        rc = ngx_http_tender_store_record(ctx, &id, &api->record);

        if (rc == NGX_DECLINED) {
            return ngx_http_tender_api_not_found(ctx, 0);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_tender_api_show_tender(ctx, &api->record, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_api_precondition(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_PRECONDITION_FAILED, "header",
                                 "If-Match",
                                 "It has changed since it was read");
}
