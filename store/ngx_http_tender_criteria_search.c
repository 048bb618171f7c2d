
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_criteria.h"
#include "../domain/tender_money.h"


/* the search that the members of a checked object mean */

static ngx_uint_t ngx_http_tender_criteria_flag(tender_value_t *object,
    const tender_str_t *name);
static ngx_int_t ngx_http_tender_criteria_words(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_uint_t strict,
    ngx_http_tender_search_t *search);
static ngx_int_t ngx_http_tender_criteria_terms(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, tender_kwords_t *words);
static ngx_int_t ngx_http_tender_criteria_cpv(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, tender_kwords_t *words);
static ngx_int_t ngx_http_tender_criteria_why(ngx_http_tender_ctx_t *ctx,
    int rc, const tender_str_t *name, const char *why);
static void ngx_http_tender_criteria_bounds(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_http_tender_search_t *search);
static int64_t ngx_http_tender_criteria_price(tender_value_t *object,
    const tender_str_t *name, ngx_uint_t up, int64_t none);
static void ngx_http_tender_criteria_sort(tender_value_t *object,
    ngx_http_tender_search_t *search);


static const struct {
    tender_str_t             name;
    ngx_http_tender_sort_e   sort;
} ngx_http_tender_criteria_sorts[] = {
    { tender_string("by_date"), NGX_HTTP_TENDER_BY_DATE },
    { tender_string("by_date_end"), NGX_HTTP_TENDER_BY_DEADLINE },
    { tender_string("by_price"), NGX_HTTP_TENDER_BY_PRICE },
    { tender_string("by_relevance"), NGX_HTTP_TENDER_BY_RELEVANCE },
    { tender_string("by_modified"), NGX_HTTP_TENDER_BY_MODIFIED },
    { tender_null_string, NGX_HTTP_TENDER_BY_DATE }
};


ngx_int_t
ngx_http_tender_criteria_search(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_uint_t strict,
    ngx_http_tender_search_t *search)
{
    unsigned      statuses;
    tender_str_t  name, list;

    ngx_http_tender_search_init(search);

    list = ngx_http_tender_criteria_get(object, "status");

    if (tender_query_statuses(list, &statuses, &name) == TENDER_OK) {
        search->statuses = statuses;
    }

    tender_str_set(&name, "actual");
    search->open = ngx_http_tender_criteria_flag(object, &name);

    ngx_http_tender_criteria_bounds(ctx, object, search);
    ngx_http_tender_criteria_sort(object, search);

    return ngx_http_tender_criteria_words(ctx, object, strict, search);
}


static ngx_int_t
ngx_http_tender_criteria_words(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_uint_t strict,
    ngx_http_tender_search_t *search)
{
    int               rc;
    u_char            field;
    ngx_int_t         done;
    const char       *why;
    tender_str_t      name, text;
    tender_kwords_t  *words;

    static const u_char  fields[] = {
        TENDER_TERM_TEXT, TENDER_TERM_TITLE, TENDER_TERM_ITEM,
        TENDER_TERM_NUMBER
    };

    words = ngx_pcalloc(ctx->request->pool, sizeof(tender_kwords_t));
    if (words == NULL) {
        return NGX_ERROR;
    }

    why = NULL;
    field = TENDER_TERM_TEXT;

    text = ngx_http_tender_criteria_get(object, "irazd");

    if (text.len == 1) {
        field = fields[(text.data[0] - '0') & 3];
    }

    tender_str_set(&name, "kwords");
    text = ngx_http_tender_criteria_text(object, &name);

    if (text.len) {
        rc = tender_kwords_read(&ctx->mem, words, text, field, strict, &why);

        if (rc != TENDER_OK) {
            return ngx_http_tender_criteria_why(ctx, rc, &name, why);
        }
    }

    done = ngx_http_tender_criteria_terms(ctx, object, words);
    if (done != NGX_OK) {
        return done;
    }

    /* a word that a number must not have is none of its words */

    if (field == TENDER_TERM_NUMBER) {
        field = TENDER_TERM_TEXT;
    }

    tender_str_set(&name, "kwords_minus");
    text = ngx_http_tender_criteria_text(object, &name);

    if (text.len) {
        rc = tender_kwords_minus(&ctx->mem, words, text, field, &why);

        if (rc != TENDER_OK) {
            return ngx_http_tender_criteria_why(ctx, rc, &name, why);
        }
    }

    search->words = words->root ? words : NULL;

    return NGX_OK;
}


/* what is looked for as it stands, or in one place */

static ngx_int_t
ngx_http_tender_criteria_terms(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, tender_kwords_t *words)
{
    int            rc;
    u_char        *p;
    const char    *why;
    tender_str_t   name, text;

    why = NULL;

    tender_str_set(&name, "buyer");
    text = ngx_http_tender_criteria_text(object, &name);

    if (text.len) {
        rc = tender_kwords_read(&ctx->mem, words, text, TENDER_TERM_BUYER, 0,
                                &why);
        if (rc != TENDER_OK) {
            return ngx_http_tender_criteria_why(ctx, rc, &name, why);
        }
    }

    text = ngx_http_tender_criteria_get(object, "currency");

    if (text.len
        && tender_kwords_add(&ctx->mem, words, TENDER_TERM_CURRENCY, text, 0)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    text = ngx_http_tender_criteria_get(object, "country");

    if (text.len
        && tender_kwords_add(&ctx->mem, words, TENDER_TERM_COUNTRY, text, 0)
           != TENDER_OK)
    {
        return NGX_ERROR;
    }

    text = ngx_http_tender_criteria_get(object, "tend_num");

    if (text.len) {
        p = ngx_pnalloc(ctx->request->pool, 3 * text.len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        text.len = tender_words_fold(p, text) - p;
        text.data = p;

        if (tender_kwords_add(&ctx->mem, words, TENDER_TERM_NUMBER, text, 0)
            != TENDER_OK)
        {
            return NGX_ERROR;
        }
    }

    return ngx_http_tender_criteria_cpv(ctx, object, words);
}


/* "(44617100 | 4461*)" */

static ngx_int_t
ngx_http_tender_criteria_cpv(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, tender_kwords_t *words)
{
    int            rc;
    u_char        *p;
    unsigned       prefix;
    const char    *why;
    tender_str_t   name, list, code, text;

    tender_str_set(&name, "cpv");
    list = ngx_http_tender_criteria_text(object, &name);

    if (list.len == 0) {
        return NGX_OK;
    }

    why = NULL;

    p = ngx_pnalloc(ctx->request->pool, 2 * list.len + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;

    while (tender_query_cpv(&list, &code, &prefix) == TENDER_OK) {

        if (p != text.data) {
            *p++ = '|';
        }

        p = ngx_cpymem(p, code.data, code.len);

        if (prefix) {
            *p++ = '*';
        }
    }

    text.len = p - text.data;

    if (text.len == 0) {
        return NGX_OK;
    }

    rc = tender_kwords_read(&ctx->mem, words, text, TENDER_TERM_CPV, 1, &why);

    return (rc == TENDER_OK)
           ? NGX_OK : ngx_http_tender_criteria_why(ctx, rc, &name, why);
}


static ngx_int_t
ngx_http_tender_criteria_why(ngx_http_tender_ctx_t *ctx, int rc,
    const tender_str_t *name, const char *why)
{
    tender_value_t  *text;

    if (rc != TENDER_DECLINED) {
        return NGX_ERROR;
    }

    text = tender_value_cstring(&ctx->mem, why);

    return text ? ngx_http_tender_error_value(ctx, NGX_HTTP_BAD_REQUEST,
                                              "url", *name, text)
                : NGX_ERROR;
}


static void
ngx_http_tender_criteria_bounds(ngx_http_tender_ctx_t *ctx,
    tender_value_t *object, ngx_http_tender_search_t *search)
{
    int64_t       us;
    ngx_uint_t    i;
    tender_str_t  name, text;

    static const struct {
        tender_str_t  name;
        size_t        offset;
        unsigned      ends;
    } dates[] = {
        { tender_string("date_start"),
          offsetof(ngx_http_tender_search_t, date_from), 0 },
        { tender_string("date_end"),
          offsetof(ngx_http_tender_search_t, date_to), 1 },
        { tender_string("modified_from"),
          offsetof(ngx_http_tender_search_t, modified_from), 0 },
        { tender_string("deadline_from"),
          offsetof(ngx_http_tender_search_t, deadline_from), 0 },
        { tender_string("deadline_to"),
          offsetof(ngx_http_tender_search_t, deadline_to), 1 }
    };

    for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        text = ngx_http_tender_criteria_text(object, &dates[i].name);

        if (text.len
            && tender_query_date(text, &ctx->main->zone, dates[i].ends, &us)
               == TENDER_OK)
        {
            *(int64_t *) ((u_char *) search + dates[i].offset) = us;
        }
    }

    tender_str_set(&name, "price1");
    search->price_from = ngx_http_tender_criteria_price(object, &name, 1,
                                                        INT64_MIN);

    tender_str_set(&name, "price2");
    search->price_to = ngx_http_tender_criteria_price(object, &name, 0,
                                                      INT64_MAX);

    tender_str_set(&name, "noprice");
    search->unpriced = ngx_http_tender_criteria_flag(object, &name);
}


/*
 * Digits below 1/10000 are rounded towards what is within the bound; one that
 * no price comes near is still a bound.
 */

static int64_t
ngx_http_tender_criteria_price(tender_value_t *object,
    const tender_str_t *name, ngx_uint_t up, int64_t none)
{
    int64_t         price;
    tender_str_t    text;
    tender_money_t  money;

    text = ngx_http_tender_criteria_text(object, name);

    if (text.len == 0 || tender_money_read(text, &money) != TENDER_OK) {
        return none;
    }

    price = money.digits;

    for ( /* void */ ; money.scale < 4; money.scale++) {

        if (price > INT64_MAX / 10) {
            return INT64_MAX - 1;
        }

        price *= 10;
    }

    for ( /* void */ ; money.scale > 4; money.scale--) {
        price = (up && price % 10) ? price / 10 + 1 : price / 10;
    }

    return price;
}


static void
ngx_http_tender_criteria_sort(tender_value_t *object,
    ngx_http_tender_search_t *search)
{
    ngx_uint_t    i;
    tender_str_t  text;

    text = ngx_http_tender_criteria_get(object, "sort_by");

    for (i = 0; ngx_http_tender_criteria_sorts[i].name.len; i++) {
        if (tender_str_eq(&text, &ngx_http_tender_criteria_sorts[i].name)) {
            break;
        }
    }

    search->sort = ngx_http_tender_criteria_sorts[i].sort;
    search->descending = (search->sort != NGX_HTTP_TENDER_BY_DEADLINE);

    text = ngx_http_tender_criteria_get(object, "sort_dest");

    if (text.len) {
        search->descending = tender_str_is(&text, "desc");
    }
}


static ngx_uint_t
ngx_http_tender_criteria_flag(tender_value_t *object,
    const tender_str_t *name)
{
    tender_value_t  *v;

    v = tender_value_get(object, name);

    return v && v->type == TENDER_TRUE;
}
