
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"


static tender_value_t *read_text(const char *text);
static void is_json(const tender_value_t *v, const char *expected,
    const char *what);
static int sound(const tender_value_t *v);
static void test_new(void);
static void test_lists(void);
static void test_get(void);
static void test_cut(void);
static void test_replace(void);
static void test_copy(void);
static void test_equal(void);
static void test_no_memory(void);
static void test_mem(void);
static void *count_alloc(void *data, size_t size);
static void *no_alloc(void *data, size_t size);


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_new();
    test_lists();
    test_get();
    test_cut();
    test_replace();
    test_copy();
    test_equal();
    test_no_memory();
    test_mem();

    tender_arena_free(arena);

    return done_testing();
}


static tender_value_t *
read_text(const char *text)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(&mem, (const u_char *) text, strlen(text), &v, &err)
        != TENDER_OK)
    {
        diag("%s at %zu: %s", err.text, err.offset, text);
        abort();
    }

    return v;
}


static void
is_json(const tender_value_t *v, const char *expected, const char *what)
{
    tender_str_t  text;

    (void) tender_json_text(&mem, v, 0, &text);
    is_str(text, expected, "%s", what);
    ok(sound(v), "%s: the list is sound", what);
}


/* the count, the last and the next of each list agree */

static int
sound(const tender_value_t *v)
{
    unsigned               n;
    const tender_value_t  *item, *last;

    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return 1;
    }

    n = 0;
    last = NULL;

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (!sound(item)) {
            return 0;
        }

        last = item;
        n++;
    }

    return n == v->nelts && last == v->u.list.last;
}


static void
test_new(void)
{
    tender_value_t  *v;

    v = tender_value_new(&mem, TENDER_OBJECT);
    ok(v->type == TENDER_OBJECT && v->nelts == 0 && v->next == NULL
       && v->name.len == 0 && v->u.list.first == NULL
       && v->u.list.last == NULL && !v->plain && !v->name_plain,
       "a new object is empty");

    v = tender_value_string(&mem, tap_str("Київ"));
    ok(v->type == TENDER_STRING && !v->plain, "a string");
    is_str(v->u.text, "Київ", "a string's text");

    v = tender_value_cstring(&mem, "abc");
    ok(v->type == TENDER_STRING, "a C string");
    is_str(v->u.text, "abc", "a C string's text");

    v = tender_value_cstring(&mem, "");
    is_int((int64_t) v->u.text.len, 0, "an empty C string");

    v = tender_value_number(&mem, tap_str("485.50"));
    ok(v->type == TENDER_NUMBER, "a number");
    is_str(v->u.text, "485.50", "a number's text");

    is_str(tender_value_int(&mem, 0)->u.text, "0", "0");
    is_str(tender_value_int(&mem, -1)->u.text, "-1", "-1");
    is_str(tender_value_int(&mem, 1000000)->u.text, "1000000", "1000000");
    is_str(tender_value_int(&mem, INT64_MAX)->u.text, "9223372036854775807",
           "the largest");
    is_str(tender_value_int(&mem, INT64_MIN)->u.text, "-9223372036854775808",
           "the smallest");
    is_int(tender_value_int(&mem, 5)->type, TENDER_NUMBER, "are numbers");

    is_int(tender_value_bool(&mem, 0)->type, TENDER_FALSE, "false");
    is_int(tender_value_bool(&mem, 1)->type, TENDER_TRUE, "true");
    is_int(tender_value_bool(&mem, -2)->type, TENDER_TRUE,
           "all but 0 is true");
}


static void
test_lists(void)
{
    tender_value_t  *array, *object, *v;

    array = tender_value_new(&mem, TENDER_ARRAY);
    is_json(array, "[]", "nothing pushed");

    tender_value_push(array, tender_value_int(&mem, 1));
    is_json(array, "[1]", "one pushed");

    object = tender_value_new(&mem, TENDER_OBJECT);
    tender_value_add(object, tap_str("a"), tender_value_int(&mem, 2));
    tender_value_add(object, tap_str("b"), tender_value_bool(&mem, 1));
    is_json(object, "{\"a\":2,\"b\":true}", "two added");

    v = tender_value_cut(object, NULL);
    tender_value_push(array, v);
    ok(v->name.len == 0 && v->name.data == NULL && !v->name_plain,
       "an element has no name");
    is_json(array, "[1,2]", "a member pushed");
    is_json(object, "{\"b\":true}", "and gone from its object");

    v = read_text("{\"plain\":1}");
    v = tender_value_cut(v, NULL);
    tender_value_add(object, tap_str("a\"b"), v);
    is_json(object, "{\"b\":true,\"a\\\"b\":1}",
            "a new name is not known to be plain");
}


static void
test_get(void)
{
    tender_value_t  *v;

    v = read_text("{\"a\":1,\"ab\":2,\"\":3,\"A\":4}");

    is_str(tender_value_member(v, "a")->u.text, "1", "the first member");
    is_str(tender_value_member(v, "ab")->u.text, "2", "a longer name");
    is_str(tender_value_member(v, "")->u.text, "3", "no name");
    is_str(tender_value_member(v, "A")->u.text, "4", "another case");
    ok(tender_value_member(v, "b") == NULL, "no such member");
    ok(tender_value_member(v, "abc") == NULL, "no such longer member");

    ok(tender_value_member(read_text("{}"), "a") == NULL, "none in {}");
    ok(tender_value_member(read_text("[1]"), "") == NULL, "none in a list");
    ok(tender_value_member(read_text("\"a\""), "a") == NULL,
       "none in a string");
    ok(tender_value_member(read_text("null"), "a") == NULL, "none in null");

    v = read_text("[5,6,7]");

    is_str(tender_value_at(v, 0)->u.text, "5", "the first element");
    is_str(tender_value_at(v, 2)->u.text, "7", "the last element");
    ok(tender_value_at(v, 3) == NULL, "behind the end");
    ok(tender_value_at(v, UINT32_MAX) == NULL, "far behind the end");
    ok(tender_value_at(read_text("[]"), 0) == NULL, "none in []");
    ok(tender_value_at(read_text("{\"a\":1}"), 0) == NULL,
       "none in an object");
}


static void
test_cut(void)
{
    tender_value_t  *v, *cut;

    v = read_text("[1,2,3,4]");

    cut = tender_value_cut(v, v->u.list.first);
    is_json(cut, "2", "what was cut");
    ok(cut->next == NULL, "stands alone");
    is_json(v, "[1,3,4]", "one cut from the middle");

    (void) tender_value_cut(v, NULL);
    is_json(v, "[3,4]", "the first cut");

    (void) tender_value_cut(v, v->u.list.first);
    is_json(v, "[3]", "the last cut");

    ok(tender_value_cut(v, v->u.list.last) == NULL, "nothing behind the last");
    is_json(v, "[3]", "and nothing changed");

    (void) tender_value_cut(v, NULL);
    is_json(v, "[]", "the only one cut");

    ok(tender_value_cut(v, NULL) == NULL, "nothing left to cut");

    tender_value_push(v, tender_value_int(&mem, 9));
    is_json(v, "[9]", "and a new one pushed");
}


static void
test_replace(void)
{
    tender_value_t  *v;

    v = read_text("{\"a\":1,\"b\":2,\"c\":3}");

    tender_value_replace(v, NULL, tender_value_bool(&mem, 1));
    is_json(v, "{\"a\":true,\"b\":2,\"c\":3}", "the first replaced");

    tender_value_replace(v, v->u.list.first, tender_value_bool(&mem, 0));
    is_json(v, "{\"a\":true,\"b\":false,\"c\":3}", "the middle replaced");

    tender_value_replace(v, v->u.list.first->next, read_text("[1]"));
    is_json(v, "{\"a\":true,\"b\":false,\"c\":[1]}", "the last replaced");

    tender_value_add(v, tap_str("d"), tender_value_int(&mem, 4));
    is_json(v, "{\"a\":true,\"b\":false,\"c\":[1],\"d\":4}",
            "and one added behind it");

    v = read_text("[1]");
    tender_value_replace(v, NULL, tender_value_int(&mem, 2));
    is_json(v, "[2]", "the only one replaced");
}


static void
test_copy(void)
{
    tender_value_t  *v, *copy;

    static const char  text[] =
        "{\"a\":[1,[2,{\"b\":null}],\"x\\ny\"],\"c\":{},\"d\":[],\"e\":true}";

    v = read_text(text);
    copy = tender_value_copy(&mem, v);

    is_json(copy, text, "a copy");
    ok(tender_value_equal(v, copy), "is equal");
    ok(tender_value_member(copy, "a") != tender_value_member(v, "a"),
       "and deep");

    tender_value_push(tender_value_member(copy, "d"),
                      tender_value_int(&mem, 1));
    (void) tender_value_cut(tender_value_member(copy, "a"), NULL);

    is_json(v, text, "its changes leave the first alone");
    is_json(copy, "{\"a\":[[2,{\"b\":null}],\"x\\ny\"],\"c\":{},\"d\":[1],"
            "\"e\":true}", "and stay in the copy");

    copy = tender_value_copy(&mem, v->u.list.first);
    ok(copy->next == NULL, "a copy of a member is in no list");
    is_str(copy->name, "a", "and keeps its name");
    ok(copy->name_plain, "which is known to be plain");
}


static void
test_equal(void)
{
    size_t           i;
    tender_value_t  *a, *b;

    static const struct {
        const char  *a;
        const char  *b;
        int          equal;
    } cases[] = {
        { "1", "1", 1 },
        { "1", "2", 0 },
        { "5", "5.0", 0 },
        { "1", "\"1\"", 0 },
        { "\"a\"", "\"\\u0061\"", 1 },
        { "\"a\"", "\"A\"", 0 },
        { "\"\"", "\"\"", 1 },
        { "null", "null", 1 },
        { "null", "false", 0 },
        { "true", "true", 1 },
        { "true", "false", 0 },
        { "[]", "{}", 0 },
        { "[]", "[]", 1 },
        { "{}", "{}", 1 },
        { "[1,2]", "[1,2]", 1 },
        { "[1,2]", "[2,1]", 0 },
        { "[1,2]", "[1]", 0 },
        { "[1]", "[1,2]", 0 },
        { "[[1]]", "[[2]]", 0 },
        { "{\"a\":1}", "{\"a\":1}", 1 },
        { "{\"a\":1}", "{\"b\":1}", 0 },
        { "{\"a\":1}", "{\"a\":2}", 0 },
        { "{\"a\":1}", "{\"a\":1,\"b\":2}", 0 },
        { "{\"a\":1,\"b\":2}", "{\"a\":1}", 0 },
        { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", 1 },
        { "{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"a\":1,\"b\":2}", 1 },
        { "{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"a\":1,\"b\":1}", 0 },
        { "{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}", 0 },
        { "{\"a\":[{\"b\":{}}]}", "{\"a\":[{\"b\":{}}]}", 1 },
        { "{\"a\":[{\"b\":{}}]}", "{\"a\":[{\"b\":[]}]}", 0 },
        { "{\"\":null}", "{\"a\":null}", 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        a = read_text(cases[i].a);
        b = read_text(cases[i].b);

        is_int(tender_value_equal(a, b), cases[i].equal, "%s and %s",
               cases[i].a, cases[i].b);
        is_int(tender_value_equal(b, a), cases[i].equal, "%s and %s",
               cases[i].b, cases[i].a);
    }
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}


static void
test_no_memory(void)
{
    tender_mem_t     none;
    tender_value_t  *v;

    tender_mem_init(&none, no_alloc, NULL);
    v = read_text("[1,{\"a\":2}]");

    ok(tender_value_new(&none, TENDER_NULL) == NULL, "no memory: new");
    ok(tender_value_string(&none, tap_str("a")) == NULL,
       "no memory: string");
    ok(tender_value_cstring(&none, "a") == NULL, "no memory: C string");
    ok(tender_value_number(&none, tap_str("1")) == NULL,
       "no memory: number");
    ok(tender_value_int(&none, 1) == NULL, "no memory: int");
    ok(tender_value_bool(&none, 1) == NULL, "no memory: bool");
    ok(tender_value_copy(&none, v) == NULL, "no memory: copy");
}


static size_t  count_blocks, count_last;


static void *
count_alloc(void *data, size_t size)
{
    count_blocks++;
    count_last = size;

    return tender_arena_alloc(data, size);
}


static void
test_mem(void)
{
    size_t         i, size, wrong;
    u_char        *p;
    tender_mem_t   m;

    tender_mem_init(&m, no_alloc, NULL);
    ok(tender_alloc(&m, 1) == NULL, "no memory");

    tender_mem_init(&m, count_alloc, arena);
    wrong = 0;

    for (i = 0; i < 4000; i++) {
        size = i % 400;
        p = tender_alloc(&m, size);

        wrong += (p == NULL) || ((uintptr_t) p & 7) != 0;
        memset(p, 0xaa, size);
    }

    is_int((int64_t) wrong, 0, "each piece is aligned");

    p = tender_alloc(&m, 100000);
    is_int((int64_t) count_last, 100000, "a large piece is a block");
    memset(p, 0, 100000);

#if !(TENDER_DEBUG_ALLOC)

    ok(count_blocks < 300, "small pieces share blocks");

    tender_mem_init(&m, count_alloc, arena);
    count_blocks = 0;
    ok(tender_alloc(&m, 0) != NULL, "no bytes at all are not an error");
    is_int((int64_t) count_blocks, 0, "and need no block");

    p = tender_alloc(&m, 8);
    (void) tender_alloc(&m, 50000);
    ok((u_char *) tender_alloc(&m, 8) == p + 8,
       "a large piece leaves the block as it is");

#endif

    ok(tender_arena_alloc(arena, SIZE_MAX) == NULL, "more than there is");
}
