
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"


/* the writes: each is one script */

static void ngx_http_tender_store_member(u_char *p,
    ngx_http_tender_record_t *record);


static ngx_str_t  ngx_http_tender_nothing = ngx_null_string;


ngx_int_t
ngx_http_tender_store_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create)
{
    u_char      *p;
    ngx_str_t   *argv;
    ngx_uint_t   bucket;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[18];
        u_char                        numbers[6 * NGX_INT64_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;
    bucket = ngx_http_tender_bucket(ctx->main, &create->id);

    if (ngx_http_tender_key(ctx, bucket, "tender:", &create->id, "", &argv[0])
        != NGX_OK
        || ngx_http_tender_store_keys(ctx, bucket, &argv[1]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "numbers", &ngx_http_tender_nothing,
                               "", &argv[4])
           != NGX_OK
        || ngx_http_tender_store_index_keys(ctx, bucket, &argv[5]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ask->numbers;

    argv[7] = create->id;
    argv[8] = create->doc;
    argv[9] = ctx->author;
    argv[10] = ctx->main->id_prefix;
    argv[11] = create->initials;

    p = ngx_http_tender_store_number(p,
                  tender_zone_offset(&ctx->main->zone, ngx_time()), &argv[12]);
    p = ngx_http_tender_store_number(p, ctx->main->buckets, &argv[13]);
    p = ngx_http_tender_store_number(p, bucket, &argv[14]);

    (void) ngx_http_tender_store_deadlines(p, &create->deadlines, &argv[15]);

    ask->call.argv = argv;
    ask->call.argc = 18;
    ask->call.nkeys = 7;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_CREATE_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_store_created(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create, ngx_http_tender_record_t *record)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    reply = ctx->calls[0].reply;

    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    record->id = create->id;
    record->doc = create->doc;
    record->room = 0;

    if (ngx_http_tender_store_head(reply, record) != NGX_OK) {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_commit(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_commit_t *commit)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     bucket;
    ngx_http_tender_record_t      *from;
    ngx_http_tender_deadlines_t    none, *deadlines;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[19];
        u_char                        numbers[3 * NGX_INT64_LEN];
        u_char                        member[NGX_HTTP_TENDER_MEMBER_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&none, sizeof(ngx_http_tender_deadlines_t));

    argv = ask->argv;
    from = commit->from;
    deadlines = commit->deadlines ? commit->deadlines : &none;
    bucket = ngx_http_tender_bucket(ctx->main, &from->id);

    if (ngx_http_tender_key(ctx, bucket, "tender:", &from->id, "", &argv[0])
        != NGX_OK
        || ngx_http_tender_store_keys(ctx, bucket, &argv[1]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "tender:", &from->id,
                               ":revisions", &argv[4])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "idx:status:", &from->status, "",
                               &argv[5])
           != NGX_OK
        || ngx_http_tender_store_index_keys(ctx, bucket, &argv[6]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[8] = from->id;
    argv[9] = from->head;
    argv[10] = commit->match;

    argv[11].data = ask->member;
    argv[11].len = NGX_HTTP_TENDER_MEMBER_LEN;

    ngx_http_tender_store_member(ask->member, from);

    argv[12] = commit->doc;
    argv[13] = ctx->author;
    argv[14] = commit->back;

    argv[15].data = (u_char *) (commit->deadlines ? "1" : "0");
    argv[15].len = 1;

    (void) ngx_http_tender_store_deadlines(ask->numbers, deadlines,
                                           &argv[16]);

    ask->call.argv = argv;
    ask->call.argc = 19;
    ask->call.nkeys = 8;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_COMMIT_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


/* what member() of lib.lua has made of the record's last change */

static void
ngx_http_tender_store_member(u_char *p, ngx_http_tender_record_t *record)
{
    ngx_uint_t  us;

    us = (ngx_uint_t) (record->modified % 1000);

    p = ngx_cpymem(p, record->id.data, NGX_HTTP_TENDER_ID_LEN);
    *p++ = '|';
    p = tender_date_write(p, record->modified);
    *p++ = (u_char) ('0' + us / 100);
    *p++ = (u_char) ('0' + us / 10 % 10);
    *p = (u_char) ('0' + us % 10);
}


ngx_int_t
ngx_http_tender_store_committed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_commit_t *commit, ngx_http_tender_record_t *record,
    ngx_http_tender_commit_e *outcome)
{
    u_char                          word;
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    reply = ctx->calls[0].reply;

    record->id = commit->from->id;
    record->room = 0;

    if (reply->type == NGX_HTTP_TENDER_REDIS_STRING
        && ngx_http_tender_store_head(reply, record) == NGX_OK)
    {
        *outcome = NGX_HTTP_TENDER_COMMIT_OK;
        record->doc = commit->doc;
        return NGX_OK;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0
        || reply->elts[0].str.len == 0)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    word = reply->elts[0].str.data[0];

    if (word == 'M') {
        *outcome = NGX_HTTP_TENDER_COMMIT_MISSING;
        return NGX_OK;
    }

    if (word == 'P') {
        *outcome = NGX_HTTP_TENDER_COMMIT_PRECONDITION;
        return NGX_OK;
    }

    if (reply->nelts < 3
        || ngx_http_tender_store_head(&reply->elts[1], record) != NGX_OK
        || reply->elts[2].type != NGX_HTTP_TENDER_REDIS_STRING
        || reply->elts[2].str.len < 2)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    *outcome = NGX_HTTP_TENDER_COMMIT_CONFLICT;
    record->doc = reply->elts[2].str;

    return NGX_OK;
}
