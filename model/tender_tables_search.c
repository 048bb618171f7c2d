
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_stage.h"
#include "tender_item.h"
#include "tender_tables.h"


#define TENDER_QUERY_TEXT  256
#define TENDER_QUERY_LIST  2000

#define TENDER_CPV_DIGITS  8

#define tender_is_digit(c)  ((c) >= '0' && (c) <= '9')


#define tender_query_text(n, limit, text)                                     \
    tender_field_text(n, TENDER_BY_ANYONE, limit, text)

#define tender_query_money(n, text)                                           \
    tender_field_plain(n, TENDER_FIELD_MONEY, TENDER_BY_ANYONE, text)

#define tender_query_flag(n, text)                                            \
    tender_field_plain(n, TENDER_FIELD_BOOL, TENDER_BY_ANYONE, text)


static int tender_check_query(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors);
static int tender_check_names(tender_check_t *ck, const tender_value_t *v,
    tender_value_t *errors);
static int tender_check_unknown(tender_check_t *ck, tender_value_t *errors,
    const tender_str_t *field, tender_str_t name);
static tender_str_t tender_query_token(tender_str_t *list);


static const tender_str_t  tender_query_sorts[] = {
    tender_string("by_date"),
    tender_string("by_date_end"),
    tender_string("by_price"),
    tender_string("by_relevance"),
    tender_string("by_modified"),
    tender_null_string
};

static const tender_str_t  tender_query_orders[] = {
    tender_string("desc"),
    tender_string("asc"),
    tender_null_string
};

static const tender_str_t  tender_query_types[] = {
    tender_string("xml"),
    tender_string("json"),
    tender_string("csv"),
    tender_string("ndjson"),
    tender_null_string
};

static const tender_str_t  tender_query_delimiters[] = {
    tender_string(","),
    tender_string(";"),
    tender_string("tab"),
    tender_null_string
};

static const tender_str_t  tender_query_dates[] = {
    tender_string("date_start"),
    tender_string("date_end"),
    tender_string("modified_from"),
    tender_string("deadline_from"),
    tender_string("deadline_to"),
    tender_null_string
};


static const tender_field_t  tender_query_fields[] = {
    tender_query_text("kwords", TENDER_QUERY_TEXT,
        "Words, phrases in quotes, `word*`, `-word`, `a OR b`, brackets."),
    tender_query_text("kwords_minus", TENDER_QUERY_TEXT,
        "Words and phrases that must not be there, with commas or blanks "
        "between."),
    { .name = tender_string("irazd"), .type = TENDER_FIELD_INT,
      .set_by = TENDER_BY_ANYONE, .max = 3,
      .about = "Where `kwords` is looked for: 0 everywhere, 1 titles, 2 "
               "items, 3 numbers." },
    tender_query_text("tend_num", TENDER_WORD,
        "The whole public number of one tender."),
    tender_query_text("cpv", TENDER_QUERY_TEXT,
        "CPV codes, with commas between; `4461*` is all that begin so."),
    tender_query_text("buyer", TENDER_QUERY_TEXT,
        "Words of the buyer's name."),
    tender_query_text("status", TENDER_QUERY_TEXT,
        "Statuses, with commas between."),
    tender_field_plain("currency", TENDER_FIELD_CURRENCY, TENDER_BY_ANYONE,
        "The currency of the budget."),
    tender_query_text("country", TENDER_WORD,
        "The buyer's country, as it stands in his address."),
    tender_query_money("price1", "The least that the budget may be."),
    tender_query_money("price2", "The most that the budget may be."),
    tender_query_flag("noprice",
        "Whether tenders without a budget pass `price1` and `price2`."),
    tender_query_text("date_start", TENDER_WORD,
        "The first day of publication: `31.10.2014`, `31-10-2014`, or ISO "
        "8601."),
    tender_query_text("date_end", TENDER_WORD,
        "The last day of publication."),
    tender_query_text("modified_from", TENDER_WORD,
        "Changed since then."),
    tender_query_text("deadline_from", TENDER_WORD,
        "The first day of the deadline."),
    tender_query_text("deadline_to", TENDER_WORD,
        "The last day of the deadline."),
    tender_query_flag("actual",
        "Whether only tenders that still take bids are found."),
    tender_field_enum("sort_by", TENDER_BY_ANYONE, tender_query_sorts,
        "What is sorted by."),
    tender_field_enum("sort_dest", TENDER_BY_ANYONE, tender_query_orders,
        "The order; `desc`, but for `by_date_end`, if it is not given."),
    { .name = tender_string("tenpage"), .type = TENDER_FIELD_INT,
      .set_by = TENDER_BY_ANYONE, .min = 1, .max = TENDER_QUERY_PAGE,
      .about = "How many records a page has." },
    tender_field_enum("dtype", TENDER_BY_ANYONE, tender_query_types,
        "The format."),
    tender_query_text("fields", TENDER_QUERY_LIST,
        "The fields of a record, with commas between."),
    tender_field_enum("delimiter", TENDER_BY_ANYONE, tender_query_delimiters,
        "What is between two cells of CSV."),
    tender_query_flag("bom", "Whether CSV begins with a byte order mark.")
};

const tender_model_t  tender_model_query = {
    .name = "Query",
    .about = "What a search looks for, and how it is shown.",
    tender_fields(tender_query_fields),
    .check = tender_check_query
};


static const tender_field_t  tender_search_fields[] = {
    { .name = tender_string("name"), .type = TENDER_FIELD_TEXT,
      .flags = TENDER_FIELD_REQUIRED, .set_by = TENDER_BY_ANYONE, .min = 1,
      .max = TENDER_WORD,
      .about = "What it is called." },
    { .name = tender_string("query"), .type = TENDER_FIELD_OBJECT,
      .flags = TENDER_FIELD_REQUIRED, .set_by = TENDER_BY_ANYONE,
      .model = &tender_model_query,
      .about = "Its parameters." }
};

const tender_model_t  tender_model_search = {
    .name = "Search",
    .about = "A saved search.",
    tender_fields(tender_search_fields)
};


static int
tender_check_query(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors)
{
    int                    rc;
    int64_t                us;
    const tender_str_t    *name;
    const tender_value_t  *v;

    for (name = tender_query_dates; name->len; name++) {
        v = tender_value_get(object, name);

        if (v == NULL || v->type != TENDER_STRING || v->u.text.len == 0
            || tender_query_date(v->u.text, ck->zone, 0, &us) == TENDER_OK)
        {
            continue;
        }

        rc = tender_check_error(ck, errors, name,
                                "Expected a date: 31.10.2014, 31-10-2014 or "
                                "2014-10-31");
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    for (v = object->u.list.first; v != NULL; v = v->next) {

        if (v->type == TENDER_STRING) {
            rc = tender_check_names(ck, v, errors);

            if (rc != TENDER_OK) {
                return rc;
            }
        }
    }

    return TENDER_OK;
}


static int
tender_check_names(tender_check_t *ck, const tender_value_t *v,
    tender_value_t *errors)
{
    int           rc;
    unsigned      prefix, statuses;
    uint64_t      fields;
    tender_str_t  list, code, name;

    if (tender_str_is(&v->name, "status")) {
        rc = tender_query_statuses(v->u.text, &statuses, &name);

    } else if (tender_str_is(&v->name, "fields")) {
        rc = tender_item_select(v->u.text, &fields, &name);

    } else if (tender_str_is(&v->name, "cpv")) {
        list = v->u.text;

        do {
            rc = tender_query_cpv(&list, &code, &prefix);
        } while (rc == TENDER_OK);

        if (rc == TENDER_DECLINED) {
            return tender_check_error(ck, errors, &v->name,
                                      "Expected CPV codes, 44617100-9 or "
                                      "4461*");
        }

        return TENDER_OK;

    } else {
        return TENDER_OK;
    }

    return rc == TENDER_DECLINED
           ? tender_check_unknown(ck, errors, &v->name, name) : TENDER_OK;
}


static int
tender_check_unknown(tender_check_t *ck, tender_value_t *errors,
    const tender_str_t *field, tender_str_t name)
{
    tender_value_t  *fault;

    const tender_str_t  parts[4] = {
        tender_string("There is no \""), name, tender_string("\""),
        tender_null_string
    };

    if (tender_fault_join(ck, parts, &fault) != TENDER_OK) {
        return TENDER_ERROR;
    }

    tender_value_add(errors, *field, fault);

    return TENDER_OK;
}


int
tender_query_date(tender_str_t text, const tender_zone_t *zone,
    unsigned ends, int64_t *us)
{
    u_char  *p, buf[sizeof("2014-10-31T23:59:59.999999")];

    p = text.data;

    if (text.len != sizeof("31.10.2014") - 1) {
        return tender_date_read(text, zone, us);
    }

    if (tender_is_digit(p[0]) && tender_is_digit(p[1])
        && (p[2] == '.' || p[2] == '-') && p[5] == p[2])
    {
        memcpy(buf, p + 6, 4);
        memcpy(buf + 5, p + 3, 2);
        memcpy(buf + 8, p, 2);

        buf[4] = '-';
        buf[7] = '-';

    } else {
        memcpy(buf, p, text.len);
    }

    text.data = buf;

    if (ends) {
        memcpy(buf + text.len, "T23:59:59.999999",
               sizeof("T23:59:59.999999") - 1);
        text.len += sizeof("T23:59:59.999999") - 1;
    }

    return tender_date_read(text, zone, us);
}


int
tender_query_statuses(tender_str_t list, unsigned *statuses,
    tender_str_t *name)
{
    int  stage;

    *statuses = 0;

    while (list.len) {
        *name = tender_query_token(&list);

        if (name->len == 0) {
            continue;
        }

        stage = tender_stage_read(*name);

        if (stage < 0) {
            return TENDER_DECLINED;
        }

        *statuses |= 1U << stage;
    }

    return TENDER_OK;
}


int
tender_query_cpv(tender_str_t *list, tender_str_t *code, unsigned *prefix)
{
    size_t  n;

    do {
        if (list->len == 0) {
            return TENDER_DONE;
        }

        *code = tender_query_token(list);

    } while (code->len == 0);

    for (n = 0; n < code->len; n++) {
        if (!tender_is_digit(code->data[n])) {
            break;
        }
    }

    *prefix = code->len == n + 1 && code->data[n] == '*';

    if (*prefix) {
        code->len = n;
        return n >= 2 && n <= TENDER_CPV_DIGITS ? TENDER_OK : TENDER_DECLINED;
    }

    if (n != TENDER_CPV_DIGITS
        || (code->len != n
            && (code->len != n + 2 || code->data[n] != '-'
                || !tender_is_digit(code->data[n + 1]))))
    {
        return TENDER_DECLINED;
    }

    code->len = n;

    return TENDER_OK;
}


/* what is in front of the next comma, without blanks around it */

static tender_str_t
tender_query_token(tender_str_t *list)
{
    u_char        *comma;
    tender_str_t   token;

    token.data = list->data;
    token.len = list->len;

    comma = memchr(list->data, ',', list->len);

    if (comma != NULL) {
        token.len = (size_t) (comma - list->data);
        list->data = comma + 1;
        list->len -= token.len + 1;

    } else {
        list->len = 0;
    }

    while (token.len && token.data[0] == ' ') {
        token.data++;
        token.len--;
    }

    while (token.len && token.data[token.len - 1] == ' ') {
        token.len--;
    }

    return token;
}
