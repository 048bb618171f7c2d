#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A hundred reloads under load: every new connection is answered, and well.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $CLIENTS = 4;
my $RELOADS = 100;
my $API     = '/api/0.1/tenders';

my $t = Tender::Test->new(workers => 2);

ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');

my @jobs = map {
    my $k = $_;

    $t->background(sub {
        my %status;
        my $n = 0;

        while (!-e $t->dir . '/stop') {
            my $r = ++$n % 4 == $k % 4
                  ? $t->post($API, { data => { submissionDetails => "$k-$n" } })
                  : $t->get("$API?limit=5");
            my $what = $r->status || $r->body;

            $status{$what}++;
        }

        return \%status;
    });
} 1 .. $CLIENTS;

my %workers;

for (1 .. $RELOADS) {
    $t->reload;
    $workers{$_} = 1 for $t->worker_pids;
}

$t->write_file('stop', '');

my %status;

for my $seen (map { $_->result } @jobs) {
    $status{$_} += $seen->{$_} for keys %$seen;
}

my $created = $status{201} || 0;

cmp_ok(keys %workers, '>=', 2 * $RELOADS,
       'all workers were replaced each time');
is_deeply([sort keys %status], [200, 201], 'every new connection was served')
    or diag(explain(\%status));
cmp_ok($created + $status{200}, '>', $RELOADS, 'there were enough of them');
is($t->redis('ZCARD', '{b0}:feed'), $created, "all $created tenders are there");
ok($t->wait_for(sub { $t->worker_pids(all => 1) == 2 }),
   'old workers are gone');
ok($t->wait_for(sub {
    2 == grep { /name=tender-/ } split /\n/, $t->redis('CLIENT', 'LIST');
}), 'and so are their links');

$t->finish;
done_testing;
