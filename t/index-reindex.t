#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The index is built anew while all goes on: of tenders that never were in
# it, of all of them, of one that is damaged; whoever runs it may die.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Index;
use Tender::Test;


my $BOUND = [url => 'index', 'The index is for an administrator of all '
                             . 'tenants'];


# ---------------------------- tenders of a node that does not write the index

{
    my $t = index_test(http => 'tender_index off; tender_prefix shop:;',
                       redis_args => 'buckets=2');
    my $on = index_test(
        workers => 2, redis => 0, reader => $t->{reader},
        http => 'tender_prefix shop:;',
        redis_addr => 'unix:' . $t->redis_socket . ' buckets=2',
    );

    my @list = fill($t, 250, sub { { title => "every$_[0] kind" . $_[0] % 5,
        tenderPeriod => { endDate => '2044-05-06T07:08:09Z' } } });

    is_deeply([found($on, 'kind1')], [], 'they are not in the index');
    is(index_of($on)->{numbered}, 0, 'and have no number');
    is(index_of($on)->{reindex}, undef, 'it was never built anew');

    my @own = split / /, $t->redis('HGET', tender_key($list[0]), 'own'), -1;

    is(@own, 6, 'six words');

    my $r = $on->post("$ADMIN/index/reindex", {});

    is($r->status, 202, 'it is built anew');
    is($r->header('Location'), $on->url("$ADMIN/index"), 'this shows how far');
    is_deeply($r->json, { data => { state => 'running' } }, 'it has begun');

    my $state;

    ok($on->wait_for(sub { ($state = index_of($t)->{reindex})->{state}
                           eq 'done' }, 60), 'the other node shows it, too');
    is($state->{done}, 250, 'so many');
    is($state->{total}, 250, 'of so many');
    is($state->{reset}, JSON::PP::false, 'nothing was dropped');
    like($state->{$_}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, $_)
        for qw(started heartbeat finished);

    my @numbers = map { $_->[0] =~ /(\d+)$/ } @list;

    is_deeply([found($on, 'kind1')],
              [sort { $a <=> $b } @numbers[grep { $_ % 5 == 0 } 0 .. 249]],
              'they are found');
    is(index_of($on)->{numbered}, 250, 'all have a number');
    is($t->redis('HGET', "shop:{b$_}:numbers", '#mixed'), undef,
       "which follow dates, bucket $_") for 0, 1;
    is($t->redis('EXISTS', "shop:{b$_}:idx:met"), 0,
       "it leaves nothing behind, bucket $_") for 0, 1;

    for my $bucket (0, 1) {
        my @here = grep { hex(substr $_->[1], 0, 7) % 2 == $bucket } @list;

        is_deeply([map { (split / /, $t->redis('HGET', tender_key($_),
                                               'own'))[6] } @here],
                  [1 .. @here], "in their order, bucket $bucket");
    }

    my ($end) = $on->get("/api/export?api_code=$t->{reader}&kwords=every7"
                         . '&dtype=json')->body =~ /"EndTime":"([^"]*)"/;

    like($end, qr/2044/, 'with the end of tendering');

    # once more: nobody is there twice, and numbers stay

    is(reindexed($on)->{state}, 'done', 'once more');
    is(index_of($on)->{numbered}, 250, 'no new numbers');
    is(scalar(my @all = found($on, 'kind1')), 50, 'nobody is there twice');

    # the tenders that an event of which is lost are in the feed

    $t->redis('DEL', 'shop:{b0}:events', 'shop:{b1}:events');

    $state = reindexed($on, 'reset=1');

    is($state->{state}, 'done', 'without events');
    is($state->{done}, 250, 'from the list of tenders');
    is($state->{reset}, JSON::PP::true, 'all of it was dropped before');
    is(scalar(@all = found($on, 'kind1')), 50, 'all are found');

    # numbers go on with the node that writes the index

    my ($late) = fill($on, 1, sub { { title => 'late' } });

    is_deeply([found($on, 'late')], [$late->[0] =~ /(\d+)$/],
              'a new one is found');
    is(index_of($on)->{numbered}, 251, 'and has the next number');

    # a change of one from before does it as well

    my ($old) = fill($t, 1, sub { { title => 'ancient' } });

    is_deeply([found($on, 'ancient')], [], 'one that is not there');
    is($on->patch("$API/$old->[1]", { data => { title => 'antique' } })
          ->status, 200, 'is changed');
    is_deeply([found($on, 'antique')], [$old->[0] =~ /(\d+)$/], 'and is');

    my $own = $t->redis('HGET', tender_key($old), 'own');

    is(index_of($on)->{numbered}, 252, 'it has got a number');
    is(reindexed($on)->{done}, 252, 'all of them');
    is($t->redis('HGET', tender_key($old), 'own'), $own, 'which it keeps');
    is(index_of($on)->{numbered}, 252, 'there are no more');
    is_deeply([found($on, 'antique')], [$old->[0] =~ /(\d+)$/],
              'it is there once');

    $_->finish for $on, $t;
}


sub tender_key {
    my ($tender) = @_;

    return 'shop:{b' . hex(substr $tender->[1], 0, 7) % 2
           . "}:tender:$tender->[1]";
}


# --------------------------------------------- who may, and one at a time

{
    my $t = index_test(server => 'location /desk/ { tender_admin;
                                              tender_auth_cache 0; }');

    my $all   = [qw(read create update delete admin)];
    my $one   = api_code($t, account($t, tenant => 'acme', scopes => $all));
    my $every = api_code($t, account($t, tenant => '*', scopes => $all));
    my $url   = '/desk/index';

    for my $call ([GET => $url], [POST => "$url/reindex"]) {
        my ($method, $path) = @$call;
        my @body = $method eq 'POST' ? ({}) : ();
        my $verb = lc $method;

        is($t->$verb($path, @body)->status, 401,
           "$method without credentials");
        is($t->$verb("$path?api_code=$t->{reader}", @body)->status, 403,
           "$method without the scope");
        refused($t->$verb("$path?api_code=$one->{code}", @body), 403, $BOUND,
                "$method by an administrator of one tenant");
        is($t->$verb("$path?api_code=$every->{code}", @body)->status,
           $method eq 'POST' ? 202 : 200, "$method by one of all");
    }

    ok($t->wait_for(sub { (index_of($t)->{reindex}{state} || '') eq 'done' },
                    30), 'it is done');

    my ($event) = grep { $_->{op} eq 'reindex' }
                  @{ $t->get("$ADMIN/audit?limit=1000")->json->{data} };

    is_deeply([@{$event}{qw(kind id)}, $event->{what}], ['index', '-', []],
              'the audit has it');
    like($event->{who}, qr/\*$/, 'and by whom');

    refused($t->post("$ADMIN/index/reindex?reset=$_", {}), 400,
            [params => 'reset', 'reset should be 0 or 1'], "reset=$_")
        for '', '2', 'yes';
    refused($t->post("$ADMIN/index/reindex", 'a=b',
                     { 'Content-Type' => 'application/x-www-form-urlencoded' }),
            415, [header => 'Content-Type', "Content-Type header should be "
                  . "one of ['application/json']"], 'no form of another site');
    is($t->get("$ADMIN/index/reindex")->status, 405, 'GET');
    is($t->delete("$ADMIN/index")->status, 405, 'DELETE');
    is($t->head("$ADMIN/index")->status, 200, 'HEAD');

    # one is under way on another node

    my $now = int(1000 * time());

    $t->redis('HSET', '{g}:reindex', 'state', 'running', 'runner', 'x',
              'heartbeat', $now + 60_000);
    refused($t->post("$ADMIN/index/reindex", {}), 409,
            [url => 'reindex', 'The index is being built anew already'],
            'one is under way');

    $t->redis('HSET', '{g}:reindex', 'heartbeat', $now - 31_000);
    is(reindexed($t)->{state}, 'done', 'one that is dead is none');

    # the tool

    my $tool = sub {
        my (%env) = @_;

        local %ENV = (%ENV, TENDER_ADMIN => $t->url('/desk'),
                      TENDER_PAUSE => '0.1', %env);
        my $said = `tools/reindex 2>&1`;

        return ($? >> 8, $said);
    };

    my $boss = account($t, tenant => '*', scopes => $all);

    user($t, $boss, login => 'boss', password => 'a "quoted" one, \\ long');

    my ($code, $said) = $tool->(TENDER_USER => 'boss@*:a "quoted" one, \\ '
                                               . 'long');

    is($code, 0, 'the tool builds it anew');
    like($said, qr/^done: 0 of 0 tenders$/m, 'and says so');
    ($code, $said) = $tool->(TENDER_USER => 'boss@*:wrong');
    is($code, 1, 'with a wrong password');
    like($said, qr/^reindex: \S+ refuses: /, 'it says so, too');
    is(($tool->())[0], 1, 'and with none');
    is(($tool->(TENDER_ADMIN => $t->url($ADMIN), TENDER_RESET => 1))[0], 0,
       'unless there is no need of one');
    is(index_of($t)->{reindex}{reset}, JSON::PP::true, 'with a reset');

    # Redis is away

    $t->stop_redis;
    is($t->get("$ADMIN/index")->status, 503, 'Redis is away');
    is($t->post("$ADMIN/index/reindex", {})->status, 503, 'and still is');
    $t->start_redis;

    $t->finish;
}


# ------------------------------------- all goes on meanwhile, and bids are none

{
    my $t = index_test(workers => 2,
                       http => 'tender_chronograph 50ms;');
    my @list = fill($t, 300, sub { { title => "every$_[0] first" } });
    my $gated = issue($t, { title => 'sealed' }, till => 3600);

    offer($t, $gated, { bidders => [{ id => { name => 'secretbidder' } }],
                        totalValue => { amount => 400 } });

    my $job = $t->background(sub {
        my $client = $t->client(timeout => 60);

        for my $round (2 .. 4) {
            for my $tender (@list[0 .. 99]) {
                $client->patch("$API/$tender->[1]", { data => {
                    title => "changed round$round" } })->status == 200
                    or die 'not changed';
            }
        }

        fill($t, 100, sub { { title => 'new' } }, $client);
    });

    is(reindexed($t, $_)->{state}, 'done', "while all goes on: $_")
        for 'reset=0', 'reset=1', 'reset=0';
    $job->result;

    my @all = found($t, 'changed');

    is_deeply([found($t, 'round4')], [1 .. 100], 'what has changed');
    is_deeply([found($t, 'round3')], [], 'no longer as it was before');
    is_deeply([found($t, 'first')], [101 .. 300], 'what has not');
    is(scalar(@all = found($t, 'new')), 100, 'and what has come');
    is_deeply([found($t, 'sealed')], [301], 'one that takes bids');
    is_deeply([found($t, 'secretbidder')], [], 'bids are not there');

    # its worker dies, and another one goes on

    fill($t, 400, sub { { title => 'more' } });

    is($t->post("$ADMIN/index/reindex?reset=1", {})->status, 202, 'once more');
    ok($t->wait_for(sub { (index_of($t)->{reindex}{done} || 0) >= 100 }, 20),
       'it is under way');

    my @old = $t->worker_pids;

    kill 'KILL', @old;
    ok($t->wait_for(sub { !grep { -d "/proc/$_" } @old }, 10),
       'its worker is killed');
    is(index_of($t)->{reindex}{state}, 'running', 'it stays as it is');
    $t->redis('HSET', '{g}:reindex', 'heartbeat', '0');
    ok($t->wait_for(sub { index_of($t)->{reindex}{state} eq 'done' }, 60),
       'another one goes on');
    like($t->error_log, qr/goes on with the rebuild of the index/,
         'and says so');
    is_deeply([found($t, 'round4')], [1 .. 100], 'all is there');
    is(scalar(@all = found($t, 'more')), 400, 'what came last, too');

    # Redis is away for a moment: it goes on by itself

    is($t->post("$ADMIN/index/reindex", {})->status, 202, 'once more');
    $t->pause_redis;
    sleep 0.2;
    $t->resume_redis;
    ok($t->wait_for(sub { index_of($t)->{reindex}{state} eq 'done' }, 60),
       'Redis was away for a moment');

    # what no module of ours wrote is left out

    my ($bad) = fill($t, 1, sub { { title => 'rotten' } });
    my ($far) = fill($t, 1, sub { { title => 'distant' } });
    my $own   = $t->redis('HGET', "{b0}:tender:$far->[1]", 'own');

    $t->redis('HSET', "{b0}:tender:$far->[1]", 'own',
              $own =~ s/\d+$/33554432/r);

    $t->redis('HSET', "{b0}:tender:$bad->[1]", 'doc', '{"title":');
    $t->redis('DEL', "{b0}:tender:$list[0][1]");
    $t->redis('XADD', '{b0}:events', '*', 'op', 'create', 'id', 'none');

    is(reindexed($t, 'reset=1')->{state}, 'done', 'with a bad record');
    like($t->error_log, qr/"$bad->[1]" is left out of the index/, 'told');
    is_deeply([found($t, 'rotten')], [], 'it is left out');
    is_deeply([found($t, 'distant')], [], 'and one with too high a number');
    is_deeply([found($t, 'round4')], [2 .. 100], 'and one that is gone');

    $t->allow_errors(qr/exited on signal 9/, qr/is left out of the index/);
    $t->finish;
}


# -------------- it waits for a long log, its worker dies: nothing comes twice

for my $phase ('events', 'feed') {
    my $t = index_test();

    hold($t);
    fill($t, 250, sub { { title => "every$_[0] wait" . $_[0] % 5 } });

    my $log    = $t->redis('GET', '{b0}:idx:log');
    my $copies = 1 + int(2_200_000 / length $log);
    my $all    = (2 + $copies) * length $log;

    $t->redis('APPEND', '{b0}:idx:log', $log x $copies);
    $t->redis('DEL', '{b0}:events') if $phase eq 'feed';

    is($t->post("$ADMIN/index/reindex", {})->status, 202, "$phase: it begins");
    ok($t->wait_for(sub {
        $t->redis('EXISTS', '{b0}:idx:met')
            && $t->redis('HGET', '{g}:reindex', 'phase') eq $phase;
    }, 20), "$phase: some are written, the rest waits");

    my $from = $t->redis('HGET', '{g}:reindex', 'heartbeat');

    ok($t->wait_for(sub { $t->redis('HGET', '{g}:reindex', 'heartbeat')
                          > $from + 5000 }, 40),
       "$phase: it tells that it is alive");
    is(index_of($t)->{reindex}{done}, 0, "$phase: nothing else goes on");

    my @old = $t->worker_pids;

    kill 'KILL', @old;
    ok($t->wait_for(sub { !grep { -d "/proc/$_" } @old }, 10),
       "$phase: its worker is killed");
    $t->redis('HSET', '{g}:reindex', 'heartbeat', '0');
    release($t);

    ok($t->wait_for(sub { index_of($t)->{reindex}{state} eq 'done' }, 60),
       "$phase: another one goes on");
    # of the page that the first one was at, the feed's are met by now

    is(index_of($t)->{reindex}{done}, $phase eq 'feed' ? 242 : 250,
       "$phase: so many");
    is(manifest($t)->{base} + $t->redis('STRLEN', '{b0}:idx:log'), $all,
       "$phase: each was written once");
    is_deeply([found($t, 'wait2')], [map { 5 * $_ + 2 } 0 .. 49],
              "$phase: all are found");
    is($t->redis('HGET', '{b0}:numbers', '#mixed'), undef,
       "$phase: no number is new");

    $t->allow_errors(qr/exited on signal 9/);
    $t->finish;
}


# --------------------------------------------------- one that is damaged

my ($log, $id);

{
    my $t = index_test();

    hold($t);
    $id = (fill($t, 1, sub { { title => 'copy' } }))[0][1];
    $log = $t->redis('GET', '{b0}:idx:log');
    $t->finish;
}

damaged('its log', sub {
    my ($t) = @_;

    $t->redis('APPEND', '{b0}:idx:log', "rubbish\n");
});

damaged('its log', sub {
    my ($t) = @_;

    # a number that no column could hold

    $t->redis('APPEND', '{b0}:idx:log',
              "4000000000 $id 1 1 complete X 0 - =\n");
});

damaged('words in its log', sub {
    my ($t) = @_;

    $t->redis('APPEND', '{b0}:idx:log', "1 $id 1 1 complete X 0 - 2\n\5a");
});

damaged('its manifest', sub {
    my ($t) = @_;

    $t->redis('SET', '{b0}:idx:manifest', "1 0 2\nrubbish\n");
});

damaged('its manifest', sub {
    my ($t) = @_;

    $t->redis('SET', '{b0}:idx:manifest', 'rubbish');
});

my %segments = (
    'a segment is lost' => sub {
        $_[0]->redis('DEL', '{b0}:idx:segment:2:head');
    },
    'the head of a segment' => sub {
        $_[0]->redis('SETRANGE', '{b0}:idx:segment:2:head', 0, 'XXXX');
    },
    'a segment' => sub {
        my ($t) = @_;
        my $size = $t->redis('STRLEN', '{b0}:idx:segment:2:blocks');

        $t->redis('SETRANGE', '{b0}:idx:segment:2:blocks', 0,
                  "\xff" x $size);
    },
);

for my $what (sort keys %segments) {
    damaged($what, sub {
        my ($t, $copies) = @_;

        grow($t, $copies, 2);
        $segments{$what}->($t);
        grow($t, $copies, 8);
    });
}


# until so many segments were made

sub grow {
    my ($t, $copies, $want) = @_;

    $t->wait_for(sub {
        if (!$t->redis('EXISTS', '{b0}:idx:lock')) {
            return 1 if (manifest($t) || { next => 0 })->{next} > $want;

            $t->redis('APPEND', '{b0}:idx:log', $copies);
            push_on($t, 64);
        }

        return 0;
    }, 60) or die 'no segments';
}


sub damaged {
    my ($what, $damage) = @_;

    my $t = index_test();
    my $pattern = qr/bucket 0 is damaged: \Q$what\E; POST to index/;

    hold($t);
    fill($t, 520, sub { { title => "every$_[0] hundred" . int $_[0] / 100 } });

    my $copies = $t->redis('GET', '{b0}:idx:log');

    $t->allow_errors($DAMAGED);
    release($t);
    $damage->($t, $copies);

    ok($t->wait_for(sub {
        push_on($t, 64);
        $t->error_log =~ $pattern;
    }, 30), "$what: it is told");

    is($t->post($API, { data => { title => 'still' } })->status, 201,
       "$what: tenders are taken all the same");
    is($t->redis('EXISTS', '{b0}:idx:lock'), 0, "$what: it holds no lock");

    my $was = (manifest($t) || {})->{generation} // 0;
    my @lines;

    push_on($t, 64) for 1 .. 3;
    @lines = $t->error_log =~ /($pattern)/g;
    is(scalar @lines, 1, "$what: once");

    my $state = reindexed($t);

    is($state->{state}, 'failed', "$what: it cannot just be built anew");
    is($state->{why}, 'it is damaged, and needs reset=1',
       "$what: it says why");

    $state = reindexed($t, 'reset=1');

    is($state->{state}, 'done', "$what: it is built anew from nothing");
    is_deeply([found($t, 'hundred2')], [200 .. 299],
              "$what: all is found again");
    is(scalar(my @all = found($t, 'still')), 1, "$what: what came late, too");
    cmp_ok(manifest($t)->{generation}, '>', $was =~ /^\d+$/ ? $was : 0,
           "$what: readers have noticed");

    # and goes on as ever

    my $generation = manifest($t)->{generation};

    $t->redis('APPEND', '{b0}:idx:log', $copies);
    push_on($t, 128);
    ok($t->wait_for(sub { manifest($t)->{generation} > $generation }, 30),
       "$what: it is looked after again");
    is_deeply([found($t, 'hundred2')], [200 .. 299],
              "$what: all is still found");

    $t->finish;
}

done_testing;
