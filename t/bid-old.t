#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A tender of a store that was made before there were bids: it has no token,
# nothing beside its document, and is not among the deadlines.  Its bids are
# sealed all the same.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /owned/   { tender_api 0.1; tender_anonymous write; }
END

my %tender = (
    gated => gated($t, start => -60, end => 2.5),
    open  => { id => publish($t, {})->{id} },
);

for my $name (sort keys %tender) {
    my $key = "{b0}:tender:$tender{$name}{id}";
    my $own = $t->redis('HGET', $key, 'own');

    $t->redis('HSET', $key, 'own', join ' ', (split / /, $own)[0 .. 4]);
    $t->redis('HDEL', $key, 'more');
    $t->redis('ZREM', '{b0}:due', $tender{$name}{id});
}

for my $name (sort keys %tender) {
    my $url = "$API/$tender{$name}{id}";

    is($t->get($url)->status, 200, "$name: it is read");
    refused($t->patch("/owned/tenders/$tender{$name}{id}", { data => {} }),
            403, [url => 'permission', 'Forbidden'],
            "$name: nobody has its token");

    my $r = $t->post("$url/bidders",
                     '{"data":{"totalValue":{"amount":4}}}');

    is($r->status, 201, "$name: it takes a bid") or diag($r->body);

    my $bid = $r->json->{data}{id};
    my $seen = $name eq 'open' ? 200 : 403;

    is($t->get("$url/bidders")->status, $seen, "$name: bids: $seen");
    is($t->get("$url/bidders/$bid")->status, $seen, "$name: a bid: $seen");
    is($t->get("$url/bidders/$bid/documents")->status, $seen,
       "$name: its documents: $seen");
    is(exists $t->get($url)->json->{data}{bids}, $name eq 'open',
       "$name: in the tender");
}

until_us($t, $tender{gated}{end} + 1_200_000);

refused($t->post("$API/$tender{gated}{id}/bidders",
                 '{"data":{"totalValue":{"amount":4}}}'), 403,
        [body => 'data', 'Bids are taken until tenderPeriod.endDate, which '
                         . 'has passed'], 'in time only');
is($t->get("$API/$tender{gated}{id}/bidders")->status, 403,
   'sealed until the clock knows of it');

$t->redis('ZADD', '{b0}:due', 0, $tender{gated}{id});
turned($t, $tender{gated}, 'active.qualification', 'which opens it then');
is($t->get("$API/$tender{gated}{id}/bidders")->status, 200, 'opened');

$t->finish;
done_testing;
