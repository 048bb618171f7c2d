#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Identification and authorization as phases of nginx: on locations that are
# not ours, beside other access modules, in subrequests, after internal
# redirects, in front of limit_req.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api;


my $t = access_test(
    http => <<'END',
    tender_auth_cache off;
    limit_req_zone $tender_principal zone=each:1m rate=1r/m;
    limit_req_zone $tender_tenant zone=tenant:1m rate=1r/m;
END
    files => {
        'page.html' => 'a page', 'other.html' => 'another',
        'include.shtml' => 'before <!--#include virtual="/part" --> after',
        'open.shtml' => 'before <!--#include virtual="/open-part" --> after',
        users => "me:{PLAIN}secret\n",
    },
    server   => 'listen 127.0.0.1:%%PORT_2%% http2;',
    location => <<'END',
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }

        location = /guarded { alias %%DIR%%/page.html; tender_auth api_code; }
        location = /read { alias %%DIR%%/page.html; tender_auth api_code;
                           tender_anonymous read; }
        location = /create { alias %%DIR%%/page.html; tender_auth api_code;
                             tender_scope create; }
        location = /module { alias %%DIR%%/page.html; tender_auth api_code;
                             tender_scope Account:read Account:write; }
        location = /unguarded { alias %%DIR%%/page.html; }

        location /proxied/ {
            proxy_pass http://127.0.0.1:%%PORT%%/backend/;
            proxy_set_header X-Principal $tender_principal;
            tender_auth api_code bearer oauth2;
        }
        location /anonymous/ {
            proxy_pass http://127.0.0.1:%%PORT%%/backend/;
            tender_auth api_code;
            tender_anonymous read;
        }
        location /writers/ {
            proxy_pass http://127.0.0.1:%%PORT%%/backend/;
            tender_auth api_code;
            tender_anonymous write;
        }
        location /backend/ { return 200 "for $http_x_principal\n"; }

        location /nested/ {
            tender_auth api_code;
            location /nested/inside/ { alias %%DIR%%/; }
            location /nested/off/ { tender_auth off; alias %%DIR%%/; }
        }

        location = /limited { alias %%DIR%%/page.html;
                              tender_auth api_code; tender_anonymous read;
                              limit_req zone=each; }
        location = /tenants { alias %%DIR%%/page.html; tender_auth api_code;
                              limit_req zone=tenant; }

        location = /any { alias %%DIR%%/page.html; tender_auth api_code;
                          satisfy any; allow 127.0.0.1; deny all; }
        location = /any-other { alias %%DIR%%/page.html; tender_auth api_code;
                                satisfy any; allow 192.0.2.1; deny all; }
        location = /all-other { alias %%DIR%%/page.html; tender_auth api_code;
                                allow 192.0.2.1; deny all; }
        location = /any-basic { alias %%DIR%%/page.html; tender_auth api_code;
                                tender_scope create;
                                satisfy any; auth_basic here;
                                auth_basic_user_file %%DIR%%/users; }

        location = /subrequest { alias %%DIR%%/page.html;
                                 auth_request /decide; }
        location = /decide { internal; alias %%DIR%%/other.html;
                             tender_auth api_code; }

        location = /ssi { alias %%DIR%%/include.shtml; ssi on;
                          ssi_types *; }
        location = /guarded-ssi { alias %%DIR%%/include.shtml; ssi on;
                                  ssi_types *; tender_auth api_code; }
        location = /part { alias %%DIR%%/page.html; tender_auth api_code;
                           add_header X-Part 1; }

        location = /moved { error_page 404 = /target; root /nowhere;
                            tender_auth api_code; tender_anonymous read; }
        location = /target { internal; alias %%DIR%%/page.html;
                             tender_auth api_code;
                             add_header X-Who $tender_principal; }
        location = /tried { try_files /nothing @named; root /nowhere;
                            tender_auth api_code; tender_anonymous read; }
        location @named { proxy_pass http://127.0.0.1:%%PORT%%;
                          proxy_set_header X-Principal $tender_principal;
                          rewrite ^ /backend/ break;
                          tender_auth api_code; }
        location = /strict { error_page 404 = /strict-target; root /nowhere;
                             tender_auth api_code; tender_anonymous read; }
        location = /strict-target { alias %%DIR%%/page.html;
                                    tender_auth oauth2;
                                    tender_anonymous read; }
        location = /host { error_page 404 = /host-target; root /nowhere;
                           tender_auth api_code; tender_anonymous read; }
        location = /host-target { alias %%DIR%%/page.html;
                                  tender_auth api_code;
                                  tender_anonymous read;
                                  tender_tenant_from_host on; }
        location = /deep { error_page 404 = /guarded-ssi; root /nowhere;
                           tender_auth api_code; }
        location = /refused { alias %%DIR%%/page.html; tender_auth api_code;
                              error_page 401 =403 /sorry; }
        location = /sorry { alias %%DIR%%/other.html; }

        location /two/ { tender_api 0.1; tender_auth api_code;
                         client_max_body_size 2m; }
        location /scoped/ { tender_api 0.1; tender_scope delete; }
        location /if/ {
            tender_auth api_code;
            alias %%DIR%%/;
            if ($arg_x) { add_header X-If 1; }
        }
END
);

my $account = account($t, scopes => [qw(read create)]);
my $other   = account($t, scopes => [qw(read Account:read Account:write)],
                      tenant => 'acme');
my $code    = api_code($t, $account)->{code};
my $acme    = api_code($t, $other)->{code};
my $id      = $account->{id};
my $who     = "$id\@default";

my $c = $t->client;

sub status { $c->get(@_)->status }
sub as     { { 'X-Api-Code' => $_[0] } }


# locations of others

is(status('/guarded'), 401, 'a file is guarded');
is(status('/guarded', as($code)), 200, 'and given to who is known');
is(status('/guarded', as('tndk' . 'a' x 32)), 401, 'not with a bad code');
is(status("/guarded?api_code=$code"), 200, 'in the query');
is($c->head("/guarded?api_code=$code")->status, 200, 'HEAD as well');
is(status('/unguarded', as('nonsense')), 200, 'others ask nobody');

my $r = $c->get('/guarded');

like($r->header('WWW-Authenticate'), qr/^Bearer realm="tender"$/,
     'the challenge');
like($r->header('Content-Type'), qr{^text/html}, "a page of nginx's");

is(status('/read'), 200, 'tender_anonymous read: nobody may read');
is(status('/read', as('nonsense')), 401, 'but not with a bad code');
is(status('/create', as($code)), 200, 'tender_scope: who has it');
is(status('/create', as($acme)), 403, 'and who does not');
like($c->get('/create', as($acme))->header('WWW-Authenticate'),
     qr/^Bearer realm="tender", error="insufficient_scope", scope="create"$/,
     'which the challenge says');
is(status('/create'), 401, 'and nobody');
is(status('/module', as($acme)), 200, 'tender_scope of a module');
is(status('/module', as($code)), 403, 'which reading alone is not');

is($c->get('/proxied/', as($code))->body, "for $who\n",
   'a proxy passes on who it is');
is(status('/proxied/'), 401, 'and nobody unknown');
is($c->post('/proxied/', 'x', as($code))->body, "for $who\n", 'POST, too');
is(status('/anonymous/'), 200, 'anonymous read: GET');
is($c->post('/anonymous/', 'x')->status, 401, 'not POST');
is($c->post('/anonymous/', 'x', as($code))->status, 200, 'but who is known');
is($c->post('/writers/', 'x')->status, 200, 'anonymous write: POST');

is(status('/nested/inside/page.html'), 401, 'what is nested is guarded');
is(status('/nested/inside/page.html', as($code)), 200, 'and given');
is(status('/nested/off/page.html'), 200, 'tender_auth off ends that');
is(status('/nested/off/page.html', as('nonsense')), 200, 'for anybody');
is(status('/if/page.html?x=1'), 401, 'an "if" inside');
is($c->get('/if/page.html?x=1', as($code))->header('X-If'), 1, 'goes on');


# limit_req sees who it is

is(status('/limited', as($code)), 200, 'a limit: the first of one');
is(status('/limited', as($code)), 503, 'the second');
is(status('/limited', as($acme)), 200, 'the first of another');
is(status('/limited'), 200, 'nobody has no limit here') for 1 .. 3;
is(status('/limited', as('nonsense')), 401, 'a bad code has none');
is(status('/tenants', as($acme)), 200, 'of a tenant');
is(status('/tenants', as($acme)), 503, 'the second');
is(status('/tenants', as($code)), 200, 'of another one');


# satisfy

is(status('/any'), 200, 'satisfy any: by address');
is(status('/any', as('nonsense')), 401, 'but not with a bad code');
is(status('/any-other'), 401, 'satisfy any: by nothing');
is(status('/any-other', as($code)), 200, 'by a code');
is(status('/all-other', as($code)), 403, 'satisfy all: not by one alone');

my $basic = 'Basic ' . encode_base64('me:secret', '');

is(status('/any-basic'), 401, 'satisfy any with auth_basic: nobody');
is(status('/any-basic', as($code)), 200, 'a code');
is(status('/any-basic', as($acme)), 401, 'a code that may not, alone');
is(status('/any-basic', { Authorization => $basic }), 401,
   'with tender_auth, what it does not take is refused');


# subrequests and redirects

is(status('/subrequest'), 401, 'auth_request: nobody');
is(status('/subrequest', as($code)), 200, 'who is known');
is(status('/subrequest', as('nonsense')), 401, 'a bad code');
is($c->get('/ssi', as($code))->body, 'before a page after',
   'a part is guarded');
like($c->get('/ssi')->body, qr/^before (?!a page).* after$/s,
     'and not shown to nobody');
is($c->get("/guarded-ssi?api_code=$code")->body, 'before a page after',
   'a part is given to who asked for the whole');

is($c->get("/moved?api_code=$code")->header('X-Who'), $who,
   'an internal redirect: still who he was');
is(status('/moved'), 401, 'nobody is nobody there');
is(status("/strict?api_code=$code"), 401,
   'who another location does not take is not nobody there');
is(status('/strict'), 200, 'nobody is');

sub at { { Host => $_[0] } }

is(status("/host?api_code=$acme", at('acme.example.org')), 200,
   'a redirect: to the host of his tenant');
is(status("/host?api_code=$code", at('acme.example.org')), 401,
   'not to that of another');
is(status('/host', at('acme.example.org')), 200, 'nobody is of none');
is($c->get("/deep?api_code=$code")->body, 'before a page after',
   'a redirect, and a part of what it leads to');

is($c->get("/tried?api_code=$code")->body, "for $who\n", 'a named location');
is(status('/tried'), 401, 'nobody');
is($c->get('/refused')->body, 'another', 'error_page of a refusal');
is(status('/refused'), 403, 'with its status');


# tender_scope is needed beyond what a route asks for

my $tender = publish($t, {});

is(status('/scoped/tenders', as($code)), 403, 'more than the route needs');
is(status('/scoped/tenders'), 401, 'nobody');
is(status('/scoped/nothing', as($code)), 404, 'what is not there is a 404');

# HTTP/2: a body comes while it is looked for

{
    my $file = $t->write_file('body.json',
                              '{"data":{}' . ' ' x 900_000 . '}');

    open my $curl, '-|', 'curl', '-s', '--http2-prior-knowledge',
         '-o', '/dev/null', '-w', '%{http_code} %{http_version}',
         '-H', 'Content-Type: application/json', '-H', "X-Api-Code: $code",
         '--data-binary', "\@$file",
         'http://127.0.0.1:' . $t->port(2) . '/two/tenders'
        or die "curl: $!";

    is(scalar readline $curl, '201 2', 'HTTP/2 with a body');
}


$c = $t->client;

my @head = map { "$_\r\n" } 'GET /guarded HTTP/1.1', 'Host: a',
                            "X-Api-Code: $code", 'Connection: close';

like($t->raw(join('', @head, "\r\n")), qr/^HTTP\/1.1 200 .*a page$/s, 'raw');

$t->finish;
done_testing;
