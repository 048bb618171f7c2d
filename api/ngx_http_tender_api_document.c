
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_document.h"

#include <openssl/crypto.h>


/* documents as they are found and shown */

static ngx_int_t ngx_http_tender_api_document_place(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_document_seen(
    ngx_http_tender_ctx_t *ctx);
static ngx_http_tender_document_t *ngx_http_tender_api_document_key(
    ngx_http_tender_api_document_t *state);
static ngx_int_t ngx_http_tender_api_document_join(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json, const char *name, ngx_str_t *value);
static ngx_int_t ngx_http_tender_api_document_history(
    ngx_http_tender_ctx_t *ctx, ngx_str_t *json);
static int ngx_libc_cdecl ngx_http_tender_api_document_compare(
    const void *one, const void *two);


/* what no token has as its hash */

static ngx_str_t  ngx_http_tender_nobody = ngx_string(
    "--------------------------------"
    "--------------------------------");


ngx_int_t
ngx_http_tender_api_document_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                       all;
    ngx_http_tender_api_t           *api;
    ngx_http_tender_api_document_t  *state;

    api = ngx_http_tender_api_state(ctx);

    if (api->document == NULL
        && ngx_http_tender_api_document_place(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    state = api->document;
    all = (state->id.len == 0 && ctx->route->method == NGX_HTTP_GET);

    return ngx_http_tender_store_read_documents(ctx, &state->place,
                                                all ? NULL : &state->id);
}


/* what the path names */

static ngx_int_t
ngx_http_tender_api_document_place(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                       n;
    ngx_http_tender_place_t         *place;
    ngx_http_tender_api_document_t  *state;

    state = ngx_pcalloc(ctx->request->pool,
                        sizeof(ngx_http_tender_api_document_t));
    if (state == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_api_document(ctx) = state;

    n = 0;
    place = &state->place;
    place->id = ngx_http_tender_api_path_id(ctx, n++);

    if (ngx_strstr(ctx->route->path, "/bidders/")) {
        place->at = NGX_HTTP_TENDER_AT_BID;
        place->part = ngx_http_tender_api_path_id(ctx, n++);

    } else if (ngx_strstr(ctx->route->path, "/awards/")) {
        place->at = NGX_HTTP_TENDER_AT_AWARD;
        place->part = ngx_http_tender_api_path_id(ctx, n++);
    }

    if (n < ctx->nids) {
        state->id = ngx_http_tender_api_path_id(ctx, n);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_document_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_tender_api_t           *api;
    ngx_http_tender_api_document_t  *state;

    api = ngx_http_tender_api_state(ctx);
    state = api->document;

    rc = ngx_http_tender_store_documents(ctx, &state->place, &api->record,
                                         &api->part, &state->found);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (state->place.at == NGX_HTTP_TENDER_AT_BID) {
        rc = ngx_http_tender_api_document_seen(ctx);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (state->place.at != NGX_HTTP_TENDER_AT_TENDER && api->part.id.len == 0)
    {
        return ngx_http_tender_api_not_found(ctx, 1);
    }

    if (state->id.len && state->found.nelts == 0) {
        return ngx_http_tender_api_not_found(ctx, ctx->nids - 1);
    }

    return NGX_OK;
}


/*
 * While bids are sealed, all but the owner of that one are told the same,
 * whatever there is.
 */

static ngx_int_t
ngx_http_tender_api_document_seen(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (api->record.open) {
        return NGX_OK;
    }

    ctx->secret = 1;
    api->document->secret = 1;

    if (ngx_http_tender_holds(ctx, api->part.id.len ? &api->part.token
                                                    : &ngx_http_tender_nobody,
                              api->part.id.len ? &api->part.author
                                               : &ngx_http_tender_nobody))
    {
        return NGX_OK;
    }

    /* where nobody owns anything, all may add to a bid; none may look */

    if (ctx->route->method == NGX_HTTP_POST && !ctx->conf->ownership) {
        return NGX_OK;
    }

    return ngx_http_tender_api_not_now(ctx, TENDER_VIEW_BID_DOCUMENTS,
                                       &api->record.status);
}


/* the list: of each the newest version, or all of them */

ngx_int_t
ngx_http_tender_api_documents_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                       i;
    tender_str_t                    *all;
    ngx_http_tender_part_t          *part;
    ngx_http_tender_parts_t          parts;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    all = ctx->query.nparams ? tender_query_value(&ctx->query, "all") : NULL;

    parts.nelts = 0;
    parts.elts = ngx_palloc(ctx->request->pool,
                            (state->found.nelts + 1)
                            * sizeof(ngx_http_tender_part_t));
    if (parts.elts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < state->found.nelts; i++) {
        document = &state->found.elts[i];

        if (!ngx_http_tender_document_current(&document->part)
            && (all == NULL || all->len == 0))
        {
            continue;
        }

        part = &parts.elts[parts.nelts++];
        *part = document->part;

        if (ngx_http_tender_api_document_json(ctx, &state->place,
                                              &document->key, &part->id,
                                              &part->json)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_api_list_parts(ctx, &parts);
}


/* the older versions, if they matter */

ngx_int_t
ngx_http_tender_api_document_versions(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);
    document = state->found.elts;

    state->key = ctx->query.nparams
                 ? tender_query_value(&ctx->query, "download") : NULL;

    if (document->version == 1
        || (state->key && ngx_http_tender_api_document_key(state)))
    {
        return NGX_OK;
    }

    state->asked = 1;

    return ngx_http_tender_store_read_versions(ctx, &state->place, document);
}


/* the version whose file has the key that was asked for */

static ngx_http_tender_document_t *
ngx_http_tender_api_document_key(ngx_http_tender_api_document_t *state)
{
    ngx_uint_t                    i, j;
    ngx_http_tender_document_t   *document;
    ngx_http_tender_documents_t  *lists[] = { &state->found,
                                              &state->versions };

    if (state->key->len != NGX_HTTP_TENDER_KEY_LEN) {
        return NULL;
    }

    for (i = 0; i < 2; i++) {
        for (j = 0; j < lists[i]->nelts; j++) {
            document = &lists[i]->elts[j];

            if (CRYPTO_memcmp(document->key.data, state->key->data,
                              NGX_HTTP_TENDER_KEY_LEN)
                == 0)
            {
                return document;
            }
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_tender_api_document_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_str_t                        json;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);
    document = state->found.elts;

    if (state->asked) {
        rc = ngx_http_tender_store_versions(ctx, &state->place,
                                            &state->versions);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (state->key) {
        document = ngx_http_tender_api_document_key(state);

        if (document == NULL) {
            return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url",
                                         "download", "Not Found");
        }

        return ngx_http_tender_api_download(ctx, document);
    }

    json = document->part.json;

    if (ngx_http_tender_api_document_json(ctx, &state->place, &document->key,
                                          &state->id, &json)
        != NGX_OK
        || ngx_http_tender_api_document_history(ctx, &json) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_part(ctx, &json, NGX_HTTP_OK);
}


static ngx_int_t
ngx_http_tender_api_document_history(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json)
{
    u_char                          *p;
    size_t                           len;
    ngx_str_t                        list, *text;
    ngx_uint_t                       i;
    ngx_http_tender_document_t      *document;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    if (state->versions.nelts == 0) {
        return NGX_OK;
    }

    len = sizeof("[]") - 1;

    for (i = 0; i < state->versions.nelts; i++) {
        document = &state->versions.elts[i];

        if (ngx_http_tender_api_document_json(ctx, &state->place,
                                              &document->key, &state->id,
                                              &document->part.json)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        len += document->part.json.len + 1;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    list.data = p;

    for (i = 0; i < state->versions.nelts; i++) {
        text = &state->versions.elts[i].part.json;

        *p++ = i ? ',' : '[';
        p = ngx_cpymem(p, text->data, text->len);
    }

    *p++ = ']';
    list.len = p - list.data;

    return ngx_http_tender_api_document_join(ctx, json,
                                             ",\"previousVersions\":", &list);
}


ngx_int_t
ngx_http_tender_api_document_json(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *key, ngx_str_t *id,
    ngx_str_t *json)
{
    ngx_str_t        url, quoted;
    tender_str_t     text;
    tender_value_t  *value;

    if (ngx_http_tender_api_document_url(ctx, place, id, key, &url) != NGX_OK)
    {
        return NGX_ERROR;
    }

    value = tender_value_string(&ctx->mem, ngx_http_tender_str(&url));

    if (value == NULL
        || tender_json_text(&ctx->mem, value, 0, &text) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    quoted.data = text.data;
    quoted.len = text.len;

    return ngx_http_tender_api_document_join(ctx, json, ",\"url\":", &quoted);
}


/* one more member at the end of an object that has some */

static ngx_int_t
ngx_http_tender_api_document_join(ngx_http_tender_ctx_t *ctx, ngx_str_t *json,
    const char *name, ngx_str_t *value)
{
    u_char  *p, *text;
    size_t   len;

    len = ngx_strlen(name);

    text = ngx_pnalloc(ctx->request->pool, json->len + len + value->len);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, json->data, json->len - 1);
    p = ngx_cpymem(p, name, len);
    p = ngx_cpymem(p, value->data, value->len);
    *p++ = '}';

    json->data = text;
    json->len = p - text;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_document_url(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *id, ngx_str_t *key,
    ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   base;

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool,
                    base.len
                    + sizeof("/tenders//bidders//documents/?download=") - 1
                    + 3 * NGX_HTTP_TENDER_ID_LEN + NGX_HTTP_TENDER_KEY_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = ngx_sprintf(p, "%V/tenders/%V", &base, &place->id);

    if (place->at == NGX_HTTP_TENDER_AT_BID) {
        p = ngx_sprintf(p, "/bidders/%V", &place->part);

    } else if (place->at == NGX_HTTP_TENDER_AT_AWARD) {
        p = ngx_sprintf(p, "/awards/%V", &place->part);
    }

    p = ngx_sprintf(p, "/documents/%V", id);

    if (key) {
        p = ngx_sprintf(p, "?download=%V", key);
    }

    url->len = p - url->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_parts_t *parts)
{
    ngx_uint_t                   i, n;
    ngx_http_tender_part_t      *part;
    ngx_http_tender_place_t      place;
    ngx_http_tender_document_t   document;

    n = 0;

    place.at = NGX_HTTP_TENDER_AT_TENDER;
    place.id.data = ctx->id.data;
    place.id.len = ctx->id.len;

    for (i = 0; i < parts->nelts; i++) {
        part = &parts->elts[i];

        if (!ngx_http_tender_document_current(part)) {
            continue;
        }

        if (ngx_http_tender_store_document(part, &document) != NGX_OK
            || ngx_http_tender_api_document_json(ctx, &place, &document.key,
                                                 &part->id, &part->json)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        parts->elts[n++] = *part;
    }

    parts->nelts = n;

    if (n > 1) {
        ngx_qsort(parts->elts, n, sizeof(ngx_http_tender_part_t),
                  ngx_http_tender_api_document_compare);
    }

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_tender_api_document_compare(const void *one, const void *two)
{
    const ngx_http_tender_part_t  *a = one;
    const ngx_http_tender_part_t  *b = two;

    if (a->changed != b->changed) {
        return (a->changed < b->changed) ? -1 : 1;
    }

    return ngx_memcmp(a->id.data, b->id.data, NGX_HTTP_TENDER_ID_LEN);
}
