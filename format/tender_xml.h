
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_XML_H_INCLUDED_
#define _TENDER_XML_H_INCLUDED_


#include "tender_value.h"


#define TENDER_XML_DECLARATION  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"


/*
 * Text between two tags: the exact length first, then that many bytes at p,
 * which returns the end.  '&', '<', '>' and CR are escaped; a byte that is
 * no UTF-8, and a character that XML 1.0 cannot carry, becomes U+FFFD.
 */
size_t tender_xml_length(tender_str_t text);
u_char *tender_xml_write(u_char *p, tender_str_t text);

/*
 * The same of a value as an element: a scalar is its text, an object has an
 * element for each member; an array has no element of its own, but one of
 * this name for each of its values.  What is empty, and null, is <name/>.
 * Names are written as they are.
 */
size_t tender_xml_element_length(tender_str_t name, const tender_value_t *v);
u_char *tender_xml_element(u_char *p, tender_str_t name,
    const tender_value_t *v);


#endif /* _TENDER_XML_H_INCLUDED_ */
