
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_csv.h"


static int tender_csv_formula(tender_str_t cell);
static int tender_csv_quoted(tender_str_t cell, unsigned flags,
    size_t *quotes);
static size_t tender_csv_join_length(const tender_value_t *v);
static u_char *tender_csv_join_write(u_char *p, const tender_value_t *v);


/* what makes a cell a quoted one */

static const u_char  tender_csv_marks[256] = {
    ['"'] = 1, [','] = 1, [';'] = 1, ['\r'] = 1, ['\n'] = 1
};


size_t
tender_csv_length(tender_str_t cell, unsigned flags)
{
    size_t  len, quotes;

    len = cell.len;

    if ((flags & TENDER_CSV_TEXT) && tender_csv_formula(cell)) {
        len++;
    }

    if (tender_csv_quoted(cell, flags, &quotes)) {
        len += 2 + quotes;
    }

    return len;
}


u_char *
tender_csv_write(u_char *p, tender_str_t cell, unsigned flags)
{
    int     quoted;
    size_t  i, quotes;

    quoted = tender_csv_quoted(cell, flags, &quotes);

    if (quoted) {
        *p++ = '"';
    }

    if ((flags & TENDER_CSV_TEXT) && tender_csv_formula(cell)) {
        *p++ = '\'';
    }

    if (quotes == 0) {

        if (cell.len != 0) {
            memcpy(p, cell.data, cell.len);
            p += cell.len;
        }

    } else {

        for (i = 0; i < cell.len; i++) {

            if (cell.data[i] == '"') {
                *p++ = '"';
            }

            *p++ = cell.data[i];
        }
    }

    if (quoted) {
        *p++ = '"';
    }

    return p;
}


static int
tender_csv_formula(tender_str_t cell)
{
    size_t   i;
    u_char  *p;

    for (i = 0; i < cell.len; i++) {
        if (cell.data[i] != ' ' && cell.data[i] != '"'
            && cell.data[i] != '\'')
        {
            break;
        }
    }

    if (i == cell.len) {
        return 0;
    }

    p = cell.data + i;

    switch (*p) {

    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
        return 1;
    }

    /* U+FF0B, U+FF0D, U+FF1D, U+FF20 */

    if (cell.len - i < 3 || p[0] != 0xef || p[1] != 0xbc) {
        return 0;
    }

    return p[2] == 0x8b || p[2] == 0x8d || p[2] == 0x9d || p[2] == 0xa0;
}


static int
tender_csv_quoted(tender_str_t cell, unsigned flags, size_t *quotes)
{
    u_char         delimiter, seen;
    const u_char  *p, *end;

    *quotes = 0;

    if (cell.len == 0) {
        return 0;
    }

    seen = 0;
    delimiter = (u_char) (flags & 0xff);

    p = cell.data;
    end = p + cell.len;

    if (*p == ' ' || *p == '\t' || end[-1] == ' ' || end[-1] == '\t'
        || (delimiter && memchr(p, delimiter, cell.len) != NULL))
    {
        seen = 1;
    }

    for ( /* void */ ; p < end; p++) {
        seen |= tender_csv_marks[*p];
        *quotes += *p == '"';
    }

    return seen != 0;
}


int
tender_csv_join(tender_mem_t *mem, const tender_value_t *v,
    tender_str_t *text)
{
    if (v->type == TENDER_STRING || v->type == TENDER_NUMBER) {
        *text = v->u.text;
        return TENDER_OK;
    }

    text->data = NULL;
    text->len = tender_csv_join_length(v);

    if (text->len == 0) {
        return TENDER_OK;
    }

    text->data = tender_alloc(mem, text->len);
    if (text->data == NULL) {
        return TENDER_ERROR;
    }

    (void) tender_csv_join_write(text->data, v);

    return TENDER_OK;
}


static size_t
tender_csv_join_length(const tender_value_t *v)
{
    size_t                 len, n, between;
    const tender_value_t  *item;

    if (v->type == TENDER_STRING || v->type == TENDER_NUMBER) {
        return v->u.text.len;
    }

    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return 0;
    }

    len = 0;
    between = v->type == TENDER_ARRAY ? sizeof(" | ") - 1 : sizeof(", ") - 1;

    for (item = v->u.list.first; item != NULL; item = item->next) {
        n = tender_csv_join_length(item);

        if (n != 0) {
            len += len ? between + n : n;
        }
    }

    return len;
}


static u_char *
tender_csv_join_write(u_char *p, const tender_value_t *v)
{
    u_char                *start;
    const tender_value_t  *item;

    if (v->type == TENDER_STRING || v->type == TENDER_NUMBER) {

        if (v->u.text.len != 0) {
            memcpy(p, v->u.text.data, v->u.text.len);
        }

        return p + v->u.text.len;
    }

    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return p;
    }

    start = p;

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (tender_csv_join_length(item) == 0) {
            continue;
        }

        if (p != start) {

            if (v->type == TENDER_ARRAY) {
                *p++ = ' ';
                *p++ = '|';

            } else {
                *p++ = ',';
            }

            *p++ = ' ';
        }

        p = tender_csv_join_write(p, item);
    }

    return p;
}
