
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_
#define _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_


#include "../model/tender_item.h"
#include "../store/ngx_http_tender_criteria.h"
#include "../store/ngx_http_tender_plan.h"
#include "../store/ngx_http_tender_saved.h"


/*
 * The export dialect: one address, which answers in the format that dtype
 * names.  Tenders are searched there, one of them is shown, dictionaries are
 * listed, and an api_code is renewed with its refresh code.
 */

extern const ngx_http_tender_dialect_t  ngx_http_tender_export_dialect;


typedef enum {
    NGX_HTTP_TENDER_EXPORT_XML = 0,
    NGX_HTTP_TENDER_EXPORT_JSON,
    NGX_HTTP_TENDER_EXPORT_CSV,
    NGX_HTTP_TENDER_EXPORT_NDJSON
} ngx_http_tender_export_format_e;


/* versions, as major * 100 + minor: above the last keyed one without a key */

#define NGX_HTTP_TENDER_EXPORT_FIRST    100
#define NGX_HTTP_TENDER_EXPORT_KEYED    200
#define NGX_HTTP_TENDER_EXPORT_NEWEST   203

/* who has no key sees so many, the newest */

#define NGX_HTTP_TENDER_EXPORT_PREVIEW  10

/* records of one piece of an answer that has all of them */

#define NGX_HTTP_TENDER_EXPORT_BATCH    100


typedef struct ngx_http_tender_export_s  ngx_http_tender_export_t;

struct ngx_http_tender_export_s {
    ngx_http_tender_step_pt           step;      /* of what is asked for */
    ngx_http_tender_export_format_e   format;
    ngx_uint_t                        version;
    ngx_http_tender_plan_t           *plan;
    ngx_http_tender_entry_t           saved;
    tender_value_t                   *object;    /* of the criteria */
    ngx_http_tender_criteria_t        criteria;
    ngx_http_tender_search_t          search;
    ngx_uint_t                        page;
    ngx_uint_t                        seen;      /* before this page */
    uint64_t                          fields;    /* of tender_item_fields */
    unsigned                          comma;     /* what parts cells */
    ngx_str_t                         base;      /* "http://host/api/export" */
    ngx_str_t                         site;      /* "http://host" */

    ngx_http_tender_hit_t             hit;       /* of a card */
    void                             *lookup;
    ngx_http_tender_view_t            view;
    ngx_uint_t                        mode;      /* which dictionary */
    uint64_t                         *counts;    /* of a dictionary */

    tender_mem_t                      scratch;   /* of one record */
    u_char                           *block;
    ngx_pool_t                       *overflow;
    ngx_pool_t                       *batch;     /* of what is sent in pieces */

    unsigned                          negotiated:1;
    unsigned                          preview:1;
    unsigned                          strict:1;
    unsigned                          total:1;   /* is shown */
    unsigned                          all:1;
    unsigned                          card:1;
    unsigned                          bom:1;
    unsigned                          reading:1; /* of pieces */
    unsigned                          sending:1;
    unsigned                          ended:1;
};


#define ngx_http_tender_export_state(ctx)                                     \
    ((ngx_http_tender_export_t *) (ctx)->data)


/* a growing piece of text */

typedef struct {
    ngx_pool_t   *pool;
    u_char       *start;
    u_char       *last;
    u_char       *end;
} ngx_http_tender_export_out_t;


/* ngx_http_tender_export.c */

/* of the query; NGX_DECLINED: dtype names none, it is XML then */
ngx_int_t ngx_http_tender_export_format(tender_query_t *query,
    ngx_http_tender_export_format_e *format);

/*
 * The same of a saved search, or what the client accepts, if the query names
 * none.
 */
void ngx_http_tender_export_negotiate(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);

/* 403 with a code of its own, described */
ngx_int_t ngx_http_tender_export_too_deep(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_denied(ngx_http_tender_ctx_t *ctx,
    const char *code, const char *text);

/* ngx_http_tender_export_param.c */

/* of a parameter: "true", "1", or none; else 400, described */
ngx_int_t ngx_http_tender_export_flag(ngx_http_tender_ctx_t *ctx,
    const char *name, ngx_uint_t *on);

/* the same; "false", "0" and an empty one are off */
ngx_int_t ngx_http_tender_export_switch(ngx_http_tender_ctx_t *ctx,
    const char *name, ngx_uint_t *on);

/* the text of a parameter; NULL: there is none, or it is empty */
tender_str_t *ngx_http_tender_export_param(ngx_http_tender_ctx_t *ctx,
    const char *name);

/* a number from 1 on, if there is one; else 400, described */
ngx_int_t ngx_http_tender_export_uint(ngx_http_tender_ctx_t *ctx,
    const char *name, ngx_uint_t max, ngx_uint_t *n);

/* of the parameter, or of the location's address; 400, described */
ngx_int_t ngx_http_tender_export_version(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t *version);

/* names what was sent and has no meaning here; strict: 400 */
ngx_int_t ngx_http_tender_export_astray(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);

/* ngx_http_tender_export_search.c, the steps */

ngx_int_t ngx_http_tender_export_start(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_asked(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_counted(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_run(ngx_http_tender_ctx_t *ctx);

/* of a search: NGX_OK, NGX_AGAIN, or a status, described */
ngx_int_t ngx_http_tender_export_find(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);

/* ngx_http_tender_export_page.c, ..._all.c, ..._card.c, ..._terms.c */

/* what export->step begins with */
ngx_int_t ngx_http_tender_export_page(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_all(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_card(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_terms(ngx_http_tender_ctx_t *ctx);

/* reads id and tend_num: NGX_OK, export->card; 400, described */
ngx_int_t ngx_http_tender_export_card_asked(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);

/* reads mode; 400, described, with the list of those there are */
ngx_int_t ngx_http_tender_export_mode(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_str_t *mode);

/* ngx_http_tender_export_cursor.c */

/*
 * A cursor as text that clients hand back: opaque, with a check sum.  Read:
 * sets search->after; 400, described.
 */
ngx_int_t ngx_http_tender_export_cursor_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_str_t *text);
ngx_int_t ngx_http_tender_export_cursor_write(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_hit_t *hit,
    ngx_str_t *text);

/* the header Link of the next page, without secrets */
ngx_int_t ngx_http_tender_export_link(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_str_t *cursor);

/* ngx_http_tender_export_answer.c */

/* headers of an answer, but for those of the next page */
ngx_int_t ngx_http_tender_export_headers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, uint64_t total);

/*
 * The tag of what is shown: data and the form it is shown in.  NGX_DONE: the
 * client has it, the answer is 304.
 */
ngx_int_t ngx_http_tender_export_tag(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, u_char *data, size_t len);

/* ngx_http_tender_export_write.c */

/* n free bytes; NGX_ERROR: out of memory */
ngx_int_t ngx_http_tender_export_room(ngx_http_tender_export_out_t *out,
    size_t n);

/*
 * An answer: its beginning, then objects (of tender_item_fields, or with
 * export->fields 0 of any strings), then its end.
 */
ngx_int_t ngx_http_tender_export_begins(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, uint64_t total);
ngx_int_t ngx_http_tender_export_object(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, tender_mem_t *mem,
    tender_value_t *object);
ngx_int_t ngx_http_tender_export_ends(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out);

/* "id,name" of a list of names, with export->fields 0 */
ngx_int_t ngx_http_tender_export_columns(ngx_http_tender_export_t *export,
    ngx_http_tender_export_out_t *out, const tender_str_t *names,
    ngx_uint_t n);

extern ngx_str_t  ngx_http_tender_export_types[];

/* ngx_http_tender_export_item.c */

/* memory for one record after the other */
ngx_int_t ngx_http_tender_export_scratch(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export);

/* a tender as an object of export->fields, in scratch memory */
ngx_int_t ngx_http_tender_export_item(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_record_t *record,
    uint64_t number, const tender_value_t *documents,
    tender_value_t **object);

/* ngx_http_tender_export_record.c */

/*
 * An object of strings and nulls as an answer of its own: a list of one
 * object; an element of each member, within <Items>, and within <Item> if it
 * is an item; a line of names and a line of values.
 */
ngx_int_t ngx_http_tender_export_record(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_format_e format, tender_value_t *record,
    ngx_uint_t item, ngx_str_t *type, ngx_str_t *body);

/* adds a string; a value without data is null; NGX_ERROR: out of memory */
ngx_int_t ngx_http_tender_export_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *record, const char *name, tender_str_t value);

/* ngx_http_tender_export_code.c, the steps of a renewal */

ngx_int_t ngx_http_tender_export_begin(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_ask(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_renew(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_export_renewed(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_EXPORT_H_INCLUDED_ */
