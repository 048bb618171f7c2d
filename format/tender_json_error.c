
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"
#include "tender_json_error.h"
#include "tender_text.h"


const char  tender_json_no_object[] = "No JSON object could be decoded";
const char  tender_json_extra_data[] = "Extra data";


typedef struct {
    u_char  *p;
    u_char  *end;
} tender_json_buf_t;


static void tender_json_place(const u_char *start, const u_char *at,
    size_t *line, size_t *column);
static void tender_json_put(tender_json_buf_t *b, const char *text);
static void tender_json_put_size(tender_json_buf_t *b, const char *text,
    size_t n);


void
tender_json_error_set(tender_json_error_t *err, const char *text,
    const u_char *start, const u_char *at, const u_char *end)
{
    memset(err, 0, sizeof(tender_json_error_t));

    err->text = text;
    err->offset = (size_t) (at - start);

    tender_json_place(start, at, &err->line, &err->column);

    if (text == tender_json_extra_data) {
        err->end = (size_t) (end - start);

        tender_json_place(start, end, &err->end_line, &err->end_column);
    }
}


static void
tender_json_place(const u_char *start, const u_char *at, size_t *line,
    size_t *column)
{
    const u_char  *p;

    *line = 1;
    *column = 1;

    for (p = start; p < at; p++) {

        if (*p == '\n') {
            (*line)++;
            *column = 1;

        } else {
            (*column)++;
        }
    }
}


size_t
tender_json_error_text(const tender_json_error_t *err, u_char *buf,
    size_t size)
{
    tender_json_buf_t  b;

    b.p = buf;
    b.end = buf + size;

    tender_json_put(&b, err->text);

    if (err->text != tender_json_no_object) {
        tender_json_put_size(&b, ": line ", err->line);
        tender_json_put_size(&b, " column ", err->column);

        if (err->end) {
            tender_json_put_size(&b, " - line ", err->end_line);
            tender_json_put_size(&b, " column ", err->end_column);
        }

        tender_json_put_size(&b, " (char ", err->offset);

        if (err->end) {
            tender_json_put_size(&b, " - ", err->end);
        }

        tender_json_put(&b, ")");
    }

    return (size_t) (b.p - buf);
}


static void
tender_json_put(tender_json_buf_t *b, const char *text)
{
    while (*text != '\0' && b->p < b->end) {
        *b->p++ = (u_char) *text++;
    }
}


static void
tender_json_put_size(tender_json_buf_t *b, const char *text, size_t n)
{
    u_char  digits[21];

    tender_json_put(b, text);

    *tender_uint_write(digits, n) = '\0';
    tender_json_put(b, (const char *) digits);
}
