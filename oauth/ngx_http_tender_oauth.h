
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_OAUTH_H_INCLUDED_
#define _NGX_HTTP_TENDER_OAUTH_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../auth/ngx_http_tender_identify.h"
#include "../store/ngx_http_tender_grant.h"


/*
 * An OAuth 2.0 server (RFC 6749): token, revoke (RFC 7009), introspect (RFC
 * 7662) under one prefix, and its description (RFC 8414) elsewhere.
 */

#define NGX_HTTP_TENDER_GRANT_PASSWORD  0x01
#define NGX_HTTP_TENDER_GRANT_CLIENT    0x02
#define NGX_HTTP_TENDER_GRANT_REFRESH   0x04


typedef struct {
    tender_query_t                params;     /* of the body, or the query */
    ngx_uint_t                    type;       /* NGX_HTTP_TENDER_GRANT_* */

    /* the client: as it says, as it is known, what it may do by itself */

    ngx_str_t                     id;
    ngx_str_t                     secret;
    ngx_http_tender_identity_t    client;
    ngx_http_tender_principal_t  *caller;     /* NULL: not authenticated */

    ngx_http_tender_login_t       login;

    /* whom a token is for, or what a token that was shown is */

    ngx_http_tender_identity_t    found;
    ngx_http_tender_token_t       token;
    ngx_str_t                     text;       /* of the token */
    ngx_uint_t                    refresh;    /* it is a refresh token */

    ngx_http_tender_grant_t       grant;
} ngx_http_tender_oauth_t;


/* tender_oauth; */
extern const ngx_http_tender_dialect_t  ngx_http_tender_oauth_dialect;

/* tender_oauth_metadata <prefix>; */
char *ngx_http_tender_set_oauth_metadata(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* ngx_http_tender_oauth.c */

/* an error of RFC 6749 section 5.2; both are literals; returns the status */
ngx_int_t ngx_http_tender_oauth_error(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, const char *error, const char *text);

/* "text: name", of a parameter */
ngx_int_t ngx_http_tender_oauth_wrong(ngx_http_tender_ctx_t *ctx,
    const char *text, const tender_str_t *name);

/* a refusal, of our own or of nginx */
ngx_int_t ngx_http_tender_oauth_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);

/* 200 and an object as JSON: NGX_DONE */
ngx_int_t ngx_http_tender_oauth_answer(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object);

/* adds a member; v may be NULL, out of memory: NGX_ERROR */
ngx_int_t ngx_http_tender_oauth_add(tender_value_t *object, const char *name,
    tender_value_t *v);
ngx_int_t ngx_http_tender_oauth_text(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, ngx_str_t *text);


/* ngx_http_tender_oauth_params.c */

/* the value of a parameter; an empty one counts as none: NULL */
tender_str_t *ngx_http_tender_oauth_param(ngx_http_tender_ctx_t *ctx,
    const char *name);

/* a step: ctx->data, and the parameters in it */
ngx_int_t ngx_http_tender_oauth_params(ngx_http_tender_ctx_t *ctx);


/* ngx_http_tender_oauth_client.c: steps that authenticate the client */

ngx_int_t ngx_http_tender_oauth_client(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_secret(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_refused(ngx_http_tender_ctx_t *ctx);

/* the names that a grant has, in a request, a client and the metadata */

typedef struct {
    ngx_str_t    name;
    ngx_uint_t   type;
} ngx_http_tender_grant_type_t;

extern const ngx_http_tender_grant_type_t  ngx_http_tender_grant_types[];

/* 1: the client may use this grant */
ngx_uint_t ngx_http_tender_oauth_may(ngx_http_tender_entry_t *client,
    ngx_uint_t type);


/* ngx_http_tender_oauth_token.c */

ngx_int_t ngx_http_tender_oauth_asked(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_note(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_whose(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_grant(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_granted(ngx_http_tender_ctx_t *ctx);


/* ngx_http_tender_oauth_inspect.c */

ngx_int_t ngx_http_tender_oauth_shown(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_revoke(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_revoked(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_ask(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_oauth_told(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_OAUTH_H_INCLUDED_ */
