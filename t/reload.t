#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Reloads and exits while commands are under way.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $API      = '/api/0.1/tenders';
my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
                location = /health { tender_status; }
                location = /ping { return 200 pong; }';


sub start {
    my (%opt) = @_;

    return Tender::Test->new(
        location => $LOCATION, %opt,
        http => 'tender_redis_timeout 10s;' . ($opt{http} || ''),
    );
}


# a request that is sent, and seen by the worker

sub under_way {
    my ($t, @request) = @_;

    my $c = $t->client(timeout => 20);

    $c->get('/ping');
    $c->send($c->format(@request));
    $t->get('/ping') for 1 .. 2;

    return $c;
}


sub lives { -d "/proc/$_[0]" }


# What is under way when nginx reloads is completed by the old worker, which
# then goes.

{
    my $t  = start();
    my $id = $t->post($API, { data => {} })->json->{data}{id};

    for my $case (
        ['a POST',   201, 'POST', $API, {}, { data => {} }],
        ['a PATCH',  200, 'PATCH', "$API/$id", {},
         { data => { submissionDetails => 'patched' } }],
        ['a PUT',    200, 'PUT', "$API/$id", {},
         { data => { submissionDetails => 'put' } }],
        ['a GET',    200, 'GET', "$API/$id"],
        ['a list',   200, 'GET', $API],
        ['health',   200, 'GET', '/health'],
        ['a GET of nothing', 404, 'GET', "$API/" . 'f' x 32],
    ) {
        my ($name, $status, @request) = @$case;
        my ($old) = $t->worker_pids;

        $t->pause_redis;

        my $c = under_way($t, @request);

        $t->reload;
        ok(lives($old), "$name: the old worker waits for Redis");
        is($t->get('/ping')->status, 200, "$name: a new one is at work");
        $t->resume_redis;

        my $r = eval { $c->receive } || die "$name: $@";

        is($r->status, $status, "$name: is completed, $status");
        is($r->header('Connection'), 'close', "$name: the connection ends");
        ok($t->wait_for(sub { !lives($old) }), "$name: the old worker goes");
    }

    is($t->get("$API/$id")->json->{data}{submissionDetails}, 'put',
       'what was written is there');
    is($t->redis('XLEN', '{b0}:events'), 4, 'and was written once');
    $t->finish;
}


# many of them, and another reload before they are done

{
    my $t = start(workers => 2);
    my @old = $t->worker_pids;

    $t->pause_redis;

    my @clients = map { under_way($t, 'POST', $API, {}, { data => {} }) }
                  1 .. 20;

    $t->reload;
    push @clients, map { under_way($t, 'POST', $API, {}, { data => {} }) }
                   1 .. 20;
    $t->reload;
    $t->resume_redis;

    is_deeply([map { my $r = eval { $_->receive }; $r ? $r->status : $@ }
               @clients], [(201) x 40], 'two reloads, 40 writes: all complete');
    ok($t->wait_for(sub { !grep { lives($_) } @old }), 'old workers go');
    is($t->redis('ZCARD', '{b0}:feed'), 40, '40 tenders');
    $t->finish;
}


# an answer that never comes holds an old worker until the deadline, and a
# timer that waits to connect again does not hold it at all

{
    my $fake = Tender::FakeRedis->new(rules => [
        Tender::FakeRedis->handshake,
        { expect => qr/^HMGET \S*a /, send => "*2\r\n\$-1\r\n\$-1\r\n" },
        { ignore => 1 },
    ]);
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        http => 'tender_redis_timeout 1s;',
    );
    my ($old) = $t->worker_pids;

    is($t->get("$API/" . 'a' x 32)->status, 404, 'the link is there');

    my $c = under_way($t, 'POST', $API, {}, { data => {} });

    $t->reload;

    my $r = $c->receive;

    is($r->status, 504, 'no answer: 504 from the old worker');
    ok($t->wait_for(sub { !lives($old) }, 5), 'which goes then');

    # the process that listens, and those of its connections
    kill 'KILL', -$fake->{child}{pid};
    ok($t->wait_for(sub { $t->get("$API/" . 'a' x 32)->status == 503 }),
       'Redis is gone');
    ($old) = $t->worker_pids;

    my $start = time();

    $t->reload;
    ok($t->wait_for(sub { !lives($old) }, 5), 'without Redis');
    cmp_ok(time() - $start, '<', 3, 'a worker goes at once');
    is($t->get("$API/" . 'a' x 32)->status, 503, 'the next one refuses');
    $t->finish;
}


# the last exit: what is under way is completed

{
    my $t = start();
    my ($worker) = $t->worker_pids;

    $t->pause_redis;

    my $c = under_way($t, 'POST', $API, {}, { data => {} });

    kill 'QUIT', $t->master_pid;
    ok($t->wait_for(sub { $t->error_log =~ /gracefully shutting down/ }),
       'a graceful exit');
    ok(lives($worker), 'waits for the write');
    $t->resume_redis;
    is($c->receive->status, 201, 'which is completed');
    ok($t->wait_for(sub { !lives($worker) }), 'then it is over');
    ok($t->wait_for(sub { $t->gone('nginx') }), 'for all of nginx');
    is_deeply([$t->complaints], [], 'nginx had nothing to complain of');
    is($t->gone('nginx'), 'status 0', 'and ended well');
    $t->start_nginx;
    is($t->redis('ZCARD', '{b0}:feed'), 1, 'the tender is there');
    $t->finish;
}


# an exit at once, with commands under way and queued, before and after the
# greeting: clients are cut off, nothing else

for my $case (
    ['in the greeting', []],
    ['under way', [Tender::FakeRedis->handshake]],
) {
    my ($name, $rules) = @$case;
    my $fake = Tender::FakeRedis->new(rules => [@$rules, { ignore => 1 }]);
    my $t = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION,
        http => 'tender_redis_timeout 10s; tender_redis_connect_timeout 10s;',
    );

    $fake->wait_for(qr/^GET /);

    my ($worker) = $t->worker_pids;
    my @clients  = map {
        under_way($t, 'POST', $API, {}, { data => {} }),
        under_way($t, 'GET', "$API/" . 'a' x 32),
    } 1 .. 10;

    kill 'TERM', $worker;
    ok($t->wait_for(sub { !lives($worker) }), "$name: a worker is terminated");
    is(scalar(grep { eval { $_->receive } } @clients), 0,
       "$name: its clients are cut off");
    ok($t->wait_for(sub { ($t->worker_pids)[0] }), "$name: a new one comes");
    is($t->get('/ping')->status, 200, "$name: and answers");
    like($t->error_log, qr/$worker exited with code 0/,
         "$name: it ended well");

    # and once more the whole of nginx, with the same under way

    @clients = map { under_way($t, 'POST', $API, {}, { data => {} }) } 1 .. 10;
    kill 'TERM', $t->master_pid;
    ok($t->wait_for(sub { $t->gone('nginx') }), "$name: nginx is terminated");
    is_deeply([$t->complaints], [], "$name: without complaints");

    # a graceful exit does not wait where nobody does

    my $before = grep { /^GET / } $fake->received;

    $t->start_nginx;
    $t->wait_for(sub { $before < grep { /^GET / } $fake->received });

    my $start = time();

    ok($t->stop_nginx, "$name: a graceful exit");
    cmp_ok(time() - $start, '<', 3, "$name: does not wait where nobody does");
    $t->start_nginx;
    $t->finish;
}


# worker_shutdown_timeout ends what takes too long

{
    my $t = start(main => 'worker_shutdown_timeout 300ms;');
    my ($old) = $t->worker_pids;

    is($t->post($API, { data => {} })->status, 201, 'a tender');
    $t->pause_redis;

    my $c = under_way($t, 'POST', $API, {}, { data => {} });

    $t->reload;
    ok(!eval { $c->receive }, 'worker_shutdown_timeout: the client is cut off');
    ok($t->wait_for(sub { !lives($old) }, 5), 'and the old worker goes');
    $t->resume_redis;
    is($t->post($API, { data => {} })->status, 201, 'the new one works');
    $t->finish;
}


# a reload may change the store: each worker keeps to its own

{
    my $t  = start();
    my $id = $t->post($API, { data => {} })->json->{data}{id};
    my $conf = $t->slurp('nginx.conf');

    $t->pause_redis;

    my $c = under_way($t, 'PATCH', "$API/$id", {},
                      { data => { submissionDetails => 'old' } });

    $t->write_file('nginx.conf',
                   $conf =~ s/(tender_redis unix:\S+);/$1 db=1;/r);
    $t->reload;
    $t->resume_redis;
    is($c->receive->status, 200, 'the old worker writes to the old database');
    is($t->get("$API/$id")->status, 404, 'the new one reads the new database');
    is($t->post($API, { data => {} })->status, 201, 'and writes there');
    is($t->redis('ZCARD', '{b0}:feed'), 1, 'not in the old one');
    $t->finish;
}


done_testing;
