
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_tables.h"


/* what an administrator writes, and nobody else */

#define TENDER_ACCESS_NAME    200
#define TENDER_ACCESS_LOGIN   190
#define TENDER_ACCESS_SECRET  1024
#define TENDER_ACCESS_PEM     8192
#define TENDER_ACCESS_CLAIM   512


#define tender_access_text(n, least, limit, text)                             \
    { .name = tender_string(n), .type = TENDER_FIELD_TEXT,                    \
      .set_by = TENDER_BY_ADMIN, .min = least, .max = limit, .about = text }

#define tender_access_needed(n, limit, text)                                  \
    { .name = tender_string(n), .type = TENDER_FIELD_TEXT,                    \
      .flags = TENDER_FIELD_REQUIRED, .set_by = TENDER_BY_ADMIN, .min = 1,    \
      .max = limit, .about = text }

#define tender_access_words(n, limit, items, text)                            \
    { .name = tender_string(n), .type = TENDER_FIELD_TEXT,                    \
      .flags = TENDER_FIELD_LIST, .set_by = TENDER_BY_ADMIN, .min = 1,        \
      .max = limit, .max_items = items, .about = text }


/* of all of them */

#define TENDER_FIELD_SCOPES                                                   \
    tender_access_words("scopes", 70, 32,                                     \
        "What it may do: `read`, `create`, `update`, `delete`, `write` for "  \
        "the last three, `auction`, `admin`; with a module's name in front, " \
        "`Account:read`, in that module alone.")

#define TENDER_FIELD_ENABLED                                                  \
    { .name = tender_string("enabled"), .type = TENDER_FIELD_BOOL,            \
      .set_by = TENDER_BY_ADMIN, .preset = tender_string("true"),             \
      .about = "Whether it is let in." }

#define TENDER_FIELD_EXPIRES                                                  \
    tender_field_plain("expires", TENDER_FIELD_DATE, TENDER_BY_ADMIN,         \
        "From when on it is not let in any more.")


static const tender_str_t  tender_client_grants[] = {
    tender_string("password"),
    tender_string("client_credentials"),
    tender_string("refresh_token"),
    tender_null_string
};

static const tender_str_t  tender_key_algs[] = {
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
    tender_string("EdDSA"),
    tender_null_string
};


static const tender_field_t  tender_account_fields[] = {
    { .name = tender_string("id"), .type = TENDER_FIELD_INT,
      .set_by = TENDER_BY_ADMIN, .min = 1,
      .about = "The number of the account, which it gets when it is created "
               "and keeps." },
    tender_access_needed("name", TENDER_ACCESS_NAME,
        "What it is called."),
    tender_access_text("tenant", 1, 63,
        "The tenant that it belongs to."),
    TENDER_FIELD_SCOPES,
    TENDER_FIELD_ENABLED,
    tender_access_text("plan", 1, 64,
        "What was agreed with it."),
    tender_access_text("partnerKey", 1, TENDER_ACCESS_NAME,
        "The issuer of its tokens has to be this."),
    { .name = tender_string("categories"), .type = TENDER_FIELD_INT,
      .flags = TENDER_FIELD_LIST, .set_by = TENDER_BY_ADMIN, .min = 1,
      .max_items = 1000,
      .about = "The categories that it may send requests for quotation "
               "in." },
    TENDER_FIELD_EXPIRES
};

const tender_model_t  tender_model_account = {
    .name = "Account",
    .about = "Who has users, clients, codes and keys. They may do what both "
             "they and the account may.",
    tender_fields(tender_account_fields)
};


static const tender_field_t  tender_user_fields[] = {
    tender_access_needed("login", TENDER_ACCESS_LOGIN,
        "The name that is given with the password."),
    tender_access_text("password", 8, 256,
        "The password, which is kept as a hash and never shown."),
    tender_access_text("passwordHash", 20, 256,
        "A hash that was made elsewhere, instead of the password; never "
        "shown."),
    tender_access_text("name", 0, TENDER_ACCESS_NAME,
        "What the user is called."),
    tender_field_plain("email", TENDER_FIELD_EMAIL, TENDER_BY_ADMIN,
        "Where the user is written to."),
    TENDER_FIELD_SCOPES,
    TENDER_FIELD_ENABLED,
    TENDER_FIELD_EXPIRES
};

const tender_model_t  tender_model_user = {
    .name = "User",
    .about = "Somebody who logs in with a password.",
    tender_fields(tender_user_fields)
};


static const tender_field_t  tender_client_fields[] = {
    tender_access_needed("name", TENDER_ACCESS_NAME,
        "What the program is called."),
    { .name = tender_string("grants"), .type = TENDER_FIELD_ENUM,
      .flags = TENDER_FIELD_LIST, .set_by = TENDER_BY_ADMIN, .max_items = 3,
      .choices = tender_client_grants,
      .about = "How it may ask for tokens." },
    TENDER_FIELD_SCOPES,
    tender_access_words("addresses", 64, 64,
        "The addresses that it may come from."),
    TENDER_FIELD_ENABLED,
    TENDER_FIELD_EXPIRES
};

const tender_model_t  tender_model_client = {
    .name = "Client",
    .about = "A program that gets tokens.",
    tender_fields(tender_client_fields)
};


static const tender_field_t  tender_code_fields[] = {
    tender_access_text("name", 0, TENDER_ACCESS_NAME,
        "What it is for."),
    TENDER_FIELD_SCOPES,
    TENDER_FIELD_ENABLED,
    TENDER_FIELD_EXPIRES
};

const tender_model_t  tender_model_code = {
    .name = "ApiCode",
    .about = "A code that is sent with each request.",
    tender_fields(tender_code_fields)
};


static const tender_field_t  tender_key_fields[] = {
    tender_access_needed("kid", 64,
        "The name by which tokens choose it."),
    { .name = tender_string("alg"), .type = TENDER_FIELD_ENUM,
      .flags = TENDER_FIELD_REQUIRED, .set_by = TENDER_BY_ADMIN,
      .choices = tender_key_algs,
      .about = "The one algorithm that it is used with." },
    tender_access_text("secret", 0, TENDER_ACCESS_SECRET,
        "Of the algorithms with HS: the secret, or `base64url:` and its "
        "bytes in that form; never shown."),
    tender_access_text("publicKey", 0, TENDER_ACCESS_PEM,
        "Of the others: the public key, as PEM."),
    tender_access_text("iss", 0, TENDER_ACCESS_CLAIM,
        "The issuer that its tokens have to name."),
    tender_access_text("aud", 0, TENDER_ACCESS_CLAIM,
        "The audience that its tokens have to name."),
    TENDER_FIELD_ENABLED,
    TENDER_FIELD_EXPIRES
};

const tender_model_t  tender_model_key = {
    .name = "Key",
    .about = "A key that tokens are verified with.",
    tender_fields(tender_key_fields)
};
