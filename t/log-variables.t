#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The variables for log formats and other directives.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(
    http => <<'END',
    tender_redis_timeout 300ms;
    log_format vars '$uri|$tender_route|$tender_id|$tender_error|'
                    '$tender_redis_calls|$tender_redis_time|$status';
    access_log %%DIR%%/vars.log vars;
    map $tender_route $route_of { default none; '' empty; ~. $tender_route; }
END
    location => <<'END',
        location /api/0.1/ {
            tender_api 0.1;
            tender_anonymous write; tender_ownership off;
            client_max_body_size 1k;
            add_header X-Route $route_of always;
            add_header X-Tender-Id $tender_id always;
        }
        location /none/   { tender_api 0.1; }
        location /else {
            return 200 "[$tender_route$tender_id$tender_error]";
        }
        location = /health { tender_status; }
        location /old/    { rewrite ^/old/(.*)$ /api/0.1/$1 last; }
        location /paged/  {
            tender_api 0.1;
            tender_anonymous write; tender_ownership off;
            client_max_body_size 1k;
            error_page 413 /else;
        }
END
);

my $c = $t->client;
my $path = '/api/0.1/tenders';
my $tender = publish($t, { method => 'Open' });
my $id  = $tender->{id};
my $url = "$path/$id";


# the fields of the line that a request has logged

my $lines = 0;

sub logged {
    my @lines;

    $t->wait_for(sub {
        @lines = split /\n/, $t->slurp('vars.log');
        @lines > $lines;
    }) or die "nothing was logged\n";

    $lines = @lines;

    my %line;

    @line{qw(uri route id error calls time status)} = split /\|/, $lines[-1];

    return \%line;
}

logged();


sub asked {
    my ($r, $name, %want) = @_;

    my $line = logged();
    my %got  = map { $_ => $line->{$_} } keys %want;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply(\%got, \%want, $name);
    like($line->{time}, $line->{calls} =~ /^[1-9]/ ? qr/^\d+\.\d{3}$/ : qr/^-$/,
         "$name: time");

    return $r;
}


asked($c->get($path), 'list', route => 'collection_tender', id => '-',
      error => '-', calls => 1, status => 200);
asked($c->get("$path?opt_fields=status"), 'list with fields',
      route => 'collection_tender', calls => 2, status => 200);

my $r = asked($c->post($path, '{"data":{}}'), 'POST',
              route => 'collection_tender', error => '-', calls => 1,
              status => 201);

is($r->header('X-Route'), 'collection_tender', 'a variable in a header');
is($r->header('X-Tender-Id'), $r->json->{data}{id},
   'the id of a tender that was made');

asked($c->get($url), 'GET', route => 'tender', id => $id, error => '-',
      calls => 1, status => 200);
asked($c->head($url), 'HEAD', route => 'tender', id => $id, calls => 1,
      status => 200);
asked($c->get($url, { 'If-None-Match' => '*' }), 'not modified',
      route => 'tender', id => $id, calls => 1, status => 304);
asked($c->get($url, { 'If-None-Match' => '"x"' }), 'no 304', calls => 2,
      status => 200);
asked($c->patch($url, '{"data":{"method":"Limited"}}'), 'PATCH',
      route => 'tender', id => $id, calls => 2, status => 200);
asked($c->patch($url, '{"data":{}}'), 'PATCH of nothing', route => 'tender',
      calls => 1, status => 200);
asked($c->put($url, '{"data":{}}'), 'PUT', route => 'tender', id => $id,
      calls => 2, status => 200);
asked($c->get('/api/0.1/spore'), 'spore', route => 'spore', id => '-',
      calls => 0, status => 200);
asked($c->get('/health'), 'health', route => 'status', id => '-', calls => 1,
      status => 200);
asked($c->get("/old/tenders/$id"), 'after a rewrite', route => 'tender',
      id => $id, calls => 1, status => 200);

asked($c->get("$path/" . '0' x 32), 'no such tender', route => 'tender',
      id => '0' x 32, error => 'url/id', calls => 1, status => 404);
asked($c->get("$path/a%22b"), 'what is no id', route => 'tender', id => '-',
      error => 'url/id', calls => 0, status => 404);

$r = asked($c->get('/api/0.1/nothing'), 'no route', route => '-', id => '-',
           calls => 0, status => 404);
is($r->header('X-Route'), 'empty', 'no route in a map');

asked($c->request('DELETE', $url), 'no method', calls => 0, status => 405);
asked($c->get("$path?limit=0"), 'a bad parameter', error => 'params/limit',
      calls => 0, status => 400);
asked($c->get("$path?x=1&x=2"), 'a parameter twice', error => 'url/x',
      status => 400);
asked($c->post($path, 'x'), 'no JSON', route => 'collection_tender',
      error => 'body/data', calls => 0, status => 422);
asked($c->post($path, '{"data":{"secret":1}}'), 'a rogue field',
      error => 'body/secret', status => 422);
asked($c->post($path, 'x', { 'Content-Type' => 'text/plain' }), 'a type',
      error => 'header/Content-Type', calls => 0, status => 415);
asked($c->get('/none/tenders'), 'no credentials', error => 'url/permission',
      calls => 0, status => 401);
asked($c->patch($url, '{"data":{}}', { 'If-Match' => '"x"' }), 'If-Match',
      route => 'tender', id => $id, error => 'header/If-Match', calls => 1,
      status => 412);
asked($t->post($path, 'x' x 2000), 'too large', status => 413, calls => 0);
is(asked($t->post('/paged/tenders', 'x' x 2000), 'too large, with a page',
         status => 413)->body, '[]', 'the page knows nothing of it');
is(asked($c->get('/else'), 'elsewhere', route => '-', id => '-', error => '-',
         calls => '-', time => '-', status => 200)->body, '[]',
   'elsewhere they are empty');


# what a client sends is escaped in a log line

$c->post($path, '{"data":{"a\n\"b":1}}');
like(logged()->{error}, qr{^body/a\\x0A\\x22b$}, 'a name with a line end');

$t->pause_redis;
asked($t->get($path), 'a slow store', error => 'header/redis', calls => 1,
      status => 503);
$t->resume_redis;
$t->wait_for(sub { $c->get($path)->status == 200 });

$t->finish;
done_testing;
