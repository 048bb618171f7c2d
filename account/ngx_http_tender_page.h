
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PAGE_H_INCLUDED_
#define _NGX_HTTP_TENDER_PAGE_H_INCLUDED_


#include "ngx_http_tender_account.h"
#include "../domain/tender_display.h"
#include "../format/tender_template.h"
#include "../store/ngx_http_tender_store.h"


/*
 * A page: a template of account/pages, the object that fills it, and the
 * language it is in.  What adds to the object does not fail: out of memory
 * is noted, and the page is not made.
 */

#define NGX_HTTP_TENDER_LANGUAGES  5

/* where the export is: beside the pages */

#define NGX_HTTP_TENDER_PAGE_EXPORT  "/api/export"


typedef struct {
    ngx_http_tender_ctx_t  *ctx;
    tender_value_t         *top;
    ngx_uint_t              language;
    unsigned                failed:1;
} ngx_http_tender_page_t;


typedef struct {
    tender_str_t            key;
    tender_str_t            texts[NGX_HTTP_TENDER_LANGUAGES];
} ngx_http_tender_message_t;


/* ngx_http_tender_page.c */

/* with what all pages show; heading is the key of a message */
ngx_int_t ngx_http_tender_page_begin(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_page_t *page, const char *heading);

/* its HTML, and its headers */
ngx_int_t ngx_http_tender_page_make(ngx_http_tender_page_t *page,
    const char *name, ngx_str_t *html);

/* the answer: NGX_DONE */
ngx_int_t ngx_http_tender_page_send(ngx_http_tender_page_t *page,
    const char *name, ngx_uint_t status);

/* what was refused so far is shown on the page */
void ngx_http_tender_page_faults(ngx_http_tender_page_t *page);

extern ngx_str_t  ngx_http_tender_page_type;

/* ngx_http_tender_page_text.c */

extern const tender_str_t      ngx_http_tender_languages[];
extern const tender_display_t  ngx_http_tender_displays[];

/* of the request: ?lang=, which is kept in a cookie, the cookie, the header */
ngx_int_t ngx_http_tender_page_language(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t *language);

/* the address of style or script, with their version */
#define NGX_HTTP_TENDER_PAGE_CSS  0
#define NGX_HTTP_TENDER_PAGE_JS   1

void ngx_http_tender_page_asset(ngx_http_tender_page_t *page,
    const char *name, ngx_uint_t what);

ngx_int_t ngx_http_tender_page_render(ngx_http_tender_page_t *page,
    const char *name, ngx_str_t *html);

/* ngx_http_tender_page_value.c */

/* an empty object or list as a member, an object as an element */
tender_value_t *ngx_http_tender_page_object(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name);
tender_value_t *ngx_http_tender_page_list(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name);
tender_value_t *ngx_http_tender_page_element(ngx_http_tender_page_t *page,
    tender_value_t *list);

void ngx_http_tender_page_add(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, tender_str_t text);
void ngx_http_tender_page_copy(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, u_char *data, size_t len);
void ngx_http_tender_page_literal(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const char *text);
void ngx_http_tender_page_push(ngx_http_tender_page_t *page,
    tender_value_t *list, tender_str_t text);
void ngx_http_tender_page_flag(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name);
void ngx_http_tender_page_number(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, uint64_t n);

/* {iso, text} of a time in us, with its hour or without; 0: nothing */
void ngx_http_tender_page_date(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, int64_t us, ngx_uint_t hour);

/* the same of the text of a date */
void ngx_http_tender_page_date_text(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *date);

/* {text, currency} of a Value; without an amount nothing */
tender_value_t *ngx_http_tender_page_price(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *value);

/* "status", and "tone": how it is coloured */
void ngx_http_tender_page_status(ngx_http_tender_page_t *page,
    tender_value_t *parent, ngx_str_t *status);

/* a text of the pieces of a list that ends with NULL */
tender_str_t ngx_http_tender_page_join(ngx_http_tender_page_t *page,
    const tender_str_t **parts);

/* a member of an object if it is of that type, or NULL; v may be NULL */
const tender_value_t *ngx_http_tender_page_get(const tender_value_t *v,
    const char *name, size_t len, tender_type_e type);

#define ngx_http_tender_page_member(v, text, type)                            \
    ngx_http_tender_page_get(v, text, sizeof(text) - 1, type)

/* adds a text of it, if there is one, under a name */
#define ngx_http_tender_page_take(page, parent, name, v, text)                \
    ngx_http_tender_page_taken(page, parent, name,                            \
        ngx_http_tender_page_member(v, text, TENDER_STRING))

void ngx_http_tender_page_taken(ngx_http_tender_page_t *page,
    tender_value_t *parent, const char *name, const tender_value_t *text);

/* 1: who looks at a page may see all of it, not a preview alone */
#define ngx_http_tender_page_full(ctx)                                        \
    ((ctx)->principal && ((ctx)->scope & NGX_HTTP_TENDER_READ))

/* 1: a browser may follow it: it begins with http:// or https:// */
ngx_uint_t ngx_http_tender_page_link(tender_str_t text);


/* ngx_http_tender_page_visitor.c: the steps that pages begin with */

/*
 * Who is logged in becomes ctx->principal; a page for others, too, goes on
 * without.  The second of _member is for pages that are not: 303 to the
 * login.
 */
ngx_int_t ngx_http_tender_page_visit(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_visitor(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_member_only(ngx_http_tender_ctx_t *ctx);

/* of a form of who is logged in: it is read, its CSRF token is looked at */
ngx_int_t ngx_http_tender_page_form(ngx_http_tender_ctx_t *ctx);

/* the path of this page with its query, to come back to */
tender_str_t ngx_http_tender_page_here(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_page_query.c: the fields of a search */

/* fills them with the values that a function finds by their names */
typedef tender_str_t (*ngx_http_tender_page_value_pt)(void *data,
    const tender_str_t *name);

void ngx_http_tender_page_fields(ngx_http_tender_page_t *page,
    ngx_http_tender_page_value_pt value, void *data);

/* value functions: of a tender_query_t, of an object of criteria */
tender_str_t ngx_http_tender_page_sent(void *query, const tender_str_t *name);
tender_str_t ngx_http_tender_page_kept(void *object,
    const tender_str_t *name);

/* links to the data of a query: "<prefix>/api/export?<query>&dtype=json" */
void ngx_http_tender_page_exports(ngx_http_tender_page_t *page,
    tender_value_t *parent, ngx_str_t *query);

/*
 * ngx_http_tender_page_parts.c: of a tender's page; NGX_ERROR: what is
 * stored is not one of ours
 */
ngx_int_t ngx_http_tender_page_awards(ngx_http_tender_page_t *page,
    ngx_http_tender_parts_t *parts);
ngx_int_t ngx_http_tender_page_documents(ngx_http_tender_page_t *page,
    ngx_http_tender_view_t *view, const tender_value_t *doc);


/* steps */

ngx_int_t ngx_http_tender_page_home(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_style(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_script(ngx_http_tender_ctx_t *ctx);

ngx_int_t ngx_http_tender_page_search(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_counted(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_run(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_results(ngx_http_tender_ctx_t *ctx);

ngx_int_t ngx_http_tender_page_tender(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_card(ngx_http_tender_ctx_t *ctx);

ngx_int_t ngx_http_tender_page_quota(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_codes(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_searches(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_api(ngx_http_tender_ctx_t *ctx);

ngx_int_t ngx_http_tender_page_code_new(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_code_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_code_write(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_code_written(ngx_http_tender_ctx_t *ctx);

ngx_int_t ngx_http_tender_page_saved_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_saved_show(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_saved_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_page_saved_written(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_PAGE_H_INCLUDED_ */
