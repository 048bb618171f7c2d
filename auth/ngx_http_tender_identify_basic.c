
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"


/* a login and its password: HTTP Basic */

static ngx_int_t ngx_http_tender_join_basic(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_ask_basic(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_check_basic(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_note_basic(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_basic_known(ngx_http_tender_ctx_t *ctx);


const ngx_http_tender_step_pt  ngx_http_tender_basic_steps[] = {
    ngx_http_tender_join_basic,
    ngx_http_tender_ask_basic,
    ngx_http_tender_check_basic,
    ngx_http_tender_note_basic,
    ngx_http_tender_basic_known,
    NULL
};


static ngx_int_t
ngx_http_tender_join_basic(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;

    id = ctx->identity;

    if (ctx->conf->auth_cache == 0) {
        return NGX_OK;
    }

    principal = ngx_http_tender_cache_find(ctx, id->key);

    if (principal) {
        ngx_http_tender_become(ctx, principal);
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_flight_join(ctx, id->key);

    if (rc == NGX_AGAIN) {
        ngx_http_tender_go(ctx, ngx_http_tender_join_basic);
    }

    return rc;
}


static ngx_int_t
ngx_http_tender_ask_basic(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    id->login.login = id->credential.login;
    id->login.password = id->credential.password;

    return ngx_http_tender_login_begin(ctx, &id->login);
}


static ngx_int_t
ngx_http_tender_check_basic(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    return ngx_http_tender_login_check(ctx, &id->login);
}


static ngx_int_t
ngx_http_tender_note_basic(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_http_tender_identify_t  *id;

    id = ctx->identity;

    rc = ngx_http_tender_login_note(ctx, &id->login);

    if (rc == NGX_AGAIN || rc == NGX_OK) {
        return rc;
    }

    return ngx_http_tender_identify_done(ctx, rc, NULL);
}


static ngx_int_t
ngx_http_tender_basic_known(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                     rc;
    ngx_http_tender_identify_t   *id;
    ngx_http_tender_principal_t  *principal;

    id = ctx->identity;
    principal = NULL;

    rc = ngx_http_tender_login_done(ctx, &id->login,
                                    NGX_HTTP_TENDER_AUTH_BASIC, &principal);

    return ngx_http_tender_identify_done(ctx, rc, principal);
}
