
/*
 * Copyright (C) ngx_tender_module contributors
 */


/* Accept-Language: whatever it says, it is one of the list, or none. */


#include <stdlib.h>

#include "format/tender_language.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const tender_str_t  fuzz_list[] = {
    tender_string("en"), tender_string("fr"), tender_string("uk")
};


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tender_str_t  text;

    text.len = size;
    text.data = malloc(size ? size : 1);
    memcpy(text.data, data, size);

    if (tender_language(text, fuzz_list, 3) > 3
        || tender_language_index(text, fuzz_list, 3) > 3)
    {
        abort();
    }

    free(text.data);

    return 0;
}
