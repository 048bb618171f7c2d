#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/searches.md: its commands run with the configuration that it shows,
# and answer as it says; its table has the routes that there are.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Page;
use Tender::Test;


my $page = slurp('docs/searches.md');
my ($conf) = $page =~ /^```nginx\n(.*?)^```$/ms;

my $t    = access_test(location => $conf);
my $code = api_code($t, account($t));
my $run  = Tender::Page->new(
    t => $t, name => 'searches.md', given => { CODE => $code->{code} },
);

cmp_ok($run->run($page), '>', 12, 'the page has examples');
$run->finish;

my @listed = map { s/<id>/:id/r }
             $page =~ /^\| `([A-Z]+ \/api\/searches\S*)` \|/mg;
my @routes = slurp('account/ngx_http_tender_account.c')
             =~ /NGX_HTTP_([A-Z]+), "(api\/searches[^"]*)"/g;
my @there;

push @there, join ' /', splice @routes, 0, 2 while @routes;

is_deeply([sort @listed], [sort @there], 'it has each route');

unlike($t->kept_log . $t->access_log, qr/\Q$code->{code}\E/,
       'the key is in no log');

$t->finish;
done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}
