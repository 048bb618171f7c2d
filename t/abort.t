#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Clients that leave: before their body has come, while Redis works, while
# the answer is sent.  Nothing is leaked, and nobody else notices.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER SO_RCVBUF);
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $TIMES = 200;
my $API   = '/api/0.1/tenders';

my $t = Tender::Test->new(
    http     => 'tender_redis_timeout 20s; tender_chronograph off;',
    server   => 'client_max_body_size 4m; client_body_buffer_size 16k;',
    location => 'location /api/0.1/ { tender_api 0.1;
                     tender_anonymous write; tender_ownership off; }
                 location = /health { tender_status; }
                 location = /ping { return 200 pong; }',
);
my ($worker) = $t->worker_pids;
my $id;


# open files of the worker, without its log

sub files { scalar(() = glob "/proc/$worker/fd/*") }


# A connection with bytes sent on it.

sub client {
    my ($bytes, %opt) = @_;

    my $sock = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!";

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 4096 if $opt{narrow};
    connect $sock, Socket::pack_sockaddr_in($t->port,
                                            Socket::inet_aton('127.0.0.1'))
        or die "connect: $!";
    syswrite $sock, $bytes;

    return $sock;
}


# half of them say good-bye, half of them do not

sub leave {
    my (@socks) = @_;

    for my $i (0 .. $#socks) {
        setsockopt $socks[$i], SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $i % 2;
        close $socks[$i];
    }
}


# after this the worker has seen what was sent before

sub seen { $t->get('/ping')->status == 200 or die 'no answer' for 1 .. 2 }


sub statuses {
    my ($status) = @_;

    return scalar(() = $t->access_log =~ /" $status \d+ "/g);
}


sub clean {
    my ($name, $base) = @_;

    ok($t->wait_for(sub { files() <= $base }), "$name: connections are closed")
        or diag(files() . ", $base before");

    my $r = $t->get('/health');

    is($r->status, 200, "$name: healthy");
    is($r->json->{redis}{pending}, 0, "$name: nothing is pending");
    is($t->get("$API/$id")->json->{data}{id}, $id,
       "$name: the next answer is the right one");
    is(($t->worker_pids)[0], $worker, "$name: the worker lives");
}


sub message {
    my ($method, $path, $body) = @_;

    return $t->client->format($method, $path, {}, $body);
}


$id = $t->post($API, { data => { submissionDetails => 'kept' } })
        ->json->{data}{id};
seen();

# without the connections of the requests above, once they are closed

my $base = files();

for (1 .. 40) {
    sleep 0.01;
    $base = files() if files() < $base;
}


# before the body's end

for my $case (
    ['headers alone', sub { (split /\r\n\r\n/, $_[0])[0] . "\r\n\r\n" }],
    ['half a body',   sub { substr $_[0], 0, length($_[0]) - 30 }],
    ['half a header', sub { substr $_[0], 0, 20 }],
) {
    my ($name, $cut) = @$case;

    for my $request (
        message('POST', $API, { data => { submissionDetails => 'x' x 100 } }),
        message('PATCH', "$API/$id",
                { data => { submissionDetails => 'x' x 40_000 } }),
    ) {
        my @socks = map { client($cut->($request)) } 1 .. $TIMES;

        seen();
        cmp_ok(files(), '>=', $base + $TIMES, "$name: $TIMES connections");
        leave(@socks);
        clean($name, $base);
    }
}

is($t->redis('XLEN', '{b0}:events'), 1, 'none of it has reached the store');


# while Redis works

my @waiting = (
    ['GET',   message('GET', "$API/$id")],
    ['list',  message('GET', "$API?limit=10")],
    ['health', message('GET', '/health')],
    ['POST',  message('POST', $API, { data => {} })],
    ['PATCH', message('PATCH', "$API/$id",
                      { data => { submissionDetails => 'later' } })],
    ['PUT',   message('PUT', "$API/$id", { data => {} })],
    ['a pipeline', message('GET', "$API/$id") x 3],
);

for (@waiting) {
    my ($name, $request) = @$_;
    my $left = statuses(499);

    $t->pause_redis;

    my @socks = map { client($request) } 1 .. $TIMES;

    seen();
    leave(@socks);
    ok($t->wait_for(sub { statuses(499) == $left + $TIMES }),
       "$name: $TIMES have left, and it was noticed while Redis stood still");
    $t->resume_redis;
    clean($name, $base);
}

is(statuses(499), @waiting * $TIMES, 'nobody was counted twice');
like($t->error_log, qr/\[info\].*has left while a write was under way/,
     'a write that was under way is in the log');

# a POST that was sent was carried out; a PATCH only reads at first

is($t->redis('ZCARD', '{b0}:feed'), 1 + $TIMES,
   'each POST is in the store, once');
is($t->get("$API/$id")->json->{data}{submissionDetails}, 'kept',
   'no PATCH is, its reading was not answered');


# some leave, others stay: these get their answers

{
    $t->pause_redis;

    my @socks   = map { client(message('GET', "$API/$id")) } 1 .. $TIMES;
    my @staying = map {
        my $c = $t->client;

        $c->send(message('GET', "$API/$id"));
        $c;
    } 1 .. 20;

    push @socks, map { client(message('GET', "$API?limit=1")) } 1 .. $TIMES;
    seen();
    leave(@socks);
    seen();
    $t->resume_redis;

    my @answers = map { $_->receive } @staying;

    is_deeply([map { $_->json->{data}{submissionDetails} } @answers],
              [('kept') x 20], 'those who stay are answered');
    $_->close for @staying;
    clean('some leave', $base);
}


# in the middle of Redis's answer

{
    my $bulk = sub { '$' . length($_[0]) . "\r\n$_[0]\r\n" };
    my $long = 'x' x 50_000;
    my $record = "*2\r\n" . $bulk->('1 1414397218158123 active.tendering U')
                 . $bulk->(qq({"methodJustification":"$long"}));
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET \S*a /, send => [
                  substr($record, 0, 30_000), \0.05,
                  substr($record, 30_000),
              ] },
            { expect => qr/^HMGET /, send => "*2\r\n\$-1\r\n\$-1\r\n" },
        ],
    );
    my $f = Tender::Test->new(redis => 0, redis_addr => $fake->addr);
    my $path = "$API/" . 'a' x 32;

    for my $n (1 .. 20) {
        my $c = $f->client;

        $c->send($c->format('GET', $path));
        $f->wait_for(sub { $n == grep { /^HMGET \S*a / } $fake->received });
        sleep 0.02;
        $c->close;
    }

    is($f->get("$API/" . 'b' x 32)->status, 404,
       'leaving in the middle of an answer of Redis');
    is($fake->connections, 1, 'does not end the link');
    $f->finish;
}


# while the answer is sent

{
    my $text  = 'x' x 99_000;
    my $items = [map { +{ description => "$text$_" } } 1 .. 10];
    my $path;

    for (1 .. 3) {
        my $r = $t->post($API, { data => { itemsToBeProcured => $items } });

        is($r->status, 201, 'a tender of 1 MB');
        $path = "$API/" . ($r->body =~ /"id":"(\w{32})"/)[0];
    }

    for my $request (message('GET', $path),
                     message('GET', "$API?opt_fields=itemsToBeProcured"
                                    . '&descending=1&limit=3'),
                     message('GET', $path) x 3)
    {
        my @socks = map { client($request, narrow => 1) } 1 .. $TIMES / 4;

        sysread $_, my $first, 1 for @socks;
        cmp_ok(files(), '>=', $base + $TIMES / 4, 'answers are being sent');
        leave(@socks);
        clean('while the answer is sent', $base);
    }
}


# memory: the same again does not take more

sub memory {
    open my $fh, '<', "/proc/$worker/status" or die;

    return (map { /^VmRSS:\s+(\d+)/ ? $1 : () } readline $fh)[0];
}

my @sizes;

for my $round (1 .. 4) {
    for my $case (@waiting) {
        $t->pause_redis;

        my @socks = map { client($case->[1]) } 1 .. $TIMES;

        seen();
        leave(@socks);
        seen();
        $t->resume_redis;
        seen();
    }

    $t->wait_for(sub { files() <= $base });
    push @sizes, memory();
}

cmp_ok($sizes[3], '<', $sizes[0] + 2048, "memory does not grow: @sizes KB")
    if !$ENV{TEST_TENDER_ASAN};
clean('all of it again', $base);

$t->finish;
done_testing;
