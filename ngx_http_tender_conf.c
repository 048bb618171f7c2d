
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_conf.h"
#include "domain/tender_number.h"
#include "search/tender_words.h"
#include "store/ngx_http_tender_plan.h"
#include "store/ngx_http_tender_store.h"


static ngx_int_t ngx_http_tender_open_zone(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf);
static void *ngx_http_tender_conf_alloc(void *pool, size_t size);
static void ngx_http_tender_merge_access(ngx_http_tender_loc_conf_t *conf,
    ngx_http_tender_loc_conf_t *prev);
static char *ngx_http_tender_needs(ngx_conf_t *cf,
    ngx_http_tender_loc_conf_t *conf);


void *
ngx_http_tender_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tender_main_conf_t));
    if (tmcf == NULL) {
        return NULL;
    }

    ngx_http_tender_redis_conf_init(&tmcf->redis);

    tmcf->chronograph = NGX_CONF_UNSET_MSEC;
    tmcf->jwt_leeway = NGX_CONF_UNSET;
    tmcf->jwt_lifetime = NGX_CONF_UNSET;
    tmcf->indexing = NGX_CONF_UNSET;
    tmcf->search_cache = NGX_CONF_UNSET_SIZE;

    return tmcf;
}


char *
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

    if (tmcf->threads.len == 0) {
        ngx_str_set(&tmcf->threads, "tender");
    }

    ngx_conf_init_msec_value(tmcf->chronograph, 1000);
    ngx_conf_init_value(tmcf->jwt_leeway, 30);
    ngx_conf_init_value(tmcf->jwt_lifetime, 0);
    ngx_conf_init_value(tmcf->indexing, 1);
    ngx_conf_init_size_value(tmcf->search_cache, 64 * 1024 * 1024);

    if (tmcf->search_cache < 1024 * 1024) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_search_cache\" is 1m at least");
        return NGX_CONF_ERROR;
    }

    if (!tmcf->used) {
        return NGX_CONF_OK;
    }

    if (tender_number_init() != TENDER_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "ICU has no transliteration data: install the "
                           "complete libicu");
        return NGX_CONF_ERROR;
    }

    if (tender_words_init() != TENDER_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "ICU has no normalization data: install the "
                           "complete libicu");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_tender_open_zone(cf, tmcf) != NGX_OK
        || ngx_http_tender_plans_init(cf, tmcf) != NGX_OK
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


void *
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
    tlcf->scopes = NGX_CONF_UNSET_PTR;
    tlcf->auth_cache = NGX_CONF_UNSET_MSEC;
    tlcf->tenant_from_host = NGX_CONF_UNSET;
    tlcf->token_ttl = NGX_CONF_UNSET;
    tlcf->refresh_ttl = NGX_CONF_UNSET;
    tlcf->session_ttl = NGX_CONF_UNSET;
    tlcf->session_secure = NGX_CONF_UNSET;
    tlcf->oauth_password = NGX_CONF_UNSET;
    tlcf->oauth_query = NGX_CONF_UNSET;
    tlcf->oauth_get = NGX_CONF_UNSET;
    tlcf->legacy_status = NGX_CONF_UNSET;

    return tlcf;
}


char *
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
    ngx_conf_merge_value(conf->legacy_status, prev->legacy_status, 0);

    ngx_http_tender_merge_step(&conf->step, &prev->step);
    ngx_http_tender_merge_access(conf, prev);

    /* an "if" or a "limit_except" is a part of its location */

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname && conf->dialect == NULL && prev->dialect) {
        conf->dialect = prev->dialect;
        conf->prefix = prev->prefix;
        conf->oauth_prefix = prev->oauth_prefix;

        if (clcf->lmt_excpt && clcf->handler == NULL) {
            clcf->handler = ngx_http_tender_handler;
        }
    }

    if (conf->auth == 0) {
        conf->auth = prev->auth;
    }

    return ngx_http_tender_needs(cf, conf);
}


static void
ngx_http_tender_merge_access(ngx_http_tender_loc_conf_t *conf,
    ngx_http_tender_loc_conf_t *prev)
{
    ngx_conf_merge_ptr_value(conf->scopes, prev->scopes, NULL);
    ngx_conf_merge_msec_value(conf->auth_cache, prev->auth_cache, 1000);
    ngx_conf_merge_str_value(conf->realm, prev->realm, "tender");
    ngx_conf_merge_value(conf->tenant_from_host, prev->tenant_from_host, 0);
    ngx_conf_merge_sec_value(conf->token_ttl, prev->token_ttl, 3600);
    ngx_conf_merge_sec_value(conf->refresh_ttl, prev->refresh_ttl,
                             30 * 24 * 3600);
    ngx_conf_merge_sec_value(conf->session_ttl, prev->session_ttl, 8 * 3600);
    ngx_conf_merge_value(conf->session_secure, prev->session_secure, 1);
    ngx_conf_merge_value(conf->oauth_password, prev->oauth_password, 0);
    ngx_conf_merge_value(conf->oauth_query, prev->oauth_query, 0);
    ngx_conf_merge_value(conf->oauth_get, prev->oauth_get, 0);
}


/* what a location needs of the rest of the configuration */

static char *
ngx_http_tender_needs(ngx_conf_t *cf, ngx_http_tender_loc_conf_t *conf)
{
    ngx_http_tender_main_conf_t  *tmcf;

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tender_module);

    if ((ngx_http_tender_kinds(conf) & NGX_HTTP_TENDER_AUTH_BASIC)
        || (conf->dialect
            && (conf->dialect->passwords == NGX_HTTP_TENDER_PASSWORDS
                || (conf->dialect->passwords && conf->oauth_password))))
    {
        tmcf->passwords = 1;
    }

    return NGX_CONF_OK;
}
