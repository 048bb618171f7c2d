
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MODEL_H_INCLUDED_
#define _TENDER_MODEL_H_INCLUDED_


#include "../format/tender_value.h"
#include "../domain/tender_date.h"


/*
 * A model is a table of fields.  It drives validation, merging, projection
 * and every format: a field is described here once.
 */

typedef enum {
    TENDER_FIELD_TEXT = 0,   /* min, max: length in code points */
    TENDER_FIELD_ENUM,       /* choices */
    TENDER_FIELD_INT,        /* min, max: its value */
    TENDER_FIELD_MONEY,      /* not negative; max: decimal places, 0: any */
    TENDER_FIELD_CURRENCY,   /* three capital letters */
    TENDER_FIELD_BOOL,
    TENDER_FIELD_DATE,       /* kept as given */
    TENDER_FIELD_URL,
    TENDER_FIELD_EMAIL,
    TENDER_FIELD_ID,         /* 32 hexadecimal digits */
    TENDER_FIELD_OBJECT      /* model */
} tender_field_e;


/* flags */

#define TENDER_FIELD_REQUIRED  0x01
#define TENDER_FIELD_LIST      0x02   /* of such values; min, max of it: */
                                      /* min_items, max_items */

/* who may set a field, and who asks; 0: the server alone */

#define TENDER_BY_OWNER        0x01   /* the procuring entity's side */
#define TENDER_BY_BIDDER       0x02
#define TENDER_BY_AUCTION      0x04
#define TENDER_BY_ADMIN        0x08
#define TENDER_BY_SERVER       0x10   /* may set all: a stored document */
#define TENDER_BY_IMPORT       0x20   /* bids and awards inside a tender that */
                                      /* is imported */


typedef struct tender_model_s  tender_model_t;
typedef struct tender_check_s  tender_check_t;


typedef struct {
    tender_str_t           name;
    tender_field_e         type;
    unsigned               flags;
    unsigned               set_by;
    int64_t                min;
    int64_t                max;          /* 0: no bound */
    unsigned               min_items;
    unsigned               max_items;    /* 0: no bound */
    const tender_str_t    *choices;      /* ends with a zero length */
    tender_str_t           preset;       /* the default, as JSON text */
    const tender_model_t  *model;
    const char            *about;        /* a sentence for the documents */
} tender_field_t;


/*
 * The cross-field check of a model, called in phase 2 with a converted
 * object; reports with tender_check_error().
 */
typedef int (*tender_model_check_pt)(tender_check_t *ck,
    tender_value_t *object, tender_value_t *errors);


/* a sentence for a name that no field has, instead of "Rogue field" */

typedef struct {
    tender_str_t           name;
    tender_str_t           text;
} tender_rogue_t;


struct tender_model_s {
    const char              *name;       /* "Tender", "Value" */
    const char              *about;
    const tender_field_t    *fields;
    unsigned                 nfields;      /* at most 64 */
    tender_model_check_pt    check;      /* or NULL */
    const tender_rogue_t    *rogues;     /* or NULL; ends with a zero length */
};


struct tender_check_s {
    tender_mem_t        *mem;
    const tender_zone_t *zone;           /* of dates without one */
    unsigned             by;             /* TENDER_BY_*: who writes */
    unsigned             partial:1;      /* a PATCH: nothing is required, no */
                                         /* default is set, null is kept */
    tender_value_t      *errors;         /* field -> description */
};


/* the field of a model, or NULL */
const tender_field_t *tender_model_field(const tender_model_t *model,
    const tender_str_t *name);

/* the choice of an enum field that text is, or NULL */
const tender_str_t *tender_field_choice(const tender_field_t *field,
    const tender_str_t *text);

/* "Value must be one of ['a', 'b']."; data is NULL if out of memory */
tender_str_t tender_field_choices(tender_mem_t *mem,
    const tender_field_t *field);

/*
 * Validates object against the model and converts it in place: nulls are
 * dropped (unless partial), scalars are coerced ("5.5" to 5.5), defaults are
 * set, members that ck->by may not set are dropped, silently.  Two phases, as
 * in the original: rogue fields, types and required members at any depth
 * first; choices, lengths, forms, bounds and cross-field rules only if those
 * were clean.
 *
 * TENDER_DECLINED: ck->errors is an object, a member per top-level field:
 * "Rogue field", a list of sentences, an object of the same kind for a
 * sub-model, for a list of sub-models the failing item's object (phase 1) or
 * a list of objects, {} for an item without fault (phase 2).
 */
int tender_model_validate(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object);

/* appends a sentence to the list of errors of a field; for checks */
int tender_check_error(tender_check_t *ck, tender_value_t *errors,
    const tender_str_t *field, const char *text);

/*
 * PATCH: merges patch into target, in place.  Objects merge recursively,
 * null removes, lists of objects merge by index ({} keeps an element, a
 * longer list appends, a shorter one truncates), all else replaces.  Shares
 * values with patch.
 */
int tender_model_merge(tender_mem_t *mem, const tender_model_t *model,
    tender_value_t *target, const tender_value_t *patch);

/*
 * PUT: the members of target that ck->by may not set are kept and put in
 * front of object's.
 */
int tender_model_keep(tender_check_t *ck, const tender_model_t *model,
    tender_value_t *object, const tender_value_t *target);

/*
 * A new object with those members of object that are named in fields (a
 * comma list, as opt_fields; unknown names are ignored), in fields' order.
 */
tender_value_t *tender_model_project(tender_mem_t *mem,
    const tender_model_t *model, const tender_value_t *object,
    tender_str_t fields);


/*
 * What a bid has to do with its tender: the amount, which a gated tender
 * asks for; currency and VAT flag, which are the tender's, and are set where
 * they are left out; a parameter for each feature.  bid has passed
 * tender_model_validate().  Returns and reports as that does.
 */
int tender_bid_check(tender_check_t *ck, const tender_value_t *tender,
    tender_value_t *bid, unsigned gated);

/* 1 if what was sent as a bid is an award */
int tender_bid_is_award(const tender_value_t *data);


/* the tables of dialect 0.1: seed 003, as the original modelled it */

extern const tender_model_t  tender_model_tender;
extern const tender_model_t  tender_model_bid;
extern const tender_model_t  tender_model_award;
extern const tender_model_t  tender_model_document;
extern const tender_model_t  tender_model_auction;
extern const tender_model_t  tender_model_organization;
extern const tender_model_t  tender_model_item;
extern const tender_model_t  tender_model_value;
extern const tender_model_t  tender_model_period;

/* the records of tender_admin: who may come in, and with what */

extern const tender_model_t  tender_model_account;
extern const tender_model_t  tender_model_user;
extern const tender_model_t  tender_model_client;
extern const tender_model_t  tender_model_code;
extern const tender_model_t  tender_model_key;

/* what is searched for, and a search that is saved */

extern const tender_model_t  tender_model_query;
extern const tender_model_t  tender_model_search;

#define TENDER_QUERY_PAGE  1000      /* the most that tenpage may say */

/*
 * A day (dd.mm.yyyy, dd-mm-yyyy, or of ISO 8601) or a moment of ISO 8601;
 * ends: of a day, its last microsecond.  TENDER_DECLINED: none of these.
 */
int tender_query_date(tender_str_t text, const tender_zone_t *zone,
    unsigned ends, int64_t *us);

/*
 * A comma list of statuses as bits by tender_stage_e.  TENDER_DECLINED: name
 * is none.
 */
int tender_query_statuses(tender_str_t list, unsigned *statuses,
    tender_str_t *name);

/*
 * The next code of a comma list at *list, which moves behind it: digits,
 * without check digit; *prefix: those that begin so.  TENDER_DONE: there is
 * none; TENDER_DECLINED: it is no code.
 */
int tender_query_cpv(tender_str_t *list, tender_str_t *code,
    unsigned *prefix);


/* all models, for documents and descriptions; ends with NULL */
extern const tender_model_t *const  tender_models[];


#endif /* _TENDER_MODEL_H_INCLUDED_ */
