#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A mixed load with all kinds of mishaps, at debug log level: what debug lines
# look at must be there, timers included.

use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Dns;
use Tender::Test;

local $ENV{TEST_TENDER_LOG} = 'debug';


my $API = '/api/0.1/tenders';
my $dns = Tender::Dns->new(names => { 'redis.test' => '127.0.0.1' });

for my $addr ('', 'redis.test:%%PORT_1%%') {
    my $name = $addr ? 'by name' : 'unix';
    my $file = File::Temp->new;

    print $file "bind 127.0.0.1\nsave \"\"\n";
    $file->flush;

    my $t = Tender::Test->new(
        workers => 2,
        $addr ? (redis_addr => $addr,
                 redis => { conf => "$file", args => ['--port', '%%PORT_1%%'] })
              : (),
        http => 'tender_redis_timeout 300ms; tender_redis_connections 2;'
                . 'resolver ' . $dns->addr . ' valid=1s ipv6=off;',
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }
                     location = /health { tender_status; }',
    );
    my $work = sub { $t->wait_for(sub { $t->get('/health')->status == 200 }) };

    ok($work->(), "$name: it works");

    my @jobs = map { my $k = $_; $t->background(sub {
        my ($n, $id, %status) = (0);

        while (!-e $t->dir . '/stop') {
            my $c = $t->client;
            my $r = $c->post($API, { data => { submissionDetails => $k } });

            $status{ $r->status }++;
            $id = $r->json->{data}{id} if $r->status == 201;

            for my $request (
                ['GET', '/health'], ['GET', "$API?limit=3"], ['GET', "$API/x"],
                $id ? (['GET', "$API/$id"], ['HEAD', "$API/$id"],
                       ['PATCH', "$API/$id", {},
                        { data => { submissionDetails => $n++ } }],
                       ['PUT', "$API/$id", {}, '{"data":']) : (),
            ) {
                $status{ $c->request(@$request)->status }++;
            }

            # and one that nobody waits for
            $c->send($c->format('GET', "$API?limit=2"));
            $c->close;
            sleep 0.01;
        }

        return \%status;
    }) } 1 .. 3;

    my $some = sub {
        my $size = -s $t->dir . '/access.log';

        $t->wait_for(sub { -s $t->dir . '/access.log' > $size + 5000 });
    };

    $t->wait_for(sub { $t->worker_pids == 2 });

    my @before = $t->worker_pids;

    $some->();
    $t->redis('SCRIPT', 'FLUSH');
    $t->redis('CLIENT', 'KILL', 'TYPE', 'normal');
    delete $t->{link};
    $some->();

    $t->pause_redis;
    $t->wait_for(sub { $t->access_log =~ /" 504 / });
    sleep 0.7;
    $t->resume_redis;
    ok($work->(), "$name: after a pause");

    $t->stop_redis('KILL');
    $some->();
    $t->start_redis;
    ok($work->(), "$name: after a restart");
    is_deeply([sort $t->worker_pids], [sort @before],
              "$name: no worker was restarted");

    $t->reload;
    ok($work->(), "$name: after a reload");
    $t->pause_redis;
    $t->wait_for(sub { $t->get($API)->status == 503 });
    $t->reload;
    $t->resume_redis;
    ok($work->(), "$name: after one without answers");
    $some->();

    $t->write_file('stop', '');

    my %status;

    for my $seen (map { $_->result } @jobs) {
        $status{$_} += $seen->{$_} for keys %$seen;
    }

    is_deeply([sort keys %status], [200, 201, 404, 422, 503, 504],
              "$name: the answers were these")
        or diag(explain(\%status));
    like($t->error_log, qr/\[debug\]/, "$name: at debug level");
    $t->finish;
}


done_testing;
