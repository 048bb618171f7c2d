
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_header.h"


static int tender_header_add(tender_mem_t *mem, u_char **p, u_char *end,
    unsigned flags, tender_header_t *header);
static int tender_header_quoted(tender_mem_t *mem, u_char **p, u_char *end,
    unsigned flags, tender_str_t *value);
static int tender_header_unquote(tender_mem_t *mem, unsigned flags,
    tender_str_t *value);
static unsigned tender_header_escape(const u_char *p, const u_char *end,
    unsigned flags);
static u_char tender_header_lower(u_char c);


static const u_char  tender_header_tchars[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1,
    ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1,
    ['`'] = 1, ['|'] = 1, ['~'] = 1,
    ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
             1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
};


static inline u_char *
tender_header_skip(u_char *p, u_char *end)
{
    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    return p;
}


static inline u_char *
tender_header_tokens(u_char *p, u_char *end)
{
    while (p < end && tender_header_tchars[*p]) {
        p++;
    }

    return p;
}


int
tender_header_read(tender_mem_t *mem, tender_str_t text, unsigned flags,
    tender_header_t *header)
{
    int      rc;
    u_char  *p, *end;

    header->nparams = 0;
    header->twice = 0;

    text = tender_header_trim(text);

    if (text.len == 0) {
        return TENDER_DECLINED;
    }

    p = text.data;
    end = p + text.len;

    while (p < end && *p != ';' && *p != ' ' && *p != '\t') {
        p++;
    }

    if (p == text.data) {
        return TENDER_DECLINED;
    }

    header->word.data = text.data;
    header->word.len = (size_t) (p - text.data);

    for ( ;; ) {
        p = tender_header_skip(p, end);

        if (p == end) {
            return TENDER_OK;
        }

        if (*p != ';') {
            return TENDER_DECLINED;
        }

        p = tender_header_skip(p + 1, end);

        if (p == end || *p == ';') {
            continue;
        }

        rc = tender_header_add(mem, &p, end, flags, header);
        if (rc != TENDER_OK) {
            return rc;
        }
    }
}


static int
tender_header_add(tender_mem_t *mem, u_char **p, u_char *end, unsigned flags,
    tender_header_t *header)
{
    size_t                  i;
    u_char                 *s;
    unsigned                n;
    tender_header_param_t  *param;

    if (header->nparams == TENDER_HEADER_PARAMS) {
        return TENDER_DECLINED;
    }

    param = &header->params[header->nparams];

    s = tender_header_tokens(*p, end);

    param->name.data = *p;
    param->name.len = (size_t) (s - *p);

    if (param->name.len == 0 || s == end || *s != '=') {
        return TENDER_DECLINED;
    }

    for (n = 0; n < header->nparams; n++) {

        if (header->params[n].name.len != param->name.len) {
            continue;
        }

        for (i = 0; i < param->name.len; i++) {
            if (tender_header_lower(header->params[n].name.data[i])
                != tender_header_lower(param->name.data[i]))
            {
                break;
            }
        }

        if (i == param->name.len) {
            header->twice = 1;
            return TENDER_DECLINED;
        }
    }

    header->nparams++;
    *p = s + 1;

    if (*p < end && **p == '"') {
        return tender_header_quoted(mem, p, end, flags, &param->value);
    }

    s = tender_header_tokens(*p, end);

    param->value.data = *p;
    param->value.len = (size_t) (s - *p);

    *p = s;

    return param->value.len != 0 ? TENDER_OK : TENDER_DECLINED;
}


static int
tender_header_quoted(tender_mem_t *mem, u_char **p, u_char *end,
    unsigned flags, tender_str_t *value)
{
    u_char    *s;
    unsigned   n, escaped;

    escaped = 0;

    for (s = *p + 1; s < end && *s != '"'; s += n != 0 ? n : 1) {

        if ((*s < 0x20 && *s != '\t') || *s == 0x7f) {
            return TENDER_DECLINED;
        }

        n = tender_header_escape(s, end, flags);
        escaped |= n;
    }

    if (s >= end) {
        return TENDER_DECLINED;
    }

    value->data = *p + 1;
    value->len = (size_t) (s - value->data);

    *p = s + 1;

    return escaped ? tender_header_unquote(mem, flags, value) : TENDER_OK;
}


static int
tender_header_unquote(tender_mem_t *mem, unsigned flags, tender_str_t *value)
{
    u_char    *d, *s, *end;
    unsigned   n;

    s = value->data;
    end = s + value->len;

    d = tender_alloc(mem, value->len);
    if (d == NULL) {
        return TENDER_ERROR;
    }

    value->data = d;

    while (s < end) {
        n = tender_header_escape(s, end, flags);

        if (n == 0) {
            *d++ = *s++;
            continue;
        }

        *d++ = n == 2 ? s[1] : '"';
        s += n;
    }

    value->len = (size_t) (d - value->data);

    return TENDER_OK;
}


/* the length of what stands for a quote or a backslash, or 0 */

static unsigned
tender_header_escape(const u_char *p, const u_char *end, unsigned flags)
{
    if (*p == '\\') {
        return end - p >= 2 && (p[1] == '"' || p[1] == '\\') ? 2 : 0;
    }

    if (*p == '%' && (flags & TENDER_HEADER_FORM)) {
        return end - p >= 3 && p[1] == '2' && p[2] == '2' ? 3 : 0;
    }

    return 0;
}


const tender_str_t *
tender_header_param(const tender_header_t *header, const char *name,
    size_t len)
{
    unsigned  n;

    for (n = 0; n < header->nparams; n++) {
        if (tender_header_is(header->params[n].name, name, len)) {
            return &header->params[n].value;
        }
    }

    return NULL;
}


tender_str_t
tender_header_trim(tender_str_t text)
{
    u_char  *p, *end;

    if (text.len == 0) {
        return text;
    }

    end = text.data + text.len;
    p = tender_header_skip(text.data, end);

    while (end > p && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    text.data = p;
    text.len = (size_t) (end - p);

    return text;
}


int
tender_header_token(tender_str_t text)
{
    if (text.len == 0) {
        return 0;
    }

    return tender_header_tokens(text.data, text.data + text.len)
           == text.data + text.len;
}


int
tender_header_is(tender_str_t text, const char *word, size_t len)
{
    size_t  i;

    if (text.len != len) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (tender_header_lower(text.data[i]) != (u_char) word[i]) {
            return 0;
        }
    }

    return 1;
}


static u_char
tender_header_lower(u_char c)
{
    return (u_char) (c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}
