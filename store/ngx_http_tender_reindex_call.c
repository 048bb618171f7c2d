
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reindex_walk.h"


#define NGX_HTTP_TENDER_REINDEX_AWAY    1000    /* ms */
#define NGX_HTTP_TENDER_REINDEX_SILENT  10000


static void ngx_http_tender_reindex_handler(
    ngx_http_tender_redis_call_t *call);


ngx_http_tender_redis_call_t *
ngx_http_tender_reindex_ask(ngx_http_tender_reindex_t *walk, ngx_uint_t n,
    ngx_uint_t argc)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     i;
    ngx_http_tender_redis_call_t  *call;

    if (walk->ask) {
        ngx_destroy_pool(walk->ask);
    }

    walk->calls = NULL;
    walk->ncalls = 0;

    walk->ask = ngx_create_pool(16384, walk->log);
    if (walk->ask == NULL) {
        return NULL;
    }

    call = ngx_pcalloc(walk->ask, n * sizeof(ngx_http_tender_redis_call_t));
    argv = ngx_pcalloc(walk->ask, n * argc * sizeof(ngx_str_t));

    if (call == NULL || argv == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        call[i].argv = argv + i * argc;
        call[i].argc = argc;
        call[i].handler = ngx_http_tender_reindex_handler;
        call[i].data = walk;
        call[i].pool = walk->ask;
        call[i].background = 1;
    }

    walk->calls = call;
    walk->ncalls = n;

    return call;
}


void
ngx_http_tender_reindex_send(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next)
{
    ngx_uint_t  i;

    walk->next = next;
    walk->pending = 0;

    for (i = 0; i < walk->ncalls; i++) {
        if (ngx_http_tender_redis_call(walk->main->client, &walk->calls[i])
            != NGX_AGAIN)
        {
            ngx_http_tender_reindex_later(walk);
            return;
        }

        walk->pending++;
    }
}


/* nothing is done on the stack of the client */

static void
ngx_http_tender_reindex_handler(ngx_http_tender_redis_call_t *call)
{
    ngx_http_tender_reindex_t  *walk;

    walk = call->data;

    if (--walk->pending == 0) {
        ngx_post_event(&walk->event, &ngx_posted_events);
    }
}


void
ngx_http_tender_reindex_pause(ngx_http_tender_reindex_t *walk,
    ngx_msec_t delay, ngx_http_tender_reindex_pt next)
{
    walk->next = next;

    ngx_add_timer(&walk->timer, delay);
}


ngx_int_t
ngx_http_tender_reindex_number(ngx_http_tender_reindex_t *walk, int64_t n,
    ngx_str_t *arg)
{
    u_char  *p;

    p = ngx_pnalloc(walk->ask, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_http_tender_store_number(p, n, arg);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_reindex_key(ngx_http_tender_reindex_t *walk,
    ngx_uint_t bucket, const char *what, ngx_str_t *id, ngx_str_t *key)
{
    u_char     *p;
    ngx_str_t  *prefix;

    prefix = &walk->main->prefix;

    p = ngx_pnalloc(walk->ask, prefix->len + sizeof("{b}:") - 1
                               + NGX_INT64_LEN + ngx_strlen(what)
                               + (id ? id->len : 0));
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, prefix->data, prefix->len);
    *p++ = '{';
    *p++ = 'b';
    p = tender_uint_write(p, bucket);
    *p++ = '}';
    *p++ = ':';
    p = ngx_cpymem(p, what, ngx_strlen(what));

    if (id) {
        p = ngx_cpymem(p, id->data, id->len);
    }

    key->len = p - key->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_reindex_global(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, const char *what, ngx_str_t *key)
{
    u_char  *p;

    p = ngx_pnalloc(pool, tmcf->prefix.len + sizeof("{g}:") - 1
                          + ngx_strlen(what));
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, tmcf->prefix.data, tmcf->prefix.len);
    p = ngx_cpymem(p, "{g}:", sizeof("{g}:") - 1);
    p = ngx_cpymem(p, what, ngx_strlen(what));

    key->len = p - key->data;

    return NGX_OK;
}


void
ngx_http_tender_reindex_clean(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t  i;

    for (i = 0; i < walk->ncalls; i++) {
        (void) ngx_http_tender_redis_cancel(&walk->calls[i]);
    }

    if (walk->event.posted) {
        ngx_delete_posted_event(&walk->event);
    }

    if (walk->timer.timer_set) {
        ngx_del_timer(&walk->timer);
    }

    if (walk->ask) {
        ngx_destroy_pool(walk->ask);
    }

    if (walk->page) {
        ngx_destroy_pool(walk->page);
    }

    if (walk->met) {
        ngx_free(walk->met);
    }

    walk->ask = NULL;
    walk->calls = NULL;
    walk->ncalls = 0;
    walk->pending = 0;
    walk->page = NULL;
    walk->met = NULL;
    walk->nmet = 0;
    walk->busy = 0;
}


ngx_uint_t
ngx_http_tender_reindex_silent(ngx_http_tender_reindex_t *walk,
    ngx_http_tender_reindex_pt next)
{
    if (ngx_current_msec - walk->reported < NGX_HTTP_TENDER_REINDEX_SILENT) {
        return 0;
    }

    ngx_http_tender_reindex_tell(walk, next);

    return 1;
}


/* what of the page is there already is met, and does not get there again */

void
ngx_http_tender_reindex_later(ngx_http_tender_reindex_t *walk)
{
    ngx_uint_t  i;

    for (i = 0; i < walk->ncalls; i++) {
        (void) ngx_http_tender_redis_cancel(&walk->calls[i]);
    }

    walk->ncalls = 0;
    walk->pending = 0;
    walk->done = walk->counted;

    if (walk->event.posted) {
        ngx_delete_posted_event(&walk->event);
    }

    ngx_http_tender_reindex_pause(walk, NGX_HTTP_TENDER_REINDEX_AWAY,
                                  ngx_http_tender_reindex_report);
}
