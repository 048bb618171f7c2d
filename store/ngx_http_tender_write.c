
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_index.h"


/* the writes: each is one script */

static ngx_int_t ngx_http_tender_store_create_keys(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_create_t *create,
    ngx_uint_t bucket, ngx_str_t *argv);
static ngx_str_t *ngx_http_tender_store_imported(ngx_str_t *argv,
    ngx_http_tender_create_t *create);
static ngx_int_t ngx_http_tender_store_commit_keys(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_commit_t *commit,
    ngx_str_t *keys);
static void ngx_http_tender_store_member(u_char *p,
    ngx_http_tender_record_t *record);


static ngx_str_t  ngx_http_tender_nothing = ngx_null_string;


ngx_int_t
ngx_http_tender_store_create(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create)
{
    u_char      *p;
    ngx_str_t   *argv;
    ngx_uint_t   bucket, nkeys;

    struct {
        ngx_http_tender_redis_call_t  call;
        u_char                        numbers[6 * NGX_INT64_LEN];
        ngx_str_t                     argv[26];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool,
                      sizeof(*ask) + create->nparts
                                     * (7 * sizeof(ngx_str_t)
                                        + NGX_INT64_LEN));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    argv = ask->argv;
    bucket = ngx_http_tender_bucket(ctx->main, &create->id);
    nkeys = create->nparts ? 12 : 9;

    if (ngx_http_tender_store_create_keys(ctx, create, bucket, argv)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ask->numbers;
    argv += nkeys;

    argv[0] = create->id;
    argv[1] = create->doc;
    argv[2] = ctx->author;
    argv[3] = ctx->main->id_prefix;
    argv[4] = create->initials;

    p = ngx_http_tender_store_number(p,
                  tender_zone_offset(&ctx->main->zone, ngx_time()), &argv[5]);
    p = ngx_http_tender_store_number(p, ctx->main->buckets, &argv[6]);
    p = ngx_http_tender_store_number(p, bucket, &argv[7]);

    (void) ngx_http_tender_store_deadlines(p, &create->deadlines, &argv[8]);

    argv[11] = create->token;
    argv[12] = create->status;
    argv[13] = create->entry;

    argv = ngx_http_tender_store_imported(argv + 14, create);

    ask->call.argv = ask->argv;
    ask->call.argc = argv - ask->argv;
    ask->call.nkeys = nkeys;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_CREATE_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


static ngx_int_t
ngx_http_tender_store_create_keys(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create, ngx_uint_t bucket, ngx_str_t *argv)
{
    if (ngx_http_tender_key(ctx, bucket, "tender:", &create->id, "", &argv[0])
        != NGX_OK
        || ngx_http_tender_store_keys(ctx, bucket, &argv[1]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "numbers", &ngx_http_tender_nothing,
                               "", &argv[4])
           != NGX_OK
        || ngx_http_tender_store_index_keys(ctx, bucket, &argv[5]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "due", &ngx_http_tender_nothing,
                               "", &argv[7])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "idx:log",
                               &ngx_http_tender_nothing, "", &argv[8])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (create->nparts
        && (ngx_http_tender_key(ctx, bucket, "tender:", &create->id, ":bids",
                                &argv[9])
            != NGX_OK
            || ngx_http_tender_key(ctx, bucket, "tender:", &create->id,
                                   ":awards", &argv[10])
               != NGX_OK
            || ngx_http_tender_key(ctx, bucket, "idx:status:",
                                   &create->status, "", &argv[11])
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* the parts that come with a tender, seven arguments each */

static ngx_str_t *
ngx_http_tender_store_imported(ngx_str_t *argv,
    ngx_http_tender_create_t *create)
{
    u_char                   *p;
    ngx_uint_t                i;
    ngx_http_tender_write_t  *w;

    p = (u_char *) (argv + 7 * create->nparts);

    for (i = 0; i < create->nparts; i++) {
        w = &create->parts[i];

        argv->data = (u_char *) w->kind;
        argv->len = ngx_strlen(w->kind);
        argv++;

        *argv++ = w->id;

        if (w->date) {
            p = ngx_http_tender_store_number(p, w->date, argv);
        }

        argv++;

        *argv++ = w->status;
        *argv++ = w->link;
        *argv++ = w->front;
        *argv++ = w->tail;
    }

    return argv;
}


ngx_int_t
ngx_http_tender_store_created(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_create_t *create, ngx_http_tender_record_t *record,
    ngx_http_tender_create_e *outcome)
{
    ngx_int_t                       rc, said;
    ngx_http_tender_redis_reply_t  *reply;

    static const char *const  words[] = { "GATED", "NEVER", NULL };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        *outcome = NGX_HTTP_TENDER_CREATE_TAKEN;
        return NGX_OK;
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said >= 0) {
        *outcome = NGX_HTTP_TENDER_CREATE_GATED + said;
        return NGX_OK;
    }

    ngx_http_tender_compact_wrote(ctx->main,
                                  ngx_http_tender_bucket(ctx->main,
                                                         &create->id),
                                  create->entry.len);

    *outcome = NGX_HTTP_TENDER_CREATE_OK;

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
    ngx_http_tender_record_t      *from;
    ngx_http_tender_deadlines_t    none, *deadlines;

    static ngx_str_t  flags[] = {
        ngx_string("0"), ngx_string("1"), ngx_string("2")
    };

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[28];
        u_char                        numbers[3 * NGX_INT64_LEN];
        u_char                        member[NGX_HTTP_TENDER_MEMBER_LEN];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_store_commit_keys(ctx, commit, ask->argv)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memzero(&none, sizeof(ngx_http_tender_deadlines_t));

    argv = ask->argv + 12;
    from = commit->from;
    deadlines = commit->deadlines ? commit->deadlines : &none;

    argv[0] = from->id;
    argv[1] = from->head;
    argv[2] = commit->match;

    argv[3].data = ask->member;
    argv[3].len = NGX_HTTP_TENDER_MEMBER_LEN;

    ngx_http_tender_store_member(ask->member, from);

    argv[4] = commit->doc;
    argv[5] = ctx->author;
    argv[6] = commit->back;
    argv[7] = flags[commit->deadlines != NULL];

    (void) ngx_http_tender_store_deadlines(ask->numbers, deadlines,
                                           &argv[8]);

    argv[11] = commit->status;
    argv[12] = flags[(commit->changed && from->deadlines.finish)
                     ? (commit->extends ? 2 : 1) : 0];
    argv[13] = flags[commit->terms != 0];
    argv[14] = commit->entry;
    argv[15] = from->place;

    ask->call.argv = ask->argv;
    ask->call.argc = 28;
    ask->call.nkeys = 12;
    ask->call.script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_COMMIT_LUA];
    ask->call.write = 1;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


static ngx_int_t
ngx_http_tender_store_commit_keys(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_commit_t *commit, ngx_str_t *keys)
{
    ngx_uint_t                 bucket;
    ngx_http_tender_record_t  *from;

    from = commit->from;
    bucket = ngx_http_tender_bucket(ctx->main, &from->id);

    if (ngx_http_tender_key(ctx, bucket, "tender:", &from->id, "", &keys[0])
        != NGX_OK
        || ngx_http_tender_store_keys(ctx, bucket, &keys[1]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "tender:", &from->id,
                               ":revisions", &keys[4])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "idx:status:", &from->status, "",
                               &keys[5])
           != NGX_OK
        || ngx_http_tender_store_index_keys(ctx, bucket, &keys[6]) != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "due", &ngx_http_tender_nothing,
                               "", &keys[8])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "idx:log",
                               &ngx_http_tender_nothing, "", &keys[10])
           != NGX_OK
        || ngx_http_tender_key(ctx, bucket, "numbers",
                               &ngx_http_tender_nothing, "", &keys[11])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_key(ctx, bucket, "idx:status:",
                               commit->status.len ? &commit->status
                                                  : &from->status,
                               "", &keys[9]);
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
    ngx_int_t                       rc, said;
    ngx_http_tender_redis_reply_t  *reply;

    /* as in ngx_http_tender_commit_e */

    static const char *const  words[] = {
        "MISSING", "PRECONDITION", "STAGE", "OPEN", "NEVER", "BOUND",
        "CONFLICT", NULL
    };

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    *record = *commit->from;
    record->room = 0;

    if (reply->type == NGX_HTTP_TENDER_REDIS_STRING
        && ngx_http_tender_store_head(reply, record) == NGX_OK)
    {
        ngx_http_tender_compact_wrote(ctx->main,
                                      ngx_http_tender_bucket(ctx->main,
                                                             &record->id),
                                      commit->entry.len);

        *outcome = NGX_HTTP_TENDER_COMMIT_OK;
        record->doc = commit->doc;
        return NGX_OK;
    }

    said = ngx_http_tender_store_says(reply, words);

    if (said < 0 || reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_store_broken(ctx);
    }

    *outcome = NGX_HTTP_TENDER_COMMIT_MISSING + said;

    if (*outcome == NGX_HTTP_TENDER_COMMIT_STAGE && reply->nelts > 1) {
        commit->stage = reply->elts[1].str;
    }

    if (*outcome != NGX_HTTP_TENDER_COMMIT_CONFLICT) {
        return NGX_OK;
    }

    if (reply->nelts < 5
        || ngx_http_tender_store_head(&reply->elts[1], record) != NGX_OK
        || reply->elts[2].type != NGX_HTTP_TENDER_REDIS_STRING
        || reply->elts[2].str.len < 2
        || ngx_http_tender_store_own(&reply->elts[4], record) != NGX_OK
        || ngx_http_tender_store_more(&reply->elts[3], record) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    record->doc = reply->elts[2].str;

    return NGX_OK;
}
