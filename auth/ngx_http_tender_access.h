
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_
#define _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/* the values of tender_anonymous */
extern ngx_conf_enum_t  ngx_http_tender_anonymous[];

/* tender_auth, tender_scope, tender_auth_realm, tender_auth_cache */
char *ngx_http_tender_set_auth(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_realm(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tender_set_auth_cache(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * The phase ACCESS of a guarded location: the scope of its route and those
 * of tender_scope against what the caller may do.  NGX_DECLINED: it is not
 * guarded; NGX_OK; 401 with WWW-Authenticate, or 403, described.
 */
ngx_int_t ngx_http_tender_access_handler(ngx_http_request_t *r);

/*
 * The same without a phase: nginx leaves subrequests out of ACCESS, they are
 * judged in PREACCESS.
 */
ngx_int_t ngx_http_tender_authorize(ngx_http_tender_ctx_t *ctx);

/*
 * Sets WWW-Authenticate as the location's kinds of credentials ask for it;
 * error (RFC 6750 section 3.1) and scope may be NULL.  NGX_ERROR: out of
 * memory.
 */
ngx_int_t ngx_http_tender_challenge(ngx_http_tender_ctx_t *ctx,
    const char *error, ngx_str_t *scope);

/*
 * A session that changes something shows its CSRF token: NGX_DECLINED, it
 * does, or need not; or 403, described.
 */
ngx_int_t ngx_http_tender_csrf(ngx_http_tender_ctx_t *ctx);

/* 401, described, with a challenge: one text for whatever is wrong with it */
ngx_int_t ngx_http_tender_bad_credential(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_ACCESS_H_INCLUDED_ */
