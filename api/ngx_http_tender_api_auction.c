
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_award.h"
#include "../domain/tender_auction.h"


/* the auction is prepared, and its results come in */

static ngx_int_t ngx_http_tender_api_auction_results(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_decision_t *d);
static tender_value_t *ngx_http_tender_api_auction_view(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_decision_t *d);
static tender_value_t *ngx_http_tender_api_auction_bid(
    ngx_http_tender_ctx_t *ctx, ngx_http_tender_decision_t *d,
    ngx_http_tender_part_t *part, tender_offer_t *offer);
static tender_value_t *ngx_http_tender_api_auction_period(
    ngx_http_tender_ctx_t *ctx, tender_value_t *tender);
static ngx_int_t ngx_http_tender_api_auction_dated(ngx_http_tender_ctx_t *ctx,
    tender_value_t *view);
static ngx_int_t ngx_http_tender_api_auction_put(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, tender_value_t *v);


/*
 * Sealed bids only for who may see them at some stage: how long others wait
 * does not depend on them.
 */

ngx_int_t
ngx_http_tender_api_auction_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id = ngx_http_tender_api_path_id(ctx, 0);

    return ngx_http_tender_store_view(ctx, &id,
                                      ngx_http_tender_auctioneer(ctx, NULL));
}


ngx_int_t
ngx_http_tender_api_auction_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    tender_value_t              *answer;
    ngx_http_tender_view_t      *view;
    ngx_http_tender_decision_t   d;

    rc = ngx_http_tender_api_seen(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    view = &ngx_http_tender_api_state(ctx)->view;

    rc = ngx_http_tender_api_lets(ctx, TENDER_GET_AUCTION, &view->record);
    if (rc != NGX_OK) {
        return rc;
    }

    if (view->record.deadlines.finish || !view->record.open) {

        if (!ngx_http_tender_auctioneer(ctx, &view->record.author)) {
            return ngx_http_tender_forbidden(ctx);
        }

        /* and nobody is to keep the answer */

        ctx->secret = 1;
    }

    if (ngx_http_tender_api_decision(ctx, &d, 0) != NGX_OK
        || ngx_http_tender_api_offers(ctx, &d) != NGX_OK)
    {
        return NGX_ERROR;
    }

    answer = ngx_http_tender_api_auction_view(ctx, &d);

    if (answer == NULL
        || ngx_http_tender_api_auction_dated(ctx, answer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_value(ctx, answer, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_api_auction_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_errors_check(ctx, &tender_model_auction, api->data,
                                      TENDER_BY_AUCTION, 0);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_value_member(api->data, "bids") == NULL) {
        return ngx_http_tender_api_fault(ctx, "bids",
                                         "This field is required.");
    }

    return ngx_http_tender_api_ids(ctx);
}


ngx_int_t
ngx_http_tender_api_auction_report(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_str_t                    part = ngx_string("-"), *list;
    ngx_http_tender_api_t       *api;
    ngx_http_tender_view_t      *view;
    ngx_http_tender_decision_t   d;

    rc = ngx_http_tender_api_seen(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    api = ngx_http_tender_api_state(ctx);
    view = &api->view;

    if (!ngx_http_tender_auctioneer(ctx, &view->record.author)) {
        return ngx_http_tender_forbidden(ctx);
    }


    rc = ngx_http_tender_api_lets(ctx, TENDER_REPORT_AUCTION, &view->record);
    if (rc != NGX_OK) {
        return rc;
    }

    list = ngx_http_tender_api_if_match(ctx);

    if (list) {
        rc = ngx_http_tender_api_matches(ctx, list, &view->record, 0);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED)
                   ? ngx_http_tender_api_precondition(ctx) : NGX_ERROR;
        }

        /* the answer is another state */

        ctx->etag.len = 0;
    }

    if (ngx_http_tender_api_decision(ctx, &d, view->bids.nelts + 1) != NGX_OK
        || ngx_http_tender_api_offers(ctx, &d) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_api_auction_results(ctx, &d);
    if (rc != NGX_OK) {
        return rc;
    }

    api->after = ngx_http_tender_api_auction_view(ctx, &d);

    if (api->after == NULL || ngx_http_tender_api_rank(ctx, &d) != NGX_OK) {
        return NGX_ERROR;
    }

    tender_decision_auction(d.awards, d.nawards, d.ranking, d.noffers,
                            &d.outcome);

    return ngx_http_tender_api_settle(ctx, &d, "auction", &part);
}


/* the results become the bids' prices; those that differ are written */

static ngx_int_t
ngx_http_tender_api_auction_results(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d)
{
    int               rc;
    u_char           *changed;
    ngx_uint_t        i;
    const char       *why;
    tender_str_t     *ids;
    tender_value_t  **bids, *results;

    results = tender_value_member(ngx_http_tender_api_state(ctx)->data,
                                  "bids");

    bids = ngx_palloc(ctx->request->pool,
                      (d->noffers + 1) * sizeof(tender_value_t *));
    ids = ngx_palloc(ctx->request->pool,
                     (d->noffers + 1) * sizeof(tender_str_t));
    changed = ngx_pcalloc(ctx->request->pool, d->noffers + 1);

    if (bids == NULL || ids == NULL || changed == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < d->noffers; i++) {
        bids[i] = d->offers[i].bid;
        ids[i] = d->offers[i].id;
    }

    rc = tender_auction_apply(&ctx->mem, results, bids, ids, d->noffers,
                              changed, &why);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "bids", why);
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < d->noffers; i++) {
        if (changed[i]
            && ngx_http_tender_api_write(ctx, "bid", d->parts[i], bids[i])
               == NULL)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_auction_stored(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t        rc;
    tender_value_t  *answer;

    rc = ngx_http_tender_api_settled(ctx, ngx_http_tender_api_auction_read);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    answer = ngx_http_tender_api_state(ctx)->after;

    if (ngx_http_tender_api_auction_dated(ctx, answer) != NGX_OK
        || ngx_http_tender_api_following(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_value(ctx, answer, NGX_HTTP_OK);
}


/* what the store decides comes later */

static tender_value_t *
ngx_http_tender_api_auction_view(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d)
{
    ngx_uint_t       i;
    tender_str_t     later = tender_null_string;
    tender_value_t  *view, *list, *v;

    view = tender_value_new(&ctx->mem, TENDER_OBJECT);
    list = tender_value_new(&ctx->mem, TENDER_ARRAY);

    if (view == NULL || list == NULL
        || ngx_http_tender_api_auction_put(ctx, view, "modified",
                                      tender_value_string(&ctx->mem, later))
           != NGX_OK
        || ngx_http_tender_api_auction_put(ctx, view, "status",
                                      tender_value_string(&ctx->mem, later))
           != NGX_OK)
    {
        return NULL;
    }

    for (i = 0; i < d->noffers; i++) {
        v = ngx_http_tender_api_auction_bid(ctx, d, d->parts[i],
                                            &d->offers[i]);
        if (v == NULL) {
            return NULL;
        }

        tender_value_push(list, v);
    }

    if (ngx_http_tender_api_auction_put(ctx, view, "bids", list) != NGX_OK
        || tender_minimal_step(&ctx->mem, d->tender, &ctx->conf->step, &v)
           != TENDER_OK)
    {
        return NULL;
    }

    if (v && ngx_http_tender_api_auction_put(ctx, view, "minimalStep", v)
             != NGX_OK)
    {
        return NULL;
    }

    v = ngx_http_tender_api_auction_period(ctx, d->tender);

    if (ngx_http_tender_api_auction_put(ctx, view, "period", v) != NGX_OK) {
        return NULL;
    }

    v = tender_value_member(d->tender, "features");

    if (v && v->type == TENDER_ARRAY
        && ngx_http_tender_api_auction_put(ctx, view, "features",
                                           tender_value_copy(&ctx->mem, v))
           != NGX_OK)
    {
        return NULL;
    }

    return view;
}


/* as in the seed, without the bidder; with what the features count */

static tender_value_t *
ngx_http_tender_api_auction_bid(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_http_tender_part_t *part,
    tender_offer_t *offer)
{
    u_char          *p;
    ngx_uint_t       i;
    tender_str_t     date;
    tender_value_t  *bid, *value, *v;

    static const char *const  names[] = { "amount", "currency" };

    bid = tender_value_new(&ctx->mem, TENDER_OBJECT);
    p = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

    if (bid == NULL || p == NULL) {
        return NULL;
    }

    date.data = p;
    date.len = tender_date_write(p, part->date) - p;

    value = tender_value_member(offer->bid, "totalValue");

    for (i = 0; i < 2; i++) {
        v = (i == 0) ? tender_value_member(value, "amount")
                     : tender_value_member(value, "currency");

        if (v && ngx_http_tender_api_auction_put(ctx, bid, names[i],
                                           tender_value_copy(&ctx->mem, v))
                 != NGX_OK)
        {
            return NULL;
        }
    }

    if (ngx_http_tender_api_auction_put(ctx, bid, "id",
                                   tender_value_string(&ctx->mem, offer->id))
        != NGX_OK
        || ngx_http_tender_api_auction_put(ctx, bid, "date",
                                      tender_value_string(&ctx->mem, date))
           != NGX_OK)
    {
        return NULL;
    }

    v = tender_value_member(offer->bid, "parameters");

    if (d->features.nfeatures && v
        && ngx_http_tender_api_auction_put(ctx, bid, "parameters",
                                           tender_value_copy(&ctx->mem, v))
           != NGX_OK)
    {
        return NULL;
    }

    return bid;
}


/* an auction that has no period of its own begins when bids end */

static tender_value_t *
ngx_http_tender_api_auction_period(ngx_http_tender_ctx_t *ctx,
    tender_value_t *tender)
{
    tender_value_t  *period, *v;

    v = tender_value_member(tender, "auctionPeriod");

    if (v && v->type == TENDER_OBJECT) {
        return tender_value_copy(&ctx->mem, v);
    }

    period = tender_value_new(&ctx->mem, TENDER_OBJECT);

    v = tender_value_member(tender, "tenderPeriod");
    v = v ? tender_value_member(v, "endDate") : NULL;

    if (period && v
        && ngx_http_tender_api_auction_put(ctx, period, "startDate",
                                           tender_value_copy(&ctx->mem, v))
           != NGX_OK)
    {
        return NULL;
    }

    return period;
}


static ngx_int_t
ngx_http_tender_api_auction_dated(ngx_http_tender_ctx_t *ctx,
    tender_value_t *view)
{
    u_char                    *p;
    tender_value_t            *modified;
    ngx_http_tender_record_t  *record;

    record = &ngx_http_tender_api_state(ctx)->view.record;

    p = tender_alloc(&ctx->mem, TENDER_DATE_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    modified = view->u.list.first;

    modified->u.text.data = p;
    modified->u.text.len = tender_date_write(p, record->modified) - p;

    modified->next->u.text = ngx_http_tender_str(&record->status);

    return NGX_OK;
}


/* v is the object's from here on */

static ngx_int_t
ngx_http_tender_api_auction_put(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, tender_value_t *v)
{
    tender_str_t  text;

    if (v == NULL) {
        return NGX_ERROR;
    }

    text.data = (u_char *) name;
    text.len = ngx_strlen(name);

    tender_value_add(object, text, v);

    return NGX_OK;
}
