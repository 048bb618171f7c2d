#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# docs/admin.md: its commands run against its configuration and an empty
# store, and answer as the page says; it names each route.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Page;
use Tender::Test;


my $TOKEN = 'b2' x 32;
my $SEAL  = '0123456789abcdef' x 4;

my $page = slurp('docs/admin.md');

my ($conf) = $page =~ /^```nginx\n(.*?)^```$/ms;
my ($main, $http, $server) =
    $conf =~ /\A#[^\n]+\n(.*?)\n#[^\n]+\n(.*?)\n#[^\n]+\n(.*)\z/s;

ok($server, 'the page has a configuration');
$http =~ s{ (tender\.\w+);}{ %%DIR%%/$1;}g;

my $t = Tender::Test->new(
    main => $main, http => $http, location => $server,
    files => { 'tender.seal' => "$SEAL\n", 'tender.bootstrap' => "$TOKEN\n" },
);

my $run = Tender::Page->new(t => $t, name => 'admin.md',
                            given => { TOKEN => $TOKEN });

cmp_ok($run->run($page), '>', 20, 'the page has examples');
$run->finish;


# every route that the source has

my $source = slurp('admin/ngx_http_tender_admin.c');
my %routes = map { $_ => 1 } $source =~ /NGX_HTTP_\w+, "(\w+)"/g;

$routes{ $1 =~ s/:account/{id}/r } = 1
    while $source =~ /admin_routes\("([\w:\/]+)"/g;
$routes{ $1 =~ s/:account/{id}/r . '/{id}/rotate' } = 1
    while $source =~ /admin_rotate\("([\w:\/]+)"/g;

cmp_ok(scalar keys %routes, '>', 7, 'there are routes');

for my $route (sort keys %routes) {
    my ($list) = $route =~ /\{id\}\/(clients|codes|keys)\z/;

    like($page, $list ? qr{^\| .*`\.\.\./$list`}m : qr{^\| .*/\Q$route\E`}m,
         "/$route is listed");
}


# nothing that was shown once is kept

my $kept = join "\n", map { $t->slurp($_) } qw(access.log redis.log);

$kept .= $t->kept_log;

for my $secret ($TOKEN, 'four oak chairs please', 'correct horse battery',
                grep { /^tnd/ } keys %{ $run->{of_run} })
{
    is(index($kept, $secret), -1, substr($secret, 0, 4) . '... in no log');
}

$t->finish;
done_testing;


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', "$Tender::Test::TOP/$file" or die "$file: $!\n";
    local $/;

    return scalar readline $fh;
}
