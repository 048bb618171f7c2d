
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_page_search.h"
#include "../store/ngx_http_tender_plan.h"


/* GET search: what is looked for */

#define NGX_HTTP_TENDER_PAGE_SIZE    10
#define NGX_HTTP_TENDER_PAGE_PAGES   1000000


static ngx_int_t ngx_http_tender_page_place(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_search_t *state);
static ngx_int_t ngx_http_tender_page_wrong(ngx_http_tender_ctx_t *ctx,
    ngx_int_t status);


ngx_int_t
ngx_http_tender_page_search(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_account_t      *account;
    ngx_http_tender_page_search_t  *state;

    account = ctx->data;

    state = ngx_pcalloc(ctx->request->pool,
                        sizeof(ngx_http_tender_page_search_t));
    if (state == NULL) {
        return NGX_ERROR;
    }

    account->page = state;
    state->preview = !ngx_http_tender_page_full(ctx);

    return ngx_http_tender_quota_take(ctx);
}


ngx_int_t
ngx_http_tender_page_counted(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_account_t      *account;
    ngx_http_tender_criteria_t      criteria;
    ngx_http_tender_page_search_t  *state;

    account = ctx->data;
    state = account->page;

    rc = ngx_http_tender_quota_taken(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_tender_criteria_read(ctx, &ctx->query, NULL, 0,
                                       &state->criteria, &criteria);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_criteria_search(ctx, state->criteria, 1,
                                             &state->search);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_page_place(ctx, state);
    }

    return (rc == NGX_OK || rc == NGX_ERROR)
           ? rc : ngx_http_tender_page_wrong(ctx, rc);
}


/* which page, and how long it is */

static ngx_int_t
ngx_http_tender_page_place(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_search_t *state)
{
    uint64_t                 n;
    tender_str_t            *text, size;
    ngx_http_tender_plan_t  *plan;

    plan = ngx_http_tender_plan(ctx);

    n = NGX_HTTP_TENDER_PAGE_SIZE;
    size = ngx_http_tender_criteria_get(state->criteria, "tenpage");

    if (size.len) {
        (void) tender_uint_read(size, NGX_HTTP_TENDER_SEARCH_DEPTH, &n);
    }

    state->search.limit = ngx_min(n, plan->page);
    state->depth = ngx_min(plan->depth, NGX_HTTP_TENDER_SEARCH_DEPTH);

    if (state->preview) {
        state->search.limit = ngx_min(state->search.limit,
                                      NGX_HTTP_TENDER_PAGE_SIZE);
        state->depth = state->search.limit;
    }

    text = ctx->query.nparams ? tender_query_value(&ctx->query, "page")
                              : NULL;
    n = 1;

    if (text && text->len
        && (tender_uint_read(*text, NGX_HTTP_TENDER_PAGE_PAGES, &n)
            != TENDER_OK
            || n == 0))
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "page",
                                     "A number from 1 on is expected");
    }

    if (n > 1 && state->preview) {
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url", "page",
                                     "Only the first page is shown in the "
                                     "preview");
    }

    if (state->preview
        && (state->search.sort != NGX_HTTP_TENDER_BY_DATE
            || !state->search.descending))
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "url",
                                     "sort_by", "In the preview the newest "
                                     "tenders come first");
    }

    if (n * state->search.limit > state->depth) {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "page",
                                     "The pages do not reach that far: "
                                     "narrow the search down");
    }

    state->page = n;
    state->search.offset = (n - 1) * state->search.limit;

    return NGX_OK;
}


/* beside the form, with what was typed in */

static ngx_int_t
ngx_http_tender_page_wrong(ngx_http_tender_ctx_t *ctx, ngx_int_t status)
{
    ngx_http_tender_page_t  page;

    if (ctx->errors == NULL) {
        return status;
    }

    if (ngx_http_tender_page_begin(ctx, &page, "search.title") != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_page_flag(&page, page.top, "at_search");
    ngx_http_tender_page_faults(&page);
    ngx_http_tender_page_fields(&page, ngx_http_tender_page_sent,
                                &ctx->query);

    return ngx_http_tender_page_send(&page, "search", status);
}


ngx_int_t
ngx_http_tender_page_run(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_account_t      *account;
    ngx_http_tender_page_search_t  *state;

    account = ctx->data;
    state = account->page;

    rc = ngx_http_tender_search(ctx, &state->search);

    if (rc != NGX_HTTP_BAD_REQUEST) {
        return rc;
    }

    if (ctx->errors == NULL
        && ngx_http_tender_error(ctx, rc, "url", "kwords", state->search.why)
           != rc)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_page_wrong(ctx, rc);
}


ngx_int_t
ngx_http_tender_page_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_account_t      *account;
    ngx_http_tender_page_search_t  *state;

    account = ctx->data;
    state = account->page;

    if (state->search.nhits == 0) {
        return NGX_OK;
    }

    return ngx_http_tender_search_read(ctx, state->search.hits,
                                       state->search.nhits,
                                       ctx->request->pool);
}
