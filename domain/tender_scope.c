
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "tender_scope.h"


/* what a module's name cannot stand in front of */
#define TENDER_SCOPE_OF_ALL  (TENDER_SCOPE_AUCTION|TENDER_SCOPE_ADMIN)


static int tender_scope_separator(u_char c);
static unsigned tender_scope_bits(tender_str_t word);
static int tender_scope_name(tender_str_t name);
static unsigned tender_scope_find(const tender_scopes_t *scopes,
    const tender_str_t *name);
static u_char *tender_scope_words(u_char *p, const tender_str_t *module,
    unsigned bits);


/* in the order in which they are written; the last one is for reading */

static const struct {
    tender_str_t  name;
    unsigned      bits;
} tender_scope_names[] = {
    { tender_string("read"), TENDER_SCOPE_READ },
    { tender_string("create"), TENDER_SCOPE_CREATE },
    { tender_string("update"), TENDER_SCOPE_UPDATE },
    { tender_string("delete"), TENDER_SCOPE_DELETE },
    { tender_string("auction"), TENDER_SCOPE_AUCTION },
    { tender_string("admin"), TENDER_SCOPE_ADMIN },
    { tender_string("write"), TENDER_SCOPE_WRITE }
};

#define TENDER_SCOPE_NAMES                                                    \
    (sizeof(tender_scope_names) / sizeof(tender_scope_names[0]))

/* all names, each with a space */
#define TENDER_SCOPE_ROOM                                                     \
    (sizeof("read create update delete auction admin ") - 1)


int
tender_scopes_read(tender_str_t text, tender_scopes_t *scopes,
    tender_str_t *bad)
{
    size_t        i;
    tender_str_t  word;

    memset(scopes, 0, sizeof(tender_scopes_t));

    i = 0;

    for ( ;; ) {

        while (i < text.len && tender_scope_separator(text.data[i])) {
            i++;
        }

        if (i == text.len) {
            return TENDER_OK;
        }

        word.data = text.data + i;

        while (i < text.len && !tender_scope_separator(text.data[i])) {
            i++;
        }

        word.len = (size_t) (text.data + i - word.data);

        if (tender_scopes_add(scopes, word) != TENDER_OK) {
            memset(scopes, 0, sizeof(tender_scopes_t));
            *bad = word;

            return TENDER_DECLINED;
        }
    }
}


int
tender_scopes_add(tender_scopes_t *scopes, tender_str_t word)
{
    u_char        *colon;
    unsigned       i, bits;
    tender_str_t   name;

    colon = word.len != 0 ? memchr(word.data, ':', word.len) : NULL;

    if (colon == NULL) {
        bits = tender_scope_bits(word);
        scopes->bits |= bits;

        return bits != 0 ? TENDER_OK : TENDER_DECLINED;
    }

    name.data = word.data;
    name.len = (size_t) (colon - word.data);

    word.data += name.len + 1;
    word.len -= name.len + 1;

    bits = tender_scope_bits(word);

    if (bits == 0 || (bits & TENDER_SCOPE_OF_ALL)
        || !tender_scope_name(name))
    {
        return TENDER_DECLINED;
    }

    i = tender_scope_find(scopes, &name);

    if (i == TENDER_SCOPE_MODULES) {
        return TENDER_DECLINED;
    }

    if (i == scopes->nmodules) {
        scopes->modules[i].name = name;
        scopes->modules[i].bits = 0;
        scopes->nmodules++;
    }

    scopes->modules[i].bits |= bits;

    return TENDER_OK;
}


int
tender_scopes_write(tender_mem_t *mem, const tender_scopes_t *scopes,
    tender_str_t *text)
{
    size_t                        len;
    u_char                       *p;
    unsigned                      i;
    const tender_scope_module_t  *module;

    static const tender_str_t  all = tender_null_string;

    len = TENDER_SCOPE_ROOM;

    for (i = 0; i < scopes->nmodules; i++) {
        len += 4 * (scopes->modules[i].name.len + 1) + TENDER_SCOPE_ROOM;
    }

    text->data = tender_alloc(mem, len);
    if (text->data == NULL) {
        return TENDER_ERROR;
    }

    p = tender_scope_words(text->data, &all, scopes->bits);

    for (i = 0; i < scopes->nmodules; i++) {
        module = &scopes->modules[i];
        p = tender_scope_words(p, &module->name,
                               module->bits & ~scopes->bits);
    }

    text->len = (size_t) (p - text->data);

    /* the space behind the last one */

    if (text->len != 0) {
        text->len--;
    }

    return TENDER_OK;
}


void
tender_scopes_limit(tender_scopes_t *to, const tender_scopes_t *by)
{
    unsigned                      i, n, bits, common;
    const tender_scope_module_t  *module;

    common = to->bits & by->bits;
    n = to->nmodules;
    to->nmodules = 0;

    for (i = 0; i < n; i++) {
        module = &to->modules[i];

        bits = (to->bits | module->bits) & ~common
               & tender_scopes_of(by, module->name);

        if (bits != 0) {
            to->modules[to->nmodules].name = module->name;
            to->modules[to->nmodules++].bits = bits;
        }
    }

    for (i = 0; i < by->nmodules; i++) {
        module = &by->modules[i];
        bits = to->bits & module->bits & ~common;

        if (bits != 0 && to->nmodules < TENDER_SCOPE_MODULES
            && tender_scope_find(to, &module->name) == to->nmodules)
        {
            to->modules[to->nmodules].name = module->name;
            to->modules[to->nmodules++].bits = bits;
        }
    }

    to->bits = common;
}


int
tender_scopes_cover(const tender_scopes_t *a, const tender_scopes_t *b)
{
    unsigned                      i;
    const tender_scope_module_t  *module;

    if (b->bits & ~a->bits) {
        return 0;
    }

    for (i = 0; i < b->nmodules; i++) {
        module = &b->modules[i];

        if (module->bits & ~tender_scopes_of(a, module->name)) {
            return 0;
        }
    }

    return 1;
}


int
tender_scopes_empty(const tender_scopes_t *scopes)
{
    return scopes->bits == 0 && scopes->nmodules == 0;
}


unsigned
tender_scopes_of(const tender_scopes_t *scopes, tender_str_t module)
{
    unsigned  i;

    i = tender_scope_find(scopes, &module);

    return scopes->bits
           | (i < scopes->nmodules ? scopes->modules[i].bits : 0);
}


static int
tender_scope_separator(u_char c)
{
    return c == ' ' || c == ',';
}


static unsigned
tender_scope_bits(tender_str_t word)
{
    unsigned  i;

    for (i = 0; i < TENDER_SCOPE_NAMES; i++) {
        if (tender_str_eq(&tender_scope_names[i].name, &word)) {
            return tender_scope_names[i].bits;
        }
    }

    return 0;
}


static int
tender_scope_name(tender_str_t name)
{
    size_t  i;
    u_char  c;

    if (name.len == 0 || name.len > TENDER_SCOPE_MODULE_MAX) {
        return 0;
    }

    for (i = 0; i < name.len; i++) {
        c = name.data[i];

        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')
            && (c < 'a' || c > 'z'))
        {
            return 0;
        }
    }

    return 1;
}


/* the index of a module; nmodules: it is none of them */

static unsigned
tender_scope_find(const tender_scopes_t *scopes, const tender_str_t *name)
{
    unsigned  i;

    for (i = 0; i < scopes->nmodules; i++) {
        if (tender_str_eq(&scopes->modules[i].name, name)) {
            break;
        }
    }

    return i;
}


static u_char *
tender_scope_words(u_char *p, const tender_str_t *module, unsigned bits)
{
    unsigned             i;
    const tender_str_t  *name;

    /* the last one stands for others */

    for (i = 0; i < TENDER_SCOPE_NAMES - 1; i++) {

        if ((bits & tender_scope_names[i].bits) == 0) {
            continue;
        }

        if (module->len != 0) {
            memcpy(p, module->data, module->len);
            p += module->len;
            *p++ = ':';
        }

        name = &tender_scope_names[i].name;

        memcpy(p, name->data, name->len);
        p += name->len;
        *p++ = ' ';
    }

    return p;
}
