
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "ngx_http_tender_page_api.h"
#include "../auth/ngx_http_tender_code.h"


/* GET api, and what its forms answer with */

#define NGX_HTTP_TENDER_PAGE_CODES  100      /* that are shown */


static void ngx_http_tender_page_plan(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api);
static void ngx_http_tender_page_limit(ngx_http_tender_page_t *page,
    tender_value_t **limits, const char *id, ngx_uint_t max,
    ngx_uint_t left);
static void ngx_http_tender_page_done(ngx_http_tender_page_t *page);
static void ngx_http_tender_page_shown(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api);


static const tender_str_t  ngx_http_tender_page_dones[] = {
    tender_string("revoked"),
    tender_string("saved"),
    tender_string("removed"),
    tender_null_string
};


ngx_http_tender_page_api_t *
ngx_http_tender_page_api_state(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    if (account->page == NULL) {
        account->page = ngx_pcalloc(ctx->request->pool,
                                    sizeof(ngx_http_tender_page_api_t));
    }

    return account->page;
}


ngx_int_t
ngx_http_tender_page_quota(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);
    if (api == NULL) {
        return NGX_ERROR;
    }

    api->plan = ngx_http_tender_plan(ctx);

    return ngx_http_tender_quota_ask(ctx, &ctx->principal->account,
                                     api->plan);
}


ngx_int_t
ngx_http_tender_page_codes(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_str_t                    first;
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);

    rc = ngx_http_tender_quota_known(ctx, api->plan, &api->quota);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_str_null(&first);

    return ngx_http_tender_registry_list(ctx, NGX_HTTP_TENDER_CODE,
                                         &ctx->principal->account, &first,
                                         NGX_HTTP_TENDER_PAGE_CODES);
}


ngx_int_t
ngx_http_tender_page_searches(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);

    rc = ngx_http_tender_registry_listed(ctx, &api->codes);

    return (rc == NGX_OK) ? ngx_http_tender_saved_list(ctx) : rc;
}


ngx_int_t
ngx_http_tender_page_api(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_str_t                    base;
    ngx_http_tender_page_t       page;
    ngx_http_tender_page_api_t  *api;

    api = ngx_http_tender_page_api_state(ctx);

    rc = ngx_http_tender_saved_listed(ctx, &api->searches);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_base(ctx, &base) != NGX_OK
        || ngx_http_tender_page_begin(ctx, &page, "api.title") != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_page_flag(&page, page.top, "at_api");
    ngx_http_tender_page_add(&page, page.top, "site",
                             ngx_http_tender_str(&base));

    ngx_http_tender_page_faults(&page);
    ngx_http_tender_page_done(&page);
    ngx_http_tender_page_shown(&page, api);
    ngx_http_tender_page_plan(&page, api);
    ngx_http_tender_page_put_codes(&page, api);

    if (ngx_http_tender_page_put_searches(&page, api,
                                          ngx_http_tender_str(&base))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_page_send(&page, "api", api->status ? api->status
                                                               : NGX_HTTP_OK);
}


/* what a form has done that led here */

static void
ngx_http_tender_page_done(ngx_http_tender_page_t *page)
{
    tender_str_t         *done;
    const tender_str_t   *known;
    ngx_http_request_t   *r;

    r = page->ctx->request;

    done = page->ctx->query.nparams ? tender_query_value(&page->ctx->query,
                                                         "done")
                                    : NULL;

    if (done == NULL || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return;
    }

    for (known = ngx_http_tender_page_dones; known->len; known++) {
        if (tender_str_eq(done, known)) {
            ngx_http_tender_page_add(page, page->top, "done", *known);
        }
    }
}


/* a key that was just made, and what the examples have in its place */

static void
ngx_http_tender_page_shown(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api)
{
    tender_value_t  *fresh;

    if (api->code.len == 0) {
        ngx_http_tender_page_literal(page, page->top, "shown",
                                     "YOUR_API_CODE");
        ngx_http_tender_page_literal(page, page->top, "renewal",
                                     "YOUR_REFRESH_CODE");
        return;
    }

    fresh = ngx_http_tender_page_object(page, page->top, "fresh");

    ngx_http_tender_page_add(page, fresh, "code",
                             ngx_http_tender_str(&api->code));
    ngx_http_tender_page_add(page, fresh, "refresh",
                             ngx_http_tender_str(&api->refresh));

    if (api->id.len && !api->at_once) {
        ngx_http_tender_page_flag(page, fresh, "old");
    }

    ngx_http_tender_page_add(page, page->top, "shown",
                             ngx_http_tender_str(&api->code));
    ngx_http_tender_page_add(page, page->top, "renewal",
                             ngx_http_tender_str(&api->refresh));
}


static void
ngx_http_tender_page_plan(ngx_http_tender_page_t *page,
    ngx_http_tender_page_api_t *api)
{
    tender_value_t  *limits;

    ngx_http_tender_page_add(page, page->top, "account",
                             ngx_http_tender_str(&page->ctx->principal->id));
    ngx_http_tender_page_add(page, page->top, "plan",
                             ngx_http_tender_str(&api->plan->name));
    ngx_http_tender_page_number(page, page->top, "page_max",
                                api->plan->page);

    limits = NULL;

    ngx_http_tender_page_limit(page, &limits, "day", api->plan->day,
                               api->quota.day_left);
    ngx_http_tender_page_limit(page, &limits, "minute", api->plan->minute,
                               api->quota.minute_left);
}


static void
ngx_http_tender_page_limit(ngx_http_tender_page_t *page,
    tender_value_t **limits, const char *id, ngx_uint_t max, ngx_uint_t left)
{
    u_char           buf[NGX_INT64_LEN];
    ngx_uint_t       used;
    tender_value_t  *e;

    if (max == 0) {
        return;
    }

    if (*limits == NULL) {
        *limits = ngx_http_tender_page_list(page, page->top, "limits");
    }

    used = max - ngx_min(left, max);
    e = ngx_http_tender_page_element(page, *limits);

    ngx_http_tender_page_literal(page, e, "id", id);
    ngx_http_tender_page_number(page, e, "used", used);
    ngx_http_tender_page_number(page, e, "max", max);
    ngx_http_tender_page_copy(page, e, "value", buf,
                              tender_uint_write(buf, used) - buf);
    ngx_http_tender_page_copy(page, e, "top", buf,
                              tender_uint_write(buf, max) - buf);
}
