
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_JSON_H_INCLUDED_
#define _TENDER_JSON_H_INCLUDED_


#include "tender_value.h"


#define TENDER_JSON_MAX_DEPTH    64
#define TENDER_JSON_MAX_MEMBERS  1000
#define TENDER_JSON_MAX_VALUES   200000     /* in one text: 10 MB of nodes */
#define TENDER_JSON_MAX_DIGITS   15     /* significant ones in a number */


typedef struct {
    const char   *text;      /* "Expecting object", "Extra data", ... */
    size_t        offset;    /* bytes from the start, 0 is the first */
    size_t        line;      /* 1 is the first */
    size_t        column;    /* bytes in that line, 1 is the first */

    /* where it ends, of "Extra data"; 0: it is a place, not a range */
    size_t        end;
    size_t        end_line;
    size_t        end_column;
} tender_json_error_t;


/*
 * Reads one RFC 8259 text, UTF-8, in one pass.  Strings without escapes and
 * numbers are spans of data, which must outlive the tree and is not written
 * to; strings with escapes are decoded into mem.
 *
 * Refused, beyond what is not JSON: invalid UTF-8, a byte order mark, raw
 * control characters, \u0000, lone surrogates, nesting deeper than
 * TENDER_JSON_MAX_DEPTH, more than TENDER_JSON_MAX_VALUES values, more than
 * TENDER_JSON_MAX_MEMBERS members in one
 * object, a member name twice in one object, a number of more than
 * TENDER_JSON_MAX_DIGITS significant digits or outside of the range of a
 * double, anything but white space after the value.
 *
 * TENDER_DECLINED: *err says what and where; err->text is a literal.
 */
int tender_json_read(tender_mem_t *mem, const u_char *data, size_t len,
    tender_value_t **value, tender_json_error_t *err);

/*
 * "<text>: line 1 column 10 (char 9)" into buf, at most size bytes; returns
 * how many.  "No JSON object could be decoded" comes without a place, "Extra
 * data" with a range, "line 1 column 3 - line 1 column 4 (char 2 - 3)".
 */
size_t tender_json_error_text(const tender_json_error_t *err, u_char *buf,
    size_t size);


#define TENDER_JSON_PRETTY  1    /* four spaces of indent */

/*
 * Writing: the exact length first, then that many bytes at p, which returns
 * the end.  Non-ASCII characters are written as they are; '"', '\' and
 * control characters are escaped in the shortest form.
 */
size_t tender_json_length(const tender_value_t *value, unsigned flags);
u_char *tender_json_write(u_char *p, const tender_value_t *value,
    unsigned flags);

/* both in one, into memory of mem; TENDER_ERROR: none left */
int tender_json_text(tender_mem_t *mem, const tender_value_t *value,
    unsigned flags, tender_str_t *text);


/*
 * The TENDER_JSON_PRETTY form of a text that was written without it.
 * TENDER_ERROR: out of memory.
 */
int tender_json_indent(tender_mem_t *mem, tender_str_t compact,
    tender_str_t *text);


/*
 * The RFC 6902 patch that turns from into to: an array of operations, empty
 * if they are equal (by tender_value_equal()).  Members that differ are
 * replaced, added, removed or, where both are objects or both are arrays,
 * looked into; arrays are compared by index.  The result shares values with
 * to.  NULL: out of memory.
 */
tender_value_t *tender_json_diff(tender_mem_t *mem,
    const tender_value_t *from, const tender_value_t *to);

/*
 * Applies such a patch (add, remove, replace, test) to *target, in place.
 * TENDER_DECLINED: it does not fit; *target may be half changed then.
 */
int tender_json_patch(tender_mem_t *mem, tender_value_t **target,
    const tender_value_t *patch);


#endif /* _TENDER_JSON_H_INCLUDED_ */
