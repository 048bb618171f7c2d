
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../format/tender_text.h"
#include "tender_item.h"


static tender_value_t *tender_item_within(tender_mem_t *mem,
    tender_str_t name, tender_value_t **list);
static const tender_value_t *tender_item_items(const tender_item_t *item);
static int tender_item_code(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *classification, unsigned any);
static tender_value_t *tender_item_pair(tender_mem_t *mem,
    tender_value_t *object, tender_str_t name, const tender_value_t *text);
static int tender_item_document(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *name, const tender_value_t *link);
static int tender_item_product(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *product);
static int tender_item_fragments_of(tender_mem_t *mem,
    const tender_item_t *item, tender_value_t *list);


#define TENDER_ITEM_FRAGMENTS  3
#define TENDER_ITEM_CODES      100     /* of a tender, in Cpv */


static const tender_str_t  tender_item_document_name =
    tender_string("document");
static const tender_str_t  tender_item_product_name =
    tender_string("product");
static const tender_str_t  tender_item_fragment_name =
    tender_string("fragment");
static const tender_str_t  tender_item_name_name =
    tender_string("name");
static const tender_str_t  tender_item_link_name =
    tender_string("link");
static const tender_str_t  tender_item_productname_name =
    tender_string("ProductName");
static const tender_str_t  tender_item_productcode_name =
    tender_string("ProductCode");
static const tender_str_t  tender_item_izm_name =
    tender_string("Izm");
static const tender_str_t  tender_item_kolvo_name =
    tender_string("Kolvo");
static const tender_str_t  tender_item_edprice_name =
    tender_string("edPrice");
static const tender_str_t  tender_item_productprice_name =
    tender_string("ProductPrice");


/* an object with a list of that name */

static tender_value_t *
tender_item_within(tender_mem_t *mem, tender_str_t name,
    tender_value_t **list)
{
    tender_value_t  *object;

    object = tender_value_new(mem, TENDER_OBJECT);
    *list = tender_value_new(mem, TENDER_ARRAY);

    if (object == NULL || *list == NULL) {
        return NULL;
    }

    tender_value_add(object, name, *list);

    return object;
}


static const tender_value_t *
tender_item_items(const tender_item_t *item)
{
    const tender_value_t  *list;

    list = tender_item_member(item->doc, "itemsToBeProcured", TENDER_ARRAY);

    return list != NULL ? list->u.list.first : NULL;
}


tender_value_t *
tender_item_lots(tender_mem_t *mem, const tender_item_t *item)
{
    u_char                *p;
    tender_str_t           text;
    const tender_value_t  *list;

    p = tender_alloc(mem, 20);
    if (p == NULL) {
        return NULL;
    }

    list = tender_item_member(item->doc, "itemsToBeProcured", TENDER_ARRAY);

    text.data = p;
    text.len = (size_t) (tender_uint_write(p, list ? list->nelts : 0) - p);

    return tender_value_string(mem, text);
}


tender_value_t *
tender_item_cpv(tender_mem_t *mem, const tender_item_t *item)
{
    tender_value_t        *list;
    const tender_value_t  *v, *more, *code;

    list = tender_value_new(mem, TENDER_ARRAY);
    if (list == NULL) {
        return NULL;
    }

    for (v = tender_item_items(item); v != NULL; v = v->next) {

        if (v->type != TENDER_OBJECT) {
            continue;
        }

        code = tender_item_member(v, "primaryClassification", TENDER_OBJECT);

        if (tender_item_code(mem, list, code, 1) != TENDER_OK) {
            return NULL;
        }

        more = tender_item_member(v, "additionalClassification",
                                  TENDER_ARRAY);

        for (code = more ? more->u.list.first : NULL; code != NULL;
             code = code->next)
        {
            if (tender_item_code(mem, list, code, 0) != TENDER_OK) {
                return NULL;
            }
        }
    }

    return list;
}


/* each code once; any: also of one that does not say its scheme */

static int
tender_item_code(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *classification, unsigned any)
{
    tender_value_t        *v;
    const tender_value_t  *id, *scheme;

    if (classification == NULL || classification->type != TENDER_OBJECT
        || list->nelts >= TENDER_ITEM_CODES)
    {
        return TENDER_OK;
    }

    id = tender_item_member(classification, "id", TENDER_STRING);
    scheme = tender_item_member(classification, "scheme", TENDER_STRING);

    if (id == NULL
        || (scheme == NULL ? !any
                           : !tender_str_is(&scheme->u.text, "CPV")
                             && !tender_str_is(&scheme->u.text, "cpv")))
    {
        return TENDER_OK;
    }

    for (v = list->u.list.first; v != NULL; v = v->next) {
        if (tender_str_eq(&v->u.text, &id->u.text)) {
            return TENDER_OK;
        }
    }

    v = tender_value_string(mem, id->u.text);
    if (v == NULL) {
        return TENDER_ERROR;
    }

    v->plain = id->plain;
    tender_value_push(list, v);

    return TENDER_OK;
}


/* a member with that text, or an empty one */

static tender_value_t *
tender_item_pair(tender_mem_t *mem, tender_value_t *object,
    tender_str_t name, const tender_value_t *text)
{
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_STRING);
    if (v == NULL) {
        return NULL;
    }

    if (text != NULL) {
        v->u.text = text->u.text;
        v->plain = text->plain;
    }

    tender_value_add(object, name, v);
    v->name_plain = 1;

    return v;
}


/* what was uploaded here, then what is kept elsewhere */

tender_value_t *
tender_item_documents(tender_mem_t *mem, const tender_item_t *item)
{
    tender_value_t        *object, *list;
    const tender_value_t  *v, *attachments;

    object = tender_item_within(mem, tender_item_document_name, &list);
    if (object == NULL) {
        return NULL;
    }

    for (v = item->documents ? item->documents->u.list.first : NULL;
         v != NULL; v = v->next)
    {
        if (tender_item_document(mem, list,
                             tender_item_member(v, "title", TENDER_STRING),
                             tender_item_member(v, "url", TENDER_STRING))
            != TENDER_OK)
        {
            return NULL;
        }
    }

    attachments = tender_item_member(item->doc, "attachments", TENDER_ARRAY);

    for (v = attachments ? attachments->u.list.first : NULL; v != NULL;
         v = v->next)
    {
        if (v->type == TENDER_OBJECT
            && tender_item_document(mem, list,
                                    tender_item_member(v, "description",
                                                       TENDER_STRING),
                                    tender_item_member(v, "uri",
                                                       TENDER_STRING))
               != TENDER_OK)
        {
            return NULL;
        }
    }

    return object;
}


static int
tender_item_document(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *name, const tender_value_t *link)
{
    tender_value_t  *v;

    v = tender_value_new(mem, TENDER_OBJECT);

    if (v == NULL
        || tender_item_pair(mem, v, tender_item_name_name, name) == NULL
        || tender_item_pair(mem, v, tender_item_link_name, link) == NULL)
    {
        return TENDER_ERROR;
    }

    tender_value_push(list, v);

    return TENDER_OK;
}


tender_value_t *
tender_item_products(tender_mem_t *mem, const tender_item_t *item)
{
    tender_value_t        *object, *list;
    const tender_value_t  *v;

    object = tender_item_within(mem, tender_item_product_name, &list);
    if (object == NULL) {
        return NULL;
    }

    for (v = tender_item_items(item); v != NULL; v = v->next) {

        if (v->type == TENDER_OBJECT
            && tender_item_product(mem, list, v) != TENDER_OK)
        {
            return NULL;
        }
    }

    return object;
}


static int
tender_item_product(tender_mem_t *mem, tender_value_t *list,
    const tender_value_t *product)
{
    tender_value_t        *v, *price;
    const tender_value_t  *code, *value, *quantity, *amount;

    code = tender_item_member(product, "primaryClassification",
                              TENDER_OBJECT);
    value = tender_item_member(product, "valuePerUnit", TENDER_OBJECT);
    quantity = tender_item_member(product, "quantity", TENDER_NUMBER);
    amount = tender_item_member(value, "amount", TENDER_NUMBER);

    v = tender_value_new(mem, TENDER_OBJECT);

    if (v == NULL
        || tender_item_pair(mem, v, tender_item_productname_name,
                            tender_item_member(product, "description",
                                               TENDER_STRING))
           == NULL
        || tender_item_pair(mem, v, tender_item_productcode_name,
                            tender_item_member(code, "id", TENDER_STRING))
           == NULL
        || tender_item_pair(mem, v, tender_item_izm_name,
                            tender_item_member(product, "unitOfMeasure",
                                               TENDER_STRING))
           == NULL
        || tender_item_pair(mem, v, tender_item_kolvo_name, quantity) == NULL)
    {
        return TENDER_ERROR;
    }

    price = tender_item_pair(mem, v, tender_item_edprice_name, NULL);

    if (price != NULL && amount != NULL) {
        price->u.text = tender_item_decimal(mem, amount->u.text);

        if (price->u.text.data == NULL) {
            return TENDER_ERROR;
        }
    }

    if (price == NULL
        || tender_item_pair(mem, v, tender_item_productprice_name, NULL)
           == NULL)
    {
        return TENDER_ERROR;
    }

    tender_value_push(list, v);

    return TENDER_OK;
}


tender_value_t *
tender_item_fragments(tender_mem_t *mem, const tender_item_t *item)
{
    tender_value_t  *object, *list;

    object = tender_item_within(mem, tender_item_fragment_name, &list);
    if (object == NULL) {
        return NULL;
    }

    if (item->words != NULL
        && tender_item_fragments_of(mem, item, list) != TENDER_OK)
    {
        return NULL;
    }

    return object;
}


/* in the order of the texts; what is hidden is not in fragments either */

static int
tender_item_fragments_of(tender_mem_t *mem, const tender_item_t *item,
    tender_value_t *list)
{
    unsigned               i;
    const tender_value_t  *v, *text, *id;

    static const u_char  fields[3] = {
        TENDER_TERM_TITLE, TENDER_TERM_TEXT, TENDER_TERM_BUYER
    };

    id = tender_item_member(item->doc, "procuringEntity", TENDER_OBJECT);
    id = tender_item_member(id, "id", TENDER_OBJECT);

    for (i = 0; i < 3; i++) {

        text = i == 0 ? tender_item_member(item->doc, "title", TENDER_STRING)
               : i == 1 ? tender_item_member(item->doc, "description",
                                             TENDER_STRING)
                        : tender_item_member(id, "name", TENDER_STRING);

        if (text != NULL && list->nelts < TENDER_ITEM_FRAGMENTS
            && (i < 2 || !item->preview)
            && tender_fragments(mem, item->words, text->u.text, fields[i],
                                TENDER_ITEM_FRAGMENTS, list)
               != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    for (v = tender_item_items(item);
         v != NULL && list->nelts < TENDER_ITEM_FRAGMENTS; v = v->next)
    {
        text = v->type == TENDER_OBJECT
               ? tender_item_member(v, "description", TENDER_STRING) : NULL;

        if (text != NULL
            && tender_fragments(mem, item->words, text->u.text,
                                TENDER_TERM_ITEM, TENDER_ITEM_FRAGMENTS,
                                list)
               != TENDER_OK)
        {
            return TENDER_ERROR;
        }
    }

    return TENDER_OK;
}
