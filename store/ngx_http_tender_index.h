
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_INDEX_H_INCLUDED_
#define _NGX_HTTP_TENDER_INDEX_H_INCLUDED_


#include "ngx_http_tender_search.h"
#include "../search/tender_segment.h"


/*
 * The index of a bucket in Redis:
 *
 *     {bN}:idx:log                 entries, appended by the scripts that
 *                                  write tenders (search/tender_entry.h)
 *     {bN}:idx:manifest            text, see below; it and the log are
 *                                  changed together by swap.lua alone
 *     {bN}:idx:segment:<id>:<part> "head", "blocks", "data"
 *     {bN}:idx:column:<name>       fixed-width values by number: of number n
 *                                  at n * width; what the log says since is
 *                                  not in them yet
 *     {bN}:idx:lock                who compacts; it expires
 *     {bN}:idx:met                 numbers that a rebuild has met, a bit each
 *
 * The manifest:
 *
 *     <generation> <base> <next id>\n
 *     <id> <docs> <low> <high> <head bytes> <blocks bytes> <data bytes>\n
 *
 * a line for each segment, the oldest first.  base is how many bytes of log
 * there were before the log that there is.  No manifest: "0 0 1\n".  Ids are
 * drawn by draw.lua and never come again, whoever makes the segment.
 *
 * A number's words are what the log says last, else the youngest segment
 * that has it.
 */

#define NGX_HTTP_TENDER_INDEX_SEAL   512             /* entries of a log */
#define NGX_HTTP_TENDER_INDEX_LOG    (1024 * 1024)   /* or bytes */
#define NGX_HTTP_TENDER_INDEX_TIER   8               /* segments of a tier */
                                                     /* that are merged */


typedef enum {
    NGX_HTTP_TENDER_COLUMN_ID = 0,      /* 16 bytes */
    NGX_HTTP_TENDER_COLUMN_CREATED,     /* 8, little-endian, us */
    NGX_HTTP_TENDER_COLUMN_MODIFIED,
    NGX_HTTP_TENDER_COLUMN_DEADLINE,    /* 0: none */
    NGX_HTTP_TENDER_COLUMN_PRICE,       /* or TENDER_NO_PRICE */
    NGX_HTTP_TENDER_COLUMN_STATUS,      /* 1 byte, tender_stage_e */
    NGX_HTTP_TENDER_COLUMNS
} ngx_http_tender_column_e;


typedef struct {
    ngx_str_t    name;
    size_t       width;
} ngx_http_tender_column_t;

extern ngx_http_tender_column_t  ngx_http_tender_columns[];


typedef struct {
    uint64_t     id;
    ngx_uint_t   docs;
    uint32_t     low;
    uint32_t     high;
    size_t       parts[TENDER_SEGMENT_PARTS];   /* bytes */
} ngx_http_tender_manifest_line_t;


typedef struct {
    uint64_t                          generation;
    uint64_t                          base;
    uint64_t                          next;
    ngx_http_tender_manifest_line_t  *lines;
    ngx_uint_t                        nlines;
} ngx_http_tender_manifest_t;


/* ngx_http_tender_manifest.c */

/* text may be empty: there is none; NGX_DECLINED: damaged */
ngx_int_t ngx_http_tender_manifest_read(ngx_pool_t *pool, ngx_str_t *text,
    ngx_http_tender_manifest_t *manifest);
ngx_int_t ngx_http_tender_manifest_write(ngx_pool_t *pool,
    ngx_http_tender_manifest_t *manifest, ngx_str_t *text);

/* the first line alone, which may be all that was read */
ngx_int_t ngx_http_tender_manifest_first(ngx_str_t *text,
    ngx_http_tender_manifest_t *manifest);

/* keys of the index, from pool: "log", "manifest", "lock", "met" */
ngx_int_t ngx_http_tender_index_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, const char *what,
    ngx_str_t *key);
ngx_int_t ngx_http_tender_index_segment_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, uint64_t segment,
    ngx_uint_t part, ngx_str_t *key);
ngx_int_t ngx_http_tender_index_column_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket,
    ngx_http_tender_column_e column, ngx_str_t *key);

/* "<prefix>{bN}:numbers" */
ngx_int_t ngx_http_tender_index_numbers_key(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_uint_t bucket, ngx_str_t *key);


/* ngx_http_tender_compact.c */

/*
 * Looks after the index of a bucket in the background: seals a log that is
 * long enough, merges segments.  Nothing happens if this worker does so
 * already, or another one holds the lock.
 */
void ngx_http_tender_compact(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket);

/* a write of an entry of so many bytes was answered: looks at times */
void ngx_http_tender_compact_wrote(ngx_http_tender_main_conf_t *tmcf,
    ngx_uint_t bucket, size_t bytes);

/* the worker ends: what is under way is given up */
void ngx_http_tender_compact_exit(ngx_http_tender_main_conf_t *tmcf);


#endif /* _NGX_HTTP_TENDER_INDEX_H_INCLUDED_ */
