
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _NGX_HTTP_TENDER_PASSWORD_HASH_H_INCLUDED_
#define _NGX_HTTP_TENDER_PASSWORD_HASH_H_INCLUDED_


#include <stddef.h>
#include <sys/types.h>


/*
 * What takes long, as threads run it: no memory, no log and no state of
 * nginx.  Passwords and hashes end with a zero.
 */

#define TENDER_HASH_MEMORY  19456      /* KiB */
#define TENDER_HASH_PASSES  2
#define TENDER_HASH_LANES   1


/* 1: a hash that can be checked, in bounds that a thread can bear */
int tender_hash_known(const u_char *hash, size_t len);

/*
 * 1: it is known, and weaker than a new one of a password with so many bytes
 * would be.  bcrypt takes 72 of them: the others may be wrong.
 */
int tender_hash_weak(const u_char *hash, size_t len, size_t password);

/* 1, 0; -1: it could not be found out (memory); hash "": nobody's */
int tender_hash_check(const char *hash, const char *password, size_t len);

/* 0; -1: it could not be made, or does not fit */
int tender_hash_make(char *hash, size_t size, const char *password,
    size_t len);


#endif /* _NGX_HTTP_TENDER_PASSWORD_HASH_H_INCLUDED_ */
