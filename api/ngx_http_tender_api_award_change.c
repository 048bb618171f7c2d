
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_award.h"


/* an award is decided, or described anew while it is pending */

static ngx_int_t ngx_http_tender_api_award_merge(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **members);
static ngx_int_t ngx_http_tender_api_award_turn(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t i, tender_value_t *members);
static ngx_int_t ngx_http_tender_api_award_fits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t i, tender_award_t *award);


ngx_int_t
ngx_http_tender_api_award_change(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_str_t                    id;
    tender_value_t              *members;
    ngx_http_tender_part_t      *part;
    ngx_http_tender_view_t      *view;
    ngx_http_tender_decision_t   d;

    rc = ngx_http_tender_api_award_begin(ctx, TENDER_UPDATE_AWARD, &d);
    if (rc != NGX_OK) {
        return rc;
    }

    id = ngx_http_tender_api_path_id(ctx, 1);
    view = &ngx_http_tender_api_state(ctx)->view;
    part = ngx_http_tender_api_award_find(view, &id);

    rc = ngx_http_tender_api_part_fresh(ctx, part);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_award_status(ngx_http_tender_str(&part->status))
        != TENDER_AWARD_PENDING)
    {
        return ngx_http_tender_api_denied(ctx,
                                          "Can't update award in current (",
                                          &part->status, ") status");
    }

    rc = ngx_http_tender_api_award_merge(ctx, part, &members);

    if (rc == NGX_DECLINED) {

        if (ngx_http_tender_api_part_tag(ctx, part) != NGX_OK) {
            return NGX_ERROR;
        }

        return ngx_http_tender_api_part(ctx, &part->json, NGX_HTTP_OK);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_award_turn(ctx, &d, part - view->awards.elts,
                                          members);
}


/* NGX_DECLINED: nothing changes */

static ngx_int_t
ngx_http_tender_api_award_merge(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **members)
{
    ngx_int_t        rc;
    tender_value_t  *before, *data;

    if (ngx_http_tender_api_members(ctx, part, &before) != NGX_OK) {
        return NGX_ERROR;
    }

    *members = tender_value_copy(&ctx->mem, before);
    data = tender_value_copy(&ctx->mem, ngx_http_tender_api_state(ctx)->data);

    if (data && ngx_http_tender_api_state(ctx)->view.record.deadlines.finish) {
        ngx_http_tender_api_award_bound(data);
    }

    if (*members == NULL || data == NULL
        || tender_model_merge(&ctx->mem, &tender_model_award, *members, data)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_errors_check(ctx, &tender_model_award, *members,
                                      TENDER_BY_SERVER, 0);
    if (rc != NGX_OK) {
        return rc;
    }

    return tender_value_equal(before, *members) ? NGX_DECLINED : NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_award_turn(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t i, tender_value_t *members)
{
    ngx_int_t               rc;
    tender_award_t         *award, new;
    ngx_http_tender_part_t  part;

    new = ngx_http_tender_api_award_of(members);

    rc = ngx_http_tender_api_award_fits(ctx, d, i, &new);
    if (rc != NGX_OK) {
        return rc;
    }

    award = &d->awards[i];
    *award = new;

    part = ngx_http_tender_api_state(ctx)->view.awards.elts[i];

    if (award->status != TENDER_AWARD_PENDING) {
        part.date = 0;
    }

    rc = ngx_http_tender_api_award_write(ctx, &part, award, members);
    if (rc != NGX_OK) {
        return rc;
    }

    if (award->status == TENDER_AWARD_UNSUCCESSFUL
        && (ngx_http_tender_api_offers(ctx, d) != NGX_OK
            || ngx_http_tender_api_rank(ctx, d) != NGX_OK))
    {
        return NGX_ERROR;
    }

    tender_decision_turned(d->awards, d->nawards, i, d->ranking, d->noffers,
                           &d->outcome);

    return ngx_http_tender_api_settle(ctx, d, "award", &part.id);
}


/* with a time gate the ranking says which bid an award is about */

static ngx_int_t
ngx_http_tender_api_award_fits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t i, tender_award_t *award)
{
    unsigned                 which;
    ngx_int_t                rc;
    tender_str_t             none = tender_null_string;
    ngx_http_tender_part_t  *bid;
    ngx_http_tender_view_t  *view;

    view = &ngx_http_tender_api_state(ctx)->view;

    if (award->status == TENDER_AWARD_ACTIVE
        && tender_decision_may(d->awards, d->nawards, award->status, &none, 0,
                               &which)
           == TENDER_DECISION_OVER)
    {
        return ngx_http_tender_api_denied(ctx, "Can't update award: award ",
                                          &view->awards.elts[which].id,
                                          " is active");
    }

    if (tender_str_eq(&award->bid_id, &d->awards[i].bid_id)) {

        /* what was found invalid since then does not win */

        return (award->status == TENDER_AWARD_ACTIVE && award->bid_id.len)
               ? ngx_http_tender_api_award_bid(ctx, &award->bid_id, &bid)
               : NGX_OK;
    }

    if (view->record.deadlines.finish) {
        return ngx_http_tender_api_fault(ctx, "bid_id",
                                         "An award keeps its bid");
    }

    if (award->bid_id.len == 0) {
        return NGX_OK;
    }

    rc = ngx_http_tender_api_award_bid(ctx, &award->bid_id, &bid);

    if (rc == NGX_OK
        && tender_decision_about(d->awards, d->nawards, &award->bid_id, i)
           >= 0)
    {
        return ngx_http_tender_api_fault(ctx, "bid_id",
                                         "This bid has an award already");
    }

    return rc;
}
