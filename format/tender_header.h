
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_HEADER_H_INCLUDED_
#define _TENDER_HEADER_H_INCLUDED_


#include "tender_core.h"


/*
 * A header that is a word with parameters, as Content-Type and
 * Content-Disposition: word *( OWS ";" OWS [ name "=" value ] ), where a
 * value is a token or a quoted string.
 */

#define TENDER_HEADER_PARAMS  16


/* flags */

#define TENDER_HEADER_FORM    1      /* %22 in quotes is a quote (browsers) */


typedef struct {
    tender_str_t           name;       /* as sent */
    tender_str_t           value;      /* quoting undone */
} tender_header_param_t;

typedef struct {
    tender_str_t           word;       /* not empty, else not checked */
    tender_header_param_t  params[TENDER_HEADER_PARAMS];
    unsigned               nparams;
    unsigned               twice:1;    /* declined for a parameter twice */
} tender_header_t;


/*
 * Within quotes only \" and \\ are pairs; another backslash stays, for there
 * are clients that send paths as they are.  Spans of the text, or copies
 * where quoting is undone.  TENDER_DECLINED: malformed, control characters,
 * a parameter twice, too many of them.
 */
int tender_header_read(tender_mem_t *mem, tender_str_t text, unsigned flags,
    tender_header_t *header);

/* the value, or NULL; the name is given in lower case */
const tender_str_t *tender_header_param(const tender_header_t *header,
    const char *name, size_t len);

/* the part of the text without spaces and tabs around it */
tender_str_t tender_header_trim(tender_str_t text);

/* 1 if it is a token of RFC 9110 */
int tender_header_token(tender_str_t text);

/* 1 if it is the lower-case word, in any case of its letters */
int tender_header_is(tender_str_t text, const char *word, size_t len);


#define tender_header_get(header, name)                                       \
    tender_header_param(header, name, sizeof(name) - 1)

#define tender_header_word(text, word)                                        \
    tender_header_is(text, word, sizeof(word) - 1)


#endif /* _TENDER_HEADER_H_INCLUDED_ */
