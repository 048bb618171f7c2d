#!/bin/sh

# Copyright (C) ngx_tender_module contributors

# Prints the pages of account/*.html as C: a string each, named after its
# file.

set -e

dir=$(cd "$(dirname "$0")" && pwd)

echo "/* made by account/embed.sh: do not edit */"

for file in "$dir"/*.html; do
    printf '\nstatic const char  ngx_http_tender_%s_html[] =\n' \
        "$(basename "$file" .html)"

    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"

    echo '    "";'
done
