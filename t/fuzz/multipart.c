
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * The first line is a boundary, the rest a multipart body: it means the same
 * whole and in pieces, however it is cut; no part of what is accepted holds
 * a delimiter, and all of it comes from the body.
 */


#define _GNU_SOURCE    /* memmem() */

#include <stdlib.h>

#include "format/tender_file.h"
#include "format/tender_text.h"
#include "t/unit/multipart_feed.h"


#define FUZZ_CUTS  4


static void fuzz_check(int good);
static tender_str_t fuzz_boundary(tender_mem_t *mem, tender_str_t line);
static void fuzz_parts(tender_mem_t *mem, tender_str_t boundary,
    tender_str_t body);
static void fuzz_part(const tender_part_t *part);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           i;
    feed_t           whole, cut;
    uint64_t         seed;
    tender_mem_t     mem;
    tender_str_t     body, line;
    const uint8_t   *end;
    tender_arena_t  *arena;

    static const size_t  pieces[FUZZ_CUTS] = { 1, 3, 20, 200 };

    end = size != 0 ? memchr(data, '\n', size) : NULL;

    if (end == NULL) {
        return 0;
    }

    memset(&whole, 0, sizeof(whole));
    memset(&cut, 0, sizeof(cut));

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    line.data = (u_char *) data;
    line.len = (size_t) (end - data);

    line = fuzz_boundary(&mem, line);

    body.data = (u_char *) end + 1;
    body.len = size - (size_t) (end + 1 - data);

    seed = size;

    for (i = 0; i < size; i++) {
        seed = (seed ^ data[i]) * 0x100000001b3ULL;
    }

    feed_body(&whole, &mem, line, body, 0, 0);
    fuzz_check(whole.rc == TENDER_OK || whole.rc == TENDER_DECLINED);

    for (i = 0; i < FUZZ_CUTS; i++) {
        feed_body(&cut, &mem, line, body, pieces[i], seed + i);

        fuzz_check(cut.rc == whole.rc && cut.bytes == whole.bytes
                   && cut.len == whole.len);
        fuzz_check(cut.len == 0
                   || memcmp(cut.data, whole.data, cut.len) == 0);
    }

    if (whole.rc == TENDER_OK) {
        fuzz_parts(&mem, line, body);
    }

    free(whole.data);
    free(cut.data);
    tender_arena_free(arena);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


/* that of the line, if a Content-Type could hold it, or "b" */

static tender_str_t
fuzz_boundary(tender_mem_t *mem, tender_str_t line)
{
    u_char        *p;
    tender_str_t   header, type, boundary;

    static const char  start[] = "a/b; boundary=\"";

    header.len = sizeof(start) - 1 + line.len + 1;
    header.data = tender_alloc(mem, header.len);

    p = header.data;
    memcpy(p, start, sizeof(start) - 1);
    p += sizeof(start) - 1;
    memcpy(p, line.data, line.len);
    p[line.len] = '"';

    if (tender_media_read(mem, header, &type, &boundary) != TENDER_OK
        || boundary.data == NULL)
    {
        tender_str_set(&boundary, "b");
    }

    return boundary;
}


static void
fuzz_parts(tender_mem_t *mem, tender_str_t boundary, tender_str_t body)
{
    size_t              len;
    u_char             *p, *start, delimiter[80];
    tender_str_t        data;
    tender_multipart_t  mp;
    tender_multipart_e  event;

    len = 4 + boundary.len;
    memcpy(delimiter, "\r\n--", 4);
    memcpy(delimiter + 4, boundary.data, boundary.len);

    fuzz_check(tender_multipart_init(&mp, mem, boundary) == TENDER_OK);

    p = body.data;
    start = NULL;

    do {
        event = tender_multipart_next(&mp, &p, body.data + body.len, &data);

        switch (event) {

        case TENDER_MULTIPART_PART:

            /* the empty line is in front of the data */

            start = p - 2;
            fuzz_part(&mp.part);
            break;

        case TENDER_MULTIPART_DATA:
            fuzz_check(start != NULL);
            break;

        case TENDER_MULTIPART_PART_END:
            fuzz_check(start != NULL && p - start >= (ssize_t) len);
            fuzz_check(memmem(start, (size_t) (p - start), delimiter, len)
                       == p - len);
            start = NULL;
            break;

        case TENDER_MULTIPART_END:
            fuzz_check(start == NULL && p[-1] == '-' && p[-2] == '-');
            break;

        default:
            fuzz_check(event == TENDER_MULTIPART_MORE);
        }

    } while (event != TENDER_MULTIPART_MORE);

    fuzz_check(tender_multipart_finish(&mp) == TENDER_OK);
}


static void
fuzz_part(const tender_part_t *part)
{
    size_t  i;
    u_char  c;

    fuzz_check(part->name.len != 0);
    fuzz_check(tender_utf8_valid(part->name.data, part->name.len));
    fuzz_check(tender_utf8_valid(part->filename.data, part->filename.len));

    for (i = 0; i < part->filename.len; i++) {
        c = part->filename.data[i];
        fuzz_check((c >= 0x20 && c != 0x7f) || c == '\t');
    }

    for (i = 0; i < part->type.len; i++) {
        c = part->type.data[i];
        fuzz_check(c > 0x20 && c < 0x7f && (c < 'A' || c > 'Z'));
    }
}
