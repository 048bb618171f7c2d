#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What a Redis that answers with an error means for a client and for the log.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::FakeRedis;
use Tender::Test;


my $HEAD     = '1 1414397218158123 active.tendering UA-2014-1';
my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
                location = /health { tender_status; }';


sub id { sprintf '%032x', $_[0] }

sub path { '/api/0.1/tenders/' . id($_[0]) }

sub bulk { '$' . length($_[0]) . "\r\n$_[0]\r\n" }

sub record { "*2\r\n" . bulk($HEAD) . bulk('{}') }


sub start {
    my ($fake, %opt) = @_;

    return Tender::Test->new(
        redis => 0, redis_addr => $fake->addr, location => $LOCATION, %opt,
    );
}


# text, status, level of the log line

my @errors = (
    ['LOADING Redis is loading the dataset in memory', 503, 'error'],
    ['BUSY Redis is busy running a script', 503, 'error'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set"
     . " to 'no'.", 503, 'error'],
    ['NOREPLICAS Not enough good replicas to write.', 503, 'error'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 503, 'error'],
    ['CLUSTERDOWN The cluster is down', 503, 'error'],
    ["READONLY You can't write against a read only replica.", 503, 'alert'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 503, 'alert'],
    ['MISCONF Redis is configured to save RDB snapshots', 503, 'alert'],
    ['NOAUTH Authentication required.', 500, 'alert'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 500,
     'alert'],
    ["NOPERM this user has no permissions to run the 'hmget' command", 500,
     'alert'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 500,
     'alert'],
    ['ERR unknown command', 500, 'alert'],
    ['CROSSSLOT Keys in request do not hash to the same slot', 500, 'alert'],
    ['EXECABORT Transaction discarded', 500, 'alert'],
    ['X', 500, 'alert'],
);

# each of them for a read, for a write, and in the log of a worker of its own

my $i    = 0;
my $fake = Tender::FakeRedis->new(rules => [
    Tender::FakeRedis->handshake,
    map({
        my $n    = $i++;
        my $read = id(0x100 + $n);
        my $text = $errors[$n][0];

        ({ expect => qr/^HMGET \S*$read /, send => "-$text\r\n" },
         { expect => qr/^EVALSHA .*@{[ id(0x200 + $n) ]}/,
           send   => "-$text\r\n" });
    } @errors),
    { expect => qr/^HMGET /, send => record() },
]);

{
    my $t = start($fake);

    $t->allow_errors(qr/\[alert\].*redis at .* answered/);

    for my $n (0 .. $#errors) {
        my ($text, $status) = @{ $errors[$n] };
        my ($word) = $text =~ /^(\S+)/;

        for my $r ($t->get(path(0x100 + $n)),
                   $t->patch(path(0x200 + $n),
                             { data => { submissionMethod => 'Written' } }))
        {
            is($r->status, $status, "$word: $status");
            is($r->header('Retry-After'), $status == 503 ? 1 : undef,
               "$word: " . ($status == 503 ? 'Retry-After' : 'no Retry-After'));
            like($r->json->{errors}[0]{description}, qr/nothing was changed/,
                 "$word: nothing was changed");
            unlike($r->body, qr/\b$word\b/, "$word: is not shown to clients");
        }
    }

    is($t->get(path(1))->status, 200, 'the link is still there');
    is($fake->connections, 1, 'the first one');
    is(scalar(grep { /^EVAL/ } $fake->received), scalar @errors,
       'no write was repeated');
    $t->finish;
}


# the log: the words of the server, once, at the level that it deserves

for my $n (0 .. $#errors) {
    my ($text, undef, $level) = @{ $errors[$n] };
    my ($word) = $text =~ /^(\S+)/;
    my $t = start($fake);

    $t->allow_errors(qr/\[alert\].*redis at .* answered/);
    $t->get(path(0x100 + $n)) for 1 .. 3;

    my @lines = grep { /answered/ } split /\n/, $t->error_log;
    my $said  = $text =~ s/,.*//sr;

    is(@lines, 1, "$word: one line in the log");
    like($lines[0] // '', qr/\[$level\].*redis at ".*" answered: "\Q$said\E"/,
         "$word: [$level], with what the server said");
    $t->finish;
}


# 10 s later there is another line, with the number of those before it; what
# stands behind a comma in it may be a command's arguments and is left out

{
    my $full = Tender::FakeRedis->new(rules => [
        Tender::FakeRedis->handshake,
        { expect => qr/^HMGET /,
          send   => "-OOM it is full, 'secret' was the argument\r\n" },
    ]);
    my $t = start($full);

    $t->allow_errors(qr/OOM/);

    my $start = time();

    $t->get(path(1)) for 1 .. 30;

    my $lines = () = $t->error_log =~ /OOM/g;

    is($lines, 1, 'one line for 30 requests');
    unlike($t->error_log, qr/secret/, 'without arguments');
    like($t->error_log, qr/OOM it is full"/, 'but with the reason');

    $t->wait_for(sub { time() - $start > 10.2 }, 12);
    $t->get(path(1));

    my @lines = grep { /OOM/ } split /\n/, $t->error_log;

    is(@lines, 2, 'one more after 10 s');
    like($lines[1], qr/29 more such answers/, 'with their number');
    $t->finish;
}


# an error in the greeting: not used, tried again, used when it is over

for my $error ('LOADING Redis is loading', 'NOAUTH Authentication required.',
               'MASTERDOWN Link with MASTER is down')
{
    my ($word) = $error =~ /^(\S+)/;
    my $busy = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /, send => record() },
        ],
        scripts => [([{ times => -1, send => "-$error\r\n" }]) x 3, []],
    );
    my $t = start($busy);

    $t->allow_errors(qr/\[alert\].*NOAUTH/);
    ok($t->wait_for(sub { $t->error_log =~ /refused the greeting/ }),
       "$word in the greeting");
    ok($t->wait_for(sub { $t->get(path(1))->status == 200 }),
       "$word: works when it is over");
    is($busy->connections, 4, "$word: at the fourth attempt");

    my $lines = () = $t->error_log =~ /\Q$word\E /g;

    is($lines, 1, "$word: logged once");
    like($t->error_log, qr/\[notice\].*answers again/, "$word: and its end");
    is(scalar(grep { /^HMGET/ } map { $_->{line} }
              grep { $_->{conn} < 4 } $busy->records), 0,
       "$word: nothing was asked before");
    $t->finish;
}


# a replica refuses the stamp, but reads are served

{
    my $replica = Tender::FakeRedis->new(rules => [
        { expect => qr/^(SET|EVALSHA) /,
          send   => "-READONLY You can't write against a replica.\r\n" },
        { expect => qr/^GET /, send => bulk(1) },
        Tender::FakeRedis->handshake,
        { expect => qr/^HMGET /, send => record() },
    ]);
    my $t = start($replica);

    $t->allow_errors(qr/READONLY/);
    is($t->get(path(1))->status, 200, 'a replica: reads');
    is($t->post('/api/0.1/tenders', { data => {} })->status, 503,
       'but no writes');
    $t->finish;
}


# reconnecting: once without a pause, then slower and slower, and refused
# meanwhile without waiting

{
    my $gone = Tender::FakeRedis->new(
        rules => [
            { expect => qr/^HMGET /, close => 1 },
            Tender::FakeRedis->handshake,
        ],
    );
    my $t = start($gone, http => 'tender_redis_backoff 100ms 2 400ms;');

    is($t->get(path(1))->status, 503, 'the server closes the link');
    ok($t->wait_for(sub { $gone->connections == 2 }, 1),
       'another one is opened without a pause');

    # the process that listens, and those of its connections
    kill 'KILL', -$gone->{child}{pid};
    ok($t->wait_for(sub { $t->error_log =~ /trying again/ }),
       'the server is gone');

    my @answers = map { $t->get(path(1)) } 1 .. 20;

    is_deeply([map { $_->status } @answers], [(503) x 20], 'refused');
    cmp_ok((sort { $a <=> $b } map { $_->elapsed } @answers)[10], '<', 0.05,
           'at once');

    my $lines = () = $t->error_log =~ /trying again/g;

    is($lines, 1, 'the log does not repeat it');
    $t->finish;
}

{
    # the intervals between attempts, as seen by a server that closes

    my $closed = Tender::FakeRedis->new(
        rules => [{ expect => qr/^CLIENT/, close => 1 }],
    );
    my $t = start($closed, http => 'tender_redis_backoff 100ms 2 400ms;');

    ok($t->wait_for(sub { $closed->connections == 7 }), 'seven attempts');

    my @times = map { $_->{time} } $closed->records;
    my @gaps  = map { $times[$_] - $times[$_ - 1] } 1 .. $#times;
    my @least = map { $_ * 0.75 } 0.1, 0.2, (0.4) x 4;

    is(scalar(grep { $gaps[$_] < $least[$_] - 0.02 } 0 .. 5), 0,
       "they are as far apart as the directive says: @gaps")
        or diag("@least");

    my %long = map { sprintf('%.3f', $_) => 1 } @gaps[2 .. 5];

    cmp_ok(keys %long, '>', 1, 'and not always the same');
    $t->finish;
}


done_testing;
