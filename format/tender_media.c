
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_file.h"
#include "tender_header.h"


#define TENDER_BOUNDARY_MAX  70

#define TENDER_WORD    "application/vnd.openxmlformats-officedocument.word"   \
                       "processingml."
#define TENDER_SHEET   "application/vnd.openxmlformats-officedocument.spread" \
                       "sheetml."
#define TENDER_SLIDES  "application/vnd.openxmlformats-officedocument."       \
                       "presentationml."
#define TENDER_ODF     "application/vnd.oasis.opendocument."


static int tender_media_type(tender_str_t type);
static int tender_media_boundary(tender_str_t boundary);


/* nothing here is run or drawn with scripts by a browser */

static const tender_str_t  tender_media_list[] = {
    tender_string("application/pdf"),
    tender_string("text/plain"),
    tender_string("text/csv"),
    tender_string("image/png"),
    tender_string("image/jpeg"),
    tender_string("image/gif"),
    tender_string("image/tiff"),
    tender_string("image/bmp"),
    tender_string("image/webp"),
    tender_string("application/json"),

    tender_string("application/msword"),
    tender_string("application/rtf"),
    tender_string("text/rtf"),
    tender_string("application/vnd.ms-excel"),
    tender_string("application/vnd.ms-powerpoint"),
    tender_string(TENDER_WORD "document"),
    tender_string(TENDER_WORD "template"),
    tender_string(TENDER_SHEET "sheet"),
    tender_string(TENDER_SHEET "template"),
    tender_string(TENDER_SLIDES "presentation"),
    tender_string(TENDER_SLIDES "slideshow"),
    tender_string(TENDER_SLIDES "template"),
    tender_string(TENDER_ODF "text"),
    tender_string(TENDER_ODF "text-template"),
    tender_string(TENDER_ODF "spreadsheet"),
    tender_string(TENDER_ODF "spreadsheet-template"),
    tender_string(TENDER_ODF "presentation"),
    tender_string(TENDER_ODF "presentation-template"),
    tender_string(TENDER_ODF "graphics"),
    tender_string(TENDER_ODF "graphics-template"),
    tender_string(TENDER_ODF "chart"),
    tender_string(TENDER_ODF "formula"),

    tender_string("application/zip"),
    tender_string("application/x-zip-compressed"),
    tender_string("application/x-7z-compressed"),
    tender_string("application/vnd.rar"),
    tender_string("application/x-rar-compressed"),
    tender_string("application/gzip"),

    tender_string("application/pkcs7-signature"),
    tender_string("application/x-pkcs7-signature"),
    tender_string("application/pkcs7-mime"),

    tender_string("application/acad"),
    tender_string("image/vnd.dwg"),
    tender_string("image/vnd.dxf"),
    tender_string("image/vnd.djvu"),
    tender_string("model/step"),
    tender_string("model/stl")
};


int
tender_media_read(tender_mem_t *mem, tender_str_t text, tender_str_t *type,
    tender_str_t *boundary)
{
    int                  rc;
    size_t               i;
    u_char               c, *p;
    tender_header_t      header;
    const tender_str_t  *value;

    rc = tender_header_read(mem, text, 0, &header);
    if (rc != TENDER_OK) {
        return rc;
    }

    if (!tender_media_type(header.word)) {
        return TENDER_DECLINED;
    }

    boundary->len = 0;
    boundary->data = NULL;

    value = tender_header_get(&header, "boundary");

    if (value != NULL) {

        if (!tender_media_boundary(*value)) {
            return TENDER_DECLINED;
        }

        *boundary = *value;
    }

    p = tender_alloc(mem, header.word.len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    for (i = 0; i < header.word.len; i++) {
        c = header.word.data[i];
        p[i] = (u_char) (c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }

    type->data = p;
    type->len = header.word.len;

    return TENDER_OK;
}


static int
tender_media_type(tender_str_t type)
{
    u_char        *slash;
    tender_str_t   major;

    slash = memchr(type.data, '/', type.len);
    if (slash == NULL) {
        return 0;
    }

    major.data = type.data;
    major.len = (size_t) (slash - type.data);

    type.data = slash + 1;
    type.len -= major.len + 1;

    return tender_header_token(major) && tender_header_token(type);
}


static int
tender_media_boundary(tender_str_t boundary)
{
    size_t  i;
    u_char  c;

    if (boundary.len == 0 || boundary.len > TENDER_BOUNDARY_MAX
        || boundary.data[boundary.len - 1] == ' ')
    {
        return 0;
    }

    for (i = 0; i < boundary.len; i++) {
        c = boundary.data[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
            || (c >= 'a' && c <= 'z'))
        {
            continue;
        }

        if (memchr("'()+_,-./:=? ", c, 13) == NULL) {
            return 0;
        }
    }

    return 1;
}


tender_str_t
tender_media_safe(tender_str_t type)
{
    size_t  i, n;

    static const tender_str_t  other =
                                     tender_string("application/octet-stream");

    n = sizeof(tender_media_list) / sizeof(tender_media_list[0]);

    for (i = 0; i < n; i++) {
        if (tender_str_eq(&tender_media_list[i], &type)) {
            return tender_media_list[i];
        }
    }

    return other;
}
