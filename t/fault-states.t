#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A real Redis that cannot serve now: it is full, a replica, alone, busy or
# asleep.  Nothing is half done, and all is well when it is over.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Port;
use Tender::Test;


my $t = Tender::Test->new(
    redis => { args => ['--enable-debug-command', 'yes',
                        '--busy-reply-threshold', '50'] },
    http     => 'tender_redis_timeout 500ms; tender_chronograph off;',
    location => 'location /api/0.1/ { tender_api 0.1;
                     tender_anonymous write; tender_ownership off; }
                 location = /health { tender_status; }
                 location = /ping { return 200 pong; }',
);

my $API  = '/api/0.1/tenders';
my $r    = $t->post($API, { data => { submissionDetails => 'first' } });
my $path = "$API/" . $r->json->{data}{id};
my ($worker) = $t->worker_pids;


# everything that is stored, to compare

sub everything {
    my ($t) = @_;

    my %all;

    for my $key (sort @{ $t->redis('KEYS', '*') }) {
        my $type = $t->redis('TYPE', $key);

        $all{$key} = $type eq 'hash'   ? { @{ $t->redis('HGETALL', $key) } }
                   : $type eq 'list'   ? $t->redis('LRANGE', $key, 0, -1)
                   : $type eq 'string' ? $t->redis('GET', $key)
                   : $type eq 'zset'   ? $t->redis('ZRANGE', $key, 0, -1,
                                                   'WITHSCORES')
                   : $t->redis('XRANGE', $key, '-', '+');
    }

    return \%all;
}


# each kind of write is refused, and has changed nothing

sub writes_refused {
    my ($name) = @_;

    my $before = everything($t);

    for my $r ($t->post($API, { data => {} }),
               $t->patch($path, { data => { submissionDetails => 'lost' } }),
               $t->put($path, { data => {} }))
    {
        is($r->status, 503, "$name: 503");
        is($r->header('Retry-After'), 1, "$name: Retry-After");
        like($r->json->{errors}[0]{description}, qr/nothing was changed/,
             "$name: nothing was changed");
    }

    is_deeply(everything($t), $before, "$name: nothing was, indeed");
}


sub reads {
    my ($name, $status) = @_;

    is($t->get($path)->status, $status, "$name: GET $status");
    is($t->get($API)->status, $status, "$name: list $status");
}


sub healed {
    my ($name) = @_;

    my $text = "after $name";
    my $r;

    ok($t->wait_for(sub { $t->get('/health')->status == 200 }),
       "$name: healthy again");
    $r = $t->patch($path, { data => { submissionDetails => $text } });
    is($r->status, 200, "$name: writes work again");
    is($t->get($path)->json->{data}{submissionDetails}, $text,
       "$name: and can be read");
    is($t->get('/health')->json->{redis}{pending}, 0,
       "$name: nothing is left pending");
}


is($r->status, 201, 'a tender');
is($t->get('/health')->json->{redis}{role}, 'master', 'health: master');


# full

$t->allow_errors(qr/answered: "(OOM|READONLY)/);
$t->redis('CONFIG', 'SET', 'maxmemory', 1);
writes_refused('full');
reads('full', 200);
$t->redis('CONFIG', 'SET', 'maxmemory', 0);
healed('full');


# a replica of a server that is not there

my $nobody = Tender::Port->new;

$t->redis('REPLICAOF', '127.0.0.1', $nobody->number);
writes_refused('a replica');
reads('a replica', 200);
is($t->get('/health')->json->{redis}{role}, 'slave', 'health: slave');

$t->redis('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
is($t->get($path)->status, 503, 'a stale replica: GET 503');
is($t->get($API)->status, 503, 'a stale replica: list 503');
is($t->post($API, { data => {} })->status, 503, 'a stale replica: POST 503');
$t->redis('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
$t->redis('REPLICAOF', 'NO', 'ONE');
healed('a replica');


# no replica where there should be one

$t->redis('CONFIG', 'SET', 'min-replicas-to-write', 1);
writes_refused('alone');
reads('alone', 200);
$t->redis('CONFIG', 'SET', 'min-replicas-to-write', 0);
healed('alone');


# busy with a script that does not end

my $loop = $t->background(sub {
    my $link = Tender::Redis->new($t->redis_socket);

    eval { $link->call('EVAL', 'while true do end', 0) };
    return $@;
});

my $probe = Tender::Redis->new($t->redis_socket);

ok($t->wait_for(sub { !eval { $probe->call('PING') } && $@ =~ /^BUSY/ }),
   'a script that does not end');
reads('busy', 503);

for my $n (1 .. 3) {
    my $r = $t->post($API, { data => {} });

    is($r->status, 503, 'busy: POST 503');
    is($r->header('Retry-After'), 1, 'busy: Retry-After');
    cmp_ok($r->elapsed, '<', 0.9, 'busy: by the deadline');
}

is($t->get('/health')->status, 503, 'busy: health 503');
is($t->get('/ping')->status, 200, 'busy: other locations answer');
$probe->call('SCRIPT', 'KILL');
like($loop->result, qr/killed/i, 'the script is ended');
healed('busy');


# asleep for longer than the deadline

my $events = $t->redis('XLEN', '{b0}:events');
my $sleep  = $t->background(sub {
    Tender::Redis->new($t->redis_socket)->call('DEBUG', 'SLEEP', 0.9);
});

ok($t->wait_for(sub { $t->get($path)->status == 503 }), 'asleep: GET 503');

my $job = $t->background(sub { $t->post($API, { data => {} }) });

is($t->get('/ping')->status, 200, 'asleep: other locations answer');

my $late = $job->result;

$sleep->result;
healed('asleep');

# the POST came early enough to be answered, or its outcome is unknown; the
# store has it either way, once

like($late->status, qr/^(201|503|504)$/, 'asleep: a POST meanwhile');
is($t->redis('XLEN', '{b0}:events'),
   $events + 1 + ($late->status == 503 ? 0 : 1), 'is in the store, once');


# paused by an administrator

$t->redis('CLIENT', 'PAUSE', 300, 'WRITE');
is($t->get($path)->status, 200, 'writes are paused: GET 200');
$r = $t->post($API, { data => {} });
is($r->status, 201, 'a POST waits for the end of a short pause');
cmp_ok($r->elapsed, '>=', 0.15, 'it did wait');


is(($t->worker_pids)[0], $worker, 'the worker has lived through it all');
is($t->redis('ZCARD', '{b0}:feed'), scalar @{ $t->redis(
    'ZRANGE', '{b0}:idx:status:active.tendering', 0, -1) },
   'feed and index agree');
$t->finish;
done_testing;
