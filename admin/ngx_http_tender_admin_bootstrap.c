
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../http/ngx_http_tender_errors.h"
#include "../http/ngx_http_tender_conf_file.h"

#include <openssl/crypto.h>


/*
 * The first administrator, of all tenants, for whoever shows the token of
 * tender_admin_bootstrap_file.  The name of the token is taken together with
 * the login, so that it is good once, even if the store fails in between.
 */

#define NGX_HTTP_TENDER_BOOTSTRAP_MIN  32
#define NGX_HTTP_TENDER_BOOTSTRAP_MAX  512


static ngx_int_t ngx_http_tender_admin_bearer(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_admin_used(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_admin_first_check(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_admin_first_shown(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);


static ngx_str_t  ngx_http_tender_admin_who = ngx_string("bootstrap");


char *
ngx_http_tender_set_bootstrap(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    u_char     *p, buf[NGX_HTTP_TENDER_BOOTSTRAP_MAX + 1];
    size_t      n, i;
    ngx_str_t  *value;

    (void) cmd;

    if (tmcf->bootstrap.len) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = sizeof(buf);

    if (ngx_http_tender_conf_file(cf, &value[1], buf, &n) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    while (n > 0 && (buf[n - 1] == LF || buf[n - 1] == CR)) {
        n--;
    }

    for (i = 0; i < n && buf[i] > 0x20 && buf[i] < 0x7f; i++) { /* void */ }

    if (n < NGX_HTTP_TENDER_BOOTSTRAP_MIN || n == sizeof(buf) || i < n) {
        ngx_explicit_memzero(buf, sizeof(buf));
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must hold one line, a token of 32 to 512 "
                           "characters without spaces; make one with "
                           "\"openssl rand -hex 32\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    p = ngx_pnalloc(cf->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_http_tender_store_hash(p, buf, n);
    ngx_explicit_memzero(buf, sizeof(buf));

    tmcf->bootstrap.data = p;
    tmcf->bootstrap.len = NGX_HTTP_TENDER_HASH_LEN;

    return NGX_CONF_OK;
}


/* the token, the login and the password; then whether it was used before */

ngx_int_t
ngx_http_tender_admin_first(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               none;
    ngx_http_tender_name_t  name;

    rc = ngx_http_tender_admin_bearer(ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_admin_first_check(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_str_null(&none);

    if (ngx_http_tender_admin_name(ctx, &name, "b", "bootstrap:",
                                   &ctx->main->bootstrap, "", &none)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_registry_named(ctx, &name.name);
}


/* "Authorization: Bearer <token>" */

static ngx_int_t
ngx_http_tender_admin_bearer(ngx_http_tender_ctx_t *ctx)
{
    size_t            scheme;
    u_char           *p, *last, hash[NGX_HTTP_TENDER_HASH_LEN];
    ngx_str_t         challenge = ngx_string("Bearer");
    ngx_table_elt_t  *h;

    if (ctx->main->bootstrap.len == 0) {
        return NGX_HTTP_NOT_FOUND;
    }

    h = ctx->request->headers_in.authorization;
    scheme = sizeof("Bearer ") - 1;

    if (h && h->value.len > scheme
        && ngx_strncasecmp(h->value.data, (u_char *) "Bearer ", scheme) == 0)
    {
        p = h->value.data + scheme;
        last = h->value.data + h->value.len;

        while (p < last && *p == ' ') {
            p++;
        }

        ngx_http_tender_store_hash(hash, p, last - p);

        if (CRYPTO_memcmp(hash, ctx->main->bootstrap.data, sizeof(hash)) == 0)
        {
            return NGX_OK;
        }
    }

    if (ngx_http_tender_header(ctx->request, "WWW-Authenticate", &challenge)
        == NULL)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "header",
                                 "Authorization",
                                 "The token of tender_admin_bootstrap_file "
                                 "is needed here");
}


static ngx_int_t
ngx_http_tender_admin_used(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "header",
                                 "Authorization",
                                 "This token has been used: put another one "
                                 "into tender_admin_bootstrap_file");
}


/* as any other user, who has to have a password */

static ngx_int_t
ngx_http_tender_admin_first_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    tender_value_t           *login;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    admin->kind = &ngx_http_tender_admin_kinds[NGX_HTTP_TENDER_USER];

    rc = ngx_http_tender_admin_check(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    login = tender_value_member(admin->data, "login");

    admin->login.data = login->u.text.data;
    admin->login.len = login->u.text.len;

    if (admin->password == NULL) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "password",
                                     "This field is required.");
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_admin_first_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_registry_name_known(ctx);

    if (rc == NGX_OK) {
        return ngx_http_tender_admin_used(ctx);
    }

    return (rc == NGX_DECLINED) ? ngx_http_tender_admin_hash(ctx) : rc;
}


ngx_int_t
ngx_http_tender_admin_first_account(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_t  *change;

    admin = ngx_http_tender_admin_state(ctx);
    change = &admin->change;

    if (admin->result.hash.len == 0) {
        return NGX_ERROR;
    }

    change->kind = NGX_HTTP_TENDER_ACCOUNT;
    change->op = "create";
    change->who = ngx_http_tender_admin_who;

    ngx_str_set(&change->owner, NGX_HTTP_TENDER_ALL_TENANTS);
    ngx_str_set(&change->what, "name,scopes,enabled");
    ngx_str_set(&change->json, "{\"name\":\"Administrator\",\"scopes\":"
                               "[\"read\",\"create\",\"update\",\"delete\","
                               "\"auction\",\"admin\"],\"enabled\":true}");

    return ngx_http_tender_registry_change(ctx, change);
}


ngx_int_t
ngx_http_tender_admin_first_user(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_str_t                  none, tenant;
    tender_str_t               text;
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_e   outcome;
    ngx_http_tender_change_t  *change;

    admin = ngx_http_tender_admin_state(ctx);
    change = &admin->change;

    rc = ngx_http_tender_registry_changed(ctx, change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    if (outcome != NGX_HTTP_TENDER_CHANGE_OK) {
        return NGX_ERROR;
    }

    admin->first = change->entry;
    admin->after = admin->data;

    ngx_memzero(change, sizeof(ngx_http_tender_change_t));

    change->kind = NGX_HTTP_TENDER_USER;
    change->op = "create";
    change->who = ngx_http_tender_admin_who;
    change->what = admin->what;
    change->owner = admin->first.id;
    change->ntake = 2;

    ngx_str_null(&none);
    tenant = admin->first.owner;

    if (ngx_http_tender_admin_name(ctx, &change->take[0], "b", "bootstrap:",
                                   &ctx->main->bootstrap, "", &none)
        != NGX_OK
        || ngx_http_tender_admin_name(ctx, &change->take[1], "u", "login:",
                                      &admin->login, "@", &tenant)
           != NGX_OK
        || ngx_http_tender_admin_user_keep(ctx, admin) != NGX_OK
        || tender_json_text(&ctx->mem, admin->after, 0, &text) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    change->json.data = text.data;
    change->json.len = text.len;

    return ngx_http_tender_registry_change(ctx, change);
}


/* whoever came second leaves nothing behind */

ngx_int_t
ngx_http_tender_admin_first_made(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_t  *change;

    admin = ngx_http_tender_admin_state(ctx);
    change = &admin->change;

    rc = ngx_http_tender_registry_changed(ctx, change, &admin->outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    if (admin->outcome == NGX_HTTP_TENDER_CHANGE_OK) {
        return ngx_http_tender_admin_first_shown(ctx, admin);
    }

    admin->login = change->taken;

    ngx_memzero(change, sizeof(ngx_http_tender_change_t));

    change->kind = NGX_HTTP_TENDER_ACCOUNT;
    change->op = "delete";
    change->who = ngx_http_tender_admin_who;
    change->id = admin->first.id;
    change->version = admin->first.version;
    change->owner = admin->first.owner;

    return ngx_http_tender_registry_change(ctx, change);
}


ngx_int_t
ngx_http_tender_admin_first_undone(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_e   outcome;

    admin = ngx_http_tender_admin_state(ctx);

    rc = ngx_http_tender_registry_changed(ctx, &admin->change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    if (admin->outcome != NGX_HTTP_TENDER_CHANGE_TAKEN
        || admin->login.len == 0)
    {
        return NGX_ERROR;
    }

    if (admin->login.data[0] == 'b') {
        return ngx_http_tender_admin_used(ctx);
    }

    return ngx_http_tender_admin_taken(ctx, &admin->login);
}


static ngx_int_t
ngx_http_tender_admin_first_shown(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    u_char          *p;
    ngx_str_t        login;
    tender_str_t     name;
    tender_value_t  *body, *data;

    p = tender_alloc(&ctx->mem, admin->login.len + 2);

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    data = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (p == NULL || body == NULL || data == NULL) {
        return NGX_ERROR;
    }

    login.data = p;

    p = ngx_cpymem(p, admin->login.data, admin->login.len);
    *p++ = '@';
    *p++ = '*';

    login.len = p - login.data;

    if (ngx_http_tender_admin_add(ctx, data, "account", &admin->first.id)
        != NGX_OK
        || ngx_http_tender_admin_add(ctx, data, "user",
                                     &admin->change.entry.id)
           != NGX_OK
        || ngx_http_tender_admin_add(ctx, data, "login", &login) != NGX_OK)
    {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, data);

    return ngx_http_tender_admin_send(ctx, body, NGX_HTTP_CREATED);
}
