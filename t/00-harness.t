#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The harness itself, with a bare nginx: what the other tests rely on.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::Dns;
use Tender::FakeRedis;
use Tender::Proxy;
use Tender::Test;


my $t = Tender::Test->new(
    module   => 0,
    workers  => 2,
    redis    => { appendonly => 'yes' },
    http     => 'keepalive_timeout 5s;',
    server   => 'listen 127.0.0.1:%%PORT_1%%; client_max_body_size 1m;',
    location => <<'END');
        location / {
            add_header X-Two one;
            add_header X-Two two;
            return 200 "$request_method $http_x_given $content_type";
        }

        location /json { return 200 '{"a": [1, "\u0456"]}'; }
        location /none { return 204; }

        location /stay {
            limit_rate 10k;
            alias %%DIR%%/;
        }
END


# requests

my $r = $t->get('/', { 'X-Given' => 'yes' });

is($r->status, 200, 'status');
is($r->reason, 'OK', 'reason');
is($r->body, 'GET yes ', 'body and a header sent');
is_deeply([$r->header('x-two')], ['one', 'two'], 'a header of two lines');
is(scalar $r->header('x-two'), 'one', 'the first of them');
is($r->header('X-None'), undef, 'a header that is not there');
cmp_ok($r->elapsed, '<', 5, 'elapsed');

is($t->post('/', { a => 1 })->body, 'POST  application/json', 'POST of JSON');
is($t->put('/', 'x', { 'Content-Type' => 'text/plain' })->body,
   'PUT  text/plain', 'PUT of text');
is($t->patch('/', 'x', { 'Content-Type' => undef })->body, 'PATCH  ',
   'PATCH without a type');
is($t->request('BREW', '/')->body, 'BREW  ', 'any method');
is($t->head('/')->body, '', 'HEAD has no body');
is($t->get('/none')->status, 204, '204 has no body');
is_deeply($t->get('/json')->json, { a => [1, "\x{456}"] }, 'JSON is decoded');

my $c = $t->client;

$c->get('/') for 1 .. 3;
is($c->{used}, 3, 'a connection is kept');
$c->close;

like($t->raw("GET / HTTP/1.0\r\n\r\n"), qr{^HTTP/1\.1 200 OK.*GET  $}s,
     'raw bytes');
like($t->raw(["GET / HT", \0.05, "TP/1.0\r\n\r\n"]), qr/200 OK/,
     'raw bytes with a pause');
is(Tender::Http->new(port => $t->port(1), close => 1)->get('/')->status, 200,
   'a second port');
is(Tender::Http->new(port => $t->port(2))->get('/')->status, 0,
   'nobody listens');

is_deeply([$t->parallel(5, sub { [$_[0], $t->get('/')->status] })],
          [map { [$_, 200] } 0 .. 4], 'children give their data back in order');
ok(!eval { $t->background(sub { die "on purpose\n" })->result; 1 },
   'a child that dies');
is($@, "a child died: on purpose\n", 'with its message');


# nginx

my @before = $t->worker_pids;

is(@before, 2, 'two workers');
$t->reload;

my @after = $t->worker_pids;

is(@after, 2, 'two workers after a reload');
is((grep { my $pid = $_; grep { $_ == $pid } @before } @after), 0,
   'that are others');
is($t->get('/')->status, 200, 'and work');
like($t->access_log, qr{"GET / HTTP/1\.1" 200}, 'access log');


# redis

is($t->redis('SET', 'k', 'v'), 'OK', 'a status');
is($t->redis('GET', 'k'), 'v', 'a string');
is($t->redis('GET', 'none'), undef, 'nil');
is($t->redis('RPUSH', 'l', 1, "two\r\n"), 2, 'an integer');
is_deeply($t->redis('LRANGE', 'l', 0, -1), [1, "two\r\n"], 'a list');
ok(!eval { $t->redis('GET'); 1 }, 'an error dies');
like($@, qr/^ERR wrong number/, 'with its text');

$t->stop_redis('KILL');
ok(!eval { $t->redis('PING'); 1 }, 'redis was killed');
$t->start_redis;
is($t->redis('GET', 'k'), 'v', 'and finds its data again');

$t->pause_redis;

my $job   = $t->background(sub { $t->redis('PING') });
my $start = time();

select undef, undef, undef, 0.2;
$t->resume_redis;
is($job->result, 'PONG', 'redis goes on after a pause');
cmp_ok(time() - $start, '>=', 0.2, 'but not before');


# a scripted redis

my $fake = Tender::FakeRedis->new(
    rules   => [Tender::FakeRedis->handshake],
    scripts => [
        [
            { expect => qr/^HGET a/, send => ["\$1\r\n", \0.05, "x\r\n"] },
            { expect => qr/^HGET/, times => 2, send => ":1\r\n" },
            { expect => qr/^STOP/, close => 1 },
        ],
        [ { expect => qr/^HGET/, send => sub { "+$_[1]\r\n" } } ],
    ],
);

my $link = Tender::Redis->new($fake->addr);

is($link->call('AUTH', 'secret'), 'OK', 'handshake: AUTH');
is($link->call('HELLO', 2)->[1], 'redis', 'handshake: HELLO');
is($link->call('SET', 'n', 4, 'NX', 'GET'), undef, 'handshake: SET NX GET');
is($link->call('SET', 'n', 5, 'NX', 'GET'), 4, 'handshake: set already');
is($link->call('GET', 'n'), 4, 'handshake: GET');
is($link->call('HGET', 'a'), 'x', 'a scripted answer');
is_deeply([$link->pipeline((['HGET', 'b']) x 2)], [1, 1], 'given twice');
ok(!eval { $link->call('HGET', 'b'); 1 }, 'and not three times');
is($@, "ERR unexpected\n", 'a command that was not expected');
ok(!eval { $link->call('STOP'); 1 }, 'a close');
like($@, qr/was closed/, 'is seen as one');
is(Tender::Redis->new($fake->addr)->call('HGET', 'c'), 'c',
   'the second connection has its own script');
is($fake->connections, 2, 'connections are counted');
is(($fake->received)[0], 'AUTH secret', 'commands are recorded');
is_deeply([$fake->unexpected], ['HGET b'], 'and the unexpected ones');
ok($fake->wait_for(qr/^STOP$/), 'waiting for what has come');
ok(!$fake->wait_for(qr/^NEVER$/, 0.05), 'waiting for what does not');

$fake = Tender::FakeRedis->new(tcp => 1, greet => "-ERR max\r\n", refuse => 1);
ok(!eval { Tender::Redis->new($fake->addr)->reply; 1 }, 'a refusal');
ok(${ Tender::Redis->new($fake->addr)->reply } eq 'ERR max', 'a greeting');


# a proxy

my $proxy = Tender::Proxy->new(to => $t->redis_socket, tcp => 1);

$link = Tender::Redis->new($proxy->addr);
is($link->call('GET', 'k'), 'v', 'through the proxy');
is($proxy->stats->{down}, length "\$1\r\nv\r\n", 'which counts bytes');

$proxy->delay(0.1);
$start = time();
is($link->call('GET', 'k'), 'v', 'a delay');
cmp_ok(time() - $start, '>=', 0.2, 'in both directions');
$proxy->pass;

$proxy->cut_after(3);
print { $link->{sock} } Tender::Redis::encode('GET', 'k');
$link->{sock}->flush;
is(readline($link->{sock}), "\$1\r", 'cut after three bytes');

$link = Tender::Redis->new($proxy->addr);
$proxy->blackhole(1);
print { $link->{sock} } Tender::Redis::encode('PING');
$link->{sock}->flush;
ok(!IO::Select->new($link->{sock})->can_read(0.05), 'a black hole');
$proxy->pass;

is($link->call('PING'), 'PONG', 'and out of it');
$proxy->reset;
ok(!defined sysread($link->{sock}, my $buf, 1), 'a reset');
ok($!{ECONNRESET}, 'is one');

$proxy->refuse(1);
$link = Tender::Redis->new($proxy->addr);
is(sysread($link->{sock}, $buf, 1), 0, 'a refused connection');
is_deeply($proxy->stats->{accepted}, 3, 'accepted so far');
is_deeply($proxy->stats->{open}, 0, 'none is open');


# a name server, asked by nginx

my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });
my $n   = Tender::Test->new(
    module   => 0,
    redis    => 0,
    http     => 'resolver ' . $dns->addr . ' valid=1s ipv6=off;'
                . 'resolver_timeout 2s;',
    location => 'location / { set $host_name $arg_h; proxy_pass'
                . ' http://$host_name:%%PORT_1%%; }',
    server   => 'listen 127.0.0.1:%%PORT_1%%;'
                . 'if ($server_port = %%PORT_1%%) { return 200 found; }',
);

is($n->get('/?h=redis.test')->body, 'found', 'a name is resolved');
is($n->get('/?h=other.test')->status, 502, 'an unknown one is not');
cmp_ok($dns->queries, '>=', 2, 'queries are counted');
$n->finish;


# certificates

my $s = Tender::Test->new(module => 0, redis => { tls => 1, tcp => 1 });

is($s->redis('PING'), 'PONG', 'a redis with TLS');
like(`openssl s_client -connect 127.0.0.1:@{[ $s->port('redis') ]} \\
      -CAfile $s->{dir}/tls/ca.crt -verify_ip 127.0.0.1 < /dev/null 2>&1`,
     qr/Verify return code: 0 \(ok\)/, 'with a certificate that holds');
$s->finish;


# what must not pass unnoticed

my $bad = Tender::Test->new(module => 0, redis => 0);

kill 'KILL', $bad->worker_pids;
$bad->wait_for(sub { $bad->error_log =~ /exited on signal/ });
like(join("\n", $bad->complaints), qr/\[alert\].*exited on signal 9/,
     'a crash of a worker is a complaint');
unlink glob "$bad->{dir}/core*";
$bad->allow_errors(qr/exited on signal 9/);
is_deeply([$bad->complaints], [], 'unless it was allowed');
$bad->write_file('sanitizer.1', "==1==ERROR: AddressSanitizer: x\n");
like(join("\n", $bad->complaints), qr/AddressSanitizer: x/,
     'a report of a sanitizer is a complaint');
unlink "$bad->{dir}/sanitizer.1";
$bad->finish;

my $out = `$^X -It/lib -MTest::More -MTender::Test \\
           -e 'my \$t = Tender::Test->new(module => 0, redis => 0);' \\
           -e 'print \$t->master_pid, "\\n"; ok(1); done_testing' 2>&1`;

isnt($?, 0, 'a test without finish() fails');
like($out, qr/finish\(\) was not called/, 'and says why');
ok(!kill(0, $out =~ /^(\d+)$/m), 'but leaves no nginx behind');

$out = `$^X -It/lib -MTest::More -MTender::Test \\
        -e 'my \$t = Tender::Test->new(module => 0, redis => 0);' \\
        -e 'kill KILL => \$t->worker_pids;' \\
        -e '\$t->wait_for(sub { \$t->error_log =~ /exited on/ });' \\
        -e '\$t->finish; done_testing' 2>&1`;

isnt($?, 0, 'a test whose nginx crashed fails');
like($out, qr/^not ok 1 - nginx had nothing to complain of/m, 'by a test');

ok(!eval { Tender::Test->new(module => 0, redis => 0, http => 'nonsense;') },
   'a wrong configuration dies');
like($@, qr/unknown directive "nonsense"/, 'with the message of nginx');

$t->finish;
done_testing;
