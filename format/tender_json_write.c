
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_json.h"


#define TENDER_JSON_INDENT  4

#define TENDER_JSON_ONES    0x0101010101010101ULL
#define TENDER_JSON_HIGH    0x8080808080808080ULL


/* level is 0 in compact form, else 1 and the depth */

static size_t tender_json_value_length(const tender_value_t *v, size_t level);
static size_t tender_json_list_length(const tender_value_t *v, size_t level);
static size_t tender_json_string_length(const tender_str_t *text,
    unsigned plain);
static u_char *tender_json_write_value(u_char *p, const tender_value_t *v,
    size_t level);
static u_char *tender_json_write_list(u_char *p, const tender_value_t *v,
    size_t level);
static u_char *tender_json_write_line(u_char *p, size_t depth);
static u_char *tender_json_write_string(u_char *p, const tender_str_t *text,
    unsigned plain);
static u_char *tender_json_write_escape(u_char *p, u_char c);


/* most texts are short: a call of memcpy() would cost more than the copy */

static inline u_char *
tender_json_copy(u_char *p, const u_char *data, size_t len)
{
    uint32_t  head4, tail4;
    uint64_t  head, tail;

    if (len > 16) {
        memcpy(p, data, len);

    } else if (len >= 8) {
        memcpy(&head, data, 8);
        memcpy(&tail, data + len - 8, 8);
        memcpy(p, &head, 8);
        memcpy(p + len - 8, &tail, 8);

    } else if (len >= 4) {
        memcpy(&head4, data, 4);
        memcpy(&tail4, data + len - 4, 4);
        memcpy(p, &head4, 4);
        memcpy(p + len - 4, &tail4, 4);

    } else if (len != 0) {
        p[0] = data[0];
        p[len / 2] = data[len / 2];
        p[len - 1] = data[len - 1];
    }

    return p + len;
}


/* 1 if none of eight bytes needs an escape */

static inline int
tender_json_clean(const u_char *p)
{
    uint64_t  w, m;

    memcpy(&w, p, 8);

    m = (w | TENDER_JSON_HIGH) - TENDER_JSON_ONES * 0x20;
    m &= ((w ^ TENDER_JSON_ONES * '"') | TENDER_JSON_HIGH) - TENDER_JSON_ONES;
    m &= ((w ^ TENDER_JSON_ONES * '\\') | TENDER_JSON_HIGH)
         - TENDER_JSON_ONES;

    return (~m & ~w & TENDER_JSON_HIGH) == 0;
}


/* how many bytes the character takes more than one */

static inline size_t
tender_json_extra(u_char c)
{
    if (c >= 0x20) {
        return c == '"' || c == '\\';
    }

    switch (c) {
    case '\b':
    case '\f':
    case '\n':
    case '\r':
    case '\t':
        return 1;

    default:
        return 5;
    }
}


size_t
tender_json_length(const tender_value_t *value, unsigned flags)
{
    return tender_json_value_length(value, flags & TENDER_JSON_PRETTY);
}


u_char *
tender_json_write(u_char *p, const tender_value_t *value, unsigned flags)
{
    return tender_json_write_value(p, value, flags & TENDER_JSON_PRETTY);
}


int
tender_json_text(tender_mem_t *mem, const tender_value_t *value,
    unsigned flags, tender_str_t *text)
{
    text->len = tender_json_length(value, flags);

    text->data = tender_alloc(mem, text->len);
    if (text->data == NULL) {
        return TENDER_ERROR;
    }

    (void) tender_json_write(text->data, value, flags);

    return TENDER_OK;
}


static size_t
tender_json_value_length(const tender_value_t *v, size_t level)
{
    switch (v->type) {

    case TENDER_ARRAY:
    case TENDER_OBJECT:
        return tender_json_list_length(v, level);

    case TENDER_STRING:
        return tender_json_string_length(&v->u.text, v->plain);

    case TENDER_NUMBER:
        return v->u.text.len;

    case TENDER_FALSE:
        return sizeof("false") - 1;

    default: /* TENDER_TRUE, TENDER_NULL */
        return sizeof("true") - 1;
    }
}


static size_t
tender_json_list_length(const tender_value_t *v, size_t level)
{
    size_t           n;
    tender_value_t  *item;

    if (v->nelts == 0) {
        return sizeof("[]") - 1;
    }

    /* a bracket or a comma before each, a bracket behind the last */

    n = v->nelts + 1;

    if (level) {
        n += v->nelts * (1 + level * TENDER_JSON_INDENT);
        n += 1 + (level - 1) * TENDER_JSON_INDENT;
        level++;
    }

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (v->type == TENDER_OBJECT) {
            n += tender_json_string_length(&item->name, item->name_plain);
            n += level ? 2 : 1;
        }

        n += tender_json_value_length(item, level);
    }

    return n;
}


static size_t
tender_json_string_length(const tender_str_t *text, unsigned plain)
{
    size_t         n;
    const u_char  *p, *end;

    n = text->len + 2;

    if (plain || text->len == 0) {
        return n;
    }

    p = text->data;
    end = p + text->len;

    while (p < end) {

        if (end - p >= 8 && tender_json_clean(p)) {
            p += 8;
            continue;
        }

        n += tender_json_extra(*p++);
    }

    return n;
}


static u_char *
tender_json_write_value(u_char *p, const tender_value_t *v, size_t level)
{
    switch (v->type) {

    case TENDER_ARRAY:
    case TENDER_OBJECT:
        return tender_json_write_list(p, v, level);

    case TENDER_STRING:
        return tender_json_write_string(p, &v->u.text, v->plain);

    case TENDER_NUMBER:
        return tender_json_copy(p, v->u.text.data, v->u.text.len);

    case TENDER_TRUE:
        memcpy(p, "true", 4);
        return p + 4;

    case TENDER_FALSE:
        memcpy(p, "false", 5);
        return p + 5;

    default: /* TENDER_NULL */
        memcpy(p, "null", 4);
        return p + 4;
    }
}


static u_char *
tender_json_write_list(u_char *p, const tender_value_t *v, size_t level)
{
    int              object;
    tender_value_t  *item;

    object = (v->type == TENDER_OBJECT);

    *p++ = object ? '{' : '[';

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (item != v->u.list.first) {
            *p++ = ',';
        }

        if (level) {
            p = tender_json_write_line(p, level);
        }

        if (object) {
            p = tender_json_write_string(p, &item->name, item->name_plain);
            *p++ = ':';

            if (level) {
                *p++ = ' ';
            }
        }

        p = tender_json_write_value(p, item, level ? level + 1 : 0);
    }

    if (level && v->nelts != 0) {
        p = tender_json_write_line(p, level - 1);
    }

    *p++ = object ? '}' : ']';

    return p;
}


static u_char *
tender_json_write_line(u_char *p, size_t depth)
{
    *p++ = '\n';
    memset(p, ' ', depth * TENDER_JSON_INDENT);

    return p + depth * TENDER_JSON_INDENT;
}


static u_char *
tender_json_write_string(u_char *p, const tender_str_t *text, unsigned plain)
{
    const u_char  *q, *end;

    *p++ = '"';

    if (plain || text->len == 0) {
        p = tender_json_copy(p, text->data, text->len);
        *p++ = '"';
        return p;
    }

    q = text->data;
    end = q + text->len;

    while (q < end) {

        if (end - q >= 8 && tender_json_clean(q)) {
            memcpy(p, q, 8);
            p += 8;
            q += 8;
            continue;
        }

        if (tender_json_extra(*q) == 0) {
            *p++ = *q++;

        } else {
            p = tender_json_write_escape(p, *q++);
        }
    }

    *p++ = '"';

    return p;
}


static u_char *
tender_json_write_escape(u_char *p, u_char c)
{
    static const u_char  hex[] = "0123456789abcdef";

    *p++ = '\\';

    switch (c) {

    case '"':
    case '\\':
        *p++ = c;
        return p;

    case '\b':
        *p++ = 'b';
        return p;

    case '\f':
        *p++ = 'f';
        return p;

    case '\n':
        *p++ = 'n';
        return p;

    case '\r':
        *p++ = 'r';
        return p;

    case '\t':
        *p++ = 't';
        return p;
    }

    memcpy(p, "u00", 3);
    p[3] = hex[c >> 4];
    p[4] = hex[c & 0xf];

    return p + 5;
}
