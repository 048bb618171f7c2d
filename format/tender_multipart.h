
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_MULTIPART_H_INCLUDED_
#define _TENDER_MULTIPART_H_INCLUDED_


#include "tender_core.h"


/*
 * multipart/form-data (RFC 7578, RFC 2046) as it arrives: a piece of the
 * body after the other, cut anywhere.  Nothing but the headers of a part is
 * ever kept.
 */

#define TENDER_MULTIPART_BOUNDARY_MAX  70
#define TENDER_MULTIPART_HEADERS       16      /* of a part */
#define TENDER_MULTIPART_HEAD_MAX      8192    /* bytes of them */
#define TENDER_MULTIPART_PARTS         16
#define TENDER_MULTIPART_SKIP_MAX      65536   /* before and behind parts */


typedef enum {
    TENDER_MULTIPART_MORE = 0,   /* all of the piece is used */
    TENDER_MULTIPART_PART,       /* a part begins: mp->part */
    TENDER_MULTIPART_DATA,       /* bytes of it: data, len > 0 */
    TENDER_MULTIPART_PART_END,
    TENDER_MULTIPART_END,        /* the closing delimiter; what follows it is */
                                 /* skipped, and may still be refused */
    TENDER_MULTIPART_BAD,        /* mp->why: a sentence; stays so */
    TENDER_MULTIPART_NO_MEMORY
} tender_multipart_e;


/* kept until the next part begins; UTF-8 without control characters but tab */

typedef struct {
    tender_str_t     name;        /* of the field, not empty */
    tender_str_t     filename;    /* as sent, quoting undone; see has_file */
    tender_str_t     type;        /* Content-Type: in lower case, without */
                                  /* parameters; empty: none */
    unsigned         has_file:1;  /* there is a filename parameter */
} tender_part_t;


typedef struct tender_multipart_s  tender_multipart_t;

struct tender_multipart_s {
    tender_part_t    part;
    const char      *why;

    /* private: */

    tender_mem_t    *mem;
    u_char          *head;        /* the headers, without their line ends */
    size_t           head_len;
    size_t           head_size;   /* with them */
    size_t           line;        /* where a header begins in head */

    size_t           matched;     /* of the delimiter, at the last border */
    size_t           ahead;       /* of these, what is no data */
    size_t           skipped;

    unsigned         state;
    unsigned         nparts;
    unsigned         nheaders;
    unsigned         seen;        /* headers that may come once */

    /* CR LF "--" and the boundary */

    size_t           delimiter_len;
    u_char           delimiter[4 + TENDER_MULTIPART_BOUNDARY_MAX];
};


/*
 * boundary is copied; it has passed tender_media_read().  TENDER_ERROR: out
 * of memory; TENDER_DECLINED: it is empty or too long.
 */
int tender_multipart_init(tender_multipart_t *mp, tender_mem_t *mem,
    tender_str_t boundary);

/*
 * The next event in the piece *p to last; *p moves.  data is valid until the
 * next call; it is a span of the piece or of mp.  Call until
 * TENDER_MULTIPART_MORE, then feed the next piece.  At the end of the body
 * anything but TENDER_MULTIPART_END seen before means that it was cut off:
 * tender_multipart_finish().
 */
tender_multipart_e tender_multipart_next(tender_multipart_t *mp, u_char **p,
    u_char *last, tender_str_t *data);

/*
 * The body is complete: TENDER_OK, or TENDER_DECLINED with mp->why, or
 * TENDER_ERROR after TENDER_MULTIPART_NO_MEMORY.
 */
int tender_multipart_finish(tender_multipart_t *mp);


#endif /* _TENDER_MULTIPART_H_INCLUDED_ */
