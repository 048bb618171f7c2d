
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "domain/tender_number.h"
#include "tap.h"


typedef struct {
    const char  *name;
    const char  *country;
    const char  *initials;
} name_case_t;


static tender_str_t initials(tender_str_t name, const char *country);
static tender_str_t cstr(const char *text);
static tender_str_t repeated(const char *text, size_t n);
static void test_cases(void);
static void test_alphabets(void);
static void test_long(void);
static void test_cut(void);


static const name_case_t  cases[] = {

    /* Ukrainian */

    { "Державне управління справами", "UA", "DUS" },
    { "державне управління справами", "UA", "DUS" },
    { "ДЕРЖАВНЕ УПРАВЛІННЯ СПРАВАМИ", "UA", "DUS" },
    { "Київська міська рада", "UA", "KMR" },
    { "Харківський національний університет", "UA", "KNU" },
    { "Єнакієве Їжак Ґудзик Щастя Юнак Явір", "UA", "YYGSYY" },
    { "Інститут ім. Івана Франка", "UA", "IIIF" },
    { "Об'єднання «Прикарпаття»", "UA", "OP" },
    { "Об’єднання «Прикарпаття»", "UA", "OP" },
    { "Обʼєднання «Прикарпаття»", "UA", "OP" },
    { "Івано-Франківська обласна рада", "UA", "IFOR" },
    { "ТОВ \"Ромашка\"", "UA", "TR" },
    { "ТОВ 'Ромашка'", "UA", "TR" },

    /* Russian, by its letters, whatever the country */

    { "Государственное учреждение эксплуатации", "RU", "GUE" },
    { "Государственный университет", "UA", "GU" },
    { "Городской объект", "UA", "GO" },
    { "Ёлка Горная", "UA", "YG" },
    { "Единый Горный", "RU", "YG" },

    /* what both have is the country's */

    { "Город Игорь", "UA", "HY" },
    { "Город Игорь", "RU", "GI" },
    { "Город Игорь", "BY", "GI" },
    { "Город Игорь", "KZ", "GI" },
    { "Город Игорь", "KG", "GI" },
    { "Город Игорь", "", "HY" },
    { "Город Игорь", "FR", "HY" },
    { "Город Игорь", "RUS", "HY" },
    { "Город Игорів", "RU", "HY" },
    { "Город Игорєв", "RU", "HY" },
    { "Город Игорїв", "RU", "HY" },
    { "Город Игорґ", "RU", "HY" },
    { "Беларускі дзяржаўны аграрны", "BY", "BDA" },

    /* Latin */

    { "Ministère de l'Éducation nationale", "FR", "MDLN" },
    { "Ministère de l’Éducation nationale", "FR", "MDLN" },
    { "École d'ingénieurs Œuvre", "FR", "EDO" },
    { "E\xcc\x81""cole \xcc\x81tre", "FR", "ET" },
    { "Łódzki Zakład Usług Żeglugowych", "PL", "LZUZ" },
    { "Święty Źródło Ćma Ąę Ęą Óś Ńa", "PL", "SZCAEON" },
    { "Österreichische Straßen ßeta Þing", "AT", "OSST" },
    { "Việt Ức Ọa", "VN", "VUO" },
    { "Reševka-Čapek_Žižkov", "CZ", "RCZ" },
    { "abc", "UA", "A" },

    /* words */

    { "3M Company", "US", "C" },
    { "School 42 of Kyiv", "UA", "SOK" },
    { "42nd School", "US", "S" },
    { "A1 b2", "US", "AB" },
    { "  a\tb\rc  ", "US", "ABC" },
    { "a,b;c/d(e)f.g", "US", "ABCDEFG" },
    { "((a))", "US", "A" },
    { "''a''", "US", "A" },
    { "'1a", "US", "" },
    { "A.B. & C", "US", "ABC" },
    { "one two three four five six seven eight nine", "US", "OTTFFSSE" },

    /* no letter */

    { "", "UA", "" },
    { " ", "UA", "" },
    { "«»", "UA", "" },
    { "123 456", "UA", "" },
    { "'", "UA", "" },
    { "ь", "UA", "" },
    { "\xf0\x9f\x98\x80", "UA", "" },
    { "\xf0\x9f\x98\x80 \xf0\x9f\x8f\xa2", "UA", "" },
    { "\xf0\x9f\x98\x80 Аптека \xf0\x9f\x8f\xa2", "UA", "A" },
    { "ьАптека", "UA", "A" },

    /* what the table does not hold */

    { "საქართველოს მთავრობა", "GE", "SM" },
    { "Ἑλληνική Δημοκρατία", "GR", "HD" },
    { "Ελληνική Δημοκρατία", "GR", "ED" },
    { "Հայաստանի Հանրապետություն", "AM", "HH" },
    { "北京 大学", "CN", "BD" },
    { "\xef\xbc\xa1\xef\xbd\x82 \xef\xbc\xa3", "JP", "AC" },

    /* no more is read than what is UTF-8 */

    { "Alpha \xff Beta", "US", "A" },
    { "Alpha \xd0", "US", "A" },
};


int
main(void)
{
    is_int(tender_number_init(), TENDER_OK, "ICU has what is needed");
    is_int(tender_number_init(), TENDER_OK, "twice is once");

    test_cases();
    test_alphabets();
    test_long();
    test_cut();

    return done_testing();
}


static tender_str_t
cstr(const char *text)
{
    return (tender_str_t) { strlen(text), (u_char *) text };
}


static tender_str_t
initials(tender_str_t name, const char *country)
{
    tender_str_t   text;
    static u_char  buf[TENDER_INITIALS_MAX];

    memset(buf, '?', sizeof(buf));

    text.data = buf;
    text.len = tender_initials(name, cstr(country), buf);

    return text;
}


static tender_str_t
repeated(const char *text, size_t n)
{
    size_t        i, len;
    tender_str_t  s;

    len = strlen(text);
    s.len = len * n;
    s.data = malloc(s.len);

    for (i = 0; i < n; i++) {
        memcpy(s.data + i * len, text, len);
    }

    return s;
}


static void
test_cases(void)
{
    size_t  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_str(initials(cstr(cases[i].name), cases[i].country),
               cases[i].initials, "\"%s\", %s: %s", cases[i].name,
               cases[i].country, cases[i].initials);
    }

    is_str(initials((tender_str_t) tender_null_string, "UA"), "",
           "no name at all gives none");
}


/* each letter by itself, in pieces of what one name can give */

static void
test_alphabets(void)
{
    is_str(initials(cstr("а б в г ґ д е є"), "UA"), "ABVHGDEY", "uk 1");
    is_str(initials(cstr("ж з и і ї й к л"), "UA"), "ZZYIYYKL", "uk 2");
    is_str(initials(cstr("м н о п р с т у"), "UA"), "MNOPRSTU", "uk 3");
    is_str(initials(cstr("ф х ц ч ш щ ю я"), "UA"), "FKTCSSYY", "uk 4");
    is_str(initials(cstr("а б в г д е ё ж"), "RU"), "ABVGDYYZ", "ru 1");
    is_str(initials(cstr("з и й к л м н о"), "RU"), "ZIYKLMNO", "ru 2");
    is_str(initials(cstr("п р с т у ф х ц"), "RU"), "PRSTUFKT", "ru 3");
    is_str(initials(cstr("ч ш щ ъ ы ь э ю"), "RU"), "CSSYEY", "ru 4");
}


static void
test_long(void)
{
    tender_str_t  name;

    name = repeated("Слово ", 10000);
    is_str(initials(name, "UA"), "SSSSSSSS", "10000 words");
    free(name.data);

    name = repeated("7 ", 10000);
    is_str(initials(name, "UA"), "", "10000 numbers");
    free(name.data);

    name = repeated("слово", 10000);
    is_str(initials(name, "UA"), "S", "one word of 50000 letters");
    free(name.data);

    /* a letter of a script for which ICU knows no Latin one: it is asked */
    /* a few times only */

    name = repeated("\xf0\x90\x8a\xa0 ", 10000);
    is_str(initials(name, "UA"), "", "10000 words of Carian");
    free(name.data);

    name = repeated("北京 ", 10000);
    is_str(initials(name, "CN"), "BBBBBBBB", "10000 words of Chinese");
    free(name.data);
}


static void
test_cut(void)
{
    u_char       *p;
    size_t        len, n;
    const char   *name;
    unsigned      bad;
    tender_str_t  text;

    name = "Łódź ґрунт їжак \xf0\x9f\x98\x80 北京";
    bad = 0;

    for (len = 0; len < strlen(name); len++) {
        p = malloc(len + (len == 0));
        memcpy(p, name, len);

        text = initials((tender_str_t) { len, p }, "UA");

        for (n = 0; n < text.len; n++) {
            bad += (text.data[n] != (u_char) "LGYB"[n]);
        }

        free(p);
    }

    is_int(bad, 0, "a name that is cut anywhere gives a part of its initials");
}
