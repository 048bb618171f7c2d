
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


/* a bid is changed, judged or withdrawn */

static ngx_int_t ngx_http_tender_api_bid_allowed(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_bid_build(ngx_http_tender_ctx_t *ctx,
    tender_value_t **before, tender_value_t **after);
static void ngx_http_tender_api_bid_bare(tender_value_t *bid);
static ngx_uint_t ngx_http_tender_api_bid_same(tender_value_t *before,
    tender_value_t *after, const tender_str_t *name);
static ngx_int_t ngx_http_tender_api_bid_judge(ngx_http_tender_ctx_t *ctx,
    tender_value_t *after);
static ngx_int_t ngx_http_tender_api_bid_show(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json);


static const tender_str_t  ngx_http_tender_bid_status =
    tender_string("status");


/* PATCH and PUT: who asks is known when the bid is, what fits him later */

ngx_int_t
ngx_http_tender_api_bid_rights(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    api->patch = (ctx->request->method == NGX_HTTP_PATCH) ? 1 : 0;

    if (tender_bid_is_award(api->data)) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "This is an award, not a bid: awards "
                                     "are changed at /awards");
    }

    rc = ngx_http_tender_errors_check(ctx, &tender_model_bid, api->data,
                                      TENDER_BY_BIDDER|TENDER_BY_OWNER,
                                      api->patch);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_ids(ctx);
}


/*
 * While bids are sealed, whoever does not own this one learns the same of
 * any id; where nothing is owned, he may change what he does not see.
 */

static ngx_int_t
ngx_http_tender_api_bid_allowed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id;
    ngx_uint_t              mine, all;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_part_load(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    all = !ctx->conf->ownership
          || (ngx_http_tender_administers(ctx, &api->record.author)
              && (api->part.id.len == 0
                  || ngx_http_tender_administers(ctx, &api->part.author)));

    mine = (api->part.id.len
            && ngx_http_tender_holds(ctx, &api->part.token,
                                     &api->part.author));

    if (!api->record.open && !mine && !all) {
        return ngx_http_tender_forbidden(ctx);
    }

    if (api->part.id.len == 0) {
        return ngx_http_tender_api_not_found(ctx, 1);
    }

    api->sealed = (!api->record.open && !mine);

    if (all) {
        api->by = TENDER_BY_BIDDER|TENDER_BY_OWNER;

    } else if (mine) {
        api->by = TENDER_BY_BIDDER;

    } else if (ngx_http_tender_holds(ctx, &api->record.token,
                                     &api->record.author))
    {
        api->by = TENDER_BY_OWNER;

    } else {
        return ngx_http_tender_forbidden(ctx);
    }

    id = ngx_http_tender_api_path_id(ctx, 0);

    if (ngx_http_tender_store_open(ctx, &id, &api->part) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_part_fresh(ctx, &api->part);
}


ngx_int_t
ngx_http_tender_api_bid_merge(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_uint_t              judged;
    tender_value_t         *before, *after;
    ngx_http_tender_api_t  *api;
    ngx_http_tender_bid_t  *bid;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_bid_allowed(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_tender_api_bid_build(ctx, &before, &after);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_value_equal(before, after)) {
        return ngx_http_tender_api_bid_show(ctx, &api->part.json);
    }

    rc = ngx_http_tender_api_bid_fits(ctx, after);
    if (rc != NGX_OK) {
        return rc;
    }

    judged = !ngx_http_tender_api_bid_same(before, after,
                                           &ngx_http_tender_bid_status);

    if (judged && api->record.open
        && tender_stage_read(ngx_http_tender_str(&api->record.status))
           != TENDER_TENDERING)
    {
        return ngx_http_tender_api_bid_judge(ctx, after);
    }

    bid = &api->u.bid;
    ngx_memzero(bid, sizeof(ngx_http_tender_bid_t));

    bid->op = NGX_HTTP_TENDER_BID_CHANGE;
    bid->bid = api->part.id;
    bid->author = ctx->author;
    bid->token = api->part.token;
    bid->changed = api->part.changed_text;

    /* a better offer is a later one */

    bid->redate = !tender_offer_same(before, after);

    return ngx_http_tender_api_bid_store(ctx, after);
}


/* the bid before and after, without id and date */

static ngx_int_t
ngx_http_tender_api_bid_build(ngx_http_tender_ctx_t *ctx,
    tender_value_t **before, tender_value_t **after)
{
    int                     rc;
    tender_value_t         *data;
    tender_check_t          ck;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (ngx_http_tender_api_tree(ctx, &api->part.json, before) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_api_bid_bare(*before);

    data = tender_value_copy(&ctx->mem, api->data);
    *after = tender_value_copy(&ctx->mem, *before);

    if (data == NULL || *after == NULL) {
        return NGX_ERROR;
    }

    /* what this client may not set is left out */

    rc = ngx_http_tender_errors_check(ctx, &tender_model_bid, data, api->by,
                                      api->patch);
    if (rc != NGX_OK) {
        return rc;
    }

    if (api->patch) {
        rc = tender_model_merge(&ctx->mem, &tender_model_bid, *after, data);

    } else {
        ngx_memzero(&ck, sizeof(tender_check_t));

        ck.mem = &ctx->mem;
        ck.by = api->by;

        if (tender_value_get(data, &ngx_http_tender_bid_status) == NULL) {
            ck.by &= ~TENDER_BY_OWNER;
        }

        rc = tender_model_keep(&ck, &tender_model_bid, data, *after);
        *after = data;
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_errors_check(ctx, &tender_model_bid, *after,
                                        TENDER_BY_SERVER, 0);
}


/* its id and date stand in front */

static void
ngx_http_tender_api_bid_bare(tender_value_t *bid)
{
    while (bid->u.list.first
           && (tender_str_is(&bid->u.list.first->name, "id")
               || tender_str_is(&bid->u.list.first->name, "date")))
    {
        (void) tender_value_cut(bid, NULL);
    }
}


static ngx_uint_t
ngx_http_tender_api_bid_same(tender_value_t *before, tender_value_t *after,
    const tender_str_t *name)
{
    tender_value_t  *a, *b;

    a = tender_value_get(before, name);
    b = tender_value_get(after, name);

    if (a == NULL || b == NULL) {
        return a == b;
    }

    return tender_value_equal(a, b);
}


/* valid or not, once bids are open: that takes no part in tendering */

static ngx_int_t
ngx_http_tender_api_bid_judge(ngx_http_tender_ctx_t *ctx,
    tender_value_t *after)
{
    ngx_int_t                  rc;
    tender_value_t            *status, *before, *was;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_write_t   *w;
    ngx_http_tender_settle_t  *settle;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_lets(ctx, TENDER_JUDGE_BID, &api->record);
    if (rc != NGX_OK) {
        return rc;
    }

    /* and nothing but that */

    if (ngx_http_tender_api_tree(ctx, &api->part.json, &before) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tender_api_bid_bare(before);

    was = tender_value_get(before, &ngx_http_tender_bid_status);
    status = tender_value_get(after, &ngx_http_tender_bid_status);

    if (was == NULL || status == NULL) {
        return NGX_ERROR;
    }

    was->u.text = status->u.text;

    if (!tender_value_equal(before, after)) {
        return ngx_http_tender_api_not_now(ctx, TENDER_UPDATE_BID,
                                           &api->record.status);
    }

    w = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_write_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->kind = "bid";
    w->id = api->part.id;
    w->date = api->part.date;
    w->status.data = status->u.text.data;
    w->status.len = status->u.text.len;
    w->author = api->part.author;
    w->link = api->part.link;
    w->token = api->part.token;

    if (ngx_http_tender_store_text(&ctx->mem, "bid", &w->id, after, &w->front,
                                   &w->tail)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    api->judge = 1;

    settle = &api->u.settle;
    ngx_memzero(settle, sizeof(ngx_http_tender_settle_t));

    settle->from = &api->record;
    settle->status = api->record.status;
    ngx_str_set(&settle->event, "bid");
    settle->part = w->id;
    settle->writes = w;
    settle->nwrites = 1;

    return ngx_http_tender_store_settle(ctx, settle);
}


/* DELETE */

ngx_int_t
ngx_http_tender_api_bid_remove(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;
    ngx_http_tender_bid_t  *bid;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_bid_allowed(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    if ((api->by & TENDER_BY_BIDDER) == 0) {
        return ngx_http_tender_forbidden(ctx);
    }

    bid = &api->u.bid;
    ngx_memzero(bid, sizeof(ngx_http_tender_bid_t));

    bid->op = NGX_HTTP_TENDER_BID_REMOVE;
    bid->id = api->record.id;
    bid->revision = api->record.revision;
    bid->bid = api->part.id;
    bid->author = ctx->author;
    bid->changed = api->part.changed_text;

    return ngx_http_tender_store_bid(ctx, bid);
}


ngx_int_t
ngx_http_tender_api_bid_changed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_str_t                 json;
    ngx_http_tender_api_t    *api;
    ngx_http_tender_bid_t    *bid;
    ngx_http_tender_bid_e     outcome;
    ngx_http_tender_write_t  *w;

    api = ngx_http_tender_api_state(ctx);

    if (api->judge) {
        api->judge = 0;
        w = api->u.settle.writes;

        rc = ngx_http_tender_store_settled(ctx, &api->u.settle,
                                           &api->record);

        if (rc == NGX_DECLINED) {
            return ngx_http_tender_api_again(ctx,
                                             ngx_http_tender_api_bid_read);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        api->part.changed = api->u.settle.at;

        if (ngx_http_tender_api_written(ctx, w, &json) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_api_bid_show(ctx, &json);
    }

    bid = &api->u.bid;

    rc = ngx_http_tender_store_bid_stored(ctx, bid, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    if (outcome == NGX_HTTP_TENDER_BID_CONFLICT
        || outcome == NGX_HTTP_TENDER_BID_STALE)
    {
        return ngx_http_tender_api_again(ctx, ngx_http_tender_api_bid_read);
    }

    if (bid->op == NGX_HTTP_TENDER_BID_REMOVE) {

        return (outcome == NGX_HTTP_TENDER_BID_OK)
               ? ngx_http_tender_api_bid_show(ctx, &api->part.json)
               : ngx_http_tender_api_bid_refused(ctx, outcome,
                                                 TENDER_DELETE_BID);
    }

    if (outcome != NGX_HTTP_TENDER_BID_OK) {
        return ngx_http_tender_api_bid_refused(ctx, outcome,
                                               TENDER_UPDATE_BID);
    }

    if (ngx_http_tender_api_bid_stored(ctx, &json) != NGX_OK) {
        return NGX_ERROR;
    }

    api->part.changed = bid->received;

    return ngx_http_tender_api_bid_show(ctx, &json);
}


/* the bid, or of one that this client may not see, what he has sent */

static ngx_int_t
ngx_http_tender_api_bid_show(ngx_http_tender_ctx_t *ctx, ngx_str_t *json)
{
    tender_str_t            name;
    tender_value_t         *answer, *v, *next;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (!api->sealed) {
        if (ctx->request->method != NGX_HTTP_DELETE
            && ngx_http_tender_api_part_tag(ctx, &api->part) != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_tender_api_part(ctx, json, NGX_HTTP_OK);
    }

    api->receipt.len = 0;

    answer = tender_value_new(&ctx->mem, TENDER_OBJECT);
    v = tender_value_string(&ctx->mem, ngx_http_tender_str(&api->part.id));

    if (answer == NULL || v == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "id");
    tender_value_add(answer, name, v);

    v = api->data ? api->data->u.list.first : NULL;

    for ( /* void */ ; v; v = next) {
        next = v->next;
        tender_value_add(answer, v->name, v);
    }

    return ngx_http_tender_api_value(ctx, answer, NGX_HTTP_OK);
}
