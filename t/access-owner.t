#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who owns what, with credentials: the account that created it, the holder of
# its token, an administrator of its tenant.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock;


my $t = access_test(http => 'tender_auth_cache off;', location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_auth api_code;
                             tender_anonymous read; }
        location /off/     { tender_api 0.1; tender_auth api_code;
                             tender_ownership off; }
END

my @rw      = (scopes => [qw(read create update delete)]);
my $city    = account($t, @rw);
my $town    = account($t, @rw);
my $acme    = account($t, @rw, tenant => 'acme');
my $reader  = account($t, scopes => ['read']);
my $chief   = account($t, scopes => [qw(read update admin)]);
my $boss    = account($t, scopes => [qw(read update admin)],
                      tenant => 'acme');
my $root    = account($t, scopes => [qw(read update delete admin)],
                      tenant => '*');
my $runner  = account($t, scopes => [qw(read auction)]);

my %code = map { $_->[0] => api_code($t, $_->[1])->{code} }
    [city => $city], [city2 => $city], [town => $town], [acme => $acme],
    [reader => $reader], [chief => $chief], [boss => $boss], [root => $root],
    [runner => $runner];

my $c = $t->client;
my $n = 0;


sub as { { 'X-Api-Code' => $code{ $_[0] } } }

sub tender_of {
    my ($who) = @_;

    my $answer = $c->post('/api/0.1/tenders', { data => {} },
                          as($who))->json;

    return { %{ $answer->{data} }, token => $answer->{access}{token} };
}


sub edits {
    my ($tender, $who, $query, $place) = @_;

    return $c->patch(($place || '/api/0.1') . "/tenders/$tender->{id}"
                     . ($query ? "?$query" : ''),
                     { data => { title => $n++ } },
                     $who ? as($who) : {})->status;
}


my $tender = tender_of('city');

is(edits($tender, 'city'), 200, 'the account that made it');
is(edits($tender, 'city2'), 200, 'with another code of it');
is(edits($tender, 'town'), 403, 'not another account');
is(edits($tender, 'acme'), 403, 'of another tenant');
is(edits($tender, 'town', "acc_token=$tender->{token}"), 200,
   'but with its token');
is(edits($tender, 'town', 'acc_token=' . 'a' x 32), 403,
   'not with another one');
is(edits($tender, 'reader'), 403, 'who may read may not change');
is(edits($tender, 'reader', "acc_token=$tender->{token}"), 403,
   'not with the token either');
is(edits($tender, ''), 401, 'nobody may not');
is(edits($tender, '', "acc_token=$tender->{token}"), 401,
   'not with the token either, where nobody may write');
is(edits($tender, 'chief'), 200, 'an administrator of its tenant');
is(edits($tender, 'boss'), 403, 'not one of another tenant');
is(edits($tender, 'root'), 200, 'one of all tenants');
is(edits($tender, 'town', '', '/off'), 200,
   'anybody, where nothing is owned');

$tender = tender_of('acme');

is(edits($tender, 'boss'), 200, 'an administrator of that tenant');
is(edits($tender, 'chief'), 403, 'not one of the other');

refused($c->patch("/api/0.1/tenders/$tender->{id}", { data => {} },
                  as('town')), 403,
        [url => 'permission', 'Forbidden'], 'the refusal is the same');


# an account's number is all of it: 1 is not 12

{
    my %data  = (name => 'x', @rw);
    my $twin  = account($t, %data, id => $city->{id} . '0');
    my $other = api_code($t, $twin)->{code};
    my $mine  = tender_of('city');

    $code{twin} = $other;
    is(edits($mine, 'twin'), 403, 'a number that begins alike is another');
}


# what was made by nobody is nobody's

{
    my $made = $t->post('/off/tenders', { data => {} },
                        as('town'))->json->{data};

    is(edits($made, 'town'), 200, 'made where nothing is owned: still mine');
    is(edits($made, 'city'), 403, 'and not of others');
}


# sealed bids: their owner sees his own, by account or token

{
    my $gated = gated($t, end => 600, headers => as('city'));
    my $path  = "/api/0.1/tenders/$gated->{id}/bidders";
    my $r     = $c->post($path, { data => {
        totalValue => { amount => 300, currency => 'UAH' },
    } }, as('town'));
    my $bid   = $r->json;
    my $url   = "$path/$bid->{data}{id}";
    my $token = $bid->{access}{token};

    is($r->status, 201, 'a bid of an account');
    is($c->get($url, as('town'))->status, 200, 'it sees its own');
    is($c->get($url, as($_))->status, 403, "$_ does not")
        for qw(city acme chief root runner reader);
    is($c->get($url)->status, 403, 'nor does nobody');
    is($c->get("$url?acc_token=$token", as('acme'))->status, 200,
       'who has the token does');
    is($c->get($path, as('town'))->status, 403, 'there is no list of them');

    my %change = (data => { totalValue => { amount => 290 } });

    is($c->patch($url, \%change, as('city'))->status, 403,
       'the tender\'s owner does not change it');
    is($c->patch($url, \%change, as('town'))->status, 200, 'its own does');
    is($c->delete($url, as('acme'))->status, 403, 'others do not withdraw');
    is($c->delete($url, as('town'))->status, 200, 'its own does');
}


# who writes is kept with what he wrote

{
    my $mine = tender_of('city');
    my ($author) = (split / /, $t->redis('HGET', "{b0}:tender:$mine->{id}",
                                         'own'))[1];

    is($author, "$city->{id}\@default", 'the author of a tender');
    $c->patch("/api/0.1/tenders/$mine->{id}", { data => { title => 'a' } },
              as('root'));
    like($t->redis('LINDEX', "{b0}:tender:$mine->{id}:revisions", -1),
         qr/^\d+ \Q$root->{id}\E\@\* /, 'and of a change');
}

$t->finish;
done_testing;
