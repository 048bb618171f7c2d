
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_reader.h"


#define NGX_HTTP_TENDER_PIECE_STAY  1000     /* ms */


static ngx_rbtree_key_t ngx_http_tender_piece_hash(
    ngx_http_tender_piece_key_t *key);
static void ngx_http_tender_piece_make_room(ngx_http_tender_index_t *index,
    size_t size);
static void ngx_http_tender_piece_free(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece);


void
ngx_http_tender_piece_insert(ngx_rbtree_node_t *temp, ngx_rbtree_node_t *node,
    ngx_rbtree_node_t *sentinel)
{
    ngx_int_t                 diff;
    ngx_rbtree_node_t       **p;
    ngx_http_tender_piece_t  *a, *b;

    a = (ngx_http_tender_piece_t *) node;

    for ( ;; ) {
        b = (ngx_http_tender_piece_t *) temp;

        if (node->key != temp->key) {
            p = (node->key < temp->key) ? &temp->left : &temp->right;

        } else {
            diff = ngx_memcmp(&a->key, &b->key,
                              sizeof(ngx_http_tender_piece_key_t));
            p = (diff < 0) ? &temp->left : &temp->right;
        }

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


static ngx_rbtree_key_t
ngx_http_tender_piece_hash(ngx_http_tender_piece_key_t *key)
{
    return ngx_crc32_short((u_char *) key,
                           sizeof(ngx_http_tender_piece_key_t));
}


ngx_http_tender_piece_t *
ngx_http_tender_piece_find(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_key_t *key)
{
    ngx_int_t                 diff;
    ngx_rbtree_key_t          hash;
    ngx_rbtree_node_t        *node, *sentinel;
    ngx_http_tender_piece_t  *piece;

    hash = ngx_http_tender_piece_hash(key);

    node = index->rbtree.root;
    sentinel = index->rbtree.sentinel;

    while (node != sentinel) {

        if (hash != node->key) {
            node = (hash < node->key) ? node->left : node->right;
            continue;
        }

        piece = (ngx_http_tender_piece_t *) node;

        diff = ngx_memcmp(key, &piece->key,
                          sizeof(ngx_http_tender_piece_key_t));

        if (diff == 0) {
            ngx_http_tender_piece_touch(index, piece);
            return piece;
        }

        node = (diff < 0) ? node->left : node->right;
    }

    return NULL;
}


ngx_http_tender_piece_t *
ngx_http_tender_piece_add(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_key_t *key, ngx_str_t *bytes)
{
    size_t                            len, size;
    ngx_http_tender_piece_t          *piece;
    ngx_http_tender_reader_bucket_t  *b;

    piece = ngx_http_tender_piece_find(index, key);
    if (piece) {
        return piece;
    }

    size = sizeof(ngx_http_tender_piece_t) + key->len;

    ngx_http_tender_piece_make_room(index, size);

    piece = ngx_alloc(size, index->log);
    if (piece == NULL) {
        return NULL;
    }

    ngx_memzero(piece, sizeof(ngx_http_tender_piece_t));

    piece->data = (u_char *) (piece + 1);
    piece->touched = ngx_current_msec;
    piece->key = *key;
    piece->node.key = ngx_http_tender_piece_hash(key);

    len = ngx_min(bytes->len, key->len);

    ngx_memzero(ngx_cpymem(piece->data, bytes->data, len), key->len - len);

    ngx_rbtree_insert(&index->rbtree, &piece->node);
    ngx_queue_insert_head(&index->queue, &piece->queue);

    index->used += size;

    if (key->kind == NGX_HTTP_TENDER_PIECE_COLUMN) {
        b = &index->buckets[key->bucket];
        b->columns[key->segment][key->place] = piece;
    }

    return piece;
}


/*
 * What a search has looked at stays for a while, even if that is more than
 * there should be: it may need it once more when the rest has come.
 */

static void
ngx_http_tender_piece_make_room(ngx_http_tender_index_t *index, size_t size)
{
    ngx_queue_t              *q;
    ngx_http_tender_piece_t  *piece;

    q = ngx_queue_last(&index->queue);

    while (index->used + size > index->max
           && q != ngx_queue_sentinel(&index->queue))
    {
        piece = ngx_queue_data(q, ngx_http_tender_piece_t, queue);
        q = ngx_queue_prev(q);

        if (ngx_current_msec - piece->touched < NGX_HTTP_TENDER_PIECE_STAY
            && index->used + size <= 2 * index->max)
        {
            return;
        }

        if (piece->pins == 0) {
            ngx_http_tender_piece_drop(index, piece);
        }
    }
}


void
ngx_http_tender_piece_touch(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece)
{
    piece->touched = ngx_current_msec;

    ngx_queue_remove(&piece->queue);
    ngx_queue_insert_head(&index->queue, &piece->queue);
}


void
ngx_http_tender_piece_pin(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece)
{
    (void) index;

    piece->pins++;
}


void
ngx_http_tender_piece_unpin(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece)
{
    if (--piece->pins == 0 && piece->dropped) {
        ngx_http_tender_piece_free(index, piece);
    }
}


void
ngx_http_tender_piece_drop(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece)
{
    ngx_http_tender_reader_bucket_t  *b;

    if (piece->dropped) {
        return;
    }

    ngx_rbtree_delete(&index->rbtree, &piece->node);
    ngx_queue_remove(&piece->queue);

    if (piece->key.kind == NGX_HTTP_TENDER_PIECE_COLUMN) {
        b = &index->buckets[piece->key.bucket];

        if (piece->key.place < b->ncolumns) {
            b->columns[piece->key.segment][piece->key.place] = NULL;
        }
    }

    piece->dropped = 1;

    if (piece->pins == 0) {
        ngx_http_tender_piece_free(index, piece);
    }
}


static void
ngx_http_tender_piece_free(ngx_http_tender_index_t *index,
    ngx_http_tender_piece_t *piece)
{
    index->used -= sizeof(ngx_http_tender_piece_t) + piece->key.len;

    ngx_free(piece);
}


void
ngx_http_tender_piece_drop_all(ngx_http_tender_index_t *index,
    ngx_uint_t bucket, ngx_uint_t columns_only)
{
    ngx_queue_t              *q;
    ngx_http_tender_piece_t  *piece;

    q = ngx_queue_head(&index->queue);

    while (q != ngx_queue_sentinel(&index->queue)) {
        piece = ngx_queue_data(q, ngx_http_tender_piece_t, queue);
        q = ngx_queue_next(q);

        if (piece->key.bucket == bucket
            && (!columns_only
                || piece->key.kind == NGX_HTTP_TENDER_PIECE_COLUMN))
        {
            ngx_http_tender_piece_drop(index, piece);
        }
    }
}
