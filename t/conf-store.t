#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# One Redis for several exchanges; several databases; the number of buckets
# is settled when a store is made.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $path = '/api/0.1/tenders';
my $t    = Tender::Test->new;


# another nginx on the store of $t

sub another {
    my ($http, $args) = @_;

    return Tender::Test->new(
        redis => 0, redis_addr => 'unix:' . $t->redis_socket,
        http  => $http || '', redis_args => $args || '',
        location => 'location /api/0.1/ { tender_api 0.1;'
                    . ' tender_anonymous write; tender_ownership off; }'
                    . ' location /health { tender_status; }',
    );
}


sub ids { [map { $_->{id} } @{ $_[0]->get($path)->json->{data} }] }


# a second node needs nothing but the same address

my $tender = publish($t, { method => 'Open' });
my $year   = substr $tender->{modified}, 0, 4;
my $node   = another();

is_deeply(ids($node), [$tender->{id}], 'a second node sees the tender');
is($node->get("$path/$tender->{id}")->body,
   $t->get("$path/$tender->{id}")->body, 'the same');
is($node->patch("$path/$tender->{id}", '{"data":{"method":"Limited"}}')
   ->header('ETag'), $t->get("$path/$tender->{id}")->header('ETag'),
   'what it changes, the first one sees');
is(publish($node, {})->{tenderID}, "UA-$year-2", 'they count together');
is_deeply(ids($node), ids($t), 'one list');

my $next = $t->get("$path?limit=1")->json->{next_page}{path};

is($node->get($next)->body =~ s/127\.0\.0\.1:\d+//gr,
   $t->get($next)->body =~ s/127\.0\.0\.1:\d+//gr,
   'the offset of one is one of the other');
$node->finish;


# tender_prefix

my $city = another('tender_prefix city:;');
my $town = another('tender_prefix town.;', 'buckets=4');

is_deeply(ids($city), [], 'an exchange of its own');
is_deeply(ids($town), [], 'and a third');

my $of_city = publish($city, { method => 'Open' });
my $of_town = publish($town, { method => 'Open' });

is($of_city->{tenderID}, "UA-$year-1", 'each counts by itself');
is_deeply(ids($city), [$of_city->{id}], 'lists by itself');
is_deeply(ids($town), [$of_town->{id}], 'and by itself');
is(@{ ids($t) }, 2, 'the first one has got none of them');
is($t->get("$path/$of_city->{id}")->status, 404, 'nor finds it');
is($city->patch("$path/$of_town->{id}", '{"data":{}}')->status, 404,
   'no exchange reaches into another');
is($city->patch("$path/$of_city->{id}", '{"data":{"method":null}}')->status,
   200, 'a change');
is(stored($t, $of_city->{id}, 'city:{b0}:')->{rev}, 2, 'under its prefix');

my %owner;

for my $key (@{ $t->redis('KEYS', '*') }) {
    my ($prefix, $tag) = $key =~ /^(city:|town\.|)\{(g|b\d+)\}:/;

    $owner{ ($prefix // 'none') . '{' . ($tag // $key) }++;
}

is_deeply([sort map { s/\{.*//r } keys %owner],
          [('') x 2, ('city:') x 2, ('town.') x 2],
          'no key is without prefix and tag') or diag(explain(\%owner));
is($t->redis('GET', '{g}:buckets'), 1, 'the stamp');
is($t->redis('GET', 'city:{g}:buckets'), 1, 'one for each exchange');
is($t->redis('GET', 'town.{g}:buckets'), 4, 'with its own buckets');

$city->finish;
$town->finish;


# db=

my $other = another('', 'db=3');

is_deeply(ids($other), [], 'another database');

my $in_other = publish($other, {});

is(@{ ids($t) }, 2, 'is another store');
$t->redis('SELECT', 3);
ok(stored($t, $in_other->{id}), 'the third');
$t->redis('SELECT', 0);
$other->finish;


# buckets= spreads

$t->redis('FLUSHALL');

my $four = another('', 'buckets=4');
my @made = map { publish($four, {})->{id} } 1 .. 40;
my %in;

for my $key (@{ $t->redis('KEYS', '*:tender:*') }) {
    my ($bucket, $id) = $key =~ /^\{b([0-3])\}:tender:([0-9a-f]{32})$/
        or fail("a key: $key");

    $in{$bucket}++;
    is($bucket, hex(substr $id, 0, 7) % 4, "the bucket of $id");
}

is(join(' ', sort keys %in), '0 1 2 3', 'in all four');
is_deeply([sort @{ ids($four) }], [sort @made], 'all are listed');
is($four->get("$path/$_")->status, 200, "$_ is found") for @made[0 .. 9];


# an existing store is not served with another number

for my $buckets (1, 2, 8) {
    my $wrong = another('', "buckets=$buckets");

    $wrong->allow_errors(qr/buckets/);

    my $r = $wrong->get("$path/$made[0]");

    ok($r->status == 503 || $r->status == 500,
       "buckets=$buckets is refused: " . $r->status);
    is($r->json->{status}, 'error', 'with a refusal');
    is($wrong->post($path, '{"data":{}}')->status, $r->status, 'so is a write');
    isnt($wrong->get('/health')->status, 200, 'the health says it');
    ok($wrong->wait_for(sub {
           $wrong->error_log =~ /\[(?:alert|emerg|crit|error)\].*buckets/
       }), 'so does the log');

    my ($line) = $wrong->error_log =~ /^(.*buckets.*)$/m;

    like($line // '', qr/\b4\b/, 'with the number of the store');

    my @lines = $wrong->error_log =~ /^(.*buckets.*)$/mg;

    cmp_ok(scalar @lines, '<=', 5, 'without end') or diag(@lines);
    $wrong->finish;
}

is_deeply([sort @{ ids($four) }], [sort @made], 'the store is as it was');
is($t->redis('GET', '{g}:buckets'), 4, 'and its stamp');

$four->finish;


# the node that is configured as the store is goes on; a reload cures another

my $cured = another('', 'buckets=2');

$cured->allow_errors(qr/buckets/);
isnt($cured->get($path)->status, 200, 'wrong at first');
$cured->{redis_args} = 'buckets=4';
$cured->write_conf;
$cured->reload;
ok($cured->wait_for(sub { $cured->get($path)->status == 200 }),
   'a reload with the right number cures it');
is_deeply([sort @{ ids($cured) }], [sort @made], 'all are there');
$cured->finish;

$t->finish;
done_testing;
