#!/bin/sh

# Prints the Lua scripts as C: a string literal each, named after its file.
# "#!lua" and lib.lua go in front of each script, and record.lua of those
# that begin with "-- with record.lua", because Redis gives scripts no other
# way to share a function.

set -e

dir=$(cd "$(dirname "$0")/scripts" && pwd)

echo "/* made by store/embed.sh from store/scripts: do not edit */"

for file in "$dir"/*.lua; do
    name=$(basename "$file" .lua)
    shared=$dir/lib.lua
    flags=

    case $name in
        lib|record) continue ;;
        due|view|identify|entries|follow) flags=" flags=no-writes" ;;
    esac

    if head -n 1 "$file" | grep -q '^-- with record.lua$'; then
        shared="$shared $dir/record.lua"
    fi

    printf '\n#define NGX_HTTP_TENDER_SCRIPT_%s  "#!lua%s\\n" \\\n' \
        "$(echo "$name" | tr a-z A-Z)" "$flags"

    # comments and indentation stay out of the server's memory

    cat $shared "$file" \
    | sed -e 's/^[ ]*//' -e '/^--/d' -e '/^$/d' \
          -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n" \\/'

    echo '    ""'
done
