
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


/* types and bounds that the tables do not have all of */

static void test_url(void);
static void test_email(void);
static void test_values(void);
static void test_lists(void);
static void test_presets(void);
static tender_str_t validate_text(const char *field, const char *text);
static void many(const char *field, const char *const *texts, size_t n,
    const char *fault);


#define BY  TENDER_BY_OWNER

#define COUNT(list)  (sizeof(list) / sizeof(list[0]))


static const tender_str_t  colours[] = {
    tender_string("red"), tender_null_string
};

static const tender_field_t  sub_fields[] = {
    { .name = tender_string("n"), .type = TENDER_FIELD_INT, .set_by = BY,
      .flags = TENDER_FIELD_REQUIRED, .about = "" },
    { .name = tender_string("secret"), .type = TENDER_FIELD_TEXT,
      .about = "" }
};

static const tender_model_t  sub_model = {
    .name = "Sub", .about = "", .fields = sub_fields, .nfields = 2
};

static const tender_field_t  fields[] = {
    { .name = tender_string("url"), .type = TENDER_FIELD_URL, .set_by = BY,
      .about = "" },
    { .name = tender_string("email"), .type = TENDER_FIELD_EMAIL,
      .set_by = BY, .about = "" },
    { .name = tender_string("text"), .type = TENDER_FIELD_TEXT,
      .set_by = BY, .min = 2, .max = 4, .about = "" },
    { .name = tender_string("int"), .type = TENDER_FIELD_INT, .set_by = BY,
      .min = -5, .max = 5, .about = "" },
    { .name = tender_string("money"), .type = TENDER_FIELD_MONEY,
      .set_by = BY, .max = 1, .about = "" },
    { .name = tender_string("id"), .type = TENDER_FIELD_ID, .set_by = BY,
      .about = "" },
    { .name = tender_string("texts"), .type = TENDER_FIELD_TEXT,
      .flags = TENDER_FIELD_LIST, .set_by = BY, .max = 2, .min_items = 1,
      .max_items = 3, .about = "" },
    { .name = tender_string("one"), .type = TENDER_FIELD_INT,
      .flags = TENDER_FIELD_LIST, .set_by = BY, .max_items = 1,
      .about = "" },
    { .name = tender_string("two"), .type = TENDER_FIELD_ENUM,
      .flags = TENDER_FIELD_LIST, .set_by = BY, .choices = colours,
      .min_items = 2, .about = "" },
    { .name = tender_string("subs"), .type = TENDER_FIELD_OBJECT,
      .flags = TENDER_FIELD_LIST, .set_by = BY, .model = &sub_model,
      .about = "" },
};

static const tender_model_t  model = {
    .name = "Test", .about = "", .fields = fields, .nfields = COUNT(fields)
};


static const char *const  urls[] = {
    "http://a.org", "https://a.org", "HTTP://A.ORG", "http://a.org/",
    "http://a.org/t", "http://a.org?x=1", "http://a.org/?x=1#y",
    "http://a.org:80", "http://a.org:65535/x", "http://www.dus.gov.ua/",
    "http://a.b.c.d.e.org/", "http://a-b.org", "http://1a.org/",
    "http://a.org./", "http://a.travelersinsurance/", "http://localhost",
    "http://localhost:8080/api", "http://LocalHost/", "http://127.0.0.1",
    "http://255.255.255.255:1/x", "http://a.org//", "http://a.org/ї",
    "http://a.org/\xe2\x80\x8b", "http://a.org/\xe2\x80\xb0",
    "http://xn--j1amh.xn--j1amh/", "http://a.org/%20",
    "https://ns.openprocurement.org/ua/edrpou",
    "http://a.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk",
    ("http://abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
     ".org")
};

static const char *const  not_urls[] = {
    "", "a", "http", "http:", "http:/", "http://", "http:///", "https://",
    "http://a", "http://a/t", "http://a.o", "http://a.o1", "http://a.1",
    "ftp://a.org", "javascript:alert(1)", "httpx://a.org", "//a.org",
    "http//a.org", "http:a.org", "a.org", " http://a.org", "http://a.org ",
    "http://a.org/ ", "http://a.org/a b", "http://a.org/\\t",
    "http://a.org/\\n", "http://a.org/\xc2\xa0", "http://a.org/\xe2\x80\xa8",
    "http://a.org/\xe3\x80\x80", "http://a.org/\x7f",
    "http://a.org/\xe1\x9a\x80", "http://a.org/\xe2\x80\x80",
    "http://a.org/\xe2\x80\x8a", "http://a.org/\xe2\x80\xa9",
    "http://a.org/\xe2\x80\xaf", "http://a.org/\xe2\x81\x9f",
    "httpa://a.org", "http:\\\\a.org", "http://a.org/\xc2\x85",
    "http://a b.org",
    "http://a.org?", "http://a.org:", "http://a.org:/", "http://a.org:x",
    "http://a.org:65536", "http://a.org:123456", "http://a.org:80x",
    "http://a.org#x", "http://a.org\\\\", "http://.org", "http://a..org",
    "http://-a.org", "http://a-.org", "http://a_b.org", "http://a.org..",
    "http://a.-org", "http://user@a.org", "http://user:1@a.org",
    "http://[::1]/", "http://256.1.1.1", "http://1.1.1", "http://1.1.1.1.1",
    "http://1.1.1.1.", "http://1.1.1.1111", "http://1.1..1",
    "http://localhost.", "http://localhostx", "http://xlocalhost",
    "http://a.xn--", "http://укр.укр", "http://a.org\xc2\xa0",
    "http://a.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl",
    ("http://abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"
     ".org")
};

static const char *const  emails[] = {
    "a@b.org", "A.B@C.ORG", "a.b.c@d.e.org", "a+b@c.org", "o'neil@c.org",
    "!#$%&'*+-/=?^_`{|}~@a.org", "a@b-c.org", "a@b.travelersinsurance",
    "\\\"a b\\\"@c.org", "\\\"a\\\\\\\"b\\\"@c.org", "\\\"\\\"@a.org",
    "\\\"a@b\\\"@c.org", "a@b.org.",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.org"
};

static const char *const  not_emails[] = {
    "", "a", "a@", "@a.org", "a@b", "a@b.o", "a@b.1", "a@@b.org",
    ".a@b.org", "a.@b.org", "a..b@c.org", "a b@c.org", "a@b c.org",
    "a@b.org ", " a@b.org", "a@localhost", "a@127.0.0.1", "a@-b.org",
    "a@b-.org", "a@.org", "a@b..org", "a,b@c.org", "a(b)@c.org",
    "\\\"a@b.org", "\\\"a\\\"b@c.org", "\\\"a\\\\\\\"@b.org", "\\\"",
    "\\\"\\t\\\"@a.org", "\\\"\\\\\\t\\\"@a.org", "\\\"\\\\", "ї@b.org",
    "a@ї.org", "a@b.org:25", "a@b.org/x", "\\\"ї\\\"@b.org", "a@b.org..",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.org"
};


int
main(void)
{
    test_begin();

    test_url();
    test_email();
    test_values();
    test_lists();
    test_presets();

    return test_end();
}


static tender_str_t
validate_text(const char *field, const char *text)
{
    char  json[1024];

    snprintf(json, sizeof(json), "{\"%s\":\"%s\"}", field, text);

    return test_validate(&model, BY, 0, json);
}


/* with fault NULL each text is good */

static void
many(const char *field, const char *const *texts, size_t n,
    const char *fault)
{
    char    expected[256];
    size_t  i;

    for (i = 0; i < n; i++) {

        if (fault != NULL) {
            snprintf(expected, sizeof(expected), "!{\"%s\":[\"%s\"]}", field,
                     fault);

        } else {
            snprintf(expected, sizeof(expected), "={\"%s\":\"%s\"}", field,
                     texts[i]);
        }

        is_str(validate_text(field, texts[i]), expected, "%s %s: %s", field,
               fault != NULL ? "refused" : "taken", texts[i]);
    }
}


static void
test_url(void)
{
    char          host[300];
    unsigned      i;

    many("url", urls, COUNT(urls), NULL);
    many("url", not_urls, COUNT(not_urls), "Not a well formed URL.");

    /* 253 bytes of host name, then one more */

    memcpy(host, "http://", 7);

    for (i = 0; i < 250; i++) {
        host[7 + i] = (i % 2) ? '.' : 'a';
    }

    memcpy(host + 257, "org", 4);
    ok(validate_text("url", host).data[0] == '=', "a host of 253 bytes");

    memcpy(host + 257, "info", 5);
    ok(validate_text("url", host).data[0] == '!', "one of 254 is refused");

    is_str(validate_text("url", "http://a.org/\\u0001"), "!{\"url\":"
           "[\"String value holds a character that XML cannot carry.\"]}",
           "a control character is told first");
    is_str(test_validate(&model, BY, 0, "{\"url\":5}"),
           "!{\"url\":[\"Not a well formed URL.\"]}", "a number is no URL");
}


static void
test_email(void)
{
    many("email", emails, COUNT(emails), NULL);
    many("email", not_emails, COUNT(not_emails),
         "Not a well formed email address.");

    is_str(validate_text("email", "a\\u0001@b.org"), "!{\"email\":"
           "[\"String value holds a character that XML cannot carry.\"]}",
           "a control character is told first");
}


static void
test_values(void)
{
    is_str(validate_text("text", "їж"), "={\"text\":\"їж\"}",
           "two characters are enough");
    is_str(validate_text("text", "ї"),
           "!{\"text\":[\"String value is too short.\"]}", "one is not");
    is_str(validate_text("text", ""),
           "!{\"text\":[\"String value is too short.\"]}", "nor is none");
    is_str(validate_text("text", "їжак"), "={\"text\":\"їжак\"}",
           "four characters are taken");
    is_str(validate_text("text", "їжаки"),
           "!{\"text\":[\"String value is too long.\"]}", "five are not");

    is_str(test_validate(&model, BY, 0, "{\"int\":-5}"), "={\"int\":-5}",
           "the least");
    is_str(test_validate(&model, BY, 0, "{\"int\":\"-5e0\"}"),
           "={\"int\":-5}", "the least, by another name");
    is_str(test_validate(&model, BY, 0, "{\"int\":-6}"),
           "!{\"int\":[\"Int value should be greater than -5.\"]}", "less");
    is_str(test_validate(&model, BY, 0, "{\"int\":5}"), "={\"int\":5}",
           "the most");
    is_str(test_validate(&model, BY, 0, "{\"int\":6}"),
           "!{\"int\":[\"Int value should be less than 5.\"]}", "more");

    is_str(test_validate(&model, BY, 0, "{\"money\":1.50}"),
           "={\"money\":1.50}", "one decimal place");
    is_str(test_validate(&model, BY, 0, "{\"money\":1.55}"),
           "!{\"money\":[\"Amount has more than 1 decimal places.\"]}",
           "two are too many");

    is_str(validate_text("id", "0123456789abcdef0123456789abcdef"),
           "={\"id\":\"0123456789abcdef0123456789abcdef\"}", "an id");
    is_str(validate_text("id", "0123456789abcdef0123456789abcde"),
           "!{\"id\":[\"Hash value is wrong length.\"]}", "a short one");
    is_str(validate_text("id", "0123456789abcdef0123456789abcdef0"),
           "!{\"id\":[\"Hash value is wrong length.\"]}", "a long one");
    is_str(validate_text("id", "0123456789ABCDEF0123456789ABCDEF"),
           "!{\"id\":[\"Hash value is not hexadecimal.\"]}",
           "a key is in small letters");
}


static void
test_lists(void)
{
    is_str(test_validate(&model, BY, 0, "{\"texts\":[\"a\",5]}"),
           "={\"texts\":[\"a\",\"5\"]}", "a list of scalars is converted");
    is_str(test_validate(&model, BY, 0, "{\"texts\":[]}"),
           "!{\"texts\":[\"Please provide at least 1 item.\"]}",
           "an empty one");
    is_str(test_validate(&model, BY, 1, "{\"texts\":[]}"),
           "!{\"texts\":[\"Please provide at least 1 item.\"]}",
           "also in a fragment");
    is_str(test_validate(&model, BY, 0, "{\"texts\":[1,2,3,4]}"),
           "!{\"texts\":[\"Please provide no more than 3 items.\"]}",
           "a long one");
    is_str(test_validate(&model, BY, 0, "{\"one\":[1,2]}"),
           "!{\"one\":[\"Please provide no more than 1 item.\"]}",
           "a bound of one");
    is_str(test_validate(&model, BY, 0, "{\"two\":[\"red\"]}"),
           "!{\"two\":[\"Please provide at least 2 items.\"]}",
           "a bound of two");
    is_str(test_validate(&model, BY, 0, "{\"two\":[\"red\",\"x\",\"y\"]}"),
           "!{\"two\":[\"Value must be one of ['red'].\"]}",
           "phase 2 of an item");
    is_str(test_validate(&model, BY, 0, "{\"texts\":[\"a\",true,[]]}"),
           "!{\"texts\":[\"Couldn't interpret value as string.\"]}",
           "phase 1 of an item");
    is_str(test_validate(&model, BY, 0, "{\"texts\":[null]}"),
           "!{\"texts\":[\"Couldn't interpret value as string.\"]}",
           "null is no item");
    is_str(test_validate(&model, BY, 1, "{\"one\":[null]}"),
           "!{\"one\":[\"Value is not int\"]}", "not of a fragment, either");
    is_str(test_validate(&model, BY, 0, "{\"texts\":\"a\"}"), "!{\"texts\":"
           "[\"Please provide a list of values for this field.\"]}",
           "a scalar is no list");

    is_str(test_validate(&model, BY, 0,
                         "{\"subs\":[{\"n\":1,\"secret\":\"x\"}]}"),
           "={\"subs\":[{\"n\":1}]}",
           "what may not be set is dropped from items, too");
    is_str(test_validate(&model, BY, 1, "{\"subs\":[{\"secret\":[]},{}]}"),
           "={\"subs\":[{},{}]}", "and of a fragment's, whatever it is");
    is_str(test_validate(&model, BY, 0, "{\"subs\":[{\"n\":1},{}]}"),
           "!{\"subs\":{\"n\":[\"This field is required.\"]}}",
           "an item needs what is required");
}


static void
test_presets(void)
{
    tender_check_t   ck;
    tender_value_t  *v;

    static const tender_field_t  list[] = {
        { .name = tender_string("t"), .type = TENDER_FIELD_TEXT,
          .set_by = BY, .preset = tender_string("\"a\""), .about = "" },
        { .name = tender_string("n"), .type = TENDER_FIELD_INT,
          .set_by = BY, .preset = tender_string("5"), .about = "" },
        { .name = tender_string("b"), .type = TENDER_FIELD_BOOL,
          .set_by = BY, .preset = tender_string("false"), .about = "" },
        { .name = tender_string("s"), .type = TENDER_FIELD_BOOL,
          .preset = tender_string("true"), .about = "" },
        { .name = tender_string("r"), .type = TENDER_FIELD_BOOL,
          .flags = TENDER_FIELD_REQUIRED, .about = "" }
    };

    static const tender_model_t  preset = {
        .name = "Preset", .about = "", .fields = list, .nfields = COUNT(list)
    };

    is_str(test_validate(&preset, BY, 0, "{}"),
           "={\"t\":\"a\",\"n\":5,\"b\":false}",
           "defaults are set, but only of what the caller may set");
    is_str(test_validate(&preset, BY, 0, "{\"n\":6}"),
           "={\"n\":6,\"t\":\"a\",\"b\":false}", "and where nothing is given");
    is_str(test_validate(&preset, BY, 1, "{\"n\":null}"), "={\"n\":null}",
           "and not in a fragment");
    is_str(test_validate(&preset, TENDER_BY_SERVER, 0, "{}"),
           "!{\"r\":[\"This field is required.\"]}",
           "the server must give all that is required");

    /* tender_check_error() */

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = &test_mem;
    v = test_read("{}");

    is_int(tender_check_error(&ck, v, &list[0].name, "one"), TENDER_OK,
           "an error is added");
    is_int(tender_check_error(&ck, v, &list[0].name, "two"), TENDER_OK,
           "another one");
    is_int(tender_check_error(&ck, v, &list[1].name, "three"), TENDER_OK,
           "one of another field");
    is_str(test_text(v), "{\"t\":[\"one\",\"two\"],\"n\":[\"three\"]}",
           "they are lists of sentences");
}
