
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "../format/tender_text.h"
#include "tender_check.h"


#define TENDER_LABEL_MAX   63
#define TENDER_HOST_MAX    253
#define TENDER_LOCAL_MAX   64       /* before the '@' of an address */

#define tender_is_digit(c)  ((c) >= '0' && (c) <= '9')
#define tender_is_letter(c)                                                   \
    (((c) | 0x20) >= 'a' && ((c) | 0x20) <= 'z')


typedef enum {
    TENDER_HOST_NONE = 0,
    TENDER_HOST_NAME,          /* dotted, with a top-level domain */
    TENDER_HOST_LOCAL,         /* "localhost" */
    TENDER_HOST_ADDRESS        /* IPv4 */
} tender_host_e;


static tender_host_e tender_host(const u_char *p, const u_char *end);
static tender_host_e tender_host_kind(const u_char *label, size_t len,
    unsigned labels);
static int tender_host_address(const u_char *p, const u_char *end);
static int tender_label_equal(const u_char *label, size_t len,
    const char *text);
static int tender_spaceless(const u_char *p, const u_char *end);
static const u_char *tender_email_quoted(const u_char *p, const u_char *end);
static const u_char *tender_email_atoms(const u_char *p, const u_char *end);


int
tender_url_valid(tender_str_t text)
{
    unsigned       port, digits;
    const u_char  *p, *end, *host;

    if (text.len < sizeof("http://") - 1
        || !tender_label_equal(text.data, 4, "http"))
    {
        return 0;
    }

    p = text.data + 4;
    end = text.data + text.len;

    if ((*p | 0x20) == 's') {
        p++;
    }

    if (end - p < 3 || memcmp(p, "://", 3) != 0) {
        return 0;
    }

    p += 3;

    for (host = p; p < end; p++) {
        if (*p == ':' || *p == '/' || *p == '?') {
            break;
        }
    }

    if (tender_host(host, p) == TENDER_HOST_NONE) {
        return 0;
    }

    if (p < end && *p == ':') {
        digits = 0;
        port = 0;

        for (p++; p < end && tender_is_digit(*p) && digits < 5; p++) {
            port = port * 10 + (*p - '0');
            digits++;
        }

        if (digits == 0 || port > 65535) {
            return 0;
        }
    }

    if (p == end) {
        return 1;
    }

    if (*p == '/') {
        return tender_spaceless(p + 1, end);
    }

    return *p == '?' && p + 1 < end && tender_spaceless(p + 1, end);
}


int
tender_email_valid(tender_str_t text)
{
    const u_char  *p, *end;

    if (text.len == 0) {
        return 0;
    }

    p = text.data;
    end = p + text.len;

    p = (*p == '"') ? tender_email_quoted(p + 1, end)
                    : tender_email_atoms(p, end);

    if (p == NULL || p == end || *p != '@'
        || p - text.data > TENDER_LOCAL_MAX)
    {
        return 0;
    }

    return tender_host(p + 1, end) == TENDER_HOST_NAME;
}


static tender_host_e
tender_host(const u_char *p, const u_char *end)
{
    unsigned        labels, rooted;
    const u_char   *label;
    tender_host_e   kind;

    if (p == end) {
        return TENDER_HOST_NONE;
    }

    if (tender_host_address(p, end)) {
        return TENDER_HOST_ADDRESS;
    }

    rooted = (end[-1] == '.');
    end -= rooted;

    if (end - p > TENDER_HOST_MAX) {
        return TENDER_HOST_NONE;
    }

    labels = 1;

    for (label = p; p < end; p++) {

        if (*p != '.') {
            continue;
        }

        if (tender_host_kind(label, (size_t) (p - label), 0)
            == TENDER_HOST_NONE)
        {
            return TENDER_HOST_NONE;
        }

        labels++;
        label = p + 1;
    }

    kind = tender_host_kind(label, (size_t) (end - label), labels);

    return rooted && kind == TENDER_HOST_LOCAL ? TENDER_HOST_NONE : kind;
}


/* labels is 0 for a label that is not the last one, else how many there are */

static tender_host_e
tender_host_kind(const u_char *label, size_t len, unsigned labels)
{
    size_t  i, letters;

    if (len == 0 || len > TENDER_LABEL_MAX
        || label[0] == '-' || label[len - 1] == '-')
    {
        return TENDER_HOST_NONE;
    }

    letters = 0;

    for (i = 0; i < len; i++) {

        if (tender_is_letter(label[i])) {
            letters++;

        } else if (!tender_is_digit(label[i]) && label[i] != '-') {
            return TENDER_HOST_NONE;
        }
    }

    if (labels == 0) {
        return TENDER_HOST_NAME;
    }

    if (labels == 1) {
        return tender_label_equal(label, len, "localhost")
               ? TENDER_HOST_LOCAL : TENDER_HOST_NONE;
    }

    /* letters, or the ASCII form of an international domain */

    if ((letters == len && len >= 2)
        || (len > 4 && tender_label_equal(label, 4, "xn--")))
    {
        return TENDER_HOST_NAME;
    }

    return TENDER_HOST_NONE;
}


static int
tender_host_address(const u_char *p, const u_char *end)
{
    unsigned  i, n, digits;

    for (i = 0; i < 4; i++) {

        if (i != 0 && (p == end || *p++ != '.')) {
            return 0;
        }

        n = 0;

        for (digits = 0; p < end && tender_is_digit(*p) && digits < 3; p++) {
            n = n * 10 + (*p - '0');
            digits++;
        }

        if (digits == 0 || n > 255) {
            return 0;
        }
    }

    return p == end;
}


/* text is in lower case */

static int
tender_label_equal(const u_char *label, size_t len, const char *text)
{
    size_t  i;

    for (i = 0; i < len && text[i] != '\0'; i++) {

        if (label[i] != text[i]
            && (!tender_is_letter(label[i]) || (label[i] | 0x20) != text[i]))
        {
            return 0;
        }
    }

    return i == len && text[i] == '\0';
}


/* no white space of ASCII or Unicode, no control characters */

static int
tender_spaceless(const u_char *p, const u_char *end)
{
    unsigned  n;
    uint32_t  code;

    while (p < end) {

        if (*p < 0x80) {

            if (*p <= ' ' || *p == 0x7f) {
                return 0;
            }

            p++;
            continue;
        }

        n = tender_utf8_char(p, end, &code);

        if (n == 0
            || (code >= 0x80 && code <= 0xa0)
            || code == 0x1680
            || (code >= 0x2000 && code <= 0x200a)
            || code == 0x2028 || code == 0x2029 || code == 0x202f
            || code == 0x205f || code == 0x3000)
        {
            return 0;
        }

        p += n;
    }

    return 1;
}


/* behind the closing quote, or NULL */

static const u_char *
tender_email_quoted(const u_char *p, const u_char *end)
{
    for ( /* void */ ; p < end && *p >= ' ' && *p < 0x7f; p++) {

        if (*p == '"') {
            return p + 1;
        }

        if (*p == '\\' && (++p == end || *p < ' ' || *p >= 0x7f)) {
            return NULL;
        }
    }

    return NULL;
}


/* at the first character that is none of a dot-atom's, or NULL */

static const u_char *
tender_email_atoms(const u_char *p, const u_char *end)
{
    int  dot;

    static const u_char  marks[] = "-!#$%&'*+/=?^_`{}|~";

    for (dot = 1; p < end; p++) {

        if (*p == '.') {

            if (dot) {
                return NULL;
            }

            dot = 1;

        } else if (tender_is_letter(*p) || tender_is_digit(*p)
                   || memchr(marks, *p, sizeof(marks) - 1) != NULL)
        {
            dot = 0;

        } else {
            break;
        }
    }

    return dot ? NULL : p;
}
