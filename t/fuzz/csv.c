
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * The first byte says what parts cells; the rest is a record of cells with
 * zero bytes between.  A reader of RFC 4180 finds the same cells, none begins
 * like a formula, and the length is what was told.  As JSON the rest is
 * joined into one cell.
 */


#include <stdlib.h>

#include "format/tender_csv.h"
#include "format/tender_json.h"


static void fuzz_check(int good);
static u_char *fuzz_cell(u_char *p, tender_str_t cell, unsigned flags);
static const u_char *fuzz_read(const u_char *p, const u_char *end,
    u_char delimiter, tender_str_t *cell, u_char *to);
static void fuzz_formula(tender_str_t cell);
static void fuzz_join(const u_char *data, size_t size);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char         delimiter, *row, *p, *to;
    unsigned       flags, pass;
    tender_str_t   cell, back;
    const u_char  *q, *begin, *end;

    static const u_char  delimiters[4] = { ',', ';', '\t', '|' };

    if (size == 0) {
        return 0;
    }

    delimiter = delimiters[data[0] & 3];
    flags = delimiter | ((data[0] & 4) ? 0 : TENDER_CSV_TEXT);
    end = data + size;

    row = malloc(8 * size + 8);
    to = malloc(size + 8);

    p = row;
    q = row;

    /* all are written, each with the delimiter behind it, then read */

    for (pass = 0; pass < 2; pass++) {

        for (begin = data + 1; begin <= end; begin += cell.len + 1) {
            cell.data = (u_char *) begin;
            cell.len = 0;

            while (begin + cell.len < end && begin[cell.len] != '\0') {
                cell.len++;
            }

            if (pass == 0) {
                p = fuzz_cell(p, cell, flags);
                *p++ = delimiter;
                continue;
            }

            q = fuzz_read(q, p, delimiter, &back, to);

            if (flags & TENDER_CSV_TEXT) {
                fuzz_formula(back);

                if (back.len == cell.len + 1) {
                    fuzz_check(back.data[0] == '\'');
                    back.data++;
                    back.len--;
                }
            }

            fuzz_check(tender_str_eq(&back, &cell));
        }
    }

    fuzz_check(q == p);

    free(row);
    free(to);

    fuzz_join(data + 1, size - 1);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}


/* in memory of just that length */

static u_char *
fuzz_cell(u_char *p, tender_str_t cell, unsigned flags)
{
    size_t   len;
    u_char  *own;

    len = tender_csv_length(cell, flags);
    own = malloc(len ? len : 1);

    fuzz_check(tender_csv_write(own, cell, flags) == own + len);
    fuzz_check(len <= 2 * cell.len + 3);

    memcpy(p, own, len);
    free(own);

    return p + len;
}


/* one cell; returns where the next one begins */

static const u_char *
fuzz_read(const u_char *p, const u_char *end, u_char delimiter,
    tender_str_t *cell, u_char *to)
{
    cell->data = to;

    if (p < end && *p == '"') {

        for (p++; /* void */ ; p++) {
            fuzz_check(p < end);

            if (*p == '"') {
                p++;

                if (p == end || *p != '"') {
                    break;
                }
            }

            *to++ = *p;
        }

    } else {

        while (p < end && *p != delimiter) {
            fuzz_check(*p != '"' && *p != '\r' && *p != '\n');
            *to++ = *p++;
        }
    }

    cell->len = (size_t) (to - cell->data);

    fuzz_check(p < end && *p == delimiter);

    return p + 1;
}


static void
fuzz_formula(tender_str_t cell)
{
    size_t  i;

    for (i = 0; i < cell.len; i++) {
        if (cell.data[i] != ' ' && cell.data[i] != '"') {
            break;
        }
    }

    if (i < cell.len) {
        fuzz_check(memchr("=+-@\t\r\n", cell.data[i], 7) == NULL);
    }
}


static void
fuzz_join(const u_char *data, size_t size)
{
    size_t                i;
    tender_mem_t          mem;
    tender_str_t          text;
    tender_arena_t       *arena;
    tender_value_t       *v;
    tender_json_error_t   err;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    if (tender_json_read(&mem, data, size, &v, &err) == TENDER_OK) {
        fuzz_check(tender_csv_join(&mem, v, &text) == TENDER_OK);

        /* nothing is longer than it was in JSON, with what parts it */

        fuzz_check(text.len <= 3 * size);

        for (i = 0; i < text.len; i++) {
            fuzz_check(text.data[i] != '\0');
        }
    }

    tender_arena_free(arena);
}
