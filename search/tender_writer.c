
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_writer.h"


#define TENDER_WRITER_CHUNK  4000


typedef struct tender_writer_chunk_s  tender_writer_chunk_t;

struct tender_writer_chunk_s {
    tender_writer_chunk_t  *next;
    size_t                  len;
    u_char                  bytes[TENDER_WRITER_CHUNK];
};


struct tender_writer_s {
    tender_mem_t           *mem;
    const uint32_t         *numbers;
    unsigned                ndocs;
    tender_sink_pt          sink;
    void                   *data;

    uint64_t                nterms;
    unsigned                nblocks;
    uint32_t                written[TENDER_SEGMENT_PARTS];

    tender_writer_chunk_t  *first;       /* of the blocks, for the head */
    tender_writer_chunk_t  *chunk;

    unsigned                last_len;
    u_char                  last[TENDER_TERM_MAX];
    size_t                  len;
    u_char                  block[TENDER_SEGMENT_BLOCK];
    u_char                  docs[TENDER_SOURCE_DOCS / 8];
};


static int tender_writer_put(tender_writer_t *writer, unsigned part,
    const u_char *p, size_t len);
static int tender_writer_docs(tender_writer_t *writer, const uint16_t *docs,
    unsigned n, size_t *len);
static int tender_writer_postings(tender_writer_t *writer, u_char **p,
    size_t len, tender_str_t positions);
static int tender_writer_entry(tender_writer_t *writer, tender_str_t term,
    const u_char *tail, size_t len);
static int tender_writer_begin(tender_writer_t *writer, tender_str_t term);
static int tender_writer_flush(tender_writer_t *writer);
static int tender_writer_numbers(tender_writer_t *writer);


tender_writer_t *
tender_writer_new(tender_mem_t *mem, const uint32_t *numbers, unsigned n,
    tender_sink_pt sink, void *data)
{
    tender_writer_t  *writer;

    writer = tender_alloc(mem, sizeof(tender_writer_t));
    if (writer == NULL) {
        return NULL;
    }

    memset(writer, 0, sizeof(tender_writer_t));

    writer->mem = mem;
    writer->numbers = numbers;
    writer->ndocs = n;
    writer->sink = sink;
    writer->data = data;

    return writer;
}


int
tender_writer_term(tender_writer_t *writer, tender_str_t term,
    const uint16_t *docs, unsigned n, tender_str_t positions)
{
    int            rc;
    size_t         len;
    u_char        *p, tail[TENDER_BLOCK_TAIL];
    tender_str_t   last;

    last.len = writer->last_len;
    last.data = writer->last;

    if (term.len == 0 || term.len > TENDER_TERM_MAX
        || tender_term_compare(last, term) >= 0
        || positions.len > UINT32_MAX
        || tender_writer_docs(writer, docs, n, &len) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    p = tender_leb_write(tail, n);
    p = tender_leb_write(p, (uint32_t) positions.len);

    rc = tender_writer_postings(writer, &p, len, positions);
    if (rc != TENDER_OK) {
        return rc;
    }

    rc = tender_writer_entry(writer, term, tail, (size_t) (p - tail));
    if (rc != TENDER_OK) {
        return rc;
    }

    memcpy(writer->last, term.data, term.len);
    writer->last_len = (unsigned) term.len;
    writer->nterms++;

    return TENDER_OK;
}


int
tender_writer_end(tender_writer_t *writer)
{
    int                     rc;
    u_char                 *p, head[TENDER_HEAD_LEN];
    uint32_t                low, high;
    unsigned                n, dense;
    tender_writer_chunk_t  *chunk;

    rc = tender_writer_flush(writer);
    if (rc != TENDER_OK) {
        return rc;
    }

    n = writer->ndocs;
    low = n != 0 ? writer->numbers[0] : 0;
    high = n != 0 ? writer->numbers[n - 1] : 0;
    dense = n == 0 || high - low == n - 1;

    memset(head, 0, sizeof(head));
    memcpy(head, TENDER_HEAD_MAGIC, 4);
    head[4] = TENDER_HEAD_VERSION;
    head[5] = (u_char) dense;

    p = tender_put32(head + 8, n);
    p = tender_put32(p, low);
    p = tender_put32(p, high);
    p = tender_put32(p, writer->nblocks);
    p = tender_put64(p, writer->nterms);
    p = tender_put32(p, writer->written[TENDER_SEGMENT_BLOCKS]);
    (void) tender_put32(p, writer->written[TENDER_SEGMENT_DATA]);

    rc = tender_writer_put(writer, TENDER_SEGMENT_HEAD, head, sizeof(head));

    if (rc == TENDER_OK && !dense) {
        rc = tender_writer_numbers(writer);
    }

    for (chunk = writer->first;
         chunk != NULL && rc == TENDER_OK;
         chunk = chunk->next)
    {
        rc = tender_writer_put(writer, TENDER_SEGMENT_HEAD, chunk->bytes,
                               chunk->len);
    }

    return rc;
}


static int
tender_writer_put(tender_writer_t *writer, unsigned part, const u_char *p,
    size_t len)
{
    if (len == 0) {
        return TENDER_OK;
    }

    if (len > UINT32_MAX - writer->written[part]) {
        return TENDER_DECLINED;
    }

    writer->written[part] += (uint32_t) len;

    return writer->sink(writer->data, part, p, len);
}


/* the documents as they are written, in writer->docs */

static int
tender_writer_docs(tender_writer_t *writer, const uint16_t *docs, unsigned n,
    size_t *len)
{
    u_char    *p;
    unsigned   i, array;

    if (n == 0 || n > writer->ndocs || docs[n - 1] >= writer->ndocs) {
        return TENDER_DECLINED;
    }

    for (i = 1; i < n; i++) {

        if (docs[i] <= docs[i - 1]) {
            return TENDER_DECLINED;
        }
    }

    p = writer->docs;
    array = tender_postings_array(n, writer->ndocs);
    *len = array ? 2 * (size_t) n
                 : 8 * (size_t) tender_set_words(writer->ndocs);

    if (array) {

        for (i = 0; i < n; i++) {
            p = tender_put16(p, docs[i]);
        }

    } else {
        memset(p, 0, *len);

        for (i = 0; i < n; i++) {
            p[docs[i] / 8] |= (u_char) (1 << (docs[i] % 8));
        }
    }

    return TENDER_OK;
}


/* at *p, if they are short; else into data, and the offset at *p */

static int
tender_writer_postings(tender_writer_t *writer, u_char **p, size_t len,
    tender_str_t positions)
{
    int       rc;
    uint32_t  offset;

    if (len + positions.len <= TENDER_SEGMENT_INLINE) {
        memcpy(*p, writer->docs, len);
        *p += len;

        if (positions.len != 0) {
            memcpy(*p, positions.data, positions.len);
            *p += positions.len;
        }

        return TENDER_OK;
    }

    offset = writer->written[TENDER_SEGMENT_DATA];

    rc = tender_writer_put(writer, TENDER_SEGMENT_DATA, writer->docs, len);

    if (rc == TENDER_OK) {
        rc = tender_writer_put(writer, TENDER_SEGMENT_DATA, positions.data,
                               positions.len);
    }

    *p = tender_leb_write(*p, offset);

    return rc;
}


static int
tender_writer_entry(tender_writer_t *writer, tender_str_t term,
    const u_char *tail, size_t len)
{
    int       rc;
    u_char   *p;
    size_t    shared;

    shared = 0;

    while (shared < writer->last_len && shared < term.len
           && writer->last[shared] == term.data[shared])
    {
        shared++;
    }

    if (2 + term.len - shared + len > TENDER_SEGMENT_BLOCK - writer->len) {

        rc = tender_writer_flush(writer);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    if (writer->len == 0) {
        shared = 0;

        if (tender_writer_begin(writer, term) != TENDER_OK) {
            return TENDER_ERROR;
        }
    }

    p = writer->block + writer->len;

    *p++ = (u_char) shared;
    *p++ = (u_char) (term.len - shared);
    memcpy(p, term.data + shared, term.len - shared);
    p += term.len - shared;
    memcpy(p, tail, len);
    p += len;

    writer->len = (size_t) (p - writer->block);

    return TENDER_OK;
}


static int
tender_writer_begin(tender_writer_t *writer, tender_str_t term)
{
    u_char                 *p;
    tender_writer_chunk_t  *chunk;

    chunk = writer->chunk;

    if (chunk == NULL || 5 + term.len > TENDER_WRITER_CHUNK - chunk->len) {

        chunk = tender_alloc(writer->mem, sizeof(tender_writer_chunk_t));
        if (chunk == NULL) {
            return TENDER_ERROR;
        }

        chunk->next = NULL;
        chunk->len = 0;

        if (writer->chunk != NULL) {
            writer->chunk->next = chunk;

        } else {
            writer->first = chunk;
        }

        writer->chunk = chunk;
    }

    p = chunk->bytes + chunk->len;
    p = tender_put32(p, writer->written[TENDER_SEGMENT_BLOCKS]);
    *p++ = (u_char) term.len;
    memcpy(p, term.data, term.len);

    chunk->len += 5 + term.len;
    writer->nblocks++;

    return TENDER_OK;
}


static int
tender_writer_flush(tender_writer_t *writer)
{
    size_t  len;

    len = writer->len;
    writer->len = 0;

    return tender_writer_put(writer, TENDER_SEGMENT_BLOCKS, writer->block,
                             len);
}


static int
tender_writer_numbers(tender_writer_t *writer)
{
    int        rc;
    u_char    *p, buf[4 * 256];
    unsigned   i;

    p = buf;

    for (i = 0; i < writer->ndocs; i++) {
        p = tender_put32(p, writer->numbers[i]);

        if (p == buf + sizeof(buf)) {
            rc = tender_writer_put(writer, TENDER_SEGMENT_HEAD, buf,
                                   sizeof(buf));
            if (rc != TENDER_OK) {
                return rc;
            }

            p = buf;
        }
    }

    return tender_writer_put(writer, TENDER_SEGMENT_HEAD, buf,
                             (size_t) (p - buf));
}
