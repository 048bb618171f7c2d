
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_password.h"
#include "ngx_http_tender_password_hash.h"

#include <openssl/crypto.h>
#include <ngx_thread_pool.h>
#include <sys/resource.h>
#include <sys/syscall.h>


#define NGX_HTTP_TENDER_PASSWORD_TIME  60000
#define NGX_HTTP_TENDER_PASSWORD_NICE  10


/*
 * What a thread works on is no memory of the request, which may end before
 * it; whoever waits is ctx, or NULL.
 */

typedef struct {
    ngx_http_tender_ctx_t       *ctx;
    ngx_http_tender_password_t  *result;
    ngx_http_cleanup_t          *cln;
    int                          ident;       /* what a timer's debug shows */

    ngx_thread_task_t            task;
    ngx_event_t                  deadline;

    size_t                       len;
    char                         password[NGX_HTTP_TENDER_PASSWORD_MAX + 1];
    char                         stored[NGX_HTTP_TENDER_PHC_MAX + 1];
    char                         hash[NGX_HTTP_TENDER_PHC_MAX + 1];
    unsigned                     make:1;
    unsigned                     bad:1;       /* whatever comes of it */
    unsigned                     good:1;
    unsigned                     failed:1;
} ngx_http_tender_hashing_t;


static ngx_http_tender_hashing_t *ngx_http_tender_hashing(ngx_str_t *password,
    ngx_str_t *stored);
static ngx_int_t ngx_http_tender_hashing_post(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hashing_t *hashing, ngx_http_tender_password_t *result);
static void ngx_http_tender_hashing_run(void *data, ngx_log_t *log);
static void ngx_http_tender_hashing_done(ngx_event_t *ev);
static void ngx_http_tender_hashing_late(ngx_event_t *ev);
static void ngx_http_tender_hashing_cleanup(void *data);
static void ngx_http_tender_hashing_wake(ngx_http_tender_hashing_t *hashing);
static void ngx_http_tender_hashing_free(ngx_http_tender_hashing_t *hashing);
static ngx_int_t ngx_http_tender_password_busy(ngx_http_tender_ctx_t *ctx,
    const char *text);


ngx_int_t
ngx_http_tender_password_init(ngx_conf_t *cf,
    ngx_http_tender_main_conf_t *tmcf)
{
    /* they are the last to run, which files must not be */

    if (ngx_strcmp(tmcf->threads.data, "default") == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"tender_password_threads\" needs a pool of its "
                           "own, not \"default\"");
        return NGX_ERROR;
    }

    if (ngx_thread_pool_get(cf->cycle, &tmcf->threads)) {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "passwords are checked by threads, and there is no "
                       "pool \"%V\" of them: write \"thread_pool %V threads=2 "
                       "max_queue=64;\" at the top level, before the "
                       "\"http\" block", &tmcf->threads, &tmcf->threads);

    return NGX_ERROR;
}


ngx_uint_t
ngx_http_tender_password_known(ngx_str_t *hash)
{
    return hash->len <= NGX_HTTP_TENDER_PHC_MAX
           && tender_hash_known(hash->data, hash->len);
}


ngx_int_t
ngx_http_tender_password_check(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *password, ngx_str_t *stored,
    ngx_http_tender_password_t *result)
{
    ngx_http_tender_hashing_t  *hashing;

    hashing = ngx_http_tender_hashing(password, stored);

    return ngx_http_tender_hashing_post(ctx, hashing, result);
}


ngx_int_t
ngx_http_tender_password_make(ngx_http_tender_ctx_t *ctx,
    ngx_str_t *password, ngx_http_tender_password_t *result)
{
    ngx_str_t                   nobody = ngx_null_string;
    ngx_http_tender_hashing_t  *hashing;

    hashing = ngx_http_tender_hashing(password, &nobody);

    if (hashing) {

        if (hashing->bad) {
            ngx_http_tender_hashing_free(hashing);
            return NGX_ERROR;
        }

        hashing->make = 1;
    }

    return ngx_http_tender_hashing_post(ctx, hashing, result);
}


ngx_int_t
ngx_http_tender_password_done(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_password_t *result)
{
    if (!result->failed) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  "tender: a password could not be hashed: no memory, or too "
                  "little time");

    return ngx_http_tender_password_busy(ctx,
                                         "The password could not be checked: "
                                         "try again");
}


static ngx_http_tender_hashing_t *
ngx_http_tender_hashing(ngx_str_t *password, ngx_str_t *stored)
{
    ngx_http_tender_hashing_t  *hashing;

    hashing = ngx_calloc(sizeof(ngx_http_tender_hashing_t), ngx_cycle->log);
    if (hashing == NULL) {
        return NULL;
    }

    /* what nobody can have is checked, too: it takes the same time */

    if (password->len == 0 || password->len > NGX_HTTP_TENDER_PASSWORD_MAX) {
        hashing->bad = 1;
    }

    hashing->len = ngx_min(password->len, NGX_HTTP_TENDER_PASSWORD_MAX);
    ngx_memcpy(hashing->password, password->data, hashing->len);

    if (stored->len <= NGX_HTTP_TENDER_PHC_MAX) {
        ngx_memcpy(hashing->stored, stored->data, stored->len);
    }

    return hashing;
}


static ngx_int_t
ngx_http_tender_hashing_post(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_hashing_t *hashing, ngx_http_tender_password_t *result)
{
    ngx_thread_pool_t   *pool;
    ngx_http_cleanup_t  *cln;

    ngx_memzero(result, sizeof(ngx_http_tender_password_t));

    if (hashing == NULL) {
        return NGX_ERROR;
    }

    pool = ngx_thread_pool_get((ngx_cycle_t *) ngx_cycle,
                               &ctx->main->threads);
    cln = ngx_http_cleanup_add(ctx->request, 0);

    if (pool == NULL || cln == NULL) {
        ngx_http_tender_hashing_free(hashing);
        return NGX_ERROR;
    }

    hashing->ident = -1;
    hashing->task.ctx = hashing;
    hashing->task.handler = ngx_http_tender_hashing_run;
    hashing->task.event.data = hashing;
    hashing->task.event.handler = ngx_http_tender_hashing_done;
    hashing->task.event.log = ngx_cycle->log;

    if (ngx_thread_task_post(pool, &hashing->task) != NGX_OK) {
        ngx_http_tender_hashing_free(hashing);
        return ngx_http_tender_password_busy(ctx,
                                             "Too many passwords wait to be "
                                             "checked: try again");
    }

    hashing->ctx = ctx;
    hashing->result = result;
    hashing->cln = cln;

    cln->handler = ngx_http_tender_hashing_cleanup;
    cln->data = hashing;

    /* a worker that leaves waits as long as there is a timer */

    hashing->deadline.data = hashing;
    hashing->deadline.handler = ngx_http_tender_hashing_late;
    hashing->deadline.log = ngx_cycle->log;

    ngx_add_timer(&hashing->deadline, NGX_HTTP_TENDER_PASSWORD_TIME);

    ctx->pending++;

    return NGX_AGAIN;
}


/* in a thread */

static void
ngx_http_tender_hashing_run(void *data, ngx_log_t *log)
{
    ngx_http_tender_hashing_t *hashing = data;

    int  rc;

    static __thread unsigned  nice;

    (void) log;

    /* of the cores, these threads take what the event loops leave */

    if (!nice) {
        nice = 1;
        (void) setpriority(PRIO_PROCESS, (id_t) syscall(SYS_gettid),
                           NGX_HTTP_TENDER_PASSWORD_NICE);
    }

    rc = 1;

    if (!hashing->make) {
        rc = tender_hash_check(hashing->stored, hashing->password,
                               hashing->len);

        hashing->good = (rc == 1 && !hashing->bad);
        hashing->failed = (rc == -1);

        rc = hashing->good
             && tender_hash_weak((u_char *) hashing->stored,
                                 ngx_strlen(hashing->stored), hashing->len);
    }

    if (rc
        && tender_hash_make(hashing->hash, sizeof(hashing->hash),
                            hashing->password, hashing->len)
           != 0)
    {
        hashing->hash[0] = '\0';
        hashing->failed = hashing->make;
    }

    OPENSSL_cleanse(hashing->password, sizeof(hashing->password));
}


/* on the event loop again */

static void
ngx_http_tender_hashing_done(ngx_event_t *ev)
{
    size_t                       len;
    ngx_http_tender_hashing_t   *hashing = ev->data;
    ngx_http_tender_password_t  *result;

    if (hashing->deadline.timer_set) {
        ngx_del_timer(&hashing->deadline);
    }

    if (hashing->ctx) {
        result = hashing->result;
        len = ngx_strlen(hashing->hash);

        result->good = hashing->good;
        result->failed = hashing->failed;

        if (len) {
            result->hash.data = ngx_pnalloc(hashing->ctx->request->pool, len);

            if (result->hash.data) {
                ngx_memcpy(result->hash.data, hashing->hash, len);
                result->hash.len = len;

            } else {
                result->failed = hashing->make;
            }
        }

        ngx_http_tender_hashing_wake(hashing);
    }

    ngx_http_tender_hashing_free(hashing);
}


/* the thread goes on, nobody waits for it any more */

static void
ngx_http_tender_hashing_late(ngx_event_t *ev)
{
    ngx_http_tender_hashing_t *hashing = ev->data;

    if (hashing->ctx) {
        hashing->result->failed = 1;
        ngx_http_tender_hashing_wake(hashing);
    }
}


static void
ngx_http_tender_hashing_wake(ngx_http_tender_hashing_t *hashing)
{
    ngx_http_tender_ctx_t  *ctx;

    ctx = hashing->ctx;

    hashing->ctx = NULL;
    hashing->cln->handler = NULL;

    ctx->pending--;

    ngx_http_tender_post(ctx);
}


static void
ngx_http_tender_hashing_cleanup(void *data)
{
    ngx_http_tender_hashing_t *hashing = data;

    hashing->ctx = NULL;
}


static void
ngx_http_tender_hashing_free(ngx_http_tender_hashing_t *hashing)
{
    OPENSSL_cleanse(hashing, sizeof(ngx_http_tender_hashing_t));
    ngx_free(hashing);
}


static ngx_int_t
ngx_http_tender_password_busy(ngx_http_tender_ctx_t *ctx, const char *text)
{
    ngx_str_t  second = ngx_string("1");

    if (ngx_http_tender_header(ctx->request, "Retry-After", &second) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_tender_error(ctx, NGX_HTTP_SERVICE_UNAVAILABLE, "header",
                                 "password", text);
}
