
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_TOKEN_H_INCLUDED_
#define _NGX_HTTP_TENDER_TOKEN_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * A token of OAuth: "tnda_" (access) or "tndr_" (refresh), the id of its
 * family, 32 hexadecimal digits, and 64 that are secret.  The store keeps
 * the SHA-256 of all of it.
 */

#define NGX_HTTP_TENDER_ACCESS_TOKEN    "tnda_"
#define NGX_HTTP_TENDER_REFRESH_TOKEN   "tndr_"
#define NGX_HTTP_TENDER_FAMILY_LEN      32
#define NGX_HTTP_TENDER_TOKEN_TEXT_LEN  (5 + NGX_HTTP_TENDER_FAMILY_LEN + 64)


typedef struct {
    int64_t           expires;     /* us since 1970 */
    tender_scopes_t   scopes;      /* names are spans of what is stored */
    ngx_str_t         words;       /* the same, between commas */
} ngx_http_tender_token_t;


/* the family of a token that begins so; NGX_DECLINED: it is not one */
ngx_int_t ngx_http_tender_token_family(ngx_str_t *text, const char *begins,
    ngx_str_t *family);

/*
 * Is stored, "<sha256> <until, us> <scopes>" (empty: nothing), this token,
 * and good at that time?  NGX_OK, or NGX_DECLINED.
 */
ngx_int_t ngx_http_tender_token_good(ngx_str_t *stored, ngx_str_t *text,
    int64_t now, ngx_http_tender_token_t *token);


#endif /* _NGX_HTTP_TENDER_TOKEN_H_INCLUDED_ */
