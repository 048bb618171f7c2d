
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_errors.h"


static ngx_int_t ngx_http_tender_errors_json(ngx_http_tender_ctx_t *ctx,
    tender_json_error_t *err);
static tender_value_t *ngx_http_tender_errors_one(tender_mem_t *mem,
    const char *location, tender_str_t name, tender_value_t *description);


static ngx_str_t  ngx_http_tender_errors_type =
    ngx_string("application/json; charset=UTF-8");


ngx_int_t
ngx_http_tender_errors_check(ngx_http_tender_ctx_t *ctx,
    const tender_model_t *model, tender_value_t *value, unsigned by,
    unsigned partial)
{
    ngx_int_t       rc;
    tender_check_t  ck;

    ngx_memzero(&ck, sizeof(tender_check_t));

    ck.mem = &ctx->mem;
    ck.zone = &ctx->main->zone;
    ck.by = by;
    ck.partial = partial;

    rc = tender_model_validate(&ck, model, value);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_errors_add(ctx, ck.errors);
    }

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_tender_errors_add(ngx_http_tender_ctx_t *ctx, tender_value_t *errors)
{
    ngx_int_t        rc;
    tender_value_t  *error, *next;

    rc = NGX_ERROR;

    for (error = errors->u.list.first; error; error = next) {
        next = error->next;
        error->next = NULL;

        rc = ngx_http_tender_error_value(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                         "body", error->name, error);
    }

    return rc;
}


ngx_int_t
ngx_http_tender_errors_refuse(ngx_http_request_t *r, ngx_uint_t status,
    ngx_http_tender_error_t *errors, ngx_str_t *type, ngx_str_t *body)
{
    tender_str_t            name, text;
    tender_value_t         *top, *list, *error;
    ngx_http_tender_ctx_t  *ctx;

    ctx = ngx_http_tender_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    top = tender_value_new(&ctx->mem, TENDER_OBJECT);
    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    error = tender_value_cstring(&ctx->mem, "error");

    if (top == NULL || list == NULL || error == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "status");
    tender_value_add(top, name, error);

    tender_str_set(&name, "errors");
    tender_value_add(top, name, list);

    if (errors == NULL) {
        tender_str_set(&name, "request");

        error = ngx_http_tender_errors_one(&ctx->mem, "url", name,
                     tender_value_cstring(&ctx->mem,
                                        ngx_http_tender_status_text(status)));
        if (error == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, error);
    }

    for ( /* void */ ; errors; errors = errors->next) {
        error = ngx_http_tender_errors_one(&ctx->mem, errors->location,
                                          errors->name, errors->description);
        if (error == NULL) {
            return NGX_ERROR;
        }

        tender_value_push(list, error);
    }

    if (tender_json_text(&ctx->mem, top, 0, &text) != TENDER_OK) {
        return NGX_ERROR;
    }

    *type = ngx_http_tender_errors_type;
    body->data = text.data;
    body->len = text.len;

    return NGX_OK;
}


static tender_value_t *
ngx_http_tender_errors_one(tender_mem_t *mem, const char *location,
    tender_str_t name, tender_value_t *description)
{
    tender_value_t  *error, *where, *what;

    error = tender_value_new(mem, TENDER_OBJECT);
    where = tender_value_cstring(mem, location);
    what = tender_value_string(mem, name);

    if (error == NULL || where == NULL || what == NULL || description == NULL)
    {
        return NULL;
    }

    tender_str_set(&name, "location");
    tender_value_add(error, name, where);

    tender_str_set(&name, "name");
    tender_value_add(error, name, what);

    tender_str_set(&name, "description");
    tender_value_add(error, name, description);

    return error;
}


ngx_int_t
ngx_http_tender_errors_body(ngx_http_tender_ctx_t *ctx,
    tender_value_t **body, tender_value_t **data)
{
    ngx_int_t            rc;
    tender_json_error_t  err;

    rc = tender_json_read(&ctx->mem, ctx->body.data, ctx->body.len, body,
                          &err);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_errors_json(ctx, &err);
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    *data = ((*body)->type == TENDER_OBJECT)
            ? tender_value_member(*body, "data") : NULL;

    if (*data == NULL || (*data)->type != TENDER_OBJECT) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "body", "data", "Data not available");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_errors_json(ngx_http_tender_ctx_t *ctx,
    tender_json_error_t *err)
{
    u_char          *p;
    tender_str_t     name, text;
    tender_value_t  *description;

    p = tender_alloc(&ctx->mem, 256);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;
    text.len = tender_json_error_text(err, p, 256);

    description = tender_value_string(&ctx->mem, text);
    if (description == NULL) {
        return NGX_ERROR;
    }

    tender_str_set(&name, "data");

    return ngx_http_tender_error_value(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                       "body", name, description);
}
