
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_access.h"


ngx_conf_enum_t  ngx_http_tender_anonymous[] = {
    { ngx_string("none"), 0 },
    { ngx_string("read"), NGX_HTTP_TENDER_READ },
    { ngx_string("write"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_WRITE },
    { ngx_string("auction"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_AUCTION },
    { ngx_string("admin"), NGX_HTTP_TENDER_READ|NGX_HTTP_TENDER_WRITE
                           |NGX_HTTP_TENDER_AUCTION|NGX_HTTP_TENDER_ADMIN },
    { ngx_null_string, 0 }
};


static ngx_conf_bitmask_t  ngx_http_tender_auth_kinds[] = {
    { ngx_string("api_code"), NGX_HTTP_TENDER_AUTH_API_CODE },
    { ngx_string("bearer"), NGX_HTTP_TENDER_AUTH_BEARER },
    { ngx_string("oauth2"), NGX_HTTP_TENDER_AUTH_OAUTH2 },
    { ngx_string("basic"), NGX_HTTP_TENDER_AUTH_BASIC },
    { ngx_string("session"), NGX_HTTP_TENDER_AUTH_SESSION },
    { ngx_string("off"), NGX_HTTP_TENDER_AUTH_OFF },
    { ngx_null_string, 0 }
};


char *
ngx_http_tender_set_auth(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i, k;
    ngx_http_tender_main_conf_t  *tmcf;

    if (tlcf->auth) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        for (k = 0; ngx_http_tender_auth_kinds[k].name.len; k++) {
            if (ngx_strcmp(ngx_http_tender_auth_kinds[k].name.data,
                           value[i].data)
                == 0)
            {
                break;
            }
        }

        if (ngx_http_tender_auth_kinds[k].name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown kind of credentials \"%V\" in \"%V\": "
                               "use some of \"api_code\", \"bearer\", "
                               "\"oauth2\", \"basic\", \"session\", or "
                               "\"off\"", &value[i], &cmd->name);
            return NGX_CONF_ERROR;
        }

        if (tlcf->auth & ngx_http_tender_auth_kinds[k].mask) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" twice in \"%V\"", &value[i],
                               &cmd->name);
            return NGX_CONF_ERROR;
        }

        tlcf->auth |= ngx_http_tender_auth_kinds[k].mask;
    }

    if ((tlcf->auth & NGX_HTTP_TENDER_AUTH_OFF)
        && tlcf->auth != NGX_HTTP_TENDER_AUTH_OFF)
    {
        return "takes \"off\" alone";
    }

    if (tlcf->auth != NGX_HTTP_TENDER_AUTH_OFF) {
        tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);
        tmcf->used = 1;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_tender_set_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    ngx_str_t     *value;
    ngx_uint_t     i;
    tender_str_t   word;

    if (tlcf->scopes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    tlcf->scopes = ngx_pcalloc(cf->pool, sizeof(tender_scopes_t));
    if (tlcf->scopes == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        word = ngx_http_tender_str(&value[i]);

        if (tender_scopes_add(tlcf->scopes, word) != TENDER_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown scope \"%V\" in \"%V\": use \"read\", "
                               "\"create\", \"update\", \"delete\", "
                               "\"write\", \"auction\", \"admin\", or "
                               "\"<Module>:read\" and so on", &value[i],
                               &cmd->name);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_tender_set_realm(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    u_char     *p;
    ngx_str_t  *value;

    if (tlcf->realm.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (p = value[1].data; p < value[1].data + value[1].len; p++) {
        if (*p < 0x20 || *p > 0x7e || *p == '"' || *p == '\\') {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" takes printable ASCII without quotes "
                               "and backslashes", &cmd->name);
            return NGX_CONF_ERROR;
        }
    }

    tlcf->realm = value[1];

    return NGX_CONF_OK;
}


/* a time, or "off" */

char *
ngx_http_tender_set_auth_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    ngx_int_t   ms;
    ngx_str_t  *value;

    (void) cmd;

    if (tlcf->auth_cache != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        tlcf->auth_cache = 0;
        return NGX_CONF_OK;
    }

    ms = ngx_parse_time(&value[1], 0);
    if (ms == NGX_ERROR) {
        return "takes a time or \"off\"";
    }

    tlcf->auth_cache = ms;

    return NGX_CONF_OK;
}
