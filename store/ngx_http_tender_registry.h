
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_REGISTRY_H_INCLUDED_
#define _NGX_HTTP_TENDER_REGISTRY_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "ngx_http_tender_store.h"


/*
 * Accounts and what belongs to them: users, OAuth clients, api_codes, keys
 * of JSON Web Tokens, saved searches.  An entry is JSON behind the line
 *
 *     <version> <created, us> <modified, us> <owner>
 *
 * in the hash of its kind; owner is the account, or the tenant of an account.
 * What nobody is shown again (hashes of secrets) is in its member "secret":
 *
 *     user      "hash"
 *     client    "hash", and of the secret before, until then, "previous",
 *               "until" (us, as a text)
 *     code      "code", "refresh", "previous"
 *     key       "sealed", base64url of the sealed secret
 *
 * Names that must be unique, and hashes of secrets by which an entry is
 * found, are fields of one more hash:
 *
 *     login:<login@tenant>    "u <id>"
 *     secret:<sha256>         "c <id>[ <until, us>]" an api_code,
 *                             "r <id>" a refresh code
 *     kid:<account>:<kid>     "k <id>"
 *     partner:<partner key>   "a <id>"
 */

typedef enum {
    NGX_HTTP_TENDER_ACCOUNT = 0,
    NGX_HTTP_TENDER_USER,
    NGX_HTTP_TENDER_CLIENT,
    NGX_HTTP_TENDER_CODE,
    NGX_HTTP_TENDER_KEY,
    NGX_HTTP_TENDER_SEARCH,      /* goes with its account */
    NGX_HTTP_TENDER_KINDS
} ngx_http_tender_kind_e;


typedef struct {
    ngx_str_t        id;           /* empty: there is none */
    ngx_str_t        version;      /* decimal text */
    int64_t          created;
    int64_t          modified;
    ngx_str_t        owner;
    ngx_str_t        json;
    tender_value_t  *data;         /* an object, of json */
} ngx_http_tender_entry_t;


typedef struct {
    ngx_http_tender_entry_t  *elts;
    ngx_uint_t                nelts;
    ngx_str_t                 next;      /* empty: there are no more */
} ngx_http_tender_entries_t;


#define NGX_HTTP_TENDER_IDENTITY_KEYS  16    /* of an account */


/* what is known about a credential; now is Redis's, us */

typedef struct {
    int64_t                  now;
    ngx_http_tender_entry_t  account;
    ngx_http_tender_entry_t  user;
    ngx_http_tender_entry_t  client;
    ngx_http_tender_entry_t  code;           /* an api_code */
    ngx_http_tender_entry_t  keys[NGX_HTTP_TENDER_IDENTITY_KEYS];
    ngx_uint_t               nkeys;

    /* of a token of OAuth: see ngx_http_tender_token.h */

    ngx_str_t                access;
    ngx_str_t                refresh;
    ngx_str_t                grant;          /* its id */
    ngx_str_t                epoch;          /* of a session, a token: of */
                                             /* which password it is */
} ngx_http_tender_identity_t;


typedef enum {
    NGX_HTTP_TENDER_BY_CODE = 0,     /* what: SHA-256 of an api_code */
    NGX_HTTP_TENDER_BY_REFRESH,      /* SHA-256 of a refresh code */
    NGX_HTTP_TENDER_BY_LOGIN,        /* login@tenant */
    NGX_HTTP_TENDER_BY_CLIENT,       /* id of a client */
    NGX_HTTP_TENDER_BY_FAMILY,       /* id of the family of a token */
    NGX_HTTP_TENDER_BY_SESSION,      /* SHA-256 of a cookie */
    NGX_HTTP_TENDER_BY_ACCOUNT       /* id of an account, with its keys */
} ngx_http_tender_by_e;


/* asks who it is (NGX_AGAIN, or a status) */
ngx_int_t ngx_http_tender_registry_ask(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what);

/*
 * The same as one call among others of the caller, who starts it with
 * ngx_http_tender_call() and hands its reply to _told().
 */
ngx_int_t ngx_http_tender_registry_ask_call(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_by_e by, ngx_str_t *what,
    ngx_http_tender_redis_call_t *call);
ngx_int_t ngx_http_tender_registry_told(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_identity_t *found);

/* NGX_OK; NGX_DECLINED: nobody; or a status */
ngx_int_t ngx_http_tender_registry_found(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_identity_t *found);

/*
 * An entry, with its account behind it unless it is one, and the time by the
 * clock of Redis; NGX_AGAIN.
 */
ngx_int_t ngx_http_tender_registry_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *account, ngx_str_t *id);

/*
 * NGX_OK; NGX_DECLINED: there is none, or not of that account; or a status;
 * now in us.
 */
ngx_int_t ngx_http_tender_registry_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_http_tender_entry_t *account,
    ngx_http_tender_entry_t *entry, int64_t *now);

/* whether a name is taken: NGX_AGAIN, then NGX_OK; NGX_DECLINED: it is free */
ngx_int_t ngx_http_tender_registry_named(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *name);
ngx_int_t ngx_http_tender_registry_name_known(ngx_http_tender_ctx_t *ctx);

/*
 * Entries of one owner (an account; of accounts, a tenant; empty: all
 * accounts) behind a cursor (empty: from the first on), max of them.
 */
ngx_int_t ngx_http_tender_registry_list(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *owner, ngx_str_t *after,
    ngx_uint_t max);
ngx_int_t ngx_http_tender_registry_listed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entries_t *entries);


#define NGX_HTTP_TENDER_NAMES  4


/* a write: all of it, or nothing */

typedef struct {
    ngx_str_t     name;            /* "login:buyer@acme" */
    ngx_str_t     mark;            /* "u" */
    ngx_str_t     until;           /* us; empty: for ever */
} ngx_http_tender_name_t;


typedef struct {
    ngx_http_tender_kind_e   kind;
    const char              *op;         /* "create", "change", "delete" */
    ngx_str_t                id;         /* empty: the next number */
    ngx_str_t                version;    /* as read; empty: of a new one */
    ngx_str_t                owner;
    ngx_str_t                json;
    ngx_str_t                who;        /* for the audit */
    ngx_str_t                what;       /* for the audit: names of members */
    ngx_http_tender_name_t   take[NGX_HTTP_TENDER_NAMES];
    ngx_uint_t               ntake;
    ngx_str_t                drop[NGX_HTTP_TENDER_NAMES];
    ngx_uint_t               ndrop;
    ngx_uint_t               max;        /* of its owner's; 0: any number */

    /* what came of it */

    ngx_http_tender_entry_t  entry;      /* without its JSON */
    ngx_str_t                taken;      /* the name that another one has */
} ngx_http_tender_change_t;


typedef enum {
    NGX_HTTP_TENDER_CHANGE_OK = 0,
    NGX_HTTP_TENDER_CHANGE_MISSING,      /* it, or its account */
    NGX_HTTP_TENDER_CHANGE_CONFLICT,     /* another version of it */
    NGX_HTTP_TENDER_CHANGE_TAKEN,        /* a name, or the id */
    NGX_HTTP_TENDER_CHANGE_HELD,         /* an account that owns something */
    NGX_HTTP_TENDER_CHANGE_FULL          /* its owner has max of them */
} ngx_http_tender_change_e;


ngx_int_t ngx_http_tender_registry_change(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change);
ngx_int_t ngx_http_tender_registry_changed(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_change_t *change, ngx_http_tender_change_e *outcome);

/* who has changed what */

typedef struct {
    ngx_str_t     event;           /* "<ms>-<n>" */
    int64_t       date;
    ngx_str_t     op;
    ngx_str_t     kind;
    ngx_str_t     id;
    ngx_str_t     account;
    ngx_str_t     tenant;
    ngx_str_t     who;
    ngx_str_t     what;
} ngx_http_tender_audit_t;


typedef struct {
    ngx_http_tender_audit_t  *elts;
    ngx_uint_t                nelts;
    ngx_str_t                 next;      /* empty: there are no more */
} ngx_http_tender_audits_t;


/* max events behind one (empty: from the first on): NGX_AGAIN */
ngx_int_t ngx_http_tender_audit_read(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *after, ngx_uint_t max);
ngx_int_t ngx_http_tender_audit_known(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audits_t *audits);


/* "<prefix>{g}:<what><a>" */
ngx_int_t ngx_http_tender_global_key(ngx_http_tender_ctx_t *ctx,
    const char *what, ngx_str_t *a, ngx_str_t *key);

/* the hash of the entries of a kind; the list of an owner's, or of all */
ngx_int_t ngx_http_tender_registry_key(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *key);
ngx_int_t ngx_http_tender_registry_of(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_kind_e kind, ngx_str_t *owner, ngx_str_t *key);

/* an entry as it is stored; NGX_ERROR: out of memory, or not one of ours */
ngx_int_t ngx_http_tender_registry_parse(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *id, ngx_str_t *value, ngx_http_tender_entry_t *entry);

/* a secret: prefix and n random letters and digits, and its SHA-256 */
ngx_int_t ngx_http_tender_registry_secret(ngx_http_tender_ctx_t *ctx,
    const char *prefix, ngx_uint_t n, ngx_str_t *secret, ngx_str_t *hash);

/* the tenant of those who look after all of them */
#define NGX_HTTP_TENDER_ALL_TENANTS  "*"

/* 1: who administers this tenant administers what is of the other, too */
ngx_uint_t ngx_http_tender_tenant_over(ngx_str_t *tenant, ngx_str_t *other);


#endif /* _NGX_HTTP_TENDER_REGISTRY_H_INCLUDED_ */
