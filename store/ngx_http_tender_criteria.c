
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_private.h"
#include "ngx_http_tender_criteria.h"


#define NGX_HTTP_TENDER_CRITERIA_NAME     64       /* of one that is named */
#define NGX_HTTP_TENDER_CRITERIA_NAMES    1024     /* all of them */


static ngx_int_t ngx_http_tender_criteria_set(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const tender_field_t *field,
    const tender_str_t *text);
static const tender_field_t *ngx_http_tender_criteria_field(
    const tender_str_t *name);
static ngx_int_t ngx_http_tender_criteria_check(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object);
static ngx_int_t ngx_http_tender_criteria_bad(ngx_http_tender_ctx_t *ctx,
    tender_value_t *errors);


/* parameters of an address that are no part of a search */

static const tender_str_t  ngx_http_tender_criteria_others[] = {
    tender_string("access_token"),
    tender_string("all"),
    tender_string("api_code"),
    tender_string("count"),
    tender_string("cursor"),
    tender_string("get_api_code"),
    tender_string("id"),
    tender_string("limit"),
    tender_string("mode"),
    tender_string("nm"),
    tender_string("page"),
    tender_string("refresh_code"),
    tender_string("regNumber"),
    tender_string("search_id"),
    tender_string("strict"),
    tender_string("version"),
    tender_null_string
};


/* others' names for what has a name */

static const tender_str_t  ngx_http_tender_criteria_aliases[][2] = {
    { tender_string("limit"), tender_string("tenpage") },
    { tender_string("regNumber"), tender_string("tend_num") },
    { tender_null_string, tender_null_string }
};


ngx_int_t
ngx_http_tender_criteria_read(ngx_http_tender_ctx_t *ctx,
    tender_query_t *query, tender_value_t *saved, ngx_uint_t strict,
    tender_value_t **object, ngx_http_tender_criteria_t *criteria)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    tender_str_t          *name;
    const tender_field_t  *field;

    ngx_str_null(&criteria->ignored);

    *object = saved ? tender_value_copy(&ctx->mem, saved)
                    : tender_value_new(&ctx->mem, TENDER_OBJECT);
    if (*object == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < query->nparams; i++) {
        name = &query->params[i].name;
        field = ngx_http_tender_criteria_field(name);

        if (field) {

            if (ngx_http_tender_criteria_set(ctx, *object, field,
                                             &query->params[i].value)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            continue;
        }

        /* an api_code is found whatever the case of its name is */

        if (ngx_http_tender_criteria_known(name)
            || ngx_http_tender_secret_name(name))
        {
            continue;
        }

        rc = ngx_http_tender_criteria_ignore(ctx, criteria, name, strict);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return ngx_http_tender_criteria_check(ctx, *object);
}


/* in place of what was saved; an empty one takes that away */

static ngx_int_t
ngx_http_tender_criteria_set(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, const tender_field_t *field,
    const tender_str_t *text)
{
    size_t           i;
    u_char          *p;
    tender_str_t     value;
    tender_value_t  *v, *prev;

    prev = NULL;

    for (v = object->u.list.first; v; v = v->next) {

        if (tender_str_eq(&v->name, &field->name)) {
            (void) tender_value_cut(object, prev);
            break;
        }

        prev = v;
    }

    if (text->len == 0) {
        return NGX_OK;
    }

    value = *text;

    if (field->type == TENDER_FIELD_ENUM) {

        p = ngx_pnalloc(ctx->request->pool, value.len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < value.len; i++) {
            p[i] = ngx_tolower(text->data[i]);
        }

        value.data = p;
    }

    v = tender_value_string(&ctx->mem, value);
    if (v == NULL) {
        return NGX_ERROR;
    }

    tender_value_add(object, field->name, v);

    return NGX_OK;
}


static const tender_field_t *
ngx_http_tender_criteria_field(const tender_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; ngx_http_tender_criteria_aliases[i][0].len; i++) {

        if (tender_str_eq(name, &ngx_http_tender_criteria_aliases[i][0])) {
            name = &ngx_http_tender_criteria_aliases[i][1];
            break;
        }
    }

    return tender_model_field(&tender_model_query, name);
}


ngx_uint_t
ngx_http_tender_criteria_known(const tender_str_t *name)
{
    const tender_str_t  *other;

    if (ngx_http_tender_criteria_field(name)) {
        return 1;
    }

    for (other = ngx_http_tender_criteria_others; other->len; other++) {
        if (tender_str_eq(name, other)) {
            return 1;
        }
    }

    return 0;
}


/* a name that a header can show, each once */

ngx_int_t
ngx_http_tender_criteria_ignore(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_criteria_t *criteria, const tender_str_t *name,
    ngx_uint_t strict)
{
    u_char           ch, *p;
    size_t           i;
    ngx_str_t       *list;
    tender_value_t  *text;

    if (strict) {
        text = tender_value_cstring(&ctx->mem, "Has no meaning here");

        return text ? ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST,
                                                  "url", *name, text)
                    : NGX_ERROR;
    }

    list = &criteria->ignored;

    if (name->len == 0 || name->len > NGX_HTTP_TENDER_CRITERIA_NAME
        || list->len + 1 + name->len > NGX_HTTP_TENDER_CRITERIA_NAMES)
    {
        return NGX_OK;
    }

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if ((ch < '0' || ch > '9') && (ch < 'a' || ch > 'z')
            && (ch < 'A' || ch > 'Z') && ch != '_' && ch != '-' && ch != '.'
            && ch != '[' && ch != ']')
        {
            return NGX_OK;
        }
    }

    p = ngx_pnalloc(ctx->request->pool, list->len + 1 + name->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, list->data, list->len);
    i = list->len;

    if (i) {
        p[i++] = ' ';
    }

    ngx_memcpy(p + i, name->data, name->len);

    list->data = p;
    list->len = i + name->len;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_criteria_check(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object)
{
    ngx_int_t       rc;
    tender_check_t  ck;

    ngx_memzero(&ck, sizeof(tender_check_t));

    ck.mem = &ctx->mem;
    ck.zone = &ctx->main->zone;
    ck.by = TENDER_BY_OWNER;

    rc = tender_model_validate(&ck, &tender_model_query, object);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_criteria_bad(ctx, ck.errors);
    }

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


/* the first sentence about the first parameter */

static ngx_int_t
ngx_http_tender_criteria_bad(ngx_http_tender_ctx_t *ctx,
    tender_value_t *errors)
{
    tender_str_t     name;
    tender_value_t  *text;

    text = errors->u.list.first;
    name = text->name;

    if (text->type == TENDER_ARRAY) {
        text = text->u.list.first;
    }

    return ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST, "url", name,
                                       text);
}


tender_str_t
ngx_http_tender_criteria_text(tender_value_t *object,
    const tender_str_t *name)
{
    tender_str_t     none = tender_null_string;
    tender_value_t  *v;

    v = tender_value_get(object, name);

    return (v && (v->type == TENDER_STRING || v->type == TENDER_NUMBER))
           ? v->u.text : none;
}


ngx_int_t
ngx_http_tender_criteria_write(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_str_t *text)
{
    u_char          *p;
    size_t           len;
    tender_str_t     value;
    tender_value_t  *v;

    len = 0;

    for (v = object->u.list.first; v; v = v->next) {
        value = ngx_http_tender_criteria_text(object, &v->name);
        len += 2 + v->name.len + tender_uri_escaped_length(value) + 1;
    }

    p = ngx_pnalloc(ctx->request->pool, len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;

    for (v = object->u.list.first; v; v = v->next) {
        value = ngx_http_tender_criteria_text(object, &v->name);

        if (value.len == 0 && v->type != TENDER_TRUE) {
            continue;
        }

        if (p != text->data) {
            *p++ = '&';
        }

        p = ngx_cpymem(p, v->name.data, v->name.len);
        *p++ = '=';

        if (v->type == TENDER_TRUE) {
            *p++ = '1';

        } else {
            p = tender_uri_escape(p, value);
        }
    }

    text->len = p - text->data;

    return NGX_OK;
}


uint64_t
ngx_http_tender_record_number(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_record_t *record)
{
    uint64_t      number;
    tender_str_t  text;

    text = ngx_http_tender_str(&record->place);

    if (tender_uint_read(text, NGX_MAX_UINT32_VALUE, &number) != TENDER_OK) {
        return 0;
    }

    return number * ctx->main->buckets
           + ngx_http_tender_bucket(ctx->main, &record->id);
}
