
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_CSV_H_INCLUDED_
#define _TENDER_CSV_H_INCLUDED_


#include "tender_core.h"


#define TENDER_CSV_END  "\r\n"     /* of a record */


/*
 * A cell of RFC 4180: the exact length first, then that many bytes at p,
 * which returns the end.  It is quoted if it holds a quote, a comma, a
 * semicolon, CR or LF, or begins or ends with a space or a tab.
 *
 * With TENDER_CSV_TEXT an apostrophe is put in front of what a spreadsheet
 * would take for a formula: '=', '+', '-', '@', or the wide form of one of
 * them, a tab, CR or LF, also behind spaces and quotes.  Numbers come without
 * the flag.
 */
#define TENDER_CSV_TEXT  1

size_t tender_csv_length(tender_str_t cell, unsigned flags);
u_char *tender_csv_write(u_char *p, tender_str_t cell, unsigned flags);


#endif /* _TENDER_CSV_H_INCLUDED_ */
