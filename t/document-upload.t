#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# How a file comes: forms and bodies, as programs send them and as nobody
# should, in pieces, in chunks, too large, too late, refused before it is
# read, by HTTP/2.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use Encode qw(encode_utf8);
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Document;
use Tender::Test;


my $t = Tender::Test->new(
    server   => 'listen 127.0.0.1:%%PORT_2%% http2;',
    location => <<'END');
        tender_anonymous write;
        tender_ownership off;
        client_max_body_size 3m;

        location /api/0.1/ { tender_api 0.1; }
        location /buffer/  { tender_api 0.1; client_body_buffer_size 1k; }
        location /large/   { tender_api 0.1; client_body_buffer_size 1m; }
        location /file/    { tender_api 0.1; client_body_in_file_only clean; }
        location /single/  {
            tender_api 0.1;
            client_body_in_single_buffer on;
        }
        location /small/   { tender_api 0.1; client_max_body_size 1k; }
        location /short/   { tender_api 0.1; client_body_timeout 200ms; }
        location /read/    { tender_api 0.1; tender_anonymous read; }

        location /copied/ {
            tender_api 0.1;
            mirror /copy;
            client_body_buffer_size 1k;
        }
        location = /copy {
            internal;
            proxy_pass http://127.0.0.1:%%PORT%%/sink;
        }
        log_subrequest on;
        location /twice/ { tender_api 0.1; mirror /again; }
        location = /again {
            internal;
            rewrite ^ /api/0.1/tenders/$arg_t/documents last;
        }
        location = /sink { client_max_body_size 3m; return 204; }
        location /asked/ { tender_api 0.1; auth_request /yes; }
        location = /yes { internal; return 204; }
END
my $c = $t->client;

my $tender = publish($t, {});
my $below  = "tenders/$tender->{id}/documents";
my $path   = "/api/0.1/$below";
my @many   = (400, [body => 'data', 'There is more than one file']);
my @none   = (404, [body => 'file', 'Not Found']);


sub data { $_[0]->json->{data} }


sub taken {
    my ($r, $bytes, $name, %is) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 201, "$name: 201") or return diag($r->head, $r->body);
    is(data($r)->{hash}, sha256_hex($bytes), "$name: all of it");
    is(data($r)->{$_}, $is{$_}, "$name: its $_") for sort keys %is;
}


# sends a form or a body as it is

sub post {
    my ($type, $body, %more) = @_;

    return $c->request('POST', $more{path} || $path,
                       { 'Content-Type' => $type, %{ $more{headers} || {} } },
                       $body);
}


sub bad {
    my ($r, $why, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 400, "$name: 400") or diag($r->body);
    is($r->json->{errors}[0]{location}, 'body', "$name: the body");
    like($r->json->{errors}[0]{description}, $why, "$name: why");
}


# as curl sends it

SKIP: {
    my $curl = (grep { -x } map { "$_/curl" } split /:/, $ENV{PATH})[0]
        or skip 'there is no curl', 1;
    my $bytes = bytes(300_000);
    my $file  = $t->write_file('план 1.txt', '');
    my $url   = $t->url($path);

    open my $fh, '>:raw', $file or die;
    print $fh $bytes;
    close $fh;

    my $run = sub {
        my $json = `$curl -s @_ $url`;

        return Tender::Http::Answer->new(status => $json =~ /"data"/ ? 201 : 0,
                                         body => $json);
    };

    taken($run->("-F 'file=\@$file'"), $bytes, 'curl -F',
          title => 'план 1.txt', format => 'text/plain');
    taken($run->("-F 'file=\@$file;filename=a.pdf;type=application/pdf'"),
          $bytes, 'curl -F with a name', title => 'a.pdf',
          format => 'application/pdf');
    taken($run->("-F description=x -F 'file=\@$file' -F y=z"), $bytes,
          'curl -F with other fields', title => 'план 1.txt');
    taken($run->("-X POST -T '$file' -H 'Content-Disposition: attachment; "
                 . "filename=\"b.bin\"'"), $bytes, 'curl -T',
          title => 'b.bin', format => 'application/octet-stream');
    taken($run->("--data-binary '\@$file' -H 'Content-Type: image/png' "
                 . "-H 'Content-Disposition: attachment; filename=c.png'"),
          $bytes, 'curl --data-binary', title => 'c.png',
          format => 'image/png');
    taken($run->("-H 'Transfer-Encoding: chunked' -F 'file=\@$file'"), $bytes,
          'curl in chunks', title => 'план 1.txt');
    taken($run->("-H 'Transfer-Encoding: chunked' -X POST -T - -H "
                 . "'Content-Disposition: attachment; filename=d' < '$file'"),
          $bytes, 'curl from a pipe', title => 'd');

    skip 'curl has no HTTP/2', 1 if `$curl -V` !~ /HTTP2/;

    $url = 'http://127.0.0.1:' . $t->port(2) . $path;

    for my $size (0, 10, 70_000, 1_000_000) {
        open $fh, '>:raw', $file or die;
        print $fh substr $bytes x 4, 0, $size;
        close $fh;

        taken($run->("--http2-prior-knowledge -F 'file=\@$file'"),
              substr($bytes x 4, 0, $size), "HTTP/2, $size bytes",
              title => 'план 1.txt');
        taken($run->("--http2-prior-knowledge -X POST -T '$file' -H "
                     . "'Content-Disposition: attachment; filename=e'"),
              substr($bytes x 4, 0, $size), "HTTP/2 body, $size bytes",
              title => 'e');
    }

    # curl does not show an answer that comes before it has sent its body

    $run->('--http2-prior-knowledge -d x');
    ok($t->wait_for(sub { $t->access_log =~ m{HTTP/2\.0" 422 } }),
       'HTTP/2: a refusal');

    open $fh, '>:raw', $file or die;
    print $fh 'x' x 3_200_000;
    close $fh;

    $run->("--http2-prior-knowledge -X POST -T '$file' -H "
           . "'Content-Disposition: attachment; filename=f'");
    ok($t->wait_for(sub { $t->access_log =~ m{HTTP/2\.0" 413 } }),
       'HTTP/2: too large');
}


# names

for (
    ['a.txt',              'a.txt'],
    ['../../etc/passwd',   'passwd'],
    ['C:\\\\temp\\\\b.doc', 'b.doc'],
    ['name  name.doc',     'name name.doc'],
    ['...hidden.. ',       'hidden'],
    ['кошторис.pdf',       'кошторис.pdf'],
    ["a\x{202e}fdp.exe",   'afdp.exe'],
    ["e\x{301}.txt",       "\x{e9}.txt"],
    ['/',                  'file'],
    ['а' x 200 . '.pdf',   'а' x 125 . '.pdf'],
) {
    my ($name, $title) = map { encode_utf8($_) } @$_;

    is(encode_utf8(data(upload($c, $path, 'x', name => $name))->{title}),
       $title, "form: $title");
    is(encode_utf8(data(raw($c, $path, 'x', name => $name))->{title}), $title,
       "body: $title");
}

is(data(raw($c, $path, 'x', headers => {
    'Content-Disposition' => q(attachment; filename="b"; )
                             . q(filename*=UTF-8''%D0%BA.txt),
}))->{title}, 'к.txt', 'the extended name of a header');

bad(upload($c, $path, 'x', name => "\xff.txt"), qr/not UTF-8/,
    'a name that is no text');


# types

for (
    ['application/pdf',           'application/pdf'],
    ['Text/Plain; charset=utf-8', 'text/plain'],
    ['text/html',                 'application/octet-stream'],
    ['image/svg+xml',             'application/octet-stream'],
    ['application/javascript',    'application/octet-stream'],
    ['message/rfc822',            'application/octet-stream'],
    ['application/x-www-form-urlencoded', 'application/octet-stream'],
) {
    my ($type, $format) = @$_;

    is(data(upload($c, $path, 'x', type => $type))->{format}, $format,
       "form: $type");
    is(data(raw($c, $path, 'x', type => $type, name => 'x'))->{format},
       $format, "body: $type");
}

is(data(raw($c, $path, 'x', name => 'x'))->{format},
   'application/octet-stream', 'a body without a type');

my ($type, $body) = form({ name => 'file', filename => 'x', data => 'x' });
is(data(post($type, $body))->{format}, 'application/octet-stream',
   'a part without a type');


# bodies without a name

my @unnamed = (422, [header => 'Content-Disposition',
                     'Send the file as the field "file" of '
                     . 'multipart/form-data, or as the body with its name, in '
                     . 'UTF-8, as in attachment; filename="plan.pdf"']);

refused(raw($c, $path, 'x'), @unnamed, 'no Content-Disposition');
refused(raw($c, $path, '{"data":{}}', type => 'application/json'), @unnamed,
        'JSON');
refused(raw($c, $path, 'x', headers => { 'Content-Disposition' => $_ }),
        @unnamed, "$_")
    for 'attachment', 'attachment; filename=""', 'attachment; filename="a',
        'attachment; filename=a; filename=b', 'attachment; filename*=x',
        "attachment; filename=\"\xff\"", ['attachment; filename=a',
                                          'attachment; filename=b'];


# headers

my @one_type = (400, [header => 'Content-Type',
                      'Content-Type should be one media type; '
                      . 'multipart/form-data needs a boundary']);

refused(post($_, $body), @one_type, "Content-Type $_")
    for 'multipart/form-data', 'multipart/form-data; boundary=',
        'multipart/form-data; boundary="' . 'x' x 71 . '"',
        'multipart/form-data; boundary=a; boundary=b', 'text', '/', 'a/b; c';
refused(post([$type, 'text/plain'], $body), @one_type, 'two types');
refused(post('multipart/mixed; boundary=x', $body), 415,
        [header => 'Content-Type',
         'Of multipart types, only multipart/form-data is taken'],
        'another multipart type');


# forms without a file

my %file = (name => 'file', filename => 'x', data => 'x');

refused(post(form()), @none, 'no part');
refused(post(form({ name => 'other', filename => 'x', data => 'x' })), @none,
        'another name');
refused(post(form({ name => 'file', data => 'x' })), @none, 'no file name');
refused(post(form({ %file, filename => '' })), @none, 'nothing was chosen');
refused(post(form({ %file, name => 'File' })), @none, 'a capital letter');
refused(post(form({ %file }, { %file })), @many, 'two files');
taken(post(form({ name => 'a', data => 'x' x 100_000 }, { %file },
                { name => 'b', filename => 'y', data => 'y' })), 'x',
      'a file among other fields');


# forms that are not

my $b = $Tender::Document::BOUNDARY;
my $head = 'Content-Disposition: form-data; name="file"; filename="x"';

for (
    ['cut in the data',     "--$b\r\n$head\r\n\r\nabc"],
    ['cut in the headers',  "--$b\r\n$head"],
    ['no closing delimiter', "--$b\r\n$head\r\n\r\nabc\r\n--$b\r\n"],
    ['nothing',             ''],
    ['no delimiter',        'abc'],
    ['line feeds',          "--$b\n$head\n\nabc\n--$b--\n"],
    ['another boundary',    "--x\r\n$head\r\n\r\nabc\r\n--x--\r\n"],
    ['no headers',          "--$b\r\n\r\nabc\r\n--$b--\r\n"],
    ['a name twice',        "--$b\r\n$head; name=\"x\"\r\n\r\nabc\r\n--$b--"],
    ['two dispositions',    "--$b\r\n$head\r\n$head\r\n\r\nabc\r\n--$b--"],
    ['no disposition',      "--$b\r\nX: y\r\n\r\nabc\r\n--$b--"],
    ['an encoding',         "--$b\r\n$head\r\nContent-Transfer-Encoding: "
                            . "base64\r\n\r\nYWJj\r\n--$b--"],
    ['a nested form',       "--$b\r\n$head\r\nContent-Type: multipart/mixed; "
                            . "boundary=y\r\n\r\n--y--\r\n--$b--"],
    ['too many headers',    "--$b\r\n$head\r\n" . "X: y\r\n" x 17
                            . "\r\nabc\r\n--$b--"],
    ['too long headers',    "--$b\r\n$head\r\nX: " . 'y' x 9000
                            . "\r\n\r\nabc\r\n--$b--"],
    ['a long preamble',     'x' x 70_000 . "\r\n--$b\r\n$head\r\n\r\nabc\r\n"
                            . "--$b--"],
    ['a long epilogue',     "--$b\r\n$head\r\n\r\nabc\r\n--$b--\r\n"
                            . 'x' x 70_000],
    ['a large file, then nothing', "--$b\r\n$head\r\n\r\n" . 'x' x 600_000],
) {
    my ($name, $form) = @$_;

    bad(post($type, $form), qr/\w{3}/, $name);
}

bad(post(form(map { { name => "f$_", data => '' } } 1 .. 17)), qr/\w{3}/,
    'too many parts');


# what is in a file does not matter

for my $data ("$b--", "\n--$b", "\r--$b--", "\r\n-$b", "\r\n-", "\r\n\r\n\r\n",
              "\r\n--" . substr($b, 0, 43), "\r\n--" x 50_000, "\0" x 1000,
              "\r" x 300_000)
{
    taken(post(form({ %file, data => $data })), $data,
          length($data) . ' strange bytes');
}


# in pieces; a piece of one byte has all borders

my $bytes = bytes(2000);

($type, $body) = form({ %file, data => $bytes });

for my $where (qw(/api/0.1 /buffer)) {
    for my $step (1, 7, 500) {
        my $head = join "\r\n", "POST $where/$below HTTP/1.1", 'Host: a',
                   'Connection: close', "Content-Type: $type",
                   'Content-Length: ' . length $body, '', '';
        my @parts = ($head, $body =~ /(.{1,$step})/gs);
        my $every = int(@parts / 40) + 1;

        taken(answer($t->raw([map { $parts[$_], $_ % $every ? () : \0.002 }
                              0 .. $#parts])), $bytes, "pieces of $step");
    }
}


sub answer {
    my ($bytes) = @_;

    my ($head, $rest) = split /\r\n\r\n/, $bytes, 2;
    my ($status) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};

    return Tender::Http::Answer->new(
        status => $status // 0, head => "$head\r\n\r\n", body => $rest // '',
        headers => [map { [/^([^:]+): (.*)/] } grep { /:/ }
                    split /\r\n/, $head // ''],
    );
}


# sizes around the buffers, whichever way nginx would keep a body

for my $where (qw(/api/0.1 /buffer /large /file /single /copied /asked)) {
    for my $size (1, 700, 1024, 16_384, 300_000, 600_000) {
        my $data = bytes($size);

        taken(upload($c, "$where/$below", $data), $data, "$where $size");
        taken(raw($c, "$where/$below", $data, name => 'x'), $data,
              "$where $size, a body");
    }
}

is(join(' ', glob $t->dir . '/temp_client_body/*'), '',
   'no temporary file is left');


# a copy of the request is none

{
    my $before = @{ data($c->get($path)) };

    taken(upload($c, "/twice/$below?t=$tender->{id}", 'x'), 'x', 'a mirror');
    is(@{ data($c->get($path)) }, $before + 1, 'takes no file twice');
    ok($t->wait_for(sub { $t->access_log =~ m{"POST /twice/.*" 501 } }),
       'but is refused');
}


# in chunks

sub chunked {
    my ($where, $step, $type, $body) = @_;

    my $chunks = join '', map { sprintf "%x\r\n%s\r\n", length, $_ }
                 unpack "(a$step)*", $body;

    return post($type, "${chunks}0\r\n\r\n", path => "$where/$below",
                headers => { 'Transfer-Encoding' => 'chunked' });
}

taken(chunked('/api/0.1', $_, $type, $body), $bytes, "chunks of $_")
    for 1, 100, 100_000;

my $large = bytes(700_000);

taken(chunked('/api/0.1', 50_000, form({ %file, data => $large })), $large,
      'a large one in chunks');
refused(answer($t->raw("POST $path HTTP/1.1\r\nHost: a\r\nContent-Type: $type"
                       . "\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n")),
        400, [url => 'request', 'Bad Request'], 'a broken chunk');


# too large

my @too_large = (413, [url => 'request', 'Request Entity Too Large']);

refused(post($type, 'x' x 1025, path => "/small/$below"), @too_large,
        'too large');
refused(chunked('/small', 100, $type, 'x' x 5000), @too_large,
        'too large in chunks');
refused(chunked('/small', 5000, $type, 'x' x 5000), @too_large,
        'in one chunk');
refused(chunked('/api/0.1', 500_000, form({ %file, data => 'x' x 3_200_000 })),
        @too_large, 'too large after some chunks were stored');


# the connection goes on after an upload, and after an early refusal

{
    my $c = $t->client;

    for my $size (10, 20_000, 300_000) {
        for my $try (
            [404, POST => '/api/0.1/tenders/' . 'f' x 32 . '/documents'],
            [404, PUT => "$path/" . 'f' x 32],
            [405, DELETE => $path],
            [401, POST => "/read/$below"],
        ) {
            my ($status, $method, $url) = @$try;

            is(upload($c, $url, 'x' x $size, method => $method)->status,
               $status, "$method of $size bytes: $status");
            is(upload($c, $path, 'x' x $size)->status, 201, 'the next one');
        }
    }

    is($c->{used}, 24, 'one connection for all of these');
}

# requests that come before the ones in front are answered

{
    my $c = $t->client;
    my $say = sub {
        my ($type, $body) = form({ %file, data => $_[0] });

        return $c->format('POST', $path, { 'Content-Type' => $type }, $body);
    };

    $c->send(join '', map { $say->('x' x $_), $c->format('GET', $path) }
                      3, 300_000, 20);

    is(join(' ', map { $c->receive->status } 1 .. 6),
       '201 200 201 200 201 200', 'a pipeline');
}

# refused in the middle, the rest is not waited for

{
    my $r = post(form({ %file }, { %file, data => 'x' x 2_000_000 }));

    refused($r, @many, 'refused in the middle');
    is($r->header('Connection'), 'close', 'which ends the connection');
    $c->close;
}


# Expect: 100-continue

sub expect {
    my ($url, $wait, @more) = @_;

    return $t->raw([join("\r\n", "POST $url HTTP/1.1", 'Host: a',
                         'Connection: close', 'Expect: 100-continue',
                         'Content-Length: ' . length $body, @more, '', ''),
                    $wait ? (\0.05, $body) : ()], timeout => 1);
}

like(expect($path, 1, "Content-Type: $type"),
     qr{^HTTP/1\.1 100 Continue\r\n\r\nHTTP/1\.1 201 }, '100, then 201');
like(expect('/api/0.1/tenders/' . 'f' x 32 . '/documents', 0,
            "Content-Type: $type"),
     qr{^HTTP/1\.1 404 }, 'a refusal comes instead of 100');
like(expect($path, 0, 'Content-Type: multipart/mixed; boundary=x'),
     qr{^HTTP/1\.1 415 }, 'so does another one');


# too late, too short

is($t->raw("POST /short/$below HTTP/1.1\r\nHost: a\r\nContent-Type: $type\r\n"
           . "Content-Length: 3000\r\n\r\n" . substr $body, 0, 100), '',
   'a body that does not come');
is($t->raw(["POST /short/$below HTTP/1.1\r\nHost: a\r\nContent-Type: $type\r\n"
            . "Content-Length: 3000\r\n\r\n" . substr($body, 0, 100), \0.1,
            substr $body, 100, 500]), '', 'one that begins to come');

# what was refused after some chunks were stored is dropped, by whomever

ok($t->wait_for(sub { !left($t) }, 3), 'no file is left of what was refused');

my $list = data($c->get($path));

is(keys %{ files($t) }, grep({ $_->{size} } @$list),
   'all there are belong to documents');

$t->finish;
done_testing;
