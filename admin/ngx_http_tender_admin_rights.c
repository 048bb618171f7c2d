
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"


/* what an administrator may do with others' rights */

static ngx_int_t ngx_http_tender_admin_granted(tender_value_t *value,
    tender_scopes_t *scopes);


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

    if (ngx_http_tender_admin_of_all(ctx)
        || (tenant->len == ctx->principal->tenant.len
            && ngx_memcmp(tenant->data, ctx->principal->tenant.data,
                          tenant->len)
               == 0))
    {
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

    /* what is switched off may do nothing, until it is switched on again */

    enabled = tender_value_member(admin->after, "enabled");

    if (ctx->principal == NULL
        || (enabled && enabled->type == TENDER_FALSE))
    {
        return NGX_OK;
    }

    account = (admin->kind->kind == NGX_HTTP_TENDER_ACCOUNT)
              ? admin->after : admin->account.data;

    if (tender_scopes_read(ngx_http_tender_str(&ctx->principal->scopes), &own,
                           &bad)
        != TENDER_OK
        || ngx_http_tender_admin_granted(account, &given) == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    if (account != admin->after
        && tender_value_member(admin->after, "scopes"))
    {
        if (ngx_http_tender_admin_granted(admin->after, &limit)
            == NGX_ERROR)
        {
            return NGX_ERROR;
        }

        tender_scopes_limit(&given, &limit);
    }

    if (tender_scopes_cover(&own, &given)) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "scopes",
                                 "It may do more than you may");
}


static ngx_int_t
ngx_http_tender_admin_granted(tender_value_t *value,
    tender_scopes_t *scopes)
{
    tender_value_t  *list, *v;

    ngx_memzero(scopes, sizeof(tender_scopes_t));

    list = tender_value_member(value, "scopes");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return NGX_OK;
    }

    for (v = list->u.list.first; v; v = v->next) {
        if (v->type != TENDER_STRING
            || tender_scopes_add(scopes, v->u.text) != TENDER_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
