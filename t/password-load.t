#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Passwords while something else happens: too many of them, clients that
# leave, a reload, a store that goes away; and the time that a check takes.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::Api;
use Tender::Login;


my $t = login_test(
    main     => 'thread_pool tender threads=1 max_queue=2;',
    http     => 'tender_chronograph off;',
    location => 'location / { tender_account; }
                 location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }',
);

# eight passes through 64 MB: about half a second
my $SLOW = '$argon2id$v=19$m=65536,t=8,p=1$c29tZXNhbHRzb21lc2FsdA$'
           . 'K13EBUiG7JV+9ZxztmHFTdb7J0WQsnj2V8bZaqyPptE';
my @FULL = ([header => 'password',
             'Too many passwords wait to be checked: try again']);

plant_user($t, 'ann@acme', 'secret');
plant_user($t, "slow$_\@acme", undef, hash => $SLOW, id => 10 + $_)
    for 0 .. 20;

is(login($t, 'ann@acme', 'secret')->status, 200, 'a login');
is(login($t, 'ann@acme', 'secret')->status, 200, 'with argon2id');


# the thread is nicer than the event loop

my ($worker) = $t->worker_pids;
my @nice;

for my $stat (glob "/proc/$worker/task/*/stat") {
    open my $fh, '<', $stat or die "$stat: $!";
    push @nice, (split / /, readline($fh) =~ s/^.*\) //r)[16];
}

is(join(' ', sort { $a <=> $b } @nice), '0 10', 'nice of the threads');


sub counters { @{ $t->redis('KEYS', '{g}:tries:*') } }


# on a machine that is busy with something else a password takes long

sub patient {
    my ($name, $password) = @_;

    return $t->client(close => 1, timeout => 120)->post('/login',
               { username => $name, password => $password });
}


sub tried {
    my ($calls) = $t->redis('INFO', 'commandstats')
                  =~ /cmdstat_incr:calls=(\d+)/;

    return ($calls || 0) / 2;
}


# n more passwords than before are being checked, or wait for it: the store
# has counted them, and has answered the worker something that came later

sub checks {
    my ($n, $before) = @_;

    $t->wait_for(sub { tried() >= $before + $n }, 60)
        or die "$n passwords are not looked at\n";
    $t->get('/api/0.1/tenders');
}

sub fresh {
    my @keys = counters();

    $t->redis('DEL', @keys) if @keys;
}


# the queue is full

fresh();

my $begin = time();
my $tried = tried();
my @jobs  = map { my $i = $_; $t->background(sub {
    my $r = patient("slow$i\@acme", 'wrong');

    return [$r->status, $r->elapsed, scalar $r->header('Retry-After'),
            $r->body];
}) } 0 .. 11;

checks(3, $tried);

# meanwhile the event loop is free

my @times;

for (1 .. 50) {
    my $r = $t->get('/api/0.1/tenders');

    push @times, $r->status == 200 ? $r->elapsed : 99;
}

my @done = map { scalar $_->result } @jobs;
my $took = time() - $begin;
my @full = grep { $_->[0] == 503 } @done;

is(scalar(grep { $_->[0] == 401 } @done) + @full, 12, '401 or 503');
cmp_ok(scalar(@full), '>=', 1, 'a queue that is full turns clients away');
is(scalar(grep { $_->[2] // '' eq '1' } @full), scalar @full, 'Retry-After');
like($full[0][3], qr/Too many passwords wait to be checked: try again/,
     'says why');
cmp_ok((sort { $a <=> $b } map { $_->[1] } @full)[0], '<', $took,
       'without waiting');
cmp_ok((sort { $a <=> $b } @times)[25], '<', 0.25,
       'others are served meanwhile');

ok($t->wait_for(sub {
    my $sum = 0;

    $sum += $t->redis('GET', $_) for counters();

    return $sum == 2 * (12 - @full);
}), 'those were no tries');

if (($ENV{TEST_TENDER_LOG} || '') ne 'debug') {
    like($t->error_log, qr/\[error\].*thread pool "tender" queue overflow/,
         'the log says it');
}


# clients that leave while it is checked

fresh();

for my $round (1 .. 3) {
    my @clients = map { my $c = $t->client; $c->connect; $c } 0 .. 2;

    $tried = tried();

    for my $i (0 .. $#clients) {
        $clients[$i]->send($clients[$i]->format('POST', '/login', {},
            { username => "slow$i\@acme", password => 'x' }));
    }

    checks(3, $tried);
    $_->close for @clients;
}

my $r;

ok($t->wait_for(sub {
    $r = patient('ann@acme', 'secret');
    $r->status == 200;
}, 60), 'clients leave, others are served');

# pipelined requests of one connection keep their order

my $body = '{"username":"ann@acme","password":"secret"}';
my $text = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"
           . "\r\nContent-Length: " . length($body) . "\r\n\r\n$body";

fresh();

my $answers = $t->raw($text . "GET /session HTTP/1.1\r\nHost: x\r\n"
                      . "Connection: close\r\n\r\n", timeout => 60);

is(join(' ', $answers =~ m{HTTP/1\.1 (\d+)}g), '200 401', 'a pipeline');


# the store goes away while a password is checked

fresh();
$tried = tried();

my $job = $t->background(sub { [patient('slow0@acme', 'wrong')->status] });

checks(1, $tried);
$t->stop_redis('KILL');
is($job->result->[0], 401, 'a wrong password needs no store any more');
$t->start_redis;

# with the right one, which waits behind another, the session cannot be kept

plant_user($t, 'slow0@acme', undef, hash => $SLOW, id => 10);
plant_user($t, 'ann@acme', undef,
           hash => crypt 'secret', '$y$jCT$F5Jx5fExrKuPp53xLKQ..1');
ok($t->wait_for(sub { $t->get('/session')->status == 401
                      && $t->get('/api/0.1/tenders')->status == 200 }),
   'the store is back');

$tried = tried();

my $before = $t->background(sub { [patient('slow0@acme', 'wrong')->status] });

checks(1, $tried);

$job = $t->background(sub {
    my $answer = patient('ann@acme', 'secret');

    return [$answer->status, scalar $answer->header('Set-Cookie')];
});

checks(2, $tried);
$t->stop_redis('KILL');
is($before->result->[0], 401, 'one that is checked before');
is_deeply($job->result, [503, undef],
          'a store that is away when the password was right');
$t->start_redis;
ok($t->wait_for(sub { $t->get('/api/0.1/tenders')->status == 200 }),
   'the store is back again');


# a reload: the old worker answers before it leaves

plant_user($t, "slow$_\@acme", undef, hash => $SLOW, id => 10 + $_)
    for 0 .. 2;
plant_user($t, 'ann@acme', undef,
           hash => crypt 'secret', '$y$jCT$F5Jx5fExrKuPp53xLKQ..1');

@jobs = map { my $name = $_; $t->background(sub {
    my $answer = patient("$name\@acme", 'secret');

    return [$answer->status, $answer->elapsed];
}) } qw(slow0 slow1);

$t->wait_for(sub { scalar counters() == 3 }, 60);

my $last = $t->background(sub {
    return [patient('ann@acme', 'secret')->status];
});

$t->wait_for(sub { scalar counters() == 4 }, 60);

my %old = map { $_ => 1 } $t->worker_pids(all => 1);

$t->reload;

is($_->result->[0], 401, 'a reload: a wrong password') for @jobs;
is($last->result->[0], 200, 'a reload: the right one');
ok($t->wait_for(sub { !grep { $old{$_} } $t->worker_pids(all => 1) }, 60),
   'then the old worker leaves');
is(patient('ann@acme', 'secret')->status, 200, 'the new one goes on');

# and one that leaves while nobody waits any more

my $gone = $t->client;

$tried = tried();
$gone->connect;
$gone->send($gone->format('POST', '/login', {},
    { username => 'slow2@acme', password => 'x' }));
checks(1, $tried);
$gone->close;
%old = map { $_ => 1 } $t->worker_pids(all => 1);
$t->reload;
ok($t->wait_for(sub { !grep { $old{$_} } $t->worker_pids(all => 1) }, 60),
   'a client that has left holds no worker up');


# an unknown user takes as long as a known one

sub median { (sort { $a <=> $b } @_)[@_ / 2] }

my (@known, @unknown);

for my $i (1 .. 15) {
    fresh();
    push @known,   login($t, 'ann@acme', "wrong $i")->elapsed;
    push @unknown, login($t, "nobody$i\@acme", "wrong $i")->elapsed;
}

my $ratio = median(@known) / median(@unknown);

cmp_ok($ratio, '>', 0.5, 'a known user takes no less time');
cmp_ok($ratio, '<', 2, 'and no more');
cmp_ok(median(@unknown), '>', 0.005, 'a password takes its time');


$t->finish;
done_testing;
