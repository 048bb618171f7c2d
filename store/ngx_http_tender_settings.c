
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


char *
ngx_http_tender_set_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    ngx_int_t    n;
    ngx_str_t   *value;
    ngx_uint_t   i;

    (void) cmd;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "db=", 3) == 0) {
            n = ngx_atoi(value[i].data + 3, value[i].len - 3);

            if (n >= 0 && n <= 65535) {
                tmcf->redis.db = n;
                continue;
            }
        }

        if (ngx_strncmp(value[i].data, "buckets=", 8) == 0) {
            n = ngx_atoi(value[i].data + 8, value[i].len - 8);

            if (n >= 1 && n <= NGX_HTTP_TENDER_MAX_BUCKETS) {
                tmcf->buckets = n;
                continue;
            }
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\": use db=0 to db=65535, "
                           "buckets=1 to buckets=%d", &value[i],
                           NGX_HTTP_TENDER_MAX_BUCKETS);
        return NGX_CONF_ERROR;
    }

    return ngx_http_tender_redis_set_server(cf, &tmcf->redis, &value[1]);
}


/* part of each key, and of the patterns of an ACL: nothing that is special */

char *
ngx_http_tender_set_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    size_t      i;
    u_char      ch;
    ngx_str_t  *value;

    (void) cmd;

    if (tmcf->prefix.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i < value[1].len; i++) {
        ch = value[1].data[i];

        if ((ch < '0' || ch > '9') && (ch < 'a' || ch > 'z')
            && (ch < 'A' || ch > 'Z') && ch != ':' && ch != '_' && ch != '-'
            && ch != '.')
        {
            break;
        }
    }

    if (value[1].len == 0 || value[1].len > 64 || i < value[1].len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_prefix\" is 1 to 64 letters, digits and "
                           "\":\", \".\", \"_\", \"-\", as in \"city:\"");
        return NGX_CONF_ERROR;
    }

    tmcf->prefix = value[1];

    return NGX_CONF_OK;
}


char *
ngx_http_tender_set_id_prefix(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    size_t      i;
    ngx_str_t  *value;

    (void) cmd;

    if (tmcf->id_prefix.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i < value[1].len; i++) {
        if (value[1].data[i] < 'A' || value[1].data[i] > 'Z') {
            break;
        }
    }

    if (value[1].len < 2 || value[1].len > 8 || i < value[1].len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_id_prefix\" is 2 to 8 capital letters, "
                           "the country's code, as in \"UA\"");
        return NGX_CONF_ERROR;
    }

    tmcf->id_prefix = value[1];

    return NGX_CONF_OK;
}


char *
ngx_http_tender_set_step(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_loc_conf_t *tlcf = conf;

    ngx_str_t  *value;

    (void) cmd;

    if (tlcf->step.amount.digits) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (tender_step_read(ngx_http_tender_str(&value[1]), &tlcf->step)
        != TENDER_OK
        || tlcf->step.amount.digits == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_minimal_step\" is a percentage of the "
                           "total value up to 100%%, as in \"7%%\", or an "
                           "amount above 0, as in \"100\"");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void
ngx_http_tender_merge_step(tender_step_t *step, tender_step_t *prev)
{
    if (step->amount.digits) {
        return;
    }

    if (prev->amount.digits) {
        *step = *prev;
        return;
    }

    step->amount.digits = 7;
    step->percent = 1;
}
