
/*
 * Copyright (C) ngx_tender_module contributors
 */


/* the search for names that come twice, in each of its three forms */


#include "t/unit/tap.h"

#include "format/tender_json_names.h"


#define NAMES  1000


static void test_names(const char *what, const char *fmt, unsigned misses,
    int tree);
static unsigned test_known(tender_json_names_t *names,
    tender_value_t *object);
static void test_prefixes(void);
static void test_memory(void);
static void *refuse_alloc(void *data, size_t size);


static tender_arena_t  *arena;
static tender_mem_t     mem;


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_names("filter, short names", "%u", 0, 0);
    test_names("filter, long names", "a name that is long, and its end %u",
               0, 0);
    test_names("tree, short names", "%u", 1000000, 1);
    test_names("tree, long names", "a name that is long, and its end %u",
               1000000, 1);
    test_names("tree, Cyrillic names", "поле %u є", 1000000, 1);
    test_names("tree, names with an end", "%u-----------------", 1000000, 1);

    test_prefixes();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


/*
 * All 32-bit numbers in a scattered order.  misses: how many the filter has
 * had; with many the next plants the tree.
 */

static void
test_names(const char *what, const char *fmt, unsigned misses, int tree)
{
    int                   rc;
    char                 *text;
    unsigned              i, added, known, twice;
    tender_str_t          name;
    tender_value_t       *object, *v;
    tender_json_names_t   names;

    object = tender_value_new(&mem, TENDER_OBJECT);

    tender_json_names_init(&names);
    names.misses = misses;

    added = 0;
    known = 0;
    twice = 0;

    for (i = 0; i < NAMES; i++) {
        text = tender_arena_alloc(arena, 64);
        name.data = (u_char *) text;
        name.len = (size_t) snprintf(text, 64, fmt, i * 2654435761u);

        v = tender_value_new(&mem, TENDER_NULL);
        v->name = name;

        rc = tender_json_names_add(&mem, &names, object, v);
        added += rc == TENDER_OK;

        tender_value_add(object, name, v);

        /* the newest once more, and now and then all */

        rc = tender_json_names_add(&mem, &names, object, v);
        twice += rc == TENDER_DECLINED;

        if (i % 97 == 0) {
            known += test_known(&names, object) == i + 1;
        }
    }

    is_int(added, NAMES, "%s: each is new once", what);
    is_int(twice, NAMES, "%s: and then known", what);
    is_int(known, (NAMES + 96) / 97, "%s: so are all before it", what);
    is_int(names.root != NULL, tree, "%s: a tree or none", what);
}


static unsigned
test_known(tender_json_names_t *names, tender_value_t *object)
{
    unsigned         n;
    tender_value_t  *v;

    n = 0;

    for (v = object->u.list.first; v != NULL; v = v->next) {
        n += tender_json_names_add(&mem, names, object, v)
             == TENDER_DECLINED;
    }

    return n;
}


/* names that begin with each other, from the longest and the shortest */

static void
test_prefixes(void)
{
    char                  text[NAMES];
    unsigned              i, added, known, down;
    tender_str_t          name;
    tender_value_t       *object, *v;
    tender_json_names_t   names;

    memset(text, 'a', sizeof(text));
    name.data = (u_char *) text;

    for (down = 0; down < 2; down++) {
        object = tender_value_new(&mem, TENDER_OBJECT);

        tender_json_names_init(&names);
        names.misses = 1000000;

        added = 0;

        for (i = 0; i < NAMES; i++) {
            name.len = down ? NAMES - 1 - i : i;

            v = tender_value_new(&mem, TENDER_NULL);
            v->name = name;

            added += tender_json_names_add(&mem, &names, object, v)
                     == TENDER_OK;
            tender_value_add(object, name, v);
        }

        known = test_known(&names, object);

        is_int(added, NAMES, "names in each other are all new");
        is_int(known, NAMES, "and then known");
        ok(names.root != NULL, "to a tree");
    }
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
    int                   rc;
    char                  texts[NAMES][16];
    unsigned              i, n, left;
    tender_mem_t          few;
    tender_str_t          name;
    tender_value_t       *object, *v;
    tender_json_names_t   names;

    rc = TENDER_ERROR;

    for (n = 0; rc == TENDER_ERROR && n < 2 * NAMES; n++) {
        left = n;
        tender_mem_init(&few, refuse_alloc, &left);

        object = tender_value_new(&mem, TENDER_OBJECT);
        tender_json_names_init(&names);
        names.misses = 1000000;

        for (i = 0; i < NAMES; i++) {
            name.data = (u_char *) texts[i];
            name.len = (size_t) sprintf(texts[i], "%u",
                                        i * 2654435761u);

            v = tender_value_new(&mem, TENDER_NULL);
            v->name = name;

            rc = tender_json_names_add(&few, &names, object, v);
            if (rc != TENDER_OK) {
                break;
            }

            tender_value_add(object, name, v);
        }
    }

    is_int(rc, TENDER_OK, "with enough memory all are new");
    ok(n > 4, "with less it is an error, at the filter and in the tree");
}
