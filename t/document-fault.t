#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Clients that leave in the middle of a file, a store that is lost, full,
# slow, or says what it should not: nothing half done is ever seen, and no
# wrong byte is sent.

use strict;
use warnings;

use Socket qw(SOL_SOCKET SO_LINGER SO_RCVBUF);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Api;
use Tender::Document;
use Tender::FakeRedis;
use Tender::Test;


my $API = '/api/0.1/tenders';
my $t = Tender::Test->new(
    redis    => { appendonly => 'yes' },
    http     => 'tender_redis_timeout 2s;',
    location => 'client_max_body_size 8m;
                 location /api/0.1/ { tender_api 0.1;
                     tender_anonymous write; tender_ownership off; }
                 location = /health { tender_status; }',
);

my $tender = publish($t, {});
my $path   = "$API/$tender->{id}/documents";
my $bytes  = bytes(3_000_000);
my $big    = bytes(6_000_000);
my ($type, $body) = form({ name => 'file', filename => 'x', data => $bytes });


sub list { $t->get($path)->json->{data} }


# a client that has sent so much of an upload

sub begun {
    my ($size, %opt) = @_;

    my $c = $t->client(timeout => 20);

    $c->send(($opt{method} || 'POST') . ' ' . ($opt{path} || $path)
             . " HTTP/1.1\r\nHost: a\r\nContent-Type: $type\r\n"
             . 'Content-Length: ' . length($body) . "\r\n\r\n"
             . substr $body, 0, $size);

    return $c;
}


sub ends {
    my ($c, $size) = @_;

    $c->send(substr $body, $size);

    my $r = eval { $c->receive }
            || Tender::Http::Answer->new(status => 0, body => $@);

    $c->close;

    return $r;
}


# the store has so many chunks of files that belong to nothing

sub chunks {
    my $n = 0;

    $n += $t->redis('HLEN', $_) for left($t);

    return $n;
}


sub idle {
    my ($name) = @_;

    ok($t->wait_for(sub {
        my $r = $t->get('/health');

        $r->status == 200 && $r->json->{redis}{pending} == 0;
    }), "$name: nothing is pending");
}


sub forget { $t->redis('DEL', left($t)) if left($t) }


# a client leaves, politely or not

for my $rude (0, 1) {
    for my $where (1_000_000, 300_000, 2_999_999) {
        my $c = begun($where);

        ok($t->wait_for(sub { chunks() >= int(($where - 300) / 262_080) }),
           "$where bytes: chunks are stored");
        setsockopt $c->{sock}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $rude;
        $c->close;
        idle("$where bytes");

        ok($t->wait_for(sub { !%{ files($t) } }, 3), 'the file is dropped');
        is_deeply(list(), [], 'nothing is there');
    }
}

# while the store works on a chunk

{
    my $c = begun(100_000);

    $t->redis('PING');
    $t->pause_redis;
    $c->send(substr $body, 100_000, 170_000);
    sleep 0.2;
    $c->close;

    # 400: it had not even come to the store

    ok($t->wait_for(sub { $t->access_log =~ /" (?:499|400) / }),
       'leaving while the store works is noticed');
    $t->resume_redis;
    idle('while the store works');
    is_deeply(list(), [], 'nothing is there');
    forget();
}


# a client leaves in the middle of a download

my $doc = upload($t, $path, $big)->json->{data};
my $url = below($doc->{url});

for my $rude (0, 1) {
    my $c = $t->client;
    my $sock = $c->connect;

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 65_536;
    $c->send("GET $url HTTP/1.1\r\nHost: a\r\n\r\n");
    sysread $sock, my $first, 10_000;
    setsockopt $sock, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $rude;
    $c->close;
    idle('leaving a download');
    ok($t->get($url)->body eq $big, 'the next one is complete');
}


# the store starts to stand still: the client is told, nothing is known

{
    my $c = begun(1_000_000);

    ok($t->wait_for(sub { chunks() == 3 }), 'three chunks');
    $t->pause_redis;

    my $r = ends($c, 1_000_000);

    $t->resume_redis;
    is($r->status, 504, 'a store that stands still') or diag($r->body);
    idle('a store that stands still');
    is(@{ list() }, 1, 'nothing is there');
    forget();
}


# the store has lost the chunks before

{
    my $c = begun(1_000_000);

    ok($t->wait_for(sub { chunks() == 3 }), 'three chunks');
    forget();
    refused(ends($c, 1_000_000), 503,
            [header => 'redis', 'The store has lost a part of the file, '
                                . 'nothing was changed: try again'],
            'a file that is lost half-way');
    is_deeply([left($t)], [], 'nothing is left');
}


# scripts that it has forgotten are sent once more

{
    my $c = begun(1_000_000);

    ok($t->wait_for(sub { chunks() == 3 }), 'three chunks');
    $t->redis('SCRIPT', 'FLUSH');
    is(ends($c, 1_000_000)->status, 201, 'scripts are sent again');
    ok($t->get(below(list()->[-1]{url}))->body eq $bytes, 'all of it');
}


# a store that is full

{
    my $c = begun(1_000_000);

    ok($t->wait_for(sub { chunks() == 3 }), 'three chunks');
    $t->allow_errors(qr/OOM command not allowed/);
    $t->redis('CONFIG', 'SET', 'maxmemory', '1mb');

    my $r = ends($c, 1_000_000);

    is($r->status, 503, 'a full store') or diag($r->body);
    like($r->body, qr/nothing was changed/, 'nothing was changed');
    is_deeply([left($t)], [], 'nothing is left');
    is(upload($t, $path, 'x')->status, 503, 'it takes no small file');
    ok($t->get($url)->body eq $big, 'but gives large ones');
    $t->redis('CONFIG', 'SET', 'maxmemory', '0');
    is(@{ list() }, 2, 'nothing is there');
}


# the store is killed

{
    my $c = begun(1_000_000);
    my $d = $t->client(timeout => 20);
    my $sock = $d->connect;

    ok($t->wait_for(sub { chunks() == 3 }), 'three chunks');
    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 65_536;
    $d->send("GET $url HTTP/1.1\r\nHost: a\r\n\r\n");
    sysread $sock, my $first, 10_000;
    $t->stop_redis('KILL');

    like(ends($c, 1_000_000)->status, qr/^50[34]$/, 'a killed store: upload');

    my $got = $first;

    1 while sysread $sock, $got, 65_536, length $got;

    my ($head, $part) = split /\r\n\r\n/, $got, 2;

    like($head, qr/Content-Length: 6000000/, 'a killed store: download');
    cmp_ok(length $part, '<', 6_000_000, 'it is cut');
    ok($part eq substr($big, 0, length $part), 'no wrong byte was sent');
    is($t->get($url)->status, 503, 'then it is not to be had');
    is(upload($t, $path, 'x')->status, 503, 'nor can there be new ones');

    $t->start_redis;
    ok($t->wait_for(sub { $t->get($path)->status == 200 }), 'it is back');
    is(@{ list() }, 2, 'nothing half done is there');
    ok($t->get($url)->body eq $big, 'what was there is complete');
    forget();
}


# nginx gets a new configuration meanwhile

{
    my $c = begun(1_000_000);
    my $d = $t->client(timeout => 20);
    my $sock = $d->connect;

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 65_536;
    $d->send("GET $url HTTP/1.1\r\nHost: a\r\n\r\n");
    $t->wait_for(sub { chunks() == 3 });
    $t->reload;
    is(ends($c, 1_000_000)->status, 201, 'an upload outlives a reload');

    my $got = '';

    while (length $got < 6_000_000) {
        sysread $sock, $got, 65_536, length $got or last;
    }

    ok($got =~ s/^.*?\r\n\r\n//sr eq $big, 'so does a download');
}

is(@{ list() }, 3, 'all are there');
$t->finish;


# what the script may say when the file is there

sub bulk { '$' . length($_[0]) . "\r\n$_[0]\r\n" }
sub words { '*' . @_ . "\r\n" . join '', map { bulk($_) } @_ }

{
    my $id   = 'a' x 32;
    my $us   = '1414397218158123';
    my $now  = '1795329746138891';
    my $link = 'b' x 32 . '/1/1/1';
    my $json = qq({"id":"$id","title":"x","hash":"@{['c' x 64]}"});
    my @says = ([503, 'LOST'], [404, 'MISSING'], [404, 'ORPHAN'], [404, 'GONE'],
                [403, 'FULL'], [403, 'JUDGED'], [403, 'STAGE', 'complete'],
                [403, 'STAGE', 'closed'], [500, 'NONSENSE'], [500, '1'],
                [409, ('TAKEN')], [500, 'x', 'y']);
    my $answer;
    my $fake = Tender::FakeRedis->new(
        rules => [
            Tender::FakeRedis->handshake,
            { expect => qr/^HMGET /,
              send => "*3\r\n" . bulk("1 $us active.tendering U")
                      . "\$-1\r\n" . bulk("$us a 0 0 0 -") },
            { expect => qr/^HGET \S+:documents \S/, send => bulk(
                  "$us $us current a $link -\n$json") },
            { expect => qr/^HGET /, send => "\$-1\r\n" },
            { expect => qr/^UNLINK /, send => ":1\r\n" },
            { expect => qr/^EVALSHA \w+ 1 /, send => ":1\r\n" },
            map({ my ($status, @words) = @{ $says[$_] };
                  { expect => qr/^EVALSHA \w+ 20 .* say-$_\b/s,
                    send => words(@words) } } 0 .. $#says),
            { expect => qr/ say-string\b/s, send => "+OK\r\n" },
            { expect => qr/ say-empty\b/s, send => "*0\r\n" },
            { expect => qr/ say-good\b/s, send => words($now, $us) },
        ],
    );
    my $f = Tender::Test->new(
        redis => 0, redis_addr => $fake->addr,
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }');
    my $path = "$API/$id/documents";

    # the name of the file is in what the script is told
    my $send = sub { upload($f, $path, 'x', name => "x say-$_[0] x") };

    $f->allow_errors(qr/a record that this module did not write/);

    is($send->('good')->status, 201, 'a good answer');

    for my $n (0 .. $#says) {
        my ($status, @words) = @{ $says[$n] };

        is($send->($n)->status, $status, "the script says @words: $status");
    }

    is($send->($_)->status, 500, "the script says $_: 500")
        for qw(string empty);
    is(scalar(grep { /^UNLINK \S+:file:\w{32}$/ } $fake->received), 9,
       'files are dropped where nothing was changed')
        or diag(map { "$_\n" } grep { /^UNLINK/ } $fake->received);
    is_deeply([$fake->unexpected], [], 'nothing else was asked');
    $f->finish;
}

done_testing;
