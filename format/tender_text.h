
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_TEXT_H_INCLUDED_
#define _TENDER_TEXT_H_INCLUDED_


#include "tender_core.h"


/*
 * The length of the UTF-8 character at p (1 to 4), or 0 if there is none:
 * overlong forms, surrogates and what is above U+10FFFF are refused.
 */
unsigned tender_utf8_char(const u_char *p, const u_char *end, uint32_t *code);

/* the UTF-8 of a code point, 1 to 4 bytes at p; returns the end */
u_char *tender_utf8_write(u_char *p, uint32_t code);

/* 1 if all of it is valid UTF-8 */
int tender_utf8_valid(const u_char *data, size_t len);

/* the number of code points of valid UTF-8 */
size_t tender_utf8_length(tender_str_t text);

/*
 * 1 if XML 1.0 can carry each character of valid UTF-8: no control character
 * but tab, LF and CR, no U+FFFE, no U+FFFF.
 */
int tender_text_valid(tender_str_t text);

/* the same of text that is known to hold no control character */
int tender_text_plain_valid(tender_str_t text);


/* 2 * len lower-case digits at p; returns the end */
u_char *tender_hex_write(u_char *p, const u_char *data, size_t len);

/* 1 if each character is one of 0-9 a-f */
int tender_hex_valid(tender_str_t text);

/*
 * RFC 4648 base32hex, lower-case, without padding.  Encoding writes
 * (len * 8 + 4) / 5 characters; decoding writes len * 5 / 8 bytes at p and
 * returns how many, or TENDER_DECLINED: another character, a length that no
 * encoding has, or a last character with bits that are not used.
 */
u_char *tender_base32_write(u_char *p, const u_char *data, size_t len);
int tender_base32_read(u_char *p, tender_str_t text);

/*
 * A decimal integer, no sign, no leading zero, no more than max;
 * TENDER_DECLINED otherwise.
 */
int tender_uint_read(tender_str_t text, uint64_t max, uint64_t *n);

/* at most 20 characters at p; returns the end */
u_char *tender_uint_write(u_char *p, uint64_t n);


#endif /* _TENDER_TEXT_H_INCLUDED_ */
