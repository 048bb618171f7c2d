
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


/* from an address or a name to an open connection */

static void ngx_http_tender_redis_resolved(ngx_resolver_ctx_t *resolving);
static void ngx_http_tender_redis_connected(ngx_event_t *ev);
static ngx_int_t ngx_http_tender_redis_test_connect(ngx_connection_t *c);


void
ngx_http_tender_redis_resolve(ngx_http_tender_redis_link_t *link)
{
    ngx_resolver_ctx_t            *resolving, temp;
    ngx_http_tender_redis_conf_t  *conf;

    conf = link->redis->conf;
    link->state = NGX_HTTP_TENDER_LINK_RESOLVING;

    ngx_memzero(&temp, sizeof(ngx_resolver_ctx_t));
    temp.name = conf->url.host;

    resolving = ngx_resolve_start(conf->resolver, &temp);

    if (resolving == NULL || resolving == NGX_NO_RESOLVER) {
        ngx_http_tender_redis_link_down(link, 0, "cannot be resolved");
        return;
    }

    resolving->name = conf->url.host;
    resolving->handler = ngx_http_tender_redis_resolved;
    resolving->data = link;
    resolving->timeout = conf->connect_timeout;
    resolving->cancelable = 1;

    link->resolving = resolving;

    if (ngx_resolve_name(resolving) != NGX_OK) {
        link->resolving = NULL;
        ngx_http_tender_redis_link_down(link, 0, "cannot be resolved");
    }
}


static void
ngx_http_tender_redis_resolved(ngx_resolver_ctx_t *resolving)
{
    ngx_uint_t                     i;
    ngx_http_tender_redis_link_t  *link;

    link = resolving->data;
    link->resolving = NULL;

    if (resolving->state || resolving->naddrs == 0) {
        ngx_resolve_name_done(resolving);
        ngx_http_tender_redis_link_down(link, 0, "cannot be resolved");
        return;
    }

    i = ngx_random() % resolving->naddrs;

    link->socklen = resolving->addrs[i].socklen;
    ngx_memcpy(&link->sockaddr, resolving->addrs[i].sockaddr, link->socklen);

    ngx_inet_set_port(&link->sockaddr.sockaddr, link->redis->conf->url.port);

    ngx_resolve_name_done(resolving);

    ngx_http_tender_redis_connect(link);
}


void
ngx_http_tender_redis_connect(ngx_http_tender_redis_link_t *link)
{
    ngx_err_t                      err;
    ngx_int_t                      rc;
    ngx_connection_t              *c;
    ngx_http_tender_redis_conf_t  *conf;

    conf = link->redis->conf;

    link->state = NGX_HTTP_TENDER_LINK_CONNECTING;

    ngx_memzero(&link->peer, sizeof(ngx_peer_connection_t));

    link->peer.sockaddr = &link->sockaddr.sockaddr;
    link->peer.socklen = link->socklen;
    link->peer.name = &conf->url.url;
    link->peer.get = ngx_event_get_peer;
    link->peer.log = &link->quiet_log;
    link->peer.log_error = NGX_ERROR_ERR;
    link->peer.so_keepalive = 1;

    ngx_set_errno(0);

    rc = ngx_event_connect_peer(&link->peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        err = ngx_socket_errno;

        if (link->peer.connection) {
            ngx_close_connection(link->peer.connection);
            link->peer.connection = NULL;
        }

        ngx_http_tender_redis_link_down(link, err, "cannot be connected to");
        return;
    }

    c = link->peer.connection;

    c->log = link->redis->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->data = link;

    c->pool = ngx_create_pool(1024, c->log);
    if (c->pool == NULL) {
        ngx_http_tender_redis_link_close(link, "has no memory left for it");
        return;
    }

    c->read->handler = ngx_http_tender_redis_connected;
    c->write->handler = ngx_http_tender_redis_connected;
    c->write->cancelable = 1;

    ngx_add_timer(c->write, conf->connect_timeout);

    if (rc == NGX_OK) {
        ngx_http_tender_redis_connected(c->write);
    }
}


/* either event tells how the attempt has ended */

static void
ngx_http_tender_redis_connected(ngx_event_t *ev)
{
    ngx_connection_t              *c;
    ngx_http_tender_redis_link_t  *link;

    c = ev->data;
    link = c->data;

    if (ev->timedout) {
        ngx_http_tender_redis_link_close(link, "cannot be reached in time");
        return;
    }

    if (ngx_http_tender_redis_test_connect(c) != NGX_OK) {
        link->err = ngx_socket_errno;
        ngx_http_tender_redis_link_close(link, "cannot be connected to");
        return;
    }

    c->read->handler = ngx_http_tender_redis_read_handler;
    c->write->handler = ngx_http_tender_redis_write_handler;

#if (NGX_HTTP_SSL)
    if (link->redis->conf->ssl) {
        ngx_http_tender_redis_tls_start(link);
        return;
    }
#endif

    ngx_http_tender_redis_link_established(link);
}


static ngx_int_t
ngx_http_tender_redis_test_connect(ngx_connection_t *c)
{
    int        err;
    socklen_t  len;

    err = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    if (err) {
        ngx_set_socket_errno(err);
        return NGX_ERROR;
    }

    return NGX_OK;
}
