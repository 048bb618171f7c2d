
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"

#include <ngx_sha1.h>


/* "$<length>" and the end of a line */

#define NGX_HTTP_TENDER_REDIS_MARK  (1 + NGX_INT_T_LEN + 2)


static u_char *ngx_http_tender_redis_bulk(u_char *p, ngx_str_t *str);
static u_char *ngx_http_tender_redis_uint(u_char *p, size_t n);
static ngx_int_t ngx_http_tender_redis_room(
    ngx_http_tender_redis_link_t *link, size_t len);


void
ngx_http_tender_redis_scripts_init(ngx_http_tender_redis_script_t *scripts)
{
    u_char                           digest[20];
    ngx_sha1_t                       sha1;
    ngx_http_tender_redis_script_t  *script;

    for (script = scripts; script->name.len; script++) {
        ngx_sha1_init(&sha1);
        ngx_sha1_update(&sha1, script->text.data, script->text.len);
        ngx_sha1_final(digest, &sha1);

        (void) ngx_hex_dump(script->sha1, digest, sizeof(digest));
    }
}


/*
 * Appends the command to what the link is about to send.  It is written here
 * and not by hiredis, which takes memory of its own and prints each length
 * through a format: 3 000 instructions of a request that has 14 000.
 */

ngx_int_t
ngx_http_tender_redis_format(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_call_t *call)
{
    size_t       len;
    u_char      *p, nkeys[NGX_INT_T_LEN];
    ngx_str_t    head[3];
    ngx_uint_t   i, n;

    n = 0;

    if (call->script) {
        if (call->whole) {
            ngx_str_set(&head[0], "EVAL");
            head[1] = call->script->text;

        } else {
            ngx_str_set(&head[0], "EVALSHA");
            head[1].data = call->script->sha1;
            head[1].len = sizeof(call->script->sha1);
        }

        head[2].data = nkeys;
        head[2].len = ngx_http_tender_redis_uint(nkeys, call->nkeys) - nkeys;

        n = 3;
    }

    len = NGX_HTTP_TENDER_REDIS_MARK
          + (n + call->argc) * (NGX_HTTP_TENDER_REDIS_MARK + 2);

    for (i = 0; i < n; i++) {
        len += head[i].len;
    }

    for (i = 0; i < call->argc; i++) {
        len += call->argv[i].len;
    }

    if (ngx_http_tender_redis_room(link, len) != NGX_OK) {
        return NGX_ERROR;
    }

    p = link->out.last;

    *p++ = '*';
    p = ngx_http_tender_redis_uint(p, n + call->argc);
    *p++ = CR;
    *p++ = LF;

    for (i = 0; i < n; i++) {
        p = ngx_http_tender_redis_bulk(p, &head[i]);
    }

    for (i = 0; i < call->argc; i++) {
        p = ngx_http_tender_redis_bulk(p, &call->argv[i]);
    }

    link->out.last = p;

    return NGX_OK;
}


static u_char *
ngx_http_tender_redis_bulk(u_char *p, ngx_str_t *str)
{
    *p++ = '$';
    p = ngx_http_tender_redis_uint(p, str->len);
    *p++ = CR;
    *p++ = LF;
    p = ngx_cpymem(p, str->data, str->len);
    *p++ = CR;
    *p++ = LF;

    return p;
}


static u_char *
ngx_http_tender_redis_uint(u_char *p, size_t n)
{
    u_char  *last, digits[NGX_INT_T_LEN];

    last = digits + sizeof(digits);

    do {
        *--last = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    while (last < digits + sizeof(digits)) {
        *p++ = *last++;
    }

    return p;
}


/* room for len more bytes behind out.last */

static ngx_int_t
ngx_http_tender_redis_room(ngx_http_tender_redis_link_t *link, size_t len)
{
    size_t   size, used;
    u_char  *p;

    if ((size_t) (link->out.end - link->out.last) >= len) {
        return NGX_OK;
    }

    used = link->out.last - link->out.pos;
    size = link->out.end - link->out.start;

    while (size < used + len) {
        size *= 2;
    }

    p = ngx_alloc(size, link->redis->log);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, link->out.pos, used);
    ngx_free(link->out.start);

    link->out.start = p;
    link->out.pos = p;
    link->out.last = p + used;
    link->out.end = p + size;

    return NGX_OK;
}
