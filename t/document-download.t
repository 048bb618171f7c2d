#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The bytes of documents: headers, ranges, conditions, HEAD; slow clients,
# filters of nginx, HTTP/2.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use Encode qw(encode_utf8);
use Socket qw(SOL_SOCKET SO_RCVBUF);
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Api;
use Tender::Document;
use Tender::Test;


my $built = `@{[Tender::Test::nginx_binary()]} -V 2>&1`;
my $adds  = $built =~ /http_addition_module/ && <<'END';
        location = /page {
            set $t $arg_t;
            set $d $arg_d;
            set $k $arg_k;
            add_before_body /inside;
            addition_types *;
            return 200 page;
        }
        location = /inside {
            internal;
            rewrite ^ /api/0.1/tenders/$t/documents/$d?download=$k? last;
        }
END
my $subs = $built =~ /http_sub_module/ && <<'END';
        location /sub/ {
            tender_api 0.1;
            sub_filter needle NEEDLE;
            sub_filter_types *;
            sub_filter_once off;
        }
END

my $t = Tender::Test->new(
    server   => 'listen 127.0.0.1:%%PORT_2%% http2;',
    location => ($adds || '') . ($subs || '') . <<'END');
        tender_anonymous write;
        tender_ownership off;
        client_max_body_size 8m;

        location /api/0.1/ { tender_api 0.1; }
        location /gzip/ {
            tender_api 0.1;
            gzip on;
            gzip_types *;
            gzip_proxied any;
        }
        location /slow/ { tender_api 0.1; limit_rate 3m; }
        location /short/ { tender_api 0.1; send_timeout 300ms; }
END
my $c = $t->client;

my $tender = publish($t, {});
my $path   = "/api/0.1/tenders/$tender->{id}/documents";
my $size   = 1_000_003;
my $bytes  = bytes($size);
my $doc    = upload($c, $path, $bytes, name => 'a.bin')->json->{data};
my $url    = below($doc->{url});
my $tag    = '"' . sha256_hex($bytes) . '"';


# the headers

my $r = $c->get($url);

is($r->status, 200, 'a download');
ok($r->body eq $bytes, 'all of it');

my %want = (
    'Content-Type'            => 'application/octet-stream',
    'Content-Length'          => $size,
    'Content-Disposition'     => 'attachment; filename="a.bin"',
    'X-Content-Type-Options'  => 'nosniff',
    'Content-Security-Policy' => "sandbox; default-src 'none'",
    'Accept-Ranges'           => 'bytes',
    'ETag'                    => $tag,
    'Cache-Control'           => undef,
    'Referrer-Policy'         => undef,
);

is_deeply([$r->header($_)], [defined $want{$_} ? $want{$_} : ()], $_)
    for sort keys %want;

is($c->get("$url&acc_token=abc")->header('Cache-Control'), 'no-store',
   'with a token, nobody is to keep it');
is($c->request('GET', $url, { 'X-Access-Token' => 'abc' })
   ->header('Cache-Control'), 'no-store', 'in a header, too');
unlike($t->access_log, qr/download=[0-9a-f]/, 'no key is in the log');

for (
    ['b.txt',         'attachment; filename="b.txt"'],
    ['план.pdf', q(attachment; filename="____.pdf"; )
                 . q(filename*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD.pdf)],
    ['a;b=c.txt',     qr/^attachment; filename="a;b=c\.txt"/],
) {
    my ($name, $want) = @$_;
    my $d = upload($c, $path, 'x', name => encode_utf8($name),
                   type => 'text/plain')->json->{data};
    my $r = $c->get(below($d->{url}));

    ref $want ? like($r->header('Content-Disposition'), $want, 'a name')
              : is($r->header('Content-Disposition'), $want, 'a name');
    is($r->header('Content-Type'), 'text/plain', 'its type');
}

$c->patch("$path/$doc->{id}", { data => { title => $_ } })
    for "a\"b\\c\r\nX: y.pdf";
$r = $c->get($url);
is($r->status, 200, 'a title that is no name');
is($r->header('X'), undef, 'breaks out of no header');
$c->patch("$path/$doc->{id}", { data => { title => undef } });
is($c->get($url)->header('Content-Disposition'),
   'attachment; filename="file"', 'no title');


# HEAD

$r = $c->head($url);
is($r->status, 200, 'HEAD');
is($r->header('Content-Length'), $size, 'has the length');
is($r->header('ETag'), $tag, 'and the tag');
is($c->request('HEAD', $url, { Range => 'bytes=0-1' })->status, 200,
   'HEAD knows no ranges');


# ranges

for (
    ['bytes=0-0',              0, 1],
    ['bytes=0-99',             0, 100],
    ['bytes=262079-262080',    262_079, 2],
    ['bytes=262080-524159',    262_080, 262_080],
    ['bytes=100-',             100, $size - 100],
    ['bytes=-100',             $size - 100, 100],
    ['bytes=-99999999999',     0, $size],
    ['bytes=1000002-',         1_000_002, 1],
    ['bytes=1-9999999999999999999999999', 1, $size - 1],
    ['Bytes= 5-9 ',            5, 5],
) {
    my ($range, $from, $len) = @$_;
    my $r = $c->request('GET', $url, { Range => $range });

    is($r->status, 206, $range);
    is($r->header('Content-Range'),
       "bytes $from-@{[$from + $len - 1]}/$size", "$range: which");
    is($r->header('Content-Length'), $len, "$range: how many");
    ok($r->body eq substr($bytes, $from, $len), "$range: the bytes");
    is($r->header('ETag'), $tag, "$range: the tag");
}

for my $range ('bytes=1000003-', 'bytes=2000000-3000000', 'bytes=-0',
               'bytes=99999999999999999999999999-')
{
    my $r = $c->request('GET', $url, { Range => $range });

    refused($r, 416, [header => 'Range', 'The file has no such bytes'],
            $range);
    is($r->header('Content-Range'), "bytes */$size", "$range: the size");
    is($r->header('Content-Disposition'), undef, "$range: it is no file");
}

for my $range ('bytes=0-1,5-6', 'bytes=5-1', 'bytes=', 'bytes=-', 'bytes=a-b',
               'lines=0-1', 'bytes', 'bytes=1', 'bytes=1-2x', 'bytes=--1')
{
    my $r = $c->request('GET', $url, { Range => $range });

    is($r->status, 200, "$range: the whole file");
    ok($r->body eq $bytes, "$range: all bytes");
}

is($c->request('GET', $url, { Range => 'bytes=0-1', 'If-Range' => $tag })
   ->status, 206, 'If-Range with the tag');
is($c->request('GET', $url, { Range => 'bytes=0-1', 'If-Range' => $_ })
   ->status, 200, "If-Range $_")
    for '"x"', "W/$tag", 'Sun, 22 Nov 2026 06:41:02 GMT';

my $empty = below(upload($c, $path, '')->json->{data}{url});

is($c->get($empty)->status, 200, 'an empty file');
is($c->get($empty)->body, '', 'without a byte');
refused($c->request('GET', $empty, { Range => 'bytes=0-' }), 416,
        [header => 'Range', 'The file has no such bytes'],
        'has no range');
refused($c->request('GET', $empty, { Range => 'bytes=-1' }), 416,
        [header => 'Range', 'The file has no such bytes'],
        'nor an end');

# a range reads the chunks that it needs

{
    my $calls = sub {
        ($t->redis('INFO', 'commandstats') =~ /cmdstat_hget:calls=(\d+)/)[0];
    };
    my $before = $calls->();

    $c->request('GET', $url, { Range => 'bytes=600000-600001' });
    is($calls->() - $before, 2, 'one chunk, and the record');
}


# conditions

for my $list ($tag, "W/$tag", '*', "\"x\", $tag", "\"a\",W/\"b\", W/$tag") {
    my $r = $c->request('GET', $url, { 'If-None-Match' => $list });

    is($r->status, 304, "If-None-Match $list");
    is($r->body, '', 'has no body');
    is($r->header('ETag'), $tag, 'but the tag');
}

is($c->request('GET', $url, { 'If-None-Match' => $_ })->status, 200,
   "If-None-Match $_") for '"x"', 'x', '', substr($tag, 0, 20), "x$tag";
is($c->request('HEAD', $url, { 'If-None-Match' => $tag })->status, 304,
   'HEAD, too');
is($c->request('GET', $url, { 'If-Match' => $_ })->status, 200, "If-Match $_")
    for $tag, '*', "\"x\", $tag";
refused($c->request('GET', $url, { 'If-Match' => $_ }), 412,
        [header => 'If-Match', 'The file is another one'], "If-Match $_")
    for '"x"', "W/$tag";


# slow clients

sub slow {
    my ($url, $pause) = @_;

    my $c = $t->client(timeout => 20);
    my $sock = $c->connect;

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 65_536;
    $c->send("GET $url HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    my $got = '';

    while (1) {
        my $n = sysread $sock, $got, 16_384, length $got;

        last if !$n;
        sleep $pause;
    }

    return $got =~ s/^.*?\r\n\r\n//sr;
}

ok(slow($url, 0.005) eq $bytes, 'a slow client');
ok(slow($url =~ s{/api/0\.1}{/slow}r, 0.005) eq $bytes, 'limit_rate');

my $large = bytes(6_000_000);
my $big   = below(upload($c, $path, $large)->json->{data}{url});

{
    my $start = time();
    my $got   = $c->get($big =~ s{/api/0\.1}{/slow}r)->body;

    ok($got eq $large, 'limit_rate of a large file');
    cmp_ok(time() - $start, '>', 1, 'takes its time');
}

{
    my $start = time();
    my $sock  = $t->client->connect;

    setsockopt $sock, SOL_SOCKET, SO_RCVBUF, 4096;
    syswrite $sock, 'GET ' . ($big =~ s{/api/0\.1}{/short}r)
                    . " HTTP/1.1\r\nHost: a\r\n\r\n";
    ok($t->wait_for(sub { $t->error_log =~ /client timed out/ }),
       'a client that does not read is left');
    cmp_ok(time() - $start, '>=', 0.3, 'after send_timeout');
    ok($t->wait_for(sub { $t->access_log =~ m{"GET /short/.*" 200 \d+ } }),
       'which is logged');
}


# a body that nobody asked for is not in the way

{
    my $c = $t->client(timeout => 20);
    my $r = $c->request('GET', $big, {}, 'x' x 7_000_000);

    is($r->status, 200, 'GET with a body');
    ok($r->body eq $large, 'the file');
    is($c->get($path)->status, 200, 'the next request');
    is($c->{used}, 2, 'on the same connection');

    $c->send("GET $url HTTP/1.1\r\nHost: a\r\n\r\n" x 5);
    is(join(' ', map { $c->receive->body eq $bytes ? 1 : 0 } 1 .. 5),
       '1 1 1 1 1', 'a pipeline');
}


# many at the same time

is_deeply([$t->parallel(6, sub {
    my $c = $t->client(timeout => 20);

    return join ' ', map { sha256_hex($c->get($big)->body) } 1 .. 3;
})], [(join ' ', (sha256_hex($large)) x 3) x 6], 'many downloads');


# filters of nginx

my $words = join ' ', map { "needle $_" } 1 .. 100_000;
my $text  = upload($c, $path, $words, name => 'a.txt', type => 'text/plain')
            ->json->{data};

SKIP: {
    eval { require Compress::Zlib } or skip 'no Compress::Zlib', 3;

    my $r = $c->request('GET', below($text->{url}) =~ s{/api/0\.1}{/gzip}r,
                        { 'Accept-Encoding' => 'gzip' });

    is($r->header('Content-Encoding'), 'gzip', 'gzip');
    ok(Compress::Zlib::memGunzip($r->body) eq $words, 'the same when unpacked');
    like($r->header('ETag'), qr/^W\//, 'its tag is a weak one');
}

SKIP: {
    skip 'nginx has no http_sub_module', 1 if !$subs;

    my $r = $c->get(below($text->{url}) =~ s{/api/0\.1}{/sub}r);

    ok($r->body eq $words =~ s/needle/NEEDLE/gr, 'sub_filter');
}

SKIP: {
    skip 'nginx has no http_addition_module', 2 if !$adds;

    my ($id, $key) = $url =~ /(\w{32})\?download=(\w{32})/;
    my $r = $c->get("/page?t=$tender->{id}&d=$id&k=$key");

    is($r->status, 200, 'a page with a file in it');
    like($r->body, qr/Files are not sent to subrequests/,
         'does not have its bytes');
}


# HTTP/2

SKIP: {
    my $curl = (grep { -x } map { "$_/curl" } split /:/, $ENV{PATH})[0];

    skip 'curl has no HTTP/2', 4 if !$curl || `$curl -V` !~ /HTTP2/;

    my $run = sub {
        my $u = 'http://127.0.0.1:' . $t->port(2) . shift;

        return scalar `$curl -s --http2-prior-knowledge @_ '$u'`;
    };

    ok($run->($big) eq $large, 'HTTP/2');
    ok($run->($big, '--limit-rate 4M') eq $large, 'HTTP/2, slow');
    ok($run->($big, '-r 300000-400000') eq substr($large, 300_000, 100_001),
       'HTTP/2, a range');
    is($run->($empty), '', 'HTTP/2, nothing');
}


# a file that the store has lost in part: nothing wrong is sent

$t->allow_errors(qr/a record that this module did not write/);

my ($file) = grep { $t->redis('HLEN', $_) == 4 } keys %{ files($t) };

$t->redis('HDEL', $file, 2);
$r = $c->get($url);
is($r->status, 0, 'the connection is cut');
like($r->body, qr/^cut off: 524160 of $size bytes/, 'where bytes are missing');
$t->redis('HDEL', $file, 0);
is($c->get($url)->status, 500, 'nothing at all is a 500');
$t->redis('HSET', $file, 0, 'short');
is($c->get($url)->status, 500, 'so is a chunk of another size');

$t->finish;
done_testing;
