
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_writer.h"


static const u_char *tender_block_term(tender_block_t *block,
    unsigned *shared, unsigned *len);
static const u_char *tender_block_postings(tender_block_t *block,
    const u_char *p, tender_postings_t *postings, uint32_t *offset);


void
tender_block_begin(tender_block_t *block, tender_str_t bytes, unsigned ndocs)
{
    block->p = bytes.data;
    block->end = bytes.len != 0 ? bytes.data + bytes.len : bytes.data;
    block->ndocs = ndocs;
    block->len = 0;
}


int
tender_block_next(tender_block_t *block)
{
    uint32_t            offset;
    unsigned            shared, len;
    const u_char       *p, *suffix;
    tender_postings_t   postings;

    if (block->p == block->end) {
        return TENDER_DONE;
    }

    suffix = tender_block_term(block, &shared, &len);
    if (suffix == NULL) {
        return TENDER_DECLINED;
    }

    p = tender_block_postings(block, suffix + len, &postings, &offset);
    if (p == NULL) {
        return TENDER_DECLINED;
    }

    memcpy(block->term + shared, suffix, len);
    block->len = shared + len;
    block->postings = postings;
    block->offset = offset;
    block->p = p;

    return TENDER_OK;
}


int
tender_block_find(tender_block_t *block, tender_str_t term)
{
    int           rc, n;
    tender_str_t  found;

    for ( ;; ) {
        rc = tender_block_next(block);

        if (rc != TENDER_OK) {
            return rc;
        }

        found.len = block->len;
        found.data = block->term;

        n = tender_term_compare(found, term);

        if (n >= 0) {
            return n == 0 ? TENDER_OK : TENDER_DONE;
        }
    }
}


/* returns what follows the shared bytes; the term comes behind the last one */

static const u_char *
tender_block_term(tender_block_t *block, unsigned *shared, unsigned *len)
{
    const u_char  *p;

    p = block->p;

    if (block->end - p < 3) {
        return NULL;
    }

    *shared = p[0];
    *len = p[1];
    p += 2;

    if (*len == 0 || *shared > block->len
        || *shared + *len > TENDER_TERM_MAX
        || *len > (size_t) (block->end - p)
        || (*shared < block->len && p[0] <= block->term[*shared]))
    {
        return NULL;
    }

    return p;
}


static const u_char *
tender_block_postings(tender_block_t *block, const u_char *p,
    tender_postings_t *postings, uint32_t *offset)
{
    size_t    total;
    uint32_t  n, len;

    p = tender_leb_read(p, block->end, &n);

    if (p == NULL || n == 0 || n > block->ndocs) {
        return NULL;
    }

    p = tender_leb_read(p, block->end, &len);

    if (p == NULL) {
        return NULL;
    }

    postings->n = n;
    postings->positions.len = len;

    if (tender_postings_array(n, block->ndocs)) {
        postings->kind = TENDER_POSTINGS_ARRAY;
        postings->docs.len = 2 * n;

    } else {
        postings->kind = TENDER_POSTINGS_BITMAP;
        postings->docs.len = 8 * tender_set_words(block->ndocs);
    }

    total = postings->docs.len + (size_t) len;

    if (total > TENDER_SEGMENT_INLINE) {
        postings->docs.data = NULL;
        postings->positions.data = NULL;

        return tender_leb_read(p, block->end, offset);
    }

    if (total > (size_t) (block->end - p)) {
        return NULL;
    }

    postings->docs.data = (u_char *) p;
    postings->positions.data = (u_char *) p + postings->docs.len;
    *offset = 0;

    return p + total;
}
