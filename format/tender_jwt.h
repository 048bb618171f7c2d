
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JWT_H_INCLUDED_
#define _TENDER_JWT_H_INCLUDED_


#include "tender_value.h"


/*
 * JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, read under the
 * rules of RFC 8725.  What is read here is not verified: the caller checks
 * the signature with a key whose algorithm it knows, and only then reads the
 * claims.
 */

#define TENDER_JWT_MAX      4096     /* bytes of a token */
#define TENDER_JWT_KID_MAX  64
#define TENDER_JWT_TEXT_MAX 512      /* of iss, sub, aud, jti */
#define TENDER_JWT_AUD_MAX  16


typedef enum {
    TENDER_JWT_NONE = 0,             /* not an algorithm of ours */
    TENDER_JWT_HS256,
    TENDER_JWT_HS384,
    TENDER_JWT_HS512,
    TENDER_JWT_RS256,
    TENDER_JWT_RS384,
    TENDER_JWT_RS512,
    TENDER_JWT_PS256,
    TENDER_JWT_PS384,
    TENDER_JWT_PS512,
    TENDER_JWT_ES256,
    TENDER_JWT_ES384,
    TENDER_JWT_EDDSA
} tender_jwt_alg_e;


typedef struct {
    tender_jwt_alg_e  alg;           /* what the token says */
    tender_str_t      kid;           /* empty: none */
    tender_str_t      input;         /* what was signed, a span of the token */
    tender_str_t      payload;       /* decoded bytes, not yet read */
    tender_str_t      signature;     /* decoded bytes */
} tender_jwt_t;


typedef struct {
    tender_str_t      sub;           /* a number's digits, too; empty: none */
    tender_str_t      iss;           /* empty: none */
    tender_str_t      aud[TENDER_JWT_AUD_MAX];
    unsigned          naud;
    tender_str_t      scope;         /* RFC 8693: words; empty: none */
    tender_str_t      jti;           /* empty: none */
    unsigned          has_scope:1;   /* there is one, it may be empty */
    unsigned          has_nbf:1;
    unsigned          has_iat:1;
    int64_t           exp;           /* seconds since 1970; required */
    int64_t           nbf;
    int64_t           iat;
} tender_jwt_claims_t;


/* the algorithm of a name ("HS256"), exactly; TENDER_JWT_NONE: unknown */
tender_jwt_alg_e tender_jwt_alg(tender_str_t name);

/* its name */
tender_str_t tender_jwt_alg_name(tender_jwt_alg_e alg);

/* 1: a text that can be a kid: [A-Za-z0-9._-]{1,64} */
int tender_jwt_kid_valid(tender_str_t kid);

/* 1: three parts between two dots: it is a JWT or nothing */
int tender_jwt_looks(tender_str_t token);

/*
 * Splits and decodes a token and reads its header.  TENDER_DECLINED: longer
 * than TENDER_JWT_MAX, not exactly three non-empty parts of strict base64url,
 * a header that is not a JSON object of depth 4 at most with names that occur
 * once, alg missing or not one of ours, a bad kid, "crit", "b64", "zip" or
 * "enc" present, a typ other than JWT or at+jwt (any case, with or without
 * "application/").  jku, jwk, x5u, x5c are not looked at.
 */
int tender_jwt_read(tender_mem_t *mem, tender_str_t token, tender_jwt_t *jwt);

/*
 * Reads the claims of a payload whose signature was good.  TENDER_DECLINED:
 * not a JSON object (depth 8 at most), exp missing, exp, nbf or iat not a
 * number from 0 below 2^53 (a fraction is cut off), sub neither a string nor
 * an integer from 0, iss, scope or jti not a string, aud not a string or an
 * array of at most TENDER_JWT_AUD_MAX strings, one of them too long or with
 * control characters.
 */
int tender_jwt_claims(tender_mem_t *mem, tender_str_t payload,
    tender_jwt_claims_t *claims);

/*
 * 1: now (seconds) is in [nbf - leeway, exp + leeway), iat is not later than
 * now + leeway, and with max > 0 there is an iat and exp - iat is not more
 * than max.
 */
int tender_jwt_timely(const tender_jwt_claims_t *claims, int64_t now,
    int64_t leeway, int64_t max);

/* 1: one of the audiences is this one, which is not empty */
int tender_jwt_for(const tender_jwt_claims_t *claims, tender_str_t audience);

/*
 * The partner key inside an iss: seed 004 writes it as the base64 of a JSON
 * string ("IjIyX0xQNzVfMTki" is 22_LP75_19).  An iss that is not that is
 * returned as it is.
 */
int tender_jwt_partner(tender_mem_t *mem, tender_str_t iss,
    tender_str_t *partner);


#endif /* _TENDER_JWT_H_INCLUDED_ */
