
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"
#include "../auth/ngx_http_tender_access.h"
#include "../auth/ngx_http_tender_code.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../auth/ngx_http_tender_login.h"
#include "../store/ngx_http_tender_registry.h"


/*
 * A new api_code for a refresh code.  The one that it replaces stays good for
 * an hour, the one before that not at all.
 */

/* others renew the same code at the same time */
#define NGX_HTTP_TENDER_EXPORT_TRIES  8


typedef struct {
    ngx_str_t                     what;       /* that is tried */
    ngx_str_t                     hash;       /* of the refresh code */
    ngx_str_t                     secret;     /* the new api_code */
    ngx_http_tender_identity_t    found;
    ngx_http_tender_principal_t  *principal;
    ngx_http_tender_change_t      change;
    ngx_uint_t                    tries;
    unsigned                      at_once:1;
    unsigned                      allowed:1;
} ngx_http_tender_export_code_t;


static ngx_int_t ngx_http_tender_export_wrong(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_mint(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_code_t *code);
static ngx_int_t ngx_http_tender_export_show(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_code_t *code);


ngx_int_t
ngx_http_tender_export_begin(ngx_http_tender_ctx_t *ctx)
{
    u_char                         *p;
    ngx_uint_t                      update;
    tender_str_t                   *refresh;
    ngx_http_tender_export_code_t  *code;

    if (ngx_http_tender_export_flag(ctx, "update", &update) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    ctx->secret = 1;

    refresh = tender_query_value(&ctx->query, "refresh_code");

    if (refresh == NULL || refresh->len == 0) {
        return ngx_http_tender_export_wrong(ctx);
    }

    code = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_export_code_t));
    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);

    if (code == NULL || p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(p, refresh->data, refresh->len);

    code->what.data = refresh->data;
    code->what.len = refresh->len;

    code->hash.data = p;
    code->hash.len = NGX_HTTP_TENDER_HASH_LEN;
    code->at_once = update;

    ctx->data = code;

    return ngx_http_tender_tries_begin(ctx, &code->what);
}


static ngx_int_t
ngx_http_tender_export_wrong(ngx_http_tender_ctx_t *ctx)
{
    if (ngx_http_tender_challenge(ctx, NULL, NULL) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNAUTHORIZED, "url",
                                 "refresh_code", "Missing or wrong");
}


/* also the step that a renewal begins with anew */

ngx_int_t
ngx_http_tender_export_ask(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_export_code_t  *code;

    code = ctx->data;

    if (!code->allowed) {
        rc = ngx_http_tender_tries_allowed(ctx);
        if (rc != NGX_OK) {
            return rc;
        }

        code->allowed = 1;
    }

    return ngx_http_tender_registry_ask(ctx, NGX_HTTP_TENDER_BY_REFRESH,
                                        &code->hash);
}


ngx_int_t
ngx_http_tender_export_renew(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_export_code_t  *code;

    code = ctx->data;

    rc = ngx_http_tender_registry_found(ctx, &code->found);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_principal(ctx, &code->found,
                                       NGX_HTTP_TENDER_AUTH_API_CODE, NULL,
                                       &code->principal);
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_export_wrong(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    /* whoever asks for the headers alone would never see the code */

    if (ctx->request->method == NGX_HTTP_HEAD) {
        ngx_str_set(&code->secret, NGX_HTTP_TENDER_CODE_PREFIX
                                   "--------------------------------");

        ngx_http_tender_tries_forgive(ctx, &code->what);

        return ngx_http_tender_export_show(ctx, code);
    }

    if (ngx_http_tender_export_mint(ctx, code) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_registry_change(ctx, &code->change);
}


/* the new code, and the change that makes it the one */

static ngx_int_t
ngx_http_tender_export_mint(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_code_t *code)
{
    ngx_int_t                  rc;
    tender_str_t               text;
    ngx_http_tender_entry_t   *entry;
    ngx_http_tender_change_t  *change;

    entry = &code->found.code;
    change = &code->change;

    ngx_memzero(change, sizeof(ngx_http_tender_change_t));

    change->kind = NGX_HTTP_TENDER_CODE;
    change->op = "change";
    change->id = entry->id;
    change->version = entry->version;
    change->owner = entry->owner;
    change->who = code->principal->id;
    ngx_str_set(&change->what, "renew");

    rc = ngx_http_tender_code_turn(ctx, entry, code->found.now,
                                   code->at_once ? 0
                                   : NGX_HTTP_TENDER_CODE_OVERLAP, change,
                                   &code->secret, NULL);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (rc != NGX_OK
        || tender_json_text(&ctx->mem, entry->data, 0, &text) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    change->json.data = text.data;
    change->json.len = text.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_export_renewed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                       rc;
    ngx_http_tender_change_e        outcome;
    ngx_http_tender_export_code_t  *code;

    code = ctx->data;

    rc = ngx_http_tender_registry_changed(ctx, &code->change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_CHANGE_OK:
        break;

    case NGX_HTTP_TENDER_CHANGE_MISSING:
        return ngx_http_tender_export_wrong(ctx);

    case NGX_HTTP_TENDER_CHANGE_CONFLICT:

        if (++code->tries == NGX_HTTP_TENDER_EXPORT_TRIES) {
            return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url",
                                         "refresh_code",
                                         "Too many others renew it, too");
        }

        ngx_http_tender_go(ctx, ngx_http_tender_export_ask);

        return NGX_OK;

    default:
        return NGX_ERROR;
    }

    ngx_http_tender_tries_forgive(ctx, &code->what);

    return ngx_http_tender_export_show(ctx, code);
}


static ngx_int_t
ngx_http_tender_export_show(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_code_t *code)
{
    ngx_str_t                         body;
    tender_str_t                      expires, plan;
    tender_value_t                   *v, *record;
    ngx_http_tender_export_format_e   format;

    ngx_memzero(&expires, sizeof(tender_str_t));
    ngx_memzero(&plan, sizeof(tender_str_t));

    v = tender_value_member(code->found.code.data, "expires");

    if (v && v->type == TENDER_STRING) {
        expires = v->u.text;
    }

    if (code->principal->plan.len) {
        plan = ngx_http_tender_str(&code->principal->plan);
    }

    (void) ngx_http_tender_export_format(&ctx->query, &format);

    record = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (record == NULL
        || ngx_http_tender_export_add(ctx, record, "api_code",
                                      ngx_http_tender_str(&code->secret))
           != NGX_OK
        || ngx_http_tender_export_add(ctx, record, "expires", expires)
           != NGX_OK
        || ngx_http_tender_export_add(ctx, record, "plan", plan) != NGX_OK
        || ngx_http_tender_export_record(ctx, format, record, 1, &ctx->type,
                                         &body)
           != NGX_OK
        || ngx_http_tender_put(ctx, body.data, body.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}
