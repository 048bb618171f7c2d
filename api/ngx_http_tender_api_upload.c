
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_api_document.h"


/*
 * A file as it comes: the part "file" of a form, or all of the body.  One
 * chunk of it is in memory; while that is on its way to the store, nothing
 * is read from the client.
 */

static ngx_int_t ngx_http_tender_api_upload_type(ngx_http_tender_ctx_t *ctx,
    tender_str_t *type, tender_str_t *boundary);
static ngx_int_t ngx_http_tender_api_upload_raw(ngx_http_tender_ctx_t *ctx,
    tender_str_t type);
static ngx_int_t ngx_http_tender_api_upload_next(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_upload_event(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_upload_part(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_upload_end(ngx_http_tender_ctx_t *ctx);
static ngx_int_t ngx_http_tender_api_upload_bad(ngx_http_tender_ctx_t *ctx,
    const char *why);
static ngx_uint_t ngx_http_tender_api_upload_headers(ngx_http_request_t *r,
    const char *name);


static const tender_str_t  ngx_http_tender_form =
    tender_string("multipart/form-data");


ngx_int_t
ngx_http_tender_api_upload_begin(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    tender_str_t                     type, boundary;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    /* it is here already, and the document was read once more */

    if (state->ended) {
        ngx_http_tender_go(ctx, ngx_http_tender_api_document_deposit);
        return NGX_OK;
    }

    if (ctx->request != ctx->request->main) {
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_IMPLEMENTED, "url",
                                     "request",
                                     "Files are not taken from subrequests");
    }

    rc = ngx_http_tender_api_upload_type(ctx, &type, &boundary);
    if (rc != NGX_OK) {
        return rc;
    }

    if (tender_str_eq(&type, &ngx_http_tender_form)) {
        state->multipart = 1;

        if (tender_multipart_init(&state->mp, &ctx->mem, boundary)
            != TENDER_OK)
        {
            return NGX_ERROR;
        }

    } else {
        rc = ngx_http_tender_api_upload_raw(ctx, type);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    state->deposit.op = state->id.len ? NGX_HTTP_TENDER_DOCUMENT_VERSION
                                      : NGX_HTTP_TENDER_DOCUMENT_ADD;
    state->file.id = state->place.id;
    state->file.seal = ngx_http_tender_api_document_seals(ctx);

    return ngx_http_tender_file_create(ctx, &state->file);
}


static ngx_int_t
ngx_http_tender_api_upload_type(ngx_http_tender_ctx_t *ctx,
    tender_str_t *type, tender_str_t *boundary)
{
    ngx_int_t            rc;
    ngx_str_t           *header;
    ngx_http_request_t  *r;

    r = ctx->request;

    header = ngx_http_tender_header_in(r, "content-type");

    if (header == NULL) {
        type->len = 0;
        return NGX_OK;
    }

    rc = TENDER_DECLINED;

    if (ngx_http_tender_api_upload_headers(r, "content-type") == 1) {
        rc = tender_media_read(&ctx->mem, ngx_http_tender_str(header), type,
                               boundary);
        if (rc == TENDER_ERROR) {
            return NGX_ERROR;
        }
    }

    if (rc != TENDER_OK
        || (tender_str_eq(type, &ngx_http_tender_form)
            && boundary->data == NULL))
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "header",
                                     "Content-Type",
                                     "Content-Type should be one media type; "
                                     "multipart/form-data needs a boundary");
    }

    if (type->len > sizeof("multipart/") - 1
        && ngx_strncmp(type->data, "multipart/", sizeof("multipart/") - 1) == 0
        && !tender_str_eq(type, &ngx_http_tender_form))
    {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                     "header", "Content-Type",
                                     "Of multipart types, only "
                                     "multipart/form-data is taken");
    }

    return NGX_OK;
}


/* all of the body is the file; its headers say what it is */

static ngx_int_t
ngx_http_tender_api_upload_raw(ngx_http_tender_ctx_t *ctx, tender_str_t type)
{
    ngx_int_t                        rc;
    ngx_str_t                       *header;
    tender_str_t                     name;
    ngx_http_request_t              *r;
    ngx_http_tender_api_document_t  *state;

    r = ctx->request;
    state = ngx_http_tender_api_document(ctx);

    rc = TENDER_OK;
    name.len = 0;
    name.data = NULL;

    header = ngx_http_tender_header_in(r, "content-disposition");

    if (header) {
        rc = TENDER_DECLINED;

        if (ngx_http_tender_api_upload_headers(r, "content-disposition") == 1)
        {
            rc = tender_disposition_read(&ctx->mem,
                                         ngx_http_tender_str(header), &name);
        }
    }

    if (rc == TENDER_OK && name.len) {
        rc = tender_filename_clean(&ctx->mem, name, &state->title);

    } else if (rc == TENDER_OK && state->id.len == 0) {
        rc = TENDER_DECLINED;
    }

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_error(ctx, NGX_HTTP_UNPROCESSABLE_ENTITY,
                                     "header", "Content-Disposition",
                                     "Send the file as the field \"file\" of "
                                     "multipart/form-data, or as the body "
                                     "with its name, in UTF-8, as in "
                                     "attachment; filename=\"plan.pdf\"");
    }

    state->format = tender_media_safe(type);
    state->taken = 1;

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


/* takes what comes until a chunk is full or all of it was taken */

ngx_int_t
ngx_http_tender_api_upload_take(ngx_http_tender_ctx_t *ctx)
{
    u_char                          *last;
    ngx_int_t                        rc;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    for ( ;; ) {

        if (state->data.len) {
            last = state->data.data + state->data.len;

            rc = ngx_http_tender_file_take(&state->file, &state->data.data,
                                           last);

            state->data.len = last - state->data.data;

            if (rc == NGX_AGAIN) {
                return ngx_http_tender_file_send(ctx, &state->file);
            }
        }

        rc = ngx_http_tender_api_upload_next(ctx);

        if (rc == NGX_AGAIN) {
            ngx_http_tender_go(ctx, ngx_http_tender_api_upload_take);
            return rc;
        }

        if (rc == NGX_DONE) {
            return ngx_http_tender_api_upload_end(ctx);
        }

        if (rc != NGX_OK) {
            return ctx->failed ? rc
                               : ngx_http_tender_api_document_drop(ctx, rc);
        }
    }
}


/* the next bytes of the file, if that makes them known */

static ngx_int_t
ngx_http_tender_api_upload_next(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    if (state->piece.len == 0) {
        rc = ngx_http_tender_stream(ctx, &state->piece);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (state->multipart) {
        return ngx_http_tender_api_upload_event(ctx);
    }

    state->data = state->piece;
    state->piece.len = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_upload_event(ngx_http_tender_ctx_t *ctx)
{
    u_char                          *p, *last;
    tender_str_t                     data;
    tender_multipart_e               event;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    p = state->piece.data;
    last = p + state->piece.len;

    event = tender_multipart_next(&state->mp, &p, last, &data);

    state->piece.data = p;
    state->piece.len = last - p;

    switch (event) {

    case TENDER_MULTIPART_PART:
        return ngx_http_tender_api_upload_part(ctx);

    case TENDER_MULTIPART_DATA:
        if (state->inside) {
            state->data = data;
        }

        return NGX_OK;

    case TENDER_MULTIPART_PART_END:
        state->inside = 0;
        return NGX_OK;

    case TENDER_MULTIPART_BAD:
        return ngx_http_tender_api_upload_bad(ctx, state->mp.why);

    case TENDER_MULTIPART_NO_MEMORY:
        return NGX_ERROR;

    default: /* TENDER_MULTIPART_MORE, TENDER_MULTIPART_END */
        return NGX_OK;
    }
}


static ngx_int_t
ngx_http_tender_api_upload_part(ngx_http_tender_ctx_t *ctx)
{
    int                              rc;
    tender_part_t                   *part;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);
    part = &state->mp.part;

    /* a form that was sent without a choice has an empty name */

    if (!tender_str_is(&part->name, "file") || !part->has_file
        || part->filename.len == 0)
    {
        return NGX_OK;
    }

    if (state->taken) {
        return ngx_http_tender_api_upload_bad(ctx,
                                              "There is more than one file");
    }

    rc = tender_filename_clean(&ctx->mem, part->filename, &state->title);

    if (rc == TENDER_DECLINED) {
        return ngx_http_tender_api_upload_bad(ctx,
                                              "The name of the file is not "
                                              "in UTF-8");
    }

    if (rc != TENDER_OK) {
        return NGX_ERROR;
    }

    state->format = tender_media_safe(part->type);
    state->taken = 1;
    state->inside = 1;

    return NGX_OK;
}


/* the body has ended; the last chunk is sent */

static ngx_int_t
ngx_http_tender_api_upload_end(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    if (state->multipart) {
        rc = tender_multipart_finish(&state->mp);

        if (rc != TENDER_OK) {
            rc = (rc == TENDER_DECLINED)
                 ? ngx_http_tender_api_upload_bad(ctx, state->mp.why)
                 : NGX_ERROR;

            return ngx_http_tender_api_document_drop(ctx, rc);
        }
    }

    if (!state->taken) {
        return ngx_http_tender_error(ctx, NGX_HTTP_NOT_FOUND, "body", "file",
                                     "Not Found");
    }

    state->ended = 1;

    if (state->file.len) {
        return ngx_http_tender_file_send(ctx, &state->file);
    }

    ngx_http_tender_go(ctx, ngx_http_tender_api_document_deposit);

    return ngx_http_tender_file_end(ctx, &state->file);
}


ngx_int_t
ngx_http_tender_api_upload_sent(ngx_http_tender_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_tender_api_document_t  *state;

    state = ngx_http_tender_api_document(ctx);

    rc = ngx_http_tender_file_sent(ctx, &state->file);
    if (rc != NGX_OK) {
        return ngx_http_tender_api_document_failed(ctx, rc);
    }

    if (state->ended) {
        return ngx_http_tender_file_end(ctx, &state->file);
    }

    ngx_http_tender_go(ctx, ngx_http_tender_api_upload_take);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_api_upload_bad(ngx_http_tender_ctx_t *ctx, const char *why)
{
    return ngx_http_tender_error(ctx, NGX_HTTP_BAD_REQUEST, "body", "data",
                                 why);
}


/* how many there are of that name, in lower case */

static ngx_uint_t
ngx_http_tender_api_upload_headers(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    n = 0;
    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncmp(h[i].lowcase_key, name, len) == 0)
            {
                n++;
            }
        }
    }

    return n;
}
