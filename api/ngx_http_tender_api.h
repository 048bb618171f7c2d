
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_API_H_INCLUDED_
#define _NGX_HTTP_TENDER_API_H_INCLUDED_


#include "../http/ngx_http_tender.h"
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

    ngx_http_tender_record_t       record;     /* what the store has */
    tender_value_t                *before;     /* its document */
    tender_value_t                *after;

    union {
        ngx_http_tender_create_t   create;     /* of POST */
        ngx_http_tender_commit_t   commit;     /* of PUT and PATCH */
        ngx_http_tender_feed_t     feed;       /* of the list */
    } u;

    ngx_http_tender_deadlines_t    deadlines;

    size_t                         size;       /* that was worked through */

    /* of a list with opt_fields: what was kept, of how many */

    tender_str_t                   fields;
    tender_value_t                *items;
    ngx_uint_t                     done;
    ngx_pool_t                    *window;
} ngx_http_tender_api_t;


#define ngx_http_tender_api_state(ctx)  ((ngx_http_tender_api_t *) (ctx)->data)


/* ngx_http_tender_api_request.c: what is asked for */

/* type, id, form; then the body; then its data against the model */
ngx_int_t ngx_http_tender_api_accept(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_body(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_check(ngx_http_tender_ctx_t *ctx,
    tender_value_t *value, unsigned by, unsigned partial);

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
ngx_int_t ngx_http_tender_api_text(ngx_http_tender_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t status);
tender_value_t *ngx_http_tender_api_head(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record, ngx_uint_t whole);
ngx_int_t ngx_http_tender_api_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body);

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

/* the refusal where there is no such tender */
ngx_int_t ngx_http_tender_api_missing(ngx_http_tender_ctx_t *ctx);

/* the refusal of a failed If-Match */
ngx_int_t ngx_http_tender_api_precondition(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_api_change.c */

ngx_int_t ngx_http_tender_api_change(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_merge(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_api_changed(ngx_http_tender_ctx_t *ctx);

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
