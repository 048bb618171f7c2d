
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A query that is parsed is escaped and parsed as the same; once the secrets
 * in its text are masked, no parameter of such a name keeps its value.
 */


#include <stdlib.h>

#include "format/tender_text.h"
#include "format/tender_uri.h"


static void fuzz_check(int good);
static void fuzz_again(tender_mem_t *mem, const tender_query_t *query);
static void fuzz_mask(tender_mem_t *mem, tender_str_t raw);
static int fuzz_secret(const tender_str_t *name);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const tender_str_t  fuzz_names[] = {
    tender_string("api_code"),
    tender_string("token"),
    tender_string("a b"),
    tender_null_string
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    const char      *why;
    tender_mem_t     mem;
    tender_str_t     raw, name;
    tender_query_t   query;
    tender_arena_t  *arena;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    raw.len = size;
    raw.data = malloc(size ? size : 1);
    memcpy(raw.data, data, size);

    rc = tender_query_parse(&mem, raw, &query, &why, &name);

    if (rc == TENDER_OK) {
        fuzz_again(&mem, &query);

    } else {
        fuzz_check(rc == TENDER_DECLINED && why != NULL);
        fuzz_check(tender_utf8_valid(name.data, name.len));
    }

    fuzz_check(size == 0 || memcmp(raw.data, data, size) == 0);

    fuzz_mask(&mem, raw);

    free(raw.data);
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
fuzz_again(tender_mem_t *mem, const tender_query_t *query)
{
    size_t           len;
    u_char          *p;
    unsigned         i;
    const char      *why;
    tender_str_t     raw, name;
    tender_param_t  *param;
    tender_query_t   again;

    len = 0;

    for (i = 0; i < query->nparams; i++) {
        param = &query->params[i];

        fuzz_check(tender_utf8_valid(param->name.data, param->name.len));
        fuzz_check(tender_text_valid(param->name)
                   || memchr(param->name.data, 0xef, param->name.len));

        len += 2 + tender_uri_escaped_length(param->name)
               + tender_uri_escaped_length(param->value);
    }

    raw.data = malloc(len ? len : 1);
    p = raw.data;

    for (i = 0; i < query->nparams; i++) {
        p = tender_uri_escape(p, query->params[i].name);
        *p++ = '=';
        p = tender_uri_escape(p, query->params[i].value);
        *p++ = '&';
    }

    raw.len = len;

    fuzz_check(p == raw.data + len);
    fuzz_check(tender_query_parse(mem, raw, &again, &why, &name)
               == TENDER_OK);
    fuzz_check(again.nparams == query->nparams);

    for (i = 0; i < again.nparams; i++) {
        fuzz_check(tender_str_eq(&again.params[i].name,
                                 &query->params[i].name));
        fuzz_check(tender_str_eq(&again.params[i].value,
                                 &query->params[i].value));
    }

    free(raw.data);
}


static void
fuzz_mask(tender_mem_t *mem, tender_str_t raw)
{
    size_t           pos, last, i;
    unsigned         n;
    const char      *why;
    tender_str_t     value, name;
    tender_query_t   query;

    pos = 0;
    last = 0;

    while (tender_query_secret(raw, &pos, fuzz_names, &value)) {
        fuzz_check(pos > last && pos <= raw.len);
        fuzz_check(value.data >= raw.data
                   && value.data + value.len <= raw.data + pos);

        last = pos;

        if (value.len != 0) {
            memset(value.data, '*', value.len);
        }
    }

    if (tender_query_parse(mem, raw, &query, &why, &name) != TENDER_OK) {
        return;
    }

    for (n = 0; n < query.nparams; n++) {

        if (!fuzz_secret(&query.params[n].name)) {
            continue;
        }

        for (i = 0; i < query.params[n].value.len; i++) {
            fuzz_check(query.params[n].value.data[i] == '*');
        }
    }
}


static int
fuzz_secret(const tender_str_t *name)
{
    u_char               c;
    size_t               i;
    const tender_str_t  *secret;

    for (secret = fuzz_names; secret->len != 0; secret++) {

        if (secret->len != name->len) {
            continue;
        }

        for (i = 0; i < name->len; i++) {
            c = name->data[i];

            if (c >= 'A' && c <= 'Z') {
                c |= 0x20;
            }

            if (c != secret->data[i]) {
                break;
            }
        }

        if (i == name->len) {
            return 1;
        }
    }

    return 0;
}
