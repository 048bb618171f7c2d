
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_
#define _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_


#include "ngx_http_tender_store.h"


/* what the files of store/ share */


/* of a feed or an index: "<id>|2014-10-27T08:06:58.158Z123" */

#define NGX_HTTP_TENDER_MEMBER_LEN                                            \
    (NGX_HTTP_TENDER_ID_LEN + 1 + TENDER_DATE_LEN + 3)


/* in the order of ngx_http_tender_scripts */

#define NGX_HTTP_TENDER_CREATE_LUA  0
#define NGX_HTTP_TENDER_COMMIT_LUA  1

extern ngx_http_tender_redis_script_t  ngx_http_tender_scripts[];


ngx_uint_t ngx_http_tender_bucket(ngx_http_tender_main_conf_t *tmcf,
    ngx_str_t *id);

/* "<prefix>{bN}:<what><a><b>"; a and b may be empty */
ngx_int_t ngx_http_tender_key(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    const char *what, ngx_str_t *a, const char *b, ngx_str_t *key);

/* feed, clock, events */
ngx_int_t ngx_http_tender_store_keys(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_str_t *keys);

/* the indexes of active.enquiries, active.tendering */
ngx_int_t ngx_http_tender_store_index_keys(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_str_t *keys);

/* decimal text at p, NGX_INT64_LEN at most; returns the end */
u_char *ngx_http_tender_store_number(u_char *p, int64_t n, ngx_str_t *text);

/* three of them */
u_char *ngx_http_tender_store_deadlines(u_char *p,
    ngx_http_tender_deadlines_t *deadlines, ngx_str_t *texts);

/* the answer of HMGET head [doc] */
ngx_int_t ngx_http_tender_store_fields(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_str_t *id,
    ngx_http_tender_record_t *record);

/* "<revision> <modified> <status> <tenderID>" */
ngx_int_t ngx_http_tender_store_head(ngx_http_tender_redis_reply_t *head,
    ngx_http_tender_record_t *record);

/* logs that a reply is not what a script of ours makes: NGX_ERROR */
ngx_int_t ngx_http_tender_store_broken(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_ */
