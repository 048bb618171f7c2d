#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# opt_jsonp and opt_pretty.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
        location /none/    { tender_api 0.1; }
        location /read/    { tender_api 0.1; tender_anonymous read; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';

my $tender = publish($t, '{"data":{"totalValue":{"amount":485.50},'
    . '"selectionDetails":"</script>\u2028\u2029","notice":{},'
    . '"itemsToBeProcured":[{"quantity":1},{}],"attachments":[]}}');
my $url   = "$path/$tender->{id}";
my $plain = $c->get($url);


# JSONP

for my $callback (qw(f _ $ jQuery1102_1 a.b.c $.f A9), 'x' x 64) {
    my $r = $c->get("$url?opt_jsonp=$callback");

    is($r->status, 200, "callback $callback");
    is($r->header('Content-Type'), 'application/javascript; charset=UTF-8',
       'is a script');
    is($r->header('X-Content-Type-Options'), 'nosniff', 'nosniff');

    like($r->body, qr{^/\*\*/\Q$callback\E\(.*\);$}s, 'a call')
        or diag($r->body);

    my ($arg) = $r->body =~ m{^/\*\*/\Q$callback\E\((.*)\);$}s;

    is_deeply(JSON::PP->new->utf8->decode($arg), $plain->json,
              'with the tender');
}

for my $bad ('', 'a(b', 'a;b', 'alert(1)//', 'a b', '%3Cscript%3E', '1a', '.a',
             'a-b', 'a%5B0%5D', '%D1%84', 'a%0d%0ab', 'x' x 65, '"', "'",
             'a%2F')
{
    my $r = $c->get("$url?opt_jsonp=" . $bad =~ s/ /%20/r);

    next if $bad =~ /%0d/ && is($r->status, 400, 'a line end in a callback');

    refused($r, 400, [params => 'opt_jsonp', 'opt_jsonp should be a '
            . 'JavaScript name of at most 64 characters'], "callback '$bad'");
}

my $anybody = [params => 'opt_jsonp',
               'opt_jsonp is for GET of what anybody may read'];

refused($c->post("$path?opt_jsonp=f", '{"data":{}}'), 400, $anybody,
        'not for POST');
refused($c->patch("$url?opt_jsonp=f", '{"data":{}}'), 400, $anybody,
        'not for PATCH');
refused($c->put("$url?opt_jsonp=f", '{"data":{}}'), 400, $anybody,
        'not for PUT');
is($c->get("/none/tenders?opt_jsonp=f")->status, 401,
   'not where nobody may read');
is($c->get("/read/tenders?opt_jsonp=f")->status, 200, 'where all may read');

# a refusal is never a script

refused($c->get("$path/none?opt_jsonp=f"), 404, [url => 'id', 'Not Found'],
        'a refusal is JSON');
refused($c->get("$path?limit=0&opt_jsonp=f"), 400,
        [params => 'limit', 'limit should be a number from 1 to 1000'],
        'another one');
refused($c->get("/api/0.1/nothing?opt_jsonp=f"), 404,
        [url => 'request', 'Not Found'], 'a third');

like($c->get("$path?opt_jsonp=f")->body,
     qr{^/\*\*/f\(\{"data":\[.*"next_page":.*\}\);$}s, 'a list');
like($c->get('/api/0.1/spore?opt_jsonp=f')->body, qr{^/\*\*/f\(\{.*\}\);$}s,
     'spore');
like($c->get("$url?opt_jsonp=f&opt_pretty=1")->body,
     qr{^/\*\*/f\(\{\n    "data": \{\n.*\n\}\);$}s, 'a pretty one');


# pretty

my $pretty = <<"END";
{
    "data": {
        "id": "$tender->{id}",
        "tenderID": "$tender->{tenderID}",
        "modified": "$tender->{modified}",
        "status": "active.tendering",
        "totalValue": {
            "amount": 485.50,
            "valueAddedTaxIncluded": true
        },
        "selectionDetails": "</script>\xe2\x80\xa8\xe2\x80\xa9",
        "notice": {},
        "itemsToBeProcured": [
            {
                "quantity": 1
            },
            {}
        ],
        "attachments": []
    }
}
END

chomp $pretty;

for my $value (1, 'true', 'x', 0, 'false') {
    my $r = $c->get("$url?opt_pretty=$value");

    is($r->body, $pretty, "opt_pretty=$value");
    is($r->header('Content-Type'), $Tender::Api::TYPE, 'its type');
}

is($c->get("$url?opt_pretty=")->body, $plain->body, 'an empty one is none');
is($c->get("$url?opt_pretty")->body, $plain->body, 'opt_pretty alone is none');


my $r = $c->post($path, '{"data":{"method":"Open"},"options":{"pretty":true}}');

is($r->status, 201, 'options of the body');
like($r->body, qr/^\{\n    "data": \{\n        "id": "/, 'make it pretty');

$r = $c->patch($url, '{"options":{"pretty":true},"data":{}}');
is($r->body, $pretty, 'of PATCH, too');

$r = $c->put($url, '{"options":{"pretty":true},"data":{"method":"Open"}}');
like($r->body, qr/\n        "method": "Open"\n    \}\n\}\s*$/, 'and of PUT');

$r = $c->patch($url, '{"options":{"pretty":true},"data":{"method":"Open"}}',
               { Prefer => 'return=minimal' });
like($r->body, qr/^\{\n    "data": \{\n.*"method": "Open"\n    \}\n\}\s*$/s,
     'with return=minimal');

for my $options ('{"pretty":false}', '{}', 'null', '[]', '"pretty"', '1',
                 '{"pretty":null}')
{
    unlike($c->post($path, qq({"data":{},"options":$options}))->body, qr/\n/,
           "options $options");
}

like($c->post("$path?opt_pretty=1",
              '{"data":{},"options":{"pretty":false}}')->body, qr/\n    "data"/,
     'the body does not take back what the query asks');

like($c->get("$path?opt_pretty=1&limit=1")->body,
     qr/^\{\n    "(?:data|next_page)": /, 'a list');
is_deeply($c->get("$path?opt_pretty=1&limit=1")->json,
          $c->get("$path?limit=1")->json, 'with the same in it');
unlike($c->get("$path?opt_pretty=1&limit=1")->json->{next_page}{path},
       qr/pretty/, 'the next page is not pretty by itself');
unlike($c->get("$path?opt_jsonp=f&limit=1")->body, qr/opt_jsonp/,
       'nor is it a script');
like($c->get('/api/0.1/spore?opt_pretty=1')->body, qr/\n {12}"path": /,
     'spore');
unlike($c->get("$path/none?opt_pretty=1")->body, qr/\n/,
       'a refusal is never pretty');

$t->finish;
done_testing;
