
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MULTIPART_PART_H_INCLUDED_
#define _TENDER_MULTIPART_PART_H_INCLUDED_


#include "tender_multipart.h"


/* bits of mp->seen */

#define TENDER_MULTIPART_DISPOSITION  1
#define TENDER_MULTIPART_TYPE         2
#define TENDER_MULTIPART_ENCODING     4


/*
 * A header of a part, without its line end: into mp->part.  TENDER_DECLINED
 * with mp->why; TENDER_ERROR.
 */
int tender_multipart_header(tender_multipart_t *mp, tender_str_t line);


#endif /* _TENDER_MULTIPART_PART_H_INCLUDED_ */
