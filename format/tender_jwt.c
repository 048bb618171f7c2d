
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_base64.h"
#include "tender_json.h"
#include "tender_jwt_object.h"


#define TENDER_JWT_HEADER_DEPTH  4


static int tender_jwt_split(tender_str_t token, tender_str_t *parts);
static int tender_jwt_decode(tender_mem_t *mem, tender_str_t part,
    tender_str_t *bytes);
static int tender_jwt_header(tender_mem_t *mem, tender_str_t text,
    tender_jwt_t *jwt);
static int tender_jwt_parameter(const tender_value_t *v, tender_jwt_t *jwt);
static int tender_jwt_type(tender_str_t type);
static int tender_jwt_starts(tender_str_t text, const char *start,
    size_t len);
static int tender_jwt_shallow(const tender_value_t *v, unsigned depth);


static const tender_str_t  tender_jwt_names[] = {
    tender_null_string,
    tender_string("HS256"),
    tender_string("HS384"),
    tender_string("HS512"),
    tender_string("RS256"),
    tender_string("RS384"),
    tender_string("RS512"),
    tender_string("PS256"),
    tender_string("PS384"),
    tender_string("PS512"),
    tender_string("ES256"),
    tender_string("ES384"),
    tender_string("EdDSA")
};

#define TENDER_JWT_NAMES                                                      \
    (sizeof(tender_jwt_names) / sizeof(tender_jwt_names[0]))


tender_jwt_alg_e
tender_jwt_alg(tender_str_t name)
{
    unsigned  i;

    for (i = 1; i < TENDER_JWT_NAMES; i++) {
        if (tender_str_eq(&tender_jwt_names[i], &name)) {
            return (tender_jwt_alg_e) i;
        }
    }

    return TENDER_JWT_NONE;
}


tender_str_t
tender_jwt_alg_name(tender_jwt_alg_e alg)
{
    return tender_jwt_names[(unsigned) alg < TENDER_JWT_NAMES ? alg : 0];
}


int
tender_jwt_kid_valid(tender_str_t kid)
{
    size_t  i;
    u_char  c;

    if (kid.len == 0 || kid.len > TENDER_JWT_KID_MAX) {
        return 0;
    }

    for (i = 0; i < kid.len; i++) {
        c = kid.data[i];

        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')
            && (c < 'a' || c > 'z') && c != '.' && c != '_' && c != '-')
        {
            return 0;
        }
    }

    return 1;
}


int
tender_jwt_looks(tender_str_t token)
{
    tender_str_t  parts[3];

    return tender_jwt_split(token, parts) == TENDER_OK;
}


int
tender_jwt_read(tender_mem_t *mem, tender_str_t token, tender_jwt_t *jwt)
{
    int           rc;
    tender_str_t  parts[3], header;

    memset(jwt, 0, sizeof(tender_jwt_t));

    if (token.len > TENDER_JWT_MAX
        || tender_jwt_split(token, parts) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    jwt->input.data = token.data;
    jwt->input.len = parts[0].len + 1 + parts[1].len;

    rc = tender_jwt_decode(mem, parts[0], &header);

    if (rc == TENDER_OK) {
        rc = tender_jwt_decode(mem, parts[1], &jwt->payload);
    }

    if (rc == TENDER_OK) {
        rc = tender_jwt_decode(mem, parts[2], &jwt->signature);
    }

    return rc == TENDER_OK ? tender_jwt_header(mem, header, jwt) : rc;
}


static int
tender_jwt_split(tender_str_t token, tender_str_t *parts)
{
    unsigned  i;
    u_char   *p, *end, *dot;

    if (token.len == 0) {
        return TENDER_DECLINED;
    }

    p = token.data;
    end = p + token.len;

    for (i = 0; i < 2; i++) {
        dot = memchr(p, '.', (size_t) (end - p));
        if (dot == NULL) {
            return TENDER_DECLINED;
        }

        parts[i].data = p;
        parts[i].len = (size_t) (dot - p);
        p = dot + 1;
    }

    parts[2].data = p;
    parts[2].len = (size_t) (end - p);

    return memchr(p, '.', parts[2].len) == NULL ? TENDER_OK
                                                : TENDER_DECLINED;
}


static int
tender_jwt_decode(tender_mem_t *mem, tender_str_t part, tender_str_t *bytes)
{
    if (part.len == 0) {
        return TENDER_DECLINED;
    }

    bytes->data = tender_alloc(mem, tender_base64_decoded_length(part.len));
    if (bytes->data == NULL) {
        return TENDER_ERROR;
    }

    return tender_base64url_read(part, bytes->data, &bytes->len);
}


static int
tender_jwt_header(tender_mem_t *mem, tender_str_t text, tender_jwt_t *jwt)
{
    int              rc;
    tender_value_t  *header, *v;

    rc = tender_jwt_object(mem, text, TENDER_JWT_HEADER_DEPTH, &header);
    if (rc != TENDER_OK) {
        return rc;
    }

    for (v = header->u.list.first; v != NULL; v = v->next) {
        if (tender_jwt_parameter(v, jwt) != TENDER_OK) {
            return TENDER_DECLINED;
        }
    }

    return jwt->alg == TENDER_JWT_NONE ? TENDER_DECLINED : TENDER_OK;
}


static int
tender_jwt_parameter(const tender_value_t *v, tender_jwt_t *jwt)
{
    const tender_str_t  *name;

    name = &v->name;

    /* each of these changes what the rest means */

    if (tender_str_is(name, "crit") || tender_str_is(name, "b64")
        || tender_str_is(name, "zip") || tender_str_is(name, "enc"))
    {
        return TENDER_DECLINED;
    }

    if (!tender_str_is(name, "alg") && !tender_str_is(name, "kid")
        && !tender_str_is(name, "typ"))
    {
        return TENDER_OK;
    }

    if (v->type != TENDER_STRING) {
        return TENDER_DECLINED;
    }

    if (tender_str_is(name, "alg")) {
        jwt->alg = tender_jwt_alg(v->u.text);
        return TENDER_OK;
    }

    if (tender_str_is(name, "typ")) {
        return tender_jwt_type(v->u.text) ? TENDER_OK : TENDER_DECLINED;
    }

    jwt->kid = v->u.text;

    return tender_jwt_kid_valid(jwt->kid) ? TENDER_OK : TENDER_DECLINED;
}


static int
tender_jwt_type(tender_str_t type)
{
    static const char  prefix[] = "application/";

    if (tender_jwt_starts(type, prefix, sizeof(prefix) - 1)) {
        type.data += sizeof(prefix) - 1;
        type.len -= sizeof(prefix) - 1;
    }

    return (type.len == 3 && tender_jwt_starts(type, "jwt", 3))
           || (type.len == 6 && tender_jwt_starts(type, "at+jwt", 6));
}


/* start is in lower case, text in any */

static int
tender_jwt_starts(tender_str_t text, const char *start, size_t len)
{
    size_t  i;
    u_char  c;

    if (text.len < len) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        c = text.data[i];

        if (c >= 'A' && c <= 'Z') {
            c |= 0x20;
        }

        if (c != (u_char) start[i]) {
            return 0;
        }
    }

    return 1;
}


int
tender_jwt_object(tender_mem_t *mem, tender_str_t text, unsigned depth,
    tender_value_t **object)
{
    int                  rc;
    tender_json_error_t  err;

    rc = tender_json_read(mem, text.data, text.len, object, &err);
    if (rc != TENDER_OK) {
        return rc;
    }

    return (*object)->type == TENDER_OBJECT
           && tender_jwt_shallow(*object, depth) ? TENDER_OK
                                                 : TENDER_DECLINED;
}


/* 1: not deeper than depth arrays and objects */

static int
tender_jwt_shallow(const tender_value_t *v, unsigned depth)
{
    if (v->type != TENDER_ARRAY && v->type != TENDER_OBJECT) {
        return 1;
    }

    if (depth == 0) {
        return 0;
    }

    for (v = v->u.list.first; v != NULL; v = v->next) {
        if (!tender_jwt_shallow(v, depth - 1)) {
            return 0;
        }
    }

    return 1;
}
