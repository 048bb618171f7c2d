
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A query, a line feed, a text of any bytes: without its marks what is shown
 * is the text, or a piece of it; marks come in pairs, and are there if a
 * word alone is looked for that the text has.
 */


#include <stdlib.h>
#include <unicode/uchar.h>

#include "search/tender_fragment.h"


#define FUZZ_PIECES  3


static void fuzz_check(int good);
static void fuzz_pieces(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, tender_str_t plain);
static void fuzz_piece(tender_str_t piece, tender_str_t plain);
static tender_str_t fuzz_unmark(tender_mem_t *mem, tender_str_t text,
    unsigned *marks);
static tender_str_t fuzz_plain(tender_mem_t *mem, tender_str_t text);
static int fuzz_has(const tender_node_t *term, tender_str_t text);
static int fuzz_in(tender_str_t all, const u_char *p, size_t len);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            i;
    unsigned          marks;
    const char       *why;
    const u_char     *line;
    tender_mem_t      mem;
    tender_str_t      query, text, plain, marked;
    tender_arena_t   *arena;
    tender_kwords_t   kwords;

    fuzz_check(tender_words_init() == TENDER_OK);

    line = memchr(data, '\n', size);

    if (line == NULL) {
        return 0;
    }

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);
    memset(&kwords, 0, sizeof(tender_kwords_t));

    query.data = (u_char *) data;
    query.len = (size_t) (line - data);

    text.len = size - query.len - 1;
    text.data = malloc(text.len ? text.len : 1);
    memcpy(text.data, line + 1, text.len);

    /* marks are to be told from text here */

    for (i = 0; i < text.len; i++) {
        text.data[i] = text.data[i] == '[' ? '(' : text.data[i];
    }

    if (tender_kwords_read(&mem, &kwords, query, TENDER_TERM_TEXT, 0, &why)
        == TENDER_OK)
    {
        plain = fuzz_plain(&mem, text);

        marked = tender_marked(&mem, &kwords, text, TENDER_TERM_TITLE);
        fuzz_check(marked.data != NULL);

        marked = fuzz_unmark(&mem, marked, &marks);
        fuzz_check(tender_str_eq(&marked, &plain));

        if (kwords.root != NULL && kwords.root->type == TENDER_NODE_TERM) {
            fuzz_check((marks != 0) == fuzz_has(kwords.root, text));
        }

        fuzz_pieces(&mem, &kwords, text, plain);
    }

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
fuzz_pieces(tender_mem_t *mem, const tender_kwords_t *kwords,
    tender_str_t text, tender_str_t plain)
{
    unsigned         marks;
    tender_str_t     piece;
    tender_value_t  *list, *v;

    list = tender_value_new(mem, TENDER_ARRAY);

    fuzz_check(tender_fragments(mem, kwords, text, TENDER_TERM_TITLE,
                                FUZZ_PIECES, list)
               == TENDER_OK);
    fuzz_check(list->nelts <= FUZZ_PIECES);

    for (v = list->u.list.first; v != NULL; v = v->next) {
        piece = fuzz_unmark(mem, v->u.text, &marks);

        fuzz_check(marks != 0);
        fuzz_check(piece.len <= 8 * TENDER_FRAGMENT_LEN + 64 + 6);
        fuzz_piece(piece, plain);
    }
}


/* with dots that say that it was cut, or with those of the text */

static void
fuzz_piece(tender_str_t piece, tender_str_t plain)
{
    unsigned  before, after;

    before = piece.len >= 3 && memcmp(piece.data, "...", 3) == 0 ? 3 : 0;
    after = piece.len >= 3 + before
            && memcmp(piece.data + piece.len - 3, "...", 3) == 0 ? 3 : 0;

    fuzz_check(fuzz_in(plain, piece.data, piece.len)
               || fuzz_in(plain, piece.data + before, piece.len - before)
               || fuzz_in(plain, piece.data, piece.len - after)
               || fuzz_in(plain, piece.data + before,
                          piece.len - before - after));
}


/* marks have to come in pairs */

static tender_str_t
fuzz_unmark(tender_mem_t *mem, tender_str_t text, unsigned *marks)
{
    u_char        *p;
    unsigned       open;
    tender_str_t   out;
    const u_char  *src, *end;

    out.data = tender_alloc(mem, text.len + 1);
    p = out.data;
    src = text.data;
    end = src + text.len;
    open = 0;
    *marks = 0;

    while (src < end) {

        fuzz_check(*src >= ' ' && *src != 0x7f);

        if (*src != '[') {
            *p++ = *src++;
            continue;
        }

        if (open) {
            fuzz_check(end - src >= 4 && memcmp(src, "[/B]", 4) == 0);
            src += 4;

        } else {
            fuzz_check(end - src >= 3 && memcmp(src, "[B]", 3) == 0);
            src += 3;
            (*marks)++;
        }

        open = !open;
    }

    fuzz_check(!open);
    out.len = (size_t) (p - out.data);

    return out;
}


/* the text as it has to be shown */

static tender_str_t
fuzz_plain(tender_mem_t *mem, tender_str_t text)
{
    u_char        *p;
    uint32_t       code;
    unsigned       n, blank;
    tender_str_t   out;
    const u_char  *src, *end;

    out.data = tender_alloc(mem, text.len + 1);
    p = out.data;
    src = text.data;
    end = src + text.len;
    blank = 0;

    while (src < end) {
        n = tender_utf8_char(src, end, &code);

        if (n == 0 || code == 0x200b || u_isUWhiteSpace((UChar32) code)
            || u_charType((UChar32) code) == U_CONTROL_CHAR)
        {
            src += n ? n : 1;
            blank = 1;
            continue;
        }

        if (blank && p != out.data) {
            *p++ = ' ';
        }

        blank = 0;

        memcpy(p, src, n);
        p += n;
        src += n;
    }

    out.len = (size_t) (p - out.data);

    return out;
}


static int
fuzz_has(const tender_node_t *term, tender_str_t text)
{
    tender_words_t  words;

    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {

        if (words.word.len == term->term.len - 1
            && memcmp(words.word.data, term->term.data + 1, words.word.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


static int
fuzz_in(tender_str_t all, const u_char *p, size_t len)
{
    size_t  i;

    for (i = 0; i + len <= all.len; i++) {
        if (len == 0 || memcmp(all.data + i, p, len) == 0) {
            return 1;
        }
    }

    return 0;
}
