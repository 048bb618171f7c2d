
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


static void ngx_http_tender_redis_resolve(ngx_http_tender_redis_link_t *link);
static void ngx_http_tender_redis_resolved(ngx_resolver_ctx_t *resolving);
static void ngx_http_tender_redis_connect(ngx_http_tender_redis_link_t *link);
static void ngx_http_tender_redis_connected(ngx_event_t *wev);
static ngx_int_t ngx_http_tender_redis_test_connect(ngx_connection_t *c);
static void ngx_http_tender_redis_established(
    ngx_http_tender_redis_link_t *link);
#if (NGX_HTTP_SSL)
static void ngx_http_tender_redis_tls_start(
    ngx_http_tender_redis_link_t *link);
static void ngx_http_tender_redis_tls_handler(ngx_connection_t *c);
#endif
static void ngx_http_tender_redis_down(ngx_http_tender_redis_link_t *link,
    ngx_err_t err, const char *reason);
static void ngx_http_tender_redis_retry_handler(ngx_event_t *ev);
static void ngx_http_tender_redis_drop(ngx_queue_t *queue);


ngx_int_t
ngx_http_tender_redis_link_init(ngx_http_tender_redis_link_t *link)
{
    ngx_log_t  *log;

    log = link->redis->log;

    ngx_queue_init(&link->greeting);
    ngx_queue_init(&link->queued);
    ngx_queue_init(&link->sent);

    link->ident.fd = (ngx_socket_t) -1;
    link->ident.data = link;

    link->timer.handler = ngx_http_tender_redis_timer_handler;
    link->timer.data = &link->ident;
    link->timer.log = log;
    link->timer.cancelable = 1;

    link->retry.handler = ngx_http_tender_redis_retry_handler;
    link->retry.data = &link->ident;
    link->retry.log = log;
    link->retry.cancelable = 1;

    /* a connection that fails is reported here, not by the core */

    link->quiet_log = *log;
    link->quiet_log.log_level = NGX_LOG_EMERG;
    link->quiet_log.next = NULL;

    link->in = ngx_alloc(NGX_HTTP_TENDER_REDIS_READ_SIZE, log);
    link->out.start = ngx_alloc(NGX_HTTP_TENDER_REDIS_OUT_SIZE, log);

    if (link->in == NULL || link->out.start == NULL) {
        return NGX_ERROR;
    }

    link->out.pos = link->out.start;
    link->out.last = link->out.start;
    link->out.end = link->out.start + NGX_HTTP_TENDER_REDIS_OUT_SIZE;

    return NGX_OK;
}


void
ngx_http_tender_redis_link_open(ngx_http_tender_redis_link_t *link)
{
    ngx_url_t  *url;

    url = &link->redis->conf->url;

    if (url->naddrs == 0) {
        ngx_http_tender_redis_resolve(link);
        return;
    }

    link->socklen = url->addrs[0].socklen;
    ngx_memcpy(&link->sockaddr, url->addrs[0].sockaddr, link->socklen);

    ngx_http_tender_redis_connect(link);
}


static void
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
        ngx_http_tender_redis_down(link, 0, "cannot be resolved");
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
        ngx_http_tender_redis_down(link, 0, "cannot be resolved");
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
        ngx_http_tender_redis_down(link, 0, "cannot be resolved");
        return;
    }

    i = ngx_random() % resolving->naddrs;

    link->socklen = resolving->addrs[i].socklen;
    ngx_memcpy(&link->sockaddr, resolving->addrs[i].sockaddr, link->socklen);

    ngx_inet_set_port(&link->sockaddr.sockaddr, link->redis->conf->url.port);

    ngx_resolve_name_done(resolving);

    ngx_http_tender_redis_connect(link);
}


static void
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

        ngx_http_tender_redis_down(link, err, "cannot be connected to");
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

    c->read->handler = ngx_http_tender_redis_read_handler;
    c->write->handler = ngx_http_tender_redis_connected;
    c->write->cancelable = 1;

    ngx_add_timer(c->write, conf->connect_timeout);

    if (rc == NGX_OK) {
        ngx_http_tender_redis_connected(c->write);
    }
}


static void
ngx_http_tender_redis_connected(ngx_event_t *wev)
{
    ngx_connection_t              *c;
    ngx_http_tender_redis_link_t  *link;

    c = wev->data;
    link = c->data;

    if (wev->timedout) {
        ngx_http_tender_redis_link_close(link, "cannot be reached in time");
        return;
    }

    if (ngx_http_tender_redis_test_connect(c) != NGX_OK) {
        ngx_http_tender_redis_link_close(link, "cannot be connected to");
        return;
    }

    c->write->handler = ngx_http_tender_redis_write_handler;

#if (NGX_HTTP_SSL)
    if (link->redis->conf->ssl) {
        ngx_http_tender_redis_tls_start(link);
        return;
    }
#endif

    ngx_http_tender_redis_established(link);
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


static void
ngx_http_tender_redis_established(ngx_http_tender_redis_link_t *link)
{
    link->state = NGX_HTTP_TENDER_LINK_GREETING;

    link->reader = ngx_http_tender_redis_reader(link);

    if (link->reader == NULL
        || ngx_http_tender_redis_greet(link) != NGX_OK)
    {
        ngx_http_tender_redis_link_close(link, "has no memory left for it");
        return;
    }

    ngx_http_tender_redis_link_write(link);
}


#if (NGX_HTTP_SSL)

static void
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

    ngx_http_tender_redis_established(link);
}

#endif


/*
 * What was sent is lost; what was not waits for one more attempt if the
 * link had been working.
 */

void
ngx_http_tender_redis_link_close(ngx_http_tender_redis_link_t *link,
    const char *reason)
{
    ngx_err_t          err;
    ngx_uint_t         ready;
    ngx_pool_t        *pool;
    ngx_connection_t  *c;

    err = ngx_socket_errno;
    ready = (link->state == NGX_HTTP_TENDER_LINK_READY);

    c = link->peer.connection;
    pool = c->pool;

#if (NGX_HTTP_SSL)
    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;
        (void) ngx_ssl_shutdown(c);
    }
#endif

    ngx_close_connection(c);
    link->peer.connection = NULL;

    if (link->reader) {
        redisReaderFree(link->reader);
        link->reader = NULL;
    }

    link->out.pos = link->out.start;
    link->out.last = link->out.start;

    ngx_http_tender_redis_drop(&link->greeting);
    ngx_http_tender_redis_drop(&link->sent);

    if (pool) {
        ngx_destroy_pool(pool);
    }

    if (link->redis->closing) {
        return;
    }

    if (!ready) {
        ngx_http_tender_redis_down(link, err, reason);
        return;
    }

    if (!ngx_exiting) {
        ngx_log_error(NGX_LOG_ERR, link->redis->log, 0,
                      "tender: redis at \"%V\" %s, connecting again",
                      &link->redis->conf->url.url, reason);
    }

    link->state = NGX_HTTP_TENDER_LINK_CONNECTING;

    ngx_add_timer(&link->retry, 1);
}


static void
ngx_http_tender_redis_drop(ngx_queue_t *queue)
{
    ngx_queue_t                 *q;
    ngx_http_tender_redis_op_t  *op;

    while (!ngx_queue_empty(queue)) {
        q = ngx_queue_head(queue);
        op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);

        ngx_http_tender_redis_fail(op);

        if (op->sent) {
            ngx_http_tender_redis_complete(op, NGX_HTTP_TENDER_REDIS_LATE,
                                           NULL);
        }
    }
}


/* an attempt has failed: those who hoped for it are told, the next is later */

static void
ngx_http_tender_redis_down(ngx_http_tender_redis_link_t *link, ngx_err_t err,
    const char *reason)
{
    ngx_msec_t                        delay;
    ngx_http_tender_redis_t          *redis;
    ngx_http_tender_redis_backoff_t  *backoff;

    redis = link->redis;
    backoff = &redis->conf->backoff;

    link->state = NGX_HTTP_TENDER_LINK_DOWN;

    if (ngx_current_msec - redis->down_logged
        >= NGX_HTTP_TENDER_REDIS_QUIET
        || link->delay == 0)
    {
        redis->down_logged = ngx_current_msec;

        ngx_log_error(NGX_LOG_ERR, redis->log, err,
                      "tender: redis at \"%V\" %s, trying again",
                      &redis->conf->url.url, reason);
    }

    delay = link->delay ? link->delay * backoff->factor : backoff->min;
    link->delay = ngx_min(delay, backoff->max);

    ngx_http_tender_redis_drop(&link->queued);

    if (ngx_exiting) {
        return;
    }

    /* a quarter less to a quarter more, so that workers do not march in step */

    delay = link->delay - link->delay / 4
            + ngx_random() % (link->delay / 2 + 1);

    ngx_add_timer(&link->retry, ngx_max(delay, 1));
}


static void
ngx_http_tender_redis_retry_handler(ngx_event_t *ev)
{
    ngx_connection_t              *ident;
    ngx_http_tender_redis_link_t  *link;

    ident = ev->data;
    link = ident->data;

    if (ngx_exiting && link->pending == 0) {
        return;
    }

    ngx_http_tender_redis_link_open(link);
}


void
ngx_http_tender_redis_link_free(ngx_http_tender_redis_link_t *link)
{
    if (link->resolving) {
        ngx_resolve_name_done(link->resolving);
        link->resolving = NULL;
    }

    if (link->peer.connection) {
        ngx_http_tender_redis_link_close(link, "is not needed any more");
    }

    ngx_http_tender_redis_drop(&link->queued);

    if (link->timer.timer_set) {
        ngx_del_timer(&link->timer);
    }

    if (link->retry.timer_set) {
        ngx_del_timer(&link->retry);
    }

    if (link->in) {
        ngx_free(link->in);
    }

    if (link->out.start) {
        ngx_free(link->out.start);
    }
}
