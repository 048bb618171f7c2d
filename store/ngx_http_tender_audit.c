
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_registry.h"
#include "ngx_http_tender_private.h"


/* who has changed what in the registry: a stream, in the order of time */

static ngx_int_t ngx_http_tender_audit_parse(
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_audit_t *audit);
static ngx_int_t ngx_http_tender_audit_fields(
    ngx_http_tender_redis_reply_t *reply, ngx_http_tender_audit_t *audit);


ngx_int_t
ngx_http_tender_audit_read(ngx_http_tender_ctx_t *ctx, ngx_str_t *after,
    ngx_uint_t max)
{
    u_char     *p;
    ngx_str_t   none;

    struct {
        ngx_http_tender_redis_call_t  call;
        ngx_str_t                     argv[6];
        u_char                        number[NGX_INT64_LEN];
    } *ask;

    ngx_str_null(&none);

    ask = ngx_pcalloc(ctx->request->pool, sizeof(*ask));

    if (ask == NULL
        || ngx_http_tender_global_key(ctx, "audit", &none, &ask->argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_set(&ask->argv[0], "XRANGE");
    ngx_str_set(&ask->argv[2], "-");
    ngx_str_set(&ask->argv[3], "+");
    ngx_str_set(&ask->argv[4], "COUNT");

    if (after->len) {
        p = ngx_pnalloc(ctx->request->pool, after->len + 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ask->argv[2].data = p;
        ask->argv[2].len = after->len + 1;

        *p++ = '(';
        (void) ngx_cpymem(p, after->data, after->len);
    }

    /* one more tells whether there are more */

    (void) ngx_http_tender_store_number(ask->number, max + 1, &ask->argv[5]);

    ask->call.argv = ask->argv;
    ask->call.argc = 6;

    return ngx_http_tender_call(ctx, &ask->call, 1);
}


ngx_int_t
ngx_http_tender_audit_known(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_audits_t *audits)
{
    int64_t                         max;
    ngx_int_t                       rc;
    ngx_str_t                      *count;
    ngx_uint_t                      i;
    ngx_http_tender_redis_reply_t  *reply;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    count = &ctx->calls[0].argv[5];

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || ngx_http_tender_store_time(count, &max) != NGX_OK)
    {
        return ngx_http_tender_store_broken(ctx);
    }

    audits->nelts = reply->nelts;
    ngx_str_null(&audits->next);

    audits->elts = ngx_pcalloc(ctx->request->pool,
                               (reply->nelts + 1)
                               * sizeof(ngx_http_tender_audit_t));
    if (audits->elts == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < reply->nelts; i++) {
        if (ngx_http_tender_audit_parse(&reply->elts[i], &audits->elts[i])
            != NGX_OK)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    if (audits->nelts == (ngx_uint_t) max) {
        audits->nelts--;
        audits->next = audits->elts[audits->nelts - 1].event;
    }

    return NGX_OK;
}


/* its id, "<ms>-<n>", then its fields */

static ngx_int_t
ngx_http_tender_audit_parse(ngx_http_tender_redis_reply_t *reply,
    ngx_http_tender_audit_t *audit)
{
    u_char     *p;
    ngx_str_t   ms;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY
        || reply->nelts != 2
        || reply->elts[0].type != NGX_HTTP_TENDER_REDIS_STRING
        || reply->elts[1].type != NGX_HTTP_TENDER_REDIS_ARRAY)
    {
        return NGX_ERROR;
    }

    audit->event = reply->elts[0].str;

    p = ngx_strlchr(audit->event.data, audit->event.data + audit->event.len,
                    '-');

    if (p == NULL) {
        return NGX_ERROR;
    }

    ms.data = audit->event.data;
    ms.len = p - ms.data;

    if (ms.len > 15
        || ngx_http_tender_store_time(&ms, &audit->date) != NGX_OK)
    {
        return NGX_ERROR;
    }

    audit->date *= 1000;

    return ngx_http_tender_audit_fields(&reply->elts[1], audit);
}


static ngx_int_t
ngx_http_tender_audit_fields(ngx_http_tender_redis_reply_t *reply,
    ngx_http_tender_audit_t *audit)
{
    ngx_str_t                      *name;
    ngx_uint_t                      i, k;
    ngx_http_tender_redis_reply_t  *elts;

    /* in the order of registry.lua */

    static ngx_str_t  names[] = {
        ngx_string("op"),
        ngx_string("kind"),
        ngx_string("id"),
        ngx_string("account"),
        ngx_string("tenant"),
        ngx_string("who"),
        ngx_string("what")
    };

    ngx_str_t  *values[] = {
        &audit->op, &audit->kind, &audit->id, &audit->account,
        &audit->tenant, &audit->who, &audit->what
    };

    elts = reply->elts;

    if (reply->nelts != 2 * sizeof(names) / sizeof(names[0])) {
        return NGX_ERROR;
    }

    for (i = 0; i < reply->nelts; i += 2) {
        k = i / 2;
        name = &elts[i].str;

        if (elts[i].type != NGX_HTTP_TENDER_REDIS_STRING
            || elts[i + 1].type != NGX_HTTP_TENDER_REDIS_STRING
            || name->len != names[k].len
            || ngx_memcmp(name->data, names[k].data, name->len) != 0)
        {
            return NGX_ERROR;
        }

        *values[k] = elts[i + 1].str;
    }

    return NGX_OK;
}
