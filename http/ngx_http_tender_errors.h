
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_ERRORS_H_INCLUDED_
#define _NGX_HTTP_TENDER_ERRORS_H_INCLUDED_


#include "ngx_http_tender.h"
#include "../model/tender_model.h"


/*
 * The shape that refusals of several dialects have:
 * {"status":"error","errors":[{"location","name","description"}]}.
 */

/* a dialect's refuse() */
ngx_int_t ngx_http_tender_errors_refuse(ngx_http_request_t *r,
    ngx_uint_t status, ngx_http_tender_error_t *errors, ngx_str_t *type,
    ngx_str_t *body);

/*
 * value against a model, for who sends it (TENDER_BY_*): NGX_OK, or 422,
 * described
 */
ngx_int_t ngx_http_tender_errors_check(ngx_http_tender_ctx_t *ctx,
    const tender_model_t *model, tender_value_t *value, unsigned by,
    unsigned partial);

/*
 * Reads what was sent, an object, and its member data, another one: NGX_OK,
 * or 422, described
 */
ngx_int_t ngx_http_tender_errors_body(ngx_http_tender_ctx_t *ctx,
    tender_value_t **body, tender_value_t **data);

/* members of an object, by the name of a field, as errors: 422 */
ngx_int_t ngx_http_tender_errors_add(ngx_http_tender_ctx_t *ctx,
    tender_value_t *errors);


#endif /* _NGX_HTTP_TENDER_ERRORS_H_INCLUDED_ */
