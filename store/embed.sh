#!/bin/sh

# Prints the Lua scripts as C: a string literal each, named after its file.
# "#!lua" and lib.lua go in front of each script, because Redis gives scripts
# no other way to share a function.

set -e

dir=$(cd "$(dirname "$0")/scripts" && pwd)

echo "/* made by store/embed.sh from store/scripts: do not edit */"

for file in "$dir"/*.lua; do
    name=$(basename "$file" .lua)

    if [ "$name" = lib ]; then
        continue
    fi

    printf '\n#define NGX_HTTP_TENDER_SCRIPT_%s  "#!lua\\n" \\\n' \
        "$(echo "$name" | tr a-z A-Z)"

    # comments and indentation stay out of the server's memory

    cat "$dir/lib.lua" "$file" \
    | sed -e 's/^[ ]*//' -e '/^--/d' -e '/^$/d' \
          -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n" \\/'

    echo '    ""'
done
