
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_template_run.h"


/* bytes of the key of a message that is made of a value */
#define TENDER_TEMPLATE_KEY  160


/* 1: it begins a tag; 2: one that may have a line of its own */

#define tender_template_kind(c)                                               \
    (((c) == '#' || (c) == '^' || (c) == '/' || (c) == '>') ? 2               \
     : ((c) == '_' || (c) == '*' || (c) == '%') ? 1 : 0)


/* what stands between "{{" and "}}" */

typedef struct {
    u_char                     kind;       /* '#', '^' ...; 0: a slot */
    tender_str_t               name;
    const u_char              *begin;      /* of "{{" */
    const u_char              *next;       /* what follows */
} tender_template_tag_t;


static int tender_template_text(tender_template_run_t *run, tender_str_t text);
static int tender_template_next(tender_str_t text, const u_char *p,
    tender_template_tag_t *tag);
static int tender_template_close(tender_str_t text,
    const tender_template_tag_t *open, tender_template_tag_t *close);
static int tender_template_tag(tender_template_run_t *run, tender_str_t text,
    tender_template_tag_t *tag);
static int tender_template_section(tender_template_run_t *run,
    tender_str_t text, tender_template_tag_t *tag);
static int tender_template_within(tender_template_run_t *run,
    const tender_value_t *v, tender_str_t body);
static int tender_template_partial(tender_template_run_t *run,
    tender_str_t name);
static int tender_template_message(tender_template_run_t *run,
    tender_str_t key);
static int tender_template_filled(tender_template_run_t *run,
    tender_str_t text);
static const tender_value_t *tender_template_find(tender_template_run_t *run,
    tender_str_t name);
static tender_str_t tender_template_value(tender_template_run_t *run,
    tender_str_t name);
static int tender_template_true(const tender_value_t *v);


int
tender_template(const tender_templates_t *templates, tender_str_t name,
    const tender_value_t *object, tender_str_t *page)
{
    int                    rc;
    tender_template_run_t  run;

    memset(&run, 0, sizeof(tender_template_run_t));

    run.templates = templates;
    run.stack[0] = object;
    run.depth = 1;

    rc = tender_template_partial(&run, name);

    page->data = run.start;
    page->len = run.last - run.start;

    return rc;
}


static int
tender_template_partial(tender_template_run_t *run, tender_str_t name)
{
    int                       rc;
    const tender_template_t  *t;

    for (t = run->templates->list; t->name.len; t++) {
        if (tender_str_eq(&t->name, &name)) {
            break;
        }
    }

    if (t->name.len == 0 || run->nested == TENDER_TEMPLATE_DEPTH) {
        return TENDER_DECLINED;
    }

    run->nested++;
    rc = tender_template_text(run, t->text);
    run->nested--;

    return rc;
}


static int
tender_template_text(tender_template_run_t *run, tender_str_t text)
{
    int                     rc;
    const u_char           *p;
    tender_template_tag_t   tag;

    if (text.len == 0) {
        return TENDER_OK;
    }

    p = text.data;

    for ( ;; ) {
        rc = tender_template_next(text, p, &tag);

        if (rc == TENDER_DECLINED) {
            return rc;
        }

        if (rc == TENDER_DONE) {
            return tender_template_put(run, p, text.data + text.len - p);
        }

        if (++run->turns > TENDER_TEMPLATE_TURNS) {
            return TENDER_DECLINED;
        }

        rc = tender_template_put(run, p, tag.begin - p);

        if (rc == TENDER_OK) {
            rc = tender_template_tag(run, text, &tag);
        }

        if (rc != TENDER_OK) {
            return rc;
        }

        p = tag.next;
    }
}


/* the next tag from p on; TENDER_DONE: there is none */

static int
tender_template_next(tender_str_t text, const u_char *p,
    tender_template_tag_t *tag)
{
    const u_char  *q, *end;

    end = text.data + text.len;

    for ( ;; ) {
        p = (p < end) ? memchr(p, '{', end - p) : NULL;

        if (p == NULL || end - p < 2) {
            return TENDER_DONE;
        }

        if (p[1] == '{') {
            break;
        }

        p++;
    }

    tag->begin = p;
    tag->kind = 0;

    p += 2;

    if (p < end && tender_template_kind(*p)) {
        tag->kind = *p++;
    }

    for (q = p; q < end && *q != '}' && *q != '{' && *q != '\n'; q++) {
        /* void */
    }

    if (end - q < 2 || q[0] != '}' || q[1] != '}' || q == p) {
        return TENDER_DECLINED;
    }

    tag->name.data = (u_char *) p;
    tag->name.len = q - p;
    tag->next = q + 2;

    /* a line of its own */

    if (tender_template_kind(tag->kind) == 2
        && (tag->begin == text.data || tag->begin[-1] == '\n')
        && tag->next < end && *tag->next == '\n')
    {
        tag->next++;
    }

    return TENDER_OK;
}


static int
tender_template_tag(tender_template_run_t *run, tender_str_t text,
    tender_template_tag_t *tag)
{
    switch (tag->kind) {

    case 0:
        return tender_template_escape(run,
                                      tender_template_value(run, tag->name));

    case '*':
        return tender_template_mark(run,
                                    tender_template_value(run, tag->name));

    case '%':
        return tender_template_percent(run,
                                       tender_template_value(run, tag->name));

    case '_':
        return tender_template_message(run, tag->name);

    case '>':
        return tender_template_partial(run, tag->name);

    case '/':
        return TENDER_DECLINED;
    }

    return tender_template_section(run, text, tag);
}


/* tag->next moves behind its end */

static int
tender_template_section(tender_template_run_t *run, tender_str_t text,
    tender_template_tag_t *tag)
{
    int                     rc;
    tender_str_t            body;
    tender_template_tag_t   close;
    const tender_value_t   *v, *e;

    rc = tender_template_close(text, tag, &close);
    if (rc != TENDER_OK) {
        return rc;
    }

    body.data = (u_char *) tag->next;
    body.len = close.begin - tag->next;
    tag->next = close.next;

    v = tender_template_find(run, tag->name);

    if (tag->kind == '^') {
        return tender_template_true(v) ? TENDER_OK
                                       : tender_template_within(run, NULL,
                                                                body);
    }

    if (!tender_template_true(v)) {
        return TENDER_OK;
    }

    if (v->type != TENDER_ARRAY) {
        return tender_template_within(run, v, body);
    }

    for (e = v->u.list.first; e; e = e->next) {

        if (++run->turns > TENDER_TEMPLATE_TURNS) {
            return TENDER_DECLINED;
        }

        rc = tender_template_within(run, e, body);
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return TENDER_OK;
}


/* the tag that ends a section */

static int
tender_template_close(tender_str_t text, const tender_template_tag_t *open,
    tender_template_tag_t *close)
{
    int            rc;
    unsigned       depth;
    const u_char  *p;

    depth = 0;

    for (p = open->next; /* void */ ; p = close->next) {
        rc = tender_template_next(text, p, close);

        if (rc != TENDER_OK) {
            return TENDER_DECLINED;
        }

        if (close->kind == '#' || close->kind == '^') {
            depth++;
            continue;
        }

        if (close->kind != '/') {
            continue;
        }

        if (depth == 0) {
            break;
        }

        depth--;
    }

    return tender_str_eq(&open->name, &close->name) ? TENDER_OK
                                                    : TENDER_DECLINED;
}


/* a body within a value, or (NULL) where it is */

static int
tender_template_within(tender_template_run_t *run, const tender_value_t *v,
    tender_str_t body)
{
    int  rc;

    if (run->depth == TENDER_TEMPLATE_DEPTH
        || run->nested == TENDER_TEMPLATE_DEPTH)
    {
        return TENDER_DECLINED;
    }

    if (v) {
        run->stack[run->depth++] = v;
    }

    run->nested++;
    rc = tender_template_text(run, body);
    run->nested--;

    if (v) {
        run->depth--;
    }

    return rc;
}


static const tender_value_t *
tender_template_find(tender_template_run_t *run, tender_str_t name)
{
    unsigned               i, inner;
    const tender_value_t  *v;

    i = run->depth;

    if (tender_str_is(&name, ".")) {
        return run->stack[i - 1];
    }

    inner = (name.len && name.data[0] == '.');

    if (inner) {
        name.data++;
        name.len--;
    }

    while (i--) {
        v = run->stack[i];

        if (v->type == TENDER_OBJECT) {
            v = tender_value_get(v, &name);

            if (v || inner) {
                return v;
            }
        }
    }

    return NULL;
}


static int
tender_template_true(const tender_value_t *v)
{
    if (v == NULL) {
        return 0;
    }

    switch (v->type) {

    case TENDER_NULL:
    case TENDER_FALSE:
        return 0;

    case TENDER_STRING:
        return v->u.text.len != 0;

    case TENDER_ARRAY:
        return v->nelts != 0;
    }

    return 1;
}


static tender_str_t
tender_template_value(tender_template_run_t *run, tender_str_t name)
{
    tender_str_t           none = tender_null_string;
    const tender_value_t  *v;

    v = tender_template_find(run, name);

    return (v && (v->type == TENDER_STRING || v->type == TENDER_NUMBER))
           ? v->u.text : none;
}


/* "login.title", "status.@status", "@message" */

static int
tender_template_message(tender_template_run_t *run, tender_str_t key)
{
    u_char        *at, buf[TENDER_TEMPLATE_KEY];
    size_t         len;
    tender_str_t   value, name, text;

    at = memchr(key.data, '@', key.len);

    if (at == NULL) {
        text = run->templates->message(run->templates->data, key);

        return tender_template_filled(run, text.data ? text : key);
    }

    len = at - key.data;

    name.data = at + 1;
    name.len = key.len - len - 1;
    value = tender_template_value(run, name);

    if (value.len == 0) {
        return TENDER_OK;
    }

    if (len + value.len > TENDER_TEMPLATE_KEY) {
        return tender_template_escape(run, value);
    }

    memcpy(buf, key.data, len);
    memcpy(buf + len, value.data, value.len);

    name.data = buf;
    name.len = len + value.len;

    text = run->templates->message(run->templates->data, name);

    return text.data ? tender_template_filled(run, text)
                     : tender_template_escape(run, value);
}


/* the text of a message with its slots */

static int
tender_template_filled(tender_template_run_t *run, tender_str_t text)
{
    int            rc;
    u_char        *p, *q, *end;
    tender_str_t   part;

    end = text.data + text.len;

    for (p = text.data; p < end; p = q + 1) {
        q = memchr(p, '{', end - p);

        part.data = p;
        part.len = (q ? q : end) - p;

        rc = tender_template_escape(run, part);
        if (rc != TENDER_OK || q == NULL) {
            return rc;
        }

        p = q + 1;
        q = memchr(p, '}', end - p);

        if (q == NULL) {
            return TENDER_DECLINED;
        }

        part.data = p;
        part.len = q - p;

        rc = tender_template_escape(run, tender_template_value(run, part));
        if (rc != TENDER_OK) {
            return rc;
        }
    }

    return TENDER_OK;
}
