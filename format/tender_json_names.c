
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json_names.h"


#define TENDER_JSON_FEW_NAMES   16
#define TENDER_JSON_MAX_MISSES  32


static int tender_json_names_filter(tender_mem_t *mem,
    tender_json_names_t *names, const tender_value_t *object);
static uint64_t tender_json_names_hash(const tender_str_t *name);
static int tender_json_names_plant(tender_mem_t *mem,
    tender_json_names_t *names, const tender_value_t *object);
static int tender_json_names_insert(tender_mem_t *mem,
    tender_json_names_t *names, const tender_value_t *v);
static const tender_value_t *tender_json_names_near(
    const tender_json_crit_t *node, const tender_str_t *name);
static unsigned tender_json_names_side(const tender_json_crit_t *node,
    const tender_str_t *name);
static int tender_json_names_differ(const tender_str_t *a,
    const tender_str_t *b, uint32_t *byte, uint8_t *bit);


int
tender_json_names_add(tender_mem_t *mem, tender_json_names_t *names,
    const tender_value_t *object, const tender_value_t *v)
{
    int       rc;
    uint64_t  hash, *word, bit;

    if (names->root != NULL) {
        return tender_json_names_insert(mem, names, v);
    }

    if (object->nelts == TENDER_JSON_FEW_NAMES
        || object->nelts == TENDER_JSON_FEW_NAMES * 4
        || object->nelts == TENDER_JSON_FEW_NAMES * 16)
    {
        rc = tender_json_names_filter(mem, names, object);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    hash = tender_json_names_hash(&v->name);

    word = names->filter ? &names->filter[hash >> (64 + 6 - names->bits)]
                         : &names->few;
    bit = (uint64_t) 1 << (hash >> (64 - names->bits) & 63);

    if ((*word & bit) == 0) {
        *word |= bit;
        return TENDER_OK;
    }

    if (tender_value_get(object, &v->name) != NULL) {
        return TENDER_DECLINED;
    }

    if (names->filter == NULL || ++names->misses < TENDER_JSON_MAX_MISSES) {
        return TENDER_OK;
    }

    rc = tender_json_names_plant(mem, names, object);
    if (rc != TENDER_OK) {
        return rc;
    }

    return tender_json_names_insert(mem, names, v);
}


/* a filter of 128 bits for each name that is there */

static int
tender_json_names_filter(tender_mem_t *mem, tender_json_names_t *names,
    const tender_value_t *object)
{
    size_t                 size;
    uint64_t               hash;
    const tender_value_t  *v;

    for (names->bits = 6; object->nelts * 2 >> (names->bits - 6); /* void */ )
    {
        names->bits++;
    }

    size = (size_t) 1 << (names->bits - 3);

    names->filter = tender_alloc(mem, size);
    if (names->filter == NULL) {
        return TENDER_ERROR;
    }

    memset(names->filter, 0, size);

    for (v = object->u.list.first; v != NULL; v = v->next) {
        hash = tender_json_names_hash(&v->name) >> (64 - names->bits);
        names->filter[hash >> 6] |= (uint64_t) 1 << (hash & 63);
    }

    return TENDER_OK;
}


/* nobody's names can make it costly, so it need not be a secret */

static uint64_t
tender_json_names_hash(const tender_str_t *name)
{
    size_t         len;
    uint64_t       h, w;
    const u_char  *p;

    static const uint64_t  factor = 0x9e3779b97f4a7c15ULL;

    p = name->data;
    len = name->len;
    h = len;

    for ( /* void */ ; len > 8; len -= 8, p += 8) {
        memcpy(&w, p, 8);
        h = (h ^ w) * factor;
        h ^= h >> 32;
    }

    for (w = 0; len != 0; len--) {
        w = w << 8 | *p++;
    }

    return (h ^ w) * factor;
}


static int
tender_json_names_plant(tender_mem_t *mem, tender_json_names_t *names,
    const tender_value_t *object)
{
    int                    rc;
    const tender_value_t  *first, *v;
    tender_json_crit_t    *root;

    root = tender_alloc(mem, sizeof(tender_json_crit_t));
    if (root == NULL) {
        return TENDER_ERROR;
    }

    first = object->u.list.first;
    v = first->next;

    (void) tender_json_names_differ(&first->name, &v->name, &root->byte,
                                    &root->bit);

    names->root = root;

    rc = (int) tender_json_names_side(root, &v->name);

    root->leaf[0] = 1;
    root->leaf[1] = 1;
    root->child[rc].leaf = v;
    root->child[1 - rc].leaf = first;

    for (v = v->next; v != NULL; v = v->next) {
        rc = tender_json_names_insert(mem, names, v);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return TENDER_OK;
}


static int
tender_json_names_insert(tender_mem_t *mem, tender_json_names_t *names,
    const tender_value_t *v)
{
    uint8_t                bit;
    uint32_t               byte;
    unsigned               side, up;
    const tender_value_t  *near;
    tender_json_crit_t    *node, *parent, *new;

    near = tender_json_names_near(names->root, &v->name);

    if (!tender_json_names_differ(&near->name, &v->name, &byte, &bit)) {
        return TENDER_DECLINED;
    }

    new = tender_alloc(mem, sizeof(tender_json_crit_t));
    if (new == NULL) {
        return TENDER_ERROR;
    }

    new->byte = byte;
    new->bit = bit;

    parent = NULL;
    up = 0;
    node = names->root;

    while (node != NULL
           && (node->byte < byte || (node->byte == byte && node->bit > bit)))
    {
        parent = node;
        up = tender_json_names_side(node, &v->name);
        node = node->leaf[up] ? NULL : node->child[up].node;
    }

    side = tender_json_names_side(new, &v->name);
    new->leaf[side] = 1;
    new->child[side].leaf = v;

    if (parent == NULL) {
        new->leaf[1 - side] = 0;
        new->child[1 - side].node = node;
        names->root = new;

        return TENDER_OK;
    }

    new->leaf[1 - side] = parent->leaf[up];
    new->child[1 - side] = parent->child[up];
    parent->leaf[up] = 0;
    parent->child[up].node = new;

    return TENDER_OK;
}


/* the member that has the name's bits wherever the tree looks */

static const tender_value_t *
tender_json_names_near(const tender_json_crit_t *node,
    const tender_str_t *name)
{
    unsigned  side;

    for ( ;; ) {
        side = tender_json_names_side(node, name);

        if (node->leaf[side]) {
            return node->child[side].leaf;
        }

        node = node->child[side].node;
    }
}


static unsigned
tender_json_names_side(const tender_json_crit_t *node,
    const tender_str_t *name)
{
    return node->byte < name->len && (name->data[node->byte] & node->bit);
}


/* 0: they are equal; beyond its end a name counts as zeros */

static int
tender_json_names_differ(const tender_str_t *a, const tender_str_t *b,
    uint32_t *byte, uint8_t *bit)
{
    size_t    i, len;
    unsigned  x;

    len = (a->len < b->len) ? a->len : b->len;

    for (i = 0; i < len && a->data[i] == b->data[i]; i++) { /* void */ }

    x = (i < a->len) ? a->data[i] : 0;
    x ^= (i < b->len) ? b->data[i] : 0;

    if (x == 0) {
        return 0;
    }

    *byte = (uint32_t) i;

    for (*bit = 0x80; (x & *bit) == 0; *bit >>= 1) { /* void */ }

    return 1;
}
