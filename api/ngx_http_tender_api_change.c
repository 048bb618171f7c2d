
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


/*
 * PUT and PATCH: read, make the new document, store it if nobody else was
 * faster, else once more from what they made.
 */

#define NGX_HTTP_TENDER_TRIES_SIZE  (4 * 1024 * 1024)


static ngx_uint_t ngx_http_tender_api_prefers_minimal(ngx_http_request_t *r);
static ngx_int_t ngx_http_tender_api_permit(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back);
static ngx_uint_t ngx_http_tender_api_terms(tender_value_t *back);
static ngx_uint_t ngx_http_tender_api_extends(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back);
static ngx_int_t ngx_http_tender_api_was(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back);
static ngx_int_t ngx_http_tender_api_build(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_commit(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back);
static ngx_int_t ngx_http_tender_api_show(ngx_http_tender_ctx_t *ctx);


ngx_int_t
ngx_http_tender_api_change(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t              *match;
    tender_value_t         *v;
    ngx_http_request_t     *r;
    ngx_http_tender_api_t  *api;

    r = ctx->request;
    api = ngx_http_tender_api_state(ctx);

    api->patch = (r->method == NGX_HTTP_PATCH) ? 1 : 0;

    if (api->patch) {
        api->minimal = ngx_http_tender_api_prefers_minimal(r);
    }

    /* to ask for a status is to ask for what leads there */

    v = tender_value_member(api->data, "status");

    if (api->patch && v && v->type == TENDER_STRING) {
        api->asked.data = v->u.text.data;
        api->asked.len = v->u.text.len;
    }

    rc = ngx_http_tender_errors_check(ctx, &tender_model_tender, api->data,
                                      TENDER_BY_OWNER, api->patch);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_ids(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    match = ngx_http_tender_api_if_match(ctx);

    if (match == NULL) {
        return NGX_OK;
    }

    return ngx_http_tender_api_match_list(ctx, match, &api->u.commit.match);
}


/* RFC 7240 */

static ngx_uint_t
ngx_http_tender_api_prefers_minimal(ngx_http_request_t *r)
{
    u_char           *p, *last;
    size_t            len;
    ngx_str_t        *value;

    value = ngx_http_tender_header_in(r, "prefer");

    if (value == NULL) {
        return 0;
    }

    len = sizeof("return=minimal") - 1;
    last = value->data + value->len;

    for (p = value->data; (size_t) (last - p) >= len; p++) {

        if (ngx_strncasecmp(p, (u_char *) "return=minimal", len) == 0
            && (p == value->data || p[-1] == ' ' || p[-1] == ',')
            && (p + len == last || p[len] == ' ' || p[len] == ','
                || p[len] == ';'))
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_tender_api_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    return ngx_http_tender_store_read(ctx, &id, NGX_HTTP_TENDER_READ_OWN);
}


ngx_int_t
ngx_http_tender_api_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    id.data = ctx->id.data;
    id.len = ctx->id.len;

    rc = ngx_http_tender_store_record(ctx, &id, &api->record);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc == NGX_OK && !ngx_http_tender_owns(ctx, &api->record.token,
                                              &api->record.author)) {
        return ngx_http_tender_forbidden(ctx);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_api_merge(ngx_http_tender_ctx_t *ctx)
{
    u_char                 *p;
    ngx_int_t               rc;
    tender_value_t         *back;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_build(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    back = tender_json_diff(&ctx->mem, api->after, api->before);
    if (back == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_api_permit(ctx, back);
    if (rc != NGX_OK) {
        return rc;
    }

    if (back->nelts) {
        return ngx_http_tender_api_commit(ctx, back);
    }

    /* nothing changes: what was read is the answer, if it may be */

    if (api->u.commit.match.len) {
        p = ngx_pnalloc(ctx->request->pool, NGX_INT64_LEN + 2);
        if (p == NULL) {
            return NGX_ERROR;
        }

        *ngx_sprintf(p, " %L ", api->record.modified) = '\0';

        if (ngx_strnstr(api->u.commit.match.data, (char *) p,
                        api->u.commit.match.len)
            == NULL)
        {
            return ngx_http_tender_api_precondition(ctx);
        }
    }

    return ngx_http_tender_api_show(ctx);
}


/*
 * What may change, and the status that is asked for.  Once tendering has
 * begun, its end may be moved to a later date; nothing else.
 */

static ngx_int_t
ngx_http_tender_api_permit(ngx_http_tender_ctx_t *ctx, tender_value_t *back)
{
    ngx_int_t               rc;
    ngx_str_t              *status;
    tender_act_e            act;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    status = &api->record.status;

    ngx_http_tender_api_deadlines(ctx, api->after, &api->deadlines);

    api->u.commit.changed = (back->nelts != 0);
    api->u.commit.extends = ngx_http_tender_api_extends(ctx, back);
    api->u.commit.terms = ngx_http_tender_api_terms(back);
    ngx_str_null(&api->u.commit.status);

    if (back->nelts && !api->u.commit.extends) {
        rc = ngx_http_tender_api_lets(ctx, TENDER_UPDATE, &api->record);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (api->asked.len == 0
        || (api->asked.len == status->len
            && ngx_memcmp(api->asked.data, status->data, status->len) == 0))
    {
        return NGX_OK;
    }

    switch (tender_stage_read(ngx_http_tender_str(&api->asked))) {

    case TENDER_CANCELLED:
        act = TENDER_CANCEL;
        break;

    case TENDER_COMPLETE:
        act = TENDER_CLOSE;
        break;

    default:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't update tender status");
    }

    rc = ngx_http_tender_api_lets(ctx, act, &api->record);
    if (rc != NGX_OK) {
        return rc;
    }

    api->u.commit.status = api->asked;

    return ngx_http_tender_api_was(ctx, back);
}


/* 1: what bids were checked against is another one */

static ngx_uint_t
ngx_http_tender_api_terms(tender_value_t *back)
{
    ngx_uint_t       i;
    tender_value_t  *op, *path;

    static const tender_str_t  terms[] = {
        tender_string("/features"),
        tender_string("/totalValue/currency"),
        tender_string("/totalValue/valueAddedTaxIncluded")
    };

    for (op = back->u.list.first; op; op = op->next) {
        path = tender_value_member(op, "path");

        if (path == NULL) {
            continue;
        }

        if (tender_str_is(&path->u.text, "/totalValue")) {
            return 1;
        }

        for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
            if (path->u.text.len >= terms[i].len
                && ngx_memcmp(path->u.text.data, terms[i].data, terms[i].len)
                   == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


/* the one change is a later end of tendering */

static ngx_uint_t
ngx_http_tender_api_extends(ngx_http_tender_ctx_t *ctx, tender_value_t *back)
{
    int                     stage;
    tender_value_t         *path;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    stage = tender_stage_read(ngx_http_tender_str(&api->record.status));

    /* the store knows whether enquiries are over by now */

    if (back->nelts != 1 || api->record.deadlines.finish == 0
        || (stage != TENDER_ENQUIRIES && stage != TENDER_TENDERING))
    {
        return 0;
    }

    path = tender_value_member(back->u.list.first, "path");

    return path && tender_str_is(&path->u.text, "/tenderPeriod/endDate")
           && api->deadlines.finish > api->record.deadlines.finish;
}


/* the patch back restores the status, too */

static ngx_int_t
ngx_http_tender_api_was(ngx_http_tender_ctx_t *ctx, tender_value_t *back)
{
    ngx_uint_t       i;
    tender_str_t     texts[3];
    tender_value_t  *op, *v;

    static const tender_str_t  names[] = {
        tender_string("op"), tender_string("path"), tender_string("value")
    };

    tender_str_set(&texts[0], "replace");
    tender_str_set(&texts[1], "/status");
    texts[2] = ngx_http_tender_str(
                            &ngx_http_tender_api_state(ctx)->record.status);

    op = tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (op == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < 3; i++) {
        v = tender_value_string(&ctx->mem, texts[i]);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(op, names[i], v);
    }

    tender_value_push(back, op);

    return NGX_OK;
}


/* the document before, the one after, and a valid one */

static ngx_int_t
ngx_http_tender_api_build(ngx_http_tender_ctx_t *ctx)
{
    int                     rc;
    tender_check_t          ck;
    tender_value_t         *data;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (ngx_http_tender_api_tree(ctx, &api->record.doc, &api->before)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* what is merged in becomes part of the result, and there may be */
    /* another try */

    data = tender_value_copy(&ctx->mem, api->data);
    if (data == NULL) {
        return NGX_ERROR;
    }

    api->after = tender_value_copy(&ctx->mem, api->before);
    if (api->after == NULL) {
        return NGX_ERROR;
    }

    if (api->patch) {
        rc = tender_model_merge(&ctx->mem, &tender_model_tender, api->after,
                                data);

    } else {
        ngx_memzero(&ck, sizeof(tender_check_t));

        ck.mem = &ctx->mem;
        ck.by = TENDER_BY_OWNER;

        rc = tender_model_keep(&ck, &tender_model_tender, data, api->after);

        api->after = data;
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_errors_check(ctx, &tender_model_tender, api->after,
                                        TENDER_BY_SERVER, 0);
}


static ngx_int_t
ngx_http_tender_api_commit(ngx_http_tender_ctx_t *ctx, tender_value_t *back)
{
    ngx_int_t                      rc;
    tender_str_t                   patch;
    ngx_http_tender_api_t         *api;
    ngx_http_tender_deadlines_t    before;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_doc(ctx, api->after, &api->u.commit.doc);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_json_text(&ctx->mem, back, 0, &patch) != TENDER_OK) {
        return NGX_ERROR;
    }

    api->u.commit.from = &api->record;
    api->u.commit.back.data = patch.data;
    api->u.commit.back.len = patch.len;

    ngx_http_tender_api_deadlines(ctx, api->before, &before);

    api->u.commit.deadlines = (ngx_memcmp(&before, &api->deadlines,
                                        sizeof(before)) == 0)
                            ? NULL : &api->deadlines;

    if (ngx_http_tender_api_entry_change(ctx, back, api->deadlines.finish,
                                         &api->u.commit.entry)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_commit(ctx, &api->u.commit);
}


ngx_int_t
ngx_http_tender_api_changed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_commit_e   outcome;
    ngx_http_tender_record_t   record;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_committed(ctx, &api->u.commit, &record,
                                         &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_COMMIT_OK:
        api->record = record;
        return ngx_http_tender_api_show(ctx);

    case NGX_HTTP_TENDER_COMMIT_MISSING:
        return ngx_http_tender_api_not_found(ctx, 0);

    case NGX_HTTP_TENDER_COMMIT_STAGE:
        return ngx_http_tender_api_not_now(ctx, TENDER_UPDATE,
                                           &api->u.commit.stage);

    case NGX_HTTP_TENDER_COMMIT_NEVER:
        return ngx_http_tender_api_no_time(ctx);

    case NGX_HTTP_TENDER_COMMIT_BOUND:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't change currency, VAT or features "
                                     "of a tender that has bids");

    case NGX_HTTP_TENDER_COMMIT_OPEN:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "tenderPeriod.endDate can't be moved "
                                     "into the future: everybody has seen "
                                     "the bids");

    case NGX_HTTP_TENDER_COMMIT_PRECONDITION:
        return ngx_http_tender_api_precondition(ctx);

    default: /* NGX_HTTP_TENDER_COMMIT_CONFLICT */
        break;
    }

    /* the memory of all tries is the request's */

    api->size += record.doc.len;

    if (api->size > NGX_HTTP_TENDER_TRIES_SIZE) {
        api->tries = NGX_HTTP_TENDER_TRIES - 1;
    }

    api->record = record;

    return ngx_http_tender_api_again(ctx, ngx_http_tender_api_merge);
}


/* the tender, or, as in the seed, what was sent and what that has moved */

static ngx_int_t
ngx_http_tender_api_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t               applied = ngx_string("return=minimal");
    tender_value_t         *head, *v, *next;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (!api->minimal) {
        return ngx_http_tender_api_show_tender(ctx, &api->record,
                                               NGX_HTTP_OK);
    }

    if (ngx_http_tender_api_tag(ctx, &api->record) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_tender_header(ctx->request, "Preference-Applied", &applied)
        == NULL)
    {
        return NGX_ERROR;
    }

    head = ngx_http_tender_api_head(ctx, &api->record, 0);
    if (head == NULL) {
        return NGX_ERROR;
    }

    for (v = api->data->u.list.first; v; v = next) {
        next = v->next;
        tender_value_add(head, v->name, v);
    }

    return ngx_http_tender_api_value(ctx, head, NGX_HTTP_OK);
}
