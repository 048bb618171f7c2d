
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_ITEM_H_INCLUDED_
#define _TENDER_ITEM_H_INCLUDED_


#include "../search/tender_fragment.h"
#include "tender_model.h"


/*
 * A tender as a search shows it: one table of fields for JSON, XML, CSV and
 * the pages.
 */

#define TENDER_ITEM_CARD     0x01    /* of one tender only, not of a list */
#define TENDER_ITEM_LIST     0x02    /* of a list only */
#define TENDER_ITEM_HIDDEN   0x04    /* not in preview: empty */
#define TENDER_ITEM_NUMERIC  0x08    /* its text is a number: no formula */


typedef struct tender_item_s  tender_item_t;

/*
 * The value of a field, from mem; NULL: no memory.  It is a string, a list of
 * strings, or an object with one list: docsXML.document.
 */
typedef tender_value_t *(*tender_item_pt)(tender_mem_t *mem,
    const tender_item_t *item);

typedef struct {
    tender_str_t         name;       /* "TenderName" */
    unsigned             flags;
    tender_item_pt       value;
    const char          *about;
} tender_item_field_t;


struct tender_item_s {
    uint64_t                 number;     /* the public one; 0: none */
    tender_str_t             id;
    tender_str_t             tender_id;
    tender_str_t             status;
    int64_t                  created;
    int64_t                  modified;
    const tender_value_t    *doc;
    const tender_value_t    *documents;  /* uploaded ones, or NULL */
    const tender_kwords_t   *words;      /* to mark; or NULL */
    const tender_zone_t     *zone;
    tender_str_t             site;       /* "https://host": begins links */
    tender_str_t             export;     /* path of the export: "/api/export" */
    unsigned                 preview:1;
};


extern const tender_item_field_t  tender_item_fields[];
extern const unsigned             tender_item_nfields;     /* at most 64 */

/* bits of the fields of a list or a card, or of those that a comma list */
/* names: TENDER_DECLINED: name is none */
uint64_t tender_item_all(unsigned card);
int tender_item_select(tender_str_t list, uint64_t *fields,
    tender_str_t *name);

/* an object of those fields, in the order of the table; NULL: no memory */
tender_value_t *tender_item_object(tender_mem_t *mem,
    const tender_item_t *item, uint64_t fields);


/* the values of the fields, tender_item_value.c and tender_item_list.c */

tender_value_t *tender_item_number(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_date(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_end_time(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_name(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_category(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_region(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_host(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_method(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_customer(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_customer_uid(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_price(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_currency(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_outer(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_link(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_info_link(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_notice(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_status(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_modified(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_type(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_info(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_none(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_delivery(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_auction(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_begins(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_examined(tender_mem_t *mem,
    const tender_item_t *item);

tender_value_t *tender_item_lots(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_cpv(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_documents(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_products(tender_mem_t *mem,
    const tender_item_t *item);
tender_value_t *tender_item_fragments(tender_mem_t *mem,
    const tender_item_t *item);

/* members of the document: an object, a list, a string; NULL: none */
const tender_value_t *tender_item_get(const tender_value_t *object,
    const char *name, size_t len, tender_type_e type);

#define tender_item_member(object, text, type)                                \
    tender_item_get(object, text, sizeof(text) - 1, type)

/* "485.50" of an amount that may have an exponent; data NULL: no memory */
tender_str_t tender_item_decimal(tender_mem_t *mem, tender_str_t text);


#endif /* _TENDER_ITEM_H_INCLUDED_ */
