#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Damaged records: the clock says so once in a while, lets them be for a
# while, and moves all others on.  Bids that change at the last moment, and
# many large ones.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Clock;
use Tender::FakeRedis;
use Tender::Proxy;
use Tender::Test;


my $LOCATION = 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                                     tender_ownership off; }';
my $ALERT = qr/has come, but the store holds a record of it that this/;
my $STRAY = qr/a list of deadlines held what is no tender/;

sub start {
    my (%opt) = @_;

    return Tender::Test->new(location => $LOCATION,
                             http => 'tender_chronograph 50ms;', %opt);
}

sub alerts {
    my ($t, $pattern) = @_;

    return scalar grep { /$pattern/ } split /\n/, $t->error_log;
}


# bids that cannot be read

{
    my $t = start();
    my %damage = (
        'no line'      => sub { s/\n/ /r },
        'few words'    => sub { s/^\S+ //r },
        'no date'      => sub { s/^\d+/x/r },
        'no JSON'      => sub { s/\{.*/{"id":"nothing"}/sr },
        'broken JSON'  => sub { s/,"/,/r },
        'cut short'    => sub { substr $_, 0, -1 },
        'another id'   => sub { s/("id":")\w/$1 . 'x'/er },
        "another's id" => sub { s/("id":")\w{32}/$1 . 'f' x 32/er },
    );
    my (%tender, %bid, %was);

    for my $name (sort keys %damage, 'missing', 'one too many', 'all gone') {
        my $tender = $tender{$name} = gated($t, start => -60, end => 2);

        $bid{$name} = [map { bid($t, $tender, $_) } 100, 200];
    }

    my $good = gated($t, start => -60, end => 2.02);

    for my $name (keys %damage) {
        my $key = "{b0}:tender:$tender{$name}{id}:bids";

        local $_ = $was{$name} = $t->redis('HGET', $key, $bid{$name}[1]{id});

        my $now = $damage{$name}->();

        isnt($now, $was{$name}, "$name: damaged");
        $t->redis('HSET', $key, $bid{$name}[1]{id}, $now);
    }

    my %key = map { $_ => "{b0}:tender:$tender{$_}{id}:bids" } keys %tender;

    $was{missing} = $t->redis('HGET', $key{missing}, $bid{missing}[1]{id});
    $t->redis('HDEL', $key{missing}, $bid{missing}[1]{id});
    $t->redis('HSET', $key{'one too many'}, 'f' x 32, '');
    $t->redis('RENAME', $key{'all gone'}, '{b0}:kept');

    cmp_ok(now_us($t), '<', $good->{end}, 'all of that before the end');
    $t->allow_errors($ALERT);
    turned($t, $good, 'unsuccessful', 'a good one is moved on');

    for my $name (sort keys %tender) {
        my $left;

        ok($t->wait_for(sub {
            $left = (due($t, $tender{$name}) - now_us($t)) / 1e6;
            $left > 30 && $left <= 60;
        }), "$name: it is let be for a minute") or diag("$left s");
        is(shown($t, $tender{$name})->{status}, 'active.tendering',
           'it is what it was');
        is_deeply(statuses($t, $tender{$name}), [], 'without a turn');
    }

    is(alerts($t, $ALERT), 1, 'one line for all of them');
    unlike($t->error_log, qr/\b(?:100|200)\b.*bid|Bidder/,
           'without anything of the bids');

    # repaired, their turn comes
    $t->redis('HSET', $key{$_}, $bid{$_}[1]{id}, $was{$_}) for keys %was;
    $t->redis('HDEL', $key{'one too many'}, 'f' x 32);
    $t->redis('RENAME', '{b0}:kept', $key{'all gone'});
    $t->redis('ZADD', '{b0}:due', 1, $tender{$_}{id}) for keys %tender;

    for my $name (sort keys %tender) {
        my $data = turned($t, $tender{$name}, 'active.auction',
                          "$name: repaired");

        is_deeply($data->{bidHashes},
                  [sort map { $_->{receipt}{hash} } @{ $bid{$name} }],
                  'with the hashes of its receipts');
    }

    $t->finish;
}


# tenders that cannot be read: the others go on

for my $case (
    [head => 'nothing', $ALERT, 30], [more => 'nothing', $ALERT, 30],
    [head => '1 2 active.tendering', $ALERT, 30],
    [own  => 'nothing', qr/\[alert\].*redis at .*script/, 1],
) {
    my ($field, $value, $line, $pause) = @$case;
    my $t = start();
    my @bad = map { gated($t, start => -60, end => 0.8) } 1 .. 40;

    $t->redis('HSET', "{b0}:tender:$_->{id}", $field, $value) for @bad;

    my $good = gated($t, start => -60, end => 0.9);
    my $due;

    $t->allow_errors($line);
    turned($t, $good, 'unsuccessful', "$field: a good one is moved on", 5);
    ok($t->wait_for(sub {
        my $now = now_us($t);

        $due = join ' ', map { due($t, $_) // 'none' } @bad;
        !grep { !/^\d/ || $_ < $now + 1e6 * $pause } split / /, $due;
    }), "$field: the others are let be") or diag($due);
    is(alerts($t, $line), 1, 'one line');
    is_deeply([map { $t->redis('HGET', "{b0}:tender:$_->{id}", $field) }
               @bad[0, 39]], [$value, $value], 'they are as they were');
    $t->finish;
}


# what is no tender of the bucket does not stay in its list of deadlines

{
    my $t = start(redis_args => 'buckets=2');

    $t->allow_errors($STRAY);

    my ($one) = grep { bucket_tag($_, 2) eq '{b1}:' }
                map { gated($t, start => -60, end => 600) } 1 .. 40;
    my @stray = ('', 'x', 'f' x 31, 'F' x 32, 'f' x 33, "a\nb", '{b0}:due',
                 $one->{id}, map { "stray $_" } 1 .. 40);

    $t->redis('ZADD', '{b0}:due', map { (1, $_) } @stray);

    my ($good) = grep { bucket_tag($_, 2) eq '{b0}:' }
                 map { gated($t, start => -60, end => 0.8) } 1 .. 40;

    turned($t, $good, 'unsuccessful', 'a good one is moved on', 5);
    ok($t->wait_for(sub {
        !grep { defined $t->redis('ZSCORE', '{b0}:due', $_) } @stray;
    }), 'strays leave the list');
    is(due($t, $one, 2), $one->{end}, 'not the list where it belongs');
    is(alerts($t, $STRAY), 1, 'one line for all of them');
    $t->finish;
}


# a bucket whose list is broken does not stop the others

{
    my $t = start(redis_args => 'buckets=2');
    my @tenders = map { gated($t, start => -60, end => 0.6) } 1 .. 20;
    my ($good) = grep { bucket_tag($_, 2) eq '{b1}:' } @tenders;

    $t->allow_errors(qr/\[alert\].*(?:WRONGTYPE|user_script|script)/i);
    $t->redis('SET', '{b0}:due', 'nothing');
    turned($t, $good, 'unsuccessful', 'the other bucket is served');
    $t->finish;
}


# Bids that change between the look at them and the turn: what is decided is
# decided from what there is.  A slow way to Redis makes room for the change.

{
    # two nodes on one store: this one does not look
    my $store = start(http => 'tender_chronograph off;');
    my $proxy = Tender::Proxy->new(to => $store->redis_socket);

    $proxy->delay(0.15);

    my $slow = Tender::Test->new(
        location => $LOCATION, redis => 0, redis_addr => $proxy->addr,
        http => 'tender_chronograph 50ms; tender_redis_connect_timeout 10s;
                 tender_redis_timeout 10s;',
    );
    my $tender = gated($store, start => -60, end => 3);
    my $two = gated($store, start => -60, end => 3);
    my @bids = map { bid($store, $tender, $_) } 100, 200;
    my @more = map { bid($store, $two, $_) } 100, 200;
    my $key = "{b0}:tender:$tender->{id}";
    my $value = $store->redis('HGET', "$key:bids", $bids[1]{id});

    # handed out, it is nobody else's for three seconds
    ok($store->wait_for(sub { due($store, $tender) > $tender->{end} }),
       'its bids are looked at');

    my $left = (due($store, $tender) - now_us($store)) / 1e6;

    cmp_ok($left, '<=', 3, 'for three seconds') or diag($left);
    cmp_ok($left, '>', 2, 'not less') or diag($left);

    # the second bid goes away, as if it had never been there
    my ($version, $bids, @rest) = split / /, $store->redis('HGET', $key,
                                                           'more');

    is($bids, 2, 'two bids');
    $store->redis('MULTI');
    $store->redis('HDEL', "$key:bids", $bids[1]{id});
    $store->redis('HSET', $key, 'more', join ' ', $version + 1, 1, @rest);
    $store->redis('EXEC');
    is_deeply(statuses($store, $tender), [], 'nothing is decided yet');

    my $data = turned($store, $tender, 'active.qualification',
                      'it is decided from what there is');

    is_deeply($data->{bidHashes}, [$bids[0]{receipt}{hash}], 'its hash');
    is($data->{awards}[0]{bid_id}, $bids[0]{id}, 'its award');
    turned($store, $two, 'active.auction', 'and the other one as it was');

    # who has died with it in his hands holds it up for three seconds
    my $held = gated($store, start => -60, end => 0.5);

    $store->redis('ZADD', '{b0}:due', $held->{end} + 2_500_000, $held->{id});
    until_us($store, $held->{end} + 1_500_000);
    is(shown($store, $held)->{status}, 'active.tendering', 'it is held up');
    $data = turned($store, $held, 'unsuccessful', 'and moved on then');
    cmp_ok($data->{modified}, 'ge', iso($held->{end} + 2_500_000),
           'not before');

    $slow->finish;
    $store->finish;
}


# 1000 bids of 32 KB: neither the worker's memory nor its clients notice

{
    my $t = start();
    my $tender = gated($t, start => -60, end => 4);
    my $bid = bid($t, $tender, 100);
    my $key = "{b0}:tender:$tender->{id}";
    my $json = $t->redis('HGET', "$key:bids", $bid->{id}) =~ s/^.*\n//r;
    my $fill = 'x' x 31_000;
    my @json;

    plant($t, $tender, 1, map {
        my $id = sprintf '%032x', $_;

        push @json, my $text = $json =~ s/("id":")\w+/$1$id/r
                                     =~ s/Bidder/Bidder $_ $fill/r;
        [$id, $text];
    } 1 .. 999);

    cmp_ok(now_us($t), '<', $tender->{end} - 200_000, 'before the end');

    my ($worker) = $t->worker_pids;
    my ($before) = peak($worker);
    my $c = $t->client;
    my $longest = 0;
    my $status;

    while (($status = $t->redis('HGET', $key, 'head')) !~ /active.auction/) {
        my $r = $c->get("$API/" . 'f' x 32);

        $longest = $r->elapsed if $r->elapsed > $longest;
        last if now_us($t) > $tender->{end} + 5_000_000;
    }

    like($status, qr/ active\.auction /, '1000 bids: the auction follows');

    my ($us) = $status =~ /^\d+ (\d+)/;
    my $after = peak($worker);

    diag(sprintf '%.0f ms after the end, longest request %.0f ms, %d KB more',
         ($us - $tender->{end}) / 1000, 1000 * $longest, $after - $before);
    cmp_ok($after - $before, '<', 16_000, 'less than 16 MB of memory')
        if !$ENV{TEST_TENDER_ASAN};
    cmp_ok($longest, '<', 1, 'nobody waits for it');
    is_deeply(shown($t, $tender)->{bidHashes}, hashes_of($json, @json),
              'all hashes are there');
    is_deeply(statuses($t, $tender), ['active.auction'], 'one turn');
    $t->finish;
}

sub peak {
    my ($pid) = @_;

    open my $fh, '<', "/proc/$pid/status" or die "$pid: $!";
    my ($kb) = join('', readline $fh) =~ /^VmHWM:\s+(\d+) kB/m;

    return $kb;
}


# answers that no script of ours makes: the worker lives

for my $case (
    ['nothing due',       "*1\r\n:-1\r\n"],
    ['a null',            "\$-1\r\n"],
    ['no list',           ":5\r\n"],
    ['an empty list',     "*0\r\n"],
    ['a list of lists',   "*2\r\n*1\r\n:1\r\n*1\r\n:1\r\n"],
    ['a word for a time', "*2\r\n\$1\r\nx\r\n\$-1\r\n"],
    ['an error',          "-ERR no\r\n"],
    ['a tender, then nonsense', "*2\r\n:-1\r\n\$32\r\n" . 'f' x 32 . "\r\n",
     "*0\r\n"],
    ['bids without ids',  "*2\r\n:-1\r\n\$32\r\n" . 'f' x 32 . "\r\n",
     "*2\r\n\$4\r\nBIDS\r\n\$1\r\n1\r\n"],
    ['a bid that is not there', "*2\r\n:-1\r\n\$32\r\n" . 'f' x 32 . "\r\n",
     "*3\r\n\$4\r\nBIDS\r\n\$1\r\n1\r\n\$1\r\nx\r\n", "*1\r\n\$-1\r\n"],
    ['fewer bids than asked for', "*2\r\n:-1\r\n\$32\r\n" . 'f' x 32 . "\r\n",
     "*3\r\n\$4\r\nBIDS\r\n\$1\r\n1\r\n\$1\r\nx\r\n", "*0\r\n"],
    ['no bids at all', "*2\r\n:-1\r\n\$32\r\n" . 'f' x 32 . "\r\n",
     "*3\r\n\$4\r\nBIDS\r\n\$1\r\n1\r\n\$1\r\nx\r\n", "+OK\r\n"],
) {
    my ($name, $due, $turn, $bids) = @$case;
    my $fake = Tender::FakeRedis->new(rules => [
        Tender::FakeRedis->handshake,
        { expect => qr/^EVAL(?:SHA)? \S+ 19 /s, send => $turn || ":1\r\n" },
        { expect => qr/^EVAL(?:SHA)? \S+ 1 /s,  send => $due },
        { expect => qr/^HMGET \S+:bids /,    send => $bids || "*0\r\n" },
        { expect => qr/^ZREM /,              send => ":1\r\n" },
    ]);
    my $t = Tender::Test->new(
        location => $LOCATION, redis => 0, redis_addr => $fake->addr,
        http => 'tender_chronograph 20ms;',
    );
    my ($worker) = $t->worker_pids;

    $t->allow_errors(qr/\[alert\].*(?:ERR no|no tender of)/);
    ok($t->wait_for(sub {
        my @looks = grep { /^EVAL(?:SHA)? \S+ 1 /s } $fake->received;

        @looks > 5;
    }), "$name: it looks again and again");

    my @others = grep { !/^(?:EVAL|HMGET \S+:bids|ZREM|CLIENT|SELECT|GET|SET)/ }
                 $fake->received;

    is_deeply(\@others, [], 'and asks nothing strange');
    is_deeply([$t->worker_pids], [$worker], 'the worker lives');
    $t->finish;
}

done_testing;
