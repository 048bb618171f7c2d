
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_conf.h"
#include "auth/ngx_http_tender_access.h"
#include "auth/ngx_http_tender_identify.h"
#include "auth/ngx_http_tender_jwt.h"
#include "auth/ngx_http_tender_password.h"
#include "store/ngx_http_tender_store.h"
#include "store/ngx_http_tender_seal.h"
#include "store/ngx_http_tender_chronograph.h"
#include "store/ngx_http_tender_index.h"
#include "store/ngx_http_tender_plan.h"
#include "store/ngx_http_tender_reader.h"
#include "store/ngx_http_tender_reindex.h"
#include "api/ngx_http_tender_api.h"
#include "export/ngx_http_tender_export.h"
#include "account/ngx_http_tender_account.h"
#include "oauth/ngx_http_tender_oauth.h"
#include "admin/ngx_http_tender_admin.h"
#include "status/ngx_http_tender_status.h"


static ngx_int_t ngx_http_tender_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_tender_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_tender_init_process(ngx_cycle_t *cycle);
static void ngx_http_tender_exit_process(ngx_cycle_t *cycle);


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

    { ngx_string("tender_jwt_key"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_jwt_key,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_jwt_jwks"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_jwt_jwks,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_jwt_leeway"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, jwt_leeway),
      NULL },

    { ngx_string("tender_jwt_lifetime"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, jwt_lifetime),
      NULL },

    { ngx_string("tender_password_threads"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, threads),
      NULL },

    { ngx_string("tender_admin_bootstrap_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_bootstrap,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_index"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, indexing),
      NULL },

    { ngx_string("tender_search_cache"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tender_main_conf_t, search_cache),
      NULL },

    { ngx_string("tender_plan"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_plan,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_dialect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_api },

    { ngx_string("tender_anonymous"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, anonymous),
      ngx_http_tender_anonymous },

    { ngx_string("tender_auth"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_auth,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_scope"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_tender_set_scope,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_auth_cache"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_auth_cache,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_auth_realm"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_realm,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_tenant_from_host"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, tenant_from_host),
      NULL },

    { ngx_string("tender_token_ttl"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, token_ttl),
      NULL },

    { ngx_string("tender_refresh_ttl"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, refresh_ttl),
      NULL },

    { ngx_string("tender_session_ttl"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, session_ttl),
      NULL },

    { ngx_string("tender_session_secure"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, session_secure),
      NULL },

    { ngx_string("tender_oauth_password_grant"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, oauth_password),
      NULL },

    { ngx_string("tender_oauth_query_credentials"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, oauth_query),
      NULL },

    { ngx_string("tender_oauth_get"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, oauth_get),
      NULL },

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

    { ngx_string("tender_export"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_dialect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_export_dialect },

    { ngx_string("tender_export_legacy_status"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tender_loc_conf_t, legacy_status),
      NULL },

    { ngx_string("tender_account"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_account,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_account_dialect },

    { ngx_string("tender_oauth"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_dialect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_oauth_dialect },

    { ngx_string("tender_admin"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_dialect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_admin_dialect },

    { ngx_string("tender_oauth_metadata"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tender_set_oauth_metadata,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tender_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_tender_set_dialect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      (void *) &ngx_http_tender_status_dialect },

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
    ngx_uint_t                    n;
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

    if (tmcf->passwords
        && ngx_http_tender_password_init(cf, tmcf) != NGX_OK)
    {
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

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_tender_identify_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    /* what comes first is asked last: addresses cost less than passwords */

    h = cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers.elts;
    n = cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers.nelts;

    ngx_memmove(h + 1, h, (n - 1) * sizeof(ngx_http_handler_pt));

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

    tmcf->cache = ngx_http_tender_cache_open(cycle);

    if (tmcf->cache == NULL) {
        return NGX_ERROR;
    }

    tmcf->index = ngx_http_tender_reader_open(cycle, tmcf);

    if (tmcf->index == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_tender_reindex_watch(cycle, tmcf) != NGX_OK) {
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
        ngx_http_tender_compact_exit(tmcf);
        ngx_http_tender_redis_close(tmcf->client);
        tmcf->client = NULL;

        ngx_http_tender_cache_close(tmcf->cache);
        tmcf->cache = NULL;

        ngx_http_tender_reader_close(tmcf->index);
        tmcf->index = NULL;
    }
}
