
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


/*
 * What opens a link: AUTH, SELECT, CLIENT SETNAME and the reading of the
 * stamp, in one pipeline.  A store that has no stamp yet gets one in a second
 * one: not before SELECT is known to have chosen its database.
 */

static ngx_int_t ngx_http_tender_redis_greeting(
    ngx_http_tender_redis_link_t *link, ngx_uint_t argc, ngx_str_t *argv,
    ngx_http_tender_redis_handler_pt handler);
static void ngx_http_tender_redis_must_handler(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_redis_may_handler(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_redis_stamp_handler(
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_redis_stamp(
    ngx_http_tender_redis_link_t *link);
static void ngx_http_tender_redis_stamped_handler(
    ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_redis_ready(ngx_http_tender_redis_link_t *link);


static ngx_str_t  ngx_http_tender_redis_auth = ngx_string("AUTH");
static ngx_str_t  ngx_http_tender_redis_select = ngx_string("SELECT");
static ngx_str_t  ngx_http_tender_redis_client = ngx_string("CLIENT");
static ngx_str_t  ngx_http_tender_redis_setname = ngx_string("SETNAME");
static ngx_str_t  ngx_http_tender_redis_set = ngx_string("SET");
static ngx_str_t  ngx_http_tender_redis_nx = ngx_string("NX");
static ngx_str_t  ngx_http_tender_redis_get = ngx_string("GET");


ngx_int_t
ngx_http_tender_redis_greet(ngx_http_tender_redis_link_t *link)
{
    u_char                        *p;
    ngx_str_t                     *argv;
    ngx_pool_t                    *pool;
    ngx_uint_t                     n;
    ngx_http_tender_redis_conf_t  *conf;

    conf = link->redis->conf;
    pool = link->peer.connection->pool;

    link->ncalls = 0;

    argv = ngx_palloc(pool, 10 * sizeof(ngx_str_t));
    p = ngx_pnalloc(pool, 2 * NGX_INT_T_LEN + sizeof("tender-"));

    if (argv == NULL || p == NULL) {
        return NGX_ERROR;
    }

    if (conf->password.len) {
        n = 0;
        argv[n++] = ngx_http_tender_redis_auth;

        if (conf->user.len) {
            argv[n++] = conf->user;
        }

        argv[n++] = conf->password;

        if (ngx_http_tender_redis_greeting(link, n, argv,
                                           ngx_http_tender_redis_must_handler)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        argv += n;
    }

    if (conf->db) {
        argv[0] = ngx_http_tender_redis_select;
        argv[1].data = p;
        argv[1].len = ngx_sprintf(p, "%ui", conf->db) - p;
        p += argv[1].len;

        if (ngx_http_tender_redis_greeting(link, 2, argv,
                                           ngx_http_tender_redis_must_handler)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        argv += 2;
    }

    argv[0] = ngx_http_tender_redis_client;
    argv[1] = ngx_http_tender_redis_setname;
    argv[2].data = p;
    argv[2].len = ngx_sprintf(p, "tender-%P", ngx_pid) - p;

    argv[3] = ngx_http_tender_redis_get;
    argv[4] = conf->stamp_key;

    if (ngx_http_tender_redis_greeting(link, 3, argv,
                                       ngx_http_tender_redis_may_handler)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_redis_greeting(link, 2, argv + 3,
                                          ngx_http_tender_redis_stamp_handler);
}


static ngx_int_t
ngx_http_tender_redis_stamp(ngx_http_tender_redis_link_t *link)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_conf_t  *conf;

    conf = link->redis->conf;

    argv = ngx_palloc(link->peer.connection->pool, 6 * sizeof(ngx_str_t));
    if (argv == NULL) {
        return NGX_ERROR;
    }

    argv[0] = ngx_http_tender_redis_set;
    argv[1] = conf->stamp_key;
    argv[2] = conf->stamp_value;
    argv[3] = ngx_http_tender_redis_nx;

    argv[4] = ngx_http_tender_redis_get;
    argv[5] = conf->stamp_key;

    if (ngx_http_tender_redis_greeting(link, 4, argv,
                                       ngx_http_tender_redis_may_handler)
        != NGX_OK
        || ngx_http_tender_redis_greeting(link, 2, argv + 4,
                                          ngx_http_tender_redis_stamped_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_post_event(link->peer.connection->write, &ngx_posted_events);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_redis_greeting(ngx_http_tender_redis_link_t *link,
    ngx_uint_t argc, ngx_str_t *argv, ngx_http_tender_redis_handler_pt handler)
{
    ngx_http_tender_redis_call_t  *call;

    call = &link->calls[link->ncalls++];

    ngx_memzero(call, sizeof(ngx_http_tender_redis_call_t));

    call->argc = argc;
    call->argv = argv;
    call->handler = handler;
    call->data = link;
    call->pool = link->peer.connection->pool;

    return ngx_http_tender_redis_enqueue(link, call, 1);
}


/* all but OK closes the link, and with it fails the rest of the greeting */

static void
ngx_http_tender_redis_must_handler(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_redis_link_t   *link;
    ngx_http_tender_redis_reply_t  *reply;

    link = call->data;
    reply = call->reply;

    if (reply == NULL
        || (reply->type == NGX_HTTP_TENDER_REDIS_STATUS
            && reply->str.len == 2
            && ngx_strncmp(reply->str.data, "OK", 2) == 0))
    {
        return;
    }

    (void) ngx_http_tender_redis_judge(link->redis, call, reply);

    ngx_http_tender_redis_link_close(link, "refused the greeting");
}


/*
 * A replica refuses a stamp, a careful ACL a name: what matters is what the
 * stamp reads as.
 */

static void
ngx_http_tender_redis_may_handler(ngx_http_tender_redis_call_t *call)
{
    (void) call;
}


static void
ngx_http_tender_redis_stamp_handler(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_redis_link_t  *link;

    link = call->data;

    if (call->reply && call->reply->type == NGX_HTTP_TENDER_REDIS_NIL) {

        if (ngx_http_tender_redis_stamp(link) != NGX_OK) {
            ngx_http_tender_redis_link_close(link,
                                             "has no memory left for it");
        }

        return;
    }

    ngx_http_tender_redis_stamped_handler(call);
}


/* there still is none where nothing can be written */

static void
ngx_http_tender_redis_stamped_handler(ngx_http_tender_redis_call_t *call)
{
    u_char                          buf[64];
    ngx_str_t                       text;
    ngx_http_tender_redis_link_t   *link;
    ngx_http_tender_redis_conf_t   *conf;
    ngx_http_tender_redis_reply_t  *reply;

    reply = call->reply;

    if (reply == NULL) {
        return;
    }

    link = call->data;
    conf = link->redis->conf;

    switch (reply->type) {

    case NGX_HTTP_TENDER_REDIS_NIL:
        ngx_http_tender_redis_ready(link);
        return;

    case NGX_HTTP_TENDER_REDIS_STRING:
        break;

    default:
        ngx_http_tender_redis_must_handler(call);

        if (link->peer.connection) {
            ngx_http_tender_redis_link_close(link, "refused the greeting");
        }

        return;
    }

    if (reply->str.len == conf->stamp_value.len
        && ngx_memcmp(reply->str.data, conf->stamp_value.data, reply->str.len)
           == 0)
    {
        ngx_http_tender_redis_ready(link);
        return;
    }

    text.data = buf;
    text.len = ngx_snprintf(buf, sizeof(buf), "buckets=%V and not %V",
                            &reply->str, &conf->stamp_value)
               - buf;

    ngx_http_tender_redis_fault(link->redis, NGX_HTTP_TENDER_REDIS_STAMP,
                                NGX_LOG_ALERT,
                                "holds a store that was made with another "
                                "number than the configuration's", &text);

    ngx_http_tender_redis_link_close(link, "refused the greeting");
}


static void
ngx_http_tender_redis_ready(ngx_http_tender_redis_link_t *link)
{
    ngx_connection_t  *c;

    c = link->peer.connection;

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }

    if (link->delay) {
        ngx_log_error(NGX_LOG_NOTICE, link->redis->log, 0,
                      "tender: redis at \"%V\" answers again",
                      &link->redis->conf->url.url);
    }

    link->delay = 0;
    link->served = 0;
    link->state = NGX_HTTP_TENDER_LINK_READY;
    link->redis->greeted++;

    ngx_post_event(c->write, &ngx_posted_events);
}
