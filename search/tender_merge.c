
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_merge.h"


/* so many documents of a term are as much work as another term */

#define TENDER_MERGE_DOCS  32


struct tender_merge_s {
    tender_mem_t          *mem;
    tender_merge_input_t  *inputs;
    unsigned               n;
    unsigned               ndocs;      /* of the result */
    uint32_t              *numbers;
    tender_gather_t        gather;
    tender_writer_t       *writer;
    int                    rc;         /* how it has ended, or TENDER_OK */
};


static int tender_merge_docs_map(tender_merge_t *merge,
    const uint64_t *const *dead);
static int tender_merge_number(tender_merge_t *merge, unsigned *docs,
    uint32_t *number);
static int tender_merge_step(tender_merge_t *merge, unsigned *work,
    unsigned *input, unsigned *part);
static tender_merge_input_t *tender_merge_first(tender_merge_t *merge);
static int tender_merge_term(tender_merge_t *merge, tender_str_t term,
    unsigned *work, unsigned *input, unsigned *part);
static unsigned tender_merge_has(const tender_merge_input_t *input,
    tender_str_t term);


int
tender_merge_new(tender_mem_t *mem, const tender_segment_t *inputs,
    const uint64_t *const *dead, unsigned n, tender_sink_pt sink, void *data,
    tender_merge_t **out)
{
    int              rc;
    unsigned         i;
    tender_merge_t  *merge;

    merge = tender_alloc(mem, sizeof(tender_merge_t));
    if (merge == NULL) {
        return TENDER_ERROR;
    }

    memset(merge, 0, sizeof(tender_merge_t));

    merge->mem = mem;
    merge->n = n;
    merge->inputs = tender_alloc(mem, n * sizeof(tender_merge_input_t));

    if (merge->inputs == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0; i < n; i++) {

        if (tender_merge_input_init(mem, &merge->inputs[i], &inputs[i])
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    rc = tender_merge_docs_map(merge, dead);
    if (rc != TENDER_OK) {
        return rc;
    }

    if (tender_gather_init(&merge->gather, mem, merge->ndocs) != TENDER_OK) {
        return TENDER_ERROR;
    }

    merge->writer = tender_writer_new(mem, merge->numbers, merge->ndocs,
                                      sink, data);
    if (merge->writer == NULL) {
        return TENDER_ERROR;
    }

    *out = merge;

    return TENDER_OK;
}


int
tender_merge_run(tender_merge_t *merge, unsigned terms, unsigned *input,
    unsigned *part, uint32_t *offset)
{
    int       rc;
    unsigned  done, work;

    if (merge->rc != TENDER_OK) {
        return merge->rc;
    }

    for (done = 0; done < terms; done += work) {
        rc = tender_merge_step(merge, &work, input, part);

        if (rc == TENDER_AGAIN) {
            *offset = merge->inputs[*input].windows[*part].offset;
            return TENDER_AGAIN;
        }

        if (rc != TENDER_OK) {
            merge->rc = rc;
            return rc;
        }
    }

    return TENDER_OK;
}


int
tender_merge_feed(tender_merge_t *merge, unsigned input, unsigned part,
    tender_str_t bytes)
{
    if (input >= merge->n
        || (part != TENDER_SEGMENT_BLOCKS && part != TENDER_SEGMENT_DATA))
    {
        return TENDER_DECLINED;
    }

    return tender_window_feed(merge->mem,
                              &merge->inputs[input].windows[part], bytes);
}


unsigned
tender_merge_docs(const tender_merge_t *merge)
{
    return merge->ndocs;
}


/* which documents there will be, and where those of the inputs are there */

static int
tender_merge_docs_map(tender_merge_t *merge, const uint64_t *const *dead)
{
    int        last;
    uint32_t   number;
    unsigned   i, *docs, max, living;

    max = 0;
    number = 0;

    for (i = 0; i < merge->n; i++) {
        max += merge->inputs[i].segment.ndocs;
        merge->inputs[i].done = 1;
    }

    if (max > TENDER_SOURCE_DOCS) {
        max = TENDER_SOURCE_DOCS;
    }

    merge->numbers = tender_alloc(merge->mem, max * sizeof(uint32_t));
    docs = tender_alloc(merge->mem, merge->n * sizeof(unsigned));

    if (merge->numbers == NULL || docs == NULL) {
        return TENDER_ERROR;
    }

    memset(docs, 0, merge->n * sizeof(unsigned));

    for ( ;; ) {
        last = tender_merge_number(merge, docs, &number);

        if (last < 0) {
            return TENDER_OK;
        }

        living = dead == NULL || dead[last] == NULL
                 || !tender_set_has(dead[last], docs[last] - 1);

        if (!living) {
            continue;
        }

        if (merge->ndocs == max) {
            return TENDER_DECLINED;
        }

        /* an input without a living document is not read */

        merge->inputs[last].map[docs[last] - 1] = (uint16_t) merge->ndocs;
        merge->inputs[last].done = 0;
        merge->numbers[merge->ndocs++] = number;
    }
}


/* the next number; which input has it last, or -1: there are no more */

static int
tender_merge_number(tender_merge_t *merge, unsigned *docs, uint32_t *number)
{
    int                    last;
    uint32_t               found;
    unsigned               i;
    tender_merge_input_t  *input;

    last = -1;

    for (i = 0; i < merge->n; i++) {
        input = &merge->inputs[i];

        if (docs[i] == input->segment.ndocs) {
            continue;
        }

        found = tender_segment_number(&input->segment, docs[i]);

        if (last < 0 || found <= *number) {
            *number = found;
            last = (int) i;
        }
    }

    for (i = 0; last >= 0 && i < merge->n; i++) {
        input = &merge->inputs[i];

        if (docs[i] != input->segment.ndocs
            && tender_segment_number(&input->segment, docs[i]) == *number)
        {
            input->map[docs[i]++] = TENDER_GATHER_DROP;
        }
    }

    return last;
}


/* a term, the least one of all inputs */

static int
tender_merge_step(tender_merge_t *merge, unsigned *work, unsigned *input,
    unsigned *part)
{
    int                    rc;
    tender_str_t           term;
    tender_merge_input_t  *first;

    for (*input = 0; *input < merge->n; (*input)++) {

        rc = tender_merge_input_next(&merge->inputs[*input], part);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    first = tender_merge_first(merge);

    if (first == NULL) {
        rc = tender_writer_end(merge->writer);
        return rc == TENDER_OK ? TENDER_DONE : rc;
    }

    term.len = first->block.len;
    term.data = first->block.term;

    return tender_merge_term(merge, term, work, input, part);
}


static tender_merge_input_t *
tender_merge_first(tender_merge_t *merge)
{
    unsigned               i;
    tender_str_t           a, b;
    tender_merge_input_t  *input, *first;

    first = NULL;
    tender_str_set(&a, "");

    for (i = 0; i < merge->n; i++) {
        input = &merge->inputs[i];

        if (!input->ready) {
            continue;
        }

        b.len = input->block.len;
        b.data = input->block.term;

        if (first == NULL || tender_term_compare(b, a) < 0) {
            first = input;
            a = b;
        }
    }

    return first;
}


static int
tender_merge_term(tender_merge_t *merge, tender_str_t term, unsigned *work,
    unsigned *input, unsigned *part)
{
    int                    rc;
    unsigned               i;
    tender_merge_input_t  *in;

    for (*input = 0; *input < merge->n; (*input)++) {
        in = &merge->inputs[*input];

        if (!tender_merge_has(in, term)) {
            continue;
        }

        rc = tender_merge_input_load(in, part);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    /* all of it is here */

    *work = 1;

    for (i = 0; i < merge->n; i++) {
        in = &merge->inputs[i];

        if (!tender_merge_has(in, term)) {
            continue;
        }

        rc = tender_gather_add(&merge->gather, &in->postings,
                               in->segment.ndocs, in->map);
        if (rc != TENDER_OK) {
            return rc;
        }

        *work += in->postings.n / TENDER_MERGE_DOCS;

        tender_merge_input_pass(in);
    }

    return tender_gather_write(&merge->gather, merge->writer, term);
}


static unsigned
tender_merge_has(const tender_merge_input_t *input, tender_str_t term)
{
    return input->ready && input->block.len == term.len
           && memcmp(input->block.term, term.data, term.len) == 0;
}
