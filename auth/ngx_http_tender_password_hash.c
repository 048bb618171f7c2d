
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_password_hash.h"

#include <argon2.h>
#include <crypt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>


#define TENDER_HASH_SALT        16
#define TENDER_HASH_OUT         32

#define TENDER_HASH_BCRYPT_BYTES  72

/* what is stored may ask for more than a new one, but not for anything */

#define TENDER_HASH_MAX_MEMORY  (64 * 1024)
#define TENDER_HASH_MAX_PASSES  4
#define TENDER_HASH_MAX_LANES   4
#define TENDER_HASH_MAX_ROUNDS  12         /* of bcrypt, a power of two */

#define TENDER_HASH_BASE64                                                    \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define TENDER_HASH_CRYPT64                                                   \
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


typedef struct {
    const u_char  *p;
    const u_char  *end;
} tender_hash_text_t;

typedef struct {
    uint32_t       memory;
    uint32_t       passes;
    uint32_t       lanes;
    size_t         salt;               /* characters of base64 */
    size_t         out;
} tender_hash_argon2_t;


static int tender_hash_argon2(const u_char *hash, size_t len,
    tender_hash_argon2_t *a);
static int tender_hash_bcrypt(const u_char *hash, size_t len);
static int tender_hash_yescrypt(const u_char *hash, size_t len);
static int tender_hash_skip(tender_hash_text_t *t, const char *word);
static int tender_hash_number(tender_hash_text_t *t, uint32_t *n);
static size_t tender_hash_chars(tender_hash_text_t *t, const char *alphabet);
static int tender_hash_nobody(const char *password, size_t len);
static int tender_hash_crypt(const char *hash, const char *password,
    size_t len);


int
tender_hash_known(const u_char *hash, size_t len)
{
    tender_hash_argon2_t  a;

    return tender_hash_argon2(hash, len, &a) || tender_hash_bcrypt(hash, len)
           || tender_hash_yescrypt(hash, len);
}


int
tender_hash_weak(const u_char *hash, size_t len, size_t password)
{
    tender_hash_argon2_t  a;

    if (tender_hash_bcrypt(hash, len)) {
        return password <= TENDER_HASH_BCRYPT_BYTES;
    }

    if (!tender_hash_argon2(hash, len, &a)) {
        return tender_hash_yescrypt(hash, len);
    }

    return a.memory < TENDER_HASH_MEMORY || a.passes < TENDER_HASH_PASSES
           || a.salt < (TENDER_HASH_SALT * 4 + 2) / 3
           || a.out < (TENDER_HASH_OUT * 4 + 2) / 3;
}


/* $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash> */

static int
tender_hash_argon2(const u_char *hash, size_t len, tender_hash_argon2_t *a)
{
    tender_hash_text_t  t;

    t.p = hash;
    t.end = hash + len;

    if (!tender_hash_skip(&t, "$argon2id$v=19$m=")
        || !tender_hash_number(&t, &a->memory)
        || !tender_hash_skip(&t, ",t=")
        || !tender_hash_number(&t, &a->passes)
        || !tender_hash_skip(&t, ",p=")
        || !tender_hash_number(&t, &a->lanes)
        || !tender_hash_skip(&t, "$"))
    {
        return 0;
    }

    a->salt = tender_hash_chars(&t, TENDER_HASH_BASE64);

    if (!tender_hash_skip(&t, "$")) {
        return 0;
    }

    a->out = tender_hash_chars(&t, TENDER_HASH_BASE64);

    /* 8 to 48 bytes of salt, 16 to 64 of hash */

    return t.p == t.end
           && a->salt >= 11 && a->salt <= 64 && a->salt % 4 != 1
           && a->out >= 22 && a->out <= 86 && a->out % 4 != 1
           && a->lanes <= TENDER_HASH_MAX_LANES
           && a->memory >= 8 * a->lanes
           && a->memory <= TENDER_HASH_MAX_MEMORY
           && a->passes <= TENDER_HASH_MAX_PASSES;
}


/* $2b$<two digits>$<22 characters of salt, 31 of hash> */

static int
tender_hash_bcrypt(const u_char *hash, size_t len)
{
    int                 rounds;
    tender_hash_text_t  t;

    if (len != 60 || hash[0] != '$' || hash[1] != '2'
        || (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y')
        || hash[3] != '$' || hash[4] < '0' || hash[4] > '9'
        || hash[5] < '0' || hash[5] > '9' || hash[6] != '$')
    {
        return 0;
    }

    rounds = (hash[4] - '0') * 10 + hash[5] - '0';

    t.p = hash + 7;
    t.end = hash + len;

    return rounds >= 4 && rounds <= TENDER_HASH_MAX_ROUNDS
           && tender_hash_chars(&t, TENDER_HASH_CRYPT64) == 53;
}


/*
 * $y$j9T$<salt>$<43 characters of hash>: 2^10 to 2^15 blocks of at most 4
 * KiB, which is what crypt_gensalt() makes for its costs
 */

static int
tender_hash_yescrypt(const u_char *hash, size_t len)
{
    size_t              salt;
    tender_hash_text_t  t;

    t.p = hash;
    t.end = hash + len;

    if (!tender_hash_skip(&t, "$y$j") || t.end - t.p < 3) {
        return 0;
    }

    if (strchr("789ABC", t.p[0]) == NULL || t.p[0] == '\0'
        || (t.p[1] != '5' && t.p[1] != 'T') || t.p[2] != '$')
    {
        return 0;
    }

    t.p += 3;
    salt = tender_hash_chars(&t, TENDER_HASH_CRYPT64);

    return salt >= 8 && salt <= 86 && tender_hash_skip(&t, "$")
           && tender_hash_chars(&t, TENDER_HASH_CRYPT64) == 43
           && t.p == t.end;
}


static int
tender_hash_skip(tender_hash_text_t *t, const char *word)
{
    size_t  len;

    len = strlen(word);

    if ((size_t) (t->end - t->p) < len || memcmp(t->p, word, len) != 0) {
        return 0;
    }

    t->p += len;

    return 1;
}


/* from 1 on, at most seven digits, as libargon2 reads it */

static int
tender_hash_number(tender_hash_text_t *t, uint32_t *n)
{
    size_t  digits;

    *n = 0;

    for (digits = 0; t->p < t->end && *t->p >= '0' && *t->p <= '9'; digits++)
    {
        if (digits == 7 || (*n == 0 && digits != 0)) {
            return 0;
        }

        *n = *n * 10 + (*t->p++ - '0');
    }

    return *n != 0;
}


static size_t
tender_hash_chars(tender_hash_text_t *t, const char *alphabet)
{
    const u_char  *start;

    start = t->p;

    while (t->p < t->end && *t->p != '\0' && strchr(alphabet, *t->p)) {
        t->p++;
    }

    return (size_t) (t->p - start);
}


int
tender_hash_check(const char *hash, const char *password, size_t len)
{
    tender_hash_argon2_t  a;

    if (tender_hash_argon2((const u_char *) hash, strlen(hash), &a)) {

        switch (argon2id_verify(hash, password, len)) {

        case ARGON2_OK:
            return 1;

        case ARGON2_MEMORY_ALLOCATION_ERROR:
        case ARGON2_THREAD_FAIL:
            return -1;

        default:
            return 0;
        }
    }

    if (tender_hash_known((const u_char *) hash, strlen(hash))) {
        return tender_hash_crypt(hash, password, len);
    }

    return tender_hash_nobody(password, len);
}


static int
tender_hash_nobody(const char *password, size_t len)
{
    int      rc;
    uint8_t  salt[TENDER_HASH_SALT], out[TENDER_HASH_OUT];

    memset(salt, 0, TENDER_HASH_SALT);

    rc = argon2id_hash_raw(TENDER_HASH_PASSES, TENDER_HASH_MEMORY,
                           TENDER_HASH_LANES, password, len, salt,
                           TENDER_HASH_SALT, out, TENDER_HASH_OUT);

    OPENSSL_cleanse(out, TENDER_HASH_OUT);

    return (rc == ARGON2_MEMORY_ALLOCATION_ERROR) ? -1 : 0;
}


static int
tender_hash_crypt(const char *hash, const char *password, size_t len)
{
    int                 rc;
    char               *out;
    size_t              n;
    struct crypt_data  *data;

    /* it would end there for crypt_r() */

    if (memchr(password, '\0', len) != NULL) {
        return tender_hash_nobody(password, len);
    }

    data = calloc(1, sizeof(struct crypt_data));
    if (data == NULL) {
        return -1;
    }

    out = crypt_r(password, hash, data);
    n = strlen(hash);

    /* "*0" is what it says of a hash or of memory that it cannot deal with */

    if (out == NULL || out[0] == '*') {
        rc = -1;

    } else {
        rc = strlen(out) == n && CRYPTO_memcmp(out, hash, n) == 0;
    }

    OPENSSL_cleanse(data, sizeof(struct crypt_data));
    free(data);

    return rc;
}


int
tender_hash_make(char *hash, size_t size, const char *password, size_t len)
{
    uint8_t  salt[TENDER_HASH_SALT];

    if (getrandom(salt, TENDER_HASH_SALT, 0) != TENDER_HASH_SALT) {
        return -1;
    }

    return argon2id_hash_encoded(TENDER_HASH_PASSES, TENDER_HASH_MEMORY,
                                 TENDER_HASH_LANES, password, len, salt,
                                 TENDER_HASH_SALT, TENDER_HASH_OUT, hash,
                                 size)
           == ARGON2_OK ? 0 : -1;
}
