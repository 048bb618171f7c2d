#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# "make check-style" finds nothing, and would find what it is for.

use strict;
use warnings;

use File::Copy;
use File::Path qw(make_path);
use File::Temp;
use Test::More;


is(`tools/check-style`, '', 'the style of all files');
is($?, 0, 'exit status');


# a tree with one fault at a time

my $top = File::Temp->newdir;

make_path("$top/tools", "$top/format", "$top/t");
copy('tools/check-style', "$top/tools/check-style");
chmod 0755, "$top/tools/check-style";

finds('a tab',            'format/a.c', "\tint  a;\n");
finds('81 columns',       'format/a.c', 'x' x 81 . "\n");
finds('',                 'format/a.c', "\xd1\x96" x 80 . "\n");
finds('81 columns',       'format/a.c', "\xd1\x96" x 81 . "\n");
finds('space at the end', 't/a.t', "1; \n");
finds('no newline',       't/a.pm', '1;');
finds('a // comment',     'format/a.h', "int  a;  // one\n");
finds('',                 't/a.c', "int  a;  // one\n");
finds('',                 'format/a.c', "{\n" . "    x();\n" x 80 . "}\n");
finds('a function of 81', 'format/a.c', "{\n" . "    x();\n" x 81 . "}\n");
finds('more than 600',    'format/a.c', "x;\n" x 601);
finds('81 columns',       'format/a.lua', 'x' x 81 . "\n");

done_testing;


sub finds {
    my ($what, $file, $text) = @_;

    open my $fh, '>:raw', "$top/$file" or die "$file: $!";
    print $fh $text;
    close $fh;

    my $found = `$top/tools/check-style`;

    $what ? like($found, qr/^\Q$file\E:\d+: \Q$what\E/, "$file: $what")
          : is($found, '', "$file: nothing");
    is($? >> 8, $what ? 1 : 0, 'exit status');
    unlink "$top/$file";
}
