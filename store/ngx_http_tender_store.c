
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"

#include <openssl/evp.h>
#include <sys/random.h>


static ngx_str_t  ngx_http_tender_hmget = ngx_string("HMGET");
static ngx_str_t  ngx_http_tender_role = ngx_string("ROLE");
static ngx_str_t  ngx_http_tender_head = ngx_string("head");
static ngx_str_t  ngx_http_tender_doc = ngx_string("doc");
static ngx_str_t  ngx_http_tender_more = ngx_string("more");
static ngx_str_t  ngx_http_tender_own = ngx_string("own");


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
ngx_http_tender_store_token(ngx_http_tender_ctx_t *ctx, ngx_str_t *token,
    ngx_str_t *hash)
{
    u_char  *p;

    /* an id is random, too: 128 bits of the system's generator */

    if (ngx_http_tender_store_id(ctx, token) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_store_hash(p, token->data, token->len);

    hash->data = p;
    hash->len = NGX_HTTP_TENDER_HASH_LEN;

    return NGX_OK;
}


void
ngx_http_tender_store_hash(u_char *p, u_char *data, size_t len)
{
    u_char    digest[NGX_HTTP_TENDER_HASH_LEN / 2];
    unsigned  n;

    /* of a known algorithm and good memory, it does not fail */

    ngx_memzero(digest, sizeof(digest));

    (void) EVP_Digest(data, len, digest, &n, EVP_sha256(), NULL);

    (void) tender_hex_write(p, digest, sizeof(digest));
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
ngx_http_tender_store_reply(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t **reply)
{
    *reply = ctx->calls[0].reply;

    return ngx_http_tender_store_answered(ctx);
}


ngx_int_t
ngx_http_tender_store_read(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_uint_t how)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));

    if (call == NULL
        || ngx_http_tender_store_ask(ctx, id, how, call) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_store_ask(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_uint_t how, ngx_http_tender_redis_call_t *call)
{
    ngx_str_t   *argv;
    ngx_pool_t  *pool;

    pool = call->pool ? call->pool : ctx->request->pool;

    argv = ngx_palloc(pool, 6 * sizeof(ngx_str_t));
    if (argv == NULL) {
        return NGX_ERROR;
    }

    argv[0] = ngx_http_tender_hmget;
    argv[2] = ngx_http_tender_head;
    argv[3] = ngx_http_tender_doc;
    argv[4] = ngx_http_tender_more;
    argv[5] = ngx_http_tender_own;

    if (ngx_http_tender_record_key(pool, ctx->main, id, &argv[1]) != NGX_OK) {
        return NGX_ERROR;
    }

    call->argv = argv;

    switch (how) {

    case NGX_HTTP_TENDER_READ_TAG:
        call->argc = 3;
        break;

    case NGX_HTTP_TENDER_READ_DOC:
        call->argc = 5;
        call->room = NGX_HTTP_TENDER_ROOM;
        break;

    default: /* NGX_HTTP_TENDER_READ_OWN */
        call->argc = 6;
        break;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_record(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_record_t *record)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }
    record->room = ctx->calls[0].room;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts == 0) {
        return ngx_http_tender_store_broken(ctx);
    }

    return ngx_http_tender_store_fields(ctx, reply->elts, reply->nelts, id,
                                        record);
}


/* head, and as far as there are: doc, more, own */

ngx_int_t
ngx_http_tender_store_fields(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *elts, ngx_uint_t n, ngx_str_t *id,
    ngx_http_tender_record_t *record)
{
    record->id = *id;

    if (elts[0].type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    if (n > 1) {
        record->doc = elts[1].str;

        if (elts[1].type != NGX_HTTP_TENDER_REDIS_STRING
            || record->doc.len < 2
            || record->doc.data[0] != '{'
            || record->doc.data[record->doc.len - 1] != '}')
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    record->deadlines.finish = 0;

    if (ngx_http_tender_store_head(&elts[0], record) != NGX_OK
        || (n > 3 && ngx_http_tender_store_own(&elts[3], record) != NGX_OK)
        || (n > 2 && ngx_http_tender_store_more(&elts[2], record) != NGX_OK))
    {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


/* the next of some words with a blank between; NULL: there is none */

u_char *
ngx_http_tender_store_word(u_char *p, u_char *last, ngx_str_t *word)
{
    u_char  *end;

    end = (p < last) ? memchr(p, ' ', last - p) : NULL;
    if (end == NULL) {
        end = last;
    }

    word->data = p;
    word->len = end - p;

    if (word->len == 0) {
        return NULL;
    }

    return (end < last) ? end + 1 : end;
}


/* at most 18 digits, which do not overflow */

ngx_int_t
ngx_http_tender_store_time(ngx_str_t *word, int64_t *us)
{
    size_t  i;

    if (word->len > 18) {
        return NGX_ERROR;
    }

    *us = 0;

    for (i = 0; i < word->len; i++) {
        if (word->data[i] < '0' || word->data[i] > '9') {
            return NGX_ERROR;
        }

        *us = *us * 10 + (word->data[i] - '0');
    }

    return NGX_OK;
}


/* "<revision> <modified> <status> <tenderID>" */

ngx_int_t
ngx_http_tender_store_head(ngx_http_tender_redis_reply_t *head,
    ngx_http_tender_record_t *record)
{
    u_char      *p, *last;
    ngx_str_t    words[4];
    ngx_uint_t   i;

    if (head->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return NGX_ERROR;
    }

    p = head->str.data;
    last = p + head->str.len;

    for (i = 0; i < 4; i++) {
        p = ngx_http_tender_store_word(p, last, &words[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_store_time(&words[1], &record->modified) != NGX_OK) {
        return NGX_ERROR;
    }

    record->head = head->str;
    record->revision = words[0];
    record->status = words[2];
    record->number = words[3];

    return NGX_OK;
}


/* "<version> <bids> <awards> <documents> <s|o> <0|1>", or nothing yet */

ngx_int_t
ngx_http_tender_store_more(ngx_http_tender_redis_reply_t *more,
    ngx_http_tender_record_t *record)
{
    u_char      *p, *last;
    ngx_int_t    n[4];
    ngx_str_t    words[6];
    ngx_uint_t   i;

    if (more->type == NGX_HTTP_TENDER_REDIS_NIL || more->str.len == 0) {
        ngx_str_set(&record->version, "0");
        record->bids = 0;
        record->awards = 0;
        record->documents = 0;
        record->open = (record->deadlines.finish == 0);
        record->hashed = 0;
        return NGX_OK;
    }

    if (more->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return NGX_ERROR;
    }

    p = more->str.data;
    last = p + more->str.len;

    for (i = 0; i < 6; i++) {
        p = ngx_http_tender_store_word(p, last, &words[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }

        if (i < 4) {
            n[i] = ngx_atoi(words[i].data, words[i].len);

            if (n[i] == NGX_ERROR) {
                return NGX_ERROR;
            }
        }
    }

    record->version = words[0];
    record->bids = n[1];
    record->awards = n[2];
    record->documents = n[3];
    record->open = (words[4].data[0] == 'o');
    record->hashed = (words[5].data[0] == '1');

    return NGX_OK;
}


/*
 * "<created> <author> <enquiries> <start> <finish> <token>"; a tender of an
 * earlier version has no token
 */

ngx_int_t
ngx_http_tender_store_own(ngx_http_tender_redis_reply_t *own,
    ngx_http_tender_record_t *record)
{
    u_char      *p, *last;
    ngx_str_t    words[7];
    ngx_uint_t   i;

    if (own->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return NGX_ERROR;
    }

    p = own->str.data;
    last = p + own->str.len;

    for (i = 0; i < 5; i++) {
        p = ngx_http_tender_store_word(p, last, &words[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_str_null(&words[6]);

    p = ngx_http_tender_store_word(p, last, &words[5]);

    if (p == NULL) {
        ngx_str_null(&words[5]);

    } else if (ngx_http_tender_store_word(p, last, &words[6]) == NULL) {
        ngx_str_null(&words[6]);
    }

    if (ngx_http_tender_store_time(&words[0], &record->created) != NGX_OK
        || ngx_http_tender_store_time(&words[2], &record->deadlines.enquiries)
           != NGX_OK
        || ngx_http_tender_store_time(&words[3], &record->deadlines.start)
           != NGX_OK
        || ngx_http_tender_store_time(&words[4], &record->deadlines.finish)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    record->author = words[1];
    record->token = words[5];
    record->place = words[6];

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
