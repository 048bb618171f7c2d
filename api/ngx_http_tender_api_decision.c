
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_award.h"


/* the views of all tries stay in memory until the request ends */

#define NGX_HTTP_TENDER_VIEWS_SIZE  (32 * 1024 * 1024)


static ngx_int_t ngx_http_tender_api_cancel(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part);
static ngx_int_t ngx_http_tender_api_next(ngx_http_tender_ctx_t *ctx,
    tender_offer_t *offer);


ngx_int_t
ngx_http_tender_api_seen(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_str_t                id;
    ngx_uint_t               i;
    ngx_http_tender_api_t   *api;
    ngx_http_tender_view_t  *view;

    api = ngx_http_tender_api_state(ctx);
    view = &api->view;
    id = ngx_http_tender_api_path_id(ctx, 0);

    rc = ngx_http_tender_store_viewed(ctx, &id, view);

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_api_not_found(ctx, 0);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    api->size += view->record.doc.len;

    for (i = 0; i < view->bids.nelts; i++) {
        api->size += view->bids.elts[i].json.len;
    }

    for (i = 0; i < view->awards.nelts; i++) {
        api->size += view->awards.elts[i].json.len;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_decision(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t writes)
{
    ngx_uint_t                 i;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_part_t    *part;
    ngx_http_tender_view_t    *view;
    ngx_http_tender_settle_t  *settle;

    api = ngx_http_tender_api_state(ctx);
    view = &api->view;
    settle = &api->u.settle;

    ngx_memzero(d, sizeof(ngx_http_tender_decision_t));
    ngx_memzero(settle, sizeof(ngx_http_tender_settle_t));

    d->outcome.stage = -1;
    d->outcome.next = -1;
    d->nawards = view->awards.nelts;

    d->awards = ngx_palloc(ctx->request->pool,
                           (d->nawards + 1) * sizeof(tender_award_t));

    settle->writes = ngx_pcalloc(ctx->request->pool,
                                 (d->nawards + writes)
                                 * sizeof(ngx_http_tender_write_t));

    if (d->awards == NULL || settle->writes == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < d->nawards; i++) {
        part = &view->awards.elts[i];

        d->awards[i].status =
                      tender_award_status(ngx_http_tender_str(&part->status));
        d->awards[i].bid_id = ngx_http_tender_str(&part->link);

        if (part->link.len != NGX_HTTP_TENDER_ID_LEN) {
            d->awards[i].bid_id.len = 0;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_offers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d)
{
    int                       rc;
    ngx_uint_t                i;
    tender_value_t           *bid;
    ngx_http_tender_part_t   *part;
    ngx_http_tender_view_t   *view;

    view = &ngx_http_tender_api_state(ctx)->view;

    if (ngx_http_tender_api_tree(ctx, &view->record.doc, &d->tender)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    (void) tender_features_read(d->tender, &d->features);

    if (view->bids.nelts == 0) {
        return NGX_OK;
    }

    d->offers = ngx_palloc(ctx->request->pool,
                           view->bids.nelts * sizeof(tender_offer_t));
    d->parts = ngx_palloc(ctx->request->pool,
                          view->bids.nelts * sizeof(ngx_http_tender_part_t *));

    if (d->offers == NULL || d->parts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < view->bids.nelts; i++) {
        part = &view->bids.elts[i];

        if (ngx_http_tender_api_members(ctx, part, &bid) != NGX_OK) {
            return NGX_ERROR;
        }

        rc = tender_offer_weigh(&d->features, bid,
                                ngx_http_tender_str(&part->id), part->date,
                                &d->offers[d->noffers]);

        if (rc == TENDER_OK) {
            d->parts[d->noffers++] = part;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_rank(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d)
{
    ngx_uint_t       i;
    tender_offer_t  *offer;

    if (d->noffers == 0) {
        return NGX_OK;
    }

    d->ranking = ngx_palloc(ctx->request->pool,
                            d->noffers * sizeof(tender_offer_t));
    if (d->ranking == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < d->noffers; i++) {
        offer = &d->offers[i];

        if (tender_offer_weigh(&d->features, offer->bid, offer->id,
                               offer->date, &d->ranking[i])
            != TENDER_OK)
        {
            return NGX_ERROR;
        }
    }

    tender_offer_sort(d->ranking, d->noffers);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_members(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **members)
{
    tender_value_t  *v, *next, *prev;

    if (ngx_http_tender_api_tree(ctx, &part->json, members) != NGX_OK) {
        return NGX_ERROR;
    }

    prev = NULL;

    for (v = (*members)->u.list.first; v; v = next) {
        next = v->next;

        if (tender_str_is(&v->name, "id") || tender_str_is(&v->name, "date")
            || tender_str_is(&v->name, "awardID")
            || tender_str_is(&v->name, "awardDate"))
        {
            (void) tender_value_cut(*members, prev);
            continue;
        }

        prev = v;
    }

    return NGX_OK;
}


ngx_http_tender_write_t *
ngx_http_tender_api_write(ngx_http_tender_ctx_t *ctx, const char *kind,
    ngx_http_tender_part_t *part, tender_value_t *members)
{
    ngx_http_tender_write_t   *w;
    ngx_http_tender_settle_t  *settle;

    settle = &ngx_http_tender_api_state(ctx)->u.settle;
    w = &settle->writes[settle->nwrites++];

    w->kind = kind;
    w->id = part->id;
    w->date = part->date;
    w->status = part->status;
    w->author = part->author;
    w->link = part->link;
    w->token = part->token;

    if (ngx_http_tender_store_text(&ctx->mem, kind, &w->id, members,
                                   &w->front, &w->tail)
        != NGX_OK)
    {
        return NULL;
    }

    return w;
}


ngx_int_t
ngx_http_tender_api_settle(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, const char *event, ngx_str_t *part)
{
    ngx_uint_t                 i;
    ngx_http_tender_view_t    *view;
    ngx_http_tender_settle_t  *settle;

    view = &ngx_http_tender_api_state(ctx)->view;
    settle = &ngx_http_tender_api_state(ctx)->u.settle;

    for (i = 0; i < view->awards.nelts; i++) {

        if (d->awards[i].status == TENDER_AWARD_CANCELLED
            && tender_award_status(
                        ngx_http_tender_str(&view->awards.elts[i].status))
               != TENDER_AWARD_CANCELLED
            && ngx_http_tender_api_cancel(ctx, &view->awards.elts[i])
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (d->outcome.next >= 0
        && ngx_http_tender_api_next(ctx, &d->ranking[d->outcome.next])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    settle->from = &view->record;
    settle->status = view->record.status;

    if (d->outcome.stage >= 0) {
        settle->status.data = tender_stages[d->outcome.stage].data;
        settle->status.len = tender_stages[d->outcome.stage].len;
    }

    settle->event.data = (u_char *) event;
    settle->event.len = ngx_strlen(event);
    settle->part = *part;

    return ngx_http_tender_store_settle(ctx, settle);
}


static ngx_int_t
ngx_http_tender_api_cancel(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part)
{
    tender_str_t              name = tender_string("awardStatus");
    tender_str_t              text = tender_string("cancelled");
    tender_value_t           *members, *v;
    ngx_http_tender_write_t  *w;

    if (ngx_http_tender_api_members(ctx, part, &members) != NGX_OK) {
        return NGX_ERROR;
    }

    v = tender_value_get(members, &name);

    if (v == NULL) {
        v = tender_value_string(&ctx->mem, text);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(members, name, v);
    }

    v->type = TENDER_STRING;
    v->u.text = text;

    w = ngx_http_tender_api_write(ctx, "award", part, members);
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->date = 0;
    ngx_str_set(&w->status, "cancelled");

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_next(ngx_http_tender_ctx_t *ctx, tender_offer_t *offer)
{
    tender_value_t          *award;
    ngx_http_tender_part_t   part;

    ngx_memzero(&part, sizeof(ngx_http_tender_part_t));

    award = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (award == NULL
        || tender_award_make(&ctx->mem, offer->bid, offer->id, award)
           != TENDER_OK
        || ngx_http_tender_store_id(ctx, &part.id) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&part.status, "pending");
    part.author = ctx->author;
    part.link.data = offer->id.data;
    part.link.len = offer->id.len;
    ngx_str_set(&part.token, "-");

    return ngx_http_tender_api_write(ctx, "award", &part, award) ? NGX_OK
                                                                 : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_api_settled(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_step_pt step)
{
    ngx_int_t                  rc;
    ngx_http_tender_api_t     *api;
    ngx_http_tender_record_t   record;

    api = ngx_http_tender_api_state(ctx);

    rc = ngx_http_tender_store_settled(ctx, &api->u.settle, &record);

    if (rc == NGX_OK) {
        api->view.record = record;
        return NGX_OK;
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (api->size > NGX_HTTP_TENDER_VIEWS_SIZE) {
        api->tries = NGX_HTTP_TENDER_TRIES - 1;
    }

    rc = ngx_http_tender_api_again(ctx, step);

    return (rc == NGX_OK) ? NGX_DECLINED : rc;
}


/* a new award that is pending comes last */

ngx_int_t
ngx_http_tender_api_following(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_write_t   *w;
    ngx_http_tender_settle_t  *settle;

    settle = &ngx_http_tender_api_state(ctx)->u.settle;

    if (settle->nwrites == 0) {
        return NGX_OK;
    }

    w = &settle->writes[settle->nwrites - 1];

    if (w->kind[0] != 'a' || w->date != 0
        || tender_award_status(ngx_http_tender_str(&w->status))
           != TENDER_AWARD_PENDING)
    {
        return NGX_OK;
    }

    return ngx_http_tender_api_location(ctx, "awards", &w->id);
}


ngx_int_t
ngx_http_tender_api_fault(ngx_http_tender_ctx_t *ctx, const char *name,
    const char *text)
{
    tender_str_t     field;
    tender_value_t  *list, *v;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    v = tender_value_cstring(&ctx->mem, text);

    if (list == NULL || v == NULL) {
        return NGX_ERROR;
    }

    tender_value_push(list, v);

    field.data = (u_char *) name;
    field.len = ngx_strlen(name);

    return ngx_http_tender_error_value(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                       "body", field, list);
}


ngx_int_t
ngx_http_tender_api_denied(ngx_http_tender_ctx_t *ctx, const char *before,
    ngx_str_t *word, const char *after)
{
    u_char          *p, *last;
    tender_str_t     name, text;
    tender_value_t  *v;

    p = ngx_pnalloc(ctx->request->pool,
                    ngx_strlen(before) + word->len + ngx_strlen(after));
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = ngx_cpymem(p, before, ngx_strlen(before));
    last = ngx_cpymem(last, word->data, word->len);
    last = ngx_cpymem(last, after, ngx_strlen(after));

    text.data = p;
    text.len = last - p;

    v = tender_value_string(&ctx->mem, text);
    if (v == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");

    return ngx_http_tender_error_value(ctx, NGX_HTTP_FORBIDDEN, "body", name,
                                       v);
}
