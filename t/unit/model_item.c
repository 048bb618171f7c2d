
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"

#include "model/tender_item.h"


static void test_fields(void);
static void test_select(void);
static void test_full(void);
static void test_bare(void);
static void test_odd(void);
static void test_dates(void);
static void test_decimal(void);
static void test_preview(void);
static void test_lists(void);
static void test_memory(void);
static void item_of(tender_item_t *item, const char *json);
static const char *shown(const tender_item_t *item, const char *fields);


#define DAY  INT64_C(86400000000)


static tender_zone_rule_t  rules[] = { { INT64_MIN, 7200 } };
static tender_zone_t       zone = { rules, 1 };


static const char  full[] =
    "{\"title\":\"Pipes\",\"description\":\"Long ones\",\"method\":\"Open\","
    "\"submissionMethod\":\"Written\",\"totalValue\":{\"amount\":485.50,"
    "\"currency\":\"UAH\"},\"notice\":{\"uri\":\"http://n/1\"},"
    "\"procuringEntity\":{\"id\":{\"name\":\"City hall\",\"uid\":\"77\"},"
    "\"address\":{\"region\":\"R\",\"locality\":\"L\"}},"
    "\"deliveryDate\":\"2014-12-31\",\"tenderPeriod\":{\"startDate\":"
    "\"2014-10-01T00:00:00+02:00\",\"endDate\":\"2014-10-31T22:30:00Z\"},"
    "\"auctionPeriod\":{\"startDate\":\"2014-11-02T10:00:00\"},"
    "\"awardPeriod\":{\"startDate\":\"2014-11-03\"},"
    "\"attachments\":[{\"description\":\"Map\",\"uri\":\"http://m/\"}],"
    "\"itemsToBeProcured\":[{\"description\":\"Pipe\",\"unitOfMeasure\":"
    "\"m\",\"quantity\":5,\"valuePerUnit\":{\"amount\":1e1},"
    "\"primaryClassification\":{\"scheme\":\"CPV\",\"id\":\"44163000-0\","
    "\"description\":\"Pipes and fittings\"},\"additionalClassification\":["
    "{\"scheme\":\"CPV\",\"id\":\"44164000-7\"},{\"scheme\":\"other\",\"id\":"
    "\"1\"},{\"id\":\"2\"}]},{\"description\":\"Tap\","
    "\"primaryClassification\":{\"id\":\"44163000-0\"}}]}";


int
main(void)
{
    test_begin();

    test_fields();
    test_select();
    test_full();
    test_bare();
    test_odd();
    test_dates();
    test_decimal();
    test_preview();
    test_lists();
    test_memory();

    return test_end();
}


static void
item_of(tender_item_t *item, const char *json)
{
    tender_value_t       *doc;
    tender_json_error_t   err;

    static const tender_str_t  id =
        tender_string("0123456789abcdef0123456789abcdef");

    memset(item, 0, sizeof(tender_item_t));

    if (tender_json_read(&test_mem, (const u_char *) json, strlen(json), &doc,
                         &err)
        != TENDER_OK)
    {
        abort();
    }

    item->number = 18446744073709551615ULL;
    item->id = id;
    item->created = 16374 * DAY + 22 * 3600 * INT64_C(1000000);
    item->modified = item->created + 1500;
    item->doc = doc;
    item->zone = &zone;

    tender_str_set(&item->tender_id, "UA-2014-CH-1");
    tender_str_set(&item->status, "active.tendering");
    tender_str_set(&item->site, "https://example.com:8443");
    tender_str_set(&item->export, "/api/export");
}


/* as JSON */

static const char *
shown(const tender_item_t *item, const char *fields)
{
    uint64_t         bits;
    tender_str_t     text, name;
    tender_value_t  *object;

    static char  buf[8192];

    text.data = (u_char *) fields;
    text.len = strlen(fields);

    if (tender_item_select(text, &bits, &name) != TENDER_OK) {
        return "no such field";
    }

    object = tender_item_object(&test_mem, item, bits);

    if (object == NULL
        || tender_json_text(&test_mem, object, 0, &text) != TENDER_OK
        || text.len >= sizeof(buf))
    {
        return "no object";
    }

    memcpy(buf, text.data, text.len);
    buf[text.len] = '\0';

    return buf;
}


/* names are those of elements in XML, and no two are the same */

static void
test_fields(void)
{
    u_char                      c;
    unsigned                    i, k, wrong, twice;
    const tender_item_field_t  *field;

    wrong = 0;
    twice = 0;

    ok(tender_item_nfields <= 64, "bits are enough");

    for (i = 0; i < tender_item_nfields; i++) {
        field = &tender_item_fields[i];

        for (k = 0; k < field->name.len; k++) {
            c = field->name.data[k];

            wrong += !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                       || c == '_');
        }

        for (k = 0; k < i; k++) {
            twice += tender_str_eq(&field->name, &tender_item_fields[k].name);
        }

        wrong += field->value == NULL || field->about == NULL;
        wrong += (field->flags & TENDER_ITEM_CARD)
                 && (field->flags & TENDER_ITEM_LIST);
    }

    is_int(wrong, 0, "each field has a name, a value, a sentence");
    is_int(twice, 0, "and no two have one name");

    is_int(tender_item_all(0) & tender_item_all(1) & 1, 1, "ID is in both");
    ok((tender_item_all(0) | tender_item_all(1))
       == UINT64_MAX >> (64 - tender_item_nfields), "each is somewhere");
    ok(tender_item_all(0) != tender_item_all(1), "a card has others");
}


static void
test_select(void)
{
    uint64_t      bits;
    tender_str_t  name;

    is_int(tender_item_select(tap_str("Date,ID"), &bits, &name), TENDER_OK,
           "two fields");
    is_int(bits, 3, "the first two");
    is_int(tender_item_select(tap_str(" ID , ,ID"), &bits, &name), TENDER_OK,
           "blanks, and one twice");
    is_int(bits, 1, "once");
    is_int(tender_item_select(tap_str(""), &bits, &name), TENDER_OK, "none");
    is_int(bits, 0, "none");
    is_int(tender_item_select((tender_str_t) tender_null_string, &bits,
                              &name),
           TENDER_OK, "no text");
    is_int(tender_item_select(tap_str("ID,id"), &bits, &name),
           TENDER_DECLINED, "another");
    is_str(name, "id", "which");
    is_int(tender_item_select(tap_str("IDx"), &bits, &name), TENDER_DECLINED,
           "a longer one");
}


static void
test_full(void)
{
    tender_item_t  item;

    item_of(&item, full);

#define SHOWN(fields, json)                                                   \
    ok(strcmp(shown(&item, fields), json) == 0, "%s", fields)                 \
        || (diag("%s", shown(&item, fields)), 0)

    SHOWN("ID", "{\"ID\":\"18446744073709551615\"}");
    SHOWN("Date,EndTime",
          "{\"Date\":\"01-11-2014\",\"EndTime\":\"01-11-2014\"}");
    SHOWN("TenderName", "{\"TenderName\":\"Pipes\"}");
    SHOWN("Category,Region",
          "{\"Category\":\"Pipes and fittings\",\"Region\":\"R\"}");
    SHOWN("Etp,Fz", "{\"Etp\":\"example.com:8443\",\"Fz\":\"Open\"}");
    SHOWN("Customer,CustomerINN",
          "{\"Customer\":\"City hall\",\"CustomerINN\":\"77\"}");
    SHOWN("Price,Currency", "{\"Price\":\"485.50\",\"Currency\":\"UAH\"}");
    SHOWN("TenderNumOuter", "{\"TenderNumOuter\":\"UA-2014-CH-1\"}");
    SHOWN("TenderLink", "{\"TenderLink\":\"https://example.com:8443/tenders/"
                        "0123456789abcdef0123456789abcdef.html\"}");
    SHOWN("ApiTenderInfo",
          "{\"ApiTenderInfo\":\"https://example.com:8443/api/export?id="
          "18446744073709551615\"}");
    SHOWN("EisLink,Status", "{\"EisLink\":\"http://n/1\","
                            "\"Status\":\"active.tendering\"}");
    SHOWN("Modified", "{\"Modified\":\"2014-10-31T22:00:00.001Z\"}");
    SHOWN("TenderType,Info,ObPrice",
          "{\"TenderType\":\"Written\",\"Info\":\"Long ones\","
          "\"ObPrice\":\"\"}");
    SHOWN("delivery_term,biddingDate",
          "{\"delivery_term\":\"31-12-2014\",\"biddingDate\":"
          "\"02-11-2014\"}");
    SHOWN("request_receiving_date,request_receiving_end_date,"
          "request_examination_date",
          "{\"request_receiving_date\":\"01-10-2014\","
          "\"request_receiving_end_date\":\"01-11-2014\","
          "\"request_examination_date\":\"03-11-2014\"}");
    SHOWN("Cpv,Lots", "{\"Cpv\":[\"44163000-0\",\"44164000-7\"],"
                      "\"Lots\":\"2\"}");
    SHOWN("docsXML", "{\"docsXML\":{\"document\":[{\"name\":\"Map\","
                     "\"link\":\"http://m/\"}]}}");
    SHOWN("productsXML",
          "{\"productsXML\":{\"product\":[{\"ProductName\":\"Pipe\","
          "\"ProductCode\":\"44163000-0\",\"Izm\":\"m\",\"Kolvo\":\"5\","
          "\"edPrice\":\"10\",\"ProductPrice\":\"\"},{\"ProductName\":"
          "\"Tap\",\"ProductCode\":\"44163000-0\",\"Izm\":\"\",\"Kolvo\":"
          "\"\",\"edPrice\":\"\",\"ProductPrice\":\"\"}]}}");
    SHOWN("searchFragmentXML", "{\"searchFragmentXML\":{\"fragment\":[]}}");
    SHOWN("Lots,ID", "{\"ID\":\"18446744073709551615\",\"Lots\":\"2\"}");

    item.number = 0;
    SHOWN("ID,ApiTenderInfo",
          "{\"ID\":\"\",\"ApiTenderInfo\":\"https://example.com:8443"
          "/api/export?id=0123456789abcdef0123456789abcdef\"}");

    tender_str_set(&item.site, "host");
    SHOWN("Etp", "{\"Etp\":\"host\"}");
}


/* an empty document has all fields, of the same form */

static void
test_bare(void)
{
    unsigned          i;
    tender_item_t     bare, item;
    tender_value_t   *a, *b, *v, *w;

    item_of(&item, full);
    item_of(&bare, "{}");

    a = tender_item_object(&test_mem, &item, UINT64_MAX);
    b = tender_item_object(&test_mem, &bare, UINT64_MAX);

    if (!ok(a != NULL && b != NULL, "two objects")) {
        return;
    }

    is_int(a->nelts, tender_item_nfields, "all fields");
    is_int(b->nelts, tender_item_nfields, "all fields of nothing");

    v = a->u.list.first;
    w = b->u.list.first;

    for (i = 0; i < tender_item_nfields; i++) {
        ok(tender_str_eq(&v->name, &tender_item_fields[i].name)
           && tender_str_eq(&v->name, &w->name) && v->type == w->type,
           "%.*s", (int) v->name.len, v->name.data);
        v = v->next;
        w = w->next;
    }

    item_of(&item, "{\"itemsToBeProcured\":[{\"description\":\"First\"},"
                   "{\"description\":\"Second\"}]}");
    SHOWN("TenderName", "{\"TenderName\":\"First\"}");

    item_of(&item, "{\"title\":\"\",\"itemsToBeProcured\":[{\"description\":"
                   "\"First\"}]}");
    SHOWN("TenderName", "{\"TenderName\":\"First\"}");

    item_of(&item, "{\"procuringEntity\":{\"address\":{\"region\":\"\","
                   "\"locality\":\"L\"}}}");
    SHOWN("Region", "{\"Region\":\"L\"}");
}


/* a document that is not as a model has checked it: nothing is read of it */

static void
test_odd(void)
{
    unsigned       i;
    tender_item_t  item;

    static const char *const  docs[] = {
        "[]", "\"text\"",
        "{\"itemsToBeProcured\":{},\"totalValue\":[],\"procuringEntity\":1,"
        "\"tenderPeriod\":\"x\",\"notice\":null,\"attachments\":{}}",
        "{\"itemsToBeProcured\":[1,null,[],\"x\"],\"totalValue\":{\"amount\":"
        "\"x\",\"currency\":1},\"procuringEntity\":{\"id\":[],\"address\":1},"
        "\"tenderPeriod\":{\"endDate\":5},\"attachments\":[1,[],null]}",
        "{\"itemsToBeProcured\":[{\"primaryClassification\":[],"
        "\"additionalClassification\":{},\"valuePerUnit\":1}],"
        "\"tenderPeriod\":{\"endDate\":\"2014-99-99\"},\"title\":5}",
        "{\"itemsToBeProcured\":[{\"additionalClassification\":[1,[],{},"
        "{\"scheme\":\"CPV\"},{\"scheme\":1,\"id\":\"1\"}]}]}"
    };

    for (i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
        item_of(&item, docs[i]);

        SHOWN("EndTime,TenderName,Price,Cpv",
              "{\"EndTime\":\"\",\"TenderName\":\"\",\"Price\":\"\","
              "\"Cpv\":[]}");
        ok(tender_item_object(&test_mem, &item, UINT64_MAX) != NULL,
           "odd document %u, all of it", i);
    }
}


static void
test_dates(void)
{
    unsigned       i;
    char           json[64];
    tender_item_t  item;

    static const struct {
        int64_t      us;
        const char  *day;
    } days[] = {
        { 0, "01-01-1970" },
        { -1, "01-01-1970" },
        { INT64_C(-7200000001), "31-12-1969" },
        { INT64_C(-7200000000), "01-01-1970" },
        { INT64_C(1414706400000000) - 1, "30-10-2014" },
        { INT64_C(1414706400000000), "31-10-2014" },
        { INT64_C(253402293599999999), "31-12-9999" }
    };

    for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
        item_of(&item, "{}");
        item.created = days[i].us;

        sprintf(json, "{\"Date\":\"%s\"}", days[i].day);
        ok(strcmp(shown(&item, "Date"), json) == 0, "day %s", days[i].day)
            || (diag("%s", shown(&item, "Date")), 0);
    }
}


static void
test_decimal(void)
{
    unsigned  i;

    static const struct {
        tender_str_t   text;
        const char    *decimal;
    } texts[] = {
        { tender_string("0"), "0" },
        { tender_string("500"), "500" },
        { tender_string("485.50"), "485.50" },
        { tender_string("5e2"), "500" },
        { tender_string("5E+2"), "500" },
        { tender_string("5.25e1"), "52.5" },
        { tender_string("5e-1"), "0.5" },
        { tender_string("123e-5"), "0.00123" },
        { tender_string("1e-15"), "0.000000000000001" },
        { tender_string("0e0"), "0" },
        { tender_string("9.99999999999999e14"), "999999999999999" },
        { tender_string("1e99"), "1e99" },
        { tender_string("-5e0"), "-5e0" }
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        is_str(tender_item_decimal(&test_mem, texts[i].text),
               texts[i].decimal, "amount %u", i);
    }
}


static void
test_preview(void)
{
    tender_item_t  item;

    item_of(&item, full);
    item.preview = 1;

    SHOWN("Etp,Customer,CustomerINN,contactName,contactPhone,contactEmail",
          "{\"Etp\":\"\",\"Customer\":\"\",\"CustomerINN\":\"\","
          "\"contactName\":\"\",\"contactPhone\":\"\","
          "\"contactEmail\":\"\"}");
    SHOWN("docsXML", "{\"docsXML\":{\"document\":[]}}");
    SHOWN("TenderName,Price", "{\"TenderName\":\"Pipes\","
                              "\"Price\":\"485.50\"}");
    ok(strstr(shown(&item, "productsXML"), "\"Pipe\"") != NULL,
       "products are shown");
}


/* many codes, and uploaded documents */

static void
test_lists(void)
{
    char                 *p, *json;
    unsigned              i;
    tender_item_t         item;
    tender_value_t       *v, *documents;
    tender_json_error_t   err;

    static const char  list[] =
        "[{\"title\":\"A\",\"url\":\"http://a\"},{\"url\":5},{}]";

    json = malloc(64 * 300);
    p = json + sprintf(json, "{\"itemsToBeProcured\":[");

    for (i = 0; i < 300; i++) {
        p += sprintf(p, "%s{\"primaryClassification\":{\"id\":\"%08u\"}}",
                     i ? "," : "", i % 250);
    }

    strcpy(p, "]}");
    item_of(&item, json);

    v = tender_item_cpv(&test_mem, &item);
    is_int(v ? (int) v->nelts : -1, 100, "so many codes, and no more");
    SHOWN("Lots", "{\"Lots\":\"300\"}");

    item_of(&item, full);

    if (tender_json_read(&test_mem, (const u_char *) list, sizeof(list) - 1,
                         &documents, &err)
        != TENDER_OK)
    {
        abort();
    }

    item.documents = documents;
    SHOWN("docsXML",
          "{\"docsXML\":{\"document\":[{\"name\":\"A\",\"link\":\"http://a\"}"
          ",{\"name\":\"\",\"link\":\"\"},{\"name\":\"\",\"link\":\"\"},"
          "{\"name\":\"Map\",\"link\":\"http://m/\"}]}}");

    free(json);
}


static void
test_memory(void)
{
    u_char         *block;
    unsigned        n, made;
    tender_mem_t    mem, rest;
    tender_item_t   item;

    item_of(&item, full);

    made = 0;
    block = malloc(32768);

    for (n = 0; n < 32768 && !made; n += 8) {
        test_limited(&mem, &rest, block, n);
        made = tender_item_object(&mem, &item, UINT64_MAX) != NULL;
    }

    ok(made && n > 2048, "out of memory at each place");
    free(block);
}
