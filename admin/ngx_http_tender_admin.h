
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ADMIN_H_INCLUDED_
#define _NGX_HTTP_TENDER_ADMIN_H_INCLUDED_


#include "../http/ngx_http_tender.h"
#include "../auth/ngx_http_tender_jwt.h"
#include "../auth/ngx_http_tender_password.h"
#include "../model/tender_model.h"
#include "../store/ngx_http_tender_registry.h"


/*
 * tender_admin: accounts and what belongs to them, as JSON in the form of the
 * procurement dialect.  One set of steps serves all kinds; what sets a kind
 * apart is in its row of a table.
 */

extern const ngx_http_tender_dialect_t  ngx_http_tender_admin_dialect;


/* tender_admin_bootstrap_file */
char *ngx_http_tender_set_bootstrap(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


typedef struct ngx_http_tender_admin_s  ngx_http_tender_admin_t;


typedef struct {
    ngx_http_tender_kind_e   kind;
    ngx_str_t                list;       /* "users", in paths */
    const tender_model_t    *model;
    ngx_uint_t               max;        /* of an account; 0: any number */

    /*
     * Checks what was sent and takes what is not stored as it is out of it;
     * reports into admin->faults.
     */
    ngx_int_t              (*rules)(ngx_http_tender_ctx_t *ctx,
                                    ngx_http_tender_admin_t *admin);

    /* the private part of admin->after, of what was sent or made */
    ngx_int_t              (*keep)(ngx_http_tender_ctx_t *ctx,
                                   ngx_http_tender_admin_t *admin);

    /* names that value needs: into names, returns how many; < 0: error */
    ngx_int_t              (*names)(ngx_http_tender_ctx_t *ctx,
                                    ngx_http_tender_admin_t *admin,
                                    tender_value_t *value,
                                    ngx_http_tender_name_t *names);
} ngx_http_tender_admin_kind_t;


/* what the steps of a request hand on */

struct ngx_http_tender_admin_s {
    const ngx_http_tender_admin_kind_t  *kind;
    ngx_str_t                            account_id;   /* of the path */
    ngx_str_t                            id;
    unsigned                             one:1;        /* it names an entry */
    unsigned                             pretty:1;
    unsigned                             hashed:1;
    unsigned                             rotate:1;
    ngx_uint_t                           tries;

    tender_value_t                      *data;         /* as it was sent */
    tender_value_t                      *faults;       /* of it */
    ngx_str_t                            what;         /* its members */

    /* what is taken out of it, or NULL */

    tender_value_t                      *wanted;       /* an id */
    tender_value_t                      *tenant;
    tender_value_t                      *password;
    tender_value_t                      *hash;
    tender_value_t                      *secret;

    ngx_http_tender_password_t           result;
    ngx_http_tender_entry_t              account;
    ngx_http_tender_entry_t              entry;
    tender_value_t                      *after;        /* to be stored */
    tender_value_t                      *kept;         /* its private part */
    ngx_http_tender_change_t             change;

    /* what is shown once */

    ngx_str_t                            shown[2];     /* names */
    ngx_str_t                            secrets[2];
    int64_t                              overlap;      /* us */
    int64_t                              now;          /* Redis's, us */

    /* of a list */

    ngx_uint_t                           limit;
    ngx_str_t                            after_text;

    /* of the first administrator */

    ngx_str_t                            login;
    ngx_http_tender_entry_t              first;
    ngx_http_tender_change_e             outcome;
};


#define ngx_http_tender_admin_state(ctx)                                      \
    ((ngx_http_tender_admin_t *) (ctx)->data)

#define ngx_http_tender_admin_of_all(ctx)                                    \
    ((ctx)->principal == NULL                                                 \
     || ((ctx)->principal->tenant.len == 1                                    \
         && (ctx)->principal->tenant.data[0] == '*'))

/* he may see and change what is of this tenant */

#define ngx_http_tender_admin_over(ctx, other)                                \
    ((ctx)->principal == NULL                                                 \
     || ngx_http_tender_tenant_over(&(ctx)->principal->tenant, other))


/* ngx_http_tender_admin_kind.c */

extern const ngx_http_tender_admin_kind_t  ngx_http_tender_admin_kinds[];

/* takes a member out of an object; NULL: it has none of that name */
tender_value_t *ngx_http_tender_admin_take(tender_value_t *object,
    const char *name);

/* adds a member with a text */
ngx_int_t ngx_http_tender_admin_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, ngx_str_t *text);

/* reports a fault of what was sent; text is a literal or of the request */
ngx_int_t ngx_http_tender_admin_fault(ngx_http_tender_ctx_t *ctx,
    const char *name, const char *text);

/* "<before><text>", a name */
ngx_int_t ngx_http_tender_admin_name(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_name_t *name, const char *mark, const char *before,
    ngx_str_t *a, const char *between, ngx_str_t *b);

/* ngx_http_tender_admin_rules.c: the kinds' own */

ngx_int_t ngx_http_tender_admin_account_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_user_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_client_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_code_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_key_rules(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);

/* a secret with the algorithms of HMAC, else a public key */
ngx_int_t ngx_http_tender_admin_key_fits(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, tender_jwt_alg_e alg);

/* ngx_http_tender_admin_secret.c: what is made and kept of secrets */

ngx_int_t ngx_http_tender_admin_user_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_client_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_code_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
ngx_int_t ngx_http_tender_admin_key_keep(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);

/* steps: ngx_http_tender_admin_request.c */

ngx_int_t ngx_http_tender_admin_accept(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_body(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_check(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_rotation(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_read(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_found(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_admin_change.c */

ngx_int_t ngx_http_tender_admin_hash(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_write(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_remove(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_written(ngx_http_tender_ctx_t *ctx);

/* the name that another one has: 409 */
ngx_int_t ngx_http_tender_admin_taken(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *name);

/* ngx_http_tender_admin_rights.c */

/* the tenant of a new account, if he may have it: NGX_OK, or 403 */
ngx_int_t ngx_http_tender_admin_new_tenant(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);

/* NGX_OK if what is to be stored may do no more than he may, or 403 */
ngx_int_t ngx_http_tender_admin_covers(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);

/* ngx_http_tender_admin_show.c */

ngx_int_t ngx_http_tender_admin_show(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_list(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_page(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_listed(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_audit(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_audited(ngx_http_tender_ctx_t *ctx);

/* an entry with its data as {"data": ...}, with what is shown once */
ngx_int_t ngx_http_tender_admin_answer(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t *data, ngx_uint_t status);

/* a whole body */
ngx_int_t ngx_http_tender_admin_send(ngx_http_tender_ctx_t *ctx,
    tender_value_t *body, ngx_uint_t status);

/* ngx_http_tender_admin_index.c */

ngx_int_t ngx_http_tender_admin_index(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_index_look(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_index_show(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_reindex(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_reindexed(ngx_http_tender_ctx_t *ctx);

/* ngx_http_tender_admin_bootstrap.c */

ngx_int_t ngx_http_tender_admin_first(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_first_known(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_first_account(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_first_user(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_first_made(ngx_http_tender_ctx_t *ctx);
ngx_int_t ngx_http_tender_admin_first_undone(ngx_http_tender_ctx_t *ctx);


#endif /* _NGX_HTTP_TENDER_ADMIN_H_INCLUDED_ */
