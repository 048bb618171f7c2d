
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_TABLES_H_INCLUDED_
#define _TENDER_TABLES_H_INCLUDED_


#include "../domain/tender_rank.h"
#include "tender_check.h"


/* what the tables of the models share; not for others */


/* who writes a field of a record that several parties send */

#define TENDER_BY_ANYONE                                                      \
    (TENDER_BY_OWNER|TENDER_BY_BIDDER|TENDER_BY_AUCTION|TENDER_BY_ADMIN       \
     |TENDER_BY_IMPORT)

#define TENDER_BY_BUYER  (TENDER_BY_OWNER|TENDER_BY_ADMIN)


/* bounds, in code points, that no honest document comes near */

#define TENDER_WORD      200
#define TENDER_LINE      10000
#define TENDER_PROSE     100000
#define TENDER_LINK      2048

#define TENDER_QUANTITY  INT64_C(999999999999)


#define tender_field_text(n, by, limit, text)                                 \
    { .name = tender_string(n), .type = TENDER_FIELD_TEXT,                    \
      .set_by = by, .max = limit, .about = text }

#define tender_field_needed(n, by, limit, text)                               \
    { .name = tender_string(n), .type = TENDER_FIELD_TEXT,                    \
      .flags = TENDER_FIELD_REQUIRED, .set_by = by, .max = limit,             \
      .about = text }

#define tender_field_plain(n, kind, by, text)                                 \
    { .name = tender_string(n), .type = kind, .set_by = by, .about = text }

#define tender_field_number(n, by, text)                                      \
    { .name = tender_string(n), .type = TENDER_FIELD_MONEY,                   \
      .flags = TENDER_FIELD_REQUIRED, .set_by = by,                           \
      .max = TENDER_MONEY_MAX_SCALE, .about = text }

#define tender_field_link(n, by, text)                                        \
    { .name = tender_string(n), .type = TENDER_FIELD_URL, .set_by = by,       \
      .max = TENDER_LINK, .about = text }

#define tender_field_enum(n, by, list, text)                                  \
    { .name = tender_string(n), .type = TENDER_FIELD_ENUM, .set_by = by,      \
      .choices = list, .about = text }

#define tender_field_object(n, by, m, text)                                   \
    { .name = tender_string(n), .type = TENDER_FIELD_OBJECT, .set_by = by,    \
      .model = &m, .about = text }

#define tender_field_list(n, by, m, items, text)                              \
    { .name = tender_string(n), .type = TENDER_FIELD_OBJECT,                  \
      .flags = TENDER_FIELD_LIST, .set_by = by, .max_items = items,           \
      .model = &m, .about = text }

#define tender_fields(list)                                                   \
    .fields = list, .nfields = sizeof(list) / sizeof(list[0])


/* models that are parts of others only */

extern const tender_model_t  tender_model_identifier;
extern const tender_model_t  tender_model_address;
extern const tender_model_t  tender_model_classification;
extern const tender_model_t  tender_model_notice;
extern const tender_model_t  tender_model_amendment;
extern const tender_model_t  tender_model_attachment;
extern const tender_model_t  tender_model_bid_value;
extern const tender_model_t  tender_model_parameter;
extern const tender_model_t  tender_model_auction_bid;
extern const tender_model_t  tender_model_feature;
extern const tender_model_t  tender_model_feature_value;

/* amount and currency fit each other */
int tender_check_value(tender_check_t *ck, tender_value_t *object,
    tender_value_t *errors);


#endif /* _TENDER_TABLES_H_INCLUDED_ */
