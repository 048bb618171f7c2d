
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_merge.h"


static int tender_window_need(const tender_window_t *window, size_t len);
static int tender_merge_input_block(tender_merge_input_t *input);
static int tender_merge_input_end(tender_merge_input_t *input);


int
tender_merge_input_init(tender_mem_t *mem, tender_merge_input_t *input,
    const tender_segment_t *segment)
{
    memset(input, 0, sizeof(tender_merge_input_t));

    input->segment = *segment;

    if (segment->nblocks != 0) {
        input->windows[TENDER_SEGMENT_BLOCKS].total
                                       = segment->offsets[segment->nblocks];
    }

    input->windows[TENDER_SEGMENT_DATA].total = segment->data;
    input->map = tender_alloc(mem, segment->ndocs * sizeof(uint16_t));

    return input->map != NULL ? TENDER_OK : TENDER_ERROR;
}


int
tender_merge_input_next(tender_merge_input_t *input, unsigned *part)
{
    int              rc;
    tender_block_t  *block;

    if (input->ready || input->done) {
        return TENDER_OK;
    }

    block = &input->block;

    if (block->p != block->end) {
        rc = tender_block_next(block);

    } else if (input->next != input->segment.nblocks) {
        *part = TENDER_SEGMENT_BLOCKS;
        rc = tender_merge_input_block(input);

    } else {
        return tender_merge_input_end(input);
    }

    if (rc != TENDER_OK) {
        return rc;
    }

    /* what is in data stands there in the order of the terms */

    if (block->postings.docs.data == NULL && block->offset != input->data) {
        return TENDER_DECLINED;
    }

    input->nterms++;
    input->ready = 1;

    return TENDER_OK;
}


int
tender_merge_input_load(tender_merge_input_t *input, unsigned *part)
{
    int                 rc;
    tender_window_t    *window;
    tender_postings_t  *postings;

    postings = &input->postings;
    *postings = input->block.postings;

    if (postings->docs.data != NULL) {
        return TENDER_OK;
    }

    *part = TENDER_SEGMENT_DATA;
    window = &input->windows[TENDER_SEGMENT_DATA];

    rc = tender_window_need(window,
                            postings->docs.len + postings->positions.len);

    if (rc == TENDER_OK) {
        postings->docs.data = window->buf + window->start;
        postings->positions.data = postings->docs.data + postings->docs.len;
    }

    return rc;
}


void
tender_merge_input_pass(tender_merge_input_t *input)
{
    size_t              len;
    tender_postings_t  *postings;

    postings = &input->block.postings;

    if (postings->docs.data == NULL) {
        len = postings->docs.len + postings->positions.len;
        input->windows[TENDER_SEGMENT_DATA].start += len;
        input->data += (uint32_t) len;
    }

    input->ready = 0;
}


int
tender_window_feed(tender_mem_t *mem, tender_window_t *window,
    tender_str_t bytes)
{
    size_t   len;
    u_char  *old;

    if (bytes.len == 0) {
        window->closed = 1;
        return TENDER_OK;
    }

    if (window->closed || bytes.len > window->total - window->offset) {
        return TENDER_DECLINED;
    }

    if (bytes.len > window->size - window->end) {

        len = window->end - window->start;
        old = window->buf;

        if (tender_buffer_grow(mem, &window->buf, &window->size,
                               len + bytes.len)
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }

        if (len != 0) {
            memmove(window->buf, old + window->start, len);
        }

        window->start = 0;
        window->end = len;
    }

    memcpy(window->buf + window->end, bytes.data, bytes.len);

    window->end += bytes.len;
    window->offset += (uint32_t) bytes.len;

    return TENDER_OK;
}


/* TENDER_DECLINED: so much will never be there */

static int
tender_window_need(const tender_window_t *window, size_t len)
{
    size_t  have;

    have = window->end - window->start;

    if (len <= have) {
        return TENDER_OK;
    }

    return !window->closed && len - have <= window->total - window->offset
           ? TENDER_AGAIN : TENDER_DECLINED;
}


/* the next block and its first term */

static int
tender_merge_input_block(tender_merge_input_t *input)
{
    int                rc;
    size_t             len;
    tender_str_t       bytes, term;
    tender_window_t   *window;
    tender_segment_t  *segment;

    segment = &input->segment;
    window = &input->windows[TENDER_SEGMENT_BLOCKS];

    len = segment->offsets[input->next + 1] - segment->offsets[input->next];

    rc = tender_window_need(window, len);
    if (rc != TENDER_OK) {
        return rc;
    }

    /* a copy, for the window goes on */

    memcpy(input->bytes, window->buf + window->start, len);
    window->start += len;

    bytes.len = len;
    bytes.data = input->bytes;

    tender_block_begin(&input->block, bytes, segment->ndocs);

    if (tender_block_next(&input->block) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    term.len = input->block.len;
    term.data = input->block.term;

    if (!tender_str_eq(&term, &segment->terms[input->next])) {
        return TENDER_DECLINED;
    }

    input->next++;

    return TENDER_OK;
}


static int
tender_merge_input_end(tender_merge_input_t *input)
{
    if (input->nterms != input->segment.nterms
        || input->data != input->segment.data)
    {
        return TENDER_DECLINED;
    }

    input->done = 1;

    return TENDER_OK;
}
