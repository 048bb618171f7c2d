
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"


/*
 * Requests that show the same login at the same time: one of them has the
 * password checked, the others wait for what comes of it.
 */

typedef struct {
    ngx_queue_t             queue;       /* of flights, or in its leader's */
    ngx_queue_t             waiting;     /* of a leader */
    ngx_http_tender_ctx_t  *ctx;
    u_char                  key[32];
} ngx_http_tender_flight_t;


static ngx_http_tender_flight_t *ngx_http_tender_flight_find(
    ngx_queue_t *flights, u_char *key);
static void ngx_http_tender_flight_cleanup(void *data);


ngx_int_t
ngx_http_tender_flight_join(ngx_http_tender_ctx_t *ctx, u_char *key)
{
    ngx_queue_t               *flights;
    ngx_http_cleanup_t        *cln;
    ngx_http_tender_flight_t  *flight, *leader;

    flights = ngx_http_tender_cache_flights(ctx->main->cache);

    flight = ngx_pcalloc(ctx->request->pool,
                         sizeof(ngx_http_tender_flight_t));
    cln = ngx_http_cleanup_add(ctx->request, 0);

    if (flight == NULL || cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_tender_flight_cleanup;
    cln->data = flight;

    flight->ctx = ctx;
    ngx_memcpy(flight->key, key, sizeof(flight->key));
    ngx_queue_init(&flight->waiting);

    leader = ngx_http_tender_flight_find(flights, key);

    if (leader == NULL) {
        ngx_queue_insert_tail(flights, &flight->queue);

        return NGX_OK;
    }

    ngx_queue_insert_tail(&leader->waiting, &flight->queue);
    ctx->pending++;

    return NGX_AGAIN;
}


static ngx_http_tender_flight_t *
ngx_http_tender_flight_find(ngx_queue_t *flights, u_char *key)
{
    ngx_queue_t               *q;
    ngx_http_tender_flight_t  *flight;

    for (q = ngx_queue_head(flights);
         q != ngx_queue_sentinel(flights);
         q = ngx_queue_next(q))
    {
        flight = ngx_queue_data(q, ngx_http_tender_flight_t, queue);

        if (ngx_memcmp(flight->key, key, sizeof(flight->key)) == 0) {
            return flight;
        }
    }

    return NULL;
}


void
ngx_http_tender_flight_land(ngx_http_tender_ctx_t *ctx)
{
    ngx_http_cleanup_t        *cln;
    ngx_http_tender_flight_t  *flight;

    for (cln = ctx->request->main->cleanup; cln; cln = cln->next) {

        if (cln->handler != ngx_http_tender_flight_cleanup) {
            continue;
        }

        flight = cln->data;

        if (flight->ctx == ctx) {
            cln->handler = NULL;
            ngx_http_tender_flight_cleanup(flight);
        }
    }
}


/* it has landed, or its client has left: who waits looks for himself */

static void
ngx_http_tender_flight_cleanup(void *data)
{
    ngx_http_tender_flight_t *flight = data;

    ngx_queue_t               *q;
    ngx_http_tender_flight_t  *other;

    ngx_queue_remove(&flight->queue);

    while (!ngx_queue_empty(&flight->waiting)) {
        q = ngx_queue_head(&flight->waiting);
        ngx_queue_remove(q);
        ngx_queue_init(q);

        other = ngx_queue_data(q, ngx_http_tender_flight_t, queue);

        other->ctx->pending--;

        ngx_http_tender_post(other->ctx);
    }
}
