#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The registry in Redis: entries that this module did not write, a store that
# is away, slow, full, or not the one it was.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);


my $t = access_test(
    location => 'location /api/0.1/ { tender_api 0.1; tender_auth api_code;
                     tender_auth_cache 0; }',
    http => 'tender_redis_timeout 500ms;',
);

my $one  = account($t, scopes => ['read']);
my $user = user($t, $one, login => 'clerk');
my $code = api_code($t, $one);
my $key  = key($t, $one, kid => 'a', alg => 'HS256', secret => 'x' x 32);

my $HEAD = '1 1700000000000000 1700000000000000';

$t->allow_errors(qr/the store holds a record that this module did not write/,
                 qr/answered: "(?:WRONGTYPE|OOM) /);

# ---------------------------------------------------- what nobody has written

for my $damage ('', 'x', '{}', "\n{}", "$HEAD\n{}", "$HEAD default",
                "$HEAD default\n", "$HEAD default\n{", "$HEAD default\n[]",
                "$HEAD default\n{} x", "$HEAD default x\n{}",
                "$HEAD  default\n{}", "$HEAD default \n{}",
                "x 1 1 default\n{}", "1 x 1 default\n{}",
                "1 1 x default\n{}", "1 1 1" . "0" x 18 . " default\n{}")
{
    my $was = $t->redis('HGET', '{g}:accounts', 1);

    $t->redis('HSET', '{g}:accounts', 1, $damage);

    my $name = "'" . $damage =~ s/\n/\\n/gr . "'";

    is($t->get($_)->status, 500, "$name: $_")
        for '/admin/accounts/1', '/admin/accounts',
            '/admin/accounts/1/users/1', '/admin/accounts/1/users';
    isnt(tenders($code)->status, 200, "$name: its code is not let in");

    $t->redis('HSET', '{g}:accounts', 1, $was);
    is($t->get('/admin/accounts/1')->status, 200, "$name: mended");
}

is(tenders($code)->status, 200, 'the code is good');

# ----------------------------------------------------- records that are gone

sub without {
    my ($name, @commands) = @_;

    my $kept = keep_store($t);

    $t->redis(@$_) for @commands;
    is(tenders($code)->status, 401, "$name: its code is not let in");
    bring_back($t, $kept);
    is(tenders($code)->status, 200, "$name: brought back");
}

my $name = 'secret:' . sha256_hex($code->{code});

without('no account', [HDEL => '{g}:accounts', 1]);
without('no entry', [HDEL => '{g}:codes', 1]);
without('no name', [HDEL => '{g}:names', $name]);
without('another account\'s', [HSET => '{g}:codes', 1, "$HEAD 2\n{}"]);
without('a refresh code\'s name', [HSET => '{g}:names', $name, 'r 1']);
without('a name with no sense', [HSET => '{g}:names', $name, 'c']);
without('a name that has run out', [HSET => '{g}:names', $name, 'c 1 1']);
is(tenders({ code => $code->{refresh} })->status, 401,
   'a refresh code is no api_code');

# a list and its entries do not go together

$t->redis('HDEL', '{g}:users', 1);
is($t->get('/admin/accounts/1/users')->status, 500,
   'a list that names what is not there');
is($t->get('/admin/accounts/1/users/1')->status, 404, 'which is not found');

# an audit that somebody else writes, too

$t->redis('XADD', '{g}:audit', '*', 'op', 'x');
is($t->get('/admin/audit')->status, 500, 'an event that is none of ours');
is($t->get('/admin/audit?limit=1')->status, 200, 'others are shown');

# other types, which a script meets on its way

for my $type ([SET => 'x'], [RPUSH => 'x'], [HSET => 'x', 'y']) {
    for my $key ('{g}:accounts:all', '{g}:audit', '{g}:accounts') {
        my $kept = keep_store($t);

        next if $type->[0] eq 'HSET' && $key eq '{g}:accounts';

        $t->redis('DEL', $key);
        $t->redis($type->[0], $key, @$type[1 .. $#$type]);
        is($t->post('/admin/accounts', { data => { name => 'x' } })->status,
           504, "$key: $type->[0]: who knows");
        $t->redis('DEL', $key);
        bring_back($t, $kept);
    }
}

is($t->get('/admin/accounts/1')->status, 200, 'all is as it was');

# ------------------------------------------------------------------- faults

$t->pause_redis;

my $r = $t->get('/admin/accounts/1');

is($r->status, 503, 'a store that does not answer');
is($r->header('Retry-After'), '1', 'come again');
$r = $t->post('/admin/accounts', { data => { name => 'x' } });
like($r->status, qr/^50[34]$/, 'nor to a change');
$t->resume_redis;
ok($t->wait_for(sub { $t->get('/admin/accounts/1')->status == 200 }),
   'it answers again');

$t->redis('CONFIG', 'SET', 'maxmemory', '1');
$r = $t->post('/admin/accounts', { data => { name => 'too much' } });
is($r->status, 503, 'a full store');
is($t->get('/admin/accounts/1')->status, 200, 'is read');
$t->redis('CONFIG', 'SET', 'maxmemory', '0');
unlike($t->get('/admin/accounts')->body, qr/too much/, 'nothing was written');

$t->stop_redis('KILL');
is($t->get('/admin/accounts')->status, 503, 'a store that is away');
$t->start_redis;
ok($t->wait_for(sub { $t->get('/admin/accounts')->status == 200 }),
   'another one');
is($t->get('/admin/accounts')->body, '{"data":[]}', 'is empty');
is(account($t)->{id}, '1', 'and begins anew');

# without a key that seals no secret is kept

$t->finish;
$t = access_test(seal => 0);
$one = account($t);
refused($t->post("$one->{url}/keys", { data => {
            kid => 'a', alg => 'HS256', secret => 'x' x 32 } }), 422,
        [body => 'secret', ['Put a key into tender_seal_key_file first: no '
                            . 'secret is kept without.']],
        'no secret without tender_seal_key_file');

$t->finish;
done_testing;


sub tenders {
    my ($code) = @_;

    return $t->request('GET', '/api/0.1/tenders',
                       { 'X-Api-Code' => $code->{code} });
}
