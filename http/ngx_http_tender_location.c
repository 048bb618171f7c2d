
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


static ngx_int_t ngx_http_tender_location_fits(ngx_conf_t *cf,
    ngx_command_t *cmd, ngx_http_core_loc_conf_t *clcf);


char *
ngx_http_tender_set_dialect(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    ngx_str_t                        *value;
    ngx_http_core_loc_conf_t         *clcf;
    ngx_http_tender_main_conf_t      *tmcf;
    const ngx_http_tender_dialect_t  *dialect;

    dialect = cmd->post;
    value = cf->args->elts;

    if (dialect->version.len
        && (value[1].len != dialect->version.len
            || ngx_strncmp(value[1].data, dialect->version.data, value[1].len)
               != 0))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown version \"%V\" in \"%V\": it speaks "
                           "\"%V\"", &value[1], &cmd->name,
                           &dialect->version);
        return NGX_CONF_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (ngx_http_tender_location_fits(cf, cmd, clcf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    clcf->handler = ngx_http_tender_handler;

    tlcf->dialect = dialect;
    tlcf->prefix = clcf->name;

    if (tlcf->prefix.len && tlcf->prefix.data[tlcf->prefix.len - 1] == '/') {
        tlcf->prefix.len--;
    }

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);
    tmcf->used = 1;

    if (dialect->version.len && tmcf->api.len == 0) {
        tmcf->api = tlcf->prefix;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_tender_location_fits(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_core_loc_conf_t *clcf)
{
    if (clcf->handler) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in a location that another directive "
                           "serves already", &cmd->name);
        return NGX_DECLINED;
    }

#if (NGX_PCRE)
    if (clcf->regex) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a prefix location, not one with a "
                           "regular expression", &cmd->name);
        return NGX_DECLINED;
    }
#endif

    if (clcf->named) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a prefix location, not a named one",
                           &cmd->name);
        return NGX_DECLINED;
    }

    return NGX_OK;
}
