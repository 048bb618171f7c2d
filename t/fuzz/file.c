
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * The input as a Content-Type, as a Content-Disposition and as a file name:
 * what is read is sound, a clean name stays as it is, and the header that is
 * written for it is read as the same name.
 */


#include <stdlib.h>

#include "format/tender_file.h"
#include "format/tender_text.h"


static void fuzz_check(int good);
static void fuzz_media(tender_mem_t *mem, tender_str_t text);
static void fuzz_name(tender_mem_t *mem, tender_str_t name);
static void fuzz_clean(tender_str_t name);
static void fuzz_write(tender_mem_t *mem, tender_str_t name);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    tender_mem_t     mem;
    tender_str_t     text, name;
    tender_arena_t  *arena;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    text.len = size;
    text.data = malloc(size ? size : 1);
    memcpy(text.data, data, size);

    fuzz_media(&mem, text);

    rc = tender_disposition_read(&mem, text, &name);
    fuzz_check(rc == TENDER_OK || rc == TENDER_DECLINED);

    if (rc == TENDER_OK && name.data != NULL) {
        fuzz_check(name.len <= size);
        fuzz_name(&mem, name);
    }

    fuzz_name(&mem, text);

    fuzz_check(size == 0 || memcmp(text.data, data, size) == 0);

    free(text.data);
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


static void
fuzz_media(tender_mem_t *mem, tender_str_t text)
{
    int           rc;
    size_t        i;
    u_char       *p;
    tender_str_t  type, boundary, again, same, header;

    rc = tender_media_read(mem, text, &type, &boundary);

    if (rc != TENDER_OK) {
        fuzz_check(rc == TENDER_DECLINED);
        return;
    }

    for (i = 0; i < type.len; i++) {
        fuzz_check(type.data[i] > 0x20 && type.data[i] < 0x7f);
        fuzz_check(type.data[i] < 'A' || type.data[i] > 'Z');
    }

    again = tender_media_safe(type);
    fuzz_check(tender_str_eq(&again, &type)
               || tender_str_is(&again, "application/octet-stream"));

    if (boundary.data == NULL) {
        return;
    }

    fuzz_check(boundary.len >= 1 && boundary.len <= 70);
    fuzz_check(boundary.data[boundary.len - 1] != ' ');

    header.len = type.len + 12 + boundary.len;
    header.data = tender_alloc(mem, header.len);

    p = header.data;
    memcpy(p, type.data, type.len);
    p += type.len;
    memcpy(p, ";boundary=\"", 11);
    memcpy(p + 11, boundary.data, boundary.len);
    p[11 + boundary.len] = '"';

    fuzz_check(tender_media_read(mem, header, &again, &same) == TENDER_OK);
    fuzz_check(tender_str_eq(&again, &type));
    fuzz_check(tender_str_eq(&same, &boundary));
}


static void
fuzz_name(tender_mem_t *mem, tender_str_t name)
{
    int           rc;
    tender_str_t  clean, again;

    rc = tender_filename_clean(mem, name, &clean);

    if (rc != TENDER_OK) {
        fuzz_check(rc == TENDER_DECLINED);
        fuzz_check(!tender_utf8_valid(name.data, name.len));
        fuzz_check(tender_disposition_write(mem, name, &again)
                   == TENDER_DECLINED);
        return;
    }

    fuzz_clean(clean);

    fuzz_check(tender_filename_clean(mem, clean, &again) == TENDER_OK);
    fuzz_check(tender_str_eq(&clean, &again));

    /* one that is not clean does no harm in a header either */

    fuzz_write(mem, clean);
    fuzz_write(mem, name);
}


static void
fuzz_clean(tender_str_t name)
{
    u_char         c;
    uint32_t       code;
    unsigned       n;
    const u_char  *p, *end;

    fuzz_check(name.len >= 1 && name.len <= TENDER_FILENAME_MAX);
    fuzz_check(tender_utf8_valid(name.data, name.len));

    c = name.data[0];
    fuzz_check(c != '.' && c != ' ');
    c = name.data[name.len - 1];
    fuzz_check(c != '.' && c != ' ');

    for (p = name.data, end = p + name.len; p < end; p += n) {
        n = tender_utf8_char(p, end, &code);

        fuzz_check(code >= 0x20 && (code < 0x7f || code > 0xa0));
        fuzz_check(code != '/' && code != '\\');
        fuzz_check(code < 0x200b || code > 0x200f);
        fuzz_check(code < 0x2028 || code > 0x202e);
        fuzz_check(code < 0x2060 || code > 0x206f);
        fuzz_check(code != 0xfeff && code != 0xfffe && code != 0xffff);
        fuzz_check(code != 0x3000 && code != 0x61c);
    }
}


static void
fuzz_write(tender_mem_t *mem, tender_str_t name)
{
    size_t        i;
    tender_str_t  header, again;

    fuzz_check(tender_disposition_write(mem, name, &header) == TENDER_OK);

    for (i = 0; i < header.len; i++) {
        fuzz_check(header.data[i] >= 0x20 && header.data[i] < 0x7f);
    }

    fuzz_check(tender_disposition_read(mem, header, &again) == TENDER_OK);
    fuzz_check(again.data != NULL && tender_str_eq(&again, &name));
}
