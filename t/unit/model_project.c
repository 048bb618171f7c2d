
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


typedef struct {
    const char  *fields;
    const char  *expected;
    const char  *about;
} project_case_t;


static void test_cases(void);
static void test_long(void);
static void test_memory(void);


static const char  object[] =
    "{\"id\":\"1\",\"modified\":\"2014\",\"x\":5,"
    "\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"},"
    "\"itemsToBeProcured\":[{\"quantity\":5}],\"clarifications\":false,"
    "\"method\":null}";


static const project_case_t  cases[] = {
    { "", "{}", "no name" },
    { "id", "{\"id\":\"1\"}", "one name" },
    { "modified,id", "{\"modified\":\"2014\",\"id\":\"1\"}",
      "the order of the names" },
    { "id,modified", "{\"id\":\"1\",\"modified\":\"2014\"}",
      "the other order" },
    { "totalValue,itemsToBeProcured",
      "{\"totalValue\":{\"amount\":500,\"currency\":\"UAH\"},"
      "\"itemsToBeProcured\":[{\"quantity\":5}]}", "objects and lists" },
    { "clarifications,method", "{\"clarifications\":false,\"method\":null}",
      "false and null" },
    { "id,id,modified,id", "{\"id\":\"1\",\"modified\":\"2014\"}",
      "a name twice" },
    { "nope", "{}", "a name that no table knows" },
    { "nope,id,Id,ID,i,idd", "{\"id\":\"1\"}", "names that are like one" },
    { "x", "{}", "a member that no table knows" },
    { "status", "{}", "a member that is not there" },
    { ",", "{}", "a comma" },
    { ",,id,,", "{\"id\":\"1\"}", "commas" },
    { "id ", "{}", "a space is part of a name" },
    { "totalValue.amount", "{}", "no path" },
};


int
main(void)
{
    test_begin();

    test_cases();
    test_long();
    test_memory();

    return test_end();
}


static void
test_cases(void)
{
    size_t           i;
    tender_str_t     fields;
    tender_value_t  *v, *result;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        v = test_read(object);

        fields.len = strlen(cases[i].fields);
        fields.data = (u_char *) cases[i].fields;

        result = tender_model_project(&test_mem, &tender_model_tender, v,
                                      fields);

        is_str(test_text(result), cases[i].expected, "%s", cases[i].about);
        is_str(test_text(v), object, "the object is as it was");
    }

    v = tender_model_project(&test_mem, &tender_model_tender,
                             test_read(object),
                             (tender_str_t) tender_null_string);
    is_str(test_text(v), "{}", "no names at all");

    v = tender_model_project(&test_mem, &tender_model_value,
                             test_read("{\"amount\":1,\"currency\":\"UAH\"}"),
                             tap_str("currency"));
    is_str(test_text(v), "{\"currency\":\"UAH\"}", "another model");
}


static void
test_long(void)
{
    size_t           i;
    tender_str_t     fields;
    tender_value_t  *v;

    fields.len = 3 * 30000;
    fields.data = malloc(fields.len);

    for (i = 0; i < fields.len; i++) {
        fields.data[i] = (u_char) "id,"[i % 3];
    }

    v = tender_model_project(&test_mem, &tender_model_tender,
                             test_read(object), fields);
    is_str(test_text(v), "{\"id\":\"1\"}", "a name 30000 times");

    free(fields.data);
}


static void
test_memory(void)
{
    u_char          *block;
    size_t           size, failed;
    tender_mem_t     mem, rest;
    tender_value_t  *v, *result;

    v = test_read(object);
    failed = 0;

    for (size = 0; size < 4096; size += 8) {

        block = malloc(size + (size == 0));
        test_limited(&mem, &rest, block, size);

        result = tender_model_project(&mem, &tender_model_tender, v,
                                      tap_str("id,totalValue"));
        if (result != NULL) {
            is_str(test_text(result), "{\"id\":\"1\",\"totalValue\":"
                   "{\"amount\":500,\"currency\":\"UAH\"}}",
                   "with enough memory all is there");
            free(block);
            break;
        }

        free(block);
        failed++;
    }

    ok(failed > 5, "with less there is none: %zu times", failed);
}
