#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Other directives of nginx around and inside a location of ours.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


# modules that an nginx may have been built without

my $built = Tender::Test::nginx_binary();
my $has   = `$built -V 2>&1`;
my $adds  = $has =~ /http_addition_module/ && <<'END';
        location /added/ {
            add_after_body /api/0.1/spore;
            addition_types *;
            alias %%DIR%%/files/;
        }
END
my $subs  = $has =~ /http_sub_module/ && <<'END';
        location /sub/ {
            tender_api 0.1;
            sub_filter active.tendering open;
            sub_filter_types application/json;
        }
END


my $t = Tender::Test->new(
    http => 'limit_req_zone $server_name zone=one:1m rate=1r/m;',
    location => ($adds || '') . ($subs || '') . <<'END');
        tender_anonymous write; tender_ownership off;

        location /api/0.1/ { tender_api 0.1; }
        location /none/    { tender_api 0.1; tender_anonymous none; }

        location /old/ { rewrite ^/old/(.*)$ /api/0.1/$1 last; }
        location /query/ {
            rewrite ^/query/(\d+)$ /api/0.1/tenders?limit=$1? last;
        }
        location /ours/ {
            tender_api 0.1;
            rewrite ^/ours/short/(.*)$ /ours/tenders/$1 break;
        }
        location /try/ { try_files /nothing /api/0.1/spore; }

        location = /late { return 404; error_page 404 /api/0.1/spore; }
        location = /soft { return 502; error_page 502 =200 /api/0.1/spore; }
        location = /named { return 502; error_page 502 = @named; }
        location @named { rewrite ^ /api/0.1/tenders?limit=1? last; }

        location /paged/ {
            tender_api 0.1;
            client_max_body_size 1k;
            error_page 404 413 422 /page.html;
        }
        location = /page.html { root %%DIR%%; }

        location /deny/     { tender_api 0.1; deny all; }
        location /internal/ { tender_api 0.1; internal; }
        location /limited/  { tender_api 0.1; limit_req zone=one; }
        location /rate/     { tender_api 0.1; limit_rate 20k; }
        location /return/   { tender_api 0.1; return 403; }
        location /except/   { tender_api 0.1; limit_except GET { deny all; } }
        location /allowed/  { tender_api 0.1; limit_except GET { allow all; } }
        location /if/ {
            tender_api 0.1;
            if ($arg_x) { add_header X-If yes; }
        }
        location /headers/ {
            tender_api 0.1;
            add_header X-More yes always;
            expires 60s;
        }

        location /auth/ {
            auth_request /auth-tender;
            alias %%DIR%%/files/;
        }
        location = /auth-tender {
            rewrite ^ /api/0.1/tenders/$http_x_id? last;
        }
        location /auth-none/ {
            auth_request /none/spore;
            alias %%DIR%%/files/;
        }
        location /checked/ {
            tender_api 0.1;
            auth_request /gate;
        }
        location = /gate { if ($http_x_in) { return 204; } return 403; }

        location /ssi/ { ssi on; alias %%DIR%%/files/; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $tender = publish($t, { method => 'Open' });
my $id     = $tender->{id};
my $plain  = $c->get("$path/$id")->body;
my $spore  = $c->get('/api/0.1/spore')->body;

mkdir $t->dir . '/files';
$t->write_file('files/plain.txt', 'text');
$t->write_file('page.html', 'our page');
$t->write_file('files/two.html', "<a><!--# include virtual=\"$path/$id\" -->"
               . "<b><!--# include virtual=\"$path?limit=1\" -->"
               . "<c><!--# include virtual=\"$path/none\" --><d>");
$t->write_file('files/refused.html',
               '<a><!--# include virtual="/none/spore" --><b>');


# rewrites

is($c->get("/old/tenders/$id")->body, $plain, 'rewrite ... last');
is($c->post('/old/tenders', '{"data":{}}')->header('Location')
   =~ s/\w{32}$//r, $t->url("$path/"), 'POST by a rewrite: Location');
is($c->get('/old/tenders?limit=1')->json->{next_page}{path}
   =~ s/offset=\w+/offset=/r, "$path?offset=&limit=1", 'links');
is(@{ $c->get('/query/1')->json->{data} }, 1, 'a rewritten query');
is($c->get("/ours/short/$id")->body, $plain, 'rewrite ... break');
is($c->get("/ours/tenders/$id")->body, $plain, 'and one that does not match');
is($c->get('/try/x')->body, $spore, 'try_files');
refused($c->get('/old/x'), 404, [url => 'request', 'Not Found'],
        'nothing behind a rewrite');


# error_page into our location, and out of it

my $r = $c->get('/late');

is($r->status, 404, 'error_page 404: the status');
is($r->body, $spore, 'error_page 404: the body');
is($c->get('/soft')->body, $spore, 'error_page =200');
is($c->get('/soft')->status, 200, 'error_page =200: the status');
is(@{ $c->get('/named')->json->{data} }, 1, 'error_page to a name');
is($c->post('/soft', 'x')->body, $spore, 'error_page of a POST');

refused($c->get('/paged/none'), 404, [url => 'request', 'Not Found'],
        'our refusals are no pages');
refused($c->post('/paged/tenders', '{}'), 422,
        [body => 'data', 'Data not available'], 'nor are others');

$r = $c->post('/paged/tenders', 'x' x 2000);
is($r->status, 413, 'error_page 413');
is($r->body, 'our page', "what nginx refuses has the operator's page");


# nginx's refusals

refused($c->get('/deny/spore'), 403, [url => 'request', 'Forbidden'],
        'deny all');
refused($c->get('/internal/spore'), 404, [url => 'request', 'Not Found'],
        'internal');
refused($c->get('/return/spore'), 403, [url => 'request', 'Forbidden'],
        'return 403');

is($c->get('/limited/spore')->status, 200, 'limit_req');
refused($c->get('/limited/spore'), 503,
        [url => 'request', 'Service Unavailable'], 'limit_req: once more');

is($c->get('/except/spore')->status, 200, 'limit_except: GET');
refused($c->post('/except/tenders', '{"data":{}}'), 403,
        [url => 'request', 'Forbidden'], 'limit_except: POST');
is($c->post('/allowed/tenders', '{"data":{}}')->status, 201,
   'limit_except that allows');
is($c->get('/if/spore')->status, 200, 'if: not true');

$r = $c->get('/if/spore?x=1');
is($r->body, $spore =~ s{/api/0\.1"}{/if"}r, 'if: true');
is($r->header('X-If'), 'yes', 'if: its header');

$r = $c->get('/headers/none');
is($r->header('X-More'), 'yes', 'add_header ... always');
is($c->get('/headers/spore')->header('Cache-Control'), 'max-age=60',
   'expires');
is($c->get('/rate/spore')->body, $spore =~ s{/api/0\.1"}{/rate"}r,
   'limit_rate');
is($c->get("/sub/tenders/$id")->body, $plain =~ s/active\.tendering/open/r,
   'sub_filter') if $subs;


# subrequests

is($c->get('/auth/plain.txt', { 'X-Id' => $id })->body, 'text',
   'auth_request: a tender that is there');

$t->allow_errors(qr/auth request unexpected status/);
is($c->get('/auth/plain.txt', { 'X-Id' => 'none' })->status, 500,
   'auth_request: one that is not');
is($c->get('/auth-none/plain.txt')->status, 401,
   'a subrequest may no more than its location lets anybody');
is($c->get('/checked/spore', { 'X-In' => 1 })->status, 200,
   'auth_request of ours');
refused($c->get('/checked/spore'), 403, [url => 'request', 'Forbidden'],
        'and its refusal');
is($c->post('/checked/tenders', '{"data":{}}', { 'X-In' => 1 })->status, 201,
   'auth_request and a body');

my $list = $c->get("$path?limit=1")->body;
my $none = $c->get("$path/none")->body;

is($c->get('/ssi/two.html')->body, "<a>$plain<b>$list<c>$none<d>",
   'three included');

# a condition is one of the page, not of what it includes

my $etag = $c->get("$path/$id")->header('ETag');

is($c->get('/ssi/two.html', { 'If-None-Match' => $etag })->body,
   "<a>$plain<b>$list<c>$none<d>", 'the tag of an included tender');
is($c->get('/added/plain.txt', { 'If-None-Match' => $etag })->body,
   "text$spore", 'of an added one') if $adds;
is($c->get('/auth/plain.txt', { 'X-Id' => $id, 'If-None-Match' => $etag })
   ->body, 'text', 'of one that is asked for leave');

unlike($c->get('/ssi/refused.html')->body, qr/base_url/,
       'what nobody may read is not included');
is($c->get('/added/plain.txt')->body, "text$spore", 'add_after_body')
    if $adds;
is($c->head('/ssi/two.html')->body, '', 'HEAD of a page');
is($c->get('/ssi/two.html')->status, 200, 'the connection goes on');

$t->finish;
done_testing;
