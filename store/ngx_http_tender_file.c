
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_file.h"
#include "ngx_http_tender_private.h"
#include "ngx_http_tender_seal.h"

#include <openssl/evp.h>


/*
 * A file is one hash, a chunk a field of it: one command makes all of it
 * stay, and one time to live goes for all of it until then.
 */

#define NGX_HTTP_TENDER_ABOUT_LEN                                             \
    (NGX_HTTP_TENDER_KEY_LEN + 1 + NGX_INT_T_LEN)


static ngx_int_t ngx_http_tender_file_name(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_str_t *key, ngx_str_t *name);
static ngx_int_t ngx_http_tender_file_seal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file, ngx_str_t *chunk);
static void ngx_http_tender_file_about(u_char *p, ngx_str_t *key,
    ngx_uint_t chunk, ngx_str_t *about);
static ngx_int_t ngx_http_tender_outfile_unseal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out, ngx_str_t *chunk);
static ngx_str_t *ngx_http_tender_unlink_argv(ngx_log_t *log, ngx_uint_t n,
    size_t len, ngx_pool_t **pool);
static void ngx_http_tender_unlink_send(ngx_http_tender_main_conf_t *tmcf,
    ngx_pool_t *pool, ngx_str_t *argv, ngx_uint_t n);
static void ngx_http_tender_unlinked(ngx_http_tender_redis_call_t *call);
static void ngx_http_tender_file_cleanup(void *data);
static void ngx_http_tender_outfile_cleanup(void *data);


static ngx_str_t  ngx_http_tender_unlink = ngx_string("UNLINK");
static ngx_str_t  ngx_http_tender_hget = ngx_string("HGET");

/* seconds from one chunk to the next, or to the document */
static ngx_str_t  ngx_http_tender_orphan = ngx_string("3600");


static ngx_int_t
ngx_http_tender_file_name(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_str_t *key, ngx_str_t *name)
{
    u_char     *p;
    ngx_str_t   path;

    p = ngx_pnalloc(ctx->request->pool, id->len + sizeof(":file:") - 1
                                        + key->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    path.data = p;

    p = ngx_cpymem(p, id->data, id->len);
    p = ngx_cpymem(p, ":file:", sizeof(":file:") - 1);
    p = ngx_cpymem(p, key->data, key->len);

    path.len = p - path.data;

    return ngx_http_tender_key(ctx, ngx_http_tender_bucket(ctx->main, id),
                               "tender:", &path, "", name);
}


ngx_int_t
ngx_http_tender_file_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file)
{
    ngx_pool_t          *pool;
    ngx_pool_cleanup_t  *cln;

    pool = ctx->request->pool;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_tender_file_cleanup;
    cln->data = file;

    file->main = ctx->main;
    file->log = ctx->request->connection->log;

    file->pool = ngx_create_pool(1024, ctx->request->connection->log);
    file->digest = EVP_MD_CTX_new();

    if (file->pool == NULL || file->digest == NULL
        || EVP_DigestInit_ex(file->digest, EVP_sha256(), NULL) != 1)
    {
        return NGX_ERROR;
    }

    file->buf = ngx_palloc(pool, NGX_HTTP_TENDER_CHUNK);

    if (file->buf == NULL
        || ngx_http_tender_store_id(ctx, &file->key) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_file_name(ctx, &file->id, &file->key, &file->name);
}


/* the request ends; a file that no document took in goes with it */

static void
ngx_http_tender_file_cleanup(void *data)
{
    ngx_http_tender_file_t *file = data;

    ngx_pool_t  *pool;
    ngx_str_t   *argv;

    if (file->chunks && !file->settled) {

        argv = ngx_http_tender_unlink_argv(file->log, 1, file->name.len,
                                           &pool);
        if (argv) {
            ngx_memcpy(argv[1].data, file->name.data, file->name.len);
            argv[1].len = file->name.len;

            ngx_http_tender_unlink_send(file->main, pool, argv, 1);
        }
    }

    EVP_MD_CTX_free(file->digest);

    if (file->pool) {
        ngx_destroy_pool(file->pool);
    }
}


ngx_int_t
ngx_http_tender_file_take(ngx_http_tender_file_t *file, u_char **p,
    u_char *last)
{
    size_t  len;

    len = ngx_min((size_t) (last - *p), NGX_HTTP_TENDER_CHUNK - file->len);

    ngx_memcpy(file->buf + file->len, *p, len);

    *p += len;
    file->len += len;

    return (file->len == NGX_HTTP_TENDER_CHUNK) ? NGX_AGAIN : NGX_OK;
}


ngx_int_t
ngx_http_tender_file_send(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file)
{
    u_char     *last;
    ngx_str_t  *argv;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[4];
        u_char                        number[NGX_INT64_LEN];
    } *ask;

    if (EVP_DigestUpdate(file->digest, file->buf, file->len) != 1) {
        return NGX_ERROR;
    }

    ngx_reset_pool(file->pool);

    ask = ngx_pcalloc(file->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;

    argv[0] = file->name;

    last = tender_uint_write(ask->number, file->chunks);
    argv[1].data = ask->number;
    argv[1].len = last - ask->number;

    argv[2].data = file->buf;
    argv[2].len = file->len;

    if (file->seal
        && ngx_http_tender_file_seal(ctx, file, &argv[2]) != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[3] = ngx_http_tender_orphan;

    ask->call.argv = argv;
    ask->call.argc = 4;
    ask->call.nkeys = 1;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_CHUNK_LUA];
    ask->call.write = 1;
    ask->call.pool = file->pool;

    file->chunks++;
    file->size += file->len;
    file->len = 0;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


/* a chunk is bound to its file and its number */

static ngx_int_t
ngx_http_tender_file_seal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file, ngx_str_t *chunk)
{
    u_char     text[NGX_HTTP_TENDER_ABOUT_LEN];
    ngx_str_t  about;

    ngx_http_tender_file_about(text, &file->key, file->chunks, &about);

    return ngx_http_tender_seal(file->pool, ctx->main, &file->id, &about,
                                chunk);
}


static void
ngx_http_tender_file_about(u_char *p, ngx_str_t *key, ngx_uint_t chunk,
    ngx_str_t *about)
{
    about->data = p;

    p = ngx_cpymem(p, key->data, NGX_HTTP_TENDER_KEY_LEN);
    *p++ = '/';
    p = tender_uint_write(p, chunk);

    about->len = p - about->data;
}


ngx_int_t
ngx_http_tender_file_sent(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type == NGX_HTTP_TENDER_REDIS_INTEGER && reply->integer == 1) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  "tender: the store has lost what it had of a file, chunk "
                  "%ui", file->chunks - 1);

    return ngx_http_tender_error(ctx, NGX_HTTP_SERVICE_UNAVAILABLE, "header",
                                 "redis",
                                 "The store has lost a part of the file, "
                                 "nothing was changed: try again");
}


ngx_int_t
ngx_http_tender_file_end(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file)
{
    u_char    *p, digest[NGX_HTTP_TENDER_HASH_LEN / 2];
    unsigned   n;

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);

    if (p == NULL || EVP_DigestFinal_ex(file->digest, digest, &n) != 1) {
        return NGX_ERROR;
    }

    (void) tender_hex_write(p, digest, sizeof(digest));

    file->hash.data = p;
    file->hash.len = NGX_HTTP_TENDER_HASH_LEN;

    return NGX_OK;
}


/* UNLINK of n keys of len bytes each at most, in memory of its own */

static ngx_str_t *
ngx_http_tender_unlink_argv(ngx_log_t *log, ngx_uint_t n, size_t len,
    ngx_pool_t **pool)
{
    u_char      *p;
    ngx_str_t   *argv;
    ngx_uint_t   i;

    *pool = ngx_create_pool(1024, log);
    if (*pool == NULL) {
        return NULL;
    }

    /* no request may be there any more when it is answered */

    (*pool)->log = ngx_cycle->log;

    argv = ngx_palloc(*pool, (n + 1) * sizeof(ngx_str_t));
    p = ngx_pnalloc(*pool, n * len);

    if (argv == NULL || p == NULL) {
        ngx_destroy_pool(*pool);
        return NULL;
    }

    argv[0] = ngx_http_tender_unlink;

    for (i = 1; i <= n; i++) {
        argv[i].data = p;
        p += len;
    }

    return argv;
}


static void
ngx_http_tender_unlink_send(ngx_http_tender_main_conf_t *tmcf,
    ngx_pool_t *pool, ngx_str_t *argv, ngx_uint_t n)
{
    ngx_http_tender_redis_call_t  *call;

    call = ngx_pcalloc(pool, sizeof(ngx_http_tender_redis_call_t));

    if (call) {
        call->argv = argv;
        call->argc = n + 1;
        call->pool = pool;
        call->handler = ngx_http_tender_unlinked;
        call->background = 1;

        if (tmcf->client
            && ngx_http_tender_redis_call(tmcf->client, call) == NGX_AGAIN)
        {
            return;
        }
    }

    ngx_destroy_pool(pool);
}


static void
ngx_http_tender_unlinked(ngx_http_tender_redis_call_t *call)
{
    ngx_destroy_pool(call->pool);
}


void
ngx_http_tender_files_drop(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_redis_reply_t *links)
{
    ngx_str_t   *argv, key, name;
    ngx_uint_t   i, n;
    ngx_pool_t  *pool;

    if (links->type != NGX_HTTP_TENDER_REDIS_ARRAY || links->nelts == 0) {
        return;
    }

    argv = NULL;
    pool = NULL;
    n = 0;

    for (i = 0; i < links->nelts; i++) {
        key = links->elts[i].str;

        if (links->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || key.len < NGX_HTTP_TENDER_KEY_LEN)
        {
            continue;
        }

        key.len = NGX_HTTP_TENDER_KEY_LEN;

        if (ngx_http_tender_file_name(ctx, id, &key, &name) != NGX_OK) {
            break;
        }

        if (argv == NULL) {
            argv = ngx_http_tender_unlink_argv(ctx->request->connection->log,
                                               links->nelts, name.len, &pool);
            if (argv == NULL) {
                return;
            }
        }

        n++;
        ngx_memcpy(argv[n].data, name.data, name.len);
        argv[n].len = name.len;
    }

    if (argv) {
        ngx_http_tender_unlink_send(ctx->main, pool, argv, n);
    }
}


ngx_int_t
ngx_http_tender_file_drop(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_file_t *file)
{
    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[2];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    file->settled = 1;

    ask->argv[0] = ngx_http_tender_unlink;
    ask->argv[1] = file->name;

    ask->call.argv = ask->argv;
    ask->call.argc = 2;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_outfile_open(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(ctx->request->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_tender_outfile_cleanup;
    cln->data = out;

    return ngx_http_tender_file_name(ctx, &out->id, &out->key, &out->name);
}


static void
ngx_http_tender_outfile_cleanup(void *data)
{
    ngx_http_tender_outfile_t *out = data;

    if (out->pool) {
        ngx_destroy_pool(out->pool);
        out->pool = NULL;
    }
}


ngx_int_t
ngx_http_tender_outfile_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out)
{
    u_char  *last;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[3];
        u_char                        number[NGX_INT64_LEN];
    } *ask;

    ngx_http_tender_outfile_cleanup(out);

    out->pool = ngx_create_pool(1024, ctx->request->connection->log);
    if (out->pool == NULL) {
        return NGX_ERROR;
    }

    ask = ngx_pcalloc(out->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    last = tender_uint_write(ask->number, out->from / NGX_HTTP_TENDER_CHUNK);

    ask->argv[0] = ngx_http_tender_hget;
    ask->argv[1] = out->name;
    ask->argv[2].data = ask->number;
    ask->argv[2].len = last - ask->number;

    ask->call.argv = ask->argv;
    ask->call.argc = 3;
    ask->call.pool = out->pool;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_outfile_chunk(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out, ngx_str_t *data)
{
    off_t                           start, len, to;
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    start = out->from - out->from % NGX_HTTP_TENDER_CHUNK;
    len = ngx_min(out->size - start, NGX_HTTP_TENDER_CHUNK);
    to = ngx_min(out->to, start + len);

    if (reply->type == NGX_HTTP_TENDER_REDIS_STRING
        && reply->str.len == (size_t) len + NGX_HTTP_TENDER_SEAL_MORE
        && ngx_http_tender_outfile_unseal(ctx, out, &reply->str) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING
        || reply->str.len != (size_t) len)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    data->data = reply->str.data + (out->from - start);
    data->len = (size_t) (to - out->from);

    out->from = to;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_outfile_unseal(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_outfile_t *out, ngx_str_t *chunk)
{
    u_char     text[NGX_HTTP_TENDER_ABOUT_LEN];
    ngx_str_t  about;

    ngx_http_tender_file_about(text, &out->key,
                               out->from / NGX_HTTP_TENDER_CHUNK, &about);

    return ngx_http_tender_unseal(out->pool, ctx->main,
                                  ctx->request->connection->log, &out->id,
                                  &about, 0, chunk);
}
