
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_CODE_H_INCLUDED_
#define _NGX_HTTP_TENDER_CODE_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../store/ngx_http_tender_registry.h"


/*
 * api_codes and the refresh codes that renew them.  The store keeps hashes
 * alone, in the member "secret" of an entry: "code", "refresh", and as
 * "previous" the code that was replaced last.
 */

#define NGX_HTTP_TENDER_CODE_PREFIX     "tndk"
#define NGX_HTTP_TENDER_REFRESH_PREFIX  "tndf"
#define NGX_HTTP_TENDER_CODE_RANDOM     32

/* so long a code that was replaced stays good, us */
#define NGX_HTTP_TENDER_CODE_OVERLAP    3600000000LL


/*
 * These write what is to be stored into the data of an entry, and the names
 * that are taken and dropped into change.  NGX_ERROR: out of memory.
 */

/* of a new entry: both codes */
ngx_int_t ngx_http_tender_code_make(ngx_http_tender_ctx_t *ctx,
    tender_value_t *data, ngx_http_tender_change_t *change, ngx_str_t *code,
    ngx_str_t *refresh);

/*
 * A new code in place of the one there is, which ends at now + overlap (0: at
 * once), as the one before it does now.  refresh: a new one of these, too;
 * NULL: it stays.  NGX_DECLINED: the entry has no "secret".
 */
ngx_int_t ngx_http_tender_code_turn(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, int64_t now, int64_t overlap,
    ngx_http_tender_change_t *change, ngx_str_t *code, ngx_str_t *refresh);

/* 1: the caller may do all that a code of an account may */
ngx_uint_t ngx_http_tender_code_covered(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *account, ngx_http_tender_entry_t *code);

/* of one that is removed */
ngx_int_t ngx_http_tender_code_drop(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, ngx_http_tender_change_t *change);


#endif /* _NGX_HTTP_TENDER_CODE_H_INCLUDED_ */
