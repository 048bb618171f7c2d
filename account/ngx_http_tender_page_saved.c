
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_page.h"
#include "../store/ngx_http_tender_criteria.h"
#include "../store/ngx_http_tender_saved.h"


/* GET and POST saved/:id, "new" or the number of a saved search */

#define NGX_HTTP_TENDER_PAGE_TRIES  20


/* what the steps hand on */

typedef struct {
    ngx_str_t                   id;
    ngx_http_tender_entry_t     entry;
    tender_value_t             *query;       /* of it */
    ngx_http_tender_change_t    change;
    ngx_uint_t                  tries;
    unsigned                    one:1;       /* not "new" */
    unsigned                    remove:1;
} ngx_http_tender_page_saved_t;


static ngx_int_t ngx_http_tender_page_saved_build(ngx_http_tender_ctx_t *ctx,
    tender_value_t **data);
static ngx_int_t ngx_http_tender_page_saved_form(ngx_http_tender_ctx_t *ctx,
    tender_value_t *query, ngx_uint_t status);
static void ngx_http_tender_page_saved_kept(ngx_http_tender_page_t *page,
    tender_value_t *query);
static void ngx_http_tender_page_saved_keep(ngx_http_tender_page_t *page,
    tender_value_t *list, const tender_str_t *name, tender_str_t text);


/* also the step that a change begins with anew */

ngx_int_t
ngx_http_tender_page_saved_read(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                      what;
    ngx_http_tender_account_t     *account;
    ngx_http_tender_page_saved_t  *saved;

    static const tender_str_t  field = tender_string("do");

    account = ctx->data;

    if (account->page == NULL) {
        account->page = ngx_pcalloc(ctx->request->pool,
                                    sizeof(ngx_http_tender_page_saved_t));
        if (account->page == NULL) {
            return NGX_ERROR;
        }
    }

    saved = account->page;

    saved->id.data = ctx->id.data;
    saved->id.len = ctx->id.len;
    saved->one = !tender_str_is(&ctx->id, "new");

    ngx_http_tender_account_field(&account->form, &field, &what);

    saved->remove = (what.len == sizeof("delete") - 1
                     && ngx_strncmp(what.data, "delete", what.len) == 0);

    if (!saved->one) {
        return saved->remove ? NGX_HTTP_BAD_REQUEST : NGX_OK;
    }

    rc = ngx_http_tender_saved_ask(ctx, &saved->id);

    return (rc == NGX_DECLINED) ? NGX_HTTP_NOT_FOUND : rc;
}


ngx_int_t
ngx_http_tender_page_saved_show(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                      rc;
    tender_value_t                *query;
    ngx_http_tender_account_t     *account;
    ngx_http_tender_criteria_t     criteria;
    ngx_http_tender_page_saved_t  *saved;

    account = ctx->data;
    saved = account->page;

    if (saved->one) {
        rc = ngx_http_tender_saved_found(ctx, &saved->entry, &saved->query);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED) ? NGX_HTTP_NOT_FOUND : rc;
        }

        return ngx_http_tender_page_saved_form(ctx, saved->query,
                                               NGX_HTTP_OK);
    }

    /* filled in with the search that led here */

    rc = ngx_http_tender_criteria_read(ctx, &ctx->query, NULL, 0, &query,
                                       &criteria);

    if (rc != NGX_OK && rc != NGX_HTTP_BAD_REQUEST) {
        return rc;
    }

    return ngx_http_tender_page_saved_form(ctx, query,
                                           (rc == NGX_OK) ? NGX_HTTP_OK : rc);
}


ngx_int_t
ngx_http_tender_page_saved_found(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                      rc;
    tender_value_t                *data;
    ngx_http_tender_account_t     *account;
    ngx_http_tender_page_saved_t  *saved;

    account = ctx->data;
    saved = account->page;

    if (saved->one) {
        rc = ngx_http_tender_saved_found(ctx, &saved->entry, &saved->query);

        if (rc != NGX_OK) {
            return (rc == NGX_DECLINED) ? NGX_HTTP_NOT_FOUND : rc;
        }
    }

    if (saved->remove) {
        return ngx_http_tender_saved_write(ctx, "delete", &saved->entry, NULL,
                                           &saved->change);
    }

    rc = ngx_http_tender_page_saved_build(ctx, &data);

    if (rc == NGX_OK) {
        rc = ngx_http_tender_saved_check(ctx, data);
    }

    if (rc == NGX_HTTP_BAD_REQUEST || rc == NGX_HTTP_UNPROCESSABLE_ENTITY) {
        return ngx_http_tender_page_saved_form(ctx, NULL,
                                               NGX_HTTP_BAD_REQUEST);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_tender_saved_write(ctx, saved->one ? "change" : "create",
                                       saved->one ? &saved->entry : NULL,
                                       data, &saved->change);
}


/* {"name", "query"} of a form */

static ngx_int_t
ngx_http_tender_page_saved_build(ngx_http_tender_ctx_t *ctx,
    tender_value_t **data)
{
    ngx_int_t                    rc;
    ngx_str_t                    text;
    tender_value_t              *name, *query;
    ngx_http_tender_account_t   *account;
    ngx_http_tender_criteria_t   criteria;

    static const tender_str_t  names[] = {
        tender_string("name"), tender_string("query")
    };

    account = ctx->data;

    rc = ngx_http_tender_criteria_read(ctx, &account->form, NULL, 0, &query,
                                       &criteria);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_http_tender_account_field(&account->form, &names[0], &text);

    *data = tender_value_new(&ctx->mem, TENDER_OBJECT);
    name = tender_value_string(&ctx->mem, ngx_http_tender_str(&text));

    if (*data == NULL || name == NULL) {
        return NGX_ERROR;
    }

    tender_value_add(*data, names[0], name);
    tender_value_add(*data, names[1], query);

    return NGX_OK;
}


/* query: what it holds, or NULL, what was sent */

static ngx_int_t
ngx_http_tender_page_saved_form(ngx_http_tender_ctx_t *ctx,
    tender_value_t *query, ngx_uint_t status)
{
    ngx_str_t                      path, name;
    tender_str_t                   id;
    const tender_str_t            *parts[3];
    ngx_http_tender_page_t         page;
    ngx_http_tender_account_t     *account;
    ngx_http_tender_page_saved_t  *saved;

    static const tender_str_t  field = tender_string("name");

    account = ctx->data;
    saved = account->page;

    if (ngx_http_tender_page_begin(ctx, &page, saved->one ? "saved.title"
                                                          : "saved.new")
        != NGX_OK
        || ngx_http_tender_account_path(ctx, "saved/", &path) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_tender_page_flag(&page, page.top, "at_api");

    if (saved->one) {
        ngx_http_tender_page_flag(&page, page.top, "one");
    }

    id = ngx_http_tender_str(&path);

    parts[0] = &id;
    parts[1] = &ctx->id;
    parts[2] = NULL;

    ngx_http_tender_page_add(&page, page.top, "action",
                             ngx_http_tender_page_join(&page, parts));
    ngx_http_tender_page_faults(&page);

    if (query == NULL) {
        ngx_http_tender_page_fields(&page, ngx_http_tender_page_sent,
                                    &account->form);
        ngx_http_tender_page_saved_kept(&page, NULL);

        ngx_http_tender_account_field(&account->form, &field, &name);
        ngx_http_tender_page_add(&page, page.top, "title_of",
                                 ngx_http_tender_str(&name));

    } else {
        ngx_http_tender_page_fields(&page, ngx_http_tender_page_kept, query);
        ngx_http_tender_page_saved_kept(&page, query);

        if (saved->one) {
            ngx_http_tender_page_take(&page, page.top, "title_of",
                                      saved->entry.data, "name");
        } else {
            ngx_http_tender_page_take(&page, page.top, "title_of", query,
                                      "kwords");
        }
    }

    return ngx_http_tender_page_send(&page, "saved", status);
}


/* what the form has no field for goes along with it */

static void
ngx_http_tender_page_saved_kept(ngx_http_tender_page_t *page,
    tender_value_t *query)
{
    ngx_uint_t                  i;
    tender_query_t             *form;
    tender_value_t             *list, *v;
    ngx_http_tender_account_t  *account;

    list = ngx_http_tender_page_list(page, page->top, "kept");

    if (query) {
        for (v = query->u.list.first; v; v = v->next) {
            ngx_http_tender_page_saved_keep(page, list, &v->name,
                                     ngx_http_tender_page_kept(query,
                                                               &v->name));
        }

        return;
    }

    account = page->ctx->data;
    form = &account->form;

    for (i = 0; i < form->nparams; i++) {
        ngx_http_tender_page_saved_keep(page, list, &form->params[i].name,
                                        form->params[i].value);
    }
}


static void
ngx_http_tender_page_saved_keep(ngx_http_tender_page_t *page,
    tender_value_t *list, const tender_str_t *name, tender_str_t text)
{
    ngx_uint_t       i;
    tender_value_t  *e;

    static const tender_str_t  fields[] = {
        tender_string("kwords"), tender_string("kwords_minus"),
        tender_string("irazd"), tender_string("buyer"), tender_string("cpv"),
        tender_string("status"), tender_string("price1"),
        tender_string("price2"), tender_string("date_start"),
        tender_string("date_end"), tender_string("deadline_from"),
        tender_string("deadline_to"), tender_string("actual"),
        tender_string("sort_by"), tender_string("sort_dest"),
        tender_string("csrf"), tender_string("do"), tender_string("name"),
        tender_null_string
    };

    for (i = 0; fields[i].len; i++) {
        if (tender_str_eq(&fields[i], name)) {
            return;
        }
    }

    if (text.len) {
        e = ngx_http_tender_page_element(page, list);

        ngx_http_tender_page_add(page, e, "name", *name);
        ngx_http_tender_page_add(page, e, "value", text);
    }
}


ngx_int_t
ngx_http_tender_page_saved_written(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                      rc;
    ngx_str_t                      path;
    ngx_http_tender_account_t     *account;
    ngx_http_tender_page_saved_t  *saved;

    account = ctx->data;
    saved = account->page;

    rc = ngx_http_tender_saved_written(ctx, &saved->change);

    if (rc == NGX_DECLINED) {

        if (++saved->tries == NGX_HTTP_TENDER_PAGE_TRIES) {
            return NGX_HTTP_CONFLICT;
        }

        ngx_http_tender_go(ctx, ngx_http_tender_page_saved_read);

        return NGX_OK;
    }

    if (rc == NGX_HTTP_UNPROCESSABLE_ENTITY) {
        return ngx_http_tender_page_saved_form(ctx, NULL, NGX_HTTP_CONFLICT);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_account_path(ctx, saved->remove ? "api?done=removed"
                                                        : "api?done=saved",
                                     &path)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_account_see(ctx, &path);
}
