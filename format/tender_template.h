
/*
 * Copyright (C) ngx_tender_module contributors
 */


#ifndef _TENDER_TEMPLATE_H_INCLUDED_
#define _TENDER_TEMPLATE_H_INCLUDED_


#include "tender_value.h"


/*
 * HTML with slots that a value tree fills.  All that comes from the tree, and
 * all messages, are escaped; there is no way around that.
 *
 *     {{name}}               a text, a number
 *     {{*name}}              a text in which [B] and [/B] mark words
 *     {{%name}}              the same as a part of an address
 *     {{#name}}...{{/name}}  for each element of an array; else once, within
 *                            an object, a number, true, a text with a length
 *     {{^name}}...{{/name}}  if that would be left out
 *     {{_key}}               a message; {name} in it is a slot
 *     {{_key.@name}}         the message whose key ends with a value, which
 *                            in {{_@name}} is all of it; or else the value
 *     {{>name}}              another template
 *
 * A name is looked for in the innermost object, then outwards; with a dot in
 * front, {{.name}}, in the innermost one alone; {{.}} is the element itself.
 * A line of nothing but {{#}}, {{^}}, {{/}} or {{>}} leaves no empty line.
 */

#define TENDER_TEMPLATE_DEPTH  16
#define TENDER_TEMPLATE_MAX    (8 * 1024 * 1024)    /* bytes of a page */
#define TENDER_TEMPLATE_TURNS  200000               /* tags and elements */


typedef struct {
    tender_str_t              name;
    tender_str_t              text;
} tender_template_t;


/* the text of a message, valid UTF-8; data is NULL: there is none */
typedef tender_str_t (*tender_message_pt)(void *data, tender_str_t key);


typedef struct {
    tender_mem_t             *mem;
    const tender_template_t  *list;       /* ends with an empty name */
    tender_message_pt         message;
    void                     *data;       /* of message */
} tender_templates_t;


/*
 * The page that the template of this name makes of an object.
 * TENDER_DECLINED: there is none, it is malformed, or the page is too large.
 */
int tender_template(const tender_templates_t *templates, tender_str_t name,
    const tender_value_t *object, tender_str_t *page);


#endif /* _TENDER_TEMPLATE_H_INCLUDED_ */
