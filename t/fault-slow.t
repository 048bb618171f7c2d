#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A Redis that stands still now and then, and a network that does: deadlines
# hold, and late answers reach nobody.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Proxy;
use Tender::Test;


my $CLIENTS = 8;
my $TIMEOUT = 0.3;

# a PATCH reads and writes: it has two deadlines; the promise is 0.1 s more,
# the rest is for the machine that runs the test
my $LATEST = 2 * $TIMEOUT + 0.1 + 0.5;

my $API = '/api/0.1/tenders';


sub start {
    my (%opt) = @_;

    return Tender::Test->new(
        workers => 2, %opt,
        http     => "tender_redis_timeout 300ms;"
                    . 'tender_redis_connect_timeout 300ms;'
                    . 'tender_chronograph off;',
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }
                     location = /health { tender_status; }
                     location = /ping { return 200 pong; }',
    );
}


# Clients that read tenders, each of which holds its own nonce, and change
# them to another one: an answer must hold what belongs to its tender.

sub clients {
    my ($t, @nonces) = @_;

    return map {
        my $k = $_;

        $t->background(sub {
            my $c    = $t->client(timeout => 20);
            my %seen = (status => {}, wrong => [], longest => 0);
            my $n    = $k;

            while (!-e $t->dir . '/stop') {
                $n += 7;

                my ($id, $nonce) = @{ $nonces[$n % @nonces] };
                my $r = $n % 3 ? $c->get("$API/$id") : $c->patch("$API/$id", {
                    data => { methodJustification => "$nonce $k $n" },
                });

                check(\%seen, $r, $id, $nonce, $n % 3 ? '' : "$nonce $k $n");
            }

            return \%seen;
        });
    } 1 .. $CLIENTS;
}


sub check {
    my ($seen, $r, $id, $nonce, $text) = @_;

    $seen->{status}{ $r->status }++;
    $seen->{longest} = $r->elapsed if $r->elapsed > $seen->{longest};

    if ($r->status == 200) {
        my $data = $r->json->{data};

        return if $data->{id} eq $id && $data->{submissionDetails} eq $nonce
                  && (!$text || $data->{methodJustification} eq $text);

        push @{ $seen->{wrong} }, "$id, $nonce, $text: " . $r->body;

    } elsif ($r->status == 503 || $r->status == 504) {
        sleep 0.005 if $r->elapsed < 0.01;

    } else {
        push @{ $seen->{wrong} }, $r->status . ': ' . $r->body;
    }
}


sub workers {
    my ($t) = @_;

    $t->wait_for(sub { $t->worker_pids == 2 });

    return sort $t->worker_pids;
}


sub publish {
    my ($t) = @_;

    return map {
        my $nonce = "nonce-$_-" . int rand 1e9;
        my $r = $t->wait_for(sub {
            my $r = $t->post($API, { data => { submissionDetails => $nonce } });

            $r->status == 201 && $r;
        }) or die 'no tender can be published';

        [$r->json->{data}{id}, $nonce];
    } 1 .. 40;
}


# a fault, several times: clients go on, meet it, and go on again

sub rounds {
    my ($t, $name, $rounds, $fault, $end) = @_;

    my @nonces  = publish($t);
    my @workers = workers($t);
    my @jobs    = clients($t, @nonces);
    my $log     = $t->dir . '/access.log';

    # a link may be lost and found again between two requests
    my $bad = sub {
        my @clients = $t->access_log =~ /" 50[34] /g;
        my @links   = $t->error_log =~ /connecting again/g;

        return @clients + @links;
    };

    for my $round (1 .. $rounds) {
        my $size = -s $log;
        my $seen = $bad->();

        $t->wait_for(sub { -s $log > $size + 10_000 })
            or fail("$name: no load");
        $fault->($round);
        $t->wait_for(sub { $bad->() > $seen }) or fail("$name: not noticed");

        # now shorter than two timeouts, so that late answers come after
        # all, now longer, so that links are closed
        sleep $round % 2 ? 0.05 : 0.5;

        my @slow = grep { $_->elapsed > 0.3 } map { $t->get('/ping') } 1 .. 5;

        is(@slow, 0, "$name $round: workers are not held up");
        $end->($round);
        ok($t->wait_for(sub {
            my @statuses = map { $t->get($API)->status } 1 .. 6;

            !grep { $_ != 200 } @statuses;
        }), "$name $round: good answers again");
    }

    $t->write_file('stop', '');

    my @seen  = map { $_->result } @jobs;
    my @wrong = map { @{ $_->{wrong} } } @seen;
    my ($longest) = sort { $b <=> $a } map { $_->{longest} } @seen;
    my ($good, $bad_ones) = (0, 0);

    for my $status (map { $_->{status} } @seen) {
        $good     += $status->{200};
        $bad_ones += $status->{503} || 0;
        $bad_ones += $status->{504} || 0;
    }

    is_deeply(\@wrong, [], "$name: every answer belongs to its request");
    cmp_ok($good, '>', 100, "$name: $good good answers");
    cmp_ok($bad_ones, '>', 0, "$name: $bad_ones others");
    cmp_ok($longest, '<', $LATEST, "$name: none was late");
    is_deeply([workers($t)], \@workers, "$name: no worker was restarted");
    ok($t->wait_for(sub {
        my $r = $t->get('/health');

        $r->status == 200 && $r->json->{redis}{pending} == 0;
    }), "$name: nothing is left pending");
}


{
    my $t = start();

    rounds($t, 'stopped', 6, sub { $t->pause_redis },
           sub { $t->resume_redis });
    $t->finish;
}

{
    my $t = start(redis => { args => ['--enable-debug-command', 'yes'] });
    my $sleep;

    rounds($t, 'asleep', 4,
           sub {
               my ($round) = @_;

               $sleep = $t->background(sub {
                   Tender::Redis->new($t->redis_socket)
                       ->call('DEBUG', 'SLEEP', $round % 2 ? 0.4 : 0.9);
               });
           },
           sub { $sleep->result });
    $t->finish;
}


# between nginx and Redis

for my $tcp (0, 1) {
    my $name  = $tcp ? 'TCP' : 'unix';
    my $redis = Tender::Test->new(module => 0);
    my $proxy = Tender::Proxy->new(to => $redis->redis_socket, tcp => $tcp);
    my $t     = start(redis => 0, redis_addr => $proxy->addr);

    ok($t->wait_for(sub { $t->get('/health')->status == 200 }),
       "$name: through a proxy");

    rounds($t, "$name, a black hole", 2, sub { $proxy->blackhole(1) },
           sub { $proxy->drop; $proxy->pass });
    unlink $t->dir . '/stop';

    rounds($t, "$name, cut in an answer", 3,
           sub { $proxy->cut_after(10 + 50 * $_[0]) }, sub { $proxy->pass });
    unlink $t->dir . '/stop';

    rounds($t, "$name, cut in a command", 3,
           sub { $proxy->cut_after(10 + 50 * $_[0], 'up') },
           sub { $proxy->pass });
    unlink $t->dir . '/stop';

    rounds($t, "$name, dropped", 3,
           sub { $tcp ? $proxy->reset : $proxy->drop }, sub { });
    unlink $t->dir . '/stop';

    rounds($t, "$name, delayed", 2, sub { $proxy->delay(0.2) },
           sub { $proxy->pass });

    $t->finish;
    $redis->finish;
}


done_testing;
