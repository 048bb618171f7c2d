
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_file.h"
#include "format/tender_text.h"


#define DECLINED  NULL

#define OCTETS    "application/octet-stream"

#define TEN(s)    s s s s s s s s s s
#define ABCD50    TEN("abcdabcdabcdabcdabcd")
#define D         "\xd0\x94"                /* a letter of two bytes */


typedef struct {
    tender_str_t   header;
    const char    *type;
    const char    *boundary;    /* or NULL */
} media_t;

typedef struct {
    tender_str_t   text;
    const char    *result;
} pair_t;


static void test_media(const media_t *c);
static void test_safe(const pair_t *c);
static void test_read(const pair_t *c);
static void test_write(const pair_t *c);
static void test_clean(const pair_t *c);
static void test_limits(void);
static void test_memory(void);
static tender_mem_t *memory(void);
static tender_str_t exact(tender_str_t text);
static void *no_alloc(void *data, size_t size);
static void *some_alloc(void *data, size_t size);


static tender_arena_t  *arena;
static tender_mem_t     mem;


static const media_t  medias[] = {
    { tender_string("text/plain"), "text/plain", NULL },
    { tender_string(" Text/PLAIN\t; charset=UTF-8 ;; "), "text/plain", NULL },
    { tender_string("image/svg+xml"), "image/svg+xml", NULL },
    { tender_string("multipart/form-data; boundary=abc"),
      "multipart/form-data", "abc" },
    { tender_string("multipart/form-data;BOUNDARY=aBc"),
      "multipart/form-data", "aBc" },
    { tender_string("multipart/form-data; boundary=\"a b:c=d\"; x=y"),
      "multipart/form-data", "a b:c=d" },
    { tender_string("a/b; boundary=\"'()+_,-./:=?AZaz09\""), "a/b",
      "'()+_,-./:=?AZaz09" },
    { tender_string("a/b; boundary="
                    TEN("1234567")), "a/b", TEN("1234567") },
    { tender_string("a/b; boundary=" TEN("1234567") "8"), DECLINED, NULL },
    { tender_string("a/b; boundary=\"\""), DECLINED, NULL },
    { tender_string("a/b; boundary="), DECLINED, NULL },
    { tender_string("a/b; boundary"), DECLINED, NULL },
    { tender_string("a/b; boundary=a=b"), DECLINED, NULL },
    { tender_string("a/b; boundary=a b"), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a \""), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a\\\"b\""), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a\tb\""), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a\r\nb\""), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a\0b\""), DECLINED, NULL },
    { tender_string("a/b; boundary=\"a%b\""), DECLINED, NULL },
    { tender_string("a/b; boundary=a%b"), DECLINED, NULL },
    { tender_string("a/b; boundary=\xd0\x94"), DECLINED, NULL },
    { tender_string("a/b; boundary=a; boundary=a"), DECLINED, NULL },
    { tender_string("a/b; boundary=a; Boundary=b"), DECLINED, NULL },
    { tender_string("a/b; boundary=a, a/b; boundary=c"), DECLINED, NULL },
    { tender_string("a/b, c/d"), DECLINED, NULL },
    { tender_string(""), DECLINED, NULL },
    { tender_string(" "), DECLINED, NULL },
    { tender_string(";"), DECLINED, NULL },
    { tender_string("; boundary=a"), DECLINED, NULL },
    { tender_string("text"), DECLINED, NULL },
    { tender_string("/"), DECLINED, NULL },
    { tender_string("text/"), DECLINED, NULL },
    { tender_string("/plain"), DECLINED, NULL },
    { tender_string("text/plain/x"), DECLINED, NULL },
    { tender_string("text /plain"), DECLINED, NULL },
    { tender_string("text/plain charset=a"), DECLINED, NULL },
    { tender_string("text/plain\r\nX: y"), DECLINED, NULL },
    { tender_string("text/pl\0in"), DECLINED, NULL },
    { tender_string("text/pl\"in"), DECLINED, NULL }
};


static const pair_t  safes[] = {
    { tender_string("application/pdf"), "application/pdf" },
    { tender_string("text/plain"), "text/plain" },
    { tender_string("text/csv"), "text/csv" },
    { tender_string("image/jpeg"), "image/jpeg" },
    { tender_string("application/msword"), "application/msword" },
    { tender_string("application/vnd.openxmlformats-officedocument."
                    "wordprocessingml.document"),
      "application/vnd.openxmlformats-officedocument."
      "wordprocessingml.document" },
    { tender_string("application/vnd.openxmlformats-officedocument."
                    "spreadsheetml.sheet"),
      "application/vnd.openxmlformats-officedocument."
      "spreadsheetml.sheet" },
    { tender_string("application/vnd.openxmlformats-officedocument."
                    "presentationml.presentation"),
      "application/vnd.openxmlformats-officedocument."
      "presentationml.presentation" },
    { tender_string("application/vnd.oasis.opendocument.text"),
      "application/vnd.oasis.opendocument.text" },
    { tender_string("application/vnd.rar"), "application/vnd.rar" },
    { tender_string("application/pkcs7-signature"),
      "application/pkcs7-signature" },
    { tender_string("image/vnd.dwg"), "image/vnd.dwg" },
    { tender_string("text/html"), OCTETS },
    { tender_string("application/xhtml+xml"), OCTETS },
    { tender_string("image/svg+xml"), OCTETS },
    { tender_string("text/xml"), OCTETS },
    { tender_string("application/xml"), OCTETS },
    { tender_string("text/javascript"), OCTETS },
    { tender_string("application/javascript"), OCTETS },
    { tender_string("application/x-shockwave-flash"), OCTETS },
    { tender_string("application/vnd.oasis.opendocument.other"), OCTETS },
    { tender_string("multipart/form-data"), OCTETS },
    { tender_string("text/plain; charset=utf-8"), OCTETS },
    { tender_string("text/plai"), OCTETS },
    { tender_string("text/plain\0"), OCTETS },
    { tender_string("TEXT/PLAIN"), OCTETS },
    { tender_string(""), OCTETS },
    { tender_string(OCTETS), OCTETS }
};


/* what Content-Disposition says; "-": no name */

static const pair_t  reads[] = {
    { tender_string("attachment"), "-" },
    { tender_string("attachment; other=x"), "-" },
    { tender_string("attachment; filename=a.doc"), "a.doc" },
    { tender_string("inline;FILENAME=\"a b.doc\";"), "a b.doc" },
    { tender_string("attachment; filename=\"\""), "" },
    { tender_string("attachment; filename=\"" D ".doc\""), D ".doc" },
    { tender_string("attachment; filename=\"a \\\"b\\\" \\\\c\""),
      "a \"b\" \\c" },
    { tender_string("attachment; filename=\"C:\\dir\\a.doc\""),
      "C:\\dir\\a.doc" },
    { tender_string("attachment; filename=\"%22\""), "%22" },
    { tender_string("attachment; filename*=UTF-8''%d0%94.doc"), D ".doc" },
    { tender_string("attachment; filename*=utf-8'uk-UA'%D0%94"), D },
    { tender_string("attachment; filename*=UTF-8''"), "" },
    { tender_string("attachment; filename=a; filename*=UTF-8''b"), "b" },
    { tender_string("attachment; filename*=UTF-8''b; filename=a"), "b" },
    { tender_string("attachment; filename*=\"UTF-8''b\""), "b" },
    { tender_string("attachment; filename*=UTF-8''%41%5c%2f%25"), "A\\/%" },
    { tender_string("attachment; filename*=UTF-8''!#$&+-.^_`|~"),
      "!#$&+-.^_`|~" },
    { tender_string("attachment; filename*=b"), DECLINED },
    { tender_string("attachment; filename*=\"\""), DECLINED },
    { tender_string("attachment; filename*=UTF-8'b"), DECLINED },
    { tender_string("attachment; filename*=''b"), DECLINED },
    { tender_string("attachment; filename*=UTF-16''b"), DECLINED },
    { tender_string("attachment; filename*=ISO-8859-1''%e4"), DECLINED },
    { tender_string("attachment; filename*=UTF-8'e_n'b"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%d"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%0g"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%g0"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%e4"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%c0%af"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''%ed%a0%80"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''a*b"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''a'b"), DECLINED },
    { tender_string("attachment; filename*=\"UTF-8''a b\""), DECLINED },
    { tender_string("attachment; filename=a; filename=a"), DECLINED },
    { tender_string("attachment; filename*=UTF-8''a; filename*=UTF-8''a"),
      DECLINED },
    { tender_string("attachment; filename=a b"), DECLINED },
    { tender_string("attachment; filename=" D), DECLINED },
    { tender_string("attachment; filename=\"a"), DECLINED },
    { tender_string("attachment; filename=\"a\\\""), DECLINED },
    { tender_string("attachment; filename=\"a\x01\""), DECLINED },
    { tender_string("attachment; filename=\"a\x7f\""), DECLINED },
    { tender_string("attachment; filename"), DECLINED },
    { tender_string("filename=a"), DECLINED },
    { tender_string("\"attachment\"; filename=a"), DECLINED },
    { tender_string("; filename=a"), DECLINED },
    { tender_string(""), DECLINED }
};


static const pair_t  writes[] = {
    { tender_string("a.doc"), "attachment; filename=\"a.doc\"" },
    { tender_string("a b;c='d'.doc"),
      "attachment; filename=\"a b;c='d'.doc\"" },
    { tender_string(D "\xd1\x96 1.doc"),
      "attachment; filename=\"__ 1.doc\"; "
      "filename*=UTF-8''%D0%94%D1%96%201.doc" },
    { tender_string("\xe2\x82\xac\xf0\x9f\x93\x84"),
      "attachment; filename=\"__\"; "
      "filename*=UTF-8''%E2%82%AC%F0%9F%93%84" },
    { tender_string("say \"hi\".doc"),
      "attachment; filename=\"say _hi_.doc\"; "
      "filename*=UTF-8''say%20%22hi%22.doc" },
    { tender_string("100%.doc"),
      "attachment; filename=\"100_.doc\"; filename*=UTF-8''100%25.doc" },
    { tender_string("a\\b"),
      "attachment; filename=\"a_b\"; filename*=UTF-8''a%5Cb" },
    { tender_string("a\r\nX: y\x7f\0"),
      "attachment; filename=\"a__X: y__\"; "
      "filename*=UTF-8''a%0D%0AX%3A%20y%7F%00" },
    { tender_string(""), "attachment; filename=\"\"" },
    { tender_string("\xe4.doc"), DECLINED },
    { tender_string("a\xd0"), DECLINED }
};


static const pair_t  cleans[] = {
    { tender_string("a.doc"), "a.doc" },
    { tender_string("\xd0\x94\xd0\xbe\xd0\xb3\xd0\xbe\xd0\xb2\xd1\x96\xd1\x80"
                    " \xe2\x84\x96 1.doc"),
      "\xd0\x94\xd0\xbe\xd0\xb3\xd0\xbe\xd0\xb2\xd1\x96\xd1\x80"
      " \xe2\x84\x96 1.doc" },

    /* paths */

    { tender_string("C:\\dir\\a.doc"), "a.doc" },
    { tender_string("/etc/passwd"), "passwd" },
    { tender_string("../../a.doc"), "a.doc" },
    { tender_string("..\\../a.doc"), "a.doc" },
    { tender_string("a/b\\c"), "c" },
    { tender_string("b\\c/a"), "a" },
    { tender_string("a.doc/"), "file" },
    { tender_string("a\\"), "file" },
    { tender_string("/"), "file" },

    /* nothing left */

    { tender_string(""), "file" },
    { tender_string("."), "file" },
    { tender_string(".."), "file" },
    { tender_string(" . . "), "file" },
    { tender_string("\0"), "file" },
    { tender_string("\xe2\x80\xae\xef\xbb\xbf"), "file" },

    /* the ends */

    { tender_string(".htaccess"), "htaccess" },
    { tender_string(" ..a.doc.. . "), "a.doc" },
    { tender_string("a..doc"), "a..doc" },
    { tender_string("\xc2\xa0" "a\xe3\x80\x80"), "a" },
    { tender_string("\xe2\x80\x8b.a.\xe2\x80\x8b"), "a" },

    /* white space */

    { tender_string("name  name.doc"), "name name.doc" },
    { tender_string("a\t\r\n \xc2\xa0\xe2\x80\x89\xe2\x80\xa8" "b"), "a b" },
    { tender_string("a \xe2\x80\x8b b"), "a b" },

    /* what is not drawn */

    { tender_string("a\x01\x1b\x7f\0b.doc"), "ab.doc" },
    { tender_string("a\xc2\x80\xc2\x9f" "b"), "ab" },
    { tender_string("a\xe2\x80\xae" "cod.exe"), "acod.exe" },
    { tender_string("\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xaa\xe2\x80\xab"
                    "\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae\xd8\x9c" "a"), "a" },
    { tender_string("\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9" "a"),
      "a" },
    { tender_string("a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0"
                    "\xef\xbb\xbf" "b"), "ab" },
    { tender_string("a\xc2\xad\xf3\xa0\x81\x81\xef\xb8\x8f" "b"), "ab" },
    { tender_string("a\xef\xbf\xb9\xef\xbf\xbb" "b"), "ab" },
    { tender_string("a\xef\xbf\xbe\xef\xbf\xbf\xef\xb7\x90\xf4\x8f\xbf\xbf"
                    "b"), "ab" },

    /* NFC */

    { tender_string("\xd0\xb8\xcc\x86.doc"), "\xd0\xb9.doc" },
    { tender_string("A\xcc\x8a"), "\xc3\x85" },
    { tender_string("A\xe2\x80\x8d\xcc\x8a"), "\xc3\x85" },
    { tender_string("a\xcc\x87\xcc\xa3"), "\xe1\xba\xa1\xcc\x87" },
    { tender_string("\xe2\x84\xab.doc"), "\xc3\x85.doc" },
    { tender_string("\xef\xac\xac"), "\xd7\xa9\xd6\xbc\xd7\x81" },
    { tender_string("\xf0\x9d\x85\x9e"),
      "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5" },
    { tender_string("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"),
      "\xed\x95\x9c" },
    { tender_string("\xef\xac\x81.doc"), "\xef\xac\x81.doc" },
    { tender_string("q" TEN("\xcc\x80") TEN("\xcc\x80") TEN("\xcc\x80")
                    "\xcc\x80" "q\xcc\xa3"),
      "q" TEN("\xcc\x80") TEN("\xcc\x80") TEN("\xcc\x80") "q\xcc\xa3" },
    { tender_string("q" TEN("\xcd\x84") TEN("\xcd\x84")),
      "q" TEN("\xcc\x88\xcc\x81") "\xcc\x88\xcc\x81\xcc\x88\xcc\x81"
      "\xcc\x88\xcc\x81\xcc\x88\xcc\x81\xcc\x88\xcc\x81" },

    /* 255 bytes */

    { tender_string(TEN(TEN("ab")) TEN("12345") "c.doc"),
      TEN(TEN("ab")) TEN("12345") "c.doc" },
    { tender_string(TEN(TEN("ab")) TEN("12345") "cd.doc"),
      TEN(TEN("ab")) TEN("12345") "c.doc" },
    { tender_string(TEN(TEN(D D)) ".doc"),
      TEN(TEN(D)) TEN(D D) D D D D D ".doc" },
    { tender_string(TEN(TEN("abcd")) ".0123456789abcdef"),
      ABCD50 "abcdabcdabcdabcdabcdabcdabcdabcdabcdab.0123456789abcdef" },
    { tender_string(TEN(TEN("abcd")) ".0123456789abcdefg"),
      ABCD50 TEN("abcd") "abcdabcdabcdabc" },
    { tender_string(TEN(TEN(D D))), TEN(TEN(D)) TEN(D D) D D D D D D D },
    { tender_string("x" TEN(TEN(D D))),
      "x" TEN(TEN(D)) TEN(D D) D D D D D D D },
    { tender_string("a." TEN(TEN(D D))),
      "a." TEN(TEN(D)) TEN(D D) D D D D D D },
    { tender_string("a" TEN(TEN(". ")) TEN(". . . ") "bcdefghijklmnopqr"),
      "a" },

    /* not UTF-8 */

    { tender_string("\xe4.doc"), DECLINED },
    { tender_string("\xc0\xaf"), DECLINED },
    { tender_string("a\xed\xa0\x80"), DECLINED },
    { tender_string("a\xf4\x90\x80\x80"), DECLINED },
    { tender_string("\xe4/a.doc"), DECLINED },
    { tender_string("a\xd0"), DECLINED }
};


int
main(void)
{
    size_t  i;

    for (i = 0; i < sizeof(medias) / sizeof(medias[0]); i++) {
        test_media(&medias[i]);
    }

    for (i = 0; i < sizeof(safes) / sizeof(safes[0]); i++) {
        test_safe(&safes[i]);
    }

    for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        test_read(&reads[i]);
    }

    for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        test_write(&writes[i]);
    }

    for (i = 0; i < sizeof(cleans) / sizeof(cleans[0]); i++) {
        test_clean(&cleans[i]);
    }

    test_limits();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


static void
test_media(const media_t *c)
{
    int           rc;
    tender_str_t  header, type, boundary;

    header = exact(c->header);
    rc = tender_media_read(memory(), header, &type, &boundary);

    is_int(rc, c->type == DECLINED ? TENDER_DECLINED : TENDER_OK,
           "a media type of %zu bytes", c->header.len);

    if (rc == TENDER_OK && c->type != DECLINED) {
        is_str(type, c->type, "its type");

        if (c->boundary != NULL) {
            is_str(boundary, c->boundary, "its boundary");

        } else {
            ok(boundary.data == NULL && boundary.len == 0, "no boundary");
        }
    }

    ok(tender_str_eq(&header, &c->header), "the header is as it was");

    free(header.data);
}


static void
test_safe(const pair_t *c)
{
    tender_str_t  type;

    type = exact(c->text);
    is_str(tender_media_safe(type), c->result, "%.*s is kept as %s",
           (int) c->text.len, c->text.data, c->result);
    free(type.data);
}


static void
test_read(const pair_t *c)
{
    int           rc;
    tender_str_t  header, name;

    header = exact(c->text);
    rc = tender_disposition_read(memory(), header, &name);

    is_int(rc, c->result == DECLINED ? TENDER_DECLINED : TENDER_OK,
           "a Content-Disposition of %zu bytes", c->text.len);

    if (rc == TENDER_OK && c->result != DECLINED) {

        if (c->result[0] == '-') {
            ok(name.data == NULL && name.len == 0, "no name");

        } else {
            ok(name.data != NULL, "a name");
            is_str(name, c->result, "its name");
        }
    }

    ok(tender_str_eq(&header, &c->text), "the header is as it was");

    free(header.data);
}


static void
test_write(const pair_t *c)
{
    int           rc;
    tender_str_t  name, header;

    name = exact(c->text);
    rc = tender_disposition_write(memory(), name, &header);

    is_int(rc, c->result == DECLINED ? TENDER_DECLINED : TENDER_OK,
           "a name of %zu bytes", c->text.len);

    if (rc == TENDER_OK && c->result != DECLINED) {
        is_str(header, c->result, "its header");
    }

    free(name.data);
}


static void
test_clean(const pair_t *c)
{
    int           rc;
    tender_str_t  name, clean, again;

    name = exact(c->text);
    rc = tender_filename_clean(memory(), name, &clean);

    is_int(rc, c->result == DECLINED ? TENDER_DECLINED : TENDER_OK,
           "a name of %zu bytes", c->text.len);

    if (rc == TENDER_OK && c->result != DECLINED) {
        is_str(clean, c->result, "its clean form");
        ok(clean.len <= TENDER_FILENAME_MAX, "it is short");
        is_int(tender_filename_clean(&mem, clean, &again), TENDER_OK,
               "once more");
        is_str(again, c->result, "a clean name stays as it is");
    }

    ok(tender_str_eq(&name, &c->text), "the name is as it was");

    free(name.data);
}


static void
test_limits(void)
{
    size_t        i;
    tender_str_t  name, clean;

    /* marks of two classes in turn: the order of all is not sought */

    name.len = 1024 * 1024;
    name.data = malloc(name.len + 1);

    for (i = 0; i < name.len; i += 4) {
        memcpy(name.data + i, "\xcc\x80\xcc\xa3", 4);
    }

    is_int(tender_filename_clean(memory(), name, &clean), TENDER_OK,
           "a name of 1 MiB of marks");
    is_int((int64_t) clean.len, 60, "30 of them stay");

    memset(name.data, 'a', name.len + 1);

    is_int(tender_filename_clean(memory(), name, &clean), TENDER_OK,
           "a name of 1 MiB");
    is_int((int64_t) clean.len, 255, "it is cut");

    name.len++;

    is_int(tender_filename_clean(memory(), name, &clean), TENDER_DECLINED,
           "a longer name");

    free(name.data);
}


static void
test_memory(void)
{
    int           rc;
    unsigned      n, left;
    tender_str_t  text, type, name;
    tender_mem_t  few;
    void         *data[2];

    tender_mem_init(&few, no_alloc, NULL);

    text = tap_str("a/b; c=\"\\\"\"");
    is_int(tender_media_read(&few, text, &type, &name), TENDER_ERROR,
           "a quote needs memory");

    text = tap_str("a/b");
    is_int(tender_media_read(&few, text, &type, &name), TENDER_ERROR,
           "a type needs memory");

    text = tap_str("a; filename=\"\\\"\"");
    is_int(tender_disposition_read(&few, text, &name), TENDER_ERROR,
           "a quoted name needs memory");

    text = tap_str("a; filename*=UTF-8''b");
    is_int(tender_disposition_read(&few, text, &name), TENDER_ERROR,
           "an escaped name needs memory");

    text = tap_str("a; filename=b");
    is_int(tender_disposition_read(&few, text, &name), TENDER_OK,
           "a plain name needs none");

    text = tap_str("a");
    is_int(tender_disposition_write(&few, text, &name), TENDER_ERROR,
           "a header needs memory");

    /* each piece is a block of its own: it is large */

    text.len = 4096;
    text.data = malloc(text.len);
    memset(text.data, 'a', text.len - 2);
    memcpy(text.data + text.len - 2, D, 2);

    rc = TENDER_ERROR;

    for (n = 0; rc == TENDER_ERROR && n < 10; n++) {
        memory();

        left = n;
        data[0] = arena;
        data[1] = &left;

        tender_mem_init(&few, some_alloc, data);

        rc = tender_filename_clean(&few, text, &name);
    }

    is_int(rc, TENDER_OK, "a clean name needs memory");
    is_int(n - 1, 4, "for each of its forms");

    free(text.data);
}


/* without what was in it */

static tender_mem_t *
memory(void)
{
    if (arena == NULL) {
        arena = tender_arena_create();
    }

    tender_arena_reset(arena);
    tender_mem_init(&mem, tender_arena_alloc, arena);

    return &mem;
}


/* a copy with nothing around it that a sanitizer would not see */

static tender_str_t
exact(tender_str_t text)
{
    tender_str_t  copy;

    copy.len = text.len;
    copy.data = malloc(text.len ? text.len : 1);
    memcpy(copy.data, text.data, text.len);

    return copy;
}


static void *
no_alloc(void *data, size_t size)
{
    (void) data;
    (void) size;

    return NULL;
}


static void *
some_alloc(void *data, size_t size)
{
    void      **d;
    unsigned   *left;

    d = data;
    left = d[1];

    if (*left == 0) {
        return NULL;
    }

    (*left)--;

    return tender_arena_alloc(d[0], size);
}
