
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../auth/ngx_http_tender_identify.h"


/* what an administrator may do with others' rights */

static void ngx_http_tender_admin_granted(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, tender_scopes_t *scopes);


ngx_int_t
ngx_http_tender_admin_new_tenant(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t  *tenant;

    tenant = &admin->change.owner;

    if (admin->tenant && admin->tenant->type == TENDER_STRING) {
        tenant->data = admin->tenant->u.text.data;
        tenant->len = admin->tenant->u.text.len;

    } else if (ngx_http_tender_admin_of_all(ctx)) {
        ngx_str_set(tenant, "default");

    } else {
        *tenant = ctx->principal->tenant;
    }

    if (ngx_http_tender_admin_over(ctx, tenant)) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "tenant",
                                 "Accounts of another tenant are for an "
                                 "administrator of all tenants");
}


/* nobody hands out, by whatever credential, more than he may do */

ngx_int_t
ngx_http_tender_admin_covers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    tender_str_t      bad;
    tender_value_t   *account, *enabled;
    tender_scopes_t   own, given, limit;

    /* anything may be switched off, if that is all */

    enabled = tender_value_member(admin->data, "enabled");

    if (ctx->principal == NULL
        || (admin->one && !admin->rotate && admin->data->nelts == 1
            && enabled && enabled->type == TENDER_FALSE
            && admin->password == NULL && admin->hash == NULL
            && admin->secret == NULL))
    {
        return NGX_OK;
    }

    account = (admin->kind->kind == NGX_HTTP_TENDER_ACCOUNT)
              ? admin->after : admin->account.data;

    if (tender_scopes_read(ngx_http_tender_str(&ctx->principal->scopes), &own,
                           &bad)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_admin_granted(ctx, account, &given);

    if (account != admin->after
        && tender_value_member(admin->after, "scopes"))
    {
        ngx_http_tender_admin_granted(ctx, admin->after, &limit);
        tender_scopes_limit(&given, &limit);
    }

    if (tender_scopes_cover(&own, &given)) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "scopes",
                                 "It may do more than you may");
}


/* whoever has none, or bad ones, may do nothing: see principal.c */

static void
ngx_http_tender_admin_granted(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, tender_scopes_t *scopes)
{
    ngx_http_tender_entry_t  entry;

    ngx_memzero(&entry, sizeof(ngx_http_tender_entry_t));

    entry.data = value;

    if (ngx_http_tender_entry_scopes(ctx, &entry, scopes) != NGX_OK) {
        ngx_memzero(scopes, sizeof(tender_scopes_t));
    }
}
