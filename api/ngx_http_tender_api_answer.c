
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


static size_t ngx_http_tender_api_head_len(ngx_http_tender_record_t *record);
static u_char *ngx_http_tender_api_head_write(u_char *p,
    ngx_http_tender_record_t *record);
static ngx_int_t ngx_http_tender_api_beside(ngx_http_tender_ctx_t *ctx);


static ngx_str_t  ngx_http_tender_json_type =
    ngx_string("application/json; charset=UTF-8");
static ngx_str_t  ngx_http_tender_script_type =
    ngx_string("application/javascript; charset=UTF-8");


/*
 * What the store decided stands in front of the document, which is spliced
 * in as it is: in its place if there is room around it.
 */

ngx_int_t
ngx_http_tender_api_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t status)
{
    u_char                 *head;
    size_t                  len;
    ngx_str_t              *doc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    doc = &record->doc;
    len = ngx_http_tender_api_head_len(record);

    if (len > record->room || api->pretty || api->token.len) {

        if (ngx_http_tender_api_put_record(ctx, record) != NGX_OK
            || ngx_http_tender_puts(ctx, "}") != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_tender_api_close(ctx, status);
    }

    head = doc->data + 1 - len;

    (void) ngx_http_tender_api_head_write(head, record);

    doc->data[doc->len] = '}';

    return ngx_http_tender_api_text(ctx, head, len + doc->len, status);
}


/* all that stands in front of the document's members */

static size_t
ngx_http_tender_api_head_len(ngx_http_tender_record_t *record)
{
    /* "{}" is a document without members: no comma */

    return sizeof("{\"data\":{\"id\":\"\",\"tenderID\":\"\","
                  "\"modified\":\"\",\"status\":\"\"") - 1
           + record->id.len + record->number.len + TENDER_DATE_LEN
           + record->status.len + (record->doc.len > 2);
}


static u_char *
ngx_http_tender_api_head_write(u_char *p, ngx_http_tender_record_t *record)
{
    p = ngx_cpymem(p, "{\"data\":{\"id\":\"",
                   sizeof("{\"data\":{\"id\":\"") - 1);
    p = ngx_cpymem(p, record->id.data, record->id.len);
    p = ngx_cpymem(p, "\",\"tenderID\":\"", sizeof("\",\"tenderID\":\"") - 1);
    p = ngx_cpymem(p, record->number.data, record->number.len);
    p = ngx_cpymem(p, "\",\"modified\":\"", sizeof("\",\"modified\":\"") - 1);
    p = tender_date_write(p, record->modified);
    p = ngx_cpymem(p, "\",\"status\":\"", sizeof("\",\"status\":\"") - 1);
    p = ngx_cpymem(p, record->status.data, record->status.len);
    *p++ = '"';

    if (record->doc.len > 2) {
        *p++ = ',';
    }

    return p;
}


ngx_int_t
ngx_http_tender_api_put_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record)
{
    u_char     *head;
    size_t      len;
    ngx_str_t  *doc;

    doc = &record->doc;
    len = ngx_http_tender_api_head_len(record);

    head = ngx_pnalloc(ctx->request->pool, len);
    if (head == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_api_head_write(head, record);

    if (ngx_http_tender_put(ctx, head, len) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_put(ctx, doc->data + 1, doc->len - 2);
}


/* the record as a tree; with whole set, its document too */

tender_value_t *
ngx_http_tender_api_head(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t whole)
{
    u_char               *date;
    tender_str_t          text;
    tender_value_t       *head, *doc, *v, *next;
    tender_json_error_t   err;

    ngx_uint_t            i;
    tender_str_t          members[4];

    static const tender_str_t  names[] = {
        tender_string("id"), tender_string("tenderID"),
        tender_string("modified"), tender_string("status")
    };

    head = tender_value_new(&ctx->mem, TENDER_OBJECT);
    date = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

    if (head == NULL || date == NULL) {
        return NULL;
    }

    (void) tender_date_write(date, record->modified);

    members[0] = ngx_http_tender_str(&record->id);
    members[1] = ngx_http_tender_str(&record->number);
    members[2].data = date;
    members[2].len = TENDER_DATE_LEN;
    members[3] = ngx_http_tender_str(&record->status);

    for (i = 0; i < (whole ? 4 : 3); i++) {
        v = tender_value_string(&ctx->mem, members[i]);
        if (v == NULL) {
            return NULL;
        }

        tender_value_add(head, names[i], v);
    }

    if (!whole) {
        return head;
    }

    text = ngx_http_tender_str(&record->doc);

    if (tender_json_read(&ctx->mem, text.data, text.len, &doc, &err)
        != TENDER_OK
        || doc->type != TENDER_OBJECT)
    {
        return NULL;
    }

    for (v = doc->u.list.first; v; v = next) {
        next = v->next;
        tender_value_add(head, v->name, v);
    }

    return head;
}


/* what stands beside "data", the last brace, and then the form asked for */

ngx_int_t
ngx_http_tender_api_close(ngx_http_tender_ctx_t *ctx, ngx_uint_t status)
{
    u_char                 *p;
    ngx_chain_t            *cl;
    tender_str_t            compact, text;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (ngx_http_tender_api_beside(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!api->pretty) {
        return ngx_http_tender_api_text(ctx, (u_char *) "}", 1, status);
    }

    compact.len = ctx->length + 1;
    compact.data = ngx_pnalloc(ctx->request->pool, compact.len);

    if (compact.data == NULL) {
        return NGX_ERROR;
    }

    p = compact.data;

    for (cl = ctx->out; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos, cl->buf->last - cl->buf->pos);
    }

    *p = '}';

    if (tender_json_indent(&ctx->mem, compact, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    ctx->out = NULL;
    ctx->length = 0;

    return ngx_http_tender_api_text(ctx, text.data, text.len, status);
}


/* the token of what was created, the receipt of a bid */

static ngx_int_t
ngx_http_tender_api_beside(ngx_http_tender_ctx_t *ctx)
{
    u_char                 *p, *last;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (api->token.len) {
        ctx->secret = 1;

        if (ngx_http_tender_puts(ctx, ",\"access\":{\"token\":\"") != NGX_OK
            || ngx_http_tender_put(ctx, api->token.data, api->token.len)
               != NGX_OK
            || ngx_http_tender_puts(ctx, "\"}") != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (api->receipt.len) {
        p = ngx_pnalloc(ctx->request->pool,
                        sizeof(",\"receipt\":{\"hash\":\"\",\"received\":}")
                        + NGX_HTTP_TENDER_HASH_LEN + NGX_INT64_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        last = ngx_sprintf(p, ",\"receipt\":{\"hash\":\"%V\",\"received\":%L}",
                           &api->receipt, api->received);

        return ngx_http_tender_put(ctx, p, last - p);
    }

    return NGX_OK;
}


/* {"data": json} */

ngx_int_t
ngx_http_tender_api_part(ngx_http_tender_ctx_t *ctx, ngx_str_t *json,
    ngx_uint_t status)
{
    if (ngx_http_tender_puts(ctx, "{\"data\":") != NGX_OK
        || ngx_http_tender_put(ctx, json->data, json->len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_close(ctx, status);
}


/* {"data": value} */

ngx_int_t
ngx_http_tender_api_value(ngx_http_tender_ctx_t *ctx, tender_value_t *value,
    ngx_uint_t status)
{
    tender_str_t     name, text;
    tender_value_t  *body;

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (body == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, value);

    if (tender_json_text(&ctx->mem, body,
                         ngx_http_tender_api_state(ctx)->pretty
                         ? TENDER_JSON_PRETTY : 0, &text)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_text(ctx, text.data, text.len, status);
}


/* the end of the answer, and what JSONP puts around it */

ngx_int_t
ngx_http_tender_api_text(ngx_http_tender_ctx_t *ctx, u_char *data, size_t len,
    ngx_uint_t status)
{
    u_char        *p;
    ngx_chain_t   *out;
    tender_str_t  *callback;

    ctx->type = ngx_http_tender_json_type;

    callback = ctx->query.nparams
               ? tender_query_value(&ctx->query, "opt_jsonp") : NULL;

    if (callback == NULL) {
        if (ngx_http_tender_put(ctx, data, len) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_answer(ctx, status);
    }

    /* the comment keeps the answer from being taken for another format */

    p = ngx_pnalloc(ctx->request->pool, callback->len + 5);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(p, "/**/%*s(", callback->len, callback->data);

    out = ctx->out;
    ctx->out = NULL;

    if (ngx_http_tender_put(ctx, p, callback->len + 5) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->out->next = out;

    if (ngx_http_tender_put(ctx, data, len) != NGX_OK
        || ngx_http_tender_puts(ctx, ");") != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->type = ngx_http_tender_script_type;

    return ngx_http_tender_answer(ctx, status);
}
