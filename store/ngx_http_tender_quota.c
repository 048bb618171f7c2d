
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_plan.h"
#include "ngx_http_tender_private.h"
#include "ngx_http_tender_registry.h"


#define NGX_HTTP_TENDER_DAY     86400
#define NGX_HTTP_TENDER_MINUTE  60

#define NGX_HTTP_TENDER_QUOTA_ARGS  6
#define NGX_HTTP_TENDER_QUOTA_LINE  256


/* of a request: ctx->quota */

typedef struct {
    ngx_http_tender_plan_t   *plan;
    ngx_str_t                 who;
    int64_t                   at;        /* s; 0: it was not counted */
} ngx_http_tender_counted_t;


typedef struct {
    const char               *name;
    ngx_uint_t                max;
    ngx_uint_t                left;
    ngx_uint_t                reset;
    ngx_uint_t                window;
} ngx_http_tender_limit_t;


static ngx_int_t ngx_http_tender_quota_who(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *who);
static ngx_int_t ngx_http_tender_quota_call(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *op, ngx_http_tender_counted_t *counted,
    ngx_http_tender_redis_call_t *call);
static ngx_int_t ngx_http_tender_quota_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota,
    ngx_uint_t *fits, int64_t *at);
static ngx_int_t ngx_http_tender_quota_show(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota,
    ngx_uint_t fits);
static ngx_uint_t ngx_http_tender_quota_limits(ngx_http_tender_plan_t *plan,
    ngx_http_tender_quota_t *quota, ngx_http_tender_limit_t *limits);
static ngx_int_t ngx_http_tender_quota_lists(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_limit_t *limits, ngx_uint_t n);
static ngx_int_t ngx_http_tender_quota_header(ngx_http_tender_ctx_t *ctx,
    const char *name, ngx_uint_t n);


static ngx_str_t  ngx_http_tender_quota_op_take = ngx_string("take");
static ngx_str_t  ngx_http_tender_quota_op_ask = ngx_string("ask");
static ngx_str_t  ngx_http_tender_quota_op_return = ngx_string("return");


ngx_int_t
ngx_http_tender_quota_take(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_tender_plan_t        *plan;
    ngx_http_tender_counted_t     *counted;
    ngx_http_tender_redis_call_t  *call;

    plan = ngx_http_tender_plan(ctx);

    if (plan->day == 0 && plan->minute == 0) {
        return NGX_OK;
    }

    counted = ngx_pcalloc(ctx->request->pool,
                          sizeof(ngx_http_tender_counted_t));
    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));

    if (counted == NULL || call == NULL) {
        return NGX_ERROR;
    }

    counted->plan = plan;

    if (ngx_http_tender_quota_who(ctx, &counted->who) != NGX_OK
        || ngx_http_tender_quota_call(ctx, &ngx_http_tender_quota_op_take,
                                      counted, call)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->quota = counted;

    return ngx_http_tender_call(ctx, call, 1);
}


static ngx_int_t
ngx_http_tender_quota_who(ngx_http_tender_ctx_t *ctx, ngx_str_t *who)
{
    u_char  *p, address[17];
    size_t   len;

    if (ctx->principal) {
        *who = ctx->principal->account;
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, NGX_HTTP_TENDER_HASH_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    len = ngx_http_tender_network(ctx->request->connection, 4, address);

    ngx_http_tender_store_hash(p, address, len);

    who->data = p;
    who->len = NGX_HTTP_TENDER_HASH_LEN;

    return NGX_OK;
}


/* one that is counted twice does little harm: it is no write */

static ngx_int_t
ngx_http_tender_quota_call(ngx_http_tender_ctx_t *ctx, ngx_str_t *op,
    ngx_http_tender_counted_t *counted, ngx_http_tender_redis_call_t *call)
{
    u_char     *p;
    ngx_str_t  *argv;

    argv = ngx_palloc(ctx->request->pool,
                      NGX_HTTP_TENDER_QUOTA_ARGS * sizeof(ngx_str_t));
    p = ngx_pnalloc(ctx->request->pool, 3 * NGX_INT64_LEN);

    if (argv == NULL || p == NULL
        || ngx_http_tender_global_key(ctx, "quota:day:", &counted->who,
                                      &argv[0])
           != NGX_OK
        || ngx_http_tender_global_key(ctx, "quota:minute:", &counted->who,
                                      &argv[1])
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[2] = *op;

    p = ngx_http_tender_store_number(p, counted->plan->day, &argv[3]);
    p = ngx_http_tender_store_number(p, counted->plan->minute, &argv[4]);
    (void) ngx_http_tender_store_number(p, counted->at, &argv[5]);

    call->script = &ngx_http_tender_scripts[NGX_HTTP_TENDER_QUOTA_LUA];
    call->nkeys = 2;
    call->argv = argv;
    call->argc = NGX_HTTP_TENDER_QUOTA_ARGS;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_quota_read(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota,
    ngx_uint_t *fits, int64_t *at)
{
    ngx_int_t                       rc;
    ngx_uint_t                      i, used;
    ngx_http_tender_redis_reply_t  *reply, *elts;

    rc = ngx_http_tender_store_reply(ctx, &reply);
    if (rc != NGX_OK) {
        return rc;
    }

    if (reply->type != NGX_HTTP_TENDER_REDIS_ARRAY || reply->nelts != 4) {
        return ngx_http_tender_store_broken(ctx);
    }

    elts = reply->elts;

    for (i = 0; i < 4; i++) {
        if (elts[i].type != NGX_HTTP_TENDER_REDIS_INTEGER
            || elts[i].integer < 0)
        {
            return ngx_http_tender_store_broken(ctx);
        }
    }

    *fits = elts[0].integer;
    *at = elts[3].integer;

    used = elts[1].integer;
    quota->day_left = (used < plan->day) ? plan->day - used : 0;
    quota->day_reset = NGX_HTTP_TENDER_DAY - *at % NGX_HTTP_TENDER_DAY;

    used = elts[2].integer;
    quota->minute_left = (used < plan->minute) ? plan->minute - used : 0;
    quota->minute_reset = NGX_HTTP_TENDER_MINUTE
                          - *at % NGX_HTTP_TENDER_MINUTE;

    return NGX_OK;
}


ngx_int_t
ngx_http_tender_quota_taken(ngx_http_tender_ctx_t *ctx)
{
    int64_t                     at;
    ngx_int_t                   rc;
    ngx_uint_t                  fits;
    ngx_http_tender_quota_t     quota;
    ngx_http_tender_counted_t  *counted;

    counted = ctx->quota;

    if (counted == NULL) {
        return NGX_OK;
    }

    rc = ngx_http_tender_quota_read(ctx, counted->plan, &quota, &fits, &at);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_tender_quota_show(ctx, counted->plan, &quota, fits)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (!fits) {
        return ngx_http_tender_error(ctx, NGX_HTTP_TOO_MANY_REQUESTS,
                                     "header", "quota",
                                     "As many requests as the plan allows: "
                                     "come again later");
    }

    counted->at = at;

    return NGX_OK;
}


/* draft-ietf-httpapi-ratelimit-headers-11, and what was there before */

static ngx_int_t
ngx_http_tender_quota_show(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota,
    ngx_uint_t fits)
{
    ngx_uint_t                i, n;
    ngx_http_tender_limit_t   limits[2], *tight;

    n = ngx_http_tender_quota_limits(plan, quota, limits);

    if (ngx_http_tender_quota_lists(ctx, limits, n) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the one that comes first, or lasts longer */

    tight = &limits[0];

    for (i = 1; i < n; i++) {
        if (limits[i].left < tight->left
            || (limits[i].left == tight->left
                && limits[i].reset > tight->reset))
        {
            tight = &limits[i];
        }
    }

    if (ngx_http_tender_quota_header(ctx, "X-RateLimit-Limit", tight->max)
        != NGX_OK
        || ngx_http_tender_quota_header(ctx, "X-RateLimit-Remaining",
                                        tight->left)
           != NGX_OK
        || ngx_http_tender_quota_header(ctx, "X-RateLimit-Reset",
                                        tight->reset)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return fits ? NGX_OK
                : ngx_http_tender_quota_header(ctx, "Retry-After",
                                               tight->reset);
}


static ngx_uint_t
ngx_http_tender_quota_limits(ngx_http_tender_plan_t *plan,
    ngx_http_tender_quota_t *quota, ngx_http_tender_limit_t *limits)
{
    ngx_uint_t  n;

    n = 0;

    if (plan->day) {
        limits[n].name = "day";
        limits[n].max = plan->day;
        limits[n].left = quota->day_left;
        limits[n].reset = quota->day_reset;
        limits[n++].window = NGX_HTTP_TENDER_DAY;
    }

    if (plan->minute) {
        limits[n].name = "minute";
        limits[n].max = plan->minute;
        limits[n].left = quota->minute_left;
        limits[n].reset = quota->minute_reset;
        limits[n++].window = NGX_HTTP_TENDER_MINUTE;
    }

    return n;
}


static ngx_int_t
ngx_http_tender_quota_lists(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_limit_t *limits, ngx_uint_t n)
{
    u_char      *p, *q;
    u_char       policy[NGX_HTTP_TENDER_QUOTA_LINE];
    u_char       left[NGX_HTTP_TENDER_QUOTA_LINE];
    ngx_str_t    value;
    ngx_uint_t   i;

    p = policy;
    q = left;

    for (i = 0; i < n; i++) {
        p = ngx_sprintf(p, "%s\"%s\";q=%ui;w=%ui", i ? ", " : "",
                        limits[i].name, limits[i].max, limits[i].window);
        q = ngx_sprintf(q, "%s\"%s\";r=%ui;t=%ui", i ? ", " : "",
                        limits[i].name, limits[i].left, limits[i].reset);
    }

    value.data = policy;
    value.len = p - policy;

    if (ngx_http_tender_header(ctx->request, "RateLimit-Policy", &value)
        == NULL)
    {
        return NGX_ERROR;
    }

    value.data = left;
    value.len = q - left;

    return ngx_http_tender_header(ctx->request, "RateLimit", &value)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tender_quota_header(ngx_http_tender_ctx_t *ctx, const char *name,
    ngx_uint_t n)
{
    u_char     buf[NGX_INT64_LEN];
    ngx_str_t  value;

    value.data = buf;
    value.len = tender_uint_write(buf, n) - buf;

    return ngx_http_tender_header(ctx->request, name, &value) ? NGX_OK
                                                              : NGX_ERROR;
}


void
ngx_http_tender_quota_return(ngx_http_tender_ctx_t *ctx)
{
    ngx_table_elt_t               *h;
    ngx_http_tender_counted_t     *counted;
    ngx_http_tender_redis_call_t   call;

    counted = ctx->quota;
    h = ctx->request->headers_in.if_none_match;

    /* who takes any tag for his own has never had the answer */

    if (counted == NULL || counted->at == 0
        || (h && h->value.len == 1 && h->value.data[0] == '*'))
    {
        return;
    }

    ngx_memzero(&call, sizeof(ngx_http_tender_redis_call_t));

    if (ngx_http_tender_quota_call(ctx, &ngx_http_tender_quota_op_return,
                                   counted, &call)
        == NGX_OK)
    {
        counted->at = 0;
        ngx_http_tender_store_later(ctx, &call);
    }
}


ngx_int_t
ngx_http_tender_quota_ask(ngx_http_tender_ctx_t *ctx, ngx_str_t *account,
    ngx_http_tender_plan_t *plan)
{
    ngx_http_tender_counted_t      counted;
    ngx_http_tender_redis_call_t  *call;

    if (plan->day == 0 && plan->minute == 0) {
        return NGX_OK;
    }

    call = ngx_pcalloc(ctx->request->pool,
                       sizeof(ngx_http_tender_redis_call_t));
    if (call == NULL) {
        return NGX_ERROR;
    }

    counted.plan = plan;
    counted.who = *account;
    counted.at = 0;

    if (ngx_http_tender_quota_call(ctx, &ngx_http_tender_quota_op_ask,
                                   &counted, call)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_tender_call(ctx, call, 1);
}


ngx_int_t
ngx_http_tender_quota_known(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_plan_t *plan, ngx_http_tender_quota_t *quota)
{
    int64_t     at;
    ngx_uint_t  fits;

    ngx_memzero(quota, sizeof(ngx_http_tender_quota_t));

    if (plan->day == 0 && plan->minute == 0) {
        return NGX_OK;
    }

    return ngx_http_tender_quota_read(ctx, plan, quota, &fits, &at);
}
