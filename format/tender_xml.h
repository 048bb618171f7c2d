
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_XML_H_INCLUDED_
#define _TENDER_XML_H_INCLUDED_


#include "tender_core.h"


#define TENDER_XML_DECLARATION  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"


/*
 * Text between two tags: the exact length first, then that many bytes at p,
 * which returns the end.  '&', '<', '>' and CR are escaped; a byte that is
 * no UTF-8, and a character that XML 1.0 cannot carry, becomes U+FFFD.
 */
size_t tender_xml_length(tender_str_t text);
u_char *tender_xml_write(u_char *p, tender_str_t text);


#endif /* _TENDER_XML_H_INCLUDED_ */
