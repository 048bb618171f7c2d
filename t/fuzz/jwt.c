
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * A token, or a header and a payload with a zero between them, of which one
 * is made.  What is accepted is made of three parts that re-encode to exactly
 * the token; its header, read by others, names the same algorithm and key.
 * Then its claims: each in its bounds, and of use at the times they say.
 */


#include <stdlib.h>

#include "format/tender_base64.h"
#include "format/tender_json.h"
#include "format/tender_jwt.h"


static tender_str_t fuzz_token(tender_mem_t *mem, const uint8_t *data,
    size_t size);
static void fuzz_accepted(tender_mem_t *mem, tender_str_t token,
    const tender_jwt_t *jwt);
static tender_str_t fuzz_decode(tender_mem_t *mem, tender_str_t text);
static void fuzz_header(tender_mem_t *mem, tender_str_t header,
    const tender_jwt_t *jwt);
static void fuzz_claims(tender_mem_t *mem, tender_str_t payload);
static void fuzz_times(const tender_jwt_claims_t *claims);
static void fuzz_text(tender_str_t text);
static void fuzz_partner(tender_mem_t *mem, tender_str_t iss);
static void fuzz_check(int good);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    tender_mem_t     mem;
    tender_str_t     token;
    tender_jwt_t     jwt;
    tender_arena_t  *arena;

    arena = tender_arena_create();
    tender_mem_init(&mem, tender_arena_alloc, arena);

    token = fuzz_token(&mem, data, size);

    rc = tender_jwt_read(&mem, token, &jwt);

    if (rc == TENDER_OK) {
        fuzz_accepted(&mem, token, &jwt);
        fuzz_claims(&mem, jwt.payload);

    } else {
        fuzz_check(rc == TENDER_DECLINED);
    }

    /* the rest takes what has no signature, too */

    fuzz_claims(&mem, token);
    fuzz_partner(&mem, token);

    tender_arena_free(arena);

    return 0;
}


static tender_str_t
fuzz_token(tender_mem_t *mem, const uint8_t *data, size_t size)
{
    size_t          len;
    u_char         *p;
    tender_str_t    token;
    const uint8_t  *zero;

    zero = size != 0 ? memchr(data, 0, size) : NULL;

    if (zero == NULL) {
        token.len = size;
        token.data = tender_alloc(mem, size);
        memcpy(token.data, data, size);

        return token;
    }

    len = (size_t) (zero - data);

    token.data = tender_alloc(mem, tender_base64_encoded_length(size) + 16);

    p = tender_base64url_write(token.data, data, len);
    *p++ = '.';
    p = tender_base64url_write(p, zero + 1, size - len - 1);
    *p++ = '.';
    p = tender_base64url_write(p, (u_char *) "sign", 4);

    token.len = (size_t) (p - token.data);

    return token;
}


static void
fuzz_accepted(tender_mem_t *mem, tender_str_t token, const tender_jwt_t *jwt)
{
    u_char        *p, *again, *dot;
    tender_str_t   text, header;

    fuzz_check(token.len <= TENDER_JWT_MAX && tender_jwt_looks(token));

    dot = memchr(token.data, '.', token.len);
    text.data = token.data;
    text.len = (size_t) (dot - token.data);
    header = fuzz_decode(mem, text);

    fuzz_header(mem, header, jwt);

    again = tender_alloc(mem, token.len + 8);

    p = tender_base64url_write(again, header.data, header.len);
    *p++ = '.';
    p = tender_base64url_write(p, jwt->payload.data, jwt->payload.len);

    fuzz_check(jwt->input.data == token.data
               && jwt->input.len == (size_t) (p - again));

    *p++ = '.';
    p = tender_base64url_write(p, jwt->signature.data, jwt->signature.len);

    fuzz_check(token.len == (size_t) (p - again)
               && memcmp(token.data, again, token.len) == 0);
    fuzz_check(header.len != 0 && jwt->payload.len != 0
               && jwt->signature.len != 0);
}


/* another reader of base64url, which takes it bit by bit */

static tender_str_t
fuzz_decode(tender_mem_t *mem, tender_str_t text)
{
    size_t        i, bit;
    const char   *at;
    tender_str_t  out;

    static const char  digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    out.len = text.len * 6 / 8;
    out.data = tender_alloc(mem, out.len + 1);
    memset(out.data, 0, out.len + 1);

    for (i = 0; i < text.len * 6; i++) {
        at = memchr(digits, text.data[i / 6], 64);
        fuzz_check(at != NULL);

        bit = (size_t) (at - digits) >> (5 - i % 6) & 1;
        out.data[i / 8] |= (u_char) (bit << (7 - i % 8));
    }

    return out;
}


static void
fuzz_header(tender_mem_t *mem, tender_str_t header, const tender_jwt_t *jwt)
{
    unsigned              i;
    tender_str_t          name;
    tender_value_t       *v, *alg, *kid;
    tender_json_error_t   err;

    static const tender_str_t  refused[] = {
        tender_string("crit"), tender_string("b64"), tender_string("zip"),
        tender_string("enc")
    };

    fuzz_check(tender_json_read(mem, header.data, header.len, &v, &err)
               == TENDER_OK && v->type == TENDER_OBJECT);

    alg = tender_value_member(v, "alg");
    name = tender_jwt_alg_name(jwt->alg);

    fuzz_check(alg != NULL && alg->type == TENDER_STRING && name.len != 0
               && tender_str_eq(&alg->u.text, &name)
               && tender_jwt_alg(name) == jwt->alg);

    kid = tender_value_member(v, "kid");

    if (kid == NULL) {
        fuzz_check(jwt->kid.len == 0);

    } else {
        fuzz_check(kid->type == TENDER_STRING
                   && tender_str_eq(&kid->u.text, &jwt->kid)
                   && tender_jwt_kid_valid(jwt->kid));
    }

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        fuzz_check(tender_value_get(v, &refused[i]) == NULL);
    }
}


static void
fuzz_claims(tender_mem_t *mem, tender_str_t payload)
{
    int                   rc;
    unsigned              i;
    tender_jwt_claims_t   claims;

    rc = tender_jwt_claims(mem, payload, &claims);

    if (rc != TENDER_OK) {
        fuzz_check(rc == TENDER_DECLINED);
        return;
    }

    fuzz_text(claims.sub);
    fuzz_text(claims.iss);
    fuzz_text(claims.jti);

    fuzz_check(claims.sub.len <= TENDER_JWT_TEXT_MAX
               && claims.iss.len <= TENDER_JWT_TEXT_MAX
               && claims.jti.len <= TENDER_JWT_TEXT_MAX
               && claims.naud <= TENDER_JWT_AUD_MAX);
    fuzz_check(claims.has_scope || claims.scope.len == 0);

    for (i = 0; i < claims.naud; i++) {
        fuzz_text(claims.aud[i]);
        fuzz_check(claims.aud[i].len <= TENDER_JWT_TEXT_MAX);
        fuzz_check(tender_jwt_for(&claims, claims.aud[i])
                   == (claims.aud[i].len != 0));
    }

    fuzz_times(&claims);
    fuzz_partner(mem, claims.iss);
}


static void
fuzz_times(const tender_jwt_claims_t *claims)
{
    int64_t  from, end;

    end = INT64_C(1) << 53;

    fuzz_check(claims->exp >= 0 && claims->exp < end
               && claims->nbf >= 0 && claims->nbf < end
               && claims->iat >= 0 && claims->iat < end);

    from = claims->nbf > claims->iat ? claims->nbf : claims->iat;

    if (from < claims->exp) {
        fuzz_check(tender_jwt_timely(claims, from, 0, 0));
        fuzz_check(tender_jwt_timely(claims, claims->exp - 1, 0, 0));
        fuzz_check(tender_jwt_timely(claims, claims->exp - 1, 0, end)
                   == claims->has_iat);
    }

    fuzz_check(!tender_jwt_timely(claims, claims->exp, 0, 0));
    fuzz_check(!tender_jwt_timely(claims, claims->exp + 60, 60, 0));
    fuzz_check(!tender_jwt_timely(claims, from - 1, 0, 0)
               || (!claims->has_nbf && !claims->has_iat));
}


static void
fuzz_text(tender_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        fuzz_check(text.data[i] >= ' ' && text.data[i] != 0x7f);
    }
}


static void
fuzz_partner(tender_mem_t *mem, tender_str_t iss)
{
    tender_str_t  partner;

    fuzz_check(tender_jwt_partner(mem, iss, &partner) == TENDER_OK);

    if (partner.data == iss.data) {
        fuzz_check(partner.len == iss.len);
        return;
    }

    fuzz_check(partner.len != 0);
    fuzz_text(partner);
}


static void
fuzz_check(int good)
{
    if (!good) {
        abort();
    }
}
