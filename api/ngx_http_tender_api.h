
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_API_H_INCLUDED_
#define _NGX_HTTP_TENDER_API_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../http/ngx_http_tender_errors.h"
#include "../auth/ngx_http_tender_owner.h"
#include "../domain/tender_stage.h"
#include "../model/tender_model.h"
#include "../store/ngx_http_tender_store.h"


/*
 * The procurement dialect, version 0.1.  Its steps are written in the order
 * in which they run.
 */

extern const ngx_http_tender_dialect_t  ngx_http_tender_api;


/* what the steps of a request hand on */

typedef struct {
    tender_value_t                *data;       /* "data" of the body */
    unsigned                       pretty:1;
    unsigned                       minimal:1;  /* Prefer: return=minimal */
    unsigned                       patch:1;
    unsigned                       tries:8;

    unsigned                       sealed:1;   /* not to be shown */
    unsigned                       judge:1;    /* of a bid, its status */
    unsigned                       by;         /* TENDER_BY_*: who changes */

    ngx_http_tender_record_t       record;     /* what the store has */
    ngx_http_tender_part_t         part;
    ngx_http_tender_view_t         view;
    tender_value_t                *before;     /* its document */
    tender_value_t                *after;

    union {
        ngx_http_tender_create_t   create;     /* of POST */
        ngx_http_tender_commit_t   commit;     /* of PUT and PATCH */
        ngx_http_tender_feed_t     feed;       /* of the list */
        ngx_http_tender_bid_t      bid;
        ngx_http_tender_settle_t   settle;
    } u;

    ngx_http_tender_deadlines_t    deadlines;
    ngx_str_t                      asked;      /* the status, of PATCH */

    /* what stands beside "data" */

    ngx_str_t                      token;
    ngx_str_t                      receipt;    /* hash of a bid */
    int64_t                        received;

    size_t                         size;       /* that was worked through */

    /* of a list with opt_fields: what was kept, of how many */

    tender_str_t                   fields;
    tender_value_t                *items;
    ngx_uint_t                     done;
    ngx_pool_t                    *window;

    struct ngx_http_tender_api_document_s  *document;
} ngx_http_tender_api_t;


#define ngx_http_tender_api_state(ctx)  ((ngx_http_tender_api_t *) (ctx)->data)


/* ngx_http_tender_api_request.c: what is asked for */

/* type, ids, form, token; then the body */
ngx_int_t ngx_http_tender_api_accept(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_body(ngx_http_tender_ctx_t *ctx);

/* once more from a step of the route; 409 after NGX_HTTP_TENDER_TRIES */

#define NGX_HTTP_TENDER_TRIES  100

ngx_int_t ngx_http_tender_api_again(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_step_pt step);

/* ngx_http_tender_api_path.c: what the path names */

/* the n-th id of the path; 0 is the tender's */
ngx_str_t ngx_http_tender_api_path_id(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t n);

/* NGX_OK if all of them have the form of an id, else the 404 */
ngx_int_t ngx_http_tender_api_ids(ngx_http_tender_ctx_t *ctx);

/* 404: there is nothing with the n-th id of the path */
ngx_int_t ngx_http_tender_api_not_found(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t n);

/*
 * Location: the tender with that id, or what is below the one of the path
 * as "bidders" or "awards"
 */
ngx_int_t ngx_http_tender_api_location(ngx_http_tender_ctx_t *ctx,
    const char *kind, ngx_str_t *id);

/* NGX_OK, or 403: not at this stage of the tender */
ngx_int_t ngx_http_tender_api_lets(ngx_http_tender_ctx_t *ctx,
    tender_act_e act, ngx_http_tender_record_t *record);

/* the same refusal, whatever the table says; the stage is a word */
ngx_int_t ngx_http_tender_api_not_now(ngx_http_tender_ctx_t *ctx,
    tender_act_e act, ngx_str_t *stage);

/* ngx_http_tender_api_match.c: conditional requests */

/*
 * If-None-Match and If-Match of the request, or NULL; a subrequest has none,
 * the headers that it shows are those of its page.
 */
ngx_str_t *ngx_http_tender_api_if_none_match(ngx_http_tender_ctx_t *ctx);
ngx_str_t *ngx_http_tender_api_if_match(ngx_http_tender_ctx_t *ctx);

/* the strong entity tag of a record in the form that this request gets */
ngx_int_t ngx_http_tender_api_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record);

/* NGX_OK if the header's list of tags names the record, else NGX_DECLINED */
ngx_int_t ngx_http_tender_api_matches(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *list, ngx_http_tender_record_t *record, ngx_uint_t weak);

/* the same for a bid, an award or a document */
ngx_int_t ngx_http_tender_api_part_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part);
ngx_int_t ngx_http_tender_api_part_matches(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *list, ngx_http_tender_part_t *part, ngx_uint_t weak);

/*
 * The conditions of a request for a part: NGX_OK, its tag is set; NGX_DONE,
 * it is a 304; or 412
 */
ngx_int_t ngx_http_tender_api_part_fresh(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_part_t *part);

/* an If-Match list as commit.lua takes it */
ngx_int_t ngx_http_tender_api_match_list(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *list, ngx_str_t *match);

/* ngx_http_tender_api_answer.c: what is answered */

/*
 * A record, a tree under "data", or the end of a text that was put: as
 * ngx_http_tender_answer().  The head is what the store decided, as a tree;
 * with whole set, the document follows in it.
 */
ngx_int_t ngx_http_tender_api_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t status);
ngx_int_t ngx_http_tender_api_value(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, ngx_uint_t status);

/* a stored text under "data", with what stands beside it */
ngx_int_t ngx_http_tender_api_part(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json, ngx_uint_t status);

/* puts {"data": and the record, without its last brace */
ngx_int_t ngx_http_tender_api_put_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record);

/* ends {"data": ... that was put: what stands beside it, the last brace */
ngx_int_t ngx_http_tender_api_close(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status);

/* the JSON of what a decision has written */
ngx_int_t ngx_http_tender_api_written(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_write_t *w, ngx_str_t *json);

/* a stored text as a tree */
ngx_int_t ngx_http_tender_api_tree(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json, tender_value_t **tree);
ngx_int_t ngx_http_tender_api_text(ngx_http_tender_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t status);
tender_value_t *ngx_http_tender_api_head(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t whole);

/* ngx_http_tender_api_view.c: a tender with its parts */

/* 1: it has parts that all may see */
ngx_uint_t ngx_http_tender_api_has_parts(ngx_http_tender_record_t *record);

/* the part of the path and its tender, after store_read_part(), or 404 */
ngx_int_t ngx_http_tender_api_part_load(ngx_http_tender_ctx_t *ctx);

/* a list of parts under "data" */
ngx_int_t ngx_http_tender_api_list_parts(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_parts_t *parts);

/* answers with a record, after one more step if it has parts */
ngx_int_t ngx_http_tender_api_show_tender(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t status);
ngx_int_t ngx_http_tender_api_viewed(ngx_http_tender_ctx_t *ctx);

/* steps: ngx_http_tender_api_tender.c */

ngx_int_t ngx_http_tender_api_create(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_store(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_created(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_tag_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_not_modified(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_shown(ngx_http_tender_ctx_t *ctx);

/* the dates that decide about the status; 0: not given */
void ngx_http_tender_api_deadlines(ngx_http_tender_ctx_t *ctx,
    tender_value_t *tender, ngx_http_tender_deadlines_t *deadlines);

/* the text to store, in limits: a document may grow change by change */
ngx_int_t ngx_http_tender_api_doc(ngx_http_tender_ctx_t *ctx,
    tender_value_t *tender, ngx_str_t *doc);

/*
 * What the index is told of a tender, all of it or what a change means;
 * deadline is the end of tendering, us.  Empty: there is no index.
 */
ngx_int_t ngx_http_tender_api_entry(ngx_http_tender_ctx_t *ctx,
    tender_value_t *tender, int64_t deadline, ngx_str_t *entry);
ngx_int_t ngx_http_tender_api_entry_change(ngx_http_tender_ctx_t *ctx,
    tender_value_t *back, int64_t deadline, ngx_str_t *entry);

/* 422: the periods of a tender leave no time for bids */
ngx_int_t ngx_http_tender_api_no_time(ngx_http_tender_ctx_t *ctx);

/* the refusal of a failed If-Match */
ngx_int_t ngx_http_tender_api_precondition(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_change.c */

ngx_int_t ngx_http_tender_api_change(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_merge(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_changed(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_import.c: bids and awards that come with a tender */

/* takes them out of the data and makes parts of u.create */
ngx_int_t ngx_http_tender_api_import(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_bid.c, ngx_http_tender_api_bid_change.c */

ngx_int_t ngx_http_tender_api_bid_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_tender(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_add(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_added(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bids_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bids_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_sealed(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_rights(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_merge(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_remove(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_bid_changed(ngx_http_tender_ctx_t *ctx);

/* NGX_OK, or 422: it is no bid for the tender of the record */
ngx_int_t ngx_http_tender_api_bid_fits(ngx_http_tender_ctx_t *ctx,
    tender_value_t *bid);

/* stores u.bid with these members, which are not to be id and date */
ngx_int_t ngx_http_tender_api_bid_store(ngx_http_tender_ctx_t *ctx,
    tender_value_t *members);

/* the JSON of u.bid as the store has written it; its receipt */
ngx_int_t ngx_http_tender_api_bid_stored(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json);
ngx_int_t ngx_http_tender_api_receipt(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *json, int64_t received);

/* what the store said against a bid: the refusal */
ngx_int_t ngx_http_tender_api_bid_refused(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_bid_e outcome, tender_act_e act);

/* ngx_http_tender_api_list.c */

ngx_int_t ngx_http_tender_api_list(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_page(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_listed(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_fields.c */

ngx_int_t ngx_http_tender_api_window(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_collect(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_spore.c */

ngx_int_t ngx_http_tender_api_spore(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_API_H_INCLUDED_ */
