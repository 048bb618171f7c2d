
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_grant.h"
#include "ngx_http_tender_private.h"
#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>


#define NGX_HTTP_TENDER_DIGEST_LEN  (NGX_HTTP_TENDER_HASH_LEN / 2)

/* of a grant whose family is another one each time */
#define NGX_HTTP_TENDER_GRANT_TRIES  5


static ngx_int_t ngx_http_tender_grant_prepare(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant);
static ngx_int_t ngx_http_tender_grant_who(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant);
static ngx_int_t ngx_http_tender_grant_token(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, const char *begins, ngx_str_t *family,
    ngx_str_t *token);
static ngx_int_t ngx_http_tender_grant_derive(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, const char *begins, ngx_str_t *family,
    u_char *p);
static ngx_int_t ngx_http_tender_grant_random(ngx_http_tender_ctx_t *ctx,
    const char *begins, ngx_str_t *family, ngx_str_t *token);
static ngx_int_t ngx_http_tender_grant_hash(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *token, ngx_str_t *hash);
static ngx_int_t ngx_http_tender_grant_commas(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *words, ngx_str_t *text);
static ngx_int_t ngx_http_tender_grant_left(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_http_tender_redis_reply_t *elts);
static ngx_uint_t ngx_http_tender_grant_texts(
    ngx_http_tender_redis_reply_t *reply, ngx_uint_t n);


static ngx_str_t  ngx_http_tender_any_case = ngx_string("*");


ngx_int_t
ngx_http_tender_grant(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant)
{
    u_char     *p;
    ngx_str_t  *argv, token;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[13];
        u_char                        numbers[3 * NGX_INT64_LEN];
    } *ask;

    if (grant->tries == 0
        && ngx_http_tender_grant_prepare(ctx, grant) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (grant->tries++ == NGX_HTTP_TENDER_GRANT_TRIES) {
        ngx_str_null(&grant->known);
    }

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;

    if (ngx_http_tender_global_key(ctx, "grant:", &grant->id, &argv[0])
        != NGX_OK
        || ngx_http_tender_global_key(ctx, "family:", grant->known.len
                                      ? &grant->known : &grant->family,
                                      &argv[1])
           != NGX_OK
        || ngx_http_tender_global_key(ctx, "family:", &grant->family, &argv[2])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[3] = grant->known;

    if (grant->known.len) {
        if (ngx_http_tender_grant_token(ctx, grant,
                                        NGX_HTTP_TENDER_ACCESS_TOKEN,
                                        &grant->known, &token)
            != NGX_OK
            || ngx_http_tender_grant_hash(ctx, &token, &argv[4]) != NGX_OK)
        {
            return NGX_ERROR;
        }

    } else if (grant->tries > NGX_HTTP_TENDER_GRANT_TRIES) {
        argv[3] = ngx_http_tender_any_case;
    }

    argv[5] = grant->family;
    argv[6] = grant->who;
    argv[7] = grant->access_hash;
    argv[9] = grant->commas;
    argv[10] = grant->refresh_hash;

    p = ngx_http_tender_store_number(ask->numbers,
                              (int64_t) grant->access_ttl * 1000000, &argv[8]);
    p = ngx_http_tender_store_number(p,
                            (int64_t) grant->refresh_ttl * 1000000, &argv[11]);

    (void) ngx_http_tender_store_number(p,
                     (int64_t) NGX_HTTP_TENDER_GRANT_LEFT * 1000000, &argv[12]);

    ask->call.argv = argv;
    ask->call.argc = 13;
    ask->call.nkeys = 3;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_GRANT_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


/* a new family, which the grant gets unless it has one */

static ngx_int_t
ngx_http_tender_grant_prepare(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant)
{
    if (ngx_http_tender_store_id(ctx, &grant->family) != NGX_OK
        || ngx_http_tender_grant_commas(ctx, &grant->scopes, &grant->commas)
           != NGX_OK
        || ngx_http_tender_grant_who(ctx, grant) != NGX_OK
        || ngx_http_tender_grant_token(ctx, grant,
                                       NGX_HTTP_TENDER_ACCESS_TOKEN,
                                       &grant->family, &grant->access)
           != NGX_OK
        || ngx_http_tender_grant_hash(ctx, &grant->access,
                                      &grant->access_hash)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (grant->refresh_ttl == 0) {
        return NGX_OK;
    }

    if (ngx_http_tender_grant_token(ctx, grant, NGX_HTTP_TENDER_REFRESH_TOKEN,
                                    &grant->family, &grant->refresh)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_grant_hash(ctx, &grant->refresh,
                                      &grant->refresh_hash);
}


/* "<client> <user> <account> <grant>" */

static ngx_int_t
ngx_http_tender_grant_who(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant)
{
    u_char     *p, *last;
    size_t      len;
    ngx_str_t   user, what;

    user = grant->user;

    if (user.len == 0) {
        ngx_str_set(&user, "-");
    }

    len = grant->client.len + user.len + grant->account.len + 3;

    /* the grant is what is in front of it, and the scopes */

    p = ngx_pnalloc(ctx->request->pool,
                    2 * len + NGX_HTTP_TENDER_HASH_LEN + grant->commas.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_sprintf(p, "%V %V %V ", &grant->client, &user,
                       &grant->account);

    grant->who.data = p;
    grant->who.len = len + NGX_HTTP_TENDER_HASH_LEN;

    what.data = last + NGX_HTTP_TENDER_HASH_LEN;
    what.len = ngx_sprintf(what.data, "%*s%V", len, p, &grant->commas)
               - what.data;

    ngx_http_tender_store_hash(last, what.data, what.len);

    grant->id.data = last;
    grant->id.len = NGX_HTTP_TENDER_HASH_LEN;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_grant_token(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, const char *begins, ngx_str_t *family,
    ngx_str_t *token)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_TOKEN_TEXT_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    token->data = p;
    token->len = NGX_HTTP_TENDER_TOKEN_TEXT_LEN;

    p = ngx_cpymem(p, begins, ngx_strlen(begins));
    p = ngx_cpymem(p, family->data, family->len);

    return ngx_http_tender_grant_derive(ctx, grant, begins, family, p);
}


/*
 * HMAC-SHA256 of a token's beginning by what the store does not have.  A
 * password is no part of that: who steals tokens could try passwords.
 */

static ngx_int_t
ngx_http_tender_grant_derive(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, const char *begins, ngx_str_t *family,
    u_char *p)
{
    u_char       key[NGX_HTTP_TENDER_DIGEST_LEN];
    u_char       seal[NGX_HTTP_TENDER_DIGEST_LEN];
    u_char       digest[NGX_HTTP_TENDER_DIGEST_LEN];
    u_char       text[sizeof("tnda_") + NGX_HTTP_TENDER_FAMILY_LEN];
    u_char      *last;
    ngx_int_t    rc;

    static u_char  about[] = "tokens of OAuth";

    ngx_memzero(seal, sizeof(seal));

    last = ngx_cpymem(text, begins, ngx_strlen(begins));
    last = ngx_cpymem(last, family->data, NGX_HTTP_TENDER_FAMILY_LEN);

    rc = NGX_OK;

    if ((ctx->main->nseal_keys
         && HMAC(EVP_sha256(), ctx->main->seal_keys[0].key,
                 NGX_HTTP_TENDER_SEAL_KEY, about, sizeof(about) - 1, seal,
                 NULL)
            == NULL)
        || HMAC(EVP_sha256(), seal, sizeof(seal), grant->secret.data,
                grant->secret.len, key, NULL)
           == NULL
        || HMAC(EVP_sha256(), key, sizeof(key), text, last - text, digest,
                NULL)
           == NULL)
    {
        ngx_log_error(NGX_LOG_CRIT, ctx->request->connection->log, 0,
                      "tender: HMAC() failed");
        rc = NGX_ERROR;

    } else {
        (void) tender_hex_write(p, digest, sizeof(digest));
    }

    ngx_explicit_memzero(seal, sizeof(seal));
    ngx_explicit_memzero(key, sizeof(key));

    return rc;
}


/* one that follows another: 256 bits that nobody can tell beforehand */

static ngx_int_t
ngx_http_tender_grant_random(ngx_http_tender_ctx_t *ctx, const char *begins,
    ngx_str_t *family, ngx_str_t *token)
{
    u_char     *p;
    ngx_str_t   a, b;

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_TOKEN_TEXT_LEN);

    if (p == NULL
        || ngx_http_tender_store_id(ctx, &a) != NGX_OK
        || ngx_http_tender_store_id(ctx, &b) != NGX_OK)
    {
        return NGX_ERROR;
    }

    token->data = p;

    p = ngx_cpymem(p, begins, ngx_strlen(begins));
    p = ngx_cpymem(p, family->data, family->len);
    p = ngx_cpymem(p, a.data, a.len);
    p = ngx_cpymem(p, b.data, b.len);

    token->len = p - token->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_grant_hash(ngx_http_tender_ctx_t *ctx, ngx_str_t *token,
    ngx_str_t *hash)
{
    hash->data = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (hash->data == NULL) {
        return NGX_ERROR;
    }

    hash->len = NGX_HTTP_TENDER_HASH_LEN;

    ngx_http_tender_store_hash(hash->data, token->data, token->len);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_grant_commas(ngx_http_tender_ctx_t *ctx, ngx_str_t *words,
    ngx_str_t *text)
{
    size_t  i;

    text->data = ngx_pstrdup(ctx->request->pool, words);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = words->len;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] == ' ') {
            text->data[i] = ',';
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_granted(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant)
{
    ngx_int_t                       rc;
    ngx_str_t                      *family;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = { "KNOWN", NULL };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_store_says(reply, words) == 0) {

        if (!ngx_http_tender_grant_texts(reply, 2)
            || reply->elts[1].str.len != NGX_HTTP_TENDER_FAMILY_LEN)
        {
            return ngx_http_tender_store_broken(ctx);
        }

        grant->known = reply->elts[1].str;

        return NGX_DECLINED;
    }

    if (!ngx_http_tender_grant_texts(reply, 3)
        || reply->elts[0].str.len != NGX_HTTP_TENDER_FAMILY_LEN)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    family = &reply->elts[0].str;

    if (ngx_memcmp(family->data, grant->family.data,
                   NGX_HTTP_TENDER_FAMILY_LEN)
        != 0)
    {
        if (ngx_http_tender_grant_token(ctx, grant,
                                        NGX_HTTP_TENDER_ACCESS_TOKEN, family,
                                        &grant->access)
            != NGX_OK
            || (grant->refresh_ttl
                && ngx_http_tender_grant_token(ctx, grant,
                                               NGX_HTTP_TENDER_REFRESH_TOKEN,
                                               family, &grant->refresh)
                   != NGX_OK))
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_grant_left(ctx, grant, &reply->elts[1]);
}


/* until when, and now: how many seconds that is */

static ngx_int_t
ngx_http_tender_grant_left(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_http_tender_redis_reply_t *elts)
{
    int64_t  until, now;

    if (ngx_http_tender_store_time(&elts[0].str, &until) != NGX_OK
        || ngx_http_tender_store_time(&elts[1].str, &now) != NGX_OK
        || until < now)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    grant->left = (until - now) / 1000000;

    return NGX_OK;
}


/* a list of n texts, none of them empty */

static ngx_uint_t
ngx_http_tender_grant_texts(ngx_http_tender_redis_reply_t *reply,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != n) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        if (reply->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || reply->elts[i].str.len == 0)
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_http_tender_renew(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_str_t *token)
{
    ngx_str_t  *argv;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[7];
        u_char                        number[NGX_INT64_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;

    if (ngx_http_tender_global_key(ctx, "family:", &grant->family, &argv[0])
        != NGX_OK
        || ngx_http_tender_grant_random(ctx, NGX_HTTP_TENDER_ACCESS_TOKEN,
                                        &grant->family, &grant->access)
           != NGX_OK
        || ngx_http_tender_grant_random(ctx, NGX_HTTP_TENDER_REFRESH_TOKEN,
                                        &grant->family, &grant->refresh)
           != NGX_OK
        || ngx_http_tender_grant_hash(ctx, token, &argv[1]) != NGX_OK
        || ngx_http_tender_grant_hash(ctx, &grant->access, &argv[3]) != NGX_OK
        || ngx_http_tender_grant_commas(ctx, &grant->scopes, &argv[5])
           != NGX_OK
        || ngx_http_tender_grant_hash(ctx, &grant->refresh, &argv[6])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[2] = grant->client;

    (void) ngx_http_tender_store_number(ask->number,
                              (int64_t) grant->access_ttl * 1000000, &argv[4]);

    ask->call.argv = argv;
    ask->call.argc = 7;
    ask->call.nkeys = 1;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_RENEW_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_renewed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_http_tender_renew_e *outcome)
{
    ngx_int_t                       rc, said;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = { "UNKNOWN", "REUSED", NULL };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said >= 0) {
        *outcome = NGX_HTTP_TENDER_RENEW_UNKNOWN + said;
        return NGX_OK;
    }

    if (!ngx_http_tender_grant_texts(reply, 2)) {
        return ngx_http_tender_store_broken(ctx);
    }

    *outcome = NGX_HTTP_TENDER_RENEW_OK;

    return ngx_http_tender_grant_left(ctx, grant, reply->elts);
}


ngx_int_t
ngx_http_tender_revoke(ngx_http_tender_ctx_t *ctx, ngx_str_t *token,
    ngx_uint_t refresh, ngx_str_t *client)
{
    ngx_str_t  *argv, family;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[4];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;

    family.data = token->data + sizeof("tnda_") - 1;
    family.len = NGX_HTTP_TENDER_FAMILY_LEN;

    if (ngx_http_tender_global_key(ctx, "family:", &family, &argv[0])
        != NGX_OK
        || ngx_http_tender_grant_hash(ctx, token, &argv[2]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (refresh) {
        ngx_str_set(&argv[1], "refresh");

    } else {
        ngx_str_set(&argv[1], "access");
    }

    argv[3] = *client;

    ask->call.argv = argv;
    ask->call.argc = 4;
    ask->call.nkeys = 1;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_REVOKE_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}
