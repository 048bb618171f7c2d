
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_multipart.h"
#include "tender_multipart_part.h"


typedef enum {
    TENDER_MP_PREAMBLE = 0,
    TENDER_MP_DELIMITER,         /* behind the boundary */
    TENDER_MP_PADDING,
    TENDER_MP_DELIMITER_LF,
    TENDER_MP_HEAD,
    TENDER_MP_HEAD_LF,
    TENDER_MP_DATA,
    TENDER_MP_CLOSE,             /* behind a "-" */
    TENDER_MP_CLOSE_PADDING,
    TENDER_MP_CLOSE_LF,
    TENDER_MP_EPILOGUE,
    TENDER_MP_BAD,
    TENDER_MP_NO_MEMORY
} tender_mp_state_e;


typedef enum {
    TENDER_MP_NOTHING = 0,       /* of what is left of the piece */
    TENDER_MP_BYTES,
    TENDER_MP_FOUND
} tender_mp_scan_e;


static tender_multipart_e tender_mp_preamble(tender_multipart_t *mp,
    u_char **p, u_char *last, tender_str_t *data);
static tender_multipart_e tender_mp_data(tender_multipart_t *mp, u_char **p,
    u_char *last, tender_str_t *data);
static tender_mp_scan_e tender_mp_scan(tender_multipart_t *mp, u_char **p,
    u_char *last, tender_str_t *data);
static tender_mp_scan_e tender_mp_search(tender_multipart_t *mp, u_char **p,
    u_char *last, tender_str_t *data);
static tender_multipart_e tender_mp_delimiter(tender_multipart_t *mp,
    u_char c);
static tender_multipart_e tender_mp_close(tender_multipart_t *mp, u_char c);
static tender_multipart_e tender_mp_skip(tender_multipart_t *mp, size_t len);
static tender_multipart_e tender_mp_head(tender_multipart_t *mp, u_char c);
static tender_multipart_e tender_mp_line(tender_multipart_t *mp);
static tender_multipart_e tender_mp_begin(tender_multipart_t *mp);
static tender_multipart_e tender_mp_bad(tender_multipart_t *mp,
    const char *why);


static const char  tender_mp_line_end[] =
    "A line of the multipart body does not end in CR LF";
static const char  tender_mp_inside[] =
    "The boundary stands in front of other text in the multipart body";


int
tender_multipart_init(tender_multipart_t *mp, tender_mem_t *mem,
    tender_str_t boundary)
{
    memset(mp, 0, sizeof(tender_multipart_t));

    if (boundary.len == 0 || boundary.len > TENDER_MULTIPART_BOUNDARY_MAX) {
        return TENDER_DECLINED;
    }

    mp->head = tender_alloc(mem, TENDER_MULTIPART_HEAD_MAX);
    if (mp->head == NULL) {
        return TENDER_ERROR;
    }

    mp->mem = mem;
    mp->state = TENDER_MP_PREAMBLE;

    memcpy(mp->delimiter, "\r\n--", 4);
    memcpy(mp->delimiter + 4, boundary.data, boundary.len);
    mp->delimiter_len = 4 + boundary.len;

    /* the body begins with a line */

    mp->matched = 2;
    mp->ahead = 2;

    return TENDER_OK;
}


tender_multipart_e
tender_multipart_next(tender_multipart_t *mp, u_char **p, u_char *last,
    tender_str_t *data)
{
    tender_multipart_e  event;

    data->len = 0;
    data->data = NULL;

    if (mp->state == TENDER_MP_BAD) {
        return TENDER_MULTIPART_BAD;
    }

    if (mp->state == TENDER_MP_NO_MEMORY) {
        return TENDER_MULTIPART_NO_MEMORY;
    }

    event = TENDER_MULTIPART_MORE;

    while (event == TENDER_MULTIPART_MORE && *p < last) {

        switch (mp->state) {

        case TENDER_MP_PREAMBLE:
            event = tender_mp_preamble(mp, p, last, data);
            break;

        case TENDER_MP_DATA:
            event = tender_mp_data(mp, p, last, data);
            break;

        case TENDER_MP_HEAD:
        case TENDER_MP_HEAD_LF:
            event = tender_mp_head(mp, *(*p)++);
            break;

        case TENDER_MP_DELIMITER:
        case TENDER_MP_PADDING:
        case TENDER_MP_DELIMITER_LF:
            event = tender_mp_delimiter(mp, *(*p)++);
            break;

        case TENDER_MP_EPILOGUE:
            event = tender_mp_skip(mp, (size_t) (last - *p));
            *p = last;
            break;

        default:
            event = tender_mp_close(mp, *(*p)++);
        }
    }

    return event;
}


int
tender_multipart_finish(tender_multipart_t *mp)
{
    switch (mp->state) {

    case TENDER_MP_CLOSE_PADDING:
    case TENDER_MP_EPILOGUE:
        return TENDER_OK;

    case TENDER_MP_NO_MEMORY:
        return TENDER_ERROR;

    case TENDER_MP_BAD:
        return TENDER_DECLINED;

    case TENDER_MP_PREAMBLE:
        (void) tender_mp_bad(mp,
                             "The multipart body does not hold its boundary");
        return TENDER_DECLINED;
    }

    (void) tender_mp_bad(mp, "The multipart body has no closing boundary");

    return TENDER_DECLINED;
}


static tender_multipart_e
tender_mp_preamble(tender_multipart_t *mp, u_char **p, u_char *last,
    tender_str_t *data)
{
    size_t            len;
    tender_mp_scan_e  found;

    found = tender_mp_scan(mp, p, last, data);

    len = data->len;

    data->len = 0;
    data->data = NULL;

    if (found == TENDER_MP_FOUND) {
        mp->state = TENDER_MP_DELIMITER;
    }

    return tender_mp_skip(mp, len);
}


static tender_multipart_e
tender_mp_data(tender_multipart_t *mp, u_char **p, u_char *last,
    tender_str_t *data)
{
    switch (tender_mp_scan(mp, p, last, data)) {

    case TENDER_MP_BYTES:
        return TENDER_MULTIPART_DATA;

    case TENDER_MP_FOUND:
        mp->state = TENDER_MP_DELIMITER;
        return TENDER_MULTIPART_PART_END;

    default:
        return TENDER_MULTIPART_MORE;
    }
}


/*
 * Bytes up to the next delimiter, or the delimiter.  Its first character is
 * not in it again, so where a comparison ends in vain, the next one begins:
 * each byte is looked at twice at most.
 */

static tender_mp_scan_e
tender_mp_scan(tender_multipart_t *mp, u_char **p, u_char *last,
    tender_str_t *data)
{
    size_t  ahead;

    if (mp->matched == 0) {
        return tender_mp_search(mp, p, last, data);
    }

    while (*p < last && **p == mp->delimiter[mp->matched]) {
        (*p)++;

        if (++mp->matched == mp->delimiter_len) {
            mp->matched = 0;
            mp->ahead = 0;
            return TENDER_MP_FOUND;
        }
    }

    if (*p == last) {
        return TENDER_MP_NOTHING;
    }

    ahead = mp->ahead;

    data->data = mp->delimiter + ahead;
    data->len = mp->matched - ahead;

    mp->matched = 0;
    mp->ahead = 0;

    return data->len != 0 ? TENDER_MP_BYTES
                          : tender_mp_search(mp, p, last, data);
}


static tender_mp_scan_e
tender_mp_search(tender_multipart_t *mp, u_char **p, u_char *last,
    tender_str_t *data)
{
    size_t   n, left;
    u_char  *s, *start;

    start = *p;
    s = start;

    while (s < last) {

        s = memchr(s, '\r', (size_t) (last - s));
        if (s == NULL) {
            s = last;
            break;
        }

        left = (size_t) (last - s);

        for (n = 1; n < left && n < mp->delimiter_len; n++) {
            if (s[n] != mp->delimiter[n]) {
                break;
            }
        }

        if (n == mp->delimiter_len) {

            /* with bytes in front of it, it is for the next call */

            if (s == start) {
                *p = s + n;
                return TENDER_MP_FOUND;
            }

            break;
        }

        if (n == left) {
            mp->matched = n;
            break;
        }

        s += n;
    }

    data->data = start;
    data->len = (size_t) (s - start);

    *p = mp->matched != 0 ? last : s;

    return data->len != 0 ? TENDER_MP_BYTES : TENDER_MP_NOTHING;
}


static tender_multipart_e
tender_mp_delimiter(tender_multipart_t *mp, u_char c)
{
    if (mp->state == TENDER_MP_DELIMITER_LF) {
        return c == '\n' ? tender_mp_begin(mp)
                         : tender_mp_bad(mp, tender_mp_line_end);
    }

    if (mp->state == TENDER_MP_DELIMITER && c == '-') {
        mp->state = TENDER_MP_CLOSE;
        return TENDER_MULTIPART_MORE;
    }

    switch (c) {

    case ' ':
    case '\t':
        mp->state = TENDER_MP_PADDING;
        return tender_mp_skip(mp, 1);

    case '\r':
        mp->state = TENDER_MP_DELIMITER_LF;
        return TENDER_MULTIPART_MORE;

    case '\n':
        return tender_mp_bad(mp, tender_mp_line_end);
    }

    return tender_mp_bad(mp, tender_mp_inside);
}


static tender_multipart_e
tender_mp_close(tender_multipart_t *mp, u_char c)
{
    if (mp->state == TENDER_MP_CLOSE) {

        if (c != '-') {
            return tender_mp_bad(mp, tender_mp_inside);
        }

        mp->state = TENDER_MP_CLOSE_PADDING;
        return TENDER_MULTIPART_END;
    }

    if (mp->state == TENDER_MP_CLOSE_LF) {

        if (c != '\n') {
            return tender_mp_bad(mp, tender_mp_line_end);
        }

        mp->state = TENDER_MP_EPILOGUE;
        return TENDER_MULTIPART_MORE;
    }

    switch (c) {

    case ' ':
    case '\t':
        return tender_mp_skip(mp, 1);

    case '\r':
        mp->state = TENDER_MP_CLOSE_LF;
        return TENDER_MULTIPART_MORE;

    case '\n':
        return tender_mp_bad(mp, tender_mp_line_end);
    }

    return tender_mp_bad(mp, tender_mp_inside);
}


static tender_multipart_e
tender_mp_skip(tender_multipart_t *mp, size_t len)
{
    if (len > TENDER_MULTIPART_SKIP_MAX - mp->skipped) {
        return tender_mp_bad(mp, "There is too much text around the parts of "
                                 "the multipart body");
    }

    mp->skipped += len;

    return TENDER_MULTIPART_MORE;
}


static tender_multipart_e
tender_mp_head(tender_multipart_t *mp, u_char c)
{
    if (mp->head_size == TENDER_MULTIPART_HEAD_MAX) {
        return tender_mp_bad(mp, "The headers of a part are too long");
    }

    mp->head_size++;

    if (mp->state == TENDER_MP_HEAD_LF) {

        if (c != '\n') {
            return tender_mp_bad(mp, tender_mp_line_end);
        }

        mp->state = TENDER_MP_HEAD;
        return tender_mp_line(mp);
    }

    if (c == '\r') {
        mp->state = TENDER_MP_HEAD_LF;
        return TENDER_MULTIPART_MORE;
    }

    if (c == '\n') {
        return tender_mp_bad(mp, tender_mp_line_end);
    }

    if ((c < 0x20 && c != '\t') || c == 0x7f) {
        return tender_mp_bad(mp,
                             "A part has a control character in its headers");
    }

    mp->head[mp->head_len++] = c;

    return TENDER_MULTIPART_MORE;
}


static tender_multipart_e
tender_mp_line(tender_multipart_t *mp)
{
    tender_str_t  line;

    line.data = mp->head + mp->line;
    line.len = mp->head_len - mp->line;

    mp->line = mp->head_len;

    if (line.len == 0) {

        if (!(mp->seen & TENDER_MULTIPART_DISPOSITION)) {
            return tender_mp_bad(mp, "A part has no Content-Disposition");
        }

        /* a part may be empty: a line begins here */

        mp->state = TENDER_MP_DATA;
        mp->matched = 2;
        mp->ahead = 2;

        return TENDER_MULTIPART_PART;
    }

    switch (tender_multipart_header(mp, line)) {

    case TENDER_OK:
        return TENDER_MULTIPART_MORE;

    case TENDER_DECLINED:
        return tender_mp_bad(mp, mp->why);

    default:
        mp->state = TENDER_MP_NO_MEMORY;
        return TENDER_MULTIPART_NO_MEMORY;
    }
}


static tender_multipart_e
tender_mp_begin(tender_multipart_t *mp)
{
    if (mp->nparts == TENDER_MULTIPART_PARTS) {
        return tender_mp_bad(mp, "The multipart body has too many parts");
    }

    memset(&mp->part, 0, sizeof(tender_part_t));

    mp->nparts++;
    mp->head_len = 0;
    mp->head_size = 0;
    mp->line = 0;
    mp->nheaders = 0;
    mp->seen = 0;
    mp->state = TENDER_MP_HEAD;

    return TENDER_MULTIPART_MORE;
}


static tender_multipart_e
tender_mp_bad(tender_multipart_t *mp, const char *why)
{
    mp->state = TENDER_MP_BAD;
    mp->why = why;

    return TENDER_MULTIPART_BAD;
}
