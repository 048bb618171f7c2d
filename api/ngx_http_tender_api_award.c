
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_award.h"


/* awards are read and made */

#define NGX_HTTP_TENDER_AWARDS_MAX  (4 * 1024 * 1024)


static ngx_int_t ngx_http_tender_api_award_may(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, tender_award_t *award,
    ngx_http_tender_part_t **bid);
static ngx_int_t ngx_http_tender_api_award_fill(ngx_http_tender_ctx_t *ctx,
    tender_value_t *members, ngx_http_tender_part_t *bid);
static tender_str_t ngx_http_tender_api_award_text(tender_value_t *members,
    const tender_str_t *name);


static const tender_str_t  ngx_http_tender_award_status =
    tender_string("awardStatus");
static const tender_str_t  ngx_http_tender_award_bid =
    tender_string("bid_id");


ngx_int_t
ngx_http_tender_api_awards_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id;

    id = ngx_http_tender_api_path_id(ctx, 0);

    return ngx_http_tender_store_view(ctx, &id,
                                      (ctx->request->method == NGX_HTTP_POST
                                       || ctx->request->method
                                          == NGX_HTTP_PATCH)
                                      ? NGX_HTTP_TENDER_VIEW_OPEN
                                      : NGX_HTTP_TENDER_VIEW_NO_BIDS);
}


ngx_int_t
ngx_http_tender_api_awards_shown(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t  rc;

    rc = ngx_http_tender_api_seen(ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_list_parts(ctx,
                             &ngx_http_tender_api_state(ctx)->view.awards);
}


ngx_int_t
ngx_http_tender_api_award_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t  id, award;

    id = ngx_http_tender_api_path_id(ctx, 0);
    award = ngx_http_tender_api_path_id(ctx, 1);

    return ngx_http_tender_store_read_part(ctx, &id, "award", &award);
}


ngx_int_t
ngx_http_tender_api_award_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_part_load(ctx);

    if (rc == NGX_OK && api->part.id.len == 0) {
        rc = ngx_http_tender_api_not_found(ctx, 1);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_tender_api_part_fresh(ctx, &api->part);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_api_part(ctx, &api->part.json, NGX_HTTP_OK);
}


/* POST and PATCH */

ngx_int_t
ngx_http_tender_api_award_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t               rc;
    tender_value_t         *v, *prev;
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);
    api->patch = (ctx->request->method == NGX_HTTP_PATCH) ? 1 : 0;

    rc = ngx_http_tender_errors_check(ctx, &tender_model_award, api->data,
                                      TENDER_BY_OWNER, api->patch);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_api_award_of(api->data).status
        >= TENDER_AWARD_CANCELLED)
    {
        return ngx_http_tender_api_fault(ctx, "awardStatus",
                                         "Value must be one of ['pending', "
                                         "'active', 'unsuccessful'].");
    }

    /* a status that is removed is the one that there is */

    prev = NULL;

    for (v = api->data->u.list.first; v; v = v->next) {

        if (v->type == TENDER_NULL
            && tender_str_eq(&v->name, &ngx_http_tender_award_status))
        {
            (void) tender_value_cut(api->data, prev);
            break;
        }

        prev = v;
    }

    return ngx_http_tender_api_ids(ctx);
}


/* the view, and whether this may be done to the tender that it shows */

ngx_int_t
ngx_http_tender_api_award_begin(ngx_http_tender_ctx_t *ctx, tender_act_e act,
    ngx_http_tender_decision_t *d)
{
    ngx_int_t                rc;
    ngx_str_t                id;
    ngx_http_tender_view_t  *view;

    rc = ngx_http_tender_api_seen(ctx);

    if (rc != NGX_OK) {
        return rc;
    }

    view = &ngx_http_tender_api_state(ctx)->view;

    if (ctx->nids > 1) {
        id = ngx_http_tender_api_path_id(ctx, 1);

        if (ngx_http_tender_api_award_find(view, &id) == NULL) {
            return ngx_http_tender_api_not_found(ctx, 1);
        }
    }

    if (!ngx_http_tender_owns(ctx, &view->record.token,
                              &view->record.author)) {
        return ngx_http_tender_forbidden(ctx);
    }

    rc = ngx_http_tender_api_lets(ctx, act, &view->record);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the award and the one that may follow it */

    return ngx_http_tender_api_decision(ctx, d, 2);
}


ngx_int_t
ngx_http_tender_api_award_add(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                    rc;
    ngx_uint_t                   gated;
    tender_award_t              *award;
    tender_value_t              *members;
    ngx_http_tender_api_t       *api;
    ngx_http_tender_part_t       part, *bid;
    ngx_http_tender_decision_t   d;

    api = ngx_http_tender_api_state(ctx);
    bid = NULL;

    rc = ngx_http_tender_api_award_begin(ctx, TENDER_ADD_AWARD, &d);
    if (rc != NGX_OK) {
        return rc;
    }

    award = &d.awards[d.nawards];
    *award = ngx_http_tender_api_award_of(api->data);

    rc = ngx_http_tender_api_award_may(ctx, &d, award, &bid);
    if (rc != NGX_OK) {
        return rc;
    }

    members = tender_value_copy(&ctx->mem, api->data);

    if (members && api->view.record.deadlines.finish) {
        ngx_http_tender_api_award_bound(members);
    }

    if (members == NULL
        || ngx_http_tender_api_award_fill(ctx, members, bid) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memzero(&part, sizeof(ngx_http_tender_part_t));

    if (ngx_http_tender_store_id(ctx, &part.id) != NGX_OK) {
        return NGX_ERROR;
    }

    part.author = ctx->author;
    ngx_str_set(&part.token, "-");

    rc = ngx_http_tender_api_award_write(ctx, &part, award, members);
    if (rc != NGX_OK) {
        return rc;
    }

    gated = (api->view.record.deadlines.finish != 0);

    if (gated && award->status == TENDER_AWARD_UNSUCCESSFUL
        && (ngx_http_tender_api_offers(ctx, &d) != NGX_OK
            || ngx_http_tender_api_rank(ctx, &d) != NGX_OK))
    {
        return NGX_ERROR;
    }

    tender_decision_made(d.awards, d.nawards + 1, d.nawards, d.ranking,
                         d.noffers, gated, &d.outcome);

    return ngx_http_tender_api_settle(ctx, &d, "award", &part.id);
}


static ngx_int_t
ngx_http_tender_api_award_may(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, tender_award_t *award,
    ngx_http_tender_part_t **bid)
{
    unsigned                 which, gated;
    ngx_int_t                rc;
    tender_decision_e        decision;
    ngx_http_tender_view_t  *view;

    which = 0;
    view = &ngx_http_tender_api_state(ctx)->view;
    gated = (view->record.deadlines.finish != 0);

    decision = tender_decision_may(d->awards, d->nawards, award->status,
                                   &award->bid_id, gated, &which);

    switch (decision) {

    case TENDER_DECISION_OVER:
        return ngx_http_tender_api_denied(ctx, "Can't create award: award ",
                                          &view->awards.elts[which].id,
                                          " is active");

    case TENDER_DECISION_OPEN:
        return ngx_http_tender_api_denied(ctx, "Can't create award: award ",
                                          &view->awards.elts[which].id,
                                          " is pending, decide it first");

    default:
        break;
    }

    if (d->nawards >= NGX_HTTP_TENDER_MAX_PARTS) {
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't create award: the tender has as "
                                     "many as it takes");
    }

    if (award->bid_id.len == 0) {
        return gated ? ngx_http_tender_api_fault(ctx, "bid_id",
                                                 "This field is required.")
                     : NGX_OK;
    }

    rc = ngx_http_tender_api_award_bid(ctx, &award->bid_id, bid);

    if (rc == NGX_OK && decision == TENDER_DECISION_BID) {
        return ngx_http_tender_api_fault(ctx, "bid_id",
                                         "This bid has an award already");
    }

    return rc;
}


/* an award is about a bid that may win */

ngx_int_t
ngx_http_tender_api_award_bid(ngx_http_tender_ctx_t *ctx,
    tender_str_t *bid_id, ngx_http_tender_part_t **bid)
{
    ngx_uint_t               i;
    tender_str_t             id;
    ngx_http_tender_parts_t  *bids;

    bids = &ngx_http_tender_api_state(ctx)->view.bids;

    for (i = 0; i < bids->nelts; i++) {
        id = ngx_http_tender_str(&bids->elts[i].id);

        if (tender_str_eq(&id, bid_id)) {
            break;
        }
    }

    if (i == bids->nelts) {
        return ngx_http_tender_api_fault(ctx, "bid_id",
                                         "bid_id should be one of bids");
    }

    *bid = &bids->elts[i];

    if (tender_str_is(&(*bid)->status, "invalidBid")) {
        return ngx_http_tender_api_fault(ctx, "bid_id",
                                         "This bid was found to be invalid");
    }

    return NGX_OK;
}


/* what was not sent is taken from the bid; pending is the default */

/* with a time gate an award says what its bid does */

void
ngx_http_tender_api_award_bound(tender_value_t *members)
{
    tender_value_t  *v, *next, *prev;

    prev = NULL;

    for (v = members->u.list.first; v; v = next) {
        next = v->next;

        if (tender_str_is(&v->name, "suppliers")
            || tender_str_is(&v->name, "awardValue"))
        {
            (void) tender_value_cut(members, prev);
            continue;
        }

        prev = v;
    }
}


static ngx_int_t
ngx_http_tender_api_award_fill(ngx_http_tender_ctx_t *ctx,
    tender_value_t *members, ngx_http_tender_part_t *bid)
{
    tender_value_t  *tree, *v;

    if (bid) {
        if (ngx_http_tender_api_members(ctx, bid, &tree) != NGX_OK
            || tender_award_make(&ctx->mem, tree,
                                 ngx_http_tender_str(&bid->id), members)
               != TENDER_OK)
        {
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    if (tender_value_get(members, &ngx_http_tender_award_status) == NULL) {
        v = tender_value_cstring(&ctx->mem, "pending");
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(members, ngx_http_tender_award_status, v);
    }

    return NGX_OK;
}


ngx_http_tender_part_t *
ngx_http_tender_api_award_find(ngx_http_tender_view_t *view, ngx_str_t *id)
{
    ngx_uint_t  i;

    for (i = 0; i < view->awards.nelts; i++) {
        if (ngx_memcmp(view->awards.elts[i].id.data, id->data,
                       NGX_HTTP_TENDER_ID_LEN)
            == 0)
        {
            return &view->awards.elts[i];
        }
    }

    return NULL;
}


/* the first write of all; part is its header, but for status and link */

ngx_int_t
ngx_http_tender_api_award_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_award_t *award,
    tender_value_t *members)
{
    size_t                    size, old;
    ngx_uint_t                i;
    tender_str_t              text;
    ngx_http_tender_write_t  *w;
    ngx_http_tender_parts_t  *awards;

    text = ngx_http_tender_api_award_text(members,
                                          &ngx_http_tender_award_status);
    if (text.len == 0) {
        tender_str_set(&text, "pending");
    }

    part->status.data = text.data;
    part->status.len = text.len;

    ngx_str_set(&part->link, "-");

    if (award->bid_id.len) {
        part->link.data = award->bid_id.data;
        part->link.len = award->bid_id.len;
    }

    w = ngx_http_tender_api_write(ctx, "award", part, members);
    if (w == NULL) {
        return NGX_ERROR;
    }

    size = w->front.len + TENDER_DATE_LEN + w->tail.len;
    old = part->json.len;

    if (size <= old) {
        return NGX_OK;
    }

    if (size > NGX_HTTP_TENDER_AWARD_MAX) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "The award would be larger than 262144 "
                                     "bytes");
    }

    awards = &ngx_http_tender_api_state(ctx)->view.awards;

    for (i = 0; i < awards->nelts; i++) {
        size += awards->elts[i].json.len;
    }

    if (size - old > NGX_HTTP_TENDER_AWARDS_MAX) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data",
                                     "The awards of the tender would be "
                                     "larger than 4194304 bytes");
    }

    return NGX_OK;
}


tender_award_t
ngx_http_tender_api_award_of(tender_value_t *members)
{
    tender_award_t  award;

    award.bid_id = ngx_http_tender_api_award_text(members,
                                                  &ngx_http_tender_award_bid);
    award.status = tender_award_status(
                        ngx_http_tender_api_award_text(members,
                                              &ngx_http_tender_award_status));

    return award;
}


static tender_str_t
ngx_http_tender_api_award_text(tender_value_t *members,
    const tender_str_t *name)
{
    tender_str_t     none = tender_null_string;
    tender_value_t  *v;

    v = tender_value_get(members, name);

    return (v && v->type == TENDER_STRING) ? v->u.text : none;
}


ngx_int_t
ngx_http_tender_api_award_stored(ngx_http_tender_ctx_t *ctx)
{
    u_char                   *p;
    ngx_int_t                 rc;
    ngx_str_t                 json;
    ngx_http_tender_api_t    *api;
    ngx_http_tender_write_t  *w;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_api_settled(ctx, ngx_http_tender_api_awards_read);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : rc;
    }

    w = api->u.settle.writes;

    p = ngx_pnalloc(ctx->request->pool,
                    w->front.len + TENDER_DATE_LEN + w->tail.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    json.data = p;

    p = ngx_cpymem(p, w->front.data, w->front.len);
    p = tender_date_write(p, w->date ? w->date : api->u.settle.at);
    p = ngx_cpymem(p, w->tail.data, w->tail.len);

    json.len = p - json.data;

    api->part.changed = api->u.settle.at;

    rc = api->patch ? ngx_http_tender_api_following(ctx)
                    : ngx_http_tender_api_location(ctx, "awards", &w->id);

    if (rc != NGX_OK
        || ngx_http_tender_api_part_tag(ctx, &api->part) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_api_part(ctx, &json,
                                    api->patch ? NGX_HTTP_OK
                                               : NGX_HTTP_CREATED);
}
