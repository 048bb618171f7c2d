#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Redis is killed and started again, several times, under load: what was
# answered with success is there afterwards, nobody waits for long, and good
# answers come again soon.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Test;


my $CLIENTS = 6;
my $ROUNDS  = 10;
my $TIMEOUT = 1;

my $t = Tender::Test->new(
    workers => 2,
    redis   => { appendonly => 'yes' },
    http    => "tender_redis_timeout ${TIMEOUT}s;",
);

my $API = '/api/0.1/tenders';


# One client: publishes tenders and changes its latest one, reads it, until
# it is told to stop.  Notes what was acknowledged.

sub client {
    my ($k) = @_;

    my $c    = $t->client(timeout => 20);
    my %seen = (status => {}, created => {}, longest => 0, wrong => []);
    my $n    = 0;
    my ($id, $acked, $tried, $unsure);

    while (!-e $t->dir . '/stop') {
        $n++;

        if (!$id || $n % 10 == 0) {
            my $r = record(\%seen, POST => $c->post($API, {
                data => { submissionDetails => "$k-$n" },
            }));

            if ($r->status == 201) {
                $id = $r->json->{data}{id};
                ($acked, $tried) = ($n, $n);
                $seen{created}{$id} = [$k, $n, $n];
            }

        } elsif ($n % 2) {
            my $r = record(\%seen, PATCH => $c->patch("$API/$id", {
                data => { submissionDetails => "$k-$n" },
            }));

            $tried = $n;
            $acked = $n if $r->status == 200;
            $seen{created}{$id} = [$k, $acked, $tried];

        } else {
            my $r = record(\%seen, GET => $c->get("$API/$id"));

            if ($r->status == 200) {
                my ($value) = $r->json->{data}{submissionDetails} =~ /-(\d+)/;

                push @{ $seen{wrong} }, "$id: $value, not $acked to $tried"
                    if $value < $acked || $value > $tried;
            } elsif ($r->status == 404) {
                push @{ $seen{wrong} }, "$id is not there";
            }
        }
    }

    return \%seen;
}


sub record {
    my ($seen, $method, $r) = @_;

    $seen->{status}{"$method " . $r->status}++;
    $seen->{longest} = $r->elapsed if $r->elapsed > $seen->{longest};
    push @{ $seen->{wrong} }, "$method: " . $r->body
        if $r->status !~ /^(20[01]|404|503|504)$/;

    # as a client does that was asked to try again
    sleep 0.002 if $r->status == 503;

    return $r;
}


$t->wait_for(sub { $t->worker_pids == 2 });

my @workers = sort $t->worker_pids;
my @jobs    = map { my $k = $_; $t->background(sub { client($k) }) }
              1 .. $CLIENTS;
my $log     = $t->dir . '/access.log';

for my $round (1 .. $ROUNDS) {
    my $size = -s $log;

    ok($t->wait_for(sub { -s $log > $size + 3_000 * $round }),
       "round $round: under load");
    $t->stop_redis('KILL');

    $size = -s $log;
    ok($t->wait_for(sub { -s $log > $size + 5_000 }),
       "round $round: without Redis, requests are answered");
    like($t->post($API, { data => {} })->status, qr/^50[34]$/,
         "round $round: but not well");

    $t->start_redis;

    my $start = time();

    ok($t->wait_for(sub {
        my @statuses = map { $t->get($API)->status } 1 .. 6;

        !grep { $_ != 200 } @statuses;
    }), "round $round: good answers again");
    cmp_ok(time() - $start, '<', 1, "round $round: within a second");
}

$t->write_file('stop', '');

my @seen = map { $_->result } @jobs;
my (%status, %created, @wrong);

for my $seen (@seen) {
    $status{$_} += $seen->{status}{$_} for keys %{ $seen->{status} };
    %created = (%created, %{ $seen->{created} });
    push @wrong, @{ $seen->{wrong} };
}

diag(join ', ', map { "$_: $status{$_}" } sort keys %status);

is_deeply(\@wrong, [], 'no answer was wrong');
ok($status{'POST 201'} && $status{'PATCH 200'} && $status{'GET 200'},
   'there were good answers');
ok($status{'GET 503'}, 'and others');

# a PATCH reads and writes: it has two deadlines
cmp_ok($_->{longest}, '<', 2 * $TIMEOUT + 0.1 + 0.4,
       'no answer took longer than its deadlines') for @seen;

is_deeply([sort $t->worker_pids], \@workers, 'no worker was restarted');


# every write that was acknowledged is in the store

my @lost;
my $c = $t->client;

for my $id (sort keys %created) {
    my ($k, $acked, $tried) = @{ $created{$id} };
    my $r;

    # one of the workers may still be waiting to connect again
    $t->wait_for(sub { $r = $c->get("$API/$id"); $r->status != 503 });

    my $value = $r->status == 200 ? $r->json->{data}{submissionDetails} : '';

    push @lost, "$id: '$value', not $k-$acked to $k-$tried"
        if $value !~ /^$k-(\d+)$/ || $1 < $acked || $1 > $tried;
}

is_deeply(\@lost, [], 'all of ' . keys(%created)
                      . ' tenders are there, as they were acknowledged');

# and nothing is half done, once it is done: what was answered with 504 may
# be carried out late

my $events = -1;

$t->wait_for(sub {
    my $last = $events;

    sleep 0.3;
    $events = $t->redis('XLEN', '{b0}:events');

    return $events == $last;
});

my %feed = map { (split /\|/)[0] => 1 }
           @{ $t->redis('ZRANGE', '{b0}:feed', 0, -1) };
my @keys = grep { /:tender:\w{32}$/ } @{ $t->redis('KEYS', '*') };

is_deeply([sort keys %feed], [sort map { /(\w{32})$/ } @keys],
          'the feed has each tender once');

my $revisions = 0;

for my $key (@keys) {
    my ($rev) = split / /, $t->redis('HGET', $key, 'head');

    $revisions += $rev;
    $rev == 1 + $t->redis('LLEN', "$key:revisions")
        or fail("$key has lost a revision");
}

is($t->redis('XLEN', '{b0}:events'), $revisions,
   'there is an event for each revision');

$t->finish;
done_testing;
