
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"


#define NGX_HTTP_TENDER_ADMIN_PAGE      100
#define NGX_HTTP_TENDER_ADMIN_PAGE_MAX  1000
#define NGX_HTTP_TENDER_ADMIN_CURSOR    40


static tender_value_t *ngx_http_tender_admin_view(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t *data);
static ngx_int_t ngx_http_tender_admin_date(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const char *name, int64_t us);
static ngx_int_t ngx_http_tender_admin_params(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, ngx_uint_t stream);
static ngx_uint_t ngx_http_tender_admin_cursor(tender_str_t *text,
    ngx_uint_t stream);
static ngx_int_t ngx_http_tender_admin_send_page(ngx_http_tender_ctx_t *ctx,
    tender_value_t *list, ngx_str_t *next);
static tender_value_t *ngx_http_tender_admin_event(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audit_t *audit);
static ngx_uint_t ngx_http_tender_admin_sees(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audit_t *audit);


ngx_int_t
ngx_http_tender_admin_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    return ngx_http_tender_admin_answer(ctx, &admin->entry,
                                        admin->entry.data, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_admin_answer(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t *data, ngx_uint_t status)
{
    ngx_uint_t                i;
    tender_str_t              name;
    tender_value_t           *body, *view, *access;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    view = ngx_http_tender_admin_view(ctx, entry, data);

    if (body == NULL || view == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, view);

    if (admin->shown[0].len) {

        access = tender_value_new(&ctx->mem, TENDER_OBJECT);
        if (access == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < 2; i++) {
            if (ngx_http_tender_admin_add(ctx, access,
                                          (char *) admin->shown[i].data,
                                          &admin->secrets[i])
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }

        tender_str_set(&name, "access");
        tender_value_add(body, name, access);
    }

    return ngx_http_tender_admin_send(ctx, body, status);
}


/* what belongs to administrators is kept by nobody on the way */

ngx_int_t
ngx_http_tender_admin_send(ngx_http_tender_ctx_t *ctx, tender_value_t *body,
    ngx_uint_t status)
{
    tender_str_t  text;

    ctx->secret = 1;

    if (tender_json_text(&ctx->mem, body,
                         ngx_http_tender_admin_state(ctx)->pretty
                         ? TENDER_JSON_PRETTY : 0, &text)
        != TENDER_OK
        || ngx_http_tender_put(ctx, text.data, text.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&ctx->type, "application/json; charset=UTF-8");

    return ngx_http_tender_answer(ctx, status);
}


/* the members of data, but for its private part, between ours */

static tender_value_t *
ngx_http_tender_admin_view(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_entry_t *entry, tender_value_t *data)
{
    tender_value_t           *view, *v, *next;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    view = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (view == NULL
        || ngx_http_tender_admin_add(ctx, view, "id", &entry->id) != NGX_OK
        || ngx_http_tender_admin_add(ctx, view,
                                     (admin->kind->kind
                                      == NGX_HTTP_TENDER_ACCOUNT)
                                     ? "tenant" : "account", &entry->owner)
           != NGX_OK)
    {
        return NULL;
    }

    for (v = data->u.list.first; v; v = next) {
        next = v->next;

        if (!tender_str_is(&v->name, "secret")) {
            tender_value_add(view, v->name, v);
        }
    }

    if (ngx_http_tender_admin_date(ctx, view, "created", entry->created)
        != NGX_OK
        || ngx_http_tender_admin_date(ctx, view, "modified", entry->modified)
           != NGX_OK)
    {
        return NULL;
    }

    return view;
}


static ngx_int_t
ngx_http_tender_admin_date(ngx_http_tender_ctx_t *ctx, tender_value_t *object,
    const char *name, int64_t us)
{
    ngx_str_t  date;

    date.len = TENDER_DATE_LEN;
    date.data = tender_alloc(&ctx->mem, TENDER_DATE_LEN);

    if (date.data == NULL) {
        return NGX_ERROR;
    }

    (void) tender_date_write(date.data, us);

    return ngx_http_tender_admin_add(ctx, object, name, &date);
}


/* the parameters of a page, before anything is read */

ngx_int_t
ngx_http_tender_admin_list(ngx_http_tender_ctx_t *ctx)
{
    return ngx_http_tender_admin_params(ctx, ngx_http_tender_admin_state(ctx),
                                        0);
}


static ngx_int_t
ngx_http_tender_admin_params(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_admin_t *admin, ngx_uint_t stream)
{
    uint64_t       n;
    tender_str_t  *value;

    admin->limit = NGX_HTTP_TENDER_ADMIN_PAGE;

    if (ctx->query.nparams == 0) {
        return NGX_OK;
    }

    value = tender_query_value(&ctx->query, "limit");

    if (value) {

        if (tender_uint_read(*value, NGX_HTTP_TENDER_ADMIN_PAGE_MAX, &n)
            != TENDER_OK
            || n == 0)
        {
            return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "params",
                                         "limit",
                                         "limit should be a number from 1 to "
                                         "1000");
        }

        admin->limit = n;
    }

    value = tender_query_value(&ctx->query, "after");

    if (value) {
        admin->after_text.data = value->data;
        admin->after_text.len = value->len;

        if (!ngx_http_tender_admin_cursor(value, stream)) {
            return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "params",
                                         "after", "Offset expired/invalid");
        }
    }

    return NGX_OK;
}


/* digits; of a stream, "<digits>-<digits>" */

static ngx_uint_t
ngx_http_tender_admin_cursor(tender_str_t *text, ngx_uint_t stream)
{
    size_t      i, digits;
    ngx_uint_t  parts;

    digits = 0;
    parts = 1;

    if (text->len > NGX_HTTP_TENDER_ADMIN_CURSOR) {
        return 0;
    }

    for (i = 0; i < text->len; i++) {

        if (text->data[i] >= '0' && text->data[i] <= '9') {

            if (++digits > 15) {
                return 0;
            }

            continue;
        }

        if (text->data[i] != '-' || digits == 0) {
            return 0;
        }

        digits = 0;
        parts++;
    }

    return digits && parts == (stream ? 2 : 1);
}


ngx_int_t
ngx_http_tender_admin_page(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t                 owner;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    if (admin->account_id.len) {
        owner = admin->account.id;

    } else if (ngx_http_tender_admin_of_all(ctx)) {
        ngx_str_null(&owner);

    } else {
        owner = ctx->principal->tenant;
    }

    return ngx_http_tender_registry_list(ctx, admin->kind->kind, &owner,
                                         &admin->after_text, admin->limit);
}


ngx_int_t
ngx_http_tender_admin_listed(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                   rc;
    ngx_uint_t                  i;
    tender_value_t             *list, *view;
    ngx_http_tender_entries_t   entries;

    rc = ngx_http_tender_registry_listed(ctx, &entries);
    if (rc != NGX_OK) {
        return rc;
    }

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < entries.nelts; i++) {
        view = ngx_http_tender_admin_view(ctx, &entries.elts[i],
                                          entries.elts[i].data);
        if (view == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, view);
    }

    return ngx_http_tender_admin_send_page(ctx, list, &entries.next);
}


/* {"data": list, "next_page": {"after": next}}; the last page has no next */

static ngx_int_t
ngx_http_tender_admin_send_page(ngx_http_tender_ctx_t *ctx,
    tender_value_t *list, ngx_str_t *next)
{
    tender_str_t     name;
    tender_value_t  *body, *page;

    body = tender_value_new(&ctx->mem, TENDER_OBJECT);
    page = tender_value_new(&ctx->mem, TENDER_OBJECT);

    if (body == NULL || page == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");
    tender_value_add(body, name, list);

    if (next->len) {
        if (ngx_http_tender_admin_add(ctx, page, "after", next) != NGX_OK) {
            return NGX_ERROR;
        }

        tender_str_set(&name, "next_page");
        tender_value_add(body, name, page);
    }

    return ngx_http_tender_admin_send(ctx, body, NGX_HTTP_OK);
}


ngx_int_t
ngx_http_tender_admin_audit(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                 rc;
    ngx_http_tender_admin_t  *admin;

    admin = ngx_http_tender_admin_state(ctx);

    rc = ngx_http_tender_admin_params(ctx, admin, 1);
    if (rc != NGX_OK) {
        return rc;
    }

    /* of one tenant there may be few among many */

    return ngx_http_tender_audit_read(ctx, &admin->after_text,
                                      ngx_http_tender_admin_of_all(ctx)
                                      ? admin->limit
                                      : NGX_HTTP_TENDER_ADMIN_PAGE_MAX);
}


ngx_int_t
ngx_http_tender_admin_audited(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_str_t                  next;
    ngx_uint_t                 i;
    tender_value_t            *list, *event;
    ngx_http_tender_admin_t   *admin;
    ngx_http_tender_audits_t   audits;

    admin = ngx_http_tender_admin_state(ctx);

    rc = ngx_http_tender_audit_known(ctx, &audits);
    if (rc != NGX_OK) {
        return rc;
    }

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    next = audits.next;

    for (i = 0; i < audits.nelts; i++) {

        if (!ngx_http_tender_admin_sees(ctx, &audits.elts[i])) {
            continue;
        }

        if (list->nelts == admin->limit) {
            next = audits.elts[i - 1].event;
            break;
        }

        event = ngx_http_tender_admin_event(ctx, &audits.elts[i]);
        if (event == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, event);
    }

    return ngx_http_tender_admin_send_page(ctx, list, &next);
}


static ngx_uint_t
ngx_http_tender_admin_sees(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audit_t *audit)
{
    return ngx_http_tender_admin_over(ctx, &audit->tenant);
}


static tender_value_t *
ngx_http_tender_admin_event(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audit_t *audit)
{
    u_char          *p, *last;
    ngx_str_t        word;
    tender_str_t     name;
    tender_value_t  *event, *list, *v;

    event = tender_value_new(&ctx->mem, TENDER_OBJECT);
    list = tender_value_new(&ctx->mem, TENDER_ARRAY);

    if (event == NULL || list == NULL
        || ngx_http_tender_admin_date(ctx, event, "date", audit->date)
           != NGX_OK
        || ngx_http_tender_admin_add(ctx, event, "who", &audit->who) != NGX_OK
        || ngx_http_tender_admin_add(ctx, event, "op", &audit->op) != NGX_OK
        || ngx_http_tender_admin_add(ctx, event, "kind", &audit->kind)
           != NGX_OK
        || ngx_http_tender_admin_add(ctx, event, "id", &audit->id) != NGX_OK
        || ngx_http_tender_admin_add(ctx, event, "account", &audit->account)
           != NGX_OK)
    {
        return NULL;
    }

    p = audit->what.data;
    last = p + audit->what.len;

    while (p < last) {
        word.data = p;
        p = ngx_strlchr(p, last, ',');

        if (p == NULL) {
            p = last;
        }

        word.len = p++ - word.data;

        v = tender_value_string(&ctx->mem, ngx_http_tender_str(&word));
        if (v == NULL) {
            return NULL;
        }

        tender_value_push(list, v);
    }

    tender_str_set(&name, "what");
    tender_value_add(event, name, list);

    return event;
}
