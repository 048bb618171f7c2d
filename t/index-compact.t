#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The index is looked after in the background: logs become segments and
# columns, segments are merged, and nothing is lost, whoever dies meanwhile.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Index;
use Tender::Test;


my $STAGE = 1;      # active.tendering


# ------------------------------------------- a log becomes a segment by itself

{
    my $t = index_test();
    my @list = fill($t, 700, sub {
        { title => "every$_[0] third" . $_[0] % 7,
          totalValue => { amount => $_[0], currency => 'UAH' } };
    });

    ok($t->wait_for(sub { (manifest($t) || {})->{generation} }, 30),
       'a log is sealed');
    is_deeply([found($t, 'third3')], [grep { $_ % 7 == 3 } 1 .. 700],
              'all are found, in the segment and in the log');
    is_deeply([found($t, 'every3')], [3], 'also one');

    my $data = index_of($t);
    my ($segment) = @{ $data->{buckets}[0]{list} };

    is($data->{numbered}, 700, 'all have a number');
    is($data->{tenders}, 700, 'there are no more');
    is($segment->{low}, 1, 'the segment begins with the first');
    cmp_ok($segment->{high}, '>=', 512, 'and has many');
    is($segment->{docs}, $segment->{high}, 'each of them');
    cmp_ok($data->{log}, '>', 0, 'what is left is in the log');
    is($t->redis('EXISTS', '{b0}:idx:lock'), 0, 'the lock is given back');

    my @sealed = @list[0 .. $segment->{high} - 1];

    check_columns($t, \@sealed, [map { $_ } 1 .. @sealed], 'the first');

    # words that change, one by one, and a status

    my $client = $t->client;

    for my $i (0 .. 599) {
        my $r = $client->patch("$API/$list[$i][1]", { data => {
            title => "moved$i again" . $i % 5,
            totalValue => { amount => 10_000 + $i, currency => 'UAH' },
        } });

        $r->status == 200 or die $r->body;
    }

    $client->patch("$API/$list[$_][1]", { data => { status => 'cancelled' } })
        for 0 .. 2;
    push_on($t, 64);

    ok($t->wait_for(sub { manifest($t)->{generation} > 1
                          && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30),
       'the log is sealed again');
    is_deeply([found($t, 'third3')], [grep { $_ % 7 == 3 } 601 .. 700],
              'old words are gone');
    is_deeply([found($t, 'again4')],
              [map { $_ + 1 } grep { $_ % 5 == 4 } 0 .. 599],
              'new ones are found');
    check_columns($t, [@list[3 .. 399]], [map { 10_000 + $_ } 3 .. 399],
                  'changed ones', 4);

    my @status = column($t, 'status', 'C');

    is_deeply([@status[1 .. 4]], [$STAGE, $STAGE, $STAGE, $STAGE],
              'a status that is in the log alone is not in its column');
    is_deeply([dated($t)], [], 'no segment stays behind');

    $t->finish;
}


# what columns say of tenders, whose numbers go from one on, and their prices

sub check_columns {
    my ($t, $list, $prices, $name, $from) = @_;

    $from ||= 1;

    my @number = $from .. $from + @$list - 1;
    my @id     = column($t, 'id', 'H32');
    my @price  = column($t, 'price', 'q<');
    my @status = column($t, 'status', 'C');
    my @at     = column($t, 'modified', 'q<');
    my @made   = column($t, 'created', 'q<');
    my @end    = column($t, 'deadline', 'q<');

    is_deeply([@id[@number]], [map { $_->[1] } @$list], "$name: ids");
    is_deeply([@price[@number]], [map { $_ * 10_000 } @$prices],
              "$name: prices");
    is_deeply([@status[@number]], [map { $STAGE } @$list], "$name: status");
    is_deeply([@end[@number]], [map { 0 } @$list], "$name: deadlines");
    is_deeply([@at[@number]],
              [map { stored($t, $_->[1])->{us} } @$list], "$name: modified");
    is_deeply([@made[@number]],
              [map { (split / /, $t->redis('HGET', "{b0}:tender:$_->[1]",
                                           'own'))[0] } @$list],
              "$name: created");
}


# -------------------------------------------- who holds the lock is waited for

my ($log, @first);

{
    my $t = index_test(redis => { appendonly => 'yes' });

    hold($t);

    @first = fill($t, 600, sub { { title => "every$_[0] copy" . $_[0] % 6 } });
    $log = $t->redis('GET', '{b0}:idx:log');

    is(manifest($t), undef, 'while another one holds the lock nothing is done');
    is_deeply([found($t, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
              'the log alone answers');

    # left behind by one that has died

    $t->redis('SET', '{b0}:idx:segment:1:data', 'rubbish');
    $t->redis('SET', '{b0}:idx:segment:1:head', 'rubbish');
    release($t);


    # ------------------------------------------------ segments are merged

    # the same entries over and over again: as many segments as are wanted

    $t->redis('APPEND', '{b0}:idx:log', $log x 15);
    push_on($t, 64);

    ok(quiet($t), 'all of it is sealed');

    my $data = index_of($t);

    cmp_ok(manifest($t)->{next}, '>', 9, 'in many rounds');
    cmp_ok($data->{segments}, '<', 8, 'segments were merged');
    is_deeply([found($t, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
              'each is found once');
    is_deeply([found($t, 'every600')], [600], 'also the last one');
    is_deeply([dated($t)], [], 'no segment stays behind');


    # ------------------------------------- a worker dies in the middle of it

    for my $round (1 .. 2) {
        my $was = manifest($t)->{generation};

        $t->redis('APPEND', '{b0}:idx:log', $log x 40);
        push_on($t, 64);

        ok($t->wait_for(sub { manifest($t)->{generation} >= $was + 2 * $round },
                        30), 'it is under way');

        my ($worker) = $t->worker_pids;

        kill 'KILL', $worker;
        ok($t->wait_for(sub { my @w = $t->worker_pids;
                              @w == 1 && $w[0] != $worker }, 20),
           'a worker is killed');
        cmp_ok($t->redis('STRLEN', '{b0}:idx:log'), '>', 100_000,
               'in the middle of it');

        release($t);
        push_on($t, 64);

        ok(quiet($t), 'another one goes on');
        is_deeply([found($t, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
                  'nothing is lost');
        is(scalar(my @all = found($t, 'push')), 64 + 128 * $round,
           'of the others neither');
        is_deeply([dated($t)], [], 'no segment stays behind');
    }


    # -------------------------------------- a worker leaves in the middle of it

    my $from = manifest($t)->{generation};

    $t->redis('APPEND', '{b0}:idx:log', $log x 40);
    push_on($t, 64);

    ok($t->wait_for(sub { manifest($t)->{generation} >= $from + 2 }, 30),
       'it is under way');

    my ($old)  = $t->worker_pids;
    my $holder = $t->redis('GET', '{b0}:idx:lock') || 'nobody';
    my $left   = $t->redis('PTTL', '{b0}:idx:lock');

    isnt($holder, 'nobody', 'it holds the lock');
    cmp_ok($left, '<=', 15_000, 'not for long');

    $t->reload;
    ok($t->wait_for(sub { !-d "/proc/$old" }, 20), 'its worker leaves');
    isnt($t->redis('GET', '{b0}:idx:lock') || '', $holder,
         'and gives the lock back');
    push_on($t, 64);
    ok(quiet($t), 'after a reload it goes on');
    is_deeply([found($t, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
              'nothing is lost');


    # ---------------------------------------- Redis dies in the middle of it

    my $was = manifest($t)->{generation};

    $t->redis('APPEND', '{b0}:idx:log', $log x 40);
    push_on($t, 64);

    ok($t->wait_for(sub { manifest($t)->{generation} >= $was + 2 }, 30),
       'it is under way');

    $t->stop_redis('KILL');
    sleep 0.3;
    $t->start_redis;

    cmp_ok($t->redis('STRLEN', '{b0}:idx:log'), '>', 100_000,
           'Redis is killed in the middle of it');
    release($t);

    ok($t->wait_for(sub { $t->get("$API?limit=1")->status == 200 }, 20),
       'and is back');

    push_on($t, 64);

    ok(quiet($t), 'it goes on');
    is_deeply([found($t, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
              'nothing is lost');
    is(scalar(my @all = found($t, 'push')), 64 * 9,
       'of the others neither');
    is_deeply([dated($t)], [], 'no segment stays behind');

    $t->allow_errors(qr/worker process \d+ exited on signal 9/);
    $t->finish;
}


# the log is short, and nobody is at work

sub quiet {
    my ($t) = @_;

    return $t->wait_for(sub {
        $t->redis('STRLEN', '{b0}:idx:log') < 100_000
            && !$t->redis('EXISTS', '{b0}:idx:lock');
    }, 60);
}


# ------------------------------------------- attributes alone make no segment

{
    my $t = index_test();
    my @list = fill($t, 4, sub { { title => "some$_[0]" } });
    my $us = stored($t, $list[3][1])->{us};

    $t->redis('SET', '{b0}:idx:log', $t->redis('GET', '{b0}:idx:log')
        . join '', map { my ($number, $id) = ($_ % 4 + 1,
                                              $list[$_ % 4][1]);
                         my $status = $_ < 700 ? 'active.auction'
                                               : 'complete';
                         "$number $id = " . ($us + $_)
                         . " $status X = = =\n" } 1 .. 1200);
    push_on($t, 64);

    ok($t->wait_for(sub { (manifest($t) || {})->{generation} }, 30),
       'a log of attributes is sealed');

    my $after = manifest($t);

    is($after->{generation}, 1, 'once: what is left is short');
    is_deeply($after->{ids}, [1], 'with a segment of those with words');

    my @status = column($t, 'status', 'C');
    my @at     = column($t, 'modified', 'q<');
    my @id     = column($t, 'id', 'H32');

    # 1020 entries of attributes fit beside the words of four

    is_deeply([@status[1 .. 4]], [5, 5, 5, 5], 'the last status counts');
    is_deeply([@at[1 .. 4]], [map { $us + $_ } 1020, 1017, 1018, 1019],
              'and the last moment');
    is_deeply([@id[1 .. 4]], [map { $_->[1] } @list], 'ids stay');
    is_deeply([found($t, 'some3')], [3], 'words too');

    # and none with words at all

    $t->redis('SET', '{b0}:idx:log', join '', map {
        "1 $list[0][1] = " . ($us + $_) . " cancelled X = = =\n" } 1 .. 1100);
    push_on($t, 64);

    ok($t->wait_for(sub { manifest($t)->{generation} == 2 }, 30),
       'another one');
    is_deeply(manifest($t)->{ids}, [1], 'makes no segment');
    is((column($t, 'status', 'C'))[1], 7, 'but columns');

    $t->finish;
}


# --------------------------------------- numbers far from each other, shuffled

{
    my $t = index_test();

    hold($t);

    my @list  = fill($t, 700, sub { { title => "some$_[0]",
        totalValue => { amount => $_[0], currency => 'UAH' } } });
    my $log   = $t->redis('GET', '{b0}:idx:log');
    my $us    = stored($t, $list[-1][1])->{us};
    my @odd   = map { 2 * $_ + 1 } 0 .. 349;
    my @order = map { $odd[$_ * 137 % 350] } 0 .. 349;

    release($t);
    push_on($t, 64);
    ok($t->wait_for(sub { (manifest($t) || {})->{generation}
                          && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30),
       'a log is sealed');

    # three times each: the last one counts

    hold($t);
    $t->redis('APPEND', '{b0}:idx:log', join '', map {
        my $k = $_;

        map { "$_ $list[$_ - 1][1] = " . ($us + 1000 * $k + $_)
              . ' ' . ($k ? 'complete' : 'cancelled') . " X = = =\n" } @order;
    } 0 .. 2);
    release($t);

    my $was = manifest($t)->{generation};

    push_on($t, 64);
    ok($t->wait_for(sub { manifest($t)->{generation} > $was
                          && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30),
       'also with many pieces of columns');

    my @status = column($t, 'status', 'C');
    my @at     = column($t, 'modified', 'q<');
    my @id     = column($t, 'id', 'H32');
    my @price  = column($t, 'price', 'q<');

    # the first of the log are those that were left of the first time

    is_deeply([@status[@odd]], [map { $status[$_] == 5 ? 5 : 7 } @odd],
              'each has a new status');
    cmp_ok(scalar(grep { $status[$_] == 5 } @odd), '>', 0,
           'some of them the last one');
    is_deeply([grep { ($at[$_] - $us - $_ > 0) != ($status[$_] == 5)
                      || ($at[$_] - $us - $_) % 1000 } @odd], [],
              'and the moment that goes with it');
    is_deeply([@id[1 .. 700]], [map { $_->[1] } @list], 'ids stay');
    is_deeply([@price[1 .. 700]], [map { $_ * 10_000 } 1 .. 700],
              'prices stay');
    is_deeply([@status[map { $_ - 1 } @odd[1 .. 349]]],
              [map { $STAGE } 1 .. 349], 'the others too');


    # ------------------------------------- a manifest that is lost stays lost

    my ($most) = sort { $b <=> $a } @{ manifest($t)->{ids} };
    my $drawn  = $t->redis('HGET', '{b0}:numbers', '#segment');

    cmp_ok($drawn, '>=', $most, 'ids are counted');

    hold($t);
    $t->redis('APPEND', '{b0}:idx:log', $log);
    $t->redis('DEL', '{b0}:idx:manifest');
    release($t);
    push_on($t, 64);

    ok($t->wait_for(sub {
        $t->redis('HGET', '{b0}:numbers', '#segment') > $drawn
            && !$t->redis('EXISTS', '{b0}:idx:lock');
    }, 30), 'a job has made a segment');
    is(manifest($t), undef, 'but no manifest that would hide what is lost');

    is(reindexed($t, 'reset=1')->{state}, 'done', 'it is built anew');
    is_deeply([found($t, 'some3')], [3], 'all is found');

    hold($t);
    $t->redis('APPEND', '{b0}:idx:log', $log x 2);
    release($t);
    push_on($t, 64);
    ok($t->wait_for(sub { @{ manifest($t)->{ids} } }, 30), 'and sealed');

    my ($least) = sort { $a <=> $b } @{ manifest($t)->{ids} };

    cmp_ok($least, '>', $most, 'no id comes again');

    $t->allow_errors($DAMAGED);
    $t->finish;
}


# ------------------------- one that has lost its lock, and does not know it yet

{
    my $t   = index_test();
    my $two = index_test(
        redis => 0, reader => $t->{reader},
        redis_addr => 'unix:' . $t->redis_socket,
    );

    hold($t);
    fill($t, 600, sub { { title => "every$_[0] copy" . $_[0] % 6 } });

    my $copies = $t->redis('GET', '{b0}:idx:log');

    release($t);

    for my $how ('it is taken away', 'it is taken away again', 'a reset') {
        my $was = (manifest($t) || { generation => 0 })->{generation};

        $t->redis('APPEND', '{b0}:idx:log', $copies x 40);
        push_on($t, 64);
        ok($t->wait_for(sub { (manifest($t) || { generation => 0 })
                              ->{generation} >= $was + 2 }, 30),
           "$how: a worker is at work");

        my ($worker) = $t->worker_pids;

        kill 'STOP', $worker;
        cmp_ok($t->redis('STRLEN', '{b0}:idx:log'), '>', 100_000,
               "$how: it stands still");

        if ($how eq 'a reset') {
            is(reindexed($two, 'reset=1')->{state}, 'done', $how);

        } else {
            release($t);
        }

        push_on($two, 64);

        # both of them at once, and the other one alone to the end

        kill 'CONT', $worker;
        ok(quiet($t), "$how: another one goes on");
        push_on($t, 64);
        ok(quiet($t), "$how: and this one again");

        is_deeply([broken($t)], [], "$how: segments are whole");
        is_deeply([dated($t)], [], "$how: and none stays behind");
        is_deeply([found($_, 'copy2')], [grep { $_ % 6 == 2 } 1 .. 600],
                  "$how: all is found") for $t, $two;

    }

    $_->finish for $two, $t;
}


# parts of segments that are not as long as the manifest says, or expire

sub broken {
    my ($t) = @_;

    my (undef, @lines) = split /\n/, $t->redis('GET', '{b0}:idx:manifest');

    return grep {
        my ($id, @size) = (split / /)[0, 4 .. 6];

        grep {
            my $key = "{b0}:idx:segment:$id:" . qw(head blocks data)[$_];

            $t->redis('STRLEN', $key) != $size[$_]
                || $t->redis('PTTL', $key) > 0;
        } 0 .. 2;
    } @lines;
}


# ------------------------------ two nodes, all of whose workers write at once

{
    my $BUCKETS = 3;
    my $args = "buckets=$BUCKETS";
    my @node = index_test(workers => 2, redis_args => $args);

    push @node, index_test(
        workers => 2, redis => 0, reader => $node[0]{reader},
        redis_addr => 'unix:' . $node[0]->redis_socket . " $args",
    );

    my @jobs = map {
        my ($t, $k) = ($node[$_ % 2], $_);

        $t->background(sub {
            my $client = $t->client(timeout => 60);
            my @list = fill($t, 700, sub {
                { title => "writer$k nth" . $_[0] % 10 };
            }, $client);

            # some of them say something else by the end

            for my $i (grep { $_ % 10 == 9 } 1 .. @list) {
                $client->patch("$API/$list[$i - 1][1]",
                               { data => { title => "writer$k changed" } })
                       ->status == 200 or die 'not changed';
            }

            return [map { $_->[0] =~ /(\d+)$/ } @list];
        });
    } 0 .. 3;

    my @numbers = map { $_->result } @jobs;
    my $t = $node[0];

    ok($t->wait_for(sub {
        !grep { !(manifest($t, $_) || {})->{generation}
                || $t->redis('EXISTS', "{b$_}:idx:lock") } 0 .. $BUCKETS - 1;
    }, 30), 'all buckets are compacted');

    for my $k (0 .. 3) {
        my @all = @{ $numbers[$k] };

        is_deeply([found($node[$_], "writer$k")], [sort { $a <=> $b } @all],
                  "all of writer $k, on node $_") for 0, 1;
        is_deeply([found($t, "writer$k+changed")],
                  [sort { $a <=> $b } @all[grep { $_ % 10 == 8 } 0 .. $#all]],
                  'those that have changed');
        is_deeply([found($t, "writer$k+nth9")], [],
                  'their old words are gone');
    }

    my $data = index_of($t);

    is($data->{tenders}, 2800, 'so many tenders');
    is($data->{numbered}, 2800, 'each has a number');
    is(scalar @{ $data->{buckets} }, $BUCKETS, 'in all buckets');
    is_deeply([map { dated($t, $_) } 0 .. $BUCKETS - 1], [],
              'no segment stays behind');

    $_->finish for reverse @node;
}

done_testing;
