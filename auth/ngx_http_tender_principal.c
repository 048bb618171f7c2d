
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"


static ngx_int_t ngx_http_tender_narrow(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_scopes_t *scopes);
static ngx_int_t ngx_http_tender_lives(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now, int64_t *expires);
static void ngx_http_tender_epoch(ngx_http_tender_entry_t *user,
    ngx_str_t *epoch);
static ngx_uint_t ngx_http_tender_client_here(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *client);
static ngx_int_t ngx_http_tender_principal_fill(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found, tender_scopes_t *scopes,
    ngx_http_tender_principal_t *p);


ngx_int_t
ngx_http_tender_principal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found, ngx_uint_t method,
    const tender_scopes_t *limit, ngx_http_tender_principal_t **principal)
{
    int64_t                       expires;
    ngx_str_t                     epoch;
    ngx_uint_t                    i;
    tender_scopes_t               scopes;
    ngx_http_tender_entry_t      *entries[4];
    ngx_http_tender_principal_t  *p;

    entries[0] = &found->account;
    entries[1] = &found->user;
    entries[2] = &found->client;
    entries[3] = &found->code;

    expires = 0;
    ngx_memzero(&scopes, sizeof(tender_scopes_t));

    if (found->account.id.len == 0
        || !ngx_http_tender_tenant_here(ctx, &found->account.owner)
        || !ngx_http_tender_client_here(ctx, &found->client))
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < 4; i++) {

        if (entries[i]->id.len == 0) {
            continue;
        }

        if (ngx_http_tender_lives(ctx, entries[i], found->now, &expires)
            != NGX_OK)
        {
            return NGX_DECLINED;
        }

        /* an account without scopes may do nothing, what it owns all of its */

        if (i == 0) {
            if (ngx_http_tender_entry_scopes(ctx, entries[i], &scopes)
                != NGX_OK)
            {
                scopes.bits = 0;
                scopes.nmodules = 0;
            }

        } else if (ngx_http_tender_narrow(ctx, entries[i], &scopes)
                   != NGX_OK)
        {
            return NGX_DECLINED;
        }
    }

    /* another password has ended what was begun with the one before */

    ngx_http_tender_epoch(&found->user, &epoch);

    if (found->epoch.len
        && (found->epoch.len != epoch.len
            || ngx_memcmp(found->epoch.data, epoch.data, epoch.len) != 0))
    {
        return NGX_DECLINED;
    }

    if (limit) {
        tender_scopes_limit(&scopes, limit);
    }

    p = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_principal_t));
    if (p == NULL) {
        return NGX_ERROR;
    }

    p->method = method;
    p->expires = expires;
    p->bound = (found->client.id.len
                && tender_value_member(found->client.data, "addresses"));

    *principal = p;

    return ngx_http_tender_principal_fill(ctx, found, &scopes, p);
}


static ngx_int_t
ngx_http_tender_principal_fill(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found, tender_scopes_t *scopes,
    ngx_http_tender_principal_t *p)
{
    ngx_str_t        epoch;
    tender_str_t     text;
    tender_value_t  *plan;

    if (tender_scopes_write(&ctx->mem, scopes, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    p->scopes.data = text.data;
    p->scopes.len = text.len;
    p->scope = scopes->bits;

    p->account = found->account.id;
    p->tenant = found->account.owner;
    p->user = found->user.id;
    p->client = found->client.id;

    plan = tender_value_member(found->account.data, "plan");

    if (plan && plan->type == TENDER_STRING) {
        p->plan.data = plan->u.text.data;
        p->plan.len = plan->u.text.len;
    }

    ngx_http_tender_epoch(&found->user, &epoch);

    p->login.data = ngx_pnalloc(ctx->request->pool,
                                p->user.len + 1 + epoch.len);

    if (p->login.data == NULL
        || ngx_http_tender_principal_id(ctx->request->pool, &p->account,
                                        &p->user, &p->tenant, &p->id)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (p->user.len) {
        p->login.len = ngx_sprintf(p->login.data, "%V:%V", &p->user, &epoch)
                       - p->login.data;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_principal_id(ngx_pool_t *pool, ngx_str_t *account,
    ngx_str_t *user, ngx_str_t *tenant, ngx_str_t *id)
{
    u_char  *p;

    p = ngx_pnalloc(pool, account->len + user->len + tenant->len + 2);
    if (p == NULL) {
        return NGX_ERROR;
    }

    id->data = p;

    p = ngx_cpymem(p, account->data, account->len);

    if (user->len) {
        *p++ = '/';
        p = ngx_cpymem(p, user->data, user->len);
    }

    *p++ = '@';
    p = ngx_cpymem(p, tenant->data, tenant->len);

    id->len = p - id->data;

    return NGX_OK;
}


/* a number that each change of a user's password makes another one */

static void
ngx_http_tender_epoch(ngx_http_tender_entry_t *user, ngx_str_t *epoch)
{
    tender_value_t  *secret, *v;

    ngx_str_set(epoch, "0");

    secret = user->data ? tender_value_member(user->data, "secret") : NULL;

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return;
    }

    v = tender_value_member(secret, "epoch");

    if (v && v->type == TENDER_STRING) {
        epoch->data = v->u.text.data;
        epoch->len = v->u.text.len;
    }
}


/* without scopes of its own it has all of those of what it belongs to */

static ngx_int_t
ngx_http_tender_narrow(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_scopes_t *scopes)
{
    tender_scopes_t  own;

    if (tender_value_member(entry->data, "scopes") == NULL) {
        return NGX_OK;
    }

    if (ngx_http_tender_entry_scopes(ctx, entry, &own) != NGX_OK) {
        return NGX_DECLINED;
    }

    tender_scopes_limit(scopes, &own);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_entry_scopes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_scopes_t *scopes)
{
    tender_value_t  *list, *v;

    (void) ctx;

    ngx_memzero(scopes, sizeof(tender_scopes_t));

    list = tender_value_member(entry->data, "scopes");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return NGX_DECLINED;
    }

    for (v = list->u.list.first; v; v = v->next) {
        if (v->type != TENDER_STRING
            || tender_scopes_add(scopes, v->u.text) != TENDER_OK)
        {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_tender_entry_live(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now)
{
    int64_t  expires;

    expires = 0;

    return ngx_http_tender_lives(ctx, entry, now, &expires) == NGX_OK;
}


/* expires becomes the earlier of both */

static ngx_int_t
ngx_http_tender_lives(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now, int64_t *expires)
{
    int64_t          us;
    tender_value_t  *v;

    /* it was removed */

    if (entry->data == NULL) {
        return NGX_DECLINED;
    }

    v = tender_value_member(entry->data, "enabled");

    if (v && v->type != TENDER_TRUE) {
        return NGX_DECLINED;
    }

    v = tender_value_member(entry->data, "expires");

    if (v == NULL) {
        return NGX_OK;
    }

    if (v->type != TENDER_STRING
        || tender_date_read(v->u.text, &ctx->main->zone, &us) != TENDER_OK
        || us <= now)
    {
        return NGX_DECLINED;
    }

    if (*expires == 0 || us < *expires) {
        *expires = us;
    }

    return NGX_OK;
}


/* a client that has addresses is nowhere else */

static ngx_uint_t
ngx_http_tender_client_here(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *client)
{
    ngx_str_t        text;
    ngx_cidr_t      *cidr;
    ngx_array_t      cidrs;
    tender_value_t  *list, *v;

    list = client->data ? tender_value_member(client->data, "addresses")
                        : NULL;

    if (list == NULL || list->type != TENDER_ARRAY || list->nelts == 0) {
        return 1;
    }

    if (ngx_array_init(&cidrs, ctx->request->pool, list->nelts,
                       sizeof(ngx_cidr_t))
        != NGX_OK)
    {
        return 0;
    }

    for (v = list->u.list.first; v; v = v->next) {

        if (v->type != TENDER_STRING) {
            return 0;
        }

        /* ngx_ptocidr() writes into the text */

        text.len = v->u.text.len;
        text.data = ngx_pnalloc(ctx->request->pool, text.len + 1);
        cidr = ngx_array_push(&cidrs);

        if (text.data == NULL || cidr == NULL) {
            return 0;
        }

        ngx_memcpy(text.data, v->u.text.data, text.len);
        text.data[text.len] = '\0';

        if (ngx_ptocidr(&text, cidr) == NGX_ERROR) {
            return 0;
        }
    }

    return ngx_cidr_match(ctx->request->connection->sockaddr, &cidrs)
           == NGX_OK;
}


ngx_uint_t
ngx_http_tender_tenant_here(ngx_http_tender_ctx_t *ctx, ngx_str_t *tenant)
{
    ngx_str_t  host;

    if (!ctx->conf->tenant_from_host
        || (tenant->len == 1 && tenant->data[0] == '*'))
    {
        return 1;
    }

    /* a host without a name is nobody's */

    ngx_http_tender_host_tenant(ctx, &host);

    return host.len == tenant->len
           && ngx_strncmp(host.data, tenant->data, host.len) == 0;
}


/* the first label of the host, which nginx has made lower case */

void
ngx_http_tender_host_tenant(ngx_http_tender_ctx_t *ctx, ngx_str_t *tenant)
{
    u_char     *p;
    ngx_str_t  *host;

    ngx_str_null(tenant);

    if (!ctx->conf->tenant_from_host) {
        return;
    }

    host = &ctx->request->headers_in.server;

    p = ngx_strlchr(host->data, host->data + host->len, '.');

    tenant->data = host->data;
    tenant->len = p ? (size_t) (p - host->data) : host->len;
}
