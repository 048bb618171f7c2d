#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A file of 200 MB goes in and comes out, and the worker's memory does not
# show it; whoever is slow, client or store, is waited for.

use strict;
use warnings;

use Digest::SHA;
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Api;
use Tender::Document;
use Tender::Test;


my $MB    = 1_048_576;
my $TOTAL = 200 * $MB;
my $MOST  = 8 * 1024;        # KB

my $t = Tender::Test->new(
    http     => 'tender_redis_timeout 20s;',
    location => 'client_max_body_size 300m;
                 location /api/0.1/ { tender_api 0.1;
                     tender_anonymous write; tender_ownership off; }',
);
my ($worker) = $t->worker_pids;
my $tender   = publish($t, {});
my $path     = "/api/0.1/tenders/$tender->{id}/documents";
my $block    = bytes($MB);


# KB that the worker has had at most, or has

sub memory {
    my ($what) = @_;

    open my $fh, '<', "/proc/$worker/status" or die;

    return (map { /^$what:\s+(\d+)/ ? $1 : () } readline $fh)[0];
}


sub forget_peak {
    open my $fh, '>', "/proc/$worker/clear_refs" or return;
    print $fh 5;
    close $fh;
}


# $code is run; how much more memory than before that took at most

sub costs {
    my ($name, $most, $code) = @_;

    forget_peak();

    my $before = memory('VmRSS');
    my $start  = time();

    $code->();

    my $more = memory('VmHWM') - $before;

    diag(sprintf '%s: %d KB more, %.1f s', $name, $more, time() - $start);

    # a sanitizer keeps what was freed
    cmp_ok($more, '<=', $most, "$name: the worker's memory")
        if !$ENV{TEST_TENDER_ASAN};
}


sub headers {
    my ($method, $url, @more) = @_;

    return join "\r\n", "$method $url HTTP/1.1", 'Host: a',
                'Connection: close', @more, '', '';
}


sub begun {
    my ($size) = @_;

    my $c = $t->client(timeout => 60);

    $c->send(headers(POST => $path, "Content-Length: $size",
                     'Content-Disposition: attachment; filename="x"'));

    return $c;
}


# all sizes that a request needs once

upload($t, $path, 'x' x 600_000);
$t->get(below($t->get($path)->json->{data}[0]{url}));

my $sha = Digest::SHA->new(256);
my ($url, $doc);

costs('200 MB up', $MOST, sub {
    my $c = begun($TOTAL);

    for my $n (1 .. $TOTAL / $MB) {
        substr $block, 0, 8, sprintf '%08d', $n;
        $sha->add($block);
        $c->send($block);
    }

    my $r = $c->receive;

    is($r->status, 201, '200 MB are taken') or diag($r->body);
    $doc = $r->json->{data};
});

is($doc->{hash}, $sha->hexdigest, 'all of them');
is($doc->{size}, $TOTAL, 'their number');
$url = below($doc->{url});

costs('200 MB down', $MOST, sub {
    my $c    = $t->client(timeout => 60);
    my $sock = $c->connect;
    my $sha  = Digest::SHA->new(256);
    my $got  = '';
    my $size = 0;

    $c->send(headers(GET => $url));
    sysread $sock, $got, $MB, length $got until $got =~ s/^.*?\r\n\r\n//s;

    while (length $got) {
        $sha->add($got);
        $size += length $got;
        sysread $sock, $got, $MB;
    }

    is($size, $TOTAL, '200 MB come back');
    is($sha->hexdigest, $doc->{hash}, 'the same');
});

costs('a client that does not read', $MOST, sub {
    my $c    = $t->client(timeout => 60);
    my $sock = $c->connect;
    my $got  = '';

    $c->send(headers(GET => $url));
    sysread $sock, $got, $MB, length $got for 1 .. 20;
    sleep 0.7;

    my ($calls) = $t->redis('INFO', 'commandstats')
                  =~ /cmdstat_hget:calls=(\d+)/;

    sleep 0.3;
    is(($t->redis('INFO', 'commandstats') =~ /cmdstat_hget:calls=(\d+)/)[0],
       $calls, 'nothing is read from the store for it');
    sysread $sock, $got, $MB, length $got while length $got < 50 * $MB;
    $got =~ s/^.*?\r\n\r\n//s;
    ok(substr($got, 30 * $MB, 8) eq '00000031', 'then it goes on');
});

costs('a store that stands still', $MOST, sub {
    my $size = 40 * $MB;
    my $c    = begun($size);
    my $sock = $c->connect;
    my $done = 0;

    local $SIG{PIPE} = 'IGNORE';

    # what the system takes without anybody reading is known afterwards
    $t->redis('PING');
    $t->pause_redis;
    $sock->blocking(0);

    my $quiet = 0;

    while ($quiet < 25 && $done < $size) {
        my $n = syswrite $sock, $block, $MB - $done % $MB, $done % $MB;

        $done += $n || 0;
        $quiet = $n ? 0 : $quiet + 1;
        sleep 0.02 if !$n;
    }

    cmp_ok($done, '<', $size, "the client has to wait at $done bytes");
    $t->resume_redis;
    $sock->blocking(1);

    while ($done < $size) {
        $done += syswrite($sock, $block, $MB - $done % $MB, $done % $MB)
                 || last;
    }

    is($c->receive->status, 201, 'then it goes on');
});

# each has its chunk, and there is one buffer for all on their way to the
# store

costs('eight at a time', 3 * $MOST, sub {
    my @hashes = $t->parallel(8, sub {
        my ($k) = @_;
        my $sha = Digest::SHA->new(256);
        my $c   = begun(8 * $MB);

        for my $n (1 .. 8) {
            my $part = "$k-$n-" . substr $block, 4;

            $sha->add($part);
            $c->send($part);
        }

        my $r = $c->receive;

        return $r->status == 201
               && $r->json->{data}{hash} eq $sha->hexdigest ? 'ok' : $r->body;
    });

    is_deeply(\@hashes, [('ok') x 8], 'eight files at a time');
});

is(@{ [left($t)] }, 0, 'no file is left');

$t->finish;
done_testing;
