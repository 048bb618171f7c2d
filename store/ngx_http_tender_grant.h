
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_GRANT_H_INCLUDED_
#define _NGX_HTTP_TENDER_GRANT_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "ngx_http_tender_token.h"


/*
 * What is granted at one time is a family of tokens (see
 * ngx_http_tender_token.h): an access token and perhaps a refresh token, or
 * those that came after them.  It is a hash, which ends with the last of
 * them:
 *
 *     who       "<client> <user:epoch, or -> <account> <grant>"
 *     access    "<sha256> <until, us> <scopes between commas>"
 *     refresh   the same; its scopes are those of the grant
 *
 * A grant is what client, user, account and scopes make, its id their
 * SHA-256; the key of that name holds the id of its family as long as the
 * family's first access token is good.  The secrets of first tokens are
 * derived from the family's id and the client's secret (and the seal key, if
 * there is one), so that a grant which is asked for again is answered with the
 * tokens that it has, although nobody keeps them.
 */

/* what an access token must have left to be given out again, in seconds */

#define NGX_HTTP_TENDER_GRANT_LEFT    60


typedef struct {
    ngx_str_t     client;        /* its id */
    ngx_str_t     secret;        /* of the client, as it was sent */
    ngx_str_t     user;          /* its id and epoch, or empty */
    ngx_str_t     account;
    ngx_str_t     scopes;        /* words between spaces */
    time_t        access_ttl;
    time_t        refresh_ttl;   /* 0: no refresh token */

    /* what came of it */

    ngx_str_t     access;
    ngx_str_t     refresh;
    int64_t       left;          /* seconds that access is good for */

    ngx_str_t     family;        /* of one that is renewed it is set */
    ngx_str_t     known;         /* the family that it has already */
    ngx_str_t     id;
    ngx_str_t     who;
    ngx_str_t     commas;        /* the scopes */
    ngx_str_t     access_hash;
    ngx_str_t     refresh_hash;
    ngx_uint_t    tries;
} ngx_http_tender_grant_t;


typedef enum {
    NGX_HTTP_TENDER_RENEW_OK = 0,
    NGX_HTTP_TENDER_RENEW_UNKNOWN,
    NGX_HTTP_TENDER_RENEW_REUSED     /* its family has ended */
} ngx_http_tender_renew_e;


/* NGX_AGAIN, or a status */
ngx_int_t ngx_http_tender_grant(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant);

/* NGX_OK; NGX_DECLINED: it has a family already, grant it again; a status */
ngx_int_t ngx_http_tender_granted(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant);

/*
 * token is a refresh token; client, family, scopes and access_ttl of the
 * grant are set.  NGX_AGAIN, or a status.
 */
ngx_int_t ngx_http_tender_renew(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_str_t *token);
ngx_int_t ngx_http_tender_renewed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_grant_t *grant, ngx_http_tender_renew_e *outcome);

/*
 * Gives up a token of a client: an access token alone, with a refresh token
 * its family.  One that is not the client's stays.  NGX_AGAIN, or a status.
 */
ngx_int_t ngx_http_tender_revoke(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *token, ngx_uint_t refresh, ngx_str_t *client);


#endif /* _NGX_HTTP_TENDER_GRANT_H_INCLUDED_ */
