
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "t/unit/tap.h"

#include "format/tender_file.h"
#include "t/unit/multipart_feed.h"


#define FD      "Content-Disposition: form-data; "
#define START   "--b\r\n" FD "name=\"file\"; filename=\"a.txt\"\r\n"
#define END     "\r\n--b--\r\n"
#define WITH(header)  START header "\r\n\r\nx" END
#define ONE(header)   "--b\r\n" header "\r\n\r\nx" END

#define LINE    "A line of the multipart body does not end in CR LF"
#define INSIDE  "The boundary stands in front of other text in the "          \
                "multipart body"
#define OPEN    "The multipart body has no closing boundary"
#define NONE    "The multipart body does not hold its boundary"
#define FAR     "There is too much text around the parts of the multipart "   \
                "body"
#define HEADER  "A part has a malformed header"
#define CONTROL "A part has a control character in its headers"
#define UTF8    "A part has a header that is not UTF-8"
#define TWICE   "A part has a header twice"
#define DISPO   "A part has a malformed Content-Disposition"
#define PARAM   "The Content-Disposition of a part has a parameter twice"
#define MEDIA   "A part has a malformed Content-Type"
#define CODING  "The Content-Transfer-Encoding of a part is not binary, 8bit "\
                "or 7bit"


typedef struct {
    tender_str_t   body;
    const char    *events;
} body_t;


static void test_body(const body_t *c);
static void test_boundary(void);
static void test_skip(void);
static void test_head(void);
static void test_counts(void);
static void test_flood(void);
static void test_borders(void);
static void test_memory(void);
static void is_events(tender_str_t boundary, tender_str_t body,
    const char *events, const char *what);
static tender_str_t filled(const char *start, u_char c, size_t n,
    const char *end);
static tender_str_t repeated(const char *start, const char *text, size_t n,
    const char *end);
static void *some_alloc(void *data, size_t size);


static const body_t  bodies[] = {
    /* what is well */

    { tender_string(START "\r\nHello" END), "<file;a.txt;>Hello</>." },
    { tender_string(START "\r\nHello\r\n--b--"), "<file;a.txt;>Hello</>." },
    { tender_string("\r\n" START "\r\nHello" END), "<file;a.txt;>Hello</>." },
    { tender_string("before\r\n\r\n" START "\r\nx" END "behind\r\n--b\r\n"),
      "<file;a.txt;>x</>." },
    { tender_string("--b--\r\n"), "." },
    { tender_string("--b--"), "." },
    { tender_string(START "\r\n" END), "<file;a.txt;></>." },
    { tender_string(START "\r\n--b--\r\n"), "<file;a.txt;></>." },
    { tender_string(START "\r\n\r\n" END), "<file;a.txt;>\r\n</>." },
    { tender_string(WITH("Content-Type: Text/Plain; charset=utf-8")),
      "<file;a.txt;text/plain>x</>." },
    { tender_string("--b\r\n" FD "name=title\r\n\r\nOne\r\n"
                    START "content-type:application/pdf\r\n\r\nTwo" END),
      "<title;-;>One</><file;a.txt;application/pdf>Two</>." },
    { tender_string(WITH("X-Other: anything: \"(;\t")),
      "<file;a.txt;>x</>." },
    { tender_string(WITH("Content-Transfer-Encoding: 8BIT")),
      "<file;a.txt;>x</>." },
    { tender_string(WITH("Content-Transfer-Encoding: binary")),
      "<file;a.txt;>x</>." },
    { tender_string(WITH("Content-Transfer-Encoding:7bit ")),
      "<file;a.txt;>x</>." },
    { tender_string("--b \t \r\n" FD "name=a\r\n\r\nx\r\n--b-- \t\r\n"),
      "<a;-;>x</>." },
    { tender_string("--b\r\n" FD "name=a\r\n\r\nx\r\n--b\t\r\n"
                    FD "name=c\r\n\r\ny\r\n--b--  "),
      "<a;-;>x</><c;-;>y</>." },
    { tender_string(START "\r\n-\r\n-\r\n--\r\n--a\r\n\r\n--\r\r\n--c"
                    "\n--b\n --b\r--b\r\n -b" END),
      "<file;a.txt;>-\r\n-\r\n--\r\n--a\r\n\r\n--\r\r\n--c"
      "\n--b\n --b\r--b\r\n -b</>." },
    { tender_string(START "\r\n-b" END), "<file;a.txt;>-b</>." },
    { tender_string(START "\r\n--" END), "<file;a.txt;>--</>." },
    { tender_string(START "\r\nx\r\r\n--b--"), "<file;a.txt;>x\r</>." },
    { tender_string(START "\r\nx\r\n\r\n--b--"), "<file;a.txt;>x\r\n</>." },

    /* names */

    { tender_string(ONE(FD "name=\"a b\"; filename=\"\"")), "<a b;;>x</>." },
    { tender_string(ONE(FD "NAME=a; FileName=b")), "<a;b;>x</>." },
    { tender_string(ONE("CONTENT-DISPOSITION: FORM-DATA;name=a ; ")),
      "<a;-;>x</>." },
    { tender_string(ONE(FD "filename=\"\xd0\xb4.doc\"; name=\"file\"")),
      "<file;\xd0\xb4.doc;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"say \\\"hi\\\".doc\"")),
      "<a;say \"hi\".doc;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"say %22hi%22.doc\"")),
      "<a;say \"hi\".doc;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"100%.doc %2 %23 %0D\"")),
      "<a;100%.doc %2 %23 %0D;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"C:\\dir\\a.doc\"")),
      "<a;C:\\dir\\a.doc;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"\\\\host\\a.doc\"")),
      "<a;\\host\\a.doc;>x</>." },
    { tender_string(ONE(FD "name=a; filename=\"a;b=c\"; x=\"\"")),
      "<a;a;b=c;>x</>." },
    { tender_string(ONE(FD "name=a; filename=b; filename*=UTF-8''c")),
      "<a;b;>x</>." },
    { tender_string(ONE(FD "name=a; filename*=UTF-8''c")), "<a;-;>x</>." },

    /* delimiters */

    { tender_string(""), "!" NONE },
    { tender_string("-"), "!" NONE },
    { tender_string("--b"), "!" OPEN },
    { tender_string("--b-"), "!" OPEN },
    { tender_string("--b--\r"), ".!" OPEN },
    { tender_string("--b--\n"), ".!" LINE },
    { tender_string("--b--\r "), ".!" LINE },
    { tender_string("--b--c\r\n"), ".!" INSIDE },
    { tender_string("--b---\r\n"), ".!" INSIDE },
    { tender_string("--b-\r\n"), "!" INSIDE },
    { tender_string("--b --\r\n"), "!" INSIDE },
    { tender_string("--b\n" FD "name=a\n\nx\n--b--\n"), "!" LINE },
    { tender_string("--b \n"), "!" LINE },
    { tender_string("--b\r\r\n"), "!" LINE },
    { tender_string("\n--b\r\n" FD "name=a\r\n\r\nx\n--b--\r\n"), "!" NONE },
    { tender_string("x--b\r\n" FD "name=a\r\n\r\nx\n--b--\r\n"), "!" NONE },
    { tender_string(START "\r\nx\r\n--bc\r\n"), "<file;a.txt;>x</>!" INSIDE },
    { tender_string(START "\r\nx\r\n--b c"), "<file;a.txt;>x</>!" INSIDE },
    { tender_string(START "\r\nx\n--b--\n"), "<file;a.txt;>x\n--b--\n!" OPEN },
    { tender_string(START "\r\nx\r--b--\r"), "<file;a.txt;>x\r--b--!" OPEN },
    { tender_string(START "\r\nx\r\n--b"), "<file;a.txt;>x</>!" OPEN },
    { tender_string(START "\r\nx\r\n--b\r\n"), "<file;a.txt;>x</>!" OPEN },
    { tender_string(START "\r\nx\r\n--"), "<file;a.txt;>x!" OPEN },
    { tender_string(START "\r\nx"), "<file;a.txt;>x!" OPEN },
    { tender_string(START "\r\n"), "<file;a.txt;>!" OPEN },
    { tender_string(START), "!" OPEN },
    { tender_string("--B\r\n" FD "name=a\r\n\r\nx\r\n--B--"), "!" NONE },

    /* headers */

    { tender_string("--b\r\n\r\nx" END), "!A part has no "
      "Content-Disposition" },
    { tender_string(ONE("Content-Type: text/plain")), "!A part has no "
      "Content-Disposition" },
    { tender_string(START "\nx" END), "!" LINE },
    { tender_string(WITH("X: y\rz")), "!" LINE },
    { tender_string(WITH("X: y\n")), "!" LINE },
    { tender_string(WITH("X")), "!" HEADER },
    { tender_string(WITH(":")), "!" HEADER },
    { tender_string(WITH("X : y")), "!" HEADER },
    { tender_string(WITH("X\"Y: y")), "!" HEADER },
    { tender_string(WITH("\xd1\x85: y")), "!" HEADER },
    { tender_string(START "--b--\r\n"), "!" HEADER },
    { tender_string(WITH("X: y\r\n z")), "!A part has a header of several "
      "lines" },
    { tender_string(ONE("\tX: y")), "!A part has a header of several lines" },
    { tender_string(WITH("X: \0")), "!" CONTROL },
    { tender_string(WITH("X: \x7f")), "!" CONTROL },
    { tender_string(WITH("X: \x1b[2J")), "!" CONTROL },
    { tender_string(ONE(FD "name=\"a\0b\"")), "!" CONTROL },
    { tender_string(WITH("X: \xff")), "!" UTF8 },
    { tender_string(ONE(FD "name=a; filename=\"\xe4.doc\"")), "!" UTF8 },
    { tender_string(ONE(FD "name=a; filename=\"\xc0\xaf\"")), "!" UTF8 },
    { tender_string(ONE(FD "name=a; filename=\"\xed\xa0\x80\"")), "!" UTF8 },
    { tender_string(WITH(FD "name=a")), "!" TWICE },
    { tender_string(WITH("content-disposition: form-data; name=a")),
      "!" TWICE },
    { tender_string(WITH("Content-Type: a/b\r\nContent-type: a/b")),
      "!" TWICE },
    { tender_string(WITH("Content-Transfer-Encoding: 8bit\r\n"
                         "Content-Transfer-Encoding: 8bit")), "!" TWICE },
    { tender_string(WITH("Content-Transfer-Encoding: base64")), "!" CODING },
    { tender_string(WITH("Content-Transfer-Encoding: quoted-printable")),
      "!" CODING },
    { tender_string(WITH("Content-Transfer-Encoding:")), "!" CODING },
    { tender_string(WITH("Content-Type: multipart/mixed; boundary=c")),
      "!A part is itself multipart" },
    { tender_string(WITH("Content-Type: MultiPart/Form-Data")),
      "!A part is itself multipart" },
    { tender_string(WITH("Content-Type: text")), "!" MEDIA },
    { tender_string(WITH("Content-Type:")), "!" MEDIA },
    { tender_string(WITH("Content-Type: a/b; c=d; C=e")), "!" MEDIA },

    /* Content-Disposition */

    { tender_string(ONE("Content-Disposition:")), "!" DISPO },
    { tender_string(ONE("Content-Disposition: attachment; name=a")),
      "!The Content-Disposition of a part is not form-data" },
    { tender_string(ONE("Content-Disposition: form-data")),
      "!A part has no name" },
    { tender_string(ONE(FD "filename=a")), "!A part has no name" },
    { tender_string(ONE(FD "name=\"\"")), "!A part has no name" },
    { tender_string(ONE(FD "name*=UTF-8''a")), "!A part has no name" },
    { tender_string(ONE(FD "name=a; name=a")), "!" PARAM },
    { tender_string(ONE(FD "name=a; NAME=b")), "!" PARAM },
    { tender_string(ONE(FD "name=a; filename=b; filename=\"b\"")),
      "!" PARAM },
    { tender_string(ONE(FD "name=a; filename*=b; FILENAME*=c")), "!" PARAM },
    { tender_string(ONE(FD "name")), "!" DISPO },
    { tender_string(ONE(FD "name=")), "!" DISPO },
    { tender_string(ONE(FD "name =a")), "!" DISPO },
    { tender_string(ONE(FD "name= a")), "!" DISPO },
    { tender_string(ONE(FD "name=a b")), "!" DISPO },
    { tender_string(ONE(FD "name=\"a\" b")), "!" DISPO },
    { tender_string(ONE(FD "name=\"a\"b")), "!" DISPO },
    { tender_string(ONE(FD "name=\"a")), "!" DISPO },
    { tender_string(ONE(FD "name=\"a\\\"")), "!" DISPO },
    { tender_string(ONE(FD "name=\"")), "!" DISPO },
    { tender_string(ONE(FD "=a")), "!" DISPO },
    { tender_string(ONE(FD "name=a; filename=\xd0\xb4.doc")), "!" DISPO },
    { tender_string(ONE(FD "name=a; filename=a(1).doc")), "!" DISPO },
    { tender_string(ONE(FD "name=p; a=1; b=1; c=1; d=1; e=1; f=1; g=1; h=1;"
                        "i=1; j=1; k=1; l=1; m=1; n=1; o=1")),
      "<p;-;>x</>." },
    { tender_string(ONE(FD "name=p; a=1; b=1; c=1; d=1; e=1; f=1; g=1; h=1;"
                        "i=1; j=1; k=1; l=1; m=1; n=1; o=1; q=1")),
      "!" DISPO }
};


int
main(void)
{
    size_t  i;

    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        test_body(&bodies[i]);
    }

    test_boundary();
    test_skip();
    test_head();
    test_counts();
    test_flood();
    test_borders();
    test_memory();

    return done_testing();
}


static void
test_body(const body_t *c)
{
    char    what[80];
    size_t  i;

    /* the last lines of a body tell most about it */

    for (i = 0; i < sizeof(what) - 1 && i < c->body.len; i++) {
        what[i] = (char) c->body.data[i + (c->body.len > sizeof(what) - 1
                                   ? c->body.len - sizeof(what) + 1 : 0)];
        if (what[i] < 0x20 || what[i] > 0x7e || what[i] == '#') {
            what[i] = '.';
        }
    }

    what[i] = '\0';

    is_events(tap_str("b"), c->body, c->events, what);
}


/* whole, in single bytes, and in pieces that fixed seeds cut */

static void
is_events(tender_str_t boundary, tender_str_t body, const char *events,
    const char *what)
{
    feed_t           feed, cut;
    uint64_t         seed;
    unsigned         same;
    tender_mem_t     mem;
    tender_arena_t  *arena;

    memset(&feed, 0, sizeof(feed));
    memset(&cut, 0, sizeof(cut));

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    feed_body(&feed, &mem, boundary, body, 0, 0);

    is_str((tender_str_t) { feed.len, feed.data }, events, "%s", what);

    is_int(feed.rc, strchr(events, '!') ? TENDER_DECLINED : TENDER_OK,
           "what is said at the end");

    same = 0;

    for (seed = 0; seed < 24; seed++) {
        feed_body(&cut, &mem, boundary, body, 1 + seed, seed);

        same += cut.len == feed.len && cut.rc == feed.rc
                && cut.bytes == feed.bytes
                && memcmp(cut.data, feed.data, feed.len) == 0;
    }

    is_int(same, 24, "the same in pieces");

    free(feed.data);
    free(cut.data);
    tender_arena_free(arena);
}


static void
test_boundary(void)
{
    u_char              text[71];
    tender_mem_t        mem;
    tender_arena_t     *arena;
    tender_multipart_t  mp;

    is_events(tap_str("----=_Part 1'()+,-./:=?"),
              tap_str("------=_Part 1'()+,-./:=?\r\n" FD "name=a\r\n\r\n"
                      "------=_Part 1'()+,-./:=\r\n"
                      "------=_Part 1'()+,-./:=?--\r\n"),
              "<a;-;>------=_Part 1'()+,-./:=</>.", "a boundary with signs");

    is_events(tap_str("--"), tap_str("----\r\n" FD "name=a\r\n\r\n---\r\n---x"
                                     "\r\n------\r\n"),
              "<a;-;>---\r\n---x</>.", "a boundary of dashes");

    is_events(tap_str("0123456789012345678901234567890123456789"
                      "012345678901234567890123456789"),
              tap_str("--0123456789012345678901234567890123456789"
                      "012345678901234567890123456789\r\n" FD "name=a\r\n\r\n"
                      "--012345678901234567890123456789012345678\r\n"
                      "--0123456789012345678901234567890123456789"
                      "012345678901234567890123456789--"),
              "<a;-;>--012345678901234567890123456789012345678</>.",
              "a boundary of 70");

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);
    memset(text, 'b', sizeof(text));

    is_int(tender_multipart_init(&mp, &mem, (tender_str_t) { 71, text }),
           TENDER_DECLINED, "a boundary of 71");
    is_int(tender_multipart_init(&mp, &mem, (tender_str_t) { 0, NULL }),
           TENDER_DECLINED, "no boundary");

    tender_arena_free(arena);
}


static void
test_skip(void)
{
    tender_str_t  body;

    body = filled("", '-', 65536, "\r\n--b--\r\n");
    is_events(tap_str("b"), body, ".", "64 KiB in front");
    free(body.data);

    body = filled("", '-', 65537, "\r\n--b--\r\n");
    is_events(tap_str("b"), body, "!" FAR, "one more in front");
    free(body.data);

    body = filled("--b--\r\n", '\n', 65536, "");
    is_events(tap_str("b"), body, ".", "64 KiB behind");
    free(body.data);

    body = filled("--b--\r\n", '\n', 65537, "");
    is_events(tap_str("b"), body, ".!" FAR, "one more behind");
    free(body.data);

    body = filled("ten bytes.\r\n--b--\r\n", '\r', 65526, "");
    is_events(tap_str("b"), body, ".", "64 KiB on both sides");
    free(body.data);

    body = filled("ten bytes.\r\n--b--\r\n", '\r', 65527, "");
    is_events(tap_str("b"), body, ".!" FAR, "one more on both sides");
    free(body.data);

    body = filled("--b", ' ', 65537, "\r\n");
    is_events(tap_str("b"), body, "!" FAR, "padding without an end");
    free(body.data);

    body = filled("--b--", '\t', 65537, "\r\n");
    is_events(tap_str("b"), body, ".!" FAR, "padding behind the end");
    free(body.data);
}


static void
test_head(void)
{
    size_t        rest;
    tender_str_t  body;

    static const char  start[] = "--b\r\n" FD "name=a\r\nX: ";

    /* less the delimiter, with the empty line */

    rest = TENDER_MULTIPART_HEAD_MAX - (sizeof(start) - 1 - 5) - 4;

    body = filled(start, 'y', rest, "\r\n\r\nx" END);
    is_events(tap_str("b"), body, "<a;-;>x</>.", "headers of 8 KiB");
    free(body.data);

    body = filled(start, 'y', rest + 1, "\r\n\r\nx" END);
    is_events(tap_str("b"), body, "!The headers of a part are too long",
              "one byte more");
    free(body.data);

    body = repeated("--b\r\n" FD "name=a\r\n", "X: y\r\n", 15,
                    "\r\nx" END);
    is_events(tap_str("b"), body, "<a;-;>x</>.", "16 headers");
    free(body.data);

    body = repeated("--b\r\n" FD "name=a\r\n", "X: y\r\n", 16,
                    "\r\nx" END);
    is_events(tap_str("b"), body, "!A part has too many headers",
              "17 headers");
    free(body.data);
}


static void
test_counts(void)
{
    tender_str_t  body;

    static const char  part[] = "--b\r\n" FD "name=a\r\n\r\nx\r\n";

#define PARTS4   "<a;-;>x</><a;-;>x</><a;-;>x</><a;-;>x</>"
#define PARTS16  PARTS4 PARTS4 PARTS4 PARTS4

    body = repeated("", part, 16, "--b--\r\n");
    is_events(tap_str("b"), body, PARTS16 ".", "16 parts");
    free(body.data);

    body = repeated("", part, 17, "--b--\r\n");
    is_events(tap_str("b"), body,
              PARTS16 "!The multipart body has too many parts", "17 parts");
    free(body.data);
}


/* quadratic work on 4 MB would take hours */

static void
test_flood(void)
{
    size_t           i;
    feed_t           feed;
    tender_mem_t     mem;
    tender_str_t     body, boundary;
    tender_arena_t  *arena;

    static const struct {
        const char  *text;
        size_t       len;
    } floods[] = {
        { "\r\n--", 4 },
        { "\r", 1 },
        { "\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaa", 69 }
    };

    static const char  start[] = "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                 "aaaaaaaaaaaaaaaaaaaaaaab\r\n"
                                 FD "name=a\r\n\r\n";
    static const char  end[] = "\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                               "aaaaaaaaaaaaaaaaaaaaaaaaab--";

    memset(&feed, 0, sizeof(feed));

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    boundary.data = (u_char *) end + 4;
    boundary.len = sizeof(end) - 1 - 6;

    for (i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
        body = repeated(start, floods[i].text, 4000000 / floods[i].len, end);

        feed_body(&feed, &mem, boundary, body, 0, 0);
        is_int(feed.rc, TENDER_OK, "a flood of delimiters");
        is_int((int64_t) feed.bytes,
               (int64_t) (4000000 / floods[i].len * floods[i].len),
               "all of it is data");

        feed_body(&feed, &mem, boundary, body, 1000, 1);
        is_int(feed.rc, TENDER_OK, "in pieces");
        is_int((int64_t) feed.bytes,
               (int64_t) (4000000 / floods[i].len * floods[i].len),
               "all of it is data");

        free(body.data);
    }

    free(feed.data);
    tender_arena_free(arena);
}


/* two pieces, with each border there is */

static void
test_borders(void)
{
    size_t               i;
    feed_t               feed;
    unsigned             same;
    tender_mem_t         mem;
    tender_arena_t      *arena;
    tender_multipart_t   mp;

    static const tender_str_t  body = tender_string(
        "before\r\n--b\r\r\n--b \r\n"
        "Content-Disposition: form-data; name=a\r\n\r\n"
        "\r\n--\r\n-\r\n\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"c\"; filename=\"%22\"\r\n"
        "\r\n--b\t\r\nContent-Disposition: form-data; name=d\r\n\r\n"
        "--a\r\n--b--\t\r\nbehind");
    static const tender_str_t  good = tender_string(
        "before\r\n--b \r\n"
        "Content-Disposition: form-data; name=a\r\n\r\n"
        "\r\n--\r\n-\r\n\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"c\"; filename=\"%22\"\r\n"
        "\r\n--b\t\r\nContent-Disposition: form-data; name=d\r\n\r\n"
        "--a\r\n--b--\t\r\nbehind");
    static const char  events[] =
        "<a;-;>\r\n--\r\n-\r\n</><c;\";></><d;-;>--a</>.";

    is_events(tap_str("b"), body, "!" LINE, "a CR in front of a line end");
    is_events(tap_str("b"), good, events, "empty and odd parts");

    memset(&feed, 0, sizeof(feed));
    same = 0;

    for (i = 1; i < good.len; i++) {
        arena = tender_arena_create();
        tender_mem_init(&mem, tender_arena_alloc, arena);

        feed.len = 0;
        feed.rc = tender_multipart_init(&mp, &mem, tap_str("b"));

        feed_piece(&feed, &mp, good.data, i);
        feed_piece(&feed, &mp, good.data + i, good.len - i);

        same += tender_multipart_finish(&mp) == TENDER_OK
                && feed.len == sizeof(events) - 1
                && memcmp(feed.data, events, feed.len) == 0;

        tender_arena_free(arena);
    }

    is_int(same, (int64_t) good.len - 1, "the same for each border");

    free(feed.data);
}


static void
test_memory(void)
{
    feed_t            feed;
    unsigned          n, left;
    tender_mem_t      mem;
    tender_str_t      body;
    tender_arena_t   *arena;
    void             *data[2];

    memset(&feed, 0, sizeof(feed));

    /* each of these needs some: the headers, a quote, a type */

    body = tap_str("--b\r\n" FD "name=\"a\\\"\"; filename=\"%22\"\r\n"
                   "Content-Type: Text/Plain\r\n\r\nx" END);

    for (n = 0; n < 10; n++) {
        arena = tender_arena_create();

        left = n;
        data[0] = arena;
        data[1] = &left;

        tender_mem_init(&mem, some_alloc, data);

        feed_body(&feed, &mem, tap_str("b"), body, 0, 0);
        tender_arena_free(arena);

        if (feed.rc == TENDER_OK) {
            break;
        }

        is_int(feed.rc, TENDER_ERROR, "no memory for more than %u", n);

        if (n == 0) {
            is_int((int64_t) feed.len, 0, "nothing is said");

        } else {
            is_str((tender_str_t) { feed.len, feed.data }, "?",
                   "no memory is said");
        }
    }

    ok(n > 1 && n < 10, "enough in the end");
    is_str((tender_str_t) { feed.len, feed.data },
           "<a\";\";text/plain>x</>.", "the part");

    free(feed.data);
}


static tender_str_t
filled(const char *start, u_char c, size_t n, const char *end)
{
    tender_str_t  text;

    text.len = strlen(start) + n + strlen(end);
    text.data = malloc(text.len);

    memcpy(text.data, start, strlen(start));
    memset(text.data + strlen(start), c, n);
    memcpy(text.data + strlen(start) + n, end, strlen(end));

    return text;
}


static tender_str_t
repeated(const char *start, const char *text, size_t n, const char *end)
{
    size_t        i, len, pos;
    tender_str_t  all;

    len = strlen(text);
    all = filled(start, 0, len * n, end);
    pos = strlen(start);

    for (i = 0; i < n; i++) {
        memcpy(all.data + pos + i * len, text, len);
    }

    return all;
}


/* as many pieces as are left; each piece is a block, or they share one */

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
