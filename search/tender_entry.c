
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../domain/tender_money.h"
#include "tender_entry.h"
#include "tender_entry_sort.h"


/* no word of one text stands beside a word of the next one */

#define TENDER_ENTRY_GAP     16

#define TENDER_ENTRY_PLACES  4          /* of a price */

#define TENDER_ENTRY_TITLE   TENDER_ENTRY_T|TENDER_ENTRY_W
#define TENDER_ENTRY_ITEM    TENDER_ENTRY_I|TENDER_ENTRY_W
#define TENDER_ENTRY_BUYER   TENDER_ENTRY_B|TENDER_ENTRY_W

#define TENDER_ENTRY_LINE    64         /* what stands before the terms */


typedef struct {
    tender_mem_t           *mem;
    tender_entry_word_t    *words;
    uint32_t                n;
    uint32_t                max;
    uint32_t                position;   /* of the next word */
} tender_entry_list_t;

typedef struct {
    u_char                  field;
    uint8_t                 bit;
    uint8_t                 positions;
} tender_entry_field_t;


static int tender_entry_collect(tender_entry_list_t *list,
    const tender_value_t *doc);
static int tender_entry_item(tender_entry_list_t *list,
    const tender_value_t *item);
static int tender_entry_class(tender_entry_list_t *list,
    const tender_value_t *class);
static int tender_entry_code(tender_entry_list_t *list, tender_str_t scheme,
    tender_str_t id);
static int tender_entry_text(tender_entry_list_t *list, tender_str_t text,
    unsigned fields);
static int tender_entry_whole(tender_entry_list_t *list, tender_str_t text,
    unsigned fields);
static int tender_entry_push(tender_entry_list_t *list, const u_char *data,
    size_t len, unsigned fields);
static u_char *tender_entry_terms(const tender_entry_list_t *list,
    u_char *out);
static u_char *tender_entry_field(const tender_entry_list_t *list,
    const tender_entry_field_t *field, uint32_t limit, u_char *p);
static u_char *tender_entry_line(u_char *p, const tender_value_t *doc,
    int64_t deadline, size_t len);
static u_char *tender_entry_int(u_char *p, int64_t n);
static int64_t tender_entry_price(const tender_value_t *doc);
static const tender_value_t *tender_entry_member(const tender_value_t *v,
    tender_str_t name);
static tender_str_t tender_entry_string(const tender_value_t *v,
    tender_str_t name);


static const tender_str_t  tender_entry_title = tender_string("title");
static const tender_str_t  tender_entry_about = tender_string("description");
static const tender_str_t  tender_entry_buyer =
    tender_string("procuringEntity");
static const tender_str_t  tender_entry_address = tender_string("address");
static const tender_str_t  tender_entry_country = tender_string("countryName");
static const tender_str_t  tender_entry_id = tender_string("id");
static const tender_str_t  tender_entry_name = tender_string("name");
static const tender_str_t  tender_entry_scheme = tender_string("scheme");
static const tender_str_t  tender_entry_value = tender_string("totalValue");
static const tender_str_t  tender_entry_amount = tender_string("amount");
static const tender_str_t  tender_entry_currency = tender_string("currency");
static const tender_str_t  tender_entry_period = tender_string("tenderPeriod");
static const tender_str_t  tender_entry_items =
    tender_string("itemsToBeProcured");
static const tender_str_t  tender_entry_primary =
    tender_string("primaryClassification");
static const tender_str_t  tender_entry_more =
    tender_string("additionalClassification");


/* in the order of their bytes, as terms are */

static const tender_entry_field_t  tender_entry_fields[] = {
    { TENDER_TERM_BUYER,    TENDER_ENTRY_B, 1 },
    { TENDER_TERM_CPV,      TENDER_ENTRY_C, 0 },
    { TENDER_TERM_ITEM,     TENDER_ENTRY_I, 1 },
    { TENDER_TERM_COUNTRY,  TENDER_ENTRY_L, 0 },
    { TENDER_TERM_TITLE,    TENDER_ENTRY_T, 1 },
    { TENDER_TERM_CURRENCY, TENDER_ENTRY_U, 0 },
    { TENDER_TERM_TEXT,     TENDER_ENTRY_W, 1 }
};


int
tender_entry_write(tender_mem_t *mem, const tender_value_t *doc,
    int64_t deadline, tender_str_t *out)
{
    size_t               size;
    u_char               line[TENDER_ENTRY_LINE], *terms, *end, *p;
    uint32_t             i;
    tender_entry_list_t  list;

    memset(&list, 0, sizeof(tender_entry_list_t));

    list.mem = mem;
    list.position = 1;

    if (tender_entry_collect(&list, doc) == TENDER_ERROR
        || tender_entry_sort(mem, list.words, list.n) != TENDER_OK)
    {
        return TENDER_ERROR;
    }

    /* a word is in two fields at most; a count and a step take 3 bytes */

    size = TENDER_ENTRY_LINE;

    for (i = 0; i < list.n; i++) {
        size += 2 * (size_t) (2 + list.words[i].len + 3 + 3);
    }

    p = tender_alloc(mem, size);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    terms = p + TENDER_ENTRY_LINE;
    end = tender_entry_terms(&list, terms);

    size = (size_t) (tender_entry_line(line, doc, deadline,
                                       (size_t) (end - terms)) - line);
    memcpy(terms - size, line, size);

    out->data = terms - size;
    out->len = (size_t) (end - out->data);

    return TENDER_OK;
}


int
tender_entry_concerns(const tender_str_t *name)
{
    return tender_str_eq(name, &tender_entry_title)
           || tender_str_eq(name, &tender_entry_about)
           || tender_str_eq(name, &tender_entry_buyer)
           || tender_str_eq(name, &tender_entry_items)
           || tender_str_eq(name, &tender_entry_value)
           || tender_str_eq(name, &tender_entry_period);
}


/* TENDER_DONE: no more words are taken; the first ones are what is short */

static int
tender_entry_collect(tender_entry_list_t *list, const tender_value_t *doc)
{
    int                    rc;
    const tender_value_t  *v, *buyer;

    v = tender_entry_member(doc, tender_entry_value);
    buyer = tender_entry_member(doc, tender_entry_buyer);

    rc = tender_entry_whole(list,
                            tender_entry_string(v, tender_entry_currency),
                            TENDER_ENTRY_U);

    if (rc == TENDER_OK) {
        v = tender_entry_member(buyer, tender_entry_address);
        rc = tender_entry_whole(list,
                                tender_entry_string(v, tender_entry_country),
                                TENDER_ENTRY_L);
    }

    if (rc == TENDER_OK) {
        rc = tender_entry_text(list,
                               tender_entry_string(doc, tender_entry_title),
                               TENDER_ENTRY_TITLE);
    }

    if (rc == TENDER_OK) {
        v = tender_entry_member(buyer, tender_entry_id);
        rc = tender_entry_text(list,
                               tender_entry_string(v, tender_entry_name),
                               TENDER_ENTRY_BUYER);
    }

    if (rc == TENDER_OK) {
        rc = tender_entry_text(list,
                               tender_entry_string(doc, tender_entry_about),
                               TENDER_ENTRY_W);
    }

    v = tender_entry_member(doc, tender_entry_items);

    if (v == NULL || v->type != TENDER_ARRAY) {
        return rc;
    }

    for (v = v->u.list.first; v != NULL && rc == TENDER_OK; v = v->next) {
        rc = tender_entry_item(list, v);
    }

    return rc;
}


static int
tender_entry_item(tender_entry_list_t *list, const tender_value_t *item)
{
    int                    rc;
    const tender_value_t  *v;

    rc = tender_entry_text(list,
                           tender_entry_string(item, tender_entry_about),
                           TENDER_ENTRY_ITEM);

    if (rc == TENDER_OK) {
        v = tender_entry_member(item, tender_entry_primary);
        rc = tender_entry_class(list, v);
    }

    v = tender_entry_member(item, tender_entry_more);

    if (v == NULL || v->type != TENDER_ARRAY) {
        return rc;
    }

    for (v = v->u.list.first; v != NULL && rc == TENDER_OK; v = v->next) {
        rc = tender_entry_class(list, v);
    }

    return rc;
}


static int
tender_entry_class(tender_entry_list_t *list, const tender_value_t *class)
{
    int  rc;

    rc = tender_entry_code(list,
                           tender_entry_string(class, tender_entry_scheme),
                           tender_entry_string(class, tender_entry_id));

    if (rc == TENDER_OK) {
        rc = tender_entry_text(list,
                               tender_entry_string(class, tender_entry_about),
                               TENDER_ENTRY_ITEM);
    }

    return rc;
}


/* digits of a scheme named CPV, or what can be no other: 44617100-9 */

static int
tender_entry_code(tender_entry_list_t *list, tender_str_t scheme,
    tender_str_t id)
{
    size_t   len;
    u_char  *p;

    p = id.data;

    for (len = 0; len < id.len; len++) {

        if (p[len] < '0' || p[len] > '9') {
            break;
        }
    }

    if (!(scheme.len == 3 && (scheme.data[0] | 0x20) == 'c'
          && (scheme.data[1] | 0x20) == 'p'
          && (scheme.data[2] | 0x20) == 'v'))
    {
        if (len != 8
            || (id.len != 8
                && !(id.len == 10 && p[8] == '-'
                     && p[9] >= '0' && p[9] <= '9')))
        {
            return TENDER_OK;
        }
    }

    id.len = len;

    return tender_entry_whole(list, id, TENDER_ENTRY_C);
}


static int
tender_entry_text(tender_entry_list_t *list, tender_str_t text,
    unsigned fields)
{
    u_char          *p;
    uint32_t         before;
    tender_words_t   words;

    before = list->n;

    tender_words_begin(&words, text);

    while (tender_words_next(&words) == TENDER_OK) {

        if (list->n == TENDER_ENTRY_WORDS) {
            return TENDER_DONE;
        }

        p = tender_alloc(list->mem, words.word.len);
        if (p == NULL) {
            return TENDER_ERROR;
        }

        memcpy(p, words.word.data, words.word.len);

        if (tender_entry_push(list, p, words.word.len, fields)
            != TENDER_OK)
        {
            return TENDER_ERROR;
        }

        list->position++;
    }

    if (list->n != before) {
        list->position += TENDER_ENTRY_GAP;
    }

    return TENDER_OK;
}


/* as it stands, cut at a character */

static int
tender_entry_whole(tender_entry_list_t *list, tender_str_t text,
    unsigned fields)
{
    text.len = tender_words_cut(text);

    if (text.len == 0) {
        return TENDER_OK;
    }

    if (list->n == TENDER_ENTRY_WORDS) {
        return TENDER_DONE;
    }

    return tender_entry_push(list, text.data, text.len, fields);
}


static int
tender_entry_push(tender_entry_list_t *list, const u_char *data, size_t len,
    unsigned fields)
{
    tender_entry_word_t  *word, *words;

    if (list->n == list->max) {
        list->max = list->max != 0 ? list->max * 2 : 128;

        words = tender_alloc(list->mem,
                             list->max * sizeof(tender_entry_word_t));
        if (words == NULL) {
            return TENDER_ERROR;
        }

        if (list->n != 0) {
            memcpy(words, list->words, list->n * sizeof(tender_entry_word_t));
        }

        list->words = words;
    }

    word = &list->words[list->n++];

    tender_entry_word(word, data, len);
    word->position = list->position;
    word->order = list->n;
    word->fields = (uint8_t) fields;

    return TENDER_OK;
}


/* if they are too many bytes, the last words of the tender are left out */

static u_char *
tender_entry_terms(const tender_entry_list_t *list, u_char *out)
{
    u_char    *p;
    uint32_t   limit;
    unsigned   i;

    limit = list->n;

    if (list->n == 0) {
        return out;
    }

    for ( ;; ) {
        p = out;

        for (i = 0; i < sizeof(tender_entry_fields)
                        / sizeof(tender_entry_field_t); i++)
        {
            p = tender_entry_field(list, &tender_entry_fields[i], limit, p);
        }

        if (p - out <= TENDER_ENTRY_MAX) {
            return p;
        }

        limit -= limit / 8 + 1;
    }
}


static u_char *
tender_entry_field(const tender_entry_list_t *list,
    const tender_entry_field_t *field, uint32_t limit, u_char *p)
{
    uint32_t                    n, last;
    const tender_entry_word_t  *word, *next, *end;

    end = list->words + list->n;

    for (word = list->words; word < end; word = next) {
        n = 0;
        next = word;

        do {
            n += (next->fields & field->bit) && next->order <= limit;
            next++;
        } while (next < end && next->same);

        if (n == 0) {
            continue;
        }

        *p++ = (u_char) (1 + word->len);
        *p++ = field->field;
        memcpy(p, word->data, word->len);
        p += word->len;

        if (!field->positions) {
            *p++ = 0;
            continue;
        }

        p = tender_leb_write(p, n);

        for (last = 0; n != 0; word++) {

            if ((word->fields & field->bit) && word->order <= limit) {
                p = tender_leb_write(p, word->position - last);
                last = word->position;
                n--;
            }
        }
    }

    return p;
}


/* "<deadline> <price> <bytes>\n" */

static u_char *
tender_entry_line(u_char *p, const tender_value_t *doc, int64_t deadline,
    size_t len)
{
    int64_t  price;

    p = tender_entry_int(p, deadline);
    *p++ = ' ';

    price = tender_entry_price(doc);

    if (price == TENDER_NO_PRICE) {
        *p++ = '-';

    } else {
        p = tender_entry_int(p, price);
    }

    *p++ = ' ';
    p = tender_uint_write(p, len);
    *p++ = '\n';

    return p;
}


static u_char *
tender_entry_int(u_char *p, int64_t n)
{
    if (n < 0) {
        *p++ = '-';
        return tender_uint_write(p, 0 - (uint64_t) n);
    }

    return tender_uint_write(p, (uint64_t) n);
}


static int64_t
tender_entry_price(const tender_value_t *doc)
{
    unsigned               i;
    tender_money_t         money;
    const tender_value_t  *v;

    v = tender_entry_member(doc, tender_entry_value);
    v = tender_entry_member(v, tender_entry_amount);

    if (v == NULL || v->type != TENDER_NUMBER
        || tender_money_read(v->u.text, &money) != TENDER_OK)
    {
        return TENDER_NO_PRICE;
    }

    for (i = money.scale; i > TENDER_ENTRY_PLACES; i--) {
        money.digits /= 10;
    }

    for ( /* void */ ; i < TENDER_ENTRY_PLACES; i++) {

        if (money.digits > INT64_MAX / 10 || money.digits < -INT64_MAX / 10) {
            return TENDER_NO_PRICE;
        }

        money.digits *= 10;
    }

    return money.digits;
}


static const tender_value_t *
tender_entry_member(const tender_value_t *v, tender_str_t name)
{
    return v != NULL ? tender_value_get(v, &name) : NULL;
}


static tender_str_t
tender_entry_string(const tender_value_t *v, tender_str_t name)
{
    tender_str_t  none = tender_null_string;

    v = tender_entry_member(v, name);

    return v != NULL && v->type == TENDER_STRING ? v->u.text : none;
}
