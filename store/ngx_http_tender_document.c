
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_file.h"
#include "ngx_http_tender_private.h"
#include "ngx_http_tender_seal.h"


/* the arguments of document.lua, behind its keys */

#define NGX_HTTP_TENDER_DEPOSIT_ARGS  14


static ngx_int_t ngx_http_tender_documents_list(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_redis_reply_t *reply,
    ngx_uint_t n, ngx_http_tender_documents_t *documents);
static u_char *ngx_http_tender_link_number(u_char *p, u_char *last,
    uint64_t *n);
static int ngx_libc_cdecl ngx_http_tender_documents_compare(const void *one,
    const void *two);
static ngx_int_t ngx_http_tender_deposit_link(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit, ngx_str_t *link);


static ngx_str_t  ngx_http_tender_hget = ngx_string("HGET");
static ngx_str_t  ngx_http_tender_hmget = ngx_string("HMGET");
static ngx_str_t  ngx_http_tender_hvals = ngx_string("HVALS");
static ngx_str_t  ngx_http_tender_head = ngx_string("head");
static ngx_str_t  ngx_http_tender_more = ngx_string("more");
static ngx_str_t  ngx_http_tender_own = ngx_string("own");

static ngx_str_t  ngx_http_tender_places[] = {
    ngx_string("tender"),
    ngx_string("bid"),
    ngx_string("award")
};

static ngx_str_t  ngx_http_tender_deposit_ops[] = {
    ngx_string("add"),
    ngx_string("version"),
    ngx_string("change")
};


ngx_int_t
ngx_http_tender_documents_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *key)
{
    u_char     *p;
    ngx_str_t   path;

    p = ngx_pnalloc(ctx->request->pool, place->id.len
                                        + sizeof(":documents:") - 1
                                        + place->part.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    path.data = p;

    p = ngx_cpymem(p, place->id.data, place->id.len);
    p = ngx_cpymem(p, ":documents", sizeof(":documents") - 1);

    if (place->at != NGX_HTTP_TENDER_AT_TENDER) {
        *p++ = ':';
        p = ngx_cpymem(p, place->part.data, place->part.len);
    }

    path.len = p - path.data;

    return ngx_http_tender_key(ctx,
                              ngx_http_tender_bucket(ctx->main, &place->id),
                              "tender:", &path, "", key);
}


ngx_int_t
ngx_http_tender_store_read_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_str_t *id)
{
    ngx_str_t   *argv;
    ngx_uint_t   n, bucket;

    struct {
        ngx_http_tender_redis_call_t  calls[3];
        ngx_str_t                     argv[11];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;
    bucket = ngx_http_tender_bucket(ctx->main, &place->id);

    argv[0] = ngx_http_tender_hmget;
    argv[2] = ngx_http_tender_head;
    argv[3] = ngx_http_tender_more;
    argv[4] = ngx_http_tender_own;

    argv[5] = id ? ngx_http_tender_hget : ngx_http_tender_hvals;

    if (id) {
        argv[7] = *id;
    }

    argv[8] = ngx_http_tender_hget;
    argv[10] = place->part;

    if (ngx_http_tender_key(ctx, bucket, "tender:", &place->id, "", &argv[1])
        != NGX_OK
        || ngx_http_tender_documents_key(ctx, place, &argv[6]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "tender:", &place->id,
                               (place->at == NGX_HTTP_TENDER_AT_AWARD)
                               ? ":awards" : ":bids", &argv[9])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask->calls[0].argv = argv;
    ask->calls[0].argc = 5;

    ask->calls[1].argv = argv + 5;
    ask->calls[1].argc = id ? 3 : 2;

    ask->calls[2].argv = argv + 8;
    ask->calls[2].argc = 3;

    n = (place->at == NGX_HTTP_TENDER_AT_TENDER) ? 2 : 3;

    return ngx_http_tender_call(ctx, ask->calls, n);
}


ngx_int_t
ngx_http_tender_store_documents(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_record_t *record,
    ngx_http_tender_part_t *part, ngx_http_tender_documents_t *documents)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 3) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (reply->elts[0].type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    record->id = place->id;

    if (ngx_http_tender_store_head(&reply->elts[0], record) != NGX_OK
        || ngx_http_tender_store_own(&reply->elts[2], record) != NGX_OK
        || ngx_http_tender_store_more(&reply->elts[1], record) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    if (place->at != NGX_HTTP_TENDER_AT_TENDER
        && ngx_http_tender_store_part_reply(ctx, ctx->calls[2].reply, part)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    reply = ctx->calls[1].reply;

    if (reply->type == NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_documents_list(ctx, place, reply->elts,
                                              reply->nelts, documents);
    }

    return ngx_http_tender_documents_list(ctx, place, reply,
                                   reply->type != NGX_HTTP_TENDER_REDIS_NIL,
                                   documents);
}


static ngx_int_t
ngx_http_tender_documents_list(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_redis_reply_t *reply,
    ngx_uint_t n, ngx_http_tender_documents_t *documents)
{
    ngx_uint_t                   i;
    ngx_http_tender_document_t  *document;

    documents->nelts = n;
    documents->elts = NULL;

    if (n == 0) {
        return NGX_OK;
    }

    documents->elts = ngx_palloc(ctx->request->pool,
                                 n * sizeof(ngx_http_tender_document_t));
    if (documents->elts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        document = &documents->elts[i];

        if (reply[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || ngx_http_tender_store_part_read(&reply[i].str, &document->part)
               != NGX_OK
            || ngx_http_tender_store_document(&document->part, document)
               != NGX_OK)
        {
            return ngx_http_tender_store_broken(ctx);
        }

        /* of a bid's: all that stands behind its id and its dates */

        if (place->at == NGX_HTTP_TENDER_AT_BID
            && ngx_http_tender_unseal(ctx->request->pool, ctx->main,
                                      ctx->request->connection->log,
                                      &place->id, &document->part.id,
                                      NGX_HTTP_TENDER_DOCUMENT_SEALED_AT,
                                      &document->part.json)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_qsort(documents->elts, n, sizeof(ngx_http_tender_document_t),
              ngx_http_tender_documents_compare);

    return NGX_OK;
}


/* the link is "<key>/<size>/<chunks>/<version>" */

ngx_int_t
ngx_http_tender_store_document(ngx_http_tender_part_t *part,
    ngx_http_tender_document_t *document)
{
    u_char        *p, *last;
    uint64_t       numbers[3];
    ngx_uint_t     i;
    tender_str_t   key;

    p = part->link.data;
    last = p + part->link.len;

    key.data = p;
    key.len = NGX_HTTP_TENDER_KEY_LEN;

    if (part->link.len < NGX_HTTP_TENDER_KEY_LEN || !tender_hex_valid(key)) {
        return NGX_ERROR;
    }

    p += NGX_HTTP_TENDER_KEY_LEN;

    for (i = 0; i < 3; i++) {
        p = ngx_http_tender_link_number(p, last, &numbers[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    if (p != last || numbers[2] == 0
        || numbers[1] != (numbers[0] + NGX_HTTP_TENDER_CHUNK - 1)
                         / NGX_HTTP_TENDER_CHUNK)
    {
        return NGX_ERROR;
    }

    if (part != &document->part) {
        document->part = *part;
    }

    document->key.data = key.data;
    document->key.len = key.len;
    document->size = (off_t) numbers[0];
    document->chunks = (ngx_uint_t) numbers[1];
    document->version = (ngx_uint_t) numbers[2];

    return NGX_OK;
}


/* "/<n>"; returns the end, or NULL */

static u_char *
ngx_http_tender_link_number(u_char *p, u_char *last, uint64_t *n)
{
    tender_str_t  digits;

    if (p == last || *p++ != '/') {
        return NULL;
    }

    digits.data = p;

    while (p < last && *p != '/') {
        p++;
    }

    digits.len = p - digits.data;

    if (tender_uint_read(digits, (uint64_t) 1 << 62, n) != TENDER_OK) {
        return NULL;
    }

    return p;
}


static int ngx_libc_cdecl
ngx_http_tender_documents_compare(const void *one, const void *two)
{
    const ngx_http_tender_document_t  *a = one;
    const ngx_http_tender_document_t  *b = two;

    if (a->part.changed != b->part.changed) {
        return (a->part.changed < b->part.changed) ? -1 : 1;
    }

    return ngx_memcmp(a->key.data, b->key.data, NGX_HTTP_TENDER_KEY_LEN);
}


ngx_int_t
ngx_http_tender_store_read_versions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_document_t *document)
{
    u_char      *p;
    ngx_str_t   *argv;
    ngx_uint_t   i, n;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[2];
    } *ask;

    /* the store has no more of them than a place takes documents */

    n = document->version - 1;

    ask = ngx_pcalloc(ctx->request->pool,
                      sizeof(*ask) + n * sizeof(ngx_str_t));
    p = ngx_pnalloc(ctx->request->pool,
                    n * (NGX_HTTP_TENDER_ID_LEN + 1 + NGX_INT_T_LEN));

    if (ask == NULL || p == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;
    argv[0] = ngx_http_tender_hmget;

    if (ngx_http_tender_documents_key(ctx, place, &argv[1]) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 1; i <= n; i++) {
        argv[i + 1].data = p;

        p = ngx_cpymem(p, document->part.id.data, document->part.id.len);
        *p++ = '.';
        p = tender_uint_write(p, i);

        argv[i + 1].len = p - argv[i + 1].data;
    }

    ask->call.argv = argv;
    ask->call.argc = n + 2;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_store_versions(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_place_t *place, ngx_http_tender_documents_t *documents)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_store_broken(ctx);
    }

    return ngx_http_tender_documents_list(ctx, place, reply->elts,
                                          reply->nelts, documents);
}


ngx_int_t
ngx_http_tender_store_deposit(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit)
{
    u_char                        *p;
    ngx_str_t                     *argv, path;
    ngx_http_tender_place_t       *place;
    ngx_http_tender_redis_call_t  *call;

    place = deposit->place;

    call = ngx_http_tender_life_call(ctx, NGX_HTTP_TENDER_DOCUMENT_LUA,
                                     &place->id,
                                     1 + NGX_HTTP_TENDER_DEPOSIT_ARGS);
    p = ngx_pnalloc(ctx->request->pool,
                    2 * NGX_INT64_LEN + place->id.len
                    + sizeof(":file:") - 1 + NGX_HTTP_TENDER_KEY_LEN);

    if (call == NULL || p == NULL) {
        return NGX_ERROR;
    }

    call->nkeys++;

    argv = call->argv + NGX_HTTP_TENDER_LIFE_KEYS;

    path.data = p;

    p = ngx_cpymem(p, place->id.data, place->id.len);
    p = ngx_cpymem(p, ":file:", sizeof(":file:") - 1);
    p = ngx_cpymem(p, deposit->key.data, NGX_HTTP_TENDER_KEY_LEN);

    path.len = p - path.data;

    if (ngx_http_tender_documents_key(ctx, place,
                                  &call->argv[NGX_HTTP_TENDER_KEY_DOCUMENTS])
        != NGX_OK
        || ngx_http_tender_key(ctx,
                               ngx_http_tender_bucket(ctx->main, &place->id),
                               "tender:", &path, "", argv++)
           != NGX_OK
        || ngx_http_tender_deposit_link(ctx, deposit, &argv[9]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[0] = place->id;
    argv[1] = ngx_http_tender_deposit_ops[deposit->op];
    argv[2] = ngx_http_tender_places[place->at];
    argv[3] = place->part;
    argv[4] = deposit->id;
    p = ngx_http_tender_store_number(p, deposit->max, &argv[5]);
    (void) ngx_http_tender_store_number(p, deposit->chunks, &argv[6]);
    argv[7] = deposit->changed;
    argv[8] = deposit->author;
    argv[10] = deposit->front;
    argv[11] = deposit->tail;
    argv[12] = deposit->gated;
    argv[13] = deposit->open;

    if (deposit->seal
        && ngx_http_tender_seal(ctx->request->pool, ctx->main, &place->id,
                                &deposit->id, &argv[11])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


static ngx_int_t
ngx_http_tender_deposit_link(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit, ngx_str_t *link)
{
    u_char  *p;

    p = ngx_pnalloc(ctx->request->pool,
                    NGX_HTTP_TENDER_KEY_LEN + 3 * (NGX_INT64_LEN + 1));
    if (p == NULL) {
        return NGX_ERROR;
    }

    link->data = p;

    p = ngx_cpymem(p, deposit->key.data, NGX_HTTP_TENDER_KEY_LEN);
    *p++ = '/';
    p = tender_uint_write(p, deposit->size);
    *p++ = '/';
    p = tender_uint_write(p, deposit->chunks);
    *p++ = '/';
    p = tender_uint_write(p, deposit->version);

    link->len = p - link->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_deposited(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_deposit_t *deposit, ngx_http_tender_document_e *outcome)
{
    ngx_int_t                       rc, said;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = {
        "MISSING", "ORPHAN", "STAGE", "JUDGED", "TAKEN", "GONE", "STALE",
        "FULL", "LOST", NULL
    };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said >= 0) {
        *outcome = NGX_HTTP_TENDER_DOCUMENT_MISSING + said;

        if (reply->nelts > 1) {
            deposit->stage = reply->elts[1].str;
        }

        return NGX_OK;
    }

    *outcome = NGX_HTTP_TENDER_DOCUMENT_OK;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 2
        || ngx_http_tender_store_time(&reply->elts[0].str, &deposit->moment)
           != NGX_OK
        || ngx_http_tender_store_time(&reply->elts[1].str, &deposit->date)
           != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}
