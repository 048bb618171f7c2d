#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Locations that are not ours, beside one that is: what they pass on and what
# they answer stays theirs.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $t = Tender::Test->new(
    http => <<'END',
    server {
        listen 127.0.0.1:%%PORT_2%%;
        location /api/ { return 404 "backend $request_uri"; }
        location / { return 200 "$request_uri [$http_referer]"; }
    }
END
    location => <<'END',
        location /api/0.1/ {
            tender_api 0.1;
            tender_anonymous write; tender_ownership off;

            if ($arg_elsewhere) {
                proxy_pass http://127.0.0.1:%%PORT_2%%;
            }
        }

        location /app/   { proxy_pass http://127.0.0.1:%%PORT_2%%; }
        location /moved/ { return 302 http://x.example$request_uri; }
        location /in/    { rewrite ^/in/(.*)$ /api/0.1/$1 last; }
END
);

my $query   = 'code=OAUTH&download=yes&x=1&Token=T%20T';
my $referer = 'http://y.example/?token=REF&z=2';

my $r = $t->get("/app/cb?$query", { Referer => $referer });

is($r->body, "/app/cb?$query [$referer]", 'a proxy passes all of it on');

$r = $t->get("/moved/x?$query");

is($r->header('Location'), "http://x.example/moved/x?$query",
   'a redirect keeps it');

$r = $t->get("/in/tenders?$query&limit=1", { Referer => $referer });

is($r->status, 200, 'a rewrite into our location works');
is($r->header('Cache-Control'), 'no-store', 'and is known to hold a secret');

$r = $t->get('/api/0.1/status/x?elsewhere=1');

is($r->status, 404, 'an upstream in an "if" of our location');
is($r->body, 'backend /api/0.1/status/x?elsewhere=1', 'keeps its page');

$r = $t->get("/api/0.1/tenders?limit=1&token=LOGGED", { Referer => $referer });

is($r->status, 200, 'a request of ours');

unlike($t->access_log, qr{GET /api[^\n]*(LOGGED|REF)},
       'its log has neither its secret nor its referrer\'s');

$t->finish;

done_testing();
