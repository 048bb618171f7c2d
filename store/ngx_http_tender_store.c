
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"

#include <sys/random.h>


static ngx_int_t ngx_http_tender_store_head(ngx_http_tender_redis_reply_t *head,
    ngx_http_tender_record_t *record);


static ngx_str_t  ngx_http_tender_hmget = ngx_string("HMGET");
static ngx_str_t  ngx_http_tender_role = ngx_string("ROLE");
static ngx_str_t  ngx_http_tender_head = ngx_string("head");
static ngx_str_t  ngx_http_tender_doc = ngx_string("doc");
static ngx_str_t  ngx_http_tender_no_str = ngx_null_string;


ngx_int_t
ngx_http_tender_store_init(ngx_conf_t *cf, ngx_http_tender_main_conf_t *tmcf)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *key, *value;

    ngx_http_tender_redis_scripts_init(ngx_http_tender_scripts);

    key = &tmcf->redis.stamp_key;
    value = &tmcf->redis.stamp_value;

    len = tmcf->prefix.len + sizeof("{g}:buckets") + NGX_INT_T_LEN;

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;
    p = ngx_sprintf(p, "%V{g}:buckets", &tmcf->prefix);
    key->len = p - key->data;

    value->data = p;
    value->len = ngx_sprintf(p, "%ui", tmcf->buckets) - p;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_id(ngx_http_tender_ctx_t *ctx, ngx_str_t *id)
{
    u_char  *p, bytes[NGX_HTTP_TENDER_ID_LEN / 2];

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
        ngx_log_error(NGX_LOG_CRIT, ctx->request->connection->log, ngx_errno,
                      "tender: getrandom() failed");
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_ID_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) tender_hex_write(p, bytes, sizeof(bytes));

    id->data = p;
    id->len = NGX_HTTP_TENDER_ID_LEN;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_answered(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t  i;

    for (i = 0; i < ctx->ncalls; i++) {
        if (ctx->calls[i].outcome != NGX_HTTP_TENDER_REDIS_OK) {
            return ngx_http_tender_error_redis(ctx, &ctx->calls[i]);
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_read(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_uint_t tag)
{
    ngx_str_t                     *argv;
    ngx_http_tender_redis_call_t  *call;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[4];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    call = &ask->call;
    argv = ask->argv;

    argv[0] = ngx_http_tender_hmget;
    argv[2] = ngx_http_tender_head;
    argv[3] = ngx_http_tender_doc;

    if (ngx_http_tender_key(ctx, ngx_http_tender_bucket(ctx->main, id),
                            "tender:", id, "", &argv[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    call->argv = argv;
    call->argc = tag ? 3 : 4;

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_store_record(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_record_t *record)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_answered(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    reply = ctx->calls[0].reply;

    return ngx_http_tender_store_fields(ctx, reply, id, record);
}


ngx_int_t
ngx_http_tender_store_fields(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_str_t *id,
    ngx_http_tender_record_t *record)
{
    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0) {
        return ngx_http_tender_store_broken(ctx);
    }

    record->id = *id;

    if (reply->elts[0].type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    if (reply->nelts > 1) {
        record->doc = reply->elts[1].str;

        if (reply->elts[1].type != NGX_HTTP_TENDER_REDIS_STRING
            || record->doc.len < 2)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    if (ngx_http_tender_store_head(&reply->elts[0], record) != NGX_OK) {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


/* "<revision> <modified> <status> <tenderID>" */

static ngx_int_t
ngx_http_tender_store_head(ngx_http_tender_redis_reply_t *head,
    ngx_http_tender_record_t *record)
{
    u_char      *p, *last;
    int64_t      modified;
    ngx_str_t    parts[4];
    ngx_uint_t   i;

    if (head->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return NGX_ERROR;
    }

    p = head->str.data;
    last = p + head->str.len;

    for (i = 0; i < 4; i++) {
        parts[i].data = p;

        p = (i < 3) ? memchr(p, ' ', last - p) : last;

        if (p == NULL || p == parts[i].data) {
            return NGX_ERROR;
        }

        parts[i].len = p++ - parts[i].data;
    }

    /* a script has made these digits, 18 of them do not overflow */

    if (parts[1].len > 18) {
        return NGX_ERROR;
    }

    modified = 0;

    for (i = 0; i < parts[1].len; i++) {
        modified = modified * 10 + (parts[1].data[i] - '0');
    }

    record->revision = parts[0];
    record->modified = modified;
    record->status = parts[2];
    record->number = parts[3];

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_broken(ngx_http_tender_ctx_t *ctx)
{
    ngx_log_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                  "tender: the store holds a record that this module did not "
                  "write");

    return NGX_ERROR;
}


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
        || ngx_http_tender_key(ctx, bucket, "numbers", &ngx_http_tender_no_str,
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
        ngx_str_t                     argv[18];
        u_char                        numbers[3 * NGX_INT64_LEN];
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
    argv[9] = from->revision;
    argv[10] = commit->match;
    argv[11] = commit->doc;
    argv[12] = ctx->author;
    argv[13] = commit->back;

    argv[14].data = (u_char *) (commit->deadlines ? "1" : "0");
    argv[14].len = 1;

    (void) ngx_http_tender_store_deadlines(ask->numbers, deadlines,
                                           &argv[15]);

    ask->call.argv = argv;
    ask->call.argc = 18;
    ask->call.nkeys = 8;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_COMMIT_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
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

    record->id = commit->from->id;

    if (reply->nelts < 2
        || ngx_http_tender_store_head(&reply->elts[1], record) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    if (word == 'O') {
        *outcome = NGX_HTTP_TENDER_COMMIT_OK;
        record->doc = commit->doc;
        return NGX_OK;
    }

    if (reply->nelts < 3
        || reply->elts[2].type != NGX_HTTP_TENDER_REDIS_STRING)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    *outcome = NGX_HTTP_TENDER_COMMIT_CONFLICT;
    record->doc = reply->elts[2].str;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_role(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->argv = &ngx_http_tender_role;
    call->argc = 1;

    return ngx_http_tender_call(ctx, call, 1);
}
