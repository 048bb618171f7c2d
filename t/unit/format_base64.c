
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_base64.h"


#define MAX  64


typedef struct {
    const char  *bytes;
    size_t       len;
    const char  *base64;
    const char  *base64url;
} vector_t;

typedef struct {
    const char  *text;
    const char  *why;
} bad_case_t;

typedef int (*read_pt)(tender_str_t text, u_char *out, size_t *len);


static void test_vectors(void);
static void test_bytes(void);
static void test_lengths(void);
static void test_bad(void);
static void test_pairs(void);
static void test_triples(void);
static int url_read(const char *text, size_t len, u_char *out, size_t *n);
static int basic_read(const char *text, size_t len, u_char *out, size_t *n);
static int read_with(read_pt read, const char *text, size_t len, u_char *out,
    size_t *n);


/* section 10 of RFC 4648, and where the alphabets differ */

static const vector_t  vectors[] = {
    { "", 0, "", "" },
    { "f", 1, "Zg==", "Zg" },
    { "fo", 2, "Zm8=", "Zm8" },
    { "foo", 3, "Zm9v", "Zm9v" },
    { "foob", 4, "Zm9vYg==", "Zm9vYg" },
    { "fooba", 5, "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", 6, "Zm9vYmFy", "Zm9vYmFy" },
    { "\xfb\xff\xbf", 3, "+/+/", "-_-_" },
    { "\xff", 1, "/w==", "_w" },
    { "\xf8\x00", 2, "+AA=", "-AA" },
    { "\0\0\0", 3, "AAAA", "AAAA" },
    { "Aladdin:open sesame", 19, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
      "QWxhZGRpbjpvcGVuIHNlc2FtZQ" },

    /* the header of RFC 7515 A.1 */

    { "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}", 30,
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" },
};


static const bad_case_t  bad_url[] = {
    { "A", "one digit" },
    { "AAAAA", "one digit more than a group" },
    { "Zg==", "padding" },
    { "Zm8=", "padding of one" },
    { "Zm9v=", "padding behind a whole group" },
    { "=", "padding alone" },
    { "Zh", "unused bits of two digits" },
    { "ZgAAZv", "unused bits behind a group" },
    { "Zm9", "unused bits of three digits" },
    { "AAB", "the lowest unused bit of three digits" },
    { "AB", "the lowest unused bit of two digits" },
    { "AQAAQAAAQAAAAAB", "unused bits far behind" },
    { "+/+/", "the other alphabet" },
    { "A+", "a plus in the rest" },
    { "A/A", "a slash in the rest" },
    { "AA/", "a slash at the end" },
    { " AAA", "a space before" },
    { "AAA ", "a space behind" },
    { "AA AA", "a space inside" },
    { "AAAA\n", "a newline behind" },
    { "AA\r\nAA", "a line break" },
    { "\tAAA", "a tab" },
    { "AA.A", "a dot" },
    { "AAAA.AAAA", "two parts" },
    { "A\xc3\xa4" "A", "a letter that is not ASCII" },
    { "\xff\xff\xff\xff", "high bytes" },
    { "AAA@", "before the letters" },
    { "AAA[", "behind the capital letters" },
    { "AAA`", "before the small letters" },
    { "AAA{", "behind the small letters" },
    { "AAA:", "behind the digits" },
};


static const bad_case_t  bad_basic[] = {
    { "Zg", "no padding" },
    { "Zg=", "too little padding" },
    { "Zg===", "too much padding" },
    { "Zm8", "no padding of one" },
    { "Zm8==", "one too many" },
    { "Zm9v====", "a group of padding" },
    { "====", "nothing but padding" },
    { "=", "one padding" },
    { "==", "two paddings" },
    { "A===", "three paddings" },
    { "Z=g=", "padding inside" },
    { "=g==", "padding first" },
    { "Zg==Zg==", "padding in the middle" },
    { "Zm8=Zm9v", "padding of one in the middle" },
    { "Zh==", "unused bits of two digits" },
    { "Zm9=", "unused bits of three digits" },
    { "-_-_", "the other alphabet" },
    { "-w==", "a minus" },
    { "AAA_", "a low line" },
    { "Zg= =", "a space" },
    { "Zg==\n", "a newline behind" },
    { "Zm9v\nZm9v\n", "line breaks" },
    { " Zg=", "a space before" },
    { "Zm9 ", "a space behind" },
};


int
main(void)
{
    test_vectors();
    test_bytes();
    test_lengths();
    test_bad();
    test_pairs();
    test_triples();

    return done_testing();
}


static void
test_vectors(void)
{
    u_char           out[MAX], *end;
    size_t           len;
    unsigned         i;
    tender_str_t     text;
    const vector_t  *v;

    for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        v = &vectors[i];

        text.data = out;

        end = tender_base64_write(out, (u_char *) v->bytes, v->len);
        text.len = (size_t) (end - out);
        is_str(text, v->base64, "\"%s\" is written", v->base64);

        end = tender_base64url_write(out, (u_char *) v->bytes, v->len);
        text.len = (size_t) (end - out);
        is_str(text, v->base64url, "\"%s\" is written for URLs",
               v->base64url);

        ok(basic_read(v->base64, strlen(v->base64), out, &len) == TENDER_OK
           && len == v->len && memcmp(out, v->bytes, len) == 0,
           "\"%s\" is read", v->base64);

        ok(url_read(v->base64url, strlen(v->base64url), out, &len)
           == TENDER_OK
           && len == v->len && memcmp(out, v->bytes, len) == 0,
           "\"%s\" is read for URLs", v->base64url);
    }

    text.data = NULL;
    text.len = 0;
    len = 1;

    ok(tender_base64url_read(text, out, &len) == TENDER_OK && len == 0,
       "nothing at all is nothing for URLs");

    len = 1;

    ok(tender_base64_read(text, out, &len) == TENDER_OK && len == 0,
       "nothing at all is nothing");
    ok(tender_base64_write(out, NULL, 0) == out
       && tender_base64url_write(out, NULL, 0) == out,
       "and is written as nothing");
}


/* each byte alone, and each character in each place of a group */

static void
test_bytes(void)
{
    u_char    in[3], out[MAX], text[MAX], *end;
    size_t    len;
    unsigned  i, j, wrong, good;

    wrong = 0;

    for (i = 0; i < 256; i++) {

        for (j = 1; j <= 3; j++) {
            memset(in, (int) i, 3);

            end = tender_base64url_write(text, in, j);
            wrong += end != text + j + 1;
            wrong += url_read((char *) text, (size_t) (end - text), out,
                              &len) != TENDER_OK
                     || len != j || memcmp(in, out, j) != 0;

            end = tender_base64_write(text, in, j);
            wrong += end != text + 4;
            wrong += basic_read((char *) text, 4, out, &len) != TENDER_OK
                     || len != j || memcmp(in, out, j) != 0;
        }
    }

    is_int(wrong, 0, "each byte there and back, one to three times");

    good = 0;
    wrong = 0;

    for (i = 0; i < 256; i++) {

        for (j = 0; j < 8; j++) {
            memset(text, 'A', 8);
            text[j] = (u_char) i;

            good += url_read((char *) text, 8, out, &len) == TENDER_OK;
            wrong += (url_read((char *) text, 8, out, &len) == TENDER_OK)
                     != (i != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"
                                          "hijklmnopqrstuvwxyz0123456789-_",
                                          (int) i) != NULL);
        }
    }

    is_int(good, 64 * 8, "64 digits in each place of two groups");
    is_int(wrong, 0, "and they are the right ones");
}


/* the room that the header promises to be enough */

static void
test_lengths(void)
{
    u_char    in[MAX], *out, *text, *end;
    size_t    i, len;
    unsigned  wrong;

    wrong = 0;

    for (i = 0; i < MAX; i++) {
        in[i] = (u_char) (i * 37 + 11);
    }

    for (i = 0; i < MAX; i++) {
        text = malloc(tender_base64_encoded_length(i) + 1);

        end = tender_base64_write(text, in, i);
        wrong += (size_t) (end - text) != tender_base64_encoded_length(i);

        end = tender_base64url_write(text, in, i);
        wrong += (size_t) (end - text) > tender_base64_encoded_length(i);

        len = (size_t) (end - text);
        out = malloc(tender_base64_decoded_length(len) + 1);

        wrong += url_read((char *) text, len, out, &len) != TENDER_OK
                 || len != i || memcmp(in, out, i) != 0;

        free(out);
        free(text);
    }

    is_int(wrong, 0, "each length fits");
}


static void
test_bad(void)
{
    u_char    out[MAX];
    size_t    len;
    unsigned  i;

    for (i = 0; i < sizeof(bad_url) / sizeof(bad_url[0]); i++) {
        is_int(url_read(bad_url[i].text, strlen(bad_url[i].text), out, &len),
               TENDER_DECLINED, "for URLs: %s", bad_url[i].why);
    }

    for (i = 0; i < sizeof(bad_basic) / sizeof(bad_basic[0]); i++) {
        is_int(basic_read(bad_basic[i].text, strlen(bad_basic[i].text), out,
                          &len),
               TENDER_DECLINED, "%s", bad_basic[i].why);
    }

    is_int(url_read("AA\0A", 4, out, &len), TENDER_DECLINED,
           "for URLs: a zero");
    is_int(basic_read("AA\0A", 4, out, &len), TENDER_DECLINED, "a zero");
    is_int(basic_read("\0A==", 4, out, &len), TENDER_DECLINED,
           "a zero first");
}


/* all texts of two characters: a byte has exactly one */

static void
test_pairs(void)
{
    u_char    text[4], out[MAX];
    size_t    len;
    unsigned  i, url, basic, wrong, seen[256];

    url = 0;
    basic = 0;
    wrong = 0;
    memset(seen, 0, sizeof(seen));
    memset(text, '=', sizeof(text));

    for (i = 0; i < 0x10000; i++) {
        text[0] = (u_char) (i >> 8);
        text[1] = (u_char) i;

        if (url_read((char *) text, 2, out, &len) == TENDER_OK) {
            wrong += len != 1 || seen[out[0]]++ != 0;
            url++;
        }

        basic += basic_read((char *) text, 4, out, &len) == TENDER_OK;
    }

    is_int(url, 256, "256 texts of two characters are good");
    is_int(basic, 256, "256 with padding");
    is_int(wrong, 0, "each is another byte");
}


/* all texts of three characters */

static void
test_triples(void)
{
    u_char         text[3], out[MAX];
    size_t         len;
    unsigned       i, good;
    tender_str_t   span;

    good = 0;
    span.data = text;
    span.len = 3;

    for (i = 0; i < 0x1000000; i++) {
        text[0] = (u_char) (i >> 16);
        text[1] = (u_char) (i >> 8);
        text[2] = (u_char) i;

        good += tender_base64url_read(span, out, &len) == TENDER_OK
                && len == 2;
    }

    is_int(good, 0x10000, "65536 texts of three characters are good");
}


static int
url_read(const char *text, size_t len, u_char *out, size_t *n)
{
    return read_with(tender_base64url_read, text, len, out, n);
}


static int
basic_read(const char *text, size_t len, u_char *out, size_t *n)
{
    return read_with(tender_base64_read, text, len, out, n);
}


/* in blocks of the very size, so that a sanitizer sees each border */

static int
read_with(read_pt read, const char *text, size_t len, u_char *out, size_t *n)
{
    int            rc;
    u_char        *room;
    tender_str_t   span;

    span.data = malloc(len ? len : 1);
    span.len = len;
    memcpy(span.data, text, len);

    room = malloc(len ? tender_base64_decoded_length(len) : 1);

    rc = read(span, room, n);

    if (rc == TENDER_OK) {
        memcpy(out, room, *n);
    }

    free(room);
    free(span.data);

    return rc;
}
