
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"


/* a bid is handed in; bids are read */

static ngx_int_t ngx_http_tender_api_bid_answer(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json);


/* POST: by a bidder; where nothing is owned, by the buyer as well */

ngx_int_t
ngx_http_tender_api_bid_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    tender_value_t         *v;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (tender_bid_is_award(api->data)) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "This is an award, not a bid: awards "
                                     "are posted to /awards");
    }

    rc = ngx_http_tender_errors_check(ctx, &tender_model_bid, api->data,
                                      TENDER_BY_BIDDER
                                      |(ctx->conf->ownership ? 0
                                                          : TENDER_BY_OWNER),
                                      0);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_value_member(api->data, "status") == NULL) {
        v = tender_value_cstring(&ctx->mem, "registration");
        if (v == NULL) {
            return NGX_ERROR;
        }

        v->name.data = (u_char *) "status";
        v->name.len = sizeof("status") - 1;

        /* in front, as in the seed */

        v->next = api->data->u.list.first;
        api->data->u.list.first = v;
        api->data->nelts++;

        if (api->data->u.list.last == NULL) {
            api->data->u.list.last = v;
        }
    }

    return ngx_http_tender_api_ids(ctx);
}


ngx_int_t
ngx_http_tender_api_bid_tender(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id = ngx_http_tender_api_path_id(ctx, 0);

    return ngx_http_tender_store_read(ctx, &id, NGX_HTTP_TENDER_READ_OWN);
}


/* whether it is in time is for the store to say */

ngx_int_t
ngx_http_tender_api_bid_add(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id;
    ngx_http_tender_api_t  *api;
    ngx_http_tender_bid_t  *bid;

    api = ngx_http_tender_api_state(ctx);
    bid = &api->u.bid;
    id = ngx_http_tender_api_path_id(ctx, 0);

    rc = ngx_http_tender_store_record(ctx, &id, &api->record);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_bid_fits(ctx, api->data);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (api->token.len == 0
        && ngx_http_tender_store_token(ctx, &api->token, &bid->token)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_tender_store_id(ctx, &bid->bid) != NGX_OK) {
        return NGX_ERROR;
    }

    bid->op = NGX_HTTP_TENDER_BID_ADD;
    bid->max = ctx->conf->max_bids;
    bid->author = ctx->author;
    bid->redate = 1;

    return ngx_http_tender_api_bid_store(ctx, api->data);
}


/* against the tender that it is for */

ngx_int_t
ngx_http_tender_api_bid_fits(ngx_http_tender_ctx_t *ctx, tender_value_t *bid)
{
    ngx_int_t               rc;
    tender_value_t         *tender;
    tender_check_t          ck;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (ngx_http_tender_api_tree(ctx, &api->record.doc, &tender) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&ck, sizeof(tender_check_t));

    ck.mem = &ctx->mem;
    ck.zone = &ctx->main->zone;
    ck.by = TENDER_BY_SERVER;

    rc = tender_bid_check(&ck, tender, bid,
                          api->record.deadlines.finish != 0);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_errors_add(ctx, ck.errors);
    }

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


/* the JSON of u.bid from its members, which are not to be id and date */

ngx_int_t
ngx_http_tender_api_bid_store(ngx_http_tender_ctx_t *ctx,
    tender_value_t *members)
{
    tender_value_t         *status;
    ngx_http_tender_api_t  *api;
    ngx_http_tender_bid_t  *bid;

    api = ngx_http_tender_api_state(ctx);
    bid = &api->u.bid;

    bid->id = api->record.id;
    bid->revision = api->record.revision;
    bid->seal = !api->record.open;

    if (ngx_http_tender_store_text(&ctx->mem, "bid", &bid->bid, members,
                                   &bid->front, &bid->tail)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (bid->front.len + bid->tail.len > NGX_HTTP_TENDER_BID_MAX) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "The bid would be larger than 32768 "
                                     "bytes");
    }

    status = tender_value_member(members, "status");

    if (status) {
        bid->status.data = status->u.text.data;
        bid->status.len = status->u.text.len;

    } else {
        ngx_str_set(&bid->status, "registration");
    }

    return ngx_http_tender_store_bid(ctx, bid);
}


ngx_int_t
ngx_http_tender_api_bid_added(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               json;
    ngx_http_tender_api_t  *api;
    ngx_http_tender_bid_e   outcome;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_bid_stored(ctx, &api->u.bid, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    if (outcome == NGX_HTTP_TENDER_BID_CONFLICT
        || outcome == NGX_HTTP_TENDER_BID_TAKEN)
    {
        return ngx_http_tender_api_again(ctx, ngx_http_tender_api_bid_tender);
    }

    if (outcome != NGX_HTTP_TENDER_BID_OK) {
        return ngx_http_tender_api_bid_refused(ctx, outcome, TENDER_ADD_BID);
    }

    api->part.changed = api->u.bid.received;

    if (ngx_http_tender_api_bid_stored(ctx, &json) != NGX_OK
        || ngx_http_tender_api_part_tag(ctx, &api->part) != NGX_OK
        || ngx_http_tender_api_location(ctx, "bidders", &api->u.bid.bid)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_part(ctx, &json, NGX_HTTP_CREATED);
}


ngx_int_t
ngx_http_tender_api_bid_stored(ngx_http_tender_ctx_t *ctx, ngx_str_t *json)
{
    u_char                 *p;
    ngx_http_tender_bid_t  *bid;

    bid = &ngx_http_tender_api_state(ctx)->u.bid;

    p = ngx_pnalloc(ctx->request->pool,
                    bid->front.len + TENDER_DATE_LEN + bid->tail.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    json->data = p;

    p = ngx_cpymem(p, bid->front.data, bid->front.len);
    p = tender_date_write(p, bid->date);
    p = ngx_cpymem(p, bid->tail.data, bid->tail.len);

    json->len = p - json->data;

    return ngx_http_tender_api_receipt(ctx, json, bid->received);
}


/* of the bytes that are stored */

ngx_int_t
ngx_http_tender_api_receipt(ngx_http_tender_ctx_t *ctx, ngx_str_t *json,
    int64_t received)
{
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    api->receipt.data = ngx_pnalloc(ctx->request->pool,
                                    NGX_HTTP_TENDER_HASH_LEN);
    if (api->receipt.data == NULL) {
        return NGX_ERROR;
    }

    api->receipt.len = NGX_HTTP_TENDER_HASH_LEN;
    api->received = received;

    ngx_http_tender_store_hash(api->receipt.data, json->data, json->len);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_bid_refused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_e outcome, tender_act_e act)
{
    ngx_str_t               *stage;
    ngx_http_tender_api_t   *api;

    api = ngx_http_tender_api_state(ctx);

    switch (outcome) {

    case NGX_HTTP_TENDER_BID_MISSING:
        return ngx_http_tender_api_not_found(ctx, 0);

    case NGX_HTTP_TENDER_BID_GONE:
        return ngx_http_tender_api_not_found(ctx, 1);

    case NGX_HTTP_TENDER_BID_FULL:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't add bid: the tender has as many "
                                     "as it takes");

    case NGX_HTTP_TENDER_BID_LARGE:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "The bids of the tender would be larger "
                                     "than 4194304 bytes together");

    case NGX_HTTP_TENDER_BID_AWARDED:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't change a bid that has an award");

    default: /* NGX_HTTP_TENDER_BID_STAGE */
        break;
    }

    stage = &api->u.bid.stage;

    if (stage->len == sizeof("closed") - 1
        && ngx_strncmp(stage->data, "closed", stage->len) == 0)
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Bids are taken until "
                                     "tenderPeriod.endDate, which has "
                                     "passed");
    }

    return ngx_http_tender_api_not_now(ctx, act, stage);
}


/* once more from a step of the route, but not for ever */

ngx_int_t
ngx_http_tender_api_again(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_step_pt step)
{
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    if (++api->tries == NGX_HTTP_TENDER_TRIES) {
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "body", "data",
                                     "Too many others change this tender, "
                                     "nothing was changed: try again");
    }

    ngx_http_tender_go(ctx, step);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_bids_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id = ngx_http_tender_api_path_id(ctx, 0);

    return ngx_http_tender_store_view(ctx, &id, 0);
}


ngx_int_t
ngx_http_tender_api_bids_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                id;
    ngx_http_tender_view_t  *view;

    id = ngx_http_tender_api_path_id(ctx, 0);
    view = &ngx_http_tender_api_state(ctx)->view;

    rc = ngx_http_tender_store_viewed(ctx, &id, view);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (!view->record.open) {
        return ngx_http_tender_api_not_now(ctx, TENDER_VIEW_BIDS,
                                           &view->record.status);
    }

    return ngx_http_tender_api_list_parts(ctx, &view->bids);
}


/* GET of a bid */

ngx_int_t
ngx_http_tender_api_bid_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id, bid;

    id = ngx_http_tender_api_path_id(ctx, 0);
    bid = ngx_http_tender_api_path_id(ctx, 1);

    return ngx_http_tender_store_read_part(ctx, &id, "bid", &bid);
}


/* while bids are sealed, all but its owner learn the same of any id */

ngx_int_t
ngx_http_tender_api_bid_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id, bid;
    tender_str_t           *sealed;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    id = ngx_http_tender_api_path_id(ctx, 0);
    bid = ngx_http_tender_api_path_id(ctx, 1);

    rc = ngx_http_tender_api_part_load(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    if (!api->record.open
        && (api->part.id.len == 0
            || !ngx_http_tender_holds(ctx, &api->part.token,
                                      &api->part.author)))
    {
        return ngx_http_tender_api_not_now(ctx, TENDER_VIEW_BID,
                                           &api->record.status);
    }

    if (api->part.id.len == 0) {
        return ngx_http_tender_api_not_found(ctx, 1);
    }

    if (ngx_http_tender_store_open(ctx, &id, &api->part) != NGX_OK) {
        return NGX_ERROR;
    }

    sealed = ctx->query.nparams
             ? tender_query_value(&ctx->query, "opt_sealed") : NULL;

    if (sealed && sealed->len) {
        return ngx_http_tender_store_read_sealed(ctx, &id, &bid);
    }

    return ngx_http_tender_api_bid_answer(ctx, &api->part.json);
}


/* the bytes that its receipt and the tender's bidHashes are about */

ngx_int_t
ngx_http_tender_api_bid_sealed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_str_t               id, bid, json;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    id = ngx_http_tender_api_path_id(ctx, 0);
    bid = ngx_http_tender_api_path_id(ctx, 1);

    rc = ngx_http_tender_store_sealed(ctx, &id, &bid, &json);

    if (rc == NGX_DECLINED) {
        json = api->part.json;
        rc = NGX_OK;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_text(ctx, json.data, json.len, NGX_HTTP_OK);
}


/* to its owner with its receipt, as long as it stands as it was received */

static ngx_int_t
ngx_http_tender_api_bid_answer(ngx_http_tender_ctx_t *ctx, ngx_str_t *json)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_part_fresh(ctx, &api->part);
    if (rc != NGX_OK) {
        return rc;
    }

    if (!api->record.open
        && ngx_http_tender_api_receipt(ctx, json, api->part.changed)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_part(ctx, json, NGX_HTTP_OK);
}
