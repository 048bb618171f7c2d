#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What administrators may do: those of one tenant, those of all of them, and
# those who may do less than others.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::Access;
use Tender::Clock qw(now_us);
use Tender::Api;


my $ALL = [qw(read create update delete auction admin)];
my $NOT = [url => 'id', 'Not Found'];
my $NO  = JSON::PP::false;

my $t = access_test(
    location => 'location /api/0.1/ { tender_api 0.1; tender_auth api_code
                     basic; tender_auth_cache 0; }
                 location /desk/ { tender_admin; tender_auth_cache 0; }',
);

# ------------------------------------------------ who is not let in at all

my $reader = code_of(account($t, tenant => 'acme', scopes => ['read']));

is($t->get('/desk/accounts')->status, 401, 'without credentials');
is(as($reader, GET => '/accounts')->status, 403, 'without the scope');
is(as('tndk' . 'x' x 32, GET => '/accounts')->status, 401, 'wrong ones');

# -------------------------------------------------------------- one tenant

my $home  = account($t, tenant => 'acme', scopes => $ALL);
my $other = account($t, tenant => 'umbrella', scopes => ['read']);
my $boss  = code_of($home);

user($t, $other, login => 'eve');
client($t, $other);

my $made = as($boss, POST => '/accounts', { name => 'mine' });

is($made->status, 201, 'an administrator of a tenant makes an account');
is($made->json->{data}{tenant}, 'acme', 'of his tenant');

my $mine = $made->json->{data}{id};

is(as($boss, POST => '/accounts', { name => 'x', tenant => 'acme' })->status,
   201, 'also by its name');
refused(as($boss, POST => '/accounts', { name => 'x', tenant => $_ }), 403,
        [body => 'tenant', 'Accounts of another tenant are for an '
                           . 'administrator of all tenants'],
        "not of '$_'") for 'umbrella', '*', 'default';
refused(as($boss, PATCH => "/accounts/$mine", { tenant => 'umbrella' }), 422,
        [body => 'tenant', ['An account keeps its tenant.']],
        'and moves none away');

is_deeply([sort { $a <=> $b } map { $_->{id} }
           @{ as($boss, GET => '/accounts')->json->{data} }],
          [1, 2, 4, 5], 'he sees those of his tenant');

refused(as($boss, @$_), 404, $NOT, "$_->[0] $_->[1]: another tenant's")
    for [GET => "/accounts/$other->{id}"],
        [PATCH => "/accounts/$other->{id}", { name => 'x' }],
        [DELETE => "/accounts/$other->{id}"],
        [GET => "/accounts/$other->{id}/users"],
        [POST => "/accounts/$other->{id}/users", { login => 'mallory' }],
        [GET => "/accounts/$other->{id}/users/1"],
        [PATCH => "/accounts/$other->{id}/users/1", { login => 'x' }],
        [DELETE => "/accounts/$other->{id}/users/1"],
        [POST => "/accounts/$other->{id}/codes", {}];

my ($client) = map { $_->{id} } @{
    $t->get("/admin/accounts/$other->{id}/clients")->json->{data} };

refused(as($boss, POST => "/accounts/$other->{id}/clients/$client/rotate", {}),
        404, $NOT, "rotate: another tenant's");

my @who = map { "$_->{op} $_->{kind} $_->{account}" }
          @{ as($boss, GET => '/audit')->json->{data} };

is(scalar(grep { / 3$/ } @who), 0, 'the audit shows nothing of others');
is(scalar(grep { / [1245]$/ } @who), @who, 'but all of his tenant');
is((grep { $_->{id} eq $mine }
    @{ as($boss, GET => '/audit')->json->{data} })[0]{who},
   "$home->{id}\@acme", 'with his name');

# among many of others, his are found page by page

account($t, tenant => 'umbrella') for 1 .. 12;
as($boss, POST => '/accounts', { name => 'late' });

my ($page, @pages) = ('');

do {
    my $json = as($boss, GET => "/audit?limit=2$page")->json;

    push @pages, map { $_->{id} } @{ $json->{data} };
    cmp_ok(scalar @{ $json->{data} }, '<=', 2, 'a page of the audit');
    $page = $json->{next_page} ? "&after=$json->{next_page}{after}" : '';
} while ($page);

is(scalar(@pages), scalar(@{ as($boss, GET => '/audit')->json->{data} }),
   'all pages make the whole');

# ------------------------------------------------------------- all tenants

my $root = code_of(account($t, tenant => '*', scopes => $ALL));

is(as($root, POST => '/accounts', { name => 'x', tenant => 'new' })
   ->json->{data}{tenant}, 'new', 'an administrator of all makes any');
is(as($root, POST => '/accounts', { name => 'x' })->json->{data}{tenant},
   'default', 'of "default" unless he says which');
is(as($root, GET => "/accounts/$other->{id}")->status, 200, 'and sees any');
cmp_ok(scalar @{ as($root, GET => '/accounts')->json->{data} }, '>', 15,
       'all of them');

# ------------------------------------ nobody hands out more than he may do

my $small = code_of(account($t, tenant => 'acme',
                            scopes => ['read', 'admin']));
my $MORE  = [body => 'scopes', 'It may do more than you may'];

refused(as($small, POST => '/accounts', { name => 'x', scopes => $_ }), 403,
        $MORE, "not an account that may @$_")
    for ['create'], ['auction'], ['write'], ['Account:create'],
        ['read', 'delete'];
is(as($small, POST => '/accounts', { name => 'x', scopes => $_ })->status,
   201, "but one that may @$_")
    for ['read'], ['admin', 'read'], ['Account:read'], [];

my $wide = account($t, tenant => 'acme', scopes => $ALL);
my $user = user($t, $wide, login => 'wide', password => 'long enough');
my $code = api_code($t, $wide);
my $at   = "/accounts/$wide->{id}";

refused(as($small, @$_), 403, $MORE, "$_->[0] $_->[1] of one that may more")
    for [POST => "$at/users", { login => 'x' }],
        [POST => "$at/codes", {}],
        [POST => "$at/codes", { scopes => ['read', 'create'] }],
        [POST => "$at/clients", { name => 'x' }],
        [POST => "$at/keys", { kid => 'k', alg => 'HS256',
                               secret => 'x' x 32 }],
        [POST => "$at/codes/$code->{id}/rotate", {}],
        [PATCH => "$at/users/$user->{id}", { password => 'mine now 1' }],
        [PATCH => "$at/users/$user->{id}", { enabled => JSON::PP::true }],
        [PATCH => $at, { name => 'x' }];

is(as($small, POST => "$at/codes", { scopes => ['read'] })->status, 201,
   'a code that may no more is his to make');
is(as($small, PATCH => $at, { enabled => $NO })->status, 200,
   'and what is too strong is his to switch off');
refused(as($small, PATCH => $at, { enabled => JSON::PP::true }), 403, $MORE,
        'not to switch on');
is(as($small, PATCH => $at, { enabled => JSON::PP::true,
                              scopes => ['read'] })->status, 200,
   'unless it becomes weaker');

# ---------------------------------------------------------------- rotation

my $buyer = account($t, scopes => ['read']);
my $first = api_code($t, $buyer);
my $begin = now_us($t);
my $now   = rotate("$first->{url}/rotate", {});
my $end   = now_us($t);

ok(good($first->{code}) && good($now->{api_code}),
   'for an hour the old api_code is as good as the new one');
is(ttl($first->{code}), 3600, 'that is said to the store');
within(until_of($first->{code}), $begin, $end, 'an hour by its clock');
isnt($now->{api_code}, $first->{code}, 'another one');
is($t->redis('HGET', '{g}:names', 'secret:'
             . sha256_hex($first->{refresh})), undef,
   'the old refresh code is gone');

my $next = rotate("$first->{url}/rotate", { overlap => 60 });

ok(!good($first->{code}), 'once more: the first one is not good any more');
ok(good($now->{api_code}) && good($next->{api_code}), 'the last two are');
is(ttl($now->{api_code}), 60, 'as long as it was said');

my $last = rotate("$first->{url}/rotate", { overlap => 0 });

ok(!good($now->{api_code}) && !good($next->{api_code})
   && good($last->{api_code}), 'without overlap one is left');

change($t, $first, name => 'till');
ok(good($last->{api_code}), 'a change keeps it');

my $overlap = rotate("$first->{url}/rotate", { overlap => 1 });

change($t, $first, name => 'till 2');
select undef, undef, undef, 1.1;
ok(!good($last->{api_code}), 'the overlap ends, also after a change');
change($t, $first, enabled => $NO);
ok(!good($overlap->{api_code}), 'one that is switched off');
change($t, $first, enabled => JSON::PP::true);
ok(good($overlap->{api_code}), 'and on');
change($t, $buyer, enabled => $NO);
ok(!good($overlap->{api_code}), 'with its account');
change($t, $buyer, enabled => JSON::PP::true);
remove($t, $first);
ok(!good($overlap->{api_code}), 'and removed');
is(scalar(grep { /^secret:/ && $t->redis('HGET', '{g}:names', $_)
                 =~ / $first->{id}\b/ } @{ $t->redis('HKEYS',
                                                     '{g}:names') }),
   0, 'no name is left of it');

my $shop = client($t, $buyer);

$begin = now_us($t);

my $new  = rotate("$shop->{url}/rotate", {});

$end = now_us($t);

is($new->{client_id}, $shop->{id}, 'a client keeps its id');
like($new->{client_secret}, qr/^tndc[A-Za-z0-9]{40}$/, 'and has a new secret');

my $kept = secret_of($shop);

is_deeply([@$kept{qw(hash previous)}],
          [map { sha256_hex($_) } $new->{client_secret}, $shop->{secret}],
          'the old one is kept beside it');
within($kept->{until}, $begin, $end, 'for an hour by the store\'s clock');
rotate("$shop->{url}/rotate", { overlap => 0 });
is(join(' ', keys %{ secret_of($shop) }), 'hash', 'or not at all');

for my $bad ({ overlap => -1 }, { overlap => 2_592_001 },
             { overlap => 'x' }, { overlap => 1.5 }, { more => 1 })
{
    my $r = $t->post("$shop->{url}/rotate", { data => $bad });

    is($r->status, 422, 'rotate ' . JSON::PP->new->encode($bad));
    is($r->json->{errors}[0]{name}, (keys %$bad)[0], 'by its name');
}

is($t->post("/admin/accounts/$buyer->{id}/users/1/rotate", { data => {} })
   ->status, 404, 'a user has nothing to rotate');

# --------------------------------------------------- many at the same time

my @r = $t->parallel(12, sub {
    $t->patch($shop->{url}, { data => { name => "n$_[0]" } })->status;
});

is(join(' ', @r), join(' ', (200) x 12), 'changes at the same time');
is($t->get($shop->{url})->json->{data}{name} =~ /^n\d+$/, 1, 'one is last');
is((split / /, $t->redis('HGET', '{g}:clients', $shop->{id}))[0], 1 + 2 + 12,
   'each is a version of its own');

@r = $t->parallel(8, sub {
    $t->post("/admin/accounts/$buyer->{id}/users",
             { data => { login => 'same' } })->status;
});

is(join(' ', sort @r), join(' ', 201, (409) x 7),
   'one of those who want the same login gets it');

@r = $t->parallel(6, sub {
    my $r = $t->post("$shop->{url}/rotate", { data => {} });
    $r->status . ' ' . $r->json->{access}{client_secret};
});

is(scalar(grep { /^200 tndc/ } @r), 6, 'rotations at the same time');
is(scalar(grep { sha256_hex(substr $_, 4) eq secret_of($shop)->{hash} } @r),
   1, 'of which one is the last');

$t->finish;
done_testing;


sub code_of { api_code($t, @_)->{code} }


sub as {
    my ($code, $method, $path, $data) = @_;

    return $t->request($method, "/desk$path", { 'X-Api-Code' => $code },
                       $data && { data => $data });
}


sub rotate {
    my ($url, $data) = @_;

    my $r = $t->post($url, { data => $data });

    die $r->status, ' ', $r->body if $r->status != 200;

    return $r->json->{access};
}


sub good {
    my ($code) = @_;

    return $t->request('GET', '/api/0.1/tenders', { 'X-Api-Code' => $code })
             ->status == 200;
}


# until when an api_code is good, us

sub until_of {
    my ($code) = @_;

    my $name = $t->redis('HGET', '{g}:names', 'secret:' . sha256_hex($code));

    return (split / /, $name)[2];
}


# how many seconds that is

sub ttl { int((until_of(@_) / 1e6 - time()) / 10 + 0.5) * 10 }


# what began between two moments ends an hour later

sub within {
    my ($until, $begin, $end, $name) = @_;

    ok($until >= $begin + 3_600_000_000 && $until <= $end + 3_600_000_000,
       $name) or diag("$begin, $end: until $until");
}


sub secret_of {
    my ($entry) = @_;

    my ($json) = $t->redis('HGET', '{g}:clients', $entry->{id}) =~ /\n(.*)/s;

    return JSON::PP->new->decode($json)->{secret};
}
