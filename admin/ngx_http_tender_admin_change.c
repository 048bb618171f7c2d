
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../http/ngx_http_tender_errors.h"


/*
 * What is written is made of what was read, and once more if somebody else
 * was faster.
 */

#define NGX_HTTP_TENDER_ADMIN_TRIES  20


static void ngx_http_tender_admin_begin(ngx_http_tender_ctx_t *ctx,
    const char *op);
static ngx_int_t ngx_http_tender_admin_build(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_account(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_default_scopes(
    ngx_http_tender_ctx_t *ctx, tender_value_t *account);
static ngx_int_t ngx_http_tender_admin_take_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_uint_t ngx_http_tender_admin_has(ngx_http_tender_name_t *names,
    ngx_int_t n, ngx_str_t *name);
static ngx_int_t ngx_http_tender_admin_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);
static ngx_int_t ngx_http_tender_admin_location(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin);


/* a new password is hashed once, by the threads */

ngx_int_t
ngx_http_tender_admin_hash(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                 password;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->password == NULL || admin->password->type != TENDER_STRING
        || admin->hashed)
    {
        return NGX_OK;
    }

    admin->hashed = 1;

    password.data = admin->password->u.text.data;
    password.len = admin->password->u.text.len;

    return ngx_http_tender_password_make(ctx, &password, &admin->result);
}


static void
ngx_http_tender_admin_begin(ngx_http_tender_ctx_t *ctx, const char *op)
{
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_t  *change;

    admin = ngx_http_tender_admin_state(ctx);
    change = &admin->change;

    ngx_memzero(change, sizeof(ngx_http_tender_change_t));

    change->kind = admin->kind->kind;
    change->op = op;
    change->max = admin->kind->max;
    change->what = admin->what;

    if (ctx->principal) {
        change->who = ctx->principal->id;

    } else {
        ngx_str_set(&change->who, "anonymous");
    }

    if (admin->one) {
        change->id = admin->entry.id;
        change->version = admin->entry.version;
        change->owner = admin->entry.owner;

    } else {
        change->owner = admin->account.id;
    }
}


ngx_int_t
ngx_http_tender_admin_write(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    tender_str_t              text;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->hashed) {
        rc = ngx_http_tender_password_done(ctx, &admin->result);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    ngx_http_tender_admin_begin(ctx, admin->one ? "change" : "create");

    rc = ngx_http_tender_admin_build(ctx, admin);

    if (rc == NGX_OK && admin->kind->kind == NGX_HTTP_TENDER_ACCOUNT) {
        rc = ngx_http_tender_admin_account(ctx, admin);
    }

    if (rc == NGX_OK && admin->kind->keep) {
        rc = admin->kind->keep(ctx, admin);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (admin->faults->nelts) {
        return ngx_http_tender_errors_add(ctx, admin->faults);
    }

    rc = ngx_http_tender_admin_covers(ctx, admin);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_admin_take_names(ctx, admin) != NGX_OK
        || tender_json_text(&ctx->mem, admin->after, 0, &text) != TENDER_OK)
    {
        return NGX_ERROR;
    }

    admin->change.json.data = text.data;
    admin->change.json.len = text.len;

    return ngx_http_tender_registry_change(ctx, &admin->change);
}


/* the entry without its private part, with what was sent merged in */

static ngx_int_t
ngx_http_tender_admin_build(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    tender_value_t  *data;

    admin->kept = NULL;

    /* there may be another try, which begins with the same data */

    data = tender_value_copy(&ctx->mem, admin->data);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (!admin->one) {
        admin->after = data;
        return NGX_OK;
    }

    admin->after = tender_value_copy(&ctx->mem, admin->entry.data);
    if (admin->after == NULL) {
        return NGX_ERROR;
    }

    admin->kept = ngx_http_tender_admin_take(admin->after, "secret");

    if (admin->rotate) {
        return NGX_OK;
    }

    if (tender_model_merge(&ctx->mem, admin->kind->model, admin->after, data)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_errors_check(ctx, admin->kind->model, admin->after,
                                        TENDER_BY_SERVER, 0);
}


/* its number, its tenant, and that it may do nothing but what is said */

static ngx_int_t
ngx_http_tender_admin_account(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_str_t       *owner;
    tender_value_t  *v;

    v = admin->tenant;

    if (!admin->one) {
        /* what others may have meant by a number that is free */

        if (admin->wanted && !ngx_http_tender_admin_of_all(ctx)) {
            return ngx_http_tender_error(ctx, NGX_HTTP_FORBIDDEN, "body",
                                         "id", "A number is chosen by an "
                                         "administrator of all tenants");
        }

        if (admin->wanted) {
            admin->change.id.data = admin->wanted->u.text.data;
            admin->change.id.len = admin->wanted->u.text.len;
        }

        if (tender_value_member(admin->after, "scopes") == NULL
            && ngx_http_tender_admin_default_scopes(ctx, admin->after)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_http_tender_admin_new_tenant(ctx, admin);
    }

    owner = &admin->entry.owner;

    if (v && (v->type != TENDER_STRING || v->u.text.len != owner->len
              || ngx_memcmp(v->u.text.data, owner->data, owner->len) != 0))
    {
        return ngx_http_tender_admin_fault(ctx, "tenant", "An account keeps "
                                           "its tenant.");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_admin_default_scopes(ngx_http_tender_ctx_t *ctx,
    tender_value_t *account)
{
    tender_str_t     name;
    tender_value_t  *list, *word;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    word = tender_value_cstring(&ctx->mem, "read");

    if (list == NULL || word == NULL) {
        return NGX_ERROR;
    }

    tender_value_push(list, word);

    tender_str_set(&name, "scopes");
    tender_value_add(account, name, list);

    return NGX_OK;
}


/* those that are new, and those that there are no more */

static ngx_int_t
ngx_http_tender_admin_take_names(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    ngx_int_t                  i, nbefore, nafter;
    ngx_http_tender_name_t     before[NGX_HTTP_TENDER_NAMES];
    ngx_http_tender_name_t     after[NGX_HTTP_TENDER_NAMES];
    ngx_http_tender_change_t  *change;

    if (admin->kind->names == NULL) {
        return NGX_OK;
    }

    change = &admin->change;
    nbefore = 0;
    nafter = 0;

    if (admin->one) {
        nbefore = admin->kind->names(ctx, admin, admin->entry.data, before);
    }

    if (admin->after) {
        nafter = admin->kind->names(ctx, admin, admin->after, after);
    }

    if (nbefore < 0 || nafter < 0) {
        return NGX_ERROR;
    }

    for (i = 0; i < nafter; i++) {
        if (!ngx_http_tender_admin_has(before, nbefore, &after[i].name)) {
            change->take[change->ntake++] = after[i];
        }
    }

    for (i = 0; i < nbefore; i++) {
        if (!ngx_http_tender_admin_has(after, nafter, &before[i].name)) {
            change->drop[change->ndrop++] = before[i].name;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_admin_has(ngx_http_tender_name_t *names, ngx_int_t n,
    ngx_str_t *name)
{
    ngx_int_t  i;

    for (i = 0; i < n; i++) {
        if (names[i].name.len == name->len
            && ngx_memcmp(names[i].name.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_tender_admin_remove(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    ngx_http_tender_admin_begin(ctx, "delete");

    admin->after = NULL;

    if (ngx_http_tender_admin_take_names(ctx, admin) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_registry_change(ctx, &admin->change);
}


ngx_int_t
ngx_http_tender_admin_written(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_change_e   outcome;

    admin = ngx_http_tender_admin_state(ctx);

    rc = ngx_http_tender_registry_changed(ctx, &admin->change, &outcome);
    if (rc != NGX_OK) {
        return rc;
    }

    switch (outcome) {

    case NGX_HTTP_TENDER_CHANGE_OK:
        return ngx_http_tender_admin_done(ctx, admin);

    case NGX_HTTP_TENDER_CHANGE_MISSING:
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "url", "id",
                                     "Not Found");

    case NGX_HTTP_TENDER_CHANGE_TAKEN:
        return ngx_http_tender_admin_taken(ctx, &admin->change.taken);

    case NGX_HTTP_TENDER_CHANGE_HELD:
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url", "id",
                                     "The account still has users, clients, "
                                     "codes or keys: remove them first");

    case NGX_HTTP_TENDER_CHANGE_FULL:
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url", "id",
                                     "The account has as many of them as it "
                                     "may have");

    default: /* NGX_HTTP_TENDER_CHANGE_CONFLICT */
        break;
    }

    if (++admin->tries == NGX_HTTP_TENDER_ADMIN_TRIES) {
        return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "url", "id",
                                     "Others change it all the time: try "
                                     "again later");
    }

    ngx_http_tender_go(ctx, ngx_http_tender_admin_read);

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_admin_taken(ngx_http_tender_ctx_t *ctx, ngx_str_t *name)
{
    const char  *member, *text;

    switch (name->data[0]) {

    case 'l':
        member = "login";
        text = "Another user of the tenant has this login";
        break;

    case 'p':
        member = "partnerKey";
        text = "Another account has this partnerKey";
        break;

    case 'k':
        member = "kid";
        text = "Another key of the account has this kid";
        break;

    default: /* an id; what is random is not met twice */
        member = "id";
        text = "Another account has this id, or had it";
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_CONFLICT, "body", member, text);
}


static ngx_int_t
ngx_http_tender_admin_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    /* what was removed is shown as it was */

    if (admin->after == NULL) {
        return ngx_http_tender_admin_answer(ctx, &admin->entry,
                                            admin->entry.data, NGX_HTTP_OK);
    }

    if (admin->one) {
        return ngx_http_tender_admin_answer(ctx, &admin->change.entry,
                                            admin->after, NGX_HTTP_OK);
    }

    if (ngx_http_tender_admin_location(ctx, admin) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_admin_answer(ctx, &admin->change.entry,
                                        admin->after, NGX_HTTP_CREATED);
}


static ngx_int_t
ngx_http_tender_admin_location(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin)
{
    u_char              *p;
    ngx_str_t            base, value, *id;
    ngx_table_elt_t     *h;
    ngx_http_request_t  *r;

    r = ctx->request;
    id = &admin->change.entry.id;

    if (ngx_http_tender_base(ctx, &base) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, base.len + sizeof("/accounts/") + sizeof("/")
                             + admin->account.id.len
                             + admin->kind->list.len + id->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    if (admin->kind->kind == NGX_HTTP_TENDER_ACCOUNT) {
        p = ngx_sprintf(p, "%V/accounts/%V", &base, id);

    } else {
        p = ngx_sprintf(p, "%V/accounts/%V/%V/%V", &base, &admin->account.id,
                        &admin->kind->list, id);
    }

    value.len = p - value.data;

    h = ngx_http_tender_header(r, "Location", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.location = h;

    return NGX_OK;
}
