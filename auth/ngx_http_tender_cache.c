
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_identify.h"

#include <openssl/evp.h>


#define NGX_HTTP_TENDER_CACHE_MAX   4096
#define NGX_HTTP_TENDER_CACHE_TEXTS 8


/* texts of the principal follow the entry in the same piece of memory */

typedef struct {
    ngx_rbtree_node_t            node;          /* key: of the hash */
    ngx_queue_t                  queue;
    u_char                       hash[32];
    ngx_msec_t                   made;
    size_t                       size;
    ngx_http_tender_principal_t  principal;
} ngx_http_tender_cached_t;


struct ngx_http_tender_cache_s {
    ngx_rbtree_t                 rbtree;
    ngx_rbtree_node_t            sentinel;
    ngx_queue_t                  queue;         /* the latest comes first */
    ngx_queue_t                  flights;
    ngx_uint_t                   n;
    EVP_MD_CTX                  *digest;
    ngx_log_t                   *log;
};


static void ngx_http_tender_cache_insert(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);
static ngx_http_tender_cached_t *ngx_http_tender_cache_get(
    ngx_http_tender_cache_t *cache, u_char *hash);
static void ngx_http_tender_cache_drop(ngx_http_tender_cache_t *cache,
    ngx_http_tender_cached_t *e);
static void ngx_http_tender_cache_texts(ngx_http_tender_principal_t *p,
    ngx_str_t **texts);
static void ngx_http_tender_cache_copy(ngx_http_tender_principal_t *to,
    ngx_http_tender_principal_t *from, u_char *p);


ngx_http_tender_cache_t *
ngx_http_tender_cache_open(ngx_cycle_t *cycle)
{
    ngx_http_tender_cache_t  *cache;

    cache = ngx_alloc(sizeof(ngx_http_tender_cache_t), cycle->log);
    if (cache == NULL) {
        return NULL;
    }

    /* with its algorithm looked up, which takes longer than to use it */

    cache->digest = EVP_MD_CTX_new();

    if (cache->digest == NULL
        || EVP_DigestInit_ex(cache->digest, EVP_sha256(), NULL) != 1)
    {
        EVP_MD_CTX_free(cache->digest);
        ngx_free(cache);
        return NULL;
    }

    ngx_rbtree_init(&cache->rbtree, &cache->sentinel,
                    ngx_http_tender_cache_insert);
    ngx_queue_init(&cache->queue);
    ngx_queue_init(&cache->flights);

    cache->n = 0;
    cache->log = cycle->log;

    return cache;
}


void
ngx_http_tender_cache_close(ngx_http_tender_cache_t *cache)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&cache->queue)) {
        q = ngx_queue_head(&cache->queue);
        ngx_http_tender_cache_drop(cache,
                      ngx_queue_data(q, ngx_http_tender_cached_t, queue));
    }

    EVP_MD_CTX_free(cache->digest);
    ngx_free(cache);
}


ngx_int_t
ngx_http_tender_cache_key(ngx_http_tender_cache_t *cache, ngx_str_t *head,
    ngx_str_t *value, u_char *key)
{
    if (EVP_DigestInit_ex(cache->digest, NULL, NULL) != 1
        || EVP_DigestUpdate(cache->digest, head->data, head->len) != 1
        || EVP_DigestUpdate(cache->digest, value->data, value->len) != 1
        || EVP_DigestFinal_ex(cache->digest, key, NULL) != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_queue_t *
ngx_http_tender_cache_flights(ngx_http_tender_cache_t *cache)
{
    return &cache->flights;
}


ngx_http_tender_principal_t *
ngx_http_tender_cache_find(ngx_http_tender_ctx_t *ctx, u_char *key)
{
    ngx_time_t                   *tp;
    ngx_http_tender_cache_t      *cache;
    ngx_http_tender_cached_t     *e;
    ngx_http_tender_principal_t  *principal;

    cache = ctx->main->cache;

    if (ctx->conf->auth_cache == 0) {
        return NULL;
    }

    e = ngx_http_tender_cache_get(cache, key);

    if (e == NULL || ngx_current_msec - e->made >= ctx->conf->auth_cache) {
        return NULL;
    }

    tp = ngx_timeofday();

    if (e->principal.expires
        && e->principal.expires <= (int64_t) tp->sec * 1000000
                                   + (int64_t) tp->msec * 1000)
    {
        return NULL;
    }

    principal = ngx_pnalloc(ctx->request->pool,
                            sizeof(ngx_http_tender_principal_t) + e->size);
    if (principal == NULL) {
        return NULL;
    }

    ngx_http_tender_cache_copy(principal, &e->principal,
                               (u_char *) (principal + 1));

    ngx_queue_remove(&e->queue);
    ngx_queue_insert_head(&cache->queue, &e->queue);

    return principal;
}


void
ngx_http_tender_cache_add(ngx_http_tender_ctx_t *ctx, u_char *key,
    ngx_http_tender_principal_t *principal)
{
    size_t                     size;
    ngx_str_t                 *texts[NGX_HTTP_TENDER_CACHE_TEXTS];
    ngx_uint_t                 i;
    ngx_queue_t               *q;
    ngx_http_tender_cache_t   *cache;
    ngx_http_tender_cached_t  *e;

    cache = ctx->main->cache;

    if (ctx->conf->auth_cache == 0) {
        return;
    }

    e = ngx_http_tender_cache_get(cache, key);

    if (e) {
        ngx_http_tender_cache_drop(cache, e);

    } else if (cache->n == NGX_HTTP_TENDER_CACHE_MAX) {
        q = ngx_queue_last(&cache->queue);
        ngx_http_tender_cache_drop(cache,
                      ngx_queue_data(q, ngx_http_tender_cached_t, queue));
    }

    ngx_http_tender_cache_texts(principal, texts);

    size = 0;

    for (i = 0; i < NGX_HTTP_TENDER_CACHE_TEXTS; i++) {
        size += texts[i]->len;
    }

    e = ngx_alloc(sizeof(ngx_http_tender_cached_t) + size, cache->log);
    if (e == NULL) {
        return;
    }

    ngx_memcpy(e->hash, key, sizeof(e->hash));
    ngx_memcpy(&e->node.key, key + 1, sizeof(ngx_rbtree_key_t));

    e->made = ngx_current_msec;
    e->size = size;

    ngx_http_tender_cache_copy(&e->principal, principal, (u_char *) (e + 1));

    ngx_rbtree_insert(&cache->rbtree, &e->node);
    ngx_queue_insert_head(&cache->queue, &e->queue);
    cache->n++;
}


static void
ngx_http_tender_cache_insert(ngx_rbtree_node_t *temp, ngx_rbtree_node_t *node,
    ngx_rbtree_node_t *sentinel)
{
    ngx_int_t                   rc;
    ngx_rbtree_node_t         **p;
    ngx_http_tender_cached_t   *a, *b;

    for ( ;; ) {
        a = (ngx_http_tender_cached_t *) node;
        b = (ngx_http_tender_cached_t *) temp;

        rc = ngx_memcmp(a->hash + 1, b->hash + 1, sizeof(a->hash) - 1);

        if (node->key != temp->key) {
            rc = (node->key < temp->key) ? -1 : 1;
        }

        if (rc == 0) {
            rc = (a->hash[0] < b->hash[0]) ? -1 : 1;
        }

        p = (rc < 0) ? &temp->left : &temp->right;

        if (*p == sentinel) {
            break;
        }

        temp = *p;
    }

    *p = node;
    node->parent = temp;
    node->left = sentinel;
    node->right = sentinel;
    ngx_rbt_red(node);
}


static ngx_http_tender_cached_t *
ngx_http_tender_cache_get(ngx_http_tender_cache_t *cache, u_char *hash)
{
    ngx_int_t                  rc;
    ngx_rbtree_key_t           key;
    ngx_rbtree_node_t         *node;
    ngx_http_tender_cached_t  *e;

    ngx_memcpy(&key, hash + 1, sizeof(ngx_rbtree_key_t));

    node = cache->rbtree.root;

    while (node != &cache->sentinel) {

        if (key != node->key) {
            node = (key < node->key) ? node->left : node->right;
            continue;
        }

        e = (ngx_http_tender_cached_t *) node;

        rc = ngx_memcmp(hash + 1, e->hash + 1, sizeof(e->hash) - 1);

        if (rc == 0) {
            rc = (ngx_int_t) hash[0] - e->hash[0];
        }

        if (rc == 0) {
            return e;
        }

        node = (rc < 0) ? node->left : node->right;
    }

    return NULL;
}


static void
ngx_http_tender_cache_drop(ngx_http_tender_cache_t *cache,
    ngx_http_tender_cached_t *e)
{
    ngx_rbtree_delete(&cache->rbtree, &e->node);
    ngx_queue_remove(&e->queue);
    cache->n--;

    ngx_free(e);
}


static void
ngx_http_tender_cache_texts(ngx_http_tender_principal_t *p, ngx_str_t **texts)
{
    texts[0] = &p->id;
    texts[1] = &p->account;
    texts[2] = &p->user;
    texts[3] = &p->client;
    texts[4] = &p->tenant;
    texts[5] = &p->plan;
    texts[6] = &p->scopes;
    texts[7] = &p->login;
}


static void
ngx_http_tender_cache_copy(ngx_http_tender_principal_t *to,
    ngx_http_tender_principal_t *from, u_char *p)
{
    ngx_str_t   *texts[NGX_HTTP_TENDER_CACHE_TEXTS];
    ngx_uint_t   i;

    *to = *from;

    ngx_http_tender_cache_texts(to, texts);

    for (i = 0; i < NGX_HTTP_TENDER_CACHE_TEXTS; i++) {
        ngx_memcpy(p, texts[i]->data, texts[i]->len);
        texts[i]->data = p;
        p += texts[i]->len;
    }
}
