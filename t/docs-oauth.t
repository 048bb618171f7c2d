#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/oauth.md: its commands run with the configuration that it shows, and
# answer as it says; its table of clauses names tests that there are, and has
# every clause that a test is named after.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Page;
use Tender::Test;


my $page = slurp('docs/oauth.md');
my ($conf) = $page =~ /^```nginx\n(.*?)^```$/ms;

my $t = access_test(location => $conf);
my $account = account($t);
my $client = client($t, $account);

user($t, $account, login => 'clerk', password => 'four-oak-chairs-please');

my $run = Tender::Page->new(
    t => $t, name => 'oauth.md',
    given => { CLIENT => "$client->{id}:$client->{secret}" },
);

cmp_ok($run->run($page), '>', 15, 'the page has examples');
$run->finish;


# ------------------------------------------------------------------ clauses

my (%listed, $rows);

while ($page =~ /^\| (RFC \d+ [\d.]+) \| .*? \| (?:(t\/\S+\.t), )?`(.*)` \|$/mg)
{
    my ($clause, $file, $name) = ($1, $2 || 't/oauth-rfc.t', $3);

    $listed{$clause}++;
    $rows++;

    ok(index(slurp($file), $name) >= 0, "$clause: $file has $name");
    like($name, qr/^\Q$clause\E: /, "$clause: its name says so")
        if $name =~ /^RFC/;
}

cmp_ok($rows, '>', 50, 'clauses');

for my $file (glob "$Tender::Test::TOP/t/oauth*.t") {
    my $text = slurp($file =~ s{.*/(?=t/)}{}r);
    my %named = map { $_ => 1 } $text =~ /['"](RFC \d+ [\d.]+): /g;

    ok($listed{$_}, "$_ is in the table") for sort keys %named;
}

my $logs = $t->kept_log . $t->access_log;

unlike($logs, qr/tnd[arc]_?\w{32}|four-oak/, 'no secret is in a log');

$t->finish;
done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}
