
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"


static ngx_int_t ngx_http_tender_admin_account_names(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_admin_t *admin,
    tender_value_t *value, ngx_http_tender_name_t *names);
static ngx_int_t ngx_http_tender_admin_user_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names);
static ngx_int_t ngx_http_tender_admin_code_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names);
static ngx_int_t ngx_http_tender_admin_key_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names);
static ngx_uint_t ngx_http_tender_admin_text(tender_value_t *object,
    const char *name, ngx_str_t *text);


/* in the order of ngx_http_tender_kind_e */

const ngx_http_tender_admin_kind_t  ngx_http_tender_admin_kinds[] = {

    { NGX_HTTP_TENDER_ACCOUNT, ngx_string("accounts"), &tender_model_account,
      0,
      ngx_http_tender_admin_account_rules,
      NULL,
      ngx_http_tender_admin_account_names },

    { NGX_HTTP_TENDER_USER, ngx_string("users"), &tender_model_user,
      0,
      ngx_http_tender_admin_user_rules,
      ngx_http_tender_admin_user_keep,
      ngx_http_tender_admin_user_names },

    { NGX_HTTP_TENDER_CLIENT, ngx_string("clients"), &tender_model_client,
      0,
      ngx_http_tender_admin_client_rules,
      ngx_http_tender_admin_client_keep,
      NULL },

    { NGX_HTTP_TENDER_CODE, ngx_string("codes"), &tender_model_code,
      0,
      ngx_http_tender_admin_code_rules,
      ngx_http_tender_admin_code_keep,
      ngx_http_tender_admin_code_names },

    { NGX_HTTP_TENDER_KEY, ngx_string("keys"), &tender_model_key,
      NGX_HTTP_TENDER_IDENTITY_KEYS,
      ngx_http_tender_admin_key_rules,
      ngx_http_tender_admin_key_keep,
      ngx_http_tender_admin_key_names }
};


tender_value_t *
ngx_http_tender_admin_take(tender_value_t *object, const char *name)
{
    size_t           len;
    tender_value_t  *v, *prev;

    len = ngx_strlen(name);
    prev = NULL;

    for (v = object->u.list.first; v; v = v->next) {

        if (v->name.len == len && ngx_memcmp(v->name.data, name, len) == 0) {
            return tender_value_cut(object, prev);
        }

        prev = v;
    }

    return NULL;
}


ngx_int_t
ngx_http_tender_admin_add(ngx_http_tender_ctx_t *ctx, tender_value_t *object,
    const char *name, ngx_str_t *text)
{
    tender_str_t     str;
    tender_value_t  *v;

    v = tender_value_string(&ctx->mem, ngx_http_tender_str(text));
    if (v == NULL) {
        return NGX_ERROR;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    tender_value_add(object, str, v);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_admin_fault(ngx_http_tender_ctx_t *ctx, const char *name,
    const char *text)
{
    tender_str_t    field;
    tender_check_t  ck;

    ngx_memzero(&ck, sizeof(tender_check_t));
    ck.mem = &ctx->mem;

    field.data = (u_char *) name;
    field.len = ngx_strlen(name);

    return (tender_check_error(&ck, ngx_http_tender_admin_state(ctx)->faults,
                               &field, text)
            == TENDER_OK)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_admin_name(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_name_t *name, const char *mark, const char *before,
    ngx_str_t *a, const char *between, ngx_str_t *b)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool, ngx_strlen(before) + a->len
                                        + ngx_strlen(between) + b->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name->name.data = p;

    p = ngx_cpymem(p, before, ngx_strlen(before));
    p = ngx_cpymem(p, a->data, a->len);
    p = ngx_cpymem(p, between, ngx_strlen(between));
    p = ngx_cpymem(p, b->data, b->len);

    name->name.len = p - name->name.data;

    name->mark.data = (u_char *) mark;
    name->mark.len = ngx_strlen(mark);

    ngx_str_null(&name->until);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_admin_account_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names)
{
    ngx_str_t  text, none;

    (void) admin;

    ngx_str_null(&none);

    if (!ngx_http_tender_admin_text(value, "partnerKey", &text)) {
        return 0;
    }

    return (ngx_http_tender_admin_name(ctx, names, "a", "partner:", &text, "",
                                       &none)
            == NGX_OK)
           ? 1 : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_admin_user_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names)
{
    ngx_str_t  text;

    if (!ngx_http_tender_admin_text(value, "login", &text)) {
        return 0;
    }

    return (ngx_http_tender_admin_name(ctx, names, "u", "login:", &text, "@",
                                       &admin->account.owner)
            == NGX_OK)
           ? 1 : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_admin_code_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names)
{
    ngx_int_t        n;
    ngx_str_t        text, none;
    ngx_uint_t       i;
    tender_value_t  *secret;

    static const char *const  members[] = { "code", "refresh", "previous" };

    (void) admin;

    ngx_str_null(&none);

    n = 0;
    secret = tender_value_member(value, "secret");

    if (secret == NULL || secret->type != TENDER_OBJECT) {
        return 0;
    }

    for (i = 0; i < 3; i++) {

        if (!ngx_http_tender_admin_text(secret, members[i], &text)) {
            continue;
        }

        if (ngx_http_tender_admin_name(ctx, &names[n++], (i == 1) ? "r" : "c",
                                       "secret:", &text, "", &none)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return n;
}


static ngx_int_t
ngx_http_tender_admin_key_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_value_t *value,
    ngx_http_tender_name_t *names)
{
    ngx_str_t  text;

    if (!ngx_http_tender_admin_text(value, "kid", &text)) {
        return 0;
    }

    return (ngx_http_tender_admin_name(ctx, names, "k", "kid:",
                                       &admin->account.id, ":", &text)
            == NGX_OK)
           ? 1 : NGX_ERROR;
}


/* a member that is a text: 1, or 0 */

static ngx_uint_t
ngx_http_tender_admin_text(tender_value_t *object, const char *name,
    ngx_str_t *text)
{
    tender_str_t     str;
    tender_value_t  *v;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    v = tender_value_get(object, &str);

    if (v == NULL || v->type != TENDER_STRING) {
        return 0;
    }

    text->data = v->u.text.data;
    text->len = v->u.text.len;

    return 1;
}
