
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../auth/ngx_http_tender_access.h"
#include "../format/tender_header.h"
#include "../store/ngx_http_tender_plan.h"


static ngx_int_t ngx_http_tender_account_accept(ngx_http_tender_ctx_t *ctx);


static const ngx_http_tender_route_t  ngx_http_tender_account_routes[] = {

    { NGX_HTTP_GET, "login", ngx_string("login_page"),
      0, 0,
      "The page to log in",
      { ngx_http_tender_account_page } },

    { NGX_HTTP_POST, "login", ngx_string("login"),
      0, NGX_HTTP_TENDER_BODY,
      "Log in",
      { ngx_http_tender_account_read,
        ngx_http_tender_account_check,
        ngx_http_tender_account_note,
        ngx_http_tender_account_begin,
        ngx_http_tender_account_begun } },

    { NGX_HTTP_POST, "logout", ngx_string("logout"),
      0, NGX_HTTP_TENDER_BODY,
      "Log out",
      { ngx_http_tender_account_leave,
        ngx_http_tender_account_left } },

    { NGX_HTTP_GET, "session", ngx_string("session"),
      0, 0,
      "Who is logged in",
      { ngx_http_tender_account_ask,
        ngx_http_tender_account_show } },

    { NGX_HTTP_GET, "", ngx_string("home"),
      0, 0,
      "The first page: the search",
      { ngx_http_tender_page_home } },

    { NGX_HTTP_GET, "assets/tender.css", ngx_string("style"),
      0, 0,
      "The style of the pages",
      { ngx_http_tender_page_style } },

    { NGX_HTTP_GET, "assets/tender.js", ngx_string("script"),
      0, 0,
      "Their script",
      { ngx_http_tender_page_script } },

    { NGX_HTTP_GET, "search", ngx_string("search_page"),
      0, 0,
      "The page to search tenders",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_search,
        ngx_http_tender_page_counted,
        ngx_http_tender_page_run,
        ngx_http_tender_page_read,
        ngx_http_tender_page_results } },

    { NGX_HTTP_GET, "tenders/:id.html", ngx_string("tender_page"),
      0, 0,
      "The page of a tender",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_tender,
        ngx_http_tender_page_card } },

    { NGX_HTTP_GET, "api", ngx_string("api_page"),
      0, 0,
      "The page with one's keys and saved searches",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_member_only,
        ngx_http_tender_page_quota,
        ngx_http_tender_page_codes,
        ngx_http_tender_page_searches,
        ngx_http_tender_page_api } },

    { NGX_HTTP_POST, "api/codes", ngx_string("code_form"),
      0, NGX_HTTP_TENDER_BODY,
      "Make a key",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_member_only,
        ngx_http_tender_page_form,
        ngx_http_tender_page_code_new,
        ngx_http_tender_page_code_written,
        ngx_http_tender_page_quota,
        ngx_http_tender_page_codes,
        ngx_http_tender_page_searches,
        ngx_http_tender_page_api } },

    { NGX_HTTP_POST, "api/codes/:id", ngx_string("code_form"),
      0, NGX_HTTP_TENDER_BODY,
      "Replace or revoke a key",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_member_only,
        ngx_http_tender_page_form,
        ngx_http_tender_page_code_read,
        ngx_http_tender_page_code_write,
        ngx_http_tender_page_code_written,
        ngx_http_tender_page_quota,
        ngx_http_tender_page_codes,
        ngx_http_tender_page_searches,
        ngx_http_tender_page_api } },

    { NGX_HTTP_GET, "saved/:id", ngx_string("saved_page"),
      0, 0,
      "The page of a saved search, or of a new one",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_member_only,
        ngx_http_tender_page_saved_read,
        ngx_http_tender_page_saved_show } },

    { NGX_HTTP_POST, "saved/:id", ngx_string("saved_form"),
      0, NGX_HTTP_TENDER_BODY,
      "Make, change or remove a saved search",
      { ngx_http_tender_page_visit,
        ngx_http_tender_page_visitor,
        ngx_http_tender_page_member_only,
        ngx_http_tender_page_form,
        ngx_http_tender_page_saved_read,
        ngx_http_tender_page_saved_found,
        ngx_http_tender_page_saved_written } },

    { NGX_HTTP_GET, "api/searches", ngx_string("searches"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Saved searches",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_searches,
        ngx_http_tender_account_searches_shown } },

    { NGX_HTTP_POST, "api/searches", ngx_string("searches"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_BODY,
      "Save a search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_body,
        ngx_http_tender_account_search_write,
        ngx_http_tender_account_search_written } },

    { NGX_HTTP_GET, "api/searches/:id.atom", ngx_string("search_feed"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "The newest matches of a saved search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_read,
        ngx_http_tender_account_search_found,
        ngx_http_tender_account_atom_begin,
        ngx_http_tender_quota_take,
        ngx_http_tender_quota_taken,
        ngx_http_tender_account_atom_search,
        ngx_http_tender_account_atom_read,
        ngx_http_tender_account_atom_show } },

    { NGX_HTTP_GET, "api/searches/:id", ngx_string("search"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "A saved search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_read,
        ngx_http_tender_account_search_found,
        ngx_http_tender_account_search_show } },

    { NGX_HTTP_PATCH, "api/searches/:id", ngx_string("search"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_BODY,
      "Change a saved search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_body,
        ngx_http_tender_account_search_read,
        ngx_http_tender_account_search_found,
        ngx_http_tender_account_search_write,
        ngx_http_tender_account_search_written } },

    { NGX_HTTP_PUT, "api/searches/:id", ngx_string("search"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_BODY,
      "Replace a saved search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_body,
        ngx_http_tender_account_search_read,
        ngx_http_tender_account_search_found,
        ngx_http_tender_account_search_write,
        ngx_http_tender_account_search_written } },

    { NGX_HTTP_DELETE, "api/searches/:id", ngx_string("search"),
      NGX_HTTP_TENDER_READ, NGX_HTTP_TENDER_NO_BODY,
      "Remove a saved search",
      { ngx_http_tender_account_caller,
        ngx_http_tender_account_search_read,
        ngx_http_tender_account_search_found,
        ngx_http_tender_account_search_write,
        ngx_http_tender_account_search_written } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_account_dialect = {
    ngx_string("account"),
    ngx_null_string,
    ngx_http_tender_account_routes,
    ngx_http_tender_account_refuse,
    ngx_http_tender_account_accept,
    0,
    NGX_HTTP_TENDER_AUTH_SESSION|NGX_HTTP_TENDER_AUTH_API_CODE
    |NGX_HTTP_TENDER_AUTH_BEARER|NGX_HTTP_TENDER_AUTH_OAUTH2,
    1,
    NGX_HTTP_TENDER_PASSWORDS,
    NULL
};


char *
ngx_http_tender_set_account(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    char       *rv;
    size_t      len;
    u_char     *p;
    ngx_str_t  *prefix;

    const ngx_http_tender_route_t  *route;

    rv = ngx_http_tender_set_dialect(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    prefix = &tlcf->prefix;

    for (route = ngx_http_tender_account_routes; route->method; route++) {
        len = ngx_strlen(route->path);
        p = prefix->data + prefix->len - len;

        if (len && prefix->len > len && p[-1] == '/'
            && ngx_strncmp(p, route->path, len) == 0)
        {
            prefix->len -= len + 1;
            break;
        }
    }

    return NGX_CONF_OK;
}


/* before a body is read */

static ngx_int_t
ngx_http_tender_account_accept(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t                type;
    ngx_http_request_t         *r;
    ngx_http_tender_account_t  *account;

    static const tender_str_t  next = tender_string("next");

    if (ctx->route->steps[0] == ngx_http_tender_account_caller) {
        return ngx_http_tender_account_searches_accept(ctx);
    }

    r = ctx->request;

    account = ngx_pcalloc(r->pool, sizeof(ngx_http_tender_account_t));
    if (account == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->data = account;

    if (ctx->route->body == NGX_HTTP_TENDER_NO_BODY) {
        ngx_http_tender_account_field(&ctx->query, &next, &account->next);
        return NGX_OK;
    }

    if (r->headers_in.content_length_n > NGX_HTTP_TENDER_ACCOUNT_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    type = ngx_http_tender_body_type(r);

    if (tender_header_word(type, "application/x-www-form-urlencoded")) {
        return NGX_OK;
    }

    if (ctx->route->steps[0] == ngx_http_tender_page_visit) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                     "header", "Content-Type",
                                     "Content-Type header should be one of "
                                     "['application/x-www-form-urlencoded']");
    }

    /* from another site a form cannot send what is no form */

    account->json = 1;

    if (ctx->route->steps[0] != ngx_http_tender_account_read
        || tender_header_word(type, "application/json"))
    {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                 "header", "Content-Type",
                                 "Content-Type header should be one of "
                                 "['application/json', "
                                 "'application/x-www-form-urlencoded']");
}


ngx_int_t
ngx_http_tender_account_form(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account)
{
    ngx_int_t        rc;
    const char      *why;
    tender_str_t     name;
    tender_value_t  *text;

    if (ctx->body.len > NGX_HTTP_TENDER_ACCOUNT_BODY) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    rc = tender_query_parse(&ctx->mem, ctx->body, &account->form, &why, &name);

    if (rc == TENDER_OK) {
        return NGX_OK;
    }

    if (rc != TENDER_DECLINED) {
        return NGX_ERROR;
    }

    if (name.len == 0) {
        tender_str_set(&name, "form");
    }

    text = tender_value_cstring(&ctx->mem, why);
    if (text == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST, "body", name,
                                       text);
}


void
ngx_http_tender_account_field(tender_query_t *form, const tender_str_t *name,
    ngx_str_t *value)
{
    tender_str_t  *text;

    ngx_str_null(value);

    text = form->nparams ? tender_query_get(form, name) : NULL;

    if (text) {
        value->data = text->data;
        value->len = text->len;
    }
}


ngx_int_t
ngx_http_tender_account_path(ngx_http_tender_ctx_t *ctx, const char *page,
    ngx_str_t *path)
{
    u_char     *p;
    ngx_str_t  *prefix;

    prefix = &ctx->conf->prefix;

    p = ngx_pnalloc(ctx->request->pool, prefix->len + 1 + ngx_strlen(page));
    if (p == NULL) {
        return NGX_ERROR;
    }

    path->data = p;

    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = '/';
    p = ngx_cpymem(p, page, ngx_strlen(page));

    path->len = p - path->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_account_see(ngx_http_tender_ctx_t *ctx, ngx_str_t *path)
{
    ctx->secret = 1;

    if (ngx_http_tender_header(ctx->request, "Location", path) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_SEE_OTHER);
}


ngx_int_t
ngx_http_tender_account_unknown(ngx_http_tender_ctx_t *ctx, const char *name,
    const char *text)
{
    u_char           *p;
    ngx_str_t         value;
    ngx_table_elt_t  *h;

    /* here a login is what helps */

    p = ngx_pnalloc(ctx->request->pool, sizeof("Session realm=\"\"")
                                        + ctx->conf->realm.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "Session realm=\"%V\"", &ctx->conf->realm) - p;

    h = ngx_http_tender_header(ctx->request, "WWW-Authenticate", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ctx->request->headers_out.www_authenticate = h;

    return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "body", name,
                                 text);
}
