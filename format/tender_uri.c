
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_text.h"
#include "tender_uri.h"


#define TENDER_URI_FORM  1    /* '+' is a space */


static int tender_path_segment(tender_mem_t *mem, tender_str_t *segment);
static int tender_query_again(const tender_str_t *once,
    const tender_param_t *param, const tender_str_t *before);
static int tender_query_pair(tender_mem_t *mem, tender_str_t pair,
    tender_param_t *param, const char **why);
static int tender_query_decode(tender_mem_t *mem, tender_str_t *text,
    const char **why);
static int tender_query_secret_name(tender_str_t raw,
    const tender_str_t *names);
static int tender_query_folded(tender_str_t raw, const tender_str_t *name);
static int tender_uri_decode(tender_mem_t *mem, tender_str_t *text,
    unsigned flags);
static int tender_uri_hex(u_char c);
static int tender_uri_unreserved(u_char c);


/* letters, digits, '-', '_', '~' */

static const u_char  tender_uri_words[256] = {
    ['-'] = 1, ['_'] = 1, ['~'] = 1,
    ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
};


/* the part of *rest in front of the next delimiter, which is taken off */

static inline tender_str_t
tender_uri_token(tender_str_t *rest, u_char delimiter)
{
    u_char        *p;
    tender_str_t   token;

    token = *rest;

    if (rest->len == 0) {
        return token;
    }

    p = memchr(rest->data, delimiter, rest->len);

    if (p == NULL) {
        rest->data += rest->len;
        rest->len = 0;
        return token;
    }

    token.len = (size_t) (p - rest->data);

    rest->data += token.len + 1;
    rest->len -= token.len + 1;

    return token;
}


int
tender_path_split(tender_mem_t *mem, tender_str_t path,
    tender_str_t *segments, unsigned max)
{
    int       rc;
    unsigned  n;

    if (path.len == 0) {
        return 0;
    }

    if (path.data[path.len - 1] == '/') {
        return TENDER_DECLINED;
    }

    for (n = 0; path.len != 0; n++) {

        if (n == max) {
            return TENDER_DECLINED;
        }

        segments[n] = tender_uri_token(&path, '/');

        rc = tender_path_segment(mem, &segments[n]);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return (int) n;
}


static int
tender_path_segment(tender_mem_t *mem, tender_str_t *segment)
{
    int     rc;
    size_t  i, dots;
    u_char  c;

    /* most segments are words and ids: nothing to decode or to doubt */

    for (i = 0; i < segment->len; i++) {
        if (!tender_uri_words[segment->data[i]]) {
            break;
        }
    }

    if (i == segment->len && i != 0) {
        return TENDER_OK;
    }

    rc = tender_uri_decode(mem, segment, 0);
    if (rc != TENDER_OK) {
        return rc;
    }

    dots = 0;

    for (i = 0; i < segment->len; i++) {
        c = segment->data[i];

        if (c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == '%') {
            return TENDER_DECLINED;
        }

        dots += (c == '.');
    }

    /* true of an empty one, too */

    if (dots == segment->len
        || !tender_utf8_valid(segment->data, segment->len))
    {
        return TENDER_DECLINED;
    }

    return TENDER_OK;
}


int
tender_query_parse(tender_mem_t *mem, tender_str_t raw,
    tender_query_t *query, const char **why, tender_str_t *name)
{
    return tender_query_parse_last(mem, raw, NULL, query, why, name);
}


int
tender_query_parse_last(tender_mem_t *mem, tender_str_t raw,
    const tender_str_t *once, tender_query_t *query, const char **why,
    tender_str_t *name)
{
    int              rc;
    size_t           i, n;
    tender_str_t     pair, *before;
    tender_param_t  *param;

    query->params = NULL;
    query->nparams = 0;

    *why = NULL;
    name->len = 0;
    name->data = NULL;

    if (raw.len == 0) {
        return TENDER_OK;
    }

    for (n = 1, i = 0; i < raw.len && n < TENDER_MAX_PARAMETERS; i++) {
        n += (raw.data[i] == '&');
    }

    query->params = tender_alloc(mem, n * sizeof(tender_param_t));
    if (query->params == NULL) {
        return TENDER_ERROR;
    }

    while (raw.len != 0) {
        pair = tender_uri_token(&raw, '&');

        if (pair.len == 0) {
            continue;
        }

        if (query->nparams == TENDER_MAX_PARAMETERS) {
            *why = "Too many parameters";
            return TENDER_DECLINED;
        }

        param = &query->params[query->nparams];

        rc = tender_query_pair(mem, pair, param, why);
        if (rc != TENDER_OK) {
            return rc;
        }

        before = tender_query_get(query, &param->name);

        if (before == NULL) {
            query->nparams++;
            continue;
        }

        if (!tender_query_again(once, param, before)) {
            *why = "Duplicate parameter";
            *name = param->name;
            return TENDER_DECLINED;
        }

        *before = param->value;
    }

    return TENDER_OK;
}


/* 1 if a parameter may come again, with that value */

static int
tender_query_again(const tender_str_t *once, const tender_param_t *param,
    const tender_str_t *before)
{
    if (once == NULL) {
        return 0;
    }

    for ( /* void */ ; once->len; once++) {
        if (tender_str_eq(once, &param->name)) {
            return tender_str_eq(&param->value, before);
        }
    }

    return 1;
}


static int
tender_query_pair(tender_mem_t *mem, tender_str_t pair, tender_param_t *param,
    const char **why)
{
    int  rc;

    param->name = tender_uri_token(&pair, '=');
    param->value = pair;

    rc = tender_query_decode(mem, &param->name, why);
    if (rc != TENDER_OK) {
        return rc;
    }

    return tender_query_decode(mem, &param->value, why);
}


static int
tender_query_decode(tender_mem_t *mem, tender_str_t *text, const char **why)
{
    int     rc;
    size_t  i;

    rc = tender_uri_decode(mem, text, TENDER_URI_FORM);

    if (rc == TENDER_DECLINED) {
        *why = "Invalid percent escape";
    }

    if (rc != TENDER_OK) {
        return rc;
    }

    if (!tender_utf8_valid(text->data, text->len)) {
        *why = "Invalid UTF-8";
        return TENDER_DECLINED;
    }

    for (i = 0; i < text->len; i++) {
        if (text->data[i] < 0x20 || text->data[i] == 0x7f) {
            *why = "Invalid control character";
            return TENDER_DECLINED;
        }
    }

    return TENDER_OK;
}


tender_str_t *
tender_query_get(const tender_query_t *query, const tender_str_t *name)
{
    unsigned         i;
    tender_param_t  *param;

    for (i = 0; i < query->nparams; i++) {
        param = &query->params[i];

        if (tender_str_eq(&param->name, name)) {
            return &param->value;
        }
    }

    return NULL;
}


int
tender_query_secret(tender_str_t raw, size_t *pos, const tender_str_t *names,
    tender_str_t *value)
{
    u_char        *start;
    tender_str_t   pair, name;

    if (*pos >= raw.len) {
        return 0;
    }

    start = raw.data;

    raw.data += *pos;
    raw.len -= *pos;

    while (raw.len != 0) {
        pair = tender_uri_token(&raw, '&');
        *pos = (size_t) (raw.data - start);

        name = tender_uri_token(&pair, '=');

        if (tender_query_secret_name(name, names)) {
            *value = pair;
            return 1;
        }
    }

    return 0;
}


static int
tender_query_secret_name(tender_str_t raw, const tender_str_t *names)
{
    for ( /* void */ ; names->len != 0; names++) {
        if (tender_query_folded(raw, names)) {
            return 1;
        }
    }

    return 0;
}


/* whether raw, decoded and in lower case, is name */

static int
tender_query_folded(tender_str_t raw, const tender_str_t *name)
{
    int      high, low;
    u_char   c, *p, *end;
    size_t   i;

    if (raw.len == 0) {
        return 0;
    }

    p = raw.data;
    end = p + raw.len;

    for (i = 0; p < end; i++) {
        c = *p++;

        if (c == '+') {
            c = ' ';

        } else if (c == '%' && end - p >= 2) {
            high = tender_uri_hex(p[0]);
            low = tender_uri_hex(p[1]);

            if (high >= 0 && low >= 0) {
                c = (u_char) (high << 4 | low);
                p += 2;
            }
        }

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (i == name->len || c != name->data[i]) {
            return 0;
        }
    }

    return i == name->len;
}


/* in place of a span, if there is nothing to decode; else into mem */

static int
tender_uri_decode(tender_mem_t *mem, tender_str_t *text, unsigned flags)
{
    int      high, low;
    u_char  *p, *dst, *end, *start;

    if (text->len == 0) {
        return TENDER_OK;
    }

    end = text->data + text->len;

    for (p = text->data; p < end; p++) {
        if (*p == '%' || (*p == '+' && flags == TENDER_URI_FORM)) {
            break;
        }
    }

    if (p == end) {
        return TENDER_OK;
    }

    start = tender_alloc(mem, text->len);
    if (start == NULL) {
        return TENDER_ERROR;
    }

    dst = start;

    for (p = text->data; p < end; p++) {

        if (*p == '+' && flags == TENDER_URI_FORM) {
            *dst++ = ' ';
            continue;
        }

        if (*p != '%') {
            *dst++ = *p;
            continue;
        }

        if (end - p < 3) {
            return TENDER_DECLINED;
        }

        high = tender_uri_hex(p[1]);
        low = tender_uri_hex(p[2]);

        if (high < 0 || low < 0) {
            return TENDER_DECLINED;
        }

        *dst++ = (u_char) (high << 4 | low);
        p += 2;
    }

    text->len = (size_t) (dst - start);
    text->data = start;

    return TENDER_OK;
}


static int
tender_uri_hex(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return -1;
}


size_t
tender_uri_escaped_length(tender_str_t text)
{
    size_t  i, n;

    n = text.len;

    for (i = 0; i < text.len; i++) {
        if (!tender_uri_unreserved(text.data[i])) {
            n += 2;
        }
    }

    return n;
}


u_char *
tender_uri_escape(u_char *p, tender_str_t text)
{
    size_t  i;
    u_char  c;

    static const u_char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (tender_uri_unreserved(c)) {
            *p++ = c;
            continue;
        }

        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    return p;
}


static int
tender_uri_unreserved(u_char c)
{
    u_char  letter;

    letter = c | 0x20;

    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9')
           || c == '-' || c == '.' || c == '_' || c == '~';
}
