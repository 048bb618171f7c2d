
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"


#define REFUSED  NULL


typedef struct {
    const char  *what;
    const char  *target;
    const char  *patch;
    const char  *result;     /* REFUSED: the patch does not fit */
} apply_t;

typedef struct {
    const char  *what;
    const char  *from;
    const char  *to;
    const char  *patch;
} diff_t;


static tender_value_t *read_text(const char *text);
static void test_apply(const apply_t *c);
static void test_diff(const diff_t *c);
static void test_round_trips(void);
static tender_value_t *random_value(uint64_t *seed, unsigned depth);
static unsigned random_number(uint64_t *seed, unsigned n);
static void test_shared(void);
static void test_memory(void);
static void *refuse_alloc(void *data, size_t size);


static const apply_t  applies[] = {

    /* what RFC 6902, appendix A, shows */

    { "A.1 adding an object member", "{\"foo\":\"bar\"}",
      "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
      "{\"foo\":\"bar\",\"baz\":\"qux\"}" },
    { "A.2 adding an array element", "{\"foo\":[\"bar\",\"baz\"]}",
      "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
      "{\"foo\":[\"bar\",\"qux\",\"baz\"]}" },
    { "A.3 removing an object member", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
      "[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}" },
    { "A.4 removing an array element", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
      "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]",
      "{\"foo\":[\"bar\",\"baz\"]}" },
    { "A.5 replacing a value", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
      "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
      "{\"baz\":\"boo\",\"foo\":\"bar\"}" },
    { "A.8 testing a value: success",
      "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
      "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
      "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
      "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}" },
    { "A.9 testing a value: error", "{\"baz\":\"qux\"}",
      "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", REFUSED },
    { "A.10 adding a nested member object", "{\"foo\":\"bar\"}",
      "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
      "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}" },
    { "A.11 ignoring unrecognized elements", "{\"foo\":\"bar\"}",
      "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
      "{\"foo\":\"bar\",\"baz\":\"qux\"}" },
    { "A.12 adding to a nonexistent target", "{\"foo\":\"bar\"}",
      "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]",
      REFUSED },
    { "A.14 escape ordering", "{\"/\":9,\"~1\":10}",
      "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]",
      "{\"/\":9,\"~1\":10}" },
    { "A.15 comparing strings and numbers", "{\"/\":9,\"~1\":10}",
      "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", REFUSED },
    { "A.16 adding an array value", "{\"foo\":[\"bar\"]}",
      "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
      "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}" },

    /* the whole document */

    { "replacing the document", "{\"a\":1}",
      "[{\"op\":\"replace\",\"path\":\"\",\"value\":[1]}]", "[1]" },
    { "adding the document", "{\"a\":1}",
      "[{\"op\":\"add\",\"path\":\"\",\"value\":null}]", "null" },
    { "testing the document", "{\"a\":1}",
      "[{\"op\":\"test\",\"path\":\"\",\"value\":{\"a\":1}}]",
      "{\"a\":1}" },
    { "removing the document", "{\"a\":1}",
      "[{\"op\":\"remove\",\"path\":\"\"}]", REFUSED },
    { "no operations", "{\"a\":1}", "[]", "{\"a\":1}" },

    /* members */

    { "add replaces a member in its place", "{\"a\":1,\"b\":2}",
      "[{\"op\":\"add\",\"path\":\"/a\",\"value\":3}]",
      "{\"a\":3,\"b\":2}" },
    { "add of null", "{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]",
      "{\"a\":null}" },
    { "a member without a name", "{\"\":1}",
      "[{\"op\":\"replace\",\"path\":\"/\",\"value\":2}]", "{\"\":2}" },
    { "a name with a slash and a tilde", "{}",
      "[{\"op\":\"add\",\"path\":\"/a~1b~0c\",\"value\":1}]",
      "{\"a/b~c\":1}" },
    { "a name that looks like an index", "{\"0\":1}",
      "[{\"op\":\"replace\",\"path\":\"/0\",\"value\":2}]", "{\"0\":2}" },
    { "a name that is a dash", "{}",
      "[{\"op\":\"add\",\"path\":\"/-\",\"value\":2}]", "{\"-\":2}" },
    { "removing the first, the last and the rest", "{\"a\":1,\"b\":2,\"c\":3}",
      "[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"remove\",\"path\":"
      "\"/c\"},{\"op\":\"remove\",\"path\":\"/b\"}]", "{}" },
    { "adding after the last was removed", "{\"a\":1,\"b\":2}",
      "[{\"op\":\"remove\",\"path\":\"/b\"},{\"op\":\"add\",\"path\":\"/c\","
      "\"value\":3}]", "{\"a\":1,\"c\":3}" },
    { "replacing the last, then adding", "{\"a\":1,\"b\":2}",
      "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":[]},{\"op\":\"add\","
      "\"path\":\"/c\",\"value\":3}]", "{\"a\":1,\"b\":[],\"c\":3}" },
    { "deep", "{\"a\":[{\"b\":{\"c\":[1,2]}}]}",
      "[{\"op\":\"replace\",\"path\":\"/a/0/b/c/1\",\"value\":3}]",
      "{\"a\":[{\"b\":{\"c\":[1,3]}}]}" },
    { "a change of what was added", "{}",
      "[{\"op\":\"add\",\"path\":\"/a\",\"value\":{\"b\":1}},{\"op\":"
      "\"add\",\"path\":\"/a/c\",\"value\":2}]", "{\"a\":{\"b\":1,\"c\":2}}" },

    /* elements */

    { "add in front", "[1]", "[{\"op\":\"add\",\"path\":\"/0\",\"value\":0}]",
      "[0,1]" },
    { "add at the end by index", "[1]",
      "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2}]", "[1,2]" },
    { "add to an empty list", "[]",
      "[{\"op\":\"add\",\"path\":\"/-\",\"value\":2}]", "[2]" },
    { "add twice at the end", "[]",
      "[{\"op\":\"add\",\"path\":\"/-\",\"value\":1},{\"op\":\"add\","
      "\"path\":\"/-\",\"value\":2}]", "[1,2]" },
    { "add behind the end", "[1]",
      "[{\"op\":\"add\",\"path\":\"/2\",\"value\":2}]", REFUSED },
    { "replace behind the end", "[1]",
      "[{\"op\":\"replace\",\"path\":\"/1\",\"value\":2}]", REFUSED },
    { "remove behind the end", "[1]", "[{\"op\":\"remove\",\"path\":\"/1\"}]",
      REFUSED },
    { "replace at the dash", "[1]",
      "[{\"op\":\"replace\",\"path\":\"/-\",\"value\":2}]", REFUSED },
    { "remove at the dash", "[1]", "[{\"op\":\"remove\",\"path\":\"/-\"}]",
      REFUSED },
    { "test at the dash", "[1]",
      "[{\"op\":\"test\",\"path\":\"/-\",\"value\":1}]", REFUSED },
    { "behind the dash", "[[]]",
      "[{\"op\":\"add\",\"path\":\"/-/0\",\"value\":2}]", REFUSED },
    { "remove the last, then add", "[1,2]",
      "[{\"op\":\"remove\",\"path\":\"/1\"},{\"op\":\"add\",\"path\":\"/-\","
      "\"value\":3}]", "[1,3]" },
    { "a leading zero", "[1,2]",
      "[{\"op\":\"replace\",\"path\":\"/01\",\"value\":3}]", REFUSED },
    { "a negative index", "[1,2]",
      "[{\"op\":\"replace\",\"path\":\"/-1\",\"value\":3}]", REFUSED },
    { "a signed index", "[1,2]",
      "[{\"op\":\"replace\",\"path\":\"/+1\",\"value\":3}]", REFUSED },
    { "an empty index", "[1,2]",
      "[{\"op\":\"replace\",\"path\":\"/\",\"value\":3}]", REFUSED },
    { "a huge index", "[1,2]",
      "[{\"op\":\"add\",\"path\":\"/18446744073709551616\",\"value\":3}]",
      REFUSED },
    { "a name in a list", "[1,2]",
      "[{\"op\":\"add\",\"path\":\"/a\",\"value\":3}]", REFUSED },

    /* what does not fit */

    { "replace of nothing", "{}",
      "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1}]", REFUSED },
    { "remove of nothing", "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]",
      REFUSED },
    { "test of nothing", "{}",
      "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]", REFUSED },
    { "a way through a string", "{\"a\":\"b\"}",
      "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", REFUSED },
    { "a path without a slash", "{\"a\":1}",
      "[{\"op\":\"remove\",\"path\":\"a\"}]", REFUSED },
    { "a tilde at the end", "{\"a~\":1}",
      "[{\"op\":\"remove\",\"path\":\"/a~\"}]", REFUSED },
    { "another tilde", "{\"a~2\":1}",
      "[{\"op\":\"remove\",\"path\":\"/a~2\"}]", REFUSED },
    { "an unknown operation", "{\"a\":1}",
      "[{\"op\":\"spam\",\"path\":\"/a\",\"value\":1}]", REFUSED },
    { "a move", "{\"a\":1}",
      "[{\"op\":\"move\",\"path\":\"/b\",\"from\":\"/a\"}]", REFUSED },
    { "a copy", "{\"a\":1}",
      "[{\"op\":\"copy\",\"path\":\"/b\",\"from\":\"/a\"}]", REFUSED },
    { "no operation's name", "{\"a\":1}",
      "[{\"path\":\"/a\",\"value\":1}]", REFUSED },
    { "no path", "{\"a\":1}", "[{\"op\":\"remove\"}]", REFUSED },
    { "a path that is no string", "{\"a\":1}",
      "[{\"op\":\"remove\",\"path\":1}]", REFUSED },
    { "an operation's name that is no string", "{\"a\":1}",
      "[{\"op\":1,\"path\":\"/a\"}]", REFUSED },
    { "add without a value", "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]",
      REFUSED },
    { "replace without a value", "{\"a\":1}",
      "[{\"op\":\"replace\",\"path\":\"/a\"}]", REFUSED },
    { "test without a value", "{\"a\":1}",
      "[{\"op\":\"test\",\"path\":\"/a\"}]", REFUSED },
    { "an operation that is no object", "{}", "[1]", REFUSED },
    { "a patch that is no list", "{}", "{}", REFUSED },
    { "an operation's name in capitals", "{\"a\":1}",
      "[{\"op\":\"Remove\",\"path\":\"/a\"}]", REFUSED }
};


static const diff_t  diffs[] = {
    { "equal scalars", "1", "1", "[]" },
    { "equal trees", "{\"a\":[1,{\"b\":\"c\"}]}", "{\"a\":[1,{\"b\":\"c\"}]}",
      "[]" },
    { "members in another order", "{\"a\":1,\"b\":{\"c\":1,\"d\":2}}",
      "{\"b\":{\"d\":2,\"c\":1},\"a\":1}", "[]" },
    { "the text of a number", "5", "5.0",
      "[{\"op\":\"replace\",\"path\":\"\",\"value\":5.0}]" },
    { "another type", "{\"a\":1}", "[1]",
      "[{\"op\":\"replace\",\"path\":\"\",\"value\":[1]}]" },
    { "true and false", "[true]", "[false]",
      "[{\"op\":\"replace\",\"path\":\"/0\",\"value\":false}]" },
    { "a member is added", "{\"a\":1}", "{\"a\":1,\"b\":2}",
      "[{\"op\":\"add\",\"path\":\"/b\",\"value\":2}]" },
    { "a member is removed", "{\"a\":1,\"b\":2}", "{\"b\":2}",
      "[{\"op\":\"remove\",\"path\":\"/a\"}]" },
    { "a member is replaced", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":3}",
      "[{\"op\":\"replace\",\"path\":\"/b\",\"value\":3}]" },
    { "a member is renamed", "{\"a\":1}", "{\"b\":1}",
      "[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"add\",\"path\":"
      "\"/b\",\"value\":1}]" },
    { "a member becomes null", "{\"a\":1}", "{\"a\":null}",
      "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":null}]" },
    { "deep", "{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]}}",
      "{\"a\":{\"b\":[{\"c\":1},{\"c\":3}]}}",
      "[{\"op\":\"replace\",\"path\":\"/a/b/1/c\",\"value\":3}]" },
    { "a list grows", "[1]", "[1,2,3]",
      "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2},{\"op\":\"add\","
      "\"path\":\"/2\",\"value\":3}]" },
    { "a list shrinks from its end", "[1,2,3]", "[1]",
      "[{\"op\":\"remove\",\"path\":\"/2\"},{\"op\":\"remove\",\"path\":"
      "\"/1\"}]" },
    { "a list is compared by index", "[1,2]", "[2]",
      "[{\"op\":\"replace\",\"path\":\"/0\",\"value\":2},{\"op\":\"remove\","
      "\"path\":\"/1\"}]" },
    { "names that a pointer escapes", "{\"a/b\":1,\"~\":1,\"\":1}",
      "{\"a/b\":2,\"~\":2,\"\":2}",
      "[{\"op\":\"replace\",\"path\":\"/a~1b\",\"value\":2},{\"op\":"
      "\"replace\",\"path\":\"/~0\",\"value\":2},{\"op\":\"replace\","
      "\"path\":\"/\",\"value\":2}]" },
    { "a name that JSON escapes", "{}", "{\"\\\"\\n\":1}",
      "[{\"op\":\"add\",\"path\":\"/\\\"\\n\",\"value\":1}]" },
    { "a Cyrillic name", "{\"назва\":\"а\"}", "{\"назва\":\"б\"}",
      "[{\"op\":\"replace\",\"path\":\"/назва\",\"value\":\"б\"}]" },
    { "an object to an empty one", "{\"a\":{\"b\":1}}", "{\"a\":{}}",
      "[{\"op\":\"remove\",\"path\":\"/a/b\"}]" },
    { "an index of two digits",
      "[0,0,0,0,0,0,0,0,0,0,0]", "[0,0,0,0,0,0,0,0,0,0,1]",
      "[{\"op\":\"replace\",\"path\":\"/10\",\"value\":1}]" },
    { "the seed's kind of change", "{\"title\":\"x\"}",
      "{\"title\":\"x\",\"method\":\"open\"}",
      "[{\"op\":\"add\",\"path\":\"/method\",\"value\":\"open\"}]" }
};


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    size_t  i;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    for (i = 0; i < sizeof(applies) / sizeof(applies[0]); i++) {
        test_apply(&applies[i]);
    }

    for (i = 0; i < sizeof(diffs) / sizeof(diffs[0]); i++) {
        test_diff(&diffs[i]);
    }

    test_round_trips();
    test_shared();
    test_memory();

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
test_apply(const apply_t *c)
{
    int              rc;
    tender_str_t     text;
    tender_value_t  *target, *patch;

    target = read_text(c->target);
    patch = read_text(c->patch);

    rc = tender_json_patch(&mem, &target, patch);

    if (c->result == REFUSED) {
        is_int(rc, TENDER_DECLINED, "%s is refused", c->what);
        return;
    }

    is_int(rc, TENDER_OK, "%s", c->what);

    (void) tender_json_text(&mem, target, 0, &text);
    is_str(text, c->result, "%s: the result", c->what);

    (void) tender_json_text(&mem, patch, 0, &text);
    is_str(text, c->patch, "%s: the patch is as it was", c->what);
}


static void
test_diff(const diff_t *c)
{
    tender_str_t     text;
    tender_value_t  *from, *to, *patch;

    from = read_text(c->from);
    to = read_text(c->to);

    patch = tender_json_diff(&mem, from, to);

    (void) tender_json_text(&mem, patch, 0, &text);
    is_str(text, c->patch, "%s: the difference", c->what);

    is_int(tender_json_patch(&mem, &from, patch), TENDER_OK,
           "%s: it applies", c->what);
    ok(tender_value_equal(from, to), "%s: and leads there", c->what);

    (void) tender_json_text(&mem, to, 0, &text);
    is_str(text, c->to, "%s: which is as it was", c->what);
}


/* random trees: the difference leads there, and the other one back */

static void
test_round_trips(void)
{
    uint64_t         seed;
    unsigned         i, there, back, equal;
    tender_value_t  *a, *b, *v, *patch;

    there = 0;
    back = 0;
    equal = 0;
    seed = 1;

    for (i = 0; i < 3000; i++) {
        a = random_value(&seed, 4);
        b = random_value(&seed, 4);

        patch = tender_json_diff(&mem, a, b);
        v = tender_value_copy(&mem, a);
        there += tender_json_patch(&mem, &v, patch) == TENDER_OK
                 && tender_value_equal(v, b);
        equal += (patch->nelts == 0) == tender_value_equal(a, b);

        patch = tender_json_diff(&mem, v, a);
        back += tender_json_patch(&mem, &v, patch) == TENDER_OK
                && tender_value_equal(v, a);

        tender_mem_init(&mem, tender_arena_alloc, arena);
        tender_arena_reset(arena);
    }

    is_int(there, 3000, "differences of random trees lead there");
    is_int(back, 3000, "and back");
    is_int(equal, 3000, "and are empty if there is none");
}


static tender_value_t *
random_value(uint64_t *seed, unsigned depth)
{
    unsigned         i, n, first;
    tender_value_t  *v;

    static const char *const  names[] = { "a", "b", "c/d", "~e", "", "f" };

    switch (random_number(seed, depth ? 6 : 4)) {

    case 0:
        return tender_value_new(&mem, TENDER_NULL);

    case 1:
        return tender_value_bool(&mem, (int) random_number(seed, 2));

    case 2:
        return tender_value_int(&mem, random_number(seed, 3));

    case 3:
        return tender_value_cstring(&mem, names[random_number(seed, 6)]);

    case 4:
        v = tender_value_new(&mem, TENDER_ARRAY);

        for (n = random_number(seed, 5); n != 0; n--) {
            tender_value_push(v, random_value(seed, depth - 1));
        }

        return v;

    default:
        v = tender_value_new(&mem, TENDER_OBJECT);
        first = random_number(seed, 6);
        n = random_number(seed, 6);

        for (i = 0; i < n; i++) {
            tender_str_t  name;

            name.data = (u_char *) names[(first + i) % 6];
            name.len = strlen((char *) name.data);
            tender_value_add(v, name, random_value(seed, depth - 1));
        }

        return v;
    }
}


static unsigned
random_number(uint64_t *seed, unsigned n)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;

    return (unsigned) (*seed >> 33) % n;
}


/* one patch twice: the second target owes nothing to the first */

static void
test_shared(void)
{
    tender_str_t     text;
    tender_value_t  *one, *two, *patch, *more;

    one = read_text("{}");
    two = read_text("{}");
    patch = read_text("[{\"op\":\"add\",\"path\":\"/a\",\"value\":[1]}]");
    more = read_text("[{\"op\":\"add\",\"path\":\"/a/-\",\"value\":2}]");

    (void) tender_json_patch(&mem, &one, patch);
    (void) tender_json_patch(&mem, &one, more);
    (void) tender_json_patch(&mem, &two, patch);

    (void) tender_json_text(&mem, one, 0, &text);
    is_str(text, "{\"a\":[1,2]}", "the first target");

    (void) tender_json_text(&mem, two, 0, &text);
    is_str(text, "{\"a\":[1]}", "the second target");
}


/* gives as many blocks as *data says */

static void *
refuse_alloc(void *data, size_t size)
{
    unsigned  *left;

    left = data;

    if (*left == 0) {
        return NULL;
    }

    (*left)--;

    return tender_arena_alloc(arena, size);
}


static void
test_memory(void)
{
    int              rc;
    char             one[4096], two[4096];
    size_t           i;
    unsigned         n, left, refused;
    tender_mem_t     few;
    tender_value_t  *from, *to, *patch, *full;

    one[0] = '[';
    two[0] = '[';

    for (i = 0; i < 500; i++) {
        memcpy(one + 1 + i * 2, "1,", 2);
        memcpy(two + 1 + i * 4, "[2],", 4);
    }

    memcpy(one + 1000, "]", 2);
    memcpy(two + 2000, "]", 2);

    from = read_text(one);
    to = read_text(two);
    full = tender_json_diff(&mem, from, to);

    is_int(full->nelts, 500, "a long difference");

    refused = 0;

    for (n = 0; n < 5000; n++) {
        left = n;
        tender_mem_init(&few, refuse_alloc, &left);

        patch = tender_json_diff(&few, from, to);
        if (patch != NULL) {
            break;
        }

        refused++;
    }

    ok(patch != NULL && refused == n && refused > 5,
       "a difference without enough memory is NULL");
    ok(patch != NULL && tender_value_equal(patch, full),
       "and with enough it is right");

    rc = TENDER_OK;
    refused = 0;

    for (n = 0; n < 5000; n++) {
        left = n;
        tender_mem_init(&few, refuse_alloc, &left);
        from = read_text(one);

        rc = tender_json_patch(&few, &from, full);
        if (rc != TENDER_ERROR) {
            break;
        }

        refused++;
    }

    ok(rc == TENDER_OK && refused == n && refused > 5,
       "a patch without enough memory is an error");
    ok(tender_value_equal(from, to), "and with enough it is right");
}
