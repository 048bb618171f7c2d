
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"
#include "../auth/ngx_http_tender_access.h"


static ngx_int_t ngx_http_tender_export_access(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_uint_t ngx_http_tender_export_may(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_no_access(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_value_t *saved);
static ngx_int_t ngx_http_tender_export_shape(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_chosen(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_place(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_size(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_limits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);
static ngx_int_t ngx_http_tender_export_no_saved(ngx_http_tender_ctx_t *ctx);


#define NGX_HTTP_TENDER_EXPORT_PAGE   10
#define NGX_HTTP_TENDER_EXPORT_PAGES  1000000


/* a renewal goes on with the next step, all else with what follows it */

ngx_int_t
ngx_http_tender_export_start(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_str_t                  id;
    ngx_uint_t                 get, strict;
    tender_str_t              *search;
    ngx_http_tender_export_t  *export;

    if (ngx_http_tender_export_flag(ctx, "get_api_code", &get) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    if (get) {
        return NGX_OK;
    }

    export = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_export_t));
    if (export == NULL) {
        return NGX_ERROR;
    }

    ctx->data = export;
    ngx_http_tender_go(ctx, ngx_http_tender_export_asked);

    rc = ngx_http_tender_export_version(ctx, &export->version);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_export_access(ctx, export);
    }

    strict = 0;

    if (rc == NGX_OK) {
        rc = ngx_http_tender_export_switch(ctx, "strict", &strict);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    export->strict = strict;
    export->plan = ngx_http_tender_plan(ctx);

    search = ngx_http_tender_export_param(ctx, "search_id");

    if (search == NULL) {
        return NGX_OK;
    }

    id.data = search->data;
    id.len = search->len;

    rc = ngx_http_tender_saved_ask(ctx, &id);

    return (rc == NGX_DECLINED) ? ngx_http_tender_export_no_saved(ctx) : rc;
}


/*
 * Who has no credential, and is not let in as anybody, has a preview in
 * newer versions.
 */

static ngx_int_t
ngx_http_tender_export_access(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    if (ngx_http_tender_export_may(ctx)) {
        return NGX_OK;
    }

    if (ctx->principal == NULL && ctx->conf->scopes == NULL
        && export->version > NGX_HTTP_TENDER_EXPORT_KEYED)
    {
        export->preview = 1;
        return NGX_OK;
    }

    return ngx_http_tender_export_no_access(ctx);
}


static ngx_uint_t
ngx_http_tender_export_may(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t     bad;
    tender_scopes_t  scopes;

    if ((ctx->scope & NGX_HTTP_TENDER_READ) == 0) {
        return 0;
    }

    if (ctx->conf->scopes == NULL) {
        return 1;
    }

    if (ctx->principal == NULL) {
        ngx_memzero(&scopes, sizeof(tender_scopes_t));
        scopes.bits = ctx->scope;

    } else if (tender_scopes_read(ngx_http_tender_str(&ctx->principal->scopes),
                                  &scopes, &bad)
               != TENDER_OK)
    {
        return 0;
    }

    return tender_scopes_cover(&scopes, ctx->conf->scopes);
}


static ngx_int_t
ngx_http_tender_export_no_access(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  read = ngx_string("read");

    if (ctx->principal == NULL) {

        if (ngx_http_tender_challenge(ctx, NULL, NULL) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "header",
                                     "permission",
                                     "Credentials are needed here");
    }

    if (ngx_http_tender_challenge(ctx, "insufficient_scope", &read)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "header",
                                 "permission", "Forbidden");
}


static ngx_int_t
ngx_http_tender_export_no_saved(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url", "search_id",
                                 "There is no such saved search of yours");
}


/* all parameters; what is refused is not counted */

ngx_int_t
ngx_http_tender_export_asked(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    tender_value_t            *saved;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);
    saved = NULL;

    if (ngx_http_tender_export_param(ctx, "search_id")) {
        rc = ngx_http_tender_saved_found(ctx, &export->saved, &saved);

        if (rc == NGX_DECLINED) {
            return ngx_http_tender_export_no_saved(ctx);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rc = ngx_http_tender_export_read(ctx, export, saved);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_base(ctx, &export->base) != NGX_OK
        || ngx_http_tender_export_scratch(ctx, export) != NGX_OK)
    {
        return NGX_ERROR;
    }

    export->site.data = export->base.data;
    export->site.len = export->base.len - ctx->conf->prefix.len;

    return ngx_http_tender_quota_take(ctx);
}


static ngx_int_t
ngx_http_tender_export_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_value_t *saved)
{
    ngx_int_t      rc;
    ngx_uint_t     all;
    tender_str_t  *mode;

    rc = ngx_http_tender_criteria_read(ctx, &ctx->query, saved,
                                       export->strict, &export->object,
                                       &export->criteria);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_export_negotiate(ctx, export);

    all = 0;
    mode = ngx_http_tender_export_param(ctx, "mode");

    if (mode) {
        export->step = ngx_http_tender_export_terms;
        rc = ngx_http_tender_export_mode(ctx, export, mode);

    } else {
        export->step = ngx_http_tender_export_page;
        rc = ngx_http_tender_export_card_asked(ctx, export);

        if (rc == NGX_OK && !export->card) {
            rc = ngx_http_tender_export_switch(ctx, "all", &all);
        }
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (all) {
        export->all = 1;
        export->step = ngx_http_tender_export_all;
    }

    rc = ngx_http_tender_export_shape(ctx, export);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_export_astray(ctx, export);
    }

    if (rc != NGX_OK || mode || export->card) {
        return rc;
    }

    rc = ngx_http_tender_criteria_search(ctx, export->object,
                         export->version > NGX_HTTP_TENDER_EXPORT_KEYED,
                         &export->search);

    return (rc == NGX_OK) ? ngx_http_tender_export_place(ctx, export) : rc;
}


/* how it is shown */

static ngx_int_t
ngx_http_tender_export_shape(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t        rc;
    ngx_uint_t       total;
    tender_str_t     text;
    tender_value_t  *bom;

    text = ngx_http_tender_criteria_get(export->object, "delimiter");

    export->comma = ',';

    if (text.len) {
        export->comma = tender_str_is(&text, "tab") ? '\t' : text.data[0];
    }

    bom = tender_value_member(export->object, "bom");
    export->bom = (bom && bom->type == TENDER_TRUE);

    total = 1;

    rc = ngx_http_tender_export_switch(ctx, "count", &total);
    if (rc != NGX_OK) {
        return rc;
    }

    export->total = total;

    return export->mode ? NGX_OK : ngx_http_tender_export_chosen(ctx, export);
}


/* the fields; what takes a reading of its own is shown with a card alone */

static ngx_int_t
ngx_http_tender_export_chosen(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_uint_t    i;
    tender_str_t  text, name;

    text = ngx_http_tender_criteria_get(export->object, "fields");

    if (tender_item_select(text, &export->fields, &name) != TENDER_OK
        || export->fields == 0)
    {
        export->fields = tender_item_all(export->card);
    }

    for (i = 0; i < tender_item_nfields && !export->card; i++) {

        if ((export->fields >> i & 1)
            && tender_item_fields[i].value == tender_item_documents)
        {
            return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url",
                                         "fields",
                                         "docsXML is shown with one tender "
                                         "only");
        }
    }

    return NGX_OK;
}


/* which of those that are found are shown */

static ngx_int_t
ngx_http_tender_export_place(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t      rc;
    tender_str_t  *cursor;

    cursor = ngx_http_tender_export_param(ctx, "cursor");

    if (export->all) {
        export->search.limit = 0;

    } else {
        rc = ngx_http_tender_export_size(ctx, export);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (cursor) {
        rc = ngx_http_tender_export_cursor_read(ctx, export, cursor);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_tender_export_limits(ctx, export);
}


static ngx_int_t
ngx_http_tender_export_size(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    uint64_t       n;
    ngx_int_t      rc;
    tender_str_t   text;

    export->page = 1;

    rc = ngx_http_tender_export_uint(ctx, "page",
                                     NGX_HTTP_TENDER_EXPORT_PAGES,
                                     &export->page);
    if (rc != NGX_OK) {
        return rc;
    }

    if (export->page > 1 && ngx_http_tender_export_param(ctx, "cursor")) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "page",
                                     "A cursor says where to go on: without "
                                     "page");
    }

    n = ngx_min(NGX_HTTP_TENDER_EXPORT_PAGE, export->plan->page);
    text = ngx_http_tender_criteria_get(export->object, "tenpage");

    if (text.len) {
        (void) tender_uint_read(text, TENDER_QUERY_PAGE, &n);
    }

    if (export->preview) {
        n = ngx_min(n, NGX_HTTP_TENDER_EXPORT_PREVIEW);
        n = ngx_min(n, export->plan->page);
    }

    export->search.limit = (ngx_uint_t) n;
    export->search.offset = (export->page - 1) * n;

    return NGX_OK;
}


/* what the plan allows */

static ngx_int_t
ngx_http_tender_export_limits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_uint_t                 depth;
    ngx_http_tender_search_t  *search;

    search = &export->search;

    if (export->all) {

        if (export->preview) {
            return ngx_http_tender_export_denied(ctx, "preview",
                                     "Without a key there is a preview only");
        }

        return export->plan->all ? NGX_OK
               : ngx_http_tender_export_denied(ctx, "plan_all",
                                 "The plan does not allow all of them at "
                                 "once");
    }

    if (export->preview
        && (search->sort != NGX_HTTP_TENDER_BY_DATE || !search->descending))
    {
        return ngx_http_tender_export_denied(ctx, "preview",
                                     "Without a key there are the newest "
                                     "tenders only");
    }

    depth = export->seen + search->offset + search->limit;

    if (search->limit > export->plan->page
        || (export->preview && (export->page > 1 || search->after))
        || (depth > export->plan->depth
            && !(search->after && export->plan->all)))
    {
        return ngx_http_tender_export_too_deep(ctx);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_export_too_deep(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_export_denied(ctx, "plan_page_limit",
                                     "The plan does not allow so long or so "
                                     "late a page");
}


ngx_int_t
ngx_http_tender_export_counted(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_quota_taken(ctx);
}


/* what is asked for, step by step */

ngx_int_t
ngx_http_tender_export_run(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    do {
        rc = export->step(ctx);
    } while (rc == NGX_OK);

    if (rc == NGX_AGAIN) {
        ngx_http_tender_go(ctx, ngx_http_tender_export_run);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_export_find(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_search(ctx, &export->search);

    if (rc == NGX_HTTP_BAD_REQUEST && ctx->errors == NULL) {
        return ngx_http_tender_error(ctx, rc, "url", "kwords",
                                     export->search.why);
    }

    return rc;
}
