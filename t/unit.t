#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The unit tests of the pure C layers: each program is a subtest.  With
# TEST_TENDER_ASAN they are built with ASAN and UBSAN.

use strict;
use warnings;

use Test::More;


my $asan = $ENV{TEST_TENDER_ASAN} ? 1 : '';
my $dir  = $asan ? 'build/unit-asan' : 'build/unit';

# fields.c prints a page of the documentation
my @names = grep { $_ ne 'fields' }
            map { m{([^/]+)\.c$} } sort glob 't/unit/*.c';

ok(@names > 5, 'there are unit tests');
is(system("make -s -j2 unit SANITIZE=$asan >&2"), 0, 'they compile')
    or BAIL_OUT('the unit tests do not compile');

for my $name (@names) {
    my @lines = `$dir/$name 2>&1`;
    my $status = $?;

    subtest $name => sub {
        my ($planned, $count) = (-1, 0);

        for (@lines) {
            if (/^(not )?ok\b[ \d]*(?:- )?(.*)/) {
                ok(!$1, "$name: $2");
                $count++;

            } elsif (/^1\.\.(\d+)/) {
                $planned = $1;

            } elsif (/\S/) {
                chomp;
                diag($_);
            }
        }

        is($count, $planned, 'all tests of the program ran');
        is($status, 0, 'its exit status');
    };
}

done_testing;
