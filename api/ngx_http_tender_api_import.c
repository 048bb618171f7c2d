
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api.h"
#include "../domain/tender_award.h"


/*
 * Bids and awards that come with a tender, which is an import then: the
 * store takes them if the tender has no time gate.
 */

typedef struct {
    const char     *kind;
    const char     *id;
    const char     *date;
    const char     *status;
    const char     *preset;
    size_t          max;
} ngx_http_tender_import_t;


static ngx_int_t ngx_http_tender_api_import_part(ngx_http_tender_ctx_t *ctx,
    const ngx_http_tender_import_t *kind, tender_value_t *v,
    ngx_http_tender_write_t *w);
static ngx_int_t ngx_http_tender_api_import_id(ngx_http_tender_ctx_t *ctx,
    const char *name, tender_value_t *v, ngx_str_t *id);
static ngx_int_t ngx_http_tender_api_import_date(ngx_http_tender_ctx_t *ctx,
    const ngx_http_tender_import_t *kind, tender_value_t *v,
    ngx_http_tender_write_t *w);
static tender_value_t *ngx_http_tender_api_take(tender_value_t *object,
    const char *name);
static ngx_int_t ngx_http_tender_api_import_status(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_import_fault(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t award, const char *text);
static ngx_int_t ngx_http_tender_api_import_wrong(ngx_http_tender_ctx_t *ctx,
    tender_value_t *errors, ngx_uint_t n);


/* the kinds, and what their members are called */

static const ngx_http_tender_import_t  ngx_http_tender_import_bid = {
    "bid", "id", "date", "status", "registration", NGX_HTTP_TENDER_BID_MAX
};

static const ngx_http_tender_import_t  ngx_http_tender_import_award = {
    "award", "awardID", "awardDate", "awardStatus", "pending",
    NGX_HTTP_TENDER_AWARD_MAX
};


ngx_int_t
ngx_http_tender_api_import(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 nbids, nawards;
    tender_value_t            *bids, *awards, *v, *next;
    ngx_http_tender_write_t   *w;
    ngx_http_tender_create_t  *create;

    create = &ngx_http_tender_api_state(ctx)->u.create;

    v = ngx_http_tender_api_state(ctx)->data;

    bids = ngx_http_tender_api_take(v, "bids");
    awards = ngx_http_tender_api_take(v, "awards");

    nbids = bids ? bids->nelts : 0;
    nawards = awards ? awards->nelts : 0;

    if (nbids + nawards == 0) {
        return NGX_OK;
    }

    if (nbids > ctx->conf->max_bids || nawards > ctx->conf->max_bids) {
        return ngx_http_tender_api_import_fault(ctx, nbids == 0,
                                             "More than a tender takes here");
    }

    w = ngx_pcalloc(ctx->request->pool,
                    (nbids + nawards) * sizeof(ngx_http_tender_write_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    create->parts = w;
    create->nparts = nbids + nawards;

    for (v = bids ? bids->u.list.first : NULL; v; v = next) {
        next = v->next;

        rc = ngx_http_tender_api_import_part(ctx, &ngx_http_tender_import_bid,
                                             v, w++);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    for (v = awards ? awards->u.list.first : NULL; v; v = next) {
        next = v->next;

        rc = ngx_http_tender_api_import_part(ctx,
                                             &ngx_http_tender_import_award,
                                             v, w++);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_tender_api_import_status(ctx);
}


static ngx_int_t
ngx_http_tender_api_import_part(ngx_http_tender_ctx_t *ctx,
    const ngx_http_tender_import_t *kind, tender_value_t *v,
    ngx_http_tender_write_t *w)
{
    ngx_int_t        rc;
    tender_str_t     name;
    tender_check_t   ck;
    tender_value_t  *status, *link;

    ngx_memzero(&ck, sizeof(tender_check_t));

    ck.mem = &ctx->mem;
    ck.zone = &ctx->main->zone;
    ck.by = TENDER_BY_SERVER;

    if (kind == &ngx_http_tender_import_bid) {
        rc = tender_bid_check(&ck, ngx_http_tender_api_state(ctx)->data, v,
                              0);
        if (rc == TENDER_DECLINED) {
            return ngx_http_tender_api_import_wrong(ctx, ck.errors,
                     w - ngx_http_tender_api_state(ctx)->u.create.parts);
        }

        if (rc != TENDER_OK) {
            return NGX_ERROR;
        }
    }

    w->kind = kind->kind;

    if (ngx_http_tender_api_import_id(ctx, kind->id, v, &w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_api_import_date(ctx, kind, v, w);
    if (rc != NGX_OK) {
        return rc;
    }

    name.data = (u_char *) kind->status;
    name.len = ngx_strlen(kind->status);

    status = tender_value_get(v, &name);

    if (status == NULL) {
        status = tender_value_cstring(&ctx->mem, kind->preset);
        if (status == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(v, name, status);
    }

    w->status.data = status->u.text.data;
    w->status.len = status->u.text.len;

    ngx_str_set(&w->link, "-");

    link = tender_value_member(v, "bid_id");

    if (link && kind == &ngx_http_tender_import_award) {
        w->link.data = link->u.text.data;
        w->link.len = link->u.text.len;
    }

    if (ngx_http_tender_store_text(&ctx->mem, kind->kind, &w->id, v,
                                   &w->front, &w->tail)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (w->front.len + w->tail.len > kind->max) {
        return ngx_http_tender_api_import_fault(ctx, kind->kind[0] == 'a',
                                                "One of them is too large");
    }

    return NGX_OK;
}


/* its own, or a new one */

static ngx_int_t
ngx_http_tender_api_import_id(ngx_http_tender_ctx_t *ctx, const char *name,
    tender_value_t *v, ngx_str_t *id)
{
    tender_value_t  *own;

    own = ngx_http_tender_api_take(v, name);

    if (own == NULL) {
        return ngx_http_tender_store_id(ctx, id);
    }

    id->data = own->u.text.data;
    id->len = own->u.text.len;

    return NGX_OK;
}


/* its own, or none: the moment of the import */

static ngx_int_t
ngx_http_tender_api_import_date(ngx_http_tender_ctx_t *ctx,
    const ngx_http_tender_import_t *kind, tender_value_t *v,
    ngx_http_tender_write_t *w)
{
    tender_value_t  *date;

    date = ngx_http_tender_api_take(v, kind->date);

    if (date == NULL) {
        return NGX_OK;
    }

    if (tender_date_read(date->u.text, &ctx->main->zone, &w->date)
        != TENDER_OK
        || w->date <= 0)
    {
        return ngx_http_tender_api_import_fault(ctx, kind->kind[0] == 'a',
                                                "One of them has a date "
                                                "before 1970");
    }

    /* clocks differ, by less than a day */

    if (w->date / 1000000 > (int64_t) ngx_time() + 86400) {
        return ngx_http_tender_api_import_fault(ctx, kind->kind[0] == 'a',
                                                "One of them has a date in "
                                                "the future");
    }

    return NGX_OK;
}


static tender_value_t *
ngx_http_tender_api_take(tender_value_t *object, const char *name)
{
    size_t           len;
    tender_value_t  *v, *prev;

    prev = NULL;
    len = ngx_strlen(name);

    for (v = object->u.list.first; v; v = v->next) {
        if (v->name.len == len && ngx_memcmp(v->name.data, name, len) == 0) {
            return tender_value_cut(object, prev);
        }

        prev = v;
    }

    return NULL;
}


/* what their awards make of the tender */

static ngx_int_t
ngx_http_tender_api_import_status(ngx_http_tender_ctx_t *ctx)
{
    ngx_uint_t                 i, j, active, pending;
    tender_award_e             status;
    ngx_http_tender_write_t   *w;
    ngx_http_tender_create_t  *create;

    create = &ngx_http_tender_api_state(ctx)->u.create;
    w = create->parts;

    active = 0;
    pending = 0;

    for (i = 0; i < create->nparts; i++) {

        if (w[i].kind[0] != 'a') {
            continue;
        }

        status = tender_award_status(ngx_http_tender_str(&w[i].status));

        active |= (status == TENDER_AWARD_ACTIVE);
        pending |= (status == TENDER_AWARD_PENDING);

        for (j = 0; j < i && status == TENDER_AWARD_ACTIVE; j++) {

            if (w[j].kind[0] == 'b' && w[i].link.len == w[j].id.len
                && ngx_memcmp(w[i].link.data, w[j].id.data, w[j].id.len) == 0
                && w[j].status.len == sizeof("invalidBid") - 1
                && ngx_strncmp(w[j].status.data, "invalidBid",
                               w[j].status.len)
                   == 0)
            {
                return ngx_http_tender_api_import_fault(ctx, 1,
                                                        "The active award is "
                                                        "to an invalid bid");
            }
        }
    }

    if (active && pending) {
        return ngx_http_tender_api_import_fault(ctx, 1,
                                                "No award is pending beside "
                                                "an active one");
    }

    if (active) {
        ngx_str_set(&create->status, "active.awarded");

    } else if (pending) {
        ngx_str_set(&create->status, "active.qualification");

    } else {
        ngx_str_set(&create->status, "active.tendering");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_import_fault(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t award, const char *text)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY, "body",
                                 award ? "awards" : "bids", text);
}


/* of the bid behind n good ones, in the form of the model's errors */

static ngx_int_t
ngx_http_tender_api_import_wrong(ngx_http_tender_ctx_t *ctx,
    tender_value_t *errors, ngx_uint_t n)
{
    tender_str_t     name;
    tender_value_t  *list, *good;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    for ( /* void */ ; n; n--) {
        good = tender_value_new(&ctx->mem, TENDER_OBJECT);
        if (good == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, good);
    }

    tender_value_push(list, errors);
    tender_str_set(&name, "bids");

    return ngx_http_tender_error_value(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                       "body", name, list);
}
