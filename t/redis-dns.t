#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Redis by name: looked up at run time, by nginx's resolver, without anybody
# waiting for it who does not need Redis.

use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::Dns;
use Tender::Redis;
use Tender::Test;


my $NONE = '/api/0.1/tenders/' . 'f' x 32;
my $CONF = File::Temp->new;

print $CONF "bind 127.0.0.1\nsave \"\"\n";
$CONF->flush;

# a Redis on the port that the configuration of nginx can name
my $REDIS = { conf => "$CONF", args => ['--port', '%%PORT_1%%'] };


sub start {
    my ($dns, %opt) = @_;

    return Tender::Test->new(
        redis_addr => 'redis.test:%%PORT_1%%',
        redis      => { %$REDIS },
        location   => 'location /api/0.1/ { tender_api 0.1;
                           tender_anonymous write; tender_ownership off; }
                       location = /ping { return 200 pong; }',
        %opt,
        http => 'resolver ' . $dns->addr . ' valid=1s ipv6=off;'
                . 'tender_redis_timeout 500ms;'
                . 'tender_redis_connect_timeout 1s;' . ($opt{http} || ''),
    );
}


sub status { $_[0]->get($NONE)->status }


sub comes_to {
    my ($t, $status, $name) = @_;

    ok($t->wait_for(sub { status($t) == $status }), $name);
}


# requests that need no Redis are answered at once while the others wait

sub others_go_on {
    my ($t, $name) = @_;

    my @jobs = map { $t->background(sub { $t->get($NONE) }) } 1 .. 4;
    my @slow = grep { $_->elapsed > 0.25 } map { $t->get('/ping') } 1 .. 20;

    is(@slow, 0, "$name: other requests do not wait");

    for my $r (map { $_->result } @jobs) {
        is($r->status, 503, "$name: 503");
        cmp_ok($r->elapsed, '<', 1.5, "$name: in time");
    }
}


# a name, and then another address behind it

{
    my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });
    my $t   = start($dns);

    comes_to($t, 404, 'a name is resolved');
    cmp_ok($dns->queries, '>=', 1, 'by the resolver');

    my $r = $t->post('/api/0.1/tenders', { data => {} });

    is($r->status, 201, 'a tender in the first Redis');

    my $path = '/api/0.1/tenders/' . $r->json->{data}{id};
    my $port = $t->port(1);

    $t->spawn(second => 'redis-server', '--port', $port, '--bind',
              '127.0.0.2', '--save', '', '--dir', $t->dir);
    ok($t->wait_for(sub {
        eval { Tender::Redis->new("127.0.0.2:$port")->call('PING') };
    }), 'a second Redis');

    $dns->set('redis.test', '127.0.0.2');
    is($t->get($path)->status, 200, 'a link that works is kept');

    $t->stop_redis;
    ok($t->wait_for(sub { $t->get($path)->status == 404 }),
       'when it ends, the name is looked up again');

    $r = $t->post('/api/0.1/tenders', { data => {} });
    is($r->status, 201, 'a tender in the second Redis');
    is(Tender::Redis->new("127.0.0.2:$port")->call(
           'EXISTS', '{b0}:tender:' . $r->json->{data}{id}), 1, 'is there');
    $t->finish;
}


# one of several addresses is as good as any other

{
    my $dns = Tender::Dns->new(names => {
        'redis.test' => '127.0.0.1,127.0.0.3',
    });
    my $t = start($dns);

    comes_to($t, 404, 'two addresses, one of them answers');
    $t->finish;
}


# no such name, and later there is one

{
    my $dns = Tender::Dns->new(names => {});
    my $t   = start($dns);

    ok($t->wait_for(sub { $t->error_log =~ /cannot be resolved/ }),
       'no such name: the log says so');
    is(status($t), 503, 'requests are refused');
    others_go_on($t, 'no such name');

    my @lines = $t->error_log =~ /tender: redis at .* cannot be resolved/g;

    is(@lines, 1, 'it does not repeat it');

    $dns->set('redis.test', '127.0.0.1');
    comes_to($t, 404, 'the name appears');
    $t->finish;
}


# a name server that does not answer

{
    my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });

    $dns->mute(1);

    my $t = start($dns);

    others_go_on($t, 'a dead resolver');
    ok($t->wait_for(sub { $t->error_log =~ /cannot be resolved/ }),
       'the log says so');

    my $start = time();

    is(status($t), 503, 'requests are refused');
    cmp_ok(time() - $start, '<', 0.25, 'later requests are refused at once');
    is($t->get('/ping')->status, 200, 'others are not');

    $dns->mute(0);
    comes_to($t, 404, 'the resolver answers again');
    $t->finish;
}


# it dies while the link works, and nobody notices; nor does an exit wait

{
    my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });
    my $t   = start($dns);

    comes_to($t, 404, 'a link');
    $dns->mute(1);
    is(status($t), 404, 'lives on without a resolver');

    $t->stop_redis('KILL');
    comes_to($t, 503, 'until Redis ends');

    my $start = time();

    $t->finish;
    cmp_ok(time() - $start, '<', 5, 'a lookup does not hold up the exit');
}


# without a resolver the name is looked up once, by the configuration

{
    my $t = Tender::Test->new(
        redis_addr => 'localhost:%%PORT_1%%',
        redis      => { %$REDIS },
    );

    comes_to($t, 404, 'localhost without a resolver');
    $t->finish;
}

{
    my $t = eval {
        Tender::Test->new(redis => 0, redis_addr => 'no.such.name.invalid:1');
    };

    ok(!$t, 'a name that nobody knows is refused');
    like($@, qr/set "resolver" to look the name up at run time/,
         'with advice');
}


# TCP and unix sockets

for my $addr ('127.0.0.1:%%PORT_1%%', 'unix:%%DIR%%/redis.sock') {
    my $t = Tender::Test->new(
        redis_addr => $addr, redis => { %$REDIS },
    );

    comes_to($t, 404, "$addr: works");
    $t->redis('CLIENT', 'KILL', 'TYPE', 'normal');
    delete $t->{link};
    comes_to($t, 404, "$addr: works again");
    $t->stop_redis('KILL');
    comes_to($t, 503, "$addr: without Redis");

    my $start = time();
    my $lines;

    $t->wait_for(sub { time() - $start > 1 });
    $lines = () = $t->error_log =~ /\[error\](?!.*client: )/g;
    cmp_ok($lines, '<=', 3, "$addr: the log does not repeat it");
    ok($t->error_log =~ /\[error\].*cannot be connected to/,
       "$addr: but says so");
    $t->start_redis;
    comes_to($t, 404, "$addr: with it");
    $t->finish;
}


done_testing;
