#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# For how long an answer about a credential holds: what is switched off, has
# expired or was removed is refused within tender_auth_cache.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Access;
use Tender::Api;


my $t = access_test(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /off/   { tender_api 0.1; tender_auth_cache off; }
        location /short/ { tender_api 0.1; tender_auth_cache 300ms; }
        location /long/  { tender_api 0.1; tender_auth_cache 1h; }
END

my $c = $t->client;


sub status {
    my ($place, $code) = @_;

    return $c->get("/$place/tenders", { 'X-Api-Code' => $code })->status;
}


sub calls {
    my ($code, $place) = @_;

    my $before = asked();

    status($place, $code->{code});

    return asked() - $before;
}


# how often the store was asked who somebody is

sub asked {
    my ($calls) = $t->redis('INFO', 'commandstats')
                  =~ /cmdstat_evalsha_ro:calls=(\d+)/;
    my ($more)  = $t->redis('INFO', 'commandstats')
                  =~ /cmdstat_evalsha:calls=(\d+)/;

    return ($calls || 0) + ($more || 0);
}


my $account = account($t, scopes => ['read']);
my $code    = api_code($t, $account);

is(status('off', $code->{code}), 200, 'it is good');
is(status('long', $code->{code}), 200, 'and kept');
cmp_ok(calls($code, 'off'), '>', calls($code, 'long'),
       'what is kept is not asked for');


# each of them, and what it belongs to

for my $case (
    ['a code', sub { api_code($t, $_[0]) }, sub { $_[1] }],
    ['its account', sub { api_code($t, $_[0]) }, sub { $_[0] }],
) {
    my ($name, $make, $which) = @$case;
    my $owner = account($t, scopes => ['read']);
    my $made  = $make->($owner);
    my $off   = $which->($owner, $made);

    is(status($_, $made->{code}), 200, "$name: $_")
        for qw(off short long);

    change($t, $off, enabled => JSON::PP::false);

    my $start = time();

    is(status('off', $made->{code}), 401, "$name, off: refused at once");
    is(status('long', $made->{code}), 200, "$name: others go on for a while");
    ok($t->wait_for(sub { status('short', $made->{code}) == 401 }, 3),
       "$name: and not for longer");
    cmp_ok(time() - $start, '<', 1.5, 'than they say');

    change($t, $off, enabled => JSON::PP::true);
    is(status('off', $made->{code}), 200, "$name, on again");
}


# a bad answer is not kept

{
    my $made = api_code($t, $account);

    change($t, $made, enabled => JSON::PP::false);
    is(status('long', $made->{code}), 401, 'off');
    change($t, $made, enabled => JSON::PP::true);
    is(status('long', $made->{code}), 200, 'on: good at once');
}


# what expires is not good for longer than that, kept or not

{
    my $end  = time() + 2;
    my @utc  = gmtime $end;
    my $date = sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%03dZ',
                       $utc[5] + 1900, $utc[4] + 1, @utc[3, 2, 1, 0],
                       1000 * ($end - int $end);
    my $made = api_code($t, $account, expires => $date);

    is(status('long', $made->{code}), 200, 'it has not expired yet');
    sleep 0.05 while time() < $end + 0.05;
    is(status('long', $made->{code}), 401, 'it has');
    is(status('off', $made->{code}), 401, 'everywhere');
}


# the least of what account and code may do

for my $case (
    [[qw(read create)], undef, 200, 201],
    [[qw(read create)], ['read'], 200, 403],
    [['read'], [qw(read create)], 200, 403],
    [[qw(read create)], ['create'], 403, 201],
    [['read'], ['create'], 403, 403],
    [[qw(read create)], [], 403, 403],
    [['write'], undef, 403, 201],
    [['Account:read'], undef, 403, 403],
) {
    my ($of_account, $of_code, $read, $create) = @$case;
    my $owner = account($t, scopes => $of_account);
    my $made  = eval {
        api_code($t, $owner, $of_code ? (scopes => $of_code) : ());
    };
    my $name  = "@$of_account" . ($of_code ? ", of them @$of_code" : '');

    SKIP: {
        skip "$name: refused", 2 if !$made;

        is(status('off', $made->{code}), $read, "$name: reads");
        is($c->post('/off/tenders', { data => {} },
                    { 'X-Api-Code' => $made->{code} })->status, $create,
           "$name: creates");
    }
}


# it is removed

{
    my $made = api_code($t, $account);

    is(status('off', $made->{code}), 200, 'it is there');
    remove($t, $made);
    is(status('off', $made->{code}), 401, 'it was removed');
}


# the store is away: not let in, not said to be wrong

{
    $t->stop_redis;

    my $r = $c->get('/off/tenders', { 'X-Api-Code' => $code->{code} });

    is($r->status, 503, 'without the store nobody is known');
    ok($r->header('Retry-After'), 'for now');
    is($c->get('/off/tenders')->status, 401, 'nobody needs to be');

    $t->start_redis;
    ok($t->wait_for(sub { status('off', $code->{code}) != 503 }), 'it is back');
}

$t->finish;
done_testing;
