
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender.h"


static ngx_uint_t ngx_http_tender_is_host(ngx_str_t *host);
static ngx_table_elt_t *ngx_http_tender_own_header(ngx_http_request_t *r,
    ngx_str_t *key, ngx_str_t *value);


static ngx_str_t  ngx_http_tender_etag = ngx_string("ETag");
static ngx_str_t  ngx_http_tender_nosniff =
    ngx_string("X-Content-Type-Options");
static ngx_str_t  ngx_http_tender_nosniff_value = ngx_string("nosniff");


ngx_int_t
ngx_http_tender_put(ngx_http_tender_ctx_t *ctx, u_char *data, size_t len)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl, **last;

    struct {
        ngx_chain_t  cl;
        ngx_buf_t    buf;
    } *part;

    if (len == 0) {
        return NGX_OK;
    }

    part = ngx_pcalloc(ctx->request->pool, sizeof(*part));
    if (part == NULL) {
        return NGX_ERROR;
    }

    b = &part->buf;
    cl = &part->cl;

    b->pos = data;
    b->last = data + len;
    b->memory = 1;

    cl->buf = b;
    cl->next = NULL;

    for (last = &ctx->out; *last; last = &(*last)->next) { /* void */ }

    *last = cl;
    ctx->length += len;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_answer(ngx_http_tender_ctx_t *ctx, ngx_uint_t status)
{
    ctx->status = status;

    return NGX_DONE;
}


ngx_int_t
ngx_http_tender_send(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_chain_t         *cl;
    ngx_http_request_t  *r;

    r = ctx->request;

    rc = ngx_http_tender_send_head(ctx);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    if (ctx->out == NULL) {
        return ngx_http_send_special(r, NGX_HTTP_LAST);
    }

    for (cl = ctx->out; cl->next; cl = cl->next) { /* void */ }

    cl->buf->last_buf = (r == r->main) ? 1 : 0;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, ctx->out);
}


ngx_int_t
ngx_http_tender_send_head(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->answered = 1;

    r->headers_out.status = ctx->status;

    if (ctx->status == NGX_HTTP_UNPROCESSABLE_ENTITY) {
        ngx_str_set(&r->headers_out.status_line, "422 Unprocessable Entity");
    }

    r->headers_out.content_length_n = ctx->length;

    /* conditions were decided against what was read, not what is shown */

    r->disable_not_modified = 1;

    ngx_http_tender_content_type(r, &ctx->type);

    if (ctx->status == NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_type.len = 0;
        r->headers_out.content_length_n = -1;
        r->header_only = 1;

    } else if (ngx_http_tender_own_header(r, &ngx_http_tender_nosniff,
                                          &ngx_http_tender_nosniff_value)
               == NULL)
    {
        return NGX_ERROR;
    }

    if (ctx->etag.len) {
        r->headers_out.etag = ngx_http_tender_own_header(r,
                                        &ngx_http_tender_etag, &ctx->etag);

        if (r->headers_out.etag == NULL) {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_private(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_send_header(r);
}


ngx_int_t
ngx_http_tender_private(ngx_http_tender_ctx_t *ctx)
{
    ngx_str_t            no_store = ngx_string("no-store");
    ngx_str_t            no_referrer = ngx_string("no-referrer");
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->secret
        && (ngx_http_tender_header(r, "Cache-Control", &no_store) == NULL
            || ngx_http_tender_header(r, "Referrer-Policy", &no_referrer)
               == NULL))
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_tender_content_type(ngx_http_request_t *r, ngx_str_t *type)
{
    u_char  *p;

    p = ngx_strlchr(type->data, type->data + type->len, ';');

    r->headers_out.content_type = *type;
    r->headers_out.content_type_len = p ? (size_t) (p - type->data)
                                        : type->len;
    r->headers_out.content_type_lowcase = NULL;
}


ngx_table_elt_t *
ngx_http_tender_header(ngx_http_request_t *r, const char *key,
    ngx_str_t *value)
{
    size_t     i;
    ngx_str_t  name, copy;

    for (i = 0; i < value->len; i++) {
        if (value->data[i] < 0x20 || value->data[i] == 0x7f) {
            ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                          "tender: a control character in the value of "
                          "header \"%s\"", key);
            return NULL;
        }
    }

    name.data = (u_char *) key;
    name.len = ngx_strlen(key);

    copy.data = ngx_pstrdup(r->pool, value);
    copy.len = value->len;

    if (copy.data == NULL) {
        return NULL;
    }

    return ngx_http_tender_own_header(r, &name, &copy);
}


/* one whose value is known to be clean and to stay */

static ngx_table_elt_t *
ngx_http_tender_own_header(ngx_http_request_t *r, ngx_str_t *key,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key = *key;
    h->value = *value;

#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}


ngx_str_t *
ngx_http_tender_header_in(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncmp(h[i].lowcase_key, name, len) == 0)
            {
                return &h[i].value;
            }
        }
    }

    return NULL;
}


/* a name or an address and a port; nginx lets more pass */

static ngx_uint_t
ngx_http_tender_is_host(ngx_str_t *host)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < host->len; i++) {
        ch = host->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-'
            || ch == '_' || ch == ':' || ch == '[' || ch == ']')
        {
            continue;
        }

        return 0;
    }

    return host->len != 0;
}


ngx_int_t
ngx_http_tender_base(ngx_http_tender_ctx_t *ctx, ngx_str_t *base)
{
    u_char              *p;
    ngx_str_t            host, scheme, address;
    u_char               addr[NGX_SOCKADDR_STRLEN];
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_str_set(&scheme, "http://");

#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        ngx_str_set(&scheme, "https://");
    }
#endif

    if (r->headers_in.host
        && ngx_http_tender_is_host(&r->headers_in.host->value))
    {
        host = r->headers_in.host->value;

    } else if (ngx_http_tender_is_host(&r->headers_in.server)) {
        host = r->headers_in.server;

    } else {
        address.len = NGX_SOCKADDR_STRLEN;
        address.data = addr;

        if (ngx_connection_local_sockaddr(r->connection, &address, 1)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        host = address;
    }

    p = ngx_pnalloc(r->pool, scheme.len + host.len + ctx->conf->prefix.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    base->data = p;

    p = ngx_cpymem(p, scheme.data, scheme.len);
    p = ngx_cpymem(p, host.data, host.len);
    p = ngx_cpymem(p, ctx->conf->prefix.data, ctx->conf->prefix.len);

    base->len = p - base->data;

    return NGX_OK;
}
