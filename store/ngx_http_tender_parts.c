
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_seal.h"


/* bids, awards and documents as they are stored and read */

static ngx_int_t ngx_http_tender_part_id(ngx_http_tender_part_t *part);
static ngx_int_t ngx_http_tender_parts_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_parts_t *parts);
static ngx_int_t ngx_http_tender_parts_unseal(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *tender, ngx_str_t *bid, ngx_str_t *json);
static int ngx_libc_cdecl ngx_http_tender_parts_compare(const void *one,
    const void *two);


static ngx_str_t  ngx_http_tender_hget = ngx_string("HGET");


/*
 * "<date> <changed> <status> <author> <link> <token>", the end of a line,
 * and JSON that begins with its id
 */

ngx_int_t
ngx_http_tender_store_part_read(ngx_str_t *value, ngx_http_tender_part_t *part)
{
    u_char      *p, *last, *line;
    ngx_str_t    words[6];
    ngx_uint_t   i;

    last = value->data + value->len;
    line = ngx_strlchr(value->data, last, '\n');

    if (line == NULL) {
        return NGX_ERROR;
    }

    p = value->data;

    for (i = 0; i < 6; i++) {
        p = ngx_http_tender_store_word(p, line, &words[i]);

        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_store_time(&words[0], &part->date) != NGX_OK
        || ngx_http_tender_store_time(&words[1], &part->changed) != NGX_OK)
    {
        return NGX_ERROR;
    }

    part->changed_text = words[1];
    part->status = words[2];
    part->author = words[3];
    part->link = words[4];
    part->token = words[5];

    part->json.data = line + 1;
    part->json.len = last - line - 1;

    return ngx_http_tender_part_id(part);
}


static ngx_int_t
ngx_http_tender_part_id(ngx_http_tender_part_t *part)
{
    u_char        *p, *last;
    tender_str_t   id;

    p = part->json.data;
    last = p + part->json.len;

    /* what is sealed ends with anything */

    if (part->json.len < 2 || *p != '{'
        || (last[-1] != '}' && ngx_strlchr(p, last, 0x01) == NULL))
    {
        return NGX_ERROR;
    }

    p = ngx_strlchr(p, last, ':');

    if (p == NULL || last - p < NGX_HTTP_TENDER_ID_LEN + 3) {
        return NGX_ERROR;
    }

    id.data = p + 2;
    id.len = NGX_HTTP_TENDER_ID_LEN;

    if (!tender_hex_valid(id)) {
        return NGX_ERROR;
    }

    part->id.data = id.data;
    part->id.len = id.len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_text(tender_mem_t *mem, const char *kind,
    ngx_str_t *id, tender_value_t *members, ngx_str_t *front, ngx_str_t *tail)
{
    u_char        *p;
    const char    *names[2];
    tender_str_t   text;

    if (kind[0] == 'a') {
        names[0] = "{\"awardID\":\"";
        names[1] = "\",\"awardDate\":\"";

    } else {
        names[0] = "{\"id\":\"";
        names[1] = "\",\"date\":\"";
    }

    if (tender_json_text(mem, members, 0, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    p = tender_alloc(mem, ngx_strlen(names[0]) + id->len
                          + ngx_strlen(names[1]));
    if (p == NULL) {
        return NGX_ERROR;
    }

    front->data = p;

    p = ngx_cpymem(p, names[0], ngx_strlen(names[0]));
    p = ngx_cpymem(p, id->data, id->len);
    p = ngx_cpymem(p, names[1], ngx_strlen(names[1]));

    front->len = p - front->data;

    /* what follows the date: its quote, and a comma if there is more */

    p = tender_alloc(mem, text.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    tail->data = p;
    *p++ = '"';

    if (text.len > 2) {
        *p++ = ',';
        p = ngx_cpymem(p, text.data + 1, text.len - 1);

    } else {
        *p++ = '}';
    }

    tail->len = p - tail->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_view(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_uint_t bids)
{
    ngx_http_tender_redis_call_t  *call;

    static ngx_str_t  which[] = {
        ngx_string("0"), ngx_string("1"), ngx_string("2")
    };

    call = ngx_http_tender_life_call(ctx, NGX_HTTP_TENDER_VIEW_LUA, id, 1);
    if (call == NULL) {
        return NGX_ERROR;
    }

    call->write = 0;
    call->argv[NGX_HTTP_TENDER_LIFE_KEYS] = which[bids];

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_store_viewed(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_view_t *view)
{
    ngx_int_t                       rc;
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *reply, swap;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 8) {
        return ngx_http_tender_store_broken(ctx);
    }

    /* head, document, own, more: the fields have another order */

    swap = reply->elts[2];
    reply->elts[2] = reply->elts[3];
    reply->elts[3] = swap;

    view->record.room = 0;

    rc = ngx_http_tender_store_fields(ctx, reply->elts, 4, id,
                                      &view->record);
    if (rc != NGX_OK) {
        return rc;
    }

    view->hashes = reply->elts[4].str;

    if (ngx_http_tender_parts_read(ctx, &reply->elts[5], &view->bids)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < view->bids.nelts; i++) {
        if (ngx_http_tender_parts_unseal(ctx, id, &view->bids.elts[i].id,
                                         &view->bids.elts[i].json)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_parts_read(ctx, &reply->elts[6], &view->awards)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_parts_read(ctx, &reply->elts[7], &view->documents);
}


static ngx_int_t
ngx_http_tender_parts_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_parts_t *parts)
{
    ngx_uint_t  i;

    parts->nelts = 0;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY) {
        return ngx_http_tender_store_broken(ctx);
    }

    if (reply->nelts == 0) {
        return NGX_OK;
    }

    parts->elts = ngx_palloc(ctx->request->pool,
                         reply->nelts * sizeof(ngx_http_tender_part_t));
    if (parts->elts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < reply->nelts; i++) {
        if (reply->elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || ngx_http_tender_store_part_read(&reply->elts[i].str,
                                               &parts->elts[i])
               != NGX_OK)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    parts->nelts = reply->nelts;

    ngx_qsort(parts->elts, parts->nelts, sizeof(ngx_http_tender_part_t),
              ngx_http_tender_parts_compare);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_parts_unseal(ngx_http_tender_ctx_t *ctx, ngx_str_t *tender,
    ngx_str_t *bid, ngx_str_t *json)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    return (ngx_http_tender_unseal(r->pool, ctx->main, r->connection->log,
                                   tender, bid, NGX_HTTP_TENDER_SEALED_AT,
                                   json)
            == NGX_OK)
           ? NGX_OK : NGX_ERROR;
}


static int ngx_libc_cdecl
ngx_http_tender_parts_compare(const void *one, const void *two)
{
    const ngx_http_tender_part_t  *a = one;
    const ngx_http_tender_part_t  *b = two;

    if (a->date != b->date) {
        return (a->date < b->date) ? -1 : 1;
    }

    return ngx_memcmp(a->id.data, b->id.data, NGX_HTTP_TENDER_ID_LEN);
}


ngx_int_t
ngx_http_tender_store_read_part(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    const char *kind, ngx_str_t *part_id)
{
    ngx_str_t  *argv;

    struct {
        ngx_http_tender_redis_call_t  calls[2];
        ngx_str_t                     argv[3];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_store_ask(ctx, id, NGX_HTTP_TENDER_READ_OWN,
                                     &ask->calls[0])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv = ask->argv;

    argv[0] = ngx_http_tender_hget;
    argv[2] = *part_id;

    if (ngx_http_tender_key(ctx, ngx_http_tender_bucket(ctx->main, id),
                            "tender:", id,
                            (kind[0] == 'a') ? ":awards" : ":bids", &argv[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask->calls[1].argv = argv;
    ask->calls[1].argc = 3;

    return ngx_http_tender_call(ctx, ask->calls, 2);
}


ngx_int_t
ngx_http_tender_store_part(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_record_t *record, ngx_http_tender_part_t *part)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_store_record(ctx, id, record);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_store_part_reply(ctx, ctx->calls[1].reply, part);
}


ngx_int_t
ngx_http_tender_store_part_reply(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_part_t *part)
{
    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        part->id.len = 0;
        return NGX_OK;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING
        || ngx_http_tender_store_part_read(&reply->str, part) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_store_open(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_http_tender_part_t *part)
{
    return ngx_http_tender_parts_unseal(ctx, id, &part->id, &part->json);
}


ngx_int_t
ngx_http_tender_store_read_sealed(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_str_t *bid)
{
    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[3];
    } *ask;

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));
    if (ask == NULL) {
        return NGX_ERROR;
    }

    ask->argv[0] = ngx_http_tender_hget;
    ask->argv[2] = *bid;

    if (ngx_http_tender_key(ctx, ngx_http_tender_bucket(ctx->main, id),
                            "tender:", id, ":sealed", &ask->argv[1])
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ask->call.argv = ask->argv;
    ask->call.argc = 3;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_store_sealed(ngx_http_tender_ctx_t *ctx, ngx_str_t *id,
    ngx_str_t *bid, ngx_str_t *json)
{
    ngx_int_t                       rc;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type == NGX_HTTP_TENDER_REDIS_NIL) {
        return NGX_DECLINED;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return ngx_http_tender_store_broken(ctx);
    }

    *json = reply->str;

    return ngx_http_tender_parts_unseal(ctx, id, bid, json);
}
