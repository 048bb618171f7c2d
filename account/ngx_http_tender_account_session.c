
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_session.h"
#include "../store/ngx_http_tender_session_store.h"
#include "../store/ngx_http_tender_store.h"


/* GET session, POST logout */

static ngx_int_t ngx_http_tender_account_nobody(ngx_http_tender_ctx_t *ctx);
static tender_value_t *ngx_http_tender_account_principal(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_principal_t *principal,
    int64_t expires);


static ngx_str_t  ngx_http_tender_account_json =
    ngx_string("application/json; charset=UTF-8");


ngx_int_t
ngx_http_tender_account_ask(ngx_http_tender_ctx_t *ctx)
{
    u_char                        *p;
    ngx_str_t                      cookie, what;
    ngx_http_tender_redis_call_t  *calls;

    if (ngx_http_tender_session_shown(ctx->request, &cookie) != NGX_OK) {
        return ngx_http_tender_account_nobody(ctx);
    }

    calls = ngx_pcalloc(ctx->request->pool,
                        2 * sizeof(ngx_http_tender_redis_call_t));
    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);

    if (calls == NULL || p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(p, cookie.data, cookie.len);

    what.data = p;
    what.len = NGX_HTTP_TENDER_HASH_LEN;

    if (ngx_http_tender_registry_ask_call(ctx, NGX_HTTP_TENDER_BY_SESSION,
                                          &what, &calls[0])
        != NGX_OK
        || ngx_http_tender_store_session_left(ctx, &cookie, &calls[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, calls, 2);
}


ngx_int_t
ngx_http_tender_account_show(ngx_http_tender_ctx_t *ctx)
{
    int64_t                        left;
    ngx_int_t                      rc;
    ngx_str_t                      cookie;
    ngx_http_tender_identity_t    *found;
    ngx_http_tender_principal_t   *principal;
    ngx_http_tender_redis_call_t  *calls;

    found = ngx_pcalloc(ctx->request->pool,
                        sizeof(ngx_http_tender_identity_t));
    if (found == NULL) {
        return NGX_ERROR;
    }

    calls = ctx->calls;
    left = 0;
    principal = NULL;

    rc = ngx_http_tender_store_answered(ctx);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_registry_told(ctx, calls[0].reply, found);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_principal(ctx, found,
                                       NGX_HTTP_TENDER_AUTH_SESSION, NULL,
                                       &principal);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_store_session_lasts(ctx, calls[1].reply, &left);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_account_nobody(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    ctx->principal = principal;

    (void) ngx_http_tender_session_shown(ctx->request, &cookie);

    return ngx_http_tender_account_who(ctx, principal, found->now + left,
                                       &cookie);
}


static ngx_int_t
ngx_http_tender_account_nobody(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_account_unknown(ctx, "session",
                                           "Nobody is logged in");
}


ngx_int_t
ngx_http_tender_account_who(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal, int64_t expires,
    ngx_str_t *cookie)
{
    u_char          *csrf;
    tender_str_t     name, text;
    tender_value_t  *top, *data, *token;

    if (principal->expires && principal->expires < expires) {
        expires = principal->expires;
    }

    csrf = tender_alloc(&ctx->mem, NGX_HTTP_TENDER_CSRF_LEN);
    if (csrf == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_session_csrf(csrf, cookie);

    text.data = csrf;
    text.len = NGX_HTTP_TENDER_CSRF_LEN;

    top = tender_value_new(&ctx->mem, TENDER_OBJECT);
    data = ngx_http_tender_account_principal(ctx, principal, expires);
    token = tender_value_string(&ctx->mem, text);

    if (top == NULL || data == NULL || token == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(top, name, data);

    tender_str_set(&name, "csrf");
    tender_value_add(top, name, token);

    if (tender_json_text(&ctx->mem, top, 0, &text) != TENDER_OK
        || ngx_http_tender_put(ctx, text.data, text.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->secret = 1;
    ctx->type = ngx_http_tender_account_json;

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static tender_value_t *
ngx_http_tender_account_principal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal, int64_t expires)
{
    u_char          *p;
    ngx_uint_t       i;
    tender_str_t     texts[4];
    tender_value_t  *data, *v;

    static const tender_str_t  names[] = {
        tender_string("account"), tender_string("user"),
        tender_string("tenant"), tender_string("expires"),
        tender_string("scopes")
    };

    data = tender_value_new(&ctx->mem, TENDER_OBJECT);
    p = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

    if (data == NULL || p == NULL) {
        return NULL;
    }

    (void) tender_date_write(p, expires);

    texts[0] = ngx_http_tender_str(&principal->account);
    texts[1] = ngx_http_tender_str(&principal->user);
    texts[2] = ngx_http_tender_str(&principal->tenant);
    texts[3].data = p;
    texts[3].len = TENDER_DATE_LEN;

    for (i = 0; i < 4; i++) {
        v = tender_value_string(&ctx->mem, texts[i]);
        if (v == NULL) {
            return NULL;
        }

        tender_value_add(data, names[i], v);
    }

    v = ngx_http_tender_account_words(ctx, &principal->scopes);
    if (v == NULL) {
        return NULL;
    }

    tender_value_add(data, names[4], v);

    return data;
}


tender_value_t *
ngx_http_tender_account_words(ngx_http_tender_ctx_t *ctx, ngx_str_t *words)
{
    u_char          *p, *end, *last;
    tender_str_t     word;
    tender_value_t  *list, *v;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NULL;
    }

    last = words->data + words->len;

    for (p = words->data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, ' ');
        if (end == NULL) {
            end = last;
        }

        word.data = p;
        word.len = end - p;

        v = tender_value_string(&ctx->mem, word);
        if (v == NULL) {
            return NULL;
        }

        tender_value_push(list, v);
    }

    return list;
}


ngx_int_t
ngx_http_tender_account_leave(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_str_t                   cookie, *token;
    ngx_http_tender_account_t  *account;

    static const tender_str_t  name = tender_string("csrf");

    account = ctx->data;

    if (!account->json) {
        rc = ngx_http_tender_account_form(ctx, account);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (ngx_http_tender_session_shown(ctx->request, &cookie) == NGX_OK) {
        ngx_http_tender_account_field(&account->form, &name, &account->csrf);

        token = ngx_http_tender_header_in(ctx->request, "x-csrf-token");

        if (!ngx_http_tender_session_csrf_good(&cookie,
                                               token ? token : &account->csrf))
        {
            return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN,
                                         account->json ? "header" : "body",
                                         account->json ? "X-CSRF-Token"
                                                       : "csrf",
                                         "Missing or wrong");
        }
    }

    return ngx_http_tender_session_end(ctx);
}


ngx_int_t
ngx_http_tender_account_left(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_str_t                   path;
    ngx_http_tender_account_t  *account;

    account = ctx->data;

    rc = ngx_http_tender_session_ended(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    if (account->json) {
        return ngx_http_tender_answer(ctx, NGX_HTTP_NO_CONTENT);
    }

    if (ngx_http_tender_account_path(ctx, "login", &path) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_see(ctx, &path);
}
