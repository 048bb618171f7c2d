
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account_searches.h"
#include "../format/tender_xml.h"
#include "../store/ngx_http_tender_criteria.h"
#include "../store/ngx_http_tender_plan.h"


/* the newest matches of a saved search as a feed: RFC 4287 */

#define NGX_HTTP_TENDER_ATOM_ENTRIES  50
#define NGX_HTTP_TENDER_ATOM_WINDOW   10        /* tenders read at a time */
#define NGX_HTTP_TENDER_ATOM_POOL     16384
#define NGX_HTTP_TENDER_ATOM_TAG      32


static void ngx_http_tender_atom_free(void *data);
static ngx_int_t ngx_http_tender_atom_records(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_uint_t n);
static ngx_int_t ngx_http_tender_atom_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_http_tender_record_t *record);
static ngx_int_t ngx_http_tender_atom_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state);
static ngx_int_t ngx_http_tender_atom_body(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_str_t *body);
static ngx_int_t ngx_http_tender_atom_id(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, u_char *hex);
static void ngx_http_tender_atom_head(ngx_http_tender_xml_t *xml,
    ngx_http_tender_searches_t *state, u_char *hex, ngx_str_t *self,
    ngx_str_t *site);
static ngx_int_t ngx_http_tender_atom_tag(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *body);


ngx_int_t
ngx_http_tender_account_atom_begin(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_pool_cleanup_t          *cln;
    ngx_http_tender_plan_t      *plan;
    ngx_http_tender_search_t    *search;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;
    search = &state->search;
    plan = ngx_http_tender_plan(ctx);

    cln = ngx_pool_cleanup_add(ctx->request->pool, 0);

    if (cln == NULL
        || ngx_array_init(&state->entries, ctx->request->pool,
                          NGX_HTTP_TENDER_ATOM_ENTRIES, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_tender_atom_free;
    cln->data = state;

    ngx_http_tender_search_init(search);

    rc = ngx_http_tender_criteria_search(ctx, state->query, 0, search);
    if (rc != NGX_OK) {
        return rc;
    }

    search->sort = NGX_HTTP_TENDER_BY_DATE;
    search->descending = 1;
    search->offset = 0;
    search->limit = ngx_min(plan->page, NGX_HTTP_TENDER_ATOM_ENTRIES);

    state->newest = state->entry.modified;

    return NGX_OK;
}


static void
ngx_http_tender_atom_free(void *data)
{
    ngx_http_tender_searches_t *state = data;

    if (state->pool) {
        ngx_destroy_pool(state->pool);
        state->pool = NULL;
    }
}


ngx_int_t
ngx_http_tender_account_atom_search(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    rc = ngx_http_tender_search(ctx, &state->search);

    if (rc == NGX_HTTP_BAD_REQUEST && ctx->errors == NULL) {
        return ngx_http_tender_error(ctx, rc, "url", "search_id",
                                     state->search.why);
    }

    return rc;
}


/* some at a time, into memory that is freed before the next ones are read */

ngx_int_t
ngx_http_tender_account_atom_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                   n;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    n = state->search.nhits - state->done;

    if (n == 0) {
        return NGX_OK;
    }

    ngx_http_tender_atom_free(state);

    state->pool = ngx_create_pool(NGX_HTTP_TENDER_ATOM_POOL,
                                  ctx->request->connection->log);
    if (state->pool == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_search_read(ctx, &state->search.hits[state->done],
                                       ngx_min(n, NGX_HTTP_TENDER_ATOM_WINDOW),
                                       state->pool);
}


ngx_int_t
ngx_http_tender_account_atom_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_uint_t                   n;
    ngx_http_tender_searches_t  *state;

    state = ctx->data;

    n = ngx_min(state->search.nhits - state->done,
                NGX_HTTP_TENDER_ATOM_WINDOW);

    if (n) {
        rc = ngx_http_tender_atom_records(ctx, state, n);
        if (rc != NGX_OK) {
            return rc;
        }

        state->done += n;
    }

    if (state->done < state->search.nhits) {
        ngx_http_tender_go(ctx, ngx_http_tender_account_atom_read);
        return NGX_OK;
    }

    return ngx_http_tender_atom_send(ctx, state);
}


static ngx_int_t
ngx_http_tender_atom_records(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_uint_t n)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    tender_mem_t               mem;
    ngx_http_tender_hit_t     *hits;
    ngx_http_tender_record_t   record;

    hits = &state->search.hits[state->done];

    for (i = 0; i < n; i++) {
        rc = ngx_http_tender_search_record(ctx, hits, i, &record);

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (rc != NGX_OK) {
            return rc;
        }

        mem = ctx->mem;
        tender_mem_init(&ctx->mem, ctx->mem.alloc, state->pool);

        rc = ngx_http_tender_atom_record(ctx, state, &record);

        ctx->mem = mem;

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_atom_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_http_tender_record_t *record)
{
    ngx_int_t                rc;
    ngx_str_t               *text;
    tender_json_error_t      err;
    ngx_http_tender_atom_t   atom;

    text = ngx_array_push(&state->entries);
    if (text == NULL) {
        return NGX_ERROR;
    }

    rc = tender_json_read(&ctx->mem, record->doc.data, record->doc.len,
                          &atom.doc, &err);

    if (rc == TENDER_ERROR) {
        return NGX_ERROR;
    }

    if (rc != TENDER_OK) {
        return ngx_http_tender_store_broken(ctx);
    }

    atom.id = record->id;
    atom.number = ngx_http_tender_str(&record->number);
    atom.created = record->created;
    atom.modified = record->modified;
    atom.words = state->search.words;

    if (ngx_http_tender_account_search_url(ctx, "/tenders/", &record->id,
                                           ".html", &atom.link)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    state->newest = ngx_max(state->newest, record->modified);

    return ngx_http_tender_account_atom_entry(ctx, &atom, text);
}


static ngx_int_t
ngx_http_tender_atom_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state)
{
    ngx_str_t  body;
    ngx_str_t  cache = ngx_string("private, no-cache");
    ngx_str_t  referrer = ngx_string("no-referrer");

    if (ngx_http_tender_atom_body(ctx, state, &body) != NGX_OK
        || ngx_http_tender_atom_tag(ctx, &body) != NGX_OK
        || ngx_http_tender_header(ctx->request, "Cache-Control", &cache)
           == NULL
        || ngx_http_tender_header(ctx->request, "Referrer-Policy", &referrer)
           == NULL)
    {
        return NGX_ERROR;
    }

    /* a reader keeps what is public to ask whether there is more */

    ctx->secret = 0;

    if (ngx_http_tender_has_tag(ctx)) {
        ngx_http_tender_quota_return(ctx);
        return ngx_http_tender_answer(ctx, NGX_HTTP_NOT_MODIFIED);
    }

    ngx_str_set(&ctx->type, "application/atom+xml; charset=utf-8");

    if (ngx_http_tender_put(ctx, body.data, body.len) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static ngx_int_t
ngx_http_tender_atom_body(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, ngx_str_t *body)
{
    u_char                 hex[NGX_HTTP_TENDER_HASH_LEN];
    ngx_str_t              self, site, *entry;
    ngx_uint_t             i, pass;
    ngx_http_tender_xml_t  xml;

    if (ngx_http_tender_atom_id(ctx, state, hex) != NGX_OK
        || ngx_http_tender_account_search_url(ctx, "/api/searches/",
                                              &state->id, ".atom", &self)
           != NGX_OK
        || ngx_http_tender_base(ctx, &site) != NGX_OK)
    {
        return NGX_ERROR;
    }

    entry = state->entries.elts;

    ngx_memzero(&xml, sizeof(ngx_http_tender_xml_t));

    for (pass = 0; pass < 2; pass++) {

        if (pass) {
            body->len = xml.len;
            body->data = ngx_pnalloc(ctx->request->pool, body->len);

            if (body->data == NULL) {
                return NGX_ERROR;
            }

            xml.p = body->data;
        }

        ngx_http_tender_atom_head(&xml, state, hex, &self, &site);

        for (i = 0; i < state->entries.nelts; i++) {
            if (pass) {
                xml.p = ngx_cpymem(xml.p, entry[i].data, entry[i].len);

            } else {
                xml.len += entry[i].len;
            }
        }

        ngx_http_tender_xml_raw(&xml, "</feed>\n");
    }

    return NGX_OK;
}


/* the same for ever, and no other search's: a UUID of version 8 */

static ngx_int_t
ngx_http_tender_atom_id(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_searches_t *state, u_char *hex)
{
    u_char                   *p, *text;
    ngx_http_tender_entry_t  *entry;

    entry = &state->entry;

    text = ngx_pnalloc(ctx->request->pool, sizeof("search/// ") - 1
                                           + entry->owner.len + entry->id.len
                                           + NGX_INT64_LEN);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(text, "search/%V/%V/%L", &entry->owner, &entry->id,
                    entry->created);

    ngx_http_tender_store_hash(hex, text, p - text);

    hex[12] = '8';
    hex[16] = '8';

    return NGX_OK;
}


/* the address of the feed is without the key that it was asked for with */

static void
ngx_http_tender_atom_head(ngx_http_tender_xml_t *xml,
    ngx_http_tender_searches_t *state, u_char *hex, ngx_str_t *self,
    ngx_str_t *site)
{
    tender_str_t     none = tender_null_string;
    tender_value_t  *name;

    name = tender_value_member(state->entry.data, "name");

    ngx_http_tender_xml_raw(xml, TENDER_XML_DECLARATION "\n"
                            "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
                            "<id>");
    ngx_http_tender_xml_uuid(xml, hex);
    ngx_http_tender_xml_raw(xml, "</id>\n<title>");
    ngx_http_tender_xml_text(xml, (name && name->type == TENDER_STRING)
                                  ? name->u.text : none);
    ngx_http_tender_xml_raw(xml, "</title>\n<updated>");
    ngx_http_tender_xml_date(xml, state->newest);
    ngx_http_tender_xml_raw(xml, "</updated>\n<author><name>");
    ngx_http_tender_xml_text(xml, ngx_http_tender_str(site));
    ngx_http_tender_xml_raw(xml, "</name></author>\n"
                            "<link rel=\"self\" "
                            "type=\"application/atom+xml\" href=\"");
    ngx_http_tender_xml_attr(xml, ngx_http_tender_str(self));
    ngx_http_tender_xml_raw(xml, "\"/>\n");
}


static ngx_int_t
ngx_http_tender_atom_tag(ngx_http_tender_ctx_t *ctx, ngx_str_t *body)
{
    u_char  *p, hash[NGX_HTTP_TENDER_HASH_LEN];

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_ATOM_TAG + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(hash, body->data, body->len);

    ctx->etag.data = p;
    ctx->etag.len = NGX_HTTP_TENDER_ATOM_TAG + 2;

    *p++ = '"';
    p = ngx_cpymem(p, hash, NGX_HTTP_TENDER_ATOM_TAG);
    *p = '"';

    return NGX_OK;
}
