
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "ngx_http_tender_account_searches.h"
#include "../format/tender_xml.h"
#include "../search/tender_fragment.h"


#define NGX_HTTP_TENDER_ATOM_FRAGMENTS   3
#define NGX_HTTP_TENDER_ATOM_SUMMARY     300      /* characters */
#define NGX_HTTP_TENDER_ATOM_CATEGORIES  10


static ngx_int_t ngx_http_tender_atom_summary(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, tender_str_t *summary);
static ngx_int_t ngx_http_tender_atom_fragments(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, tender_value_t *list);
static ngx_int_t ngx_http_tender_atom_join(ngx_http_tender_ctx_t *ctx,
    tender_value_t *list, tender_str_t *summary);
static u_char *ngx_http_tender_atom_unmarked(u_char *p, tender_str_t text);
static void ngx_http_tender_atom_cut(tender_str_t *text);
static void ngx_http_tender_atom_write(ngx_http_tender_xml_t *xml,
    ngx_http_tender_atom_t *atom, tender_str_t summary);
static void ngx_http_tender_atom_categories(ngx_http_tender_xml_t *xml,
    ngx_http_tender_atom_t *atom);
static tender_value_t *ngx_http_tender_atom_class(tender_value_t *item);
static tender_value_t *ngx_http_tender_atom_get(tender_value_t *v,
    const char *name, tender_type_e type);
static tender_str_t ngx_http_tender_atom_text(tender_value_t *v,
    const char *name);


ngx_int_t
ngx_http_tender_account_atom_entry(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, ngx_str_t *text)
{
    tender_str_t           summary;
    ngx_http_tender_xml_t  xml;

    if (ngx_http_tender_atom_summary(ctx, atom, &summary) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&xml, sizeof(ngx_http_tender_xml_t));

    ngx_http_tender_atom_write(&xml, atom, summary);

    text->len = xml.len;

    /* what is read goes, what is made of it stays */

    text->data = ngx_pnalloc(ctx->request->pool, text->len);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    xml.p = text->data;
    ngx_http_tender_atom_write(&xml, atom, summary);

    return NGX_OK;
}


/* the text around what was searched for, or how the description begins */

static ngx_int_t
ngx_http_tender_atom_summary(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, tender_str_t *summary)
{
    tender_value_t  *list;

    list = tender_value_new(&ctx->mem, TENDER_ARRAY);
    if (list == NULL) {
        return NGX_ERROR;
    }

    if (atom->words && atom->words->root
        && ngx_http_tender_atom_fragments(ctx, atom, list) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (list->nelts) {
        return ngx_http_tender_atom_join(ctx, list, summary);
    }

    *summary = ngx_http_tender_atom_text(atom->doc, "description");
    ngx_http_tender_atom_cut(summary);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_atom_fragments(ngx_http_tender_ctx_t *ctx,
    ngx_http_tender_atom_t *atom, tender_value_t *list)
{
    tender_str_t     text;
    tender_value_t  *items, *item;

    text = ngx_http_tender_atom_text(atom->doc, "description");

    if (tender_fragments(&ctx->mem, atom->words, text, TENDER_TERM_TEXT,
                         NGX_HTTP_TENDER_ATOM_FRAGMENTS, list)
        != TENDER_OK)
    {
        return NGX_ERROR;
    }

    items = ngx_http_tender_atom_get(atom->doc, "itemsToBeProcured",
                                     TENDER_ARRAY);

    for (item = items ? items->u.list.first : NULL; item; item = item->next) {

        if (list->nelts >= NGX_HTTP_TENDER_ATOM_FRAGMENTS) {
            break;
        }

        text = ngx_http_tender_atom_text(item, "description");

        if (tender_fragments(&ctx->mem, atom->words, text, TENDER_TERM_ITEM,
                             NGX_HTTP_TENDER_ATOM_FRAGMENTS, list)
            != TENDER_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tender_atom_join(ngx_http_tender_ctx_t *ctx, tender_value_t *list,
    tender_str_t *summary)
{
    u_char          *p;
    size_t           len;
    tender_value_t  *v;

    len = 0;

    for (v = list->u.list.first; v; v = v->next) {
        len += v->u.text.len + 1;
    }

    p = tender_alloc(&ctx->mem, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    summary->data = p;

    for (v = list->u.list.first; v; v = v->next) {
        p = ngx_http_tender_atom_unmarked(p, v->u.text);
        *p++ = LF;
    }

    summary->len = p - 1 - summary->data;

    return NGX_OK;
}


static u_char *
ngx_http_tender_atom_unmarked(u_char *p, tender_str_t text)
{
    u_char  *from, *last;
    size_t   open, close;

    open = sizeof(TENDER_MARK_OPEN) - 1;
    close = sizeof(TENDER_MARK_CLOSE) - 1;

    from = text.data;
    last = from + text.len;

    while (from < last) {

        if ((size_t) (last - from) >= open
            && ngx_memcmp(from, TENDER_MARK_OPEN, open) == 0)
        {
            from += open;

        } else if ((size_t) (last - from) >= close
                   && ngx_memcmp(from, TENDER_MARK_CLOSE, close) == 0)
        {
            from += close;

        } else {
            *p++ = *from++;
        }
    }

    return p;
}


/* between two characters of UTF-8 */

static void
ngx_http_tender_atom_cut(tender_str_t *text)
{
    u_char      *p, *last;
    ngx_uint_t   n;

    n = 0;
    last = text->data + text->len;

    for (p = text->data; p < last; p++) {

        if ((*p & 0xc0) == 0x80) {
            continue;
        }

        if (n++ == NGX_HTTP_TENDER_ATOM_SUMMARY) {
            text->len = p - text->data;
            return;
        }
    }
}


static void
ngx_http_tender_atom_write(ngx_http_tender_xml_t *xml,
    ngx_http_tender_atom_t *atom, tender_str_t summary)
{
    tender_str_t     title, buyer;
    tender_value_t  *entity;

    title = ngx_http_tender_atom_text(atom->doc, "title");

    if (title.len == 0) {
        title = atom->number;
    }

    entity = ngx_http_tender_atom_get(atom->doc, "procuringEntity",
                                      TENDER_OBJECT);
    entity = ngx_http_tender_atom_get(entity, "id", TENDER_OBJECT);
    buyer = ngx_http_tender_atom_text(entity, "name");

    ngx_http_tender_xml_raw(xml, "<entry>\n<id>");
    ngx_http_tender_xml_uuid(xml, atom->id.data);
    ngx_http_tender_xml_raw(xml, "</id>\n<title>");
    ngx_http_tender_xml_text(xml, title);
    ngx_http_tender_xml_raw(xml, "</title>\n<updated>");
    ngx_http_tender_xml_date(xml, atom->modified);
    ngx_http_tender_xml_raw(xml, "</updated>\n<published>");
    ngx_http_tender_xml_date(xml, atom->created);
    ngx_http_tender_xml_raw(xml, "</published>\n"
                            "<link rel=\"alternate\" type=\"text/html\" "
                            "href=\"");
    ngx_http_tender_xml_attr(xml, ngx_http_tender_str(&atom->link));
    ngx_http_tender_xml_raw(xml, "\"/>\n");

    if (buyer.len) {
        ngx_http_tender_xml_raw(xml, "<author><name>");
        ngx_http_tender_xml_text(xml, buyer);
        ngx_http_tender_xml_raw(xml, "</name></author>\n");
    }

    ngx_http_tender_atom_categories(xml, atom);

    if (summary.len) {
        ngx_http_tender_xml_raw(xml, "<summary type=\"text\">");
        ngx_http_tender_xml_text(xml, summary);
        ngx_http_tender_xml_raw(xml, "</summary>\n");
    }

    ngx_http_tender_xml_raw(xml, "</entry>\n");
}


/* what the items are, each once */

static void
ngx_http_tender_atom_categories(ngx_http_tender_xml_t *xml,
    ngx_http_tender_atom_t *atom)
{
    ngx_uint_t       i, n;
    tender_str_t     id, seen[NGX_HTTP_TENDER_ATOM_CATEGORIES];
    tender_value_t  *items, *item, *class;

    n = 0;

    items = ngx_http_tender_atom_get(atom->doc, "itemsToBeProcured",
                                     TENDER_ARRAY);

    for (item = items ? items->u.list.first : NULL;
         item && n < NGX_HTTP_TENDER_ATOM_CATEGORIES;
         item = item->next)
    {
        class = ngx_http_tender_atom_class(item);
        id = ngx_http_tender_atom_text(class, "id");

        for (i = 0; i < n; i++) {
            if (tender_str_eq(&id, &seen[i])) {
                break;
            }
        }

        if (id.len == 0 || i < n) {
            continue;
        }

        seen[n++] = id;

        ngx_http_tender_xml_raw(xml, "<category term=\"");
        ngx_http_tender_xml_attr(xml, id);
        ngx_http_tender_xml_raw(xml, "\" label=\"");
        ngx_http_tender_xml_attr(xml, ngx_http_tender_atom_text(class,
                                                              "description"));
        ngx_http_tender_xml_raw(xml, "\"/>\n");
    }
}


static tender_value_t *
ngx_http_tender_atom_class(tender_value_t *item)
{
    return ngx_http_tender_atom_get(item, "primaryClassification",
                                    TENDER_OBJECT);
}


/* a member of this type; NULL: there is none */

static tender_value_t *
ngx_http_tender_atom_get(tender_value_t *v, const char *name,
    tender_type_e type)
{
    tender_str_t  str;

    str.data = (u_char *) name;
    str.len = ngx_strlen(name);

    if (v == NULL || v->type != TENDER_OBJECT) {
        return NULL;
    }

    v = tender_value_get(v, &str);

    return (v && v->type == type) ? v : NULL;
}


static tender_str_t
ngx_http_tender_atom_text(tender_value_t *v, const char *name)
{
    tender_str_t  none = tender_null_string;

    v = ngx_http_tender_atom_get(v, name, TENDER_STRING);

    return v ? v->u.text : none;
}


void
ngx_http_tender_xml_raw(ngx_http_tender_xml_t *xml, const char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    if (xml->p) {
        xml->p = ngx_cpymem(xml->p, text, len);

    } else {
        xml->len += len;
    }
}


void
ngx_http_tender_xml_text(ngx_http_tender_xml_t *xml, tender_str_t text)
{
    if (xml->p) {
        xml->p = tender_xml_write(xml->p, text);

    } else {
        xml->len += tender_xml_length(text);
    }
}


/* within quotes these are escaped, too */

void
ngx_http_tender_xml_attr(ngx_http_tender_xml_t *xml, tender_str_t text)
{
    u_char        *p, *last;
    tender_str_t   part;

    part.data = text.data;
    last = text.data + text.len;

    for (p = text.data; p < last; p++) {

        if (*p != '"') {
            continue;
        }

        part.len = p - part.data;

        ngx_http_tender_xml_text(xml, part);
        ngx_http_tender_xml_raw(xml, "&quot;");

        part.data = p + 1;
    }

    part.len = last - part.data;

    ngx_http_tender_xml_text(xml, part);
}


void
ngx_http_tender_xml_date(ngx_http_tender_xml_t *xml, int64_t us)
{
    if (xml->p) {
        xml->p = tender_date_write(xml->p, us);

    } else {
        xml->len += TENDER_DATE_LEN;
    }
}


void
ngx_http_tender_xml_uuid(ngx_http_tender_xml_t *xml, u_char *hex)
{
    ngx_uint_t  i;

    ngx_http_tender_xml_raw(xml, "urn:uuid:");

    if (xml->p == NULL) {
        xml->len += 36;
        return;
    }

    for (i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            *xml->p++ = '-';
        }

        *xml->p++ = hex[i];
    }
}
