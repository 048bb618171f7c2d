
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_URI_H_INCLUDED_
#define _TENDER_URI_H_INCLUDED_


#include "tender_core.h"


#define TENDER_MAX_SEGMENTS    8
#define TENDER_MAX_PARAMETERS  64


typedef struct {
    tender_str_t   name;
    tender_str_t   value;
} tender_param_t;


typedef struct {
    tender_param_t  *params;
    unsigned         nparams;
} tender_query_t;


/*
 * Splits a raw path ("tenders/4879.../auction", without the slash in front)
 * at its slashes and decodes each segment once.  Returns the number of
 * segments, or TENDER_DECLINED: an empty segment (a doubled or a trailing
 * slash), more than max, a broken percent escape, invalid UTF-8, or a
 * decoded '/', '\', '%', '.'-only segment or control character.  A segment
 * without escapes is a span of path, others are decoded into mem.  An empty
 * path has no segments.
 */
int tender_path_split(tender_mem_t *mem, tender_str_t path,
    tender_str_t *segments, unsigned max);

/*
 * Parses the text after '?', or a form body: pairs split at '&', '+' is a
 * space.  Empty pairs are skipped.  TENDER_DECLINED and *why, a literal: a
 * broken percent escape, invalid UTF-8, a control character, more than
 * TENDER_MAX_PARAMETERS pairs, a name twice (*name is it then, decoded;
 * empty otherwise).
 */
int tender_query_parse(tender_mem_t *mem, tender_str_t raw,
    tender_query_t *query, const char **why, tender_str_t *name);

/*
 * The same, but a name may come again, and its last value counts; those of
 * once, a list that ends with a zero length, need to have the same value.
 */
int tender_query_parse_last(tender_mem_t *mem, tender_str_t raw,
    const tender_str_t *once, tender_query_t *query, const char **why,
    tender_str_t *name);

/* the value, or NULL */
tender_str_t *tender_query_get(const tender_query_t *query,
    const tender_str_t *name);

#define tender_query_value(query, text)                                       \
    tender_query_get(query, &(tender_str_t) tender_string(text))

/* percent-encodes all but RFC 3986 unreserved characters */
size_t tender_uri_escaped_length(tender_str_t text);
u_char *tender_uri_escape(u_char *p, tender_str_t text);

/*
 * Finds the next parameter in raw query text whose decoded, case-folded name
 * is one of names (a list that ends with a zero length), from *pos on, and
 * sets *value to its raw value inside raw.  1: found, *pos is behind it;
 * 0: none left.  Never fails: broken escapes count as the characters they
 * are.  It is what the masking of secrets in logs stands on.
 */
int tender_query_secret(tender_str_t raw, size_t *pos,
    const tender_str_t *names, tender_str_t *value);


#endif /* _TENDER_URI_H_INCLUDED_ */
