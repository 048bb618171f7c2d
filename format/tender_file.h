
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_FILE_H_INCLUDED_
#define _TENDER_FILE_H_INCLUDED_


#include "tender_core.h"


/*
 * What HTTP says about a file: media types, Content-Disposition, names.
 */

#define TENDER_FILENAME_MAX  255      /* bytes */


/*
 * A Content-Type header (RFC 9110, 8.3): the type in lower case without its
 * parameters, and the boundary parameter if there is one (quoting undone;
 * data NULL: none).  TENDER_DECLINED: not a media type, a parameter twice
 * or without a value, or a boundary that RFC 2046 does not allow.
 */
int tender_media_read(tender_mem_t *mem, tender_str_t header,
    tender_str_t *type, tender_str_t *boundary);

/*
 * The type under which a file is kept and handed out: type itself, as
 * tender_media_read() gives it, if it is one that no browser runs, else
 * "application/octet-stream".  A span of static memory.
 */
tender_str_t tender_media_safe(tender_str_t type);

/*
 * The file name of a Content-Disposition request header (RFC 6266, 8187):
 * filename* is preferred to filename.  data NULL: it has none.
 * TENDER_DECLINED: malformed, a parameter twice, or a filename* that is not
 * UTF-8.  A filename may be anything: see tender_filename_clean().
 */
int tender_disposition_read(tender_mem_t *mem, tender_str_t header,
    tender_str_t *filename);

/*
 * A Content-Disposition response header for a clean name: attachment, an
 * ASCII fallback, and filename* in UTF-8 where the fallback differs.  Bytes
 * from 0x20 to 0x7e for any name.  TENDER_DECLINED: not UTF-8.
 */
int tender_disposition_write(tender_mem_t *mem, tender_str_t filename,
    tender_str_t *header);

/*
 * A name that does no harm wherever it is written: what follows the last
 * "/" or "\", in NFC, white space runs as one space, without controls,
 * direction marks (U+061C, 200E, 200F, 202A-202E, 2066-2069), zero width
 * and other characters that are never drawn, U+FEFF, and noncharacters, with
 * at most 30 marks on a character, without dots and spaces at both ends, at
 * most TENDER_FILENAME_MAX bytes, cut between characters (before its
 * extension, if that has at most 16 bytes).  Nothing left: "file".  A clean
 * name stays as it is.  TENDER_DECLINED: not UTF-8.
 */
int tender_filename_clean(tender_mem_t *mem, tender_str_t name,
    tender_str_t *clean);


#endif /* _TENDER_FILE_H_INCLUDED_ */
