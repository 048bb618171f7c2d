#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Secrets in an address reach no log and no answer.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $SECRET = 'S3cr3t';

my $t = Tender::Test->new(
    http => <<'END',
    log_format wide '$remote_addr "$request" $request_uri "$tender_request" '
                    '$status "$http_user_agent"';
    access_log %%DIR%%/wide.log wide;
    log_format safe '"$tender_request" $status';
    access_log %%DIR%%/safe.log safe;
    large_client_header_buffers 4 2k;
END
    server   => 'listen 127.0.0.1:%%PORT_2%% http2;',
    location => <<'END',
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
        location /none/    { tender_api 0.1; }
        location /deny/    { tender_api 0.1; deny all; }
        location /else/    { deny all; }
        location /static/  { alias %%DIR%%/no-such-folder/; }
        location /old/     { rewrite ^/old/(.*)$ /api/0.1/$1 last; }
        location /ssi/     { ssi on; alias %%DIR%%/files/; }
END
);

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $tender = publish($t, {});

mkdir $t->dir . '/files';
$t->write_file('files/a.html',
               "<!--# include virtual=\"$path/none?\$args\" -->");


# all forms of a secret in a query; in %s the masked length is kept

my @names = qw(api_code refresh_code acc_token access_token refresh_token
               password client_secret token code download API_CODE Acc_Token
               PASSWORD %61pi_code api%5fcode api%5Fcode acc_toke%6E
               %41%50%49_code);
my @queries = (
    (map { "$_=$SECRET" } @names),
    "x=1&api_code=$SECRET", "api_code=$SECRET&x=1", "x&api_code=$SECRET&&",
    "&api_code=$SECRET", "api_code=%53$SECRET", "api_code=$SECRET%zz",
    "api_code=$SECRET=$SECRET", "api_code==$SECRET", "api_code=$SECRET+1",
    "api_code=$SECRET?$SECRET", "api_code=$SECRET/$SECRET",
    "api_code=$SECRET;$SECRET", "api_code=$SECRET&api_code=$SECRET",
    "api_code=$SECRET&token=$SECRET&download=$SECRET",
    "limit=0&acc_token=$SECRET", "%zz=1&acc_token=$SECRET",
    "opt_pretty=1&acc_token=$SECRET&opt_fields=status",
    "acc_token=\xd1\x82$SECRET",
);

my @places = ($path, "$path/$tender->{id}", "$path/none", '/api/0.1/nothing',
              '/none/tenders', '/deny/tenders', '/else/', '/static/x',
              '/old/tenders', '/ssi/a.html', '/');

my $asked = 0;
my @told;

for my $query (@queries) {
    for my $place (@places) {
        my $r = $c->get("$place?$query");

        $asked++;
        push @told, "$place?$query"
            if $r->head =~ /$SECRET/ || $r->body =~ /$SECRET/;
    }
}

is_deeply(\@told, [], 'no answer repeats a secret');

# what has been masked is still read

my $r = $c->get("$path?limit=0&token=$SECRET");

is($r->json->{errors}[0]{name}, 'limit', 'the rest of the query is read');
refused($c->get("$path?token=$SECRET&token=x"), 400,
        [url => 'token', 'Duplicate parameter'], 'so are their names');

for my $query ("refresh_code=$SECRET", "x=1&%74oken=$SECRET") {
    $r = $c->get("$path/$tender->{id}?$query");
    is($r->status, 200, "$query: 200");
    is_deeply([$r->header('Cache-Control')], ['no-store'],
              "$query: Cache-Control");
    is_deeply([$r->header('Referrer-Policy')], ['no-referrer'],
              "$query: Referrer-Policy");

    $r = $c->get("$path/none?$query");
    is($r->header('Cache-Control'), 'no-store', "$query: of a refusal");
}

$r = $c->get("$path/$tender->{id}?codes=1&tokens=2&x=token");
is($r->header('Cache-Control'), undef, 'no secret, no Cache-Control');

$r = $c->get("$path?token=$SECRET&limit=1");
unlike($r->body, qr/token/, 'links do not hand it on');
$r = $c->post("$path?acc_token=$SECRET", '{"data":{}}');
unlike($r->header('Location'), qr/\?/, 'nor does Location');


# other methods, other protocols

$c->post("$path?acc_token=$SECRET", $_) for '{}', 'x', '{"data":{"x":1}}';
$c->head("$path/none?acc_token=$SECRET");
$c->request('DELETE', "$path?acc_token=$SECRET");
$c->get("http://localhost$path/none?acc_token=$SECRET");
$t->raw("GET $path/none?acc_token=$SECRET HTTP/1.0\r\n\r\n");
$t->raw("GET $path/none?acc_token=$SECRET\r\n");

for my $head ("Content-Length: 5000000\r\n\r\n",
              "Transfer-Encoding: chunked\r\n\r\nxyz\r\n")
{
    my $c = $t->client;

    $c->send("POST $path?acc_token=$SECRET HTTP/1.1\r\nHost: a\r\n$head");
    $c->receive;
    $c->close;
}

$t->raw("GET $path?limit=1&n=$_&acc_token=$SECRET HTTP/1.1\r\nHost: a\r\n\r\n"
        x 3 . "GET $path?acc_token=$SECRET HTTP/1.0\r\n\r\n") for 1 .. 3;

SKIP: {
    skip 'curl has no HTTP/2', 1 if `curl --version` !~ /\bHTTP2\b/;

    my $url = 'http://127.0.0.1:' . $t->port(2) . "$path/none?x=1&acc_token="
              . $SECRET;
    my $out = `curl -s -i --max-time 10 --http2-prior-knowledge '$url'`;

    like($out, qr{^HTTP/2 404 .*^cache-control: no-store}ms, 'HTTP/2');
    unlike($out, qr/$SECRET/, 'HTTP/2: not in the answer');
}

# errors of the store are logged with the request

$t->redis('CONFIG', 'SET', 'maxmemory', 1);
is($c->post("$path?acc_token=$SECRET", '{"data":{}}')->status, 503,
   'a full store');
$t->redis('CONFIG', 'SET', 'maxmemory', 0);
$t->redis('HSET', '{b0}:tender:' . '1' x 32, 'head', 'x', 'doc', '{}');
is($c->get("$path/" . '1' x 32 . "?acc_token=$SECRET")->status, 500,
   'a broken record');
$t->allow_errors(qr/OOM/, qr/a record that this module did not/);


# the logs

$c->get("$path?last=1");
$t->wait_for(sub { $t->slurp('wide.log') =~ /last=1/ });

my $wide = $t->slurp('wide.log');

cmp_ok(scalar(() = $wide =~ /\n/g), '>', $asked, 'all are logged');
# $request_uri of another location is what a proxy there passes on

is_deeply([grep { /$SECRET/i } map { join ' ', /"[^"]*"/g } split /\n/, $wide],
          [], 'the access log');
is_deeply([grep { /$SECRET/i && m{^\S+ "[^"]*" /(api|none|deny|old)/} }
           split /\n/, $wide], [], 'nor $request_uri in our locations');
is_deeply([grep { /$SECRET/i } split /\n/, $t->access_log], [],
          'the combined access log');

# nginx itself writes arguments in debug lines, before any module sees them

is_deeply([grep { /$SECRET/i && !/ \[debug\] | rewritten data: / }
           split /\n/, $t->error_log], [], 'the error log');
like($t->error_log, qr{request: "GET /else/\?api_code=\*{6} HTTP/1\.1"},
     'in which requests are masked');
like($t->error_log, qr{acc_token=\*{6} HTTP/1\.1"},
     'those that our module speaks of, too');

my $masked = quotemeta "$path?api_code=******";

like($wide, qr{"GET $masked HTTP/1\.1" $masked "GET $masked HTTP/1\.1" 401},
     'a line');
like($wide, qr{ "GET $path\?x=1&api_code=\*{6} HTTP}, 'the rest is kept');
like($wide, qr{\?%61pi_code=\*{6} }, 'an escaped name');
like($wide, qr{\?codes=1&tokens=2&x=token HTTP}, 'no secret, no mask');
like($wide, qr{"GET $path/none\?x=1&acc_token=\*{6} HTTP/2\.0"},
     'HTTP/2: masked');


# what nginx refuses before any module sees it: $tender_request alone is safe

for my $line ("GET $path?acc_token=$SECRET HTTP/1.1\r\n\r\n",
              "GET $path?acc_token=$SECRET HTTP/9.9\r\nHost: a\r\n\r\n",
              "GET $path?acc_token=$SECRET&" . 'x' x 3000
              . " HTTP/1.1\r\nHost: a\r\n\r\n",
              "GET $path?acc_token=$SECRET HTTP/1.1\r\nHost: a\r\n"
              . 'X: ' . 'x' x 3000 . "\r\n\r\n",
              "POST $path?acc_token=$SECRET HTTP/1.1\r\nHost: a\r\n"
              . "Content-Length: x\r\n\r\n",
              "BAD $path?acc_token=$SECRET\r\n\r\n",
              "GET $path?acc_token=$SECRET and HTTP/1.1\r\nHost: a\r\n\r\n")
{
    my $before = () = $t->slurp('safe.log') =~ /\n/g;
    my $name = substr $line =~ s/\r\n/ /gr, 0, 60;

    my $c = $t->client;

    $c->send($line);
    eval { $c->receive };
    $c->close;

    ok($t->wait_for(sub { (() = $t->slurp('safe.log') =~ /\n/g) > $before }),
       "logged: $name");
    is_deeply([grep { /$SECRET/ } split /\n/, $t->slurp('safe.log')], [],
              "\$tender_request is masked: $name");
}

$t->finish;
done_testing;
