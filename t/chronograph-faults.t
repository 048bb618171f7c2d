#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Tenders are moved on although Redis was away at their moment, was killed,
# had no memory or no scripts; although nginx was reloaded just then; and no
# worker waits for a deadline before it exits.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                                     tender_ownership off; }';

sub start {
    my (%opt) = @_;

    return Tender::Test->new(location => $LOCATION, workers => 2, %opt,
                             http => 'tender_chronograph 100ms;'
                                     . ($opt{http} || ''));
}


# Redis is away at the deadline, and comes back with its append-only file

{
    my $t = start(redis => { appendonly => 'yes' });
    my %tender = map { $_ => gated($t, start => -60, end => 2.5) } 0 .. 2;

    # starts and ends while nobody can look
    my $both = gated($t, start => 2.2, end => 2.4);

    for my $n (1, 2) {
        $tender{$n}{bids} = [map { bid($t, $tender{$n}, $_) } 1 .. $n];
    }

    my $early = gated($t, start => -60, end => 1);

    turned($t, $early, 'unsuccessful', 'one of them is early');

    my $modified = shown($t, $early)->{modified};
    my $end = $tender{0}{end} / 1e6;

    cmp_ok(now_us($t), '<', $both->{start}, 'Redis is killed in time');
    $t->stop_redis('KILL');

    # the deadline goes by, and for some time nobody can look
    sleep 0.05 while time() < $end + 0.7;

    $t->start_redis;

    my $back = now_us($t);
    my @want = qw(unsuccessful active.qualification active.auction);

    for my $n (0 .. 2) {
        my $data = turned($t, $tender{$n}, $want[$n], "$n bids: $want[$n]");

        cmp_ok($data->{modified}, 'ge', iso($back - 1000), 'late, but done');
        is_deeply(statuses($t, $tender{$n}), [$want[$n]], 'once');
        is_deeply($data->{bidHashes},
                  [sort map { $_->{receipt}{hash} } @{ $tender{$n}{bids} }],
                  'no bid was lost');
    }

    turned($t, $both, 'unsuccessful', 'start and end have gone by');
    is_deeply(statuses($t, $both), ['unsuccessful'], 'one turn for both');
    is(shown($t, $early)->{modified}, $modified, 'what was done stays done');

    # and once more: all of it is in the file
    my %shown = map { $_ => shown($t, $tender{$_}) } 0 .. 2;

    $t->stop_redis('KILL');
    $t->start_redis;
    ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it is back');
    is_deeply(shown($t, $tender{$_}), $shown{$_}, "$_ bids: as it was")
        for 0 .. 2;
    is($t->redis('ZCARD', '{b0}:due'), 0, 'nothing is due');
    $t->finish;
}


# Redis is slow at the deadline, longer than its timeout: what was sent may
# be carried out later, and still it happens once

{
    my $t = start(http => 'tender_redis_timeout 600ms;');
    my @tenders = map { gated($t, start => -60, end => 1) } 1 .. 10;
    my @bids = map { bid($t, $_, 100) } @tenders;
    my $end = $tenders[-1]{end};

    until_us($t, $tenders[0]{end} - 30_000);
    $t->pause_redis;
    sleep 2.2;
    $t->resume_redis;

    ok($t->wait_for(sub {
        my $r = $t->get($API);
        $r->status == 200;
    }), 'it is back');
    turned($t, $tenders[$_], 'active.qualification', "slow: tender $_")
        for 0 .. $#tenders;
    is_deeply(statuses($t, $tenders[$_]), ['active.qualification'],
              "tender $_: once") for 0 .. $#tenders;
    is_deeply([map { $t->redis('HLEN', "{b0}:tender:$_->{id}:awards") }
               @tenders], [(1) x 10], 'one award each');
    $t->finish;
}


# no memory, then some; no scripts

{
    my $t = start();
    my $tender = gated($t, start => -60, end => 0.6);
    my $bid = bid($t, $tender, 100);

    $t->allow_errors(qr/\[alert\].*OOM/);
    $t->redis('CONFIG', 'SET', 'maxmemory', '1');
    until_us($t, $tender->{end} + 300_000);
    is(shown($t, $tender)->{status}, 'active.tendering', 'no memory: not yet');
    is(due($t, $tender), $tender->{end}, 'it is still due');
    is_deeply(statuses($t, $tender), [], 'nothing is half done');
    $t->redis('CONFIG', 'SET', 'maxmemory', '0');
    turned($t, $tender, 'active.qualification', 'some memory');

    $tender = gated($t, start => -60, end => 0.5);
    $bid = bid($t, $tender, 100);
    until_us($t, $tender->{end} - 20_000);
    $t->redis('SCRIPT', 'FLUSH');
    turned($t, $tender, 'active.qualification', 'no scripts');
    is_deeply(statuses($t, $tender), ['active.qualification'], 'once');
    $t->finish;
}


# reloads at the moment of the deadline

{
    my $t = start(workers => 4);
    my $c = $t->client;
    my @tenders = map { gated($t, client => $c, start => -60, end => 3) }
                  1 .. 90;

    for my $i (0 .. $#tenders) {
        bid($t, $tenders[$i], 100 + $_, client => $c) for 1 .. $i % 3;
    }

    my %old = map { $_ => 1 } $t->worker_pids;

    cmp_ok(now_us($t), '<', $tenders[0]{end}, 'before the end');
    until_us($t, $tenders[0]{end} - 100_000);
    $t->reload(wait => 0), sleep 0.05 for 1 .. 6;

    my @want = qw(unsuccessful active.qualification active.auction);

    ok($t->wait_for(sub { !$t->redis('ZCARD', '{b0}:due') }),
       'reloads: all are moved on');

    $c = $t->client;
    is_deeply([map { shown($t, $_, $c)->{status} } @tenders],
              [map { $want[$_ % 3] } 0 .. $#tenders], 'as the bids say');
    is_deeply([map { "@{ statuses($t, $_) }" } @tenders],
              [map { $want[$_ % 3] } 0 .. $#tenders], 'once each');
    ok($t->wait_for(sub { !grep { -d "/proc/$_" } keys %old }),
       'the old workers are gone');
    $t->finish;
}


# a worker that leaves does not wait for the next look, or the next deadline

{
    my $t = Tender::Test->new(location => $LOCATION, workers => 2,
                              http => 'tender_chronograph 1h;');
    my $soon = gated($t, start => 2, end => 600);
    my @old = $t->worker_pids;
    my $start = time();

    $t->reload;
    ok($t->wait_for(sub { !grep { -d "/proc/$_" } @old }, 5),
       'a reload: the old workers go');
    cmp_ok(time() - $start, '<', 2.5, 'at once');

    # and do not look any more: an hour is an hour, but for the first time
    $start = time();
    ok($t->stop_nginx, 'a quit: all of them go');
    cmp_ok(time() - $start, '<', 2, 'at once');
    is(now_us($t) > 0 && due($t, $soon), $soon->{start}, 'it stays due');
    ok(!$t->complaints, 'quietly');
    $t->start_nginx;
    $t->finish;
}


# a look that is under way when Redis hangs keeps a worker for the timeout

{
    my $t = start(http => 'tender_redis_timeout 1s;');
    my @old = $t->worker_pids;

    $t->pause_redis;
    sleep 0.3;

    my $start = time();

    $t->reload;
    ok($t->wait_for(sub { !grep { -d "/proc/$_" } @old }, 10),
       'Redis hangs: the old workers go');
    cmp_ok(time() - $start, '<', 4, 'after the timeout');
    $t->resume_redis;
    ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it is back');

    my $tender = gated($t, start => -60, end => 0.3);

    turned($t, $tender, 'unsuccessful', 'and the clock runs');
    $t->finish;
}

done_testing;
