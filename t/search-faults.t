#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Searches while Redis is away, is another one, or has lost something: a
# worker that follows the index notices, and what it cannot notice by itself
# is told by the store.  Nothing is made up.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Access;
use Tender::FakeRedis;
use Tender::Index;
use Tender::Test;


my $OPEN = <<'END';
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; tender_anonymous read; }
END

my $PLAN = "tender_plan preview minute=0 page=1000 depth=10000 all=on;\n";

away();
another();
restored();
grown();
damaged();
log_damaged();
replies();

done_testing;


sub server {
    my (%opt) = @_;

    $opt{http} = $PLAN . ($opt{http} // '');

    return access_test(location => $OPEN, %opt);
}


# numbers of what is found, or a status

sub words {
    my ($t, $words, $more) = @_;

    my $r = $t->client(timeout => 30)->get(
        "/api/export?kwords=$words&dtype=ndjson&all=1&fields=TenderNumOuter"
        . ($more // ''));

    return $r->status if $r->status != 200;
    return join ' ', sort { $a <=> $b } $r->body =~ /UA-\d+-(\d+)/g;
}


sub titled {
    my ($t, $n, $title) = @_;

    return fill($t, $n, sub { { title => "$title number$_[0]",
        totalValue => { amount => $_[0], currency => 'UAH' } } });
}


sub refused {
    my ($r, $status, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $error = eval { $r->json->[0] } || {};

    like($r->status, $status, $name) or diag(substr $r->body, 0, 300);
    is($error->{access}, 'denied', "$name: in the form of this address")
        or diag(substr $r->body, 0, 300);
}


# the same, once the worker that answers has its link

sub steady {
    my @ask = @_;
    my $r;

    $ask[0]->wait_for(sub { ($r = json(@ask))->status != 503 }, 20);

    return $r;
}


sub json { $_[0]->client(timeout => 30)->get('/api/export?dtype=json&'
                                             . ($_[1] // 'kwords=plain')) }


# ------------------------------------------------------------ it is not there

sub away {
    my $t = server(redis => { appendonly => 'yes' }, workers => 2,
                   http => 'tender_redis_timeout 500ms;
                            tender_redis_connect_timeout 500ms;');

    titled($t, 20, 'plain');
    is(words($t, 'plain'), join(' ', 1 .. 20), 'all are found');

    $t->pause_redis;

    for my $n (1 .. 3) {
        my $r = json($t);

        refused($r, qr/^50[34]$/, "it hangs, $n");
        cmp_ok($r->elapsed, '<', 8, 'no client waits for long');
    }

    $t->resume_redis;
    ok($t->wait_for(sub { words($t, 'plain') eq join ' ', 1 .. 20 }, 20),
       'it goes on');

    $t->stop_redis('KILL');

    my $r;

    $t->wait_for(sub { ($r = json($t))->status == 503 });
    refused($r, qr/^503$/, 'it is away');
    ok($r->header('Retry-After'), 'when to come again');
    cmp_ok($r->elapsed, '<', 5, 'at once');

    $t->start_redis;
    ok($t->wait_for(sub { words($t, 'plain') eq join ' ', 1 .. 20 }, 20),
       'it is back with what it had');

    # what is written meanwhile by another server

    titled($t, 5, 'plain');
    is(words($t, 'plain'), join(' ', 1 .. 25), 'and with more');

    # a long list ends where the store ends, whole or cut off

    my @jobs = map { $t->background(sub {
        my @seen;
        for (1 .. 30) {
            my $r = $t->client(timeout => 10)->get(
                '/api/export?all=1&dtype=json&fields=TenderNumOuter');
            push @seen, [$r->status, scalar(my @n = $r->body =~ /UA-/g),
                         eval { $r->json; 1 } ? 1 : 0];
            sleep 0.01;
        }
        return \@seen;
    }) } 1 .. 4;

    for (1 .. 3) {
        sleep 0.15;
        $t->stop_redis('KILL');
        $t->start_redis;
    }

    my @seen = map { @{ $_->result } } @jobs;

    is(scalar(grep { $_->[0] == 200 && $_->[2] && $_->[1] != 25 } @seen), 0,
       'no part looks like the whole');
    is(scalar(grep { $_->[0] !~ /^(?:0|200|50[0-4])$/ } @seen), 0,
       'nothing else is answered');

    $t->finish;
}


# ------------------------------------------------------- it is an empty one

sub another {
    my $t = server(workers => 2);

    for my $how (qw(restart flush)) {

        for my $sealed (0, 1) {
            my $name = "$how, " . ($sealed ? 'segments' : 'a log');
            my $n    = $sealed ? 700 : 50;

            titled($t, $n, 'ancient');
            $t->wait_for(sub { manifest($t) }, 30) if $sealed;
            is(scalar(split / /, words($t, 'ancient')), $n, "$name: all")
                for 1 .. 2;

            # both workers know of them

            words($t, 'ancient') for 1 .. 6;

            if ($how eq 'restart') {
                $t->stop_redis('KILL');
                $t->start_redis;
                ok($t->wait_for(sub { words($t, 'ancient') eq '' }, 20),
                   "$name: all are gone");
            } else {
                $t->redis('FLUSHALL');
            }

            # one of the workers may not have its link yet

            my %found;
            $t->wait_for(sub { %found = map { words($t, 'ancient') => 1 }
                                        1 .. 10;
                               !$found{503} }, 20);

            is_deeply([keys %found], [''], "$name: none is made up");
            is(steady($t, 'sort_by=by_price')->header('X-Total-Count'), 0,
               'there are none');
            is(steady($t, 'id=3')->status, 404, 'none by its number');

            titled($t, 3, 'modern');

            $t->wait_for(sub { %found = map { words($t, 'modern') => 1 }
                                        1 .. 10;
                               !$found{503} }, 20);
            is_deeply([keys %found], ['1 2 3'], "$name: new ones are found");
            $t->wait_for(sub { %found = map { words($t, 'ancient') => 1 }
                                        1 .. 10;
                               !$found{503} }, 20);
            is_deeply([keys %found], [''], 'and they alone');

            my ($row) = steady($t,
                               'kwords=modern&sort_by=by_price&fields=Price')
                        ->json->[1];
            is($row->{Price}, '3', 'their prices are their own');

            $t->redis('FLUSHALL');
        }
    }

    $t->finish;
}


# --------------------------------- the same length, or more: another one still

sub grown {
    my $t = server(workers => 1);

    titled($t, 30, 'ancient');
    is(words($t, 'ancient'), join(' ', 1 .. 30), 'a log is known');

    $t->redis('FLUSHALL');
    titled($t, 31, 'modern7');
    cmp_ok($t->redis('STRLEN', '{b0}:idx:log'), '>', 0, 'it has grown again');
    is(words($t, 'ancient'), '', 'longer than it was: the old ones are gone');
    is(words($t, 'modern7'), join(' ', 1 .. 31), 'the new ones are found');

    # the same texts, so that each entry ends as it did, at the same place

    $t->redis('FLUSHALL');
    titled($t, 10, 'equals');
    is(words($t, 'equals'), join(' ', 1 .. 10), 'some');
    my $was = $t->redis('STRLEN', '{b0}:idx:log');

    $t->redis('FLUSHALL');
    my @list = titled($t, 10, 'equals');
    is($t->redis('STRLEN', '{b0}:idx:log'), $was, 'a log of the same length');
    is(words($t, 'equals'), join(' ', 1 .. 10), 'all of its own');
    is(json($t, 'kwords=equals&tenpage=10&sort_by=by_price')
           ->header('X-Total-Count'), 10, 'by their prices');

    my $r = $t->get("/api/export?dtype=json&fields=TenderNumOuter"
                    . "&sort_by=by_price&kwords=equals");
    is(scalar(my @n = $r->body =~ /UA-/g), 10,
       'each leads to its tender, not to what had its number');

    $t->finish;
}


# ---------------------------------------------- a copy that was made earlier

sub copy_of {
    my ($t) = @_;

    return { map { $_ => [$t->redis('DUMP', $_)] }
             grep { /^\{b0\}/ } @{ $t->redis('KEYS', '*') } };
}


# the links stay: a replica that takes over behind an address does this

sub put_back {
    my ($t, $copy) = @_;

    $t->redis('FLUSHALL');
    $t->redis('RESTORE', $_, 0, $copy->{$_}[0]) for keys %$copy;
}


sub restored {
    my $t = server(workers => 2);

    # one generation, a shorter log that grows again

    titled($t, 20, 'kept');
    my $copy = copy_of($t);
    titled($t, 20, 'lost');
    is(words($t, 'lost'), join(' ', 21 .. 40), 'forty') for 1 .. 4;

    put_back($t, $copy);
    my %found = map { words($t, 'lost') => 1 } 1 .. 8;
    is_deeply([keys %found], [''], 'what was lost is not found');
    is(words($t, 'kept'), join(' ', 1 .. 20), 'what was kept is');

    titled($t, 25, 'fresh');
    %found = map { words($t, 'lost') => 1 } 1 .. 8;
    is_deeply([keys %found], [''], 'nor once the log has grown again');
    %found = map { words($t, 'fresh') => 1 } 1 .. 8;
    is_deeply([keys %found], [join ' ', 21 .. 45], 'the new ones are there');
    is(json($t, 'kwords=fresh&sort_by=by_price&sort_dest=asc&fields=Price')
           ->json->[1]{Price}, '1', 'with their own prices');

    # an older generation, and then as many again with other contents

    titled($t, 700, 'kept');
    ok($t->wait_for(sub { manifest($t)
                          && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30),
       'a segment');
    my $kept = () = words($t, 'kept') =~ /\d+/g;
    $copy = copy_of($t);

    titled($t, 700, 'lost');
    $t->wait_for(sub { @{ manifest($t)->{ids} } > 1
                       && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30);
    my ($lost) = scalar(() = words($t, 'lost') =~ /\d+/g);
    is($lost, 700, 'another one');
    words($t, 'lost') for 1 .. 5;

    put_back($t, $copy);
    %found = map { words($t, 'lost') => 1 } 1 .. 8;
    is_deeply([keys %found], [''], 'an older generation: the lost are gone');
    is(scalar(() = words($t, 'kept') =~ /\d+/g), $kept, 'the kept are there');

    # both workers know the younger generation when the store goes back

    titled($t, 700, 'lost');
    $t->wait_for(sub { @{ manifest($t)->{ids} } > 1
                       && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30);
    words($t, 'lost') for 1 .. 8;

    put_back($t, $copy);
    fill($t, 1400, sub { { title => "fresh longer title number$_[0]" } });
    $t->wait_for(sub { @{ manifest($t)->{ids} } > 2
                       && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30);

    %found = map { words($t, 'lost') => 1 } 1 .. 8;
    is_deeply([keys %found], [''],
              'a younger one with segments of the same names: they are gone');
    %found = map { scalar(() = words($t, 'longer') =~ /\d+/g) => 1 } 1 .. 8;
    is_deeply([keys %found], [1400], 'the new ones are found');

    $t->finish;
}


# ------------------------------------------------------------- it is damaged

sub noise { my ($n) = @_; join '', map { chr(($_ * 7919 >> 3) & 255) } 1 .. $n }


sub damaged {
    my $t = server(workers => 1);

    $t->allow_errors($DAMAGED, qr/answered: "WRONGTYPE/);

    titled($t, 900, 'plain');
    ok($t->wait_for(sub { manifest($t)
                          && !$t->redis('EXISTS', '{b0}:idx:lock') }, 30),
       'a segment');

    my $id    = manifest($t)->{ids}[0];
    my $copy  = copy_of($t);
    my @parts = map { "{b0}:idx:segment:$id:$_" } qw(head blocks data);
    my %set   = (
        gone    => sub { $t->redis('DEL', $_[0]) },
        short   => sub { my $s = $t->redis('GET', $_[0]);
                         $t->redis('SET', $_[0], substr $s, 0,
                                   length($s) - 1) },
        half    => sub { my $s = $t->redis('GET', $_[0]);
                         $t->redis('SET', $_[0], substr $s, 0,
                                   length($s) / 2) },
        noise   => sub { my $s = $t->redis('GET', $_[0]);
                         $t->redis('SET', $_[0], noise(length $s)) },
        a_list  => sub { $t->redis('DEL', $_[0]);
                         $t->redis('RPUSH', $_[0], 'x') },
    );

    my @cases = (
        (map { ['manifest', '{b0}:idx:manifest', $_] } sort keys %set),
        (map { my $p = $_; map { [$p =~ /(\w+)$/, $p, $_] } sort keys %set }
             @parts),
        map { my $c = $_; map { ["column $c", "{b0}:idx:column:$c", $_] }
              qw(gone half a_list) }
        qw(id modified deadline price status)
    );

    my %query = (
        data              => 'kwords="plain number5"',
        'column modified' => 'sort_by=by_modified',
        'column deadline' => 'sort_by=by_date_end',
        'column price'    => 'sort_by=by_price',
        'column status'   => 'status=active.tendering',
    );

    for my $case (@cases) {
        my ($what, $key, $how) = @$case;
        my $name = "$what: $how";

        put_back($t, $copy);
        $t->redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        $set{$how}->($key);

        my $from  = length $t->error_log;
        my $query = $query{$what} || 'kwords=number1*+plain';
        my $r;

        $query =~ s/([" ])/sprintf '%%%02X', ord $1/ge;
        $t->wait_for(sub { ($r = json($t, $query))->status != 503 });

        my @more = map { json($t, $query) } 1 .. 4;

        # what noise says instead is taken for what it is; all that cannot
        # be is refused

        if ($what eq 'data' && $how eq 'noise' && $r->status == 200) {
            pass("$name: nothing there is without a meaning");

        } else {
            refused($r, qr/^500$/, $name);
            is(scalar(grep { $_->status != 500 } @more), 0,
               "$name: again and again");
        }

        my @told = substr($t->error_log, $from) =~ /(\[crit\].*)/g;
        my ($other) = grep { !/index\/reindex\?reset=1/ } @told;

        cmp_ok(@told, '<=', 2, "$name: it is told once, or by two");
        is($other, undef, "$name: with what helps");

        ok(@told || $how eq 'a_list' || $r->status == 200,
           "$name: it is told");
    }

    # all of it is built anew

    is(reindexed($t, 'reset=1')->{state}, 'done', 'it is built anew');
    is(words($t, 'plain'), join(' ', 1 .. 900), 'all are found');
    is(json($t, 'sort_by=by_price&fields=Price')->json->[1]{Price}, '900',
       'in order');

    $t->finish;
}


sub log_damaged {
    my $t = server(workers => 1);

    $t->allow_errors($DAMAGED);

    titled($t, 20, 'plain');
    is(words($t, 'plain'), join(' ', 1 .. 20), 'a log');

    my $log  = $t->redis('GET', '{b0}:idx:log');
    my $line = $log =~ /^(\S+ \S+ \S+ \S+ \S+ \S+ )/ ? $1 : die;
    my $i    = 0;
    my @tails = (
        'cut off'  => substr($log, 0, -1),
        'noise'    => $log . noise(500),
        'a zero'   => $log . "\0",
        'no id'    => $log . ($line =~ s/^(\d+) \S+/$1 x/r) . "= = =\n",
        'short id' => $log . "21 0123 1 1 active.tendering X 0 - =\n",
        'not hex'  => $log . ($line =~ s/ \S{32} /' ' . ('z' x 32) . ' '/er)
                      . "= = =\n",
        'number 0' => $log . ($line =~ s/^\d+/0/r) . "= = =\n",
        'a number beyond all' => $log . ($line =~ s/^\d+/4000000000/r)
                                 . "= = =\n",
        'a stage'  => $log . ($line =~ s/active\.\w+/active.nothing/r)
                      . "= = =\n",
        'a length' => $log . $line . "0 - 1000000000\nx",
        'terms'    => $log . $line . "0 - 12\n" . "\xff" x 12,
        'empty'    => ' ' x 200,
    );

    while (my ($name, $bytes) = splice @tails, 0, 2) {

        # known up to there, and from the beginning

        for my $cold (0, 1) {
            my $from = length $t->error_log;

            $t->redis('SET', '{b0}:idx:log', $log);
            $t->wait_for(sub { words($t, 'plain') eq join ' ', 1 .. 20 })
                or fail("$name: it is well again");
            $t->redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
                if $cold;
            $t->redis('SET', '{b0}:idx:log', $bytes);

            my $r;
            $t->wait_for(sub { ($r = json($t))->status != 503 });

            refused($r, qr/^500$/, "$name, $cold");
            is(json($t)->status, 500, "$name, $cold: and again");

            my @told = substr($t->error_log, $from) =~ /(\[crit\].*)/g;

            cmp_ok(@told, '<=', 1, "$name, $cold: it is told once");
        }
    }

    like($t->error_log, qr/damaged: its log; POST to index\/reindex/,
         'it was told');

    $t->finish;
}


# ---------------------------------------------------- answers that are none

sub replies {
    my $bulk = sub { '$' . length($_[0]) . "\r\n$_[0]\r\n" };
    my $e    = $bulk->('');
    my $list = sub { '*' . @_ . "\r\n" . join '', @_ };

    my $o = $bulk->('0');
    my @cases = (
        [nil        => "\$-1\r\n", qr/^50[023]$/],
        [integer    => ":7\r\n", qr/^50[023]$/],
        [status     => "+OK\r\n", qr/^50[023]$/],
        [nothing    => "*0\r\n", qr/^50[023]$/],
        [nil_list   => "*-1\r\n", qr/^50[023]$/],
        [numbers    => $list->((":1\r\n") x 3), qr/^50[023]$/],
        [nils       => $list->(("\$-1\r\n") x 3), qr/^50[023]$/],
        [one        => $list->($o), qr/^50[023]$/],
        [four       => $list->($o, $e, $e, $e), qr/^50[023]$/],
        [nested     => $list->($o, $list->($e, $e), $list->($e)),
                       qr/^50[023]$/],
        [mixed      => $list->($o, $e, ":3\r\n"), qr/^50[023]$/],
        [refused    => "-ERR no such thing\r\n", qr/^50[023]$/],
        [loading    => "-LOADING not yet\r\n", qr/^503$/],
        [full       => "-OOM full\r\n", qr/^50[03]$/],
        [long_log   => $list->($o, $bulk->('x' x 3_000_000), $e), qr/^500$/],
        [long_text  => $list->($o, $e, $bulk->('9' x 1_000_000)), qr/^500$/],
        [manifest   => $list->($o, $e, $bulk->("0 0 0\n")), qr/^500$/],
        [lost       => $list->($o, $e, $bulk->('-')), qr/^500$/],
        [lines      => $list->($o, $e, $bulk->("5 0 9\n1 2 3\n")), qr/^500$/],
        [high       => $list->($o, $e, $bulk->("5 0 9\n1 1 4000000000 "
                                     . "4000000000 9 9 9\n")), qr/^500$/],
        [a_part     => $list->($o, $e), qr/^503$/],
        [well       => $list->($o, $e, $e), qr/^200$/],
    );

    for my $case (@cases) {
        my ($name, $reply, $status) = @$case;
        my $fake = Tender::FakeRedis->new(rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^EVALSHA .*idx:manifest/, send => $reply },
        ]);
        my $t = Tender::Test->new(
            redis => 0, redis_addr => $fake->addr,
            http => $PLAN . 'tender_redis_timeout 3s;',
            location => $OPEN,
        );

        $t->allow_errors($DAMAGED, qr/this module did not write/,
                         qr/answered: "(?:ERR|OOM) /);

        for my $n (1 .. 4) {
            my $r = json($t);

            if ($name eq 'well') {
                is($r->status, 200, 'an empty index');
                is($r->header('X-Total-Count'), 0, 'has nothing');

            } else {
                refused($r, $status, "$name, $n");
            }
        }

        my @told = $t->error_log =~ /($DAMAGED)/g;

        # and once more if the link was only on its way

        cmp_ok(@told, '<=', 2, "$name: it is told once");
        is_deeply([$fake->unexpected], [], 'nothing else was asked');

        $t->finish;
    }
}
