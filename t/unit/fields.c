
/*
 * Copyright (C) ngx_tender_module contributors
 */


/* prints docs/fields.md from the tables of the models */


#include <inttypes.h>
#include <stdio.h>

#include "model/tender_model.h"


#define ANYONE                                                                \
    (TENDER_BY_OWNER|TENDER_BY_BIDDER|TENDER_BY_AUCTION|TENDER_BY_ADMIN       \
     |TENDER_BY_IMPORT)


static void print_types(void);
static void print_model(const tender_model_t *model);
static void print_field(const tender_field_t *field);
static void print_type(const tender_field_t *field);
static void print_by(unsigned by);
static void print_bounds(const tender_field_t *field);
static const char *separate(const char **separator);


int
main(void)
{
    const tender_model_t *const  *model;

    printf("# Fields\n\n"
           "Each record that the JSON API takes and gives, field by field. "
           "This page is printed from the tables that check them: do not "
           "edit it.\n\n"
           "A field that is set by the server alone may be sent, but is "
           "ignored. A field that is not listed here is refused as "
           "`Rogue field`. Lengths are counted in characters.\n\n"
           "Who sets a field: the *owner* of the tender, the *bidder* whose "
           "bid it is, the *auction*, an *admin*; *import* is who creates a "
           "tender without a time gate, for the bids and awards inside "
           "it.\n\n");

    print_types();

    for (model = tender_models; *model != NULL; model++) {
        print_model(*model);
    }

    return 0;
}


static void
print_types(void)
{
    printf("| type | what is taken |\n"
           "|---|---|\n"
           "| text | a string of characters that XML can carry, or a number "
           "|\n"
           "| choice | one of the strings listed |\n"
           "| integer | a number without decimal places, or a string that "
           "holds one |\n"
           "| amount | a number below 10^15 of at most 15 digits, or a "
           "string that holds one |\n"
           "| currency | three capital letters |\n"
           "| true or false | also 1, 0 and the strings `true`, `True`, `1`, "
           "`false`, `False`, `0` |\n"
           "| date | ISO 8601: `2014-10-31`, `2014-10-31T10:00:00`, with "
           "`Z`, `+02:00` or in the server's time zone |\n"
           "| URL | of `http` or `https` |\n"
           "| e-mail | an address |\n"
           "| id | 32 hexadecimal digits |\n");
}


static void
print_model(const tender_model_t *model)
{
    unsigned  i;

    printf("\n\n## %s\n\n%s\n\n", model->name, model->about);
    printf("| field | type | required | set by | bounds, choices, default "
           "| about |\n"
           "|---|---|---|---|---|---|\n");

    for (i = 0; i < model->nfields; i++) {
        print_field(&model->fields[i]);
    }
}


static void
print_field(const tender_field_t *field)
{
    printf("| `%.*s` | ", (int) field->name.len, (char *) field->name.data);
    print_type(field);
    printf(" | %s | ", field->flags & TENDER_FIELD_REQUIRED ? "yes" : "");
    print_by(field->set_by);
    printf(" | ");
    print_bounds(field);
    printf(" | %s |\n", field->about);
}


static void
print_type(const tender_field_t *field)
{
    const char  *p;

    static const char *const  types[] = {
        "text", "choice", "integer", "amount", "currency", "true or false",
        "date", "URL", "e-mail", "id"
    };

    if (field->flags & TENDER_FIELD_LIST) {
        printf("list of ");
    }

    if (field->type != TENDER_FIELD_OBJECT) {
        printf("%s", types[field->type]);
        return;
    }

    printf("[%s](#", field->model->name);

    for (p = field->model->name; *p != '\0'; p++) {
        putchar(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    }

    putchar(')');
}


static void
print_by(unsigned by)
{
    unsigned     i;
    const char  *separator;

    static const char *const  names[] = {
        "owner", "bidder", "auction", "admin", NULL, "import"
    };

    if (by == 0) {
        printf("server");
        return;
    }

    if (by == ANYONE) {
        printf("any client");
        return;
    }

    separator = "";

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {

        if (names[i] != NULL && (by & (1u << i))) {
            printf("%s%s", separate(&separator), names[i]);
        }
    }
}


static void
print_bounds(const tender_field_t *field)
{
    const char          *separator, *unit;
    const tender_str_t  *choice;

    separator = "";
    unit = field->type == TENDER_FIELD_MONEY ? " decimal places"
           : field->type == TENDER_FIELD_INT ? "" : " long";

    if (field->min_items != 0) {
        printf("%sat least %u items", separate(&separator),
               field->min_items);
    }

    if (field->max_items != 0) {
        printf("%sat most %u items", separate(&separator), field->max_items);
    }

    if (field->type == TENDER_FIELD_MONEY) {
        printf("%sat least 0", separate(&separator));

    } else if (field->min != 0 || field->type == TENDER_FIELD_INT) {
        printf("%sat least %" PRId64 "%s", separate(&separator), field->min,
               unit);
    }

    if (field->max != 0) {
        printf("%sat most %" PRId64 "%s", separate(&separator), field->max,
               unit);
    }

    for (choice = field->choices; choice != NULL && choice->len != 0;
         choice++)
    {
        printf("%s`%.*s`", separate(&separator), (int) choice->len,
               (char *) choice->data);
    }

    if (field->preset.len != 0) {
        printf("%sdefault `%.*s`", separate(&separator),
               (int) field->preset.len, (char *) field->preset.data);
    }
}


/* nothing in front of the first one, a comma in front of the others */

static const char *
separate(const char **separator)
{
    const char  *now;

    now = *separator;
    *separator = ", ";

    return now;
}
