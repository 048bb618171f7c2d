
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "domain/tender_scope.h"


typedef struct {
    const char  *text;
    const char  *expected;           /* '!' and the word that is none */
} read_case_t;

typedef struct {
    const char  *to;
    const char  *by;
    const char  *expected;
} limit_case_t;

typedef struct {
    const char  *a;
    const char  *b;
    int          covers;
} cover_case_t;

typedef struct {
    const char  *text;
    const char  *module;
    unsigned     bits;
} of_case_t;


static void test_read(void);
static void test_add(void);
static void test_names(void);
static void test_modules(void);
static void test_limit(void);
static void test_limit_modules(void);
static void test_cover(void);
static void test_of(void);
static void test_empty(void);
static void test_memory(void);
static tender_str_t text_of(const char *text);
static void read_good(const char *text, tender_scopes_t *scopes);
static tender_str_t text(const tender_scopes_t *scopes);
static char *modules(char first, unsigned n, const char *right);
static void *no_alloc(void *data, size_t size);


static tender_arena_t  *arena;
static tender_mem_t     mem;


#define WRITE  "create update delete"
#define ALL    "read create update delete auction admin"

#define LONG   "abcdefghijklmnopqrstuvwxyz012345"       /* 32 characters */


static const read_case_t  read_cases[] = {
    { "", "" },
    { "read", "read" },
    { "create", "create" },
    { "update", "update" },
    { "delete", "delete" },
    { "auction", "auction" },
    { "admin", "admin" },
    { "write", WRITE },
    { "write read", "read " WRITE },
    { "create,update,delete", WRITE },

    /* one order, each once */

    { "admin auction delete update create read", ALL },
    { "read read read", "read" },
    { "write create", WRITE },

    /* what is between */

    { " ", "" },
    { ",", "" },
    { " , ,, ", "" },
    { "  read", "read" },
    { "read  ", "read" },
    { "read, create", "read create" },
    { ",read,,create,", "read create" },

    /* of a module, in the order in which they were named */

    { "Account:read", "Account:read" },
    { "Account:write", "Account:create Account:update Account:delete" },
    { "Lead:delete Account:update Lead:read Account:read",
      "Lead:read Lead:delete Account:read Account:update" },
    { "a:read A:read", "a:read A:read" },
    { "0:read", "0:read" },
    { LONG ":read", LONG ":read" },

    /* what all modules have is not said of one */

    { "read Account:read", "read" },
    { "Account:read read", "read" },
    { "Account:read create", "create Account:read" },
    { "Account:write update", "update Account:create Account:delete" },
    { "Account:write Lead:read write", WRITE " Lead:read" },
    { "admin Account:read", "admin Account:read" },

    /* no scopes */

    { "Read", "!Read" },
    { "READ", "!READ" },
    { "rea", "!rea" },
    { "reads", "!reads" },
    { "*", "!*" },
    { "all", "!all" },
    { "read *", "!*" },
    { "read bad,worse", "!bad" },
    { "read\tcreate", "!read\tcreate" },
    { "read\n", "!read\n" },
    { "read;create", "!read;create" },
    { "read+create", "!read+create" },
    { "\"read\"", "!\"read\"" },
    { "r\xc3\xa9" "ad", "!r\xc3\xa9" "ad" },

    /* a module that is none, or has no such */

    { ":", "!:" },
    { ":read", "!:read" },
    { "Account:", "!Account:" },
    { "Account: read", "!Account:" },
    { "Account :read", "!Account" },
    { "Account:auction", "!Account:auction" },
    { "Account:admin", "!Account:admin" },
    { "Account:Read", "!Account:Read" },
    { "Account:reads", "!Account:reads" },
    { "Account:read:read", "!Account:read:read" },
    { "Account:Lead:read", "!Account:Lead:read" },
    { "Account::read", "!Account::read" },
    { "Acc-ount:read", "!Acc-ount:read" },
    { "Acc_ount:read", "!Acc_ount:read" },
    { "Acc.ount:read", "!Acc.ount:read" },
    { "*:read", "!*:read" },
    { "\xd0\x96:read", "!\xd0\x96:read" },
    { LONG "6:read", "!" LONG "6:read" },
    { "read Account:read Lead:auction", "!Lead:auction" },
};


static const limit_case_t  limit_cases[] = {
    { "", "", "" },
    { "", ALL, "" },
    { ALL, "", "" },
    { ALL, ALL, ALL },
    { ALL, "read", "read" },
    { "read", ALL, "read" },
    { "read write", "read auction", "read" },
    { "read", "create", "" },
    { "write", "update admin", "update" },

    /* a module on one side */

    { "Account:read", "read", "Account:read" },
    { "read", "Account:read", "Account:read" },
    { "Account:read", "create", "" },
    { "read", "Account:create", "" },
    { "Account:write", "update delete", "Account:update Account:delete" },
    { "update delete", "Account:write", "Account:update Account:delete" },
    { "read Account:create", "read", "read" },
    { "read", "read Account:create", "read" },
    { "read Account:create", "create", "Account:create" },
    { "create", "read Account:create", "Account:create" },
    { "Account:read", "", "" },
    { "", "Account:read", "" },
    { "admin auction", "Account:write Account:read", "" },

    /* modules on both */

    { "Account:read", "Account:read", "Account:read" },
    { "Account:read", "Lead:read", "" },
    { "Account:read Account:create", "Account:create Account:delete",
      "Account:create" },
    { "Account:read Lead:read", "Lead:read Account:create", "Lead:read" },
    { "read Account:create", "create Account:read",
      "Account:read Account:create" },
    { "read Account:create", "create Lead:read",
      "Account:create Lead:read" },
    { "read A:create", "read update A:create B:create", "read A:create" },
    { "A:read B:read C:read", "C:read B:create A:read", "A:read C:read" },
    { "write A:read", "A:write B:write A:read",
      "A:read A:create A:update A:delete B:create B:update B:delete" },
};


static const cover_case_t  cover_cases[] = {
    { "", "", 1 },
    { "read", "", 1 },
    { "", "read", 0 },
    { "read", "read", 1 },
    { "read write", "read", 1 },
    { "read", "read write", 0 },
    { "write", WRITE, 1 },
    { WRITE, "write", 1 },
    { "create update", "write", 0 },
    { ALL, "admin auction", 1 },
    { "admin", "read", 0 },
    { "admin", "auction", 0 },

    /* modules */

    { "read", "Account:read", 1 },
    { "Account:read", "read", 0 },
    { "Account:read", "Account:read", 1 },
    { "Account:read", "Lead:read", 0 },
    { "Account:read Lead:read", "Lead:read", 1 },
    { "Lead:read", "Account:read Lead:read", 0 },
    { "Account:read", "Account:read Lead:read", 0 },
    { "Account:write", "Account:create Account:delete", 1 },
    { "Account:create", "Account:write", 0 },
    { "create Account:read", "Account:read Account:create", 1 },
    { "create Account:read", "Account:read Lead:create", 1 },
    { "create Account:read", "Lead:read", 0 },
    { "Account:read", "", 1 },
    { "", "Account:read", 0 },
    { "admin", "Account:read", 0 },
    { "read create", "read Account:create Lead:read", 1 },
};


static const of_case_t  of_cases[] = {
    { "", "", 0 },
    { "", "Account", 0 },
    { "read admin", "", TENDER_SCOPE_READ|TENDER_SCOPE_ADMIN },
    { "read admin", "Account", TENDER_SCOPE_READ|TENDER_SCOPE_ADMIN },
    { "Account:write", "", 0 },
    { "Account:write", "Account", TENDER_SCOPE_WRITE },
    { "Account:write", "account", 0 },
    { "Account:write", "Accoun", 0 },
    { "Account:write", "Accounts", 0 },
    { "Account:write", "Lead", 0 },
    { "read A:create B:delete", "", TENDER_SCOPE_READ },
    { "read A:create B:delete", "A", TENDER_SCOPE_READ|TENDER_SCOPE_CREATE },
    { "read A:create B:delete", "B", TENDER_SCOPE_READ|TENDER_SCOPE_DELETE },
    { "read A:create B:delete", "C", TENDER_SCOPE_READ },
    { ALL, "A", TENDER_SCOPE_ALL },
};


int
main(void)
{
    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    test_read();
    test_add();
    test_names();
    test_modules();
    test_limit();
    test_limit_modules();
    test_cover();
    test_of();
    test_empty();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_read(void)
{
    int                 rc;
    unsigned            i;
    tender_str_t        bad, again;
    tender_scopes_t     scopes;
    const read_case_t  *c;

    for (i = 0; i < sizeof(read_cases) / sizeof(read_cases[0]); i++) {
        c = &read_cases[i];

        bad = text_of("");
        memset(&scopes, 0xff, sizeof(tender_scopes_t));
        rc = tender_scopes_read(text_of(c->text), &scopes, &bad);

        if (c->expected[0] == '!') {
            ok(rc == TENDER_DECLINED && tender_scopes_empty(&scopes),
               "refused: %u", i);
            is_str(bad, c->expected + 1, "for this word");
            continue;
        }

        ok(rc == TENDER_OK, "\"%s\" is read", c->text);
        again = text(&scopes);
        is_str(again, c->expected, "and written");

        rc = tender_scopes_read(again, &scopes, &bad);
        ok(rc == TENDER_OK, "and read again");
        is_str(text(&scopes), c->expected, "as the same");
    }

    memset(&scopes, 0xff, sizeof(tender_scopes_t));

    ok(tender_scopes_read((tender_str_t) tender_null_string, &scopes, &bad)
       == TENDER_OK && tender_scopes_empty(&scopes),
       "nothing at all is the empty set");
}


static void
test_add(void)
{
    tender_scopes_t  scopes;

    read_good("Account:read", &scopes);

    is_int(tender_scopes_add(&scopes, tap_str("Account:create")), TENDER_OK,
           "a right of a module is added");
    is_int(tender_scopes_add(&scopes, tap_str("delete")), TENDER_OK,
           "one of all is added");
    is_int(tender_scopes_add(&scopes, tap_str("write ")), TENDER_DECLINED,
           "no word with a space");
    is_int(tender_scopes_add(&scopes, tap_str("read create")),
           TENDER_DECLINED, "nor two words");
    is_int(tender_scopes_add(&scopes, tap_str("")), TENDER_DECLINED,
           "nor an empty one");
    is_int(tender_scopes_add(&scopes, (tender_str_t) tender_null_string),
           TENDER_DECLINED, "nor nothing at all");
    is_int(tender_scopes_add(&scopes, tap_str("Lead:x")), TENDER_DECLINED,
           "nor an unknown one");
    is_str(text(&scopes), "delete Account:read Account:create",
           "what was refused has left nothing");
}


/* each byte in a module's name */

static void
test_names(void)
{
    unsigned         i, wrong;
    u_char           word[] = "AxB:read";
    tender_scopes_t  scopes;

    wrong = 0;
    memset(&scopes, 0, sizeof(tender_scopes_t));

    for (i = 0; i < 256; i++) {
        word[1] = (u_char) i;
        scopes.nmodules = 0;

        wrong += (tender_scopes_add(&scopes,
                                    (tender_str_t) { sizeof(word) - 1, word })
                  == TENDER_OK)
                 != (i != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                      (int) i) != NULL);
    }

    is_int(wrong, 0, "a name has letters and digits");
}


static void
test_modules(void)
{
    char             *words, *expected;
    tender_str_t      bad;
    tender_scopes_t   scopes;

    words = modules('m', TENDER_SCOPE_MODULES, "read");
    read_good(words, &scopes);
    is_int(scopes.nmodules, 32, "32 modules fit");
    is_str(text(&scopes), words, "and come back");

    is_int(tender_scopes_add(&scopes, tap_str("m31:create")), TENDER_OK,
           "the last one gets another right");
    is_int(tender_scopes_add(&scopes, tap_str("admin")), TENDER_OK,
           "all get one");
    is_int(tender_scopes_add(&scopes, tap_str("other:read")),
           TENDER_DECLINED, "one more does not fit");

    words = modules('m', TENDER_SCOPE_MODULES + 1, "read");
    is_int(tender_scopes_read(text_of(words), &scopes, &bad),
           TENDER_DECLINED, "33 are too many");
    is_str(bad, "m32:read", "the last one is");
    ok(tender_scopes_empty(&scopes), "nothing is left of them");

    /* the longest text there is */

    words = modules('m', TENDER_SCOPE_MODULES, "write");
    read_good(words, &scopes);
    (void) tender_scopes_add(&scopes, tap_str("admin"));
    (void) tender_scopes_add(&scopes, tap_str("auction"));

    expected = (char *) text(&scopes).data;
    ok(strncmp(expected, "auction admin m0:create m0:update m0:delete m1:",
               47) == 0, "each module has its rights");
    is_int((int64_t) text(&scopes).len,
           13 + 3 * (10 * (int) sizeof(" m0:create") - 10
                     + 22 * (int) sizeof(" m10:create") - 22),
           "all of them");
}


static void
test_limit(void)
{
    unsigned             i;
    tender_str_t         once;
    tender_scopes_t      to, by, old;
    const limit_case_t  *c;

    for (i = 0; i < sizeof(limit_cases) / sizeof(limit_cases[0]); i++) {
        c = &limit_cases[i];

        read_good(c->to, &to);
        read_good(c->by, &by);
        old = to;

        tender_scopes_limit(&to, &by);
        once = text(&to);

        is_str(once, c->expected, "\"%s\" limited by \"%s\"", c->to, c->by);
        ok(tender_scopes_cover(&old, &to) && tender_scopes_cover(&by, &to),
           "is no more than either");

        tender_scopes_limit(&to, &by);
        is_str(text(&to), c->expected, "and stays that");
    }
}


static void
test_limit_modules(void)
{
    char             *words;
    tender_scopes_t   to, by;

    /* 32 on each side, all of which would remain */

    words = modules('m', TENDER_SCOPE_MODULES, "create");
    read_good(words, &to);
    (void) tender_scopes_add(&to, tap_str("read"));

    read_good(modules('n', TENDER_SCOPE_MODULES, "read"), &by);
    (void) tender_scopes_add(&by, tap_str("create"));

    tender_scopes_limit(&to, &by);

    is_int(to.nmodules, 32, "no more modules than a set holds");
    is_str(text(&to), words, "the first ones");

    /* half of them */

    read_good(modules('m', 16, "create"), &to);
    (void) tender_scopes_add(&to, tap_str("read"));
    tender_scopes_limit(&to, &by);

    is_int(to.nmodules, 32, "16 of one, the first 16 of the other");
    is_int(tender_scopes_of(&to, tap_str("m15")), TENDER_SCOPE_CREATE,
           "the last of one");
    is_int(tender_scopes_of(&to, tap_str("n15")), TENDER_SCOPE_READ,
           "the last of the other");
    is_int(tender_scopes_of(&to, tap_str("n16")), 0, "then none");
}


static void
test_cover(void)
{
    unsigned             i;
    tender_scopes_t      a, b;
    const cover_case_t  *c;

    for (i = 0; i < sizeof(cover_cases) / sizeof(cover_cases[0]); i++) {
        c = &cover_cases[i];

        read_good(c->a, &a);
        read_good(c->b, &b);

        is_int(tender_scopes_cover(&a, &b), c->covers, "\"%s\" %s \"%s\"",
               c->a, c->covers ? "covers" : "does not cover", c->b);
    }
}


static void
test_of(void)
{
    unsigned          i;
    tender_scopes_t   scopes;
    const of_case_t  *c;

    for (i = 0; i < sizeof(of_cases) / sizeof(of_cases[0]); i++) {
        c = &of_cases[i];
        read_good(c->text, &scopes);

        is_int(tender_scopes_of(&scopes, text_of(c->module)), c->bits,
               "\"%s\" in \"%s\"", c->text, c->module);
    }

    is_int(tender_scopes_of(&scopes, (tender_str_t) tender_null_string),
           TENDER_SCOPE_ALL, "nothing at all is no module");
}


static void
test_empty(void)
{
    tender_scopes_t  a, b;

    read_good("", &a);
    ok(tender_scopes_empty(&a), "no words, no rights");
    read_good("read", &a);
    ok(!tender_scopes_empty(&a), "a right");
    read_good("Account:read", &a);
    ok(!tender_scopes_empty(&a), "a right in one module");

    read_good("create Lead:read", &b);
    tender_scopes_limit(&a, &b);
    ok(tender_scopes_empty(&a), "nothing that both allow");
}


static void
test_memory(void)
{
    tender_mem_t     poor;
    tender_str_t     words;
    tender_scopes_t  scopes;

    read_good("read Account:create", &scopes);
    tender_mem_init(&poor, no_alloc, NULL);

    is_int(tender_scopes_write(&poor, &scopes, &words), TENDER_ERROR,
           "no memory, no text");
}


static tender_str_t
text_of(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static void
read_good(const char *text, tender_scopes_t *scopes)
{
    tender_str_t  bad;

    if (tender_scopes_read(text_of(text), scopes, &bad) != TENDER_OK) {
        diag("the test's own scopes are wrong: %s", text);
        exit(1);
    }
}


static tender_str_t
text(const tender_scopes_t *scopes)
{
    tender_str_t  words;

    if (tender_scopes_write(&mem, scopes, &words) != TENDER_OK) {
        exit(1);
    }

    return words;
}


/* "m0:read m1:read ..." */

static char *
modules(char first, unsigned n, const char *right)
{
    char      *words, *p;
    unsigned   i;

    words = tender_alloc(&mem, n * 16 + 1);
    p = words;

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s%c%u:%s", i ? " " : "", first, i, right);
    }

    return words;
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}
