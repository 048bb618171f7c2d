
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


static ngx_int_t ngx_http_tender_export_bad(ngx_http_tender_ctx_t *ctx,
    const char *name, const char *text);
static ngx_int_t ngx_http_tender_export_digits(u_char **p, u_char *last,
    ngx_uint_t *n);
static ngx_int_t ngx_http_tender_export_version_read(u_char *p, u_char *last,
    ngx_uint_t *version);
static ngx_uint_t ngx_http_tender_export_in(const tender_str_t *names,
    const tender_str_t *name);


/* what has a meaning for other things than pages of a search */

static const tender_str_t  ngx_http_tender_export_form[] = {
    tender_string("dtype"),
    tender_string("delimiter"),
    tender_string("bom"),
    tender_string("api_code"),
    tender_string("access_token"),
    tender_string("search_id"),
    tender_string("strict"),
    tender_string("version"),
    tender_null_string
};

static const tender_str_t  ngx_http_tender_export_of_card[] = {
    tender_string("id"),
    tender_string("tend_num"),
    tender_string("regNumber"),
    tender_string("fields"),
    tender_null_string
};

static const tender_str_t  ngx_http_tender_export_of_terms[] = {
    tender_string("mode"),
    tender_null_string
};

static const tender_str_t  ngx_http_tender_export_not_of_all[] = {
    tender_string("page"),
    tender_string("tenpage"),
    tender_string("limit"),
    tender_string("sort_by"),
    tender_string("sort_dest"),
    tender_null_string
};


tender_str_t *
ngx_http_tender_export_param(ngx_http_tender_ctx_t *ctx, const char *name)
{
    tender_str_t  str, *value;

    if (ctx->query.nparams == 0) {
        return NULL;
    }

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    value = tender_query_get(&ctx->query, &str);

    return (value && value->len) ? value : NULL;
}


static ngx_int_t
ngx_http_tender_export_bad(ngx_http_tender_ctx_t *ctx, const char *name,
    const char *text)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", name,
                                 text);
}


ngx_int_t
ngx_http_tender_export_flag(ngx_http_tender_ctx_t *ctx, const char *name,
    ngx_uint_t *on)
{
    tender_str_t  str, *value;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    value = ctx->query.nparams ? tender_query_get(&ctx->query, &str) : NULL;

    *on = (value != NULL);

    if (value == NULL || tender_str_is(value, "true")
        || tender_str_is(value, "1"))
    {
        return NGX_OK;
    }

    return ngx_http_tender_export_bad(ctx, name, "Expected true or 1");
}


ngx_int_t
ngx_http_tender_export_switch(ngx_http_tender_ctx_t *ctx, const char *name,
    ngx_uint_t *on)
{
    tender_str_t  *value;

    value = ngx_http_tender_export_param(ctx, name);

    if (value == NULL) {
        return NGX_OK;
    }

    if (tender_str_is(value, "1") || tender_str_is(value, "true")) {
        *on = 1;
        return NGX_OK;
    }

    if (tender_str_is(value, "0") || tender_str_is(value, "false")) {
        *on = 0;
        return NGX_OK;
    }

    return ngx_http_tender_export_bad(ctx, name, "Expected 1 or 0");
}


ngx_int_t
ngx_http_tender_export_uint(ngx_http_tender_ctx_t *ctx, const char *name,
    ngx_uint_t max, ngx_uint_t *n)
{
    uint64_t       number;
    tender_str_t  *value;

    value = ngx_http_tender_export_param(ctx, name);

    if (value == NULL) {
        return NGX_OK;
    }

    if (tender_uint_read(*value, max, &number) != TENDER_OK || number == 0) {
        return ngx_http_tender_export_bad(ctx, name,
                                          "Expected a number from 1 on");
    }

    *n = (ngx_uint_t) number;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_digits(u_char **p, u_char *last, ngx_uint_t *n)
{
    u_char  *start;

    *n = 0;
    start = *p;

    while (*p < last && **p >= '0' && **p <= '9' && *p - start < 2) {
        *n = *n * 10 + (*(*p)++ - '0');
    }

    return (*p == start) ? NGX_DECLINED : NGX_OK;
}


/* "2", "2.3" */

static ngx_int_t
ngx_http_tender_export_version_read(u_char *p, u_char *last,
    ngx_uint_t *version)
{
    ngx_uint_t  major, minor;

    minor = 0;

    if (ngx_http_tender_export_digits(&p, last, &major) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (p < last && *p == '.') {
        p++;

        if (ngx_http_tender_export_digits(&p, last, &minor) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    *version = major * 100 + minor;

    return (p == last) ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_tender_export_version(ngx_http_tender_ctx_t *ctx,
    ngx_uint_t *version)
{
    u_char        *p, *last, *end;
    tender_str_t  *value;

    value = ngx_http_tender_export_param(ctx, "version");

    if (value) {

        if (ngx_http_tender_export_version_read(value->data,
                                                value->data + value->len,
                                                version)
            != NGX_OK
            || *version < NGX_HTTP_TENDER_EXPORT_FIRST
            || *version > NGX_HTTP_TENDER_EXPORT_NEWEST)
        {
            return ngx_http_tender_export_bad(ctx, "version",
                                              "Expected 1.0 to 2.3");
        }

        return NGX_OK;
    }

    *version = NGX_HTTP_TENDER_EXPORT_NEWEST;

    /* a part of the address: "/api2.0/export" */

    p = ctx->conf->prefix.data;
    last = p + ctx->conf->prefix.len;

    while (p < last) {
        p++;

        end = ngx_strlchr(p, last, '/');
        if (end == NULL) {
            end = last;
        }

        if (end - p > 3 && ngx_strncmp(p, "api", 3) == 0
            && ngx_http_tender_export_version_read(p + 3, end, version)
               == NGX_OK)
        {
            return NGX_OK;
        }

        *version = NGX_HTTP_TENDER_EXPORT_NEWEST;
        p = end;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tender_export_in(const tender_str_t *names, const tender_str_t *name)
{
    for ( /* void */ ; names->len; names++) {
        if (tender_str_eq(names, name)) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_tender_export_astray(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export)
{
    ngx_int_t            rc;
    ngx_uint_t           i, fits;
    tender_str_t        *name;
    const tender_str_t  *names;

    if (!export->card && !export->all && export->mode == 0) {
        return NGX_OK;
    }

    names = export->card ? ngx_http_tender_export_of_card
                         : ngx_http_tender_export_of_terms;

    for (i = 0; i < ctx->query.nparams; i++) {
        name = &ctx->query.params[i].name;

        if (export->all) {
            fits = !ngx_http_tender_export_in(
                                   ngx_http_tender_export_not_of_all, name);

        } else {
            fits = ngx_http_tender_export_in(ngx_http_tender_export_form,
                                             name)
                   || ngx_http_tender_export_in(names, name)
                   || !ngx_http_tender_criteria_known(name);
        }

        if (fits) {
            continue;
        }

        rc = ngx_http_tender_criteria_ignore(ctx, &export->criteria, name,
                                             export->strict);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}
