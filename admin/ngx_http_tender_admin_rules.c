
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../format/tender_base64.h"


/* what the models cannot say of what was sent */

#define NGX_HTTP_TENDER_ADMIN_TENANT  63
#define NGX_HTTP_TENDER_ADMIN_ID      9      /* digits of one that is given */


static ngx_int_t ngx_http_tender_admin_scopes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_fault_word(ngx_http_tender_ctx_t *ctx,
    const char *name, const char *before, tender_str_t *word,
    const char *behind);
static ngx_uint_t ngx_http_tender_admin_tenant(tender_str_t *text);
static ngx_uint_t ngx_http_tender_admin_login(tender_mem_t *mem,
    tender_str_t *text);
static ngx_uint_t ngx_http_tender_admin_address(ngx_http_tender_ctx_t *ctx,
    tender_str_t *text);
static ngx_int_t ngx_http_tender_admin_key_secret(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_jwt_alg_e alg);
static ngx_int_t ngx_http_tender_admin_key_public(ngx_http_tender_ctx_t *ctx,
    tender_value_t *key, tender_jwt_alg_e alg);


ngx_int_t
ngx_http_tender_admin_account_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    uint64_t         n;
    tender_value_t  *v;

    admin->wanted = ngx_http_tender_admin_take(admin->data, "id");
    admin->tenant = ngx_http_tender_admin_take(admin->data, "tenant");

    v = admin->wanted;

    if (v && !admin->one
        && (v->u.text.len > NGX_HTTP_TENDER_ADMIN_ID
            || tender_uint_read(v->u.text, 999999999, &n) != TENDER_OK)
        && ngx_http_tender_admin_fault(ctx, "id", "A number of at most 9 "
                                       "digits is expected.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    v = admin->tenant;

    if (v && v->type == TENDER_STRING
        && !ngx_http_tender_admin_tenant(&v->u.text)
        && ngx_http_tender_admin_fault(ctx, "tenant", "A name of lower-case "
                                       "letters, digits and hyphens is "
                                       "expected, or \"*\" for all tenants.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_scopes(ctx, admin);
}


ngx_int_t
ngx_http_tender_admin_user_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t        hash;
    tender_value_t  *v;

    v = tender_value_member(admin->data, "login");

    if (v && v->type == TENDER_STRING
        && !ngx_http_tender_admin_login(&ctx->mem, &v->u.text)
        && ngx_http_tender_admin_fault(ctx, "login", "Letters, digits and "
                                       "any of . _ + @ - are expected.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    admin->password = ngx_http_tender_admin_take(admin->data, "password");
    admin->hash = ngx_http_tender_admin_take(admin->data, "passwordHash");

    if (admin->password && admin->hash
        && ngx_http_tender_admin_fault(ctx, "passwordHash", "A password or "
                                       "its hash is expected, not both.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    v = admin->password;

    if (v && v->type == TENDER_STRING
        && v->u.text.len > NGX_HTTP_TENDER_PASSWORD_MAX
        && ngx_http_tender_admin_fault(ctx, "password", "256 bytes at most "
                                       "are expected.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    v = admin->hash;

    if (v && v->type == TENDER_STRING) {
        hash.data = v->u.text.data;
        hash.len = v->u.text.len;

        if (!ngx_http_tender_password_known(&hash)
            && ngx_http_tender_admin_fault(ctx, "passwordHash", "A hash of "
                                           "argon2id, yescrypt ($y$) or "
                                           "bcrypt ($2b$) is expected.")
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_admin_scopes(ctx, admin);
}


ngx_int_t
ngx_http_tender_admin_client_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    tender_value_t  *list, *v;

    list = tender_value_member(admin->data, "addresses");

    if (list && list->type == TENDER_ARRAY) {
        for (v = list->u.list.first; v; v = v->next) {

            if (!ngx_http_tender_admin_address(ctx, &v->u.text)
                && ngx_http_tender_admin_fault_word(ctx, "addresses", "'",
                                                    &v->u.text,
                                                    "' is neither an address "
                                                    "nor a network.")
                   != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return ngx_http_tender_admin_scopes(ctx, admin);
}


ngx_int_t
ngx_http_tender_admin_code_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    return ngx_http_tender_admin_scopes(ctx, admin);
}


/* the material of a key that is there already is checked with its entry */

ngx_int_t
ngx_http_tender_admin_key_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    tender_value_t  *kid, *alg;

    admin->secret = ngx_http_tender_admin_take(admin->data, "secret");

    kid = tender_value_member(admin->data, "kid");

    if (kid && kid->type == TENDER_STRING
        && !tender_jwt_kid_valid(kid->u.text)
        && ngx_http_tender_admin_fault(ctx, "kid", "1 to 64 letters, digits "
                                       "and any of . _ - are expected.")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    alg = tender_value_member(admin->data, "alg");

    if (!admin->one
        && ngx_http_tender_admin_key_fits(ctx, admin,
                                          tender_jwt_alg(alg->u.text))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_scopes(ctx, admin);
}


ngx_int_t
ngx_http_tender_admin_key_fits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_jwt_alg_e alg)
{
    ngx_uint_t       hmac;
    tender_value_t  *key;

    hmac = (ngx_http_tender_jwt_secret_min(alg) != 0);
    key = tender_value_member(admin->data, "publicKey");

    if (hmac && key) {
        return ngx_http_tender_admin_fault(ctx, "publicKey", "An algorithm "
                                           "with HS has a secret.");
    }

    if (!hmac && admin->secret) {
        return ngx_http_tender_admin_fault(ctx, "secret", "This algorithm "
                                           "has a publicKey.");
    }

    /* a change leaves out what stays as it is */

    if (admin->one && key == NULL && admin->secret == NULL) {
        return NGX_OK;
    }

    return hmac ? ngx_http_tender_admin_key_secret(ctx, admin, alg)
                : ngx_http_tender_admin_key_public(ctx, key, alg);
}


/* "base64url:..." stands for the bytes that it decodes to */

static ngx_int_t
ngx_http_tender_admin_key_secret(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_jwt_alg_e alg)
{
    size_t         min, len;
    u_char        *p;
    tender_str_t   text, *secret;

    static const size_t  scheme = sizeof("base64url:") - 1;

    if (admin->secret == NULL || admin->secret->type != TENDER_STRING) {
        return ngx_http_tender_admin_fault(ctx, "secret",
                                           "This field is required.");
    }

    if (ctx->main->nseal_keys == 0) {
        return ngx_http_tender_admin_fault(ctx, "secret", "Put a key into "
                                           "tender_seal_key_file first: no "
                                           "secret is kept without.");
    }

    secret = &admin->secret->u.text;

    if (secret->len > scheme
        && ngx_memcmp(secret->data, "base64url:", scheme) == 0)
    {
        text.data = secret->data + scheme;
        text.len = secret->len - scheme;

        p = tender_alloc(&ctx->mem, tender_base64_decoded_length(text.len));
        if (p == NULL) {
            return NGX_ERROR;
        }

        if (tender_base64url_read(text, p, &len) != TENDER_OK) {
            return ngx_http_tender_admin_fault(ctx, "secret", "Behind "
                                               "\"base64url:\" base64url "
                                               "without padding is "
                                               "expected.");
        }

        secret->data = p;
        secret->len = len;
    }

    min = ngx_http_tender_jwt_secret_min(alg);

    if (secret->len >= min) {
        return NGX_OK;
    }

    return ngx_http_tender_admin_fault(ctx, "secret",
               (min == 32) ? "32 bytes at least are expected."
               : (min == 48) ? "48 bytes at least are expected."
                             : "64 bytes at least are expected.");
}


static ngx_int_t
ngx_http_tender_admin_key_public(ngx_http_tender_ctx_t *ctx,
    tender_value_t *key, tender_jwt_alg_e alg)
{
    EVP_PKEY    *pkey;
    ngx_str_t    pem;
    const char  *why;

    if (key == NULL || key->type != TENDER_STRING) {
        return ngx_http_tender_admin_fault(ctx, "publicKey",
                                           "This field is required.");
    }

    pem.data = key->u.text.data;
    pem.len = key->u.text.len;

    pkey = ngx_http_tender_jwt_public(alg, &pem, &why);

    if (pkey == NULL) {
        return ngx_http_tender_admin_fault(ctx, "publicKey", why);
    }

    EVP_PKEY_free(pkey);

    return NGX_OK;
}


/* each word of a list of scopes */

static ngx_int_t
ngx_http_tender_admin_scopes(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    tender_value_t   *list, *v;
    tender_scopes_t   scopes;

    list = tender_value_member(admin->data, "scopes");

    if (list == NULL || list->type != TENDER_ARRAY) {
        return NGX_OK;
    }

    ngx_memzero(&scopes, sizeof(tender_scopes_t));

    for (v = list->u.list.first; v; v = v->next) {

        if (tender_scopes_add(&scopes, v->u.text) != TENDER_OK
            && ngx_http_tender_admin_fault_word(ctx, "scopes", "'",
                                                &v->u.text,
                                                "' is not a scope.")
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_admin_fault_word(ngx_http_tender_ctx_t *ctx, const char *name,
    const char *before, tender_str_t *word, const char *behind)
{
    u_char  *p, *text;

    text = tender_alloc(&ctx->mem, ngx_strlen(before) + word->len
                                   + ngx_strlen(behind) + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, before, ngx_strlen(before));
    p = ngx_cpymem(p, word->data, word->len);
    p = ngx_cpymem(p, behind, ngx_strlen(behind));
    *p = '\0';

    return ngx_http_tender_admin_fault(ctx, name, (char *) text);
}


static ngx_uint_t
ngx_http_tender_admin_tenant(tender_str_t *text)
{
    size_t  i;
    u_char  ch;

    if (text->len == 1 && text->data[0] == '*') {
        return 1;
    }

    if (text->len == 0 || text->len > NGX_HTTP_TENDER_ADMIN_TENANT) {
        return 0;
    }

    for (i = 0; i < text->len; i++) {
        ch = text->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')
            || (ch == '-' && i > 0 && i < text->len - 1))
        {
            continue;
        }

        return 0;
    }

    return 1;
}


/* makes it lower case */

static ngx_uint_t
ngx_http_tender_admin_login(tender_mem_t *mem, tender_str_t *text)
{
    size_t   i;
    u_char   ch, *p;

    p = tender_alloc(mem, text->len);
    if (p == NULL) {
        return 0;
    }

    for (i = 0; i < text->len; i++) {
        ch = ngx_tolower(text->data[i]);

        if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9')
            && ch != '.' && ch != '_' && ch != '+' && ch != '@' && ch != '-')
        {
            return 0;
        }

        p[i] = ch;
    }

    text->data = p;

    return i != 0;
}


static ngx_uint_t
ngx_http_tender_admin_address(ngx_http_tender_ctx_t *ctx, tender_str_t *text)
{
    ngx_str_t   copy;
    ngx_cidr_t  cidr;

    /* ngx_ptocidr() writes into the text */

    copy.len = text->len;
    copy.data = ngx_pnalloc(ctx->request->pool, text->len + 1);

    if (copy.data == NULL) {
        return 0;
    }

    ngx_memcpy(copy.data, text->data, text->len);
    copy.data[copy.len] = '\0';

    return ngx_ptocidr(&copy, &cidr) == NGX_OK;
}
