#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# HTTP/0.9, 1.0, 1.1 with pipelining, and HTTP/2.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(
    server   => 'listen 127.0.0.1:%%PORT_2%% http2;',
    location => 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }'
                . ' location /small/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off;'
                . ' client_max_body_size 1k; }',
);

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $tender = publish($t, { method => 'Open' });
my $url    = "$path/$tender->{id}";
my $plain  = $c->get($url)->body;


# HTTP/1.1: many requests in one go, answered in their order

my @many = map {
    my $n = $_;

    $n % 5 == 0   ? [201, post("{\"data\":{\"selectionDetails\":\"p$n\"}}")]
    : $n % 5 == 1 ? [200, get($url)]
    : $n % 5 == 2 ? [404, get("$path/" . sprintf('%032x', $n))]
    : $n % 5 == 3 ? [200, get("$path?limit=1&n=$n")]
    :               [422, post('{"data":{"x":1}}')]
} 0 .. 99;

sub get  { "GET $_[0] HTTP/1.1\r\nHost: a\r\n\r\n" }

sub post {
    my ($body) = @_;

    return "POST $path HTTP/1.1\r\nHost: a\r\nContent-Length: "
           . length($body) . "\r\n\r\n$body";
}

$c->send(join '', map { $_->[1] } @many);

my @answers = map { $c->receive('GET') } @many;

is_deeply([map { $_->status } @answers], [map { $_->[0] } @many],
          'a hundred pipelined requests');
is_deeply([map { $answers[$_ * 5]->json->{data}{selectionDetails} } 0 .. 19],
          [map { 'p' . $_ * 5 } 0 .. 19], 'each has its own answer');
is((grep { $answers[$_ * 5 + 1]->body ne $plain } 0 .. 19), 0,
   'each reader the tender');

my @pieces = map { $_->[1] } @many[1 .. 4];
my $wire   = join '', @pieces;
my $bytes  = $t->raw([(map { ($_, \0.001) } $wire =~ /(.{1,20})/gs),
                      get($url) =~ s/Host/Connection: close\r\nHost/r]);

is(join(' ', $bytes =~ m{HTTP/1\.1 (\d+) }g), '200 404 200 422 200',
   'pipelined in pieces');

is(join(' ', $t->raw(get($url) x 3 . "GET $url HTTP/1.1\r\n\r\n")
        =~ m{HTTP/1\.1 (\d+) }g), '200 200 200 400', 'the last one is bad');


# HTTP/1.0

$bytes = $t->raw("GET $url HTTP/1.0\r\n\r\n");
like($bytes, qr{^HTTP/1\.1 200 .*\r\n\r\n\Q$plain\E$}s, 'HTTP/1.0');
unlike($bytes, qr/^Transfer-Encoding/m, 'without chunks');

$bytes = $t->raw("POST $path HTTP/1.0\r\nContent-Length: 11\r\n\r\n"
                 . '{"data":{}}');
like($bytes, qr{^HTTP/1\.1 201 }, 'a tender by HTTP/1.0');
like($bytes, qr{^Location: \Q@{[$t->url($path)]}\E/\w{32}\r$}m,
     'without Host the address of the server is in its Location');

$bytes = $t->raw("GET $path?limit=1 HTTP/1.0\r\n\r\n");
like($bytes, qr{"uri":"\Q@{[$t->url($path)]}\E\?}, 'and in links');

$bytes = $t->raw("GET $url HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                 . "GET $url HTTP/1.0\r\n\r\n");
is((() = $bytes =~ m{HTTP/1\.1 200 }g), 2, 'HTTP/1.0 with keep-alive');


# HTTP/0.9 has no status to refuse with

$bytes = $t->raw("GET $url\r\n");
unlike($bytes, qr/Open/, 'HTTP/0.9 gets no tender');
unlike($bytes, qr{^HTTP/}, 'and no head');
like($bytes, qr/^\{"status":"error","errors":\[.*"Bad Request"\}\]\}$/,
     'but a refusal');
is($c->get($url)->body, $plain, 'the server goes on');


# hosts: what is in them is text in the answer

for my $host ('a"b', "a'b", 'a<b>', 'a\\b', '%0d%0a', "\xd1\x82.example") {
    my $r = $c->get("$path?limit=1", { Host => $host });

    $r->status == 200
        ? like($r->json->{next_page}{uri},
               qr{^http://.*\Q$path\E\?offset=\w+&limit=1$}s, "Host: $host")
        : is($r->status, 400, "Host: $host is refused");
}


# HTTP/2

my $curl = `curl --version` =~ /\bHTTP2\b/;

sub h2 {
    my ($path, @more) = @_;

    open my $out, '-|', 'curl', '-s', '-i', '--max-time', 10,
         '--http2-prior-knowledge', @more,
         'http://127.0.0.1:' . $t->port(2) . $path or die "curl: $!";
    local $/;

    my ($head, $body) = split /\r\n\r\n/, scalar(readline $out) // '', 2;
    my ($status) = $head =~ m{^HTTP/2 (\d+)};

    return Tender::Http::Answer->new(
        status => $status || 0, head => "$head\r\n\r\n", body => $body // '',
        headers => [map { [/^([^:]+): (.*)/] } grep { /:/ }
                    split /\r\n/, $head],
    );
}

SKIP: {
    skip 'curl has no HTTP/2', 1 if !$curl;

    my $r = h2($url);

    is($r->status, 200, 'HTTP/2: GET');
    is($r->body, $plain, 'HTTP/2: the tender');
    is($r->header('etag'), $c->get($url)->header('ETag'), 'HTTP/2: its tag');
    is(h2($url, '-H', 'If-None-Match: ' . $r->header('etag'))->status, 304,
       'HTTP/2: 304');
    is(h2($url, '--head')->header('content-length'), length $plain,
       'HTTP/2: HEAD');

    my $body = '{"data":{"selectionDetails":"' . 'x' x 70_000 . '"}}';

    $r = h2($path, '-d', $body, '-H', 'Content-Type: application/json');
    is($r->status, 201, 'HTTP/2: POST');
    is(length $r->json->{data}{selectionDetails}, 70_000,
       'HTTP/2: a body of many frames');
    is($r->header('location'),
       'http://127.0.0.1:' . $t->port(2) . "$path/" . $r->json->{data}{id},
       'HTTP/2: Location');

    my $made = "$path/" . $r->json->{data}{id};

    is(h2($made, '-X', 'PATCH', '-H', 'Content-Type: application/json', '-d',
          '{"data":{"selectionDetails":"y"}}')->json->{data}{selectionDetails},
       'y', 'HTTP/2: PATCH');
    is(h2("$path?limit=1")->json->{next_page}{uri} =~ s/\?.*//r,
       'http://127.0.0.1:' . $t->port(2) . $path, 'HTTP/2: links');
    refused(h2("$path/none"), 404, [url => 'id', 'Not Found'], 'HTTP/2: 404');
    refused(h2($path, '-X', 'DELETE'), 405,
            [url => 'request', 'Method Not Allowed'], 'HTTP/2: 405');
    is(h2("$path%2F")->status, 404, 'HTTP/2: %2F');
}


# streams of one connection at once, without curl: bodies only, as heads would
# need a decoder

sub frame {
    my ($type, $flags, $stream, $payload) = @_;

    return substr(pack('N', length $payload), 1)
           . pack('CCN', $type, $flags, $stream) . $payload;
}

sub literal { map { pack('C/a C/a', @$_) =~ s/^/\0/r } @_ }

sub request {
    my ($stream, $method, $path, $body, @more) = @_;

    my $head = join '', literal([':method', $method], [':path', $path],
                                [':scheme', 'http'], [':authority', 'a'],
                                @more);

    return frame(1, defined $body ? 4 : 5, $stream, $head)
           . (length($body // '') ? frame(0, 1, $stream, $body) : '');
}

# a body of '' is one that never comes

sub streams {
    my ($requests, @answered) = @_;

    my $c = Tender::Http->new(port => $t->port(2), timeout => 5);
    my (%body, %done);

    $c->send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '')
             . $requests);
    $c->{deadline} = time() + 5;

    while (grep { !$done{$_} } @answered) {
        my ($high, $low, $type, $flags, $stream)
            = unpack 'CnCCN', $c->read_bytes(9);
        my $payload = $c->read_bytes($high << 16 | $low);

        $body{$stream} .= $payload if $type == 0;
        $done{$stream} = 1 if $type <= 1 && $flags & 1 || $type == 3;
        die "GOAWAY\n" if $type == 7;
    }

    return map { $body{$_} } @answered;
}

my @type = ['content-type', 'application/json'];

@answers = streams(
    request(1, 'GET', $url)
    . request(3, 'POST', $path, '{"data":{"selectionDetails":"three"}}', @type)
    . request(5, 'GET', "$path/none") . request(7, 'GET', $url)
    . request(9, 'PATCH', $url, '{"data":{"x":1}}', @type)
    . request(11, 'GET', '/api/0.1/spore'), 1, 3, 5, 7, 9, 11);

is($answers[0], $plain, 'HTTP/2: stream 1');
like($answers[1], qr/"selectionDetails":"three"/, 'HTTP/2: stream 3');
like($answers[2], qr/"Not Found"/, 'HTTP/2: stream 5');
is($answers[3], $plain, 'HTTP/2: stream 7');
like($answers[4], qr/"Rogue field"/, 'HTTP/2: stream 9');
like($answers[5], qr/^\{"name":/, 'HTTP/2: stream 11');

@answers = streams(
    request(1, 'POST', $path, '', ['content-type', 'text/plain'])
    . request(3, 'DELETE', $path, '') . request(5, 'POST', "$path/x/y", '')
    . request(7, 'POST', '/small/tenders', '', ['content-length', 2000])
    . request(9, 'GET', $url), 1, 3, 5, 7, 9);

like($answers[0], qr/"Content-Type header should be/,
     'HTTP/2: refused before its body');
like($answers[1], qr/"Method Not Allowed"/, 'HTTP/2: another one');
like($answers[2], qr/"Not Found"/, 'HTTP/2: a third');
like($answers[3], qr/"Request Entity Too Large"/, 'HTTP/2: too large');
is($answers[4], $plain, 'HTTP/2: the connection goes on');

$t->finish;
done_testing;
