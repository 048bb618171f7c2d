#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# SCRIPT FLUSH in a loop, under load: Redis forgets the scripts again and
# again, and no client sees anything of it.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $CLIENTS = 6;
my $WRITES  = 100;

my $t = Tender::Test->new(workers => 2);

my $flusher = $t->background(sub {
    my $link = Tender::Redis->new($t->redis_socket);
    my $n    = 0;

    while (!-e $t->dir . '/stop') {
        $link->call('SCRIPT', 'FLUSH', 'SYNC');
        $n++;
    }

    return $n;
});

my @results = $t->parallel($CLIENTS, sub {
    my ($k) = @_;
    my $c   = $t->client;
    my $r   = $c->post('/api/0.1/tenders', { data => {} });
    my %status;

    return { 'no tender: ' . $r->status => 1 } if $r->status != 201;

    my $path = '/api/0.1/tenders/' . $r->json->{data}{id};

    for my $n (1 .. $WRITES) {
        $r = $n % 4 ? $c->patch($path, { data => { submissionDetails => $n } })
                    : $c->post('/api/0.1/tenders', { data => {} });
        $status{ $r->status }++;

        $r = $c->get($path);
        $status{ $r->status }++;
        $status{'not what was written'}++
            if $r->json->{data}{submissionDetails} != $n - ($n % 4 == 0);
    }

    return \%status;
});

$t->write_file('stop', '');

my $flushed = $flusher->result;
my $stats   = $t->redis('INFO', 'commandstats');
my ($misses) = $stats =~ /cmdstat_evalsha:.*,failed_calls=(\d+)/;
my ($evals) = $stats =~ /cmdstat_eval:calls=(\d+)/;

cmp_ok($flushed, '>', 50, 'the scripts were flushed many times');
is_deeply(\@results,
          [({ 200 => $WRITES * 7 / 4, 201 => $WRITES / 4 }) x $CLIENTS],
          'no client has noticed');
cmp_ok($misses, '>', 20, "Redis said NOSCRIPT $misses times");
is($evals, $misses, 'and was sent the text as many times');
is($t->redis('ZCARD', '{b0}:feed'), $CLIENTS * (1 + $WRITES / 4),
   'there are as many tenders as were published');
is($t->redis('XLEN', '{b0}:events'), $CLIENTS * (1 + $WRITES),
   'and as many events as there were writes');

$t->finish;
done_testing;
