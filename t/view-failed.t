#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A write is applied, and then its parts cannot be read: the answer is that
# of a write that was applied.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t   = Tender::Test->new;
my $API = '/api/0.1/tenders';
my $id  = publish($t, { bids => [{ totalValue => { amount => 5 } }] })->{id};

$t->redis('ACL', 'SETUSER', 'default', '-hvals');

is($t->get("$API/$id")->status, 500, 'it cannot be read');

my $r = $t->patch("$API/$id", '{"data":{"title":"new"}}');

is($r->status, 200, 'but changed') or diag($r->body);
is($r->json->{data}{title}, 'new', 'as it is shown');

$r = $t->post($API, '{"data":{"bids":[{}]}}');
is($r->status, 201, 'and published') or diag($r->body);
like($r->json->{access}{token}, qr/^\w{32}$/, 'with its token');
is($t->patch("$API/$id", '{"data":{"x":1}}')->status, 422,
   'refusals are as ever');

$t->redis('ACL', 'SETUSER', 'default', '+hvals');
is($t->get("$API/$id")->json->{data}{title}, 'new', 'so it is');
is($t->get($API . '/' . $r->json->{data}{id})->json->{data}{numberOfBids}, 1,
   'both are');

$t->allow_errors(qr/can't run this command/);
$t->finish;
done_testing;
