#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Two nodes of four workers each, four buckets, 300 tenders that are due in
# the same second: each is moved on exactly once.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $TENDERS = 300;
my $BUCKETS = 4;
my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                                     tender_ownership off; }';

my @node = (Tender::Test->new(
    workers => 4, location => $LOCATION, redis_args => "buckets=$BUCKETS",
    http => 'tender_chronograph 50ms;',
));

push @node, Tender::Test->new(
    workers => 4, location => $LOCATION, redis => 0,
    redis_addr => 'unix:' . $node[0]->redis_socket . " buckets=$BUCKETS",
    http => 'tender_chronograph 50ms;',
);

my $t = $node[0];

ok($t->wait_for(sub { $_->get($API)->status == 200 }), 'it works')
    for @node;


# all of them start at one moment, and end within one second; every third of
# them gets no bid, one or two

my $now = now_us($t);
my ($start, $end) = (6, 9);
my $client = $t->client;
my @tenders;

for my $i (0 .. $TENDERS - 1) {
    my $passed = (now_us($t) - $now) / 1e6;

    push @tenders, gated($t, client => $client, start => $start - $passed,
                         end => $end - $passed + $i / $TENDERS);
}

cmp_ok(now_us($t), '<', $now + 1e6 * $start, 'all are there before the start');
is_deeply([grep { $_->{data}{status} ne 'active.enquiries' } @tenders], [],
          'and wait for it');

until_us($t, $tenders[-1]{start} + 1000);

for my $i (0 .. $#tenders) {
    push @{ $tenders[$i]{bids} },
         bid($t, $tenders[$i], 100 + $_, client => $client)
        for 1 .. $i % 3;
}

cmp_ok(now_us($t), '<', $tenders[0]{end}, 'bids are there before the end');

my @want = qw(unsuccessful active.qualification active.auction);

ok($t->wait_for(sub {
    my $left = 0;

    $left += $t->redis('ZCARD', "{b$_}:due") for 0 .. $BUCKETS - 1;
    !$left;
}, 20), 'nothing is due any more');

# the bids of a tender are listed when they are handed out, and once more
# when that is decided: by one worker, not by all that came

my ($listed) = $t->redis('INFO', 'commandstats')
               =~ /cmdstat_hkeys:calls=(\d+)/;

cmp_ok($listed, '>=', 2 * $TENDERS * 2 / 3, 'the bids were looked at');
cmp_ok($listed, '<', 2.1 * $TENDERS * 2 / 3, 'by one worker each');

my (%wrong, %bucket, $late);
my @awards;

for my $i (0 .. $#tenders) {
    my $tender = $tenders[$i];
    my $want = $want[$i % 3];
    my $data = shown($t, $tender, $client);
    my $tag = bucket_tag($tender, $BUCKETS);
    my $us = (split / /, $t->redis('HGET', "${tag}tender:$tender->{id}",
                                   'head'))[1];

    $bucket{$tag}++;
    $tender->{modified} = $us;
    $late = $us - $tender->{end} if !defined $late
                                    || $us - $tender->{end} > $late;

    push @{ $wrong{status} }, "$i $data->{status}"
        if $data->{status} ne $want;
    push @{ $wrong{early} }, $i if $us < $tender->{end};
    push @{ $wrong{hashes} }, $i
        if "@{ $data->{bidHashes} || ['none'] }"
           ne join ' ', sort map { $_->{receipt}{hash} }
                        @{ $tender->{bids} || [] };
    push @{ $wrong{awards} }, $i
        if @{ $data->{awards} || [] } != ($i % 3 == 1 ? 1 : 0);
}

is(keys %bucket, $BUCKETS, 'all buckets are in use');
is_deeply(\%wrong, {}, 'each has its status, its hashes, its award');
cmp_ok($late, '<', 1_500_000, 'and got it in time');
diag('the latest was ' . $late / 1000 . ' ms late');


# by the events and the indexes: once

my (%turns, %index, @double);

for my $bucket (0 .. $BUCKETS - 1) {
    for my $event (@{ $t->redis('XRANGE', "{b$bucket}:events", '-', '+') }) {
        my %e = @{ $event->[1] };

        push @{ $turns{ $e{id} } }, $e{part} if $e{op} eq 'status';
    }

    for my $status (@want, 'active.enquiries', 'active.tendering') {
        $index{ substr $_, 0, 32 } .= " $status"
            for @{ $t->redis('ZRANGE', "{b$bucket}:idx:status:$status", 0,
                             -1) };
    }

    my @feed = map { substr $_, 0, 32 }
               @{ $t->redis('ZRANGE', "{b$bucket}:feed", 0, -1) };
    my %seen;

    push @double, grep { $seen{$_}++ } @feed;
}

is_deeply([grep { "@{ $turns{ $tenders[$_]{id} } || [] }"
                  ne "active.tendering $want[$_ % 3]" } 0 .. $#tenders],
          [], 'two turns of each');
is_deeply([grep { ($index{ $tenders[$_]{id} } // '') ne " $want[$_ % 3]" }
           0 .. $#tenders], [], 'in one index');
is_deeply(\@double, [], 'and once in the feed');


# the feed has had all of it, in order

my %last;
my $next = "$API?limit=100";

while (1) {
    my $page = $client->get($next)->json;

    last if !@{ $page->{data} };

    $last{ $_->{id} } = $_->{modified} for @{ $page->{data} };
    $next = $page->{next_page}{path};
}

is_deeply([grep { ($last{ $tenders[$_]{id} } // '')
                  ne iso($tenders[$_]{modified}) } 0 .. $#tenders],
          [], 'the feed has the moments of the turns');

$_->finish for reverse @node;
done_testing;
