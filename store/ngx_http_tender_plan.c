
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_plan.h"
#include "ngx_http_tender_search.h"


#define NGX_HTTP_TENDER_PLAN_NAME      64
#define NGX_HTTP_TENDER_PLAN_REQUESTS  1000000000
#define NGX_HTTP_TENDER_PLAN_PAGE      1000


typedef struct {
    ngx_str_t    name;            /* "day=" */
    size_t       offset;          /* of the member that it sets */
    ngx_int_t    min;
    ngx_int_t    max;
} ngx_http_tender_plan_param_t;


static char *ngx_http_tender_plan_set(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_t *plan, ngx_uint_t *seen);
static char *ngx_http_tender_plan_number(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_param_t *param, ngx_http_tender_plan_t *plan);
static char *ngx_http_tender_plan_all(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_t *plan);
static char *ngx_http_tender_plan_fill(ngx_conf_t *cf,
    ngx_http_tender_plan_t *plan);
static ngx_http_tender_plan_t *ngx_http_tender_plan_find(ngx_array_t *plans,
    ngx_str_t *name);


/* those that there are without being configured */

static ngx_http_tender_plan_t  ngx_http_tender_plans[] = {
    { ngx_string("default"), 0, 0, 100, NGX_HTTP_TENDER_SEARCH_DEPTH, 1 },
    { ngx_string("preview"), 0, 60, 10, 10, 0 },
    { ngx_null_string, 0, 0, 0, 0, 0 }
};


#define NGX_HTTP_TENDER_PLAN_ALL  4      /* index of "all=" */

static ngx_http_tender_plan_param_t  ngx_http_tender_plan_params[] = {
    { ngx_string("day="), offsetof(ngx_http_tender_plan_t, day),
      0, NGX_HTTP_TENDER_PLAN_REQUESTS },

    { ngx_string("minute="), offsetof(ngx_http_tender_plan_t, minute),
      0, NGX_HTTP_TENDER_PLAN_REQUESTS },

    { ngx_string("page="), offsetof(ngx_http_tender_plan_t, page),
      1, NGX_HTTP_TENDER_PLAN_PAGE },

    { ngx_string("depth="), offsetof(ngx_http_tender_plan_t, depth),
      1, NGX_HTTP_TENDER_SEARCH_DEPTH },

    { ngx_string("all="), offsetof(ngx_http_tender_plan_t, all), 0, 1 },

    { ngx_null_string, 0, 0, 0 }
};


char *
ngx_http_tender_set_plan(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    char                    *rv;
    ngx_str_t               *value;
    ngx_uint_t               i, seen;
    ngx_http_tender_plan_t  *plan;

    value = cf->args->elts;

    if (tmcf->plans == NULL) {
        tmcf->plans = ngx_array_create(cf->pool, 4,
                                       sizeof(ngx_http_tender_plan_t));
        if (tmcf->plans == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (value[1].len == 0 || value[1].len > NGX_HTTP_TENDER_PLAN_NAME) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the name of a plan in \"%V\" has 1 to %d bytes",
                           &cmd->name, NGX_HTTP_TENDER_PLAN_NAME);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_tender_plan_find(tmcf->plans, &value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate plan \"%V\" in \"%V\"", &value[1],
                           &cmd->name);
        return NGX_CONF_ERROR;
    }

    plan = ngx_array_push(tmcf->plans);
    if (plan == NULL) {
        return NGX_CONF_ERROR;
    }

    plan->name = value[1];
    plan->day = NGX_CONF_UNSET_UINT;
    plan->minute = NGX_CONF_UNSET_UINT;
    plan->page = NGX_CONF_UNSET_UINT;
    plan->depth = NGX_CONF_UNSET_UINT;
    plan->all = NGX_CONF_UNSET_UINT;

    seen = 0;

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_http_tender_plan_set(cf, &value[i], plan, &seen);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return ngx_http_tender_plan_fill(cf, plan);
}


static char *
ngx_http_tender_plan_set(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_t *plan, ngx_uint_t *seen)
{
    ngx_uint_t                     i;
    ngx_http_tender_plan_param_t  *param;

    for (i = 0; /* void */ ; i++) {
        param = &ngx_http_tender_plan_params[i];

        if (param->name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "unknown parameter \"%V\" of \"tender_plan\": "
                               "there are day=, minute=, page=, depth= and "
                               "all=", text);
            return NGX_CONF_ERROR;
        }

        if (text->len >= param->name.len
            && ngx_strncmp(text->data, param->name.data, param->name.len) == 0)
        {
            break;
        }
    }

    if (*seen & (1 << i)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate parameter \"%V\" of \"tender_plan\"",
                           text);
        return NGX_CONF_ERROR;
    }

    *seen |= 1 << i;

    if (i == NGX_HTTP_TENDER_PLAN_ALL) {
        return ngx_http_tender_plan_all(cf, text, plan);
    }

    return ngx_http_tender_plan_number(cf, text, param, plan);
}


static char *
ngx_http_tender_plan_number(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_param_t *param, ngx_http_tender_plan_t *plan)
{
    ngx_int_t  n;

    n = ngx_atoi(text->data + param->name.len, text->len - param->name.len);

    if (n == NGX_ERROR || n < param->min || n > param->max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"tender_plan\": a "
                           "number from %i to %i is expected", text,
                           param->min, param->max);
        return NGX_CONF_ERROR;
    }

    *(ngx_uint_t *) ((char *) plan + param->offset) = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_tender_plan_all(ngx_conf_t *cf, ngx_str_t *text,
    ngx_http_tender_plan_t *plan)
{
    if (text->len == sizeof("all=on") - 1
        && ngx_strncmp(text->data, "all=on", text->len) == 0)
    {
        plan->all = 1;

    } else if (text->len == sizeof("all=off") - 1
               && ngx_strncmp(text->data, "all=off", text->len) == 0)
    {
        plan->all = 0;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"tender_plan\": "
                           "all=on or all=off is expected", text);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* what is left out is as in the plan that there is without it */

static char *
ngx_http_tender_plan_fill(ngx_conf_t *cf, ngx_http_tender_plan_t *plan)
{
    ngx_uint_t               paged, deep;
    ngx_http_tender_plan_t  *p;

    p = ngx_http_tender_plans;

    if (plan->name.len == p[1].name.len
        && ngx_memcmp(plan->name.data, p[1].name.data, p[1].name.len) == 0)
    {
        p++;
    }

    paged = (plan->page != NGX_CONF_UNSET_UINT);
    deep = (plan->depth != NGX_CONF_UNSET_UINT);

    ngx_conf_init_uint_value(plan->day, p->day);
    ngx_conf_init_uint_value(plan->minute, p->minute);
    ngx_conf_init_uint_value(plan->page, p->page);
    ngx_conf_init_uint_value(plan->depth, p->depth);
    ngx_conf_init_uint_value(plan->all, p->all);

    if (plan->page <= plan->depth) {
        return NGX_CONF_OK;
    }

    if (paged && deep) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"page=%ui\" of plan \"%V\" is more than its "
                           "\"depth=%ui\": no page could be so long",
                           plan->page, &plan->name, plan->depth);
        return NGX_CONF_ERROR;
    }

    if (paged) {
        plan->depth = plan->page;

    } else {
        plan->page = plan->depth;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_tender_plans_init(ngx_conf_t *cf, ngx_http_tender_main_conf_t *tmcf)
{
    ngx_http_tender_plan_t  *p, *plan;

    if (tmcf->plans == NULL) {
        tmcf->plans = ngx_array_create(cf->pool, 2,
                                       sizeof(ngx_http_tender_plan_t));
        if (tmcf->plans == NULL) {
            return NGX_ERROR;
        }
    }

    for (p = ngx_http_tender_plans; p->name.len; p++) {

        if (ngx_http_tender_plan_find(tmcf->plans, &p->name)) {
            continue;
        }

        plan = ngx_array_push(tmcf->plans);
        if (plan == NULL) {
            return NGX_ERROR;
        }

        *plan = *p;
    }

    return NGX_OK;
}


static ngx_http_tender_plan_t *
ngx_http_tender_plan_find(ngx_array_t *plans, ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_http_tender_plan_t  *plan;

    plan = plans->elts;

    for (i = 0; i < plans->nelts; i++) {
        if (plan[i].name.len == name->len
            && ngx_memcmp(plan[i].name.data, name->data, name->len) == 0)
        {
            return &plan[i];
        }
    }

    return NULL;
}


ngx_http_tender_plan_t *
ngx_http_tender_plan(ngx_http_tender_ctx_t *ctx)
{
    ngx_array_t             *plans;
    ngx_http_tender_plan_t  *plan;

    plans = ctx->main->plans;

    if (ctx->principal == NULL) {
        return ngx_http_tender_plan_find(plans,
                                         &ngx_http_tender_plans[1].name);
    }

    plan = ngx_http_tender_plan_find(plans, &ctx->principal->plan);

    return plan ? plan
                : ngx_http_tender_plan_find(plans,
                                            &ngx_http_tender_plans[0].name);
}
