#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# all=1 at the export: every match, in pieces: in each form, resumed by the
# last ID, to a slow client, and with a store that fails on the way.

use strict;
use warnings;
use utf8;

use IO::Socket::INET;
use JSON::PP ();
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Export;
use Tender::Test;


my $N    = 1000;
my $LONG = 12000;           # characters of each: more than sockets hold

my $t   = export_test(
    http => 'client_max_body_size 1m; tender_auth_cache off;
             send_timeout 300s;',
    redis_args => 'buckets=3',
);
my $key = key_of($t);
my $json = JSON::PP->new->utf8;

publish();
forms();
order();
resumed();
slow();
broken();

$t->finish;
done_testing;


sub publish {
    my $c = $t->client;

    for my $n (1 .. $N) {
        my $r = $c->post('/api/0.1/tenders', { data => {
            title => "Number $n", description => 'x' x $LONG,
            method => $n % 7 ? 'Open' : 'Limited',
            totalValue => { amount => $n, currency => 'UAH' } } });

        die $r->body if $r->status != 201;
    }
}


sub all {
    my ($query) = @_;

    return ask($t, "all=1&$query", $key);
}


# buckets fill up at random: the numbers are those that each has given out

sub forms {
    my $r = all('dtype=json&fields=ID,TenderName');
    my ($total, @records) = records($r);

    is($r->status, 200, 'all of them');
    is($r->header('Transfer-Encoding'), 'chunked', 'as they come');
    is($r->header('Content-Length'), undef, 'of no known length');
    is($r->header('X-Total-Count'), $N, 'X-Total-Count');
    is($r->header('Cache-Control'), 'private, no-cache', 'Cache-Control');
    is($r->header('ETag'), undef, 'no tag');
    is($total, $N, 'Total');
    is(scalar @records, $N, 'so many records');

    my %names = map { $_->{TenderName} => 1 } @records;

    is(scalar keys %names, $N, 'each once');

    for my $dtype (qw(xml csv ndjson)) {
        $r = all("dtype=$dtype&fields=ID,TenderName");
        is($r->header('Content-Type'), $TYPES{$dtype}, "$dtype: its type");
        is_deeply([reread($r)], \@records, "$dtype: the same");
    }

    # with criteria, and with none that match

    my ($some) = records(all('dtype=json&price1=11&price2=20&fields=ID'));

    is($some, 10, 'of those that match');
    is(all('dtype=json&kwords=nothing')->body, '[{"Total":"0"}]',
       'nothing: JSON');
    is(all('dtype=ndjson&kwords=nothing')->body, '', 'nothing: NDJSON');
    is(all('dtype=csv&kwords=nothing&fields=ID')->body, "ID\r\n",
       'nothing: CSV');
    like(all('kwords=nothing')->body,
         qr{<Items><Total>0</Total></Items>\n\z}, 'nothing: XML');
    is(all('dtype=json&kwords=nothing&count=0')->body, '[{"Total":""}]',
       'count=0');
    is(all('all=0&dtype=json&fields=ID')->header('Content-Length') ? 1 : 0,
       1, 'all=0 is a page');

    # the number of each leads to it, whichever bucket it is in

    for my $record (@records[0, 1, 2, 500, -1]) {
        my ($card) = (records(ask($t, "dtype=json&id=$record->{ID}",
                                  $key)))[1];
        my ($id) = $card->{TenderLink} =~ /(\w{32})\.html/;

        is($card->{TenderName}, $record->{TenderName}, "ID $record->{ID}");
        is((records(ask($t, "dtype=json&id=$id", $key)))[1]{ID},
           $record->{ID}, 'and back');
    }

    # words are marked, too

    my ($row) = reread(all('dtype=ndjson&kwords="number 500"'
                           . '&fields=searchFragmentXML'));

    is_deeply($row, { searchFragmentXML => {
                          fragment => ['[B]Number 500[/B]'] } },
              'fragments') or diag(explain($row));

    $r = $t->client->head("$EXPORT?all=1&api_code=$key");
    is($r->status, 200, 'HEAD');
    is($r->body, '', 'without a body');

    # HTTP/1.0 has no chunks: the end is the end of the connection

    my $raw = $t->raw("GET $EXPORT?all=1&dtype=ndjson&fields=ID&kwords=500"
                      . "&api_code=$key HTTP/1.0\r\n\r\n");

    unlike($raw, qr/chunked/i, 'HTTP/1.0: no chunks');
    like($raw, qr/\r\n\r\n\{"ID":"\d+"\}\n\z/, 'HTTP/1.0: all of it');
}


sub ids {
    my ($r) = @_;

    return map { $_->{ID} } map { $json->decode($_) } split /\n/, $r->body;
}


sub order {
    my @ids = ids(all('dtype=ndjson&fields=ID'));

    is_deeply(\@ids, [sort { $a <=> $b } @ids], 'in the order of numbers');
    is(scalar(ids(all('dtype=ndjson&fields=ID&page=7&tenpage=3'
                      . '&sort_by=by_price'))), $N, 'and in no other');
}


sub resumed {
    my @ids = ids(all('dtype=ndjson&fields=ID'));

    for my $n (1, 99, 100, 101, 500, $N - 1) {
        my $r = all("dtype=ndjson&fields=ID&cursor=$ids[$n - 1]");

        is_deeply([ids($r)], [@ids[$n .. $#ids]],
                  "behind record $n come the others");
        is($r->header('X-Total-Count'), $N, 'of as many as before');
    }

    is(all("dtype=ndjson&cursor=$ids[-1]")->body, '',
       'behind the last there is nothing');
    is(scalar(ids(all('dtype=ndjson&fields=ID&cursor=0'))), $N,
       'behind 0 are all');

    denied(all("dtype=json&cursor=$_"), 400, 'bad_request',
           qr/^cursor: Expected the ID of the last record$/, "cursor=$_")
        for 'x', '-1', '01', '1.5', '9' x 20,
            ask($t, '', $key)->header('X-Tender-Cursor');
}


# a client that reads nothing for a while: returns the socket and what of the
# answer has come

sub paused {
    my ($query) = @_;

    my $sock = IO::Socket::INET->new(Proto => 'tcp') or die $!;

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 4096;
    connect $sock, Socket::pack_sockaddr_in($t->port,
                                            Socket::inet_aton('127.0.0.1'))
        or die "connect: $!";

    syswrite $sock, "GET $EXPORT?all=1&$query HTTP/1.1\r\nHost: x\r\n"
                    . "X-Api-Code: $key\r\nConnection: close\r\n\r\n";
    sysread $sock, my $head, 2000;

    return ($sock, $head);
}


sub rest {
    my ($sock, $got) = @_;

    1 while sysread $sock, $got, 1 << 16, length $got;

    return $got;
}


sub records_read {
    my $stats = $t->redis('INFO', 'commandstats');

    return $stats =~ /cmdstat_hmget:calls=(\d+)/ ? $1 : 0;
}


# until it has not grown for a while

sub still {
    my $seen = -1;

    $t->wait_for(sub {
        my $now = records_read();
        my $same = $now == $seen;

        $seen = $now;
        sleep 0.4;

        return $same;
    }) or die 'it goes on reading';

    return $seen;
}


sub memory {
    my ($pid) = $t->worker_pids;

    open my $fh, '<', "/proc/$pid/status" or die $!;

    return { map { /^(\w+):\s+(\d+) kB/ ? ($1 => $2) : () } <$fh> }->{VmRSS};
}


sub dechunked {
    my ($bytes) = @_;

    my ($head, $body) = split /\r\n\r\n/, $bytes, 2;
    my $text = '';

    while ($body =~ s/^([0-9a-f]+)\r\n//) {
        my $n = hex $1;

        return ($text, 1) if $n == 0;

        $text .= substr $body, 0, $n, '';
        $body =~ s/^\r\n//;
    }

    return ($text, 0);
}


sub slow {
    my $before = records_read();
    my $memory = memory();
    my ($sock, $head) = paused('dtype=json&fields=ID,Info');
    my $read = still() - $before;

    like($head, qr{^HTTP/1\.1 200 OK}, 'a client that reads nothing');
    cmp_ok($read, '<', $N, 'stops the reading from the store')
        or diag("$read records were read");
    cmp_ok($read, '>', 0, 'which had begun');

    # others are served meanwhile, and what was written is there

    is((found($t, 'fields=ID', $key))[0], $N, 'others are served');

    SKIP: {
        skip 'a sanitizer keeps memory', 1 if $ENV{TEST_TENDER_ASAN};

        cmp_ok(memory() - $memory, '<', 8000,
               'it takes the memory of a piece');
    }

    my ($text, $ended) = dechunked(rest($sock, $head));
    my ($total, @records) = @{ $json->decode($text) };

    ok($ended, 'read on, it is complete');
    is(scalar @records, $N, 'all of it');
    is(length $records[-1]{Info}, $LONG, 'each as it is');

    # one that leaves

    ($sock, $head) = paused('dtype=json&fields=ID,Info');
    close $sock;
    is((found($t, 'fields=ID', $key))[0], $N, 'a client may leave');
}


# what was sent is no whole then, and the client sees it

sub broken {
    my ($sock, $head) = paused('dtype=ndjson&fields=ID,Info');

    still();
    $t->stop_redis;

    my ($text, $ended) = dechunked(rest($sock, $head));
    my @lines = split /\n/, $text;

    ok(!$ended, 'the store fails: there is no end');
    cmp_ok(scalar @lines, '>', 1, 'a part has come');
    cmp_ok(scalar @lines, '<', $N, 'and no more');
    like($t->error_log, qr/\[error\].*tender: The store/, 'it is logged');

    ($sock, $head) = paused('dtype=json&fields=ID');
    like($head . rest($sock, ''), qr{^HTTP/1\.1 503 }, 'no store: 503');
}
