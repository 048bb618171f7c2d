
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_file.h"
#include "tender_header.h"
#include "tender_multipart_part.h"
#include "tender_text.h"


typedef int (*tender_mp_header_pt)(tender_multipart_t *mp,
    tender_str_t value);

typedef struct {
    unsigned             bit;
    tender_str_t         name;
    tender_mp_header_pt  handler;
} tender_mp_header_t;


static int tender_mp_known(tender_multipart_t *mp, tender_str_t name,
    tender_str_t value);
static int tender_mp_disposition(tender_multipart_t *mp, tender_str_t value);
static int tender_mp_type(tender_multipart_t *mp, tender_str_t value);
static int tender_mp_encoding(tender_multipart_t *mp, tender_str_t value);
static int tender_mp_refuse(tender_multipart_t *mp, const char *why);


static const tender_mp_header_t  tender_mp_headers[] = {
    { TENDER_MULTIPART_DISPOSITION,
      tender_string("content-disposition"),
      tender_mp_disposition },

    { TENDER_MULTIPART_TYPE,
      tender_string("content-type"),
      tender_mp_type },

    { TENDER_MULTIPART_ENCODING,
      tender_string("content-transfer-encoding"),
      tender_mp_encoding },

    { 0, tender_null_string, NULL }
};


int
tender_multipart_header(tender_multipart_t *mp, tender_str_t line)
{
    u_char        *colon;
    tender_str_t   name, value;

    if (++mp->nheaders > TENDER_MULTIPART_HEADERS) {
        return tender_mp_refuse(mp, "A part has too many headers");
    }

    if (line.data[0] == ' ' || line.data[0] == '\t') {
        return tender_mp_refuse(mp, "A part has a header of several lines");
    }

    if (!tender_utf8_valid(line.data, line.len)) {
        return tender_mp_refuse(mp, "A part has a header that is not UTF-8");
    }

    name = line;

    colon = memchr(line.data, ':', line.len);

    if (colon != NULL) {
        name.len = (size_t) (colon - line.data);
    }

    if (colon == NULL || !tender_header_token(name)) {
        return tender_mp_refuse(mp, "A part has a malformed header");
    }

    value.data = colon + 1;
    value.len = line.len - name.len - 1;

    return tender_mp_known(mp, name, tender_header_trim(value));
}


static int
tender_mp_known(tender_multipart_t *mp, tender_str_t name, tender_str_t value)
{
    const tender_mp_header_t  *header;

    for (header = tender_mp_headers; header->bit != 0; header++) {

        if (!tender_header_is(name, (const char *) header->name.data,
                              header->name.len))
        {
            continue;
        }

        if (mp->seen & header->bit) {
            return tender_mp_refuse(mp, "A part has a header twice");
        }

        mp->seen |= header->bit;

        return header->handler(mp, value);
    }

    return TENDER_OK;
}


static int
tender_mp_disposition(tender_multipart_t *mp, tender_str_t value)
{
    int                  rc;
    tender_header_t      header;
    const tender_str_t  *param;

    rc = tender_header_read(mp->mem, value, TENDER_HEADER_FORM, &header);

    if (rc == TENDER_ERROR) {
        return TENDER_ERROR;
    }

    if (rc == TENDER_DECLINED) {
        return tender_mp_refuse(mp, header.twice
                    ? "The Content-Disposition of a part has a parameter twice"
                    : "A part has a malformed Content-Disposition");
    }

    if (!tender_header_word(header.word, "form-data")) {
        return tender_mp_refuse(mp, "The Content-Disposition of a part is not "
                                    "form-data");
    }

    param = tender_header_get(&header, "name");

    if (param == NULL || param->len == 0) {
        return tender_mp_refuse(mp, "A part has no name");
    }

    mp->part.name = *param;

    /* RFC 7578 forbids filename*: who sends it means filename as well */

    param = tender_header_get(&header, "filename");

    if (param != NULL) {
        mp->part.filename = *param;
        mp->part.has_file = 1;
    }

    return TENDER_OK;
}


static int
tender_mp_type(tender_multipart_t *mp, tender_str_t value)
{
    int           rc;
    tender_str_t  boundary;

    rc = tender_media_read(mp->mem, value, &mp->part.type, &boundary);

    if (rc == TENDER_ERROR) {
        return TENDER_ERROR;
    }

    if (rc == TENDER_DECLINED) {
        return tender_mp_refuse(mp, "A part has a malformed Content-Type");
    }

    if (mp->part.type.len > 10
        && memcmp(mp->part.type.data, "multipart/", 10) == 0)
    {
        return tender_mp_refuse(mp, "A part is itself multipart");
    }

    return TENDER_OK;
}


static int
tender_mp_encoding(tender_multipart_t *mp, tender_str_t value)
{
    if (tender_header_word(value, "binary")
        || tender_header_word(value, "8bit")
        || tender_header_word(value, "7bit"))
    {
        return TENDER_OK;
    }

    return tender_mp_refuse(mp, "The Content-Transfer-Encoding of a part is "
                                "not binary, 8bit or 7bit");
}


static int
tender_mp_refuse(tender_multipart_t *mp, const char *why)
{
    mp->why = why;

    return TENDER_DECLINED;
}
