
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_document.h"


/* who may write documents, and when */

static ngx_int_t ngx_http_tender_api_document_stages(
    ngx_http_tender_ctx_t *ctx, const tender_act_e *acts, ngx_uint_t nacts);
static ngx_int_t ngx_http_tender_api_document_words(
    ngx_http_tender_ctx_t *ctx, const tender_act_e *acts, ngx_uint_t nacts,
    ngx_uint_t gated, ngx_str_t *words);


ngx_int_t
ngx_http_tender_api_document_rights(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_uint_t                       n, add, write;
    tender_act_e                     acts[2];
    ngx_http_tender_api_t           *api;
    ngx_http_tender_api_document_t  *state;

    api = ngx_http_tender_api_state(ctx);
    state = api->document;

    n = 0;
    add = (state->id.len == 0);

    /* who may run auctions and nothing else does not do what owners do */

    write = (ctx->scope & NGX_HTTP_TENDER_AUCTION) == 0
            || (ctx->scope & NGX_HTTP_TENDER_WRITE) != 0;

    switch (state->place.at) {

    case NGX_HTTP_TENDER_AT_TENDER:

        if (write && ngx_http_tender_owns(ctx, &api->record.token,
                                          &api->record.author)) {
            acts[n++] = add ? TENDER_ADD_DOCUMENT : TENDER_UPDATE_DOCUMENT;
        }

        if (ngx_http_tender_auctioneer(ctx, &api->record.author)) {
            acts[n++] = TENDER_ADD_AUCTION_DOCUMENT;
        }

        break;

    case NGX_HTTP_TENDER_AT_BID:

        if (ngx_http_tender_owns(ctx, &api->part.token,
                                 &api->part.author)) {
            acts[n++] = add ? TENDER_ADD_BID_DOCUMENT
                            : TENDER_UPDATE_BID_DOCUMENT;
        }

        break;

    default: /* NGX_HTTP_TENDER_AT_AWARD */

        if (ngx_http_tender_owns(ctx, &api->record.token,
                                 &api->record.author)) {
            acts[n++] = add ? TENDER_ADD_AWARD_DOCUMENT
                            : TENDER_UPDATE_AWARD_DOCUMENT;
        }
    }

    if (n == 0) {
        return ngx_http_tender_forbidden(ctx);
    }

    rc = ngx_http_tender_api_document_stages(ctx, acts, n);

    if (rc == NGX_OK && !add) {
        rc = ngx_http_tender_api_part_fresh(ctx, &state->found.elts->part);
    }

    return rc;
}


/*
 * The script has the last word, by its clock.  A tender may be one stage
 * behind that here, which is none to refuse for.
 */

ngx_uint_t
ngx_http_tender_api_document_seals(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_api_t  *api;

    api = ngx_http_tender_api_state(ctx);

    return api->document->place.at == NGX_HTTP_TENDER_AT_BID
           && !api->record.open;
}


static ngx_int_t
ngx_http_tender_api_document_stages(ngx_http_tender_ctx_t *ctx,
    const tender_act_e *acts, ngx_uint_t nacts)
{
    int                         stage;
    ngx_uint_t                  i, gated;
    ngx_http_tender_api_t      *api;
    ngx_http_tender_deposit_t  *deposit;

    api = ngx_http_tender_api_state(ctx);
    deposit = &api->document->deposit;

    if (ngx_http_tender_api_document_words(ctx, acts, nacts, 1,
                                           &deposit->gated)
        != NGX_OK
        || ngx_http_tender_api_document_words(ctx, acts, nacts, 0,
                                              &deposit->open)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    gated = (api->record.deadlines.finish != 0);
    stage = tender_stage_read(ngx_http_tender_str(&api->record.status));

    for (i = 0; i < nacts; i++) {
        if (tender_stage_lets(acts[i], stage, gated)
            || (gated && stage == TENDER_ENQUIRIES
                && tender_stage_lets(acts[i], TENDER_TENDERING, 1)))
        {
            return NGX_OK;
        }
    }

    return ngx_http_tender_api_not_now(ctx, acts[0], &api->record.status);
}


/* the names of the stages that let one of these happen */

static ngx_int_t
ngx_http_tender_api_document_words(ngx_http_tender_ctx_t *ctx,
    const tender_act_e *acts, ngx_uint_t nacts, ngx_uint_t gated,
    ngx_str_t *words)
{
    int                  stage;
    u_char              *p;
    size_t               len;
    ngx_uint_t           i;

    len = 1;

    for (stage = 0; stage < TENDER_STAGES; stage++) {
        len += tender_stages[stage].len + 1;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    words->data = p;
    *p++ = ' ';

    for (stage = 0; stage < TENDER_STAGES; stage++) {
        for (i = 0; i < nacts; i++) {
            if (tender_stage_lets(acts[i], stage, gated)) {
                p = ngx_cpymem(p, tender_stages[stage].data,
                               tender_stages[stage].len);
                *p++ = ' ';
                break;
            }
        }
    }

    words->len = p - words->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_api_document_refused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_document_e outcome)
{
    ngx_str_t                       *stage;
    tender_act_e                     act;
    ngx_http_tender_api_document_t  *state;

    static const tender_act_e  acts[][2] = {
        { TENDER_ADD_DOCUMENT, TENDER_UPDATE_DOCUMENT },
        { TENDER_ADD_BID_DOCUMENT, TENDER_UPDATE_BID_DOCUMENT },
        { TENDER_ADD_AWARD_DOCUMENT, TENDER_UPDATE_AWARD_DOCUMENT }
    };

    state = ngx_http_tender_api_document(ctx);
    stage = &state->deposit.stage;
    act = acts[state->place.at][state->id.len != 0];

    switch (outcome) {

    case NGX_HTTP_TENDER_DOCUMENT_MISSING:
        return ngx_http_tender_api_not_found(ctx, 0);

    case NGX_HTTP_TENDER_DOCUMENT_ORPHAN:
        return ngx_http_tender_api_not_found(ctx,
                            state->place.at != NGX_HTTP_TENDER_AT_TENDER);

    case NGX_HTTP_TENDER_DOCUMENT_GONE:
        return ngx_http_tender_api_not_found(ctx, ctx->nids - 1);

    case NGX_HTTP_TENDER_DOCUMENT_JUDGED:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't add document because award of "
                                     "bid is not in pending state");

    case NGX_HTTP_TENDER_DOCUMENT_FULL:
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't add document: there are as many "
                                     "as are taken here, older versions "
                                     "included");

    case NGX_HTTP_TENDER_DOCUMENT_LOST:
        return ngx_http_tender_error(ctx, NGX_HTTP_SERVICE_UNAVAILABLE,
                                     "header", "redis",
                                     "The store has lost a part of the file, "
                                     "nothing was changed: try again");

    default: /* NGX_HTTP_TENDER_DOCUMENT_STAGE */
        break;
    }

    if (stage->len == sizeof("closed") - 1) {
        return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body", "data",
                                     "Can't add or update document: "
                                     "tenderPeriod.endDate has passed");
    }

    return ngx_http_tender_api_not_now(ctx, act, stage);
}
