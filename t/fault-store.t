#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A store that somebody else has damaged: what a script could not finish is
# not told as if nothing had happened, and as little as can be has happened.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $t = Tender::Test->new;
my $c = $t->client;

$t->allow_errors(qr/redis at .* answered/);

sub state_of {
    my ($id) = @_;

    return join '|', $c->get("/api/0.1/tenders/$id")->body,
                     $c->get('/api/0.1/tenders')->body,
                     @{ $t->redis('LRANGE', "{b0}:tender:$id:revisions", 0,
                                  -1) };
}


my $tender = $c->post('/api/0.1/tenders', { data => {} })->json->{data};
my $url    = "/api/0.1/tenders/$tender->{id}";

$c->patch($url, { data => { selectionDetails => 'first' } });

my $before = state_of($tender->{id});


# a key of another type

for my $key ('events', "tender:$tender->{id}:revisions") {
    $t->redis('RENAME', "{b0}:$key", 'aside');
    $t->redis('SET', "{b0}:$key", 'x');

    my $r = $c->patch($url, { data => { selectionDetails => 'second' } });

    is($r->status, 504, "$key: 504");
    is($r->header('Retry-After'), undef, "$key: no invitation to repeat");
    like($r->json->{errors}[0]{description}, qr/outcome is unknown/,
         "$key: the outcome is called unknown");

    $t->redis('DEL', "{b0}:$key");
    $t->redis('RENAME', 'aside', "{b0}:$key");

    is(state_of($tender->{id}), $before, "$key: nothing is half done");
}

$t->redis('RENAME', '{b0}:events', 'aside');
$t->redis('SET', '{b0}:events', 'x');

is($c->post('/api/0.1/tenders', { data => {} })->status, 504,
   'a new tender: 504');

$t->redis('DEL', '{b0}:events');
$t->redis('RENAME', 'aside', '{b0}:events');

is(state_of($tender->{id}), $before, 'no ghost in the list');


# a clock that was lost goes on after the last event

$t->redis('SET', '{b0}:clock', '9000000000000000');
is($c->patch($url, { data => { selectionDetails => 'third' } })->status, 200,
   'a clock from the future');

my $last = $c->get($url)->json->{data}{modified};

$t->redis('DEL', '{b0}:clock');

my $r = $c->patch($url, { data => { selectionDetails => 'fourth' } });

is($r->status, 200, 'a lost clock');
cmp_ok($r->json->{data}{modified}, 'ge', $last, 'goes on');
is($t->redis('GET', '{b0}:clock'), '9000000000000002', 'by a microsecond');

$t->finish;


# what a client sends as a host is shown only if it is one

$t = Tender::Test->new;

for my $host ('a:1"<x>', "a\xff", 'a b', 'a/b') {
    my $raw = $t->raw("GET /api/0.1/tenders HTTP/1.1\r\nHost: $host\r\n"
                      . "Connection: close\r\n\r\n");

    unlike($raw, qr{://\Q$host\E}, "$host is not repeated");
}

$t->finish;


# another module may let a client in that has no credentials for us

$t = Tender::Test->new(location => <<'END');
    location /api/0.1/ {
        satisfy any;
        allow all;
        tender_api 0.1;
    }
END

$r = $t->post('/api/0.1/tenders', { data => { rogue => 1 } });

is($r->status, 422, 'satisfy any');
is_deeply($r->json->{errors},
          [{ location => 'body', name => 'rogue',
             description => 'Rogue field' }],
          'what is wrong is told, and nothing else');

$t->finish;

done_testing();
