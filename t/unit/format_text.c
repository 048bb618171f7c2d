
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_text.h"


static void test_utf8_each(void);
static void test_utf8_bad(void);
static void test_utf8_valid(void);
static void test_utf8_length(void);
static void test_text_valid(void);
static void test_hex(void);
static void test_base32(void);
static void test_base32_bad(void);
static void test_uint_read(void);
static void test_uint_write(void);
static int base32_read(const char *text, size_t len, u_char *p);


int
main(void)
{
    test_utf8_each();
    test_utf8_bad();
    test_utf8_valid();
    test_utf8_length();
    test_text_valid();
    test_hex();
    test_base32();
    test_base32_bad();
    test_uint_read();
    test_uint_write();

    return done_testing();
}


/* each code point there and back; cut short it is none */

static void
test_utf8_each(void)
{
    u_char    buf[4], *end;
    uint32_t  code, got;
    unsigned  n, wrong, cut;

    wrong = 0;
    cut = 0;

    for (code = 0; code <= 0x10ffff; code++) {

        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }

        end = tender_utf8_write(buf, code);
        n = (unsigned) (end - buf);

        wrong += n != (code < 0x80 ? 1u : code < 0x800 ? 2u
                                        : code < 0x10000 ? 3u : 4u);
        wrong += tender_utf8_char(buf, end, &got) != n || got != code;
        wrong += !tender_utf8_valid(buf, n);
        cut += tender_utf8_char(buf, end - 1, &got) != 0;
    }

    is_int(wrong, 0, "each code point there and back");
    is_int(cut, 0, "and none of them if cut short");
    is_int(tender_utf8_char(buf, buf, &got), 0, "no character at the end");
}


/* all pairs of two bytes, and of three the ones that are near a border */

static void
test_utf8_bad(void)
{
    u_char    b[4];
    uint32_t  code;
    unsigned  i, j, k, n, good, wrong;

    good = 0;
    wrong = 0;

    for (i = 0x80; i < 0x100; i++) {

        for (j = 0; j < 0x100; j++) {
            b[0] = (u_char) i;
            b[1] = (u_char) j;
            n = tender_utf8_char(b, b + 2, &code);

            good += n == 2;
            wrong += n != 0 && (n != 2 || code < 0x80 || code > 0x7ff);
        }
    }

    is_int(good, 0x800 - 0x80, "two bytes: as many as there are");
    is_int(wrong, 0, "two bytes: all in their range");

    good = 0;
    wrong = 0;

    for (i = 0xe0; i < 0x100; i++) {

        for (j = 0; j < 0x100; j++) {

            for (k = 0; k < 0x100; k++) {
                b[0] = (u_char) i;
                b[1] = (u_char) j;
                b[2] = (u_char) k;
                n = tender_utf8_char(b, b + 3, &code);

                good += n == 3;
                wrong += n != 0 && (n != 3 || code < 0x800
                                    || (code & 0xfffff800) == 0xd800);
            }
        }
    }

    is_int(good, 0x10000 - 0x800 - 0x800, "three bytes: as many as there are");
    is_int(wrong, 0, "three bytes: all in their range, no surrogate");

    good = 0;

    for (i = 0xf0; i < 0x100; i++) {

        for (j = 0; j < 0x100; j++) {

            for (k = 0; k < 0x100; k++) {
                b[0] = (u_char) i;
                b[1] = (u_char) j;
                b[2] = (u_char) k;
                b[3] = 0x80;
                n = tender_utf8_char(b, b + 4, &code);

                good += n == 4 && code >= 0x10000 && code <= 0x10ffff;
            }
        }
    }

    is_int(good, 0x100000 / 64, "four bytes: as many as there are");

    b[3] = 'a';
    b[0] = 0xf0;
    b[1] = 0x9d;
    b[2] = 0x84;
    is_int(tender_utf8_char(b, b + 4, &code), 0, "four bytes: a bad last one");
}


static void
test_utf8_valid(void)
{
    u_char    text[40];
    size_t    at, len;
    unsigned  wrong;

    ok(tender_utf8_valid(NULL, 0), "nothing is valid");
    ok(tender_utf8_valid((u_char *) "a\0b", 3), "a zero byte is valid");

    wrong = 0;

    for (len = 1; len <= sizeof(text); len++) {

        for (at = 0; at < len; at++) {
            memset(text, 'a', len);
            wrong += !tender_utf8_valid(text, len);
            text[at] = 0x80;
            wrong += tender_utf8_valid(text, len);
            text[at] = 0xd0;
            wrong += tender_utf8_valid(text, len);

            if (at + 1 < len) {
                text[at + 1] = 0x96;
                wrong += !tender_utf8_valid(text, len);
            }
        }
    }

    is_int(wrong, 0, "a bad byte at each place");
}


static void
test_utf8_length(void)
{
    is_int((int64_t) tender_utf8_length(tap_str("")), 0, "no code points");
    is_int((int64_t) tender_utf8_length(tap_str("abc")), 3, "three in ASCII");
    is_int((int64_t) tender_utf8_length(tap_str("Київ")), 4,
           "four in Cyrillic");
    is_int((int64_t) tender_utf8_length(tap_str("e\xcc\x81")), 2,
           "a combining accent counts");
    is_int((int64_t) tender_utf8_length(tap_str("\xe2\x82\xac"
                                                "\xf0\x9d\x84\x9e")), 2,
           "two of three and four bytes");
}


static void
test_text_valid(void)
{
    u_char        c, text[24];
    size_t        at;
    unsigned      n, wrong;
    tender_str_t  s;

    s.data = &c;
    s.len = 1;

    for (n = 0; n < 0x20; n++) {
        c = (u_char) n;
        is_int(tender_text_valid(s), n == 9 || n == 10 || n == 13,
               "control character %u", n);
    }

    wrong = 0;

    for (n = 0x20; n < 0x80; n++) {
        c = (u_char) n;
        wrong += !tender_text_valid(s);
    }

    is_int(wrong, 0, "the rest of ASCII");

    ok(tender_text_valid(tap_str("")), "no text");
    ok(tender_text_valid(tap_str("Державне\tуправління\r\nсправами")),
       "Cyrillic with tab, CR and LF");
    ok(!tender_text_valid(tap_str("\xef\xbf\xbe")), "U+FFFE");
    ok(!tender_text_valid(tap_str("\xef\xbf\xbf")), "U+FFFF");
    ok(tender_text_valid(tap_str("\xef\xbf\xbd")), "U+FFFD");
    ok(tender_text_valid(tap_str("\xef\xbb\xbf")), "U+FEFF");
    ok(tender_text_valid(tap_str("\xee\x80\x80")), "U+E000");
    ok(tender_text_valid(tap_str("\xf4\x8f\xbf\xbf")), "U+10FFFF");
    ok(!tender_text_valid(tap_str("12345678\xef\xbf\xbf")),
       "U+FFFF at the very end");

    wrong = 0;

    for (n = 1; n <= sizeof(text); n++) {

        for (at = 0; at < n; at++) {
            memset(text, '~', n);
            text[at] = 0x1f;
            s.data = text;
            s.len = n;
            wrong += tender_text_valid(s);
            text[at] = 0x0b;
            wrong += tender_text_valid(s);
            text[at] = '\n';
            wrong += !tender_text_valid(s);
        }
    }

    is_int(wrong, 0, "a control character at each place");
}


static void
test_hex(void)
{
    u_char        buf[64];
    tender_str_t  text;

    text.data = buf;

    text.len = (size_t) (tender_hex_write(buf, (u_char *) "", 0) - buf);
    is_str(text, "", "no bytes");

    text.len = (size_t) (tender_hex_write(buf, (u_char *)
                             "\x00\x01\x09\x0a\x0f\x10\x7f\x80\xab\xff", 10)
                         - buf);
    is_str(text, "0001090a0f107f80abff", "ten bytes");

    ok(tender_hex_valid(text), "are hexadecimal digits");
    ok(tender_hex_valid(tap_str("0123456789abcdef")), "all digits");
    ok(tender_hex_valid(tap_str("")), "none, too");
    ok(!tender_hex_valid(tap_str("0123456789ABCDEF")), "no capitals");
    ok(!tender_hex_valid(tap_str("0/")), "no slash");
    ok(!tender_hex_valid(tap_str(":0")), "no colon");
    ok(!tender_hex_valid(tap_str("g")), "no g");
    ok(!tender_hex_valid(tap_str("`")), "no backquote");
    ok(!tender_hex_valid(tap_str("a\0")), "no zero byte");
}


static int
base32_read(const char *text, size_t len, u_char *p)
{
    tender_str_t  s;

    s.data = (u_char *) text;
    s.len = len;

    return tender_base32_read(p, s);
}


static void
test_base32(void)
{
    u_char        buf[64], back[64], data[32];
    size_t        i, n;
    unsigned      wrong;
    tender_str_t  text;

    /* RFC 4648, section 10, in lower case, without padding */

    static const char *const  cases[][2] = {
        { "", "" },
        { "f", "co" },
        { "fo", "cpng" },
        { "foo", "cpnmu" },
        { "foob", "cpnmuog" },
        { "fooba", "cpnmuoj1" },
        { "foobar", "cpnmuoj1e8" },
        { "\xff\xff\xff\xff\xff", "vvvvvvvv" },
        { "\xff", "vs" }
    };

    text.data = buf;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = strlen(cases[i][0]);
        text.len = (size_t) (tender_base32_write(buf,
                                 (const u_char *) cases[i][0], n) - buf);

        is_str(text, cases[i][1], "base32 of %zu bytes", n);
        is_int(tender_base32_read(back, text), (int64_t) n, "and back");
        ok(memcmp(back, cases[i][0], n) == 0, "to the same bytes");
    }

    wrong = 0;

    for (n = 0; n <= sizeof(data); n++) {

        for (i = 0; i < n; i++) {
            data[i] = (u_char) (i * 167 + n * 31);
        }

        text.len = (size_t) (tender_base32_write(buf, data, n) - buf);

        wrong += text.len != (n * 8 + 4) / 5
                 || tender_base32_read(back, text) != (int) n
                 || memcmp(back, data, n) != 0;
    }

    is_int(wrong, 0, "0 to 32 bytes there and back");
}


static void
test_base32_bad(void)
{
    char      text[16];
    u_char    buf[16];
    size_t    len;
    unsigned  c, good;

    static const int  bytes[] = {
        0, -5, 1, -5, 2, 3, -5, 4, 5, -5, 6, -5, 7, 8, -5, 9
    };

    memset(text, '0', sizeof(text));

    for (len = 0; len < 16; len++) {
        is_int(base32_read(text, len, buf), bytes[len], "%zu characters",
               len);
    }

    good = 0;

    for (c = 0; c < 256; c++) {
        text[3] = (char) c;
        good += base32_read(text, 8, buf) == 5;
    }

    is_int(good, 32, "32 characters, no other");

    is_int(base32_read("co", 2, buf), 1, "no bit left over");
    is_int(base32_read("cp", 2, buf), TENDER_DECLINED, "the lowest left over");
    is_int(base32_read("cq", 2, buf), TENDER_DECLINED, "the second");
    is_int(base32_read("c0", 2, buf), 1, "two bits, both used");
    is_int(base32_read("cpnh", 4, buf), TENDER_DECLINED,
           "one left over of four");
    is_int(base32_read("cpnmv", 5, buf), TENDER_DECLINED,
           "one left over of five");
    is_int(base32_read("cpnmuoh", 7, buf), TENDER_DECLINED,
           "one left over of seven");
    is_int(base32_read("CO", 2, buf), TENDER_DECLINED, "capitals");
    is_int(base32_read("co======", 8, buf), TENDER_DECLINED, "padding");
}


static void
test_uint_read(void)
{
    size_t    i;
    uint64_t  n;

    static const struct {
        tender_str_t  text;
        uint64_t      max;
        int           rc;
        uint64_t      n;
    } cases[] = {
        { tender_string("0"), 0, TENDER_OK, 0 },
        { tender_string("0"), 10, TENDER_OK, 0 },
        { tender_string("7"), 10, TENDER_OK, 7 },
        { tender_string("10"), 10, TENDER_OK, 10 },
        { tender_string("11"), 10, TENDER_DECLINED, 0 },
        { tender_string("1"), 0, TENDER_DECLINED, 0 },
        { tender_string("9"), 8, TENDER_DECLINED, 0 },
        { tender_string("100"), 10, TENDER_DECLINED, 0 },
        { tender_string("1000"), 1000, TENDER_OK, 1000 },
        { tender_string("18446744073709551615"), UINT64_MAX, TENDER_OK,
          UINT64_MAX },
        { tender_string("18446744073709551616"), UINT64_MAX,
          TENDER_DECLINED, 0 },
        { tender_string("18446744073709551620"), UINT64_MAX,
          TENDER_DECLINED, 0 },
        { tender_string("99999999999999999999"), UINT64_MAX,
          TENDER_DECLINED, 0 },
        { tender_string("184467440737095516150"), UINT64_MAX,
          TENDER_DECLINED, 0 },
        { tender_string(""), 10, TENDER_DECLINED, 0 },
        { tender_string("00"), 10, TENDER_DECLINED, 0 },
        { tender_string("01"), 10, TENDER_DECLINED, 0 },
        { tender_string("-1"), 10, TENDER_DECLINED, 0 },
        { tender_string("+1"), 10, TENDER_DECLINED, 0 },
        { tender_string(" 1"), 10, TENDER_DECLINED, 0 },
        { tender_string("1 "), 10, TENDER_DECLINED, 0 },
        { tender_string("1\0"), 10, TENDER_DECLINED, 0 },
        { tender_string("1.0"), 10, TENDER_DECLINED, 0 },
        { tender_string("1e1"), 10, TENDER_DECLINED, 0 },
        { tender_string("0x1"), 10, TENDER_DECLINED, 0 },
        { tender_string("/"), 10, TENDER_DECLINED, 0 },
        { tender_string(":"), 10, TENDER_DECLINED, 0 },
        { tender_string("\xef\xbc\x91"), 10, TENDER_DECLINED, 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = 12345;

        is_int(tender_uint_read(cases[i].text, cases[i].max, &n),
               cases[i].rc, "\"%s\", at most %" PRIu64, cases[i].text.data,
               cases[i].max);

        ok(n == (cases[i].rc == TENDER_OK ? cases[i].n : 12345),
           "its value, or untouched");
    }
}


static void
test_uint_write(void)
{
    u_char        buf[21];
    uint64_t      n, back;
    unsigned      i, wrong;
    tender_str_t  text;

    text.data = buf;

    text.len = (size_t) (tender_uint_write(buf, 0) - buf);
    is_str(text, "0", "0");

    memset(buf, '#', sizeof(buf));
    text.len = (size_t) (tender_uint_write(buf, UINT64_MAX) - buf);
    is_str(text, "18446744073709551615", "the largest");
    ok(buf[20] == '#', "takes 20 characters");

    wrong = 0;

    for (i = 0, n = 1; i < 20; i++, n *= 10) {
        text.len = (size_t) (tender_uint_write(buf, n) - buf);
        wrong += text.len != i + 1
                 || tender_uint_read(text, UINT64_MAX, &back) != TENDER_OK
                 || back != n;

        text.len = (size_t) (tender_uint_write(buf, n - 1) - buf);
        wrong += text.len != (i ? i : 1)
                 || tender_uint_read(text, UINT64_MAX, &back) != TENDER_OK
                 || back != n - 1;
    }

    is_int(wrong, 0, "powers of ten and their neighbours");
}
