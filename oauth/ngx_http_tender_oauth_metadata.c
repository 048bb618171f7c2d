
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_oauth.h"


/* RFC 8414: what this server is, at /.well-known/oauth-authorization-server */

static ngx_int_t ngx_http_tender_oauth_metadata(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_oauth_endpoints(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object);
static ngx_int_t ngx_http_tender_oauth_methods(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name);
static ngx_int_t ngx_http_tender_oauth_grants(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object);
static ngx_int_t ngx_http_tender_oauth_list(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, const char *const *words);


static const ngx_http_tender_route_t  ngx_http_tender_oauth_about[] = {

    { NGX_HTTP_GET, "", ngx_string("oauth metadata"), 0,
      NGX_HTTP_TENDER_NO_BODY,
      "Metadata",
      { ngx_http_tender_oauth_metadata } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


static const ngx_http_tender_dialect_t  ngx_http_tender_metadata_dialect = {
    ngx_string("oauth metadata"),
    ngx_null_string,
    ngx_http_tender_oauth_about,
    ngx_http_tender_oauth_refuse,
    NULL,
    1,
    0,
    0,
    0,
    NULL
};


char *
ngx_http_tender_set_oauth_metadata(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    size_t          i;
    u_char          ch;
    ngx_str_t      *value, prefix;
    ngx_command_t   dialect;

    value = cf->args->elts;
    prefix = value[1];

    for (i = 0; i < prefix.len; i++) {
        ch = prefix.data[i];

        if ((ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z')
            && (ch < '0' || ch > '9') && ch != '/' && ch != '-' && ch != '_'
            && ch != '.' && ch != '~')
        {
            break;
        }
    }

    if (prefix.len == 0 || prefix.data[0] != '/' || i < prefix.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V %V\" should be the prefix of a location "
                           "with \"tender_oauth\", as \"/oauth/\"",
                           &cmd->name, &value[1]);
        return NGX_CONF_ERROR;
    }

    if (prefix.data[prefix.len - 1] == '/') {
        prefix.len--;
    }

    tlcf->oauth_prefix = prefix;

    dialect = *cmd;
    dialect.post = (void *) &ngx_http_tender_metadata_dialect;

    return ngx_http_tender_set_dialect(cf, &dialect, conf);
}


static ngx_int_t
ngx_http_tender_oauth_metadata(ngx_http_tender_ctx_t *ctx)
{
    tender_value_t  *object;

    static const char *const  scopes[] = {
        "read", "create", "update", "delete", "write", "auction", "admin", NULL
    };

    static const char *const  none[] = { NULL };

    object = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (object == NULL
        || ngx_http_tender_oauth_endpoints(ctx, object) != NGX_OK
        || ngx_http_tender_oauth_list(ctx, object, "scopes_supported", scopes)
           != NGX_OK
        || ngx_http_tender_oauth_list(ctx, object, "response_types_supported",
                                      none)
           != NGX_OK
        || ngx_http_tender_oauth_grants(ctx, object) != NGX_OK
        || ngx_http_tender_oauth_methods(ctx, object,
                                      "token_endpoint_auth_methods_supported")
           != NGX_OK
        || ngx_http_tender_oauth_methods(ctx, object,
                                 "revocation_endpoint_auth_methods_supported")
           != NGX_OK
        || ngx_http_tender_oauth_methods(ctx, object,
                              "introspection_endpoint_auth_methods_supported")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_oauth_answer(ctx, object);
}


static ngx_int_t
ngx_http_tender_oauth_endpoints(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object)
{
    u_char      *p;
    ngx_str_t    base, *prefix, url;
    ngx_uint_t   i;

    static const struct {
        const char  *name;
        ngx_str_t    path;
    } endpoints[] = {
        { "token_endpoint", ngx_string("/token") },
        { "revocation_endpoint", ngx_string("/revoke") },
        { "introspection_endpoint", ngx_string("/introspect") }
    };

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    base.len -= ctx->conf->prefix.len;

    if (ngx_http_tender_oauth_text(ctx, object, "issuer", &base) != NGX_OK) {
        return NGX_ERROR;
    }

    prefix = &ctx->conf->oauth_prefix;

    for (i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {

        url.len = base.len + prefix->len + endpoints[i].path.len;
        url.data = ngx_pnalloc(ctx->request->pool, url.len);
        if (url.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(url.data, base.data, base.len);
        p = ngx_cpymem(p, prefix->data, prefix->len);
        ngx_memcpy(p, endpoints[i].path.data, endpoints[i].path.len);

        if (ngx_http_tender_oauth_text(ctx, object, endpoints[i].name, &url)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_oauth_methods(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name)
{
    static const char *const  methods[] = {
        "client_secret_basic", "client_secret_post", NULL
    };

    return ngx_http_tender_oauth_list(ctx, object, name, methods);
}


static ngx_int_t
ngx_http_tender_oauth_grants(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object)
{
    const char  *const *grants;

    static const char *const  all[] = {
        "password", "client_credentials", "refresh_token", NULL
    };

    grants = ctx->conf->oauth_password ? all : all + 1;

    return ngx_http_tender_oauth_list(ctx, object, "grant_types_supported",
                                      grants);
}


static ngx_int_t
ngx_http_tender_oauth_list(ngx_http_tender_ctx_t *ctx, tender_value_t *object,
    const char *name, const char *const *words)
{
    tender_value_t  *list, *v;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);

    if (ngx_http_tender_oauth_add(object, name, list) != NGX_OK) {
        return NGX_ERROR;
    }

    for ( /* void */ ; *words; words++) {

        v = tender_value_cstring(&ctx->mem, *words);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, v);
    }

    return NGX_OK;
}
