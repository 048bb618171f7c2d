#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_anonymous, alone and beside nginx's own access modules.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
        location /none/    { tender_api 0.1; tender_anonymous none; }
        location /read/    { tender_api 0.1; tender_anonymous read; }
        location /silent/  { tender_api 0.1; }

        location /any/ {
            tender_api 0.1;
            tender_ownership off;
            satisfy any;
            auth_basic here;
            auth_basic_user_file %%DIR%%/users;
        }

        location /any-address/ {
            tender_api 0.1;
            tender_ownership off;
            satisfy any;
            allow 127.0.0.1;
            deny all;
        }

        location /any-other/ {
            tender_api 0.1;
            satisfy any;
            allow 192.0.2.1;
            deny all;
        }

        location /all/ {
            tender_api 0.1;
            tender_anonymous write; tender_ownership off;
            auth_basic here;
            auth_basic_user_file %%DIR%%/users;
        }

        location /all-none/ {
            tender_api 0.1;
            auth_basic here;
            auth_basic_user_file %%DIR%%/users;
        }

        location /any-read/ {
            tender_api 0.1;
            tender_ownership off;
            tender_anonymous read;
            satisfy any;
            auth_basic here;
            auth_basic_user_file %%DIR%%/users;
        }

        location /health/ { tender_status; deny 192.0.2.1; }
END

$t->write_file('users', "me:{PLAIN}secret\n");

my $c = $t->client;
my $tender = publish($t, { method => 'Open' });
my $url    = "tenders/$tender->{id}";

my $needed = [url => 'permission', 'Credentials are needed here'];
my $basic  = { Authorization => 'Basic bWU6c2VjcmV0' };
my $wrong  = { Authorization => 'Basic bWU6d3Jvbmc=' };


sub all_routes {
    return ([GET => 'tenders'], [HEAD => 'tenders'], [GET => $url],
            [GET => 'spore'], [POST => 'tenders', '{"data":{}}'],
            [PUT => $url, '{"data":{"method":"Open"}}'],
            [PATCH => $url, '{"data":{"method":"Open"}}']);
}


sub ask {
    my ($where, $route, $headers) = @_;

    my ($method, $path, $body) = @$route;

    return $c->request($method, "/$where/$path", $headers, $body);
}


sub unauthorized {
    my ($r, $method, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $method eq 'HEAD' ? is($r->status, 401, $name)
                      : refused($r, 401, $needed, $name);
    is_deeply([grep { /^Bearer / } $r->header('WWW-Authenticate')],
              ['Bearer realm="tender"'], "$name: WWW-Authenticate");
}


# none, which is the default

for my $where ('none', 'silent') {
    unauthorized(ask($where, $_), $_->[0], "$where: $_->[0] $_->[1]")
        for all_routes();

    for my $case ([GET => 'tenders?limit=0'], [GET => 'tenders?offset=x'],
                  [POST => 'tenders', 'no JSON'], [GET => 'tenders/none'],
                  [PATCH => $url, '{"data":{"x":1}}'],
                  [PATCH => 'tenders/none', '{"data":{}}'])
    {
        unauthorized(ask($where, $case), $case->[0],
                     "$where tells nothing: $case->[0] $case->[1]");
    }

    # which routes there are is no secret

    refused(ask($where, [$_ => 'nothing']), 404,
            [url => 'request', 'Not Found'], "$where: $_ of no route")
        for qw(GET POST DELETE);

    my $refused = ask($where, [DELETE => 'tenders']);

    refused($refused, 405, [url => 'request', 'Method Not Allowed'],
            "$where: DELETE tenders");
    is($refused->header('Allow'), 'GET, HEAD, POST', "$where: Allow");
    is($refused->header('WWW-Authenticate'), undef,
       "$where: no WWW-Authenticate in it");

    my $r = $c->post("/$where/tenders", '{"data":{}}',
                     { 'Content-Type' => 'text/plain' });

    unauthorized($r, 'POST', "$where: 401 before 415");
    is($r->header('Allow'), undef, "$where: no Allow in a 401");
}


# read

is(ask('read', $_)->status, 200, "read: $_->[0] $_->[1]")
    for grep { !$_->[2] } all_routes();
unauthorized(ask('read', $_), $_->[0], "read: $_->[0] $_->[1]")
    for grep { $_->[2] } all_routes();

refused(ask('read', [GET => 'nothing']), 404,
        [url => 'request', 'Not Found'], 'read: 404');
refused(ask('read', [DELETE => 'tenders']), 405,
        [url => 'request', 'Method Not Allowed'], 'read: 405');
is(ask('read', [GET => 'tenders'])->header('WWW-Authenticate'), undef,
   'read: no WWW-Authenticate');

is($t->redis('ZCARD', '{b0}:feed'), 1, 'nothing was published');


# write

is(ask('api/0.1', $_)->status, $_->[0] eq 'POST' ? 201 : 200,
   "write: $_->[0] $_->[1]") for all_routes();


# satisfy any: what another module lets in is in

for my $route (all_routes()) {
    my $ok = $route->[0] eq 'POST' ? 201 : 200;
    my $name = "$route->[0] $route->[1]";

    is(ask('any', $route, $basic)->status, $ok,
       "satisfy any: with a password: $name");
    is(ask('any', $route, $wrong)->status, 401,
       "satisfy any: with a wrong one: $name");
    is(ask('any', $route)->status, 401, "satisfy any: without: $name");
    is(ask('any-address', $route)->status, $ok,
       "satisfy any: by the address: $name");
    is(ask('any-other', $route)->status, 401,
       "satisfy any: from elsewhere: $name");
    is(ask('any-read', $route, $basic)->status, $ok,
       "satisfy any: where all may read, with a password: $name");
    is(ask('any-read', $route)->status, $route->[2] ? 401 : 200,
       "satisfy any: where all may read: $name");
}

unauthorized(ask('any', [GET => 'tenders']), 'GET', 'satisfy any');
is((grep { /^Basic / } ask('any', [GET => 'tenders'])
    ->header('WWW-Authenticate')), 1, 'satisfy any: both ways are told');
is(ask('any', [GET => 'tenders'], $basic)->header('WWW-Authenticate'), undef,
   'satisfy any: no challenge in what is let in');


# satisfy all

for my $route (all_routes()) {
    my $ok = $route->[0] eq 'POST' ? 201 : 200;
    my $name = "$route->[0] $route->[1]";

    is(ask('all', $route, $basic)->status, $ok,
       "satisfy all: with a password: $name");
    is(ask('all', $route, $wrong)->status, 401,
       "satisfy all: with a wrong one: $name");
    is(ask('all-none', $route, $basic)->status, 401,
       "satisfy all: a password is not enough: $name");
}

refused(ask('all', [GET => 'tenders']), 401,
        [url => 'request', 'Unauthorized'], 'satisfy all: in JSON');


# the health is for all who nginx lets in

is($c->get('/health/')->status, 200, 'tender_status needs no credentials');

$t->finish;
done_testing;
