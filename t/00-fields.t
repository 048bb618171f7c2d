#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/fields.md is what the field tables say; "make docs" writes it.

use strict;
use warnings;

use Test::More;


is(system('SANITIZE= make -s build/unit/fields >&2'), 0,
   'the generator compiles');

my $now = `build/unit/fields`;

is($?, 0, 'and runs');
like($now, qr/^# .*^\| /ms, 'it prints headings and tables');

open my $fh, '<', 'docs/fields.md' or die "docs/fields.md: $!";
my $page = do { local $/; readline $fh };

ok($page eq $now, 'docs/fields.md is up to date')
    or diag('run "make docs"');

done_testing;
