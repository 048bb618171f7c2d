#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# More of the index than a worker keeps: pieces come and go, many different
# searches at the same time find what they should, memory stays bounded, and
# what would need more than there is is refused.

use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP ();
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Index;
use Tender::Test;


my $SHORT = 5_000;       # tenders with a few words of many
my $LONG  = 900;         # with many words of a few
my $VOCAB = 3_000;
my $ASAN  = $ENV{TEST_TENDER_ASAN};

my $t = access_test(
    workers  => 1,
    http     => 'tender_search_cache 1m;
                 tender_plan preview minute=0 page=1000 depth=10000 all=on;',
    location => <<'END',
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; tender_anonymous read; }
        location = /ping { return 200 pong; }
END
);

my (@all, %by);

fill_up();
compaction();
warm();
distinct();
together();
too_much();
aborts();
reload();

$t->finish;
done_testing;


# ------------------------------------------------------------------ tenders

# one client's share; what it has published

sub share {
    my ($k, $of) = @_;

    my $c = $t->client(timeout => 60);
    my @list;

    srand(100 + $k);

    for my $n (grep { $_ % $of == $k } 1 .. $SHORT) {
        push @list, [$n, map { sprintf 'vo%04d', rand() ** 2 * $VOCAB }
                         1 .. 6 + rand(12)];
        post($c, $list[-1]);
    }

    for my $n (grep { $_ % $of == $k } 1 .. $LONG) {
        push @list, [$SHORT + $n, 'long',
                     map { sprintf 'c%02d', ($_ * 7 + $n) % 20 } 1 .. 2_000];
        post($c, $list[-1]);
        $#{ $list[-1] } = 3;
    }

    return \@list;
}


sub post {
    my ($c, $tender) = @_;

    my ($n, @words) = @$tender;
    my $r = $c->post($API, { data => {
        title => "tender n$n", description => "@words",
        totalValue => { amount => $n, currency => 'UAH' },
    } });

    die $r->status . ' ' . $r->body if $r->status != 201;

    unshift @$tender, @{ $r->json->{data} }{qw(id tenderID)};
}


sub fill_up {
    my @jobs = map { my $k = $_; $t->background(sub { share($k, 4) }) } 0 .. 3;

    for my $tender (map { @{ $_->result } } @jobs) {
        my ($id, $outer, $n, @words) = @$tender;
        my %words = map { $_ => 1 } @words, "n$n", 'tender';

        push @all, { id => $id, outer => $outer, n => $n, words => \%words };
        $by{$_}{$outer} = 1 for keys %words;
    }

    is(@all, $SHORT + $LONG, 'so many tenders');
}


# --------------------------------------------------------------- requests

sub get {
    my ($query, $c) = @_;

    $query =~ s/([" |])/sprintf '%%%02X', ord $1/ge;

    return ($c || $t->client(timeout => 60))->get(
        "/api/export?dtype=ndjson&fields=TenderNumOuter&$query");
}


sub hits {
    my ($query, $c) = @_;

    my $r = get($query, $c);

    return $r->status . ' ' . $r->body if $r->status != 200;
    return join ' ', sort $r->body =~ /"TenderNumOuter":"([^"]*)"/g;
}


sub wanted { join ' ', sort keys %{ $by{ $_[0] } || {} } }


# a random search, and what it should find

sub some {
    my ($one, $two) = map { sprintf 'vo%04d', rand() ** 1.5 * $VOCAB } 1, 2;
    my ($x, $y) = map { $by{$_} || {} } $one, $two;
    my $kind = int rand 5;

    return ("kwords=$one&all=1", wanted($one)) if $kind == 0;
    return ("kwords=$one $two&all=1",
            join ' ', sort grep { $y->{$_} } keys %$x) if $kind == 1;
    return ("kwords=$one | $two&all=1",
            join ' ', sort keys %{ { %$x, %$y } }) if $kind == 2;
    return ("kwords=$one -$two&all=1",
            join ' ', sort grep { !$y->{$_} } keys %$x) if $kind == 3;

    my $prefix = substr $one, 0, 5;

    return ("kwords=$prefix*&all=1",
            join ' ', sort keys %{ { map { %{ $by{$_} } }
                                     grep { /^$prefix/ } keys %by } });
}


# ------------------------------------------------------------ what is below

sub settled {
    return !$t->redis('EXISTS', '{b0}:idx:lock')
           && $t->redis('STRLEN', '{b0}:idx:log') < 1_500_000;
}


sub compaction {
    ok($t->wait_for(sub { manifest($t) && settled() }, 60),
       'logs became segments');

    my @lines = split /\n/, $t->redis('GET', '{b0}:idx:manifest');
    my ($most) = sort { $b <=> $a } map { (split / /)[1] } @lines[1 .. $#lines];

    cmp_ok(scalar(@lines), '<', 18, 'a few segments');
    cmp_ok($most, '>', 1_024, 'some were merged');

    # words that change bury old ones, wherever these are

    my $c = $t->client(timeout => 60);
    my @moved = @all[map { $_ * 40 } 0 .. 99];

    for my $tender (@moved) {
        my $r = $c->patch("$API/$tender->{id}", { data => {
            title => "moved m$tender->{n}" } });

        die $r->body if $r->status != 200;

        delete $by{$_}{ $tender->{outer} } for 'tender', "n$tender->{n}";
        $by{$_}{ $tender->{outer} } = 1 for 'moved', "m$tender->{n}";
    }

    for my $tender (@all[map { $_ * 40 + 7 } 0 .. 49]) {
        my $r = $c->patch("$API/$tender->{id}",
                          { data => { status => 'cancelled' } });

        die $r->body if $r->status != 200;

        $by{-cancelled}{ $tender->{outer} } = 1;
    }

    is(hits('kwords=moved&all=1'), wanted('moved'), 'new words are found');
    is(hits("kwords=m$moved[0]{n}&all=1"), $moved[0]{outer}, 'each');
    is(hits("kwords=n$moved[0]{n}&all=1"), '', 'old ones are not');
    is(hits('kwords=tender&all=1'), wanted('tender'), 'of none of them');
    is(hits('status=cancelled&all=1'), wanted(-cancelled),
       'those that are cancelled');
    is(hits('kwords=tender&all=1&status=cancelled'),
       join(' ', grep { $by{tender}{$_} } sort keys %{ $by{-cancelled} }),
       'with words');

    my $count = keys %{ $by{tender} };

    is(get('kwords=tender')->header('X-Total-Count'), $count, 'the total');
    is(get('')->header('X-Total-Count'), scalar @all, 'of all');
}


# how often Redis is asked by a search whose pieces are there

sub asked {
    my ($query) = @_;

    my $c = $t->client(timeout => 60);

    get($query, $c) for 1 .. 2;

    $t->redis('CONFIG', 'RESETSTAT');
    my $r = get($query, $c);
    my %calls = $t->redis('INFO', 'commandstats')
                =~ /cmdstat_([^:]+):calls=(\d+)/g;

    $calls{rows} = () = $r->body =~ /\n/g;

    return \%calls;
}


sub warm {
    for my $query ('kwords=vo0001', 'kwords=vo0001 vo0002', 'sort_by=by_price',
                   'kwords=tender&price1=100&sort_by=by_date_end',
                   'kwords=vo0001&sort_by=by_relevance', 'kwords=vo001*')
    {
        my $calls = asked($query);

        is($calls->{rows}, 10, "$query: a page")
            or next;
        is($calls->{evalsha}, 1, 'one script');
        is($calls->{hmget}, 10, 'ten records');
        cmp_ok($calls->{getrange}, '<=', 3, 'and no more, but in the script');
    }
}


# ------------------------------------------------------------------ memory

sub rss {
    my ($pid) = $t->worker_pids;

    open my $fh, '<', "/proc/$pid/status" or die "$pid: $!";

    my ($kb) = map { /^VmRSS:\s+(\d+)/ ? $1 : () } readline $fh;

    return $kb;
}


sub distinct {
    my $c = $t->client(timeout => 60);
    my $wrong = 0;

    srand(11);

    my ($half, $full);
    my $times = $ASAN ? 400 : 1_200;

    for my $n (1 .. $times) {
        my ($query, $wanted) = some();
        my $found = hits($query, $c);

        $half = rss() if $n == $times / 2;

        next if $found eq $wanted;

        diag("$query: $found\nand not $wanted") if ++$wrong < 3;
    }

    $full = rss();

    is($wrong, 0, "$times different searches, one by one");

    SKIP: {
        skip 'a sanitizer keeps what is freed', 2 if $ASAN;

        cmp_ok($full - $half, '<', 6_000, 'they take no more and more memory');
        cmp_ok($full, '<', 90_000, 'nor much');
    }
}


sub together {
    my @jobs = map {
        my $k = $_;

        $t->background(sub {
            my $c = $t->client(timeout => 60);
            my @wrong;

            srand(1_000 + $k);

            for (1 .. ($ASAN ? 40 : 100)) {
                my ($query, $wanted) = some();
                my $found = hits($query, $c);

                push @wrong, "$query: " . substr($found, 0, 200)
                    if $found ne $wanted;
            }

            return \@wrong;
        });
    } 1 .. 12;

    # all that is known is forgotten now and then

    for (1 .. 10) {
        sleep 0.1;
        $t->redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }

    my @wrong = map { @{ $_->result } } @jobs;
    my @lost  = grep { /: (?:0|50[34]) / } @wrong;

    is(@wrong - @lost, 0, 'twelve clients at the same time')
        or diag(join "\n", grep { !/: (?:0|50[34]) / } @wrong);
    cmp_ok(@lost, '<=', 12 * 10, 'only what was under way was lost');

    # with nothing in the way each one succeeds

    @jobs = map {
        my $k = $_;

        $t->background(sub {
            my $c = $t->client(timeout => 60);
            my $wrong = 0;

            srand(2_000 + $k);

            for (1 .. ($ASAN ? 20 : 60)) {
                my ($query, $wanted) = some();

                $wrong++ if hits($query, $c) ne $wanted;
            }

            return $wrong;
        });
    } 1 .. 24;

    my $wrong = 0;
    $wrong += $_->result for @jobs;

    is($wrong, 0, 'twenty-four clients, none has to wait for another');
}


sub too_much {
    my $phrase = join ' ', map { sprintf 'c%02d', $_ * 7 % 20 } 0 .. 19;

    for my $query ("kwords=\"$phrase\"", "kwords=\"$phrase\"&all=1",
                   "kwords=\"$phrase\"&sort_by=by_relevance")
    {
        my $r = get("$query&dtype=json");

        is($r->status, 400, 'what looks at too much is refused')
            or diag(substr $r->body, 0, 200);
        is_deeply($r->json, [{ access => 'denied', code => 'bad_request',
            message => $r->json->[0]{message} }], 'in the form that is asked');
        like($r->json->[0]{message}, qr/too much.*tender_search_cache/,
             'with a sentence');
    }

    (my $words = $phrase) =~ s/(c01).*/$1/;

    is(get("kwords=$words")->header('X-Total-Count'), $LONG,
       'the same words without their places are found');

    my $r = get('kwords=vo*&dtype=json');

    is($r->status, 400, 'a short prefix is refused');
    like($r->body, qr/Too many words begin like that/, 'with a sentence');

    is(hits('kwords=vo0100&all=1'), wanted('vo0100'), 'others are as before');
}


# ------------------------------------------------------- clients that leave

sub aborts {
    my ($worker) = $t->worker_pids;
    my $files = sub { scalar(() = glob "/proc/$worker/fd/*") };

    $t->get('/ping');
    my $was = $files->();

    srand(5);

    for my $n (1 .. ($ASAN ? 60 : 200)) {
        my ($query) = some();

        # cold: what the worker knows is gone with its link

        $t->redis('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
            if $n % 4 == 0;

        $query =~ s/([" |])/sprintf '%%%02X', ord $1/ge;

        my @socks = map {
            my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                          PeerPort => $t->port) or die $!;

            syswrite $s, "GET /api/export?$query&dtype=json HTTP/1.1\r\n"
                         . "Host: a\r\n\r\n";
            $s;
        } 1 .. 3;

        sleep rand(0.004);

        setsockopt $socks[0], SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
        close $_ for @socks;
    }

    ok($t->wait_for(sub { $files->() <= $was + 1 }, 20),
       'those who left are gone');
    is(($t->worker_pids)[0], $worker, 'the worker lives');
    ok($t->wait_for(sub { hits('kwords=vo0100&all=1')
                             eq wanted('vo0100') }, 20),
       'who stays is served');
}


sub reload {
    my @jobs = map {
        my $k = $_;

        $t->background(sub {
            my %seen;

            srand(3_000 + $k);

            until (-e $t->dir . '/stop') {
                my ($query, $wanted) = some();
                my $found = hits($query);

                $seen{ $found eq $wanted ? 'right' : "$query: "
                                         . substr $found, 0, 100 }++;
            }

            return \%seen;
        });
    } 1 .. 4;

    $t->reload for 1 .. 8;
    $t->write_file('stop', '');

    my %seen;

    for my $seen (map { $_->result } @jobs) {
        $seen{$_} += $seen->{$_} for keys %$seen;
    }

    cmp_ok(delete $seen{right}, '>', 8, 'searches while workers are replaced');
    is_deeply(\%seen, {}, 'each is right');
}
