
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_base64.h"
#include "tender_json.h"
#include "tender_jwt_object.h"


#define TENDER_JWT_CLAIMS_DEPTH  8
#define TENDER_JWT_TIME_END      (INT64_C(1) << 53)

/* an exponent that is as good as any greater one */
#define TENDER_JWT_EXPONENT_MAX  1000000


static int tender_jwt_times(const tender_value_t *object,
    tender_jwt_claims_t *claims);
static int tender_jwt_texts(const tender_value_t *object,
    tender_jwt_claims_t *claims);
static int tender_jwt_seconds(const tender_value_t *v, int64_t *seconds);
static int64_t tender_jwt_exponent(const u_char *p, const u_char *end);
static int tender_jwt_subject(const tender_value_t *v, tender_str_t *sub);
static int tender_jwt_audiences(const tender_value_t *v,
    tender_jwt_claims_t *claims);
static int tender_jwt_text(const tender_value_t *v, size_t max,
    tender_str_t *text);
static int tender_jwt_printable(tender_str_t text);


int
tender_jwt_claims(tender_mem_t *mem, tender_str_t payload,
    tender_jwt_claims_t *claims)
{
    int              rc;
    tender_value_t  *object;

    memset(claims, 0, sizeof(tender_jwt_claims_t));

    rc = tender_jwt_object(mem, payload, TENDER_JWT_CLAIMS_DEPTH, &object);
    if (rc != TENDER_OK) {
        return rc;
    }

    rc = tender_jwt_times(object, claims);

    return rc == TENDER_OK ? tender_jwt_texts(object, claims) : rc;
}


static int
tender_jwt_times(const tender_value_t *object, tender_jwt_claims_t *claims)
{
    tender_value_t  *exp, *nbf, *iat;

    exp = tender_value_member(object, "exp");
    nbf = tender_value_member(object, "nbf");
    iat = tender_value_member(object, "iat");

    if (exp == NULL
        || tender_jwt_seconds(exp, &claims->exp) != TENDER_OK
        || tender_jwt_seconds(nbf, &claims->nbf) != TENDER_OK
        || tender_jwt_seconds(iat, &claims->iat) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    claims->has_nbf = (nbf != NULL);
    claims->has_iat = (iat != NULL);

    return TENDER_OK;
}


static int
tender_jwt_texts(const tender_value_t *object, tender_jwt_claims_t *claims)
{
    tender_value_t  *scope;

    scope = tender_value_member(object, "scope");
    claims->has_scope = (scope != NULL);

    /* a list of scopes may be as long as the token lets it be */

    if (tender_jwt_text(scope, SIZE_MAX, &claims->scope) != TENDER_OK
        || tender_jwt_text(tender_value_member(object, "iss"),
                           TENDER_JWT_TEXT_MAX, &claims->iss) != TENDER_OK
        || tender_jwt_text(tender_value_member(object, "jti"),
                           TENDER_JWT_TEXT_MAX, &claims->jti) != TENDER_OK
        || tender_jwt_subject(tender_value_member(object, "sub"),
                              &claims->sub) != TENDER_OK)
    {
        return TENDER_DECLINED;
    }

    return tender_jwt_audiences(tender_value_member(object, "aud"), claims);
}


/* exact, whatever form the number has; none is 0 */

static int
tender_jwt_seconds(const tender_value_t *v, int64_t *seconds)
{
    int            point;
    int64_t        n, scale;
    const u_char  *p, *end;

    if (v == NULL) {
        return TENDER_OK;
    }

    if (v->type != TENDER_NUMBER) {
        return TENDER_DECLINED;
    }

    n = 0;
    scale = 0;
    point = 0;

    p = v->u.text.data;
    end = p + v->u.text.len;

    p += (*p == '-');

    for ( /* void */ ; p < end && (*p | 0x20) != 'e'; p++) {

        if (*p == '.') {
            point = 1;
            continue;
        }

        /* what is left of more than 15 significant digits are zeros */

        if (n >= TENDER_JWT_TIME_END) {
            scale += !point;
            continue;
        }

        n = n * 10 + (*p - '0');
        scale -= point;
    }

    if (n != 0 && v->u.text.data[0] == '-') {
        return TENDER_DECLINED;
    }

    scale += tender_jwt_exponent(p, end);

    for ( /* void */ ; n != 0 && scale < 0; scale++) {
        n /= 10;
    }

    for ( /* void */ ; n != 0 && n < TENDER_JWT_TIME_END && scale > 0;
         scale--)
    {
        n *= 10;
    }

    *seconds = n;

    return n < TENDER_JWT_TIME_END ? TENDER_OK : TENDER_DECLINED;
}


/* p is at the 'e', or there is none */

static int64_t
tender_jwt_exponent(const u_char *p, const u_char *end)
{
    int      negative;
    int64_t  n;

    if (p == end) {
        return 0;
    }

    p++;
    negative = (*p == '-');
    p += (*p == '-' || *p == '+');

    for (n = 0; p < end && n < TENDER_JWT_EXPONENT_MAX; p++) {
        n = n * 10 + (*p - '0');
    }

    return negative ? -n : n;
}


static int
tender_jwt_subject(const tender_value_t *v, tender_str_t *sub)
{
    size_t  i;

    if (v == NULL || v->type != TENDER_NUMBER) {
        return tender_jwt_text(v, TENDER_JWT_TEXT_MAX, sub);
    }

    for (i = 0; i < v->u.text.len; i++) {
        if (v->u.text.data[i] < '0' || v->u.text.data[i] > '9') {
            return TENDER_DECLINED;
        }
    }

    /* no longer than a double is: 309 digits */

    *sub = v->u.text;

    return TENDER_OK;
}


static int
tender_jwt_audiences(const tender_value_t *v, tender_jwt_claims_t *claims)
{
    const tender_value_t  *item;

    if (v == NULL) {
        return TENDER_OK;
    }

    if (v->type != TENDER_ARRAY) {
        claims->naud = 1;
        return tender_jwt_text(v, TENDER_JWT_TEXT_MAX, &claims->aud[0]);
    }

    if (v->nelts > TENDER_JWT_AUD_MAX) {
        return TENDER_DECLINED;
    }

    for (item = v->u.list.first; item != NULL; item = item->next) {

        if (tender_jwt_text(item, TENDER_JWT_TEXT_MAX,
                            &claims->aud[claims->naud++])
            != TENDER_OK)
        {
            return TENDER_DECLINED;
        }
    }

    return TENDER_OK;
}


static int
tender_jwt_text(const tender_value_t *v, size_t max, tender_str_t *text)
{
    if (v == NULL) {
        return TENDER_OK;
    }

    if (v->type != TENDER_STRING || v->u.text.len > max
        || !tender_jwt_printable(v->u.text))
    {
        return TENDER_DECLINED;
    }

    *text = v->u.text;

    return TENDER_OK;
}


/* no control character of ASCII, nor U+0080 to U+009F */

static int
tender_jwt_printable(tender_str_t text)
{
    u_char  c, last;
    size_t  i;

    last = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];

        if (c < 0x20 || c == 0x7f || (last == 0xc2 && c < 0xa0)) {
            return 0;
        }

        last = c;
    }

    return 1;
}


int
tender_jwt_timely(const tender_jwt_claims_t *claims, int64_t now,
    int64_t leeway, int64_t max)
{
    if (now >= claims->exp + leeway
        || (claims->has_nbf && now < claims->nbf - leeway)
        || (claims->has_iat && claims->iat > now + leeway))
    {
        return 0;
    }

    return max <= 0 || (claims->has_iat && claims->exp - claims->iat <= max);
}


int
tender_jwt_for(const tender_jwt_claims_t *claims, tender_str_t audience)
{
    unsigned  i;

    for (i = 0; i < claims->naud; i++) {

        if (audience.len != 0 && tender_str_eq(&claims->aud[i], &audience)) {
            return 1;
        }
    }

    return 0;
}


int
tender_jwt_partner(tender_mem_t *mem, tender_str_t iss,
    tender_str_t *partner)
{
    int                   rc;
    tender_str_t          text;
    tender_value_t       *v;
    tender_json_error_t   err;

    *partner = iss;

    text.data = tender_alloc(mem, tender_base64_decoded_length(iss.len));
    if (text.data == NULL) {
        return TENDER_ERROR;
    }

    if ((tender_base64_read(iss, text.data, &text.len) != TENDER_OK
         && tender_base64url_read(iss, text.data, &text.len) != TENDER_OK)
        || text.len == 0 || text.data[0] != '"')
    {
        return TENDER_OK;
    }

    rc = tender_json_read(mem, text.data, text.len, &v, &err);

    if (rc == TENDER_OK && v->u.text.len != 0
        && tender_jwt_printable(v->u.text))
    {
        *partner = v->u.text;
    }

    return rc == TENDER_ERROR ? TENDER_ERROR : TENDER_OK;
}
