
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "model_test.h"


typedef struct {
    const char  *json;
    const char  *expected;
} model_case_t;


static void run(const char *title, const tender_model_t *model, unsigned by,
    unsigned partial, const model_case_t *cases);


#define OWNER  TENDER_BY_OWNER

#define MAPPING(model, type)                                                  \
    "[\"Please use a mapping for this field or " model                        \
    " instance instead of " type ".\"]"


static const model_case_t  phase_one[] = {
    { "{}", "={}" },

    /* rogue fields */

    { "{\"nope\":1}", "!{\"nope\":\"Rogue field\"}" },
    { "{\"nope\":null,\"Method\":1}",
      "!{\"nope\":\"Rogue field\",\"Method\":\"Rogue field\"}" },
    { "{\"bidders\":[]}", "!{\"bidders\":\"Rogue field\"}" },
    { "{\"\":1}", "!{\"\":\"Rogue field\"}" },
    { "{\"totalValue\":{\"nope\":1}}",
      "!{\"totalValue\":{\"nope\":\"Rogue field\"}}" },
    { "{\"procuringEntity\":{\"id\":{\"name\":\"a\",\"x\":1}}}",
      "!{\"procuringEntity\":{\"id\":{\"x\":\"Rogue field\"}}}" },

    /* objects */

    { "{\"procuringEntity\":\"x\"}",
      "!{\"procuringEntity\":" MAPPING("Organization", "unicode") "}" },
    { "{\"totalValue\":5}", "!{\"totalValue\":" MAPPING("Value", "int") "}" },
    { "{\"totalValue\":5.0}",
      "!{\"totalValue\":" MAPPING("Value", "float") "}" },
    { "{\"totalValue\":5e0}",
      "!{\"totalValue\":" MAPPING("Value", "float") "}" },
    { "{\"tenderPeriod\":true}",
      "!{\"tenderPeriod\":" MAPPING("Period", "bool") "}" },
    { "{\"tenderPeriod\":[]}",
      "!{\"tenderPeriod\":" MAPPING("Period", "list") "}" },

    /* lists of objects */

    { "{\"itemsToBeProcured\":[]}", "={\"itemsToBeProcured\":[]}" },
    { "{\"itemsToBeProcured\":{}}", "!{\"itemsToBeProcured\":"
      "[\"Please provide a list of values for this field.\"]}" },
    { "{\"itemsToBeProcured\":\"x\"}", "!{\"itemsToBeProcured\":"
      "[\"Please provide a list of values for this field.\"]}" },
    { "{\"itemsToBeProcured\":[{},\"x\",5]}",
      "!{\"itemsToBeProcured\":" MAPPING("Item", "unicode") "}" },
    { "{\"itemsToBeProcured\":[null]}",
      "!{\"itemsToBeProcured\":" MAPPING("Item", "NoneType") "}" },
    { "{\"itemsToBeProcured\":[{},{\"x\":1},{\"y\":1}]}",
      "!{\"itemsToBeProcured\":{\"x\":\"Rogue field\"}}" },

    /* required */

    { "{\"procuringEntity\":{}}",
      "!{\"procuringEntity\":{\"id\":[\"This field is required.\"]}}" },
    { "{\"procuringEntity\":{\"id\":null}}",
      "!{\"procuringEntity\":{\"id\":[\"This field is required.\"]}}" },
    { "{\"procuringEntity\":{\"id\":{}}}",
      "!{\"procuringEntity\":{\"id\":"
      "{\"name\":[\"This field is required.\"]}}}" },
    { "{\"itemsToBeProcured\":[{\"primaryClassification\":{\"id\":\"1\"}}]}",
      "!{\"itemsToBeProcured\":{\"primaryClassification\":"
      "{\"scheme\":[\"This field is required.\"],"
      "\"description\":[\"This field is required.\"]}}}" },

    /* text */

    { "{\"methodJustification\":5}", "={\"methodJustification\":\"5\"}" },
    { "{\"methodJustification\":-5.50e1}",
      "={\"methodJustification\":\"-5.50e1\"}" },
    { "{\"methodJustification\":\"\"}", "={\"methodJustification\":\"\"}" },
    { "{\"methodJustification\":true}", "!{\"methodJustification\":"
      "[\"Couldn't interpret value as string.\"]}" },
    { "{\"methodJustification\":[]}", "!{\"methodJustification\":"
      "[\"Couldn't interpret value as string.\"]}" },
    { "{\"methodJustification\":{}}", "!{\"methodJustification\":"
      "[\"Couldn't interpret value as string.\"]}" },

    /* both phases never meet */

    { "{\"nope\":1,\"method\":\"x\",\"clarifications\":5}",
      "!{\"nope\":\"Rogue field\","
      "\"clarifications\":[\"Must be either true or false.\"]}" },

    /* null is absent */

    { "{\"method\":null,\"totalValue\":null}", "={}" },
    { "{\"totalValue\":{\"amount\":null,\"currency\":null}}",
      "={\"totalValue\":{\"valueAddedTaxIncluded\":true}}" },
    { NULL, NULL }
};


static const model_case_t  value[] = {
    { "{}", "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":null}",
      "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":false}",
      "={\"valueAddedTaxIncluded\":false}" },
    { "{\"valueAddedTaxIncluded\":\"true\"}",
      "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":\"True\"}",
      "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":\"1\"}",
      "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":1}",
      "={\"valueAddedTaxIncluded\":true}" },
    { "{\"valueAddedTaxIncluded\":\"false\"}",
      "={\"valueAddedTaxIncluded\":false}" },
    { "{\"valueAddedTaxIncluded\":\"False\"}",
      "={\"valueAddedTaxIncluded\":false}" },
    { "{\"valueAddedTaxIncluded\":\"0\"}",
      "={\"valueAddedTaxIncluded\":false}" },
    { "{\"valueAddedTaxIncluded\":0}",
      "={\"valueAddedTaxIncluded\":false}" },
    { "{\"valueAddedTaxIncluded\":2}", "!{\"valueAddedTaxIncluded\":"
      "[\"Must be either true or false.\"]}" },
    { "{\"valueAddedTaxIncluded\":\"yes\"}", "!{\"valueAddedTaxIncluded\":"
      "[\"Must be either true or false.\"]}" },
    { "{\"valueAddedTaxIncluded\":\"TRUE\"}", "!{\"valueAddedTaxIncluded\":"
      "[\"Must be either true or false.\"]}" },
    { "{\"valueAddedTaxIncluded\":\"\"}", "!{\"valueAddedTaxIncluded\":"
      "[\"Must be either true or false.\"]}" },
    { "{\"valueAddedTaxIncluded\":{}}", "!{\"valueAddedTaxIncluded\":"
      "[\"Must be either true or false.\"]}" },
    { NULL, NULL }
};


static const model_case_t  money[] = {
    { "{\"amount\":500}", "={\"amount\":500}" },
    { "{\"amount\":485.50}", "={\"amount\":485.50}" },
    { "{\"amount\":\"485.50\"}", "={\"amount\":485.50}" },
    { "{\"amount\":\"5.5\"}", "={\"amount\":5.5}" },
    { "{\"amount\":5e2}", "={\"amount\":5e2}" },
    { "{\"amount\":0}", "={\"amount\":0}" },
    { "{\"amount\":999999999999999}", "={\"amount\":999999999999999}" },
    { "{\"amount\":\"five\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\"\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\" 5\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\"05\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\"5,5\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\"NaN\"}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":\"Infinity\"}",
      "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":true}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":{}}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":[]}", "!{\"amount\":[\"Value is not float\"]}" },
    { "{\"amount\":-1}",
      "!{\"amount\":[\"Float value should be greater than 0.\"]}" },
    { "{\"amount\":\"-0.01\"}",
      "!{\"amount\":[\"Float value should be greater than 0.\"]}" },
    { "{\"amount\":1e15}", "!{\"amount\":[\"Float value should be less than "
      "1000000000000000 and have at most 15 digits.\"]}" },
    { "{\"amount\":\"1e400\"}", "!{\"amount\":[\"Float value should be less "
      "than 1000000000000000 and have at most 15 digits.\"]}" },
    { "{\"amount\":\"1234567890123456\"}", "!{\"amount\":[\"Float value "
      "should be less than 1000000000000000 and have at most 15 digits.\"]}" },

    /* currencies and their decimal places */

    { "{\"amount\":5.25,\"currency\":\"UAH\"}",
      "={\"amount\":5.25,\"currency\":\"UAH\"}" },
    { "{\"amount\":5.250,\"currency\":\"UAH\"}",
      "={\"amount\":5.250,\"currency\":\"UAH\"}" },
    { "{\"amount\":5.255,\"currency\":\"UAH\"}",
      "!{\"amount\":[\"Amount has more than 2 decimal places.\"]}" },
    { "{\"amount\":\"5.255\",\"currency\":\"UAH\"}",
      "!{\"amount\":[\"Amount has more than 2 decimal places.\"]}" },
    { "{\"amount\":5255e-3,\"currency\":\"UAH\"}",
      "!{\"amount\":[\"Amount has more than 2 decimal places.\"]}" },
    { "{\"currency\":\"JPY\",\"amount\":5.5}",
      "!{\"amount\":[\"Amount has more than 0 decimal places.\"]}" },
    { "{\"currency\":\"JPY\",\"amount\":5.0}",
      "={\"currency\":\"JPY\",\"amount\":5.0}" },
    { "{\"currency\":\"KWD\",\"amount\":5.255}",
      "={\"currency\":\"KWD\",\"amount\":5.255}" },
    { "{\"currency\":\"KWD\",\"amount\":5.2555}",
      "!{\"amount\":[\"Amount has more than 3 decimal places.\"]}" },
    { "{\"currency\":\"CLF\",\"amount\":5.25555}",
      "!{\"amount\":[\"Amount has more than 4 decimal places.\"]}" },
    { "{\"amount\":5.25555}", "={\"amount\":5.25555}" },
    { "{\"currency\":\"\"}",
      "!{\"currency\":[\"String value is too short.\"]}" },
    { "{\"currency\":\"UA\"}",
      "!{\"currency\":[\"String value is too short.\"]}" },
    { "{\"currency\":\"UAHX\"}",
      "!{\"currency\":[\"String value is too long.\"]}" },
    { "{\"currency\":\"uah\"}",
      "!{\"currency\":[\"String value did not match validation regex.\"]}" },
    { "{\"currency\":\"U1H\"}",
      "!{\"currency\":[\"String value did not match validation regex.\"]}" },
    { "{\"currency\":\"ГРН\"}",
      "!{\"currency\":[\"String value did not match validation regex.\"]}" },
    { "{\"currency\":980}",
      "!{\"currency\":[\"String value did not match validation regex.\"]}" },
    { "{\"currency\":true}",
      "!{\"currency\":[\"Couldn't interpret value as string.\"]}" },
    { "{\"amount\":-1.555,\"currency\":\"x\"}",
      "!{\"amount\":[\"Float value should be greater than 0.\"],"
      "\"currency\":[\"String value is too short.\"]}" },
    { NULL, NULL }
};


static const model_case_t  item[] = {
    { "{\"quantity\":5}", "={\"quantity\":5}" },
    { "{\"quantity\":0}", "={\"quantity\":0}" },
    { "{\"quantity\":\"5\"}", "={\"quantity\":5}" },
    { "{\"quantity\":5.0}", "={\"quantity\":5}" },
    { "{\"quantity\":\"5.00\"}", "={\"quantity\":5}" },
    { "{\"quantity\":5e2}", "={\"quantity\":500}" },
    { "{\"quantity\":-0}", "={\"quantity\":0}" },
    { "{\"quantity\":999999999999}", "={\"quantity\":999999999999}" },
    { "{\"quantity\":7.5}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":\"7.5\"}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":5e-1}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":1e20}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":\"five\"}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":\"\"}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":true}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":[5]}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":{}}", "!{\"quantity\":[\"Value is not int\"]}" },
    { "{\"quantity\":-1}",
      "!{\"quantity\":[\"Int value should be greater than 0.\"]}" },
    { "{\"quantity\":-1e2}",
      "!{\"quantity\":[\"Int value should be greater than 0.\"]}" },
    { "{\"quantity\":1000000000000}",
      "!{\"quantity\":[\"Int value should be less than 999999999999.\"]}" },

    /* the price of a unit has as many decimal places as it takes */

    { "{\"valuePerUnit\":{\"amount\":0.12345,\"currency\":\"UAH\"}}",
      "={\"valuePerUnit\":{\"amount\":0.12345,\"currency\":\"UAH\"}}" },
    { "{\"valuePerUnit\":{\"amount\":-1}}", "!{\"valuePerUnit\":"
      "{\"amount\":[\"Float value should be greater than 0.\"]}}" },
    { "{\"valuePerUnit\":5}",
      "!{\"valuePerUnit\":" MAPPING("Value", "int") "}" },
    { NULL, NULL }
};


static const model_case_t  period[] = {
    { "{\"startDate\":\"2014-10-31T00:00:00\"}",
      "={\"startDate\":\"2014-10-31T00:00:00\"}" },
    { "{\"endDate\":\"2014-10-31\"}", "={\"endDate\":\"2014-10-31\"}" },
    { "{\"endDate\":\"yesterday\"}", "!{\"endDate\":"
      "[\"Could not parse yesterday. Should be ISO8601.\"]}" },
    { "{\"endDate\":\"\"}",
      "!{\"endDate\":[\"Could not parse . Should be ISO8601.\"]}" },
    { "{\"endDate\":20141031}",
      "!{\"endDate\":[\"Could not parse 20141031. Should be ISO8601.\"]}" },
    { "{\"endDate\":true}",
      "!{\"endDate\":[\"Could not parse True. Should be ISO8601.\"]}" },
    { "{\"endDate\":false}",
      "!{\"endDate\":[\"Could not parse False. Should be ISO8601.\"]}" },
    { "{\"endDate\":[]}",
      "!{\"endDate\":[\"Could not parse list. Should be ISO8601.\"]}" },
    { "{\"endDate\":{}}",
      "!{\"endDate\":[\"Could not parse dict. Should be ISO8601.\"]}" },
    { "{\"endDate\":\"2014-02-30\"}",
      "!{\"endDate\":[\"date value out of range\"]}" },
    { "{\"endDate\":\"2014-02-03T25:00\"}",
      "!{\"endDate\":[\"date value out of range\"]}" },

    /* 101 bytes, the 100th inside a character */

    { "{\"endDate\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé\"}",
      "!{\"endDate\":[\"Could not parse aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa. "
      "Should be ISO8601.\"]}" },

    /* order */

    { "{\"startDate\":\"2014-10-31\",\"endDate\":\"2014-10-31\"}",
      "={\"startDate\":\"2014-10-31\",\"endDate\":\"2014-10-31\"}" },
    { "{\"startDate\":\"2014-11-01\",\"endDate\":\"2014-10-31\"}",
      "!{\"startDate\":[\"period should begin before its end\"]}" },
    { "{\"endDate\":\"2014-10-31T00:00:00Z\","
      "\"startDate\":\"2014-10-31T00:30:00+01:00\"}",
      "={\"endDate\":\"2014-10-31T00:00:00Z\","
      "\"startDate\":\"2014-10-31T00:30:00+01:00\"}" },
    { "{\"endDate\":\"2014-10-31T00:00:00.000001Z\","
      "\"startDate\":\"2014-10-31T00:00:00.000002Z\"}",
      "!{\"startDate\":[\"period should begin before its end\"]}" },
    { NULL, NULL }
};


static const model_case_t  phase_two[] = {
    { "{\"method\":\"Open\"}", "={\"method\":\"Open\"}" },
    { "{\"method\":\"open\"}", "!{\"method\":[\"Value must be one of "
      "['Open', 'Selective', 'Limited'].\"]}" },
    { "{\"method\":\"\"}", "!{\"method\":[\"Value must be one of "
      "['Open', 'Selective', 'Limited'].\"]}" },
    { "{\"method\":5}", "!{\"method\":[\"Value must be one of "
      "['Open', 'Selective', 'Limited'].\"]}" },
    { "{\"method\":true}",
      "!{\"method\":[\"Couldn't interpret value as string.\"]}" },
    { "{\"selectionCriteria\":\"x\"}", "!{\"selectionCriteria\":"
      "[\"Value must be one of ['Lowest Cost', 'Best Proposal', "
      "'Best Value to Government', 'Single bid only'].\"]}" },
    { "{\"submissionMethod\":\"x\"}", "!{\"submissionMethod\":"
      "[\"Value must be one of ['Electronic Auction', "
      "'Electronic Submission', 'Written', 'In Person'].\"]}" },

    /* characters */

    { "{\"methodJustification\":\"a\\u0009\\u000a\\u000db\"}",
      "={\"methodJustification\":\"a\\t\\n\\rb\"}" },
    { "{\"methodJustification\":\"a\\u0001b\"}", "!{\"methodJustification\":"
      "[\"String value holds a character that XML cannot carry.\"]}" },
    { "{\"methodJustification\":\"a\\uffffb\"}", "!{\"methodJustification\":"
      "[\"String value holds a character that XML cannot carry.\"]}" },
    { "{\"methodJustification\":\"a\xef\xbf\xbe\"}",
      "!{\"methodJustification\":"
      "[\"String value holds a character that XML cannot carry.\"]}" },
    { "{\"notice\":{\"uri\":\"http://a.org/\xef\xbf\xbf\"}}",
      "!{\"notice\":{\"uri\":"
      "[\"String value holds a character that XML cannot carry.\"]}}" },

    /* faults in objects and lists */

    { "{\"notice\":{\"uri\":\"x\",\"amendment\":{\"amendedFields\":\"\\b\"}},"
      "\"method\":\"x\"}",
      "!{\"notice\":{\"uri\":[\"Not a well formed URL.\"],"
      "\"amendment\":{\"amendedFields\":"
      "[\"String value holds a character that XML cannot carry.\"]}},"
      "\"method\":[\"Value must be one of "
      "['Open', 'Selective', 'Limited'].\"]}" },
    { "{\"attachments\":[{\"uri\":\"x\"}]}",
      "!{\"attachments\":[{\"uri\":[\"Not a well formed URL.\"]}]}" },
    { "{\"attachments\":[{},{\"uri\":\"http://a.org\"},{\"uri\":\"x\"},{}]}",
      "!{\"attachments\":[{},{},{\"uri\":[\"Not a well formed URL.\"]}]}" },
    { "{\"attachments\":[{\"uri\":\"x\"},{},{\"uri\":\"y\"},{},{}]}",
      "!{\"attachments\":[{\"uri\":[\"Not a well formed URL.\"]},{},"
      "{\"uri\":[\"Not a well formed URL.\"]}]}" },
    { "{\"tenderPeriod\":{\"startDate\":\"2014-11-01\","
      "\"endDate\":\"2014-10-31\"}}",
      "!{\"tenderPeriod\":{\"startDate\":"
      "[\"period should begin before its end\"]}}" },
    { "{\"minimalStep\":{\"amount\":0.001,\"currency\":\"UAH\"}}",
      "!{\"minimalStep\":{\"amount\":"
      "[\"Amount has more than 2 decimal places.\"]}}" },
    { NULL, NULL }
};


/* what only the server may set is dropped, whatever it is */

static const model_case_t  dropped[] = {
    { "{\"id\":\"x\",\"tenderID\":5,\"modified\":[],\"status\":\"complete\"}",
      "={}" },
    { "{\"numberOfBids\":7.5,\"method\":\"Open\",\"numberOfBidders\":null}",
      "={\"method\":\"Open\"}" },
    { "{\"bids\":[{\"x\":1}],\"awards\":5,\"documents\":[{}],"
      "\"bidHashes\":null}", "={}" },
    { "{\"numberOfBids\":7,\"x\":1}", "!{\"x\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  bidder[] = {
    { "{\"method\":\"Open\",\"totalValue\":5,\"procuringEntity\":{}}",
      "={}" },
    { "{\"x\":1}", "!{\"x\":\"Rogue field\"}" },
    { NULL, NULL }
};


static const model_case_t  server[] = {
    { "{\"id\":\"64e93250be76435397e8c992ed4214d1\",\"status\":\"complete\","
      "\"numberOfBids\":2,\"method\":\"Open\"}",
      "={\"id\":\"64e93250be76435397e8c992ed4214d1\",\"status\":\"complete\","
      "\"numberOfBids\":2,\"method\":\"Open\"}" },
    { "{\"id\":\"64e9\"}", "!{\"id\":[\"Hash value is wrong length.\"]}" },
    { "{\"id\":\"64e93250be76435397e8c992ed4214dg\"}",
      "!{\"id\":[\"Hash value is not hexadecimal.\"]}" },
    { "{\"status\":\"x\"}", "!{\"status\":[\"Value must be one of "
      "['active.enquiries', 'active.tendering', 'active.auction', "
      "'active.qualification', 'active.awarded', 'complete', "
      "'unsuccessful', 'cancelled'].\"]}" },
    { "{\"modified\":\"x\"}",
      "!{\"modified\":[\"Could not parse x. Should be ISO8601.\"]}" },
    { NULL, NULL }
};


static const model_case_t  partial[] = {
    { "{\"totalValue\":{\"amount\":\"600\"},"
      "\"itemsToBeProcured\":[{},{\"quantity\":6}]}",
      "={\"totalValue\":{\"amount\":600},"
      "\"itemsToBeProcured\":[{},{\"quantity\":6}]}" },
    { "{\"method\":null,\"totalValue\":{\"currency\":null}}",
      "={\"method\":null,\"totalValue\":{\"currency\":null}}" },
    { "{\"procuringEntity\":{\"id\":{\"uid\":null,\"uri\":\"x\"}}}",
      "!{\"procuringEntity\":{\"id\":{\"uri\":"
      "[\"Not a well formed URL.\"]}}}" },
    { "{\"procuringEntity\":{}}", "={\"procuringEntity\":{}}" },
    { "{\"procuringEntity\":{\"id\":null}}",
      "={\"procuringEntity\":{\"id\":null}}" },
    { "{\"itemsToBeProcured\":[{\"primaryClassification\":{\"id\":\"1\"}}]}",
      "={\"itemsToBeProcured\":"
      "[{\"primaryClassification\":{\"id\":\"1\"}}]}" },
    { "{\"itemsToBeProcured\":[{\"quantity\":null,\"x\":null}]}",
      "!{\"itemsToBeProcured\":{\"x\":\"Rogue field\"}}" },
    { "{\"itemsToBeProcured\":[null]}",
      "!{\"itemsToBeProcured\":" MAPPING("Item", "NoneType") "}" },
    { "{\"itemsToBeProcured\":null}", "={\"itemsToBeProcured\":null}" },
    { "{\"id\":null,\"modified\":\"x\",\"status\":\"complete\"}", "={}" },
    { "{\"tenderPeriod\":{\"startDate\":null,\"endDate\":\"2014-10-31\"}}",
      "={\"tenderPeriod\":{\"startDate\":null,"
      "\"endDate\":\"2014-10-31\"}}" },
    { "{\"tenderPeriod\":{\"startDate\":\"2014-11-01\","
      "\"endDate\":null}}",
      "={\"tenderPeriod\":{\"startDate\":\"2014-11-01\","
      "\"endDate\":null}}" },
    { "{\"totalValue\":{\"amount\":null,\"currency\":\"UAH\"}}",
      "={\"totalValue\":{\"amount\":null,\"currency\":\"UAH\"}}" },
    { "{\"tenderPeriod\":{\"startDate\":\"2014-11-01\","
      "\"endDate\":\"2014-10-31\"}}",
      "!{\"tenderPeriod\":{\"startDate\":"
      "[\"period should begin before its end\"]}}" },
    { "{\"totalValue\":{\"amount\":5.555,\"currency\":null}}",
      "={\"totalValue\":{\"amount\":5.555,\"currency\":null}}" },
    { NULL, NULL }
};


int
main(void)
{
    test_begin();

    run("phase 1", &tender_model_tender, OWNER, 0, phase_one);
    run("Value", &tender_model_value, OWNER, 0, value);
    run("amount", &tender_model_value, OWNER, 1, money);
    run("Item", &tender_model_item, OWNER, 1, item);
    run("Period", &tender_model_period, OWNER, 0, period);
    run("phase 2", &tender_model_tender, OWNER, 1, phase_two);
    run("dropped", &tender_model_tender, OWNER, 0, dropped);
    run("bidder", &tender_model_tender, TENDER_BY_BIDDER, 0, bidder);
    run("server", &tender_model_tender, TENDER_BY_SERVER, 0, server);
    run("partial", &tender_model_tender, OWNER, 1, partial);

    return test_end();
}


static void
run(const char *title, const tender_model_t *model, unsigned by,
    unsigned part, const model_case_t *cases)
{
    for ( /* void */ ; cases->json != NULL; cases++) {
        is_str(test_validate(model, by, part, cases->json), cases->expected,
               "%s: %.60s", title, cases->json);
    }
}
