
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"

#include <hiredis/sds.h>
#include <ngx_sha1.h>


#define NGX_HTTP_TENDER_REDIS_ARGS  32


static ngx_int_t ngx_http_tender_redis_out(ngx_http_tender_redis_link_t *link,
    u_char *data, size_t len);


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


/* appends the command to what the link is about to send */

ngx_int_t
ngx_http_tender_redis_format(ngx_http_tender_redis_link_t *link,
    ngx_http_tender_redis_call_t *call)
{
    sds           cmd;
    size_t       *lens, stack_lens[NGX_HTTP_TENDER_REDIS_ARGS];
    u_char        nkeys[NGX_INT_T_LEN];
    ngx_int_t     rc;
    ngx_uint_t    i, n;
    const char  **argv, *stack_argv[NGX_HTTP_TENDER_REDIS_ARGS];

    argv = stack_argv;
    lens = stack_lens;

    if (call->argc + 3 > NGX_HTTP_TENDER_REDIS_ARGS) {
        argv = ngx_palloc(call->pool, (call->argc + 3) * sizeof(char *));
        lens = ngx_palloc(call->pool, (call->argc + 3) * sizeof(size_t));

        if (argv == NULL || lens == NULL) {
            return NGX_ERROR;
        }
    }

    n = 0;

    if (call->script) {
        argv[0] = call->whole ? "EVAL" : "EVALSHA";
        lens[0] = ngx_strlen(argv[0]);

        if (call->whole) {
            argv[1] = (const char *) call->script->text.data;
            lens[1] = call->script->text.len;

        } else {
            argv[1] = (const char *) call->script->sha1;
            lens[1] = sizeof(call->script->sha1);
        }

        argv[2] = (const char *) nkeys;
        lens[2] = ngx_sprintf(nkeys, "%ui", call->nkeys) - nkeys;

        n = 3;
    }

    for (i = 0; i < call->argc; i++, n++) {
        argv[n] = (const char *) call->argv[i].data;
        lens[n] = call->argv[i].len;
    }

    if (redisFormatSdsCommandArgv(&cmd, n, argv, lens) < 0) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_redis_out(link, (u_char *) cmd, sdslen(cmd));

    redisFreeSdsCommand(cmd);

    return rc;
}


static ngx_int_t
ngx_http_tender_redis_out(ngx_http_tender_redis_link_t *link, u_char *data,
    size_t len)
{
    size_t   size, used;
    u_char  *p;

    used = link->out.last - link->out.pos;

    if ((size_t) (link->out.end - link->out.last) < len) {

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
    }

    link->out.last = ngx_cpymem(link->out.last, data, len);

    return NGX_OK;
}
