
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_admin.h"
#include "../http/ngx_http_tender_errors.h"


#define ngx_http_tender_admin_make_steps                                      \
    { ngx_http_tender_admin_body,                                             \
      ngx_http_tender_admin_check,                                            \
      ngx_http_tender_admin_read,                                             \
      ngx_http_tender_admin_found,                                            \
      ngx_http_tender_admin_hash,                                             \
      ngx_http_tender_admin_write,                                            \
      ngx_http_tender_admin_written }

/* a list, and what is in it */

#define ngx_http_tender_admin_routes(path, service, title)                    \
                                                                              \
    { NGX_HTTP_GET, path, ngx_string("admin " service "s"),                   \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_NO_BODY,                         \
      title "s List",                                                         \
      { ngx_http_tender_admin_list,                                           \
        ngx_http_tender_admin_read,                                           \
        ngx_http_tender_admin_found,                                          \
        ngx_http_tender_admin_page,                                           \
        ngx_http_tender_admin_listed } },                                     \
                                                                              \
    { NGX_HTTP_POST, path, ngx_string("admin " service "s"),                  \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_BODY,                            \
      "Creating new " title,                                                  \
      ngx_http_tender_admin_make_steps },                                     \
                                                                              \
    { NGX_HTTP_GET, path "/:id", ngx_string("admin " service),                \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_NO_BODY,                         \
      title " Read",                                                          \
      { ngx_http_tender_admin_read,                                           \
        ngx_http_tender_admin_found,                                          \
        ngx_http_tender_admin_show } },                                       \
                                                                              \
    { NGX_HTTP_PATCH, path "/:id", ngx_string("admin " service),              \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_BODY,                            \
      title " Edit (partial)",                                                \
      ngx_http_tender_admin_make_steps },                                     \
                                                                              \
    { NGX_HTTP_DELETE, path "/:id", ngx_string("admin " service),             \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_NO_BODY,                         \
      title " Removal",                                                       \
      { ngx_http_tender_admin_read,                                           \
        ngx_http_tender_admin_found,                                          \
        ngx_http_tender_admin_remove,                                         \
        ngx_http_tender_admin_written } }

#define ngx_http_tender_admin_rotate(path, service, title)                    \
                                                                              \
    { NGX_HTTP_POST, path "/:id/rotate",                                      \
      ngx_string("admin " service " rotate"),                                 \
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_BODY,                            \
      title " New Secret",                                                    \
      { ngx_http_tender_admin_body,                                           \
        ngx_http_tender_admin_rotation,                                       \
        ngx_http_tender_admin_read,                                           \
        ngx_http_tender_admin_found,                                          \
        ngx_http_tender_admin_write,                                          \
        ngx_http_tender_admin_written } }


static const ngx_http_tender_route_t  ngx_http_tender_admin_routes[] = {

    ngx_http_tender_admin_routes("accounts", "account", "Account"),

    ngx_http_tender_admin_routes("accounts/:account/users", "user", "User"),

    ngx_http_tender_admin_routes("accounts/:account/clients", "client",
                                 "Client"),

    ngx_http_tender_admin_rotate("accounts/:account/clients", "client",
                                 "Client"),

    ngx_http_tender_admin_routes("accounts/:account/codes", "code",
                                 "Api Code"),

    ngx_http_tender_admin_rotate("accounts/:account/codes", "code",
                                 "Api Code"),

    ngx_http_tender_admin_routes("accounts/:account/keys", "key", "Key"),

    { NGX_HTTP_GET, "audit", ngx_string("admin audit"),
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_NO_BODY,
      "Audit",
      { ngx_http_tender_admin_audit,
        ngx_http_tender_admin_audited } },

    { NGX_HTTP_GET, "index", ngx_string("admin index"),
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_NO_BODY,
      "Index of Words",
      { ngx_http_tender_admin_index,
        ngx_http_tender_admin_index_look,
        ngx_http_tender_admin_index_show } },

    { NGX_HTTP_POST, "index/reindex", ngx_string("admin reindex"),
      NGX_HTTP_TENDER_ADMIN, NGX_HTTP_TENDER_BODY,
      "Building the Index anew",
      { ngx_http_tender_admin_index,
        ngx_http_tender_admin_reindex,
        ngx_http_tender_admin_reindexed } },

    { NGX_HTTP_POST, "bootstrap", ngx_string("admin bootstrap"),
      0, NGX_HTTP_TENDER_BODY,
      "The first Administrator",
      { ngx_http_tender_admin_body,
        ngx_http_tender_admin_first,
        ngx_http_tender_admin_first_known,
        ngx_http_tender_admin_first_account,
        ngx_http_tender_admin_first_user,
        ngx_http_tender_admin_first_made,
        ngx_http_tender_admin_first_undone } },

    { 0, NULL, ngx_null_string, 0, 0, NULL, { NULL } }
};


const ngx_http_tender_dialect_t  ngx_http_tender_admin_dialect = {
    ngx_string("admin"),
    ngx_null_string,
    ngx_http_tender_admin_routes,
    ngx_http_tender_errors_refuse,
    ngx_http_tender_admin_accept,
    0,
    NGX_HTTP_TENDER_AUTH_API_CODE|NGX_HTTP_TENDER_AUTH_BEARER
    |NGX_HTTP_TENDER_AUTH_OAUTH2|NGX_HTTP_TENDER_AUTH_BASIC
    |NGX_HTTP_TENDER_AUTH_SESSION,
    0,
    0,
    NULL
};
