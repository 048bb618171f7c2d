
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_IDENTIFY_H_INCLUDED_
#define _NGX_HTTP_TENDER_IDENTIFY_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../store/ngx_http_tender_registry.h"
#include "ngx_http_tender_login.h"


/*
 * Who is calling.  A location that is guarded (tender_auth, or a dialect)
 * takes one credential of the kinds it names; none makes the caller
 * anonymous; a bad one, two of them, or one of another kind is refused.
 */

typedef struct {
    ngx_uint_t    kinds;       /* what it may be, of those that are taken */
    ngx_str_t     value;       /* a code, a token */
    ngx_str_t     login;       /* of Basic */
    ngx_str_t     password;
} ngx_http_tender_credential_t;


/* while it is looked for: ctx->identity */

typedef struct {
    ngx_http_tender_credential_t  credential;
    ngx_http_tender_identity_t    found;
    ngx_http_tender_login_t       login;
    void                         *jwt;
    u_char                        key[32];       /* in the cache */
} ngx_http_tender_identify_t;


/*
 * The phase PREACCESS: sets ctx->principal, ctx->scope and ctx->author.
 * NGX_DECLINED: it did, or there is nothing to do; NGX_AGAIN; or a status,
 * described.
 */
ngx_int_t ngx_http_tender_identify_handler(ngx_http_request_t *r);

/*
 * In ACCESS: what PREACCESS has left for later, a login by Basic.  Returns as
 * that does.
 */
ngx_int_t ngx_http_tender_identify_later(ngx_http_tender_ctx_t *ctx);

/* the steps of a login by Basic */
extern const ngx_http_tender_step_pt  ngx_http_tender_basic_steps[];

/* from now on it is this one who asks */
void ngx_http_tender_become(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal);

/*
 * The end of the last step of each kind: NGX_OK, it is he; NGX_DECLINED, the
 * credential is not good; or a status.  Returns what the step returns.
 */
ngx_int_t ngx_http_tender_identify_done(ngx_http_tender_ctx_t *ctx,
    ngx_int_t rc, ngx_http_tender_principal_t *principal);

/*
 * What the request shows of the kinds that its location takes: NGX_OK;
 * NGX_DECLINED, nothing; or 400, 401, described.
 */
ngx_int_t ngx_http_tender_credential(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_credential_t *credential);

/*
 * The value of a cookie.  NGX_DECLINED: there is none; NGX_ERROR: two of
 * them.
 */
ngx_int_t ngx_http_tender_cookie(ngx_http_request_t *r, const char *name,
    ngx_str_t *value);

/*
 * Login and password of "Authorization: Basic" text behind the scheme, into
 * memory of the request.  NGX_DECLINED: malformed.
 */
ngx_int_t ngx_http_tender_basic(ngx_http_tender_ctx_t *ctx, ngx_str_t *text,
    ngx_str_t *login, ngx_str_t *password);


/*
 * Makes a principal of what the store knows of a credential of one kind:
 * what is allowed is what account, user, client, credential and limit (or
 * NULL) all allow.  NGX_DECLINED: it, or what it belongs to, is switched
 * off, has expired, is of another tenant than the location is for, or comes
 * from an address that is not the client's.
 */
ngx_int_t ngx_http_tender_principal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found, ngx_uint_t method,
    const tender_scopes_t *limit, ngx_http_tender_principal_t **principal);

/* "<account>[/<user>]@<tenant>"; user may be empty */
ngx_int_t ngx_http_tender_principal_id(ngx_pool_t *pool, ngx_str_t *account,
    ngx_str_t *user, ngx_str_t *tenant, ngx_str_t *id);

/* the same of one entry alone: enabled, not expired; 1 or 0 */
ngx_uint_t ngx_http_tender_entry_live(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now);

/* the scopes of an entry; NGX_DECLINED: it names none, or bad ones */
ngx_int_t ngx_http_tender_entry_scopes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_scopes_t *scopes);

/* 1: a principal of this tenant may be at the request's host */
ngx_uint_t ngx_http_tender_tenant_here(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *tenant);

/*
 * The tenant of the request's host with "tender_tenant_from_host on", else
 * empty.
 */
void ngx_http_tender_host_tenant(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *tenant);


/*
 * Positive answers of this worker, by SHA-256 of the credential, for as long
 * as the location that asks says.  The principal that is returned belongs to
 * the request; NULL: it is not there, or too old.
 */
ngx_http_tender_cache_t *ngx_http_tender_cache_open(ngx_cycle_t *cycle);
void ngx_http_tender_cache_close(ngx_http_tender_cache_t *cache);

/* SHA-256 of both, one after the other; NGX_ERROR: OpenSSL has failed */
ngx_int_t ngx_http_tender_cache_key(ngx_http_tender_cache_t *cache,
    ngx_str_t *head, ngx_str_t *value, u_char *key);

ngx_http_tender_principal_t *ngx_http_tender_cache_find(
    ngx_http_tender_ctx_t *ctx, u_char *key);
void ngx_http_tender_cache_add(ngx_http_tender_ctx_t *ctx, u_char *key,
    ngx_http_tender_principal_t *principal);
ngx_queue_t *ngx_http_tender_cache_flights(ngx_http_tender_cache_t *cache);


/*
 * A login that takes long is looked at for one request at a time.  NGX_OK:
 * this one goes on, until it calls land, or ends; NGX_AGAIN: it is woken to
 * look into the cache and to join again.
 */
ngx_int_t ngx_http_tender_flight_join(ngx_http_tender_ctx_t *ctx,
    u_char *key);
void ngx_http_tender_flight_land(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_IDENTIFY_H_INCLUDED_ */
