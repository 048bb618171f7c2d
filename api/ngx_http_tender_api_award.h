
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_API_AWARD_H_INCLUDED_
#define _NGX_HTTP_TENDER_API_AWARD_H_INCLUDED_


#include "ngx_http_tender_api.h"
#include "../domain/tender_decision.h"


/* awards and the auction; the steps are in the order in which they run */

/* ngx_http_tender_api_award.c */

ngx_int_t ngx_http_tender_api_awards_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_awards_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_award_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_award_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_award_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_award_add(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_award_stored(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_award_change.c, after the check and the view */

ngx_int_t ngx_http_tender_api_award_change(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_auction.c */

ngx_int_t ngx_http_tender_api_auction_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_auction_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_auction_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_auction_report(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_auction_stored(ngx_http_tender_ctx_t *ctx);


/*
 * ngx_http_tender_api_decision.c: what is decided about a tender, from the
 * view of it that the state has; what is to be written collects in u.settle
 */

typedef struct {
    tender_value_t          *tender;     /* its document, without features */
                                         /* or bids if nobody has ranked */
    tender_features_t        features;

    /* those that take part, in the order of their dates, and the best first */

    ngx_http_tender_part_t **parts;
    tender_offer_t          *offers;
    tender_offer_t          *ranking;
    ngx_uint_t               noffers;

    tender_award_t          *awards;     /* of the view; one more has room */
    ngx_uint_t               nawards;
    tender_outcome_t         outcome;
} ngx_http_tender_decision_t;


/* reads the answer of store_view: NGX_OK, 404 or another refusal */
ngx_int_t ngx_http_tender_api_seen(ngx_http_tender_ctx_t *ctx);

/* begins with the awards; room for that many writes beside theirs */
ngx_int_t ngx_http_tender_api_decision(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, ngx_uint_t writes);

/* reads the bids; then sorts those that take part by what they offer now */
ngx_int_t ngx_http_tender_api_offers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d);
ngx_int_t ngx_http_tender_api_rank(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d);

/* a stored part as a tree, but for its id and date */
ngx_int_t ngx_http_tender_api_members(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_value_t **members);

/* adds a write of those members under the header of part; NULL: no memory */
ngx_http_tender_write_t *ngx_http_tender_api_write(ngx_http_tender_ctx_t *ctx,
    const char *kind, ngx_http_tender_part_t *part, tender_value_t *members);

/* adds what follows from the outcome, and has it all stored */
ngx_int_t ngx_http_tender_api_settle(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_decision_t *d, const char *event, ngx_str_t *part);

/*
 * Whether it is: NGX_OK, and the view's record is the new one; NGX_DECLINED:
 * the step that reads the view is the next one; or a refusal
 */
ngx_int_t ngx_http_tender_api_settled(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_step_pt step);

/* the award that follows, if there is one, becomes the Location */
ngx_int_t ngx_http_tender_api_following(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_award.c, for the file that changes them as well */

/* the view, and NGX_OK if this may be done to the tender that it shows */
ngx_int_t ngx_http_tender_api_award_begin(ngx_http_tender_ctx_t *ctx,
    tender_act_e act, ngx_http_tender_decision_t *d);

/* takes what only its bid decides out of an award that was sent */
void ngx_http_tender_api_award_bound(tender_value_t *members);

/* the award of the view with that id, or NULL */
ngx_http_tender_part_t *ngx_http_tender_api_award_find(
    ngx_http_tender_view_t *view, ngx_str_t *id);

/* the bid of the view with that id, if it may win; else 422 */
ngx_int_t ngx_http_tender_api_award_bid(ngx_http_tender_ctx_t *ctx,
    tender_str_t *bid_id, ngx_http_tender_part_t **bid);

/* what the members of an award say */
tender_award_t ngx_http_tender_api_award_of(tender_value_t *members);

/* the first write; part is its header, but for status and link; or 422 */
ngx_int_t ngx_http_tender_api_award_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part, tender_award_t *award,
    tender_value_t *members);


/* 422 body/name [text]; 403 body/data "<before><word><after>" */
ngx_int_t ngx_http_tender_api_fault(ngx_http_tender_ctx_t *ctx,
    const char *name, const char *text);
ngx_int_t ngx_http_tender_api_denied(ngx_http_tender_ctx_t *ctx,
    const char *before, ngx_str_t *word, const char *after);


#endif /* _NGX_HTTP_TENDER_API_AWARD_H_INCLUDED_ */
