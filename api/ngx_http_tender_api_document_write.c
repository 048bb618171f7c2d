
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_document.h"


/* what is written about documents */

#define NGX_HTTP_TENDER_DOCUMENT_MAX  (32 * 1024)


static ngx_int_t ngx_http_tender_api_document_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value);
static ngx_int_t ngx_http_tender_api_document_split(
    ngx_http_tender_ctx_t *ctx, tender_value_t *value, tender_value_t *head,
    tender_value_t *tail);
static tender_value_t *ngx_http_tender_api_document_value(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_document_answer(
    ngx_http_tender_ctx_t *ctx);


/* PATCH: what was sent, before anything is looked for */

ngx_int_t
ngx_http_tender_api_document_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_errors_check(ctx, &tender_model_document, api->data,
                                      TENDER_BY_OWNER, 1);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_ids(ctx);
}


/* PATCH: the same file, described anew */

ngx_int_t
ngx_http_tender_api_document_merge(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    tender_value_t                  *before, *after, *data;
    ngx_http_tender_api_t           *api;
    ngx_http_tender_deposit_t       *deposit;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    api = ngx_http_tender_api_state(ctx);
    state = api->document;
    deposit = &state->deposit;
    document = state->found.elts;

    /* what is merged in becomes part of the result, and there may be */
    /* another try */

    data = tender_value_copy(&ctx->mem, api->data);

    if (data == NULL
        || ngx_http_tender_api_tree(ctx, &document->part.json, &before)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    after = tender_value_copy(&ctx->mem, before);

    if (after == NULL
        || tender_model_merge(&ctx->mem, &tender_model_document, after, data)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_errors_check(ctx, &tender_model_document, after,
                                      TENDER_BY_SERVER, 0);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_document_text(ctx, after);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    deposit->op = NGX_HTTP_TENDER_DOCUMENT_CHANGE;
    deposit->id = state->id;
    deposit->version = document->version;
    deposit->key = document->key;
    deposit->size = document->size;
    deposit->chunks = document->chunks;

    if (!tender_value_equal(before, after)) {
        return ngx_http_tender_api_document_deposit(ctx);
    }

    deposit->date = document->part.date;
    deposit->moment = document->part.changed;

    return ngx_http_tender_api_document_answer(ctx);
}


/* POST, PUT: a file that is complete; the calls of all three */

ngx_int_t
ngx_http_tender_api_document_deposit(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    tender_value_t                  *value;
    ngx_http_tender_deposit_t       *deposit;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);
    deposit = &state->deposit;
    document = state->found.elts;

    deposit->place = &state->place;
    deposit->max = ctx->conf->max_documents;
    deposit->author = ctx->author;

    if (deposit->op != NGX_HTTP_TENDER_DOCUMENT_ADD) {
        deposit->id = state->id;
        deposit->changed = document->part.changed_text;

    } else if (ngx_http_tender_store_id(ctx, &deposit->id) != NGX_OK) {
        return NGX_ERROR;
    }

    if (deposit->op != NGX_HTTP_TENDER_DOCUMENT_CHANGE) {
        deposit->version = document ? document->version + 1 : 1;
        deposit->key = state->file.key;
        deposit->size = state->file.size;
        deposit->chunks = state->file.chunks;

        value = ngx_http_tender_api_document_value(ctx);
        if (value == NULL) {
            return NGX_ERROR;
        }

        rc = ngx_http_tender_api_document_text(ctx, value);
        if (rc != NGX_OK) {
            return ngx_http_tender_api_document_drop(ctx, rc);
        }
    }

    /* from here on the store knows */

    state->file.settled = 1;

    return ngx_http_tender_store_deposit(ctx, deposit);
}


/* the record of a file: what is new of it, and what was said before */

static tender_value_t *
ngx_http_tender_api_document_value(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                       i;
    tender_str_t                     texts[4];
    tender_value_t                  *value, *old, *v, *next;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    static const tender_str_t  names[] = {
        tender_string("id"), tender_string("title"), tender_string("format"),
        tender_string("hash"), tender_string("size")
    };

    state = ngx_http_tender_api_document(ctx);
    document = state->found.elts;

    texts[0] = ngx_http_tender_str(&state->deposit.id);
    texts[1] = state->title;
    texts[2] = state->format;
    texts[3] = ngx_http_tender_str(&state->file.hash);

    value = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (value == NULL) {
        return NULL;
    }

    for (i = 0; i < 5; i++) {
        v = (i < 4) ? tender_value_string(&ctx->mem, texts[i])
                    : tender_value_int(&ctx->mem, state->file.size);
        if (v == NULL) {
            return NULL;
        }

        /* a body without a name is the next version of what it was */

        if (texts[1].len || i != 1) {
            tender_value_add(value, names[i], v);
        }
    }

    if (document == NULL) {
        return value;
    }

    if (ngx_http_tender_api_tree(ctx, &document->part.json, &old) != NGX_OK) {
        return NULL;
    }

    for (v = old->u.list.first; v; v = next) {
        next = v->next;

        if (tender_value_get(value, &v->name) == NULL) {
            tender_value_add(value, v->name, v);
        }
    }

    return value;
}


/* deposit.front and .tail: the dates belong between them */

static ngx_int_t
ngx_http_tender_api_document_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value)
{
    u_char                     *p;
    tender_str_t                texts[2];
    tender_value_t             *head, *tail;
    ngx_http_tender_deposit_t  *deposit;

    static const ngx_str_t  date = ngx_string(",\"datePublished\":\"");

    deposit = &ngx_http_tender_api_document(ctx)->deposit;

    head = tender_value_new(&ctx->mem, TENDER_OBJECT);
    tail = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (head == NULL || tail == NULL
        || ngx_http_tender_api_document_split(ctx, value, head, tail)
           != NGX_OK
        || tender_json_text(&ctx->mem, head, 0, &texts[0]) != TENDER_OK
        || tender_json_text(&ctx->mem, tail, 0, &texts[1]) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    if (texts[0].len + texts[1].len > NGX_HTTP_TENDER_DOCUMENT_MAX) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "What is said about the document would "
                                     "be larger than 32768 bytes");
    }

    p = ngx_pnalloc(ctx->request->pool, texts[0].len + date.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    deposit->front.data = p;

    p = ngx_cpymem(p, texts[0].data, texts[0].len - 1);
    p = ngx_cpymem(p, date.data, date.len);

    deposit->front.len = p - deposit->front.data;

    p = ngx_pnalloc(ctx->request->pool, texts[1].len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    deposit->tail.data = p;
    *p++ = '"';

    if (tail->nelts) {
        *p++ = ',';
    }

    p = ngx_cpymem(p, texts[1].data + 1, texts[1].len - 1);

    deposit->tail.len = p - deposit->tail.data;

    return NGX_OK;
}


/* what the upload decided in front, what clients have said behind */

static ngx_int_t
ngx_http_tender_api_document_split(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, tender_value_t *head, tender_value_t *tail)
{
    ngx_uint_t             i, seal;
    tender_value_t        *v, *copy;
    const tender_field_t  *field;

    static const tender_str_t  first[] = {
        tender_string("id"), tender_string("title"), tender_string("format"),
        tender_string("hash"), tender_string("size")
    };

    /* what is sealed is all behind the dates */

    seal = ngx_http_tender_api_document_seals(ctx);
    ngx_http_tender_api_document(ctx)->deposit.seal = seal;

    for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        v = tender_value_get(value, &first[i]);

        if (v) {
            copy = tender_value_copy(&ctx->mem, v);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            tender_value_add((seal && i) ? tail : head, first[i], copy);
        }
    }

    for (v = value->u.list.first; v; v = v->next) {
        field = tender_model_field(&tender_model_document, &v->name);

        if (field == NULL || field->set_by == 0
            || tender_value_get(head, &v->name)
            || tender_value_get(tail, &v->name))
        {
            continue;
        }

        copy = tender_value_copy(&ctx->mem, v);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(tail, v->name, copy);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_document_stored(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_document_e   outcome;
    ngx_http_tender_deposit_t   *deposit;

    deposit = &ngx_http_tender_api_document(ctx)->deposit;

    rc = ngx_http_tender_store_deposited(ctx, deposit, &outcome);
    if (rc != NGX_OK) {
        return ngx_http_tender_api_document_failed(ctx, rc);
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_DOCUMENT_OK:
        return ngx_http_tender_api_document_answer(ctx);

    case NGX_HTTP_TENDER_DOCUMENT_STALE:
        rc = ngx_http_tender_api_again(ctx,
                                       ngx_http_tender_api_document_read);
        break;

    case NGX_HTTP_TENDER_DOCUMENT_TAKEN:
        rc = ngx_http_tender_api_again(ctx,
                                      ngx_http_tender_api_document_deposit);
        break;

    default:
        rc = ngx_http_tender_api_document_refused(ctx, outcome);
        break;
    }

    if (rc == NGX_OK || deposit->op == NGX_HTTP_TENDER_DOCUMENT_CHANGE) {
        return rc;
    }

    return ngx_http_tender_api_document_drop(ctx, rc);
}


static ngx_int_t
ngx_http_tender_api_document_answer(ngx_http_tender_ctx_t *ctx)
{
    u_char                          *p;
    ngx_str_t                        json, url;
    ngx_uint_t                       status;
    ngx_table_elt_t                 *h;
    ngx_http_tender_deposit_t       *deposit;
    ngx_http_tender_api_document_t  *state;

    static const ngx_str_t  modified = ngx_string("\",\"dateModified\":\"");

    state = ngx_http_tender_api_document(ctx);
    deposit = &state->deposit;

    p = ngx_pnalloc(ctx->request->pool,
                    deposit->front.len + modified.len + deposit->tail.len
                    + 2 * TENDER_DATE_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    json.data = p;

    p = ngx_cpymem(p, deposit->front.data, deposit->front.len);
    p = tender_date_write(p, deposit->date);
    p = ngx_cpymem(p, modified.data, modified.len);
    p = tender_date_write(p, deposit->moment);
    p = ngx_cpymem(p, deposit->tail.data, deposit->tail.len);

    json.len = p - json.data;

    if (ngx_http_tender_api_document_json(ctx, &state->place, &deposit->key,
                                          &deposit->id, &json)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    status = NGX_HTTP_OK;

    if (deposit->op == NGX_HTTP_TENDER_DOCUMENT_ADD) {
        status = NGX_HTTP_CREATED;

        if (ngx_http_tender_api_document_url(ctx, &state->place, &deposit->id,
                                             NULL, &url)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        h = ngx_http_tender_header(ctx->request, "Location", &url);
        if (h == NULL) {
            return NGX_ERROR;
        }

        ctx->request->headers_out.location = h;
    }

    return ngx_http_tender_api_part(ctx, &json, status);
}


/* a command that the store has refused; of another one nothing is known */

ngx_int_t
ngx_http_tender_api_document_failed(ngx_http_tender_ctx_t *ctx, ngx_int_t rc)
{
    if (ctx->calls[0].reply == NULL
        || ctx->calls[0].outcome == NGX_HTTP_TENDER_REDIS_OK
        || ctx->calls[0].outcome == NGX_HTTP_TENDER_REDIS_UNKNOWN
        || ngx_http_tender_api_document(ctx)->file.digest == NULL)
    {
        return rc;
    }

    return ngx_http_tender_api_document_drop(ctx, rc);
}


/* a file that no document took in is not kept until its time is up */

ngx_int_t
ngx_http_tender_api_document_drop(ngx_http_tender_ctx_t *ctx, ngx_int_t status)
{
    ngx_http_tender_error_t         *errors;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    if (state->file.chunks == 0) {
        return status;
    }

    state->refused = status;
    errors = ctx->errors;

    ngx_http_tender_go(ctx, ngx_http_tender_api_document_dropped);

    if (ngx_http_tender_file_drop(ctx, &state->file) == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    ctx->errors = errors;

    return status;
}


ngx_int_t
ngx_http_tender_api_document_dropped(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_api_document(ctx)->refused;
}
