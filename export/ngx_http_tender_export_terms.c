
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_export.h"


/* dictionaries: what there is to search for, with how many tenders have it */

#define NGX_HTTP_TENDER_EXPORT_TERMS  10000


typedef struct {
    tender_str_t              name;
    u_char                    field;     /* of terms; or 0 */
    ngx_http_tender_step_pt   step;
} ngx_http_tender_export_mode_t;


static ngx_int_t ngx_http_tender_export_terms_list(
    ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_statuses(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_sources(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_export_entries(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_term_t *terms,
    ngx_uint_t n);
static ngx_int_t ngx_http_tender_export_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_export_out_t *out,
    ngx_http_tender_term_t *term);


static ngx_http_tender_export_mode_t  ngx_http_tender_export_modes[] = {
    { tender_string("statuses"), 0, ngx_http_tender_export_statuses },
    { tender_string("currencies"), TENDER_TERM_CURRENCY,
      ngx_http_tender_export_terms_list },
    { tender_string("cpv"), TENDER_TERM_CPV,
      ngx_http_tender_export_terms_list },
    { tender_string("cat"), TENDER_TERM_CPV,
      ngx_http_tender_export_terms_list },
    { tender_string("countries"), TENDER_TERM_COUNTRY,
      ngx_http_tender_export_terms_list },
    { tender_string("sources"), 0, ngx_http_tender_export_sources },
    { tender_null_string, 0, NULL }
};


static const tender_str_t  ngx_http_tender_export_names[] = {
    tender_string("id"), tender_string("name"), tender_string("count")
};


/* export->mode is its place in the table, from 1 on */

ngx_int_t
ngx_http_tender_export_mode(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, tender_str_t *mode)
{
    ngx_uint_t  i;

    for (i = 0; ngx_http_tender_export_modes[i].name.len; i++) {

        if (tender_str_eq(&ngx_http_tender_export_modes[i].name, mode)) {
            export->mode = i + 1;
            return NGX_OK;
        }
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "url", "mode",
                                 "Expected statuses, currencies, cpv, cat, "
                                 "countries or sources");
}


ngx_int_t
ngx_http_tender_export_terms(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    export->counts = ngx_pcalloc(ctx->request->pool,
                                 TENDER_STAGES * sizeof(uint64_t));
    if (export->counts == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tender_search_init(&export->search);
    export->search.limit = 1;

    export->step = ngx_http_tender_export_modes[export->mode - 1].step;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_export_terms_list(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 n;
    ngx_http_tender_term_t    *terms;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_search_terms(ctx,
                 ngx_http_tender_export_modes[export->mode - 1].field,
                 NGX_HTTP_TENDER_EXPORT_TERMS, &terms, &n, &export->lookup);

    return (rc == NGX_OK)
           ? ngx_http_tender_export_entries(ctx, export, terms, n) : rc;
}


/* one after the other; export->seen is the next */

static ngx_int_t
ngx_http_tender_export_statuses(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_http_tender_term_t     terms[TENDER_STAGES];
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    if (export->seen < TENDER_STAGES) {
        export->search.statuses = 1 << export->seen;

        rc = ngx_http_tender_export_find(ctx, export);

        if (rc == NGX_OK) {
            export->counts[export->seen++] = export->search.total;

            ngx_http_tender_search_init(&export->search);
            export->search.limit = 1;
        }

        return rc;
    }

    for (i = 0; i < TENDER_STAGES; i++) {
        terms[i].term = tender_stages[i];
        terms[i].n = export->counts[i];
    }

    return ngx_http_tender_export_entries(ctx, export, terms, TENDER_STAGES);
}


/* this server alone */

static ngx_int_t
ngx_http_tender_export_sources(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_str_t                  host;
    ngx_http_tender_term_t     term;
    ngx_http_tender_export_t  *export;

    export = ngx_http_tender_export_state(ctx);

    rc = ngx_http_tender_export_find(ctx, export);
    if (rc != NGX_OK) {
        return rc;
    }

    host = export->site;

    host.data = ngx_strlchr(host.data, host.data + host.len, ':') + 3;
    host.len -= host.data - export->site.data;

    term.term = ngx_http_tender_str(&host);
    term.n = export->search.total;

    return ngx_http_tender_export_entries(ctx, export, &term, 1);
}


static ngx_int_t
ngx_http_tender_export_entries(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_term_t *terms,
    ngx_uint_t n)
{
    ngx_int_t                     rc;
    ngx_uint_t                    i;
    ngx_http_tender_export_out_t  out;

    ngx_memzero(&out, sizeof(ngx_http_tender_export_out_t));
    out.pool = ctx->request->pool;

    if (ngx_http_tender_export_begins(export, &out, n) != NGX_OK
        || ngx_http_tender_export_columns(export, &out,
                                          ngx_http_tender_export_names, 3)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {

        if (ngx_http_tender_export_entry(ctx, export, &out, &terms[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_tender_export_ends(export, &out) != NGX_OK
        || ngx_http_tender_export_headers(ctx, export, n) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_tender_export_tag(ctx, export, out.start,
                                    out.last - out.start);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_put(ctx, out.start, out.last - out.start) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_tender_answer(ctx, NGX_HTTP_OK);
}


static ngx_int_t
ngx_http_tender_export_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_export_t *export, ngx_http_tender_export_out_t *out,
    ngx_http_tender_term_t *term)
{
    u_char           buf[20];
    ngx_uint_t       i;
    tender_str_t     count;
    tender_value_t  *object, *v;

    export->scratch.last = export->block;
    export->scratch.end = export->block + 4096;

    count.data = buf;
    count.len = tender_uint_write(buf, term->n) - buf;

    object = tender_value_new(&export->scratch, TENDER_OBJECT);
    if (object == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < 3; i++) {
        v = tender_value_string(&export->scratch, i == 2 ? count
                                                         : term->term);
        if (v == NULL) {
            return NGX_ERROR;
        }

        tender_value_add(object, ngx_http_tender_export_names[i], v);
    }

    return ngx_http_tender_export_object(export, out, &export->scratch,
                                         object);
}
