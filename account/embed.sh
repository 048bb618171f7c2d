#!/bin/sh

# Copyright (C) ngx_tender_module contributors

# Prints as C what the pages are made of: the templates and the two files of
# account/pages, and the texts of account/messages.txt, sorted by their keys.

set -e

dir=$(cd "$(dirname "$0")" && pwd)


# lines as string literals

literals() {
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$1"
}


echo "/* made by account/embed.sh: do not edit */"

for file in "$dir"/pages/*.html; do
    printf '\n#define NGX_HTTP_TENDER_HTML_%s \\\n' \
        "$(basename "$file" .html | tr a-z A-Z)"
    literals "$file" | sed 's/$/ \\/'
    echo '    ""'
done

printf '\nstatic const tender_template_t  ngx_http_tender_page_list_of[] = {\n'

for file in "$dir"/pages/*.html; do
    name=$(basename "$file" .html)

    printf '    { tender_string("%s"),\n' "$name"
    printf '      tender_string(NGX_HTTP_TENDER_HTML_%s) },\n' \
        "$(echo "$name" | tr a-z A-Z)"
done

printf '    { tender_null_string, tender_null_string }\n};\n'

for name in css js; do
    printf '\nstatic const u_char  ngx_http_tender_page_%s[] =\n' "$name"
    literals "$dir/pages/tender.$name"
    echo '    "";'
done

# another version has another address

printf '\n#define NGX_HTTP_TENDER_PAGE_VERSION  "%s"\n' \
    "$(cat "$dir/pages/tender.css" "$dir/pages/tender.js" | cksum \
       | sed 's/ .*//')"

printf '\nstatic const ngx_http_tender_message_t  %s[] = {\n' \
    ngx_http_tender_page_messages

sed -e '/^#/d' -e '/^$/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
    "$dir/messages.txt" \
| awk '/^[^ ]/ { key = $0; next }
                { lang = $1; sub(/^ *[a-z]+ /, "");
                  print key "\t" lang "\t" $0 }' \
| LC_ALL=C sort -t '	' -k 1,1 -k 2,2 \
| awk -F '\t' '
    $1 != key { if (key != "") print "      } },";
                key = $1;
                printf "    { tender_string(\"%s\"), {\n", key }
              { printf "        tender_string(\"%s\"),\n", $3 }
    END       { if (key != "") print "      } }" }'

echo '};'
