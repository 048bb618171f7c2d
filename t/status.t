#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_status: whether the store answers, for load balancers.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(
    http     => 'tender_redis_timeout 300ms; tender_redis_connections 2;
                 tender_chronograph off;',
    location => <<'END',
        location = /health { tender_status; }
        location /deep/    { tender_status; }
        location /paged    { tender_status; error_page 503 /page.html; }
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
END
);

my $c = $t->client;
my $r = $c->get('/health');

is($r->status, 200, 'all is well');
is($r->header('Content-Type'), $Tender::Api::TYPE, 'JSON');
is($r->header('Cache-Control'), 'no-store', 'not to be cached');

my $health = $r->json;

is(join(' ', sort keys %$health), 'redis status', 'members');
is($health->{status}, 'ok', 'status');
is(join(' ', sort keys %{ $health->{redis} }),
   'connections latency pending role', 'members of redis');
is($health->{redis}{role}, 'master', 'role');
is($health->{redis}{pending}, 0, 'pending');
cmp_ok($health->{redis}{latency}, '>=', 0, 'latency');
cmp_ok($health->{redis}{latency}, '<', 0.3, 'in seconds');
cmp_ok($health->{redis}{connections}, '>=', 1, 'connections');
cmp_ok($health->{redis}{connections}, '<=', 2, 'no more than there may be');

is($c->head('/health')->status, 200, 'HEAD');
is($c->head('/health')->body, '', 'HEAD has no body');
is($c->get('/health?x=1')->status, 200, 'a parameter');
is($c->get('/deep/')->status, 200, 'a folder');
is($c->get('/deep/er')->status, 404, 'but nothing in it');

for my $method (qw(POST PUT PATCH DELETE)) {
    $r = $c->request($method, '/health', undef, '{}');
    is($r->status, 405, $method);
    is($r->header('Allow'), 'GET, HEAD', "$method: Allow");
    is($r->header('Content-Type'), $Tender::Api::TYPE, "$method: JSON");
}


# a replica

$t->redis('REPLICAOF', '127.0.0.1', 1);
is($c->get('/health')->json->{redis}{role}, 'slave', 'a replica says so');
$t->redis('REPLICAOF', 'NO', 'ONE');
is($c->get('/health')->json->{redis}{role}, 'master', 'a master again');


# without Redis

sub sick {
    my ($name, $path) = @_;

    $r = $c->get($path || '/health');

    is($r->status, 503, "$name: 503");
    is($r->header('Content-Type'), $Tender::Api::TYPE, "$name: JSON");
    is($r->header('Retry-After'), 1, "$name: Retry-After");
    is($r->json->{status}, 'unavailable', "$name: unavailable")
        or diag($r->body);
    is(join(' ', sort keys %{ $r->json->{redis} }), 'connections pending',
       "$name: what is known");
}

$t->pause_redis;
sick('a store that hangs');
cmp_ok($r->elapsed, '<', 2, 'a store that hangs: not for long');
$t->resume_redis;
ok($t->wait_for(sub { $c->get('/health')->status == 200 }), 'it comes back');

$t->stop_redis;
$t->wait_for(sub { $c->get('/health')->status == 503 });
sick('a store that is away');
sick('a location with error_page', '/paged');
cmp_ok($r->elapsed, '<', 1, 'a store that is away: at once');

$t->start_redis;
ok($t->wait_for(sub { $c->get('/health')->status == 200 }),
   'it is found again');
is($c->get('/health')->json->{redis}{pending}, 0, 'nothing is left pending');

$t->finish;
done_testing;
