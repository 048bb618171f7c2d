
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"
#include "../store/ngx_http_tender_store.h"

#include <openssl/crypto.h>


/*
 * Authentication of the client: by HTTP Basic, or by client_id and
 * client_secret among the parameters, never by both (RFC 6749 section 2.3).
 */

static ngx_int_t ngx_http_tender_oauth_shows(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_basic(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *value);
static ngx_int_t ngx_http_tender_oauth_decode(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *text);
static ngx_table_elt_t *ngx_http_tender_oauth_header(
    ngx_http_request_t *r, ngx_uint_t *n);
static ngx_uint_t ngx_http_tender_oauth_matches(
    ngx_http_tender_oauth_t *oauth, ngx_uint_t known);
static ngx_uint_t ngx_http_tender_oauth_same(u_char *digest,
    const tender_value_t *hash);
static ngx_int_t ngx_http_tender_oauth_count(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_unknown(ngx_http_tender_ctx_t *ctx);


const ngx_http_tender_grant_type_t  ngx_http_tender_grant_types[] = {
    { ngx_string("password"), NGX_HTTP_TENDER_GRANT_PASSWORD },
    { ngx_string("client_credentials"), NGX_HTTP_TENDER_GRANT_CLIENT },
    { ngx_string("refresh_token"), NGX_HTTP_TENDER_GRANT_REFRESH },
    { ngx_null_string, 0 }
};


ngx_int_t
ngx_http_tender_oauth_client(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                 id;
    ngx_http_tender_oauth_t  *oauth;

    rc = ngx_http_tender_oauth_shows(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    oauth = ctx->data;
    id = oauth->id;

    if (id.len == 0) {
        return ngx_http_tender_oauth_unknown(ctx);
    }

    /* what cannot be a client takes as long as one that there is not */

    if (id.len != NGX_HTTP_TENDER_ID_LEN
        || !tender_hex_valid(ngx_http_tender_str(&id)))
    {
        ngx_str_set(&id, "00000000000000000000000000000000");
    }

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_CLIENT, &id);
}


/* what the request says who the client is; nothing is no client */

static ngx_int_t
ngx_http_tender_oauth_shows(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_uint_t                n;
    tender_str_t             *id, *secret;
    ngx_table_elt_t          *h;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    id = ngx_http_tender_oauth_param(ctx, "client_id");
    secret = ngx_http_tender_oauth_param(ctx, "client_secret");
    h = ngx_http_tender_oauth_header(ctx->request, &n);

    if (n > 1 || (n && secret)) {
        return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                   "invalid_request",
                   "A client authenticates in one way: by one Authorization "
                   "header, or by client_secret");
    }

    if (h) {
        rc = ngx_http_tender_oauth_basic(ctx, &h->value);

        if (rc != NGX_OK && rc != NGX_DECLINED) {
            return rc;
        }

        if (rc == NGX_OK && id
            && (id->len != oauth->id.len
                || ngx_memcmp(id->data, oauth->id.data, id->len) != 0))
        {
            return ngx_http_tender_oauth_error(ctx, NGX_HTTP_BAD_REQUEST,
                       "invalid_request",
                       "client_id is not the client of the Authorization "
                       "header");
        }

        return NGX_OK;
    }

    if (id && secret) {
        oauth->id.data = id->data;
        oauth->id.len = id->len;
        oauth->secret.data = secret->data;
        oauth->secret.len = secret->len;
    }

    return NGX_OK;
}


static ngx_table_elt_t *
ngx_http_tender_oauth_header(ngx_http_request_t *r, ngx_uint_t *n)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *found;

    *n = 0;
    found = NULL;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == sizeof("authorization") - 1
                && ngx_strncmp(h[i].lowcase_key, "authorization",
                               h[i].key.len)
                   == 0)
            {
                found = &h[i];
                (*n)++;
            }
        }
    }

    return found;
}


/* NGX_DECLINED: nobody's; both parts are encoded like a form */

static ngx_int_t
ngx_http_tender_oauth_basic(ngx_http_tender_ctx_t *ctx, ngx_str_t *value)
{
    ngx_int_t                 rc;
    ngx_str_t                 text, id, secret;
    ngx_http_tender_oauth_t  *oauth;

    if (value->len < sizeof("Basic ") - 1
        || ngx_strncasecmp(value->data, (u_char *) "Basic ",
                           sizeof("Basic ") - 1)
           != 0)
    {
        return NGX_DECLINED;
    }

    text.data = value->data + sizeof("Basic ") - 1;
    text.len = value->len - (sizeof("Basic ") - 1);

    while (text.len && *text.data == ' ') {
        text.data++;
        text.len--;
    }

    rc = ngx_http_tender_basic(ctx, &text, &id, &secret);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_oauth_decode(ctx, &id);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_oauth_decode(ctx, &secret);
    }

    if (rc == NGX_OK) {
        oauth = ctx->data;
        oauth->id = id;
        oauth->secret = secret;
    }

    return rc;
}


/* one name of a form, without a value */

static ngx_int_t
ngx_http_tender_oauth_decode(ngx_http_tender_ctx_t *ctx, ngx_str_t *text)
{
    int              rc;
    u_char          *p;
    const char      *why;
    tender_str_t     name;
    tender_query_t   query;

    for (p = text->data; p < text->data + text->len; p++) {
        if (*p == '&' || *p == '=') {
            return NGX_DECLINED;
        }
    }

    rc = tender_query_parse(&ctx->mem, ngx_http_tender_str(text), &query,
                            &why, &name);

    if (rc == TENDER_ERROR) {
        return NGX_ERROR;
    }

    if (rc != TENDER_OK || query.nparams != 1) {
        return NGX_DECLINED;
    }

    text->data = query.params[0].name.data;
    text->len = query.params[0].name.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_oauth_secret(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_uint_t                good;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    rc = ngx_http_tender_registry_found(ctx, &oauth->client);

    if (rc != NGX_OK && rc != NGX_DECLINED) {
        return rc;
    }

    good = ngx_http_tender_oauth_matches(oauth, rc == NGX_OK);

    if (good) {
        rc = ngx_http_tender_principal(ctx, &oauth->client,
                                       NGX_HTTP_TENDER_AUTH_OAUTH2, NULL,
                                       &oauth->caller);

        if (rc == NGX_OK) {
            ctx->principal = oauth->caller;
            return NGX_OK;
        }

        if (rc != NGX_DECLINED) {
            return rc;
        }

        oauth->caller = NULL;
    }

    return ngx_http_tender_oauth_count(ctx);
}


/*
 * The hash of the secret, or of the one before it until its time is over:
 * both are compared, also for a client that there is not.
 */

static ngx_uint_t
ngx_http_tender_oauth_matches(ngx_http_tender_oauth_t *oauth,
    ngx_uint_t known)
{
    u_char           digest[NGX_HTTP_TENDER_HASH_LEN];
    uint64_t         us;
    ngx_uint_t       good, before;
    tender_value_t  *secret, *hash, *previous, *until;

    hash = NULL;
    previous = NULL;
    us = 0;

    secret = (known && oauth->client.client.data)
             ? tender_value_member(oauth->client.client.data, "secret") : NULL;

    if (secret && secret->type == TENDER_OBJECT) {
        hash = tender_value_member(secret, "hash");
        previous = tender_value_member(secret, "previous");
        until = tender_value_member(secret, "until");

        if (until == NULL || until->type != TENDER_STRING
            || tender_uint_read(until->u.text, INT64_MAX, &us)
               != TENDER_OK)
        {
            us = 0;
        }
    }

    ngx_http_tender_store_hash(digest, oauth->secret.data, oauth->secret.len);

    good = ngx_http_tender_oauth_same(digest, hash);
    before = ngx_http_tender_oauth_same(digest, previous)
             & ((int64_t) us > oauth->client.now);

    return (good | before) & (oauth->secret.len != 0);
}


static ngx_uint_t
ngx_http_tender_oauth_same(u_char *digest, const tender_value_t *hash)
{
    ngx_uint_t     usable;
    const u_char  *data;

    static const u_char  nobody[NGX_HTTP_TENDER_HASH_LEN];

    usable = hash && hash->type == TENDER_STRING
             && hash->u.text.len == NGX_HTTP_TENDER_HASH_LEN;

    data = usable ? hash->u.text.data : nobody;

    return (CRYPTO_memcmp(digest, data, NGX_HTTP_TENDER_HASH_LEN) == 0)
           & usable;
}


/*
 * Wrong ones alone are counted: who knows no secret must not be able to shut
 * a client out by trying, and to guess one is out of reach.
 */

static ngx_int_t
ngx_http_tender_oauth_count(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                 what;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    what.data = ngx_pnalloc(ctx->request->pool,
                            sizeof("client ") - 1 + oauth->id.len);
    if (what.data == NULL) {
        return NGX_ERROR;
    }

    what.len = ngx_sprintf(what.data, "client %V", &oauth->id) - what.data;

    return ngx_http_tender_tries_begin(ctx, &what);
}


ngx_int_t
ngx_http_tender_oauth_refused(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_oauth_t  *oauth;

    oauth = ctx->data;

    if (oauth->caller) {
        return NGX_OK;
    }

    rc = ngx_http_tender_tries_allowed(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_oauth_unknown(ctx);
}


/* one text for all that may be wrong with it */

static ngx_int_t
ngx_http_tender_oauth_unknown(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  value;

    value.data = ngx_pnalloc(ctx->request->pool, sizeof("Basic realm=\"\"")
                                                 + ctx->conf->realm.len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "Basic realm=\"%V\"",
                            &ctx->conf->realm)
                - value.data;

    if (ngx_http_tender_header(ctx->request, "WWW-Authenticate", &value)
        == NULL)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_oauth_error(ctx, NGX_HTTP_UNAUTHORIZED,
                                       "invalid_client",
                                       "The client is not known by these "
                                       "credentials");
}


ngx_uint_t
ngx_http_tender_oauth_may(ngx_http_tender_entry_t *client, ngx_uint_t type)
{
    tender_value_t                      *list, *v;
    const ngx_http_tender_grant_type_t  *t;

    list = tender_value_member(client->data, "grants");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return 0;
    }

    for (v = list->u.list.first; v; v = v->next) {

        if (v->type != TENDER_STRING) {
            continue;
        }

        for (t = ngx_http_tender_grant_types; t->type; t++) {
            if (t->type == type && v->u.text.len == t->name.len
                && ngx_memcmp(v->u.text.data, t->name.data, t->name.len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}
