
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_CSV_H_INCLUDED_
#define _TENDER_CSV_H_INCLUDED_


#include "tender_value.h"


#define TENDER_CSV_END  "\r\n"                /* of a record */
#define TENDER_CSV_BOM  "\xef\xbb\xbf"


/*
 * A cell of RFC 4180: the exact length first, then that many bytes at p,
 * which returns the end.  It is quoted if it holds a quote, a comma, a
 * semicolon, CR or LF, or begins or ends with a space or a tab.  The low byte
 * of flags is one more character that parts cells, or 0.
 *
 * With TENDER_CSV_TEXT an apostrophe is put in front of what a spreadsheet
 * would take for a formula: '=', '+', '-', '@', or the wide form of one of
 * them, a tab, CR or LF, also behind spaces and quotes.  Numbers come without
 * the flag.
 */
#define TENDER_CSV_TEXT  0x100

size_t tender_csv_length(tender_str_t cell, unsigned flags);
u_char *tender_csv_write(u_char *p, tender_str_t cell, unsigned flags);

/*
 * A value as the text of one cell: the values of an array with " | " between
 * them, those of an object with ", "; what is empty is left out.
 * TENDER_ERROR: out of memory.
 */
int tender_csv_join(tender_mem_t *mem, const tender_value_t *v,
    tender_str_t *text);


#endif /* _TENDER_CSV_H_INCLUDED_ */
