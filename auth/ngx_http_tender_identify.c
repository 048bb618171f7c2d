
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_access.h"
#include "ngx_http_tender_identify.h"
#include "ngx_http_tender_jwt.h"
#include "ngx_http_tender_session.h"
#include "../store/ngx_http_tender_token.h"

#include <openssl/sha.h>


#define NGX_HTTP_TENDER_TENANT_MAX  255


static ngx_int_t ngx_http_tender_identify(ngx_http_tender_ctx_t *ctx);
static ngx_uint_t ngx_http_tender_later(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t kinds);
static ngx_int_t ngx_http_tender_earlier(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_ctx_t *old);
static ngx_int_t ngx_http_tender_judge(ngx_http_tender_ctx_t *ctx,
    ngx_int_t rc);
static void ngx_http_tender_identify_run(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_identify_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, u_char *key);

static ngx_int_t ngx_http_tender_ask_hash(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_hash_known(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_ask_token(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_token_known(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_ask_jwt(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_jwt_known(ngx_http_tender_ctx_t *ctx);


/* what finds out, for each kind; the last step never returns NGX_OK */

static const ngx_http_tender_step_pt  ngx_http_tender_hash_steps[] = {
    ngx_http_tender_ask_hash,
    ngx_http_tender_hash_known,
    NULL
};

static const ngx_http_tender_step_pt  ngx_http_tender_token_steps[] = {
    ngx_http_tender_ask_token,
    ngx_http_tender_token_known,
    NULL
};

static const ngx_http_tender_step_pt  ngx_http_tender_jwt_steps[] = {
    ngx_http_tender_ask_jwt,
    ngx_http_tender_jwt_known,
    NULL
};


ngx_int_t
ngx_http_tender_identify_handler(ngx_http_request_t *r)
{
    ngx_int_t                    rc;
    ngx_http_tender_ctx_t       *ctx, *old;
    ngx_http_tender_loc_conf_t  *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_tender_module);

    if (!ngx_http_tender_guarded(tlcf)) {
        return NGX_DECLINED;
    }

    old = NULL;

    if (r->internal) {
        old = ngx_http_tender_find_ctx(r);

        if (old == NULL && r != r->main) {
            old = ngx_http_tender_find_ctx(r->main);
        }
    }

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->known) {
        return ctx->identified;
    }

    ctx->conf = tlcf;
    ctx->scope = tlcf->anonymous;

    rc = ngx_http_tender_identify(ctx);

    if (rc == NGX_DECLINED && ctx->principal == NULL && !ctx->later
        && old && old != ctx)
    {
        rc = ngx_http_tender_earlier(ctx, old);
    }

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    return ngx_http_tender_judge(ctx, rc);
}


static ngx_int_t
ngx_http_tender_identify(ngx_http_tender_ctx_t *ctx)
{
    u_char                        key[SHA256_DIGEST_LENGTH];
    ngx_int_t                     rc;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;
    ngx_http_tender_credential_t  credential;

    /* what has no route is refused as such, what is open asks nobody */

    if (ctx->conf->dialect
        && (ngx_http_tender_router(ctx) != NGX_OK || ctx->route->scope == 0))
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_credential(ctx, &credential);
    if (rc != NGX_OK) {
        return rc;
    }

    /* what is shown to who is known is for him alone */

    ctx->secret = 1;

    if (ngx_http_tender_identify_key(ctx, &credential, key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    principal = ngx_http_tender_cache_find(ctx, key);

    if (principal) {
        ngx_http_tender_become(ctx, principal);
        return NGX_DECLINED;
    }

    id = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_identify_t));
    if (id == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->identity = id;
    id->credential = credential;
    ngx_memcpy(id->key, key, sizeof(key));

    switch (credential.kinds) {

    case NGX_HTTP_TENDER_AUTH_BEARER:
        ctx->steps = ngx_http_tender_jwt_steps;
        break;

    case NGX_HTTP_TENDER_AUTH_OAUTH2:
        ctx->steps = ngx_http_tender_token_steps;
        break;

    case NGX_HTTP_TENDER_AUTH_BASIC:
        ctx->steps = ngx_http_tender_basic_steps;
        break;

    default: /* api_code, session */
        ctx->steps = ngx_http_tender_hash_steps;
    }

    ctx->step = ctx->steps;
    ctx->run = ngx_http_tender_identify_run;

    if (ngx_http_tender_later(ctx, credential.kinds)) {
        ctx->later = 1;
        return NGX_DECLINED;
    }

    return ngx_http_tender_run_steps(ctx);
}


/*
 * A password costs much, and who checks it tells who has it: where "allow",
 * "deny" and their like are asked as well, they are asked before.
 */

static ngx_uint_t
ngx_http_tender_later(ngx_http_tender_ctx_t *ctx, ngx_uint_t kinds)
{
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = ctx->request;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return kinds == NGX_HTTP_TENDER_AUTH_BASIC && r == r->main
           && clcf->satisfy == NGX_HTTP_SATISFY_ALL;
}


ngx_int_t
ngx_http_tender_identify_later(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (!ctx->later) {
        return ctx->identified;
    }

    ctx->later = 0;

    rc = ngx_http_tender_run_steps(ctx);

    return (rc == NGX_AGAIN) ? NGX_AGAIN : ngx_http_tender_judge(ctx, rc);
}


/*
 * After an internal redirect the address may have lost the credential, and a
 * subrequest never had it: who was found then is who asks now, if the
 * location would have taken him.
 */

static ngx_int_t
ngx_http_tender_earlier(ngx_http_tender_ctx_t *ctx, ngx_http_tender_ctx_t *old)
{
    ngx_uint_t                    kinds;
    ngx_http_tender_principal_t  *principal;

    principal = old->principal;
    kinds = ngx_http_tender_kinds(ctx->conf);

    if (principal == NULL || kinds == NGX_HTTP_TENDER_AUTH_OFF
        || (ctx->route && ctx->route->scope == 0))
    {
        return NGX_DECLINED;
    }

    ctx->secret = 1;

    if ((principal->method & kinds)
        && ngx_http_tender_tenant_here(ctx, &principal->tenant))
    {
        ngx_http_tender_become(ctx, principal);
        return NGX_DECLINED;
    }

    /* a cookie is nothing where sessions are none */

    if (principal->method == NGX_HTTP_TENDER_AUTH_SESSION
        && !(kinds & NGX_HTTP_TENDER_AUTH_SESSION))
    {
        return NGX_DECLINED;
    }

    return ngx_http_tender_bad_credential(ctx);
}


/* nginx does not take subrequests through ACCESS */

static ngx_int_t
ngx_http_tender_judge(ngx_http_tender_ctx_t *ctx, ngx_int_t rc)
{
    if (ctx->steps == ngx_http_tender_basic_steps) {
        ngx_http_tender_flight_land(ctx);
    }

    /* "satisfy any" may let it in by something else, but as this session */

    if (rc == NGX_DECLINED) {
        rc = ngx_http_tender_csrf(ctx);
    }

    if (rc == NGX_DECLINED && ctx->request != ctx->request->main) {
        rc = ngx_http_tender_authorize(ctx);

        if (rc == NGX_OK) {
            rc = NGX_DECLINED;
        }
    }

    if (rc == NGX_ERROR) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->known = 1;
    ctx->identified = rc;

    return rc;
}


/* the store, or a thread, has answered */

static void
ngx_http_tender_identify_run(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    rc = ngx_http_tender_run_steps(ctx);

    if (rc == NGX_AGAIN) {
        return;
    }

    (void) ngx_http_tender_judge(ctx, rc);

    r = ctx->request;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


void
ngx_http_tender_become(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal)
{
    ctx->principal = principal;
    ctx->scope = principal->scope;
    ctx->author = principal->id;
}


/*
 * Of what, with what length in front, no other credential is made; the same
 * login is somebody else where the host is another tenant's.
 */

static ngx_int_t
ngx_http_tender_identify_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *c, u_char *key)
{
    u_char     head[2 + NGX_HTTP_TENDER_TENANT_MAX];
    ngx_str_t  tenant, text;

    ngx_http_tender_host_tenant(ctx, &tenant);

    if (tenant.len > NGX_HTTP_TENDER_TENANT_MAX) {
        tenant.len = NGX_HTTP_TENDER_TENANT_MAX;
    }

    head[0] = (u_char) c->kinds;
    head[1] = (u_char) tenant.len;

    text.data = head;
    text.len = ngx_cpymem(head + 2, tenant.data, tenant.len) - head;

    return ngx_http_tender_cache_key(ctx->main->cache, &text, &c->value, key);
}


ngx_int_t
ngx_http_tender_identify_done(ngx_http_tender_ctx_t *ctx, ngx_int_t rc,
    ngx_http_tender_principal_t *principal)
{
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_bad_credential(ctx);
    }

    if (rc != NGX_OK) {
        return (rc >= NGX_HTTP_BAD_REQUEST) ? rc
                                            : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* who is bound to an address is looked at each time */

    if (!principal->bound) {
        ngx_http_tender_cache_add(ctx, id->key, principal);
    }

    ngx_http_tender_become(ctx, principal);

    return NGX_DECLINED;
}


/* an api_code or a session: its SHA-256 is the name of what it is */

static ngx_int_t
ngx_http_tender_ask_hash(ngx_http_tender_ctx_t *ctx)
{
    u_char                      *p;
    ngx_str_t                    hash;
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(p, id->credential.value.data,
                               id->credential.value.len);
    hash.data = p;
    hash.len = NGX_HTTP_TENDER_HASH_LEN;

    return ngx_http_tender_registry_ask(ctx,
               (id->credential.kinds == NGX_HTTP_TENDER_AUTH_SESSION)
               ? NGX_HTTP_TENDER_BY_SESSION : NGX_HTTP_TENDER_BY_CODE, &hash);
}


static ngx_int_t
ngx_http_tender_hash_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;

    id = ctx->identity;
    principal = NULL;

    rc = ngx_http_tender_registry_found(ctx, &id->found);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_principal(ctx, &id->found, id->credential.kinds,
                                       NULL, &principal);
    }

    return ngx_http_tender_identify_done(ctx, rc, principal);
}


static ngx_int_t
ngx_http_tender_ask_token(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                    family;
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    if (ngx_http_tender_token_family(&id->credential.value, "tnda_", &family)
        != NGX_OK)
    {
        return ngx_http_tender_identify_done(ctx, NGX_DECLINED, NULL);
    }

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_FAMILY,
                                        &family);
}


static ngx_int_t
ngx_http_tender_token_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    tender_scopes_t               scopes;
    ngx_http_tender_token_t       token;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;

    id = ctx->identity;
    principal = NULL;

    rc = ngx_http_tender_registry_found(ctx, &id->found);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_token_good(&id->found.access,
                                        &id->credential.value, id->found.now,
                                        &token);
    }

    if (rc == NGX_OK) {
        scopes = token.scopes;
        rc = ngx_http_tender_principal(ctx, &id->found,
                                       NGX_HTTP_TENDER_AUTH_OAUTH2, &scopes,
                                       &principal);
    }

    if (rc == NGX_OK
        && (principal->expires == 0 || token.expires < principal->expires))
    {
        principal->expires = token.expires;
    }

    return ngx_http_tender_identify_done(ctx, rc, principal);
}


static ngx_int_t
ngx_http_tender_ask_jwt(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    rc = ngx_http_tender_jwt_begin(ctx, &id->credential.value, &id->jwt);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    return ngx_http_tender_identify_done(ctx, rc, NULL);
}


static ngx_int_t
ngx_http_tender_jwt_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;

    id = ctx->identity;
    principal = NULL;

    rc = ngx_http_tender_jwt_end(ctx, id->jwt, &principal);

    return ngx_http_tender_identify_done(ctx, rc, principal);
}
