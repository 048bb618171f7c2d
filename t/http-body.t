#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# How a body comes: in pieces, in chunks, into a file, too large, too late.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        tender_anonymous write; tender_ownership off;

        location /api/0.1/ { tender_api 0.1; }

        location /small/ {
            tender_api 0.1;
            client_max_body_size 1k;
        }

        location /wide/ {
            tender_api 0.1;
            client_max_body_size 100m;
        }

        location /file/ {
            tender_api 0.1;
            client_body_buffer_size 1k;
            client_max_body_size 1m;
        }

        location /only-file/ {
            tender_api 0.1;
            client_body_in_file_only clean;
        }

        location /one-buffer/ {
            tender_api 0.1;
            client_body_in_single_buffer on;
            client_body_buffer_size 1k;
        }

        location /short/ {
            tender_api 0.1;
            client_body_timeout 200ms;
        }
END

my $path = '/api/0.1/tenders';


# a body of so many bytes, and what it says

sub body_of {
    my ($size) = @_;

    my $frame = '{"data":{"selectionDetails":""}}';
    my $text  = 'abcdefghij' x ($size / 10 + 1);

    return $frame =~ s/""/'"' . substr($text, 0, $size - length $frame)
                           . '"'/er;
}


sub details { $_[0]->json->{data}{selectionDetails} // '' }


sub created {
    my ($r, $body, $name) = @_;

    my ($text) = $body =~ /"(\w*)"\}\}$/;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 201, "$name: 201") or diag($r->body);
    is(details($r), $text, "$name: the whole body") if $r->status == 201;
}


# sizes around the buffers

my $c = $t->client;

for my $where ('/api/0.1', '/file', '/only-file', '/one-buffer') {
    for my $size (32, 1023, 1024, 1025, 4096, 8191, 16384, 16385, 100_000) {
        my $body = body_of($size);

        is(length $body, $size, "$size bytes") if $where eq '/api/0.1';
        created($c->post("$where/tenders", $body), $body, "$where $size");
    }
}

is(join(' ', glob $t->dir . '/temp_client_body/*'), '',
   'no temporary file is left');


# in pieces

my $body = body_of(3000);

for my $step (1, 7, 500, 2999) {
    my $head = "POST /file/tenders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
               . 'Content-Length: ' . length($body) . "\r\n\r\n";
    my $text = $head . $body;
    my @parts = $text =~ /(.{1,$step})/gs;

    # few pauses, or a step of one byte takes seconds
    my $every = @parts / 20 + 1;

    created(answer($t->raw([map { $parts[$_], $_ % $every ? () : \0.002 }
                            0 .. $#parts])), $body, "in pieces of $step");
}


sub answer {
    my ($bytes) = @_;

    my ($head, $rest) = split /\r\n\r\n/, $bytes, 2;
    my ($status) = $head =~ m{^HTTP/1\.1 (\d+)};

    return Tender::Http::Answer->new(
        status => $status // 0, head => "$head\r\n\r\n", body => $rest // '',
        headers => [map { [/^([^:]+): (.*)/] } grep { /:/ }
                    split /\r\n/, $head],
    );
}


# in chunks

sub chunked {
    my ($where, $step, $body, $more) = @_;

    my $chunks = join '', map { sprintf "%x\r\n%s\r\n", length, $_ }
                 $body =~ /(.{1,$step})/gs;

    return $c->request('POST', "$where/tenders",
                       { 'Transfer-Encoding' => 'chunked' },
                       $chunks . "0\r\n" . ($more || '') . "\r\n");
}

for my $where ('/api/0.1', '/file', '/one-buffer') {
    created(chunked($where, $_, $body), $body, "$where in chunks of $_")
        for 1, 1000, 3000;
}

created(chunked('/api/0.1', 100, $body, "X-Trailer: 1\r\n"), $body,
        'a trailer');
refused(chunked('/api/0.1', 100, ''), 422,
        [body => 'data', 'No JSON object could be decoded'],
        'chunks of nothing');
created($c->post($path, $body), $body, 'the connection goes on');

my $r = answer($t->raw("POST $path HTTP/1.1\r\nHost: a\r\n"
                       . "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n"));

refused($r, 400, [url => 'request', 'Bad Request'], 'a broken chunk');


# Expect: 100-continue

sub expect {
    my ($where, $body, @more) = @_;

    $t->raw([join("\r\n", "POST $where/tenders HTTP/1.1", 'Host: a',
                  'Connection: close', 'Expect: 100-continue',
                  'Content-Length: ' . length($body), @more, '', ''),
             \0.05, $body]);
}

my $bytes = expect('/api/0.1', $body);

like($bytes, qr{^HTTP/1\.1 100 Continue\r\n\r\nHTTP/1\.1 201 },
     '100, then 201');
created(answer($bytes =~ s/^.*?\r\n\r\n//sr), $body, 'Expect');

$bytes = expect('/api/0.1', $body, 'Content-Type: text/plain');
like($bytes, qr{^(?:HTTP/1\.1 100 Continue\r\n\r\n)?HTTP/1\.1 415 },
     'a refusal');

$bytes = expect('/small', $body);
like($bytes, qr{^HTTP/1\.1 413 }, '413 comes without 100');


# too large

my $too_large = [url => 'request', 'Request Entity Too Large'];

created($c->post('/small/tenders', body_of(1024)), body_of(1024),
        'as large as may be');
refused($c->post('/small/tenders', body_of(1025)), 413, $too_large,
        'one byte more');
refused($c->put('/small/tenders/' . '0' x 32, body_of(5000)), 413, $too_large,
        'PUT');
refused($c->patch('/small/nothing', body_of(5000)), 413, $too_large,
        'before anything is looked for');
refused(chunked('/small', 100, body_of(5000)), 413, $too_large,
        'a body that does not say how large it is');
refused($t->post('/small/tenders', body_of(100_000)), 413, $too_large,
        'much too large');
refused($t->post($path, body_of(1_200_000)), 413, $too_large,
        'more than the default of nginx');
is($t->redis('ZCARD', '{b0}:feed'), (() = events($t)),
   'nothing of them is stored');


# a refusal before the body is read leaves the connection usable

for my $n (10, 3000, 100_000) {
    my $c = $t->client;

    for my $try (
        ['POST',   $path,                415, 'text/plain'],
        ['POST',   '/api/0.1/nothing',   404],
        ['DELETE', $path,                405],
        ['PUT',    '/api/0.1/spore',     405],
        ['POST',   "$path?x=%zz",        400],
        ['POST',   "$path?opt_jsonp=f",  400],
    ) {
        my ($method, $url, $status, $type) = @$try;

        is($c->request($method, $url, { 'Content-Type' => $type }, 'x' x $n)
           ->status, $status, "$method $url of $n bytes: $status");
        created($c->post($path, $body), $body, 'the next request');
    }

    is($c->{used}, 12, "one connection for all of $n bytes");
}


# JSON has a bound of its own, whatever uploads may be

for my $size (4 * 1024 * 1024, 4 * 1024 * 1024 + 1) {
    my $json = '{"data":{}}' . ' ' x ($size - 11);
    my $wide = '/wide/tenders';

    is($c->post($wide, $json)->status, $size % 2 ? 413 : 201,
       "JSON of $size bytes");
    like($t->raw("POST $wide HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                 . "Transfer-Encoding: chunked\r\n\r\n"
                 . sprintf("%x\r\n", $size) . "$json\r\n0\r\n\r\n"),
         $size % 2 ? qr/^HTTP\/1\.1 413 .*"Request Entity Too Large"/s
                   : qr/^HTTP\/1\.1 201 /, "the same in chunks");
}


# GET with a body

$r = $c->request('GET', "$path?limit=1", undef, 'x' x 5000);
is($r->status, 200, 'GET with a body');
is($c->get("$path?limit=1")->status, 200, 'and the next one');


# too late: nginx closes

is($t->raw("POST /short/tenders HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n"
           . "\r\n{\"data\":"), '', 'a body that does not come');

# too short: the client goes away

my $before = $t->redis('ZCARD', '{b0}:feed');
my $gone = $t->client;

$gone->send("POST $path HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
            . '{"data":{}}');
$gone->close;
is($c->get($path)->status, 200, 'a client that leaves');
is($t->redis('ZCARD', '{b0}:feed'), $before, 'publishes nothing');

$t->finish;
done_testing;
