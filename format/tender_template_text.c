
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_template_run.h"
#include "tender_uri.h"


#define TENDER_TEMPLATE_SIZE   8192

#define TENDER_TEMPLATE_OPEN   "<mark>"
#define TENDER_TEMPLATE_CLOSE  "</mark>"


static u_char *tender_template_room(tender_template_run_t *run, size_t len);


static const tender_str_t  tender_template_marks[] = {
    tender_string("[B]"),
    tender_string("[/B]")
};

static const tender_str_t  tender_template_tags[] = {
    tender_string(TENDER_TEMPLATE_OPEN),
    tender_string(TENDER_TEMPLATE_CLOSE)
};


int
tender_template_escape(tender_template_run_t *run, tender_str_t text)
{
    int            rc;
    size_t         i, from;
    tender_str_t   entity;

    from = 0;

    for (i = 0; i < text.len; i++) {

        switch (text.data[i]) {

        case '&':
            tender_str_set(&entity, "&amp;");
            break;

        case '<':
            tender_str_set(&entity, "&lt;");
            break;

        case '>':
            tender_str_set(&entity, "&gt;");
            break;

        case '"':
            tender_str_set(&entity, "&quot;");
            break;

        case '\'':
            tender_str_set(&entity, "&#39;");
            break;

        default:
            continue;
        }

        rc = tender_template_put(run, text.data + from, i - from);

        if (rc == TENDER_OK) {
            rc = tender_template_put(run, entity.data, entity.len);
        }

        if (rc != TENDER_OK) {
            return rc;
        }

        from = i + 1;
    }

    return text.len ? tender_template_put(run, text.data + from, i - from)
                    : TENDER_OK;
}


/* a mark that does not close is closed, one that does not open is text */

int
tender_template_mark(tender_template_run_t *run, tender_str_t text)
{
    int                  rc, open;
    size_t               i, from;
    tender_str_t         part;
    const tender_str_t  *mark;

    open = 0;
    from = 0;
    i = 0;

    while (i < text.len) {
        mark = &tender_template_marks[open];

        if (text.len - i < mark->len
            || memcmp(text.data + i, mark->data, mark->len) != 0)
        {
            i++;
            continue;
        }

        part.data = text.data + from;
        part.len = i - from;

        rc = tender_template_escape(run, part);

        if (rc == TENDER_OK) {
            rc = tender_template_put(run, tender_template_tags[open].data,
                                     tender_template_tags[open].len);
        }

        if (rc != TENDER_OK) {
            return rc;
        }

        i += mark->len;
        from = i;
        open = !open;
    }

    if (text.len) {
        part.data = text.data + from;
        part.len = i - from;

        rc = tender_template_escape(run, part);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return open ? tender_template_put(run, tender_template_tags[1].data,
                                      tender_template_tags[1].len)
                : TENDER_OK;
}

int
tender_template_percent(tender_template_run_t *run, tender_str_t text)
{
    u_char  *p;

    if (text.len == 0) {
        return TENDER_OK;
    }

    p = tender_template_room(run, tender_uri_escaped_length(text));
    if (p == NULL) {
        return TENDER_ERROR;
    }

    run->last = tender_uri_escape(p, text);

    return (run->last - run->start > TENDER_TEMPLATE_MAX) ? TENDER_DECLINED
                                                          : TENDER_OK;
}


int
tender_template_put(tender_template_run_t *run, const u_char *data,
    size_t len)
{
    u_char  *p;

    if (len == 0) {
        return TENDER_OK;
    }

    if (len > TENDER_TEMPLATE_MAX
        || (size_t) (run->last - run->start) > TENDER_TEMPLATE_MAX - len)
    {
        return TENDER_DECLINED;
    }

    p = tender_template_room(run, len);
    if (p == NULL) {
        return TENDER_ERROR;
    }

    memcpy(p, data, len);
    run->last = p + len;

    return TENDER_OK;
}


static u_char *
tender_template_room(tender_template_run_t *run, size_t len)
{
    u_char  *p;
    size_t   used, size;

    if (run->start && (size_t) (run->end - run->last) >= len) {
        return run->last;
    }

    used = run->last - run->start;
    size = 2 * (used + len);

    if (size < TENDER_TEMPLATE_SIZE) {
        size = TENDER_TEMPLATE_SIZE;
    }

    p = tender_alloc(run->templates->mem, size);
    if (p == NULL) {
        return NULL;
    }

    if (used) {
        memcpy(p, run->start, used);
    }

    run->start = p;
    run->last = p + used;
    run->end = p + size;

    return run->last;
}
