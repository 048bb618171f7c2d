
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_jwt.h"
#include "ngx_http_tender_identify.h"
#include "../store/ngx_http_tender_seal.h"
#include "../format/tender_base64.h"


#define NGX_HTTP_TENDER_JWT_SUB    16     /* digits of an account's id */
#define NGX_HTTP_TENDER_JWT_TRIES  4      /* keys for one token */


typedef struct {
    tender_jwt_t                jwt;
    tender_jwt_claims_t         claims;
    ngx_str_t                   account;
    ngx_http_tender_jwt_key_t  *key;     /* that was found good; or NULL */
    ngx_http_tender_jwt_key_t   own;     /* of the account */
} ngx_http_tender_jwt_state_t;


static ngx_http_tender_jwt_key_t *ngx_http_tender_jwt_configured(
    ngx_http_tender_main_conf_t *tmcf, tender_jwt_t *jwt);
static ngx_uint_t ngx_http_tender_jwt_account(tender_str_t *sub);
static ngx_uint_t ngx_http_tender_jwt_meets(
    ngx_http_tender_jwt_state_t *state);
static ngx_int_t ngx_http_tender_jwt_own(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_identity_t *found);
static ngx_uint_t ngx_http_tender_jwt_likely(
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_entry_t *entry);
static ngx_int_t ngx_http_tender_jwt_try(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_entry_t *entry);
static ngx_int_t ngx_http_tender_jwt_open(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, ngx_http_tender_jwt_key_t *key);
static ngx_int_t ngx_http_tender_jwt_issuer(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_entry_t *account);
static void ngx_http_tender_jwt_scope(tender_str_t words,
    tender_scopes_t *scopes);
static void ngx_http_tender_jwt_expires(int64_t exp,
    ngx_http_tender_principal_t *principal);
static void ngx_http_tender_jwt_text(tender_value_t *object,
    const char *name, ngx_str_t *text);


ngx_int_t
ngx_http_tender_jwt_begin(ngx_http_tender_ctx_t *ctx, ngx_str_t *token,
    void **state)
{
    int                           rc;
    ngx_http_tender_jwt_state_t  *s;

    s = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_jwt_state_t));
    if (s == NULL) {
        return NGX_ERROR;
    }

    *state = s;

    rc = tender_jwt_read(&ctx->mem, ngx_http_tender_str(token), &s->jwt);

    if (rc == TENDER_OK) {
        s->key = ngx_http_tender_jwt_configured(ctx->main, &s->jwt);

        /*
         * Without such a key nothing of this is believed yet: it says which
         * account's keys are asked for.
         */

        rc = tender_jwt_claims(&ctx->mem, s->jwt.payload, &s->claims);
    }

    if (rc != TENDER_OK) {
        return (rc == TENDER_ERROR) ? NGX_ERROR : NGX_DECLINED;
    }

    if (!ngx_http_tender_jwt_account(&s->claims.sub)
        || !tender_jwt_timely(&s->claims, ngx_time(), ctx->main->jwt_leeway,
                              ctx->main->jwt_lifetime)
        || (s->key && !ngx_http_tender_jwt_meets(s)))
    {
        return NGX_DECLINED;
    }

    s->account.len = s->claims.sub.len;
    s->account.data = s->claims.sub.data;

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_ACCOUNT,
                                        &s->account);
}


ngx_int_t
ngx_http_tender_jwt_end(ngx_http_tender_ctx_t *ctx, void *state,
    ngx_http_tender_principal_t **principal)
{
    ngx_http_tender_jwt_state_t *s = state;

    ngx_int_t                    rc;
    tender_scopes_t              limit;
    ngx_http_tender_identity_t   found;

    rc = ngx_http_tender_registry_found(ctx, &found);

    if (rc == NGX_OK && s->key == NULL) {
        rc = ngx_http_tender_jwt_own(ctx, s, &found);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_jwt_issuer(ctx, s, &found.account);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_jwt_scope(s->claims.scope, &limit);

    rc = ngx_http_tender_principal(ctx, &found, NGX_HTTP_TENDER_AUTH_BEARER,
                                   s->claims.has_scope ? &limit : NULL,
                                   principal);

    if (rc == NGX_OK) {
        ngx_http_tender_jwt_expires(s->claims.exp, *principal);
    }

    return rc;
}


/* the key of the configuration with which the signature is good, or NULL */

static ngx_http_tender_jwt_key_t *
ngx_http_tender_jwt_configured(ngx_http_tender_main_conf_t *tmcf,
    tender_jwt_t *jwt)
{
    ngx_uint_t                  i;
    ngx_http_tender_jwt_key_t  *keys;

    if (tmcf->jwt_keys == NULL) {
        return NULL;
    }

    keys = tmcf->jwt_keys->elts;

    for (i = 0; i < tmcf->jwt_keys->nelts; i++) {

        if (tender_str_eq(&keys[i].kid, &jwt->kid)
            && ngx_http_tender_jwt_verify(&keys[i], jwt))
        {
            return &keys[i];
        }
    }

    return NULL;
}


/* 1: an account's id, in the one form that it has */

static ngx_uint_t
ngx_http_tender_jwt_account(tender_str_t *sub)
{
    size_t  i;

    if (sub->len == 0 || sub->len > NGX_HTTP_TENDER_JWT_SUB
        || sub->data[0] == '0')
    {
        return 0;
    }

    for (i = 0; i < sub->len; i++) {
        if (sub->data[i] < '0' || sub->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


/*
 * 1: issuer and audience are those of the key; a token for somebody is not
 * for a key that says of nobody whom it is for (RFC 7519 section 4.1.3)
 */

static ngx_uint_t
ngx_http_tender_jwt_meets(ngx_http_tender_jwt_state_t *state)
{
    ngx_http_tender_jwt_key_t  *key;

    key = state->key;

    if (key->iss.len && !tender_str_eq(&key->iss, &state->claims.iss)) {
        return 0;
    }

    if (key->aud.len == 0) {
        return state->claims.naud == 0;
    }

    return tender_jwt_for(&state->claims, ngx_http_tender_str(&key->aud));
}


/*
 * The keys of the account, which vouch for nobody else.  Without a kid the
 * newest ones are tried: each costs time that a forged token takes, too.
 */

static ngx_int_t
ngx_http_tender_jwt_own(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_identity_t *found)
{
    ngx_int_t                 rc;
    ngx_uint_t                i, n;
    ngx_http_tender_entry_t  *entry;

    n = 0;

    for (i = found->nkeys; i > 0 && n < NGX_HTTP_TENDER_JWT_TRIES; i--) {
        entry = &found->keys[i - 1];

        if (!tender_str_eq(&entry->owner, &state->account)
            || !ngx_http_tender_entry_live(ctx, entry, found->now)
            || !ngx_http_tender_jwt_likely(state, entry))
        {
            continue;
        }

        n++;
        rc = ngx_http_tender_jwt_try(ctx, state, entry);

        if (rc == NGX_OK) {
            state->key = &state->own;
            return ngx_http_tender_jwt_meets(state) ? NGX_OK : NGX_DECLINED;
        }

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    return NGX_DECLINED;
}


/* 1: it has the algorithm and the kid of the token */

static ngx_uint_t
ngx_http_tender_jwt_likely(ngx_http_tender_jwt_state_t *state,
    ngx_http_tender_entry_t *entry)
{
    ngx_str_t                   alg;
    tender_jwt_t               *jwt;
    ngx_http_tender_jwt_key_t  *key;

    jwt = &state->jwt;
    key = &state->own;

    ngx_memzero(key, sizeof(ngx_http_tender_jwt_key_t));

    ngx_http_tender_jwt_text(entry->data, "alg", &alg);
    ngx_http_tender_jwt_text(entry->data, "kid", &key->kid);
    ngx_http_tender_jwt_text(entry->data, "iss", &key->iss);
    ngx_http_tender_jwt_text(entry->data, "aud", &key->aud);

    key->alg = tender_jwt_alg(ngx_http_tender_str(&alg));

    return key->alg == jwt->alg
           && (jwt->kid.len == 0 || tender_str_eq(&jwt->kid, &key->kid));
}


static ngx_int_t
ngx_http_tender_jwt_try(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_entry_t *entry)
{
    ngx_int_t                   rc;
    ngx_uint_t                  good;
    ngx_http_tender_jwt_key_t  *key;

    key = &state->own;

    rc = ngx_http_tender_jwt_open(ctx, entry, key);

    if (rc != NGX_OK) {
        return rc;
    }

    good = ngx_http_tender_jwt_verify(key, &state->jwt);

    if (key->secret.len) {
        ngx_explicit_memzero(key->secret.data, key->secret.len);
        ngx_str_null(&key->secret);
    }

    EVP_PKEY_free(key->pkey);
    key->pkey = NULL;

    return good ? NGX_OK : NGX_DECLINED;
}


/* secret or pkey; NGX_DECLINED: it is not there, or cannot be used */

static ngx_int_t
ngx_http_tender_jwt_open(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, ngx_http_tender_jwt_key_t *key)
{
    ngx_int_t        rc;
    ngx_str_t        text, sealed;
    const char      *why;
    tender_value_t  *secret;

    if (ngx_http_tender_jwt_secret_min(key->alg) == 0) {
        ngx_http_tender_jwt_text(entry->data, "publicKey", &text);
        key->pkey = ngx_http_tender_jwt_public(key->alg, &text, &why);

        return key->pkey ? NGX_OK : NGX_DECLINED;
    }

    secret = tender_value_member(entry->data, "secret");

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return NGX_DECLINED;
    }

    ngx_http_tender_jwt_text(secret, "sealed", &text);

    sealed.data = tender_alloc(&ctx->mem,
                               tender_base64_decoded_length(text.len));
    if (sealed.data == NULL) {
        return NGX_ERROR;
    }

    if (tender_base64url_read(ngx_http_tender_str(&text), sealed.data,
                              &sealed.len)
        != TENDER_OK)
    {
        return NGX_DECLINED;
    }

    key->secret = sealed;

    rc = ngx_http_tender_unseal(ctx->request->pool, ctx->main,
                                ctx->request->connection->log, &entry->owner,
                                &key->kid, 0, &key->secret);

    /* what was not sealed is none of ours */

    if (rc != NGX_OK || key->secret.data == sealed.data) {
        ngx_str_null(&key->secret);
        return (rc == NGX_ERROR) ? NGX_ERROR : NGX_DECLINED;
    }

    return NGX_OK;
}


/* an account that has a partner key takes the tokens of that partner alone */

static ngx_int_t
ngx_http_tender_jwt_issuer(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_jwt_state_t *state, ngx_http_tender_entry_t *account)
{
    ngx_str_t     key;
    tender_str_t  partner;

    ngx_http_tender_jwt_text(account->data, "partnerKey", &key);

    if (key.len == 0) {
        return NGX_OK;
    }

    if (tender_jwt_partner(&ctx->mem, state->claims.iss, &partner)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return tender_str_eq(&partner, &key) ? NGX_OK : NGX_DECLINED;
}


/* words that mean something to others allow nothing here */

static void
ngx_http_tender_jwt_scope(tender_str_t words, tender_scopes_t *scopes)
{
    u_char        *p, *last;
    tender_str_t   word;

    ngx_memzero(scopes, sizeof(tender_scopes_t));

    last = words.data + words.len;

    for (p = words.data; p < last; p++) {
        word.data = p;

        while (p < last && *p != ' ') {
            p++;
        }

        word.len = p - word.data;

        (void) tender_scopes_add(scopes, word);
    }
}


static void
ngx_http_tender_jwt_expires(int64_t exp,
    ngx_http_tender_principal_t *principal)
{
    int64_t  us;

    us = (exp < INT64_MAX / 1000000) ? exp * 1000000 : INT64_MAX;

    if (principal->expires == 0 || principal->expires > us) {
        principal->expires = us;
    }
}


static void
ngx_http_tender_jwt_text(tender_value_t *object, const char *name,
    ngx_str_t *text)
{
    tender_str_t     member;
    tender_value_t  *v;

    ngx_str_null(text);

    member.data = (u_char *) name;
    member.len = ngx_strlen(name);

    v = tender_value_get(object, &member);

    if (v && v->type == TENDER_STRING) {
        text->len = v->u.text.len;
        text->data = v->u.text.data;
    }
}
