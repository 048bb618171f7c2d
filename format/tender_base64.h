
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_BASE64_H_INCLUDED_
#define _TENDER_BASE64_H_INCLUDED_


#include "tender_core.h"


/*
 * RFC 4648.  Reading is strict: the alphabet alone, no white space, no more
 * and no less padding than the form has, unused bits are zero.  So each
 * value has exactly one text.
 */

#define tender_base64_decoded_length(len)  (((len) + 3) / 4 * 3)
#define tender_base64_encoded_length(len)  (((len) + 2) / 3 * 4)


/* section 5, without padding, as JOSE has it; out holds decoded_length */
int tender_base64url_read(tender_str_t text, u_char *out, size_t *len);

/* section 4, with padding, as HTTP Basic has it */
int tender_base64_read(tender_str_t text, u_char *out, size_t *len);

/* return the end */
u_char *tender_base64url_write(u_char *p, const u_char *data, size_t len);
u_char *tender_base64_write(u_char *p, const u_char *data, size_t len);


#endif /* _TENDER_BASE64_H_INCLUDED_ */
