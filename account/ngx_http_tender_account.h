
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ACCOUNT_H_INCLUDED_
#define _NGX_HTTP_TENDER_ACCOUNT_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../auth/ngx_http_tender_login.h"


/* tender_account: pages to log in and out, and the same for scripts */
extern const ngx_http_tender_dialect_t  ngx_http_tender_account_dialect;

/*
 * The directive: of a location that is named after one of the pages, as
 * "= /login", the prefix is what stands before that.
 */
char *ngx_http_tender_set_account(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* what the files of account/ share */

#define NGX_HTTP_TENDER_ACCOUNT_BODY  8192


typedef struct {
    ngx_http_tender_login_t      login;
    ngx_str_t                    next;       /* a local path, or empty */
    ngx_str_t                    csrf;       /* as a form sent it */
    tender_query_t               form;
    ngx_str_t                    name;       /* of who is logged in */
    ngx_http_tender_identity_t  *found;      /* what is known of him */
    void                        *page;       /* what its steps hand on */
    unsigned                     json:1;     /* it was asked so */
    unsigned                     visited:1;  /* a page: found is set */
} ngx_http_tender_account_t;


/* account.c: reads a form into account->form: NGX_OK, or 400, described */
ngx_int_t ngx_http_tender_account_form(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_account_t *account);

/* a parameter of it, or of a query; empty: there is none */
void ngx_http_tender_account_field(tender_query_t *form,
    const tender_str_t *name, ngx_str_t *value);

/* "<prefix>/<page>" */
ngx_int_t ngx_http_tender_account_path(ngx_http_tender_ctx_t *ctx,
    const char *page, ngx_str_t *path);

/* completes a 303 to a path: NGX_DONE */
ngx_int_t ngx_http_tender_account_see(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *path);

/* 401 with a challenge, described */
ngx_int_t ngx_http_tender_account_unknown(ngx_http_tender_ctx_t *ctx,
    const char *name, const char *text);

/* account_login.c: the steps of POST login */
ngx_int_t ngx_http_tender_account_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_note(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_begun(ngx_http_tender_ctx_t *ctx);

/* account_session.c: of GET session and POST logout */
ngx_int_t ngx_http_tender_account_ask(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_show(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_leave(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_left(ngx_http_tender_ctx_t *ctx);

/* who it is, until when, and the CSRF token of his cookie, as JSON */
ngx_int_t ngx_http_tender_account_who(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_principal_t *principal, int64_t expires,
    ngx_str_t *cookie);

/* words with blanks between as a list; NULL: out of memory */
tender_value_t *ngx_http_tender_account_words(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *words);

/* account_page.c: a step of GET login; a refusal, as a page or as JSON */
ngx_int_t ngx_http_tender_account_page(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);

/*
 * account_searches.c: saved searches as JSON.  Each of their routes begins
 * with the caller, who has an account, and a CSRF token if he needs one.
 */
ngx_int_t ngx_http_tender_account_searches_accept(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_caller(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_searches(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_searches_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_body(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_found(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_show(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_write(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_search_written(ngx_http_tender_ctx_t *ctx);

/* account_atom.c: and as a feed */
ngx_int_t ngx_http_tender_account_atom_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_atom_search(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_atom_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_account_atom_show(ngx_http_tender_ctx_t *ctx);

/* 1: this form was made for the browser that sends it */
ngx_uint_t ngx_http_tender_account_ours(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *csrf);


#endif /* _NGX_HTTP_TENDER_ACCOUNT_H_INCLUDED_ */
