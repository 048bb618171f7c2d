
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"

#include <sys/random.h>


static ngx_str_t  ngx_http_tender_hmget = ngx_string("HMGET");
static ngx_str_t  ngx_http_tender_role = ngx_string("ROLE");
static ngx_str_t  ngx_http_tender_head = ngx_string("head");
static ngx_str_t  ngx_http_tender_doc = ngx_string("doc");


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
    call->room = tag ? 0 : NGX_HTTP_TENDER_ROOM;

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
    record->room = ctx->calls[0].room;

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
            || record->doc.len < 2
            || record->doc.data[0] != '{'
            || record->doc.data[record->doc.len - 1] != '}')
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

ngx_int_t
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

    /* 18 digits do not overflow */

    if (parts[1].len > 18) {
        return NGX_ERROR;
    }

    modified = 0;

    for (i = 0; i < parts[1].len; i++) {
        if (parts[1].data[i] < '0' || parts[1].data[i] > '9') {
            return NGX_ERROR;
        }

        modified = modified * 10 + (parts[1].data[i] - '0');
    }

    record->head = head->str;
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
