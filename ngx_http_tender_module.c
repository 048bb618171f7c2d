
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "http/ngx_http_tender.h"
#include "auth/ngx_http_tender_access.h"
#include "store/ngx_http_tender_store.h"
#include "store/ngx_http_tender_seal.h"
#include "store/ngx_http_tender_chronograph.h"
#include "domain/tender_number.h"
#include "api/ngx_http_tender_api.h"
#include "status/ngx_http_tender_status.h"


static ngx_int_t ngx_http_tender_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_tender_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_tender_init_process(ngx_cycle_t *cycle);
static void ngx_http_tender_exit_process(ngx_cycle_t *cycle);

static void *ngx_http_tender_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_tender_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_tender_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_tender_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_tender_open_zone(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);
static void *ngx_http_tender_conf_alloc(void *pool, size_t size);

static char *ngx_http_tender_set_api(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_tender_set_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_tender_location(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_tender_loc_conf_t *tlcf,
    const ngx_http_tender_dialect_t *dialect);


/* one script reads a whole list */

static ngx_conf_num_bounds_t  ngx_http_tender_bound = {
    ngx_conf_check_num_bounds, 1, NGX_HTTP_TENDER_MAX_PARTS
};


static ngx_command_t  ngx_http_tender_commands[] = {

    { ngx_string("tender_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_redis_user"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.user),
      NULL },

    { ngx_string("tender_redis_password_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_redis_set_password_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis),
      NULL },

    { ngx_string("tender_redis_tls"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.tls),
      NULL },

    { ngx_string("tender_redis_trusted_certificate"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.trusted_certificate),
      NULL },

    { ngx_string("tender_redis_connect_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.connect_timeout),
      NULL },

    { ngx_string("tender_redis_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.timeout),
      NULL },

    { ngx_string("tender_redis_backoff"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE3,
      ngx_http_tender_redis_set_backoff,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis),
      NULL },

    { ngx_string("tender_redis_connections"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.connections),
      NULL },

    { ngx_string("tender_redis_max_pending"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, redis.max_pending),
      NULL },

    { ngx_string("tender_prefix"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_prefix,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_timezone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, zone_name),
      NULL },

    { ngx_string("tender_id_prefix"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_id_prefix,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_chronograph"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_chronograph,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_seal_key_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_seal_key_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_api,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_anonymous"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, anonymous),
      ngx_http_tender_anonymous },

    { ngx_string("tender_ownership"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, ownership),
      NULL },

    { ngx_string("tender_max_bids"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, max_bids),
      &ngx_http_tender_bound },

    { ngx_string("tender_max_documents"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, max_documents),
      &ngx_http_tender_bound },

    { ngx_string("tender_minimal_step"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_step,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_tender_module_ctx = {
    ngx_http_tender_preconfiguration,      /* preconfiguration */
    ngx_http_tender_postconfiguration,     /* postconfiguration */

    ngx_http_tender_create_main_conf,      /* create main configuration */
    ngx_http_tender_init_main_conf,        /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_tender_create_loc_conf,       /* create location configuration */
    ngx_http_tender_merge_loc_conf         /* merge location configuration */
};


ngx_module_t  ngx_http_tender_module = {
    NGX_MODULE_V1,
    &ngx_http_tender_module_ctx,           /* module context */
    ngx_http_tender_commands,              /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_tender_init_process,          /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_tender_exit_process,          /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_tender_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_tender_add_variables(cf);
}


static ngx_int_t
ngx_http_tender_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_handler_pt          *h;
    ngx_http_core_main_conf_t    *cmcf;
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);

    if (!tmcf->used) {
        return NGX_OK;
    }

    if (tmcf->redis.url.url.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "a location is served by the tender module, but "
                           "no \"tender_redis\" says where its store is");
        return NGX_ERROR;
    }

    if (ngx_http_tender_redis_conf_merge(cf, &tmcf->redis) != NGX_CONF_OK) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_tender_mask_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_tender_unmask_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_tender_access_handler;

    ngx_http_tender_filter_init();

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_init_process(ngx_cycle_t *cycle)
{
    ngx_http_tender_main_conf_t  *tmcf;

    if (ngx_process != NGX_PROCESS_WORKER
        && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tender_module);

    if (tmcf == NULL || !tmcf->used) {
        return NGX_OK;
    }

    tmcf->client = ngx_http_tender_redis_open(cycle, &tmcf->redis);

    if (tmcf->client == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_chronograph_start(cycle, tmcf);
}


static void
ngx_http_tender_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tender_module);

    if (tmcf && tmcf->client) {
        ngx_http_tender_chronograph_stop();
        ngx_http_tender_redis_close(tmcf->client);
        tmcf->client = NULL;
    }
}


static void *
ngx_http_tender_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tender_main_conf_t));
    if (tmcf == NULL) {
        return NULL;
    }

    ngx_http_tender_redis_conf_init(&tmcf->redis);

    tmcf->chronograph = NGX_CONF_UNSET_MSEC;

    return tmcf;
}


static char *
ngx_http_tender_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_tender_main_conf_t *tmcf = conf;

    if (tmcf->id_prefix.len == 0) {
        ngx_str_set(&tmcf->id_prefix, "UA");
    }

    if (tmcf->zone_name.data == NULL) {
        ngx_str_set(&tmcf->zone_name, "UTC");
    }

    if (tmcf->buckets == 0) {
        tmcf->buckets = 1;
    }

    ngx_conf_init_msec_value(tmcf->chronograph, 1000);

    if (!tmcf->used) {
        return NGX_CONF_OK;
    }

    if (tender_number_init() != TENDER_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "ICU has no transliteration data: install the "
                           "complete libicu");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_tender_open_zone(cf, tmcf) != NGX_OK
        || ngx_http_tender_store_init(cf, tmcf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_tender_open_zone(ngx_conf_t *cf, ngx_http_tender_main_conf_t *tmcf)
{
    ngx_int_t     rc;
    tender_mem_t  mem;

    /* an argument of a directive ends with a zero */

    tender_mem_init(&mem, ngx_http_tender_conf_alloc, cf->pool);

    rc = tender_zone_open(&mem, (char *) tmcf->zone_name.data, &tmcf->zone);

    if (rc == TENDER_DECLINED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown time zone \"%V\" in \"tender_timezone\": "
                           "use an IANA name, as \"Europe/Kyiv\"",
                           &tmcf->zone_name);
    }

    return (rc == TENDER_OK) ? NGX_OK : NGX_ERROR;
}


static void *
ngx_http_tender_conf_alloc(void *pool, size_t size)
{
    return ngx_palloc(pool, size);
}


static void *
ngx_http_tender_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_tender_loc_conf_t  *tlcf;

    tlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tender_loc_conf_t));
    if (tlcf == NULL) {
        return NULL;
    }

    tlcf->anonymous = NGX_CONF_UNSET_UINT;
    tlcf->ownership = NGX_CONF_UNSET;
    tlcf->max_bids = NGX_CONF_UNSET_UINT;
    tlcf->max_documents = NGX_CONF_UNSET_UINT;

    return tlcf;
}


static char *
ngx_http_tender_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_tender_loc_conf_t *prev = parent;
    ngx_http_tender_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    ngx_conf_merge_uint_value(conf->anonymous, prev->anonymous, 0);
    ngx_conf_merge_value(conf->ownership, prev->ownership, 1);
    ngx_conf_merge_uint_value(conf->max_bids, prev->max_bids,
                              NGX_HTTP_TENDER_MAX_PARTS);
    ngx_conf_merge_uint_value(conf->max_documents, prev->max_documents, 200);

    ngx_http_tender_merge_step(&conf->step, &prev->step);

    /* an "if" or a "limit_except" is a part of its location */

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname && conf->dialect == NULL && prev->dialect) {
        conf->dialect = prev->dialect;
        conf->prefix = prev->prefix;

        if (clcf->lmt_excpt && clcf->handler == NULL) {
            clcf->handler = ngx_http_tender_handler;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_tender_set_api(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (value[1].len != ngx_http_tender_api.version.len
        || ngx_strncmp(value[1].data, ngx_http_tender_api.version.data,
                       value[1].len)
           != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown version \"%V\" in \"tender_api\": "
                           "it speaks \"%V\"", &value[1],
                           &ngx_http_tender_api.version);
        return NGX_CONF_ERROR;
    }

    return ngx_http_tender_location(cf, cmd, conf, &ngx_http_tender_api);
}


static char *
ngx_http_tender_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return ngx_http_tender_location(cf, cmd, conf,
                                    &ngx_http_tender_status_dialect);
}


static char *
ngx_http_tender_location(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_tender_loc_conf_t *tlcf, const ngx_http_tender_dialect_t *dialect)
{
    ngx_http_core_loc_conf_t     *clcf;
    ngx_http_tender_main_conf_t  *tmcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in a location that another directive "
                           "serves already", &cmd->name);
        return NGX_CONF_ERROR;
    }

#if (NGX_PCRE)
    if (clcf->regex) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a prefix location, not one with a "
                           "regular expression", &cmd->name);
        return NGX_CONF_ERROR;
    }
#endif

    if (clcf->named) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" needs a prefix location, not a named one",
                           &cmd->name);
        return NGX_CONF_ERROR;
    }

    clcf->handler = ngx_http_tender_handler;

    tlcf->dialect = dialect;
    tlcf->prefix = clcf->name;

    if (tlcf->prefix.len && tlcf->prefix.data[tlcf->prefix.len - 1] == '/') {
        tlcf->prefix.len--;
    }

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);
    tmcf->used = 1;

    return NGX_CONF_OK;
}
