
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_redis_link.h"


/*
 * hiredis parses, these functions build: a reply is made in the memory of
 * the call that waits for it, each bulk string copied there once.  Nothing
 * is freed here.  An answer that nobody waits for, or no longer, is parsed
 * into ngx_http_tender_redis_nobody: a parent of an answer half read may
 * have gone with its request.
 */

static ngx_http_tender_redis_reply_t *ngx_http_tender_redis_slot(
    const redisReadTask *task, ngx_http_tender_redis_call_t **call);
static void *ngx_http_tender_redis_create_string(const redisReadTask *task,
    char *str, size_t len);
#if (HIREDIS_MAJOR >= 1)
static void *ngx_http_tender_redis_create_array(const redisReadTask *task,
    size_t nelts);
#else
static void *ngx_http_tender_redis_create_array(const redisReadTask *task,
    int nelts);
#endif
static void *ngx_http_tender_redis_create_integer(const redisReadTask *task,
    long long n);
static void *ngx_http_tender_redis_create_nil(const redisReadTask *task);
#if (HIREDIS_MAJOR >= 1)
static void *ngx_http_tender_redis_create_double(const redisReadTask *task,
    double n, char *str, size_t len);
static void *ngx_http_tender_redis_create_bool(const redisReadTask *task,
    int n);
#endif
static void ngx_http_tender_redis_free_object(void *obj);


typedef struct {
    ngx_str_t                        prefix;
    ngx_http_tender_redis_outcome_e  outcome;
    ngx_uint_t                       level;
} ngx_http_tender_redis_error_t;


static ngx_http_tender_redis_reply_t  ngx_http_tender_redis_nobody;


static redisReplyObjectFunctions  ngx_http_tender_redis_functions = {
    .createString = ngx_http_tender_redis_create_string,
    .createArray = ngx_http_tender_redis_create_array,
    .createInteger = ngx_http_tender_redis_create_integer,
    .createNil = ngx_http_tender_redis_create_nil,
#if (HIREDIS_MAJOR >= 1)
    .createDouble = ngx_http_tender_redis_create_double,
    .createBool = ngx_http_tender_redis_create_bool,
#endif
    .freeObject = ngx_http_tender_redis_free_object
};


/*
 * AWAY: the server could not serve the command now and did not apply it;
 * another try may do.  FAULT: it never will, a person has to act.
 */

static ngx_http_tender_redis_error_t  ngx_http_tender_redis_errors[] = {
    { ngx_string("LOADING"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("BUSY"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("MASTERDOWN"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("NOREPLICAS"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("TRYAGAIN"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("CLUSTERDOWN"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ERR },
    { ngx_string("READONLY"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ALERT },
    { ngx_string("OOM"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ALERT },
    { ngx_string("MISCONF"), NGX_HTTP_TENDER_REDIS_AWAY, NGX_LOG_ALERT },
    { ngx_null_string, NGX_HTTP_TENDER_REDIS_FAULT, NGX_LOG_ALERT }
};


redisReader *
ngx_http_tender_redis_reader(ngx_http_tender_redis_link_t *link)
{
    redisReader  *reader;

    reader = redisReaderCreateWithFunctions(&ngx_http_tender_redis_functions);
    if (reader == NULL) {
        return NULL;
    }

    reader->privdata = link;
    reader->maxbuf = 0;

    return reader;
}


static ngx_http_tender_redis_reply_t *
ngx_http_tender_redis_slot(const redisReadTask *task,
    ngx_http_tender_redis_call_t **call)
{
    ngx_queue_t                    *q;
    ngx_http_tender_redis_op_t     *op;
    ngx_http_tender_redis_link_t   *link;
    ngx_http_tender_redis_reply_t  *reply;

    link = task->privdata;

    if (ngx_queue_empty(&link->sent)) {
        return &ngx_http_tender_redis_nobody;
    }

    q = ngx_queue_head(&link->sent);
    op = ngx_queue_data(q, ngx_http_tender_redis_op_t, queue);

    if (op->call == NULL) {
        return &ngx_http_tender_redis_nobody;
    }

    *call = op->call;

    if (task->parent) {
        reply = task->parent->obj;

        if (reply == &ngx_http_tender_redis_nobody) {
            return reply;
        }

        return &reply->elts[task->idx];
    }

    return ngx_palloc(op->call->pool, sizeof(ngx_http_tender_redis_reply_t));
}


static void *
ngx_http_tender_redis_create_string(const redisReadTask *task, char *str,
    size_t len)
{
    u_char                         *p;
    ngx_http_tender_redis_call_t   *call;
    ngx_http_tender_redis_reply_t  *reply;

    reply = ngx_http_tender_redis_slot(task, &call);

    if (reply == NULL || reply == &ngx_http_tender_redis_nobody) {
        return reply;
    }

    p = ngx_pnalloc(call->pool, call->room + len + 1);
    if (p == NULL) {
        return NULL;
    }

    p += call->room;
    ngx_memcpy(p, str, len);

    reply->str.data = p;
    reply->str.len = len;

    switch (task->type) {

    case REDIS_REPLY_STATUS:
        reply->type = NGX_HTTP_TENDER_REDIS_STATUS;
        break;

    case REDIS_REPLY_ERROR:
        reply->type = NGX_HTTP_TENDER_REDIS_ERROR;
        break;

    default:
        reply->type = NGX_HTTP_TENDER_REDIS_STRING;
    }

    return reply;
}


static void *
#if (HIREDIS_MAJOR >= 1)
ngx_http_tender_redis_create_array(const redisReadTask *task, size_t nelts)
#else
ngx_http_tender_redis_create_array(const redisReadTask *task, int nelts)
#endif
{
    ngx_http_tender_redis_call_t   *call;
    ngx_http_tender_redis_reply_t  *reply;

    reply = ngx_http_tender_redis_slot(task, &call);

    if (nelts > NGX_HTTP_TENDER_REDIS_ELEMENTS_MAX) {
        return NULL;
    }

    if (reply == NULL || reply == &ngx_http_tender_redis_nobody) {
        return reply;
    }

    reply->type = NGX_HTTP_TENDER_REDIS_ARRAY;
    reply->nelts = nelts;
    reply->elts = ngx_pcalloc(call->pool,
                              nelts * sizeof(ngx_http_tender_redis_reply_t));

    return (reply->elts == NULL) ? NULL : reply;
}


static void *
ngx_http_tender_redis_create_integer(const redisReadTask *task, long long n)
{
    ngx_http_tender_redis_call_t   *call;
    ngx_http_tender_redis_reply_t  *reply;

    reply = ngx_http_tender_redis_slot(task, &call);

    if (reply && reply != &ngx_http_tender_redis_nobody) {
        reply->type = NGX_HTTP_TENDER_REDIS_INTEGER;
        reply->integer = n;
    }

    return reply;
}


static void *
ngx_http_tender_redis_create_nil(const redisReadTask *task)
{
    ngx_http_tender_redis_call_t   *call;
    ngx_http_tender_redis_reply_t  *reply;

    reply = ngx_http_tender_redis_slot(task, &call);

    if (reply && reply != &ngx_http_tender_redis_nobody) {
        reply->type = NGX_HTTP_TENDER_REDIS_NIL;
    }

    return reply;
}


#if (HIREDIS_MAJOR >= 1)

/* RESP3, which is never asked for: the reader gives up */

static void *
ngx_http_tender_redis_create_double(const redisReadTask *task, double n,
    char *str, size_t len)
{
    (void) task;
    (void) n;
    (void) str;
    (void) len;

    return NULL;
}


static void *
ngx_http_tender_redis_create_bool(const redisReadTask *task, int n)
{
    (void) task;
    (void) n;

    return NULL;
}

#endif


static void
ngx_http_tender_redis_free_object(void *obj)
{
    (void) obj;
}


ngx_http_tender_redis_outcome_e
ngx_http_tender_redis_judge(ngx_http_tender_redis_t *redis,
    ngx_http_tender_redis_call_t *call, ngx_http_tender_redis_reply_t *reply)
{
    ngx_str_t                       text;
    ngx_http_tender_redis_error_t  *error;

    if (reply->type != NGX_HTTP_TENDER_REDIS_ERROR) {
        return NGX_HTTP_TENDER_REDIS_OK;
    }

    for (error = ngx_http_tender_redis_errors; error->prefix.len; error++) {
        if (reply->str.len >= error->prefix.len
            && ngx_strncmp(reply->str.data, error->prefix.data,
                           error->prefix.len)
               == 0)
        {
            break;
        }
    }

    /* behind the first comma may stand arguments of the command */

    text.data = reply->str.data;

    for (text.len = 0; text.len < ngx_min(reply->str.len, 120); text.len++) {
        if (text.data[text.len] == ',') {
            break;
        }
    }

    ngx_http_tender_redis_fault(redis, error - ngx_http_tender_redis_errors,
                                error->level, "answered", &text);

    /* a script does not roll back what it did before it met an error */

    if (call->write && call->script
        && ngx_strnstr(reply->str.data, "@user_script", reply->str.len))
    {
        return NGX_HTTP_TENDER_REDIS_UNKNOWN;
    }

    return error->outcome;
}
