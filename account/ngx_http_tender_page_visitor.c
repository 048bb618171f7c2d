
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_session.h"
#include "../store/ngx_http_tender_registry.h"
#include "../store/ngx_http_tender_store.h"


/* who looks at a page: pages take a session, and no other credential */

ngx_int_t
ngx_http_tender_page_visit(ngx_http_tender_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   cookie, what;

    if (ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK) {
        return NGX_OK;
    }

    /* what is shown to who is known is for him alone */

    ctx->secret = 1;

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(p, cookie.data, cookie.len);

    what.data = p;
    what.len = NGX_HTTP_TENDER_HASH_LEN;

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_SESSION,
                                        &what);
}


ngx_int_t
ngx_http_tender_page_visitor(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_str_t                     cookie;
    tender_value_t               *login;
    ngx_http_tender_account_t    *account;
    ngx_http_tender_identity_t   *found;
    ngx_http_tender_principal_t  *principal;

    if (ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK) {
        return NGX_OK;
    }

    account = ctx->data;

    found = ngx_pcalloc(ctx->request->pool,
                        sizeof(ngx_http_tender_identity_t));
    if (found == NULL) {
        return NGX_ERROR;
    }

    principal = NULL;

    rc = ngx_http_tender_registry_found(ctx, found);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_principal(ctx, found,
                                       NGX_HTTP_TENDER_AUTH_SESSION, NULL,
                                       &principal);
    }

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    ngx_http_tender_become(ctx, principal);

    account->visited = 1;
    account->found = found;

    login = found->user.data ? tender_value_member(found->user.data, "login")
                             : NULL;

    if (login && login->type == TENDER_STRING) {
        account->name.data = login->u.text.data;
        account->name.len = login->u.text.len;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_page_member_only(ngx_http_tender_ctx_t *ctx)
{
    u_char        *p;
    size_t         len;
    ngx_str_t      path, place;
    tender_str_t   here;

    if (ctx->principal) {
        return NGX_OK;
    }

    if (ngx_http_tender_account_path(ctx, "login?next=", &path) != NGX_OK) {
        return NGX_ERROR;
    }

    here = ngx_http_tender_page_here(ctx);
    len = path.len + tender_uri_escaped_length(here);

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    place.data = p;

    p = ngx_cpymem(p, path.data, path.len);
    p = tender_uri_escape(p, here);

    place.len = p - place.data;

    return ngx_http_tender_account_see(ctx, &place);
}


ngx_int_t
ngx_http_tender_page_form(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_str_t                   cookie;
    ngx_http_tender_account_t  *account;

    static const tender_str_t  name = tender_string("csrf");

    account = ctx->data;

    rc = ngx_http_tender_account_form(ctx, account);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_account_field(&account->form, &name, &account->csrf);

    if (ngx_http_tender_session_shown(ctx->request, &cookie) == NGX_OK
        && ngx_http_tender_session_csrf_good(&cookie, &account->csrf))
    {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "csrf",
                                 "The page was too old: try again");
}


/* of what was posted it is the page that has the form */

tender_str_t
ngx_http_tender_page_here(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t            path;
    tender_str_t         here, *next;
    ngx_http_request_t  *r;

    static const tender_str_t  root = tender_string("/");

    r = ctx->request;

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {

        /* from the login it goes on to where it was to lead */

        next = ctx->query.nparams ? tender_query_value(&ctx->query, "next")
                                  : NULL;

        if (next && ctx->route
            && ngx_strcmp(ctx->route->path, "login") == 0)
        {
            return *next;
        }

        here.data = r->unparsed_uri.data;
        here.len = r->unparsed_uri.len;

        return here;
    }

    if (ngx_http_tender_account_path(ctx, (ctx->route
                                           && ctx->route->steps[0]
                                              == ngx_http_tender_page_visit)
                                          ? "api" : "login", &path)
        != NGX_OK)
    {
        return root;
    }

    return ngx_http_tender_str(&path);
}


/* "/" leads to the search */

ngx_int_t
ngx_http_tender_page_home(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  path;

    if (ngx_http_tender_account_path(ctx, "search", &path) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_see(ctx, &path);
}
