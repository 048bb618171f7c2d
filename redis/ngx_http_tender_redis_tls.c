
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


#if (NGX_HTTP_SSL)


static void ngx_http_tender_redis_tls_handler(ngx_connection_t *c);


void
ngx_http_tender_redis_tls_start(ngx_http_tender_redis_link_t *link)
{
    ngx_int_t                      rc;
    ngx_str_t                     *host;
    u_char                        *name;
    ngx_connection_t              *c;
    ngx_http_tender_redis_conf_t  *conf;

    c = link->peer.connection;
    conf = link->redis->conf;
    host = &conf->url.host;

    if (ngx_ssl_create_connection(conf->ssl, c,
                                  NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK)
    {
        ngx_http_tender_redis_link_close(link, "cannot be spoken TLS to");
        return;
    }

    c->sendfile = 0;

    /* an address is no server name (RFC 6066, 3) */

    if (ngx_inet_addr(host->data, host->len) == INADDR_NONE
        && (host->len == 0 || host->data[0] != '['))
    {
        name = ngx_pnalloc(c->pool, host->len + 1);

        if (name) {
            (void) ngx_cpystrn(name, host->data, host->len + 1);
            (void) SSL_set_tlsext_host_name(c->ssl->connection,
                                            (char *) name);
        }
    }

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ngx_http_tender_redis_tls_handler;
        return;
    }

    ngx_http_tender_redis_tls_handler(c);
}


static void
ngx_http_tender_redis_tls_handler(ngx_connection_t *c)
{
    long                           rc;
    ngx_str_t                      text;
    ngx_http_tender_redis_link_t  *link;

    link = c->data;

    if (!c->ssl->handshaked) {
        ngx_http_tender_redis_link_close(link,
                                         "did not complete a TLS handshake");
        return;
    }

    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc != X509_V_OK) {
        text.data = (u_char *) X509_verify_cert_error_string(rc);
        text.len = ngx_strlen(text.data);

        ngx_http_tender_redis_fault(link->redis, NGX_LOG_ERR,
                                    "showed a certificate that does not "
                                    "verify", &text);

        ngx_http_tender_redis_link_close(link, "is not trusted");
        return;
    }

    if (ngx_ssl_check_host(c, &link->redis->conf->url.host) != NGX_OK) {
        ngx_http_tender_redis_link_close(link, "showed a certificate of "
                                               "another name");
        return;
    }

    c->read->handler = ngx_http_tender_redis_read_handler;
    c->write->handler = ngx_http_tender_redis_write_handler;

    ngx_http_tender_redis_link_established(link);
}


#endif
