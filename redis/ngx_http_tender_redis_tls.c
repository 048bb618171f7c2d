
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


#if (NGX_HTTP_SSL)


static u_char *ngx_http_tender_redis_tls_host(ngx_connection_t *c,
    ngx_uint_t *address);
static ngx_int_t ngx_http_tender_redis_tls_check(ngx_connection_t *c);
static void ngx_http_tender_redis_tls_handler(ngx_connection_t *c);


void
ngx_http_tender_redis_tls_start(ngx_http_tender_redis_link_t *link)
{
    u_char            *host;
    ngx_int_t          rc;
    ngx_uint_t         address;
    ngx_connection_t  *c;

    c = link->peer.connection;

    if (ngx_ssl_create_connection(link->redis->conf->ssl, c,
                                  NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK)
    {
        ngx_http_tender_redis_link_close(link, "cannot be spoken TLS to");
        return;
    }

    c->sendfile = 0;

    /* what is to be sent may move while it grows */

    SSL_set_mode(c->ssl->connection, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);

    /* an address is no server name (RFC 6066, 3) */

    host = ngx_http_tender_redis_tls_host(c, &address);

    if (host && !address) {
        (void) SSL_set_tlsext_host_name(c->ssl->connection, (char *) host);
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

        ngx_http_tender_redis_fault(link->redis,
                                    NGX_HTTP_TENDER_REDIS_CERTIFICATE,
                                    NGX_LOG_ERR,
                                    "showed a certificate that does not "
                                    "verify", &text);

        ngx_http_tender_redis_link_close(link, "is not trusted");
        return;
    }

    if (ngx_http_tender_redis_tls_check(c) != NGX_OK) {
        ngx_http_tender_redis_link_close(link, "showed a certificate of "
                                               "another name");
        return;
    }

    c->read->handler = ngx_http_tender_redis_read_handler;
    c->write->handler = ngx_http_tender_redis_write_handler;

    ngx_http_tender_redis_link_established(link);
}


/* the host of the configuration, as a string; an address without brackets */

static u_char *
ngx_http_tender_redis_tls_host(ngx_connection_t *c, ngx_uint_t *address)
{
    u_char                        *p;
    ngx_str_t                      host;
    ngx_http_tender_redis_link_t  *link;

    link = c->data;
    host = link->redis->conf->url.host;

    *address = (ngx_inet_addr(host.data, host.len) != INADDR_NONE);

    if (host.len > 2 && host.data[0] == '[') {
        host.data++;
        host.len -= 2;
        *address = 1;
    }

    p = ngx_pnalloc(c->pool, host.len + 1);

    if (p) {
        (void) ngx_cpystrn(p, host.data, host.len + 1);
    }

    return p;
}


/* nginx compares names only */

static ngx_int_t
ngx_http_tender_redis_tls_check(ngx_connection_t *c)
{
    int                            rc;
    X509                          *cert;
    u_char                        *host;
    ngx_uint_t                     address;
    ngx_http_tender_redis_link_t  *link;

    host = ngx_http_tender_redis_tls_host(c, &address);
    if (host == NULL) {
        return NGX_ERROR;
    }

    if (!address) {
        link = c->data;
        return ngx_ssl_check_host(c, &link->redis->conf->url.host);
    }

    cert = SSL_get_peer_certificate(c->ssl->connection);
    if (cert == NULL) {
        return NGX_ERROR;
    }

    rc = X509_check_ip_asc(cert, (char *) host, 0);

    X509_free(cert);

    return (rc == 1) ? NGX_OK : NGX_ERROR;
}


#endif
