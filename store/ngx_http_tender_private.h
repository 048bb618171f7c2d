
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_
#define _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_


#include "ngx_http_tender_store.h"
#include "../domain/tender_stage.h"


/* what the files of store/ share */


/* of a feed or an index: "<id>|2014-10-27T08:06:58.158Z123" */

#define NGX_HTTP_TENDER_MEMBER_LEN                                            \
    (NGX_HTTP_TENDER_ID_LEN + 1 + TENDER_DATE_LEN + 3)


/* in the order of ngx_http_tender_scripts */

#define NGX_HTTP_TENDER_CREATE_LUA    0
#define NGX_HTTP_TENDER_COMMIT_LUA    1
#define NGX_HTTP_TENDER_BID_LUA       2
#define NGX_HTTP_TENDER_SETTLE_LUA    3
#define NGX_HTTP_TENDER_VIEW_LUA      4
#define NGX_HTTP_TENDER_TURN_LUA      5
#define NGX_HTTP_TENDER_DUE_LUA       6
#define NGX_HTTP_TENDER_CHUNK_LUA     7
#define NGX_HTTP_TENDER_DOCUMENT_LUA  8
#define NGX_HTTP_TENDER_IDENTIFY_LUA  9
#define NGX_HTTP_TENDER_REGISTRY_LUA  10
#define NGX_HTTP_TENDER_ENTRIES_LUA   11
#define NGX_HTTP_TENDER_ATTEMPT_LUA   12
#define NGX_HTTP_TENDER_FORGIVE_LUA   13
#define NGX_HTTP_TENDER_GRANT_LUA     14
#define NGX_HTTP_TENDER_RENEW_LUA     15
#define NGX_HTTP_TENDER_REVOKE_LUA    16
#define NGX_HTTP_TENDER_FOLLOW_LUA    17
#define NGX_HTTP_TENDER_QUOTA_LUA     18
#define NGX_HTTP_TENDER_SWAP_LUA      19
#define NGX_HTTP_TENDER_HOLD_LUA      20
#define NGX_HTTP_TENDER_REINDEX_LUA   21
#define NGX_HTTP_TENDER_RESET_LUA     22
#define NGX_HTTP_TENDER_PROGRESS_LUA  23
#define NGX_HTTP_TENDER_DRAW_LUA      24
#define NGX_HTTP_TENDER_PIECE_LUA     25
#define NGX_HTTP_TENDER_COLUMNS_LUA   26

extern ngx_http_tender_redis_script_t  ngx_http_tender_scripts[];


ngx_uint_t ngx_http_tender_bucket(ngx_http_tender_main_conf_t *tmcf,
    ngx_str_t *id);

/* "<prefix>{bN}:<what><a><b>"; a and b may be empty */
ngx_int_t ngx_http_tender_key(ngx_http_tender_ctx_t *ctx, ngx_uint_t bucket,
    const char *what, ngx_str_t *a, const char *b, ngx_str_t *key);

/* the key of a tender, from pool */
ngx_int_t ngx_http_tender_record_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_str_t *id, ngx_str_t *key);

/*
 * The keys that record.lua names: NGX_HTTP_TENDER_LIFE_KEYS of them, of a
 * tender with a good id.
 */
#define NGX_HTTP_TENDER_LIFE_KEYS   19
#define NGX_HTTP_TENDER_KEY_DOCUMENTS  9      /* index of that key */

ngx_int_t ngx_http_tender_life_keys(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_str_t *id, ngx_str_t *keys);

/* feed, clock, events */
ngx_int_t ngx_http_tender_store_keys(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_str_t *keys);

/* the indexes of active.enquiries, active.tendering */
ngx_int_t ngx_http_tender_store_index_keys(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t bucket, ngx_str_t *keys);

/*
 * A call of a script whose keys are those of a tender, and n arguments: the
 * caller fills argv[NGX_HTTP_TENDER_LIFE_KEYS] and on; NULL: out of memory.
 */
ngx_http_tender_redis_call_t *ngx_http_tender_life_call(
    ngx_http_tender_ctx_t *ctx, ngx_uint_t script, ngx_str_t *id,
    ngx_uint_t n);

/*
 * Which of the words (the last is NULL) a script has answered, alone or at
 * the head of a list; -1: none of them.
 */
ngx_int_t ngx_http_tender_store_says(ngx_http_tender_redis_reply_t *reply,
    const char *const *words);

/* NGX_OK and the first reply if all calls were answered, else a status */
ngx_int_t ngx_http_tender_store_reply(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t **reply);

/* HGET of a part; part->id.len 0: there is none */
ngx_int_t ngx_http_tender_store_part_reply(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_part_t *part);

/* sends a copy of a call in the background: nobody waits for its answer */
void ngx_http_tender_store_later(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call);

/* decimal text at p, NGX_INT64_LEN at most; returns the end */
u_char *ngx_http_tender_store_number(u_char *p, int64_t n, ngx_str_t *text);

/* three of them */
u_char *ngx_http_tender_store_deadlines(u_char *p,
    ngx_http_tender_deadlines_t *deadlines, ngx_str_t *texts);

/* the call that reads a tender; see ngx_http_tender_store_read() */
ngx_int_t ngx_http_tender_store_ask(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_uint_t how, ngx_http_tender_redis_call_t *call);

/* what it answers: head, doc, more, own, or the first n of them */
ngx_int_t ngx_http_tender_store_fields(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *elts, ngx_uint_t n, ngx_str_t *id,
    ngx_http_tender_record_t *record);

/* the fields of a tender one by one; NGX_ERROR: not one of ours */
ngx_int_t ngx_http_tender_store_head(ngx_http_tender_redis_reply_t *head,
    ngx_http_tender_record_t *record);
ngx_int_t ngx_http_tender_store_more(ngx_http_tender_redis_reply_t *more,
    ngx_http_tender_record_t *record);
ngx_int_t ngx_http_tender_store_own(ngx_http_tender_redis_reply_t *own,
    ngx_http_tender_record_t *record);

/* the next of some words, and where the one after it begins, or NULL */
u_char *ngx_http_tender_store_word(u_char *p, u_char *last, ngx_str_t *word);
ngx_int_t ngx_http_tender_store_time(ngx_str_t *word, int64_t *us);


#endif /* _NGX_HTTP_TENDER_PRIVATE_H_INCLUDED_ */
