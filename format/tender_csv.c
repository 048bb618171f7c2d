
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_csv.h"


static int tender_csv_formula(tender_str_t cell);
static int tender_csv_quoted(tender_str_t cell, size_t *quotes);


size_t
tender_csv_length(tender_str_t cell, unsigned flags)
{
    size_t  len, quotes;

    len = cell.len;

    if ((flags & TENDER_CSV_TEXT) && tender_csv_formula(cell)) {
        len++;
    }

    if (tender_csv_quoted(cell, &quotes)) {
        len += 2 + quotes;
    }

    return len;
}


u_char *
tender_csv_write(u_char *p, tender_str_t cell, unsigned flags)
{
    int     quoted;
    size_t  i, quotes;

    quoted = tender_csv_quoted(cell, &quotes);

    if (quoted) {
        *p++ = '"';
    }

    if ((flags & TENDER_CSV_TEXT) && tender_csv_formula(cell)) {
        *p++ = '\'';
    }

    for (i = 0; i < cell.len; i++) {

        if (cell.data[i] == '"') {
            *p++ = '"';
        }

        *p++ = cell.data[i];
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
tender_csv_quoted(tender_str_t cell, size_t *quotes)
{
    int     quoted;
    size_t  i;
    u_char  c;

    quoted = 0;
    *quotes = 0;

    for (i = 0; i < cell.len; i++) {
        c = cell.data[i];

        if (c == '"') {
            (*quotes)++;
            quoted = 1;
        }

        if (c == ',' || c == ';' || c == '\r' || c == '\n'
            || ((c == ' ' || c == '\t') && (i == 0 || i == cell.len - 1)))
        {
            quoted = 1;
        }
    }

    return quoted;
}
