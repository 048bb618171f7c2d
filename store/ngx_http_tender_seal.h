
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_SEAL_H_INCLUDED_
#define _NGX_HTTP_TENDER_SEAL_H_INCLUDED_


#include "../http/ngx_http_tender.h"


/*
 * Sealed bids are encrypted before they leave nginx, so that neither Redis's
 * memory, files, replicas and logs nor who can read those tells what is in
 * them: AES-256-GCM with a key per tender, HMAC-SHA256 of its id by a key
 * that the master process reads from a file.
 */

#define NGX_HTTP_TENDER_SEAL_KEYS  16
#define NGX_HTTP_TENDER_SEAL_KEY   32
#define NGX_HTTP_TENDER_SEAL_NAME  4

/* where the sealed part of a bid's JSON begins: behind its id and date */

#define NGX_HTTP_TENDER_SEALED_AT                                             \
    (sizeof("{\"id\":\"\",\"date\":\"") - 1 + 32 + TENDER_DATE_LEN)


/* and of a document: behind its id and both of its dates */

#define NGX_HTTP_TENDER_DOCUMENT_SEALED_AT                                    \
    (sizeof("{\"id\":\"\",\"datePublished\":\"\",\"dateModified\":\"") - 1     \
     + 32 + 2 * TENDER_DATE_LEN)

/* what sealing adds to a text */

#define NGX_HTTP_TENDER_SEAL_MORE  (1 + NGX_HTTP_TENDER_SEAL_NAME + 12 + 16)


struct ngx_http_tender_seal_key_s {
    u_char                   name[NGX_HTTP_TENDER_SEAL_NAME];
    u_char                   key[NGX_HTTP_TENDER_SEAL_KEY];
};


/* tender_seal_key_file: the first key seals, all of them open */
char *ngx_http_tender_set_seal_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Makes text, which belongs to what about says (an id), the sealed form of
 * it, in pool; without a key it stays as it is.
 */
ngx_int_t ngx_http_tender_seal(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_str_t *tender, ngx_str_t *about,
    ngx_str_t *text);

/*
 * Opens a text that is sealed behind its first skip bytes; one that is not
 * stays as it is.  NGX_DECLINED: there is no key for it, or it is not what
 * was sealed, which the log says.
 */
ngx_int_t ngx_http_tender_unseal(ngx_pool_t *pool,
    ngx_http_tender_main_conf_t *tmcf, ngx_log_t *log, ngx_str_t *tender,
    ngx_str_t *about, size_t skip, ngx_str_t *text);


#endif /* _NGX_HTTP_TENDER_SEAL_H_INCLUDED_ */
