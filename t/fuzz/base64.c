
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Bytes are encoded and come back, in both alphabets; a text that is decoded
 * is encoded as the same text, so no bytes have two.
 */


#include <stdlib.h>

#include "format/tender_base64.h"


typedef int (*read_pt)(tender_str_t text, u_char *out, size_t *len);
typedef u_char *(*write_pt)(u_char *p, const u_char *data, size_t len);


static void fuzz_bytes(read_pt read, write_pt write, const uint8_t *data,
    size_t size);
static void fuzz_text(read_pt read, write_pt write, const uint8_t *data,
    size_t size);
static void fuzz_check(int good);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes(tender_base64_read, tender_base64_write, data, size);
    fuzz_bytes(tender_base64url_read, tender_base64url_write, data, size);

    fuzz_text(tender_base64_read, tender_base64_write, data, size);
    fuzz_text(tender_base64url_read, tender_base64url_write, data, size);

    return 0;
}


static void
fuzz_bytes(read_pt read, write_pt write, const uint8_t *data, size_t size)
{
    size_t        len;
    u_char       *bytes, *end;
    tender_str_t  text;

    len = tender_base64_encoded_length(size);
    text.data = malloc(len ? len : 1);

    end = write(text.data, data, size);
    text.len = (size_t) (end - text.data);

    if (write == tender_base64_write) {
        fuzz_check(text.len == len);

    } else {
        fuzz_check(text.len == (size * 8 + 5) / 6);
    }

    len = tender_base64_decoded_length(text.len);
    bytes = malloc(len ? len : 1);

    fuzz_check(read(text, bytes, &len) == TENDER_OK);
    fuzz_check(len == size);
    fuzz_check(size == 0 || memcmp(bytes, data, size) == 0);

    free(bytes);
    free(text.data);
}


static void
fuzz_text(read_pt read, write_pt write, const uint8_t *data, size_t size)
{
    int           rc;
    size_t        len;
    u_char       *bytes, *again, *end;
    tender_str_t  text;

    /* blocks of the very size: a byte too far is seen */

    text.len = size;
    text.data = malloc(size ? size : 1);
    memcpy(text.data, data, size);

    len = tender_base64_decoded_length(size);
    bytes = malloc(len ? len : 1);

    rc = read(text, bytes, &len);

    if (rc == TENDER_OK) {
        again = malloc(size ? size : 1);

        end = write(again, bytes, len);

        fuzz_check((size_t) (end - again) == size);
        fuzz_check(size == 0 || memcmp(again, data, size) == 0);

        free(again);

    } else {
        fuzz_check(rc == TENDER_DECLINED);
    }

    free(bytes);
    free(text.data);
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}
