#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Redis is killed, stopped, full or loses its scripts while bids are handed
# in, and bidders leave: a bid that was answered is there with its receipt,
# and nothing is half written.

use strict;
use warnings;

use Digest::SHA ();
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Clock;
use Tender::Port;
use Tender::Test;


my $CLIENTS = 8;
my $ROUNDS  = 5;
my $OWN     = 20;               # bids that a client has at most
my $LEAVING = 60;
my $WRITTEN = 10;

my $UNKNOWN = qr/outcome is unknown/;
my $NOTHING = qr/nothing was changed/;


sub start {
    my (%opt) = @_;

    return Tender::Test->new(
        workers  => 2,
        %opt,
        http     => ($opt{http} || 'tender_redis_timeout 1s;')
                    . ' keepalive_requests 100000;',
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }
                     location = /health { tender_status; }',
    );
}


sub body {
    my ($amount) = @_;

    return qq({"data":{"totalValue":{"amount":$amount,"currency":"UAH"}}});
}


sub hash { Digest::SHA::sha256_hex($_[0]) }


# two tenders, one whose bids are open and one whose are not

sub tenders {
    my ($t) = @_;

    return (
        $t->post($API, { data => {} })->json->{data}{id},
        gated($t, end => 3600, data => { totalValue => {
            amount => 1_000_000_000, currency => 'UAH',
        } })->{id},
    );
}


# --------------------------------------------------------------------- clients

# One client, until it is told to stop: bids of its own.  A bid whose state is
# not known for sure is left alone.  Returns
#   sure    bid => [hash, moment]
#   unsure  bid => { hash or 'none' => 1 }, the states that it may have
#   maybe   amounts of bids that may have been taken
#   gone    bids that were withdrawn
#   done    moments that were answered
#   status  how often there was which status

sub client {
    my ($t, $k, @ids) = @_;

    my $c    = $t->client(timeout => 20);
    my $me   = { sure => {}, unsure => {}, maybe => {}, gone => [],
                 done => [], status => {}, wrong => [], token => {} };
    my $n    = $k * 1_000_000;

    srand 7 + $k;

    while (!-e $t->dir . '/stop') {
        my @mine = sort keys %{ $me->{sure} };
        my $what = @mine < 2 || @mine < $OWN && rand() < 0.5 ? 'add'
                 : rand() < 0.6 || @mine > $OWN ? 'change' : 'remove';
        my $id   = $mine[rand @mine];

        $n++;

        if ($what eq 'add') {
            my $tender = $ids[rand @ids];

            added($me, $n, $tender,
                  $c->post("$API/$tender/bidders", body($n)));

        } else {
            my $url = "$API/$me->{token}{$id}[0]/bidders/$id"
                      . "?acc_token=$me->{token}{$id}[1]";

            $what eq 'change' ? changed($me, $n, $id, $c->patch($url, body($n)))
                              : removed($me, $id, $c->delete($url));
        }
    }

    return $me;
}


sub status {
    my ($me, $what, $r, $good) = @_;

    my $status = $r->status;

    $me->{status}{"$what $status"}++;
    sleep 0.002 if $status == 503;

    return 1 if $status == $good;

    push @{ $me->{wrong} }, "$what: $status " . $r->body
        if !($status == 503 && $r->body =~ /: try again"/)
           && !($status == 504 && $r->body =~ $UNKNOWN);

    return 0;
}


sub receipt {
    my ($me, $r) = @_;

    my ($hash, $us) = $r->body =~ /"hash":"(\w+)","received":(\d+)/;

    push @{ $me->{done} }, $us;

    return [$hash, $us];
}


sub added {
    my ($me, $n, $tender, $r) = @_;

    if (status($me, add => $r, 201)) {
        my ($id, $token) = $r->body =~ /"id":"(\w{32})".*"token":"(\w+)"/;

        $me->{token}{$id} = [$tender, $token];
        $me->{sure}{$id}  = receipt($me, $r);

    } elsif ($r->status == 504) {
        $me->{maybe}{$n} = 1;
    }
}


sub changed {
    my ($me, $n, $id, $r) = @_;

    if (status($me, change => $r, 200)) {
        $me->{sure}{$id} = receipt($me, $r);

    } elsif ($r->status == 504) {
        $me->{unsure}{$id} = { (delete $me->{sure}{$id})->[0] => 1, $n => 1 };
    }
}


sub removed {
    my ($me, $id, $r) = @_;

    if (status($me, remove => $r, 200)) {
        push @{ $me->{gone} }, $id;
        delete $me->{sure}{$id};

    } elsif ($r->status == 504) {
        $me->{unsure}{$id} = { (delete $me->{sure}{$id})->[0] => 1,
                               none => 1 };
    }
}


# ------------------------------------------------------------------- the store

# what does not fit together in a tender: bids, their number, the journal,
# and what everybody sees of it

sub broken {
    my ($t, $id) = @_;

    my $key  = "{b0}:tender:$id";
    my %bids = @{ $t->redis('HGETALL', "$key:bids") };
    my ($rev, $us) = split / /, $t->redis('HGET', $key, 'head');
    my (undef, $bids, undef, undef, $seal)
        = split / /, $t->redis('HGET', $key, 'more') || '0 0 0 0 o 0';
    my (%now, %moment, @broken);
    my $last = 0;
    my @journal = @{ $t->redis('LRANGE', "$key:journal", 0, -1) };

    for my $line (@journal) {
        my ($at, $author, $what, $bid, $json) = split / /, $line, 5;

        push @broken, "$what of $bid out of turn"
            if $what eq 'add' ? $now{$bid} : !$now{$bid};
        push @broken, "$what of $bid without what was before"
            if $what eq 'add' ? $json ne '' : $json !~ /^\{"id":"$bid".*\}$/;
        push @broken, "$at after $last" if $seal eq 'o' && $at <= $last;

        $now{$bid} = $what ne 'remove';
        $moment{$bid} = $last = $at;
    }

    delete @now{ grep { !$now{$_} } keys %now };

    push @broken, 'the journal has other bids'
        if join(' ', sort keys %now) ne join(' ', sort keys %bids);
    push @broken, "$bids bids, but " . keys %bids if $bids != keys %bids;

    for my $bid (keys %bids) {
        my ($line, $json) = $bids{$bid} =~ /^(.*)\n(.*)\z/;

        push @broken, "$bid has changed at another moment"
            if !$line || (split / /, $line)[1] != ($moment{$bid} || 0);
        push @broken, "$bid is not whole: $bids{$bid}"
            if !$json || $json !~ /^\{"id":"$bid",.*\}\}$/;
    }

    my @events = grep { $_->[1] =~ /\b$id\b/ }
                 map { [$_->[0] =~ s/-0$//r, join ' ', @{ $_->[1] }] }
                 @{ $t->redis('XRANGE', '{b0}:events', '-', '+') };
    my @feed   = grep { /^$id/ }
                 @{ $t->redis('ZRANGE', '{b0}:feed', 0, -1) };

    push @broken, 'not once in the feed' if @feed != 1;
    push @broken, 'not the last event'   if $events[-1][0] != $us;
    push @broken, @events . ' events'
        if @events != $rev + ($seal eq 'o' ? @journal : 0);

    return map { "$id: $_" } @broken;
}


# what clients know against what is there

sub compare {
    my ($t, $name, $seen, @ids) = @_;

    my %bids = map { @{ $t->redis('HGETALL', "{b0}:tender:$_:bids") } } @ids;
    my %journal = map { (split / /)[0] => 1 }
                  map { @{ $t->redis('LRANGE', "{b0}:tender:$_:journal", 0,
                                     -1) } } @ids;
    my (@lost, @wrong, %known, %status);

    for my $me (@$seen) {
        $status{$_} += $me->{status}{$_} for keys %{ $me->{status} };

        for my $id (keys %{ $me->{sure} }) {
            my ($line, $json) = split /\n/, $bids{$id} || "\n", 2;
            my ($hash, $us) = @{ $me->{sure}{$id} };

            $known{$id} = 1;
            push @lost, "$id: $hash at $us, not $line $json"
                if hash($json) ne $hash || (split / /, $line)[1] != $us;
        }

        for my $id (keys %{ $me->{unsure} }) {
            my $json = ($bids{$id} || '') =~ s/.*?\n//r;
            my ($n)  = $json =~ /"amount":(\d+)/;
            my $may  = $me->{unsure}{$id};

            $known{$id} = 1;
            push @wrong, "$id: $json"
                if !grep { $may->{$_} } hash($json), $n || 'none';
        }

        push @wrong, "$_ is back" for grep { $bids{$_} } @{ $me->{gone} };
        push @lost, "no $_ in the journal"
            for grep { !$journal{$_} } @{ $me->{done} };
    }

    my %maybe = map { %{ $_->{maybe} } } @$seen;

    for my $id (grep { !$known{$_} } keys %bids) {
        my ($n) = $bids{$id} =~ /"amount":(\d+)/;

        push @wrong, "$id, which nobody has sent: $bids{$id}"
            if !delete $maybe{$n};
    }

    diag("$name: ", join ', ', map { "$_: $status{$_}" } sort keys %status);

    is_deeply([map { @{ $_->{wrong} } } @$seen], [],
              "$name: each is told what has become of it");
    is_deeply(\@lost, [], "$name: what was answered is there");
    is_deeply(\@wrong, [], "$name: and nothing that nobody has sent");
    is_deeply([map { broken($t, $_) } @ids], [],
              "$name: all of it fits together");

    return \%status;
}


sub begin {
    my ($t, @ids) = @_;

    unlink $t->dir . '/stop';

    return map { my $k = $_; $t->background(sub { client($t, $k, @ids) }) }
           1 .. $CLIENTS;
}


sub end {
    my ($t, @jobs) = @_;

    $t->write_file('stop', '');

    return [map { scalar $_->result } @jobs];
}


sub under_load {
    my ($t, $bytes) = @_;

    my $log  = $t->dir . '/access.log';
    my $size = -s $log;

    return $t->wait_for(sub { -s $log > $size + $bytes });
}


sub good {
    my ($t) = @_;

    return $t->wait_for(sub {
        !grep { $_->status != 200 } map { $t->get($API) } 1 .. 6;
    });
}


# ---------------------------------------------------------------------- killed

{
    my $t    = start(redis => { appendonly => 'yes' });
    my @ids  = map { tenders($t) } 1 .. 2;
    my @jobs = begin($t, @ids);

    for my $round (1 .. $ROUNDS) {
        ok(under_load($t, 12_000 * $round), "killed $round: under load");
        $t->stop_redis('KILL');
        ok(under_load($t, 3_000), "killed $round: answers without Redis");
        $t->start_redis;
        ok(good($t), "killed $round: good answers again");
    }

    my $status = compare($t, 'killed', end($t, @jobs), @ids);

    cmp_ok($status->{'add 201'}, '>', 50, 'killed: bids were taken');
    cmp_ok($status->{'change 200'}, '>', 50, 'killed: and changed');
    ok($status->{'remove 200'}, 'killed: and withdrawn');
    ok($status->{'add 503'}, 'killed: and refused');

    # once more, from what is on the disk

    $t->stop_redis('KILL');
    $t->start_redis;
    is_deeply([map { broken($t, $_) } @ids], [],
              'killed: so does what was on the disk');
    $t->finish;
}


# --------------------------------------------------------------- stopped, away

{
    my $t    = start(http => 'tender_redis_timeout 200ms;');
    my @ids  = tenders($t);
    my @jobs = begin($t, @ids);

    for my $round (1 .. 4) {
        ok(under_load($t, 12_000), "stopped $round: under load");
        $t->pause_redis;
        ok(under_load($t, 2_000), "stopped $round: answers nevertheless");
        sleep 0.5 if $round % 2;
        $t->resume_redis;
        ok(good($t), "stopped $round: good answers again");
    }

    my $status = compare($t, 'stopped', end($t, @jobs), @ids);

    ok($status->{'add 201'} && $status->{'change 200'}, 'stopped: bids');
    ok((grep { / 503/ } keys %$status), 'stopped: and refusals');
    $t->finish;
}


# ------------------------------------------------------------ scripts are lost

{
    my $t     = start();
    my @ids   = tenders($t);
    my @jobs  = begin($t, @ids);
    my $flush = $t->background(sub {
        my $link = Tender::Redis->new($t->redis_socket);
        my $n;

        for ($n = 0; !-e $t->dir . '/stop'; $n++) {
            $link->call('SCRIPT', 'FLUSH');
            sleep 0.001;
        }

        return $n;
    });

    ok(under_load($t, 150_000), 'no script: under load');

    my $seen   = end($t, @jobs);
    my $status = compare($t, 'no script', $seen, @ids);

    cmp_ok($flush->result, '>', 20, 'no script: many times');
    is_deeply([grep { !/ 20[01]$/ } keys %$status], [],
              'no script: nobody has noticed');
    $t->finish;
}


# ------------------------------------------------- what can be done one by one

my $t = start(workers => 1, http => 'tender_redis_timeout 500ms;');
my ($open, $sealed) = tenders($t);
my %bid;

for my $id ($open, $sealed) {
    my $r = $t->post("$API/$id/bidders", body(100));

    ($bid{$id}) = $r->body =~ /"id":"(\w{32})"/;
    is($r->status, 201, 'a bid');
}


# everything that is stored, to compare

sub everything {
    my ($t) = @_;

    my %all;

    for my $key (sort @{ $t->redis('KEYS', '*') }) {
        my $type = $t->redis('TYPE', $key);

        $all{$key} = $type eq 'hash'   ? { @{ $t->redis('HGETALL', $key) } }
                   : $type eq 'list'   ? $t->redis('LRANGE', $key, 0, -1)
                   : $type eq 'string' ? $t->redis('GET', $key)
                   : $type eq 'zset'   ? $t->redis('ZRANGE', $key, 0, -1,
                                                   'WITHSCORES')
                   : $t->redis('XRANGE', $key, '-', '+');
    }

    return \%all;
}


# each kind of write: a name and the request

sub writes {
    my ($id, $amount) = @_;

    my $path = "$API/$id/bidders";

    return ([POST => $path, body($amount)],
            [PATCH => "$path/$bid{$id}", body($amount + 1)],
            [PUT => "$path/$bid{$id}", body($amount + 2)],
            [DELETE => "$path/$bid{$id}", undef]);
}


sub all_refused {
    my ($name, $status, $text) = @_;

    my $before = everything($t);

    for my $id ($open, $sealed) {
        my $kind = $id eq $open ? 'open' : 'sealed';

        for (writes($id, 500)) {
            my ($method, $path, $body) = @$_;
            my $r = $t->request($method, $path, {}, $body);

            is($r->status, $status, "$name, $kind: $method $status");
            like($r->body, $text, "$name, $kind: $method is told what it is");
            is($r->header('Retry-After'), $status == 503 ? 1 : undef,
               "$name, $kind: $method, Retry-After");
        }
    }

    return $before;
}


sub healed {
    my ($name) = @_;

    ok($t->wait_for(sub { $t->get('/health')->status == 200 }),
       "$name: healthy again");

    for my $id ($open, $sealed) {
        my $r = $t->patch("$API/$id/bidders/$bid{$id}", body(int rand 1e6));

        is($r->status, 200, "$name: a bid is changed afterwards");
    }

    is_deeply([map { broken($t, $_) } $open, $sealed], [],
              "$name: all of it fits together");
}


$t->allow_errors(qr/answered: "(OOM|READONLY|NOREPLICAS)/);

my $nobody = Tender::Port->new;

for my $case (
    ['full', sub { $t->redis('CONFIG', 'SET', 'maxmemory', 1) },
             sub { $t->redis('CONFIG', 'SET', 'maxmemory', 0) }],
    ['a replica', sub { $t->redis('REPLICAOF', '127.0.0.1', $nobody->number) },
                  sub { $t->redis('REPLICAOF', 'NO', 'ONE') }],
    ['alone', sub { $t->redis('CONFIG', 'SET', 'min-replicas-to-write', 1) },
              sub { $t->redis('CONFIG', 'SET', 'min-replicas-to-write', 0) }],
) {
    my ($name, $begin, $end) = @$case;

    $begin->();

    my $before = all_refused($name, 503, $NOTHING);

    is_deeply(everything($t), $before, "$name: nothing was written");
    $end->();
    healed($name);
}


# it reads, but writes wait for longer than the deadline: they are carried
# out after all, once

for my $id ($open, $sealed) {
    my $kind  = $id eq $open ? 'open' : 'sealed';
    my $count = $t->redis('HLEN', "{b0}:tender:$id:bids");

    $t->redis('CLIENT', 'PAUSE', 900, 'WRITE');

    my $r = $t->post("$API/$id/bidders", body(777));

    is($r->status, 504, "delayed, $kind: 504");
    like($r->body, $UNKNOWN, "delayed, $kind: the outcome is unknown");
    is($r->header('Retry-After'), undef, "delayed, $kind: no Retry-After");
    ok($t->wait_for(sub {
        $t->redis('HLEN', "{b0}:tender:$id:bids") == $count + 1;
    }), "delayed, $kind: it is taken later");
    healed("delayed, $kind");
    is($t->redis('HLEN', "{b0}:tender:$id:bids"), $count + 1,
       "delayed, $kind: once");
}


is($t->get('/health')->json->{redis}{pending}, 0, 'nothing is pending');
$t->finish;


# ----------------------------------------------------------- bidders who leave

$t = start(workers => 1, http => 'tender_redis_timeout 20s;');
($open, $sealed) = tenders($t);

for my $id ($open, $sealed) {
    ($bid{$id}) = $t->post("$API/$id/bidders", body(100))->body
                  =~ /"id":"(\w{32})"/;
}


sub connection {
    my ($bytes) = @_;

    my $sock = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $t->port)
        or die "connect: $!";

    syswrite $sock, $bytes;

    return $sock;
}


# half of them say good-bye, half of them do not

sub leave {
    my (@socks) = @_;

    for my $i (grep { $socks[$_] } 0 .. $#socks) {
        setsockopt $socks[$i], SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $i % 2;
        close $socks[$i];
    }
}


sub left { scalar(() = $t->access_log =~ /" 499 \d+ "/g) }


for my $id ($open, $sealed) {
    my $kind   = $id eq $open ? 'open' : 'sealed';
    my $count  = $t->redis('HLEN', "{b0}:tender:$id:bids");
    my $format = sub {
        $t->client->format('POST', "$API/$id/bidders", {}, body($_[0]));
    };

    # in the body

    leave(map { connection(substr $format->(800), 0, -10) } 1 .. $LEAVING);

    # while the tender is read

    my $seen = left();

    $t->pause_redis;

    my @socks = map { connection($format->(801)) } 1 .. $LEAVING;

    sleep 0.1;
    leave(@socks);
    ok($t->wait_for(sub { left() >= $seen + $LEAVING }),
       "leaving, $kind: noticed while the tender is read");
    $t->resume_redis;
    $t->get("$API/$id");
    is($t->redis('HLEN', "{b0}:tender:$id:bids"), $count,
       "leaving, $kind: nothing is stored");

    # while the bid is written: one at a time, for the one that waits keeps
    # all others from reading

    for my $n (1 .. $WRITTEN) {
        $seen = left();
        $t->redis('CLIENT', 'PAUSE', 10_000, 'WRITE');
        @socks = connection($format->(900 + $n));
        $t->wait_for(sub { $t->redis('CLIENT', 'LIST') =~ /flags=b/ });
        leave($n % 2 ? () : undef, @socks);
        $t->wait_for(sub { left() > $seen })
            or fail("leaving, $kind: noticed while a bid is written");
        $t->redis('CLIENT', 'UNPAUSE');
        $t->wait_for(sub {
            $t->redis('HLEN', "{b0}:tender:$id:bids") == $count + $n;
        }) or fail("leaving, $kind: it is stored all the same");
    }

    healed("leaving, $kind");

    my @values = @{ $t->redis('HVALS', "{b0}:tender:$id:bids") };
    my @found  = sort { $a <=> $b }
                 map { /"amount":(9\d\d),/ ? $1 : () } @values;

    is_deeply(\@found, [map { 900 + $_ } 1 .. $WRITTEN],
              "leaving, $kind: each once");
    is(scalar(grep { /"amount":80[01]\b/ } @values), 0,
       "leaving, $kind: none of the others");
}

like($t->error_log, qr/\[info\].*has left while a write was under way/,
     'that is in the log');
is($t->get('/health')->json->{redis}{pending}, 0, 'nothing is pending');

$t->finish;
done_testing;
