
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_H_INCLUDED_
#define _NGX_HTTP_TENDER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "../format/tender_json.h"
#include "../format/tender_text.h"
#include "../format/tender_uri.h"
#include "../domain/tender_date.h"
#include "../domain/tender_rank.h"
#include "../domain/tender_scope.h"
#include "../redis/ngx_http_tender_redis.h"


/*
 * The request: its context, the runner of its steps, its route, what it was
 * sent and what it answers.
 */

typedef struct ngx_http_tender_ctx_s      ngx_http_tender_ctx_t;
typedef struct ngx_http_tender_error_s    ngx_http_tender_error_t;
typedef struct ngx_http_tender_dialect_s  ngx_http_tender_dialect_t;
typedef struct ngx_http_tender_seal_key_s ngx_http_tender_seal_key_t;
typedef struct ngx_http_tender_jwt_key_s  ngx_http_tender_jwt_key_t;
typedef struct ngx_http_tender_cache_s    ngx_http_tender_cache_t;
typedef struct ngx_http_tender_index_s    ngx_http_tender_index_t;


/*
 * A step does one thing and returns: NGX_OK, go on with the next one;
 * NGX_AGAIN, go on with it once all that was started is answered; NGX_DONE,
 * the answer is complete; a status from 400 on, a refusal, described by
 * ngx_http_tender_error(); NGX_ERROR, a 500.
 */
typedef ngx_int_t (*ngx_http_tender_step_pt)(ngx_http_tender_ctx_t *ctx);


#define NGX_HTTP_TENDER_READ    TENDER_SCOPE_READ
#define NGX_HTTP_TENDER_CREATE  TENDER_SCOPE_CREATE
#define NGX_HTTP_TENDER_UPDATE  TENDER_SCOPE_UPDATE
#define NGX_HTTP_TENDER_DELETE  TENDER_SCOPE_DELETE
#define NGX_HTTP_TENDER_AUCTION TENDER_SCOPE_AUCTION /* runs the auctions */
#define NGX_HTTP_TENDER_ADMIN   TENDER_SCOPE_ADMIN   /* owns everything */
#define NGX_HTTP_TENDER_WRITE   TENDER_SCOPE_WRITE

/* of a route: who shows a credential is known, its steps say what he may */

#define NGX_HTTP_TENDER_ANYBODY 0x100

/* kinds of credentials, the arguments of tender_auth */

#define NGX_HTTP_TENDER_AUTH_API_CODE  0x01
#define NGX_HTTP_TENDER_AUTH_BEARER    0x02     /* JWT */
#define NGX_HTTP_TENDER_AUTH_OAUTH2    0x04
#define NGX_HTTP_TENDER_AUTH_BASIC     0x08     /* login and password */
#define NGX_HTTP_TENDER_AUTH_SESSION   0x10
#define NGX_HTTP_TENDER_AUTH_OFF       0x20

#define NGX_HTTP_TENDER_STEPS   12
#define NGX_HTTP_TENDER_IDS     3

#define NGX_HTTP_UNPROCESSABLE_ENTITY  422


/* the body of a request: none, one that is read before the first step, or */
/* one that the steps take as it comes */

#define NGX_HTTP_TENDER_NO_BODY      0
#define NGX_HTTP_TENDER_BODY         1
#define NGX_HTTP_TENDER_BODY_STREAM  2

/* of one that is read before, whatever a location takes of the others */

#define NGX_HTTP_TENDER_BODY_MAX     (4 * 1024 * 1024)


/* a GET route serves HEAD as well */

typedef struct {
    ngx_uint_t                method;
    const char               *path;      /* "tenders/:id", "list/:id.csv" */
    ngx_str_t                 name;      /* $tender_route, and in /spore */
    ngx_uint_t                scope;     /* 0: open to anybody */
    ngx_uint_t                body;
    const char               *about;
    ngx_http_tender_step_pt   steps[NGX_HTTP_TENDER_STEPS];
} ngx_http_tender_route_t;


struct ngx_http_tender_dialect_s {
    ngx_str_t                       name;
    ngx_str_t                       version;
    const ngx_http_tender_route_t  *routes;       /* ends with method 0 */

    /* a refusal in the dialect's shape; errors may be NULL */
    ngx_int_t                     (*refuse)(ngx_http_request_t *r,
                                            ngx_uint_t status,
                                            ngx_http_tender_error_t *errors,
                                            ngx_str_t *type, ngx_str_t *body);

    /* before a body is read; NULL: nothing to check */
    ngx_int_t                     (*accept)(ngx_http_tender_ctx_t *ctx);

    ngx_uint_t                      open;         /* 1: to anybody */
    ngx_uint_t                      auth;         /* without tender_auth */
    unsigned                        forms:1;      /* its steps look for the */
                                                  /* CSRF token of forms */
    unsigned                        passwords:2;  /* it checks passwords; */
                                                  /* see below */

    /* parameters that may not come twice with two values, while others may; */
    /* NULL: none may come twice */
    const tender_str_t             *once;
};


#define NGX_HTTP_TENDER_PASSWORDS        1
#define NGX_HTTP_TENDER_PASSWORDS_GRANT  2     /* if there is such a grant */


/* who is calling; all of it belongs to the request */

typedef struct {
    ngx_str_t                       id;           /* "22/5@acme": account, */
                                                  /* user, tenant */
    ngx_str_t                       account;      /* "22" */
    ngx_str_t                       user;         /* "5", or empty */
    ngx_str_t                       login;        /* "5:12", the same with */
                                                  /* its password's epoch */
    ngx_str_t                       client;       /* of OAuth, or empty */
    ngx_str_t                       tenant;       /* "*": all of them */
    ngx_str_t                       plan;
    ngx_str_t                       scopes;       /* granted, as words */
    ngx_uint_t                      scope;        /* those of all modules */
    ngx_uint_t                      method;       /* NGX_HTTP_TENDER_AUTH_* */
    int64_t                         expires;      /* µs since 1970; 0: never */
    ngx_uint_t                      bound;        /* to addresses */
} ngx_http_tender_principal_t;


struct ngx_http_tender_error_s {
    const char                     *location;     /* "body", "url", ... */
    tender_str_t                    name;
    tender_value_t                 *description;
    ngx_http_tender_error_t        *next;
};


typedef struct {
    ngx_http_tender_redis_conf_t    redis;
    ngx_str_t                       prefix;       /* of all keys */
    ngx_uint_t                      buckets;
    ngx_str_t                       zone_name;
    ngx_str_t                       id_prefix;
    tender_zone_t                   zone;
    ngx_http_tender_seal_key_t     *seal_keys;    /* the first one seals */
    ngx_uint_t                      nseal_keys;
    ngx_array_t                    *jwt_keys;     /* or NULL */
    time_t                          jwt_leeway;
    time_t                          jwt_lifetime; /* 0: any */
    ngx_str_t                       threads;      /* where passwords are */
                                                  /* checked */
    ngx_str_t                       bootstrap;    /* SHA-256 of its token */
    ngx_http_tender_cache_t        *cache;        /* of this worker */
    ngx_http_tender_redis_t        *client;       /* of this worker */
    ngx_msec_t                      chronograph;  /* 0: not on this node */
    ngx_uint_t                      used;         /* a location needs it */
    ngx_uint_t                      passwords;    /* so does one of these */
    ngx_flag_t                      indexing;     /* of what is written */
    size_t                          search_cache; /* bytes, of a worker */
    ngx_array_t                    *plans;        /* or NULL */
    ngx_http_tender_index_t        *index;        /* of this worker */
    void                           *compaction;   /* of this worker */
    ngx_str_t                       api;          /* prefix of the first */
                                                  /* location of tender_api */
} ngx_http_tender_main_conf_t;


typedef struct {
    const ngx_http_tender_dialect_t  *dialect;
    ngx_str_t                         prefix;     /* "/api/0.1" */
    ngx_uint_t                        anonymous;  /* scopes; see above */
    ngx_flag_t                        ownership;
    ngx_uint_t                        max_bids;
    ngx_uint_t                        max_documents;
    tender_step_t                     step;       /* tender_minimal_step */

    ngx_uint_t                        auth;       /* kinds; 0: not set */
    tender_scopes_t                  *scopes;     /* needed, or NULL */
    ngx_msec_t                        auth_cache;
    ngx_str_t                         realm;
    ngx_flag_t                        tenant_from_host;
    time_t                            token_ttl;
    time_t                            refresh_ttl;
    time_t                            session_ttl;
    ngx_flag_t                        session_secure;
    ngx_flag_t                        oauth_password;
    ngx_flag_t                        oauth_query;
    ngx_flag_t                        oauth_get;
    ngx_str_t                         oauth_prefix;  /* of its metadata */
    ngx_flag_t                        legacy_status; /* 200 for refusals */
} ngx_http_tender_loc_conf_t;


struct ngx_http_tender_ctx_s {
    ngx_http_request_t              *request;
    ngx_http_tender_main_conf_t     *main;
    ngx_http_tender_loc_conf_t      *conf;
    const ngx_http_tender_route_t   *route;
    const ngx_http_tender_step_pt   *steps;       /* that are run */
    const ngx_http_tender_step_pt   *step;        /* the next one */
    void                           (*run)(ngx_http_tender_ctx_t *ctx);
    tender_mem_t                     mem;         /* of the request */

    ngx_http_tender_principal_t     *principal;   /* NULL: anonymous */
    ngx_uint_t                       scope;       /* granted */
    ngx_str_t                        author;      /* who writes */
    void                            *identity;    /* while it is looked for */
    ngx_int_t                        identified;  /* what came of that */

    ngx_str_t                        path;        /* below the prefix */
    ngx_str_t                        uri;         /* with secrets masked */
    ngx_str_t                        referer;     /* as it was sent */
    tender_str_t                     id;          /* of the path, the first */
    tender_str_t                     ids[NGX_HTTP_TENDER_IDS];
    ngx_uint_t                       nids;
    tender_query_t                   query;
    tender_str_t                     body;
    tender_str_t                     token;       /* an owner's, shown */

    void                            *data;        /* the dialect's */
    void                            *quota;       /* what was counted */

    /* calls under way, and what all of them have cost */

    ngx_http_tender_redis_call_t    *calls;
    ngx_uint_t                       ncalls;
    ngx_uint_t                       pending;
    ngx_msec_t                       started;
    ngx_msec_t                       redis_time;
    ngx_uint_t                       redis_calls;

    /* a body that is taken as it comes, an answer that is sent in pieces */

    ngx_int_t                        failed;      /* what nginx says of it */
    ngx_int_t                        sent;        /* and of the last piece */
    ngx_buf_t                       *piece;
    ngx_chain_t                     *next;        /* of a body that is kept */
    off_t                            offset;      /* in its file */
    u_char                          *slice;

    /* the answer */

    ngx_uint_t                       status;
    ngx_str_t                        type;
    ngx_str_t                        etag;
    ngx_chain_t                     *out;
    off_t                            length;
    ngx_http_tender_error_t         *errors;
    ngx_str_t                        page;        /* instead of nginx's */

    unsigned                         routed:1;
    unsigned                         known:1;     /* identified is set */
    unsigned                         later:1;     /* by the phase ACCESS */
    unsigned                         waiting:1;
    unsigned                         answered:1;
    unsigned                         streaming:1; /* the body was asked for */
    unsigned                         streamed:1;  /* there are pieces of it */
    unsigned                         reading:1;   /* waits for the next one */
    unsigned                         kept:1;      /* another module's */
    unsigned                         secret:1;    /* in the address or */
                                                  /* the answer */
};


extern ngx_module_t  ngx_http_tender_module;


/* ngx_http_tender_request.c */

/* the content handler of each location of ours */
ngx_int_t ngx_http_tender_handler(ngx_http_request_t *r);

/* the context; NULL: out of memory */
ngx_http_tender_ctx_t *ngx_http_tender_ctx(ngx_http_request_t *r);

/* the context if there is one, also after an internal redirect */
ngx_http_tender_ctx_t *ngx_http_tender_find_ctx(ngx_http_request_t *r);

/*
 * Starts n calls of an array from the request's pool; the step returns what
 * this returns: NGX_AGAIN, or a status if one could not be queued.
 */
ngx_int_t ngx_http_tender_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *calls, ngx_uint_t n);

/* from a step: go on with another one of the route */
void ngx_http_tender_go(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_step_pt step);

/*
 * Runs ctx->steps from the next one on until one does not return NGX_OK, and
 * returns what it has returned; NGX_AGAIN: ctx->run is called once there is
 * more to do.
 */
ngx_int_t ngx_http_tender_run_steps(ngx_http_tender_ctx_t *ctx);

/* goes on with a request that waits, if all of its calls are answered */
void ngx_http_tender_wake(ngx_http_tender_ctx_t *ctx);

/* the same, later, from a handler of what it waits for */
void ngx_http_tender_post(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_stream.c */

/*
 * The next piece of the body of a route with NGX_HTTP_TENDER_BODY_STREAM,
 * valid until the next call: NGX_OK; NGX_DONE, there is no more of it;
 * NGX_AGAIN, the client is waited for: the step goes on with itself and
 * returns it; else what the step returns.
 */
ngx_int_t ngx_http_tender_stream(ngx_http_tender_ctx_t *ctx,
    tender_str_t *data);

/* before a refusal, of a body that is not read to its end */
void ngx_http_tender_stream_refuse(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_send.c */

/*
 * An answer in pieces, of so many bytes, or -1: nobody knows how many.  The
 * first sends the headers: NGX_OK if pieces are to follow.  Then a piece at a
 * time, whose memory must stay until the next NGX_OK: NGX_AGAIN, the client
 * is waited for, then ask ngx_http_tender_send_rest().  NGX_DONE from any of
 * them is what the step returns: it is complete, or cut off.
 */
ngx_int_t ngx_http_tender_send_begin(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, off_t length);
ngx_int_t ngx_http_tender_send_piece(ngx_http_tender_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t last);
ngx_int_t ngx_http_tender_send_rest(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_router.c */

/* finds the route once: NGX_OK, or 400, 404, 405 */
ngx_int_t ngx_http_tender_router(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_refusal.c */

/* describes a refusal; returns the status; a text is a literal */
ngx_int_t ngx_http_tender_error(ngx_http_tender_ctx_t *ctx, ngx_uint_t status,
    const char *location, const char *name, const char *text);
ngx_int_t ngx_http_tender_error_value(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status, const char *location, tender_str_t name,
    tender_value_t *description);

/* a call that failed: 500, 503 or 504, described */
ngx_int_t ngx_http_tender_error_redis(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_call_t *call);

/* sends the refusal; returns what to finalize the request with */
ngx_int_t ngx_http_tender_refuse(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status);

/* the sentence for a status that nobody described */
const char *ngx_http_tender_status_text(ngx_uint_t status);

/* ngx_http_tender_output.c */

/* appends text to the answer; it is not copied; NGX_ERROR: out of memory */
ngx_int_t ngx_http_tender_put(ngx_http_tender_ctx_t *ctx, u_char *data,
    size_t len);

#define ngx_http_tender_puts(ctx, text)                                       \
    ngx_http_tender_put(ctx, (u_char *) text, sizeof(text) - 1)

/* completes the answer for the runner to send: NGX_DONE */
ngx_int_t ngx_http_tender_answer(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t status);

/* sends status, headers and what was put; as ngx_http_output_filter() */
ngx_int_t ngx_http_tender_send(ngx_http_tender_ctx_t *ctx);

/* the status and headers alone, with ctx->length; as ngx_http_send_header() */
ngx_int_t ngx_http_tender_send_head(ngx_http_tender_ctx_t *ctx);

/*
 * Adds a header line; NULL: out of memory, or a byte that would break out of
 * it (a bug).  key is a literal, value is copied.
 */
ngx_table_elt_t *ngx_http_tender_header(ngx_http_request_t *r, const char *key,
    ngx_str_t *value);

/* if it has to do with a secret, nobody is to keep the answer */
ngx_int_t ngx_http_tender_private(ngx_http_tender_ctx_t *ctx);

/* sets the type of the answer; its parameters are no part of it to filters */
void ngx_http_tender_content_type(ngx_http_request_t *r, ngx_str_t *type);

/* the value of a request header, or NULL; name in lower case */
ngx_str_t *ngx_http_tender_header_in(ngx_http_request_t *r, const char *name);

/* "http://host:port/api/0.1": how the client reached this location */
ngx_int_t ngx_http_tender_base(ngx_http_tender_ctx_t *ctx, ngx_str_t *base);

/* ngx_http_tender_body.c */

/*
 * Makes ctx->body one span, whichever way nginx has kept it; NGX_DECLINED:
 * it is too large.
 */
ngx_int_t ngx_http_tender_body(ngx_http_tender_ctx_t *ctx);

/* its Content-Type without parameters; data is NULL: it says none */
tender_str_t ngx_http_tender_body_type(ngx_http_request_t *r);

/* ngx_http_tender_tag.c */

/* 1 if the client has what ctx->etag says, or says that any will do */
ngx_uint_t ngx_http_tender_has_tag(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_network.c */

/*
 * What one caller can be taken to have, at p, 9 bytes at most: a letter, then
 * the first len bytes of an IPv4 address, or 64 bits of another.
 */
size_t ngx_http_tender_network(ngx_connection_t *c, size_t len, u_char *p);

/* ngx_http_tender_filter.c */

void ngx_http_tender_filter_init(void);

/* ngx_http_tender_mask.c */

/* handlers of the phases POST_READ and REWRITE */
ngx_int_t ngx_http_tender_mask_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_tender_unmask_handler(ngx_http_request_t *r);

/* what is masked in the request line is masked in all variables, too */
void ngx_http_tender_conceal(ngx_http_tender_ctx_t *ctx);

/* 1: a parameter of this name is a secret */
ngx_uint_t ngx_http_tender_secret_name(const tender_str_t *name);

/* the request line with secrets masked, wherever it was refused */
ngx_int_t ngx_http_tender_masked_line(ngx_http_request_t *r, ngx_str_t *line);

/* ngx_http_tender_variables.c */

ngx_int_t ngx_http_tender_add_variables(ngx_conf_t *cf);

/* ngx_http_tender_location.c */

/* a directive whose location a dialect serves; cmd->post is the dialect */
char *ngx_http_tender_set_dialect(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


/* the kinds of credentials that a location takes; 0: it is not guarded */

#define ngx_http_tender_kinds(tlcf)                                           \
    ((tlcf)->auth ? (tlcf)->auth                                              \
                  : (tlcf)->dialect ? (tlcf)->dialect->auth : 0)

/* callers are identified: by a dialect that is not open, or tender_auth */

#define ngx_http_tender_guarded(tlcf)                                         \
    ((tlcf)->dialect ? !(tlcf)->dialect->open                                 \
                     : ((tlcf)->auth & ~NGX_HTTP_TENDER_AUTH_OFF) != 0)

/* ngx_str_t and tender_str_t have one layout */

#define ngx_http_tender_str(s)                                                \
    ((tender_str_t) { (s)->len, (s)->data })


#endif /* _NGX_HTTP_TENDER_H_INCLUDED_ */
