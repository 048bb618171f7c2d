
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../format/tender_text.h"
#include "tender_entry.h"


static int tender_entry_tender(const u_char **p, const u_char *end,
    tender_entry_t *entry);
static int tender_entry_attributes(const u_char **p, const u_char *end,
    tender_entry_t *entry);
static int tender_entry_token(const u_char **p, const u_char *end,
    u_char border, tender_str_t *token);
static int tender_entry_signed(tender_str_t token, int64_t *n);
static int tender_entry_kept(tender_str_t token);


int
tender_entry_read(const u_char **p, const u_char *end, tender_entry_t *entry)
{
    uint64_t       len;
    tender_str_t   token;
    const u_char  *at;

    at = *p;

    if (at == end) {
        return TENDER_DONE;
    }

    memset(entry, 0, sizeof(tender_entry_t));
    entry->price = TENDER_NO_PRICE;

    if (tender_entry_tender(&at, end, entry) != TENDER_OK
        || tender_entry_attributes(&at, end, entry) != TENDER_OK
        || tender_entry_token(&at, end, '\n', &token) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    if (!tender_entry_kept(token)) {

        if (tender_uint_read(token, TENDER_ENTRY_MAX, &len) != TENDER_OK
            || len > (size_t) (end - at))
        {
            return TENDER_DECLINED;
        }

        entry->has_terms = 1;
        entry->terms.data = (u_char *) at;
        entry->terms.len = (size_t) len;
        at += len;
    }

    *p = at;

    return TENDER_OK;
}


int
tender_entry_term(const u_char **p, const u_char *end, tender_str_t *term,
    tender_str_t *positions)
{
    uint32_t       n, step;
    const u_char  *at;

    at = *p;

    if (at == end) {
        return TENDER_DONE;
    }

    if (*at == 0 || *at > TENDER_TERM_MAX || *at > end - at - 1) {
        return TENDER_DECLINED;
    }

    term->len = *at++;
    term->data = (u_char *) at;
    at += term->len;

    positions->data = (u_char *) at;

    at = tender_leb_read(at, end, &n);

    for ( /* void */ ; at != NULL && n != 0; n--) {
        at = tender_leb_read(at, end, &step);
    }

    if (at == NULL) {
        return TENDER_DECLINED;
    }

    positions->len = (size_t) (at - positions->data);
    *p = at;

    return TENDER_OK;
}


/* "<number> <id> <created> <modified> <status> <tenderID> " */

static int
tender_entry_tender(const u_char **p, const u_char *end,
    tender_entry_t *entry)
{
    int           status;
    uint64_t      n;
    tender_str_t  token;

    if (tender_entry_token(p, end, ' ', &token) != TENDER_OK
        || tender_uint_read(token, UINT32_MAX, &n) != TENDER_OK
        || n == 0)
    {
        return TENDER_DECLINED;
    }

    entry->number = (uint32_t) n;

    if (tender_entry_token(p, end, ' ', &entry->id) != TENDER_OK
        || tender_entry_token(p, end, ' ', &token) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    if (!tender_entry_kept(token)) {
        entry->has_created = 1;

        if (tender_entry_signed(token, &entry->created) != TENDER_OK) {
            return TENDER_DECLINED;
        }
    }

    if (tender_entry_token(p, end, ' ', &token) != TENDER_OK
        || tender_entry_signed(token, &entry->modified) != TENDER_OK
        || tender_entry_token(p, end, ' ', &token) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    status = tender_stage_read(token);

    if (status < 0
        || tender_entry_token(p, end, ' ', &token) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    entry->status = (unsigned) status;

    if (!tender_entry_kept(token)) {
        entry->tender_id = token;
    }

    return TENDER_OK;
}


/* "<deadline> <price> " */

static int
tender_entry_attributes(const u_char **p, const u_char *end,
    tender_entry_t *entry)
{
    tender_str_t  token;

    if (tender_entry_token(p, end, ' ', &token) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    if (!tender_entry_kept(token)) {
        entry->has_deadline = 1;

        if (tender_entry_signed(token, &entry->deadline) != TENDER_OK) {
            return TENDER_DECLINED;
        }
    }

    if (tender_entry_token(p, end, ' ', &token) != TENDER_OK) {
        return TENDER_DECLINED;
    }

    if (tender_entry_kept(token)) {
        return TENDER_OK;
    }

    entry->has_price = 1;

    if (tender_str_is(&token, "-")) {
        return TENDER_OK;
    }

    return tender_entry_signed(token, &entry->price);
}


/* what stands before a border; not nothing, and of this line */

static int
tender_entry_token(const u_char **p, const u_char *end, u_char border,
    tender_str_t *token)
{
    const u_char  *at;

    for (at = *p; at < end && *at != ' ' && *at != '\n'; at++) { /* void */ }

    if (at == end || *at != border || at == *p) {
        return TENDER_DECLINED;
    }

    token->data = (u_char *) *p;
    token->len = (size_t) (at - *p);
    *p = at + 1;

    return TENDER_OK;
}


static int
tender_entry_signed(tender_str_t token, int64_t *n)
{
    int       negative;
    uint64_t  value;

    negative = (token.data[0] == '-');

    if (negative) {
        token.data++;
        token.len--;
    }

    if (tender_uint_read(token, INT64_MAX, &value) != TENDER_OK
        || (negative && value == 0))
    {
        return TENDER_DECLINED;
    }

    *n = negative ? -(int64_t) value : (int64_t) value;

    return TENDER_OK;
}


static int
tender_entry_kept(tender_str_t token)
{
    return tender_str_is(&token, "=");
}
