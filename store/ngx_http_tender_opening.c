
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_chronograph.h"
#include "ngx_http_tender_seal.h"
#include "../domain/tender_award.h"

#include <sys/random.h>


/*
 * At the end of tendering: the hashes of all bids are published, and how
 * many take part says what follows.
 */

#define NGX_HTTP_TENDER_OPENING_BATCH  16     /* bids that are read at a time */
#define NGX_HTTP_TENDER_OPENING_KEY    5      /* of the bids, in record.lua */


static void ngx_http_tender_opening_read(ngx_http_tender_turn_t *turn);
static void ngx_http_tender_opening_batch(ngx_http_tender_turn_t *turn);
static ngx_int_t ngx_http_tender_opening_bid(ngx_http_tender_turn_t *turn,
    tender_mem_t *mem, ngx_http_tender_redis_reply_t *reply);
static ngx_int_t ngx_http_tender_opening_offer(ngx_http_tender_turn_t *turn,
    tender_mem_t *mem, ngx_http_tender_part_t *part);
static void ngx_http_tender_opening_damaged(ngx_http_tender_turn_t *turn);
static void ngx_http_tender_opening_decide(ngx_http_tender_turn_t *turn);
static ngx_int_t ngx_http_tender_opening_list(ngx_http_tender_turn_t *turn,
    ngx_str_t *list);
static ngx_int_t ngx_http_tender_opening_award(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_args_t *args);
static void *ngx_http_tender_opening_alloc(void *pool, size_t size);
static int ngx_libc_cdecl ngx_http_tender_opening_compare(const void *one,
    const void *two);


static ngx_str_t  ngx_http_tender_hmget_bids = ngx_string("HMGET");


void
ngx_http_tender_opening(ngx_http_tender_turn_t *turn,
    ngx_http_tender_redis_reply_t *reply)
{
    if (reply->nelts < 3) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    turn->version = reply->elts[1].str;
    turn->bids = reply->elts + 2;
    turn->nbids = reply->nelts - 2;
    turn->nread = 0;
    turn->noffers = 0;

    turn->hashes = ngx_pnalloc(turn->pool,
                               turn->nbids * NGX_HTTP_TENDER_HASH_LEN);
    if (turn->hashes == NULL) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    ngx_http_tender_opening_read(turn);
}


/* some bids at a time, for all of them together may be large */

static void
ngx_http_tender_opening_read(ngx_http_tender_turn_t *turn)
{
    ngx_str_t                     *argv;
    ngx_uint_t                     i, n;
    ngx_http_tender_redis_call_t  *call;

    n = ngx_min(turn->nbids - turn->nread, NGX_HTTP_TENDER_OPENING_BATCH);

    turn->batch = ngx_create_pool(4096, turn->log);
    if (turn->batch == NULL) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    argv = ngx_palloc(turn->batch, (2 + n) * sizeof(ngx_str_t));
    if (argv == NULL) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    argv[0] = ngx_http_tender_hmget_bids;
    argv[1] = turn->argv[NGX_HTTP_TENDER_OPENING_KEY];

    for (i = 0; i < n; i++) {
        argv[2 + i] = turn->bids[turn->nread + i].str;
    }

    call = &turn->call;

    ngx_memzero(call, sizeof(ngx_http_tender_redis_call_t));

    call->argv = argv;
    call->argc = 2 + n;
    call->pool = turn->batch;

    ngx_http_tender_turn_call(turn, ngx_http_tender_opening_batch);
}


static void
ngx_http_tender_opening_batch(ngx_http_tender_turn_t *turn)
{
    ngx_int_t                       rc;
    ngx_uint_t                      i;
    tender_mem_t                    mem;
    ngx_http_tender_redis_reply_t  *reply;

    reply = turn->call.reply;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || reply->nelts != turn->call.argc - 2)
    {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    tender_mem_init(&mem, ngx_http_tender_opening_alloc, turn->batch);

    rc = NGX_OK;

    for (i = 0; i < reply->nelts && rc == NGX_OK; i++) {
        rc = ngx_http_tender_opening_bid(turn, &mem, &reply->elts[i]);
    }

    ngx_destroy_pool(turn->batch);
    turn->batch = NULL;

    if (rc == NGX_AGAIN) {
        ngx_http_tender_turn_ask(turn, "-");

    } else if (rc == NGX_DECLINED) {
        ngx_http_tender_opening_damaged(turn);

    } else if (rc != NGX_OK) {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);

    } else if (turn->nread < turn->nbids) {
        ngx_http_tender_opening_read(turn);

    } else {
        ngx_http_tender_opening_decide(turn);
    }
}


/* NGX_AGAIN: it is gone, the bids are others; NGX_DECLINED: not one of ours */

static ngx_int_t
ngx_http_tender_opening_bid(ngx_http_tender_turn_t *turn, tender_mem_t *mem,
    ngx_http_tender_redis_reply_t *reply)
{
    ngx_int_t                rc;
    ngx_str_t               *id;
    ngx_http_tender_part_t   part;

    if (reply->type != NGX_HTTP_TENDER_REDIS_STRING) {
        return NGX_AGAIN;
    }

    id = &turn->bids[turn->nread].str;

    if (ngx_http_tender_store_part_read(&reply->str, &part) != NGX_OK
        || part.id.len != id->len
        || ngx_memcmp(part.id.data, id->data, id->len) != 0)
    {
        return NGX_DECLINED;
    }

    rc = ngx_http_tender_unseal(turn->batch, turn->main, turn->log, &turn->id,
                                id, NGX_HTTP_TENDER_SEALED_AT, &part.json);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_store_hash(turn->hashes
                               + turn->nread * NGX_HTTP_TENDER_HASH_LEN,
                               part.json.data, part.json.len);
    turn->nread++;

    return ngx_http_tender_opening_offer(turn, mem, &part);
}


static ngx_int_t
ngx_http_tender_opening_offer(ngx_http_tender_turn_t *turn, tender_mem_t *mem,
    ngx_http_tender_part_t *part)
{
    int                   rc;
    tender_offer_t        offer;
    tender_value_t       *bid;
    tender_features_t     features;
    tender_json_error_t   err;

    rc = tender_json_read(mem, part->json.data, part->json.len, &bid, &err);

    if (rc != TENDER_OK) {
        return rc;
    }

    /* who is best is not asked for, only who takes part */

    features.nfeatures = 0;
    features.rest = TENDER_WEIGHT_ONE;

    if (tender_offer_weigh(&features, bid, ngx_http_tender_str(&part->id),
                           part->date, &offer)
        != TENDER_OK
        || turn->noffers++ != 0)
    {
        return NGX_OK;
    }

    turn->bid.len = part->id.len;
    turn->bid.data = ngx_pstrdup(turn->pool, &part->id);

    turn->json.len = part->json.len;
    turn->json.data = ngx_pstrdup(turn->pool, &part->json);

    return (turn->bid.data && turn->json.data) ? NGX_OK : NGX_ERROR;
}


/* let nobody try it again for a while */

static void
ngx_http_tender_opening_damaged(ngx_http_tender_turn_t *turn)
{
    ngx_http_tender_turn_args_t  args;

    ngx_memzero(&args, sizeof(ngx_http_tender_turn_args_t));

    args.version = turn->version;

    ngx_http_tender_turn_tell(turn, &args);
}


static void
ngx_http_tender_opening_decide(ngx_http_tender_turn_t *turn)
{
    tender_stage_e               stage;
    ngx_http_tender_turn_args_t  args;

    ngx_memzero(&args, sizeof(ngx_http_tender_turn_args_t));

    stage = tender_stage_after((unsigned) turn->noffers);

    args.version = turn->version;
    args.status.len = tender_stages[stage].len;
    args.status.data = tender_stages[stage].data;

    if (ngx_http_tender_opening_list(turn, &args.hashes) != NGX_OK
        || (turn->noffers == 1
            && ngx_http_tender_opening_award(turn, &args) != NGX_OK))
    {
        ngx_http_tender_turn_end(turn, NGX_HTTP_TENDER_TURN_FAULT);
        return;
    }

    ngx_http_tender_turn_tell(turn, &args);
}


/* the hashes of all bids, in their own order */

static ngx_int_t
ngx_http_tender_opening_list(ngx_http_tender_turn_t *turn, ngx_str_t *list)
{
    u_char      *p, *hash;
    ngx_uint_t   i;

    ngx_qsort(turn->hashes, turn->nbids, NGX_HTTP_TENDER_HASH_LEN,
              ngx_http_tender_opening_compare);

    p = ngx_pnalloc(turn->pool,
                    turn->nbids * (NGX_HTTP_TENDER_HASH_LEN + 3) + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    list->data = p;
    hash = turn->hashes;

    for (i = 0; i < turn->nbids; i++) {
        *p++ = i ? ',' : '[';
        *p++ = '"';
        p = ngx_cpymem(p, hash, NGX_HTTP_TENDER_HASH_LEN);
        *p++ = '"';

        hash += NGX_HTTP_TENDER_HASH_LEN;
    }

    *p++ = ']';

    list->len = p - list->data;

    return NGX_OK;
}


/* the only offer gets it, unless the buyer finds fault with it */

static ngx_int_t
ngx_http_tender_opening_award(ngx_http_tender_turn_t *turn,
    ngx_http_tender_turn_args_t *args)
{
    u_char                bytes[NGX_HTTP_TENDER_ID_LEN / 2];
    tender_mem_t          mem;
    tender_value_t       *bid, *award;
    tender_json_error_t   err;

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
        ngx_log_error(NGX_LOG_CRIT, turn->log, ngx_errno,
                      "tender: getrandom() failed");
        return NGX_ERROR;
    }

    args->award.len = NGX_HTTP_TENDER_ID_LEN;
    args->award.data = ngx_pnalloc(turn->pool, NGX_HTTP_TENDER_ID_LEN);

    if (args->award.data == NULL) {
        return NGX_ERROR;
    }

    (void) tender_hex_write(args->award.data, bytes, sizeof(bytes));

    args->bid = turn->bid;

    tender_mem_init(&mem, ngx_http_tender_opening_alloc, turn->pool);

    award = tender_value_new(&mem, TENDER_OBJECT);

    if (award == NULL
        || tender_json_read(&mem, turn->json.data, turn->json.len, &bid, &err)
           != TENDER_OK
        || tender_award_make(&mem, bid, ngx_http_tender_str(&turn->bid),
                             award)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_store_text(&mem, "award", &args->award, award,
                                      &args->front, &args->tail);
}


static void *
ngx_http_tender_opening_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}


static int ngx_libc_cdecl
ngx_http_tender_opening_compare(const void *one, const void *two)
{
    return ngx_memcmp(one, two, NGX_HTTP_TENDER_HASH_LEN);
}
