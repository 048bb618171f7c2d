#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What somebody with less than he wants might try.

use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex hmac_sha256_hex);
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock;
use Tender::Login qw(login cookie);


my $t = access_test(
    http     => 'tender_chronograph 100ms;',
    files    => { 'page.html' => 'a page' },
    location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_auth api_code basic; }
        location /office/  { tender_admin; }
        location /closed/  { tender_admin; deny all; }
        location /host/    { tender_api 0.1; tender_tenant_from_host on; }
        location /hostsession/ { tender_api 0.1; tender_auth session;
                                 tender_tenant_from_host on; }
        location /session/ { tender_api 0.1; tender_auth session; }
        location /any/     { tender_api 0.1; tender_auth session;
                             satisfy any; allow 127.0.0.1; deny all; }
        location = /page   { alias %%DIR%%/page.html; tender_auth api_code; }
        location = /kept   { alias %%DIR%%/page.html; tender_auth api_code;
                             tender_anonymous read; }
        location /         { tender_account; tender_session_secure off; }
END

my @all  = qw(read create update delete);
my $acme = account($t, scopes => [@all], tenant => 'acme');
my $evil = account($t, scopes => [@all, 'admin'], tenant => 'evil');
my $root = account($t, scopes => [@all, 'auction', 'admin'], tenant => '*');

my %code = map { $_->[0] => api_code($t, $_->[1])->{code} }
    [acme => $acme], [evil => $evil], [root => $root];

my $c = $t->client;

sub as    { { 'X-Api-Code' => $code{ $_[0] } } }
sub basic { { Authorization => 'Basic ' . encode_base64(join(':', @_), '') } }


# the auction of another tenant's tender

{
    my $tender = gated($t, end => 1.2, headers => as('acme'));
    my $path   = "/api/0.1/tenders/$tender->{id}";
    my @bids   = map {
        $c->post("$path/bidders", { data => { totalValue => {
            amount => $_, currency => 'UAH' } } })->json->{data}{id}
    } 400, 300;

    ok($t->wait_for(sub {
        $c->get($path)->json->{data}{status} eq 'active.auction'
    }), 'the auction is on');

    my $report = { data => { bids => [
        map { { id => $_, amount => 1, currency => 'UAH' } } @bids
    ] } };

    for my $who (qw(evil acme)) {
        is($c->get("$path/auction", as($who))->status, 403,
           "$who: does not see it");
        is($c->patch("$path/auction", $report, as($who))->status, 403,
           "$who: nor report it");
    }

    is($c->get("$path/auction", as('root'))->status, 200,
       'who administers all tenants does');
}


# a number that another one may be known by; secrets before it is allowed

{
    my $r = $c->post('/office/accounts', { data => { name => 'x',
                                                     id => 4711 } },
                     as('evil'));

    is($r->status, 403, 'a number of his choice');
    is($r->json->{errors}[0]{name}, 'id', 'which it says');

    my $more = account($t, scopes => [@all, 'auction'], tenant => 'evil');
    my $made = api_code($t, $more);
    my $user = user($t, $more, login => 'pat', password => 'long-enough');
    my $url  = "/office/accounts/$more->{id}";

    is($c->patch("$url/codes/$made->{id}", { data => { enabled =>
                     JSON::PP::false } }, as('evil'))->status, 200,
       'what may more than he may be switched off');
    is($c->post("$url/codes/$made->{id}/rotate", { data => {} },
                as('evil'))->status, 403, 'but its secret is not made anew');
    is($c->patch("$url/codes/$made->{id}", { data => { enabled =>
                     JSON::PP::true } }, as('evil'))->status, 403,
       'nor is it switched on');
    is($c->patch("$url/users/$user->{id}", { data => {
                     enabled => JSON::PP::false, password => 'planted-it' } },
                 as('evil'))->status, 403, 'no password is planted');
    is($c->post("$url/keys", { data => {
                    enabled => JSON::PP::false, kid => 'a', alg => 'HS256',
                    secret => 'x' x 32 } }, as('evil'))->status, 403,
       'and no key');
}


# passwords are nobody's business behind "deny"

{
    my $clerk = user($t, $root, login => 'chief', password => 'first-secret');

    is($c->get('/closed/accounts', basic('chief@*', $_))->status, 403,
       "deny all, password $_") for 'first-secret', 'wrong-secret';
    is_deeply($t->redis('KEYS', '{g}:tries:*'), [], 'none was tried');
    is($c->get('/office/accounts', basic('chief@*', 'first-secret'))->status,
       200, 'elsewhere it is');
    is($c->get('/office/accounts', basic('chief@*', 'wrong-secret'))->status,
       401, 'and the other is not');
}


# who has tried too much makes no more counters

{
    my %status;

    for my $n (1 .. 150) {
        $status{ $c->get('/api/0.1/tenders',
                         basic("nobody$n", 'guess'))->status }++;
    }

    is($status{401} + $status{429}, 150, 'all are refused');
    cmp_ok($status{429}, '>', 40, 'most without a look');

    my $keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    cmp_ok($keys, '<=', 102, "and leave $keys keys");
    $t->redis('DEL', $_) for @{ $t->redis('KEYS', '{g}:tries:*') };
}


# a session is a cookie of ours, nothing that is made of its hash

{
    my $user = user($t, $acme, login => 'ann', password => 'first-secret');
    my $r    = login($t, 'ann@acme', 'first-secret');
    my $mine = cookie($r);
    my %host = (Host => 'acme.example.org');

    is($c->get('/hostsession/tenders',
               { %host, Cookie => "tender_session=$mine" })->status, 200,
       'a session');

    for my $bad (sha256($mine) . 'acme', sha256_hex($mine),
                 sha256($mine), uc $mine, "${mine}0") {
        my $got = $t->raw("GET /session/tenders HTTP/1.1\r\nHost: a\r\n"
                          . "Cookie: tender_session=$bad\r\n"
                          . "Connection: close\r\n\r\n");

        like($got, qr{^HTTP/1\.1 40[01] }, 'what is made of it is none');
    }

    # "satisfy any" lets it in, but not as Ann without her token

    is($c->post('/any/tenders', { data => {} },
                { Cookie => "tender_session=$mine" })->status, 403,
       'satisfy any: a session needs its CSRF token');
    is($c->post('/any/tenders', { data => {} }, {
        Cookie => "tender_session=$mine",
        'X-CSRF-Token' => $r->json->{csrf},
    })->status, 201, 'which it has');
}


# a host without a tenant's name

for my $host ('.example.org', 'evil.example.org') {
    is($c->get('/host/tenders', { Host => $host,
                                  'X-Api-Code' => $code{acme} })->status, 401,
       "Host: $host");
}

like($t->raw("GET /host/tenders HTTP/1.0\r\nX-Api-Code: $code{acme}\r\n\r\n"),
     qr{^HTTP/1\.1 401 }, 'no Host at all');
is($c->get('/host/tenders', { Host => 'acme.example.org',
                              'X-Api-Code' => $code{acme} })->status, 200,
   'its own');


# hashes that take the threads for long are no hashes

for my $hash ('$2b$13$' . 'a' x 53,
              '$argon2id$v=19$m=1048576,t=2,p=1$' . 'a' x 22 . '$' . 'b' x 43,
              '$argon2id$v=19$m=19456,t=16,p=1$' . 'a' x 22 . '$' . 'b' x 43,
              '$y$jFT$' . 'a' x 22 . '$' . 'b' x 43) {
    is($t->post("/admin/accounts/$acme->{id}/users", { data => {
        login => 'slow', passwordHash => $hash } })->status, 422,
       substr($hash, 0, 24));
}


# what is given to one is not kept for others

is($c->get('/page', as('acme'))->header('Cache-Control'), 'no-store',
   'a page for somebody');
is($c->get('/kept')->header('Cache-Control'), undef, 'and for anybody');

$t->finish;
done_testing;
