#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A server that is not quite a Redis: whatever it sends, the worker lives on,
# nobody gets what was meant for another, and the next link is a fresh one.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $ID   = 'a' x 32;
my $PATH = "/api/0.1/tenders/$ID";
my $HEAD = '1 1414397218158123 active.tendering UA-2014-1';

# timeouts that are noticed by the test, not by a loaded machine
my $HTTP = 'tender_redis_timeout 400ms; tender_redis_connect_timeout 1s;';


sub bulk { '$' . length($_[0]) . "\r\n$_[0]\r\n" }


sub record { "*2\r\n" . bulk($HEAD) . bulk($_[0] || '{}') }


# A server whose connection n answers the first command that fits with
# answer n, and after the last of them as it should.

sub server {
    my ($expect, @answers) = @_;

    return Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => record() },
        ],
        scripts => [
            map({ [{ expect => $expect, ref eq 'HASH' ? %$_ : (send => $_) }] }
                @answers),
            [],
        ],
    );
}


sub start {
    my ($fake, %opt) = @_;

    return Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, http => $HTTP,
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }
                     location = /ping { return 200 pong; }', %opt,
    );
}


# answers that end the link at once

my @broken = (
    ['no type',              "hello\r\n"],
    ['an HTTP server',       "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ['binary',               join '', map { chr } 0 .. 255],
    ['an unknown type',      "?1\r\n"],
    ['a length below -1',    "\$-2\r\n"],
    ['an array below -1',    "*-2\r\n"],
    ['a length of no digits', "\$abc\r\n"],
    ['an array of no digits', "*x\r\n"],
    ['an empty length',      "\$\r\n"],
    ['an integer of letters', ":12a\r\n"],
    ['a length past 2^63',   "\$99999999999999999999\r\n"],
    ['an array past 2^31',   "*4294967296\r\n"],
    ['an array of 2^31 - 1', "*2147483647\r\n"],
    ['an array of 100 001',  "*100001\r\n"],
    ['one inside an array',  "*2\r\n*100001\r\n"],
    ['nested too deep',      "*1\r\n" x 20 . ":1\r\n"],
    ['garbage inside',       "*2\r\n\$1\r\nx\r\n!!!\r\n"],
    ['a map of RESP3',       "%1\r\n+a\r\n:1\r\n"],
    ['a set of RESP3',       "~1\r\n:1\r\n"],
    ['a push of RESP3',      ">2\r\n+message\r\n+x\r\n"],
    ['a double of RESP3',    ",1.5\r\n"],
    ['a boolean of RESP3',   "#t\r\n"],
    ['a null of RESP3',      "_\r\n"],
    ['a big number of RESP3', "(3492890328409238509324850943850\r\n"],
    ['a text of RESP3',      "=7\r\ntxt:abc\r\n"],
    ['an attribute of RESP3', "|1\r\n+a\r\n+b\r\n"],
    ['a close at once',      { close => 1 }],
    ['a close in a length',  { send => '$10', close => 1 }],
    ['a close in a string',  { send => "\$10\r\nabc", close => 1 }],
    ['a close in an array',  { send => "*2\r\n\$3\r\nabc\r\n", close => 1 }],
    ['a close in the head',  { send => "*2\r\n" . substr(bulk($HEAD), 0, 20),
                               close => 1 }],
);

{
    my $fake = server(qr/^HMGET /, map { $_->[1] } @broken);
    my $t    = start($fake);
    my ($pid) = $t->worker_pids;
    my $n    = 0;

    for (@broken) {
        my ($name) = @$_;

        ok($t->wait_for(sub { $fake->connections == ++$n || !$n-- }),
           "$name: a new link");

        my $r = $t->get($PATH);

        is($r->status, 503, "$name: 503");
        is($r->header('Retry-After'), 1, "$name: Retry-After");
        cmp_ok($r->elapsed, '<', 0.4, "$name: not at the deadline, at once");
    }

    ok($t->wait_for(sub { $fake->connections == @broken + 1 }),
       'one link for each');
    is($t->get($PATH)->status, 200, 'a good server afterwards');
    is(($t->worker_pids)[0], $pid, 'the worker lives');
    $t->finish;
}


# the same for a write, which was sent: its outcome is unknown

{
    my @some = grep { $_->[0] =~ /no type|2\^31 - 1|close|push/ } @broken;
    my $fake = server(qr/^EVALSHA /, map { $_->[1] } @some);
    my $t    = start($fake);

    for (@some) {
        my $r = $t->patch($PATH, { data => { submissionDetails => 'x' } });

        is($r->status, 504, "a write, $_->[0]: 504");
        is($r->header('Retry-After'), undef, 'which asks for no repetition');
        like($r->json->{errors}[0]{description}, qr/outcome is unknown/,
             'but says that the outcome is unknown');
    }

    my @sent = grep { /^EVAL/ } $fake->received;

    is(@sent, @some, 'no write was sent twice');
    $t->finish;
}


# proper answers of the wrong kind: a fault, and the link is kept

my @wrong = (
    ['a number',           ":1\r\n"],
    ['a status',           "+OK\r\n"],
    ['a string',           bulk('x')],
    ['nothing',            "\$-1\r\n"],
    ['no array',           "*-1\r\n"],
    ['an empty array',     "*0\r\n"],
    ['a head that is none', "*2\r\n" . bulk('x') . bulk('{}')],
    ['a head of numbers',  "*2\r\n:1\r\n" . bulk('{}')],
    ['a date past 2^63',   "*2\r\n"
                           . bulk('1 ' . 9 x 25 . ' active.tendering UA')
                           . bulk('{}')],
    ['no document',        "*2\r\n" . bulk($HEAD) . "\$-1\r\n"],
    ['an empty document',  "*2\r\n" . bulk($HEAD) . bulk('')],
    ['an array inside',    "*2\r\n*1\r\n:1\r\n" . bulk('{}')],
    ['an error inside',    "*2\r\n-ERR x\r\n" . bulk('{}')],
);

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => record() },
        ],
        script => [map { { expect => qr/^HMGET /, send => $_->[1] } } @wrong],
    );
    my $t = start($fake);

    $t->allow_errors(qr/a record that this module did not write/);

    for (@wrong) {
        is($t->get($PATH)->status, 500, "$_->[0]: 500");
    }

    is($t->get($PATH)->status, 200, 'a good answer afterwards');
    is($fake->connections, 1, 'all by one link');
    $t->finish;
}


# an answer that nobody asked for does not reach the next request

{
    my $extra = record('{"submissionDetails":"not yours"}');
    my $fake  = server(qr/^HMGET /, record() . $extra,
                       [record(), \0.2, $extra]);
    my $t     = start($fake);

    is($t->get($PATH)->json->{data}{submissionDetails}, undef,
       'one answer too many');

    ok($t->wait_for(sub { $fake->connections == 2 }), 'ends the link');
    is($t->get($PATH)->json->{data}{submissionDetails}, undef,
       'the next request has its own answer');
    ok($t->wait_for(sub { $fake->connections == 3 }),
       'one too many later ends it, too');
    is($t->get($PATH)->json->{data}{submissionDetails}, undef,
       'and nobody has got it');

    my $lines = () = $t->error_log =~ /sent what nobody asked for/g;

    is($lines, 2, 'the log says so');
    $t->finish;
}

{
    my $fake = Tender::FakeRedis->new(
        greet => "+hello\r\n",
        rules => [Tender::FakeRedis->handshake],
    );
    my $t = start($fake);

    ok($t->wait_for(sub { $fake->connections >= 2 }),
       'a server that speaks first is not trusted');
    is($t->get($PATH)->status, 503, 'it is not used: 503');
    is($t->get('/ping')->status, 200, 'other locations answer');
    $t->finish;
}

{
    my $fake = Tender::FakeRedis->new(
        greet => "-ERR max number of clients reached\r\n", refuse => 0,
        rules => [{ close => 1 }],
    );
    my $t = start($fake);

    ok($t->wait_for(sub { $t->error_log =~ /trying again/ }),
       'a server that is full');
    is($t->get($PATH)->status, 503, 'it is not used: 503');

    my $before = $fake->connections;
    my $start  = time();

    $t->wait_for(sub { time() - $start > 1 });
    cmp_ok($fake->connections - $before, '<=', 10,
           'it is not stormed: few attempts in a second');
    $t->finish;
}


# a server that takes the greeting and then leaves, each time

{
    my $fake = Tender::FakeRedis->new(
        rules => [
            { expect => qr/^GET /, send => bulk(1), close => 1 },
            Tender::FakeRedis->handshake,
        ],
    );
    my $t = start($fake);

    ok($t->wait_for(sub { $fake->connections >= 2 }), 'a server that leaves');

    my $before = $fake->connections;
    my $start  = time();

    $t->wait_for(sub { time() - $start > 1 });
    cmp_ok($fake->connections - $before, '<=', 20,
           'it is not stormed: few attempts in a second');

    my $lines = () = $t->error_log =~ /closed the connection/g;

    cmp_ok($lines, '<=', 20, 'nor is the log');
    $t->finish;
}


# a string that is announced and does not come: the deadlines apply

{
    my $fake = server(qr/^HMGET /, "\$2147483647\r\nabc");
    my $t    = start($fake);
    my $r    = $t->get($PATH);

    is($r->status, 503, 'a string of 2 GB: 503');
    cmp_ok($r->elapsed, '>=', 0.35, 'at the deadline');
    ok($t->wait_for(sub { $fake->connections == 2 }),
       'a second timeout ends the link');
    is($t->get($PATH)->status, 200, 'the next one works');
    $t->finish;
}


# one that does come, and is longer than anything this module stores

{
    my $fake = server(qr/^HMGET /, "\$67108865\r\n" . 'x' x 67_108_864);
    my $t    = start($fake, http => 'tender_redis_timeout 20s;');

    is($t->get($PATH)->status, 503, 'a string of 64 MB: 503');
    like($t->error_log, qr/sent too long a reply/, 'the log says why');
    is($t->get($PATH)->status, 200, 'the next link works');

    my ($pid) = $t->worker_pids;
    open my $fh, '<', "/proc/$pid/status" or die;
    my ($peak) = map { /^VmHWM:\s+(\d+)/ ? $1 : () } readline $fh;

    cmp_ok($peak, '<', 200_000, 'the worker has not grown beyond that')
        if !$ENV{TEST_TENDER_ASAN};
    $t->finish;
}


done_testing;
