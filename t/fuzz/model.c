
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include <stdlib.h>

#include "domain/tender_auction.h"
#include "domain/tender_rank.h"
#include "format/tender_json.h"
#include "model/tender_model.h"


/*
 * A byte of flags, one that chooses the model, then one or two JSON texts
 * with a zero between them.  A record that is good is good, and the same,
 * when it is written, read and validated again.  The second text is a
 * fragment that is merged into the first: once is the same as twice.  It is
 * also the tender of the first, taken as a bid and as a report of an auction.
 */

#define FUZZ_PARTIAL  0x01

static const tender_model_t  *model;

static tender_value_t *read_object(tender_mem_t *mem, tender_str_t text);
static int validate(tender_mem_t *mem, unsigned by, unsigned partial,
    tender_value_t *v);
static void check_again(tender_mem_t *mem, unsigned by, unsigned partial,
    const tender_value_t *v);
static void check_merge(tender_mem_t *mem, tender_value_t *target,
    const tender_value_t *patch);
static void check_bid(tender_mem_t *mem, const tender_value_t *tender,
    tender_value_t *bid);
static void check_auction(tender_mem_t *mem, const tender_value_t *auction,
    const tender_value_t *tender);
static void check_others(tender_mem_t *mem, unsigned by,
    const tender_value_t *target, const tender_value_t *v,
    tender_str_t fields);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned         by, partial, i;
    tender_str_t     a, b;
    tender_mem_t     mem;
    const uint8_t   *p;
    tender_value_t  *v, *patch;
    tender_arena_t  *arena;

    if (size < 3) {
        return 0;
    }

    partial = data[0] & FUZZ_PARTIAL;
    by = (data[0] >> 1) & (TENDER_BY_IMPORT * 2 - 1);

    for (i = 0; tender_models[i] != NULL; i++) { /* void */ }

    model = tender_models[data[1] % i];

    data += 2;
    size -= 2;

    p = memchr(data, 0, size);

    a.data = (u_char *) data;
    a.len = p != NULL ? (size_t) (p - data) : size;
    b.data = p != NULL ? (u_char *) p + 1 : NULL;
    b.len = p != NULL ? size - a.len - 1 : 0;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    v = read_object(&mem, a);

    if (v != NULL) {

        if (validate(&mem, by, partial, v)) {
            check_again(&mem, by, partial, v);
        }

        patch = b.len != 0 ? read_object(&mem, b) : NULL;

        if (patch != NULL && model == &tender_model_bid && !partial) {
            check_bid(&mem, patch, v);
        }

        if (patch != NULL && model == &tender_model_auction) {
            check_auction(&mem, v, patch);
        }

        if (patch != NULL) {
            (void) validate(&mem, by, 1, patch);
            check_others(&mem, by, v, patch, a);
            check_merge(&mem, v, patch);
        }
    }

    tender_arena_free(arena);

    return 0;
}


/* NULL: not JSON, or no object */

static tender_value_t *
read_object(tender_mem_t *mem, tender_str_t text)
{
    tender_value_t       *v;
    tender_json_error_t   err;

    if (tender_json_read(mem, text.data, text.len, &v, &err) != TENDER_OK
        || v->type != TENDER_OBJECT)
    {
        return NULL;
    }

    return v;
}


static int
validate(tender_mem_t *mem, unsigned by, unsigned partial, tender_value_t *v)
{
    int             rc;
    tender_str_t    text;
    tender_check_t  ck;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = mem;
    ck.by = by;
    ck.partial = partial & 1;

    rc = tender_model_validate(&ck, model, v);

    if (rc == TENDER_OK && ck.errors == NULL) {
        return 1;
    }

    if (rc != TENDER_DECLINED || ck.errors == NULL || ck.errors->nelts == 0
        || tender_json_text(mem, ck.errors, 0, &text) != TENDER_OK
        || read_object(mem, text) == NULL)
    {
        abort();
    }

    return 0;
}


static void
check_again(tender_mem_t *mem, unsigned by, unsigned partial,
    const tender_value_t *v)
{
    tender_str_t     text;
    tender_value_t  *again;

    if (tender_json_text(mem, v, 0, &text) != TENDER_OK) {
        abort();
    }

    again = read_object(mem, text);

    if (again == NULL || !tender_value_equal(v, again)
        || !validate(mem, by, partial, again)
        || !tender_value_equal(v, again))
    {
        abort();
    }
}


static void
check_merge(tender_mem_t *mem, tender_value_t *target,
    const tender_value_t *patch)
{
    tender_value_t  *before, *once;

    before = tender_value_copy(mem, patch);

    if (before == NULL
        || tender_model_merge(mem, model, target, patch)
           != TENDER_OK)
    {
        abort();
    }

    once = tender_value_copy(mem, target);

    if (once == NULL
        || tender_model_merge(mem, model, target, patch)
           != TENDER_OK
        || !tender_value_equal(target, once)
        || !tender_value_equal(patch, before))
    {
        abort();
    }

    (void) validate(mem, TENDER_BY_SERVER, 0, target);
}


/* a bid that fits a good tender is good, fits again, and can be ranked */

static void
check_bid(tender_mem_t *mem, const tender_value_t *tender,
    tender_value_t *bid)
{
    int              rc;
    tender_check_t   ck;
    tender_offer_t   a, b;
    tender_value_t  *whole, *record;

    whole = tender_value_copy(mem, tender);
    record = tender_value_copy(mem, bid);

    model = &tender_model_tender;

    if (whole == NULL || record == NULL
        || !validate(mem, TENDER_BY_SERVER, 0, whole))
    {
        model = &tender_model_bid;
        return;
    }

    model = &tender_model_bid;

    if (!validate(mem, TENDER_BY_SERVER, 0, record)) {
        return;
    }

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = mem;

    rc = tender_bid_check(&ck, whole, record, 1);

    if ((rc == TENDER_OK) != (ck.errors == NULL) || rc == TENDER_ERROR) {
        abort();
    }

    if (rc != TENDER_OK) {
        return;
    }

    check_again(mem, TENDER_BY_SERVER, 0, record);

    if (tender_bid_check(&ck, whole, record, 1) != TENDER_OK) {
        abort();
    }

    if (tender_offer_read(whole, record, (tender_str_t) tender_null_string,
                          0, &a)
        != TENDER_OK)
    {
        return;
    }

    b = a;
    b.weight = TENDER_WEIGHT_ONE;

    if (a.weight < TENDER_WEIGHT_ONE / 10 * 7 || a.weight > b.weight
        || tender_offer_compare(&a, &a) != 0
        || tender_offer_compare(&b, &a) > 0)
    {
        abort();
    }
}


/* results that were taken are in the bids, and change nothing again */

static void
check_auction(tender_mem_t *mem, const tender_value_t *auction,
    const tender_value_t *tender)
{
    int              rc;
    u_char           changed[4];
    unsigned         i, n;
    const char      *why;
    tender_str_t     ids[4];
    tender_value_t  *results, *list, *v, *report, *bids[4];

    report = tender_value_copy(mem, auction);
    list = tender_value_copy(mem, tender);

    if (report == NULL || list == NULL
        || !validate(mem, TENDER_BY_AUCTION, 1, report))
    {
        return;
    }

    results = tender_value_member(report, "bids");
    list = tender_value_member(list, "bids");

    if (results == NULL || results->type != TENDER_ARRAY
        || list == NULL || list->type != TENDER_ARRAY)
    {
        return;
    }

    n = 0;

    for (v = list->u.list.first; v != NULL && n < 4; v = v->next) {

        if (v->type == TENDER_OBJECT) {
            ids[n].data = (u_char *) "0123456789abcdef0123456789abcdef012";
            ids[n].data += n;
            ids[n].len = 32;
            bids[n++] = v;
        }
    }

    why = NULL;
    rc = tender_auction_apply(mem, results, bids, ids, n, changed, &why);

    if (rc == TENDER_DECLINED && why != NULL) {
        return;
    }

    if (rc != TENDER_OK
        || tender_auction_apply(mem, results, bids, ids, n, changed, &why)
           != TENDER_OK)
    {
        abort();
    }

    for (i = 0; i < n; i++) {
        if (changed[i]) {
            abort();
        }
    }
}


static void
check_others(tender_mem_t *mem, unsigned by, const tender_value_t *target,
    const tender_value_t *v, tender_str_t fields)
{
    tender_check_t   ck;
    tender_value_t  *object, *view;

    memset(&ck, 0, sizeof(tender_check_t));
    ck.mem = mem;
    ck.by = by;

    object = tender_value_copy(mem, v);

    if (object == NULL
        || tender_model_keep(&ck, model, object, target)
           != TENDER_OK)
    {
        abort();
    }

    view = tender_model_project(mem, model, object, fields);

    if (view == NULL || view->nelts > object->nelts) {
        abort();
    }
}
