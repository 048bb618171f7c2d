
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Bytes are encoded and come back; a text that is decoded is encoded as the
 * same text, so no bytes have two.
 */


#include <stdlib.h>

#include "format/tender_text.h"


static void fuzz_check(int good);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int           n;
    size_t        len;
    u_char       *bytes, *copy;
    tender_str_t  text;

    /* bytes to text and back */

    text.len = (size * 8 + 4) / 5;
    text.data = malloc(text.len ? text.len : 1);
    bytes = malloc(size ? size : 1);

    fuzz_check(tender_base32_write(text.data, data, size)
               == text.data + text.len);
    fuzz_check(tender_base32_read(bytes, text) == (int) size);
    fuzz_check(size == 0 || memcmp(bytes, data, size) == 0);

    free(text.data);
    free(bytes);

    /* text to bytes and back */

    copy = malloc(size ? size : 1);
    memcpy(copy, data, size);

    text.data = copy;
    text.len = size;

    len = size * 5 / 8;
    bytes = malloc(len ? len : 1);

    n = tender_base32_read(bytes, text);

    if (n >= 0) {
        fuzz_check((size_t) n == len);

        text.data = malloc(size ? size : 1);
        fuzz_check(tender_base32_write(text.data, bytes, len)
                   == text.data + size);
        fuzz_check(size == 0 || memcmp(text.data, copy, size) == 0);
        free(text.data);

    } else {
        fuzz_check(n == TENDER_DECLINED);
    }

    free(bytes);
    free(copy);

    return 0;
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}
