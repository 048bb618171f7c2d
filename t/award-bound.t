#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# An award keeps to its bid: with a time gate it says what the bid says, and
# what was found to be invalid does not win.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Test;


my $t = Tender::Test->new;


# the only bid is found invalid after its award came up

my $tender = gated($t, start => -60, end => 1);
my $bid = bid($t, $tender, 400);
my $url = "$API/$tender->{id}";

turned($t, $tender, 'active.qualification', 'one bid, one award');

my ($award) = @{ $t->get("$url/awards")->json->{data} };
my %other = (suppliers => [{ id => { name => 'Friend' } }],
             awardValue => { amount => 99_999, currency => 'EUR' });

my $r = $t->patch("$url/awards/$award->{awardID}",
                  { data => { %other, title => 'ours' } });

is($r->status, 200, 'a pending award is described') or diag($r->body);
is($r->json->{data}{title}, 'ours', 'as it may be');
is_deeply([@{ $r->json->{data} }{qw(suppliers awardValue)}],
          [@$award{qw(suppliers awardValue)}], 'but says what its bid does');

is($t->patch("$url/bidders/$bid->{id}", '{"data":{"status":"invalidBid"}}')
     ->status, 200, 'its bid is found to be invalid');
refused($t->patch("$url/awards/$award->{awardID}",
                  { data => { awardStatus => 'active' } }), 422,
        [body => 'bid_id', ['This bid was found to be invalid']],
        'which does not win');
is($t->get($url)->json->{data}{status}, 'active.qualification',
   'nothing is decided');
is($t->patch("$url/awards/$award->{awardID}",
             { data => { awardStatus => 'unsuccessful' } })->status, 200,
   'its award can be given up');
is($t->get($url)->json->{data}{status}, 'unsuccessful', 'and that is all');


# one that the owner posts, after the auction's was given up

$tender = gated($t, start => -60, end => 1);
bid($t, $tender, $_) for 400, 300;
$url = "$API/$tender->{id}";
turned($t, $tender, 'active.auction', 'two bids');

is($t->patch("$url/auction", '{"data":{"bids":[{"amount":390},'
             . '{"amount":290}]}}')->status, 200, 'reported');

my $active = $t->get("$url/awards")->json->{data}[0];

$r = $t->patch("$url/awards/$active->{awardID}",
               { data => { %other, awardStatus => 'active' } });
is($r->status, 200, 'decided with another price in hand');
is($r->json->{data}{awardValue}{amount}, 290, 'which it does not get');


# without a time gate an award is what it is said to be

my $open = publish($t, { totalValue => { amount => 500, currency => 'UAH' } });
my $made = $t->post("$API/$open->{id}/bidders",
                    '{"data":{"totalValue":{"amount":5}}}')->json->{data}{id};

$r = $t->post("$API/$open->{id}/awards", { data => { bid_id => $made,
                                                     %other } });
is($r->status, 201, 'an import');
is($r->json->{data}{awardValue}{amount}, 99_999, 'as it is said');

$t->finish;
done_testing;
