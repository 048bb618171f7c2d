
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"
#include "../http/ngx_http_tender_conf_file.h"


static char *ngx_http_tender_redis_tls(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf);
static ngx_int_t ngx_http_tender_redis_resolver(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf);


void
ngx_http_tender_redis_conf_init(ngx_http_tender_redis_conf_t *conf)
{
    /* set by ngx_pcalloc(): all strings empty */

    conf->tls = NGX_CONF_UNSET;
    conf->connect_timeout = NGX_CONF_UNSET_MSEC;
    conf->timeout = NGX_CONF_UNSET_MSEC;
    conf->connections = NGX_CONF_UNSET_UINT;
    conf->max_pending = NGX_CONF_UNSET_UINT;
}


char *
ngx_http_tender_redis_conf_merge(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf)
{
    ngx_conf_init_value(conf->tls, 0);
    ngx_conf_init_msec_value(conf->connect_timeout, 1000);
    ngx_conf_init_msec_value(conf->timeout, 2000);
    ngx_conf_init_uint_value(conf->connections, 1);
    ngx_conf_init_uint_value(conf->max_pending, 10000);

    if (conf->backoff.min == 0) {
        conf->backoff.min = 50;
        conf->backoff.factor = 2;
        conf->backoff.max = 500;
    }

    if (conf->connect_timeout == 0 || conf->timeout == 0
        || conf->max_pending == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_connect_timeout\", "
                           "\"tender_redis_timeout\" and "
                           "\"tender_redis_max_pending\" must not be zero");
        return NGX_CONF_ERROR;
    }

    if (conf->connections == 0 || conf->connections > 64) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_connections\" must be between "
                           "1 and 64");
        return NGX_CONF_ERROR;
    }

    if (conf->url.url.len == 0) {
        return NGX_CONF_OK;
    }

    if (conf->user.len && conf->password.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_user\" needs "
                           "\"tender_redis_password_file\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_tender_redis_resolver(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_tender_redis_tls(cf, conf);
}


/*
 * A name is looked up at run time if there is a resolver, else now, once, as
 * for proxy_pass.
 */

static ngx_int_t
ngx_http_tender_redis_resolver(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (conf->url.naddrs) {
        return NGX_OK;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->resolver && clcf->resolver->connections.nelts) {
        conf->resolver = clcf->resolver;
        return NGX_OK;
    }

    if (ngx_inet_resolve_host(cf->pool, &conf->url) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"tender_redis %V\": set \"resolver\" to "
                           "look the name up at run time",
                           conf->url.err ? conf->url.err : "host not found",
                           &conf->url.url);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static char *
ngx_http_tender_redis_tls(ngx_conf_t *cf, ngx_http_tender_redis_conf_t *conf)
{
    if (!conf->tls) {
        return NGX_CONF_OK;
    }

    if (conf->trusted_certificate.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_tls on\" needs "
                           "\"tender_redis_trusted_certificate\"");
        return NGX_CONF_ERROR;
    }

#if (NGX_HTTP_SSL)
    {
    ngx_pool_cleanup_t  *cln;

    if (conf->url.family == AF_UNIX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_tls on\" has no use on a unix "
                           "socket");
        return NGX_CONF_ERROR;
    }

    conf->ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (conf->ssl == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->ssl->log = cf->log;

    if (ngx_ssl_create(conf->ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(conf->ssl);
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = conf->ssl;

    if (ngx_ssl_trusted_certificate(cf, conf->ssl,
                                    &conf->trusted_certificate, 5)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
    }
#else
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"tender_redis_tls\" needs an nginx built with "
                       "--with-http_ssl_module");
    return NGX_CONF_ERROR;
#endif
}


char *
ngx_http_tender_redis_set_server(ngx_conf_t *cf,
    ngx_http_tender_redis_conf_t *conf, ngx_str_t *address)
{
    if (conf->url.url.len) {
        return "is duplicate";
    }

    ngx_memzero(&conf->url, sizeof(ngx_url_t));

    conf->url.url = *address;
    conf->url.default_port = 6379;
    conf->url.no_resolve = 1;

    if (ngx_parse_url(cf->pool, &conf->url) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"tender_redis %V\": an address is "
                           "unix:/path or host:port",
                           conf->url.err ? conf->url.err : "no address",
                           address);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_tender_redis_set_password_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    u_char                        *text, buf[513];
    size_t                         n;
    ngx_str_t                     *value;
    ngx_http_tender_redis_conf_t  *rcf;

    rcf = (ngx_http_tender_redis_conf_t *) (p + cmd->offset);

    if (rcf->password.len) {
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

    if (n == 0 || n == sizeof(buf) || ngx_strlchr(buf, buf + n, LF)) {
        ngx_explicit_memzero(buf, sizeof(buf));
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" must hold one line, a password of 1 to "
                           "512 bytes", &value[1]);
        return NGX_CONF_ERROR;
    }

    text = ngx_pnalloc(cf->pool, n);
    if (text == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memcpy(text, buf, n);
    ngx_explicit_memzero(buf, sizeof(buf));

    rcf->password.data = text;
    rcf->password.len = n;

    return NGX_CONF_OK;
}


char *
ngx_http_tender_redis_set_backoff(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    ngx_int_t                      min, max, factor;
    ngx_str_t                     *value;
    ngx_http_tender_redis_conf_t  *rcf;

    rcf = (ngx_http_tender_redis_conf_t *) (p + cmd->offset);

    if (rcf->backoff.min) {
        return "is duplicate";
    }

    value = cf->args->elts;

    min = ngx_parse_time(&value[1], 0);
    factor = ngx_atoi(value[2].data, value[2].len);
    max = ngx_parse_time(&value[3], 0);

    if (min == NGX_ERROR || factor == NGX_ERROR || max == NGX_ERROR
        || min == 0 || factor == 0 || factor > 100 || max < min)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_redis_backoff\" takes the first delay, "
                           "a factor from 1 to 100 and the longest delay, "
                           "as in \"50ms 2 500ms\"");
        return NGX_CONF_ERROR;
    }

    rcf->backoff.min = min;
    rcf->backoff.factor = factor;
    rcf->backoff.max = max;

    return NGX_CONF_OK;
}
