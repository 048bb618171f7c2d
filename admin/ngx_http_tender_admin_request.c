
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../format/tender_header.h"
#include "../http/ngx_http_tender_errors.h"


#define NGX_HTTP_TENDER_ADMIN_OVERLAP      3600
#define NGX_HTTP_TENDER_ADMIN_OVERLAP_MAX  (30 * 86400)


static void ngx_http_tender_admin_path(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_type(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_admin_members(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_missing(ngx_http_tender_ctx_t *ctx);


static const tender_field_t  ngx_http_tender_rotation_fields[] = {
    { .name = tender_string("overlap"), .type = TENDER_FIELD_INT,
      .set_by = TENDER_BY_ADMIN, .max = NGX_HTTP_TENDER_ADMIN_OVERLAP_MAX,
      .about = "For how many seconds the old secret stays good." }
};

static const tender_model_t  ngx_http_tender_rotation = {
    .name = "Rotation",
    .about = "A new secret.",
    .fields = ngx_http_tender_rotation_fields,
    .nfields = 1
};


/* before the body is read */

ngx_int_t
ngx_http_tender_admin_accept(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t             *pretty;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_tender_admin_t));
    if (admin == NULL) {
        return NGX_ERROR;
    }

    ctx->data = admin;

    if (ctx->query.nparams) {
        pretty = tender_query_value(&ctx->query, "opt_pretty");
        admin->pretty = (pretty && pretty->len) ? 1 : 0;
    }

    ngx_http_tender_admin_path(ctx, admin);

    if (ctx->route->body == NGX_HTTP_TENDER_BODY) {
        return ngx_http_tender_admin_type(ctx);
    }

    return NGX_OK;
}


/* what the path is about: its kind, an entry or a list of them */

static void
ngx_http_tender_admin_path(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    size_t                               len;
    const char                          *p;
    ngx_uint_t                           i;
    const ngx_http_tender_admin_kind_t  *kind;

    kind = &ngx_http_tender_admin_kinds[NGX_HTTP_TENDER_ACCOUNT];
    admin->kind = kind;

    if (ctx->nids == 0) {
        return;
    }

    admin->account_id.data = ctx->ids[0].data;
    admin->account_id.len = ctx->ids[0].len;

    p = ngx_strstr(ctx->route->path, ":account/");

    if (p == NULL) {
        admin->id = admin->account_id;
        admin->one = 1;
        return;
    }

    p += sizeof(":account/") - 1;

    for (i = NGX_HTTP_TENDER_USER; i <= NGX_HTTP_TENDER_KEY; i++) {
        kind = &ngx_http_tender_admin_kinds[i];
        len = kind->list.len;

        if (ngx_strncmp(p, kind->list.data, len) == 0) {
            admin->kind = kind;
            break;
        }
    }

    if (ctx->nids > 1) {
        admin->id.data = ctx->ids[1].data;
        admin->id.len = ctx->ids[1].len;
        admin->one = 1;
    }
}


/*
 * A body has to say that it is JSON: what another site makes a browser send
 * without asking cannot.
 */

static ngx_int_t
ngx_http_tender_admin_type(ngx_http_tender_ctx_t *ctx)
{
    tender_str_t  type;

    type = ngx_http_tender_body_type(ctx->request);

    if (tender_header_word(type, "application/json")) {
        return NGX_OK;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                 "header", "Content-Type",
                                 "Content-Type header should be one of "
                                 "['application/json']");
}


ngx_int_t
ngx_http_tender_admin_body(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    tender_value_t           *body;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    rc = ngx_http_tender_errors_body(ctx, &body, &admin->data);
    if (rc != NGX_OK) {
        return rc;
    }

    admin->faults = tender_value_new(&ctx->mem, TENDER_OBJECT);

    return admin->faults ? NGX_OK : NGX_ERROR;
}


/* against the model, and the rules of its kind */

ngx_int_t
ngx_http_tender_admin_check(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_http_tender_admin_t  *admin;

    /* what is shown beside an entry may be sent back with it */

    static const char *const  ours[] = {
        "account", "created", "modified", "id"
    };

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->one) {
        for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
            (void) ngx_http_tender_admin_take(admin->data, ours[i]);
        }
    }

    if (ngx_http_tender_admin_members(ctx, admin) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_errors_check(ctx, admin->kind->model, admin->data,
                                      TENDER_BY_ADMIN, admin->one);
    if (rc != NGX_OK) {
        return rc;
    }

    if (admin->kind->rules(ctx, admin) != NGX_OK) {
        return NGX_ERROR;
    }

    if (admin->faults->nelts) {
        return ngx_http_tender_errors_add(ctx, admin->faults);
    }

    return NGX_OK;
}


/* the names of what was sent, for the audit: the model refuses others */

static ngx_int_t
ngx_http_tender_admin_members(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    size_t           len;
    u_char          *p;
    tender_value_t  *v;

    len = 0;

    for (v = admin->data->u.list.first; v; v = v->next) {
        len += v->name.len + 1;
    }

    p = ngx_pnalloc(ctx->request->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    admin->what.data = p;

    for (v = admin->data->u.list.first; v; v = v->next) {
        p = ngx_cpymem(p, v->name.data, v->name.len);
        *p++ = ',';
    }

    admin->what.len = len ? len - 1 : 0;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_admin_rotation(ngx_http_tender_ctx_t *ctx)
{
    uint64_t                  n;
    ngx_int_t                 rc;
    tender_value_t           *v;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    admin->rotate = 1;
    ngx_str_set(&admin->what, "secret");

    rc = ngx_http_tender_errors_check(ctx, &ngx_http_tender_rotation,
                                      admin->data, TENDER_BY_ADMIN, 0);
    if (rc != NGX_OK) {
        return rc;
    }

    n = NGX_HTTP_TENDER_ADMIN_OVERLAP;
    v = tender_value_member(admin->data, "overlap");

    if (v && tender_uint_read(v->u.text, NGX_HTTP_TENDER_ADMIN_OVERLAP_MAX,
                              &n)
             != TENDER_OK)
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "overlap",
                                     "A number of seconds from 0 to 2592000 "
                                     "is expected.");
    }

    admin->overlap = (int64_t) n * 1000000;

    return NGX_OK;
}


/* the entry of the path, or the account that it will belong to */

ngx_int_t
ngx_http_tender_admin_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->one) {
        return ngx_http_tender_registry_read(ctx, admin->kind->kind,
                                             &admin->account_id, &admin->id);
    }

    if (admin->account_id.len == 0) {
        return NGX_OK;
    }

    return ngx_http_tender_registry_read(ctx, NGX_HTTP_TENDER_ACCOUNT, NULL,
                                         &admin->account_id);
}


/* nobody learns whether there is one of another tenant */

ngx_int_t
ngx_http_tender_admin_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_entry_t   account;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->one) {
        rc = ngx_http_tender_registry_entry(ctx, admin->kind->kind,
                                            &admin->account, &admin->entry,
                                            &admin->now);

    } else if (admin->account_id.len) {
        rc = ngx_http_tender_registry_entry(ctx, NGX_HTTP_TENDER_ACCOUNT,
                                            &account, &admin->account,
                                            &admin->now);

    } else {
        return NGX_OK;
    }

    if (rc == NGX_DECLINED) {
        return ngx_http_tender_admin_missing(ctx);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (!ngx_http_tender_admin_over(ctx, &admin->account.owner)) {
        return ngx_http_tender_admin_missing(ctx);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_admin_missing(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url", "id",
                                 "Not Found");
}
