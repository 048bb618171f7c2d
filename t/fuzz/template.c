
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A template and a value, with a zero byte between.  Whatever they are, text
 * of the value is no markup: without markup in the template there is none in
 * the page but <mark>.
 */


#include <stdlib.h>

#include "format/tender_json.h"
#include "format/tender_template.h"


static tender_str_t fuzz_message(void *data, tender_str_t key);
static void fuzz_page(tender_str_t text, tender_str_t page);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char               *copy, *zero;
    tender_mem_t          mem;
    tender_str_t          name, page;
    tender_arena_t       *arena;
    tender_value_t       *object;
    tender_template_t     list[2];
    tender_templates_t    templates;
    tender_json_error_t   err;

    copy = malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = '\0';

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    zero = memchr(copy, '\0', size + 1);

    if (zero < copy + size
        && tender_json_read(&mem, zero + 1, copy + size - zero - 1, &object,
                            &err)
           == TENDER_OK)
    {
        tender_str_set(&name, "top");

        list[0].name = name;
        list[0].text.data = copy;
        list[0].text.len = zero - copy;
        list[1].name.len = 0;

        templates.mem = &mem;
        templates.list = list;
        templates.message = fuzz_message;
        templates.data = NULL;

        if (tender_template(&templates, name, object, &page) == TENDER_OK) {
            fuzz_page(list[0].text, page);
        }
    }

    free(copy);
    tender_arena_free(arena);

    return 0;
}


static void
fuzz_page(tender_str_t text, tender_str_t page)
{
    size_t  i;

    if (page.len > TENDER_TEMPLATE_MAX) {
        abort();
    }

    if (text.len == 0 || memchr(text.data, '<', text.len) != NULL) {
        return;
    }

    for (i = 0; i < page.len; i++) {
        if (page.data[i] == '<'
            && (page.len - i < 6 || memcmp(page.data + i, "<mark>", 6) != 0)
            && (page.len - i < 7 || memcmp(page.data + i, "</mark>", 7) != 0))
        {
            abort();
        }
    }
}


static tender_str_t
fuzz_message(void *data, tender_str_t key)
{
    tender_str_t  text = tender_null_string;

    (void) data;

    return (key.len & 1) ? key : text;
}
